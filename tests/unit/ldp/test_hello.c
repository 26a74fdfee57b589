/* SPDX-License-Identifier: BSD-2-Clause */
/* Discovery: Hellos of links and targets, adjacencies, hold times, what is not a Hello; GTSM and MD5 that hang on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

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

struct seen {
	struct show_adjacency v[8];
	int n;
};

static int see(void *arg, const struct show_adjacency *s)
{
	struct seen *seen = arg;

	assert_in_range(seen->n, 0, 7);
	seen->v[seen->n++] = *s;
	return 0;
}

static struct seen adjacencies(void)
{
	struct seen s = { .n = 0 };

	assert_int_equal(ldp_show_adjacencies(w->ldp, see, &s), 0);
	return s;
}

static struct show_adjacency the_link(void)
{
	return adjacencies().v[0];
}

static void need(uint32_t peer, bool wanted)
{
	ldp_signal(w->ldp, &(struct act_signal){ .pw = 4, .peer = peer, .id = 1, .type = 5, .wanted = wanted });
	ldp_flush(w->ldp);
}

static void auto_session(bool on)
{
	struct m_system s = w->system;

	s.auto_session = on;
	ldp_config(w->ldp, OBJ_SYSTEM, &w->system, &s);
	world_turns(w);
}

/* ---- what we send ---- */

static void link_hellos(void **state)
{
	(void)state;
	assert_int_equal(net.joined[0], ETH0);
	assert_int_equal(net.n_hellos, 1);
	assert_int_equal(net.last.ifindex, ETH0);
	assert_int_equal(net.last.dest, SYS_ALL_ROUTERS);
	assert_int_equal(net.last.source, IP(10, 1, 0, 5));
	assert_int_equal(net.last.id.lsr, OURS);
	assert_int_equal(net.last.id.space, 0);
	assert_int_equal(net.last.m.transport4, OURS);
	assert_int_equal(net.last.m.hello.hold, 15);
	assert_false(net.last.m.hello.targeted || net.last.m.hello.request);
	assert_true(net.last.m.hello.gtsm);
	world_pass(w, 1);
	assert_int_equal(net.n_hellos, 3);		/* the other end may have been a little later than we */
	world_pass(w, 15);
	assert_int_equal(net.n_hellos, 6);		/* each 5 s */
}

/* Whoever comes up beside us hears of us within half a second; a link that flaps makes no flood of it. */
static void links_begin_quickly(void **state)
{
	(void)state;
	world_pass(w, 60);
	ldp_link(w->ldp, "eth0", ETH0, false);
	world_pass(w, 10);
	net.n_hellos = 0;
	ldp_link(w->ldp, "eth0", ETH0, true);
	assert_int_equal(net.n_hellos, 1);
	world_ms(w, 400);
	assert_int_equal(net.n_hellos, 2);
	world_ms(w, 400);
	assert_int_equal(net.n_hellos, 3);
	world_ms(w, 4900);
	assert_int_equal(net.n_hellos, 3);
	world_ms(w, 100);
	assert_int_equal(net.n_hellos, 4);
	ldp_link(w->ldp, "eth0", ETH0, false);
	ldp_link(w->ldp, "eth0", ETH0, true);
	assert_int_equal(net.n_hellos, 5);
	ldp_link(w->ldp, "eth0", ETH0, false);		/* within the same second: one, and then each 5 s */
	ldp_link(w->ldp, "eth0", ETH0, true);
	assert_int_equal(net.n_hellos, 6);
	world_ms(w, 4900);
	assert_int_equal(net.n_hellos, 6);
	ldp_address(w->ldp, ETH0, IP(10, 1, 0, 5), 24, false);
	world_pass(w, 10);
	net.n_hellos = 0;
	ldp_address(w->ldp, ETH0, IP(10, 1, 0, 6), 24, true);	/* it is all that was missing */
	world_pass(w, 1);
	assert_int_equal(net.n_hellos, 3);
}

