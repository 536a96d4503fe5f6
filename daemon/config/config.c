/*
 * pregon.ini and groups.d: what the daemon refuses to start without.
 */
#include "config/config.h"
#include "base/endpoint.h"
#include "config/address.h"
#include "config/folder.h"
#include "config/ical.h"
#include "config/option.h"
#include <stdio.h>
#include <string.h>

/* Then the next digest tells it (RFC 5321 section 4.5.4.1: 4 to 5 days). */
#define KEEP_LEAST (60 * 86400) /* s; twice as long as anything is weighed */
#define DIGEST_EXPIRES (4 * INT64_C(86400)) /* s */

/* ---- pregon.ini ----------------------------------------------------------*/

static int unknown_section(const struct ini_file *file,
			   const struct ini_section *s, struct err *e)
{
	static const char *const names[] = {
	    "community", "store", "members", "relay", "http", "digest",
	    "alert",	 "words", "control", "looks", "web",  "bounces",
	};
	const char *near =
	    nearest_name(s->name, names, sizeof(names) / sizeof(*names));

	if (!s->name[0])
		return err_set(e, ERR_INPUT,
			       "%s:%d: a key before the first [section]",
			       file->name, s->line);
	return err_set(e, ERR_INPUT, "%s:%d: there is no section [%s]%s%s%s",
		       file->name, s->line, s->name,
		       near ? "; did you mean [" : "", near ? near : "",
		       near ? "]?" : "");
}

/* What its file has, beside what it says itself. */
static int read_holidays(struct holidays *region, struct arena *mem,
			 struct err *e)
{
	int32_t *days = NULL;
	const char *text;
	size_t len, n = 0;
	int r = ini_read_file(region->file, ICAL_FILE_MAX, mem, &text, &len, e);

	if (!r)
		r = ical_days(region->file, text, mem, &days, &n, e);
	if (r)
		return r == ERR_MISSING
			   ? err_set(e, ERR_INPUT, "%s: no such file",
				     region->file)
			   : r;
	for (size_t i = 0; i < region->n; i++)
		*(int32_t *)arena_push(mem, (void **)&days, n++,
				       sizeof(*days)) = region->days[i];
	region->days = days;
	region->n = days_settle(days, n);
	return 0;
}

/* What follows the kind in [KIND:NAME]. */
static int check_name(const struct ini_file *file, const struct ini_section *s,
		      const char *name, const char *what, struct err *e)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_.");

	if (!len || name[len])
		return err_set(e, ERR_INPUT,
			       "%s:%d: \"%s\" is no name of a %s: "
			       "letters, digits, -, _ and . only",
			       file->name, s->line, name, what);
	return 0;
}

static int add_holidays(const struct ini_file *file,
			const struct ini_section *s, struct config *config,
			const struct option_context *context, struct err *e)
{
	struct holidays region = {.region = s->name + 9};
	int line, r = check_name(file, s, region.region, "region", e);

	if (r)
		return r;
	option_defaults(holiday_options, &region, context);
	r = option_read_section(holiday_options, "holidays", file, s, &region,
				context, &line, e);
	if (!r && region.file[0])
		r = read_holidays(&region, context->mem, e);
	if (!r)
		*(struct holidays *)arena_push(
		    context->mem, (void **)&config->holidays,
		    config->n_holidays++, sizeof(region)) = region;
	return r;
}

/* Read as [relay] is, with the same defaults. */
static int add_relay(const struct ini_file *file, const struct ini_section *s,
		     struct config *config,
		     const struct option_context *context, struct err *e)
{
	struct config other = {0};
	int line, r = check_name(file, s, s->name + 6, "relay", e);

	if (r)
		return r;
	option_defaults(main_options, &other, context);
	r = option_read_section(main_options, "relay", file, s, &other, context,
				&line, e);
	if (r)
		return r;
	other.relay.name = s->name + 6;
	relay_settle(&other.relay, s);
	*(struct relay_settings *)arena_push(
	    context->mem, (void **)&config->fallbacks, config->n_fallbacks++,
	    sizeof(other.relay)) = other.relay;
	return 0;
}

