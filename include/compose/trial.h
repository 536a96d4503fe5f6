/*
 * Words and templates, tried before they are used: sample letters of each
 * kind in every language. Pure.
 */
#ifndef COMPOSE_TRIAL_H
#define COMPOSE_TRIAL_H

#include "compose/batch.h"

/*
 * ERR_INPUT says which file (and, of a name that there is not, which line) is
 * at fault: a phrase or template that cannot be filled in, a part without a
 * debate's title or link, or without the address to write to.
 */
int trial(const struct words *words, const struct sender_identity *sender,
	  struct err *e);

#endif
