#include "words/date_pattern.h"
#include <string.h>
#include <time.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

#define PIECES_MAX 16
#define PATTERN_MAX 128
#define YEAR_FIRST 1970
#define YEARS 130

/* What of a time chooses a piece's text. */
enum part { LITERAL, YEAR, MONTH, DAY, WEEKDAY, HOUR, MINUTE, PARTS };

/* How many values each part has, and the letters of its fields. */
static const struct {
	int n;
	const char *letters;
} parts[PARTS] = {
    [LITERAL] = {1, ""},  [YEAR] = {YEARS, "yu"}, [MONTH] = {12, "ML"},
    [DAY] = {31, "d"},	  [WEEKDAY] = {7, "Ec"},  [HOUR] = {24, "HhKkabB"},
    [MINUTE] = {60, "m"},
};

struct piece {
	enum part part;
	const char **texts; /* one for each value of the part */
};

struct date_pattern {
	struct piece pieces[PIECES_MAX];
	size_t n;
};

struct making {
	const char *language;
	struct arena *mem;
	struct date_pattern *pattern;
	UErrorCode status;
};

/* ---- making -------------------------------------------------------------*/

static const char *utf8_of(struct making *m, const UChar *text, int32_t len)
{
	char out[512];
	int32_t n = 0;

	u_strToUTF8(out, sizeof(out), &n, text, len, &m->status);
	return U_FAILURE(m->status) ? ""
				    : arena_strndup(m->mem, out, (size_t)n);
}

/* A moment in which that part has its value `i`; UTC, in ms. 1 January 2024
 * is a Monday of a month of 31 days. */
static UDate moment(enum part part, int i)
{
	struct tm tm = {.tm_year = 124, .tm_mday = 1};

	switch (part) {
	case YEAR:
		tm.tm_year = YEAR_FIRST + i - 1900;
		break;
	case MONTH:
		tm.tm_mon = i;
		break;
	case DAY:
	case WEEKDAY:
		tm.tm_mday += i;
		break;
	case HOUR:
		tm.tm_hour = i;
		break;
	case MINUTE:
		tm.tm_min = i;
		break;
	default:
		break;
	}
	return (UDate)timegm(&tm) * 1000;
}

static enum part part_of(UChar letter)
{
	for (int p = YEAR; p < PARTS; p++)
		if (letter < 0x80 && strchr(parts[p].letters, (char)letter))
			return (enum part)p;
	return LITERAL;
}

/* Every text of one field ("MMM"), or of literal text between quotes. */
static void add_piece(struct making *m, enum part part, const UChar *field,
		      int32_t len)
{
	static const UChar utc[] = u"UTC";
	UDateFormat *format = udat_open(UDAT_PATTERN, UDAT_PATTERN, m->language,
					utc, -1, field, len, &m->status);
	struct piece *piece = &m->pattern->pieces[m->pattern->n];
	UChar text[128];

	if (m->pattern->n == PIECES_MAX)
		m->status = U_BUFFER_OVERFLOW_ERROR;
	if (U_FAILURE(m->status))
		return;
	m->pattern->n++;
	piece->part = part;
	piece->texts =
	    arena_array(m->mem, (size_t)parts[part].n, sizeof(*piece->texts));
	for (int i = 0; i < parts[part].n; i++) {
		int32_t n = udat_format(format, moment(part, i), text, 128,
					NULL, &m->status);

		piece->texts[i] = utf8_of(m, text, n);
	}
	udat_close(format);
}

