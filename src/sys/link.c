/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * link.c: asks and changes devices, addresses, neighbours and routes. Owns nothing: each call is one
 * conversation with the kernel.
 */
#include "sys/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "sys/nl.h"
#include "sys/rt.h"

#define REQUEST(name) _Alignas(struct nlmsghdr) char name[NL_REQUEST]

/* ---- devices ----------------------------------------------------------------------------- */

static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	rt_link(nlh, arg);
	return 0;
}

static int get_link(uint32_t ifindex, const char *name, struct sys_link *out)
{
	struct sys_link l = { .ifindex = 0 };
	struct ifinfomsg *ifi;
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_GETLINK, 0, sizeof(*ifi), &extra);
	int rc;

	ifi = extra;
	ifi->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	rc = nl_talk(NETLINK_ROUTE, nlh, take_link, &l);
	if (!rc && !l.ifindex)
		rc = -ENODEV;
	if (!rc)
		*out = l;
	return rc;
}

int sys_link_get(uint32_t ifindex, struct sys_link *out)
{
	return ifindex ? get_link(ifindex, NULL, out) : -ENODEV;
}

int sys_link_by_name(const char *name, struct sys_link *out)
{
	if (!name[0] || strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	return get_link(0, name, out);
}

static int set_flag(uint32_t ifindex, unsigned int flag, bool on)
{
	struct ifinfomsg *ifi;
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWLINK, 0, sizeof(*ifi), &extra);

	ifi = extra;
	ifi->ifi_index = (int)ifindex;
	ifi->ifi_change = flag;
	ifi->ifi_flags = on ? flag : 0;
	return ifindex ? nl_talk(NETLINK_ROUTE, nlh, NULL, NULL) : -ENODEV;
}

int sys_link_up(uint32_t ifindex, bool up)
{
	return set_flag(ifindex, IFF_UP, up);
}

int sys_link_promisc(uint32_t ifindex, bool on)
{
	return set_flag(ifindex, IFF_PROMISC, on);
}

int sys_link_arp(uint32_t ifindex, bool on)
{
	return set_flag(ifindex, IFF_NOARP, !on);
}

int sys_link_mtu(uint32_t ifindex, uint32_t mtu)
{
	struct ifinfomsg *ifi;
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWLINK, 0, sizeof(*ifi), &extra);

	ifi = extra;
	ifi->ifi_index = (int)ifindex;
	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return ifindex ? nl_talk(NETLINK_ROUTE, nlh, NULL, NULL) : -ENODEV;
}

int sys_vlan_add(uint32_t parent, uint16_t vid, const char *name, uint32_t *ifindex)
{
	struct nlattr *info, *data;
	struct sys_link l;
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg), &extra);
	int rc;

	if (!name[0] || strlen(name) >= IFNAMSIZ)
		return -ENAMETOOLONG;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_LINK, parent);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "vlan");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u16(nlh, IFLA_VLAN_ID, vid);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	rc = nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
	if (!rc)
		rc = sys_link_by_name(name, &l);
	if (!rc)
		*ifindex = l.ifindex;
	return rc;
}

int sys_vlan_del(uint32_t ifindex)
{
	struct ifinfomsg *ifi;
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_DELLINK, 0, sizeof(*ifi), &extra);

	ifi = extra;
	ifi->ifi_index = (int)ifindex;
	return ifindex ? nl_talk(NETLINK_ROUTE, nlh, NULL, NULL) : -ENODEV;
}

/* ---- IPv6 on a device -------------------------------------------------------------------- */

/* A name may hold dots, which are fine in a path; '/' it cannot hold. */
static int open_disable_ipv6(const char *name, int flags)
{
	char path[96];
	int fd;

	if (!name[0] || strlen(name) >= IFNAMSIZ || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return -ENODEV;
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int sys_link_ipv6(const char *name, bool on)
{
	auto_fd fd = open_disable_ipv6(name, O_WRONLY);

	if (fd < 0)
		return fd == -ENOENT && !on ? 0 : fd;
	return write(fd, on ? "0\n" : "1\n", 2) == 2 ? 0 : -errno;
}

int sys_link_ipv6_get(const char *name, bool *on)
{
	auto_fd fd = open_disable_ipv6(name, O_RDONLY);
	char c;

	if (fd < 0 && fd != -ENOENT)
		return fd;
	if (fd >= 0 && read(fd, &c, 1) != 1)
		return -EIO;
	*on = fd >= 0 && c == '0';
	return 0;
}

/* ---- addresses --------------------------------------------------------------------------- */

int sys_addr(uint32_t ifindex, uint32_t ip, uint8_t len, bool add)
{
	struct ifaddrmsg *m;
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0,
					sizeof(*m), &extra);

	m = extra;
	m->ifa_family = AF_INET;
	m->ifa_prefixlen = len;
	m->ifa_index = ifindex;
	mnl_attr_put_u32(nlh, IFA_LOCAL, htonl(ip));
	mnl_attr_put_u32(nlh, IFA_ADDRESS, htonl(ip));
	if (add)
		mnl_attr_put_u8(nlh, IFA_PROTO, SYS_ROUTE_PROTO);
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

struct ours {
	void (*addr)(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len);
	void (*neigh)(void *arg, uint32_t ifindex, uint32_t ip);
	void (*route)(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric);
	void *arg;
};

static int one_of_ours(const struct nlmsghdr *nlh, void *arg)
{
	const struct ours *o = arg;
	struct rt_addr a;
	struct rt_neigh n;
	struct rt_route r;

	if (o->addr && rt_addr(nlh, &a) && a.proto == SYS_ROUTE_PROTO)
		o->addr(o->arg, a.ifindex, a.ip, a.len);
	if (o->neigh && rt_neigh(nlh, &n) && n.managed && n.proto == SYS_ROUTE_PROTO)
		o->neigh(o->arg, n.ifindex, n.ip);
	if (o->route && rt_route(nlh, &r) && r.proto == SYS_ROUTE_PROTO && r.table == RT_TABLE_MAIN)
		for (uint32_t i = 0; i < r.n; i++)
			o->route(o->arg, r.dest, r.len, r.hop[i].nexthop, r.hop[i].ifindex, r.metric);
	return 0;
}

/* Each kind's request starts with the family octet and is zero behind it. */
static int walk_ours(uint16_t type, size_t head, struct ours *o)
{
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, type, NLM_F_DUMP, head, &extra);

	*(uint8_t *)extra = AF_INET;
	return nl_talk(NETLINK_ROUTE, nlh, one_of_ours, o);
}

int sys_addr_ours(void (*fn)(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len), void *arg)
{
	return walk_ours(RTM_GETADDR, sizeof(struct ifaddrmsg), &(struct ours){ .addr = fn, .arg = arg });
}

/* ---- neighbours -------------------------------------------------------------------------- */

static struct nlmsghdr *begin_neigh(void *buf, uint16_t type, uint16_t flags, uint32_t ifindex, uint32_t ip)
{
	struct ndmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, type, flags, sizeof(*m), &extra);

	m = extra;
	m->ndm_family = AF_INET;
	m->ndm_ifindex = (int)ifindex;
	mnl_attr_put_u32(nlh, NDA_DST, htonl(ip));
	return nlh;
}

