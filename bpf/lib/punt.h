/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * punt.h: frames for the OAM process, within a budget per source.
 *
 * Only tc punts: the frame goes on to the kernel untouched with a mark, and an AF_PACKET socket for MPLS
 * that filters on the mark gets it. XDP leaves such frames to tc.
 */
#ifndef TW_BPF_PUNT_H
#define TW_BPF_PUNT_H

#include "drop.h"

#define NS		1000000000ull
#define RATE_MAX	1000000ull	/* frames a second and frames of burst; more is taken as this */
#define LULL_MAX	(3600 * NS)	/* a longer silence counts as this; times RATE_MAX it fits 64 bits */
#define PORT_LSP_PING	3503		/* RFC 8029 */
#define PORT_BFD	3784		/* RFC 5884 */
#define PROTO_UDP	17

static __always_inline __u64 at_most(__u64 v, __u64 max)
{
	return v < max ? v : max;
}

/* Takes one frame out of the bucket. Two CPUs may meet here: who moves .when pours the tokens in. */
static __always_inline bool bucket_take(struct tw_bucket *b, const struct tw_punt *p)
{
	__u64 full = at_most(p->burst ?: 1, RATE_MAX) * NS, now = bpf_ktime_get_ns(), when = read_once(b->when);
	__u64 have, more;

	if (now > when && __sync_val_compare_and_swap(&b->when, when, now) == when) {
		more = at_most(now - when, LULL_MAX) * at_most(p->rate, RATE_MAX);
		have = read_once(b->tokens);
		__sync_fetch_and_add(&b->tokens, have < full ? at_most(more, full - have) : 0);
	}
	have = __sync_fetch_and_add(&b->tokens, -NS);
	if (have >= NS && have <= full + RATE_MAX * NS)
		return true;
	__sync_fetch_and_add(&b->tokens, NS);
	return false;
}

__noinline int punt_take(tw_ctx *ctx, __u32 ifindex, __u32 circuit_, __u32 source)
{
	const struct tw_punt *p = tw_row(punt, source);
	struct tw_bucket *b = tw_row(bucket, source);

	if (!p || !b || !p->rate)
		return count_drop(ctx, ifindex, circuit_, source == TW_PUNT_TTL ? DROP_TTL : DROP_OAM_OFF), PKT_DIE;
	if (!bucket_take(b, p)) {
		__sync_fetch_and_add(&b->refused, 1);
		return count_drop(ctx, ifindex, circuit_, DROP_PUNT_BUDGET), PKT_DIE;
	}
	__sync_fetch_and_add(&b->punted, 1);
	if (capturing())
		capture_frame(ctx, ifindex, DIR_IN, 0);
	return pkt_mark(ctx, TW_PUNT_MARK | source);
}

static __always_inline int punt_frame(tw_ctx *ctx, const struct frame *f, enum tw_punt_source source)
{
	return PKT_FAST ? PKT_LEAVE : punt_take(ctx, f->ifindex, f->circuit, source);
}

/* LSP ping (RFC 8029 4.3) and BFD for LSPs (RFC 5884 7): UDP to 127/8, so that no host routes it. */
static __always_inline bool is_oam_udp(tw_ctx *ctx, __u32 off)
{
	__u8 ip[20];
	__be16 to;

	if (pkt_load(ctx, off, ip, sizeof(ip)) || ip[9] != PROTO_UDP || ip[16] != 127)
		return false;
	if ((ip[0] & 0xf) < 5 || get16(ip + 6) & 0x1fff)
		return false;
	/* the header may be longer than 20: LSP ping carries the router alert option */
	if (pkt_load(ctx, off + (ip[0] & 0xf) * 4 + 2, &to, sizeof(to)))
		return false;
	return to == bpf_htons(PORT_LSP_PING) || to == bpf_htons(PORT_BFD);
}

#endif
