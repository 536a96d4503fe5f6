/*
 * Names that nobody guesses, from the kernel's random numbers.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

/* 32 bytes as 64 hex digits and a NUL. Never fails: without the kernel's
 * random numbers the process ends. */
#define RANDOM_NAME_SIZE 65
void random_name(char out[RANDOM_NAME_SIZE]);

#endif
