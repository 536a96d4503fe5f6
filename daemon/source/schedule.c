#include "source/schedule.h"
#include <stdlib.h>

#define HOUR 3600
#define DAY 86400
#define DATES 20
#define SLOWEST DAY /* between polls, whatever a feed says */
/* A quiet group's first new debate is an alert too: its feed is polled at
 * most so many times less often than `every`. */
#define ADAPTS 4
#define THREAD_QUIET (14 * DAY) /* then it is left until it is woken */
#define OFFLINE_WAIT 60
#define LEAST 60 /* where nobody said how often */

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
	if (v > high)
		v = high;
	return v < low ? low : v;
}

/* ---- what was new, and when --------------------------------------------- */

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

void schedule_dates(struct feed_row *row, const struct feed_entry *entries,
		    size_t n, int64_t now)
{
	int64_t dates[FEED_ENTRIES_MAX];
	size_t n_dates = 0, last = 0;

	for (size_t i = 0; i < n && n_dates < FEED_ENTRIES_MAX; i++) {
		int64_t t = date_of(&entries[i]);

		if (t > 0 && t <= now)
			dates[n_dates++] = t;
	}
	row->dates = 0;
	if (!n_dates)
		return;
	qsort(dates, n_dates, sizeof(*dates), latest_first);
	for (size_t i = 1; i < n_dates && last + 1 < DATES; i++)
		if (dates[i] != dates[last])
			dates[++last] = dates[i];
	row->dates = (int32_t)last + 1;
	row->newest_at = dates[0];
	row->oldest_at = dates[last];
}

/* ---- spreading ---------------------------------------------------------- */

/* splitmix64's finish; the same for a feed each time. */
static uint64_t hash(int64_t id, uint64_t what)
{
	uint64_t h = (uint64_t)id + UINT64_C(0x9e3779b97f4a7c15) * (what + 1);

	h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
	return h ^ (h >> 31);
}

/* +-10 %, turned around where it would be sooner than `least`. */
static int64_t jittered(int64_t id, int64_t wait, int64_t least)
{
	int64_t j = wait * ((int64_t)(hash(id, 0) % 2001) - 1000) / 10000;

	return wait + j < least ? wait - j : wait + j;
}

/* Anywhere between `least` and the wait, or so much later as `floor`. */
static int64_t second_poll(int64_t id, int64_t wait, int64_t least,
			   int64_t floor)
{
	int64_t most = wait > least + floor ? wait : least + floor;

	return least + (int64_t)(hash(id, 1) % 1000) * (most - least) / 1000;
}

/* ---- waits -------------------------------------------------------------- */

struct wait {
	int64_t s;
	int64_t least; /* jitter never makes it sooner */
	enum poll_why why;
};

/* Half the mean gap: what is new is seen half way to the next. The silence
 * until now is one more gap. */
static int64_t gap_half(const struct feed_row *row, int64_t now)
{
	return row->dates ? (now - row->oldest_at) / row->dates / 2
			  : row->interval;
}

static struct wait wait_good(const struct feed_row *row, int64_t floor,
			     int64_t now)
{
	int64_t slowest = clamp(ADAPTS * floor, floor, SLOWEST);
	int64_t hint = row->ttl > row->fresh ? row->ttl : row->fresh;
	struct wait w = {.least = floor, .why = POLL_WHY_ADAPTED};

	w.s = clamp(gap_half(row, now), floor, slowest);
	if (w.s == floor)
		w.why = POLL_WHY_FLOOR;
	hint = clamp(hint, 0, SLOWEST);
	if (hint > w.s) {
		w.s = w.least = hint;
		w.why =
		    row->ttl >= row->fresh ? POLL_WHY_TTL : POLL_WHY_MAX_AGE;
	} else if (hint > w.least) {
		w.least = hint;
	}
	return w;
}

/* Longer and longer, until it is left alone (s < 0). */
static struct wait wait_thread(const struct feed_row *row, int64_t floor,
			       int64_t now)
{
	int64_t last =
	    row->newest_at > row->since ? row->newest_at : row->since;
	int64_t quiet = now - last;

	if (quiet > THREAD_QUIET)
		return (struct wait){-1, 0, POLL_WHY_QUIET};
	return (struct wait){clamp(quiet / ADAPTS, floor, SLOWEST), floor,
			     POLL_WHY_QUIET};
}

