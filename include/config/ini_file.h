/*
 * An ini file as its lines say it: sections, keys and values with their line
 * numbers, by inih.
 *
 * Debian's inih parses what is left of a line over 199 bytes as a new line
 * and cuts section names at 49, both in silence: such lines are refused
 * here, as are control bytes, bytes that are not UTF-8, keys given twice, and
 * lines that begin with a space (which would go on with the one before).
 * Pure; strings in the arena.
 */
#ifndef CONFIG_INI_FILE_H
#define CONFIG_INI_FILE_H

#include "base/arena.h"
#include "base/err.h"

#define INI_LINE_MAX 198
#define INI_SECTION_MAX 49
#define INI_FILE_MAX (1024 * 1024)

struct ini_entry {
	const char *key;
	const char *value;
	int line;
};

struct ini_section {
	const char *name; /* "" before the first [section] */
	int line;
	struct ini_entry *entries;
	size_t n;
};

struct ini_file {
	const char *name; /* for messages */
	struct ini_section *sections;
	size_t n;
};

/* ERR_INPUT "NAME:LINE: ..." and *ret_line when it is bad. */
int ini_parse_bytes(const char *name, const char *bytes, size_t len,
		    struct arena *mem, struct ini_file *ret_file, int *ret_line,
		    struct err *e);

/*
 * Reads a regular file of at most `max` bytes once, without following a
 * link at its end. *ret_bytes is NUL-terminated.
 */
int ini_read_file(const char *path, size_t max, struct arena *mem,
		  const char **ret_bytes, size_t *ret_len, struct err *e);
/* The same of a file that is open, which stays so. */
int ini_read_open(const char *path, int fd, size_t max, struct arena *mem,
		  const char **ret_bytes, size_t *ret_len, struct err *e);

#endif
