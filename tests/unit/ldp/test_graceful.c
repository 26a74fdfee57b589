/* SPDX-License-Identifier: BSD-2-Clause */
/* Graceful restart (RFC 3478): a peer's, ours, and what ends without being held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/ldp/net.h"

static struct world *w;
static struct sim a, b;

static void start(bool graceful, bool recovering)
{
	w = world_new();
	w->cfg.graceful_restart = graceful;
	w->cfg.reconnect = 60;
	w->cfg.recovery = 100;
	w->cfg.liveness = 80;
	if (recovering)
		ldp_recovering(w->ldp);
	world_start(w);
	sim_init(&a, w, LOW);
	sim_init(&b, w, HIGH);
}

static int begin(void **state)
{
	(void)state;
	start(true, false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sim_done(&a);
	sim_done(&b);
	world_free(w);
	return 0;
}

static struct ldp_msg ft(uint32_t reconnect_s, uint32_t recovery_s)
{
	struct ldp_msg m = sim_init_msg(&a);

	m.has |= LDP_HAS(FT_SESSION);
	m.ft.flags = LDP_FT_LEARN;
	m.ft.reconnect_ms = reconnect_s * 1000;
	m.ft.recovery_ms = recovery_s * 1000;
	return m;
}

static void up(struct sim *s, uint32_t reconnect_s, uint32_t recovery_s)
{
	struct ldp_msg m = ft(reconnect_s, recovery_s);

	sim_up(s, &m);
}

/* Of a peer that is there: Hellos, and KeepAlives in its session. */
static void pass(struct sim *s, unsigned int seconds)
{
	while (seconds--) {
		world_pass(w, 1);
		sim_link_hello(s);
		if (s->fd >= 0 && seconds % 10 == 0)
			sim_keepalive(s);
	}
}

static struct ldp_msg init_of(struct sim *s)
{
	struct ldp_msg m;

	assert_true(sim_receive(s, &m));
	assert_int_equal(m.type, LDP_MSG_INIT);
	return m;
}

static void what_we_say(void **state)
{
	struct ldp_msg m;

	(void)state;
	up(&a, 120, 0);
	m = init_of(&a);
	assert_true(m.has & LDP_HAS(FT_SESSION));
	assert_int_equal(m.ft.flags, LDP_FT_LEARN);
	assert_int_equal(m.ft.reconnect_ms, 60000);
	assert_int_equal(m.ft.recovery_ms, 0);		/* nothing was there to be kept */
	assert_true(shown(w, LOW).graceful);
	assert_int_equal(shown(w, LOW).reconnect_ms, 120000);
	assert_true(peer_of(w, LOW)->caps & LDP_HAS(FT_SESSION));
}

/* The peer restarts and kept its state: nothing falls, what it confirms stays, the rest goes at the end. */
static void peer_restarts(void **state)
{
	struct ldp_msg m;

	(void)state;
	up(&a, 120, 0);
	sim_close(&a);
	assert_int_equal(w->told[2], SESSION_HELD);
	assert_int_equal(pw_app.n_held, 1);
	assert_int_equal(pw_app.n_down, 0);
	assert_true(shown(w, LOW).held);
	assert_int_equal((shown(w, LOW).held_until_ns - w->now) / SECOND, 80);	/* our liveness: the shorter one */
	pass(&a, 5);
	sim_accept(&a);
	assert_int_equal(init_of(&a).ft.recovery_ms, 100000);	/* we kept what it had from us */
	m = ft(120, 40);
	sim_init_send(&a, &m);
	sim_keepalive(&a);
	assert_int_equal(w->told[2], SESSION_UP);
	assert_int_equal(pw_app.n_up, 2);
	assert_int_equal(pw_app.n_down, 0);
	assert_false(shown(w, LOW).held);
	pass(&a, 39);
	assert_int_equal(pw_app.n_recovered, 0);
	pass(&a, 1);
	assert_int_equal(pw_app.n_recovered, 1);
	assert_int_equal(lsp_app.n_recovered, 1);
	pass(&a, 200);
	assert_int_equal(pw_app.n_recovered, 1);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
}

static void peer_does_not_come_back(void **state)
{
	(void)state;
	up(&a, 30, 0);
	sim_close(&a);
	world_pass(w, 1);
	assert_true(w->event.kind == LDP_EV_GRACEFUL && w->event.up);
	world_pass(w, 28);
	assert_int_equal(w->told[2], SESSION_HELD);
	world_pass(w, 1);
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(pw_app.n_held, 1);
	assert_int_equal(pw_app.n_down, 1);
	assert_int_equal(lsp_app.n_down, 1);
	assert_false(shown(w, LOW).held);
	assert_true(w->event.kind == LDP_EV_GRACEFUL && !w->event.up);
}

