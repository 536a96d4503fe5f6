/* Any template is refused with a line, or renders within its limit; as its
 * own partial too. */
#include "fuzz.h"
#include "words/mustache.h"

#define LIMIT 10000

static const struct template *itself(const char *name, void *data)
{
	return strcmp(name, "self") ? NULL : data;
}

static struct value *sample(struct arena *mem)
{
	struct value *root = value_map(mem), *list = value_list(mem);

	for (int i = 0; i < 3; i++) {
		struct value *item = value_map(mem);

		value_set_text(item, "a", i ? "<b> & \"c\"" : NULL);
		value_set_number(item, "n", i);
		value_append(list, item);
	}
	value_set(root, "list", list);
	value_set_text(root, "a", "á");
	value_set_flag(root, "yes", true);
	value_set_flag(root, "no", false);
	value_set(root, "self", root);
	return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct arena mem = {0};
	struct err e = {""};
	struct template *t;

	if (size > 2000)
		goto out;
	if (mustache_parse("t", text, size, &mem, &t, &e)) {
		require(!strncmp(e.text, "t:", 2));
		goto out;
	}
	for (int escape = WORDS_PLAIN; escape <= WORDS_HTML; escape++) {
		const struct value *contexts[] = {sample(&mem)};
		struct buf out;

		buf_init(&out, LIMIT);
		(void)mustache_render(t, contexts, 1, (enum words_escape)escape,
				      itself, t, &out, &e);
		require(out.len <= LIMIT);
		buf_release(&out);
	}
out:
	arena_release(&mem);
	free(text);
	return 0;
}
