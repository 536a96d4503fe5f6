/*
 * Bytes of any charset to clean UTF-8.
 *
 * Who is believed: a byte order mark, then the HTTP charset, then the XML
 * declaration; but bytes that are valid UTF-8 are UTF-8 whatever a
 * declaration of another 8-bit charset says, because servers and templates
 * declare charsets they do not send. ISO-8859-1 is read as windows-1252, as
 * browsers do. A byte that does not fit is read as windows-1252 (in UTF-8) or
 * becomes U+FFFD. Characters that XML 1.0 (section 2.2) forbids are dropped.
 * Pure; any thread.
 */
#ifndef SOURCE_CHARSET_H
#define SOURCE_CHARSET_H

#include "base/buf.h"
#include <stddef.h>

/*
 * `content_type` is the HTTP header's value or NULL. The text is in `bytes`
 * itself where nothing had to change (then `store` stays empty), else in
 * `store`, which the caller has zeroed and releases. A byte order mark is
 * left out. Never fails: at worst the text is garbled or empty.
 */
void charset_utf8(const char *bytes, size_t len, const char *content_type,
		  struct buf *store, const char **ret_text, size_t *ret_len);

#endif
