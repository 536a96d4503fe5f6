/*
 * The page of preferences: what it shows (preferences.c) and what its form
 * changes (preferences_take.c).
 */
#ifndef APP_PREFERENCES_P_H
#define APP_PREFERENCES_P_H

#include "config/member_edit.h"
#include "pages_p.h"

struct preferences {
	struct visit v;
	struct member_settings set; /* as shown */
	bool mail;
	struct subscription *subs;
	size_t n_subs;
	struct member_edit file; /* as it stands */
	struct form shown;	 /* the form as it was; of no fields: unknown */
	struct owed *changes;
	size_t n_changes;
	struct value *errors; /* a list */
	struct value *wrong;  /* a map: what is said beside a field */
	size_t n_errors;
};

/* As the fields of the form say them. */
const char *preferences_frequency_name(enum frequency frequency);
const char *preferences_clock(const struct preferences *p);
const char *preferences_minutes(const struct preferences *p);
/* Of a group; "" as for all groups. */
const char *preferences_frequency(const struct preferences *p,
				  const char *group);
const char *preferences_comments(const struct preferences *p,
				 const char *group);
/* What the names of a group's fields begin with. */
const char *preferences_group_id(const struct preferences *p, size_t i);
/* The form asks for mail. */
bool preferences_wants_mail(const struct preferences *p);

int preferences_show(struct preferences *p, bool saved);
/* Changes what the form asks for; or shows it again, with n_errors set. */
int preferences_take(struct preferences *p, struct err *e);

#endif
