/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: both roles, the state machine cell by cell, KeepAlive, capabilities, bad input, room, strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "tests/unit/ldp/net.h"

static struct world *w;
static struct sim a, b;

static int begin(void **state)
{
	(void)state;
	w = world_new();
	world_start(w);
	sim_init(&a, w, LOW);
	sim_init(&b, w, HIGH);
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

static enum ldp_state_seen state_of(uint32_t lsr)
{
	return shown(w, lsr).state;
}

static void expect(struct sim *s, uint16_t type, struct ldp_msg *m)
{
	assert_true(sim_receive_any(s, m));
	assert_int_equal(m->type, type);
}

static void expect_notification(struct sim *s, uint32_t code)
{
	struct ldp_msg m;

	assert_true(sim_receive(s, &m));
	assert_int_equal(m.type, LDP_MSG_NOTIFICATION);
	assert_int_equal(m.status.code, code);
}

static bool gone(struct sim *s)				/* the speaker closed, and said nothing more */
{
	struct ldp_msg m;

	return !sim_receive_any(s, &m) && s->closed;
}

/* ---- both roles ---- */

/* What is reported as an event is logged by who gets it, not here as well. */
static void not_reported(void *arg, uint64_t wall_us, enum log_prio prio, const char *line)
{
	const char *event = arg;

	(void)wall_us, (void)prio;
	assert_int_not_equal(strncmp(line, event, strlen(event)), 0);
}

static void active_role(void **state)
{
	struct ldp_msg m;

	(void)state;
	assert_true(net.udp && net.listening);
	assert_int_equal(net.listen_ip, OURS);
	sim_link_hello(&a);
	assert_int_equal(net.n_connects, 1);
	sim_accept(&a);
	assert_int_equal(net_of(a.fd)->remote.ip, LOW);
	assert_int_equal(net_of(a.fd)->remote.port, LDP_PORT);
	assert_int_equal(net_of(a.fd)->local.ip, OURS);
	expect(&a, LDP_MSG_INIT, &m);
	assert_int_equal(m.session.keepalive, 45);
	assert_false(m.session.on_demand);
	assert_int_equal(m.session.max_pdu, 4096);
	assert_int_equal(m.session.receiver.lsr, LOW);
	assert_true(m.has & LDP_HAS(CAP_DYNAMIC) && m.has & LDP_HAS(CAP_TYPED_WILDCARD));
	assert_true(m.has & LDP_HAS(CAP_UNRECOGNIZED));
	assert_false(m.has & LDP_HAS(FT_SESSION));
	assert_int_equal(state_of(LOW), LDP_SEEN_OPENSENT);
	sim_init_send(&a, NULL);
	expect(&a, LDP_MSG_KEEPALIVE, &m);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPENREC);
	assert_int_equal(pw_app.n_up, 0);
	sim_keepalive(&a);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	assert_int_equal(pw_app.n_up, 1);
	assert_int_equal(lsp_app.n_up, 1);
	assert_int_equal(w->told[2], SESSION_UP);
	assert_true(w->n_settled > 0);
	assert_true(w->event.kind == LDP_EV_SESSION && w->event.up);
	log_walk(not_reported, (void *)"event=ldp-session");
	log_walk(not_reported, (void *)"event=ldp-adjacency");
	assert_string_equal(shown(w, LOW).why, "");
	assert_true(shown(w, LOW).active);
}

static void passive_role(void **state)
{
	struct ldp_msg m;

	(void)state;
	sim_link_hello(&b);
	assert_int_equal(net.n_connects, 0);
	assert_non_null(strstr(shown(w, HIGH).why, "10.0.0.9 is to open the TCP connection"));
	sim_connect(&b);
	assert_false(sim_receive_any(&b, &m));		/* the active end speaks first */
	sim_init_send(&b, NULL);
	expect(&b, LDP_MSG_INIT, &m);
	expect(&b, LDP_MSG_KEEPALIVE, &m);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPENREC);
	sim_keepalive(&b);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
	assert_false(shown(w, HIGH).active);
	assert_int_equal(shown(w, HIGH).remote_port, 40000);
}

/* Initialization and KeepAlive in one PDU, as some send it, and octet by octet, as TCP may deliver it. */
static void any_framing(void **state)
{
	struct ldp_msg m = sim_init_msg(&b), k = { .type = LDP_MSG_KEEPALIVE, .id = 2 };
	uint8_t buf[512];
	struct ldp_out o;
	size_t n;

	(void)state;
	m.id = 1;
	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ HIGH, 0 });
	assert_int_equal(ldp_out_add(&o, &m), LDP_FITS);
	assert_int_equal(ldp_out_add(&o, &k), LDP_FITS);
	n = ldp_out_close(&o);
	sim_link_hello(&b);
	sim_connect(&b);
	for (size_t i = 0; i < n; i++)
		sim_bytes(&b, buf + i, 1);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
}

static void comes_back(void **state)
{
	struct ldp_msg m;

	(void)state;
	sim_up(&a, NULL);
	sim_receive(&a, &m);
	sim_receive_any(&a, &m);			/* what is not read when it closes makes a reset of it */
	sim_close(&a);
	assert_int_equal(state_of(LOW), LDP_SEEN_NONE);
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(pw_app.n_down, 1);
	assert_int_equal(pw_app.n_held, 0);
	assert_non_null(strstr(shown(w, LOW).why, "closed the connection"));
	world_pass(w, 1);
	assert_int_equal(net.n_connects, 2);
	sim_accept(&a);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	assert_int_equal(pw_app.n_up, 2);
}

/* ---- the state machine ---- */

/* RFC 5036, 2.5.4, in words: where each event leads. */
static enum fsm_state leads_to(enum fsm_state s, enum fsm_event e)
{
	if (s == FSM_NONE)
		return e == EV_CONNECTED ? FSM_INITIALIZED : FSM_NONE;
	if (e == EV_NOTIFIED || e == EV_SHUTDOWN || e == EV_ERROR || e == EV_TIMEOUT || e == EV_LOST || e == EV_CEASE)
		return FSM_NONE;
	if (s == FSM_OPERATIONAL || e == EV_CONNECTED)
		return s;
	if (e == EV_SENT_INIT)
		return s == FSM_INITIALIZED ? FSM_OPENSENT : s;
	if (e == EV_INIT && (s == FSM_INITIALIZED || s == FSM_OPENSENT))
		return FSM_OPENREC;
	return e == EV_KEEPALIVE && s == FSM_OPENREC ? FSM_OPERATIONAL : FSM_NONE;
}

