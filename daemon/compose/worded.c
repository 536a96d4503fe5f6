#include "compose/worded.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX 256	/* lines, some 200 bytes each */
#define LINE_COLUMNS 78 /* RFC 5322; with encoded words RFC 2047 wants 76 */
#define CHUNK_BYTES 39	/* of an encoded word: "Subject: " and it on a line */
#define SHORT_MAX 64	/* surely less than where GMime folds */
#define LABEL_MAX 200	/* a List-Id has at most 255 characters (RFC 2919) */

struct worded {
	GMimeFormatOptions *format;
	GHashTable *lines; /* by all that they are made of */
};

static void gmime_start(void)
{
	static gsize started; /* GMime's own state is the process's too */

	if (g_once_init_enter(&started)) {
		g_mime_init();
		g_once_init_leave(&started, 1);
	}
}

struct worded *worded_new(void)
{
	struct worded *w = xcalloc(1, sizeof(*w));

	gmime_start();
	w->format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(w->format,
						 GMIME_NEWLINE_FORMAT_DOS);
	w->lines =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return w;
}

void worded_free(struct worded *w)
{
	if (!w)
		return;
	g_hash_table_destroy(w->lines);
	g_mime_format_options_free(w->format);
	free(w);
}

static char *clean(const char *text, struct arena *mem)
{
	char *line = arena_strdup(mem, text);

	utf8_line(line);
	return line;
}

/* ---- encoded by GMime --------------------------------------------------- */

/* GMime does not fold before a first word that is too long for the line. */
static char *folded_at_once(char *line)
{
	char *blank = strchr(line, ' ');
	char *folded;

	if (!blank || strcspn(line, "\r\n") <= LINE_COLUMNS - 2)
		return line;
	folded =
	    g_strdup_printf("%.*s\r\n%s", (int)(blank - line), line, blank);
	g_free(line);
	return folded;
}

static char *mailbox(const struct worded *w, const char *header,
		     const char *name, const char *address)
{
	InternetAddressList *list = internet_address_list_new();
	InternetAddress *one =
	    internet_address_mailbox_new(*name ? name : NULL, address);
	GString *line = g_string_new(header);

	/* GMime would look for the smallest charset that fits. */
	internet_address_set_charset(one, "utf-8");
	internet_address_list_add(list, one);
	internet_address_list_encode(list, w->format, line);
	g_object_unref(one);
	g_object_unref(list);
	return folded_at_once(g_string_free(line, FALSE));
}

static bool has_long_line(const char *lines)
{
	for (; *lines; lines += strspn(lines, "\r\n")) {
		size_t len = strcspn(lines, "\r\n");

		if (len > LINE_COLUMNS)
			return true;
		lines += len;
	}
	return false;
}

