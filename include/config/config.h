/*
 * Ini files to typed settings, strictly.
 *
 * An unknown section or key, a wrong type or range, a zone that does not
 * exist, a line that is too long, bytes that are not UTF-8: each is an error
 * with the file, the line, what was expected, and the nearest known name.
 * inih parses; because Debian's splits lines of 200 bytes and cuts section
 * names of 50 without a word, the text is scanned first and such lines are
 * refused.
 *
 * The option table (config/option.h) is the master copy of every option's
 * type, default, range and help. Strings live in the arena of the caller.
 * Functions that open files block: call them on the worker.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/settings.h"
#include "config/relay.h"

/* Before the @ of [bounces] address (deliver/return_path.h). */
#define BOUNCES_LOCAL_MAX 7

/* pregon.ini; every field is set, from the file or from its default. */
struct config {
	struct {
		const char *name;
		const char *url;
		const char *from;      /* "Avisos <avisos@example.org>" */
		const char *from_name; /* its parts, the domain in A-labels */
		const char *from_email;
		const char *contact;  /* whom members write to; from_email */
		const char *language; /* members' default */
		const char *timezone; /* members' default */
		bool confirm;	      /* new addresses are asked first */
	} community;
	struct {
		const char *path;
		int32_t keep; /* s, 0 for ever */
	} store;
	struct {
		bool group_writable; /* members.d and what is in it */
	} members;
	struct relay_settings relay;
	struct relay_settings *fallbacks; /* [relay:NAME], as they stand */
	size_t n_fallbacks;
	struct {
		/* Where mails come back to; "" for from_email, and then
		 * nothing is made of them. */
		const char *address;
		const char *maildir; /* that they arrive in, "" */
	} bounces;
	struct {
		const char *user_agent_contact; /* url or address, "" */
		int32_t timeout;		/* s, a whole request */
		int32_t max_bytes;		/* of a decoded body */
		int32_t redirects;
		int32_t connections; /* at once, all hosts */
		int32_t gap; /* s of rest between two requests to a host */
		bool allow_private; /* may poll loopback and private nets */
	} http;
	struct {
		const char *listen; /* "127.0.0.1:8025"; "" for none */
		const char *public_url;
		const char *certificate; /* with its key, or both "" */
		const char *key;
		/* Where our pages and callbacks begin, with a slash at its end;
		 * "" when they cannot be reached: no listen, or a public_url
		 * without HTTPS (loopback may go without, for tests). */
		const char *base;
	} web;
	struct {
		int32_t max_items, headlines;
		int32_t spread; /* s after their hour that digests go out */
		const char *useful, *learn; /* words of those sections */
	} digest;
	struct {
		int32_t gather;	   /* s after an alert in which others wait */
		int32_t cooldown;  /* s between two alerts about a debate */
		int32_t max_a_day; /* alerts a member; 0 no limit */
		int32_t expires;   /* s; then the next digest tells it */
	} alert;
	struct {
		const char *socket;
	} control;
	struct {
		const char *templates; /* folders */
		const char *languages;
	} words;
	struct holidays *holidays; /* [holidays:NAME], a region each */
	size_t n_holidays;
	struct {
		const char *accent; /* "#0b57a8" */
		const char *logo;   /* "" for the community's name */
		const char *footer; /* "" for none */
	} looks;
};

/* DIR/pregon.ini. Paths in it are relative to DIR. */
int config_load(const char *dir, struct arena *mem, struct config *ret_config,
		struct err *e);

/* ERR_INPUT when a group cannot be called so. */
int config_group_name(const char *name, struct err *e);

/* Whom and what its mails show. */
struct sender_identity config_sender(const struct config *config);
/* How they are planned; points into `config`. */
struct plan_limits config_plan_limits(const struct config *config);

/* All of DIR/groups.d/ *.ini together; a name may appear once. */
int config_load_groups(const char *dir, const struct config *config,
		       struct arena *mem, struct group_settings **ret_groups,
		       size_t *ret_n, struct err *e);

/*
 * What lies over what the files say (store/overlay.h): `of` gives a member's
 * settings, those of [member] first, then each group's together.
 */
struct overlay {
	int (*of)(void *data, const char *member, struct arena *mem,
		  struct setting **ret_settings, size_t *ret_n, struct err *e);
	void *data;
};

/*
 * One file of DIR/members.d. It is read as config/member_file.h says, once.
 * *ret_hash is the hex hash of its content, set even when it is bad (but not
 * when it cannot be read). *ret_line is the line of an error, 0 when it has
 * none. `overlay` may be NULL.
 */
int config_load_member(const char *dir, const char *file,
		       const struct config *config,
		       const struct overlay *overlay, struct arena *mem,
		       struct member_settings **ret_members, size_t *ret_n,
		       const char **ret_hash, int *ret_line, struct err *e);

/* A file like those, from anywhere, to see what it would do. */
int config_try_member(const char *path, const char *dir,
		      const struct config *config, struct arena *mem,
		      struct member_settings **ret_members, size_t *ret_n,
		      struct err *e);

/* The names of DIR/members.d/ *.ini, sorted. */
int config_member_files(const char *dir, struct arena *mem,
			const char ***ret_files, size_t *ret_n, struct err *e);

#endif
