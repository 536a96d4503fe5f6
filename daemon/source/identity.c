#include "source/identity.h"
#include "base/hash.h"
#include <ctype.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define HASHED_TEXT 1024

/* ---- links -------------------------------------------------------------- */

static bool is_default_port(const char *port, size_t len, bool tls)
{
	return len == 0 || (tls ? len == 3 && !memcmp(port, "443", 3)
				: len == 2 && !memcmp(port, "80", 2));
}

static void add_host(GString *out, const char *host, size_t len, bool tls)
{
	const char *colon = memrchr(host, ':', len);
	size_t n = len;

	if (colon && !memchr(colon, ']', len - (size_t)(colon - host)) &&
	    is_default_port(colon + 1, len - (size_t)(colon - host) - 1, tls))
		n = (size_t)(colon - host);
	for (size_t i = 0; i < n; i++)
		g_string_append_c(out, g_ascii_tolower(host[i]));
}

static void add_query(GString *out, const char *query, size_t len)
{
	const char *end = query + len;
	char join = '?';

	while (query < end) {
		const char *next = memchr(query, '&', (size_t)(end - query));
		size_t n = (size_t)((next ? next : end) - query);

		if (n && (n < 4 || strncasecmp(query, "utm_", 4) != 0)) {
			g_string_append_c(out, join);
			g_string_append_len(out, query, (gssize)n);
			join = '&';
		}
		query += n + 1;
	}
}

const char *identity_link(const char *link, struct arena *mem)
{
	bool tls = link && !strncasecmp(link, "https://", 8);

	if (!link || (!tls && strncasecmp(link, "http://", 7) != 0))
		return NULL;
	const char *host = link + (tls ? 8 : 7);
	size_t host_len = strcspn(host, "/?#");
	const char *path = host + host_len;
	size_t path_len = strcspn(path, "?#");
	const char *query = path + path_len;

	if (!host_len)
		return NULL;
	GString *out = g_string_new(tls ? "https://" : "http://");

	add_host(out, host, host_len, tls);
	if (path_len)
		g_string_append_len(out, path, (gssize)path_len);
	else
		g_string_append_c(out, '/');
	if (*query == '?')
		add_query(out, query + 1, strcspn(query + 1, "#"));
	const char *canonical = arena_strdup(mem, out->str);

	g_string_free(out, TRUE);
	return canonical;
}

const char *identity_origin(const char *link, struct arena *mem)
{
	const char *canonical = identity_link(link, mem);

	if (!canonical)
		return NULL;
	return arena_strndup(mem, canonical, 8 + strcspn(canonical + 8, "/?#"));
}

/* Past the number of a numbered page, NULL when there is none. */
static const char *number_end(const char *p)
{
	const char *end = p;

	while (isdigit((unsigned char)*end))
		end++;
	return end > p && (!*end || strchr("/?", *end)) ? end : NULL;
}

static const char *link_key(const char *link, struct arena *mem)
{
	static const char *const marks[] = {"/view/", "/topic/"};
	const char *canonical = identity_link(link, mem);

	if (!canonical)
		return link && *link ? link : NULL;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const char *at = strstr(canonical, marks[i]);
		const char *end = at ? number_end(at + strlen(marks[i])) : NULL;

		if (end)
			return arena_strndup(mem, canonical,
					     (size_t)(end - canonical));
	}
	/* Discourse: /t/slug/12, where the slug follows the title. */
	const char *t = strstr(canonical, "/t/");
	const char *number = t ? strchr(t + 3, '/') : NULL;
	const char *end = number ? number_end(number + 1) : NULL;

	if (!end)
		return canonical;
	return arena_printf(mem, "%.*s%.*s", (int)(t + 2 - canonical),
			    canonical, (int)(end - number), number);
}

/* ---- content ------------------------------------------------------------ */

static const char *hex_of(struct hash *hash, struct arena *mem)
{
	char *hex = arena_alloc(mem, HASH_HEX);

	hash_end(hash, hex);
	return hex;
}

/* A NUL between fields: "ab" + "c" is not "a" + "bc". */
static void add_field(struct hash *hash, const char *s, size_t max)
{
	if (s)
		hash_add(hash, s, strnlen(s, max));
	hash_add(hash, "", 1);
}

