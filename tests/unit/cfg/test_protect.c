/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lines about protection contradict, told at commit by line and reason; what is no contradiction; what an undo
 * of the whole takes along.
 */
#include "util.h"

#include "cfg/session.h"

#define GLOBAL "mpls lsr-id 1.1.1.1\nmpls\n#\nmpls l2vpn\n#\nmpls ldp\n#\n"
#define PRIMARY "mpls l2vc 9.9.9.9 1\n"
#define PAIR PRIMARY "mpls l2vc 8.8.8.8 2 secondary\n"
#define MARTINI "mpls l2vpn\npeer 8.8.8.8\ndefault martini\n#\n"
#define STATIC "mpls static-l2vc destination 9.9.9.9 1 transmit-vpn-label 16 receive-vpn-label 16\n"

static struct cfg *cfg;
static struct cfg_session *ses;

static int up(void **state)
{
	(void)state;
	cfg = cfg_new(NULL);
	ses = cfg_session_new(cfg);
	type_all(ses, GLOBAL);
	commit_ok(ses);
	return 0;
}

static int down(void **state)
{
	(void)state;
	cfg_session_free(ses);
	cfg_free(cfg);
	return 0;
}

static void commit_says(const char *line, const char *why)
{
	struct cfg_result r;

	cfg_commit(ses, NULL, &r);
	if (r.err != -EINVAL || r.n_problems != 1 || strcmp(r.problem[0].line, line) ||
	    strncmp(r.problem[0].text, why, strlen(why)))
		fail_msg("%d, %zu problems: \"%s\": \"%s\" instead of \"%s\": \"%s\"", r.err, r.n_problems, r.problem[0].line,
			 r.problem[0].text, line, why);
}

/* ---- one circuit ------------------------------------------------------------------------------------------- */

