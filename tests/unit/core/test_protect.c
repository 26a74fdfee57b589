/* SPDX-License-Identifier: BSD-2-Clause */
/* Core by scenarios: the revert policies, manual faults, dual receiving, pw-templates, and what outlives core. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"

#define SETTLE	S

static struct m_interface *protected_ac(void)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	pw_set(m, SLOT_SECONDARY, PE3, 101, 201);
	return m;
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
}

static void up(struct circ *t)
{
	up_with(t, protected_ac());
	assert_int_equal(rows_sends(t->w.r, 1), SLOT_PRIMARY);
}

static void primary_falls(struct circ *t)
{
	watcher(t->w.r, 4);
	link_is(&t->w, CORE1, 4, false);
	assert_int_equal(run(&t->w), 0);
}

static void primary_returns(struct circ *t)
{
	link_is(&t->w, CORE1, 4, true);
	assert_int_equal(run(&t->w), 0);
}

static const struct core_event *event(const struct world *w, enum core_event_kind kind, const char *name)
{
	for (uint32_t i = 0; i < w->a.n; i++)
		if (w->a.v[i].kind == ACT_EVENT && w->a.v[i].event.kind == kind && !strcmp(w->a.v[i].event.name, name))
			return &w->a.v[i].event;
	return NULL;
}

/* ---- delay ------------------------------------------------------------------------------------------ */

static void delay_of_30_s_is_the_default(void **state)
{
	struct circ t;
	struct show_circuit s;

	(void)state;
	up(&t);
	s = show_of(&t);
	assert_int_equal(s.reroute, REROUTE_DELAY);
	assert_int_equal(s.reroute_delay, 30);
	assert_true(s.revert_at_ns == 0 && core_next(t.w.c) == 0);
	primary_falls(&t);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_next(t.w.c) == 0);		/* nothing to wait for */
	primary_returns(&t);
	uint64_t since = t.w.now;

	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(t.w.r->armed[t.w.r->circuit[1].slot[0].path]);
	assert_true(core_next(t.w.c) == since + 30 * S);
	assert_true(show_of(&t).revert_at_ns == since + 30 * S);
	time_passes(&t, 30 * S - 1000);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	time_passes(&t, 1000);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	assert_int_equal(count(&t.w, ACT_STEER), 1);
	assert_int_equal(count(&t.w, ACT_PATH) + count(&t.w, ACT_PATH_LIVE) + count(&t.w, ACT_PW_LIVE), 0);
	s = show_of(&t);
	assert_true(s.switched_ns == since + 30 * S && s.revert_at_ns == 0 && core_next(t.w.c) == 0);
	assert_int_equal(s.switch_reason, REASON_DELAY_OVER);
	assert_int_equal(s.switch_reason, 49);
	assert_int_equal(s.switch_detector, DET_TIMER);
	assert_int_equal(s.switched_from, SLOT_SECONDARY);
	assert_int_equal(s.switched_to, SLOT_PRIMARY);
	down(&t);
}

static void failing_again_cancels_the_delay(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	primary_falls(&t);
	primary_returns(&t);
	time_passes(&t, 20 * S);
	primary_falls(&t);
	assert_true(core_next(t.w.c) == 0 && show_of(&t).revert_at_ns == 0);
	time_passes(&t, 20 * S);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	primary_returns(&t);
	assert_true(core_next(t.w.c) == t.w.now + 30 * S);	/* from the start again */
	time_passes(&t, 20 * S);
	link_is(&t.w, CORE1, 4, false);				/* fell and rose within one batch: cancelled too */
	link_is(&t.w, CORE1, 4, true);
	watcher(t.w.r, 4);
	assert_int_equal(run(&t.w), 0);
	assert_true(core_next(t.w.c) == t.w.now + 30 * S);
	down(&t);
}

static void secondary_failing_ends_the_delay(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	primary_falls(&t);
	primary_returns(&t);
	time_passes(&t, 5 * S);
	watcher(t.w.r, 5);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);	/* the kernel, by itself */
	link_is(&t.w, CORE2, 5, false);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(t.w.r->active[1], SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switch_reason, REASON_OUT_IF_DOWN);
	assert_true(core_next(t.w.c) == 0);
	down(&t);
}

