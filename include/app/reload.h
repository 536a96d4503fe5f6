/*
 * Configuration that changes while the daemon runs.
 *
 * Changed files (inotify, by folder), SIGHUP and `pregonctl reload` all end
 * in one job: settings, words and groups when they may have changed, then the
 * member files that did, or all. What is wrong keeps its last good version;
 * words are tried before they are used (compose/trial.h), and a certificate
 * is, with its key.
 * Requests that come while the job runs are gathered into the next one.
 * Loop thread.
 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "app/core.h"
#include "config/certificate.h"
#include "loop/control.h"
#include "loop/watch.h"

struct reload;

struct reload_events {
	/* A job begins, and has ended: for RELOADING=1 and READY=1. */
	void (*begins)(void *data);
	/* `settings`: core->config and core->words are new ones. */
	void (*ended)(bool settings, void *data);
	/* What [web] names was read anew, and is the callee's; NULL: HTTP. */
	void (*certified)(struct certificate *certificate, void *data);
	void *data;
};

/* `core` is changed by reloads; `config_mem` holds core->config and is
 * reload's from now on. */
int reload_new(struct core *core, struct arena config_mem,
	       const struct reload_events *events, struct reload **ret_reload,
	       struct err *e);
/* Everything, as SIGHUP asks. */
void reload_all(struct reload *r);
/* The same, answering the caller with what came of it. */
void reload_asked(struct reload *r, struct control_call *call);
/* Stops watching; `closed` when nothing of it is left on the loop. */
void reload_close(struct reload *r, void (*closed)(void *data), void *data);
/* After the loop has ended. */
void reload_free(struct reload *r);

#endif
