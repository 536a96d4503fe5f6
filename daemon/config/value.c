/*
 * Values as people write them, by type: option_set() and its parsers, but for
 * those of times (value_time.c).
 */
#include "base/colour.h"
#include "base/endpoint.h"
#include "base/network.h"
#include "base/settings.h"
#include "base/utf8.h"
#include "config/address.h"
#include "config/config.h"
#include "config/option.h"
#include "config/zone.h"
#include "value_p.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int put_text(const struct option *o, void *base, const char *text)
{
	memcpy((char *)base + o->offset, &text, sizeof(text));
	return 0;
}

static int put_number(const struct option *o, void *base, int64_t n)
{
	int32_t v = (int32_t)n;

	memcpy((char *)base + o->offset, &v, sizeof(v));
	return 0;
}

static int put_flag(const struct option *o, void *base, bool flag)
{
	memcpy((char *)base + o->offset, &flag, sizeof(flag));
	return 0;
}

/* ---- numbers -------------------------------------------------------------*/

/* Digits, then the rest in *ret_rest; -1 when there are none or too many. */
static int64_t digits(const char *s, const char **ret_rest)
{
	int64_t n = 0;
	int count = 0;

	for (; isdigit((unsigned char)*s) && count < 10; s++, count++)
		n = n * 10 + (*s - '0');
	*ret_rest = s;
	return count ? n : -1;
}

static const struct unit {
	const char *name;
	int64_t factor;
} seconds[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0}},
  bytes[] = {{"", 1}, {"K", 1024}, {"M", 1 << 20}, {NULL, 0}},
  plain[] = {{"", 1}, {NULL, 0}}, rates[] = {{"/s", 1}, {NULL, 0}};

static int set_number(const struct option *o, const char *value, void *base,
		      const struct unit *units, const char *expected,
		      struct err *e)
{
	const char *rest;
	int64_t n = digits(value, &rest), factor = 0;

	for (const struct unit *u = units; u->name; u++)
		if (!strcmp(u->name, rest))
			factor = u->factor;
	if (n == 0 && !*rest)
		factor = 1; /* 0 needs no unit */
	if (n < 0 || !factor)
		return err_set(e, ERR_INPUT, "expected %s, found \"%s\"",
			       expected, value);
	n *= factor;
	if (n < o->min || n > o->max)
		return err_set(e, ERR_INPUT,
			       "\"%s\" is out of range (%lld to %lld%s)", value,
			       (long long)o->min, (long long)o->max,
			       units == seconds ? " seconds" : "");
	return put_number(o, base, n);
}

/* ---- words ---------------------------------------------------------------*/

static int set_term(const struct option *o, const char *value, void *base,
		    const struct term *terms, struct err *e)
{
	const char *names[16], *near;
	char all[256] = "";
	size_t n = 0, used = 0;
	int v = term_value(terms, value);

	if (v >= 0) {
		memcpy((char *)base + o->offset, &v, sizeof(v));
		return 0;
	}
	for (; n < 16 && terms[n].name; n++) {
		names[n] = terms[n].name;
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
					 n ? ", " : "", terms[n].name);
	}
	near = nearest_name(value, names, n);
	return err_set(e, ERR_INPUT, "expected one of %s; found \"%s\"%s%s%s",
		       all, value, near ? "; did you mean \"" : "",
		       near ? near : "", near ? "\"?" : "");
}

static const struct term tls_terms[] = {
    {"required", RELAY_TLS_REQUIRED},
    {"off", RELAY_TLS_OFF},
    {NULL, 0},
};

static int set_flag(const struct option *o, const char *value, void *base,
		    struct err *e)
{
	if (!strcmp(value, "yes"))
		return put_flag(o, base, true);
	if (!strcmp(value, "no"))
		return put_flag(o, base, false);
	return err_set(e, ERR_INPUT, "expected yes or no, found \"%s\"", value);
}

static int set_groups(const struct option *o, const char *value, void *base,
		      struct err *e)
{
	if (!strcmp(value, "*"))
		return put_flag(o, base, true);
	if (!*value)
		return put_flag(o, base, false);
	return err_set(
	    e, ERR_INPUT,
	    "expected * or nothing, found \"%s\"; a group by name is "
	    "a section, [group:%s]",
	    value, value);
}

/* ---- texts ---------------------------------------------------------------*/

