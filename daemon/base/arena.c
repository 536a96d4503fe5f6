#include "base/arena.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 8160 /* with malloc's header, two pages */
#define SMALL_SIZE 992	/* at first: most arenas hold little */
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_release(struct arena *a)
{
	free_blocks(a->blocks);
	*a = (struct arena){0};
}

void arena_reset(struct arena *a)
{
	struct arena_block *block = a->blocks;

	if (!block || block->size > BLOCK_SIZE) {
		arena_release(a);
		return;
	}
	free_blocks(block->next);
	memset(block->bytes, 0, block->used);
	block->next = NULL;
	block->used = 0;
	a->bytes = 0;
}

/*
 * A large piece gets a block of its own, put behind the first so that the
 * room left in the first stays in use.
 */
static struct arena_block *add_block(struct arena *a, size_t size)
{
	size_t usual = a->bytes < BLOCK_SIZE / 4 ? SMALL_SIZE : BLOCK_SIZE;
	bool large = size > usual / 4;
	size_t room = large ? size : usual;
	struct arena_block *block = xcalloc(1, sizeof(*block) + room);

	block->size = room;
	if (large && a->blocks) {
		block->next = a->blocks->next;
		a->blocks->next = block;
	} else {
		block->next = a->blocks;
		a->blocks = block;
	}
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *block = a->blocks;
	void *p;

	if (size > SIZE_MAX / 2)
		abort();
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || block->size - block->used < size)
		block = add_block(a, size);
	p = block->bytes + block->used;
	block->used += size;
	a->bytes += size;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		abort();
	return arena_alloc(a, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	s = arena_alloc(a, n < 0 ? 1 : (size_t)n + 1);
	if (n > 0)
		vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

char *arena_join_all(struct arena *a, const char *const *parts)
{
	size_t len = 0;
	char *joined, *end;

	for (size_t i = 0; parts[i]; i++)
		len += strlen(parts[i]);
	joined = end = arena_alloc(a, len + 1);
	*end = '\0';
	for (size_t i = 0; parts[i]; i++)
		end = stpcpy(end, parts[i]);
	return joined;
}

void *arena_push(struct arena *a, void **items, size_t n, size_t size)
{
	if ((n & (n - 1)) == 0) {
		void *grown = arena_array(a, n ? 2 * n : 1, size);

		if (n)
			memcpy(grown, *items, n * size);
		*items = grown;
	}
	return (char *)*items + n * size;
}
