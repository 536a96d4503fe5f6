#include "words/words.h"
#include "base/file.h"
#include "base/mem.h"
#include "words/language.h"
#include "words/languages.h"
#include "words/mustache.h"
#include "words/value_kinds.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPLATE_MAX (256 * 1024)
#define FILES_MAX 64 /* a folder */

struct named_template {
	const char *name, *path;
	struct template *parsed;
};

struct words {
	struct arena mem;
	const char *dir; /* of the templates */
	struct named_template templates[FILES_MAX];
	size_t n_templates;
	struct language *languages[FILES_MAX];
	size_t n_languages;
};

/* ---- loading -------------------------------------------------------------*/

static int read_text(const char *path, struct arena *mem, char **ret_text,
		     size_t *ret_len, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;
	char *text;
	int r = 0;

	if (fd < 0 || fstat(fd, &st)) {
		r = err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (st.st_size > TEMPLATE_MAX) {
		r = err_set(e, ERR_LIMIT, "%s: larger than %d KiB", path,
			    TEMPLATE_MAX / 1024);
		goto out;
	}
	text = arena_alloc(mem, (size_t)st.st_size + 1);
	n = file_read(fd, text, (size_t)st.st_size);
	if (n < 0) {
		r = err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
		goto out;
	}
	*ret_text = text;
	*ret_len = (size_t)n;
out:
	if (fd >= 0)
		close(fd);
	return r;
}

static int load_template(struct words *w, const char *path, const char *stem,
			 struct err *e)
{
	struct named_template *t = &w->templates[w->n_templates];
	size_t len = 0;
	char *text = NULL;
	int r = read_text(path, &w->mem, &text, &len, e);

	if (!r)
		r = mustache_parse(path, text, len, &w->mem, &t->parsed, e);
	if (r)
		return r;
	t->name = arena_strdup(&w->mem, stem);
	t->path = arena_strdup(&w->mem, path);
	w->n_templates++;
	return 0;
}

static int load_language(struct words *w, const char *path, const char *stem,
			 struct err *e)
{
	int r = language_load(path, stem, &w->languages[w->n_languages], e);

	if (!r)
		w->n_languages++;
	return r;
}

typedef int (*load_fn)(struct words *w, const char *path, const char *stem,
		       struct err *e);

/* All files of a folder whose names end in `suffix`. */
static int load_folder(struct words *w, const char *dir, const char *suffix,
		       load_fn load, struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t n = 0;
	int r = 0;

	if (!d)
		return err_set(e, ERR_CONFIG, "[words] %s: %s", dir,
			       strerror(errno));
	while (!r && (entry = readdir(d))) {
		size_t len = strlen(entry->d_name), end = strlen(suffix);
		struct arena mem = {0};

		if (entry->d_name[0] == '.' || len <= end ||
		    strcmp(entry->d_name + len - end, suffix) != 0)
			continue;
		if (n++ == FILES_MAX)
			r = err_set(e, ERR_LIMIT, "%s: more than %d files", dir,
				    FILES_MAX);
		else
			r = load(
			    w, arena_printf(&mem, "%s/%s", dir, entry->d_name),
			    arena_strndup(&mem, entry->d_name, len - end), e);
		arena_release(&mem);
	}
	closedir(d);
	if (!r && !n)
		r = err_set(e, ERR_CONFIG, "[words] %s: there is no *%s in it",
			    dir, suffix);
	return r;
}

static const struct named_template *find_named(const struct words *w,
					       const char *name)
{
	for (size_t i = 0; i < w->n_templates; i++)
		if (!strcmp(w->templates[i].name, name))
			return &w->templates[i];
	return NULL;
}

static const struct template *find_template(const char *name, void *data)
{
	const struct named_template *t = find_named(data, name);

	/* cppcheck-suppress CastIntegerToAddressAtReturn */
	return t ? t->parsed : NULL;
}

struct check {
	struct words *words;
	struct err *e;
};

static int check_partial(const char *name, void *data)
{
	struct check *c = data;

	if (find_template(name, c->words))
		return 0;
	return err_set(c->e, ERR_INPUT,
		       "there is no template %s.mustache, which {{> %s}} "
		       "asks for",
		       name, name);
}

static int check_partials(struct words *w, struct err *e)
{
	struct check check = {w, e};
	int r = 0;

	for (size_t i = 0; !r && i < w->n_templates; i++) {
		r = mustache_each_partial(w->templates[i].parsed, check_partial,
					  &check);
		if (r)
			r = err_prefix(e, r, "%s", w->templates[i].path);
	}
	return r;
}

int words_load(const char *templates, const char *languages,
	       struct words **ret_words, struct err *e)
{
	struct words *w = xcalloc(1, sizeof(*w));
	int r;

	w->dir = arena_strdup(&w->mem, templates);
	r = load_folder(w, templates, ".mustache", load_template, e);

	if (!r)
		r = load_folder(w, languages, ".ini", load_language, e);
	if (!r)
		r = languages_agree(w->languages, w->n_languages, e);
	if (!r)
		r = check_partials(w, e);
	if (r) {
		words_free(w);
		return r;
	}
	*ret_words = w;
	return 0;
}

void words_free(struct words *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n_languages; i++)
		language_free(w->languages[i]);
	arena_release(&w->mem);
	free(w);
}

