/* SPDX-License-Identifier: BSD-2-Clause */
/* test_pw.c: signalling of one pseudowire, message by message (RFC 8077, 6 and 7). */
#include <stdio.h>

#include "pw_world.h"

static struct world *with_pw(void **state, bool cw)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 100);

	a.control_word = cw;
	want(w, a);
	forget_all(w);
	return w;
}

/* Both Mappings stand, no control word. */
static struct world *up(void **state)
{
	struct world *w = with_pw(state, false);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	forget_all(w);
	return w;
}

/* ---- Mapping and status ---- */

static void mapped_at_once(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 100);

	a.status = LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT;	/* whatever the AC's state */
	a.group = 7;
	want(w, a);
	assert_said(w, "map pw:5:100 group=7 label=1004 mtu=1500 status=6");
	assert_told(w, "");
	hear(w, "map pw:5:100 group=9 label=500 mtu=1500 vlan=3 vccv=258 status=0");
	assert_said(w, "");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=3 reason=12");
	assert_true(shown(w, 100).sent && shown(w, 100).mapped && shown(w, 100).match);
	assert_int_equal(shown(w, 100).pw, 4);
	assert_int_equal(shown(w, 100).group, 9);
	assert_int_equal(shown(w, 100).vccv, 258);
}

static void optional_parameters(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 100);

	a.type = LDP_PW_ETHERNET_TAGGED;
	a.vlan = 30;
	a.vccv = 0x0102;
	want(w, a);
	assert_said(w, "map pw:4:100 label=1004 mtu=1500 vlan=30 vccv=258 status=0");
}

static void status_both_ways(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	a.status = LDP_PW_STANDBY;
	want(w, a);
	assert_said(w, "notify pw:5:100 status=32 code=40");
	want(w, a);
	assert_said(w, "");
	hear(w, "notify pw:5:100 c=1 status=1 code=40");	/* the C-bit is not looked at */
	assert_told(w, "4 mapped cw=0 label=500 status=1 mtu=1500 vlan=0 reason=31");
	hear(w, "notify pw:5:100 status=0 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=30");
	hear(w, "notify pw:5:100 status=6 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=6 mtu=1500 vlan=0 reason=35");
	hear(w, "notify pw:5:100 status=14 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=14 mtu=1500 vlan=0 reason=39");
	hear(w, "notify pw:5:100 status=6 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=6 mtu=1500 vlan=0 reason=40");
	hear(w, "notify pw:5:100 status=0 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=36");
	hear(w, "notify pw:5:100 status=0 code=40");		/* as known: said all the same */
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=0");
	assert_true(w->fact.notified);
	hear(w, "notify pw:5:101 status=1 code=40");
	hear(w, "notify pw:4:100 status=1 code=40");
	hear(w, "notify - status=1 code=40");
	assert_told(w, "");
	assert_said(w, "");
}

/* Each Notification counts, also of many at once; what is told for another reason is none. */
static void notified(void **state)
{
	struct world *w = up(state);

	hear(w, "notify pw:5:100 status=96 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=96 mtu=1500 vlan=0 reason=31");
	assert_true(w->fact.notified);
	pws_retell(&w->l);
	turn(w);
	assert_told(w, "4 mapped cw=0 label=500 status=96 mtu=1500 vlan=0 reason=11");
	assert_false(w->fact.notified);
	hear(w, "notify typed:5 status=96 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=96 mtu=1500 vlan=0 reason=0");
	assert_true(w->fact.notified);
	hear(w, "map pw:5:100 label=500 mtu=1500 status=32");
	assert_told(w, "4 mapped cw=0 label=500 status=32 mtu=1500 vlan=0 reason=7");
	assert_false(w->fact.notified);
}

