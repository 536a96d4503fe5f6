/*
 * usage: letter FOLDER [LANGUAGE [TEMPLATES LANGUAGES]]
 * Writes every sample letter to FOLDER: NAME.eml, .txt and .html; for a
 * member who reads LANGUAGE, when it is given and not "".
 */
#include "letters.h"
#include <stdio.h>

static int write_part(const struct words *words, enum letter_sample sample,
		      const char *language, enum compose_part part,
		      const char *folder, const char *end)
{
	struct arena mem = {0};
	struct letter letter = letter_sample(sample, &mem);
	struct member member = *letter.member;
	const char *path = arena_printf(&mem, "%s/%s.%s", folder,
					letter_sample_name(sample), end);
	struct batch *batch = batch_new(words, letter_sender());
	struct err e = {""};
	struct buf out;
	FILE *file;
	int r;

	if (*language)
		member.set.language = language;
	letter.member = &member;
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
	const char *language = argc > 2 ? argv[2] : "";
	const char *templates = argc > 3 ? argv[3] : "conf/templates";
	const char *languages = argc > 3 ? argv[4] : "conf/lang";
	static const char *const ends[] = {[COMPOSE_EML] = "eml",
					   [COMPOSE_TEXT] = "txt",
					   [COMPOSE_HTML] = "html"};
	struct words *words;
	struct err e = {""};
	int bad = 0;

	if (argc != 2 && argc != 3 && argc != 5) {
		fputs("usage: letter FOLDER [LANGUAGE [TEMPLATES "
		      "LANGUAGES]]\n",
		      stderr);
		return 64;
	}
	if (words_load(templates, languages, &words, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	for (int i = 0; i < LETTER_SAMPLES; i++)
		for (size_t k = 0; k < 3; k++)
			bad |=
			    write_part(words, (enum letter_sample)i, language,
				       (enum compose_part)k, argv[1], ends[k]);
	words_free(words);
	return bad != 0;
}
