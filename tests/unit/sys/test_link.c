/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices, addresses, neighbours and routes against the real kernel; the monitor and its healing.
 */
#include "netns.h"

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

#include "sys/ethtool.h"
#include "sys/rt.h"

/* ---- devices ----------------------------------------------------------------------------- */

static void link_reads_and_changes(void **state)
{
	struct sys_link l;
	uint32_t a, b;

	(void)state;
	pair_up(&a, &b);
	assert_int_equal(sys_link_get(a, &l), 0);
	assert_string_equal(l.name, "a");
	assert_string_equal(l.kind, "veth");
	assert_string_equal(l.master_kind, "");
	assert_int_equal(l.iflink, b);
	assert_true(l.admin_up && l.carrier && !l.promisc && !l.noarp);
	assert_int_equal(l.mtu, 1500);
	assert_int_not_equal(l.mac[0] | l.mac[5], 0);

	assert_int_equal(sys_link_mtu(a, 9216), 0);
	assert_int_equal(sys_link_promisc(a, true), 0);
	assert_int_equal(sys_link_arp(a, false), 0);
	assert_int_equal(sys_link_get(a, &l), 0);
	assert_true(l.mtu == 9216 && l.promisc && l.noarp);
	assert_int_equal(sys_link_promisc(a, false), 0);
	assert_int_equal(sys_link_arp(a, true), 0);
	assert_int_equal(sys_link_up(b, false), 0);
	assert_int_equal(sys_link_get(a, &l), 0);
	assert_true(l.admin_up && !l.carrier && !l.promisc && !l.noarp);

	assert_int_equal(sys_link_mtu(a, 3), -EINVAL);
	assert_int_equal(sys_link_get(4000000, &l), -ENODEV);
	assert_int_equal(sys_link_get(0, &l), -ENODEV);
	assert_int_equal(sys_link_up(0, true), -ENODEV);
	assert_int_equal(sys_link_by_name("nobody", &l), -ENODEV);
	assert_int_equal(sys_link_by_name("a_name_that_is_too_long", &l), -ENODEV);
	assert_int_equal(sys_link_by_name("", &l), -ENODEV);
	assert_int_equal(sys_vlan_del(a), 0);
	assert_int_equal(sys_link_by_name("b", &l), -ENODEV);
}

static void link_far_index(void **state)
{
	struct sys_link l;

	(void)state;
	assert_int_equal(veth_new((struct veth_end){ "far", 2000000 }, (struct veth_end){ "b", 0 }, -1), 0);
	assert_int_equal(sys_link_by_name("far", &l), 0);
	assert_int_equal(l.ifindex, 2000000);
}

static void ipv6_switch(void **state)
{
	uint32_t a, b;
	bool on = false;

	(void)state;
	pair_up(&a, &b);
	assert_int_equal(sys_link_ipv6("a", true), 0);
	assert_int_equal(sys_link_ipv6_get("a", &on), 0);
	assert_true(on);
	assert_int_equal(sys_link_ipv6("a", false), 0);
	assert_int_equal(sys_link_ipv6_get("a", &on), 0);
	assert_false(on);
	assert_int_equal(sys_link_ipv6("..", false), -ENODEV);
	assert_int_equal(sys_link_ipv6("a/../b", false), -ENODEV);
	assert_int_equal(sys_link_ipv6("nobody", true), -ENOENT);
}

static void vlan_device(void **state)
{
	uint32_t a, b, v = 0;
	struct sys_link l;
	int rc;

	(void)state;
	pair_up(&a, &b);
	rc = sys_vlan_add(a, 100, "a.100", &v);
	assert_int_equal(sys_vlan_add(a, 100, "much_too_long_name", &v), -ENAMETOOLONG);
	if (rc == -EOPNOTSUPP) {
		print_message("kernel without 8021q\n");
		skip();
	}
	assert_int_equal(rc, 0);
	assert_int_equal(sys_link_get(v, &l), 0);
	assert_string_equal(l.kind, "vlan");
	assert_int_equal(l.iflink, a);
	assert_int_equal(sys_vlan_del(v), 0);
}

