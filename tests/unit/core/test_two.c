/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several provider edges in one process: for each a core with its kernel, and ldp's pseudowires over the real codec; the
 * octets between them are delayed as they like, in order. Random faults, commands and requests; then events stop, all
 * octets arrive and all timers run out. Ends that can agree do: they use the same pseudowire, and a frame would cross in
 * both directions. Whoever they are, they stop talking.
 *
 *   test_core_two                     all kinds of pairs
 *   test_core_two KIND SEED           one walk of one kind, everything told
 *   test_core_two many FROM WALKS     so many walks of each kind, from this seed on
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ldp/inner.h"
#include "world.h"

#define N_PE	3
#define LSR(i)	IP(9, 9, 9, 1 + (i))
#define LINE	64			/* octet strings on their way from one to another */
#define SEC	1000000000ull
#define QUIET	200			/* messages after the last event are fewer, of all together */
#define ROUNDS	12			/* times that events stop, in a walk */
#define EVENTS	24			/* between two of them, at most */

/* Who is at the ends. The first three have one PE (0) with two pseudowires, to 1 and 2; the others two PEs, two PWs. */
#define KINDS(X) X(FRR) X(MASTER) X(INDEPENDENT) X(BOTH_INDEPENDENT) X(BOTH_FRR) X(BOTH_MASTER)
enum kind {
#define X(name) name,
	KINDS(X)
#undef X
};
static const char *const kind_text[] = {
#define X(name) #name,
	KINDS(X)
#undef X
};

struct parcel {
	size_t len;
	uint8_t p[160];
};

struct pe {
	struct ldp l;
	int n;
	struct world w;
	struct m_interface *m;		/* of its one circuit */
	bool ac, address, up[N_PE];	/* ... and its way to each other */
	bool wants[N_PE];		/* pw has something to say there */
	uint32_t next_id;
};

static struct {
	enum kind kind;
	int n;
	struct pe *pe[N_PE];
	bool session[N_PE][N_PE];
	struct { struct parcel q[LINE]; uint32_t at, n; } line[N_PE][N_PE];
	struct loop *loop;
	uint64_t now;
	uint32_t said;			/* messages since the last event */
} net;
static bool loud;
static uint64_t rng, seed;
static struct { uint32_t walks, events, said, agreed, carried, standby, requests, alarms; } met;

static uint32_t rnd(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 33) % n;
}

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	va_list ap;

	if (!loud)
		return;
	va_start(ap, fmt);
	printf("%12.6f ", (double)net.now / 1e9);
	vprintf(fmt, ap);
	va_end(ap);
	fflush(stdout);
}

static struct pe *of(const struct ldp *l)
{
	return container_of(l, struct pe, l);
}

static int pe_of(uint32_t lsr)
{
	return (int)(lsr - LSR(0));
}

/* ---- what sessions do for pseudowires ------------------------------------------------------------------------- */

struct peer *peer_get(struct ldp *l, uint32_t lsr, bool make)
{
	struct hnode *n = table_find(&l->peers, lsr);
	struct peer *p;

	if (n || !make)
		return n ? container_of(n, struct peer, by_lsr) : NULL;
	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	p->ldp = l;
	p->lsr = lsr;
	list_init(&p->pw_say);
	list_init(&p->lsp_say);
	list_init(&p->pws);
	table_add(&l->peers, &p->by_lsr, lsr);
	return p;
}

void peer_wants(struct peer *p)
{
	of(p->ldp)->wants[pe_of(p->lsr)] = true;
}

static void post(struct peer *p, struct ldp_msg *m)
{
	struct pe *e = of(p->ldp);
	int to = pe_of(p->lsr);
	uint8_t wire[LDP_PDU_DEFAULT + 4];
	struct ldp_out o;
	struct ldp_pdu pdu;
	struct ldp_raw raw;

	m->id = ++e->next_id;
	ldp_out_open(&o, wire, sizeof(wire), LDP_PDU_DEFAULT, (struct ldp_id){ LSR(e->n), 0 });
	assert_int_equal(ldp_out_add(&o, m), LDP_FITS);
	assert_int_equal(ldp_pdu_decode(wire, ldp_out_close(&o), LDP_PDU_DEFAULT, NULL, &pdu), LDP_OK);
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_OK);
	struct parcel *at = &net.line[e->n][to].q[(net.line[e->n][to].at + net.line[e->n][to].n++) % LINE];

	assert_true(net.line[e->n][to].n <= LINE && raw.all.len <= sizeof(at->p));
	at->len = raw.all.len;
	memcpy(at->p, raw.all.p, raw.all.len);
	net.said++;
	met.said++;
	say("%d to %d: type 0x%x id %u status 0x%x%s\n", e->n, to, m->type, m->fec.pw.id, m->pw_status,
	    m->has & LDP_HAS(PW_STATUS) ? "" : " (none)");
}

