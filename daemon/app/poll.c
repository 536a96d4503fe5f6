#include "app/poll.h"
#include "base/hash.h"
#include "base/mem.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATOR_MAX 1024 /* longer ones are not kept */

/* What the kind of source asks there. */
static void ask(struct poll *p, const struct group *group,
		const struct feed_row *row, const char *key)
{
	struct source_question question = {
	    .role = row->role,
	    .url = row->page_url ? row->page_url : p->url,
	    .group_url = p->group_url,
	    .user = group->set.user,
	    .key = key ? key : "",
	};
	struct source_request r;

	source_ask(source_of(row->kind), &question, &p->mem, &r);
	p->request = (struct fetch_request){
	    .url = arena_strdup(&p->mem, r.url),
	    .accept = arena_strdup(&p->mem, r.accept),
	    .body = arena_strdup(&p->mem, r.body),
	    .body_type = arena_strdup(&p->mem, r.body_type),
	    .allow = arena_strdup(&p->mem, group->set.allow),
	    .ca_file = arena_strdup(&p->mem, group->set.ca_file),
	};
	static_assert(SOURCE_HEADERS_MAX == FETCH_HEADERS_MAX, "one array");
	for (size_t i = 0; i < SOURCE_HEADERS_MAX; i++)
		p->request.headers[i] = arena_strdup(&p->mem, r.headers[i]);
}

struct poll *poll_new(const struct group *group, const struct feed_row *row,
		      const char *key)
{
	struct poll *p = xcalloc(1, sizeof(*p));

	p->feed_id = row->id;
	p->host_id = row->host_id;
	p->was_good = row->good_at > 0;
	p->role = row->role;
	p->kind = row->kind;
	p->url = arena_strdup(&p->mem, row->url);
	p->group_url = arena_strdup(&p->mem, group->set.url);
	p->known_hash = arena_strdup(&p->mem, row->body_hash);
	p->page = row->page_url ? row->page : 0;
	ask(p, group, row, key);
	/* A question that is posted has no "same as before", and older pages
	 * are read once. */
	if (!p->request.body && !p->page) {
		p->request.validator_url =
		    arena_strdup(&p->mem, row->validator_url);
		p->request.etag = arena_strdup(&p->mem, row->etag);
		p->request.last_modified =
		    arena_strdup(&p->mem, row->last_modified);
	}
	buf_init(&p->body, 0);
	p->reason = "";
	return p;
}

void poll_free(struct poll *poll)
{
	buf_release(&poll->body);
	arena_release(&poll->mem);
	free(poll);
}

void polls_free(struct poll *polls)
{
	while (polls) {
		struct poll *next = polls->next;

		poll_free(polls);
		polls = next;
	}
}

static const char *validator(struct arena *mem, const char *value)
{
	if (!value || strlen(value) > VALIDATOR_MAX)
		return NULL;
	return arena_strdup(mem, value);
}

void poll_answer(struct poll *p, const struct fetch_response *response)
{
	p->result = response->result;
	p->status = response->status;
	p->reason = arena_strdup(&p->mem, response->reason);
	p->final_url = arena_strdup(&p->mem, response->final_url);
	if (response->moved_for_good)
		p->moved = p->final_url;
	p->conditional = response->conditional;
	p->no_store = response->no_store;
	p->challenged = response->challenged;
	p->content_type = arena_strdup(&p->mem, response->content_type);
	p->hub = arena_strdup(&p->mem, response->hub);
	p->self = arena_strdup(&p->mem, response->self);
	if (!response->no_store) {
		p->new_etag = validator(&p->mem, response->etag);
		p->new_last_modified =
		    validator(&p->mem, response->last_modified);
	}
	p->retry_after = response->retry_after;
	p->max_age = response->max_age;
	p->coding = response->coding;
	/* Of what is no document, nobody reads it. */
	if (p->status == 200)
		buf_move(&p->body, response->body);
}

void poll_refuse(struct poll *p, const char *reason)
{
	p->result = FETCH_REFUSED;
	p->reason = arena_strdup(&p->mem, reason);
}

/* ---- what it says -------------------------------------------------------- */

struct source_answer poll_source_answer(const struct poll *p)
{
	return (struct source_answer){
	    .role = p->role,
	    .bytes = buf_str(&p->body),
	    .len = p->body.len,
	    .content_type = p->content_type,
	    .url = p->final_url,
	    .group_url = p->group_url,
	};
}

void poll_parse(struct poll *p, enum source_kind kind)
{
	struct source_answer answer = poll_source_answer(p);
	struct err e;

	p->parsed = true;
	p->fault = NULL;
	if (source_of(kind)->read(&answer, &p->mem, &p->feed, &e))
		p->fault = arena_strdup(&p->mem, e.text);
}

/* What cannot be unpacked did not arrive. */
static bool unpack(struct poll *p)
{
	struct err e;
	int r = coding_undo(p->coding, &p->body, &e);

	p->coding = CODING_NONE;
	if (!r)
		return true;
	p->result = r == ERR_LIMIT ? FETCH_TOO_LARGE : FETCH_NETWORK;
	p->reason = arena_strdup(&p->mem, e.text);
	return false;
}

void poll_read(struct poll *p)
{
	char *hex;

	if (p->hash || p->result != FETCH_DONE || p->status != 200 ||
	    !unpack(p))
		return;
	hex = arena_alloc(&p->mem, HASH_HEX);
	hash_of(buf_str(&p->body), p->body.len, hex);
	p->hash = hex;
	if (source_of(p->kind) &&
	    (p->page || !p->known_hash || strcmp(p->known_hash, hex) != 0))
		poll_parse(p, p->kind);
	/* What waits for the store is small. */
	if (p->parsed && !p->fault)
		buf_release(&p->body);
}
