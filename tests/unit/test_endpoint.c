#include "base/endpoint.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

static struct err e;

static struct sockaddr_storage parsed(const char *text)
{
	struct sockaddr_storage address;
	socklen_t len;

	if (endpoint_parse(text, &address, &len, &e))
		fail_msg("%s", e.text);
	return address;
}

static void numbers_and_ports_are_read(void **s)
{
	struct sockaddr_storage a = parsed("127.0.0.1:8025");
	struct sockaddr_in *four = (struct sockaddr_in *)&a;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&a;

	(void)s;
	assert_int_equal(a.ss_family, AF_INET);
	assert_int_equal(ntohl(four->sin_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(ntohs(four->sin_port), 8025);
	a = parsed("localhost:80");
	assert_int_equal(ntohl(four->sin_addr.s_addr), INADDR_LOOPBACK);
	a = parsed("[::1]:65535");
	assert_int_equal(a.ss_family, AF_INET6);
	assert_true(IN6_IS_ADDR_LOOPBACK(&six->sin6_addr));
	assert_int_equal(ntohs(six->sin6_port), 65535);
	a = parsed("*:0");
	assert_true(IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr));
}

static void anything_else_is_refused_with_an_example(void **s)
{
	static const char *const bad[] = {
	    "",
	    ":",
	    ":8025",
	    "8025",
	    "127.0.0.1",
	    "127.0.0.1:",
	    "127.0.0.1:65536",
	    "127.1:80",
	    "::1:80",
	    "[::1]80",
	    "[::1]",
	    "[127.0.0.1]:80",
	    "example.org:80",
	    "1.2.3.4:8o",
	    "1.2.3.4:-1",
	    "1.2.3.4: 80",
	    "[]:1",
	    "1.2.3.4:000080",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct sockaddr_storage address;
		socklen_t len;

		if (endpoint_parse(bad[i], &address, &len, &e) != ERR_INPUT)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_non_null(strstr(e.text, "127.0.0.1:8025"));
	}
}

static void who_is_near_is_known(void **s)
{
	static const struct {
		const char *ip, *network;
		bool loopback;
	} cases[] = {
	    {"127.0.0.1", "127.0.0.1", true},
	    {"127.200.1.2", "127.200.1.2", true},
	    {"192.0.2.7", "192.0.2.7", false},
	    {"::1", "::/64", true},
	    {"::ffff:127.0.0.1", "127.0.0.1", true},
	    {"::ffff:192.0.2.7", "192.0.2.7", false},
	    {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", false},
	};
	struct sockaddr_storage a;
	struct sockaddr *sa = (struct sockaddr *)&a;
	char text[ENDPOINT_TEXT];

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *ip = cases[i].ip;

		assert_true(endpoint_parse_ip(ip, strlen(ip), &a));
		assert_string_equal(endpoint_network(sa, text),
				    cases[i].network);
		assert_int_equal(endpoint_is_loopback(sa), cases[i].loopback);
	}
	assert_true(endpoint_parse_ip("192.0.2.7, x", 9, &a));
	assert_false(endpoint_parse_ip("192.0.2.7, x", 10, &a));
	assert_false(endpoint_parse_ip("unknown", 7, &a));
	sa->sa_family = AF_UNIX;
	assert_string_equal(endpoint_network(sa, text), "?");
	assert_false(endpoint_is_loopback(sa));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_and_ports_are_read),
	    cmocka_unit_test(anything_else_is_refused_with_an_example),
	    cmocka_unit_test(who_is_near_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
