/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Core against a slow model: random commits and facts; after every run the rows the actions have made
 * are those the model computes from nothing but configuration, facts and where each circuit sent. The
 * invariants of world.h hold after every single action. Memory fails at random, the tables are replaced,
 * and engines are killed and adopt what they find.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/ldp.h"
#include "world.h"

#define N_AC	3			/* AC ports A0.., each with N_SUB sub-interfaces */
#define N_SUB	2
#define N_CORE	3			/* core ports C0.. */
#define N_PORT	(N_AC + N_CORE)
#define N_IF	(N_AC * (1 + N_SUB) + N_CORE)
#define N_LSP	6
#define N_PEER	4
#define N_HOP	4			/* next hops 10.0.<port>.<2..> */
#define N_NET	8
#define N_IFINDEX 32			/* ports have 1..26 */
#define N_TMPL	2			/* pw-templates T0.. */
#define N_FEC	(N_PEER + 1)		/* of LDP: each peer's, and one that covers them all */
#define N_VIA	4			/* next hops of one, at most */
#define SEC	1000000000ull
#define PEER(i)	IP(9, 9, 9, 1 + (i))

struct subnet_fact { uint32_t ifindex, ip; uint8_t len; };

/* A signalled PW: its name on the wire, and what the far end said since it has it. */
struct far {
	uint32_t peer, id;			/* .id 0: not signalled */
	bool tagged;
	bool mapped, held;
	bool stood, waits;			/* as settled last: it was up, or may rise; it fell while the session was held */
	uint32_t label;				/* the last one, mapped or not; 0 = none yet */
	bool control_word;
	uint32_t status;
	uint16_t mtu, vlan;
};

struct random_fec {
	bool told, egress;
	uint32_t n;
	struct fact_hop hop[N_VIA];
	bool fell;				/* told to have no hop since the last settling */
	struct { bool used; uint32_t ifindex, nexthop; } place[FEC_HOPS_MAX];	/* its paths by number, as settled */
};

/* A time; .lo and .hi differ while nobody but core knows it exactly. 0: none. */
struct span { uint64_t lo, hi; };

struct model {
	struct random_fec fec[N_FEC];
	struct m_system *system;
	struct m_interface *ifs[N_IF];
	struct m_static_lsp *lsp[N_LSP];
	struct m_pw_template *tmpl[N_TMPL];
	struct template_values force[N_TMPL];	/* of templates that are there, or are used */
	struct fact_link link[N_PORT];
	bool neigh[64][N_CORE][N_HOP];		/* by ifindex */
	uint8_t mac[64][N_CORE][N_HOP];
	struct subnet_fact net[N_NET];
	uint32_t n_net;
	enum session_state session[N_PEER];
	bool moved[N_PEER];			/* it has changed since the last settling */
	bool ended[N_PEER];			/* since the last settling: its guard falls though it may be up again */
	uint16_t guard[N_PEER];			/* as last seen in rows; 0 = in none */
	struct far far[N_IF][3];
	enum slot sends[N_IF];			/* SLOT_NONE: did not send, or was not there */
	struct span up[N_IF][2];		/* primary and secondary are usable since */
	struct span since[N_IF];		/* the policy's timer runs since */
	struct span was_up[N_IF][2], was_since[N_IF];	/* before the settling under way */
	struct act_slot was_led[N_IF][2];
	uint64_t resume[N_IF];			/* the secondary is told "not forwarding" until then; 0 = it is not */
	uint64_t began;				/* when the step under way began */
	uint64_t settling;			/* the first of its runs that now settle it */
	bool adopted[N_IF];			/* taken over by this run: stays where it is */
};

/* What the walks have met: a walk that never gets there shows nothing. */
static struct {
	uint32_t groups, fecs, shared, steps, ops, resumed,
		 started, cancelled, expired, adopted, over_at_adoption, faults, waits, moved, ended, held, far_down, stood, waited;
} met;
static uint64_t seed;
static bool no_memory;				/* for reallocarray */
static uint32_t fail_runs;			/* runs end after at most so many actions; 0 = never */
static uint32_t sliced;				/* objects a slice looks at, at most; 0: runs are whole */
static bool with_fecs;
static bool mixed;				/* something happened between the slices that led here */
static bool adopting;				/* the first run: daemon lets no commit in before it is over */

static uint32_t rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	if (no_memory) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_reallocarray(p, n, size);
}

/* ---- names ---------------------------------------------------------------------------------------- */

static void if_name(int i, char name[16], char parent[16])
{
	parent[0] = '\0';
	if (i < N_AC) {
		snprintf(name, 16, "A%d", i);
	} else if (i < N_PORT) {
		snprintf(name, 16, "C%d", i - N_AC);
	} else {
		snprintf(name, 16, "A%d.%d", (i - N_PORT) / N_SUB, (i - N_PORT) % N_SUB + 1);
		snprintf(parent, 16, "A%d", (i - N_PORT) / N_SUB);
	}
}

static int port_of(int i)		/* the port of interface @i */
{
	return i < N_PORT ? i : (i - N_PORT) / N_SUB;
}

static int port_named(const char *name)
{
	char n[16], p[16];

	for (int i = 0; i < N_PORT; i++) {
		if_name(i, n, p);
		if (!strcmp(n, name))
			return i;
	}
	return -1;
}

static uint32_t hop_ip(int port, int hop)
{
	return IP(10, 0, port, 2 + hop);
}

/* ---- random objects --------------------------------------------------------------------------------- */

static struct m_interface *random_if(int i)
{
	char name[16], parent[16];

	if_name(i, name, parent);
	struct m_interface *m = if_obj(name, parent, parent[0] ? (uint16_t)(10 + rnd(3)) : 0);

	m->shutdown = !rnd(6);
	m->mtu = rnd(2) ? 0 : (uint16_t)(1400 + rnd(3) * 100);
	m->reroute = (enum m_reroute)rnd(4);
	m->reroute_delay = m->reroute == REROUTE_DELAY ? (uint16_t)(10 + 10 * rnd(3)) : 0;
	m->resume_set = rnd(2);
	m->resume = m->resume_set ? (uint16_t)rnd(4) : 0;
	m->dual_receiving = !rnd(4);
	m->pw_fault[0] = !rnd(6);
	m->pw_fault[1] = !rnd(9);
	m->mpls = i >= N_AC && i < N_PORT && rnd(4);
	if ((i >= N_AC && i < N_PORT) || !rnd(4))
		return m;
	for (int s = 0; s < 3; s++) {
		if (s && rnd(s == SLOT_SECONDARY ? 3 : 2) == 1)
			continue;
		if (rnd(2)) {
			pw_ldp(m, (enum slot)s, PEER(rnd(N_PEER)), 1 + rnd(2));
			m->pw[s].ignore_standby = !rnd(4);
		} else {
			pw_set(m, (enum slot)s, PEER(rnd(N_PEER)), 16 + rnd(8), 16 + rnd(rnd(2) ? 40 : 110));
		}
		m->pw[s].control_word = (enum m_toggle)rnd(3);
		m->pw[s].mode = (enum m_pw_mode)rnd(3);
		if (rnd(3))
			continue;
		snprintf(m->pw[s].template, sizeof(m->pw[s].template), "T%u", rnd(N_TMPL));
		m->pw[s].peer = rnd(3) ? 0 : m->pw[s].peer;
	}
	return m;
}

static struct m_pw_template *random_template(int i)
{
	struct m_pw_template *t = template_obj((const char *[N_TMPL]){ "T0", "T1" }[i]);

	t->peer = rnd(5) ? IP(9, 9, 9, 1 + rnd(N_PEER)) : 0;
	t->control_word = rnd(2) ? TG_ON : TG_DEFAULT;
	t->mtu = rnd(2) ? 0 : (uint16_t)(1450 + rnd(3) * 100);
	return t;
}

static struct m_static_lsp *random_lsp(int i)
{
	static const uint32_t out[] = { 0, 3, 500, 501 };
	char name[16], hop_if[16] = "";
	int port = (int)rnd(N_CORE);
	uint32_t nexthop = hop_ip(port, (int)rnd(N_HOP)), role = rnd(5);

	snprintf(name, sizeof(name), "lsp%d", i);
	if (i < N_PEER && rnd(3)) {		/* one that leads to its peer */
		snprintf(hop_if, sizeof(hop_if), "C%d", port);
		return ingress(name, IP(9, 9, 9, 1 + i), hop_if, nexthop, out[rnd(4)]);
	}
	if (rnd(2))
		snprintf(hop_if, sizeof(hop_if), "C%d", rnd(4) ? port : (int)rnd(N_CORE));
	if (role >= 3) {
		uint32_t in = 16 + rnd(40);
		struct m_static_lsp *l = role == 3 ? transit(name, in, hop_if, nexthop, out[rnd(4)]) : egress(name, in);

		if (rnd(2))
			snprintf(l->in_if, sizeof(l->in_if), "C%u", rnd(N_CORE));
		return l;
	}
	struct m_static_lsp *l = ingress(name, IP(9, 9, 9, 1 + rnd(N_PEER)), hop_if, nexthop, out[rnd(4)]);

	l->dest_len = (uint8_t[]){ 32, 32, 32, 24, 31 }[rnd(5)];
	return l;
}

/* ---- the slow model ------------------------------------------------------------------------------------ */

static bool is_circuit(const struct m_interface *m)
{
	return m && (m->pw[0].present || m->pw[1].present || m->pw[2].present);
}

static bool valid(const struct model *m)
{
	uint8_t labels[128] = { 0 };
	bool vlan[N_AC][4096] = { 0 };

	for (int i = 0; i < N_IF; i++) {
		for (int s = 0; m->ifs[i] && s < 3; s++)
			if (m->ifs[i]->pw[s].present && m->ifs[i]->pw[s].kind == PW_STATIC &&
			    labels[m->ifs[i]->pw[s].rx_label]++)
				return false;
		if (i >= N_PORT && is_circuit(m->ifs[i])) {
			bool *v = &vlan[port_of(i)][m->ifs[i]->vlan];

			if (*v)
				return false;
			*v = true;
		}
	}
	for (int i = 0; i < N_LSP; i++)
		if (m->lsp[i] && m->lsp[i]->role != LSP_INGRESS && labels[m->lsp[i]->in_label]++)
			return false;
	return true;
}

static int link_port(const struct model *m, uint32_t ifindex)
{
	for (int i = 0; i < N_PORT; i++)
		if (m->link[i].present && m->link[i].ifindex == ifindex)
			return i;
	return -1;
}

