#include "http_caller.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIMIT_NS UINT64_C(10000000000)
#define HEARD_MAX (1 << 20)

void http_caller_init(struct http_caller *c, uv_loop_t *loop, int port)
{
	*c = (struct http_caller){.loop = loop, .port = port};
	buf_init(&c->got, HEARD_MAX);
}

void http_caller_release(struct http_caller *c)
{
	buf_release(&c->got);
}

int http_call(const struct http_caller *c)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)c->port),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

void http_turn(const struct http_caller *c, int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	uv_run(c->loop, UV_RUN_NOWAIT);
	(void)poll(&wait, 1, 1);
}

void http_say_bytes(const struct http_caller *c, int fd, const char *bytes,
		    size_t len)
{
	uint64_t until = uv_hrtime() + LIMIT_NS;

	while (len && uv_hrtime() < until) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN)
			return; /* it does not want more */
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
		http_turn(c, fd);
	}
}

void http_say(const struct http_caller *c, int fd, const char *text)
{
	http_say_bytes(c, fd, text, strlen(text));
}

bool http_hear(struct http_caller *c, int fd, const char *text)
{
	uint64_t until = uv_hrtime() + LIMIT_NS;
	char bytes[4096];

	buf_reset(&c->got);
	while (uv_hrtime() < until) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n > 0)
			(void)buf_add(&c->got, bytes, (size_t)n);
		if (text && strstr(buf_str(&c->got), text))
			return true;
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return !text;
		http_turn(c, fd);
	}
	fail_msg("nothing came but \"%s\"", buf_str(&c->got));
	return false;
}

bool http_got(const struct http_caller *c, const char *text)
{
	if (strstr(buf_str(&c->got), text))
		return true;
	print_message("there is no \"%s\" in: %s\n", text, buf_str(&c->got));
	return false;
}

void http_ask(struct http_caller *c, const char *request)
{
	int fd = http_call(c);

	http_say(c, fd, request);
	http_hear(c, fd, NULL);
	close(fd);
}
