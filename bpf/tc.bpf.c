/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tc.bpf.c: the program at the ingress hook of every port (tcx, else clsact): alone where frames are
 * kernel skbs, behind XDP where XDP is the fast lane.
 */
#include "lib/skb_frame.h"
#include "lib/rx.h"

SEC("tc")
int tw_tc(struct __sk_buff *skb)
{
	return tw_rx(skb);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
