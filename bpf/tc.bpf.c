/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "lib/maps.h"
SEC("tc")
int tw_tc(struct __sk_buff *skb)
{
	return tw_row(port, skb->ifindex) ? 0 : -1;
}
char LICENSE[] SEC("license") = "Dual BSD/GPL";