static int lsp_port(const struct model *m, const struct m_static_lsp *l)
{
	const struct subnet_fact *best = NULL;

	if (l->out_if[0])
		return port_named(l->out_if);
	for (uint32_t i = 0; i < m->n_net; i++) {
		const struct subnet_fact *n = &m->net[i];

		if ((n->ip ^ l->nexthop) >> (32 - n->len) || n->ip == l->nexthop)
			continue;
		if (!best || n->len > best->len || (n->len == best->len && n->ifindex < best->ifindex))
			best = n;
	}
	return best ? link_port(m, best->ifindex) : -1;
}

/* True: up, with @row. */
static bool lsp_up(const struct model *m, const struct m_static_lsp *l, struct act_path *row)
{
	int port = lsp_port(m, l);
	int core = l->nexthop >> 8 & 0xff, hop = (int)(l->nexthop & 0xff) - 2;

	memset(row, 0, sizeof(*row));
	if (port < 0 || !m->link[port].present)
		return false;
	const struct fact_link *f = &m->link[port];

	if (!m->neigh[f->ifindex][core][hop] || !f->admin_up || !f->carrier)
		return false;
	row->ifindex = f->ifindex;
	row->mtu = (uint16_t)f->mtu;
	memcpy(row->smac, f->mac, 6);
	memset(row->dmac, m->mac[f->ifindex][core][hop], 6);
	if (l->out_label[0] != 3)
		row->label[row->n_labels++] = l->out_label[0];
	return true;
}

static void fec_prefix(int k, uint32_t *dest, uint8_t *len)
{
	*dest = k < N_PEER ? PEER(k) : PEER(0) & ~0xffu;
	*len = k < N_PEER ? 32 : 24;
}

static uint64_t fec_key_of(int k, int number)		/* -1: of its group */
{
	uint32_t d;
	uint8_t len;
	char text[64];

	fec_prefix(k, &d, &len);
	int n = snprintf(text, sizeof(text), "fec %u.%u.%u.%u/%u", d >> 24, d >> 16 & 255, d >> 8 & 255, d & 255, len);

	if (number >= 0)
		snprintf(text + n, sizeof(text) - (size_t)n, " %d", number);
	return core_key(text);
}

static bool hop_up(const struct model *m, const struct fact_hop *h, struct act_path *row)
{
	struct m_static_lsp l = { .nexthop = h->nexthop, .n_out = 1, .out_label = { h->label } };
	int port = link_port(m, h->ifindex);
	char parent[16];

	memset(row, 0, sizeof(*row));
	if (port < 0)
		return false;
	if_name(port, l.out_if, parent);
	return lsp_up(m, &l, row);
}

static const struct m_static_lsp *lsp_to(const struct model *m, uint32_t peer)
{
	const struct m_static_lsp *best = NULL;

	for (int i = 0; i < N_LSP; i++) {
		const struct m_static_lsp *l = m->lsp[i];

		if (!l || l->role != LSP_INGRESS || (l->dest ^ peer) >> (32 - l->dest_len))
			continue;
		if (!best || l->dest_len > best->dest_len ||
		    (l->dest_len == best->dest_len && strcmp(l->name, best->name) < 0))
			best = l;
	}
	return best;
}

/* What of a template PW @s of @cf takes; all zero if it names none. */
static struct template_values taken(const struct model *m, const struct m_pw *pw)
{
	return pw->template[0] ? m->force[pw->template[1] - '0'] : (struct template_values){ 0 };
}

static uint32_t peer_of(const struct model *m, const struct m_pw *pw)
{
	return pw->peer ? pw->peer : taken(m, pw).peer;
}

static bool word_of(const struct model *m, const struct m_pw *pw)
{
	return pw->control_word == TG_DEFAULT ? taken(m, pw).control_word : pw->control_word == TG_ON;
}

static uint32_t mtu_of(const struct model *m, const struct m_interface *cf, int s)
{
	uint16_t t = taken(m, &cf->pw[s]).mtu;

	return cf->mtu ? cf->mtu : t ? t : 1500;
}

static bool faulty(const struct m_interface *cf, int s)
{
	return s < 2 && cf->pw_fault[s];
}

static int peer_index(uint32_t addr)		/* -1: none */
{
	return addr ? (int)(addr - PEER(0)) : -1;
}

static const struct m_static_lsp *lsp_of(const struct model *m, const struct m_pw *pw)
{
	uint32_t peer = peer_of(m, pw);

	return pw->present && peer ? lsp_to(m, peer) : NULL;
}

/* The FEC that leads there, unless a static LSP does; -1: none. */
static int fec_of(const struct model *m, const struct m_pw *pw)
{
	const struct m_static_lsp *l = lsp_of(m, pw);
	int p = pw->present ? peer_index(peer_of(m, pw)) : -1;

	if (p < 0 || (l && l->dest_len == 32))
		return -1;
	if (m->fec[p].told && !m->fec[p].egress)
		return p;
	if (!(l && l->dest_len >= 24) && m->fec[N_PEER].told && !m->fec[N_PEER].egress)
		return N_PEER;
	return -1;
}

static bool fec_up(const struct model *m, int k)
{
	struct act_path row;
	bool up = false;

	for (uint32_t i = 0; i < m->fec[k].n; i++)
		up |= hop_up(m, &m->fec[k].hop[i], &row);
	return up;
}

static bool tagged(const struct m_interface *i, int s)
{
	return i->pw[s].mode == PW_MODE_DEFAULT ? i->parent[0] : i->pw[s].mode == PW_MODE_TAGGED;
}

static bool is_ldp(const struct m_interface *cf, int s)
{
	return cf->pw[s].present && cf->pw[s].kind == PW_LDP;
}

static bool session_up(const struct model *m, const struct m_pw *pw)
{
	int p = peer_index(peer_of(m, pw));

	return p >= 0 && m->session[p] != SESSION_DOWN;
}

static bool standby(const struct model *m, int i, int s)
{
	const struct far *f = &m->far[i][s];

	return is_ldp(m->ifs[i], s) && f->mapped && f->status & LDP_PW_STANDBY && !m->ifs[i]->pw[s].ignore_standby;
}

/* What the far end said lets it carry; static PWs have none. */
static bool far_up(const struct model *m, int i, int s)
{
	const struct m_interface *cf = m->ifs[i];
	const struct far *f = &m->far[i][s];

	if (!is_ldp(cf, s))
		return true;
	if (!session_up(m, &cf->pw[s]) || !f->mapped)
		return false;
	if (f->held)
		return true;
	if (f->waits && m->session[peer_index(peer_of(m, &cf->pw[s]))] == SESSION_HELD)
		return false;
	if (f->vlan && tagged(cf, s) && (!cf->parent[0] || f->vlan != cf->vlan))
		return false;
	return f->mtu == mtu_of(m, cf, s) && !(f->status & 0x1f);
}

static bool path_up(const struct model *m, const struct m_interface *cf, int s)
{
	const struct m_static_lsp *l = lsp_of(m, &cf->pw[s]);
	int k = fec_of(m, &cf->pw[s]);
	struct act_path row;

	return k >= 0 ? fec_up(m, k) : l && lsp_up(m, l, &row);
}

static bool flag_wanted(const struct model *m, int i, int s)
{
	const struct m_interface *cf = m->ifs[i];

	return cf->pw[s].present && !faulty(cf, s) && far_up(m, i, s) && !standby(m, i, s);
}

static bool pw_up(const struct model *m, int i, int s)
{
	return path_up(m, m->ifs[i], s) && !faulty(m->ifs[i], s) && far_up(m, i, s);
}

static bool pw_usable(const struct model *m, int i, int s)
{
	return pw_up(m, i, s) && !standby(m, i, s);
}

/* The configuration, or what is in force of it, has changed. A PW with another name has heard nothing yet. */
static void rename_all(struct model *m)
{
	for (int i = 0; i < N_IF; i++)
		for (int s = 0; s < 3; s++) {
			struct far *f = &m->far[i][s], now = { 0 };

			if (is_circuit(m->ifs[i]) && is_ldp(m->ifs[i], s)) {
				now.peer = peer_of(m, &m->ifs[i]->pw[s]);
				now.id = m->ifs[i]->pw[s].vc_id;
				now.tagged = tagged(m->ifs[i], s);
			}
			if (f->peer != now.peer || f->id != now.id || f->tagged != now.tagged)
				*f = now;
		}
}

static uint64_t delay_of(const struct m_interface *cf)		/* 0: till the primary has settled */
{
	return cf->reroute == REROUTE_IMMEDIATELY ? 0 : (cf->reroute_delay ? cf->reroute_delay : 30) * SEC;
}

static uint64_t resume_of(const struct m_interface *cf)
{
	return (cf->resume_set ? cf->resume : 10) * SEC;
}

static bool resumes(const struct m_interface *cf)
{
	return is_ldp(cf, SLOT_SECONDARY);
}

static struct span later(struct span a, struct span b)
{
	return (struct span){ a.lo > b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi };
}

/* When the timer of the policy ends that runs, or would if it were started now. */
static struct span revert_end(const struct model *m, int i, uint64_t now)
{
	struct span since = m->since[i], up = m->up[i][SLOT_PRIMARY];
	uint64_t delay = delay_of(m->ifs[i]);

	since = since.hi ? since : (struct span){ now, now };
	up = up.hi ? up : (struct span){ now, now };
	return later((struct span){ since.lo + delay, since.hi + delay }, (struct span){ up.lo + SEC, up.hi + SEC });
}

/* @left: it is where a revert ends; tells who looks at a time that only core knows. */
static enum revert policy_of(const struct model *m, int i, uint64_t now, bool left)
{
	const struct m_interface *cf = m->ifs[i];
	struct span end = revert_end(m, i, now);

	if (cf->reroute == REROUTE_NEVER)
		return REVERT_NEVER;
	return now < (left ? end.lo : end.hi) || m->adopted[i] ? REVERT_WAITS : REVERT_OVER;
}

/* ---- indexes core chose, by its displays ------------------------------------------------------------------ */

struct path_names { struct { char name[64]; uint16_t index; } v[N_LSP]; uint32_t n; };

static int note_path(void *arg, const struct show_path *p)
{
	struct path_names *names = arg;

	assert_int_equal(p->up, p->why[0] == '\0');
	if (p->ldp)
		return 0;
	assert_true(names->n < N_LSP);
	snprintf(names->v[names->n].name, 64, "%s", p->name);
	names->v[names->n++].index = p->index;
	return 0;
}

static uint16_t path_of(const struct path_names *names, const struct m_static_lsp *l)
{
	for (uint32_t i = 0; l && i < names->n; i++)
		if (!strcmp(names->v[i].name, l->name))
			return names->v[i].index;
	assert_null(l);
	return 0;
}

/* ---- comparison --------------------------------------------------------------------------------------------- */

static uint32_t ac_ifindex(const struct model *m, int i)
{
	const struct fact_link *f = &m->link[port_of(i)];

	return f->present && !(i >= N_PORT && m->ifs[i]->shutdown) ? f->ifindex : 0;
}

