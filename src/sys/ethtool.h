/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ethtool.h: driver name, carrier, offload features of a device. 0 or -errno; any thread may call.
 */
#ifndef TW_SYS_ETHTOOL_H
#define TW_SYS_ETHTOOL_H

#include <stdbool.h>
#include <stdint.h>

int sys_ethtool_driver(const char *ifname, char out[32]);	/* -EOPNOTSUPP: has no driver to name */
int sys_ethtool_carrier(const char *ifname, bool *up);		/* false too when it is administratively down */

/* Offloads an AC or core port must not have, by the names of `ethtool -k`. */
enum sys_offload {
	OFF_RX_VLAN_STRIP,	/* rx-vlan-hw-parse */
	OFF_RX_VLAN_FILTER,	/* rx-vlan-filter */
	OFF_LRO,		/* rx-lro */
	OFF_GRO_HW,		/* rx-gro-hw */
	OFF_GRO,		/* rx-gro */
	OFF__N
};
/* @active: on now; @changeable: not fixed. A feature the device lacks is off and not changeable. */
int sys_offload_get(const char *ifname, enum sys_offload f, bool *active, bool *changeable);
/* -EOPNOTSUPP: fixed at the other value; -EBUSY: the kernel took the wish but something else (a stacked
 * device, another feature) keeps it as it was. */
int sys_offload_set(const char *ifname, enum sys_offload f, bool on);

/* Native XDP as the kernel says it (netdev genl family, 6.3 and later): @known false: kernel cannot say. */
struct sys_xdp_features { bool known, basic, redirect, ndo_xmit, rx_sg, ndo_xmit_sg; };
int sys_xdp_features(uint32_t ifindex, struct sys_xdp_features *out);	/* -ENODEV */

#endif
