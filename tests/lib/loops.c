#include "loops.h"

#define LIMIT_MS 10000

static void on_limit(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

bool loop_until(uv_loop_t *loop, const bool *done)
{
	bool late = false;
	uv_timer_t limit;

	/* What came before may have taken long: timers count from the loop's
	 * time, which only a running loop keeps right. */
	uv_update_time(loop);
	uv_timer_init(loop, &limit);
	limit.data = &late;
	uv_timer_start(&limit, on_limit, LIMIT_MS, 0);
	while (!*done && !late)
		uv_run(loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&limit, NULL);
	/* `limit` is ours: let it go before we do. */
	uv_run(loop, UV_RUN_NOWAIT);
	return *done;
}

int loop_end(uv_loop_t *loop)
{
	uv_run(loop, UV_RUN_DEFAULT);
	return uv_loop_close(loop);
}
