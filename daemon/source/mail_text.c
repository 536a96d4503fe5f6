/*
 * Lines of a mail, and which of them its writer wrote.
 */
#include "source/mail_text.h"
#include "base/utf8.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

#define SIGNATURE_MAX 8 /* lines after a "--" that lost its space */
#define FOOTER_MAX 15	/* lines */
#define RULE_MIN 10	/* characters of a line that separates */
#define NOTICE_MAX 3	/* lines that announce a quote */
#define LOOKED_AT 1000	/* bytes of a line that words are looked for in */
#define BLOCK_MAX 4	/* lines in which From: and Sent: stand together */

struct line {
	const char *s;
	size_t len;
	bool quoted;
	bool flows;	/* into the next one */
	bool signature; /* "-- " */
};

struct text {
	const struct mail_text_form *form;
	struct arena *mem;
	struct line *lines;
	size_t n;
};

static bool is_blank(const struct line *l)
{
	return !l->len;
}

/* ---- lines -------------------------------------------------------------- */

static void read_line(struct text *t, const char *s, size_t len, struct line *l)
{
	if (len && s[len - 1] == '\r')
		len--;
	l->quoted = len && *s == '>';
	l->signature = (len == 3 && !memcmp(s, "-- ", 3)) ||
		       (len == 5 && !memcmp(s, "- -- ", 5)); /* PGP's */
	if (t->form->flowed && len && *s == ' ') {
		s++;
		len--;
	}
	l->flows = t->form->flowed && len && s[len - 1] == ' ' &&
		   !l->signature && !l->quoted;
	if (l->flows && t->form->delsp)
		len--;
	while (len && !l->flows && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	l->s = s;
	l->len = len;
}

static void read_lines(struct text *t, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	size_t n = 1;

	for (const char *c = p; (c = memchr(c, '\n', (size_t)(end - c))); c++)
		n++;
	if (n > MAIL_LINES_MAX)
		n = MAIL_LINES_MAX;
	t->lines = arena_array(t->mem, n, sizeof(*t->lines));
	for (t->n = 0; t->n < n && p <= end; t->n++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if (!eol)
			eol = end;
		read_line(t, p, (size_t)(eol - p), &t->lines[t->n]);
		p = eol + 1;
	}
}

static bool line_begins(const struct line *l, const char *word)
{
	size_t n = strlen(word);

	return l->len >= n && !strncasecmp(l->s, word, n);
}

/* `words` end with NULL. */
static bool line_begins_any(const struct line *l, const char *const *words)
{
	for (; *words; words++)
		if (line_begins(l, *words))
			return true;
	return false;
}

static bool line_has(const struct line *l, const char *word)
{
	size_t n = strlen(word);
	size_t len = l->len < LOOKED_AT ? l->len : LOOKED_AT;

	for (size_t i = 0; i + n <= len; i++)
		if (!strncasecmp(l->s + i, word, n))
			return true;
	return false;
}

/* ---- where the writer's words end --------------------------------------- */

static bool is_armour(const struct line *l, const char *what)
{
	return l->len > 15 && !memcmp(l->s, "-----BEGIN PGP ", 15) &&
	       l->len >= 15 + strlen(what) &&
	       !memcmp(l->s + 15, what, strlen(what));
}

/* "-----Original Message-----" in some language. */
static bool is_original(const struct line *l)
{
	return l->len >= 12 && l->len < 80 && !memcmp(l->s, "---", 3) &&
	       !memcmp(l->s + l->len - 3, "---", 3) && line_has(l, "origin");
}

/* Outlook's block: From: and, a line or three later, Sent:. */
static bool is_block(const struct text *t, size_t at)
{
	static const char *const from[] = {
	    "From:", "De:", "Von:", "Da:", "*From:", "*De:", NULL};
	static const char *const sent[] = {
	    "Sent:",	 "Enviado", "Enviada",	"Date:",  "Fecha:",  "Data:",
	    "Gesendet:", "Envoyé",  "*Enviado", "*Sent:", "*Fecha:", NULL};

	if (!line_begins_any(&t->lines[at], from))
		return false;
	for (size_t i = at + 1; i < t->n && i < at + BLOCK_MAX; i++)
		if (line_begins_any(&t->lines[i], sent))
			return true;
	return false;
}

static bool is_rule(const struct line *l)
{
	if (l->len < RULE_MIN)
		return false;
	for (size_t i = 0; i < l->len; i++)
		if (!strchr("_-=*~#+", l->s[i]) || !l->s[i])
			return false;
	return true;
}

static bool speaks_of_list(const struct text *t, const struct line *l)
{
	static const char *const words[] = {
	    "mailing list",	"listinfo",	     "unsubscribe",
	    "subscribed",	"lista de correo",   "lista de distribuci",
	    "darse de baja",	"darte de baja",     "dejar de recibir",
	    "cancelar la susc", "cancelar su susc",  "desuscri",
	    "suscrito",		"lista de discuss",  "googlegroups.com",
	    "groups.io",	"cancelar a inscri", NULL};

	for (size_t i = 0; words[i]; i++)
		if (line_has(l, words[i]))
			return true;
	return *t->form->list_host && line_has(l, t->form->list_host);
}

/* A rule with no more than a footer's lines below, one of them telling. */
static bool is_footer(const struct text *t, size_t at, size_t left)
{
	if (!is_rule(&t->lines[at]) || left > FOOTER_MAX)
		return false;
	for (size_t i = at + 1; i < t->n; i++)
		if (speaks_of_list(t, &t->lines[i]))
			return true;
	return false;
}

static bool is_signature(const struct line *l, size_t left)
{
	return l->signature ||
	       (left <= SIGNATURE_MAX && l->len == 2 && !memcmp(l->s, "--", 2));
}

/* Cuts what comes after the writer's words; `left` counts the lines below
 * that hold something. */
static void cut_end(struct text *t)
{
	size_t left = 0, n = t->n;
	bool begun = false;

	for (size_t i = 0; i < n; i++)
		left += !is_blank(&t->lines[i]);
	for (size_t i = 0; i < n; i++) {
		const struct line *l = &t->lines[i];

		left -= !is_blank(l);
		if (l->quoted || is_blank(l))
			continue;
		if (is_signature(l, left) || is_footer(t, i, left) ||
		    is_armour(l, "SIGNATURE") ||
		    (begun && t->form->is_answer &&
		     (is_original(l) || is_block(t, i)))) {
			t->n = i;
			return;
		}
		begun = true;
	}
}

/* "-----BEGIN PGP SIGNED MESSAGE-----", "Hash: ...", an empty line. */
static void cut_start(struct text *t)
{
	size_t i = 0;

	while (i < t->n && is_blank(&t->lines[i]))
		i++;
	if (i == t->n || !is_armour(&t->lines[i], "SIGNED MESSAGE"))
		return;
	while (i < t->n && !is_blank(&t->lines[i]))
		i++;
	t->lines += i;
	t->n -= i;
}

/* ---- quotes ------------------------------------------------------------- */

/* A time of day, or a year, or an address. */
static bool has_date(const struct line *l)
{
	for (size_t i = 0; i < l->len; i++) {
		const char *s = l->s + i;
		size_t left = l->len - i;

		if (*s == '@')
			return true;
		if (left >= 4 && isdigit((unsigned char)s[0]) && s[1] == ':' &&
		    isdigit((unsigned char)s[2]))
			return true;
		if (left >= 4 && (!memcmp(s, "20", 2) || !memcmp(s, "19", 2)) &&
		    isdigit((unsigned char)s[2]) &&
		    isdigit((unsigned char)s[3]))
			return true;
	}
	return false;
}

static bool says_wrote(const struct line *l)
{
	static const char *const verbs[] = {
	    "wrote:",	 "writes:",	"escribió:",   "escribio:",
	    "escribía:", "ha escrito:", "escreveu:",   "va escriure:",
	    "schrieb:",	 "a écrit",	"ha scritto:", "idatzi du:",
	    NULL};

	for (size_t i = 0; verbs[i]; i++)
		if (line_has(l, verbs[i]))
			return true;
	return false;
}

static bool begins_notice(const struct line *l)
{
	static const char *const words[] = {"El ", "On ", "Am ", "Le ", "Em ",
					    "Il ", "A ",  "O ",	 "At ", NULL};
	bool digit = false;

	for (size_t i = 0; i < l->len; i++)
		digit |= isdigit((unsigned char)l->s[i]) != 0;
	return digit && line_begins_any(l, words);
}

static bool ends_in_colon(const struct line *l)
{
	size_t len = l->len;

	while (len && l->s[len - 1] == ' ')
		len--;
	return len && l->s[len - 1] == ':';
}

/* Whether the lines before line `at` announce a quote: how many of them. */
static size_t notice_length(const struct text *t, size_t at)
{
	const struct line *last;
	size_t n = 1;

	if (!at)
		return 0;
	last = &t->lines[at - 1];
	if (last->quoted || !ends_in_colon(last))
		return 0;
	for (; n <= NOTICE_MAX && n <= at; n++) {
		const struct line *l = &t->lines[at - n];

		if (l->quoted || is_blank(l))
			break;
		if (begins_notice(l))
			return n;
	}
	return has_date(last) || says_wrote(last) ? 1 : 0;
}

static size_t before_blanks(const struct text *t, size_t at)
{
	while (at && is_blank(&t->lines[at - 1]))
		at--;
	return at;
}

/* Empties quoted lines and what announces them. */
static void drop_quotes(struct text *t)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t at, notice;

		if (!t->lines[i].quoted)
			continue;
		at = before_blanks(t, i);
		notice = notice_length(t, at);
		for (size_t k = at - notice; k <= i; k++) {
			t->lines[k].len = 0;
			t->lines[k].flows = false;
		}
		while (i + 1 < t->n && t->lines[i + 1].quoted)
			t->lines[++i].len = 0;
	}
}