/* Bits nobody has given a meaning yet are shown, and no fault. */
static void unknown_bits(void **state)
{
	struct world *w = up(state);

	hear(w, "notify pw:5:100 status=0xffffff80 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=4294967168 mtu=1500 vlan=0 reason=0");
	assert_int_equal(shown(w, 100).status, 0xffffff80);
	hear(w, "notify pw:5:100 status=0x86 code=40");
	assert_told(w, "4 mapped cw=0 label=500 status=134 mtu=1500 vlan=0 reason=35");
	hear(w, "map pw:5:100 label=501 mtu=1500 status=0x100");
	assert_told(w, "4 mapped cw=0 label=501 status=256 mtu=1500 vlan=0 reason=6");
}

static void answered(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	a.answer = true;
	want(w, a);
	assert_said(w, "notify pw:5:100 status=0 code=40");	/* though nothing changed */
	turn(w);
	assert_said(w, "");
	w->room = 0;
	want(w, a);
	a.answer = false;
	want(w, a);				/* told once more before there was room */
	w->room = -1;
	turn(w);
	assert_said(w, "notify pw:5:100 status=0 code=40");
	w->room = 0;
	a.answer = true;
	want(w, a);
	hear(w, "request pw:5:100 id=9");
	w->room = 1;
	turn(w);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0 req=9");	/* is no answer */
	w->room = -1;
	turn(w);
	assert_said(w, "notify pw:5:100 status=0 code=40");
	a.status = LDP_PW_STANDBY;
	want(w, a);
	assert_said(w, "notify pw:5:100 status=32 code=40");	/* one, not two */
	session_down(w, false);
	want(w, a);
	session_up(w);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=32");
	assert_int_equal(record_of(w, 100)->due, 0);
}

/* A peer without PW status takes any bit for a fault. */
static void no_role_without_status(void **state)
{
	struct world *w = with_pw(state, false);
	struct act_signal a = wish(4, 100);

	hear(w, "map pw:5:100 label=500 mtu=1500");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
	assert_true(w->fact.no_status);
	a.status = LDP_PW_STANDBY | LDP_PW_SWITCHOVER;
	a.answer = true;
	want(w, a);
	assert_said(w, "");
	hear(w, "request pw:5:100 id=9");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0 req=9");
	a.status |= LDP_PW_AC_RX_FAULT;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	a.status = LDP_PW_STANDBY;
	want(w, a);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	forget_all(w);
	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_false(w->fact.no_status);
}

