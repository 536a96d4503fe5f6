/*
 * Changes in the text of an ini file, as a careful person would make them:
 * remarks, empty lines, order, spaces, line ends and all that is not asked for
 * stay byte for byte. A value is replaced where it stands, with the remark
 * behind it kept; a key that is new comes after its section's last one, a
 * section that is new after the last of them. A section that is left without
 * keys stays: that it is there says something.
 *
 * What comes out was read again: config/ini_file.h finds in it what it found
 * before and the changes, nothing else, or there is an error. Pure; no thread.
 */
#ifndef CONFIG_INI_EDIT_H
#define CONFIG_INI_EDIT_H

#include "base/buf.h"
#include "config/ini_file.h"

struct ini_change {
	const char *section; /* never "" */
	const char *key;     /* each once a section */
	const char *value;   /* NULL: the key goes */
};

struct ini_edit {
	const char *name; /* for messages */
	const char *bytes;
	size_t len;
	/* The section that those of the changes belong to: they are it and
	 * what follows up to the next of its kind (its name, or that before a
	 * colon), as a member's in a file of many. NULL: the whole file. */
	const char *head;
	const struct ini_change *changes;
	size_t n;
};

/*
 * Adds the new text to `out`, which says how long it may be. ERR_INPUT: the
 * text is bad as it is, or a value cannot be written in such a file;
 * ERR_MISSING: there is no `head`; ERR_LIMIT: too long. `out` is then as it
 * was.
 */
int ini_edit(const struct ini_edit *edit, struct arena *mem, struct buf *out,
	     struct err *e);

/* What the file says there, `head` as above; NULL when it does not. */
const char *ini_value(const struct ini_file *file, const char *head,
		      const char *section, const char *key);

#endif
