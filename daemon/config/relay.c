#include "config/relay.h"
#include "base/endpoint.h"
#include <stdbool.h>
#include <string.h>

void relay_settle(struct relay_settings *relay,
		  const struct ini_section *section)
{
	for (size_t k = 0; section && k < section->n; k++)
		if (!strcmp(section->entries[k].key, "tls"))
			return;
	if (endpoint_url_is_loopback(relay->url) && !relay->user[0])
		relay->tls = RELAY_TLS_OFF;
}

int relay_check(const struct relay_settings *relay, const char *place,
		struct err *e)
{
	bool maildir = !strncmp(relay->url, "maildir:", 8);
	bool password = relay->password_file[0];
	bool oauth = relay->oauth_file[0];
	const char *why = NULL;

	if (!maildir && relay->tls == RELAY_TLS_OFF &&
	    !endpoint_url_is_loopback(relay->url))
		why = "tls = off is for a relay on this machine only; mail and "
		      "passwords would cross the network in clear";
	else if (password && oauth)
		why = "password_file and oauth_file: give one of them";
	else if (relay->user[0] && !password && !oauth)
		why = "user needs password_file or oauth_file";
	else if (!relay->user[0] && (password || oauth))
		why = "password_file and oauth_file need user";
	if (why)
		return err_set(e, ERR_INPUT, "%s %s", place, why);
	return 0;
}