/* Sections of which there may be many, each with a name. */
static const struct {
	const char *prefix;
	int (*add)(const struct ini_file *file, const struct ini_section *s,
		   struct config *config, const struct option_context *context,
		   struct err *e);
} named[] = {{"holidays:", add_holidays}, {"relay:", add_relay}};

static const struct ini_section *find_section(const struct ini_file *file,
					      const char *name)
{
	for (size_t i = 0; i < file->n; i++)
		if (!strcmp(file->sections[i].name, name))
			return &file->sections[i];
	return NULL;
}

static int read_section(const struct ini_file *file,
			const struct ini_section *s, struct config *config,
			const struct option_context *context, struct err *e)
{
	const struct ini_section *first = find_section(file, s->name);
	const struct option *o = main_options;
	int line;

	if (first != s)
		return err_set(e, ERR_INPUT,
			       "%s:%d: [%s] is there already, in line %d",
			       file->name, s->line, s->name, first->line);
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (!strncmp(s->name, named[i].prefix, strlen(named[i].prefix)))
			return named[i].add(file, s, config, context, e);
	while (o->key && strcmp(o->section, s->name) != 0)
		o++;
	if (!o->key)
		return unknown_section(file, s, e);
	return option_read_section(main_options, s->name, file, s, config,
				   context, &line, e);
}

static int read_sections(const struct ini_file *file, struct config *config,
			 const struct option_context *context, struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < file->n; i++)
		r = read_section(file, &file->sections[i], config, context, e);
	return r;
}

/* One alone or SMTP all of them: a folder needs nothing to fall back on. */
static int check_relays(const struct config *c, const char *file,
			struct arena *mem, struct err *e)
{
	bool folder = !strncmp(c->relay.url, "maildir:", 8);
	int r =
	    relay_check(&c->relay, arena_printf(mem, "%s: [relay]", file), e);

	for (size_t i = 0; !r && i < c->n_fallbacks; i++) {
		const struct relay_settings *relay = &c->fallbacks[i];
		const char *place =
		    arena_printf(mem, "%s: [relay:%s]", file, relay->name);

		folder |= !strncmp(relay->url, "maildir:", 8);
		r = relay_check(relay, place, e);
		if (!r && folder)
			r = err_set(e, ERR_INPUT,
				    "%s a Maildir stands alone: no other relay "
				    "beside it",
				    place);
	}
	return r;
}

static int check_needed(const struct config *c, const char *file, struct err *e)
{
	const char *missing = !c->community.name   ? "name"
			      : !c->community.url  ? "url"
			      : !c->community.from ? "from"
						   : NULL;

	if (missing)
		return err_set(e, ERR_INPUT, "%s: [community] needs %s = ...",
			       file, missing);
	if (c->store.keep && c->store.keep < KEEP_LEAST)
		return err_set(e, ERR_INPUT,
			       "%s: [store] keep is less than 60d: what mails "
			       "tell and what refusals weigh would be lost "
			       "(0 is for ever)",
			       file);
	return 0;
}

/* A token must have room behind what is before its @ (RFC 5321: 64). */
static int check_bounces(const struct config *c, const char *file,
			 struct err *e)
{
	const char *address = c->bounces.address;

	if (c->bounces.maildir[0] && !address[0])
		return err_set(e, ERR_INPUT,
			       "%s: [bounces] has a maildir, so it needs "
			       "address = ...",
			       file);
	if (strcspn(address, "@") > BOUNCES_LOCAL_MAX)
		return err_set(e, ERR_INPUT,
			       "%s: [bounces] address: at most %d characters "
			       "before the @",
			       file, BOUNCES_LOCAL_MAX);
	return 0;
}

