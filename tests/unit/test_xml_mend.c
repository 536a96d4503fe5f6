#include "../../daemon/source/xml_mend.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void bare_signs_become_entities(void **s)
{
	static const struct {
		const char *in, *out; /* NULL: nothing to mend */
	} cases[] = {
	    {"<a>Agua & luz</a>", "<a>Agua &amp; luz</a>"},
	    {"<a>3 < 4</a>", "<a>3 &lt; 4</a>"},
	    {"<a href=\"?x=1&y=2\"/>", "<a href=\"?x=1&amp;y=2\"/>"},
	    {"<a>&amp; &#8212; &#x2014;</a>", NULL},
	    {"<![CDATA[a & b < c]]>", NULL},
	    {"<!-- a & b < c -->", NULL},
	    {"a &", "a &amp;"},
	    {"a <", "a &lt;"},
	    {"", NULL},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out;

		assert_int_equal(
		    xml_mend(cases[i].in, strlen(cases[i].in), &out),
		    cases[i].out != NULL);
		if (cases[i].out)
			assert_string_equal(buf_str(&out), cases[i].out);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bare_signs_become_entities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
