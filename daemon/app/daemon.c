#include "app/daemon.h"
#include "app/bounce_box.h"
#include "app/core.h"
#include "app/courier.h"
#include "app/hook.h"
#include "app/intake.h"
#include "app/maildirs.h"
#include "app/memory.h"
#include "app/notify.h"
#include "app/pages.h"
#include "app/planner.h"
#include "app/poller.h"
#include "app/reload.h"
#include "app/subscriber.h"
#include "app/upkeep.h"
#include "app/verbs.h"
#include "app/websub.h"
#include "base/log.h"
#include "config/address_key.h"
#include "store/consent.h"
#include "store/delivery.h"
#include "store/suppression.h"
#include "web/web.h"
#include <curl/curl.h>
#include <libxml/parser.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define STOP_GRACE_MS 8000

struct daemon {
	uv_loop_t loop;
	struct clock clock;
	struct worker worker;
	struct core core;
	struct arena config_mem; /* until reload takes it over */
	struct config config;	 /* the first one */
	struct planner planner;
	struct poller *poller;
	struct maildirs *maildirs;
	struct bounce_box *bounce_box;
	struct courier *courier;
	struct web *web;
	struct subscriber *subscriber;
	struct reload *reload;
	struct control *control;
	struct verbs verbs;
	struct notify notify;
	struct upkeep upkeep;
	uv_signal_t signals[3];
	size_t closing; /* parts that have not said "closed" */
	bool stopping;
};

/* ---- the parts' events -------------------------------------------------- */

static void on_stored(void *data)
{
	struct daemon *d = data;

	planner_wake(&d->planner);
}

static void on_planned(void *data)
{
	struct daemon *d = data;

	courier_wake(d->courier);
}

static void on_changed(void *data)
{
	struct daemon *d = data;

	planner_wake(&d->planner);
	courier_wake(d->courier);
	poller_wake(d->poller);
	maildirs_wake(d->maildirs);
}

static void on_counted(void *data)
{
	struct daemon *d = data;

	planner_wake(&d->planner);
	courier_wake(d->courier);
}

static void on_reload_begins(void *data)
{
	struct daemon *d = data;

	notify_reloading(&d->clock);
}

static void on_reload_ended(bool settings, void *data)
{
	struct daemon *d = data;
	struct err e;

	if (d->stopping)
		return;
	if (settings && poller_configure(d->poller, &e))
		log_error("%s; the old setting stays in force", e.text);
	if (settings && subscriber_configure(d->subscriber, &e))
		log_error("%s; the old setting stays in force", e.text);
	if (settings && web_listen(d->web, d->core.config->web.listen, &e))
		log_error("%s; the old setting stays in force", e.text);
	if (settings) {
		courier_configure(d->courier);
		memory_give_back();
	}
	notify_ready("running");
	planner_wake(&d->planner);
	poller_wake(d->poller);
	maildirs_wake(d->maildirs);
	bounce_box_wake(d->bounce_box);
}

static void on_certified(struct certificate *certificate, void *data)
{
	struct daemon *d = data;
	struct err e;

	if (d->stopping)
		certificate_free(certificate);
	else if (web_certify(d->web, certificate, &e))
		log_error("%s; the old one stays in force", e.text);
}

static void on_asked_to_reload(struct control_call *call, void *data)
{
	struct daemon *d = data;

	reload_asked(d->reload, call);
}

/* ---- the end ------------------------------------------------------------ */

static void on_all_closed(void *data)
{
	(void)data; /* the loop runs dry by itself now */
}

static void on_closed(void *data)
{
	struct daemon *d = data;

	if (--d->closing == 0)
		net_close(d->core.net, on_all_closed, NULL);
}

static void daemon_stop(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	d->closing = 8; /* each on_closed below */
	notify_stopping();
	log_info("stopping");
	planner_stop(&d->planner);
	upkeep_stop(&d->upkeep);
	control_close(d->control, on_closed, d);
	web_close(d->web, on_closed, d);
	subscriber_close(d->subscriber, on_closed, d);
	reload_close(d->reload, on_closed, d);
	poller_close(d->poller, on_closed, d);
	maildirs_close(d->maildirs, on_closed, d);
	bounce_box_close(d->bounce_box, on_closed, d);
	courier_close(d->courier, STOP_GRACE_MS, on_closed, d);
	notify_close(&d->notify);
	for (size_t i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&d->signals[i], NULL);
}

