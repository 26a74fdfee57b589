/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timing of protection by virtual clock: when a circuit goes back by each policy, with a second failure on the way;
 * holdoff, resume, settling, the pace of very many; what far ends are told at each of these moments, by mode.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/ldp.h"
#include "scene.h"

#define TICK	1000ull			/* run() takes so long */

static void says(struct circ *t, uint32_t pw, uint32_t status, bool no_status)
{
	struct fact_remote r = {
		.mapped = true, .label = 7000 + pw, .mtu = 1500, .reason = REASON_MAPPING, .status = status,
		.no_status = no_status,
	};

	core_remote(t->w.c, pw, &r);
	assert_int_equal(run(&t->w), 0);
}

static void peers(struct circ *t)
{
	core_session(t->w.c, PE2, SESSION_UP);
	core_session(t->w.c, PE3, SESSION_UP);
	assert_int_equal(run(&t->w), 0);
	says(t, P, 0, false);
	if (t->m->pw[SLOT_SECONDARY].present)
		says(t, Q, 0, false);
}

static void up_with(struct circ *t, struct m_interface *m)
{
	t->m = m;
	world_up(&t->w, 64);
	t->w.now = 100 * S;
	cores(&t->w);
	facts(&t->w);
	commit(&t->w, OBJ_INTERFACE, NULL, ref_get(m));
	assert_int_equal(run(&t->w), 0);
	peers(t);
	time_passes(t, 10 * S);
}

/* Where the kernel sends, and what the far ends of primary and secondary have been told. */
#define is(t, slot, p, s)                                                                       \
	do {                                                                                    \
		assert_int_equal(rows_sends((t)->w.r, 1), slot);                                \
		assert_int_equal((t)->w.r->signal[P].status, p);                                \
		assert_int_equal((t)->w.r->signal[Q].status, s);                                \
	} while (0)

static void port(struct circ *t, uint32_t ifindex, bool up)
{
	if (!up)
		watcher(t->w.r, ifindex);
	link_is(&t->w, ifindex == 4 ? CORE1 : CORE2, ifindex, up);
	assert_int_equal(run(&t->w), 0);
}

/* Its timer, of so many ns from the last run on, has not run out a nanosecond before its end. */
#define changes_after(t, ns, before, after)                                                     \
	do {                                                                                    \
		uint64_t _since = (t)->w.now;                                                   \
		time_passes(t, (ns) - 1);                                                       \
		assert_int_equal(rows_sends((t)->w.r, 1), before);                              \
		time_passes(t, 1);                                                              \
		assert_int_equal(rows_sends((t)->w.r, 1), after);                               \
		assert_true(show_of(t).switched_ns == _since + (ns));                           \
	} while (0)

/* ---- policies ------------------------------------------------------------------------------------------ */

static const struct policy {
	enum m_reroute reroute;
	uint16_t delay;
	uint64_t ns;			/* from the recovery to the way back; 0: never */
	enum reason reason;
	enum detector detector;
} policies[] = {
	{ REROUTE_DEFAULT, 0, 30 * S, REASON_DELAY_OVER, DET_TIMER },
	{ REROUTE_DELAY, 10, 10 * S, REASON_DELAY_OVER, DET_TIMER },
	{ REROUTE_DELAY, 10800, 10800 * S, REASON_DELAY_OVER, DET_TIMER },
	{ REROUTE_IMMEDIATELY, 0, S, REASON_OUT_IF_UP, DET_CARRIER },	/* settled */
	{ REROUTE_NEVER, 0, 0, REASON_NONE, DET_NONE },
};
#define N_POLICIES (sizeof(policies) / sizeof(policies[0]))

static void with_policy(struct circ *t, const struct policy *p, enum m_redundancy mode)
{
	struct m_interface *m = two(mode);

	m->reroute = (uint8_t)p->reroute;
	m->reroute_delay = p->delay;
	up_with(t, m);
}

/* Each policy to the nanosecond, in the modes that have it, with a second failure of the primary half way. */
static void back_by_policy(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * N_POLICIES; i++) {
		const struct policy *p = &policies[i / 2];
		struct circ t;

		with_policy(&t, p, i % 2 ? REDUNDANCY_MASTER : REDUNDANCY_FRR);
		port(&t, 4, false);
		assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
		port(&t, 4, true);
		if (!p->ns) {
			assert_true(core_next(t.w.c) == 0);
			time_passes(&t, 20000 * S);
			assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
			port(&t, 5, false);			/* the only reason to leave it */
			assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
			down(&t);
			continue;
		}
		assert_true(core_next(t.w.c) == t.w.now + p->ns && show_of(&t).revert_at_ns == core_next(t.w.c));
		time_passes(&t, p->ns / 2);
		port(&t, 4, false);				/* stopped */
		assert_true(core_next(t.w.c) == 0);
		time_passes(&t, p->ns);
		assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
		port(&t, 4, true);				/* from the start again */
		changes_after(&t, p->ns, SLOT_SECONDARY, SLOT_PRIMARY);
		assert_int_equal(show_of(&t).switch_reason, p->reason);
		assert_int_equal(show_of(&t).switch_detector, p->detector);
		down(&t);
	}
}

