/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A long random walk: lines set and undone in all views, commits, discards, saving and loading, starting again. Beside
 * it three slow and obvious models: a candidate is what its lines say, typed again one by one; a commit passes exactly if
 * looking at everything finds nothing wrong; what is saved loads to the same.
 * usage: test_cfg_walk [LINES]
 */
#include "util.h"

#include "cfg/edit.h"
#include "cfg/session.h"
#include "cfg/store.h"
#include "tests/sample.h"

#define LINE_MAX 2048
#define HISTORY_MAX 3000
#define LIFE 4000			/* lines until all begins anew, which keeps the text short */

static unsigned long lines_to_walk = 20000;
static uint32_t seed = 5;

static unsigned int rnd(unsigned int below)
{
	return sample_random(&seed, below);
}

/* ---- a world ------------------------------------------------------------------------------------------ */

static struct {
	struct cfg *c;
	struct cfg_session *s;
	char *line[HISTORY_MAX];	/* typed and taken since the candidate was running */
	size_t n;
	unsigned long taken, commits, refused, starts, replays;
} w;

static void forget_history(void)
{
	while (w.n)
		free(w.line[--w.n]);
}

/* Most lives begin where circuits can be, some with nothing. */
static void world_up(void)
{
	w.c = cfg_new(NULL);
	assert_non_null(w.c);
	w.s = cfg_session_new(w.c);
	assert_non_null(w.s);
	if (!rnd(4))
		return;
	type_all(w.s, "mpls lsr-id 1.1.1.9\nmpls\n#\nmpls l2vpn\n#\npw-template t\npeer-address 1.1.1.1\n#\n"
		      "pw-template u\npeer-address 1.1.1.2\n#\ninterface eth1.1\nvlan-type dot1q 1\n#\n"
		      "interface eth1.2\nvlan-type dot1q 2\n#\ninterface eth2.1\nvlan-type dot1q 1");
	commit_ok(w.s);
}

static void world_down(void)
{
	forget_history();
	cfg_session_free(w.s);
	cfg_free(w.c);
}

/* ---- looking at everything -------------------------------------------------------------------------------- */

struct all {
	const struct trie *root;
	const struct m_interface *m[64];
	size_t n;
	unsigned int wrong;
};

static int gather(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct all *a = arg;

	(void)key;
	(void)len;
	assert_true(a->n < sizeof(a->m) / sizeof(a->m[0]));
	a->m[a->n++] = val;
	return 0;
}

static bool is_circuit(const struct m_interface *m)
{
	return m->pw[0].present || m->pw[1].present || m->pw[2].present;
}

static const struct m_pw_template *template_of(const struct all *a, const struct m_pw *p)
{
	return p->template[0] ? cfg_pw_template(a->root, p->template) : NULL;
}

static uint32_t far_end(const struct all *a, const struct m_pw *p)
{
	const struct m_pw_template *t = template_of(a, p);

	return p->peer ? p->peer : t ? t->peer : 0;
}

static bool word(const struct all *a, const struct m_pw *p)
{
	const struct m_pw_template *t = template_of(a, p);

	return p->control_word == TG_ON || (p->control_word == TG_DEFAULT && t && t->control_word == TG_ON);
}

static unsigned int mtu(const struct all *a, const struct m_interface *m, const struct m_pw *p)
{
	const struct m_pw_template *t = template_of(a, p);

	return m->mtu ? m->mtu : t && t->mtu ? t->mtu : 1500;
}

static bool same_vc(const struct all *a, const struct m_interface *m, unsigned int i, const struct m_interface *o,
		    unsigned int j)
{
	const struct m_pw *p = &m->pw[i], *q = &o->pw[j];

	return p->present && q->present && p->vc_id && p->vc_id == q->vc_id && far_end(a, p) &&
	       far_end(a, p) == far_end(a, q) && cfg_pw_tagged(m, i) == cfg_pw_tagged(o, j);
}

