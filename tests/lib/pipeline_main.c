/*
 * usage: pipeline PORT CONNECTIONS MESSAGES SIZE
 * Sends so many ready messages of SIZE bytes to the SMTP server on that port
 * of the loopback, as fast as a program can: everything that RFC 2920 allows
 * is said at once, and nothing is kept. For benchmarks.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 100
#define ENVELOPE "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n"

enum state { GREETING, EHLO, ENVELOPE_OUT, CONTENT_OUT };

struct connection {
	int fd;
	enum state state;
	char reply[8]; /* the start of the line that is coming in */
	size_t n;
};

static long to_give, to_accept;
static char *content; /* with its final dot, and the next envelope */
static size_t content_len;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void say(const struct connection *c, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(c->fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0)
			fail("send");
		bytes += n;
		len -= (size_t)n;
	}
}

static void say_envelope(struct connection *c)
{
	if (to_give > 0)
		say(c, ENVELOPE, strlen(ENVELOPE));
	to_give--;
	c->state = ENVELOPE_OUT;
}

static void say_content(struct connection *c)
{
	bool more = to_give > 0;

	say(c, content, content_len - (more ? 0 : strlen(ENVELOPE)));
	to_give -= more;
	c->state = CONTENT_OUT;
}

/* "250-": others follow. */
static void take_line(struct connection *c)
{
	if (c->reply[3] == '-')
		return;
	if (c->reply[0] != '2' && c->reply[0] != '3') {
		fprintf(stderr, "the server said %.3s\n", c->reply);
		exit(1);
	}
	if (c->state == GREETING) {
		say(c, "EHLO x.example\r\n", 16);
		c->state = EHLO;
	} else if (c->state == EHLO) {
		say_envelope(c);
	} else if (c->state == CONTENT_OUT) {
		c->state = ENVELOPE_OUT;
		to_accept--;
	} else if (c->reply[0] == '3') {
		say_content(c);
	}
}

static void take_bytes(struct connection *c)
{
	char bytes[4096];
	ssize_t len = recv(c->fd, bytes, sizeof(bytes), 0);

	if (len <= 0)
		fail("recv");
	for (ssize_t i = 0; i < len; i++) {
		if (c->n < sizeof(c->reply) - 1)
			c->reply[c->n++] = bytes[i];
		if (bytes[i] != '\n')
			continue;
		take_line(c);
		c->n = 0;
	}
}

static int open_connection(uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		fail("connect");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* Lines of 70 characters. */
static void make_content(size_t size)
{
	static const char end[] = "\r\n.\r\n" ENVELOPE;

	content_len = size + strlen(end);
	content = malloc(content_len + 1);
	if (!content)
		fail("malloc");
	memset(content, 'x', size);
	for (size_t i = 70; i + 2 < size; i += 72)
		memcpy(content + i, "\r\n", 2);
	memcpy(content + size, end, sizeof(end));
}

int main(int argc, char **argv)
{
	static struct connection connections[CONNECTIONS_MAX];
	struct pollfd polls[CONNECTIONS_MAX];
	int n = argc == 5 ? atoi(argv[2]) : 0;

	if (n < 1 || n > CONNECTIONS_MAX) {
		fputs("usage: pipeline PORT CONNECTIONS MESSAGES SIZE\n",
		      stderr);
		return 64;
	}
	to_give = to_accept = atol(argv[3]);
	make_content(strtoul(argv[4], NULL, 10));
	for (int i = 0; i < n; i++) {
		connections[i].fd = open_connection((uint16_t)atoi(argv[1]));
		polls[i] = (struct pollfd){connections[i].fd, POLLIN, 0};
	}
	while (to_accept) {
		if (poll(polls, (nfds_t)n, -1) < 0)
			fail("poll");
		for (int i = 0; i < n; i++)
			if (polls[i].revents)
				take_bytes(&connections[i]);
	}
	return 0;
}
