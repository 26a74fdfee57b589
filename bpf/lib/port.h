/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * port.h: ports by ifindex.
 */
#ifndef TW_BPF_PORT_H
#define TW_BPF_PORT_H

#include "frame.h"

/* Not inline: of two look-ups side by side clang makes one call with two maps, and the kernel replaces a
 * look-up by its instructions only where the map is known. */
static __noinline const struct tw_port *port_far_of(__u32 ifindex)
{
	return tw_row(port_far, ifindex);
}

static __always_inline const struct tw_port *port_of(__u32 ifindex)
{
	return likely(ifindex < TW_PORTS) ? tw_row(port, ifindex) : port_far_of(ifindex);
}

/* May this attach family send out of @ifindex? */
static __always_inline bool out_ok(__u32 ifindex)
{
	const struct tw_port *p = port_of(ifindex);

	return p && pkt_out_ok(p);
}

#endif
