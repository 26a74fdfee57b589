/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configurations printed whole, in part and as what differs.
 */
#include "cfg/session.h"
#include "cfg/tables.h"
#include "util.h"

static const char base[] =
	"sysname PE1\n"
	"#\n"
	"mpls lsr-id 1.1.1.1\n"
	"#\n"
	"mpls\n"
	"#\n"
	"mpls l2vpn\n"
	" capacity circuits 8192\n"
	"#\n"
	"interface GigabitEthernet0/1/0\n"
	" description to CE1\n"
	" mtu 1600\n"
	" mpls static-l2vc destination 2.2.2.2 100 transmit-vpn-label 200 receive-vpn-label 100 control-word\n"
	" mpls static-l2vc destination 3.3.3.3 101 transmit-vpn-label 201 receive-vpn-label 101 control-word "
	"secondary\n"
	"#\n"
	"interface GigabitEthernet0/2/0\n"
	" ip address 10.0.0.1 255.255.255.252\n"
	" ip address 10.1.0.1 255.255.255.0 sub\n"
	" ip address 10.2.0.1 255.255.255.0 sub\n"
	" mpls\n"
	"#\n"
	"interface LoopBack0\n"
	" ip address 1.1.1.1 255.255.255.255\n"
	"#\n"
	"static-lsp ingress a destination 2.2.2.2 32 nexthop 10.0.0.2 out-label 17\n"
	"static-lsp ingress b destination 3.3.3.3 32 nexthop 10.0.0.2 out-label 18\n"
	"ip route-static 9.0.0.0 255.0.0.0 10.0.0.2\n";

/* Octets of the longest step, and how many steps there were. */
struct steps {
	size_t longest, n;
};

static void count_step(struct steps *s, size_t len)
{
	if (!s)
		return;
	s->n++;
	s->longest = len > s->longest ? len : s->longest;
}

static char *print_all(const struct trie *root, const struct cfg_what *what, struct steps *steps)
{
	struct cfg_print *p = cfg_print_new(root, what);
	struct text t = { 0 };
	bool more = true;

	assert_non_null(p);
	while (more) {
		size_t n = t.len;

		more = cfg_print_step(p, &t);
		count_step(steps, t.len - n);
	}
	cfg_print_free(p);
	return text_take(&t);
}

static char *diff_all(const struct trie *old, const struct trie *now, bool commands, struct steps *steps)
{
	struct cfg_diff *d = commands ? cfg_diff_commands(old, now) : cfg_diff_new(old, now);
	struct text t = { 0 };
	bool more = true;

	assert_non_null(d);
	while (more) {
		size_t n = t.len;

		more = cfg_diff_step(d, &t);
		count_step(steps, t.len - n);
	}
	assert_int_equal(cfg_diff_any(d), t.len > 0);
	cfg_diff_free(d);
	return text_take(&t);
}

static struct cfg_session *started(const char *text)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_load l = { 0 };
	struct cfg_result r;

	assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
	cfg_commit_startup(s, NULL, &l, &r);
	assert_int_equal(r.err, 0);
	return s;
}

static void ended(struct cfg_session *s)
{
	struct cfg *c = s->cfg;

	cfg_session_free(s);
	cfg_free(c);
}

/* ---- parts ---------------------------------------------------------------------------------------------- */

#define BLOCK(...) (&(struct cfg_what){ CFG_PART_BLOCK, __VA_ARGS__ })

