/*
 * usage: letter FOLDER [TEMPLATES LANGUAGES]
 * Writes every sample letter to FOLDER: NAME.eml, .txt and .html.
 */
#include "letters.h"
#include <stdio.h>

static int write_part(const struct words *words, enum letter_sample sample,
		      enum compose_part part, const char *folder,
		      const char *end)
{
	struct arena mem = {0};
	struct letter letter = letter_sample(sample, &mem);
	const char *path = arena_printf(&mem, "%s/%s.%s", folder,
					letter_sample_name(sample), end);
	struct batch *batch = batch_new(words, &letter_sender);
	struct err e = {""};
	struct buf out;
	FILE *file;
	int r;

	buf_init(&out, 1 << 20);
	r = compose(batch, &letter, part, &out, &e);
	if (r) {
		fprintf(stderr, "%s: %s\n", path, e.text);
	} else if (!(file = fopen(path, "w"))) {
		perror(path);
		r = -1;
	} else {
		fwrite(buf_str(&out), 1, out.len, file);
		r = fclose(file);
	}
	buf_release(&out);
	batch_free(batch);
	arena_release(&mem);
	return r;
}

int main(int argc, char **argv)
{
	const char *templates = argc > 3 ? argv[2] : "conf/templates";
	const char *languages = argc > 3 ? argv[3] : "conf/lang";
	struct words *words;
	struct err e = {""};
	int bad = 0;

	if (argc != 2 && argc != 4) {
		fputs("usage: letter FOLDER [TEMPLATES LANGUAGES]\n", stderr);
		return 64;
	}
	if (words_load(templates, languages, &words, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	for (int i = 0; i < LETTER_SAMPLES; i++) {
		enum letter_sample s = (enum letter_sample)i;

		bad |= write_part(words, s, COMPOSE_EML, argv[1], "eml");
		bad |= write_part(words, s, COMPOSE_TEXT, argv[1], "txt");
		bad |= write_part(words, s, COMPOSE_HTML, argv[1], "html");
	}
	words_free(words);
	return bad != 0;
}