static void every_cell(void **state)
{
	(void)state;
	for (int s = 0; s < FSM__N; s++)
		for (int e = 0; e < EV__N; e++) {
			struct fsm_cell c = ldp_fsm[s][e];

			assert_int_equal(c.next, leads_to(s, e));
			if (s != FSM_NONE && c.next == FSM_NONE)	/* an end closes, and tells where it is ours to tell */
				assert_int_equal(c.action, e == EV_LOST || e == EV_ERROR ||
						 (e == EV_NOTIFIED && s != FSM_OPERATIONAL) ? DO_CLOSE : DO_REFUSE);
			else
				assert_true(c.action != DO_CLOSE && c.action != DO_REFUSE);
			assert_true((c.action == DO_UP) == (s == FSM_OPENREC && e == EV_KEEPALIVE));
		}
}

static void bring_to(enum fsm_state s)
{
	struct sim *peer = s == FSM_INITIALIZED ? &b : &a;

	sim_link_hello(peer);
	if (s == FSM_INITIALIZED) {			/* passive: nothing has come yet */
		sim_connect(peer);
		return;
	}
	sim_accept(peer);
	if (s == FSM_OPENREC || s == FSM_OPERATIONAL)
		sim_init_send(peer, NULL);
	if (s == FSM_OPERATIONAL)
		sim_keepalive(peer);
}

static struct ldp_msg address_msg(void)
{
	static const uint8_t list[] = { 10, 0, 0, 2 };

	return (struct ldp_msg){ .type = LDP_MSG_ADDRESS, .has = LDP_HAS(ADDR_LIST),
				 .addr = { LDP_AF_IPV4, { list, 4 } } };
}

/* What a peer can do in each state, and what becomes of it. */
static void every_event_in_every_state(void **state)
{
	static const struct {
		enum fsm_state in;
		enum { SAY_INIT, SAY_BAD_INIT, SAY_KEEPALIVE, SAY_ADDRESS, SAY_SHUTDOWN, SAY_ADVISORY, SAY_GARBAGE, LEAVE } what;
		enum ldp_state_seen then;
		uint32_t notified;		/* 0: nothing is said */
	} row[] = {
		{ FSM_INITIALIZED, SAY_INIT, LDP_SEEN_OPENREC, 0 },
		{ FSM_INITIALIZED, SAY_BAD_INIT, LDP_SEEN_NONE, 0x80000010 },
		{ FSM_INITIALIZED, SAY_KEEPALIVE, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_INITIALIZED, SAY_ADDRESS, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_INITIALIZED, SAY_SHUTDOWN, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_INITIALIZED, SAY_ADVISORY, LDP_SEEN_NONE, 0 },
		{ FSM_INITIALIZED, SAY_GARBAGE, LDP_SEEN_NONE, 0x80000002 },
		{ FSM_INITIALIZED, LEAVE, LDP_SEEN_NONE, 0 },
		{ FSM_OPENSENT, SAY_INIT, LDP_SEEN_OPENREC, 0 },
		{ FSM_OPENSENT, SAY_BAD_INIT, LDP_SEEN_NONE, 0x80000010 },
		{ FSM_OPENSENT, SAY_KEEPALIVE, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_OPENSENT, SAY_ADDRESS, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_OPENSENT, SAY_SHUTDOWN, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_OPENSENT, SAY_ADVISORY, LDP_SEEN_NONE, 0 },
		{ FSM_OPENSENT, SAY_GARBAGE, LDP_SEEN_NONE, 0x80000002 },
		{ FSM_OPENSENT, LEAVE, LDP_SEEN_NONE, 0 },
		{ FSM_OPENREC, SAY_INIT, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_OPENREC, SAY_BAD_INIT, LDP_SEEN_NONE, 0x80000010 },
		{ FSM_OPENREC, SAY_KEEPALIVE, LDP_SEEN_OPERATIONAL, 0 },
		{ FSM_OPENREC, SAY_ADDRESS, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_OPENREC, SAY_SHUTDOWN, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_OPENREC, SAY_ADVISORY, LDP_SEEN_NONE, 0 },
		{ FSM_OPENREC, SAY_GARBAGE, LDP_SEEN_NONE, 0x80000002 },
		{ FSM_OPENREC, LEAVE, LDP_SEEN_NONE, 0 },
		{ FSM_OPERATIONAL, SAY_INIT, LDP_SEEN_OPERATIONAL, 0 },
		{ FSM_OPERATIONAL, SAY_BAD_INIT, LDP_SEEN_OPERATIONAL, 0 },
		{ FSM_OPERATIONAL, SAY_KEEPALIVE, LDP_SEEN_OPERATIONAL, 0 },
		{ FSM_OPERATIONAL, SAY_ADDRESS, LDP_SEEN_OPERATIONAL, 0 },
		{ FSM_OPERATIONAL, SAY_SHUTDOWN, LDP_SEEN_NONE, 0x8000000a },
		{ FSM_OPERATIONAL, SAY_ADVISORY, LDP_SEEN_OPERATIONAL, 0 },
		{ FSM_OPERATIONAL, SAY_GARBAGE, LDP_SEEN_NONE, 0x80000002 },
		{ FSM_OPERATIONAL, LEAVE, LDP_SEEN_NONE, 0 },
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct sim *peer = row[i].in == FSM_INITIALIZED ? &b : &a;
		struct ldp_msg m = sim_init_msg(peer), addr = address_msg();

		end(state);
		begin(state);
		bring_to(row[i].in);
		m.session.receiver.lsr = row[i].what == SAY_BAD_INIT ? IP(1, 2, 3, 4) : OURS;
		if (row[i].what == SAY_INIT || row[i].what == SAY_BAD_INIT)
			sim_init_send(peer, &m);
		else if (row[i].what == SAY_KEEPALIVE)
			sim_keepalive(peer);
		else if (row[i].what == SAY_ADDRESS)
			sim_send(peer, &addr);
		else if (row[i].what == SAY_SHUTDOWN)
			sim_notify(peer, ldp_status_code(LDP_STATUS_SHUTDOWN));
		else if (row[i].what == SAY_ADVISORY)
			sim_notify(peer, LDP_STATUS_NO_ROUTE);
		else if (row[i].what == SAY_GARBAGE)
			sim_bytes(peer, "GET / HTTP/1.0\r\n\r\n", 18);
		else
			sim_close(peer);
		world_turns(w);
		assert_int_equal(state_of(peer->lsr), row[i].then);
		if (row[i].what == LEAVE)
			continue;
		while (sim_receive(peer, &m) && m.type == LDP_MSG_INIT)
			;
		assert_int_equal(m.type == LDP_MSG_NOTIFICATION ? m.status.code : 0, row[i].notified);
		assert_int_equal(gone(peer), row[i].then == LDP_SEEN_NONE);
	}
}

