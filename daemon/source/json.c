#include "base/mem.h"
#include "json_p.h"
#include "source/charset.h"
#include "store/event.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that jansson 2.14 takes on 64 bits, a little above what was measured:
 * 234 an object, 138 an array, 45 a number and 90 a string in one, 115 to 126
 * a number with its name in an object. */
#define OBJECT_COST 240
#define ARRAY_COST 144
#define STRING_COST 48
#define NEXT_COST 48 /* a comma or a colon: another value */

#define SLUG_MAX 1024

/* ---- documents ---------------------------------------------------------- */

/* Past the string that begins after `s`. */
static const char *skip_string(const char *s, const char *end)
{
	while (s < end && *s != '"')
		s += *s == '\\' ? 2 : 1;
	return s;
}

/* What it will take; SIZE_MAX when it is too deep. */
static size_t estimate(const char *s, size_t len)
{
	const char *end = s + len;
	size_t cost = len, depth = 0;

	for (; s < end; s++) {
		switch (*s) {
		case '"':
			s = skip_string(s + 1, end);
			cost += STRING_COST;
			break;
		case '{':
		case '[':
			if (++depth > FEED_DEPTH_MAX)
				return SIZE_MAX;
			cost += *s == '{' ? OBJECT_COST : ARRAY_COST;
			break;
		case '}':
		case ']':
			depth -= depth > 0;
			break;
		case ',':
		case ':':
			cost += NEXT_COST;
			break;
		default:
			break;
		}
	}
	return cost;
}

/* The UTF-16 unit of "\\uXXXX" at s, 0 for anything else. */
static unsigned unit_of(const char *s, const char *end)
{
	unsigned unit = 0;

	if (end - s < 6 || s[0] != '\\' || s[1] != 'u')
		return 0;
	for (int i = 2; i < 6; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return 0;
		unit = unit << 4 | (unsigned)g_ascii_xdigit_value(s[i]);
	}
	return unit;
}

/*
 * Half of a surrogate pair becomes U+FFFD: JavaScript writes one as an escape
 * where a text was cut amid an emoji, and jansson refuses the document.
 */
static void mend_halves(char *s, size_t len)
{
	static const char unknown[] = {'f', 'f', 'f', 'd'};
	const char *end = s + len;

	while (s < end) {
		unsigned unit = unit_of(s, end);

		if (unit >= 0xd800 && unit < 0xdc00 &&
		    (unit_of(s + 6, end) & 0xfc00) == 0xdc00) {
			s += 12;
			continue;
		}
		if (unit >= 0xd800 && unit < 0xe000)
			memcpy(s + 2, unknown, sizeof(unknown));
		s += *s == '\\' ? 2 : 1;
	}
}

static json_t *load(const char *text, size_t len, json_error_t *why)
{
	json_t *root = json_loadb(text, len, JSON_ALLOW_NUL, why);
	json_error_t ignored;
	char *mended;

	if (root || json_error_code(why) != json_error_invalid_syntax)
		return root;
	mended = xcalloc(len + 1, 1);
	memcpy(mended, text, len);
	mend_halves(mended, len);
	root = json_loadb(mended, len, JSON_ALLOW_NUL, &ignored);
	free(mended);
	return root;
}

int json_of(const char *text, size_t len, const char *what, json_t **ret_root,
	    struct err *e)
{
	size_t cost = estimate(text, len), blank = 0;
	json_error_t why;

	while (blank < len && strchr(" \t\r\n", text[blank]))
		blank++;
	if (blank == len)
		return err_set(e, ERR_INPUT, "not %s: it is empty", what);
	if (text[blank] == '<')
		return err_set(e, ERR_INPUT,
			       "not %s but a web page or XML; is the address "
			       "right, and can it be read without a login?",
			       what);
	if (cost == SIZE_MAX)
		return err_set(e, ERR_INPUT,
			       "not %s: JSON deeper than %d levels", what,
			       FEED_DEPTH_MAX);
	if (cost > JSON_MEMORY_MAX)
		return err_set(e, ERR_INPUT, "not %s: JSON of too many values",
			       what);
	*ret_root = load(text, len, &why);
	if (*ret_root)
		return 0;
	return err_set(e, ERR_INPUT,
		       "not %s: JSON with an error in line %d: %s", what,
		       why.line, why.text);
}

int json_read(const struct source_answer *answer, const char *what,
	      json_read_fn *read, struct arena *mem, struct feed *ret_feed,
	      struct err *e)
{
	struct feed feed = {0};
	struct feed_reader reader = {
	    .mem = mem, .feed = &feed, .base_url = answer->url};
	struct buf store = {0};
	const char *text;
	json_t *root = NULL;
	size_t len;
	int r;

