#include "config/option.h"
#include "base/colour.h"
#include "base/settings.h"
#include "config/config.h"
#include <string.h>

#define DAY INT64_C(86400)
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a field's path */
#define C(section, field) offsetof(struct config, section.field)
#define G(field) offsetof(struct group_settings, field)
#define M(field) offsetof(struct member_settings, field)
#define S(field) offsetof(struct subscription_settings, field)
#define H(field) offsetof(struct holidays, field)

#ifndef PREGON_DATA
#define PREGON_DATA "/usr/local/share/pregon"
#endif

/* clang-format off */
const struct option main_options[] = {
{"community", "name", OPTION_LINE, C(community, name), NULL, 1, 100,
 "The community's name, as its mails show it."},
{"community", "url", OPTION_WEB, C(community, url), NULL, 0, 0,
 "Its address in the web."},
{"community", "from", OPTION_MAILBOX, C(community, from), NULL, 0, 0,
 "Whom mails come from: Name <address>."},
{"community", "contact", OPTION_ADDRESS, C(community, contact), "", 0, 0,
 "Where members write to, and where requests to unsubscribe go; the address of from when empty."},
{"community", "language", OPTION_LANGUAGE, C(community, language), "es", 0, 0,
 "Members' language where their file does not say."},
{"community", "timezone", OPTION_ZONE, C(community, timezone), "Europe/Madrid", 0, 0,
 "Members' time zone where their file does not say."},
{"community", "confirm", OPTION_FLAG, C(community, confirm), "yes", 0, 0,
 "Whether a new or changed address is asked by mail before anything else is sent to it; no vouches for all of them."},
{"store", "path", OPTION_PATH, C(store, path), "/var/lib/pregon/pregon.db", 0, 0,
 "The database."},
{"store", "keep", OPTION_DURATION, C(store, keep), "730d", 0, 18250 * DAY,
 "How long mails, what was left out of them, and the texts of debates are kept, at least 60d; 0 for ever."},
{"members", "group_writable", OPTION_FLAG, C(members, group_writable), "no", 0, 0,
 "Whether members.d and its files may be writable for their groups; for everybody they never may."},
{"relay", "url", OPTION_RELAY, C(relay, url), "smtp://localhost:25", 0, 0,
 "Where mail goes out: smtp://HOST:PORT, smtps://HOST:PORT or maildir:FOLDER."},
{"relay", "tls", OPTION_TLS, C(relay, tls), "required", 0, 0,
 "required, or off where the relay is this machine."},
{"relay", "ca_file", OPTION_PATH, C(relay, ca_file), "", 0, 0,
 "Certificates to trust instead of the system's (PEM)."},
{"relay", "user", OPTION_LINE, C(relay, user), "", 0, 200,
 "The user to log in as; empty for no login."},
{"relay", "password_file", OPTION_SECRET, C(relay, password_file), "", 0, 0,
 "A file whose first line is the password: an absolute path, or the name of a systemd credential."},
{"relay", "oauth_file", OPTION_SECRET, C(relay, oauth_file), "", 0, 0,
 "The same with an OAuth 2.0 bearer token, instead of a password."},
{"relay", "helo", OPTION_LINE, C(relay, helo), "", 0, 253,
 "The name we greet with; the domain of from when empty."},
{"relay", "connections", OPTION_NUMBER, C(relay, connections), "8", 1, 100,
 "How many connections at once."},
{"relay", "rate", OPTION_RATE, C(relay, rate), "50/s", 0, 100000,
 "How many mails a second at most; 0 for no limit."},
{"relay", "messages", OPTION_NUMBER, C(relay, messages), "100", 1, 100000,
 "How many mails a connection carries before it is closed."},
{"relay", "timeout", OPTION_DURATION, C(relay, timeout), "1m", 1, 3600,
 "How long an answer of the relay is waited for."},
{"bounces", "address", OPTION_ADDRESS, C(bounces, address), "", 0, 0,
 "Where mails come back to that cannot be delivered, at most 7 characters before its @: they are sent from it with +TOKEN before the @, which says whose mail it was. Empty: from the address of from, and what comes back is for people to read."},
{"bounces", "maildir", OPTION_PATH, C(bounces, maildir), "", 0, 0,
 "The Maildir that mail to that address arrives in, with whatever stands after its +; what was read there is moved to cur."},
{"http", "user_agent_contact", OPTION_LINE, C(http, user_agent_contact), "", 0, 200,
 "An address that the people behind the watched sites can turn to; sent with each request."},
{"http", "timeout", OPTION_DURATION, C(http, timeout), "30s", 1, 600,
 "How long a whole request may take."},
{"http", "max_bytes", OPTION_SIZE, C(http, max_bytes), "10M", 1024, 100 << 20,
 "How large a feed may be, decoded."},
{"http", "redirects", OPTION_NUMBER, C(http, redirects), "5", 0, 20,
 "How many redirects are followed."},
{"http", "connections", OPTION_NUMBER, C(http, connections), "32", 1, 1000,
 "How many requests at once."},
{"http", "gap", OPTION_DURATION, C(http, gap), "1s", 0, 3600,
 "How long a server rests after each request, whatever it was for; no server is asked two things at once."},
{"http", "allow_private", OPTION_FLAG, C(http, allow_private), "no", 0, 0,
 "Whether groups may be on this machine or in private networks."},
{"web", "listen", OPTION_LISTEN, C(web, listen), "", 0, 0,
 "The address and port where webhooks are taken and members' pages are, as 127.0.0.1:8025; empty for nowhere. It speaks plain HTTP, and a proxy before it HTTPS, where there is no certificate."},
{"web", "public_url", OPTION_WEB, C(web, public_url), "", 0, 0,
 "Where that address is seen from outside, as the proxy before it makes it; with https, mails link to their members' pages there, and the hubs that feeds name (WebSub) are asked to tell what is new."},
{"web", "certificate", OPTION_PATH, C(web, certificate), "", 0, 0,
 "A certificate (PEM), and behind it those that vouch for it: with key it makes that address speak HTTPS by itself."},
{"web", "key", OPTION_SECRET, C(web, key), "", 0, 0,
 "Its private key (PEM), not readable for everybody: an absolute path, or the name of a systemd credential."},
{"digest", "max_items", OPTION_NUMBER, C(digest, max_items), "12", 1, 100,
 "How many debates a digest shows; of the others come titles, then numbers."},
{"digest", "spread", OPTION_DURATION, C(digest, spread), "10m", 0, 3600,
 "Digests go out up to so long after the hour that was asked for, each member's always at the same minute, so that not all go at once; 0 for all at their hour."},
{"digest", "headlines", OPTION_NUMBER, C(digest, headlines), "10", 0, 100,
 "How many more a digest names in a line each."},
{"digest", "useful", OPTION_FILTER, C(digest, useful), "", 0, 0,
 "Words whose debates come under What can be useful: word, \"a phrase\"."},
{"digest", "learn", OPTION_FILTER, C(digest, learn), "", 0, 0,
 "Words whose debates come under What to learn."},
{"alert", "gather", OPTION_DURATION, C(alert, gather), "2m", 0, 3600,
 "After an alert others wait until so long after it, and come in one mail; 0: each comes at once."},
{"alert", "cooldown", OPTION_DURATION, C(alert, cooldown), "15m", 0, DAY,
 "Comments on a debate that an alert told of wait until so long after it, and come together."},
{"alert", "max_a_day", OPTION_NUMBER, C(alert, max_a_day), "6", 0, 100,
 "How many alerts a member gets a day; what comes then is in the next digest, and the last alert says so. 0 for no limit."},
{"alert", "expires", OPTION_DURATION, C(alert, expires), "1d", 60, 30 * DAY,
 "What an alert tells that could not be sent for so long is in the next digest instead."},
{"control", "socket", OPTION_PATH, C(control, socket), "/run/pregon/control", 0, 0,
 "The socket by which pregonctl asks pregond to do things."},
{"words", "templates", OPTION_PATH, C(words, templates), PREGON_DATA "/templates", 0, 0,
 "The folder of the mails' templates."},
{"words", "languages", OPTION_PATH, C(words, languages), PREGON_DATA "/lang", 0, 0,
 "The folder of the language files."},
{"looks", "accent", OPTION_ACCENT, C(looks, accent), COLOUR_ACCENT, 0, 0,
 "The colour of links and buttons, as #0b57a8; dark enough to be read on white. Dark mode takes a lighter one by itself."},
{"looks", "logo", OPTION_LINE, C(looks, logo), "", 0, 60,
 "A text at the top of mails in the place of a logo; the community's name when empty."},
{"looks", "footer", OPTION_LINE, C(looks, footer), "", 0, 1000,
 "A text at the end of mails: who sends them, a legal notice."},
{0}};

