#include "base/settings.h"
#include "config/config.h"
#include "config/option.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ctype.h>

static char man[200000];

static int read_man(void **s)
{
	FILE *in = fopen("daemon/man/pregon.conf.5", "re");
	size_t n, to = 0;

	(void)s;
	if (!in)
		return -1;
	n = fread(man, 1, sizeof(man) - 1, in);
	fclose(in);
	/* Words, whatever the lines. */
	for (size_t i = 0; i < n; i++) {
		bool space = isspace((unsigned char)man[i]);

		if (!space || (to && man[to - 1] != ' '))
			man[to++] = space ? ' ' : man[i];
	}
	man[to] = '\0';
	return 0;
}

static void compare(const struct option *options)
{
	for (const struct option *o = options; o->key; o++) {
		char item[100];

		snprintf(item, sizeof(item), ".It Cm %s = ", o->key);
		if (!strstr(man, item))
			fail_msg("pregon.conf(5) lacks %s", o->key);
		if (!strstr(man, o->help))
			fail_msg("pregon.conf(5) says otherwise: %s: %s",
				 o->key, o->help);
	}
}

static void the_manual_lists_every_option(void **s)
{
	(void)s;
	compare(main_options);
	compare(group_options);
	compare(member_options);
	compare(subscription_options);
	compare(holiday_options);
}

static void the_manual_lists_no_other(void **s)
{
	const struct option *tables[] = {main_options, group_options,
					 member_options, subscription_options,
					 holiday_options};
	const char *p = man;

	(void)s;
	while ((p = strstr(p, ".It Cm "))) {
		bool known = false;

		p += 7;
		for (size_t t = 0; t < 5; t++)
			for (const struct option *o = tables[t]; o->key; o++)
				known |= !strncmp(p, o->key, strlen(o->key)) &&
					 p[strlen(o->key)] == ' ';
		if (!known)
			fail_msg("%.30s", p);
	}
}

static void every_default_is_a_value(void **s)
{
	static const struct option_context nowhere = {.dir = "/etc/pregon"};
	struct option_context context = nowhere;
	struct arena mem = {0};
	struct config config;

	(void)s;
	context.mem = &mem;
	for (const struct option *o = main_options; o->key; o++) {
		struct err e = {""};

		memset(&config, 0, sizeof(config));
		if (o->fallback && *o->fallback &&
		    option_set(o, o->fallback, &config, &context, &e))
			fail_msg("%s: %s", o->key, e.text);
	}
	arena_release(&mem);
}

static const struct option *find(const struct option *options, const char *key)
{
	while (strcmp(options->key, key) != 0)
		options++;
	return options;
}

static void durations_and_rates_have_units_and_ranges(void **s)
{
	struct option_context context = {.dir = "/"};
	struct group_settings group;
	struct config config;
	struct arena mem = {0};
	struct err e;

	(void)s;
	context.mem = &mem;
	const struct option *every = find(group_options, "every");
	const struct option *rate = find(main_options, "rate");

	assert_int_equal(option_set(every, "90s", &group, &context, &e), 0);
	assert_int_equal(group.every, 90);
	assert_int_equal(option_set(every, "2h", &group, &context, &e), 0);
	assert_int_equal(group.every, 7200);
	assert_true(option_set(every, "2", &group, &context, &e) < 0);
	assert_true(option_set(every, "0s", &group, &context, &e) < 0);
	assert_true(option_set(every, "8d", &group, &context, &e) < 0);
	assert_true(option_set(every, "-1s", &group, &context, &e) < 0);
	assert_true(option_set(every, "99999999999999999999s", &group, &context,
			       &e) < 0);
	assert_int_equal(option_set(rate, "50/s", &config, &context, &e), 0);
	assert_int_equal(config.relay.rate, 50);
	assert_int_equal(option_set(rate, "0", &config, &context, &e), 0);
	assert_true(option_set(rate, "50/h", &config, &context, &e) < 0);
	arena_release(&mem);
}

static void a_place_to_listen_is_an_address_and_a_port(void **s)
{
	struct option_context context = {.dir = "/"};
	const struct option *listen = find(main_options, "listen");
	struct config config;
	struct arena mem = {0};
	struct err e;

	(void)s;
	context.mem = &mem;
	assert_int_equal(
	    option_set(listen, "127.0.0.1:8025", &config, &context, &e), 0);
	assert_string_equal(config.web.listen, "127.0.0.1:8025");
	assert_int_equal(option_set(listen, "", &config, &context, &e), 0);
	assert_true(option_set(listen, "8025", &config, &context, &e) < 0);
	assert_non_null(strstr(e.text, "[::1]:8025"));
	arena_release(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_manual_lists_every_option),
	    cmocka_unit_test(the_manual_lists_no_other),
	    cmocka_unit_test(every_default_is_a_value),
	    cmocka_unit_test(durations_and_rates_have_units_and_ranges),
	    cmocka_unit_test(a_place_to_listen_is_an_address_and_a_port),
	};

	return cmocka_run_group_tests(tests, read_man, NULL);
}
