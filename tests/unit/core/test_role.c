/* SPDX-License-Identifier: BSD-2-Clause */
/* Core by scenarios: roles of ACs, requests for a switchover (RFC 6870, 6.3), alarms, `switchover` at a commit. */
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

#define VIP	IP(192, 0, 2, 1)
#define RS	LDP_PW_SWITCHOVER
#define PF	LDP_PW_STANDBY

static void *obj(size_t size)
{
	struct ref *r = calloc(1, size);

	assert_non_null(r);
	*r = (struct ref){ 1, ref_kind(free) };
	return r;
}

static void takes_requests(struct world *w, uint32_t peer)
{
	struct m_l2vpn_peer *p = obj(sizeof(*p));

	p->peer = peer;
	p->takes_requests = true;
	commit(w, OBJ_L2VPN_PEER, NULL, p);
}

static struct m_interface *independent(void)
{
	struct m_interface *m = single();

	pw_ldp(m, SLOT_SECONDARY, PE3, 200);
	m->redundancy = REDUNDANCY_INDEPENDENT;
	return m;
}

static void runs(struct circ *t)
{
	assert_int_equal(run(&t->w), 0);
}

static void says(struct circ *t, uint32_t pw, uint32_t status)		/* by a Mapping, or a change */
{
	struct fact_remote r = {
		.mapped = true, .label = 7000 + pw, .mtu = 1500, .reason = REASON_MAPPING, .status = status,
	};

	core_remote(t->w.c, pw, &r);
	runs(t);
}

static void notifies(struct circ *t, uint32_t pw, uint32_t status)
{
	struct fact_remote r = {
		.mapped = true, .label = 7000 + pw, .mtu = 1500, .reason = REASON_FORWARDING, .status = status,
		.notified = true,
	};

	core_remote(t->w.c, pw, &r);
	runs(t);
}

static void session(struct circ *t, uint32_t peer, enum session_state s)
{
	core_session(t->w.c, peer, s);
	runs(t);
}

static void up_with(struct circ *t, struct m_interface *m)
{
	t->m = m;
	world_up(&t->w, 64);
	t->w.now = 100 * S;
	cores(&t->w);
	facts(&t->w);
	commit(&t->w, OBJ_INTERFACE, NULL, ref_get(m));
	runs(t);
	session(t, PE2, SESSION_UP);
	session(t, PE3, SESSION_UP);
	says(t, P, 0);
	if (m->pw[SLOT_SECONDARY].present)
		says(t, Q, 0);
}

static void up(struct circ *t)
{
	up_with(t, independent());
	takes_requests(&t->w, PE2);
	takes_requests(&t->w, PE3);
	runs(t);
}

static void sends(const struct circ *t, enum slot s)
{
	assert_int_equal(rows_sends(t->w.r, 1), s);
	assert_int_equal(show_of(t).active, s);
}

static void told(const struct circ *t, uint32_t p, uint32_t q)
{
	assert_int_equal(t->w.r->signal[P].status, p);
	assert_int_equal(t->w.r->signal[Q].status, q);
}

static uint32_t told_in_run(const struct circ *t, uint32_t pw)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->w.a.n; i++)
		n += t->w.a.v[i].kind == ACT_SIGNAL && t->w.a.v[i].signal.pw == pw;
	return n;
}

static bool news(const struct circ *t, enum slot slot, enum request_news n)
{
	for (uint32_t i = 0; i < t->w.a.n; i++) {
		const struct core_event *e = &t->w.a.v[i].event;

		if (t->w.a.v[i].kind == ACT_EVENT && e->kind == CEV_REQUEST && e->slot == slot && e->to == n)
			return true;
	}
	return false;
}

static void asks(struct circ *t, enum slot slot)
{
	char why[160];

	if (core_request_switchover(t->w.c, AC, slot, why))
		fail_msg("refused: %s", why);
	runs(t);
	assert_true(news(t, slot, REQUEST_SENT));
}

static void no_request(const struct circ *t)
{
	struct show_circuit s = show_of(t);

	assert_int_equal(s.requested, SLOT_NONE);
	assert_true(s.request_at_ns == 0);
	assert_int_equal((t->w.r->signal[P].status | t->w.r->signal[Q].status) & RS, 0);
}