/* The other way round: who carries fails while the timer runs. */
static void leaving_is_never_delayed(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_POLICIES; i++) {
		struct circ t;

		with_policy(&t, &policies[i], REDUNDANCY_FRR);
		port(&t, 4, false);
		port(&t, 4, true);
		time_passes(&t, S / 2);
		port(&t, 5, false);
		assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
		assert_true(core_next(t.w.c) == 0);
		port(&t, 4, false);				/* both, and back in the other order */
		assert_int_equal(rows_sends(t.w.r, 1), SLOT_NONE);
		port(&t, 5, true);
		assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
		port(&t, 4, true);
		assert_true(core_next(t.w.c) == (policies[i].ns ? t.w.now + policies[i].ns : 0));
		down(&t);
	}
}

static void flapping_never_settles(void **state)
{
	struct circ t;

	(void)state;
	with_policy(&t, &policies[3], REDUNDANCY_FRR);
	for (int i = 0; i < 20; i++) {
		port(&t, 4, false);
		time_passes(&t, S / 10);
		port(&t, 4, true);
		time_passes(&t, S - 2 * TICK);
		assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	}
	assert_int_equal(show_of(&t).switches, 1);
	port(&t, 4, false);					/* within one batch it counts, too */
	port(&t, 4, true);
	time_passes(&t, S / 2);
	watcher(t.w.r, 4);
	link_is(&t.w, CORE1, 4, false);
	link_is(&t.w, CORE1, 4, true);
	assert_int_equal(run(&t.w), 0);
	changes_after(&t, S, SLOT_SECONDARY, SLOT_PRIMARY);
	down(&t);
}

/* Each change of policy counts from the recovery on, and never undercuts settling. */
static void policy_changed_before_it_settled(void **state)
{
	struct circ t;

	(void)state;
	with_policy(&t, &policies[0], REDUNDANCY_FRR);
	port(&t, 4, false);
	port(&t, 4, true);
	uint64_t up = t.w.now;
	struct m_interface *m = edit(&t);

	time_passes(&t, S / 4);
	m->reroute = REROUTE_IMMEDIATELY;
	becomes(&t, m);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_next(t.w.c) == up + S);
	m = edit(&t);
	m->reroute = REROUTE_NEVER;
	becomes(&t, m);
	assert_true(core_next(t.w.c) == 0);
	time_passes(&t, S);
	m = edit(&t);
	m->reroute = REROUTE_IMMEDIATELY;			/* long since settled */
	becomes(&t, m);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switch_detector, DET_CONFIG);
	down(&t);
}

/* ---- resume -------------------------------------------------------------------------------------------- */

static void gone_back(struct circ *t, bool set, uint16_t resume)
{
	struct m_interface *m = two(REDUNDANCY_FRR);

	m->reroute = REROUTE_IMMEDIATELY;
	m->resume_set = set;
	m->resume = resume;
	up_with(t, m);
	is(t, SLOT_PRIMARY, 0, 0);
	port(t, 4, false);
	is(t, SLOT_SECONDARY, LDP_PW_PSN_TX_FAULT, 0);
	port(t, 4, true);
	is(t, SLOT_SECONDARY, 0, 0);
	time_passes(t, S - 1);
	is(t, SLOT_SECONDARY, 0, 0);
}

static void resume_tells_the_secondary(void **state)
{
	static const struct { bool set; uint16_t resume; uint64_t ns; } row[] = {
		{ false, 0, 10 * S }, { true, 1, S }, { true, 600, 600 * S },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct circ t;

		gone_back(&t, row[i].set, row[i].resume);
		uint64_t at = t.w.now + 1;

		t.w.now = at - TICK;
		assert_int_equal(run(&t.w), 0);
		is(&t, SLOT_PRIMARY, 0, LDP_PW_NOT_FORWARDING);
		assert_true(show_of(&t).resume_used && show_of(&t).resume_at_ns == at + row[i].ns);
		assert_int_equal(show_of(&t).resume, row[i].ns / S);
		assert_int_equal(count(&t.w, ACT_STEER), 1);	/* nothing else, here or later */
		time_passes(&t, row[i].ns - 1);
		is(&t, SLOT_PRIMARY, 0, LDP_PW_NOT_FORWARDING);
		time_passes(&t, 1);
		is(&t, SLOT_PRIMARY, 0, 0);
		assert_int_equal(count(&t.w, ACT_SIGNAL) + count(&t.w, ACT_KEEP), (uint32_t)t.w.a.n);
		assert_true(show_of(&t).resume_at_ns == 0 && core_next(t.w.c) == 0);
		down(&t);
	}
}