static void parts(void **state)
{
	struct cfg_session *s = started(base);
	const struct trie *root = cfg_running(s->cfg);
	struct cfg_what what;

	(void)state;
	assert_text(print_all(root, BLOCK("mpls"), NULL), "#\nmpls lsr-id 1.1.1.1\n#\nmpls\n#\nreturn\n");
	assert_text(print_all(root, BLOCK("mpls-l2vpn"), NULL), "#\nmpls l2vpn\n capacity circuits 8192\n#\nreturn\n");
	assert_text(print_all(root, BLOCK("system"), NULL), "#\nsysname PE1\n#\nreturn\n");
	assert_text(print_all(root, BLOCK("static-lsp", "b"), NULL),
		    "#\nstatic-lsp ingress b destination 3.3.3.3 32 nexthop 10.0.0.2 out-label 18\n#\nreturn\n");
	assert_text(print_all(root, BLOCK("interface", "LoopBack0"), NULL),
		    "#\ninterface LoopBack0\n ip address 1.1.1.1 255.255.255.255\n#\nreturn\n");
	assert_text(print_all(root, BLOCK("route-static", "9.0.0.0"), NULL),
		    "#\nip route-static 9.0.0.0 255.0.0.0 10.0.0.2\n#\nreturn\n");
	assert_text(print_all(root, BLOCK("static-lsp", "x"), NULL), "#\nreturn\n");

	type_all(s, "interface LoopBack0\ndescription not committed");
	cfg_here(s, &what);
	assert_text(print_all(root, &what, NULL),
		    "#\ninterface LoopBack0\n ip address 1.1.1.1 255.255.255.255\n#\nreturn\n");
	type_all(s, "quit\nmpls l2vpn");
	cfg_here(s, &what);
	assert_text(print_all(root, &what, NULL), "#\nmpls l2vpn\n capacity circuits 8192\n#\nreturn\n");
	type_all(s, "quit");
	cfg_here(s, &what);
	assert_text(print_all(root, &what, NULL),
		    "#\nsysname PE1\n#\nmpls lsr-id 1.1.1.1\n#\nmpls\n#\nmpls l2vpn\n capacity circuits 8192\n#\n"
		    "static-lsp ingress a destination 2.2.2.2 32 nexthop 10.0.0.2 out-label 17\n"
		    "static-lsp ingress b destination 3.3.3.3 32 nexthop 10.0.0.2 out-label 18\n#\n"
		    "ip route-static 9.0.0.0 255.0.0.0 10.0.0.2\n#\nreturn\n");
	ended(s);
}

/* Beside what is said, what holds anyway. */
static void defaults(void **state)
{
	struct cfg_session *s = started("#\ninterface LoopBack0\n description x\n#\ninterface eth1\n shutdown\n");
	const struct trie *root = cfg_running(s->cfg);
	char *text = print_all(root, BLOCK("interface", "eth1", .defaults = true), NULL);

	(void)state;
	assert_non_null(strstr(text, "\ninterface eth1\n port-mode auto\n shutdown\n"));
	assert_non_null(strstr(text, "\n undo mpls\n"));
	assert_null(strstr(text, "undo shutdown"));
	assert_null(strstr(text, "description"));
	free(text);
	text = print_all(root, BLOCK("interface", "LoopBack0", .defaults = true), NULL);
	assert_null(strstr(text, "port-mode"));
	free(text);
	assert_text(print_all(root, BLOCK("mpls-l2vpn", .defaults = true), NULL), "#\nundo mpls l2vpn\n#\nreturn\n");
	ended(s);
}

static void inactive(void **state)
{
	struct cfg_session *s = started("sysname A\n#\nospf 1\n area 0\n#\ninterface eth1\n description x\n"
					" ospf cost 3\n mpls\n ospf timer hello 1\n");

	(void)state;
	assert_text(print_all(cfg_running(s->cfg), &(struct cfg_what){ .part = CFG_PART_INACTIVE }, NULL),
		    "#\nospf 1\n area 0\n#\ninterface eth1\n ospf cost 3\n ospf timer hello 1\n#\nreturn\n");
	ended(s);
}

/* Each row of the system view has a word of its own; "system" is for what has no better. */
static void every_row_has_a_block(void **state)
{
	static const char *const system[] = { "sysname" };

	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const char *grammar = cfg_commands[i].grammar;
		bool found = cfg_commands[i].view != VIEW_SYSTEM;

		for (const struct cfg_block *b = cfg_blocks; b->word; b++)
			found |= b->begins[0] && !strncmp(grammar, b->begins, strlen(b->begins));
		for (size_t k = 0; k < sizeof(system) / sizeof(*system); k++)
			found |= !strncmp(grammar, system[k], strlen(system[k]));
		if (!found)
			fail_msg("no word of `display current-configuration configuration` prints \"%s\"", grammar);
	}
}

/* ---- what differs ------------------------------------------------------------------------------------------ */

