/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vlan.c: tags. Raw and tagged pseudowires, port and sub-interface ACs, tags in line and in
 * metadata, access-port (RFC 4448 4.3, 4.4.1).
 */
#include "scene.h"

#define VID		100u

/* AC2 becomes a port with the sub-interface VID for CIRCUIT. */
static void sub_interface(uint32_t slot_flags, uint32_t vout)
{
	struct tw_circuit c = get_circuit(CIRCUIT);
	struct tw_label in = get_label(LABEL_IN(TW_PRIMARY));

	c.flags = TW_CIRCUIT_SUBIF;
	c.vid = VID;
	c.ifindex = AC2;
	set_circuit(CIRCUIT, &c);
	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, TW_PW_CW | slot_flags, PATH(TW_PRIMARY), 0));
	set_port(AC2, TW_PORT_SUBIF | TW_PORT_XDP_TX | TW_PORT_TC_RX, 0);
	set_vlan(AC2, VID, CIRCUIT);
	in.ifindex = AC2;
	in.vid = VID;
	set_label(LABEL_IN(TW_PRIMARY), &in);
	set_label_last(LABEL_IN(TW_PRIMARY), TW_LABEL_CW, vout);
}

static void tagged_port(void)
{
	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, TW_PW_CW | TW_PW_TAGGED, PATH(TW_PRIMARY), 0));
	set_label_last(LABEL_IN(TW_PRIMARY), TW_LABEL_CW, TW_VOUT_UNDUMMY);
}

static uint32_t word(uint32_t inner_len)
{
	return inner_len < 60 ? (inner_len + 4) << 16 : 0;
}

/* @in enters at @ifindex and must leave on the PW as @inner. */
static void encaps_to(enum family f, uint32_t ifindex, const struct packet *in, uint8_t tc, const struct packet *inner)
{
	struct packet padded = *inner, want;
	struct result r = run(f, ifindex, in);

	put_zero_to(&padded, 60);
	want = on_pw(TW_PRIMARY, tc, word(inner->len), &padded);
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
}

/* @inner arrives on the PW and must leave as @want; in tc a pushed tag stands in metadata. */
static void decaps_to(enum family f, uint8_t tc, const struct packet *inner, const struct packet *want)
{
	struct packet padded = *inner, in, line;
	struct result r;

	put_zero_to(&padded, 60);
	in = from_pw(TW_PRIMARY, tc, word(inner->len), &padded);
	r = f == TC ? run_aside(CORE, &in, 0) : run(f, CORE, &in);
	assert_int_equal(r.out, SENT);
	line = r.packet;
	if (f == TC && r.tag) {
		line.len = 0;
		put(&line, r.packet.b, 12);
		put_u32(&line, r.tag);
		put(&line, r.packet.b + 12, r.packet.len - 12);
	}
	assert_packet(&line, want);
}

static void port_mode_carries_every_tag(void **state)
{
	static const uint32_t tags[] = { 0x88a86064, 0x81002005, 0x8100a000, 0x81000fff };

	for (uint32_t n = 1; n <= 4; n++)
		for (uint32_t len = 14 + 4 * n; len < 100; len += 7) {
			struct packet in = customer_tagged(len, n, tags);

			encaps_to(family(state), AC, &in, tags[0] >> 13 & 7, &in);
			decaps_to(family(state), 0, &in, &in);
		}
}

static void raw_sub_interface_strips_and_pushes_its_own_tag(void **state)
{
	static const uint32_t inner_tags[] = { 0x88a86064, 0x81002005 };

	sub_interface(0, TW_VOUT_PUSH);
	for (uint32_t n = 0; n <= 2; n++)
		for (uint32_t len = 14 + 4 * n; len < 100; len += 3) {
			uint32_t tags[] = { 0x8100a000 | VID, inner_tags[0], inner_tags[1] };
			struct packet in = customer_tagged(len + 4, n + 1, tags), inner = {};

			put(&inner, in.b, 12);
			put(&inner, in.b + 16, in.len - 16);
			encaps_to(family(state), AC2, &in, 5, &inner);
			decaps_to(family(state), 5, &inner, &in);
		}
}

static void tagged_sub_interface_keeps_and_rewrites(void **state)
{
	sub_interface(TW_PW_TAGGED, TW_VOUT_REWRITE);
	for (uint32_t len = 18; len < 100; len += 3) {
		struct packet in = customer_tagged(len, 1, (uint32_t[]){ 0x8100a000 | VID });
		struct packet far_end = customer_tagged(len, 1, (uint32_t[]){ 0x8100a000 | 777 });

		encaps_to(family(state), AC2, &in, 5, &in);
		decaps_to(family(state), 0, &far_end, &in);
	}
}

static void tagged_sub_interface_wants_a_tag(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);

	sub_interface(TW_PW_TAGGED, TW_VOUT_REWRITE);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_NO_TAG), 1);
}

