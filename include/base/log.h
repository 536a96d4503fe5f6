/*
 * One line a fact, to standard error.
 *
 * The only file-scope state of the house: a level, and whether to write the
 * "<6>" prefixes that journald reads. Lines are cut at 1 KiB and control
 * bytes in them are escaped, so remote text cannot break a terminal. Mail
 * addresses are shown at debug level only: else "*@example.org", whoever wrote
 * them into a line; at info a member is its key. Rooms
 * below `app` return errors and log at debug at most. Any thread.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARN,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

void log_setup(enum log_level level, int journald_prefixes);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
