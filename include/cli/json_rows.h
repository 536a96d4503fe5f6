/*
 * JSON lines for programs: one object a row, times as RFC 3339 in UTC, null
 * for what there is not.
 */
#ifndef CLI_JSON_ROWS_H
#define CLI_JSON_ROWS_H

#include "store/delivery.h"
#include <jansson.h>
#include <stdint.h>

/* null when t is 0. */
json_t *json_time(int64_t t);
/* null when s is NULL or "". Bytes that are no UTF-8 give null as well. */
json_t *json_text(const char *s);
/* A score with its parts and their total; null for what was not ranked. */
json_t *json_score(const struct item_score *score);
/* One line to stdout; takes the row. */
void json_print(json_t *row);

#endif
