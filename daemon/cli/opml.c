#include "cli/opml.h"
#include "source/charset.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMESPACE "urn:pregon:opml"
#define EVERY_MAX (365 * 86400)

/* ---- reading ------------------------------------------------------------ */

struct opml_reader {
	struct arena *mem;
	struct outline *outlines;
	size_t n;
	struct err *e;
	int code;
};

/* Some write xmlurl, XMLURL. NULL when it is not there or empty. */
static const char *attribute(struct opml_reader *r, const xmlNode *node,
			     const char *name, bool own)
{
	for (xmlAttr *a = node->properties; a; a = a->next) {
		bool is_own =
		    a->ns && !strcmp((const char *)a->ns->href, NAMESPACE);
		const char *copy;
		xmlChar *value;

		if (is_own != own ||
		    strcasecmp((const char *)a->name, name) != 0)
			continue;
		value = xmlNodeListGetString(node->doc, a->children, 1);
		copy = value && *value
			   ? arena_strdup(r->mem, (const char *)value)
			   : NULL;
		xmlFree(value);
		return copy;
	}
	return NULL;
}

static int32_t every_of(const char *text)
{
	long n = text ? strtol(text, NULL, 10) : 0;

	return n > 0 && n <= EVERY_MAX ? (int32_t)n : 0;
}

static void take_outline(struct opml_reader *r, const xmlNode *node)
{
	const char *every = attribute(r, node, "every", true);
	const char *text = attribute(r, node, "text", false);
	struct outline o = {
	    .title = attribute(r, node, "title", false),
	    .feed = attribute(r, node, "xmlUrl", false),
	    .page = attribute(r, node, "htmlUrl", false),
	    .name = attribute(r, node, "name", true),
	    .source = attribute(r, node, "source", true),
	    .url = attribute(r, node, "url", true),
	    .comments = attribute(r, node, "comments", true),
	    .every = every_of(every),
	};

	if (!o.title)
		o.title = text ? text : "";
	if (!o.feed && !o.url)
		return;
	if (r->n == OPML_OUTLINES_MAX) {
		r->code = err_set(r->e, ERR_LIMIT, "more than %d outlines",
				  OPML_OUTLINES_MAX);
		return;
	}
	*(struct outline *)arena_push(r->mem, (void **)&r->outlines, r->n++,
				      sizeof(o)) = o;
}

static void walk(struct opml_reader *r, const xmlNode *node, int depth)
{
	for (; node && !r->code; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (!strcasecmp((const char *)node->name, "outline"))
			take_outline(r, node);
		if (depth < OPML_DEPTH_MAX)
			walk(r, node->children, depth + 1);
	}
}

static void on_error(void *ctx, xmlErrorPtr error)
{
	(void)ctx;
	(void)error; /* what could be read is what counts */
}

static xmlDoc *parse(const char *bytes, size_t len)
{
	struct buf store = {0};
	const char *text;
	xmlDoc *doc = NULL;

	charset_utf8(bytes, len, NULL, &store, &text, &len);
	xmlSetStructuredErrorFunc(NULL, on_error);
	/* OPML has no entities of its own; who brings some means no good. */
	if (len <= OPML_MAX && !memmem(text, len, "<!ENTITY", 8))
		doc = xmlReadMemory(
		    text, (int)len, NULL, "UTF-8",
		    XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
			XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
	xmlSetStructuredErrorFunc(NULL, NULL);
	buf_release(&store);
	return doc;
}

int opml_read(const char *bytes, size_t len, struct arena *mem,
	      struct outline **ret_outlines, size_t *ret_n, struct err *e)
{
	struct opml_reader r = {.mem = mem, .e = e};
	xmlDoc *doc = parse(bytes, len);
	xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

	if (!root || strcasecmp((const char *)root->name, "opml") != 0)
		r.code = err_set(e, ERR_INPUT,
				 "no OPML: its first element is <%.40s>",
				 root ? (const char *)root->name : "none");
	else
		walk(&r, root->children, 0);
	xmlFreeDoc(doc);
	if (r.code)
		return r.code;
	*ret_outlines = r.outlines;
	*ret_n = r.n;
	return 0;
}

/* ---- writing ------------------------------------------------------------ */

static void put(xmlNode *node, const char *name, const char *value)
{
	if (value && *value)
		(void)xmlNewProp(node, BAD_CAST name, BAD_CAST value);
}

static void put_own(xmlNode *node, xmlNs *ns, const char *name,
		    const char *value)
{
	if (value && *value)
		(void)xmlNewNsProp(node, ns, BAD_CAST name, BAD_CAST value);
}

static void add_outline(xmlNode *body, xmlNs *ns, const struct outline *o,
			struct arena *mem)
{
	xmlNode *node = xmlNewChild(body, NULL, BAD_CAST "outline", NULL);

	(void)xmlNewProp(node, BAD_CAST "text", BAD_CAST o->title);
	put(node, "title", o->title);
	put(node, "type", o->feed ? "rss" : "link");
	put(node, "xmlUrl", o->feed);
	put(node, "htmlUrl", o->page);
	put_own(node, ns, "name", o->name);
	put_own(node, ns, "source", o->source);
	put_own(node, ns, "url", o->url);
	put_own(node, ns, "comments", o->comments);
	if (o->every)
		put_own(node, ns, "every", arena_printf(mem, "%d", o->every));
}

const char *opml_write(const char *title, const struct outline *outlines,
		       size_t n, struct arena *mem)
{
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "opml"), *head, *body;
	xmlNs *ns = xmlNewNs(root, BAD_CAST NAMESPACE, BAD_CAST "pregon");
	const char *copy;
	xmlChar *text;
	int len;

	(void)xmlDocSetRootElement(doc, root);
	put(root, "version", "2.0");
	head = xmlNewChild(root, NULL, BAD_CAST "head", NULL);
	(void)xmlNewTextChild(head, NULL, BAD_CAST "title", BAD_CAST title);
	body = xmlNewChild(root, NULL, BAD_CAST "body", NULL);
	for (size_t i = 0; i < n; i++)
		add_outline(body, ns, &outlines[i], mem);
	xmlDocDumpFormatMemoryEnc(doc, &text, &len, "UTF-8", 1);
	copy = arena_strndup(mem, (const char *)text, (size_t)len);
	xmlFree(text);
	xmlFreeDoc(doc);
	return copy;
}
