/*
 * Happy path: a change -> gathered in `wanted` -> job on the worker (read
 * files, sync rows) -> done on the loop (new config swapped in, the old one
 * freed by a later job, after every job that may still read it) -> `ended`.
 */
#include "app/reload.h"
#include "app/intake.h"
#include "app/verbs.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define GATHER_MS 100
#define NAMES_MAX 20000 /* more changed files than this: look at all */
#define CALLS_MAX 32	/* as many as control has connections */

enum { FOLDER_MAIN, FOLDER_GROUPS, FOLDER_MEMBERS, FOLDERS };

/* What is to be loaded again. */
struct wanted {
	bool settings;
	bool all_members;
	struct arena mem;
	const char **names;
	size_t n_names;
	struct control_call *calls[CALLS_MAX];
	size_t n_calls;
};

struct config_box {
	struct arena mem;
	struct config config;
};

struct reload {
	struct core *core;
	struct reload_events events;
	struct watch *watch;
	struct config_box *config; /* what core->config points to, or NULL */
	struct arena first_mem;	   /* of the config it began with */
	struct wanted wanted;
	bool busy, closing;
	void (*closed)(void *data);
	void *closed_data;
};

struct reload_job {
	struct job job;
	struct reload *reload;
	struct wanted wanted;
	int64_t now;
	struct config_box *config; /* read, NULL when bad or not asked */
	struct intake_result members;
	int result;
	struct err error;
};

/* ---- on the worker ------------------------------------------------------ */

/* Words first: they can be bad, and then nothing has changed yet. */
static int load_settings(struct reload_job *j)
{
	struct core *core = j->reload->core;
	struct config_box *box = xcalloc(1, sizeof(*box));
	struct words *words = NULL;
	int r =
	    config_load(core->config_dir, &box->mem, &box->config, &j->error);

	if (!r)
		r = words_load(box->config.words.templates,
			       box->config.words.languages, &words, &j->error);
	if (!r)
		r = intake_groups(core->db, core->config_dir, &box->config,
				  j->now, &j->error);
	if (!r)
		r = intake_calendar(core->db, &box->config, &j->error);
	if (r) {
		words_free(words);
		arena_release(&box->mem);
		free(box);
		return r;
	}
	batch_free(core->batch);
	core->batch = NULL;
	words_free(core->words);
	core->words = words;
	j->config = box;
	return 0;
}

static void reload_run(struct job *job)
{
	struct reload_job *j = (struct reload_job *)job;
	struct core *core = j->reload->core;
	const struct config *config = core->config;
	const char *const *names =
	    j->wanted.all_members ? NULL : j->wanted.names;
	int r = 0;

	if (j->wanted.settings)
		r = load_settings(j);
	if (j->config)
		config = &j->config->config;
	if (!r && (j->wanted.all_members || j->wanted.n_names))
		r = intake_members(core->db, core->config_dir, config, names,
				   j->wanted.n_names, j->now, &j->members,
				   &j->error);
	j->result = r;
}

/* ---- on the loop -------------------------------------------------------- */

static void reload_start(struct reload *r);

struct free_job {
	struct job job;
	struct config_box *box;
	struct arena mem;
};

static void free_run(struct job *job)
{
	(void)job;
}

static void free_done(struct job *job)
{
	struct free_job *f = (struct free_job *)job;

	if (f->box)
		arena_release(&f->box->mem);
	free(f->box);
	arena_release(&f->mem);
	free(f);
}

/* Jobs made before now may read the old one: they come before this one. */
static void replace_config(struct reload *r, struct config_box *box)
{
	struct free_job *f = xcalloc(1, sizeof(*f));

	f->job = (struct job){.run = free_run, .done = free_done};
	f->box = r->config;
	f->mem = r->first_mem;
	r->first_mem = (struct arena){0};
	r->config = box;
	r->core->config = &box->config;
	worker_submit(r->core->worker, &f->job);
}

static void report(const struct reload_job *j)
{
	const struct intake_result *m = &j->members;

	if (j->result)
		log_error("%s; the last good configuration stays in force",
			  j->error.text);
	if (m->bad)
		log_warn("%s%s; its last good version stays in force",
			 m->first_bad.text,
			 m->bad > 1 ? " (and more; see pregonctl members)"
				    : "");
	if (j->config)
		log_info("settings and groups loaded");
	if (m->changed || m->gone)
		log_info("members: %zu files changed, %zu gone", m->changed,
			 m->gone);
}

static void answer(struct reload_job *j)
{
	/* What a file holds is a matter of configuration here. */
	int code = j->result == ERR_INPUT ? ERR_CONFIG
		   : j->result		  ? j->result
		   : j->members.bad	  ? ERR_CONFIG
					  : 0;
	const struct err *e = j->result ? &j->error : &j->members.first_bad;

	for (size_t i = 0; i < j->wanted.n_calls; i++)
		verbs_answer(j->wanted.calls[i], code, e);
}

