#include "compose/fragment.h"
#include "base/mem.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define FRAGMENTS_MAX 1024 /* some 3 KB each */

struct kept {
	struct fragment_key key;
	struct fragment fragment;
};

struct fragments {
	GHashTable *table; /* of struct kept, each its own key */
	struct arena mem;
};

static guint hash(gconstpointer p)
{
	const struct fragment_key *k = p;
	uint64_t h = (uint64_t)k->debate_id * 31 + (uint64_t)k->upto_event;

	return (guint)(h ^ h >> 32);
}

static gboolean equal(gconstpointer a, gconstpointer b)
{
	const struct fragment_key *x = a, *y = b;

	return x->debate_id == y->debate_id && x->comment_id == y->comment_id &&
	       x->newest_id == y->newest_id &&
	       x->after_event == y->after_event &&
	       x->upto_event == y->upto_event && x->stamp == y->stamp &&
	       x->detail.excerpt == y->detail.excerpt &&
	       x->detail.quote == y->detail.quote && x->digest == y->digest &&
	       x->headline == y->headline && x->in_section == y->in_section &&
	       x->form == y->form && !strcmp(x->language, y->language) &&
	       !strcmp(x->timezone, y->timezone);
}

struct fragments *fragments_new(void)
{
	struct fragments *kept = xcalloc(1, sizeof(*kept));

	kept->table = g_hash_table_new(hash, equal);
	return kept;
}

void fragments_free(struct fragments *kept)
{
	if (!kept)
		return;
	g_hash_table_destroy(kept->table);
	arena_release(&kept->mem);
	free(kept);
}

void fragments_tidy(struct fragments *kept)
{
	if (g_hash_table_size(kept->table) < FRAGMENTS_MAX)
		return;
	g_hash_table_remove_all(kept->table);
	arena_release(&kept->mem);
}

struct fragment *fragments_find(const struct fragments *kept,
				const struct fragment_key *key)
{
	struct kept *found = g_hash_table_lookup(kept->table, key);

	return found ? &found->fragment : NULL;
}

struct fragment *fragments_add(struct fragments *kept,
			       const struct fragment_key *key)
{
	struct kept *added = arena_alloc(&kept->mem, sizeof(*added));

	added->key = *key;
	added->key.language = arena_strdup(&kept->mem, key->language);
	added->key.timezone = arena_strdup(&kept->mem, key->timezone);
	g_hash_table_add(kept->table, added);
	return &added->fragment;
}

struct arena *fragments_mem(struct fragments *kept)
{
	return &kept->mem;
}