/* Notice and recovery are two messages all the same. */
static void resume_of_0(void **state)
{
	struct circ t;

	(void)state;
	gone_back(&t, true, 0);
	t.w.now += 1 - TICK;
	assert_int_equal(run(&t.w), 0);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_NOT_FORWARDING);
	assert_true(core_next(t.w.c) && core_next(t.w.c) <= t.w.now);
	assert_int_equal(run(&t.w), 0);
	is(&t, SLOT_PRIMARY, 0, 0);
	assert_true(core_next(t.w.c) == 0);
	assert_int_equal(count(&t.w, ACT_KEEP), 0);
	down(&t);
}

static void primary_failing_ends_resume(void **state)
{
	struct circ t;

	(void)state;
	gone_back(&t, false, 0);
	time_passes(&t, 1);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_NOT_FORWARDING);
	time_passes(&t, 5 * S);
	port(&t, 4, false);
	is(&t, SLOT_SECONDARY, LDP_PW_PSN_TX_FAULT, 0);
	assert_true(core_next(t.w.c) == 0 && show_of(&t).resume_at_ns == 0);
	port(&t, 4, true);
	time_passes(&t, S);					/* and all over again */
	is(&t, SLOT_PRIMARY, 0, LDP_PW_NOT_FORWARDING);
	time_passes(&t, 10 * S);
	is(&t, SLOT_PRIMARY, 0, 0);
	down(&t);
}

/* ... as does what takes its reason away: another mode, no secondary. A failure of the secondary is told beside it. */
static void other_ends_of_resume(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct circ t;

		gone_back(&t, false, 0);
		time_passes(&t, 1);
		struct m_interface *m = edit(&t);

		if (i == 0)
			memset(&m->pw[SLOT_SECONDARY], 0, sizeof(m->pw[0]));
		else if (i == 1)
			m->redundancy = REDUNDANCY_MASTER;
		becomes(&t, m);
		if (i == 2) {
			port(&t, 5, false);
			is(&t, SLOT_PRIMARY, 0, LDP_PW_NOT_FORWARDING | LDP_PW_PSN_TX_FAULT);
			time_passes(&t, 20 * S);
			is(&t, SLOT_PRIMARY, 0, LDP_PW_PSN_TX_FAULT);
		} else if (i == 1) {
			is(&t, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
		}
		assert_true(core_next(t.w.c) == 0);
		down(&t);
	}
}

/* No notice: the secondary failed, so it was no switchback by policy; its peer could be told but by taking the label back. */
static void when_nothing_is_to_be_told(void **state)
{
	struct circ t;

	(void)state;
	with_policy(&t, &policies[1], REDUNDANCY_FRR);
	port(&t, 4, false);
	port(&t, 4, true);
	port(&t, 5, false);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_PSN_TX_FAULT);
	port(&t, 5, true);
	is(&t, SLOT_PRIMARY, 0, 0);
	says(&t, Q, 0, true);
	port(&t, 4, false);
	port(&t, 4, true);
	time_passes(&t, 10 * S);
	is(&t, SLOT_PRIMARY, 0, 0);
	down(&t);
}

/* Another core finds the rows, and the record. */
static void restarted(struct circ *t, uint64_t deadline, uint64_t resume)
{
	enum slot sends = rows_sends(t->w.r, 1);
	struct rows *r = t->w.r;
	struct act_circuit row = r->circuit[1];

	core_free(t->w.c);
	t->w.c = core_new(64);
	cores(&t->w);
	facts(&t->w);
	commit(&t->w, OBJ_INTERFACE, NULL, ref_get(t->m));
	if (deadline || resume)
		assert_true(core_seed_revert(t->w.c, AC, deadline, resume));
	core_seed_circuit(t->w.c, core_key(AC), 1, sends);
	core_recovering(t->w.c);
	for (int s = 0; s < 2; s++) {
		if (r->pw_live[P + (uint32_t)s])
			core_seed_slot(t->w.c, core_key(AC), (enum slot)s, &row.slot[s]);
		core_seed_path(t->w.c, r->path[row.slot[s].path].key, row.slot[s].path);
		core_seed_label(t->w.c, &r->label[W_PLACE(LABEL_DYNAMIC_FIRST + (uint32_t)s)]);
	}
	assert_int_equal(run(&t->w), 0);
	core_recovered(t->w.c);
	peers(t);
}