static void both_fail_and_the_first_back_carries(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	primary_falls(&t);
	primary_returns(&t);
	watcher(t.w.r, 4);
	watcher(t.w.r, 5);
	link_is(&t.w, CORE1, 4, false);
	link_is(&t.w, CORE2, 5, false);
	assert_int_equal(run(&t.w), 0);
	assert_true(core_next(t.w.c) == 0);
	link_is(&t.w, CORE2, 5, true);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	primary_returns(&t);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_next(t.w.c) == t.w.now + 30 * S);
	down(&t);
}

/* Each change of policy while the timer runs. */
static void policy_changed_while_it_runs(void **state)
{
	static const struct {
		enum m_reroute to;
		uint16_t delay;
		enum slot sends;		/* right after the commit, 20 s after the recovery */
		uint64_t next;			/* s after the recovery; 0: none */
	} row[] = {
		{ REROUTE_DELAY, 60, SLOT_SECONDARY, 60 },	/* counted from the recovery */
		{ REROUTE_DELAY, 25, SLOT_SECONDARY, 25 },
		{ REROUTE_DELAY, 10, SLOT_PRIMARY, 0 },		/* over already */
		{ REROUTE_DELAY, 20, SLOT_PRIMARY, 0 },
		{ REROUTE_IMMEDIATELY, 0, SLOT_PRIMARY, 0 },
		{ REROUTE_NEVER, 0, SLOT_SECONDARY, 0 },
		{ REROUTE_DEFAULT, 0, SLOT_SECONDARY, 30 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct m_interface *m = protected_ac();
		struct circ t;

		m->reroute = REROUTE_DELAY;
		m->reroute_delay = 40;
		up_with(&t, m);
		primary_falls(&t);
		primary_returns(&t);
		uint64_t since = t.w.now;

		assert_true(core_next(t.w.c) == since + 40 * S);
		time_passes(&t, 20 * S);
		m = edit(&t);
		m->reroute = row[i].to;
		m->reroute_delay = row[i].delay;
		commits(&t, m);
		assert_int_equal(run(&t.w), 0);
		assert_int_equal(rows_sends(t.w.r, 1), row[i].sends);
		assert_true(core_next(t.w.c) == (row[i].next ? since + row[i].next * S : 0));
		down(&t);
	}
}

static void delay_configured_on_a_waiting_circuit(void **state)
{
	struct m_interface *m = protected_ac();
	struct circ t;

	(void)state;
	m->reroute = REROUTE_NEVER;
	up_with(&t, m);
	primary_falls(&t);
	primary_returns(&t);
	time_passes(&t, 1000 * S);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	m = edit(&t);
	m->reroute = REROUTE_DELAY;
	m->reroute_delay = 10;
	commits(&t, m);
	assert_int_equal(run(&t.w), 0);
	assert_true(core_next(t.w.c) == t.w.now + 10 * S);
	time_passes(&t, 10 * S);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	down(&t);
}

/* The secondary, or the whole circuit, is removed while its timer runs. */
static void removed_while_it_runs(void **state)
{
	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		struct circ t;

		up(&t);
		primary_falls(&t);
		primary_returns(&t);
		assert_int_equal(count(&t.w, ACT_KEEP), 1);
		struct m_interface *m = edit(&t);

		memset(&m->pw[SLOT_SECONDARY], 0, sizeof(m->pw[0]));
		if (whole)
			memset(&m->pw[SLOT_PRIMARY], 0, sizeof(m->pw[0]));
		commits(&t, m);
		assert_int_equal(run(&t.w), 0);
		assert_true(core_next(t.w.c) == 0);
		assert_int_equal(count(&t.w, ACT_KEEP), 1);
		assert_true(find(&t.w, ACT_KEEP, 0)->keep.deadline_ns == 0);
		if (!whole) {
			assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
			assert_int_equal(show_of(&t).reroute, REROUTE_DEFAULT);	/* nothing to choose */
		}
		down(&t);
	}
}

/* The kernel's word comes before the link's: its fall-back is where the circuit is, and the delay counts from there. */
static void kernel_moved_first(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	watcher(t.w.r, 4);
	core_kernel_moved(t.w.c, 1, SLOT_SECONDARY, t.w.now - 5);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(t.w.r->active[1], SLOT_SECONDARY);
	assert_true(show_of(&t).switched_ns == t.w.now - 1005);
	link_is(&t.w, CORE1, 4, false);
	assert_int_equal(run(&t.w), 0);
	assert_true(core_next(t.w.c) == 0);
	primary_returns(&t);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_next(t.w.c) == t.w.now + 30 * S);
	down(&t);
}

