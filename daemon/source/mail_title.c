/*
 * Subjects to titles, From to names.
 */
#include "base/utf8.h"
#include "mail_p.h"
#include "store/event.h"
#include <ctype.h>
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

#define FROM_MAX 2000 /* GMime recurses in groups: "a:a:a:..." */

/* ---- titles ------------------------------------------------------------- */

/* What mailers put before a subject: of an answer, or of a mail sent on. */
static const struct {
	const char *word;
	bool reply;
} prefixes[] = {
    {"re", true},     {"aw", true},   {"antw", true}, {"sv", true},
    {"res", true},    {"resp", true}, {"rif", true},  {"odp", true},
    {"ynt", true},    {"fwd", false}, {"fw", false},  {"rv", false},
    {"reenv", false}, {"wg", false},  {"tr", false},  {"enc", false},
};

/* "[2]", "(2)", "^2" as some mailers count; its length. */
static size_t count_length(const char *s)
{
	size_t digits = strspn(s + (*s != '\0'), "0123456789");

	if (!digits || !strchr("[(^", *s))
		return 0;
	if (*s == '^')
		return digits + 1;
	return s[digits + 1] == (*s == '[' ? ']' : ')') ? digits + 2 : 0;
}

/* The length of "Re:" or the like at the start of `s`, 0 for none. */
static size_t prefix_length(const char *s, bool *ret_reply)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		size_t n = strlen(prefixes[i].word);

		if (strncasecmp(s, prefixes[i].word, n) != 0)
			continue;
		n += count_length(s + n);
		n += strspn(s + n, " ");
		if (!strncmp(s + n, "：", 3))
			n += 3;
		else if (s[n] == ':')
			n++;
		else
			continue;
		*ret_reply |= prefixes[i].reply;
		return n;
	}
	return 0;
}

/* "lista", "lista 123", "lista:123". */
static bool is_named(const char *tag, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (!n || len < n || strncasecmp(tag, name, n) != 0)
		return false;
	if (n < len && strchr(" :#-", tag[n]))
		n++;
	while (n < len && isdigit((unsigned char)tag[n]))
		n++;
	return n == len;
}

/* The length of "[...]" at the start of `s`, 0 for none. */
static size_t tag_length(const char *s, const struct mail_origin *origin,
			 const struct mail_list *list, bool *ret_ours)
{
	const char *end = *s == '[' ? strchr(s, ']') : NULL;
	const char *at = strchr(origin->post, '@');
	char post[64] = "";
	size_t len;

	if (!end)
		return 0;
	len = (size_t)(end - s) - 1;
	if (at && (size_t)(at - origin->post) < sizeof(post))
		memcpy(post, origin->post, (size_t)(at - origin->post));
	*ret_ours = is_named(s + 1, len, origin->label) ||
		    is_named(s + 1, len, origin->phrase) ||
		    is_named(s + 1, len, post) ||
		    is_named(s + 1, len, list->name) ||
		    is_named(s + 1, len, list->title);
	return len + 2;
}

/* RFC 5256 section 2.1 (2): mailers of old put it behind. */
static void drop_trailer(char *title)
{
	size_t len = strlen(title);

	while (len >= 5 && !strcasecmp(title + len - 5, "(fwd)")) {
		title[len - 5] = '\0';
		len = utf8_line(title);
	}
}

/*
 * Tags of the list and prefixes go wherever they stand at the start; another
 * tag stays, and what comes after it is looked at: "[Consulta] Re: hola" is
 * an answer in "[Consulta] hola".
 */
const char *mail_title(const char *subject, const struct mail_origin *origin,
		       const struct mail_list *list, struct arena *mem,
		       bool *ret_reply)
{
	const char *s = mail_decode(subject, mem);
	struct buf kept, masked;
	char *title;
	size_t n;

	*ret_reply = false;
	buf_init(&kept, MAIL_VALUE_MAX * 4);
	buf_init(&masked, MAIL_VALUE_MAX * 4);
	for (;;) {
		bool ours = true;

		s += strspn(s, " ");
		n = prefix_length(s, ret_reply);
		if (!n)
			n = tag_length(s, origin, list, &ours);
		if (!n)
			break;
		if (!ours) {
			(void)buf_add(&kept, s, n);
			(void)buf_addc(&kept, ' ');
		}
		s += n;
	}
	(void)buf_adds(&kept, s);
	mail_mask(buf_str(&kept), kept.len, &masked);
	title = arena_strdup(mem, buf_str(&masked));
	buf_release(&kept);
	buf_release(&masked);
	drop_trailer(title);
	title[utf8_cut(title, utf8_line(title), DEBATE_TITLE_MAX)] = '\0';
	return title;
}

