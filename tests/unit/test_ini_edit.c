#include "base/mem.h"
#include "config/ini_edit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_MAX 65536

static struct arena mem;

static int edit_all(const char *text, const char *head,
		    const struct ini_change *changes, size_t n, struct buf *out,
		    struct err *e)
{
	const struct ini_edit edit = {"x.ini", text,	strlen(text),
				      head,    changes, n};

	e->text[0] = '\0';
	return ini_edit(&edit, &mem, out, e);
}

static void becomes(const char *text, const char *head,
		    const struct ini_change *changes, size_t n,
		    const char *wanted)
{
	struct buf out;
	struct err e;
	int r;

	buf_init(&out, FILE_MAX);
	r = edit_all(text, head, changes, n, &out, &e);
	if (r || strcmp(buf_str(&out), wanted) != 0)
		fail_msg("of\n%s\n%d %s\n%s\nnot\n%s", text, r, e.text,
			 buf_str(&out), wanted);
	buf_release(&out);
}

struct row {
	const char *text, *section, *key, *value, *wanted;
};

static void become(const struct row *rows, size_t n, const char *head)
{
	for (size_t i = 0; i < n; i++) {
		const struct ini_change change = {rows[i].section, rows[i].key,
						  rows[i].value};

		becomes(rows[i].text, head, &change, 1, rows[i].wanted);
	}
}
#define BECOME(rows, head) become(rows, sizeof(rows) / sizeof(*(rows)), head)

static void a_value_is_replaced_where_it_stands(void **s)
{
	static const struct row rows[] = {
	    {"; Ana's\n[m]\n\nk = v\nj = w\n", "m", "k", "x",
	     "; Ana's\n[m]\n\nk = x\nj = w\n"},
	    {"[m]\nk=v\n", "m", "k", "long value", "[m]\nk=long value\n"},
	    {"[m]\nk\t:  v  \n", "m", "k", "x", "[m]\nk\t:  x  \n"},
	    {"[m]\nk = v ; why\n", "m", "k", "x", "[m]\nk = x ; why\n"},
	    {"[m]\nk = v;not\n", "m", "k", "x", "[m]\nk = x\n"},
	    {"[m]\nk = a = b : c\n", "m", "k", "x", "[m]\nk = x\n"},
	    {"[m]\nk = v\t; why ; so\n", "m", "k", "x",
	     "[m]\nk = x\t; why ; so\n"},
	    {"[m]\nk = ; why\n", "m", "k", "x", "[m]\nk = x ; why\n"},
	    {"[m]\nk = v ; why\n", "m", "k", "", "[m]\nk =  ; why\n"},
	    {"[m]\nk = v\n", "m", "k", "", "[m]\nk =\n"},
	    {"[m]\nk =\n", "m", "k", "x", "[m]\nk = x\n"},
	    {"[m]\nk=\n", "m", "k", "x", "[m]\nk=x\n"},
	    {"[m]\nk = v", "m", "k", "x", "[m]\nk = x"},
	    {"[m]\r\nk = v\r\nj = w\r\n", "m", "k", "x",
	     "[m]\r\nk = x\r\nj = w\r\n"},
	    {"\xef\xbb\xbf[m]\nk = v\n", "m", "k", "x",
	     "\xef\xbb\xbf[m]\nk = x\n"},
	    {"[a]\nk = 1\n[m]\nk = 2\n[b]\nk = 3\n", "m", "k", "x",
	     "[a]\nk = 1\n[m]\nk = x\n[b]\nk = 3\n"},
	    {"[m]\nk = v\n", "m", "k", "v", "[m]\nk = v\n"},
	    {"[m]\nk = v\n", "m", "k", "a;b # \"c\" [d] = e",
	     "[m]\nk = a;b # \"c\" [d] = e\n"},
	};

	(void)s;
	BECOME(rows, NULL);
}

