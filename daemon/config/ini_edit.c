/*
 * The reader says in which line things stand; each change becomes a splice of
 * the text there, and of the sections as read. Then the new text is read, and
 * must say what those sections say.
 */
#include "config/ini_edit.h"
#include "base/utf8.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BOM "\xef\xbb\xbf"

/* bytes[from, until) become `text`. */
struct splice {
	size_t from, until;
	const char *text;
	/* Whole lines, before which the last one must have ended; those of a
	 * new section come after those of the last one that is there. */
	enum { SPLICE_PART, SPLICE_LINES, SPLICE_SECTION } kind;
	size_t number;
};

struct editor {
	const struct ini_edit *edit;
	struct arena *mem;
	struct ini_file file; /* as it is; when all is placed, as wanted */
	size_t begin;	      /* behind a byte order mark */
	size_t *starts;	      /* of lines 1 to n_lines, and the end */
	size_t n_lines;
	struct splice *splices;
	size_t n_splices;
	struct err *e;
};

/* ---- sections ----------------------------------------------------------- */

static bool is_of_kind(const char *name, const char *head)
{
	size_t len = strcspn(head, ":");

	return !strncmp(name, head, len) && (!name[len] || name[len] == ':');
}

/* The sections [*ret_from, *ret_until) that belong to `head`. */
static bool find_range(const struct ini_file *file, const char *head,
		       size_t *ret_from, size_t *ret_until)
{
	size_t from = 0, until;

	*ret_from = 0;
	*ret_until = file->n;
	if (!head)
		return true;
	while (from < file->n && strcmp(file->sections[from].name, head) != 0)
		from++;
	until = from + 1;
	while (until < file->n && !is_of_kind(file->sections[until].name, head))
		until++;
	if (from == file->n)
		return false;
	*ret_from = from;
	*ret_until = until;
	return true;
}

static struct ini_section *find_section(const struct ini_file *file,
					const char *head, const char *name)
{
	size_t from, until;

	if (find_range(file, head, &from, &until))
		for (size_t i = from; i < until; i++)
			if (!strcmp(file->sections[i].name, name))
				return &file->sections[i];
	return NULL;
}

static struct ini_entry *find_entry(const struct ini_section *s,
				    const char *key)
{
	for (size_t i = 0; s && i < s->n; i++)
		if (!strcmp(s->entries[i].key, key))
			return &s->entries[i];
	return NULL;
}

const char *ini_value(const struct ini_file *file, const char *head,
		      const char *section, const char *key)
{
	const struct ini_entry *entry =
	    find_entry(find_section(file, head, section), key);

	return entry ? entry->value : NULL;
}

/* ---- what it is to say -------------------------------------------------- */

static struct ini_section *want_section(struct editor *ed, const char *name)
{
	struct ini_file *want = &ed->file;
	size_t from, until;
	struct ini_section *s;

	(void)find_range(want, ed->edit->head, &from, &until);
	(void)arena_push(ed->mem, (void **)&want->sections, want->n,
			 sizeof(*s));
	s = &want->sections[until];
	memmove(s + 1, s, (want->n++ - until) * sizeof(*s));
	*s = (struct ini_section){.name = name};
	return s;
}

static void want(struct editor *ed, const struct ini_change *c)
{
	struct ini_section *s =
	    find_section(&ed->file, ed->edit->head, c->section);
	struct ini_entry *entry = find_entry(s, c->key);

	if (!c->value) {
		if (!entry)
			return;
		s->n--;
		memmove(entry, entry + 1,
			(size_t)(s->entries + s->n - entry) * sizeof(*entry));
		return;
	}
	if (!s)
		s = want_section(ed, c->section);
	if (!entry)
		entry = arena_push(ed->mem, (void **)&s->entries, s->n++,
				   sizeof(*entry));
	entry->key = c->key;
	entry->value = c->value;
}

