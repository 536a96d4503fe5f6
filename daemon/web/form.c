#include "web/form.h"
#include "base/utf8.h"
#include <string.h>
#include <strings.h>

#define BOUNDARY_MAX 70 /* RFC 2046 section 5.1.1 */

/* Text of that length without a NUL, or NULL. */
static const char *text(struct arena *mem, const char *bytes, size_t len)
{
	if (memchr(bytes, '\0', len) || !utf8_valid(bytes, len))
		return NULL;
	return arena_strndup(mem, bytes, len);
}

static bool add(struct form *form, struct arena *mem, const char *name,
		const char *value)
{
	if (!name || !value || form->n == FORM_FIELDS)
		return false;
	*(struct form_field *)arena_push(mem, (void **)&form->fields, form->n++,
					 sizeof(*form->fields)) =
	    (struct form_field){name, value};
	return true;
}

/* ---- urlencoded --------------------------------------------------------- */

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at =
	    c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static const char *decode(struct arena *mem, const char *from, size_t len)
{
	char *out = arena_alloc(mem, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high = -1, low = -1;

		if (from[i] == '%' && i + 2 < len) {
			high = digit(from[i + 1]);
			low = digit(from[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[n++] = from[i] == '+' ? ' ' : from[i];
		}
	}
	return text(mem, out, n);
}

static bool parse_urlencoded(const char *body, size_t len, struct arena *mem,
			     struct form *form)
{
	const char *end = body + len;

	while (body < end) {
		const char *next = memchr(body, '&', (size_t)(end - body));
		const char *stop = next ? next : end;
		const char *equals = memchr(body, '=', (size_t)(stop - body));
		const char *name_end = equals ? equals : stop;
		const char *value = equals ? equals + 1 : stop;

		if (stop > body &&
		    !add(form, mem,
			 decode(mem, body, (size_t)(name_end - body)),
			 decode(mem, value, (size_t)(stop - value))))
			return false;
		body = next ? next + 1 : end;
	}
	return true;
}

/* ---- multipart ---------------------------------------------------------- */

/* "\r\n--" and the boundary, or NULL. */
static const char *delimiter(const char *type, struct arena *mem)
{
	const char *at = strcasestr(type, "boundary=");
	size_t len;

	if (!at)
		return NULL;
	at += 9;
	if (*at == '"') {
		at++;
		len = strcspn(at, "\"");
	} else {
		len = strcspn(at, "; \t");
	}
	if (!len || len > BOUNDARY_MAX)
		return NULL;
	return arena_join(mem, "\r\n--", arena_strndup(mem, at, len));
}

/* The name in the head of a part; "" when it is passed over, NULL when it is
 * no text. */
static const char *part_name(const char *head, size_t len, struct arena *mem)
{
	const char *line = arena_strndup(mem, head, len), *at, *end;

	if (strlen(line) != len || strcasestr(line, "filename"))
		return strlen(line) == len ? "" : NULL;
	at = strcasestr(line, "form-data");
	at = at ? strstr(at, "name=\"") : NULL;
	if (!at)
		return "";
	at += 6;
	end = strchr(at, '"');
	return end ? text(mem, at, (size_t)(end - at)) : NULL;
}

static bool take_part(const char *part, size_t len, struct arena *mem,
		      struct form *form)
{
	const char *gap = memmem(part, len, "\r\n\r\n", 4), *name;
	const char *value;

	if (!gap)
		return false;
	value = gap + 4;
	name = part_name(part, (size_t)(gap - part), mem);
	if (!name)
		return false;
	if (!*name)
		return true;
	return add(form, mem, name,
		   text(mem, value, (size_t)(part + len - value)));
}

static bool parse_multipart(const char *type, const char *body, size_t len,
			    struct arena *mem, struct form *form)
{
	const char *mark = delimiter(type, mem), *end = body + len, *at;
	size_t n;

	if (!mark)
		return false;
	n = strlen(mark);
	/* The first may stand at the very beginning. */
	if (len >= n - 2 && !memcmp(body, mark + 2, n - 2))
		at = body + n - 2;
	else if ((at = memmem(body, len, mark, n)))
		at += n;
	while (at && end - at >= 2 && memcmp(at, "--", 2) != 0) {
		const char *next = memmem(at, (size_t)(end - at), mark, n);

		if (!next || !take_part(at, (size_t)(next - at), mem, form))
			return false;
		at = next + n;
	}
	return at && end - at >= 2;
}

/* ---- either ------------------------------------------------------------- */

static bool is_type(const char *type, const char *wanted)
{
	size_t len = strlen(wanted);

	return type && !strncasecmp(type, wanted, len) &&
	       (!type[len] || strchr("; \t", type[len]));
}

bool form_parse(const char *type, const char *body, size_t len,
		struct arena *mem, struct form *ret_form)
{
	*ret_form = (struct form){0};
	if (is_type(type, "application/x-www-form-urlencoded"))
		return parse_urlencoded(body, len, mem, ret_form);
	if (is_type(type, "multipart/form-data"))
		return parse_multipart(type, body, len, mem, ret_form);
	return false;
}

const char *form_value(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->n; i++)
		if (!strcmp(form->fields[i].name, name))
			return form->fields[i].value;
	return NULL;
}