static bool same_label(const struct all *a, const struct m_pw *p, const struct m_pw *q)
{
	return p->present && q->present && p->kind == PW_STATIC && q->kind == PW_STATIC && far_end(a, p) &&
	       far_end(a, p) == far_end(a, q) && p->tx_label == q->tx_label;
}

static void look_at_pair(struct all *a, const struct m_interface *m, unsigned int i)
{
	const struct m_pw *p = &m->pw[0], *q = &m->pw[i];

	a->wrong += !p->present;
	if (!p->present)
		return;
	a->wrong += cfg_pw_tagged(m, 0) != cfg_pw_tagged(m, i);
	a->wrong += word(a, p) != word(a, q);
	a->wrong += mtu(a, m, p) != mtu(a, m, q);
	a->wrong += p->access_port != q->access_port;
	a->wrong += p->kind != q->kind;
	for (unsigned int j = 0; j < i; j++) {
		a->wrong += m->pw[j].present && q->vc_id && m->pw[j].vc_id == q->vc_id;
		a->wrong += same_label(a, &m->pw[j], q);
	}
}

static void look_at_circuit(struct all *a, const struct m_interface *m)
{
	const struct m_system *s = cfg_system(a->root);

	a->wrong += !s->lsr_id || !s->mpls || !s->l2vpn;
	a->wrong += m->parent[0] && !m->vlan;
	a->wrong += m->mpls;
	for (unsigned int i = 0; i < 3; i++) {
		if (!m->pw[i].present)
			continue;
		a->wrong += m->pw[i].template[0] && !template_of(a, &m->pw[i]);
		a->wrong += !far_end(a, &m->pw[i]);
		if (i)
			look_at_pair(a, m, i);
	}
}

static void look_at_two(struct all *a, const struct m_interface *m, const struct m_interface *o)
{
	for (unsigned int i = 0; i < 9; i++) {
		a->wrong += same_vc(a, m, i / 3, o, i % 3);
		a->wrong += same_label(a, &m->pw[i / 3], &o->pw[i % 3]);
	}
	a->wrong += m->service_name && o->service_name && !strcmp(m->service_name, o->service_name);
	a->wrong += m->vlan && m->vlan == o->vlan && !strcmp(m->parent, o->parent);
	a->wrong += is_circuit(m) && !strcmp(o->parent, m->name) && (is_circuit(o) || o->mpls);
}

static bool has_static(const struct m_interface *m)
{
	for (unsigned int i = 0; i < 3; i++)
		if (m->pw[i].present && m->pw[i].kind == PW_STATIC)
			return true;
	return false;
}

/* All far ends can be told what this end makes of its pseudowires. */
static bool can_tell(const struct all *a, const struct m_interface *m)
{
	for (unsigned int i = 0; i < 3; i++) {
		const struct m_l2vpn_peer *p = m->pw[i].present ? cfg_l2vpn_peer(a->root, far_end(a, &m->pw[i])) : NULL;

		if (m->pw[i].present && (m->pw[i].kind == PW_STATIC || cfg_system(a->root)->martini || (p && p->martini)))
			return false;
	}
	return m->pw[0].present;
}

static void look_at_protection(struct all *a, const struct m_interface *m)
{
	bool two = m->pw[1].present, master = m->redundancy == REDUNDANCY_MASTER;
	bool independent = m->redundancy == REDUNDANCY_INDEPENDENT;

	a->wrong += m->redundancy && (!can_tell(a, m) || (master && !two));
	a->wrong += m->ac_role && (!can_tell(a, m) || (two && !independent));
	a->wrong += (m->holdoff || m->switchover) && !master;
	a->wrong += m->reroute && (independent || (master && m->resume_set));
	a->wrong += m->trigger_if_down && (!is_circuit(m) || has_static(m));
	for (unsigned int i = 0; i < 3; i++)
		a->wrong += m->ignore_ac[i] && !m->pw[i].present;
}

