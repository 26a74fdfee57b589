/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * skb_frame.h: the primitives for a frame in a kernel skb. Same names as in xdp_frame.h.
 *
 * Work may still be pending on an skb: segmentation (GSO), a checksum, a tag in metadata. All of it must
 * stay true while headers come and go. What the kernel keeps beside the bytes and how it is led:
 *
 * - the outermost tag lies in metadata; vlan_pop takes it out and pulls the next one up, so tags are
 *   popped one after the other and written back in line, in front of the rest;
 * - skb->protocol is what GSO and adjust_room go by, and no helper sets it. vlan_pop derives it anew
 *   from the bytes, so a pair of tags is pushed and popped for that (retype());
 * - a CHECKSUM_COMPLETE sum covers what follows the MAC header: a store there must say so
 *   (BPF_F_RECOMPUTE_CSUM); change_head makes all it adds MAC header;
 * - adjust_room marks a super-frame for re-validation by its protocol; where only a few entries go
 *   (PHP), vlan_pop takes them off dressed as tags instead, and the super-frame stays what it was.
 */
#ifndef TW_BPF_SKB_FRAME_H
#define TW_BPF_SKB_FRAME_H

#include <linux/pkt_cls.h>

#include "frame.h"

typedef struct __sk_buff tw_ctx;

#define PKT_FAST	0
#define PKT_LEAVE	TC_ACT_UNSPEC	/* on to the next filter, then the kernel */
#define PKT_DIE		TC_ACT_SHOT
#define PKT_SENT	TC_ACT_REDIRECT

#define TAGS_MAX	4		/* tags of a frame that are put back in line */
#define IP_LEN_MIN	20		/* adjust_room wants that much behind the Ethernet header */
#define ROOM_FLAGS	(BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_NO_CSUM_RESET)

/* A field of the context by a load of its own: left to itself clang-14 computes the address ahead of
 * the load, and the verifier refuses a context pointer that was added to. */
#define skb_field(ctx, field)                                                  \
	({                                                                     \
		__u32 skb_v;                                                   \
		asm volatile("%0 = *(u32 *)(%1 + %2)"                          \
			     : "=r"(skb_v)                                     \
			     : "r"(ctx), "i"(offsetof(struct __sk_buff, field)) \
			     : "memory");                                      \
		skb_v;                                                         \
	})

static __always_inline void *pkt_data(const tw_ctx *ctx)
{
	return (void *)(long)ctx->data;
}

static __always_inline void *pkt_end(const tw_ctx *ctx)
{
	return (void *)(long)ctx->data_end;
}

static __always_inline __u32 pkt_len(const tw_ctx *ctx)
{
	return ctx->len;
}

static __always_inline long pkt_load(tw_ctx *ctx, __u32 off, void *to, __u32 len)
{
	return bpf_skb_load_bytes(ctx, off, to, len);
}

static __always_inline __u32 pkt_port(const tw_ctx *ctx)
{
	return ctx->ifindex;
}

static __always_inline void pkt_reach(tw_ctx *ctx, __u32 n)
{
	void *p = pkt_data(ctx), *end = pkt_end(ctx);

	if (p + n > end && end - p < ctx->len)		/* else there is no more than is in reach */
		bpf_skb_pull_data(ctx, ctx->len < n ? ctx->len : n);
}

static __always_inline bool pkt_head(tw_ctx *ctx, struct frame *f)
{
	void *p = pkt_data(ctx), *end = pkt_end(ctx);

	if (p + ETH_LEN > end)
		return false;
	f->type = get16(p + 12);
	f->tpid = f->tci = 0;
	if (skb_field(ctx, vlan_present)) {
		f->type = f->tpid = bpf_ntohs(skb_field(ctx, vlan_proto));
		f->tci = skb_field(ctx, vlan_tci);
	} else if (is_tag(f->type) && p + ETH_LEN + TAG_LEN <= end) {
		f->tpid = f->type;
		f->tci = get16(p + 14);
	}
	return true;
}

static __always_inline __u32 pkt_tag_aside(const tw_ctx *ctx)
{
	return skb_field(ctx, vlan_present) ? TAG_LEN : 0;
}

