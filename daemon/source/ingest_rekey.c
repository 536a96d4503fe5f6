#include "ingest_p.h"

/* ingest.h has the rule. */
#define LEAST 5
#define IS_MOST(some, all) ((some)*5 >= (all)*4)
#define UNMATCHED_MAX 5 /* or a fifth, when the criterion changed */

/* Entries of one kind that the store does not know by their keys. */
struct unknown {
	struct ingest *in;
	const char *const *former;
	bool debates;
	size_t *at;    /* their places in the document */
	int64_t *rows; /* what each one is a row of; 0: of none */
	size_t n, n_keys, n_found;
};

/* Those whose ids may have changed; with more than a fifth known by theirs,
 * and the same criterion, none have. */
static int find_unknown(struct unknown *u)
{
	struct ingest *in = u->in;
	size_t n = in->feed->n_entries;
	int64_t id = 0;
	int code = 0;

	u->at = arena_array(&in->mem, n + 1, sizeof(*u->at));
	u->rows = arena_array(&in->mem, n + 1, sizeof(*u->rows));
	for (size_t i = 0; i < n && !code; i++) {
		if (!u->former && (u->n_keys - u->n) * 5 > n)
			break;
		if (!in->keys[i] || ingest_is_debate(in, i) != u->debates)
			continue;
		u->n_keys++;
		code = (u->debates ? debate_id_of : comment_id_of)(
		    in->db, in->group->id, in->keys[i], &id, in->e);
		if (!code && !id)
			u->at[u->n++] = i;
	}
	return code;
}

/* ---- what they are rows of ---------------------------------------------- */

/* ERR_MISSING: of none. */
static int find_debate(const struct unknown *u, size_t i, int64_t *ret_id)
{
	struct ingest *in = u->in;
	int64_t group_id = in->group->id;
	struct debate debate, row;
	int code = ERR_MISSING;

	ingest_debate_from(in, i, &debate);
	if (u->former && u->former[i])
		code = debate_find(in->db, &in->mem, group_id, u->former[i],
				   &row, in->e);
	if (code == ERR_MISSING)
		code = ingest_find_link(in, debate.link, &row);
	if (code == ERR_MISSING && *debate.title)
		code = debate_find_title(in->db, &in->mem, group_id,
					 debate.title, debate.published_at,
					 debate.published_at, &row, in->e);
	if (!code)
		*ret_id = row.id;
	return code;
}

static int find_comment(const struct unknown *u, size_t i, int64_t *ret_id)
{
	struct ingest *in = u->in;
	struct comment comment;
	int code = 0;

	if (u->former && u->former[i])
		code = comment_id_of(in->db, in->group->id, u->former[i],
				     ret_id, in->e);
	if (code || *ret_id)
		return code;
	ingest_comment_from(in, i, &comment);
	code = ingest_debate_of(in, i, &comment.debate_id);
	if (!code)
		code = comment_find_alike(in->db, &comment, ret_id, in->e);
	return code;
}

/* A row is one entry's. */
static bool is_taken(const struct unknown *u, int64_t id)
{
	for (size_t k = 0; k < u->n; k++)
		if (u->rows[k] == id)
			return true;
	return false;
}

static int find_rows(struct unknown *u)
{
	int code = 0;

	for (size_t k = 0; k < u->n && !code; k++) {
		int64_t id = 0;

		code =
		    (u->debates ? find_debate : find_comment)(u, u->at[k], &id);
		if (code == ERR_MISSING)
			code = 0;
		if (code || !id || is_taken(u, id))
			continue;
		u->rows[k] = id;
		u->n_found++;
	}
	return code;
}

/* ---- all of one kind ---------------------------------------------------- */

static int give_keys(const struct unknown *u)
{
	struct ingest *in = u->in;
	int code = 0;

	for (size_t k = 0; k < u->n && !code; k++)
		if (u->rows[k])
			code = (u->debates ? debate_set_key : comment_set_key)(
			    in->db, u->rows[k], in->keys[u->at[k]], in->e);
	return code;
}

static int rekey_kind(struct ingest *in, const char *const *former,
		      bool debates, size_t *unmatched)
{
	struct unknown u = {.in = in, .former = former, .debates = debates};
	int code = 0;

	if (former || in->feed->n_entries >= LEAST)
		code = find_unknown(&u);
	if (!code && (former || (u.n >= LEAST && IS_MOST(u.n, u.n_keys))))
		code = find_rows(&u);
	if (code)
		return code;
	if (!former && !IS_MOST(u.n_found, u.n))
		u.n_found = 0;
	*unmatched += u.n - u.n_found;
	in->result.rekeyed += (int32_t)u.n_found;
	return u.n_found ? give_keys(&u) : 0;
}

int ingest_rekey(struct ingest *in, const char *const *former)
{
	size_t unmatched = 0;
	int code = rekey_kind(in, former, true, &unmatched);

	if (!code)
		code = rekey_kind(in, former, false, &unmatched);
	/* What cannot be told to be known may be new, but not so many. */
	if (!code && former && unmatched >= UNMATCHED_MAX &&
	    unmatched * 5 > in->feed->n_entries)
		in->since = 0;
	return code;
}
