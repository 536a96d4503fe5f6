#include "compose/batch.h"
#include "base/mem.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define FRAGMENTS_MAX 512 /* some 3 KB each */

struct kept {
	struct fragment_key key;
	struct fragment fragment;
};

struct batch {
	struct zones *zones;
	GHashTable *fragments; /* of struct kept, each its own key */
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
	       x->upto_event == y->upto_event && x->excerpt == y->excerpt &&
	       x->quote == y->quote && x->digest == y->digest &&
	       !strcmp(x->language, y->language) &&
	       !strcmp(x->timezone, y->timezone);
}

struct batch *batch_new(void)
{
	struct batch *batch = xcalloc(1, sizeof(*batch));

	batch->zones = zones_new();
	batch->fragments = g_hash_table_new(hash, equal);
	return batch;
}

void batch_free(struct batch *batch)
{
	if (!batch)
		return;
	g_hash_table_destroy(batch->fragments);
	zones_free(batch->zones);
	arena_release(&batch->mem);
	free(batch);
}

struct zones *batch_zones(struct batch *batch)
{
	return batch->zones;
}

const struct fragment *batch_find(const struct batch *batch,
				  const struct fragment_key *key)
{
	const struct kept *kept = g_hash_table_lookup(batch->fragments, key);

	return kept ? &kept->fragment : NULL;
}

bool batch_keep(struct batch *batch, const struct fragment_key *key,
		const struct fragment *fragment)
{
	struct kept *kept;

	if (g_hash_table_size(batch->fragments) >= FRAGMENTS_MAX)
		return false;
	kept = arena_alloc(&batch->mem, sizeof(*kept));
	kept->key = *key;
	kept->key.language = arena_strdup(&batch->mem, key->language);
	kept->key.timezone = arena_strdup(&batch->mem, key->timezone);
	kept->fragment.html = arena_strdup(&batch->mem, fragment->html);
	kept->fragment.text = arena_strdup(&batch->mem, fragment->text);
	g_hash_table_add(batch->fragments, kept);
	return true;
}
