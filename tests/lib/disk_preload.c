/*
 * A disk that fails on cue, for a daemon that knows nothing of it: preloaded
 * between it and the C library. Only files whose path contains
 * PREGON_DISK are concerned.
 *
 *   PREGON_DISK_STEP=N   the process is killed before its N-th write or sync
 *   PREGON_DISK_NTH=N    the N-th write or sync fails with EIO
 *   PREGON_DISK_FAULT=F  while file F is there, each write and sync fails
 *                        with the error that it names: ENOSPC, EIO, EROFS;
 *                        with HANG each waits until the file is gone
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int steps, writes;

static bool concerns(int fd)
{
	const char *wanted = getenv("PREGON_DISK");
	char name[64], path[4096];
	ssize_t n;

	if (!wanted)
		return false;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return strstr(path, wanted) != NULL;
}

static int number(const char *name)
{
	const char *value = getenv(name);

	return value ? atoi(value) : 0;
}

static int error_of_file(const char *name)
{
	char word[16] = "";
	int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 0;
	(void)!read(fd, word, sizeof(word) - 1);
	(void)close(fd);
	if (!strncmp(word, "HANG", 4)) {
		while (access(name, F_OK) == 0)
			(void)usleep(10000);
		return 0;
	}
	return !strncmp(word, "ENOSPC", 6)  ? ENOSPC
	       : !strncmp(word, "EROFS", 5) ? EROFS
					    : EIO;
}

/* The error that this write has, 0 none. */
static int fault(void)
{
	if (atomic_fetch_add(&writes, 1) + 1 == number("PREGON_DISK_NTH"))
		return EIO;
	return error_of_file(getenv("PREGON_DISK_FAULT"));
}

/* Before each write and sync of ours: it does not come to it, or it fails. */
static bool fails(int fd)
{
	int error;

	if (!concerns(fd))
		return false;
	if (atomic_fetch_add(&steps, 1) + 1 == number("PREGON_DISK_STEP"))
		(void)kill(getpid(), SIGKILL);
	error = fault();
	if (error)
		errno = error;
	return error != 0;
}

#define REAL(name) ((typeof(&(name)))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	return fails(fd) ? -1 : REAL(pwrite64)(fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	return fails(fd) ? -1 : REAL(pwrite)(fd, bytes, len, at);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	return fails(fd) ? -1 : REAL(write)(fd, bytes, len);
}

int fsync(int fd)
{
	return fails(fd) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	return fails(fd) ? -1 : REAL(fdatasync)(fd);
}
