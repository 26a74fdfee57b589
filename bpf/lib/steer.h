/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * steer.h: which slot a circuit sends on now, and by which path. Computed for each frame, never stored:
 * whoever sees a failure lowers one flag and every circuit behind it moves.
 *
 * A slot is usable when its PW, its path (or one member of its group) and its guard are up. The slot in
 * active[] is taken; when it is not usable, next[] is followed once.
 */
#ifndef TW_BPF_STEER_H
#define TW_BPF_STEER_H

#include "frame.h"

/* The epoch a flag was armed with, 0 = down. */
#define epoch(flag)                                                           \
	({                                                                    \
		__u8 ep_armed = read_once((flag)->armed);                     \
		ep_armed != read_once((flag)->dead) ? ep_armed : 0;           \
	})

/* The row of a path that is armed with epoch @armed, NULL if it is none (whoever arms a path wrote its row before). */
static __always_inline const struct tw_path_row *armed_row(__u32 index, __u32 armed)
{
	const struct tw_path *p = tw_row(path, index);
	const struct tw_path_row *row;

	if (!p)
		return NULL;
	row = &p->row[armed & 1];
	return row->ifindex && row->n_labels <= TW_PUSH_MAX ? row : NULL;
}

/* The epoch path @index is armed with, 0 = down. */
static __always_inline __u32 path_armed(__u32 index)
{
	const struct tw_live *l = tw_row(path_live, index);

	return l ? epoch(l) : 0;
}

static __always_inline const struct tw_path_row *path_row(__u32 index)
{
	__u32 armed = path_armed(index);

	return armed ? armed_row(index, armed) : NULL;
}

static __always_inline __u32 mix(__u32 h, __u32 w)
{
	h = (h ^ w) * 0x9e3779b1;
	return h ^ h >> 15;
}

static __always_inline __u32 mix_words(__u32 h, const void *p, __u32 n)
{
	const __u32 *w = p;

#pragma unroll
	for (__u32 i = 0; i < n; i++)
		h = mix(h, w[i]);
	return h;
}

/* Hash of the IP header at @p (behind EtherType @type) and of the ports behind it. */
static __always_inline __u32 hash_ip(__u32 h, const void *p, const void *end, __u16 type)
{
	__u32 proto, ports = 0;

	if (type == TYPE_IP && p + 20 <= end) {
		h = mix_words(h, p + 12, 2);
		proto = *(const __u8 *)(p + 9);
		if (!(get16(p + 6) & 0x3fff))		/* a fragment has no ports, so none of its kin may use them */
			ports = (*(const __u8 *)p & 0xf) * 4;
	} else if (type == TYPE_IPV6 && p + 40 <= end) {
		h = mix_words(h, p + 8, 8);
		proto = *(const __u8 *)(p + 6);
		ports = 40;
	} else {
		return h;
	}
	h = mix(h, proto);
	if ((proto != 6 && proto != 17) || !ports)
		return h;
	p += ports;
	return p + 4 <= end ? mix_words(h, p, 1) : h;
}

/* Hash of the customer's flow; @off is where the inner Ethernet header begins. */
static __always_inline __u32 flow_hash(tw_ctx *ctx, __u32 off)
{
	const void *p = pkt_data(ctx) + (off & 0x7f), *end = pkt_end(ctx);
	__u32 h = 0;
	__u16 type;

	if (p + ETH_LEN > end)
		return 0;
	h = mix_words(h, p, 3);
	type = get16(p + 12);
	p += ETH_LEN;
#pragma unroll
	for (int i = 0; i < 2; i++) {
		if (!is_tag(type))
			break;
		if (p + TAG_LEN > end)
			return h;
		type = get16(p + 2);
		p += TAG_LEN;
	}
	return hash_ip(h, p, end, type);
}

/*
 * An up member of the group, chosen by @hash; 0 = all are down. Of a flow whose member is down the next one up takes
 * over; all others stay where they are. This and the two below are functions of their own to the verifier (not static),
 * so that their loops are walked once and not once per caller.
 */
__noinline int group_member(__u32 group, __u32 hash)
{
	const struct tw_group *g = tw_row(path_group, group);
	const struct tw_group_row *row;
	const struct tw_live *l;
	__u32 n, first, at, member;

	if (!g)
		return 0;
	row = &g->row[read_once(g->chosen) & 1];
	n = read_once(row->n);
	if (n == 0 || n > TW_GROUP_MEMBERS)
		return 0;
	first = hash % n;
	for (__u32 i = 0; i < TW_GROUP_MEMBERS && i < n; i++) {
		at = first + i < n ? first + i : first + i - n;
		if (at >= TW_GROUP_MEMBERS)
			break;
		member = read_once(row->member[at]);
		l = tw_row(path_live, member);
		if (l && epoch(l))
			return member;
	}
	return 0;
}