/* ---- RFC 6870, 6.3.1: the requesting end ---------------------------------------------------------------- */

static void request_is_told_and_nothing_else_changes(void **state)	/* a, b */
{
	struct circ t;

	(void)state;
	up(&t);
	sends(&t, SLOT_PRIMARY);
	told(&t, 0, 0);
	asks(&t, SLOT_SECONDARY);
	told(&t, 0, RS);
	sends(&t, SLOT_PRIMARY);
	assert_int_equal(count(&t.w, ACT_STEER) + count(&t.w, ACT_PW_LIVE), 0);
	assert_int_equal(show_of(&t).requested, SLOT_SECONDARY);
	down(&t);
}

static void request_waits_3_s(void **state)				/* c, h */
{
	struct circ t;

	(void)state;
	up(&t);
	asks(&t, SLOT_SECONDARY);
	uint64_t since = t.w.now;

	assert_true(core_next(t.w.c) == since + 3 * S);
	assert_true(show_of(&t).request_at_ns == since + 3 * S);
	time_passes(&t, 3 * S - 1);
	told(&t, 0, RS);
	time_passes(&t, 1);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_EXPIRED));
	assert_int_equal(find(&t.w, ACT_EVENT, 0)->event.detector, DET_REQUEST);
	told(&t, 0, 0);
	no_request(&t);
	sends(&t, SLOT_PRIMARY);
	assert_true(core_next(t.w.c) == 0);
	asks(&t, SLOT_SECONDARY);			/* another may be made */
	told(&t, 0, RS);
	down(&t);
}

static void crossing_requests_higher_address_waits(void **state)	/* d i */
{
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, Q, PF);				/* so that it is the answer that makes it carry */
	asks(&t, SLOT_SECONDARY);
	notifies(&t, P, RS | PF);			/* PE2 is lower */
	assert_true(news(&t, SLOT_PRIMARY, REQUEST_IGNORED));
	assert_false(news(&t, SLOT_PRIMARY, REQUEST_HONOURED));
	assert_int_equal(show_of(&t).requested, SLOT_SECONDARY);
	told(&t, 0, RS);
	notifies(&t, Q, 0);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_TAKEN));
	told(&t, PF, 0);
	down(&t);
}

static void crossing_requests_lower_address_gives_way(void **state)	/* d ii */
{
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, P, PF);				/* carries the secondary */
	sends(&t, SLOT_SECONDARY);
	asks(&t, SLOT_PRIMARY);
	told(&t, RS, 0);
	notifies(&t, Q, RS);				/* PE3 is higher, and asks for what carries */
	assert_true(news(&t, SLOT_PRIMARY, REQUEST_ABORTED));
	no_request(&t);
	assert_int_equal(told_in_run(&t, Q), 1);
	sends(&t, SLOT_SECONDARY);
	down(&t);
	up(&t);						/* ... and for another than ours */
	asks(&t, SLOT_SECONDARY);
	notifies(&t, Q, RS);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_ABORTED));
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_HONOURED));
	told(&t, PF, 0);
	no_request(&t);
	sends(&t, SLOT_SECONDARY);
	down(&t);
}