static __always_inline void pkt_tag_head(const tw_ctx *ctx, struct tw_cap_head *h)
{
	if (!skb_field(ctx, vlan_present))
		return;
	h->tpid = bpf_ntohs(skb_field(ctx, vlan_proto));
	h->tci = skb_field(ctx, vlan_tci);
}

static __always_inline int pkt_mark(tw_ctx *ctx, __u32 mark)
{
	ctx->mark = mark;
	return TC_ACT_OK;
}

static __always_inline bool pkt_out_ok(const struct tw_port *p)
{
	(void)p;
	return true;
}

static __always_inline int pkt_send(__u32 ifindex)
{
	return bpf_redirect(ifindex, 0);
}

/* Octets of Ethernet, IP and TCP or UDP header of the super-frame that begins at @off. */
__noinline int gso_header(tw_ctx *ctx, __u32 off)
{
	__u32 at = off + 12;
	__u8 proto, n = 0;
	__be16 type = 0;

	for (int i = 0; i <= TAGS_MAX; i++, at += TAG_LEN) {
		if (bpf_skb_load_bytes(ctx, at, &type, 2) || !is_tag(bpf_ntohs(type)))
			break;
	}
	at += 2;
	if (type == bpf_htons(TYPE_IP)) {
		if (bpf_skb_load_bytes(ctx, at, &n, 1) || bpf_skb_load_bytes(ctx, at + 9, &proto, 1))
			return at - off;
		at += (n & 0xf) * 4;
	} else if (type == bpf_htons(TYPE_IPV6)) {
		if (bpf_skb_load_bytes(ctx, at + 6, &proto, 1))
			return at - off;
		at += 40;
	} else {
		return at - off;
	}
	if (proto == 6 && !bpf_skb_load_bytes(ctx, at + 12, &n, 1))
		at += (n >> 4) * 4;
	else if (proto == 17)
		at += 8;
	return at - off;
}

static __always_inline struct wire pkt_wire(tw_ctx *ctx, __u32 off, __u32 len)
{
	__u32 aside = pkt_tag_aside(ctx), size = skb_field(ctx, gso_size), head, rest, n;

	if (likely(!size))
		return (struct wire){ 1, len + aside, len + aside };
	head = gso_header(ctx, off);
	rest = len > head ? len - head : 0;
	n = skb_field(ctx, gso_segs);
	if (!n)				/* not said (a frame from a guest, or after adjust_room) */
		n = (rest + size - 1) / size;
	n = n ?: 1;
	head += aside;
	return (struct wire){ n, n * head + rest, head + (rest < size ? rest : size) };
}

/* Does no segment of an MPLS packet of @len octets exceed @mtu? What lies inside a super-frame is not
 * known to an LSR; its segments are at least gso_size long. */
static __always_inline bool pkt_within(const tw_ctx *ctx, __u32 len, __u32 mtu)
{
	return (skb_field(ctx, gso_size) ?: len) <= mtu;
}

/* skb->protocol (and the network header with it) becomes what the Ethernet header says. */
static __always_inline int retype(tw_ctx *ctx)
{
	bool aside = skb_field(ctx, vlan_present);

	if (!aside && bpf_skb_vlan_push(ctx, bpf_htons(TYPE_VLAN), 0))
		return -1;
	if (bpf_skb_vlan_push(ctx, bpf_htons(TYPE_VLAN), 0) || bpf_skb_vlan_pop(ctx))
		return -1;
	return !aside && bpf_skb_vlan_pop(ctx) ? -1 : 0;
}

/* ---- towards the PW ---- */

struct tags {
	__u32 n;
	__u32 v[TAGS_MAX];		/* TPID << 16 | TCI, outermost first */
};

