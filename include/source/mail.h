/*
 * One mail of a list, as an entry of a feed.
 *
 * Only the first MAIL_BYTES_MAX bytes are looked at. GMime decodes headers,
 * addresses, dates, references, types and encodings; its message parser is
 * not used, because it recurses in address groups (half a megabyte of "a:" in
 * a To, also of an attached message, ends the process) and takes seconds for
 * a megabyte of dashes in a thousand nested parts. So headers are taken from
 * their lines, each value capped, and parts are found by their boundaries, to
 * a depth of MAIL_DEPTH_MAX and MAIL_PARTS_MAX in all.
 *
 * The id is the Message-ID, or a hash of what the mail says where it has
 * none. The title is the subject without Re:, Fwd: and the like and without
 * the list's own [tag]; other [words] are the writer's. The text is what the
 * writer wrote: the first readable part (plain before HTML), without quotes,
 * signature and list footer (source/mail_text.h). The link is Archived-At
 * (RFC 5064); group_page is List-Archive, or else the group's url.
 *
 * No mail address gets out: the author is the name in From, or the local part
 * of the address where there is no name; an address in a title, a name or the
 * text is shown by its local part and "@…".
 *
 * Pure; any thread. Strings live in `mem`.
 */
#ifndef SOURCE_MAIL_H
#define SOURCE_MAIL_H

#include "source/feed.h"

#define MAIL_BYTES_MAX (1024 * 1024)
#define MAIL_DEPTH_MAX 10
#define MAIL_PARTS_MAX 200
#define MAIL_REFERENCES_MAX 64 /* the first and the last ones */
#define MAIL_ID_MAX 512	       /* a longer one is known by its hash */

/* What the group calls itself: its [tag] may be any of it. */
struct mail_list {
	const char *name, *title, *url;
};

struct mail {
	/* Why it is nobody's post (an automatic answer, a bounce, a mail of
	 * pregon itself, ...); NULL when it is one. Then nothing else is set.
	 */
	const char *reason;
	struct feed_entry entry; /* no kind and no in_reply_to yet: which
				    thread it is in, the store knows */
	bool is_reply;		 /* its subject says so: Re:, AW:, ... */
	const char **references; /* oldest first; then In-Reply-To */
	size_t n_references;
};

void mail_read(const char *bytes, size_t len, const struct mail_list *list,
	       struct arena *mem, struct mail *ret_mail);

#endif
