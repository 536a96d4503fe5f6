#include "compose/qp.h"
#include "base/err.h"
#include <endian.h>
#include <stdint.h>
#include <string.h>

/* A line's text; one more is kept for the "=" of a soft break. */
#define ROOM (QP_LINE_MAX - 1)
#define LINE_END 3 /* "=", CR, LF */
#define BLOCK 4096

/* Written a block at a time: a call a line would cost more than the work. */
struct qp {
	struct buf *out;
	const char *end; /* of all text */
	char *to;	 /* in `block` */
	char block[BLOCK + 16];
};

static void flush(struct qp *q)
{
	/* buf remembers `full` */
	(void)buf_add(q->out, q->block, (size_t)(q->to - q->block));
	q->to = q->block;
}

/* Vectors that compilers have for every machine. */
typedef int8_t sixteen __attribute__((vector_size(16)));
typedef uint64_t two_halves __attribute__((vector_size(16)));

/* Copies sixteen bytes; returns how many come before the first that needs
 * encoding: what is not printable ASCII, and "=". */
static size_t copy_sixteen(char *to, const char *s)
{
	sixteen bytes;
	two_halves odd;

	memcpy(&bytes, s, sizeof(bytes));
	memcpy(to, &bytes, sizeof(bytes));
	odd = (two_halves)((bytes < 0x20) | (bytes == 0x7f) | (bytes == '='));
	if (odd[0])
		return (size_t)__builtin_ctzll(le64toh(odd[0])) / 8;
	if (odd[1])
		return 8 + (size_t)__builtin_ctzll(le64toh(odd[1])) / 8;
	return sizeof(bytes);
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '=';
}

/* Copies what needs no encoding from the start of `s`, at most `len`; returns
 * how much. (Reads on in the text, and writes as much behind.) */
static size_t copy_plain(const struct qp *q, const char *s, size_t len)
{
	size_t n = 0, plain = sizeof(sixteen);

	while (n < len && plain == sizeof(sixteen) &&
	       q->end - s >= (ptrdiff_t)(n + sizeof(sixteen))) {
		plain = copy_sixteen(q->to + n, s + n);
		n += plain;
	}
	while (n < len && plain == sizeof(sixteen) && is_plain(s[n])) {
		q->to[n] = s[n];
		n++;
	}
	return n < len ? n : len;
}

static void put_encoded(struct qp *q, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";

	q->to[0] = '=';
	q->to[1] = hex[c >> 4];
	q->to[2] = hex[c & 15];
	q->to += 3;
}

/* What a mail server or a mailbox file might change at a line's start. */
static bool is_touchy(const char *s, size_t len)
{
	return len && (s[0] == '.' || (len >= 5 && !memcmp(s, "From ", 5)));
}

/* One line of output: as much of a line of text as there is room for, and a
 * soft break when that is not all. Returns what was taken. */
static size_t put_line(struct qp *q, const char *s, size_t len)
{
	const char *start = q->to;
	size_t used = 0;

	if (is_touchy(s, len))
		put_encoded(q, (unsigned char)s[used++]);
	for (;;) {
		size_t room = ROOM - (size_t)(q->to - start);
		size_t left = len - used;
		size_t n = copy_plain(q, s + used, left < room ? left : room);

		/* No white space before a line's end. */
		if (n && n == left && s[len - 1] == ' ')
			n--;
		q->to += n;
		used += n;
		if (used == len)
			return used;
		if (room - n < 3) {
			memcpy(q->to, "=\r\n", LINE_END);
			q->to += LINE_END;
			return used;
		}
		put_encoded(q, (unsigned char)s[used++]);
	}
}

int qp_encode(const char *text, size_t len, struct buf *out)
{
	struct qp q;
	const char *end = text + len;
	size_t start = out->len;
	bool full = out->full;

	q.out = out;
	q.end = end;
	q.to = q.block;
	out->full = false;
	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *stop = lf ? lf : end;

		if (lf && stop > text && stop[-1] == '\r')
			stop--;
		do {
			if (q.to > q.block + BLOCK - ROOM - LINE_END)
				flush(&q);
			text += put_line(&q, text, (size_t)(stop - text));
		} while (text < stop);
		if (!lf)
			break;
		memcpy(q.to, "\r\n", 2);
		q.to += 2;
		text = lf + 1;
	}
	flush(&q);
	if (out->full) {
		buf_cut(out, start);
		return ERR_LIMIT;
	}
	out->full = full;
	return 0;
}
