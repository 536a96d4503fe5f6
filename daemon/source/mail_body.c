/*
 * The parts of a mail (RFC 2045, 2046), and the one that is read: in
 * multipart/alternative the plain text before HTML, in others the first part
 * that holds words, so that a list's footer, a part of its own, is none.
 */
#include "base/mem.h"
#include "mail_p.h"
#include "source/charset.h"
#include "source/html_text.h"
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX (4 * (size_t)MAIL_BYTES_MAX)

struct part {
	struct mail_head head;
	const char *body;
	size_t len;
};

enum readable { NOT_READABLE, READABLE_HTML, READABLE_PLAIN };

struct walk {
	struct arena *mem;
	const struct mail_text_form *form; /* of the mail */
	size_t parts;
};

/* ---- one text ----------------------------------------------------------- */

char *mail_body_decode(const char *name, const char *body, size_t len,
		       size_t *ret_len)
{
	GMimeEncoding state;
	char *out;

	g_mime_encoding_init_decode(
	    &state, name ? g_mime_content_encoding_from_string(name)
			 : GMIME_CONTENT_ENCODING_DEFAULT);
	out = xcalloc(1, g_mime_encoding_outlen(&state, len) + 1);
	*ret_len = g_mime_encoding_step(&state, body, len, out);
	return out;
}

/* What the writer wrote in a text part, into `out`. */
static void read_text(struct walk *w, const struct part *p,
		      GMimeContentType *type, enum readable kind,
		      struct buf *out)
{
	const char *charset =
	    g_mime_content_type_get_parameter(type, "charset");
	const char *format = g_mime_content_type_get_parameter(type, "format");
	const char *delsp = g_mime_content_type_get_parameter(type, "delsp");
	struct mail_text_form form = *w->form;
	struct buf utf8, html, plain;
	const char *text;
	size_t len;
	char *bytes = mail_body_decode(p->head.value[MAIL_ENCODING], p->body,
				       p->len, &len);

	buf_init(&utf8, TEXT_MAX);
	buf_init(&html, TEXT_MAX);
	buf_init(&plain, TEXT_MAX);
	form.flowed =
	    kind == READABLE_PLAIN && format && !strcasecmp(format, "flowed");
	form.delsp = form.flowed && delsp && !strcasecmp(delsp, "yes");
	charset_utf8(
	    bytes, len,
	    charset ? arena_printf(w->mem, "text/plain; charset=%s", charset)
		    : NULL,
	    &utf8, &text, &len);
	if (kind == READABLE_HTML) {
		mail_html_own(text, len, &html);
		(void)html_text(buf_str(&html), html.len, HTML_SURE, &plain);
		text = buf_str(&plain);
		len = plain.len;
	}
	mail_text_own(text, len, &form, w->mem, out);
	buf_release(&utf8);
	buf_release(&html);
	buf_release(&plain);
	free(bytes);
}

static bool is_attached(const struct part *p)
{
	const char *value = p->head.value[MAIL_DISPOSITION];

	return value && !strncasecmp(value, "attachment", 10);
}

static enum readable kind_of(const struct part *p, GMimeContentType *type)
{
	if (is_attached(p))
		return NOT_READABLE;
	if (!p->head.value[MAIL_TYPE] ||
	    g_mime_content_type_is_type(type, "text", "plain") ||
	    g_mime_content_type_is_type(type, "text", "markdown"))
		return READABLE_PLAIN;
	if (g_mime_content_type_is_type(type, "text", "html"))
		return READABLE_HTML;
	return NOT_READABLE;
}

/* ---- parts -------------------------------------------------------------- */

static bool is_rest_blank(const char **p, const char *end)
{
	while (*p < end && (**p == ' ' || **p == '\t' || **p == '\r'))
		(*p)++;
	if (*p < end && **p != '\n')
		return false;
	*p += *p < end;
	return true;
}

