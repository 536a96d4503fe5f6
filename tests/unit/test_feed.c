#include "source/feed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;

static int parse(const char *text, struct feed *feed, struct err *e)
{
	return feed_parse(text, strlen(text), NULL,
			  "https://x.example/dir/feed", &mem, feed, e);
}

static struct feed good(const char *text)
{
	struct feed feed = {0};
	struct err e = {""};

	if (parse(text, &feed, &e))
		fail_msg("%s", e.text);
	return feed;
}

static void rss_is_read(void **s)
{
	struct feed f = good(
	    "<?xml version='1.0'?><rss version='2.0' "
	    "xmlns:slash='http://purl.org/rss/1.0/modules/slash/' "
	    "xmlns:wfw='http://wellformedweb.org/CommentAPI/' "
	    "xmlns:dc='http://purl.org/dc/elements/1.1/' "
	    "xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
	    "<title>Foro &amp; "
	    "m&aacute;s</title><link>https://x.example/</link>"
	    "<atom:link rel='self' href='feed'/><ttl>60</ttl>"
	    "<image><title>no</title><link>no</link></image><item>"
	    "<title>&lt;b&gt;Uno&lt;/b&gt; AT&amp;amp;T</title>"
	    "<link>/t/1</link><guid isPermaLink='false'>k1</guid>"
	    "<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>"
	    "<dc:creator>Ana</dc:creator><slash:comments>3</slash:comments>"
	    "<wfw:commentRss>/t/1/feed</wfw:commentRss>"
	    "<comments>/t/1#c</comments>"
	    "<description><![CDATA[<p>Hola</p><p>mundo</p>]]></description>"
	    "</item><item><guid>https://x.example/t/2</guid></item>"
	    "</channel></rss>");
	struct feed_entry *x = f.entries;

	(void)s;
	assert_string_equal(f.kind, "rss20");
	assert_string_equal(f.title, "Foro & más");
	assert_string_equal(f.link, "https://x.example/");
	assert_string_equal(f.self, "https://x.example/feed");
	assert_int_equal(f.ttl, 3600);
	assert_int_equal(f.n_entries, 2);
	assert_false(f.broken);
	assert_string_equal(x->title, "Uno AT&T");
	assert_string_equal(x->link, "https://x.example/t/1");
	assert_string_equal(x->id, "k1");
	assert_int_equal(x->published, 1795428000);
	assert_string_equal(x->author, "Ana");
	assert_int_equal(x->replies, 3);
	assert_string_equal(x->comments, "https://x.example/t/1/feed");
	assert_string_equal(x->discussion, "https://x.example/t/1#c");
	assert_string_equal(x->text, "Hola\n\nmundo");
	assert_int_equal(x->words, 2);
	/* A guid is a link unless it says that it is none. */
	assert_string_equal(f.entries[1].link, "https://x.example/t/2");
	assert_int_equal(f.entries[1].replies, -1);
	assert_true(f.entries[1].published == FEED_NO_TIME);
}

static void atom_is_read(void **s)
{
	struct feed f = good(
	    "<feed xmlns='http://www.w3.org/2005/Atom' "
	    "xmlns:thr='http://purl.org/syndication/thread/1.0' "
	    "xml:base='https://y.example/a/'><title>Foro</title><id>urn:f</id>"
	    "<link rel='alternate' href='.'/><link rel='hub' href='h'/>"
	    "<link rel='next' href='?p=2'/>"
	    "<entry><id> urn:1 </id><title type='xhtml'><div "
	    "xmlns='http://www.w3.org/1999/xhtml'>a &lt; <b>b</b></div>"
	    "</title><author><name>Luis</name><email>l@x</email></author>"
	    "<link rel='replies' type='application/atom+xml' href='1/c' "
	    "thr:count='7'/><link href='1.json' type='application/json'/>"
	    "<link href='1' type='text/html'/>"
	    "<updated>2026-11-23T10:00:00Z</updated>"
	    "<published>2026-11-22T10:00:00+01:00</published>"
	    "<summary>corto</summary><content type='html'>&lt;p&gt;largo "
	    "&lt;/p&gt;</content></entry>"
	    "<entry><id>urn:2</id><title>1 &lt; 2 &amp;amp;</title>"
	    "<thr:in-reply-to ref='urn:1'/></entry></feed>");
	struct feed_entry *x = f.entries;

	(void)s;
	assert_string_equal(f.kind, "atom10");
	assert_string_equal(f.link, "https://y.example/a/");
	assert_string_equal(f.hub, "https://y.example/a/h");
	assert_string_equal(f.next, "https://y.example/a/?p=2");
	assert_string_equal(f.id, "urn:f");
	assert_string_equal(x->id, "urn:1");
	assert_string_equal(x->title, "a < b");
	assert_string_equal(x->author, "Luis");
	assert_int_equal(x->replies, 7);
	assert_string_equal(x->comments, "https://y.example/a/1/c");
	assert_string_equal(x->link, "https://y.example/a/1");
	assert_string_equal(x->text, "largo");
	assert_true(x->published < x->updated);
	assert_string_equal(f.entries[1].in_reply_to, "urn:1");
	assert_string_equal(f.entries[1].title, "1 < 2 &amp;");
}