static void edits(struct cfg_session *s)
{
	type_all(s, "sysname PE2\n"
		    "interface GigabitEthernet0/1/0\nundo description\nmtu 1700\n"
		    "undo mpls static-l2vc secondary\nquit\n"
		    "interface GigabitEthernet0/2/0\nundo ip address 10.1.0.1 24 sub\n"
		    "ip address 10.3.0.1 24 sub\nquit\n"
		    "undo interface LoopBack0\n"
		    "interface eth7\ndescription new\nquit\n"
		    "static-lsp ingress a destination 2.2.2.2 32 nexthop 10.0.0.2 out-label 19\n"
		    "undo static-lsp ingress b\n");
}

static void marks(void **state)
{
	struct cfg_session *s = started(base);

	(void)state;
	assert_text(diff_all(cfg_running(s->cfg), cfg_candidate(s), false, NULL), "");
	edits(s);
	assert_text(diff_all(cfg_base(s), cfg_candidate(s), false, NULL),
		    "  #\n"
		    "- sysname PE1\n"
		    "+ sysname PE2\n"
		    "  #\n"
		    "  interface GigabitEthernet0/1/0\n"
		    "-  description to CE1\n"
		    "-  mtu 1600\n"
		    "+  mtu 1700\n"
		    "-  mpls static-l2vc destination 3.3.3.3 101 transmit-vpn-label 201 receive-vpn-label 101 "
		    "control-word secondary\n"
		    "  #\n"
		    "  interface GigabitEthernet0/2/0\n"
		    "-  ip address 10.1.0.1 255.255.255.0 sub\n"
		    "+  ip address 10.3.0.1 255.255.255.0 sub\n"
		    "  #\n"
		    "- interface LoopBack0\n"
		    "-  ip address 1.1.1.1 255.255.255.255\n"
		    "  #\n"
		    "+ interface eth7\n"
		    "+  description new\n"
		    "  #\n"
		    "- static-lsp ingress a destination 2.2.2.2 32 nexthop 10.0.0.2 out-label 17\n"
		    "+ static-lsp ingress a destination 2.2.2.2 32 nexthop 10.0.0.2 out-label 19\n"
		    "- static-lsp ingress b destination 3.3.3.3 32 nexthop 10.0.0.2 out-label 18\n"
		    "  #\n");
	assert_text(diff_all(cfg_base(s), cfg_candidate(s), true, NULL),
		    "#\n"
		    "sysname PE2\n"
		    "#\n"
		    "interface GigabitEthernet0/1/0\n"
		    " undo mpls static-l2vc secondary\n"
		    " undo description\n"
		    " mtu 1700\n"
		    "#\n"
		    "interface GigabitEthernet0/2/0\n"
		    " undo ip address 10.1.0.1 255.255.255.0 sub\n"
		    " ip address 10.3.0.1 255.255.255.0 sub\n"
		    "#\n"
		    "undo interface LoopBack0\n"
		    "#\n"
		    "interface eth7\n"
		    " description new\n"
		    "#\n"
		    "static-lsp ingress a destination 2.2.2.2 32 nexthop 10.0.0.2 out-label 19\n"
		    "undo static-lsp ingress b\n"
		    "#\n");
	ended(s);
}

/* What undo of mpls takes along is told, and goes first. */
static void cascade(void **state)
{
	struct cfg_session *s = started("mpls lsr-id 1.1.1.1\nmpls\nmpls l2vpn\n#\ninterface eth1\n mpls static-l2vc "
					"destination 2.2.2.2 transmit-vpn-label 200 receive-vpn-label 100\n");

	(void)state;
	type_all(s, "undo mpls");
	assert_text(diff_all(cfg_base(s), cfg_candidate(s), true, NULL),
		    "#\ninterface eth1\n undo mpls static-l2vc\n#\nundo mpls l2vpn\n#\nundo mpls\n#\n");
	ended(s);
}

static void kept_lines(void **state)
{
	struct cfg_session *a = started("sysname A\n#\nospf 1\n area 0\n#\ninterface eth1\n ospf cost 3\n");
	struct cfg_session *b = started("sysname A\n#\nospf 1\n area 1\n#\ninterface eth1\n ospf cost 4\n ospf x\n");

	(void)state;
	assert_text(diff_all(cfg_running(a->cfg), cfg_running(b->cfg), false, NULL),
		    "  #\n"
		    "  ospf 1\n"
		    "-  area 0\n"
		    "+  area 1\n"
		    "  #\n"
		    "  interface eth1\n"
		    "-  ospf cost 3\n"
		    "+  ospf cost 4\n"
		    "+  ospf x\n"
		    "  #\n");
	ended(a);
	ended(b);
}