static bool word_used(const struct model *m, int i, int s)
{
	const struct m_interface *cf = m->ifs[i];

	return is_ldp(cf, s) && m->far[i][s].label ? m->far[i][s].control_word : word_of(m, &cf->pw[s]);
}

static void same_label(const struct model *m, const struct rows *r, int i, int s, const struct show_circuit *show)
{
	const struct m_interface *cf = m->ifs[i];
	uint32_t label = show->pw[s].local_label, index = show->index;
	const struct act_label *l = &r->label[W_PLACE(label)];
	bool subif = cf->parent[0], tag = tagged(cf, s);

	if (!is_ldp(cf, s))
		assert_int_equal(label, cf->pw[s].rx_label);
	assert_int_equal(label == 0, is_ldp(cf, s) && !peer_of(m, &cf->pw[s]));
	if (!label)
		return;
	assert_int_equal(l->kind, LABEL_PW);
	assert_int_equal(l->index, index);
	assert_int_equal(l->slot, s);
	assert_int_equal(l->control_word, word_used(m, i, s));
	assert_int_equal(l->gate, s != 2 && cf->pw[1].present && !cf->dual_receiving);
	assert_int_equal(l->bypass, cf->pw[2].present);
	assert_int_equal(l->ifindex, ac_ifindex(m, i));
	assert_int_equal(l->vid, cf->vlan);
	assert_int_equal(l->vlan_out, tag ? (subif ? VLAN_OUT_REWRITE : VLAN_OUT_UNDUMMY) :
			 subif ? VLAN_OUT_PUSH : VLAN_OUT_KEEP);
	if (l->ifindex)
		assert_int_equal(l->max_frame, m->link[port_of(i)].mtu + 14);
}

/* A bypass that can carry takes over from the AC. */
static uint32_t status_of(const struct model *m, int i, int s, bool ac_up)
{
	const struct m_interface *cf = m->ifs[i];

	return (ac_up || s == SLOT_BYPASS || pw_usable(m, i, SLOT_BYPASS) ? 0 : 0x06) | (path_up(m, cf, s) ? 0 : 0x10) | (faulty(cf, s) ? 0x01 : 0);
}

/* What its peer is told. */
static void same_signal(const struct model *m, const struct rows *r, int i, int s, const struct show_circuit *show)
{
	const struct act_signal *a = &r->signal[show->index * 4 + (uint32_t)s];
	const struct m_interface *cf = m->ifs[i];

	assert_int_equal(a->wanted, is_ldp(cf, s) && peer_of(m, &cf->pw[s]));
	if (!a->wanted)
		return;
	assert_int_equal(a->peer, peer_of(m, &cf->pw[s]));
	assert_int_equal(a->id, cf->pw[s].vc_id);
	assert_int_equal(a->type, tagged(cf, s) ? 4 : 5);
	assert_int_equal(a->label, show->pw[s].local_label);
	assert_int_equal(a->mtu, mtu_of(m, cf, s));
	assert_int_equal(a->control_word, word_of(m, &cf->pw[s]));
	assert_int_equal(a->status, status_of(m, i, s, show->ac_up) |
			 (s == SLOT_SECONDARY && show->resume_at_ns ? 0x01 : 0));
}

/* One guard a peer, and it is up while there is a session. */
static void same_guard(struct model *m, const struct rows *r, int i, int s, uint16_t guard)
{
	int p = peer_index(peer_of(m, &m->ifs[i]->pw[s]));

	if (!is_ldp(m->ifs[i], s)) {
		assert_int_equal(guard, 0);
		return;
	}
	assert_true(guard && p >= 0);
	for (int other = 0; other < N_PEER; other++)
		assert_int_equal(m->guard[other] == guard, other == p && m->guard[p]);
	m->guard[p] = guard;
	assert_int_equal(r->guard[guard], m->session[p] != SESSION_DOWN);
}

static uint16_t r_group(const struct rows *r, int k)
{
	for (uint16_t i = 1; i < W_GROUPS; i++)
		if (r->group[i].used && r->group[i].key == fec_key_of(k, -1))
			return i;
	return 0;
}

/* Where a FEC is among the rows: its group if it has several hops, else its path. */
static uint16_t fec_index(const struct model *m, const struct rows *r, int k)
{
	bool group = m->fec[k].n > 1 || (!m->fec[k].n && r_group(r, k));
	uint16_t found = 0;

	if (group)
		return r_group(r, k);
	for (uint16_t i = 1; i < W_PATHS; i++)
		for (int n = 0; r->path[i].used && n < FEC_HOPS_MAX; n++)
			if (r->path[i].key == fec_key_of(k, n)) {
				assert_int_equal(found, 0);
				found = i;
			}
	return found;
}

static void same_way(const struct model *m, const struct rows *r, const struct path_names *names, const struct m_pw *pw,
		     const struct act_slot *word)
{
	int k = fec_of(m, pw);

	if (k < 0) {
		assert_int_equal(word->path, path_of(names, lsp_of(m, pw)));
		assert_false(word->group);
		return;
	}
	assert_int_equal(word->group, r_group(r, k) != 0);
	assert_int_equal(word->path, fec_index(m, r, k));
	met.fecs++;
	met.shared += word->group;
}

static void same_slot(struct model *m, struct world *w, const struct path_names *names, int i, int s,
		      const struct act_slot *word)
{
	const struct m_interface *cf = m->ifs[i];
	uint32_t label = is_ldp(cf, s) ? m->far[i][s].label : cf->pw[s].tx_label;

	assert_int_equal(word->label, label);
	if (!label) {
		assert_true(!word->path && !word->guard && !word->ttl);
		return;
	}
	same_way(m, w->r, names, &cf->pw[s], word);
	assert_int_equal(word->tagged, tagged(cf, s));
	assert_int_equal(word->control_word, word_used(m, i, s));
	same_guard(m, w->r, i, s, word->guard);
}

static void same_circuit(struct model *m, struct world *w, const struct path_names *names, int i)
{
	const struct m_interface *cf = m->ifs[i];
	struct show_circuit show;
	uint32_t least = UINT16_MAX;

	assert_true(core_show_circuit(w->c, cf->name, &show));
	const struct act_circuit *c = &w->r->circuit[show.index];

	assert_true(c->used);
	assert_true(c->key == core_key(cf->name));
	assert_int_equal(c->ifindex, ac_ifindex(m, i));
	assert_int_equal(c->subif, i >= N_PORT);
	assert_int_equal(c->vid, cf->vlan);
	for (int s = 0; s < 3; s++) {
		if (!m->far[i][s].waits || path_up(m, cf, s))	/* else it is lowered when the path is to rise */
			assert_int_equal(w->r->pw_live[show.index * 4 + (uint32_t)s], flag_wanted(m, i, s));
		same_signal(m, w->r, i, s, &show);
		assert_int_equal(show.pw[s].present, cf->pw[s].present);
		if (!cf->pw[s].present) {
			assert_int_equal(c->slot[s].label, 0);
			continue;
		}
		same_slot(m, w, names, i, s, &c->slot[s]);
		met.far_down += !far_up(m, i, s);
		assert_int_equal(show.pw[s].peer, peer_of(m, &cf->pw[s]));
		assert_int_equal(show.pw[s].mtu, mtu_of(m, cf, s));
		least = mtu_of(m, cf, s) < least ? mtu_of(m, cf, s) : least;
		assert_int_equal(show.pw[s].up, pw_up(m, i, s));
		assert_int_equal(pw_usable(m, i, s), show.pw[s].why[0] == '\0');
		same_label(m, w->r, i, s, &show);
	}
	assert_int_equal(c->max_frame, least + 14);
	const struct fact_link *f = &m->link[port_of(i)];
	const struct m_interface *port = m->ifs[port_of(i)];

	bool link = f->present && f->admin_up && f->carrier;

	assert_int_equal(show.ac_up, link && !cf->shutdown && !(port && port->shutdown));
	assert_int_equal(show.ac_up, show.ac_why[0] == '\0');
}

/* Makes @in one from which a circuit ends at @active, if there is one. */
static void was_somewhere(uint8_t active, struct verdict_in *in)
{
	for (in->active = SLOT_PRIMARY; in->active <= SLOT_NONE; in->active++)
		if (verdict(in).active == active)
			return;
	in->active = SLOT_NONE;
}

/* Led by another way than before: the fall of that one was perhaps none of its own. */
static bool rerouted(const struct model *m, const struct world *w, int i, int s, uint32_t index)
{
	const struct act_slot *was = &m->was_led[i][s], *now = &w->r->circuit[index].slot[s];

	return was->label && (was->path != now->path || was->group != now->group);
}

/* What starts in this settling. One of several runs, with events between them, may never have seen the fault that the
 * world had before it: then it goes on as it was. */
static struct span starts(const struct model *m, const struct world *w, struct span was, bool unseen)
{
	if (!mixed && !unseen)
		return (struct span){ m->settling, w->now };
	return (struct span){ was.hi ? was.lo : m->began, w->now };
}

/* Usable since a moment that is known, or since one within the step if that was settled in several runs. */
static void note_up(struct model *m, const struct world *w, int i, uint32_t index, const bool usable[3])
{
	for (int s = 0; s < 2; s++) {
		struct span *up = &m->up[i][s], now = starts(m, w, m->was_up[i][s], rerouted(m, w, i, s, index));

		if (usable[s] && (mixed || fail_runs) && up->hi)
			up->hi = w->now;		/* it may have fallen on the way */
		*up = !usable[s] ? (struct span){ 0, 0 } : up->hi ? *up : now;
	}
}

/* The timer. A settling of several runs may have started it in any of them. */
static void same_timer(struct model *m, struct world *w, int i, const struct show_circuit *show, bool wait)
{
	uint64_t delay = delay_of(m->ifs[i]), at = show->revert_at_ns;
	struct span *since = &m->since[i], *up = &m->up[i][SLOT_PRIMARY];

	assert_int_equal(at != 0, wait);
	if (!wait) {
		met.expired += since->hi && w->now >= revert_end(m, i, w->now).hi;
		met.cancelled += since->hi && w->now < revert_end(m, i, w->now).hi;
		*since = (struct span){ 0, 0 };
		return;
	}
	met.started += !since->hi;
	if (!since->hi)
		*since = starts(m, w, m->was_since[i], rerouted(m, w, i, SLOT_PRIMARY, show->index));
	else if (mixed || fail_runs)
		since->hi = w->now;
	struct span end = revert_end(m, i, w->now);

	assert_true(at >= end.lo && at <= end.hi);
	if (delay)
		since->lo = since->hi = at - delay;
	else if (at > since->hi)
		up->lo = up->hi = at - SEC;
}