static int64_t doubled(int64_t base, int32_t times)
{
	for (; times > 0 && base < SLOWEST; times--)
		base *= 2;
	return base < SLOWEST ? base : SLOWEST;
}

int64_t schedule_rest(int32_t refusals)
{
	return doubled(SCHEDULE_REST_MIN, refusals - 1);
}

int32_t schedule_thread_floor(int32_t every)
{
	return (int32_t)clamp(ADAPTS * (int64_t)every, every, SLOWEST);
}

static struct wait wait_bad(const struct feed_row *row, int64_t floor,
			    int64_t retry_after)
{
	int64_t base = clamp(row->interval, floor, SLOWEST);
	int64_t asked =
	    clamp(retry_after, SCHEDULE_REST_MIN, SCHEDULE_REST_MAX);

	if (retry_after > 0 && asked > floor)
		return (struct wait){asked, asked, POLL_WHY_RETRY_AFTER};
	if (retry_after > 0)
		return (struct wait){floor, floor, POLL_WHY_RETRY_AFTER};
	return (struct wait){doubled(base, row->failures - 1), floor,
			     POLL_WHY_BACKOFF};
}

/* ---- skipHours, skipDays ------------------------------------------------ */

static bool is_skipped(const struct feed_row *row, int64_t t)
{
	int64_t day = t / DAY;

	/* 1 January 1970 was a Thursday. */
	return row->skip_hours >> (t % DAY / HOUR) & 1 ||
	       row->skip_days >> ((day + 3) % 7) & 1;
}

/* The beginning of the next allowed hour, and a little of its own; `t` when
 * it is allowed, or when nothing is. */
static int64_t allowed(const struct feed_row *row, int64_t t)
{
	int64_t at = t;

	for (int i = 0; i <= 7 * 24 && is_skipped(row, at); i++)
		at = (at / HOUR + 1) * HOUR;
	if (at == t || is_skipped(row, at))
		return t;
	return at + (int64_t)(hash(row->id, 2) % 600);
}

/* ---- all of it ---------------------------------------------------------- */

static void set_next(struct feed_row *row, const struct wait *w, int64_t s,
		     int64_t now)
{
	int64_t at = now + s;

	row->why = w->why;
	row->next_at = allowed(row, at);
	if (row->next_at != at)
		row->why = POLL_WHY_SKIP;
}

static void next_good(struct feed_row *row, int64_t floor, int64_t now)
{
	struct wait w = wait_good(row, floor, now);
	int64_t s;

	row->failures = 0;
	row->interval = (int32_t)w.s;
	s = row->good_at ? jittered(row->id, w.s, w.least)
			 : second_poll(row->id, w.s, w.least, floor);
	set_next(row, &w, s, now);
}

/* Whether it could be read or not: a debate that is gone takes its own. */
static void next_of_thread(struct feed_row *row, int64_t floor, int64_t now)
{
	struct wait w = wait_thread(row, floor, now);

	row->interval = (int32_t)clamp(w.s, 0, SLOWEST);
	if (w.s < 0) {
		row->next_at = 0;
		row->why = w.why;
	} else {
		set_next(row, &w, jittered(row->id, w.s, w.least), now);
	}
}

void schedule_next_poll(struct feed_row *row, int32_t every,
			enum poll_outcome outcome, int64_t retry_after,
			int64_t now)
{
	int64_t floor = every > 0 ? every : LEAST;
	struct wait w;

	switch (outcome) {
	case POLL_OFFLINE:
		row->why = POLL_WHY_OFFLINE;
		row->next_at = now + OFFLINE_WAIT;
		return;
	case POLL_GONE:
		row->failures++;
		row->why = POLL_WHY_GONE;
		row->next_at = 0;
		return;
	case POLL_GOOD:
		if (row->role != FEED_THREAD) {
			next_good(row, floor, now);
			return;
		}
		row->failures = 0;
		next_of_thread(row, floor, now);
		return;
	case POLL_FAILED:
	case POLL_BLOCKED:
	case POLL_REFUSED:
		break;
	}
	row->failures++;
	if (outcome != POLL_REFUSED)
		retry_after = 0;
	w = wait_bad(row, floor, retry_after);
	if (row->role == FEED_THREAD && wait_thread(row, floor, now).s < 0) {
		next_of_thread(row, floor, now);
		return;
	}
	set_next(row, &w, jittered(row->id, w.s, w.least), now);
}
