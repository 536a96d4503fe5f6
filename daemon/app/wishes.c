#include "app/wishes.h"
#include "app/intake.h"
#include "base/log.h"
#include "config/member_edit.h"
#include "store/overlay.h"
#include <string.h>

#define TRIES 5 /* when somebody saves the file while we do */

struct settling {
	const struct wishes *with;
	struct arena *mem;
	const char *member, *file;
	struct owed *owed;
	size_t n_owed;
	struct setting *wanted; /* that the file does not say yet */
	size_t n_wanted;
	struct setting *settled; /* that the overlay is to forget */
	size_t n_settled;
};

static void push(struct settling *s, struct setting **list, size_t *n,
		 const struct setting *set)
{
	*(struct setting *)arena_push(s->mem, (void **)list, (*n)++,
				      sizeof(*set)) = *set;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Which of them the file is still to say. */
static void weigh(struct settling *s, const struct member_edit *edit)
{
	s->n_wanted = s->n_settled = 0;
	for (size_t i = 0; i < s->n_owed; i++) {
		const struct owed *owed = &s->owed[i];
		const char *says = member_edit_value(edit, owed->set.group,
						     owed->set.option, s->mem);

		if (is_same(says, owed->set.value)) {
			push(s, &s->settled, &s->n_settled, &owed->set);
		} else if (is_same(says, owed->was)) {
			push(s, &s->wanted, &s->n_wanted, &owed->set);
		} else {
			push(s, &s->settled, &s->n_settled, &owed->set);
			log_info("members.d/%s was edited after member %s "
				 "chose %s%s%s: the file counts",
				 s->file, s->member, owed->set.group,
				 owed->set.group[0] ? " " : "",
				 owed->set.option);
		}
	}
}

/* A file that is wrong waits for whoever edits it. */
static bool is_good(const struct settling *s, struct err *e)
{
	struct member_settings *members;
	const char *hash;
	size_t n;
	int line;

	return !config_load_member(s->with->dir, s->file, s->with->config, NULL,
				   s->mem, &members, &n, &hash, &line, e);
}

static int write_once(struct settling *s, struct err *e)
{
	const struct wishes *with = s->with;
	struct member_edit edit;
	int r = member_edit_read(with->dir, s->file, with->config, s->member,
				 s->mem, &edit, e);

	s->n_wanted = s->n_settled = 0;
	if (r)
		return r;
	weigh(s, &edit);
	if (!s->n_wanted)
		return 0;
	if (!is_good(s, e))
		return ERR_CONFIG;
	return member_edit_write(&edit, s->wanted, s->n_wanted, s->mem, e);
}

static int write_file(struct settling *s, struct err *e)
{
	int r = ERR_BUSY;

	for (int i = 0; r == ERR_BUSY && i < TRIES; i++)
		r = write_once(s, e);
	if (!r && s->n_wanted)
		log_info("members.d/%s says what member %s chose", s->file,
			 s->member);
	for (size_t i = 0; !r && i < s->n_wanted; i++)
		push(s, &s->settled, &s->n_settled, &s->wanted[i]);
	return r;
}

static int forget_settled(struct settling *s, struct err *e)
{
	const struct wishes *with = s->with;
	int r = db_begin(with->db, e);

	for (size_t i = 0; !r && i < s->n_settled; i++) {
		struct setting set = s->settled[i];

		set.value = NULL;
		r = overlay_set(with->db, s->member, &set, with->now, e);
	}
	if (!r)
		r = intake_member(with->db, with->dir, with->config, s->file,
				  with->now, e);
	if (!r)
		r = db_commit(with->db, e);
	if (r)
		db_rollback(with->db);
	/* It turned bad just now: all of it stays until it is mended. */
	return r == ERR_INPUT ? 0 : r;
}

static void tell_why(const struct settling *s, const struct err *why)
{
	static const char text[] =
	    "what member %s chose lies over their file: %s";

	if (s->with->again)
		log_debug(text, s->member, why->text);
	else
		log_info(text, s->member, why->text);
}

/* What cannot be written stays owed. */
static int settle_some(struct settling *s, int *ret_written, struct err *e)
{
	struct err why;

	*ret_written = write_file(s, &why);
	if (*ret_written && (*ret_written != ERR_INPUT || s->n_owed == 1))
		tell_why(s, &why);
	return s->n_settled ? forget_settled(s, e) : 0;
}

static int settle(const struct wishes *with, const struct owing *owing,
		  struct err *e)
{
	struct arena mem = {0};
	struct settling all = {
	    .with = with,
	    .mem = &mem,
	    .member = owing->member,
	    .file = owing->file,
	};
	int written = 0;
	int r =
	    overlay_owed(with->db, &mem, all.member, &all.owed, &all.n_owed, e);

	if (!r && all.n_owed)
		r = settle_some(&all, &written, e);
	/* A value that no file can say must not keep back the others. */
	for (size_t i = 0;
	     !r && written == ERR_INPUT && all.n_owed > 1 && i < all.n_owed;
	     i++) {
		struct settling one = all;
		int ignored;

		one.owed += i;
		one.n_owed = 1;
		r = settle_some(&one, &ignored, e);
	}
	arena_release(&mem);
	return r;
}

int wishes_settle(const struct wishes *wishes, const char *file, struct err *e)
{
	struct owing *owing;
	struct arena mem = {0};
	size_t n;
	int r = overlay_owing(wishes->db, &mem, file, &owing, &n, e);

	for (size_t i = 0; !r && i < n; i++)
		r = settle(wishes, &owing[i], e);
	arena_release(&mem);
	return r;
}
