/*
 * What a group's Maildir holds, as pregon sees it.
 */
#include "cli/visit.h"
#include "source/mail.h"
#include "source/mail_folder.h"

#define NEWEST 50 /* mails that are read */

struct visit {
	struct arena *mem;
	struct mail_list list;
	struct mail_folder folder;
	struct feed feed;
	size_t left_out;
	const char *reason; /* of the newest that is left out */
	struct buf bytes;
};

static int read_mail(struct visit *v, const struct mail_file *file,
		     struct err *e)
{
	struct mail mail;
	int r = mail_folder_read(&v->folder, file, &v->bytes, e);

	if (r == ERR_IO)
		return r;
	if (r) { /* it went, or is no file */
		v->left_out++;
		return 0;
	}
	mail_read(buf_str(&v->bytes), v->bytes.len, &v->list, v->mem, &mail);
	if (!mail.reason) {
		mail.entry.in_reply_to =
		    mail.n_references ? mail.references[0] : NULL;
		v->feed.entries[v->feed.n_entries++] = mail.entry;
		return 0;
	}
	if (!v->reason)
		v->reason = mail.reason;
	v->left_out++;
	return 0;
}

static int read_newest(struct visit *v, struct err *e)
{
	struct mail_file *files;
	size_t n;
	int r = mail_folder_list(&v->folder, v->mem, &files, &n, e);

	if (r)
		return r;
	mail_files_by_arrival(files, n);
	v->feed.entries = arena_array(v->mem, NEWEST, sizeof(*v->feed.entries));
	for (size_t i = 0; !r && i < n && i < NEWEST; i++)
		r = read_mail(v, &files[n - 1 - i], e);
	return r;
}

int visit_maildir(const struct group_settings *set, struct arena *mem,
		  struct feed *ret_feed, const char **ret_trouble,
		  struct err *e)
{
	struct visit v = {.mem = mem,
			  .list = {set->name, set->title, set->url},
			  .feed = {.kind = "mail", .tells_comments = true}};
	int r = mail_folder_open(set->maildir, &v.folder, e);

	if (r)
		return r;
	buf_init(&v.bytes, MAIL_BYTES_MAX);
	r = read_newest(&v, e);
	buf_release(&v.bytes);
	mail_folder_close(&v.folder);
	if (r)
		return err_prefix(e, r, "%s", set->maildir);
	*ret_feed = v.feed;
	*ret_trouble =
	    v.left_out
		? arena_printf(mem,
			       "%zu of the newest mails are left "
			       "out, the newest as %s",
			       v.left_out, v.reason ? v.reason : "no mail")
		: NULL;
	return 0;
}