static void rdf_is_read(void **s)
{
	struct feed f = good(
	    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
	    "xmlns='http://purl.org/rss/1.0/' "
	    "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>"
	    "<channel><title>F</title><sy:updatePeriod>daily</sy:updatePeriod>"
	    "<sy:updateFrequency>4</sy:updateFrequency></channel>"
	    "<image><title>no</title></image>"
	    "<item rdf:about='urn:1'><title>Uno</title></item></rdf:RDF>");

	(void)s;
	assert_string_equal(f.kind, "rss10");
	assert_string_equal(f.title, "F");
	assert_int_equal(f.ttl, 21600);
	assert_int_equal(f.n_entries, 1);
	assert_string_equal(f.entries[0].id, "urn:1");
}

static void json_feed_is_read(void **s)
{
	struct feed f = good(
	    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"F\","
	    "\"home_page_url\":\"https://x.example/\",\"items\":[{\"id\":7,"
	    "\"url\":\"/1\",\"title\":\"Uno\",\"content_html\":\"<p>Hola</p>\","
	    "\"date_published\":\"2026-11-23T10:00:00Z\","
	    "\"authors\":[{\"name\":\"Ana\"}]},null,3]}");

	(void)s;
	assert_string_equal(f.kind, "json11");
	assert_int_equal(f.n_entries, 1);
	assert_string_equal(f.entries[0].id, "7");
	assert_string_equal(f.entries[0].link, "https://x.example/1");
	assert_string_equal(f.entries[0].text, "Hola");
	assert_string_equal(f.entries[0].author, "Ana");
	assert_int_equal(f.entries[0].published, 1795428000);
}

static void an_address_is_no_author(void **s)
{
	static const char *const table[][2] = {
	    {"ana@x.example (Ana Núñez)", "Ana Núñez"},
	    {"Ana (ana@x.example)", "Ana"},
	    {"Ana &lt;ana@x.example>", "Ana"},
	    {"\"Ana\" &lt;ana@x.example>, b@x.example", "Ana"},
	    {"ana@x.example", NULL},
	    {"&lt;ana@x.example>", NULL},
	    {"Ana (Madrid)", "Ana (Madrid)"},
	    {"Ana @ Acme", "Ana @ Acme"},
	    {"@", "@"},
	    {"", NULL},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		char text[200];
		struct feed f;

		snprintf(text, sizeof(text),
			 "<rss><channel><item><author>%s</author></item>"
			 "</channel></rss>",
			 table[i][0]);
		f = good(text);
		if (table[i][1])
			assert_string_equal(f.entries[0].author, table[i][1]);
		else
			assert_null(f.entries[0].author);
	}
}

static void a_json_feed_may_name_its_bare_version(void **s)
{
	struct feed f;
	struct err e;

	(void)s;
	assert_string_equal(good("{\"version\":\"1.0\",\"items\":[]}").kind,
			    "json1");
	assert_string_equal(good("{\"version\":\"1.1\",\"items\":[]}").kind,
			    "json11");
	assert_int_equal(parse("{\"version\":\"1.0\"}", &f, &e), ERR_INPUT);
	assert_int_equal(parse("{\"version\":\"1.2.3\",\"items\":[]}", &f, &e),
			 ERR_INPUT);
}

