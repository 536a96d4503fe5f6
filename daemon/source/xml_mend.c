#include "xml_mend.h"
#include <glib.h>
#include <string.h>

static bool is_reference(const char *p, const char *end)
{
	const char *q = p + 1;

	while (q < end && q - p < 32 &&
	       (g_ascii_isalnum(*q) || *q == '#' || *q == '_'))
		q++;
	return q > p + 1 && q < end && *q == ';';
}

static bool is_markup(const char *p, const char *end)
{
	return p + 1 < end && (g_ascii_isalpha(p[1]) || strchr("/!?_", p[1]));
}

/* Where a section that is copied as it is ends: CDATA, comments. */
static const char *section_end(const char *p, const char *end)
{
	static const char *const sections[][2] = {{"<![CDATA[", "]]>"},
						  {"<!--", "-->"}};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(sections[i][0]);
		const char *q;

		if ((size_t)(end - p) < n || memcmp(p, sections[i][0], n) != 0)
			continue;
		q = memmem(p, (size_t)(end - p), sections[i][1], 3);
		return q ? q + 3 : end;
	}
	return NULL;
}

bool xml_mend(const char *text, size_t len, struct buf *out)
{
	const char *end = text + len, *from = text, *p = text;
	bool mended = false;

	buf_init(out, 6 * len + 16);
	while (p < end) {
		const char *skip = *p == '<' ? section_end(p, end) : NULL;

		if (skip) {
			p = skip;
			continue;
		}
		if ((*p == '&' && !is_reference(p, end)) ||
		    (*p == '<' && !is_markup(p, end))) {
			(void)buf_add(out, from, (size_t)(p - from));
			(void)buf_adds(out, *p == '&' ? "&amp;" : "&lt;");
			from = p + 1;
			mended = true;
		}
		p++;
	}
	(void)buf_add(out, from, (size_t)(end - from));
	return mended;
}
