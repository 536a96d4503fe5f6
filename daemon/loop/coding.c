#include "loop/coding.h"
#include "base/mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

#define RATIO_MAX 200
#define RATIO_FROM (1024 * 1024)
#define PIECE (16 * 1024)
/* What inflateInit2() is told by its windowBits (zlib.h). */
#define WINDOW_BITS 15
#define ANY_HEADER (WINDOW_BITS + 32) /* gzip's or zlib's */
#define NO_HEADER (-WINDOW_BITS)

static const struct {
	const char *name;
	enum coding coding;
} names[] = {
    {"", CODING_NONE},	     {"identity", CODING_NONE},	  {"gzip", CODING_GZIP},
    {"x-gzip", CODING_GZIP}, {"deflate", CODING_DEFLATE},
};

enum coding coding_of(const char *value)
{
	for (size_t i = 0; value && i < sizeof(names) / sizeof(*names); i++)
		if (!strcasecmp(value, names[i].name))
			return names[i].coding;
	return value ? CODING_UNKNOWN : CODING_NONE;
}

static bool unpacks_too_well(size_t packed, size_t unpacked)
{
	return unpacked > RATIO_FROM && unpacked / RATIO_MAX > packed;
}

/* A gzip file may be several (RFC 1952 section 2.2); what else follows is
 * nothing. */
static bool has_another(const z_stream *z)
{
	return z->avail_in > 1 && z->next_in[0] == 0x1f &&
	       z->next_in[1] == 0x8b;
}

static voidpf take_memory(voidpf data, uInt n, uInt size)
{
	(void)data;
	return xcalloc(n, size);
}

static void give_memory(voidpf data, voidpf memory)
{
	(void)data;
	free(memory);
}

static int unpack(z_stream *z, size_t packed, struct buf *ret, struct err *e)
{
	unsigned char piece[PIECE];
	int status = Z_OK;

	while (status != Z_STREAM_END ||
	       (has_another(z) && inflateReset(z) == Z_OK)) {
		z->next_out = piece;
		z->avail_out = PIECE;
		status = inflate(z, Z_NO_FLUSH);
		if (status == Z_BUF_ERROR)
			return 0; /* cut */
		if (status != Z_OK && status != Z_STREAM_END)
			return err_set(e, ERR_INPUT,
				       "the compressed body is damaged: %s",
				       z->msg ? z->msg : zError(status));
		if (buf_add(ret, piece, PIECE - z->avail_out))
			return err_set(e, ERR_LIMIT,
				       "the body: more than the %zu bytes "
				       "allowed, unpacked",
				       ret->limit);
		if (unpacks_too_well(packed, ret->len))
			return err_set(e, ERR_LIMIT,
				       "what the compressed body unpacks to: "
				       "more than %d times its %zu bytes",
				       RATIO_MAX, packed);
	}
	return 0;
}

static int unpack_as(int window_bits, const struct buf *packed, struct buf *ret,
		     struct err *e)
{
	z_stream z = {
	    .next_in = (Bytef *)packed->data,
	    .avail_in = (uInt)packed->len,
	    .zalloc = take_memory,
	    .zfree = give_memory,
	};
	int r;

	buf_reset(ret);
	/* Fails only for want of memory. */
	(void)inflateInit2(&z, window_bits);
	r = unpack(&z, packed->len, ret, e);
	inflateEnd(&z);
	return r;
}

static int unpack_body(enum coding coding, struct buf *body, struct err *e)
{
	struct buf unpacked;
	int r;

	buf_init(&unpacked, body->limit);
	r = unpack_as(ANY_HEADER, body, &unpacked, e);
	if (r == ERR_INPUT && coding == CODING_DEFLATE)
		r = unpack_as(NO_HEADER, body, &unpacked, e);
	buf_release(body);
	*body = unpacked;
	return r;
}

int coding_undo(enum coding coding, struct buf *body, struct err *e)
{
	int r = 0;

	if (coding == CODING_UNKNOWN)
		r = err_set(e, ERR_INPUT,
			    "the body is packed in a way that was not asked "
			    "for (Content-Encoding)");
	else if (coding != CODING_NONE)
		r = unpack_body(coding, body, e);
	if (r)
		buf_release(body);
	return r;
}
