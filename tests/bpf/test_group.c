/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_group.c: a label swapped into a group of paths: which member a packet takes, by the labels below, an entropy
 * label or the IP flow, and never by what may be a pseudowire's payload (RFC 6790 4.3, RFC 4928 3); members that are
 * down; the rules of a swap. The group of a slot is in test_steer.c.
 */
#include <string.h>

#include "scene.h"

#define GROUP		3
#define MEMBER(i)	(200 + (i))
#define OUT(i)		(700 + (i))

static void a_group(uint16_t n)
{
	struct tw_group g = { .row[0].n = n };
	struct tw_label in = { .index = GROUP, .last = TW_LABEL_LAST(TW_OP_SWAP, 0, TW_LABEL_GROUP) };

	for (uint16_t i = 0; i < n; i++) {
		uint32_t label = OUT(i);
		struct tw_path_row row = a_row(CORE2, 1, &label);

		g.row[0].member[i] = MEMBER(i);
		set_path_row(MEMBER(i), 1, &row);
		set_live("path_live", MEMBER(i), 1, 0);
	}
	set_row("path_group", GROUP, &g);
	set_label(SWAP_IN, &in);
}

/* What comes behind the swapped entry. */
struct below {
	uint32_t n, label[6];
	uint32_t flow;			/* of the IP packet, or octets of the payload that are none */
	bool ip;
	uint8_t tc, ttl;		/* of the swapped entry */
};

static struct packet packet(const struct below *b)
{
	struct packet p = mpls(), inner = customer(100);

	put_lse(&p, SWAP_IN, b->tc, !b->n, b->ttl ?: 64);
	for (uint32_t i = 0; i < b->n; i++)
		put_lse(&p, b->label[i], i, i + 1 == b->n, 9 + i);
	if (b->ip) {
		inner.b[31] = b->flow >> 16;		/* destination address */
		inner.b[32] = b->flow >> 8;
		inner.b[33] = b->flow;
		put(&p, inner.b + 14, inner.len - 14);
	} else {
		put_u32(&p, 0);				/* control word */
		put_u32(&p, b->flow * 0x9e3779b1);
		put_fill(&p, 60);
	}
	return p;
}

/* The member it takes; -1: it is dropped. */
static int member(enum family f, const struct below *b)
{
	struct packet in = packet(b);
	uint64_t down = drops_of(DROP_LSP_DOWN);
	struct result r = run(f, CORE, &in);

	if (r.out == DROP) {
		assert_int_equal(drops_of(DROP_LSP_DOWN), down + 1);
		return -1;
	}
	assert_int_equal(r.out, SENT);
	return (r.packet.b[14] << 12 | r.packet.b[15] << 4 | r.packet.b[16] >> 4) - OUT(0);
}

static void it_is_a_swap(void **state)
{
	const struct below b = { .n = 1, .label = { 77 }, .tc = 5, .ttl = 2 };
	struct packet in = packet(&b), want = in, top = {};
	struct tw_path_row php = a_row(CORE2, 0, NULL);
	struct result r;

	a_group(1);
	r = run(family(state), CORE, &in);
	memcpy(want.b, (uint8_t[]){ 2, 0, 0, 0, 0xd0, CORE2, 2, 0, 0, 0, 0x50, CORE2 }, 12);
	put_lse(&top, OUT(0), 5, 0, 1);
	memcpy(want.b + 14, top.b, 4);
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
	set_path_row(MEMBER(0), 1, &php);		/* the member's next hop is the last but one */
	r = run(family(state), CORE, &in);
	memmove(want.b + 14, want.b + 18, want.len - 18);
	want.len -= 4;
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
	assert_int_equal(drops_all(), 0);
}

/* How many of @n packets, of which @vary makes one after the other, take each member of a group of @of. */
static void spread(enum family f, int hits[TW_GROUP_MEMBERS], uint32_t n, uint16_t of, struct below *b, uint32_t *vary)
{
	a_group(of);
	for (uint32_t i = 0; i < n; i++, ++*vary) {
		int m = member(f, b);

		assert_in_range(m, 0, of - 1);
		hits[m]++;
	}
}

/* 2048 flows over 16 members, 128 each on average: 5 sigma are 56. */
static void even(const int hits[TW_GROUP_MEMBERS], int of, int mean)
{
	for (int i = 0; i < of; i++)
		assert_in_range(hits[i], mean * 56 / 100, mean * 144 / 100);
}

static void by_the_label_below(void **state)
{
	struct below b = { .n = 1, .label = { 262144 } };
	int hits[TW_GROUP_MEMBERS] = {};

	spread(family(state), hits, 2048, 16, &b, &b.label[0]);
	even(hits, 16, 128);
}

static void by_the_lowest_of_many_labels(void **state)
{
	struct below b = { .n = 6, .label = { 20, 21, 22, 23, 24, 1000 } };
	int hits[TW_GROUP_MEMBERS] = {};

	spread(family(state), hits, 2048, 16, &b, &b.label[5]);
	even(hits, 16, 128);
}

static void by_the_flow_of_ip(void **state)
{
	for (uint32_t n = 0; n <= 1; n++) {
		struct below b = { .n = n, .label = { 77 }, .ip = true };
		int hits[TW_GROUP_MEMBERS] = {};

		spread(family(state), hits, 2048, 16, &b, &b.flow);
		even(hits, 16, 128);
	}
}