static void look_at_interface(struct all *a, const struct m_interface *m)
{
	bool primary = m->n_addr == 0, both = m->pw[0].present && m->pw[1].present;

	for (unsigned int i = 0; i < m->n_addr; i++)
		primary |= !m->addr[i].sub;
	a->wrong += !primary;
	a->wrong += m->reroute && (!both || (m->resume_set && has_static(m)));
	look_at_protection(a, m);
	a->wrong += m->mac_withdraw_off && !is_circuit(m);
	for (unsigned int i = 0; i < 2; i++)
		a->wrong += m->vccv_off[i] && !(m->pw[i].present && m->pw[i].kind == PW_LDP);
	a->wrong += m->mpls_ldp && (!m->mpls || !cfg_ldp(a->root));
	a->wrong += !m->mpls_ldp && (m->ldp.hello_hold || m->ldp.hello_send || m->ldp.keepalive_hold || m->ldp.keepalive_send);
	a->wrong += (m->dual_receiving || m->service_name) && !is_circuit(m);
	a->wrong += (m->pw_fault[0] && !m->pw[0].present) || (m->pw_fault[1] && !m->pw[1].present);
	if (is_circuit(m))
		look_at_circuit(a, m);
	for (size_t j = 0; j < a->n; j++)
		if (a->m[j] != m)
			look_at_two(a, m, a->m[j]);
}

static int look_at_peer(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct m_l2vpn_peer *p = val;
	unsigned int *wrong = arg;

	(void)key;
	(void)len;
	*wrong += p->martini && p->takes_requests;
	return 0;
}

struct remotes {
	const struct trie *root;
	uint32_t ip[64];
	size_t n;
	unsigned int wrong;
};

static int look_at_remote(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct m_remote_peer *p = val;
	struct remotes *r = arg;

	(void)key;
	(void)len;
	r->wrong += !cfg_ldp(r->root);
	r->wrong += p->ip && p->ip == cfg_system(r->root)->lsr_id;
	for (size_t i = 0; i < r->n; i++)
		r->wrong += p->ip && r->ip[i] == p->ip;
	assert_true(r->n < 64);
	r->ip[r->n++] = p->ip;
	return 0;
}

/* `default martini` changes while pseudowires are signalled. */
static unsigned int martini_under_way(const struct trie *was, const struct trie *is)
{
	struct all a = { .root = was };
	const uint8_t interfaces = OBJ_INTERFACE;

	if (cfg_system(was)->martini == cfg_system(is)->martini)
		return 0;
	trie_walk(was, &interfaces, 1, gather, &a);
	for (size_t j = 0; j < a.n; j++)
		for (unsigned int i = 0; i < 3; i++) {
			const struct m_interface *m = cfg_interface(is, a.m[j]->name);

			if (a.m[j]->pw[i].present && a.m[j]->pw[i].kind == PW_LDP && m && m->pw[i].present)
				return 1;
		}
	return 0;
}

/* How much is wrong in @root; 0: it may run. */
static unsigned int wrong_in(const struct trie *root)
{
	struct all a = { .root = root };
	const struct m_system *s = cfg_system(root);
	const uint8_t interfaces = OBJ_INTERFACE, remotes = OBJ_REMOTE_PEER, peers = OBJ_L2VPN_PEER;
	struct remotes r = { .root = root };

	a.wrong = (s->mpls && !s->lsr_id) + (s->l2vpn && !s->mpls) + (cfg_ldp(root) && !s->mpls);
	trie_walk(root, &remotes, 1, look_at_remote, &r);
	a.wrong += r.wrong;
	trie_walk(root, &peers, 1, look_at_peer, &a.wrong);
	trie_walk(root, &interfaces, 1, gather, &a);
	for (size_t i = 0; i < a.n; i++)
		look_at_interface(&a, a.m[i]);
	return a.wrong;
}

/* ---- lines ---------------------------------------------------------------------------------------------------- */

