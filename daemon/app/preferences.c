#include "pages_p.h"
int pages_preferences(struct db *db, struct web_task *task, int64_t now,
		      struct err *e)
{
	struct visit v;
	bool go_on;
	int r = visit_begin(&v, db, task, TOKEN_PREFERENCES, now, &go_on, e);

	if (r || !go_on)
		return r;
	return web_task_answer(task, 501, "\n");
}
