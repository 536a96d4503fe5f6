#include "xml_field.h"
#include "base/utf8.h"
#include "source/html_text.h"
#include "store/event.h"
#include <glib.h>
#include <string.h>
#include <strings.h>

/* ---- attributes --------------------------------------------------------- */

/* libxml2 leaves references in attributes to whoever builds a tree. */
const char *xml_field_attribute(struct xml_reader *x, struct attributes a,
				const char *prefix, const char *name)
{
	for (int i = 0; i < a.n; i++) {
		const xmlChar **at = a.list + 5 * i;
		const char *has = (const char *)at[1];
		char *value;

		if (strcasecmp((const char *)at[0], name) != 0 ||
		    (prefix ? !has || strcasecmp(has, prefix) != 0
			    : has != NULL))
			continue;
		value = arena_strndup(x->r->mem, (const char *)at[3],
				      (size_t)(at[4] - at[3]));
		value[html_unescape(value, strlen(value))] = '\0';
		return value;
	}
	return NULL;
}

const char *xml_field_base(struct xml_reader *x, struct attributes a,
			   const char *outer)
{
	const char *base = xml_field_attribute(x, a, "xml", "base");

	return base ? feed_link(x->r, outer, base, strlen(base)) : outer;
}

static bool is_one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (!strcasecmp(s, *list))
			return true;
	return false;
}

/* ---- links -------------------------------------------------------------- */

static const char *current_base(const struct xml_reader *x)
{
	if (x->entry_depth && x->entry_base)
		return x->entry_base;
	return x->feed_base ? x->feed_base : x->r->feed->link;
}

static bool is_page(const char *type)
{
	static const char *const pages[] = {"text/html",
					    "application/xhtml+xml", NULL};

	return !type || is_one_of(type, pages);
}

static void take_alternate(struct xml_reader *x, const char *link, bool page)
{
	const char **place =
	    x->entry_depth ? &x->entry->link : &x->r->feed->link;
	bool better = page && !x->has_html_link;

	if (!link || (*place && !better))
		return;
	*place = link;
	x->has_html_link = page;
}

static void take_feed_link(struct xml_reader *x, const char *rel,
			   const char *link)
{
	struct feed *feed = x->r->feed;

	if (!strcasecmp(rel, "self") && !feed->self)
		feed->self = link;
	else if (!strcasecmp(rel, "hub") && !feed->hub)
		feed->hub = link;
	else if ((!strcasecmp(rel, "next") ||
		  !strcasecmp(rel, "prev-archive")) &&
		 !feed->next)
		feed->next = link;
}

/* RFC 4685 section 4. */
static void take_replies_link(struct xml_reader *x, struct attributes a,
			      const char *type, const char *link)
{
	const char *count = xml_field_attribute(x, a, "thr", "count");

	if (count && x->entry->replies < 0)
		x->entry->replies = feed_count(count);
	if (type && strcasestr(type, "html"))
		return;
	if (!x->entry->comments)
		x->entry->comments = link;
}

void xml_field_link(struct xml_reader *x, struct attributes a)
{
	const char *rel = xml_field_attribute(x, a, NULL, "rel");
	const char *type = xml_field_attribute(x, a, NULL, "type");
	const char *href = xml_field_attribute(x, a, NULL, "href");
	const char *link;

	if (!href)
		return;
	link = feed_link(x->r, xml_field_base(x, a, current_base(x)), href,
			 strlen(href));
	if (!rel || !strcasecmp(rel, "alternate"))
		take_alternate(x, link, is_page(type));
	else if (!x->entry_depth)
		take_feed_link(x, rel, link);
	else if (!strcasecmp(rel, "replies"))
		take_replies_link(x, a, type, link);
}

/* ---- fields ------------------------------------------------------------- */

