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
#include "source/html_text.h"
#include "xml_field.h"
#include "xml_mend.h"
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>
#include <strings.h>

#define FIELD_TEXT_MAX (1024 * 1024)
/* libxml2 copies what it is given: of most feeds all, of a huge one a part. */
#define PIECE_SIZE (256 * 1024)
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

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
	const char *about = xml_field_attribute(x, a, "rdf", "about");

	if (x->entry_depth) {
		/* The one before was never closed. */
		x->r->feed->broken = true;
		end_entry(x);
	}
	x->entry = feed_add_entry(x->r);
	if (!x->entry)
		x->entry = &x->skipped;
	x->entry_depth = x->depth;
	x->entry_base = xml_field_base(x, a, x->feed_base);
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
		return rss_kind(xml_field_attribute(x, a, NULL, "version"));
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
	x->feed_base = xml_field_base(x, a, x->feed_base);
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
		xml_field_begin(x, element, atom, a);
	} else if (element == ELEMENT_COMPLETE && !x->entry_depth) {
		x->r->feed->complete = true;
	} else if (element == ELEMENT_ATOM_LINK) {
		xml_field_link(x, a);
	} else if (element == ELEMENT_AUTHOR && x->entry_depth) {
		x->author_depth = x->depth;
		xml_field_begin(x, element, atom, a);
	} else if (element == ELEMENT_IN_REPLY_TO && x->entry_depth) {
		const char *ref = xml_field_attribute(x, a, NULL, "ref");

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
		xml_field_begin(x, element, true, a);
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
		xml_field_end(x);
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

/* Whether the last end tag is the root's: only comments may follow it. */
static bool has_end(const char *text, size_t len, const char *root)
{
	const char *end = text + len, *tag = end, *colon;

	if (!root)
		return true;
	do
		tag = memrchr(text, '<', (size_t)(tag - text));
	while (tag && (tag + 1 == end || tag[1] != '/'));
	if (!tag)
		return false;
	tag += 2;
	len = (size_t)(end - tag);
	colon = memchr(tag, ':', len < 64 ? len : 64);
	if (colon && !memchr(tag, '>', (size_t)(colon - tag)))
		tag = colon + 1;
	return (size_t)(end - tag) > strlen(root) &&
	       !strncasecmp(tag, root, strlen(root));
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
	r->feed->cut = !has_end(text, len, x.root);
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