static void ethtool_reads_and_changes(void **state)
{
	struct sys_xdp_features x;
	bool on, can, up;
	char driver[32];
	uint32_t a, b;

	(void)state;
	pair_up(&a, &b);
	assert_int_equal(sys_ethtool_driver("a", driver), 0);
	assert_string_equal(driver, "veth");
	assert_int_equal(sys_ethtool_driver("nobody", driver), -ENODEV);
	assert_int_equal(sys_ethtool_carrier("a", &up), 0);
	assert_true(up);
	sys_link_up(b, false);
	assert_int_equal(sys_ethtool_carrier("a", &up), 0);
	assert_false(up);

	assert_int_equal(sys_offload_get("a", OFF_GRO, &on, &can), 0);
	assert_true(can);
	assert_int_equal(sys_offload_set("a", OFF_GRO, !on), 0);
	assert_int_equal(sys_offload_set("a", OFF_GRO, !on), 0);
	assert_int_equal(sys_offload_get("a", OFF_GRO, &up, &can), 0);
	assert_int_equal(up, !on);
	assert_int_equal(sys_offload_get("a", OFF_LRO, &on, &can), 0);
	assert_true(!on && !can);
	assert_int_equal(sys_offload_set("a", OFF_LRO, false), 0);
	assert_int_equal(sys_offload_set("a", OFF_LRO, true), -EOPNOTSUPP);
	assert_int_equal(sys_offload_get("a", OFF_RX_VLAN_STRIP, &on, &can), 0);
	assert_int_equal(sys_offload_get("nobody", OFF_GRO, &on, &can), -ENODEV);

	assert_int_equal(sys_xdp_features(a, &x), 0);
	if (x.known)
		assert_true(x.basic && x.redirect && x.rx_sg);
}

/* ---- addresses, neighbours, routes --------------------------------------------------------- */

struct seen {
	uint32_t n, ifindex, ip, nexthop, metric;
	uint8_t len;
};

static void see_addr(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len)
{
	struct seen *s = arg;

	*s = (struct seen){ .n = s->n + 1, .ifindex = ifindex, .ip = ip, .len = len };
}

static void see_neigh(void *arg, uint32_t ifindex, uint32_t ip)
{
	struct seen *s = arg;

	*s = (struct seen){ .n = s->n + 1, .ifindex = ifindex, .ip = ip };
}

static void see_route(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric)
{
	struct seen *s = arg;

	*s = (struct seen){ s->n + 1, ifindex, dest, nexthop, metric, len };
}

static void addresses(void **state)
{
	struct seen s = { 0 };
	uint32_t a, b;

	(void)state;
	pair_up(&a, &b);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 30, true), 0);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 30, true), -EEXIST);
	assert_int_equal(sys_addr_ours(see_addr, &s), 0);
	if (s.n) {				/* kernels before 5.18 keep no mark */
		assert_int_equal(s.n, 1);	/* and not the address of lo */
		assert_true(s.ifindex == a && s.ip == IP(10, 1, 1, 1) && s.len == 30);
	}
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 30, false), 0);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 30, false), -EADDRNOTAVAIL);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 33, true), -EINVAL);
	assert_int_equal(sys_addr(77777, IP(10, 1, 1, 1), 30, true), -ENODEV);
}

/* The operator's own permanent entry. */
static int permanent(uint32_t ifindex, uint32_t ip, uint16_t type)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	struct ndmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, type, type == RTM_NEWNEIGH ? NLM_F_CREATE | NLM_F_REPLACE : 0, sizeof(*m),
					&extra);

	m = extra;
	*m = (struct ndmsg){ .ndm_family = AF_INET, .ndm_ifindex = (int)ifindex, .ndm_state = NUD_PERMANENT };
	mnl_attr_put_u32(nlh, NDA_DST, htonl(ip));
	mnl_attr_put(nlh, NDA_LLADDR, 6, mac);
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

static void neighbours(void **state)
{
	struct seen s = { 0 };
	uint32_t a, b;

	(void)state;
	pair_up(&a, &b);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 24, true), 0);
	assert_int_equal(sys_neigh_managed(a, IP(10, 1, 1, 2), true), 0);
	assert_int_equal(sys_neigh_managed(a, IP(10, 1, 1, 2), true), 0);
	assert_int_equal(sys_neigh_ours(see_neigh, &s), 0);
	assert_true(s.n == 1 && s.ifindex == a && s.ip == IP(10, 1, 1, 2));
	assert_int_equal(sys_neigh_again(a, IP(10, 1, 1, 2)), 1);	/* nobody has answered */
	assert_int_equal(sys_neigh_again(a, IP(10, 1, 1, 9)), 0);	/* nobody has asked */
	assert_int_equal(sys_neigh_managed(a, IP(10, 1, 1, 2), false), 0);
	assert_int_equal(sys_neigh_managed(a, IP(10, 1, 1, 2), false), 0);
	s.n = 0;
	assert_int_equal(sys_neigh_ours(see_neigh, &s), 0);
	assert_int_equal(s.n, 0);

	/* what is not ours stays: neither taken over nor taken away */
	assert_int_equal(permanent(a, IP(10, 1, 1, 3), RTM_NEWNEIGH), 0);
	assert_int_equal(sys_neigh_managed(a, IP(10, 1, 1, 3), true), 0);
	assert_int_equal(sys_neigh_managed(a, IP(10, 1, 1, 3), false), 0);
	assert_int_equal(sys_neigh_ours(see_neigh, &s), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(permanent(a, IP(10, 1, 1, 3), RTM_DELNEIGH), 0);	/* -ENOENT if we had removed it */
}

