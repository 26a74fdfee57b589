/* SPDX-License-Identifier: BSD-2-Clause */
/* The commit: steps in order, all or nothing, every cross check both ways, two sessions, what it costs. */
#include "util.h"

#include <malloc.h>

#include "base/trie.h"

/* ---- steps that write down what they are called for ------------------------------------------------ */

struct notes {
	char text[4096];
	size_t n;
	int refuse;			/* what prepare returns */
	const char *problem;		/* told by prepared, about the last interface seen */
	const void *last;
	const struct cfg *cfg;
	bool quiet;			/* only counts */
	unsigned int aborts;
};

static void note(struct notes *n, const char *what)
{
	if (n->quiet)
		return;
	n->n += (size_t)snprintf(n->text + n->n, sizeof(n->text) - n->n, "%s ", what);
	assert_true(n->n < sizeof(n->text));
}

static const char *const types[] = { "", "system", "interface", "lsp", "route", "template" };

static void note_object(struct notes *n, const char *step, enum obj_type type, const void *old, const void *now)
{
	char what[64];

	assert_in_range(type, OBJ_SYSTEM, OBJ_PW_TEMPLATE);
	assert_true(old != now);
	snprintf(what, sizeof(what), "%s:%s%s", step, !old ? "+" : !now ? "-" : "", types[type]);
	note(n, what);
}

static int prepare(void *arg, enum obj_type type, const void *old, const void *now)
{
	struct notes *n = arg;

	note_object(n, "prepare", type, old, now);
	if (type == OBJ_INTERFACE)
		n->last = now;
	return n->refuse;
}

static int prepared(void *arg, struct cfg *c)
{
	struct notes *n = arg;

	note(n, "prepared");
	if (n->problem)
		cfg_problem(c, OBJ_INTERFACE, n->last, n->problem, "label 200 is used by static-lsp back");
	return 0;
}

static void abort_it(void *arg)
{
	((struct notes *)arg)->aborts++;
	note(arg, "abort");
}

static void apply(void *arg, enum obj_type type, const void *old, const void *now)
{
	note_object(arg, "apply", type, old, now);
}

static bool applied(void *arg)
{
	note(arg, "applied");
	return false;
}

static struct notes notes;
static struct cfg *cfg;
static struct cfg_session *ses;

static int up(void **state)
{
	struct cfg_steps steps = { prepare, prepared, abort_it, apply, applied, NULL, &notes };

	(void)state;
	memset(&notes, 0, sizeof(notes));
	cfg = cfg_new(&steps);
	ses = cfg_session_new(cfg);
	return !cfg || !ses;
}

static int down(void **state)
{
	(void)state;
	cfg_session_free(ses);
	cfg_free(cfg);
	return 0;
}

#define GLOBAL "#\nmpls lsr-id 1.1.1.9\nmpls\nquit\nmpls l2vpn\nquit\n"
#define TWO(peer, vc, tx, rx) \
	"mpls static-l2vc destination " peer " " vc " transmit-vpn-label " tx " receive-vpn-label " rx
#define PW(peer, vc, label) TWO(peer, vc, label, label)

static void steps_in_order(void **state)
{
	struct cfg_result r;

	(void)state;
	type_all(ses, GLOBAL "interface eth1\n" PW("3.3.3.9", "7", "200"));
	assert_int_equal(commit_ok(ses), 1000000001);
	assert_string_equal(notes.text,
			    "prepare:+system prepare:+interface prepared apply:+system apply:+interface applied ");
	assert_false(cfg_dirty(ses));
	memset(&notes, 0, sizeof(notes));
	cfg_commit(ses, NULL, &r);		/* nothing to commit */
	assert_int_equal(r.err, 0);
	assert_int_equal(r.commit_id, 0);
	assert_string_equal(notes.text, "");
	type_all(ses, "mtu 1600\nmtu 1700\nundo mtu\nmtu 1500");
	assert_int_equal(commit_ok(ses), 1000000002);
	assert_string_equal(notes.text, "prepare:interface prepared apply:interface applied ");
	memset(&notes, 0, sizeof(notes));
	type_all(ses, "undo mpls static-l2vc\nquit\nundo interface eth1");
	commit_ok(ses);
	assert_string_equal(notes.text, "prepare:-interface prepared apply:-interface applied ");
}

static void refused_changes_nothing(void **state)
{
	const struct trie *before;
	struct cfg_result r;

	(void)state;
	type_all(ses, GLOBAL "interface eth1\n" PW("3.3.3.9", "7", "200"));
	commit_ok(ses);
	before = cfg_running(cfg);
	memset(&notes, 0, sizeof(notes));
	notes.problem = "primary";
	type_all(ses, PW("3.3.3.9", "8", "201"));
	cfg_commit(ses, NULL, &r);
	assert_int_equal(r.err, -EINVAL);
	assert_int_equal(r.n_problems, 1);
	assert_string_equal(r.problem[0].line,
			    "interface eth1 / mpls static-l2vc destination 3.3.3.9 8 transmit-vpn-label 201 "
			    "receive-vpn-label 201");
	assert_string_equal(r.problem[0].text, "label 200 is used by static-lsp back");
	assert_string_equal(notes.text, "prepare:interface prepared abort ");
	assert_ptr_equal(cfg_running(cfg), before);
	assert_true(cfg_dirty(ses));
	notes.problem = NULL;
	notes.refuse = -ENOMEM;
	cfg_commit(ses, NULL, &r);
	assert_int_equal(r.err, -ENOMEM);
	assert_ptr_equal(cfg_running(cfg), before);
	notes.refuse = 0;
	commit_ok(ses);
}

/* ---- cross checks ------------------------------------------------------------------------------------------ */

