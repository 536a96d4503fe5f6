/*
 * The files of a Maildir (maildir(5)), only ever read.
 *
 * new/ and cur/ are looked into, tmp/ and subfolders are not; files whose
 * name begins with a dot are none. A mail is known by the start of its name
 * up to ':', which stays when a reader moves it from new/ to cur/ and changes
 * its flags. new/, cur/ and the mails are opened so that a symbolic link, a
 * pipe or a device in their place is refused. Blocking; any thread.
 */
#ifndef SOURCE_MAIL_FOLDER_H
#define SOURCE_MAIL_FOLDER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include <stdbool.h>

/* More mails in one folder than this are an error: a list of their names has
 * to fit into memory (about 80 bytes each). */
#define MAIL_FILES_MAX 500000

enum mail_place { MAIL_NEW, MAIL_CUR, MAIL_PLACES };

struct mail_file {
	enum mail_place place;
	const char *name; /* whole */
	const char *id;	  /* up to its ':' */
};

struct mail_folder {
	int fd[MAIL_PLACES]; /* -1: there is no cur/ yet */
};

/* The parts of the Maildir at `path`, as enum mail_place counts them. */
const char *mail_folder_part(const char *path, enum mail_place place,
			     struct arena *mem);
/* The file of that name; false when it is none of a Maildir's. */
bool mail_file_named(enum mail_place place, const char *name, struct arena *mem,
		     struct mail_file *ret_file);

/* The text names the path and says what to do. */
int mail_folder_open(const char *path, struct mail_folder *ret_folder,
		     struct err *e);
void mail_folder_close(struct mail_folder *folder);

/* All files, sorted by id (strcmp). ERR_LIMIT for more than MAIL_FILES_MAX. */
int mail_folder_list(const struct mail_folder *folder, struct arena *mem,
		     struct mail_file **ret_files, size_t *ret_n,
		     struct err *e);
/* Puts the mails that came first first: names begin with when that was. */
void mail_files_by_arrival(struct mail_file *files, size_t n);

/*
 * The bytes of a mail, as many as `out` takes. ERR_MISSING: it went or was
 * moved meanwhile, or is empty and so not written yet. ERR_DENIED: it is no
 * regular file, and never will be read. ERR_IO: it cannot be read now.
 */
int mail_folder_read(const struct mail_folder *folder,
		     const struct mail_file *file, struct buf *out,
		     struct err *e);

#endif
