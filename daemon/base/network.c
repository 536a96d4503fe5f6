#include "base/network.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64
#define SPACE " \t,"

/* Bits of the prefix in byte `i`. */
static uint8_t mask_at(int bits, int i)
{
	int left = bits - i * 8;

	if (left <= 0)
		return 0;
	return left >= 8 ? 0xff : (uint8_t)(0xff << (8 - left));
}

bool network_has(const struct network *n, const uint8_t *address, int len)
{
	if (n->len != len)
		return false;
	for (int i = 0; i < len; i++)
		if ((n->prefix[i] ^ address[i]) & mask_at(n->bits, i))
			return false;
	return true;
}

static int bits_of(const char *text, int most)
{
	char *end;
	long bits;

	if (!text)
		return most;
	bits = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || bits > most)
		return -1;
	return (int)bits;
}

static int parse(const char *word, struct network *ret)
{
	char address[WORD_MAX];
	const char *slash = strchr(word, '/');
	bool six = strchr(word, ':') != NULL;
	size_t n = slash ? (size_t)(slash - word) : strlen(word);

	*ret = (struct network){.len = six ? 16 : 4};
	memcpy(address, word, n);
	address[n] = '\0';
	ret->bits = bits_of(slash ? slash + 1 : NULL, ret->len * 8);
	if (ret->bits < 0 ||
	    inet_pton(six ? AF_INET6 : AF_INET, address, ret->prefix) != 1)
		return ERR_INPUT;
	return 0;
}

/* The next word of *list into `word`; false at the end. A word that is too
 * long is cut, and so none. */
static bool next_word(const char **list, char word[WORD_MAX])
{
	const char *s = *list + strspn(*list, SPACE);
	size_t len = strcspn(s, SPACE);

	snprintf(word, WORD_MAX, "%.*s", (int)(len < WORD_MAX ? len : WORD_MAX),
		 s);
	*list = s + len;
	return len > 0;
}

/* An address within a network, where the network's own is meant. */
static bool is_loose(const struct network *n, char ret_meant[WORD_MAX])
{
	uint8_t own[16];
	bool loose = false;

	for (int i = 0; i < n->len; i++) {
		own[i] = n->prefix[i] & mask_at(n->bits, i);
		loose |= own[i] != n->prefix[i];
	}
	(void)inet_ntop(n->len == 4 ? AF_INET : AF_INET6, own, ret_meant,
			WORD_MAX);
	return loose;
}

int networks_check(const char *list, struct err *e)
{
	char word[WORD_MAX], meant[WORD_MAX];
	struct network n;

	while (next_word(&list, word)) {
		if (parse(word, &n))
			return err_set(e, ERR_INPUT,
				       "expected networks as 10.1.2.0/24 or "
				       "fd00:1::/48, found \"%s\"",
				       word);
		if (is_loose(&n, meant))
			return err_set(e, ERR_INPUT,
				       "\"%s\" is an address within a network; "
				       "did you mean \"%s/%d\"?",
				       word, meant, n.bits);
	}
	return 0;
}

bool networks_have(const char *list, const uint8_t *address, int len)
{
	char word[WORD_MAX];
	struct network n;

	while (next_word(&list, word))
		if (!parse(word, &n) && network_has(&n, address, len))
			return true;
	return false;
}