static enum text_kind kind_of(struct xml_reader *x, struct attributes a,
			      bool atom, bool body)
{
	static const char *const markup[] = {"html", "xhtml", "text/html",
					     "application/xhtml+xml", NULL};
	const char *type = xml_field_attribute(x, a, NULL, "type");

	if (type)
		return is_one_of(type, markup) ? TEXT_HTML : TEXT_PLAIN;
	if (atom)
		return TEXT_PLAIN;
	return body ? TEXT_HTML : TEXT_GUESSED;
}

/* RFC 4287 section 4.1.3.3: other media types are in Base64. */
static bool is_binary(const char *type)
{
	return type && strchr(type, '/') &&
	       strncasecmp(type, "text/", 5) != 0 && !strcasestr(type, "xml");
}

void xml_field_begin(struct xml_reader *x, enum element field, bool atom,
		     struct attributes a)
{
	const char *mode = xml_field_attribute(x, a, NULL, "mode");
	bool body = field == ELEMENT_SUMMARY || field == ELEMENT_CONTENT;

	x->field = field;
	x->field_depth = x->depth;
	x->base64 =
	    (mode && !strcasecmp(mode, "base64")) ||
	    (atom && is_binary(xml_field_attribute(x, a, NULL, "type")));
	x->has_markup = false;
	x->field_base = xml_field_base(x, a, current_base(x));
	if (field == ELEMENT_TITLE || body)
		x->kind = kind_of(x, a, atom, body);
	else
		x->kind = TEXT_PLAIN;
	buf_reset(&x->text);
	if (field == ELEMENT_GUID) {
		const char *is_link =
		    xml_field_attribute(x, a, NULL, "isPermaLink");

		x->guid_is_link = !is_link || strcasecmp(is_link, "false") != 0;
	}
}

static void decode_base64(struct xml_reader *x)
{
	gsize len;
	guchar *bytes;

	if (!x->base64 || !x->text.len)
		return;
	bytes = g_base64_decode(buf_str(&x->text), &len);
	buf_reset(&x->text);
	if (utf8_valid((const char *)bytes, len))
		(void)buf_add(&x->text, bytes, len);
	g_free(bytes);
}

static void set_text(struct xml_reader *x, const char **place, size_t max)
{
	enum text_kind kind = x->has_markup ? TEXT_HTML : x->kind;

	if (!*place)
		*place = feed_plain(x->r, buf_str(&x->text), x->text.len, kind,
				    max, NULL);
}

static const char *link_text(struct xml_reader *x)
{
	return feed_link(x->r, x->field_base, buf_str(&x->text), x->text.len);
}

static const char *exact_text(struct xml_reader *x)
{
	return feed_exact(x->r, buf_str(&x->text), x->text.len, FEED_ID_MAX);
}

static void set_feed_field(struct xml_reader *x)
{
	struct feed *feed = x->r->feed;

	switch (x->field) {
	case ELEMENT_TITLE:
	case ELEMENT_DC_TITLE:
		set_text(x, &feed->title, DEBATE_TITLE_MAX);
		break;
	case ELEMENT_LINK:
		if (!feed->link)
			feed->link = link_text(x);
		break;
	case ELEMENT_ID:
	case ELEMENT_GUID:
		feed->id = exact_text(x);
		break;
	case ELEMENT_TTL:
		feed->ttl =
		    feed_ttl(60 * (int64_t)feed_count(buf_str(&x->text)));
		break;
	case ELEMENT_PERIOD:
		x->period = feed_period(exact_text(x));
		break;
	case ELEMENT_FREQUENCY:
		x->frequency = feed_count(buf_str(&x->text));
		break;
	case ELEMENT_SKIP_HOURS:
		feed->skip_hours = feed_skip_hours(buf_str(&x->text));
		break;
	case ELEMENT_SKIP_DAYS:
		feed->skip_days = feed_skip_days(buf_str(&x->text));
		break;
	default:
		break;
	}
}

