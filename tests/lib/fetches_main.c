/*
 * usage: fetches [--connections N] [--ca FILE] URLS
 *
 * Asks for each address in the file URLS once, N at a time, as pregond does
 * (loop/fetch), and prints one line: "CPU_SECONDS GOOD" (good: 200).
 */
#include "base/mem.h"
#include "lines.h"
#include "loop/fetch.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static struct fetches {
	char **urls;
	size_t n, next, good;
	const char *ca;
	struct fetcher *fetcher;
} f;

static void start(void);

static void on_fetched(const struct fetch_response *a, void *data)
{
	(void)data;
	if (a->result != FETCH_DONE)
		fprintf(stderr, "%s: %s\n", a->final_url, a->reason);
	f.good += a->result == FETCH_DONE && a->status == 200;
	if (f.next < f.n)
		start();
}

static void start(void)
{
	struct fetch_request q = {
	    .url = f.urls[f.next++],
	    .accept = "application/rss+xml",
	    .ca_file = f.ca,
	};

	if (fetch_start(f.fetcher, &q, on_fetched, NULL, NULL))
		abort();
}

static void run(long connections)
{
	struct fetch_limits limits = {
	    .user_agent = "pregon/bench",
	    .timeout_s = 30,
	    .body_max = 10 << 20,
	    .header_max = 256 * 1024,
	    .redirects = 5,
	    .connections = connections,
	    .allow_private = true,
	};
	uv_loop_t loop;
	struct net *net;

	uv_loop_init(&loop);
	if (net_new(&loop, &net, NULL) ||
	    fetcher_new(net, &limits, &f.fetcher, NULL))
		abort();
	while (f.next < f.n && (long)f.next < connections)
		start();
	uv_run(&loop, UV_RUN_DEFAULT);
	fetcher_free(f.fetcher);
	net_close(net, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

static double cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"connections", required_argument, NULL, 'n'},
	    {"ca", required_argument, NULL, 'c'},
	    {NULL, 0, NULL, 0}};
	long connections = 32;
	double used;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'n')
			connections = strtol(optarg, NULL, 10);
		else if (o == 'c')
			f.ca = optarg;
		else
			return 64;
	}
	if (optind + 1 != argc)
		return 64;
	f.urls = lines_read(argv[optind], &f.n);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	used = cpu();
	run(connections);
	printf("%.6f %zu\n", cpu() - used, f.good);
	lines_free(f.urls, f.n);
	curl_global_cleanup();
	return f.good == f.n ? 0 : 1;
}
