/*
 * Whether it is our own network that is down, and not a hundred groups.
 *
 * When in a row every host that was tried could not be reached (no name, no
 * way, nobody there), all the hosts there are or ten of them, we are offline:
 * polling is suspended but for a probe now and then, and what failed in that
 * row is nobody's fault. The first host that is reached ends it. With fewer
 * than three hosts only failures that are of a link (no name, no way) count,
 * since one server that is down looks like all of them. A feed that was never
 * read proves nothing and is excused nothing: its address may be wrong. Pure.
 */
#ifndef APP_OFFLINE_H
#define APP_OFFLINE_H

#include "loop/fetch.h"

#define OFFLINE_HOSTS 10
#define OFFLINE_PROBE_MS 30000

enum offline_news { OFFLINE_SAME, OFFLINE_BEGINS, OFFLINE_ENDS };

struct offline {
	int64_t hosts[OFFLINE_HOSTS]; /* not reached since one was */
	size_t n;
	bool refused;  /* one of them was not for lack of a link */
	bool good;     /* one of them was read before */
	int64_t since; /* the first of them, wall clock */
	bool is;       /* offline now */
};

/* One more try, of a feed that was `good` before or not. */
struct offline_try {
	int64_t host;
	bool good;
	enum fetch_result result;
};

/* `hosts_known` is how many there are, 10 or more alike. */
enum offline_news offline_note(struct offline *o, const struct offline_try *t,
			       size_t hosts_known, int64_t now);
/* Whether it is not counted against its feed. */
bool offline_excuses(const struct offline *o, const struct offline_try *t);

#endif
