/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes told as they change, by a picture kept from what is told. Changes by ip(8), as an IGP would make them.
 */
#include "twons.h"

#include "sys/route.h"

#define DEST IP(3, 3, 3, 3)

static struct sys_route_told last;
static bool present;
static uint32_t held, tellings;

static void on_route(void *arg, const struct sys_route_told *r, bool gone)
{
	static uint8_t seen[65536];

	(void)arg;
	tellings++;
	if (r->dest >> 16 == (20u << 8 | 0)) {		/* 20.0.x.y: the burst */
		held += gone ? 0u - seen[r->dest & 0xffff] : 1u - seen[r->dest & 0xffff];
		seen[r->dest & 0xffff] = !gone;
	}
	if (r->dest != DEST)
		return;
	present = !gone;
	last = *r;
}

static void ip(const char *line)
{
	char cmd[256];

	snprintf(cmd, sizeof(cmd), "ip %s", line);
	assert_int_equal(system(cmd), 0);
}

static struct sys_routes *start(void)
{
	struct sys_routes *r;

	present = false;
	held = tellings = 0;
	another_pair("w", IP(10, 0, 7, 1), NULL);
	r = sys_routes_new(on_route, NULL);
	assert_non_null(r);
	assert_int_equal(sys_routes_dump(r), 0);
	return r;
}

#define told(r, cond) assert_true(wait_for(cond, (sys_routes_read(r), nap())))

static void a_life(void **state)
{
	struct sys_routes *r = start();

	(void)state;
	ip("route add 3.3.3.3/32 via 10.0.0.2 metric 20 proto 188");
	told(r, present);
	assert_true(last.len == 32 && last.metric == 20 && last.proto == 188 && last.type == RTN_UNICAST && !last.odd);
	assert_true(last.n == 1 && last.hop[0].ifindex == two.a && last.hop[0].gateway == THERE && !last.hop[0].dead);
	ip("route replace 3.3.3.3/32 via 10.0.7.2 metric 20 proto 188");
	told(r, last.hop[0].gateway == IP(10, 0, 7, 2));
	ip("route replace 3.3.3.3/32 metric 20 proto 146 nexthop via 10.0.0.2 weight 1 nexthop via 10.0.7.2 weight 3");
	told(r, last.n == 2);
	assert_true(last.proto == SYS_ROUTE_PROTO && last.hop[1].weight == 3 && last.hop[0].weight == 1);
	ip("route add 3.3.3.3/32 via 10.0.0.2 table 77");	/* not the main table */
	ip("link set w down");
	told(r, last.hop[1].dead || last.n == 1);
	ip("route del 3.3.3.3/32 metric 20");
	told(r, !present);
	sys_routes_free(r);
}

static void link_down_takes_it(void **state)
{
	struct sys_routes *r = start();

	(void)state;
	ip("route add 3.3.3.3/32 via 10.0.7.2");
	told(r, present);
	ip("link set w down");
	told(r, !present);
	sys_routes_free(r);
}

/* The notice of a device that goes down comes before the kernel takes its routes away: who looks at once sees them. */
static void link_down_and_a_quick_reader(void **state)
{
	struct sys_routes *r = start();

	(void)state;
	for (int i = 0; i < 100; i++) {
		ip("link set w up");
		ip("route add 3.3.3.3/32 via 10.0.7.2");
		told(r, present && !last.hop[0].dead);
		ip("link set w down &");
		assert_true(wait_for(!present || last.hop[0].dead, sys_routes_read(r)));
		told(r, system("ip link show w | grep -q 'state DOWN'") == 0);
	}
	sys_routes_free(r);
}

