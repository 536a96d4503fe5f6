/*
 * A wall clock that steps on cue, for a daemon that knows nothing of it:
 * preloaded between it and the C library. The monotonic clock goes on as it
 * is, as it does over a step, or over a time asleep.
 *
 *   PREGON_CLOCK=F   at the start, and whenever a SIGUSR1 comes, file F is
 *                    read: by how many seconds the clock is ahead
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

static atomic_long ahead;

static void read_ahead(int signum)
{
	const char *path = getenv("PREGON_CLOCK");
	int saved = errno, fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[32] = "";

	(void)signum;
	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		atomic_store(&ahead, strtol(text, NULL, 10));
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
