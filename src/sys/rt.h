/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rt.h: rtnetlink messages as records. Inside src/sys only. Addresses in host order.
 */
#ifndef TW_SYS_RT_H
#define TW_SYS_RT_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "sys/link.h"

#define RT_HOPS 64			/* next hops of a route that are looked at */

struct rt_addr {
	uint32_t ifindex, ip;
	uint8_t len, proto;		/* proto: IFA_PROTO, 0 = not said */
};
struct rt_neigh {
	uint32_t ifindex, ip;
	uint16_t state;			/* NUD_* */
	uint8_t proto;			/* NDA_PROTOCOL */
	bool managed, has_mac;
	uint8_t mac[6];
};
struct rt_hop {
	uint32_t ifindex, nexthop;
};
struct rt_route {
	uint32_t dest, metric, table;
	uint8_t len, tos, proto, type;
	uint32_t n;
	struct rt_hop hop[RT_HOPS];
};

/* False: not a message of that kind about IPv4 (or, for links, about a device as such). */
bool rt_link(const struct nlmsghdr *nlh, struct sys_link *out);
bool rt_addr(const struct nlmsghdr *nlh, struct rt_addr *out);
bool rt_neigh(const struct nlmsghdr *nlh, struct rt_neigh *out);
bool rt_route(const struct nlmsghdr *nlh, struct rt_route *out);

#define RT_NEIGH_MANAGED 1u		/* NTF_EXT_MANAGED */

#endif
