/*
 * JSON as the kinds of source read it: a document within our means, and its
 * fields as the parts of an entry.
 *
 * A field that is missing or of another type than expected is absent (NULL,
 * FEED_NO_TIME, -1, 0, false), never an error: sites differ, and one odd
 * field is no reason to lose a debate. json_object_get() of a thing that is
 * no object is NULL, and so is every field of NULL, so that paths need no
 * checks: field_count(json_object_get(post, "topic"), "views").
 */
#ifndef SOURCE_JSON_P_H
#define SOURCE_JSON_P_H

#include "feed_p.h"
#include "source/source.h"
#include <glib.h>
#include <jansson.h>

/* What jansson may take for a document, by our estimate of it: 10 MiB of
 * "{},{},{}..." take 744 MB. An answer of Discourse takes three times its
 * size, and 10 MiB is the most that is fetched. */
#define JSON_MEMORY_MAX ((size_t)96 * 1024 * 1024)

/*
 * UTF-8 to a document, the caller's to json_decref(). `what` it should be is
 * for the error: "a feed", "an answer of Lemmy". ERR_INPUT with the line;
 * also when it is deeper than FEED_DEPTH_MAX or needs too much memory.
 */
int json_of(const char *text, size_t len, const char *what, json_t **ret_root,
	    struct err *e);

/* Fills reader->feed from an answer. ERR_INPUT when it is another thing. */
typedef int json_read_fn(struct feed_reader *reader, const json_t *root,
			 const struct source_answer *answer, struct err *e);

/* A source's read(): bytes of any charset to a document, and `read` on it.
 * Relative links are of the answer's url. */
int json_read(const struct source_answer *answer, const char *what,
	      json_read_fn *read, struct arena *mem, struct feed *ret_feed,
	      struct err *e);

/* A string as plain text of at most `max` bytes (feed_plain()). */
const char *field_text(struct feed_reader *reader, const json_t *object,
		       const char *key, enum text_kind kind, size_t max,
		       int *ret_words);
/* An address; relative to `base`, NULL: to the reader's. */
const char *field_link(struct feed_reader *reader, const char *base,
		       const json_t *object, const char *key);
/* "<prefix>12" of a number above 0, or of a string that is one; or NULL. */
const char *field_key(struct feed_reader *reader, const char *prefix,
		      const json_t *object, const char *key);
/* The same number; 0 when there is none. */
int64_t field_id(const json_t *object, const char *key);
/* A date in a string. */
int64_t field_time(const json_t *object, const char *key);
/* 0 to INT32_MAX, what is beyond as that; -1 when it is none. */
int field_count(const json_t *object, const char *key);
/* True, or a number (also in a string) that is not 0. */
bool field_flag(const json_t *object, const char *key);
/* A slug, which is a part of an address for people to read: NULL when it is
 * none or could lead elsewhere ("../x", "?y"). */
const char *field_slug(const json_t *object, const char *key);
/* The first of two strings that says something, as a name. */
const char *field_name(struct feed_reader *reader, const json_t *object,
		       const char *key, const char *other);

/* The objects of an array by their "type" (may be missing) and "id", for
 * answers that tell people apart from what they wrote: looking through it
 * for each entry would be the product of two numbers that an outsider sizes.
 * The caller's to g_hash_table_destroy(); borrows from reader and array. */
GHashTable *json_index(struct feed_reader *reader, const json_t *array);
/* NULL when there is none. `type` may be NULL. */
const json_t *json_find(GHashTable *index, const char *type, int64_t id);

#endif
