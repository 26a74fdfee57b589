/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every display against the text in tests/golden/display, character by character. TW_GOLDEN=write makes
 * the files anew, to be read before they are committed.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cli/proto.h"
#include "cli/session.h"
#include "fake.h"

static void finish(struct session *s)
{
	while (!session_ready(s))
		session_step(s);
}

static void type(struct session *s, const char *lines)
{
	while (lines && *lines) {
		size_t n = strcspn(lines, "\n");

		session_line(s, lines, n);
		finish(s);
		lines += n + (lines[n] == '\n');
	}
	s->out.len = 0;
}

/* What a session answers to a line, after those of @before; frames taken off. */
static char *ask(const char *before, const char *line)
{
	struct cli_shared shared;
	struct session s;
	struct text got = { 0 };

	fake_session(&s, &shared);
	type(&s, before);
	session_line(&s, line, strlen(line));
	finish(&s);
	for (size_t at = 0; at < s.out.len;) {
		uint8_t type = (uint8_t)s.out.v[at];
		uint32_t len = cli_head_len((uint8_t *)s.out.v + at);
		if (type == CLI_CARET)
			text_printf(&got, "%s\n%*s^\n", line, atoi(s.out.v + at + CLI_HEAD), "");
		else if (type == CLI_OUTPUT)
			text_add(&got, s.out.v + at + CLI_HEAD, len);
		at += CLI_HEAD + len;
	}
	text_add(&got, "", 0);
	session_end(&s);
	return got.v ? got.v : strdup("");
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *v = calloc(1, 65536);

	if (f) {
		v[fread(v, 1, 65535, f)] = '\0';
		fclose(f);
	}
	return v;
}

#define VIEW	"system-view\n"
#define EDITS	VIEW "sysname PE2\ninterface GigabitEthernet0/1/0\nundo description\nmtu 1600\n" \
		"mpls l2vpn reroute never\nquit\nundo static-lsp egress home\n"

static const struct golden { const char *file, *before, *line; bool reverting; } golden[] = {
	{ "current-configuration",	NULL, "display current-configuration" },
	{ "current-configuration-if",	NULL, "dis cur int g 0/1/0" },
	{ "current-configuration-lsp",	NULL, "display current-configuration configuration static-lsp" },
	{ "current-configuration-name",	NULL, "display current-configuration configuration interface g0/1/1.100" },
	{ "current-configuration-default", NULL, "display current-configuration interface g0/1/1.100 include-default" },
	{ "current-configuration-inactive", NULL, "display current-configuration inactive" },
	{ "this",			VIEW "interface g0/1/0\nmtu 1600", "display this" },
	{ "this-default",		VIEW "pw-template silver", "display this include-default" },
	{ "this-new",			VIEW "interface eth77", "display this" },
	{ "this-system",		VIEW, "display this" },
	{ "saved-configuration",	NULL, "display saved-configuration" },
	{ "candidate",			EDITS, "display configuration candidate" },
	{ "candidate-changes",		EDITS, "display configuration candidate changes" },
	{ "candidate-merge",		EDITS, "display configuration candidate merge" },
	{ "candidate-none",		VIEW, "display configuration candidate changes" },
	{ "interface",			NULL, "display interface" },
	{ "interface-brief",		NULL, "display interface brief" },
	{ "interface-one",		VIEW, "display interface GigabitEthernet0/2/0" },
	{ "interface-unknown",		NULL, "display interface nosuch0" },
	{ "static-l2vc",		NULL, "display mpls static-l2vc" },
	{ "static-l2vc-brief",		NULL, "display mpls static-l2vc brief" },
	{ "static-l2vc-id",		NULL, "display mpls static-l2vc 101" },
	{ "static-l2vc-interface",	NULL, "display mpls static-l2vc interface GigabitEthernet0/1/0" },
	{ "static-l2vc-reverting",	NULL, "display mpls static-l2vc interface GigabitEthernet0/1/0", true },
	{ "static-l2vc-up",		NULL, "display mpls static-l2vc state up" },
	{ "static-l2vc-down",		NULL, "display mpls static-l2vc state down" },
	{ "static-l2vc-none",		NULL, "display mpls static-l2vc interface GigabitEthernet0/2/0" },
	{ "vpws",			NULL, "display mpls l2vpn vpws" },
	{ "vpws-interface",		NULL, "display mpls l2vpn vpws interface g0/1/0" },
	{ "vpws-verbose",		NULL, "display mpls l2vpn vpws interface g0/1/0 verbose" },
	{ "vpws-reverting",		NULL, "display mpls l2vpn vpws interface g0/1/0 verbose", true },
	{ "vpws-single",		NULL, "display mpls l2vpn vpws interface g0/1/1.100 verbose" },
	{ "pw-template",		NULL, "display pw-template" },
	{ "pw-template-one",		NULL, "display pw-template silver" },
	{ "pw-template-none",		NULL, "display pw-template brass" },
	{ "reset-pw-template",		NULL, "reset pw pw-template gold" },
	{ "traffic",			NULL, "display traffic-statistics l2vpn pw" },
	{ "traffic-secondary",		NULL, "display traffic-statistics l2vpn pw interface g0/1/0 secondary" },
	{ "traffic-lacks",		NULL, "display traffic-statistics l2vpn pw interface g0/1/0 bypass" },
	{ "diagnose",			NULL, "display mpls l2vpn diagnose" },
	{ "diagnose-interface",		NULL, "display mpls l2vpn diagnose interface GigabitEthernet0/1/0" },
	{ "diagnose-reverting",		NULL, "display mpls l2vpn diagnose interface GigabitEthernet0/1/0", true },
	{ "lsp",			NULL, "display mpls lsp" },
	{ "version",			NULL, "display version" },
	{ "health",			NULL, "display twinwire health" },
	{ "drops",			NULL, "display twinwire drops" },
	{ "inert",			NULL, "display configuration inert" },
	{ "caret-first",		NULL, "show version" },
	{ "caret-middle",		NULL, "display mpls foo" },
	{ "caret-number",		NULL, "display mpls static-l2vc 0" },
	{ "caret-ambiguous",		NULL, "display mpls l" },
	{ "caret-incomplete",		NULL, "display mpls" },
	{ "caret-many",			NULL, "display version now" },
	{ "caret-filter",		NULL, "display version | grep x" },
	{ "caret-configuration",	VIEW, "mpls lsr-id x" },
};