static void go(const char *line)
{
	struct cfg_answer a = cfg_line(w.s, line);

	if (a.verdict != CFG_OK)
		return;
	w.taken++;
	if (w.n == HISTORY_MAX) {	/* too long to be typed again: committed or dropped */
		struct cfg_result r;

		cfg_commit(w.s, NULL, &r);
		if (r.err)
			cfg_discard(w.s);
		forget_history();
		return;
	}
	w.line[w.n++] = strdup(line);
}

/* Any line of any row, each value of its range. */
static void draw_any(char *line)
{
	const struct command *cmd = &cfg_commands[rnd((unsigned int)cfg_n_commands)];
	static const char *const heads[] = { "interface GigabitEthernet0/1/0", "interface GigabitEthernet0/1/0.7",
					     "interface eth1", "interface LoopBack0", "interface Eth-Trunk3.100" };
	struct sample s;

	go("#");
	if (cmd->view == VIEW_INTERFACE)
		go(heads[rnd(5)]);
	else if (cmd->view == VIEW_PW_TEMPLATE)
		go(rnd(2) ? "pw-template t" : "pw-template u");
	else if (cmd->view == VIEW_L2VPN || cmd->view == VIEW_L2VPN_PEER)
		go("mpls l2vpn");
	else if (cmd->view == VIEW_LDP)
		go("mpls ldp");
	else if (cmd->view == VIEW_REMOTE_PEER)
		go(rnd(2) ? "mpls ldp remote-peer r" : "mpls ldp remote-peer s");
	if (cmd->view == VIEW_L2VPN_PEER)
		go(rnd(2) ? "peer 1.1.1.1" : "peer 1.1.1.2");
	sample_line(cmd, cmd->undo && rnd(3) == 0, SAMPLE_RANDOM, false, &seed, &s);
	snprintf(line, LINE_MAX, "%s", s.text);
}

/* All lines but the last, which becomes @line. */
static void go_all(const char *lines, char *line)
{
	for (;;) {
		size_t n = strcspn(lines, "\n");

		snprintf(line, LINE_MAX, "%.*s", (int)n, lines);
		if (!lines[n])
			return;
		go(line);
		lines += n + 1;
	}
}

