/*
 * Two readers: one for what begins with a year (ISO 8601 and relatives),
 * one that takes the words of RFC 822 and relatives in any order.
 */
#include "source/feed_date.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TEXT_MAX 128
#define TWO_DIGIT_PIVOT 90 /* 89 is 2089, 90 is 1990 */

struct date {
	int year, month, day; /* 0: not given */
	int hour, minute, second;
	int offset; /* s east of UTC */
	bool has_time, has_zone;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads 1 to `max` digits; their number goes to *ret_n. */
static int number(const char **p, size_t max, size_t *ret_n)
{
	int value = 0;
	size_t n = 0;

	while (n < max && is_digit((*p)[n]))
		value = value * 10 + (*p)[n++] - '0';
	*p += n;
	*ret_n = n;
	return value;
}

/* ---- words -------------------------------------------------------------- */

struct word {
	const char *start;
	int value;
};

/* By how they begin; longer ones first where one begins another. */
static const struct word months[] = {
    {"jan", 1},	 {"ene", 1},  {"Ιαν", 1},  {"feb", 2},	{"fev", 2},
    {"Φεβ", 2},	 {"mar", 3},  {"már", 3},  {"Μάώ", 3},	{"Μαώ", 3},
    {"Μάρ", 3},	 {"Μαρ", 3},  {"apr", 4},  {"abr", 4},	{"ápr", 4},
    {"Απρ", 4},	 {"máj", 5},  {"may", 5},  {"mai", 5},	{"Μάι", 5},
    {"Μαϊ", 5},	 {"Μαι", 5},  {"Μάϊ", 5},  {"jun", 6},	{"jún", 6},
    {"Ιούν", 6}, {"Ιον", 6},  {"Ιουν", 6}, {"jul", 7},	{"júl", 7},
    {"Ιούλ", 7}, {"Ιολ", 7},  {"Ιουλ", 7}, {"aug", 8},	{"ago", 8},
    {"Αύγ", 8},	 {"Αυγ", 8},  {"sep", 9},  {"set", 9},	{"sze", 9},
    {"Σεπ", 9},	 {"oct", 10}, {"okt", 10}, {"out", 10}, {"Οκτ", 10},
    {"nov", 11}, {"Νοέ", 11}, {"Νοε", 11}, {"dec", 12}, {"dic", 12},
    {"dez", 12}, {"Δεκ", 12},
};

/* In hours and quarters: minutes east of UTC (RFC 822 section 5, and what
 * else feeds use). */
static const struct word zones[] = {
    {"ut", 0},	   {"utc", 0},	   {"gmt", 0},	  {"z", 0},	 {"wet", 0},
    {"adt", -180}, {"ast", -240},  {"at", -240},  {"edt", -240}, {"est", -300},
    {"et", -300},  {"cdt", -300},  {"cst", -360}, {"ct", -360},	 {"mdt", -360},
    {"mst", -420}, {"mt", -420},   {"pdt", -420}, {"pst", -480}, {"pt", -480},
    {"a", -60},	   {"n", 60},	   {"m", -720},	  {"y", 720},	 {"met", 60},
    {"mest", 120}, {"cet", 60},	   {"cest", 120}, {"west", 60},	 {"bst", 60},
    {"eet", 120},  {"eest", 180},  {"msk", 180},  {"brt", -180}, {"art", -180},
    {"clt", -240}, {"clst", -180}, {"cot", -300}, {"pet", -300}, {"jst", 540},
    {"kst", 540},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static int month_of(const char *word)
{
	char first =
	    *word >= 'A' && *word <= 'Z' ? (char)(*word | 0x20) : *word;

	for (size_t i = 0; i < COUNT(months); i++)
		if (months[i].start[0] == first &&
		    !strncasecmp(word, months[i].start,
				 strlen(months[i].start)))
			return months[i].value;
	return 0;
}

/* An unknown name is taken for UTC. */
static int named_zone(const char *word)
{
	if (!strncasecmp(word, "etc/", 4))
		word += 4;
	for (size_t i = 0; i < COUNT(zones); i++)
		if (!strcasecmp(word, zones[i].start))
			return zones[i].value * 60;
	return 0;
}

/* ---- parts -------------------------------------------------------------- */

/* "+hhmm", "-hh:mm", "+hh"; all of it, or nothing. */
static bool read_offset(const char **p, struct date *d)
{
	int sign = **p == '-' ? -1 : 1, hours, minutes = 0;
	const char *q = *p + 1;
	size_t n;

	hours = number(&q, 2, &n);
	if (!n || hours > 23)
		return false;
	if (*q == ':' || is_digit(*q)) {
		q += *q == ':';
		minutes = number(&q, 2, &n);
		if (n != 2 || minutes > 59)
			return false;
	}
	d->offset = sign * (hours * 3600 + minutes * 60);
	d->has_zone = true;
	*p = q;
	return true;
}

/* "h:mm", "hh:mm:ss", "hh:mm:ss.fff", "hhmmss" (compact only) */
static bool read_time(const char **p, bool compact, struct date *d)
{
	size_t n;

	d->hour = number(p, 2, &n);
	if (!n || (!compact && **p != ':'))
		return false;
	*p += **p == ':';
	d->minute = number(p, 2, &n);
	if (!n)
		return false;
	if (**p == ':' || (compact && is_digit(**p))) {
		*p += **p == ':';
		d->second = number(p, 2, &n);
		if (!n)
			return false;
	}
	if ((**p == '.' || **p == ',') && is_digit((*p)[1])) {
		++*p;
		(void)number(p, 1, &n);
		while (is_digit(**p))
			++*p;
	}
	d->has_time = true;
	return true;
}

static int full_year(int year)
{
	return year + (year < TWO_DIGIT_PIVOT ? 2000 : 1900);
}

static int finish(const struct date *d, int64_t *ret_t)
{
	static const int lengths[] = {31, 29, 31, 30, 31, 30,
				      31, 31, 30, 31, 30, 31};
	struct tm tm = {
	    .tm_year = d->year - 1900,
	    .tm_mon = d->month - 1,
	    .tm_mday = d->day,
	    .tm_hour = d->hour,
	    .tm_min = d->minute,
	    .tm_sec = d->second,
	};
	time_t t;

	if (d->year < 1 || d->year > 9999 || d->month < 1 || d->month > 12 ||
	    d->day < 1 || d->day > lengths[d->month - 1] || d->hour > 23 ||
	    d->minute > 59 || d->second > 60)
		return ERR_INPUT;
	t = timegm(&tm);
	if (tm.tm_mon != d->month - 1 && d->second < 60)
		return ERR_INPUT; /* 29 February of a common year */
	*ret_t = t - d->offset;
	return 0;
}

/* ---- what begins with a year -------------------------------------------- */

/* The day of a year, 1 to 366, into month and day. */
static bool ordinal(struct date *d, int day)
{
	struct tm tm = {.tm_year = d->year - 1900, .tm_mday = day};

	(void)timegm(&tm);
	if (day < 1 || tm.tm_year != d->year - 1900)
		return false;
	d->month = tm.tm_mon + 1;
	d->day = tm.tm_mday;
	return true;
}

static size_t count_digits(const char *p)
{
	size_t n = 0;

	while (is_digit(p[n]))
		n++;
	return n;
}

/* "-07-13", "-7-13", "-július-13", "-195", "-07" */
static bool read_month_and_day(const char **p, struct date *d)
{
	char mark = **p;
	size_t n;

	d->month = d->day = 1;
	if (mark != '-' && mark != '/')
		return true;
	++*p;
	n = count_digits(*p);
	if (n == 3)
		return ordinal(d, number(p, 3, &n));
	if (n) {
		d->month = number(p, 2, &n);
	} else {
		d->month = month_of(*p);
		while (**p && **p != mark)
			++*p;
	}
	if (**p != mark)
		return **p == '\0' && d->month;
	++*p;
	d->day = number(p, 2, &n);
	return n > 0;
}

static bool read_date(const char **p, struct date *d)
{
	size_t n, digits = count_digits(*p);

	if (digits == 8 || digits == 7 || digits == 4)
		d->year = number(p, 4, &n);
	else if (digits == 6 || digits == 5 || digits == 2)
		d->year = full_year(number(p, 2, &n));
	else
		return false;
	if (digits == 7 || digits == 5)
		return ordinal(d, number(p, 3, &n));
	if (digits < 6)
		return read_month_and_day(p, d);
	d->month = number(p, 2, &n);
	d->day = number(p, 2, &n);
	return true;
}

/* Korean: "오후" (after noon) before the time, and so in Korea. */
static bool read_korean_half(const char **p, struct date *d, int *ret_add)
{
	bool before = !strncmp(*p, "오전", 6), after = !strncmp(*p, "오후", 6);

	if (!before && !after)
		return false;
	*p += 6;
	*p += strspn(*p, " ");
	d->offset = 9 * 3600;
	*ret_add = after ? 12 : 0;
	return true;
}

static bool read_zone(const char **p, struct date *d)
{
	*p += strspn(*p, " ");
	if (!**p)
		return true;
	if (**p == '+' || **p == '-')
		return read_offset(p, d);
	if ((**p == 'Z' || **p == 'z') && !(*p)[1]) {
		++*p;
		return true;
	}
	if (is_digit(**p) || strchr(*p, ' '))
		return false;
	d->offset = named_zone(*p);
	*p += strlen(*p);
	return true;
}

static int parse_iso(const char *p, int64_t *ret_t)
{
	struct date d = {0};
	int add = 0;

	if (!read_date(&p, &d))
		return ERR_INPUT;
	if (*p == 'T' || *p == 't' || *p == ' ') {
		p++;
		p += strspn(p, " ");
		(void)read_korean_half(&p, &d, &add);
		if (*p && (!read_time(&p, true, &d) || !read_zone(&p, &d)))
			return ERR_INPUT;
		if (d.hour < 12)
			d.hour += add;
	}
	return *p ? ERR_INPUT : finish(&d, ret_t);
}

/* "2004년 05월 28일 01:31:15" */
static int parse_korean(const char *p, int64_t *ret_t)
{
	static const char *const marks[] = {"년", "월", "일"};
	struct date d = {.offset = 9 * 3600};
	int *parts[] = {&d.year, &d.month, &d.day}, add = 0;

	for (size_t i = 0, n; i < 3; i++) {
		*parts[i] = number(&p, 4, &n);
		p += strspn(p, " ");
		if (!n || strncmp(p, marks[i], 3) != 0)
			return ERR_INPUT;
		p += 3;
		p += strspn(p, " ");
	}
	(void)read_korean_half(&p, &d, &add);
	if (*p && !read_time(&p, false, &d))
		return ERR_INPUT;
	if (d.hour < 12)
		d.hour += add;
	return finish(&d, ret_t);
}

/* ---- words in any order ------------------------------------------------- */

static bool take_number(const char *word, struct date *d)
{
	const char *p = word;
	size_t n, digits = count_digits(word);
	int value = number(&p, 4, &n);

	if (*p == '/' && digits == 4) { /* 2006/09/15 */
		p = word;
		return read_date(&p, d) && !*p;
	}
	if (*p && !(digits <= 2 && strspn(p, "stndrh") == strlen(p)))
		return false;
	if ((digits == 4 || digits == 3) && !d->year)
		d->year = value;
	else if (digits <= 2 && !d->day)
		d->day = value;
	else if (digits == 2 && !d->year)
		d->year = full_year(value);
	else
		return false;
	return true;
}

static bool take_time(const char *word, struct date *d)
{
	const char *p = word;

	if (!read_time(&p, false, d))
		return false;
	if (*p == '+' || *p == '-')
		(void)read_offset(&p, d);
	else if (!strcasecmp(p, "z"))
		p++;
	return !*p;
}

static bool take_half_of_day(const char *word, struct date *d)
{
	bool pm = !strcasecmp(word, "pm"), am = !strcasecmp(word, "am");

	if (pm && d->hour < 12)
		d->hour += 12;
	if (am && d->hour == 12)
		d->hour = 0;
	return am || pm;
}

static bool take_word(const char *word, struct date *d)
{
	const char *sign;
	int month;

	if (is_digit(*word))
		return strchr(word, ':') ? take_time(word, d)
					 : take_number(word, d);
	if (*word == '+' || *word == '-')
		return d->has_time && read_offset(&word, d) && !*word;
	month = d->month ? 0 : month_of(word);
	if (month) {
		d->month = month;
		return true;
	}
	if (!d->has_time)
		return true; /* the weekday */
	if (take_half_of_day(word, d) || d->has_zone)
		return true;
	sign = strpbrk(word, "+-"); /* GMT+0200 */
	if (sign)
		return read_offset(&sign, d) && !*sign;
	d->offset = named_zone(word);
	return true;
}

/* "15-Jan-2004": the hyphens of a word that begins so are spaces. */
static void split_hyphens(char *text)
{
	while (*text) {
		size_t digits = count_digits(text);
		size_t len = strcspn(text, " ");
		bool split = digits && text[digits] == '-' &&
			     !is_digit(text[digits + 1]);

		for (size_t i = 0; split && i < len; i++)
			if (text[i] == '-')
				text[i] = ' ';
		text += len;
		text += strspn(text, " ");
	}
}

static int parse_words(char *text, int64_t *ret_t)
{
	struct date d = {0};
	char *rest = NULL;

	split_hyphens(text);
	for (char *word = strtok_r(text, " ,\t\r\n", &rest); word;
	     word = strtok_r(NULL, " ,\t\r\n", &rest))
		if (!take_word(word, &d))
			return ERR_INPUT;
	return finish(&d, ret_t);
}

/* It begins with a year, or is nothing but digits and hyphens. */
static bool is_iso(const char *s)
{
	size_t digits = count_digits(s);
	const char after = s[digits];

	if (digits >= 4)
		return after == '\0' || strchr("-/Tt ", after) != NULL;
	return digits == 2 && after == '-' && is_digit(s[3]);
}

int feed_date_parse(const char *text, int64_t *ret_t)
{
	char copy[TEXT_MAX + 1];
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	if (!len || len > TEXT_MAX)
		return ERR_INPUT;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (strstr(copy, "년"))
		return parse_korean(copy, ret_t);
	if (is_iso(copy))
		return parse_iso(copy, ret_t);
	return parse_words(copy, ret_t);
}
