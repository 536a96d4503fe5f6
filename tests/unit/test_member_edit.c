#include "config/member_edit.h"
#include "config/member_file.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ANA "; Ana's own\n[member]\nemail = ana@x.example\nat = 09:00 ; early\n"

static char dir[64], folder[80], file[96], other[96], draft[96];
static struct arena mem;
static struct config config;
static struct member_edit edit;
static struct err e;

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static const char *get(const char *path)
{
	char *text = arena_alloc(&mem, 70000);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, 69999, f)] = '\0';
	(void)fclose(f);
	return text;
}

static int setup(void **s)
{
	(void)s;
	umask(022);
	config = (struct config){0};
	/* Where a sync costs nothing, moments meet more often. */
	snprintf(dir, sizeof(dir), "%s/pregon-edit-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	if (!mkdtemp(dir))
		return -1;
	snprintf(folder, sizeof(folder), "%s/members.d", dir);
	snprintf(file, sizeof(file), "%s/ana.ini", folder);
	snprintf(draft, sizeof(draft), "%s/.ana.ini.new", folder);
	snprintf(other, sizeof(other), "%s/other", dir);
	if (chmod(dir, 0755) || mkdir(folder, 0755))
		return -1;
	put(file, ANA);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	(void)unlink(file);
	(void)rmdir(draft);
	(void)unlink(other);
	arena_release(&mem);
	/* No draft is left. */
	return rmdir(folder) || rmdir(dir);
}

static int look(const char *member)
{
	e.text[0] = '\0';
	return member_edit_read(dir, "ana.ini", &config, member, &mem, &edit,
				&e);
}

static int say(const char *option, const char *value)
{
	const struct setting set = {"", option, value};

	e.text[0] = '\0';
	return member_edit_write(&edit, &set, 1, &mem, &e);
}

static void refused(int code, const char *why)
{
	const char *before = get(file);
	int r = say("at", "10:00");

	if (r != code || !strstr(e.text, why))
		fail_msg("%d %s, not %d %s", r, e.text, code, why);
	assert_string_equal(get(file), before);
	assert_int_equal(access(draft, F_OK), -1);
}

static void a_file_says_what_it_is_told(void **s)
{
	const struct setting sets[] = {{"datos", "comments", "yes"},
				       {"", "at", "10:00"},
				       {"datos", "frequency", "off"}};

	(void)s;
	assert_int_equal(look("ana"), 0);
	assert_string_equal(member_edit_value(&edit, "", "at", &mem), "09:00");
	assert_null(member_edit_value(&edit, "datos", "comments", &mem));
	assert_int_equal(member_edit_write(&edit, sets, 3, &mem, &e), 0);
	assert_string_equal(get(file),
			    "; Ana's own\n[member]\nemail = ana@x.example\n"
			    "at = 10:00 ; early\n\n[group:datos]\n"
			    "comments = yes\nfrequency = off\n");
}

static void others_of_a_file_are_left_alone(void **s)
{
	(void)s;
	put(file, "[member:ana]\nemail = a@x.example\n"
		  "[member:luis]\nemail = l@x.example\n");
	assert_int_equal(look("eva"), ERR_MISSING);
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("day", "friday"), 0);
	assert_int_equal(look("luis"), 0);
	assert_int_equal(say("day", "monday"), 0);
	assert_string_equal(get(file),
			    "[member:ana]\nemail = a@x.example\nday = friday\n"
			    "[member:luis]\nemail = l@x.example\n"
			    "day = monday\n");
	/* [member] is who the file is called after, and nobody else. */
	put(file, ANA);
	assert_int_equal(look("luis"), ERR_MISSING);
}

static void it_stays_whose_it_was(void **s)
{
	struct stat st;

	(void)s;
	assert_int_equal(chmod(file, 0640), 0);
	if (!geteuid())
		assert_int_equal(chown(file, 4711, 4712), 0);
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("at", "10:00"), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	if (!geteuid()) {
		assert_int_equal(st.st_uid, 4711);
		assert_int_equal(st.st_gid, 4712);
	}
}

