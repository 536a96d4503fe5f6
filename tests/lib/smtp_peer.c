#include "smtp_peer.h"
#include "base/buf.h"
#include "base/mem.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024

const char *const smtp_cue_names[SMTP_CUES] = {
    "never", "greeting", "ehlo", "starttls", "auth",
    "mail",  "rcpt",	 "data", "content",  "dot"};

struct smtp_peer {
	int listener, port;
	pthread_t acceptor;
	pthread_mutex_t lock; /* of what follows */
	struct smtp_script script;
	int fds[CONNECTIONS_MAX];
	pthread_t threads[CONNECTIONS_MAX];
	int n_connections, n_messages;
	bool stopping;
};

/* One connection: its bytes, and where its dialogue is. */
struct dialogue {
	struct smtp_peer *peer;
	struct smtp_script script; /* as it is now */
	int index, fd;
	struct buf in, out, message;
	bool in_data;
	bool senders, recipients; /* have been taken */
	bool awaits_secret;
	int messages;
};

static bool send_all(struct dialogue *d, const char *text, size_t len)
{
	size_t piece = d->script.drip_ms ? 1 : len;

	for (size_t at = 0; at < len; at += piece) {
		if (d->script.drip_ms)
			usleep((useconds_t)d->script.drip_ms * 1000);
		if (send(d->fd, text + at, piece, MSG_NOSIGNAL) !=
		    (ssize_t)piece)
			return false;
	}
	return true;
}

static bool send_out(struct dialogue *d)
{
	bool sent = send_all(d, buf_str(&d->out), d->out.len);

	buf_reset(&d->out);
	return sent;
}

/* With turns, or all at once, it is said at the end of this one. */
static bool say(struct dialogue *d, const char *line)
{
	(void)buf_addf(&d->out, "%s\r\n", line);
	return d->script.turn_ms || d->script.at_once || send_out(d);
}

/* As much as is there; all that it asks for is answered together, as by a
 * server that is so far away. */
static ssize_t hear(struct dialogue *d, char *bytes, size_t room)
{
	ssize_t n = recv(d->fd, bytes, room, d->out.len ? MSG_DONTWAIT : 0);

	if (n >= 0 || !d->out.len)
		return n;
	usleep((useconds_t)d->script.turn_ms * 1000);
	return send_out(d) ? recv(d->fd, bytes, room, 0) : -1;
}

/* Until the other side goes. */
static void be_silent(struct dialogue *d)
{
	char sink[4096];

	while (recv(d->fd, sink, sizeof(sink), 0) > 0)
		;
}

/* False when the dialogue ends here. */
static bool on_cue(struct dialogue *d, enum smtp_cue cue)
{
	if (d->script.silent == cue)
		be_silent(d);
	return d->script.silent != cue && d->script.hang_up != cue;
}

static bool answer(struct dialogue *d, enum smtp_cue cue, const char *usual)
{
	const char *given = d->script.answers[cue];

	return on_cue(d, cue) && say(d, given ? given : usual);
}

static void keep(struct dialogue *d)
{
	struct smtp_peer *peer = d->peer;
	char path[4096], whole[4096];
	FILE *out;
	int n;

	pthread_mutex_lock(&peer->lock);
	n = ++peer->n_messages;
	pthread_mutex_unlock(&peer->lock);
	if (!d->script.store)
		return;
	/* Nobody sees half of one. */
	snprintf(path, sizeof(path), "%s/../%d.%d.part", d->script.store,
		 (int)getpid(), n);
	snprintf(whole, sizeof(whole), "%s/%d.%d.eml", d->script.store,
		 (int)getpid(), n);
	out = fopen(path, "wbe");
	if (out) {
		fwrite(buf_str(&d->message), 1, d->message.len, out);
		fclose(out);
		(void)rename(path, whole);
	}
}

static bool is_good(const char *answer)
{
	return !answer || *answer == '2' || *answer == '3';
}

static bool end_content(struct dialogue *d)
{
	const struct smtp_script *s = &d->script;

	d->in_data = false;
	if (s->delay_ms)
		usleep((useconds_t)s->delay_ms * 1000);
	/* Kept, and the answer may be lost. */
	if (d->recipients && is_good(s->answers[CUE_DOT]))
		keep(d);
	d->messages++;
	return answer(d, CUE_DOT, "250 2.0.0 Ok: queued") &&
	       (!s->hang_up_after || d->messages < s->hang_up_after);
}