/* Takes all tags off the frame. */
static __always_inline int take_tags(tw_ctx *ctx, struct tags *t)
{
	t->n = 0;
#pragma unroll
	for (int i = 0; i < TAGS_MAX; i++) {
		bool aside = skb_field(ctx, vlan_present);
		void *p = pkt_data(ctx);

		if (aside)
			t->v[i] = (__u32)bpf_ntohs(skb_field(ctx, vlan_proto)) << 16 | skb_field(ctx, vlan_tci);
		else if (!is_tag(bpf_ntohs(skb_field(ctx, protocol))) || p + ETH_LEN + TAG_LEN > pkt_end(ctx))
			return 0;
		else
			t->v[i] = get32(p + 12);
		if (bpf_skb_vlan_pop(ctx)) {		/* the next one is cut short and stays where it is */
			t->n += aside;
			return 0;
		}
		t->n++;
	}
	return skb_field(ctx, vlan_present) || is_tag(bpf_ntohs(skb_field(ctx, protocol))) ? -1 : 0;
}

static __always_inline void edit_tags(struct tags *t, enum tag_edit edit)
{
	if (edit == TAG_STRIP && t->n) {
		t->v[0] = t->v[1];
		t->v[1] = t->v[2];
		t->v[2] = t->v[3];
		t->n--;
	}
}

/* MACs and tags at @p; behind them there is still the frame. */
static __always_inline int put_tags(tw_ctx *ctx, __u32 off, struct macs m, const struct tags *t, enum tag_edit edit)
{
	void *p = pkt_data(ctx) + off;

	if (p + 12 + (TAGS_MAX + 1) * TAG_LEN > pkt_end(ctx))
		return -1;
	put_macs(p, m);
	p += 12;
	if (edit == TAG_DUMMY) {
		put32(p, TYPE_VLAN << 16);
		p += TAG_LEN;
	}
#pragma unroll
	for (__u32 i = 0; i < TAGS_MAX; i++)
		if (i < t->n)
			put32(p + i * TAG_LEN, t->v[i]);
	return 0;
}

static __always_inline int pkt_encap(tw_ctx *ctx, const struct encap *e)
{
	__u32 head = encap_header_len(e->row, e->word), extra;
	struct tags t = {};
	struct macs m;
	void *p;

	if (unlikely(skb_field(ctx, vlan_present) || is_tag(bpf_ntohs(skb_field(ctx, protocol)))) && take_tags(ctx, &t))
		return -DROP_TAGS;
	edit_tags(&t, e->edit);
	extra = t.n * TAG_LEN + (e->edit == TAG_DUMMY ? TAG_LEN : 0);
	if (unlikely(ctx->len + extra < encap_min(e)) && bpf_skb_change_tail(ctx, encap_min(e) - extra, 0))
		return -DROP_KERNEL;
	pkt_reach(ctx, HEADER_MAX);
	p = pkt_data(ctx);
	if (p + ETH_LEN > pkt_end(ctx))
		return -DROP_KERNEL;
	m = get_macs(p);
	if (bpf_skb_change_head(ctx, head + extra, 0))
		return -DROP_KERNEL;
	p = pkt_data(ctx);
	if (p + HEADER_MAX > pkt_end(ctx))
		return -DROP_KERNEL;
	put_header(p, e);
	return extra && put_tags(ctx, head, m, &t, e->edit) ? -DROP_KERNEL : 0;
}

/* ---- out of the PW ---- */

static __always_inline int store16(tw_ctx *ctx, __u32 off, __u16 v)
{
	__be16 be = bpf_htons(v);

	return bpf_skb_store_bytes(ctx, off, &be, sizeof(be), BPF_F_RECOMPUTE_CSUM);
}

/* Lets the kernel believe in an IP packet, as adjust_room demands, and leaves @d's tag in metadata. */
static __always_inline int pose_as_ip(tw_ctx *ctx, const struct decap *d)
{
	void *p = pkt_data(ctx);

	if (p + ETH_LEN > pkt_end(ctx))
		return -1;
	put16(p + 12, TYPE_IP);
	if (bpf_skb_vlan_push(ctx, bpf_htons(TYPE_VLAN), d->tci) ||
	    bpf_skb_vlan_push(ctx, bpf_htons(TYPE_VLAN), 0) || bpf_skb_vlan_pop(ctx))
		return -1;
	return d->vout != TW_VOUT_PUSH && bpf_skb_vlan_pop(ctx) ? -1 : 0;
}