/* As setfacl -m u:4711:rw writes it (acl(5), its form in Linux). */
static void who_may_edit_it_may_still(void **s)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, may;
			uint32_t id;
		} entries[5];
	} list = {2,
		  {{1, 6, UINT32_MAX},
		   {2, 6, 4711},
		   {4, 4, UINT32_MAX},
		   {16, 6, UINT32_MAX},
		   {32, 4, UINT32_MAX}}};
	char got[sizeof(list) + 1];

	(void)s;
	config.members.group_writable = true;
	if (setxattr(file, "system.posix_acl_access", &list, sizeof(list), 0))
		skip();
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("at", "10:00"), 0);
	assert_non_null(strstr(get(file), "10:00"));
	assert_int_equal(
	    getxattr(file, "system.posix_acl_access", got, sizeof(got)),
	    sizeof(list));
	assert_memory_equal(got, &list, sizeof(list));
}

static void nothing_new_is_not_written(void **s)
{
	struct stat before, after;

	(void)s;
	assert_int_equal(stat(file, &before), 0);
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("at", "09:00"), 0);
	assert_int_equal(stat(file, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void what_was_edited_meanwhile_is_not_lost(void **s)
{
	(void)s;
	assert_int_equal(look("ana"), 0);
	put(file, ANA "day = friday\n");
	refused(ERR_BUSY, "has been changed meanwhile");
	/* As long, in the same moment, in the same place. */
	put(file, ANA);
	assert_int_equal(look("ana"), 0);
	put(file, "; Eva" ANA);
	put(file, "; Eva's own\n[member]\nemail = ana@x.example\n"
		  "at = 09:00 ; early\n");
	refused(ERR_BUSY, "has been changed meanwhile");
	assert_int_equal(look("ana"), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(say("at", "11:00"), ERR_MISSING);
	put(file, ANA);
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("at", "11:00"), 0);
}

struct chooser {
	atomic_bool stop;
	atomic_int tries;
	int written;
};

/* Says what they choose, again and again. */
static void *choose(void *data)
{
	struct chooser *c = data;

	for (int i = 0; !atomic_load(&c->stop); i++) {
		char at[8];

		snprintf(at, sizeof(at), "10:%02d", i % 60);
		if (!look("ana"))
			c->written += !say("at", at);
		arena_release(&mem);
		atomic_fetch_add(&c->tries, 1);
	}
	return NULL;
}

static bool says_now(const char *budget)
{
	char text[512];
	FILE *f = fopen(file, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		(void)fclose(f);
	return strstr(text, budget) != NULL;
}

/* It may be the one before for as long as a try takes: names are exchanged,
 * and back. */
static bool still_says(struct chooser *c, const char *budget)
{
	int tries = atomic_load(&c->tries);

	while (!says_now(budget))
		if (atomic_load(&c->tries) > tries + 2)
			return says_now(budget);
	return true;
}

static void whoever_saves_at_the_same_moment_is_not_lost(void **s)
{
	struct chooser c = {.written = 0};
	char budget[32], text[256], fresh[96];
	pthread_t daemon;
	int lost = 0;

	(void)s;
	snprintf(fresh, sizeof(fresh), "%s/editor", dir);
	assert_int_equal(pthread_create(&daemon, NULL, choose, &c), 0);
	for (int i = 0; i < 400; i++) {
		int tries = atomic_load(&c.tries);

		snprintf(budget, sizeof(budget), "budget = %dm\n", i % 1000);
		snprintf(text, sizeof(text), "%s%s", ANA, budget);
		put(fresh, text);
		if (rename(fresh, file))
			break;
		lost += !still_says(&c, budget);
		/* The next one at any moment of a try. */
		while (atomic_load(&c.tries) < tries + 2)
			;
		for (int k = i * 7 % 40; k; k--)
			(void)says_now(budget);
	}
	atomic_store(&c.stop, true);
	(void)pthread_join(daemon, NULL);
	assert_int_equal(lost, 0);
	assert_true(c.written > 0);
}

static void what_is_not_ours_is_left_alone(void **s)
{
	(void)s;
	assert_int_equal(look("ana"), 0);
	assert_int_equal(chmod(file, 0444), 0);
	refused(ERR_DENIED, "it is read-only");
	assert_int_equal(chmod(file, 0646), 0);
	refused(ERR_CONFIG, "everybody may write it");
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(link(file, other), 0);
	refused(ERR_DENIED, "it has another name");
	assert_int_equal(unlink(other), 0);
	/* The draft cannot be made. */
	assert_int_equal(mkdir(draft, 0700), 0);
	assert_int_not_equal(say("at", "10:00"), 0);
	assert_string_equal(get(file), ANA);
	assert_int_equal(rmdir(draft), 0);
	if (geteuid() != 0)
		skip(); /* only root can be somebody else */
	assert_int_equal(seteuid(4711), 0);
	refused(ERR_DENIED, "it belongs to another user");
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chown(file, 4711, 0), 0);
	assert_int_equal(seteuid(4711), 0);
	refused(ERR_DENIED, "cannot write"); /* the folder is root's */
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chown(folder, 4711, 0), 0);
	assert_int_equal(seteuid(4711), 0);
	assert_int_equal(say("at", "09:30"), 0);
	assert_int_equal(seteuid(0), 0);
	/* In a group that we are not of: it could not stay there. */
	assert_int_equal(chown(file, 4711, 4712), 0);
	assert_int_equal(look("ana"), 0);
	assert_int_equal(seteuid(4711), 0);
	refused(ERR_DENIED, "cannot write");
	assert_int_equal(seteuid(0), 0);
}

static void a_link_put_in_its_place_leads_nowhere(void **s)
{
	(void)s;
	assert_int_equal(look("ana"), 0);
	assert_int_equal(rename(file, other), 0);
	assert_int_equal(symlink(other, file), 0);
	refused(ERR_CONFIG, "it is a symbolic link");
	assert_string_equal(get(other), ANA);
	/* Nor does one in the place of the draft. */
	assert_int_equal(unlink(file), 0);
	put(file, ANA);
	put(other, "theirs");
	assert_int_equal(symlink(other, draft), 0);
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("at", "10:00"), 0);
	assert_string_equal(get(other), "theirs");
	assert_non_null(strstr(get(file), "at = 10:00 ; early"));
}

