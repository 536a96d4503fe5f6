/*
 * What a template is filled with: a small tree of maps, lists, texts and
 * flags, built by the caller in an arena.
 *
 * Keys and texts are not copied: they outlive the tree. Setting a key again
 * replaces it. NULL texts count as absent. One thread at a time.
 */
#ifndef WORDS_VALUE_H
#define WORDS_VALUE_H

#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value;

struct value *value_map(struct arena *mem);
struct value *value_list(struct arena *mem);
struct value *value_text(struct arena *mem, const char *text);
struct value *value_flag(struct arena *mem, bool flag);
struct value *value_number(struct arena *mem, int64_t number);

void value_set(struct value *map, const char *key, const struct value *value);
void value_set_text(struct value *map, const char *key, const char *text);
void value_set_flag(struct value *map, const char *key, bool flag);
void value_set_number(struct value *map, const char *key, int64_t number);
void value_append(struct value *list, struct value *item);

/* NULL when the map has no such key. */
const struct value *value_get(const struct value *map, const char *key);

#endif
