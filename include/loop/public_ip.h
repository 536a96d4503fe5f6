/*
 * Whether an address is on the public Internet.
 *
 * Not public: loopback, private, link-local, shared, multicast, reserved,
 * documentation and benchmarking ranges, and the IPv6 forms that carry such
 * an IPv4 address inside (RFC 6890 and the IANA special-purpose registries).
 * Anything but IPv4 and IPv6 is not public. Pure.
 */
#ifndef LOOP_PUBLIC_IP_H
#define LOOP_PUBLIC_IP_H

#include <stdbool.h>
#include <sys/socket.h>

bool ip_is_public(const struct sockaddr *address);
/*
 * Whether it is in one of the networks (base/network.h), by itself or by the
 * IPv4 address that it carries (v4-mapped, NAT64, 6to4).
 */
bool ip_is_among(const struct sockaddr *address, const char *networks);

#endif
