#include "loop/public_ip.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

static struct sockaddr *address(const char *text)
{
	static struct sockaddr_in6 six;
	static struct sockaddr_in four;

	six = (struct sockaddr_in6){.sin6_family = AF_INET6};
	four = (struct sockaddr_in){.sin_family = AF_INET};
	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return (struct sockaddr *)&four;
	assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
	return (struct sockaddr *)&six;
}

static bool is_public(const char *text)
{
	return ip_is_public(address(text));
}

static void public_addresses_are_public(void **s)
{
	static const char *const open[] = {
	    "8.8.8.8",	       "1.1.1.1",	  "100.63.255.255",
	    "100.128.0.1",     "172.15.0.1",	  "172.32.0.1",
	    "192.0.1.1",       "198.17.0.1",	  "198.20.0.1",
	    "223.255.255.255", "2a00:1450::1",	  "2606:4700::1",
	    "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8"};

	(void)s;
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		if (!is_public(open[i]))
			fail_msg("%s", open[i]);
}

static void all_others_are_not(void **s)
{
	static const char *const closed[] = {"0.0.0.0",
					     "10.1.2.3",
					     "100.64.0.1",
					     "100.127.255.255",
					     "127.0.0.1",
					     "127.255.255.255",
					     "169.254.169.254",
					     "172.16.0.1",
					     "172.31.255.255",
					     "192.0.0.1",
					     "192.0.2.1",
					     "192.168.1.1",
					     "198.18.0.1",
					     "198.19.255.255",
					     "198.51.100.1",
					     "203.0.113.1",
					     "224.0.0.1",
					     "255.255.255.255",
					     "::",
					     "::1",
					     "::127.0.0.1",
					     "fe80::1",
					     "fc00::1",
					     "fdff::1",
					     "ff02::1",
					     "2001:db8::1",
					     "2002:7f00:1::",
					     "2001::1",
					     "::ffff:10.0.0.1",
					     "::ffff:169.254.169.254",
					     "64:ff9b::127.0.0.1",
					     "fec0::1",
					     "64:ff9b:1::8.8.8.8",
					     "2001:2::1",
					     "2001:20::1",
					     "5f00::1"};

	(void)s;
	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++)
		if (is_public(closed[i]))
			fail_msg("%s", closed[i]);
}

static void other_families_are_not(void **s)
{
	struct sockaddr local = {.sa_family = AF_UNIX};

	(void)s;
	assert_false(ip_is_public(&local));
	assert_false(ip_is_among(&local, "0.0.0.0/0, ::/0"));
}

static void what_is_listed_is_told_in_every_form(void **s)
{
	static const struct {
		const char *address, *networks;
		bool among;
	} cases[] = {
	    {"10.1.2.3", "10.1.2.0/24", true},
	    {"10.1.3.3", "10.1.2.0/24", false},
	    {"10.1.3.3", "192.168.0.0/16,10.0.0.0/8", true},
	    {"10.1.2.3", "10.1.2.3", true},
	    {"10.1.2.4", "10.1.2.3", false},
	    {"10.1.2.3", "", false},
	    {"::ffff:10.1.2.3", "10.1.2.0/24", true},
	    {"64:ff9b::10.1.2.3", "10.1.2.0/24", true},
	    {"2002:0a01:0203::1", "10.1.2.0/24", true},
	    {"2002:0a01:0303::1", "10.1.2.0/24", false},
	    {"::ffff:10.1.3.3", "10.1.2.0/24", false},
	    /* The address itself, not by chance its last bytes. */
	    {"fd00::10.1.2.3", "10.1.2.0/24", false},
	    {"fd00:1::5", "fd00:1::/32", true},
	    {"fd00:2::5", "fd00:1::/32", false},
	    {"10.1.2.3", "fd00:1::/32", false},
	    {"::1", "::1", true},
	    {"10.1.2.3", "nonsense, 10.1.2.0/24", true},
	    {"10.1.2.3", "nonsense/24", false},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (ip_is_among(address(cases[i].address), cases[i].networks) !=
		    cases[i].among)
			fail_msg("%s in %s", cases[i].address,
				 cases[i].networks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(public_addresses_are_public),
	    cmocka_unit_test(all_others_are_not),
	    cmocka_unit_test(other_families_are_not),
	    cmocka_unit_test(what_is_listed_is_told_in_every_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
