/*
 * community --script FILE [--port N] [--port-file F] [--speed X] [--stopped]
 *
 * Serves a scripted community on 127.0.0.1 until it is told to end, as well
 * behaved HTTP: strong ETags, Last-Modified, 304. Prints its port on a line
 * by itself. GET /advance?seconds=N puts its clock forward, so that tests
 * need not wait; with --stopped only that moves it.
 */
#include "base/log.h"
#include "community.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct server {
	struct community community;
	double speed;
	bool stopped;
	int64_t started; /* monotonic ms */
	atomic_llong advanced;
};

static int64_t ticks(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t server_now(struct server *s)
{
	int64_t passed = s->stopped ? 0 : ticks() - s->started;

	return (int64_t)((double)passed * s->speed) + atomic_load(&s->advanced);
}

/* FNV-1a: differs whenever the bytes do, as far as tests can tell. */
static void etag_of(const struct buf *body, char out[32])
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < body->len; i++)
		h = (h ^ (unsigned char)body->data[i]) * 0x100000001b3u;
	snprintf(out, 32, "\"%016" PRIx64 "\"", h);
}

static const char *http_date(int64_t t, char out[64])
{
	time_t when = (time_t)t;
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(out, 64, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	return out;
}

/* RFC 9110 section 13.2.2: If-None-Match decides when it is there. */
static bool not_modified(struct MHD_Connection *connection, const char *etag,
			 int64_t modified)
{
	const char *match = MHD_lookup_connection_value(
	    connection, MHD_HEADER_KIND, "If-None-Match");
	const char *since = MHD_lookup_connection_value(
	    connection, MHD_HEADER_KIND, "If-Modified-Since");
	struct tm tm = {0};

	if (match)
		return strstr(match, etag) || !strcmp(match, "*");
	if (!since || !strptime(since, "%a, %d %b %Y %H:%M:%S GMT", &tm))
		return false;
	return modified <= timegm(&tm);
}

static enum MHD_Result send_page(struct MHD_Connection *connection,
				 struct community_page *page)
{
	struct MHD_Response *response;
	enum MHD_Result r;
	char etag[32], date[64], seconds[16];

	etag_of(&page->body, etag);
	if (page->status == 200 &&
	    not_modified(connection, etag, page->modified)) {
		page->status = MHD_HTTP_NOT_MODIFIED;
		buf_reset(&page->body);
	}
	response = MHD_create_response_from_buffer(
	    page->body.len, page->body.data, MHD_RESPMEM_MUST_COPY);
	if (page->status == 200)
		MHD_add_response_header(response, "Content-Type", page->type);
	if (page->status == 200 || page->status == 304) {
		MHD_add_response_header(response, "ETag", etag);
		MHD_add_response_header(response, "Last-Modified",
					http_date(page->modified, date));
	}
	if (page->retry_after) {
		snprintf(seconds, sizeof(seconds), "%d", page->retry_after);
		MHD_add_response_header(response, "Retry-After", seconds);
	}
	r = MHD_queue_response(connection, (unsigned)page->status, response);
	MHD_destroy_response(response);
	return r;
}

static enum MHD_Result answer(void *data, struct MHD_Connection *connection,
			      const char *url, const char *method,
			      const char *version, const char *upload,
			      size_t *upload_size, void **context)
{
	struct server *server = data;
	struct community_page page = {.status = 405};
	enum MHD_Result r;

	(void)version;
	(void)upload;
	(void)context;
	*upload_size = 0;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return send_page(connection, &page);
	if (!strcmp(url, "/advance")) {
		const char *seconds = MHD_lookup_connection_value(
		    connection, MHD_GET_ARGUMENT_KIND, "seconds");

		atomic_fetch_add(&server->advanced,
				 seconds ? (long long)(atof(seconds) * 1000)
					 : 0);
		page.status = 204;
		return send_page(connection, &page);
	}
	community_page(&server->community, url, server_now(server), &page);
	r = send_page(connection, &page);
	buf_release(&page.body);
	return r;
}

static int listen_on(int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr = {htonl(INADDR_LOOPBACK)},
				.sin_port = htons((uint16_t)*port)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 64) ||
	    getsockname(fd, (struct sockaddr *)&a, &len)) {
		close(fd);
		return -1;
	}
	*port = ntohs(a.sin_port);
	return fd;
}

/* The file appears whole: who waits for it must not read half a port. */
static bool tell_port(int port, const char *file)
{
	char partial[4096];
	FILE *f;

	printf("%d\n", port);
	fflush(stdout);
	if (!file)
		return true;
	snprintf(partial, sizeof(partial), "%s.part", file);
	f = fopen(partial, "we");
	if (!f)
		return false;
	fprintf(f, "%d\n", port);
	return !fclose(f) && !rename(partial, file);
}

static int serve(struct server *server, int port, const char *port_file)
{
	struct MHD_Daemon *daemon;
	sigset_t ends;
	int fd = listen_on(&port), got;

	if (fd < 0) {
		log_error("cannot listen on port %d: %s", port,
			  strerror(errno));
		return 1;
	}
	/* Blocked before threads start, so that only sigwait() sees them. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	server->community.base =
	    arena_printf(&server->community.mem, "http://127.0.0.1:%d", port);
	server->community.start = time(NULL);
	server->started = ticks();
	daemon = MHD_start_daemon(
	    MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
	    answer, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_END);
	if (!daemon || !tell_port(port, port_file)) {
		log_error("cannot serve: %s", strerror(errno));
		if (daemon)
			MHD_stop_daemon(daemon);
		return 1;
	}
	sigwait(&ends, &got);
	MHD_stop_daemon(daemon);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"script", required_argument, NULL, 's'},
	    {"port", required_argument, NULL, 'p'},
	    {"port-file", required_argument, NULL, 'f'},
	    {"speed", required_argument, NULL, 'x'},
	    {"stopped", no_argument, NULL, 'S'},
	    {0}};
	struct server server = {.speed = 1};
	const char *script = NULL, *port_file = NULL;
	struct err e;
	int c, port = 0, r;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			script = optarg;
		else if (c == 'p')
			port = atoi(optarg);
		else if (c == 'f')
			port_file = optarg;
		else if (c == 'x')
			server.speed = atof(optarg);
		else if (c == 'S')
			server.stopped = true;
		else
			return 64;
	}
	if (!script) {
		fputs("usage: community --script FILE [--port N] "
		      "[--port-file F] [--speed X] [--stopped]\n",
		      stderr);
		return 64;
	}
	if (community_load(script, &server.community, &e)) {
		log_error("%s", e.text);
		return 65;
	}
	r = serve(&server, port, port_file);
	community_release(&server.community);
	return r;
}
