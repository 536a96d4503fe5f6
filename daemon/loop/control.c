/*
 * Happy path: accept -> a line -> asked() -> control_reply() -> written ->
 * closed. A call outlives its connection until it is answered, so that an
 * answer for somebody who has gone is simply dropped.
 */
#include "loop/control.h"
#include "base/buf.h"
#include "base/mem.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_MAX (1024 * 1024)
#define ANSWER_MAX (16 * 1024 * 1024)
#define CALLS_MAX 32
#define CALL_MS 30000	  /* to say what it wants */
#define ANSWER_WAIT_S 300 /* a reload of a large folder takes its time */

struct control_call {
	struct control_call *next;
	struct control *control; /* NULL when that has closed */
	uv_pipe_t pipe;
	uv_timer_t timer;
	uv_write_t write;
	struct buf request;
	char *answer;
	bool asked; /* an answer is owed */
	bool closing;
	int open_handles;
};

struct control {
	uv_loop_t *loop;
	uv_pipe_t listener;
	char *path;
	control_cb asked;
	void *data;
	struct control_call *calls;
	size_t n_calls;
	bool closing, listening;
	void (*closed)(void *data);
	void *closed_data;
};

/* ---- the end of a call, and of all ------------------------------------- */

static void finish_close(struct control *c)
{
	if (!c->closing || c->listening || c->n_calls)
		return;
	c->closed(c->closed_data);
	free(c->path);
	free(c);
}

static void call_free(struct control_call *call)
{
	if (call->open_handles || call->asked)
		return;
	buf_release(&call->request);
	free(call->answer);
	free(call);
}

static void unlink_call(struct control_call *call)
{
	struct control *c = call->control;
	struct control_call **at = &c->calls;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	c->n_calls--;
	call->control = NULL;
	finish_close(c);
}

static void on_call_closed(uv_handle_t *handle)
{
	struct control_call *call = handle->data;

	if (--call->open_handles)
		return;
	unlink_call(call);
	call_free(call);
}

static void close_call(struct control_call *call)
{
	if (call->closing)
		return;
	call->closing = true;
	uv_close((uv_handle_t *)&call->pipe, on_call_closed);
	uv_close((uv_handle_t *)&call->timer, on_call_closed);
}

/* ---- a call ------------------------------------------------------------- */

static void on_written(uv_write_t *write, int status)
{
	(void)status;
	close_call(write->data);
}

void control_reply(struct control_call *call, const char *line)
{
	struct buf answer;
	uv_buf_t out;

	call->asked = false;
	if (call->closing) {
		call_free(call);
		return;
	}
	buf_init(&answer, ANSWER_MAX);
	if (buf_addf(&answer, "%s\n", line))
		(void)buf_adds(&answer, "{\"error\":\"the answer is too "
					"long\"}\n");
	out = uv_buf_init(answer.data, (unsigned)answer.len);
	call->answer = buf_steal(&answer);
	call->write.data = call;
	if (uv_write(&call->write, (uv_stream_t *)&call->pipe, &out, 1,
		     on_written))
		close_call(call);
}

static void ask(struct control_call *call)
{
	struct control *c = call->control;

	uv_timer_stop(&call->timer);
	uv_read_stop((uv_stream_t *)&call->pipe);
	call->asked = true;
	c->asked(call, buf_str(&call->request), c->data);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	(void)handle;
	*buf = uv_buf_init(xcalloc(1, wanted), (unsigned)wanted);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
	struct control_call *call = stream->data;
	const char *end = n > 0 ? memchr(bytes->base, '\n', (size_t)n) : NULL;
	size_t len = end ? (size_t)(end - bytes->base) : n > 0 ? (size_t)n : 0;

	if (n < 0 || buf_add(&call->request, bytes->base, len))
		close_call(call);
	else if (end)
		ask(call);
	free(bytes->base);
}

static void on_late(uv_timer_t *timer)
{
	close_call(timer->data);
}

static void on_caller(uv_stream_t *listener, int status)
{
	struct control *c = listener->data;
	struct control_call *call;

	if (status < 0 || c->closing)
		return;
	call = xcalloc(1, sizeof(*call));
	call->control = c;
	call->next = c->calls;
	c->calls = call;
	c->n_calls++;
	buf_init(&call->request, REQUEST_MAX);
	uv_pipe_init(c->loop, &call->pipe, 0);
	uv_timer_init(c->loop, &call->timer);
	call->pipe.data = call->timer.data = call;
	call->open_handles = 2;
	if (uv_accept(listener, (uv_stream_t *)&call->pipe) ||
	    c->n_calls > CALLS_MAX ||
	    uv_read_start((uv_stream_t *)&call->pipe, on_alloc, on_read))
		close_call(call);
	else
		uv_timer_start(&call->timer, on_late, CALL_MS, 0);
}

