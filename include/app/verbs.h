/*
 * What pregonctl can ask the daemon to do: a table of verbs.
 *
 * A request is one JSON object, {"do": VERB, ...}; the answer is {"ok":
 * true, ...} or {"error": TEXT, "exit": SYSEXITS}. pregonctl(8) documents
 * them. Verbs that change rows run as one transaction on the worker.
 */
#ifndef APP_VERBS_H
#define APP_VERBS_H

#include "app/core.h"
#include "loop/control.h"

struct verbs {
	const struct core *core;
	/* Told on the loop after a verb changed the queue, the events or what
	 * is to be polled. */
	void (*changed)(void *data);
	/* "reload": loads the configuration again; answers by itself. */
	void (*reload)(struct control_call *call, void *data);
	void *data;
};

/* A control_cb; `data` is a struct verbs. */
void verbs_asked(struct control_call *call, const char *request, void *data);
/* Answers with the error, or {"ok": true} when code is 0. */
void verbs_answer(struct control_call *call, int code, const struct err *e);

#endif
