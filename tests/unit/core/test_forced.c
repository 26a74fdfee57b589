/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Core by scenarios: `trigger if-down`, and which far ends hear of an AC fault. Two engines at the ends of one PW hand each
 * other their statuses; ports, cables, the host that forces a port down and the clock are made here.
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
#include "scene.h"

#define FAULT	(LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT)

struct end {				/* a PE with one circuit (index 1), as configured, and its port */
	struct world w;
	struct m_interface *m;
	bool cable, forced;		/* what the port is made of */
	bool slow;			/* the kernel tells of the port when it comes to it: port_is() */
	uint32_t turns;			/* ACT_AC_DOWN, ever */
	bool events;			/* CEV_FORCED came with each of them */
};

static void port_is(struct end *e)
{
	link_is(&e->w, AC, 3, e->cable && !e->forced);
}

/* The host does as it is told, and the kernel says what came of it. */
static void runs(struct end *e)
{
	assert_int_equal(run(&e->w), 0);
	for (uint32_t i = 0; i < e->w.a.n; i++) {
		const struct action *a = &e->w.a.v[i];

		if (a->kind != ACT_AC_DOWN)
			continue;
		assert_string_equal(a->ac_down.name, AC);
		assert_int_not_equal(a->ac_down.down, e->forced);
		e->forced = a->ac_down.down;
		e->turns++;
		e->events &= i + 1 < e->w.a.n && e->w.a.v[i + 1].event.kind == CEV_FORCED &&
			     e->w.a.v[i + 1].event.to == e->forced;
	}
	if (!e->slow)
		port_is(e);
	if (core_pending(e->w.c))
		runs(e);
}

static struct m_interface *triggered(void)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_ldp(m, SLOT_PRIMARY, PE2, 100);
	m->trigger_if_down = true;
	return m;
}

static void end_up(struct end *e, struct m_interface *m)
{
	*e = (struct end){ .m = m, .cable = true, .events = true };
	world_up(&e->w, 64);
	e->w.now = 100 * S;
	cores(&e->w);
	facts(&e->w);
	commit(&e->w, OBJ_INTERFACE, NULL, ref_get(m));
	runs(e);
}

static void end_down(struct end *e)
{
	assert_true(e->events);
	ref_put(e->m);
	world_down(&e->w);
}

static struct show_circuit end_show(const struct end *e)
{
	struct show_circuit s;

	assert_true(core_show_circuit(e->w.c, AC, &s));
	assert_int_equal(s.forced_down, e->forced);
	return s;
}

static void session(struct end *e, uint32_t peer, bool up)
{
	core_session(e->w.c, peer, up ? SESSION_UP : SESSION_DOWN);
	runs(e);
}

static void says(struct end *e, uint32_t pw, uint32_t status)
{
	struct fact_remote r = { .mapped = true, .label = 7000 + pw, .mtu = 1500, .status = status };

	core_remote(e->w.c, pw, &r);
	runs(e);
}

static void end_becomes(struct end *e, struct m_interface *now)
{
	commit(&e->w, OBJ_INTERFACE, e->m, ref_get(now));
	e->m = now;
	runs(e);
}

static struct m_interface *end_edit(const struct end *e)
{
	return copy(e->m, sizeof(*e->m));
}

static void end_waits(struct end *e, uint64_t ns)
{
	uint64_t end = e->w.now + ns;

	for (uint64_t next; (next = core_next(e->w.c)) && next <= end;) {
		assert_true(next > e->w.now);
		e->w.now = next - 1000;		/* run() adds them */
		runs(e);
	}
	e->w.now = end;
}

static void cable(struct end *e, bool there)
{
	e->cable = there;
	if (!e->slow)
		port_is(e);
	runs(e);
}

/* ---- one end ------------------------------------------------------------------------------------------------ */

static void up(struct end *e, struct m_interface *m)
{
	end_up(e, m);
	session(e, PE2, true);
	session(e, PE3, true);
	for (uint32_t s = 0; s < 3; s++)
		if (m->pw[s].present)
			says(e, P + s, 0);
	assert_false(e->forced);
	assert_int_equal(e->turns, 0);
}