static void unmatched_is_kept(void **state)
{
	struct world *w = *state;

	hear(w, "map pw:5:100 label=500 mtu=1500 status=2");
	assert_said(w, "");
	assert_told(w, "");
	assert_int_equal(w->p->n_pws, 1);
	assert_false(shown(w, 100).match);
	assert_string_equal(shown(w, 100).why, "no pseudowire here has this peer, VC type and VC ID");
	want(w, wish(4, 100));
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=2 mtu=1500 vlan=0 reason=11");
	unwant(w, 4, 100);
	assert_said(w, "withdraw pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	assert_false(shown(w, 100).match);
	assert_true(shown(w, 100).mapped);
	hear(w, "withdraw pw:5:100 label=500");
	assert_said(w, "! release pw:5:100 label=500");
	assert_null(record_of(w, 100));
	assert_int_equal(w->p->n_pws, 0);
	assert_told(w, "");
}

static void repeated_mappings(void **state)
{
	struct world *w = up(state);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_told(w, "");
	hear(w, "map pw:5:100 label=500 mtu=1500 vlan=5 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=5 reason=7");
	hear(w, "map pw:5:100 label=501 mtu=1500 vlan=5 status=0");
	assert_told(w, "4 mapped cw=0 label=501 status=0 mtu=1500 vlan=5 reason=6");
	assert_said(w, "! release pw:5:100 label=500");
	hear(w, "map pw:5:100 label=501 mtu=1400 vlan=5 status=0");
	assert_told(w, "4 mapped cw=0 label=501 status=0 mtu=1400 vlan=5 reason=8");
	assert_string_equal(shown(w, 100).why, "MTU differs: 1500 here, 1400 at the peer");
	hear(w, "map pw:5:100 c=1 label=501 mtu=1500 vlan=5 status=0");
	assert_told(w, "4 gone reason=9");
	assert_said(w, "");
	assert_int_equal(w->p->n_pws, 1);
}

static void not_acceptable(void **state)
{
	struct world *w = with_pw(state, false);

	hear(w, "map pw:5:100 label=15 mtu=1500 status=0 id=77");
	assert_said(w, "! release pw:5:100 label=15 code=42 about=77");
	hear(w, "map pw:5:0 label=500 mtu=1500 status=0 id=78");
	assert_said(w, "! release pw:5:0 label=500 code=42 about=78");
	hear(w, "map pw:17:100 label=500 status=0 id=79");	/* SAToP without control word */
	assert_said(w, "! release pw:17:100 label=500 code=36 about=79");
	assert_told(w, "");
	assert_int_equal(w->p->n_pws, 0);
	assert_int_equal(w->p->refused, 3);
	assert_false(shown(w, 100).mapped);
	hear(w, "map pw:17:100 c=1 label=500 status=0");
	assert_said(w, "");
	assert_int_equal(w->p->n_pws, 1);
}

static void fec_129(void **state)
{
	struct world *w = *state;

	hear(w, "map gen:5 label=500 id=5");
	assert_said(w, "! release gen:5 label=500 code=41 about=5");
	hear(w, "withdraw gen:5 label=500");
	assert_said(w, "! release gen:5 label=500");
	hear(w, "request gen:5 id=6");
	assert_said(w, "! notify - code=12 about=6");
	hear(w, "request typed129:5 id=7");
	assert_said(w, "! notify - code=12 about=7");
	hear(w, "release gen:5 label=500");
	hear(w, "notify gen:5 status=1 code=40");
	assert_said(w, "");
}

/* ---- Withdraw and Release ---- */

static void withdraw_is_always_released(void **state)
{
	struct world *w = up(state);

	hear(w, "withdraw pw:5:100 label=499");		/* a label that is not in force */
	assert_said(w, "! release pw:5:100 label=499");
	assert_told(w, "");
	hear(w, "withdraw pw:5:100 c=1 group=3 label=500");
	assert_said(w, "! release pw:5:100 c=1 group=3 label=500");
	assert_told(w, "4 gone reason=13");
	hear(w, "withdraw pw:5:100 label=500");
	assert_said(w, "! release pw:5:100 label=500");
	hear(w, "withdraw pw:5:333");
	assert_said(w, "! release pw:5:333");
	assert_told(w, "");
	hear(w, "map pw:5:100 label=510 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=510 status=0 mtu=1500 vlan=0 reason=11");
	hear(w, "withdraw pw:5:100");
	assert_said(w, "! release pw:5:100");
	assert_told(w, "4 gone reason=13");
}

static void unwanted(void **state)
{
	struct world *w = up(state);

	assert_int_equal(w->p->pw_users, 1);
	assert_int_equal(w->needed, 1);
	unwant(w, 9, 100);			/* not its number */
	assert_said(w, "");
	unwant(w, 4, 100);
	assert_said(w, "withdraw pw:5:100 label=1004");
	assert_int_equal(w->p->pw_users, 0);
	assert_int_equal(w->needed, 2);
	assert_true(shown(w, 100).waits_release);
	hear(w, "withdraw pw:5:100 label=500");
	assert_said(w, "! release pw:5:100 label=500");
	assert_non_null(record_of(w, 100));
	hear(w, "release pw:5:100");
	assert_null(record_of(w, 100));
	assert_said(w, "");
	assert_told(w, "");
}

static void wanted_again_before_the_release(void **state)
{
	struct world *w = up(state);

	unwant(w, 4, 100);
	want(w, wish(8, 100));
	assert_said(w, "withdraw pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "map pw:5:100 label=1008 mtu=1500 status=0");
	assert_told(w, "8 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=32");
}

static void parameters_change(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	a.mtu = 9000;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=1004");
	assert_told(w, "4 gone reason=32");
	a.label = 2000;				/* once more, before the answer */
	want(w, a);
	assert_said(w, "");
	hear(w, "release pw:5:100 label=777");	/* of something else */
	assert_said(w, "");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "map pw:5:100 label=2000 mtu=9000 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=32");
	a.anew = true;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=2000");
	hear(w, "release pw:5:100");
	assert_said(w, "map pw:5:100 label=2000 mtu=9000 status=0");
}

static void another_name_for_a_number(void **state)
{
	struct world *w = up(state);

	want(w, wish(4, 200));
	assert_said(w, "withdraw pw:5:100 label=1004\nmap pw:5:200 label=1004 mtu=1500 status=0");
	unwant(w, 4, 100);
	assert_said(w, "");
	assert_int_equal(w->p->pw_users, 1);
	hear(w, "notify pw:5:100 status=1 code=40");
	assert_told(w, "");
	hear(w, "map pw:5:200 label=600 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=600 status=0 mtu=1500 vlan=0 reason=11");
	want(w, wish(8, 200));			/* and another number for a name: it was told nothing yet */
	assert_told(w, "");
	unwant(w, 4, 200);
	assert_int_equal(w->p->pw_users, 1);
	assert_said(w, "withdraw pw:5:200 label=1004");	/* label 1008 from now on */
	hear(w, "release pw:5:200");
	assert_said(w, "map pw:5:200 label=1008 mtu=1500 status=0");
}

static void released_by_the_peer(void **state)
{
	struct world *w = up(state);

	hear(w, "release pw:5:100 label=1004");
	assert_told(w, "4 gone reason=14");
	assert_string_equal(shown(w, 100).why, "the peer released our label: it does not accept the pseudowire");
	assert_false(shown(w, 100).sent);
	hear(w, "release pw:5:100");
	assert_told(w, "");
	assert_said(w, "");
	hear(w, "request pw:5:100 id=31");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0 req=31");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=15");
	hear(w, "release pw:5:101");		/* of what we never had */
	hear(w, "release pw:5:100 label=55");
	assert_told(w, "");
}

