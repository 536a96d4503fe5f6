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
#include "store/consent.h"
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
	struct watch *words_watch; /* of the folders that settings name */
	int open_watches;	   /* those that are closing among them */
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
	struct certificate *certificate; /* read, when its result is good */
	int result, words_result, certificate_result;
	struct err error, words_error, certificate_error;
};

/* ---- on the worker ------------------------------------------------------ */

/* Bad ones keep the last good from being replaced, and nothing else. */
static void load_words(struct reload_job *j, const struct config *config)
{
	struct core *core = j->reload->core;
	struct words *words = NULL;

	j->words_result =
	    intake_words(core->db, config, j->now, &words, &j->words_error);
	if (j->words_result)
		return;
	batch_free(core->batch);
	core->batch = NULL;
	words_free(core->words);
	core->words = words;
}

static int load_settings(struct reload_job *j)
{
	struct core *core = j->reload->core;
	struct config_box *box = xcalloc(1, sizeof(*box));
	int r =
	    config_load(core->config_dir, &box->mem, &box->config, &j->error);

	if (!r)
		r = intake_groups(core->db, core->config_dir, &box->config,
				  j->now, &j->error);
	if (!r)
		r = intake_calendar(core->db, &box->config, &j->error);
	if (!r)
		r = consent_policy(core->db, box->config.community.confirm,
				   j->now, &j->error);
	if (r) {
		arena_release(&box->mem);
		free(box);
		return r;
	}
	load_words(j, &box->config);
	j->certificate_result =
	    certificate_read(box->config.web.certificate, box->config.web.key,
			     &j->certificate, &j->certificate_error);
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
static void watch_words_anew(struct reload *r);

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

static bool same_folders(const struct config *a, const struct config *b)
{
	return !strcmp(a->words.templates, b->words.templates) &&
	       !strcmp(a->words.languages, b->words.languages);
}

/* Jobs made before now may read the old one: they come before this one. */
static void replace_config(struct reload *r, struct config_box *box)
{
	struct free_job *f = xcalloc(1, sizeof(*f));
	bool moved;

	f->job = (struct job){.run = free_run, .done = free_done};
	f->box = r->config;
	f->mem = r->first_mem;
	r->first_mem = (struct arena){0};
	r->config = box;
	moved = !same_folders(r->core->config, &box->config);
	r->core->config = &box->config;
	if (moved && !r->closing)
		watch_words_anew(r);
	worker_submit(r->core->worker, &f->job);
}

static void report(const struct reload_job *j)
{
	const struct intake_result *m = &j->members;

	if (j->result)
		log_error("%s; the last good configuration stays in force",
			  j->error.text);
	if (j->words_result)
		log_error("%s; the last good words and templates stay in force",
			  j->words_error.text);
	if (j->certificate_result)
		log_warn("%s; the last good certificate stays in force",
			 j->certificate_error.text);
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
	int result = j->result	       ? j->result
		     : j->words_result ? j->words_result
				       : j->certificate_result;
	/* What a file holds is a matter of configuration here. */
	int code = result == ERR_INPUT ? ERR_CONFIG
		   : result	       ? result
		   : j->members.bad    ? ERR_CONFIG
				       : 0;
	const struct err *e = j->result		      ? &j->error
			      : j->words_result	      ? &j->words_error
			      : j->certificate_result ? &j->certificate_error
						      : &j->members.first_bad;

	for (size_t i = 0; i < j->wanted.n_calls; i++)
		verbs_answer(j->wanted.calls[i], code, e);
}

static void finish_close(struct reload *r)
{
	if (r->closing && !r->busy && !r->open_watches && r->closed) {
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
	if (settings && !j->certificate_result)
		r->events.certified(j->certificate, r->events.data);
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

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return name[0] != '.' && len > n && !strcmp(name + len - n, end);
}

static bool is_ini(const char *name)
{
	return ends_in(name, ".ini");
}

/* Holidays lie beside pregon.ini; elsewhere `pregonctl reload` reads them. */
static bool is_read(size_t folder, const char *name)
{
	return is_ini(name) || (folder == FOLDER_MAIN && ends_in(name, ".ics"));
}

static bool is_words(const char *name)
{
	return is_ini(name) || ends_in(name, ".mustache");
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

/* Any change may be one of what they say: all of it is read again. */
static void on_words_change(size_t folder, const char *const *names, size_t n,
			    bool rescan, void *data)
{
	struct reload *r = data;

	(void)folder;
	for (size_t i = 0; !rescan && i < n; i++)
		rescan = is_words(names[i]);
	if (rescan)
		reload_all(r);
}

static int watch_words(struct reload *r, struct err *e)
{
	const struct config *config = r->core->config;
	const char *folders[] = {config->words.templates,
				 config->words.languages};
	/* inotify tells a folder that is both under one of its names. */
	size_t n = strcmp(folders[0], folders[1]) != 0 ? 2 : 1;
	int result = watch_new(r->core->loop, folders, n, GATHER_MS,
			       on_words_change, r, &r->words_watch, e);

	if (!result)
		r->open_watches++;
	return result;
}

static void on_watch_closed(void *data)
{
	struct reload *r = data;

	r->open_watches--;
	finish_close(r);
}

static void watch_words_anew(struct reload *r)
{
	struct err e;

	if (r->words_watch)
		watch_close(r->words_watch, on_watch_closed, r);
	r->words_watch = NULL;
	if (watch_words(r, &e))
		log_error("%s; words and templates are read again on reload "
			  "only",
			  e.text);
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
	if (result) {
		free(r);
		return result;
	}
	r->open_watches = 1;
	watch_words_anew(r);
	*ret_reload = r;
	return 0;
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

void reload_close(struct reload *r, void (*closed)(void *data), void *data)
{
	r->closing = true;
	r->closed = closed;
	r->closed_data = data;
	watch_close(r->watch, on_watch_closed, r);
	if (r->words_watch)
		watch_close(r->words_watch, on_watch_closed, r);
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
