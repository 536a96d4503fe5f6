#include "site_url.h"
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
		ret->segments[ret->n++] = arena_strndup(mem, p, len);
	}
	if (*p == '?')
		ret->query = arena_strndup(mem, p + 1, strcspn(p + 1, "#"));
	return true;
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