bool peer_say(struct peer *p, struct ldp_msg *m)
{
	struct pe *e = of(p->ldp);

	assert_true(p->operational);
	if (net.line[e->n][pe_of(p->lsr)].n > LINE / 2) {
		peer_wants(p);		/* asked again when there is room */
		return false;
	}
	post(p, m);
	return true;
}

void answer(struct peer *p, struct ldp_msg *m)
{
	post(p, m);
}

void refuse(struct peer *p, enum ldp_status_data status, const struct ldp_raw *raw)
{
	struct ldp_msg m = { .type = LDP_MSG_NOTIFICATION, .has = LDP_HAS(STATUS) };

	m.status.code = ldp_status_code(status);
	m.status.msg_id = raw->id;
	m.status.msg_type = raw->type;
	post(p, &m);
}

void peer_end(struct peer *p, enum ldp_status_data status, const char *why)
{
	(void)p, (void)status;
	fail_msg("a session is to end: %s", why);
}

void peer_needed(struct peer *p)
{
	(void)p;
}

void tell_remote(struct ldp *l, uint32_t pw, const struct fact_remote *r)
{
	say("  %d hears of %u: mapped %d status 0x%x%s\n", of(l)->n, pw, r->mapped, r->status,
	    r->notified ? " (notified)" : "");
	core_remote(of(l)->w.c, pw, r);
}

void ldp_flush(struct ldp *l)
{
	struct pe *e = of(l);

	for (int to = 0; to < net.n; to++)
		for (int i = 0; i < 100 && e->wants[to] && net.session[e->n][to] && net.line[e->n][to].n <= LINE / 2; i++) {
			e->wants[to] = false;
			pw_calls.say(peer_get(l, LSR(to), true));
		}
}

/* ---- the engines ------------------------------------------------------------------------------------------------ */

static void carry_out(struct pe *e)
{
	e->w.r->now = net.now;
	for (uint32_t i = 0; i < e->w.a.n; i++) {
		const struct action *a = &e->w.a.v[i];

		rows_apply(e->w.r, a);
		if (a->kind == ACT_SIGNAL)
			pws_signal(&e->l, &a->signal);
		else if (a->kind == ACT_MAC_WITHDRAW)
			pws_mac_withdraw(&e->l, a->mac_withdraw.pw);
		else if (a->kind == ACT_EVENT)
			say("  %d event %u %s slot %u: %u to %u (%u)\n", e->n, a->event.kind, a->event.name, a->event.slot,
			    a->event.from, a->event.to, a->event.reason);
	}
}

static void settle(struct pe *e)
{
	int rc;

	do {
		e->w.a.n = 0;
		rc = core_run_slice(e->w.c, net.now, &e->w.a, 1 + rnd(40));
		assert_true(rc == 0 || rc == 1);
		carry_out(e);
		pws_round(&e->l, rc == 1);
	} while (rc || core_pending(e->w.c));
	ldp_flush(&e->l);
}

static void settle_all(void)
{
	for (int i = 0; i < net.n; i++)
		settle(net.pe[i]);
	loop_advance(net.loop, net.now);
	for (int i = 0; i < net.n; i++)
		ldp_flush(&net.pe[i]->l);
}

/* The next octets from one to the other; false: there are none. */
static bool deliver(int from, int to)
{
	struct parcel one;
	struct ldp_msg m;
	struct ldp_raw raw;

	if (!net.line[from][to].n)
		return false;
	one = net.line[from][to].q[net.line[from][to].at];
	net.line[from][to].at = (net.line[from][to].at + 1) % LINE;
	net.line[from][to].n--;
	raw = (struct ldp_raw){ .type = (uint16_t)(one.p[0] << 8 | one.p[1]), .all = { one.p, one.len } };
	raw.id = (uint32_t)one.p[4] << 24 | (uint32_t)one.p[5] << 16 | (uint32_t)one.p[6] << 8 | one.p[7];
	assert_int_equal(ldp_decode(&raw, &m, NULL), LDP_OK);
	pw_calls.message(peer_get(&net.pe[to]->l, LSR(from), true), &m, &raw);
	settle(net.pe[to]);
	settle(net.pe[from]);			/* there is room again */
	return true;
}