static const char *const where[] = { "GigabitEthernet0/1/0", "GigabitEthernet0/2/0", "GigabitEthernet0/1/1.5",
				     "LoopBack0", "eth7" };
static const char *const inner[] = {
	"description one", "description two", "undo description", "mtu 1600", "mtu 9000", "undo mtu", "mpls",
	"undo mpls", "shutdown", "undo shutdown", "vlan-type dot1q 5", "ip address 10.9.0.1 24",
	"ip address 10.8.0.1 24 sub", "undo ip address 10.8.0.1 24 sub", "ip address 10.7.0.1 24 sub",
	"mpls static-l2vc destination 2.2.2.2 7 transmit-vpn-label 207 receive-vpn-label 107",
	"mpls static-l2vc destination 3.3.3.3 8 transmit-vpn-label 208 receive-vpn-label 108 secondary",
	"undo mpls static-l2vc secondary", "undo mpls static-l2vc", "port-mode tcx", "undo port-mode",
	"mpls l2vc 2.2.2.2 7", "mpls l2vc 2.2.2.2 8 control-word", "mpls l2vc 3.3.3.3 9 secondary", "mpls l2vc 3.3.3.3 10 secondary",
	"undo mpls l2vc secondary", "undo mpls l2vc", "mpls ldp", "undo mpls ldp", "mpls ldp timer hello-hold 20",
	"undo mpls ldp timer hello-hold", "undo interface-parameter-type vccv", "interface-parameter-type vccv",
};
static const char *const nested[] = {
	"mpls ldp", "undo mpls ldp", "mpls ldp\ngraceful-restart", "mpls ldp\ngraceful-restart timer recovery 9",
	"mpls ldp\nundo graceful-restart", "mpls ldp\nmd5-password cipher 9.9.9.9 secret-1",
	"mpls ldp\nmd5-password plain 9.9.9.9 secret-2", "mpls ldp\nmd5-password plain 8.8.8.8 secret-2",
	"mpls ldp\nundo md5-password 9.9.9.9", "mpls ldp remote-peer r\nremote-ip 9.9.9.9",
	"mpls ldp remote-peer r\nundo remote-ip", "mpls ldp remote-peer r\nremote-ip 8.8.8.8 pwe3",
	"mpls ldp remote-peer s\ndescription far away", "undo mpls ldp remote-peer r", "undo mpls ldp remote-peer s",
	"mpls l2vpn\npeer 9.9.9.9", "mpls l2vpn\npeer 9.9.9.9\ndefault martini", "mpls l2vpn\npeer 9.9.9.9\nundo default martini",
	"mpls l2vpn\nundo peer 9.9.9.9", "mpls l2vpn\npeer 8.8.8.8", "mpls l2vpn\nmpls l2vpn no-request-message peer 9.9.9.9",
	"mpls l2vpn\nundo mpls l2vpn no-request-message peer 9.9.9.9", "mpls l2vpn\nmpls l2vpn default martini",
};
static const char *const global[] = {
	"sysname X", "undo sysname", "undo interface GigabitEthernet0/1/0", "undo interface LoopBack0",
	"undo interface GigabitEthernet0/1/1.5", "undo static-lsp ingress a", "undo interface eth7",
	"static-lsp ingress c destination 9.9.9.9 32 nexthop 10.0.0.2 out-label 33",
	"static-lsp ingress c destination 9.9.9.9 32 nexthop 10.0.0.2 out-label 34",
	"static-lsp transit a in-label 99 nexthop 10.0.0.2 out-label 3", "undo ip route-static 9.0.0.0 8",
	"ip route-static 8.0.0.0 8 10.0.0.2 preference 7",
};
#define ONE_OF(a, seed) (a)[next_random(seed, sizeof(a) / sizeof(*(a)))]

/* Each line, whether it is taken or not. */
static void type_some(struct cfg_session *s, const char *lines)
{
	char line[80];

	for (size_t n; *lines; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		assert_true(n < sizeof(line));
		memcpy(line, lines, n);
		line[n] = '\0';
		cfg_line(s, line);
	}
}

