/*
 * members.d: one member a file, or many [member:KEY].
 */
#include "base/hash.h"
#include "config/config.h"
#include "config/folder.h"
#include "config/member_file.h"
#include "config/option.h"
#include <stdio.h>
#include <string.h>

#define KEY_MAX 64

/* Tells whether a file changed. */
static const char *file_hash(const char *bytes, size_t len, struct arena *mem)
{
	char *hex = arena_alloc(mem, HASH_HEX);

	hash_of(bytes, len, hex);
	return hex;
}

struct members {
	struct arena *mem;
	const struct config *config;
	const struct overlay *overlay; /* NULL: none */
	struct setting *over;	       /* the last member's */
	size_t n_over;
	const struct ini_file *file;
	struct option_context context;
	struct member_settings *list;
	size_t n;
	int line; /* of an error */
	struct err *e;
};

static int fail_at(struct members *m, const struct ini_section *s,
		   const char *what)
{
	m->line = s->line;
	return err_set(m->e, ERR_INPUT, "%s:%d: %s", m->file->name, s->line,
		       what);
}

static const char *key_of(struct members *m, const struct ini_section *s)
{
	const char *slash = strrchr(m->file->name, '/');
	const char *stem = slash ? slash + 1 : m->file->name;

	if (s->name[6] == ':')
		return s->name + 7;
	return arena_strndup(m->mem, stem, strlen(stem) - 4);
}

/* ---- what was changed on the page --------------------------------------- */

/* Those of a section: [member] ("") or a group's. */
static int lay_over(struct members *m, const char *group,
		    const struct option *options, void *base)
{
	int r = 0;

	for (size_t i = 0; !r && i < m->n_over; i++) {
		const struct setting *over = &m->over[i];
		const struct option *o = option_find(
		    options, *group ? "group" : "member", over->option);

		if (strcmp(over->group, group) != 0)
			continue;
		/* One that there is no more: as if it were not said. */
		if (o)
			r = option_set(o, over->value, base, &m->context, m->e);
		if (r)
			r = err_prefix(m->e, r,
				       "%s: what was set on the page, %s",
				       m->file->name, over->option);
	}
	return r;
}

static bool has_group(const struct member_settings *set, const char *group)
{
	for (size_t i = 0; i < set->n_groups; i++)
		if (!strcmp(set->groups[i].group, group))
			return true;
	return false;
}

static int push_subscription(struct members *m, struct member_settings *member,
			     struct subscription_settings *set)
{
	int r = lay_over(m, set->group, subscription_options, set);

	if (!r)
		*(struct subscription_settings *)arena_push(
		    m->mem, (void **)&member->groups, member->n_groups++,
		    sizeof(*set)) = *set;
	return r;
}

/* After the last section of a member: groups that only the page has, and no
 * mail where there is to be none. */
static int end_member(struct members *m)
{
	struct member_settings *member;
	int r = 0;

	if (!m->n)
		return 0;
	member = &m->list[m->n - 1];
	for (size_t i = 0; !r && i < m->n_over; i++) {
		struct subscription_settings set;

		if (!m->over[i].group[0] || has_group(member, m->over[i].group))
			continue;
		set = member->defaults;
		set.group = m->over[i].group;
		r = push_subscription(m, member, &set);
	}
	m->n_over = 0;
	if (r || member->mail)
		return r;
	member->defaults.frequency = FREQUENCY_OFF;
	for (size_t i = 0; i < member->n_groups; i++)
		member->groups[i].frequency = FREQUENCY_OFF;
	return 0;
}

static int begin_member(struct members *m, struct member_settings *set)
{
	int r = m->overlay ? m->overlay->of(m->overlay->data, set->key, m->mem,
					    &m->over, &m->n_over, m->e)
			   : 0;

	return r ? r : lay_over(m, "", member_options, set);
}

/* ---- sections ----------------------------------------------------------- */

