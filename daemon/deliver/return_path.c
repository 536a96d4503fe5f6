#include "deliver/return_path.h"
#include <string.h>

#define LEN (TOKEN_SIZE - 1)

void return_path_token(const struct token_keys *keys, int64_t member_id,
		       int64_t delivery_id, int64_t date, char out[TOKEN_SIZE])
{
	const struct token token = {
	    .purpose = TOKEN_BOUNCE,
	    .member_id = member_id,
	    .target = delivery_id,
	    .expires_at = date + RETURN_PATH_SERVES,
	};

	out[0] = '\0';
	if (keys && keys->n)
		token_make(keys, &token, date, out);
}

const char *return_path_make(const char *address, const char *token,
			     struct arena *mem)
{
	const char *at = strrchr(address, '@');

	if (!*token || !at)
		return address;
	return arena_join(mem,
			  arena_strndup(mem, address, (size_t)(at - address)),
			  "+", token, at);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool return_path_read(const struct token_keys *keys, const char *mark,
		      int64_t now, struct token *ret_token)
{
	char text[TOKEN_SIZE];

	while (*mark) {
		size_t len = 0;

		while (is_word(mark[len]))
			len++;
		if (len == LEN) {
			memcpy(text, mark, LEN);
			text[LEN] = '\0';
			if (token_read(keys, TOKEN_BOUNCE, text, now,
				       ret_token) == TOKEN_GOOD)
				return true;
		}
		mark += len ? len : 1;
	}
	return false;
}
