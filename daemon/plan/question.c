#include "plan/question.h"
#include "base/token.h"
#include "plan/hours.h"
#include "plan_p.h"
#include <inttypes.h>

int64_t plan_question_at(const struct member_settings *set, int64_t at)
{
	struct wall_clock wall = hours_of(set, FREQUENCY_IMMEDIATE, NULL, 0);

	wall.work.days = 0;
	return hours_next(&wall, at);
}

void plan_question(const struct member *member, int64_t at, int64_t now,
		   const struct plan_limits *limits, struct arena *mem,
		   struct delivery *ret_delivery)
{
	int64_t address = token_address(member->set.email);
	char day[DATE_SIZE + 8];
	const char *what;

	name_date(at / DAY, day, sizeof(day));
	what = arena_printf(mem, "%s.%016" PRIx64, day, (uint64_t)address);
	*ret_delivery = (struct delivery){
	    .member_id = member->id,
	    .member = member->set.key,
	    .kind = DELIVERY_CONFIRM,
	    .frequency = FREQUENCY_IMMEDIATE,
	    .slot = arena_strdup(mem, day),
	    .event_id = address,
	    .message_id = message_id("confirm", what, member->set.key,
				     limits->domain, mem),
	    .date = at,
	    /* More than twice it is asked because they want to be. */
	    .notice = member->asked == 1 ? NOTICE_REMINDER : NOTICE_NONE,
	    .state = DELIVERY_PLANNED,
	    .next_at = at,
	    .expires_at = at + limits->digest_expires,
	    .created_at = now,
	    .changed_at = now,
	    .enhanced = "",
	    .text = "",
	};
}

void plan_link(const struct member *member, int64_t now,
	       const struct plan_limits *limits, struct arena *mem,
	       struct delivery *ret_delivery)
{
	char day[DATE_SIZE + 8];
	const char *slot;

	plan_question(member, now, now, limits, mem, ret_delivery);
	name_date(now / DAY, day, sizeof(day));
	slot = arena_printf(mem, "%s.%05d", day, (int)(now % DAY));
	ret_delivery->slot = slot;
	ret_delivery->message_id =
	    message_id("link", slot, member->set.key, limits->domain, mem);
	ret_delivery->notice = NOTICE_LINK;
	ret_delivery->expires_at = now + LINK_EXPIRES;
}
