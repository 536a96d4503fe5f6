#include "base/buf.h"
#include "deliver/maildir.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t count_files(const char *dir, const char *part)
{
	char path[300];
	struct dirent *entry;
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", dir, part);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		n += entry->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void make_place(char dir[64])
{
	snprintf(dir, 64, "/tmp/pregon-maildir-XXXXXX");
	assert_non_null(mkdtemp(dir));
}

static void remove_place(const char *dir)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	assert_int_equal(system(command), 0);
}

static void a_mail_is_one_file_whole_and_private(void **s)
{
	char dir[64], box[80], bytes[16] = "";
	struct arena mem = {0};
	struct stat st;
	const char *path;
	struct err e;
	FILE *in;

	(void)s;
	make_place(dir);
	snprintf(box, sizeof(box), "%s/Maildir", dir);
	for (int i = 0; i < 3; i++)
		assert_int_equal(maildir_write(box, "alert.1.x@y.es",
					       "Hola\r\n", 6, &mem, &path, &e),
				 0);
	assert_int_equal(count_files(box, "new"), 1);
	assert_int_equal(count_files(box, "tmp"), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	in = fopen(path, "re");
	assert_int_equal(fread(bytes, 1, sizeof(bytes), in), 6);
	fclose(in);
	assert_memory_equal(bytes, "Hola\r\n", 6);
	arena_release(&mem);
	remove_place(dir);
}

static void a_message_id_cannot_leave_the_folder(void **s)
{
	static const char *const ids[] = {"../../etc/x@y",   "/etc/x",
					  ".hidden",	     "a:2,S@x",
					  "con espacio\n@x", ""};
	char dir[64];
	struct arena mem = {0};
	const char *path;
	struct err e;

	(void)s;
	make_place(dir);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		assert_int_equal(
		    maildir_write(dir, ids[i], "x", 1, &mem, &path, &e), 0);
		assert_memory_equal(path, dir, strlen(dir));
		assert_null(strchr(path + strlen(dir) + 5, '/'));
		assert_null(strchr(path, ':'));
	}
	arena_release(&mem);
	remove_place(dir);
}

static void a_disk_that_refuses_leaves_nothing(void **s)
{
	struct rlimit full = {4096, RLIM_INFINITY}, before;
	char dir[64], large[8192];
	struct arena mem = {0};
	const char *path;
	struct err e;

	(void)s;
	make_place(dir);
	memset(large, 'x', sizeof(large));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	full.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &full);
	assert_true(maildir_write(dir, "m@x", large, sizeof(large), &mem, &path,
				  &e) < 0);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_non_null(strstr(e.text, "cannot write"));
	assert_int_equal(count_files(dir, "new"), 0);
	assert_int_equal(count_files(dir, "tmp"), 0);
	assert_int_equal(
	    maildir_write("/dev/null/box", "m@x", "x", 1, &mem, &path, &e),
	    ERR_IO);
	arena_release(&mem);
	remove_place(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mail_is_one_file_whole_and_private),
	    cmocka_unit_test(a_message_id_cannot_leave_the_folder),
	    cmocka_unit_test(a_disk_that_refuses_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