/* A route of another protocol (4 = static) in the same place. */
static int foreign_route(uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t metric, uint16_t type, uint16_t flags)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	struct rtmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, type, flags, sizeof(*m), &extra);

	m = extra;
	*m = (struct rtmsg){ .rtm_family = AF_INET, .rtm_dst_len = len, .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST };
	mnl_attr_put_u32(nlh, RTA_DST, htonl(dest));
	mnl_attr_put_u32(nlh, RTA_GATEWAY, htonl(nexthop));
	mnl_attr_put_u32(nlh, RTA_PRIORITY, metric);
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

static void routes(void **state)
{
	uint32_t a, b;
	struct seen s = { 0 };

	(void)state;
	pair_up(&a, &b);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 24, true), 0);
	assert_int_equal(sys_route(IP(3, 3, 3, 3), 32, IP(10, 1, 1, 2), a, 60, true), 0);
	assert_int_equal(sys_route(IP(3, 3, 3, 3), 32, IP(10, 1, 1, 2), a, 60, true), 0);
	assert_int_equal(sys_route(IP(3, 3, 3, 3), 32, IP(10, 1, 1, 3), a, 60, true), -EEXIST);
	assert_int_equal(sys_route(IP(3, 3, 3, 3), 33, IP(10, 1, 1, 3), a, 60, true), -EINVAL);
	assert_int_equal(sys_route(IP(4, 4, 4, 4), 32, IP(99, 1, 1, 3), 0, 60, true), -ENETUNREACH);
	assert_int_equal(sys_route_ours(see_route, &s), 0);
	assert_true(s.n == 1 && s.ip == IP(3, 3, 3, 3) && s.len == 32 && s.nexthop == IP(10, 1, 1, 2) &&
		    s.ifindex == a && s.metric == 60);

	assert_int_equal(foreign_route(IP(5, 5, 5, 5), 32, IP(10, 1, 1, 4), 60, RTM_NEWROUTE, NLM_F_CREATE), 0);
	assert_int_equal(sys_route(IP(5, 5, 5, 5), 32, IP(10, 1, 1, 4), a, 60, true), -EEXIST);
	assert_int_equal(sys_route(IP(5, 5, 5, 5), 32, IP(10, 1, 1, 4), a, 60, false), -ESRCH);
	assert_int_equal(sys_route(IP(3, 3, 3, 3), 32, IP(10, 1, 1, 2), a, 60, false), 0);
	assert_int_equal(sys_route(IP(3, 3, 3, 3), 32, IP(10, 1, 1, 2), a, 60, false), -ESRCH);
	assert_int_equal(foreign_route(IP(5, 5, 5, 5), 32, IP(10, 1, 1, 4), 60, RTM_DELROUTE, 0), 0);
}

/* ---- the monitor ------------------------------------------------------------------------- */

/* What the monitor's user would hold: told and not taken back. */
#define HELD 512
struct picture {
	struct sys_link link[HELD];
	struct {
		uint32_t k[4];
		char kind;		/* 'a', 'n' */
	} other[HELD];
	int n_links, n_others, told;	/* told: without links, which are told at every notice */
};

static void pic_link(void *arg, const struct sys_link *l, bool gone)
{
	struct picture *p = arg;
	int i = 0;

	while (i < p->n_links && p->link[i].ifindex != l->ifindex)
		i++;
	if (gone) {
		assert_true(i < p->n_links);
		assert_string_equal(l->name, p->link[i].name);
		p->link[i] = p->link[--p->n_links];
		return;
	}
	p->n_links += i == p->n_links;
	assert_true(i < HELD);
	p->link[i] = *l;
}