static bool is_letter(UChar c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where the field or the literal that starts at `p` ends. */
static const UChar *piece_end(const UChar *p, const UChar *end)
{
	const UChar *q = p;
	bool quoted = false;

	if (is_letter(*p)) {
		while (q < end && *q == *p)
			q++;
		return q;
	}
	for (; q < end && (quoted || !is_letter(*q)); q++)
		quoted ^= *q == '\'';
	return q;
}

static void add_pieces(struct making *m, const UChar *p, int32_t len)
{
	const UChar *end = p + len, *next;

	for (; p < end && U_SUCCESS(m->status); p = next) {
		enum part part = part_of(*p);

		next = piece_end(p, end);
		/* A field of a part that we have no time for: seconds, zones.
		 */
		if (is_letter(*p) && part == LITERAL)
			m->status = U_UNSUPPORTED_ERROR;
		add_piece(m, part, p, (int32_t)(next - p));
	}
}

/* Where CLDR forgets to decline a month that it declines elsewhere. */
static const struct {
	const char *language, *skeleton, *pattern;
} mended[] = {
    {"eu", "EEEEdMMMM", "MMMM'ren' d('a'), EEEE"},
};

static int32_t best_pattern(struct making *m, const char *skeleton,
			    UChar pattern[PATTERN_MAX])
{
	UDateTimePatternGenerator *generator;
	UChar wanted[PATTERN_MAX];
	int32_t len;

	for (size_t i = 0; i < sizeof(mended) / sizeof(*mended); i++)
		if (!strcmp(mended[i].language, m->language) &&
		    !strcmp(mended[i].skeleton, skeleton)) {
			u_uastrcpy(pattern, mended[i].pattern);
			return u_strlen(pattern);
		}
	generator = udatpg_open(m->language, &m->status);
	u_uastrcpy(wanted, skeleton);
	len = udatpg_getBestPattern(generator, wanted, -1, pattern, PATTERN_MAX,
				    &m->status);
	udatpg_close(generator);
	return len;
}

int date_pattern_new(const char *language, const char *skeleton,
		     struct arena *mem, struct date_pattern **ret_pattern,
		     struct err *e)
{
	struct making m = {.language = language,
			   .mem = mem,
			   .pattern = arena_alloc(mem, sizeof(*m.pattern)),
			   .status = U_ZERO_ERROR};
	UChar pattern[PATTERN_MAX];
	int32_t len;

	m.pattern->n = 0;
	len = best_pattern(&m, skeleton, pattern);
	if (U_SUCCESS(m.status))
		add_pieces(&m, pattern, len);
	if (U_FAILURE(m.status))
		return err_set(e, ERR_INPUT, "dates in %s: %s", language,
			       u_errorName(m.status));
	*ret_pattern = m.pattern;
	return 0;
}

/* ---- use ----------------------------------------------------------------*/

/* Sakamoto's method: Monday is 0. */
static int weekday(const struct words_time *t)
{
	static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
	int y = t->year - (t->month < 3);

	return (y + y / 4 - y / 100 + y / 400 + shift[t->month - 1] + t->day +
		6) %
	       7;
}

static bool is_time(const struct words_time *t)
{
	return t->year >= YEAR_FIRST && t->year < YEAR_FIRST + YEARS &&
	       t->month >= 1 && t->month <= 12 && t->day >= 1 && t->day <= 31 &&
	       t->hour >= 0 && t->hour < 24 && t->minute >= 0 && t->minute < 60;
}

int date_pattern_format(const struct date_pattern *pattern,
			const struct words_time *t, struct arena *mem,
			const char **ret_text, struct err *e)
{
	const int value[PARTS] = {[YEAR] = t->year - YEAR_FIRST,
				  [MONTH] = t->month - 1,
				  [DAY] = t->day - 1,
				  [WEEKDAY] = is_time(t) ? weekday(t) : 0,
				  [HOUR] = t->hour,
				  [MINUTE] = t->minute};
	const char *texts[PIECES_MAX];
	size_t len = 0;
	char *out, *to;

	if (!is_time(t))
		return err_set(e, ERR_INPUT, "%d-%d-%d %d:%d is no time",
			       t->year, t->month, t->day, t->hour, t->minute);
	for (size_t i = 0; i < pattern->n; i++) {
		const struct piece *piece = &pattern->pieces[i];

		texts[i] = piece->texts[value[piece->part]];
		len += strlen(texts[i]);
	}
	out = to = arena_alloc(mem, len + 1);
	*to = '\0';
	for (size_t i = 0; i < pattern->n; i++)
		to = stpcpy(to, texts[i]);
	*ret_text = out;
	return 0;
}