static void a_new_key_is_the_last_of_its_section(void **s)
{
	static const struct row rows[] = {
	    {"[m]\nk = v\n\n[b]\nk = 3\n", "m", "n", "x",
	     "[m]\nk = v\nn = x\n\n[b]\nk = 3\n"},
	    {"[m]\nk = v\n\n; about b\n; more\n[b]\n", "m", "n", "x",
	     "[m]\nk = v\nn = x\n\n; about b\n; more\n[b]\n"},
	    {"[m]\nk = v\n; about b\n[b]\n", "m", "n", "x",
	     "[m]\nk = v\nn = x\n; about b\n[b]\n"},
	    {"[m]\nk = v\n; n = 1\n\n; about b\n[b]\n", "m", "n", "x",
	     "[m]\nk = v\n; n = 1\nn = x\n\n; about b\n[b]\n"},
	    {"[m]\n[b]\n", "m", "n", "x", "[m]\nn = x\n[b]\n"},
	    {"[m]", "m", "n", "x", "[m]\nn = x\n"},
	    {"[m]\nk = v", "m", "n", "x", "[m]\nk = v\nn = x\n"},
	    {"[m]\r\nk = v", "m", "n", "x", "[m]\r\nk = v\r\nn = x\r\n"},
	    {"[m]\nk = v\r", "m", "n", "x", "[m]\nk = v\r\nn = x\n"},
	    {"[m]\r\nk = v\r\n\r\n\r\n", "m", "n", "x",
	     "[m]\r\nk = v\r\nn = x\r\n\r\n\r\n"},
	    {"[m]\nk = v\n; the end\n", "m", "n", "x",
	     "[m]\nk = v\n; the end\nn = x\n"},
	    {"[m]\nk = v\n", "m", "n", "", "[m]\nk = v\nn =\n"},
	};

	(void)s;
	BECOME(rows, NULL);
}

static void a_new_section_is_the_last(void **s)
{
	static const struct row rows[] = {
	    {"", "m", "n", "x", "[m]\nn = x\n"},
	    {"\xef\xbb\xbf", "m", "n", "x", "\xef\xbb\xbf[m]\nn = x\n"},
	    {"; only this\n", "m", "n", "x", "; only this\n\n[m]\nn = x\n"},
	    {"[a]\nk = v", "m", "n", "x", "[a]\nk = v\n\n[m]\nn = x\n"},
	    {"[a]\nk = v\n\n", "m", "n", "x", "[a]\nk = v\n\n[m]\nn = x\n\n"},
	    {"[a]\r\nk = v\r\n", "m", "n", "x",
	     "[a]\r\nk = v\r\n\r\n[m]\r\nn = x\r\n"},
	    {"[a]\nk = v\n", "m", "n", NULL, "[a]\nk = v\n"},
	};

	(void)s;
	BECOME(rows, NULL);
}

static void a_key_goes_with_its_line_alone(void **s)
{
	static const struct row rows[] = {
	    {"[m]\n; why\nk = v ; so\nj = w\n", "m", "k", NULL,
	     "[m]\n; why\nj = w\n"},
	    {"[m]\nj = w\nk = v", "m", "k", NULL, "[m]\nj = w\n"},
	    {"[m]\nk = v\n[b]\n", "m", "k", NULL, "[m]\n[b]\n"},
	    {"[m]\nj = w\n", "m", "k", NULL, "[m]\nj = w\n"},
	};

	(void)s;
	BECOME(rows, NULL);
}

#define TWO                                                                    \
	"[member:ana]\nat = 1\n[group:x]\nat = 2\n\n; Luis\n"                  \
	"[member:luis]\nat = 3\n[group:x]\nat = 4\n"

static void what_belongs_to_a_head_is_its_own(void **s)
{
	static const struct row first[] = {
	    {TWO, "group:x", "at", "9",
	     "[member:ana]\nat = 1\n[group:x]\nat = 9\n\n; Luis\n"
	     "[member:luis]\nat = 3\n[group:x]\nat = 4\n"},
	    {TWO, "group:y", "at", "9",
	     "[member:ana]\nat = 1\n[group:x]\nat = 2\n\n[group:y]\nat = 9\n"
	     "\n; Luis\n[member:luis]\nat = 3\n[group:x]\nat = 4\n"},
	    {TWO, "member:luis", "at", NULL, TWO},
	};
	static const struct row second[] = {
	    {TWO, "group:x", "at", "9",
	     "[member:ana]\nat = 1\n[group:x]\nat = 2\n\n; Luis\n"
	     "[member:luis]\nat = 3\n[group:x]\nat = 9\n"},
	    {TWO, "member:luis", "at", NULL,
	     "[member:ana]\nat = 1\n[group:x]\nat = 2\n\n; Luis\n"
	     "[member:luis]\n[group:x]\nat = 4\n"},
	};
	const struct ini_change change = {"m", "k", "v"};
	struct ini_file file;
	struct buf out;
	struct err e;
	int line;

	(void)s;
	BECOME(first, "member:ana");
	BECOME(second, "member:luis");
	buf_init(&out, FILE_MAX);
	assert_int_equal(edit_all(TWO, "member", &change, 1, &out, &e),
			 ERR_MISSING);
	assert_non_null(strstr(e.text, "x.ini: there is no [member]"));
	buf_release(&out);
	assert_int_equal(
	    ini_parse_bytes("x.ini", TWO, strlen(TWO), &mem, &file, &line, &e),
	    0);
	assert_string_equal(ini_value(&file, "member:luis", "group:x", "at"),
			    "4");
	assert_string_equal(ini_value(&file, NULL, "group:x", "at"), "2");
	assert_null(ini_value(&file, "member:luis", "group:x", "k"));
	assert_null(ini_value(&file, "member", "group:x", "at"));
}

