#include "source/charset.h"
#include "base/eight.h"
#include "base/utf8.h"
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define NAME_SIZE 40
#define DECLARATION_MAX 1024 /* where an XML declaration is looked for */

/* What a label means where that is not what it says (WHATWG Encoding). */
static const struct {
	const char *label, *charset;
} meant[] = {
    {"iso-8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"ascii", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"euc-kr", "cp949"},
    {"ks_c_5601-1987", "cp949"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"shift_jis", "cp932"},
    {"x-sjis", "cp932"},
    {"big5", "big5-hkscs"},
    {"x-mac-roman", "macintosh"},
    {"utf-16", "utf-16le"},
    {"utf-32", "utf-32le"},
};

/* Charsets whose bytes look like ASCII and are not. */
static bool is_seven_bit(const char *charset)
{
	return !strncasecmp(charset, "iso-2022-", 9) ||
	       !strncasecmp(charset, "hz", 2) ||
	       !strncasecmp(charset, "utf-7", 5);
}

static bool is_wide(const char *charset)
{
	return !strncasecmp(charset, "utf-16", 6) ||
	       !strncasecmp(charset, "utf-32", 6) ||
	       !strncasecmp(charset, "ucs-", 4);
}

static void copy_name(char out[NAME_SIZE], const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && n < NAME_SIZE - 1 && s[n] > ' ' &&
	       !strchr("\"';,?>", s[n])) {
		out[n] = s[n];
		n++;
	}
	out[n] = '\0';
}

static void from_header(const char *content_type, char out[NAME_SIZE])
{
	const char *p =
	    content_type ? strcasestr(content_type, "charset=") : NULL;

	out[0] = '\0';
	if (!p)
		return;
	p += 8;
	p += strspn(p, " \"'");
	copy_name(out, p, strlen(p));
}

/* <?xml version="1.0" encoding="..."?> */
static void from_declaration(const char *bytes, size_t len, char out[NAME_SIZE])
{
	size_t max = len < DECLARATION_MAX ? len : DECLARATION_MAX;
	const char *start = memmem(bytes, max, "<?xml", 5);
	const char *end, *p;

	out[0] = '\0';
	if (!start)
		return;
	end = memmem(start, max - (size_t)(start - bytes), "?>", 2);
	if (!end)
		return;
	p = memmem(start, (size_t)(end - start), "encoding", 8);
	if (!p)
		return;
	for (p += 8; p < end && strchr(" \t\r\n=\"'", *p); p++)
		;
	copy_name(out, p, (size_t)(end - p));
}

/* ---- conversion --------------------------------------------------------- */

static void add_char(struct buf *out, uint32_t c)
{
	char bytes[4];

	(void)buf_add(out, bytes, utf8_put(bytes, c));
}

/* What does not convert becomes U+FFFD, a byte (or unit) at a time. */
static bool convert(const char *bytes, size_t len, const char *charset,
		    struct buf *out)
{
	size_t unit = is_wide(charset) ? 2 : 1;
	iconv_t cd = iconv_open("UTF-8", charset);
	char *in = (char *)bytes;

	if (cd == (iconv_t)-1)
		return false;
	buf_init(out, 3 * len + 16);
	while (len) {
		char piece[8192], *to = piece;
		size_t room = sizeof(piece);
		size_t r = iconv(cd, &in, &len, &to, &room);

		(void)buf_add(out, piece, sizeof(piece) - room);
		if (r != (size_t)-1 || errno == E2BIG)
			continue;
		add_char(out, 0xfffd);
		unit = unit < len ? unit : len;
		in += unit;
		len -= unit;
	}
	iconv_close(cd);
	return true;
}

/* UTF-8 with bytes of windows-1252 in it. */
static void mend_utf8(const char *bytes, size_t len, struct buf *out)
{
	size_t from = 0;

	buf_init(out, 3 * len + 16);
	for (size_t i = 0; i < len;) {
		size_t n = utf8_char(bytes + i, len - i, NULL);
		struct buf one;

		if (n) {
			i += n;
			continue;
		}
		(void)buf_add(out, bytes + from, i - from);
		if (convert(bytes + i, 1, "windows-1252", &one)) {
			(void)buf_add(out, buf_str(&one), one.len);
			buf_release(&one);
		}
		from = ++i;
	}
	(void)buf_add(out, bytes + from, len - from);
}

/* ---- characters that XML forbids ---------------------------------------- */

static bool is_forbidden_byte(unsigned char c)
{
	return c < ' ' && c != '\t' && c != '\n' && c != '\r';
}

