/*
 * The daemon's HTTP: its routes, and who may ask how often.
 *
 *   GET  /healthz       200 while the loop, the worker and the store answer
 *   POST /hook/GROUP    a webhook
 *   GET  /websub/TOKEN  a hub asks whether we meant it
 *   POST /websub/TOKEN  a hub tells what is new
 *   GET  /u/TOKEN       what unsubscribing would do; changes nothing, because
 *                       what looks through mails follows links
 *   POST /u/TOKEN       unsubscribes, in one click (RFC 8058) or by our form
 *   GET  /w/TOKEN       what hearing of a group weekly would do
 *   POST /w/TOKEN       does it
 *   GET  /c/TOKEN       asks whether the address is its member's
 *   POST /c/TOKEN       says that it is
 *   GET, POST /p/TOKEN  the member's preferences
 *   GET  /d/TOKEN       what is stored about the member, as JSON
 *   GET, POST /f/TOKEN  the member asks to be forgotten
 *   GET, POST /l/       a member asks for a link to their page by mail
 *   GET  /style.css     of these pages
 *
 * What a webhook or a hub brings is taken in on the worker, all that has
 * arrived meanwhile in one transaction, and answered when it is committed.
 * A sender that is refused too often (wrong signatures, no such group), or
 * that comes too often, is answered 429 without that; for /l/, which sends
 * mail, a few times are too often. Loop thread.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/clock.h"
#include "config/certificate.h"
#include "loop/worker.h"
#include "web/task.h"

#define WEB_BODY_MAX (1024 * 1024)
#define WEB_FORM_MAX (64 * 1024)

struct web_parts {
	uv_loop_t *loop;
	const struct clock *clock;
	struct worker *worker;
	struct db *db; /* the worker's */
	/* What the routes do; on the worker. */
	web_task_fn hook, verify, content;
	web_task_fn unsubscribe, weekly, confirm, preferences;
	web_task_fn personal, forget, find, style;
	const struct config *const *config; /* the one in force; NULL: none */
	/* New events were stored. */
	void (*stored)(void *data);
	void *data;
	void *task_data; /* struct web_task's */
};

struct web;

/* It listens nowhere yet. */
int web_new(const struct web_parts *parts, struct web **ret_web, struct err *e);
/* [web] listen, "" for nowhere; on error it stays where it was. */
int web_listen(struct web *w, const char *address, struct err *e);
/*
 * HTTPS with this one from now on, NULL: HTTP. Takes it over. On error it
 * goes on as it was. It is said once a day when one ends within a fortnight.
 */
int web_certify(struct web *w, struct certificate *certificate, struct err *e);
/* What is under way is answered; `closed` when no job of it is left. */
void web_close(struct web *w, void (*closed)(void *data), void *data);
/* After `closed`. */
void web_free(struct web *w);

#endif
