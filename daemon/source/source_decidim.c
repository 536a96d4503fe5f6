/*
 * Decidim: the debates and proposals of a process, or of one component of any
 * space, by its GraphQL API. There is no feed (decidim/decidim#5625).
 *
 * One question, one answer: each debate with its counts and comments. What
 * is asked must please all versions, for one unknown field fails the whole:
 * no `url`, which only the newest have, no `likesCount`, which was
 * endorsementsCount; before proposals were translated (#6346, 2020) their
 * titles were plain, and those sites refuse us. Limits, by default: 50 a page,
 * and so the 50 newest of a component; a complexity of 5000 (this is 1,455 to
 * graphql-ruby, which counts a page's fields fifty times) and a depth of 15 (9
 * here); since 2026 (#15866) the same field twice on one path. Comments nest
 * four deep, so the third level and fourth are known by the debate's count
 * alone (feed.h, tells_comments).
 *
 * A process is found by its slug; other spaces only by a number that their
 * addresses do not have, but their components' do. Titles and texts are in
 * several languages: the one that the group's url asks for (?locale=es, or
 * /es/ before the space), else the first that says something.
 *
 * Read in decidim/decidim, versions of 2020 to 2026: decidim-api: docs/
 * usage.md, lib/decidim/api.rb and lib/decidim/api/recursion_analyzer.rb
 * (limits); decidim-comments: lib/decidim/api/{commentable_interface,
 * comment_type}.rb, app/models/decidim/comments/comment.rb (MAX_DEPTH);
 * decidim-debates and decidim-proposals: lib/decidim/api/{debate,debates,
 * proposal,proposals}_type.rb; decidim-core: lib/decidim/query_extensions.rb
 * and decidim-assemblies' (what finds a space), lib/decidim/api/types/
 * translated_field_type.rb, config/routes.rb (the language in an address).
 */
#include "decidim_answer.h"
#include "site_url.h"
#include "source_p.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define WORDS "{translations{locale text}}"
#define REMARK "id body createdAt upVotes author{name}"
#define REMARKS "comments{" REMARK " comments{" REMARK "}}"
/* `last`, for debates come in no order or with the oldest first. */
#define COMPONENT                                                              \
	"id ...on Debates{debates(last:50){edges{node{id createdAt "           \
	"title" WORDS " description" WORDS                                     \
	" author{name} totalCommentsCount " REMARKS "}}}} ...on "              \
	"Proposals{proposals(first:50,order:{publishedAt:\"desc\"})"           \
	"{edges{node{id publishedAt title" WORDS " body" WORDS                 \
	" author{name} voteCount totalCommentsCount " REMARKS "}}}}"

/* ---- where -------------------------------------------------------------- */

/* "es", "pt-BR": config/routes.rb, "/:locale". */
static bool is_locale(const char *s)
{
	return g_ascii_islower(s[0]) && g_ascii_islower(s[1]) &&
	       (!s[2] || (s[2] == '-' && g_ascii_isalpha(s[3])));
}

/* It goes into the question as it is. */
static bool is_slug(const char *s)
{
	for (; *s; s++)
		if (!g_ascii_isalnum(*s) && *s != '-' && *s != '_')
			return false;
	return true;
}

static bool find_by_space(const struct site_url *url, size_t i,
			  struct decidim *w)
{
	const char *slug = site_url_segment(url, i + 1);

	if (!strcmp(url->segments[i], "processes") && is_slug(slug)) {
		w->field = "participatoryProcess";
		w->slug = slug;
		return true;
	}
	/* Initiatives' slugs are their numbers: "i-12". */
	if (!strcmp(url->segments[i], "initiatives") &&
	    !strncmp(slug, "i-", 2) && is_number(slug + 2)) {
		w->field = "initiative";
		w->slug = slug + 2;
		return true;
	}
	return false;
}

static bool find(const char *group_url, struct arena *mem,
		 struct decidim *ret_watched)
{
	static const char *const spaces[] = {
	    "processes", "assemblies", "conferences", "initiatives", NULL};
	struct decidim w = {0};
	struct site_url url;
	size_t i;

	if (!site_url_parse(group_url, mem, &url))
		return false;
	i = site_url_mark(&url, spaces);
	if (i + 1 >= url.n)
		return false;
	w.locale = url_argument(group_url, "locale", mem);
	w.page = site_url_upto(&url, i + 2, mem);
	if (!strcmp(site_url_segment(&url, i + 2), "f") &&
	    is_number(site_url_segment(&url, i + 3))) {
		w.field = "component";
		w.component = site_url_segment(&url, i + 3);
	} else if (!find_by_space(&url, i, &w)) {
		return false;
	}
	if (i && is_locale(url.segments[i - 1])) {
		if (!w.locale)
			w.locale = url.segments[i - 1];
		i--;
	}
	w.api = arena_printf(mem, "%s/api", site_url_upto(&url, i, mem));
	*ret_watched = w;
	return true;
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct decidim w;

	if (!find(group_url, mem, &w))
		return err_set(
		    e, ERR_INPUT,
		    "\"%s\" is no space of a Decidim that its API "
		    "finds; give a process, https://SITE/processes/"
		    "NAME, or a component of any space, .../f/NUMBER",
		    group_url);
	*ret_place = (struct source_place){.debates = w.api};
	return 0;
}

static const char *question_of(const struct decidim *w, struct arena *mem)
{
	if (w->component)
		return arena_printf(mem, "{component(id:%s){" COMPONENT "}}",
				    w->component);
	return arena_printf(
	    mem, "{%s(%s:\"%s\"){components{" COMPONENT "}}}", w->field,
	    strcmp(w->field, "initiative") ? "slug" : "id", w->slug);
}

/* The key is a token of its API, a user's JWT or OAuth's (decidim-api,
 * queries_controller.rb, api_scopes). */
static void ask(const struct source_question *question, struct arena *mem,
		struct source_request *ret_request)
{
	struct decidim w;
	json_t *body;
	char *text;

	ret_request->accept = "application/json";
	if (*question->key)
		ret_request->headers[0] = arena_printf(
		    mem, "Authorization: Bearer %s", question->key);
	if (!find(question->group_url, mem, &w))
		return; /* was located when the group's url was another */
	body = json_pack("{s:s}", "query", question_of(&w, mem));
	text = json_dumps(body, JSON_COMPACT);
	ret_request->body = arena_strdup(mem, text);
	ret_request->body_type = "application/json";
	free(text);
	json_decref(body);
}

/* ---- what --------------------------------------------------------------- */

static int read_data(struct feed_reader *r, const json_t *root,
		     const struct source_answer *answer, struct err *e)
{
	struct decidim w;

	if (!find(answer->group_url, r->mem, &w))
		return err_set(e, ERR_INPUT, "\"%s\" is no space of a Decidim",
			       answer->group_url);
	return decidim_answer(&w, r, root, e);
}

static int read_answer(const struct source_answer *answer, struct arena *mem,
		       struct feed *ret_feed, struct err *e)
{
	return json_read(answer, "an answer of Decidim", read_data, mem,
			 ret_feed, e);
}

const struct source source_decidim = {
    .kind = SOURCE_DECIDIM,
    .locate = locate,
    .ask = ask,
    .read = read_answer,
};
