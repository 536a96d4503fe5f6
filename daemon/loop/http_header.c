#include "loop/http_header.h"
#include "base/mem.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_AGE_CAP (30 * 86400)

static const char *const names[HTTP_FIELDS] = {
    [HTTP_CONTENT_TYPE] = "content-type",
    [HTTP_CONTENT_ENCODING] = "content-encoding",
    [HTTP_ETAG] = "etag",
    [HTTP_LAST_MODIFIED] = "last-modified",
    [HTTP_LOCATION] = "location",
    [HTTP_CACHE_CONTROL] = "cache-control",
    [HTTP_AGE] = "age",
    [HTTP_EXPIRES] = "expires",
    [HTTP_DATE] = "date",
    [HTTP_RETRY_AFTER] = "retry-after",
    [HTTP_CF_MITIGATED] = "cf-mitigated",
};

static void forget_fields(struct http_header *h)
{
	for (size_t i = 0; i < HTTP_FIELDS; i++) {
		free(h->values[i]);
		h->values[i] = NULL;
	}
	free(h->hub);
	free(h->self);
	h->hub = h->self = NULL;
}

void http_header_release(struct http_header *h)
{
	forget_fields(h);
	*h = (struct http_header){0};
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(const char **s, size_t *len)
{
	while (*len && is_space((*s)[*len - 1]))
		--*len;
	while (*len && is_space(**s)) {
		++*s;
		--*len;
	}
}

static bool has_controls(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return true;
	return false;
}

/* ---- links -------------------------------------------------------------- */

static char *copy(const char *s, size_t len)
{
	char *c = xcalloc(len + 1, 1);

	memcpy(c, s, len);
	return c;
}

/* Whether a list of words has this one. */
static bool has_word(const char *list, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (!strncasecmp(list + i, word, n) &&
		    (i == 0 || list[i - 1] == ' ') &&
		    (i + n == len || list[i + n] == ' '))
			return true;
	return false;
}

/*
 * One parameter, ";name=value" or ";name=\"value\"", from *at on; false when
 * there is none. The value is what is between the quotes.
 */
static bool next_parameter(const char **at, const char *end, const char **name,
			   size_t *name_len, const char **value,
			   size_t *value_len)
{
	const char *p = *at;

	while (p < end && *p == ' ')
		p++;
	if (p == end || *p != ';')
		return false;
	for (p++; p < end && *p == ' ';)
		p++;
	*name = p;
	while (p < end && !strchr("=;, ", *p))
		p++;
	*name_len = (size_t)(p - *name);
	*value = p;
	*value_len = 0;
	if (p < end && *p == '=') {
		bool quoted = ++p < end && *p == '"';

		*value = p += quoted;
		while (p < end && (quoted ? *p != '"' : !strchr(";, ", *p)))
			p++;
		*value_len = (size_t)(p - *value);
		p += quoted && p < end;
	}
	*at = p;
	return true;
}

/* The first one, if it is a URI at all (RFC 3986: of printable ASCII). */
static void keep_uri(char **place, const char *uri, const char *end)
{
	for (const char *p = uri; p < end; p++)
		if (*p <= ' ' || *p > '~')
			return;
	if (!*place)
		*place = copy(uri, (size_t)(end - uri));
}

/* <https://hub.example/>; rel="hub", <...>; rel=self */
static void link_line(struct http_header *h, const char *p, size_t len)
{
	const char *end = p + len, *name, *value;
	size_t name_len, value_len;

	while (p < end) {
		const char *open = memchr(p, '<', (size_t)(end - p));
		const char *close =
		    open ? memchr(open, '>', (size_t)(end - open)) : NULL;

		if (!close)
			return;
		p = close + 1;
		while (next_parameter(&p, end, &name, &name_len, &value,
				      &value_len)) {
			if (name_len != 3 || strncasecmp(name, "rel", 3) != 0)
				continue;
			if (has_word(value, value_len, "hub"))
				keep_uri(&h->hub, open + 1, close);
			if (has_word(value, value_len, "self"))
				keep_uri(&h->self, open + 1, close);
		}
	}
}

/* ---- lines -------------------------------------------------------------- */

void http_header_line(struct http_header *h, const char *line, size_t len)
{
	const char *colon, *value;
	size_t value_len;

	if (len >= 5 && !memcmp(line, "HTTP/", 5)) {
		forget_fields(h);
		return;
	}
	colon = memchr(line, ':', len);
	if (!colon)
		return;
	value = colon + 1;
	value_len = len - (size_t)(value - line);
	trim(&value, &value_len);
	if (!value_len || value_len > HTTP_VALUE_MAX ||
	    has_controls(value, value_len))
		return;
	if (colon - line == 4 && !strncasecmp(line, "link", 4))
		link_line(h, value, value_len);
	for (size_t i = 0; i < HTTP_FIELDS; i++) {
		size_t n = strlen(names[i]);

		if ((size_t)(colon - line) != n ||
		    strncasecmp(line, names[i], n) != 0)
			continue;
		free(h->values[i]);
		h->values[i] = copy(value, value_len);
		return;
	}
}

/* The directive's place in a comma-separated list, after its name. */
static const char *directive(const char *list, const char *name)
{
	size_t n = strlen(name);

	while (list && *list) {
		list += strspn(list, " \t,");
		if (!strncasecmp(list, name, n) &&
		    strchr(" \t,=", list[n]) != NULL)
			return list + n;
		list += strcspn(list, ",");
	}
	return NULL;
}

static int64_t number(const char *s)
{
	return s ? strtoll(s, NULL, 10) : 0;
}

static int64_t within_cap(int64_t s)
{
	if (s < 0)
		return 0;
	return s < MAX_AGE_CAP ? s : MAX_AGE_CAP;
}

/* -1 when it is none. */
static int64_t date_of(const struct http_header *h, enum http_field field)
{
	return h->values[field] ? curl_getdate(h->values[field], NULL) : -1;
}

int64_t http_header_max_age(const struct http_header *h)
{
	const char *given = directive(h->values[HTTP_CACHE_CONTROL], "max-age");
	int64_t expires, date;

	if (given && *given == '=') {
		given += strspn(given, "= \"");
		return within_cap(within_cap(number(given)) -
				  within_cap(number(h->values[HTTP_AGE])));
	}
	if (!h->values[HTTP_EXPIRES])
		return -1;
	/* What is no date, as "0", has passed (RFC 9111 section 5.3). */
	expires = date_of(h, HTTP_EXPIRES);
	date = date_of(h, HTTP_DATE);
	return expires < 0 || date < 0 ? 0 : within_cap(expires - date);
}

int64_t http_header_retry_after(const struct http_header *h, int64_t now)
{
	const char *given = h->values[HTTP_RETRY_AFTER];
	int64_t at, date;

	if (!given)
		return 0;
	if (!given[strspn(given, "0123456789")])
		return within_cap(number(given));
	at = date_of(h, HTTP_RETRY_AFTER);
	date = date_of(h, HTTP_DATE);
	return at < 0 ? 0 : within_cap(at - (date < 0 ? now : date));
}

bool http_header_no_store(const struct http_header *h)
{
	return directive(h->values[HTTP_CACHE_CONTROL], "no-store") != NULL;
}