/* ---- Initialization ---- */

static void parameters_are_agreed(void **state)
{
	struct ldp_msg m = sim_init_msg(&a);

	(void)state;
	m.session.keepalive = 30;
	m.session.max_pdu = 512;
	m.session.on_demand = true;			/* unsolicited wins where one end proposes it */
	m.session.loop_detection = true;
	m.session.path_limit = 7;
	sim_up(&a, &m);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	assert_int_equal(shown(w, LOW).keepalive, 30);
	assert_int_equal(shown(w, LOW).keepalive_send, 10);
	assert_int_equal(shown(w, LOW).max_pdu, 512);
	assert_int_equal(net_of(a.fd)->timeout_ms, 30000);
}

static void keepalive_is_configured(void **state)
{
	struct ldp_msg m;

	(void)state;
	world_remote(w, "two", LOW, &(struct m_ldp_timers){ .keepalive_hold = 60, .keepalive_send = 7 });
	sim_targeted_hello(&a);
	sim_accept(&a);
	expect(&a, LDP_MSG_INIT, &m);
	assert_int_equal(m.session.keepalive, 60);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(shown(w, LOW).keepalive, 60);
	assert_int_equal(shown(w, LOW).keepalive_send, 7);
	assert_int_equal(shown(w, LOW).keepalive_configured, 60);
}

static void capabilities(void **state)
{
	struct ldp_msg m = sim_init_msg(&a);

	(void)state;
	m.has |= LDP_HAS(CAP_STATE_CONTROL);
	m.on |= LDP_HAS(CAP_STATE_CONTROL);
	m.state_apps = m.state_off = 1 << LDP_APP_IPV4;
	sim_up(&a, &m);
	assert_true(peer_of(w, LOW)->caps & LDP_HAS(CAP_DYNAMIC));
	assert_true(peer_of(w, LOW)->caps & LDP_HAS(CAP_UNRECOGNIZED));
	assert_int_equal(peer_of(w, LOW)->apps_off, 1 << LDP_APP_IPV4);
	m = (struct ldp_msg){ .type = LDP_MSG_CAPABILITY, .has = LDP_HAS(CAP_STATE_CONTROL),
			      .on = LDP_HAS(CAP_STATE_CONTROL), .state_apps = 1 << LDP_APP_IPV4 };
	n_lsps_config = 0;
	sim_send(&a, &m);
	assert_int_equal(peer_of(w, LOW)->apps_off, 0);
	assert_int_equal(n_lsps_config, 1);
	sim_close(&a);
	assert_int_equal(peer_of(w, LOW)->caps, 0);
}

/* ---- time ---- */

static void keepalives_flow(void **state)
{
	struct ldp_msg m;
	unsigned n = 0;

	(void)state;
	world_remote(w, "two", LOW, NULL);		/* so that Hellos need come only each 45 s */
	a.hold = 60;
	sim_targeted_hello(&a);
	sim_up(&a, NULL);
	while (sim_receive_any(&a, &m))
		;
	for (int i = 0; i < 10; i++) {			/* 100 s in which the peer speaks each 10 */
		world_pass(w, 10);
		sim_keepalive(&a);
		sim_targeted_hello(&a);
		while (sim_receive_any(&a, &m))
			n += m.type == LDP_MSG_KEEPALIVE;
	}
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	assert_in_range(n, 6, 7);			/* each 15 s */
	assert_int_equal(shown(w, LOW).keepalives_received, 11);
	for (int i = 0; i < 3; i++) {
		world_pass(w, 15);
		sim_targeted_hello(&a);
	}
	assert_int_equal(w->told[2], SESSION_DOWN);
	expect_notification(&a, 0x80000014);
	assert_true(gone(&a));
	assert_int_equal(w->event.kind, LDP_EV_SESSION);
	assert_int_equal(shown(w, LOW).last_status, LDP_STATUS_KEEPALIVE_EXPIRED);
	assert_true(shown(w, LOW).last_by_us);
}

/* What is said for another reason keeps the session alive as well. */
static void no_keepalive_beside_other_messages(void **state)
{
	struct ldp_msg m;

	(void)state;
	sim_up(&a, NULL);
	while (sim_receive_any(&a, &m))
		;
	for (int i = 0; i < 4; i++) {
		world_pass(w, 10);
		sim_link_hello(&a);
		sim_keepalive(&a);
		pw_app.to_say = 1;
		peer_wants(peer_of(w, LOW));
		ldp_flush(w->ldp);
		expect(&a, LDP_MSG_MAPPING, &m);
		assert_false(sim_receive_any(&a, &m));
	}
}

static void handshake_is_bounded(void **state)
{
	(void)state;
	sim_link_hello(&a);
	sim_accept(&a);
	for (int i = 0; i < 16; i++) {
		world_pass(w, 1);
		sim_link_hello(&a);
	}
	assert_int_equal(net_of(a.fd) ? 1 : 0, 0);
	sim_link_hello(&b);
	sim_connect(&b);
	for (int i = 0; i < 16; i++) {
		world_pass(w, 1);
		sim_link_hello(&b);
	}
	assert_true(gone(&b));
}

