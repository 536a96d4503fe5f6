#include "cli/ask.h"
#include "config/config.h"
#include "loop/control.h"
#include <stdlib.h>
#include <sysexits.h>

static int exchange(const struct cli *cli, json_t *request, json_t **ret_answer,
		    struct err *e)
{
	struct arena mem = {0};
	struct config config;
	char *line = json_dumps(request, JSON_COMPACT), *answer = NULL;
	int r = config_load(cli->config_dir, &mem, &config, e);

	if (!r)
		r = control_ask(config.control.socket, line, &answer, e);
	free(line);
	arena_release(&mem);
	if (r)
		return r;
	*ret_answer = json_loads(answer, 0, NULL);
	free(answer);
	return *ret_answer ? 0
			   : err_set(e, ERR_IO, "pregond's answer is no JSON");
}

int ask_daemon(const struct cli *cli, const char *name, json_t *request,
	       json_t **ret_answer)
{
	json_t *answer = NULL;
	const char *error;
	struct err e;
	int r = exchange(cli, request, &answer, &e), code;

	json_decref(request);
	if (r == ERR_MISSING)
		return cli_fail(name, r, &e), EX_UNAVAILABLE;
	if (r)
		return cli_fail(name, r, &e);
	error = json_string_value(json_object_get(answer, "error"));
	if (!error) {
		*ret_answer = answer;
		return 0;
	}
	err_set(&e, ERR_INPUT, "%s", error);
	code = (int)json_integer_value(json_object_get(answer, "exit"));
	json_decref(answer);
	(void)cli_fail(name, ERR_INPUT, &e);
	return code ? code : EX_SOFTWARE;
}
