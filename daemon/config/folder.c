#include "config/folder.h"
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_ini(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 4 && !strcmp(name + len - 4, ".ini");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int folder_ini_files(const char *dir, struct arena *mem,
		     const char ***ret_files, size_t *ret_n, struct err *e)
{
	const char **files = NULL;
	struct dirent *entry;
	size_t n = 0;
	DIR *d = opendir(dir);
	int failed;

	if (!d && errno != ENOENT)
		return err_set(e, ERR_CONFIG, "%s: %s", dir, strerror(errno));
	while (d && (errno = 0, entry = readdir(d)))
		if (is_ini(entry->d_name))
			*(const char **)arena_push(mem, (void **)&files, n++,
						   sizeof(*files)) =
			    arena_strdup(mem, entry->d_name);
	failed = d ? errno : 0;
	if (d)
		closedir(d);
	if (failed)
		return err_set(e, ERR_IO, "%s: %s", dir, strerror(failed));
	if (n)
		qsort(files, n, sizeof(*files), by_name);
	*ret_files = files;
	*ret_n = n;
	return 0;
}
