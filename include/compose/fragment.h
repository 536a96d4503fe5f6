/*
 * An item as a mail shows it, kept for all letters of a batch that show it
 * alike.
 */
#ifndef COMPOSE_FRAGMENT_H
#define COMPOSE_FRAGMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

/* How bodies are written. Either way they are whole lines, and lines are
 * encoded each by itself: what is written in pieces is the whole. */
enum form {
	FORM_READ,  /* UTF-8, LF: as people see them */
	FORM_MAILED /* quoted-printable, CRLF (compose/qp.h) */
};
enum body { BODY_TEXT, BODY_HTML, BODIES };

/* How much of each text is told, in characters; 0: nothing. */
struct detail {
	size_t excerpt;
	size_t quote;
};

struct fragment {
	struct {
		const char *bytes;
		size_t len;
		size_t size; /* as read, whichever the form */
	} body[BODIES];
	/* What the rest of the mail tells of it. */
	const char *title;   /* beside the subject, among others */
	const char *subject; /* in a subject */
	const char *group;
	const char *lead; /* the words that it is about, of an alert */
};

/* All that it depends on. A section's heading has no debate, and its number
 * for the event. */
struct fragment_key {
	int64_t debate_id, comment_id, newest_id;
	int64_t after_event, upto_event;
	uint64_t stamp; /* of those rows */
	struct detail detail;
	bool digest, headline;
	bool in_section; /* its heading is one below the section's */
	enum form form;
	const char *language, *timezone;
};

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *kept);

/* Between letters: forgets all when they have become many. */
void fragments_tidy(struct fragments *kept);
/* NULL when there is none. */
struct fragment *fragments_find(const struct fragments *kept,
				const struct fragment_key *key);
/* A zeroed one, to be filled; what it points to goes into fragments_mem(). */
struct fragment *fragments_add(struct fragments *kept,
			       const struct fragment_key *key);
struct arena *fragments_mem(struct fragments *kept);

#endif
