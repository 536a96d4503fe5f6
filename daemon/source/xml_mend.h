/*
 * XML that templates wrote without escaping: a bare & becomes &amp;, a bare
 * < becomes &lt;, outside comments and CDATA. Pure, linear.
 */
#ifndef SOURCE_XML_MEND_H
#define SOURCE_XML_MEND_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>

/* Into `out`, which the caller releases in any case. True when there was
 * anything to mend. */
bool xml_mend(const char *text, size_t len, struct buf *out);

#endif
