/*
 * Whether bytes came from who knows a secret: an HMAC (RFC 2104) of them in
 * a header, "sha256=0123abc...", as Discourse, pregon's own webhooks and
 * WebSub (section 7) write it.
 *
 * Compared in a time that tells nothing about the right one. Pure; any
 * thread.
 */
#ifndef SOURCE_SIGNATURE_H
#define SOURCE_SIGNATURE_H

#include <stddef.h>

enum signature_kind {
	SIGNATURE_SHA256, /* of webhooks: that one only */
	SIGNATURE_ANY	  /* of hubs: sha1, sha256, sha384 or sha512 */
};

enum signature_result {
	SIGNATURE_GOOD,
	SIGNATURE_MISSING, /* no header, or an empty one */
	SIGNATURE_BAD	   /* of another secret or other bytes, or no such */
};

/* `header` may be NULL. */
enum signature_result signature_check(const char *header,
				      enum signature_kind kind,
				      const char *secret, const char *bytes,
				      size_t len);

#endif
