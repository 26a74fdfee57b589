/* SPDX-License-Identifier: BSD-2-Clause */
/* Warnings after a change: whom they look at, what they say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/warn.h"
#include "fake.h"

#define MTU "the MTU of GigabitEthernet0/2/0 is 1500, 1530 is needed for GigabitEthernet0/1/0 primary; frames " \
	    "that do not fit are dropped. Cure: mtu 1530 on GigabitEthernet0/2/0 and on every hop of the path.\n"

static void tell(void *arg, const char *sentence)
{
	text_printf(arg, "%s\n", sentence);
}

/* Most circuits looked up in a step, and in all. */
struct looks {
	uint32_t step, all;
};

static char *warnings(const struct trie *before, struct looks *l)
{
	struct warn *w = warn_new(fake.e.cfg, fake.e.core, before);
	struct text t = { 0 };
	bool more = true;

	*l = (struct looks){ 0 };
	while (more) {
		fake.looked_up = 0;
		more = warn_step(w, tell, &t);
		l->all += fake.looked_up;
		l->step = fake.looked_up > l->step ? fake.looked_up : l->step;
	}
	warn_free(w);
	return text_take(&t);
}

static void type(const char *lines)
{
	struct cfg_session *s = cfg_session_new(fake.e.cfg);
	struct cfg_result r;

	while (*lines) {
		char line[200];
		size_t n = strcspn(lines, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, lines);
		struct cfg_answer a = cfg_line(s, line);
		if (a.verdict != CFG_OK)
			fail_msg("%s: %s", line, a.text);
		lines += n + (lines[n] == '\n');
	}
	cfg_commit(s, NULL, &r);
	if (r.err)
		fail_msg("%d %s: %s", r.err, r.problem[0].line, r.problem[0].text);
	cfg_session_free(s);
}

static void said(const struct trie *before, const char *want, uint32_t circuits)
{
	struct looks l;
	char *have = warnings(before, &l);

	assert_string_equal(have, want);
	assert_int_equal(l.all, circuits);
	free(have);
}

/* One changed circuit is looked at alone; a core port, an LSP or a template concern them all. */
static void who_is_looked_at(void **state)
{
	const struct trie *before = ref_get(cfg_running(fake.e.cfg));
	(void)state;

	said(before, "", 0);
	type("interface GigabitEthernet0/1/0\nundo mpls l2vpn service-name");
	said(before, MTU, 1);
	type("interface GigabitEthernet0/2/0\ndescription core");
	said(before, MTU, 2 + 1);		/* the circuit that came first in the difference, too */
	ref_put(before);
	before = ref_get(cfg_running(fake.e.cfg));
	type("pw-template silver\nmtu 1600");
	said(before, MTU, 2);
	ref_put(before);
	before = ref_get(cfg_running(fake.e.cfg));
	type("interface GigabitEthernet0/2/0\nmtu 9216");
	said(before, "", 2);
	ref_put(before);
}

/* A circuit that goes, or a port that gets none, concerns nobody else. */
static void what_goes_is_nobodys(void **state)
{
	const struct trie *before = ref_get(cfg_running(fake.e.cfg));
	(void)state;

	type("interface GigabitEthernet0/1/1.100\nundo mpls static-l2vc\nquit\n"
	     "interface GigabitEthernet0/1/1.101\nvlan-type dot1q 101");
	said(before, "", 0);
	ref_put(before);
}

static void at_a_start(void **state)
{
	(void)state;
	said(NULL, MTU, 2);
}

static void without_mpls(void **state)
{
	(void)state;
	type("undo mpls\ninterface GigabitEthernet0/3/0\nmpls");
	said(NULL, "mpls is not enabled in the system view: mpls on GigabitEthernet0/3/0 does nothing. Cure: mpls in "
		   "the system view.\n", 0);
}

#define NO_SOURCE(ip, first) \
	"there is no LDP session with " ip " for " first ", and no mpls ldp remote-peer with remote-ip " ip " that would " \
	"set it up. This is no fault if the peer is a direct neighbour with mpls ldp on the link. Else: mpls " \
	"ldp remote-peer NAME, or mpls l2vpn auto-create-session in the mpls l2vpn view.\n"
#define MUTE(first) "LDP is not enabled: " first " cannot be signalled. Cure: mpls ldp in the system view.\n"

#define NO_WAY_ROUND "GigabitEthernet0/1/0: the secondary is not up, or not yet, so it would not take over now. Cure: display mpls " \
	"l2vpn diagnose says why.\n"

/* A peer that nothing seeks is named once; a session that is up needs nobody who seeks. */
static void without_session(void **state)
{
	const struct trie *before;
	(void)state;

	fake_configure_ldp();
	before = ref_get(cfg_running(fake.e.cfg));
	type("interface GigabitEthernet0/1/1.100\nundo mpls l2vc\nmpls l2vc 9.9.9.9 7");
	said(before, NO_SOURCE("9.9.9.9", "GigabitEthernet0/1/1.100 primary"), 1);
	type("mpls l2vpn\nmpls l2vpn auto-create-session");
	said(before, "", 1);
	type("mpls l2vpn\nundo mpls l2vpn auto-create-session\nmpls ldp remote-peer far\nremote-ip 9.9.9.9");
	said(before, "", 1);
	ref_put(before);
	before = ref_get(cfg_running(fake.e.cfg));
	type("undo mpls ldp remote-peer far\nundo mpls ldp remote-peer pe3\nundo mpls ldp remote-peer pe2");
	said(before, MTU NO_SOURCE("3.3.3.3", "GigabitEthernet0/1/0 secondary")
	     NO_SOURCE("9.9.9.9", "GigabitEthernet0/1/1.100 primary"), 3);
	ref_put(before);
	before = ref_get(cfg_running(fake.e.cfg));
	type("undo mpls ldp");
	said(before, MTU MUTE("GigabitEthernet0/1/0 secondary and 1 more"), 3);
	ref_put(before);
}

