#include "app/intake.h"
#include "app/wishes.h"
#include "base/hash.h"
#include "base/log.h"
#include "compose/trial.h"
#include "config/zone.h"
#include "store/alert.h"
#include "store/group.h"
#include "store/member.h"
#include "store/overlay.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_A_TRANSACTION 500
#define GROUPS_PATH "groups.d"
#define WORDS_PATH "words/" /* not the name of a file of members.d */
/* Of a file that names another file's member: its content is not the fault,
 * so it is looked at again when a file has changed or gone. */
#define TAKEN_HASH ""

/* Shows a configuration error in the store, or that it is gone. */
static int note_error(struct db *db, const char *path, const char *hash,
		      const char *text, int line, int64_t now, struct err *e)
{
	struct config_file file = {
	    .path = path,
	    .hash = hash ? hash : "",
	    .error = text,
	    .line = line,
	    .at = now,
	};

	return config_file_put(db, &file, e);
}

static int try_words(const struct config *config, struct words **ret_words,
		     struct err *e)
{
	struct sender_identity sender = config_sender(config);
	struct words *words = NULL;
	int r = words_load(config->words.templates, config->words.languages,
			   &words, e);

	if (!r)
		r = trial(words, &sender, e);
	if (r)
		words_free(words);
	else
		*ret_words = words;
	return r;
}

int intake_words(struct db *db, const struct config *config, int64_t now,
		 struct words **ret_words, struct err *e)
{
	int bad = try_words(config, ret_words, e);
	int r = db_begin(db, bad ? NULL : e);

	if (!r && bad)
		r = note_error(db, WORDS_PATH, WORDS_PATH, e->text, 0, now,
			       NULL);
	else if (!r)
		r = config_file_forget(db, WORDS_PATH, e);
	if (!r)
		r = db_commit(db, bad ? NULL : e);
	if (r)
		db_rollback(db);
	if (r && !bad)
		words_free(*ret_words);
	return bad ? bad : r;
}

/* A folder that was moved away, or whose disk is not there, is no word of
 * anybody's that all in it are to go. */
static int check_folder(const char *dir, const char *name, struct arena *mem,
			struct err *e)
{
	const char *folder = arena_printf(mem, "%s/%s", dir, name);

	if (!access(folder, F_OK) || errno != ENOENT)
		return 0;
	return err_set(e, ERR_CONFIG,
		       "%s: the folder is not there; what it said last stays "
		       "in force (where all of it is to go, make an empty one)",
		       folder);
}

static int load_groups(struct db *db, const char *dir,
		       const struct config *config, struct arena *mem,
		       struct group_settings **ret_groups, size_t *ret_n,
		       struct err *e)
{
	struct group *known;
	size_t n_known = 0;
	int r = config_load_groups(dir, config, mem, ret_groups, ret_n, e);

	if (!r && !*ret_n)
		r = group_list(db, mem, &known, &n_known, e);
	return r || !n_known ? r : check_folder(dir, GROUPS_PATH, mem, e);
}

int intake_groups(struct db *db, const char *dir, const struct config *config,
		  int64_t now, struct err *e)
{
	struct group_settings *groups;
	struct arena mem = {0};
	size_t n;
	int bad = load_groups(db, dir, config, &mem, &groups, &n, e);
	int r = db_begin(db, bad ? NULL : e);

	if (!r && bad)
		r = note_error(db, GROUPS_PATH, NULL, e->text, 0, now, NULL);
	else if (!r)
		r = group_sync(db, groups, n, now, e);
	if (!r && !bad)
		r = config_file_forget(db, GROUPS_PATH, e);
	if (!r)
		r = db_commit(db, bad ? NULL : e);
	if (r)
		db_rollback(db);
	arena_release(&mem);
	return bad ? bad : r;
}

/* ---- the calendar -------------------------------------------------------- */

