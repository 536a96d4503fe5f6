#include "app/notify.h"
#include <inttypes.h>
#include <systemd/sd-daemon.h>

/* A job that takes longer than this is stuck: let systemd restart us. */
#define JOB_STUCK_MS 60000

/*
 * The heartbeat comes from the loop, and only while the worker gets on: a
 * daemon whose loop turns but whose store hangs is not alive.
 */
static void on_beat(uv_timer_t *timer)
{
	const struct notify *n = timer->data;
	const struct worker *worker = n->core->worker;

	if (!worker->busy ||
	    uv_now(n->core->loop) - worker->started_at < JOB_STUCK_MS)
		sd_notify(0, "WATCHDOG=1");
}

void notify_init(struct notify *n, const struct core *core)
{
	uint64_t usec = 0;

	n->core = core;
	uv_timer_init(core->loop, &n->timer);
	n->timer.data = n;
	if (sd_watchdog_enabled(0, &usec) > 0)
		uv_timer_start(&n->timer, on_beat, 0, usec / 2000);
}

void notify_ready(const char *status)
{
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void notify_reloading(const struct clock *clock)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "000",
		   clock_ticks(clock));
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=finishing what is under way");
}

void notify_close(struct notify *n)
{
	uv_close((uv_handle_t *)&n->timer, NULL);
}
