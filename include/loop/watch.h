/*
 * Watches folders for files that come, change and go (inotify).
 *
 * Own inotify descriptor on a uv_poll: libuv's uv_fs_event drops the
 * kernel's queue-overflow event. Changes are gathered for a short while (so
 * that a burst is one call) and told once, by name; an overflow, or a folder
 * that was replaced, is told as `rescan`. Loop thread only; it reads the
 * inotify descriptor and no files.
 */
#ifndef LOOP_WATCH_H
#define LOOP_WATCH_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct watch;

/* `names` (of files in folder `index`) are valid during the call. */
typedef void (*watch_cb)(size_t index, const char *const *names, size_t n,
			 bool rescan, void *data);

/* A folder that does not exist yet is watched once it comes (the sweep). */
int watch_new(uv_loop_t *loop, const char *const *folders, size_t n,
	      unsigned gather_ms, watch_cb changed, void *data,
	      struct watch **ret_watch, struct err *e);
/*
 * Tells files also when they come by link(2), as mails come into a Maildir.
 * Not for folders that programs write into directly: a file would be told
 * when it is still empty.
 */
void watch_links(struct watch *watch);
void watch_close(struct watch *watch, void (*cb)(void *data), void *data);

#endif
