/* SPDX-License-Identifier: BSD-2-Clause */
/* What a row gets of a line: its words and parameters by name, as typed, without quotes, interfaces canonical. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/rows.h"

static const struct vector {
	const char *line, *args;	/* name=text, in order */
} vectors[] = {
	{ "display version", "display=display version=version " },
	{ "  DISP ver  ", "display=DISP version=ver " },
	{ "dis mpls st 4294967295", "display=dis mpls=mpls static-l2vc=st <vc-id>=4294967295 " },
	{ "dis mpls st st u", "display=dis mpls=mpls static-l2vc=st state=st up=u " },
	{ "dis mpls st int gi 0/01/0.7", "display=dis mpls=mpls static-l2vc=st interface=int <if>=GigabitEthernet0/1/0.7 " },
	{ "dis int b", "display=dis interface=int brief=b " },
	{ "dis int Eth1", "display=dis interface=int <if>=Eth1 " },
	{ "save \"a b.cfg\"", "save=save <file>=a b.cfg " },
	{ "save a\"b", "save=save <file>=a\"b " },
	{ "undo terminal command forward matched upper-view command",
	  "undo=undo terminal=terminal command=command forward=forward matched=matched upper-view=upper-view "
	  "command=command " },
	{ "capture-packet int loop 0 count 7 to x", "capture-packet=capture-packet interface=int <if>=LoopBack0 count=count "
	  "<count>=7 to=to <file>=x " },
};

static void lines(void **state)
{
	static struct args a;
	struct parsed p;
	(void)state;

	grammar_add(&cli_rows);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct vector *v = &vectors[i];
		char got[512] = "";

		assert_int_equal(cfg_read(NULL, v->line, &p).verdict, CFG_OK);
		assert_true(args_fill(&a, &p, v->line));
		for (size_t k = 0; k < a.n; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%.*s=%s ", (int)a.v[k].len, a.v[k].name,
				 a.v[k].text);
		assert_string_equal(got, v->args);
	}
}

static void by_name(void **state)
{
	static const char line[] = "capture-packet interface eth1 count 70 to x";
	static struct args a;
	struct parsed p;
	(void)state;

	grammar_add(&cli_rows);
	assert_int_equal(cfg_read(NULL, line, &p).verdict, CFG_OK);
	assert_true(args_fill(&a, &p, line));
	assert_int_equal(arg_number(&a, "<count>"), 70);
	assert_int_equal(arg_number(&a, "<vc-id>"), 0);
	assert_int_equal(arg_column(&a, "<file>"), strlen(line) - 1);
	assert_non_null(arg_text(&a, "count"));
	assert_null(arg_text(&a, "drops"));
	assert_null(arg_text(&a, "<coun"));
}

/* The longest line a client may send fits. */
static void longest(void **state)
{
	static char line[CLI_IN_MAX + 1] = "run display version | include ";
	static struct args a;
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct parsed p;
	(void)state;

	grammar_add(&cli_rows);
	memset(line + strlen(line), 'x', 2900);
	assert_int_equal(cfg_read(s, line, &p).verdict, CFG_OK);
	assert_true(args_fill(&a, &p, line));
	assert_int_equal(strlen(arg_text(&a, "<command>")), strlen(line) - 4);
	memset(line, ' ', CLI_IN_MAX);
	memcpy(line, "run", 3);
	memset(line + 10, 'x', CLI_IN_MAX - 10);
	assert_int_equal(cfg_read(s, line, &p).verdict, CFG_WRONG);
	cfg_session_free(s);
	cfg_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines), cmocka_unit_test(by_name), cmocka_unit_test(longest) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
