#include "words/mustache.h"
#include "base/terms.h"
#include "words/value_kinds.h"
#include <stdio.h>
#include <string.h>

enum node_kind {
	NODE_TEXT,
	NODE_VARIABLE,
	NODE_RAW,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_PARTIAL
};

struct node {
	enum node_kind kind;
	const char *at;	  /* in the template's source */
	const char *text; /* of a text; the name of the others */
	size_t len;
	const char **path; /* of a name with dots; none for "." */
	size_t n_path;
	const char *indent; /* of a partial alone on its line */
	struct node *children;
	struct node *next;
};

struct template
{
	const char *name, *src;
	struct node *nodes;
};

/* ---- parsing -------------------------------------------------------------*/

struct parser {
	const char *name, *src, *end, *at;
	const char *open, *close; /* the delimiters */
	struct arena *mem;
	struct err *e;
};

static int line_of(const char *src, const char *at)
{
	int line = 1;

	for (const char *c = src; c < at; c++)
		line += *c == '\n';
	return line;
}

static int fail(struct parser *p, const char *at, const char *what,
		const char *detail)
{
	return err_set(p->e, ERR_INPUT, "%s:%d: %s%s", p->name,
		       line_of(p->src, at), what, detail);
}

static const char *find(const char *at, const char *end, const char *what)
{
	return memmem(at, (size_t)(end - at), what, strlen(what));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *trimmed(struct parser *p, const char *from,
			   const char *until)
{
	while (from < until && is_blank(*from))
		from++;
	while (until > from && is_blank(until[-1]))
		until--;
	return arena_strndup(p->mem, from, (size_t)(until - from));
}

static void split_path(struct parser *p, struct node *node)
{
	const char *at = node->text;

	if (!strcmp(at, "."))
		return;
	for (;;) {
		size_t len = strcspn(at, ".");

		*(const char **)arena_push(
		    p->mem, (void **)&node->path, node->n_path++,
		    sizeof(*node->path)) = arena_strndup(p->mem, at, len);
		if (!at[len])
			return;
		at += len + 1;
	}
}

/* A tag, and the white space that goes with it when it has a line alone. */
struct tag {
	const char *begin, *end; /* with its delimiters */
	char type;		 /* one of #^/!>=&{ or 0 */
	const char *name;
	const char *line; /* where its line begins, when alone; or NULL */
};

static int read_tag(struct parser *p, struct tag *t)
{
	const char *at = t->begin + strlen(p->open), *stop;
	char ending[64];

	while (at < p->end && is_blank(*at))
		at++;
	t->type = at < p->end && strchr("#^/!>=&{", *at) ? *at++ : '\0';
	snprintf(ending, sizeof(ending), "%s%s",
		 t->type == '{'	  ? "}"
		 : t->type == '=' ? "="
				  : "",
		 p->close);
	stop = find(at, p->end, ending);
	if (!stop)
		return fail(p, t->begin, "a tag without its end ", p->close);
	t->name = trimmed(p, at, stop);
	t->end = stop + strlen(ending);
	if (!t->name[0] && t->type != '!')
		return fail(p, t->begin, "a tag without a name", "");
	return 0;
}

/* Spec, "standalone": only white space beside it, and not a variable. */
static void look_around(struct parser *p, struct tag *t)
{
	const char *line = t->begin, *after = t->end;

	t->line = NULL;
	if (!t->type || t->type == '&' || t->type == '{')
		return;
	while (line > p->at && (line[-1] == ' ' || line[-1] == '\t'))
		line--;
	if (line > p->src && line[-1] != '\n')
		return;
	if (line == p->at && line > p->src && line[-1] != '\n')
		return;
	while (after < p->end && (*after == ' ' || *after == '\t'))
		after++;
	if (after < p->end && *after == '\r' && after + 1 < p->end)
		after++;
	if (after < p->end && *after != '\n')
		return;
	t->line = line;
	t->end = after < p->end ? after + 1 : after;
}

static struct node *node_new(struct parser *p, enum node_kind kind,
			     const char *text, size_t len)
{
	struct node *node = arena_alloc(p->mem, sizeof(*node));

	node->kind = kind;
	node->text = text;
	node->len = len;
	return node;
}

static int set_delimiters(struct parser *p, const struct tag *t)
{
	size_t open = strcspn(t->name, " \t\r\n");
	const char *close = t->name + open + strspn(t->name + open, " \t\r\n");
	size_t len = strcspn(close, " \t\r\n");

	if (!open || !len || close[len] || open > 16 || len > 16)
		return fail(p, t->begin, "expected {{=<% %>=}}", "");
	p->open = arena_strndup(p->mem, t->name, open);
	p->close = arena_strdup(p->mem, close);
	return 0;
}

static int parse_block(struct parser *p, const struct tag *section, int depth,
		       struct node **ret_nodes);

static int parse_tag(struct parser *p, struct tag *t, int depth,
		     struct node ***tail)
{
	enum node_kind kind = t->type == '#'   ? NODE_SECTION
			      : t->type == '^' ? NODE_INVERTED
			      : t->type == '>' ? NODE_PARTIAL
			      : t->type	       ? NODE_RAW
					       : NODE_VARIABLE;
	struct node *node;

	if (t->type == '!')
		return 0;
	if (t->type == '=')
		return set_delimiters(p, t);
	node = node_new(p, kind, t->name, strlen(t->name));
	node->at = t->begin;
	if (kind != NODE_PARTIAL)
		split_path(p, node);
	else if (t->line)
		node->indent = arena_strndup(p->mem, t->line,
					     (size_t)(t->begin - t->line));
	**tail = node;
	*tail = &node->next;
	if (kind != NODE_SECTION && kind != NODE_INVERTED)
		return 0;
	if (depth == MUSTACHE_DEPTH)
		return fail(p, t->begin, "sections too deep: ", t->name);
	return parse_block(p, t, depth + 1, &node->children);
}

/* Until the section's end, or the template's when `section` is NULL. */
static int parse_block(struct parser *p, const struct tag *section, int depth,
		       struct node **ret_nodes)
{
	struct node **tail = ret_nodes;

	for (;;) {
		struct tag t = {.begin = find(p->at, p->end, p->open),
				.end = p->end,
				.name = ""};
		const char *text = p->at, *until = t.begin;
		int r;

		if (t.begin && (r = read_tag(p, &t)))
			return r;
		if (t.begin)
			look_around(p, &t);
		if (t.begin && t.line)
			until = t.line;
		if (!t.begin)
			until = p->end;
		if (until > text) {
			*tail = node_new(p, NODE_TEXT, text,
					 (size_t)(until - text));
			tail = &(*tail)->next;
		}
		p->at = t.begin ? t.end : p->end;
		if (!t.begin && section)
			return fail(p, section->begin,
				    "section without its end: ", section->name);
		if (!t.begin)
			return 0;
		if (t.type == '/') {
			if (!section || strcmp(section->name, t.name) != 0)
				return fail(p, t.begin,
					    "the end of a section that is not "
					    "open: ",
					    t.name);
			return 0;
		}
		r = parse_tag(p, &t, depth, &tail);
		if (r)
			return r;
	}
}

int mustache_parse(const char *name, const char *text, size_t len,
		   struct arena *mem, struct template **ret_template,
		   struct err *e)
{
	struct template *t = arena_alloc(mem, sizeof(*t));
	struct parser p = {
	    .name = name,
	    .src = text,
	    .end = text + len,
	    .at = text,
	    .open = "{{",
	    .close = "}}",
	    .mem = mem,
	    .e = e,
	};
	int r = parse_block(&p, NULL, 0, &t->nodes);

	if (r)
		return r;
	t->name = arena_strdup(mem, name);
	t->src = text;
	*ret_template = t;
	return 0;
}

/* ---- rendering -----------------------------------------------------------*/

#define CONTEXTS (4 * MUSTACHE_DEPTH)

struct renderer {
	const struct value *stack[CONTEXTS];
	size_t n;
	enum words_escape escape;
	mustache_partial_fn partial;
	void *data;
	struct buf *out;
	struct err *e;
	int depth; /* of partials */
	const char *indent;
	bool at_line_start;
};

static const struct value *look_up(const struct renderer *r,
				   const struct node *node)
{
	const struct value *v = NULL;

	if (!node->n_path)
		return r->stack[r->n - 1];
	for (size_t i = r->n; i-- > 0 && !v;)
		v = value_get(r->stack[i], node->path[0]);
	for (size_t i = 1; v && i < node->n_path; i++)
		v = value_get(v, node->path[i]);
	return v;
}

static bool is_true(const struct value *v)
{
	if (!v)
		return false;
	switch (v->kind) {
	case VALUE_FLAG:
	case VALUE_NUMBER:
		return v->number != 0;
	case VALUE_TEXT:
		return v->text[0];
	case VALUE_LIST:
		return v->n > 0;
	case VALUE_MAP:
		return true;
	}
	return false;
}

static int put(struct renderer *r, const char *bytes, size_t len)
{
	if (buf_add(r->out, bytes, len))
		return err_set(r->e, ERR_LIMIT, "the text is too long");
	return 0;
}

static int put_indent(struct renderer *r)
{
	if (!r->at_line_start)
		return 0;
	r->at_line_start = false;
	return r->indent ? put(r, r->indent, strlen(r->indent)) : 0;
}

static int render_text(struct renderer *r, const char *text, size_t len)
{
	if (!r->indent)
		return put(r, text, len);
	while (len) {
		const char *eol = memchr(text, '\n', len);
		size_t n = eol ? (size_t)(eol - text) + 1 : len;
		int code = put_indent(r);

		if (!code)
			code = put(r, text, n);
		if (code)
			return code;
		r->at_line_start = eol != NULL;
		text += n;
		len -= n;
	}
	return 0;
}

static int put_escaped(struct renderer *r, const char *text)
{
	int code = 0;

	while (!code && *text) {
		size_t n = strcspn(text, "&<>\"'");

		code = put(r, text, n);
		text += n;
		if (code || !*text)
			break;
		if (*text == '&')
			code = put(r, "&amp;", 5);
		else if (*text == '<')
			code = put(r, "&lt;", 4);
		else if (*text == '>')
			code = put(r, "&gt;", 4);
		else if (*text == '"')
			code = put(r, "&quot;", 6);
		else
			code = put(r, "&#39;", 5);
		text++;
	}
	return code;
}

static int render_variable(struct renderer *r, const struct node *node)
{
	const struct value *v = look_up(r, node);
	int code;

	if (!v || (v->kind != VALUE_TEXT && v->kind != VALUE_NUMBER))
		return 0;
	code = put_indent(r);
	if (code)
		return code;
	if (node->kind == NODE_RAW || r->escape == WORDS_PLAIN)
		return put(r, v->text, strlen(v->text));
	return put_escaped(r, v->text);
}

static int render_nodes(struct renderer *r, const struct node *node);

static int render_with(struct renderer *r, const struct value *v,
		       const struct node *children)
{
	int code;

	if (r->n == CONTEXTS)
		return err_set(r->e, ERR_LIMIT, "sections too deep");
	r->stack[r->n++] = v;
	code = render_nodes(r, children);
	r->n--;
	return code;
}

static int render_section(struct renderer *r, const struct node *node)
{
	const struct value *v = look_up(r, node);
	int code = 0;

	if (node->kind == NODE_INVERTED)
		return is_true(v) ? 0 : render_nodes(r, node->children);
	if (!is_true(v))
		return 0;
	if (v->kind != VALUE_LIST)
		return render_with(r, v, node->children);
	for (size_t i = 0; !code && i < v->n; i++)
		code = render_with(r, v->entries[i].value, node->children);
	return code;
}

static int render_partial(struct renderer *r, const struct node *node)
{
	const struct template *t = r->partial(node->text, r->data);
	const char *outer = r->indent;
	struct arena mem = {0};
	int code;

	if (!t)
		return 0;
	if (r->depth == MUSTACHE_DEPTH)
		return err_set(r->e, ERR_LIMIT, "%s: partials too deep",
			       t->name);
	r->depth++;
	if (node->indent && node->indent[0]) {
		r->indent = arena_printf(&mem, "%s%s", outer ? outer : "",
					 node->indent);
		r->at_line_start = true;
	}
	code = render_nodes(r, t->nodes);
	r->indent = outer;
	r->depth--;
	arena_release(&mem);
	return code;
}

static int render_nodes(struct renderer *r, const struct node *node)
{
	int code = 0;

	for (; !code && node; node = node->next) {
		switch (node->kind) {
		case NODE_TEXT:
			code = render_text(r, node->text, node->len);
			break;
		case NODE_VARIABLE:
		case NODE_RAW:
			code = render_variable(r, node);
			break;
		case NODE_SECTION:
		case NODE_INVERTED:
			code = render_section(r, node);
			break;
		case NODE_PARTIAL:
			code = render_partial(r, node);
			break;
		}
	}
	return code;
}

int mustache_render(const struct template *t,
		    const struct value *const *contexts, size_t n_contexts,
		    enum words_escape escape, mustache_partial_fn partial,
		    void *data, struct buf *out, struct err *e)
{
	struct renderer r = {
	    .escape = escape,
	    .partial = partial,
	    .data = data,
	    .out = out,
	    .e = e,
	};

	for (size_t i = 0; i < n_contexts && i < CONTEXTS / 2; i++)
		r.stack[r.n++] = contexts[i];
	return render_nodes(&r, t->nodes);
}

static int each_in(const struct node *node,
		   int (*each)(const char *name, void *data), void *data)
{
	int r = 0;

	for (; !r && node; node = node->next) {
		if (node->kind == NODE_PARTIAL)
			r = each(node->text, data);
		else if (node->children)
			r = each_in(node->children, each, data);
	}
	return r;
}

int mustache_each_partial(const struct template *t,
			  int (*each)(const char *name, void *data), void *data)
{
	return each_in(t->nodes, each, data);
}

static const char *unknown(const struct node *node, const char *const *names,
			   size_t n)
{
	for (size_t i = 0; i < node->n_path; i++) {
		size_t k = 0;

		while (k < n && strcmp(names[k], node->path[i]) != 0)
			k++;
		if (k == n)
			return node->path[i];
	}
	return NULL;
}

static int check_names_in(const struct template *t, const struct node *node,
			  const char *const *names, size_t n, struct err *e)
{
	int r = 0;

	for (; !r && node; node = node->next) {
		const char *part = unknown(node, names, n), *near;

		if (part) {
			near = nearest_name(part, names, n);
			return err_set(
			    e, ERR_INPUT, "%s:%d: there is no {{%s}}%s%s%s",
			    t->name, line_of(t->src, node->at), node->text,
			    near ? "; did you mean \"" : "", near ? near : "",
			    near ? "\"?" : "");
		}
		r = check_names_in(t, node->children, names, n, e);
	}
	return r;
}

int mustache_check_names(const struct template *t, const char *const *names,
			 size_t n, struct err *e)
{
	return check_names_in(t, t->nodes, names, n, e);
}
