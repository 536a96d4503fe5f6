#include "base/endpoint.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535
#define MAPPED_AT 12 /* of the IPv4 address in an IPv6 one */

static void set_ip4(struct sockaddr_storage *to, struct in_addr ip)
{
	struct sockaddr_in *in = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	in->sin_family = AF_INET;
	in->sin_addr = ip;
}

static void set_ip6(struct sockaddr_storage *to, struct in6_addr ip)
{
	struct sockaddr_in6 *in = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	in->sin6_family = AF_INET6;
	in->sin6_addr = ip;
}

bool endpoint_parse_ip(const char *text, size_t len,
		       struct sockaddr_storage *ret_address)
{
	char ip[INET6_ADDRSTRLEN];
	struct in6_addr six;
	struct in_addr four;

	if (!len || len >= sizeof(ip))
		return false;
	memcpy(ip, text, len);
	ip[len] = '\0';
	if (inet_pton(AF_INET, ip, &four) == 1)
		set_ip4(ret_address, four);
	else if (inet_pton(AF_INET6, ip, &six) == 1)
		set_ip6(ret_address, six);
	else
		return false;
	return true;
}

/* What stands before the port. */
static bool parse_host(const char *host, size_t len,
		       struct sockaddr_storage *ret_address)
{
	if (len == 1 && *host == '*') {
		set_ip6(ret_address, in6addr_any);
		return true;
	}
	if (len == 9 && !memcmp(host, "localhost", 9)) {
		set_ip4(ret_address, (struct in_addr){htonl(INADDR_LOOPBACK)});
		return true;
	}
	if (len > 2 && host[0] == '[' && host[len - 1] == ']')
		return memchr(host, ':', len) &&
		       endpoint_parse_ip(host + 1, len - 2, ret_address);
	return !memchr(host, ':', len) &&
	       endpoint_parse_ip(host, len, ret_address);
}

static long parse_port(const char *text)
{
	size_t len = strlen(text);
	long port;

	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)text[i]))
			return -1;
	port = len && len <= 5 ? strtol(text, NULL, 10) : -1;
	return port <= PORT_MAX ? port : -1;
}

int endpoint_parse(const char *text, struct sockaddr_storage *ret_address,
		   socklen_t *ret_len, struct err *e)
{
	const char *colon = strrchr(text, ':');
	long port = colon ? parse_port(colon + 1) : -1;
	struct sockaddr_storage address = {0};

	if (port < 0 || !parse_host(text, (size_t)(colon - text), &address))
		return err_set(e, ERR_INPUT,
			       "expected an address and a port as "
			       "127.0.0.1:8025 or [::1]:8025, found \"%s\"",
			       text);
	if (address.ss_family == AF_INET) {
		((struct sockaddr_in *)&address)->sin_port =
		    htons((uint16_t)port);
		*ret_len = sizeof(struct sockaddr_in);
	} else {
		((struct sockaddr_in6 *)&address)->sin6_port =
		    htons((uint16_t)port);
		*ret_len = sizeof(struct sockaddr_in6);
	}
	*ret_address = address;
	return 0;
}

/* True, and which, when it is IPv4, be it inside IPv6. */
static bool is_ip4(const struct sockaddr *address, struct in_addr *ret_ip)
{
	const struct in6_addr *six;

	if (address->sa_family == AF_INET) {
		*ret_ip = ((const struct sockaddr_in *)address)->sin_addr;
		return true;
	}
	if (address->sa_family != AF_INET6)
		return false;
	six = &((const struct sockaddr_in6 *)address)->sin6_addr;
	if (!IN6_IS_ADDR_V4MAPPED(six))
		return false;
	memcpy(ret_ip, six->s6_addr + MAPPED_AT, sizeof(*ret_ip));
	return true;
}

bool endpoint_is_loopback(const struct sockaddr *address)
{
	struct in_addr four;

	if (is_ip4(address, &four))
		return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
	return address->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(
		   &((const struct sockaddr_in6 *)address)->sin6_addr);
}

bool endpoint_url_is_loopback(const char *url)
{
	const char *host = strstr(url, "://");
	struct sockaddr_storage address;
	size_t len;

	if (!host)
		return false;
	host += 3;
	if (*host == '[')
		return !strncmp(host, "[::1]", 5);
	len = strcspn(host, ":/?#");
	if (len == 9 && !strncmp(host, "localhost", 9))
		return true;
	return endpoint_parse_ip(host, len, &address) &&
	       endpoint_is_loopback((struct sockaddr *)&address);
}

const char *endpoint_network(const struct sockaddr *address,
			     char out[ENDPOINT_TEXT])
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr six;
	struct in_addr four;

	snprintf(out, ENDPOINT_TEXT, "?");
	if (is_ip4(address, &four)) {
		(void)inet_ntop(AF_INET, &four, out, ENDPOINT_TEXT);
	} else if (address->sa_family == AF_INET6) {
		six = ((const struct sockaddr_in6 *)address)->sin6_addr;
		memset(six.s6_addr + 8, 0, 8);
		(void)inet_ntop(AF_INET6, &six, text, sizeof(text));
		snprintf(out, ENDPOINT_TEXT, "%s/64", text);
	}
	return out;
}