/* A line of a small world, where things meet. */
static void draw_small(char *line)
{
	static const char *const ifs[] = { "eth1", "eth2", "eth1.1", "eth1.2", "eth2.1" };
	static const char *const ends[] = { "destination 1.1.1.1", "destination 1.1.1.2", "pw-template t", "pw-template u",
					    "destination 1.1.1.1 pw-template t", "destination 1.1.1.2 pw-template u" };
	const char *const options[] = { "", "", "", " tagged", rnd(4) ? "" : " control-word", "" };
	const char *const roles[] = { "", "", "", "", " secondary", rnd(3) ? " secondary" : " bypass" };
	static const char *const inside[] = {
		"mpls l2vpn reroute never", "mpls l2vpn reroute delay 10", "mpls l2vpn service-name a",
		"mpls l2vpn service-name b", "mpls l2vpn stream-dual-receiving", "manual-set pw-ac-fault",
		"manual-set pw-ac-fault secondary", "undo mpls", "mpls", "undo mpls static-l2vc", "mtu 1600", "mtu 1500",
		"undo mpls static-l2vc secondary", "undo mpls static-l2vc bypass", "undo mpls l2vpn reroute",
		"undo mpls l2vpn service-name", "undo mpls l2vpn stream-dual-receiving", "undo manual-set pw-ac-fault",
		"undo manual-set pw-ac-fault secondary", "undo mtu", "vlan-type dot1q 1", "vlan-type dot1q 2",
		"ip address 10.0.0.1 24", "ip address 10.0.0.2 24 sub", "undo ip address", "vlan-type dot1q 3",
		"undo mpls l2vc", "undo mpls l2vc secondary", "undo mpls l2vc bypass", "mpls ldp", "mpls ldp timer hello-hold 20",
		"undo mpls ldp", "undo mpls ldp timer hello-hold", "undo interface-parameter-type vccv",
		"undo interface-parameter-type vccv secondary", "interface-parameter-type vccv",
		"interface-parameter-type vccv secondary", "mpls l2vpn mac-withdraw disable",
		"undo mpls l2vpn mac-withdraw disable", "mpls l2vpn reroute immediately resume 5",
	};
	static const char *const protection[] = {
		"mpls l2vpn redundancy independent", "mpls l2vpn redundancy master", "undo mpls l2vpn redundancy independent",
		"undo mpls l2vpn redundancy master", "mpls l2vpn holdoff 5", "undo mpls l2vpn holdoff", "mpls l2vpn switchover",
		"undo mpls l2vpn switchover", "mpls l2vpn ac-role standby", "undo mpls l2vpn ac-role",
		"mpls l2vpn ac-role follow-address 10.0.0.9", "mpls l2vpn trigger if-down", "undo mpls l2vpn trigger if-down",
		"mpls l2vpn pw ignore-ac-state", "mpls l2vpn pw ignore-ac-state bypass", "undo mpls l2vpn pw ignore-ac-state",
		"undo mpls l2vpn pw ignore-ac-state bypass", "undo mpls l2vpn reroute",
	};
	static const char *const in_ldp[] = {
		"mpls ldp", "mpls ldp", "undo mpls ldp", "mpls ldp\ngraceful-restart", "mpls ldp\nundo graceful-restart",
		"mpls ldp\nmd5-password cipher 1.1.1.1 password-1", "mpls ldp\nmd5-password plain 1.1.1.1 password-1",
		"mpls ldp\nundo md5-password 1.1.1.1", "mpls ldp\nmd5-password plain 1.1.1.2 password-2",
		"mpls ldp remote-peer r\nremote-ip 1.1.1.1", "mpls ldp remote-peer r\nremote-ip 1.1.1.2 pwe3",
		"mpls ldp remote-peer s\nremote-ip 1.1.1.1", "mpls ldp remote-peer s\nremote-ip 1.1.1.9",
		"mpls ldp remote-peer r\nundo remote-ip", "mpls ldp remote-peer s\nundo remote-ip",
		"undo mpls ldp remote-peer r", "undo mpls ldp remote-peer s", "mpls ldp remote-peer s\ndescription x",
		"mpls l2vpn\npeer 1.1.1.1", "mpls l2vpn\npeer 1.1.1.1\ndefault martini", "mpls l2vpn\nundo peer 1.1.1.1",
		"mpls l2vpn\nmpls l2vpn no-request-message peer 1.1.1.1",
		"mpls l2vpn\nundo mpls l2vpn no-request-message peer 1.1.1.1", "mpls l2vpn\nmpls l2vpn default martini",
		"mpls l2vpn\nundo mpls l2vpn default martini", "mpls l2vpn\nmpls l2vpn auto-create-session",
		"mpls l2vpn\nmpls l2vpn request-switchover peer 1.1.1.1", "mpls l2vpn\nundo mpls l2vpn request-switchover peer 1.1.1.1",
	};
	static const char *const outside[] = {
		"mpls lsr-id 1.1.1.9", "mpls", "mpls l2vpn", "pw-template t", "pw-template u", "undo pw-template t",
		"undo pw-template u", "undo interface eth1", "undo interface eth1.1", "undo interface eth2",
		"mpls lsr-id 1.1.1.8", "mpls", "mpls l2vpn", "mpls l2vpn",
	};
	static const char *const in_template[] = { "peer-address 1.1.1.1", "peer-address 1.1.1.2", "undo peer-address",
						   "control-word", "undo control-word", "mtu 1600", "undo mtu" };
	const char *end = ends[rnd(6)];

	go("#");
	switch (rnd(12)) {
	case 0:
		snprintf(line, LINE_MAX, "%s", rnd(80) ? outside[rnd(14)] : rnd(2) ? "undo mpls" : "undo mpls l2vpn");
		return;
	case 1:
		go(rnd(2) ? "pw-template t" : "pw-template u");
		snprintf(line, LINE_MAX, "%s", in_template[rnd(7)]);
		return;
	case 2:
	case 3:
		snprintf(line, LINE_MAX, "interface %s", ifs[rnd(5)]);
		go(line);
		snprintf(line, LINE_MAX, "%s", inside[rnd(sizeof(inside) / sizeof(inside[0]))]);
		return;
	case 4:
		go_all(in_ldp[rnd(sizeof(in_ldp) / sizeof(in_ldp[0]))], line);
		return;
	case 5:
	case 6:
		snprintf(line, LINE_MAX, "interface %s", ifs[rnd(5)]);
		go(line);
		end += strncmp(end, "destination ", 12) ? 0 : 12;
		snprintf(line, LINE_MAX, "mpls l2vc %s %u%s%s", end, 1 + rnd(6), options[rnd(6)], roles[rnd(6)]);
		return;
	case 7:
		snprintf(line, LINE_MAX, "interface %s", ifs[rnd(5)]);
		go(line);
		snprintf(line, LINE_MAX, "%s", protection[rnd(sizeof(protection) / sizeof(protection[0]))]);
		return;
	default:
		snprintf(line, LINE_MAX, "interface %s", ifs[rnd(5)]);
		go(line);
		snprintf(line, LINE_MAX, "mpls static-l2vc %s %u transmit-vpn-label %u receive-vpn-label %u%s%s", end,
			 1 + rnd(6), 16 + rnd(6), 16 + rnd(6), options[rnd(6)], roles[rnd(6)]);
	}
}

