/* SPDX-License-Identifier: BSD-2-Clause */
/* test_pw_many.c: what happens to all pseudowires of a peer: sessions, graceful restart, wildcards, displays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pw_world.h"

/* @n PWs of ours, IDs from 1, numbers 4, 8, ...; the peer mapped them with label 10000 + ID and group ID % 10. */
static void many(struct world *w, uint32_t n)
{
	char line[100];

	w->quiet = true;
	for (uint32_t i = 1; i <= n; i++) {
		struct act_signal a = wish(i * 4, i);

		a.group = i % 10;
		pws_signal(&w->l, &a);
	}
	turn(w);
	for (uint32_t i = 1; i <= n; i++) {
		snprintf(line, sizeof(line), "map pw:5:%u group=%u label=%u mtu=1500 status=0", i, i % 10, 10000 + i);
		hear_only(w, line);
	}
	turn(w);
	w->quiet = false;
	w->n_said = w->n_facts = w->n_answers = 0;
	forget_all(w);
}

static void told_anew_by_every_session(void **state)
{
	struct world *w = *state;

	many(w, 300);
	session_down(w, false);
	assert_int_equal(w->n_facts, 0);	/* core voids them by the session */
	assert_int_equal(w->p->n_pws, 0);
	assert_false(shown(w, 7).mapped || shown(w, 7).sent);
	assert_string_equal(shown(w, 7).why, "there is no LDP session with the peer");
	w->quiet = true;
	session_up(w);
	assert_int_equal(w->n_said, 300);
	w->quiet = false;
	hear(w, "map pw:5:7 label=500 mtu=1500 status=0");
	assert_told(w, "28 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
	assert_int_equal(w->p->n_pws, 1);
}

static void unmatched_go_with_the_session(void **state)
{
	struct world *w = *state;

	hear(w, "map pw:5:7 label=500 mtu=1500 status=0");
	unwant(w, 4, 7);
	assert_non_null(record_of(w, 7));
	session_down(w, false);
	assert_null(record_of(w, 7));
}

/* Nothing of an old session is left though no walk came by between down and up. */
static void quick_return(void **state)
{
	struct world *w = *state;

	many(w, 20);
	w->p->operational = false;
	pw_calls.down(w->p, false);
	assert_false(shown(w, 7).mapped);
	w->p->operational = true;
	pw_calls.up(w->p);
	w->quiet = true;
	hear_only(w, "notify pw:5:7 status=1 code=40");
	assert_int_equal(w->n_facts, 0);
	hear_only(w, "map pw:5:8 label=500 mtu=1500 status=0");
	assert_int_equal(w->n_facts, 1);
	turn(w);
	assert_int_equal(w->n_said, 20);
	assert_int_equal(w->p->n_pws, 1);
	assert_int_equal(w->n_facts, 1);
}

/* What was heard before the end of a session, and not followed, is not told after it. */
static void news_of_a_dead_session(void **state)
{
	struct world *w = *state;

	many(w, 20);
	hear_only(w, "withdraw typed:5");
	hear_only(w, "notify typed:5 status=1 code=40");
	hear_only(w, "release typed:5");
	session_down(w, false);
	assert_int_equal(w->n_facts, 0);
	assert_int_equal(w->p->n_pws, 0);
	assert_false(shown(w, 3).mapped);
}

static void little_room(void **state)
{
	struct world *w = *state;

	w->room = 0;
	many(w, 1000);
	w->quiet = true;
	for (int i = 1; i <= 1000 / 7; i++) {
		w->room = 7;
		turn(w);
		assert_int_equal(w->n_said, 7 * i);
	}
	w->room = -1;
	turn(w);
	assert_int_equal(w->n_said, 1000);
	session_down(w, false);
	w->p->caps = ALL_CAPS;
	w->room = 700;
	session_up(w);
	w->room = -1;
	turn(w);
	assert_int_equal(w->n_said, 2001);		/* End-of-LIB is the last */
}

static void last_state_only(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 1);

	many(w, 1);
	w->room = 0;
	for (uint32_t s = 1; s < 9; s++) {
		a.status = s;
		want(w, a);
	}
	w->room = -1;
	turn(w);
	assert_said(w, "notify pw:5:1 group=1 status=8 code=40");
	assert_int_equal(w->n_said, 1);
}

