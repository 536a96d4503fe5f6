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

/* The host that an address is of; *ret_id as it is when it is of none. */
static int host_at(struct db *db, const char *url, struct arena *mem,
		   int64_t *ret_id, struct err *e)
{
	const char *origin = identity_origin(url, mem);

	return origin ? host_of(db, origin, ret_id, e) : 0;
}

int manners_wait(struct db *db, const struct feed_row *row,
		 const struct poll_manners *manners, int64_t now,
		 int64_t *ret_at, struct err *e)
{
	const char *url = row->page_url ? row->page_url : row->url;
	struct arena mem = {0};
	struct host own;
	int64_t id = row->host_id;
	int r = host_at(db, url, &mem, &id, e);

	*ret_at = 0;
	if (!r && id != row->host_id) {
		r = host_get(db, &mem, id, &own, e);
		if (!r && own.rest_until > now)
			*ret_at = own.rest_until;
		else if (!r && own.lease_until > now)
			*ret_at = now + manners->gap + 1;
	}
	arena_release(&mem);
	return r;
}

/* The ways that led there: the host of the lease, and that of the url. */
static int rest_others(struct db *db, const struct poll *p, int64_t final,
		       const struct poll_manners *manners, int64_t now,
		       struct arena *mem, struct err *e)
{
	int64_t until = after_gap(manners, now), own = final;
	int r = host_at(db, p->request.url, mem, &own, e);

	if (!r && own != final)
		r = host_rest(db, own, now, until, e);
	if (!r && p->host_id != final)
		r = host_asked(db, p->host_id, now, until, 0, e);
	return r;
}

int manners_settle(struct db *db, const struct poll *p, bool stays,
		   const struct poll_manners *manners, int64_t now,
		   struct err *e)
{
	struct arena mem = {0};
	int64_t id = p->host_id;
	int r = 0;

	if (p->result == FETCH_DONE)
		r = host_at(db, p->final_url, &mem, &id, e);
	if (!r)
		r = rest_others(db, p, id, manners, now, &mem, e);
	if (!r && stays && id != p->host_id)
		r = feed_place(db, p->feed_id, id, e);
	if (!r)
		r = rest(db, p, manners, id, now, &mem, e);
	arena_release(&mem);
	return r;
}
