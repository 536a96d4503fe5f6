/*
 * An answer of Decidim, once it is known what was asked (source_decidim.c).
 */
#ifndef SOURCE_DECIDIM_ANSWER_H
#define SOURCE_DECIDIM_ANSWER_H

#include "json_p.h"

/* What a group watches; strings in the arena of who found it. */
struct decidim {
	const char *api;
	const char *page;      /* of its space, without a slash at the end */
	const char *component; /* its number, or NULL: all of the space's */
	const char *slug;      /* of the process, or the initiative's number */
	const char *field;     /* of the answer's data */
	const char *locale;    /* or NULL */
};

/*
 * Adds its debates, the newest first, then its comments likewise, so that
 * where there are more than a feed holds, those are the ones. ERR_INPUT when
 * there is no data, with the site's words where it says why.
 */
int decidim_answer(const struct decidim *asked, struct feed_reader *reader,
		   const json_t *root, struct err *e);

#endif
