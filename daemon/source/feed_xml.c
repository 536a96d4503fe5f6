/*
 * RSS and Atom by libxml2's SAX interface.
 *
 * Only direct children of the feed and of an entry are looked at; what has a
 * meaning is told by (namespace, name), looked up once per name of a
 * document. While a field's text is gathered, elements inside it
 * are written back as tags, so that inline XHTML goes the way of HTML.
 *
 * No entity is ever taken from the document: the names that HTML has are
 * resolved, others stay as they are written. What is not well-formed is
 * mended where templates usually err (a bare & or <) and read again.
 */
#include "base/utf8.h"
#include "feed_element.h"
#include "feed_p.h"
#include "source/html_text.h"
#include "store/event.h"
#include "xml_mend.h"
#include <glib.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIELD_TEXT_MAX (1024 * 1024)
#define NAME_SLOTS 256 /* a power of two */
/* libxml2 copies what it is given: of most feeds all, of a huge one a part. */
#define PIECE_SIZE (256 * 1024)
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* libxml2 keeps one copy of a name: its address is the name. */
struct name_slot {
	const xmlChar *name, *uri;
	enum element element;
	bool atom;
};

/* ---- the reader's state ------------------------------------------------- */

struct xml_reader {
	struct feed_reader *r;
	xmlParserCtxtPtr parser;
	struct name_slot names[NAME_SLOTS];
	xmlEntity unresolved; /* what getEntity gives: name only */
	bool is_feed;
	char *root; /* the first element's name, for the error */

	int depth;
	int feed_depth;	 /* of the element whose children are fields; 0 none */
	int entry_depth; /* 0: in no entry */
	int author_depth;
	struct feed_entry *entry; /* NULL in a skipped one */
	struct feed_entry skipped;
	bool guid_is_link;
	const char *guid;
	bool has_html_link;
	const char *feed_base, *entry_base;
	int period, frequency; /* sy: */

	/* The field whose text is gathered. */
	enum element field;
	int field_depth;
	enum text_kind kind;
	bool base64, has_markup;
	const char *field_base;
	struct buf text;
};

/* ---- attributes --------------------------------------------------------- */

struct attributes {
	const xmlChar **list; /* name, prefix, uri, value, end */
	int n;
};

