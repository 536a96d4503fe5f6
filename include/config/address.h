/*
 * Mail addresses, validated once where they enter.
 *
 * RFC 5321 section 4.1.2 Mailbox with a dot-atom local part of at most 64
 * octets and a domain of at least two labels, turned into A-labels (RFC
 * 5891, libidn2). No quoted local parts, comments, address literals, CR, LF,
 * NUL, or anything that needs quoting in an SMTP command: libcurl and
 * others would send it as it is.
 */
#ifndef CONFIG_ADDRESS_H
#define CONFIG_ADDRESS_H

#include "base/arena.h"
#include "base/err.h"

/* "ana@ejemplo.es" -> the same with its domain in A-labels. */
int address_parse(const char *text, struct arena *mem, const char **ret_email,
		  struct err *e);

/* "Ana Núñez <ana@x.es>" or "ana@x.es" -> name ("" when none) and email. */
int mailbox_parse(const char *text, struct arena *mem, const char **ret_name,
		  const char **ret_email, struct err *e);

#endif
