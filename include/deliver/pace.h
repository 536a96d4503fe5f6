/*
 * So many mails a second and no more: a bucket that holds a second's worth.
 * Pure; `now` in ms.
 */
#ifndef DELIVER_PACE_H
#define DELIVER_PACE_H

#include <stdint.h>

struct pace {
	int rate; /* a second; 0 no limit */
	double tokens;
	int64_t at; /* when there were so many */
};

void pace_init(struct pace *p, int rate, int64_t now);
void pace_take(struct pace *p, int64_t now);
/* Of `wish` mails, how many may go now. */
int pace_room(const struct pace *p, int wish, int64_t now);
/* ms until one may; 0 now. */
int64_t pace_wait(const struct pace *p, int64_t now);

#endif
