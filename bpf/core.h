/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * core.h: from the core: out of a pseudowire to the AC, onto the bypass, through as an LSR, or to the
 * kernel (RFC 3031 3.10, RFC 3032, RFC 4385, RFC 4448 4.4).
 *
 * The stack is walked without an edit, so whatever turns out not to be ours is still as it came.
 */
#ifndef TW_BPF_CORE_H
#define TW_BPF_CORE_H

#include "ac.h"
#include "lib/punt.h"

enum found { FOUND_PW, FOUND_SWAP, FOUND_IP, FOUND_ALERT, FOUND_TTL, FOUND_UNKNOWN, FOUND_SHORT, FOUND_ENDLESS };

struct stack {
	struct tw_label label;		/* PW, SWAP */
	__u32 lse;			/* the entry that was found */
	__u32 off;			/* of what follows it */
};

#define OFF_MASK	0x3fu		/* no stack that is walked ends further in */
_Static_assert(ETH_LEN + TW_STACK_MAX * LSE_LEN <= OFF_MASK, "raise OFF_MASK");

static __always_inline __u32 entries(const struct stack *s)
{
	return (s->off - ETH_LEN) / LSE_LEN;
}

/* A row of label_in[], whole: it is rewritten between two stores of .last. For what came in by port @by. */
static __always_inline __u32 read_label(__u32 value, __u32 by, struct tw_label *out_label)
{
	const struct tw_label *l = tw_row(label_in, value);
	__u32 last, op;

	if (value == LABEL_NULL_V4 || value == LABEL_NULL_V6)
		return TW_OP_POP;
	if (!l)
		return TW_OP_NONE;
	last = read_once(l->last);
	op = TW_LABEL_OP(last);
	out_label->ifindex = read_once(l->ifindex);
	if (op != TW_OP_PW && out_label->ifindex && out_label->ifindex != by)
		return TW_OP_NONE;
	if (op != TW_OP_POP) {
		out_label->index = read_once(l->index);
		out_label->vid = read_once(l->vid);
		out_label->max_frame = read_once(l->max_frame);
		out_label->last = last;
	}
	return read_once(l->last) == last ? op : TW_OP_NONE;
}

static __always_inline enum found walk(tw_ctx *ctx, __u32 by, struct stack *s)
{
	const void *start = pkt_data(ctx), *p = start + ETH_LEN, *end = pkt_end(ctx);

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < TW_STACK_MAX; i++, p += LSE_LEN) {
		__u32 op;

		if (p + LSE_LEN > end)
			return FOUND_SHORT;
		s->lse = get32(p);
		/* a difference of pointers is any number to the verifier, so what comes behind the loop is
		 * walked once and not once per depth of the stack */
		s->off = (p + LSE_LEN - start) & OFF_MASK;
		if (LSE_LABEL(s->lse) == LABEL_ALERT)
			return FOUND_ALERT;
		op = read_label(LSE_LABEL(s->lse), by, &s->label);
		if (op == TW_OP_NONE)
			return FOUND_UNKNOWN;
		if (unlikely(LSE_TTL(s->lse) <= 1))
			return FOUND_TTL;
		if (op == TW_OP_PW)
			return s->lse & LSE_S ? FOUND_PW : FOUND_ENDLESS;
		if (op == TW_OP_SWAP)
			return FOUND_SWAP;
		if (s->lse & LSE_S)
			return FOUND_IP;
	}
	return FOUND_ENDLESS;
}

/* EtherType of what lies at @off, below the bottom of the stack: 0 = no IP. */
static __always_inline __u16 ip_type(tw_ctx *ctx, __u32 off)
{
	const __u8 *p = pkt_data(ctx) + off;

	if ((void *)(p + 1) > pkt_end(ctx))
		return 0;
	return *p >> 4 == 4 ? TYPE_IP : *p >> 4 == 6 ? TYPE_IPV6 : 0;
}

/* ---- LSR -------------------------------------------------------------------------------------- */

/* The path to swap into; a group's is chosen anew by tc when XDP leaves the frame to it, and is the same. */
static __always_inline __u32 swap_path(tw_ctx *ctx, const struct stack *s)
{
	if (likely(!(TW_LABEL_FLAGS(s->label.last) & TW_LABEL_GROUP)))
		return s->label.index;
	return stack_member(ctx, s->label.index, s->off, s->lse);
}

static __always_inline int core_swap(tw_ctx *ctx, const struct frame *f, const struct stack *s)
{
	const struct tw_path_row *row = path_row(swap_path(ctx, s));
	struct restack r = { .row = row, .gone = entries(s), .lse = s->lse, .type = TYPE_MPLS };

	if (!row)
		return drop(ctx, f, DROP_LSP_DOWN);
	if (!row->n_labels && s->lse & LSE_S) {
		r.type = ip_type(ctx, s->off);
		if (!r.type)
			return drop_late(ctx, f, DROP_STACK_IP);
	}
	if (!pkt_within(ctx, pkt_len(ctx) - s->off + row->n_labels * LSE_LEN, row->mtu))
		return drop(ctx, f, DROP_MTU);
	if (PKT_FAST && !out_ok(row->ifindex))
		return PKT_LEAVE;
	capture_in(ctx, f);
	if (pkt_restack(ctx, &r))
		return drop(ctx, f, DROP_KERNEL);
	return emit(ctx, f, row->ifindex);
}