static void answer_makes_it_carry(void **state)				/* e */
{
	struct circ t;

	(void)state;
	up(&t);
	asks(&t, SLOT_SECONDARY);
	says(&t, Q, 0);					/* what was known, and no Notification: no answer */
	told(&t, 0, RS);
	notifies(&t, P, 0);				/* of another PW */
	told(&t, 0, RS);
	notifies(&t, Q, PF);				/* not clear */
	told(&t, 0, RS);
	notifies(&t, Q, 0);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_TAKEN));
	sends(&t, SLOT_SECONDARY);
	told(&t, PF, 0);
	no_request(&t);
	assert_true(core_next(t.w.c) == 0);
	assert_int_equal(show_of(&t).preferred, SLOT_SECONDARY);
	asks(&t, SLOT_PRIMARY);				/* and back */
	told(&t, PF | RS, 0);
	sends(&t, SLOT_SECONDARY);
	notifies(&t, P, 0);
	told(&t, 0, PF);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void answer_before_the_question(void **state)
{
	struct circ t;
	char why[160];

	(void)state;
	up(&t);
	assert_int_equal(core_request_switchover(t.w.c, AC, SLOT_SECONDARY, why), 0);
	notifies(&t, Q, 0);				/* sent before ours was */
	assert_false(news(&t, SLOT_SECONDARY, REQUEST_TAKEN));
	told(&t, 0, RS);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void fault_is_no_answer(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	asks(&t, SLOT_SECONDARY);
	notifies(&t, Q, LDP_PW_AC_RX_FAULT);
	assert_false(news(&t, SLOT_SECONDARY, REQUEST_TAKEN));
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void failed_request_is_made_to_the_other(void **state)		/* f */
{
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, P, PF);				/* both up, none carries */
	notifies(&t, Q, PF);
	sends(&t, SLOT_NONE);
	asks(&t, SLOT_SECONDARY);
	uint64_t at = show_of(&t).request_at_ns;

	time_passes(&t, S);
	session(&t, PE3, SESSION_DOWN);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_ABORTED));
	assert_true(news(&t, SLOT_PRIMARY, REQUEST_SENT));
	assert_int_equal(t.w.r->signal[P].status, RS);
	assert_true(show_of(&t).request_at_ns > at + S);		/* the timer is started anew */
	notifies(&t, P, 0);
	assert_true(news(&t, SLOT_PRIMARY, REQUEST_TAKEN));
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void failed_request_is_taken_back(void **state)			/* g */
{
	struct circ t;

	(void)state;
	up(&t);
	asks(&t, SLOT_SECONDARY);
	notifies(&t, Q, LDP_PW_AC_RX_FAULT);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_ABORTED));
	assert_false(news(&t, SLOT_PRIMARY, REQUEST_SENT));
	told(&t, 0, 0);
	no_request(&t);
	assert_true(core_next(t.w.c) == 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void late_answer_is_a_word_of_its_own(void **state)		/* i */
{
	struct circ t;

	(void)state;
	up(&t);
	asks(&t, SLOT_SECONDARY);
	time_passes(&t, 4 * S);
	no_request(&t);
	notifies(&t, Q, 0);
	assert_false(news(&t, SLOT_SECONDARY, REQUEST_TAKEN));
	sends(&t, SLOT_PRIMARY);
	notifies(&t, P, PF);				/* the far ends have switched by themselves: followed */
	sends(&t, SLOT_SECONDARY);
	told(&t, 0, 0);
	down(&t);
}

static void refused(const struct circ *t, enum slot slot, const char *word)
{
	char why[160] = "";

	assert_int_equal(core_request_switchover(t->w.c, AC, slot, why), -1);
	if (!strstr(why, word))
		fail_msg("refused, but: %s", why);
}

static void requests_that_cannot_be_made(void **state)
{
	struct circ t;
	struct m_interface *m;
	char why[160];

	(void)state;
	up_with(&t, independent());
	refused(&t, SLOT_SECONDARY, "not said to know");
	takes_requests(&t.w, PE2);
	takes_requests(&t.w, PE3);
	refused(&t, SLOT_PRIMARY, "carries already");
	refused(&t, SLOT_BYPASS, "no such");
	assert_int_equal(core_request_switchover(t.w.c, CORE1, SLOT_PRIMARY, why), -1);
	asks(&t, SLOT_SECONDARY);
	refused(&t, SLOT_SECONDARY, "under way");
	session(&t, PE3, SESSION_DOWN);
	refused(&t, SLOT_SECONDARY, "down");
	m = edit(&t);
	m->ac_role = AC_ROLE_STANDBY;
	becomes(&t, m);
	refused(&t, SLOT_PRIMARY, "ac-role");
	m = edit(&t);
	m->ac_role = AC_ROLE_DEFAULT;
	m->redundancy = REDUNDANCY_FRR;
	becomes(&t, m);
	refused(&t, SLOT_SECONDARY, "not independent");
	down(&t);
}

/* ---- RFC 6870, 6.3.2: the end that is asked -------------------------------------------------------------- */

static void honours_a_request(void **state)				/* a i, ii */
{
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, Q, RS);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_HONOURED));
	sends(&t, SLOT_SECONDARY);
	told(&t, PF, 0);
	assert_int_equal(told_in_run(&t, Q), 1);	/* as was told before, and told all the same */
	assert_true(t.w.r->signal[Q].answer);
	notifies(&t, Q, 0);				/* it is over for the far end, too */
	assert_int_equal(told_in_run(&t, Q), 0);
	sends(&t, SLOT_SECONDARY);
	notifies(&t, P, RS | PF);			/* and back; the bit does not keep it from carrying */
	told(&t, 0, PF);
	sends(&t, SLOT_PRIMARY);
	notifies(&t, P, 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* Who asked has given it up before the answer came, and stands by there: then there is no agreement. Else each end
 * would hold to another pseudowire for ever. */
static void agreement_that_is_taken_back(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, Q, RS | PF);
	told(&t, PF, 0);
	sends(&t, SLOT_SECONDARY);
	notifies(&t, Q, PF);
	told(&t, 0, 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

static void answers_for_what_carries_already(void **state)
{
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, P, RS);
	assert_int_equal(told_in_run(&t, P), 1);
	assert_true(t.w.r->signal[P].answer);
	told(&t, 0, 0);
	sends(&t, SLOT_PRIMARY);
	assert_int_equal(count(&t.w, ACT_STEER), 0);
	notifies(&t, P, RS);				/* again: again */
	assert_int_equal(told_in_run(&t, P), 1);
	down(&t);
}

static void ignores_a_request_for_a_dead_pw(void **state)		/* a iii */
{
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, Q, RS | LDP_PW_PSN_RX_FAULT);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_IGNORED));
	assert_int_equal(told_in_run(&t, P) + told_in_run(&t, Q), 0);
	sends(&t, SLOT_PRIMARY);
	told(&t, 0, 0);
	notifies(&t, Q, RS);				/* it is well: now */
	sends(&t, SLOT_SECONDARY);
	down(&t);
}

