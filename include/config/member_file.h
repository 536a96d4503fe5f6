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

#endif
