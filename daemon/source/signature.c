#include "source/signature.h"
#include <glib.h>
#include <stdbool.h>
#include <string.h>

static const struct method {
	const char *prefix;
	GChecksumType type;
	bool for_hubs; /* for them alone */
} methods[] = {
    {"sha256=", G_CHECKSUM_SHA256, false},
    {"sha1=", G_CHECKSUM_SHA1, true},
    {"sha384=", G_CHECKSUM_SHA384, true},
    {"sha512=", G_CHECKSUM_SHA512, true},
};

static const struct method *method_of(const char *header,
				      enum signature_kind kind)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (g_str_has_prefix(header, methods[i].prefix) &&
		    (kind == SIGNATURE_ANY || !methods[i].for_hubs))
			return &methods[i];
	return NULL;
}

/* All of it is looked at, wherever they differ. */
static bool same_hex(const char *given, const char *right)
{
	size_t len = strlen(right);
	unsigned char differs = 0;

	if (strlen(given) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		differs |=
		    (unsigned char)(g_ascii_tolower(given[i]) ^ right[i]);
	return !differs;
}

enum signature_result signature_check(const char *header,
				      enum signature_kind kind,
				      const char *secret, const char *bytes,
				      size_t len)
{
	const struct method *method;
	bool same;
	char *right;

	if (!header || !*header)
		return SIGNATURE_MISSING;
	method = method_of(header, kind);
	if (!method)
		return SIGNATURE_BAD;
	right =
	    g_compute_hmac_for_data(method->type, (const guchar *)secret,
				    strlen(secret), (const guchar *)bytes, len);
	same = same_hex(header + strlen(method->prefix), right);
	g_free(right);
	return same ? SIGNATURE_GOOD : SIGNATURE_BAD;
}