const struct option group_options[] = {
{"group", "title", OPTION_LINE, G(title), "", 0, 200,
 "What mails call the group; its name when empty."},
{"group", "url", OPTION_WEB, G(url), NULL, 0, 0,
 "Where the group is: its page, or a feed of it."},
{"group", "comments", OPTION_WEB, G(comments), "", 0, 0,
 "A feed of the group's comments, where it has one."},
{"group", "source", OPTION_SOURCE, G(source), "auto", 0, 0,
 "How it is watched: auto (by looking), feed, or a kind of site; maildir, webhook or post for a group whose debates come by themselves."},
{"group", "maildir", OPTION_PATH, G(maildir), "", 0, 0,
 "The Maildir that a group of source maildir reads."},
{"group", "key_file", OPTION_SECRET, G(key_file), "", 0, 0,
 "A file whose first line is the key of the site's API, or the secret that its webhooks are signed with."},
{"group", "webhook_file", OPTION_SECRET, G(webhook_file), "", 0, 0,
 "The same for webhooks alone, where key_file is the key of an API or there is none."},
{"group", "user", OPTION_LINE, G(user), "", 0, 200,
 "The user that the key belongs to, where the site asks for one."},
{"group", "allow", OPTION_NETWORKS, G(allow), "", 0, 0,
 "Networks that it may be in although they are not public, as in 10.1.2.0/24, fd00:1::/48; for this group alone."},
{"group", "ca_file", OPTION_PATH, G(ca_file), "", 0, 0,
 "Certificates to trust there instead of the system's (PEM)."},
{"group", "every", OPTION_DURATION, G(every), "15m", 1, 7 * DAY,
 "It is never looked at more often; quiet groups are looked at up to four times less often."},
{"group", "priority", OPTION_PRIORITY, G(priority), "normal", 0, 0,
 "low, normal or high."},
{0}};

