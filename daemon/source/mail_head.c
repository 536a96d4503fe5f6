/*
 * A head's lines to values, and what the lists say of themselves there.
 */
#include "base/utf8.h"
#include "mail_p.h"
#include "source/charset.h"
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

static const char *const names[MAIL_FIELDS] = {
    [MAIL_FROM] = "From",
    [MAIL_SUBJECT] = "Subject",
    [MAIL_DATE] = "Date",
    [MAIL_MESSAGE_ID] = "Message-ID",
    [MAIL_REFERENCES] = "References",
    [MAIL_IN_REPLY_TO] = "In-Reply-To",
    [MAIL_RECEIVED] = "Received",
    [MAIL_RETURN_PATH] = "Return-Path",
    [MAIL_TYPE] = "Content-Type",
    [MAIL_ENCODING] = "Content-Transfer-Encoding",
    [MAIL_DISPOSITION] = "Content-Disposition",
    [MAIL_LIST_ID] = "List-Id",
    [MAIL_LIST_POST] = "List-Post",
    [MAIL_LIST_ARCHIVE] = "List-Archive",
    [MAIL_ARCHIVED_AT] = "Archived-At",
    [MAIL_AUTO_SUBMITTED] = "Auto-Submitted",
    [MAIL_PRECEDENCE] = "Precedence",
    [MAIL_SUPPRESS] = "X-Auto-Response-Suppress",
    [MAIL_AUTOREPLY] = "X-Autoreply",
    [MAIL_AUTORESPOND] = "X-Autorespond",
    [MAIL_FAILED_RECIPIENTS] = "X-Failed-Recipients",
    [MAIL_ADMINISTRIVIA] = "X-List-Administrivia",
    [MAIL_SPAM] = "X-Spam-Flag",
};

/* ---- lines -------------------------------------------------------------- */

/* Past the end of the line that begins at `p`. */
static const char *line_end(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol ? eol + 1 : end;
}

/* Past the end of the field that begins at `p`, with its folded lines. */
static const char *field_end(const char *p, const char *end)
{
	do
		p = line_end(p, end);
	while (p < end && (*p == ' ' || *p == '\t'));
	return p;
}

static bool is_empty_line(const char *p, const char *end)
{
	return *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n');
}

/* `n` when it is none of them. */
static size_t field_named(const char *name, size_t len,
			  const char *const *names_of, size_t n)
{
	size_t f = 0;

	while (len && (name[len - 1] == ' ' || name[len - 1] == '\t'))
		len--;
	while (f < n && (strlen(names_of[f]) != len ||
			 strncasecmp(names_of[f], name, len) != 0))
		f++;
	return f;
}

/* Unfolded, and UTF-8 whatever bytes it had. */
static const char *clean_value(const char *p, size_t len, struct arena *mem)
{
	struct buf store;
	const char *text;
	char *value;
	size_t n;

	buf_init(&store, 4 * MAIL_VALUE_MAX);
	charset_utf8(p, len < MAIL_VALUE_MAX ? len : MAIL_VALUE_MAX, NULL,
		     &store, &text, &n);
	value = arena_strndup(mem, text, utf8_cut(text, n, MAIL_VALUE_MAX));
	buf_release(&store);
	for (char *c = value; *c; c++)
		if (*c == '\r' || *c == '\n' || *c == '\t')
			*c = ' ';
	for (n = strlen(value); n && value[n - 1] == ' '; n--)
		value[n - 1] = '\0';
	return value + strspn(value, " ");
}

size_t mail_fields_read(const char *bytes, size_t len,
			const char *const *names_of, size_t n,
			struct arena *mem, const char **ret_values)
{
	const char *p = bytes, *end = bytes + len;

	for (size_t f = 0; f < n; f++)
		ret_values[f] = NULL;
	while (p < end && !is_empty_line(p, end)) {
		const char *next = field_end(p, end);
		const char *colon = memchr(p, ':', (size_t)(next - p));
		size_t f =
		    colon ? field_named(p, (size_t)(colon - p), names_of, n)
			  : n;

		if (f < n && !ret_values[f])
			ret_values[f] = clean_value(
			    colon + 1, (size_t)(next - colon - 1), mem);
		p = next;
	}
	return (size_t)((p < end ? line_end(p, end) : end) - bytes);
}

size_t mail_head_read(const char *bytes, size_t len, struct arena *mem,
		      struct mail_head *ret_head)
{
	return mail_fields_read(bytes, len, names, MAIL_FIELDS, mem,
				ret_head->value);
}

const char *mail_decode(const char *value, struct arena *mem)
{
	char *text = g_mime_utils_header_decode_text(NULL, value);
	char *line = arena_strdup(mem, text);

	g_free(text);
	utf8_line(line);
	return line;
}

/* ---- the list ----------------------------------------------------------- */

/* What stands between < and >, or the whole where there are none. */
static const char *in_brackets(const char *value, struct arena *mem)
{
	const char *open = strrchr(value, '<');
	const char *word = open ? open + 1 : value;
	size_t space = strspn(word, " ");

	return arena_strndup(mem, word + space, strcspn(word + space, "> \t"));
}

static const char *phrase_of(const char *value, struct arena *mem)
{
	char *phrase;
	size_t len;

	value = mail_decode(value, mem);
	len = strcspn(value, "<");
	while (len && strchr(" \"", value[len - 1]))
		len--;
	phrase = arena_strndup(mem, value, len);
	return phrase + strspn(phrase, " \"");
}

void mail_origin_read(const struct mail_head *head, struct arena *mem,
		      struct mail_origin *ret_origin)
{
	const char *id = head->value[MAIL_LIST_ID];
	const char *post = head->value[MAIL_LIST_POST];
	const char *dot;

	*ret_origin = (struct mail_origin){"", "", "", "", ""};
	if (id) {
		ret_origin->id = in_brackets(id, mem);
		ret_origin->phrase = phrase_of(id, mem);
		dot = strchr(ret_origin->id, '.');
		if (dot) {
			ret_origin->label =
			    arena_strndup(mem, ret_origin->id,
					  (size_t)(dot - ret_origin->id));
			ret_origin->host = dot + 1;
		}
	}
	post = post ? strcasestr(post, "mailto:") : NULL;
	if (post)
		ret_origin->post =
		    arena_strndup(mem, post + 7, strcspn(post + 7, ">?, "));
}