struct cross {
	const char *before;		/* committed first */
	const char *lines;		/* must be refused ... */
	const char *line, *text;	/* ... with this */
	const char *cure;		/* what makes it pass */
};

#define P(extra) PW("3.3.3.9", "7", "200") extra "\n"
#define S(extra) PW("4.4.4.9", "8", "201") " secondary" extra "\n"
#define S_LINE "mpls static-l2vc destination 4.4.4.9 8 transmit-vpn-label 201 receive-vpn-label 201 "
#define P_LINE "mpls static-l2vc destination 3.3.3.9 7 transmit-vpn-label 200 receive-vpn-label 200"

#define TPL(name, label) "mpls static-l2vc pw-template " name " 7 transmit-vpn-label " label " receive-vpn-label " label
#define DPL(label) \
	"mpls static-l2vc destination 3.3.3.9 pw-template t 7 transmit-vpn-label " label " receive-vpn-label " label
#define FULL "pw-template t\npeer-address 3.3.3.9\n#\n"

#define CORE_AND_AC "mpls is enabled on this interface, a core port cannot be carried itself"

static const struct cross crosses[] = {
	{ GLOBAL, "interface eth1\n" S(""), "interface eth1 / " S_LINE "secondary",
	  "there is no primary pseudowire on this interface", P("") },
	{ GLOBAL "interface eth1\n" P("") S(""), "interface eth1\nundo mpls static-l2vc",
	  "interface eth1 / " S_LINE "secondary", "there is no primary pseudowire on this interface",
	  "undo mpls static-l2vc secondary" },
	{ GLOBAL, "interface eth1\n" P("") S(" tagged"), "interface eth1 / " S_LINE "tagged secondary",
	  "raw or tagged differs from the primary", P(" tagged") },
	{ GLOBAL, "interface eth1.1\nvlan-type dot1q 1\n" P("") S(" raw"), "interface eth1.1 / " S_LINE "raw secondary",
	  "raw or tagged differs from the primary", S(" tagged") },
	{ GLOBAL, "interface eth1\n" P(" control-word") S(""), "interface eth1 / " S_LINE "secondary",
	  "control-word differs from the primary", S(" control-word") },
	{ GLOBAL, "interface eth1\n" P(" access-port") S(""), "interface eth1 / " S_LINE "secondary",
	  "access-port differs from the primary", S(" access-port") },
	{ GLOBAL, "interface eth1\n" P("") PW("4.4.4.9", "7", "201") " secondary",
	  "interface eth1 / mpls static-l2vc destination 4.4.4.9 7 transmit-vpn-label 201 receive-vpn-label 201 "
	  "secondary",
	  "another pseudowire of this interface has the same VC ID", S("") },
	{ GLOBAL "interface eth0\n" P(""), "interface eth1\n" P(""), "interface eth1 / " P_LINE,
	  "the primary pseudowire of eth0 has the same destination, VC ID and type", PW("5.5.5.9", "7", "200") },
	{ GLOBAL "interface eth2\n" P(""), "interface eth1\n" P(""), "interface eth1 / " P_LINE,
	  "the primary pseudowire of eth2 has the same destination, VC ID and type",
	  PW("3.3.3.9", "7", "201") " tagged" },
	{ GLOBAL, "interface eth1.1\n" P(""), "interface eth1.1 / " P_LINE, "the sub-interface has no vlan-type dot1q",
	  "vlan-type dot1q 1" },
	{ "interface eth1.1\nvlan-type dot1q 7", "interface eth1.2\nvlan-type dot1q 7",
	  "interface eth1.2 / vlan-type dot1q 7", "eth1.1 has the same VLAN",
	  "#\ninterface eth1.1\nvlan-type dot1q 8" },
	{ GLOBAL "interface eth1\n" P(""), "interface eth1.1\nvlan-type dot1q 1\n" PW("4.4.4.9", "8", "201"),
	  "interface eth1.1 / mpls static-l2vc destination 4.4.4.9 8 transmit-vpn-label 201 receive-vpn-label 201",
	  "its port eth1 carries a pseudowire itself", "#\ninterface eth1\nundo mpls static-l2vc" },
	{ GLOBAL "interface eth1.1\nvlan-type dot1q 1\n" PW("4.4.4.9", "8", "201"), "interface eth1\n" P(""),
	  "interface eth1 / " P_LINE, "its sub-interface eth1.1 carries a pseudowire",
	  "#\ninterface eth1.1\nundo mpls static-l2vc" },
	{ GLOBAL "interface eth1\nmpls", "interface eth1\n" P(""), "interface eth1 / " P_LINE, CORE_AND_AC,
	  "#\ninterface eth1\nundo mpls" },
	{ GLOBAL "interface eth1\n" P(""), "interface eth1\nmpls", "interface eth1 / " P_LINE, CORE_AND_AC,
	  "undo mpls static-l2vc" },
	{ GLOBAL, "interface eth1\n" P("") TWO("3.3.3.9", "8", "200", "201") " secondary",
	  "interface eth1 / " TWO("3.3.3.9", "8", "200", "201") " secondary",
	  "another pseudowire of this interface has the same destination and transmit label", S("") },
	{ GLOBAL, "interface eth1\n" P("") S("") TWO("4.4.4.9", "9", "201", "202") " bypass",
	  "interface eth1 / " TWO("4.4.4.9", "9", "201", "202") " bypass",
	  "another pseudowire of this interface has the same destination and transmit label",
	  PW("5.5.5.9", "9", "202") " bypass" },
	{ "mpls lsr-id 1.1.1.9", "interface eth1\n" P(""), "interface eth1 / " P_LINE,
	  "mpls is not enabled", "#\nmpls\n#\nmpls l2vpn" },
	{ "mpls lsr-id 1.1.1.9\nmpls", "#\ninterface eth1\n" P(""), "interface eth1 / " P_LINE,
	  "mpls l2vpn is not enabled", "#\nmpls l2vpn" },
	{ "", "mpls", "mpls", "mpls lsr-id is not configured", "#\nmpls lsr-id 1.1.1.9" },
	{ "mpls lsr-id 1.1.1.9", "mpls l2vpn", "mpls l2vpn", "mpls is not enabled", "#\nmpls" },
	{ GLOBAL "interface eth1\n" P(""), "undo mpls lsr-id", "mpls", "mpls lsr-id is not configured",
	  "mpls lsr-id 2.2.2.9" },
	{ "", "interface eth1\nip address 10.0.0.1 24 sub", "interface eth1 / ip address 10.0.0.1 255.255.255.0 sub",
	  "sub needs an address without sub", "ip address 10.0.0.2 24" },
	/* eth1.2 is made anew, but is what it was: no change that would tell for itself */
	{ "interface eth1.1\nvlan-type dot1q 1\n#\ninterface eth1.2\nvlan-type dot1q 2",
	  "interface eth1.2\nmpls\n#\nundo mpls\ninterface eth1.1\nvlan-type dot1q 2",
	  "interface eth1.1 / vlan-type dot1q 2", "eth1.2 has the same VLAN", "vlan-type dot1q 1" },
	/* templates */
	{ GLOBAL, "interface eth1\n" TPL("t", "200"), "interface eth1 / " TPL("t", "200"), "there is no pw-template t",
	  "#\npw-template t\npeer-address 3.3.3.9" },
	{ GLOBAL "pw-template t", "interface eth1\n" TPL("t", "200"), "interface eth1 / " TPL("t", "200"),
	  "neither this line nor pw-template t says the far end", "#\npw-template t\npeer-address 3.3.3.9" },
	{ GLOBAL "pw-template t", "interface eth1\n" TPL("t", "200"), "interface eth1 / " TPL("t", "200"),
	  "neither this line nor pw-template t says the far end", DPL("200") },
	{ GLOBAL FULL "interface eth1\n" TPL("t", "200"), "pw-template t\nundo peer-address",
	  "interface eth1 / " TPL("t", "200"), "neither this line nor pw-template t says the far end",
	  "peer-address 4.4.4.9" },
	{ GLOBAL FULL "interface eth1\n" TPL("t", "200"), "interface eth2\n" P(""), "interface eth2 / " P_LINE,
	  "the primary pseudowire of eth1 has the same destination, VC ID and type", PW("3.3.3.9", "8", "201") },
	{ GLOBAL FULL "interface eth2\n" P(""), "interface eth1\n" TPL("t", "201"), "interface eth1 / " TPL("t", "201"),
	  "the primary pseudowire of eth2 has the same destination, VC ID and type",
	  "#\npw-template t\npeer-address 5.5.5.9" },
	{ GLOBAL FULL "interface eth1\n" TPL("t", "200"), "pw-template u\npeer-address 3.3.3.9\n#\ninterface eth3\n"
	  TPL("u", "200"), "interface eth3 / " TPL("u", "200"),
	  "the primary pseudowire of eth1 has the same destination and transmit label", PW("3.3.3.9", "9", "201") },
	{ GLOBAL FULL "interface eth1\n" TPL("t", "200") "\n#\ninterface eth2\n" PW("4.4.4.9", "7", "201"),
	  "pw-template t\npeer-address 4.4.4.9", "interface eth1 / " TPL("t", "200"),
	  "the primary pseudowire of eth2 has the same destination, VC ID and type", "peer-address 5.5.5.9" },
	{ GLOBAL FULL "pw-template t\ncontrol-word\n#\ninterface eth1\n" TPL("t", "200"), "interface eth1\n" S(""),
	  "interface eth1 / " S_LINE "secondary", "control-word differs from the primary", S(" control-word") },
	{ GLOBAL FULL "interface eth1\n" TPL("t", "200") "\n" S(""), "pw-template t\nmtu 1600",
	  "interface eth1 / " S_LINE "secondary", "the MTU of its template differs from the primary",
	  "#\ninterface eth1\nmtu 1700" },
	/* the label of one is that of another */
	{ GLOBAL "interface eth1\n" P(""), "interface eth2\n" PW("3.3.3.9", "8", "200"),
	  "interface eth2 / mpls static-l2vc destination 3.3.3.9 8 transmit-vpn-label 200 receive-vpn-label 200",
	  "the primary pseudowire of eth1 has the same destination and transmit label", PW("3.3.3.9", "8", "201") },
	/* a port carried whole and mpls on a VLAN of it */
	{ GLOBAL "interface eth1.1\nvlan-type dot1q 1\nmpls", "interface eth1\n" P(""), "interface eth1 / " P_LINE,
	  "its sub-interface eth1.1 has mpls", "#\ninterface eth1.1\nundo mpls" },
	{ GLOBAL "interface eth1\n" P(""), "interface eth1.1\nvlan-type dot1q 1\nmpls", "interface eth1.1 / mpls",
	  "its port eth1 carries a pseudowire itself", "undo mpls" },
	/* lines about pseudowires */
	{ GLOBAL "interface eth1\n" P(""), "interface eth1\nmpls l2vpn reroute never",
	  "interface eth1 / mpls l2vpn reroute never", "it needs a primary and a secondary pseudowire", S("") },
	{ GLOBAL "interface eth1\n" P("") S("") "mpls l2vpn reroute delay 30", "interface eth1\nundo mpls static-l2vc sec",
	  "interface eth1 / mpls l2vpn reroute delay 30", "it needs a primary and a secondary pseudowire",
	  "undo mpls l2vpn reroute" },
	{ GLOBAL, "interface eth1\nmpls l2vpn reroute immediately resume 0\n" P("") S(""),
	  "interface eth1 / mpls l2vpn reroute immediately resume 0",
	  "a static pseudowire cannot tell its far end anything", "mpls l2vpn reroute immediately" },
	{ GLOBAL, "interface eth1\nmpls l2vpn stream-dual-receiving", "interface eth1 / mpls l2vpn stream-dual-receiving",
	  "there is no pseudowire on this interface", P("") },
	{ GLOBAL, "interface eth1\nmpls l2vpn service-name a", "interface eth1 / mpls l2vpn service-name a",
	  "there is no pseudowire on this interface", P("") },
	{ GLOBAL "interface eth2\n" P("") "mpls l2vpn service-name a",
	  "interface eth1\n" PW("3.3.3.9", "8", "201") "\nmpls l2vpn service-name a",
	  "interface eth1 / mpls l2vpn service-name a", "eth2 has the same service name",
	  "#\ninterface eth2\nundo mpls l2vpn service-name" },
	{ GLOBAL, "interface eth1\nmanual-set pw-ac-fault", "interface eth1 / manual-set pw-ac-fault",
	  "there is no such pseudowire on this interface", P("") },
	{ GLOBAL "interface eth1\n" P(""), "interface eth1\nmanual-set pw-ac-fault\nmanual-set pw-ac-fault secondary",
	  "interface eth1 / manual-set pw-ac-fault secondary", "there is no such pseudowire on this interface", S("") },
};

