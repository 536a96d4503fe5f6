/*
 * What a form sends: application/x-www-form-urlencoded (WHATWG URL section
 * 5.1) or multipart/form-data (RFC 7578), as RFC 8058 section 3.1 allows both
 * for the one click. Files and what has no name are passed over. Pure.
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

#define FORM_FIELDS 1024

struct form_field {
	const char *name, *value; /* UTF-8, without NULs */
};

struct form {
	struct form_field *fields; /* in `mem` */
	size_t n;
};

/* False when it is of neither type, broken, or has more fields. `type` is the
 * Content-Type, NULL for none. */
bool form_parse(const char *type, const char *body, size_t len,
		struct arena *mem, struct form *ret_form);

/* The first of that name; NULL when there is none. */
const char *form_value(const struct form *form, const char *name);

#endif
