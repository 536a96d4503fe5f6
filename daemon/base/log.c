#include "base/log.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static enum log_level log_threshold = LOG_LEVEL_INFO;
static int log_prefixes;

void log_setup(enum log_level level, int journald_prefixes)
{
	log_threshold = level;
	log_prefixes = journald_prefixes;
}

static bool is_local(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
	       (c && strchr("._%+-&'!#$^~", c));
}

/*
 * "ana@example.org" -> "*@example.org": what a relay answers, or a file of a
 * member says, may hold an address. A file's name is none.
 */
static void hide_addresses(char *line)
{
	for (char *at = strchr(line, '@'); at; at = strchr(at + 1, '@')) {
		char *from = at;

		while (from > line && is_local(from[-1]))
			from--;
		if (from == at || !isalnum((unsigned char)at[1]) ||
		    (from > line && from[-1] == '/'))
			continue;
		*from = '*';
		memmove(from + 1, at, strlen(at) + 1);
		at = from + 1;
	}
}

static void log_line(enum log_level level, const char *fmt, va_list ap)
{
	char line[LINE_MAX_BYTES];
	int used = 0, n;

	if (level > log_threshold)
		return;
	if (log_prefixes)
		used = snprintf(line, sizeof(line), "<%d>", (int)level);
	n = vsnprintf(line + used, sizeof(line) - (size_t)used - 1, fmt, ap);
	if (n < 0)
		return;
	if (level < LOG_LEVEL_DEBUG)
		hide_addresses(line + used);
	for (char *p = line + used; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	n = (int)strlen(line);
	line[n++] = '\n';
	/* One write, so that lines of several processes do not mix. There
	 * is nowhere to report a closed stderr to. */
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}

#define LOG_FUNCTION(name, level)                                              \
	void name(const char *fmt, ...)                                        \
	{                                                                      \
		va_list ap;                                                    \
		va_start(ap, fmt);                                             \
		log_line((level), fmt, ap);                                    \
		va_end(ap);                                                    \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
