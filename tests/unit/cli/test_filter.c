/* SPDX-License-Identifier: BSD-2-Clause */
/* Output filters: stages, expressions, output that comes in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/filter.h"
#include "base/text.h"

static const char text[] = "sysname PE1\n#\ninterface eth1\n description to CE1 | count\n#\nreturn\n";

static void print(void *arg, const char *line, size_t len)
{
	text_add(arg, line, len);
}

static const struct { const char *stages, *want; } vectors[] = {
	{ "| include eth",			"interface eth1\n" },
	{ "| inc ^#|PE",			"sysname PE1\n#\n#\n" },
	{ "| exclude ^#",			"sysname PE1\ninterface eth1\n description to CE1 | count\nreturn\n" },
	{ "| begin descr",			" description to CE1 | count\n#\nreturn\n" },
	{ "| count",				"Total lines: 6.\n" },
	{ "| include # | count",		"Total lines: 2.\n" },
	{ "| include PE|CE | exclude \"a| b\" | no-more", " description to CE1 | count\n" },
	{ "| no-more",				text },
	{ "| begin nothing | count",		"Total lines: 0.\n" },
	{ "| count | include Total",		"Total lines: 6.\n" },
	{ "| count | exclude Total",		"" },
	{ "| include [0-9]{1,2}$",		"sysname PE1\ninterface eth1\n" },
};

static void stages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		for (size_t piece = 1; piece < sizeof(text); piece += 7) {
			struct text got = { 0 };
			char why[256];
			struct filter *f = filter_new(vectors[i].stages, print, &got, why);

			assert_non_null(f);
			for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
				size_t left = sizeof(text) - 1 - at;
				filter_put(f, text + at, left < piece ? left : piece);
			}
			filter_end(f);
			if (strcmp(got.v ? got.v : "", vectors[i].want))
				fail_msg("%s: %s", vectors[i].stages, got.v);
			text_free(&got);
		}
}

static const struct { const char *stages; enum filter_err err; size_t column; } bad[] = {
	{ "|",			FILTER_MISSING, 1 },
	{ "| include",		FILTER_MISSING, 9 },
	{ "| include  | count",	FILTER_MISSING, 18 },
	{ "| grep x",		FILTER_WORD, 2 },
	{ "| count x",		FILTER_WORD, 8 },
	{ "| inc a | foo",	FILTER_WORD, 10 },
};

static void errors(void **state)
{
	char many[4 * FILTER_STAGES + 64] = "", why[256];
	size_t column;
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(filter_check(bad[i].stages, &column), bad[i].err);
		assert_int_equal(column, bad[i].column);
		assert_null(filter_new(bad[i].stages, print, NULL, why));
	}
	for (int i = 0; i <= FILTER_STAGES; i++)
		strcat(many, "|no ");
	assert_int_equal(filter_check(many, &column), FILTER_MANY);
	assert_null(filter_new("| include (", print, NULL, why));
	assert_non_null(strstr(why, "The expression ( cannot be used"));
}

static void where(void **state)
{
	(void)state;
	assert_int_equal(filter_at("display x | count"), 10);
	assert_int_equal(filter_at("display \"x | y\""), 15);
	assert_int_equal(filter_at("display a|b"), 11);
	assert_int_equal(filter_at(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(stages), cmocka_unit_test(errors),
					   cmocka_unit_test(where) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