static void no_hellos_without(void **state)
{
	(void)state;
	ldp_address(w->ldp, ETH0, IP(10, 1, 0, 5), 24, false);
	net.n_hellos = 0;
	world_pass(w, 10);
	assert_int_equal(net.n_hellos, 0);
	assert_non_null(strstr(the_link().why, "no IPv4 address"));
	ldp_address(w->ldp, ETH0, IP(10, 1, 0, 6), 24, true);
	assert_int_equal(net.n_hellos, 1);
	assert_int_equal(net.last.source, IP(10, 1, 0, 6));
	ldp_link(w->ldp, "eth0", ETH0, false);
	world_pass(w, 10);
	assert_int_equal(net.n_hellos, 1);
	assert_int_equal(net.joined[0], 0);
	assert_non_null(strstr(the_link().why, "interface is down"));
	ldp_link(w->ldp, "eth0", 0, false);
	assert_non_null(strstr(the_link().why, "no such device"));
	ldp_link(w->ldp, "eth0", 12, true);
	ldp_address(w->ldp, 12, IP(10, 1, 0, 6), 24, true);
	assert_int_equal(net.joined[0], 12);
	assert_int_equal(net.last.ifindex, 12);
}

/* Who restarted has forgotten us, and would wait for our next Hello as long as our interval is. */
static void who_restarted_hears_us_at_once(void **state)
{
	(void)state;
	world_remote(w, "two", LOW, NULL);
	sim_targeted_hello(&a);
	world_pass(w, 2);
	net.n_hellos = 0;
	sim_targeted_hello(&a);
	assert_int_equal(net.n_hellos, 0);
	a.config_seq++;
	sim_targeted_hello(&a);
	assert_int_equal(net.n_hellos, 1);
	assert_int_equal(net.last.dest, LOW);
	for (int i = 0; i < 100; i++) {			/* not as often as somebody likes */
		a.config_seq++;
		sim_targeted_hello(&a);
	}
	assert_int_equal(net.n_hellos, 1);
}

static void targeted_hellos(void **state)
{
	(void)state;
	net.n_hellos = 0;
	world_remote(w, "two", LOW, NULL);
	assert_int_equal(net.n_hellos, 1);
	assert_int_equal(net.last.dest, LOW);
	assert_int_equal(net.last.source, OURS);
	assert_int_equal(net.last.m.hello.hold, 45);
	assert_true(net.last.m.hello.targeted && net.last.m.hello.request);
	assert_false(net.last.m.hello.gtsm);
	assert_non_null(strstr(shown(w, LOW).why, "no Hello from 10.0.0.2"));
	sim_targeted_hello(&a);
	assert_int_equal(net.n_connects, 1);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPENSENT);
	net.send_error = -ENETUNREACH;
	world_remote(w, "four", IP(10, 0, 0, 4), NULL);
	assert_non_null(strstr(shown(w, IP(10, 0, 0, 4)).why, "no route to 10.0.0.4"));
}

/* Who is new hears of us at once: its end of the session needs that Hello. */
static void who_is_new_hears_of_us(void **state)
{
	(void)state;
	world_pass(w, 1);
	net.n_hellos = 0;
	sim_link_hello(&a);
	assert_int_equal(net.n_hellos, 1);
	sim_link_hello(&b);
	assert_int_equal(net.n_hellos, 1);		/* once a second at most */
	world_pass(w, 1);
	assert_int_equal(net.n_hellos, 2);		/* but not later than that */
}

/* New ones all the time, as somebody forges them: one Hello a second for all of them together. */
static void a_flood_of_new_ones(void **state)
{
	struct sim x;

	(void)state;
	world_pass(w, 10);
	net.n_hellos = 0;
	for (uint32_t i = 0; i < 200; i++) {
		sim_init(&x, w, IP(10, 7, 0, 1) + 256 * (i % 50));
		x.config_seq = i;
		sim_link_hello(&x);
		world_ms(w, 50);
	}
	assert_in_range(net.n_hellos, 5, 11);		/* 10 s */
}