static void what_templates_get_wrong_is_mended(void **s)
{
	struct feed f =
	    good("\n <rss version='2.0'><channel><title>A & B</title>"
		 "<item><title>1 < 2 & 3</title><guid>a&b=1</guid>"
		 "</item><item><title>Dos</title></item>"
		 "</channel></rss>");

	(void)s;
	assert_true(f.broken);
	assert_string_equal(f.title, "A & B");
	assert_int_equal(f.n_entries, 2);
	assert_string_equal(f.entries[0].title, "1 < 2 & 3");
	assert_string_equal(f.entries[0].id, "a&b=1");
}

static void lines_end_as_xml_ends_them(void **s)
{
	struct feed f =
	    good("<feed xmlns='http://www.w3.org/2005/Atom'><entry><summary>\r"
		 "\na\r\nb\rc&#10;d</summary></entry><entry><summary><![CDATA["
		 "\r\na\r\nb\rc\nd\r]]></summary></entry></feed>");

	(void)s;
	assert_string_equal(f.entries[0].text, "a\nb\nc\nd");
	assert_string_equal(f.entries[1].text, "a\nb\nc\nd");
}

/* libxml2 is given pieces: sections and characters lie across their ends. */
static void a_long_feed_is_read_whole(void **s)
{
	static const char word[] = "palabra\xc3\xb1 ";
	size_t n = 0, item = 0;
	char *text = malloc(3 << 20), *p = text;
	struct feed f;

	(void)s;
	p += sprintf(p, "<rss version='2.0'><channel>");
	for (; item < 200; item++) {
		p += sprintf(p, "<item><guid>%zu</guid><description>", item);
		p += sprintf(p, item % 2 ? "<![CDATA[" : "&lt;p>");
		for (n = 0; n < 1000 + item; n++)
			p += sprintf(p, "%s", word);
		p += sprintf(p, item % 2 ? "]]>" : "&lt;/p>");
		p += sprintf(p, "</description></item>");
	}
	sprintf(p, "</channel></rss>");
	f = good(text);
	assert_false(f.broken);
	assert_int_equal(f.n_entries, 200);
	for (item = 0; item < 200; item++) {
		assert_int_equal(f.entries[item].words, 1000 + item);
		assert_memory_equal(f.entries[item].text, word,
				    sizeof(word) - 1);
	}
	free(text);
}

static void an_entry_that_is_cut_is_left_out(void **s)
{
	struct feed f = good("<rss version='2.0'><channel><item><title>Uno"
			     "</title></item><item><title>Dos</title><li");

	(void)s;
	assert_true(f.broken);
	assert_int_equal(f.n_entries, 1);
	assert_string_equal(f.entries[0].title, "Uno");
}

static void a_missing_end_is_seen(void **s)
{
	static const struct {
		const char *text;
		bool cut;
	} cases[] = {
	    {"<rss><channel></channel></rss>", false},
	    {"<rss><channel></channel></RSS >\n<!-- cached <3 -->", false},
	    {"<a:feed xmlns:a='http://www.w3.org/2005/Atom'></a:feed>", false},
	    {"<rss><channel><title>a:b</title></channel></rss>", false},
	    {"<rss><channel><item></channel></rss>", false},
	    {"<rss><channel></channel>", true},
	    {"<rss><channel></channel></rs", true},
	    {"<rss><channel><item><title>Uno</title>", true},
	    {"<rss><channel>", true},
	    {"<rss><channel></", true},
	    {"<rss><channel><", true},
	};
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct feed f;

		if (feed_parse(cases[i].text, strlen(cases[i].text), NULL, NULL,
			       &mem, &f, &e))
			fail_msg("%s: %s", cases[i].text, e.text);
		if (f.cut != cases[i].cut)
			fail_msg("%s", cases[i].text);
	}
}

static void no_entity_of_the_document_is_taken(void **s)
{
	struct feed f =
	    good("<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>"
		 "<!ENTITY f SYSTEM 'file:///etc/passwd'>]><rss version='2.0'>"
		 "<channel><title>&b;&f;&eacute;</title><item><guid>&b;</guid>"
		 "</item></channel></rss>");

	(void)s;
	assert_string_equal(f.title, "&b;&f;é");
	assert_string_equal(f.entries[0].id, "&b;");
}