/* A device under a master of another kind of routing loses its routes, and nobody says so. */
static void another_master(void **state)
{
	struct sys_routes *r = start();
	uint64_t dumps;

	(void)state;
	ip("link add name over type bridge");
	ip("route add 3.3.3.3/32 via 10.0.7.2");
	told(r, present);
	dumps = sys_routes_dumps(r);
	ip("link set w master over");
	told(r, sys_routes_dumps(r) > dumps);
	ip("link set w nomaster");
	dumps = sys_routes_dumps(r);
	told(r, sys_routes_dumps(r) > dumps);
	sys_routes_free(r);
}

/* Not all that is said of a device is about its routes; a dump costs as much as there are. */
static void what_is_no_news(void **state)
{
	struct sys_routes *r = start();
	uint64_t dumps;

	(void)state;
	ip("route add 3.3.3.3/32 via 10.0.7.2");
	told(r, present);
	dumps = sys_routes_dumps(r);
	ip("link set w mtu 1400");
	ip("link set w alias elsewhere");
	ip("link set w txqueuelen 10");
	ip("route del 3.3.3.3/32");			/* heard after them */
	told(r, !present);
	assert_int_equal(sys_routes_dumps(r), dumps);
	ip("route add 3.3.3.3/32 via 10.0.7.2");
	told(r, present);
	ip("link set w down");
	told(r, !present);
	assert_true(sys_routes_dumps(r) > dumps);
	sys_routes_free(r);
}

static void several_of_a_name(void **state)
{
	struct sys_routes *r = start();

	(void)state;
	ip("route add 3.3.3.3/32 via 10.0.0.2");
	ip("route append 3.3.3.3/32 via 10.0.7.2");
	told(r, present);
	ip("route del 3.3.3.3/32 via 10.0.0.2");
	told(r, present && last.hop[0].gateway == IP(10, 0, 7, 2));
	ip("route del 3.3.3.3/32");
	told(r, !present);
	sys_routes_free(r);
}

static void next_hop_objects(void **state)
{
	struct sys_routes *r = start();

	(void)state;
	ip("nexthop add id 1 via 10.0.0.2 dev v");
	ip("nexthop add id 2 via 10.0.7.2 dev w");
	ip("nexthop add id 9 group 1/2");
	ip("route add 3.3.3.3/32 nhid 9");
	told(r, present);
	assert_true(last.n == 2 && !last.odd && last.hop[1].gateway == IP(10, 0, 7, 2));
	ip("nexthop replace id 9 group 2");
	told(r, last.n == 1 && last.hop[0].gateway == IP(10, 0, 7, 2));
	ip("nexthop del id 9");
	told(r, !present);
	assert_int_equal(system("echo 0 > /proc/sys/net/ipv4/nexthop_compat_mode"), 0);
	ip("route add 3.3.3.3/32 nhid 1");
	told(r, present);
	assert_true(last.n == 0 && last.odd == SYS_ROUTE_BY_ID);
	sys_routes_free(r);
}

static void a_burst_too_big(void **state)
{
	struct sys_routes *r = start();
	int small = 1;

	(void)state;
	assert_int_equal(setsockopt(sys_routes_fd(r), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	assert_int_equal(system("for i in $(seq 0 1999); do echo route add 20.0.$((i / 250)).$((i % 250)) via 10.0.0.2;"
				" done | ip -batch -"), 0);
	told(r, held == 2000);
	assert_true(sys_routes_healed(r) > 0);
	assert_int_equal(system("for i in $(seq 0 999); do echo route del 20.0.$((i / 250)).$((i % 250));"
				" done | ip -batch -"), 0);
	told(r, held == 1000);
	assert_true(sys_routes_healed(r) > 1);
	tellings = 0;
	assert_int_equal(sys_routes_dump(r), 0);
	assert_int_equal(tellings, 0);			/* only differences */
	sys_routes_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWO(a_life), TWO(link_down_takes_it), TWO(link_down_and_a_quick_reader), TWO(another_master),
		TWO(what_is_no_news), TWO(several_of_a_name), TWO(next_hop_objects), TWO(a_burst_too_big),
	};

	need_root();
	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
