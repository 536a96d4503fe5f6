#include "config/token_keys.h"
#include "base/random.h"
#include "config/key_file.h"
#include <inttypes.h>
#include <nettle/base16.h>
#include <stdio.h>
#include <string.h>

#define PERIOD (TOKEN_KEY_DAYS * INT64_C(86400)) /* s */
#define HEX (2 * TOKEN_SECRET)
#define LINE_MAX_LEN 96 /* "255 -9223372036854775808 " and the hex */
_Static_assert(TOKEN_KEYS *LINE_MAX_LEN <= KEY_FILE_MAX, "it can be read back");
_Static_assert(RANDOM_NAME_SIZE == HEX + 1, "a name is as long as a secret");

/* A line of the file. */
struct line {
	uint8_t id;
	int64_t since;
	char hex[HEX + 1];
};

/* The newest first, as in the file. */
struct lines {
	struct line list[TOKEN_KEYS];
	size_t n;
};

/* At most one line that is whole; *ret_text is behind it. */
static bool read_line(const char *text, struct line *line,
		      const char **ret_text)
{
	unsigned id;
	int end = 0;

	if (sscanf(text, "%3u %20" SCNd64 " %64[0-9a-f]%n", &id, &line->since,
		   line->hex, &end) != 3 ||
	    id > UINT8_MAX || strlen(line->hex) != HEX || text[end] != '\n')
		return false;
	line->id = (uint8_t)id;
	*ret_text = text + end + 1;
	return true;
}

static int read_lines(const char *path, struct lines *lines, struct err *e)
{
	char text[KEY_FILE_MAX + 1];
	const char *at = text;
	int r = key_file_read(path, text, e);

	*lines = (struct lines){0};
	if (r)
		return r;
	while (*at && lines->n < TOKEN_KEYS &&
	       read_line(at, &lines->list[lines->n], &at))
		lines->n++;
	if (*at || !lines->n)
		r = err_set(e, ERR_CORRUPT,
			    "%s: line %zu is no key; put back a copy, or "
			    "remove the file for new keys (links in mails "
			    "that were sent end then)",
			    path, lines->n + 1);
	explicit_bzero(text, sizeof(text));
	return r;
}

static void load(const struct lines *lines, struct token_keys *ret_keys)
{
	*ret_keys = (struct token_keys){0};
	for (size_t i = lines->n; i-- > 0;) {
		const struct line *line = &lines->list[i];
		uint8_t secret[BASE16_DECODE_LENGTH(HEX)];
		struct base16_decode_ctx base16;
		size_t len = sizeof(secret);

		base16_decode_init(&base16);
		(void)base16_decode_update(&base16, &len, secret, HEX,
					   line->hex); /* hex it is */
		token_add_key(ret_keys, line->id, line->since, secret);
		explicit_bzero(secret, sizeof(secret));
	}
}

static int write_lines(const char *path, const struct lines *lines,
		       struct err *e)
{
	char text[KEY_FILE_MAX + 1] = "";
	size_t len = 0;
	int r;

	for (size_t i = 0; i < lines->n; i++) {
		const struct line *line = &lines->list[i];

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%" PRIu8 " %" PRId64 " %s\n", line->id,
					line->since, line->hex);
	}
	r = key_file_write(path, text, e);
	explicit_bzero(text, sizeof(text));
	return r;
}

static void add_line(struct lines *lines, int64_t now)
{
	struct line *line = &lines->list[0];
	uint8_t id = lines->n ? (uint8_t)(line->id + 1) : 1;

	memmove(line + 1, line, (TOKEN_KEYS - 1) * sizeof(*line));
	if (lines->n < TOKEN_KEYS)
		lines->n++;
	line->id = id;
	line->since = now;
	random_name(line->hex);
}

int64_t token_keys_due(const struct token_keys *keys)
{
	return keys->n ? keys->keys[0].since + PERIOD : 0;
}

int token_keys_read(const char *store_path, struct token_keys *ret_keys,
		    struct err *e)
{
	struct arena mem = {0};
	struct lines lines;
	int r = read_lines(key_file_path(store_path, "token.keys", &mem),
			   &lines, e);

	if (!r)
		load(&lines, ret_keys);
	explicit_bzero(&lines, sizeof(lines));
	arena_release(&mem);
	return r;
}

int token_keys_keep(const char *store_path, int64_t now,
		    struct token_keys *ret_keys, struct err *e)
{
	struct arena mem = {0};
	const char *path = key_file_path(store_path, "token.keys", &mem);
	struct lines lines;
	int r = read_lines(path, &lines, e);

	if (r == ERR_MISSING)
		r = 0;
	if (!r && (!lines.n || now >= lines.list[0].since + PERIOD)) {
		add_line(&lines, now);
		r = write_lines(path, &lines, e);
	}
	if (!r)
		load(&lines, ret_keys);
	explicit_bzero(&lines, sizeof(lines));
	arena_release(&mem);
	return r;
}