static void tcp_is_tried_again(void **state)
{
	static const uint64_t gap[] = { 1, 2, 4, 8, 15, 15 };

	(void)state;
	net.tcp_error = -ECONNREFUSED;
	sim_link_hello(&a);
	assert_non_null(strstr(shown(w, LOW).why, "connection refused by 10.0.0.2"));
	for (unsigned i = 0; i < 6; i++) {
		uint32_t before = net.n_connects;

		for (uint64_t s = 0; s + 1 < gap[i]; s++) {
			world_pass(w, 1);
			sim_link_hello(&a);
		}
		assert_int_equal(net.n_connects, before);
		world_pass(w, 1);
		world_turns(w);
		assert_int_equal(net.n_connects, before + 1);
		sim_link_hello(&a);
	}
	net.tcp_error = 0;
	world_pass(w, 8);
	sim_link_hello(&a);
	world_pass(w, 8);
	sim_accept(&a);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
}

static void route_comes(uint32_t dest, bool dead)
{
	struct sys_route_told r = { .dest = dest, .len = 32, .metric = 20, .type = RTN_UNICAST, .n = 1,
				    .hop[0] = { .ifindex = ETH0, .gateway = IP(10, 1, 0, 2), .weight = 1, .dead = dead } };

	ldp_route(w->ldp, &r, false);
	world_turns(w);
}

/* Attempts that failed until the next one is 8 s away. */
static void long_wait(void)
{
	net.tcp_error = -EHOSTUNREACH;
	sim_link_hello(&a);
	for (int i = 0; i < 7; i++) {
		world_pass(w, 1);
		sim_link_hello(&a);
	}
	assert_int_equal(net.n_connects, 4);
}

static void a_route_ends_the_wait(void **state)
{
	(void)state;
	long_wait();
	route_comes(HIGH, false);			/* to somebody else */
	route_comes(LOW, true);				/* that leads nowhere */
	ldp_route(w->ldp, &(struct sys_route_told){ .dest = LOW, .len = 32, .type = RTN_BLACKHOLE }, false);
	ldp_route(w->ldp, &(struct sys_route_told){ .dest = LOW, .len = 32, .type = RTN_UNICAST }, true);
	world_turns(w);
	assert_int_equal(net.n_connects, 4);
	net.tcp_error = 0;
	route_comes(LOW, false);
	assert_int_equal(net.n_connects, 5);
	sim_accept(&a);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	route_comes(LOW, false);			/* and is nothing to a session that is up */
	world_pass(w, 2);
	assert_int_equal(net.n_connects, 5);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
}

/* One attempt a second, and the last change is not forgotten. What fails of them counts as other failures do. */
static void a_route_that_flaps(void **state)
{
	(void)state;
	long_wait();
	for (int i = 0; i < 100; i++)
		route_comes(LOW, false);
	assert_int_equal(net.n_connects, 5);
	world_ms(w, 900);
	assert_int_equal(net.n_connects, 5);
	world_ms(w, 100);
	assert_int_equal(net.n_connects, 6);
	world_pass(w, 5);
	assert_int_equal(net.n_connects, 6);
	for (int i = 0; i < 50; i++) {			/* 5 s */
		route_comes(LOW, false);
		world_ms(w, 100);
		if (i % 10 == 0)
			sim_link_hello(&a);
	}
	assert_in_range(net.n_connects, 10, 12);
}

/* The attempt of the back-off in the second that follows an early one is made when it is due, and not twice. */
static void a_route_and_the_ordinary_retry(void **state)
{
	(void)state;
	net.tcp_error = -EHOSTUNREACH;
	sim_link_hello(&a);
	assert_int_equal(net.n_connects, 1);
	world_ms(w, 500);
	route_comes(LOW, false);
	assert_int_equal(net.n_connects, 2);		/* the next is due 2 s later */
	world_ms(w, 100);
	route_comes(LOW, false);			/* postponed: 1 s after the early one */
	world_ms(w, 890);
	assert_int_equal(net.n_connects, 2);
	sim_link_hello(&a);
	world_ms(w, 10);
	assert_int_equal(net.n_connects, 3);		/* the next is due 4 s later */
	world_ms(w, 3990);
	sim_link_hello(&a);
	route_comes(LOW, false);			/* long after the early one: now, for the one due in 10 ms */
	assert_int_equal(net.n_connects, 4);
	world_pass(w, 2);
	assert_int_equal(net.n_connects, 4);
}

/* A SYN that has been lost is sent again by the kernel later and later: a new one is not. */
static void a_route_replaces_a_stale_syn(void **state)
{
	(void)state;
	net.tcp_error = -EINPROGRESS;
	sim_link_hello(&a);
	assert_int_equal(net.n_connects, 1);
	world_ms(w, 900);
	route_comes(LOW, false);			/* the kernel's own second SYN is as soon */
	assert_int_equal(net.n_connects, 1);
	world_ms(w, 600);
	route_comes(LOW, false);
	assert_int_equal(net.n_connects, 2);
	net.fd[net.connect_fd].error = 0;
	sim_accept(&a);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
}

/* Nor does a route hurry who was refused, or whom we do not connect to. */
static void a_route_ends_no_back_off(void **state)
{
	(void)state;
	sim_link_hello(&a);
	sim_link_hello(&b);
	sim_accept(&a);
	sim_notify(&a, ldp_status_code(LDP_STATUS_NO_HELLO));
	for (int i = 0; i < 14; i++) {
		route_comes(LOW, false);
		route_comes(HIGH, false);
		world_pass(w, 1);
		sim_link_hello(&a);
		sim_link_hello(&b);
	}
	assert_int_equal(net.n_connects, 1);
	world_pass(w, 1);
	assert_int_equal(net.n_connects, 2);
}

