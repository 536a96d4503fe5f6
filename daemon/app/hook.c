#include "app/hook.h"
#include "base/hash.h"
#include "base/log.h"
#include "config/secret.h"
#include "source/ingest.h"
#include "source/signature.h"
#include "source/webhook.h"
#include "store/hook.h"
#include <string.h>

#define EVENT_ID_MAX 128
#define SECRET_S 300 /* when to come again after the secret was not there */

/* What a sender says about its event, in either form. */
struct said {
	const char *signature;
	const char *id;	   /* NULL: none */
	const char *event; /* Discourse's; NULL: our own form */
};

static struct said read_headers(const struct web_task *task)
{
	const char *const *h = task->headers;
	bool discourse = h[WEB_DISCOURSE_TYPE] || h[WEB_DISCOURSE_SIGNATURE];

	if (!discourse)
		return (struct said){
		    .signature = h[WEB_SIGNATURE],
		    .id = h[WEB_EVENT_ID],
		};
	return (struct said){
	    .signature = h[WEB_DISCOURSE_SIGNATURE],
	    .id = h[WEB_DISCOURSE_ID],
	    .event = h[WEB_DISCOURSE_EVENT] ? h[WEB_DISCOURSE_EVENT] : "",
	};
}

/* The secret's file, "" where the group takes no webhooks. */
static const char *secret_file(const struct group *group)
{
	const struct group_settings *set = &group->set;

	return set->webhook_file[0] ? set->webhook_file : set->key_file;
}

/* Sets the answer when it is not to be taken. */
static int check_signature(struct web_task *task, const struct group *group,
			   const struct said *said)
{
	const char *secret;
	struct err why;

	if (secret_read(secret_file(group), &task->mem, &secret, &why)) {
		log_error("group %s: webhook: %s", group->set.name, why.text);
		task->retry_after = SECRET_S;
		return web_task_answer(task, 503,
				       "no secret to check it with; come again "
				       "later\n");
	}
	switch (signature_check(said->signature, SIGNATURE_SHA256, secret,
				task->body, task->len)) {
	case SIGNATURE_GOOD:
		return 0;
	case SIGNATURE_MISSING:
		return web_task_answer(task, 401,
				       "it is not signed: give the webhook "
				       "the secret of the group's "
				       "webhook_file\n");
	case SIGNATURE_BAD:
		break;
	}
	log_warn("group %s: a webhook from %s was signed with another secret "
		 "than the group's file has",
		 group->set.name, task->address);
	return web_task_answer(task, 403,
			       "the signature is another secret's\n");
}

/* By its id where it has one, and by its bytes: an id is not signed. */
static int is_known(struct db *db, struct web_task *task,
		    const struct group *group, const struct said *said,
		    int64_t now, bool *ret_known, struct err *e)
{
	char hex[HASH_HEX];
	bool known_id = false;
	int r;

	hash_of(task->body, task->len, hex);
	r = hook_event_add(db, group->id,
			   arena_printf(&task->mem, "sha256:%s", hex), now,
			   ret_known, e);
	if (r || !said->id || !*said->id || strlen(said->id) > EVENT_ID_MAX)
		return r;
	r = hook_event_add(db, group->id,
			   arena_printf(&task->mem, "id:%s", said->id), now,
			   &known_id, e);
	*ret_known |= known_id;
	return r;
}

/* Where the group is read by the site's feeds, ids are as they have them. */
static int has_feed_ids(struct db *db, const struct group *group,
			bool *ret_feed_ids, struct err *e)
{
	enum source_kind kind = SOURCE_AUTO;
	int r = feed_kind(db, group->id, &kind, e);

	*ret_feed_ids = !r && kind == SOURCE_FEED;
	return r;
}

static int take_in(struct db *db, struct web_task *task,
		   const struct group *group, const struct said *said,
		   int64_t now, struct err *e)
{
	struct webhook hook = {
	    .bytes = task->body,
	    .len = task->len,
	    .event = said->event,
	    .site = task->headers[WEB_DISCOURSE_INSTANCE],
	};
	struct ingest_result taken = {0};
	struct feed feed;
	struct err why;
	bool known;
	int r = has_feed_ids(db, group, &hook.feed_ids, e);

	if (r)
		return r;
	if (webhook_parse(&hook, &task->mem, &feed, &why)) {
		log_warn("group %s: a webhook that cannot be read: %s",
			 group->set.name, why.text);
		return web_task_answer(task, 400, "%s\n", why.text);
	}
	r = is_known(db, task, group, said, now, &known, e);
	if (!r && known)
		return web_task_answer(task, 200, "known already\n");
	if (!r && feed.n_entries)
		r = ingest_told(db, group, &feed, now, &taken, e);
	if (r)
		return r;
	task->events = (size_t)taken.events;
	return web_task_answer(task, 200, "%d new, %d changed, %d events\n",
			       taken.debates + taken.comments, taken.updated,
			       taken.events);
}

int hook_take(struct db *db, struct web_task *task, int64_t now, struct err *e)
{
	struct said said = read_headers(task);
	struct group group;
	int r = group_find(db, &task->mem, task->name, &group, e);

	if (r && r != ERR_MISSING)
		return r;
	if (r || !group.active || !*secret_file(&group))
		return web_task_answer(task, 404,
				       "no group of that name takes "
				       "webhooks\n");
	task->status = 0;
	r = check_signature(task, &group, &said);
	if (r || task->status)
		return r;
	return take_in(db, task, &group, &said, now, e);
}
