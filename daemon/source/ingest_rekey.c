#include "ingest_p.h"
#include <string.h>

#define REKEY_LEAST 5 /* new keys; and 80 % of all, of which 80 % are known */

/* ERR_MISSING when no stored debate is this one. */
static int find_former(struct ingest *in, const struct debate *debate,
		       const struct debate *known, size_t n_known,
		       struct debate *ret_debate)
{
	int code = ingest_find_link(in, debate->link, ret_debate);

	for (size_t i = 0; i < n_known && code == ERR_MISSING; i++) {
		if (*debate->title && !strcmp(known[i].title, debate->title) &&
		    known[i].published_at == debate->published_at) {
			*ret_debate = known[i];
			code = 0;
		}
	}
	return code;
}

/* Which entries have a key that we never saw; the number of all keys. */
static int find_new(struct ingest *in, bool *ret_new, size_t *ret_n_new,
		    size_t *ret_n_keys)
{
	struct debate debate;
	int code = 0;

	for (size_t i = 0; i < in->feed->n_entries && !code; i++) {
		if (!in->keys[i] || !ingest_is_debate(in, i))
			continue;
		++*ret_n_keys;
		code = debate_find(in->db, &in->mem, in->group->id, in->keys[i],
				   &debate, in->e);
		if (code != ERR_MISSING)
			continue;
		code = 0;
		ret_new[i] = true;
		++*ret_n_new;
	}
	return code;
}

/* The stored debates that new keys are of, under these; id 0: of none. */
static int find_all_former(struct ingest *in, const bool *is_new,
			   struct debate *ret_former, size_t *ret_n)
{
	struct debate *known, debate;
	size_t n_known;
	int code = debate_list(in->db, &in->mem, in->group->id,
			       FEED_ENTRIES_MAX, &known, &n_known, in->e);

	for (size_t i = 0; i < in->feed->n_entries && !code; i++) {
		if (!is_new[i])
			continue;
		ingest_debate_from(in, i, &debate);
		code = find_former(in, &debate, known, n_known, &ret_former[i]);
		if (code == ERR_MISSING) {
			code = 0;
		} else if (!code) {
			ret_former[i].key = in->keys[i];
			++*ret_n;
		}
	}
	return code;
}

int ingest_rekey(struct ingest *in)
{
	size_t n = in->feed->n_entries, n_new = 0, n_keys = 0, n_former = 0;
	bool *is_new = arena_array(&in->mem, n + 1, sizeof(*is_new));
	struct debate *former;
	int code;

	if (n < REKEY_LEAST)
		return 0;
	code = find_new(in, is_new, &n_new, &n_keys);
	if (code || n_new < REKEY_LEAST || n_new * 5 < n_keys * 4)
		return code;
	former = arena_array(&in->mem, n, sizeof(*former));
	code = find_all_former(in, is_new, former, &n_former);
	if (code || n_former * 5 < n_new * 4)
		return code;
	for (size_t i = 0; i < n && !code; i++) {
		if (!former[i].id)
			continue;
		code = debate_update(in->db, &former[i], in->e);
		in->result.rekeyed++;
	}
	return code;
}