/* The record of the circuit; all zero: there is none. */
static struct act_keep kept(const struct circ *t)
{
	for (int k = 0; k < W_KEEPS; k++)
		if (t->w.r->keep[k].name[0])
			return t->w.r->keep[k];
	return (struct act_keep){ .deadline_ns = 0 };
}

static void resume_goes_on_after_a_restart(void **state)
{
	struct circ t;

	(void)state;
	gone_back(&t, false, 0);
	time_passes(&t, 1);
	uint64_t end = core_next(t.w.c);

	assert_true(kept(&t).resume_ns == end && kept(&t).deadline_ns == 0);
	time_passes(&t, 3 * S);
	restarted(&t, 0, end);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_NOT_FORWARDING);
	assert_true(core_next(t.w.c) == end);
	time_passes(&t, end - t.w.now);
	is(&t, SLOT_PRIMARY, 0, 0);
	assert_true(kept(&t).name[0] == '\0');
	down(&t);
}

/* ---- master -------------------------------------------------------------------------------------------- */

static void master_tells_roles(void **state)
{
	struct circ t;

	(void)state;
	with_policy(&t, &policies[1], REDUNDANCY_MASTER);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
	says(&t, P, LDP_PW_STANDBY, false);			/* it is not asked */
	is(&t, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
	assert_true(show_of(&t).redundancy_now == REDUNDANCY_MASTER && !show_of(&t).resume_used);
	port(&t, 4, false);
	is(&t, SLOT_SECONDARY, LDP_PW_STANDBY | LDP_PW_PSN_TX_FAULT, 0);
	port(&t, 4, true);
	is(&t, SLOT_SECONDARY, LDP_PW_STANDBY, 0);
	time_passes(&t, 10 * S);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_STANDBY);		/* and no notice */
	port(&t, 5, false);
	port(&t, 4, false);					/* nothing: it waits on the primary */
	is(&t, SLOT_NONE, LDP_PW_PSN_TX_FAULT, LDP_PW_STANDBY | LDP_PW_PSN_TX_FAULT);
	port(&t, 5, true);
	is(&t, SLOT_SECONDARY, LDP_PW_STANDBY | LDP_PW_PSN_TX_FAULT, 0);
	down(&t);
}

static void switchover_prefers_the_secondary(void **state)
{
	struct m_interface *m;
	struct circ t;

	(void)state;
	with_policy(&t, &policies[1], REDUNDANCY_MASTER);
	m = edit(&t);
	m->switchover = true;
	becomes(&t, m);						/* long since settled: now */
	is(&t, SLOT_SECONDARY, LDP_PW_STANDBY, 0);
	assert_int_equal(show_of(&t).preferred, SLOT_SECONDARY);
	assert_int_equal(show_of(&t).switch_reason, REASON_MANUAL_SET);
	port(&t, 5, false);					/* better there than nowhere */
	is(&t, SLOT_PRIMARY, 0, LDP_PW_STANDBY | LDP_PW_PSN_TX_FAULT);
	port(&t, 5, true);
	assert_true(core_next(t.w.c) == t.w.now + S);
	changes_after(&t, S, SLOT_PRIMARY, SLOT_SECONDARY);
	m = edit(&t);
	m->switchover = false;
	becomes(&t, m);						/* by policy again */
	changes_after(&t, 10 * S, SLOT_SECONDARY, SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switch_reason, REASON_DELAY_OVER);
	port(&t, 5, false);
	m = edit(&t);
	m->switchover = true;
	becomes(&t, m);						/* it is dead: later */
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	port(&t, 5, true);
	changes_after(&t, S, SLOT_PRIMARY, SLOT_SECONDARY);
	down(&t);
}

static void without_pw_status_it_is_frr(void **state)
{
	struct circ t;

	(void)state;
	with_policy(&t, &policies[1], REDUNDANCY_MASTER);
	says(&t, Q, 0, true);
	is(&t, SLOT_PRIMARY, 0, 0);
	assert_true(show_of(&t).redundancy == REDUNDANCY_MASTER && show_of(&t).redundancy_now == REDUNDANCY_FRR);
	assert_true(show_of(&t).pw[1].signal.no_status && t.w.r->signal[P].group == 0);
	says(&t, P, LDP_PW_STANDBY, false);			/* so this counts */
	is(&t, SLOT_SECONDARY, 0, 0);
	says(&t, Q, 0, false);
	is(&t, SLOT_SECONDARY, LDP_PW_STANDBY, 0);		/* usable again, and to settle */
	time_passes(&t, 10 * S);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
	down(&t);
}