static int set_line(const struct option *o, const char *value, void *base,
		    const struct option_context *c, struct err *e)
{
	char *clean = arena_strdup(c->mem, value);
	size_t len = utf8_line(clean);

	if (strcmp(clean, value) != 0 && strlen(value) != len)
		return err_set(e, ERR_INPUT,
			       "it has characters that cannot be seen, or "
			       "spaces too many");
	if (len < (size_t)o->min)
		return err_set(e, ERR_INPUT, "it must not be empty");
	if (len > (size_t)o->max)
		return err_set(e, ERR_INPUT, "longer than %lld bytes",
			       (long long)o->max);
	return put_text(o, base, clean);
}

static bool is_host(const char *s, size_t len)
{
	return len && len <= 253 &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789.-:[]_") >= len;
}

/* After "scheme://": a host, perhaps a port, no user. */
static int check_host(const char *at, struct err *e)
{
	size_t len = strcspn(at, "/?#");

	if (memchr(at, '@', len))
		return err_set(e, ERR_INPUT,
			       "an address with a user or a password in it is "
			       "not accepted");
	if (!is_host(at, len))
		return err_set(e, ERR_INPUT, "\"%.*s\" is no name of a server",
			       (int)len, at);
	return 0;
}

static int set_web(const struct option *o, const char *value, void *base,
		   const struct option_context *c, struct err *e)
{
	const char *at;
	int r;

	if (!*value && o->fallback) {
		/* An absent address is NULL in group_settings. */
		return put_text(o, base, NULL);
	}
	if (!strncmp(value, "https://", 8))
		at = value + 8;
	else if (!strncmp(value, "http://", 7))
		at = value + 7;
	else
		return err_set(e, ERR_INPUT,
			       "expected an address as https://..., found "
			       "\"%s\"",
			       value);
	r = check_host(at, e);
	if (r)
		return r;
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p <= 0x20 || *p == '"' || *p == '<' ||
		    *p == '>')
			return err_set(e, ERR_INPUT,
				       "the address has a space or a quote in "
				       "it");
	return put_text(o, base, arena_strdup(c->mem, value));
}

static const char *absolute(const char *path, const struct option_context *c)
{
	if (path[0] == '/' || !path[0])
		return arena_strdup(c->mem, path);
	return arena_printf(c->mem, "%s/%s", c->dir, path);
}

static int set_relay(const struct option *o, const char *value, void *base,
		     const struct option_context *c, struct err *e)
{
	const char *at = strstr(value, "://");
	int r;

	if (!strncmp(value, "maildir:", 8) && value[8])
		return put_text(
		    o, base,
		    arena_printf(c->mem, "maildir:%s", absolute(value + 8, c)));
	if (strncmp(value, "smtp://", 7) != 0 &&
	    strncmp(value, "smtps://", 8) != 0)
		return err_set(
		    e, ERR_INPUT,
		    "expected smtp://HOST:PORT, smtps://HOST:PORT or "
		    "maildir:FOLDER, found \"%s\"",
		    value);
	r = check_host(at + 3, e);
	if (!r && strpbrk(at + 3, "/?#"))
		r = err_set(e, ERR_INPUT, "nothing may follow HOST:PORT");
	return r ? r : put_text(o, base, arena_strdup(c->mem, value));
}

static int set_listen(const struct option *o, const char *value, void *base,
		      const struct option_context *c, struct err *e)
{
	struct sockaddr_storage address;
	socklen_t len;
	int r = *value ? endpoint_parse(value, &address, &len, e) : 0;

	return r ? r : put_text(o, base, arena_strdup(c->mem, value));
}

static int set_secret(const struct option *o, const char *value, void *base,
		      const struct option_context *c, struct err *e)
{
	if (*value && value[0] != '/' && strchr(value, '/'))
		return err_set(
		    e, ERR_INPUT,
		    "expected an absolute path, or the plain name of "
		    "a systemd credential");
	return put_text(o, base, arena_strdup(c->mem, value));
}

static int set_address(const struct option *o, const char *value, void *base,
		       const struct option_context *c, struct err *e)
{
	const char *email = "", *name;
	int r = 0;

	if (o->type == OPTION_MAILBOX) {
		r = mailbox_parse(value, c->mem, &name, &email, e);
		email = arena_strdup(c->mem, value);
	} else if (*value || !o->fallback) {
		r = address_parse(value, c->mem, &email, e);
	}
	return r ? r : put_text(o, base, email);
}

static int set_zone(const struct option *o, const char *value, void *base,
		    const struct option_context *c, struct err *e)
{
	const char *near;

	if ((*value || !o->fallback) && !zone_exists(value)) {
		near = zone_nearest(value, c->mem);
		return err_set(e, ERR_INPUT,
			       "the system has no time zone \"%s\"%s%s%s",
			       value, near ? "; did you mean \"" : "",
			       near ? near : "", near ? "\"?" : "");
	}
	return put_text(o, base, arena_strdup(c->mem, value));
}

