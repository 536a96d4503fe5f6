#include "config/zone.h"
#include "base/terms.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder(void)
{
	const char *dir = getenv("TZDIR");

	return dir && dir[0] ? dir : "/usr/share/zoneinfo";
}

int64_t zone_version(void)
{
	char path[512];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/tzdata.zi", folder());
	if (stat(path, &st) && stat(folder(), &st))
		return 0;
	return st.st_mtime;
}

static bool is_plain(const char *name)
{
	size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789/_+-");

	return len && !name[len] && len < 64 && name[0] != '/' &&
	       name[0] != '-' && !strstr(name, "//");
}

bool zone_exists(const char *name)
{
	char path[512], magic[4];
	bool found;
	int fd;

	if (!is_plain(name) || (size_t)snprintf(path, sizeof(path), "%s/%s",
						folder(), name) >= sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	found = read(fd, magic, 4) == 4 && !memcmp(magic, "TZif", 4);
	close(fd);
	return found;
}

/* zone.tab: code, coordinates, name, remark; by tabs. */
const char *zone_nearest(const char *typed, struct arena *mem)
{
	char path[512], line[512];
	const char **names = NULL;
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/zone.tab", folder());
	f = fopen(path, "re");
	if (!f)
		return NULL;
	while (fgets(line, sizeof(line), f)) {
		char *at = line, *name;

		(void)strsep(&at, "\t");
		(void)strsep(&at, "\t");
		name = strsep(&at, "\t\n");
		if (line[0] != '#' && name)
			*(const char **)arena_push(mem, (void **)&names, n++,
						   sizeof(*names)) =
			    arena_strdup(mem, name);
	}
	(void)fclose(f);
	return nearest_name(typed, names, n);
}
