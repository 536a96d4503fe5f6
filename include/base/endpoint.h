/*
 * Addresses of the network, as people write them and as caps count them.
 *
 * Numbers only: nothing is looked up. IPv4 inside IPv6 (::ffff:192.0.2.1,
 * RFC 4291 section 2.5.5.2) is IPv4. Pure; any thread.
 */
#ifndef BASE_ENDPOINT_H
#define BASE_ENDPOINT_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * "127.0.0.1:8025", "[::1]:8025", "localhost:8025" (127.0.0.1), "*:8025"
 * (all addresses). ERR_INPUT, saying what is expected.
 */
int endpoint_parse(const char *text, struct sockaddr_storage *ret_address,
		   socklen_t *ret_len, struct err *e);

/* An address without a port, not NUL-terminated; false when it is none. */
bool endpoint_parse_ip(const char *text, size_t len,
		       struct sockaddr_storage *ret_address);

bool endpoint_is_loopback(const struct sockaddr *address);
/* The host of a URL is this machine: localhost, or a number of loopback. */
bool endpoint_url_is_loopback(const char *url);

/*
 * Who it is, as caps count: an IPv4 address, or the network of 64 bits that
 * a host of IPv6 usually has for itself ("2001:db8:1:2::/64"). Into `out`;
 * returns it.
 */
#define ENDPOINT_TEXT 64
const char *endpoint_network(const struct sockaddr *address,
			     char out[ENDPOINT_TEXT]);

#endif
