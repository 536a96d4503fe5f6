#include "cli/group_file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena mem;
static struct err e;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void names_are_made_of_titles(void **s)
{
	static const char *const pairs[][2] = {
	    {"Contratación pública", "contratacion-publica"},
	    {"  Red: ¡Datos!  ", "red-datos"},
	    {"ñ/Ü ß", "n-u-ss"},
	    {"¿?", ""},
	    {"", ""},
	    {"Una comunidad de innovación pública", "una-comunidad-de-"
						    "innovacion"},
	    {"Donaudampfschifffahrtselektrizitaetenwerk",
	     "donaudampfschifffahrtselektrizit"},
	};
	char slug[GROUP_NAME_SIZE];

	(void)s;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		group_slug(pairs[i][0], slug);
		assert_string_equal(slug, pairs[i][1]);
		assert_true(!*slug || !config_group_name(slug, NULL));
	}
}

static void a_suggested_name_is_free(void **s)
{
	struct group_settings known[] = {{.name = "foro"}, {.name = "foro-2"}};

	(void)s;
	assert_string_equal(
	    group_suggest("Foro", "https://x.example/", known, 2, &mem),
	    "foro-3");
	assert_string_equal(
	    group_suggest("Foro", "https://x.example/", known, 0, &mem),
	    "foro");
	assert_string_equal(
	    group_suggest(NULL, "https://x.example:80/a", known, 2, &mem),
	    "x-example-80");
	assert_string_equal(group_suggest("?", "", known, 2, &mem), "grupo");
}

static int section(const struct group_settings *set, struct buf *out)
{
	buf_init(out, 4096);
	return group_section(set, out, &e);
}

static void a_section_says_what_is_set(void **s)
{
	struct group_settings set = {.name = "foro",
				     .title = "Un; foro",
				     .url = "https://x.example/",
				     .source = SOURCE_ELGG,
				     .every = 60};
	char *long_url = arena_alloc(&mem, 300);
	struct buf out;

	(void)s;
	assert_int_equal(section(&set, &out), 0);
	assert_string_equal(buf_str(&out), "[group:foro]\ntitle = Un; foro\n"
					   "url = https://x.example/\n"
					   "source = elgg\nevery = 60s\n");
	buf_release(&out);
	set.title = "Un ;foro";
	assert_int_equal(section(&set, &out), ERR_INPUT);
	buf_release(&out);
	assert_string_equal(group_title(" Un ;foro\n ;; x", &mem),
			    "Un ,foro ,; x");
	set.title = "";
	set.url = long_url;
	memset(long_url, 'a', 193);
	assert_int_equal(section(&set, &out), ERR_INPUT);
	buf_release(&out);
	long_url[192] = '\0';
	assert_int_equal(section(&set, &out), 0);
	buf_release(&out);
	memset(long_url, 'a', 299);
	assert_int_equal(strlen(group_title(long_url, &mem)), 160);
}

static const char *slurp(const char *path)
{
	char *text = arena_alloc(&mem, 4096);
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	text[fread(text, 1, 4095, in)] = '\0';
	(void)fclose(in);
	return text;
}

static void a_file_is_never_written_over(void **s)
{
	char dir[] = "/tmp/pregon-test-XXXXXX";
	const char *path = NULL, *text = "[group:a]\nurl = https://x/\n";
	struct stat st;

	(void)s;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(group_file_write(dir, "a", text, &mem, &path, &e), 0);
	assert_string_equal(slurp(path), text);
	assert_int_equal(group_file_write(dir, "a", "", &mem, &path, &e),
			 ERR_USAGE);
	assert_non_null(strstr(e.text, "is there already"));
	assert_string_equal(slurp(path), text);
	/* What pregond would refuse is not written. */
	assert_int_equal(
	    group_file_write(dir, "b", "[group:b]\nurl = x\n", &mem, &path, &e),
	    ERR_INPUT);
	assert_non_null(strstr(e.text, "b.ini:2"));
	assert_int_equal(
	    stat(arena_printf(&mem, "%s/groups.d/b.ini", dir), &st), -1);
	assert_int_equal(
	    stat(arena_printf(&mem, "%s/groups.d/.a.ini.new", dir), &st), -1);
	(void)unlink(arena_printf(&mem, "%s/groups.d/a.ini", dir));
	(void)rmdir(arena_printf(&mem, "%s/groups.d", dir));
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(names_are_made_of_titles),
	    T(a_suggested_name_is_free),
	    T(a_section_says_what_is_set),
	    T(a_file_is_never_written_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
