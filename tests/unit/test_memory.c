#include "app/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <sys/wait.h>
#include <unicode/uloc.h>
#include <unistd.h>

/* KiB of files' pages that this process has mapped in. */
static long file_pages(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	long kib = -1;

	assert_non_null(f);
	while (kib < 0 && fgets(line, sizeof(line), f))
		(void)sscanf(line, "RssFile: %ld", &kib);
	(void)fclose(f);
	return kib;
}

static void what_is_used_again_comes_back(void **s)
{
	xmlDocPtr doc;
	UErrorCode status = U_ZERO_ERROR;
	UChar name[64];
	long before;

	(void)s;
	(void)uloc_getDisplayName("es", "es", name, 64, &status);
	xmlInitParser();
	before = file_pages();
	memory_give_back();
	assert_true(file_pages() < before / 2);
	/* Libraries go on as if nothing were, their written parts too. */
	doc = xmlReadMemory("<a>x</a>", 8, NULL, NULL, 0);
	assert_non_null(doc);
	xmlFreeDoc(doc);
	assert_int_equal(uloc_getDisplayName("es", "es", name, 64, &status), 7);
	assert_true(U_SUCCESS(status));
	xmlCleanupParser();
}

static void hold_and_ask_for_too_much(void)
{
	volatile size_t much = SIZE_MAX / 4;

	memory_hold_libraries();
	(void)!freopen("/dev/null", "w", stderr);
	(void)xmlMalloc(much);
}

/* In a process of its own: it ends it. */
static void libraries_get_all_they_ask_for_or_an_end(void **s)
{
	pid_t child;
	int status;

	(void)s;
	child = fork();
	if (!child) {
		hold_and_ask_for_too_much();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	/* By abort(), or where a sanitizer sees it first by exit(). */
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_used_again_comes_back),
	    cmocka_unit_test(libraries_get_all_they_ask_for_or_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
