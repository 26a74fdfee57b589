/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drop.h: counters, capture, and the end of frames that go no further.
 *
 * A frame is counted once, by the program that finishes it: XDP counts nothing that it leaves to tc.
 */
#ifndef TW_BPF_DROP_H
#define TW_BPF_DROP_H

#include "frame.h"

enum { DIR_IN, DIR_OUT };

static __always_inline void tally(enum tw_dir dir, __u32 circuit_, __u32 slot, const struct wire *w)
{
	struct tw_tally *t = tw_row(count, TW_TALLY(tw_circuits, bpf_get_smp_processor_id(), dir, circuit_, slot));

	if (t) {
		t->frames += w->frames;
		t->octets += w->octets;
	}
}

/* Called only when ctl.capture is set, see capturing(). */
__noinline int capture_frame(tw_ctx *ctx, __u32 ifindex, __u32 dir, __u32 reason)
{
	const struct tw_ctl *c = tw_row(ctl, 0);
	struct tw_cap_room *room = tw_row(capture_room, 0);
	struct tw_cap_head h = { .ifindex = ifindex, .dir = dir, .reason = reason };
	__u32 n;

	if (!c || !room || c->capture_ifindex != ifindex || (c->capture == TW_CAP_DROPS && !reason))
		return 0;
	h.when = bpf_ktime_get_ns();
	h.len = pkt_len(ctx);
	h.caplen = h.len < TW_CAPTURE_MAX ? h.len : TW_CAPTURE_MAX;
	h.lost = room->head.lost;
	pkt_tag_head(ctx, &h);
	n = h.caplen - 1;			/* no frame is empty; so the bounds are 1 and 16384 ... */
	asm volatile("%0 &= 16383" : "+r"(n));	/* ... also to the verifier of 6.1, which learns nothing of n != 0 */
	n++;
	if (pkt_load(ctx, 0, room->data, n))
		return 0;
	room->head = h;
	room->head.lost = bpf_ringbuf_output(&capture, room, sizeof(h) + n, 0) ? h.lost + 1 : 0;
	return 0;
}

/* TW_CAP_*; with 0 a test of this number is all that capture costs. */
static __always_inline __u32 capturing(void)
{
	const struct tw_ctl *c = tw_row(ctl, 0);

	return c ? read_once(c->capture) : 0;
}

/* The frame as it came in, before the first edit. */
static __always_inline void capture_in(tw_ctx *ctx, const struct frame *f)
{
	if (unlikely(f->capture))
		capture_frame(ctx, f->ifindex, DIR_IN, 0);
}

__noinline int count_drop(tw_ctx *ctx, __u32 ifindex, __u32 circuit_, __u32 reason)
{
	__u64 *n = tw_row(drops, reason);
	struct tw_seen *s;

	if (n)
		*n += 1;
	if (circuit_ && (s = tw_row(seen, circuit_)))
		s->last_drop = reason;
	if (capturing())
		capture_frame(ctx, ifindex, DIR_IN, reason);
	return 0;
}

/* The frame dies here. */
static __always_inline int drop(tw_ctx *ctx, const struct frame *f, enum tw_drop reason)
{
	count_drop(ctx, f->ifindex, f->circuit, reason);
	return PKT_DIE;
}

/* The frame is the kernel's after all; whoever runs last says why. */
static __always_inline int leave(tw_ctx *ctx, const struct frame *f, enum tw_drop reason)
{
	if (!PKT_FAST) {
		if (reason)
			count_drop(ctx, f->ifindex, 0, reason);
		else if (capturing())
			capture_frame(ctx, f->ifindex, DIR_IN, 0);
	}
	return PKT_LEAVE;
}

/* A rare way to die: XDP leaves it to tc, so that the code for it exists once. */
static __always_inline int drop_late(tw_ctx *ctx, const struct frame *f, enum tw_drop reason)
{
	return PKT_FAST ? PKT_LEAVE : drop(ctx, f, reason);
}

/* XDP cannot finish a frame of an AC: tc can; without tc behind us it must not reach the host. */
static __always_inline int defer_ac(tw_ctx *ctx, const struct frame *f)
{
	return f->flags & TW_PORT_TC_RX ? PKT_LEAVE : drop(ctx, f, DROP_KERNEL);
}

/* Out of @ifindex; the last thing done to a frame. */
static __always_inline int emit(tw_ctx *ctx, const struct frame *f, __u32 ifindex)
{
	int sent;

	if (unlikely(f->capture))
		capture_frame(ctx, ifindex, DIR_OUT, 0);
	sent = pkt_send(ifindex);
	return likely(sent == PKT_SENT) ? sent : drop(ctx, f, DROP_KERNEL);
}

#endif
