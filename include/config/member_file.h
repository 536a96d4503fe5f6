/*
 * A file of members.d, read so that it is what it seems to be: nobody but its
 * owner, root and whoever owns the folder can have changed it or put it there,
 * and no link leads elsewhere. So a member who may edit one file cannot
 * redirect another's mail. Blocks.
 */
#ifndef CONFIG_MEMBER_FILE_H
#define CONFIG_MEMBER_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>

#define MEMBER_FILE_MAX (64 * 1024)

/*
 * FOLDER/NAME, read once; *ret_bytes is NUL-terminated. `group`: the groups of
 * file and folder may write them. ERR_MISSING when there is no such file;
 * other errors say what is wrong and what to do about it.
 */
int member_file_read(const char *folder, const char *name, bool group,
		     struct arena *mem, const char **ret_bytes, size_t *ret_len,
		     struct err *e);

/*
 * Puts `text` in the place of FOLDER/NAME, which still says `was`: whole, on
 * the disk, with the owner, mode and access list that it had. ERR_BUSY when it
 * says something else by now; ERR_DENIED when it is not ours to write (another
 * user's, read-only, of two names, or the folder is), or not what
 * member_file_read() would read; ERR_FULL, ERR_IO. It is then as it was; but
 * after ERR_IO it may be the new one already.
 *
 * An editor that puts another file in its place in just that moment is told
 * from what we read, and wins; one that writes into the file itself may lose
 * to us within a microsecond, which no lock would close to it.
 */
struct member_file_text {
	const char *was;
	size_t was_len;
	const char *text;
	size_t len;
};
int member_file_replace(const char *folder, const char *name, bool group,
			const struct member_file_text *text, struct arena *mem,
			struct err *e);

#endif