static void finish_close(struct reload *r)
{
	if (r->closing && !r->busy && !r->watch && r->closed) {
		void (*closed)(void *) = r->closed;

		r->closed = NULL;
		closed(r->closed_data);
	}
}

static void reload_done(struct job *job)
{
	struct reload_job *j = (struct reload_job *)job;
	struct reload *r = j->reload;
	bool settings = j->config != NULL;

	report(j);
	answer(j);
	if (settings)
		replace_config(r, j->config);
	arena_release(&j->wanted.mem);
	free(j);
	r->busy = false;
	r->events.ended(settings, r->events.data);
	reload_start(r);
	finish_close(r);
}

static bool is_wanted(const struct wanted *w)
{
	return w->settings || w->all_members || w->n_names;
}

static void reload_start(struct reload *r)
{
	struct reload_job *j;

	if (r->busy || r->closing || !is_wanted(&r->wanted))
		return;
	r->busy = true;
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = reload_run, .done = reload_done};
	j->reload = r;
	j->now = clock_now(r->core->clock);
	j->wanted = r->wanted;
	r->wanted = (struct wanted){0};
	r->events.begins(r->events.data);
	worker_submit(r->core->worker, &j->job);
}

static void want_member(struct wanted *w, const char *name)
{
	const char **place;

	if (w->n_names >= NAMES_MAX)
		w->all_members = true;
	if (w->all_members)
		return;
	place = arena_push(&w->mem, (void **)&w->names, w->n_names++,
			   sizeof(*w->names));
	*place = arena_strdup(&w->mem, name);
}

/* Holidays lie beside pregon.ini; elsewhere `pregonctl reload` reads them. */
static bool is_read(size_t folder, const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 4 &&
	       (!strcmp(name + len - 4, ".ini") ||
		(folder == FOLDER_MAIN && !strcmp(name + len - 4, ".ics")));
}

static void on_change(size_t folder, const char *const *names, size_t n,
		      bool rescan, void *data)
{
	struct reload *r = data;
	struct wanted *w = &r->wanted;

	if (rescan && folder == FOLDER_MEMBERS)
		w->all_members = true;
	else if (rescan)
		w->settings = true;
	for (size_t i = 0; i < n; i++) {
		if (!is_read(folder, names[i]))
			continue;
		if (folder == FOLDER_MEMBERS)
			want_member(w, names[i]);
		else
			w->settings = true;
	}
	/* Members' defaults are the community's. */
	if (w->settings)
		w->all_members = true;
	reload_start(r);
}

int reload_new(struct core *core, struct arena config_mem,
	       const struct reload_events *events, struct reload **ret_reload,
	       struct err *e)
{
	struct reload *r = xcalloc(1, sizeof(*r));
	const char *folders[FOLDERS];
	struct arena mem = {0};
	int result;

	r->core = core;
	r->events = *events;
	r->first_mem = config_mem;
	folders[FOLDER_MAIN] = core->config_dir;
	folders[FOLDER_GROUPS] =
	    arena_printf(&mem, "%s/groups.d", core->config_dir);
	folders[FOLDER_MEMBERS] =
	    arena_printf(&mem, "%s/members.d", core->config_dir);
	result = watch_new(core->loop, folders, FOLDERS, GATHER_MS, on_change,
			   r, &r->watch, e);
	arena_release(&mem);
	if (result)
		free(r);
	else
		*ret_reload = r;
	return result;
}

void reload_all(struct reload *r)
{
	r->wanted.settings = r->wanted.all_members = true;
	reload_start(r);
}

void reload_asked(struct reload *r, struct control_call *call)
{
	struct wanted *w = &r->wanted;
	struct err e;

	if (w->n_calls == CALLS_MAX || r->closing) {
		err_set(&e, ERR_BUSY, "busy; try again");
		verbs_answer(call, ERR_BUSY, &e);
		return;
	}
	w->calls[w->n_calls++] = call;
	reload_all(r);
}

static void on_watch_closed(void *data)
{
	struct reload *r = data;

	r->watch = NULL;
	finish_close(r);
}

void reload_close(struct reload *r, void (*closed)(void *data), void *data)
{
	r->closing = true;
	r->closed = closed;
	r->closed_data = data;
	watch_close(r->watch, on_watch_closed, r);
}

void reload_free(struct reload *r)
{
	if (!r)
		return;
	if (r->config)
		arena_release(&r->config->mem);
	free(r->config);
	arena_release(&r->first_mem);
	arena_release(&r->wanted.mem);
	free(r);
}