const struct option member_options[] = {
{"member", "email", OPTION_ADDRESS, M(email), NULL, 0, 0,
 "The member's address."},
{"member", "name", OPTION_LINE, M(name), "", 0, 100,
 "The member's name."},
{"member", "language", OPTION_LANGUAGE, M(language), "", 0, 0,
 "The language of mails; the community's when empty."},
{"member", "timezone", OPTION_ZONE, M(timezone), "", 0, 0,
 "The member's time zone; the community's when empty."},
{"member", "mail", OPTION_FLAG, M(mail), "yes", 0, 0,
 "no: no mail at all, whatever the frequencies say; they stay for another day."},
{"member", "frequency", OPTION_FREQUENCY, M(defaults.frequency), "daily", 0, 0,
 "immediate, daily, weekly or off."},
{"member", "at", OPTION_CLOCK, M(at), "08:00", 0, 86399,
 "When digests come, by the member's clock."},
{"member", "day", OPTION_WEEKDAY, M(day), "monday", 0, 0,
 "The day of a weekly digest."},
{"member", "work", OPTION_WORK, M(work), "", 0, 0,
 "Working days and hours, as in mon-fri 08:00-15:00: alerts wait for them, and other days have no digest."},
{"member", "quiet", OPTION_QUIET, M(quiet), "", 0, 0,
 "Hours without mail, as in 22:00-07:00: alerts wait for their end. A digest still comes when at says."},
{"member", "holidays", OPTION_LINE, M(holidays), "", 0, 42,
 "The region whose holidays are days without mail: the NAME of a [holidays:NAME] in pregon.ini."},
{"member", "max_alerts", OPTION_NUMBER, M(max_alerts), NULL, 0, 100,
 "How many alerts come a day; the community's max_a_day when not given, 0 for no limit."},
{"member", "budget", OPTION_DURATION, M(budget), "0", 0, DAY,
 "Reading time for a digest, new words at 200 a minute and 10 s a debate: what does not fit is a line, then a number; 0 for no budget."},
{"member", "pause", OPTION_PAUSE, M(pause_from), "", 0, 0,
 "First and last day without mail, as in 2026-12-24..2027-01-06."},
{"member", "groups", OPTION_GROUPS, M(all_groups), "*", 0, 0,
 "* for every group; empty for those with a section only."},
{"member", "comments", OPTION_FLAG, M(defaults.comments), "no", 0, 0,
 "Whether alerts come for comments too."},
{"member", "include", OPTION_FILTER, M(defaults.include), "", 0, 0,
 "Only debates with one of these words: word, \"a phrase\"."},
{"member", "exclude", OPTION_FILTER, M(defaults.exclude), "", 0, 0,
 "No debates with one of these words."},
{"member", "keywords", OPTION_FILTER, M(defaults.keywords), "", 0, 0,
 "Words of interest: debates with them come first, more so when one is in the title."},
{"member", "me", OPTION_FILTER, M(me), "", 0, 0,
 "The names that sites show for the member, comma-separated; name when empty. Answers in one's own debates, and debates that say one of the names of me, come under For you."},
{"member", "useful", OPTION_FILTER, M(useful), "", 0, 0,
 "Words whose debates come under What can be useful; those of [digest] when empty."},
{"member", "learn", OPTION_FILTER, M(learn), "", 0, 0,
 "Words whose debates come under What to learn; those of [digest] when empty."},
{"member", "invite", OPTION_FLAG, M(invite), "yes", 0, 0,
 "Whether a digest may show, once a week at most, a debate that nobody answered yet and that has one of the keywords."},
{0}};

