// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * cost.bpf.c: the product's XDP program, whole, made repeatable for BPF_PROG_TEST_RUN.
 *
 * A test run knows one ingress port and never resets the frame. So each program here chooses the port,
 * writes what distinguishes this frame from the last, runs tw_rx() from the first lookup to the
 * redirect, and moves the frame's start back. What that adds (1 to 3 ns) is in the figures.
 */
#include "bpf/lib/xdp_frame.h"

static __u32 port_now;
#include "cost.h"

/* lo has ifindex 1, so this is port_now, and what the product reads is read. */
#define pkt_port(ctx) (port_now + (ctx)->ingress_ifindex - CORE_PORT)
#include "bpf/lib/rx.h"

__u64 failed;				/* frames that were not sent; any is a broken measurement */
static __u32 seed = 2463534242u;

static __always_inline __u32 dice(void)	/* 0 .. MANY-1 */
{
	__u32 x = seed;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	seed = x;
	return (__u32)((__u64)x * MANY >> 32);
}

static __always_inline int once(struct xdp_md *ctx, __u32 from, int back)
{
	port_now = from;
	if (tw_rx(ctx) == XDP_REDIRECT && (!back || !bpf_xdp_adjust_head(ctx, back)))
		return XDP_REDIRECT;
	failed++;
	return XDP_ABORTED;
}

static __always_inline bool write32(struct xdp_md *ctx, __u32 off, __u32 v)
{
	void *p = pkt_data(ctx) + off;

	if (p + 4 > pkt_end(ctx))
		return false;
	put32(p, v);
	return true;
}

static __always_inline int decap_once(struct xdp_md *ctx, __u32 label, int back)
{
	return write32(ctx, ETH_LEN + LSE_LEN, LSE(label, 0, LSE_S, 255)) ? once(ctx, CORE_PORT, back) : XDP_ABORTED;
}

SEC("xdp")
int bare_redirect(struct xdp_md *ctx)
{
	(void)ctx;
	return bpf_redirect_map(&out, CORE_PORT, 0);
}

SEC("xdp")
int encap(struct xdp_md *ctx)
{
	return once(ctx, PORT_FIRST, LEN_OUTER);
}

SEC("xdp")
int encap_64k(struct xdp_md *ctx)
{
	return once(ctx, PORT_FIRST + dice(), LEN_OUTER);
}

/* Raw mode: the tag is stripped, so it is put back, and the addresses that moved over it. */
SEC("xdp")
int encap_64k_vlan(struct xdp_md *ctx)
{
	__u32 x = dice();

	if (!write32(ctx, 0, 0x02747700) || !write32(ctx, 4, 0x00020274) || !write32(ctx, 8, 0x77000001) ||
	    !write32(ctx, 12, TYPE_VLAN << 16 | (1 + x / VLAN_PORTS)))
		return XDP_ABORTED;
	return once(ctx, VLAN_PORT + x % VLAN_PORTS, LEN_OUTER - TAG_LEN);
}

/* The last hop before us has popped the transport label, as is usual. */
SEC("xdp")
int decap(struct xdp_md *ctx)
{
	return write32(ctx, ETH_LEN, LSE(LABEL_PORT, 0, LSE_S, 255)) ? once(ctx, CORE_PORT, -LEN_BARE) : XDP_ABORTED;
}

SEC("xdp")
int decap_pop(struct xdp_md *ctx)
{
	return decap_once(ctx, LABEL_PORT, -LEN_OUTER);
}

SEC("xdp")
int decap_64k_gate_ports(struct xdp_md *ctx)
{
	return decap_once(ctx, LABEL_PORT + dice(), -LEN_OUTER);
}

/* The inner addresses move over the control word when the tag is pushed: it is written anew. */
static __always_inline int decap_vlan_once(struct xdp_md *ctx, __u32 label)
{
	return write32(ctx, ETH_LEN + 2 * LSE_LEN, 0) ? decap_once(ctx, label, TAG_LEN - LEN_OUTER) : XDP_ABORTED;
}

SEC("xdp")
int decap_64k(struct xdp_md *ctx)
{
	return decap_vlan_once(ctx, LABEL_SINGLE + dice());
}

SEC("xdp")
int decap_64k_gate(struct xdp_md *ctx)
{
	return decap_vlan_once(ctx, LABEL_VLAN + dice());
}

SEC("xdp")
int swap(struct xdp_md *ctx)
{
	return write32(ctx, ETH_LEN, LSE(LABEL_TRANSIT, 0, 0, 255)) ? once(ctx, CORE_PORT, 0) : XDP_ABORTED;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
