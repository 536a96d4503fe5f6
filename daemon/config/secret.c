#include "config/secret.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_MAX 8192 /* a bearer token can be some KiB */

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

int secret_read(const char *name, struct arena *mem, const char **ret_secret,
		struct err *e)
{
	char text[SECRET_MAX + 1];
	const char *path;
	struct stat st;
	ssize_t n;
	int fd, r = 0;

	if (!name[0]) {
		*ret_secret = NULL;
		return 0;
	}
	path = path_of(name, mem, e);
	if (!path)
		return ERR_CONFIG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		r = err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	n = r ? 0 : file_read(fd, text, sizeof(text));
	if (!r && n < 0)
		r = err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	if (!r && n > SECRET_MAX)
		r = err_set(e, ERR_CONFIG, "%s: more than %d bytes", path,
			    SECRET_MAX);
	if (!r) {
		text[n] = '\0';
		text[strcspn(text, "\r\n")] = '\0';
		if (!text[0])
			r = err_set(e, ERR_CONFIG, "%s: it is empty", path);
		else
			*ret_secret = arena_strdup(mem, text);
	}
	explicit_bzero(text, sizeof(text));
	close(fd);
	return r;
}