/* A Group ID is that of the Mapping: another one is for the next. */
static void another_group(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 1);

	many(w, 1);
	a.group = 9;
	want(w, a);
	assert_said(w, "");
	a.status = 1;
	want(w, a);
	assert_said(w, "notify pw:5:1 group=1 status=1 code=40");
	hear(w, "request pw:5:1");
	assert_said(w, "map pw:5:1 group=9 label=1004 mtu=1500 status=1");
	unwant(w, 4, 1);
	assert_said(w, "withdraw pw:5:1 group=9 label=1004");
}

/* ---- one Notification for a group ---- */

/* PW @id, which is in group @id % 10, shall have @status. */
static void has(struct world *w, uint32_t id, uint32_t status)
{
	struct act_signal a = wish(id * 4, id);

	a.group = id % 10;
	a.status = status;
	pws_signal(&w->l, &a);
}

static void group_has(struct world *w, uint32_t group, uint32_t n, uint32_t status)
{
	for (uint32_t id = group ? group : 10; id <= n; id += 10)
		has(w, id, status);
}

static void counts_hold(struct world *w)
{
	struct pw_peer *pp = pw_of(w->p);
	uint32_t n = 0, due = 0, counted_n = 0, counted_due = 0;

	list_each(struct pw, r, &w->p->pws, in_peer) {
		pw_catch_up(r);
		n += r->life == pp->life;
		due += r->counted;
		assert_true(!r->counted || (r->due & PW_DUE_STATUS && list_in(&r->in_say)));
	}
	table_each(&pp->groups, node, i) {
		struct pw_group *g = container_of(node, struct pw_group, by_id);
		uint32_t sum = 0;

		for (uint32_t s = 0; s <= LDP_PW_KNOWN; s++)
			sum += g->n_with[s];
		assert_true(g->n);
		assert_int_equal(sum, g->n);
		assert_int_equal(list_in(&g->in_due), g->n_due != 0);
		counted_n += g->n;
		counted_due += g->n_due;
	}
	assert_int_equal(counted_n, n);
	assert_int_equal(counted_due, due);
}

static void group_told_at_once(void **state)
{
	struct world *w = *state;

	many(w, 30);
	group_has(w, 3, 30, 32);
	turn(w);
	assert_said(w, "notify group:5:3 status=32 code=40");
	counts_hold(w);
	turn(w);
	assert_said(w, "");
	assert_int_equal(record_of(w, 3)->due, 0);
	has(w, 13, 0);				/* one of them alone */
	turn(w);
	assert_said(w, "notify pw:5:13 group=3 status=0 code=40");
	group_has(w, 3, 30, 0);			/* the others follow it, and all are alike */
	turn(w);
	assert_said(w, "notify group:5:3 status=0 code=40");
	has(w, 3, 32);
	has(w, 13, 32);
	has(w, 23, 1);				/* not alike */
	turn(w);
	assert_said(w, "notify pw:5:3 group=3 status=32 code=40\nnotify pw:5:13 group=3 status=32 code=40\n"
		    "notify pw:5:23 group=3 status=1 code=40");
	group_has(w, 0, 30, 32);		/* Group ID 0 is none */
	turn(w);
	assert_said(w, "notify pw:5:10 status=32 code=40\nnotify pw:5:20 status=32 code=40\n"
		    "notify pw:5:30 status=32 code=40");
	counts_hold(w);
}