/* Lines of an interface, the one at fault, the beginning of why. */
static const struct {
	const char *before, *lines, *line, *why;
} contradictions[] = {
	{ "", "mpls l2vpn redundancy independent", "mpls l2vpn redundancy independent", "there is no primary pseudowire" },
	{ "", "mpls l2vpn redundancy master", "mpls l2vpn redundancy master", "there is no primary pseudowire" },
	{ "", PRIMARY "mpls l2vpn redundancy master", "mpls l2vpn redundancy master",
	  "a master chooses between a primary and a secondary" },
	{ "", PRIMARY "mpls l2vc 8.8.8.8 2 bypass\nmpls l2vpn redundancy master", "mpls l2vpn redundancy master",
	  "a master chooses between a primary and a secondary" },
	{ "", "mpls l2vpn redundancy independent\n" STATIC, "mpls l2vpn redundancy independent", "a static pseudowire cannot tell" },
	{ MARTINI, PAIR "mpls l2vpn redundancy master", "mpls l2vpn redundancy master", "default martini keeps it" },
	{ MARTINI "pw-template t\npeer-address 8.8.8.8\n#\n",
	  PRIMARY "mpls l2vc pw-template t 2 secondary\nmpls l2vpn redundancy independent", "mpls l2vpn redundancy independent",
	  "default martini keeps it" },
	{ "mpls l2vpn\nmpls l2vpn default martini\n#\n", PRIMARY "mpls l2vpn redundancy independent",
	  "mpls l2vpn redundancy independent", "default martini keeps it" },
	{ "mpls l2vpn\nmpls l2vpn default martini\n#\n", PRIMARY "mpls l2vpn ac-role standby", "mpls l2vpn ac-role standby",
	  "default martini keeps it" },
	{ "", "mpls l2vpn ac-role active", "mpls l2vpn ac-role active", "there is no primary pseudowire" },
	{ "", PAIR "mpls l2vpn ac-role active", "mpls l2vpn ac-role active", "with a secondary pseudowire a role needs" },
	{ "", PAIR "mpls l2vpn redundancy master\nmpls l2vpn ac-role standby", "mpls l2vpn ac-role standby",
	  "with a secondary pseudowire a role needs" },
	{ "", "mpls l2vpn ac-role standby\n" STATIC, "mpls l2vpn ac-role standby", "a static pseudowire cannot tell" },
	{ "", PAIR "mpls l2vpn holdoff 5", "mpls l2vpn holdoff 5", "it needs mpls l2vpn redundancy master" },
	{ "", PAIR "mpls l2vpn redundancy independent\nmpls l2vpn holdoff 5", "mpls l2vpn holdoff 5",
	  "it needs mpls l2vpn redundancy master" },
	{ "", PAIR "mpls l2vpn switchover", "mpls l2vpn switchover",
	  "it needs mpls l2vpn redundancy master: configure it, or use manual-set pw-ac-fault" },
	{ "", PAIR "mpls l2vpn redundancy independent\nmpls l2vpn switchover", "mpls l2vpn switchover",
	  "it needs mpls l2vpn redundancy master: configure it, or undo this" },
	{ "", PAIR "mpls l2vpn redundancy independent\nmpls l2vpn reroute never", "mpls l2vpn reroute never",
	  "an independent circuit always goes back at once" },
	{ "", PAIR "mpls l2vpn redundancy independent\nmpls l2vpn reroute immediately", "mpls l2vpn reroute immediately",
	  "an independent circuit always goes back at once" },
	{ "", PAIR "mpls l2vpn redundancy master\nmpls l2vpn reroute delay 30 resume 0",
	  "mpls l2vpn reroute delay 30 resume 0", "the far ends of a master are told standby" },
	{ "", PRIMARY "mpls l2vpn reroute never", "mpls l2vpn reroute never", "it needs a primary and a secondary" },
	{ "", "mpls l2vpn reroute delay 10 resume 5\n" STATIC, "mpls l2vpn reroute delay 10 resume 5",
	  "a static pseudowire cannot tell" },
	{ "", "mpls l2vpn trigger if-down", "mpls l2vpn trigger if-down", "there is no signalled pseudowire" },
	{ "", "mpls l2vpn trigger if-down\n" STATIC, "mpls l2vpn trigger if-down", "there is no signalled pseudowire" },
	{ "", "mpls l2vpn pw ignore-ac-state", "mpls l2vpn pw ignore-ac-state", "there is no such pseudowire" },
	{ "", PRIMARY "mpls l2vpn pw ignore-ac-state secondary", "mpls l2vpn pw ignore-ac-state secondary",
	  "there is no such pseudowire" },
	{ "", PAIR "mpls l2vpn pw ignore-ac-state bypass", "mpls l2vpn pw ignore-ac-state bypass",
	  "there is no such pseudowire" },
	/* a bypass is measured by the same rules as a secondary */
	{ "", "mpls l2vc 8.8.8.8 2 bypass", "mpls l2vc 8.8.8.8 2 bypass", "there is no primary pseudowire" },
	{ "", PRIMARY "mpls l2vc 8.8.8.8 1 bypass", "mpls l2vc 8.8.8.8 1 bypass", "another pseudowire of this interface has the same" },
	{ "", PAIR "mpls l2vc 7.7.7.7 2 bypass", "mpls l2vc 7.7.7.7 2 bypass", "another pseudowire of this interface has the same" },
	{ "", PRIMARY "mpls l2vc 8.8.8.8 2 tagged bypass", "mpls l2vc 8.8.8.8 2 tagged bypass", "raw or tagged differs" },
	{ "", PRIMARY "mpls l2vc 8.8.8.8 2 control-word bypass", "mpls l2vc 8.8.8.8 2 control-word bypass", "control-word differs" },
	{ "", PRIMARY "mpls l2vc 8.8.8.8 2 access-port bypass", "mpls l2vc 8.8.8.8 2 access-port bypass", "access-port differs" },
	{ "pw-template t\nmtu 1400\n#\n", PRIMARY "mpls l2vc 8.8.8.8 pw-template t 2 bypass",
	  "mpls l2vc 8.8.8.8 pw-template t 2 bypass", "the MTU of its template differs" },
	{ "pw-template t\nmtu 1400\n#\n", PRIMARY "mpls l2vc 8.8.8.8 pw-template t 2 secondary",
	  "mpls l2vc 8.8.8.8 pw-template t 2 secondary", "the MTU of its template differs" },
	{ "pw-template t\ncontrol-word\n#\n", PRIMARY "mpls l2vc 8.8.8.8 pw-template t 2 secondary",
	  "mpls l2vc 8.8.8.8 pw-template t 2 secondary", "control-word differs" },
	{ "", PRIMARY "mpls static-l2vc destination 8.8.8.8 2 transmit-vpn-label 16 receive-vpn-label 16 bypass",
	  "mpls static-l2vc destination 8.8.8.8 2 transmit-vpn-label 16 receive-vpn-label 16 bypass",
	  "one is static and one signalled" },
};

static void at_commit(void **state)
{
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(contradictions) / sizeof(contradictions[0]); i++) {
		type_all(ses, contradictions[i].before);
		type_all(ses, "interface eth1\n");
		type_all(ses, contradictions[i].lines);
		type_all(ses, "#");
		snprintf(line, sizeof(line), "interface eth1 / %s", contradictions[i].line);
		commit_says(line, contradictions[i].why);
		cfg_discard(ses);
	}
}