/* A dummy tag (VID 0) where the customer has none; a priority tag is no service tag and gets one too. */
static void tagged_port_adds_a_dummy_and_takes_it_off(void **state)
{
	static const uint32_t prio[] = { 0x81000000, 0x8100a000 };
	enum family f = family(state);

	tagged_port();
	for (uint32_t len = f == TC ? 15 : 14; len < 100; len += 3) {
		struct packet in = customer(len), inner = customer_tagged(len + 4, 1, prio);

		inner.len = 0;
		put(&inner, in.b, 12);
		put_u32(&inner, 0x81000000);
		put(&inner, in.b + 12, in.len - 12);
		encaps_to(f, AC, &in, 0, &inner);
		decaps_to(f, 0, &inner, &in);
	}
	struct packet in = customer_tagged(100, 1, prio + 1), inner = customer_tagged(104, 2, prio);

	encaps_to(f, AC, &in, 5, &inner);
	decaps_to(f, 5, &inner, &in);
	in = customer_tagged(100, 1, (uint32_t[]){ 0x81000005 });
	encaps_to(f, AC, &in, 0, &in);
	decaps_to(f, 0, &in, &in);
	in = customer(100);			/* a peer that adds none */
	decaps_to(f, 0, &in, &in);
}

static void shortest_frame_out_of_a_tagged_port(void **state)
{
	struct packet want = customer(14), inner = customer_tagged(18, 1, (uint32_t[]){ 0x81000000 });

	tagged_port();
	decaps_to(family(state), 0, &inner, &want);
}

static void unknown_vlan_is_left_to_the_kernel(void **state)
{
	struct packet in = customer_tagged(100, 1, (uint32_t[]){ 0x81000065 });
	struct result r;

	sub_interface(0, TW_VOUT_PUSH);
	r = run(family(state), AC2, &in);
	assert_int_equal(r.out, PASS);
	assert_packet(&r.packet, &in);
	assert_int_equal(drops_of(DROP_VLAN_UNKNOWN), family(state) == TC);
	in.b[12] = 0x88;			/* our VID, another TPID */
	in.b[13] = 0xa8;
	in.b[15] = VID;
	assert_int_equal(run(family(state), AC2, &in).out, PASS);
	in = customer(100);			/* untagged: nobody's */
	assert_int_equal(run(family(state), AC2, &in).out, PASS);
	assert_int_equal(drops_of(DROP_VLAN_UNKNOWN), 2 * (family(state) == TC));
}

/* A core port may carry sub-interface ACs too. */
static void core_port_with_sub_interface(void **state)
{
	struct packet in = customer_tagged(104, 1, (uint32_t[]){ 0x81000000 | VID }), inner = customer(100);
	struct packet mpls_in = from_pw(TW_SECONDARY, 0, 0, &inner);

	sub_interface(0, TW_VOUT_PUSH);
	set_port(AC2, TW_PORT_SUBIF | TW_PORT_CORE | TW_PORT_XDP_TX | TW_PORT_TC_RX, 0);
	encaps_to(family(state), AC2, &in, 0, &inner);
	assert_int_equal(run(family(state), AC2, &mpls_in).out, SENT);
}

static void access_port_takes_untagged_frames_only(void **state)
{
	struct packet in = customer_tagged(100, 1, (uint32_t[]){ 0x81000000 | VID });
	struct tw_circuit c = get_circuit(CIRCUIT);

	c.flags = TW_CIRCUIT_ACCESS;
	set_circuit(CIRCUIT, &c);
	assert_int_equal(run(family(state), AC, &in).out, DROP);
	assert_int_equal(drops_of(DROP_ACCESS_TAG), 1);
	in = customer(100);
	encaps_to(family(state), AC, &in, 0, &in);
}

/* A live skb holds its outer tag in metadata; the same frames again that way. */
static void tags_in_metadata(void **state)
{
	static const uint32_t tags[] = { 0x88a86064, 0x81002005, 0x8100a000, 0x81000fff, 0x81000001 };

	(void)state;
	for (uint32_t n = 1; n <= 5; n++)
		for (uint32_t len = 15 + 4 * n; len < 100; len += 7) {
			struct packet whole = customer_tagged(len, n, tags), bytes = {}, padded = whole, want;
			struct result r;

			put(&bytes, whole.b, 12);
			put(&bytes, whole.b + 16, whole.len - 16);
			put_zero_to(&padded, 60);
			want = on_pw(TW_PRIMARY, 3, word(whole.len), &padded);
			r = run_aside(AC, &bytes, tags[0]);
			if (n == 5) {
				assert_int_equal(r.out, DROP);
				continue;
			}
			assert_int_equal(r.out, SENT);
			assert_packet(&r.packet, &want);
			assert_int_equal(r.tag, 0);
		}
	assert_true(drops_of(DROP_TAGS) > 0);
	assert_int_equal(drops_of(DROP_TAGS), drops_all());
}

/* Each of at most two tags lets a frame be 4 longer, wherever the kernel keeps them. */
static void longest_frame_with_a_tag_in_metadata(void **state)
{
	static const uint32_t tags[] = { 0x81000001, 0x81000002 };

	(void)state;
	for (uint32_t n = 0; n <= 2; n++) {
		uint32_t most = MAX_FRAME + 4 * (n < 1 ? n : 1);	/* and 4 aside */
		struct packet in = customer_tagged(most, n, tags);

		assert_int_equal(run_aside(AC, &in, 0x88a80064).out, SENT);
		in = customer_tagged(most + 1, n, tags);
		assert_int_equal(run_aside(AC, &in, 0x88a80064).out, DROP);
		assert_int_equal(drops_of(DROP_MTU), n + 1);
	}
}

