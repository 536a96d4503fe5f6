#include "loop/public_ip.h"
#include "base/network.h"
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct network closed_v4[] = {
    {{0}, 4, 8},	     /* this network */
    {{10}, 4, 8},	     /* private */
    {{100, 64}, 4, 10},	     /* shared, RFC 6598 */
    {{127}, 4, 8},	     /* loopback */
    {{169, 254}, 4, 16},     /* link-local */
    {{172, 16}, 4, 12},	     /* private */
    {{192, 0, 0}, 4, 24},    /* protocol assignments */
    {{192, 0, 2}, 4, 24},    /* documentation */
    {{192, 88, 99}, 4, 24},  /* 6to4 relays */
    {{192, 168}, 4, 16},     /* private */
    {{198, 18}, 4, 15},	     /* benchmarking */
    {{198, 51, 100}, 4, 24}, /* documentation */
    {{203, 0, 113}, 4, 24},  /* documentation */
    {{224}, 4, 4},	     /* multicast */
    {{240}, 4, 4},	     /* reserved, broadcast */
};

static const struct network closed_v6[] = {
    {{0}, 16, 96},	    /* ::, ::1, v4-compatible */
    {{0x01}, 16, 64},	    /* discard-only */
    {{0x20, 0x01}, 16, 23}, /* protocols: Teredo, benchmarking, ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 16, 32},	   /* documentation */
    {{0x20, 0x02}, 16, 16},		   /* 6to4 */
    {{0x3f, 0xff}, 16, 20},		   /* documentation */
    {{0x5f}, 16, 16},			   /* segment routing */
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 16, 48}, /* local NAT64, RFC 8215 */
    {{0xfc}, 16, 7},			   /* unique local */
    {{0xfe, 0x80}, 16, 10},		   /* link-local */
    {{0xfe, 0xc0}, 16, 10},		   /* site-local */
    {{0xff}, 16, 8},			   /* multicast */
};

static const struct network sixtofour = {{0x20, 0x02}, 16, 16};

/* IPv4 inside: ::ffff:0:0/96 and 64:ff9b::/96 (NAT64). */
static const struct network carriers[] = {
    {{[10] = 0xff, [11] = 0xff}, 16, 96},
    {{0x00, 0x64, 0xff, 0x9b}, 16, 96},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static bool in_any(const uint8_t *ip, const struct network *networks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (network_has(&networks[i], ip, networks[i].len))
			return true;
	return false;
}

/* The bytes of an address; NULL when it is neither IPv4 nor IPv6. */
static const uint8_t *bytes_of(const struct sockaddr *address, int *ret_len)
{
	*ret_len = address->sa_family == AF_INET ? 4 : 16;
	if (address->sa_family == AF_INET)
		return (const uint8_t *)&((const struct sockaddr_in *)address)
		    ->sin_addr;
	if (address->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)address)
		    ->sin6_addr.s6_addr;
	return NULL;
}

/* The IPv4 address that an IPv6 one leads to, NULL when it is its own. */
static const uint8_t *carried(const uint8_t *ip)
{
	if (in_any(ip, carriers, COUNT(carriers)))
		return ip + 12;
	return network_has(&sixtofour, ip, 16) ? ip + 2 : NULL;
}

bool ip_is_public(const struct sockaddr *address)
{
	int len;
	const uint8_t *ip = bytes_of(address, &len);

	if (!ip)
		return false;
	if (len == 4)
		return !in_any(ip, closed_v4, COUNT(closed_v4));
	if (in_any(ip, carriers, COUNT(carriers)))
		return !in_any(ip + 12, closed_v4, COUNT(closed_v4));
	return !in_any(ip, closed_v6, COUNT(closed_v6));
}

bool ip_is_among(const struct sockaddr *address, const char *networks)
{
	int len;
	const uint8_t *ip = bytes_of(address, &len), *four;

	if (!ip)
		return false;
	if (networks_have(networks, ip, len))
		return true;
	four = len == 16 ? carried(ip) : NULL;
	return four && networks_have(networks, four, 4);
}