static void read_script(struct dialogue *d)
{
	pthread_mutex_lock(&d->peer->lock);
	d->script = d->peer->script;
	pthread_mutex_unlock(&d->peer->lock);
}

/* Before its turn, and then deaf. */
static bool answer_early(struct dialogue *d)
{
	if (!answer(d, CUE_CONTENT, ""))
		return false;
	while (d->script.answers[CUE_CONTENT]) {
		usleep(1000);
		read_script(d);
	}
	return true;
}

static bool take_content_line(struct dialogue *d, const char *line, size_t len)
{
	if (len == 1 && *line == '.')
		return end_content(d);
	(void)buf_add(&d->message, line + (*line == '.'), len - (*line == '.'));
	(void)buf_adds(&d->message, "\r\n");
	if (d->script.answers[CUE_CONTENT])
		return answer_early(d);
	return d->message.len < 10 || on_cue(d, CUE_CONTENT);
}

static bool take_ehlo(struct dialogue *d)
{
	const struct smtp_script *s = &d->script;

	if (s->answers[CUE_EHLO] || s->hang_up == CUE_EHLO ||
	    s->silent == CUE_EHLO)
		return answer(d, CUE_EHLO, "");
	return say(d, "250-peer.example") &&
	       (s->lock_step || say(d, "250-PIPELINING")) &&
	       (!s->starttls || say(d, "250-STARTTLS")) &&
	       (!s->auth || say(d, "250-AUTH PLAIN LOGIN")) &&
	       say(d, "250-ENHANCEDSTATUSCODES") && say(d, "250 SIZE 10485760");
}

static bool take_envelope(struct dialogue *d, enum smtp_cue cue)
{
	bool taken =
	    is_good(d->script.answers[cue]) && (cue == CUE_MAIL || d->senders);

	if (cue == CUE_MAIL)
		d->senders = taken, d->recipients = false;
	else
		d->recipients = taken;
	if (cue == CUE_RCPT && !d->senders)
		return say(d, "503 5.5.1 MAIL first");
	return answer(d, cue, "250 2.1.0 Ok");
}

static bool take_data(struct dialogue *d)
{
	const char *given = d->script.answers[CUE_DATA];

	if (!d->recipients && !given)
		return say(d, "503 5.5.1 no valid recipients");
	d->in_data = is_good(given);
	buf_reset(&d->message);
	return answer(d, CUE_DATA, "354 go on");
}

/* The secret comes with it, or in a line of its own. */
static bool take_auth(struct dialogue *d, const char *line)
{
	bool alone =
	    !strchr(line + 4, ' ') || !strchr(strchr(line + 4, ' ') + 1, ' ');

	d->awaits_secret = alone && !d->script.answers[CUE_AUTH];
	return answer(d, CUE_AUTH, alone ? "334 " : "235 2.7.0 Ok");
}

static bool take_command(struct dialogue *d, const char *line)
{
	if (!strncasecmp(line, "EHLO", 4) || !strncasecmp(line, "HELO", 4))
		return take_ehlo(d);
	if (!strncasecmp(line, "STARTTLS", 8))
		return answer(d, CUE_STARTTLS, "454 4.7.0 no TLS here");
	if (!strncasecmp(line, "AUTH", 4))
		return take_auth(d, line);
	if (d->awaits_secret) {
		d->awaits_secret = false;
		return say(d, "235 2.7.0 Ok");
	}
	if (!strncasecmp(line, "MAIL", 4))
		return take_envelope(d, CUE_MAIL);
	if (!strncasecmp(line, "RCPT", 4))
		return take_envelope(d, CUE_RCPT);
	if (!strncasecmp(line, "DATA", 4))
		return take_data(d);
	if (!strncasecmp(line, "QUIT", 4)) {
		(void)say(d, "221 2.0.0 Bye");
		return false;
	}
	return say(d, "250 2.0.0 Ok"); /* RSET, NOOP */
}

static bool take_lines(struct dialogue *d)
{
	char *end;

	while ((end = memchr(buf_str(&d->in), '\n', d->in.len))) {
		size_t len = (size_t)(end - d->in.data);
		bool more;

		if (len && end[-1] == '\r')
			end[-1] = '\0';
		*end = '\0';
		read_script(d);
		more = d->in_data ? take_content_line(d, d->in.data,
						      strlen(d->in.data))
				  : take_command(d, d->in.data);
		buf_drop(&d->in, len + 1);
		if (!more)
			return false;
	}
	return true;
}

