/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mode.h: which attach family a port gets, and why. Pure.
 *
 * Native XDP only where the driver's frames come off a wire; tc for everything whose frames are
 * kernel skbs with work pending (partial checksums, VLAN tags in metadata). Every port carries the
 * tc program; XDP stands in front.
 */
#ifndef TW_DP_MODE_H
#define TW_DP_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"
#include "sys/ethtool.h"

#define MODE_KERNEL(a, b)	((a) << 8 | (b))
#define MODE_MTU_PLAIN		3500	/* longest MTU that XDP without frags takes (page less headroom) */

struct mode_facts {
	const char *kind;		/* IFLA_INFO_KIND, "" = a real device */
	const char *master_kind;
	const char *driver;		/* "" = unknown */
	uint32_t mtu;
	struct sys_xdp_features xdp;
	uint32_t kernel;		/* MODE_KERNEL(major, minor) */
	bool has_tcx;			/* this kernel has tcx */
	bool has_frags;			/* the xdp.frags program is loaded */
	bool has_xdp;			/* some XDP program is loaded */
	enum m_port_mode wish;
};
struct mode_choice {
	bool xdp;			/* XDP in front of tc */
	bool tcx;			/* tc by tcx, else clsact */
	char why[128];
	char warn[160];			/* "" = none */
};
void mode_choose(const struct mode_facts *f, struct mode_choice *out);

#endif
