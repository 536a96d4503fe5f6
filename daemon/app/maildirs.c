/*
 * Happy path: list job (which folders, what is due) -> `boxes`, the watch ->
 * a look for each that is due or was told of -> its steps as jobs -> look
 * again at the time the row says. A step that the store refuses is tried
 * again as a look at the whole folder: nothing of it was stored.
 */
#include "app/maildirs.h"
#include "app/maildir_look.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/watch.h"
#include "store/mail_file.h"
#include <stdlib.h>
#include <string.h>

#define GATHER_MS 100	 /* a burst of mails is one look */
#define REFUSED_MS 10000 /* the store did not take it */

struct box { /* a folder */
	int64_t feed_id;
	int64_t next_at;
	char *path;
	struct maildir_look *now;  /* under way, or to be begun */
	struct maildir_look *next; /* what was told since that began */
};

struct maildirs {
	const struct core *core;
	struct maildirs_events events;
	struct watch *watch; /* folder 2i is new/ of box i, 2i + 1 its cur/ */
	struct box *boxes;
	size_t n;
	size_t turn; /* the box that is first to be looked into */
	uv_timer_t timer;
	struct maildir_look *looking; /* at what a job is; NULL: none */
	bool listing, again, refused, closing;
	void (*closed)(void *data);
	void *closed_data;
};

static void finish_close(struct maildirs *m)
{
	void (*closed)(void *) = m->closed;

	if (!m->closing || m->listing || m->looking || m->watch || !closed)
		return;
	m->closed = NULL;
	closed(m->closed_data);
}

/* ---- boxes -------------------------------------------------------------- */

static struct maildir_look *next_look(struct box *box)
{
	if (!box->next)
		box->next = maildir_look_new(box->feed_id, box->path);
	return box->next;
}

/* A look that a job has is freed when the job is done. */
static void box_release(struct maildirs *m, struct box *box)
{
	if (box->now != m->looking)
		maildir_look_free(box->now);
	maildir_look_free(box->next);
	free(box->path);
}

static void boxes_free(struct maildirs *m)
{
	for (size_t i = 0; i < m->n; i++)
		box_release(m, &m->boxes[i]);
	free(m->boxes);
	m->boxes = NULL;
	m->n = 0;
}

static struct box *box_of(struct maildirs *m, const struct feed_row *row)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->boxes[i].feed_id == row->id &&
		    !strcmp(m->boxes[i].path, row->url))
			return &m->boxes[i];
	return NULL;
}

/* ---- looking ------------------------------------------------------------ */

struct look_job {
	struct job job;
	struct maildirs *maildirs;
	struct maildir_look *look;
	int64_t now;
	int result;
	struct err error;
};

static void look_on(struct maildirs *m);
static void on_timer(uv_timer_t *timer);

static void look_run(struct job *job)
{
	struct look_job *j = (struct look_job *)job;

	j->look->events = 0;
	j->result = maildir_look_step(j->maildirs->core->db, j->look, j->now,
				      &j->error);
}

/* When the first of those that wait for their time is due. */
static void set_timer(struct maildirs *m)
{
	int64_t first = 0;
	uint64_t delay;

	for (size_t i = 0; i < m->n; i++) {
		const struct box *box = &m->boxes[i];

		if (!box->now && !box->next && box->next_at &&
		    (!first || box->next_at < first))
			first = box->next_at;
	}
	delay = core_delay(m->core, first);
	uv_timer_start(&m->timer, on_timer, m->refused ? REFUSED_MS : delay, 0);
}

/* The look is its box's no more, if the box still is. */
static void end_look(struct maildirs *m, struct maildir_look *look, bool failed)
{
	for (size_t i = 0; i < m->n; i++) {
		struct box *box = &m->boxes[i];

		if (box->now != look)
			continue;
		box->now = NULL;
		box->next_at = look->next_at;
		if (failed)
			maildir_look_whole(next_look(box));
	}
	maildir_look_free(look);
}

static void look_done(struct job *job)
{
	struct look_job *j = (struct look_job *)job;
	struct maildirs *m = j->maildirs;
	struct maildir_look *look = j->look;
	bool events = !j->result && look->events;
	bool orphan = true;

	m->looking = NULL;
	if (j->result) {
		log_error("storing the mails of %s: %s; reading them again",
			  look->path, j->error.text);
		m->refused = true;
	}
	for (size_t i = 0; i < m->n; i++)
		orphan &= m->boxes[i].now != look;
	if (j->result || look->done || orphan)
		end_look(m, look, j->result != 0);
	free(j);
	if (m->closing) {
		boxes_free(m);
		finish_close(m);
		return;
	}
	if (events)
		m->events.stored(m->events.data);
	set_timer(m);
	look_on(m);
}

/* The next one that has something to look at, in turns. */
static struct maildir_look *choose(struct maildirs *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct box *box = &m->boxes[(m->turn + i) % m->n];

		if (!box->now) {
			box->now = box->next;
			box->next = NULL;
		}
		if (!box->now)
			continue;
		m->turn = (m->turn + i + 1) % m->n;
		return box->now;
	}
	return NULL;
}

