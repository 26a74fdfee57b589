/* SPDX-License-Identifier: BSD-2-Clause */
/* Core by scenarios: signalled pseudowires, what their peers are told and what they tell, sessions and their guards. */
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

static struct fact_remote mapping(uint32_t label)
{
	return (struct fact_remote){ .mapped = true, .label = label, .mtu = 1500, .reason = REASON_MAPPING };
}

static void remote(struct circ *t, uint32_t pw, struct fact_remote r)
{
	core_remote(t->w.c, pw, &r);
	assert_int_equal(run(&t->w), 0);
}

static void status(struct circ *t, uint32_t pw, uint32_t label, uint32_t status, enum reason reason)
{
	struct fact_remote r = mapping(label);

	r.status = status;
	r.reason = reason;
	remote(t, pw, r);
}

static void session(struct circ *t, uint32_t peer, enum session_state s)
{
	core_session(t->w.c, peer, s);
	assert_int_equal(run(&t->w), 0);
}

static void sends(const struct circ *t, enum slot s)
{
	assert_int_equal(rows_sends(t->w.r, 1), s);
	assert_int_equal(show_of(t).active, s);
}

/* Time passes, and core has nothing left to do by itself. */
static void settles(struct circ *t)
{
	for (uint64_t next; (next = core_next(t->w.c)); assert_int_equal(run(&t->w), 0))
		t->w.now = next > t->w.now ? next : t->w.now;
}

static void up_with(struct circ *t, struct m_interface *m)
{
	configured(t, m);
	session(t, PE2, SESSION_UP);
	session(t, PE3, SESSION_UP);
	remote(t, P, mapping(7001));
	if (m->pw[SLOT_SECONDARY].present)
		remote(t, Q, mapping(7002));
	sends(t, SLOT_PRIMARY);
}

static const struct core_event *event(const struct circ *t, enum core_event_kind k)
{
	for (uint32_t i = 0; i < t->w.a.n; i++)
		if (t->w.a.v[i].kind == ACT_EVENT && t->w.a.v[i].event.kind == k)
			return &t->w.a.v[i].event;
	return NULL;
}

static uint32_t place_of(const struct circ *t, enum action_kind k)
{
	for (uint32_t i = 0; i < t->w.a.n; i++)
		if (t->w.a.v[i].kind == k)
			return i;
	fail_msg("no action %d", k);
	return 0;
}

/* ---- bring-up ------------------------------------------------------------------------------------- */

static void told_with_its_row(void **state)
{
	struct circ t;

	(void)state;
	configured(&t, single());
	assert_int_equal(count(&t.w, ACT_SIGNAL), 1);
	assert_true(place_of(&t, ACT_LABEL) < place_of(&t, ACT_SIGNAL));
	const struct act_signal *s = &find(&t.w, ACT_SIGNAL, 0)->signal;

	assert_true(s->wanted && s->pw == P && s->peer == PE2 && s->id == 100 && s->type == LDP_PW_ETHERNET);
	assert_true(s->label >= LABEL_DYNAMIC_FIRST && s->mtu == 1500 && !s->control_word && !s->anew);
	assert_true(!s->group && !s->vccv && !s->status);
	struct show_circuit c = show_of(&t);

	assert_int_equal(c.pw[0].local_label, s->label);
	assert_true(c.pw[0].signal.told && !c.pw[0].signal.mapped && !c.pw[0].up);
	assert_string_equal(c.pw[0].why, "LDP session with 3.3.3.9 is down: display mpls ldp session");
	sends(&t, SLOT_NONE);
	down(&t);
}

static void up_by_session_and_mapping(void **state)
{
	struct circ t;

	(void)state;
	configured(&t, single());
	session(&t, PE2, SESSION_UP);
	assert_int_equal(count(&t.w, ACT_GUARD_LIVE), 1);
	sends(&t, SLOT_NONE);
	assert_string_equal(show_of(&t).pw[0].why,
			    "no Label Mapping from 3.3.3.9 for VC ID 100 type Ethernet: is the PW configured there?");
	remote(&t, P, mapping(7001));
	sends(&t, SLOT_PRIMARY);
	const struct act_slot *word = &t.w.r->circuit[1].slot[0];

	assert_true(word->label == 7001 && word->guard && !word->control_word && !word->tagged);
	assert_int_equal(event(&t, CEV_PW)->reason, REASON_MAPPING);
	assert_int_equal(event(&t, CEV_PW)->detector, DET_LDP);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 0);		/* what they say changes nothing of what we say */
	struct show_circuit c = show_of(&t);

	assert_true(c.pw[0].up && c.pw[0].forwarding && c.pw[0].signal.mapped && c.pw[0].signal.remote_label == 7001);
	assert_int_equal(c.pw[0].signal.remote_mtu, 1500);
	assert_string_equal(c.pw[0].why, "");
	remote(&t, P, mapping(7001));				/* said twice */
	assert_int_equal(t.w.a.n, 0);
	down(&t);
}

