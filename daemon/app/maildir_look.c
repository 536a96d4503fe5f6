#include "app/maildir_look.h"
#include "app/health.h"
#include "base/log.h"
#include "base/mem.h"
#include "source/mail_intake.h"
#include "source/schedule.h"
#include "store/mail_file.h"
#include <stdlib.h>
#include <string.h>

/* Of one step: a fraction of a second of the worker's time. */
#define STEP_MAILS 500
#define STEP_BYTES (16 * 1024 * 1024)
#define NAMES_MAX 20000 /* more files by name: the whole folder */

struct maildir_look *maildir_look_new(int64_t feed_id, const char *path)
{
	struct maildir_look *look = xcalloc(1, sizeof(*look));

	look->feed_id = feed_id;
	look->path = xstrdup(path);
	return look;
}

void maildir_look_free(struct maildir_look *look)
{
	if (!look)
		return;
	free(look->path);
	arena_release(&look->mem);
	free(look);
}

static void keep(struct maildir_look *look, enum mail_place place,
		 const char *name)
{
	struct mail_file file;

	if (mail_file_named(place, name, &look->mem, &file))
		*(struct mail_file *)arena_push(&look->mem,
						(void **)&look->files,
						look->n++, sizeof(file)) = file;
}

void maildir_look_add(struct maildir_look *look, enum mail_place place,
		      const char *name)
{
	if (look->n >= NAMES_MAX)
		maildir_look_whole(look);
	if (!look->whole)
		keep(look, place, name);
}

void maildir_look_whole(struct maildir_look *look)
{
	look->whole = true;
	look->files = NULL;
	look->n = look->at = 0;
	arena_release(&look->mem);
}

/* ---- a step ------------------------------------------------------------- */

struct step {
	struct db *db;
	struct maildir_look *look;
	struct group group;
	struct feed_row row;
	struct mail_folder folder;
	struct buf bytes; /* of the mail being read */
	struct arena mem;
	int64_t now;
	struct err *e;
};

/* It is still what is configured. */
static bool is_wanted(const struct step *s)
{
	return s->group.active && !s->group.paused &&
	       s->group.set.source == SOURCE_MAILDIR &&
	       !strcmp(s->row.url, s->look->path);
}

static void tell(const struct step *s, const char *error)
{
	const struct maildir_look *look = s->look;

	if (!error && look->whole && !s->group.baseline_at)
		log_info("group %s: %s: first sight: %zu debates, %zu comments,"
			 " %zu mails left out",
			 s->group.set.name, look->path, look->debates,
			 look->comments, look->left_out);
}

/* The last step's end: how the folder is, and when to look again. */
static int finish(struct step *s, const char *error)
{
	int32_t every = s->group.set.every;
	enum poll_outcome outcome = error ? POLL_FAILED : POLL_GOOD;
	struct feed_row *row = &s->row, before = *row;

	tell(s, error);
	if (error || s->look->whole)
		schedule_next_poll(row, every, outcome, 0, s->now);
	/* It is near: no need to come back later because it failed. */
	if (error && row->next_at > s->now + every)
		row->next_at = s->now + every;
	row->kind = SOURCE_MAILDIR;
	row->polled_at = s->now;
	if (!error)
		row->good_at = s->now;
	health_note(&before, row, s->group.set.name, outcome, error, s->now);
	s->look->next_at = row->next_at;
	s->look->done = true;
	return feed_update(s->db, row, s->e);
}

/* ---- the whole folder --------------------------------------------------- */

/* Both are sorted: what is new is kept, what went is forgotten. */
static int compare(struct step *s, const struct mail_file *files,
		   size_t n_files, const char *const *known, size_t n_known)
{
	struct maildir_look *look = s->look;
	size_t f = 0, k = 0;
	int r = 0;

	while (!r && (f < n_files || k < n_known)) {
		int order = f == n_files   ? 1
			    : k == n_known ? -1
					   : strcmp(files[f].id, known[k]);

		if (order > 0) {
			r = mail_file_forget(s->db, look->feed_id, known[k++],
					     s->e);
			continue;
		}
		if (order < 0)
			keep(look, files[f].place, files[f].name);
		f++;
		k += order == 0;
	}
	return r;
}

static int list_whole(struct step *s, const char **ret_error)
{
	struct maildir_look *look = s->look;
	struct mail_file *files;
	const char **known;
	size_t n_files, n_known;
	struct err why;
	int r;

	if (mail_folder_list(&s->folder, &s->mem, &files, &n_files, &why)) {
		*ret_error =
		    arena_printf(&s->mem, "%s: %s", look->path, why.text);
		return 0;
	}
	r = mail_file_list(s->db, &s->mem, look->feed_id, &known, &n_known,
			   s->e);
	if (!r)
		r = compare(s, files, n_files, known, n_known);
	mail_files_by_arrival(look->files, look->n);
	look->listed = true;
	return r;
}

