/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * frame.h: the meter's frame and its counts, shared by the sender (meter.c) and the program that
 * counts at each port (meter.bpf.c). One machine sends and counts, so numbers are in host order.
 */
#ifndef TW_METER_FRAME_H
#define TW_METER_FRAME_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define METER_ETHERTYPE	0x88b5		/* IEEE 802 local experimental 1 */
#define METER_MAGIC	0x54574d31u	/* "TWM1" */
#define METER_FLOWS	2
#define METER_WINDOWS	128		/* events a run may mark */
#define METER_PORTS	2		/* per endpoint */

struct meter_head {			/* after the Ethernet header; the frame ends with METER_TAIL(seq) */
	__u32 magic;
	__u16 flow;
	__u16 window;
	__u64 seq;			/* from 0, without holes, over all windows */
	__u32 len;			/* of the frame with its Ethernet header, without FCS */
	__u32 port;			/* of the endpoint that sent it */
};
#define METER_TAIL(seq)	((__u32)(seq) * 2654435761u)

/* What arrived of a flow's frames that were sent in one window. */
struct meter_window {
	__u64 received;			/* first copies */
	__u64 dup;
	__u64 reordered;		/* first copies behind a later frame (RFC 4737, type-P-reordered) */
	__u64 gap_ns;			/* longest pause that one of these frames ended */
	__u64 gap_end_ns;		/* CLOCK_MONOTONIC */
	__u64 first_ns, last_ns;	/* arrivals */
	__u64 port[METER_PORTS];	/* first copies by port of the endpoint */
};

struct meter_ms {			/* arrivals in one millisecond, per flow and path */
	__u32 n[METER_FLOWS][METER_PORTS];
};

enum { METER_DAMAGED, METER_BEYOND, METER_OWN, METER_STRANGE__N };	/* odd[]; OWN: who sent it got it back */

#endif
