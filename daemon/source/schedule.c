#include "source/schedule.h"
#include <stdlib.h>

#define DATES 20
#define SLOWEST 86400 /* s between polls, whatever a feed says */
/* A quiet group's first new debate is an alert too: its feed is polled at
 * most so many times less often than `every`. */
#define ADAPTS 4
#define RETRY_MIN 60
#define RETRY_MAX (7 * 86400)

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
	if (v > high)
		v = high;
	return v < low ? low : v;
}

static int latest_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

static int64_t date_of(const struct feed_entry *entry)
{
	bool listed =
	    entry->kind == ENTRY_DEBATE || entry->kind == ENTRY_COUNTS;

	if (entry->published == FEED_NO_TIME ||
	    (listed && entry->updated > entry->published))
		return entry->updated;
	return entry->published;
}

int64_t schedule_gap(const struct feed_entry *entries, size_t n)
{
	int64_t dates[FEED_ENTRIES_MAX];
	size_t n_dates = 0;
	size_t last = 0;

	for (size_t i = 0; i < n && n_dates < FEED_ENTRIES_MAX; i++) {
		int64_t t = date_of(&entries[i]);

		if (t != FEED_NO_TIME)
			dates[n_dates++] = t;
	}
	if (n_dates < 2)
		return 0;
	qsort(dates, n_dates, sizeof(*dates), latest_first);
	for (size_t i = 1; i < n_dates && last + 1 < DATES; i++)
		if (dates[i] != dates[last])
			dates[++last] = dates[i];
	return last ? (dates[0] - dates[last]) / (int64_t)last : 0;
}

/* +-10 %, the same for a feed each time (splitmix64's finish). */
static int64_t jitter(int64_t id, int64_t span)
{
	uint64_t h = (uint64_t)id + UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
	h ^= h >> 31;
	return span * ((int64_t)(h % 2001) - 1000) / 10000;
}

/* Half the mean gap: a debate is seen half way to the next one. */
static int64_t interval_of(const struct feed_row *row, int32_t every,
			   int64_t gap, const struct poll_hints *hints)
{
	int64_t base = gap > 0 ? gap / 2 : row->interval;
	int64_t hint =
	    hints->ttl > hints->max_age ? hints->ttl : hints->max_age;

	base = clamp(base, every, clamp(ADAPTS * (int64_t)every, 1, SLOWEST));
	return hint > base ? clamp(hint, base, SLOWEST) : base;
}

static int64_t backoff(int32_t failures, int64_t base)
{
	for (; failures > 1 && base < SLOWEST; failures--)
		base *= 2;
	return base < SLOWEST ? base : SLOWEST;
}

void schedule_next_poll(struct feed_row *row, int32_t every, int64_t gap,
			const struct poll_hints *hints,
			enum poll_outcome outcome, int64_t now)
{
	int64_t floor = every > 0 ? every : RETRY_MIN;
	int64_t base = clamp(row->interval, floor, SLOWEST);
	int64_t wait = floor;

	switch (outcome) {
	case POLL_GONE:
		row->failures++;
		row->next_at = 0;
		return;
	case POLL_OFFLINE:
		break;
	case POLL_GOOD:
		row->failures = 0;
		wait = interval_of(row, (int32_t)floor, gap, hints);
		row->interval = (int32_t)wait;
		break;
	case POLL_FAILED:
		row->failures++;
		wait = backoff(row->failures, base);
		break;
	case POLL_REFUSED:
		row->failures++;
		wait = backoff(row->failures, base);
		if (hints->retry_after > 0)
			wait = clamp(hints->retry_after, RETRY_MIN, RETRY_MAX);
		break;
	}
	int64_t moved = wait + jitter(row->id, wait);

	/* Jitter never polls sooner than was asked for. */
	if (outcome == POLL_REFUSED && moved < wait)
		moved = wait;
	row->next_at = now + (moved > floor ? moved : floor);
}
