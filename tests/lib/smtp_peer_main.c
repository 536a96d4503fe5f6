/*
 * The scripted SMTP server as a program: prints its port, serves until it is
 * killed. --CUE ANSWER answers so; a line on its standard input is options of
 * a new script.
 */
#include "smtp_peer.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 64
#define CUE(c) (256 + (c))

static const struct option options[] = {
    {"store", required_argument, NULL, 's'},
    {"hang-up", required_argument, NULL, 'h'},
    {"silent", required_argument, NULL, 'q'},
    {"hang-up-after", required_argument, NULL, 'a'},
    {"drip", required_argument, NULL, 'p'},
    {"delay", required_argument, NULL, 'w'},
    {"turn", required_argument, NULL, 'T'},
    {"port", required_argument, NULL, 'P'},
    {"no-pipelining", no_argument, NULL, 'n'},
    {"offer-starttls", no_argument, NULL, 't'},
    {"offer-auth", no_argument, NULL, 'u'},
    {"greeting", required_argument, NULL, CUE(CUE_GREETING)},
    {"ehlo", required_argument, NULL, CUE(CUE_EHLO)},
    {"starttls", required_argument, NULL, CUE(CUE_STARTTLS)},
    {"auth", required_argument, NULL, CUE(CUE_AUTH)},
    {"mail", required_argument, NULL, CUE(CUE_MAIL)},
    {"rcpt", required_argument, NULL, CUE(CUE_RCPT)},
    {"data", required_argument, NULL, CUE(CUE_DATA)},
    {"dot", required_argument, NULL, CUE(CUE_DOT)},
    {NULL, 0, NULL, 0},
};

static enum smtp_cue cue_of(const char *name)
{
	for (int i = 0; i < SMTP_CUES; i++)
		if (!strcmp(smtp_cue_names[i], name))
			return (enum smtp_cue)i;
	exit(64);
}

static void take_option(struct smtp_script *script, int c)
{
	switch (c) {
	case 's':
		script->store = optarg;
		break;
	case 'h':
		script->hang_up = cue_of(optarg);
		break;
	case 'q':
		script->silent = cue_of(optarg);
		break;
	case 'a':
		script->hang_up_after = atoi(optarg);
		break;
	case 'p':
		script->drip_ms = atoi(optarg);
		break;
	case 'w':
		script->delay_ms = atoi(optarg);
		break;
	case 'T':
		script->turn_ms = atoi(optarg);
		break;
	case 'P':
		script->port = atoi(optarg);
		break;
	case 'n':
		script->lock_step = true;
		break;
	case 't':
		script->starttls = true;
		break;
	case 'u':
		script->auth = true;
		break;
	default:
		if (c < 256)
			exit(64);
		script->answers[c - 256] = optarg;
	}
}

static struct smtp_script read_script(int argc, char **argv, const char *store)
{
	struct smtp_script script = {.store = store};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(&script, c);
	return script;
}

/* Words are parted by tabs. */
static int split(char *line, char **words)
{
	int n = 1;

	words[0] = "";
	for (char *word = strtok(line, "\t\n"); word && n < WORDS_MAX - 1;
	     word = strtok(NULL, "\t\n"))
		words[n++] = word;
	words[n] = NULL;
	return n;
}

int main(int argc, char **argv)
{
	struct smtp_script script = read_script(argc, argv, NULL);
	struct smtp_peer *peer = smtp_peer_start(&script);
	const char *store = script.store;
	char *words[WORDS_MAX], *line = NULL;
	size_t room = 0;

	if (!peer)
		return 69;
	printf("%d\n", smtp_peer_port(peer));
	fflush(stdout);
	while (getline(&line, &room, stdin) > 0) {
		int n = split(line, words);

		script = read_script(n, words, store);
		smtp_peer_say(peer, &script);
		puts("ok");
		fflush(stdout);
		line = NULL; /* the script points into it */
	}
	for (;;)
		pause();
}