/* One for all that change alike, and one for each place. */
static void groups_of_a_master(void **state)
{
	struct m_interface *m;
	uint32_t p, q;
	struct circ t;

	(void)state;
	with_policy(&t, &policies[1], REDUNDANCY_MASTER);
	p = t.w.r->signal[P].group;
	q = t.w.r->signal[Q].group;
	assert_true(p && q && p != q && show_of(&t).pw[0].signal.group == p);
	m = if_obj(AC ".7", AC, 7);
	pw_ldp(m, SLOT_PRIMARY, PE2, 107);
	pw_ldp(m, SLOT_SECONDARY, PE3, 207);
	m->redundancy = REDUNDANCY_MASTER;
	commit(&t.w, OBJ_INTERFACE, NULL, m);
	m = if_obj(AC ".8", AC, 8);
	pw_ldp(m, SLOT_PRIMARY, PE3, 208);
	pw_ldp(m, SLOT_SECONDARY, PE2, 108);
	m->redundancy = REDUNDANCY_MASTER;
	commit(&t.w, OBJ_INTERFACE, NULL, m);
	assert_int_equal(run(&t.w), 0);
	assert_true(t.w.r->signal[8].group == p && t.w.r->signal[9].group == q);
	assert_true(t.w.r->signal[12].group != q && t.w.r->signal[13].group != p);	/* to the same peers, the other way */
	m = edit(&t);
	m->redundancy = REDUNDANCY_FRR;
	becomes(&t, m);
	assert_int_equal(t.w.r->signal[P].group, 0);
	down(&t);
}

/* ---- holdoff ------------------------------------------------------------------------------------------- */

static void held(struct circ *t, uint16_t holdoff)
{
	struct m_interface *m = two(REDUNDANCY_MASTER);

	m->holdoff = holdoff;
	up_with(t, m);
	is(t, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
	assert_int_equal(t->w.r->next[1][SLOT_PRIMARY], SLOT_NONE);
	assert_int_equal(show_of(t).holdoff, holdoff);
}

static void holdoff_waits(void **state)
{
	static const uint16_t seconds[] = { 1, 7, 180 };

	(void)state;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		struct circ t;

		held(&t, seconds[i]);
		port(&t, 4, false);
		is(&t, SLOT_NONE, LDP_PW_PSN_TX_FAULT, LDP_PW_STANDBY);
		assert_true(core_next(t.w.c) == t.w.now + seconds[i] * S);
		assert_true(show_of(&t).holdoff_at_ns == core_next(t.w.c));
		changes_after(&t, seconds[i] * S, SLOT_NONE, SLOT_SECONDARY);
		is(&t, SLOT_SECONDARY, LDP_PW_PSN_TX_FAULT | LDP_PW_STANDBY, 0);
		assert_true(core_next(t.w.c) == 0 && show_of(&t).holdoff_at_ns == 0);
		assert_int_equal(show_of(&t).switch_reason, REASON_OUT_IF_DOWN);
		port(&t, 4, true);
		changes_after(&t, 30 * S, SLOT_SECONDARY, SLOT_PRIMARY);
		down(&t);
	}
}

static void recovery_ends_holdoff(void **state)
{
	struct circ t;

	(void)state;
	held(&t, 5);
	port(&t, 4, false);
	time_passes(&t, 4 * S);
	port(&t, 4, true);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
	assert_true(core_next(t.w.c) == 0 && show_of(&t).switches == 0);
	port(&t, 4, false);					/* from the start again */
	changes_after(&t, 5 * S, SLOT_NONE, SLOT_SECONDARY);
	down(&t);
}

/* With nothing to go to it runs out all the same, once; who comes then is taken at once. */
static void holdoff_with_both_down(void **state)
{
	struct circ t;

	(void)state;
	held(&t, 5);
	port(&t, 5, false);
	port(&t, 4, false);
	time_passes(&t, 3 * S);
	port(&t, 5, true);					/* not yet */
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_NONE);
	port(&t, 5, false);
	time_passes(&t, 10 * S);
	assert_true(core_next(t.w.c) == 0);
	port(&t, 5, true);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	port(&t, 5, false);					/* of the secondary nobody waits */
	port(&t, 4, true);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	down(&t);
}