/* Facts in any order. */
static void mapping_before_session(void **state)
{
	struct fact_remote r = mapping(7001);
	struct circ t;

	(void)state;
	configured(&t, single());
	core_remote(t.w.c, P, &r);
	core_session(t.w.c, PE2, SESSION_UP);
	assert_int_equal(run(&t.w), 0);
	if (core_pending(t.w.c))
		assert_int_equal(run(&t.w), 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* The session was there before the first PW that needs it. */
static void session_before_circuit(void **state)
{
	struct circ t = { .m = single() };

	(void)state;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	core_session(t.w.c, PE2, SESSION_UP);
	assert_int_equal(run(&t.w), 0);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_GUARD_LIVE), 2);	/* down, whoever had it; up */
	remote(&t, P, mapping(7001));
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* ---- the far end's word --------------------------------------------------------------------------- */

static void mtu_must_match(void **state)
{
	struct fact_remote r = mapping(7001);
	struct circ t;

	(void)state;
	up_with(&t, single());
	r.mtu = 1400;
	r.reason = REASON_MAPPING_OTHER;
	remote(&t, P, r);
	sends(&t, SLOT_NONE);
	assert_int_equal(event(&t, CEV_PW)->reason, REASON_MTU_UNMATCHED);
	assert_string_equal(show_of(&t).pw[0].why, "MTU differs: local 1500, remote 1400: set the same at both ends");
	r.mtu = 0;
	remote(&t, P, r);
	assert_string_equal(show_of(&t).pw[0].why, "the Label Mapping of 3.3.3.9 names no MTU: local 1500");
	struct m_interface *m = edit(&t);

	m->mtu = 1400;
	r.mtu = 1400;
	remote(&t, P, r);
	becomes(&t, m);
	sends(&t, SLOT_PRIMARY);
	assert_int_equal(event(&t, CEV_PW)->reason, REASON_MTU_MATCHED);
	assert_int_equal(find(&t.w, ACT_SIGNAL, 0)->signal.mtu, 1400);
	down(&t);
}

static void faults_of_the_far_end(void **state)
{
	static const struct { uint32_t status; enum reason down, up; const char *why; } row[] = {
		{ LDP_PW_AC_RX_FAULT, REASON_REMOTE_AC_FAULT, REASON_REMOTE_AC_OK, "remote AC fault" },
		{ LDP_PW_AC_TX_FAULT, REASON_REMOTE_AC_FAULT, REASON_REMOTE_AC_OK, "remote AC fault" },
		{ LDP_PW_PSN_RX_FAULT, REASON_PSN_FAULT, REASON_PSN_OK, "remote tunnel fault" },
		{ LDP_PW_PSN_TX_FAULT | LDP_PW_STANDBY, REASON_PSN_FAULT, REASON_PSN_OK, "remote tunnel fault" },
		{ LDP_PW_NOT_FORWARDING, REASON_NOT_FORWARDING, REASON_FORWARDING, "remote PW is not forwarding" },
	};
	struct circ t;

	(void)state;
	up_with(&t, single());
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		status(&t, P, 7001, row[i].status, REASON_NOT_FORWARDING);
		sends(&t, SLOT_NONE);
		assert_int_equal(count(&t.w, ACT_SIGNAL), 0);
		assert_int_equal(count(&t.w, ACT_CIRCUIT), 0);
		assert_int_equal(count(&t.w, ACT_PW_LIVE), 1);
		assert_int_equal(event(&t, CEV_PW)->reason, row[i].down);
		struct show_circuit c = show_of(&t);

		assert_int_equal(c.pw[0].reason, row[i].down);
		assert_int_equal(c.pw[0].signal.remote_status, row[i].status);
		assert_true(!c.pw[0].up && !strncmp(c.pw[0].why, row[i].why, strlen(row[i].why)));
		status(&t, P, 7001, 0, REASON_FORWARDING);
		sends(&t, SLOT_PRIMARY);
		assert_int_equal(event(&t, CEV_PW)->reason, row[i].up);
	}
	down(&t);
}