/* Back, but without its state: as if it had gone down, then up. */
static void peer_lost_its_state(void **state)
{
	struct ldp_msg m = ft(120, 0);

	(void)state;
	up(&a, 120, 0);
	sim_close(&a);
	w->n_told = 0;
	pass(&a, 2);
	sim_accept(&a);
	sim_init_send(&a, &m);
	sim_keepalive(&a);
	assert_int_equal(w->n_told, 2);			/* DOWN, UP */
	assert_int_equal(w->told[2], SESSION_UP);
	assert_int_equal(pw_app.n_down, 1);
	assert_int_equal(pw_app.n_up, 2);
	pass(&a, 150);
	assert_int_equal(pw_app.n_recovered, 0);
}

static void peer_back_without_graceful_restart(void **state)
{
	(void)state;
	up(&a, 120, 0);
	sim_close(&a);
	w->n_told = 0;
	pass(&a, 2);
	sim_accept(&a);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(w->n_told, 2);
	assert_int_equal(pw_app.n_down, 1);
	assert_false(shown(w, LOW).graceful);
}

/* It goes again while it recovers: held anew, and the old end of the recovery is forgotten. */
static void peer_restarts_twice(void **state)
{
	struct ldp_msg m = ft(120, 40);

	(void)state;
	up(&a, 120, 0);
	sim_close(&a);
	pass(&a, 2);
	sim_accept(&a);
	sim_init_send(&a, &m);
	sim_keepalive(&a);
	sim_close(&a);
	assert_int_equal(pw_app.n_held, 2);
	assert_int_equal(w->told[2], SESSION_HELD);
	world_pass(w, 70);
	assert_int_equal(pw_app.n_recovered, 0);
	assert_int_equal(w->told[2], SESSION_HELD);
	world_pass(w, 10);
	assert_int_equal(w->told[2], SESSION_DOWN);
}

/* ---- what is not held ---- */

static void not_held(void **state)
{
	struct m_interface off = { 0 };

	(void)state;
	up(&a, 120, 0);
	sim_notify(&a, ldp_status_code(LDP_STATUS_SHUTDOWN));
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(pw_app.n_held, 0);
	pass(&a, 60);
	up(&a, 120, 0);
	assert_int_equal(w->told[2], SESSION_UP);
	sim_bytes(&a, "\0\1\0\3", 4);			/* an error of its own */
	assert_int_equal(w->told[2], SESSION_DOWN);
	pass(&a, 60);
	up(&a, 120, 0);
	ldp_reset(w->ldp, LOW, false);
	assert_int_equal(w->told[2], SESSION_DOWN);
	pass(&a, 60);
	up(&a, 120, 0);
	off = w->eth0;
	off.mpls_ldp = false;
	ldp_config(w->ldp, OBJ_INTERFACE, &w->eth0, &off);
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(pw_app.n_held, 0);
}

static void no_promise_no_holding(void **state)
{
	(void)state;
	sim_up(&a, NULL);
	assert_false(shown(w, LOW).graceful);
	sim_close(&a);
	assert_int_equal(w->told[2], SESSION_DOWN);
	up(&b, 120, 0);
	end(NULL);
	start(false, false);				/* not configured here */
	up(&a, 120, 0);
	assert_false(init_of(&a).has & LDP_HAS(FT_SESSION));
	sim_close(&a);
	assert_int_equal(w->told[2], SESSION_DOWN);
}

static void held_by_timeouts(void **state)
{
	(void)state;
	up(&a, 120, 0);
	for (int i = 0; i < 46; i++) {
		world_pass(w, 1);
		sim_link_hello(&a);
	}
	assert_int_equal(w->told[2], SESSION_HELD);	/* its KeepAlives ceased */
	up(&b, 120, 0);
	world_pass(w, 15);
	assert_int_equal(w->told[9], SESSION_HELD);	/* its Hellos ceased */
}

static void graceful_reset(void **state)
{
	struct ldp_msg m;

	(void)state;
	up(&a, 120, 0);
	init_of(&a);
	assert_int_equal(ldp_reset(w->ldp, LOW, true), 1);
	assert_false(sim_receive(&a, &m));		/* not a word */
	assert_true(a.closed);
	assert_int_equal(w->told[2], SESSION_HELD);
	pass(&a, 1);
	sim_accept(&a);
	assert_int_equal(init_of(&a).ft.recovery_ms, 100000);
}