static void many_changes_are_one_text(void **s)
{
	static const struct ini_change changes[] = {
	    {"m", "k", "1"},	    {"new", "a", "2"}, {"m", "gone", NULL},
	    {"newer", "b", "3"},    {"m", "n", "4"},   {"new", "c", "5"},
	    {"new", "never", NULL}, {"m", "o", "6"},
	};

	(void)s;
	becomes("[m]\nk = v\ngone = x\n; end", NULL, changes, 8,
		"[m]\nk = 1\n; end\nn = 4\no = 6\n\n[new]\na = 2\nc = 5\n"
		"\n[newer]\nb = 3\n");
}

static void refused(const char *text, const char *key, const char *value,
		    int code, const char *why)
{
	const struct ini_change change = {"m", key, value};
	struct buf out;
	struct err e;
	int r;

	buf_init(&out, FILE_MAX);
	(void)buf_adds(&out, "before");
	r = edit_all(text, NULL, &change, 1, &out, &e);
	if (r != code || !strstr(e.text, why))
		fail_msg("%s = %s: %d %s, not %s", key, value, r, e.text, why);
	assert_string_equal(buf_str(&out), "before");
	buf_release(&out);
}

static void what_would_be_read_otherwise_is_refused(void **s)
{
	static const struct {
		const char *key, *value, *why;
	} rows[] = {
	    {"k", "a\nb = c", "line break"},
	    {"k", "a\rb", "line break"},
	    {"k", "\x1b[2J", "control character"},
	    {"k", "a\x7f", "control character"},
	    {"k", "\xff", "not UTF-8"},
	    {"k", " a", "begins or ends with a space"},
	    {"k", "a\t", "begins or ends with a space"},
	    {"k", " ", "begins or ends with a space"},
	    {"k", "a ;b", "remark"},
	    {"k", "a\t;b", "remark"},
	    {"k", ";b", "remark"},
	    {"a=b", "c", "read as it is meant"},
	    {"a:b", "c", "read as it is meant"},
	    {"[a]", "c", "read as it is meant"},
	    {"; a", "c", "read as it is meant"},
	    {"# a", "c", "read as it is meant"},
	    {"a ; b", "c", "expected"},
	    {" a", "c", "begins with a space"},
	    {"a ", "c", "read as it is meant"},
	    {"a\nb", "c", "expected"},
	};
	const struct ini_change nowhere = {"", "k", "v"},
				odd = {"a]b", "k", "v"};
	struct buf out;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		refused("[m]\nk = v\n", rows[i].key, rows[i].value, ERR_INPUT,
			rows[i].why);
		refused("", rows[i].key, rows[i].value, ERR_INPUT, rows[i].why);
	}
	buf_init(&out, FILE_MAX);
	assert_int_equal(edit_all("k = 1\n", NULL, &nowhere, 1, &out, &e),
			 ERR_USAGE);
	assert_int_equal(edit_all("k = 1\n", NULL, &odd, 1, &out, &e),
			 ERR_INPUT);
	buf_release(&out);
}

static void a_file_that_is_bad_is_not_edited(void **s)
{
	(void)s;
	refused("[m]\nk = 1\nk = 2\n", "k", "3", ERR_INPUT, "x.ini:3: ");
	refused("[m]\nk = 1\n more\n", "k", "3", ERR_INPUT, "x.ini:3: ");
	refused("[m\n", "k", "3", ERR_INPUT, "x.ini:1: ");
}

static void what_is_too_long_is_refused(void **s)
{
	char text[300], *big = xcalloc(1, FILE_MAX + 1);
	const struct ini_change change = {"m", "k", "v"};
	struct buf out;
	struct err e;

	(void)s;
	for (int len = 190; len < 200; len++) {
		snprintf(text, sizeof(text), "%0*d", len, 0);
		if (len + 4 <= INI_LINE_MAX)
			continue;
		refused("[m]\nk = v\n", "k", text, ERR_INPUT, "x.ini:2: ");
	}
	memset(big, '\n', FILE_MAX);
	big[FILE_MAX - 8] = '\0';
	buf_init(&out, FILE_MAX);
	assert_int_equal(edit_all(big, NULL, &change, 1, &out, &e), ERR_LIMIT);
	assert_int_equal(out.len, 0);
	buf_release(&out);
	big[FILE_MAX - 10] = '\0';
	buf_init(&out, FILE_MAX);
	assert_int_equal(edit_all(big, NULL, &change, 1, &out, &e), 0);
	assert_int_equal(out.len, FILE_MAX);
	buf_release(&out);
	free(big);
}