/* What the kernel said of a slot that was down by the time it was heard is not believed when that is up again. */
static void kernel_moved_long_ago(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	core_kernel_moved(t.w.c, 1, SLOT_SECONDARY, t.w.now);
	watcher(t.w.r, 5);
	link_is(&t.w, CORE2, 5, false);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	link_is(&t.w, CORE2, 5, true);
	assert_int_equal(run(&t.w), 0);
	link_is(&t.w, AC, 3, false);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(t.w.r->active[1], SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switches, 0);
	down(&t);
}

/* Many timers at a time: they fire in order, each at its own time, and the next costs no walk. */
static void many_timers(void **state)
{
	enum { N = 200 };
	uint64_t at[N];
	struct world w;
	char name[32];

	(void)state;
	world_up(&w, N);
	cores(&w);
	facts(&w);
	for (uint32_t i = 0; i < N; i++) {
		snprintf(name, sizeof(name), AC ".%u", i + 1);
		struct m_interface *m = if_obj(name, AC, (uint16_t)(i + 1));

		pw_set(m, SLOT_PRIMARY, PE2, 100, 1000 + i);
		pw_set(m, SLOT_SECONDARY, PE3, 101, 2000 + i);
		m->reroute = REROUTE_DELAY;
		m->reroute_delay = (uint16_t)(10 + i * 7919 % 1000);
		commit(&w, OBJ_INTERFACE, NULL, m);
	}
	assert_int_equal(run(&w), 0);
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(count(&w, ACT_KEEP), N);
	for (uint32_t i = 0; i < N; i++) {
		struct show_circuit s;

		snprintf(name, sizeof(name), AC ".%u", i + 1);
		assert_true(core_show_circuit(w.c, name, &s));
		at[i] = s.revert_at_ns;
		assert_true(at[i] == w.now + (10 + i * 7919 % 1000) * S);
	}
	for (uint32_t fired = 0; fired < N;) {
		uint64_t next = core_next(w.c);

		for (uint32_t i = 0; i < N; i++)
			assert_true(!at[i] || at[i] >= next);
		w.now = next - 1000;
		assert_int_equal(run(&w), 0);
		for (uint32_t i = 0; i < N; i++) {
			bool due = at[i] == next;
			uint32_t index = i + 1;

			fired += due;
			at[i] = due ? 0 : at[i];
			assert_int_equal(rows_sends(w.r, index), at[i] ? SLOT_SECONDARY : SLOT_PRIMARY);
		}
	}
	assert_true(core_next(w.c) == 0);
	world_down(&w);
}

/* ---- over a restart ----------------------------------------------------------------------------------- */

/* Another core finds @t's rows, and the record of a delay timer if @deadline is not 0. */
static void restarted(struct circ *t, uint64_t deadline)
{
	uint16_t path[2] = { t->w.r->circuit[1].slot[0].path, t->w.r->circuit[1].slot[1].path };
	enum slot sends = rows_sends(t->w.r, 1);
	bool up = t->w.r->armed[path[0]];

	core_free(t->w.c);
	t->w.c = core_new(64);
	cores(&t->w);
	facts(&t->w);
	commit(&t->w, OBJ_INTERFACE, NULL, ref_get(t->m));
	if (deadline)
		assert_true(core_seed_revert(t->w.c, AC, deadline, 0));
	core_seed_circuit(t->w.c, core_key(AC), 1, sends);
	for (int i = 0; i < 2; i++)
		core_seed_path(t->w.c, t->w.r->path[path[i]].key, path[i]);
	if (!up)
		link_is(&t->w, CORE1, 4, false);
}

