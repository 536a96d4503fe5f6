/*
 * A visit to a group's address: what kind of community answers there, where
 * it is polled, and what its feeds tell now. Nothing is stored; blocking.
 */
#ifndef CLI_VISIT_H
#define CLI_VISIT_H

#include "cli/document.h"
#include "source/discover.h"

/* Who asks, and for which group. */
struct visitor {
	struct arena *mem;	     /* all strings live here */
	const struct config *config; /* NULL: document_fetch() */
	const struct group_settings *group;
	const char *key; /* the group's secret itself, "" */
};

/*
 * Where a group of that kind is polled. For SOURCE_AUTO it looks at what
 * answers there. ERR_INPUT when that is nothing that can be polled; a kind
 * that is not polled over HTTP is ERR_USAGE.
 */
int visit_find(const struct visitor *visitor, enum source_kind kind,
	       struct discovery *ret_found, struct err *e);

/* The settings of a group of which only the address is known. */
struct group_settings visit_address(const char *url);

/* What the feed of that role tells: FEED_DEBATES or FEED_COMMENTS. */
int visit_read(const struct visitor *visitor, const struct discovery *found,
	       enum feed_role role, struct feed *ret_feed, struct err *e);

/*
 * What the newest mails in a group's Maildir tell, newest first; for those
 * that are left out, *ret_trouble says how many and why.
 */
int visit_maildir(const struct group_settings *set, struct arena *mem,
		  struct feed *ret_feed, const char **ret_trouble,
		  struct err *e);

#endif