/* What is wrong, and behind a colon what to do about it. */
static bool says(const char *have, const char *what)
{
	size_t n = strlen(what);

	return !strncmp(have, what, n) && !strncmp(have + n, ": ", 2) && strlen(have) > n + 6;
}

static bool told(const struct cfg_result *r, const char *line, const char *text)
{
	for (size_t i = 0; i < r->n_problems && i < CFG_PROBLEMS_MAX; i++)
		if (!strcmp(r->problem[i].line, line) && says(r->problem[i].text, text))
			return true;
	return false;
}

static void cross_checks(void **state)
{
	for (size_t i = 0; i < sizeof(crosses) / sizeof(crosses[0]); i++) {
		const struct cross *x = &crosses[i];
		struct cfg_result r;
		char *before;

		up(state);
		type_all(ses, x->before);
		if (x->before[0])
			commit_ok(ses);
		type_all(ses, "#");
		before = cfg_render(cfg_running(cfg), NULL);
		type_all(ses, x->lines);
		cfg_commit(ses, NULL, &r);
		if (r.err != -EINVAL || !told(&r, x->line, x->text))
			fail_msg("%zu: %d, %zu problems, first \"%s\": %s", i, r.err, r.n_problems, r.problem[0].line,
				 r.problem[0].text);
		assert_text(cfg_render(cfg_running(cfg), NULL), before);
		free(before);
		type_all(ses, x->cure);
		cfg_commit(ses, NULL, &r);
		if (r.err)
			fail_msg("%zu: cured, but \"%s\": %s", i, r.problem[0].line, r.problem[0].text);
		down(state);
	}
	up(state);
}

