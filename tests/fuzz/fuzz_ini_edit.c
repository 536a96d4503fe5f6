/*
 * Any text, section, key and value: what comes out is read as what went in,
 * but for that key of that section. The input is "SECTION\0KEY\0VALUE\0TEXT";
 * a value of "\1" is none.
 */
#include "config/ini_edit.h"
#include "fuzz.h"

#define FILE_MAX 65536

static const struct ini_section *section_of(const struct ini_file *f,
					    const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->sections[i].name, name))
			return &f->sections[i];
	return NULL;
}

/* The next entry that is not the one which was changed. */
static const struct ini_entry *next_other(const struct ini_section *s,
					  size_t *at, const char *key)
{
	while (*at < s->n && key && !strcmp(s->entries[*at].key, key))
		++*at;
	return *at < s->n ? &s->entries[(*at)++] : NULL;
}

static void require_same(const struct ini_section *a,
			 const struct ini_section *b, const char *but)
{
	const struct ini_entry *x, *y;
	size_t i = 0, k = 0;

	require(!strcmp(a->name, b->name));
	do {
		x = next_other(a, &i, but);
		y = next_other(b, &k, but);
		require(!x == !y);
		require(!x || (!strcmp(x->key, y->key) &&
			       !strcmp(x->value, y->value)));
	} while (x);
}

static void require_edited(const struct ini_file *a, const struct ini_file *b,
			   const struct ini_change *c)
{
	const struct ini_section *was = section_of(a, c->section);
	const struct ini_section *is = section_of(b, c->section);
	const char *value = ini_value(b, NULL, c->section, c->key);

	require(c->value ? value && !strcmp(value, c->value) : !value);
	require(b->n == a->n + (c->value && !was));
	for (size_t i = 0; i < a->n; i++)
		require_same(&a->sections[i], &b->sections[i],
			     &a->sections[i] == was ? c->key : NULL);
	if (!was && is)
		require(is->n == 1 && is == &b->sections[b->n - 1]);
}

static void edit(const char *text, size_t len, const struct ini_change *change)
{
	const struct ini_edit asked = {"x", text, len, NULL, change, 1};
	struct ini_file before, after;
	struct arena mem = {0};
	struct err e = {""};
	struct buf out;
	int line, r;

	buf_init(&out, FILE_MAX);
	r = ini_edit(&asked, &mem, &out, &e);
	require(!r || (e.text[0] && !out.len));
	if (!r) {
		require(
		    !ini_parse_bytes("x", text, len, &mem, &before, &line, &e));
		require(!ini_parse_bytes("x", buf_str(&out), out.len, &mem,
					 &after, &line, &e));
		require_edited(&before, &after, change);
	}
	buf_release(&out);
	arena_release(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_string(data, size);
	const char *parts[4], *at = bytes, *end = bytes + size;
	size_t n = 0;

	for (; n < 3 && at <= end; n++) {
		parts[n] = at;
		at += strlen(at) + 1;
	}
	if (n == 3 && at <= end) {
		/* Its own memory, so that reading past its end shows. */
		size_t len = (size_t)(end - at);
		char *text = malloc(len + 1);
		const struct ini_change change = {
		    parts[0], parts[1],
		    strcmp(parts[2], "\1") != 0 ? parts[2] : NULL};

		require(text != NULL);
		memcpy(text, at, len);
		edit(text, len, &change);
		free(text);
	}
	free(bytes);
	return 0;
}
