#include "../lib/loops.h"
#include "base/mem.h"
#include "loop/control.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct fixture {
	uv_loop_t loop;
	struct control *control;
	char path[64];
	struct control_call *kept; /* answered later */
	bool keep, closed;
};

static void on_asked(struct control_call *call, const char *request, void *data)
{
	struct fixture *f = data;
	char answer[64];

	if (f->keep) {
		f->kept = call;
		return;
	}
	snprintf(answer, sizeof(answer), "got %zu: %.20s", strlen(request),
		 request);
	control_reply(call, answer);
}

static void set_flag(void *data)
{
	*(bool *)data = true;
}

static void begin(struct fixture *f)
{
	struct err e;

	memset(f, 0, sizeof(*f));
	snprintf(f->path, sizeof(f->path), "/tmp/pregon-control-%d",
		 (int)getpid());
	uv_loop_init(&f->loop);
	if (control_new(&f->loop, f->path, on_asked, f, &f->control, &e))
		fail_msg("%s", e.text);
}

static void end(struct fixture *f)
{
	control_close(f->control, set_flag, &f->closed);
	assert_int_equal(loop_end(&f->loop), 0);
	assert_true(f->closed);
	assert_int_not_equal(access(f->path, F_OK), 0);
}

/* A client in its own thread. */
struct client {
	pthread_t thread;
	const char *path, *request;
	char *answer;
	int result;
	struct err e;
	uv_async_t finished;
	bool done;
};

static void *ask(void *data)
{
	struct client *c = data;

	c->result = control_ask(c->path, c->request, &c->answer, &c->e);
	uv_async_send(&c->finished);
	return NULL;
}

static void on_finished(uv_async_t *async)
{
	struct client *c = async->data;

	c->done = true;
}

static void on_gone(uv_handle_t *handle)
{
	struct client *c = handle->data;

	c->done = true;
}

static void start_client(struct client *c, struct fixture *f,
			 const char *request)
{
	*c = (struct client){.path = f->path, .request = request};
	uv_async_init(&f->loop, &c->finished, on_finished);
	c->finished.data = c;
	pthread_create(&c->thread, NULL, ask, c);
}

static void end_client(struct client *c, struct fixture *f)
{
	assert_true(loop_until(&f->loop, &c->done));
	pthread_join(c->thread, NULL);
	c->done = false;
	uv_close((uv_handle_t *)&c->finished, on_gone);
	assert_true(loop_until(&f->loop, &c->done));
}

static void a_line_is_answered_by_a_line(void **s)
{
	struct fixture f;
	struct client c;
	struct stat st;

	(void)s;
	begin(&f);
	assert_int_equal(stat(f.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	start_client(&c, &f, "{\"do\":\"x\"}");
	end_client(&c, &f);
	assert_int_equal(c.result, 0);
	assert_string_equal(c.answer, "got 10: {\"do\":\"x\"}");
	free(c.answer);
	end(&f);
}

static void a_long_request_passes_and_an_endless_one_does_not(void **s)
{
	struct fixture f;
	struct client c;
	char *large = xcalloc(1, 3000001);

	(void)s;
	begin(&f);
	memset(large, 'x', 900000);
	start_client(&c, &f, large);
	end_client(&c, &f);
	assert_string_equal(c.answer, "got 900000: xxxxxxxxxxxxxxxxxxxx");
	free(c.answer);
	memset(large, 'x', 3000000);
	start_client(&c, &f, large);
	end_client(&c, &f);
	assert_int_equal(c.result, ERR_IO);
	free(large);
	end(&f);
}

static void an_answer_for_who_has_gone_is_dropped(void **s)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct fixture f;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)s;
	begin(&f);
	f.keep = true;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", f.path);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(write(fd, "x\n", 2), 2);
	while (!f.kept)
		uv_run(&f.loop, UV_RUN_ONCE);
	close(fd);
	control_close(f.control, set_flag, &f.closed);
	assert_true(loop_until(&f.loop, &f.closed));
	control_reply(f.kept, "too late");
	assert_int_equal(loop_end(&f.loop), 0);
}

static void a_killed_daemons_socket_is_taken_over(void **s)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct fixture f;

	(void)s;
	snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/pregon-control-%d",
		 (int)getpid());
	(void)unlink(at.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	assert_false(control_listens(at.sun_path));
	begin(&f);
	assert_true(control_listens(f.path));
	end(&f);
}

static void bad_paths_are_told(void **s)
{
	char path[200], file[64];
	struct control *control;
	char *answer;
	uv_loop_t loop;
	struct err e;
	FILE *out;

	(void)s;
	uv_loop_init(&loop);
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[199] = '\0';
	assert_int_equal(control_new(&loop, path, on_asked, NULL, &control, &e),
			 ERR_CONFIG);
	snprintf(file, sizeof(file), "/tmp/pregon-file-%d", (int)getpid());
	out = fopen(file, "we");
	fclose(out);
	assert_int_equal(control_new(&loop, file, on_asked, NULL, &control, &e),
			 ERR_CONFIG);
	assert_int_equal(access(file, F_OK), 0); /* not ours to remove */
	unlink(file);
	assert_int_equal(
	    control_new(&loop, "/nonexistent/x", on_asked, NULL, &control, &e),
	    ERR_IO);
	assert_int_equal(control_ask("/nonexistent/x", "x", &answer, &e),
			 ERR_MISSING);
	assert_non_null(strstr(e.text, "pregond does not run"));
	assert_int_equal(loop_end(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_answered_by_a_line),
	    cmocka_unit_test(a_long_request_passes_and_an_endless_one_does_not),
	    cmocka_unit_test(an_answer_for_who_has_gone_is_dropped),
	    cmocka_unit_test(a_killed_daemons_socket_is_taken_over),
	    cmocka_unit_test(bad_paths_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