/* The operator's word is none to be waited out, and there is nothing to hold who never carried. */
static void what_does_not_wait(void **state)
{
	struct m_interface *m;
	struct circ t;

	(void)state;
	held(&t, 5);
	m = edit(&t);
	m->pw_fault[SLOT_PRIMARY] = true;
	becomes(&t, m);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_next(t.w.c) == 0);
	m = edit(&t);
	m->pw_fault[SLOT_PRIMARY] = false;
	m->switchover = true;					/* it is preferred by command: held by none */
	becomes(&t, m);
	port(&t, 5, false);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	down(&t);

	m = two(REDUNDANCY_MASTER);
	m->holdoff = 5;
	t.m = m;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(m));
	port(&t, 4, false);
	peers(&t);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);	/* the first there is */
	down(&t);
}

static void holdoff_changed_while_it_runs(void **state)
{
	struct m_interface *m;
	struct circ t;

	(void)state;
	held(&t, 100);
	port(&t, 4, false);
	m = edit(&t);
	m->holdoff = 3;
	becomes(&t, m);
	assert_true(core_next(t.w.c) == t.w.now + 3 * S);
	m = edit(&t);
	m->holdoff = 0;
	becomes(&t, m);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_next(t.w.c) == 0);
	down(&t);
}

/* Not kept: it begins again. */
static void holdoff_over_a_restart(void **state)
{
	struct circ t;

	(void)state;
	held(&t, 20);
	port(&t, 4, false);
	time_passes(&t, 15 * S);
	assert_true(kept(&t).name[0] == '\0');
	core_free(t.w.c);
	t.w.c = core_new(64);
	cores(&t.w);
	facts(&t.w);
	link_is(&t.w, CORE1, 4, false);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	core_seed_circuit(t.w.c, core_key(AC), 1, SLOT_NONE);
	assert_int_equal(run(&t.w), 0);
	uint64_t began = t.w.now;

	peers(&t);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_NONE);
	assert_true(core_next(t.w.c) == began + 20 * S);
	time_passes(&t, 20 * S);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	down(&t);
}

/* ---- independent --------------------------------------------------------------------------------------- */

static void independent_goes_where_both_say(void **state)
{
	struct circ t;

	(void)state;
	with_policy(&t, &policies[4], REDUNDANCY_INDEPENDENT);	/* `never` does not count there */
	is(&t, SLOT_PRIMARY, 0, 0);
	assert_int_equal(show_of(&t).reroute, REROUTE_IMMEDIATELY);
	says(&t, Q, LDP_PW_STANDBY, false);
	says(&t, P, LDP_PW_STANDBY, false);
	is(&t, SLOT_NONE, 0, 0);
	says(&t, Q, 0, false);
	is(&t, SLOT_SECONDARY, 0, 0);
	says(&t, P, 0, false);					/* both: the primary, when it has settled */
	changes_after(&t, S, SLOT_SECONDARY, SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switch_detector, DET_LDP);
	assert_int_equal(t.w.r->signal[P].group, 0);
	is(&t, SLOT_PRIMARY, 0, 0);				/* and no notice */
	down(&t);
}

/* A request is obeyed at once: the other PW is not called active any more, so there is nothing to settle for. When its PW
 * fails the request is over. */
static void request_moves_at_once(void **state)
{
	struct fact_remote r = {
		.mapped = true, .label = 7000 + Q, .mtu = 1500, .reason = REASON_FORWARDING, .notified = true,
		.status = LDP_PW_STANDBY | LDP_PW_SWITCHOVER,
	};
	struct circ t;

	(void)state;
	with_policy(&t, &policies[0], REDUNDANCY_INDEPENDENT);
	core_remote(t.w.c, Q, &r);
	assert_int_equal(run(&t.w), 0);
	is(&t, SLOT_SECONDARY, LDP_PW_STANDBY, 0);
	assert_int_equal(show_of(&t).preferred, SLOT_SECONDARY);
	assert_int_equal(show_of(&t).switch_reason, REASON_NOT_FORWARDING);
	assert_int_equal(show_of(&t).switch_detector, DET_LDP);
	r.status = 0;
	core_remote(t.w.c, Q, &r);
	assert_int_equal(run(&t.w), 0);
	time_passes(&t, 100 * S);
	is(&t, SLOT_SECONDARY, LDP_PW_STANDBY, 0);
	port(&t, 5, false);
	is(&t, SLOT_PRIMARY, 0, LDP_PW_PSN_TX_FAULT);
	port(&t, 5, true);
	time_passes(&t, 100 * S);
	is(&t, SLOT_PRIMARY, 0, 0);
	down(&t);
}

static void a_standby_end_carries_nothing(void **state)
{
	struct m_interface *m = two(REDUNDANCY_INDEPENDENT);
	struct circ t;

	(void)state;
	m->ac_role = AC_ROLE_STANDBY;
	up_with(&t, m);
	is(&t, SLOT_NONE, LDP_PW_STANDBY, LDP_PW_STANDBY);
	m = edit(&t);
	m->ac_role = AC_ROLE_ACTIVE;
	becomes(&t, m);
	is(&t, SLOT_PRIMARY, 0, 0);
	down(&t);
}

