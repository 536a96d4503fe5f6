/*
 * New groups as files of groups.d: a name, a section's lines, a file that is
 * never written over another.
 */
#ifndef CLI_GROUP_FILE_H
#define CLI_GROUP_FILE_H

#include "base/buf.h"
#include "config/config.h"

/* The longest name that is suggested; [group:NAME] has 49 bytes. */
#define GROUP_NAME_SIZE 33

/* "Contratación pública" -> "contratacion-publica"; "" when no letter or
 * digit is in it. */
void group_slug(const char *text, char out[GROUP_NAME_SIZE]);

/* A name that none of `known` has, of the title, else of the url's host. */
const char *group_suggest(const char *title, const char *url,
			  const struct group_settings *known, size_t n,
			  struct arena *mem);

/* A title as [group] takes it: one clean line that fits, in the arena. */
const char *group_title(const char *title, struct arena *mem);

/*
 * The section's lines, without what is the default (every: 0). ERR_INPUT
 * when a value cannot be written in an ini file.
 */
int group_section(const struct group_settings *set, struct buf *out,
		  struct err *e);

/*
 * Writes DIR/groups.d/STEM.ini, whole or not at all. ERR_USAGE when there is
 * such a file; ERR_INPUT when pregond would refuse the text. *ret_path is the
 * file's.
 */
int group_file_write(const char *dir, const char *stem, const char *text,
		     struct arena *mem, const char **ret_path, struct err *e);

#endif