static int64_t calendar_stamp(const struct config *config)
{
	int64_t zones = zone_version();
	char hex[HASH_HEX];
	struct hash hash;

	hash_begin(&hash);
	hash_add(&hash, &zones, sizeof(zones));
	hash_add(&hash, &config->digest.spread, sizeof(config->digest.spread));
	for (size_t i = 0; i < config->n_holidays; i++) {
		const struct holidays *region = &config->holidays[i];

		hash_add(&hash, region->region, strlen(region->region) + 1);
		hash_add(&hash, &region->n, sizeof(region->n));
		hash_add(&hash, region->days,
			 region->n * sizeof(*region->days));
	}
	hash_end(&hash, hex);
	hex[15] = '\0'; /* 60 bits: a positive number */
	return strtoll(hex, NULL, 16);
}

int intake_calendar(struct db *db, const struct config *config, struct err *e)
{
	int64_t stamp = calendar_stamp(config), known;
	int r = db_number_get(db, DB_CALENDAR, &known, e);

	if (r || known == stamp)
		return r;
	r = db_begin(db, e);
	if (!r)
		r = schedule_recount(db, e);
	if (!r)
		r = alert_mark_all(db, e);
	if (!r)
		r = db_number_set(db, DB_CALENDAR, stamp, e);
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	return r;
}

/* ---- members ------------------------------------------------------------ */

struct scan {
	struct db *db;
	const char *dir;
	const struct config *config;
	int64_t now;
	bool again; /* also what is known */
	struct intake_result result;
};

static int overlay_of(void *data, const char *member, struct arena *mem,
		      struct setting **ret_settings, size_t *ret_n,
		      struct err *e)
{
	return overlay_list(data, mem, member, ret_settings, ret_n, e);
}

static int file_is_bad(struct scan *s, const char *file, const char *hash,
		       int line, const struct err *why, struct err *e)
{
	if (!s->result.bad++)
		s->result.first_bad = *why;
	return note_error(s->db, file, hash, why->text, line, s->now, e);
}

static int file_is_gone(struct scan *s, const char *file, struct err *e)
{
	int r = member_sync(s->db, file, NULL, 0, s->now, e);

	s->result.gone++;
	return r ? r : config_file_forget(s->db, file, e);
}

/* Same content as when it was last looked at, good or bad. */
static bool is_known(struct scan *s, struct arena *mem, const char *file,
		     const char *hash)
{
	struct config_file known;

	return !config_file_get(s->db, mem, file, &known, NULL) &&
	       !strcmp(known.hash, hash);
}

/* What a file says depends on the community's defaults and regions, too. */
static const char *settled_hash(struct scan *s, struct arena *mem,
				const char *hash)
{
	const struct config *c = s->config;
	const char *all =
	    arena_printf(mem, "%s %s %s", hash, c->community.language,
			 c->community.timezone);

	for (size_t i = 0; i < c->n_holidays; i++)
		all = arena_join(mem, all, " ", c->holidays[i].region);
	return all;
}

static int take_file(struct scan *s, const char *file, struct err *e)
{
	struct member_settings *members;
	const char *hash = NULL;
	struct arena mem = {0};
	struct err why;
	size_t n;
	int line = 0;
	const struct overlay overlay = {overlay_of, s->db};
	int r = config_load_member(s->dir, file, s->config, &overlay, &mem,
				   &members, &n, &hash, &line, &why);

	if (hash)
		hash = settled_hash(s, &mem, hash);
	if (r == ERR_MISSING &&
	    !check_folder(s->dir, "members.d", &mem, &why)) {
		r = file_is_gone(s, file, e);
	} else if (hash && !s->again && is_known(s, &mem, file, hash)) {
		r = 0;
	} else if (r) {
		r = file_is_bad(s, file, hash, line, &why, e);
	} else {
		r = member_sync(s->db, file, members, n, s->now, &why);
		if (r == ERR_INPUT) {
			r = file_is_bad(s, file, TAKEN_HASH, 0, &why, e);
		} else if (!r) {
			s->result.changed++;
			r = note_error(s->db, file, hash, NULL, 0, s->now, e);
		} else {
			*e = why;
		}
	}
	arena_release(&mem);
	return r;
}

