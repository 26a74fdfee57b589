/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "lib/maps.h"
SEC("xdp.frags")
int tw_xdp_frags(struct xdp_md *ctx)
{
	return tw_row(port, ctx->ingress_ifindex) ? XDP_PASS : XDP_ABORTED;
}
SEC("xdp")
int tw_xdp(struct xdp_md *ctx)
{
	return tw_row(port, ctx->ingress_ifindex) ? XDP_PASS : XDP_ABORTED;
}
char LICENSE[] SEC("license") = "Dual BSD/GPL";