/* The secondary's far end is told while the timer runs, and it runs after a switchback. */
static void same_resume(struct model *m, struct world *w, int i, const struct show_circuit *show, bool back)
{
	const struct m_pw *pw = m->ifs[i]->pw;
	uint64_t most = w->now + resume_of(m->ifs[i]), *at = &m->resume[i];

	/* Who came back from a notice of the same PE is not answered by one. */
	back &= show->pw[0].reason != REASON_FORWARDING || peer_of(m, &pw[0]) != peer_of(m, &pw[1]);

	if (!resumes(m->ifs[i]) || m->sends[i] != SLOT_PRIMARY)
		*at = 0;
	else if (back || *at > most)
		*at = most;
	if (*at <= w->now)
		*at = 0;
	if (show->resume_at_ns) {
		assert_true(resumes(m->ifs[i]) && m->sends[i] == SLOT_PRIMARY);
		assert_true(show->resume_at_ns > w->now && show->resume_at_ns <= most);
	}
	if (mixed || fail_runs || (back && show->resume_at_ns > m->began + resume_of(m->ifs[i])))
		*at = show->resume_at_ns;	/* begun on the way, or ended */
	assert_true(show->resume_at_ns == *at);
	met.resumed += *at != 0;
}

static void same_record(const struct model *m, const struct world *w, int i, const struct show_circuit *show)
{
	const struct m_interface *cf = m->ifs[i];
	struct act_keep kept = { .deadline_ns = 0 };

	for (int k = 0; k < W_KEEPS; k++)
		if (!strcmp(w->r->keep[k].name, cf->name))
			kept = w->r->keep[k];
	assert_true(kept.deadline_ns == (delay_of(cf) ? show->revert_at_ns : 0));
	assert_true(kept.resume_ns == (resume_of(cf) ? show->resume_at_ns : 0));
}

static void same_steer(struct model *m, struct world *w, int i)
{
	const struct m_interface *cf = m->ifs[i];
	struct show_circuit show;

	core_show_circuit(w->c, cf->name, &show);
	struct verdict_in in = {
		.has_secondary = cf->pw[1].present, .has_bypass = cf->pw[2].present, .active = m->sends[i],
		.requested = SLOT_NONE,
	};

	for (int s = 0; s < 3; s++)
		in.usable[s] = cf->pw[s].present && pw_usable(m, i, s);
	note_up(m, w, i, show.index, in.usable);
	in.revert = policy_of(m, i, w->now, w->r->active[show.index] == SLOT_PRIMARY);
	met.adopted += m->adopted[i] && in.revert == REVERT_WAITS && m->since[i].hi;
	met.over_at_adoption += m->adopted[i] && m->since[i].hi && w->now >= revert_end(m, i, w->now).hi;
	met.faults += faulty(cf, 0) || faulty(cf, 1);
	/* A run cut short may have raised the secondary alone for a moment; who stays then stays there. */
	if (fail_runs && in.revert != REVERT_OVER && w->r->active[show.index] == SLOT_SECONDARY)
		in.active = SLOT_SECONDARY;
	if (mixed)				/* what it saw on the way decides where it waits */
		in.revert = show.revert_at_ns ? REVERT_WAITS : in.revert;
	if (mixed)
		was_somewhere(w->r->active[show.index], &in);
	struct verdict v = verdict(&in);

	assert_int_equal(w->r->active[show.index], v.active);
	for (int s = 0; s < 3; s++)
		assert_int_equal(w->r->next[show.index][s], v.next[s]);
	m->sends[i] = in.usable[v.active] ? v.active : SLOT_NONE;
	same_timer(m, w, i, &show, v.wait);
	m->adopted[i] = false;
	same_resume(m, w, i, &show, in.active == SLOT_SECONDARY && in.usable[1] && v.active == SLOT_PRIMARY);
	same_record(m, w, i, &show);
	assert_int_equal(rows_sends(w->r, show.index), m->sends[i]);
	assert_int_equal(show.active, m->sends[i]);
}

static void same_ports(const struct model *m, struct world *w)
{
	struct act_port want[N_IFINDEX];
	uint32_t vlan[N_IFINDEX][16];
	struct show_circuit show;

	memset(want, 0, sizeof(want));
	memset(vlan, 0, sizeof(vlan));
	for (int i = 0; i < N_IF; i++) {
		const struct fact_link *f = &m->link[port_of(i)];
		struct act_port *p = &want[f->ifindex];

		if (!f->present || !m->ifs[i])
			continue;
		p->core |= m->ifs[i]->mpls && m->system && m->system->mpls;
		if (!is_circuit(m->ifs[i]))
			continue;
		core_show_circuit(w->c, m->ifs[i]->name, &show);
		p->ac |= i < N_PORT;
		p->subif |= i >= N_PORT;
		p->down = !f->admin_up || !f->carrier || (m->ifs[port_of(i)] && m->ifs[port_of(i)]->shutdown);
		if (i < N_PORT)
			p->circuit = show.index;
		else if (!m->ifs[i]->shutdown)
			vlan[f->ifindex][m->ifs[i]->vlan] = show.index;
	}
	for (int x = 1; x < N_IFINDEX; x++) {
		const struct act_port *a = &w->r->port[x], *b = &want[x];

		assert_true(a->ac == b->ac && a->subif == b->subif && a->core == b->core);
		assert_int_equal(a->down, b->down);
		if (a->ac)
			assert_int_equal(a->circuit, b->circuit);
		for (int v = 0; v < 16; v++)
			assert_int_equal(w->r->vlan[x][v], vlan[x][v]);
	}
}

static void same_paths(const struct model *m, struct world *w, const struct path_names *names)
{
	uint32_t used = 0, lsps = 0;

	for (int i = 0; i < N_LSP; i++) {
		const struct m_static_lsp *l = m->lsp[i];
		struct act_path row;

		if (!l || l->role == LSP_EGRESS)
			continue;
		lsps++;
		uint16_t index = path_of(names, l);
		const struct act_path *p = &w->r->path[index];

		assert_true(p->used);
		assert_int_equal(w->r->armed[index], lsp_up(m, l, &row));
		if (!w->r->armed[index])
			continue;
		assert_int_equal(p->ifindex, row.ifindex);
		assert_int_equal(p->mtu, row.mtu);
		assert_int_equal(p->n_labels, row.n_labels);
		assert_int_equal(p->label[0], row.label[0]);
		assert_memory_equal(p->dmac, row.dmac, 6);
		assert_memory_equal(p->smac, row.smac, 6);
		assert_true(w->r->neigh[row.ifindex][NB(l->nexthop)]);
	}
	for (uint32_t i = 0; i < W_PATHS; i++)
		used += w->r->path[i].used && !w->r->path[i].signalled;
	assert_int_equal(used, lsps);
}

static void same_row(const struct model *m, const struct rows *r, uint16_t index, const struct fact_hop *h)
{
	const struct act_path *p = &r->path[index];
	struct act_path row;

	assert_int_equal(r->armed[index], hop_up(m, h, &row));
	if (!r->armed[index])
		return;
	assert_int_equal(p->ifindex, row.ifindex);
	assert_int_equal(p->mtu, row.mtu);
	assert_int_equal(p->n_labels, row.n_labels);
	assert_int_equal(p->label[0], row.label[0]);
	assert_memory_equal(p->dmac, row.dmac, 6);
	assert_memory_equal(p->smac, row.smac, 6);
	assert_true(r->neigh[row.ifindex][NB(h->nexthop)]);
}

static int note_place(void *arg, const struct show_path *p)
{
	struct { struct model *m; const struct rows *r; uint32_t n; } *at = arg;

	for (int k = 0; p->ldp && k < N_FEC; k++)
		for (int n = 0; n < FEC_HOPS_MAX; n++) {
			struct random_fec *f = &at->m->fec[k];
			uint32_t h = 0;

			if (at->r->path[p->index].key != fec_key_of(k, n))
				continue;
			at->n++;
			while (h < f->n && f->hop[h].nexthop != p->nexthop)
				h++;
			assert_true(!f->n || h < f->n);
			if (f->n) {
				same_row(at->m, at->r, p->index, &f->hop[h]);
				f->place[n].ifindex = f->hop[h].ifindex;
			} else {
				assert_false(at->r->armed[p->index]);
			}
			f->place[n].used = true;
			f->place[n].nexthop = p->nexthop;
		}
	return 0;
}

/* The rows of each FEC, its label, and what peers are told of it. */
static void same_fec(const struct model *m, const struct rows *r, int k)
{
	const struct random_fec *f = &m->fec[k];
	uint16_t group = r_group(r, k);
	uint32_t dest, paths = 0;
	uint8_t len;

	fec_prefix(k, &dest, &len);
	uint32_t label = rows_bound(r, dest, len);

	for (int n = 0; n < FEC_HOPS_MAX; n++)
		paths += f->place[n].used;
	if (!f->told || f->egress) {
		assert_int_equal(label, f->told ? 3 : LABEL_NOT_BOUND);
		assert_true(!paths && !group);
		return;
	}
	const struct act_label *l = &r->label[W_PLACE(label)];

	assert_in_range(label, LABEL_DYNAMIC_FIRST, 1048575);
	assert_int_equal(l->kind, LABEL_SWAP);
	assert_int_equal(l->group, group != 0);
	assert_int_equal(l->index, fec_index(m, r, k));
	if (f->n) {
		assert_int_equal(paths, f->n);
		assert_int_equal(group != 0, f->n > 1);
	}
	if (group)
		assert_int_equal(r->group[group].n, paths);
	met.groups += group != 0;
}

static void same_fecs(struct model *m, struct world *w)
{
	struct { struct model *m; const struct rows *r; uint32_t n; } at = { m, w->r, 0 };
	uint32_t paths = 0, groups = 0, want = 0;

	for (int k = 0; k < N_FEC; k++) {
		for (int n = 0; n < FEC_HOPS_MAX; n++)		/* .ifindex stays: without a hop the last one counts */
			m->fec[k].place[n].used = false;
		m->fec[k].fell = false;
	}
	core_show_paths(w->c, note_place, &at);
	for (int k = 0; k < N_FEC; k++) {
		same_fec(m, w->r, k);
		want += r_group(w->r, k) != 0;
	}
	for (uint32_t i = 0; i < W_PATHS; i++)
		paths += w->r->path[i].used && w->r->path[i].signalled;
	for (uint32_t i = 0; i < W_GROUPS; i++)
		groups += w->r->group[i].used;
	assert_int_equal(paths, at.n);
	assert_int_equal(groups, want);
}

