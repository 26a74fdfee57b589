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
	{ "switch-history-none",	NULL, "display mpls l2vpn switch-history" },
	{ "protection",			NULL, "display mpls l2vpn protection" },
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

/* With signalled pseudowires and LDP: fake_ldp.c. */
static const struct golden golden_ldp[] = {
	{ "ldp",			NULL, "display mpls ldp" },
	{ "ldp-session",		NULL, "display mpls ldp session" },
	{ "ldp-session-verbose",	NULL, "display mpls ldp session verbose" },
	{ "ldp-session-peer",		NULL, "display mpls ldp session 2.2.2.2" },
	{ "ldp-session-none",		NULL, "display mpls ldp session 9.9.9.9" },
	{ "ldp-peer",			NULL, "display mpls ldp peer" },
	{ "ldp-peer-verbose",		NULL, "display mpls ldp peer all verbose" },
	{ "ldp-remote-peer",		NULL, "display mpls ldp remote-peer" },
	{ "ldp-remote-peer-name",	NULL, "display mpls ldp remote-peer pe3" },
	{ "ldp-remote-peer-id",		NULL, "display mpls ldp remote-peer peer-id 4.4.4.4" },
	{ "ldp-interface",		NULL, "display mpls ldp interface" },
	{ "ldp-interface-one",		NULL, "display mpls ldp interface g0/2/0" },
	{ "ldp-adjacency",		NULL, "display mpls ldp adjacency all" },
	{ "ldp-lsp",			NULL, "display mpls ldp lsp" },
	{ "ldp-lsp-one",		NULL, "display mpls ldp lsp 4.4.4.4 32" },
	{ "ldp-lsp-none",		NULL, "display mpls ldp lsp 7.0.0.0 8" },
	{ "ldp-mpls-lsp",		NULL, "display mpls lsp" },
	{ "l2vc",			NULL, "display mpls l2vc" },
	{ "l2vc-id",			NULL, "display mpls l2vc 101" },
	{ "l2vc-down",			NULL, "display mpls l2vc state down" },
	{ "l2vc-brief",			NULL, "display mpls l2vc brief" },
	{ "l2vc-interface",		NULL, "display mpls l2vc interface g0/1/0" },
	{ "l2vc-reverting",		NULL, "display mpls l2vc interface g0/1/0", true },
	{ "l2vc-static",		NULL, "display mpls l2vc interface g0/3/0" },
	{ "l2vc-remote",		NULL, "display mpls l2vc remote-info" },
	{ "l2vc-remote-unmatch",	NULL, "display mpls l2vc remote-info unmatch" },
	{ "l2vc-remote-id",		NULL, "display mpls l2vc remote-info 104" },
	{ "l2vc-remote-verbose",	NULL, "display mpls l2vc remote-info verbose" },
	{ "l2vc-vpws",			NULL, "display mpls l2vpn vpws" },
	{ "l2vc-vpws-verbose",		NULL, "display mpls l2vpn vpws interface g0/1/0 verbose" },
	{ "l2vc-static-l2vc",		NULL, "display mpls static-l2vc brief" },
	{ "l2vc-static-lacks",		NULL, "display mpls static-l2vc interface g0/1/0" },
	{ "l2vc-template",		NULL, "display pw-template gold" },
	{ "l2vc-diagnose",		NULL, "display mpls l2vc diagnose" },
	{ "l2vc-diagnose-interface",	NULL, "display mpls l2vpn diagnose interface g0/1/0" },
	{ "ldp-health",			NULL, "display twinwire health" },
	{ "reset-pw",			NULL, "reset pw peer-address 2.2.2.2 100 vlan" },
	{ "reset-pw-none",		NULL, "reset pw 99 ethernet" },
	{ "reset-pw-type",		NULL, "reset pw 99 ppp" },
	{ "reset-ldp",			NULL, "reset mpls ldp" },
	{ "reset-ldp-peer",		NULL, "reset mpls ldp peer 2.2.2.2 graceful" },
	{ "reset-ldp-none",		NULL, "reset mpls ldp peer 9.9.9.9" },
};

