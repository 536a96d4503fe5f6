/*
 * Sites with feeds that misbehave on cue, and that score how they are read.
 *
 * An HTTP server on the test's own loop and thread: each host is an address
 * 127.0.1.N of one port, so that forty of them are forty hosts to a client.
 * Time is the test's. Each feed has its pace of news, its hints, and at most
 * one fault, for a time or for good. What a reader owes them is counted in
 * struct referee_score (after rachelbythebay's feed reader score): requests
 * that are conditional whenever they may be, with the validators as they were
 * given by that address; never sooner than asked, a host one thing at a time;
 * no storms, no cookies, no Referer; who it is.
 */
#ifndef TESTS_REFEREE_H
#define TESTS_REFEREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define REFEREE_SHOWN 15 /* items in a document */

enum fault {
	FAULT_NONE,
	/* For a time. */
	FAULT_500,
	FAULT_503_SECONDS, /* Retry-After: 1800 */
	FAULT_429_DATE,	   /* Retry-After: a date */
	FAULT_429,
	FAULT_CHALLENGE, /* 403, cf-mitigated */
	FAULT_404,
	FAULT_401,
	FAULT_HTML,
	FAULT_EMPTY,
	FAULT_CUT,	   /* fewer bytes than it said */
	FAULT_CUT_CHUNKED, /* no last chunk */
	FAULT_BAD_GZIP,
	FAULT_LIAR, /* more bytes than it said */
	FAULT_HANG_UP,
	FAULT_LOOP, /* a redirect to itself */
	FAULT_TO_FILE,
	FAULT_TO_PRIVATE, /* an address that is not listed */
	FAULT_ELSEWHERE,  /* 302 to another path */
	FAULT_PORTAL,	  /* 301 to a web page of another host */
	FAULT_LARGE,
	FAULT_ENTITIES,
	FAULT_DEEP,
	FAULT_DOWN_LONG, /* hangs up for longer than a document shows */
	/* From then on. */
	FAULT_MOVED, /* 301 to another path, where it is */
	FAULT_GONE,
	FAULT_IDS_CHANGE,
	FAULT_IDS_DOUBLED,
	/* Always. */
	FAULT_NO_DATES,
	FAULT_FUTURE,
	FAULT_CONTROLS,	   /* NUL and control bytes in titles */
	FAULT_UNASKED_304, /* every third answer */
	FAULT_NO_VALIDATORS,
	FAULTS
};

extern const char *const fault_names[FAULTS];

struct referee_feed {
	int host;
	enum fault fault;
	int64_t from, until;
	int32_t pace; /* s between its news */
	int32_t ttl, max_age;
	uint32_t skip_hours;
	bool etag, last_modified;

	/* What it is owed now. */
	char given_by[64]; /* the path that gave validators; "" none */
	char given_etag[64], given_modified[64];
	int64_t not_before;
	/* What came. */
	int requests, in_fault, old_path;
	int good;	   /* documents and 304s that were given */
	int64_t last_good; /* when */
	int64_t seen_from; /* number of items at the first good document */
	int64_t seen_to;   /* at the last */
};

struct referee_score {
	int requests, conditional, not_modified;
	/* Faults of the reader's. */
	int unconditional, wrong_validators, too_soon, while_resting,
	    at_once /* two things of one host */, no_gap, in_skipped_hour,
	    after_gone, stranger /* no User-Agent, Accept; a cookie */;
	bool silent; /* does not say what they were */
};

struct referee;

/* `now` is read at each request. The feeds stay the caller's. */
struct referee *referee_start(uv_loop_t *loop, const int64_t *now,
			      int32_t every, struct referee_feed *feeds,
			      size_t n);
int referee_port(const struct referee *referee);
/* "http://127.0.1.7:PORT/feed/12" */
void referee_url(const struct referee *referee, size_t feed, char *out,
		 size_t size);
struct referee_score *referee_score(struct referee *referee);
/* The number of items that the feed has had until `t`. */
int64_t referee_items(const struct referee *referee, size_t feed, int64_t t);
/* Nobody listens until it is opened again: connections are refused. */
void referee_shut(struct referee *referee);
void referee_open(struct referee *referee);
/* Closes on the loop; run it dry, then it is freed. */
void referee_stop(struct referee *referee);

#endif