/* ---- mails -------------------------------------------------------------- */

static int take_mail(struct step *s, const struct mail_file *file)
{
	const struct group_settings *set = &s->group.set;
	struct mail_list list = {set->name, set->title, set->url};
	struct maildir_look *look = s->look;
	struct ingest_result got;
	struct arena mem = {0};
	struct mail mail;
	int r = 0;

	mail_read(buf_str(&s->bytes), s->bytes.len, &list, &mem, &mail);
	if (mail.reason) {
		look->left_out++;
		log_debug("group %s: %s: %s", set->name, file->name,
			  mail.reason);
	} else {
		r = mail_take(s->db, &s->group, &s->row, &mail, s->now, &got,
			      s->e);
	}
	if (!r && !mail.reason) {
		look->debates += (size_t)got.debates;
		look->comments += (size_t)got.comments;
		look->events += (size_t)got.events;
	}
	arena_release(&mem);
	return r;
}

static int take_file(struct step *s, const struct mail_file *file)
{
	struct maildir_look *look = s->look;
	struct err why;
	bool known;
	int r = mail_file_known(s->db, look->feed_id, file->id, &known, s->e);

	if (r || known)
		return r;
	switch (mail_folder_read(&s->folder, file, &s->bytes, &why)) {
	case 0:
		r = take_mail(s, file);
		break;
	case ERR_MISSING: /* told again when it is somewhere else */
		return 0;
	case ERR_DENIED:
		log_warn("group %s: %s; left out", s->group.set.name, why.text);
		break;
	default:
		if (!look->unreadable++)
			look->first_unreadable = why;
		return 0;
	}
	return r ? r : mail_file_add(s->db, look->feed_id, file->id, s->e);
}

static int take_some(struct step *s)
{
	struct maildir_look *look = s->look;
	size_t mails = 0, bytes = 0;
	int r = 0;

	buf_init(&s->bytes, MAIL_BYTES_MAX);
	while (!r && look->at < look->n && mails++ < STEP_MAILS &&
	       bytes < STEP_BYTES) {
		r = take_file(s, &look->files[look->at++]);
		bytes += s->bytes.len;
		buf_reset(&s->bytes);
	}
	buf_release(&s->bytes);
	return r;
}

/* Nothing is left to take in. */
static int end(struct step *s)
{
	struct feed nothing = {.kind = "mail", .tells_comments = true};
	struct maildir_look *look = s->look;
	struct ingest_result got;

	if (look->unreadable)
		return finish(
		    s, arena_printf(&s->mem,
				    "%s: %zu mails cannot be read: %s; give "
				    "the user that pregond runs as the right "
				    "to read them",
				    look->path, look->unreadable,
				    look->first_unreadable.text));
	if (look->whole) {
		int r = ingest_feed(s->db, &s->group, &s->row, &nothing, s->now,
				    &got, s->e);

		if (r)
			return r;
	}
	return finish(s, NULL);
}

/* ---- the step ----------------------------------------------------------- */

static int look_into(struct step *s)
{
	struct maildir_look *look = s->look;
	const char *error = NULL;
	struct err why;
	int r = 0;

	if (mail_folder_open(look->path, &s->folder, &why))
		return finish(s, arena_strdup(&s->mem, why.text));
	if (look->whole && !look->listed)
		r = list_whole(s, &error);
	if (!r && !error)
		r = take_some(s);
	mail_folder_close(&s->folder);
	if (r)
		return r;
	if (error)
		return finish(s, error);
	return look->at < look->n ? 0 : end(s);
}

static int step(struct step *s)
{
	struct maildir_look *look = s->look;
	int r = feed_get(s->db, &s->mem, look->feed_id, &s->row, s->e);

	if (!r)
		r = group_get(s->db, &s->mem, s->row.group_id, &s->group, s->e);
	if (r == ERR_MISSING || (!r && !is_wanted(s))) {
		look->done = true; /* the configuration changed meanwhile */
		return 0;
	}
	if (r)
		return r;
	if (!look->whole && (!s->group.baseline_at || s->row.failures))
		maildir_look_whole(look);
	return look_into(s);
}

int maildir_look_step(struct db *db, struct maildir_look *look, int64_t now,
		      struct err *e)
{
	struct step s = {.db = db, .look = look, .now = now, .e = e};
	int r = db_begin(db, e);

	if (!r)
		r = step(&s);
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	arena_release(&s.mem);
	return r;
}