/* 1: @got is not what the file says. */
static int is_not(const char *file, const char *asked, const char *got)
{
	char path[256], *want;
	size_t at = 0, line = 0;
	int wrong;

	snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN_DIR, file);
	if (getenv("TW_GOLDEN")) {
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(got, f);
		fclose(f);
	}
	want = slurp(path);
	wrong = strcmp(want, got) != 0;
	for (size_t k = 0; wrong && want[k] && want[k] == got[k]; k++)
		if (want[k] == '\n')
			line++, at = k + 1;
	if (wrong)
		print_error("%s, line %zu: `%s` prints\n%.*s\nand not\n%.*s\n", path, line + 1, asked,
			    (int)strcspn(got + at, "\n"), got + at, (int)strcspn(want + at, "\n"), want + at);
	free(want);
	return wrong;
}

/* 1: the display is not what the file says. */
static int differs(const struct golden *g)
{
	char *got;
	int wrong;

	fake.reverting = g->reverting;
	got = ask(g->before, g->line);
	wrong = is_not(g->file, g->line, got);
	free(got);
	return wrong;
}

static void displays(void **state)
{
	int wrong = 0;
	(void)state;

	for (size_t i = 0; i < sizeof(golden) / sizeof(*golden); i++)
		wrong += differs(&golden[i]);
	assert_int_equal(wrong, 0);
}

static void displays_ldp(void **state)
{
	int wrong = 0;
	(void)state;

	for (size_t i = 0; i < sizeof(golden_ldp) / sizeof(*golden_ldp); i++)
		wrong += differs(&golden_ldp[i]);
	assert_int_equal(wrong, 0);
}

/* What can differ in the long display of a pseudowire. */
static const char *const of_pw[] = {
	"client interface", "AC status", "AC state", "VC state", "reason", "group ID", "forwarding state", "status code",
	"standby", "manual fault", "active state", "forwarding entry", "primary or secondary", "Switchover Flag", "mode  ",
	"Forward state", "reroute", "timer", "switchback",
};

static void keep_lines(struct text *t, const char *got)
{
	for (size_t n; *got; got += n) {
		bool keep = *got == '\n';
		char line[256];

		n = strcspn(got, "\n") + 1;
		snprintf(line, sizeof(line), "%.*s", (int)n, got);
		for (size_t i = 0; i < sizeof(of_pw) / sizeof(*of_pw); i++)
			keep |= strstr(line, of_pw[i]) != NULL;
		if (keep)
			text_puts(t, line);
	}
}

/* What is said of a circuit in each mode and state of protection; one file a state. */
static void displays_protection(void **state)
{
	int wrong = 0;
	(void)state;

	fake.n_switches = 2;
	fake.far = (struct show_remote_pw){ .peer = 0x03030303, .type = 5, .id = 101, .mapped = true, .label = 263002,
					    .mtu = 1500, .c_bit = true, .status_tlv = true, .group = 9, .vccv = 0x706 };
	for (const struct fake_state *f = fake_states; f->name; f++) {
		char file[64], *vpws, *l2vc, *diagnosis, *from;
		struct text all = { 0 };

		fake.with = f->with;
		vpws = ask(NULL, "display mpls l2vpn vpws interface g0/1/0 verbose");
		l2vc = ask(NULL, "display mpls l2vc interface g0/1/0");
		diagnosis = ask(NULL, "display mpls l2vpn diagnose interface g0/1/0");
		text_puts(&all, vpws);
		text_puts(&all, "\n");
		keep_lines(&all, l2vc);
		from = strstr(diagnosis, "  protection ");
		from = from ? from : strstr(diagnosis, "  take over now ");
		from = from ? from : strstr(diagnosis, "  mode ");
		from = from ? from : strstr(diagnosis, "  AC role ");
		assert_non_null(from);
		text_puts(&all, "\n");
		text_puts(&all, from);
		free(vpws);
		free(l2vc);
		free(diagnosis);
		snprintf(file, sizeof(file), "protect-%s", f->name);
		wrong += is_not(file, f->name, all.v);
		text_free(&all);
	}
	assert_int_equal(wrong, 0);
}

