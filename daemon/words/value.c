#include "words/value.h"
#include "words/value_kinds.h"
#include <string.h>

static struct value *value_new(struct arena *mem, enum value_kind kind)
{
	struct value *v = arena_alloc(mem, sizeof(*v));

	v->kind = kind;
	v->mem = mem;
	return v;
}

struct value *value_map(struct arena *mem)
{
	return value_new(mem, VALUE_MAP);
}

struct value *value_list(struct arena *mem)
{
	return value_new(mem, VALUE_LIST);
}

struct value *value_text(struct arena *mem, const char *text)
{
	struct value *v = value_new(mem, text ? VALUE_TEXT : VALUE_FLAG);

	v->text = text ? text : "";
	return v;
}

struct value *value_flag(struct arena *mem, bool flag)
{
	struct value *v = value_new(mem, VALUE_FLAG);

	v->number = flag;
	return v;
}

/* (printf would be a tenth of what a mail costs.) */
static const char *digits(struct arena *mem, int64_t number)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char text[24], *at = text + sizeof(text);

	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		*--at = '-';
	return arena_strndup(mem, at, (size_t)(text + sizeof(text) - at));
}

struct value *value_number(struct arena *mem, int64_t number)
{
	struct value *v = value_new(mem, VALUE_NUMBER);

	v->number = number;
	v->text = digits(mem, number);
	return v;
}

/* Most differ in their first letter. */
static bool is_key(const char *a, const char *b)
{
	return *a == *b && !strcmp(a, b);
}

void value_set(struct value *map, const char *key, const struct value *value)
{
	struct value_entry *entry;

	for (size_t i = 0; i < map->n; i++) {
		if (!is_key(map->entries[i].key, key))
			continue;
		map->entries[i].value = value;
		return;
	}
	entry = arena_push(map->mem, (void **)&map->entries, map->n++,
			   sizeof(*entry));
	*entry = (struct value_entry){key, value};
}

void value_set_text(struct value *map, const char *key, const char *text)
{
	value_set(map, key, value_text(map->mem, text));
}

void value_set_flag(struct value *map, const char *key, bool flag)
{
	value_set(map, key, value_flag(map->mem, flag));
}

void value_set_number(struct value *map, const char *key, int64_t number)
{
	value_set(map, key, value_number(map->mem, number));
}

void value_append(struct value *list, struct value *item)
{
	struct value_entry *entry = arena_push(
	    list->mem, (void **)&list->entries, list->n++, sizeof(*entry));

	*entry = (struct value_entry){NULL, item};
}

const struct value *value_get(const struct value *map, const char *key)
{
	if (map->kind != VALUE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (is_key(map->entries[i].key, key))
			return map->entries[i].value;
	return NULL;
}
