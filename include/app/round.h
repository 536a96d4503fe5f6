/*
 * One round of the queue, on the worker: outcomes in, mails out.
 *
 * One transaction stores the outcomes that have come in, leases what is due
 * (so a commit serves many mails), and reads the rows that the mails are made
 * of; after it they are composed, and written where the relay is a Maildir,
 * whose outcomes go in a second transaction. Pure of the loop; blocking.
 */
#ifndef APP_ROUND_H
#define APP_ROUND_H

#include "base/buf.h"
#include "base/token.h"
#include "compose/batch.h"
#include "config/config.h"
#include "store/delivery.h"
#include "store/relay.h"
#include "words/words.h"

/* A leased delivery on its way; owned by whoever holds it. */
struct mail {
	int64_t id;
	int32_t attempts; /* this one included */
	bool urgent;	  /* no digest */
	bool suspect;	  /* its last answer blamed the relay, or us */
	char *member;	  /* its key */
	char *from;	  /* the envelope's, where it comes back to */
	char *to;
	/* Of its return path, "" when it has none of its own. */
	char token[TOKEN_SIZE];
	char *what; /* for the log: kind, subject, why */
	struct buf eml;
};
void mail_free(struct mail *mail);

struct round {
	struct db *db;
	const struct words *words;
	struct batch **batch; /* kept from round to round while mails are due;
				 in these words; NULL there is none */
	const struct config *config;
	const struct token_keys *keys; /* of the mails' links; NULL: none */
	const char *maildir;	       /* NULL: the caller sends */
	const char *owner;
	int64_t now;
	int all, others; /* to lease at most, and how many digests */
	bool missed;	 /* the queue has not been looked at for long */
	const struct outcome *outcomes;
	size_t n_outcomes;
	const struct relay_fault *changes; /* of relays; text NULL: well */
	size_t n_changes;

	/* What came of it. */
	bool stored;	     /* the outcomes and the leases are committed */
	bool more;	     /* there is more due */
	bool alone;	     /* but not while anything is under way */
	size_t written;	     /* mails that the Maildir took */
	int64_t next_at;     /* when the queue is due next, 0 never */
	struct mail **mails; /* composed, to be sent; the caller's to free */
	size_t n_mails;
	struct outcome *unsent; /* of those that could not be composed or
				   written; free() */
	size_t n_unsent;
	struct err relay_error; /* the Maildir's, "" when there was none */
	struct err error;	/* "" when there was none */
};

void round_run(struct round *round);

#endif