/* RFC 6870, 5.1: to one PE the lower PW ID comes first. */
static void tie_to_one_peer(void **state)
{
	struct m_interface *m = two(REDUNDANCY_INDEPENDENT);
	struct circ t;

	(void)state;
	m->pw[SLOT_SECONDARY].peer = PE2;
	m->pw[SLOT_SECONDARY].vc_id = 50;
	up_with(&t, m);
	assert_int_equal(show_of(&t).preferred, SLOT_SECONDARY);
	time_passes(&t, 2 * S);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	m = edit(&t);
	m->redundancy = REDUNDANCY_FRR;
	m->reroute = REROUTE_IMMEDIATELY;
	becomes(&t, m);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	down(&t);
}

/* ---- very many ----------------------------------------------------------------------------------------- */

#define MANY	1000

static void many(struct world *w, bool rate_set, uint32_t rate)
{
	struct m_system *sys = sys_obj(true, 0);

	world_up(w, MANY);
	w->now = 100 * S;
	cores(w);
	facts(w);
	sys->reroute_rate_set = rate_set;
	sys->reroute_rate = rate;
	commit(w, OBJ_SYSTEM, NULL, sys);
	for (uint32_t i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), AC ".%u", i + 1);
		struct m_interface *m = if_obj(name, AC, (uint16_t)(i + 1));

		pw_set(m, SLOT_PRIMARY, PE2, 100, 1000 + i);
		pw_set(m, SLOT_SECONDARY, PE3, 101, 3000 + i);
		m->reroute = REROUTE_IMMEDIATELY;
		commit(w, OBJ_INTERFACE, NULL, m);
	}
	assert_int_equal(run(w), 0);
	watcher(w->r, 4);
	link_is(w, CORE1, 4, false);
	assert_int_equal(run(w), 0);
	link_is(w, CORE1, 4, true);
	assert_int_equal(run(w), 0);
}

static uint32_t on(const struct world *w, enum slot s)
{
	uint32_t n = 0;

	for (uint32_t i = 1; i <= MANY; i++)
		n += rows_sends(w->r, i) == s;
	return n;
}

static void until(struct world *w, uint64_t end)
{
	for (uint64_t next; (next = core_next(w->c)) && next <= end;) {
		w->now = next - TICK;
		assert_int_equal(run(w), 0);
	}
	w->now = end;
}

static uint32_t queued(const struct world *w)
{
	struct show_circuit s;
	uint32_t n = 0;

	for (uint32_t i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), AC ".%u", i + 1);
		assert_true(core_show_circuit(w->c, name, &s));
		n += s.revert_queued;
		assert_true(!s.revert_queued || s.revert_at_ns > w->now);
	}
	return n;
}