static void requests(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 100);

	hear(w, "request pw:5:100 id=8");
	assert_said(w, "! notify - code=12 about=8");
	want(w, a);
	forget_all(w);
	hear(w, "request pw:5:100 id=9");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0 req=9");
	hear(w, "abort pw:5:100 req=9");	/* too late */
	assert_said(w, "");
	w->room = 0;
	hear(w, "request pw:5:100 id=10");
	hear(w, "abort pw:5:100 req=10 id=11");
	assert_said(w, "! notify - code=21 req=10 about=11");
	w->room = -1;
	turn(w);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
}

/* A status that goes with a Mapping is not told a second time. */
static void status_goes_with_the_mapping(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	w->room = 0;
	a.status = 1;
	want(w, a);
	hear(w, "request pw:5:100 id=9");
	w->room = -1;
	turn(w);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=1 req=9");
}

/* ---- the control word ---- */

static void c_bit_agreed(void **state)		/* 7.2, i */
{
	struct world *w = with_pw(state, true);

	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=1 label=500 status=0 mtu=1500 vlan=0 reason=11");
	assert_said(w, "");
	want(w, (struct act_signal){ .pw = 4, .peer = PEER, .id = 100, .type = 5, .wanted = true, .control_word = true,
				     .label = 1004, .mtu = 1500, .status = 1 });
	assert_said(w, "notify pw:5:100 c=1 status=1 code=40");
}

static void c_bit_follows_a_mapping(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 100), b = wish(8, 200);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	a.control_word = true;
	want(w, a);				/* -i: theirs has C=0 */
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
	hear(w, "map pw:5:200 c=1 label=501 mtu=1500 status=0");
	want(w, b);				/* -iii: ours is not preferred */
	assert_said(w, "map pw:5:200 label=1008 mtu=1500 status=0");
	assert_told(w, "");
	assert_string_equal(shown(w, 200).why,
			    "the peer's Mapping has the control word, ours has not: its next Mapping is awaited");
}

