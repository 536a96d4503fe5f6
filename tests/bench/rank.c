/*
 * Replays a forum: what would rankings have picked, and what did people then
 * answer?
 *
 *   rank FILE.jsonl [--window 1|7] [--top K] [--seed N]
 *
 * FILE has a debate a line: {"posts": [[time, person], ...], "words": [...]},
 * oldest first. At 08:00 UTC of every working day (window 1: debates with a
 * post in the last day, looking 48 h ahead) or Monday (window 7: of the last
 * week, looking 7 days ahead), where more than K debates are active and any
 * of them is answered, each ranking picks K. Printed: the mean share of the
 * coming replies that fall on the picks, and of the people who write them,
 * with the 95 % interval of a bootstrap over the instants; and for ours the
 * difference to the newest post on the same instants.
 *
 * What was tried on codeforIATI's forum (815 debates; K = 3, weekly and
 * daily; newest post 0.561 and 0.707):
 *   counts over the window, as first drawn up            0.506 0.650
 *   sum of exp(-h/24) over posts                         0.569 0.709
 *   the same, a person's posts to the power of 0.85      0.575 0.699
 *   opener's own answers at a fifth                      0.590 0.735
 *   posts by words to the power of 0.25                  0.590 0.715
 *   all three                                            0.60  0.75
 *   decay in working hours only (weekends stand still)   +0.00 +0.01
 *   a second, slower sum; power laws; age of the debate; how much its author
 *   or its group was answered before; how active its people are elsewhere; a
 *   question mark in the title: each within +-0.01, so left out
 * A regression on 25 such features, years held out, gives 0.585 and 0.715:
 * there is no more in them than the sum has.
 */
#include "plan/rank.h"
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400
#define ROUNDS 2000 /* of the bootstrap */
#define ACTIVE_MAX 4096

struct talk {
	size_t line; /* the order of the file: the last tie-break */
	struct rank_post *posts;
	size_t n;
};

struct forum {
	struct talk *debates;
	size_t n;
	int64_t first, last;
};

/* A debate at an instant. */
struct candidate {
	const struct talk *debate;
	size_t seen;	  /* posts until now */
	size_t coming;	  /* posts in the time ahead ... */
	size_t people;	  /* ... and who writes them */
	size_t in_window; /* posts in the window */
	double score;
};

struct instant {
	int64_t now;
	int window; /* days */
	struct candidate *list;
	size_t n;
};

/* ---- the file ----------------------------------------------------------- */

static void *grown(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	if (!p)
		abort();
	return p;
}

static bool read_debate(struct forum *f, const char *text)
{
	json_t *root = json_loads(text, 0, NULL), *post;
	json_t *posts = json_object_get(root, "posts");
	json_t *words = json_object_get(root, "words");
	struct talk d = {.line = f->n, .n = json_array_size(posts)};
	size_t i;

	if (!d.n) {
		json_decref(root);
		return root != NULL;
	}
	d.posts = grown(NULL, d.n, sizeof(*d.posts));
	json_array_foreach(posts, i, post)
	{
		d.posts[i] = (struct rank_post){
		    .at = json_integer_value(json_array_get(post, 0)),
		    .person = json_integer_value(json_array_get(post, 1)),
		    .words =
			(int32_t)json_integer_value(json_array_get(words, i)),
		};
		if (d.posts[i].at > f->last)
			f->last = d.posts[i].at;
	}
	if (!f->n || d.posts[0].at < f->first)
		f->first = d.posts[0].at;
	f->debates = grown(f->debates, f->n + 1, sizeof(d));
	f->debates[f->n++] = d;
	json_decref(root);
	return true;
}

static bool read_forum(const char *path, struct forum *f)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool good = in != NULL;

	while (good && getline(&line, &room, in) > 0)
		good = read_debate(f, line);
	free(line);
	if (in)
		(void)fclose(in);
	return good && f->n;
}

/* ---- rankings ----------------------------------------------------------- */

typedef double ranking_fn(const struct instant *t, const struct candidate *c);

static const struct rank_post *last_post(const struct candidate *c)
{
	return &c->debate->posts[c->seen - 1];
}

static double newest_post(const struct instant *t, const struct candidate *c)
{
	(void)t;
	return (double)last_post(c)->at;
}