/* ---- use -----------------------------------------------------------------*/

static const struct language *find_language(const struct words *w,
					    const char *code)
{
	for (size_t i = 0; i < w->n_languages; i++)
		if (!strcmp(language_code(w->languages[i]), code))
			return w->languages[i];
	return NULL;
}

const char *words_language(const struct words *w, size_t i)
{
	return i < w->n_languages ? language_code(w->languages[i]) : NULL;
}

static void add_keys(const struct value *map, struct arena *mem,
		     const char ***names, size_t *n)
{
	for (size_t i = 0; i < map->n; i++) {
		*(const char **)arena_push(mem, (void **)names, (*n)++,
					   sizeof(**names)) =
		    map->entries[i].key;
		if (map->entries[i].value->kind == VALUE_MAP)
			add_keys(map->entries[i].value, mem, names, n);
	}
}

int words_check_names(const struct words *w, const char *const *names,
		      struct err *e)
{
	struct arena mem = {0};
	const char **all = NULL;
	size_t n = 0;
	int r = 0;

	while (names[n]) {
		*(const char **)arena_push(&mem, (void **)&all, n,
					   sizeof(*all)) = names[n];
		n++;
	}
	add_keys(language_scope(w->languages[0]), &mem, &all, &n);
	for (size_t i = 0; !r && i < w->n_templates; i++)
		r = mustache_check_names(w->templates[i].parsed, all, n, e);
	arena_release(&mem);
	return r;
}

const char *words_templates(const struct words *w)
{
	return w->dir;
}

bool words_has_language(const struct words *w, const char *language)
{
	return find_language(w, language) != NULL;
}

static int need_language(const struct words *w, const char *code,
			 const struct language **ret_language, struct err *e)
{
	*ret_language = find_language(w, code);
	if (*ret_language)
		return 0;
	return err_set(e, ERR_INPUT, "there is no language file %s.ini", code);
}

int words_render(const struct words *w, const char *name, const char *language,
		 enum words_escape escape, const struct value *data,
		 struct buf *out, struct err *e)
{
	const struct named_template *t = find_named(w, name);
	const struct value *contexts[2];
	const struct language *l;
	int r = need_language(w, language, &l, e);

	if (!r && !t)
		return err_set(e, ERR_INPUT,
			       "%s/%s.mustache is missing; copy it from "
			       "where pregon was installed",
			       w->dir, name);
	if (!r) {
		contexts[0] = language_scope(l);
		contexts[1] = data;
		r = mustache_render(t->parsed, contexts, 2, escape,
				    find_template, (void *)w, out, e);
	}
	return r && t ? err_prefix(e, r, "%s", t->path) : r;
}

int words_say(const struct words *w, const char *language, const char *key,
	      const struct value *args, struct arena *mem,
	      const char **ret_text, struct err *e)
{
	const struct language *l;
	int r = need_language(w, language, &l, e);

	return r ? r : language_say(l, key, args, mem, ret_text, e);
}

int words_date(const struct words *w, const char *language,
	       const struct words_time *time, enum words_date style,
	       struct arena *mem, const char **ret_text, struct err *e)
{
	const struct language *l;
	int r = need_language(w, language, &l, e);

	return r ? r : language_date(l, time, style, mem, ret_text, e);
}

int words_shorten(const struct words *w, const char *language, const char *text,
		  size_t max, struct arena *mem, const char **ret_text,
		  struct err *e)
{
	const struct language *l;
	int r = need_language(w, language, &l, e);

	if (!r)
		*ret_text =
		    shortener_cut(language_shortener(l), text, max, mem);
	return r;
}
