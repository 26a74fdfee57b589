// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * gen.bpf.c: traffic for the benches, made and counted in the kernel.
 *
 * generate runs by BPF_PROG_TEST_RUN with live frames: each frame leaves by one of the ports in `out`.
 * The kernel hands the same pages out again and again as the last receiver left them, so the
 * first 16 octets are written anew each time. redirect is the bare chain that everything is
 * compared with; sink_* count what arrives unharmed at the far end.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define PORTS_MAX 64

const volatile __u64 head[2];		/* MAC addresses, EtherType, and the tag's place or the IP header's start */
const volatile __u32 ports = 1;		/* entries of `out` in use, a power of two */
const volatile __u32 vids;		/* 0: no tag; else VIDs 1..vids at random */

/* written by user space between two runs */
__u32 want_len;				/* a frame of another length at the sink is not ours */

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, PORTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} out SEC(".maps");

/* The kind of map the product redirects by, so that the chains differ in what is done to the frame. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, PORTS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} hop_out SEC(".maps");

enum { GOOD, ODD, COUNTERS };
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} arrived SEC(".maps");

static __u32 seed = 2463534242u;

static __always_inline __u32 dice(void)	/* xorshift32; one CPU generates, so no race matters */
{
	__u32 x = seed;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	seed = x;
	return x;
}

SEC("xdp")
int generate(struct xdp_md *ctx)
{
	__u8 *p = (__u8 *)(long)ctx->data, *end = (__u8 *)(long)ctx->data_end;
	__u32 port = 0;

	if (p + 16 > end)
		return XDP_ABORTED;
	*(__u64 *)p = head[0];
	*(__u64 *)(p + 8) = head[1];
	if (vids) {
		__u32 x = dice(), vid = 1 + (__u32)((__u64)x * vids >> 32);

		port = x & (ports - 1);
		*(__u16 *)(p + 14) = (__u16)__builtin_bswap16(vid);
	}
	return bpf_redirect_map(&out, port, XDP_ABORTED);
}

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	const __u8 *p = (__u8 *)(long)ctx->data, *end = (__u8 *)(long)ctx->data_end;

	if (ports == 1)
		return bpf_redirect_map(&hop_out, 0, XDP_ABORTED);
	return p + 16 > end ? XDP_ABORTED : bpf_redirect_map(&hop_out, p[15] & (ports - 1), XDP_ABORTED);
}

static __always_inline void count(const __u8 *p, const __u8 *end, __u32 len)
{
	__u32 which = ODD;
	__u64 *n;

	if (p + 14 <= end && *(__u64 *)p == head[0] && *(__u32 *)(p + 8) == (__u32)head[1] && len == want_len)
		which = GOOD;
	n = bpf_map_lookup_elem(&arrived, &which);
	if (n)
		*n += 1;
}

SEC("xdp")
int sink_xdp(struct xdp_md *ctx)
{
	__u8 *p = (__u8 *)(long)ctx->data, *end = (__u8 *)(long)ctx->data_end;

	count(p, end, (__u32)(end - p));
	return XDP_DROP;
}

SEC("tc")
int sink_tc(struct __sk_buff *skb)
{
	count((__u8 *)(long)skb->data, (__u8 *)(long)skb->data_end, skb->len);
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
