/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Model checker of protection: random sequences of events in virtual time over a few circuits. After every settling each
 * circuit is where slow.c says, its timers run exactly while they have a reason and end when it says, and the invariants
 * of design.md hold. In loose walks, in which runs are cut short, memory fails and several things happen at once, only
 * the invariants are asked for, and slow.c goes on from what it sees.
 *
 *   test_core_model                         10^6 events
 *   test_core_model SEED [EVENTS]           one walk, every event told
 *   test_core_model many FROM WALKS         so many walks from this seed on
 *
 * A walk is a list of events that do not depend on each other, so one that fails is made as short as it can be.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "slow.h"
#include "wire/ldp.h"
#include "world.h"

#define N_CIRC	3
#define N_PEER	4
#define N_CORE	2
#define CAPACITY 64
#define STATIC_LABELS	300		/* are below */
#define SEC	SLOW_SEC
#define PEER(i)	IP(9, 9, 9, 1 + (i))
#define VRRP	IP(192, 0, 2, 1)	/* what `ac-role follow-address` looks for */
#define WALK	400			/* events of one, unless told otherwise */
#define AC_IFINDEX(i)	(3 + (uint32_t)(i))
#define CORE_IFINDEX(i)	(10 + (uint32_t)(i))
#define VRRP_IFINDEX	20u

/* ---- events ---------------------------------------------------------------------------------------------- */

#define OPS(X) \
	X(LINK, 4) X(NEIGH, 2) X(SESSION, 3) X(MAP, 6) X(WITHDRAW, 1) X(STATUS, 6) X(AC, 3) X(CONFIG, 4) X(ADDRESS, 1) \
	X(MOVED, 1) X(RESTART, 1) X(REPLAY, 1) X(PASS, 6) X(UNTIL, 6) X(REQUEST, 3) X(MEND, 30) X(HOST, 6) X(FLAP, 3)
enum op_kind {
#define X(name, weight) OP_##name,
	OPS(X)
#undef X
	OP__N
};
static const char *const op_text[] = {
#define X(name, weight) #name,
	OPS(X)
#undef X
};
static const uint8_t op_weight[] = {
#define X(name, weight) weight,
	OPS(X)
#undef X
};
struct op {
	enum op_kind kind;
	uint64_t r;			/* all that is random about it */
};

enum { MEMORY = 1, SLICES = 2, BATCH = 4, LOOSE = MEMORY | SLICES | BATCH };	/* how a walk goes */

static struct plan {			/* the walk under way */
	uint64_t seed;
	uint32_t n;
	struct op *op;
} plan;
static bool loud;
static uint64_t rng;
static bool no_memory;			/* for reallocarray */