static void same_labels(const struct model *m, struct world *w, const struct path_names *names)
{
	uint32_t rows = 0, want = 0;

	for (int i = 0; i < N_LSP; i++) {
		const struct m_static_lsp *l = m->lsp[i];

		if (!l || l->role == LSP_INGRESS)
			continue;
		const struct fact_link *in = l->in_if[0] ? &m->link[port_named(l->in_if)] : NULL;

		if (in && !in->present) {	/* nothing can come in by it */
			assert_int_equal(w->r->label[l->in_label].kind, LABEL_NONE);
			continue;
		}
		want++;
		assert_int_equal(w->r->label[l->in_label].kind, l->role == LSP_TRANSIT ? LABEL_SWAP : LABEL_POP);
		assert_int_equal(w->r->label[l->in_label].ifindex, in ? in->ifindex : 0);
		if (l->role == LSP_TRANSIT)
			assert_int_equal(w->r->label[l->in_label].index, path_of(names, l));
	}
	for (int i = 0; i < N_IF; i++)
		for (int s = 0; m->ifs[i] && s < 3; s++)
			want += m->ifs[i]->pw[s].present &&
				(!is_ldp(m->ifs[i], s) || peer_of(m, &m->ifs[i]->pw[s]));
	for (int k = 0; k < N_FEC; k++)
		want += m->fec[k].told && !m->fec[k].egress;
	for (uint32_t i = 0; i <= w->r->top_label; i++)
		rows += w->r->label[i].kind != LABEL_NONE;
	assert_int_equal(rows, want);
}

static bool same_values(const struct template_values *a, const struct template_values *b)
{
	return a->peer == b->peer && a->control_word == b->control_word && a->mtu == b->mtu;
}

/* Values in force and their records, and what core wants of the clock. */
static void same_templates(const struct model *m, struct world *w)
{
	for (int i = 0; i < N_TMPL; i++) {
		const struct m_pw_template *t = m->tmpl[i];
		const struct template_values *v = &m->force[i];
		const char name[] = { 'T', (char)('0' + i), '\0' };
		bool waits = t && (t->peer != v->peer || (t->control_word == TG_ON) != v->control_word || t->mtu != v->mtu);
		const struct act_keep_template *kept = NULL;
		struct show_template s;
		uint32_t users = 0;

		for (int k = 0; k < N_IF; k++)
			for (int p = 0; m->ifs[k] && p < 3; p++)
				users += m->ifs[k]->pw[p].present && !strcmp(m->ifs[k]->pw[p].template, name);
		for (int k = 0; k < W_KEEPS; k++)
			if (!strcmp(w->r->keep_template[k].name, name))
				kept = &w->r->keep_template[k];
		met.waits += kept != NULL;
		assert_int_equal(kept != NULL, waits && users);
		assert_true(!kept || same_values(&kept->v, v));
		assert_int_equal(core_show_template(w->c, name, &s), t != NULL);
		if (t)
			assert_true(s.users == users && s.waits == waits && same_values(&s.v, v));
	}
}

static void same_next(const struct model *m, struct world *w)
{
	uint64_t next = 0, kept = 0, records = 0;
	struct show_circuit show;

	for (int i = 0; i < N_IF; i++) {
		if (!is_circuit(m->ifs[i]))
			continue;
		core_show_circuit(w->c, m->ifs[i]->name, &show);
		uint64_t at[] = { show.revert_at_ns, show.resume_at_ns };

		for (int k = 0; k < 2; k++)
			next = at[k] && (!next || at[k] < next) ? at[k] : next;
		records += (at[0] && delay_of(m->ifs[i])) || (at[1] && resume_of(m->ifs[i]));
	}
	for (int k = 0; k < W_KEEPS; k++)
		kept += w->r->keep[k].name[0] != '\0';
	assert_true(core_next(w->c) == next);
	assert_int_equal(kept, records);
}

/* Guards of peers that no row names yet are up, too; no others. */
static void same_guards(struct model *m, struct world *w)
{
	bool needed[N_PEER] = { false };
	uint32_t up = 0, want = 0, wanted = 0, told = 0;

	for (int i = 0; i < N_IF; i++)
		for (int s = 0; is_circuit(m->ifs[i]) && s < 3; s++) {
			int p = is_ldp(m->ifs[i], s) ? peer_index(peer_of(m, &m->ifs[i]->pw[s])) : -1;

			if (p >= 0)
				needed[p] = true;
			wanted += p >= 0;
		}
	for (int p = 0; p < N_PEER; p++)
		want += needed[p] && m->session[p] != SESSION_DOWN;
	for (int g = 0; g < W_GUARDS; g++)
		up += w->r->guard[g];
	for (uint32_t n = 0; n < 4 * N_IF + 4; n++)
		told += w->r->signal[n].wanted;
	assert_int_equal(up, want);
	assert_int_equal(told, wanted);
	memset(m->ended, 0, sizeof(m->ended));
}

static void compare(struct model *m, struct world *w)
{
	struct path_names names = { .n = 0 };
	uint32_t used = 0, circuits = 0;

	memset(m->guard, 0, sizeof(m->guard));
	core_show_paths(w->c, note_path, &names);
	same_fecs(m, w);
	if (met.steps % 16 == 0)		/* each row is looked at when it is written */
		rows_check(w->r);
	for (int i = 0; i < N_IF; i++) {
		if (!is_circuit(m->ifs[i])) {
			m->sends[i] = SLOT_NONE;
			m->since[i] = m->up[i][0] = m->up[i][1] = (struct span){ 0, 0 };
			m->resume[i] = 0;
			continue;
		}
		circuits++;
		same_circuit(m, w, &names, i);
		same_steer(m, w, i);
	}
	for (uint32_t i = 0; i <= w->r->top; i++)
		used += w->r->circuit[i].used;
	assert_int_equal(used, circuits);
	same_guards(m, w);
	same_ports(m, w);
	same_paths(m, w, &names);
	same_labels(m, w, &names);
	same_templates(m, w);
	same_next(m, w);
}

/* ---- steps ---------------------------------------------------------------------------------------------------- */

struct edit { enum obj_type type; int i; void *now; };

static void **place(struct model *m, const struct edit *e)
{
	return e->type == OBJ_INTERFACE ? (void **)&m->ifs[e->i] :
	       e->type == OBJ_PW_TEMPLATE ? (void **)&m->tmpl[e->i] :
	       e->type == OBJ_STATIC_LSP ? (void **)&m->lsp[e->i] : (void **)&m->system;
}

static struct edit random_edit(void)
{
	struct edit e = { .type = (enum obj_type[]){ OBJ_INTERFACE, OBJ_INTERFACE, OBJ_STATIC_LSP }[rnd(3)] };

	if (!rnd(12))
		e.type = OBJ_SYSTEM;
	else if (!rnd(8))
		e.type = OBJ_PW_TEMPLATE;
	e.i = (int)rnd(e.type == OBJ_INTERFACE ? N_IF : e.type == OBJ_PW_TEMPLATE ? N_TMPL : N_LSP);
	if (e.type == OBJ_SYSTEM)
		e.now = sys_obj(rnd(5), 0);
	else if (rnd(4))
		e.now = e.type == OBJ_INTERFACE ? (void *)random_if(e.i) :
			e.type == OBJ_PW_TEMPLATE ? (void *)random_template(e.i) : (void *)random_lsp(e.i);
	return e;
}

static void between(struct model *m, struct world *w);

/* In slices, too, when runs are, and something happens in between. */
static size_t prepared(struct model *m, struct world *w, struct core_problem *out, size_t max)
{
	size_t n;

	while (core_prepared_slice(w->c, sliced ? 1 + rnd(4) : UINT32_MAX, out, max, &n))
		between(m, w);
	return n;
}

static void apply(struct model *m, struct world *w)
{
	while (core_apply_slice(w->c, sliced ? 1 + rnd(4) : UINT32_MAX))
		between(m, w);
	while (core_tidy(w->c, 1 + rnd(10)))
		;
}

static bool names_template(const struct m_interface *m, int s, int i)
{
	return m && m->pw[s].present && m->pw[s].template[0] && m->pw[s].template[1] == '0' + i;
}

static struct template_values values(const struct m_pw_template *t)
{
	return t ? (struct template_values){ t->peer, t->control_word == TG_ON, t->mtu } : (struct template_values){ 0 };
}

/* Configured values come into force while no PW goes on using the template, and when it comes to be. */
static void template_in_force(struct model *m, int i, const struct m_interface *const was[N_IF], bool was_there)
{
	uint32_t stay = 0;

	for (int k = 0; k < N_IF; k++)
		for (int s = 0; s < 3; s++)
			stay += names_template(was[k], s, i) && names_template(m->ifs[k], s, i);
	if (!stay || (!was_there && m->tmpl[i]))
		m->force[i] = values(m->tmpl[i]);
}

static void random_reset(struct model *m, struct world *w)
{
	int i = (int)rnd(N_TMPL);
	int rc = core_reset_template(w->c, i ? "T1" : "T0");

	assert_int_equal(rc < 0, !m->tmpl[i]);
	if (m->tmpl[i])
		m->force[i] = values(m->tmpl[i]);
	rename_all(m);
}

static void random_commit(struct model *m, struct world *w)
{
	const struct m_interface *was[N_IF];
	bool there[N_TMPL] = { m->tmpl[0], m->tmpl[1] };
	struct edit e[4];
	struct core_problem problem[2];
	uint32_t n = 1 + rnd(4);
	bool keep = rnd(8);
	void *old[4];

	for (uint32_t k = 0; k < n; k++) {
		e[k] = random_edit();
		for (uint32_t j = 0; j < k; j++)
			if (place(m, &e[j]) == place(m, &e[k]))
				ref_put(e[k].now), k--, j = k, n--;
	}
	memcpy(was, m->ifs, sizeof(was));
	for (uint32_t k = 0; k < n; k++) {
		old[k] = *place(m, &e[k]);
		assert_int_equal(core_prepare(w->c, e[k].type, old[k], e[k].now), 0);
	}
	for (uint32_t k = 0; k < n; k++)
		*place(m, &e[k]) = e[k].now;
	size_t problems = prepared(m, w, problem, 2);

	assert_int_equal(problems == 0, valid(m));
	keep &= !problems;
	if (keep)
		apply(m, w);
	else
		core_abort(w->c);
	for (int i = 0; keep && i < N_TMPL; i++)
		template_in_force(m, i, was, there[i]);
	for (uint32_t k = 0; k < n; k++) {
		ref_put(keep ? old[k] : e[k].now);
		if (!keep)
			*place(m, &e[k]) = old[k];
	}
	rename_all(m);
}