static void c_bit_waits(void **state)		/* 7.2, ii and iv */
{
	struct world *w = with_pw(state, false);

	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	assert_told(w, "4 gone reason=9");
	assert_said(w, "");
	hear(w, "withdraw pw:5:100 c=1 label=500 code=37");
	assert_said(w, "! release pw:5:100 c=1 label=500");
	assert_told(w, "");
	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_said(w, "");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
}

static void c_bit_given_up(void **state)	/* 7.2, iii */
{
	struct world *w = with_pw(state, true);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_said(w, "withdraw pw:5:100 c=1 label=1004 code=37\nmap pw:5:100 label=1004 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
	assert_said(w, "");
	hear(w, "release pw:5:100 c=1 label=1004");	/* of the Withdraw: our new Mapping stands */
	assert_told(w, "");
	assert_said(w, "");
	assert_true(shown(w, 100).sent);
	hear(w, "release pw:5:100 label=1004");		/* of the Mapping, or a late answer: said once more */
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	assert_told(w, "");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "");
	assert_told(w, "4 gone reason=14");
}

static void c_bit_given_up_then_withdrawn(void **state)
{
	struct world *w = with_pw(state, true);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	unwant(w, 4, 100);
	forget_all(w);
	hear(w, "release pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	hear(w, "withdraw pw:5:100 label=500");
	assert_null(record_of(w, 100));
}

static void c_bit_renegotiated(void **state)	/* 7.3 */
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	a.control_word = true;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=1004\nrelease pw:5:100 label=500");
	assert_told(w, "4 gone reason=32");
	a.mtu = 1600;				/* does not interrupt it */
	a.status = 2;
	want(w, a);
	hear(w, "notify pw:5:100 status=1 code=40");
	assert_said(w, "");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "request pw:5:100 c=1");
	a.mtu = 1500;
	a.status = 0;
	want(w, a);
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "");
	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	assert_said(w, "map pw:5:100 c=1 label=1004 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=1 label=500 status=0 mtu=1500 vlan=0 reason=11");
}

/* Both ends want it by now, but each answered the other's C=0 once: `reset pw` asks for what the peer prefers. */
static void c_bit_renegotiated_by_reset(void **state)
{
	struct world *w = with_pw(state, true);
	struct act_signal a = wish(4, 100);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	hear(w, "release pw:5:100 c=1 label=1004");
	forget_all(w);
	a.control_word = true;
	a.anew = true;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=1004\nrelease pw:5:100 label=500");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "request pw:5:100 c=1");
	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	assert_said(w, "map pw:5:100 c=1 label=1004 mtu=1500 status=0");
}

static void pass(struct world *w, unsigned int seconds)
{
	loop_advance(w->l.loop, loop_now(w->l.loop) + seconds * 1000000000ull);
	turn(w);
}

/* A peer that does not answer the Request in a way that can be understood: up without control word in the end. */
static void c_bit_request_unanswered(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	a.control_word = true;
	want(w, a);
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "withdraw pw:5:100 label=1004\nrelease pw:5:100 label=500\nrequest pw:5:100 c=1");
	forget_all(w);
	pass(w, 5);
	assert_said(w, "");
	pass(w, 16);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	hear(w, "withdraw pw:5:100 c=1 label=500 code=37");
	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_said(w, "! release pw:5:100 c=1 label=500");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
	pass(w, 100);
	assert_said(w, "");
}

/* A Request that is younger than the time waits on; an answer ends the wait. */
static void c_bit_request_answered_late(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100), b = wish(8, 101);

	want(w, b);
	hear(w, "map pw:5:101 label=501 mtu=1500 status=0");
	a.control_word = b.control_word = true;
	want(w, a);
	hear(w, "release pw:5:100 label=1004");
	pass(w, 9);
	want(w, b);
	hear(w, "release pw:5:101 label=1008");
	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	forget_all(w);
	pass(w, 2);
	assert_said(w, "");
	hear(w, "map pw:5:101 c=1 label=501 mtu=1500 status=0");
	assert_said(w, "map pw:5:101 c=1 label=1008 mtu=1500 status=0");
}

