/*
 * A network that fails on cue, for a daemon that knows nothing of it:
 * preloaded between it and the C library.
 *
 *   PREGON_NET=F   lines of file F, read at each look: "NAME WAY", where WAY
 *                  is an address that the name has, "fail" (there is no such
 *                  name), "slow" (an answer after eight seconds); or, NAME
 *                  being an IPv4 address, "unreachable"
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOW_S 8
#define REAL(name) ((typeof(&(name)))dlsym(RTLD_NEXT, #name))

static bool find_way(const char *name, char way[64])
{
	const char *path = getenv("PREGON_NET");
	FILE *in = path ? fopen(path, "re") : NULL;
	bool found = false;
	char word[64];

	while (in && !found && fscanf(in, "%63s %63s", word, way) == 2)
		found = !strcmp(word, name);
	if (in)
		(void)fclose(in);
	return found;
}

int getaddrinfo(const char *name, const char *service,
		const struct addrinfo *hints, struct addrinfo **ret)
{
	char way[64];

	if (!name || !find_way(name, way))
		return REAL(getaddrinfo)(name, service, hints, ret);
	if (!strcmp(way, "fail"))
		return EAI_NONAME;
	if (!strcmp(way, "slow")) {
		(void)sleep(SLOW_S);
		return EAI_AGAIN;
	}
	return REAL(getaddrinfo)(way, service, hints, ret);
}

int connect(int fd, const struct sockaddr *to, socklen_t len)
{
	const struct sockaddr_in *in = (const void *)to;
	char name[INET_ADDRSTRLEN], way[64];

	if (to->sa_family == AF_INET &&
	    inet_ntop(AF_INET, &in->sin_addr, name, sizeof(name)) &&
	    find_way(name, way) && !strcmp(way, "unreachable")) {
		errno = ENETUNREACH;
		return -1;
	}
	return REAL(connect)(fd, to, len);
}
