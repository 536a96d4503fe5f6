/*
 * What systemd is told (sd_notify(3)): readiness, reloads, stopping, and
 * that we are alive. Does nothing when not started by systemd.
 */
#ifndef APP_NOTIFY_H
#define APP_NOTIFY_H

#include "app/core.h"

struct notify {
	const struct core *core;
	uv_timer_t timer;
};

/* Begins the watchdog's heartbeat, when systemd asks for one. */
void notify_init(struct notify *n, const struct core *core);
void notify_ready(const char *status);
void notify_reloading(const struct clock *clock);
void notify_stopping(void);
/* Closes on the loop. */
void notify_close(struct notify *n);

#endif