static void forced_while_nothing_is_up(void **state)
{
	struct end e;

	(void)state;
	up(&e, triggered());
	session(&e, PE2, false);
	assert_true(e.forced && end_show(&e).ac_up);
	assert_int_equal(e.w.r->signal[P].status & FAULT, 0);
	assert_true(e.w.r->port[3].down);		/* for frames it is down */
	end_waits(&e, 100 * S);
	assert_int_equal(e.turns, 1);
	session(&e, PE2, true);
	assert_true(e.forced);				/* without a Mapping it is not up */
	says(&e, P, 0);
	assert_false(e.forced);
	end_waits(&e, 100 * S);
	assert_true(end_show(&e).ac_up && !e.w.r->port[3].down);
	assert_int_equal(e.turns, 2);
	end_down(&e);
}

/* A released port has 10 s to get its carrier back; then it is a fault. */
static void released_port_gets_time(void **state)
{
	struct end e;

	(void)state;
	up(&e, triggered());
	session(&e, PE2, false);
	cable(&e, false);				/* nobody can see that */
	session(&e, PE2, true);
	says(&e, P, 0);
	uint64_t since = e.w.now;

	assert_false(e.forced);
	assert_true(end_show(&e).ac_up);
	assert_true(core_next(e.w.c) > since + 9 * S && core_next(e.w.c) <= since + 10 * S);
	end_waits(&e, 9 * S);
	assert_int_equal(e.w.r->signal[P].status, 0);
	end_waits(&e, S);
	assert_false(end_show(&e).ac_up);
	assert_int_equal(e.w.r->signal[P].status, FAULT);
	cable(&e, true);
	assert_int_equal(e.w.r->signal[P].status, 0);
	cable(&e, false);				/* no time any more */
	assert_int_equal(e.w.r->signal[P].status, FAULT);
	assert_int_equal(e.turns, 2);
	end_down(&e);
}

/* The kernel tells late that the port fell, when it is released already: that is no fault either. */
static void news_of_the_force_come_late(void **state)
{
	struct end e;

	(void)state;
	up(&e, triggered());
	core_session(e.w.c, PE2, SESSION_DOWN);
	assert_int_equal(run(&e.w), 0);
	assert_int_equal(count(&e.w, ACT_AC_DOWN), 1);
	core_session(e.w.c, PE2, SESSION_UP);
	core_remote(e.w.c, P, &(struct fact_remote){ .mapped = true, .label = 7004, .mtu = 1500 });
	assert_int_equal(run(&e.w), 0);
	assert_int_equal(count(&e.w, ACT_AC_DOWN), 1);
	core_remote(e.w.c, P, &(struct fact_remote){ .mapped = true, .label = 7005, .mtu = 1500 });
	assert_int_equal(run(&e.w), 0);			/* it is looked at meanwhile */
	link_is(&e.w, AC, 3, false);
	assert_int_equal(run(&e.w), 0);
	assert_int_equal(e.w.r->signal[P].status, 0);
	assert_true(end_show(&e).ac_up);
	link_is(&e.w, AC, 3, true);
	assert_int_equal(run(&e.w), 0);
	assert_true(core_next(e.w.c) == 0);		/* that was it */
	link_is(&e.w, AC, 3, false);
	assert_int_equal(run(&e.w), 0);
	assert_int_equal(e.w.r->signal[P].status, FAULT);
	end_down(&e);
}

/* At a start nothing is up for a while. */
static void first_5_s(void **state)
{
	struct end e;

	(void)state;
	end_up(&e, triggered());
	assert_false(e.forced);
	end_waits(&e, 4 * S);
	session(&e, PE2, true);
	says(&e, P, 0);
	end_waits(&e, 100 * S);
	assert_int_equal(e.turns, 0);
	session(&e, PE2, false);			/* from then on at once */
	assert_true(e.forced);
	end_down(&e);
	end_up(&e, triggered());
	end_waits(&e, 6 * S);
	assert_true(e.forced);
	session(&e, PE2, true);
	says(&e, P, 0);
	assert_false(e.forced);
	end_down(&e);
}

/* Without the trigger nothing runs, and nothing is left running when it goes. */
static void trigger_goes_in_the_first_5_s(void **state)
{
	struct m_interface *m;
	struct end e;

	(void)state;
	end_up(&e, triggered());
	assert_true(core_next(e.w.c) != 0);
	m = end_edit(&e);
	m->trigger_if_down = false;
	end_becomes(&e, m);
	assert_true(core_next(e.w.c) == 0);
	end_down(&e);
}

