/*
 * What the pages share: who visits, what is shown, what is changed.
 */
#ifndef APP_PAGES_P_H
#define APP_PAGES_P_H

#include "app/core.h"
#include "app/pages.h"
#include "base/token.h"
#include "store/member.h"
#include "store/overlay.h"
#include "web/form.h"

struct visit {
	struct db *db;
	struct web_task *task;
	const struct core *core;
	const struct config *config;
	struct arena *mem; /* the task's */
	int64_t now;
	struct token token;
	struct member member;
	const char *language;
	struct setting *over; /* the overlay, as it is */
	size_t n_over;
	struct owed *owed; /* what of it is owed to the file */
	size_t n_owed;
	struct form form;
	bool one_click;
	struct value *page; /* what the template is filled with */
};

/*
 * Whose it is. False when it has been answered: the link is none (or no more),
 * or the request is not one of our forms'. An error is the store's.
 */
int visit_begin(struct visit *v, struct db *db, struct web_task *task,
		enum token_purpose purpose, int64_t now, bool *ret_go_on,
		struct err *e);

/* Whoever it is, in the community's language. False when it has been answered:
 * the request is not one of our forms'. */
bool visit_anybody(struct visit *v, struct db *db, struct web_task *task,
		   int64_t now);

/* The link leads nowhere (any more). */
int visit_lost(struct visit *v, unsigned status);

/* A phrase in the member's language; "" when it cannot be said. */
const char *visit_say(const struct visit *v, const char *key,
		      const struct value *args);
/* What phrases of pages may name: community, contact. */
struct value *visit_args(const struct visit *v);

/* Fills the task with that template's page. */
int visit_show(struct visit *v, unsigned status, const char *template);

/* NULL when the page has not changed it. */
const char *visit_over(const struct visit *v, const char *group,
		       const char *option);
/*
 * Changes them all and puts them in force. ERR_INPUT: nothing was changed, and
 * e says why.
 */
int visit_change(struct visit *v, const struct setting *settings, size_t n,
		 struct err *e);
/* The same of what is owed to the member's file, which is written when the
 * change is committed (app/wishes.h). */
int visit_choose(struct visit *v, const struct owed *owed, size_t n,
		 struct err *e);
/* It ends mail, all or a group's: that holds whatever is wrong with the
 * member's file. */
int visit_end_mail(struct visit *v, const struct setting *end, struct err *e);
/* What needs the file, when that is bad. Returns 0. */
int visit_refuse(struct visit *v, const struct err *why);

#endif
