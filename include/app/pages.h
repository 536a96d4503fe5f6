/*
 * The pages that mails link to: web_task_fns (web/web.h), each in the
 * caller's transaction on the worker. A task's data is the core.
 *
 * The token in the address is the authority (but for /l/, which anybody may
 * ask, and which tells nothing), so there are no cookies; what
 * changes something is a POST of our own form (told by Sec-Fetch-Site or
 * Origin where a browser sends them), or the one click of RFC 8058. What is
 * changed goes into the store's overlay (store/overlay.h) and is in force
 * when the answer goes out; preferences go on into the member's file where it
 * is ours to write, and app/wishes.h says why the others stay.
 */
#ifndef APP_PAGES_H
#define APP_PAGES_H

#include "web/task.h"

int pages_unsubscribe(struct db *db, struct web_task *task, int64_t now,
		      struct err *e);
int pages_weekly(struct db *db, struct web_task *task, int64_t now,
		 struct err *e);
int pages_confirm(struct db *db, struct web_task *task, int64_t now,
		  struct err *e);
int pages_preferences(struct db *db, struct web_task *task, int64_t now,
		      struct err *e);
int pages_data(struct db *db, struct web_task *task, int64_t now,
	       struct err *e);
int pages_forget(struct db *db, struct web_task *task, int64_t now,
		 struct err *e);
int pages_find(struct db *db, struct web_task *task, int64_t now,
	       struct err *e);
int pages_style(struct db *db, struct web_task *task, int64_t now,
		struct err *e);

#endif
