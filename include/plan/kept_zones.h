/*
 * Time zones held open while many members are planned. GLib shares a zone as
 * long as somebody holds it; opening one anew for each member costs more than
 * all else of a digest. For a run of planning, which is short: that is how an
 * update of tzdata is noticed. One thread at a time.
 */
#ifndef PLAN_KEPT_ZONES_H
#define PLAN_KEPT_ZONES_H

#include <stddef.h>

#define KEPT_ZONES_MAX 64 /* a community lives in a few */

/* {0} is an empty one. */
struct kept_zones {
	void *zones[KEPT_ZONES_MAX];
	char names[KEPT_ZONES_MAX][64];
	size_t n;
};

/* Names that are no zone are not kept. */
void kept_zones_add(struct kept_zones *kept, const char *name);
void kept_zones_release(struct kept_zones *kept);

#endif
