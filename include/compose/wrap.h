/*
 * Plain text folded to a width, for the text part of mails.
 *
 * Each line is folded by itself; what follows keeps its indentation, and the
 * text of "- " and "12. " lines hangs below its own start. Words with "://"
 * in them are never cut, a longer word without is, between characters as
 * people see them. Widths are columns as terminals count them: accents and
 * what is joined none, wide characters, flags and emoji two. White
 * space at line ends goes, runs of empty lines become one, none at the start
 * and the end. Pure.
 */
#ifndef COMPOSE_WRAP_H
#define COMPOSE_WRAP_H

#include "base/buf.h"

#define WRAP_COLUMNS 72

/* Appends `text`, every line ended by LF; ERR_LIMIT when it does not fit. */
int wrap_text(const char *text, size_t columns, struct buf *out);

/* The columns that a text takes on one line. */
size_t wrap_width(const char *text, size_t len);

#endif