static void on_signal(uv_signal_t *handle, int signum)
{
	struct daemon *d = handle->data;

	if (signum == SIGHUP)
		reload_all(d->reload);
	else
		daemon_stop(d);
}

/* ---- the beginning ------------------------------------------------------ */

static int exit_status(int code)
{
	switch (code) {
	case ERR_BUSY:
		return EX_TEMPFAIL;
	case ERR_IO:
	case ERR_FULL:
		return EX_IOERR;
	default:
		return EX_CONFIG;
	}
}

/* The database, the words and what the ini files say. Blocking. */
static int open_store(struct daemon *d, struct err *e)
{
	const struct config *config = &d->config;
	struct intake_result members;
	struct core *core = &d->core;
	struct address_key address_key;
	int64_t clean = 0, back = 0;
	int64_t now = clock_now(&d->clock);
	int r = db_open(config->store.path, DB_WRITE, &core->db, e);

	if (!r)
		r = db_number_get(core->db, DB_CLEAN_STOP, &clean, e);
	if (!r)
		r = upkeep_keys(core, config->store.path, now, e);
	if (!r)
		r = address_key_keep(config->store.path, &address_key, e);
	if (!r)
		suppression_use(core->db, &address_key);
	if (!r && !clean)
		r = db_check(core->db, e);
	if (!r)
		r = db_number_set(core->db, DB_CLEAN_STOP, 0, e);
	if (!r) /* the lock says that nobody else sends */
		r = delivery_recover(core->db, now, LEASE_CRASHED, &back, e);
	if (!r)
		r = intake_words(core->db, config, now, &core->words, e);
	memory_give_back(); /* what trying the words left: it would add, too */
	if (!r)
		r = intake_groups(core->db, core->config_dir, config, now, e);
	if (!r)
		r = intake_calendar(core->db, config, e);
	if (!r)
		r = consent_policy(core->db, config->community.confirm, now, e);
	if (!r)
		r = intake_members(core->db, core->config_dir, config, NULL, 0,
				   now, &members, e);
	if (r)
		return r;
	if (back)
		log_warn("%lld deliveries were under way when pregond last "
			 "ended; they go out again with the same Message-ID",
			 (long long)back);
	if (members.bad)
		log_warn("%s%s", members.first_bad.text,
			 members.bad > 1 ? " (and more; see pregonctl members)"
					 : "");
	return 0;
}

static int start_web(struct daemon *d, struct err *e)
{
	const struct web_parts parts = {
	    .loop = &d->loop,
	    .clock = &d->clock,
	    .worker = &d->worker,
	    .db = d->core.db,
	    .hook = hook_take,
	    .verify = websub_verify,
	    .content = websub_content,
	    .unsubscribe = pages_unsubscribe,
	    .weekly = pages_weekly,
	    .confirm = pages_confirm,
	    .preferences = pages_preferences,
	    .personal = pages_data,
	    .forget = pages_forget,
	    .find = pages_find,
	    .style = pages_style,
	    .config = &d->core.config,
	    .task_data = &d->core,
	    .stored = on_stored,
	    .data = d,
	};
	struct certificate *certificate;
	int r = web_new(&parts, &d->web, e);

	if (!r)
		r = certificate_read(d->config.web.certificate,
				     d->config.web.key, &certificate, e);
	if (!r)
		r = web_certify(d->web, certificate, e);
	if (!r)
		r = web_listen(d->web, d->config.web.listen, e);
	return r ? r : subscriber_new(&d->core, &d->subscriber, e);
}

/* One that comes while it starts waits until there is somebody to reload; it
 * would end the process. */
static void hold_reloads(int how)
{
	sigset_t reload;

	sigemptyset(&reload);
	sigaddset(&reload, SIGHUP);
	(void)pthread_sigmask(how, &reload, NULL);
}