static struct sys_route_told host_route(uint32_t dest, uint32_t metric)
{
	return (struct sys_route_told){ .dest = dest, .len = 32, .metric = metric, .type = RTN_UNICAST, .n = 1,
					.hop[0] = { .ifindex = ETH0, .gateway = IP(10, 1, 0, 2), .weight = 1 } };
}

/* A target that has not been heard is told of us as soon as there is a way to it, once a second at most. */
static void a_route_to_a_target(void **state)
{
	struct sys_route_told r = host_route(HIGH, 20);

	(void)state;
	world_pass(w, 5);
	world_remote(w, "nine", HIGH, NULL);
	world_ms(w, 1100);
	net.n_hellos = 0;
	ldp_route(w->ldp, &r, true);
	r.hop[0].dead = true;
	ldp_route(w->ldp, &r, false);
	assert_int_equal(net.n_hellos, 0);
	r.hop[0].dead = false;
	ldp_route(w->ldp, &r, false);
	assert_int_equal(net.n_hellos, 1);
	assert_int_equal(net.last.dest, HIGH);
	for (r.metric = 0; r.metric < 100; r.metric++)
		ldp_route(w->ldp, &r, false);
	assert_int_equal(net.n_hellos, 1);
	world_ms(w, 1000);
	assert_int_equal(net.n_hellos, 2);
	sim_targeted_hello(&b);
	world_ms(w, 3000);
	net.n_hellos = 0;
	ldp_route(w->ldp, &r, false);			/* it is heard: nothing is to be hurried */
	assert_int_equal(net.n_hellos, 0);
}

static void timers_are_configured(void **state)
{
	struct m_interface fast = w->eth0;

	(void)state;
	fast.ldp = (struct m_ldp_timers){ .hello_hold = 9, .hello_send = 2 };
	ldp_config(w->ldp, OBJ_INTERFACE, &w->eth0, &fast);
	assert_int_equal(net.last.m.hello.hold, 9);
	net.n_hellos = 0;
	world_pass(w, 10);
	assert_int_equal(net.n_hellos, 5);
	sim_link_hello(&a);
	assert_int_equal(the_link().hold, 9);		/* the shorter one */
	assert_int_equal(the_link().send, 2);
	a.hold = 3;
	sim_link_hello(&a);
	assert_int_equal(the_link().hold, 3);
	assert_int_equal(the_link().send, 1);
	ldp_config(w->ldp, OBJ_INTERFACE, &fast, &w->eth0);
}

/* ---- adjacencies ---- */

static void hold_times(void **state)
{
	(void)state;
	sim_link_hello(&a);
	assert_true(the_link().up);
	assert_int_equal(the_link().hold, 15);
	assert_int_equal(the_link().peer, LOW);
	world_pass(w, 14);
	assert_true(the_link().up);
	world_pass(w, 1);
	assert_false(the_link().up);
	assert_int_equal(w->ldp->count.adjacency_downs, 1);
	a.hold = 0;					/* the default */
	sim_link_hello(&a);
	assert_int_equal(the_link().hold, 15);
	a.hold = 0xffff;
	sim_link_hello(&a);
	assert_int_equal(the_link().hold, 15);		/* ours is shorter */
}

/* Whose hold time becomes shorter hears of us in time (RFC 5036, 3.5.2.1). */
static void a_shorter_hold_time(void **state)
{
	uint32_t before;

	(void)state;
	a.hold = 15;
	sim_link_hello(&a);
	world_pass(w, 2);
	before = net.n_hellos;
	a.hold = 3;
	sim_link_hello(&a);
	assert_int_equal(the_link().hold, 3);
	world_pass(w, 1);
	assert_int_equal(net.n_hellos, before + 1);
	b.hold = 3;			/* and who comes when somebody else has just come */
	a.hold = 15;
	sim_link_hello(&a);
	world_pass(w, 5);
	before = net.n_hellos;
	sim_link_hello(&a);
	sim_link_hello(&b);
	world_pass(w, 2);
	assert_in_range(net.n_hellos, before + 2, before + 3);
}

