#include "config/member_edit.h"
#include "config/ini_edit.h"
#include "config/member_file.h"
#include <string.h>

/* [member:KEY], or [member] of KEY.ini; NULL when there is neither. */
static const char *find_head(const struct ini_file *file, const char *name,
			     const char *member, struct arena *mem)
{
	const char *own = arena_join(mem, "member:", member);
	bool stem = !strcmp(arena_join(mem, member, ".ini"), name);

	for (size_t i = 0; i < file->n; i++) {
		const char *section = file->sections[i].name;

		if (!strcmp(section, own) ||
		    (stem && !strcmp(section, "member")))
			return section;
	}
	return NULL;
}

int member_edit_read(const char *dir, const char *name,
		     const struct config *config, const char *member,
		     struct arena *mem, struct member_edit *ret_edit,
		     struct err *e)
{
	struct member_edit edit = {
	    .folder = arena_printf(mem, "%s/members.d", dir),
	    .name = arena_strdup(mem, name),
	    .group = config->members.group_writable,
	};
	const char *path = arena_printf(mem, "members.d/%s", name);
	int line;
	int r = member_file_read(edit.folder, name, edit.group, mem,
				 &edit.bytes, &edit.len, e);

	if (!r)
		r = ini_parse_bytes(path, edit.bytes, edit.len, mem, &edit.file,
				    &line, e);
	if (r)
		return r;
	edit.head = find_head(&edit.file, name, member, mem);
	if (!edit.head)
		return err_set(e, ERR_MISSING, "%s does not say %s", path,
			       member);
	*ret_edit = edit;
	return 0;
}

static const char *section_of(const struct member_edit *edit, const char *group,
			      struct arena *mem)
{
	return *group ? arena_join(mem, "group:", group) : edit->head;
}

const char *member_edit_value(const struct member_edit *edit, const char *group,
			      const char *option, struct arena *mem)
{
	return ini_value(&edit->file, edit->head, section_of(edit, group, mem),
			 option);
}

static int replace(const struct member_edit *edit, const struct buf *text,
		   struct arena *mem, struct err *e)
{
	const struct member_file_text change = {
	    .was = edit->bytes,
	    .was_len = edit->len,
	    .text = buf_str(text),
	    .len = text->len,
	};

	if (text->len == edit->len &&
	    (!text->len || !memcmp(text->data, edit->bytes, text->len)))
		return 0;
	return member_file_replace(edit->folder, edit->name, edit->group,
				   &change, mem, e);
}

int member_edit_write(const struct member_edit *edit,
		      const struct setting *settings, size_t n,
		      struct arena *mem, struct err *e)
{
	struct ini_change *changes = arena_array(mem, n + 1, sizeof(*changes));
	const struct ini_edit asked = {
	    .name = edit->file.name,
	    .bytes = edit->bytes,
	    .len = edit->len,
	    .head = edit->head,
	    .changes = changes,
	    .n = n,
	};
	struct buf text;
	int r;

	for (size_t i = 0; i < n; i++)
		changes[i] = (struct ini_change){
		    .section = section_of(edit, settings[i].group, mem),
		    .key = settings[i].option,
		    .value = settings[i].value,
		};
	buf_init(&text, MEMBER_FILE_MAX);
	r = ini_edit(&asked, mem, &text, e);
	if (!r)
		r = replace(edit, &text, mem, e);
	buf_release(&text);
	return r;
}