/* The two far ends compared: only what both have said, and each part by its name. */
static void diagnose_parity(void **state)
{
	static const struct {
		struct show_remote_pw far;
		const char *want;
	} cases[] = {
		{ { .mapped = true, .mtu = 1500, .c_bit = true, .vccv = 0x706 }, "parity         ok     far ends of primary and "
		  "secondary: MTU 1500 and 1500, control word wanted and wanted, VCCV 0x706 and 0x706\n" },
		{ { .mapped = true, .mtu = 1600, .c_bit = true, .vccv = 0x706 }, "needed: the same MTU; do: " },
		{ { .mapped = true, .mtu = 1500, .vccv = 0x706 }, "needed: the same control word; do: " },
		{ { .mapped = true, .mtu = 1500, .c_bit = true }, "parity         note " },
		{ { .mtu = 1600 }, NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *got;

		fake.far = cases[i].far;
		got = ask(NULL, "display mpls l2vpn diagnose interface g0/1/0");
		if (cases[i].want && !strstr(got, cases[i].want))
			fail_msg("no \"%s\" in\n%s", cases[i].want, got);
		if (!cases[i].want)
			assert_null(strstr(got, "parity"));
		free(got);
	}
}

/* The port that is held down says so wherever its state is shown. */
static void held_down(struct show_circuit *c, struct m_interface *cfg)
{
	c->forced_down = true;
	(void)cfg;
}

static void port_held_down(void **state)
{
	char *got = ask(NULL, "display interface g0/1/0");
	(void)state;

	assert_null(strstr(got, "trigger if-down"));
	free(got);
	fake.with = held_down;
	got = ask(NULL, "display interface g0/1/0");
	assert_non_null(strstr(got, " (trigger if-down: no pseudowire is up)\n"));
	free(got);
}

/* What a master's far end says of its own role does not matter, and is not told as if it did. */
static void standby_at_a_master(struct show_circuit *c, struct m_interface *cfg)
{
	c->redundancy = c->redundancy_now = REDUNDANCY_MASTER;
	c->pw[SLOT_PRIMARY].signal.remote_status = 0x20;
	(void)cfg;
}

static void diagnose_master(void **state)
{
	char *got;
	(void)state;

	fake.with = standby_at_a_master;
	got = ask(NULL, "display mpls l2vpn diagnose interface g0/1/0");
	assert_non_null(strstr(got, "remote status  note   0x20 (standby); of no effect, this end is the master\n"));
	free(got);
}

/* No alarm is told without what is needed and what to do. */
static int of_alarm;

static void one_alarm(struct show_circuit *c, struct m_interface *cfg)
{
	(void)cfg;
	c->alarms = (uint8_t)(1 << of_alarm);
}

static void diagnose_alarms(void **state)
{
	(void)state;
	fake.with = one_alarm;
	for (of_alarm = 0; of_alarm < ALARM__N; of_alarm++) {
		char *got = ask(NULL, "display mpls l2vpn diagnose interface g0/1/0"), *at = strstr(got, "\n  alarm ");
		char is[200] = "", need[100] = "", todo[250] = "";

		assert_non_null(at);
		assert_int_equal(sscanf(at, "\n  alarm wrong %199[^;]; needed: %99[^;]; do: %249[^\n]", is, need, todo), 3);
		assert_true(strlen(is) > 5 && strlen(need) > 5 && strlen(todo) > 15);
		assert_string_equal(is, core_alarm_text((enum alarm)of_alarm));
		assert_null(strstr(at + 3, "\n  alarm "));
		free(got);
	}
}

/* What is asked of the engine, and its answer. */
static void requests(void **state)
{
	char *got = ask(NULL, "mpls l2vpn request-switchover interface g0/1/0 secondary");
	(void)state;

	assert_string_equal(fake.reset, "request GigabitEthernet0/1/0 1");
	assert_non_null(strstr(got, "Info: The far end of the secondary of GigabitEthernet0/1/0 is asked to carry there; it has 3 s"));
	free(got);
	got = ask(NULL, "mpls l2vpn request-switchover interface g0/1/0 primary");
	assert_string_equal(got, "Error: Nothing was asked of the far end: the primary carries already.\n");
	free(got);
	fake.e.request_switchover = NULL;
	got = ask(NULL, "mpls l2vpn request-switchover interface g0/1/0 primary");
	assert_string_equal(got, "Error: Requests for a switchover are not available in this engine.\n");
	free(got);
}

/* Every record is shown once, the newest first, a thousand of them in steps; those of one circuit alone. */
static void history(void **state)
{
	unsigned n = 0, last = 1025, number;
	char *got, *line;
	(void)state;

	fake.n_switches = 6;
	got = ask(NULL, "display mpls l2vpn switch-history");
	assert_int_equal(is_not("switch-history", "display mpls l2vpn switch-history", got), 0);
	free(got);
	fake.n_switches = 1024;
	got = ask(NULL, "display mpls l2vpn switch-history");
	assert_non_null(strstr(got, "Total switches recorded : 1024\n"));
	for (line = got; (line = strchr(line, '\n')); n++, last = number)
		if (sscanf(++line, "%u", &number) != 1)
			n--, number = last;
		else
			assert_int_equal(number, last - 1);
	assert_int_equal(last, 1);
	free(got);
	got = ask(NULL, "display mpls l2vpn switch-history interface g0/1/1.100");
	assert_non_null(strstr(got, "Total switches recorded : 341\n"));
	assert_null(strstr(got, "GigabitEthernet0/1/0 "));
	free(got);
	fake.e.switches = NULL;
	got = ask(NULL, "display mpls l2vpn switch-history");
	assert_string_equal(got, "Error: This engine keeps no records of switches.\n");
	free(got);
}

/* What the diagnosis says of circuit GigabitEthernet0/1/1.100 after its pseudowire was changed to @line (NULL: not). */
static char *diagnosis(const char *line)
{
	char change[200];

	if (line) {
		snprintf(change, sizeof(change), VIEW "interface g0/1/1.100\nundo mpls l2vc\n%s\ncommit", line);
		free(ask(change, "display this"));
	}
	return ask(NULL, "display mpls l2vc diagnose interface g0/1/1.100");
}

#define MATCHED "mpls l2vc 2.2.2.2 104 raw"

static void diagnose_signalling(void **state)
{
	static const struct {
		const char *line;
		uint32_t far_status;
		bool off, inactive, absent, no_label;
		const char *want, *not;
	} cases[] = {
		{ .want = "mapping        wrong  none for VC ID 104 of type VLAN; needed: the same type; do: the peer maps VC "
			  "104 as Ethernet, here it is VLAN: raw here, or tagged there" },
		{ "mpls l2vc 2.2.2.2 998", .want = "mapping        wrong  none for VC ID 998 of type VLAN; needed: a Mapping; "
		  "do: the peer maps VC 999 of this type, which nothing here has: is a VC ID wrong?" },
		{ "mpls l2vc 2.2.2.2 998 raw", .want = "do: the peer maps VC 104, 110, 120 and more of this type" },
		{ "mpls l2vc 3.3.3.3 104", .want = "do: the same md5-password at both ends, TCP port 646 open" },
		{ "mpls l2vc 5.5.5.5 104", .want = "session        note   NonExistent with 5.5.5.5; the connection was lost; "
		  "it restarts gracefully, what it said is held for 77 s more" },
		{ "mpls l2vc 9.9.9.9 104", .want = "do: mpls ldp remote-peer NAME with remote-ip 9.9.9.9, or mpls l2vpn "
		  "auto-create-session" },
		{ "mpls l2vc 9.9.9.9 104", .want = "tunnel         wrong  none to 9.9.9.9; LDP has no route to 9.9.9.9/32" },
		{ "mpls l2vc 4.4.4.4 104\nquit\nmpls l2vpn\nmpls l2vpn auto-create-session",
		  .want = "do: no Hello of 4.4.4.4 is heard" },
		{ "mpls l2vc 4.4.4.4 104", .want = "tunnel         wrong  none to 4.4.4.4; the next hop 10.0.0.2 gave no label "
		  "for it; needed: an LSP; do: display mpls ldp lsp 4.4.4.4 32" },
		{ "mpls l2vc 6.6.6.6 104", .want = "tunnel         wrong  none to 6.6.6.6; there is no host route to it; needed: an "
		  "LSP; do: a host route to 6.6.6.6/32 in the kernel" },
		{ MATCHED, .want = "mapping        ok     label 263002, VC ID 104, type Ethernet" },
		{ MATCHED, .want = "PW MTU         wrong  1500 here, 1600 at the peer; needed: the same; do: mtu 1600 on "
		  "GigabitEthernet0/1/1.100, or mtu 1500 there" },
		{ MATCHED, .want = "control word   ok     not wanted here, not wanted at the peer: not used" },
		{ MATCHED " control-word", .want = "control word   note   wanted here, not wanted at the peer: not used; do, to "
		  "use it: control-word at the peer" },
		{ MATCHED, .want = "remote status  ok     0x0 (forwarding); the peer tells no status" },
		{ MATCHED, 0x06, .want = "remote status  wrong  0x6 (ac-receive-fault, ac-transmit-fault)" },
		{ MATCHED, 0x18, .want = "2.2.2.2 has no tunnel to this router" },
		{ MATCHED, 0x01, .want = "the pseudowire is down at 2.2.2.2: diagnose it there" },
		{ MATCHED, 0x20, .want = "note   0x20 (standby); the peer tells no status; 2.2.2.2 keeps it in reserve" },
		{ MATCHED " ignore-standby-state", 0x20, .want = "ignored, as configured" },
		{ MATCHED, 0x40, .want = "note   0x40 (request-switchover); the peer tells no status; 2.2.2.2 asks for" },
		{ MATCHED, 0x61, .want = "wrong  0x61 (not-forwarding, standby, request-switchover)" },
		{ MATCHED, 0x80, .want = "ok     0x80 (unknown)" },
		{ .off = true, .want = "LDP            wrong  not enabled; needed: enabled; do: mpls ldp in the system view" },
		{ .inactive = true, .want = "LDP            wrong  enabled; TCP port 646 is in use; needed: port 646" },
		{ "mpls l2vc 4.4.4.4 104", .inactive = true, .want = "do: first the line of LDP" },
		{ "mpls l2vc 4.4.4.4 104", .no_label = true, .want = "tunnel         wrong  LDP LSP 4.4.4.4/32, but no next hop "
		  "has given a label for it; needed: a label", .not = "neighbour" },
		{ .absent = true, .want = "LDP            wrong  this engine has no LDP speaker" },
		{ MATCHED, .want = "BFD            ok     not configured" },
	};
	const struct ldp *ldp = fake.e.ldp;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *got;

		fake.far_status = cases[i].far_status;
		fake.ldp_off = cases[i].off;
		fake.ldp_inactive = cases[i].inactive;
		fake.no_label = cases[i].no_label;
		fake.e.ldp = cases[i].absent ? NULL : ldp;
		got = diagnosis(cases[i].line);
		if (!strstr(got, cases[i].want))
			fail_msg("%s: no \"%s\" in\n%s", cases[i].line ? cases[i].line : "as configured", cases[i].want, got);
		if (cases[i].not && strstr(got, cases[i].not))
			fail_msg("%s: \"%s\" in\n%s", cases[i].line, cases[i].not, got);
		free(got);
	}
}