/* ---- out ---------------------------------------------------------------- */

/* Letters that a local part has; longer forms are cut, which is enough. */
static bool is_local(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
	       (c && strchr("._%+-='!#$&*?^`{|}~", c));
}

/* What a domain has, punctuation of texts being no part of it. */
static size_t domain_char(const char *s, size_t len)
{
	uint32_t c;
	size_t n = utf8_char(s, len, &c);

	if (n == 1)
		return isalnum((unsigned char)*s) || *s == '-' || *s == '.';
	return c >= 0xc0 && (c < 0x2000 || c > 0x206f) ? n : 0;
}

/* The length of a domain with a dot in it, 0 for none. */
static size_t domain_length(const char *s, size_t len)
{
	size_t n = 0, more;
	const char *dot;

	while (n < len && (more = domain_char(s + n, len - n)))
		n += more;
	while (n && (s[n - 1] == '.' || s[n - 1] == '-'))
		n--;
	dot = memchr(s, '.', n);
	return dot && dot > s && dot + 2 < s + n ? n : 0;
}

void mail_mask(const char *s, size_t len, struct buf *out)
{
	const char *p = s, *end = s + len, *at;

	while ((at = memchr(p, '@', (size_t)(end - p)))) {
		size_t domain = domain_length(at + 1, (size_t)(end - at) - 1);

		(void)buf_add(out, p, (size_t)(at - p) + 1);
		p = at + 1;
		if (!domain || at == s || !is_local(at[-1]))
			continue;
		(void)buf_adds(out, "…");
		p += domain;
	}
	(void)buf_add(out, p, (size_t)(end - p));
}