/* Far end, VC ID and type are one of a kind on the device, whatever the pseudowire is to its circuit. */
static void one_of_a_kind(void **state)
{
	static const char *const again[] = { "mpls l2vc 9.9.9.9 7", "mpls l2vc 8.8.8.8 5", "mpls l2vc 7.7.7.7 6",
					     "mpls l2vc pw-template t 6" };
	static const char *const roles[] = { "", " secondary", " bypass" };
	static const char *const what[] = { "primary", "secondary", "bypass", "bypass" };
	char lines[200], line[64], why[120];

	(void)state;
	type_all(ses, "pw-template t\npeer-address 7.7.7.7\n#\ninterface eth1\nmpls l2vc 9.9.9.9 7\n"
		      "mpls l2vc 8.8.8.8 5 secondary\nmpls l2vc 7.7.7.7 6 bypass\n#\n");
	commit_ok(ses);
	for (unsigned int i = 0; i < 12; i++) {
		snprintf(line, sizeof(line), "%s%s", again[i / 3], roles[i % 3]);
		snprintf(lines, sizeof(lines), "interface eth2\n%s%s\n#\n", i % 3 ? "mpls l2vc 6.6.6.6 1\n" : "", line);
		type_all(ses, lines);
		snprintf(lines, sizeof(lines), "interface eth2 / %s", line);
		snprintf(why, sizeof(why), "the %s pseudowire of eth1 has the same destination, VC ID and type", what[i / 3]);
		commit_says(lines, why);
		cfg_discard(ses);
	}
}

/* Circuits as they are meant, in any order of lines. */
static const char *const circuits[] = {
	/* a dual-homing PE has one pseudowire and its say in which carries */
	"mpls l2vpn redundancy independent\nmpls l2vpn ac-role follow-address 10.0.0.254\n" PRIMARY,
	PRIMARY "mpls l2vpn ac-role standby\nmpls l2vpn trigger if-down",
	PAIR "mpls l2vpn redundancy independent\nmpls l2vpn ac-role active",
	PAIR "mpls l2vpn redundancy master\nmpls l2vpn holdoff 5\nmpls l2vpn switchover\nmpls l2vpn reroute never",
	PAIR "mpls l2vpn redundancy master\nmpls l2vpn reroute immediately",
	PAIR "mpls l2vpn reroute delay 30 resume 0\nmpls l2vpn pw ignore-ac-state secondary",
	PAIR "mpls l2vc 7.7.7.7 3 bypass\nmpls l2vpn pw ignore-ac-state bypass",
	PRIMARY "mpls l2vc 8.8.8.8 3 bypass\nmpls l2vpn redundancy independent\nmpls l2vpn trigger if-down",
};

static void no_contradiction(void **state)
{
	for (size_t i = 0; i < sizeof(circuits) / sizeof(circuits[0]); i++) {
		type_all(ses, "interface eth1\n");
		type_all(ses, circuits[i]);
		type_all(ses, "#");
		commit_ok(ses);
		down(state);
		up(state);
	}
}

/* ---- what the lines of a circuit need, taken away -------------------------------------------------------------- */

static void pair_gone(void **state)
{
	(void)state;
	type_all(ses, "interface eth1\n" PAIR "mpls l2vpn redundancy master\nmpls l2vpn holdoff 5\n#\n");
	commit_ok(ses);
	type_all(ses, "interface eth1\nundo mpls l2vc secondary\n#\n");
	commit_says("interface eth1 / mpls l2vpn redundancy master", "a master chooses between");
	type_all(ses, "interface eth1\nundo mpls l2vpn redundancy master\n#\n");
	commit_says("interface eth1 / mpls l2vpn holdoff 5", "it needs mpls l2vpn redundancy master");
	type_all(ses, "interface eth1\nundo mpls l2vpn holdoff 5\n#\n");
	commit_ok(ses);
}

/* A peer that is told no status from now on: circuits that did not change are asked, whoever says their far end, and
 * however many there are. */