/* A peer that restarts gracefully: the PW stays as it is, the display says why. */
static void held(void **state)
{
	char *got;
	(void)state;

	free(diagnosis("mpls l2vc 5.5.5.5 7"));
	got = ask(NULL, "display mpls l2vc interface g0/1/1.100");
	assert_non_null(strstr(got, " session state                : down\n"));
	assert_non_null(strstr(got, " graceful restart             : the peer restarts, what it said is held\n"));
	assert_non_null(strstr(got, " remote VC label      : 263010\n"));
	free(got);
}

/* Without a speaker every display of LDP says so, and one that is off says what to do. */
static void without_ldp(void **state)
{
	static const char *const lines[] = {
		"display mpls ldp", "display mpls ldp session", "display mpls ldp peer", "display mpls ldp remote-peer",
		"display mpls ldp interface", "display mpls ldp adjacency", "display mpls ldp lsp",
		"display mpls l2vc remote-info", "reset mpls ldp", "reset mpls ldp event session-down",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const struct ldp *ldp = fake.e.ldp;
		char *got;

		fake.e.ldp = NULL;
		got = ask(NULL, lines[i]);
		assert_string_equal(got, "Error: LDP is not available in this engine.\n");
		free(got);
		fake.e.ldp = ldp;
		fake.ldp_off = true;
		got = ask(NULL, lines[i]);
		assert_string_equal(got, "Error: LDP is not enabled: mpls ldp in the system view.\n");
		free(got);
		fake.ldp_off = false;
	}
}