/* Core tells in slices: PWs wait for the others, not for long, and not with anything else they have to say. */
static void group_waits_for_the_round(void **state)
{
	struct world *w = *state;

	many(w, 30);
	pws_round(&w->l, true);
	has(w, 3, 32);
	turn(w);
	has(w, 13, 32);
	pws_mac_withdraw(&w->l, 52);
	turn(w);
	assert_said(w, "macs pw:5:13 group=3");
	counts_hold(w);
	has(w, 23, 32);
	turn(w);
	assert_said(w, "notify group:5:3 status=32 code=40");
	group_has(w, 4, 20, 32);		/* 4, 14; 24 does not change */
	turn(w);
	assert_said(w, "");
	pws_round(&w->l, false);
	turn(w);
	assert_said(w, "notify pw:5:4 group=4 status=32 code=40\nnotify pw:5:14 group=4 status=32 code=40");
	pws_round(&w->l, true);
	has(w, 5, 32);
	turn(w);
	assert_said(w, "");
	loop_advance(w->l.loop, loop_now(w->l.loop) + 50000000);
	pws_round(&w->l, true);
	turn(w);
	assert_said(w, "notify pw:5:5 group=5 status=32 code=40");
	counts_hold(w);
}

/* What happens to a PW that waits. */
static void leaves_its_group(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(12, 3);

	many(w, 30);
	pws_round(&w->l, true);
	has(w, 3, 32);
	has(w, 13, 32);
	turn(w);
	a.group = 3;
	a.status = 32;
	a.anew = true;				/* Withdraw, and told by the next Mapping */
	want(w, a);
	assert_said(w, "withdraw pw:5:3 group=3 label=1012");
	hear(w, "release pw:5:3");
	assert_said(w, "map pw:5:3 group=3 label=1012 mtu=1500 status=32");
	counts_hold(w);
	unwant(w, 52, 13);
	assert_said(w, "withdraw pw:5:13 group=3 label=1052");
	has(w, 23, 32);
	has(w, 3, 1);
	turn(w);
	assert_said(w, "");
	has(w, 3, 32);
	turn(w);
	assert_said(w, "notify group:5:3 status=32 code=40");
	hear(w, "map pw:5:23 group=3 label=10023 mtu=1500");	/* its peer has no PW status any more */
	forget_all(w);
	counts_hold(w);
	assert_int_equal(record_of(w, 23)->life, 0);
	has(w, 4, 32);
	has(w, 14, 32);
	turn(w);
	session_down(w, true);
	w->quiet = true;
	session_up(w);
	w->quiet = false;
	counts_hold(w);
	group_has(w, 4, 30, 1);
	turn(w);
	assert_said(w, "notify group:5:4 status=1 code=40");
	session_down(w, false);
	unwant(w, 16, 4);
	counts_hold(w);
}

/* No room for the wildcard: it is said when there is, unless something else is by then. */
static void group_without_room(void **state)
{
	struct world *w = *state;

	many(w, 30);
	w->room = 0;
	group_has(w, 3, 30, 32);
	turn(w);
	group_has(w, 3, 30, 0);
	turn(w);
	w->room = -1;
	turn(w);
	assert_said(w, "notify group:5:3 status=0 code=40");
	w->room = 0;
	group_has(w, 3, 30, 32);
	turn(w);
	has(w, 3, 1);
	w->room = -1;
	turn(w);
	assert_said(w, "notify pw:5:3 group=3 status=1 code=40\nnotify pw:5:13 group=3 status=32 code=40\n"
		    "notify pw:5:23 group=3 status=32 code=40");
	counts_hold(w);
}

/* Between the wildcard and the slices that tell its PWs of it nothing is lost and nothing said twice. */
static void told_and_changed_at_once(void **state)
{
	struct world *w = *state;

	many(w, 30);
	group_has(w, 3, 30, 32);
	ldp_flush(&w->l);
	has(w, 13, 0);
	ldp_flush(&w->l);
	group_has(w, 3, 30, 0);
	group_has(w, 3, 30, 1);
	ldp_flush(&w->l);
	turn(w);
	assert_said(w, "notify group:5:3 status=32 code=40\nnotify pw:5:13 group=3 status=0 code=40\n"
		    "notify group:5:3 status=1 code=40");
	counts_hold(w);
}