static void c_bit_renegotiated_in_vain(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	a.control_word = true;
	want(w, a);
	hear(w, "release pw:5:100 label=1004");
	forget_all(w);
	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
}

static void c_bit_renegotiated_by_the_peer(void **state)
{
	struct world *w = with_pw(state, true);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	hear(w, "release pw:5:100 c=1 label=1004");
	forget_all(w);
	hear(w, "withdraw pw:5:100 label=500");
	assert_said(w, "! release pw:5:100 label=500");
	hear(w, "release pw:5:100 label=1004");
	hear(w, "request pw:5:100 c=1 id=12");
	assert_said(w, "map pw:5:100 c=1 label=1004 mtu=1500 status=0 req=12");
	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	assert_told(w, "4 gone reason=13\n4 mapped cw=1 label=500 status=0 mtu=1500 vlan=0 reason=11");
	assert_said(w, "");
}

/* Release before Withdraw: it may be a late answer to our own, so our Mapping comes once too often; the end is the same. */
static void c_bit_renegotiated_in_another_order(void **state)
{
	struct world *w = with_pw(state, true);

	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	hear(w, "release pw:5:100 c=1 label=1004");
	forget_all(w);
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	hear(w, "withdraw pw:5:100 label=500");
	forget_all(w);
	hear(w, "request pw:5:100 c=1 id=12");
	assert_said(w, "map pw:5:100 c=1 label=1004 mtu=1500 status=0 req=12");
	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=1 label=500 status=0 mtu=1500 vlan=0 reason=11");
}

static void c_bit_request_refused(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);
	char line[64];

	a.control_word = true;
	want(w, a);
	hear(w, "release pw:5:100 label=1004");
	forget_all(w);
	snprintf(line, sizeof(line), "notify - code=12 about=%u", w->next_id - 2);
	hear(w, line);					/* about another message */
	assert_said(w, "");
	snprintf(line, sizeof(line), "abort pw:5:100 req=%u", w->next_id - 1);	/* it is ours, not the peer's */
	hear(w, line);
	assert_said(w, "");
	snprintf(line, sizeof(line), "notify - code=12 about=%u", w->next_id - 1);
	hear(w, line);
	assert_said(w, "map pw:5:100 c=1 label=1004 mtu=1500 status=0");
	hear(w, line);
	assert_said(w, "");
}

static void c_bit_stuck_is_reset(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	a.control_word = true;
	want(w, a);
	hear(w, "release pw:5:100 label=1004");
	forget_all(w);
	a.anew = true;
	want(w, a);
	assert_said(w, "map pw:5:100 c=1 label=1004 mtu=1500 status=0");
}

static void c_bit_without_requests(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 100);

	w->p->no_request = true;
	w = up(state);
	a.control_word = true;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");	/* theirs still has C=0 */
	forget_all(w);
	hear(w, "withdraw pw:5:100 label=500");		/* now the peer changes its mind */
	forget_all(w);
	hear(w, "map pw:5:100 c=1 label=500 mtu=1500 status=0");
	assert_said(w, "withdraw pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "map pw:5:100 c=1 label=1004 mtu=1500 status=0");
	assert_told(w, "4 gone reason=9\n4 mapped cw=1 label=500 status=0 mtu=1500 vlan=0 reason=32");
}

/* ---- peers without the status TLV ---- */

static void faults_by_withdraw(void **state)
{
	struct world *w = with_pw(state, false);
	struct act_signal a = wish(4, 100);

	hear(w, "map pw:5:100 label=500 mtu=1500");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
	assert_said(w, "");
	assert_true(shown(w, 100).by_withdraw);
	hear(w, "notify pw:5:100 status=1 code=40");
	assert_told(w, "");
	a.status = LDP_PW_AC_RX_FAULT;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "");
	hear(w, "request pw:5:100 id=9");
	assert_said(w, "! notify - code=13 about=9");
	hear(w, "withdraw pw:5:100 label=500");			/* its own fault */
	assert_said(w, "! release pw:5:100 label=500");
	assert_told(w, "4 gone reason=13");
	assert_string_equal(shown(w, 100).why, "a fault keeps our label back: the peer does not use the PW status TLV");
	a.status = 0;
	want(w, a);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	hear(w, "map pw:5:100 label=500 mtu=1500");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
}

