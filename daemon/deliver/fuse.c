#include "deliver/fuse.h"
#include <string.h>

#define REFUSED_MIN 20
#define SHARE 10 /* the n-th part */

/* Forgets the minutes that have passed. */
static struct fuse_slot *turn_to(struct fuse *f, int64_t now)
{
	int64_t minute = now / 60000, passed = minute - f->minute;

	if (passed < 0 || passed >= FUSE_MINUTES)
		memset(f->slots, 0, sizeof(f->slots));
	else
		for (int64_t m = f->minute + 1; m <= minute; m++)
			f->slots[m % FUSE_MINUTES] = (struct fuse_slot){0};
	f->minute = minute;
	return &f->slots[minute % FUSE_MINUTES];
}

void fuse_note(struct fuse *f, bool refused, int64_t now)
{
	struct fuse_slot *slot = turn_to(f, now);

	if (refused)
		slot->refused++;
	else
		slot->taken++;
}

bool fuse_blows(int refused, int all)
{
	return refused >= REFUSED_MIN && refused * SHARE > all;
}

bool fuse_blown(struct fuse *f, int64_t now, int *ret_refused, int *ret_all)
{
	int refused = 0, taken = 0;

	(void)turn_to(f, now);
	for (int i = 0; i < FUSE_MINUTES; i++) {
		refused += f->slots[i].refused;
		taken += f->slots[i].taken;
	}
	*ret_refused = refused;
	*ret_all = refused + taken;
	return fuse_blows(refused, *ret_all);
}
