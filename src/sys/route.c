/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * route.c: owns one multicast socket and a small record of each route told: its name and a sum of the rest, so that
 * a dump tells only differences. A dump is asked after the multicast queue was emptied: what comes later is newer. It
 * is not asked for each notice of a device, but for those that say something else than the last one: it costs as much
 * as there are routes, and waits for whoever holds the kernel's lock.
 */
#include "sys/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/table.h"
#include "sys/nl.h"

#define RECEIVE_BUFFER (4 << 20)
#define READS 512			/* datagrams a call */
#define TRIES 8				/* of a dump that changes interrupt */
#define NO_TABLE 0xfffffff0u		/* of routes: nobody's */
#define USABLE (IFF_UP | IFF_RUNNING | IFF_LOWER_UP)

struct name {
	uint32_t dest, metric;
	uint8_t len, tos, zero[2];
};

struct known {
	struct known *next;
	struct name name;
	uint32_t pass;			/* of the dump that saw it last */
	bool several;			/* routes have this name: who is left after one goes, a dump says */
	uint64_t sum;
};

struct device {				/* what of it decides about its routes */
	struct hnode by_index;
	uint32_t flags, master;		/* under another (VRF) master it loses them */
};

struct sys_routes {
	void (*fn)(void *arg, const struct sys_route_told *r, bool gone);
	void *arg;
	int fd;
	struct known **bucket;
	uint32_t n_buckets, n, pass;
	struct table devices;
	bool ask, lost, dumping;
	bool unsure;			/* whether the devices are as they were said to be */
	uint64_t healed, dumps;
	struct sys_route_told told;	/* the one being read */
};

/* ---- the record ------------------------------------------------------------------------------ */

static uint32_t slot(const struct sys_routes *r, const struct name *k)
{
	uint64_t h = ((uint64_t)k->dest << 8 | k->len) * 0x9e3779b97f4a7c15ull + k->metric;

	return (uint32_t)(h >> 32 ^ h >> 13) & (r->n_buckets - 1);
}

static int grow(struct sys_routes *r)
{
	uint32_t size = r->n_buckets ? r->n_buckets * 2 : 256, old = r->n_buckets;
	struct known **was = r->bucket, **now;

	if (r->n < old)
		return 0;
	now = calloc(size, sizeof(*now));
	if (!now)
		return old ? 0 : -ENOMEM;	/* full is only slow */
	r->bucket = now;
	r->n_buckets = size;
	for (uint32_t i = 0; i < old; i++) {
		for (struct known *k = was[i], *next; k; k = next) {
			struct known **at = &now[slot(r, &k->name)];

			next = k->next;
			k->next = *at;
			*at = k;
		}
	}
	free(was);
	return 0;
}

static struct known **find(struct sys_routes *r, const struct name *name)
{
	struct known **at = &r->bucket[slot(r, name)];

	while (*at && memcmp(&(*at)->name, name, sizeof(*name)))
		at = &(*at)->next;
	return at;
}

static void drop(struct sys_routes *r, struct known **at)
{
	struct known *k = *at;
	struct sys_route_told t = { .dest = k->name.dest, .metric = k->name.metric, .len = k->name.len,
				    .tos = k->name.tos };

	*at = k->next;
	r->n--;
	free(k);
	r->fn(r->arg, &t, true);
}

static void sweep(struct sys_routes *r)
{
	for (uint32_t i = 0; i < r->n_buckets; i++) {
		struct known **at = &r->bucket[i];

		while (*at) {
			if ((*at)->pass != r->pass)
				drop(r, at);
			else
				at = &(*at)->next;
		}
	}
}

/* ---- one route -------------------------------------------------------------------------------- */

static uint32_t u32(const struct nlattr *a)
{
	return nl_holds(a, 4) ? mnl_attr_get_u32(a) : 0;
}

static void add_hop(struct sys_route_told *t, uint32_t ifindex, uint8_t hops, uint8_t flags,
		    const struct nlattr *const *tb)
{
	t->odd |= (tb[RTA_VIA] ? SYS_ROUTE_VIA : 0) | (tb[RTA_ENCAP] ? SYS_ROUTE_ENCAP : 0);
	if (!ifindex)
		return;
	if (t->n == SYS_ROUTE_HOPS) {
		t->odd |= SYS_ROUTE_MORE;
		return;
	}
	t->hop[t->n++] = (struct sys_hop){ .ifindex = ifindex, .gateway = ntohl(u32(tb[RTA_GATEWAY])),
					   .weight = (uint16_t)(hops + 1u),
					   .dead = flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN) };
}

static void add_hops(struct sys_route_told *t, const struct nlattr *multi)
{
	const uint8_t *p = mnl_attr_get_payload(multi);
	size_t left = mnl_attr_get_payload_len(multi);

	while (left >= sizeof(struct rtnexthop)) {
		const struct nlattr *tb[RTA_MAX + 1] = { NULL };
		struct rtnexthop nh;
		size_t step;

		memcpy(&nh, p, sizeof(nh));
		if (nh.rtnh_len < sizeof(nh) || nh.rtnh_len > left ||
		    !nl_parse_bytes(p + sizeof(nh), nh.rtnh_len - sizeof(nh), tb, RTA_MAX))
			return;
		add_hop(t, (uint32_t)nh.rtnh_ifindex, nh.rtnh_hops, nh.rtnh_flags, tb);
		step = RTNH_ALIGN((size_t)nh.rtnh_len);
		if (step >= left)
			return;
		p += step;
		left -= step;
	}
}

