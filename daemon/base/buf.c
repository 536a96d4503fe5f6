#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){.limit = limit};
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){.limit = b->limit};
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->data)
		b->data[0] = '\0';
}

/* And for the NUL; doubling keeps appends linear. */
int buf_reserve(struct buf *b, size_t more)
{
	size_t need, room;

	if (more > b->limit - b->len) {
		b->full = true;
		return ERR_LIMIT;
	}
	need = b->len + more + 1;
	if (need <= b->room)
		return 0;
	room = b->room ? b->room : 64;
	while (room < need)
		room *= 2;
	b->data = xrealloc(b->data, room, 1);
	b->room = room;
	return 0;
}

int buf_add(struct buf *b, const void *bytes, size_t len)
{
	int r = buf_reserve(b, len);

	if (r)
		return r;
	if (len)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
	return 0;
}

int buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

int buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n, r;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	r = n < 0 ? ERR_INPUT : buf_reserve(b, (size_t)n);
	if (r)
		return r;
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
	return 0;
}

int buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = buf_vaddf(b, fmt, ap);
	va_end(ap);
	return r;
}

void buf_cut(struct buf *b, size_t len)
{
	b->len = len;
	if (b->data)
		b->data[len] = '\0';
}

void buf_drop(struct buf *b, size_t n)
{
	if (n >= b->len) {
		b->len = 0;
	} else {
		memmove(b->data, b->data + n, b->len - n);
		b->len -= n;
	}
	if (b->data)
		b->data[b->len] = '\0';
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

void buf_move(struct buf *to, struct buf *from)
{
	*to = *from;
	*from = (struct buf){.limit = from->limit};
	if (to->room > to->len + 1) {
		to->room = to->len + 1;
		to->data = xrealloc(to->data, to->room, 1);
	}
}

char *buf_steal(struct buf *b)
{
	char *data = b->data ? b->data : xcalloc(1, 1);

	*b = (struct buf){.limit = b->limit};
	return data;
}
