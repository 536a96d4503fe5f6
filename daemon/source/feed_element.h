/*
 * The elements of RSS and Atom that mean something to us, by namespace and
 * name. Namespaces are known by how they begin; where none is declared for a
 * prefix, the prefix that people use decides. Pure.
 */
#ifndef SOURCE_FEED_ELEMENT_H
#define SOURCE_FEED_ELEMENT_H

#include <stdbool.h>

enum space {
	SPACE_RSS, /* none, or one of RSS's own */
	SPACE_ATOM,
	SPACE_DC,
	SPACE_DCTERMS,
	SPACE_CONTENT,
	SPACE_SLASH,
	SPACE_WFW,
	SPACE_THREAD,
	SPACE_SYNDICATION,
	SPACE_HISTORY, /* RFC 5005 */
	SPACE_RDF,
	SPACE_OTHER
};

enum element {
	ELEMENT_UNKNOWN,
	ELEMENT_ROOT,	 /* rss, RDF */
	ELEMENT_CHANNEL, /* the feed's fields are its children */
	ELEMENT_FEED,	 /* both, in Atom */
	ELEMENT_ENTRY,
	ELEMENT_AUTHOR, /* with a name inside, or text */
	ELEMENT_NAME,
	ELEMENT_ATOM_LINK,
	ELEMENT_IN_REPLY_TO,
	ELEMENT_COMPLETE, /* RFC 5005: it is all there is */
	/* Fields with text. */
	ELEMENT_TITLE,
	ELEMENT_DC_TITLE,
	ELEMENT_LINK,
	ELEMENT_ID,
	ELEMENT_GUID,
	ELEMENT_CREATOR,
	ELEMENT_SUMMARY,
	ELEMENT_CONTENT,
	ELEMENT_PUBLISHED,
	ELEMENT_UPDATED,
	ELEMENT_REPLIES,
	ELEMENT_COMMENT_FEED,
	ELEMENT_DISCUSSION,
	ELEMENT_TTL,
	ELEMENT_PERIOD,
	ELEMENT_FREQUENCY,
	ELEMENT_SKIP_HOURS,
	ELEMENT_SKIP_DAYS
};

/* prefix and uri may be NULL. */
enum space feed_space(const char *prefix, const char *uri);
enum element feed_element(enum space space, const char *name);

static inline bool element_is_field(enum element element)
{
	return element >= ELEMENT_TITLE;
}

#endif
