/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * route.h: the IPv4 routes of the main table, each told whole: all next hops at once. Addresses in host order.
 *
 * The kernel is silent about routes that go, or next hops that die or wake, with a device, an address or a next-hop
 * object; those notices start a dump, and what differs is told. So does a hole in the notices. A notice that leaves the
 * device as usable as it was, under the same master, starts none.
 */
#ifndef TW_SYS_ROUTE_H
#define TW_SYS_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#define SYS_ROUTE_HOPS 64

struct sys_hop {
	uint32_t ifindex, gateway;	/* gateway 0: directly on the device */
	uint16_t weight;		/* 1 to 256 */
	bool dead;			/* device down or without carrier: the kernel does not use it */
};

enum sys_route_odd {			/* why the hops are not the whole truth; then do not build on them */
	SYS_ROUTE_BY_ID = 1,		/* told only as next-hop object (net.ipv4.nexthop_compat_mode=0) */
	SYS_ROUTE_VIA = 2,		/* a gateway that is not IPv4 */
	SYS_ROUTE_ENCAP = 4,		/* the kernel adds a tunnel header or labels */
	SYS_ROUTE_MORE = 8,		/* more than SYS_ROUTE_HOPS */
};

struct sys_route_told {
	uint32_t dest, metric;		/* these, len and tos are its name */
	uint8_t len, tos;
	uint8_t proto;			/* RTPROT_*; SYS_ROUTE_PROTO (link.h): ours */
	uint8_t type;			/* RTN_UNICAST, or a kind without next hops (RTN_BLACKHOLE, ...) */
	uint8_t odd;			/* enum sys_route_odd bits */
	uint32_t n;
	struct sys_hop hop[SYS_ROUTE_HOPS];	/* in the kernel's order */
};

struct sys_routes;

/* @fn: a route that is new or differs from what was told; @gone: only its name is valid. It must not end the
 * watcher. Of several routes of one name (ip route append) the first is told: the one the kernel uses. NULL: errno. */
struct sys_routes *sys_routes_new(void (*fn)(void *arg, const struct sys_route_told *r, bool gone), void *arg);
void sys_routes_free(struct sys_routes *r);
int sys_routes_fd(const struct sys_routes *r);		/* readable: call _read */
/* What there is, told as far as it was not: to be called once at the start. 0 or -errno. A dump the kernel's changes
 * interrupt again and again removes nothing, and is asked again by the next _read: -EINTR. */
int sys_routes_dump(struct sys_routes *r);
int sys_routes_read(struct sys_routes *r);		/* tells what is new, a bounded number a call. 0 or -errno */
uint64_t sys_routes_dumps(const struct sys_routes *r);	/* times all routes were asked for, the first included */
uint64_t sys_routes_healed(const struct sys_routes *r);	/* times notices were lost and asked for again */

#endif