static void standby_is_up(void **state)
{
	struct end e;

	(void)state;
	up(&e, triggered());
	says(&e, P, LDP_PW_STANDBY);
	assert_int_equal(end_show(&e).active, SLOT_NONE);
	end_waits(&e, 100 * S);
	assert_int_equal(e.turns, 0);
	end_down(&e);
}

static void any_pw_will_do(void **state)
{
	struct m_interface *m = triggered();
	struct end e;

	(void)state;
	pw_ldp(m, SLOT_SECONDARY, PE3, 200);
	pw_ldp(m, SLOT_BYPASS, PE3, 300);
	up(&e, m);
	session(&e, PE2, false);
	assert_false(e.forced);
	says(&e, Q, LDP_PW_NOT_FORWARDING);
	assert_false(e.forced);				/* the bypass */
	says(&e, B, LDP_PW_NOT_FORWARDING);
	assert_true(e.forced);
	says(&e, Q, 0);
	assert_false(e.forced);
	end_down(&e);
}

/* The command, the circuit or the operator's shutdown ends it. */
static void released_without_a_pw(void **state)
{
	struct m_interface *m;
	struct end e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		up(&e, triggered());
		session(&e, PE2, false);
		assert_true(e.forced);
		m = end_edit(&e);
		m->trigger_if_down = i > 0;
		m->shutdown = i == 1;
		m->pw[SLOT_PRIMARY].present = i < 2;
		end_becomes(&e, m);
		assert_false(e.forced);
		if (i == 1) {				/* its own affair */
			assert_false(end_show(&e).ac_up);
			assert_int_equal(e.w.r->signal[P].status & FAULT, FAULT);
			end_waits(&e, 20 * S);
			assert_false(e.forced);
			m = end_edit(&e);
			m->shutdown = false;
			end_becomes(&e, m);
			assert_true(e.forced);
		}
		end_down(&e);
	}
}

static void faulty_ac_is_not_forced(void **state)
{
	struct end e;

	(void)state;
	up(&e, triggered());
	cable(&e, false);
	session(&e, PE2, false);
	end_waits(&e, 100 * S);
	assert_int_equal(e.turns, 0);
	cable(&e, true);				/* now it is well, but nothing is up */
	assert_true(e.forced);
	end_down(&e);
}

/* A device that is no more has nothing to be forced. */
static void port_that_goes(void **state)
{
	struct end e;

	(void)state;
	up(&e, triggered());
	session(&e, PE2, false);
	assert_true(e.forced);
	link_is(&e.w, AC, 0, false);
	assert_int_equal(run(&e.w), 0);
	assert_int_equal(count(&e.w, ACT_AC_DOWN), 1);
	assert_false(find(&e.w, ACT_AC_DOWN, 0)->ac_down.down);
	e.forced = false;
	runs(&e);
	assert_true(e.forced);				/* it is back */
	end_down(&e);
}

/* A restart takes over what is forced, without a flap, and releases what has no reason any more. */
static void restarted(void **state)
{
	struct m_interface *m = triggered();
	struct end e;

	(void)state;
	for (int i = 0; i < 2; i++) {
		e = (struct end){ .m = ref_get(m), .cable = true, .forced = true, .events = true };
		world_up(&e.w, 64);
		e.w.now = 100 * S;
		cores(&e.w);
		facts(&e.w);
		port_is(&e);
		commit(&e.w, OBJ_INTERFACE, NULL, ref_get(m));
		assert_true(core_seed_ac_down(e.w.c, AC));
		assert_false(core_seed_ac_down(e.w.c, CORE1));
		if (i) {
			core_session(e.w.c, PE2, SESSION_UP);
		}
		runs(&e);
		assert_true(e.forced && end_show(&e).ac_up);
		assert_false(core_seed_ac_down(e.w.c, AC));	/* too late */
		session(&e, PE2, true);
		says(&e, P, 0);
		assert_false(e.forced);
		end_down(&e);
	}
	m->trigger_if_down = false;
	world_up(&e.w, 64);
	commit(&e.w, OBJ_INTERFACE, NULL, m);
	assert_false(core_seed_ac_down(e.w.c, AC));
	world_down(&e.w);
}

