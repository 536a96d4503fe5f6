/*
 * Memory that only the beginning needs, given back.
 *
 * Linking looks through the tables of all libraries, loading languages
 * through ICU's: pages of files that count as this process's for as long as
 * it lives, and most of what it seems to hold. The kernel keeps them in its
 * cache and brings back, page by page, what is used again (some hundred
 * faults, less than a millisecond in all). Free memory of malloc() goes too.
 */
#ifndef APP_MEMORY_H
#define APP_MEMORY_H

/* How malloc() does its work; before there are threads. */
void memory_set_up(void);

/* Any thread. Takes about a millisecond: for a start or a reload. */
void memory_give_back(void);

#endif
