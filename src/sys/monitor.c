/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * monitor.c: what the kernel tells, completed to a picture that is right in the end.
 *
 * Owns one multicast socket and a table of what was told, so that what vanished while notices were
 * lost can be told as gone. A dump is asked on a socket of its own after the multicast queue was
 * emptied: what arrives later is newer than the last notice read, so the end is right in either order.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "sys/link.h"
#include "sys/nl.h"
#include "sys/rt.h"

#define RECEIVE_BUFFER (8 << 20)	/* what does not fit is healed */
#define READS 512			/* datagrams a call */
#define TRIES 8				/* of a dump that changes interrupt */

enum kind { LINK = 1, ADDR = 2, NEIGH = 4, ALL = 7 };

struct object {
	struct object *next;
	enum kind kind;
	uint32_t pass;			/* of the dump that saw it last */
	uint32_t k[3];			/* link: ifindex; addr: ifindex, ip, length; neigh: ifindex, ip */
	bool resolved;
	union {
		char name[16];
		uint8_t mac[6];
	};
};

struct sys_monitor {
	struct sys_monitor_fn fn;
	void *arg;
	int fd;
	enum kind wanted;
	struct object **bucket;
	uint32_t n_buckets, n, pass;
	enum kind ask;			/* kinds to be dumped when the queue is empty */
	bool lost;			/* until then what is read is older than the hole: not used */
	bool dumping;
	uint64_t healed;
};

/* ---- the table --------------------------------------------------------------------------- */

/* Only the first two words: an address with two lengths is rare. */
static uint32_t hash(const struct sys_monitor *m, enum kind kind, const uint32_t *k)
{
	uint64_t h = ((uint64_t)k[0] << 32 | k[1]) * 0x9e3779b97f4a7c15ull + kind;

	return (uint32_t)(h >> 32 ^ h >> 17) & (m->n_buckets - 1);
}

static int table_grow(struct sys_monitor *m)
{
	uint32_t old = m->n_buckets;
	struct object **was = m->bucket;

	if (m->n < old)
		return 0;
	m->bucket = calloc(old ? old * 2 : 256, sizeof(*m->bucket));
	if (!m->bucket) {
		m->bucket = was;
		return old ? 0 : -ENOMEM;	/* full is only slow */
	}
	m->n_buckets = old ? old * 2 : 256;
	for (uint32_t i = 0; i < old; i++) {
		for (struct object *o = was[i], *next; o; o = next) {
			uint32_t h = hash(m, o->kind, o->k);

			next = o->next;
			o->next = m->bucket[h];
			m->bucket[h] = o;
		}
	}
	free(was);
	return 0;
}

static struct object **find(struct sys_monitor *m, enum kind kind, const uint32_t k[3])
{
	struct object **at = &m->bucket[hash(m, kind, k)];

	while (*at && ((*at)->kind != kind || memcmp((*at)->k, k, sizeof((*at)->k))))
		at = &(*at)->next;
	return at;
}

/* The object, made if it was not there (*fresh); NULL: no memory, and the monitor asks again later. */
static struct object *keep(struct sys_monitor *m, enum kind kind, const uint32_t k[3], bool *fresh)
{
	struct object **at, *o;

	table_grow(m);
	at = find(m, kind, k);
	*fresh = !*at;
	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at) {
			m->ask |= kind;
			return NULL;
		}
		(*at)->kind = kind;
		memcpy((*at)->k, k, sizeof((*at)->k));
		m->n++;
	}
	o = *at;
	o->pass = m->pass;
	return o;
}

static void tell_gone(struct sys_monitor *m, const struct object *o)
{
	struct sys_link l = { .ifindex = o->k[0] };

	switch (o->kind) {
	case LINK:
		memcpy(l.name, o->name, sizeof(l.name));
		m->fn.link(m->arg, &l, true);
		break;
	case ADDR:
		m->fn.addr(m->arg, o->k[0], o->k[1], (uint8_t)o->k[2], true);
		break;
	case NEIGH:
		m->fn.neigh(m->arg, o->k[0], o->k[1], NULL);
		break;
	case ALL:
		break;
	}
}

