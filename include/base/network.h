/*
 * Networks of addresses as people list them: "10.1.2.0/24, fd00:1::/48"; an
 * address alone is a network of one. Pure.
 */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 4 bytes for IPv4, 16 for IPv6. */
struct network {
	uint8_t prefix[16];
	int len;  /* of an address, bytes */
	int bits; /* of the prefix */
};

bool network_has(const struct network *network, const uint8_t *address,
		 int len);

/* ERR_INPUT says which word is none, and what it may have been meant to be. */
int networks_check(const char *list, struct err *e);
/* Whether one of the list has it; words that are no network have nothing. */
bool networks_have(const char *list, const uint8_t *address, int len);

#endif
