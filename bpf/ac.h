/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ac.h: from the attachment circuit into a pseudowire (RFC 4448 4.4, RFC 4385 3).
 *
 * What enters here belongs to a circuit: it is sent or it dies and is counted, the host never sees it.
 */
#ifndef TW_BPF_AC_H
#define TW_BPF_AC_H

#include "lib/drop.h"
#include "lib/port.h"
#include "lib/steer.h"

/* 802.3 31B: to the reserved address, or the opcode to anybody. RFC 4448 4.4.5: never carried. */
static __always_inline bool is_pause(tw_ctx *ctx, __u32 off)
{
	const void *p = pkt_data(ctx) + off;

	if (p + ETH_LEN + 2 > pkt_end(ctx))
		return p + ETH_LEN <= pkt_end(ctx) && get32(p) == 0x0180c200 && get16(p + 4) == 0x0001;
	return (get32(p) == 0x0180c200 && get16(p + 4) == 0x0001) || get16(p + ETH_LEN) == 0x0001;
}

/* Tags, at most two, of the frame that begins at @off; each lets it be 4 octets longer. */
static __always_inline __u32 tag_octets(tw_ctx *ctx, __u32 off)
{
	const void *p = pkt_data(ctx) + off + 12, *end = pkt_end(ctx);
	__u32 n = pkt_tag_aside(ctx);

#pragma unroll
	for (int i = 0; i < 2; i++, p += TAG_LEN) {
		if (p + TAG_LEN > end || !is_tag(get16(p)))
			break;
		n += TAG_LEN;
	}
	return n < 2 * TAG_LEN ? n : 2 * TAG_LEN;
}

/* What happens to the tag: raw mode strips only the one that delimits the service, tagged mode sends
 * always one (RFC 4448 4.4.1). A priority tag (VID 0) delimits nothing: it gets a dummy before it, so
 * that the far end, which strips one VID 0 tag, gives it back. */
static __always_inline enum tag_edit tag_edit(const struct frame *f, const struct tw_circuit *c, __u64 word)
{
	if (!(TW_SLOT_FLAGS(word) & TW_PW_TAGGED))
		return c->flags & TW_CIRCUIT_SUBIF ? TAG_STRIP : TAG_KEEP;
	if (c->flags & TW_CIRCUIT_SUBIF)
		return TAG_KEEP;
	return f->tpid && f->tci & 0xfff ? TAG_KEEP : TAG_DUMMY;
}

static __always_inline __u32 traffic_class(const struct frame *f, const struct tw_circuit *c)
{
	return c->tc == TW_TC_FROM_PCP ? f->tci >> 13 : c->tc & 7;
}

/* Does a frame of @len octets fit the path once @e has been put in front? */
static __always_inline bool fits(const struct encap *e, __u32 len)
{
	__u32 inner = len > encap_min(e) ? len : encap_min(e);

	return encap_header_len(e->row, e->word) - ETH_LEN + inner <= e->row->mtu;
}

/* Everything has been checked: edit, send, count. */
static __always_inline int encap_send(tw_ctx *ctx, const struct frame *f, const struct encap *e, __u32 slot,
				      const struct wire *w)
{
	__u32 ifindex = e->row->ifindex;
	int sent, err = pkt_encap(ctx, e);

	if (err)
		return drop(ctx, f, -err);
	sent = emit(ctx, f, ifindex);
	if (likely(sent == PKT_SENT))
		tally(TW_TX, f->circuit, slot, w);
	return sent;
}

/* What a switch cost its circuit: the frames that came while no slot was usable. */
static __always_inline int drop_no_pw(tw_ctx *ctx, const struct frame *f)
{
	struct wire w = pkt_wire(ctx, 0, pkt_len(ctx));
	struct tw_seen *s = tw_row(seen, f->circuit);

	if (s)
		__sync_fetch_and_add(&s->no_pw, w.frames);
	return drop(ctx, f, DROP_NO_PW);
}

static __always_inline int ac_rx(tw_ctx *ctx, const struct frame *f)
{
	const struct tw_circuit *c = tw_row(circuit, f->circuit);
	struct encap e = {};
	const struct tw_path_row *row;
	struct steered s;
	struct wire w;

	if (!c)
		return drop(ctx, f, DROP_NO_PW);
	pkt_reach(ctx, AC_REACH);
	if (unlikely(f->type == TYPE_CONTROL) && is_pause(ctx, 0))
		return drop(ctx, f, DROP_PAUSE);
	if (f->tpid && c->flags & TW_CIRCUIT_ACCESS)
		return drop(ctx, f, DROP_ACCESS_TAG);
	s = steer(ctx, f->circuit, c, 0);
	row = s.armed ? armed_row(s.path, s.armed) : NULL;
	if (!row)
		return drop_no_pw(ctx, f);
	w = pkt_wire(ctx, 0, pkt_len(ctx));
	if (w.longest > c->max_frame && w.longest > c->max_frame + tag_octets(ctx, 0))
		return drop(ctx, f, DROP_MTU);
	e.row = row;
	e.word = s.word;
	e.tc = traffic_class(f, c);
	e.edit = tag_edit(f, c, s.word);
	e.len = w.longest + (e.edit == TAG_DUMMY ? TAG_LEN : 0) - (e.edit == TAG_STRIP ? TAG_LEN : 0);
	if (!fits(&e, e.len))
		return drop(ctx, f, DROP_MTU);
	if (PKT_FAST && !out_ok(row->ifindex))
		return defer_ac(ctx, f);
	if (unlikely(s.moved))
		report_moved(f->circuit, &s);
	capture_in(ctx, f);
	return encap_send(ctx, f, &e, s.slot, &w);
}

#endif
