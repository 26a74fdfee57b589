/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rt.c: rtnetlink messages as records: pure functions, every length checked before it is used.
 */
#include "sys/rt.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stddef.h>
#include <string.h>

#include "sys/nl.h"

#define LOWER_UP 0x10000u		/* IFF_LOWER_UP: <net/if.h> lacks it, <linux/if.h> clashes with it */

static uint32_t u32(const struct nlattr *a, uint32_t otherwise)
{
	return nl_holds(a, 4) ? mnl_attr_get_u32(a) : otherwise;
}

static uint8_t u8(const struct nlattr *a)
{
	return nl_holds(a, 1) ? mnl_attr_get_u8(a) : 0;
}

static uint32_t ip(const struct nlattr *a)
{
	return nl_holds(a, 4) ? ntohl(mnl_attr_get_u32(a)) : 0;
}

static void text(const struct nlattr *a, char *out, size_t size)
{
	size_t n = a ? mnl_attr_get_payload_len(a) : 0;

	n = strnlen(a ? mnl_attr_get_payload(a) : "", n);
	n = n < size ? n : size - 1;
	if (n)
		memcpy(out, mnl_attr_get_payload(a), n);
	out[n] = 0;
}

static void link_kinds(const struct nlattr *info, struct sys_link *l)
{
	const struct nlattr *tb[IFLA_INFO_MAX + 1] = { NULL };

	if (!nl_parse_nested(info, tb, IFLA_INFO_MAX))
		return;
	text(tb[IFLA_INFO_KIND], l->kind, sizeof(l->kind));
	text(tb[IFLA_INFO_SLAVE_KIND], l->master_kind, sizeof(l->master_kind));
}

static void link_stats(const struct nlattr *a, struct sys_link *l)
{
	struct rtnl_link_stats64 s;

	if (!nl_holds(a, offsetof(struct rtnl_link_stats64, multicast)))
		return;
	memcpy(&s, mnl_attr_get_payload(a), offsetof(struct rtnl_link_stats64, multicast));
	l->count.rx_frames = s.rx_packets;
	l->count.rx_octets = s.rx_bytes;
	l->count.tx_frames = s.tx_packets;
	l->count.tx_octets = s.tx_bytes;
	l->count.rx_dropped = s.rx_dropped;
	l->count.tx_dropped = s.tx_dropped;
	l->count.rx_errors = s.rx_errors;
	l->count.tx_errors = s.tx_errors;
}

bool rt_link(const struct nlmsghdr *nlh, struct sys_link *out)
{
	const struct nlattr *tb[IFLA_MAX + 1] = { NULL };
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return false;
	/* a bridge tells of its ports, and wireless of its events, by messages of the same type */
	if (!nl_parse(nlh, sizeof(*ifi), tb, IFLA_MAX) || ifi->ifi_family != AF_UNSPEC || !tb[IFLA_IFNAME])
		return false;
	memset(out, 0, sizeof(*out));
	out->ifindex = (uint32_t)ifi->ifi_index;
	out->iflink = u32(tb[IFLA_LINK], out->ifindex);
	text(tb[IFLA_IFNAME], out->name, sizeof(out->name));
	link_kinds(tb[IFLA_LINKINFO], out);
	out->admin_up = ifi->ifi_flags & IFF_UP;
	out->carrier = out->admin_up && (tb[IFLA_CARRIER] ? u8(tb[IFLA_CARRIER]) : !!(ifi->ifi_flags & LOWER_UP));
	out->promisc = ifi->ifi_flags & IFF_PROMISC;
	out->noarp = ifi->ifi_flags & IFF_NOARP;
	out->mtu = u32(tb[IFLA_MTU], 0);
	if (nl_holds(tb[IFLA_ADDRESS], 6))
		memcpy(out->mac, mnl_attr_get_payload(tb[IFLA_ADDRESS]), 6);
	link_stats(tb[IFLA_STATS64], out);
	return true;
}

