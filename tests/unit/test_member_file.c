#include "config/member_file.h"
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

static char folder[64], file[80], other[80];
static struct arena mem;
static struct err e;

static int setup(void **s)
{
	(void)s;
	umask(022);
	snprintf(folder, sizeof(folder), "/tmp/pregon-members-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/ana.ini", folder);
	snprintf(other, sizeof(other), "%s.else", folder);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	(void)unlink(file);
	(void)rmdir(file);
	(void)unlink(other);
	arena_release(&mem);
	return rmdir(folder);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static int look(const char *name, bool group)
{
	const char *bytes;
	size_t len;

	e.text[0] = '\0';
	return member_file_read(folder, name, group, &mem, &bytes, &len, &e);
}

static void refused(bool group, int code, const char *why)
{
	int r = look("ana.ini", group);

	if (r != code || !strstr(e.text, why) || !strstr(e.text, folder))
		fail_msg("%d %s, not %d %s", r, e.text, code, why);
}

static void a_file_is_read(void **s)
{
	const char *bytes;
	size_t len;

	(void)s;
	put(file, "[member]\n");
	assert_int_equal(
	    member_file_read(folder, "ana.ini", false, &mem, &bytes, &len, &e),
	    0);
	assert_int_equal(len, 9);
	assert_string_equal(bytes, "[member]\n");
	assert_int_equal(unlink(file), 0);
	refused(false, ERR_MISSING, "no such file");
}

static void links_are_not_followed(void **s)
{
	(void)s;
	put(other, "[member]\n");
	assert_int_equal(symlink(other, file), 0);
	refused(false, ERR_CONFIG, "it is a symbolic link; put the file");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("nowhere", file), 0);
	refused(false, ERR_CONFIG, "symbolic link");
}

static void nothing_outside_is_read(void **s)
{
	char name[96];

	(void)s;
	put(other, "[member]\n");
	snprintf(name, sizeof(name), "../%s", strrchr(other, '/') + 1);
	assert_int_equal(look(name, false), ERR_CONFIG);
	assert_non_null(strstr(e.text, "out of the folder"));
	assert_int_equal(look(other, false), ERR_CONFIG);
}

static void what_is_no_file_is_refused(void **s)
{
	(void)s;
	assert_int_equal(mkdir(file, 0700), 0);
	refused(false, ERR_CONFIG, "not a regular file");
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	refused(false, ERR_CONFIG, "not a regular file");
	assert_int_equal(unlink(file), 0);
	/* A device, where we may make one. */
	if (!mknod(file, S_IFCHR | 0600, 0x103))
		refused(false, ERR_CONFIG, "not a regular file");
}

static void two_gigabytes_of_nothing_are_too_long(void **s)
{
	(void)s;
	put(file, "[member]\n");
	assert_int_equal(truncate(file, INT64_C(2) << 30), 0);
	refused(false, ERR_LIMIT, "larger than 64 KiB");
	assert_int_equal(truncate(file, MEMBER_FILE_MAX), 0);
	assert_int_equal(look("ana.ini", false), 0);
	assert_int_equal(truncate(file, MEMBER_FILE_MAX + 1), 0);
	refused(false, ERR_LIMIT, "larger than 64 KiB");
}

static void what_others_may_write_is_refused(void **s)
{
	(void)s;
	put(file, "[member]\n");
	assert_int_equal(chmod(file, 0646), 0);
	refused(false, ERR_CONFIG, "(mode 0646); chmod o-w it");
	refused(true, ERR_CONFIG, "chmod o-w it");
	assert_int_equal(chmod(file, 0664), 0);
	refused(false, ERR_CONFIG, "(mode 0664); chmod g-w it, or say");
	assert_int_equal(look("ana.ini", true), 0);
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(look("ana.ini", false), 0);
}

static void so_is_what_lies_where_others_may_write(void **s)
{
	(void)s;
	put(file, "[member]\n");
	assert_int_equal(chmod(folder, 0707), 0);
	refused(false, ERR_CONFIG, "everybody may write it");
	refused(true, ERR_CONFIG, "everybody may write it");
	assert_int_equal(chmod(folder, 01777), 0);
	refused(true, ERR_CONFIG, "everybody may write it");
	assert_int_equal(chmod(folder, 0770), 0);
	refused(false, ERR_CONFIG, "its group may write it");
	assert_int_equal(look("ana.ini", true), 0);
}

static void a_strangers_file_is_refused_where_a_group_may_put_it(void **s)
{
	(void)s;
	put(file, "[member]\n");
	if (chown(file, 4711, 4711))
		skip(); /* for root alone */
	/* The folder's owner handed it over. */
	assert_int_equal(look("ana.ini", false), 0);
	assert_int_equal(chmod(folder, 0770), 0);
	refused(true, ERR_CONFIG, "it belongs to user 4711");
	assert_int_equal(chown(folder, 4711, 4711), 0);
	assert_int_equal(look("ana.ini", true), 0);
}

static void one_that_we_may_not_read_says_so(void **s)
{
	(void)s;
	put(file, "[member]\n");
	assert_int_equal(chmod(file, 0000), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	if (geteuid() == 0) /* who may read everything */
		assert_int_equal(seteuid(4711), 0);
	refused(false, ERR_CONFIG, "pregond may not read it");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

/* Whatever is put in its place while it is open, it is read as it was. */
static void one_that_is_replaced_is_the_new_one_next_time(void **s)
{
	const char *bytes;
	size_t len;

	(void)s;
	put(file, "[member]\n");
	put(other, "[member]\nemail = x@x.example\n");
	assert_int_equal(look("ana.ini", false), 0);
	assert_int_equal(rename(other, file), 0);
	assert_int_equal(
	    member_file_read(folder, "ana.ini", false, &mem, &bytes, &len, &e),
	    0);
	assert_non_null(strstr(bytes, "x@x.example"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_file_is_read),
	    TEST(links_are_not_followed),
	    TEST(nothing_outside_is_read),
	    TEST(what_is_no_file_is_refused),
	    TEST(two_gigabytes_of_nothing_are_too_long),
	    TEST(what_others_may_write_is_refused),
	    TEST(so_is_what_lies_where_others_may_write),
	    TEST(a_strangers_file_is_refused_where_a_group_may_put_it),
	    TEST(one_that_we_may_not_read_says_so),
	    TEST(one_that_is_replaced_is_the_new_one_next_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