/* Tables that are filled again, and a path that is replaced, take down nothing. */
static void another_table_or_path(void **state)
{
	struct m_static_lsp *old, *now;
	struct end e;

	(void)state;
	for (uint32_t work = 1; work < 40; work += 3) {
		up(&e, triggered());
		core_replay(e.w.c);
		while (run_slice(&e.w, work) == 1)
			assert_int_equal(count(&e.w, ACT_AC_DOWN), 0);
		runs(&e);
		old = ingress("lsp1", PE2, CORE1, NH1, 500);
		now = ingress("lsp1", PE2, CORE2, NH2, 700);
		commit(&e.w, OBJ_STATIC_LSP, old, now);
		while (run_slice(&e.w, work) == 1)
			assert_int_equal(count(&e.w, ACT_AC_DOWN), 0);
		runs(&e);
		old = ingress("lsp1", PE2, CORE2, NH2, 700);
		now = ingress("lsp3", PE2, CORE1, NH1, 800);
		assert_int_equal(core_prepare(e.w.c, OBJ_STATIC_LSP, old, NULL), 0);
		commit(&e.w, OBJ_STATIC_LSP, NULL, now);
		ref_put(old);
		while (run_slice(&e.w, work) == 1)
			assert_int_equal(count(&e.w, ACT_AC_DOWN), 0);
		runs(&e);
		assert_int_equal(e.turns, 0);
		assert_int_equal(end_show(&e).active, SLOT_PRIMARY);
		end_down(&e);
	}
}

/* ---- who hears of an AC fault ---------------------------------------------------------------------------------- */

static struct m_interface *three(void)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_ldp(m, SLOT_PRIMARY, PE2, 100);
	pw_ldp(m, SLOT_SECONDARY, PE3, 200);
	return m;
}

static void fault_told(const struct end *e, bool p, bool q)
{
	assert_int_equal(e->w.r->signal[P].status & FAULT, p ? FAULT : 0);
	assert_int_equal(e->w.r->signal[Q].status & FAULT, q ? FAULT : 0);
	assert_int_equal(e->w.r->signal[B].status & FAULT, 0);
}

static void ac_fault_goes_to_all(void **state)
{
	struct m_interface *m = three();
	struct end e;

	(void)state;
	up(&e, m);
	cable(&e, false);
	fault_told(&e, true, true);
	m = end_edit(&e);
	m->ignore_ac[SLOT_PRIMARY] = true;
	end_becomes(&e, m);
	fault_told(&e, false, true);
	m = end_edit(&e);
	m->ignore_ac[SLOT_SECONDARY] = true;
	end_becomes(&e, m);
	fault_told(&e, false, false);
	cable(&e, true);
	fault_told(&e, false, false);
	end_down(&e);
}

static void bypass_isolates_an_ac_fault(void **state)
{
	struct m_interface *m = three();
	struct end e;

	(void)state;
	pw_ldp(m, SLOT_BYPASS, PE3, 300);
	up(&e, m);
	cable(&e, false);
	fault_told(&e, false, false);
	says(&e, B, LDP_PW_NOT_FORWARDING);
	fault_told(&e, true, true);
	says(&e, B, 0);
	fault_told(&e, false, false);
	says(&e, B, LDP_PW_STANDBY);
	fault_told(&e, true, true);
	says(&e, B, 0);
	m = end_edit(&e);
	m->redundancy = REDUNDANCY_INDEPENDENT;		/* the ends decide which carries, by this */
	end_becomes(&e, m);
	fault_told(&e, true, true);
	end_down(&e);
}

/* ---- two ends, both with the trigger ---------------------------------------------------------------------------- */

struct pair { struct end a, b; bool path; };

static bool tell(struct end *from, struct end *to)
{
	const struct act_signal *s = &from->w.r->signal[P];
	struct fact_remote r = { .mapped = true, .label = s->label, .mtu = s->mtu, .status = s->status };

	if (!s->wanted)
		return false;
	core_remote(to->w.c, P, &r);
	if (!core_pending(to->w.c))
		return false;
	runs(to);
	return true;
}