static __always_inline int pkt_decap(tw_ctx *ctx, const struct decap *d)
{
	__u32 tag = d->vout == TW_VOUT_UNDUMMY ? TAG_LEN : 0;
	__u32 len = d->len - tag, room = d->avail - tag;
	void *p = pkt_data(ctx) + d->cut, *behind = p + tag;
	struct macs m;
	__be16 type;

	if (p + ETH_LEN > pkt_end(ctx) || behind + ETH_LEN > pkt_end(ctx))
		return -1;
	m = get_macs(p);
	type = *(__be16 *)(behind + 12);
	if (d->vout == TW_VOUT_REWRITE) {
		type = bpf_htons(TYPE_VLAN);
		if (store16(ctx, d->cut + ETH_LEN, d->tci))
			return -1;
	}
	if (pose_as_ip(ctx, d))
		return -1;
	if (unlikely(room < ETH_LEN + IP_LEN_MIN)) {
		room = ETH_LEN + IP_LEN_MIN;
		if (bpf_skb_change_tail(ctx, d->cut + tag + room, 0))
			return -1;
	}
	if (bpf_skb_adjust_room(ctx, -(int)(d->cut + tag), BPF_ADJ_ROOM_MAC, ROOM_FLAGS))
		return -1;
	p = pkt_data(ctx);
	if (p + ETH_LEN > pkt_end(ctx))
		return -1;
	put_macs(p, m);
	*(__be16 *)(p + 12) = type;
	if (unlikely(room != len) && bpf_skb_change_tail(ctx, len, 0))
		return -1;
	return skb_field(ctx, gso_size) ? retype(ctx) : 0;
}

/* ---- LSR ---- */

/* Takes @n entries off the top of the stack by letting the kernel pop them as tags. */
static __always_inline int pop_entries(tw_ctx *ctx, __u32 n, __u16 type)
{
	for (__u32 i = 0; i < TW_STACK_MAX; i++) {
		if (i >= n)
			break;
		if (store16(ctx, ETH_LEN + i * LSE_LEN + 2, i + 1 < n ? TYPE_VLAN : type))
			return -1;
	}
	if (bpf_skb_store_bytes(ctx, 12, &(__be16){ bpf_htons(TYPE_VLAN) }, 2, 0) ||
	    bpf_skb_vlan_push(ctx, bpf_htons(TYPE_VLAN), 0) || bpf_skb_vlan_push(ctx, bpf_htons(TYPE_VLAN), 0))
		return -1;
	for (__u32 i = 0; i < TW_STACK_MAX + 2; i++) {
		if (i >= n + 2)
			break;
		if (bpf_skb_vlan_pop(ctx))
			return -1;
	}
	return 0;
}

static __always_inline int put_entries(tw_ctx *ctx, const struct restack *r, __u32 n, __u32 grown)
{
	__u32 low = LSE(0, LSE_TC(r->lse), 0, r->row->ttl), e;
	__be32 be;

	for (__u32 i = 0; i < TW_PUSH_MAX; i++) {
		if (i >= n)
			break;
		e = LSE(r->row->label[i], 0, 0, 0) | (i + 1 < n ? low : (r->lse & 0xfff) - 1);
		be = bpf_htonl(e);
		if (bpf_skb_store_bytes(ctx, ETH_LEN + i * LSE_LEN, &be, LSE_LEN,
					i * LSE_LEN < grown ? 0 : BPF_F_RECOMPUTE_CSUM))
			return -1;
	}
	return 0;
}

static __always_inline int pkt_restack(tw_ctx *ctx, const struct restack *r)
{
	__u32 n = r->row ? r->row->n_labels : 0, grown = n > r->gone ? (n - r->gone) * LSE_LEN : 0;
	void *p;

	if (n < r->gone && pop_entries(ctx, r->gone - n, r->type))
		return -1;
	if (grown && bpf_skb_change_head(ctx, grown, 0))
		return -1;
	if (!r->row)
		return 0;
	p = pkt_data(ctx);
	if (p + ETH_LEN > pkt_end(ctx))
		return -1;
	put_ethernet(p, r->row, r->type);
	return put_entries(ctx, r, n, grown);
}

#endif
