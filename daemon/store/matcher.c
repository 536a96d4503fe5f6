#include "store/matcher.h"
#include "base/buf.h"
#include "store/statement.h"
#include <string.h>

#define ROOM_FIRST 64
#define QUERY_MAX 1024 /* bytes; a list is a line of an ini file */

enum { MATCHER_ADD, MATCHER_FIND, MATCHER_CLEAR };
static const char *const sql[] = {
    [MATCHER_ADD] = "INSERT INTO temp.texts (rowid, title, text, author)"
		    " VALUES (?1, ?2, ?3, ?4)",
    [MATCHER_FIND] = "SELECT rowid FROM temp.texts WHERE texts MATCH ?1"
		     " AND rowid > ?2 ORDER BY rowid",
    [MATCHER_CLEAR] = "INSERT INTO temp.texts (texts) VALUES ('delete-all')",
};
const struct statement_table matcher_statements = {sql, sizeof(sql) /
							    sizeof(sql[0])};

struct hit {
	int32_t text;
	unsigned places;
};

struct match_word {
	const char *word; /* NULL: an empty place */
	size_t len;
	int32_t upto;	  /* the texts that it was looked up in */
	struct hit *hits; /* by text */
	size_t n;
};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_MATCHER][which];
}

void matcher_release(struct matcher *m)
{
	arena_release(&m->mem);
	*m = (struct matcher){.texts = 0};
}

int matcher_reset(struct db *db, struct matcher *m, struct err *e)
{
	matcher_release(m);
	return statement_run(db, query(db, MATCHER_CLEAR), e);
}

int matcher_add(struct db *db, struct matcher *m, const char *title,
		const char *text, const char *author, int32_t *ret_text,
		struct err *e)
{
	int r = statement_run(db,
			      statement_bind(query(db, MATCHER_ADD), "isss",
					     m->texts + 1, title, text, author),
			      e);

	if (!r)
		*ret_text = ++m->texts;
	return r;
}

/* ---- words -------------------------------------------------------------- */

/* FNV-1a. */
static size_t hash(const char *word, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)word[i]) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

/* The word's place, or the empty one where it belongs. */
static struct match_word *place(const struct matcher *m, const char *word,
				size_t len)
{
	for (size_t at = hash(word, len);; at++) {
		struct match_word *w = &m->words[at & (m->room - 1)];

		if (!w->word || (w->len == len && !memcmp(w->word, word, len)))
			return w;
	}
}

/* Room for one more; half of the places stay empty. */
static void make_room(struct matcher *m)
{
	struct matcher old = *m;

	if (2 * (m->n + 1) <= m->room)
		return;
	m->room = old.room ? 2 * old.room : ROOM_FIRST;
	m->words = arena_array(&m->mem, m->room, sizeof(*m->words));
	for (size_t i = 0; i < old.room; i++)
		if (old.words[i].word)
			*place(m, old.words[i].word, old.words[i].len) =
			    old.words[i];
}

/* Forgets the words, not the texts. */
static void forget_words(struct matcher *m)
{
	arena_release(&m->mem);
	m->words = NULL;
	m->n = m->room = 0;
}

/* As FTS5 reads it: "word" or "a phrase", its own quotes gone. */
static int phrase(const char *column, const struct match_word *w,
		  struct buf *out)
{
	buf_reset(out);
	(void)buf_add(out, column, strlen(column));
	(void)buf_addc(out, '"');
	for (size_t i = 0; i < w->len; i++)
		if (w->word[i] != '"')
			(void)buf_addc(out, w->word[i]);
	return buf_addc(out, '"');
}

/* Adds a place to the hits from `first` on, which are by text, as rows are. */
static int look_for(struct db *db, struct matcher *m, struct match_word *w,
		    const char *column, unsigned where, size_t first,
		    struct buf *b, struct err *e)
{
	int r = phrase(column, w, b);
	sqlite3_stmt *s;

	if (r)
		return err_set(e, r, "a word of %zu bytes is too long", w->len);
	s = statement_bind(query(db, MATCHER_FIND), "si", buf_str(b), w->upto);
	while ((r = statement_step(db, s, e)) > 0) {
		int32_t text = column_int(s, 0);

		while (first < w->n && w->hits[first].text < text)
			first++;
		if (first == w->n)
			*(struct hit *)arena_push(&m->mem, (void **)&w->hits,
						  w->n++, sizeof(*w->hits)) =
			    (struct hit){text, 0};
		w->hits[first].places |= where;
	}
	return r;
}

/* In the texts that are new since it was looked up last. */
static int look_up(struct db *db, struct matcher *m, struct match_word *w,
		   struct err *e)
{
	static const struct {
		const char *column;
		enum match place;
	} columns[] = {{"title : ", MATCH_TITLE},
		       {"text : ", MATCH_TEXT},
		       {"author : ", MATCH_AUTHOR}};
	size_t first = w->n;
	struct buf b;
	int r;

	if (w->upto == m->texts)
		return 0;
	buf_init(&b, QUERY_MAX);
	r = look_for(db, m, w, "", 0, first, &b, e);
	for (size_t i = 0; !r && w->n > first && i < 3; i++)
		r = look_for(db, m, w, columns[i].column, columns[i].place,
			     first, &b, e);
	buf_release(&b);
	if (!r)
		w->upto = m->texts;
	return r;
}

static unsigned places_in(const struct match_word *w, int32_t text)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (w->hits[mid].text < text)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->n && w->hits[low].text == text ? w->hits[low].places
						       : 0;
}

static int look_word(struct db *db, struct matcher *m, const char *word,
		     size_t len, const int32_t *texts, size_t n,
		     unsigned *ret_places, struct err *e)
{
	struct match_word *w;
	int r;

	if (m->n >= MATCHER_WORDS_MAX)
		forget_words(m);
	make_room(m);
	w = place(m, word, len);
	if (!w->word) {
		*w = (struct match_word){
		    .word = arena_strndup(&m->mem, word, len), .len = len};
		m->n++;
	}
	r = look_up(db, m, w, e);
	*ret_places = 0;
	for (size_t i = 0; !r && i < n; i++)
		*ret_places |= places_in(w, texts[i]);
	return r;
}

/* ---- lists -------------------------------------------------------------- */

/* The end of a list's next word; a comma inside quotes belongs to the
 * phrase. */
static const char *word_end(const char *p)
{
	bool quoted = false;

	for (; *p && (quoted || *p != ','); p++)
		if (*p == '"')
			quoted = !quoted;
	return p;
}

int matcher_look(struct db *db, struct matcher *m, const char *list,
		 const int32_t *texts, size_t n, struct matches *ret_matches,
		 struct err *e)
{
	struct matches found = {0};
	int r = 0;

	for (const char *p = list ? list : ""; !r && *p;) {
		const char *end = word_end(p);
		unsigned places;

		p += strspn(p, " \t");
		if (p < end) {
			r = look_word(db, m, p, (size_t)(end - p), texts, n,
				      &places, e);
			found.places |= r ? 0 : places;
			found.in_title += !r && places & MATCH_TITLE;
			found.elsewhere +=
			    !r && places && !(places & MATCH_TITLE);
		}
		p = *end ? end + 1 : end;
	}
	if (!r)
		*ret_matches = found;
	return r;
}