static void last_switch_is_known_after_a_restart(void **state)
{
	struct core_event e = { .kind = CEV_SWITCH, .name = AC, .to = SLOT_SECONDARY, .reason = REASON_IF_DOWN,
				.detector = DET_CARRIER };
	struct show_circuit s;
	struct circ t;

	(void)state;
	up(&t);
	primary_falls(&t);
	e.when_ns = t.w.now;
	restarted(&t, 0);
	core_seed_switch(t.w.c, &e);
	strcpy(e.name, "GigabitEthernet9/9/9");
	core_seed_switch(t.w.c, &e);
	assert_int_equal(run(&t.w), 0);
	s = show_of(&t);
	assert_true(s.switched_ns == e.when_ns && s.switch_reason == REASON_IF_DOWN && s.switch_detector == DET_CARRIER);
	assert_true(s.switched_from == SLOT_PRIMARY && s.switched_to == SLOT_SECONDARY);
	e.when_ns++;
	strcpy(e.name, AC);
	core_seed_switch(t.w.c, &e);			/* too late to be told */
	assert_true(show_of(&t).switched_ns == e.when_ns - 1);
	down(&t);
}

static void delay_goes_on_after_a_restart(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	primary_falls(&t);
	primary_returns(&t);
	uint64_t end = core_next(t.w.c);

	assert_true(find(&t.w, ACT_KEEP, 0)->keep.deadline_ns == end);
	assert_string_equal(find(&t.w, ACT_KEEP, 0)->keep.name, AC);
	time_passes(&t, 12 * S);
	restarted(&t, end);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_int_equal(count(&t.w, ACT_KEEP), 0);		/* the record is right */
	assert_true(core_next(t.w.c) == end);
	time_passes(&t, 18 * S);
	assert_true(t.w.now >= end);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	assert_true(show_of(&t).switched_ns == end);
	assert_int_equal(count(&t.w, ACT_KEEP), 1);
	assert_true(find(&t.w, ACT_KEEP, 0)->keep.deadline_ns == 0);
	down(&t);
}

/* The timer ended while no engine lived: adoption moves nothing, the next run does. */
static void delay_over_while_nobody_lived(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	primary_falls(&t);
	primary_returns(&t);
	uint64_t end = core_next(t.w.c);

	t.w.now = end + 100 * S;
	restarted(&t, end);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_pending(t.w.c) || core_next(t.w.c) <= t.w.now);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switch_reason, REASON_DELAY_OVER);
	assert_true(core_next(t.w.c) == 0);
	down(&t);
}

/* Killed before the record was written: the wait begins anew. A record of a primary that is down now, of a
 * circuit that is no more, of another life of the machine: each has its answer. */
