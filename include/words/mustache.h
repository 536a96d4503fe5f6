/*
 * Mustache templates (mustache.5; the spec's core modules, without lambdas).
 *
 * False are: absent, no, "", 0 and an empty list. Sections of a template nest
 * to MUSTACHE_DEPTH, partials call each other to the same depth; the output
 * is capped by its buffer. A parsed template is read only. Pure; any thread.
 */
#ifndef WORDS_MUSTACHE_H
#define WORDS_MUSTACHE_H

#include "words/words.h"

#define MUSTACHE_DEPTH 32

struct template;

/* `name` is for messages; `text` must outlive the template. ERR_INPUT
 * "NAME:LINE: ...". */
int mustache_parse(const char *name, const char *text, size_t len,
		   struct arena *mem, struct template **ret_template,
		   struct err *e);

/* The template that {{> name}} means; NULL renders nothing (the spec's). */
typedef const struct template *(*mustache_partial_fn)(const char *name,
						      void *data);

/* `contexts`: names are looked for in the last one first. */
int mustache_render(const struct template *t,
		    const struct value *const *contexts, size_t n_contexts,
		    enum words_escape escape, mustache_partial_fn partial,
		    void *data, struct buf *out, struct err *e);

/* Every name that it asks for is among `names`; ERR_INPUT "FILE:LINE: there is
 * no {{...}}" otherwise. */
int mustache_check_names(const struct template *t, const char *const *names,
			 size_t n, struct err *e);

/* The names of its partials, so that a missing one is found at load. */
int mustache_each_partial(const struct template *t,
			  int (*each)(const char *name, void *data),
			  void *data);

#endif