static void refused_init_backs_off(void **state)
{
	static const uint64_t gap[] = { 15, 30, 60, 120, 120 };

	(void)state;
	sim_link_hello(&a);
	for (unsigned i = 0; i < 5; i++) {
		uint32_t before = net.n_connects;

		sim_accept(&a);
		sim_notify(&a, ldp_status_code(LDP_STATUS_NO_HELLO));
		assert_non_null(strstr(shown(w, LOW).why, "Session Rejected/No Hello"));
		for (uint64_t s = 0; s + 1 < gap[i]; s++) {
			world_pass(w, 1);
			sim_link_hello(&a);
		}
		assert_int_equal(net.n_connects, before);
		world_pass(w, 1);
		world_turns(w);
		assert_int_equal(net.n_connects, before + 1);
		sim_link_hello(&a);
	}
	sim_accept(&a);
	sim_notify(&a, ldp_status_code(LDP_STATUS_NO_HELLO));
	a.config_seq++;					/* it restarted, or was configured: at once */
	sim_link_hello(&a);
	sim_accept(&a);
	assert_true(a.fd >= 0);
}

/* Hellos that are of another one each time, whoever sends them: not a connection for each. */
static void restarts_without_end(void **state)
{
	uint32_t before;

	(void)state;
	sim_link_hello(&a);
	before = net.n_connects;
	for (unsigned i = 0; i < 100; i++) {
		sim_accept(&a);
		if (a.fd >= 0)
			sim_notify(&a, ldp_status_code(LDP_STATUS_NO_HELLO));
		a.config_seq++;
		sim_link_hello(&a);
		if (i % 10 == 0)
			world_pass(w, 1);
	}
	assert_in_range(net.n_connects - before, 1, 2);
}

/* ---- bad input ---- */

static uint8_t pdu[64];

static size_t raw_pdu(uint32_t lsr, uint16_t type, uint16_t msg_len, const void *body, size_t n)
{
	struct wr x = wr_of(pdu, sizeof(pdu));

	wr_u16(&x, 1);
	wr_u16(&x, (uint16_t)(6 + 8 + n));
	wr_u32(&x, lsr);
	wr_u16(&x, 0);
	wr_u16(&x, type);
	wr_u16(&x, msg_len);
	wr_u32(&x, 77);
	wr_bytes(&x, body, n);
	return wr_len(&x);
}

/* RFC 5036, 3.5.1.2: what each fault gets, and whether the session survives. */
static void bad_input(void **state)
{
	static const struct {
		const char *name;
		uint16_t type, len;
		uint8_t body[16];
		size_t n;
		uint32_t status;
		bool closes;
	} row[] = {
		{ "unknown message", 0x0700, 4, { 0 }, 0, 0x4, false },
		{ "unknown message, U", 0x8700, 4, { 0 }, 0, 0, false },
		{ "message longer than its PDU", 0x0400, 40, { 0 }, 0, 0x80000005, true },
		{ "TLV longer than its message", 0x0400, 8, { 1, 0, 0, 9 }, 4, 0x80000007, true },
		{ "unknown TLV", 0x0300, 8, { 0x07, 0, 0, 0 }, 4, 0x6, false },
		{ "no mandatory TLV", 0x0300, 4, { 0 }, 0, 0x16, false },
		{ "unknown FEC", 0x0402, 9, { 1, 0, 0, 1, 0x99 }, 5, 0xc, false },
		{ "malformed FEC", 0x0402, 10, { 1, 0, 0, 2, 2, 0 }, 6, 0x80000008, true },
		{ "Hello", 0x0100, 12, { 4, 0, 0, 4, 0, 15, 0, 0 }, 8, 0x4, false },
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ldp_msg m = { 0 };

		end(state);
		begin(state);
		sim_up(&a, NULL);
		sim_up(&b, NULL);
		assert_true(sim_receive(&a, &m) && m.type == LDP_MSG_INIT);
		m = (struct ldp_msg){ 0 };
		sim_bytes(&a, pdu, raw_pdu(LOW, row[i].type, row[i].len, row[i].body, row[i].n));
		world_turns(w);
		sim_receive(&a, &m);
		if (row[i].status)
			assert_int_equal(m.type, LDP_MSG_NOTIFICATION);
		assert_int_equal(m.status.code, row[i].status);
		assert_int_equal(state_of(LOW), row[i].closes ? LDP_SEEN_NONE : LDP_SEEN_OPERATIONAL);
		assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
		if (row[i].status)
			assert_int_equal(m.status.msg_id, 77);
		if (row[i].closes)
			assert_true(gone(&a));
		world_pass(w, 1);
		assert_int_equal(net.n_connects, row[i].closes ? 2 : 1);
	}
}

/* While the session opens nothing but the handshake may come, whatever its U bit says (RFC 5036, 2.5.3). */
static void unknown_messages_in_the_handshake(void **state)
{
	for (int u = 0; u < 2; u++) {
		struct ldp_msg m;

		end(state);
		begin(state);
		sim_link_hello(&a);
		sim_accept(&a);
		sim_init_send(&a, NULL);
		assert_int_equal(state_of(LOW), LDP_SEEN_OPENREC);
		expect(&a, LDP_MSG_INIT, &m);
		sim_bytes(&a, pdu, raw_pdu(LOW, u ? 0x8700 : 0x0700, 4, NULL, 0));
		world_turns(w);
		if (!u)
			expect_notification(&a, 0x4);
		expect_notification(&a, 0x8000000a);
		assert_true(gone(&a));
		assert_int_equal(state_of(LOW), LDP_SEEN_NONE);
	}
}

static void bad_pdu(void **state)
{
	struct ldp_msg m;

	(void)state;
	sim_up(&a, NULL);
	sim_receive(&a, &m);
	sim_bytes(&a, pdu, raw_pdu(HIGH, LDP_MSG_KEEPALIVE, 4, NULL, 0));	/* another LSR's */
	expect_notification(&a, 0x80000001);
	assert_true(gone(&a));
	world_pass(w, 1);
	sim_accept(&a);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	sim_receive(&a, &m);
	sim_bytes(&a, "\0\1\0\3", 4);
	expect_notification(&a, 0x80000003);
	assert_true(gone(&a));
	assert_int_equal(w->ldp->count.tcp_errors, 2);
}

