#include "deliver/classify.h"
#include <stdio.h>
#include <string.h>

/* What is to be done about it. */
enum verdict {
	FAIL,  /* for good */
	SOON,  /* greylisting: as soon as is decent */
	AGAIN, /* as usual */
	LATE,  /* it takes its time */
	PAUSE  /* when the relay, or we, are well again */
};

#define AT(stage) (1U << SMTP_STAGE_##stage)
#define ANY 0U

/*
 * In order: the first that matches. `enhanced` is one code, the beginning of
 * many when it ends with a dot, or "" for replies that have none and all
 * others; its x is 4 or 5.
 */
static const struct rule {
	int from, to; /* codes */
	const char *enhanced;
	unsigned stages;
	enum outcome_scope scope;
	enum verdict verdict;
} rules[] = {
    /* Whatever else they say: it closes; we are not let in (RFC 4954). */
    {421, 421, "", ANY, SCOPE_RELAY, PAUSE},
    {454, 454, "", ANY, SCOPE_RELAY, PAUSE},
    {530, 530, "", ANY, SCOPE_US, PAUSE},
    {534, 535, "", ANY, SCOPE_US, PAUSE},
    {538, 538, "", ANY, SCOPE_US, PAUSE},
    {400, 499, "", AT(CONNECT), SCOPE_RELAY, PAUSE},
    {500, 599, "", AT(CONNECT), SCOPE_US, PAUSE},

    /* Too large, or not to be converted. */
    {500, 599, "5.3.4", ANY, SCOPE_MESSAGE, FAIL},
    {500, 599, "5.2.3", ANY, SCOPE_MESSAGE, FAIL},
    {500, 599, "5.6.", ANY, SCOPE_MESSAGE, FAIL},
    {400, 499, "4.6.", ANY, SCOPE_MESSAGE, AGAIN},
    {552, 552, "", AT(MAIL), SCOPE_MESSAGE, FAIL},

    /* No recipient has been named yet. */
    {400, 499, "", AT(MAIL), SCOPE_RELAY, PAUSE},
    {500, 599, "", AT(MAIL), SCOPE_US, PAUSE},

    /* Our address. */
    {400, 599, "x.1.7", ANY, SCOPE_US, PAUSE},
    {400, 599, "x.1.8", ANY, SCOPE_US, PAUSE},
    /* The recipient's, and the mailbox. */
    {500, 599, "5.1.", ANY, SCOPE_RECIPIENT, FAIL},
    {400, 499, "4.1.", ANY, SCOPE_RECIPIENT, AGAIN},
    {400, 599, "x.2.2", ANY, SCOPE_RECIPIENT, LATE},
    {450, 451, "4.2.0", ANY, SCOPE_RECIPIENT, SOON},
    {500, 599, "5.2.", ANY, SCOPE_RECIPIENT, FAIL},
    {400, 499, "4.2.", ANY, SCOPE_RECIPIENT, AGAIN},
    /* Large providers' word for "no such mailbox". */
    {550, 550, "5.5.0", AT(RCPT), SCOPE_RECIPIENT, FAIL},
    /* The relay's system, and the way behind it. */
    {400, 599, "x.3.", ANY, SCOPE_RELAY, PAUSE},
    {500, 599, "5.4.", ANY, SCOPE_RECIPIENT, FAIL},
    {400, 499, "4.4.", ANY, SCOPE_RECIPIENT, AGAIN},
    /* The protocol, and policy. */
    {500, 599, "5.5.", ANY, SCOPE_US, PAUSE},
    {400, 499, "4.5.", ANY, SCOPE_RELAY, PAUSE},
    {500, 599, "5.7.", ANY, SCOPE_US, PAUSE},
    {400, 499, "4.7.", ANY, SCOPE_RECIPIENT, SOON},

    /* Bare codes, or enhanced ones that say nothing (x.0.0). */
    {500, 504, "", ANY, SCOPE_US, PAUSE},
    {555, 555, "", ANY, SCOPE_US, PAUSE},
    {452, 452, "", ANY, SCOPE_RELAY, PAUSE},
    {455, 455, "", ANY, SCOPE_RELAY, PAUSE},
    {450, 451, "", AT(RCPT), SCOPE_RECIPIENT, SOON},
    {400, 499, "", AT(RCPT), SCOPE_RECIPIENT, AGAIN},
    {552, 552, "", AT(RCPT), SCOPE_RECIPIENT, LATE},
    {500, 599, "", AT(RCPT), SCOPE_RECIPIENT, FAIL},
    {400, 499, "", ANY, SCOPE_MESSAGE, AGAIN},
    {0, 999, "", ANY, SCOPE_MESSAGE, FAIL},
};

static bool has_code(const struct rule *rule, const char *enhanced)
{
	const char *want = rule->enhanced;
	size_t len = strlen(want);

	if (!len)
		return true;
	if (!*enhanced || (*want != 'x' && *want != *enhanced))
		return false;
	return want[len - 1] == '.' ? !strncmp(want + 1, enhanced + 1, len - 1)
				    : !strcmp(want + 1, enhanced + 1);
}

static const struct rule *find_rule(enum smtp_stage stage,
				    const struct reply *reply)
{
	const struct rule *rule = rules;

	while (reply->code < rule->from || reply->code > rule->to ||
	       (rule->stages && !(rule->stages & 1U << stage)) ||
	       !has_code(rule, reply->enhanced))
		rule++; /* the last one matches all */
	return rule;
}

static void classify_refusal(enum smtp_stage stage, const struct reply *reply,
			     struct sender_result *r)
{
	static const enum retry_class retries[] = {[SOON] = RETRY_SOON,
						   [AGAIN] = RETRY_USUAL,
						   [LATE] = RETRY_LATE,
						   [PAUSE] = RETRY_USUAL};
	const struct rule *rule = find_rule(stage, reply);

	r->scope = rule->scope;
	r->counted = rule->verdict != PAUSE;
	if (rule->verdict == FAIL)
		r->state = DELIVERY_FAILED;
	else
		r->retry = retries[rule->verdict];
}

void classify(enum smtp_end end, enum smtp_stage stage,
	      const struct reply *reply, struct sender_result *r)
{
	*r = (struct sender_result){.state = DELIVERY_DEFERRED,
				    .scope = SCOPE_RELAY,
				    .retry = RETRY_USUAL};
	if (reply) {
		r->code = reply->code;
		memcpy(r->enhanced, reply->enhanced, sizeof(r->enhanced));
		memcpy(r->text, reply->text, sizeof(r->text));
	}
	switch (end) {
	case SMTP_ACCEPTED:
		r->state = DELIVERY_SENT;
		r->scope = SCOPE_NONE;
		r->counted = true;
		break;
	case SMTP_REFUSED:
		if (reply)
			classify_refusal(stage, reply, r);
		break;
	case SMTP_LOST:
		snprintf(r->text, sizeof(r->text),
			 "the connection was lost before the message was out");
		break;
	case SMTP_IN_DOUBT:
		r->counted = true;
		snprintf(r->text, sizeof(r->text),
			 "the connection was lost before the relay had "
			 "answered for the message; it goes again with the "
			 "same Message-ID");
		break;
	}
}
