/*
 * The scripted SMTP server as a program: prints its port, serves until it is
 * killed.
 */
#include "smtp_peer.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum smtp_cue cue_of(const char *name)
{
	static const char *const names[] = {"never", "greeting", "mail",
					    "rcpt",  "data",	 "dot"};

	for (int i = 0; i < 6; i++)
		if (!strcmp(names[i], name))
			return (enum smtp_cue)i;
	return CUE_NEVER;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"store", required_argument, NULL, 's'},
	    {"mail", required_argument, NULL, 'm'},
	    {"rcpt", required_argument, NULL, 'r'},
	    {"dot", required_argument, NULL, 'd'},
	    {"hang-up", required_argument, NULL, 'h'},
	    {"silent", required_argument, NULL, 'q'},
	    {"no-pipelining", no_argument, NULL, 'n'},
	    {NULL, 0, NULL, 0},
	};
	struct smtp_script script = {0};
	struct smtp_peer *peer;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 's':
			script.store = optarg;
			break;
		case 'm':
			script.mail = optarg;
			break;
		case 'r':
			script.rcpt = optarg;
			break;
		case 'd':
			script.dot = optarg;
			break;
		case 'h':
			script.hang_up = cue_of(optarg);
			break;
		case 'q':
			script.silent = cue_of(optarg);
			break;
		case 'n':
			script.lock_step = true;
			break;
		default:
			return 64;
		}
	}
	peer = smtp_peer_start(&script);
	if (!peer)
		return 69;
	printf("%d\n", smtp_peer_port(peer));
	fflush(stdout);
	pause();
	return 0;
}
