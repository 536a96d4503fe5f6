#include "../lib/loops.h"
#include "loop/watch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	uv_loop_t loop;
	struct watch *watch;
	char dir[64];
	char names[4096];
	size_t n_names, calls;
	bool rescan, told, closed;
};

static void on_changed(size_t index, const char *const *names, size_t n,
		       bool rescan, void *data)
{
	struct fixture *f = data;

	assert_int_equal(index, 0);
	f->calls++;
	f->rescan |= rescan;
	f->n_names += n;
	for (size_t i = 0; i < n && f->n_names < 100; i++) {
		strcat(f->names, names[i]);
		strcat(f->names, " ");
	}
	f->told = true;
}

static void set_flag(void *data)
{
	*(bool *)data = true;
}

static void begin(struct fixture *f)
{
	const char *folders[1];
	struct err e;

	memset(f, 0, sizeof(*f));
	snprintf(f->dir, sizeof(f->dir), "/tmp/pregon-watch-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	folders[0] = f->dir;
	uv_loop_init(&f->loop);
	assert_int_equal(
	    watch_new(&f->loop, folders, 1, 20, on_changed, f, &f->watch, &e),
	    0);
}

static void end(struct fixture *f)
{
	char command[128];

	watch_close(f->watch, set_flag, &f->closed);
	assert_int_equal(loop_end(&f->loop), 0);
	assert_true(f->closed);
	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	assert_int_equal(system(command), 0);
}

static void put(struct fixture *f, const char *name)
{
	char from[200], to[200];
	FILE *out;

	snprintf(from, sizeof(from), "%s/.new", f->dir);
	snprintf(to, sizeof(to), "%s/%s", f->dir, name);
	out = fopen(from, "we");
	fputs("x", out);
	fclose(out);
	assert_int_equal(rename(from, to), 0);
}

static void changes_are_told_once_by_name(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f);
	put(&f, "b.ini");
	put(&f, "a.ini");
	put(&f, "b.ini");
	assert_true(loop_until(&f.loop, &f.told));
	assert_int_equal(f.calls, 1);
	assert_non_null(strstr(f.names, "a.ini b.ini "));
	assert_null(strstr(strstr(f.names, "b.ini") + 1, "b.ini"));
	end(&f);
}

static void a_file_that_comes_by_a_link_is_told_where_asked(void **s)
{
	struct fixture f;
	char from[200], to[200];

	(void)s;
	begin(&f);
	watch_links(f.watch);
	snprintf(from, sizeof(from), "%s.from", f.dir);
	snprintf(to, sizeof(to), "%s/mail", f.dir);
	fclose(fopen(from, "we"));
	assert_int_equal(link(from, to), 0);
	assert_true(loop_until(&f.loop, &f.told));
	assert_string_equal(f.names, "mail ");
	assert_int_equal(unlink(from), 0);
	end(&f);
}

static void a_folder_that_is_replaced_is_a_rescan(void **s)
{
	struct fixture f;
	char away[80];

	(void)s;
	begin(&f);
	snprintf(away, sizeof(away), "%s.away", f.dir);
	assert_int_equal(rename(f.dir, away), 0);
	assert_int_equal(mkdir(f.dir, 0700), 0);
	assert_true(loop_until(&f.loop, &f.told));
	assert_true(f.rescan);
	/* The new one is watched. */
	f.told = false;
	put(&f, "c.ini");
	assert_true(loop_until(&f.loop, &f.told));
	assert_non_null(strstr(f.names, "c.ini"));
	assert_int_equal(rmdir(away), 0);
	end(&f);
}

static void more_than_the_kernel_keeps_is_a_rescan(void **s)
{
	struct fixture f;
	FILE *in = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	int max = 16384;

	(void)s;
	assert_int_equal(fscanf(in, "%d", &max), 1);
	fclose(in);
	begin(&f);
	/* The loop does not run meanwhile: the queue overflows. */
	for (int i = 0; i <= max / 3; i++) /* closed, moved from, moved to */
		put(&f, i % 2 ? "a.ini" : "b.ini");
	assert_true(loop_until(&f.loop, &f.told));
	assert_true(f.rescan);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(changes_are_told_once_by_name),
	    cmocka_unit_test(a_file_that_comes_by_a_link_is_told_where_asked),
	    cmocka_unit_test(a_folder_that_is_replaced_is_a_rescan),
	    cmocka_unit_test(more_than_the_kernel_keeps_is_a_rescan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
