#include "source/mail_intake.h"
#include <string.h>

struct intake {
	struct db *db;
	const struct group *group;
	const struct mail *mail;
	int64_t now;
	struct arena mem;
	struct err *e;
};

/* ERR_MISSING where `r` is, which is no failure here: found or not. */
static int found(int r, bool *ret_found)
{
	*ret_found = !r;
	return r == ERR_MISSING ? 0 : r;
}

/* The debate that has this id, or that a comment with it is on. */
static int find_by_id(struct intake *in, const char *id,
		      struct debate *ret_debate, bool *ret_found)
{
	int r = found(
	    debate_find(in->db, &in->mem, in->group->id, id, ret_debate, in->e),
	    ret_found);

	if (r || *ret_found)
		return r;
	return found(debate_find_comment(in->db, &in->mem, in->group->id, id,
					 ret_debate, in->e),
		     ret_found);
}

static int find_by_title(struct intake *in, struct debate *ret_debate,
			 bool *ret_found)
{
	const struct feed_entry *entry = &in->mail->entry;
	int64_t at = entry->published;
	int r;

	*ret_found = false;
	if (!in->mail->is_reply || !*entry->title)
		return 0;
	if (at == FEED_NO_TIME || at > in->now)
		at = in->now;
	r = found(debate_find_title(in->db, &in->mem, in->group->id,
				    entry->title, at - MAIL_SUBJECT_AGE, at,
				    ret_debate, in->e),
		  ret_found);
	/* Its own row may be there, made for an answer to it. */
	if (!r && *ret_found && !strcmp(ret_debate->key, entry->id))
		*ret_found = false;
	return r;
}

/* The key of the debate that the mail answers, NULL when it begins one. */
static int find_thread(struct intake *in, const char **ret_key)
{
	const struct mail *mail = in->mail;
	struct debate debate;
	bool is_found = false;
	int r = 0;

	for (size_t i = 0; !r && !is_found && i < mail->n_references; i++)
		r = find_by_id(in, mail->references[i], &debate, &is_found);
	if (!r && !is_found)
		r = find_by_title(in, &debate, &is_found);
	if (r)
		return r;
	if (is_found)
		*ret_key = debate.key;
	else if (mail->is_reply && mail->n_references)
		*ret_key = mail->references[0];
	else
		*ret_key = NULL;
	return 0;
}

/* Debates that only an answer told of have no hash yet (ingest.c). */
static int is_known(struct intake *in, bool *ret_known)
{
	struct debate debate;
	int r = find_by_id(in, in->mail->entry.id, &debate, ret_known);

	if (!r && *ret_known && !*debate.hash &&
	    !strcmp(debate.key, in->mail->entry.id))
		*ret_known = false;
	return r;
}

/* The group as old mails see it: without a first sight nothing is news; one
 * that was written shortly before it and comes only now is. */
static struct group group_for(const struct intake *in)
{
	int64_t at = in->mail->entry.published;
	struct group group = *in->group;

	if (at != FEED_NO_TIME && at < group.baseline_at - MAIL_OLD)
		group.baseline_at = 0;
	else if (at != FEED_NO_TIME && at < group.baseline_at)
		group.baseline_at = at;
	return group;
}

int mail_take(struct db *db, const struct group *group, struct feed_row *row,
	      const struct mail *mail, int64_t now,
	      struct ingest_result *ret_result, struct err *e)
{
	struct intake in = {
	    .db = db, .group = group, .mail = mail, .now = now, .e = e};
	struct feed_entry entry = mail->entry;
	struct feed feed = {.kind = "mail",
			    .entries = &entry,
			    .n_entries = 1,
			    .tells_comments = true,
			    .more_to_come = true};
	const char *thread = NULL;
	bool known = false;
	int r = is_known(&in, &known);

	*ret_result = (struct ingest_result){0};
	if (!r && !known)
		r = find_thread(&in, &thread);
	if (!r && !known) {
		struct group seen_by = group_for(&in);

		entry.kind = thread ? ENTRY_COMMENT : ENTRY_DEBATE;
		entry.in_reply_to = thread;
		r = ingest_feed(db, &seen_by, row, &feed, now, ret_result, e);
	}
	arena_release(&in.mem);
	return r;
}