static void random_edits(struct cfg_session *s, uint32_t *seed)
{
	char head[64];

	for (unsigned int i = 0; i < 25; i++) {
		cfg_line(s, "#");
		if (next_random(seed, 4) == 0) {
			cfg_line(s, ONE_OF(global, seed));
			continue;
		}
		if (next_random(seed, 3) == 0) {
			type_some(s, ONE_OF(nested, seed));
			continue;
		}
		snprintf(head, sizeof(head), "interface %s", ONE_OF(where, seed));
		for (unsigned int k = cfg_line(s, head).verdict == CFG_OK ? 3 : 0; k > 0; k--)
			cfg_line(s, ONE_OF(inner, seed));
	}
}

/* Against nothing, what came is the whole configuration: the same lines in the same order. */
static void assert_all_new(const struct trie *root)
{
	char *marked = diff_all(NULL, root, false, NULL), *text = cfg_render(root, NULL), *save = NULL;
	struct text t = { 0 };

	for (char *l = strtok_r(marked, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		text_printf(&t, "%s\n", l + 2);
	text_puts(&t, "return\n");
	assert_text(text_take(&t), text);
	free(marked);
	free(text);
}

/* Typed where the candidate began, the commands lead to the candidate. */
static void commands_lead_there(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct cfg_session *s = started(base), *t = cfg_session_new(s->cfg);
		char *text, *save = NULL;

		random_edits(s, &seed);
		text = diff_all(cfg_base(s), cfg_candidate(s), true, NULL);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
			struct cfg_answer a = cfg_line(t, l + strspn(l, " "));

			if (a.verdict != CFG_OK)
				fail_msg("round %d: \"%s\": %d %s", round, l, a.verdict, a.text);
		}
		free(text);
		/* addresses may stand in another order */
		assert_text(diff_all(cfg_candidate(t), cfg_candidate(s), false, NULL), "");
		assert_all_new(cfg_candidate(s));
		cfg_session_free(t);
		ended(s);
	}
}

/* ---- slices --------------------------------------------------------------------------------------------------- */

#define MANY 4000

static char *many(void)
{
	struct text t = { 0 };

	for (unsigned int i = 0; i < MANY; i++)
		text_printf(&t, "#\ninterface GigabitEthernet0/1/0.%u\n vlan-type dot1q %u\n mpls static-l2vc "
				"destination 2.2.2.2 %u transmit-vpn-label %u receive-vpn-label %u\n",
			    i + 1, i % 4094 + 1, i + 1, i + 100, i + 100);
	for (unsigned int i = 0; i < MANY; i++)
		text_printf(&t, "#\nospf %u\n area 0\n", i);
	return text_take(&t);
}

/* No slice grows with the number of circuits or of kept lines, and slices visit little more than one walk. */
static void slices(void **state)
{
	struct steps whole = { 0 }, none = { 0 }, marked = { 0 }, list = { 0 };
	char *text = many(), *have;
	struct cfg_session *s = started(text);
	const struct trie *root = cfg_running(s->cfg);
	uint64_t visited = trie_cost()->visited;

	(void)state;
	have = print_all(root, NULL, &whole);
	assert_in_range(trie_cost()->visited - visited, MANY, 3 * MANY * 20);
	assert_in_range(whole.longest, 100, 20000);
	assert_in_range(whole.n, MANY / 25, MANY);
	free(have);
	free(print_all(root, &(struct cfg_what){ .part = CFG_PART_REASONS }, &list));
	assert_in_range(list.longest, 100, 20000);
	free(diff_all(NULL, root, false, &marked));
	assert_in_range(marked.longest, 100, 20000);
	assert_text(diff_all(root, root, false, &none), "");
	assert_int_equal(none.n, 1);
	free(text);
	ended(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),     cmocka_unit_test(defaults),
		cmocka_unit_test(inactive),  cmocka_unit_test(every_row_has_a_block),
		cmocka_unit_test(marks),     cmocka_unit_test(cascade),
		cmocka_unit_test(kept_lines),
		cmocka_unit_test(commands_lead_there), cmocka_unit_test(slices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
