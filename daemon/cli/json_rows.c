#include "cli/json_rows.h"
#include "base/clock.h"
#include "plan/rank.h"
#include <stdio.h>

json_t *json_time(int64_t t)
{
	char text[CLOCK_RFC3339_SIZE];

	return t ? json_string(clock_rfc3339(t, text)) : json_null();
}

json_t *json_text(const char *s)
{
	json_t *text = s && *s ? json_string(s) : NULL;

	return text ? text : json_null();
}

json_t *json_score(const struct item_score *score)
{
	if (score->liveliness <= 0)
		return json_null();
	return json_pack("{sf sf sf sf sf}", "total", rank_total(score),
			 "liveliness", score->liveliness, "interest",
			 score->interest, "priority", score->priority,
			 "freshness", score->freshness);
}

void json_print(json_t *row)
{
	(void)json_dumpf(row, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(row);
}