static void listen_to_signals(struct daemon *d)
{
	static const int wanted[3] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < 3; i++) {
		uv_signal_init(&d->loop, &d->signals[i]);
		d->signals[i].data = d;
		uv_signal_start(&d->signals[i], on_signal, wanted[i]);
	}
	hold_reloads(SIG_UNBLOCK);
}

static int start_parts(struct daemon *d, struct err *e)
{
	struct core *core = &d->core;
	int r = net_new(&d->loop, &core->net, e);

	/* Before anybody can see that it runs. */
	listen_to_signals(d);
	if (!r)
		r = poller_new(core, &(struct poller_events){on_stored, d},
			       &d->poller, e);
	if (!r)
		r = courier_new(core, &d->courier, e);
	if (!r)
		r = start_web(d, e);
	if (!r)
		r = control_new(&d->loop, d->config.control.socket, verbs_asked,
				&d->verbs, &d->control, e);
	if (!r)
		r = reload_new(core, d->config_mem,
			       &(struct reload_events){on_reload_begins,
						       on_reload_ended,
						       on_certified, d},
			       &d->reload, e);
	if (r)
		return r;
	d->config_mem = (struct arena){0};
	d->maildirs =
	    maildirs_new(core, &(struct maildirs_events){on_stored, d});
	d->bounce_box =
	    bounce_box_new(core, &(struct bounce_box_events){on_counted, d});
	d->verbs = (struct verbs){
	    .core = core,
	    .changed = on_changed,
	    .reload = on_asked_to_reload,
	    .data = d,
	};
	planner_init(&d->planner, core, on_planned, d);
	notify_init(&d->notify, core);
	upkeep_init(&d->upkeep, core);
	return 0;
}

static void run(struct daemon *d)
{
	memory_give_back();
	notify_ready("running");
	log_info("pregond %s is running; configuration in %s", PREGON_VERSION,
		 d->core.config_dir);
	planner_wake(&d->planner);
	poller_wake(d->poller);
	maildirs_wake(d->maildirs);
	bounce_box_wake(d->bounce_box);
	courier_wake(d->courier);
	uv_run(&d->loop, UV_RUN_DEFAULT);
}

/* What was leased and not settled goes back; then the orderly mark. */
static void close_store(struct daemon *d)
{
	struct err e;
	int64_t back;

	if (delivery_recover(d->core.db, clock_now(&d->clock), LEASE_STOPPED,
			     &back, &e) ||
	    db_number_set(d->core.db, DB_CLEAN_STOP, 1, &e))
		log_error("%s", e.text);
	else if (back)
		log_info("%lld deliveries given back to the queue",
			 (long long)back);
}

int daemon_run(const char *config_dir)
{
	struct daemon d = {0};
	struct err e;
	int r;

	hold_reloads(SIG_BLOCK);
	memory_give_back(); /* what linking left: it would add to the peak */
	signal(SIGPIPE, SIG_IGN);
	memory_hold_libraries();
	xmlInitParser(); /* before there are threads that parse */
	uv_loop_init(&d.loop);
	worker_init(&d.worker, &d.loop);
	d.core = (struct core){
	    .loop = &d.loop,
	    .clock = &d.clock,
	    .worker = &d.worker,
	    .config = &d.config,
	    .config_dir = config_dir,
	};
	r = config_load(config_dir, &d.config_mem, &d.config, &e);
	if (!r)
		r = open_store(&d, &e);
	if (!r)
		r = start_parts(&d, &e);
	if (r) {
		log_error("%s", e.text);
		db_close(d.core.db);
		return exit_status(r);
	}
	run(&d);
	close_store(&d);
	poller_free(d.poller);
	maildirs_free(d.maildirs);
	bounce_box_free(d.bounce_box);
	courier_free(d.courier);
	web_free(d.web);
	subscriber_free(d.subscriber);
	reload_free(d.reload);
	upkeep_release(&d.upkeep);
	batch_free(d.core.batch);
	words_free(d.core.words);
	db_close(d.core.db);
	r = uv_loop_close(&d.loop);
	if (r)
		log_error("the loop did not end: %s", uv_strerror(r));
	curl_global_cleanup();
	log_info("stopped");
	return r ? EX_SOFTWARE : EX_OK;
}
