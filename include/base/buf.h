/*
 * A growing byte buffer that knows its limit.
 *
 * The limit is given when it is made; what would pass it is refused whole
 * and the buffer is marked `full`, so a caller can add many pieces and look
 * once at the end. The bytes are always followed by a NUL that is not
 * counted. Owned by whoever embeds it; zeroed memory is a valid empty buffer
 * with limit 0. Any thread, one at a time.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;   /* NULL until the first byte; see buf_str() */
	size_t len;   /* bytes in use */
	size_t room;  /* bytes allocated */
	size_t limit; /* len never passes this */
	bool full;    /* something was refused since the last buf_reset() */
};

void buf_init(struct buf *b, size_t limit);
void buf_release(struct buf *b);
/* Forgets the content, keeps the memory and the limit. */
void buf_reset(struct buf *b);

/* Room for `more` bytes at once, so that adding them moves nothing. */
int buf_reserve(struct buf *b, size_t more);

/* Each returns 0, or ERR_LIMIT with nothing added. */
int buf_add(struct buf *b, const void *bytes, size_t len);
int buf_adds(struct buf *b, const char *s);
int buf_addc(struct buf *b, char c);
int buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int buf_vaddf(struct buf *b, const char *fmt, va_list ap);

/* Back to its first `len` bytes, as after a failure half way. */
void buf_cut(struct buf *b, size_t len);
/* Drops `n` bytes from the front (all of them if fewer). */
void buf_drop(struct buf *b, size_t n);

/* The content as a string, "" when empty; valid until the next change. */
const char *buf_str(const struct buf *b);

/* `to` is what `from` was, without room to spare; `from` is empty. What `to`
 * had must be released before. */
void buf_move(struct buf *to, struct buf *from);

/* The content, NUL-terminated, now the caller's to free(). Never NULL. */
char *buf_steal(struct buf *b);

#endif
