/*
 * An SMTP server that does as it is told: answers by a script, hangs up or
 * falls silent on cue, keeps what it accepts.
 *
 * It runs in threads of its own, one a connection; start and stop from any
 * thread. What it refuses it refuses always.
 */
#ifndef TESTS_SMTP_PEER_H
#define TESTS_SMTP_PEER_H

#include <stdbool.h>

/* Where in the dialogue something happens: before that answer. */
enum smtp_cue {
	CUE_NEVER,
	CUE_GREETING,
	CUE_EHLO,
	CUE_STARTTLS,
	CUE_AUTH,
	CUE_MAIL,
	CUE_RCPT,
	CUE_DATA,
	CUE_CONTENT, /* in the content, before its final dot */
	CUE_DOT,
	SMTP_CUES
};
extern const char *const smtp_cue_names[SMTP_CUES];

struct smtp_script {
	/* "CODE TEXT" instead of the usual answer; NULL: the usual one. Lines
	 * of one answer are parted by CRLF. One for CUE_CONTENT is said while
	 * the content comes, of which nothing more is read until there is
	 * another script. */
	const char *answers[SMTP_CUES];
	enum smtp_cue hang_up, silent;
	bool lock_step;	     /* offers no PIPELINING */
	bool starttls, auth; /* offers them; TLS itself it cannot */
	int hang_up_after;   /* messages on a connection; 0 never */
	int drip_ms;	     /* from byte to byte of its answers */
	bool at_once;	     /* to what came at once, it answers in one piece */
	int delay_ms;	     /* before it answers for a message */
	int turn_ms;	     /* before it answers all that was said to it */
	int port;	     /* to listen on; 0: any */
	const char *store;   /* a folder for accepted messages, or NULL */
};

struct smtp_peer;

/* `script` is copied; its strings stay the caller's. NULL when no port. */
struct smtp_peer *smtp_peer_start(const struct smtp_script *script);
int smtp_peer_port(const struct smtp_peer *peer);
/* Another script from the next command on. */
void smtp_peer_say(struct smtp_peer *peer, const struct smtp_script *script);
int smtp_peer_messages(struct smtp_peer *peer);
int smtp_peer_connections(struct smtp_peer *peer);
void smtp_peer_stop(struct smtp_peer *peer);

#endif
