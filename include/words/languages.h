/*
 * Languages side by side: whether all say the same things. Pure.
 */
#ifndef WORDS_LANGUAGES_H
#define WORDS_LANGUAGES_H

#include "words/language.h"

/*
 * Each has every phrase that another has, and asks for the same arguments in
 * it. ERR_INPUT "FILE:LINE: ..." names where one stands alone: what most of
 * the others have is right.
 */
int languages_agree(struct language *const *languages, size_t n, struct err *e);

#endif
