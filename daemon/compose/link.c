#include "compose/link.h"
#include <string.h>
#include <strings.h>

#define ALPHANUMERIC                                                           \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define UNRESERVED ALPHANUMERIC "-._~"

static const char *escape(const char *text, const char *keep, struct arena *mem)
{
	static const char hex[] = "0123456789ABCDEF";
	char *escaped = arena_alloc(mem, 3 * strlen(text) + 1), *to = escaped;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (strchr(keep, *text)) {
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
	return escape(text, UNRESERVED, mem);
}

const char *link_http(const char *url, struct arena *mem)
{
	static const char keep[] = UNRESERVED ":/?#[]@!$&'()*+,;=%";
	const char *host;

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
	for (const char *p = url; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return "";
	return url[strspn(url, keep)] ? escape(url, keep, mem) : url;
}

bool link_is_address(const char *address)
{
	const char *at = address ? strchr(address, '@') : NULL;

	if (!at || at == address || !at[1] || strchr(at + 1, '@'))
		return false;
	for (const char *p = address; *p; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f ||
		    strchr("<>()[]\\,;:\"", *p))
			return false;
	return true;
}