static int take_neigh(const struct nlmsghdr *nlh, void *arg)
{
	rt_neigh(nlh, arg);
	return 0;
}

static int get_neigh(uint32_t ifindex, uint32_t ip, struct rt_neigh *out)
{
	REQUEST(buf);

	memset(out, 0, sizeof(*out));
	return nl_talk(NETLINK_ROUTE, begin_neigh(buf, RTM_GETNEIGH, 0, ifindex, ip), take_neigh, out);
}

int sys_neigh_managed(uint32_t ifindex, uint32_t ip, bool keep)
{
	struct rt_neigh have;
	struct nlmsghdr *nlh;
	REQUEST(buf);
	int rc = get_neigh(ifindex, ip, &have);

	if (rc && rc != -ENOENT)
		return rc;
	if (!keep) {
		if (rc || !have.managed || have.proto != SYS_ROUTE_PROTO)
			return 0;
		return nl_talk(NETLINK_ROUTE, begin_neigh(buf, RTM_DELNEIGH, 0, ifindex, ip), NULL, NULL);
	}
	if (!rc && have.state & NUD_PERMANENT)
		return 0;
	nlh = begin_neigh(buf, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, ifindex, ip);
	mnl_attr_put_u32(nlh, NDA_FLAGS_EXT, RT_NEIGH_MANAGED);
	mnl_attr_put_u8(nlh, NDA_PROTOCOL, SYS_ROUTE_PROTO);
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

int sys_neigh_again(uint32_t ifindex, uint32_t ip)
{
	struct rt_neigh have;
	int rc = get_neigh(ifindex, ip, &have);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	if (!have.managed || have.proto != SYS_ROUTE_PROTO || !(have.state & (NUD_INCOMPLETE | NUD_FAILED)))
		return 0;
	rc = sys_neigh_managed(ifindex, ip, false);	/* only a new entry is asked for at once */
	if (!rc)
		rc = sys_neigh_managed(ifindex, ip, true);
	return rc ? rc : 1;
}

int sys_neigh_ours(void (*fn)(void *arg, uint32_t ifindex, uint32_t ip), void *arg)
{
	return walk_ours(RTM_GETNEIGH, sizeof(struct ndmsg), &(struct ours){ .neigh = fn, .arg = arg });
}

/* ---- routes ------------------------------------------------------------------------------ */

struct route_search {
	uint32_t dest, nexthop, ifindex, metric;
	uint8_t len;
	bool found;
};

static void compare_route(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric)
{
	struct route_search *s = arg;

	s->found |= s->dest == dest && s->len == len && s->nexthop == nexthop && s->ifindex == ifindex &&
		    s->metric == metric;
}

int sys_route(uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric, bool add)
{
	struct route_search s = { dest, nexthop, ifindex, metric, len, false };
	struct rtmsg *m;
	REQUEST(buf);
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE | NLM_F_EXCL : 0,
					sizeof(*m), &extra);
	int rc;

	if (len > 32)
		return -EINVAL;
	m = extra;
	m->rtm_family = AF_INET;
	m->rtm_dst_len = len;
	m->rtm_table = RT_TABLE_MAIN;
	m->rtm_protocol = SYS_ROUTE_PROTO;
	m->rtm_scope = nexthop ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	m->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(nlh, RTA_DST, htonl(dest));
	if (nexthop)
		mnl_attr_put_u32(nlh, RTA_GATEWAY, htonl(nexthop));
	if (ifindex)
		mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
	if (metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, metric);
	rc = nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
	if (rc == -EEXIST && !sys_route_ours(compare_route, &s) && s.found)
		rc = 0;
	return rc;
}

int sys_route_ours(void (*fn)(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex,
			      uint32_t metric), void *arg)
{
	return walk_ours(RTM_GETROUTE, sizeof(struct rtmsg), &(struct ours){ .route = fn, .arg = arg });
}

/* ---- the namespace ----------------------------------------------------------------------- */

uint64_t sys_netns_inode(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : (uint64_t)st.st_ino;
}