static void a_value_that_no_file_can_say_is_refused(void **s)
{
	(void)s;
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("keywords", "a ; b"), ERR_INPUT);
	assert_string_equal(get(file), ANA);
}

static void a_full_file_is_left_as_it_is(void **s)
{
	char text[MEMBER_FILE_MAX + 1];

	(void)s;
	memset(text, '\n', MEMBER_FILE_MAX);
	memcpy(text, ANA, strlen(ANA));
	text[MEMBER_FILE_MAX] = '\0';
	put(file, text);
	assert_int_equal(look("ana"), 0);
	assert_int_equal(say("day", "friday"), ERR_LIMIT);
	assert_int_equal(say("at", "10:00"), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_file_says_what_it_is_told),
	    TEST(others_of_a_file_are_left_alone),
	    TEST(it_stays_whose_it_was),
	    TEST(who_may_edit_it_may_still),
	    TEST(nothing_new_is_not_written),
	    TEST(what_was_edited_meanwhile_is_not_lost),
	    TEST(whoever_saves_at_the_same_moment_is_not_lost),
	    TEST(what_is_not_ours_is_left_alone),
	    TEST(a_link_put_in_its_place_leads_nowhere),
	    TEST(a_value_that_no_file_can_say_is_refused),
	    TEST(a_full_file_is_left_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
