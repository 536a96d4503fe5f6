/*
 * A file's lines, without their ends. Aborts when it cannot be read.
 */
#ifndef TESTS_LINES_H
#define TESTS_LINES_H

#include <stddef.h>

char **lines_read(const char *path, size_t *ret_n);
void lines_free(char **lines, size_t n);

#endif