static void *serve(void *data)
{
	struct dialogue *d = data;
	char piece[16 * 1024];
	ssize_t n;

	buf_init(&d->in, 64 * 1024 * 1024);
	buf_init(&d->out, 1024 * 1024);
	buf_init(&d->message, 64 * 1024 * 1024);
	read_script(d);
	if (answer(d, CUE_GREETING, "220 peer.example ESMTP"))
		while ((n = hear(d, piece, sizeof(piece))) > 0) {
			(void)buf_add(&d->in, piece, (size_t)n);
			if (!take_lines(d))
				break;
		}
	(void)send_out(d);
	pthread_mutex_lock(&d->peer->lock);
	close(d->fd);
	d->peer->fds[d->index] = -1;
	pthread_mutex_unlock(&d->peer->lock);
	buf_release(&d->in);
	buf_release(&d->out);
	buf_release(&d->message);
	free(d);
	return NULL;
}

static void *accept_all(void *data)
{
	struct smtp_peer *peer = data;

	for (;;) {
		int fd = accept(peer->listener, NULL, NULL);
		struct dialogue *d;
		int one = 1;

		pthread_mutex_lock(&peer->lock);
		if (fd < 0 || peer->stopping ||
		    peer->n_connections == CONNECTIONS_MAX) {
			pthread_mutex_unlock(&peer->lock);
			if (fd >= 0)
				close(fd);
			return NULL;
		}
		d = xcalloc(1, sizeof(*d));
		d->peer = peer;
		d->fd = fd;
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
				 sizeof(one));
		d->index = peer->n_connections++;
		peer->fds[d->index] = fd;
		pthread_create(&peer->threads[d->index], NULL, serve, d);
		pthread_mutex_unlock(&peer->lock);
	}
}

struct smtp_peer *smtp_peer_start(const struct smtp_script *script)
{
	struct smtp_peer *peer = xcalloc(1, sizeof(*peer));
	struct sockaddr_in at = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)script->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(at);
	int one = 1;

	peer->script = *script;
	pthread_mutex_init(&peer->lock, NULL);
	peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(peer->listener, SOL_SOCKET, SO_REUSEADDR, &one,
			 sizeof(one));
	if (bind(peer->listener, (struct sockaddr *)&at, len) ||
	    listen(peer->listener, 128) ||
	    getsockname(peer->listener, (struct sockaddr *)&at, &len)) {
		close(peer->listener);
		free(peer);
		return NULL;
	}
	peer->port = ntohs(at.sin_port);
	pthread_create(&peer->acceptor, NULL, accept_all, peer);
	return peer;
}

int smtp_peer_port(const struct smtp_peer *peer)
{
	return peer->port;
}

void smtp_peer_say(struct smtp_peer *peer, const struct smtp_script *script)
{
	pthread_mutex_lock(&peer->lock);
	peer->script = *script;
	pthread_mutex_unlock(&peer->lock);
}

int smtp_peer_messages(struct smtp_peer *peer)
{
	int n;

	pthread_mutex_lock(&peer->lock);
	n = peer->n_messages;
	pthread_mutex_unlock(&peer->lock);
	return n;
}

int smtp_peer_connections(struct smtp_peer *peer)
{
	int n;

	pthread_mutex_lock(&peer->lock);
	n = peer->n_connections;
	pthread_mutex_unlock(&peer->lock);
	return n;
}

void smtp_peer_stop(struct smtp_peer *peer)
{
	pthread_mutex_lock(&peer->lock);
	peer->stopping = true;
	shutdown(peer->listener, SHUT_RDWR);
	for (int i = 0; i < peer->n_connections; i++)
		if (peer->fds[i] >= 0)
			shutdown(peer->fds[i], SHUT_RDWR);
	pthread_mutex_unlock(&peer->lock);
	pthread_join(peer->acceptor, NULL);
	for (int i = 0; i < peer->n_connections; i++)
		pthread_join(peer->threads[i], NULL);
	close(peer->listener);
	pthread_mutex_destroy(&peer->lock);
	free(peer);
}