/* One message tells 13,000 of 130,000, and what it costs at once does not grow with them: the rest goes in slices. */
static void large_group(void **state)
{
	enum { PWS = 13000 };
	struct world *w = *state;
	struct pw_peer *pp;

	many(w, PWS * 10);
	w->quiet = true;
	pp = pw_of(w->p);
	pws_round(&w->l, true);
	for (uint32_t id = 7; id <= PWS * 10; id += 10) {
		has(w, id, 32);
		if (id % 2560 == 7)
			ldp_flush(&w->l);
	}
	assert_int_equal(w->n_said, 0);
	ldp_flush(&w->l);
	assert_int_equal(w->n_said, 1);
	assert_int_equal(record_of(w, 7)->due, PW_DUE_STATUS);
	assert_true(list_empty(&w->p->pw_say) && !list_empty(&pp->told));
	turn(w);
	assert_true(list_empty(&pp->told));
	assert_int_equal(record_of(w, 7)->due, 0);
	assert_int_equal(w->n_said, 1);
	counts_hold(w);
	hear_only(w, "notify group:5:7 status=6 code=40");
	assert_int_equal(w->n_facts, 0);
	pw_walk(w->p, 1000);
	assert_int_equal(w->n_facts, 100);
	turn(w);
	assert_int_equal(w->n_facts, PWS);
	hear(w, "notify group:5:7 status=6 code=40");	/* repeated: counted, all the same */
	assert_int_equal(w->n_facts, 2 * PWS);
	assert_true(w->fact.notified);
}

/* Whatever is told in whatever order, in the end the peer knows the status of every PW. */
static void random_groups(void **state)
{
	enum { PWS = 12 };
	struct world *w = *state;
	uint32_t wanted[PWS + 1] = { 0 }, known[PWS + 1] = { 0 };
	char line[64];

	many(w, PWS);
	for (uint32_t id = 1; id <= PWS; id++) {	/* three groups */
		struct act_signal a = wish(id * 4, id);

		a.anew = true;
		a.group = 1 + id % 3;
		want(w, a);
		snprintf(line, sizeof(line), "release pw:5:%u", id);
		hear(w, line);
	}
	forget_all(w);
	srandom(7);
	for (int i = 0; i < 20000; i++) {
		uint32_t dice = (uint32_t)random(), id = 1 + dice % PWS, status = dice >> 8 & 1 ? 32 : 0;

		if (dice >> 16 & 3) {
			struct act_signal a = wish(id * 4, id);

			a.group = 1 + id % 3;
			a.status = wanted[id] = status;
			pws_signal(&w->l, &a);
		} else {
			w->room = dice >> 20 & 1 ? -1 : (int)(dice >> 21 & 1);
			pws_round(&w->l, dice >> 24 & 1);
			if (dice >> 25 & 1)
				ldp_flush(&w->l);
			else
				turn(w);
			counts_hold(w);
		}
		if (i % 1000 == 999) {
			w->room = -1;
			pws_round(&w->l, false);
			turn(w);
		}
		for (char *one = strtok(w->said, "\n"); one; one = strtok(NULL, "\n")) {
			uint32_t n, s, group;

			if (sscanf(one, "notify group:5:%u status=%u", &group, &s) == 2) {
				for (n = 1; n <= PWS; n++)
					if (1 + n % 3 == group)
						known[n] = s;
			} else {
				assert_int_equal(sscanf(one, "notify pw:5:%u group=%u status=%u", &n, &group, &s), 3);
				known[n] = s;
			}
		}
		w->said[0] = 0;
		if (i % 1000 == 999)
			assert_memory_equal(known, wanted, sizeof(known));
	}
}

/* ---- graceful restart ---- */