static void session_is(int a, int b, bool up)
{
	int end[2] = { a, b };

	if (net.session[a][b] == up)
		return;
	say("session %d-%d %s\n", a, b, up ? "up" : "down");
	for (int i = 0; i < 2; i++) {
		struct pe *e = net.pe[end[i]];
		struct peer *p = peer_get(&e->l, LSR(end[!i]), true);

		net.session[end[i]][end[!i]] = up;
		net.line[end[i]][end[!i]].n = 0;
		p->operational = up;
		p->state = up ? SESSION_UP : SESSION_DOWN;
		core_session(e->w.c, p->lsr, p->state);
		if (up)
			pw_calls.up(p);
		else
			pw_calls.down(p, false);
	}
}

static void path_is(int from, int to, bool up)
{
	char name[16];

	say("path %d-%d %s\n", from, to, up ? "up" : "down");
	snprintf(name, sizeof(name), "C%d", to);
	net.pe[from]->up[to] = up;
	link_is(&net.pe[from]->w, name, 10 + (uint32_t)to, up);
}

static void ac_is(int i, bool up)
{
	say("AC of %d %s\n", i, up ? "up" : "down");
	net.pe[i]->ac = up;
	link_is(&net.pe[i]->w, "A0", 3, up);
}

static void becomes(int i, struct m_interface *now)
{
	struct m_interface *old = net.pe[i]->m;

	net.pe[i]->m = now;
	commit(&net.pe[i]->w, OBJ_INTERFACE, old, ref_get(now));
}

/* ---- configuration -------------------------------------------------------------------------------------------------- */

static bool two_ends(void)			/* both have two pseudowires, to each other */
{
	return net.kind >= BOTH_INDEPENDENT;
}

/* What carries the frames of PE @i slot @s to whom: PW IDs are those of the pseudowire, so of both ends. */
static bool far_end(int i, enum slot s, int *to, enum slot *there)
{
	const struct m_pw *pw = &net.pe[i]->m->pw[s];

	if (!pw->present)
		return false;
	*to = pe_of(pw->peer);
	for (*there = SLOT_PRIMARY; *there < SLOT_NONE; ++*there) {
		const struct m_pw *its = &net.pe[*to]->m->pw[*there];

		if (its->present && pe_of(its->peer) == i && its->vc_id == pw->vc_id)
			return true;
	}
	return false;
}

static struct m_interface *circuit(int i)
{
	struct m_interface *m = if_obj("A0", "", 0);
	bool turned = i == 1 && rnd(2);		/* what is the primary here is the secondary there */

	if (two_ends()) {
		pw_ldp(m, SLOT_PRIMARY, LSR(!i), turned ? 2 : 1);
		pw_ldp(m, SLOT_SECONDARY, LSR(!i), turned ? 1 : 2);
	} else if (i == 0) {
		pw_ldp(m, SLOT_PRIMARY, LSR(1), 1);
		pw_ldp(m, SLOT_SECONDARY, LSR(2), 2);
	} else {
		pw_ldp(m, SLOT_PRIMARY, LSR(0), (uint32_t)i);
	}
	if (i == 0 || two_ends())
		m->redundancy = net.kind == FRR || net.kind == BOTH_FRR ? REDUNDANCY_FRR :
				net.kind == MASTER || net.kind == BOTH_MASTER ? REDUNDANCY_MASTER : REDUNDANCY_INDEPENDENT;
	else if (net.kind == INDEPENDENT)
		m->redundancy = REDUNDANCY_INDEPENDENT;
	m->reroute = (uint8_t)rnd(4);
	m->reroute_delay = m->reroute == REROUTE_DELAY ? (uint16_t)(10 + rnd(20)) : 0;
	m->resume_set = rnd(2);
	m->resume = m->resume_set ? (uint16_t)rnd(5) : 0;
	m->holdoff = m->redundancy == REDUNDANCY_MASTER ? (uint16_t)rnd(4) : 0;
	return m;
}

