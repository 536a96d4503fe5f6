/*
 * From a mail as it was read to a debate or a comment on one.
 *
 * Which debate a mail is in, first of:
 * - the first of its References (oldest first), then In-Reply-To, that is the
 *   Message-ID of a debate or of a comment on one;
 * - for a subject with Re: and the like, the newest debate of the group with
 *   that title that began within MAIL_SUBJECT_AGE before it: some mailers
 *   drop References, some servers write new ids;
 * - for a subject with Re: and References that nobody knows, a debate known
 *   by the first of them, as RFC 5256 (REFERENCES) has it: what else answers
 *   it is in the same, and the mail itself is its beginning if it still comes;
 * - none: it begins a debate.
 *
 * A mail whose id is there already is the same mail again, whatever it says:
 * mails are not edited. A mail that was written MAIL_OLD before the group's
 * first sight is stored and no event: an archive that is copied into the
 * folder is no news.
 */
#ifndef SOURCE_MAIL_INTAKE_H
#define SOURCE_MAIL_INTAKE_H

#include "source/ingest.h"
#include "source/mail.h"

#define MAIL_SUBJECT_AGE (30 * INT64_C(86400))
#define MAIL_OLD (30 * INT64_C(86400))

/*
 * In the caller's transaction, on the worker. The group gets no baseline
 * (ingest.h) by it. `mail` is a post (it has no reason).
 */
int mail_take(struct db *db, const struct group *group, struct feed_row *row,
	      const struct mail *mail, int64_t now,
	      struct ingest_result *ret_result, struct err *e);

#endif
