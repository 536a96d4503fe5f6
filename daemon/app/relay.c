#include "app/relay.h"
#include "config/secret.h"
#include <string.h>

/* RFC 5321 section 4.5.3.2.6: the answer to the final dot. */
#define FINAL_ANSWER_S 600

static const char *text_or_null(struct relay *relay, const char *s)
{
	return s[0] ? arena_strdup(&relay->mem, s) : NULL;
}

int relay_read(const struct relay_settings *set, const char *domain,
	       struct relay *relay, struct err *e)
{
	struct link_options *link = &relay->smtp.link;
	const char *url = set->url;
	int r;

	*relay = (struct relay){0};
	relay->name = arena_strdup(&relay->mem, set->name);
	if (!strncmp(url, "maildir:", 8)) {
		relay->maildir = arena_strdup(&relay->mem, url + 8);
		return 0;
	}
	link->url = arena_strdup(&relay->mem, url);
	link->tls_required = set->tls == RELAY_TLS_REQUIRED;
	link->ca_file = text_or_null(relay, set->ca_file);
	link->user = text_or_null(relay, set->user);
	link->helo =
	    arena_strdup(&relay->mem, set->helo[0] ? set->helo : domain);
	link->timeout_s = set->timeout;
	relay->smtp.connections = set->connections;
	relay->smtp.rate = set->rate;
	relay->smtp.messages = set->messages;
	relay->smtp.answer_timeout_s = FINAL_ANSWER_S;
	r = secret_read(set->password_file, &relay->mem, &link->password, e);
	if (!r)
		r = secret_read(set->oauth_file, &relay->mem,
				&link->oauth_bearer, e);
	return r ? err_prefix(e, r, "[relay%s%s]", *set->name ? ":" : "",
			      set->name)
		 : 0;
}

void relay_free(struct relay *relay)
{
	arena_release(&relay->mem);
	*relay = (struct relay){0};
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool relay_same(const struct relay *a, const struct relay *b)
{
	const struct link_options *x = &a->smtp.link, *y = &b->smtp.link;

	return same(a->name, b->name) && same(a->maildir, b->maildir) &&
	       same(x->url, y->url) && x->tls_required == y->tls_required &&
	       same(x->ca_file, y->ca_file) && same(x->user, y->user) &&
	       same(x->password, y->password) &&
	       same(x->oauth_bearer, y->oauth_bearer) &&
	       same(x->helo, y->helo) && x->timeout_s == y->timeout_s &&
	       a->smtp.connections == b->smtp.connections &&
	       a->smtp.rate == b->smtp.rate &&
	       a->smtp.messages == b->smtp.messages;
}