#define CIRCUIT "GigabitEthernet0/1/1.100"
#define DUAL "both pseudowires lead to one peer, and each end chooses by itself; frames on the one that this end did not " \
	     "choose are dropped. Cure: mpls l2vpn stream-dual-receiving at both ends.\n"
#define TIE "both pseudowires lead to one peer, so both ends prefer the lower VC ID, which is that of the secondary. Cure: " \
	    "give the primary the lower one, at both ends.\n"
#define STATUS "a peer does not use PW status, so the redundancy mode and the AC role are not in force and each end chooses by " \
	       "itself. Cure: enable PW status there, or undo mpls l2vpn redundancy and ac-role.\n"
#define WAITS "mpls l2vpn switchover waits, the secondary cannot carry now; it is used as soon as it can. Cure: display mpls " \
	      "l2vpn diagnose says why, or undo mpls l2vpn switchover.\n"

static void protection(void **state)
{
	const struct trie *before;
	(void)state;

	fake_configure_ldp();
	type("interface " CIRCUIT "\nundo mpls l2vc\nmpls l2vc 2.2.2.2 7");
	before = ref_get(cfg_running(fake.e.cfg));
	type("interface " CIRCUIT "\nmpls l2vc 3.3.3.3 6 secondary\nmpls l2vpn reroute delay 20 resume 5");
	said(before, "", 1);
	type("interface " CIRCUIT "\nmpls l2vc 2.2.2.2 6 secondary");
	said(before, CIRCUIT ": " DUAL, 1);
	type("interface " CIRCUIT "\nmpls l2vpn stream-dual-receiving");
	said(before, "", 1);
	type("interface " CIRCUIT "\nundo mpls l2vpn stream-dual-receiving\nundo mpls l2vpn reroute\n"
	     "mpls l2vpn redundancy independent");
	said(before, CIRCUIT ": " TIE, 1);
	type("interface " CIRCUIT "\nundo mpls l2vc secondary\nmpls l2vc 2.2.2.2 8 secondary");
	said(before, "", 1);
	type("interface " CIRCUIT "\nmpls l2vpn redundancy master");
	said(before, "", 1);
	type("interface " CIRCUIT "\nmpls l2vpn switchover");
	said(before, CIRCUIT ": " WAITS, 1);
	fake.alarms = 1u << ALARM_NO_STATUS;
	said(before, CIRCUIT ": " STATUS CIRCUIT ": " WAITS, 1);
	type("interface " CIRCUIT "\nundo mpls l2vpn switchover\nundo mpls l2vpn redundancy master\n"
	     "mpls l2vpn stream-dual-receiving");
	said(before, "", 1);
	ref_put(before);
}

/* The operator's own fault, and a switchover that waits, are said elsewhere. */
static void secondary_that_is_down(void **state)
{
	const struct trie *before;
	(void)state;

	fake_configure_ldp();
	type("interface GigabitEthernet0/2/0\nmtu 9216");
	before = ref_get(cfg_running(fake.e.cfg));
	type("interface GigabitEthernet0/1/0\ndescription a");
	said(before, NO_WAY_ROUND, 1);
	type("interface GigabitEthernet0/1/0\nmpls l2vpn redundancy master\nmpls l2vpn switchover");
	said(before, "GigabitEthernet0/1/0: " WAITS, 1);
	ref_put(before);
	before = ref_get(cfg_running(fake.e.cfg));
	type("interface GigabitEthernet0/1/0\nundo mpls l2vpn switchover");
	ref_put(before);
	before = ref_get(cfg_running(fake.e.cfg));
	type("interface GigabitEthernet0/2/0\ndescription core");	/* is not about it */
	said(before, "", 3);
	ref_put(before);
}

static void slices(void **state)
{
	struct looks l;
	(void)state;

	fake_many(2000);
	free(warnings(NULL, &l));
	assert_in_range(l.all, 2000, 2 * 2010);
	assert_in_range(l.step, 1, 100);
}

/* A commit that went on as a job ends, and its warnings are told, before the next command. */
static void after_a_long_commit(void **state)
{
	struct cli_shared shared;
	struct session s;
	struct text t = { 0 };
	char prompt[512] = "", line[120];
	(void)state;

	fake_session(&s, &shared);
	frame_text(&s, &t, prompt);
	session_line(&s, "system-view", 11);
	for (unsigned int i = 0; i < 3000; i++) {
		snprintf(line, sizeof(line), "interface LoopBack%u", i + 1);
		session_line(&s, line, strlen(line));
		s.out.len = 0;
	}
	session_line(&s, "interface g0/1/0", 16);
	session_line(&s, "description changed", 19);
	text_free(&t);
	for (int i = 0; i < 2; i++) {
		session_line(&s, "commit", 6);
		frame_text(&s, &t, prompt);
	}
	assert_non_null(strstr(t.v, "Warning: " MTU "Info: There is nothing to commit.\n"));
	text_free(&t);
	session_end(&s);
}

static int setup(void **state)
{
	struct loop *l = loop_new();

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(who_is_looked_at), TEST(what_goes_is_nobodys), TEST(at_a_start),
		TEST(without_mpls), TEST(without_session), TEST(protection), TEST(secondary_that_is_down), TEST(slices),
		TEST(after_a_long_commit) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
