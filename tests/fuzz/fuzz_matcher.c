/* Members' lists of words, in texts of strangers: whatever is in them, the
 * look-up fails never, and a word finds the text that it is alone. */
#include "fuzz.h"
#include "store/matcher.h"
#include <stdlib.h>
#include <string.h>

static struct db *db;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct matcher m = {.texts = 0};
	struct matches found;
	struct err e = {""};
	int32_t text;
	char *list, *end;

	if (!db && db_open(":memory:", DB_WRITE, &db, &e))
		abort();
	if (size > 198) /* a line of an ini file */
		return 0;
	list = calloc(1, size + 2);
	memcpy(list, data, size);
	end = list + strlen(list);
	require(!matcher_reset(db, &m, &e));
	require(!matcher_add(db, &m, list, end < list + size ? end + 1 : "",
			     "palabra", &text, &e));
	require(!matcher_look(db, &m, list, &text, 1, &found, &e));
	require(!matcher_look(db, &m, "palabra", &text, 1, &found, &e));
	require(found.places & MATCH_AUTHOR);
	matcher_release(&m);
	free(list);
	return 0;
}
