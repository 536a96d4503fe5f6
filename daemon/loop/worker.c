#include "loop/worker.h"

static void start_next(struct worker *w);

static void run_job(uv_work_t *work)
{
	struct worker *w = work->data;

	w->first->run(w->first);
}

static void job_done(uv_work_t *work, int status)
{
	struct worker *w = work->data;
	struct job *job = w->first;

	(void)status; /* nobody cancels */
	w->first = job->next;
	if (!w->first)
		w->last = NULL;
	w->waiting--;
	w->busy = false;
	/* `done` may free the job and submit others. */
	job->done(job);
	start_next(w);
}

static void start_next(struct worker *w)
{
	if (w->busy || !w->first)
		return;
	w->busy = true;
	w->started_at = uv_now(w->loop);
	/* Fails only for a NULL work_cb. */
	(void)uv_queue_work(w->loop, &w->work, run_job, job_done);
}

void worker_init(struct worker *w, uv_loop_t *loop)
{
	*w = (struct worker){.loop = loop};
	w->work.data = w;
}

void worker_submit(struct worker *w, struct job *job)
{
	job->next = NULL;
	if (w->last)
		w->last->next = job;
	else
		w->first = job;
	w->last = job;
	w->waiting++;
	start_next(w);
}

bool worker_idle(const struct worker *w)
{
	return !w->busy && !w->first;
}