static void for_ever(void **state)
{
	struct m_interface ever = w->eth0;

	(void)state;
	ever.ldp.hello_hold = 0xffff;
	ldp_config(w->ldp, OBJ_INTERFACE, &w->eth0, &ever);
	a.hold = 0xffff;
	sim_link_hello(&a);
	world_pass(w, 100000);
	assert_true(the_link().up);
	ldp_config(w->ldp, OBJ_INTERFACE, &ever, &w->eth0);
}

/* One session, several adjacencies: it lives as long as one of them. */
static void two_adjacencies(void **state)
{
	struct seen s;

	(void)state;
	world_remote(w, "two", LOW, NULL);
	a.hold = 100;
	sim_targeted_hello(&a);
	a.hold = 15;
	sim_up(&a, NULL);
	s = adjacencies();
	assert_int_equal(s.n, 2);
	assert_true(s.v[0].up && s.v[1].up && s.v[1].targeted);
	assert_string_equal(s.v[1].remote_name, "two");
	assert_int_equal(net.n_connects, 1);
	world_pass(w, 20);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	sim_keepalive(&a);
	world_pass(w, 25);				/* the targeted one: 45 s */
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(shown(w, LOW).last_status, LDP_STATUS_HOLD_EXPIRED);
}

static void a_link_that_goes_down(void **state)
{
	struct ldp_msg m;

	(void)state;
	sim_up(&a, NULL);
	sim_receive(&a, &m);
	ldp_link(w->ldp, "eth0", ETH0, false);
	ldp_flush(w->ldp);
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_true(sim_receive(&a, &m));
	assert_int_equal(m.status.code, 0x80000009);
}

/* Many LSRs on one link, some of them invented: bounded, and those that were there stay. */
static void floods_are_bounded(void **state)
{
	struct sim x;

	(void)state;
	sim_up(&a, NULL);
	for (uint32_t i = 0; i < 300; i++) {
		sim_init(&x, w, IP(10, 7, 0, 0) + 256 * i + 1);
		sim_link_hello(&x);
	}
	assert_int_equal(container_of(w->ldp->hellos->links.next, struct link, in)->n_adjs, ADJ_PER_LINK_MAX);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	for (int i = 0; i < 80; i++) {			/* they go, and what was kept of them is freed */
		world_pass(w, 1);
		sim_link_hello(&a);
		if (i % 20 == 0)
			sim_keepalive(&a);
	}
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	assert_int_equal(w->ldp->peers.n, 1);
}

/* A forged Hello cannot move a session that is up, nor keep it from being held by the real ones. */
static void forged_transport(void **state)
{
	uint8_t buf[128];
	struct ldp_msg m = { .type = LDP_MSG_HELLO, .id = 1, .has = LDP_HAS(HELLO) | LDP_HAS(TRANSPORT4),
			     .hello.hold = 15, .transport4 = IP(10, 66, 6, 6) };
	struct ldp_out o;

	(void)state;
	sim_up(&a, NULL);
	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ LOW, 0 });
	ldp_out_add(&o, &m);
	net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, 66), ETH0, buf, ldp_out_close(&o));
	world_turns(w);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	assert_int_equal(the_link().transport, LOW);
	assert_true(the_link().source && shown(w, LOW).heard);
}

/* A targeted Hello as somebody at @source forges it, in the name of @lsr. */
static void forge(uint32_t source, uint32_t lsr, uint32_t transport, uint16_t hold)
{
	uint8_t buf[128];
	struct ldp_msg m = { .type = LDP_MSG_HELLO, .id = 1, .has = LDP_HAS(HELLO) | LDP_HAS(TRANSPORT4),
			     .hello = { .hold = hold, .targeted = true, .request = true }, .transport4 = transport };
	struct ldp_out o;

	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ lsr, 0 });
	ldp_out_add(&o, &m);
	net_datagram(OURS, source, ETH0, buf, ldp_out_close(&o));
	world_turns(w);
}

