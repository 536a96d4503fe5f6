#include "../lib/kinds.h"

#define X "https://x.example/foro"
#define DOT " \xe2\x80\xa2 "
#define DASH " \xe2\x80\x94 "
#define ENTRY(link, author, title, text)                                       \
	"<entry><author><name>" author "</name></author><id>" link "</id>"     \
	"<link href=\"" link "\"/><title type=\"html\"><![CDATA[" title        \
	"]]></title><content type=\"html\"><![CDATA[" text "]]></content>"     \
	"</entry>"
#define ATOM(entries)                                                          \
	"<feed xmlns=\"http://www.w3.org/2005/Atom\">" entries "</feed>"

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void forums_have_posts_and_boards_topics(void **s)
{
	static const struct {
		const char *url, *debates, *comments;
	} cases[] = {
	    {X "/viewforum.php?f=2", X "/app.php/feed/forum/2", NULL},
	    {X "/viewforum.php?sid=a&f=2#x", X "/app.php/feed/forum/2", NULL},
	    {X "/feed.php?f=2", X "/app.php/feed/forum/2", NULL},
	    {X "/feed/forum/2", X "/feed/forum/2", NULL},
	    {X "/app.php/feed/forum/2", X "/app.php/feed/forum/2", NULL},
	    {X "/", X "/app.php/feed/topics", X "/app.php/feed"},
	    {X "/index.php", X "/app.php/feed/topics", X "/app.php/feed"},
	    {X "/feed.php", X "/app.php/feed/topics", X "/app.php/feed"},
	    {X "/feed", X "/feed/topics", X "/feed"},
	    {X "/feed/topics_active", X "/feed/topics", X "/feed"},
	    {"https://x.example", "https://x.example/app.php/feed/topics",
	     "https://x.example/app.php/feed"},
	};
	static const char *const others[] = {"x",
					     X "/viewforum.php",
					     X "/viewtopic.php?t=3",
					     X "/memberlist.php",
					     X "/feed/topic/3",
					     X "/feed/forum/a"};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		located(&mem, SOURCE_PHPBB, cases[i].url, cases[i].debates,
			cases[i].comments);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		not_located(&mem, SOURCE_PHPBB, others[i]);
}

static void a_post_is_a_topic_or_a_reply(void **s)
{
	struct feed f = read_as(
	    &mem, SOURCE_PHPBB, FEED_DEBATES,
	    ATOM(ENTRY(X "/viewtopic.php?p=35#p35", "Luis",
		       "Avisos" DOT "Re: Un tema" DOT "y más",
		       "Sí.<p>Statistics: Posted by <a href='#'>Luis</a>" DASH
		       "Mon Nov 23</p><hr />")
		     ENTRY(X "/viewtopic.php?p=34#p34", "Ana",
			   "Avisos" DOT "Un tema" DOT "y más", "Hola.<hr />")));

	(void)s;
	assert_true(f.tells_comments);
	assert_int_equal(f.entries[0].kind, ENTRY_COMMENT);
	assert_string_equal(f.entries[0].id, "post:35");
	assert_string_equal(f.entries[0].debate_title, "Un tema" DOT "y más");
	assert_null(f.entries[0].in_reply_to);
	assert_null(f.entries[0].discussion);
	assert_string_equal(f.entries[0].text, "Sí.");
	assert_int_equal(f.entries[1].kind, ENTRY_DEBATE);
	assert_string_equal(f.entries[1].id, "post:34");
	assert_string_equal(f.entries[1].title, "Un tema" DOT "y más");
	assert_string_equal(f.entries[1].text, "Hola.");
}

static void older_boards_name_the_topic(void **s)
{
	struct feed f =
	    read_as(&mem, SOURCE_PHPBB, FEED_DEBATES,
		    ATOM(ENTRY(X "/viewtopic.php?f=2&amp;t=12&amp;p=35#p35",
			       "Luis", "Re: Un tema", "Sí.")
			     ENTRY(X "/viewtopic.php?f=2&amp;t=12&amp;p=34#p34",
				   "Ana", "Un tema", "Hola.")));

	(void)s;
	assert_string_equal(f.entries[0].id, "post:35");
	assert_string_equal(f.entries[0].discussion, X "/viewtopic.php?t=12");
	assert_string_equal(f.entries[1].link, X "/viewtopic.php?t=12");
}

static void a_board_s_topics_have_counts(void **s)
{
	struct source_answer answer = {
	    .role = FEED_DEBATES,
	    .bytes = ATOM(ENTRY(
		X "/viewtopic.php?p=34#p34", "Ana", "Avisos" DOT "Re: Partido",
		"Hola.<p>Estadísticas: Publicado por <a href='#'>Ana</a>" DASH
		"Lun 23" DASH "Respuestas 5" DASH "Vistas 120</p><hr />")),
	    .url = X "/app.php/feed/topics",
	};
	struct feed f;
	struct err e;

	(void)s;
	answer.len = strlen(answer.bytes);
	assert_int_equal(source_of(SOURCE_PHPBB)->read(&answer, &mem, &f, &e),
			 0);
	assert_false(f.tells_comments);
	/* A topic that was split from another keeps its "Re:". */
	assert_int_equal(f.entries[0].kind, ENTRY_DEBATE);
	assert_string_equal(f.entries[0].title, "Re: Partido");
	assert_string_equal(f.entries[0].text, "Hola.");
	assert_int_equal(f.entries[0].replies, 5);
	assert_int_equal(f.entries[0].views, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(forums_have_posts_and_boards_topics),
	    T(a_post_is_a_topic_or_a_reply),
	    T(older_boards_name_the_topic),
	    T(a_board_s_topics_have_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
