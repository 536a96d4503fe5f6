/*
 * Happy path: wake, the watch or the timer -> a job takes in what is in new/
 * and moves it -> there is more: again; else the timer.
 */
#include "app/bounce_box.h"
#include "app/bounces.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/watch.h"
#include "source/mail_folder.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GATHER_MS 100
#define SWEEP_MS (5 * 60 * 1000)
#define SOON_MS 5000 /* the store refused it, or a mail is under way yet */
#define STEP_MAILS 100

struct bounce_box {
	const struct core *core;
	struct bounce_box_events events;
	struct watch *watch;
	char *watched; /* the folder that it watches, NULL none */
	uv_timer_t timer;
	bool busy, again, closing;
	char told[256]; /* what went wrong last, "" nothing */
	void (*closed)(void *data);
	void *closed_data;
};

struct box_job {
	struct job job;
	struct bounce_box *box;
	char *path;
	int64_t now;
	size_t counted, ignored;
	bool more, later;
	struct err error;
};

/* ---- on the worker ------------------------------------------------------- */

struct step {
	struct box_job *job;
	struct mail_folder folder;
	struct mail_file *files; /* those that are done come first */
	size_t n, done;
	struct buf bytes;
	struct arena mem;
};

static int take_file(struct step *s, const struct mail_file *file,
		     bool *ret_done, struct err *e)
{
	const struct core *core = s->job->box->core;
	struct bounce_result result;
	int r = mail_folder_read(&s->folder, file, &s->bytes, e);

	*ret_done = r == ERR_DENIED;
	if (r == ERR_DENIED || r == ERR_MISSING)
		return 0;
	if (!r)
		r = bounces_take(core->db, &core->token_keys,
				 buf_str(&s->bytes), s->bytes.len, s->job->now,
				 &s->mem, &result, e);
	if (r)
		return r;
	*ret_done = !result.later;
	s->job->later |= result.later;
	if (result.ignored) {
		s->job->ignored++;
		log_debug("%s: %s: left as it is: %s", s->job->path, file->name,
			  result.ignored);
	} else if (!result.later) {
		s->job->counted++;
		log_info("delivery %lld to %s came back: %s %s",
			 (long long)result.delivery_id, result.member,
			 result.kind == REPORT_COMPLAINT ? "a complaint"
							 : result.status,
			 result.text);
	}
	return 0;
}

static int take_some(struct step *s, struct err *e)
{
	struct db *db = s->job->box->core->db;
	int r = db_begin(db, e);

	for (size_t i = 0; !r && i < s->n; i++) {
		bool done;

		r = take_file(s, &s->files[i], &done, e);
		if (!r && done)
			s->files[s->done++] = s->files[i];
	}
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	return r;
}

static int move_done(struct step *s, struct err *e)
{
	int r = 0;

	if (s->done && s->folder.fd[MAIL_CUR] < 0)
		r = err_set(e, ERR_IO, "it has no cur: make one");
	for (size_t i = 0; !r && i < s->done; i++) {
		const char *name = s->files[i].name;

		if (renameat(s->folder.fd[MAIL_NEW], name,
			     s->folder.fd[MAIL_CUR],
			     arena_join(&s->mem, s->files[i].id, ":2,S")) &&
		    errno != ENOENT)
			r = err_set(e, ERR_IO,
				    "%s cannot be moved to cur: %s; give the "
				    "user that pregond runs as the right to",
				    name, strerror(errno));
	}
	return r;
}

/* What is in new/, the first to come first, so many as a step takes. */
static int list_new(struct step *s, struct err *e)
{
	struct mail_file *files;
	size_t n;
	int r = mail_folder_list(&s->folder, &s->mem, &files, &n, e);

	if (r)
		return r;
	s->files = files;
	for (size_t i = 0; i < n; i++)
		if (files[i].place == MAIL_NEW)
			s->files[s->n++] = files[i];
	mail_files_by_arrival(s->files, s->n);
	s->job->more = s->n > STEP_MAILS;
	if (s->job->more)
		s->n = STEP_MAILS;
	return 0;
}