/* Neither shortens one an adjacency, nor makes one, nor says where to connect. */
static void forged_targeted(void **state)
{
	(void)state;
	world_remote(w, "two", LOW, NULL);
	forge(IP(10, 66, 6, 6), LOW, LOW, 1);
	forge(IP(10, 66, 6, 6), LOW, IP(10, 66, 6, 6), 1);
	forge(LOW, LOW, IP(10, 66, 6, 6), 1);
	assert_false(adjacencies().v[1].up);
	assert_int_equal(net.n_connects, 0);
	assert_int_equal(w->ldp->count.udp_errors, 3);
	a.hold = 45;
	sim_targeted_hello(&a);
	forge(IP(10, 66, 6, 6), LOW, LOW, 1);
	assert_true(adjacencies().v[1].up);
	assert_int_equal(adjacencies().v[1].hold, 45);
	world_pass(w, 40);
	assert_true(adjacencies().v[1].up);
}

/* Who is made for a pseudowire is the LSR it names; whom configuration names may have another LSR ID, until the LSR of
 * that address speaks for itself. */
static void lsr_of_a_target(void **state)
{
	(void)state;
	need(LOW, true);
	auto_session(true);
	forge(LOW, IP(10, 0, 0, 3), LOW, 45);
	assert_false(adjacencies().v[1].up);
	world_remote(w, "two", LOW, NULL);
	forge(LOW, IP(10, 0, 0, 3), LOW, 45);
	assert_int_equal(adjacencies().v[1].peer, IP(10, 0, 0, 3));
	sim_targeted_hello(&a);
	assert_int_equal(adjacencies().v[1].peer, LOW);
	forge(LOW, IP(10, 0, 0, 3), LOW, 45);
	assert_int_equal(adjacencies().v[1].peer, LOW);
}

static void another_transport_address(void **state)
{
	uint8_t buf[128];
	struct ldp_msg m = { .type = LDP_MSG_HELLO, .id = 1, .has = LDP_HAS(HELLO) | LDP_HAS(TRANSPORT4),
			     .hello.hold = 15, .transport4 = IP(10, 0, 0, 1) };
	struct ldp_out o;

	(void)state;
	world_key(w, HIGH, NULL, "secret");
	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ HIGH, 0 });
	ldp_out_add(&o, &m);
	net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, 9), ETH0, buf, ldp_out_close(&o));
	world_turns(w);
	assert_int_equal(net.n_connects, 1);		/* by the transport address, not by the LSR ID */
	assert_int_equal(net.fd[net.connect_fd].remote.ip, IP(10, 0, 0, 1));
	assert_string_equal(net.fd[net.connect_fd].key, "secret");
	assert_string_equal(net_key(IP(10, 0, 0, 1)), "secret");
}

static void hello_without_transport_address(void **state)
{
	uint8_t buf[128];
	struct ldp_msg m = { .type = LDP_MSG_HELLO, .id = 1, .has = LDP_HAS(HELLO), .hello.hold = 15 };
	struct ldp_out o;

	(void)state;
	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ HIGH, 0 });
	ldp_out_add(&o, &m);
	net_datagram(SYS_ALL_ROUTERS, IP(9, 1, 0, 9), ETH0, buf, ldp_out_close(&o));
	world_turns(w);
	assert_int_equal(net.n_connects, 1);		/* to where it came from (RFC 5036, 3.5.2) */
	assert_int_equal(net.fd[net.connect_fd].remote.ip, IP(9, 1, 0, 9));
}

/* ---- who is not heard ---- */

static void unwanted_hellos(void **state)
{
	struct sim x;

	(void)state;
	sim_targeted_hello(&a);				/* nobody wants it */
	assert_null(peer_of(w, LOW));
	assert_int_equal(w->ldp->count.udp_errors, 1);
	sim_init(&x, w, OURS);
	sim_link_hello(&x);				/* our own LSR ID */
	assert_null(peer_of(w, OURS));
	assert_int_equal(w->ldp->count.udp_errors, 2);
	ldp_reset_counters(w->ldp, false, true, false, false);
	assert_int_equal(w->ldp->count.udp_errors, 0);
}

