/*
 * One writer a database: an exclusive flock() on PATH.lock.
 *
 * The file says who holds it (pid, host, since) and stays when it is
 * released; the lock itself goes with the process, however that ends.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"

/* ERR_BUSY with the holder in its text when it is taken. */
int lock_take(const char *path, int *ret_fd, struct err *e);
/* -1 is accepted. */
void lock_release(int fd);

#endif
