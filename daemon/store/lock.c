#include "store/lock.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define HOLDER_MAX 255

/* "pid 812 on host correo since 2026-11-23T19:09:00Z" */
static int write_holder(int fd)
{
	char host[65] = "", since[CLOCK_RFC3339_SIZE], line[HOLDER_MAX + 1];
	const struct clock clock = {0};
	int n;

	if (gethostname(host, sizeof(host) - 1) || !host[0])
		snprintf(host, sizeof(host), "unknown");
	n = snprintf(line, sizeof(line), "pid %ld on host %s since %s\n",
		     (long)getpid(), host,
		     clock_rfc3339(clock_now(&clock), since));
	if (ftruncate(fd, 0) || pwrite(fd, line, (size_t)n, 0) != n)
		return -1;
	return 0;
}

static int refuse_taken(int fd, const char *path, struct err *e)
{
	char holder[HOLDER_MAX + 1];
	ssize_t n = pread(fd, holder, HOLDER_MAX, 0);

	holder[n > 0 ? n : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	return err_set(e, ERR_BUSY,
		       "database %s is in use by another pregond (%s): stop "
		       "that one first",
		       path, holder[0] ? holder : "it did not say which");
}

int lock_take(const char *path, int *ret_fd, struct err *e)
{
	char name[4096];
	int fd, r;

	if ((size_t)snprintf(name, sizeof(name), "%s.lock", path) >=
	    sizeof(name))
		return err_set(e, ERR_CONFIG, "the path %s is too long", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return err_set(e, ERR_IO,
			       "cannot open %s: %s: its folder must exist and "
			       "be writable for this user",
			       name, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		r = errno == EWOULDBLOCK
			? refuse_taken(fd, path, e)
			: err_set(e, ERR_IO, "cannot lock %s: %s", name,
				  strerror(errno));
		goto out;
	}
	if (write_holder(fd)) {
		r = err_set(e, errno == ENOSPC ? ERR_FULL : ERR_IO,
			    "cannot write %s: %s", name, strerror(errno));
		goto out;
	}
	*ret_fd = fd;
	return 0;
out:
	close(fd);
	return r;
}

void lock_release(int fd)
{
	if (fd < 0)
		return;
	/* Best effort: an old name in it misleads nobody, the lock decides. */
	if (ftruncate(fd, 0))
		errno = 0;
	close(fd);
}