/* Until neither has anything new to say, which takes no long talk. */
static void talk(struct pair *p)
{
	for (int i = 0; p->path; i++) {
		bool more = tell(&p->a, &p->b);

		if (!tell(&p->b, &p->a) && !more)
			return;
		assert_true(i < 8);
	}
}

static void both_pass(struct pair *p, uint64_t ns)
{
	uint64_t end = p->a.w.now + ns;

	while (p->a.w.now < end) {
		uint64_t x = core_next(p->a.w.c), y = core_next(p->b.w.c), next = x && (!y || x < y) ? x : y;

		if (!next || next > end)
			next = end;
		p->a.w.now = p->b.w.now = next - 1000;
		runs(&p->a);
		runs(&p->b);
		talk(p);
		p->a.w.now = p->b.w.now = p->a.w.now > p->b.w.now ? p->a.w.now : p->b.w.now;
	}
}

static void path(struct pair *p, bool there)
{
	p->path = there;
	session(&p->a, PE2, there);
	session(&p->b, PE2, there);
}

static void pair_up(struct pair *p)
{
	end_up(&p->a, triggered());
	end_up(&p->b, triggered());
	path(p, true);
	talk(p);
}

static void pair_down(struct pair *p)
{
	end_down(&p->a);
	end_down(&p->b);
}

static void well(struct end *e)
{
	struct show_circuit s = end_show(e);

	assert_false(e->forced);
	assert_true(s.ac_up && s.pw[0].up && s.active == SLOT_PRIMARY);
	assert_int_equal(e->w.r->signal[P].status, 0);
	assert_false(e->w.r->port[3].down);
}

/* 'A', 'B': the cable of that end; 'P': the path; the first of its kind cuts, the second restores. */
static void in_this_order(const char *order, uint64_t gap)
{
	struct pair p;
	bool there[3] = { true, true, true };

	pair_up(&p);
	well(&p.a);
	well(&p.b);
	for (const char *o = order; *o; o++) {
		int k = *o == 'A' ? 0 : *o == 'B' ? 1 : 2;

		there[k] = !there[k];
		if (k < 2)
			cable(k ? &p.b : &p.a, there[k]);
		else
			path(&p, there[k]);
		talk(&p);
		both_pass(&p, gap);
	}
	both_pass(&p, 20 * S);
	well(&p.a);
	well(&p.b);
	uint32_t turns = p.a.turns + p.b.turns;

	assert_in_range(turns, 0, 16);
	both_pass(&p, 600 * S);
	assert_int_equal(p.a.turns + p.b.turns, turns);
	pair_down(&p);
}

static void orders(char *so_far, int n, int left[3], uint64_t gap, int *done)
{
	if (n == 6) {
		in_this_order(so_far, gap);
		(*done)++;
		return;
	}
	for (int k = 0; k < 3; k++) {
		if (!left[k])
			continue;
		left[k]--;
		so_far[n] = "ABP"[k];
		orders(so_far, n + 1, left, gap, done);
		left[k]++;
	}
}

static void every_order_of_cuts_and_restores(void **state)
{
	static const uint64_t gaps[] = { 1000, S / 2, 3 * S, 12 * S };

	(void)state;
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		char order[7] = "";
		int left[3] = { 2, 2, 2 }, done = 0;

		orders(order, 0, left, gaps[i], &done);
		assert_int_equal(done, 90);
	}
}

/* While something is cut, each end is as it should be, and stays so. */
static void steady_while_cut(void **state)
{
	struct pair p;

	(void)state;
	pair_up(&p);
	cable(&p.a, false);
	talk(&p);
	both_pass(&p, 60 * S);
	assert_true(!p.a.forced && p.b.forced);		/* B's customer is to see it */
	assert_int_equal(p.a.turns + p.b.turns, 1);
	cable(&p.b, false);				/* which B cannot see */
	talk(&p);
	both_pass(&p, 60 * S);
	assert_int_equal(p.a.turns + p.b.turns, 1);
	cable(&p.a, true);
	talk(&p);
	assert_false(p.b.forced);
	both_pass(&p, 60 * S);				/* now it does */
	assert_true(p.a.forced && !p.b.forced);
	assert_int_equal(p.a.turns + p.b.turns, 3);
	path(&p, false);
	both_pass(&p, 60 * S);
	assert_true(p.a.forced && !p.b.forced);
	path(&p, true);
	cable(&p.b, true);
	talk(&p);
	both_pass(&p, 60 * S);
	well(&p.a);
	well(&p.b);
	pair_down(&p);
}

