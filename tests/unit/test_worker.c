#include "../lib/loops.h"
#include "loop/worker.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct numbered {
	struct job job;
	int number;
	int *running, *order, *n_done;
	struct worker *worker;
	struct numbered *follower; /* submitted from done */
	bool *finished;
};

static void run(struct job *job)
{
	struct numbered *n = (struct numbered *)job;

	/* One at a time: nobody else is between these two. */
	assert_int_equal(__atomic_add_fetch(n->running, 1, __ATOMIC_SEQ_CST),
			 1);
	assert_int_equal(__atomic_sub_fetch(n->running, 1, __ATOMIC_SEQ_CST),
			 0);
}

static void done(struct job *job)
{
	struct numbered *n = (struct numbered *)job;

	n->order[(*n->n_done)++] = n->number;
	if (n->follower)
		worker_submit(n->worker, &n->follower->job);
	else if (n->finished)
		*n->finished = true;
}

static void jobs_run_alone_and_in_order(void **s)
{
	struct numbered jobs[20];
	int running = 0, order[20], n_done = 0;
	bool finished = false;
	struct worker worker;
	uv_loop_t loop;

	(void)s;
	uv_loop_init(&loop);
	worker_init(&worker, &loop);
	for (int i = 0; i < 20; i++)
		jobs[i] = (struct numbered){.job = {run, done, NULL},
					    .number = i,
					    .running = &running,
					    .order = order,
					    .n_done = &n_done,
					    .worker = &worker};
	jobs[18].follower = &jobs[19];
	jobs[19].finished = &finished;
	for (int i = 0; i < 19; i++) {
		worker_submit(&worker, &jobs[i].job);
		assert_int_equal(n_done, 0); /* never from inside */
	}
	assert_true(loop_until(&loop, &finished));
	for (int i = 0; i < 20; i++)
		assert_int_equal(order[i], i);
	assert_true(worker_idle(&worker));
	assert_int_equal(loop_end(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jobs_run_alone_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
