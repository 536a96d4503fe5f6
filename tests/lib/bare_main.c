/*
 * usage: bare [--connections N] [--modified DATE] [--store DB] URLS
 *
 * What polling cannot be faster than: a plain loop over libcurl's multi
 * interface asks for each address in the file URLS once, N at a time. With
 * --store the answers are parsed as RSS and their items inserted where they
 * are new, by title, link and guid, 32 documents a commit. Prints one line:
 * "SECONDS GOOD NEW" (good: 200 or 304; new: items).
 */
#include "base/buf.h"
#include "base/mem.h"
#include "lines.h"
#include <curl/curl.h>
#include <getopt.h>
#include <libxml/parser.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DOCUMENTS_A_COMMIT 32

enum field { TITLE, LINK, GUID, FIELDS };
static const char *const names[] = {"title", "link", "guid"};

static struct bare {
	char **urls;
	size_t n, next, done, good;
	long connections;
	const char *modified;
	sqlite3 *db;
	sqlite3_stmt *insert;
} b = {.connections = 32};

/* ---- what items say, into the database ----------------------------------- */

struct document {
	struct buf fields[FIELDS];
	enum field at; /* FIELDS: in none of them */
	bool in_item;
};

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int n_namespaces,
		     const xmlChar **namespaces, int n_attributes,
		     int n_defaulted, const xmlChar **attributes)
{
	struct document *d = data;

	(void)prefix, (void)uri, (void)n_namespaces, (void)namespaces;
	(void)n_attributes, (void)n_defaulted, (void)attributes;
	d->at = FIELDS;
	if (!strcmp((const char *)name, "item"))
		d->in_item = true;
	for (int i = 0; d->in_item && i < FIELDS; i++)
		if (!strcmp((const char *)name, names[i]))
			d->at = (enum field)i;
}

static void on_text(void *data, const xmlChar *text, int len)
{
	struct document *d = data;

	if (d->at < FIELDS)
		(void)buf_add(&d->fields[d->at], (const char *)text,
			      (size_t)len);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix,
		   const xmlChar *uri)
{
	struct document *d = data;

	(void)prefix, (void)uri;
	d->at = FIELDS;
	if (strcmp((const char *)name, "item") != 0)
		return;
	for (int i = 0; i < FIELDS; i++)
		sqlite3_bind_text(b.insert, i + 1, buf_str(&d->fields[i]), -1,
				  SQLITE_TRANSIENT);
	sqlite3_step(b.insert);
	sqlite3_reset(b.insert);
	for (int i = 0; i < FIELDS; i++)
		buf_reset(&d->fields[i]);
	d->in_item = false;
}

static void run(const char *sql)
{
	if (sqlite3_exec(b.db, sql, NULL, NULL, NULL)) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(b.db));
		exit(1);
	}
}

static void store(const struct buf *body)
{
	xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
				 .startElementNs = on_start,
				 .endElementNs = on_end,
				 .characters = on_text,
				 .cdataBlock = on_text};
	struct document d = {.at = FIELDS};

	for (int i = 0; i < FIELDS; i++)
		buf_init(&d.fields[i], 1 << 20);
	if (b.done % DOCUMENTS_A_COMMIT == 0)
		run("BEGIN");
	xmlSAXUserParseMemory(&handler, &d, buf_str((struct buf *)body),
			      (int)body->len);
	if (b.done % DOCUMENTS_A_COMMIT == DOCUMENTS_A_COMMIT - 1 ||
	    b.done + 1 == b.n)
		run("COMMIT");
	for (int i = 0; i < FIELDS; i++)
		buf_release(&d.fields[i]);
}

static void open_store(const char *path)
{
	if (sqlite3_open(path, &b.db))
		abort();
	run("PRAGMA journal_mode = WAL");
	run("PRAGMA synchronous = FULL");
	run("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY,"
	    " title TEXT, link TEXT, guid TEXT UNIQUE)");
	sqlite3_prepare_v2(b.db,
			   "INSERT OR IGNORE INTO items (title, link, guid)"
			   " VALUES (?1, ?2, ?3)",
			   -1, &b.insert, NULL);
}

/* ---- the plain loop ------------------------------------------------------ */

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	(void)buf_add(data, bytes, size * n);
	return size * n;
}

static void ask(CURLM *multi, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_URL, b.urls[b.next++]);
	curl_multi_add_handle(multi, easy);
}

static CURL *handle(struct curl_slist *headers)
{
	CURL *easy = curl_easy_init();
	struct buf *body = xcalloc(1, sizeof(*body));

	buf_init(body, 10 << 20);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "bare");
	return easy;
}

static void finish(CURLM *multi, CURL *easy)
{
	struct buf *body;
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
	if (b.db)
		store(body);
	buf_reset(body);
	b.good += status == 200 || status == 304;
	b.done++;
	curl_multi_remove_handle(multi, easy);
	if (b.next < b.n) {
		ask(multi, easy);
		return;
	}
	curl_easy_cleanup(easy);
	buf_release(body);
	free(body);
}

static void ask_all(void)
{
	struct curl_slist *headers = NULL;
	CURLM *multi = curl_multi_init();
	CURLMsg *message;
	char line[256];
	int running, left;

	if (b.modified) {
		snprintf(line, sizeof(line), "If-Modified-Since: %s",
			 b.modified);
		headers = curl_slist_append(headers, line);
	}
	while (b.next < b.n && (long)b.next < b.connections)
		ask(multi, handle(headers));
	while (b.done < b.n) {
		curl_multi_perform(multi, &running);
		while ((message = curl_multi_info_read(multi, &left)))
			if (message->msg == CURLMSG_DONE)
				finish(multi, message->easy_handle);
		if (b.done < b.n)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	curl_multi_cleanup(multi);
	curl_slist_free_all(headers);
}

/* ---- all of it ----------------------------------------------------------- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"connections", required_argument, NULL, 'n'},
	    {"modified", required_argument, NULL, 'm'},
	    {"store", required_argument, NULL, 's'},
	    {NULL, 0, NULL, 0}};
	double began;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'n')
			b.connections = strtol(optarg, NULL, 10);
		else if (o == 'm')
			b.modified = optarg;
		else if (o == 's')
			open_store(optarg);
		else
			return 64;
	}
	if (optind + 1 != argc)
		return 64;
	b.urls = lines_read(argv[optind], &b.n);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	began = seconds();
	ask_all();
	printf("%.6f %zu %d\n", seconds() - began, b.good,
	       b.db ? sqlite3_total_changes(b.db) : 0);
	lines_free(b.urls, b.n);
	sqlite3_finalize(b.insert);
	sqlite3_close(b.db);
	curl_global_cleanup();
	return b.good == b.n ? 0 : 1;
}
