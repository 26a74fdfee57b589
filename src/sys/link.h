/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * link.h: the kernel's view of devices, addresses, neighbours and routes, and changes to it, all by
 * netlink (libmnl) in the namespace of the process. Never reads /sys/class/net.
 *
 * Every function that asks the kernel something returns 0 or -errno and blocks for one answer.
 */
#ifndef TW_SYS_LINK_H
#define TW_SYS_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct sys_link {
	uint32_t ifindex;
	uint32_t iflink;		/* 0 = none; equal to ifindex: carrier notices may be batched */
	char name[16];
	char kind[16];			/* IFLA_INFO_KIND: "veth", "tun", "bridge", "" = a real device */
	char master_kind[16];		/* kind of the device it is enslaved to, "" = none */
	bool admin_up, carrier, promisc, noarp;
	uint32_t mtu;
	uint8_t mac[6];
	uint64_t rx_frames, rx_octets, tx_frames, tx_octets, rx_dropped, tx_dropped, rx_errors, tx_errors;
};

/* What the monitor tells. NULL callbacks are skipped. Lost notices (ENOBUFS) are healed inside by a
 * new dump of everything, told like news. */
struct sys_monitor_fn {
	void (*link)(void *arg, const struct sys_link *l, bool gone);
	void (*addr)(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len, bool gone);
	void (*neigh)(void *arg, uint32_t ifindex, uint32_t ip, const uint8_t *mac);	/* NULL: unresolved */
	void (*route)(void *arg, uint32_t dest, uint8_t len, uint32_t ifindex, uint32_t nexthop, bool gone);
};
struct sys_monitor;
struct sys_monitor *sys_monitor_new(const struct sys_monitor_fn *fn, void *arg);	/* NULL: errno */
void sys_monitor_free(struct sys_monitor *m);
int sys_monitor_fd(const struct sys_monitor *m);		/* readable: call _read */
int sys_monitor_dump(struct sys_monitor *m);			/* tells everything there is, now */
int sys_monitor_read(struct sys_monitor *m);			/* tells what is new */

int sys_link_get(uint32_t ifindex, struct sys_link *out);
int sys_link_by_name(const char *name, struct sys_link *out);
int sys_link_up(uint32_t ifindex, bool up);
int sys_link_mtu(uint32_t ifindex, uint32_t mtu);
int sys_link_promisc(uint32_t ifindex, bool on);		/* the IFF_PROMISC flag, stays after we end */
int sys_link_arp(uint32_t ifindex, bool on);			/* IFF_NOARP inverted */
int sys_link_ipv6(const char *name, bool on);			/* net.ipv6.conf.NAME.disable_ipv6 */
int sys_link_ipv6_get(const char *name, bool *on);
int sys_link_ignore_carrier_addr(const char *name);

int sys_addr(uint32_t ifindex, uint32_t ip, uint8_t len, bool add);	/* with our IFA_PROTO mark where the kernel has it */
int sys_neigh_managed(uint32_t ifindex, uint32_t ip, bool keep);	/* NTF_EXT_MANAGED (kernel 5.16) */
#define SYS_ROUTE_PROTO 146					/* rtm_protocol of our routes */
int sys_route(uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric, bool add);
/* Calls @fn for each route of our protocol; used by --flush and by reconciliation. */
int sys_route_ours(void (*fn)(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex,
			      uint32_t metric), void *arg);
/* A VLAN device PARENT.VID; -EOPNOTSUPP where the kernel has no 8021q. */
int sys_vlan_add(uint32_t parent, uint16_t vid, const char *name, uint32_t *ifindex);
int sys_vlan_del(uint32_t ifindex);

uint64_t sys_netns_inode(void);			/* of this process; 0: unknown */

#endif
