#include "app/core.h"

#define LOOK_AGAIN_MS 60000
#define SOON_MS 100

uint64_t core_delay(const struct core *core, int64_t at)
{
	int64_t now = clock_now_ms(core->clock);
	int64_t wait = LOOK_AGAIN_MS;

	if (at && at * 1000 - now < wait)
		wait = at * 1000 - now;
	/* Never a timer of 0 ms: a row that stays due must not spin. */
	return wait > 0 ? (uint64_t)wait : SOON_MS;
}
