#include "cli/group_file.h"
#include "base/utf8.h"
#include "config/option.h"
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TITLE_MAX 160 /* a line has 198 bytes */

/* ---- names -------------------------------------------------------------- */

void group_slug(const char *text, char out[GROUP_NAME_SIZE])
{
	char *ascii = g_str_to_ascii(text, "C");
	size_t n = 0, word = 0;

	for (const char *p = ascii; *p && n < GROUP_NAME_SIZE - 1; p++) {
		if (g_ascii_isalnum(*p)) {
			out[n++] = g_ascii_tolower(*p);
		} else if (n && out[n - 1] != '-') {
			word = n;
			out[n++] = '-';
		}
	}
	/* Rather a word less than a part of one. */
	if (n == GROUP_NAME_SIZE - 1 && word > n / 2)
		n = word;
	while (n && out[n - 1] == '-')
		n--;
	out[n] = '\0';
	g_free(ascii);
}

static bool is_taken(const char *name, const struct group_settings *known,
		     size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(known[i].name, name))
			return true;
	return false;
}

const char *group_suggest(const char *title, const char *url,
			  const struct group_settings *known, size_t n,
			  struct arena *mem)
{
	char slug[GROUP_NAME_SIZE] = "";
	const char *host = strstr(url, "//"), *name;

	if (title)
		group_slug(title, slug);
	if (!slug[0] && host)
		group_slug(
		    arena_strndup(mem, host + 2, strcspn(host + 2, "/?#")),
		    slug);
	name = slug[0] ? arena_strdup(mem, slug) : "grupo";
	for (int i = 2; is_taken(name, known, n); i++)
		name = arena_printf(mem, "%.28s-%d", slug, i);
	return name;
}

const char *group_title(const char *title, struct arena *mem)
{
	char *line = arena_strdup(mem, title);

	(void)utf8_line(line);
	line[utf8_cut(line, strlen(line), TITLE_MAX)] = '\0';
	/* " ;" begins a remark. */
	for (char *p = line; (p = strstr(p, " ;"));)
		p[1] = ',';
	(void)utf8_line(line);
	return line;
}

/* ---- lines -------------------------------------------------------------- */

static int add_line(struct buf *out, const char *key, const char *value,
		    struct err *e)
{
	size_t at = out->len;

	if (!value || !*value)
		return 0;
	if (strpbrk(value, "\r\n") || strstr(value, " ;"))
		return err_set(e, ERR_INPUT,
			       "%s cannot be written in an ini file: \"%.80s\"",
			       key, value);
	(void)buf_addf(out, "%s = %s\n", key, value);
	if (out->len - at > INI_LINE_MAX + 1)
		return err_set(e, ERR_INPUT,
			       "%s is too long for a line of an ini file: "
			       "\"%.80s...\"",
			       key, value);
	return 0;
}

int group_section(const struct group_settings *set, struct buf *out,
		  struct err *e)
{
	char every[32] = "";
	int r;

	if (set->every)
		(void)snprintf(every, sizeof(every), "%ds", set->every);
	(void)buf_addf(out, "[group:%s]\n", set->name);
	if ((r = add_line(out, "title", set->title, e)) ||
	    (r = add_line(out, "url", set->url, e)) ||
	    (r = add_line(out, "comments", set->comments, e)) ||
	    (r = add_line(out, "source",
			  term_name(source_terms, (int)set->source), e)) ||
	    (r = add_line(out, "every", every, e)))
		return r;
	return out->full ? err_set(e, ERR_LIMIT, "too many groups") : 0;
}

/* ---- the file ----------------------------------------------------------- */

/* As pregond will read it. */
static int check_text(const char *dir, const char *path, const char *text,
		      struct arena *mem, struct err *e)
{
	struct option_context context = {.mem = mem, .dir = dir};
	struct group_settings set;
	struct ini_file file;
	int line, r;

	r = ini_parse_bytes(path, text, strlen(text), mem, &file, &line, e);
	for (size_t i = 0; !r && i < file.n; i++) {
		set = (struct group_settings){0};
		r = option_read_section(group_options, "group", &file,
					&file.sections[i], &set, &context,
					&line, e);
	}
	return r;
}

static int refuse(const char *path, struct err *e)
{
	int code = errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_IO;

	return err_set(e, code, "%s: %s", path, strerror(errno));
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(fd, text, len);

		if (n <= 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

static int write_new(const char *path, const char *text, struct err *e)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	int r = 0;

	if (fd < 0)
		return refuse(path, e);
	if (write_all(fd, text))
		r = refuse(path, e);
	(void)close(fd);
	return r;
}

/* link() never takes another's place. */
static int move_new(const char *fresh, const char *path, struct err *e)
{
	if (!link(fresh, path))
		return 0;
	if (errno == EEXIST)
		return err_set(e, ERR_USAGE, "%s is there already", path);
	return refuse(path, e);
}

int group_file_write(const char *dir, const char *stem, const char *text,
		     struct arena *mem, const char **ret_path, struct err *e)
{
	const char *path = arena_printf(mem, "%s/groups.d/%s.ini", dir, stem);
	/* Files that begin with a dot are not looked at. */
	const char *fresh =
	    arena_printf(mem, "%s/groups.d/.%s.ini.new", dir, stem);
	int r = check_text(dir, path, text, mem, e);

	if (r)
		return r;
	if (mkdir(arena_printf(mem, "%s/groups.d", dir), 0755) &&
	    errno != EEXIST)
		return refuse(arena_printf(mem, "%s/groups.d", dir), e);
	r = write_new(fresh, text, e);
	if (!r)
		r = move_new(fresh, path, e);
	(void)unlink(fresh);
	if (!r)
		*ret_path = path;
	return r;
}