/* Up, but nothing is sent; with ignore-standby-state the bit counts for nothing. */
static void standby(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	status(&t, P, 7001, LDP_PW_STANDBY, REASON_FORWARDING);
	sends(&t, SLOT_SECONDARY);
	struct show_circuit c = show_of(&t);

	assert_true(c.pw[0].up && !c.pw[0].active && !c.pw[0].standby_usable && c.pw[0].signal.standby);
	assert_true(!strncmp(c.pw[0].why, "remote says standby", 19));
	assert_null(event(&t, CEV_PW));
	struct m_interface *m = edit(&t);

	m->pw[0].ignore_standby = true;
	m->reroute = REROUTE_IMMEDIATELY;
	becomes(&t, m);
	sends(&t, SLOT_SECONDARY);
	settles(&t);
	sends(&t, SLOT_PRIMARY);
	status(&t, P, 7001, LDP_PW_SWITCHOVER, REASON_FORWARDING);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void withdrawn(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	remote(&t, P, (struct fact_remote){ .reason = REASON_WITHDRAW });
	sends(&t, SLOT_SECONDARY);
	assert_int_equal(event(&t, CEV_PW)->reason, REASON_WITHDRAW);
	assert_int_equal(event(&t, CEV_SWITCH)->reason, REASON_WITHDRAW);
	assert_int_equal(event(&t, CEV_SWITCH)->detector, DET_LDP);
	assert_true(event(&t, CEV_SWITCH)->failed);
	assert_int_equal(t.w.a.v[0].kind, ACT_PW_LIVE);		/* before anything else */
	down(&t);
}

/* Another label on a living session: the word changes in one write. */
static void another_label(void **state)
{
	struct fact_remote r = mapping(7777);
	struct circ t;

	(void)state;
	up_with(&t, single());
	r.control_word = true;
	remote(&t, P, r);
	assert_int_equal(count(&t.w, ACT_CIRCUIT), 1);
	assert_int_equal(count(&t.w, ACT_PW_LIVE), 0);
	assert_true(t.w.r->circuit[1].slot[0].label == 7777 && t.w.r->circuit[1].slot[0].control_word);
	assert_true(find(&t.w, ACT_LABEL, 0)->label.control_word);
	assert_true(show_of(&t).pw[0].control_word_used && !show_of(&t).pw[0].control_word);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* No label that means something else, no PW that is not there, no slot beyond the last. */
static void nonsense(void **state)
{
	struct circ t;

	(void)state;
	configured(&t, single());
	session(&t, PE2, SESSION_UP);
	remote(&t, P, mapping(3));
	remote(&t, P, mapping(0x100000));
	remote(&t, Q, mapping(7001));
	remote(&t, 7, mapping(7001));
	remote(&t, 0, mapping(7001));
	remote(&t, UINT32_MAX, mapping(7001));
	assert_int_equal(t.w.a.n, 0);
	sends(&t, SLOT_NONE);
	down(&t);
}

/* Bits that have no meaning yet are shown; they move nothing, and are no reason of anything. */
static void bits_without_a_meaning(void **state)
{
	enum reason was;
	struct circ t;

	(void)state;
	struct m_interface *m = two(REDUNDANCY_FRR);

	m->reroute = REROUTE_IMMEDIATELY;
	up_with(&t, m);
	status(&t, P, 7001, LDP_PW_NOT_FORWARDING, REASON_NOT_FORWARDING);
	sends(&t, SLOT_SECONDARY);
	status(&t, P, 7001, 0x80 | LDP_PW_NOT_FORWARDING, REASON_NONE);
	assert_null(event(&t, CEV_PW));
	sends(&t, SLOT_SECONDARY);
	status(&t, P, 7001, 0x80, REASON_FORWARDING);
	assert_int_equal(event(&t, CEV_PW)->reason, REASON_FORWARDING);
	was = show_of(&t).pw[0].reason;
	status(&t, P, 7001, 0xffffff80, REASON_NONE);
	assert_true(show_of(&t).pw[0].up);
	assert_int_equal(show_of(&t).pw[0].signal.remote_status, 0xffffff80);
	assert_int_equal(show_of(&t).pw[0].reason, was);
	settles(&t);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* What is asked for is what the AC has, or the PW stays down. */
static void requested_vlan(void **state)
{
	struct circ t = { .m = if_obj(AC ".1", AC, 10) };
	struct fact_remote r = mapping(7001);
	struct show_circuit s;

	(void)state;
	pw_ldp(t.m, SLOT_PRIMARY, PE2, 100);
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	core_session(t.w.c, PE2, SESSION_UP);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(find(&t.w, ACT_SIGNAL, 0)->signal.type, LDP_PW_ETHERNET_TAGGED);
	r.vlan = 11;
	remote(&t, P, r);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_NONE);
	core_show_circuit(t.w.c, AC ".1", &s);
	assert_string_equal(s.pw[0].why, "3.3.3.9 asks for frames of VLAN 11: configure the same VLAN at both ends");
	r.vlan = 10;
	remote(&t, P, r);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_PRIMARY);
	down(&t);
}

/* ---- sessions ------------------------------------------------------------------------------------- */

/* One write, and the first; what was heard is void. */
static void session_lost(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	core_session(t.w.c, PE2, SESSION_DOWN);
	assert_int_equal(run_slice(&t.w, 0), 1);
	assert_int_equal(t.w.a.n, 1);
	assert_int_equal(t.w.a.v[0].kind, ACT_GUARD_LIVE);
	assert_false(t.w.a.v[0].guard.up);
	assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	assert_int_equal(run(&t.w), 0);
	sends(&t, SLOT_SECONDARY);
	assert_int_equal(event(&t, CEV_PW)->reason, REASON_LDP_DOWN);
	assert_int_equal(event(&t, CEV_SWITCH)->reason, REASON_LDP_DOWN);
	assert_false(show_of(&t).pw[0].signal.mapped);
	session(&t, PE2, SESSION_UP);
	assert_true(find(&t.w, ACT_GUARD_LIVE, 0)->guard.up);
	sends(&t, SLOT_SECONDARY);
	remote(&t, P, mapping(7001));
	sends(&t, SLOT_SECONDARY);				/* the delay runs */
	t.w.now += 31 * S;
	assert_int_equal(run(&t.w), 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* Lost and back before anybody looked, even with the same label: nothing of the old session is used. */
static void session_flaps(void **state)
{
	struct fact_remote r = mapping(7009);
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	core_session(t.w.c, PE2, SESSION_DOWN);
	core_session(t.w.c, PE2, SESSION_UP);
	assert_int_equal(run(&t.w), 0);
	assert_true(place_of(&t, ACT_GUARD_LIVE) == 0 && !t.w.a.v[0].guard.up);
	sends(&t, SLOT_SECONDARY);
	remote(&t, P, mapping(7001));
	assert_int_equal(count(&t.w, ACT_CIRCUIT), 0);		/* its word was still there */
	core_session(t.w.c, PE2, SESSION_DOWN);
	core_session(t.w.c, PE2, SESSION_UP);
	core_remote(t.w.c, P, &r);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(t.w.r->circuit[1].slot[0].label, 7009);
	sends(&t, SLOT_SECONDARY);
	down(&t);
}

/* With the guard up again no frame goes by the word of the last session. */
static void word_before_guard(void **state)
{
	struct fact_remote r = mapping(7009);
	struct circ t;

	(void)state;
	up_with(&t, single());
	core_session(t.w.c, PE2, SESSION_DOWN);
	core_session(t.w.c, PE2, SESSION_UP);
	core_remote(t.w.c, P, &r);
	t.w.a.n = 0;
	assert_int_equal(core_run(t.w.c, t.w.now, &t.w.a), 0);
	for (uint32_t i = 0; i < t.w.a.n; i++) {
		rows_apply(t.w.r, &t.w.a.v[i]);
		if (rows_sends(t.w.r, 1) != SLOT_NONE)
			assert_int_equal(t.w.r->circuit[1].slot[0].label, 7009);
	}
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void held_changes_nothing(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, single());
	session(&t, PE2, SESSION_HELD);
	assert_int_equal(t.w.a.n, 0);
	sends(&t, SLOT_PRIMARY);
	session(&t, PE2, SESSION_UP);
	remote(&t, P, mapping(7001));
	assert_int_equal(t.w.a.n, 0);
	session(&t, PE2, SESSION_HELD);
	session(&t, PE2, SESSION_DOWN);
	sends(&t, SLOT_NONE);
	down(&t);
}

/* What fell while the session was held, or before it was, stays down until the peer is back. */
static void fallen_while_held(void **state)
{
	struct circ t;

	(void)state;
	for (int before = 0; before < 2; before++) {
		up_with(&t, two(REDUNDANCY_FRR));
		if (!before)
			session(&t, PE2, SESSION_HELD);
		watcher(t.w.r, 4);
		link_is(&t.w, CORE1, 4, false);
		run(&t.w);
		sends(&t, SLOT_SECONDARY);
		if (before)
			session(&t, PE2, SESSION_HELD);
		assert_non_null(strstr(show_of(&t).pw[0].why, "no carrier"));
		link_is(&t.w, CORE1, 4, true);
		core_neigh(t.w.c, 4, NH1, mac1);
		settles(&t);
		sends(&t, SLOT_SECONDARY);
		assert_false(show_of(&t).pw[0].up || rows_usable(t.w.r, 1, SLOT_PRIMARY));
		assert_non_null(strstr(show_of(&t).pw[0].why, "it waits for the session"));
		assert_true(show_of(&t).pw[1].up);
		session(&t, PE2, SESSION_UP);			/* with its state: no Mapping is anew */
		assert_true(show_of(&t).pw[0].up && rows_usable(t.w.r, 1, SLOT_PRIMARY));
		settles(&t);
		sends(&t, SLOT_PRIMARY);
		down(&t);
	}
}

/* The guard of a peer goes with its last signalled PW and is another's then. */
static void guard_is_given_up(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, single());
	uint16_t guard = t.w.r->circuit[1].slot[0].guard;
	struct m_interface *m = edit(&t);

	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);			/* static, to the same peer */
	becomes(&t, m);
	assert_false(t.w.r->guard[guard]);
	assert_int_equal(t.w.r->circuit[1].slot[0].guard, 0);
	sends(&t, SLOT_PRIMARY);
	m = edit(&t);
	pw_ldp(m, SLOT_PRIMARY, PE3, 100);
	becomes(&t, m);
	sends(&t, SLOT_NONE);
	remote(&t, P, mapping(7003));
	assert_int_equal(t.w.r->circuit[1].slot[0].guard, guard);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* ---- what the far end is told ----------------------------------------------------------------------- */

static uint32_t told_status(const struct circ *t)
{
	assert_int_equal(count(&t->w, ACT_SIGNAL), 1);
	const struct act_signal *s = &find(&t->w, ACT_SIGNAL, 0)->signal;

	assert_true(s->wanted && !s->anew);
	assert_int_equal(show_of(t).pw[0].signal.local_status, s->status);
	return s->status;
}

static void status_of_our_faults(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, single());
	link_is(&t.w, AC, 3, false);
	run(&t.w);
	assert_int_equal(told_status(&t), LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT);
	sends(&t, SLOT_PRIMARY);
	watcher(t.w.r, 4);
	link_is(&t.w, CORE1, 4, false);
	run(&t.w);
	assert_int_equal(told_status(&t), LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT | LDP_PW_PSN_TX_FAULT);
	link_is(&t.w, AC, 3, true);
	run(&t.w);
	assert_int_equal(told_status(&t), LDP_PW_PSN_TX_FAULT);
	struct m_interface *m = edit(&t);

	m->pw_fault[0] = true;
	becomes(&t, m);
	assert_int_equal(told_status(&t), LDP_PW_PSN_TX_FAULT | LDP_PW_NOT_FORWARDING);
	link_is(&t.w, CORE1, 4, true);
	core_neigh(t.w.c, 4, NH1, mac1);
	run(&t.w);
	assert_int_equal(told_status(&t), LDP_PW_NOT_FORWARDING);
	m = edit(&t);
	m->pw_fault[0] = false;
	becomes(&t, m);
	assert_int_equal(told_status(&t), 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* A bypass carries while the AC is down; a healthy secondary says nothing of its role. */
static void status_of_other_slots(void **state)
{
	struct m_interface *m = two(REDUNDANCY_FRR);
	struct circ t;

	(void)state;
	pw_ldp(m, SLOT_BYPASS, PE3, 300);
	up_with(&t, m);
	assert_int_equal(t.w.r->signal[Q].status, 0);
	link_is(&t.w, AC, 3, false);
	run(&t.w);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 2);
	assert_int_equal(t.w.r->signal[Q].status, LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT);
	assert_int_equal(t.w.r->signal[6].status, 0);
	down(&t);
}

/* Its label stays as long as its name does. */
static void label_and_name(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, single());
	uint32_t label = show_of(&t).pw[0].local_label;
	struct m_interface *m = edit(&t);

	m->mtu = 1600;
	m->pw[0].control_word = TG_ON;
	becomes(&t, m);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 1);
	assert_true(t.w.r->signal[P].label == label && t.w.r->signal[P].mtu == 1600 && t.w.r->signal[P].control_word);
	m = edit(&t);
	m->mtu = 0;
	m->pw[0].vc_id = 101;
	becomes(&t, m);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 2);
	assert_true(!find(&t.w, ACT_SIGNAL, 0)->signal.wanted && find(&t.w, ACT_SIGNAL, 0)->signal.id == 100);
	assert_true(t.w.r->signal[P].wanted && t.w.r->signal[P].id == 101);
	assert_int_not_equal(t.w.r->signal[P].label, label);
	assert_int_equal(t.w.r->label[W_PLACE(label)].kind, LABEL_NONE);
	assert_false(show_of(&t).pw[0].signal.mapped);
	sends(&t, SLOT_NONE);
	m = edit(&t);
	m->pw[0].mode = PW_MODE_TAGGED;
	becomes(&t, m);
	assert_int_equal(find(&t.w, ACT_SIGNAL, 0)->signal.type, LDP_PW_ETHERNET);
	assert_int_equal(t.w.r->signal[P].type, LDP_PW_ETHERNET_TAGGED);
	commit(&t.w, OBJ_INTERFACE, t.m, NULL);
	t.m = NULL;
	assert_int_equal(run(&t.w), 0);
	assert_false(t.w.r->signal[P].wanted);
	down(&t);
}

