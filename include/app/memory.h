/*
 * What there is to say of memory once for the whole process.
 *
 * Libraries are held to the rule of base/mem.h: out of memory ends the
 * process, at once and with words, before one of them goes on with half of
 * what it wanted (libxml2 would give half a feed, ICU half a sentence, libuv
 * ends without a word). GLib does so by itself; SQLite and zlib say it with an
 * error that is looked at.
 *
 * And memory that only the beginning needs is given back. Linking looks through
 * the tables of all libraries, loading languages through ICU's: pages of files
 * that count as this process's for as long as it lives, and most of what it
 * seems to hold. The kernel keeps them in its cache and brings back, page by
 * page, what is used again (some hundred faults, less than a millisecond in
 * all). Free memory of malloc() goes too.
 */
#ifndef APP_MEMORY_H
#define APP_MEMORY_H

/* How malloc() does its work; before there are threads. */
void memory_set_up(void);
/* Before any library is used. */
void memory_hold_libraries(void);
/* Any thread. Takes about a millisecond: for a start or a reload. */
void memory_give_back(void);

#endif