/* IP below our own label: LSP ping and BFD are for the OAM process, the rest is for the host. */
static __always_inline int core_ip(tw_ctx *ctx, const struct frame *f, const struct stack *s)
{
	struct restack r = { .gone = entries(s), .lse = s->lse };

	if (PKT_FAST)
		return PKT_LEAVE;
	r.type = ip_type(ctx, s->off);
	if (!r.type)
		return drop(ctx, f, DROP_STACK_IP);
	if (r.type == TYPE_IP && is_oam_udp(ctx, s->off))
		return punt_frame(ctx, f, TW_PUNT_UDP);
	capture_in(ctx, f);
	return pkt_restack(ctx, &r) ? drop(ctx, f, DROP_KERNEL) : PKT_LEAVE;
}

static __always_inline __u16 inner_type(tw_ctx *ctx, __u32 off)
{
	const void *p = pkt_data(ctx) + off;

	return p + ETH_LEN <= pkt_end(ctx) ? get16(p + 12) : 0;
}

/* ---- pseudowire ------------------------------------------------------------------------------- */

enum cw { CW_DATA, CW_ACH, CW_BAD, CW_SHORT, CW_RUNT, CW_LONG };

/* Checks and skips the control word: where the inner frame begins and how long it is (RFC 4385 3). */
static __always_inline enum cw inner_frame(tw_ctx *ctx, const struct stack *s, struct decap *d)
{
	const void *p = pkt_data(ctx) + s->off;
	__u32 len = pkt_len(ctx), word;

	d->cut = s->off;
	d->avail = d->len = len - s->off;
	if (TW_LABEL_FLAGS(s->label.last) & TW_LABEL_CW) {
		if (p + CW_LEN > pkt_end(ctx))
			return CW_SHORT;
		word = get32(p);
		if (CW_NIBBLE(word))
			return CW_NIBBLE(word) == 1 ? CW_ACH : CW_BAD;
		if (CW_FRG(word))		/* fragments (RFC 4623) are not put together here */
			return CW_BAD;
		d->cut += CW_LEN;
		d->avail = d->len = d->avail - CW_LEN;
		if (unlikely(CW_LENGTH(word))) {
			if (CW_LENGTH(word) > d->avail + CW_LEN)
				return CW_LONG;
			if (CW_LENGTH(word) < CW_LEN + ETH_LEN)
				return CW_RUNT;
			d->len = CW_LENGTH(word) - CW_LEN;
		}
	}
	return d->len < ETH_LEN ? CW_RUNT : CW_DATA;
}

static __always_inline int not_data(tw_ctx *ctx, const struct frame *f, enum cw cw)
{
	switch (cw) {
	case CW_ACH:
		return punt_frame(ctx, f, TW_PUNT_ACH);
	case CW_SHORT:
		return drop_late(ctx, f, DROP_TRUNCATED);
	case CW_RUNT:
		return drop_late(ctx, f, DROP_RUNT);
	case CW_LONG:
		return drop_late(ctx, f, DROP_CW_LENGTH);
	default:
		return drop_late(ctx, f, DROP_CONTROL_WORD);
	}
}

/* The AC is down: what a pseudowire brought goes on by the bypass, what the bypass brought by the
 * pseudowire, and nothing ever back where it came from. */
static __always_inline int core_bypass(tw_ctx *ctx, struct frame *f, const struct stack *s, struct decap *d,
				       const struct tw_circuit *c)
{
	__u32 from = TW_LABEL_SLOT(s->label.last);
	struct encap e = { .tc = LSE_TC(s->lse), .len = d->len };
	struct steered to = { .slot = TW_BYPASS };
	struct wire w;
	int sent;

	if (from == TW_BYPASS) {
		to = steer(ctx, f->circuit, c, d->cut);
		if (to.armed && to.slot == TW_BYPASS)
			return drop(ctx, f, DROP_BYPASS_LOOP);
	} else {
		usable(ctx, f->circuit, c, d->cut, &to);
	}
	e.row = to.armed ? armed_row(to.path, to.armed) : NULL;
	if (!e.row)
		return drop(ctx, f, DROP_AC_DOWN);
	w = pkt_wire(ctx, d->cut, d->len);
	e.word = to.word;
	e.len = w.longest;
	if (!fits(&e, e.len))
		return drop(ctx, f, DROP_MTU);
	if (PKT_FAST && !out_ok(e.row->ifindex))
		return PKT_LEAVE;
	capture_in(ctx, f);
	if (pkt_decap(ctx, d))
		return drop(ctx, f, DROP_KERNEL);
	sent = encap_send(ctx, f, &e, to.slot, &w);
	if (likely(sent == PKT_SENT))
		tally(TW_RX, f->circuit, from, &w);
	return sent;
}

