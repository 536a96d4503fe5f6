/*
 * The words of include and exclude filters.
 *
 * A filter is a comma-separated list of words or "quoted phrases"; one that
 * occurs is enough. Whole words are compared, without case or diacritics
 * ("innovación" is in "INNOVACION"), with any white space or punctuation
 * between the words of a phrase. A filter without a word matches nothing.
 * Pure; any thread.
 */
#ifndef PLAN_MATCH_H
#define PLAN_MATCH_H

#include "store/event.h"
#include "store/member.h"

/* Does one of the filter's words occur in one of `n` texts (NULL allowed)? */
bool match_words(const char *filter, const char *const *texts, size_t n);

/* May a subscription see it? Title, texts and authors are looked at;
 * `comment` may be NULL. An empty include lets everything in. */
bool match_wanted(const struct subscription_settings *set,
		  const struct debate *debate, const struct comment *comment);

#endif