/* What is said of the old name, before ldp knows of the new one, is not of the new one. */
static void late_word_of_the_old_name(void **state)
{
	struct fact_remote r = mapping(7005);
	struct circ t;

	(void)state;
	up_with(&t, single());
	struct m_interface *m = edit(&t);

	m->pw[0].vc_id = 101;
	commit(&t.w, OBJ_INTERFACE, t.m, ref_get(m));
	t.m = m;
	core_remote(t.w.c, P, &r);
	assert_int_equal(run(&t.w), 0);
	assert_false(show_of(&t).pw[0].signal.mapped);
	down(&t);
}

static void reset_signals_anew(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	assert_int_equal(core_reset_pw(t.w.c, PE2, 100, LDP_PW_ETHERNET_TAGGED), 0);
	assert_int_equal(core_reset_pw(t.w.c, PE3, 100, LDP_PW_ETHERNET), 0);
	assert_int_equal(core_reset_pw(t.w.c, IP(9, 9, 9, 9), 100, LDP_PW_ETHERNET), 0);
	assert_int_equal(core_reset_pw(t.w.c, 0, 200, LDP_PW_ETHERNET), 1);
	assert_int_equal(core_reset_pw(t.w.c, PE2, 100, LDP_PW_ETHERNET), 1);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 2);
	assert_true(t.w.r->signal[P].anew && t.w.r->signal[Q].anew);
	assert_int_equal(event(&t, CEV_PW)->reason, REASON_PW_RECREATED);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(t.w.a.n, 0);
	down(&t);
}

