/*
 * Clocks that step on cue, for a daemon that knows nothing of it: preloaded
 * between it and the C library.
 *
 *   PREGON_CLOCK=F   at the start, and whenever a SIGUSR1 comes, file F is
 *                    read: by how many seconds the wall clock is ahead, and
 *                    by how many the monotonic one (which goes on as it is
 *                    over a step of the other, and over a time asleep)
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((typeof(&(name)))dlsym(RTLD_NEXT, #name))

static atomic_long ahead, ticks_ahead;

static void read_ahead(int signum)
{
	const char *path = getenv("PREGON_CLOCK");
	int saved = errno, fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[32] = "";

	(void)signum;
	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0) {
		char *end;

		atomic_store(&ahead, strtol(text, &end, 10));
		atomic_store(&ticks_ahead, strtol(end, NULL, 10));
	}
	(void)close(fd);
	errno = saved;
}

__attribute__((constructor)) static void begin(void)
{
	struct sigaction take = {.sa_handler = read_ahead,
				 .sa_flags = SA_RESTART};

	if (!getenv("PREGON_CLOCK"))
		return;
	(void)sigaction(SIGUSR1, &take, NULL);
	read_ahead(0);
}

int clock_gettime(clockid_t which, struct timespec *ret)
{
	int r = REAL(clock_gettime)(which, ret);

	if (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)
		ret->tv_sec += atomic_load(&ahead);
	if (which == CLOCK_MONOTONIC || which == CLOCK_MONOTONIC_COARSE)
		ret->tv_sec += atomic_load(&ticks_ahead);
	return r;
}

int gettimeofday(struct timeval *ret, void *zone)
{
	int r = REAL(gettimeofday)(ret, zone);

	ret->tv_sec += atomic_load(&ahead);
	return r;
}

time_t time(time_t *ret)
{
	time_t t = REAL(time)(NULL) + atomic_load(&ahead);

	if (ret)
		*ret = t;
	return t;
}
