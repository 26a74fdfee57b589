/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * meter.bpf.c: counts the meter's frames at tc ingress of a CE port.
 *
 * It runs for each frame in the kernel, so no scheduling of the meter can lose one. Each port has
 * its own copy of the program (port_id, flow_id set before loading) and shares the maps.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "frame.h"

struct flow_state {
	struct bpf_spin_lock lock;
	__u32 pad;
	__u64 last_ns;			/* of the last arrival */
	__u64 above;			/* highest sequence seen + 1 */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, METER_FLOWS);
	__type(key, __u32);
	__type(value, struct flow_state);
} state SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, METER_FLOWS * METER_WINDOWS);
	__type(key, __u32);
	__type(value, struct meter_window);
} windows SEC(".maps");

struct {				/* one bit a sequence number; size set before loading */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, METER_FLOWS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

struct {				/* per flow: the port its last frame came in by */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, METER_FLOWS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} arrived SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, METER_STRANGE__N);
	__type(key, __u32);
	__type(value, __u64);
} odd SEC(".maps");

struct {				/* by milliseconds since epoch_ns; size set before loading */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct meter_ms);
} timeline SEC(".maps");

const volatile __u32 port_id;		/* of the endpoint, below METER_PORTS */
const volatile __u32 flow_id;		/* the flow that ends here */
const volatile __u32 words_per_flow = 1;
const volatile __u32 by_sender;		/* one port here: the path is told by the port it was sent by */
const volatile __u64 epoch_ns;
const volatile __u32 vid;		/* of the frames that count; 0: those without a tag */

static int strange(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&odd, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
	return TC_ACT_SHOT;
}

static int whole(struct __sk_buff *skb, const struct meter_head *h)
{
	__u32 tail;

	if (h->magic != METER_MAGIC || h->flow >= METER_FLOWS || h->window >= METER_WINDOWS || h->len != skb->len)
		return 0;
	return !bpf_skb_load_bytes(skb, skb->len - sizeof(tail), &tail, sizeof(tail)) && tail == METER_TAIL(h->seq);
}

static void count(struct flow_state *f, struct meter_window *w, __u64 seq, int again, __u64 now)
{
	bpf_spin_lock(&f->lock);
	if (f->last_ns && now > f->last_ns && now - f->last_ns > w->gap_ns) {
		w->gap_ns = now - f->last_ns;
		w->gap_end_ns = now;
	}
	if (now > f->last_ns)
		f->last_ns = now;
	if (!w->first_ns)
		w->first_ns = now;
	w->last_ns = now;
	if (again) {
		w->dup++;
	} else {
		w->received++;
		w->port[port_id & (METER_PORTS - 1)]++;
		w->reordered += seq < f->above;
	}
	if (seq >= f->above)
		f->above = seq + 1;
	bpf_spin_unlock(&f->lock);
}

static void draw(__u32 flow, __u32 from, __u64 now)
{
	__u32 ms = (now - epoch_ns) / 1000000, path = by_sender ? from : port_id;
	struct meter_ms *at = bpf_map_lookup_elem(&timeline, &ms);

	if (at)
		__sync_fetch_and_add(&at->n[flow & (METER_FLOWS - 1)][path & (METER_PORTS - 1)], 1);
}

SEC("tc")
int meter_in(struct __sk_buff *skb)
{
	struct meter_head h;
	__u32 flow = flow_id, at;
	__u64 bit, old, now = bpf_ktime_get_ns(), *word, *last;
	struct meter_window *w;
	struct flow_state *f;

	if (skb->protocol != bpf_htons(METER_ETHERTYPE) || (skb->vlan_present ? skb->vlan_tci & 0xfff : 0) != vid)
		return TC_ACT_UNSPEC;
	if (bpf_skb_load_bytes(skb, ETH_HLEN, &h, sizeof(h)) || !whole(skb, &h))
		return strange(METER_DAMAGED);
	if (h.flow != flow_id)
		return strange(METER_OWN);
	if (h.seq / 64 >= words_per_flow)
		return strange(METER_BEYOND);

	at = flow * words_per_flow + h.seq / 64;
	bit = 1ull << (h.seq % 64);
	word = bpf_map_lookup_elem(&seen, &at);
	at = flow * METER_WINDOWS + h.window;
	w = bpf_map_lookup_elem(&windows, &at);
	f = bpf_map_lookup_elem(&state, &flow);
	last = bpf_map_lookup_elem(&arrived, &flow);
	if (!word || !w || !f || !last)
		return strange(METER_BEYOND);
	old = __sync_fetch_and_or(word, bit);
	count(f, w, h.seq, !!(old & bit), now);
	draw(flow, h.port, now);
	*last = port_id;
	return TC_ACT_SHOT;		/* consumed: the CE's stack has no use for it */
}

char _license[] SEC("license") = "Dual BSD/GPL";