static void peer_is_mute(void **state)
{
	char line[160];

	(void)state;
	type_all(ses, "pw-template t\npeer-address 8.8.8.8\n#\n");
	for (unsigned int i = 1; i <= 700; i++) {
		snprintf(line, sizeof(line), "interface eth%u\nmpls l2vc 8.8.8.8 %u\n#\n", i + 10, i);
		type_all(ses, line);
	}
	for (unsigned int i = 1; i <= 700; i++) {
		snprintf(line, sizeof(line), "interface ens%u\nmpls l2vc pw-template t %u\n#\n", i + 10, i + 1000);
		type_all(ses, line);
	}
	commit_ok(ses);
	type_all(ses, MARTINI);
	commit_ok(ses);
	type_all(ses, "mpls l2vpn\nundo peer 8.8.8.8\n#\ninterface eth700\nmpls l2vpn redundancy independent\n#\n");
	commit_ok(ses);
	type_all(ses, MARTINI);
	commit_says("interface eth700 / mpls l2vpn redundancy independent", "default martini keeps it");
	cfg_discard(ses);
	type_all(ses, "interface eth700\nundo mpls l2vpn redundancy independent\n#\ninterface ens700\nmpls l2vpn ac-role active\n#\n");
	commit_ok(ses);
	type_all(ses, MARTINI);
	commit_says("interface ens700 / mpls l2vpn ac-role active", "default martini keeps it");
	type_all(ses, "interface ens700\nundo mpls l2vpn ac-role\n#\nmpls l2vpn\nmpls l2vpn request-switchover peer 8.8.8.8\n#\n");
	commit_says("mpls l2vpn request-switchover peer 8.8.8.8", "default martini keeps it");
}

/* The template leads to a peer that is told no status. */
static void template_leads_away(void **state)
{
	(void)state;
	type_all(ses, MARTINI "pw-template t\npeer-address 7.7.7.7\n#\ninterface eth1\nmpls l2vc pw-template t 1\n"
		      "mpls l2vpn redundancy independent\n#\n");
	commit_ok(ses);
	type_all(ses, "pw-template t\npeer-address 8.8.8.8\n#\n");
	commit_says("interface eth1 / mpls l2vpn redundancy independent", "default martini keeps it");
}

/* The modes end with L2VPN. */
static void undo_l2vpn(void **state)
{
	(void)state;
	type_all(ses, "mpls l2vpn\nmpls l2vpn reroute-rate 0\nmpls l2vpn request-switchover peer 8.8.8.8\n#\ninterface eth1\n" PAIR
		      "mpls l2vc 7.7.7.7 3 bypass\nmpls l2vpn redundancy master\nmpls l2vpn holdoff 5\nmpls l2vpn switchover\n"
		      "mpls l2vpn trigger if-down\nmpls l2vpn pw ignore-ac-state\nmpls l2vpn pw ignore-ac-state secondary\n"
		      "mpls l2vpn pw ignore-ac-state bypass\n#\ninterface eth2\nmpls l2vc 9.9.9.9 2\n"
		      "mpls l2vpn ac-role follow-address 10.0.0.254\nmpls l2vpn redundancy independent\n#\n");
	commit_ok(ses);
	type_all(ses, "undo mpls l2vpn");
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nmpls lsr-id 1.1.1.1\n#\nmpls\n#\nmpls ldp\n#\ninterface eth1\n#\ninterface eth2\n#\nreturn\n");
}

/* ---- docs/protection.md ---------------------------------------------------------------------------------------------- */

static const char *golden = "tests/golden";

static void say_why(void *arg, uint32_t line, const char *text, const char *reason)
{
	(void)arg;
	print_error("line %u: %s: %s\n", line, text, reason);
}

/* Each example behind the first, which all build on, is taken whole. */
static void examples(void **state)
{
	char path[512], *file, *at, *first = NULL;
	unsigned int n = 0;
	size_t len;

	(void)state;
	snprintf(path, sizeof(path), "%s/../../docs/protection.md", golden);
	file = read_file(path, &len);
	assert_non_null(file);
	for (at = file; (at = strstr(at, "\n```\n#\n")); n++) {
		char *from = at + strlen("\n```\n"), *end = strstr(from, "\n```"), text[2048];
		struct cfg *c = cfg_new(NULL);
		struct cfg_session *s = cfg_session_new(c);
		struct cfg_load l = { .tell = say_why };
		struct cfg_result r;

		assert_non_null(end);
		*end = '\0';
		at = end + strlen("\n```");
		snprintf(text, sizeof(text), "%s\n%s\n", first ? first : "", from);
		first = first ? first : from;
		assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
		cfg_commit_startup(s, NULL, &l, &r);
		assert_int_equal(r.err, 0);
		assert_int_equal(l.inert + l.refused, 0);
		cfg_session_free(s);
		cfg_free(c);
	}
	assert_in_range(n, 8, 20);
	free(file);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(at_commit), T(one_of_a_kind), T(no_contradiction), T(pair_gone), T(peer_is_mute), T(template_leads_away), T(undo_l2vpn),
		cmocka_unit_test(examples),
	};

	golden = argc > 1 ? argv[1] : golden;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