static void garbage(void **state)
{
	uint8_t buf[128], bad[5000];
	struct ldp_msg m = { .type = LDP_MSG_HELLO, .id = 1, .has = LDP_HAS(HELLO) | LDP_HAS(TRANSPORT4),
			     .hello.hold = 15, .transport4 = LOW };
	struct ldp_out o;
	size_t n;

	(void)state;
	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ LOW, 0 });
	ldp_out_add(&o, &m);
	n = ldp_out_close(&o);
	for (size_t i = 0; i < n; i++) {		/* every prefix */
		net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, 2), ETH0, buf, i);
		world_turns(w);
	}
	assert_null(peer_of(w, LOW));
	assert_int_equal(w->ldp->count.udp_errors, n);
	net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, 2), 99, buf, n);	/* not an interface of ours */
	net_datagram(OURS, IP(10, 1, 0, 2), ETH0, buf, n);		/* a link Hello by unicast */
	memset(bad, 0xff, sizeof(bad));
	net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, 2), ETH0, bad, sizeof(bad));
	buf[9] = 1;							/* a label space that is not ours */
	net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, 2), ETH0, buf, n);
	world_turns(w);
	assert_null(peer_of(w, LOW));
	assert_int_equal(w->ldp->count.udp_errors, n + 4);
}

/* ---- who is needed ---- */

static void pseudowires_need_sessions(void **state)
{
	(void)state;
	need(LOW, true);
	net.n_hellos = 0;
	assert_non_null(strstr(shown(w, LOW).why, "auto-create-session is off"));
	auto_session(true);
	assert_int_equal(net.n_hellos, 1);
	assert_int_equal(net.last.dest, LOW);
	sim_targeted_hello(&a);
	assert_true(adjacencies().v[1].up);
	assert_true(adjacencies().v[1].automatic);
	sim_accept(&a);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	need(LOW, false);
	world_turns(w);
	assert_int_equal(w->told[2], SESSION_DOWN);
	world_pass(w, 60);
	assert_null(peer_of(w, LOW));
	assert_int_equal(pw_app.n_forgot, 1);
	assert_int_equal(lsp_app.n_forgot, 1);
}

static void remote_peers_come_and_go(void **state)
{
	struct m_remote_peer r = { .ref = { 1, 0 }, .name = "two", .ip = LOW, .pwe3 = true }, moved = r;
	struct ldp_msg m;

	(void)state;
	ldp_config(w->ldp, OBJ_REMOTE_PEER, NULL, &r);
	assert_true(peer_of(w, LOW)->no_lsps);
	assert_true(n_lsps_config > 0);
	sim_targeted_hello(&a);
	sim_accept(&a);
	sim_receive(&a, &m);
	assert_true(m.has & LDP_HAS(CAP_STATE_CONTROL));
	assert_int_equal(m.state_off, 1 << LDP_APP_IPV4 | 1 << LDP_APP_IPV6);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	moved.ip = HIGH;
	ldp_config(w->ldp, OBJ_REMOTE_PEER, &r, &moved);
	world_turns(w);
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(net.last.dest, HIGH);
	ldp_config(w->ldp, OBJ_REMOTE_PEER, &moved, NULL);
	net.n_hellos = 0;
	world_pass(w, 60);
	assert_int_equal(net.n_hellos, 13);		/* of the link only, which began with two quick ones */
	assert_null(peer_of(w, LOW));
	assert_null(peer_of(w, HIGH));
}

static void flags_of_a_peer(void **state)
{
	struct m_l2vpn_peer p = { .ref = { 1, 0 }, .peer = LOW, .martini = true, .no_request = true };
	struct m_system s = w->system;

	(void)state;
	ldp_config(w->ldp, OBJ_L2VPN_PEER, NULL, &p);
	sim_link_hello(&a);
	assert_true(peer_of(w, LOW)->martini && peer_of(w, LOW)->no_request);
	ldp_config(w->ldp, OBJ_L2VPN_PEER, &p, NULL);
	assert_false(peer_of(w, LOW)->martini || peer_of(w, LOW)->no_request);
	s.martini = true;
	n_pws_config = 0;
	ldp_config(w->ldp, OBJ_SYSTEM, &w->system, &s);
	assert_true(peer_of(w, LOW)->martini);
	assert_int_equal(n_pws_config, 1);
}

