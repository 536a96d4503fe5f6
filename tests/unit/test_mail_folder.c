#include "source/mail_folder.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static struct arena mem;
static struct mail_folder folder;
static struct err e;

static const char *path_of(const char *name)
{
	return arena_printf(&mem, "%s/%s", dir, name);
}

static void put(const char *name, const char *text)
{
	FILE *out = fopen(path_of(name), "we");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/pregon-mails-XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(mkdir(path_of("tmp"), 0700), 0);
	assert_int_equal(mkdir(path_of("new"), 0700), 0);
	assert_int_equal(mkdir(path_of("cur"), 0700), 0);
	e = (struct err){""};
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	mail_folder_close(&folder);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
	arena_release(&mem);
	return 0;
}

static struct mail_file *list(size_t *ret_n)
{
	struct mail_file *files = NULL;

	assert_int_equal(mail_folder_open(dir, &folder, &e), 0);
	assert_int_equal(mail_folder_list(&folder, &mem, &files, ret_n, &e), 0);
	return files;
}

static void mails_are_listed_by_their_names_start(void **state)
{
	struct mail_file *files;
	size_t n;

	(void)state;
	put("new/20.b.host", "x");
	put("cur/3.a.host:2,S", "x");
	put("cur/100.c.host:2,", "x");
	put("tmp/1.d.host", "x");
	put("new/.hidden", "x");
	put("new/:2,S", "x");
	assert_int_equal(mkdir(path_of("new/folder"), 0700), 0);
	assert_int_equal(mkdir(path_of(".Sent"), 0700), 0);
	files = list(&n);
	assert_int_equal(n, 3);
	assert_string_equal(files[0].id, "100.c.host");
	assert_string_equal(files[1].id, "20.b.host");
	assert_string_equal(files[2].id, "3.a.host");
	mail_files_by_arrival(files, n);
	assert_string_equal(files[0].name, "3.a.host:2,S");
	assert_int_equal(files[0].place, MAIL_CUR);
	assert_string_equal(files[2].id, "100.c.host");
}

static int read_file(const char *name, struct buf *out)
{
	struct mail_file file;

	assert_true(mail_file_named(MAIL_NEW, name, &mem, &file));
	return mail_folder_read(&folder, &file, out, &e);
}

static void only_regular_files_are_read(void **state)
{
	struct buf out;
	size_t n;

	(void)state;
	put("secret", "secret");
	put("new/1", "Hola");
	put("new/2", "");
	assert_int_equal(symlink(path_of("secret"), path_of("new/3")), 0);
	assert_int_equal(mkfifo(path_of("new/4"), 0600), 0);
	assert_int_equal(mkdir(path_of("new/5"), 0700), 0);
	(void)list(&n);
	assert_int_equal(n, 2);
	buf_init(&out, 3);
	assert_int_equal(read_file("1", &out), 0);
	assert_string_equal(buf_str(&out), "Hol");
	assert_int_equal(read_file("2", &out), ERR_MISSING);
	assert_int_equal(read_file("3", &out), ERR_DENIED);
	assert_int_equal(read_file("4", &out), ERR_DENIED);
	assert_int_equal(read_file("5", &out), ERR_DENIED);
	assert_int_equal(read_file("6", &out), ERR_MISSING);
	buf_release(&out);
}

static void what_is_no_maildir_is_told(void **state)
{
	(void)state;
	assert_int_equal(mail_folder_open("/nonexistent/x", &folder, &e),
			 ERR_IO);
	assert_non_null(strstr(e.text, "/nonexistent/x: there is no Maildir"));
	assert_int_equal(rmdir(path_of("new")), 0);
	assert_int_equal(mail_folder_open(dir, &folder, &e), ERR_IO);
	assert_int_equal(symlink("/tmp", path_of("new")), 0);
	assert_int_equal(mail_folder_open(dir, &folder, &e), ERR_IO);
	assert_non_null(strstr(e.text, "symbolic links are not followed"));
}

static void a_maildir_may_have_no_cur_yet(void **state)
{
	size_t n;

	(void)state;
	assert_int_equal(rmdir(path_of("cur")), 0);
	put("new/1", "x");
	(void)list(&n);
	assert_int_equal(n, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(mails_are_listed_by_their_names_start),
	    T(only_regular_files_are_read),
	    T(what_is_no_maildir_is_told),
	    T(a_maildir_may_have_no_cur_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
