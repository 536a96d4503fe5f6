/*
 * What is stored about a member: shown to them whole, and forgotten.
 */
#ifndef STORE_PRIVACY_H
#define STORE_PRIVACY_H

#include "store/member.h"

/*
 * All of it as one JSON object: member, groups, page (what they changed there),
 * consents, suppression, mails with what they told and how they went, left_out
 * with the reasons. Words for
 * numbers and RFC 3339 for times, so that people can read it too. Whether the
 * address is suppressed is there when its key is (store/suppression.h).
 */
int privacy_export(struct db *db, struct arena *mem, int64_t member_id,
		   const char **ret_json, struct err *e);

struct privacy_counts {
	int64_t mails, tries, told, left_out, groups, consents;
};
/* What forgetting the member would take away. */
int privacy_count(struct db *db, int64_t member_id,
		  struct privacy_counts *ret_counts, struct err *e);

/*
 * Every row that is about the member, and the member: what was in them is
 * overwritten in the database. What stays: that its address gets no mail, as a
 * hash (store/suppression.h), and what others wrote. Its number is never given
 * again, so links in mails lead nowhere. ERR_USAGE while a file still names
 * the member, who would come back: the text says which.
 */
int privacy_forget(struct db *db, const struct member *member, struct err *e);

#endif