/* A burst, then one after the other at the rate; to the nanosecond. */
static void very_many_go_one_after_the_other(void **state)
{
	static const struct { bool set; uint32_t rate; } row[] = { { false, 0 }, { true, 100 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t gap = S / (row[i].set ? row[i].rate : 1000);
		struct world w;

		many(&w, row[i].set, row[i].rate);
		uint64_t due = w.now + S;

		until(&w, due - 1);
		assert_int_equal(on(&w, SLOT_SECONDARY), MANY);
		until(&w, due);
		assert_int_equal(on(&w, SLOT_PRIMARY), 256);
		assert_int_equal(queued(&w), MANY - 256);
		until(&w, due + gap - 1);
		assert_int_equal(on(&w, SLOT_PRIMARY), 256);
		until(&w, due + gap);
		assert_int_equal(on(&w, SLOT_PRIMARY), 257);
		until(&w, due + 100 * gap);
		assert_int_equal(on(&w, SLOT_PRIMARY), 356);
		until(&w, due + (MANY - 256) * gap);
		assert_int_equal(on(&w, SLOT_PRIMARY), MANY);
		assert_true(core_next(w.c) == 0);
		world_down(&w);
	}
}

static void or_all_at_once(void **state)
{
	struct world w;

	(void)state;
	many(&w, true, 0);
	until(&w, w.now + S);
	assert_int_equal(on(&w, SLOT_PRIMARY), MANY);
	world_down(&w);
}

/* Another rate is for those that wait already: they have turns by it, from now on. */
static void another_rate_for_who_waits(void **state)
{
	static const uint32_t rate[] = { 0, 100 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct m_system *sys = sys_obj(true, 0);
		struct world w;

		many(&w, true, 1);
		until(&w, w.now + S + S / 10);
		assert_int_equal(queued(&w), MANY - 256);
		sys->reroute_rate_set = true;
		sys->reroute_rate = rate[i];
		commit(&w, OBJ_SYSTEM, NULL, sys);
		assert_true(core_pending(w.c));
		while (run_slice(&w, 7) || core_pending(w.c))
			;
		assert_int_equal(on(&w, SLOT_PRIMARY), rate[i] ? 256 : MANY);
		assert_int_equal(queued(&w), rate[i] ? MANY - 256 : 0);
		until(&w, w.now + S / 2);
		assert_int_equal(on(&w, SLOT_PRIMARY), rate[i] ? 256 + 50 : MANY);
		until(&w, w.now + MANY * S / 100);
		assert_int_equal(on(&w, SLOT_PRIMARY), MANY);
		assert_true(core_next(w.c) == 0);
		world_down(&w);
	}
}

/* Who waits for its turn leaves a slot that fails at once, and has no turn any more. */
static void failing_in_the_queue(void **state)
{
	(void)state;
	for (int primary = 0; primary < 2; primary++) {
		struct world w;

		many(&w, false, 0);
		until(&w, w.now + S + S / 10);
		assert_int_equal(on(&w, SLOT_PRIMARY), 356);
		watcher(w.r, primary ? 4 : 5);
		link_is(&w, primary ? CORE1 : CORE2, primary ? 4 : 5, false);
		assert_int_equal(run(&w), 0);
		assert_int_equal(on(&w, primary ? SLOT_SECONDARY : SLOT_PRIMARY), MANY);
		assert_int_equal(queued(&w), 0);
		assert_true(core_next(w.c) == 0);
		link_is(&w, CORE1, 4, true);			/* turns of who waits no longer are nobody's */
		assert_int_equal(run(&w), 0);
		if (primary)
			until(&w, w.now + S);
		assert_int_equal(on(&w, SLOT_PRIMARY), primary ? 256 : MANY);
		world_down(&w);
	}
}

/* Of many that wait all go but one circuit, by its configuration: their turns go with them. */
static void removed_from_the_queue(void **state)
{
	struct world w;

	(void)state;
	many(&w, true, 1);
	until(&w, w.now + S);
	assert_int_equal(queued(&w), MANY - 256);
	for (uint32_t i = 0; i < MANY; i++) {
		struct show_circuit s;
		char name[32];

		snprintf(name, sizeof(name), AC ".%u", i + 1);
		core_show_circuit(w.c, name, &s);
		if (s.revert_queued)
			commit(&w, OBJ_INTERFACE, ref_get(s.cfg), NULL);
	}
	assert_int_equal(run(&w), 0);
	assert_true(core_next(w.c) == 0);
	assert_int_equal(on(&w, SLOT_PRIMARY), 256);
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	until(&w, w.now + S);
	assert_int_equal(on(&w, SLOT_PRIMARY), 256);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(back_by_policy),
		cmocka_unit_test(leaving_is_never_delayed),
		cmocka_unit_test(flapping_never_settles),
		cmocka_unit_test(policy_changed_before_it_settled),
		cmocka_unit_test(resume_tells_the_secondary),
		cmocka_unit_test(resume_of_0),
		cmocka_unit_test(primary_failing_ends_resume),
		cmocka_unit_test(other_ends_of_resume),
		cmocka_unit_test(when_nothing_is_to_be_told),
		cmocka_unit_test(resume_goes_on_after_a_restart),
		cmocka_unit_test(master_tells_roles),
		cmocka_unit_test(switchover_prefers_the_secondary),
		cmocka_unit_test(without_pw_status_it_is_frr),
		cmocka_unit_test(groups_of_a_master),
		cmocka_unit_test(holdoff_waits),
		cmocka_unit_test(recovery_ends_holdoff),
		cmocka_unit_test(holdoff_with_both_down),
		cmocka_unit_test(what_does_not_wait),
		cmocka_unit_test(holdoff_changed_while_it_runs),
		cmocka_unit_test(holdoff_over_a_restart),
		cmocka_unit_test(independent_goes_where_both_say),
		cmocka_unit_test(request_moves_at_once),
		cmocka_unit_test(a_standby_end_carries_nothing),
		cmocka_unit_test(tie_to_one_peer),
		cmocka_unit_test(very_many_go_one_after_the_other),
		cmocka_unit_test(or_all_at_once),
		cmocka_unit_test(another_rate_for_who_waits),
		cmocka_unit_test(failing_in_the_queue),
		cmocka_unit_test(removed_from_the_queue),
	};

	return cmocka_run_group_tests_name("core timing", tests, NULL, NULL);
}
