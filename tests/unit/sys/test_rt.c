/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The netlink parsers on messages cut and damaged at every place: none may read beyond the message
 * (run under ASan), and what is cut within its head is refused.
 */
#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "sys/nl.h"
#include "sys/rt.h"

static _Alignas(struct nlmsghdr) char buf[NL_REQUEST];

static struct nlmsghdr *link_message(void)
{
	struct rtnl_link_stats64 stats = { .rx_packets = 11, .tx_bytes = 22, .tx_errors = 33 };
	const uint8_t mac[6] = { 1, 2, 3, 4, 5, 6 };
	struct ifinfomsg *ifi;
	struct nlattr *info;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWLINK, 0, sizeof(*ifi), &extra);

	ifi = extra;
	*ifi = (struct ifinfomsg){ .ifi_index = 7, .ifi_flags = 1 };
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "eth7");
	mnl_attr_put_u32(nlh, IFLA_MTU, 9216);
	mnl_attr_put_u8(nlh, IFLA_CARRIER, 1);
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, mac);
	mnl_attr_put(nlh, IFLA_STATS64, sizeof(stats), &stats);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "a_kind_that_is_far_too_long");
	mnl_attr_put_str(nlh, IFLA_INFO_SLAVE_KIND, "bond");	/* no NUL */
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

static struct nlmsghdr *route_message(void)
{
	struct rtmsg *m;
	struct nlattr *multi;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWROUTE, 0, sizeof(*m), &extra);

	m = extra;
	*m = (struct rtmsg){ .rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN,
			     .rtm_type = RTN_UNICAST };
	mnl_attr_put_u32(nlh, RTA_DST, htonl(0x03030303));
	multi = mnl_attr_nest_start(nlh, RTA_MULTIPATH);
	for (int i = 0; i < 3; i++) {
		struct rtnexthop nh = { .rtnh_ifindex = i + 1, .rtnh_len = sizeof(nh) + 8 };

		memcpy(mnl_nlmsg_get_payload_tail(nlh), &nh, sizeof(nh));
		nlh->nlmsg_len += sizeof(nh);
		mnl_attr_put_u32(nlh, RTA_GATEWAY, htonl(0x0a000001u + (uint32_t)i));
	}
	mnl_attr_nest_end(nlh, multi);
	return nlh;
}

static struct nlmsghdr *neigh_message(void)
{
	const uint8_t mac[6] = { 1, 2, 3, 4, 5, 6 };
	struct ndmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWNEIGH, 0, sizeof(*m), &extra);

	m = extra;
	*m = (struct ndmsg){ .ndm_family = AF_INET, .ndm_ifindex = 9, .ndm_state = NUD_REACHABLE };
	mnl_attr_put_u32(nlh, NDA_DST, htonl(0x0a000001));
	mnl_attr_put(nlh, NDA_LLADDR, 6, mac);
	mnl_attr_put_u32(nlh, NDA_FLAGS_EXT, RT_NEIGH_MANAGED);
	return nlh;
}

static struct nlmsghdr *addr_message(void)
{
	struct ifaddrmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWADDR, 0, sizeof(*m), &extra);

	m = extra;
	*m = (struct ifaddrmsg){ .ifa_family = AF_INET, .ifa_index = 9, .ifa_prefixlen = 30 };
	mnl_attr_put_u32(nlh, IFA_LOCAL, htonl(0x0a000001));
	mnl_attr_put_u8(nlh, IFA_PROTO, SYS_ROUTE_PROTO);
	return nlh;
}

static int parse_any(const struct nlmsghdr *nlh)
{
	struct sys_link l;
	struct rt_addr a;
	struct rt_neigh n;
	struct rt_route r;

	return rt_link(nlh, &l) + rt_addr(nlh, &a) + rt_neigh(nlh, &n) + rt_route(nlh, &r);
}

static void whole_messages(void **state)
{
	struct sys_link l;
	struct rt_addr a;
	struct rt_neigh n;
	struct rt_route r;

	(void)state;
	assert_true(rt_link(link_message(), &l));
	assert_true(l.ifindex == 7 && l.iflink == 7 && l.mtu == 9216 && l.admin_up && l.carrier && !l.promisc);
	assert_string_equal(l.kind, "a_kind_that_is_");
	assert_string_equal(l.master_kind, "bond");
	assert_true(l.count.rx_frames == 11 && l.count.tx_octets == 22 && l.count.tx_errors == 33 && l.mac[5] == 6);
	assert_true(rt_route(route_message(), &r));
	assert_true(r.dest == 0x03030303 && r.n == 3 && r.hop[2].ifindex == 3 && r.hop[2].nexthop == 0x0a000003);
	assert_true(rt_neigh(neigh_message(), &n));
	assert_true(n.ip == 0x0a000001 && n.has_mac && n.managed && n.mac[0] == 1);
	assert_true(rt_addr(addr_message(), &a));
	assert_true(a.ip == 0x0a000001 && a.len == 30 && a.proto == SYS_ROUTE_PROTO);
}

static void families_of_others(void **state)
{
	struct nlmsghdr *nlh = link_message();
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	(void)state;
	ifi->ifi_family = AF_BRIDGE;		/* a port leaving its bridge is no device leaving */
	nlh->nlmsg_type = RTM_DELLINK;
	assert_int_equal(parse_any(nlh), 0);
	nlh = neigh_message();
	((struct ndmsg *)mnl_nlmsg_get_payload(nlh))->ndm_flags = NTF_PROXY;
	assert_int_equal(parse_any(nlh), 0);
	nlh = route_message();
	((struct rtmsg *)mnl_nlmsg_get_payload(nlh))->rtm_family = AF_INET6;
	assert_int_equal(parse_any(nlh), 0);
}

/* In memory of exactly its length, so that ASan sees every octet too many. */
static int parse_copy(const struct nlmsghdr *nlh, uint32_t len)
{
	struct nlmsghdr *copy = malloc(len);
	int found;

	memcpy(copy, nlh, len);
	copy->nlmsg_len = len;
	found = parse_any(copy);
	free(copy);
	return found;
}

static struct nlmsghdr *(*const makers[])(void) = { link_message, route_message, neigh_message, addr_message };

static void cut_anywhere(void **state)
{
	(void)state;
	for (int m = 0; m < 4; m++) {
		const struct nlmsghdr *nlh = makers[m]();

		assert_int_equal(parse_copy(nlh, nlh->nlmsg_len), 1);
		for (uint32_t len = sizeof(*nlh); len < nlh->nlmsg_len; len++)
			parse_copy(nlh, len);
		assert_int_equal(parse_copy(nlh, sizeof(*nlh)), 0);
		assert_int_equal(parse_copy(nlh, sizeof(*nlh) + 4), 0);
	}
}

static void damaged_anywhere(void **state)
{
	(void)state;
	srandom(1);
	for (int m = 0; m < 4; m++) {
		for (int i = 0; i < 20000; i++) {
			struct nlmsghdr *nlh = makers[m]();
			uint32_t len = nlh->nlmsg_len;

			for (int k = 0; k < 3; k++)
				buf[sizeof(*nlh) + (size_t)random() % (len - sizeof(*nlh))] = (char)random();
			parse_copy(nlh, len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_messages),
		cmocka_unit_test(families_of_others),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(damaged_anywhere),
	};

	return cmocka_run_group_tests_name("rt", tests, NULL, NULL);
}