static bool is_same_section(const struct ini_section *a,
			    const struct ini_section *b)
{
	if (strcmp(a->name, b->name) != 0 || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->entries[i].key, b->entries[i].key) != 0 ||
		    strcmp(a->entries[i].value, b->entries[i].value) != 0)
			return false;
	return true;
}

static bool is_same(const struct ini_file *a, const struct ini_file *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!is_same_section(&a->sections[i], &b->sections[i]))
			return false;
	return true;
}

/* ---- lines -------------------------------------------------------------- */

static void find_lines(struct editor *ed)
{
	const char *bytes = ed->edit->bytes;
	size_t len = ed->edit->len;

	if (len >= 3 && !memcmp(bytes, BOM, 3))
		ed->begin = 3;
	(void)arena_push(ed->mem, (void **)&ed->starts, 0, sizeof(size_t));
	for (size_t at = ed->begin; at < len;) {
		const char *eol = memchr(bytes + at, '\n', len - at);

		*(size_t *)arena_push(ed->mem, (void **)&ed->starts,
				      ++ed->n_lines, sizeof(size_t)) = at;
		at = eol ? (size_t)(eol - bytes) + 1 : len;
	}
	*(size_t *)arena_push(ed->mem, (void **)&ed->starts, ed->n_lines + 1,
			      sizeof(size_t)) = len;
}