static void held_and_back(void **state)
{
	struct world *w = *state;

	many(w, 3);
	session_down(w, true);
	assert_true(shown(w, 1).mapped && shown(w, 1).stale);
	assert_false(shown(w, 1).sent);
	assert_int_equal(w->p->n_pws, 3);
	session_up(w);
	assert_said(w, "map pw:5:1 group=1 label=1004 mtu=1500 status=0\n"
		    "map pw:5:2 group=2 label=1008 mtu=1500 status=0\n"
		    "map pw:5:3 group=3 label=1012 mtu=1500 status=0");
	hear(w, "map pw:5:1 group=1 label=10001 mtu=1500 status=0");	/* as before */
	hear(w, "map pw:5:2 group=2 label=20002 mtu=1500 status=0");	/* another label */
	assert_told(w, "8 mapped cw=0 label=20002 status=0 mtu=1500 vlan=0 reason=6");
	assert_false(shown(w, 1).stale || shown(w, 2).stale);
	assert_true(shown(w, 3).stale);
	pw_calls.recovered(w->p);
	turn(w);
	assert_told(w, "12 gone reason=16");
	assert_int_equal(w->p->n_pws, 2);
	assert_said(w, "");
}

static void held_and_void(void **state)
{
	struct world *w = *state;

	many(w, 3);
	session_down(w, true);
	unwant(w, 12, 3);
	session_down(w, false);
	assert_told(w, "");
	assert_false(shown(w, 1).mapped);
	assert_null(record_of(w, 3));
	assert_int_equal(w->p->n_pws, 0);
}

static void end_of_lib_ends_staleness(void **state)
{
	struct world *w = *state;

	many(w, 2);
	session_down(w, true);
	session_up(w);
	hear(w, "map pw:5:1 group=1 label=10001 mtu=1500 status=0");
	hear(w, "notify typed:4 code=47");		/* of another type */
	assert_told(w, "");
	hear(w, "notify typed:32767 code=47");
	assert_told(w, "8 gone reason=16");
	hear(w, "notify typed:32767 code=47");
	assert_told(w, "");
}

/* Our own restart: PWs that nobody told of are said to be gone. */
static void own_recovery(void **state)
{
	struct world *w = *state;

	w->l.recovering = true;
	want(w, wish(4, 1));
	want(w, wish(8, 2));
	hear(w, "map pw:5:1 label=500 mtu=1500 status=0");
	forget_all(w);
	pw_calls.recovered(w->p);
	turn(w);
	assert_told(w, "8 gone reason=16");
}

/* ---- End-of-LIB ---- */

static void end_of_lib(void **state)
{
	struct world *w = *state;

	session_down(w, false);
	w->p->caps = LDP_HAS(CAP_UNRECOGNIZED);
	session_up(w);
	assert_said(w, "");
	session_down(w, false);
	w->p->caps = ALL_CAPS;
	session_up(w);
	assert_said(w, "notify typed:32767 code=47");
	want(w, wish(4, 1));
	assert_said(w, "map pw:5:1 label=1004 mtu=1500 status=0");
	session_down(w, false);
	session_up(w);
	assert_said(w, "map pw:5:1 label=1004 mtu=1500 status=0\nnotify typed:32767 code=47");
}

/* The peer holds what we said before our restart; End-of-LIB would void what core has not told us yet. */
static void no_end_of_lib_while_recovering(void **state)
{
	struct world *w = *state;

	session_down(w, false);
	w->p->caps = ALL_CAPS;
	w->l.recovering = true;
	session_up(w);
	assert_said(w, "");
	want(w, wish(4, 1));
	assert_said(w, "map pw:5:1 label=1004 mtu=1500 status=0");
	w->l.recovering = false;
	pw_calls.recovered(w->p);
	turn(w);
	assert_said(w, "notify typed:32767 code=47");
}

/* ---- wildcards ---- */

