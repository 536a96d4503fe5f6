#include "app/health.h"
#include "base/clock.h"
#include "base/log.h"

static const enum health of_outcome[] = {
    [POLL_GOOD] = HEALTH_OK,	     [POLL_FAILED] = HEALTH_FAILING,
    [POLL_BLOCKED] = HEALTH_BLOCKED, [POLL_GONE] = HEALTH_GONE,
    [POLL_REFUSED] = HEALTH_SLOW,
};

/* Is it a state that the admin has heard of? */
static bool is_told(const struct feed_row *row)
{
	if (row->health == HEALTH_FAILING)
		return row->failures > 1 || !row->good_at;
	return row->health != HEALTH_OK;
}

static void tell(const struct feed_row *before, const struct feed_row *row,
		 const char *group)
{
	bool was = is_told(before), is = is_told(row);
	char since[CLOCK_RFC3339_SIZE];

	if (row->role == FEED_THREAD) {
		if (row->error)
			log_debug("group %s: %s: %s", group, row->url,
				  row->error);
		return;
	}
	if (is && (!was || before->health != row->health))
		log_warn("group %s: %s: %s: %s", group,
			 term_name(health_terms, (int)row->health), row->url,
			 row->error);
	else if (was && !is)
		log_info("group %s: %s works again (%s since %s)", group,
			 row->url, term_name(health_terms, (int)before->health),
			 clock_rfc3339(before->health_at, since));
}

void health_note(const struct feed_row *before, struct feed_row *row,
		 const char *group, enum poll_outcome outcome,
		 const char *error, int64_t now)
{
	if (outcome == POLL_OFFLINE)
		return;
	row->health = of_outcome[outcome];
	row->error = error;
	if (row->health != before->health)
		row->health_at = now;
	tell(before, row, group);
}