/* Takes back something that is there: a line of the text, as much of it as an undo takes. */
static void undo_something(void)
{
	char *text = cfg_render(w.s->cand, NULL), *head = NULL, *at, *save = NULL;
	char undo[LINE_MAX] = "undo ", before[LINE_MAX] = "";
	unsigned int lines = 0, which;

	for (at = text; *at; at++)
		lines += *at == '\n';
	which = rnd(lines);
	at = strtok_r(text, "\n", &save);
	for (unsigned int i = 0; at && i < which; i++) {
		if (*at != ' ')
			head = at;
		at = strtok_r(NULL, "\n", &save);
	}
	if (at && *at != '#' && strcmp(at, "return") && strlen(at) < LINE_MAX - 8) {
		if (*at == ' ' && head)
			snprintf(before, sizeof(before), "%s", head);
		snprintf(undo + 5, sizeof(undo) - 5, "%s", at + (*at == ' '));
		go("#");
		if (before[0])
			go(before);
		for (char *blank = undo; blank && cfg_line(w.s, undo).verdict != CFG_OK; blank = strrchr(undo, ' ')) {
			blank = strrchr(undo, ' ');
			if (blank < undo + 5)
				break;
			*blank = '\0';
			undo[strlen(undo)] = '\0';
		}
		go("#");
	}
	free(text);
}

static int keep_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	(void)key;
	(void)len;
	*(const void **)arg = val;
	return 1;
}

/* ---- what must hold ---------------------------------------------------------------------------------------------- */

/* A second session, typing the same lines, has the same candidate. */
static void replay(void)
{
	struct cfg_session *other = cfg_session_new(w.c);

	for (size_t i = 0; i < w.n; i++) {
		struct cfg_answer a = cfg_line(other, w.line[i]);

		if (a.verdict != CFG_OK)
			fail_msg("replay: \"%s\": %d %s", w.line[i], a.verdict, a.text);
	}
	if (!session_same(w.s->cand, other->cand) || trie_count(w.s->cand) != trie_count(other->cand))
		fail_msg("%zu lines typed again lead elsewhere", w.n);
	cfg_session_free(other);
	w.replays++;
}

static bool inert_lines(const struct trie *root)
{
	const uint8_t inert = OBJ_INERT;
	const void *one = NULL;

	trie_walk(root, &inert, 1, keep_one, &one);
	return one != NULL;
}

