/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * frame.h: what both attach families know of a frame, and the words that stand in front of it.
 *
 * A side (ac.h, core.h) first only reads and decides, then edits through the primitives of
 * xdp_frame.h or skb_frame.h. Formats: label stack entry RFC 3032 2.1, control word RFC 4385 3.
 */
#ifndef TW_BPF_FRAME_H
#define TW_BPF_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "maps.h"

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define read_once(x)	(*(const volatile typeof(x) *)&(x))

#define TYPE_IP		0x0800
#define TYPE_IPV6	0x86dd
#define TYPE_VLAN	0x8100
#define TYPE_QINQ	0x88a8
#define TYPE_MPLS	0x8847
#define TYPE_CONTROL	0x8808		/* MAC control: PAUSE (802.3 31) */

#define ETH_LEN		14
#define ETH_MIN		60		/* shortest frame on a wire, without FCS */
#define TAG_LEN		4
#define LSE_LEN		4
#define CW_LEN		4
#define HEADER_MAX	(ETH_LEN + (TW_PUSH_MAX + 1) * LSE_LEN + CW_LEN)
/* octets the AC side looks at, the flow's hash at most: Ethernet header, two tags, IPv6 header, ports */
#define AC_REACH	(ETH_LEN + 2 * TAG_LEN + 44)
/* octets the core side looks at: stack, control word, Ethernet header, two tags, or IP and UDP headers */
#define CORE_REACH	(ETH_LEN + TW_STACK_MAX * LSE_LEN + 72)

#define LABEL_NULL_V4	0		/* RFC 3032 2.1 */
#define LABEL_ALERT	1
#define LABEL_NULL_V6	2
#define LABEL_ENTROPY	7		/* RFC 6790: the next entry is an entropy label */
#define LABEL_RESERVED	15		/* the last of the special-purpose labels (RFC 7274) */

#define LSE_S			0x100u
#define LSE_LABEL(e)		((e) >> 12)
#define LSE_TC(e)		((e) >> 9 & 7)
#define LSE_TTL(e)		((e) & 0xff)
#define LSE(label, tc, s, ttl)	((__u32)(label) << 12 | (__u32)(tc) << 9 | (__u32)(s) | (__u32)(ttl))

#define CW_NIBBLE(w)	((w) >> 28)
#define CW_FRG(w)	((w) >> 22 & 3)
#define CW_LENGTH(w)	((w) >> 16 & 0x3f)

/* A frame on its way through the program. Host order. */
struct frame {
	__u32 ifindex;			/* where it came in */
	__u32 flags;			/* TW_PORT_* of that port */
	__u32 circuit;			/* whose it is, 0 = not known (yet) */
	__u32 capture;			/* ctl.capture when it came in: read once, a look-up is ten instructions */
	__u16 type;			/* first EtherType on the wire; with a tag, the tag's */
	__u16 tpid;			/* the outer tag, 0 = untagged */
	__u16 tci;
};

/* Its size on the wire; a super-frame (GSO) will become several frames. */
struct wire {
	__u32 frames;
	__u32 octets;			/* of all of them */
	__u32 longest;			/* of the longest of them */
};

enum tag_edit { TAG_KEEP, TAG_STRIP, TAG_DUMMY };	/* towards the PW */

struct encap {				/* inner frame -> MPLS frame */
	const struct tw_path_row *row;
	__u64 word;			/* the slot, TW_SLOT() */
	__u32 tc;
	__u32 len;			/* inner frame after the tag edit, before padding */
	enum tag_edit edit;
};

struct decap {				/* MPLS frame -> inner frame */
	__u32 cut;			/* octets in front of the inner Ethernet header */
	__u32 avail;			/* octets behind them */
	__u32 len;			/* how many of those are the frame; the rest is padding */
	__u32 vout;			/* enum tw_vlan_out */
	__u16 tci;			/* for TW_VOUT_PUSH and TW_VOUT_REWRITE */
};

struct restack {			/* MPLS frame -> MPLS or IP frame with another stack */
	const struct tw_path_row *row;	/* NULL: to the kernel, Ethernet addresses kept */
	__u32 gone;			/* entries taken off, the swapped one included */
	__u32 lse;			/* the swapped one */
	__u16 type;			/* EtherType afterwards */
};

static __always_inline bool is_tag(__u16 type)
{
	return unlikely(type == TYPE_VLAN) || unlikely(type == TYPE_QINQ);
}

static __always_inline __u16 get16(const void *p)
{
	return bpf_ntohs(*(const __be16 *)p);
}

static __always_inline __u32 get32(const void *p)
{
	return bpf_ntohl(*(const __be32 *)p);
}

static __always_inline void put16(void *p, __u16 v)
{
	*(__be16 *)p = bpf_htons(v);
}

static __always_inline void put32(void *p, __u32 v)
{
	*(__be32 *)p = bpf_htonl(v);
}

struct macs {				/* the 12 octets that move when a tag comes or goes */
	__u32 w[3];
};

static __always_inline struct macs get_macs(const void *p)
{
	const __u32 *w = p;

	return (struct macs){ { w[0], w[1], w[2] } };
}

static __always_inline void put_macs(void *p, struct macs m)
{
	__u32 *w = p;

	w[0] = m.w[0];
	w[1] = m.w[1];
	w[2] = m.w[2];
}

static __always_inline __u32 encap_header_len(const struct tw_path_row *row, __u64 word)
{
	return ETH_LEN + (row->n_labels + 1) * LSE_LEN + (TW_SLOT_FLAGS(word) & TW_PW_CW ? CW_LEN : 0);
}

/* RFC 4385 3: the length of payload and control word where that is below 64, else 0. */
static __always_inline __u32 control_word(__u32 inner_len)
{
	return inner_len < ETH_MIN ? (inner_len + CW_LEN) << 16 : 0;
}

/* Shortest inner frame to send: without a control word padding stays, so what is left when the far end
 * has taken the dummy tag off must still be as long as a wire wants it. */
static __always_inline __u32 encap_min(const struct encap *e)
{
	return e->edit == TAG_DUMMY && !(TW_SLOT_FLAGS(e->word) & TW_PW_CW) ? ETH_MIN + TAG_LEN : ETH_MIN;
}

static __always_inline void put_ethernet(void *p, const struct tw_path_row *row, __u16 type)
{
	_Static_assert(offsetof(struct tw_path_row, smac) == offsetof(struct tw_path_row, dmac) + 6,
		       "destination and source lie side by side, as on the wire");
	put_macs(p, get_macs(row->dmac));
	put16(p + 12, type);
}

/* Writes the whole header of @e at @p; HEADER_MAX octets there are known to be ours. */
static __always_inline void put_header(void *p, const struct encap *e)
{
	const struct tw_path_row *row = e->row;
	__u32 n = row->n_labels, low = LSE(0, e->tc, 0, row->ttl);

	put_ethernet(p, row, TYPE_MPLS);
	p += ETH_LEN;
#pragma unroll
	for (__u32 i = 0; i < TW_PUSH_MAX; i++)
		if (i < n) {
			put32(p, LSE(row->label[i], 0, 0, 0) | low);
			p += LSE_LEN;
		}
	put32(p, LSE(TW_SLOT_LABEL(e->word), e->tc, LSE_S, TW_SLOT_TTL(e->word)));
	if (TW_SLOT_FLAGS(e->word) & TW_PW_CW)
		put32(p + LSE_LEN, control_word(e->len));
}

#endif