static void pe_configure(struct pe *e)
{
	struct m_system *sys = sys_obj(true, 0);
	char name[16], lsp[16];

	sys->lsr_id = LSR(e->n);
	commit(&e->w, OBJ_SYSTEM, NULL, sys);
	for (int j = 0; j < net.n; j++) {
		struct m_interface *core;

		if (j == e->n)
			continue;
		snprintf(name, sizeof(name), "C%d", j);
		snprintf(lsp, sizeof(lsp), "lsp%d", j);
		core = if_obj(name, "", 0);
		core->mpls = true;
		commit(&e->w, OBJ_INTERFACE, NULL, core);
		commit(&e->w, OBJ_STATIC_LSP, NULL, ingress(lsp, LSR(j), name, IP(10, 0, j, 2), 500 + (uint32_t)j));
		core_neigh(e->w.c, 10 + (uint32_t)j, IP(10, 0, j, 2), (uint8_t[6]){ 2, 0, 0, 0, 1, (uint8_t)j });
	}
	for (int j = 0; j < net.n; j++) {
		struct m_l2vpn_peer *p = copy(&(struct m_l2vpn_peer){ .peer = LSR(j), .takes_requests = true }, sizeof(*p));

		commit(&e->w, OBJ_L2VPN_PEER, NULL, p);
	}
	e->m = circuit(e->n);
	commit(&e->w, OBJ_INTERFACE, NULL, ref_get(e->m));
}

static struct pe *pe_new(int n)
{
	struct pe *e = calloc(1, sizeof(*e));

	assert_non_null(e);
	e->n = n;
	e->l.loop = net.loop;
	e->l.lsr_id = LSR(n);
	table_init(&e->l.peers);
	assert_int_equal(pws_open(&e->l), 0);
	world_up(&e->w, 64);
	return e;
}

static void pe_free(struct pe *e)
{
	table_each(&e->l.peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_lsr);

		pw_calls.forget(p);
		table_del(&e->l.peers, n);
		free(p);
	}
	pws_close(&e->l);
	table_free(&e->l.peers);
	ref_put(e->m);
	world_down(&e->w);
	free(e);
}

/* ---- events --------------------------------------------------------------------------------------------------------- */

static int some_peer(int i)
{
	return two_ends() ? !i : i ? 0 : 1 + (int)rnd(2);
}

static void change(int i)
{
	struct m_interface *m = copy(net.pe[i]->m, sizeof(*m));
	enum slot s = m->pw[SLOT_SECONDARY].present ? (enum slot)rnd(2) : SLOT_PRIMARY;

	switch (rnd(4)) {
	case 0:
		m->switchover = m->redundancy == REDUNDANCY_MASTER && rnd(2);
		break;
	case 1:
		if (m->redundancy == REDUNDANCY_INDEPENDENT && (i || rnd(4) == 0))
			m->ac_role = rnd(2) ? AC_ROLE_STANDBY : AC_ROLE_ACTIVE;
		break;
	default:
		m->pw_fault[s] ^= true;
	}
	say("%d: switchover %d, faults %d%d, role %u\n", i, m->switchover, m->pw_fault[0], m->pw_fault[1], m->ac_role);
	becomes(i, m);
}

static void no_faults(int i)
{
	struct m_interface *m = copy(net.pe[i]->m, sizeof(*m));

	m->pw_fault[0] = m->pw_fault[1] = false;
	becomes(i, m);
}

static void request(int i)
{
	enum slot s = (enum slot)rnd(2);
	char why[160];
	int rc = core_request_switchover(net.pe[i]->w.c, "A0", s, why);

	say("%d asks for %s: %s\n", i, slot_text(s), why);
	met.requests += rc == 0;
}

static void time_passes(void)
{
	net.now += rnd(2) ? rnd(2000) * 1000000ull : rnd(40) * SEC;
}

/* Most of what is wrong is mended, now and then: an end that nothing can carry shows nothing. */
static void mend(void)
{
	for (int i = 0; i < net.n; i++) {
		for (int j = 0; j < net.n; j++)
			if (j != i && !net.pe[i]->up[j] && rnd(8))
				path_is(i, j, true);
		if (!net.pe[i]->ac && rnd(8))
			ac_is(i, true);
		if (rnd(2))
			no_faults(i);
	}
	for (int i = 1; i < net.n; i++)
		if (rnd(8))
			session_is(0, i, true);
}

