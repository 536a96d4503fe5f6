#include "config/ini_file.h"
#include "base/file.h"
#include "base/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reader {
	const char *at, *end;
	int line; /* the one that inih has just been given */
	struct arena *mem;
	struct ini_file *file;
	struct err *e;
	int failed; /* line of the first error, 0 none */
};

static void fail(struct reader *r, const char *what)
{
	if (r->failed)
		return;
	r->failed = r->line ? r->line : 1;
	(void)err_set(r->e, ERR_INPUT, "%s:%d: %s", r->file->name, r->failed,
		      what);
}

static void add_section(struct reader *r, const char *name, size_t len)
{
	struct ini_file *f = r->file;
	struct ini_section *s =
	    arena_push(r->mem, (void **)&f->sections, f->n++, sizeof(*s));

	*s = (struct ini_section){
	    .name = arena_strndup(r->mem, name, len),
	    .line = r->line,
	};
}

/*
 * inih goes on with the entry before where a line begins with a space, under
 * a key that it cut at 49 bytes: no such lines, but remarks and empty ones.
 */
static bool is_indented(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && strchr(" \t\r", line[n]))
		n++;
	return n && n < len && line[n] != ';' && line[n] != '#';
}

/* inih calls nobody for a section without keys: it is noticed here. */
static void look_at_section(struct reader *r, const char *line, size_t len)
{
	const char *close;

	if (!len || *line != '[')
		return;
	close = memchr(line, ']', len);
	if (!close)
		fail(r, "a section is written [name]; the ] is missing");
	else if (close - line - 1 > INI_SECTION_MAX)
		fail(r, "the section's name is longer than 49 bytes");
	else
		add_section(r, line + 1, (size_t)(close - line - 1));
}

/* A line end may be CRLF; other control bytes are a binary file's. */
static bool is_text(const char *line, size_t len)
{
	if (len && line[len - 1] == '\r')
		len--;
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') ||
		    line[i] == 0x7f)
			return false;
	return utf8_valid(line, len);
}

/* inih's fgets(): one line, looked at before inih sees it. */
static char *next_line(char *out, int size, void *data)
{
	struct reader *r = data;
	const char *eol;
	size_t len;

	if (r->at == r->end || r->failed)
		return NULL;
	eol = memchr(r->at, '\n', (size_t)(r->end - r->at));
	len = (size_t)((eol ? eol : r->end) - r->at);
	r->line++;
	if (!is_text(r->at, len)) {
		fail(r, "this is not text in UTF-8; save the file as UTF-8");
		return NULL;
	}
	if (len > INI_LINE_MAX || len + 2 > (size_t)size) {
		fail(r, "the line is longer than 198 bytes; make it shorter");
		return NULL;
	}
	if (is_indented(r->at, len)) {
		fail(r, "the line begins with a space; remove it");
		return NULL;
	}
	look_at_section(r, r->at, len);
	memcpy(out, r->at, len);
	out[len] = '\n';
	out[len + 1] = '\0';
	r->at += len + (eol != NULL);
	return r->failed ? NULL : out;
}

static int take_entry(void *data, const char *section, const char *key,
		      const char *value)
{
	struct reader *r = data;
	struct ini_file *f = r->file;
	struct ini_section *s;
	struct ini_entry *entry;

	(void)section;
	if (!f->n)
		add_section(r, "", 0);
	s = &f->sections[f->n - 1];
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->entries[i].key, key) != 0)
			continue;
		fail(r, "this key is there already");
		return 0;
	}
	entry =
	    arena_push(r->mem, (void **)&s->entries, s->n++, sizeof(*entry));
	*entry = (struct ini_entry){
	    .key = arena_strdup(r->mem, key),
	    .value = arena_strdup(r->mem, value),
	    .line = r->line,
	};
	return 1;
}

int ini_parse_bytes(const char *name, const char *bytes, size_t len,
		    struct arena *mem, struct ini_file *ret_file, int *ret_line,
		    struct err *e)
{
	struct ini_file file = {.name = name};
	struct reader r = {
	    .at = bytes,
	    .end = bytes + len,
	    .mem = mem,
	    .file = &file,
	    .e = e,
	};
	int bad;

	if (len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		r.at += 3;
	bad = ini_parse_stream(next_line, &r, take_entry, &r);
	if (bad && !r.failed) {
		r.line = bad > 0 ? bad : 1;
		fail(&r, "expected \"[section]\", \"key = value\" or "
			 "\"; remark\"");
	}
	if (r.failed) {
		*ret_line = r.failed;
		return ERR_INPUT;
	}
	*ret_file = file;
	return 0;
}

int ini_read_open(const char *path, int fd, size_t max, struct arena *mem,
		  const char **ret_bytes, size_t *ret_len, struct err *e)
{
	struct stat st;
	char *bytes;
	ssize_t n;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	if ((size_t)st.st_size > max)
		return err_set(e, ERR_LIMIT, "%s: larger than %zu KiB", path,
			       max / 1024);
	/* What is written meanwhile is told by another event. */
	bytes = arena_alloc(mem, (size_t)st.st_size + 1);
	n = file_read(fd, bytes, (size_t)st.st_size);
	if (n < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	*ret_bytes = bytes;
	*ret_len = (size_t)n;
	return 0;
}

int ini_read_file(const char *path, size_t max, struct arena *mem,
		  const char **ret_bytes, size_t *ret_len, struct err *e)
{
	/* O_NONBLOCK: a FIFO must not hold us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), r;

	if (fd < 0)
		return err_set(e, errno == ENOENT ? ERR_MISSING : ERR_CONFIG,
			       "%s: %s", path,
			       errno == ELOOP
				   ? "it is a symbolic link; put the "
				     "file itself here"
				   : strerror(errno));
	r = ini_read_open(path, fd, max, mem, ret_bytes, ret_len, e);
	close(fd);
	return r;
}
