/*
 * The forms of webhooks, for webhook.c alone.
 */
#ifndef SOURCE_WEBHOOK_P_H
#define SOURCE_WEBHOOK_P_H

#include "feed_p.h"
#include "source/webhook.h"
#include <jansson.h>

int webhook_read_discourse(struct feed_reader *reader,
			   const struct webhook *hook, const json_t *root,
			   struct err *e);

#endif
