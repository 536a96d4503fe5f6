#include "compose/qp.h"
#include "base/err.h"
#include <stdint.h>
#include <string.h>

/* A line's text; one more is kept for the "=" of a soft break. */
#define ROOM (QP_LINE_MAX - 1)

/* Written a block at a time: a call a piece would cost more than the work. */
struct qp {
	struct buf *out;
	size_t used;
	size_t column;
	char block[4096];
};

static void flush(struct qp *q)
{
	(void)buf_add(q->out, q->block, q->used); /* buf remembers `full` */
	q->used = 0;
}

static void put(struct qp *q, const char *bytes, size_t len)
{
	if (len > sizeof(q->block) - q->used)
		flush(q);
	memcpy(q->block + q->used, bytes, len);
	q->used += len;
	q->column += len;
}

static void soft_break(struct qp *q)
{
	put(q, "=\r\n", 3);
	q->column = 0;
}

static void put_encoded(struct qp *q, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	char text[3] = {'=', hex[c >> 4], hex[c & 15]};

	if (q->column + sizeof(text) > ROOM)
		soft_break(q);
	put(q, text, sizeof(text));
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '=';
}

#define EACH(byte) (UINT64_MAX / 255 * (byte))

/* True when one of eight bytes needs encoding; the usual bit tricks. */
static bool any_odd(uint64_t eight)
{
	uint64_t equal = eight ^ EACH('=');
	uint64_t delete = eight ^ EACH(0x7f);
	uint64_t odd = eight | ((eight - EACH(0x20)) & ~eight) |
		       ((equal - EACH(1)) & ~equal) |
		       ((delete - EACH(1)) & ~delete);

	return (odd & EACH(0x80)) != 0;
}

/* Copies what needs no encoding from the start of `s`; returns how much. */
static size_t copy_plain(char *to, const char *s, size_t len)
{
	size_t n = 0;

	while (n + sizeof(uint64_t) <= len) {
		uint64_t eight;

		memcpy(&eight, s + n, sizeof(eight));
		if (any_odd(eight))
			break;
		memcpy(to + n, &eight, sizeof(eight));
		n += sizeof(eight);
	}
	for (; n < len && is_plain((unsigned char)s[n]); n++)
		to[n] = s[n];
	return n;
}

static size_t put_plain(struct qp *q, const char *s, size_t len)
{
	size_t room = ROOM - q->column, n;

	if (sizeof(q->block) - q->used < ROOM)
		flush(q);
	n = copy_plain(q->block + q->used, s, len < room ? len : room);
	if (n == len && s[n - 1] == ' ')
		n--;
	q->used += n;
	q->column += n;
	return n;
}

/* What a mail server or a mailbox file might change at a line's start. */
static bool is_touchy(const char *s, size_t len)
{
	return s[0] == '.' || (len >= 5 && memcmp(s, "From ", 5) == 0);
}

static void put_line(struct qp *q, const char *s, size_t len)
{
	bool touchy = len && is_touchy(s, len);

	q->column = 0;
	while (len) {
		size_t n = touchy ? 0 : put_plain(q, s, len);

		if (!n && q->column == ROOM) {
			soft_break(q);
			touchy = is_touchy(s, len);
			continue;
		}
		if (!n) {
			put_encoded(q, (unsigned char)*s);
			touchy = false;
			n = 1;
		}
		s += n;
		len -= n;
	}
}

int qp_encode(const char *text, size_t len, struct buf *out)
{
	struct qp q = {.out = out};
	const char *end = text + len;
	size_t start = out->len;
	bool full = out->full;

	out->full = false;
	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *stop = lf ? lf : end;

		if (lf && stop > text && stop[-1] == '\r')
			stop--;
		put_line(&q, text, (size_t)(stop - text));
		if (!lf)
			break;
		put(&q, "\r\n", 2);
		text = lf + 1;
	}
	flush(&q);
	if (out->full) {
		out->len = start;
		if (out->data)
			out->data[start] = '\0';
		return ERR_LIMIT;
	}
	out->full = full;
	return 0;
}
