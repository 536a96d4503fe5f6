#include "page_mark.h"
#include "site_url.h"
#include <string.h>
#include <strings.h>

/*
 * From the projects' own pages: Discourse app/views/layouts/application and
 * common/_discourse_stylesheet; WordPress wp-includes/general-template.php
 * (wp_generator) and rest-api.php (rest_output_link_wp_head); Elgg
 * views/default/page; NodeBB src/views; phpBB prosilver overall_header.html;
 * lemmy-ui src/server; HyperKitty templates/hyperkitty/base.html; Decidim
 * decidim-core app/views/layouts/decidim; Flarum views/frontend; Moodle
 * lib/outputrenderers.php; GitHub's own.
 */
static const struct mark {
	enum source_kind kind;
	enum mark_place place;
	const char *text;
	enum mark_strength strength;
} marks[] = {
    {SOURCE_DISCOURSE, MARK_GENERATOR, "Discourse ", MARK_NAMED},
    {SOURCE_DISCOURSE, MARK_ID, "data-discourse-setup", MARK_NAMED},
    {SOURCE_DISCOURSE, MARK_META, "discourse_theme", MARK_NAMED},
    {SOURCE_WORDPRESS, MARK_GENERATOR, "WordPress", MARK_NAMED},
    {SOURCE_WORDPRESS, MARK_REL, "https://api.w.org/", MARK_ELEMENT},
    {SOURCE_WORDPRESS, MARK_FILE, "/wp-includes/", MARK_RESOURCE},
    {SOURCE_WORDPRESS, MARK_FILE, "/wp-content/", MARK_RESOURCE},
    {SOURCE_ELGG, MARK_GENERATOR, "Elgg", MARK_NAMED},
    {SOURCE_ELGG, MARK_CLASS, "elgg-page", MARK_ELEMENT},
    {SOURCE_ELGG, MARK_FILE, "/elgg.css", MARK_RESOURCE},
    {SOURCE_ELGG, MARK_LIST, "discussion/group/", MARK_NONE},
    {SOURCE_ELGG, MARK_LIST, "activity/group/", MARK_NONE},
    {SOURCE_ELGG, MARK_LIST, "groups/activity/", MARK_NONE},
    {SOURCE_NODEBB, MARK_GENERATOR, "NodeBB", MARK_NAMED},
    {SOURCE_NODEBB, MARK_FILE, "/nodebb.min.js", MARK_ELEMENT},
    {SOURCE_NODEBB, MARK_FILE, "/nodebb-", MARK_RESOURCE},
    {SOURCE_PHPBB, MARK_GENERATOR, "phpBB", MARK_NAMED},
    {SOURCE_PHPBB, MARK_ID, "phpbb", MARK_ELEMENT},
    {SOURCE_PHPBB, MARK_FILE, "/styles/prosilver/", MARK_RESOURCE},
    {SOURCE_PHPBB, MARK_PATH, "/viewforum.php", MARK_RESOURCE},
    {SOURCE_PHPBB, MARK_PATH, "/viewtopic.php", MARK_RESOURCE},
    {SOURCE_LEMMY, MARK_GENERATOR, "Lemmy", MARK_NAMED},
    {SOURCE_LEMMY, MARK_SCRIPT, "window.isoData", MARK_ELEMENT},
    {SOURCE_LEMMY, MARK_FILE, "/css/themes/litely", MARK_RESOURCE},
    {SOURCE_HYPERKITTY, MARK_GENERATOR, "HyperKitty", MARK_NAMED},
    {SOURCE_HYPERKITTY, MARK_FILE, "/hyperkitty/", MARK_ELEMENT},
    {SOURCE_HYPERKITTY, MARK_PATH, "/hyperkitty/list/", MARK_RESOURCE},
    {SOURCE_HYPERKITTY, MARK_PATH, "/archives/list/", MARK_RESOURCE},
    {SOURCE_DECIDIM, MARK_GENERATOR, "Decidim", MARK_NAMED},
    {SOURCE_DECIDIM, MARK_FILE, "/decidim-packs/", MARK_ELEMENT},
    {SOURCE_DECIDIM, MARK_FILE, "/decidim/", MARK_RESOURCE},
    {SOURCE_GITHUB, MARK_HOST, "github.com", MARK_NAMED},
    {SOURCE_GITHUB, MARK_META, "og:site_name=GitHub", MARK_NAMED},
    {SOURCE_MOODLE, MARK_GENERATOR, "Moodle", MARK_NAMED},
    {SOURCE_MOODLE, MARK_META, "keywords=moodle", MARK_ELEMENT},
    {SOURCE_MOODLE, MARK_FILE, "/theme/yui_combo.php", MARK_ELEMENT},
    {SOURCE_MOODLE, MARK_FILE, "/lib/javascript.php/", MARK_ELEMENT},
    {SOURCE_MOODLE, MARK_ID, "page-mod-forum-", MARK_ELEMENT},
    {SOURCE_MOODLE, MARK_PATH, "/mod/forum/", MARK_RESOURCE},
    {SOURCE_FLARUM, MARK_GENERATOR, "Flarum", MARK_NAMED},
    {SOURCE_FLARUM, MARK_ID, "flarum-", MARK_ELEMENT},
};

static bool begins(const char *s, const char *with)
{
	return !strncasecmp(s, with, strlen(with));
}

/* One of the words of s. */
static bool has_word(const char *s, const char *word)
{
	size_t len = strlen(word);

	for (s += strspn(s, " \t\r\n"); *s; s += strspn(s, " \t\r\n")) {
		size_t n = strcspn(s, " \t\r\n");

		if (n == len && !strncasecmp(s, word, len))
			return true;
		s += n;
	}
	return false;
}

static bool is_list(const char *href, const char *mark)
{
	size_t len = strlen(mark);
	const char *at = href;

	while ((at = strstr(at, mark))) {
		if ((at == href || at[-1] == '/') && at[len] >= '0' &&
		    at[len] <= '9')
			return true;
		at += len;
	}
	return false;
}

static bool is_marked(const struct mark *mark, const char *text)
{
	switch (mark->place) {
	case MARK_GENERATOR:
	case MARK_META:
	case MARK_ID:
		return begins(text, mark->text);
	case MARK_FILE:
	case MARK_SCRIPT:
	case MARK_PATH:
		return strstr(text, mark->text) != NULL;
	case MARK_REL:
	case MARK_CLASS:
		return has_word(text, mark->text);
	case MARK_LIST:
		return is_list(text, mark->text);
	case MARK_HOST:
		return !strcasecmp(text, mark->text);
	}
	return false;
}

void page_mark(struct page *page, enum mark_place place, const char *text)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const struct mark *mark = &marks[i];

		if (mark->place == place && is_marked(mark, text) &&
		    page->marks[mark->kind] < mark->strength)
			page->marks[mark->kind] = mark->strength;
	}
}

enum source_kind page_mark_list(const char *href)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (marks[i].place == MARK_LIST && is_marked(&marks[i], href))
			return marks[i].kind;
	return SOURCE_AUTO;
}
