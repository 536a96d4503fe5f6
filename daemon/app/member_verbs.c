#include "app/member_verbs.h"
#include "app/intake.h"
#include "base/log.h"
#include "base/token.h"
#include "store/consent.h"
#include "store/overlay.h"
#include "store/privacy.h"
#include "store/suppression.h"
#include <string.h>

static int find_any(struct db *db, json_t *request, struct arena *mem,
		    struct member *ret_member, struct err *e)
{
	const char *key = json_string_value(json_object_get(request, "member"));

	return member_find(db, mem, key ? key : "", ret_member, e);
}

static int find(struct db *db, json_t *request, struct arena *mem,
		struct member *ret_member, struct err *e)
{
	int r = find_any(db, request, mem, ret_member, e);

	if (!r && !ret_member->active)
		return err_set(e, ERR_USAGE,
			       "member %s is no longer configured",
			       ret_member->set.key);
	return r;
}

int member_verb_confirm(struct db *db, json_t *request, int64_t now,
			json_t *answer, struct err *e)
{
	enum consent_result result = CONSENT_DONE;
	struct arena mem = {0};
	struct member member;
	int r = find(db, request, &mem, &member, e);

	if (!r)
		r = consent_confirm(db, member.id,
				    token_address(member.set.email),
				    CONSENT_ADMIN, now, &result, e);
	if (!r)
		json_object_set_new(answer, "known",
				    json_boolean(result == CONSENT_KNOWN));
	arena_release(&mem);
	return r;
}

int member_verb_unsuppress(struct db *db, json_t *request, int64_t now,
			   json_t *answer, struct err *e)
{
	struct arena mem = {0};
	struct member member;
	bool was = false;
	int r = find(db, request, &mem, &member, e);

	(void)now;
	if (!r)
		r = suppression_end(db, &member, &was, e);
	if (!r)
		json_object_set_new(answer, "was", json_boolean(was));
	arena_release(&mem);
	return r;
}

int member_verb_forget(struct db *db, json_t *request, int64_t now,
		       json_t *answer, struct err *e)
{
	struct arena mem = {0};
	struct member member;
	int r = find_any(db, request, &mem, &member, e);

	(void)now;
	(void)answer;
	if (!r)
		r = privacy_forget(db, &member, e);
	if (!r) /* by its number: its key is a name, too */
		log_info("member %lld is forgotten", (long long)member.id);
	arena_release(&mem);
	return r;
}

/* ---- back to what the file says ----------------------------------------- */

struct reset {
	const struct core *core;
	const struct config *config;
	struct arena mem;
	struct member member;
	struct setting *over;
	size_t n_over;
	bool all, mail; /* whatever there is; that there is none is dropped */
	json_t *names;
	json_t *dropped;
	int64_t now;
	struct err *e;
};

static const char *name_of(struct reset *r, const struct setting *over)
{
	return *over->group
		   ? arena_join(&r->mem, over->group, "/", over->option)
		   : over->option;
}

static bool is_named(struct reset *r, const struct setting *over)
{
	const char *own = name_of(r, over);
	json_t *name;
	size_t i;

	json_array_foreach(r->names, i, name)
	{
		const char *text = json_string_value(name);

		if (text && !strcmp(text, own))
			return true;
	}
	return r->all;
}

static int check_names(struct reset *r)
{
	json_t *name;
	size_t i;

	json_array_foreach(r->names, i, name)
	{
		const char *text = json_string_value(name);
		size_t k = 0;

		while (text && k < r->n_over &&
		       strcmp(text, name_of(r, &r->over[k])) != 0)
			k++;
		if (!text)
			return err_set(r->e, ERR_USAGE,
				       "\"options\" must be texts");
		if (k == r->n_over)
			return err_set(r->e, ERR_MISSING,
				       "member %s did not change %s on a page",
				       r->member.set.key, text);
	}
	return 0;
}

static int drop(struct reset *r, const struct setting *over)
{
	struct setting gone = *over;

	gone.value = NULL;
	json_array_append_new(
	    r->dropped,
	    json_pack("{s:o, s:s, s:s}", "group",
		      *over->group ? json_string(over->group) : json_null(),
		      "option", over->option, "value", over->value));
	if (!*over->group && !strcmp(over->option, "mail"))
		r->mail = !strcmp(over->value, "no");
	return overlay_set(r->core->db, r->member.set.key, &gone, r->now, r->e);
}

static int drop_named(struct reset *r)
{
	const struct core *core = r->core;
	int result = check_names(r);

	for (size_t i = 0; !result && i < r->n_over; i++)
		if (is_named(r, &r->over[i]))
			result = drop(r, &r->over[i]);
	if (!result && r->mail && r->member.forget_at)
		return err_set(
		    r->e, ERR_USAGE,
		    "member %s asks to be forgotten, and has no mail",
		    r->member.set.key);
	if (!result && json_array_size(r->dropped))
		result = intake_member(core->db, core->config_dir, r->config,
				       r->member.file, r->now, r->e);
	return result;
}

int member_verb_reset(const struct core *core, const struct config *config,
		      json_t *request, int64_t now, json_t *answer,
		      struct err *e)
{
	json_t *names = json_object_get(request, "options");
	struct reset r = {
	    .core = core,
	    .config = config,
	    .names = names,
	    .all = !json_array_size(names),
	    .dropped = json_array(),
	    .now = now,
	    .e = e,
	};
	int result = find(core->db, request, &r.mem, &r.member, e);

	json_object_set_new(answer, "dropped", r.dropped);
	if (!result)
		result = overlay_list(core->db, &r.mem, r.member.set.key,
				      &r.over, &r.n_over, e);
	if (!result)
		result = drop_named(&r);
	if (!result && json_array_size(r.dropped))
		log_info("of member %s, %zu settings of the page are dropped",
			 r.member.set.key, json_array_size(r.dropped));
	arena_release(&r.mem);
	return result;
}