static void pic_other(struct picture *p, char kind, const uint32_t k[4], bool gone)
{
	int i = 0;

	p->told++;
	while (i < p->n_others && (p->other[i].kind != kind || memcmp(p->other[i].k, k, sizeof(p->other[i].k))))
		i++;
	if (gone && i < p->n_others)
		p->other[i] = p->other[--p->n_others];
	if (gone || i < p->n_others)
		return;
	assert_true(i < HELD);
	p->other[i].kind = kind;
	memcpy(p->other[i].k, k, sizeof(p->other[i].k));
	p->n_others++;
}

static void pic_addr(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len, bool gone)
{
	pic_other(arg, 'a', (uint32_t[4]){ ifindex, ip, len }, gone);
}

static void pic_neigh(void *arg, uint32_t ifindex, uint32_t ip, const uint8_t *mac)
{
	pic_other(arg, 'n', (uint32_t[4]){ ifindex, ip }, !mac);
}

static const struct sys_monitor_fn pic_fn = { pic_link, pic_addr, pic_neigh };

static const struct sys_link *pic_find(const struct picture *p, uint32_t ifindex)
{
	for (int i = 0; i < p->n_links; i++)
		if (p->link[i].ifindex == ifindex)
			return &p->link[i];
	return NULL;
}

static bool pic_has(const struct picture *p, char kind, uint32_t k0, uint32_t k1, uint32_t k2, uint32_t k3)
{
	const uint32_t k[4] = { k0, k1, k2, k3 };

	for (int i = 0; i < p->n_others; i++)
		if (p->other[i].kind == kind && !memcmp(p->other[i].k, k, sizeof(k)))
			return true;
	return false;
}

static void read_more(struct sys_monitor *m)
{
	struct pollfd p = { .fd = sys_monitor_fd(m), .events = POLLIN };

	poll(&p, 1, 20);
	assert_int_equal(sys_monitor_read(m), 0);
}

static struct sys_monitor *monitor(struct picture *p)
{
	struct sys_monitor *m = sys_monitor_new(&pic_fn, p);

	assert_non_null(m);
	assert_int_equal(sys_monitor_dump(m), 0);
	return m;
}

static void monitor_tells_links(void **state)
{
	static struct picture p;
	struct sys_monitor *m;
	uint32_t a, b;

	(void)state;
	p = (struct picture){ 0 };
	m = monitor(&p);
	assert_non_null(pic_find(&p, 1));
	pair_up(&a, &b);
	assert_true(wait_for(pic_find(&p, a) && pic_find(&p, a)->carrier, read_more(m)));
	assert_int_equal(sys_link_mtu(a, 4000), 0);
	assert_true(wait_for(pic_find(&p, a)->mtu == 4000, read_more(m)));
	assert_int_equal(sys_link_up(b, false), 0);
	assert_true(wait_for(!pic_find(&p, a)->carrier, read_more(m)));
	assert_int_equal(sys_vlan_del(b), 0);
	assert_true(wait_for(!pic_find(&p, a) && !pic_find(&p, b), read_more(m)));
	assert_int_equal(p.n_links, 1);
	sys_monitor_free(m);
}

static void monitor_tells_the_rest(void **state)
{
	static struct picture p;
	struct sys_monitor *m;
	uint32_t a, b;
	int before;

	(void)state;
	p = (struct picture){ 0 };
	pair_up(&a, &b);
	m = monitor(&p);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 24, true), 0);
	assert_int_equal(permanent(a, IP(10, 1, 1, 9), RTM_NEWNEIGH), 0);
	assert_true(wait_for(pic_has(&p, 'a', a, IP(10, 1, 1, 1), 24, 0), read_more(m)));
	assert_true(wait_for(pic_has(&p, 'n', a, IP(10, 1, 1, 9), 0, 0), read_more(m)));

	before = p.told;		/* what is known is not told again, a dump tells it all */
	assert_int_equal(permanent(a, IP(10, 1, 1, 9), RTM_NEWNEIGH), 0);
	read_more(m);
	assert_int_equal(p.told, before);
	assert_int_equal(sys_monitor_dump(m), 0);
	assert_true(p.told >= before + 2);

	/* a managed neighbour that nobody answers for is told as unresolved, not as resolved */
	assert_int_equal(sys_neigh_managed(a, IP(10, 1, 1, 5), true), 0);
	read_more(m);
	assert_false(pic_has(&p, 'n', a, IP(10, 1, 1, 5), 0, 0));

	assert_int_equal(sys_link_up(a, false), 0);		/* takes neighbours along, not addresses */
	assert_true(wait_for(!pic_has(&p, 'n', a, IP(10, 1, 1, 9), 0, 0), read_more(m)));
	assert_true(pic_has(&p, 'a', a, IP(10, 1, 1, 1), 24, 0));

	assert_int_equal(sys_vlan_del(a), 0);
	assert_true(wait_for(!pic_find(&p, a), read_more(m)));
	for (int i = 0; i < p.n_others; i++)
		assert_int_not_equal(p.other[i].k[0], a);
	sys_monitor_free(m);
}

