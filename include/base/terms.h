/*
 * The house's words (DESIGN.md section 2) as enums, each with the name that
 * ini files, tables and `--json` show. The numbers are stored in the
 * database: never renumber.
 */
#ifndef BASE_TERMS_H
#define BASE_TERMS_H

#include <stddef.h>

enum frequency {
	FREQUENCY_OFF = 0,
	FREQUENCY_IMMEDIATE = 1,
	FREQUENCY_DAILY = 2,
	FREQUENCY_WEEKLY = 3
};

enum priority { PRIORITY_LOW = 0, PRIORITY_NORMAL = 1, PRIORITY_HIGH = 2 };

enum source_kind {
	SOURCE_AUTO = 0,
	SOURCE_FEED = 1,
	SOURCE_POST = 2, /* events by `pregonctl post` only */
	SOURCE_WORDPRESS = 3,
	SOURCE_DISCOURSE = 4,
	SOURCE_ELGG = 5,
	SOURCE_NODEBB = 6,
	SOURCE_PHPBB = 7,
	SOURCE_LEMMY = 8,
	SOURCE_HYPERKITTY = 9,
	SOURCE_DECIDIM = 10,
	SOURCE_GITHUB = 11,
	SOURCE_MOODLE = 12,
	SOURCE_FLARUM = 13,
	SOURCE_MAILDIR = 14, /* mails that arrive in a folder */
	SOURCE_WEBHOOK = 15  /* events by HTTP POST only */
};

/* How a feed is; of a group, how the worst of its feeds is. */
enum health {
	HEALTH_OK = 0,
	HEALTH_SLOW = 1,    /* the server asks us to come less often */
	HEALTH_FAILING = 2, /* it is tried again and again */
	HEALTH_BLOCKED = 3, /* a robot check or a web page is in its place */
	HEALTH_GONE = 4,    /* for good: not tried any more */
	HEALTH_PAUSED = 5   /* by hand */
};

/* Why a feed is polled when it is. */
enum poll_why {
	POLL_WHY_NEW = 0,     /* at once: it was never polled, or was changed */
	POLL_WHY_FLOOR = 1,   /* as often as was configured */
	POLL_WHY_ADAPTED = 2, /* by how often something is new */
	POLL_WHY_TTL = 3,     /* the feed asks for it */
	POLL_WHY_MAX_AGE = 4, /* the server does: max-age, Expires */
	POLL_WHY_RETRY_AFTER = 5, /* the server does, for now */
	POLL_WHY_BACKOFF = 6,	  /* it failed */
	POLL_WHY_SKIP = 7,	  /* skipHours, skipDays */
	POLL_WHY_OFFLINE = 8,	  /* no server could be reached */
	POLL_WHY_QUIET = 9,	  /* a thread: by how long nobody answered */
	POLL_WHY_PAGE = 10,	  /* an older page of it is read */
	POLL_WHY_GONE = 11,	  /* never by itself */
	POLL_WHY_HUB = 12	  /* rarely: a hub tells what is new (WebSub) */
};

/* ISO 8601: Monday is 1. */
enum weekday {
	WEEKDAY_MONDAY = 1,
	WEEKDAY_TUESDAY,
	WEEKDAY_WEDNESDAY,
	WEEKDAY_THURSDAY,
	WEEKDAY_FRIDAY,
	WEEKDAY_SATURDAY,
	WEEKDAY_SUNDAY
};

/* A word and its number; arrays of them end with a NULL name. */
struct term {
	const char *name;
	int value;
};

extern const struct term frequency_terms[];
extern const struct term priority_terms[];
extern const struct term source_terms[];
extern const struct term health_terms[];
extern const struct term poll_why_terms[];
extern const struct term weekday_terms[];

/* The name of a value, "?" when it has none. */
const char *term_name(const struct term *terms, int value);
/* The value of a name (exact, lower case); -1 when there is none. */
int term_value(const struct term *terms, const char *name);
/*
 * The known name nearest to a mistyped one (letters put in, left out,
 * replaced or swapped: at most a third of its length), NULL when none is near.
 */
const char *nearest_name(const char *typed, const char *const *names, size_t n);

#endif
