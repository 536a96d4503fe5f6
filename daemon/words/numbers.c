#include "words/numbers.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/uenum.h>
#include <unicode/unumberformatter.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#define CATEGORIES_MAX 6 /* CLDR: zero one two few many other */

struct numbers {
	const char *code;
	UPluralRules *plurals;
	UNumberFormatter *format;
	const char *categories[CATEGORIES_MAX];
	size_t n_categories;
	const char *all_categories;
	struct counted small[NUMBERS_SMALL]; /* what is said of most mails */
};

static int format_number(const struct numbers *numbers, int64_t number,
			 struct arena *mem, struct counted *ret, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	UFormattedNumber *formatted = unumf_openResult(&status);
	UChar text[64], category[32];
	char out[sizeof(text) * 3];
	int32_t len, n = 0;

	unumf_formatInt(numbers->format, number, formatted, &status);
	len = unumf_resultToString(formatted, text, 64, &status);
	unumf_closeResult(formatted);
	u_strToUTF8(out, sizeof(out), &n, text, len, &status);
	ret->text = arena_strndup(mem, out, (size_t)n);
	len = uplrules_select(numbers->plurals, (double)number, category, 32,
			      &status);
	if (U_FAILURE(status))
		return err_set(e, ERR_INPUT, "a number in %s: %s",
			       numbers->code, u_errorName(status));
	u_UCharsToChars(category, out, len);
	ret->category = arena_strndup(mem, out, (size_t)len);
	return 0;
}

int numbers_count(const struct numbers *numbers, int64_t number,
		  struct arena *mem, const struct counted **ret, struct err *e)
{
	struct counted *counted;
	int r;

	if (number >= 0 && number < NUMBERS_SMALL) {
		*ret = &numbers->small[number];
		return 0;
	}
	counted = arena_alloc(mem, sizeof(*counted));
	r = format_number(numbers, number, mem, counted, e);
	*ret = counted;
	return r;
}

bool numbers_has_category(const struct numbers *numbers, const char *word,
			  size_t len)
{
	for (size_t i = 0; i < numbers->n_categories; i++)
		if (strlen(numbers->categories[i]) == len &&
		    !memcmp(numbers->categories[i], word, len))
			return true;
	return false;
}

static void list_categories(struct numbers *numbers, struct arena *mem,
			    UErrorCode *status)
{
	static const char *const order[CATEGORIES_MAX] = {
	    "zero", "one", "two", "few", "many", "other"};
	UEnumeration *all = uplrules_getKeywords(numbers->plurals, status);
	const char *word, *list = "";

	while (numbers->n_categories < CATEGORIES_MAX &&
	       (word = uenum_next(all, NULL, status)))
		numbers->categories[numbers->n_categories++] =
		    arena_strdup(mem, word);
	uenum_close(all);
	for (size_t i = 0; i < CATEGORIES_MAX; i++)
		if (numbers_has_category(numbers, order[i], strlen(order[i])))
			list =
			    arena_join(mem, list, *list ? ", " : "", order[i]);
	numbers->all_categories = list;
}

int numbers_new(const char *language, struct arena *mem,
		struct numbers **ret_numbers, struct err *e)
{
	struct numbers *numbers = xcalloc(1, sizeof(*numbers));
	UErrorCode status = U_ZERO_ERROR;
	int r = 0;

	numbers->code = arena_strdup(mem, language);
	numbers->plurals = uplrules_open(language, &status);
	numbers->format =
	    unumf_openForSkeletonAndLocale(u"", 0, language, &status);
	list_categories(numbers, mem, &status);
	if (U_FAILURE(status))
		r = err_set(e, ERR_INPUT, "language %s: %s", language,
			    u_errorName(status));
	for (int i = 0; !r && i < NUMBERS_SMALL; i++)
		r = format_number(numbers, i, mem, &numbers->small[i], e);
	if (r)
		numbers_free(numbers);
	else
		*ret_numbers = numbers;
	return r;
}

void numbers_free(struct numbers *numbers)
{
	if (!numbers)
		return;
	uplrules_close(numbers->plurals);
	unumf_close(numbers->format);
	free(numbers);
}

const char *numbers_categories(const struct numbers *numbers)
{
	return numbers->all_categories;
}
