/*
 * A document of the net or of a file, as pregonctl looks at it: fetched with
 * the manners that the daemon has, blocking.
 */
#ifndef CLI_DOCUMENT_H
#define CLI_DOCUMENT_H

#include "base/buf.h"
#include "config/config.h"
#include "source/source.h"

struct document {
	struct buf bytes;
	char *url;	    /* where it came from in the end; NULL: a file */
	char *content_type; /* NULL when not known */
};

/*
 * Asks for it. With a configuration its [http] holds, as for pregond, and
 * what the group (NULL: none) says of networks and certificates; without
 * (NULL) private addresses may be asked: who types one may look there. ERR_IO
 * says what went wrong, an answer other than 200 too. Release it in any case.
 */
int document_fetch(const struct source_request *request,
		   const struct config *config,
		   const struct group_settings *group, struct document *ret,
		   struct err *e);
/* Reads a file, "-" is stdin. */
int document_read(const char *path, struct document *ret, struct err *e);
void document_release(struct document *document);

/* "http://..." or "https://..." */
bool is_web_address(const char *s);

#endif