static void tell_session(struct model *m, struct world *w, int p, enum session_state s)
{
	core_session(w->c, PEER(p), s);
	if (s == SESSION_DOWN && m->session[p] != SESSION_DOWN) {
		m->ended[p] = true;
		met.ended++;
		for (int i = 0; i < N_IF; i++)
			for (int k = 0; k < 3; k++)
				if (m->far[i][k].peer == PEER((uint32_t)p))
					m->far[i][k].mapped = m->far[i][k].held = false;
	}
	m->moved[p] |= m->session[p] != s;
	m->session[p] = s;
}

static void random_session(struct model *m, struct world *w)
{
	int p = (int)rnd(N_PEER);

	tell_session(m, w, p, (enum session_state[]){ SESSION_DOWN, SESSION_HELD, SESSION_UP, SESSION_UP }[rnd(4)]);
	if (m->session[p] == SESSION_DOWN && rnd(2))
		tell_session(m, w, p, SESSION_UP);
}

/* The far end has heard of it, by the name it has now; else what it says is not listened to. */
static void tell_remote(struct model *m, struct world *w, int i, int s, const struct fact_remote *r)
{
	struct show_circuit show;
	struct far *f = &m->far[i][s];

	if (!is_circuit(m->ifs[i]) || !core_show_circuit(w->c, m->ifs[i]->name, &show) || !show.index)
		return;
	uint32_t n = show.index * 4 + (uint32_t)s;
	const struct act_signal *a = &w->r->signal[n];

	core_remote(w->c, n, r);
	if (!is_ldp(m->ifs[i], s) || !a->wanted || a->peer != f->peer || a->id != f->id || (a->type == 4) != f->tagged)
		return;
	f->mapped = r->mapped;
	f->held = false;
	if (!f->mapped)
		return;
	f->label = r->label;
	f->control_word = r->control_word;
	f->status = r->status;
	f->mtu = r->mtu;
	f->vlan = r->vlan;
}

static void random_remote(struct model *m, struct world *w)
{
	static const uint32_t bits[] = { 0, 0, 0, 0, 0x01, 0x06, 0x18, 0x20, 0x20, 0x21, 0x40 };
	int i = (int)rnd(N_IF), s = (int)rnd(3);
	struct fact_remote r = { .mapped = rnd(6), .reason = REASON_MAPPING };

	if (!is_circuit(m->ifs[i]) || !is_ldp(m->ifs[i], s))
		return;
	r.label = 7000 + rnd(3);
	r.control_word = rnd(2);
	r.status = bits[rnd(sizeof(bits) / sizeof(bits[0]))];
	r.mtu = rnd(8) ? (uint16_t)mtu_of(m, m->ifs[i], s) : (uint16_t)(1400 + rnd(3) * 100);
	r.vlan = rnd(8) ? 0 : (uint16_t)(10 + rnd(3));
	tell_remote(m, w, i, s, &r);
	if (!rnd(20))
		core_reset_pw(w->c, rnd(2) ? m->far[i][s].peer : 0, m->far[i][s].id, m->far[i][s].tagged ? 4 : 5);
}

/* Most sessions and PWs are well. */
static void random_peers(struct model *m, struct world *w)
{
	for (int p = 0; p < N_PEER; p++)
		if (m->session[p] != SESSION_UP && rnd(4))
			tell_session(m, w, p, SESSION_UP);
	for (int i = 0; i < N_IF; i++)
		for (int s = 0; s < 3; s++) {
			struct fact_remote r = { .mapped = true, .label = 7000 + rnd(2), .reason = REASON_MAPPING };

			if (!is_circuit(m->ifs[i]) || !is_ldp(m->ifs[i], s) || !rnd(8))
				continue;
			r.mtu = (uint16_t)mtu_of(m, m->ifs[i], s);
			tell_remote(m, w, i, s, &r);
		}
}

static void tell_neigh(struct model *m, struct world *w, uint32_t x, int port, int hop, bool there)
{
	uint8_t mac[6];

	m->neigh[x][port][hop] = there;
	m->mac[x][port][hop] = (uint8_t)(1 + rnd(2));
	memset(mac, m->mac[x][port][hop], 6);
	core_neigh(w->c, x, hop_ip(port, hop), there ? mac : NULL);
}

static void tell_link(struct model *m, struct world *w, int i, const struct fact_link *f)
{
	struct fact_link old = m->link[i];
	char name[16], parent[16];

	m->link[i] = *f;
	m->link[i].detector = DET_CARRIER;
	bool was = old.present && old.admin_up && old.carrier, is = f->present && f->admin_up && f->carrier;

	if (was && (!is || old.ifindex != f->ifindex))
		watcher(w->r, old.ifindex);
	if_name(i, name, parent);
	core_link(w->c, name, &m->link[i]);
}

/* One that no device has now; another may have had it a moment ago. */
static uint32_t free_ifindex(const struct model *m)
{
	uint32_t x;

	do
		x = 1 + rnd(2 * N_PORT);
	while (link_port(m, x) >= 0);
	return x;
}

static void random_link(struct model *m, struct world *w)
{
	int i = (int)rnd(N_PORT);
	struct fact_link now = m->link[i], *f = &now;
	uint32_t what = rnd(10);

	if (what == 0) {
		*f = (struct fact_link){ .present = false };
	} else if (what == 1 || !f->present) {
		*f = (struct fact_link){ .present = true, .ifindex = free_ifindex(m), .admin_up = true,
					 .carrier = true, .mtu = 1500, .mac = { 2, (uint8_t)i } };
	} else if (what == 2) {
		f->mtu = 1500 + rnd(3) * 100;
	} else if (what == 3) {
		f->admin_up = !f->admin_up;
	} else {
		f->carrier = !f->carrier;
	}
	tell_link(m, w, i, f);
}

static void random_neigh(struct model *m, struct world *w)
{
	const struct fact_link *f = &m->link[N_AC + rnd(N_CORE)];
	int port = (int)rnd(N_CORE), hop = (int)rnd(N_HOP);

	tell_neigh(m, w, f->present ? f->ifindex : 1 + rnd(30), port, hop, rnd(5));
}

/* A core port falls, rises, or does both before anybody looks. */
static void flap(struct model *m, struct world *w)
{
	int i = N_AC + (int)rnd(N_CORE);
	struct fact_link f = m->link[i];

	if (!f.present)
		return;
	f.carrier = !f.carrier;
	tell_link(m, w, i, &f);
	if (rnd(4))
		return;
	f.carrier = !f.carrier;
	tell_link(m, w, i, &f);
}

/* All that can be repaired is. */
static void mend(struct model *m, struct world *w)
{
	for (int i = 0; i < N_PORT; i++) {
		struct fact_link f = {
			.present = true, .ifindex = m->link[i].present ? m->link[i].ifindex : free_ifindex(m),
			.admin_up = true, .carrier = true, .mtu = 1500, .mac = { 2, (uint8_t)i },
		};

		tell_link(m, w, i, &f);
		for (int p = 0; i >= N_AC && p < N_CORE; p++)
			for (int h = 0; h < N_HOP; h++)
				tell_neigh(m, w, f.ifindex, p, h, true);
	}
}

static void random_subnet(struct model *m, struct world *w)
{
	if (m->n_net && (m->n_net == N_NET || !rnd(3))) {
		uint32_t k = rnd(m->n_net);
		struct subnet_fact n = m->net[k];

		m->net[k] = m->net[--m->n_net];
		core_subnet(w->c, n.ifindex, n.ip, n.len, false);
		return;
	}
	int port = (int)rnd(N_CORE);
	const struct fact_link *f = &m->link[N_AC + (rnd(4) ? port : (int)rnd(N_CORE))];
	struct subnet_fact n = { f->present ? f->ifindex : 4, IP(10, 0, port, 1 + rnd(3)), 24 };

	n.len = (uint8_t[]){ 24, 24, 16, 29 }[rnd(4)];

	for (uint32_t k = 0; k < m->n_net; k++)
		if (m->net[k].ifindex == n.ifindex && m->net[k].ip == n.ip && m->net[k].len == n.len)
			return;
	m->net[m->n_net++] = n;
	core_subnet(w->c, n.ifindex, n.ip, n.len, true);
}

/* A primary that has failed has ended the wait, even if it is about to rise again within this batch. */
static void observe_circuit(struct model *m, struct world *w, int i, uint32_t index)
{
	const struct m_interface *cf = m->ifs[i];

	m->sends[i] = SLOT_NONE;
	if (!index || w->r->circuit[index].key != core_key(cf->name))
		return;
	assert_in_range(index, 1, N_IF);
	for (int s = 0; s < 3; s++)
		if (cf->pw[s].present && !flag_wanted(m, i, s))
			w->r->pw_live[index * 4 + (uint32_t)s] = false;
	m->sends[i] = rows_sends(w->r, index);
	memcpy(m->was_up[i], m->up[i], sizeof(m->up[i]));
	m->was_since[i] = m->since[i];
	memcpy(m->was_led[i], w->r->circuit[index].slot, sizeof(m->was_led[i]));
	for (int s = 0; s < 2; s++)
		if (!rows_usable(w->r, index, s))
			m->up[i][s] = (struct span){ 0, 0 };
	if (!m->up[i][SLOT_PRIMARY].hi) {
		met.cancelled += m->since[i].hi != 0;
		m->since[i] = (struct span){ 0, 0 };
		m->resume[i] = 0;
	}
}

static bool taken_over(const struct random_fec *f, const bool *given, int number, uint32_t i)
{
	return f->place[number].used && !given[number] && f->place[number].ifindex == f->hop[i].ifindex &&
	       f->place[number].nexthop == f->hop[i].nexthop;
}

/* The paths of FECs whose next hop is to be one that is down: hops that stay have theirs, others take over the rest. */
static void observe_fec(const struct model *m, struct rows *r, int k)
{
	const struct random_fec *f = &m->fec[k];
	int to[FEC_HOPS_MAX];				/* hop, -1: none */
	bool given[FEC_HOPS_MAX] = { false }, placed[N_VIA] = { false };

	memset(to, -1, sizeof(to));
	for (uint32_t pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < f->n; i++)
			for (int n = 0; n < FEC_HOPS_MAX && !placed[i]; n++) {
				if (!f->place[n].used || given[n] || (!pass && !taken_over(f, given, n, i)))
					continue;
				given[n] = placed[i] = true;
				to[n] = (int)i;
			}
	for (uint16_t p = 1; p < W_PATHS; p++)
		for (int n = 0; r->path[p].used && n < FEC_HOPS_MAX; n++) {
			struct act_path row;

			if (!f->place[n].used || r->path[p].key != fec_key_of(k, n))
				continue;
			if (f->fell || (f->told && !f->egress && !fec_up(m, k)) || (to[n] >= 0 && !hop_up(m, &f->hop[to[n]], &row)))
				r->armed[p] = false;
		}
}

/* Where each circuit sends now, in the kernel: before the engine has a word, but with the flags it will
 * lower because nobody else does (a neighbour that is lost). */
