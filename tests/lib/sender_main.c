/*
 * usage: sender PORT CONNECTIONS MESSAGES SIZE
 * Sends so many ready messages of SIZE bytes to the SMTP server on that port
 * of the loopback as pregond does (deliver/sender), and keeps nothing. For
 * benchmarks.
 */
#include "deliver/sender.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
	struct sender *sender;
	struct net *net;
	long to_give, to_accept;
	char *content;
	size_t len;
};

static void on_net_closed(void *data)
{
	(void)data;
}

static void on_closed(void *data)
{
	struct run *run = data;

	sender_free(run->sender);
	net_close(run->net, on_net_closed, NULL);
}

static void give(struct run *run)
{
	struct sender_message message = {.from = "a@x.example",
					 .to = "b@x.example",
					 .bytes = run->content,
					 .len = run->len};
	int room = sender_room(run->sender).others;

	for (; room > 0 && run->to_give; room--, run->to_give--)
		sender_send(run->sender, &message);
}

static void on_done(const struct sender_message *message,
		    const struct sender_result *result, void *data)
{
	struct run *run = data;

	(void)message;
	if (result->state != DELIVERY_SENT) {
		fprintf(stderr, "not sent: %s\n", result->text);
		exit(1);
	}
	if (--run->to_accept)
		give(run);
	else
		sender_close(run->sender, on_closed, run);
}

/* Lines of 70 characters. */
static void make_content(struct run *run, size_t size)
{
	run->content = malloc(size + 1);
	if (!run->content)
		exit(1);
	run->len = size;
	memset(run->content, 'x', size);
	for (size_t i = 70; i + 2 < size; i += 72)
		memcpy(run->content + i, "\r\n", 2);
}

int main(int argc, char **argv)
{
	struct sender_options options = {.messages = 1000000,
					 .answer_timeout_s = 60};
	struct run run = {0};
	uv_loop_t loop;
	char url[64];
	struct err e;

	if (argc != 5) {
		fputs("usage: sender PORT CONNECTIONS MESSAGES SIZE\n", stderr);
		return 64;
	}
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%s", argv[1]);
	options.link = (struct link_options){
	    .url = url, .helo = "x.example", .timeout_s = 60};
	options.connections = atoi(argv[2]);
	run.to_give = run.to_accept = atol(argv[3]);
	make_content(&run, strtoul(argv[4], NULL, 10));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	uv_loop_init(&loop);
	if (net_new(&loop, &run.net, &e) ||
	    sender_new(run.net, &options,
		       &(struct sender_events){.done = on_done, .data = &run},
		       &run.sender, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	give(&run);
	uv_run(&loop, UV_RUN_DEFAULT);
	return run.to_accept != 0;
}