static void records_that_do_not_fit(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	primary_falls(&t);
	primary_returns(&t);
	time_passes(&t, 5 * S);
	restarted(&t, 0);
	assert_int_equal(run(&t.w), 0);
	assert_true(core_next(t.w.c) == t.w.now + 30 * S);
	assert_int_equal(count(&t.w, ACT_KEEP), 1);

	restarted(&t, t.w.now + 100000 * S);			/* longer than any wait that can have begun */
	assert_false(core_seed_revert(t.w.c, "GigabitEthernet9/9/9", t.w.now, 0));
	assert_int_equal(run(&t.w), 0);
	assert_true(core_next(t.w.c) == t.w.now + 30 * S);
	assert_true(find(&t.w, ACT_KEEP, 0)->keep.deadline_ns == t.w.now + 30 * S);
	assert_false(core_seed_revert(t.w.c, AC, t.w.now, 0));	/* too late to be told */

	primary_falls(&t);
	restarted(&t, t.w.now + 10 * S);
	assert_int_equal(run(&t.w), 0);
	assert_true(core_next(t.w.c) == 0);
	assert_true(find(&t.w, ACT_KEEP, 0)->keep.deadline_ns == 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	down(&t);
}

/* ---- manual faults ------------------------------------------------------------------------------------ */

static void fault(struct circ *t, enum slot s, bool set)
{
	struct m_interface *m = edit(t);

	m->pw_fault[s] = set;
	commits(t, m);
	assert_int_equal(run(&t->w), 0);
}

static void manual_fault_moves_the_circuit(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	fault(&t, SLOT_PRIMARY, true);
	const struct action *first = &t.w.a.v[0];

	assert_true(first->kind == ACT_PW_LIVE && !first->live.up && first->live.index == 1 * 4 + SLOT_PRIMARY);
	assert_int_equal(count(&t.w, ACT_PW_LIVE), 1);
	assert_int_equal(count(&t.w, ACT_CIRCUIT) + count(&t.w, ACT_LABEL) + count(&t.w, ACT_PATH_LIVE), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	const struct core_event *sw = event(&t.w, CEV_SWITCH, AC), *pw = event(&t.w, CEV_PW, AC);
	const struct core_event *manual = event(&t.w, CEV_MANUAL, AC);

	assert_true(sw && sw->to == SLOT_SECONDARY && sw->reason == REASON_MANUAL_SET && sw->detector == DET_CONFIG && !sw->failed);
	assert_true(pw && pw->slot == SLOT_PRIMARY && !pw->to && pw->reason == REASON_MANUAL_SET);
	assert_true(manual && manual->to == 1 && manual->reason == 47);
	struct show_circuit s = show_of(&t);

	assert_true(s.pw[0].manual_fault && !s.pw[0].up && !s.pw[0].active && s.pw[0].path.up && s.pw[1].active);
	assert_int_equal(s.pw[0].reason, 47);
	assert_string_equal(s.pw[0].why, "manual fault is set: undo manual-set pw-ac-fault");

	fault(&t, SLOT_PRIMARY, false);				/* it recovers: so the delay runs */
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	pw = event(&t.w, CEV_PW, AC);
	manual = event(&t.w, CEV_MANUAL, AC);
	assert_true(pw && pw->to == 1 && pw->reason == REASON_MANUAL_CLEAR && manual && !manual->to);
	assert_true(core_next(t.w.c) == t.w.now + 30 * S);
	time_passes(&t, 30 * S);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switch_reason, REASON_DELAY_OVER);
	down(&t);
}

static void manual_fault_by_policy_immediately(void **state)
{
	struct m_interface *m = protected_ac();
	struct circ t;

	(void)state;
	m->reroute = REROUTE_IMMEDIATELY;
	up_with(&t, m);
	fault(&t, SLOT_PRIMARY, true);
	fault(&t, SLOT_PRIMARY, false);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);	/* till it has settled */
	time_passes(&t, SETTLE);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	assert_int_equal(show_of(&t).switch_reason, 48);
	down(&t);
}

/* While its PW has a manual fault nothing raises it: not a path that falls and rises, not a replay. */
static void manual_fault_locks_out(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	fault(&t, SLOT_PRIMARY, true);
	primary_falls(&t);
	primary_returns(&t);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_true(core_next(t.w.c) == 0);
	watcher(t.w.r, 5);					/* the other one fails: better down than there */
	link_is(&t.w, CORE2, 5, false);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_NONE);
	link_is(&t.w, CORE2, 5, true);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	core_replay(t.w.c);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_false(t.w.r->pw_live[4 + SLOT_PRIMARY]);
	restarted(&t, 0);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_false(t.w.r->pw_live[4 + SLOT_PRIMARY]);
	down(&t);
}

static void both_faults_leave_nothing(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	fault(&t, SLOT_SECONDARY, true);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	assert_null(event(&t.w, CEV_SWITCH, AC));
	fault(&t, SLOT_PRIMARY, true);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_NONE);
	assert_string_equal(show_of(&t).pw[1].why, "manual fault is set: undo manual-set pw-ac-fault secondary");
	fault(&t, SLOT_SECONDARY, false);			/* at once: nothing else is usable */
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	fault(&t, SLOT_SECONDARY, true);
	struct m_interface *m = edit(&t);

	m->pw_fault[0] = m->pw_fault[1] = false;
	commits(&t, m);						/* both at once: the better one */
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	down(&t);
}

/* Committed, and killed before anything was done about it. */
static void manual_fault_found_at_the_start(void **state)
{
	struct m_interface *m;
	struct circ t;

	(void)state;
	up(&t);
	m = edit(&t);
	m->pw_fault[0] = true;
	ref_put(t.m);
	t.m = m;
	restarted(&t, 0);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_false(t.w.r->pw_live[4 + SLOT_PRIMARY]);
	down(&t);
}

/* ---- dual receiving ----------------------------------------------------------------------------------- */