static double newest_debate(const struct instant *t, const struct candidate *c)
{
	(void)t;
	return (double)c->debate->posts[0].at;
}

static double most_replies(const struct instant *t, const struct candidate *c)
{
	(void)t;
	return (double)c->in_window;
}

static size_t people_between(const struct talk *d, size_t from, size_t to)
{
	size_t people = 0;

	for (size_t i = from; i < to; i++) {
		size_t k = from;

		while (d->posts[k].person != d->posts[i].person)
			k++;
		people += k == i;
	}
	return people;
}

/* lib: app/models/top_topic.rb, without views and likes. */
static double discourse_top(const struct instant *t, const struct candidate *c)
{
	const struct rank_post *first = c->debate->posts;
	double posts = (double)c->in_window;

	if (first->at <= t->now - (int64_t)t->window * DAY)
		return 0;
	return (posts >= 10 ? 10 : 0) + log10(posts);
}

/* app/models/topic_hot_score.rb, without likes. */
static double discourse_hot(const struct instant *t, const struct candidate *c)
{
	size_t from = c->seen - c->in_window;
	double people = (double)people_between(c->debate, from, c->seen);
	double hours = (double)(t->now - c->debate->posts[from].at) / 3600;

	return (people - 1) / pow(hours + 2, 1.2);
}

/* zerver/lib/digest.py: distinct people, then length. */
static double zulip(const struct instant *t, const struct candidate *c)
{
	(void)t;
	return (double)people_between(c->debate, c->seen - c->in_window,
				      c->seen) *
		   1e6 +
	       (double)c->in_window;
}

static double ours(const struct instant *t, const struct candidate *c)
{
	struct rank_debate d = {
	    .posts = c->debate->posts, .n = c->seen, .likes = -1, .views = -1};

	return rank_liveliness(&d, t->now);
}

static double oracle(const struct instant *t, const struct candidate *c)
{
	(void)t;
	return (double)c->coming;
}

static double at_random(const struct instant *t, const struct candidate *c)
{
	(void)t;
	(void)c;
	return drand48();
}

static const struct {
	const char *name;
	ranking_fn *score;
} rankings[] = {
    {"newest post", newest_post},
    {"newest debate", newest_debate},
    {"most replies", most_replies},
    {"Discourse top", discourse_top},
    {"Discourse hot", discourse_hot},
    {"Zulip", zulip},
    {"random", at_random},
    {"pregon", ours},
    {"oracle", oracle},
};
#define RANKINGS (sizeof(rankings) / sizeof(*rankings))

/* ---- instants ----------------------------------------------------------- */

static size_t posts_until(const struct talk *d, int64_t t)
{
	size_t n = 0;

	while (n < d->n && d->posts[n].at <= t)
		n++;
	return n;
}

/* Who is active now, and what comes; false: nothing to choose, or no reply. */
static bool look(const struct forum *f, struct instant *t, size_t top)
{
	int64_t ahead = t->window == 1 ? 2 * DAY : 7 * DAY;
	size_t coming = 0;

	t->n = 0;
	for (size_t i = 0; i < f->n && t->n < ACTIVE_MAX; i++) {
		const struct talk *d = &f->debates[i];
		size_t seen = posts_until(d, t->now);
		size_t next = posts_until(d, t->now + ahead);
		size_t before =
		    posts_until(d, t->now - (int64_t)t->window * DAY);

		if (seen == before)
			continue;
		t->list[t->n++] = (struct candidate){
		    .debate = d,
		    .seen = seen,
		    .coming = next - seen,
		    .people = people_between(d, seen, next),
		    .in_window = seen - before,
		};
		coming += next - seen;
	}
	return t->n > top && coming;
}

static int best_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->debate->line < y->debate->line ? 1 : -1;
}

struct shares {
	double replies, people;
};

static struct shares pick(struct instant *t, ranking_fn *score, size_t top)
{
	double replies = 0, people = 0;
	struct shares got = {0, 0};

	for (size_t i = 0; i < t->n; i++)
		t->list[i].score = score(t, &t->list[i]);
	qsort(t->list, t->n, sizeof(*t->list), best_first);
	for (size_t i = 0; i < t->n; i++) {
		replies += (double)t->list[i].coming;
		people += (double)t->list[i].people;
		if (i < top) {
			got.replies += (double)t->list[i].coming;
			got.people += (double)t->list[i].people;
		}
	}
	got.replies /= replies;
	got.people /= people;
	return got;
}

