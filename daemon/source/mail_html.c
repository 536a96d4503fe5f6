/*
 * What an HTML mail quotes, found by its tags.
 */
#include "source/mail_text.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TAG_MAX 1000 /* bytes of a tag that are looked at */

struct tag {
	const char *start, *end; /* '<' and past '>' */
	char text[TAG_MAX + 1];	 /* between them, in lower case */
};

/* The next tag or comment at or after `p`; false when there is none. */
static bool next_tag(const char *p, const char *end, struct tag *tag)
{
	const char *close = NULL;
	size_t len;

	tag->start = memchr(p, '<', (size_t)(end - p));
	if (tag->start)
		close = memchr(tag->start, '>', (size_t)(end - tag->start));
	if (!close)
		return false;
	if (end - tag->start >= 4 && !memcmp(tag->start, "<!--", 4)) {
		close =
		    memmem(tag->start, (size_t)(end - tag->start), "-->", 3);
		if (!close)
			return false;
		close += 2;
	}
	tag->end = close + 1;
	len = (size_t)(close - tag->start) - 1;
	if (len > TAG_MAX)
		len = TAG_MAX;
	for (size_t i = 0; i < len; i++)
		tag->text[i] = (char)tolower((unsigned char)tag->start[i + 1]);
	tag->text[len] = '\0';
	return true;
}

static bool is_named(const struct tag *tag, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(tag->text, name, n) &&
	       !isalnum((unsigned char)tag->text[n]);
}

static bool is_quote(const struct tag *tag)
{
	return is_named(tag, "blockquote") &&
	       (strstr(tag->text, "cite") || strstr(tag->text, "quote\"") ||
		strstr(tag->text, "quote "));
}

/* From here on it is the answered mail. */
static bool is_mark(const struct tag *tag)
{
	return (is_named(tag, "div") || is_named(tag, "hr")) &&
	       (strstr(tag->text, "divrplyfwdmsg") ||
		strstr(tag->text, "yahoo_quoted") ||
		strstr(tag->text, "stopspelling"));
}

/* Past the end of the quote whose tag ends at `p`. */
static const char *quote_end(const char *p, const char *end)
{
	struct tag tag = {.start = NULL};
	size_t depth = 1;

	while (depth && next_tag(p, end, &tag)) {
		if (is_named(&tag, "blockquote"))
			depth++;
		else if (is_named(&tag, "/blockquote"))
			depth--;
		p = tag.end;
	}
	return depth ? end : p;
}

void mail_html_own(const char *html, size_t len, struct buf *out)
{
	const char *p = html, *from = html, *end = html + len;
	struct tag tag = {.start = NULL};

	while (next_tag(p, end, &tag)) {
		p = tag.end;
		if (is_mark(&tag)) {
			end = tag.start;
			break;
		}
		if (!is_quote(&tag))
			continue;
		(void)buf_add(out, from, (size_t)(tag.start - from));
		(void)buf_adds(out, "<p>&gt;</p>");
		p = from = quote_end(p, end);
	}
	(void)buf_add(out, from, (size_t)(end - from));
}
