/*
 * What a webhook brings, into the store: POST /hook/GROUP.
 *
 * For groups that have a webhook_file, or else a key_file, whose first line
 * signs the body; nothing is read before the signature is right. Each event
 * once: by its id, by its bytes, and by what it tells (the keys that a poll of
 * the group gives).
 */
#ifndef APP_HOOK_H
#define APP_HOOK_H

#include "web/task.h"

/* A web_task_fn. */
int hook_take(struct db *db, struct web_task *task, int64_t now, struct err *e);

#endif