static void group_status(void **state)
{
	struct world *w = *state;

	many(w, 25);
	hear(w, "notify group:5:3 status=6 code=40");
	assert_told(w, "12 mapped cw=0 label=10003 status=6 mtu=1500 vlan=0 reason=35\n"
		    "52 mapped cw=0 label=10013 status=6 mtu=1500 vlan=0 reason=35\n"
		    "92 mapped cw=0 label=10023 status=6 mtu=1500 vlan=0 reason=35");
	hear(w, "notify group:4:3 status=0 code=40");
	assert_told(w, "");
	hear(w, "notify group:5:0 status=1 code=40");	/* group 0 is a group */
	assert_told(w, "40 mapped cw=0 label=10010 status=1 mtu=1500 vlan=0 reason=31\n"
		    "80 mapped cw=0 label=10020 status=1 mtu=1500 vlan=0 reason=31");
	w->quiet = true;
	w->n_facts = 0;
	hear(w, "notify typed:5 status=2 code=40");
	assert_int_equal(w->n_facts, 25);
}

static void group_withdraw(void **state)
{
	struct world *w = *state;

	many(w, 12);
	hear(w, "withdraw group:5:1");
	assert_said(w, "! release group:5:1");
	assert_told(w, "4 gone reason=13\n44 gone reason=13");
	assert_int_equal(w->p->n_pws, 10);
	hear(w, "withdraw typed:5 label=10002");
	assert_said(w, "! release typed:5 label=10002");
	assert_told(w, "8 gone reason=13");
	hear(w, "withdraw typed:4");
	assert_said(w, "! release typed:4");
	assert_told(w, "");
	w->quiet = true;
	hear(w, "withdraw typed:32767");
	assert_int_equal(w->n_facts, 12);
	w->quiet = false;
	assert_int_equal(w->p->n_pws, 0);
	hear(w, "map pw:5:1 label=500 mtu=1500 status=0");
	forget_all(w);
	hear(w, "withdraw all label=501");
	assert_told(w, "");
	hear(w, "withdraw all label=500");	/* the Release of this one is that of prefixes */
	assert_said(w, "");
	assert_told(w, "4 gone reason=13");
}

static void release_of_many(void **state)
{
	struct world *w = *state;

	many(w, 12);
	hear(w, "release group:5:1");		/* ours */
	assert_told(w, "4 gone reason=14\n44 gone reason=14");
	hear(w, "release typed:32767 label=1008");
	assert_told(w, "8 gone reason=14");
	assert_said(w, "");
}

static void request_of_many(void **state)
{
	struct world *w = *state;

	w->p->caps = ALL_CAPS;
	many(w, 2);
	hear(w, "request typed:4");
	assert_said(w, "notify typed:32767 code=47");
	hear(w, "request typed:32767");
	assert_said(w, "map pw:5:1 group=1 label=1004 mtu=1500 status=0\n"
		    "map pw:5:2 group=2 label=1008 mtu=1500 status=0\n"
		    "notify typed:32767 code=47");
	assert_told(w, "");
}

/* What comes after a wildcard is not undone by it, though the walk comes later. */
static void order_is_kept(void **state)
{
	struct world *w = *state;

	many(w, 5);
	hear_only(w, "withdraw typed:5");
	hear_only(w, "map pw:5:3 label=700 mtu=1500 status=0");
	hear_only(w, "notify typed:5 status=2 code=40");
	hear_only(w, "notify pw:5:3 status=0 code=40");
	turn(w);
	assert_told(w, "12 gone reason=13\n"
		    "12 mapped cw=0 label=700 status=0 mtu=1500 vlan=0 reason=11\n"
		    "12 mapped cw=0 label=700 status=2 mtu=1500 vlan=0 reason=35\n"
		    "12 mapped cw=0 label=700 status=0 mtu=1500 vlan=0 reason=36\n"
		    "4 gone reason=13\n8 gone reason=13\n16 gone reason=13\n20 gone reason=13");
	assert_int_equal(w->p->n_pws, 1);
}