static void dual_receiving_opens_the_gate(void **state)
{
	struct m_interface *m;
	struct circ t;

	(void)state;
	up(&t);
	assert_true(t.w.r->label[200].gate && t.w.r->label[201].gate);
	assert_false(show_of(&t).dual_receiving);
	for (int on = 1; on >= 0; on--) {
		struct act_label was[2] = { t.w.r->label[200], t.w.r->label[201] };

		m = edit(&t);
		m->dual_receiving = on;
		commits(&t, m);
		assert_int_equal(run(&t.w), 0);
		assert_int_equal(t.w.a.n, 2);			/* two rows, the rest of them as it was: nothing is lost */
		for (int i = 0; i < 2; i++) {
			struct act_label *now = &t.w.r->label[200 + i];

			assert_int_equal(now->gate, !on);
			was[i].gate = now->gate;
			assert_memory_equal(now, &was[i], sizeof(was[i]));
		}
		assert_int_equal(show_of(&t).dual_receiving, on);
	}
	down(&t);
}

/* ---- pw-templates ------------------------------------------------------------------------------------- */

static struct m_pw_template *template(uint32_t peer, bool control_word, uint16_t mtu)
{
	struct m_pw_template *p = template_obj("gold");

	p->peer = peer;
	p->control_word = control_word ? TG_ON : TG_DEFAULT;
	p->mtu = mtu;
	return p;
}

static struct m_interface *templated_ac(void)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_set(m, SLOT_PRIMARY, 0, 100, 200);
	snprintf(m->pw[0].template, sizeof(m->pw[0].template), "gold");
	return m;
}

/* What of the template a PW takes: rows and displays agree. */
static void takes(struct circ *t, uint32_t peer, bool control_word, uint16_t mtu)
{
	struct show_circuit s = show_of(t);
	const struct act_circuit *c = &t->w.r->circuit[1];

	assert_int_equal(s.pw[0].peer, peer);
	assert_int_equal(s.pw[0].control_word, control_word);
	assert_int_equal(s.pw[0].mtu, mtu);
	assert_int_equal(c->max_frame, mtu + 14);
	assert_int_equal(c->slot[0].control_word, control_word);
	assert_int_equal(t->w.r->label[200].control_word, control_word);
	assert_int_equal(c->slot[0].path, s.pw[0].has_path ? s.pw[0].path.index : 0);
}

