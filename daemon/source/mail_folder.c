#include "source/mail_folder.h"
#include "base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (64 * 1024)

static const char *const parts[MAIL_PLACES] = {"new", "cur"};

const char *mail_folder_part(const char *path, enum mail_place place,
			     struct arena *mem)
{
	return arena_printf(mem, "%s/%s", path, parts[place]);
}

bool mail_file_named(enum mail_place place, const char *name, struct arena *mem,
		     struct mail_file *ret_file)
{
	size_t len = strcspn(name, ":");

	if (*name == '.' || !len)
		return false;
	*ret_file = (struct mail_file){
	    .place = place,
	    .name = arena_strdup(mem, name),
	    .id = arena_strndup(mem, name, len),
	};
	return true;
}

/* ---- the folder --------------------------------------------------------- */

static int refuse(const char *path, enum mail_place place, int why,
		  struct err *e)
{
	switch (why) {
	case ENOENT:
		return err_set(e, ERR_IO,
			       "%s: there is no Maildir here: it has no %s; "
			       "make one, or mend maildir = ...",
			       path, parts[place]);
	case EACCES:
		return err_set(e, ERR_IO,
			       "%s/%s: permission denied; give the user that "
			       "pregond runs as the right to read it",
			       path, parts[place]);
	case ENOTDIR:
	case ELOOP:
		return err_set(e, ERR_IO,
			       "%s/%s: not a folder of its own: symbolic links "
			       "are not followed",
			       path, parts[place]);
	default:
		return err_set(e, ERR_IO, "%s/%s: %s", path, parts[place],
			       strerror(why));
	}
}

int mail_folder_open(const char *path, struct mail_folder *ret_folder,
		     struct err *e)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_PATH);
	struct mail_folder folder = {{-1, -1}};
	int r = dir < 0 ? refuse(path, MAIL_NEW, errno, e) : 0;

	for (enum mail_place p = 0; !r && p < MAIL_PLACES; p++) {
		folder.fd[p] =
		    openat(dir, parts[p],
			   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (folder.fd[p] < 0 && (p == MAIL_NEW || errno != ENOENT))
			r = refuse(path, p, errno, e);
	}
	if (dir >= 0)
		close(dir);
	if (r)
		mail_folder_close(&folder);
	else
		*ret_folder = folder;
	return r;
}

void mail_folder_close(struct mail_folder *folder)
{
	for (enum mail_place p = 0; p < MAIL_PLACES; p++) {
		if (folder->fd[p] >= 0)
			close(folder->fd[p]);
		folder->fd[p] = -1;
	}
}

/* ---- its files ---------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct mail_file *)a)->id,
		      ((const struct mail_file *)b)->id);
}

/* Names that begin with no number are after those that do. */
static unsigned long long arrival(const struct mail_file *file)
{
	char *end;
	unsigned long long t = strtoull(file->id, &end, 10);

	return end > file->id && *file->id != '-' ? t : ~0ULL;
}

static int by_arrival(const void *a, const void *b)
{
	unsigned long long x = arrival(a), y = arrival(b);

	if (x != y)
		return x < y ? -1 : 1;
	return by_id(a, b);
}

void mail_files_by_arrival(struct mail_file *files, size_t n)
{
	if (n)
		qsort(files, n, sizeof(*files), by_arrival);
}

struct listing {
	struct arena *mem;
	struct mail_file *files;
	size_t n;
};

static int list_part(struct listing *l, enum mail_place place, DIR *dir,
		     struct err *e)
{
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(dir))) {
		struct mail_file file;

		/* Folders, and whatever else is no file; open() looks again. */
		if ((entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN) ||
		    !mail_file_named(place, entry->d_name, l->mem, &file))
			continue;
		if (l->n >= MAIL_FILES_MAX)
			return err_set(e, ERR_LIMIT,
				       "more than %d mails: move old ones "
				       "elsewhere",
				       MAIL_FILES_MAX);
		*(struct mail_file *)arena_push(l->mem, (void **)&l->files,
						l->n++, sizeof(file)) = file;
		errno = 0;
	}
	return errno ? err_set(e, ERR_IO, "cannot list %s: %s", parts[place],
			       strerror(errno))
		     : 0;
}

int mail_folder_list(const struct mail_folder *folder, struct arena *mem,
		     struct mail_file **ret_files, size_t *ret_n, struct err *e)
{
	struct listing l = {.mem = mem};
	int r = 0;

	for (enum mail_place p = 0; !r && p < MAIL_PLACES; p++) {
		/* Its own descriptor: closedir() closes what it has. */
		int fd = folder->fd[p] < 0
			     ? -1
			     : openat(folder->fd[p], ".",
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *dir = fd < 0 ? NULL : fdopendir(fd);

		if (folder->fd[p] < 0)
			continue;
		if (dir) {
			r = list_part(&l, p, dir, e);
			closedir(dir);
		} else {
			r = err_set(e, ERR_IO, "cannot list %s: %s", parts[p],
				    strerror(errno));
		}
	}
	if (r)
		return r;
	if (l.n)
		qsort(l.files, l.n, sizeof(*l.files), by_id);
	*ret_files = l.files;
	*ret_n = l.n;
	return 0;
}

/* ---- one file ----------------------------------------------------------- */

static int read_all(int fd, struct buf *out)
{
	char *piece = xcalloc(1, PIECE);
	ssize_t n = 1;

	while (n > 0 && out->len < out->limit) {
		size_t room = out->limit - out->len;

		do
			n = read(fd, piece, room < PIECE ? room : PIECE);
		while (n < 0 && errno == EINTR);
		if (n > 0)
			(void)buf_add(out, piece, (size_t)n);
	}
	free(piece);
	return n < 0 ? -1 : 0;
}

int mail_folder_read(const struct mail_folder *folder,
		     const struct mail_file *file, struct buf *out,
		     struct err *e)
{
	/* O_NONBLOCK: a pipe does not keep us. */
	int fd =
	    openat(folder->fd[file->place], file->name,
		   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int why = errno;
	struct stat st;

	if (fd < 0 && why == ENOENT)
		return err_set(e, ERR_MISSING, "%s went", file->name);
	if (fd < 0 && (why == ELOOP || why == ENXIO))
		return err_set(e, ERR_DENIED, "%s is no regular file",
			       file->name);
	if (fd < 0)
		return err_set(e, ERR_IO, "%s/%s: %s", parts[file->place],
			       file->name, strerror(why));
	buf_reset(out);
	if (fstat(fd, &st) || (S_ISREG(st.st_mode) && read_all(fd, out)))
		why = err_set(e, ERR_IO, "%s/%s: %s", parts[file->place],
			      file->name, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		why =
		    err_set(e, ERR_DENIED, "%s is no regular file", file->name);
	else
		why = out->len
			  ? 0
			  : err_set(e, ERR_MISSING, "%s is empty", file->name);
	close(fd);
	return why;
}