static void box_run(struct job *job)
{
	struct box_job *j = (struct box_job *)job;
	struct step s = {.job = j};
	struct err *e = &j->error;
	int r = mail_folder_open(j->path, &s.folder, e);

	if (!r) {
		buf_init(&s.bytes, REPORT_BYTES_MAX);
		r = list_new(&s, e);
		if (!r && s.n)
			r = take_some(&s, e);
		if (!r)
			r = move_done(&s, e);
		mail_folder_close(&s.folder);
		buf_release(&s.bytes);
	}
	if (r)
		j->more = false;
	else
		e->text[0] = '\0';
	/* It would be the same ones again. */
	j->more &= s.done > 0;
	arena_release(&s.mem);
}

/* ---- on the loop --------------------------------------------------------- */

static void on_timer(uv_timer_t *timer)
{
	bounce_box_wake(timer->data);
}

static void finish_close(struct bounce_box *b)
{
	void (*closed)(void *) = b->closed;

	if (!b->closing || b->busy || b->watch || !closed)
		return;
	b->closed = NULL;
	closed(b->closed_data);
}

static void tell_error(struct bounce_box *b, const struct box_job *j)
{
	if (j->error.text[0] && strcmp(j->error.text, b->told) != 0)
		log_error("[bounces] maildir: %s", j->error.text);
	(void)snprintf(b->told, sizeof(b->told), "%.*s",
		       (int)sizeof(b->told) - 1, j->error.text);
}

static void box_done(struct job *job)
{
	struct box_job *j = (struct box_job *)job;
	struct bounce_box *b = j->box;
	bool again = j->more || b->again;
	bool soon = j->later || j->error.text[0];
	bool counted = j->counted > 0;

	tell_error(b, j);
	free(j->path);
	free(j);
	b->busy = b->again = false;
	if (b->closing) {
		finish_close(b);
		return;
	}
	if (counted)
		b->events.counted(b->events.data);
	uv_timer_start(&b->timer, on_timer, soon ? SOON_MS : SWEEP_MS, 0);
	if (again)
		bounce_box_wake(b);
}

static void on_change(size_t folder, const char *const *names, size_t n,
		      bool rescan, void *data)
{
	(void)folder;
	(void)names;
	(void)n;
	(void)rescan;
	bounce_box_wake(data);
}

static void on_watch_closed(void *data)
{
	struct bounce_box *b = data;

	b->watch = NULL;
	finish_close(b);
}

/* The folder that is configured, and no other. */
static void watch_folder(struct bounce_box *b, const char *path)
{
	struct arena mem = {0};
	const char *folder;
	struct err e;

	if (b->watched && !strcmp(b->watched, path))
		return;
	if (b->watch)
		watch_close(b->watch, NULL, NULL);
	b->watch = NULL;
	free(b->watched);
	b->watched = xstrdup(path);
	folder = mail_folder_part(path, MAIL_NEW, &mem);
	if (*path && watch_new(b->core->loop, &folder, 1, GATHER_MS, on_change,
			       b, &b->watch, &e))
		log_warn("%s; what comes back is found at the next look only",
			 e.text);
	else if (*path)
		watch_links(b->watch);
	arena_release(&mem);
}

void bounce_box_wake(struct bounce_box *b)
{
	const char *path = b->core->config->bounces.maildir;
	struct box_job *j;

	b->again = b->busy;
	if (b->busy || b->closing)
		return;
	watch_folder(b, path);
	uv_timer_stop(&b->timer);
	if (!*path)
		return;
	b->busy = true;
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = box_run, .done = box_done};
	j->box = b;
	j->path = xstrdup(path);
	j->now = clock_now(b->core->clock);
	worker_submit(b->core->worker, &j->job);
}

struct bounce_box *bounce_box_new(const struct core *core,
				  const struct bounce_box_events *events)
{
	struct bounce_box *b = xcalloc(1, sizeof(*b));

	b->core = core;
	b->events = *events;
	uv_timer_init(core->loop, &b->timer);
	b->timer.data = b;
	return b;
}

void bounce_box_close(struct bounce_box *b, void (*closed)(void *data),
		      void *data)
{
	b->closing = true;
	b->closed = closed;
	b->closed_data = data;
	uv_close((uv_handle_t *)&b->timer, NULL);
	if (b->watch)
		watch_close(b->watch, on_watch_closed, b);
	finish_close(b);
}

void bounce_box_free(struct bounce_box *b)
{
	if (!b)
		return;
	free(b->watched);
	free(b);
}