static void a_line_wins_over_its_template(void **state)
{
	static const struct {
		uint32_t own_peer, peer, want_peer;
		enum m_toggle own_cw;
		bool cw, want_cw;
		uint16_t own_mtu, mtu, want_mtu;
	} row[] = {
		{ 0, PE2, PE2, TG_DEFAULT, true, true, 0, 2000, 2000 },
		{ PE3, PE2, PE3, TG_OFF, true, false, 1600, 2000, 1600 },
		{ PE3, 0, PE3, TG_ON, false, true, 0, 0, 1500 },
		{ 0, PE3, PE3, TG_DEFAULT, false, false, 9000, 0, 9000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct m_interface *m = templated_ac();
		struct circ t = { .m = m };

		m->pw[0].peer = row[i].own_peer;
		m->pw[0].control_word = row[i].own_cw;
		m->mtu = row[i].own_mtu;
		world_up(&t.w, 64);
		cores(&t.w);
		facts(&t.w);
		commit(&t.w, OBJ_PW_TEMPLATE, NULL, template(row[i].peer, row[i].cw, row[i].mtu));
		commit(&t.w, OBJ_INTERFACE, NULL, ref_get(m));
		assert_int_equal(run(&t.w), 0);
		takes(&t, row[i].want_peer, row[i].want_cw, row[i].want_mtu);
		assert_true(show_of(&t).pw[0].up);
		down(&t);
	}
}

/* PE3 is not in the commits' order: the template may come after those that use it, and in the same commit. */
static void template_and_users_in_one_commit(void **state)
{
	struct m_interface *m = templated_ac();
	struct m_pw_template *p = template(PE2, true, 1800);
	struct circ t = { .m = m };
	struct show_template s;

	(void)state;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	assert_int_equal(core_prepare(t.w.c, OBJ_INTERFACE, NULL, m), 0);
	assert_int_equal(core_prepare(t.w.c, OBJ_PW_TEMPLATE, NULL, p), 0);
	assert_int_equal(core_prepared(t.w.c, NULL, 0), 0);
	core_apply(t.w.c);
	assert_int_equal(run(&t.w), 0);
	takes(&t, PE2, true, 1800);
	assert_int_equal(count(&t.w, ACT_KEEP_TEMPLATE), 0);
	assert_true(core_show_template(t.w.c, "gold", &s));
	assert_true(s.users == 1 && !s.waits && s.v.peer == PE2);
	assert_false(core_show_template(t.w.c, "silver", &s));

	assert_int_equal(core_prepare(t.w.c, OBJ_INTERFACE, m, NULL), 0);
	assert_int_equal(core_prepare(t.w.c, OBJ_PW_TEMPLATE, p, NULL), 0);
	core_apply(t.w.c);
	assert_int_equal(run(&t.w), 0);
	assert_false(core_show_template(t.w.c, "gold", &s));
	ref_put(p);
	down(&t);
}

static void new_values_wait_for_a_reset(void **state)
{
	struct m_pw_template *p = template(PE2, false, 0), *now = template(PE3, true, 1700);
	struct circ t = { .m = templated_ac() };
	struct show_template s;

	(void)state;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	commit(&t.w, OBJ_PW_TEMPLATE, NULL, ref_get(p));
	assert_int_equal(core_reset_template(t.w.c, "gold"), 0);
	assert_int_equal(core_reset_template(t.w.c, "silver"), -ENOENT);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(core_reset_template(t.w.c, "gold"), 1);	/* nothing new: nothing is touched */
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(t.w.a.n, 0);

	commit(&t.w, OBJ_PW_TEMPLATE, p, ref_get(now));
	assert_int_equal(run(&t.w), 0);
	takes(&t, PE2, false, 1500);
	assert_int_equal(t.w.a.n, 1);
	const struct act_keep_template *k = &find(&t.w, ACT_KEEP_TEMPLATE, 0)->keep_template;

	assert_true(k->keep && k->v.peer == PE2 && !k->v.control_word && !k->v.mtu);
	assert_string_equal(k->name, "gold");
	assert_true(show_of(&t).pw[0].template_waits);
	assert_true(core_show_template(t.w.c, "gold", &s) && s.waits && s.v.peer == PE2 && s.cfg->peer == PE3);

	struct m_interface *m = edit(&t);			/* a change of the PW does not bring them */

	m->pw[0].tx_label = 555;
	commits(&t, m);
	assert_int_equal(run(&t.w), 0);
	takes(&t, PE2, false, 1500);

	assert_int_equal(core_reset_template(t.w.c, "gold"), 1);
	assert_int_equal(run(&t.w), 0);
	takes(&t, PE3, true, 1700);
	assert_int_equal(t.w.r->path[t.w.r->circuit[1].slot[0].path].ifindex, 5);
	assert_int_equal(event(&t.w, CEV_PW, AC)->reason, REASON_PW_RECREATED);
	assert_true(show_of(&t).pw[0].created_ns == t.w.now);
	assert_false(find(&t.w, ACT_KEEP_TEMPLATE, 0)->keep_template.keep);
	assert_false(show_of(&t).pw[0].template_waits);
	ref_put(now);
	down(&t);
}

/* The last user goes while new values wait: they are in force for the next one. */
static void unused_template_takes_its_values(void **state)
{
	struct m_pw_template *p = template(PE2, false, 0), *now = template(PE3, true, 1700);
	struct circ t = { .m = templated_ac() };
	struct m_interface *m;

	(void)state;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	commit(&t.w, OBJ_PW_TEMPLATE, NULL, ref_get(p));
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	assert_int_equal(run(&t.w), 0);
	commit(&t.w, OBJ_PW_TEMPLATE, p, ref_get(now));
	m = edit(&t);
	m->pw[0].present = false;
	commits(&t, m);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_KEEP_TEMPLATE), 0);	/* kept and forgotten within one run */
	m = edit(&t);
	m->pw[0].present = true;
	commits(&t, m);
	assert_int_equal(run(&t.w), 0);
	takes(&t, PE3, true, 1700);
	ref_put(now);
	down(&t);
}

