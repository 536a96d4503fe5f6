/*
 * The option table: the master copy of every option's name, type, default,
 * range and help. pregon.conf(5) lists the same, and a test compares them.
 */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include "base/arena.h"
#include "base/err.h"
#include "config/ini_file.h"
#include <stdint.h>

enum option_type {
	OPTION_LINE,	  /* const char *: one clean line */
	OPTION_FLAG,	  /* bool: yes | no */
	OPTION_ACCENT,	  /* const char *: #0b57a8, to be read on white */
	OPTION_NUMBER,	  /* int32_t */
	OPTION_DURATION,  /* int32_t s: 30s 15m 2h 1d */
	OPTION_SIZE,	  /* int32_t bytes: 512K 10M */
	OPTION_RATE,	  /* int32_t a second: 50/s, 0 for no limit */
	OPTION_CLOCK,	  /* int32_t s after midnight: 08:00, 08:00:30 */
	OPTION_FREQUENCY, /* the enums of base/terms.h */
	OPTION_PRIORITY,
	OPTION_SOURCE,
	OPTION_WEEKDAY,
	OPTION_TLS,	/* enum relay_tls: required | off */
	OPTION_ADDRESS, /* const char *: local@a-labels */
	OPTION_MAILBOX, /* const char *: Name <address>, or an address */
	OPTION_WEB,	/* const char *: http(s) address */
	OPTION_LISTEN,	/* const char *: 127.0.0.1:8025, [::1]:8025 or "" */
	OPTION_RELAY,	/* const char *: smtp://, smtps://, maildir: */
	OPTION_PATH,	/* const char *: relative to the configuration */
	OPTION_SECRET,	/* const char *: an absolute path or a plain name */
	OPTION_ZONE,	/* const char *: a zone of the system's tzdata */
	OPTION_LANGUAGE,
	OPTION_WORK,	 /* struct work_hours: mon-fri 08:00-15:00 */
	OPTION_QUIET,	 /* struct quiet_hours: 22:00-07:00 */
	OPTION_PAUSE,	 /* two const char *: 2026-12-24..2027-01-06 */
	OPTION_DAYS,	 /* const int32_t *, size_t: 2026-12-24, ... */
	OPTION_FILTER,	 /* const char *: word, "a phrase" */
	OPTION_NETWORKS, /* const char *: 10.1.2.0/24, fd00:1::/48 */
	OPTION_GROUPS	 /* bool: * or nothing */
};

struct option {
	const char *section;
	const char *key;
	enum option_type type;
	size_t offset;	      /* of its field */
	const char *fallback; /* the default as one would write it; NULL: must
				 be given */
	int64_t min, max;     /* of numbers, in the field's unit */
	const char *help;
};

/* Each ended by a NULL key. */
extern const struct option main_options[];	   /* struct config */
extern const struct option group_options[];	   /* struct group_settings */
extern const struct option member_options[];	   /* struct member_settings */
extern const struct option subscription_options[]; /* in a member's file */
extern const struct option holiday_options[];	   /* struct holidays */

/* What values are read with. */
struct option_context {
	struct arena *mem;
	const char *dir; /* of the configuration, for OPTION_PATH */
};

/* Writes one value into its field of `base`; errors say what was expected. */
int option_set(const struct option *option, const char *value, void *base,
	       const struct option_context *context, struct err *e);

/* The one of that name in a section; NULL when there is none. */
const struct option *option_find(const struct option *options,
				 const char *section, const char *key);

/* Sorts days and leaves each once; how many there are. */
size_t days_settle(int32_t *days, size_t n);

/* All defaults; options without one are left as they are. */
void option_defaults(const struct option *options, void *base,
		     const struct option_context *context);

/*
 * One section of a file into `base`. Unknown keys are refused with the
 * nearest known one. *ret_line is an error's.
 */
int option_read_section(const struct option *options, const char *section,
			const struct ini_file *file,
			const struct ini_section *from, void *base,
			const struct option_context *context, int *ret_line,
			struct err *e);

#endif
