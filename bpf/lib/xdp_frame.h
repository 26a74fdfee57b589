/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * xdp_frame.h: the primitives for a frame in a driver's buffer. Same names as in skb_frame.h.
 *
 * XDP is the fast lane in front of tc: what it cannot finish it leaves, untouched and uncounted, to
 * the tc program behind it. So every edit comes after the last check.
 */
#ifndef TW_BPF_XDP_FRAME_H
#define TW_BPF_XDP_FRAME_H

#include "frame.h"

typedef struct xdp_md tw_ctx;

#define PKT_FAST	1		/* a tc program stands behind this one */
#define PKT_LEAVE	XDP_PASS
#define PKT_DIE		XDP_DROP
#define PKT_SENT	XDP_REDIRECT

static __always_inline void *pkt_data(const tw_ctx *ctx)
{
	return (void *)(long)ctx->data;
}

static __always_inline void *pkt_end(const tw_ctx *ctx)
{
	return (void *)(long)ctx->data_end;
}

static __always_inline __u32 pkt_len(tw_ctx *ctx)
{
	return bpf_xdp_get_buff_len(ctx);
}

static __always_inline long pkt_load(tw_ctx *ctx, __u32 off, void *to, __u32 len)
{
	return bpf_xdp_load_bytes(ctx, off, to, len);
}

static __always_inline __u32 pkt_port(const tw_ctx *ctx)
{
	return ctx->ingress_ifindex;
}

/* Tries to bring the first @n octets in reach of direct access; whoever reads checks all the same. */
static __always_inline void pkt_reach(tw_ctx *ctx, __u32 n)
{
	(void)ctx, (void)n;
}

/* Fills in what stands in the Ethernet header; false: shorter than one. */
static __always_inline bool pkt_head(tw_ctx *ctx, struct frame *f)
{
	void *p = pkt_data(ctx), *end = pkt_end(ctx);

	if (p + ETH_LEN > end)
		return false;
	f->type = get16(p + 12);
	f->tpid = f->tci = 0;
	if (is_tag(f->type) && p + ETH_LEN + TAG_LEN <= end) {
		f->tpid = f->type;
		f->tci = get16(p + 14);
	}
	return true;
}

/* The frame that begins at @off: size on the wire, @len being the octets from there. */
static __always_inline struct wire pkt_wire(tw_ctx *ctx, __u32 off, __u32 len)
{
	(void)ctx, (void)off;
	return (struct wire){ 1, len, len };
}

static __always_inline bool pkt_within(const tw_ctx *ctx, __u32 len, __u32 mtu)
{
	(void)ctx;
	return len <= mtu;
}

/* Octets of a tag that is not among the bytes. */
static __always_inline __u32 pkt_tag_aside(const tw_ctx *ctx)
{
	(void)ctx;
	return 0;
}

/* A tag that is not among the bytes, for the capture. */
static __always_inline void pkt_tag_head(const tw_ctx *ctx, struct tw_cap_head *h)
{
	(void)ctx, (void)h;
}

static __always_inline int pkt_mark(tw_ctx *ctx, __u32 mark)
{
	(void)ctx, (void)mark;
	return PKT_LEAVE;
}

static __always_inline bool pkt_out_ok(const struct tw_port *p)
{
	return p->flags & TW_PORT_XDP_TX;
}

static __always_inline int pkt_send(__u32 ifindex)
{
	return bpf_redirect_map(&out, ifindex, 0);
}

/* 0, or -DROP_*: the frame cannot be sent any more. */
static __always_inline int pkt_encap(tw_ctx *ctx, const struct encap *e)
{
	__u32 head = encap_header_len(e->row, e->word);
	__u32 grow = head + (e->edit == TAG_DUMMY ? TAG_LEN : 0) - (e->edit == TAG_STRIP ? TAG_LEN : 0);
	void *p = pkt_data(ctx);
	struct macs m;

	if (p + ETH_LEN > pkt_end(ctx))
		return -DROP_KERNEL;
	m = get_macs(p);
	if (unlikely(e->len < encap_min(e)) && bpf_xdp_adjust_tail(ctx, encap_min(e) - e->len))
		return -DROP_KERNEL;
	if (bpf_xdp_adjust_head(ctx, -(int)grow))
		return -DROP_KERNEL;
	p = pkt_data(ctx);
	if (p + HEADER_MAX > pkt_end(ctx))
		return -DROP_KERNEL;
	put_header(p, e);
	if (e->edit == TAG_KEEP)
		return 0;
	p += head;
	if (p + ETH_LEN + TAG_LEN > pkt_end(ctx))
		return -DROP_KERNEL;
	put_macs(p, m);
	if (e->edit == TAG_DUMMY)
		put32(p + 12, TYPE_VLAN << 16);
	return 0;
}

static __always_inline int pkt_decap(tw_ctx *ctx, const struct decap *d)
{
	int shift = d->vout == TW_VOUT_PUSH ? -TAG_LEN : d->vout == TW_VOUT_UNDUMMY ? TAG_LEN : 0;
	void *p = pkt_data(ctx) + d->cut;
	struct macs m;

	if (p + ETH_LEN > pkt_end(ctx))
		return -DROP_KERNEL;
	m = get_macs(p);
	if (d->vout == TW_VOUT_REWRITE) {
		if (p + ETH_LEN + 2 > pkt_end(ctx))
			return -DROP_KERNEL;
		put32(p + 12, TYPE_VLAN << 16 | d->tci);
	}
	if (d->len != d->avail && bpf_xdp_adjust_tail(ctx, d->len - d->avail))
		return -DROP_KERNEL;
	if (bpf_xdp_adjust_head(ctx, d->cut + shift))
		return -DROP_KERNEL;
	if (!shift)
		return 0;
	p = pkt_data(ctx);
	if (p + ETH_LEN > pkt_end(ctx))
		return -DROP_KERNEL;
	put_macs(p, m);
	if (d->vout == TW_VOUT_UNDUMMY)
		return 0;
	if (p + ETH_LEN + TAG_LEN > pkt_end(ctx))
		return -DROP_KERNEL;
	put32(p + 12, TYPE_VLAN << 16 | d->tci);
	return 0;
}

static __always_inline int pkt_restack(tw_ctx *ctx, const struct restack *r)
{
	const struct tw_path_row *row = r->row;
	__u32 n = row->n_labels;
	__u32 low = LSE(0, LSE_TC(r->lse), 0, row->ttl);
	void *p;

	if (n != r->gone && bpf_xdp_adjust_head(ctx, (int)(r->gone - n) * LSE_LEN))
		return -DROP_KERNEL;
	p = pkt_data(ctx);
	if (p + ETH_LEN > pkt_end(ctx))
		return -DROP_KERNEL;
	put_ethernet(p, row, r->type);
	p += ETH_LEN;
#pragma unroll
	for (__u32 i = 0; i < TW_PUSH_MAX; i++, p += LSE_LEN) {
		if (i >= n)
			break;
		if (p + LSE_LEN > pkt_end(ctx))
			return -DROP_KERNEL;
		put32(p, i + 1 < n ? LSE(row->label[i], 0, 0, 0) | low :
				     LSE(row->label[i], 0, 0, 0) | ((r->lse & 0xfff) - 1));
	}
	return 0;
}

#endif
