#include "lines.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char **lines_read(const char *path, size_t *ret_n)
{
	FILE *in = fopen(path, "re");
	char **lines = NULL;
	char line[4096];
	size_t n = 0;

	if (!in)
		abort();
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		lines = xrealloc((void *)lines, n + 1, sizeof(*lines));
		lines[n++] = xstrdup(line);
	}
	(void)fclose(in);
	*ret_n = n;
	return lines;
}

void lines_free(char **lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(lines[i]);
	free((void *)lines);
}
