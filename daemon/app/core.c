#include "app/core.h"

#define LOOK_AGAIN_S 60

uint64_t core_delay(const struct core *core, int64_t at)
{
	int64_t wait = LOOK_AGAIN_S;

	if (at && at - clock_now(core->clock) < wait)
		wait = at - clock_now(core->clock);
	/* Never a timer of 0 ms: a row that stays due must not spin. */
	return wait > 0 ? (uint64_t)wait * 1000 : 100;
}