static void carriers_pass(struct pair *p, uint64_t s, uint64_t lag)
{
	struct end *ends[] = { &p->a, &p->b };
	uint64_t since[2] = { 0, 0 };			/* when its port was let go */

	for (; s > 0; s--) {
		for (int i = 0; i < 2; i++) {
			struct end *e = ends[i];

			since[i] = e->forced || !e->cable ? 0 : since[i] ? since[i] : e->w.now;
			link_is(&e->w, AC, 3, since[i] && e->w.now >= since[i] + lag);
			runs(e);
		}
		talk(p);
		both_pass(p, S);
	}
}

/* Ports that take 25 s to get their carrier: a few turns, then all is well, and the next time at once. */
static void slow_carriers(void **state)
{
	struct pair p;

	(void)state;
	pair_up(&p);
	p.a.slow = p.b.slow = true;
	for (int i = 0; i < 2; i++) {
		uint32_t turns = p.a.turns + p.b.turns;

		path(&p, false);
		carriers_pass(&p, 5, 25 * S);
		path(&p, true);
		talk(&p);
		carriers_pass(&p, 400, 25 * S);
		well(&p.a);
		well(&p.b);
		assert_in_range(p.a.turns + p.b.turns - turns, 4, i ? 4 : 16);
	}
	pair_down(&p);
}

static uint32_t rnd(uint64_t *x, uint32_t below)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*x >> 33) % below;
}

static void port_news(struct end *e)
{
	port_is(e);
	runs(e);
}

static void random_step(struct pair *p, uint64_t *x, bool there[3])
{
	static const uint64_t gaps[] = { 1000, 1000000, S / 3, S, 6 * S, 15 * S };
	uint32_t k = rnd(x, 5);

	if (k < 3)
		there[k] = !there[k];
	if (k < 2)
		cable(k ? &p->b : &p->a, there[k]);
	else if (k == 2)
		path(p, there[2]);
	else
		port_news(k == 3 ? &p->a : &p->b);
	if (rnd(x, 3))
		talk(p);
	if (rnd(x, 3))
		both_pass(p, gaps[rnd(x, sizeof(gaps) / sizeof(gaps[0]))]);
}

/* Whatever happened, and however late the kernel told of it: in the end all is well, and stays so. */
static void random_cuts(void **state)
{
	uint64_t x = 1;

	(void)state;
	for (int walk = 0; walk < 300; walk++) {
		bool there[3] = { true, true, true };
		struct pair p;

		pair_up(&p);
		p.a.slow = walk & 1;
		p.b.slow = walk & 2;
		for (int i = 0; i < 60; i++)
			random_step(&p, &x, there);
		cable(&p.a, true);
		cable(&p.b, true);
		path(&p, true);
		talk(&p);
		for (int i = 0; i < 10; i++) {		/* a port has its carrier within 10 s */
			port_news(&p.a);
			port_news(&p.b);
			talk(&p);
			both_pass(&p, 5 * S);
		}
		well(&p.a);
		well(&p.b);
		uint32_t turns = p.a.turns + p.b.turns;

		both_pass(&p, 600 * S);
		assert_int_equal(p.a.turns + p.b.turns, turns);
		pair_down(&p);
	}
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(forced_while_nothing_is_up), T(released_port_gets_time), T(news_of_the_force_come_late), T(first_5_s),
		T(trigger_goes_in_the_first_5_s), T(standby_is_up), T(any_pw_will_do), T(released_without_a_pw),
		T(faulty_ac_is_not_forced), T(port_that_goes), T(restarted), T(another_table_or_path), T(ac_fault_goes_to_all),
		T(bypass_isolates_an_ac_fault), T(every_order_of_cuts_and_restores), T(steady_while_cut),
		T(slow_carriers), T(random_cuts),
	};

	return cmocka_run_group_tests_name("core forced", tests, NULL, NULL);
}