/* RFC 5561, 3, 6 and 8: what ends the session says which capability it is about. */
static void bad_capabilities(void **state)
{
	static const struct {
		uint8_t caps[10];
		size_t n, at;			/* .at: of the one that is returned */
		uint32_t status;		/* 0: the session opens */
	} row[] = {
		{ { 0x05, 0x08, 0, 1, 0x80 }, 5, 0, 0x2e },			/* unknown, U=0 */
		{ { 0x85, 0x08, 0, 1, 0x80 }, 5, 0, 0 },			/* U=1 */
		{ { 0x85, 0x06, 0, 1, 0x80, 0x85, 0x06, 0, 1, 0x80 }, 10, 5, 0x80000008 },
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		uint8_t body[28] = { 5, 0, 0, 14, 0, 1, 0, 180, 0, 0, 0, 0, 10, 0, 0, 5 };
		size_t n = 18 + row[i].n;
		struct ldp_msg m;

		end(state);
		begin(state);
		memcpy(body + 18, row[i].caps, row[i].n);
		sim_link_hello(&a);
		sim_accept(&a);
		expect(&a, LDP_MSG_INIT, &m);
		sim_bytes(&a, pdu, raw_pdu(LOW, LDP_MSG_INIT, (uint16_t)(4 + n), body, n));
		world_turns(w);
		if (!row[i].status) {
			assert_int_equal(state_of(LOW), LDP_SEEN_OPENREC);
			continue;
		}
		assert_true(sim_receive(&a, &m));
		assert_int_equal(m.type, LDP_MSG_NOTIFICATION);
		assert_int_equal(m.status.code, row[i].status);
		assert_true(m.has & LDP_HAS(RETURNED_TLVS));
		assert_int_equal(m.returned_tlvs.len, 5);
		assert_memory_equal(m.returned_tlvs.p, row[i].caps + row[i].at, 5);
		assert_true(gone(&a));
		assert_int_equal(state_of(LOW), LDP_SEEN_NONE);
	}
}

/* Whoever ends at once after coming up is not tried again each second for ever. */
static void short_lives_are_throttled(void **state)
{
	uint32_t n;

	(void)state;
	sim_link_hello(&a);
	for (int i = 0; i < 8; i++) {
		sim_accept(&a);
		if (a.fd < 0)
			break;
		sim_init_send(&a, NULL);
		sim_keepalive(&a);
		sim_bytes(&a, "\0\1\0\3", 4);
		world_pass(w, 1);
		sim_link_hello(&a);
	}
	n = net.n_connects;
	assert_true(n < 6);
}

/* An exchange as a peer sends it: handshake, addresses, Mappings, a Withdraw; in @buf, and its length. */
static size_t recorded(uint8_t *buf, size_t size)
{
	struct ldp_msg m[6] = { sim_init_msg(&b), { .type = LDP_MSG_KEEPALIVE }, address_msg() };
	size_t n = 0;

	m[3] = (struct ldp_msg){ .type = LDP_MSG_MAPPING, .has = LDP_HAS(FEC) | LDP_HAS(LABEL), .n_fec = 1, .label = 3 };
	m[3].fec.type = LDP_FEC_PREFIX;
	m[3].fec.prefix.family = LDP_AF_IPV4;
	m[3].fec.prefix.len = 32;
	m[3].fec.prefix.ip = HIGH;
	m[4] = m[3];
	m[4].label = 1000;
	m[4].fec = (struct ldp_fec){ .type = LDP_FEC_PWID };
	m[4].fec.pw.pw_type = LDP_PW_ETHERNET;
	m[4].fec.pw.id = 100;
	m[4].fec.pw.params.has = LDP_PARAM(MTU);
	m[4].fec.pw.params.mtu = 1500;
	m[5] = m[4];
	m[5].type = LDP_MSG_WITHDRAW;
	m[5].fec.pw.params.has = 0;
	for (unsigned i = 0; i < 6; i++) {
		struct ldp_out o;

		m[i].id = i + 1;
		ldp_out_open(&o, buf + n, size - n, 4096, (struct ldp_id){ HIGH, 0 });
		assert_int_equal(ldp_out_add(&o, &m[i]), LDP_FITS);
		n += ldp_out_close(&o);
	}
	return n;
}

/* The session of @a is untouched, and that of @b opens again as if nothing had been. */
static void unharmed(void)
{
	sim_close(&b);
	sim_keepalive(&a);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	sim_up(&b, NULL);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
	sim_close(&b);
	assert_int_equal(w->ldp->sp->n_pending, 0);
}

static void every_prefix(void **state)
{
	uint8_t buf[512];
	size_t n;

	(void)state;
	sim_up(&a, NULL);
	n = recorded(buf, sizeof(buf));
	for (size_t i = 0; i <= n; i++) {
		sim_link_hello(&b);
		sim_connect(&b);
		sim_bytes(&b, buf, i);
		if (i == n)
			assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
		unharmed();
	}
}

static void every_changed_octet(void **state)
{
	static const uint8_t change[] = { 0x01, 0x80, 0xff, 0x10 };
	uint8_t buf[512];
	size_t n;

	(void)state;
	sim_up(&a, NULL);
	n = recorded(buf, sizeof(buf));
	for (size_t i = 0; i < n * sizeof(change); i++) {
		buf[i / sizeof(change)] ^= change[i % sizeof(change)];
		sim_link_hello(&b);
		sim_connect(&b);
		sim_bytes(&b, buf, n);
		unharmed();
		buf[i / sizeof(change)] ^= change[i % sizeof(change)];
	}
}

/* ---- the applications ---- */

