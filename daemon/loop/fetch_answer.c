/*
 * What came of a hop: another hop, an answer, or words for the admin.
 */
#include "fetch_p.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

/* ---- redirects ---------------------------------------------------------- */

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

static bool is_web(const char *url)
{
	return !strncasecmp(url, "http://", 7) ||
	       !strncasecmp(url, "https://", 8);
}

/* Once secure, always secure. */
static bool is_downgrade(const char *from, const char *to)
{
	return !strncasecmp(from, "https:", 6) &&
	       strncasecmp(to, "https:", 6) != 0;
}

int fetch_redirect(const struct request *r, const char **ret_url,
		   struct buf *why)
{
	char *to = NULL;
	long status = 0;

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!is_redirect(status) || !r->header.values[HTTP_LOCATION])
		return 0;
	curl_easy_getinfo(r->easy, CURLINFO_REDIRECT_URL, &to);
	if (!to || !is_web(to) || is_downgrade(r->url, to))
		(void)buf_addf(why,
			       "redirected to %s: only http and https are "
			       "followed, and never from https to http",
			       to ? to : r->header.values[HTTP_LOCATION]);
	else if (r->own)
		(void)buf_addf(why,
			       "the server sends us to %s; a key is sent to "
			       "the configured address only, so configure that "
			       "one",
			       to);
	else if (r->hops >= r->fetcher->limits.redirects)
		(void)buf_addf(why, "more than %ld redirects, the last to %s",
			       r->fetcher->limits.redirects, to);
	*ret_url = to;
	return why->len ? -1 : 1;
}

/* ---- failures ----------------------------------------------------------- */

static enum fetch_result too_large(const struct request *r, struct buf *why)
{
	const struct fetch_limits *limits = &r->fetcher->limits;

	(void)buf_addf(why, "%s: more than the %zu bytes allowed", r->why_large,
		       r->header_bytes > limits->header_max ? limits->header_max
							    : limits->body_max);
	return FETCH_TOO_LARGE;
}

static enum fetch_result is_private(struct buf *why)
{
	(void)buf_adds(why, "the address is not on the public Internet; if it "
			    "is your own server, name its network in the "
			    "group's allow = ..., or set [http] "
			    "allow_private = yes");
	return FETCH_REFUSED;
}

/* Which of the network's failures it was. */
static enum fetch_result failure(const struct request *r, CURLcode result)
{
	curl_off_t connected = 0;
	long error = 0;

	curl_easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &error);
	curl_easy_getinfo(r->easy, CURLINFO_CONNECT_TIME_T, &connected);
	if (result == CURLE_COULDNT_RESOLVE_HOST)
		return FETCH_NO_LINK;
	if (result == CURLE_COULDNT_CONNECT)
		return error == ENETUNREACH || error == EHOSTUNREACH ||
			       error == ENETDOWN || error == EADDRNOTAVAIL
			   ? FETCH_NO_LINK
			   : FETCH_NO_SERVER;
	if (result == CURLE_OPERATION_TIMEDOUT && !connected)
		return FETCH_NO_SERVER;
	return FETCH_NETWORK;
}

static enum fetch_result judge(const struct request *r, CURLcode result,
			       struct buf *why)
{
	if (why->len)
		return FETCH_REFUSED;
	if (result == CURLE_OK)
		return FETCH_DONE;
	if (r->too_large)
		return too_large(r, why);
	if (r->private_address)
		return is_private(why);
	if (result == CURLE_UNSUPPORTED_PROTOCOL ||
	    result == CURLE_URL_MALFORMAT) {
		(void)buf_addf(why,
			       "the address %s: only http and https are "
			       "followed",
			       r->url);
		return FETCH_REFUSED;
	}
	(void)buf_adds(why,
		       r->error[0] ? r->error : curl_easy_strerror(result));
	return failure(r, result);
}

/* ---- the answer --------------------------------------------------------- */

void fetch_answer(struct request *r, CURLcode result, struct buf *why,
		  struct fetch_response *ret)
{
	const struct http_header *h = &r->header;

	*ret = (struct fetch_response){
	    .result = judge(r, result, why),
	    .final_url = r->url,
	    .conditional = r->conditional,
	    .moved_for_good = r->hops && r->moved_for_good,
	    .coding = coding_of(h->values[HTTP_CONTENT_ENCODING]),
	    .body = &r->body,
	    .content_type = h->values[HTTP_CONTENT_TYPE],
	    .etag = h->values[HTTP_ETAG],
	    .last_modified = h->values[HTTP_LAST_MODIFIED],
	    .hub = h->hub,
	    .self = h->self,
	    .retry_after =
		http_header_retry_after(h, clock_now(r->fetcher->limits.clock)),
	    .max_age = http_header_max_age(h),
	    .no_store = http_header_no_store(h),
	    .challenged = h->values[HTTP_CF_MITIGATED] != NULL,
	};

	ret->reason = buf_str(why);
	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &ret->status);
}
