/*
 * Any text is refused, or an address that an SMTP command and a header can
 * take as it is; and taken again it is the same.
 */
#include "config/address.h"
#include "fuzz.h"

static void check_address(const char *email)
{
	const char *at = strchr(email, '@');

	require(at && at > email && at - email <= 64 && strchr(at, '.'));
	require(!strchr(at + 1, '@') && strlen(at + 1) <= 253);
	for (const char *p = email; *p; p++)
		require(*p > ' ' && *p < 0x7f && !strchr("<>()[],;:\\\"", *p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	const char *name, *email, *again;
	struct arena mem = {0};
	struct err e = {""};

	if (!address_parse(text, &mem, &email, &e)) {
		check_address(email);
		require(!address_parse(email, &mem, &again, &e));
		require(!strcmp(email, again));
	}
	if (!mailbox_parse(text, &mem, &name, &email, &e)) {
		check_address(email);
		require_line(name, size);
	}
	arena_release(&mem);
	free(text);
	return 0;
}