/* What the checks must let pass. */
static void legal_twins(void **state)
{
	(void)state;
	type_all(ses, GLOBAL);
	type_all(ses, "interface eth1\n" P("") "#");
	type_all(ses, "interface eth2\n" PW("4.4.4.9", "7", "201") "\n#");
	type_all(ses, "interface eth3\n" PW("3.3.3.9", "7", "202") " tagged\n#");
	type_all(ses, "interface eth4\n" PW("3.3.3.9", "", "203") "\n#");
	type_all(ses, "interface eth5\n" PW("3.3.3.9", "", "204") "\n#");
	type_all(ses, "interface eth6.1\nvlan-type dot1q 5\n#\ninterface eth7.1\nvlan-type dot1q 5");
	commit_ok(ses);
	/* two exchange their VC IDs in one commit */
	type_all(ses,
		 "#\ninterface eth1\n" PW("4.4.4.9", "7", "200") "\n#\ninterface eth2\n" PW("3.3.3.9", "7", "201"));
	commit_ok(ses);
	/* and their VLANs */
	type_all(ses, "#\ninterface eth6.2\nvlan-type dot1q 6");
	commit_ok(ses);
	type_all(ses, "vlan-type dot1q 5\n#\ninterface eth6.1\nvlan-type dot1q 6");
	commit_ok(ses);
}

/* Every error is found; at most 20 are kept. */
static void all_problems_are_told(void **state)
{
	struct cfg_result r;
	char line[256];

	(void)state;
	type_all(ses, GLOBAL);
	for (unsigned int i = 0; i < 30; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth1.%u\n" PW("3.3.3.9", "%u", "%u"), i + 1, i + 1, i + 16, i + 16);
		type_all(ses, line);
	}
	cfg_commit(ses, NULL, &r);
	assert_int_equal(r.err, -EINVAL);
	assert_int_equal(r.n_problems, 30);
	assert_true(r.problem[CFG_PROBLEMS_MAX - 1].line[0] != '\0');
	notes.problem = "primary";		/* what the steps find is told, too */
	notes.quiet = true;
	cfg_commit(ses, NULL, &r);
	assert_int_equal(r.n_problems, 31);
	notes.problem = NULL;
	cfg_discard(ses);
	assert_false(cfg_dirty(ses));
}

/* ---- cascade, sessions ------------------------------------------------------------------------------------- */

static void undo_l2vpn_cascades(void **state)
{
	(void)state;
	type_all(ses, GLOBAL "mpls l2vpn\ncapacity circuits 64\n#");
	type_all(ses, "interface eth1\n" P("") S("") "mtu 1600\n#");
	type_all(ses, "interface eth2.1\nvlan-type dot1q 4\n" PW("3.3.3.9", "9", "300"));
	commit_ok(ses);
	type_all(ses, "#\nundo mpls l2vpn");
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nmpls lsr-id 1.1.1.9\n#\nmpls\n#\ninterface eth1\n mtu 1600\n#\n"
		    "interface eth2.1\n vlan-type dot1q 4\n#\nreturn\n");
}