static void standby_end_does_not_consent(void **state)
{
	struct m_interface *m = independent();
	struct circ t;

	(void)state;
	m->ac_role = AC_ROLE_STANDBY;
	up_with(&t, m);
	notifies(&t, Q, RS);
	assert_true(news(&t, SLOT_SECONDARY, REQUEST_IGNORED));
	assert_int_equal(told_in_run(&t, Q), 1);
	told(&t, PF, PF);
	sends(&t, SLOT_NONE);
	down(&t);
}

static void storm_of_requests(void **state)
{
	struct fact_remote r = { .mapped = true, .label = 7000, .mtu = 1500, .status = RS, .notified = true };
	struct circ t;

	(void)state;
	up(&t);
	for (int i = 0; i < 1000; i++) {
		r.label = 7000 + (i & 1 ? P : Q);
		core_remote(t.w.c, i & 1 ? P : Q, &r);
	}
	runs(&t);
	assert_true(told_in_run(&t, P) == 1 && told_in_run(&t, Q) == 1);
	assert_true(count(&t.w, ACT_EVENT) < 8);
	sends(&t, SLOT_PRIMARY);			/* the last one */
	told(&t, 0, PF);
	down(&t);
}

static void not_asked_in_other_modes(void **state)
{
	struct m_interface *m = independent();
	struct circ t;

	(void)state;
	m->redundancy = REDUNDANCY_FRR;
	up_with(&t, m);
	notifies(&t, Q, RS);
	sends(&t, SLOT_PRIMARY);
	told(&t, 0, 0);
	assert_int_equal(told_in_run(&t, Q), 0);
	down(&t);
}

