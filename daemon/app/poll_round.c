#include "app/poll_round.h"
#include "app/offline.h"
#include "store/host.h"

/* What arrived is judged by the clock that is. */
static int follow_clock(struct db *db, const struct poll_round *r,
			struct err *e)
{
	if (r->first)
		return host_recover(db, r->now, e);
	return r->clock_back ? host_clock_back(db, r->now, e) : 0;
}

static int look(struct db *db, struct poll_round *r, struct err *e)
{
	int code = 0;

	if (r->offline_since)
		code = feed_forgive(db, r->offline_since, r->now, e);
	if (!code)
		code = host_count(db, OFFLINE_HOSTS, &r->hosts, e);
	if (code)
		return code;
	return due_polls(db, &r->manners, r->now, r->room, &r->polls,
			 &r->next_at, e);
}

static int run_once(struct db *db, struct poll_round *r, struct poll *arrived,
		    struct err *e)
{
	size_t events = 0;
	int code = db_begin(db, e);

	if (!code)
		code = follow_clock(db, r, e);
	if (!code)
		code = take_polls(db, arrived, &r->manners, r->now, &events, e);
	if (!code)
		code = look(db, r, e);
	if (!code)
		code = db_commit(db, e);
	if (!code) {
		r->events += events;
		return 0;
	}
	db_rollback(db);
	polls_free(r->polls);
	r->polls = NULL;
	return code;
}

int poll_round_run(struct db *db, struct poll_round *r, struct err *e)
{
	int code;

	r->polls = NULL;
	r->events = 0;
	code = run_once(db, r, r->arrived, e);
	if (!code || !r->arrived)
		return code;
	/* One of them, or the disk? Each by itself tells. */
	code = take_each(db, r->arrived, &r->manners, r->now, &r->events, e);
	return code ? code : run_once(db, r, NULL, e);
}