static void messages_find_their_application(void **state)
{
	struct ldp_msg m = address_msg();

	(void)state;
	sim_up(&a, NULL);
	sim_send(&a, &m);
	assert_int_equal(lsp_app.n_messages, 1);
	assert_int_equal(pw_app.n_messages, 0);
	m = (struct ldp_msg){ .type = LDP_MSG_WITHDRAW, .has = LDP_HAS(FEC), .n_fec = 1 };
	m.fec.type = LDP_FEC_PWID;
	m.fec.pw.pw_type = 5;
	m.fec.pw.id = 9;
	sim_send(&a, &m);
	assert_int_equal(pw_app.n_messages, 1);
	m.fec.type = LDP_FEC_WILDCARD;
	sim_send(&a, &m);
	assert_int_equal(pw_app.n_messages, 2);
	assert_int_equal(lsp_app.n_messages, 2);
	m.fec.type = LDP_FEC_TYPED;
	m.fec.typed.fec = LDP_FEC_PWID;
	m.fec.typed.pw_type = LDP_PW_WILDCARD;
	sim_send(&a, &m);
	assert_int_equal(pw_app.n_messages, 3);
	assert_int_equal(lsp_app.n_messages, 2);
	m = (struct ldp_msg){ .type = LDP_MSG_ADDRESS_WITHDRAW, .has = LDP_HAS(ADDR_LIST) | LDP_HAS(MAC_LIST) | LDP_HAS(FEC),
			      .addr.family = LDP_AF_IPV4, .n_fec = 1 };
	m.fec.type = LDP_FEC_PWID;
	m.fec.pw.pw_type = 5;
	m.fec.pw.id = 9;
	sim_send(&a, &m);
	assert_int_equal(pw_app.n_messages, 4);
	sim_notify(&a, LDP_STATUS_NO_ROUTE);
	assert_int_equal(pw_app.n_messages, 5);
	assert_int_equal(lsp_app.n_messages, 3);
	assert_int_equal(pw_app.last, LDP_MSG_NOTIFICATION);
}

static void refusals(void **state)
{
	struct ldp_msg m = address_msg();

	(void)state;
	sim_up(&a, NULL);
	sim_receive(&a, &m);
	lsp_app.refuse = true;
	m = address_msg();
	sim_send(&a, &m);
	expect_notification(&a, LDP_STATUS_NO_ROUTE);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	lsp_app.refuse = false;
	lsp_app.end = LDP_STATUS_INTERNAL_ERROR;
	m = address_msg();
	sim_send(&a, &m);
	expect_notification(&a, 0x80000019);
	assert_true(gone(&a));
	assert_int_equal(state_of(LOW), LDP_SEEN_NONE);
	assert_int_equal(pw_app.n_down, 1);
}

/* All of 65,536 Mappings go through, in full PDUs, whatever the socket takes at a time. */
static void many_messages(void **state)
{
	struct ldp_msg m;
	uint32_t n = 0;

	(void)state;
	sim_up(&a, NULL);
	sim_receive(&a, &m);
	a.pdus = 0;
	pw_app.to_say = 65536;
	lsp_app.to_say = 100;
	peer_wants(peer_of(w, LOW));
	peer_wants(peer_of(w, LOW));
	ldp_flush(w->ldp);
	while (sim_receive(&a, &m))
		n += m.type == LDP_MSG_MAPPING;
	assert_int_equal(n, 65636);
	assert_int_equal(pw_app.said, 65536);
	assert_in_range(a.pdus, 700, 1000);		/* 44 octets each, 4,100 a PDU */
	assert_int_equal(shown(w, LOW).count.sent[7], 65636);
}

/* By its number a Request is known until it is answered: none comes twice. */
static void message_numbers_rise(void **state)
{
	uint32_t last = 0, n = 0;
	struct ldp_msg m;

	(void)state;
	sim_up(&a, NULL);
	pw_app.to_say = 3000;
	peer_wants(peer_of(w, LOW));
	ldp_flush(w->ldp);
	for (; sim_receive_any(&a, &m); n++) {
		assert_true(m.id > last);
		last = m.id;
	}
	assert_in_range(n, 3002, 3010);			/* with the handshake */
}

/* A peer that sends and does not read: its answers fill their part of the buffer, then it is not read any more. Memory
 * is bounded, the others go on, and it ends by time. */
static void who_does_not_read(void **state)
{
	struct ldp_msg m = address_msg();
	uint8_t buf[4100];
	size_t len;
	struct ldp_out o;
	int blocked = 0;

	(void)state;
	sim_up(&a, NULL);
	sim_up(&b, NULL);
	lsp_app.answers = 20;
	m.id = 5;
	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ LOW, 0 });
	while (ldp_out_add(&o, &m) == LDP_FITS)
		;
	len = ldp_out_close(&o);
	for (int i = 0; i < 3000 && blocked < 20; i++) {
		ssize_t n = send(a.fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < (ssize_t)len)
			blocked++;
		world_turns(w);
		if (n >= 0 && n < (ssize_t)len)
			len = 0;			/* mid-PDU: nothing sensible can follow */
		if (!len)
			break;
	}
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
	assert_true(peer_of(w, LOW)->session->conn->paused);
	lsp_app.answers = 0;
	m = address_msg();
	lsp_app.n_messages = 0;
	sim_send(&b, &m);
	assert_int_equal(lsp_app.n_messages, 1);
	for (int i = 0; i < 46; i++) {
		world_pass(w, 1);
		sim_link_hello(&a);
		sim_link_hello(&b);
		if (i % 10 == 0)
			sim_keepalive(&b);
	}
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
}

/* More answers than are kept room for: a mistake of an application ends the session, and nothing else. */
static void answers_beyond_the_room(void **state)
{
	struct ldp_msg m = address_msg();

	(void)state;
	sim_up(&a, NULL);
	sim_up(&b, NULL);
	lsp_app.answers = 5000;
	sim_send(&a, &m);
	lsp_app.answers = 0;
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(shown(w, LOW).last_status, LDP_STATUS_INTERNAL_ERROR);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
}

/* It reads again: everything comes, nothing twice. */
static void who_reads_late(void **state)
{
	struct ldp_msg m = address_msg();
	uint32_t sent = 0, n = 0;

	(void)state;
	sim_up(&a, NULL);
	lsp_app.answers = 20;
	for (; sent < 4000 && !peer_of(w, LOW)->session->conn->paused; sent++) {
		m = address_msg();
		sim_send(&a, &m);
	}
	assert_true(peer_of(w, LOW)->session->conn->paused);
	pw_app.to_say = 1000;
	peer_wants(peer_of(w, LOW));
	ldp_flush(w->ldp);
	while (sim_receive(&a, &m))
		n += m.type == LDP_MSG_RELEASE || m.type == LDP_MSG_MAPPING;
	assert_int_equal(lsp_app.n_messages, sent);
	assert_int_equal(n, sent * 20 + 1000);
	assert_false(peer_of(w, LOW)->session->conn->paused);
}

/* ---- strangers ---- */