static void displays(void **state)
{
	int wrong = 0;
	(void)state;

	for (size_t i = 0; i < sizeof(golden) / sizeof(*golden); i++) {
		char path[256], *want, *got;

		fake.reverting = golden[i].reverting;
		got = ask(golden[i].before, golden[i].line);
		snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN_DIR, golden[i].file);
		if (getenv("TW_GOLDEN")) {
			FILE *f = fopen(path, "w");
			assert_non_null(f);
			fputs(got, f);
			fclose(f);
		}
		want = slurp(path);
		if (strcmp(want, got)) {
			size_t at = 0, line = 0;
			for (size_t k = 0; want[k] && want[k] == got[k]; k++)
				if (want[k] == '\n')
					line++, at = k + 1;
			print_error("%s, line %zu: `%s` prints\n%.*s\nand not\n%.*s\n", path, line + 1, golden[i].line,
				    (int)strcspn(got + at, "\n"), got + at, (int)strcspn(want + at, "\n"), want + at);
			wrong++;
		}
		free(want);
		free(got);
	}
	assert_int_equal(wrong, 0);
}

/* The row lists each word cfg knows. */
static void block_words(void **state)
{
	(void)state;
	for (const struct cfg_block *b = cfg_blocks; b->word; b++) {
		char line[128], *got;

		snprintf(line, sizeof(line), "display current-configuration configuration %s", b->word);
		got = ask(NULL, line);
		if (strstr(got, "Error"))
			fail_msg("%s: %s", line, got);
		free(got);
	}
}

/* Two sessions change one line: the second is told before it commits. */
static void conflict(void **state)
{
	struct cli_shared shared;
	struct session s;
	(void)state;

	fake_session(&s, &shared);
	type(&s, VIEW "interface g0/1/0\ndescription mine");
	free(ask(VIEW "interface g0/1/0\ndescription theirs", "commit"));
	session_line(&s, "display configuration candidate changes", 39);
	finish(&s);
	text_add(&s.out, "", 1);
	assert_non_null(memmem(s.out.v, s.out.len, "Warning: Another session committed", 34));
	session_end(&s);
}

/* ---- what a display costs ----------------------------------------------------------------------------- */

#define MANY	3000

/* Look-ups of a circuit or device and nodes of the configuration visited, a circuit; octets a step may add. */
static const struct cost { const char *line; unsigned looked_up, devices, visited, octets; } costs[] = {
	{ "display mpls static-l2vc",			2, 0, 4, 100000 },
	{ "display mpls static-l2vc brief",		2, 0, 4, 50000 },
	{ "display mpls static-l2vc state down",	2, 0, 4, 100000 },
	{ "display mpls l2vpn vpws",			1, 0, 2, 50000 },
	{ "display mpls l2vpn diagnose",		1, 1, 2, 50000 },
	{ "display traffic-statistics l2vpn pw",	1, 0, 2, 50000 },
	{ "reset traffic-statistics l2vpn pw all",	1, 0, 2, 1000 },
	{ "display interface brief",			1, 1, 2, 50000 },
	{ "display current-configuration",		0, 0, 10, 50000 },
};

/* Every display looks once at each circuit in a pass, and no step is longer because there are more circuits. */
static void work(void **state)
{
	(void)state;
	fake_many(MANY);
	for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
		const struct cost *c = &costs[i];
		uint64_t visited = trie_cost()->visited;
		struct cli_shared shared;
		struct session s;
		size_t longest = 0;

		fake.looked_up = fake.devices = 0;
		fake_session(&s, &shared);
		s.out.len = 0;
		for (session_line(&s, c->line, strlen(c->line)); !session_ready(&s); s.out.len = 0) {
			session_step(&s);
			longest = s.out.len > longest ? s.out.len : longest;
		}
		session_end(&s);
		visited = trie_cost()->visited - visited;
		if (fake.looked_up > c->looked_up * (MANY + 10) || fake.devices > c->devices * (MANY + 10) ||
		    visited > c->visited * (uint64_t)MANY || longest > c->octets)
			fail_msg("%s: %u circuits and %u devices looked up, %" PRIu64 " nodes visited, a step of %zu",
				 c->line, fake.looked_up, fake.devices, visited, longest);
		assert_true(fake.looked_up >= c->looked_up * MANY);
	}
}

static int setup(void **state)
{
	struct loop *l = loop_new();

	setenv("TZ", "UTC", 1);
	tzset();
	loop_virtual(l, FAKE_NOW);
	fake_start(l);
	fake_configure();
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	fake_stop();
	loop_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(displays, setup, teardown),
		cmocka_unit_test_setup_teardown(block_words, setup, teardown),
		cmocka_unit_test_setup_teardown(conflict, setup, teardown),
		cmocka_unit_test_setup_teardown(work, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
