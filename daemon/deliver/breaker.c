#include "deliver/breaker.h"
#include <stdio.h>

#define WAIT_FIRST 1000
#define WAIT_RELAY 60000
#define WAIT_US 600000
#define LATELY 300000

bool breaker_fault(struct breaker *b, enum outcome_scope scope, int code,
		   const char *text, int64_t now)
{
	int64_t longest = scope == SCOPE_US ? WAIT_US : WAIT_RELAY;
	bool opens = b->state == BREAKER_CLOSED;

	b->scope = scope;
	b->code = code;
	snprintf(b->text, sizeof(b->text), "%s", text);
	if (b->state == BREAKER_OPEN)
		return false; /* several fail together: once */
	b->state = BREAKER_OPEN;
	b->wait = b->wait ? 2 * b->wait : WAIT_FIRST;
	if (b->wait > longest)
		b->wait = longest;
	b->until = now + b->wait;
	return opens;
}

bool breaker_success(struct breaker *b, int64_t now)
{
	bool closes = b->state != BREAKER_CLOSED;

	b->state = BREAKER_CLOSED;
	b->wait = 0;
	b->passed_at = now;
	return closes;
}

bool breaker_lets(const struct breaker *b, int64_t now)
{
	return b->state == BREAKER_CLOSED ||
	       (b->state == BREAKER_OPEN && now >= b->until);
}

void breaker_sends(struct breaker *b)
{
	if (b->state == BREAKER_OPEN)
		b->state = BREAKER_PROBING;
}

int64_t breaker_wait(const struct breaker *b, int64_t now)
{
	if (b->state == BREAKER_PROBING)
		return -1;
	return breaker_lets(b, now) ? 0 : b->until - now;
}

bool breaker_proven(const struct breaker *b, int64_t now)
{
	return b->state == BREAKER_CLOSED && b->passed_at &&
	       now - b->passed_at < LATELY;
}
