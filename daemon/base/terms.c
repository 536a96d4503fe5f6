#include "base/terms.h"
#include <string.h>

const struct term frequency_terms[] = {
    {"off", FREQUENCY_OFF},
    {"immediate", FREQUENCY_IMMEDIATE},
    {"daily", FREQUENCY_DAILY},
    {"weekly", FREQUENCY_WEEKLY},
    {NULL, 0},
};

const struct term priority_terms[] = {
    {"low", PRIORITY_LOW},
    {"normal", PRIORITY_NORMAL},
    {"high", PRIORITY_HIGH},
    {NULL, 0},
};

const struct term source_terms[] = {
    {"auto", SOURCE_AUTO},
    {"feed", SOURCE_FEED},
    {"post", SOURCE_POST},
    {"wordpress", SOURCE_WORDPRESS},
    {"discourse", SOURCE_DISCOURSE},
    {"elgg", SOURCE_ELGG},
    {"nodebb", SOURCE_NODEBB},
    {"phpbb", SOURCE_PHPBB},
    {"lemmy", SOURCE_LEMMY},
    {"hyperkitty", SOURCE_HYPERKITTY},
    {"decidim", SOURCE_DECIDIM},
    {"github", SOURCE_GITHUB},
    {"moodle", SOURCE_MOODLE},
    {"flarum", SOURCE_FLARUM},
    {"maildir", SOURCE_MAILDIR},
    {"webhook", SOURCE_WEBHOOK},
    {NULL, 0},
};

const struct term health_terms[] = {
    {"ok", HEALTH_OK},
    {"slow", HEALTH_SLOW},
    {"failing", HEALTH_FAILING},
    {"blocked", HEALTH_BLOCKED},
    {"gone", HEALTH_GONE},
    {"paused", HEALTH_PAUSED},
    {NULL, 0},
};

const struct term poll_why_terms[] = {
    {"new", POLL_WHY_NEW},	   {"floor", POLL_WHY_FLOOR},
    {"adapted", POLL_WHY_ADAPTED}, {"ttl", POLL_WHY_TTL},
    {"max-age", POLL_WHY_MAX_AGE}, {"retry-after", POLL_WHY_RETRY_AFTER},
    {"backoff", POLL_WHY_BACKOFF}, {"skip-hours", POLL_WHY_SKIP},
    {"offline", POLL_WHY_OFFLINE}, {"quiet", POLL_WHY_QUIET},
    {"page", POLL_WHY_PAGE},	   {"gone", POLL_WHY_GONE},
    {"hub", POLL_WHY_HUB},	   {NULL, 0},
};

const struct term weekday_terms[] = {
    {"monday", WEEKDAY_MONDAY},	      {"tuesday", WEEKDAY_TUESDAY},
    {"wednesday", WEEKDAY_WEDNESDAY}, {"thursday", WEEKDAY_THURSDAY},
    {"friday", WEEKDAY_FRIDAY},	      {"saturday", WEEKDAY_SATURDAY},
    {"sunday", WEEKDAY_SUNDAY},	      {NULL, 0},
};

const char *term_name(const struct term *terms, int value)
{
	for (; terms->name; terms++)
		if (terms->value == value)
			return terms->name;
	return "?";
}

int term_value(const struct term *terms, const char *name)
{
	for (; terms->name; terms++)
		if (!strcmp(terms->name, name))
			return terms->value;
	return -1;
}

#define TYPED_MAX 64

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters put in, left out, replaced, or two that changed places (optimal
 * string alignment: Levenshtein's distance with Damerau's swaps). */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][TYPED_MAX + 1], n = strlen(b), i;

	for (size_t j = 0; j <= n; j++)
		rows[0][j] = j;
	for (i = 1; a[i - 1]; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = least_of(row[j], above[j] + 1);
			row[j] = least_of(row[j], row[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least_of(row[j], before[j - 2] + 1);
		}
	}
	return rows[(i - 1) % 3][n];
}

const char *nearest_name(const char *typed, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t least = 0;

	if (strlen(typed) > TYPED_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t d;

		if (strlen(names[i]) > TYPED_MAX)
			continue;
		d = distance(typed, names[i]);
		if (d <= (strlen(typed) + 2) / 3 && (!best || d < least)) {
			best = names[i];
			least = d;
		}
	}
	return best;
}