/* What `undo mpls` and `undo mpls l2vpn` have in common, and what is left. */
static void undo_mpls_cascades(void **state)
{
	static const char all[] =
		"mpls l2vpn\ncapacity circuits 64\n#\npw-template t\npeer-address 3.3.3.9\n#\n"
		"interface eth1\n" TPL("t", "200") "\n" S("") "mpls l2vpn reroute never\nmpls l2vpn stream-dual\n"
		"mpls l2vpn service-name a\nmpls l2vpn description b\nmanual-set pw-ac-fault secondary\nmtu 1600\n#\n"
		"interface eth2\nmpls\nip address 10.0.0.1 24\n#\nstatic-lsp egress a in-label 16";

	(void)state;
	type_all(ses, GLOBAL);
	type_all(ses, all);
	commit_ok(ses);
	type_all(ses, "#\nundo mpls l2vpn");
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nmpls lsr-id 1.1.1.9\n#\nmpls\n#\ninterface eth1\n mtu 1600\n#\ninterface eth2\n"
		    " ip address 10.0.0.1 255.255.255.0\n mpls\n#\nstatic-lsp egress a in-label 16\n#\nreturn\n");
	type_all(ses, all);
	commit_ok(ses);
	type_all(ses, "#\nundo mpls");
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nmpls lsr-id 1.1.1.9\n#\ninterface eth1\n mtu 1600\n#\ninterface eth2\n"
		    " ip address 10.0.0.1 255.255.255.0\n#\nreturn\n");
	type_all(ses, "#\nundo mpls lsr-id\ninterface eth1\nundo mtu");
	commit_ok(ses);
	/* nothing of it is left in the indexes */
	assert_int_equal(trie_count(cfg_running(cfg)), 2);
}

/* A template is not taken from under a pseudowire. */
static void undo_template_in_use(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);
	struct cfg_answer a;
	struct cfg_result r;

	(void)state;
	type_all(ses, GLOBAL FULL "pw-template u\n#\ninterface eth1\n" P("") TPL("t", "300") " secondary");
	a = cfg_line(ses, "#");
	a = cfg_line(ses, "undo pw-template t");
	assert_int_equal(a.verdict, CFG_REFUSED);
	assert_string_equal(a.text, "A pseudowire of eth1 uses this template: remove it first with undo mpls "
				    "static-l2vc secondary");
	type_all(ses, "undo pw-template u");
	type_all(ses, "interface eth1\nundo mpls static-l2vc secondary\n#\nundo pw-template t");
	type_all(ses, "pw-template t\npeer-address 4.4.4.9");
	commit_ok(ses);
	/* two sessions, each right for itself */
	type_all(ses, "#\nundo pw-template t");
	type_all(other, "interface eth2\n" TPL("t", "300"));
	commit_ok(other);
	cfg_commit(ses, NULL, &r);
	assert_int_equal(r.err, -EINVAL);
	assert_string_equal(r.problem[0].text, "there is no pw-template t: make it, or leave it out here");
	assert_string_equal(r.problem[0].line, "interface eth2 / " TPL("t", "300"));
	cfg_session_free(other);
}

/* A template has many users: what it says is checked of them in slices, and each that cannot have it is told. */
static void template_of_many(void **state)
{
	unsigned int steps = 0;
	struct cfg_result r;
	char line[256];

	cfg = cfg_new(NULL);
	ses = cfg_session_new(cfg);
	type_all(ses, GLOBAL FULL);
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth1.%u\nvlan-type dot1q %u\nmpls static-l2vc pw-template t %u "
			 "transmit-vpn-label %u receive-vpn-label %u", i + 1, i + 1, i + 1, i + 16, i + 16);
		type_all(ses, line);
	}
	commit_ok(ses);
	type_all(ses, "#\npw-template t\nundo peer-address");
	assert_int_equal(cfg_commit_begin(ses, NULL), 0);
	while (cfg_commit_step(ses, &r))
		steps++;
	assert_int_equal(r.err, -EINVAL);
	assert_int_equal(r.n_problems, 1000);
	assert_true(steps >= 10);
	type_all(ses, "peer-address 4.4.4.9");
	commit_ok(ses);
	down(NULL);
	up(state);
}

static void two_sessions(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);
	struct cfg_result r;

	(void)state;
	type_all(ses, "interface eth1\nmtu 1600");
	type_all(other, "interface eth2\nmtu 1700");
	commit_ok(ses);
	commit_ok(other);		/* another object: put on top of the first */
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\ninterface eth1\n mtu 1600\n#\ninterface eth2\n mtu 1700\n#\nreturn\n");
	type_all(ses, "mtu 1601");
	type_all(other, "#\ninterface eth1\nmtu 1602");
	commit_ok(other);
	cfg_commit(ses, NULL, &r);
	assert_int_equal(r.err, -EINVAL);
	assert_true(r.conflict);
	assert_int_equal(r.n_problems, 1);
	assert_string_equal(r.problem[0].line, "interface eth1 / mtu 1602");
	assert_string_equal(r.problem[0].text, "another session set this since the candidate was made");
	cfg_discard(ses);
	type_all(ses, "interface eth1\nmtu 1603");
	commit_ok(ses);
	cfg_session_free(other);
}

