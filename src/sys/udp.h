/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * udp.h: Hellos: one socket for those of a link (all routers on this subnet, TTL 1) and targeted ones (unicast,
 * TTL 255), all CS6.
 *
 * Addresses and ports in host order. 0 or -errno. A port below 1024 needs CAP_NET_BIND_SERVICE. The namespace is that
 * of the thread that opened it, joins included.
 */
#ifndef TW_SYS_UDP_H
#define TW_SYS_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYS_ALL_ROUTERS 0xe0000002u		/* 224.0.0.2 */

struct sys_udp;

struct sys_datagram {
	uint32_t source, dest;			/* of the IP header: dest tells link from targeted Hellos */
	uint32_t ifindex;			/* it came in here */
	uint16_t port;				/* of the sender */
	uint8_t ttl;
	size_t len;				/* octets in the caller's buffer */
	bool cut;				/* there were more: not to be used */
};

/* -EADDRINUSE: another speaker has the port. */
int sys_udp_open(struct sys_udp **ret, uint16_t port);
void sys_udp_close(struct sys_udp *u);		/* leaves everything */
int sys_udp_fd(const struct sys_udp *u);	/* readable: call _recv, a bounded number a turn */

/* Datagrams to SYS_ALL_ROUTERS on @ifindex are told, up to _leave. Joining twice is 0. -ENODEV: no such device. Costs
 * a descriptor (a socket may join 20 by default). A device that is gone is still to be left: its number may come
 * back. */
int sys_udp_join(struct sys_udp *u, uint32_t ifindex);
void sys_udp_leave(struct sys_udp *u, uint32_t ifindex);	/* not joined: nothing */

/* To SYS_ALL_ROUTERS out of @ifindex, from @source (an address of this host), to our own port number; nobody on
 * this host hears it. -EAGAIN: no room, -ENETDOWN, -ENODEV: the device; the next Hello will do. */
int sys_udp_send_link(struct sys_udp *u, uint32_t ifindex, uint32_t source, const void *p, size_t len);
/* To @dest, the way the routing table says. -ENETUNREACH: there is no way, or @source is not
 * an address of this host. */
int sys_udp_send_to(struct sys_udp *u, uint32_t dest, uint32_t source, const void *p, size_t len);

/* The next datagram, its octets in @buf. -EAGAIN: there is none. What came by multicast or broadcast and not to
 * SYS_ALL_ROUTERS on a device joined here is not told, whoever else on this host joined it: after 64 of those in a
 * row it is -EINTR, call again in the next turn. */
int sys_udp_recv(struct sys_udp *u, void *buf, size_t size, struct sys_datagram *out);

#endif
