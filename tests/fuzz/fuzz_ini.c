/*
 * Any bytes are an error with the name and line, or sections of clean lines
 * in which no key is there twice.
 */
#include "config/ini_file.h"
#include "fuzz.h"
#include <stdio.h>

static void check_section(const struct ini_section *s)
{
	require_text(s->name, INI_SECTION_MAX);
	for (size_t i = 0; i < s->n; i++) {
		require_text(s->entries[i].key, INI_LINE_MAX);
		require_text(s->entries[i].value, INI_LINE_MAX);
		require(s->entries[i].line >= s->line);
		for (size_t k = 0; k < i; k++)
			require(strcmp(s->entries[i].key, s->entries[k].key) !=
				0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_string(data, size);
	struct arena mem = {0};
	struct ini_file file;
	struct err e = {""};
	char where[64];
	int line = 0;

	if (ini_parse_bytes("x.ini", bytes, size, &mem, &file, &line, &e)) {
		snprintf(where, sizeof(where), "x.ini:%d: ", line);
		require(!line || !strncmp(e.text, where, strlen(where)));
		require(e.text[0]);
	} else {
		for (size_t i = 0; i < file.n; i++)
			check_section(&file.sections[i]);
	}
	arena_release(&mem);
	free(bytes);
	return 0;
}