static void many_changes(struct cfg_session *s, unsigned int n, const char *vc)
{
	char line[256];

	for (unsigned int i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth%u.%u\nvlan-type dot1q %u\nmpls static-l2vc destination 3.3.3.9 "
			 "%s%u transmit-vpn-label 100%u receive-vpn-label %u", i / 4000, i % 4000 + 1, i % 4000 + 1, vc, i + 1,
			 i, 16 + i);
		type_all(s, line);
	}
}

/* What each side changed stays; of one line that both changed, the own one. */
static void refresh_puts_own_lines_on_top(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);
	char line[300];

	(void)state;
	type_all(ses, GLOBAL "interface eth1\nmtu 1600\ndescription one\nip address 10.0.0.1 24\n#\ninterface eth2\n#\n"
		 "interface eth3\nmtu 1500");
	commit_ok(ses);
	type_all(ses, "#\ninterface eth1\nmtu 1601\nip address 10.0.1.1 24 sub\n#\nundo interface eth2\nsysname mine");
	type_all(other, "interface eth1\nmtu 1602\ndescription two\nip address 10.0.2.1 24 sub\n#\ninterface eth2\nmtu 1700\n"
		 "#\nundo mpls l2vpn\ninterface eth4\nshutdown\n#\nundo interface eth3");
	assert_false(cfg_conflict(ses, NULL, 0));
	commit_ok(other);
	assert_true(cfg_conflict(ses, line, sizeof(line)));
	assert_string_equal(line, "mpls l2vpn");
	assert_int_equal(cfg_refresh(ses), 0);
	assert_false(cfg_conflict(ses, line, sizeof(line)));
	assert_true(cfg_dirty(ses));
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nsysname mine\n#\nmpls lsr-id 1.1.1.9\n#\nmpls\n#\ninterface eth1\n description two\n"
		    " mtu 1601\n ip address 10.0.0.1 255.255.255.0\n ip address 10.0.2.1 255.255.255.0 sub\n"
		    " ip address 10.0.1.1 255.255.255.0 sub\n#\ninterface eth4\n shutdown\n#\nreturn\n");
	cfg_session_free(other);
}

/* A refresh that was given up half way, and lines typed since then: none is lost. */
static void refresh_given_up(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);

	(void)state;
	notes.quiet = true;
	type_all(ses, "sysname A");
	commit_ok(ses);
	many_changes(ses, 300, "");
	type_all(other, "interface eth9\nmtu 1600");
	for (unsigned int i = 0; i < 200; i++) {
		char line[64];

		snprintf(line, sizeof(line), "#\ninterface port%u\nmtu 1700", i);
		type_all(other, line);
	}
	commit_ok(other);
	assert_int_equal(cfg_refresh_step(ses), 1);
	type_all(ses, "#\nsysname B\nmpls lsr-id 1.1.1.9\nmpls\nquit\nmpls l2vpn");
	assert_int_equal(cfg_refresh(ses), 0);
	commit_ok(ses);
	assert_string_equal(cfg_system(cfg_running(cfg))->sysname, "B");
	assert_int_equal(cfg_interface(cfg_running(cfg), "eth9")->mtu, 1600);
	assert_non_null(cfg_interface(cfg_running(cfg), "eth0.300"));
	cfg_session_free(other);
}

/* A session that edited nothing sees what another one committed. */
static void a_clean_session_follows(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);

	(void)state;
	type_all(other, "sysname A\ninterface eth1\nmtu 1600");
	commit_ok(other);
	type_all(ses, "interface eth1");
	assert_false(cfg_dirty(ses));
	type_all(ses, "mtu 1700");
	commit_ok(ses);
	assert_string_equal(cfg_system(cfg_running(cfg))->sysname, "A");
	cfg_session_free(other);
}

static void assert_candidate(const struct cfg_session *s, const char *want)
{
	assert_text(cfg_render(cfg_candidate(s), NULL), want);
}

/* Also one whose edits were taken back, and before it types anything. */
static void a_clean_session_sees_what_runs(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);
	char view[64];

	(void)state;
	type_all(ses, "interface eth1\nmtu 1600");
	commit_ok(ses);
	type_all(other, "interface eth1\nmtu 1700\nmtu 1600");
	assert_false(cfg_dirty(other));
	type_all(ses, "undo mtu");
	commit_ok(ses);
	type_all(other, "description x");
	assert_candidate(other, "#\ninterface eth1\n description x\n#\nreturn\n");
	commit_ok(other);
	type_all(ses, "quit\nundo interface eth1");
	commit_ok(ses);
	assert_candidate(other, "#\nreturn\n");
	cfg_view_name(other, view, sizeof(view));
	assert_string_equal(view, "");
	assert_int_equal(cfg_line(other, "mtu 1600").verdict, CFG_UNRECOGNIZED);
	cfg_session_free(other);
}

/* What was removed and is needed: the line is that which removed it. */
static void removed_and_needed(void **state)
{
	static const char *const lines[] = { "undo mpls lsr-id", "undo mpls", "undo mpls l2vpn" };
	struct cfg_result r;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cfg_session *other = cfg_session_new(cfg);

		type_all(ses, GLOBAL);
		commit_ok(ses);
		type_all(other, lines[i]);
		type_all(ses, "#\ninterface eth1\n" PW("3.3.3.9", "7", "200"));
		commit_ok(ses);
		cfg_commit(other, NULL, &r);
		assert_int_equal(r.err, -EINVAL);
		assert_string_equal(r.problem[r.n_problems - 1].line, lines[i]);
		cfg_session_free(other);
		type_all(ses, "undo mpls static-l2vc");
		commit_ok(ses);
	}
}

