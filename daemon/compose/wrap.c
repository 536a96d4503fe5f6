#include "compose/wrap.h"
#include "base/err.h"
#include "base/utf8.h"
#include <ctype.h>
#include <glib.h>
#include <string.h>

#define HANG_MAX 24

#define JOINER 0x200d

static bool is_flag_letter(uint32_t c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/* Whether people see it as a part of what is before it (UAX 29, of which
 * GLib knows these classes). */
static bool belongs(uint32_t c, uint32_t before, size_t n_before)
{
	if (before == JOINER || (c >= 0x1f3fb && c <= 0x1f3ff))
		return true;
	if (is_flag_letter(c))
		return is_flag_letter(before) && n_before == 1;
	return g_unichar_iszerowidth(c) ||
	       g_unichar_type(c) == G_UNICODE_SPACING_MARK;
}

static size_t width_of(uint32_t c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) || is_flag_letter(c) ? 2 : 1;
}

/* Nothing can belong to it: most are so. */
static bool is_alone(const char *s, size_t len)
{
	return (unsigned char)*s < 0x80 &&
	       (len < 2 || (unsigned char)s[1] < 0x80);
}

/* The character at `s` with all that belongs to it, a broken byte counting
 * as one. */
static size_t step(const char *s, size_t len, size_t *ret_width)
{
	uint32_t c = (unsigned char)*s, before;
	size_t n = 1, next, parts = 1;

	*ret_width = 1;
	if (c >= 0x80) {
		n = utf8_char(s, len, &c);
		*ret_width = n ? width_of(c) : 0;
		n = n ? n : 1;
	}
	for (before = c; n < len && (unsigned char)s[n] >= 0x80; n += next) {
		next = utf8_char(s + n, len - n, &c);
		if (!next || !belongs(c, before, parts++))
			break;
		if (g_unichar_type(c) == G_UNICODE_SPACING_MARK)
			*ret_width += width_of(c);
		before = c;
	}
	return n;
}

size_t wrap_width(const char *text, size_t len)
{
	size_t width = 0;

	while (len) {
		size_t w = 1, n = is_alone(text, len) ? 1 : step(text, len, &w);

		width += w;
		text += n;
		len -= n;
	}
	return width;
}

/* The bytes of `s` that fit into `columns`; at least one character. */
static size_t cut(const char *s, size_t len, size_t columns)
{
	size_t used = 0, width = 0;

	while (used < len) {
		size_t w, n = step(s + used, len - used, &w);

		if (used && width + w > columns)
			break;
		width += w;
		used += n;
	}
	return used;
}

/* Where a line's own text starts: after blanks and a list's marker. */
static size_t hang_of(const char *s, size_t len)
{
	size_t blanks = 0, i;

	while (blanks < len && s[blanks] == ' ')
		blanks++;
	i = blanks;
	if (i < len && s[i] == '-')
		i++;
	else
		while (i < len && isdigit((unsigned char)s[i]))
			i++;
	if (i > blanks && s[i - 1] != '-')
		i = i < len && s[i] == '.' ? i + 1 : blanks;
	if (i > blanks && i < len && s[i] == ' ')
		return i + 1;
	return blanks;
}

struct fold {
	struct buf *out;
	size_t columns, hang, column;
	const char *run; /* what goes on this line as it is, not added yet */
	size_t run_len;
};

static void fold_flush(struct fold *f)
{
	(void)buf_add(f->out, f->run, f->run_len);
	f->run_len = 0;
}

static void fold_put(struct fold *f, const char *s, size_t len)
{
	if (f->run + f->run_len != s) {
		fold_flush(f);
		f->run = s;
	}
	f->run_len += len;
}

static void fold_break(struct fold *f)
{
	static const char blanks[HANG_MAX + 1] = "                        ";

	fold_flush(f);
	(void)buf_addc(f->out, '\n');
	(void)buf_add(f->out, blanks, f->hang);
	f->column = f->hang;
}

static void fold_word(struct fold *f, const char *s, size_t len)
{
	size_t width = wrap_width(s, len);

	if (f->column > f->hang) {
		if (f->column + 1 + width > f->columns) {
			fold_break(f);
		} else {
			fold_put(f, s - 1, 1); /* the blank before it */
			f->column++;
		}
	}
	while (f->column + width > f->columns && !memmem(s, len, "://", 3)) {
		size_t n = cut(s, len, f->columns - f->column);

		fold_put(f, s, n);
		s += n;
		len -= n;
		if (!len)
			return;
		width = wrap_width(s, len);
		fold_break(f);
	}
	fold_put(f, s, len);
	f->column += width;
}

static void fold_line(struct buf *out, const char *s, size_t len,
		      size_t columns)
{
	size_t start = hang_of(s, len);
	struct fold f = {.out = out, .columns = columns, .run = s};

	if (start > HANG_MAX || start * 2 > columns)
		start = 0;
	f.hang = f.column = start;
	fold_put(&f, s, start);
	s += start;
	len -= start;
	while (len) {
		const char *blank = memchr(s, ' ', len);
		size_t n = blank ? (size_t)(blank - s) : len;

		if (n)
			fold_word(&f, s, n);
		n += blank ? 1 : 0;
		s += n;
		len -= n;
	}
	fold_flush(&f);
	(void)buf_addc(out, '\n');
}

/* No column takes less than a byte; folding makes one of several blanks. */
static bool is_folded(const char *s, size_t len, size_t columns)
{
	const char *p = s;

	if (len > columns || s[len] != '\n')
		return false;
	while (p < s + len && *p == ' ')
		p++;
	return !memmem(p, (size_t)(s + len - p), "  ", 2);
}

int wrap_text(const char *text, size_t columns, struct buf *out)
{
	bool gap = false, any = false;

	while (*text) {
		size_t len = strcspn(text, "\n"), n = len;

		while (n && isspace((unsigned char)text[n - 1]))
			n--;
		if (n) {
			if (gap && any)
				(void)buf_addc(out, '\n');
			if (is_folded(text, n, columns))
				(void)buf_add(out, text, n + 1);
			else
				fold_line(out, text, n, columns);
			any = true;
		}
		gap = !n;
		text += len + (text[len] == '\n');
	}
	return out->full ? ERR_LIMIT : 0;
}