/* Values of a template: a peer that changes is a name that changes; the rest is told anew. */
static void template_resets(void **state)
{
	struct m_pw_template *old = template_obj("T"), *now;
	struct circ t = { .m = if_obj(AC, "", 0) };

	(void)state;
	world_up(&t.w, 64);
	cores(&t.w);
	facts(&t.w);
	core_session(t.w.c, PE2, SESSION_UP);
	core_session(t.w.c, PE3, SESSION_UP);
	old->peer = PE2;
	commit(&t.w, OBJ_PW_TEMPLATE, NULL, ref_get(old));
	pw_ldp(t.m, SLOT_PRIMARY, 0, 100);
	strcpy(t.m->pw[0].template, "T");
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(t.w.r->signal[P].peer, PE2);
	remote(&t, P, mapping(7001));
	sends(&t, SLOT_PRIMARY);
	now = copy(old, sizeof(*old));
	now->mtu = 1600;
	commit(&t.w, OBJ_PW_TEMPLATE, old, ref_get(now));
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 0);
	assert_int_equal(core_reset_template(t.w.c, "T"), 1);
	assert_int_equal(run(&t.w), 0);
	assert_true(t.w.r->signal[P].anew && t.w.r->signal[P].mtu == 1600);
	old = now;
	now = copy(old, sizeof(*old));
	now->peer = PE3;
	commit(&t.w, OBJ_PW_TEMPLATE, old, now);
	assert_int_equal(core_reset_template(t.w.c, "T"), 1);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(find(&t.w, ACT_SIGNAL, 0)->signal.peer, PE2);
	assert_false(find(&t.w, ACT_SIGNAL, 0)->signal.wanted);
	assert_true(t.w.r->signal[P].peer == PE3 && t.w.r->signal[P].wanted && !t.w.r->signal[P].anew);
	sends(&t, SLOT_NONE);
	down(&t);
}

