/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * link.h: the kernel's view of devices, addresses, neighbours and routes, and changes to it, all by
 * netlink (libmnl) in the namespace of the process. Never reads /sys/class/net.
 *
 * Every function that asks the kernel something returns 0 or -errno and blocks for one answer.
 * IPv4 addresses are host order. What we add carries SYS_ROUTE_PROTO, so that it is found again
 * after a restart and nothing of others is taken away.
 */
#ifndef TW_SYS_LINK_H
#define TW_SYS_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ifcount.h"

struct sys_link {
	uint32_t ifindex;
	uint32_t iflink;		/* 0 = none; equal to ifindex: carrier notices may be batched */
	char name[16];
	char kind[16];			/* IFLA_INFO_KIND: "veth", "tun", "bridge", "" = a real device */
	char master_kind[16];		/* kind of the device it is enslaved to, "" = none */
	bool admin_up, carrier, promisc, noarp;	/* carrier: false when not admin_up */
	uint32_t mtu;
	uint8_t mac[6];			/* zero when the device has no Ethernet address */
	struct ifcount count;
};

/*
 * What the monitor tells; NULL callbacks are skipped (and cost nothing).
 * - link: every notice, also when nothing in the record changed. Gone: only ifindex and name are set.
 * - addr, neigh: only what changed, except in a dump. Routes are route.h's.
 * Lost notices (ENOBUFS) are healed inside by a new dump of everything, told like news; what
 * vanished meanwhile is told as gone (a neighbour: unresolved).
 * A callback may call anything of this header except functions of its monitor.
 */
struct sys_monitor_fn {
	void (*link)(void *arg, const struct sys_link *l, bool gone);
	void (*addr)(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len, bool gone);
	void (*neigh)(void *arg, uint32_t ifindex, uint32_t ip, const uint8_t *mac);	/* NULL: unresolved */
};
struct sys_monitor;
struct sys_monitor *sys_monitor_new(const struct sys_monitor_fn *fn, void *arg);	/* NULL: errno */
void sys_monitor_free(struct sys_monitor *m);
int sys_monitor_fd(const struct sys_monitor *m);		/* readable: call _read */
int sys_monitor_dump(struct sys_monitor *m);			/* tells everything there is, now */
int sys_monitor_read(struct sys_monitor *m);			/* tells what is new, a bounded number a call */
uint64_t sys_monitor_healed(const struct sys_monitor *m);	/* times notices were lost and asked for again */

int sys_link_get(uint32_t ifindex, struct sys_link *out);	/* -ENODEV: no such device */
int sys_link_by_name(const char *name, struct sys_link *out);
int sys_link_up(uint32_t ifindex, bool up);
int sys_link_mtu(uint32_t ifindex, uint32_t mtu);
int sys_link_promisc(uint32_t ifindex, bool on);		/* the IFF_PROMISC flag, stays after we end */
int sys_link_arp(uint32_t ifindex, bool on);			/* IFF_NOARP inverted */
int sys_link_ipv6(const char *name, bool on);			/* net.ipv6.conf.NAME.disable_ipv6 */
int sys_link_ipv6_get(const char *name, bool *on);		/* a kernel without IPv6: off; switching it off is 0 */

/* -EEXIST: it was there already (not ours to remove); -EADDRNOTAVAIL: nothing to remove. */
int sys_addr(uint32_t ifindex, uint32_t ip, uint8_t len, bool add);
/* Calls @fn for each address that carries our mark (kernel 5.18 and later keep it). */
int sys_addr_ours(void (*fn)(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len), void *arg);
/*
 * A managed neighbour (NTF_EXT_MANAGED, kernel 5.16): the kernel resolves it and keeps it so. A
 * permanent entry of the operator is left as it is. Not keep: removed only if it is ours.
 */
int sys_neigh_managed(uint32_t ifindex, uint32_t ip, bool keep);
/* Repeats the request for an entry of ours that has no answer yet: the kernel itself waits a second. 1: it did,
 * 0: resolved, or not ours, or not there; or -errno. */
int sys_neigh_again(uint32_t ifindex, uint32_t ip);
int sys_neigh_ours(void (*fn)(void *arg, uint32_t ifindex, uint32_t ip), void *arg);

#define SYS_ROUTE_PROTO 146					/* rtm_protocol of our routes */
/* @nexthop 0: directly on @ifindex. Adding what we have added is 0; -EEXIST: somebody else's route has
 * this prefix and metric, or ours has another next hop. Removing touches only ours; -ESRCH: none. */
int sys_route(uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric, bool add);
/* Calls @fn for each route of our protocol. */
int sys_route_ours(void (*fn)(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex,
			      uint32_t metric), void *arg);

/* A VLAN device PARENT.VID; -EOPNOTSUPP where the kernel has no 8021q. */
int sys_vlan_add(uint32_t parent, uint16_t vid, const char *name, uint32_t *ifindex);
int sys_vlan_del(uint32_t ifindex);		/* any device; who calls knows that it is ours */

uint64_t sys_netns_inode(void);			/* of this thread; 0: unknown */

#endif
