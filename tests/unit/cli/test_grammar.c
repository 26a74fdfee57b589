/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines against rows: abbreviations, choices, parameters, and where the caret stands when it is wrong. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/grammar.h"

static const char *const rows[] = {
	"display version",
	"display mpls lsp",
	"display mpls static-l2vc [ <vc-id> | interface <if> | brief | state { up | down } ]",
	"display interface [ brief | <if> ]",
	"reset counters { all | interface <if> [ secondary | bypass ] }",
	"commit [ label <label> ] [ description <text> ]",
	"dir",
};
#define N (sizeof(rows) / sizeof(*rows))

static const struct vector {
	const char *line;
	enum cfg_verdict verdict;
	size_t column;			/* of an error; else the row */
	const char *args;		/* of a match: name=text, in order */
} vectors[] = {
	{ "display version",		CFG_OK, 0, "display=display version=version " },
	{ "  DISP ver  ",		CFG_OK, 0, "display=DISP version=ver " },
	{ "dis m l",			CFG_OK, 1, "display=dis mpls=m lsp=l " },
	{ "dis m s",			CFG_OK, 2, "display=dis mpls=m static-l2vc=s " },
	{ "dis m s 4294967295",		CFG_OK, 2, "display=dis mpls=m static-l2vc=s <vc-id>=4294967295 " },
	{ "dis m s st u",		CFG_OK, 2, "display=dis mpls=m static-l2vc=s state=st up=u " },
	{ "dis m s int ge 0/1/0",	CFG_OK, 2, "display=dis mpls=m static-l2vc=s interface=int <if>=ge0/1/0 " },
	{ "dis m s int ge0/1/0",	CFG_OK, 2, "display=dis mpls=m static-l2vc=s interface=int <if>=ge0/1/0 " },
	{ "dis int b",			CFG_OK, 3, "display=dis interface=int brief=b " },
	{ "dis int eth1",		CFG_OK, 3, "display=dis interface=int <if>=eth1 " },
	{ "res c int eth1 sec",		CFG_OK, 4, "reset=res counters=c interface=int <if>=eth1 secondary=sec " },
	{ "res c int ge 0/1 byp",	CFG_OK, 4, "reset=res counters=c interface=int <if>=ge0/1 bypass=byp " },
	{ "commit",			CFG_OK, 5, "commit=commit " },
	{ "commit label \"a b\" description x  y ", CFG_OK, 5,
	  "commit=commit label=label <label>=a b description=description <text>=x  y " },
	{ "dir",			CFG_OK, 6, "dir=dir " },
	{ "",				CFG_INCOMPLETE, 0, NULL },
	{ "d",				CFG_AMBIGUOUS, 0, NULL },
	{ "di",				CFG_AMBIGUOUS, 0, NULL },
	{ "show",			CFG_UNRECOGNIZED, 0, NULL },
	{ "display",			CFG_INCOMPLETE, 7, NULL },
	{ "display mpls x",		CFG_UNRECOGNIZED, 13, NULL },
	{ "display versions",		CFG_UNRECOGNIZED, 8, NULL },
	{ "display version x",		CFG_TOO_MANY, 16, NULL },
	{ "dis m s 0",			CFG_WRONG, 8, NULL },
	{ "dis m s 4294967296",		CFG_WRONG, 8, NULL },
	{ "dis m s 99999999999999",	CFG_WRONG, 8, NULL },
	{ "dis m s state",		CFG_INCOMPLETE, 13, NULL },
	{ "res c",			CFG_INCOMPLETE, 5, NULL },
	{ "res c int",			CFG_INCOMPLETE, 9, NULL },
	{ "res c all x",		CFG_TOO_MANY, 10, NULL },
	{ "commit description",		CFG_INCOMPLETE, 18, NULL },
	{ "commit description a label b", CFG_OK, 5, "commit=commit description=description <text>=a label b " },
};

/* cfg_ifname for this test: any word of letters that is followed by digits and / or nothing. */
bool cfg_ifname(const char *typed, char out[IFNAME_LEN])
{
	if (!strpbrk(typed, "0123456789"))
		return false;
	snprintf(out, IFNAME_LEN, "%.63s", typed);
	return true;
}

static void lines(void **state)
{
	struct grammar *g = grammar_new(rows, N);
	uint8_t use[N];
	(void)state;

	memset(use, 1, sizeof(use));
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct vector *v = &vectors[i];
		char args[512] = "";
		struct matched m;

		grammar_match(g, v->line, use, &m);
		for (int k = 0; k < m.args.n; k++)
			snprintf(args + strlen(args), sizeof(args) - strlen(args), "%s=%s ", m.args.v[k].name,
				 m.args.v[k].text);
		if (m.verdict != v->verdict || (m.verdict ? m.column : m.row) != v->column ||
		    (v->args && strcmp(args, v->args)))
			fail_msg("`%s`: verdict %d column %zu row %zu args %s", v->line, m.verdict, m.column, m.row,
				 args);
	}
	grammar_free(g);
}

static void views(void **state)
{
	struct grammar *g = grammar_new(rows, N);
	uint8_t use[N] = { [6] = 1 };
	struct matched m;
	(void)state;

	grammar_match(g, "d", use, &m);
	assert_int_equal(m.verdict, CFG_OK);
	assert_int_equal(m.row, 6);
	grammar_match(g, "display version", use, &m);
	assert_int_equal(m.verdict, CFG_UNRECOGNIZED);
	grammar_free(g);
}

/* Lines of random words, some of them the grammar's own: no line may harm. */
static void noise(void **state)
{
	static const char *const word[] = { "display", "dis", "mpls", "m", "static-l2vc", "interface", "int", "ge",
					    "0/1/0", "1", "\"", "\"a", "state", "up", "commit", "label", "description",
					    "{", "[", "\t" };
	struct grammar *g = grammar_new(rows, N);
	uint8_t use[N];
	struct matched m;
	(void)state;

	srandom(1);
	memset(use, 1, sizeof(use));
	for (int i = 0; i < 20000; i++) {
		char line[4096] = "";
		for (long n = random() % 100; n > 0; n--) {
			size_t at = strlen(line);
			if (random() % 8)
				snprintf(line + at, sizeof(line) - at, "%s ", word[(size_t)random() % 20]);
			else
				snprintf(line + at, sizeof(line) - at, "%c", (char)(1 + random() % 255));
		}
		grammar_match(g, line, use, &m);
		assert_true(m.column <= strlen(line) + 1);
		assert_true(m.args.n <= ARGS_MAX);
	}
	grammar_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines), cmocka_unit_test(views), cmocka_unit_test(noise) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
