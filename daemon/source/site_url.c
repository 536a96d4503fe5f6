#include "site_url.h"
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define DIGITS_MAX 19 /* an int64_t's */

static size_t count_digits(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n <= DIGITS_MAX ? n : 0;
}

bool is_number(const char *s)
{
	size_t n = count_digits(s);

	return n && !s[n];
}

static size_t scheme_length(const char *url)
{
	if (!strncasecmp(url, "https://", 8))
		return 8;
	return !strncasecmp(url, "http://", 7) ? 7 : 0;
}

/* RFC 3986, section 3.3; a '%' is taken for an encoded byte. */
#define SEGMENT "-._~!$&'()*+,;=:@%"
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

bool site_url_parse(const char *url, struct arena *mem, struct site_url *ret)
{
	size_t scheme = url ? scheme_length(url) : 0, host, len;
	const char *p;

	if (!scheme)
		return false;
	host = strcspn(url + scheme, "/?#");
	if (!host)
		return false;
	*ret = (struct site_url){.query = ""};
	ret->origin = arena_strndup(mem, url, scheme + host);
	for (p = url + scheme + host; *p == '/'; p += len) {
		p += strspn(p, "/");
		len = strcspn(p, "/?#");
		if (!len)
			break;
		if (ret->n == SITE_SEGMENTS_MAX)
			return false;
		ret->segments[ret->n++] = encode(p, len, SEGMENT, mem);
	}
	if (*p == '?')
		ret->query = arena_strndup(mem, p + 1, strcspn(p + 1, "#"));
	return true;
}

int site_url_check(const char *url, struct arena *mem, struct site_url *ret,
		   struct err *e)
{
	if (site_url_parse(url, mem, ret))
		return 0;
	*ret = (struct site_url){.origin = "", .query = ""};
	return err_set(e, ERR_INPUT,
		       "not the address of a site: \"%s\"; it begins with "
		       "https:// and a name, and has at most %d folders",
		       url ? url : "", SITE_SEGMENTS_MAX);
}

size_t site_url_find(const struct site_url *url, const char *name, size_t from)
{
	while (from < url->n && strcmp(url->segments[from], name) != 0)
		from++;
	return from < url->n ? from : url->n;
}

const char *site_url_segment(const struct site_url *url, size_t i)
{
	return i < url->n ? url->segments[i] : "";
}

const char *site_url_upto(const struct site_url *url, size_t n,
			  struct arena *mem)
{
	const char *s = url->origin;

	for (size_t i = 0; i < n && i < url->n; i++)
		s = arena_printf(mem, "%s/%s", s, url->segments[i]);
	return s;
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

const char *url_bare(const char *part, struct arena *mem)
{
	return arena_strndup(mem, part, bare_len(part));
}

size_t site_url_mark(const struct site_url *url, const char *const *marks)
{
	for (size_t i = 0; i < url->n; i++) {
		size_t len = bare_len(url->segments[i]);

		for (const char *const *mark = marks; *mark; mark++)
			if (strlen(*mark) == len &&
			    !strncmp(*mark, url->segments[i], len))
				return i;
	}
	return url->n;
}

bool site_url_is(const struct site_url *url, size_t i, const char *name)
{
	return !strcmp(site_url_segment(url, i), name);
}

int site_url_root(const char *url, const char *const *marks, struct arena *mem,
		  const char **ret_root, struct err *e)
{
	struct site_url parsed = {0};
	int r = site_url_check(url, mem, &parsed, e);

	if (!r)
		*ret_root =
		    site_url_upto(&parsed, site_url_mark(&parsed, marks), mem);
	return r;
}

const char *url_encode(const char *s, struct arena *mem)
{
	return encode(s, strlen(s), UNRESERVED, mem);
}

const char *url_argument(const char *url, const char *name, struct arena *mem)
{
	const char *p = url ? strchr(url, '?') : NULL;
	size_t len = strlen(name);

	for (; p && *p && *p != '#'; p += strcspn(p, "&#")) {
		p++;
		if (!strncmp(p, name, len) && p[len] == '=')
			return arena_strndup(mem, p + len + 1,
					     strcspn(p + len + 1, "&#"));
	}
	return NULL;
}

const char *url_argument_number(const char *url, const char *name,
				struct arena *mem)
{
	const char *value = url_argument(url, name, mem);

	return value && is_number(value) ? value : NULL;
}

const char *url_number(const char *url, const char *mark, struct arena *mem)
{
	const char *p = url;

	while (p && (p = strstr(p, mark))) {
		size_t n = count_digits(p += strlen(mark));

		if (n && (!p[n] || strchr("/?#&", p[n])))
			return arena_strndup(mem, p, n);
	}
	return NULL;
}

const char *url_with(const char *url, const char *argument, struct arena *mem)
{
	size_t len = strcspn(url, "#");
	char join = memchr(url, '?', len) ? '&' : '?';

	return arena_printf(mem, "%.*s%c%s%s", (int)len, url, join, argument,
			    url + len);
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

const char *url_with_number(const char *url, const char *name, int64_t value,
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