static void event(void)
{
	int i = (int)rnd((uint32_t)net.n);

	met.events++;
	switch (rnd(11)) {
	case 10:
		request(i);
		break;
	case 0:
		path_is(i, some_peer(i), rnd(3));
		break;
	case 1:
		session_is(i, some_peer(i), rnd(3));
		break;
	case 2:
		ac_is(i, rnd(3));
		break;
	case 3:
	case 4:
		change(i);
		break;
	case 5:
		time_passes();
		break;
	default:
		deliver(i, some_peer(i));
	}
	if (rnd(3))
		settle_all();
}

/* ---- when events have stopped ------------------------------------------------------------------------------------------ */

static struct show_circuit shown(int i)
{
	struct show_circuit s;

	assert_true(core_show_circuit(net.pe[i]->w.c, "A0", &s));
	return s;
}

static void story(const char *what)
{
	for (int i = 0; i < net.n; i++) {
		struct show_circuit s = shown(i);

		printf("PE %d: sends %s, mode %u, prefers %s, AC %d\n", i, slot_text(s.active), s.redundancy_now,
		       slot_text(s.preferred), s.ac_up);
		for (int k = 0; k < 3; k++)
			if (s.pw[k].present)
				printf("  %s: up %d, says 0x%x, hears 0x%x; %s\n", slot_text((enum slot)k), s.pw[k].up,
				       s.pw[k].signal.local_status, s.pw[k].signal.remote_status, s.pw[k].why);
	}
	fflush(stdout);
	fail_msg("%s; replay: test_core_two %s %llu", what, kind_text[net.kind], (unsigned long long)seed);
}

static bool deliver_all(void)
{
	bool any = false;

	for (int from = 0; from < net.n; from++)
		for (int to = 0; to < net.n; to++)
			while (deliver(from, to))
				any = true;
	return any;
}

static uint64_t earliest(void)
{
	uint64_t first = 0;

	for (int i = 0; i < net.n; i++) {
		uint64_t next = core_next(net.pe[i]->w.c);

		first = next && (!first || next < first) ? next : first;
	}
	return first;
}

static void stop_talking(void)
{
	net.said = 0;
	for (int turns = 0;; turns++) {
		settle_all();
		while (deliver_all())
			if (net.said > QUIET)
				story("they never stop talking");
		uint64_t next = earliest();

		if (!next)
			break;
		net.now = next > net.now ? next : net.now;
		if (turns > 100)
			story("timers without end");
	}
}

/* What is sent on slot @s of PE @i is taken at the far end, and the other way round. */
static bool crosses(int i, enum slot s)
{
	enum slot there;
	int to;

	return far_end(i, s, &to, &there) && shown(i).active == s && shown(to).active == there;
}

static bool stands_by(int i)
{
	struct show_circuit s = shown(i);

	return s.redundancy_now == REDUNDANCY_INDEPENDENT && s.role_standby;
}

/* Nothing is wrong with the pseudowire at either end, as far as facts and operators go. */
static bool sound(int i, enum slot s)
{
	enum slot there;
	int to;

	if (!far_end(i, s, &to, &there))
		return false;
	const struct pe *a = net.pe[i], *b = net.pe[to];

	if (stands_by(i) || stands_by(to))
		return false;
	return net.session[i][to] && a->up[to] && b->up[i] && a->ac && b->ac && !a->m->pw_fault[s] &&
	       !b->m->pw_fault[there];
}

static void agree(void)
{
	enum slot s = shown(0).active;
	bool some = false;

	for (int k = 0; k < 2; k++)
		some |= sound(0, (enum slot)k);
	met.agreed++;
	if (some && s == SLOT_NONE)
		story("a pseudowire is sound, and nothing is sent");
	if (s == SLOT_NONE || !net.pe[0]->ac)
		return;
	met.carried++;
	if (!crosses(0, s))
		story("a frame would not cross in both directions");
	if (shown(0).redundancy_now != REDUNDANCY_MASTER)
		return;
	int idle = s == SLOT_PRIMARY ? 2 : 1;

	met.standby++;
	if (shown(idle).active != SLOT_NONE)
		story("the far end that was told standby sends");
}

/* Two masters cannot agree. Each that hears of the other is told so, and so is nobody else. */
static void alarmed(void)
{
	for (int i = 0; i < net.n; i++) {
		struct show_circuit s = shown(i);
		bool hears = false;

		for (int k = 0; k < 2; k++)
			hears |= s.pw[k].up && s.pw[k].signal.remote_status & LDP_PW_STANDBY;
		hears &= s.redundancy_now == REDUNDANCY_MASTER;
		if (hears != (s.alarms >> ALARM_TWO_MASTERS & 1))
			story("two masters, and the alarm is wrong");
		met.alarms += hears;
	}
}