static void super_frame_with_a_tag_in_metadata(void **state)
{
	struct packet in = customer(14 + 28 + 1000);	/* UDP: 42 octets of headers */
	struct tw_count c;

	(void)state;
	assert_int_equal(run_aside_gso(AC, &in, 0x81000064, 400).out, SENT);
	c = count_of(CIRCUIT, TW_PRIMARY);
	assert_int_equal(c.tx_frames, 3);
	assert_int_equal(c.tx_octets, 3 * (42 + 4) + 1000);
	assert_int_equal(run_aside_gso(AC, &in, 0x81000064, 999).out, SENT);
}

/* The second tag is cut short: nothing to pop there, nothing lost either. */
static void a_cut_tag_behind_one_in_metadata(void **state)
{
	struct packet in = {}, inner = {}, want;
	struct result r;

	(void)state;
	put_customer(&in, 0x8100);
	put(&in, "\x12", 1);
	put_customer(&inner, 0x88a8);
	put_u16(&inner, 0x6064);
	put(&inner, "\x81\x00\x12", 3);
	put_zero_to(&inner, 60);
	want = on_pw(TW_PRIMARY, 3, word(19), &inner);
	r = run_aside(AC, &in, 0x88a86064);
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
}

static void sub_interface_tag_in_metadata(void **state)
{
	struct packet in = customer(100), want = on_pw(TW_PRIMARY, 7, 0, &in);
	struct packet inner = customer_tagged(100, 1, (uint32_t[]){ 0x88a80001 }), bytes = inner;
	struct result r;

	(void)state;
	sub_interface(0, TW_VOUT_PUSH);
	r = run_aside(AC2, &in, 0x8100e000 | VID);
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).tx_octets, 104);	/* the tag was on the AC's wire */
	want = on_pw(TW_PRIMARY, 7, 0, &inner);
	r = run_aside(AC2, &bytes, 0x8100e000 | VID);
	assert_packet(&r.packet, &want);
	sub_interface(TW_PW_TAGGED, TW_VOUT_REWRITE);
	inner = customer_tagged(104, 1, (uint32_t[]){ 0x8100e000 | VID });
	want = on_pw(TW_PRIMARY, 7, 0, &inner);
	r = run_aside(AC2, &in, 0x8100e000 | VID);
	assert_packet(&r.packet, &want);
	r = run_aside(AC2, &in, 0x81000065);
	assert_int_equal(r.out, PASS);
	assert_int_equal(r.tag, 0x81000065);
	assert_packet(&r.packet, &in);
}

static void octets_are_those_of_the_ac_wire(void **state)
{
	struct packet in = customer_tagged(104, 1, (uint32_t[]){ 0x81000000 | VID }), inner = customer(100);
	struct tw_count c;

	sub_interface(0, TW_VOUT_PUSH);
	encaps_to(family(state), AC2, &in, 0, &inner);
	decaps_to(family(state), 0, &inner, &in);
	c = count_of(CIRCUIT, TW_PRIMARY);
	assert_int_equal(c.tx_octets, 104);
	assert_int_equal(c.rx_octets, 104);
	tagged_port();
	in = from_pw(TW_PRIMARY, 0, 0, &in);
	set_label_last(LABEL_IN(TW_PRIMARY), TW_LABEL_CW, TW_VOUT_KEEP);
	assert_int_equal(run(family(state), CORE, &in).out, SENT);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_octets, 208);
}

/* The network header moves with the tags, so the kernel finds the IP packet where it is. */
static void protocol_after_decapsulation(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);
	struct result r = run_aside(CORE, &in, 0);

	(void)state;
	assert_int_equal(r.out, SENT);
	assert_int_equal(r.protocol, 0x0800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(port_mode_carries_every_tag),
		BOTH(raw_sub_interface_strips_and_pushes_its_own_tag),
		BOTH(tagged_sub_interface_keeps_and_rewrites),
		BOTH(tagged_sub_interface_wants_a_tag),
		BOTH(tagged_port_adds_a_dummy_and_takes_it_off),
		BOTH(shortest_frame_out_of_a_tagged_port),
		BOTH(unknown_vlan_is_left_to_the_kernel),
		BOTH(core_port_with_sub_interface),
		BOTH(access_port_takes_untagged_frames_only),
		BOTH(octets_are_those_of_the_ac_wire),
		ONLY_TC(tags_in_metadata),
		ONLY_TC(longest_frame_with_a_tag_in_metadata),
		ONLY_TC(super_frame_with_a_tag_in_metadata),
		ONLY_TC(a_cut_tag_behind_one_in_metadata),
		ONLY_TC(sub_interface_tag_in_metadata),
		ONLY_TC(protocol_after_decapsulation),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
