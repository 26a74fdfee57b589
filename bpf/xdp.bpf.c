/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * xdp.bpf.c: the programs for drivers that do native XDP. The loader takes tw_xdp_frags where driver
 * and kernel know frames in fragments (jumbo), else tw_xdp.
 */
#include "lib/xdp_frame.h"
#include "lib/rx.h"

SEC("xdp.frags")
int tw_xdp_frags(struct xdp_md *ctx)
{
	return tw_rx(ctx);
}

SEC("xdp")
int tw_xdp(struct xdp_md *ctx)
{
	return tw_rx(ctx);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
