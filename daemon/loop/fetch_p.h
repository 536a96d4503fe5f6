/*
 * What the files of loop/fetch share: a request on its way.
 */
#ifndef LOOP_FETCH_P_H
#define LOOP_FETCH_P_H

#include "loop/fetch.h"
#include "loop/http_header.h"

struct request {
	struct request *next;
	struct fetcher *fetcher;
	CURL *easy;	/* NULL while it waits */
	char *url;	/* of this hop */
	char *question; /* NULL: a GET */
	char *accept, *body_type, *allow, *ca_file;
	bool close;
	char *validator_url, *etag, *last_modified;
	struct curl_slist *own;	    /* the caller's headers */
	struct curl_slist *headers; /* of this hop */
	bool conditional;	    /* this hop has validators */
	long hops;
	bool moved_for_good;
	uint64_t deadline; /* by the loop's clock, ms */
	fetch_cb done;
	void *data;

	/* The answer of this hop. */
	struct http_header header;
	size_t header_bytes;
	struct buf body;
	bool private_address, too_large;
	const char *why_large;
	char error[CURL_ERROR_SIZE];
};

struct fetcher {
	struct net *net;
	struct fetch_limits limits;
	char *user_agent;
	struct request *flying, *waiting;
	long n_flying;
	CURL **spare; /* handles to use again: making one is dear */
	long n_spare;
};

/* Makes the easy handle ready for the request's next hop. */
void fetch_prepare(struct request *request, uint64_t now_ms);

/*
 * Where the answer sends us: 1 and *ret_url (libcurl's, until the handle's
 * next transfer) when that is followed; 0 when it is no redirect; -1 when it
 * is one that is not followed, and `why` says so.
 */
int fetch_redirect(const struct request *request, const char **ret_url,
		   struct buf *why);
/*
 * What came of the last hop, when `why` is empty; else it was refused. What
 * the response points to is the request's.
 */
void fetch_answer(struct request *request, CURLcode result, struct buf *why,
		  struct fetch_response *ret_response);

#endif
