/*
 * What a file has, read whole: read(2) may give less than there is.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Up to `len` bytes, fewer only where the file ends; -1 and errno when it
 * cannot be read. Blocks. */
ssize_t file_read(int fd, void *bytes, size_t len);

#endif
