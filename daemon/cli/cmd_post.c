#include "base/buf.h"
#include "cli/ask.h"
#include "cli/json_rows.h"
#include "cli/post_lines.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (256 * 1024)

static int read_stdin(struct buf *text, struct err *e)
{
	char piece[4096];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), stdin)))
		if (buf_add(text, piece, n))
			return err_set(e, ERR_LIMIT,
				       "the text is longer than %d bytes",
				       TEXT_MAX);
	return 0;
}

static const struct option options[] = {
    {"title", required_argument, NULL, 't'},
    {"url", required_argument, NULL, 'u'},
    {"author", required_argument, NULL, 'a'},
    {"text", required_argument, NULL, 'x'},
    {"reply-to", required_argument, NULL, 'r'},
    {NULL, 0, NULL, 0},
};

static const char *key_of(int option)
{
	switch (option) {
	case 't':
		return "title";
	case 'u':
		return "url";
	case 'a':
		return "author";
	default:
		return "text";
	}
}

/* Its words into the request; a usage error's code otherwise. */
static int take_options(int argc, char **argv, json_t *request)
{
	struct buf text;
	struct err e;
	int option, r = 0;

	optind = 0;
	while (!r &&
	       (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return cli_usage(&command_post, "see above");
		if (option == 'r') {
			json_object_set_new(
			    request, "reply_to",
			    json_integer(strtoll(optarg, NULL, 10)));
			continue;
		}
		buf_init(&text, TEXT_MAX);
		if (option == 'x' && !strcmp(optarg, "-"))
			r = read_stdin(&text, &e);
		else
			(void)buf_adds(&text, optarg);
		if (!r && json_object_set_new(request, key_of(option),
					      json_string(buf_str(&text))))
			r = err_set(&e, ERR_INPUT, "--%s is not UTF-8",
				    key_of(option));
		buf_release(&text);
	}
	if (r)
		return cli_fail("post", r, &e);
	if (argc - optind != 1)
		return cli_usage(&command_post, "name one group");
	json_object_set_new(request, "group", json_string(argv[optind]));
	return 0;
}

/* JSON lines, and so nothing else: --stdin and a group. */
static bool wants_lines(int argc, char **argv, const char **ret_group)
{
	bool wanted = false;

	*ret_group = NULL;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--stdin"))
			wanted = true;
		else
			*ret_group = argv[i];
	}
	return wanted;
}

static int run(struct cli *cli, int argc, char **argv)
{
	json_t *request, *answer;
	const char *group;
	int r;

	if (wants_lines(argc, argv, &group)) {
		if (argc != 3 || !group)
			return cli_usage(&command_post,
					 "--stdin goes with one group alone");
		return post_lines(cli, group, stdin);
	}
	request = json_pack("{s:s}", "do", "post");
	r = take_options(argc, argv, request);

	if (r) {
		json_decref(request);
		return r;
	}
	r = ask_daemon(cli, "post", request, &answer);
	if (r)
		return r;
	if (cli->json)
		json_print(json_incref(answer));
	else if (!cli->quiet)
		printf("event %lld\n", (long long)json_integer_value(
					   json_object_get(answer, "event")));
	json_decref(answer);
	return 0;
}

const struct command command_post = {
    .name = "post",
    .arguments = "GROUP --title T [--url U] [--author A] [--text T|-] "
		 "[--reply-to ID] | GROUP --stdin",
    .summary = "put a debate or comment in by hand",
    .help = "  --title T      the debate's title\n"
	    "  --url U        where to read it\n"
	    "  --author A     who says it\n"
	    "  --text T       what; - reads it from stdin\n"
	    "  --reply-to ID  a comment on that debate (pregonctl debates)\n"
	    "  --stdin        debates and comments as JSON, an object a line,\n"
	    "                 as webhooks have it (pregon.conf(5))\n"
	    "Members are mailed as if a feed had brought it. Asks pregond, "
	    "which\nmust run.\n",
    .run = run,
};
