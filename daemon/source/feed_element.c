#include "feed_element.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The namespace begins so, or the prefix is so where none is declared. */
static const struct {
	const char *uri, *prefix;
	enum space space;
} spaces[] = {
    {"http://www.w3.org/2005/Atom", "atom", SPACE_ATOM},
    {"http://purl.org/atom/ns#", "a", SPACE_ATOM},
    {"http://example.com/necho", "", SPACE_ATOM},
    {"http://example.com/newformat#", "", SPACE_ATOM},
    {"http://purl.org/pie/", "", SPACE_ATOM},
    {"http://purl.org/echo/", "", SPACE_ATOM},
    {"uri/of/echo/namespace#", "", SPACE_ATOM},
    {"http://purl.org/dc/elements/1.", "dc", SPACE_DC},
    {"http://purl.org/dc/terms/", "dcterms", SPACE_DCTERMS},
    {"http://purl.org/rss/1.0/modules/content/", "content", SPACE_CONTENT},
    {"http://purl.org/rss/1.0/modules/slash/", "slash", SPACE_SLASH},
    {"http://wellformedweb.org/CommentAPI/", "wfw", SPACE_WFW},
    {"http://purl.org/syndication/thread/1.0", "thr", SPACE_THREAD},
    {"http://purl.org/rss/1.0/modules/syndication/", "sy", SPACE_SYNDICATION},
    {"http://purl.org/syndication/history/1.0", "fh", SPACE_HISTORY},
    {"http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf", SPACE_RDF},
    {"http://purl.org/rss/1.0/modules/", "", SPACE_OTHER},
    {"http://purl.org/rss/1.0/", "", SPACE_RSS},
    {"http://purl.org/net/rss1.1", "", SPACE_RSS},
    {"http://my.netscape.com/rdf/simple/0.9/", "", SPACE_RSS},
    {"http://channel.netscape.com/rdf/simple/0.9/", "", SPACE_RSS},
    {"http://my.netscape.com/publish/formats/rss-0.91.dtd", "", SPACE_RSS},
    {"http://backend.userland.com/rss", "rss", SPACE_RSS},
    {"http://blogs.law.harvard.edu/tech/rss", "", SPACE_RSS},
    {"http://cyber.law.harvard.edu/rss/", "", SPACE_RSS},
    {"http://backend.userland.com/blogChannelModule", "", SPACE_OTHER},
};

static const struct {
	enum space space;
	const char *name;
	enum element element;
} elements[] = {
    {SPACE_RSS, "rss", ELEMENT_ROOT},
    {SPACE_RDF, "rdf", ELEMENT_ROOT},
    {SPACE_RSS, "channel", ELEMENT_CHANNEL},
    {SPACE_ATOM, "feed", ELEMENT_FEED},
    {SPACE_RSS, "feed", ELEMENT_FEED},
    {SPACE_RSS, "item", ELEMENT_ENTRY},
    {SPACE_ATOM, "entry", ELEMENT_ENTRY},
    {SPACE_RSS, "entry", ELEMENT_ENTRY},
    {SPACE_ATOM, "author", ELEMENT_AUTHOR},
    {SPACE_RSS, "author", ELEMENT_AUTHOR},
    {SPACE_ATOM, "name", ELEMENT_NAME},
    {SPACE_RSS, "name", ELEMENT_NAME},
    {SPACE_ATOM, "link", ELEMENT_ATOM_LINK},
    {SPACE_THREAD, "in-reply-to", ELEMENT_IN_REPLY_TO},
    {SPACE_RSS, "title", ELEMENT_TITLE},
    {SPACE_ATOM, "title", ELEMENT_TITLE},
    {SPACE_DC, "title", ELEMENT_DC_TITLE},
    {SPACE_RSS, "link", ELEMENT_LINK},
    {SPACE_ATOM, "id", ELEMENT_ID},
    {SPACE_RSS, "id", ELEMENT_ID},
    {SPACE_RSS, "guid", ELEMENT_GUID},
    {SPACE_DC, "creator", ELEMENT_CREATOR},
    {SPACE_DC, "author", ELEMENT_CREATOR},
    {SPACE_RSS, "description", ELEMENT_SUMMARY},
    {SPACE_DC, "description", ELEMENT_SUMMARY},
    {SPACE_RSS, "summary", ELEMENT_SUMMARY},
    {SPACE_ATOM, "summary", ELEMENT_SUMMARY},
    {SPACE_CONTENT, "encoded", ELEMENT_CONTENT},
    {SPACE_ATOM, "content", ELEMENT_CONTENT},
    {SPACE_RSS, "content", ELEMENT_CONTENT},
    {SPACE_RSS, "pubdate", ELEMENT_PUBLISHED},
    {SPACE_RSS, "published", ELEMENT_PUBLISHED},
    {SPACE_ATOM, "published", ELEMENT_PUBLISHED},
    {SPACE_ATOM, "issued", ELEMENT_PUBLISHED},
    {SPACE_DCTERMS, "issued", ELEMENT_PUBLISHED},
    {SPACE_ATOM, "updated", ELEMENT_UPDATED},
    {SPACE_RSS, "updated", ELEMENT_UPDATED},
    {SPACE_ATOM, "modified", ELEMENT_UPDATED},
    {SPACE_DCTERMS, "modified", ELEMENT_UPDATED},
    {SPACE_DC, "date", ELEMENT_UPDATED},
    {SPACE_RSS, "lastbuilddate", ELEMENT_UPDATED},
    {SPACE_SLASH, "comments", ELEMENT_REPLIES},
    {SPACE_THREAD, "total", ELEMENT_REPLIES},
    {SPACE_WFW, "commentrss", ELEMENT_COMMENT_FEED},
    {SPACE_RSS, "comments", ELEMENT_DISCUSSION},
    {SPACE_RSS, "ttl", ELEMENT_TTL},
    {SPACE_SYNDICATION, "updateperiod", ELEMENT_PERIOD},
    {SPACE_SYNDICATION, "updatefrequency", ELEMENT_FREQUENCY},
    {SPACE_RSS, "skiphours", ELEMENT_SKIP_HOURS},
    {SPACE_RSS, "skipdays", ELEMENT_SKIP_DAYS},
    {SPACE_HISTORY, "complete", ELEMENT_COMPLETE},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum space feed_space(const char *prefix, const char *uri)
{
	if (!uri && !prefix)
		return SPACE_RSS;
	for (size_t i = 0; i < COUNT(spaces); i++)
		if (uri ? !strncasecmp(uri, spaces[i].uri,
				       strlen(spaces[i].uri))
			: !strcasecmp(prefix, spaces[i].prefix))
			return spaces[i].space;
	/* An unknown default namespace on RSS's own names is common. */
	return prefix ? SPACE_OTHER : SPACE_RSS;
}

enum element feed_element(enum space space, const char *name)
{
	for (size_t i = 0; i < COUNT(elements); i++)
		if (elements[i].space == space &&
		    !strcasecmp(elements[i].name, name))
			return elements[i].element;
	return ELEMENT_UNKNOWN;
}