static void template_counts(const struct circ *t, uint32_t users, uint32_t signalled)
{
	struct show_template s;

	assert_true(core_show_template(t->w.c, "T", &s));
	assert_int_equal(s.users, users);
	assert_int_equal(s.signalled, signalled);
}

/* A template knows how many of its PWs are signalled, also when one becomes static under it. */
static void template_users(void **state)
{
	struct circ t;
	struct m_interface *m = two(REDUNDANCY_FRR);

	(void)state;
	strcpy(m->pw[0].template, "T");
	strcpy(m->pw[1].template, "T");
	configured(&t, m);
	commit(&t.w, OBJ_PW_TEMPLATE, NULL, template_obj("T"));
	assert_int_equal(run(&t.w), 0);
	template_counts(&t, 2, 2);
	m = edit(&t);
	m->pw[1].kind = PW_STATIC;
	m->pw[1].tx_label = m->pw[1].rx_label = 900;
	becomes(&t, m);
	template_counts(&t, 2, 1);
	m = edit(&t);
	m->pw[1].template[0] = '\0';
	becomes(&t, m);
	template_counts(&t, 1, 1);
	down(&t);
}

static void mac_withdraw_at_a_switch(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	assert_int_equal(t.w.r->forgets[P] + t.w.r->forgets[Q], 0);
	session(&t, PE2, SESSION_DOWN);
	assert_true(t.w.r->forgets[P] == 0 && t.w.r->forgets[Q] == 1);
	struct m_interface *m = edit(&t);

	m->mac_withdraw_off = true;
	m->reroute = REROUTE_IMMEDIATELY;
	becomes(&t, m);
	session(&t, PE2, SESSION_UP);
	remote(&t, P, mapping(7001));
	settles(&t);
	sends(&t, SLOT_PRIMARY);
	assert_true(t.w.r->forgets[P] == 0 && t.w.r->forgets[Q] == 1);
	down(&t);
}

/* ---- very many -------------------------------------------------------------------------------------- */

#define MANY 1000

static void session_of_many(void **state)
{
	struct circ t = { .m = single() };

	(void)state;
	world_up(&t.w, 4096);
	cores(&t.w);
	facts(&t.w);
	core_session(t.w.c, PE2, SESSION_UP);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	for (uint32_t i = 1; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), AC ".%u", i);
		struct m_interface *m = if_obj(name, AC, (uint16_t)i);

		pw_ldp(m, SLOT_PRIMARY, PE2, 1000 + i);
		commit(&t.w, OBJ_INTERFACE, NULL, m);
	}
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_SIGNAL), MANY);
	for (uint32_t i = 1; i <= MANY; i++) {
		struct fact_remote r = mapping(20000 + i);

		core_remote(t.w.c, i * 4, &r);
	}
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_CIRCUIT), MANY);
	for (uint32_t i = 1; i <= MANY; i++)
		assert_int_equal(rows_sends(t.w.r, i), SLOT_PRIMARY);
	core_session(t.w.c, PE2, SESSION_DOWN);
	core_session(t.w.c, PE2, SESSION_UP);
	assert_int_equal(run_slice(&t.w, 10), 1);		/* the guard, not up before all are accounted for */
	assert_int_equal(t.w.a.n, 1);
	for (uint32_t i = 1; i <= MANY; i++)
		assert_int_equal(rows_sends(t.w.r, i), SLOT_NONE);
	int rc;

	while ((rc = run_slice(&t.w, 10)) == 1)
		for (uint32_t i = 1; i <= MANY; i++)
			assert_int_equal(rows_sends(t.w.r, i), SLOT_NONE);
	assert_int_equal(rc, 0);
	assert_int_equal(count(&t.w, ACT_CIRCUIT), 0);
	down(&t);
}

