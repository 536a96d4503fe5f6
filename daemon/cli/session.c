#include "cli/session.h"
#include "base/clock.h"

int session_open(const struct cli *cli, struct session *s, struct err *e)
{
	const struct clock system = {0};
	int r;

	*s = (struct session){.now = clock_now(&system)};
	r = config_load(cli->config_dir, &s->mem, &s->config, e);
	return r ? r : db_open(s->config.store.path, DB_READ, &s->db, e);
}

void session_close(struct session *s)
{
	db_close(s->db);
	arena_release(&s->mem);
	*s = (struct session){0};
}
