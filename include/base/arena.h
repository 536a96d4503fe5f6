/*
 * Memory that goes together: rows and strings of one job live in one arena
 * and are freed at once with it.
 *
 * Pointers stay valid until arena_release(). Allocation never fails (out of
 * memory ends the process); what an outsider sizes must be capped before it
 * is copied in. Zeroed memory is a valid empty arena. One thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t bytes; /* handed out so far */
};

void arena_release(struct arena *a);
/* Forgets the content, keeps some memory for what comes next. */
void arena_reset(struct arena *a);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t n, size_t size);
/* NULL gives NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Texts, one after the other; none is NULL. */
#define arena_join(a, ...)                                                     \
	arena_join_all((a), (const char *const[]){__VA_ARGS__, NULL})
char *arena_join_all(struct arena *a, const char *const *parts);

/*
 * Grows an array in the arena by doubling: returns a place for item `n`
 * (0-based) of `*items`, moving them when `n` reaches a power of two.
 */
void *arena_push(struct arena *a, void **items, size_t n, size_t size);

#endif