static void monitor_heals(void **state)
{
	static struct picture p;
	struct sys_monitor *m;
	uint32_t a, b, c;
	int small = 1;

	(void)state;
	p = (struct picture){ 0 };
	pair_up(&a, &b);
	assert_int_equal(veth_new((struct veth_end){ "c", 0 }, (struct veth_end){ "d", 0 }, -1), 0);
	c = index_of("c");
	assert_int_equal(sys_addr(a, IP(10, 9, 9, 9), 24, true), 0);
	m = monitor(&p);
	assert_true(pic_find(&p, c) && pic_has(&p, 'a', a, IP(10, 9, 9, 9), 24, 0));
	assert_int_equal(setsockopt(sys_monitor_fd(m), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);

	/* fill the buffer; what then comes and goes is not noticed */
	for (uint32_t i = 1; i < 200; i++)
		assert_int_equal(sys_addr(a, IP(10, 1, i, 1), 24, true), 0);
	assert_int_equal(sys_vlan_del(c), 0);
	assert_int_equal(sys_addr(a, IP(10, 9, 9, 9), 24, false), 0);
	assert_int_equal(sys_link_mtu(a, 3333), 0);
	assert_int_equal(sys_monitor_healed(m), 0);
	assert_true(wait_for(sys_monitor_healed(m) > 0, read_more(m)));
	assert_true(wait_for(pic_find(&p, a)->mtu == 3333, read_more(m)));
	assert_null(pic_find(&p, c));
	assert_false(pic_has(&p, 'a', a, IP(10, 9, 9, 9), 24, 0));
	for (uint32_t i = 1; i < 200; i++)
		assert_true(pic_has(&p, 'a', a, IP(10, 1, i, 1), 24, 0));
	sys_monitor_free(m);
}

static void monitor_of_one_kind(void **state)
{
	static const struct sys_monitor_fn fn = { .addr = pic_addr };
	static struct picture p;
	struct sys_monitor *m;
	uint32_t a, b;

	(void)state;
	p = (struct picture){ 0 };
	pair_up(&a, &b);
	m = sys_monitor_new(&fn, &p);
	assert_non_null(m);
	assert_int_equal(sys_monitor_dump(m), 0);
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 24, true), 0);
	assert_true(wait_for(pic_has(&p, 'a', a, IP(10, 1, 1, 1), 24, 0), read_more(m)));
	assert_int_equal(sys_addr(a, IP(10, 1, 1, 1), 24, false), 0);
	assert_true(wait_for(!pic_has(&p, 'a', a, IP(10, 1, 1, 1), 24, 0), read_more(m)));
	assert_int_equal(permanent(a, IP(10, 1, 1, 9), RTM_NEWNEIGH), 0);
	assert_int_equal(sys_addr(a, IP(10, 1, 2, 1), 24, true), 0);
	assert_true(wait_for(pic_has(&p, 'a', a, IP(10, 1, 2, 1), 24, 0), read_more(m)));
	assert_int_equal(sys_vlan_del(a), 0);
	assert_true(wait_for(!pic_has(&p, 'a', a, IP(10, 1, 2, 1), 24, 0), read_more(m)));
	assert_int_equal(p.n_links, 0);
	for (int i = 0; i < p.n_others; i++)
		assert_int_equal(p.other[i].kind, 'a');
	sys_monitor_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(link_reads_and_changes),
		CASE(link_far_index),
		CASE(ipv6_switch),
		CASE(vlan_device),
		CASE(ethtool_reads_and_changes),
		CASE(addresses),
		CASE(neighbours),
		CASE(routes),
		CASE(monitor_tells_links),
		CASE(monitor_tells_the_rest),
		CASE(monitor_heals),
		CASE(monitor_of_one_kind),
	};

	need_root();
	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