static void observe(struct model *m, struct world *w)
{
	struct path_names names = { .n = 0 };
	struct show_circuit show;
	bool armed[W_PATHS], live[4 * N_IF + 4], guard[W_GUARDS];

	core_show_paths(w->c, note_path, &names);
	memcpy(armed, w->r->armed, sizeof(armed));
	memcpy(live, w->r->pw_live, sizeof(live));
	memcpy(guard, w->r->guard, sizeof(guard));
	for (int p = 0; p < N_PEER; p++)
		if (m->session[p] == SESSION_DOWN || m->ended[p])
			w->r->guard[m->guard[p]] = false;
	for (int i = 0; i < N_LSP; i++) {
		struct act_path row;

		if (m->lsp[i] && m->lsp[i]->role != LSP_EGRESS && !lsp_up(m, m->lsp[i], &row))
			w->r->armed[path_of(&names, m->lsp[i])] = false;
	}
	for (int k = 0; k < N_FEC; k++)
		observe_fec(m, w->r, k);
	for (int i = 0; i < N_IF; i++)
		if (is_circuit(m->ifs[i]) && core_show_circuit(w->c, m->ifs[i]->name, &show))
			observe_circuit(m, w, i, show.index);
	memcpy(w->r->armed, armed, sizeof(armed));
	memcpy(w->r->pw_live, live, sizeof(live));
	memcpy(w->r->guard, guard, sizeof(guard));
}

static void tell_fec(const struct random_fec *f, struct world *w, int k)
{
	struct fact_fec fact = { .egress = f->egress, .n = f->n, .hop = f->hop };
	uint32_t dest;
	uint8_t len;

	fec_prefix(k, &dest, &len);
	core_fec(w->c, dest, len, f->told ? &fact : NULL);
}

static void random_fec(struct model *m, struct world *w)
{
	int k = (int)rnd(N_FEC);
	struct random_fec *f = &m->fec[k];

	if (!with_fecs)
		return;
	f->told = rnd(8);
	f->egress = f->told && !rnd(10);
	f->n = f->told && !f->egress ? rnd(N_VIA) : 0;
	for (uint32_t i = 0; i < f->n; i++) {
		const struct fact_link *l = &m->link[N_AC + rnd(N_CORE)];
		bool again = false;

		f->hop[i] = (struct fact_hop){ l->present && rnd(8) ? l->ifindex : 1 + rnd(30),
					       hop_ip((int)rnd(N_CORE), (int)rnd(N_HOP)), (uint32_t[]){ 3, 0, 600, 601 }[rnd(4)] };
		for (uint32_t j = 0; j < i; j++)
			again |= f->hop[j].nexthop == f->hop[i].nexthop;
		i -= again;
	}
	f->fell |= f->told && !f->egress && !f->n;
	tell_fec(f, w, k);
}

/* The kernel's word of where a circuit sends, true as it is and late as it may be. */
static void random_moved(struct model *m, struct world *w)
{
	struct show_circuit show;
	int i = (int)rnd(N_IF);

	if (is_circuit(m->ifs[i]) && core_show_circuit(w->c, m->ifs[i]->name, &show) && show.index)
		core_kernel_moved(w->c, show.index, rows_sends(w->r, show.index), w->now - rnd(3000)), met.moved++;
}

static void (*const happening[])(struct model *, struct world *) = {
	random_commit, random_commit, random_peers, random_link, random_link, random_neigh, random_neigh, random_subnet,
	random_fec, random_fec, random_moved, random_session, random_remote, random_remote, random_peers, random_reset, mend, flap, flap, flap,
};
enum { WILD = 16, CALM = 8, ALL = 20, FACTS = 3, FACTS_END = 11 };	/* of them: [0, WILD), [CALM, ALL), ... */

/* ... of a commit; flags that must fall do. */
static void between(struct model *m, struct world *w)
{
	if (!sliced || !rnd(2))
		return;
	mixed = true;
	happening[FACTS + rnd(FACTS_END - FACTS)](m, w);
	run_slice(w, 1 + rnd(sliced));
}

/* What happens between two slices of a run. */
static void meanwhile(struct model *m, struct world *w, uint32_t *left)
{
	if (!*left || rnd(4))
		return;
	--*left;
	mixed = true;
	happening[adopting ? FACTS + rnd(FACTS_END - FACTS) : rnd(ALL)](m, w);
	met.ops++;
}

static bool is_due(const struct world *w)
{
	uint64_t next = core_next(w->c);

	return next && next <= w->now;
}

/* A FEC that fell while nobody looked, or with a path that it leaves, rises when adoption is over. */
static bool rises_later(const struct model *m, const struct world *w)
{
	for (int k = 0; k < N_FEC; k++) {
		uint16_t group = r_group(w->r, k);

		if (group && m->fec[k].told && fec_up(m, k) && !rows_armed(w->r, group, true))
			return true;
	}
	return false;
}

/* What falls while a session is held stays down till it is back. Whether a path that is up was down for a moment only
 * core knows; what it must not do is to raise a PW in a session that has been held all the time. */
static void hold_down(struct model *m, struct world *w, int i)
{
	struct show_circuit show;

	assert_true(core_show_circuit(w->c, m->ifs[i]->name, &show));
	for (int s = 0; s < 3; s++) {
		struct far *f = &m->far[i][s];
		int p = is_ldp(m->ifs[i], s) ? peer_index(peer_of(m, &m->ifs[i]->pw[s])) : -1;
		bool held = p >= 0 && m->session[p] == SESSION_HELD && f->mapped && !f->held;

		if (held && show.pw[s].up)
			assert_true(f->stood || m->moved[p]);
		f->waits = held && !show.pw[s].up;
		f->stood = show.pw[s].up || f->held;
		met.stood += held && f->stood;
		met.waited += f->waits && path_up(m, m->ifs[i], s) && !faulty(m->ifs[i], s);
	}
}

static void sessions_held(struct model *m, struct world *w)
{
	for (int i = 0; i < N_IF; i++)
		if (is_circuit(m->ifs[i]))
			hold_down(m, w, i);
	memset(m->moved, 0, sizeof(m->moved));
}

/* With @fail_runs the list of actions ends after a few, at random, and must be made up for. */
static void settle(struct model *m, struct world *w)
{
	uint32_t left = sliced ? rnd(6) : 0;
	int rc;

	m->settling = 0;
	do {
		if (fail_runs) {
			free(w->a.v);
			w->a = (struct actions){ .cap = 1 + rnd(fail_runs) };
			w->a.v = malloc(w->a.cap * sizeof(*w->a.v));
			assert_non_null(w->a.v);
			no_memory = rnd(20);
		}
		rc = sliced ? run_slice(w, 1 + rnd(sliced)) : run(w);
		no_memory = false;
		m->settling = m->settling ? m->settling : w->now;
		meanwhile(m, w, &left);
		mixed |= adopting && !rc && rises_later(m, w);
	} while (rc == -ENOMEM || rc == 1 || (mixed && core_pending(w->c)) || (!adopting && is_due(w)));
	assert_int_equal(rc, 0);
	sessions_held(m, w);
	compare(m, w);
	mixed = false;
}

/* Sessions go on where the former engine had them, or all begins anew; slots whose flag is up are told of. */
static void restart_peers(struct model *m, struct world *w, bool graceful)
{
	rename_all(m);				/* a template that is no more has no values in force */
	if (graceful)
		core_recovering(w->c);
	for (int p = 0; p < N_PEER; p++)
		m->session[p] = graceful ? SESSION_HELD : SESSION_DOWN;
	for (int i = 0; i < N_IF; i++)
		for (int s = 0; s < 3; s++) {
			struct far *f = &m->far[i][s];

			f->mapped = f->held = false;
			f->label = f->status = 0;
			f->mtu = f->vlan = 0;
		}
	bool named[W_GUARDS] = { false };

	for (uint32_t n = 4; n < 4 * (w->r->top + 1); n++) {
		const struct act_circuit *c = &w->r->circuit[n / 4];

		if (!c->used || n % 4 == 3 || !w->r->pw_live[n])
			continue;
		named[c->slot[n % 4].guard] = true;
		core_seed_slot(w->c, c->key, (enum slot)(n % 4), &c->slot[n % 4]);
		for (int i = 0; graceful && i < N_IF; i++) {
			struct far *f = &m->far[i][n % 4];

			if (!f->peer || !is_circuit(m->ifs[i]) || c->key != core_key(m->ifs[i]->name))
				continue;
			f->mapped = f->held = true;
			f->label = c->slot[n % 4].label;
			f->control_word = c->slot[n % 4].control_word;
			met.held++;
		}
	}
	for (int p = 0; p < N_PEER; p++)
		if (!graceful || !rnd(3))
			tell_session(m, w, p, rnd(2) ? SESSION_UP : SESSION_DOWN);
	for (int i = 0; i < N_IF; i++)		/* void before it was held */
		for (int s = 0; s < 3; s++)
			if (!m->far[i][s].mapped)
				m->far[i][s].label = 0;
	for (int p = 0; graceful && p < N_PEER; p++)
		core_session(w->c, PEER(p), m->session[p]);	/* a peer of no PW is known, too */
	for (int g = 0; g < W_GUARDS; g++)
		w->r->guard[g] &= named[g];	/* dp clears what nobody was told of */
	memset(m->ended, 0, sizeof(m->ended));
	memset(w->r->signal, 0, sizeof(w->r->signal));
}

/* The lowest mark an engine may have kept: the range is not to be used up by restarts. */
static uint32_t lowest_mark(const struct world *w)
{
	uint32_t mark = LABEL_DYNAMIC_FIRST + 1;

	for (uint32_t i = W_LABELS; i < 2 * W_LABELS; i++) {
		if (w->r->label[i].kind && w->r->label[i].label >= mark)
			mark = w->r->label[i].label + 1;
		if (w->r->cleared[i].label >= mark && w->now < w->r->cleared[i].when + 2 * LABEL_REST_NS)
			mark = w->r->cleared[i].label + 1;
	}
	return mark;
}

/* What is not kept begins anew. */
static void restart_timers(struct model *m, const struct world *w, int i)
{
	const struct m_interface *cf = m->ifs[i];
	struct act_keep kept = { .deadline_ns = 0 };

	m->adopted[i] = true;
	for (int k = 0; cf && k < W_KEEPS; k++)
		if (!strcmp(w->r->keep[k].name, cf->name))
			kept = w->r->keep[k];
	m->up[i][0] = m->up[i][1] = m->since[i] = (struct span){ 0, 0 };
	if (kept.deadline_ns) {
		uint64_t since = kept.deadline_ns - delay_of(cf);

		m->up[i][SLOT_PRIMARY] = m->since[i] = (struct span){ since, since };
	}
	m->resume[i] = kept.resume_ns;
}

