/*
 * What went wrong, for a program and for a person.
 *
 * Functions that can fail return 0 or a negative enum err_code, and write
 * one line of text into the caller's struct err. The text says what happened,
 * where, and what to do; callers prefix it on its way up ("relay: cannot
 * connect: ..."). It is logged once, where it is handled. Nothing decides by
 * reading it. Every function accepts a NULL struct err.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

enum err_code {
	ERR_USAGE = -1,	  /* the caller's words are off */
	ERR_INPUT = -2,	  /* data from outside is not what it should be */
	ERR_MISSING = -3, /* no such thing */
	ERR_IO = -4,	  /* the system refused: disk, network */
	ERR_FULL = -5,	  /* no space left */
	ERR_BUSY = -6,	  /* taken by another; try again */
	ERR_DENIED = -7,  /* not allowed */
	ERR_CONFIG = -8,  /* the configuration is wrong */
	ERR_LIMIT = -9,	  /* larger, deeper or longer than we accept */
	ERR_CORRUPT = -10 /* our own data cannot be trusted */
};

struct err {
	char text[512];
};

/* Writes the text (cut at its size, control bytes escaped); returns code. */
int err_set(struct err *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the text that is there; returns code. */
int err_prefix(struct err *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
