#include "cli/post_lines.h"
#include "cli/ask.h"
#include "cli/json_rows.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define LINES_A_BATCH 500
#define LINE_LENGTH (256 * 1024)
/* Quoted, it is at most twice as long; a request has 1 MiB. */
#define BATCH_LENGTH (480 * 1024)

struct batch {
	const struct cli *cli;
	const char *group;
	json_t *lines;
	long numbers[LINES_A_BATCH]; /* of each, in the input */
	size_t length;
	size_t n_new, n_changed, n_known, n_wrong;
};

static void tell_wrong(struct batch *b, long number, const char *why)
{
	b->n_wrong++;
	if (b->cli->json)
		json_print(json_pack("{s:I, s:s}", "line", (json_int_t)number,
				     "error", why));
	else
		fprintf(stderr, "pregonctl post: line %ld: %s\n", number, why);
}

static void tell(struct batch *b, long number, json_t *result)
{
	const char *error = json_string_value(json_object_get(result, "error"));
	const char *word = json_string_value(json_object_get(result, "result"));

	if (error) {
		tell_wrong(b, number, error);
		return;
	}
	b->n_new += word && !strcmp(word, "new");
	b->n_changed += word && !strcmp(word, "changed");
	b->n_known += word && !strcmp(word, "known");
	if (!b->cli->json)
		return;
	json_object_set_new(result, "line", json_integer(number));
	json_print(json_incref(result));
}

static int flush(struct batch *b)
{
	size_t n = json_array_size(b->lines), i;
	json_t *answer, *result;
	int r;

	if (!n)
		return 0;
	r = ask_daemon(b->cli, "post",
		       json_pack("{s:s, s:s, s:o}", "do", "post-lines", "group",
				 b->group, "lines", b->lines),
		       &answer);
	b->lines = json_array();
	b->length = 0;
	if (r) {
		fprintf(stderr,
			"pregonctl post: lines %ld to %ld are not stored, nor "
			"is what follows\n",
			b->numbers[0], b->numbers[n - 1]);
		return r;
	}
	json_array_foreach(json_object_get(answer, "results"), i, result)
	{
		if (i < n)
			tell(b, b->numbers[i], result);
	}
	json_decref(answer);
	return 0;
}

static int add(struct batch *b, long number, const char *line, size_t len)
{
	json_t *text;
	int r = 0;

	if (len > LINE_LENGTH) {
		tell_wrong(b, number, "longer than 256 KiB");
		return 0;
	}
	text = json_stringn(line, len);
	if (!text) {
		tell_wrong(b, number, "not UTF-8");
		return 0;
	}
	if (b->length + len > BATCH_LENGTH)
		r = flush(b);
	b->numbers[json_array_size(b->lines)] = number;
	json_array_append_new(b->lines, text);
	b->length += len;
	if (!r && json_array_size(b->lines) == LINES_A_BATCH)
		r = flush(b);
	return r;
}

static int read_all(struct batch *b, FILE *in)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	long number = 0;
	int r = 0;

	while (!r && (len = getline(&line, &room, in)) >= 0) {
		number++;
		while (len && strchr("\r\n\t ", line[len - 1]))
			len--;
		if (len)
			r = add(b, number, line, (size_t)len);
	}
	free(line);
	if (!r && ferror(in)) {
		perror("pregonctl post: stdin");
		r = EX_IOERR;
	}
	return r ? r : flush(b);
}

int post_lines(const struct cli *cli, const char *group, FILE *in)
{
	struct batch b = {.cli = cli, .group = group, .lines = json_array()};
	int r = read_all(&b, in);

	json_decref(b.lines);
	if (!cli->json && !cli->quiet)
		printf("%zu new, %zu changed, %zu known already, %zu wrong\n",
		       b.n_new, b.n_changed, b.n_known, b.n_wrong);
	return r ? r : b.n_wrong ? EX_DATAERR : EX_OK;
}
