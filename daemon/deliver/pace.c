#include "deliver/pace.h"

static double tokens(const struct pace *p, int64_t now)
{
	double have = p->tokens + (double)(now - p->at) * p->rate / 1000;

	return have < p->rate ? have : p->rate;
}

void pace_init(struct pace *p, int rate, int64_t now)
{
	*p = (struct pace){.rate = rate, .tokens = rate, .at = now};
}

void pace_take(struct pace *p, int64_t now)
{
	if (!p->rate)
		return;
	p->tokens = tokens(p, now) - 1;
	p->at = now;
}

int pace_room(const struct pace *p, int wish, int64_t now)
{
	double have = tokens(p, now);

	return !p->rate || have >= wish ? wish : have > 0 ? (int)have : 0;
}

int64_t pace_wait(const struct pace *p, int64_t now)
{
	double have = tokens(p, now);

	if (!p->rate || have >= 1)
		return 0;
	return (int64_t)((1 - have) * 1000 / p->rate) + 1;
}