/* More wildcards than the log holds, and records that come and go under the walk. */
static void more_than_the_log(void **state)
{
	struct world *w = *state;
	char line[64];

	many(w, 200);
	w->quiet = true;
	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "notify group:5:%d status=%d code=40", i % 10, 1 + i / 10);
		hear_only(w, line);
		if (i % 100 == 7) {
			struct act_signal a = wish(4 * (1 + (uint32_t)i / 100), 1 + (uint32_t)i / 100);

			a.wanted = false;
			pws_signal(&w->l, &a);
			snprintf(line, sizeof(line), "withdraw pw:5:%u", a.id);
			hear_only(w, line);
			snprintf(line, sizeof(line), "map pw:5:%u group=1 label=500 mtu=1500 status=0", 1000 + i);
			hear_only(w, line);
		}
		if (i % 50 == 0)
			pw_walk(w->p, 30);
	}
	turn(w);
	for (uint32_t id = 11; id <= 200; id++)
		assert_int_equal(shown(w, id).status, 100);
	assert_int_equal(w->p->n_pws, 200);
	assert_int_equal(pw_of(w->p)->done, pw_of(w->p)->seq);
}

/* The record a walk is to go on with is freed. */
static void gone_under_the_walk(void **state)
{
	struct world *w = *state;
	char line[64];

	for (int i = 1; i <= 5; i++) {
		snprintf(line, sizeof(line), "map pw:5:%d label=500 mtu=1500 status=0", i);
		hear(w, line);
	}
	hear_only(w, "notify typed:5 status=1 code=40");
	pw_walk(w->p, 2);
	assert_ptr_equal(pw_of(w->p)->cursor, &record_of(w, 3)->in_peer);
	hear_only(w, "withdraw pw:5:3");
	assert_null(record_of(w, 3));
	assert_ptr_equal(pw_of(w->p)->cursor, &record_of(w, 4)->in_peer);
	turn(w);
	assert_int_equal(record_of(w, 4)->r_status, 1);
	assert_int_equal(record_of(w, 5)->r_status, 1);
}

/* Before the log is full the peer is not read any more; a walk later it is. */
static void busy(void **state)
{
	struct world *w = *state;

	many(w, 3);
	for (int i = 0; i < PW_OPS_BUSY - 1; i++)
		hear_only(w, "notify group:5:77 status=1 code=40");
	assert_false(w->p->busy);
	hear_only(w, "notify group:5:77 status=1 code=40");
	assert_true(w->p->busy);
	w->wants = false;
	w->n_asked = 0;
	loop_advance(w->l.loop, loop_now(w->l.loop) + 1);
	assert_false(w->p->busy);
	assert_int_equal(w->n_asked, 1);	/* by which the session reads on */
	for (int i = 0; i < PW_OPS_BUSY; i++)
		hear_only(w, "notify group:5:77 status=1 code=40");
	assert_true(w->p->busy);
	w->p->operational = false;
	pw_calls.down(w->p, false);		/* the next session is read */
	assert_false(w->p->busy);
}

/* ---- limits ---- */

static void bounded(void **state)
{
	struct world *w = *state;
	char line[64];

	w->quiet = true;
	for (uint32_t i = 1; i <= PEER_PWS_MAX + 5; i++) {
		snprintf(line, sizeof(line), "map pw:5:%u label=500 mtu=1500 status=0", i);
		hear_only(w, line);
	}
	assert_int_equal(w->p->n_pws, PEER_PWS_MAX);
	assert_int_equal(w->p->refused, 5);
	assert_int_equal(w->n_answers, 5);
	hear_only(w, "map pw:5:7 label=501 mtu=1500 status=0");		/* one that is there may change */
	assert_int_equal(w->p->refused, 5);
	assert_int_equal(shown(w, 7).label, 501);
	hear_only(w, "withdraw pw:5:7");
	hear_only(w, "map pw:5:7000000 label=501 mtu=1500 status=0");
	assert_int_equal(w->p->refused, 5);
	session_down(w, false);
	assert_int_equal(pw_of(w->p)->names.n, 0);
}

