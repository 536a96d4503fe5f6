/*
 * A mail that came back, by hand or by a mail server's pipe.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "cli/ask.h"
#include "cli/json_rows.h"
#include <stdio.h>
#include <string.h>

#define MAIL_MAX (256 * 1024) /* reports say it before */

/* JSON's texts are UTF-8: other bytes do not matter in a report. */
static void read_mail(FILE *in, struct buf *out)
{
	char piece[4096];
	size_t n;

	while (!out->full && (n = fread(piece, 1, sizeof(piece), in)) > 0) {
		for (size_t i = 0; i < n; i++)
			if (!piece[i] || (unsigned char)piece[i] >= 0x80)
				piece[i] = '?';
		(void)buf_add(out, piece, n);
	}
}

static void print(const struct cli *cli, json_t *answer)
{
	const char *ignored =
	    json_string_value(json_object_get(answer, "ignored"));

	if (cli->json)
		json_print(json_incref(answer));
	else if (cli->quiet)
		return;
	else if (ignored)
		printf("it counts nothing: %s\n", ignored);
	else
		printf("%s: delivery %lld: %s\n",
		       json_string_value(json_object_get(answer, "member")),
		       (long long)json_integer_value(
			   json_object_get(answer, "delivery")),
		       json_string_value(json_object_get(answer, "what")));
}

static int run(struct cli *cli, int argc, char **argv)
{
	bool dry = argc == 2 && !strcmp(argv[1], "--dry-run");
	json_t *answer;
	struct buf mail;
	int r;

	if (argc != 1 && !dry)
		return cli_usage(&command_bounce,
				 "it takes a mail from stdin and no words");
	buf_init(&mail, MAIL_MAX);
	read_mail(stdin, &mail);
	r = ask_daemon(cli, "bounce",
		       json_pack("{s:s, s:s, s:b}", "do", "bounce", "mail",
				 buf_str(&mail), "dry_run", (int)dry),
		       &answer);
	buf_release(&mail);
	if (r)
		return r;
	print(cli, answer);
	json_decref(answer);
	return 0;
}

const struct command command_bounce = {
    .name = "bounce",
    .arguments = "[--dry-run] < MAIL",
    .summary = "take in a mail that came back",
    .help = "The mail is a delivery report (RFC 3464) or a complaint (RFC\n"
	    "5965) about a mail that pregond sent with [bounces] address set:\n"
	    "the token in its return path says which. What it says against\n"
	    "the address counts once a mail, ten minutes later, and not when\n"
	    "many were refused at once; a complaint counts at once. A mail\n"
	    "that is none of these counts nothing, and that is no error.\n"
	    "Asks pregond, which must run.\n"
	    "  --dry-run      say what it would do\n",
    .run = run,
};
