/*
 * Happy path: inotify readable -> names gathered -> a timer after the first
 * of them -> one call a folder. A slow sweep looks whether folders were
 * replaced or have come, and tells a rescan then.
 */
#include "loop/watch.h"
#include "base/arena.h"
#include "base/mem.h"
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define SWEEP_MS 30000
#define NAMES_MAX 20000 /* of a folder in one call; more is a rescan */
#define MASK                                                                   \
	(IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE |            \
	 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

struct folder {
	char *path;
	int wd; /* -1: not there */
	struct arena mem;
	const char **names;
	size_t n;
	bool rescan;
};

struct watch {
	int fd;
	uv_poll_t poll;
	uv_timer_t gather, sweep;
	unsigned gather_ms;
	uint32_t mask;
	struct folder *folders;
	size_t n;
	watch_cb changed;
	void *data;
	int open_handles;
	void (*closed)(void *data);
	void *closed_data;
};

static void forget_names(struct folder *f)
{
	arena_release(&f->mem);
	f->names = NULL;
	f->n = 0;
	f->rescan = false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t without_doubles(const char **names, size_t n)
{
	size_t to = 0;

	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++)
		if (!to || strcmp(names[to - 1], names[i]) != 0)
			names[to++] = names[i];
	return to;
}

static void tell(uv_timer_t *timer)
{
	struct watch *w = timer->data;

	for (size_t i = 0; i < w->n; i++) {
		struct folder *f = &w->folders[i];

		if (f->n)
			f->n = without_doubles(f->names, f->n);
		if (f->rescan)
			w->changed(i, NULL, 0, true, w->data);
		else if (f->n)
			w->changed(i, f->names, f->n, false, w->data);
		forget_names(f);
	}
}

/* The first change sets the time: a long burst is told in pieces. */
static void gather(struct watch *w)
{
	if (!uv_is_active((uv_handle_t *)&w->gather))
		uv_timer_start(&w->gather, tell, w->gather_ms, 0);
}

static void want_rescan(struct watch *w, struct folder *f)
{
	f->rescan = true;
	gather(w);
}

static void look_for(struct watch *w, struct folder *f)
{
	f->wd = inotify_add_watch(w->fd, f->path, w->mask);
}

static void take_event(struct watch *w, const struct inotify_event *event)
{
	struct folder *f = NULL;

	if (event->mask & IN_Q_OVERFLOW) {
		for (size_t i = 0; i < w->n; i++)
			want_rescan(w, &w->folders[i]);
		return;
	}
	for (size_t i = 0; i < w->n; i++)
		if (w->folders[i].wd == event->wd)
			f = &w->folders[i];
	if (!f)
		return;
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) {
		if (!(event->mask & IN_IGNORED))
			(void)inotify_rm_watch(w->fd, f->wd);
		look_for(w, f);
		want_rescan(w, f);
	} else if (event->len && f->n < NAMES_MAX) {
		*(const char **)arena_push(&f->mem, (void **)&f->names, f->n++,
					   sizeof(*f->names)) =
		    arena_strdup(&f->mem, event->name);
		gather(w);
	} else if (event->len) {
		want_rescan(w, f);
	}
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	char bytes[64 * 1024] __attribute__((aligned(8)));
	ssize_t n;

	(void)events;
	if (status < 0)
		return;
	while ((n = read(w->fd, bytes, sizeof(bytes))) > 0) {
		for (char *p = bytes; p < bytes + n;) {
			const struct inotify_event *event = (void *)p;

			take_event(w, event);
			p += sizeof(*event) + event->len;
		}
	}
}

/* A folder that has come, or was replaced behind our back (a mount). */
static void on_sweep(uv_timer_t *timer)
{
	struct watch *w = timer->data;

	for (size_t i = 0; i < w->n; i++) {
		struct folder *f = &w->folders[i];
		int before = f->wd;

		look_for(w, f);
		if (f->wd != before)
			want_rescan(w, f);
	}
}

static void watch_free(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++) {
		forget_names(&w->folders[i]);
		free(w->folders[i].path);
	}
	free(w->folders);
	close(w->fd);
	free(w);
}

int watch_new(uv_loop_t *loop, const char *const *folders, size_t n,
	      unsigned gather_ms, watch_cb changed, void *data,
	      struct watch **ret_watch, struct err *e)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), r;
	struct watch *w;

	if (fd < 0)
		return err_set(e, ERR_IO, "cannot watch files: %s",
			       errno == EMFILE ? "too many watchers; raise "
						 "fs.inotify.max_user_instances"
					       : strerror(errno));
	w = xcalloc(1, sizeof(*w));
	w->fd = fd;
	w->gather_ms = gather_ms;
	w->mask = MASK;
	w->changed = changed;
	w->data = data;
	w->n = n;
	w->folders = xcalloc(n ? n : 1, sizeof(*w->folders));
	for (size_t i = 0; i < n; i++) {
		w->folders[i].path = xstrdup(folders[i]);
		look_for(w, &w->folders[i]);
	}
	r = uv_poll_init(loop, &w->poll, fd);
	if (r) {
		watch_free(w);
		return err_set(e, ERR_IO, "cannot watch files: %s",
			       uv_strerror(r));
	}
	uv_timer_init(loop, &w->gather);
	uv_timer_init(loop, &w->sweep);
	w->poll.data = w->gather.data = w->sweep.data = w;
	w->open_handles = 3;
	uv_poll_start(&w->poll, UV_READABLE, on_readable);
	uv_timer_start(&w->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	*ret_watch = w;
	return 0;
}

void watch_links(struct watch *w)
{
	w->mask |= IN_CREATE;
	for (size_t i = 0; i < w->n; i++)
		look_for(w, &w->folders[i]);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct watch *w = handle->data;
	void (*closed)(void *) = w->closed;
	void *data = w->closed_data;

	if (--w->open_handles)
		return;
	watch_free(w);
	if (closed)
		closed(data);
}

void watch_close(struct watch *w, void (*cb)(void *data), void *data)
{
	w->closed = cb;
	w->closed_data = data;
	uv_close((uv_handle_t *)&w->poll, on_handle_closed);
	uv_close((uv_handle_t *)&w->gather, on_handle_closed);
	uv_close((uv_handle_t *)&w->sweep, on_handle_closed);
}
