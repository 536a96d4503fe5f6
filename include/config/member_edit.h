/*
 * What a file of members.d says about one member, as text, to be changed in
 * its place (config/ini_edit.h). In a file of many, the others are left alone.
 * Settings are named as in store/overlay.h: a group, "" for [member], and an
 * option. Blocks.
 */
#ifndef CONFIG_MEMBER_EDIT_H
#define CONFIG_MEMBER_EDIT_H

#include "config/config.h"
#include "config/ini_file.h"

struct member_edit {
	const char *folder; /* members.d */
	const char *name;   /* of the file in it */
	bool group;	    /* as in config/member_file.h */
	const char *bytes;
	size_t len;
	struct ini_file file;
	const char *head; /* the member's section */
};

/* As member_file_read() and ini_parse_bytes() refuse; ERR_MISSING, too, when
 * the member is not in it. What it points to is in `mem`. */
int member_edit_read(const char *dir, const char *name,
		     const struct config *config, const char *member,
		     struct arena *mem, struct member_edit *ret_edit,
		     struct err *e);

/* As it stands there; NULL when it does not. */
const char *member_edit_value(const struct member_edit *edit, const char *group,
			      const char *option, struct arena *mem);

/*
 * Makes the file say these, when it is still what was read (ERR_BUSY) and ours
 * to write, as member_file_replace() refuses; ERR_INPUT and ERR_LIMIT as
 * ini_edit() does. What it says already is no reason to write.
 */
int member_edit_write(const struct member_edit *edit,
		      const struct setting *settings, size_t n,
		      struct arena *mem, struct err *e);

#endif
