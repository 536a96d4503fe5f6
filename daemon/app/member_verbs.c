#include "app/member_verbs.h"
#include "base/log.h"
#include "base/token.h"
#include "store/consent.h"
#include "store/privacy.h"
#include "store/suppression.h"

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