bool rt_addr(const struct nlmsghdr *nlh, struct rt_addr *out)
{
	const struct nlattr *tb[IFA_MAX + 1] = { NULL };
	const struct ifaddrmsg *m = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR)
		return false;
	if (!nl_parse(nlh, sizeof(*m), tb, IFA_MAX) || m->ifa_family != AF_INET || !nl_holds(tb[IFA_LOCAL], 4))
		return false;
	*out = (struct rt_addr){ m->ifa_index, ip(tb[IFA_LOCAL]), m->ifa_prefixlen, u8(tb[IFA_PROTO]) };
	return true;
}

bool rt_neigh(const struct nlmsghdr *nlh, struct rt_neigh *out)
{
	const struct nlattr *tb[NDA_MAX + 1] = { NULL };
	const struct ndmsg *m = mnl_nlmsg_get_payload(nlh);
	const uint16_t valid = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY;

	if (nlh->nlmsg_type != RTM_NEWNEIGH && nlh->nlmsg_type != RTM_DELNEIGH)
		return false;
	if (!nl_parse(nlh, sizeof(*m), tb, NDA_MAX) || m->ndm_family != AF_INET || m->ndm_flags & NTF_PROXY ||
	    !nl_holds(tb[NDA_DST], 4))
		return false;
	memset(out, 0, sizeof(*out));
	out->ifindex = (uint32_t)m->ndm_ifindex;
	out->ip = ip(tb[NDA_DST]);
	out->state = m->ndm_state;
	out->proto = u8(tb[NDA_PROTOCOL]);
	out->managed = u32(tb[NDA_FLAGS_EXT], 0) & RT_NEIGH_MANAGED;
	out->has_mac = nlh->nlmsg_type == RTM_NEWNEIGH && m->ndm_state & valid && nl_holds(tb[NDA_LLADDR], 6);
	if (out->has_mac)
		memcpy(out->mac, mnl_attr_get_payload(tb[NDA_LLADDR]), 6);
	return true;
}

static void add_hop(struct rt_route *r, uint32_t ifindex, uint32_t nexthop)
{
	if (ifindex && r->n < RT_HOPS)
		r->hop[r->n++] = (struct rt_hop){ ifindex, nexthop };
}

static void route_hops(const struct nlattr *multipath, struct rt_route *r)
{
	const uint8_t *p = mnl_attr_get_payload(multipath);
	size_t left = mnl_attr_get_payload_len(multipath);

	while (left >= sizeof(struct rtnexthop)) {
		const struct nlattr *tb[RTA_MAX + 1] = { NULL };
		struct rtnexthop nh;
		size_t step;

		memcpy(&nh, p, sizeof(nh));
		if (nh.rtnh_len < sizeof(nh) || nh.rtnh_len > left)
			return;
		if (!nl_parse_bytes(p + sizeof(nh), nh.rtnh_len - sizeof(nh), tb, RTA_MAX))
			return;
		add_hop(r, (uint32_t)nh.rtnh_ifindex, ip(tb[RTA_GATEWAY]));
		step = RTNH_ALIGN((size_t)nh.rtnh_len);
		if (step >= left)
			return;
		p += step;
		left -= step;
	}
}

bool rt_route(const struct nlmsghdr *nlh, struct rt_route *out)
{
	const struct nlattr *tb[RTA_MAX + 1] = { NULL };
	const struct rtmsg *m = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != RTM_NEWROUTE && nlh->nlmsg_type != RTM_DELROUTE)
		return false;
	if (!nl_parse(nlh, sizeof(*m), tb, RTA_MAX) || m->rtm_family != AF_INET || m->rtm_flags & RTM_F_CLONED)
		return false;
	out->dest = ip(tb[RTA_DST]);
	out->metric = u32(tb[RTA_PRIORITY], 0);
	out->table = u32(tb[RTA_TABLE], m->rtm_table);
	out->len = m->rtm_dst_len;
	out->tos = m->rtm_tos;
	out->proto = m->rtm_protocol;
	out->type = m->rtm_type;
	out->n = 0;
	if (tb[RTA_MULTIPATH])
		route_hops(tb[RTA_MULTIPATH], out);
	else
		add_hop(out, u32(tb[RTA_OIF], 0), ip(tb[RTA_GATEWAY]));
	return true;
}