/* What the AC's tag wants; false: the frame has none to rewrite. */
static __always_inline bool tag_out(tw_ctx *ctx, const struct stack *s, struct decap *d)
{
	const void *p = pkt_data(ctx) + d->cut + 12;
	__u32 vout = TW_LABEL_VOUT(s->label.last);
	__u16 tci = 0;
	bool tagged = false;

	if (p + TAG_LEN <= pkt_end(ctx) && d->len >= ETH_LEN + TAG_LEN && is_tag(get16(p))) {
		tagged = true;
		tci = get16(p + 2);
	}
	d->vout = vout;
	if (vout == TW_VOUT_PUSH)
		d->tci = LSE_TC(s->lse) << 13 | s->label.vid;
	else if (vout == TW_VOUT_REWRITE)
		d->tci = (tci & 0xf000) | s->label.vid;
	else if (vout == TW_VOUT_UNDUMMY && !(tagged && !(tci & 0xfff)))
		d->vout = TW_VOUT_KEEP;
	return tagged || vout != TW_VOUT_REWRITE;
}

static __always_inline int core_deliver(tw_ctx *ctx, const struct frame *f, const struct stack *s, struct decap *d,
					const struct tw_port *to)
{
	__u32 aside, ifindex = s->label.ifindex;
	struct wire w;
	int sent;

	if (TW_LABEL_VOUT(s->label.last) && !tag_out(ctx, s, d))
		return drop(ctx, f, DROP_NO_TAG);
	aside = d->vout == TW_VOUT_PUSH ? TAG_LEN : 0;
	w = pkt_wire(ctx, d->cut, d->len);
	if (w.longest > s->label.max_frame && w.longest > s->label.max_frame + tag_octets(ctx, d->cut))
		return drop(ctx, f, DROP_MTU);
	if (PKT_FAST && !pkt_out_ok(to))
		return PKT_LEAVE;
	capture_in(ctx, f);
	if (pkt_decap(ctx, d))
		return drop(ctx, f, DROP_KERNEL);
	w.octets += (aside - (d->vout == TW_VOUT_UNDUMMY ? TAG_LEN : 0)) * w.frames;
	sent = emit(ctx, f, ifindex);
	if (likely(sent == PKT_SENT))
		tally(TW_RX, s->label.index, TW_LABEL_SLOT(s->label.last), &w);
	return sent;
}

static __always_inline int core_pw(tw_ctx *ctx, struct frame *f, const struct stack *s)
{
	const struct tw_port *to = port_of(s->label.ifindex);
	__u32 last = s->label.last, flags = TW_LABEL_FLAGS(last);
	const struct tw_circuit *c = NULL;
	struct decap d = {};
	enum cw cw = inner_frame(ctx, s, &d);

	f->circuit = s->label.index;
	if (cw != CW_DATA)
		return not_data(ctx, f, cw);
	if (flags & (TW_LABEL_GATE | TW_LABEL_BYPASS)) {
		c = tw_row(circuit, f->circuit);
		if (!c)
			return drop(ctx, f, DROP_INACTIVE_PW);
	}
	if (c && flags & TW_LABEL_GATE) {
		struct steered now = steer(ctx, f->circuit, c, d.cut);

		if (!now.armed || now.slot != TW_LABEL_SLOT(last))
			return drop(ctx, f, DROP_INACTIVE_PW);
	}
	if (unlikely(inner_type(ctx, d.cut) == TYPE_CONTROL) && is_pause(ctx, d.cut))
		return drop(ctx, f, DROP_PAUSE);
	if (likely(s->label.ifindex && to && !(to->flags & TW_PORT_DOWN)))
		return core_deliver(ctx, f, s, &d, to);
	if (c && flags & TW_LABEL_BYPASS)
		return core_bypass(ctx, f, s, &d, c);
	return drop(ctx, f, DROP_AC_DOWN);
}

static __always_inline int core_rx(tw_ctx *ctx, struct frame *f)
{
	struct stack s = {};
	enum found found;

	pkt_reach(ctx, CORE_REACH);
	found = walk(ctx, f->ifindex, &s);
	switch (found) {
	case FOUND_PW:
		return core_pw(ctx, f, &s);
	case FOUND_SWAP:
		return core_swap(ctx, f, &s);
	case FOUND_IP:
		return core_ip(ctx, f, &s);
	case FOUND_ALERT:
		return punt_frame(ctx, f, TW_PUNT_ALERT);
	case FOUND_TTL:
		return punt_frame(ctx, f, TW_PUNT_TTL);
	case FOUND_UNKNOWN:
		return leave(ctx, f, DROP_LABEL_UNKNOWN);
	case FOUND_SHORT:
		return drop_late(ctx, f, DROP_TRUNCATED);
	default:
		return drop_late(ctx, f, DROP_NO_BOS);
	}
}

#endif