/* ---- names -------------------------------------------------------------- */

/* The first person in a From; strings live in `mem`. */
static void first_mailbox(const char *from, struct arena *mem,
			  const char **ret_name, const char **ret_address)
{
	const char *value =
	    arena_strndup(mem, from, utf8_cut(from, strlen(from), FROM_MAX));
	InternetAddressList *list = internet_address_list_parse(NULL, value);
	InternetAddress *a = NULL;

	if (list && internet_address_list_length(list))
		a = internet_address_list_get_address(list, 0);
	*ret_name = *ret_address = "";
	if (a && a->name)
		*ret_name = arena_strdup(mem, a->name);
	if (a && INTERNET_ADDRESS_IS_MAILBOX(a) &&
	    INTERNET_ADDRESS_MAILBOX(a)->addr)
		*ret_address =
		    arena_strdup(mem, INTERNET_ADDRESS_MAILBOX(a)->addr);
	if (list)
		g_object_unref(list);
}

/* Lists put an address of their own into From where DMARC forbids the
 * writer's: "Ana via Lista <lista@example.org>". */
static bool is_of_list(const char *address, const struct mail_origin *origin)
{
	const char *domain = strchr(address, '@');
	size_t host = strlen(origin->host), n;

	n = domain ? strlen(++domain) : 0;
	return n && n <= host && !strcasecmp(origin->host + host - n, domain) &&
	       (n == host || origin->host[host - n - 1] == '.');
}

static bool is_post(const char *address, const struct mail_origin *origin)
{
	return *origin->post && !strcasecmp(address, origin->post);
}

/* "'Ana Núñez' via Lista" is Ana Núñez. Whether it was so. */
static bool drop_via(char *name)
{
	static const char *const ways[] = {" via ", " a través de ",
					   " por intermedio de "};
	char *way = NULL;
	size_t len;

	for (size_t i = 0; !way && i < sizeof(ways) / sizeof(*ways); i++)
		way = strstr(name, ways[i]);
	if (!way)
		return false;
	*way = '\0';
	len = strlen(name);
	if (len > 2 && name[0] == '\'' && name[len - 1] == '\'') {
		name[len - 1] = '\0';
		memmove(name, name + 1, len - 1);
	}
	return true;
}

/* "ana" of "ana@example.org", "ana.gil" of "ana.gil+listas@example.org". */
static const char *local_part(const char *address, struct arena *mem)
{
	return arena_strndup(mem, address, strcspn(address, "@+="));
}

static bool is_address(const char *name)
{
	const char *at = strchr(name, '@');

	return at && !strchr(name, ' ') && strchr(at, '.');
}

const char *mail_author(const char *from, const struct mail_origin *origin,
			struct arena *mem)
{
	const char *name, *address;
	struct buf masked;
	char *author;

	first_mailbox(from, mem, &name, &address);
	author = arena_strdup(mem, name);
	utf8_line(author);
	if ((is_of_list(address, origin) || is_post(address, origin)) &&
	    drop_via(author))
		address = "";
	if (is_post(address, origin))
		address = "";
	if (is_address(author))
		author = arena_strdup(mem, local_part(author, mem));
	if (!*author)
		author = arena_strdup(mem, local_part(address, mem));
	buf_init(&masked, MAIL_VALUE_MAX * 4);
	mail_mask(author, strlen(author), &masked);
	author = arena_strdup(mem, buf_str(&masked));
	buf_release(&masked);
	author[utf8_cut(author, utf8_line(author), DEBATE_AUTHOR_MAX)] = '\0';
	return author;
}