static bool parse(const struct nlmsghdr *nlh, struct sys_route_told *t)
{
	const struct nlattr *tb[RTA_MAX + 1] = { NULL };
	const struct rtmsg *m = mnl_nlmsg_get_payload(nlh);
	uint32_t table;

	if (!nl_parse(nlh, sizeof(*m), tb, RTA_MAX) || m->rtm_family != AF_INET || m->rtm_flags & RTM_F_CLONED)
		return false;
	table = nl_holds(tb[RTA_TABLE], 4) ? u32(tb[RTA_TABLE]) : m->rtm_table;
	if (table != RT_TABLE_MAIN || m->rtm_dst_len > 32)
		return false;
	memset(t, 0, sizeof(*t));
	t->dest = ntohl(u32(tb[RTA_DST]));
	t->metric = u32(tb[RTA_PRIORITY]);
	t->len = m->rtm_dst_len;
	t->tos = m->rtm_tos;
	t->proto = m->rtm_protocol;
	t->type = m->rtm_type;
	if (tb[RTA_MULTIPATH])
		add_hops(t, tb[RTA_MULTIPATH]);
	else
		add_hop(t, u32(tb[RTA_OIF]), 0, (uint8_t)m->rtm_flags, tb);
	if (tb[RTA_NH_ID] && !t->n && t->type == RTN_UNICAST)
		t->odd |= SYS_ROUTE_BY_ID;
	return true;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static uint64_t sum_of(const struct sys_route_told *t)
{
	uint64_t h = mix(1, (uint64_t)t->proto << 16 | (uint64_t)t->type << 8 | t->odd);

	for (uint32_t i = 0; i < t->n; i++) {
		h = mix(h, (uint64_t)t->hop[i].ifindex << 32 | t->hop[i].gateway);
		h = mix(h, (uint64_t)t->hop[i].weight << 1 | t->hop[i].dead);
	}
	return h;
}

static void on_new(struct sys_routes *r, const struct name *name, bool replaces)
{
	struct known **at, *k;
	uint64_t sum = sum_of(&r->told);

	grow(r);
	at = find(r, name);
	k = *at;
	if (k && r->dumping && k->pass == r->pass) {	/* the first of a name is the one in use */
		k->several = true;
		return;
	}
	if (k && !r->dumping && !replaces && k->sum != sum) {	/* another of this name: before or behind it? */
		k->several = r->ask = true;
		return;
	}
	if (!k) {
		k = *at = calloc(1, sizeof(*k));
		if (!k) {
			r->ask = true;
			return;
		}
		k->name = *name;
		r->n++;
	}
	k->several &= !r->dumping;
	k->pass = r->pass;
	if (k->sum == sum)
		return;
	k->sum = sum;
	r->fn(r->arg, &r->told, false);
}

static void on_route(struct sys_routes *r, const struct nlmsghdr *nlh)
{
	struct name name;
	struct known **at;

	if (!parse(nlh, &r->told))
		return;
	name = (struct name){ .dest = r->told.dest, .metric = r->told.metric, .len = r->told.len, .tos = r->told.tos };
	if (nlh->nlmsg_type == RTM_NEWROUTE) {
		on_new(r, &name, nlh->nlmsg_flags & NLM_F_REPLACE);
		return;
	}
	at = find(r, &name);
	if (*at && (*at)->several)
		r->ask = true;
	else if (*at)
		drop(r, at);
}

/* ---- devices ----------------------------------------------------------------------------------- */

static void forget(struct sys_routes *r, struct device *d)
{
	table_del(&r->devices, &d->by_index);
	free(d);
}

static void forget_all(struct sys_routes *r)
{
	table_each(&r->devices, node, i)
		forget(r, container_of(node, struct device, by_index));
}

static struct device *device(struct sys_routes *r, uint32_t ifindex)
{
	struct hnode *n = table_find(&r->devices, ifindex);
	struct device *d = n ? container_of(n, struct device, by_index) : calloc(1, sizeof(*d));

	if (d && !n)
		table_add(&r->devices, &d->by_index, ifindex);
	return d;
}

/* True: routes may be gone, dead or alive by it, which the kernel does not say. */
static bool learn(struct sys_routes *r, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[IFLA_MAX + 1] = { NULL };
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct device *d, now;

	if (!nl_parse(nlh, sizeof(*ifi), tb, IFLA_MAX) || ifi->ifi_family != AF_UNSPEC)
		return false;			/* a bridge's word of its port */
	d = device(r, (uint32_t)ifi->ifi_index);
	if (!d)
		return true;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		forget(r, d);
		return true;
	}
	now = (struct device){ .flags = ifi->ifi_flags & USABLE, .master = u32(tb[IFLA_MASTER]) };
	if (d->flags == now.flags && d->master == now.master)
		return false;
	d->flags = now.flags;
	d->master = now.master;
	return true;
}