bool mail_find_delimiter(const char *body, const char *p, const char *end,
			 const char *mark, struct mail_delimiter *ret)
{
	size_t n = strlen(mark);

	while ((p = memmem(p, (size_t)(end - p), mark, n))) {
		const char *rest = p + n;

		ret->start = p++;
		if (ret->start > body && ret->start[-1] != '\n')
			continue;
		ret->last = end - rest >= 2 && !memcmp(rest, "--", 2);
		ret->end = rest + (ret->last ? 2 : 0);
		if (is_rest_blank(&ret->end, end))
			return true;
	}
	return false;
}

static void read_part(struct walk *w, const char *bytes, size_t len,
		      struct part *p)
{
	size_t head = mail_head_read(bytes, len, w->mem, &p->head);

	p->body = bytes + head;
	p->len = len - head;
}

static enum readable read_any(struct walk *w, const struct part *p, int depth,
			      struct buf *out);

/* Takes a part's text where it is better than `best`. */
static enum readable read_child(struct walk *w, const char *bytes, size_t len,
				int depth, enum readable best, struct buf *out)
{
	enum readable kind;
	struct buf text;
	struct part p;

	buf_init(&text, TEXT_MAX);
	read_part(w, bytes, len, &p);
	kind = read_any(w, &p, depth + 1, &text);
	if (kind > best) {
		buf_release(out);
		*out = text;
		return kind;
	}
	buf_release(&text);
	return best;
}

static enum readable read_parts(struct walk *w, const struct part *p,
				GMimeContentType *type, int depth,
				struct buf *out)
{
	const char *boundary =
	    g_mime_content_type_get_parameter(type, "boundary");
	bool choice =
	    g_mime_content_type_is_type(type, "multipart", "alternative");
	enum readable wanted = choice ? READABLE_PLAIN : READABLE_HTML;
	enum readable best = NOT_READABLE;
	const char *end = p->body + p->len, *mark;
	struct mail_delimiter at, next;

	if (!boundary || !*boundary || strlen(boundary) > MAIL_BOUNDARY_MAX)
		return NOT_READABLE;
	mark = arena_printf(w->mem, "--%s", boundary);
	if (!mail_find_delimiter(p->body, p->body, end, mark, &at))
		return NOT_READABLE;
	while (!at.last && best < wanted && w->parts++ < MAIL_PARTS_MAX) {
		/* Cut mails have no last delimiter. */
		if (!mail_find_delimiter(at.end, at.end, end, mark, &next))
			next = (struct mail_delimiter){end, end, true};
		best = read_child(w, at.end, (size_t)(next.start - at.end),
				  depth, best, out);
		at = next;
	}
	return best;
}

static bool has_readable_parts(GMimeContentType *type)
{
	return g_mime_content_type_is_type(type, "multipart", "*") &&
	       !g_mime_content_type_is_type(type, "multipart", "digest") &&
	       !g_mime_content_type_is_type(type, "multipart", "encrypted");
}

static enum readable read_any(struct walk *w, const struct part *p, int depth,
			      struct buf *out)
{
	const char *value = p->head.value[MAIL_TYPE];
	GMimeContentType *type =
	    g_mime_content_type_parse(NULL, value ? value : "text/plain");
	enum readable kind = NOT_READABLE;

	if (has_readable_parts(type)) {
		if (depth < MAIL_DEPTH_MAX)
			kind = read_parts(w, p, type, depth, out);
	} else {
		kind = kind_of(p, type);
		if (kind)
			read_text(w, p, type, kind, out);
		if (!out->len)
			kind = NOT_READABLE;
	}
	g_object_unref(type);
	return kind;
}

void mail_body_text(const struct mail_head *head, const char *body, size_t len,
		    const struct mail_text_form *form, struct arena *mem,
		    struct buf *out)
{
	struct walk w = {.mem = mem, .form = form};
	struct part p = {.head = *head, .body = body, .len = len};

	(void)read_any(&w, &p, 0, out);
}