static void drop(struct sys_monitor *m, struct object **at)
{
	struct object *o = *at;

	*at = o->next;
	m->n--;
	tell_gone(m, o);
	free(o);
}

static void drop_key(struct sys_monitor *m, enum kind kind, const uint32_t k[3])
{
	struct object **at = find(m, kind, k);

	if (*at)
		drop(m, at);
}

/* Drops what @ifindex had, or (0) what the dump of @kinds that just ended did not see. */
static void sweep(struct sys_monitor *m, enum kind kinds, uint32_t ifindex)
{
	for (uint32_t i = 0; i < m->n_buckets; i++) {
		struct object **at = &m->bucket[i];

		while (*at) {
			bool out = ifindex ? (*at)->k[0] == ifindex : (*at)->pass != m->pass;

			if (out && (*at)->kind & kinds)
				drop(m, at);
			else
				at = &(*at)->next;
		}
	}
}

/* ---- messages ---------------------------------------------------------------------------- */

static void on_link(struct sys_monitor *m, const struct nlmsghdr *nlh, const struct sys_link *l)
{
	uint32_t k[3] = { l->ifindex };
	struct object *o;
	bool fresh;

	if (nlh->nlmsg_type == RTM_DELLINK) {
		sweep(m, ALL & ~LINK, l->ifindex);
		drop_key(m, LINK, k);
		return;
	}
	if (!(m->wanted & LINK))
		return;
	o = keep(m, LINK, k, &fresh);
	if (o)
		memcpy(o->name, l->name, sizeof(o->name));
	m->fn.link(m->arg, l, false);
}

static void on_addr(struct sys_monitor *m, const struct nlmsghdr *nlh, const struct rt_addr *a)
{
	uint32_t k[3] = { a->ifindex, a->ip, a->len };
	bool fresh;

	if (nlh->nlmsg_type == RTM_DELADDR) {
		if (m->wanted & ADDR)
			drop_key(m, ADDR, k);
		return;
	}
	if (m->wanted & ADDR && (!keep(m, ADDR, k, &fresh) || fresh || m->dumping))
		m->fn.addr(m->arg, a->ifindex, a->ip, a->len, false);
}

static void on_neigh(struct sys_monitor *m, const struct nlmsghdr *nlh, const struct rt_neigh *n)
{
	uint32_t k[3] = { n->ifindex, n->ip };
	struct object *o;
	bool fresh;

	if (nlh->nlmsg_type == RTM_DELNEIGH) {
		drop_key(m, NEIGH, k);
		return;
	}
	o = keep(m, NEIGH, k, &fresh);
	if (o && !fresh && !m->dumping && o->resolved == n->has_mac && !memcmp(o->mac, n->mac, 6))
		return;
	if (o) {
		o->resolved = n->has_mac;
		memcpy(o->mac, n->mac, 6);
	}
	m->fn.neigh(m->arg, n->ifindex, n->ip, n->has_mac ? n->mac : NULL);
}

static int on_message(const struct nlmsghdr *nlh, void *arg)
{
	struct sys_monitor *m = arg;
	struct sys_link l;
	struct rt_addr a;
	struct rt_neigh n;

	if (rt_link(nlh, &l))
		on_link(m, nlh, &l);
	else if (rt_addr(nlh, &a))
		on_addr(m, nlh, &a);
	else if (m->wanted & NEIGH && rt_neigh(nlh, &n))
		on_neigh(m, nlh, &n);
	return 0;
}

/* ---- dumps ------------------------------------------------------------------------------- */

static const struct {
	enum kind kind;
	uint16_t type;
	uint8_t family;
	size_t head;
} dumps[] = {
	{ LINK, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg) },
	{ ADDR, RTM_GETADDR, AF_INET, sizeof(struct ifaddrmsg) },
	{ NEIGH, RTM_GETNEIGH, AF_INET, sizeof(struct ndmsg) },
};

static int dump_kind(struct sys_monitor *m, uint32_t which)
{
	int rc = -EINTR;

	for (int i = 0; i < TRIES && rc == -EINTR; i++) {
		_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
		void *extra;
		struct nlmsghdr *nlh = nl_begin(buf, dumps[which].type, NLM_F_DUMP, dumps[which].head, &extra);

		*(uint8_t *)extra = dumps[which].family;
		rc = nl_talk(NETLINK_ROUTE, nlh, on_message, m);
	}
	return rc;
}