static void write_lines(const struct text *t, struct buf *out)
{
	bool gap = false, any = false, joins = false;

	for (size_t i = 0; i < t->n; i++) {
		const struct line *l = &t->lines[i];

		if (is_blank(l)) {
			gap = any;
			joins = false;
			continue;
		}
		if (any && !joins)
			(void)buf_adds(out, gap ? "\n\n" : "\n");
		(void)buf_add(out, l->s, l->len);
		joins = l->flows;
		gap = false;
		any = true;
	}
}

/* A first mail that is all quotes: they are what it has to say. */
static void show_quotes(struct text *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct line *l = &t->lines[i];

		while (l->quoted && l->len && strchr("> ", *l->s)) {
			l->s++;
			l->len--;
		}
		l->quoted = false;
	}
}

static bool is_all_quoted(const struct text *t)
{
	bool quoted = false;

	for (size_t i = 0; i < t->n; i++) {
		if (!t->lines[i].quoted && !is_blank(&t->lines[i]))
			return false;
		quoted |= t->lines[i].quoted;
	}
	return quoted;
}

void mail_text_own(const char *text, size_t len,
		   const struct mail_text_form *form, struct arena *mem,
		   struct buf *out)
{
	struct text t = {.form = form, .mem = mem};
	struct buf joined; /* lines that are one may hold an address */

	buf_init(&joined, 2 * len + 2);
	read_lines(&t, text, len);
	cut_start(&t);
	cut_end(&t);
	if (!form->is_answer && is_all_quoted(&t))
		show_quotes(&t);
	drop_quotes(&t);
	write_lines(&t, &joined);
	mail_mask(buf_str(&joined), joined.len, out);
	buf_release(&joined);
}
