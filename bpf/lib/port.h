/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * port.h: ports by ifindex.
 */
#ifndef TW_BPF_PORT_H
#define TW_BPF_PORT_H

#include "frame.h"

static __always_inline const struct tw_port *port_of(__u32 ifindex)
{
	if (likely(ifindex < TW_PORTS))
		return tw_row(port, ifindex);
	return tw_row(port_far, ifindex);
}

/* May this attach family send out of @ifindex? */
static __always_inline bool out_ok(__u32 ifindex)
{
	const struct tw_port *p = port_of(ifindex);

	return p && pkt_out_ok(p);
}

#endif
