#include "config/member_file.h"
#include "config/ini_file.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Without following a link, and not out of the folder. O_NONBLOCK: a FIFO must
 * not hold us. */
static int open_beneath(int folder, const char *name)
{
	struct open_how how = {
	    .flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
	    .resolve =
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, folder, name, &how, sizeof(how));

	/* Before Linux 5.6, or kept from us: a name has no folders in it. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && !strchr(name, '/'))
		fd = openat(folder, name, (int)how.flags);
	return (int)fd;
}

static int refuse_open(const char *path, struct err *e)
{
	switch (errno) {
	case ENOENT:
		return err_set(e, ERR_MISSING, "%s: no such file", path);
	case ELOOP:
		return err_set(e, ERR_CONFIG,
			       "%s: it is a symbolic link; put the file itself "
			       "here",
			       path);
	case EXDEV:
		return err_set(e, ERR_CONFIG, "%s: it leads out of the folder",
			       path);
	case EACCES:
		return err_set(e, ERR_CONFIG,
			       "%s: pregond may not read it; chgrp it to "
			       "pregond's group and chmod g+r it",
			       path);
	case ENXIO:
		return err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	default:
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	}
}

/* Whoever may write it could write somebody else's address into it. */
static int check_writers(const char *path, const struct stat *st, bool group,
			 struct err *e)
{
	unsigned mode = (unsigned)st->st_mode & 07777;

	if (mode & S_IWOTH)
		return err_set(e, ERR_CONFIG,
			       "%s: everybody may write it (mode %04o); chmod "
			       "o-w it",
			       path, mode);
	if ((mode & S_IWGRP) && !group)
		return err_set(e, ERR_CONFIG,
			       "%s: its group may write it (mode %04o); chmod "
			       "g-w it, or say [members] group_writable = yes",
			       path, mode);
	return 0;
}

/*
 * What a folder's owner may put there may be anybody's: an administrator who
 * owns it hands files over. Where a group may put files, they are those of
 * root, of the folder's owner or ours.
 */
static int check_owner(const char *path, const struct stat *st,
		       const struct stat *folder, struct err *e)
{
	if (!(folder->st_mode & S_IWGRP) || st->st_uid == 0 ||
	    st->st_uid == folder->st_uid || st->st_uid == geteuid())
		return 0;
	return err_set(e, ERR_CONFIG,
		       "%s: it belongs to user %lu, who is not the folder's "
		       "owner; chown it",
		       path, (unsigned long)st->st_uid);
}

static int check(const char *path, int fd, const struct stat *folder,
		 bool group, struct err *e)
{
	struct stat st;
	int r;

	if (fstat(fd, &st))
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	r = check_writers(path, &st, group, e);
	return r ? r : check_owner(path, &st, folder, e);
}

static int read_in(int folder, const char *path, const char *name, bool group,
		   const struct stat *st, struct arena *mem,
		   const char **ret_bytes, size_t *ret_len, struct err *e)
{
	int fd = open_beneath(folder, name), r;

	if (fd < 0)
		return refuse_open(path, e);
	r = check(path, fd, st, group, e);
	if (!r)
		r = ini_read_open(path, fd, MEMBER_FILE_MAX, mem, ret_bytes,
				  ret_len, e);
	close(fd);
	return r;
}

int member_file_read(const char *folder, const char *name, bool group,
		     struct arena *mem, const char **ret_bytes, size_t *ret_len,
		     struct err *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;
	struct stat st;

	if (fd < 0)
		return refuse_open(folder, e);
	r = fstat(fd, &st)
		? err_set(e, ERR_IO, "%s: %s", folder, strerror(errno))
		: check_writers(folder, &st, group, e);
	if (!r)
		r = read_in(fd, arena_printf(mem, "%s/%s", folder, name), name,
			    group, &st, mem, ret_bytes, ret_len, e);
	close(fd);
	return r;
}
