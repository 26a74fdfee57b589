/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * aside.bpf.c: the tc program with a tag in metadata in front of it, where a live frame has it and
 * PROG_RUN cannot put it. cb[0] = TPID << 16 | TCI in; cb[1] the same out, cb[2] = protocol out.
 */
#include "bpf/lib/skb_frame.h"
#include "bpf/lib/rx.h"

SEC("tc")
int tw_tc_aside(struct __sk_buff *skb)
{
	__u32 tag = skb->cb[0];
	int verdict;

	if (tag && bpf_skb_vlan_push(skb, bpf_htons(tag >> 16), tag & 0xffff))
		return TC_ACT_SHOT;
	verdict = tw_rx(skb);
	skb->cb[1] = skb_field(skb, vlan_present) ?
			     (__u32)bpf_ntohs(skb_field(skb, vlan_proto)) << 16 | skb_field(skb, vlan_tci) : 0;
	skb->cb[2] = bpf_ntohs(skb_field(skb, protocol));
	return verdict;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