/* U+FFFE and U+FFFF are EF BF BE and EF BF BF. */
static bool is_forbidden(const char *s, size_t left)
{
	return is_forbidden_byte((unsigned char)*s) ||
	       (left >= 3 && (unsigned char)s[0] == 0xef &&
		(unsigned char)s[1] == 0xbf && (unsigned char)s[2] >= 0xbe);
}

typedef uint8_t sixteen __attribute__((vector_size(16)));

/* None of these is forbidden nor may begin what is. */
static bool sixteen_allowed(const char *s)
{
	sixteen x, found;
	uint64_t halves[2];

	memcpy(&x, s, sizeof(x));
	found = (sixteen)((x < ' ') & (x != '\t') & (x != '\n') & (x != '\r')) |
		(sixteen)(x == 0xef);
	memcpy(halves, &found, sizeof(halves));
	return !(halves[0] | halves[1]);
}

static size_t first_forbidden(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t end = len - i < 16 ? len : i + 16;

		if (end - i == 16 && sixteen_allowed(s + i))
			i = end;
		for (; i < end; i++)
			if (is_forbidden(s + i, len - i))
				return i;
	}
	return len;
}

static void drop_forbidden(const char **text, size_t *len, struct buf *store)
{
	size_t from = 0, at = first_forbidden(*text, *len);
	struct buf clean;

	if (at == *len)
		return;
	buf_init(&clean, *len + 1);
	while (at < *len) {
		(void)buf_add(&clean, *text + from, at - from);
		from = at + ((unsigned char)(*text)[at] == 0xef ? 3 : 1);
		at = from + first_forbidden(*text + from, *len - from);
	}
	(void)buf_add(&clean, *text + from, *len - from);
	buf_release(store);
	*store = clean;
	*text = buf_str(store);
	*len = store->len;
}

/* ---- who is believed ---------------------------------------------------- */

/* The charset that the first bytes show; *ret_skip is their mark's length. */
static const char *by_first_bytes(const char *s, size_t len, size_t *ret_skip)
{
	static const struct {
		const char *bytes;
		size_t len, skip;
		const char *charset;
	} marks[] = {
	    {"\xef\xbb\xbf", 3, 3, "utf-8"},
	    {"\xff\xfe\0\0", 4, 4, "utf-32le"},
	    {"\0\0\xfe\xff", 4, 4, "utf-32be"},
	    {"\xff\xfe", 2, 2, "utf-16le"},
	    {"\xfe\xff", 2, 2, "utf-16be"},
	    {"<\0?\0", 4, 0, "utf-16le"},
	    {"\0<\0?", 4, 0, "utf-16be"},
	    {"<\0\0\0", 4, 0, "utf-32le"},
	    {"\0\0\0<", 4, 0, "utf-32be"},
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (len >= marks[i].len &&
		    !memcmp(s, marks[i].bytes, marks[i].len)) {
			*ret_skip = marks[i].skip;
			return marks[i].charset;
		}
	*ret_skip = 0;
	return NULL;
}

static const char *meaning(const char *label)
{
	for (size_t i = 0; i < sizeof(meant) / sizeof(*meant); i++)
		if (!strcasecmp(meant[i].label, label))
			return meant[i].charset;
	return label;
}

static void to_utf8(const char *bytes, size_t len, const char *marked,
		    const char *declared, struct buf *store)
{
	bool is_utf8 = !strcasecmp(declared, "utf-8") ||
		       !strcasecmp(declared, "utf8") || !*declared;

	if (marked && convert(bytes, len, marked, store))
		return;
	/* No mark and no zero bytes: whatever it is, it is not wide. */
	if (!is_utf8 && !is_wide(declared) &&
	    convert(bytes, len, meaning(declared), store))
		return;
	mend_utf8(bytes, len, store);
}

void charset_utf8(const char *bytes, size_t len, const char *content_type,
		  struct buf *store, const char **ret_text, size_t *ret_len)
{
	char header[NAME_SIZE], declaration[NAME_SIZE];
	const char *marked, *declared;
	size_t skip;

	marked = by_first_bytes(bytes, len, &skip);
	bytes += skip;
	len -= skip;
	from_header(content_type, header);
	from_declaration(bytes, len, declaration);
	declared = header[0] ? header : declaration;
	*ret_text = bytes;
	*ret_len = len;
	if (marked && !strcmp(marked, "utf-8")) {
		marked = NULL;
		declared = "utf-8";
	}
	if (marked || is_seven_bit(declared) || !utf8_valid(bytes, len)) {
		to_utf8(bytes, len, marked, declared, store);
		*ret_text = buf_str(store);
		*ret_len = store->len;
	}
	drop_forbidden(ret_text, ret_len, store);
}
