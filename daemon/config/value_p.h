/*
 * The parsers of value_time.c, for option_set(): each writes a value into its
 * field of `base`.
 */
#ifndef CONFIG_VALUE_P_H
#define CONFIG_VALUE_P_H

#include "config/option.h"

/* "08:00", "08:00:30": s after midnight. */
int value_set_clock(const struct option *o, const char *value, void *base,
		    struct err *e);
/* "mon-fri 08:00-15:00": struct work_hours. */
int value_set_work(const struct option *o, const char *value, void *base,
		   struct err *e);
/* "22:00-07:00": struct quiet_hours. */
int value_set_quiet(const struct option *o, const char *value, void *base,
		    struct err *e);
/* "2026-12-24..2027-01-06": two texts side by side. */
int value_set_pause(const struct option *o, const char *value, void *base,
		    const struct option_context *c, struct err *e);
/* "2026-12-24, 2026-12-28..2027-01-06": days since 1970, and how many. */
int value_set_days(const struct option *o, const char *value, void *base,
		   const struct option_context *c, struct err *e);

#endif
