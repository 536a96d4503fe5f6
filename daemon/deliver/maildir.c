#include "deliver/maildir.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES 200

/* What a file name may hold anywhere; ':' would begin a Maildir's flags. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("@._-+=", c) != NULL;
}

static char *file_name(const char *message_id, struct arena *mem)
{
	char *name =
	    arena_strndup(mem, message_id, strnlen(message_id, NAME_MAX_BYTES));

	for (char *p = name; *p; p++)
		if (!is_plain(*p) || (p == name && *p == '.'))
			*p = '_';
	return arena_printf(mem, "%s.eml", name);
}

static int code_of(int number)
{
	return number == ENOSPC || number == EDQUOT ? ERR_FULL : ERR_IO;
}

static int make_folders(const char *dir, struct arena *mem, struct err *e)
{
	static const char *const parts[] = {"", "/tmp", "/new", "/cur"};

	for (size_t i = 0; i < 4; i++) {
		const char *path = arena_printf(mem, "%s%s", dir, parts[i]);

		if (mkdir(path, 0700) && errno != EEXIST)
			return err_set(e, code_of(errno),
				       "maildir: cannot make %s: %s", path,
				       strerror(errno));
	}
	return 0;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

static int write_file(const char *path, const char *bytes, size_t len,
		      struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int failed = fd < 0 || write_all(fd, bytes, len);
	int why = errno;

	if (fd >= 0 && close(fd) && !failed) {
		failed = 1;
		why = errno;
	}
	if (!failed)
		return 0;
	(void)unlink(path);
	return err_set(e, code_of(why), "maildir: cannot write %s: %s", path,
		       strerror(why));
}

static int sync_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd);
	int why = errno;

	if (fd >= 0)
		close(fd);
	return failed ? err_set(e, code_of(why), "maildir: cannot sync %s: %s",
				path, strerror(why))
		      : 0;
}

int maildir_write(const char *dir, const char *message_id, const char *bytes,
		  size_t len, struct arena *mem, const char **ret_path,
		  struct err *e)
{
	const char *name = file_name(message_id, mem);
	const char *tmp = arena_printf(mem, "%s/tmp/%s", dir, name);
	const char *new = arena_printf(mem, "%s/new/%s", dir, name);
	int r = make_folders(dir, mem, e);

	if (!r)
		r = write_file(tmp, bytes, len, e);
	if (!r && rename(tmp, new))
		r = err_set(e, code_of(errno), "maildir: cannot rename %s: %s",
			    tmp, strerror(errno));
	if (!r)
		r = sync_folder(arena_printf(mem, "%s/new", dir), e);
	if (!r)
		*ret_path = new;
	return r;
}