static void a_full_group_is_used_evenly(void **state)
{
	struct below b = { .n = 1, .label = { 262144 } };
	int hits[TW_GROUP_MEMBERS] = {};

	spread(family(state), hits, 8192, TW_GROUP_MEMBERS, &b, &b.label[0]);
	even(hits, TW_GROUP_MEMBERS, 128);
}

/* A pseudowire is one flow: its payload is nobody's business, whatever it looks like behind the control word. */
static void a_pseudowire_stays_together(void **state)
{
	enum family f = family(state);
	struct below b = { .n = 1, .label = { 5000 } };
	int first;

	a_group(16);
	first = member(f, &b);
	for (b.flow = 0; b.flow < 64; b.flow++)
		assert_int_equal(member(f, &b), first);
	for (b.ttl = 2; b.ttl < 64; b.ttl += 7) {
		b.tc = b.ttl % 8;
		assert_int_equal(member(f, &b), first);
	}
}

/* Who put an entropy label in has said what the flow is. */
static void the_entropy_label_alone_decides(void **state)
{
	enum family f = family(state);
	struct below b = { .n = 4, .label = { 5000, 7, 100, 5001 } };
	int hits[TW_GROUP_MEMBERS] = {}, first;

	a_group(16);
	first = member(f, &b);
	for (uint32_t i = 0; i < 32; i++) {
		b.label[0] = 6000 + i;
		b.label[3] = 7000 + i;
		assert_int_equal(member(f, &b), first);
	}
	spread(f, hits, 2048, 16, &b, &b.label[2]);
	even(hits, 16, 128);
}

static void only_flows_of_a_dead_member_move(void **state)
{
	enum family f = family(state);
	struct below b = { .n = 1 };
	int before[64];

	a_group(4);
	for (int i = 0; i < 64; i++) {
		b.label[0] = 5000 + i;
		before[i] = member(f, &b);
	}
	set_live("path_live", MEMBER(2), 1, 1);
	for (int i = 0; i < 64; i++) {
		b.label[0] = 5000 + i;
		assert_int_equal(member(f, &b), before[i] == 2 ? 3 : before[i]);
	}
	set_live("path_live", MEMBER(0), 0, 0);
	set_live("path_live", MEMBER(3), 1, 1);
	for (int i = 0; i < 64; i++) {
		b.label[0] = 5000 + i;
		assert_int_equal(member(f, &b), 1);
	}
	set_live("path_live", MEMBER(1), 1, 1);
	assert_int_equal(member(f, &b), -1);
	assert_int_equal(drops_of(DROP_LSP_DOWN), 1);
}

/* The only one up, wherever it stands. */
static void groups_of_every_size(void **state)
{
	struct below b = { .n = 1 };

	for (uint16_t n = 1; n <= TW_GROUP_MEMBERS; n++) {
		a_group(n);
		for (uint16_t i = 0; i < n; i++)
			set_live("path_live", MEMBER(i), 1, i != n / 2);
		for (b.label[0] = 5000; b.label[0] < 5004; b.label[0]++)
			assert_int_equal(member(family(state), &b), n / 2);
	}
	a_group(0);
	assert_int_equal(member(family(state), &b), -1);
}

/* What XDP leaves to tc takes the path XDP would have taken. */
static void both_families_choose_alike(void **state)
{
	struct below b = { .n = 2, .label = { 5000, 6000 } };

	(void)state;
	a_group(16);
	for (uint32_t i = 0; i < 64; i++) {
		b.ip = i & 1;
		b.flow = i;
		b.label[0]++;
		assert_int_equal(member(XDP_FRAGS, &b), member(TC, &b));
	}
}

/* Nothing is read that is not there. */
static void cut_short(void **state)
{
	a_group(16);
	for (uint32_t len = 18; len < 18 + 40; len++) {
		const struct below b = { .n = 3, .label = { 7, 8, 9 }, .ip = true };
		struct packet in = packet(&b);

		in.len = len;
		assert_int_equal(run(family(state), CORE, &in).out, SENT);
	}
}

static void a_group_that_is_none(void **state)
{
	struct below b = { .n = 1 };
	struct tw_label in = { .index = TW_GROUPS, .last = TW_LABEL_LAST(TW_OP_SWAP, 0, TW_LABEL_GROUP) };
	struct tw_group g = { .row[0] = { .n = TW_GROUP_MEMBERS + 1 } };

	set_label(SWAP_IN, &in);
	assert_int_equal(member(family(state), &b), -1);
	in.index = 0;
	set_label(SWAP_IN, &in);
	assert_int_equal(member(family(state), &b), -1);
	a_group(4);
	set_row("path_group", GROUP, &g);
	assert_int_equal(member(family(state), &b), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(it_is_a_swap),
		BOTH(by_the_label_below),
		BOTH(by_the_lowest_of_many_labels),
		BOTH(by_the_flow_of_ip),
		BOTH(a_full_group_is_used_evenly),
		BOTH(a_pseudowire_stays_together),
		BOTH(the_entropy_label_alone_decides),
		BOTH(only_flows_of_a_dead_member_move),
		BOTH(groups_of_every_size),
		ONLY_TC(both_families_choose_alike),
		BOTH(cut_short),
		BOTH(a_group_that_is_none),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