/* A value behind undo must be the one that is there, if one is. */
static void undo_of_another_value(void **state)
{
	(void)state;
	type_all(ses, "interface eth1.1\nvlan-type dot1q 5\nmtu 1600\nundo shutdown");
	assert_int_equal(cfg_line(ses, "undo vlan-type dot1q 6").verdict, CFG_REFUSED);
	assert_int_equal(cfg_line(ses, "undo mtu 1500").verdict, CFG_REFUSED);
	assert_candidate(ses, "#\ninterface eth1.1\n vlan-type dot1q 5\n mtu 1600\n#\nreturn\n");
	type_all(ses, "undo vlan-type dot1q 5\nundo vlan-type dot1q 6\nundo mtu");
	assert_candidate(ses, "#\ninterface eth1.1\n#\nreturn\n");
}

/* Who makes the change that another made already is done. */
static void the_same_change_twice(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);

	(void)state;
	type_all(ses, "sysname A");
	type_all(other, "sysname A");
	commit_ok(ses);
	assert_int_equal(commit_ok(other), 0);
	assert_false(cfg_dirty(other));
	type_all(ses, "sysname B");
	commit_ok(ses);
	type_all(other, "mpls lsr-id 1.1.1.9");
	commit_ok(other);
	assert_string_equal(cfg_system(cfg_running(cfg))->sysname, "B");
	cfg_session_free(other);
}

/* Many changes here, one there, and the other way round: both are in the result. */
static void few_onto_many(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);
	char line[64];

	(void)state;
	notes.quiet = true;
	type_all(other, "sysname A");
	for (unsigned int i = 0; i < 500; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth%u\nmtu %u", i, 1000 + i);
		type_all(ses, line);
	}
	commit_ok(other);
	type_all(other, "sysname B");
	commit_ok(ses);				/* many onto one */
	commit_ok(other);			/* one onto many */
	assert_string_equal(cfg_system(cfg_running(cfg))->sysname, "B");
	assert_int_equal(cfg_interface(cfg_running(cfg), "eth499")->mtu, 1499);
	cfg_session_free(other);
}

/* ---- slices --------------------------------------------------------------------------------------------------- */

/* At every slice it may be given up; nothing changed then, and everything once it is through. */
static void abandoned_at_every_slice(void **state)
{
	unsigned int at = 0;
	struct cfg_result r;

	(void)state;
	type_all(ses, GLOBAL);
	commit_ok(ses);
	many_changes(ses, 300, "");
	for (;; at++) {
		const struct trie *before = cfg_running(cfg);
		bool more = true;
		size_t done, total;

		notes.quiet = true;
		assert_int_equal(cfg_commit_begin(ses, NULL), 0);
		assert_int_equal(cfg_commit_begin(ses, NULL), -EBUSY);
		for (unsigned int i = 0; i < at && more; i++)
			more = cfg_commit_step(ses, &r);
		cfg_commit_progress(cfg, &done, &total);
		assert_true(done <= total || !total);
		if (cfg_commit_swapped(ses) || !more)
			break;
		cfg_commit_abandon(ses);
		assert_false(cfg_commit_busy(cfg));
		assert_ptr_equal(cfg_running(cfg), before);
		assert_true(cfg_dirty(ses));
	}
	assert_in_range(at, 15, 40);
	assert_int_equal(notes.aborts, at - 10);	/* those that had begun to prepare: behind 2 x 300 / 64 slices */
	cfg_commit_abandon(ses);			/* too late */
	assert_true(cfg_commit_busy(cfg));
	cfg_session_free(ses);				/* its session goes: it goes on */
	while (cfg_background(cfg))
		;
	assert_false(cfg_commit_busy(cfg));
	assert_non_null(cfg_interface(cfg_running(cfg), "eth0.300"));
	assert_int_equal(cfg_points(cfg), 2);
	ses = cfg_session_new(cfg);
}

/* The session is lost before the swap: as if nothing had been typed. */
/* What goes on in the background answers for nobody else. */
static void each_hears_of_its_own(void **state)
{
	struct cfg_session *other = cfg_session_new(cfg);
	struct cfg_result r, r2;

	(void)state;
	type_all(ses, GLOBAL);
	commit_ok(ses);
	many_changes(ses, 300, "");
	type_all(other, "interface eth9\nmpls l2vpn reroute never");
	notes.quiet = true;
	assert_int_equal(cfg_commit_begin(ses, NULL), 0);
	while (!cfg_commit_swapped(ses))
		assert_true(cfg_commit_step(ses, &r));
	while (cfg_background(cfg))
		;
	assert_false(cfg_commit_busy(cfg));
	assert_int_equal(cfg_commit_begin(other, NULL), 0);
	assert_false(cfg_commit_step(ses, &r));
	assert_int_equal(r.err, 0);
	assert_int_equal(r.commit_id, 1000000002);
	assert_true(cfg_commit_busy(cfg));
	while (cfg_commit_step(other, &r2))
		;
	assert_int_equal(r2.err, -EINVAL);
	assert_int_equal(r2.n_problems, 1);
	cfg_session_free(other);
}

static void session_lost_before_the_swap(void **state)
{
	struct cfg_result r;

	(void)state;
	notes.quiet = true;
	many_changes(ses, 300, "");
	assert_int_equal(cfg_commit_begin(ses, NULL), 0);
	assert_true(cfg_commit_step(ses, &r));
	cfg_session_free(ses);
	assert_false(cfg_commit_busy(cfg));
	assert_null(cfg_running(cfg));
	ses = cfg_session_new(cfg);
}

