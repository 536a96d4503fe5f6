#include "source/html_text.h"
#include "base/eight.h"
#include "base/utf8.h"
#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What a tag does to the text around it. */
enum effect {
	EFFECT_NONE,
	EFFECT_LINE,
	EFFECT_PARAGRAPH,
	EFFECT_ITEM,
	EFFECT_CELL,
	EFFECT_DROP /* its content is not text */
};

enum gap { GAP_NONE, GAP_SPACE, GAP_LINE, GAP_PARAGRAPH, GAP_ITEM };

struct scan {
	const char *p, *end;
	struct buf *out;
	enum html_kind kind;
	enum gap gap;
	size_t words;
	bool in_word;
	/* What was looked for in vain: looking again would be quadratic. */
	bool no_quote, no_apostrophe, no_comment_end;
};

/* The first eight letters as a number, so that a switch can tell names. */
#define NAME(a, b, c, d, e, f, g, h)                                           \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 |            \
	 (uint64_t)(d) << 24 | (uint64_t)(e) << 32 | (uint64_t)(f) << 40 |     \
	 (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

static bool is_alpha(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_name(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9') || c == '-' || c == ':';
}

static uint64_t pack(const char *name, size_t len)
{
	uint64_t packed = 0;

	for (size_t i = 0; i < len && i < 8; i++)
		packed |= (uint64_t)(name[i] | 0x20) << 8 * i;
	return packed;
}

static enum effect tag_effect(const char *name, size_t len)
{
	/* The digit of a heading survives | 0x20. */
	switch (pack(name, len)) {
	case NAME('b', 'r', 0, 0, 0, 0, 0, 0):
	case NAME('d', 'i', 'v', 0, 0, 0, 0, 0):
	case NAME('t', 'r', 0, 0, 0, 0, 0, 0):
	case NAME('d', 't', 0, 0, 0, 0, 0, 0):
	case NAME('d', 'd', 0, 0, 0, 0, 0, 0):
	case NAME('h', 'e', 'a', 'd', 'e', 'r', 0, 0):
	case NAME('f', 'o', 'o', 't', 'e', 'r', 0, 0):
	case NAME('s', 'e', 'c', 't', 'i', 'o', 'n', 0):
	case NAME('a', 'r', 't', 'i', 'c', 'l', 'e', 0):
	case NAME('a', 's', 'i', 'd', 'e', 0, 0, 0):
	case NAME('f', 'i', 'g', 'u', 'r', 'e', 0, 0):
	case NAME('f', 'i', 'g', 'c', 'a', 'p', 't', 'i'):
	case NAME('a', 'd', 'd', 'r', 'e', 's', 's', 0):
	case NAME('o', 'p', 't', 'i', 'o', 'n', 0, 0):
	case NAME('t', 'i', 't', 'l', 'e', 0, 0, 0):
		return EFFECT_LINE;
	case NAME('p', 0, 0, 0, 0, 0, 0, 0):
	case NAME('h', '1', 0, 0, 0, 0, 0, 0):
	case NAME('h', '2', 0, 0, 0, 0, 0, 0):
	case NAME('h', '3', 0, 0, 0, 0, 0, 0):
	case NAME('h', '4', 0, 0, 0, 0, 0, 0):
	case NAME('h', '5', 0, 0, 0, 0, 0, 0):
	case NAME('h', '6', 0, 0, 0, 0, 0, 0):
	case NAME('h', 'r', 0, 0, 0, 0, 0, 0):
	case NAME('p', 'r', 'e', 0, 0, 0, 0, 0):
	case NAME('u', 'l', 0, 0, 0, 0, 0, 0):
	case NAME('o', 'l', 0, 0, 0, 0, 0, 0):
	case NAME('d', 'l', 0, 0, 0, 0, 0, 0):
	case NAME('t', 'a', 'b', 'l', 'e', 0, 0, 0):
	case NAME('b', 'l', 'o', 'c', 'k', 'q', 'u', 'o'):
		return EFFECT_PARAGRAPH;
	case NAME('l', 'i', 0, 0, 0, 0, 0, 0):
		return EFFECT_ITEM;
	case NAME('t', 'd', 0, 0, 0, 0, 0, 0):
	case NAME('t', 'h', 0, 0, 0, 0, 0, 0):
		return EFFECT_CELL;
	case NAME('s', 'c', 'r', 'i', 'p', 't', 0, 0):
	case NAME('s', 't', 'y', 'l', 'e', 0, 0, 0):
	case NAME('t', 'e', 'm', 'p', 'l', 'a', 't', 'e'):
	case NAME('i', 'f', 'r', 'a', 'm', 'e', 0, 0):
		return EFFECT_DROP;
	default:
		return EFFECT_NONE;
	}
}

static bool is_element(const char *name, size_t len)
{
	static const char *const later[] = {
	    "article", "aside",	 "audio", "figure", "footer",
	    "header",  "main",	 "mark",  "nav",    "picture",
	    "section", "source", "time",  "video",  NULL};
	char lower[16];

	if (len >= sizeof(lower))
		return false;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)(is_alpha(name[i]) ? name[i] | 0x20 : name[i]);
	lower[len] = '\0';
	for (size_t i = 0; later[i]; i++)
		if (!strcmp(later[i], lower))
			return true;
	return htmlTagLookup((const xmlChar *)lower) != NULL;
}

static void widen(struct scan *s, enum gap gap)
{
	if (gap > s->gap)
		s->gap = gap;
	s->in_word = false;
}

static void put(struct scan *s, const char *text, size_t len)
{
	static const char *const gaps[] = {"", " ", "\n", "\n\n", "\n- "};
	struct buf *out = s->out;

	if (out->full)
		return;
	if (s->gap == GAP_ITEM || (s->gap && out->len)) {
		const char *gap = gaps[s->gap];

		(void)buf_adds(out, out->len ? gap : gap + 1);
	}
	s->gap = GAP_NONE;
	/* Refused whole: cut it to what fits, and leave `full` set. */
	if (buf_add(out, text, len))
		(void)buf_add(out, text,
			      utf8_cut(text, len, out->limit - out->len));
}

static void put_word(struct scan *s, const char *text, size_t len)
{
	s->words += !s->in_word;
	s->in_word = true;
	put(s, text, len);
}

static bool starts(const char *p, const char *end, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(end - p) >= len && !memcmp(p, with, len);
}

/* The end of a quoted value, or NULL when the quote is never closed. */
static const char *quote_end(struct scan *s, const char *p)
{
	bool *none = *p == '"' ? &s->no_quote : &s->no_apostrophe;
	const char *q = NULL;

	if (!*none) {
		q = memchr(p + 1, *p, (size_t)(s->end - p - 1));
		*none = !q;
	}
	return q;
}

/* After the tag's '>'; the end when it has none. */
static const char *tag_end(struct scan *s, const char *p)
{
	for (; p < s->end; p++) {
		if (*p == '>')
			return p + 1;
		if ((*p == '"' || *p == '\'') && p[-1] == '=') {
			const char *q = quote_end(s, p);

			if (q)
				p = q;
		}
	}
	return s->end;
}

/* Skips to the matching </name, whatever is between. */
static void drop_content(struct scan *s, const char *name, size_t len)
{
	const char *p = s->p;

	while ((p = memchr(p, '<', (size_t)(s->end - p)))) {
		if ((size_t)(s->end - p) >= len + 2 && p[1] == '/' &&
		    !strncasecmp(p + 2, name, len)) {
			s->p = tag_end(s, p + 2);
			return;
		}
		p++;
	}
	s->p = s->end;
}

static void apply(struct scan *s, enum effect effect, bool closing,
		  const char *name, size_t len)
{
	switch (effect) {
	case EFFECT_LINE:
		widen(s, GAP_LINE);
		break;
	case EFFECT_PARAGRAPH:
		widen(s, GAP_PARAGRAPH);
		break;
	case EFFECT_ITEM:
		widen(s, closing ? GAP_LINE : GAP_ITEM);
		break;
	case EFFECT_CELL:
		widen(s, GAP_SPACE);
		break;
	case EFFECT_DROP:
		if (!closing && s->p[-2] != '/')
			drop_content(s, name, len);
		break;
	case EFFECT_NONE:
		break;
	}
}

/* s->p is at '<': takes a tag or comment, false when it is only text. */
static bool take_markup(struct scan *s)
{
	const char *p = s->p + 1, *name;
	bool closing = p < s->end && *p == '/';
	size_t len;

	if (starts(p, s->end, "!--")) {
		const char *q =
		    s->no_comment_end
			? NULL
			: memmem(p + 3, (size_t)(s->end - p - 3), "-->", 3);

		s->no_comment_end = !q;
		s->p = q ? q + 3 : s->end;
		return true;
	}
	if (p < s->end && (*p == '!' || *p == '?')) {
		const char *q = memchr(p, '>', (size_t)(s->end - p));

		if (s->kind == HTML_GUESSED)
			return false;
		s->p = q ? q + 1 : s->end;
		return true;
	}
	p += closing;
	if (p >= s->end || !is_alpha(*p))
		return false;
	for (name = p; p < s->end && is_name(*p); p++)
		;
	len = (size_t)(p - name);
	if (s->kind == HTML_GUESSED && !is_element(name, len))
		return false;
	s->p = tag_end(s, p);
	apply(s, tag_effect(name, len), closing, name, len);
	return true;
}

/* U+00A0 and U+200B-F are no text of their own here. */
static void take_reference(struct scan *s)
{
	char out[4];
	size_t n, used;

	used = html_reference(s->p, (size_t)(s->end - s->p), out, &n);
	if (!used) {
		put_word(s, s->p++, 1);
		return;
	}
	s->p += used;
	if ((n == 1 && (unsigned char)out[0] <= 0x20) ||
	    (n == 2 && !memcmp(out, "\xc2\xa0", 2)))
		widen(s, GAP_SPACE);
	else
		put_word(s, out, n);
}

/* 0: part of a word; 1: white space; 2: '<'; 3: '&'. */
static const uint8_t byte_class[256] = {
    [0] = 1,  [1] = 1,	[2] = 1,   [3] = 1,   [4] = 1,	 [5] = 1,
    [6] = 1,  [7] = 1,	[8] = 1,   [9] = 1,   [10] = 1,	 [11] = 1,
    [12] = 1, [13] = 1, [14] = 1,  [15] = 1,  [16] = 1,	 [17] = 1,
    [18] = 1, [19] = 1, [20] = 1,  [21] = 1,  [22] = 1,	 [23] = 1,
    [24] = 1, [25] = 1, [26] = 1,  [27] = 1,  [28] = 1,	 [29] = 1,
    [30] = 1, [31] = 1, [' '] = 1, [127] = 1, ['<'] = 2, ['&'] = 3,
};

static bool is_in_word(const struct scan *s, const char *p)
{
	return p < s->end && !byte_class[(unsigned char)*p];
}

/* Whether these eight have only words and single spaces. */
static bool eight_in_words(uint64_t x, uint64_t spaces)
{
	uint64_t stop = eight_below(x, ' ') | eight_equal(x, '<') |
			eight_equal(x, '&') | eight_equal(x, 0x7f);

	return !(stop | (spaces & spaces << 8));
}

/* The end of words and single spaces that come by whole eights. */
static const char *skip_eights(const char *p, const char *end, size_t *spaces)
{
	while (end - p >= 8 && !(*p == ' ' && p[-1] == ' ')) {
		uint64_t x = eight_load(p), found = eight_equal(x, ' ');

		if (!eight_in_words(x, found))
			break;
		*spaces += eight_count(found);
		p += 8;
	}
	return p;
}

/* Words with single spaces between them go in one piece. */
static void take_words(struct scan *s)
{
	const char *p = s->p + 1;
	size_t more = 0;

	p = skip_eights(p, s->end, &more);
	if (p[-1] == ' ') {
		p--;
		more--;
	}
	for (;; p++, more++) {
		while (is_in_word(s, p))
			p++;
		if (p == s->end || *p != ' ' || !is_in_word(s, p + 1))
			break;
	}
	put_word(s, s->p, (size_t)(p - s->p));
	s->words += more;
	s->p = p;
}

size_t html_text(const char *html, size_t len, enum html_kind kind,
		 struct buf *out)
{
	struct scan s = {
	    .p = html, .end = html + len, .out = out, .kind = kind};

	while (s.p < s.end) {
		switch (byte_class[(unsigned char)*s.p]) {
		case 0:
			take_words(&s);
			break;
		case 1:
			widen(&s, GAP_SPACE);
			s.p++;
			break;
		case 2:
			if (!take_markup(&s))
				put_word(&s, s.p++, 1);
			break;
		default:
			take_reference(&s);
		}
	}
	return s.words;
}

unsigned html_entity(const char *name, size_t len)
{
	const htmlEntityDesc *entity;
	char copy[12];

	/* The five that markup itself needs, ahead of a linear search. */
	switch (len <= 8 ? pack(name, len) : 0) {
	case NAME('a', 'm', 'p', 0, 0, 0, 0, 0):
		return '&';
	case NAME('l', 't', 0, 0, 0, 0, 0, 0):
		return '<';
	case NAME('g', 't', 0, 0, 0, 0, 0, 0):
		return '>';
	case NAME('q', 'u', 'o', 't', 0, 0, 0, 0):
		return '"';
	case NAME('n', 'b', 's', 'p', 0, 0, 0, 0):
		return 0xa0;
	default:
		break;
	}
	if (!len || len >= sizeof(copy))
		return 0;
	memcpy(copy, name, len);
	copy[len] = '\0';
	entity = htmlEntityLookup((const xmlChar *)copy);
	return entity ? entity->value : 0;
}

/* What windows-1252 has at 0x80 to 0x9f. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
    0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static uint32_t numbered(uint32_t c)
{
	if (c >= 0x80 && c < 0xa0)
		return windows_1252[c - 0x80];
	if (!c || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0xfffd;
	return c < 0x20 ? ' ' : c;
}

/* "#123;" or "#x7b;" at p; its length, 0 when it is none. */
static size_t read_number(const char *p, const char *end, uint32_t *ret_c)
{
	const char *start = p++;
	bool hex = p < end && (*p | 0x20) == 'x';
	uint32_t c = 0;
	size_t digits = 0;

	for (p += hex; p < end; p++, digits++) {
		int d = *p >= '0' && *p <= '9' ? *p - '0'
			: hex && (*p | 0x20) >= 'a' && (*p | 0x20) <= 'f'
			    ? (*p | 0x20) - 'a' + 10
			    : -1;

		if (d < 0)
			break;
		if (c <= 0x10ffff)
			c = c * (hex ? 16 : 10) + (uint32_t)d;
	}
	if (!digits || p >= end || *p != ';')
		return 0;
	*ret_c = numbered(c);
	return (size_t)(p + 1 - start);
}

size_t html_reference(const char *s, size_t len, char out[4], size_t *ret_n)
{
	const char *p = s + 1, *end = s + len;
	uint32_t c = 0;
	size_t used;

	if (p < end && *p == '#') {
		used = read_number(p, end, &c);
		if (!used)
			return 0;
		*ret_n = utf8_put(out, c);
		return used + 1;
	}
	while (p < end && p - s < 12 && is_name(*p))
		p++;
	if (p >= end || *p != ';')
		return 0;
	c = html_entity(s + 1, (size_t)(p - s - 1));
	if (!c)
		return 0;
	*ret_n = utf8_put(out, c);
	return (size_t)(p + 1 - s);
}

size_t html_unescape(char *s, size_t len)
{
	size_t from = 0, to = 0;

	if (!memchr(s, '&', len))
		return len;
	while (from < len) {
		char c[4];
		size_t n, used = 0;

		if (s[from] == '&')
			used = html_reference(s + from, len - from, c, &n);
		if (used) {
			/* A reference is never shorter than its character. */
			memcpy(s + to, c, n);
			to += n;
			from += used;
		} else {
			s[to++] = s[from++];
		}
	}
	return to;
}