/* LDP is stopped while a peer is held: nothing is waited for any more. */
static void stopped_while_held(void **state)
{
	(void)state;
	up(&a, 120, 0);
	sim_close(&a);
	assert_int_equal(w->told[2], SESSION_HELD);
	world_ldp(w, NULL);
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(pw_app.n_down, 1);
}

/* ---- our own restart ---- */

static void we_restart(void **state)
{
	struct ldp_msg m, again = ft(120, 90);

	(void)state;
	end(NULL);
	start(true, true);
	ldp_signal(w->ldp, &(struct act_signal){ .pw = 4, .peer = IP(10, 0, 0, 3), .id = 1, .type = 5, .wanted = true });
	world_pass(w, 10);
	sim_link_hello(&a);
	sim_accept(&a);
	m = init_of(&a);
	assert_int_equal(m.ft.recovery_ms, 90000);	/* what is left of ours */
	sim_init_send(&a, &again);
	sim_keepalive(&a);
	assert_int_equal(w->told[2], SESSION_UP);
	assert_int_equal(w->n_told, 1);			/* not DOWN first */
	sim_up(&b, NULL);				/* this one does not hold: what it knew is gone */
	assert_int_equal(w->n_told, 3);
	assert_int_equal(w->told[9], SESSION_UP);
	world_pass(w, 10);
	pass(&a, 39);
	assert_int_equal(w->n_told, 3 + (w->told[9] == SESSION_DOWN));
	pass(&a, 1);					/* 60 s: who is not back */
	assert_int_equal(w->told[3], SESSION_DOWN);
	assert_int_equal(pw_app.n_recovered, 0);
	assert_int_equal(w->n_recovered, 0);
	pass(&a, 40);					/* 100 s */
	assert_true(pw_app.n_recovered > 0);
	assert_int_equal(n_lsps_recovered, 1);
	assert_int_equal(w->n_recovered, 1);
	assert_int_equal(w->told[2], SESSION_UP);
	ldp_reset(w->ldp, LOW, false);
	pass(&a, 2);
	sim_accept(&a);
	assert_int_equal(init_of(&a).ft.recovery_ms, 0);	/* the restart is over */
}

static void we_restart_unconfigured(void **state)
{
	(void)state;
	end(NULL);
	w = world_new();
	ldp_recovering(w->ldp);
	ldp_signal(w->ldp, &(struct act_signal){ .pw = 4, .peer = LOW, .id = 1, .type = 5, .wanted = true });
	world_start(w);
	sim_init(&a, w, LOW);
	sim_init(&b, w, HIGH);
	assert_int_equal(w->n_told, 1);
	assert_int_equal(w->told[2], SESSION_DOWN);	/* nobody waits for us: at once */
	assert_int_equal(w->n_recovered, 1);
	assert_int_equal(n_lsps_recovered, 1);
}

static void we_restart_without_ldp(void **state)
{
	(void)state;
	end(NULL);
	w = world_new();
	ldp_recovering(w->ldp);
	sim_init(&a, w, LOW);
	sim_init(&b, w, HIGH);
	world_pass(w, LDP_GR_RECONNECT);
	assert_int_equal(w->n_recovered, 1);
}

/* The engine stops: peers that hold what we said hear no Shutdown, the others do. */
static void quiet_end(void **state)
{
	struct ldp_msg m;

	(void)state;
	up(&a, 120, 0);
	sim_up(&b, NULL);
	init_of(&a);
	init_of(&b);
	ldp_free(w->ldp);
	w->ldp = NULL;
	assert_false(sim_receive(&a, &m));
	assert_true(a.closed);
	assert_true(sim_receive(&b, &m));
	assert_int_equal(m.status.code, 0x8000000a);
	assert_int_equal(w->told[2], SESSION_UP);	/* nothing is reported */
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_we_say), T(peer_restarts), T(peer_does_not_come_back), T(peer_lost_its_state),
		T(peer_back_without_graceful_restart), T(peer_restarts_twice), T(not_held), T(no_promise_no_holding),
		T(held_by_timeouts), T(graceful_reset), T(stopped_while_held), T(we_restart), T(we_restart_unconfigured),
		T(we_restart_without_ldp), T(quiet_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