/* What resets ask the engine for. */
static void resets(void **state)
{
	static const char *const cases[][2] = {
		{ "reset pw 100 ethernet", "pw 00000000 100 5" },
		{ "reset pw peer-address 2.2.2.2 100 vlan", "pw 02020202 100 4" },
		{ "reset pw 100 cep", "" },
		{ "reset mpls ldp", "ldp 00000000 0" },
		{ "reset mpls ldp all", "ldp 00000000 0" },
		{ "reset mpls ldp graceful", "ldp 00000000 1" },
		{ "reset mpls ldp peer 3.3.3.3", "ldp 03030303 0" },
		{ "reset mpls ldp peer 3.3.3.3 graceful", "ldp 03030303 1" },
		{ "reset mpls ldp peer 9.9.9.9", "" },
		{ "reset mpls ldp error packet tcp", "count 1000" },
		{ "reset mpls ldp error packet udp", "count 0100" },
		{ "reset mpls ldp error packet all", "count 1100" },
		{ "reset mpls ldp event adjacency-down", "count 0010" },
		{ "reset mpls ldp event session-down", "count 0001" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		*fake.reset = '\0';
		free(ask(NULL, cases[i][0]));
		assert_string_equal(fake.reset, cases[i][1]);
	}
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

static void work_of(const struct cost *c)
{
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
		fail_msg("%s: %u circuits and %u devices looked up, %" PRIu64 " nodes visited, a step of %zu", c->line,
			 fake.looked_up, fake.devices, visited, longest);
	assert_true(fake.looked_up >= c->looked_up * MANY);
}

/* Every display looks once at each circuit in a pass, and no step is longer because there are more circuits. */
static void work(void **state)
{
	(void)state;
	fake_many(MANY);
	for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++)
		work_of(&costs[i]);
}

static const struct cost costs_signalled[] = {
	{ "display mpls l2vc",				2, 0, 4, 150000 },
	{ "display mpls l2vc brief",			2, 0, 4, 50000 },
	{ "display mpls l2vc state down",		2, 0, 4, 150000 },
	{ "display mpls l2vpn vpws",			1, 0, 2, 50000 },
	{ "display mpls l2vc diagnose",			1, 1, 2, 80000 },
};

static void work_signalled(void **state)
{
	(void)state;
	fake_many_signalled(MANY);
	for (size_t i = 0; i < sizeof(costs_signalled) / sizeof(*costs_signalled); i++)
		work_of(&costs_signalled[i]);
}

static int prepare(void **state, void (*configure)(void))
{
	struct loop *l = loop_new();

	setenv("TZ", "UTC", 1);
	tzset();
	loop_virtual(l, FAKE_NOW);
	fake_start(l);
	configure();
	*state = l;
	return 0;
}

static int setup(void **state)
{
	return prepare(state, fake_configure);
}

static int setup_ldp(void **state)
{
	return prepare(state, fake_configure_ldp);
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
		cmocka_unit_test_setup_teardown(displays_ldp, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(displays_protection, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(diagnose_parity, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(port_held_down, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(diagnose_master, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(diagnose_alarms, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(requests, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(history, setup, teardown),
		cmocka_unit_test_setup_teardown(diagnose_signalling, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(held, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(without_ldp, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(resets, setup_ldp, teardown),
		cmocka_unit_test_setup_teardown(block_words, setup, teardown),
		cmocka_unit_test_setup_teardown(conflict, setup, teardown),
		cmocka_unit_test_setup_teardown(work, setup, teardown),
		cmocka_unit_test_setup_teardown(work_signalled, setup_ldp, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
