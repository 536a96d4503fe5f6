/*
 * What became of a debate for a member: the mails that told it, and what was
 * left out and why. For people who ask (pregonctl explain): it goes through
 * all that a member was ever told.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "store/delivery.h"

struct ledger_mail {
	int64_t delivery_id, date;
	enum delivery_kind kind;
	enum delivery_state state;
	enum frequency frequency;
	const char *slot;
	struct item item; /* without what is joined */
};
struct ledger_omission {
	int64_t event_id, at;
	enum event_kind kind;
	enum omission reason;
};

/* Oldest first. */
int ledger_mails(struct db *db, struct arena *mem, int64_t member_id,
		 int64_t debate_id, struct ledger_mail **ret_rows,
		 size_t *ret_n, struct err *e);
int ledger_omissions(struct db *db, struct arena *mem, int64_t member_id,
		     int64_t debate_id, struct ledger_omission **ret_rows,
		     size_t *ret_n, struct err *e);

#endif
