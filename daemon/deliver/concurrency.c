#include "deliver/concurrency.h"

#define FIRST 5
#define HELD_MS 30000

void concurrency_init(struct concurrency *c, int most)
{
	*c = (struct concurrency){.most = most};
	c->window = most < FIRST ? most : FIRST;
}

void concurrency_success(struct concurrency *c, int64_t now)
{
	if (now < c->held_until)
		return;
	c->window += 1 / c->window;
	if (c->window > c->most)
		c->window = c->most;
}

void concurrency_failure(struct concurrency *c, int64_t now)
{
	c->window = c->window < 2 ? 1 : c->window - 1;
	c->held_until = now + HELD_MS;
}

int concurrency_limit(const struct concurrency *c)
{
	return (int)c->window;
}
