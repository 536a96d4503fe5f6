#include "source/feed.h"
#include "base/utf8.h"
#include "feed_p.h"
#include "source/charset.h"
#include "source/feed_date.h"
#include "source/html_text.h"
#include "store/event.h"
#include <glib.h>
#include <libxml/uri.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- what the readers share --------------------------------------------- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(const char **s, size_t *len)
{
	while (*len && is_space((*s)[*len - 1]))
		--*len;
	while (*len && is_space(**s)) {
		++*s;
		--*len;
	}
}

struct feed_entry *feed_add_entry(struct feed_reader *r)
{
	struct feed *feed = r->feed;
	struct feed_entry *entry;

	if (feed->n_entries == FEED_ENTRIES_MAX) {
		feed->n_skipped++;
		return NULL;
	}
	entry = arena_push(r->mem, (void **)&feed->entries, feed->n_entries++,
			   sizeof(*entry));
	*entry = (struct feed_entry){
	    .published = FEED_NO_TIME,
	    .updated = FEED_NO_TIME,
	    .replies = -1,
	    .people = -1,
	    .likes = -1,
	    .views = -1,
	};
	return entry;
}

static size_t count_words(const char *s, size_t len)
{
	size_t words = 0;
	bool inside = false;

	for (size_t i = 0; i < len; i++) {
		bool space = is_space(s[i]);

		words += !space && !inside;
		inside = !space;
	}
	return words;
}

const char *feed_plain(struct feed_reader *r, const char *text, size_t len,
		       enum text_kind kind, size_t max, int *ret_words)
{
	size_t words = 0;

	trim(&text, &len);
	if (kind == TEXT_PLAIN ||
	    (!memchr(text, '<', len) && !memchr(text, '&', len))) {
		if (ret_words)
			words = count_words(text, len);
	} else {
		buf_reset(&r->plain);
		r->plain.limit = max;
		words = html_text(text, len,
				  kind == TEXT_HTML ? HTML_SURE : HTML_GUESSED,
				  &r->plain);
		text = buf_str(&r->plain);
		len = r->plain.len;
	}
	if (ret_words)
		*ret_words = words < INT_MAX ? (int)words : INT_MAX;
	len = utf8_cut(text, len, max);
	return len ? arena_strndup(r->mem, text, len) : NULL;
}

const char *feed_exact(struct feed_reader *r, const char *text, size_t len,
		       size_t max)
{
	trim(&text, &len);
	len = utf8_cut(text, len, max);
	return len ? arena_strndup(r->mem, text, len) : NULL;
}

/* RFC 3986 section 3.1. */
static bool has_scheme(const char *s)
{
	size_t n = 0;

	while (g_ascii_isalnum(s[n]) || s[n] == '+' || s[n] == '-' ||
	       s[n] == '.')
		n++;
	return n && s[n] == ':';
}

const char *feed_link(struct feed_reader *r, const char *base, const char *text,
		      size_t len)
{
	const char *link, *absolute;
	xmlChar *built;

	trim(&text, &len);
	if (!len || len > DEBATE_URL_MAX)
		return NULL;
	link = arena_strndup(r->mem, text, len);
	if (!base)
		base = r->base_url;
	if (has_scheme(link) || !base)
		return link;
	built = xmlBuildURI((const xmlChar *)link, (const xmlChar *)base);
	if (!built)
		return link;
	absolute = strlen((const char *)built) <= DEBATE_URL_MAX
		       ? arena_strdup(r->mem, (const char *)built)
		       : NULL;
	xmlFree(built);
	return absolute;
}

int64_t feed_time(const char *text)
{
	int64_t t;

	return feed_date_parse(text, &t) ? FEED_NO_TIME : t;
}

int feed_count(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	while (is_space(*end))
		end++;
	return end == text || *end || n < 0 || n > INT_MAX ? -1 : (int)n;
}

/* ---- which reader ------------------------------------------------------- */

static bool begins(const char *s, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && !strncasecmp(s, with, n);
}

bool feed_is_page(const char *s, size_t len)
{
	if (begins(s, len, "\xef\xbb\xbf")) {
		s += 3;
		len -= 3;
	}
	trim(&s, &len);
	/* XHTML has its prolog before it. */
	if (begins(s, len, "<?xml")) {
		const char *end = memchr(s, '>', len);

		len = end ? len - (size_t)(end + 1 - s) : 0;
		s = end ? end + 1 : s;
		trim(&s, &len);
	}
	return begins(s, len, "<!doctype html") || begins(s, len, "<html");
}

static int refuse(const char *s, size_t len, struct err *e)
{
	if (!len)
		return err_set(e, ERR_INPUT, "not a feed: it is empty");
	if (begins(s, len, "<!doctype html") || begins(s, len, "<html"))
		return err_set(e, ERR_INPUT,
			       "not a feed but a web page (HTML); look for its "
			       "RSS or Atom address");
	return err_set(e, ERR_INPUT,
		       "not a feed: neither XML nor JSON (it begins with "
		       "\"%.*s\")",
		       (int)utf8_cut(s, len, 24), s);
}

int feed_parse(const char *bytes, size_t len, const char *content_type,
	       const char *base_url, struct arena *mem, struct feed *ret_feed,
	       struct err *e)
{
	struct feed feed = {0};
	struct feed_reader reader = {
	    .mem = mem, .feed = &feed, .base_url = base_url};
	struct buf store = {0};
	const char *text;
	size_t text_len;
	int r;

	charset_utf8(bytes, len, content_type, &store, &text, &text_len);
	while (text_len && is_space(*text)) {
		text++;
		text_len--;
	}
	buf_init(&reader.plain, 0);
	if (text_len && *text == '{')
		r = feed_read_json(&reader, text, text_len, e);
	else if (text_len && *text == '<' && !begins(text, text_len, "<html") &&
		 !begins(text, text_len, "<!doctype html"))
		r = feed_read_xml(&reader, text, text_len, e);
	else
		r = refuse(text, text_len, e);
	buf_release(&reader.plain);
	buf_release(&store);
	if (!r)
		*ret_feed = feed;
	return r;
}