/* As many peers as there are guards, and one more: its PW says so, and comes up when another's guard is free. */
static void peer_too_many(void **state)
{
	struct circ t = { .m = single() };
	struct m_interface *gone = NULL;
	struct show_circuit s;

	(void)state;
	world_up(&t.w, 4096);
	cores(&t.w);
	facts(&t.w);
	for (uint32_t i = 1; i < W_GUARDS; i++) {
		char name[32];

		snprintf(name, sizeof(name), AC ".%u", i);
		struct m_interface *m = if_obj(name, AC, (uint16_t)(i % 4094 + 1));

		if (i == 4095)
			m->vlan = 4095;
		pw_ldp(m, SLOT_PRIMARY, IP(20, 0, 0, 0) + i, 1);
		commit(&t.w, OBJ_INTERFACE, NULL, ref_get(m));
		if (gone)
			ref_put(m);
		else
			gone = m;
	}
	assert_int_equal(run(&t.w), 0);
	commit(&t.w, OBJ_INTERFACE, NULL, ref_get(t.m));
	core_session(t.w.c, PE2, SESSION_UP);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 1);
	uint32_t pw = find(&t.w, ACT_SIGNAL, 0)->signal.pw;

	remote(&t, pw, mapping(7001));
	assert_true(core_show_circuit(t.w.c, AC, &s));
	assert_string_equal(s.pw[0].why, "more than 4095 peers have signalled PWs");
	assert_int_equal(rows_sends(t.w.r, pw / 4), SLOT_NONE);
	commit(&t.w, OBJ_INTERFACE, gone, NULL);
	assert_int_equal(run(&t.w), 0);
	assert_true(core_pending(t.w.c));
	assert_int_equal(run(&t.w), 0);
	while (core_pending(t.w.c))
		assert_int_equal(run(&t.w), 0);
	assert_int_equal(rows_sends(t.w.r, pw / 4), SLOT_PRIMARY);
	down(&t);
}

/* ---- restart ---------------------------------------------------------------------------------------- */

/* Another engine finds the rows; @graceful: and goes on with them. Not run yet. */
static void another_engine(struct circ *t, bool graceful)
{
	core_free(t->w.c);
	t->w.c = core_new(64);
	cores(&t->w);
	commit(&t->w, OBJ_INTERFACE, NULL, ref_get(t->m));
	if (graceful)
		core_recovering(t->w.c);
	core_seed_circuit(t->w.c, t->w.r->circuit[1].key, 1, rows_sends(t->w.r, 1));
	for (uint32_t s = 0; s < 3; s++)
		if (t->w.r->pw_live[4 + s])
			core_seed_slot(t->w.c, t->w.r->circuit[1].key, (enum slot)s, &t->w.r->circuit[1].slot[s]);
	for (uint16_t i = 1; i < W_PATHS; i++)
		if (t->w.r->path[i].used)
			core_seed_path(t->w.c, t->w.r->path[i].key, i);
	facts(&t->w);
	memset(t->w.r->signal, 0, sizeof(t->w.r->signal));	/* ldp is another, too */
	memset(t->w.r->label, 0, sizeof(t->w.r->label));
}

/* Every action of the first run leaves the circuit where it sends. */
static void runs_on(struct circ *t, enum slot s)
{
	struct act_slot was[3];

	memcpy(was, t->w.r->circuit[1].slot, sizeof(was));
	t->w.a.n = 0;
	assert_int_equal(core_run(t->w.c, ++t->w.now, &t->w.a), 0);
	for (uint32_t i = 0; i < t->w.a.n; i++) {
		rows_apply(t->w.r, &t->w.a.v[i]);
		assert_int_equal(rows_sends(t->w.r, 1), s);
		assert_memory_equal(t->w.r->circuit[1].slot, was, sizeof(was));
	}
}

static void adopted_goes_on(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	another_engine(&t, true);
	runs_on(&t, SLOT_PRIMARY);
	struct show_circuit c = show_of(&t);

	assert_true(c.pw[0].up && c.pw[0].signal.held && c.pw[0].signal.session == SESSION_HELD);
	assert_true(c.pw[1].up && t.w.r->signal[P].wanted && t.w.r->signal[Q].wanted);
	assert_int_equal(run(&t.w), 0);
	session(&t, PE2, SESSION_UP);
	assert_int_equal(t.w.a.n, 0);
	remote(&t, P, mapping(7001));
	assert_int_equal(t.w.a.n, 0);
	assert_false(show_of(&t).pw[0].signal.held);
	session(&t, PE3, SESSION_DOWN);				/* it did not return in time */
	sends(&t, SLOT_PRIMARY);
	assert_false(show_of(&t).pw[1].up);
	down(&t);
}