static void strangers(void **state)
{
	struct sim x;
	uint32_t before = w->ldp->count.tcp_strangers;

	(void)state;
	sim_init(&x, w, IP(10, 0, 0, 77));
	sim_connect(&x);				/* no Hello */
	assert_true(gone(&x));
	sim_link_hello(&a);
	x.lsr = LOW;
	sim_connect(&x);				/* we are the end that connects */
	assert_true(gone(&x));
	sim_up(&b, NULL);
	x.lsr = HIGH;
	sim_connect(&x);				/* a second one */
	assert_true(gone(&x));
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
	assert_int_equal(w->ldp->count.tcp_strangers, before + 3);
	sim_done(&x);
}

/* A scan of port 646, from a host that sends Hellos: connect and close, garbage, silence. The real one gets through. */
static void port_scan(void **state)
{
	struct sim x[8];

	(void)state;
	sim_link_hello(&b);
	for (int i = 0; i < 200; i++) {
		sim_init(&x[0], w, HIGH);
		sim_connect(&x[0]);
		if (i % 2)
			sim_bytes(&x[0], "\x16\3\1\2\0\1\0\1\xfc\3\3", 11);
		sim_done(&x[0]);
	}
	assert_int_equal(w->ldp->sp->n_pending, 0);
	for (int i = 0; i < 8; i++) {
		sim_init(&x[i], w, HIGH);
		sim_connect(&x[i]);			/* and is silent */
	}
	assert_int_equal(w->ldp->sp->n_pending, PENDING_PER_SOURCE);
	for (int i = 0; i < 8; i++)
		sim_done(&x[i]);
	sim_up(&b, NULL);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
}

static void silent_ones_go(void **state)
{
	(void)state;
	sim_link_hello(&b);
	sim_connect(&b);
	world_pass(w, 14);
	assert_int_equal(w->ldp->sp->n_pending, 1);
	world_pass(w, 1);
	assert_int_equal(w->ldp->sp->n_pending, 0);
	assert_true(gone(&b));
}

static void wrong_lsr_in_a_connection(void **state)
{
	struct sim x;

	(void)state;
	sim_link_hello(&b);
	sim_init(&x, w, HIGH);
	sim_connect(&x);
	x.lsr = IP(10, 0, 0, 200);
	sim_init_send(&x, NULL);
	expect_notification(&x, 0x80000010);
	assert_true(gone(&x));
	sim_done(&x);
	sim_up(&b, NULL);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
}

static void no_descriptors_left(void **state)
{
	(void)state;
	net.accept_error = -EMFILE;
	sim_link_hello(&b);
	sim_connect(&b);
	assert_true(w->ldp->sp->accept_pause.at_ns > 0);	/* not polled: it does not spin */
	net.accept_error = 0;
	world_pass(w, 1);
	world_turns(w);
	sim_init_send(&b, NULL);
	sim_keepalive(&b);
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
}

/* ---- ends by configuration ---- */

static void teardown(void **state)
{
	struct m_interface off = w->eth0;
	struct ldp_msg m;

	(void)state;
	sim_up(&a, NULL);
	sim_receive(&a, &m);
	off.mpls_ldp = false;
	ldp_config(w->ldp, OBJ_INTERFACE, &w->eth0, &off);
	world_turns(w);
	expect_notification(&a, 0x8000000a);
	assert_true(gone(&a));
	assert_int_equal(w->told[2], SESSION_DOWN);
	ldp_config(w->ldp, OBJ_INTERFACE, &off, &w->eth0);
	sim_up(&a, NULL);
	sim_receive(&a, &m);
	world_ldp(w, NULL);
	expect_notification(&a, 0x8000000a);
	assert_true(gone(&a));
	assert_false(net.udp || net.listening);
}

static void resets(void **state)
{
	struct ldp_msg m;

	(void)state;
	sim_up(&a, NULL);
	sim_up(&b, NULL);
	sim_receive(&a, &m);
	assert_int_equal(ldp_reset(w->ldp, LOW, false), 1);
	expect_notification(&a, 0x8000000a);
	assert_true(gone(&a));
	assert_int_equal(state_of(HIGH), LDP_SEEN_OPERATIONAL);
	assert_int_equal(w->ldp->count.session_downs, 1);
	ldp_reset_counters(w->ldp, true, true, true, true);
	assert_int_equal(w->ldp->count.session_downs, 0);
	assert_int_equal(ldp_reset(w->ldp, 0, false), 1);
}

static void port_in_use(void **state)
{
	struct show_speaker s;

	(void)state;
	world_ldp(w, NULL);
	net.listen_error = -EADDRINUSE;
	world_ldp(w, &w->cfg);
	ldp_show_speaker(w->ldp, &s);
	assert_true(s.enabled);
	assert_false(s.listening);
	assert_non_null(strstr(s.why, "port 646 is in use"));
	net.listen_error = 0;
	world_pass(w, 5);
	ldp_show_speaker(w->ldp, &s);
	assert_true(s.listening);
	assert_string_equal(s.why, "");
	sim_up(&a, NULL);
	assert_int_equal(state_of(LOW), LDP_SEEN_OPERATIONAL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(active_role), T(passive_role), T(any_framing), T(comes_back), T(every_cell),
		T(every_event_in_every_state), T(parameters_are_agreed), T(keepalive_is_configured), T(capabilities),
		T(keepalives_flow), T(no_keepalive_beside_other_messages), T(handshake_is_bounded), T(tcp_is_tried_again),
		T(a_route_ends_the_wait), T(a_route_that_flaps), T(a_route_and_the_ordinary_retry),
		T(a_route_replaces_a_stale_syn), T(a_route_ends_no_back_off),
		T(refused_init_backs_off), T(restarts_without_end), T(bad_input), T(unknown_messages_in_the_handshake), T(bad_pdu), T(bad_capabilities),
		T(message_numbers_rise), T(short_lives_are_throttled), T(every_prefix), T(every_changed_octet),
		
		T(messages_find_their_application), T(refusals), T(many_messages), T(who_does_not_read), T(answers_beyond_the_room), T(who_reads_late),
		T(strangers), T(port_scan), T(silent_ones_go), T(wrong_lsr_in_a_connection), T(no_descriptors_left),
		T(teardown), T(resets), T(port_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
