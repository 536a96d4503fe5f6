#include "app/verdict.h"

/* What a status means, and what to do about it. */
static const struct {
	long from, to;
	enum poll_outcome outcome;
	const char *words;
} statuses[] = {
    {200, 200, POLL_GOOD, NULL},
    {304, 304, POLL_FAILED, "not modified, without having been asked so"},
    {300, 399, POLL_FAILED, "a redirect that leads nowhere"},
    {401, 401, POLL_FAILED,
     "the server does not let us in; does it want a key (key_file)?"},
    {403, 403, POLL_FAILED, "the server does not let us in"},
    {404, 404, POLL_FAILED, "there is nothing at this address"},
    {410, 410, POLL_GONE,
     "the feed is gone for good; remove it or change its url"},
    {429, 429, POLL_REFUSED, "the server asks us to come less often"},
    {400, 499, POLL_FAILED, "the server does not like the question"},
    {503, 503, POLL_REFUSED, "the server is not available now"},
    {500, 599, POLL_FAILED, "the server has an error of its own"},
    {0, 999, POLL_FAILED, "an answer that says nothing to us"},
};

enum poll_outcome verdict(const struct poll *p, struct arena *mem,
			  const char **ret_error)
{
	size_t i = 0;

	*ret_error = NULL;
	if (p->offline)
		return POLL_OFFLINE;
	if (p->result != FETCH_DONE) {
		*ret_error = p->reason;
		return POLL_FAILED;
	}
	if (p->challenged) {
		*ret_error = "a robot check is before the feed (cf-mitigated); "
			     "ask the site's admins to let pregon in";
		return POLL_BLOCKED;
	}
	if (p->status == 304 && p->conditional)
		return POLL_GOOD;
	while (p->status < statuses[i].from || p->status > statuses[i].to)
		i++;
	if (statuses[i].words)
		*ret_error = arena_printf(mem, "HTTP %ld: %s", p->status,
					  statuses[i].words);
	return statuses[i].outcome;
}