static void templates_over_a_restart(void **state)
{
	struct m_pw_template *p = template(PE2, false, 0), *now = template(PE3, true, 1700);
	struct circ t = { .m = templated_ac() };

	(void)state;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	commit(&t.w, OBJ_PW_TEMPLATE, NULL, p);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	assert_int_equal(run(&t.w), 0);
	for (int kept = 0; kept < 3; kept++) {
		static const struct template_values v = { .peer = PE2 };

		core_free(t.w.c);
		t.w.c = core_new(64);
		cores(&t.w);
		facts(&t.w);
		if (kept == 2)					/* told too early: nobody uses it yet */
			assert_false(core_seed_template(t.w.c, "gold", &v));
		commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
		commit(&t.w, OBJ_PW_TEMPLATE, NULL, ref_get(now));
		assert_false(core_seed_template(t.w.c, "silver", &v));
		if (kept)
			assert_true(core_seed_template(t.w.c, "gold", &v));
		core_seed_circuit(t.w.c, core_key(AC), 1, SLOT_PRIMARY);
		assert_int_equal(run(&t.w), 0);
		if (!kept) {
			takes(&t, PE3, true, 1700);
			continue;
		}
		takes(&t, PE2, false, 1500);
		assert_int_equal(count(&t.w, ACT_KEEP_TEMPLATE), 0);
		assert_true(show_of(&t).pw[0].template_waits);
	}
	ref_put(now);
	down(&t);
}

static void templates_that_say_no_peer(void **state)
{
	struct m_pw_template *p = template(0, false, 0), *now = template(PE2, false, 0);
	struct circ t = { .m = templated_ac() };
	struct m_static_lsp *any = ingress("default", 0, CORE1, NH1, 700);

	(void)state;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	any->dest_len = 0;					/* leads everywhere, but not to no peer */
	commit(&t.w, OBJ_STATIC_LSP, NULL, any);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	assert_int_equal(run(&t.w), 0);
	assert_false(show_of(&t).pw[0].up);
	assert_string_equal(show_of(&t).pw[0].why, "pw-template gold does not exist");
	commit(&t.w, OBJ_PW_TEMPLATE, NULL, ref_get(p));
	assert_int_equal(run(&t.w), 0);
	assert_string_equal(show_of(&t).pw[0].why, "pw-template gold has no peer-address, and the PW no destination");
	commit(&t.w, OBJ_PW_TEMPLATE, p, ref_get(now));
	assert_int_equal(run(&t.w), 0);
	assert_false(show_of(&t).pw[0].up);
	assert_string_equal(show_of(&t).pw[0].why,
			    "the peer-address of pw-template gold waits for: reset pw pw-template gold");
	assert_int_equal(core_reset_template(t.w.c, "gold"), 1);
	assert_int_equal(run(&t.w), 0);
	assert_true(show_of(&t).pw[0].up);
	ref_put(now);
	down(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delay_of_30_s_is_the_default),
		cmocka_unit_test(failing_again_cancels_the_delay),
		cmocka_unit_test(secondary_failing_ends_the_delay),
		cmocka_unit_test(both_fail_and_the_first_back_carries),
		cmocka_unit_test(policy_changed_while_it_runs),
		cmocka_unit_test(delay_configured_on_a_waiting_circuit),
		cmocka_unit_test(removed_while_it_runs),
		cmocka_unit_test(kernel_moved_first),
		cmocka_unit_test(kernel_moved_long_ago),
		cmocka_unit_test(many_timers),
		cmocka_unit_test(last_switch_is_known_after_a_restart),
		cmocka_unit_test(delay_goes_on_after_a_restart),
		cmocka_unit_test(delay_over_while_nobody_lived),
		cmocka_unit_test(records_that_do_not_fit),
		cmocka_unit_test(manual_fault_moves_the_circuit),
		cmocka_unit_test(manual_fault_by_policy_immediately),
		cmocka_unit_test(manual_fault_locks_out),
		cmocka_unit_test(both_faults_leave_nothing),
		cmocka_unit_test(manual_fault_found_at_the_start),
		cmocka_unit_test(dual_receiving_opens_the_gate),
		cmocka_unit_test(a_line_wins_over_its_template),
		cmocka_unit_test(template_and_users_in_one_commit),
		cmocka_unit_test(new_values_wait_for_a_reset),
		cmocka_unit_test(unused_template_takes_its_values),
		cmocka_unit_test(templates_over_a_restart),
		cmocka_unit_test(templates_that_say_no_peer),
	};

	return cmocka_run_group_tests_name("core protect", tests, NULL, NULL);
}