const char *identity_hash(const char *title, const char *text,
			  struct arena *mem)
{
	struct hash hash;

	hash_begin(&hash);
	add_field(&hash, title, SIZE_MAX / 2);
	add_field(&hash, text, SIZE_MAX / 2);
	return hex_of(&hash, mem);
}

static const char *content_key(const struct feed_entry *entry,
			       struct arena *mem)
{
	const char *date = arena_printf(mem, "%" PRId64, entry->published);
	struct hash hash;

	hash_begin(&hash);
	add_field(&hash, entry->title, SIZE_MAX / 2);
	add_field(&hash, date, 32);
	add_field(&hash, entry->text, HASHED_TEXT);
	return arena_printf(mem, "sha256:%s", hex_of(&hash, mem));
}

/* ---- keys --------------------------------------------------------------- */

static const char *trimmed(const char *s, struct arena *mem)
{
	size_t len;

	if (!s)
		return NULL;
	s += strspn(s, " \t\r\n");
	for (len = strlen(s); len && strchr(" \t\r\n", s[len - 1]); len--)
		;
	return len ? arena_strndup(mem, s, len) : NULL;
}

/* Keys have a cap; a longer one is known by its hash. */
static const char *capped(const char *key, struct arena *mem)
{
	if (!key || strlen(key) <= DEBATE_KEY_MAX)
		return key;
	return arena_printf(mem, "sha256:%s", identity_hash(key, NULL, mem));
}

/* An <item/> of a template gone wrong: nobody could be told of it. */
static bool says_nothing(const struct feed_entry *entry)
{
	const char *const said[] = {entry->id, entry->link, entry->title,
				    entry->text};

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		if (said[i] && said[i][strspn(said[i], " \t\r\n")])
			return false;
	return true;
}

static const char *key_by(enum feed_identity criterion,
			  const struct feed_entry *entry, struct arena *mem)
{
	switch (criterion) {
	case IDENTITY_GUID:
		return trimmed(entry->id, mem);
	case IDENTITY_LINK:
		return link_key(entry->link, mem);
	case IDENTITY_CONTENT:
		break;
	}
	return content_key(entry, mem);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* One entry that is there twice says nothing about its id. */
static bool is_repeated(const struct feed_entry *a, const struct feed_entry *b)
{
	return same_text(a->id, b->id) && same_text(a->link, b->link) &&
	       same_text(a->title, b->title) && a->published == b->published &&
	       a->updated == b->updated;
}

/* More than 5 % empty, or doubled by others. */
static bool is_weak(enum feed_identity criterion, const struct feed *feed)
{
	struct arena mem = {NULL, 0};
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	size_t bad = 0;

	for (size_t i = 0; i < feed->n_entries; i++) {
		struct feed_entry *entry = &feed->entries[i];
		const char *key = key_by(criterion, entry, &mem);
		const struct feed_entry *other =
		    key ? g_hash_table_lookup(seen, key) : NULL;

		if (says_nothing(entry))
			continue;
		if (!key || (other && !is_repeated(other, entry)))
			bad++;
		else if (!other)
			g_hash_table_insert(seen, (gpointer)(uintptr_t)key,
					    entry);
	}
	g_hash_table_destroy(seen);
	arena_release(&mem);
	return bad * 20 > feed->n_entries;
}

enum feed_identity identity_criterion(enum feed_identity known,
				      const struct feed *feed)
{
	enum feed_identity criterion = known;

	while (criterion < IDENTITY_CONTENT && is_weak(criterion, feed))
		criterion = (enum feed_identity)(criterion + 1);
	return criterion;
}

void identity_keys(enum feed_identity criterion, const struct feed *feed,
		   struct arena *mem, const char **ret_keys)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < feed->n_entries; i++) {
		const char *key = NULL;

		ret_keys[i] = NULL;
		if (says_nothing(&feed->entries[i]))
			continue;
		for (enum feed_identity c = criterion;
		     !key && c <= IDENTITY_CONTENT;
		     c = (enum feed_identity)(c + 1))
			key = key_by(c, &feed->entries[i], mem);
		key = capped(key, mem);
		if (!g_hash_table_add(seen, (gpointer)(uintptr_t)key))
			key = NULL;
		ret_keys[i] = key;
	}
	g_hash_table_destroy(seen);
}