static int check_web(const struct config *c, const char *file, struct err *e)
{
	if (!c->web.certificate[0] == !c->web.key[0])
		return 0;
	return err_set(e, ERR_INPUT,
		       "%s: [web] certificate and key go together: %s = ... is "
		       "missing",
		       file, c->web.key[0] ? "certificate" : "key");
}

static const char *web_base(const struct config *c, struct arena *mem)
{
	const char *url = c->web.public_url;
	size_t len = url ? strlen(url) : 0;

	if (!c->web.listen[0] || !len ||
	    (strncmp(url, "https://", 8) != 0 &&
	     !endpoint_url_is_loopback(url)))
		return "";
	return arena_join(mem, url, url[len - 1] == '/' ? "" : "/");
}

int config_load(const char *dir, struct arena *mem, struct config *ret_config,
		struct err *e)
{
	struct option_context context = {.mem = mem, .dir = dir};
	const char *path = arena_printf(mem, "%s/pregon.ini", dir), *bytes;
	struct config config = {.relay = {.name = ""}};
	struct ini_file file;
	size_t len;
	int line, r;

	option_defaults(main_options, &config, &context);
	r = ini_read_file(path, INI_FILE_MAX, mem, &bytes, &len, e);
	if (r == ERR_MISSING)
		return err_set(e, ERR_CONFIG,
			       "%s: no such file; say with -c DIR where the "
			       "configuration is",
			       path);
	if (!r)
		r = ini_parse_bytes(path, bytes, len, mem, &file, &line, e);
	if (!r)
		r = read_sections(&file, &config, &context, e);
	if (!r)
		r = check_needed(&config, path, e);
	if (r)
		return r;
	relay_settle(&config.relay, find_section(&file, "relay"));
	r = check_relays(&config, path, mem, e);
	if (!r)
		r = check_bounces(&config, path, e);
	if (!r)
		r = check_web(&config, path, e);
	if (!r)
		r = mailbox_parse(config.community.from, mem,
				  &config.community.from_name,
				  &config.community.from_email, e);
	if (r)
		return r;
	config.web.base = web_base(&config, mem);
	if (!config.community.contact[0])
		config.community.contact = config.community.from_email;
	*ret_config = config;
	return 0;
}

/* ---- groups.d ------------------------------------------------------------*/

struct groups {
	struct arena *mem;
	const struct option_context *context;
	struct group_settings *list;
	const char **where; /* file:line of each */
	size_t n;
};

struct sender_identity config_sender(const struct config *config)
{
	return (struct sender_identity){
	    .community = config->community.name,
	    .url = config->community.url,
	    .from_name = config->community.from_name,
	    .from_email = config->community.from_email,
	    .contact = config->community.contact,
	    .accent = config->looks.accent,
	    .logo = config->looks.logo,
	    .footer = config->looks.footer,
	    .base = config->web.base,
	};
}

struct plan_limits config_plan_limits(const struct config *config)
{
	return (struct plan_limits){
	    .max_items = config->digest.max_items,
	    .headlines = config->digest.headlines,
	    .alert_expires = config->alert.expires,
	    .digest_expires = DIGEST_EXPIRES,
	    .domain = strchr(config->community.from_email, '@') + 1,
	    .spread = config->digest.spread,
	    .gather = config->alert.gather,
	    .cooldown = config->alert.cooldown,
	    .max_alerts = config->alert.max_a_day,
	    .holidays = config->holidays,
	    .n_holidays = config->n_holidays,
	    .words = {config->digest.useful, config->digest.learn},
	};
}

int config_group_name(const char *name, struct err *e)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	if (!len || name[len] || len > 64)
		return err_set(e, ERR_INPUT,
			       "\"%s\" is no name of a group: letters, digits, "
			       "-, _ and . only",
			       name);
	return 0;
}

