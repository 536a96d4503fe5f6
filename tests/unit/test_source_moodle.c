#include "../lib/kinds.h"

#define X "https://x.example"
#define RSS(items) "<rss version='2.0'><channel>" items "</channel></rss>"
#define ITEM(args, title, text)                                                \
	"<item><title>" title "</title><link>" X                               \
	"/mod/forum/discuss.php?" args "</link><guid isPermaLink='true'>" X    \
	"/mod/forum/discuss.php?" args "</guid><description>" text             \
	"</description></item>"

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void its_address_is_behind_the_icon(void **s)
{
	(void)s;
	located(&mem, SOURCE_MOODLE,
		X "/rss/file.php/9/ab12/mod_forum/3/rss.xml#x",
		X "/rss/file.php/9/ab12/mod_forum/3/rss.xml", NULL);
	located(&mem, SOURCE_MOODLE,
		X "/aula/rss/file.php?file=/9/ab12/mod_forum/3/rss.xml",
		X "/aula/rss/file.php?file=/9/ab12/mod_forum/3/rss.xml", NULL);
	not_located(&mem, SOURCE_MOODLE, X "/mod/forum/view.php?id=3");
	not_located(&mem, SOURCE_MOODLE, X "/rss/");
	not_located(&mem, SOURCE_MOODLE, "x");
}

static void discussions_have_their_author_in_the_text(void **s)
{
	struct feed f =
	    read_as(&mem, SOURCE_MOODLE, FEED_DEBATES,
		    RSS(ITEM("d=5", "Un tema",
			     "por Ana Mora. &amp;nbsp;&lt;p&gt;Hola.&lt;/p&gt;")
			    ITEM("d=4", "Otro", "Sin autor.")
				ITEM("d=3", "X", "a. &lt;p&gt;b")
				    ITEM("d=2", "X", "a .&lt;p&gt;b")));

	(void)s;
	assert_false(f.tells_comments);
	assert_string_equal(f.entries[0].id, "discussion:5");
	assert_string_equal(f.entries[0].author, "Ana Mora");
	assert_string_equal(f.entries[0].text, "Hola.");
	assert_null(f.entries[1].author);
	assert_string_equal(f.entries[1].text, "Sin autor.");
	assert_null(f.entries[2].author);
	assert_null(f.entries[3].author);
}

static void the_first_post_is_the_discussion(void **s)
{
	struct feed f =
	    read_as(&mem, SOURCE_MOODLE, FEED_DEBATES,
		    RSS(ITEM("d=5&amp;parent=12", "Otro asunto",
			     "c") ITEM("d=5&amp;parent=11", "Re: Un tema", "b")
			    ITEM("d=5&amp;parent=9", "Un tema", "a")
				ITEM("d=4&amp;parent=8", "Re: Viejo", "z")));

	(void)s;
	assert_true(f.tells_comments);
	assert_int_equal(f.n_entries, 4);
	assert_int_equal(f.entries[0].kind, ENTRY_COMMENT);
	assert_string_equal(f.entries[0].id, "post:12");
	assert_string_equal(f.entries[0].in_reply_to, "discussion:5");
	assert_string_equal(f.entries[0].discussion,
			    X "/mod/forum/discuss.php?d=5");
	assert_int_equal(f.entries[1].kind, ENTRY_COMMENT);
	assert_int_equal(f.entries[2].kind, ENTRY_DEBATE);
	assert_string_equal(f.entries[2].id, "discussion:5");
	assert_string_equal(f.entries[2].link, X "/mod/forum/discuss.php?d=5");
	/* The last of a discussion that the document shows. */
	assert_int_equal(f.entries[3].kind, ENTRY_COMMENT);
	assert_string_equal(f.entries[3].title, "Viejo");
}

static void an_error_is_no_debate(void **s)
{
	struct source_answer answer = {
	    .bytes =
		RSS("<item><title>RSS Error</title><link>" X "</link></item>"),
	    .url = X,
	};
	struct feed f;
	struct err e;

	(void)s;
	answer.len = strlen(answer.bytes);
	assert_int_equal(source_of(SOURCE_MOODLE)->read(&answer, &mem, &f, &e),
			 ERR_INPUT);
	assert_non_null(strstr(e.text, "RSS Error"));
	assert_int_equal(
	    read_as(&mem, SOURCE_MOODLE, FEED_DEBATES, RSS("")).n_entries, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(its_address_is_behind_the_icon),
	    T(discussions_have_their_author_in_the_text),
	    T(the_first_post_is_the_discussion),
	    T(an_error_is_no_debate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