static int set_language(const struct option *o, const char *value, void *base,
			const struct option_context *c, struct err *e)
{
	size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_");

	if (value[len] || len > 16 || (len < 2 && *value))
		return err_set(e, ERR_INPUT,
			       "expected a language as es or en, found \"%s\"",
			       value);
	return put_text(o, base, arena_strdup(c->mem, value));
}

/* ---- colours -------------------------------------------------------------*/

static int set_accent(const struct option *o, const char *value, void *base,
		      const struct option_context *c, struct err *e)
{
	const struct colour white = {255, 255, 255}, black = {0, 0, 0};
	char text[COLOUR_TEXT];
	struct colour colour;

	if (!colour_parse(value, &colour))
		return err_set(e, ERR_INPUT,
			       "expected a colour as " COLOUR_ACCENT
			       ", found \"%s\"",
			       value);
	if (colour_contrast(colour, white) < COLOUR_READABLE) {
		colour_write(
		    colour_readable(colour, white, black, COLOUR_READABLE),
		    text);
		return err_set(
		    e, ERR_INPUT,
		    "%s is hard to read on white: its contrast is "
		    "%.1f and must be %.1f; take a darker one, as %s",
		    value, colour_contrast(colour, white), COLOUR_READABLE,
		    text);
	}
	colour_write(colour, text);
	return put_text(o, base, arena_strdup(c->mem, text));
}

/* ---- lists ---------------------------------------------------------------*/

static int set_filter(const struct option *o, const char *value, void *base,
		      const struct option_context *c, struct err *e)
{
	size_t quotes = 0;

	for (const char *p = value; *p; p++)
		quotes += *p == '"';
	if (quotes % 2)
		return err_set(e, ERR_INPUT, "a \" has no other \"");
	return put_text(o, base, arena_strdup(c->mem, value));
}

static int set_networks(const struct option *o, const char *value, void *base,
			const struct option_context *c, struct err *e)
{
	int r = networks_check(value, e);

	return r ? r : put_text(o, base, arena_strdup(c->mem, value));
}

int option_set(const struct option *o, const char *value, void *base,
	       const struct option_context *c, struct err *e)
{
	switch (o->type) {
	case OPTION_LINE:
		return set_line(o, value, base, c, e);
	case OPTION_FLAG:
		return set_flag(o, value, base, e);
	case OPTION_NUMBER:
		return set_number(o, value, base, plain, "a number", e);
	case OPTION_DURATION:
		return set_number(o, value, base, seconds,
				  "a time as 30s, 15m, 2h or 1d", e);
	case OPTION_SIZE:
		return set_number(o, value, base, bytes,
				  "a size as 512K or 10M", e);
	case OPTION_RATE:
		return set_number(o, value, base, rates, "a rate as 50/s", e);
	case OPTION_CLOCK:
		return value_set_clock(o, value, base, e);
	case OPTION_FREQUENCY:
		return set_term(o, value, base, frequency_terms, e);
	case OPTION_PRIORITY:
		return set_term(o, value, base, priority_terms, e);
	case OPTION_SOURCE:
		return set_term(o, value, base, source_terms, e);
	case OPTION_WEEKDAY:
		return set_term(o, value, base, weekday_terms, e);
	case OPTION_TLS:
		return set_term(o, value, base, tls_terms, e);
	case OPTION_ADDRESS:
	case OPTION_MAILBOX:
		return set_address(o, value, base, c, e);
	case OPTION_WEB:
		return set_web(o, value, base, c, e);
	case OPTION_LISTEN:
		return set_listen(o, value, base, c, e);
	case OPTION_RELAY:
		return set_relay(o, value, base, c, e);
	case OPTION_PATH:
		return put_text(o, base, absolute(value, c));
	case OPTION_SECRET:
		return set_secret(o, value, base, c, e);
	case OPTION_ZONE:
		return set_zone(o, value, base, c, e);
	case OPTION_LANGUAGE:
		return set_language(o, value, base, c, e);
	case OPTION_ACCENT:
		return set_accent(o, value, base, c, e);
	case OPTION_WORK:
		return value_set_work(o, value, base, e);
	case OPTION_QUIET:
		return value_set_quiet(o, value, base, e);
	case OPTION_DAYS:
		return value_set_days(o, value, base, c, e);
	case OPTION_PAUSE:
		return value_set_pause(o, value, base, c, e);
	case OPTION_FILTER:
		return set_filter(o, value, base, c, e);
	case OPTION_NETWORKS:
		return set_networks(o, value, base, c, e);
	case OPTION_GROUPS:
		return set_groups(o, value, base, e);
	}
	return err_set(e, ERR_INPUT, "unknown type");
}
