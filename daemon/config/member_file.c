#include "config/member_file.h"
#include "config/ini_file.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ACCESS_LIST "system.posix_acl_access"
#define ACCESS_LIST_MAX 4096

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

static int open_folder(const char *folder, bool group, int *ret_fd,
		       struct stat *ret_st, struct err *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return refuse_open(folder, e);
	r = fstat(fd, ret_st)
		? err_set(e, ERR_IO, "%s: %s", folder, strerror(errno))
		: check_writers(folder, ret_st, group, e);
	if (r)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

int member_file_read(const char *folder, const char *name, bool group,
		     struct arena *mem, const char **ret_bytes, size_t *ret_len,
		     struct err *e)
{
	struct stat st = {0};
	int fd = -1, r = open_folder(folder, group, &fd, &st, e);

	if (r)
		return r;
	r = read_in(fd, arena_printf(mem, "%s/%s", folder, name), name, group,
		    &st, mem, ret_bytes, ret_len, e);
	close(fd);
	return r;
}

/* ---- writing ------------------------------------------------------------ */

struct replacing {
	int folder;
	struct stat folder_st;
	const char *name, *path, *draft;
	bool group;
	const struct member_file_text *text;
	struct arena *mem;
	struct err *e;
};

static int refuse_write(const struct replacing *w)
{
	int code = errno == EACCES || errno == EPERM || errno == EROFS
		       ? ERR_DENIED
		   : errno == ENOSPC || errno == EDQUOT ? ERR_FULL
							: ERR_IO;

	return err_set(w->e, code, "cannot write %s: %s", w->path,
		       strerror(errno));
}

/* Root may write what others put under lock: it is asked all the same. */
static int check_ours(const struct replacing *w, const struct stat *st)
{
	const char *why = st->st_uid != geteuid() && geteuid() != 0
			      ? "it belongs to another user"
			  : !(st->st_mode & S_IWUSR) ? "it is read-only"
			  : st->st_nlink > 1 ? "it has another name elsewhere"
					     : NULL;

	return why ? err_set(w->e, ERR_DENIED, "%s is not ours to write: %s",
			     w->path, why)
		   : 0;
}

static int compare(const struct replacing *w, int fd)
{
	const char *bytes;
	size_t len;
	int r = ini_read_open(w->path, fd, MEMBER_FILE_MAX, w->mem, &bytes,
			      &len, w->e);

	if (!r && (len != w->text->was_len ||
		   (len && memcmp(bytes, w->text->was, len) != 0)))
		r = err_set(w->e, ERR_BUSY, "%s has been changed meanwhile",
			    w->path);
	return r;
}

/* What is there, as it must be for us to replace it. */
static int look_at(const struct replacing *w, struct stat *ret_st,
		   char list[ACCESS_LIST_MAX], ssize_t *ret_list)
{
	int fd = open_beneath(w->folder, w->name), r;

	if (fd < 0)
		return refuse_open(w->path, w->e);
	r = check(w->path, fd, &w->folder_st, w->group, w->e);
	if (!r && fstat(fd, ret_st))
		r = refuse_write(w);
	if (!r)
		r = check_ours(w, ret_st);
	if (!r)
		r = compare(w, fd);
	*ret_list = fgetxattr(fd, ACCESS_LIST, list, ACCESS_LIST_MAX);
	if (!r && *ret_list < 0 && errno != ENODATA && errno != ENOTSUP)
		r = refuse_write(w);
	close(fd);
	return r;
}

static bool write_whole(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static bool become(int fd, const struct stat *as, const char *list,
		   ssize_t list_len)
{
	struct stat st;

	if (fstat(fd, &st))
		return false;
	if ((st.st_uid != as->st_uid || st.st_gid != as->st_gid) &&
	    fchown(fd, as->st_uid, as->st_gid))
		return false;
	/* What the folder gave it must not be there, either. */
	if (list_len < 0 && fremovexattr(fd, ACCESS_LIST) && errno != ENODATA &&
	    errno != ENOTSUP)
		return false;
	if (fchmod(fd, as->st_mode & 0777))
		return false;
	return list_len < 0 ||
	       !fsetxattr(fd, ACCESS_LIST, list, (size_t)list_len, 0);
}

static int write_draft(const struct replacing *w, const struct stat *as,
		       const char *list, ssize_t list_len)
{
	int fd, r = 0;

	/* Of a process that ended before it was done; or somebody's trick,
	 * which O_EXCL does not follow. */
	if (unlinkat(w->folder, w->draft, 0) && errno != ENOENT)
		return refuse_write(w);
	fd = openat(w->folder, w->draft,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse_write(w);
	if (!write_whole(fd, w->text->text, w->text->len) ||
	    !become(fd, as, list, list_len) || fsync(fd))
		r = refuse_write(w);
	close(fd);
	return r;
}

static int exchange(const struct replacing *w)
{
	return renameat2(w->folder, w->draft, w->folder, w->name,
			 RENAME_EXCHANGE);
}

/* What was there is the draft now: what we have looked at? */
static int look_back(const struct replacing *w)
{
	int fd = open_beneath(w->folder, w->draft), r;

	if (fd < 0)
		return refuse_open(w->path, w->e);
	r = compare(w, fd);
	close(fd);
	return r;
}

/* Who saved it since our last look gets it back, where the file system can
 * exchange names (not NFS, for one). */
static int put_in_place(const struct replacing *w)
{
	int r;

	if (exchange(w)) {
		if (errno != EINVAL && errno != ENOSYS)
			return refuse_write(w);
		return renameat(w->folder, w->draft, w->folder, w->name)
			   ? refuse_write(w)
			   : 0;
	}
	r = look_back(w);
	if (r && exchange(w))
		return refuse_write(w);
	return r;
}

static int replace(const struct replacing *w)
{
	char list[ACCESS_LIST_MAX] = "", other[ACCESS_LIST_MAX];
	struct stat st = {0}, now;
	ssize_t list_len = -1, other_len;
	int r = look_at(w, &st, list, &list_len);

	if (r)
		return r;
	r = write_draft(w, &st, list, list_len);
	if (!r)
		r = look_at(w, &now, other, &other_len);
	if (!r)
		r = put_in_place(w);
	(void)unlinkat(w->folder, w->draft, 0); /* best effort */
	if (!r && fsync(w->folder))
		r = err_set(w->e, ERR_IO, "cannot write %s: %s", w->path,
			    strerror(errno));
	return r;
}

int member_file_replace(const char *folder, const char *name, bool group,
			const struct member_file_text *text, struct arena *mem,
			struct err *e)
{
	struct replacing w = {
	    .folder = -1,
	    .name = name,
	    .path = arena_printf(mem, "%s/%s", folder, name),
	    /* No file that is read: it begins with a dot. */
	    .draft = arena_printf(mem, ".%s.new", name),
	    .group = group,
	    .text = text,
	    .mem = mem,
	    .e = e,
	};
	int r = open_folder(folder, group, &w.folder, &w.folder_st, e);

	if (r)
		return r;
	r = replace(&w);
	close(w.folder);
	return r;
}