static void set_body(struct xml_reader *x)
{
	struct feed_entry *entry = x->entry;
	enum text_kind kind = x->has_markup ? TEXT_HTML : x->kind;

	/* The whole is better than its summary. */
	if (entry->text && x->field == ELEMENT_SUMMARY)
		return;
	if (x->text.len)
		entry->text = feed_plain(x->r, buf_str(&x->text), x->text.len,
					 kind, DEBATE_TEXT_MAX, &entry->words);
}

static void set_time(int64_t *place, const char *text)
{
	int64_t t = feed_time(text);

	if (t != FEED_NO_TIME)
		*place = t;
}

#define AROUND_NAMES " \t\r\n()<>,;\""

/* Makes the addresses in `text` blank; whether there was one. */
static bool blank_addresses(char *text)
{
	char *at = text;
	bool found = false;

	while ((at = strchr(at, '@'))) {
		char *start = at, *end = at + strcspn(at, AROUND_NAMES);

		while (start > text && !strchr(AROUND_NAMES, start[-1]))
			start--;
		if (start < at && end > at + 1) {
			memset(start, ' ', (size_t)(end - start));
			found = true;
		}
		at = end;
	}
	return found;
}

/* "ana@example.org (Ana Núñez)" and "Ana Núñez <ana@example.org>" are Ana
 * Núñez; a bare address is nobody. */
static void set_author(struct xml_reader *x)
{
	const char *text = buf_str(&x->text);
	size_t len = x->text.len;

	if (x->entry->author || !len)
		return;
	if (blank_addresses(x->text.data)) {
		text += strspn(text, AROUND_NAMES);
		len = strlen(text);
		while (len && strchr(AROUND_NAMES, text[len - 1]))
			len--;
	}
	x->entry->author =
	    feed_plain(x->r, text, len, TEXT_GUESSED, DEBATE_AUTHOR_MAX, NULL);
}

static void set_entry_field(struct xml_reader *x)
{
	struct feed_entry *entry = x->entry;
	const char *text = buf_str(&x->text);

	switch (x->field) {
	case ELEMENT_TITLE:
	case ELEMENT_DC_TITLE:
		set_text(x, &entry->title, DEBATE_TITLE_MAX);
		break;
	case ELEMENT_LINK:
		if (!entry->link)
			entry->link = link_text(x);
		break;
	case ELEMENT_ID:
		entry->id = exact_text(x);
		break;
	case ELEMENT_GUID:
		entry->id = exact_text(x);
		x->guid = link_text(x);
		break;
	case ELEMENT_AUTHOR:
	case ELEMENT_NAME:
	case ELEMENT_CREATOR:
		set_author(x);
		break;
	case ELEMENT_SUMMARY:
	case ELEMENT_CONTENT:
		set_body(x);
		break;
	case ELEMENT_PUBLISHED:
		set_time(&entry->published, text);
		break;
	case ELEMENT_UPDATED:
		set_time(&entry->updated, text);
		break;
	case ELEMENT_REPLIES:
		entry->replies = feed_count(text);
		break;
	case ELEMENT_COMMENT_FEED:
		entry->comments = link_text(x);
		break;
	case ELEMENT_DISCUSSION:
		entry->discussion = link_text(x);
		break;
	default:
		break;
	}
}

/* XML section 2.11, which libxml2 leaves out for a pushed CDATA section. */
static void end_lines(struct buf *text)
{
	char *from = text->len ? memchr(text->data, '\r', text->len) : NULL;
	char *end = text->data + text->len, *to = from;

	if (!from)
		return;
	for (; from < end; from++)
		if (*from != '\r')
			*to++ = *from;
		else if (from[1] != '\n')
			*to++ = '\n';
	*to = '\0';
	text->len = (size_t)(to - text->data);
}

void xml_field_end(struct xml_reader *x)
{
	end_lines(&x->text);
	decode_base64(x);
	if (x->entry_depth)
		set_entry_field(x);
	else
		set_feed_field(x);
	x->field = ELEMENT_UNKNOWN;
}