/* What is printed loads to the same text; a start-up of it runs what may run. */
static void save_and_load(void)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	char *text = cfg_render(w.s->cand, NULL), *again, *once;
	struct cfg_load l = { 0 };
	struct cfg_result r;

	assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
	if (!inert_lines(w.s->cand))	/* else one whose cause is gone may be taken, in the place of its row */
		assert_text(cfg_render(s->cand, NULL), text);
	cfg_commit_startup(s, NULL, &l, &r);
	assert_int_equal(r.err, 0);
	assert_int_equal(wrong_in(cfg_running(c)), 0);
	once = cfg_render(cfg_running(c), NULL);
	cfg_session_free(s);
	cfg_free(c);

	c = cfg_new(NULL);
	s = cfg_session_new(c);
	assert_int_equal(cfg_load_text(s, once, strlen(once), &l), 0);
	cfg_commit_startup(s, NULL, &l, &r);
	assert_int_equal(r.err, 0);
	again = cfg_render(cfg_running(c), NULL);
	assert_text(again, once);
	free(once);
	free(text);
	if (rnd(4)) {
		cfg_session_free(s);
		cfg_free(c);
		return;
	}
	world_down();			/* the walk goes on from there */
	w.c = c;
	w.s = s;
	w.starts++;
}

static void commit(void)
{
	static const char *const global[] = { "#", "mpls lsr-id 1.1.1.9", "mpls", "#", "mpls l2vpn", "#" };
	unsigned int wrong;
	struct cfg_result r;
	bool dirty;

	for (unsigned int i = 0; i < 6 && w.n && rnd(60); i++)	/* mostly what every circuit needs is there */
		go(global[i]);
	wrong = wrong_in(w.s->cand) + martini_under_way(cfg_running(w.c), w.s->cand);
	dirty = cfg_dirty(w.s);
	cfg_commit(w.s, NULL, &r);
	assert_true(r.err == 0 || r.err == -EINVAL);
	assert_int_equal(r.err == -EINVAL, r.n_problems > 0);
	if (dirty && (r.err != 0) != (wrong != 0)) {
		char *text = cfg_render(w.s->cand, NULL);

		fprintf(stderr, "%s", text);
		fail_msg("%u wrong, %zu problems, first: %s: %s", wrong, r.n_problems, r.problem[0].line, r.problem[0].text);
	}
	w.commits += r.commit_id != 0;
	w.refused += r.err != 0;
	if (r.err && rnd(4) == 0)
		return;
	if (r.err)
		cfg_discard(w.s);
	assert_false(cfg_dirty(w.s));
	assert_int_equal(wrong_in(cfg_running(w.c)), 0);
	forget_history();
}

static void step(void)
{
	char line[LINE_MAX];

	switch (rnd(300)) {
	case 0:
		replay();
		break;
	case 1:
		save_and_load();
		break;
	case 2:
		cfg_discard(w.s);
		forget_history();
		break;
	case 3 ... 80:
		commit();
		break;
	case 81 ... 88:
		/* what it types is not in the history: from here on the candidate is committed or dropped first */
		cfg_discard(w.s);
		forget_history();
		undo_something();
		commit();
		cfg_discard(w.s);
		forget_history();
		break;
	default:
		if (rnd(12))
			draw_small(line);
		else
			draw_any(line);
		go(line);
	}
}

static void walk(void **state)
{
	(void)state;
	world_up();
	for (unsigned long n = 0; n < lines_to_walk; n++) {
		step();
		if (n % LIFE == LIFE - 1) {
			replay();
			save_and_load();
			world_down();
			world_up();
		}
	}
	world_down();
	print_message("%lu steps: %lu lines taken, %lu commits, %lu refused, %lu starts, %lu replays\n", lines_to_walk,
		      w.taken, w.commits, w.refused, w.starts, w.replays);
	assert_true(w.commits > lines_to_walk / 200 && w.refused > lines_to_walk / 200 && w.replays > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(walk) };

	if (argc > 1)
		lines_to_walk = strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
