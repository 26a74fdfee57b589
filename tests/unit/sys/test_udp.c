/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hellos across veth pairs, with the engine's rights.
 */
#include "twons.h"

#include "sys/udp.h"

#define PORT 646

static struct sys_udp *open_in(int ns)
{
	struct sys_udp *u = NULL;

	go(ns);
	assert_int_equal(sys_udp_open(&u, PORT), 0);
	return u;
}

static struct sys_datagram next(struct sys_udp *u, char *buf, size_t size)
{
	struct sys_datagram d = { 0 };
	int rc = -EAGAIN;

	assert_true(wait_for(!rc || !(rc = sys_udp_recv(u, buf, size, &d)), nap()));
	return d;
}

static void link_hello(void **state)
{
	struct sys_udp *h = open_in(two.here), *t = open_in(two.there);
	struct sys_datagram d;
	char buf[16];

	(void)state;
	assert_int_equal(sys_udp_join(t, two.b), 0);
	assert_int_equal(sys_udp_join(t, two.b), 0);
	assert_int_equal(sys_udp_join(t, 0), -ENODEV);
	assert_int_equal(sys_udp_join(t, 4711), -ENODEV);
	go(two.here);
	assert_int_equal(sys_udp_join(h, two.a), 0);
	assert_int_equal(sys_udp_send_link(h, two.a, HERE, "hello", 5), 0);
	d = next(t, buf, sizeof(buf));
	assert_true(d.source == HERE && d.dest == SYS_ALL_ROUTERS && d.ifindex == two.b && d.port == PORT);
	assert_true(d.ttl == 1 && d.len == 5 && !d.cut && !memcmp(buf, "hello", 5));
	assert_int_equal(sys_udp_recv(h, buf, sizeof(buf), &d), -EAGAIN);	/* not our own */
	assert_int_equal(sys_udp_send_link(h, 0, HERE, "x", 1), -ENODEV);
	sys_udp_close(h);
	sys_udp_close(t);
	sys_udp_close(NULL);
}

/* The kernel keeps the order on a link: what came before a unicast datagram would have been read before it. */
static void only_where_joined(void **state)
{
	uint32_t there2, here2 = another_pair("w", IP(10, 0, 7, 1), &there2);
	struct sys_udp *h = open_in(two.here), *t = open_in(two.there), *other = NULL;
	struct sys_datagram d;
	char buf[16];

	(void)state;
	assert_int_equal(sys_udp_join(t, two.b), 0);
	assert_int_equal(sys_udp_join(t, there2), 0);
	assert_int_equal(sys_udp_send_link(h, here2, IP(10, 0, 7, 1), "two", 3), 0);
	d = next(t, buf, sizeof(buf));
	assert_true(d.ifindex == there2 && d.source == IP(10, 0, 7, 1));
	assert_int_equal(sys_udp_send_link(h, two.a, HERE, "one", 3), 0);
	d = next(t, buf, sizeof(buf));
	assert_true(d.ifindex == two.b);
	sys_udp_leave(t, there2);
	sys_udp_leave(t, there2);
	/* another program stays in the group: not ours to hear */
	assert_int_equal(sys_udp_open(&other, PORT + 1), 0);
	assert_int_equal(sys_udp_join(other, there2), 0);
	assert_int_equal(sys_udp_send_link(h, here2, IP(10, 0, 7, 1), "no", 2), 0);
	assert_int_equal(sys_udp_send_to(h, IP(10, 0, 7, 2), IP(10, 0, 7, 1), "direct", 6), 0);
	d = next(t, buf, sizeof(buf));
	assert_true(d.dest == IP(10, 0, 7, 2) && d.len == 6);
	assert_int_equal(sys_udp_join(t, there2), 0);
	assert_int_equal(sys_udp_send_link(h, here2, IP(10, 0, 7, 1), "again", 5), 0);
	d = next(t, buf, sizeof(buf));
	assert_true(d.dest == SYS_ALL_ROUTERS && d.len == 5);
	sys_udp_close(other);
	sys_udp_close(h);
	sys_udp_close(t);
}

static void targeted_hello(void **state)
{
	struct sys_udp *h = open_in(two.here), *t = open_in(two.there), *second = NULL;
	struct sys_datagram d;
	char buf[4];

	(void)state;
	assert_int_equal(sys_udp_open(&second, PORT), -EADDRINUSE);
	go(two.here);
	assert_int_equal(sys_addr(1, IP(1, 1, 1, 1), 32, true), 0);
	assert_int_equal(sys_udp_send_to(h, THERE, IP(1, 1, 1, 1), "targeted", 8), 0);
	d = next(t, buf, sizeof(buf));
	assert_true(d.source == IP(1, 1, 1, 1) && d.dest == THERE && d.ifindex == two.b && d.ttl == 255);
	assert_true(d.cut && d.len == 4 && !memcmp(buf, "targ", 4));
	assert_int_equal(sys_udp_send_to(h, THERE, IP(9, 9, 9, 9), "x", 1), -ENETUNREACH);
	assert_int_equal(sys_udp_send_to(h, IP(203, 0, 113, 1), HERE, "x", 1), -ENETUNREACH);
	sys_udp_close(h);
	sys_udp_close(t);
}

/* More than igmp_max_memberships of a socket, and devices that go and come back. */
static void many_devices(void **state)
{
	struct sys_udp *t = open_in(two.here);
	uint32_t first = 0;
	char name[16];

	(void)state;
	for (int i = 0; i < 30; i++) {
		struct veth_end a = { name, 0 };
		char far[16];

		snprintf(name, sizeof(name), "m%d", i);
		snprintf(far, sizeof(far), "n%d", i);
		assert_int_equal(veth_new(a, (struct veth_end){ far, 0 }, -1), 0);
		assert_int_equal(sys_udp_join(t, index_of(name)), 0);
		first = first ? first : index_of(name);
	}
	assert_int_equal(sys_vlan_del(first), 0);
	sys_udp_leave(t, first);
	assert_int_equal(sys_udp_join(t, first), -ENODEV);
	assert_int_equal(veth_new((struct veth_end){ "back", first }, (struct veth_end){ "far", 0 }, -1), 0);
	assert_int_equal(sys_udp_join(t, first), 0);
	sys_udp_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWO(link_hello), TWO(only_where_joined), TWO(targeted_hello), TWO(many_devices),
	};

	need_root();
	return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
