#include "plan/rank.h"
#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

/* Found on one forum by replaying seven years of it, years apart held out;
 * all are on plateaus: half or twice of each costs a hundredth or two. */
#define FADES_H 24.0	  /* a post's weight falls by e */
#define PEOPLE_POWER 0.85 /* of a person's posts together */
#define OPENER_SHARE 0.2  /* of a reply by whoever opened the debate */
#define SUBSTANCE_POWER 0.25
#define SUBSTANCE_WORDS 60 /* a post of so many counts 1 */
#define WORDS_LEAST 5
#define WORDS_MOST 150

/* What sources tell beside posts, against ln(1 + sum) = 1 of those. */
#define LIKES_SHARE 0.15
#define VIEWS_SHARE 0.05

static double weight_of(const struct rank_post *post, int64_t now)
{
	double hours = (double)(now - post->at) / 3600;
	double words = post->words;

	if (hours < 0)
		hours = 0;
	if (words < WORDS_LEAST)
		words = WORDS_LEAST;
	if (words > WORDS_MOST)
		words = WORDS_MOST;
	return exp(-hours / FADES_H) *
	       pow(words / SUBSTANCE_WORDS, SUBSTANCE_POWER);
}

struct share {
	int64_t person;
	double weight;
};

static int by_person(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	return (x->weight > y->weight) - (x->weight < y->weight);
}

/* Sorted by person; weights of one person together, then those of all. */
static double sum_people(const struct share *shares, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n;) {
		double one = 0;
		size_t first = i;

		do
			one += shares[i++].weight;
		while (i < n && shares[i].person >= 0 &&
		       shares[i].person == shares[first].person);
		sum += pow(one, PEOPLE_POWER);
	}
	return sum;
}

static double posts_of(const struct rank_debate *debate, int64_t now)
{
	struct share *shares = xcalloc(debate->n + 1, sizeof(*shares));
	int64_t opener = debate->n ? debate->posts[0].person : -1;
	double sum = 0;

	for (size_t i = 0; i < debate->n; i++) {
		const struct rank_post *post = &debate->posts[i];
		bool own = i && opener >= 0 && post->person == opener;

		shares[i] = (struct share){
		    .person = post->person,
		    .weight = weight_of(post, now) * (own ? OPENER_SHARE : 1),
		};
	}
	qsort(shares, debate->n, sizeof(*shares), by_person);
	sum = sum_people(shares, debate->n);
	free(shares);
	return sum;
}

double rank_liveliness(const struct rank_debate *debate, int64_t now)
{
	double posts = posts_of(debate, now);
	double fresh = posts < 1 ? posts : 1; /* old likes are no news */
	double sum = log1p(posts), shares = 1;

	if (debate->likes >= 0) {
		sum += LIKES_SHARE * fresh * log1p(debate->likes);
		shares += LIKES_SHARE;
	}
	if (debate->views >= 0) {
		sum += VIEWS_SHARE * fresh * log1p(debate->views);
		shares += VIEWS_SHARE;
	}
	return sum / shares;
}

/* ---- one reader --------------------------------------------------------- */

#define KEYWORD_WORTH 0.6 /* a hit in a title; two are as good as more */
#define KEYWORDS_MOST 2.0
#define SHOWN_SHARE 0.3 /* unless so many replies came since: */
#define SHOWN_NEWS 3

static const double group_worth[] = {
    [PRIORITY_LOW] = 0.5, [PRIORITY_NORMAL] = 1, [PRIORITY_HIGH] = 1.5};

struct item_score rank_score(double liveliness,
			     const struct rank_reader *reader)
{
	struct item_score score = {
	    .liveliness = liveliness,
	    .interest =
		1 + KEYWORD_WORTH * fmin(reader->keywords, KEYWORDS_MOST),
	    .priority = group_worth[reader->priority],
	    .freshness = 1,
	};

	if (reader->alerted)
		score.freshness = 0;
	else if (reader->shown && reader->new_replies < SHOWN_NEWS)
		score.freshness = SHOWN_SHARE;
	return score;
}

double rank_total(const struct item_score *s)
{
	return s->liveliness * s->interest * s->priority * s->freshness;
}

/* FNV-1a, without its highest bit. */
int64_t rank_person(const char *author)
{
	uint64_t h = UINT64_C(14695981039346656037);

	if (!*author)
		return -1;
	for (; *author; author++)
		h = (h ^ (unsigned char)*author) * UINT64_C(1099511628211);
	return (int64_t)(h >> 1);
}
