/*
 * A small community that grows by a script, as feeds and pages.
 *
 * A script is lines of UTF-8; what follows # at a line's start is a remark:
 *
 *     group contratacion "Contratación pública"
 *     -2d contratacion debate 1 "Title" by "Ana Ruiz" : text
 *     +9s contratacion comment 1 by "Luis Gil" : text
 *     +12s contratacion status 503 retry-after 5
 *     +15s contratacion status 200
 *     +16s contratacion break        (its feeds end in mid-sentence)
 *     +20s contratacion mend
 *
 * Times are from the start (units s m h d); those before it are there when
 * it starts. Nothing changes after loading: what is shown follows from the
 * time that is asked about, so any thread may ask.
 */
#ifndef TESTS_LIB_COMMUNITY_H
#define TESTS_LIB_COMMUNITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMUNITY_SHOWN 50 /* entries a feed shows, the newest */

enum happening {
	HAPPENING_DEBATE,
	HAPPENING_COMMENT,
	HAPPENING_STATUS,
	HAPPENING_BREAK,
	HAPPENING_MEND
};

struct community_entry {
	int64_t at; /* ms after the start */
	size_t group;
	enum happening kind;
	int number; /* of the debate; of a status, its code */
	int retry_after;
	const char *title;
	const char *author;
	const char *text;
};

struct community_group {
	const char *name;
	const char *title;
};

struct community {
	struct arena mem;
	struct community_group *groups;
	size_t n_groups;
	struct community_entry *entries; /* by time */
	size_t n_entries;
	int64_t start;	  /* UTC s of the script's +0s */
	const char *base; /* "http://127.0.0.1:8080" */
};

/* ERR_INPUT names the line. `start` and `base` are the caller's to set. */
int community_load(const char *path, struct community *ret_community,
		   struct err *e);
void community_release(struct community *community);

struct community_page {
	int status;
	int retry_after; /* s, 0 none */
	const char *type;
	int64_t modified; /* UTC s of its newest entry */
	struct buf body;
};

/* The page at `path` as it is `now` ms after the start; release its body.
 * A path that does not exist is a page of status 404. */
void community_page(const struct community *community, const char *path,
		    int64_t now, struct community_page *ret_page);

#endif
