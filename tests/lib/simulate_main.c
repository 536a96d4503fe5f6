/*
 * Many seeds of a town (town.h), each in a process of its own so that each
 * begins the same, two or more at a time.
 *
 *   simulate [SEEDS [FIRST]]     SEEDS=1: with a trace of what happened; its
 *                                database is kept
 */
#include "base/log.h"
#include "town.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_ONCE_MAX 16

static const char ini[] = "[community]\nname = Red\nurl = https://x.example/\n"
			  "from = Avisos <avisos@x.example>\n"
			  "[web]\nlisten = 127.0.0.1:1\n"
			  "public_url = https://pages.x.example/\n";

struct result {
	struct verdict verdict;
	struct town_figures figures;
};

struct run {
	uint64_t seed;
	pid_t child; /* 0: none */
	int from;    /* what it writes its result to */
	char dir[64];
};

static void make_folder(struct run *run)
{
	char file[96];
	FILE *out;

	snprintf(run->dir, sizeof(run->dir), "/tmp/pregon-simulate-XXXXXX");
	if (!mkdtemp(run->dir))
		abort();
	snprintf(file, sizeof(file), "%s/pregon.ini", run->dir);
	out = fopen(file, "we");
	if (!out || fputs(ini, out) < 0 || fclose(out))
		abort();
}

static void remove_folder(const struct run *run)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf '%s'", run->dir);
	if (system(command))
		abort();
}

static void start(struct run *run, uint64_t seed, bool trace)
{
	int ends[2];

	run->seed = seed;
	make_folder(run);
	if (pipe(ends) || fflush(stdout) || (run->child = fork()) < 0)
		abort();
	run->from = ends[0];
	if (!run->child) {
		struct result r = {0};

		town_live(seed, run->dir, trace, &r.verdict, &r.figures);
		fflush(stdout);
		_exit(write(ends[1], &r, sizeof(r)) != sizeof(r));
	}
	close(ends[1]);
}

static void finish(struct run *run, bool keep, struct result *ret)
{
	int status;

	*ret =
	    (struct result){.verdict = {.wrong = 1, .why = "it ended early"}};
	if (read(run->from, ret, sizeof(*ret)) != sizeof(*ret))
		ret->verdict.wrong = 1;
	close(run->from);
	(void)waitpid(run->child, &status, 0);
	if (keep)
		printf("simulate: its database is %s/db\n", run->dir);
	else
		remove_folder(run);
	run->child = 0;
}

static long faults(const struct verdict *v)
{
	return v->lost + v->unseen + v->doubled + v->wrong + v->stuck;
}

static void add(struct result *sum, const struct result *one, uint64_t seed)
{
	const struct verdict *v = &one->verdict;
	struct verdict *to = &sum->verdict;

	to->lost += v->lost + v->unseen + v->stuck;
	to->doubled += v->doubled;
	to->wrong += v->wrong;
	to->in_window += v->in_window;
	to->unheard += v->unheard;
	to->events += v->events;
	to->owed += v->owed;
	to->listed += v->listed;
	to->mails += v->mails;
	sum->figures.crashes += one->figures.crashes;
	sum->figures.refused += one->figures.refused;
	sum->figures.edits += one->figures.edits;
	if (faults(v))
		printf("seed %llu: %s (and %ld more); make simulate SEED=%llu "
		       "shows how\n",
		       (unsigned long long)seed, v->why, faults(v) - 1,
		       (unsigned long long)seed);
}

static void tell(const struct result *sum, uint64_t seeds)
{
	const struct verdict *v = &sum->verdict;
	const struct town_figures *f = &sum->figures;

	printf("simulate: %llu seeds: %ld events, %ld times owed to somebody, "
	       "%ld of them left out with a reason; %ld mails taken, %ld "
	       "refused; %ld crashes, %ld edits\n"
	       "simulate: lost %ld, doubled outside of the window between 250 "
	       "and commit %ld (within it %ld, after a 250 that never came "
	       "%ld), sent where they should not be %ld\n",
	       (unsigned long long)seeds, v->events, v->owed, v->listed,
	       v->mails, f->refused, f->crashes, f->edits, v->lost, v->doubled,
	       v->in_window, v->unheard, v->wrong);
}

int main(int argc, char **argv)
{
	uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 10;
	uint64_t next = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	uint64_t end = next + seeds;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t at_once = processors > AT_ONCE_MAX ? AT_ONCE_MAX
			 : processors > 1	  ? (size_t)processors
						  : 1;
	struct run runs[AT_ONCE_MAX] = {{0}};
	struct result sum = {0}, one;

	log_setup(LOG_LEVEL_ERROR, 0);
	/* In order, so that two runs say the same. */
	for (uint64_t seed = next; seed < end; seed++) {
		for (; next < end && next < seed + at_once; next++)
			start(&runs[next % at_once], next, seeds == 1);
		finish(&runs[seed % at_once], seeds == 1, &one);
		add(&sum, &one, seed);
	}
	tell(&sum, seeds);
	return faults(&sum.verdict) != 0;
}
