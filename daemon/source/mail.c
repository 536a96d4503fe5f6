#include "source/mail.h"
#include "base/utf8.h"
#include "mail_p.h"
#include "source/identity.h"
#include "store/event.h"
#include <gmime/gmime.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

/* A Date so much older than the mail's arrival is a clock that is wrong. */
#define LATE_MAX (30 * INT64_C(86400))
#define TEXT_MAX (4 * (size_t)MAIL_BYTES_MAX)

void mail_gmime_start(void)
{
	static gsize started; /* GMime's own state is the process's too */

	if (g_once_init_enter(&started)) {
		g_mime_init();
		g_once_init_leave(&started, 1);
	}
}

/* ---- ids ---------------------------------------------------------------- */

static const char *clean_id(const char *id, struct arena *mem)
{
	char *clean = arena_strdup(mem, id);

	if (utf8_line(clean) > MAIL_ID_MAX)
		return arena_printf(mem, "sha256:%s",
				    identity_hash(clean, NULL, mem));
	return clean;
}

/* The ids of a field. */
static GMimeReferences *ids_of(const char *value)
{
	return g_mime_references_parse(NULL, value ? value : "");
}

/* What a mail without an id is known by. */
static const char *hash_id(const struct mail_head *head, const char *body,
			   size_t len, struct arena *mem)
{
	const char *from = head->value[MAIL_FROM];
	const char *date = head->value[MAIL_DATE];
	const char *subject = head->value[MAIL_SUBJECT];
	const char *all =
	    arena_printf(mem, "%s\n%s\n%s\n", from ? from : "",
			 date ? date : "", subject ? subject : "");

	return arena_printf(
	    mem, "sha256:%s",
	    identity_hash(all, arena_strndup(mem, body, len), mem));
}

static const char *id_of(const struct mail_head *head, const char *body,
			 size_t len, struct arena *mem)
{
	const char *value = head->value[MAIL_MESSAGE_ID];
	GMimeReferences *ids = ids_of(value);
	const char *id = "";

	if (g_mime_references_length(ids) > 0)
		id = clean_id(g_mime_references_get_message_id(ids, 0), mem);
	else if (value) /* no brackets */
		id = clean_id(arena_strndup(mem, value, strcspn(value, " ")),
			      mem);
	g_mime_references_free(ids);
	return *id ? id : hash_id(head, body, len, mem);
}

static void add_reference(struct mail *mail, const char *id)
{
	if (!*id || !strcmp(id, mail->entry.id) ||
	    (mail->n_references &&
	     !strcmp(mail->references[mail->n_references - 1], id)))
		return;
	mail->references[mail->n_references++] = id;
}

/* The first (the thread's beginning) and the last ones, then whom it
 * answers. */
static void read_references(const struct mail_head *head, struct arena *mem,
			    struct mail *mail)
{
	GMimeReferences *ids = ids_of(head->value[MAIL_REFERENCES]);
	GMimeReferences *to = ids_of(head->value[MAIL_IN_REPLY_TO]);
	int n = g_mime_references_length(ids);

	mail->references =
	    arena_array(mem, MAIL_REFERENCES_MAX, sizeof(*mail->references));
	for (int i = 0; i < n; i++)
		if (i == 0 || i > n - MAIL_REFERENCES_MAX + 1)
			add_reference(
			    mail,
			    clean_id(g_mime_references_get_message_id(ids, i),
				     mem));
	if (g_mime_references_length(to) > 0)
		add_reference(
		    mail,
		    clean_id(g_mime_references_get_message_id(to, 0), mem));
	g_mime_references_free(ids);
	g_mime_references_free(to);
}

/* ---- dates -------------------------------------------------------------- */

static int64_t time_of(const char *value)
{
	GDateTime *date = value ? g_mime_utils_header_decode_date(value) : NULL;
	int64_t t = date ? g_date_time_to_unix(date) : FEED_NO_TIME;

	if (date)
		g_date_time_unref(date);
	return t;
}

/* Date, unless it is missing or cannot be: then when it came (the newest
 * Received is the first one). */
static int64_t published_at(const struct mail_head *head)
{
	const char *received = head->value[MAIL_RECEIVED];
	int64_t written = time_of(head->value[MAIL_DATE]);
	int64_t came = FEED_NO_TIME;

	if (received && strrchr(received, ';'))
		came = time_of(strrchr(received, ';') + 1);
	if (came == FEED_NO_TIME)
		return written;
	return written < came - LATE_MAX || written > came ? came : written;
}

/* ---- the rest ----------------------------------------------------------- */

/* The first web address in a field, NULL for none. */
static const char *web_link(const char *value, struct arena *mem)
{
	const char *link = value ? strcasestr(value, "http") : NULL;

	if (!link)
		return NULL;
	link = arena_strndup(mem, link, strcspn(link, "<>\" ,"));
	return identity_link(link, mem) && strlen(link) <= DEBATE_URL_MAX
		   ? link
		   : NULL;
}

static int count_words(const char *text, size_t len)
{
	bool in_word = false;
	int n = 0;

	for (size_t i = 0; i < len; i++) {
		bool space =
		    text[i] == ' ' || text[i] == '\n' || text[i] == '\t';

		n += !space && !in_word;
		in_word = !space;
	}
	return n;
}

static void read_text(const struct mail_head *head, const char *body,
		      size_t len, const struct mail_text_form *form,
		      struct arena *mem, struct feed_entry *entry)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	mail_body_text(head, body, len, form, mem, &text);
	entry->words = count_words(buf_str(&text), text.len);
	entry->text =
	    arena_strndup(mem, buf_str(&text),
			  utf8_cut(buf_str(&text), text.len, DEBATE_TEXT_MAX));
	buf_release(&text);
}

void mail_read(const char *bytes, size_t len, const struct mail_list *list,
	       struct arena *mem, struct mail *ret_mail)
{
	struct mail_text_form form = {0};
	struct mail_origin origin;
	struct mail_head head;
	struct mail mail = {
	    .entry = {.updated = FEED_NO_TIME,
		      .replies = -1,
		      .people = -1,
		      .likes = -1,
		      .views = -1},
	};
	struct feed_entry *entry = &mail.entry;
	const char *archive;
	size_t at;

	mail_gmime_start();
	if (len > MAIL_BYTES_MAX)
		len = MAIL_BYTES_MAX;
	at = mail_head_read(bytes, len, mem, &head);
	mail.reason = mail_reason(&head, mem);
	if (mail.reason) {
		*ret_mail = mail;
		return;
	}
	mail_origin_read(&head, mem, &origin);
	entry->id = id_of(&head, bytes + at, len - at, mem);
	read_references(&head, mem, &mail);
	entry->title =
	    mail_title(head.value[MAIL_SUBJECT] ? head.value[MAIL_SUBJECT] : "",
		       &origin, list, mem, &mail.is_reply);
	entry->author = mail_author(
	    head.value[MAIL_FROM] ? head.value[MAIL_FROM] : "", &origin, mem);
	entry->published = published_at(&head);
	entry->link = web_link(head.value[MAIL_ARCHIVED_AT], mem);
	archive = web_link(head.value[MAIL_LIST_ARCHIVE], mem);
	entry->group_page = archive ? archive : list->url;
	form.is_answer = mail.is_reply || mail.n_references;
	form.list_host = origin.host;
	read_text(&head, bytes + at, len - at, &form, mem, entry);
	*ret_mail = mail;
}
