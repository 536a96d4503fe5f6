#include "cli/visit.h"
#include <string.h>

struct group_settings visit_address(const char *url)
{
	return (struct group_settings){
	    .name = "",
	    .title = "",
	    .url = url,
	    .maildir = "",
	    .user = "",
	    .key_file = "",
	    .allow = "",
	    .ca_file = "",
	};
}

/* The answer's strings live as long as the document. */
static void answer_of(const struct visitor *v, const struct document *d,
		      enum feed_role role, struct source_answer *ret)
{
	*ret = (struct source_answer){
	    .role = role,
	    .bytes = buf_str(&d->bytes),
	    .len = d->bytes.len,
	    .content_type = d->content_type,
	    .url = arena_strdup(v->mem, d->url),
	    .group_url = v->group->url,
	};
}

static int fetch(const struct visitor *v, const struct source *source,
		 const char *url, enum feed_role role, struct document *ret,
		 struct err *e)
{
	struct source_question question = {
	    .role = role,
	    .url = url,
	    .group_url = v->group->url,
	    .user = v->group->user,
	    .key = v->key,
	};
	struct source_request request;
	int r;

	source_ask(source, &question, v->mem, &request);
	r = document_fetch(&request, v->config, v->group, ret, e);
	return r ? err_prefix(e, r, "%s", url) : 0;
}

static int look(const struct visitor *v, struct discovery *ret_found,
		struct err *e)
{
	struct source_answer answer;
	struct discovery *found;
	struct document d;
	size_t n;
	int r = fetch(v, NULL, v->group->url, FEED_DEBATES, &d, e);

	if (!r) {
		answer_of(v, &d, FEED_DEBATES, &answer);
		r = discover(&answer, v->mem, &found, &n, e);
		if (r)
			(void)err_prefix(e, r, "%s", v->group->url);
		else
			*ret_found = found[0];
	}
	document_release(&d);
	/* Itself, whatever redirects lead there today. */
	if (!r && !strcmp(ret_found->place.debates, answer.url))
		ret_found->place.debates = v->group->url;
	return r;
}

int visit_find(const struct visitor *v, enum source_kind kind,
	       struct discovery *ret_found, struct err *e)
{
	const struct source *source = source_of(kind);
	struct discovery found = {.kind = kind};
	int r;

	if (kind == SOURCE_AUTO)
		r = look(v, &found, e);
	else if (!source)
		r = err_set(e, ERR_USAGE,
			    "a group of source %s is not polled: its debates "
			    "come by themselves",
			    term_name(source_terms, (int)kind));
	else
		r = source->locate(v->group->url, v->mem, &found.place, e);
	if (r)
		return r;
	if (v->group->comments)
		found.place.comments = v->group->comments;
	if (!found.why)
		found.why = arena_printf(v->mem, "source = %s",
					 term_name(source_terms, (int)kind));
	*ret_found = found;
	return 0;
}

int visit_read(const struct visitor *v, const struct discovery *found,
	       enum feed_role role, struct feed *ret_feed, struct err *e)
{
	const char *url = role == FEED_COMMENTS ? found->place.comments
						: found->place.debates;
	/* A configured feed of comments is a plain one, whatever the rest. */
	bool plain = role == FEED_COMMENTS && v->group->comments;
	const struct source *source =
	    source_of(plain ? SOURCE_FEED : found->kind);
	struct source_answer answer;
	struct document d;
	int r = fetch(v, source, url, role, &d, e);

	if (!r) {
		answer_of(v, &d, role, &answer);
		r = source->read(&answer, v->mem, ret_feed, e);
		if (r)
			(void)err_prefix(e, r, "%s", url);
	}
	document_release(&d);
	return r;
}