static bool is_key(const char *key)
{
	size_t len = strspn(key, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+");

	return len && !key[len] && len <= KEY_MAX;
}

/* A region that is known, and some time that is left for mail. */
static int check_hours(struct members *m, const struct ini_section *s,
		       const struct member_settings *set)
{
	const struct config *c = m->config;
	const struct quiet_hours *quiet = &set->quiet;
	const char **names =
	    arena_array(m->mem, c->n_holidays + 1, sizeof(*names));
	const char *near;
	bool over_midnight = quiet->until < quiet->from;

	if (set->work.days && quiet->from != quiet->until &&
	    (over_midnight ? set->work.until <= quiet->until ||
				 set->work.from >= quiet->from
			   : set->work.from >= quiet->from &&
				 set->work.until <= quiet->until))
		return fail_at(m, s,
			       "quiet leaves no time of the hours of work: "
			       "there would never be mail");
	for (size_t i = 0; i < c->n_holidays; i++) {
		names[i] = c->holidays[i].region;
		if (!strcmp(names[i], set->holidays))
			return 0;
	}
	if (!set->holidays[0])
		return 0;
	near = nearest_name(set->holidays, names, c->n_holidays);
	return fail_at(m, s,
		       arena_join(m->mem,
				  "pregon.ini has no [holidays:", set->holidays,
				  "]", near ? "; did you mean \"" : "",
				  near ? near : "", near ? "\"?" : ""));
}

static int add_member(struct members *m, const struct ini_section *s)
{
	struct member_settings set = {.key = key_of(m, s), .max_alerts = -1};
	int r = end_member(m);

	if (r)
		return r;
	if (!is_key(set.key))
		return fail_at(m, s,
			       "a member's key (the file's name, or what "
			       "follows member:) has letters, digits, - _ . + "
			       "only, 64 at most");
	for (size_t i = 0; i < m->n; i++)
		if (!strcmp(m->list[i].key, set.key))
			return fail_at(m, s,
				       "this member is in the file already");
	option_defaults(member_options, &set, &m->context);
	set.defaults.group = "";
	r = option_read_section(member_options, "member", m->file, s, &set,
				&m->context, &m->line, m->e);
	if (r)
		return r;
	if (!set.email)
		return fail_at(m, s, "a member needs email = ...");
	r = begin_member(m, &set);
	if (r)
		return r;
	r = check_hours(m, s, &set);
	if (r)
		return r;
	if (!set.language[0])
		set.language = m->config->community.language;
	if (!set.timezone[0])
		set.timezone = m->config->community.timezone;
	*(struct member_settings *)arena_push(m->mem, (void **)&m->list, m->n++,
					      sizeof(set)) = set;
	return 0;
}

static int add_subscription(struct members *m, const struct ini_section *s)
{
	struct member_settings *member = m->n ? &m->list[m->n - 1] : NULL;
	struct subscription_settings set;
	int r;

	if (!member)
		return fail_at(m, s, "[member] comes before its groups");
	for (size_t i = 0; i < member->n_groups; i++)
		if (!strcmp(member->groups[i].group, s->name + 6))
			return fail_at(m, s, "this group is there already");
	set = member->defaults;
	set.group = s->name + 6;
	r = option_read_section(subscription_options, "group", m->file, s, &set,
				&m->context, &m->line, m->e);
	if (r)
		return r;
	return push_subscription(m, member, &set);
}

static int add_section(struct members *m, const struct ini_section *s)
{
	if (!strcmp(s->name, "member") || !strncmp(s->name, "member:", 7))
		return add_member(m, s);
	if (!strncmp(s->name, "group:", 6))
		return add_subscription(m, s);
	return fail_at(m, s,
		       "expected [member], [member:KEY] or [group:NAME] here");
}

/* One that is only tried is its reader's own business. */
static int read_file(const char *path, const char *name, const char *dir,
		     const struct config *config, struct arena *mem,
		     const char **ret_bytes, size_t *ret_len, struct err *e)
{
	if (path == name)
		return ini_read_file(path, MEMBER_FILE_MAX, mem, ret_bytes,
				     ret_len, e);
	return member_file_read(
	    arena_printf(mem, "%s/members.d", dir), strrchr(name, '/') + 1,
	    config->members.group_writable, mem, ret_bytes, ret_len, e);
}

/* `name` is what errors call it, and where a key may come from; it is `path`
 * itself when the file is only tried. */
static int load(const char *path, const char *name, const char *dir,
		const struct config *config, const struct overlay *overlay,
		struct arena *mem, struct member_settings **ret_members,
		size_t *ret_n, const char **ret_hash, int *ret_line,
		struct err *e)
{
	struct members m = {
	    .mem = mem, .config = config, .overlay = overlay, .e = e};
	struct ini_file ini;
	const char *bytes;
	size_t len;
	int r = read_file(path, name, dir, config, mem, &bytes, &len, e);

	*ret_line = 0;
	if (r)
		return r;
	*ret_hash = file_hash(bytes, len, mem);
	r = ini_parse_bytes(name, bytes, len, mem, &ini, ret_line, e);
	if (r)
		return r;
	m.file = &ini;
	m.context = (struct option_context){.mem = mem, .dir = dir};
	for (size_t i = 0; !r && i < ini.n; i++)
		r = add_section(&m, &ini.sections[i]);
	if (!r)
		r = end_member(&m);
	if (!r && !m.n)
		r = err_set(e, ERR_INPUT, "%s: no [member] in it", name);
	*ret_line = m.line;
	if (r)
		return r;
	*ret_members = m.list;
	*ret_n = m.n;
	return 0;
}

int config_load_member(const char *dir, const char *file,
		       const struct config *config,
		       const struct overlay *overlay, struct arena *mem,
		       struct member_settings **ret_members, size_t *ret_n,
		       const char **ret_hash, int *ret_line, struct err *e)
{
	return load(arena_printf(mem, "%s/members.d/%s", dir, file),
		    arena_printf(mem, "members.d/%s", file), dir, config,
		    overlay, mem, ret_members, ret_n, ret_hash, ret_line, e);
}

int config_try_member(const char *path, const char *dir,
		      const struct config *config, struct arena *mem,
		      struct member_settings **ret_members, size_t *ret_n,
		      struct err *e)
{
	const char *hash;
	int line;

	return load(path, path, dir, config, NULL, mem, ret_members, ret_n,
		    &hash, &line, e);
}

int config_member_files(const char *dir, struct arena *mem,
			const char ***ret_files, size_t *ret_n, struct err *e)
{
	return folder_ini_files(arena_printf(mem, "%s/members.d", dir), mem,
				ret_files, ret_n, e);
}
