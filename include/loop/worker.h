/*
 * A thread that may block: jobs run there one at a time, in order. One of
 * them has the database; others (app/poller) do what needs none.
 *
 * A job is embedded in its owner, who keeps it alive until `done`. `run`
 * happens on a pool thread, `done` on the loop thread afterwards, exactly
 * once, never from inside worker_submit(). At most one job of a worker runs
 * at a time, so what they share (the database handle) needs no lock.
 */
#ifndef LOOP_WORKER_H
#define LOOP_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct job {
	void (*run)(struct job *job);
	void (*done)(struct job *job);
	struct job *next; /* the worker's */
};

struct worker {
	uv_loop_t *loop;
	uv_work_t work;
	struct job *first, *last; /* waiting; `first` runs while busy */
	bool busy;
	size_t waiting;
	uint64_t started_at; /* uv_now() when the running job began */
};

void worker_init(struct worker *worker, uv_loop_t *loop);
void worker_submit(struct worker *worker, struct job *job);
/* Nothing runs and nothing waits. */
bool worker_idle(const struct worker *worker);

#endif