static int take_files(struct scan *s, const char *const *names, size_t n,
		      struct err *e)
{
	for (size_t i = 0; i < n;) {
		size_t end = i + FILES_A_TRANSACTION;
		int r = db_begin(s->db, e);

		for (; !r && i < n && i < end; i++)
			r = take_file(s, names[i], e);
		if (!r)
			r = db_commit(s->db, e);
		if (r) {
			db_rollback(s->db);
			return r;
		}
	}
	return 0;
}

static int take_waiting(struct scan *s, struct err *e)
{
	struct scan again = *s; /* what stays bad was counted already */
	struct config_file *bad;
	const char **names = NULL;
	struct arena mem = {0};
	size_t n_bad, n = 0;
	int r = config_file_list(s->db, &mem, true, &bad, &n_bad, e);

	for (size_t i = 0; !r && i < n_bad; i++)
		if (!strcmp(bad[i].hash, TAKEN_HASH) &&
		    strcmp(bad[i].path, GROUPS_PATH) != 0)
			*(const char **)arena_push(&mem, (void **)&names, n++,
						   sizeof(*names)) =
			    bad[i].path;
	if (!r)
		r = take_files(&again, names, n, e);
	s->result.changed = again.result.changed;
	s->result.gone = again.result.gone;
	arena_release(&mem);
	return r;
}

int intake_member(struct db *db, const char *dir, const struct config *config,
		  const char *file, int64_t now, struct err *e)
{
	struct scan s = {
	    .db = db, .dir = dir, .config = config, .now = now, .again = true};
	int r = take_file(&s, file, e);

	if (r || !s.result.bad)
		return r;
	*e = s.result.first_bad;
	return ERR_INPUT;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files that the store knows and the folder no longer has. */
static int missing_files(struct scan *s, struct arena *mem,
			 const char *const *names, size_t n,
			 const char ***ret_gone, size_t *ret_n, struct err *e)
{
	struct config_file *known;
	const char **gone = NULL;
	size_t n_known, n_gone = 0;
	int r = config_file_list(s->db, mem, false, &known, &n_known, e);

	for (size_t i = 0; !r && i < n_known; i++) {
		const char **place, *path = known[i].path;

		if (!strcmp(path, GROUPS_PATH) || strchr(path, '/'))
			continue;
		if (n &&
		    bsearch(&path, names, n, sizeof(*names), compare_names))
			continue;
		place =
		    arena_push(mem, (void **)&gone, n_gone++, sizeof(*gone));
		*place = path;
	}
	*ret_gone = gone;
	*ret_n = n_gone;
	return r;
}

/* What members chose comes first: it may change their files. */
static int settle_wishes(const struct scan *s, const char *const *names,
			 size_t n, struct err *e)
{
	const struct wishes wishes = {s->db, s->dir, s->config, s->now, true};
	int r = names ? 0 : wishes_settle(&wishes, NULL, e);

	for (size_t i = 0; !r && names && i < n; i++)
		r = wishes_settle(&wishes, names[i], e);
	return r;
}

int intake_members(struct db *db, const char *dir, const struct config *config,
		   const char *const *names, size_t n, int64_t now,
		   struct intake_result *ret_result, struct err *e)
{
	struct scan s = {.db = db, .dir = dir, .config = config, .now = now};
	struct arena mem = {0};
	const char **found, **gone;
	size_t n_found, n_gone;
	int r = settle_wishes(&s, names, n, e);

	if (r)
		goto out;
	if (names) {
		r = take_files(&s, names, n, e);
		goto out;
	}
	r = config_member_files(dir, &mem, &found, &n_found, e);
	if (!r)
		r = missing_files(&s, &mem, found, n_found, &gone, &n_gone, e);
	if (!r)
		r = take_files(&s, gone, n_gone, e);
	if (!r)
		r = take_files(&s, found, n_found, e);
out:
	if (!r && (s.result.changed || s.result.gone))
		r = take_waiting(&s, e);
	*ret_result = s.result;
	arena_release(&mem);
	return r;
}
