/*
 * Feeds parsed, against libxml2's SAX over the same bytes with handlers that
 * do nothing: pulled, as its examples do and most readers of feeds, where
 * the aim is at most 1.25 times its time; and pushed, as ours does. The
 * feeds are those of the corpus, where it is there, else the project's
 * samples. With the argument "ours" only our MB/s are printed, for
 * bench_feedparser.py.
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
#define AIM 1.25

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

static xmlSAXHandler idle = {.initialized = XML_SAX2_MAGIC,
			     .startElementNs = on_start,
			     .endElementNs = on_end,
			     .characters = on_text,
			     .cdataBlock = on_text};

static void do_pull(void *data)
{
	struct feeds *feeds = data;

	for (size_t i = 0; i < feeds->n; i++)
		(void)xmlSAXUserParseMemory(&idle, NULL, feeds->files[i].bytes,
					    (int)feeds->files[i].len);
}

static void do_push(void *data)
{
	struct feeds *feeds = data;

	for (size_t i = 0; i < feeds->n; i++) {
		xmlParserCtxtPtr parser =
		    xmlCreatePushParserCtxt(&idle, NULL, NULL, 0, NULL);

		(void)xmlParseChunk(parser, feeds->files[i].bytes,
				    (int)feeds->files[i].len, 1);
		xmlFreeDoc(parser->myDoc);
		parser->myDoc = NULL;
		xmlFreeParserCtxt(parser);
	}
}

static void find_feeds(struct feeds *feeds)
{
	static const char *const folders[] = {"discourse-iati",
					      "kagi-benchmark"};
	const char *corpus = getenv("PREGON_CORPUS");
	char path[512];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/feeds/live/%s",
			 corpus ? corpus : "../shared/corpus", folders[i]);
		add_folder(feeds, path);
	}
	if (!feeds->n)
		add_folder(feeds, "tests/fuzz/corpus/feed");
}

static void compare(struct feeds *feeds)
{
	double mb = (double)feeds->len / 1e6;
	struct race pulled = race_run(do_feed, do_pull, feeds);
	struct race pushed = race_run(do_feed, do_push, feeds);

	printf("bench feed: %zu files, %.1f MB: %.0f MB/s; bare SAX %.0f MB/s: "
	       "%.2f times its time (aim %.2f); pushed %.0f MB/s: %.2f times "
	       "its time\n",
	       feeds->n, mb, pulled.ours * mb, pulled.theirs * mb,
	       1 / pulled.ratio, AIM, pushed.theirs * mb, 1 / pushed.ratio);
}

int main(int argc, char **argv)
{
	struct feeds feeds = {.n = 0};

	find_feeds(&feeds);
	if (argc > 1 && !strcmp(argv[1], "ours"))
		printf("%.2f\n",
		       race_rate(do_feed, &feeds) * (double)feeds.len / 1e6);
	else
		compare(&feeds);
	for (size_t i = 0; i < feeds.n; i++)
		free(feeds.files[i].bytes);
	xmlCleanupParser();
	return 0;
}