/* A slot whose flag was down is not up because an engine starts. */
static void adopted_as_it_was(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	status(&t, P, 7001, LDP_PW_NOT_FORWARDING, REASON_NOT_FORWARDING);
	sends(&t, SLOT_SECONDARY);
	another_engine(&t, true);
	t.w.a.n = 0;
	assert_int_equal(core_run(t.w.c, ++t.w.now, &t.w.a), 0);
	for (uint32_t i = 0; i < t.w.a.n; i++) {
		rows_apply(t.w.r, &t.w.a.v[i]);
		assert_int_equal(rows_sends(t.w.r, 1), SLOT_SECONDARY);
	}
	assert_false(show_of(&t).pw[0].up);
	down(&t);
}

/* Without graceful restart the first run lowers what was signalled, and all comes back clean. */
static void clean_restart(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, two(REDUNDANCY_FRR));
	another_engine(&t, false);
	assert_int_equal(run(&t.w), 0);
	sends(&t, SLOT_NONE);
	for (uint32_t g = 0; g < W_GUARDS; g++)
		assert_false(t.w.r->guard[g]);
	session(&t, PE3, SESSION_UP);
	remote(&t, Q, mapping(7002));
	sends(&t, SLOT_SECONDARY);
	down(&t);
}

/* A guard that no PW took over is lowered. */
static void guards_nobody_claims(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, single());
	uint16_t guard = t.w.r->circuit[1].slot[0].guard;
	struct m_interface *m = edit(&t);

	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	ref_put(t.m);
	t.m = m;
	another_engine(&t, true);
	assert_int_equal(run(&t.w), 0);
	assert_false(t.w.r->guard[guard]);
	down(&t);
}

/* Tables of another size: everything is said again, to the kernel; the peers know. */
static void replayed(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, single());
	core_replay(t.w.c);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(count(&t.w, ACT_SIGNAL), 0);
	assert_true(find(&t.w, ACT_GUARD_LIVE, 0)->guard.up);
	assert_int_equal(count(&t.w, ACT_CIRCUIT), 1);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* Another VC ID and back, within one run: the label is another one, so the peer is told. */
static void name_that_comes_back(void **state)
{
	struct circ t;

	(void)state;
	up_with(&t, single());
	uint32_t was = t.w.r->signal[P].label;
	struct m_interface *m = edit(&t), *back = edit(&t);

	m->pw[0].vc_id = 101;
	commit(&t.w, OBJ_INTERFACE, t.m, ref_get(m));
	commit(&t.w, OBJ_INTERFACE, m, back);
	t.m = ref_get(back);
	assert_int_equal(run(&t.w), 0);
	assert_int_equal(show_of(&t).pw[0].local_label, t.w.r->signal[P].label);
	assert_int_not_equal(t.w.r->signal[P].label, was);
	assert_true(find(&t.w, ACT_SIGNAL, 0)->signal.anew);
	down(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_that_comes_back),
		cmocka_unit_test(told_with_its_row),
		cmocka_unit_test(up_by_session_and_mapping),
		cmocka_unit_test(mapping_before_session),
		cmocka_unit_test(session_before_circuit),
		cmocka_unit_test(mtu_must_match),
		cmocka_unit_test(faults_of_the_far_end),
		cmocka_unit_test(standby),
		cmocka_unit_test(withdrawn),
		cmocka_unit_test(another_label),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(bits_without_a_meaning),
		cmocka_unit_test(requested_vlan),
		cmocka_unit_test(session_lost),
		cmocka_unit_test(session_flaps),
		cmocka_unit_test(word_before_guard),
		cmocka_unit_test(held_changes_nothing),
		cmocka_unit_test(fallen_while_held),
		cmocka_unit_test(guard_is_given_up),
		cmocka_unit_test(status_of_our_faults),
		cmocka_unit_test(status_of_other_slots),
		cmocka_unit_test(label_and_name),
		cmocka_unit_test(late_word_of_the_old_name),
		cmocka_unit_test(reset_signals_anew),
		cmocka_unit_test(template_resets),
		cmocka_unit_test(template_users),
		cmocka_unit_test(mac_withdraw_at_a_switch),
		cmocka_unit_test(session_of_many),
		cmocka_unit_test(peer_too_many),
		cmocka_unit_test(adopted_goes_on),
		cmocka_unit_test(adopted_as_it_was),
		cmocka_unit_test(clean_restart),
		cmocka_unit_test(guards_nobody_claims),
		cmocka_unit_test(replayed),
	};

	return cmocka_run_group_tests_name("core signal", tests, NULL, NULL);
}