/* Each source needs the place that it looks at. */
static int check_place(const struct group_settings *set, struct err *e)
{
	if (set->source == SOURCE_MAILDIR && !set->maildir[0])
		return err_set(e, ERR_INPUT, "needs maildir = ...");
	if (set->source != SOURCE_MAILDIR && set->maildir[0])
		return err_set(e, ERR_INPUT,
			       "has a maildir, so it needs source = maildir");
	if (set->source == SOURCE_MAILDIR && set->comments)
		return err_set(e, ERR_INPUT,
			       "reads a Maildir, where the comments are too: "
			       "take comments = ... out");
	if (set->source == SOURCE_WEBHOOK && !set->key_file[0] &&
	    !set->webhook_file[0])
		return err_set(e, ERR_INPUT,
			       "needs key_file = ..., with the secret that the "
			       "webhook is signed with");
	if (!set->url && set->source != SOURCE_POST &&
	    set->source != SOURCE_MAILDIR && set->source != SOURCE_WEBHOOK)
		return err_set(e, ERR_INPUT, "needs url = ...");
	return 0;
}

static int add_group(struct groups *g, const struct ini_file *file,
		     const struct ini_section *s, struct err *e)
{
	const char *name = s->name + 6;
	struct group_settings set = {.name = name};
	int line = s->line, r = config_group_name(name, e);

	for (size_t i = 0; !r && i < g->n; i++)
		if (!strcmp(g->list[i].name, name))
			r = err_set(e, ERR_INPUT,
				    "[group:%s] is there already, in %s", name,
				    g->where[i]);
	if (r)
		return err_prefix(e, r, "%s:%d", file->name, s->line);
	option_defaults(group_options, &set, g->context);
	r = option_read_section(group_options, "group", file, s, &set,
				g->context, &line, e);
	if (r)
		return r;
	r = check_place(&set, e);
	if (r)
		return err_prefix(e, r, "%s:%d: [group:%s]", file->name,
				  s->line, name);
	if (!set.url)
		set.url = "";
	if (!set.title[0])
		set.title = name;
	*(struct group_settings *)arena_push(g->mem, (void **)&g->list, g->n,
					     sizeof(set)) = set;
	*(const char **)arena_push(g->mem, (void **)&g->where, g->n,
				   sizeof(*g->where)) =
	    arena_printf(g->mem, "%s:%d", file->name, s->line);
	g->n++;
	return 0;
}

static int read_groups(struct groups *g, const char *path, const char *name,
		       struct err *e)
{
	struct ini_file file;
	const char *bytes;
	size_t len;
	int line, r;

	r = ini_read_file(path, INI_FILE_MAX, g->mem, &bytes, &len, e);
	if (r == ERR_MISSING)
		return 0; /* it went meanwhile */
	if (!r)
		r = ini_parse_bytes(name, bytes, len, g->mem, &file, &line, e);
	for (size_t i = 0; !r && i < file.n; i++) {
		if (!strncmp(file.sections[i].name, "group:", 6))
			r = add_group(g, &file, &file.sections[i], e);
		else
			r = err_set(e, ERR_INPUT,
				    "%s:%d: expected [group:NAME], found [%s]",
				    name, file.sections[i].line,
				    file.sections[i].name);
	}
	return r;
}

int config_load_groups(const char *dir, const struct config *config,
		       struct arena *mem, struct group_settings **ret_groups,
		       size_t *ret_n, struct err *e)
{
	struct option_context context = {.mem = mem, .dir = dir};
	struct groups g = {.mem = mem, .context = &context};
	const char **files;
	size_t n;
	int r = folder_ini_files(arena_printf(mem, "%s/groups.d", dir), mem,
				 &files, &n, e);

	(void)config;
	for (size_t i = 0; !r && i < n; i++)
		r = read_groups(
		    &g, arena_printf(mem, "%s/groups.d/%s", dir, files[i]),
		    arena_printf(mem, "groups.d/%s", files[i]), e);
	if (r)
		return r;
	*ret_groups = g.list;
	*ret_n = g.n;
	return 0;
}
