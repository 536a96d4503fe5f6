/*
 * Files of keys that are ours alone, beside the database: made by pregond,
 * read by pregonctl where it may. Nobody else can read them (0600), and what
 * is written is whole on the disk or not there. Blocks.
 */
#ifndef CONFIG_KEY_FILE_H
#define CONFIG_KEY_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>

#define KEY_FILE_MAX 512

/* "NAME in the folder of the database at STORE_PATH". */
const char *key_file_path(const char *store_path, const char *name,
			  struct arena *mem);

/*
 * Its text and a NUL. ERR_MISSING when there is none, ERR_DENIED when this
 * user may not read it, or others may; wipe `text` after use.
 */
int key_file_read(const char *path, char text[KEY_FILE_MAX + 1], struct err *e);

/* In the place of what is there; only where one process alone writes it. */
int key_file_write(const char *path, const char *text, struct err *e);

#endif