/* ... chosen by the customer's flow; @off is where the inner Ethernet header begins. */
__noinline int flow_member(tw_ctx *ctx, __u32 group, __u32 off)
{
	return group_member(group, flow_hash(ctx, off));
}

/*
 * Hash of a labelled packet on its way through (RFC 6790 4.3, RFC 7325 2.4.5.1), @off being behind the entry that is
 * swapped: an entropy label alone, else all labels below and, if what they stand on looks like IP, its flow. What does
 * not may be a pseudowire: its payload is not looked at, or its frames would overtake each other (RFC 4928 3).
 */
static __always_inline __u32 stack_hash(tw_ctx *ctx, __u32 off, __u32 lse)
{
	const __u8 *p = pkt_data(ctx) + (off & 0x3f), *end = pkt_end(ctx);
	__u32 h = mix(0, LSE_LABEL(lse));
	bool entropy = false;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < TW_STACK_MAX && !(lse & LSE_S); i++, p += LSE_LEN) {
		if ((void *)(p + LSE_LEN) > (void *)end)
			return h;
		lse = get32(p);
		if (entropy)
			return mix(0, LSE_LABEL(lse));
		entropy = LSE_LABEL(lse) == LABEL_ENTROPY;
		if (LSE_LABEL(lse) > LABEL_RESERVED)
			h = mix(h, LSE_LABEL(lse));
	}
	if (!(lse & LSE_S) || (void *)(p + 1) > (void *)end)
		return h;
	return hash_ip(h, p, end, *p >> 4 == 4 ? TYPE_IP : *p >> 4 == 6 ? TYPE_IPV6 : 0);
}

/* ... chosen by the flow of a packet whose entry @lse, which ends at @off, is swapped. */
__noinline int stack_member(tw_ctx *ctx, __u32 group, __u32 off, __u32 lse)
{
	return group_member(group, stack_hash(ctx, off, lse));
}

/* @slot is below TW_SLOTS; the verifier of 6.1 forgets that of a value that went over the stack, so it is told
 * again, in one instruction the compiler cannot see through. */
static __always_inline __u32 bound(__u32 slot)
{
	asm volatile("%0 &= 3" : "+r"(slot));
	return slot;
}

struct steered {
	__u64 word;
	__u32 slot;
	__u32 path;
	__u32 armed;			/* the path's epoch; 0: no slot is usable */
	bool moved;			/* the kernel fell back: slot is not the active one */
};

/* Is slot @s->slot usable? Then path and its epoch are filled in. @off: where the inner Ethernet header begins. */
static __always_inline bool usable(tw_ctx *ctx, __u32 circuit_, const struct tw_circuit *c, __u32 off,
				   struct steered *s)
{
	const struct tw_pw_live *pw = tw_row(pw_live, circuit_);
	__u64 word = read_once(c->slot[bound(s->slot)]);
	__u32 guard = TW_SLOT_GUARD(word);

	s->word = word;
	s->path = TW_SLOT_PATH(word);
	if (!word || !pw || !epoch(&pw->slot[bound(s->slot)]))
		return false;
	if (guard) {
		const struct tw_live *l = tw_row(guard_live, guard);

		if (!l || !epoch(l))
			return false;
	}
	if (unlikely(TW_SLOT_FLAGS(word) & TW_PW_GROUP))
		s->path = flow_member(ctx, s->path, off);
	s->armed = path_armed(s->path);
	return s->armed;
}

static __always_inline __u32 block_byte(const struct tw_block *b, __u32 circuit_)
{
	return b ? read_once(b->b[circuit_ % TW_BLOCK]) : (__u8)~0;
}

/* @off: where the inner Ethernet header begins, for groups. Path rows are not touched: the receive gate needs none. */
static __always_inline struct steered steer(tw_ctx *ctx, __u32 circuit_, const struct tw_circuit *c, __u32 off)
{
	struct steered s = { .slot = block_byte(tw_row(active, circuit_ / TW_BLOCK), circuit_) };

	if (s.slot >= TW_SLOTS || likely(usable(ctx, circuit_, c, off, &s)))
		return s;
	s.slot = TW_NEXT_OF(block_byte(tw_row(next, circuit_ / TW_BLOCK), circuit_), s.slot);
	s.moved = true;
	if (s.slot < TW_SLOTS)
		usable(ctx, circuit_, c, off, &s);
	return s;
}

/* Tells the engine of the first frame that left on another slot than active. */
static __always_inline void report_moved(__u32 circuit_, const struct steered *s)
{
	struct tw_seen *seen_ = tw_row(seen, circuit_);

	if (seen_ && !seen_->when) {
		seen_->slot = s->slot;
		seen_->when = bpf_ktime_get_ns();
	}
}

#endif