/* Whole characters, as RFC 2047 section 5 wants. */
static size_t chunk(const char *text)
{
	size_t len = strlen(text);

	if (len <= CHUNK_BYTES)
		return len;
	len = CHUNK_BYTES;
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* GMime's encoded words are too long where words of ASCII are. */
static char *all_encoded(const char *header, const char *text, const char *tail)
{
	GString *line = g_string_new(header);
	const char *before = " ";

	g_string_append_c(line, ':');
	while (*text) {
		size_t n = chunk(text);
		char *code = g_base64_encode((const guchar *)text, n);

		g_string_append_printf(line, "%s=?UTF-8?B?%s?=", before, code);
		g_free(code);
		text += n;
		before = "\r\n ";
	}
	g_string_append_printf(line, "%s\r\n", tail);
	return g_string_free(line, FALSE);
}

static char *text_line(const struct worded *w, const char *header,
		       const char *text)
{
	GMimeHeaderList *list =
	    g_mime_header_list_new(g_mime_parser_options_get_default());
	char *line;

	g_mime_header_list_append(list, header, text, "utf-8");
	line = g_mime_header_list_to_string(list, w->format);
	g_object_unref(list);
	return line;
}

/* Words that readers would decode, to line ends as it may be; GMime leaves
 * them as they are. */
static bool looks_encoded(const char *text)
{
	return strstr(text, "=?") != NULL;
}

static char *subject_line(const struct worded *w, const char *subject)
{
	char *line;

	if (looks_encoded(subject))
		return all_encoded("Subject", subject, "");
	line = text_line(w, "Subject", subject);
	if (!has_long_line(line))
		return line;
	g_free(line);
	return all_encoded("Subject", subject, "");
}

static char *list_id(const struct worded *w, const char *name,
		     const char *label, const char *domain, struct arena *mem)
{
	char *list = clean(name, mem);
	char *where = arena_strndup(mem, label, strnlen(label, LABEL_MAX));
	char *phrase, *line;

	/* GMime's phrases let these through, and a second id with them. */
	for (char *p = list; *p; p++)
		if (strchr("<>()[]\"\\", *p))
			*p = ' ';
	for (char *p = where; *p; p++)
		if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_' && *p != '.')
			*p = '-';
	phrase = g_mime_utils_header_encode_phrase(w->format, list, "utf-8");
	line =
	    text_line(w, "List-Id",
		      arena_join(mem, phrase, " <", where, ".", domain, ">"));
	if (looks_encoded(list) || has_long_line(line)) {
		g_free(line);
		line = all_encoded(
		    "List-Id", list,
		    arena_join(mem, "\r\n <", where, ".", domain, ">"));
	}
	g_free(phrase);
	return line;
}

/* ---- kept --------------------------------------------------------------- */

/* Adds the line that was kept under that key, if there is one. */
static bool add_kept(const struct worded *w, const char *key, struct buf *out)
{
	const char *line = g_hash_table_lookup(w->lines, key);

	if (line)
		(void)buf_adds(out, line);
	return line != NULL;
}

static void keep(struct worded *w, const char *key, char *line, struct buf *out)
{
	(void)buf_adds(out, line);
	if (g_hash_table_size(w->lines) >= KEPT_MAX)
		g_hash_table_remove_all(w->lines);
	g_hash_table_insert(w->lines, g_strdup(key), line);
}

void worded_from(struct worded *w, const char *name, const char *address,
		 struct arena *mem, struct buf *out)
{
	const char *key = arena_join(mem, "F", name, "\n", address);

	if (!add_kept(w, key, out))
		keep(w, key, mailbox(w, "From: ", clean(name, mem), address),
		     out);
}

/* A mailbox on one line; NULL when it may have to be folded. (GMime looks for
 * foreign letters even in ASCII addresses, most of what this would cost.) */
static const char *short_mailbox(const struct worded *w, const char *header,
				 const char *name, const char *address,
				 struct arena *mem)
{
	char *phrase;
	const char *line = NULL;

	if (!*name && strlen(address) <= SHORT_MAX)
		return arena_join(mem, header, address, "\r\n");
	phrase = g_mime_utils_header_encode_phrase(w->format, name, "utf-8");
	if (strlen(phrase) + strlen(address) <= SHORT_MAX)
		line = arena_join(mem, header, phrase, " <", address, ">\r\n");
	g_free(phrase);
	return line;
}

/* Each member's own: nothing to keep. */
void worded_to(struct worded *w, const char *name, const char *address,
	       struct arena *mem, struct buf *out)
{
	const char *person = clean(name, mem);
	const char *line = short_mailbox(w, "To: ", person, address, mem);
	char *folded = line ? NULL : mailbox(w, "To: ", person, address);

	(void)buf_adds(out, line ? line : folded);
	g_free(folded);
}

void worded_subject(struct worded *w, const char *subject, struct arena *mem,
		    struct buf *out)
{
	const char *key = arena_join(mem, "S", subject);

	if (!add_kept(w, key, out))
		keep(w, key, subject_line(w, clean(subject, mem)), out);
}

void worded_list_id(struct worded *w, const char *name, const char *label,
		    const char *domain, struct arena *mem, struct buf *out)
{
	const char *key = arena_join(mem, "L", name, "\n", label);

	if (!add_kept(w, key, out))
		keep(w, key, list_id(w, name, label, domain, mem), out);
}
