#include "config/key_file.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *key_file_path(const char *store_path, const char *name,
			  struct arena *mem)
{
	const char *slash = strrchr(store_path, '/');
	int len = slash ? (int)(slash - store_path) + 1 : 0;

	return arena_printf(mem, "%.*s%s", len, store_path, name);
}

/* ---- reading ------------------------------------------------------------ */

static int refuse_open(const char *path, struct err *e)
{
	int code = errno == ENOENT   ? ERR_MISSING
		   : errno == EACCES ? ERR_DENIED
				     : ERR_CONFIG;

	return err_set(e, code, "%s: %s", path,
		       errno == ELOOP ? "it is a symbolic link; put the file "
					"itself here"
				      : strerror(errno));
}

/* Whoever could write or read it could do what the keys allow. */
static int check_private(const char *path, const struct stat *st, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	if (st->st_mode & 077)
		return err_set(e, ERR_DENIED,
			       "%s: others may use it (mode %04o); chmod 0600 "
			       "it, or remove it for new keys if they were "
			       "seen",
			       path, (unsigned)st->st_mode & 07777);
	if (st->st_uid != geteuid() && st->st_uid != 0 && geteuid() != 0)
		return err_set(e, ERR_DENIED,
			       "%s: it belongs to another user (%lu); chown it",
			       path, (unsigned long)st->st_uid);
	return 0;
}

int key_file_read(const char *path, char text[KEY_FILE_MAX + 1], struct err *e)
{
	/* O_NONBLOCK: a FIFO must not hold us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	ssize_t n;
	int r;

	if (fd < 0)
		return refuse_open(path, e);
	r = fstat(fd, &st) ? err_set(e, ERR_IO, "%s: %s", path, strerror(errno))
			   : check_private(path, &st, e);
	if (r)
		goto out;
	n = file_read(fd, text, KEY_FILE_MAX + 1);
	if (n < 0)
		r = err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	else if (n > KEY_FILE_MAX)
		r = err_set(e, ERR_CORRUPT, "%s: longer than %d bytes", path,
			    KEY_FILE_MAX);
	else
		text[n] = '\0';
out:
	close(fd);
	return r;
}

/* ---- writing ------------------------------------------------------------ */

static int refuse_write(const char *path, int error, struct err *e)
{
	return err_set(e,
		       error == ENOSPC || error == EDQUOT ? ERR_FULL : ERR_IO,
		       "cannot write %s: %s", path, strerror(error));
}

static int write_whole(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

/* What a power cut must not undo is the name. */
static int sync_folder(const char *path)
{
	struct arena mem = {0};
	int fd = open(key_file_path(path, ".", &mem),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	arena_release(&mem);
	return r;
}

int key_file_write(const char *path, const char *text, struct err *e)
{
	char draft[4096];
	int fd, failed = 0;

	if ((size_t)snprintf(draft, sizeof(draft), "%s.new", path) >=
	    sizeof(draft))
		return refuse_write(path, ENAMETOOLONG, e);
	/* Of a process that ended before it was done; or somebody's trick,
	 * which O_EXCL does not follow. */
	if (unlink(draft) && errno != ENOENT)
		return refuse_write(draft, errno, e);
	fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse_write(draft, errno, e);
	if (write_whole(fd, text, strlen(text)))
		failed = errno;
	close(fd);
	if (!failed && (rename(draft, path) || sync_folder(path)))
		failed = errno;
	if (failed) {
		(void)unlink(draft); /* best effort: the next one does it */
		return refuse_write(path, failed, e);
	}
	return 0;
}