/* The engine dies; another takes what it finds. No circuit may leave a slot that is usable. */
static void restart(struct model *m, struct world *w)
{
	char name[16], parent[16];

	for (uint32_t n = rnd(6); n; n--)	/* the world goes on while nobody looks */
		(rnd(2) ? random_link : random_neigh)(m, w);
	core_free(w->c);
	w->c = core_new(64);
	core_prepare(w->c, OBJ_SYSTEM, NULL, m->system);
	for (int i = 0; i < N_IF; i++)
		if (m->ifs[i])
			core_prepare(w->c, OBJ_INTERFACE, NULL, m->ifs[i]);
	for (int i = 0; i < N_LSP; i++)
		if (m->lsp[i])
			core_prepare(w->c, OBJ_STATIC_LSP, NULL, m->lsp[i]);
	for (int i = 0; i < N_TMPL; i++) {
		core_prepare(w->c, OBJ_PW_TEMPLATE, NULL, m->tmpl[i]);
		if (!m->tmpl[i])
			m->force[i] = values(NULL);
	}
	assert_int_equal(core_prepared(w->c, NULL, 0), 0);
	core_apply(w->c);
	for (int k = 0; k < W_KEEPS; k++) {
		const struct act_keep *d = &w->r->keep[k];
		const struct act_keep_template *t = &w->r->keep_template[k];

		if (d->name[0])
			assert_true(core_seed_revert(w->c, d->name, d->deadline_ns, d->resume_ns));
		if (t->name[0])
			assert_true(core_seed_template(w->c, t->name, &t->v));
	}
	w->now += rnd(3) ? 0 : rnd(20) * SEC;
	for (uint32_t i = 1; i <= w->r->top; i++) {
		if (!w->r->circuit[i].used)
			continue;
		core_seed_circuit(w->c, w->r->circuit[i].key, i, rows_sends(w->r, i));
		for (int k = 0; k < N_IF; k++)
			if (m->ifs[k] && w->r->circuit[i].key == core_key(m->ifs[k]->name))
				m->sends[k] = rows_sends(w->r, i);
	}
	restart_peers(m, w, rnd(3));
	for (uint16_t i = 1; i < W_PATHS; i++) {
		struct act_path row = w->r->path[i];

		row.up = w->r->armed[i];
		if (row.used)
			core_seed_path(w->c, row.key, i);
		if (row.used && row.signalled)
			core_seed_path_row(w->c, &row);
	}
	for (uint32_t i = W_LABELS; i <= w->r->top_label; i++)
		if (w->r->label[i].kind)
			core_seed_label(w->c, &w->r->label[i]);
	for (uint32_t i = 1; i < W_GROUPS; i++)
		if (w->r->group[i].used)
			core_seed_group(w->c, &w->r->group[i]);
	core_seed_next_label(w->c, w->r->mark = lowest_mark(w));
	for (int i = 0; i < N_PORT; i++) {
		if_name(i, name, parent);
		core_link(w->c, name, &m->link[i]);
	}
	for (uint32_t x = 0; x < 64; x++)
		for (int p = 0; p < N_CORE; p++)
			for (int h = 0; h < N_HOP; h++) {
				uint8_t mac[6];

				memset(mac, m->mac[x][p][h], 6);
				if (m->neigh[x][p][h])
					core_neigh(w->c, x, hop_ip(p, h), mac);
			}
	for (uint32_t k = 0; k < m->n_net; k++)
		core_subnet(w->c, m->net[k].ifindex, m->net[k].ip, m->net[k].len, true);
	for (int i = 0; i < N_IF; i++)
		restart_timers(m, w, i);
	memset(w->r->port, 0, sizeof(w->r->port));	/* dp clears what the first run does not ask for */
	memset(w->r->vlan, 0, sizeof(w->r->vlan));
	memset(w->r->label, 0, W_LABELS * sizeof(w->r->label[0]));
	memset(w->r->bind, 0, sizeof(w->r->bind));
	for (int k = 0; k < N_FEC; k++)
		tell_fec(&m->fec[k], w, k);
	core_recovered(w->c);
	adopting = true;
	settle(m, w);
	adopting = false;
	settle(m, w);			/* now by policy */
	assert_false(core_pending(w->c));
}

static void replay(struct model *m, struct world *w)
{
	struct rows *old = w->r;

	w->r = rows_new();
	memcpy(w->r->neigh, old->neigh, sizeof(old->neigh));	/* not ours to forget */
	memcpy(w->r->keep, old->keep, sizeof(old->keep));
	memcpy(w->r->keep_template, old->keep_template, sizeof(old->keep_template));
	memcpy(w->r->signal, old->signal, sizeof(old->signal));
	memcpy(w->r->bind, old->bind, sizeof(old->bind));
	memcpy(w->r->cleared, old->cleared, sizeof(old->cleared));
	w->r->mark = old->mark;
	free(old);
	core_replay(w->c);
	settle(m, w);
}

/* Often to the nanosecond at which a timer ends, or just before. */
static void time_passes(struct world *w)
{
	uint64_t next = core_next(w->c);

	if (next > w->now + 2000 && rnd(2))
		w->now = next - 1000 - rnd(2);		/* run() adds 1000 */
	else if (rnd(2))
		w->now += rnd(12) * SEC + rnd(1000);
}

/* @calm: configuration stays, core ports come and go, so that timers live long enough to end. */
static void step(struct model *m, struct world *w, bool calm)
{
	uint32_t n = 1 + rnd(3), what = rnd(60);

	met.steps++;
	m->began = w->now;
	if (what == 0) {
		restart(m, w);
		return;
	}
	if (what == 1) {
		replay(m, w);
		return;
	}
	while (n--) {
		happening[calm ? CALM + rnd(ALL - CALM) : rnd(WILD)](m, w);
		met.ops++;
	}
	if (!rnd(3))
		time_passes(w);
	observe(m, w);
	settle(m, w);
	w->now -= 1000;				/* at the same time once more */
	assert_int_equal(run(w), 0);
	assert_int_equal(w->a.n, 0);
}

static void walk(uint64_t with, uint32_t steps, uint32_t fail, uint32_t slice)
{
	struct model *m = calloc(1, sizeof(*m));
	struct world w;

	assert_non_null(m);
	seed = with * 0x9e3779b97f4a7c15u + 1;
	fail_runs = fail;
	sliced = slice;
	memset(m->sends, SLOT_NONE, sizeof(m->sends));
	world_up(&w, 64);
	m->system = sys_obj(true, 0);
	commit(&w, OBJ_SYSTEM, NULL, ref_get(m->system));
	for (uint32_t i = 0; i < steps; i++)
		step(m, &w, i / 16 % 2);
	world_down(&w);
	ref_put(m->system);
	for (int i = 0; i < N_IF; i++)
		ref_put(m->ifs[i]);
	for (int i = 0; i < N_LSP; i++)
		ref_put(m->lsp[i]);
	for (int i = 0; i < N_TMPL; i++)
		ref_put(m->tmpl[i]);
	free(m);
}

/* Of the seeds every one is walked, but by a sanitizer, which takes ten times as long. */
static uint64_t stride(void)
{
#ifdef __SANITIZE_ADDRESS__
	return 7;
#else
	return 1;
#endif
}

static void equals_the_model(void **state)
{
	(void)state;
	for (uint64_t s = 1; s <= 40; s += stride())		/* 10^6 events in all */
		walk(s, 150 + 13000 * (s % 2) * 2, 0, 0);
}

static void equals_the_model_without_memory(void **state)
{
	(void)state;
	for (uint64_t s = 101; s <= 120; s += stride())
		walk(s, 1000, 1 + (uint32_t)(s % 9), 0);
}

static void equals_the_model_with_fecs(void **state)
{
	(void)state;
	with_fecs = true;
	for (uint64_t s = 401; s <= 440; s += stride())
		walk(s, 300, s % 2 ? 0 : 3, 0);
	for (uint64_t s = 1; s <= 40; s += stride())
		walk(s, 300, 0, 7);
	walk(41, 300, 0, 0);		/* adopts a group that falls and rises at once */
	for (uint64_t s = 501; s <= 540; s += stride())
		walk(s, 500, s % 3 ? 0 : 5, 1 + (uint32_t)(s % 9));
	with_fecs = false;
}

/* Every kind of thing was met, and often. */
static void went_everywhere(void **state)
{
	(void)state;
	print_message("%u steps of %u events: delays started %u, cancelled %u, run out %u, adopted %u and %u of them over; "
		      "%u waits of templates, %u circuits with a manual fault\n", met.steps, met.ops, met.started,
		      met.cancelled, met.expired, met.adopted, met.over_at_adoption, met.waits, met.faults);
	assert_true(met.started > 100 && met.cancelled > 100 && met.expired > 100);
	assert_true(met.adopted > 10 && met.waits > 100 && met.faults > 100);
	assert_true(met.over_at_adoption || stride() > 1);	/* nine of all walks: of a seventh maybe none */
	assert_true(met.moved > 100 && met.ended > 100 && met.held > 100 && met.far_down > 100);
	assert_true(met.stood > 100 && met.waited > 100);
}

static void equals_the_model_in_slices(void **state)
{
	(void)state;
	for (uint64_t s = 201; s <= 260; s += stride())
		walk(s, 400, 0, 1 + (uint32_t)(s % 30));
	for (uint64_t s = 301; s <= 310; s += stride())
		walk(s, 1000, 1 + (uint32_t)(s % 9), 1 + (uint32_t)(s % 30));
}

static struct { uint64_t seed; uint32_t steps, fail, slice, fecs; } one;

static void one_walk(void **state)
{
	(void)state;
	with_fecs = one.fecs;
	walk(one.seed, one.steps, one.fail, one.slice);
	with_fecs = false;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_the_model),
		cmocka_unit_test(equals_the_model_without_memory),
		cmocka_unit_test(equals_the_model_in_slices),
		cmocka_unit_test(equals_the_model_with_fecs),
		cmocka_unit_test(went_everywhere),
	}, chosen[] = { cmocka_unit_test(one_walk) };

	if (argc > 1) {			/* seed, steps, actions a run, objects a slice, FECs: one walk to look at */
		one.seed = strtoull(argv[1], NULL, 0);
		one.steps = argc > 2 ? (uint32_t)atoi(argv[2]) : 150;
		one.fail = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;
		one.slice = argc > 4 ? (uint32_t)atoi(argv[4]) : 0;
		one.fecs = argc > 5 && atoi(argv[5]);
		return cmocka_run_group_tests_name("core random, one", chosen, NULL, NULL);
	}
	return cmocka_run_group_tests_name("core random", tests, NULL, NULL);
}