/* ---- walks ---------------------------------------------------------------------------------------------------------------- */

/* One that does not know PW status: its faults, and what it hears of ours, are Withdraws. */
static void no_status(int i)
{
	say("%d has no PW status\n", i);
	peer_get(&net.pe[i]->l, LSR(0), true)->martini = true;
	pws_config(&net.pe[i]->l);
}

static void begin(enum kind kind)
{
	rng = seed * 0x9e3779b97f4a7c15u + 1;
	memset(&net, 0, sizeof(net));
	net.kind = kind;
	net.n = two_ends() ? 2 : 3;
	net.now = 100 * SEC;
	net.loop = loop_new();
	assert_non_null(net.loop);
	loop_virtual(net.loop, net.now);
	for (int i = 0; i < net.n; i++)
		net.pe[i] = pe_new(i);
	for (int i = 0; i < net.n; i++) {
		pe_configure(net.pe[i]);
		ac_is(i, true);
		for (int j = 0; j < net.n; j++)
			if (j != i)
				path_is(i, j, true);
	}
	if (!rnd(3))
		no_status(1 + (int)rnd((uint32_t)net.n - 1));
	for (int i = 1; i < net.n; i++)
		session_is(0, i, true);
}

static void end(void)
{
	for (int i = 0; i < net.n; i++)
		pe_free(net.pe[i]);
	loop_free(net.loop);
}

static void walk(enum kind kind)
{
	begin(kind);
	for (int round = 0; round < ROUNDS; round++) {
		for (uint32_t k = 1 + rnd(EVENTS); round && k; k--)
			event();
		if (rnd(4))
			mend();
		say("events stop\n");
		stop_talking();
		alarmed();
		if (kind < BOTH_INDEPENDENT || (kind == BOTH_INDEPENDENT && shown(0).redundancy_now && shown(1).redundancy_now))
			agree();		/* without PW status two ends with two PWs each are FRR at both ends */
	}
	met.walks++;
	end();
}

static enum kind one_kind;

static void one_walk(void **state)
{
	(void)state;
	walk(one_kind);
}

static uint64_t first_seed = 1;
#ifdef __SANITIZE_ADDRESS__
static uint64_t n_walks = 40;
#else
static uint64_t n_walks = 400;
#endif

static void many(enum kind kind)
{
	for (seed = first_seed; seed < first_seed + n_walks; seed++)
		walk(kind);
}

static void frr_owner(void **state)
{
	(void)state;
	many(FRR);
}

static void master(void **state)
{
	(void)state;
	many(MASTER);
}

static void independent(void **state)
{
	(void)state;
	many(INDEPENDENT);
}

static void both_independent(void **state)
{
	(void)state;
	many(BOTH_INDEPENDENT);
}

static void both_frr(void **state)
{
	(void)state;
	many(BOTH_FRR);
}

static void both_master(void **state)
{
	(void)state;
	many(BOTH_MASTER);
}

static void went_everywhere(void **state)
{
	(void)state;
	print_message("%u walks, %u events, %u messages; agreed %u times, carried %u, standby %u, requests %u, alarms %u\n",
		      met.walks, met.events, met.said, met.agreed, met.carried, met.standby, met.requests, met.alarms);
	assert_true(met.carried > met.walks && met.standby > met.walks / 4 && met.requests > met.walks / 8);
	assert_true(met.alarms > met.walks / 4);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frr_owner), cmocka_unit_test(master), cmocka_unit_test(independent),
		cmocka_unit_test(both_independent), cmocka_unit_test(both_frr), cmocka_unit_test(both_master),
		cmocka_unit_test(went_everywhere),
	}, one[] = { cmocka_unit_test(one_walk) };

	if (argc > 3 && !strcmp(argv[1], "many")) {
		first_seed = strtoull(argv[2], NULL, 0);
		n_walks = strtoull(argv[3], NULL, 0);
	}
	if (argc != 3)
		return cmocka_run_group_tests_name("core two", tests, NULL, NULL);
	for (size_t k = 0; k < sizeof(kind_text) / sizeof(kind_text[0]); k++)
		if (!strcmp(argv[1], kind_text[k]))
			one_kind = (enum kind)k;
	seed = strtoull(argv[2], NULL, 0);
	loud = true;
	return cmocka_run_group_tests_name("core two, one", one, NULL, NULL);
}
