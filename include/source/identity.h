/*
 * Which entry is which (notes: watching, Identity). Pure; strings in `mem`.
 *
 * A key is, by the feed's criterion, the entry's own id, its canonical link,
 * or a hash of title, date and text. A page that Elgg, Discourse or NodeBB
 * numbers (/view/12/, /t/slug/12, /topic/12/) is known by address and number
 * where the link is the key, so that a renamed slug is no new debate.
 */
#ifndef SOURCE_IDENTITY_H
#define SOURCE_IDENTITY_H

#include "source/feed.h"
#include "store/event.h"
#include "store/group.h"

/*
 * The criterion for this document: `known`, or a weaker one when more than
 * 5 % of its ids (then links) are empty or doubled; an entry that is there
 * twice as it is counts once. Never goes back.
 */
enum feed_identity identity_criterion(enum feed_identity known,
				      const struct feed *feed);

/*
 * The keys of all entries, in order. In a criterion of ids or links an entry
 * without one falls to the next; a doubled key stays with its first entry
 * and the later ones get NULL, as does one that has no id, link, title or text
 * at all (which is no weakness of a feed's ids, either).
 */
void identity_keys(enum feed_identity criterion, const struct feed *feed,
		   struct arena *mem, const char **ret_keys);

/*
 * An http(s) link in one spelling: scheme and host in lower case, no default
 * port, no utm_* arguments, no fragment. NULL for anything else.
 */
const char *identity_link(const char *link, struct arena *mem);

/* Scheme, host and port of such a link: "https://x.example"; else NULL. */
const char *identity_origin(const char *link, struct arena *mem);

/* Hex SHA-256 of title and text, to notice edits. */
const char *identity_hash(const char *title, const char *text,
			  struct arena *mem);

#endif