/* Whether the peer maps or not. */
static void not_forwarding_keeps_the_label_back(void **state)
{
	struct world *w = *state;
	struct act_signal a = wish(4, 100);

	w->l.martini = true;
	pws_config(&w->l);
	a.status = LDP_PW_NOT_FORWARDING;
	want(w, a);
	assert_said(w, "");
	hear(w, "map pw:5:100 label=500 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=12");
	assert_said(w, "");
	hear(w, "withdraw pw:5:100 label=500");
	assert_said(w, "! release pw:5:100 label=500");
	a.status = 0;
	want(w, a);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500");
}

static void martini_is_switched(void **state)
{
	struct world *w = up(state);
	struct act_signal a = wish(4, 100);

	w->p->martini = true;
	pws_config(&w->l);
	turn(w);
	assert_said(w, "withdraw pw:5:100 label=1004");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500");
	pws_config(&w->l);
	turn(w);
	a.status = LDP_PW_AC_TX_FAULT;
	want(w, a);
	assert_said(w, "withdraw pw:5:100 label=1004");
	w->p->martini = false;
	pws_config(&w->l);
	turn(w);
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=4");
}

static void not_wanted_by_the_peer(void **state)	/* RFC 7473 */
{
	struct world *w = up(state);

	w->p->apps_off = 1 << LDP_APP_FEC128;
	pws_config(&w->l);
	turn(w);
	assert_said(w, "withdraw pw:5:100 label=1004");
	assert_told(w, "4 gone reason=13");
	hear(w, "release pw:5:100 label=1004");
	assert_said(w, "");
	w->p->apps_off = 0;
	pws_config(&w->l);
	turn(w);
	assert_said(w, "map pw:5:100 label=1004 mtu=1500 status=0");
	assert_told(w, "4 mapped cw=0 label=500 status=0 mtu=1500 vlan=0 reason=11");
}

/* ---- MAC addresses ---- */

static void macs(void **state)
{
	struct world *w = up(state);

	pws_mac_withdraw(&w->l, 4);
	turn(w);
	assert_said(w, "macs pw:5:100");
	pws_mac_withdraw(&w->l, 5);
	pws_mac_withdraw(&w->l, 5000000);
	session_down(w, false);
	pws_mac_withdraw(&w->l, 4);
	turn(w);
	assert_said(w, "");
	hear_only(w, "macs pw:5:100");
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, world_up, world_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(mapped_at_once), T(optional_parameters), T(status_both_ways), T(notified), T(unknown_bits),
		T(answered), T(no_role_without_status), T(unmatched_is_kept),
		T(repeated_mappings), T(not_acceptable), T(fec_129), T(withdraw_is_always_released), T(unwanted),
		T(wanted_again_before_the_release), T(parameters_change), T(another_name_for_a_number),
		T(released_by_the_peer), T(requests),
		T(status_goes_with_the_mapping), T(c_bit_agreed), T(c_bit_follows_a_mapping), T(c_bit_waits),
		T(c_bit_given_up), T(c_bit_given_up_then_withdrawn), T(c_bit_renegotiated), T(c_bit_renegotiated_by_reset),
		T(c_bit_renegotiated_in_vain), T(c_bit_request_unanswered), T(c_bit_request_answered_late), T(c_bit_renegotiated_by_the_peer),
		T(c_bit_renegotiated_in_another_order), T(c_bit_request_refused),
		T(c_bit_stuck_is_reset), T(c_bit_without_requests), T(faults_by_withdraw),
		T(not_forwarding_keeps_the_label_back), T(martini_is_switched), T(not_wanted_by_the_peer), T(macs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
