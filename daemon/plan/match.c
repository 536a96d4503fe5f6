#include "plan/match.h"
#include <glib.h>
#include <string.h>

/*
 * Words in lower case without marks, one space around each: " datos
 * abiertos ". A needle so folded is a substring where its whole words occur.
 * The caller frees it with g_string_free().
 */
static GString *fold(const char *text, gssize len)
{
	GString *out = g_string_new(" ");
	char *valid = g_utf8_make_valid(text, len);
	char *lower = g_utf8_casefold(valid, -1);
	char *parts = g_utf8_normalize(lower, -1, G_NORMALIZE_ALL);

	for (const char *p = parts; p && *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_ismark(c))
			continue;
		if (g_unichar_isalnum(c))
			g_string_append_unichar(out, c);
		else if (out->str[out->len - 1] != ' ')
			g_string_append_c(out, ' ');
	}
	if (out->str[out->len - 1] != ' ')
		g_string_append_c(out, ' ');
	g_free(parts);
	g_free(lower);
	g_free(valid);
	return out;
}

/* The next item of a list; a comma inside quotes belongs to the phrase. */
static const char *item_end(const char *p)
{
	bool quoted = false;

	for (; *p && (quoted || *p != ','); p++)
		if (*p == '"')
			quoted = !quoted;
	return p;
}

static bool item_occurs(const char *item, gssize len, GString *const *folded,
			size_t n)
{
	GString *needle = fold(item, len);
	bool found = false;

	for (size_t i = 0; i < n && !found && needle->len > 1; i++)
		found = strstr(folded[i]->str, needle->str);
	g_string_free(needle, TRUE);
	return found;
}

bool match_words(const char *filter, const char *const *texts, size_t n)
{
	GString **folded = g_new0(GString *, n + 1);
	bool found = false;

	for (size_t i = 0; i < n; i++)
		folded[i] = fold(texts[i] ? texts[i] : "", -1);
	for (const char *p = filter; p && *p && !found;) {
		const char *end = item_end(p);

		found = item_occurs(p, end - p, folded, n);
		p = *end ? end + 1 : end;
	}
	for (size_t i = 0; i < n; i++)
		g_string_free(folded[i], TRUE);
	g_free(folded);
	return found;
}

bool match_wanted(const struct subscription_settings *set,
		  const struct debate *debate, const struct comment *comment)
{
	const char *texts[] = {
	    debate->title,
	    debate->text,
	    debate->author,
	    comment ? comment->text : NULL,
	    comment ? comment->author : NULL,
	};
	size_t n = sizeof(texts) / sizeof(*texts);

	if (set->exclude && *set->exclude &&
	    match_words(set->exclude, texts, n))
		return false;
	return !set->include || !*set->include ||
	       match_words(set->include, texts, n);
}
