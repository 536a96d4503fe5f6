#include "app/core.h"
#include "base/buf.h"

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

char *core_user_agent(const struct core *core)
{
	const char *contact = core->config->http.user_agent_contact;
	struct buf agent;

	buf_init(&agent, 512);
	(void)buf_addf(&agent, "pregon/%s", PREGON_VERSION);
	if (contact[0])
		(void)buf_addf(&agent, " (+%s)", contact);
	return buf_steal(&agent);
}
