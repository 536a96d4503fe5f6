#include "http_peer.h"
#include "base/mem.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX (64 * 1024 * 1024)

struct http_peer {
	http_answer_fn answer;
	void *data;
	int listener, port;
	enum http_ending ending;
	int connections;
	pthread_t thread;
};

static void send_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* it has had enough of us */
		bytes += n;
		len -= (size_t)n;
	}
}

/* One request and its answer; false when there is none, or no answer. */
static bool serve_one(struct http_peer *peer, int fd)
{
	struct buf answer;
	char head[16 * 1024];
	size_t len = 0, said;
	ssize_t n;

	do {
		n = recv(fd, head + len, sizeof(head) - 1 - len, 0);
		if (n <= 0)
			return false;
		len += (size_t)n;
		head[len] = '\0';
	} while (!strstr(head, "\r\n\r\n") && len < sizeof(head) - 1);
	buf_init(&answer, ANSWER_MAX);
	peer->answer(head, &answer, peer->data);
	said = answer.len;
	send_all(fd, buf_str(&answer), said);
	buf_release(&answer);
	return said > 0;
}

static void serve(struct http_peer *peer, int fd)
{
	char rest[1024];

	peer->connections++;
	while (serve_one(peer, fd) && peer->ending == HTTP_KEEPS)
		;
	if (peer->ending != HTTP_FALLS_SILENT)
		shutdown(fd, SHUT_WR);
	while (recv(fd, rest, sizeof(rest), 0) > 0)
		;
}

static void *accept_all(void *data)
{
	struct http_peer *peer = data;
	int fd;

	while ((fd = accept(peer->listener, NULL, NULL)) >= 0) {
		serve(peer, fd);
		close(fd);
	}
	return NULL;
}

struct http_peer *http_peer_start(http_answer_fn answer, void *data)
{
	struct http_peer *peer = xcalloc(1, sizeof(*peer));
	struct sockaddr_in at = {
	    .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(at);

	peer->answer = answer;
	peer->data = data;
	peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(peer->listener, (struct sockaddr *)&at, len) ||
	    listen(peer->listener, 64) ||
	    getsockname(peer->listener, (struct sockaddr *)&at, &len))
		abort();
	peer->port = ntohs(at.sin_port);
	pthread_create(&peer->thread, NULL, accept_all, peer);
	return peer;
}

void http_peer_end(struct http_peer *peer, enum http_ending ending)
{
	peer->ending = ending;
}

int http_peer_connections(const struct http_peer *peer)
{
	return peer->connections;
}

int http_peer_port(const struct http_peer *peer)
{
	return peer->port;
}

void http_peer_stop(struct http_peer *peer)
{
	shutdown(peer->listener, SHUT_RDWR);
	pthread_join(peer->thread, NULL);
	close(peer->listener);
	free(peer);
}
