#include "config/address.h"
#include "base/utf8.h"
#include <ctype.h>
#include <idn2.h>
#include <stdbool.h>
#include <string.h>

/* RFC 5321 section 4.5.3.1: local part, domain. */
#define LOCAL_MAX 64
#define DOMAIN_MAX 255

/* RFC 5322 section 3.2.3: atext, with dots between. */
static bool is_dot_atom(const char *s, size_t len)
{
	bool dot = true; /* none at the start, none twice */

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '.') {
			if (dot)
				return false;
			dot = true;
			continue;
		}
		if (c >= 0x80 ||
		    (!isalnum(c) && !strchr("!#$%&'*+-/=?^_`{|}~", c)))
			return false;
		dot = false;
	}
	return len && !dot;
}

/* RFC 1123 section 2.1 host names, two labels or more, not all digits. */
static bool is_domain(const char *s)
{
	size_t label = 0;
	int labels = 1;

	if (strlen(s) > DOMAIN_MAX)
		return false;
	for (const char *p = s; *p; p++) {
		if (*p == '.') {
			if (!label || p[-1] == '-')
				return false;
			label = 0;
			labels++;
			continue;
		}
		if (!isalnum((unsigned char)*p) && (*p != '-' || !label))
			return false;
		if (++label > 63)
			return false;
	}
	return label && labels > 1 && s[strlen(s) - 1] != '-' &&
	       strspn(s, "0123456789.") < strlen(s);
}

static int refuse(const char *text, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, "\"%s\" is no mail address: %s", text,
		       why);
}

int address_parse(const char *text, struct arena *mem, const char **ret_email,
		  struct err *e)
{
	const char *at = strrchr(text, '@');
	char *domain = NULL;
	size_t local;
	int rc;

	if (!at)
		return refuse(text, "it has no @", e);
	local = (size_t)(at - text);
	if (local > LOCAL_MAX)
		return refuse(text, "more than 64 bytes before the @", e);
	if (!is_dot_atom(text, local))
		return refuse(text,
			      "before the @ there may be letters, digits and "
			      "!#$%&'*+-/=?^_`{|}~, with dots between",
			      e);
	if (!utf8_valid(at, strlen(at)) || strlen(at) > DOMAIN_MAX)
		return refuse(text, "its domain is too long or not UTF-8", e);
	rc = idn2_to_ascii_8z(at + 1, &domain,
			      IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc != IDN2_OK)
		return refuse(text, idn2_strerror(rc), e);
	for (char *p = domain; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (is_domain(domain))
		*ret_email =
		    arena_printf(mem, "%.*s@%s", (int)local, text, domain);
	else
		rc = refuse(text, "its domain is not one as example.org", e);
	idn2_free(domain);
	return rc == IDN2_OK ? 0 : rc;
}

int mailbox_parse(const char *text, struct arena *mem, const char **ret_name,
		  const char **ret_email, struct err *e)
{
	const char *open = strchr(text, '<');
	size_t len = strlen(text);
	char *name;
	int r;

	if (!open) {
		r = address_parse(text, mem, ret_email, e);
		if (!r)
			*ret_name = "";
		return r;
	}
	if (text[len - 1] != '>' || strchr(open + 1, '<'))
		return refuse(text, "expected Name <address>", e);
	name = arena_strndup(mem, text, (size_t)(open - text));
	(void)utf8_line(name);
	/* A name that looks like an address is a trick on its reader. */
	if (strpbrk(name, "@\"\\()<>,;:"))
		return refuse(text, "the name may not have @\"\\()<>,;: in it",
			      e);
	r = address_parse(
	    arena_strndup(mem, open + 1, len - 2 - (size_t)(open - text)), mem,
	    ret_email, e);
	if (!r)
		*ret_name = name;
	return r;
}
