/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tag.bpf.c: VLAN tags of a test CE that live in metadata, as a VLAN device or a NIC makes them.
 * by_mark: the socket's mark is the VID. push: every frame of this port gets VID; pop takes it off.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

SEC("by_mark")
int tag_by_mark(struct __sk_buff *skb)
{
	__u16 vid = skb->mark & 0xfff;

	if (!vid)
		return TC_ACT_UNSPEC;
	skb->mark = 0;
	return bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), vid) ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

#define PUSH(vid)                                                                          \
	SEC("push" #vid)                                                                   \
	int tag_push##vid(struct __sk_buff *skb)                                               \
	{                                                                                  \
		return bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), vid) ? TC_ACT_SHOT : TC_ACT_UNSPEC; \
	}
PUSH(100)
PUSH(1100)

SEC("pop")
int tag_pop(struct __sk_buff *skb)
{
	if (skb->vlan_present)
		bpf_skb_vlan_pop(skb);
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
