/*
 * The fields of an XML feed: what an element's attributes and text mean for
 * the feed or the entry that it is in.
 *
 * feed_xml.c tells which element is which and gathers the text; here it
 * becomes links, dates and plain text. Pure.
 */
#ifndef SOURCE_XML_FIELD_H
#define SOURCE_XML_FIELD_H

#include "base/buf.h"
#include "feed_element.h"
#include "feed_p.h"
#include <libxml/parser.h>

#define NAME_SLOTS 256 /* a power of two */

/* libxml2 keeps one copy of a name: its address is the name. */
struct name_slot {
	const xmlChar *name, *uri;
	enum element element;
	bool atom;
};

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

struct attributes {
	const xmlChar **list; /* name, prefix, uri, value, end */
	int n;
};

/* In the arena, its references resolved; NULL when there is none. `prefix`
 * is NULL for an attribute without. */
const char *xml_field_attribute(struct xml_reader *x, struct attributes a,
				const char *prefix, const char *name);
/* The xml:base that holds inside the element: `outer` where it has none. */
const char *xml_field_base(struct xml_reader *x, struct attributes a,
			   const char *outer);

/* Atom's <link>, which is all in its attributes. */
void xml_field_link(struct xml_reader *x, struct attributes a);

/* From here on x->text is gathered; `atom`: its elements' rules hold. */
void xml_field_begin(struct xml_reader *x, enum element field, bool atom,
		     struct attributes a);
void xml_field_end(struct xml_reader *x);

#endif
