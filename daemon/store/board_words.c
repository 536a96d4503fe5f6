#include "board_p.h"
#include "store/statement.h"

enum { BOARD_DEBATE_TEXT, BOARD_COMMENT_TEXT };
static const char *const sql[] = {
    [BOARD_DEBATE_TEXT] =
	"SELECT title, text, author FROM debates WHERE id = ?1",
    [BOARD_COMMENT_TEXT] =
	"SELECT '', text, author FROM comments WHERE id = ?1",
};
const struct statement_table board_words_statements = {sql, sizeof(sql) /
								sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_BOARD_WORDS][which];
}

bool filter_lets_in(const struct subscription_settings *set, bool included,
		    bool excluded)
{
	return !excluded && (included || !set->include || !*set->include);
}

static int add_text(struct db *db, struct board *b, int which, int64_t id,
		    int32_t *ret_text, struct err *e)
{
	sqlite3_stmt *s = statement_bind(query(db, which), "l", id);
	struct arena mem = {0};
	const char *texts[3] = {"", "", ""};
	int r = statement_step(db, s, e);

	if (r > 0) {
		for (int i = 0; i < 3; i++)
			texts[i] = column_text(s, i, &mem);
		statement_end(s);
		r = 0;
	}
	if (!r)
		r = matcher_add(db, &b->matcher, texts[0], texts[1], texts[2],
				ret_text, e);
	arena_release(&mem);
	return r;
}

static int look(struct board_walk *w, const char *list, const int32_t *texts,
		size_t n, struct matches *ret, struct err *e)
{
	*ret = (struct matches){0};
	return !list || !*list ? 0
			       : matcher_look(w->db, &w->board->matcher, list,
					      texts, n, ret, e);
}

/* The admin's words for a section: for a debate the same for all. */
static int look_sections(struct board_walk *w, struct window_row *row)
{
	const struct member_settings *set = &w->member->set;
	struct board_debate *d = row->debate;
	struct matches useful, learn;
	int r = 0;

	if (!(d->sections & 1)) {
		r = look(w, w->rules->useful, &d->text, 1, &useful, w->e);
		if (!r)
			r = look(w, w->rules->learn, &d->text, 1, &learn, w->e);
		if (r)
			return r;
		d->sections = (uint8_t)(1 | (useful.places ? 2 : 0) |
					(learn.places ? 4 : 0));
	}
	row->useful = d->sections & 2;
	row->learn = d->sections & 4;
	if (set->useful && *set->useful) {
		r = look(w, set->useful, &d->text, 1, &useful, w->e);
		row->useful = useful.places;
	}
	if (!r && set->learn && *set->learn) {
		r = look(w, set->learn, &d->text, 1, &learn, w->e);
		row->learn = learn.places;
	}
	return r;
}

/* Does what is new call the member by name? Only by one that was given for
 * that: a common first name would be everywhere. */
static int look_names(struct board_walk *w, struct window_row *row,
		      const int32_t *texts)
{
	struct matches named;
	size_t from = row->item.is_new ? 0 : 1;
	int r =
	    look(w, w->member->set.me, texts + from, 2 - from, &named, w->e);

	row->named = named.places & (MATCH_TITLE | MATCH_TEXT);
	return r;
}

static int need_texts(struct board_walk *w, struct board_debate *d,
		      struct board_event *newest)
{
	int r = 0;

	if (!d->text)
		r = add_text(w->db, w->board, BOARD_DEBATE_TEXT, d->id,
			     &d->text, w->e);
	if (!r && newest && !newest->text)
		r = add_text(w->db, w->board, BOARD_COMMENT_TEXT,
			     newest->comment_id, &newest->text, w->e);
	return r;
}

static int look_words(struct board_walk *w, struct window_row *row,
		      const struct board_event *newest)
{
	const struct subscription_settings *set = &row->sub->set;
	const int32_t texts[2] = {row->debate->text, newest ? newest->text : 0};
	struct matches include, exclude, keywords;
	int r;

	if ((r = look(w, set->include, texts, 2, &include, w->e)) ||
	    (r = look(w, set->exclude, texts, 2, &exclude, w->e)) ||
	    (r = look(w, set->keywords, texts, 2, &keywords, w->e)) ||
	    (r = look_names(w, row, texts)))
		return r;
	row->included = include.places;
	row->excluded = exclude.places;
	row->keywords = keywords.in_title + 0.5 * keywords.elsewhere;
	return look_sections(w, row);
}

static bool is_list(const char *list)
{
	return list && *list;
}

static bool asks_for_words(const struct board_walk *w,
			   const struct subscription_settings *set)
{
	const struct member_settings *m = &w->member->set;

	return is_list(set->include) || is_list(set->exclude) ||
	       is_list(set->keywords) || is_list(m->me) || is_list(m->useful) ||
	       is_list(m->learn) || is_list(w->rules->useful) ||
	       is_list(w->rules->learn);
}

/* All texts first: a word is looked up in what is new of them at once. */
int board_words(struct board_walk *w)
{
	int r = 0;

	for (size_t i = 0; !r && i < w->n; i++)
		if (asks_for_words(w, &w->rows[i].sub->set))
			r = need_texts(w, w->rows[i].debate, w->newest[i]);
	for (size_t i = 0; !r && i < w->n; i++)
		if (asks_for_words(w, &w->rows[i].sub->set))
			r = look_words(w, &w->rows[i], w->newest[i]);
	return r;
}

/* ---- one event ---------------------------------------------------------- */

static int event_texts(struct db *db, struct board *b, int64_t debate_id,
		       int64_t comment_id, struct err *e)
{
	int r;

	if (b->debate_id == debate_id && b->comment_id == comment_id)
		return 0;
	b->debate_id = 0;
	b->event_texts[1] = 0;
	r = add_text(db, b, BOARD_DEBATE_TEXT, debate_id, &b->event_texts[0],
		     e);
	if (!r && comment_id)
		r = add_text(db, b, BOARD_COMMENT_TEXT, comment_id,
			     &b->event_texts[1], e);
	if (r)
		return r;
	b->debate_id = debate_id;
	b->comment_id = comment_id;
	return 0;
}

int board_wanted(struct db *db, struct board *b, int64_t debate_id,
		 int64_t comment_id, const struct subscription_settings *set,
		 bool *ret_wanted, struct err *e)
{
	struct matches include = {0}, exclude = {0};
	int r = 0;

	if (is_list(set->include) || is_list(set->exclude)) {
		if ((r = event_texts(db, b, debate_id, comment_id, e)) ||
		    (r = matcher_look(db, &b->matcher, set->include,
				      b->event_texts, 2, &include, e)) ||
		    (r = matcher_look(db, &b->matcher, set->exclude,
				      b->event_texts, 2, &exclude, e)))
			return r;
	}
	*ret_wanted = filter_lets_in(set, include.places, exclude.places);
	return 0;
}
