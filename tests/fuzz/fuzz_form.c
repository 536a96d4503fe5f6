/*
 * Any body is a form of names and values that are text, or none. The first
 * byte chooses the type.
 */
#include "base/utf8.h"
#include "fuzz.h"
#include "web/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {
	    "application/x-www-form-urlencoded",
	    "multipart/form-data; boundary=x",
	    "multipart/form-data; boundary=\"a b\"",
	};
	struct arena mem = {0};
	struct form form;

	if (!size)
		return 0;
	if (form_parse(types[data[0] % 3], (const char *)data + 1, size - 1,
		       &mem, &form)) {
		require(form.n <= FORM_FIELDS);
		for (size_t i = 0; i < form.n; i++) {
			const struct form_field *f = &form.fields[i];

			require(utf8_valid(f->name, strlen(f->name)));
			require(utf8_valid(f->value, strlen(f->value)));
			require(form_value(&form, f->name) != NULL);
		}
	}
	arena_release(&mem);
	return 0;
}
