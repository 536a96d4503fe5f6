/*
 * A fuse against mass failure: many recipients refused within minutes are a
 * relay that is set up wrongly, or an address book that is, not so many
 * people who left. Pure.
 *
 * It is blown while, of the answers of the last ten minutes, at least twenty
 * and more than a tenth refused a recipient for good. Refused mails are held
 * then instead of failed (the admin decides), and the relay rests.
 */
#ifndef DELIVER_FUSE_H
#define DELIVER_FUSE_H

#include <stdbool.h>
#include <stdint.h>

#define FUSE_MINUTES 10

struct fuse {
	int64_t minute; /* of the newest slot */
	struct fuse_slot {
		int taken, refused;
	} slots[FUSE_MINUTES];
};

/* An answer for a recipient; `now` in ms. */
void fuse_note(struct fuse *fuse, bool refused, int64_t now);
/* Whether so many of all are a mass failure. */
bool fuse_blows(int refused, int all);
bool fuse_blown(struct fuse *fuse, int64_t now, int *ret_refused, int *ret_all);

#endif