/* Where its content ends: before "\n" or "\r\n". */
static size_t content_end(const struct editor *ed, size_t line)
{
	const char *bytes = ed->edit->bytes;
	size_t start = ed->starts[line], end = ed->starts[line + 1];

	if (end > start && bytes[end - 1] == '\n')
		end--;
	if (end > start && bytes[end - 1] == '\r')
		end--;
	return end;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first byte of a line that is not blank, NUL when there is none. */
static char first_byte(const struct editor *ed, size_t line)
{
	size_t at = ed->starts[line], end = content_end(ed, line);

	while (at < end && is_blank(ed->edit->bytes[at]))
		at++;
	return at < end ? ed->edit->bytes[at] : '\0';
}

/* How lines end around there. */
static const char *line_end(const struct editor *ed, size_t line)
{
	const size_t looks[] = {line - 1, 1};

	for (size_t i = 0; i < 2; i++) {
		size_t at = looks[i];
		size_t len;

		if (at < 1 || at > ed->n_lines)
			continue;
		len = ed->starts[at + 1] - content_end(ed, at);
		if (len && ed->edit->bytes[ed->starts[at + 1] - 1] == '\n')
			return len == 2 ? "\r\n" : "\n";
	}
	return "\n";
}

static void add_splice(struct editor *ed, const struct splice *splice)
{
	struct splice *s = arena_push(ed->mem, (void **)&ed->splices,
				      ed->n_splices, sizeof(*ed->splices));

	*s = *splice;
	s->number = ed->n_splices++;
}

/* ---- a key that is there ------------------------------------------------ */

/* Where the value of a line stands, before blanks and a remark. */
static void find_value(const struct editor *ed, size_t line, size_t *ret_sep,
		       size_t *ret_from, size_t *ret_until)
{
	const char *bytes = ed->edit->bytes;
	size_t end = content_end(ed, line), sep = ed->starts[line];
	size_t from, until;

	while (sep < end && bytes[sep] != '=' && bytes[sep] != ':')
		sep++;
	until = sep < end ? sep + 1 : end;
	while (until < end && !(bytes[until] == ';' && until > sep + 1 &&
				is_blank(bytes[until - 1])))
		until++;
	from = sep < end ? sep + 1 : end;
	while (from < until && is_blank(bytes[from]))
		from++;
	while (until > from && is_blank(bytes[until - 1]))
		until--;
	*ret_sep = sep;
	*ret_from = from;
	*ret_until = until;
}

static void replace(struct editor *ed, size_t line, const char *value)
{
	const char *bytes = ed->edit->bytes;
	size_t end = content_end(ed, line), sep, from, until;
	const char *before = "", *after = "";

	find_value(ed, line, &sep, &from, &until);
	if (from == until && *value) {
		/* "key =": as in "key = value"; and before a remark. */
		if (from == sep + 1 && sep > ed->starts[line] &&
		    is_blank(bytes[sep - 1]))
			before = " ";
		if (until < end && bytes[until] == ';')
			after = " ";
	} else if (!*value && until == end) {
		from = sep + 1; /* no blank is left at the end */
	}
	add_splice(ed, &(struct splice){
			   .from = from,
			   .until = until,
			   .text = arena_join(ed->mem, before, value, after),
		       });
}

/* ---- a key that is new -------------------------------------------------- */

/* The line before which a section goes on: not among the empty lines at its
 * end, nor the remarks that stand before the next. */
static size_t end_of(const struct editor *ed, const struct ini_section *s)
{
	const struct ini_section *end = ed->file.sections + ed->file.n;
	bool last = !s || s + 1 == end;
	size_t line = last ? ed->n_lines + 1 : (size_t)s[1].line;
	size_t floor = !s     ? 0
		       : s->n ? (size_t)s->entries[s->n - 1].line
			      : (size_t)s->line;

	if (!last)
		while (line - 1 > floor && first_byte(ed, line - 1))
			line--;
	while (line - 1 > floor && !first_byte(ed, line - 1))
		line--;
	return line;
}

static const char *entry_line(struct editor *ed, const struct ini_change *c,
			      const char *eol)
{
	return arena_join(ed->mem, c->key, *c->value ? " = " : " =", c->value,
			  eol);
}

static void insert(struct editor *ed, size_t line, bool section,
		   const char *text)
{
	add_splice(ed, &(struct splice){
			   .from = ed->starts[line],
			   .until = ed->starts[line],
			   .text = text,
			   .kind = section ? SPLICE_SECTION : SPLICE_LINES,
		       });
}

/* With all that the changes from `i` on say in it. */
static void add_section(struct editor *ed, size_t i)
{
	const struct ini_change *changes = ed->edit->changes;
	const char *name = changes[i].section, *eol, *text;
	size_t from, until, line;

	(void)find_range(&ed->file, ed->edit->head, &from, &until);
	line = end_of(ed, until > from ? &ed->file.sections[until - 1] : NULL);
	eol = line_end(ed, line);
	text = arena_join(ed->mem, line > 1 ? eol : "", "[", name, "]", eol);
	for (; i < ed->edit->n; i++)
		if (changes[i].value && !strcmp(changes[i].section, name))
			text = arena_join(ed->mem, text,
					  entry_line(ed, &changes[i], eol));
	insert(ed, line, true, text);
}

/* ---- changes ------------------------------------------------------------ */

static bool is_added(const struct editor *ed, size_t i)
{
	const struct ini_change *changes = ed->edit->changes;

	for (size_t k = 0; k < i; k++)
		if (changes[k].value &&
		    !strcmp(changes[k].section, changes[i].section))
			return true;
	return false;
}

static void place(struct editor *ed, size_t i)
{
	const struct ini_change *c = &ed->edit->changes[i];
	const struct ini_section *s =
	    find_section(&ed->file, ed->edit->head, c->section);
	const struct ini_entry *entry = find_entry(s, c->key);
	size_t line;

	if (entry && c->value) {
		replace(ed, (size_t)entry->line, c->value);
	} else if (entry) {
		line = (size_t)entry->line;
		add_splice(ed, &(struct splice){.from = ed->starts[line],
						.until = ed->starts[line + 1],
						.text = ""});
	} else if (s && c->value) {
		line = end_of(ed, s);
		insert(ed, line, false, entry_line(ed, c, line_end(ed, line)));
	} else if (c->value && !is_added(ed, i)) {
		add_section(ed, i);
	}
}

/* Why the reader would read another value; NULL when it does not. */
static const char *fault_of(const char *value)
{
	size_t len = strlen(value);

	for (const char *p = value; *p; p++)
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
			return "it has a line break or a control character";
	if (!utf8_valid(value, len))
		return "it is not UTF-8";
	if (len && (is_blank(*value) || is_blank(value[len - 1])))
		return "it begins or ends with a space";
	for (size_t i = 0; i < len; i++)
		if (value[i] == ';' && (!i || is_blank(value[i - 1])))
			return "what follows a \";\" after a space is a remark";
	return NULL;
}

static int check_change(const struct editor *ed, const struct ini_change *c)
{
	const char *fault = c->value ? fault_of(c->value) : NULL;

	if (!c->section[0])
		return err_set(ed->e, ERR_USAGE, "%s: %s needs a section",
			       ed->edit->name, c->key);
	if (fault)
		return err_set(ed->e, ERR_INPUT,
			       "%s: this value of %s cannot be written: %s",
			       ed->edit->name, c->key, fault);
	return 0;
}

/* ---- the new text ------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Before lines that are added, the last one may lack its end. */
static void end_line(const struct editor *ed, size_t base, struct buf *out)
{
	const char *eol = line_end(ed, ed->n_lines + 1);
	char last =
	    out->len > base + ed->begin ? out->data[out->len - 1] : '\n';

	if (last != '\n')
		(void)buf_adds(out, last == '\r' ? "\n" : eol);
}

static void write_text(struct editor *ed, struct buf *out)
{
	const char *bytes = ed->edit->bytes;
	size_t at = 0, base = out->len;

	if (ed->n_splices)
		qsort(ed->splices, ed->n_splices, sizeof(*ed->splices),
		      by_place);
	for (size_t i = 0; i < ed->n_splices; i++) {
		const struct splice *s = &ed->splices[i];

		if (s->from > at)
			(void)buf_add(out, bytes + at, s->from - at);
		if (s->kind != SPLICE_PART)
			end_line(ed, base, out);
		(void)buf_adds(out, s->text);
		if (s->until > at)
			at = s->until;
	}
	if (ed->edit->len > at)
		(void)buf_add(out, bytes + at, ed->edit->len - at);
}

static int check_text(struct editor *ed, const char *bytes, size_t len)
{
	struct ini_file got;
	int line;
	int r = ini_parse_bytes(ed->edit->name, bytes, len, ed->mem, &got,
				&line, ed->e);

	if (r || is_same(&got, &ed->file))
		return r;
	return err_set(ed->e, ERR_INPUT,
		       "%s: this cannot be written so that it is read as it is "
		       "meant",
		       ed->edit->name);
}

static int change_all(struct editor *ed, struct buf *out)
{
	size_t base = out->len, from, until;
	int r = 0;

	if (!find_range(&ed->file, ed->edit->head, &from, &until))
		return err_set(ed->e, ERR_MISSING, "%s: there is no [%s]",
			       ed->edit->name, ed->edit->head);
	for (size_t i = 0; !r && i < ed->edit->n; i++)
		r = check_change(ed, &ed->edit->changes[i]);
	if (r)
		return r;
	for (size_t i = 0; i < ed->edit->n; i++)
		place(ed, i);
	for (size_t i = 0; i < ed->edit->n; i++)
		want(ed, &ed->edit->changes[i]);
	write_text(ed, out);
	if (out->full)
		return err_set(ed->e, ERR_LIMIT, "%s: would be too long",
			       ed->edit->name);
	return check_text(ed, buf_str(out) + base, out->len - base);
}

int ini_edit(const struct ini_edit *edit, struct arena *mem, struct buf *out,
	     struct err *e)
{
	struct editor ed = {.edit = edit, .mem = mem, .e = e};
	size_t base = out->len;
	int line, r;

	r = ini_parse_bytes(edit->name, edit->bytes, edit->len, mem, &ed.file,
			    &line, e);
	if (r)
		return r;
	find_lines(&ed);
	r = change_all(&ed, out);
	if (r)
		buf_cut(out, base);
	return r;
}
