/*
 * What a value is made of: for those that read the tree (templates and
 * phrases), not for those that build it.
 */
#ifndef WORDS_VALUE_KINDS_H
#define WORDS_VALUE_KINDS_H

#include "words/value.h"

enum value_kind { VALUE_FLAG, VALUE_TEXT, VALUE_NUMBER, VALUE_LIST, VALUE_MAP };

struct value {
	enum value_kind kind;
	struct arena *mem;
	const char *text; /* of a text; of a number its digits */
	int64_t number;	  /* of a number; of a flag 0 or 1 */
	struct value_entry {
		const char *key; /* NULL in a list */
		const struct value *value;
	} * entries;
	size_t n;
};

#endif