/* libxml2 leaves references in attributes to whoever builds a tree. */
static const char *attribute(struct xml_reader *x, struct attributes a,
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

static const char *base_of(struct xml_reader *x, struct attributes a,
			   const char *outer)
{
	const char *base = attribute(x, a, "xml", "base");

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
	const char *count = attribute(x, a, "thr", "count");

	if (count && x->entry->replies < 0)
		x->entry->replies = feed_count(count);
	if (type && strcasestr(type, "html"))
		return;
	if (!x->entry->comments)
		x->entry->comments = link;
}

static void take_atom_link(struct xml_reader *x, struct attributes a)
{
	const char *rel = attribute(x, a, NULL, "rel");
	const char *type = attribute(x, a, NULL, "type");
	const char *href = attribute(x, a, NULL, "href");
	const char *link;

	if (!href)
		return;
	link =
	    feed_link(x->r, base_of(x, a, current_base(x)), href, strlen(href));
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
	const char *type = attribute(x, a, NULL, "type");

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

static void begin_field(struct xml_reader *x, enum element field, bool atom,
			struct attributes a)
{
	const char *mode = attribute(x, a, NULL, "mode");
	bool body = field == ELEMENT_SUMMARY || field == ELEMENT_CONTENT;

	x->field = field;
	x->field_depth = x->depth;
	x->base64 = (mode && !strcasecmp(mode, "base64")) ||
		    (atom && is_binary(attribute(x, a, NULL, "type")));
	x->has_markup = false;
	x->field_base = base_of(x, a, current_base(x));
	if (field == ELEMENT_TITLE || body)
		x->kind = kind_of(x, a, atom, body);
	else
		x->kind = TEXT_PLAIN;
	buf_reset(&x->text);
	if (field == ELEMENT_GUID) {
		const char *is_link = attribute(x, a, NULL, "isPermaLink");

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

/* "ana@example.org (Ana Núñez)" is Ana Núñez; a bare address is nobody. */
static void set_author(struct xml_reader *x)
{
	char *open = strchr(buf_str(&x->text), '('), *close;
	struct feed_entry *entry = x->entry;

	if (entry->author)
		return;
	close = open ? strrchr(open, ')') : NULL;
	if (open && close && strchr(buf_str(&x->text), '@'))
		entry->author =
		    feed_plain(x->r, open + 1, (size_t)(close - open - 1),
			       TEXT_GUESSED, DEBATE_AUTHOR_MAX, NULL);
	else if (!strchr(buf_str(&x->text), '@'))
		entry->author =
		    feed_plain(x->r, buf_str(&x->text), x->text.len,
			       TEXT_GUESSED, DEBATE_AUTHOR_MAX, NULL);
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

static void end_field(struct xml_reader *x)
{
	end_lines(&x->text);
	decode_base64(x);
	if (x->entry_depth)
		set_entry_field(x);
	else
		set_feed_field(x);
	x->field = ELEMENT_UNKNOWN;
}

/* ---- entries ------------------------------------------------------------ */

static void end_entry(struct xml_reader *x)
{
	struct feed_entry *entry = x->entry;

	if (!entry->link && x->guid_is_link)
		entry->link = x->guid;
	x->entry_depth = 0;
	x->has_html_link = x->r->feed->link != NULL;
}

static void begin_entry(struct xml_reader *x, struct attributes a)
{
	const char *about = attribute(x, a, "rdf", "about");

	if (x->entry_depth) {
		/* The one before was never closed. */
		x->r->feed->broken = true;
		end_entry(x);
	}
	x->entry = feed_add_entry(x->r);
	if (!x->entry)
		x->entry = &x->skipped;
	x->entry_depth = x->depth;
	x->entry_base = base_of(x, a, x->feed_base);
	x->author_depth = 0;
	x->guid = NULL;
	x->guid_is_link = false;
	x->has_html_link = false;
	if (about)
		x->entry->id =
		    feed_exact(x->r, about, strlen(about), FEED_ID_MAX);
}

/* What the end of the bytes cut is known by half of its fields. */
static void drop_cut_entry(struct xml_reader *x)
{
	if (!x->entry_depth)
		return;
	x->r->feed->broken = true;
	if (x->entry != &x->skipped)
		x->r->feed->n_entries--;
}

/* ---- the feed's kind ---------------------------------------------------- */

static const char *rss_kind(const char *version)
{
	static const char *const kinds[][2] = {
	    {"0.90", "rss090"}, {"0.91", "rss091"}, {"0.92", "rss092"},
	    {"0.93", "rss093"}, {"0.94", "rss094"}, {"1.0", "rss10"},
	};

	for (size_t i = 0; version && i < COUNT(kinds); i++)
		if (!strncmp(version, kinds[i][0], strlen(kinds[i][0])))
			return kinds[i][1];
	return "rss20";
}

static const char *kind_of_feed(struct xml_reader *x, enum element element,
				const char *uri, struct attributes a)
{
	if (element == ELEMENT_FEED)
		return uri && !strcasecmp(uri, "http://www.w3.org/2005/Atom")
			   ? "atom10"
			   : "atom03";
	if (element == ELEMENT_ROOT && !uri)
		return rss_kind(attribute(x, a, NULL, "version"));
	if (uri && strstr(uri, "/rdf/simple/0.9/"))
		return "rss090";
	return uri && strstr(uri, "purl.org") ? "rss10" : "rss20";
}

static void begin_feed(struct xml_reader *x, enum element element,
		       const char *uri, struct attributes a)
{
	struct feed *feed = x->r->feed;
	bool root_only = element == ELEMENT_ROOT;

	x->is_feed = true;
	if (!feed->kind && !(root_only && uri))
		feed->kind = kind_of_feed(x, element, uri, a);
	x->feed_base = base_of(x, a, x->feed_base);
	if (!root_only)
		x->feed_depth = x->depth;
}

/* ---- SAX ---------------------------------------------------------------- */

static struct name_slot meaning_of(const xmlChar *name, const xmlChar *prefix,
				   const xmlChar *uri)
{
	enum space space = feed_space((const char *)prefix, (const char *)uri);

	return (struct name_slot){
	    .name = name,
	    .uri = uri,
	    .element = feed_element(space, (const char *)name),
	    .atom = uri && space == SPACE_ATOM,
	};
}

static struct name_slot look_up(struct xml_reader *x, const xmlChar *name,
				const xmlChar *prefix, const xmlChar *uri)
{
	size_t at =
	    ((uintptr_t)name / 8 ^ (uintptr_t)uri / 64) & (NAME_SLOTS - 1);
	struct name_slot *slot = &x->names[at];

	/* Without a namespace the prefix decides: those are not kept. */
	if (!uri && prefix)
		return meaning_of(name, prefix, uri);
	if (slot->name != name || slot->uri != uri)
		*slot = meaning_of(name, prefix, uri);
	return *slot;
}

static void add_tag(struct xml_reader *x, const char *open, const xmlChar *name)
{
	x->has_markup = true;
	(void)buf_addf(&x->text, "%s%s>", open, (const char *)name);
}

static void take_child(struct xml_reader *x, enum element element, bool atom,
		       struct attributes a)
{
	if (element_is_field(element)) {
		begin_field(x, element, atom, a);
	} else if (element == ELEMENT_COMPLETE && !x->entry_depth) {
		x->r->feed->complete = true;
	} else if (element == ELEMENT_ATOM_LINK) {
		take_atom_link(x, a);
	} else if (element == ELEMENT_AUTHOR && x->entry_depth) {
		x->author_depth = x->depth;
		begin_field(x, element, atom, a);
	} else if (element == ELEMENT_IN_REPLY_TO && x->entry_depth) {
		const char *ref = attribute(x, a, NULL, "ref");

		if (ref)
			x->entry->in_reply_to =
			    feed_exact(x->r, ref, strlen(ref), FEED_ID_MAX);
	}
}

/* An author's name: the text so far was white space between elements. */
static void take_author_part(struct xml_reader *x, enum element element,
			     struct attributes a)
{
	x->field = ELEMENT_UNKNOWN;
	if (element == ELEMENT_NAME)
		begin_field(x, element, true, a);
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int n_namespaces,
		     const xmlChar **namespaces, int n_attributes,
		     int n_defaulted, const xmlChar **list)
{
	struct xml_reader *x = ctx;
	struct attributes a = {list, n_attributes};
	struct name_slot slot;
	enum element element;
	int parent;

	(void)n_namespaces;
	(void)namespaces;
	(void)n_defaulted;
	if (++x->depth > FEED_DEPTH_MAX) {
		x->r->feed->broken = true;
		xmlStopParser(x->parser);
		return;
	}
	if (!x->root)
		x->root = arena_strdup(x->r->mem, (const char *)name);
	slot = look_up(x, name, prefix, uri);
	element = slot.element;
	if (x->field == ELEMENT_AUTHOR && x->depth == x->author_depth + 1) {
		take_author_part(x, element, a);
		return;
	}
	if (x->field &&
	    !(element == ELEMENT_ENTRY && x->entry_depth && !x->field_depth)) {
		add_tag(x, "<", name);
		return;
	}
	parent = x->entry_depth ? x->entry_depth : x->feed_depth;
	if (element == ELEMENT_ENTRY)
		begin_entry(x, a);
	else if (element == ELEMENT_ROOT || element == ELEMENT_FEED ||
		 (element == ELEMENT_CHANNEL && !x->entry_depth))
		begin_feed(x, element, (const char *)uri, a);
	else if (x->author_depth && x->depth == x->author_depth + 1)
		take_author_part(x, element, a);
	else if (parent && x->depth == parent + 1)
		take_child(x, element, slot.atom, a);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
		   const xmlChar *uri)
{
	struct xml_reader *x = ctx;

	(void)prefix;
	(void)uri;
	if (x->field && x->depth > x->field_depth)
		add_tag(x, "</", name);
	else if (x->field)
		end_field(x);
	if (x->depth == x->author_depth)
		x->author_depth = 0;
	if (x->entry_depth && x->depth <= x->entry_depth)
		end_entry(x);
	if (x->feed_depth && x->depth <= x->feed_depth)
		x->feed_depth = 0;
	x->depth--;
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
	struct xml_reader *x = ctx;
	const char *s = (const char *)text, *end = s + len;

	if (!x->field)
		return;
	if (!x->has_markup || x->depth == x->field_depth) {
		/* Markup may still come: then this was its text. */
		(void)buf_add(&x->text, s, (size_t)len);
		return;
	}
	for (; s < end; s++) {
		if (*s == '<')
			(void)buf_adds(&x->text, "&lt;");
		else if (*s == '&')
			(void)buf_adds(&x->text, "&amp;");
		else
			(void)buf_addc(&x->text, *s);
	}
}

/* Of the document's own entities nothing is taken. */
static xmlEntityPtr on_entity(void *ctx, const xmlChar *name)
{
	struct xml_reader *x = ctx;
	xmlEntityPtr predefined = xmlGetPredefinedEntity(name);

	if (predefined)
		return predefined;
	x->unresolved.name = name;
	return &x->unresolved;
}

static void on_reference(void *ctx, const xmlChar *name)
{
	const char *s = (const char *)name;
	unsigned c = html_entity(s, strlen(s));
	char bytes[64];

	if (c)
		on_text(ctx, (const xmlChar *)bytes, (int)utf8_put(bytes, c));
	else if (strlen(s) < sizeof(bytes) - 2)
		on_text(ctx, (const xmlChar *)bytes,
			snprintf(bytes, sizeof(bytes), "&%s;", s));
}

static void on_error(void *ctx, xmlErrorPtr error)
{
	(void)ctx;
	(void)error; /* wellFormed tells */
}

static void prepare_sax(xmlSAXHandler *sax)
{
	*sax = (xmlSAXHandler){
	    .initialized = XML_SAX2_MAGIC,
	    .startElementNs = on_start,
	    .endElementNs = on_end,
	    .characters = on_text,
	    .ignorableWhitespace = on_text,
	    .cdataBlock = on_text,
	    .getEntity = on_entity,
	    .reference = on_reference,
	    .serror = on_error,
	};
}

/* ---- reading ------------------------------------------------------------ */

/*
 * Pushed, because libxml2 finds the end of a CDATA section with one scan
 * then, where it goes through it by characters otherwise.
 */
static void push_text(struct xml_reader *x, const char *text, size_t len)
{
	while (len) {
		size_t n = len < PIECE_SIZE ? len : PIECE_SIZE;

		len -= n;
		(void)xmlParseChunk(x->parser, text, (int)n, !len);
		text += n;
	}
}

/* Reads the text into a fresh feed; *ret_good when it was well-formed. */
static void read_text(struct xml_reader *x, const char *text, size_t len,
		      bool *ret_good)
{
	int options = XML_PARSE_RECOVER | XML_PARSE_NONET |
		      XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR |
		      XML_PARSE_NOWARNING;
	struct feed_reader *r = x->r;
	xmlSAXHandler sax;

	*x = (struct xml_reader){.r = r, .frequency = 1};
	*r->feed = (struct feed){0};
	*ret_good = false;
	x->unresolved.etype = XML_INTERNAL_GENERAL_ENTITY;
	x->unresolved.content = BAD_CAST "";
	x->unresolved.orig = BAD_CAST "";
	x->unresolved.checked = 2; /* known, and expands to nothing */
	buf_init(&x->text, FIELD_TEXT_MAX);
	prepare_sax(&sax);
	x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
	if (!x->parser)
		return;
	(void)xmlCtxtUseOptions(x->parser, options);
	(void)xmlSwitchEncoding(x->parser, XML_CHAR_ENCODING_UTF8);
	push_text(x, text, len);
	drop_cut_entry(x);
	*ret_good = x->parser->wellFormed && !x->r->feed->broken;
	if (x->frequency > 0 && x->period / x->frequency > r->feed->ttl)
		r->feed->ttl = feed_ttl(x->period / x->frequency);
	/* Entities of a document that ended early: libxml2 lets them lie. */
	xmlFreeDoc(x->parser->myDoc);
	x->parser->myDoc = NULL;
	xmlFreeParserCtxt(x->parser);
	buf_release(&x->text);
}

int feed_read_xml(struct feed_reader *r, const char *text, size_t len,
		  struct err *e)
{
	struct xml_reader x = {.r = r};
	struct buf mended;
	bool good;

	read_text(&x, text, len, &good);
	if (!good) {
		if (xml_mend(text, len, &mended))
			read_text(&x, buf_str(&mended), mended.len, &good);
		buf_release(&mended);
		r->feed->broken = true;
	}
	if (x.is_feed && !r->feed->kind)
		r->feed->kind = "rss10";
	if (x.is_feed)
		return 0;
	if (x.root && !strcasecmp(x.root, "html"))
		return err_set(e, ERR_INPUT,
			       "not a feed but a web page (HTML); look for its "
			       "RSS or Atom address");
	return err_set(e, ERR_INPUT,
		       "not a feed: XML whose first element is "
		       "<%.40s>",
		       x.root ? x.root : "none");
}
