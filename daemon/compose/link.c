#include "compose/link.h"
#include <string.h>
#include <strings.h>

/* RFC 3986's unreserved characters. */
static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

/* And its reserved ones, and what is escaped already. */
static bool is_of_url(char c)
{
	return is_unreserved(c) || (c && strchr(":/?#[]@!$&'()*+,;=%", c));
}

static const char *escape(const char *text, bool (*stays)(char c),
			  struct arena *mem)
{
	static const char hex[] = "0123456789ABCDEF";
	char *escaped = arena_alloc(mem, 3 * strlen(text) + 1), *to = escaped;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (stays(*text)) {
			*to++ = *text;
		} else {
			*to++ = '%';
			*to++ = hex[c >> 4];
			*to++ = hex[c & 15];
		}
	}
	*to = '\0';
	return escaped;
}

const char *link_escape(const char *text, struct arena *mem)
{
	return escape(text, is_unreserved, mem);
}

const char *link_http(const char *url, struct arena *mem)
{
	const char *host;
	bool clean = true;

	if (!url)
		return "";
	if (strncasecmp(url, "http://", 7) == 0)
		host = url + 7;
	else if (strncasecmp(url, "https://", 8) == 0)
		host = url + 8;
	else
		return "";
	if (!*host || strchr("/?#:@", *host))
		return "";
	for (const char *p = url; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return "";
		clean &= is_of_url(*p);
	}
	return clean ? url : escape(url, is_of_url, mem);
}

bool link_is_address(const char *address)
{
	const char *at = address ? strchr(address, '@') : NULL;

	if (!at || at == address || !at[1] || strchr(at + 1, '@'))
		return false;
	for (const char *p = address; *p; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f ||
		    (!is_unreserved(*p) && strchr("<>()[]\\,;:\"", *p)))
			return false;
	return true;
}
