/*
 * What groups and members ask for, as plain values.
 *
 * `config` reads them from ini files, `store` keeps them, `plan` acts on
 * them. Strings are UTF-8, belong to whoever filled the struct (usually an
 * arena) and are never NULL unless said so; 0 means what each field says.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/terms.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct token_keys;

/* Who sends; the same for all mails. */
struct sender_identity {
	const char *community;
	const char *url;
	const char *from_name;
	const char *from_email;
	const char *contact; /* where unsubscribe mails go */
	const char *accent;  /* a colour (base/colour.h) */
	const char *logo;    /* "" for the community's name */
	const char *footer;  /* "" for none */
	/* Where the pages are that mails link to, and what their links are
	 * signed with; "" or NULL: there are none. */
	const char *base;
	const struct token_keys *keys;
};

struct group_settings {
	const char *name;     /* [group:NAME]: letters, digits, - _ . ; <= 64 */
	const char *title;    /* shown in mails; the name when not given */
	const char *url;      /* where people read it, and where we look */
	const char *comments; /* a feed of the group's comments, or NULL */
	const char *maildir;  /* the folder of SOURCE_MAILDIR, else "" */
	const char *user;     /* whose key it is, "" */
	const char *key_file; /* a key of its API, or a webhook's secret, "" */
	const char *allow;    /* networks that may be private, "" */
	const char *ca_file;  /* certificates to trust there, "" */
	const char *webhook_file; /* the secret of its webhooks, "": key_file */
	enum source_kind source;
	enum priority priority;
	int32_t every; /* s: never poll more often */
};

/* Working days and hours; days == 0: every day, every hour. */
struct work_hours {
	uint8_t days;  /* bit 0 Monday ... bit 6 Sunday */
	int32_t from;  /* s after local midnight */
	int32_t until; /* s after local midnight, > from, <= 86400 */
};

/* Hours without mail, over midnight too; from == until: none. */
struct quiet_hours {
	int32_t from;  /* s after local midnight */
	int32_t until; /* s after local midnight */
};

/* A region's days off. */
struct holidays {
	const char *region;
	const int32_t *days; /* since 1970-01-01, sorted, each once */
	size_t n;
	const char *file; /* where more of them were read from, or "" */
};

/* What applies to one group; fields as in the member's ini. */
struct subscription_settings {
	const char *group; /* the group's name */
	enum frequency frequency;
	bool comments;	     /* alerts for comments too */
	const char *include; /* words, comma separated, "" for no filter */
	const char *exclude;
	const char *keywords; /* of interest: what has them comes first */
};

/* One option as an ini file would say it. */
struct setting {
	const char *group;  /* whose section it is in; "" for [member] */
	const char *option; /* its key */
	const char *value;  /* NULL: not said */
};

struct member_settings {
	const char *key;      /* the file's stem or [member:KEY] */
	const char *email;    /* as to be mailed: domain in A-labels */
	const char *name;     /* "" when not given */
	const char *language; /* a language that conf/lang has */
	const char *timezone; /* an existing tzdata name */
	bool mail;	      /* no: every frequency is off */
	int32_t at;	      /* s after local midnight */
	enum weekday day;     /* of a weekly digest */
	struct work_hours work;
	struct quiet_hours quiet;
	const char *holidays; /* a region's name, or "" */
	int32_t max_alerts;   /* a day; 0: no limit, -1: the community's */
	int32_t budget;	      /* reading time, s; 0: no budget */
	const char *me; /* names that sites know the member by, "" the name */
	const char *useful; /* words of that section, "" the community's */
	const char *learn;
	bool invite;		 /* to a debate that waits for an answer */
	const char *pause_from;	 /* "2026-12-24", first day, or "" */
	const char *pause_until; /* last day, or "" */
	bool all_groups; /* every group, with `defaults` where not listed */
	struct subscription_settings defaults; /* group == "" */
	struct subscription_settings *groups;  /* those listed by name */
	size_t n_groups;
};

/* The admin's words for sections of a digest, "" for none. */
struct section_words {
	const char *useful, *learn;
};

/* What the community's settings say about alerts and digests. */
struct plan_limits {
	int32_t max_items;     /* debates a digest shows ... */
	int32_t headlines;     /* ... and names in a line each */
	int64_t alert_expires; /* s */
	int64_t digest_expires;
	const char *domain; /* of Message-IDs: the from address's */
	int32_t spread;	    /* s after their hour that digests go out */
	int32_t gather;	    /* s after an alert in which others wait */
	int32_t cooldown;   /* s between two alerts about a debate */
	int32_t max_alerts; /* a day and member, 0: no limit */
	const struct holidays *holidays; /* of all regions */
	size_t n_holidays;
	struct section_words words;
};

#endif