static uint64_t next_of(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static uint32_t rnd(uint32_t n)
{
	return (uint32_t)(next_of(&rng) >> 33) % n;
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

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	va_list ap;

	if (!loud)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fflush(stdout);
}

/* ---- the world ---------------------------------------------------------------------------------------------- */

struct far {				/* what a far end said since it can be heard */
	bool mapped, no_status;		/* .no_status: of the last Mapping, though it may be void */
	uint32_t label, status;
	uint16_t mtu;
	bool held;			/* what a former engine left, not heard again yet */
};

struct circ {
	const struct m_interface *m;
	struct far far[3];
	struct slow slow;
	struct show_circuit show;	/* as settled last */
	enum slot kernel, then;		/* sends before the settling under way; and would if that failed */
};

static struct model {
	struct world w;
	unsigned int how;
	uint32_t n;			/* circuits */
	bool fell[N_CORE];		/* since the last settling */
	bool link[N_CORE], neigh[N_PEER], ac[N_CIRC], address;
	bool ac_told[N_CIRC], ac_held[N_CIRC];	/* the port of an AC, as core was told; held down, as core wants it */
	bool askable[N_PEER], first;	/* know requests; our LSR ID is higher than theirs */
	enum session_state session[N_PEER];
	struct circ c[N_CIRC];
	bool believe;			/* the step under way cannot be followed */
	uint64_t believe_until;		/* nor what is before it, since what settled when is not known */
	bool renamed;			/* PWs are others than in the rows */
} md;

static struct {				/* what the walks have met: a walk that never gets there shows nothing */
	uint32_t walks, events, switches, reverts, waits, cancelled, kernel, restarts, dark, requests, agreed, forced;
	uint32_t resumes, held_off, masters, independents, standby, alarms;
} met;

static int port_of(int peer)
{
	return peer % N_CORE;
}

static uint32_t hop_of(int peer)
{
	return IP(10, 0, port_of(peer), 2 + peer);
}

static int peer_at(uint32_t addr)
{
	return (int)(addr - PEER(0));
}

static bool is_ldp(const struct m_interface *m, int s)
{
	return m->pw[s].present && m->pw[s].kind == PW_LDP;
}

static bool path_up(int peer)
{
	return md.link[port_of(peer)] && md.neigh[peer];
}

/* Nothing keeps it down, but for these bits of its status. */
static bool pw_would(const struct circ *c, int s, uint32_t but)
{
	const struct m_pw *pw = &c->m->pw[s];
	const struct far *f = &c->far[s];
	int peer = peer_at(pw->peer);

	if (!pw->present || !path_up(peer) || (s < 2 && c->m->pw_fault[s]))
		return false;
	return pw->kind == PW_STATIC ||
	       (md.session[peer] != SESSION_DOWN && f->mapped && f->mtu == 1500 && !(f->status & 0x1f & ~but));
}

/* What falls while graceful restart holds the session stays down until the peer is back. */
static bool waits(const struct circ *c, int s)
{
	int peer = peer_at(c->m->pw[s].peer);

	return is_ldp(c->m, s) && md.session[peer] == SESSION_HELD && !c->far[s].held && !c->slow.up[s];
}

static bool pw_up(const struct circ *c, int s)
{
	return pw_would(c, s, 0) && !waits(c, s);
}

static struct slow_facts facts_of(const struct circ *c)
{
	struct slow_facts f = { .address = md.address, .link = md.ac_told[c - md.c], .shutdown = c->m->shutdown };

	for (int s = 0; s < 3; s++) {
		const struct m_pw *pw = &c->m->pw[s];

		if (!pw->present)
			continue;
		f.path[s] = path_up(peer_at(pw->peer));
		f.up[s] = pw_up(c, s);
		f.fell[s] = md.fell[port_of(peer_at(pw->peer))];
		f.heard[s] = is_ldp(c->m, s) && c->far[s].mapped && !c->far[s].held;
		f.mtu[s] = c->far[s].mtu;
		f.askable[s] = md.askable[peer_at(pw->peer)];
		f.first[s] = md.first;
		f.only_notice[s] = is_ldp(c->m, s) && !pw_would(c, s, 0) && pw_would(c, s, LDP_PW_NOT_FORWARDING);
		f.no_status[s] = is_ldp(c->m, s) && c->far[s].no_status;
		f.asks[s] = is_ldp(c->m, s) && c->far[s].mapped && c->far[s].status & LDP_PW_SWITCHOVER;
		f.said_standby[s] = is_ldp(c->m, s) && c->far[s].mapped && c->far[s].status & LDP_PW_STANDBY;
	}
	return f;
}

/* ---- what must be so after every settling ------------------------------------------------------------------- */

#define must(cond, ...) do { if (!(cond)) wrong(c, #cond, __VA_ARGS__); } while (0)

static void wrong(const struct circ *c, const char *what, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void wrong(const struct circ *c, const char *what, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail_msg("circuit %d at %.9f: %s: not so: %s", c ? (int)(c - md.c) : -1, (double)md.w.now / 1e9, text, what);
}

static double in_s(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* Of the kernel: it sends on one slot, that slot is usable, and a fault of it leads where a new verdict would. */
static void kernel_right(struct circ *c)
{
	const struct rows *r = md.w.r;
	uint32_t i = c->show.index;
	enum slot sends = rows_sends(r, i);

	must(c->show.redundancy_now == c->slow.mode, "mode in force %u, expected %u", c->show.redundancy_now, c->slow.mode);
	must(c->show.preferred == c->slow.preferred, "prefers %s, expected %s", slot_text(c->show.preferred),
	     slot_text(c->slow.preferred));
	must(sends == c->show.active, "the kernel sends on %s, shown is %s", slot_text(sends), slot_text(c->show.active));
	for (int s = 0; s < 3; s++)
		must(rows_usable(r, i, s) == c->slow.usable[s], "%s is usable: %d in the kernel, %d by the facts",
		     slot_text((enum slot)s), rows_usable(r, i, s), c->slow.usable[s]);
	for (int s = 0; s < 3; s++)
		must(c->show.pw[s].up == c->slow.up[s], "%s is up: shown %d, by the facts %d (%s)", slot_text((enum slot)s),
		     c->show.pw[s].up, c->slow.up[s], c->show.pw[s].why);
	bool any = c->slow.usable[0] || c->slow.usable[1] || c->slow.usable[2];

	must(!any || sends != SLOT_NONE || c->show.holdoff_at_ns, "a pseudowire is usable, nothing is sent");
	met.dark += !any;
	if (sends == SLOT_NONE)
		return;
	enum slot then = slow_without(&c->slow, c->m, sends);
	enum slot next = (enum slot)r->next[i][sends];

	must(next == then || (then == SLOT_NONE && (next == SLOT_NONE || !c->slow.usable[next])),
	     "should %s fail the kernel goes to %s, a verdict to %s", slot_text(sends), slot_text(next), slot_text(then));
}

static const struct act_keep *record_of(const struct circ *c)
{
	static const struct act_keep none;

	for (int k = 0; k < W_KEEPS; k++)
		if (!strcmp(md.w.r->keep[k].name, c->m->name))
			return &md.w.r->keep[k];
	return &none;
}

/* The delay timer: it has a reason, and the reason has it; the record says when the policy's time is over. */
static void delay_has_reason(struct circ *c)
{
	const struct show_circuit *w = &c->show;
	enum slot p = c->slow.preferred, o = p == SLOT_PRIMARY ? SLOT_SECONDARY : SLOT_PRIMARY;
	bool waits = w->active == o && c->slow.usable[p] && !slow_never(&c->slow, c->m);
	uint64_t kept = record_of(c)->deadline_ns;

	must(!w->revert_at_ns || waits, "the delay timer runs for nothing (until %.9f)", in_s(w->revert_at_ns));
	must(!waits || w->revert_at_ns, "it waits on %s, and no timer runs", slot_text(o));
	must(!waits || w->revert_at_ns > md.w.now, "it should have gone back at %.9f", in_s(w->revert_at_ns));
	must(!kept == !(waits && slow_delay(&c->slow, c->m)) && kept <= w->revert_at_ns,
	     "the record says %.9f, the timer %.9f",
	     in_s(kept), in_s(w->revert_at_ns));
}

/* No timer without a reason, whatever came before. */
static void timers_have_reasons(struct circ *c)
{
	const struct show_circuit *w = &c->show;

	delay_has_reason(c);
	must(!w->resume_at_ns || (w->active == SLOT_PRIMARY && c->m->pw[SLOT_SECONDARY].present && w->resume_at_ns >= md.w.now),
	     "resume runs for nothing (until %.9f)", in_s(w->resume_at_ns));
	must(record_of(c)->resume_ns == w->resume_at_ns || (c->m->resume_set && !c->m->resume),
	     "the record of resume says %.9f, the timer %.9f",
	     in_s(record_of(c)->resume_ns), in_s(w->resume_at_ns));
	must(!w->holdoff_at_ns || (slow_holdoff(&c->slow, c->m) && w->active == SLOT_NONE && !c->slow.usable[SLOT_PRIMARY] &&
	     !c->m->pw_fault[SLOT_PRIMARY] && w->holdoff_at_ns > md.w.now), "holdoff runs for nothing (until %.9f)",
	     in_s(w->holdoff_at_ns));
}

/* Step by step as the slow model goes. */
static void as_expected(struct circ *c)
{
	const struct show_circuit *w = &c->show;
	const struct slow *s = &c->slow;

	must(w->requested == s->asked && w->request_at_ns == s->request_at, "asks for %s until %.9f, expected %s until %.9f",
	     slot_text(w->requested), in_s(w->request_at_ns), slot_text(s->asked), in_s(s->request_at));
	must(w->forced_down == s->forced && w->ac_up == s->ac, "port forced %d, AC up %d, expected %d, %d", w->forced_down,
	     w->ac_up, s->forced, s->ac);

	must(w->active == s->sends, "sends on %s, expected %s", slot_text(w->active), slot_text(s->sends));
	must(w->revert_at_ns == s->revert_at, "goes back at %.9f, expected %.9f", in_s(w->revert_at_ns), in_s(s->revert_at));
	must(w->resume_at_ns == s->resume_at, "resume ends at %.9f, expected %.9f", in_s(w->resume_at_ns), in_s(s->resume_at));
	must(w->holdoff_at_ns == s->holdoff_at, "holdoff ends at %.9f, expected %.9f", in_s(w->holdoff_at_ns),
	     in_s(s->holdoff_at));
}

static void told_right(struct circ *c)
{
	for (int s = 0; s < 3; s++) {
		const struct act_signal *a = &md.w.r->signal[c->show.index * 4 + (uint32_t)s];

		must(a->wanted == is_ldp(c->m, s), "%s is signalled: %d", slot_text((enum slot)s), a->wanted);
		must(!a->wanted || a->status == c->slow.told[s], "on %s 0x%x is told, expected 0x%x",
		     slot_text((enum slot)s), a->status, c->slow.told[s]);
	}
}

/* Core is to be run again when the first timer ends, and not without one. */
static void runs_again_in_time(void)
{
	uint64_t next = core_next(md.w.c), first = 0;
	const struct circ *c = NULL;
	bool hidden = false;

	for (uint32_t i = 0; i < md.n; i++) {
		const struct show_circuit *w = &md.c[i].show;
		const struct slow *s = &md.c[i].slow;
		uint64_t at[] = { w->revert_at_ns, w->resume_at_ns, w->holdoff_at_ns, w->request_at_ns, s->grace_at, s->first_at };

		for (size_t k = 0; k < sizeof(at) / sizeof(at[0]); k++)
			first = at[k] && (!first || at[k] < first) ? at[k] : first;
	}
	for (uint32_t i = 0; i < md.n; i++)	/* who believes does not know of all of them */
		hidden |= md.believe && (md.c[i].m->trigger_if_down || md.c[i].slow.grace_at);
	must(next == first || hidden, "core asks to be run at %.9f, the first timer ends at %.9f", in_s(next), in_s(first));
}

static void count_what_happened(const struct circ *c, const struct show_circuit *was)
{
	met.switches += c->show.switches != was->switches;
	met.waits += c->show.revert_at_ns && !was->revert_at_ns;
	met.cancelled += was->revert_at_ns && !c->show.revert_at_ns && c->show.active == was->active;
	met.resumes += c->show.resume_at_ns && !was->resume_at_ns;
	met.held_off += c->show.holdoff_at_ns && !was->holdoff_at_ns;
	met.masters += c->show.redundancy_now == REDUNDANCY_MASTER;
	met.independents += c->show.redundancy_now == REDUNDANCY_INDEPENDENT;
	met.standby += c->show.role_standby;
	met.forced += c->show.forced_down && !was->forced_down;
	met.alarms += c->show.alarms && !was->alarms;
	met.agreed += c->slow.requested != SLOT_NONE;
	met.reverts += was->revert_at_ns && was->active == SLOT_SECONDARY && c->show.active == SLOT_PRIMARY;
}

/* By the facts alone, whatever came before. */
static void roles_right(struct circ *c)
{
	const struct show_circuit *w = &c->show;

	must(w->role_standby == c->slow.standby, "is standby %d, expected %d", w->role_standby, c->slow.standby);
	must(w->alarms == c->slow.alarms, "alarms 0x%x, expected 0x%x", w->alarms, c->slow.alarms);
	must(!w->request_at_ns || (w->requested < SLOT_BYPASS && c->slow.up[w->requested] && w->request_at_ns > md.w.now &&
	     c->slow.mode == REDUNDANCY_INDEPENDENT), "asks for %s for nothing", slot_text(w->requested));
	must(w->forced_down == md.ac_held[c - md.c], "the port is held down %d, core says %d", md.ac_held[c - md.c],
	     w->forced_down);
	must(!w->forced_down || (c->m->trigger_if_down && !c->m->shutdown && !c->slow.up[0] && !c->slow.up[1] &&
	     !c->slow.up[2]), "the port is held down for nothing");
}

static void check_circuit(struct circ *c)
{
	struct slow_facts f = facts_of(c);
	struct show_circuit was = c->show;

	assert_true(core_show_circuit(md.w.c, c->m->name, &c->show));
	count_what_happened(c, &was);
	if (md.believe)
		slow_believe(&c->slow, c->m, &f, &c->show, md.w.now);
	else
		slow_think(&c->slow, c->m, &f, c->kernel, c->then, md.w.now);
	say("  %.9f c%u: %s%s%s%s sends %s, revert %.9f resume %.9f holdoff %.9f\n", in_s(md.w.now),
	    (unsigned)(c - md.c), md.believe ? "(seen) " : "",
	    c->slow.usable[0] ? "P" : "-", c->slow.usable[1] ? "S" : "-", c->slow.usable[2] ? "B" : "-",
	    slot_text(c->show.active), in_s(c->show.revert_at_ns), in_s(c->show.resume_at_ns), in_s(c->show.holdoff_at_ns));
	if (!md.believe)
		as_expected(c);
	kernel_right(c);
	timers_have_reasons(c);
	roles_right(c);
	told_right(c);
}

static void apply(int rc)
{
	md.w.r->now = md.w.now;
	for (uint32_t i = 0; i < md.w.a.n; i++) {
		const struct action *a = &md.w.a.v[i];

		rows_apply(md.w.r, a);
		if (a->kind == ACT_AC_DOWN)
			md.ac_held[a->ac_down.name[1] - '0'] = a->ac_down.down;
	}
	assert_true(rc == 0 || rc == 1 || rc == -ENOMEM);
}

/* With memory short the list of actions ends after a few, at random. */
static void short_of_memory(void)
{
	if (!(md.how & MEMORY))
		return;
	free(md.w.a.v);
	md.w.a = (struct actions){ .cap = 1 + rnd(6) };
	md.w.a.v = malloc(md.w.a.cap * sizeof(*md.w.a.v));
	assert_non_null(md.w.a.v);
	no_memory = rnd(4);
}

static void ask_kernel(struct circ *c)
{
	const struct rows *r = md.w.r;
	uint32_t i = c->show.index;

	c->kernel = i ? rows_sends(r, i) : SLOT_NONE;
	c->then = c->kernel == SLOT_NONE ? SLOT_NONE : (enum slot)r->next[i][c->kernel];
	if (c->then != SLOT_NONE && !rows_usable(r, i, (int)c->then))
		c->then = SLOT_NONE;
}

static bool is_due(void)
{
	uint64_t next = core_next(md.w.c);

	return next && next <= md.w.now;
}

static void settle(void)
{
	const struct circ *c = NULL;
	int rc, slices = 0;

	md.believe |= md.renamed || md.w.now < md.believe_until;
	for (uint32_t i = 0; i < md.n; i++)
		ask_kernel(&md.c[i]);
	do {
		short_of_memory();
		md.w.a.n = 0;
		rc = md.how & SLICES ? core_run_slice(md.w.c, md.w.now, &md.w.a, 1 + rnd(12)) :
		     core_run(md.w.c, md.w.now, &md.w.a);
		no_memory = false;
		apply(rc);
		must(++slices < 20000, "it never settles");
	} while (rc || core_pending(md.w.c) || (md.how & SLICES && is_due()));
	for (uint32_t i = 0; i < md.n; i++)
		check_circuit(&md.c[i]);
	if (md.renamed)
		md.believe_until = md.w.now + SLOW_SETTLE;
	memset(md.fell, false, sizeof(md.fell));
	md.believe = md.how & LOOSE;
	md.renamed = false;
	runs_again_in_time();
}

/* Time passes until @to; core is run whenever it asks for it, and to the nanosecond. */
static void pass(uint64_t to)
{
	const struct circ *c = NULL;
	int again = 0;

	for (uint64_t next; (next = core_next(md.w.c)) && next <= to;) {
		again = next > md.w.now ? 0 : again + 1;
		md.w.now = next > md.w.now ? next : md.w.now;
		must(again < 10, "core asks for the same instant for ever");
		settle();
	}
	md.w.now = to;
	settle();
}

/* ---- configuration ------------------------------------------------------------------------------------------ */

/* What cfg would refuse is not configured. */
static void lawful(struct m_interface *m)
{
	if (m->reroute != REROUTE_DELAY)
		m->reroute_delay = 0;
	if (!m->pw[SLOT_SECONDARY].present)
		m->pw_fault[1] = m->dual_receiving = false;
	if (m->redundancy != REDUNDANCY_MASTER || !m->pw[SLOT_SECONDARY].present) {
		m->switchover = false;
		m->holdoff = 0;
	}
	if (m->redundancy != REDUNDANCY_INDEPENDENT)
		m->ac_role = AC_ROLE_DEFAULT;
	m->trigger_if_down &= is_ldp(m, 0) || is_ldp(m, 1) || is_ldp(m, 2);
	m->follow = m->ac_role == AC_ROLE_FOLLOW ? VRRP : 0;
}

static void random_policy(struct m_interface *m)
{
	m->reroute = (uint8_t)rnd(4);
	m->reroute_delay = (uint16_t)(10 * (1 + rnd(3)));
	m->resume_set = rnd(2);
	m->resume = m->resume_set ? (uint16_t)(rnd(3) * 4) : 0;
	m->holdoff = (uint16_t)rnd(4);
}

static void random_pw(struct m_interface *m, int i, enum slot s, bool ldp)
{
	uint32_t peer = rnd(N_PEER), n = (uint32_t)(i * 4 + (int)s);

	if (ldp)
		pw_ldp(m, s, PEER(peer), 1 + n);
	else
		pw_set(m, s, PEER(peer), 100 + n, 200 + n);
}

static struct m_interface *random_circuit(int i)
{
	uint32_t kind = rnd(4);
	char name[16];

	snprintf(name, sizeof(name), "A%d", i);
	struct m_interface *m = if_obj(name, "", 0);

	for (int s = 0; s < 3; s++)
		if (s == SLOT_PRIMARY || rnd(s == SLOT_SECONDARY ? 8 : 3) == 1 || (s == SLOT_SECONDARY && rnd(8)))
			random_pw(m, i, (enum slot)s, kind == 0 ? false : kind == 1 ? rnd(2) : true);
	random_policy(m);
	m->redundancy = kind < 2 ? REDUNDANCY_FRR : (uint8_t)rnd(3);
	m->ac_role = rnd(3) ? AC_ROLE_DEFAULT : (uint8_t)rnd(4);
	m->trigger_if_down = !rnd(4);
	lawful(m);
	return m;
}

static void change(struct m_interface *m, int i)
{
	enum slot s = (enum slot)rnd(3);

	switch (rnd(15)) {
	case 0:
	case 1:
		m->pw_fault[s == SLOT_SECONDARY] ^= true;
		break;
	case 2:
		random_policy(m);
		break;
	case 8:
	case 9:
		m->switchover ^= true;
		break;
	case 10:
		m->redundancy = (uint8_t)rnd(3);
		break;
	case 11:
		m->ac_role = (uint8_t)rnd(4);
		break;
	case 12:
	case 13:
		m->trigger_if_down ^= true;
		break;
	case 14:
		m->ignore_ac[s] ^= true;
		break;
	case 3:
		m->dual_receiving ^= true;
		break;
	case 4:
		if (m->pw[s].present)
			m->pw[s].ignore_standby ^= true;
		break;
	case 5:
		m->shutdown ^= true;
		break;
	case 6:
		if (s == SLOT_PRIMARY)
			break;
		if (m->pw[s].present)
			m->pw[s] = (struct m_pw){ 0 };
		else
			random_pw(m, i, s, rnd(4));
		break;
	default:
		m->pw[SLOT_PRIMARY] = (struct m_pw){ 0 };
		random_pw(m, i, SLOT_PRIMARY, rnd(4));
	}
	lawful(m);
}

/* A PW with another name has heard nothing yet. */
static void renamed(struct circ *c, const struct m_interface *now)
{
	for (int s = 0; s < 3; s++) {
		const struct m_pw *a = &c->m->pw[s], *b = &now->pw[s];

		if (!is_ldp(now, s) || !is_ldp(c->m, s) || a->peer != b->peer || a->vc_id != b->vc_id)
			c->far[s] = (struct far){ 0 };
		md.renamed |= a->present != b->present || a->kind != b->kind || a->peer != b->peer;
	}
}

static void op_config(void)
{
	static const char *const mode_text[] = { "frr", "master", "independent" };
	int i = (int)rnd(md.n);
	struct circ *c = &md.c[i];
	struct m_interface *now = copy(c->m, sizeof(*now));
	const struct m_interface *old = c->m;

	change(now, i);
	renamed(c, now);
	say("  c%d: %s, %s, reroute %u delay %u resume %d holdoff %u switchover %d, faults %d%d, dual %d, ignore standby %d%d%d, "
	    "shutdown %d, role %u, trigger %d, ignore AC %d%d%d\n", i,
	    now->pw[1].present ? now->pw[2].present ? "PSB" : "PS" : now->pw[2].present ? "PB" : "P",
	    mode_text[now->redundancy], now->reroute, now->reroute_delay, now->resume_set ? now->resume : -1, now->holdoff,
	    now->switchover, now->pw_fault[0], now->pw_fault[1], now->dual_receiving, now->pw[0].ignore_standby,
	    now->pw[1].ignore_standby, now->pw[2].ignore_standby, now->shutdown, now->ac_role, now->trigger_if_down,
	    now->ignore_ac[0], now->ignore_ac[1], now->ignore_ac[2]);
	c->m = now;
	commit(&md.w, OBJ_INTERFACE, old, ref_get(now));
}

/* ---- facts --------------------------------------------------------------------------------------------------- */

static void flip_link(int p, bool watched)
{
	char name[16];

	snprintf(name, sizeof(name), "C%d", p);
	md.link[p] = !md.link[p];
	say("  %s %s\n", name, md.link[p] ? "up" : "down");
	if (!md.link[p] && watched) {		/* the watcher saw it before us: the kernel moves by itself */
		for (uint32_t i = 0; i < W_PATHS; i++)
			if (md.w.r->path[i].ifindex == CORE_IFINDEX(p))
				md.w.r->armed[i] = false;
		met.kernel++;
	}
	link_is(&md.w, name, CORE_IFINDEX(p), md.link[p]);
}

static void op_link(void)
{
	int p = (int)rnd(N_CORE);

	flip_link(p, rnd(4));
}

/* Down and up before core looks: the kernel has moved, and what comes back has to settle. */
static void op_flap(void)
{
	int p = (int)rnd(N_CORE);

	if (!md.link[p])
		return;
	flip_link(p, true);
	flip_link(p, true);
	md.fell[p] = true;
}

static void flip_neigh(int p)
{
	uint8_t mac[6] = { 2, 0, 0, 0, 1, (uint8_t)p };

	md.neigh[p] = !md.neigh[p];
	say("  next hop to peer %d %s\n", p, md.neigh[p] ? "resolved" : "lost");
	core_neigh(md.w.c, CORE_IFINDEX(port_of(p)), hop_of(p), md.neigh[p] ? mac : NULL);
}

static void op_neigh(void)
{
	flip_neigh((int)rnd(N_PEER));
}

static void unmap(struct far *f)
{
	*f = (struct far){ .no_status = f->no_status };
}

static void tell_session(int p, enum session_state s)
{
	static const char *const text[] = { "down", "held", "up" };

	if (s == SESSION_HELD && md.session[p] != SESSION_UP)
		s = SESSION_UP;
	say("  session with peer %d %s\n", p, text[s]);
	md.session[p] = s;
	for (uint32_t i = 0; s == SESSION_DOWN && i < md.n; i++)
		for (int k = 0; k < 3; k++)
			if (is_ldp(md.c[i].m, k) && peer_at(md.c[i].m->pw[k].peer) == p)
				unmap(&md.c[i].far[k]);
	core_session(md.w.c, PEER(p), s);
}

static void tell_far(struct circ *c, int s, const struct far *f, bool notified)
{
	struct fact_remote r = {
		.mapped = f->mapped, .label = f->label, .status = f->status, .no_status = f->no_status, .mtu = f->mtu,
		.notified = notified, .reason = f->mapped ? REASON_MAPPING : REASON_WITHDRAW,
	};

	c->far[s] = *f;
	c->far[s].held = false;
	if (!f->mapped)
		unmap(&c->far[s]);
	say("  c%d %s: mapped %d status 0x%x mtu %u no-status %d\n", (int)(c - md.c), slot_text((enum slot)s), f->mapped,
	    f->status, f->mtu, f->no_status);
	core_remote(md.w.c, c->show.index * 4 + (uint32_t)s, &r);
	struct slow_facts facts = facts_of(c);

	if (notified)
		slow_hear(&c->slow, c->m, &facts, s, f->status);
}

/* Its peer has heard of it by its present name. */
static bool said_to(const struct circ *c, int s)
{
	const struct act_signal *a = &md.w.r->signal[c->show.index * 4 + (uint32_t)s];

	return is_ldp(c->m, s) && a->wanted && a->peer == c->m->pw[s].peer && a->id == c->m->pw[s].vc_id;
}

/* A signalled slot with a session, one by chance; -1: none. */
static int some_slot(struct circ **c)
{
	uint32_t from = rnd(N_CIRC * 3);

	for (uint32_t k = 0; k < N_CIRC * 3; k++) {
		uint32_t at = (from + k) % (N_CIRC * 3), i = at / 3, s = at % 3;

		if (i >= md.n || !said_to(&md.c[i], (int)s) || md.session[peer_at(md.c[i].m->pw[s].peer)] == SESSION_DOWN)
			continue;
		*c = &md.c[i];
		return (int)s;
	}
	return -1;
}

static uint32_t random_status(void)
{
	switch (rnd(10)) {
	case 8:
		return LDP_PW_SWITCHOVER;
	case 9:
		return LDP_PW_SWITCHOVER | LDP_PW_STANDBY;
	case 0:
		return 1u << rnd(32);			/* one nobody knows, perhaps */
	case 1:
		return (uint32_t)next_of(&rng);		/* contradictory */
	case 2:
	case 3:
		return LDP_PW_STANDBY;
	case 4:
		return 0x06;
	case 5:
		return 0x01;
	}
	return 0;
}

static void op_map(void)
{
	struct far f = { .mapped = true, .mtu = 1500 };
	struct circ *c;
	int s = some_slot(&c);

	if (s < 0)
		return;
	f.label = 1000 + rnd(4);
	f.mtu = rnd(10) ? 1500 : 1400;
	f.no_status = !rnd(12);
	f.status = rnd(3) || f.no_status ? 0 : random_status();
	tell_far(c, s, &f, false);
}

static void op_withdraw(void)
{
	struct circ *c;
	int s = some_slot(&c);

	if (s >= 0 && c->far[s].mapped)
		tell_far(c, s, &(struct far){ .no_status = c->far[s].no_status }, false);
}

static void op_status(void)
{
	struct circ *c;
	int s = some_slot(&c);

	if (s < 0 || !c->far[s].mapped || c->far[s].no_status)
		return;
	struct far f = c->far[s];

	f.status = random_status();
	tell_far(c, s, &f, true);
}

/* What is true of the AC's port is told to core. */
static void host_sees(int i)
{
	bool up = md.ac[i] && !md.ac_held[i];
	char name[16];

	snprintf(name, sizeof(name), "A%d", i);
	if (up == md.ac_told[i])
		return;
	say("  the port of c%d is %s%s\n", i, up ? "up" : "down", md.ac_held[i] ? " (held down)" : "");
	md.ac_told[i] = up;
	link_is(&md.w, name, AC_IFINDEX(i), up);
}

static void op_ac(void)
{
	int i = (int)rnd(md.n);

	md.ac[i] = !md.ac[i];
	say("  AC of c%d %s\n", i, md.ac[i] ? "up" : "down");
	host_sees(i);
}

static void op_host(void)
{
	host_sees((int)rnd(md.n));
}

static void op_session(void)
{
	int p = (int)rnd(N_PEER);

	tell_session(p, rnd(3) ? SESSION_UP : (enum session_state)rnd(2));
}

static void op_address(void)
{
	md.address = !md.address;
	say("  the address %s\n", md.address ? "comes" : "goes");
	core_subnet(md.w.c, VRRP_IFINDEX, VRRP, 24, md.address);
}

/* The kernel's word of where a circuit sends, true as it is and late as it may be. */
static void op_moved(void)
{
	const struct circ *c = &md.c[rnd(md.n)];

	enum slot sends = rows_sends(md.w.r, c->show.index);

	if (sends != md.w.r->active[c->show.index])
		core_kernel_moved(md.w.c, c->show.index, sends, md.w.now - rnd(3000));
}

/* Something that is amiss is mended, so that there is something to break. */
static void op_mend(void)
{
	struct circ *c = &md.c[rnd(md.n)];
	int s = (int)rnd(3), p = peer_at(c->m->pw[s].peer);

	if (!c->m->pw[s].present)
		return;
	if (!md.link[port_of(p)])
		flip_link(port_of(p), false);
	if (!md.neigh[p])
		flip_neigh(p);
	if (!is_ldp(c->m, s))
		return;
	if (md.session[p] != SESSION_UP)
		tell_session(p, SESSION_UP);
	if (said_to(c, s) && (!c->far[s].mapped || c->far[s].status || c->far[s].mtu != 1500))
		tell_far(c, s, &(struct far){ .mapped = true, .mtu = 1500, .label = 1000 + rnd(4) }, false);
}

static void op_pass(void)
{
	uint64_t to = md.w.now + (rnd(4) ? rnd(1500) * 1000000ull : rnd(45) * SEC);

	say("  until %.9f\n", in_s(to));
	pass(to);
}

/* To the end of the first timer, or a nanosecond short of it. */
static void op_until(void)
{
	uint64_t next = core_next(md.w.c);

	if (!next)
		return;
	uint64_t to = next - rnd(2);

	say("  until %.9f, the first timer ends %s\n", in_s(to), to == next ? "now" : "in 1 ns");
	if (to > md.w.now)
		pass(to);
}

/* ---- the engine's end ----------------------------------------------------------------------------------------- */

static void configure(void)
{
	char name[16];

	struct m_system *sys = sys_obj(true, 0);

	sys->lsr_id = md.first ? IP(200, 0, 0, 1) : sys->lsr_id;
	assert_int_equal(core_prepare(md.w.c, OBJ_SYSTEM, NULL, sys), 0);
	ref_put(sys);
	for (int p = 0; p < N_CORE; p++) {
		struct m_interface *m;

		snprintf(name, sizeof(name), "C%d", p);
		m = if_obj(name, "", 0);
		m->mpls = true;
		assert_int_equal(core_prepare(md.w.c, OBJ_INTERFACE, NULL, m), 0);
		ref_put(m);
	}
	for (int p = 0; p < N_PEER; p++) {
		char lsp[16], out[16];

		snprintf(lsp, sizeof(lsp), "lsp%d", p);
		snprintf(out, sizeof(out), "C%d", port_of(p));
		struct m_static_lsp *l = ingress(lsp, PEER(p), out, hop_of(p), 500 + (uint32_t)p);

		assert_int_equal(core_prepare(md.w.c, OBJ_STATIC_LSP, NULL, l), 0);
		ref_put(l);
		if (!md.askable[p])
			continue;
		struct m_l2vpn_peer *knows = copy(&(struct m_l2vpn_peer){ .peer = PEER(p), .takes_requests = true },
						  sizeof(*knows));

		assert_int_equal(core_prepare(md.w.c, OBJ_L2VPN_PEER, NULL, knows), 0);
		ref_put(knows);
	}
	for (uint32_t i = 0; i < md.n; i++)
		assert_int_equal(core_prepare(md.w.c, OBJ_INTERFACE, NULL, md.c[i].m), 0);
	assert_int_equal(core_prepared(md.w.c, NULL, 0), 0);
	core_apply(md.w.c);
}

static void tell_links(void)
{
	char name[16];

	for (int p = 0; p < N_CORE; p++) {
		snprintf(name, sizeof(name), "C%d", p);
		link_is(&md.w, name, CORE_IFINDEX(p), md.link[p]);
	}
	for (uint32_t i = 0; i < md.n; i++) {
		snprintf(name, sizeof(name), "A%u", i);
		md.ac_told[i] = md.ac[i] && !md.ac_held[i];
		link_is(&md.w, name, AC_IFINDEX(i), md.ac_told[i]);
	}
	for (int p = 0; p < N_PEER; p++)
		if (md.neigh[p])
			core_neigh(md.w.c, CORE_IFINDEX(port_of(p)), hop_of(p), (uint8_t[6]){ 2, 0, 0, 0, 1, (uint8_t)p });
	if (md.address)
		core_subnet(md.w.c, VRRP_IFINDEX, VRRP, 24, true);
}

/* The lowest mark an engine may have kept: the range is not to be used up by restarts. */
static uint32_t lowest_mark(const struct rows *r)
{
	uint32_t mark = LABEL_DYNAMIC_FIRST + 1;

	for (uint32_t i = W_LABELS; i <= r->top_label; i++) {
		if (r->label[i].kind && r->label[i].label >= mark)
			mark = r->label[i].label + 1;
		if (r->cleared[i].label >= mark && md.w.now < r->cleared[i].when + 2 * LABEL_REST_NS)
			mark = r->cleared[i].label + 1;
	}
	return mark;
}

/* Sessions go on where the former engine had them, or all begins anew. */
static void restart_peers(bool graceful)
{
	bool named[W_GUARDS] = { false };
	struct rows *r = md.w.r;

	if (graceful)
		core_recovering(md.w.c);
	for (int p = 0; p < N_PEER; p++)
		md.session[p] = graceful ? SESSION_HELD : SESSION_DOWN;
	for (uint32_t i = 0; i < md.n; i++)
		memset(md.c[i].far, 0, sizeof(md.c[i].far));
	for (uint32_t n = 4; n < 4 * (r->top + 1); n++) {
		const struct act_circuit *row = &r->circuit[n / 4];

		if (!row->used || n % 4 == 3 || !r->pw_live[n])
			continue;
		named[row->slot[n % 4].guard] = true;
		core_seed_slot(md.w.c, row->key, (enum slot)(n % 4), &row->slot[n % 4]);
		for (uint32_t i = 0; graceful && i < md.n; i++)
			if (is_ldp(md.c[i].m, (int)(n % 4)) && row->key == core_key(md.c[i].m->name))
				md.c[i].far[n % 4] = (struct far){ .mapped = true, .mtu = 1500,
								   .label = row->slot[n % 4].label, .held = true };
	}
	for (int p = 0; p < N_PEER; p++)
		if (!rnd(3))
			tell_session(p, rnd(2) ? SESSION_UP : SESSION_DOWN);
		else
			core_session(md.w.c, PEER(p), md.session[p]);
	for (int g = 0; g < W_GUARDS; g++)
		r->guard[g] &= named[g];	/* dp clears what nobody was told of */
	memset(r->signal, 0, sizeof(r->signal[0]) * 4 * (CAPACITY + 1));
}

static void seed_rows(void)
{
	struct rows *r = md.w.r;

	for (int k = 0; k < W_KEEPS; k++)
		if (r->keep[k].name[0])
			assert_true(core_seed_revert(md.w.c, r->keep[k].name, r->keep[k].deadline_ns, r->keep[k].resume_ns));
	for (uint32_t i = 1; i <= r->top; i++)
		if (r->circuit[i].used)
			core_seed_circuit(md.w.c, r->circuit[i].key, i, rows_sends(r, i));
}

static void seed_paths_and_labels(void)
{
	struct rows *r = md.w.r;

	for (uint16_t i = 1; i < W_PATHS; i++)
		if (r->path[i].used)
			core_seed_path(md.w.c, r->path[i].key, i);
	for (uint32_t i = W_LABELS; i <= r->top_label; i++)
		if (r->label[i].kind)
			core_seed_label(md.w.c, &r->label[i]);
	core_seed_next_label(md.w.c, r->mark = lowest_mark(r));
}

/* The first round of an engine leaves every circuit where it is, if that can carry. */
static void adopt(void)
{
	int rc;

	for (uint32_t i = 0; i < md.n; i++)
		ask_kernel(&md.c[i]);
	do {
		md.w.a.n = 0;
		rc = md.how & SLICES ? core_run_slice(md.w.c, md.w.now, &md.w.a, 1 + rnd(12)) :
		     core_run(md.w.c, md.w.now, &md.w.a);
		apply(rc);
	} while (rc);
	for (uint32_t i = 0; i < md.n; i++) {
		struct circ *c = &md.c[i];
		enum slot now = rows_sends(md.w.r, c->show.index);

		must(c->kernel >= SLOT_BYPASS || now == c->kernel || !rows_usable(md.w.r, c->show.index, (int)c->kernel),
		     "a new engine moved it from %s to %s", slot_text(c->kernel), slot_text(now));
	}
}

/* The engine dies; another takes what it finds. */
static void op_restart(void)
{
	bool graceful = rnd(4);

	met.restarts++;
	if (md.renamed)				/* what a former engine held is for the same names */
		settle();
	if (!rnd(3))
		md.w.now += rnd(20) * SEC;
	say("  the engine is another, %s\n", graceful ? "sessions are held" : "all sessions are lost");
	core_free(md.w.c);
	md.w.c = core_new(CAPACITY);
	assert_non_null(md.w.c);
	configure();
	seed_rows();
	for (uint32_t i = 0; i < md.n; i++)
		if (md.ac_held[i])
			md.ac_held[i] = core_seed_ac_down(md.w.c, md.c[i].m->name);
	restart_peers(graceful);
	seed_paths_and_labels();
	tell_links();
	memset(md.w.r->port, 0, sizeof(md.w.r->port));	/* dp clears what the first run does not ask for */
	memset(md.w.r->label, 0, STATIC_LABELS * sizeof(md.w.r->label[0]));
	core_recovered(md.w.c);
	md.believe = true;
	md.believe_until = md.w.now + SLOW_SETTLE;
	for (uint32_t i = 0; i < md.n; i++) {
		enum slot sends = rows_sends(md.w.r, md.c[i].show.index);
		const struct m_interface *m = md.c[i].m;
		bool holds = m->holdoff && !m->switchover && is_ldp(m, SLOT_PRIMARY) && is_ldp(m, SLOT_SECONDARY);

		slow_new(&md.c[i].slow);
		if (sends == SLOT_NONE && holds)
			sends = SLOT_PRIMARY;		/* so holdoff begins again */
		md.c[i].slow.carried = sends;
		md.c[i].slow.forced = md.c[i].slow.waited = md.ac_held[i];
	}
	adopt();
	settle();				/* daemon lets no commit in before adoption is over */
}

/* The kernel's tables are empty all at once. In place: these walks use but a little of them. */
static void op_replay(void)
{
	struct rows *r = md.w.r;

	memset(r->circuit, 0, (CAPACITY + 1) * sizeof(r->circuit[0]));
	memset(r->active, SLOT_NONE, CAPACITY + 1);
	memset(r->next, SLOT_NONE, (CAPACITY + 1) * sizeof(r->next[0]));
	memset(r->pw_live, 0, (CAPACITY + 1) * 4);
	memset(r->path, 0, sizeof(r->path));
	memset(r->armed, 0, sizeof(r->armed));
	memset(r->guard, 0, sizeof(r->guard));
	memset(r->port, 0, sizeof(r->port));
	memset(r->label, 0, STATIC_LABELS * sizeof(r->label[0]));
	for (uint32_t i = W_LABELS; i <= r->top_label; i++)
		r->label[i] = (struct act_label){ 0 };
	md.believe = true;			/* nothing is sent meanwhile */
	md.believe_until = md.w.now + SLOW_SETTLE;
	core_replay(md.w.c);
}

/* Refused when there is nothing to ask for, or nobody. */
static void op_request(void)
{
	struct circ *c = &md.c[rnd(md.n)];
	enum slot s = (enum slot)rnd(2);
	struct slow_facts f = facts_of(c);
	bool sense = c->slow.mode == REDUNDANCY_INDEPENDENT && is_ldp(c->m, (int)s) && f.askable[s] && f.up[s] &&
		     !c->show.role_standby && c->show.active != s && c->slow.asked == SLOT_NONE;
	char why[160];
	int rc = core_request_switchover(md.w.c, c->m->name, s, why);

	say("  c%d asks for %s: %s\n", (int)(c - md.c), slot_text(s), why);
	if (!(md.how & LOOSE))
		must((rc == 0) == sense, "the request is taken %d: %s", rc == 0, why);
	must((rc == 0) == !why[0], "why: %s", why);
	if (rc == 0) {
		c->slow.asked = s;
		met.requests++;
	}
}

/* ---- walks --------------------------------------------------------------------------------------------------- */

static void (*const op_fn[])(void) = {
	[OP_LINK] = op_link, [OP_NEIGH] = op_neigh, [OP_SESSION] = op_session, [OP_MAP] = op_map, [OP_WITHDRAW] = op_withdraw,
	[OP_STATUS] = op_status, [OP_AC] = op_ac, [OP_CONFIG] = op_config, [OP_ADDRESS] = op_address, [OP_MOVED] = op_moved,
	[OP_RESTART] = op_restart, [OP_REPLAY] = op_replay, [OP_PASS] = op_pass, [OP_UNTIL] = op_until,
	[OP_REQUEST] = op_request, [OP_MEND] = op_mend, [OP_HOST] = op_host, [OP_FLAP] = op_flap,
};
_Static_assert(sizeof(op_fn) / sizeof(op_fn[0]) == OP__N, "each event has its function");

static void plan_walk(uint64_t seed, uint32_t n)
{
	uint64_t s = seed * 0x9e3779b97f4a7c15u + 1;
	uint32_t sum = 0;

	for (int k = 0; k < OP__N; k++)
		sum += op_weight[k];
	plan = (struct plan){ seed, n, realloc(plan.op, n * sizeof(*plan.op)) };
	assert_non_null(plan.op);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t x = (uint32_t)(next_of(&s) >> 33) % sum;
		int k = 0;

		for (; x >= op_weight[k]; k++)
			x -= op_weight[k];
		plan.op[i] = (struct op){ (enum op_kind)k, next_of(&s) };
	}
}

static void begin(void)
{
	static const unsigned int ways[] = { 0, 0, 0, BATCH, SLICES, MEMORY, BATCH | SLICES, LOOSE };

	rng = plan.seed * 0xd1342543de82ef95u + 1;
	memset(&md, 0, sizeof(md));
	world_up(&md.w, CAPACITY);
	md.w.now = 100 * SEC;
	md.how = ways[plan.seed % 8];
	md.n = 1 + rnd(N_CIRC);
	md.first = rnd(2);
	for (int p = 0; p < N_PEER; p++)
		md.askable[p] = rnd(4);
	memset(md.ac, true, sizeof(md.ac));
	memset(md.link, true, sizeof(md.link));
	memset(md.neigh, true, sizeof(md.neigh));
	for (uint32_t i = 0; i < md.n; i++) {
		md.c[i].m = random_circuit((int)i);
		slow_new(&md.c[i].slow);
	}
	configure();
	tell_links();
	for (int p = 0; p < N_PEER; p++)
		tell_session(p, SESSION_UP);
	md.believe = true;
	settle();
}

static void end(void)
{
	for (uint32_t i = 0; i < md.n; i++)
		ref_put(md.c[i].m);
	world_down(&md.w);
}

/* Most circuits are fully signalled at first: what fails must have worked. */
static void all_map(void)
{
	for (uint32_t i = 0; i < md.n; i++)
		for (int s = 0; s < 3; s++)
			if (is_ldp(md.c[i].m, s))
				tell_far(&md.c[i], s, &(struct far){ .mapped = true, .mtu = 1500, .label = 1000 }, false);
	settle();
}

static void walk(void)
{
	begin();
	all_map();
	for (uint32_t i = 0; i < plan.n; i++) {
		say("%s\n", op_text[plan.op[i].kind]);
		rng = plan.op[i].r | 1;
		op_fn[plan.op[i].kind]();
		if (!(md.how & BATCH) || !rnd(2))
			settle();
	}
	met.walks++;
	met.events += plan.n;
	end();
}

/* ---- the shortest sequence that fails ---------------------------------------------------------------------------- */

static void one_walk(void **state)
{
	(void)state;
	walk();
}

static int run_one(void)
{
	const struct CMUnitTest one[] = { cmocka_unit_test(one_walk) };

	return cmocka_run_group_tests_name("core model, one", one, NULL, NULL);
}

/* In a process of its own, silently. */
static bool fails(void)
{
	int st;
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		alarm(20);
		_exit(run_one() != 0);
	}
	return pid > 0 && waitpid(pid, &st, 0) == pid && st != 0;
}

/* Without the events [at, at + n) it fails as well: they are out. */
static bool without(uint32_t at, uint32_t n)
{
	struct plan whole = plan;
	bool still;

	plan.op = malloc(whole.n * sizeof(*plan.op));
	assert_non_null(plan.op);
	memcpy(plan.op, whole.op, at * sizeof(*plan.op));
	memcpy(plan.op + at, whole.op + at + n, (whole.n - at - n) * sizeof(*plan.op));
	plan.n = whole.n - n;
	still = fails();
	free(still ? whole.op : plan.op);
	if (!still)
		plan = whole;
	return still;
}

static void shorten(void)
{
	for (uint32_t n = plan.n / 2 ? plan.n / 2 : 1; n; n /= 2)
		for (uint32_t at = 0; at + n <= plan.n;)
			at += without(at, n) ? 0 : n;
}

static int explain(void)
{
	fflush(stdout);
	if (!fails())
		return 1;			/* no walk failed, but they did not get everywhere */
	printf("\nseed %llu fails; shortened it is:\n", (unsigned long long)plan.seed);
	fflush(stdout);
	shorten();
	loud = true;
	run_one();
	return 1;
}

/* ---- */

static uint64_t first_seed = 1;
#ifdef __SANITIZE_ADDRESS__
static uint32_t n_walks = 250;		/* takes ten times as long */
#else
static uint32_t n_walks = 1000000 / WALK;
#endif

static void holds(void **state)
{
	(void)state;
	for (uint64_t s = first_seed; s < first_seed + n_walks; s++) {
		plan_walk(s, WALK);
		walk();
	}
}

/* Every kind of thing was met, and often. */
static void went_everywhere(void **state)
{
	const struct { const char *what; uint32_t n, least; } of[] = {
		{ "switches", met.switches, met.walks }, { "moves by the kernel", met.kernel, met.walks },
		{ "waits", met.waits, met.walks }, { "cancelled", met.cancelled, met.walks / 2 },
		{ "gone back", met.reverts, met.walks / 2 }, { "resumes", met.resumes, met.walks / 4 },
		{ "held off", met.held_off, met.walks / 4 }, { "restarts", met.restarts, met.walks / 2 },
		{ "settled as master", met.masters, met.walks }, { "as independent", met.independents, met.walks },
		{ "standing by", met.standby, met.walks }, { "requests", met.requests, met.walks / 20 },
		{ "settled by a request", met.agreed, met.walks / 4 }, { "ports held down", met.forced, met.walks / 4 },
		{ "alarms", met.alarms, met.walks }, { "settled in the dark", met.dark, met.walks },
	};

	(void)state;
	print_message("%u events in %u walks\n", met.events, met.walks);
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		print_message("  %-22s%u\n", of[i].what, of[i].n);
		assert_true(of[i].n > of[i].least);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(holds), cmocka_unit_test(went_everywhere) };

	if (argc > 3 && !strcmp(argv[1], "many")) {
		first_seed = strtoull(argv[2], NULL, 0);
		n_walks = (uint32_t)strtoul(argv[3], NULL, 0);
	} else if (argc > 1) {
		plan_walk(strtoull(argv[1], NULL, 0), argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : WALK);
		loud = argc <= 3;
		return loud ? run_one() : fails() ? explain() : 0;
	}
	int rc = cmocka_run_group_tests_name("core model", tests, NULL, NULL);

	return rc ? explain() : 0;
}