/* ---- what came of it ---------------------------------------------------- */

struct results {
	struct shares (*of)[RANKINGS]; /* an instant a row */
	size_t n;
};

static void replay(const struct forum *f, int window, size_t top,
		   struct results *r)
{
	struct instant t = {.window = window};

	t.list = grown(NULL, ACTIVE_MAX, sizeof(*t.list));
	for (int64_t day = f->first / DAY; day * DAY < f->last; day++) {
		int weekday = (int)((day + 3) % 7); /* Monday 0 */

		t.now = day * DAY + 8 * 3600;
		if ((window == 7 ? weekday != 0 : weekday > 4) ||
		    !look(f, &t, top))
			continue;
		r->of = grown(r->of, r->n + 1, sizeof(*r->of));
		for (size_t i = 0; i < RANKINGS; i++)
			r->of[r->n][i] = pick(&t, rankings[i].score, top);
		r->n++;
	}
	free(t.list);
}

static double value(const struct results *r, size_t row, size_t ranking,
		    bool people)
{
	const struct shares *s = &r->of[row][ranking];

	return people ? s->people : s->replies;
}

static double mean(const struct results *r, size_t ranking, bool people)
{
	double sum = 0;

	for (size_t i = 0; i < r->n; i++)
		sum += value(r, i, ranking, people);
	return sum / (double)r->n;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* 95 % of the means of instants drawn anew; less `other`'s when >= 0. */
static void interval(const struct results *r, size_t ranking, int other,
		     double *ret_low, double *ret_high)
{
	static double means[ROUNDS];

	for (size_t k = 0; k < ROUNDS; k++) {
		double sum = 0;

		for (size_t i = 0; i < r->n; i++) {
			size_t row = (size_t)(drand48() * (double)r->n);

			sum += value(r, row, ranking, false);
			if (other >= 0)
				sum -= value(r, row, (size_t)other, false);
		}
		means[k] = sum / (double)r->n;
	}
	qsort(means, ROUNDS, sizeof(*means), by_value);
	*ret_low = means[ROUNDS / 40];
	*ret_high = means[ROUNDS - 1 - ROUNDS / 40];
}

static void print(const struct results *r, int window, size_t top)
{
	double low, high;

	printf("window %d days, top %zu, %zu instants\n", window, top, r->n);
	printf("%-14s %8s %15s %8s\n", "", "replies", "95 %", "people");
	for (size_t i = 0; i < RANKINGS; i++) {
		interval(r, i, -1, &low, &high);
		printf("%-14s %8.3f   %.3f to %.3f %8.3f\n", rankings[i].name,
		       mean(r, i, false), low, high, mean(r, i, true));
		if (rankings[i].score != ours)
			continue;
		interval(r, i, 0, &low, &high);
		printf("%-14s %+8.3f   %+.3f to %+.3f\n", "  - newest post",
		       mean(r, i, false) - mean(r, 0, false), low, high);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"window", required_argument, NULL, 'w'},
	    {"top", required_argument, NULL, 't'},
	    {"seed", required_argument, NULL, 's'},
	    {NULL, 0, NULL, 0}};
	struct results r = {0};
	struct forum f = {0};
	long window = 7, top = 3, seed = 1;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'w')
			window = strtol(optarg, NULL, 10);
		else if (c == 't')
			top = strtol(optarg, NULL, 10);
		else if (c == 's')
			seed = strtol(optarg, NULL, 10);
		else
			return 64;
	}
	if (optind != argc - 1 || (window != 1 && window != 7) || top < 1) {
		fprintf(stderr, "usage: rank FILE.jsonl [--window 1|7] "
				"[--top K] [--seed N]\n");
		return 64;
	}
	srand48(seed);
	if (!read_forum(argv[optind], &f)) {
		fprintf(stderr, "rank: %s: no debates could be read\n",
			argv[optind]);
		return 65;
	}
	replay(&f, (int)window, (size_t)top, &r);
	if (!r.n) {
		puts("no instant with enough active debates");
		return 0;
	}
	print(&r, (int)window, (size_t)top);
	return 0;
}
