#include "config/secret.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_MAX 8192 /* a bearer token can be some KiB */
#define SECRET_WHOLE_MAX 16384

static const char *path_of(const char *name, struct arena *mem, struct err *e)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (name[0] == '/')
		return name;
	if (dir && !strchr(name, '/'))
		return arena_printf(mem, "%s/%s", dir, name);
	err_set(e, ERR_CONFIG,
		"\"%s\" is neither an absolute path nor a systemd "
		"credential (LoadCredential=%s:... in the unit)",
		name, name);
	return NULL;
}

bool secret_is_here(const char *name)
{
	return name[0] == '/' || getenv("CREDENTIALS_DIRECTORY");
}

/* A descriptor, or an error's code. */
static int open_regular(const char *path, mode_t refused, struct err *e)
{
	/* O_NONBLOCK: a FIFO must not hold us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r = 0;
	struct stat st = {0};

	if (fd < 0)
		return err_set(e, ERR_CONFIG, "%s: %s%s", path, strerror(errno),
			       errno == EACCES ? "; let the user of pregond "
						 "read it (chown root:pregon, "
						 "chmod 0640)"
					       : "");
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		r = err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	else if (st.st_mode & refused)
		r = err_set(e, ERR_CONFIG,
			    "%s: others may use it (mode %04o); chmod 0640 it, "
			    "and take a new one if it was seen",
			    path, (unsigned)st.st_mode & 07777);
	if (!r)
		return fd;
	close(fd);
	return r;
}

/* As much as `max` bytes and a NUL into `text`, which holds one more. */
static int read_text(const char *path, int fd, char *text, size_t max,
		     struct err *e)
{
	ssize_t n = file_read(fd, text, max + 1);

	if (n < 0)
		return err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	if ((size_t)n > max)
		return err_set(e, ERR_CONFIG, "%s: more than %zu bytes", path,
			       max);
	text[n] = '\0';
	return 0;
}

int secret_read(const char *name, struct arena *mem, const char **ret_secret,
		struct err *e)
{
	char text[SECRET_MAX + 1];
	const char *path;
	int fd, r;

	if (!name[0]) {
		*ret_secret = NULL;
		return 0;
	}
	path = path_of(name, mem, e);
	fd = path ? open_regular(path, 0, e) : ERR_CONFIG;
	if (fd < 0)
		return fd;
	r = read_text(path, fd, text, SECRET_MAX, e);
	close(fd);
	if (!r) {
		text[strcspn(text, "\r\n")] = '\0';
		if (!text[0])
			r = err_set(e, ERR_CONFIG, "%s: it is empty", path);
		else
			*ret_secret = arena_strdup(mem, text);
	}
	explicit_bzero(text, sizeof(text));
	return r;
}

int secret_read_whole(const char *name, struct arena *mem, char **ret_secret,
		      struct err *e)
{
	const char *path = path_of(name, mem, e);
	int fd = path ? open_regular(path, 027, e) : ERR_CONFIG;
	char *text;
	int r;

	if (fd < 0)
		return fd;
	text = arena_alloc(mem, SECRET_WHOLE_MAX + 1);
	r = read_text(path, fd, text, SECRET_WHOLE_MAX, e);
	close(fd);
	if (!r)
		*ret_secret = text;
	return r;
}