static void depth_and_number_are_capped(void **s)
{
	char *text = malloc(200000), *p = text;
	struct feed f;

	(void)s;
	p += sprintf(p, "<rss version='2.0'><channel>");
	for (int i = 0; i < 1200; i++)
		p += sprintf(p, "<item><guid>%d</guid></item>", i);
	sprintf(p, "</channel></rss>");
	f = good(text);
	assert_int_equal(f.n_entries, FEED_ENTRIES_MAX);
	assert_int_equal(f.n_skipped, 200);
	p = text;
	p += sprintf(p, "<rss version='2.0'><channel>");
	for (int i = 0; i < 5000; i++)
		p += sprintf(p, "<a>");
	f = good(text);
	assert_true(f.broken);
	free(text);
}

static void what_is_no_feed_is_told_as_what_it_is(void **s)
{
	static const char *const table[][2] = {
	    {"", "empty"},
	    {"  \n ", "empty"},
	    {"<!DOCTYPE html><html></html>", "HTML"},
	    {"<html><body>x", "HTML"},
	    {"<?xml version='1.0'?><html xmlns='x'></html>", "HTML"},
	    {"<?xml version='1.0'?><opml/>", "<opml>"},
	    {"{\"a\":1}", "JSON"},
	    {"{\"a\":", "JSON"},
	    {"hello", "hello"},
	    {"\x7f"
	     "ELF\x01\x02",
	     "neither"},
	};
	struct feed f;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_int_equal(parse(table[i][0], &f, &e), ERR_INPUT);
		if (!strstr(e.text, table[i][1]))
			fail_msg("%s: %s", table[i][0], e.text);
	}
}

static void what_a_feed_wants_of_us_is_read(void **s)
{
	struct feed f =
	    good("<rss version='2.0' "
		 "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' "
		 "xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
		 "<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>"
		 "<skipHours>\n<hour>0</hour><hour> 7 </hour>"
		 "<hour>23</hour><hour>25</hour><hour>123</hour></skipHours>"
		 "<skipDays><day>Saturday</day><day>sunday</day><day>x</day>"
		 "</skipDays><atom:link rel='next' href='?page=2'/>"
		 "<item><guid>1</guid><skipHours>3</skipHours></item>"
		 "</channel></rss>");

	(void)s;
	assert_int_equal(f.ttl, 3600); /* the longer of the two */
	assert_int_equal(f.skip_hours, 1 | 1 << 7 | 1 << 23);
	assert_int_equal(f.skip_days, 1 << 5 | 1 << 6);
	assert_string_equal(f.next, "https://x.example/dir/feed?page=2");
	assert_false(f.complete);
	f = good("<rss version='2.0'><channel><skipHours><hour>24</hour>"
		 "</skipHours></channel></rss>");
	assert_int_equal(f.skip_hours, 1);
	f = good("<feed xmlns='http://www.w3.org/2005/Atom' "
		 "xmlns:fh='http://purl.org/syndication/history/1.0'>"
		 "<fh:complete/><link rel='prev-archive' href='/2026/10'/>"
		 "</feed>");
	assert_true(f.complete);
	assert_string_equal(f.next, "https://x.example/2026/10");
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
	    cmocka_unit_test(rss_is_read),
	    cmocka_unit_test(atom_is_read),
	    cmocka_unit_test(rdf_is_read),
	    cmocka_unit_test(json_feed_is_read),
	    cmocka_unit_test(an_address_is_no_author),
	    cmocka_unit_test(a_json_feed_may_name_its_bare_version),
	    cmocka_unit_test(what_templates_get_wrong_is_mended),
	    cmocka_unit_test(lines_end_as_xml_ends_them),
	    cmocka_unit_test(a_long_feed_is_read_whole),
	    cmocka_unit_test(an_entry_that_is_cut_is_left_out),
	    cmocka_unit_test(a_missing_end_is_seen),
	    cmocka_unit_test(no_entity_of_the_document_is_taken),
	    cmocka_unit_test(depth_and_number_are_capped),
	    cmocka_unit_test(what_is_no_feed_is_told_as_what_it_is),
	    cmocka_unit_test(what_a_feed_wants_of_us_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
