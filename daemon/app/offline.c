#include "app/offline.h"

#define FEW 3

static bool is_unreached(enum fetch_result result)
{
	return result == FETCH_NO_LINK || result == FETCH_NO_SERVER;
}

static void add(struct offline *o, int64_t host)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->hosts[i] == host)
			return;
	if (o->n < OFFLINE_HOSTS)
		o->hosts[o->n++] = host;
}

static size_t enough(size_t hosts_known)
{
	return hosts_known && hosts_known < OFFLINE_HOSTS ? hosts_known
							  : OFFLINE_HOSTS;
}

/* It is reached: what failed before was its own fault. */
static enum offline_news reached(struct offline *o)
{
	bool was = o->is;

	*o = (struct offline){.is = false};
	return was ? OFFLINE_ENDS : OFFLINE_SAME;
}

enum offline_news offline_note(struct offline *o, const struct offline_try *t,
			       size_t hosts_known, int64_t now)
{
	if (t->result == FETCH_REFUSED || t->result == FETCH_STOPPED)
		return OFFLINE_SAME; /* says nothing about the network */
	if (!is_unreached(t->result))
		return reached(o);
	if (!o->n)
		o->since = now;
	add(o, t->host);
	o->refused |= t->result == FETCH_NO_SERVER;
	o->good |= t->good;
	if (o->is || !o->good || o->n < enough(hosts_known) ||
	    (o->n < FEW && o->refused))
		return OFFLINE_SAME;
	o->is = true;
	return OFFLINE_BEGINS;
}

bool offline_excuses(const struct offline *o, const struct offline_try *t)
{
	return o->is && t->good && is_unreached(t->result);
}
