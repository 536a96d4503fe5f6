#include "base/utf8.h"
#include "base/eight.h"
#include <string.h>

size_t utf8_char(const char *s, size_t len, uint32_t *ret_c)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c, least;
	size_t n;

	if (!len)
		return 0;
	if (p[0] < 0x80) {
		n = 1, c = p[0], least = 0;
	} else if (p[0] >= 0xc2 && p[0] < 0xe0) {
		n = 2, c = p[0] & 0x1fU, least = 0x80;
	} else if (p[0] >= 0xe0 && p[0] < 0xf0) {
		n = 3, c = p[0] & 0x0fU, least = 0x800;
	} else if (p[0] >= 0xf0 && p[0] < 0xf5) {
		n = 4, c = p[0] & 0x07U, least = 0x10000;
	} else {
		return 0;
	}
	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	if (ret_c)
		*ret_c = c;
	return n;
}

/* How many ASCII bytes come first, by eights where there are as many. */
static size_t ascii_run(const char *s, size_t len)
{
	size_t n = 0;

	while (len - n >= 8 && !eight_high(eight_load(s + n)))
		n += 8;
	while (n < len && (unsigned char)s[n] < 0x80)
		n++;
	return n;
}

bool utf8_valid(const char *s, size_t len)
{
	for (;;) {
		size_t n = ascii_run(s, len);

		s += n;
		len -= n;
		if (!len)
			return true;
		n = utf8_char(s, len, NULL);
		if (!n)
			return false;
		s += n;
		len -= n;
	}
}

size_t utf8_put(char out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t utf8_cut(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max && ((unsigned char)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static bool is_space(uint32_t c)
{
	return c <= 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0xa0 ||
	       c == 0x2028 || c == 0x2029;
}

/* Format characters that can hide or reorder what a person reads. */
static bool is_invisible(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200c) || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) ||
	       c == 0xfeff;
}

size_t utf8_line(char *s)
{
	size_t len = strlen(s), from = 0, to = 0;
	bool gap = false;

	while (from < len) {
		uint32_t c;
		size_t n;

		if (s[from] > 0x20 && s[from] < 0x7f) {
			if (gap)
				s[to++] = ' ';
			gap = false;
			s[to++] = s[from++];
			continue;
		}
		n = utf8_char(s + from, len - from, &c);
		if (!n) {
			from++;
			continue;
		}
		if (is_space(c)) {
			gap = to > 0;
		} else if (!is_invisible(c)) {
			if (gap)
				s[to++] = ' ';
			gap = false;
			memmove(s + to, s + from, n);
			to += n;
		}
		from += n;
	}
	s[to] = '\0';
	return to;
}
