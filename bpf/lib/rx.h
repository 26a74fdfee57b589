/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rx.h: a frame has come in: whose is it? The way into both programs.
 *
 *	port not ours			-> kernel
 *	port-mode AC			-> AC side, whatever it is
 *	tag of a sub-interface AC	-> AC side;  another tag -> kernel, counted
 *	MPLS on a core port		-> core side
 *	else				-> kernel
 *
 * ac_rx() and core_rx() take the frame and what is known of it: a bench that runs a frame many times puts
 * the header back as it was and calls them with a struct frame of its own.
 */
#ifndef TW_BPF_RX_H
#define TW_BPF_RX_H

#include "../ac.h"
#include "../core.h"

/* The circuit of the outer tag, 0 = none. */
static __always_inline __u32 vlan_circuit(const struct frame *f)
{
	struct tw_vlan_key key = { .ifindex = f->ifindex, .vid = f->tci & 0xfff, .tpid = f->tpid };
	const __u32 *c = bpf_map_lookup_elem(&vlan_ac, &key);

	return c ? *c : 0;
}

static __always_inline int tw_rx(tw_ctx *ctx)
{
	struct frame f = { .ifindex = pkt_port(ctx) };
	const struct tw_port *p = port_of(f.ifindex);
	bool is_ac = false;

	if (!p || !p->flags)
		return PKT_LEAVE;
	f.flags = p->flags;
	f.capture = capturing();
	if (!pkt_head(ctx, &f))
		return f.flags & TW_PORT_AC ? drop(ctx, &f, DROP_RUNT) : PKT_LEAVE;
	if (f.flags & TW_PORT_AC) {
		f.circuit = p->circuit;
		is_ac = true;
	} else if (f.tpid && f.flags & TW_PORT_SUBIF) {
		f.circuit = vlan_circuit(&f);
		if (!f.circuit)
			return leave(ctx, &f, DROP_VLAN_UNKNOWN);
		is_ac = true;
	}
	if (is_ac)
		return ac_rx(ctx, &f);
	if (f.type == TYPE_MPLS && f.flags & TW_PORT_CORE)
		return core_rx(ctx, &f);
	return leave(ctx, &f, DROP_NONE);
}

#endif
