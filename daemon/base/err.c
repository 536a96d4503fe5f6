#include "base/err.h"
#include <stdio.h>
#include <string.h>

/* Remote text must not break a terminal or forge a second log line. */
static void escape_controls(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = ' ';
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
	if (e) {
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(e->text, sizeof(e->text), fmt, ap);
		va_end(ap);
		escape_controls(e->text);
	}
	return code;
}

int err_prefix(struct err *e, int code, const char *fmt, ...)
{
	char inner[sizeof(e->text)];
	va_list ap;
	size_t used;
	int n;

	if (!e)
		return code;
	memcpy(inner, e->text, sizeof(inner));
	va_start(ap, fmt);
	n = vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	used = n < 0 ? 0 : (size_t)n;
	/* What does not fit is cut. */
	if (used + 3 < sizeof(e->text)) {
		memcpy(e->text + used, ": ", 2);
		used += 2;
		snprintf(e->text + used, sizeof(e->text) - used, "%.*s",
			 (int)(sizeof(e->text) - used - 1), inner);
	}
	escape_controls(e->text);
	return code;
}