/* ---- what hangs on adjacencies ---- */

static void gtsm(void **state)
{
	(void)state;
	a.gtsm = true;
	sim_up(&a, NULL);
	assert_int_equal(net_of(a.fd)->min_ttl, 255);
	assert_true(shown(w, LOW).gtsm);
	sim_up(&b, NULL);
	assert_int_equal(net_of(b.fd)->min_ttl, 0);	/* it did not set G */
	b.gtsm = true;
	sim_link_hello(&b);
	assert_int_equal(net_of(b.fd)->min_ttl, 255);
}

static void gtsm_not_by_targeted_hellos(void **state)
{
	(void)state;
	world_remote(w, "two", LOW, NULL);
	a.gtsm = true;
	a.hold = 1000;
	sim_targeted_hello(&a);
	sim_accept(&a);
	assert_int_equal(net_of(a.fd)->min_ttl, 0);
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	a.hold = 15;
	sim_link_hello(&a);
	assert_int_equal(net_of(a.fd)->min_ttl, 0);	/* both: the peer may go by either */
	world_pass(w, 15);				/* the link is gone, the session is a distant one now */
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	assert_int_equal(net_of(a.fd)->min_ttl, 0);
}

static void gtsm_ends_with_a_targeted_hello(void **state)
{
	(void)state;
	world_remote(w, "two", LOW, NULL);
	a.gtsm = true;
	sim_up(&a, NULL);
	assert_int_equal(net_of(a.fd)->min_ttl, 255);
	a.hold = 5;
	sim_targeted_hello(&a);
	assert_int_equal(net_of(a.fd)->min_ttl, 0);
	assert_false(shown(w, LOW).gtsm);
}

static void passwords(void **state)
{
	struct ldp_msg m;

	(void)state;
	world_key(w, LOW, NULL, "one");
	world_key(w, HIGH, NULL, "two");
	assert_string_equal(net_key(HIGH), "two");
	sim_up(&a, NULL);
	sim_up(&b, NULL);
	assert_string_equal(net_of(a.fd)->key, "one");
	assert_true(shown(w, LOW).md5 && shown(w, HIGH).md5);
	sim_receive(&a, &m);
	world_key(w, LOW, "one", "three");		/* torn down, and back with the new one */
	assert_true(sim_receive(&a, &m));
	assert_int_equal(m.status.code, 0x8000000a);
	assert_int_equal(w->told[2], SESSION_DOWN);
	world_pass(w, 1);
	sim_accept(&a);
	assert_string_equal(net_of(a.fd)->key, "three");
	world_key(w, HIGH, "two", NULL);
	assert_null(net_key(HIGH));
	assert_int_equal(w->told[9], SESSION_DOWN);
	world_key(w, LOW, "three", "three");		/* nothing changed */
	sim_init_send(&a, NULL);
	sim_keepalive(&a);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
}

/* Somebody who may send Hellos and has not the password gets no session in the name of a peer that has one, and takes
 * the password off nobody's address. */
static void nobody_without_the_password(void **state)
{
	struct sim evil;
	struct ldp_msg m;

	(void)state;
	world_key(w, HIGH, NULL, "two");
	sim_init(&evil, w, HIGH);
	evil.transport = IP(10, 0, 0, 66);

	/* connected before it says that the address is the peer's: then no password was asked for */
	evil.lsr = IP(10, 0, 0, 7);
	sim_link_hello(&evil);
	sim_connect(&evil);
	evil.lsr = HIGH;
	sim_link_hello(&evil);
	sim_init_send(&evil, NULL);
	assert_false(sim_receive(&evil, &m) && m.type == LDP_MSG_INIT);
	assert_int_equal(shown(w, HIGH).state, LDP_SEEN_NONE);
	sim_done(&evil);

	/* with a second adjacency beside that of the peer itself */
	end(state);
	begin(state);
	world_key(w, HIGH, NULL, "two");
	world_remote(w, "b", HIGH, NULL);
	sim_targeted_hello(&b);
	sim_init(&evil, w, HIGH);
	evil.transport = IP(10, 0, 0, 77);
	sim_link_hello(&evil);
	sim_connect(&evil);
	sim_init_send(&evil, NULL);
	assert_int_equal(shown(w, HIGH).state, LDP_SEEN_NONE);
	sim_done(&evil);

	/* another LSR with the peer's address as transport address */
	sim_init(&evil, w, IP(10, 0, 0, 8));
	evil.transport = HIGH;
	sim_link_hello(&evil);
	assert_string_equal(net_key(HIGH), "two");
	sim_up(&b, NULL);
	assert_int_equal(shown(w, HIGH).state, LDP_SEEN_OPERATIONAL);
	sim_done(&evil);
}