/* ---- whatever the file and the change ----------------------------------- */

static uint64_t seed = 42;

static unsigned roll(unsigned n)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(seed >> 33) % n;
}

static void make_text(struct buf *out)
{
	static const char *const pieces[] = {
	    "[m]",	    "[g:a]",   "[g:b]",	   "[m:x]", "k = v",
	    "k=v ; remark", "j : w;x", "l =",	   "",	    "; remark",
	    "# k = 1",	    "  ; in",  "n = é \"", "",
	};
	const char *eol = roll(3) ? "\n" : "\r\n";
	unsigned n = roll(14);

	if (!roll(5))
		(void)buf_adds(out, "\xef\xbb\xbf");
	for (unsigned i = 0; i < n; i++)
		(void)buf_addf(out, "%s%s",
			       pieces[roll(sizeof(pieces) / sizeof(*pieces))],
			       i + 1 < n || roll(3) ? eol : "");
}

static size_t split(char *text, const char **lines)
{
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, "\r\n");

		lines[n++] = arena_strndup(&mem, text, len);
		text += len + (text[len] == '\r');
		text += *text == '\n';
	}
	return n;
}

/* One line is another, or gone, or some are new at one place. */
static bool is_one_edit(char *before, char *after)
{
	const char *a[64], *b[64];
	size_t n = split(before, a), m = split(after, b);
	size_t same = 0, tail = 0;

	while (same < n && same < m && !strcmp(a[same], b[same]))
		same++;
	while (same + tail < n && same + tail < m &&
	       !strcmp(a[n - 1 - tail], b[m - 1 - tail]))
		tail++;
	return n - same - tail <= 1 && m - same - tail <= 3;
}

static void only_that_key_changes_in_whatever_file(void **s)
{
	static const char *const sections[] = {"m", "g:a", "m:x", "new"};
	static const char *const keys[] = {"k", "j", "l", "n", "o"};
	static const char *const values[] = {NULL, "", "x", "y z", "ñ;#"};
	size_t edited = 0;

	(void)s;
	for (int i = 0; i < 20000; i++) {
		const struct ini_change change = {
		    sections[roll(4)], keys[roll(5)], values[roll(5)]};
		struct buf text, out, back;
		struct ini_file file;
		struct err e;
		const char *is;
		int line;

		buf_init(&text, FILE_MAX);
		buf_init(&out, FILE_MAX);
		buf_init(&back, FILE_MAX);
		make_text(&text);
		if (!edit_all(buf_str(&text), NULL, &change, 1, &out, &e)) {
			edited++;
			assert_int_equal(ini_parse_bytes("x", buf_str(&out),
							 out.len, &mem, &file,
							 &line, &e),
					 0);
			is = ini_value(&file, NULL, change.section, change.key);
			if (change.value)
				assert_string_equal(is, change.value);
			else
				assert_null(is);
			if (text.len && out.len &&
			    !is_one_edit(text.data, out.data))
				fail_msg("%s\nbecame\n%s", text.data, out.data);
			/* Again changes nothing. */
			assert_int_equal(edit_all(buf_str(&out), NULL, &change,
						  1, &back, &e),
					 0);
			assert_string_equal(buf_str(&out), buf_str(&back));
		}
		buf_release(&text);
		buf_release(&out);
		buf_release(&back);
		arena_reset(&mem);
	}
	assert_true(edited > 5000);
}

static int release(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_value_is_replaced_where_it_stands),
	    cmocka_unit_test(a_new_key_is_the_last_of_its_section),
	    cmocka_unit_test(a_new_section_is_the_last),
	    cmocka_unit_test(a_key_goes_with_its_line_alone),
	    cmocka_unit_test(what_belongs_to_a_head_is_its_own),
	    cmocka_unit_test(many_changes_are_one_text),
	    cmocka_unit_test(what_would_be_read_otherwise_is_refused),
	    cmocka_unit_test(a_file_that_is_bad_is_not_edited),
	    cmocka_unit_test(what_is_too_long_is_refused),
	    cmocka_unit_test(only_that_key_changes_in_whatever_file),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
