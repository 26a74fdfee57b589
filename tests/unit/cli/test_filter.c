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
	{ "| include *to",			"" },			/* stand for themselves by their place */
	{ "| exclude e^|$1|+e|(*x)",		text },
	{ "| include (^#|^*|[]^*[:digit:]]$)",	"sysname PE1\n#\ninterface eth1\n#\n" },
	{ "| include \\.|^#*$",			"#\n#\n" },
	{ "| ignore-case include pe",		"sysname PE1\n" },
	{ "| ig | include pe | include ETH",	"" },
	{ "| ig | inc SYS | exc pe2",		"sysname PE1\n" },
	{ "| section include descr",		"#\ninterface eth1\n description to CE1 | count\n" },
	{ "| sec exc descr",			"sysname PE1\n#\nreturn\n" },
	{ "| ignore-case section include CE1",	"#\ninterface eth1\n description to CE1 | count\n" },
	{ "| ignore sect include ^Ret | count", "Total lines: 2.\n" },
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
				fail_msg("%s: %s", vectors[i].stages, got.v ? got.v : "");
			text_free(&got);
		}
}

static const struct { const char *stages; enum filter_err err; size_t column; } bad[] = {
	{ "|",			FILTER_MISSING, 1 },
	{ "| include",		FILTER_MISSING, 9 },
	{ "| include  | count",	FILTER_MISSING, 18 },
	{ "| i x",		FILTER_AMBIGUOUS, 2 },
	{ "| section",		FILTER_MISSING, 9 },
	{ "| section begin x",	FILTER_WORD, 10 },
	{ "| ignore-case count", FILTER_WORD, 14 },
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

static void gather(void *arg, const char *word, const char *help)
{
	(void)help;
	text_printf(arg, "%s ", word);
}

static void help(void **state)
{
	static const struct { const char *stages, *words; } want[] = {
		{ "|",			"include exclude begin count no-more section ignore-case " },
		{ "| ",			"include exclude begin count no-more section ignore-case " },
		{ "| count | ",		"include exclude begin count no-more section ignore-case " },
		{ "| i",		"include ignore-case " },
		{ "| include",		"include " },
		{ "| include ",		"STRING<1-3000> " },
		{ "| include ab",	"| <cr> " },
		{ "| include \"a |",	"| <cr> " },
		{ "| count ",		"| <cr> " },
		{ "| sec ",		"include exclude " },
		{ "| section e",	"exclude " },
		{ "| ignore ",		"include exclude begin section ignore-case | <cr> " },
		{ "| foo ",		"" },
		{ "| count x",		"" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct text got = { 0 };
		filter_help(want[i].stages, gather, &got);
		assert_string_equal(got.v ? got.v : "", want[i].words);
		text_free(&got);
	}
}

static void sign(void **state)
{
	static const struct { char sign; const char *re, *want; } want[] = {
		{ '+', "a|1", "a\nb1\n" }, { '-', "^a", "b1\nc\n" }, { '/', "b", "b1\nc\n" },
	};
	char why[256];
	(void)state;

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct text got = { 0 };
		struct filter *f = filter_sign(want[i].sign, want[i].re, print, &got, why);
		filter_put(f, "a\nb1\nc\n", 7);
		filter_end(f);
		assert_string_equal(got.v, want[i].want);
		text_free(&got);
	}
	assert_null(filter_sign('+', "(", print, NULL, why));
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
					   cmocka_unit_test(where), cmocka_unit_test(help), cmocka_unit_test(sign) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
