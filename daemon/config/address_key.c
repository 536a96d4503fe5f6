#include "config/address_key.h"
#include "base/random.h"
#include "config/key_file.h"
#include <nettle/base16.h>
#include <stdio.h>
#include <string.h>

#define HEX (2 * ADDRESS_SECRET)
_Static_assert(RANDOM_NAME_SIZE == HEX + 1, "a name is as long as a secret");

static int load(const char *path, struct address_key *ret_key, struct err *e)
{
	uint8_t secret[BASE16_DECODE_LENGTH(HEX)];
	struct base16_decode_ctx base16;
	char text[KEY_FILE_MAX + 1];
	size_t len = sizeof(secret);
	int r = key_file_read(path, text, e);

	if (r)
		return r;
	base16_decode_init(&base16);
	if (strlen(text) != HEX + 1 || text[HEX] != '\n' ||
	    !base16_decode_update(&base16, &len, secret, HEX, text) ||
	    len != ADDRESS_SECRET)
		r = err_set(e, ERR_CORRUPT,
			    "%s: this is no key; put back a copy, or remove "
			    "the file for a new one (addresses that refused "
			    "mail are tried again then)",
			    path);
	else
		address_key_set(ret_key, secret);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(text, sizeof(text));
	return r;
}

int address_key_read(const char *store_path, struct address_key *ret_key,
		     struct err *e)
{
	struct arena mem = {0};
	int r =
	    load(key_file_path(store_path, "address.key", &mem), ret_key, e);

	arena_release(&mem);
	return r;
}

int address_key_keep(const char *store_path, struct address_key *ret_key,
		     struct err *e)
{
	struct arena mem = {0};
	const char *path = key_file_path(store_path, "address.key", &mem);
	char text[HEX + 2];
	int r = load(path, ret_key, e);

	if (r == ERR_MISSING) {
		random_name(text);
		text[HEX] = '\n';
		text[HEX + 1] = '\0';
		r = key_file_write(path, text, e);
		explicit_bzero(text, sizeof(text));
		if (!r)
			r = load(path, ret_key, e);
	}
	arena_release(&mem);
	return r;
}
