/*
 * What an answer is for its feed, before its document is read. Pure.
 */
#ifndef APP_VERDICT_H
#define APP_VERDICT_H

#include "app/poll.h"

/* *ret_error: why it is no good, for the admin; NULL when it is. */
enum poll_outcome verdict(const struct poll *poll, struct arena *mem,
			  const char **ret_error);

#endif