/* ---- listening ---------------------------------------------------------- */

static int check_path(const char *path, struct err *e)
{
	struct stat st;

	/* libuv would cut it without a word. */
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return err_set(e, ERR_CONFIG,
			       "%s: the path of a socket has at most %zu bytes",
			       path,
			       sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
	if (lstat(path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_CONFIG,
			       "%s: is there and no socket; set [control] "
			       "socket to another path",
			       path);
	/* A socket that a killed daemon left: the store's lock says that
	 * there is no other. */
	(void)unlink(path);
	return 0;
}

static void on_failed_closed(uv_handle_t *handle)
{
	struct control *c = handle->data;

	free(c->path);
	free(c);
}

int control_new(uv_loop_t *loop, const char *path, control_cb asked, void *data,
		struct control **ret_control, struct err *e)
{
	int r = check_path(path, e);
	struct control *c;

	if (r)
		return r;
	c = xcalloc(1, sizeof(*c));
	c->loop = loop;
	c->path = xstrdup(path);
	c->asked = asked;
	c->data = data;
	uv_pipe_init(loop, &c->listener, 0);
	c->listener.data = c;
	r = uv_pipe_bind(&c->listener, path);
	if (!r && chmod(path, 0660))
		r = -errno;
	if (!r)
		r = uv_listen((uv_stream_t *)&c->listener, CALLS_MAX,
			      on_caller);
	if (r) {
		uv_close((uv_handle_t *)&c->listener, on_failed_closed);
		return err_set(e, ERR_IO, "%s: cannot listen: %s", path,
			       uv_strerror(r));
	}
	c->listening = true;
	*ret_control = c;
	return 0;
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct control *c = handle->data;

	c->listening = false;
	finish_close(c);
}

void control_close(struct control *c, void (*cb)(void *data), void *data)
{
	c->closing = true;
	c->closed = cb;
	c->closed_data = data;
	for (struct control_call *i = c->calls; i; i = i->next)
		close_call(i);
	/* Closing the pipe removes the socket's file. */
	uv_close((uv_handle_t *)&c->listener, on_listener_closed);
}

/* ---- the other side ----------------------------------------------------- */

static int connect_to(const char *path, int *ret_fd, struct err *e)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct timeval wait = {.tv_sec = ANSWER_WAIT_S};
	int fd, why;

	if (strlen(path) >= sizeof(to.sun_path))
		return err_set(e, ERR_CONFIG, "%s: too long for a socket",
			       path);
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, ERR_IO, "socket: %s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		*ret_fd = fd;
		return 0;
	}
	why = errno;
	close(fd);
	if (why == EACCES || why == EPERM)
		return err_set(e, ERR_DENIED,
			       "%s: not allowed; be root or in the group that "
			       "owns it",
			       path);
	if (why == ENOENT || why == ECONNREFUSED)
		return err_set(e, ERR_MISSING,
			       "pregond does not run (nobody listens on %s)",
			       path);
	return err_set(e, ERR_IO, "%s: %s", path, strerror(why));
}

static int say(int fd, const char *line, struct err *e)
{
	size_t len = strlen(line), done = 0;

	while (done <= len) {
		/* The line's NUL is where its end goes. */
		const char *from = done < len ? line + done : "\n";
		size_t n = done < len ? len - done : 1;
		ssize_t sent = send(fd, from, n, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "pregond hung up: %s",
				       strerror(errno));
		if (sent > 0)
			done += (size_t)sent;
	}
	return 0;
}

static int hear(int fd, struct buf *answer, struct err *e)
{
	char bytes[16 * 1024];

	for (;;) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, ERR_IO, "pregond does not answer: %s",
				       strerror(errno));
		if (n == 0)
			return err_set(e, ERR_IO,
				       "pregond hung up without an answer");
		if (buf_add(answer, bytes, (size_t)n))
			return err_set(e, ERR_LIMIT,
				       "pregond's answer is too long");
		if (bytes[n - 1] == '\n') {
			answer->data[answer->len - 1] = '\0';
			return 0;
		}
	}
}

int control_ask(const char *path, const char *request, char **ret_answer,
		struct err *e)
{
	struct buf answer;
	int fd = -1, r = connect_to(path, &fd, e);

	if (r)
		return r;
	buf_init(&answer, ANSWER_MAX + 1);
	r = say(fd, request, e);
	if (!r)
		r = hear(fd, &answer, e);
	close(fd);
	if (r)
		buf_release(&answer);
	else
		*ret_answer = buf_steal(&answer);
	return r;
}

bool control_listens(const char *path)
{
	int fd = -1;

	if (connect_to(path, &fd, NULL))
		return false;
	close(fd);
	return true;
}