/* A transport address that is not the LSR ID has the LSR's password, as long as it is that. */
static void password_of_a_transport_address(void **state)
{
	(void)state;
	world_key(w, HIGH, NULL, "two");
	b.transport = IP(10, 0, 0, 99);
	sim_link_hello(&b);
	assert_string_equal(net_key(IP(10, 0, 0, 99)), "two");
	b.fd = net_connect(IP(10, 0, 0, 99));
	sim_init_send(&b, NULL);
	sim_keepalive(&b);
	assert_int_equal(shown(w, HIGH).state, LDP_SEEN_OPERATIONAL);
	world_key(w, HIGH, "two", NULL);
	assert_null(net_key(IP(10, 0, 0, 99)));
}

static void wrong_password(void **state)
{
	(void)state;
	world_key(w, LOW, NULL, "one");
	net.tcp_error = -EINPROGRESS;			/* nobody answers our signed segments */
	sim_link_hello(&a);
	for (int i = 0; i < 16; i++) {
		world_pass(w, 1);
		sim_link_hello(&a);
	}
	assert_non_null(strstr(shown(w, LOW).why, "md5-password"));
	assert_true(shown(w, LOW).md5);
	world_key(w, HIGH, NULL, "two");
	for (int i = 0; i < 12; i++) {
		sim_link_hello(&b);
		world_pass(w, 1);
	}
	assert_non_null(strstr(shown(w, HIGH).why, "md5-password"));
}

static void lsr_id_changes(void **state)
{
	struct m_system s = w->system;

	(void)state;
	sim_up(&a, NULL);
	s.lsr_id = IP(10, 0, 0, 6);
	ldp_config(w->ldp, OBJ_SYSTEM, &w->system, &s);
	world_turns(w);
	assert_int_equal(w->told[2], SESSION_DOWN);
	assert_int_equal(net.listen_ip, IP(10, 0, 0, 6));
	assert_int_equal(net.last.id.lsr, IP(10, 0, 0, 6));
	sim_link_hello(&a);
	assert_int_equal(net.fd[net.connect_fd].local.ip, IP(10, 0, 0, 6));
	ldp_config(w->ldp, OBJ_SYSTEM, &s, &w->system);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(link_hellos), T(links_begin_quickly), T(a_flood_of_new_ones), T(a_route_to_a_target),
		T(no_hellos_without), T(who_restarted_hears_us_at_once), T(targeted_hellos), T(who_is_new_hears_of_us), T(timers_are_configured),
		T(hold_times), T(a_shorter_hold_time), T(for_ever), T(two_adjacencies), T(a_link_that_goes_down), T(floods_are_bounded),
		T(forged_transport), T(forged_targeted), T(lsr_of_a_target), T(another_transport_address), T(hello_without_transport_address),
		T(unwanted_hellos), T(garbage),
		T(pseudowires_need_sessions), T(remote_peers_come_and_go), T(flags_of_a_peer), T(gtsm),
		T(gtsm_not_by_targeted_hellos), T(gtsm_ends_with_a_targeted_hello), T(passwords), T(nobody_without_the_password), T(password_of_a_transport_address),
		T(wrong_password), T(lsr_id_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