/* So many peers' names are kept that no more are taken of anybody; what is ours finds its place. */
static void bounded_all_together(void **state)
{
	struct world *w = *state;
	uint32_t before = w->l.pws->n;

	w->l.pws->n = PWS_MAX;
	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_said(w, "! release pw:5:100 label=500 code=14");
	assert_int_equal(w->p->refused, 1);
	assert_null(record_of(w, 100));
	want(w, wish(4, 100));
	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_int_equal(w->p->refused, 1);
	assert_true(shown(w, 100).mapped);
	assert_int_equal(w->l.pws->n, PWS_MAX + 1);
	hear(w, "withdraw pw:5:100 label=500");
	unwant(w, 4, 100);
	hear(w, "release pw:5:100 label=1004");
	assert_null(record_of(w, 100));
	assert_int_equal(w->l.pws->n, PWS_MAX);
	w->l.pws->n = before;
}

/* ---- displays ---- */

struct seen {
	uint32_t n, peer, id;
	uint16_t type;
};

static void in_order(void *arg, const struct show_remote_pw *p)
{
	struct seen *s = arg;

	if (s->n++) {
		assert_true(p->peer >= s->peer);
		if (p->peer == s->peer)
			assert_true(p->type > s->type || (p->type == s->type && p->id > s->id));
	}
	*s = (struct seen){ s->n, p->peer, p->id, p->type };
}

static uint32_t walk_display(struct world *w, uint32_t max, bool disturb)
{
	struct seen s = { 0 };
	uint32_t peer = 0, id = 0, calls = 0;
	uint16_t type = 0;

	while (ldp_show_pws(&w->l, &peer, &type, &id, max, in_order, &s)) {
		assert_true(++calls < 10000);
		if (disturb) {			/* the one to go on from is not there any more */
			struct act_signal a = { .peer = peer, .id = id, .type = type };

			for (a.pw = 4; a.pw < 4000; a.pw += 4)
				pws_signal(&w->l, &a);
		}
	}
	return s.n;
}

static void displays_in_slices(void **state)
{
	struct world *w = *state;
	struct act_signal a;

	assert_int_equal(walk_display(w, 10, false), 0);
	w->quiet = true;
	srandom(1);
	for (uint32_t i = 1; i <= 300; i++) {
		a = wish(i * 4, (uint32_t)random() | 1);
		a.type = i % 3 ? LDP_PW_ETHERNET : LDP_PW_ETHERNET_TAGGED;
		a.peer = 0x0a000001u + i % 3;
		pws_signal(&w->l, &a);
	}
	assert_int_equal(walk_display(w, 7, false), 300);
	assert_int_equal(walk_display(w, 300, false), 300);
	assert_int_equal(walk_display(w, 301, false), 300);
	assert_int_equal(walk_display(w, 100, false), 300);
	session_down(w, false);
	assert_int_equal(walk_display(w, 10, true), 300);
	table_each(&w->l.peers, n, i)
		assert_null(pw_of(container_of(n, struct peer, by_lsr))->sorted);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, world_up, world_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(told_anew_by_every_session), T(unmatched_go_with_the_session), T(quick_return), T(news_of_a_dead_session),
		T(little_room),
		T(last_state_only), T(another_group), T(group_told_at_once), T(group_waits_for_the_round), T(leaves_its_group),
		T(group_without_room), T(told_and_changed_at_once), T(random_groups), T(large_group), T(held_and_back), T(held_and_void), T(end_of_lib_ends_staleness), T(own_recovery),
		T(end_of_lib), T(no_end_of_lib_while_recovering), T(group_status), T(group_withdraw), T(release_of_many), T(request_of_many),
		T(order_is_kept), T(more_than_the_log),
		T(gone_under_the_walk), T(busy), T(bounded), T(bounded_all_together), T(displays_in_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