	charset_utf8(answer->bytes, answer->len, answer->content_type, &store,
		     &text, &len);
	buf_init(&reader.plain, 0);
	r = json_of(text, len, what, &root, e);
	if (!r)
		r = read(&reader, root, answer, e);
	json_decref(root);
	buf_release(&reader.plain);
	buf_release(&store);
	if (!r)
		*ret_feed = feed;
	return r;
}

/* ---- fields ------------------------------------------------------------- */

/* Escapes can bring what the document's own bytes could not: "\u0000". */
const char *field_text(struct feed_reader *r, const json_t *object,
		       const char *key, enum text_kind kind, size_t max,
		       int *ret_words)
{
	const json_t *value = json_object_get(object, key);
	struct buf store = {0};
	const char *text;
	size_t len;

	if (!json_is_string(value))
		return NULL;
	charset_utf8(json_string_value(value), json_string_length(value),
		     "text/plain; charset=utf-8", &store, &text, &len);
	text = feed_plain(r, text, len, kind, max, ret_words);
	buf_release(&store);
	return text;
}

/* A string without a NUL in it, or NULL. */
static const char *string_of(const json_t *value)
{
	const char *s = json_string_value(value);

	return s && strlen(s) == json_string_length(value) ? s : NULL;
}

const char *field_link(struct feed_reader *r, const char *base,
		       const json_t *object, const char *key)
{
	const char *s = string_of(json_object_get(object, key));

	return s ? feed_link(r, base, s, strlen(s)) : NULL;
}

/* A number, or a string that is one; -1 for none. */
static int64_t number_of(const json_t *value)
{
	const char *s = string_of(value);
	char *end;
	int64_t n;

	if (json_is_integer(value))
		return json_integer_value(value);
	if (!s || !*s || strspn(s, "0123456789") != strlen(s))
		return -1;
	errno = 0;
	n = strtoll(s, &end, 10);
	return errno ? -1 : n;
}

int64_t field_id(const json_t *object, const char *key)
{
	int64_t n = number_of(json_object_get(object, key));

	return n > 0 ? n : 0;
}

const char *field_key(struct feed_reader *r, const char *prefix,
		      const json_t *object, const char *key)
{
	int64_t n = field_id(object, key);

	return n ? arena_printf(r->mem, "%s%" PRId64, prefix, n) : NULL;
}

int64_t field_time(const json_t *object, const char *key)
{
	const char *s = string_of(json_object_get(object, key));

	return s ? feed_time(s) : FEED_NO_TIME;
}

int field_count(const json_t *object, const char *key)
{
	int64_t n = number_of(json_object_get(object, key));

	if (n < 0)
		return -1;
	return n < INT32_MAX ? (int)n : INT32_MAX;
}

bool field_flag(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_true(value) || number_of(value) > 0;
}

const char *field_slug(const json_t *object, const char *key)
{
	const char *s = string_of(json_object_get(object, key));

	if (!s || !*s || *s == '.' || strlen(s) > SLUG_MAX ||
	    strlen(s) != strspn(s, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-_.~%"))
		return NULL;
	return s;
}

const char *field_name(struct feed_reader *r, const json_t *object,
		       const char *key, const char *other)
{
	const char *name =
	    field_text(r, object, key, TEXT_PLAIN, DEBATE_AUTHOR_MAX, NULL);

	return name ? name
		    : field_text(r, object, other, TEXT_PLAIN,
				 DEBATE_AUTHOR_MAX, NULL);
}

/* ---- things by id ------------------------------------------------------- */

struct thing {
	const char *type;
	int64_t id;
	const json_t *value;
};

static guint thing_hash(gconstpointer key)
{
	const struct thing *thing = key;

	return g_int64_hash(&thing->id) ^ g_str_hash(thing->type);
}

static gboolean thing_equal(gconstpointer a, gconstpointer b)
{
	const struct thing *one = a, *other = b;

	return one->id == other->id && !strcmp(one->type, other->type);
}

GHashTable *json_index(struct feed_reader *r, const json_t *array)
{
	GHashTable *index = g_hash_table_new(thing_hash, thing_equal);
	const json_t *value;
	size_t i;

	json_array_foreach(array, i, value)
	{
		const char *type = string_of(json_object_get(value, "type"));
		struct thing *thing;
		int64_t id = field_id(value, "id");

		if (!id)
			continue;
		thing = arena_alloc(r->mem, sizeof(*thing));
		*thing = (struct thing){type ? type : "", id, value};
		g_hash_table_add(index, thing);
	}
	return index;
}

const json_t *json_find(GHashTable *index, const char *type, int64_t id)
{
	const struct thing wanted = {type ? type : "", id, NULL};
	const struct thing *thing = g_hash_table_lookup(index, &wanted);

	return thing ? thing->value : NULL;
}