/* Their defaults are what the member says for all groups. */
const struct option subscription_options[] = {
{"group", "frequency", OPTION_FREQUENCY, S(frequency), NULL, 0, 0,
 "The same for this group."},
{"group", "comments", OPTION_FLAG, S(comments), NULL, 0, 0,
 "The same for this group."},
{"group", "include", OPTION_FILTER, S(include), NULL, 0, 0,
 "The same for this group."},
{"group", "exclude", OPTION_FILTER, S(exclude), NULL, 0, 0,
 "The same for this group."},
{"group", "keywords", OPTION_FILTER, S(keywords), NULL, 0, 0,
 "The same for this group."},
{0}};

const struct option holiday_options[] = {
{"holidays", "days", OPTION_DAYS, H(days), "", 0, 0,
 "Days, as in 2026-12-24, 2026-12-28..2027-01-06."},
{"holidays", "file", OPTION_PATH, H(file), "", 0, 0,
 "An iCalendar file (.ics): the days of its all-day events."},
{0}};
/* clang-format on */

void option_defaults(const struct option *options, void *base,
		     const struct option_context *context)
{
	for (const struct option *o = options; o->key; o++)
		if (o->fallback)
			(void)option_set(o, o->fallback, base, context, NULL);
}

const struct option *option_find(const struct option *options,
				 const char *section, const char *key)
{
	for (const struct option *o = options; o->key; o++)
		if (!strcmp(o->section, section) && !strcmp(o->key, key))
			return o;
	return NULL;
}

static int refuse_unknown(const struct option *options, const char *section,
			  const char *key, struct err *e)
{
	const char *names[64];
	const char *near;
	size_t n = 0;

	/* What people try, and what to do instead. */
	if (!strcmp(section, "relay") && strstr(key, "pass"))
		return err_set(e, ERR_INPUT,
			       "secrets are not written here: put the password "
			       "in a file of its own and name it, "
			       "password_file = ...");
	for (const struct option *o = options; o->key && n < 64; o++)
		if (!strcmp(o->section, section))
			names[n++] = o->key;
	near = nearest_name(key, names, n);
	if (near)
		return err_set(e, ERR_INPUT,
			       "there is no option \"%s\" in [%s]; did you "
			       "mean \"%s\"?",
			       key, section, near);
	return err_set(e, ERR_INPUT,
		       "there is no option \"%s\" in [%s]; see pregon.conf(5)",
		       key, section);
}

int option_read_section(const struct option *options, const char *section,
			const struct ini_file *file,
			const struct ini_section *from, void *base,
			const struct option_context *context, int *ret_line,
			struct err *e)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct ini_entry *entry = &from->entries[i];
		const struct option *o =
		    option_find(options, section, entry->key);
		int r = o ? option_set(o, entry->value, base, context, e)
			  : refuse_unknown(options, section, entry->key, e);

		if (!r)
			continue;
		*ret_line = entry->line;
		if (o)
			(void)err_prefix(e, r, "%s", entry->key);
		return err_prefix(e, r, "%s:%d", file->name, entry->line);
	}
	return 0;
}