static int on_device(const struct nlmsghdr *nlh, void *arg)
{
	learn(arg, nlh);
	return 0;
}

/* Those it cannot tell are news when next heard of. */
static void learn_all(struct sys_routes *r)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg), &extra);

	forget_all(r);
	if (nl_talk(NETLINK_ROUTE, nlh, on_device, r))
		forget_all(r);
	r->unsure = false;
}

/* ---- dump and notices -------------------------------------------------------------------------- */

static int on_message(const struct nlmsghdr *nlh, void *arg)
{
	struct sys_routes *r = arg;

	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		on_route(r, nlh);
		break;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		r->ask |= learn(r, nlh);
		break;
	case RTM_DELADDR:
	case RTM_DELNEXTHOP:
		r->ask = true;
		break;
	}
	return 0;
}

static int dump_once(struct sys_routes *r)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	struct rtmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_GETROUTE, NLM_F_DUMP, sizeof(*m), &extra);
	int rc;

	m = extra;
	m->rtm_family = AF_INET;
	m->rtm_table = RT_TABLE_MAIN;
	r->pass++;
	rc = nl_talk(NETLINK_ROUTE, nlh, on_message, r);
	return rc == -ENOENT ? 0 : rc;		/* nobody has made the table yet */
}

/* The kernel tells of a device, an address or a next hop that goes before it takes the routes away, and dumps routes to
 * who asks meanwhile. It does both under one lock that a change of a route needs, too: this one changes none. */
static void let_it_finish(void)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	struct rtmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_DELROUTE, 0, sizeof(*m), &extra);

	m = extra;
	m->rtm_family = AF_INET;
	m->rtm_table = RT_TABLE_UNSPEC;
	m->rtm_scope = RT_SCOPE_NOWHERE;
	mnl_attr_put_u32(nlh, RTA_TABLE, NO_TABLE);
	nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);	/* -ESRCH: there is no such table */
}

int sys_routes_dump(struct sys_routes *r)
{
	int rc = -EINTR;

	if (r->unsure)
		learn_all(r);
	if (r->ask)
		let_it_finish();
	r->ask = false;
	r->dumps++;
	r->dumping = true;
	for (int i = 0; i < TRIES && rc == -EINTR; i++)
		rc = dump_once(r);
	r->dumping = false;
	if (rc)
		r->ask = true;
	else
		sweep(r);
	return rc;
}

/* 1: there may be more, 0: empty, or -errno */
static int read_one(struct sys_routes *r)
{
	_Alignas(struct nlmsghdr) char buf[NL_ANSWER];
	struct sockaddr_nl from;
	socklen_t size = sizeof(from);
	const struct nlmsghdr *nlh = (const void *)buf;
	ssize_t n = recvfrom(r->fd, buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	int left = (int)n;

	if (n < 0 && errno == ENOBUFS) {
		r->lost = true;
		return 1;
	}
	if (n < 0)
		return errno == EAGAIN ? 0 : errno == EINTR ? 1 : -errno;
	if (r->lost || size < sizeof(from) || from.nl_pid)
		return 1;			/* older than the hole: the dump will tell */
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		on_message(nlh, r);
	return 1;
}

int sys_routes_read(struct sys_routes *r)
{
	int rc = 1;

	for (int i = 0; i < READS && rc > 0; i++)
		rc = read_one(r);
	if (rc)
		return rc < 0 ? rc : 0;		/* the rest is read in the next turn */
	if (r->lost) {
		r->lost = false;
		r->healed++;
		r->unsure = r->ask = true;
	}
	return r->ask ? sys_routes_dump(r) : 0;
}

uint64_t sys_routes_healed(const struct sys_routes *r)
{
	return r->healed;
}

uint64_t sys_routes_dumps(const struct sys_routes *r)
{
	return r->dumps;
}

int sys_routes_fd(const struct sys_routes *r)
{
	return r->fd;
}

static int join(int fd)
{
	static const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_NEXTHOP };
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int size = RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		return -errno;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(groups[i])))
			return -errno;
	return 0;
}

struct sys_routes *sys_routes_new(void (*fn)(void *arg, const struct sys_route_told *r, bool gone), void *arg)
{
	struct sys_routes *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return NULL;
	r->fn = fn;
	r->arg = arg;
	r->unsure = true;
	table_init(&r->devices);
	r->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	rc = r->fd < 0 ? -errno : join(r->fd);
	if (!rc)
		rc = grow(r);
	if (rc) {
		sys_routes_free(r);
		errno = -rc;
		return NULL;
	}
	return r;
}

void sys_routes_free(struct sys_routes *r)
{
	if (!r)
		return;
	fd_done(&r->fd);
	for (uint32_t i = 0; i < r->n_buckets; i++) {
		for (struct known *k = r->bucket[i], *next; k; k = next) {
			next = k->next;
			free(k);
		}
	}
	free(r->bucket);
	forget_all(r);
	table_free(&r->devices);
	free(r);
}
