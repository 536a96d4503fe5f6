/*
 * Headers that carry people's words (RFC 2047), encoded and folded by GMime.
 *
 * Lines that mails of a batch have in common are kept. Texts are cleaned of
 * control characters here once more, so that no line can hold another;
 * addresses are plain (compose/link.h). One thread at a time.
 */
#ifndef COMPOSE_WORDED_H
#define COMPOSE_WORDED_H

#include "base/arena.h"
#include "base/buf.h"

struct worded;

struct worded *worded_new(void);
void worded_free(struct worded *worded);

/* Each appends a header's line, or lines; `out` knows when it was full. `mem`
 * is for what is needed on the way. A `name` may be "". */
void worded_from(struct worded *worded, const char *name, const char *address,
		 struct arena *mem, struct buf *out);
void worded_to(struct worded *worded, const char *name, const char *address,
	       struct arena *mem, struct buf *out);
void worded_subject(struct worded *worded, const char *subject,
		    struct arena *mem, struct buf *out);
/* "NAME <LABEL.DOMAIN>" (RFC 2919), the label made of what it allows. */
void worded_list_id(struct worded *worded, const char *name, const char *label,
		    const char *domain, struct arena *mem, struct buf *out);

#endif
