#include "deliver/classify.h"
#include <stdio.h>
#include <string.h>

static bool is_about_us(int code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

static void classify_reply(const struct reply *reply, struct sender_result *r)
{
	r->code = reply->code;
	memcpy(r->enhanced, reply->enhanced, sizeof(r->enhanced));
	memcpy(r->text, reply->text, sizeof(r->text));
	r->counted = reply->code != 421 && !is_about_us(reply->code);
	if (reply->code / 100 == 5 && !is_about_us(reply->code) &&
	    strcmp(reply->enhanced, "5.2.2") != 0)
		r->state = DELIVERY_FAILED;
}

void classify(enum smtp_end end, const struct reply *reply,
	      struct sender_result *r)
{
	*r = (struct sender_result){.state = DELIVERY_DEFERRED};
	switch (end) {
	case SMTP_ACCEPTED:
		classify_reply(reply, r);
		r->state = DELIVERY_SENT;
		break;
	case SMTP_REFUSED:
		classify_reply(reply, r);
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
