/*
 * Small allocations that never fail: out of memory ends the process, and
 * the store is safe against that. Whatever an outsider can size goes through
 * a capped struct buf or struct arena instead.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size); /* what libraries are given (app/memory.h) */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);

#endif
