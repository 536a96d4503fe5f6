#include "site_p.h"
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define PARTS_MAX 32

/* RFC 3986, section 3.3; a '%' is taken for an encoded byte. */
#define PART "-._~!$&'()*+,;=:@%"
/* Section 2.3. */
#define UNRESERVED "-._~"

static const char *encode(const char *s, size_t len, const char *plain,
			  struct arena *mem)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = arena_alloc(mem, 3 * len + 1), *at = out;

	for (size_t i = 0; i < len; i++) {
		if (isalnum((unsigned char)s[i]) ||
		    (s[i] && strchr(plain, s[i]))) {
			*at++ = s[i];
			continue;
		}
		*at++ = '%';
		*at++ = hex[(unsigned char)s[i] >> 4];
		*at++ = hex[(unsigned char)s[i] & 15];
	}
	return out;
}

int site_parse(const char *url, struct arena *mem, struct site_url *ret_url,
	       struct err *e)
{
	size_t scheme = !url				   ? 0
			: !strncasecmp(url, "https://", 8) ? 8
			: !strncasecmp(url, "http://", 7)  ? 7
							   : 0;
	struct site_url site = {0};
	const char *path;

	if (!scheme || !strcspn(url + scheme, "/?#"))
		return err_set(e, ERR_INPUT,
			       "not the address of a site: \"%s\"; it begins "
			       "with https:// and a name",
			       url ? url : "");
	path = url + scheme + strcspn(url + scheme, "/?#");
	site.origin = arena_strndup(mem, url, (size_t)(path - url));
	site.parts = arena_array(mem, PARTS_MAX, sizeof(*site.parts));
	while (*path == '/') {
		size_t len = strcspn(++path, "/?#");

		if (len && site.n == PARTS_MAX)
			return err_set(e, ERR_INPUT,
				       "not the address of a site: more than "
				       "%d folders in it",
				       PARTS_MAX);
		if (len)
			site.parts[site.n++] = encode(path, len, PART, mem);
		path += len;
	}
	if (*path == '?')
		site.query =
		    arena_strndup(mem, path + 1, strcspn(path + 1, "#"));
	*ret_url = site;
	return 0;
}

const char *site_encode(const char *s, struct arena *mem)
{
	return encode(s, strlen(s), UNRESERVED, mem);
}

const char *site_root(const struct site_url *url, size_t n, struct arena *mem)
{
	const char *root = url->origin;

	for (size_t i = 0; i < n; i++)
		root = arena_printf(mem, "%s/%s", root, url->parts[i]);
	return root;
}

const char *site_part(const struct site_url *url, size_t i)
{
	return i < url->n ? url->parts[i] : "";
}

/* How much of it comes before the ending, all of it when there is none. */
static size_t bare_len(const char *part)
{
	static const char *const endings[] = {".json", ".rss", ".xml", ".atom"};
	size_t len = strlen(part);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && !strcmp(part + len - n, endings[i]))
			return len - n;
	}
	return len;
}

const char *site_bare(const char *part, struct arena *mem)
{
	return arena_strndup(mem, part, bare_len(part));
}

size_t site_mark(const struct site_url *url, const char *const *marks)
{
	for (size_t i = 0; i < url->n; i++) {
		size_t len = bare_len(url->parts[i]);

		for (const char *const *mark = marks; *mark; mark++)
			if (strlen(*mark) == len &&
			    !strncmp(*mark, url->parts[i], len))
				return i;
	}
	return url->n;
}

bool site_is(const struct site_url *url, size_t part, const char *name)
{
	return !strcmp(site_part(url, part), name);
}

int site_of(const char *url, const char *const *marks, struct arena *mem,
	    const char **ret_root, struct err *e)
{
	struct site_url parsed = {0};
	int r = site_parse(url, mem, &parsed, e);

	if (!r)
		*ret_root = site_root(&parsed, site_mark(&parsed, marks), mem);
	return r;
}

/* Where "name=" is in a query; its length up to the next in *ret_len. */
static const char *find_argument(const char *query, const char *name,
				 size_t *ret_len)
{
	size_t n = strlen(name);

	while (query && *query && *query != '#') {
		size_t len = strcspn(query, "&#");

		if (len > n && !strncmp(query, name, n) && query[n] == '=') {
			*ret_len = len;
			return query;
		}
		query += len + (query[len] == '&');
	}
	return NULL;
}

const char *site_argument(const struct site_url *url, const char *name,
			  struct arena *mem)
{
	size_t len;
	const char *at = find_argument(url->query, name, &len);
	size_t skip = strlen(name) + 1;

	return at ? arena_strndup(mem, at + skip, len - skip) : NULL;
}

const char *site_with(const char *url, const char *name, int64_t value,
		      struct arena *mem)
{
	size_t base = strcspn(url, "#"), len;
	const char *query = memchr(url, '?', base);
	const char *at = find_argument(query ? query + 1 : NULL, name, &len);

	if (at)
		return arena_printf(
		    mem, "%.*s%s=%" PRId64 "%.*s", (int)(at - url), url, name,
		    value, (int)((size_t)(url + base - at) - len), at + len);
	return arena_printf(mem, "%.*s%c%s=%" PRId64, (int)base, url,
			    query ? '&' : '?', name, value);
}