/* What was agreed on lasts until its PW fails or the AC gets another role. */
static void agreement_ends(void **state)
{
	struct m_interface *m;
	struct circ t;

	(void)state;
	up(&t);
	notifies(&t, Q, RS);
	notifies(&t, Q, 0);
	told(&t, PF, 0);
	session(&t, PE3, SESSION_DOWN);
	assert_int_equal(t.w.r->signal[P].status, 0);
	sends(&t, SLOT_PRIMARY);
	session(&t, PE3, SESSION_UP);
	says(&t, Q, 0);
	told(&t, 0, 0);
	time_passes(&t, 5 * S);
	sends(&t, SLOT_PRIMARY);
	notifies(&t, Q, RS);
	sends(&t, SLOT_SECONDARY);
	m = edit(&t);
	m->ac_role = AC_ROLE_STANDBY;
	becomes(&t, m);
	told(&t, PF, PF);
	sends(&t, SLOT_NONE);
	m = edit(&t);
	m->ac_role = AC_ROLE_ACTIVE;
	becomes(&t, m);
	told(&t, 0, 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* ---- ac-role ---------------------------------------------------------------------------------------------- */

static void standby_is_told_on_both(void **state)
{
	struct m_interface *m = independent();
	struct circ t;

	(void)state;
	m->ac_role = AC_ROLE_STANDBY;
	up_with(&t, m);
	told(&t, PF, PF);
	sends(&t, SLOT_NONE);
	assert_true(show_of(&t).role_standby && show_of(&t).pw[0].up && show_of(&t).ac_up);
	m = edit(&t);
	m->ac_role = AC_ROLE_ACTIVE;
	becomes(&t, m);
	told(&t, 0, 0);
	sends(&t, SLOT_PRIMARY);
	down(&t);
}

/* Without a word on redundancy. */
static void standby_of_a_single_pw(void **state)
{
	struct m_interface *m = single();
	struct circ t;

	(void)state;
	m->ac_role = AC_ROLE_STANDBY;
	up_with(&t, m);
	assert_int_equal(t.w.r->signal[P].status, PF);
	sends(&t, SLOT_NONE);
	down(&t);
}

static void role_follows_an_address(void **state)
{
	struct m_interface *m = independent();
	struct circ t;

	(void)state;
	m->ac_role = AC_ROLE_FOLLOW;
	m->follow = VIP;
	up_with(&t, m);
	told(&t, PF, PF);
	core_subnet(t.w.c, 9, VIP, 32, true);
	runs(&t);
	told(&t, 0, 0);
	sends(&t, SLOT_PRIMARY);
	core_subnet(t.w.c, 8, VIP, 24, true);		/* on two devices: while it is on one */
	core_subnet(t.w.c, 9, VIP, 32, false);
	runs(&t);
	told(&t, 0, 0);
	core_subnet(t.w.c, 8, VIP + 1, 24, true);
	core_subnet(t.w.c, 8, VIP, 24, false);
	runs(&t);
	told(&t, PF, PF);
	sends(&t, SLOT_NONE);
	m = edit(&t);
	m->follow = VIP + 1;				/* which is there */
	becomes(&t, m);
	told(&t, 0, 0);
	core_subnet(t.w.c, 8, VIP, 24, true);		/* nobody follows it now */
	assert_false(core_pending(t.w.c));
	down(&t);
}

/* Of 4,000 circuits 3 follow an address: its coming and going looks at 3. */
static void address_costs_what_follows_it(void **state)
{
	struct world w;

	(void)state;
	world_up(&w, W_CIRCUITS - 1);
	cores(&w);
	for (int i = 0; i < 4000; i++) {
		char name[IFNAME_LEN];

		snprintf(name, sizeof(name), "%s.%d", AC, i + 1);
		struct m_interface *m = if_obj(name, AC, (uint16_t)(i + 1));

		pw_ldp(m, SLOT_PRIMARY, PE2, (uint32_t)i + 1);
		m->ac_role = AC_ROLE_FOLLOW;
		m->follow = VIP + (uint32_t)(i < 3 ? 0 : i);
		commit(&w, OBJ_INTERFACE, NULL, m);
	}
	assert_int_equal(run(&w), 0);
	core_subnet(w.c, 9, VIP, 32, true);
	assert_int_equal(core_show_waiting(w.c), 3);
	assert_int_equal(run(&w), 0);
	core_subnet(w.c, 9, VIP, 32, false);
	assert_int_equal(core_show_waiting(w.c), 3);
	world_down(&w);
}

/* ---- alarms ------------------------------------------------------------------------------------------------ */

static void alarm_is(const struct circ *t, uint8_t bits)
{
	assert_int_equal(show_of(t).alarms, bits);
}

static void alarm_told(const struct circ *t, enum alarm a, bool up)
{
	for (uint32_t i = 0; i < t->w.a.n; i++) {
		const struct core_event *e = &t->w.a.v[i].event;

		if (t->w.a.v[i].kind == ACT_EVENT && e->kind == CEV_ALARM && e->slot == a && e->to == up && e->from == !up)
			return;
	}
	fail_msg("alarm %d was not told", a);
}

static void alarm_of_two_masters(void **state)
{
	struct m_interface *m = independent();
	struct circ t;

	(void)state;
	m->redundancy = REDUNDANCY_MASTER;
	up_with(&t, m);
	alarm_is(&t, 0);
	says(&t, Q, PF);
	alarm_told(&t, ALARM_TWO_MASTERS, true);
	alarm_is(&t, 1 << ALARM_TWO_MASTERS);
	says(&t, Q, PF);
	assert_int_equal(count(&t.w, ACT_EVENT), 0);	/* once */
	says(&t, Q, 0);
	alarm_told(&t, ALARM_TWO_MASTERS, false);
	alarm_is(&t, 0);
	down(&t);
}

static void alarm_of_both_and_of_none(void **state)
{
	struct m_interface *m;
	struct circ t;

	(void)state;
	up(&t);
	alarm_is(&t, 1 << ALARM_BOTH_ACTIVE);
	says(&t, Q, PF);
	alarm_is(&t, 0);
	says(&t, P, PF);
	alarm_told(&t, ALARM_NONE_ACTIVE, true);
	alarm_is(&t, 1 << ALARM_NONE_ACTIVE);
	m = edit(&t);
	m->ac_role = AC_ROLE_STANDBY;			/* so it is to be */
	becomes(&t, m);
	alarm_is(&t, 0);
	m = edit(&t);
	m->ac_role = AC_ROLE_DEFAULT;
	becomes(&t, m);
	alarm_is(&t, 1 << ALARM_NONE_ACTIVE);
	says(&t, Q, 0);
	alarm_is(&t, 0);
	says(&t, P, 0);
	alarm_is(&t, 1 << ALARM_BOTH_ACTIVE);
	time_passes(&t, 2 * S);
	notifies(&t, Q, RS);				/* one of them is agreed on */
	alarm_is(&t, 0);
	down(&t);
}

static void alarm_without_status(void **state)
{
	struct fact_remote r = { .mapped = true, .label = 7004, .mtu = 1500, .no_status = true };
	struct circ t;

	(void)state;
	up(&t);
	core_remote(t.w.c, P, &r);
	runs(&t);
	alarm_told(&t, ALARM_NO_STATUS, true);
	alarm_is(&t, 1 << ALARM_NO_STATUS);		/* works as FRR, so nobody is active or not */
	assert_int_equal(show_of(&t).redundancy_now, REDUNDANCY_FRR);
	struct m_interface *m = edit(&t);

	m->ac_role = AC_ROLE_STANDBY;
	becomes(&t, m);
	says(&t, Q, PF);				/* that, and not our role, keeps it idle */
	told(&t, 0, 0);
	sends(&t, SLOT_PRIMARY);
	assert_true(!strncmp(show_of(&t).pw[1].why, "remote says standby", 19));
	says(&t, P, 0);
	alarm_told(&t, ALARM_NO_STATUS, false);
	assert_true(!strncmp(show_of(&t).pw[1].why, "this end is standby", 19));
	down(&t);
}

static void alarm_of_parity(void **state)
{
	struct fact_remote r = { .mapped = true, .label = 7005, .mtu = 9000 };
	struct m_interface *m = independent();
	struct circ t;

	(void)state;
	m->redundancy = REDUNDANCY_FRR;
	up_with(&t, m);
	alarm_is(&t, 0);
	core_remote(t.w.c, Q, &r);
	runs(&t);
	alarm_is(&t, 1 << ALARM_PARITY);
	r.mtu = 1500;
	r.control_word = true;
	core_remote(t.w.c, Q, &r);
	runs(&t);
	alarm_is(&t, 1 << ALARM_PARITY);
	session(&t, PE3, SESSION_DOWN);			/* nobody says anything */
	alarm_told(&t, ALARM_PARITY, false);
	alarm_is(&t, 0);
	down(&t);
}

/* ---- switchover --------------------------------------------------------------------------------------------- */

static struct m_interface *master(void)
{
	struct m_interface *m = independent();

	m->redundancy = REDUNDANCY_MASTER;
	return m;
}

static size_t judged(struct circ *t, struct m_interface *now, struct core_problem *p)
{
	assert_int_equal(core_prepare(t->w.c, OBJ_INTERFACE, t->m, now), 0);
	size_t n = core_prepared(t->w.c, p, 1);

	core_abort(t->w.c);
	ref_put(now);
	return n;
}

static struct m_interface *switched(const struct circ *t)
{
	struct m_interface *m = edit(t);

	m->switchover = true;
	return m;
}

static void switchover_onto_a_dead_pw_is_refused(void **state)
{
	struct core_problem p;
	struct m_interface *m;
	struct circ t;

	(void)state;
	up_with(&t, master());
	core_judge_now(t.w.c, true);
	assert_int_equal(judged(&t, switched(&t), &p), 0);
	m = switched(&t);
	m->pw_fault[SLOT_SECONDARY] = true;		/* with the same commit */
	assert_int_equal(judged(&t, m, &p), 1);
	session(&t, PE3, SESSION_DOWN);
	assert_int_equal(judged(&t, switched(&t), &p), 1);
	assert_string_equal(p.field, "mpls l2vpn switchover");
	assert_non_null(strstr(p.text, "session"));
	core_judge_now(t.w.c, false);			/* from a file it waits */
	assert_int_equal(judged(&t, switched(&t), &p), 0);
	becomes(&t, switched(&t));
	sends(&t, SLOT_PRIMARY);
	core_judge_now(t.w.c, true);
	m = edit(&t);
	m->holdoff = 7;					/* what stands is not judged again */
	assert_int_equal(judged(&t, m, &p), 0);
	session(&t, PE3, SESSION_UP);
	says(&t, Q, 0);
	time_passes(&t, 2 * S);
	sends(&t, SLOT_SECONDARY);
	down(&t);
}

static void switchover_of_a_new_circuit_waits(void **state)
{
	struct core_problem p;
	struct m_interface *m, *old;
	struct circ t;

	(void)state;
	up_with(&t, master());
	core_judge_now(t.w.c, true);
	old = if_obj("GigabitEthernet0/1/1", "", 0);
	m = copy(old, sizeof(*old));
	pw_ldp(m, SLOT_PRIMARY, PE2, 300);
	pw_ldp(m, SLOT_SECONDARY, PE3, 300);
	m->redundancy = REDUNDANCY_MASTER;
	m->switchover = true;
	assert_int_equal(core_prepare(t.w.c, OBJ_INTERFACE, old, m), 0);
	assert_int_equal(core_prepared(t.w.c, &p, 1), 0);
	core_abort(t.w.c);
	ref_put(old);
	ref_put(m);
	m = switched(&t);
	m->pw[SLOT_SECONDARY].vc_id = 999;		/* another one, that nobody knows */
	assert_int_equal(judged(&t, m, &p), 1);
	m = switched(&t);
	m->pw_fault[SLOT_SECONDARY] = true;
	m->switchover = false;
	becomes(&t, m);
	m = switched(&t);
	m->pw_fault[SLOT_SECONDARY] = false;		/* it was all that kept it down */
	assert_int_equal(judged(&t, m, &p), 0);
	down(&t);
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(request_is_told_and_nothing_else_changes), T(request_waits_3_s), T(crossing_requests_higher_address_waits),
		T(crossing_requests_lower_address_gives_way), T(answer_makes_it_carry), T(answer_before_the_question),
		T(fault_is_no_answer),
		T(failed_request_is_made_to_the_other), T(failed_request_is_taken_back), T(late_answer_is_a_word_of_its_own),
		T(requests_that_cannot_be_made), T(honours_a_request), T(answers_for_what_carries_already),
		T(agreement_that_is_taken_back),
		T(ignores_a_request_for_a_dead_pw), T(standby_end_does_not_consent), T(storm_of_requests),
		T(not_asked_in_other_modes), T(agreement_ends), T(standby_is_told_on_both), T(standby_of_a_single_pw),
		T(role_follows_an_address), T(address_costs_what_follows_it), T(alarm_of_two_masters),
		T(alarm_of_both_and_of_none), T(alarm_without_status), T(alarm_of_parity),
		T(switchover_onto_a_dead_pw_is_refused), T(switchover_of_a_new_circuit_waits),
	};

	return cmocka_run_group_tests_name("core role", tests, NULL, NULL);
}
