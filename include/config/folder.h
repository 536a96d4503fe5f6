/*
 * The *.ini files of a folder, sorted by name; those that begin with a dot
 * are not looked at. A folder that does not exist is an empty one. Blocks.
 */
#ifndef CONFIG_FOLDER_H
#define CONFIG_FOLDER_H

#include "base/arena.h"
#include "base/err.h"

int folder_ini_files(const char *dir, struct arena *mem,
		     const char ***ret_files, size_t *ret_n, struct err *e);

#endif
