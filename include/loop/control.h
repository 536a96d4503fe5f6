/*
 * The Unix socket by which pregonctl asks pregond to do things.
 *
 * One request a connection: a line of JSON (at most 1 MiB), answered by one
 * line of JSON, then closed. The socket's mode is 0660; who may connect is
 * the file system's to say. At most 32 connections, 30 s each.
 */
#ifndef LOOP_CONTROL_H
#define LOOP_CONTROL_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct control;
struct control_call; /* one request waiting for its answer */

/* The request is NUL-terminated, without its line end, valid during the
 * call. Exactly one control_reply() must follow, now or later. */
typedef void (*control_cb)(struct control_call *call, const char *request,
			   void *data);

int control_new(uv_loop_t *loop, const char *path, control_cb asked, void *data,
		struct control **ret_control, struct err *e);
/* `line` without a line end; copied. Safe when the caller has gone. */
void control_reply(struct control_call *call, const char *line);
/* Stops listening and removes the socket; open calls are cut. */
void control_close(struct control *control, void (*cb)(void *data), void *data);

/* The client's side, blocking: sends a line, gives the answer (free it). */
int control_ask(const char *path, const char *request, char **ret_answer,
		struct err *e);

/* Somebody listens there. */
bool control_listens(const char *path);

#endif
