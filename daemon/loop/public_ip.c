#include "loop/public_ip.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range {
	uint8_t prefix[16];
	int bits;
};

static const struct range closed_v4[] = {
    {{0}, 8},		  /* this network */
    {{10}, 8},		  /* private */
    {{100, 64}, 10},	  /* shared, RFC 6598 */
    {{127}, 8},		  /* loopback */
    {{169, 254}, 16},	  /* link-local */
    {{172, 16}, 12},	  /* private */
    {{192, 0, 0}, 24},	  /* protocol assignments */
    {{192, 0, 2}, 24},	  /* documentation */
    {{192, 88, 99}, 24},  /* 6to4 relays */
    {{192, 168}, 16},	  /* private */
    {{198, 18}, 15},	  /* benchmarking */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 4},		  /* multicast */
    {{240}, 4},		  /* reserved, broadcast */
};

static const struct range closed_v6[] = {
    {{0}, 96},			    /* ::, ::1, v4-compatible */
    {{0x01}, 64},		    /* discard-only */
    {{0x20, 0x01, 0, 0}, 32},	    /* Teredo */
    {{0x20, 0x01, 0, 0x02}, 48},    /* benchmarking */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},		    /* 6to4 */
    {{0x3f, 0xff}, 20},		    /* documentation */
    {{0xfc}, 7},		    /* unique local */
    {{0xfe, 0x80}, 10},		    /* link-local */
    {{0xfe, 0xc0}, 10},		    /* site-local */
    {{0xff}, 8},		    /* multicast */
};

/* IPv4 inside: ::ffff:0:0/96 and 64:ff9b::/96 (NAT64). */
static const struct range carriers[] = {
    {{[10] = 0xff, [11] = 0xff}, 96},
    {{0x00, 0x64, 0xff, 0x9b}, 96},
};

static bool in_range(const uint8_t *ip, const struct range *r)
{
	int whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(ip, r->prefix, (size_t)whole) != 0)
		return false;
	return !rest || !((ip[whole] ^ r->prefix[whole]) >> (8 - rest));
}

static bool in_any(const uint8_t *ip, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (in_range(ip, &ranges[i]))
			return true;
	return false;
}

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

bool ip_is_public(const struct sockaddr *address)
{
	const uint8_t *ip;

	if (address->sa_family == AF_INET) {
		ip = (const uint8_t *)&((const struct sockaddr_in *)address)
			 ->sin_addr;
		return !in_any(ip, closed_v4, COUNT(closed_v4));
	}
	if (address->sa_family != AF_INET6)
		return false;
	ip = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
	if (in_any(ip, carriers, COUNT(carriers)))
		return !in_any(ip + 12, closed_v4, COUNT(closed_v4));
	return !in_any(ip, closed_v6, COUNT(closed_v6));
}
