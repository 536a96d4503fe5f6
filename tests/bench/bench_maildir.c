/*
 * A Maildir of 100,000 old mails. Its first sight, against merely opening and
 * reading the files; a look at it when all is known, against merely listing
 * and sorting its names (the aim: at most 4 times that); and a mail that
 * comes, against one that comes into a Maildir of 100 (the aim: the same).
 */
#include "../lib/race.h"
#include "../lib/stock.h"
#include "app/maildir_look.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAILS 100000
#define FEW 100
#define NOW INT64_C(1795413600)
#define LOOK_AIM 4.0
#define MAIL_AIM 1.5

static char dir[] = "/tmp/pregon-bench-XXXXXX";

struct place { /* a Maildir and what is stored of it */
	struct stock stock;
	char path[64];
	int64_t feed_id;
	int mails;
};

/* As most are: some headers that nobody reads, a quote, a footer. */
static void put(struct place *p)
{
	char tmp[128], name[128];
	int i = p->mails++;
	FILE *f;

	snprintf(tmp, sizeof(tmp), "%s/tmp/x", p->path);
	snprintf(name, sizeof(name), "%s/new/%d.M%dP1.host", p->path,
		 1700000000 + i, i);
	f = fopen(tmp, "w");
	if (!f)
		abort();
	fprintf(f,
		"Return-Path: <foro-bounces@listas.example.org>\n"
		"Received: from a by b; Tue, 3 Nov 2026 09:00:00 +0000\n"
		"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x;\n"
		" b=Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFy\n"
		"From: =?utf-8?q?Ana_N=C3=BA=C3=B1ez?= <ana@example.org>\n"
		"Subject: %s[foro] Pliegos %d\nMessage-ID: <%d@example.org>\n",
		i % 5 ? "Re: " : "", i - i % 5, i);
	if (i % 5)
		fprintf(f, "References: <%d@example.org>\n", i - i % 5);
	fprintf(f, "Date: Tue, 3 Nov 2026 10:00:00 +0100\n"
		   "List-Id: <foro.listas.example.org>\n"
		   "Content-Type: text/plain; charset=utf-8\n"
		   "Content-Transfer-Encoding: quoted-printable\n\n");
	for (int line = 0; line < 20; line++)
		fprintf(f,
			"Una l=C3=ADnea de lo que dice el mail n=C3=BAmero "
			"%d.\n> Y una cita.\n",
			i);
	fprintf(f, "____________________\nForo mailing list\n");
	(void)fclose(f);
	if (rename(tmp, name))
		abort();
}

static void open_place(struct place *p, const char *name, int mails)
{
	static const char *const parts[] = {"", "/tmp", "/new", "/cur"};
	struct group_settings set = stock_group_settings("foro");
	char path[128];
	struct feed_row *rows;
	struct err e;
	size_t n;

	*p = (struct place){.mails = 0};
	snprintf(p->path, sizeof(p->path), "%s/%s", dir, name);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", p->path, parts[i]);
		if (mkdir(path, 0700))
			abort();
	}
	set.source = SOURCE_MAILDIR;
	set.maildir = p->path;
	snprintf(path, sizeof(path), "%s/%s.db", dir, name);
	stock_open(&p->stock, path);
	must(feed_list(p->stock.db, &p->stock.mem,
		       stock_groups(&p->stock, &set, 1, NOW), &rows, &n, &e),
	     &e);
	p->feed_id = rows[0].id;
	while (p->mails < mails)
		put(p);
}

static void look(struct place *p, const char *name)
{
	struct maildir_look *l = maildir_look_new(p->feed_id, p->path);
	struct err e;

	if (name)
		maildir_look_add(l, MAIL_NEW, name);
	else
		maildir_look_whole(l);
	while (!l->done)
		must(maildir_look_step(p->stock.db, l, NOW, &e), &e);
	maildir_look_free(l);
}

static struct place many, few;

static void list_names(void *data)
{
	struct mail_folder folder;
	struct mail_file *files;
	struct arena mem = {0};
	struct err e;
	size_t n;

	(void)data;
	must(mail_folder_open(many.path, &folder, &e), &e);
	must(mail_folder_list(&folder, &mem, &files, &n, &e), &e);
	mail_folder_close(&folder);
	arena_release(&mem);
}

static void look_whole(void *data)
{
	(void)data;
	look(&many, NULL);
}

static void take_one(struct place *p)
{
	char name[64];

	snprintf(name, sizeof(name), "%d.M%dP1.host", 1700000000 + p->mails,
		 p->mails);
	put(p);
	look(p, name);
}

static void one_of_many(void *data)
{
	(void)data;
	take_one(&many);
}

static void one_of_few(void *data)
{
	(void)data;
	take_one(&few);
}

static double read_files(void)
{
	double start = race_clock();
	struct mail_folder folder;
	struct mail_file *files;
	struct arena mem = {0};
	struct buf bytes;
	struct err e;
	size_t n;

	buf_init(&bytes, 1 << 20);
	must(mail_folder_open(many.path, &folder, &e), &e);
	must(mail_folder_list(&folder, &mem, &files, &n, &e), &e);
	for (size_t i = 0; i < n; i++)
		must(mail_folder_read(&folder, &files[i], &bytes, &e), &e);
	mail_folder_close(&folder);
	arena_release(&mem);
	buf_release(&bytes);
	return race_clock() - start;
}

int main(void)
{
	char command[64];
	double start, took, reading;
	struct race r;
	bool good;

	if (!mkdtemp(dir))
		abort();
	open_place(&many, "many", MAILS);
	open_place(&few, "few", FEW);
	look(&few, NULL);
	reading = read_files();
	start = race_clock();
	look(&many, NULL);
	took = race_clock() - start;
	printf("maildir first_sight %.0f/s ratio %.1f (%d mails in %.1f s; "
	       "merely reading them %.1f s)\n",
	       MAILS / took, took / reading, MAILS, took, reading);
	r = race_run(look_whole, list_names, NULL);
	printf("maildir whole_look %.1f/s ratio %.2f (aim: at most %.1f times "
	       "the listing)\n",
	       r.ours, 1 / r.ratio, LOOK_AIM);
	good = 1 / r.ratio <= LOOK_AIM;
	r = race_run(one_of_many, one_of_few, NULL);
	printf("maildir one_mail %.0f/s ratio %.2f (aim: at most %.1f times "
	       "one among %d)\n",
	       r.ours, 1 / r.ratio, MAIL_AIM, FEW);
	good &= 1 / r.ratio <= MAIL_AIM;
	stock_close(&many.stock);
	stock_close(&few.stock);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command) || !good;
}