/* What @kinds there are is told, then what of them is gone. An interrupted dump removes nothing and
 * is asked again after the next notice: there is one, or it would not have been interrupted. */
static int dump(struct sys_monitor *m, enum kind kinds)
{
	int first = 0;

	m->ask &= ~kinds;
	m->pass++;
	m->dumping = true;
	for (uint32_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		int rc;

		if (!(dumps[i].kind & kinds & m->wanted))
			continue;
		rc = dump_kind(m, i);
		if (!rc)
			sweep(m, dumps[i].kind, 0);
		else
			m->ask |= dumps[i].kind;
		if (rc && rc != -EINTR && !first)
			first = rc;
	}
	m->dumping = false;
	return first;
}

int sys_monitor_dump(struct sys_monitor *m)
{
	return dump(m, ALL);
}

/* ---- the multicast socket ---------------------------------------------------------------- */

/* 1: there may be more, 0: empty, or -errno */
static int read_one(struct sys_monitor *m)
{
	_Alignas(struct nlmsghdr) char buf[NL_ANSWER];
	struct sockaddr_nl from;
	socklen_t size = sizeof(from);
	const struct nlmsghdr *nlh = (const void *)buf;
	ssize_t n = recvfrom(m->fd, buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	int left = (int)n;

	if (n < 0 && errno == ENOBUFS) {
		m->lost = true;
		return 1;
	}
	if (n < 0)
		return errno == EAGAIN ? 0 : errno == EINTR ? 1 : -errno;
	if (m->lost || size < sizeof(from) || from.nl_pid)
		return 1;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		on_message(nlh, m);
	return 1;
}

int sys_monitor_read(struct sys_monitor *m)
{
	int rc = 1;

	for (int i = 0; i < READS && rc > 0; i++)
		rc = read_one(m);
	if (rc)
		return rc < 0 ? rc : 0;		/* the rest is read in the next turn */
	if (m->lost) {
		m->lost = false;
		m->healed++;
		m->ask = ALL;
	}
	return m->ask ? dump(m, m->ask) : 0;
}

uint64_t sys_monitor_healed(const struct sys_monitor *m)
{
	return m->healed;
}

int sys_monitor_fd(const struct sys_monitor *m)
{
	return m->fd;
}

static int join(struct sys_monitor *m)
{
	static const struct {
		enum kind kind;
		int group;
	} groups[] = {
		{ LINK, RTNLGRP_LINK },
		{ ADDR, RTNLGRP_IPV4_IFADDR },
		{ NEIGH, RTNLGRP_NEIGH },
	};
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int size = RECEIVE_BUFFER;

	if (setsockopt(m->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(m->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(m->fd, (struct sockaddr *)&any, sizeof(any)))
		return -errno;
	for (uint32_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].kind & m->wanted && setsockopt(m->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
							     &groups[i].group, sizeof(groups[i].group)))
			return -errno;
	return 0;
}

struct sys_monitor *sys_monitor_new(const struct sys_monitor_fn *fn, void *arg)
{
	struct sys_monitor *m = calloc(1, sizeof(*m));
	int rc;

	if (!m)
		return NULL;
	m->fn = *fn;
	m->arg = arg;
	m->wanted = (fn->link ? LINK : 0) | (fn->addr ? ADDR : 0) | (fn->neigh ? NEIGH : 0);
	m->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	rc = m->fd < 0 ? -errno : join(m);
	if (!rc)
		rc = table_grow(m);
	if (rc) {
		sys_monitor_free(m);
		errno = -rc;
		return NULL;
	}
	return m;
}

void sys_monitor_free(struct sys_monitor *m)
{
	if (!m)
		return;
	fd_done(&m->fd);
	for (uint32_t i = 0; i < m->n_buckets; i++) {
		for (struct object *o = m->bucket[i], *next; o; o = next) {
			next = o->next;
			free(o);
		}
	}
	free(m->bucket);
	free(m);
}