/* A file in slices makes what it makes at once; one that is given up makes nothing. */
static void loads_in_slices(void **state)
{
	struct cfg_load l = { 0 };
	struct cfg_loading *ld;
	unsigned int slices = 0;
	char *text;

	(void)state;
	notes.quiet = true;
	type_all(ses, GLOBAL);
	many_changes(ses, 1000, "");
	text = cfg_render(cfg_candidate(ses), NULL);
	cfg_discard(ses);
	ld = cfg_load_begin(ses, strdup(text), strlen(text), &l);
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(cfg_load_step(ld), 1);
	assert_in_range(cfg_load_at(ld), 100, strlen(text) / 5);
	cfg_load_end(ld);
	assert_false(cfg_dirty(ses));
	ld = cfg_load_begin(ses, strdup(text), strlen(text), &l);
	while (cfg_load_step(ld) == 1)
		slices++;
	cfg_load_end(ld);
	assert_in_range(slices, 40, 100);
	assert_text(cfg_render(cfg_candidate(ses), NULL), text);
	free(text);
	commit_ok(ses);
}

/* What a file says that is there already stays the same object, so a commit of it costs what differs. */
static void a_file_shares_what_is_there(void **state)
{
	struct cfg_load l = { 0 };
	struct trie_cost before;
	char *text;

	(void)state;
	notes.quiet = true;
	type_all(ses, GLOBAL);
	many_changes(ses, 1000, "");
	commit_ok(ses);
	text = cfg_render(cfg_running(cfg), NULL);
	assert_int_equal(cfg_load_text(ses, text, strlen(text), &l), 0);
	assert_ptr_equal(cfg_candidate(ses), cfg_running(cfg));
	memcpy(strstr(text, "1001 receive"), "1999", 4);
	assert_int_equal(cfg_load_text(ses, text, strlen(text), &l), 0);
	before = *trie_cost();
	assert_true(cfg_dirty(ses));
	commit_ok(ses);
	assert_in_range(trie_cost()->visited - before.visited, 1, 200);
	free(text);
}

/* ---- cost ------------------------------------------------------------------------------------------------------ */

static void fill(const char *port, unsigned int n)
{
	char line[256], name[IFNAME_LEN];

	cfg = cfg_new(NULL);
	ses = cfg_session_new(cfg);
	type_all(ses, GLOBAL);
	for (unsigned int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%.20s%u", port, i / 4000);
		snprintf(line, sizeof(line), "#\ninterface %s.%u\nvlan-type dot1q %u\n" PW("3.3.3.9", "%u", "%u"), name,
			 i % 4000 + 1, i % 4000 + 1, i + 1, 16 + i, 16 + i);
		type_all(ses, line);
	}
	commit_ok(ses);
}

/* The heap of a circuit, a sub-interface with one static pseudowire, with all indexes; 0: this malloc does not tell. */
static size_t heap_of_one(unsigned int n)
{
	struct mallinfo2 before, now;

	malloc_trim(0);
	before = mallinfo2();
	fill("GigabitEthernet0/1/", n);
	now = mallinfo2();
	down(NULL);
	return (now.uordblks + now.hblkhd - before.uordblks - before.hblkhd) / n;
}

#define HEAP_MAX 600

static void heap_of_a_circuit(void **state)
{
	size_t heap = heap_of_one(65536);

	print_message("heap: %zu octets a circuit\n", heap);
	assert_true(heap < HEAP_MAX);
	up(state);
}

/* Nodes made and visited by the commit of one changed circuit among @n. */
static uint64_t cost_among(unsigned int n)
{
	struct trie_cost before;

	fill("eth", n);
	assert_true(trie_count(cfg_running(cfg)) > n);
	before = *trie_cost();
	type_all(ses, "#\ninterface eth0.1\nmtu 1600\nmpls static-l2vc destination 4.4.4.9 99999999 "
		      "transmit-vpn-label 7777 receive-vpn-label 222222");
	commit_ok(ses);
	down(NULL);
	return trie_cost()->made - before.made + trie_cost()->visited - before.visited;
}

static void one_among_many(void **state)
{
	uint64_t one, many;

	one = cost_among(1);
	many = cost_among(65536);
	print_message("nodes: %llu among 1, %llu among 65536\n", (unsigned long long)one, (unsigned long long)many);
	assert_true(many < 3 * one);
	up(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(steps_in_order, up, down),
		cmocka_unit_test_setup_teardown(refused_changes_nothing, up, down),
		cmocka_unit_test_teardown(cross_checks, down),
		cmocka_unit_test_setup_teardown(legal_twins, up, down),
		cmocka_unit_test_setup_teardown(refresh_puts_own_lines_on_top, up, down),
		cmocka_unit_test_setup_teardown(refresh_given_up, up, down),
		cmocka_unit_test_setup_teardown(a_clean_session_follows, up, down),
		cmocka_unit_test_setup_teardown(a_clean_session_sees_what_runs, up, down),
		cmocka_unit_test_setup_teardown(removed_and_needed, up, down),
		cmocka_unit_test_setup_teardown(undo_of_another_value, up, down),
		cmocka_unit_test_setup_teardown(the_same_change_twice, up, down),
		cmocka_unit_test_setup_teardown(few_onto_many, up, down),
		cmocka_unit_test_setup_teardown(abandoned_at_every_slice, up, down),
		cmocka_unit_test_setup_teardown(each_hears_of_its_own, up, down),
		cmocka_unit_test_setup_teardown(session_lost_before_the_swap, up, down),
		cmocka_unit_test_setup_teardown(loads_in_slices, up, down),
		cmocka_unit_test_setup_teardown(a_file_shares_what_is_there, up, down),
		cmocka_unit_test_setup_teardown(all_problems_are_told, up, down),
		cmocka_unit_test_setup_teardown(undo_l2vpn_cascades, up, down),
		cmocka_unit_test_setup_teardown(undo_mpls_cascades, up, down),
		cmocka_unit_test_setup_teardown(undo_template_in_use, up, down),
		cmocka_unit_test_teardown(template_of_many, down),
		cmocka_unit_test_setup_teardown(two_sessions, up, down),
		cmocka_unit_test_teardown(heap_of_a_circuit, down),
		cmocka_unit_test_teardown(one_among_many, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
