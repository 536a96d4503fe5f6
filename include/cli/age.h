/*
 * How long ago, or how soon, in a word: "now", "5m", "3h", "12d", "in 2h";
 * "-" for a time that is 0 (never). Pure.
 */
#ifndef CLI_AGE_H
#define CLI_AGE_H

#include <stdint.h>

#define AGE_SIZE 32

/* How long, "15m", "2h". */
const char *age_span(int64_t seconds, char out[AGE_SIZE]);
/* Into `out`; returns it. */
const char *age_text(int64_t now, int64_t t, char out[AGE_SIZE]);

#endif