static void look_on(struct maildirs *m)
{
	struct look_job *j;

	if (m->looking || m->closing || m->refused)
		return;
	m->looking = choose(m);
	if (!m->looking)
		return;
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = look_run, .done = look_done};
	j->maildirs = m;
	j->look = m->looking;
	j->now = clock_now(m->core->clock);
	worker_submit(m->core->worker, &j->job);
}

/* ---- the watch ---------------------------------------------------------- */

static void on_change(size_t folder, const char *const *names, size_t n,
		      bool rescan, void *data)
{
	struct maildirs *m = data;
	struct maildir_look *look = next_look(&m->boxes[folder / 2]);

	if (rescan)
		maildir_look_whole(look);
	for (size_t i = 0; i < n; i++)
		maildir_look_add(look, folder % 2 ? MAIL_CUR : MAIL_NEW,
				 names[i]);
	look_on(m);
}

static void on_watch_closed(void *data)
{
	struct maildirs *m = data;

	m->watch = NULL;
	finish_close(m);
}

/* What came in between was told to nobody: every folder is looked at. */
static void watch_boxes(struct maildirs *m)
{
	const char **folders;
	struct arena mem = {0};
	struct err e;

	if (m->watch)
		watch_close(m->watch, NULL, NULL);
	m->watch = NULL;
	folders = arena_array(&mem, 2 * m->n + 1, sizeof(*folders));
	for (size_t i = 0; i < m->n; i++) {
		const char *path = m->boxes[i].path;

		folders[2 * i] = mail_folder_part(path, MAIL_NEW, &mem);
		folders[2 * i + 1] = mail_folder_part(path, MAIL_CUR, &mem);
		maildir_look_whole(next_look(&m->boxes[i]));
	}
	if (m->n && watch_new(m->core->loop, folders, 2 * m->n, GATHER_MS,
			      on_change, m, &m->watch, &e))
		log_warn("%s; mails are found at the next look only", e.text);
	else if (m->n)
		watch_links(m->watch);
	arena_release(&mem);
}

/* ---- the list ----------------------------------------------------------- */

struct list_job {
	struct job job;
	struct maildirs *maildirs;
	struct feed_row *rows;
	size_t n;
	struct arena mem;
	int result;
	struct err error;
};

static void list_run(struct job *job)
{
	struct list_job *j = (struct list_job *)job;

	j->result = mail_folder_feeds(j->maildirs->core->db, &j->mem, &j->rows,
				      &j->n, &j->error);
}

/* Makes the boxes those of the rows. */
static void take_rows(struct maildirs *m, const struct feed_row *rows, size_t n)
{
	struct box *boxes = xcalloc(n, sizeof(*boxes));
	bool changed = n != m->n;

	for (size_t i = 0; i < n; i++) {
		struct box *old = box_of(m, &rows[i]);

		changed |= !old;
		boxes[i] = (struct box){.feed_id = rows[i].id,
					.next_at = rows[i].next_at,
					.path = xstrdup(rows[i].url)};
		if (old) {
			boxes[i].now = old->now;
			boxes[i].next = old->next;
			old->now = old->next = NULL;
		}
	}
	boxes_free(m);
	m->boxes = boxes;
	m->n = n;
	m->turn = 0;
	if (changed)
		watch_boxes(m);
}

static void look_at_due(struct maildirs *m)
{
	int64_t now = clock_now(m->core->clock);

	for (size_t i = 0; i < m->n; i++) {
		struct box *box = &m->boxes[i];

		if (!box->now && box->next_at && box->next_at <= now)
			maildir_look_whole(next_look(box));
	}
}

static void list_done(struct job *job)
{
	struct list_job *j = (struct list_job *)job;
	struct maildirs *m = j->maildirs;

	m->listing = false;
	m->refused = j->result != 0;
	if (j->result)
		log_error("looking for Maildirs: %s", j->error.text);
	if (!j->result && !m->closing)
		take_rows(m, j->rows, j->n);
	arena_release(&j->mem);
	free(j);
	if (m->closing) {
		finish_close(m);
		return;
	}
	look_at_due(m);
	set_timer(m);
	look_on(m);
	if (m->again)
		maildirs_wake(m);
}

static void on_timer(uv_timer_t *timer)
{
	maildirs_wake(timer->data);
}

void maildirs_wake(struct maildirs *m)
{
	struct list_job *j;

	m->again = m->listing;
	if (m->again || m->closing)
		return;
	m->listing = true;
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = list_run, .done = list_done};
	j->maildirs = m;
	worker_submit(m->core->worker, &j->job);
}

/* ---- life --------------------------------------------------------------- */

struct maildirs *maildirs_new(const struct core *core,
			      const struct maildirs_events *events)
{
	struct maildirs *m = xcalloc(1, sizeof(*m));

	m->core = core;
	m->events = *events;
	uv_timer_init(core->loop, &m->timer);
	m->timer.data = m;
	return m;
}

void maildirs_close(struct maildirs *m, void (*closed)(void *data), void *data)
{
	m->closing = true;
	m->closed = closed;
	m->closed_data = data;
	uv_close((uv_handle_t *)&m->timer, NULL);
	if (m->watch)
		watch_close(m->watch, on_watch_closed, m);
	finish_close(m);
}

void maildirs_free(struct maildirs *m)
{
	if (!m)
		return;
	boxes_free(m);
	free(m);
}
