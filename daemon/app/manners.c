#include "app/manners.h"
#include "source/identity.h"
#include "store/host.h"

/* Times have no parts of a second: one more, and the gap is never shorter. */
static int64_t after_gap(const struct poll_manners *manners, int64_t now)
{
	return manners->gap ? now + manners->gap + 1 : 0;
}

static bool is_refusal(const struct poll *p)
{
	return p->result == FETCH_DONE &&
	       (p->status == 429 || p->status == 503);
}

/* What the server asked for, or a rest that grows with each refusal. A 503
 * without a time may be of that feed alone. */
static int64_t rest_of(const struct poll *p, const struct poll_manners *manners,
		       int64_t now, int32_t refusals)
{
	int64_t rest = p->retry_after;

	if (!is_refusal(p) || (!rest && p->status == 503))
		return after_gap(manners, now);
	if (!rest)
		rest = schedule_rest(refusals);
	if (rest < SCHEDULE_REST_MIN)
		rest = SCHEDULE_REST_MIN;
	return now + (rest < SCHEDULE_REST_MAX ? rest : SCHEDULE_REST_MAX);
}

static int rest(struct db *db, const struct poll *p,
		const struct poll_manners *manners, int64_t id, int64_t now,
		struct arena *mem, struct err *e)
{
	struct host host;
	int32_t refusals;
	int r = host_get(db, mem, id, &host, e);

	if (r)
		return r == ERR_MISSING ? 0 : r;
	refusals = is_refusal(p) ? host.refusals + 1 : 0;
	return host_asked(db, id, now, rest_of(p, manners, now, refusals),
			  refusals, e);
}

int manners_settle(struct db *db, const struct poll *p,
		   const struct poll_manners *manners, int64_t now,
		   struct err *e)
{
	struct arena mem = {0};
	const char *origin = p->result == FETCH_DONE
				 ? identity_origin(p->final_url, &mem)
				 : NULL;
	int64_t id = p->host_id;
	int r = origin ? host_of(db, origin, &id, e) : 0;

	if (!r && id != p->host_id)
		r = host_asked(db, p->host_id, now, after_gap(manners, now), 0,
			       e);
	if (!r && id != p->host_id)
		r = feed_place(db, p->feed_id, id, e);
	if (!r)
		r = rest(db, p, manners, id, now, &mem, e);
	arena_release(&mem);
	return r;
}
