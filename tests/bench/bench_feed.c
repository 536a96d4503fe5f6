/*
 * Feeds parsed, against libxml2's SAX over the same bytes with handlers that
 * do nothing; the aim is at most 1.6 times its time. The feeds are those of
 * the corpus, where it is there, else the project's samples.
 */
#include "../lib/race.h"
#include "source/feed.h"
#include <dirent.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 200
#define FILE_MAX (1024 * 1024)
#define AIM 1.6

struct feeds {
	struct {
		char *bytes;
		size_t len;
	} files[FILES_MAX];
	size_t n, len;
};

static void add_file(struct feeds *feeds, const char *dir, const char *name)
{
	char path[512], *bytes = malloc(FILE_MAX);
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!bytes || !f)
		abort();
	len = fread(bytes, 1, FILE_MAX, f);
	(void)fclose(f);
	if (feeds->n == FILES_MAX || len == FILE_MAX ||
	    !memmem(bytes, len, "<?xml", 5)) {
		free(bytes);
		return;
	}
	feeds->files[feeds->n].bytes = bytes;
	feeds->files[feeds->n++].len = len;
	feeds->len += len;
}

static void add_folder(struct feeds *feeds, const char *dir)
{
	DIR *folder = opendir(dir);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			add_file(feeds, dir, entry->d_name);
	if (folder)
		(void)closedir(folder);
}

static void do_feed(void *data)
{
	struct feeds *feeds = data;

	for (size_t i = 0; i < feeds->n; i++) {
		struct arena mem = {0};
		struct feed feed;
		struct err e;

		(void)feed_parse(feeds->files[i].bytes, feeds->files[i].len,
				 "application/rss+xml", "https://x.example/",
				 &mem, &feed, &e);
		arena_release(&mem);
	}
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int n_namespaces,
		     const xmlChar **namespaces, int n, int n_defaulted,
		     const xmlChar **attributes)
{
	(void)data, (void)name, (void)prefix, (void)uri, (void)n_namespaces;
	(void)namespaces, (void)n, (void)n_defaulted, (void)attributes;
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix,
		   const xmlChar *uri)
{
	(void)data, (void)name, (void)prefix, (void)uri;
}

static void on_text(void *data, const xmlChar *text, int len)
{
	(void)data, (void)text, (void)len;
}

static void do_sax(void *data)
{
	struct feeds *feeds = data;
	xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
			     .startElementNs = on_start,
			     .endElementNs = on_end,
			     .characters = on_text,
			     .cdataBlock = on_text};

	for (size_t i = 0; i < feeds->n; i++)
		(void)xmlSAXUserParseMemory(&sax, NULL, feeds->files[i].bytes,
					    (int)feeds->files[i].len);
}

int main(void)
{
	const char *corpus = getenv("PREGON_CORPUS");
	char live[512];
	struct feeds feeds = {.n = 0};
	struct race race;

	snprintf(live, sizeof(live), "%s/feeds/live/discourse-iati",
		 corpus ? corpus : "../shared/corpus");
	add_folder(&feeds, live);
	snprintf(live, sizeof(live), "%s/feeds/live/kagi-benchmark",
		 corpus ? corpus : "../shared/corpus");
	add_folder(&feeds, live);
	if (!feeds.n)
		add_folder(&feeds, "tests/fuzz/corpus/feed");
	race = race_run(do_feed, do_sax, &feeds);
	printf("bench feed: %zu files, %.1f MB: %.0f MB/s; bare SAX %.0f MB/s; "
	       "%.2f times its time (aim %.1f)\n",
	       feeds.n, (double)feeds.len / 1e6,
	       race.ours * (double)feeds.len / 1e6,
	       race.theirs * (double)feeds.len / 1e6, 1 / race.ratio, AIM);
	for (size_t i = 0; i < feeds.n; i++)
		free(feeds.files[i].bytes);
	xmlCleanupParser();
	return 0;
}
