/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ac.c: from a port-mode AC into a pseudowire: header, control word, padding, traffic class, MTU,
 * counters (RFC 4448 4.4, 4.6; RFC 4385 3; RFC 3032 2.1).
 */
#include <string.h>

#include "scene.h"

static void assert_sent(const struct result *r, const struct packet *want)
{
	assert_int_equal(r->out, SENT);
	assert_packet(&r->packet, want);
}

static void plain_frame_gets_labels_and_control_word(void **state)
{
	struct packet in = customer(100), want = on_pw(TW_PRIMARY, 0, 0, &in);
	struct result r = run(family(state), AC, &in);
	struct tw_count c;

	assert_sent(&r, &want);
	c = count_of(CIRCUIT, TW_PRIMARY);
	assert_int_equal(c.tx_frames, 1);
	assert_int_equal(c.tx_octets, 100);
	assert_int_equal(c.rx_frames, 0);
	assert_int_equal(drops_all(), 0);
	assert_int_equal(seen_of(CIRCUIT).when, 0);
}

static void without_control_word(void **state)
{
	struct packet in = customer(100), want = on_pw(TW_PRIMARY, 0, -1, &in);
	struct result r;

	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, 0, PATH(TW_PRIMARY), 0));
	r = run(family(state), AC, &in);
	assert_sent(&r, &want);
}

static void up_to_four_transport_labels(void **state)
{
	static const uint32_t label[] = { 20, 30, 40, 1048575 };

	for (uint32_t n = 0; n <= 4; n++) {
		struct packet in = customer(200), want = {};
		struct tw_path_row row = a_row(CORE, n, label);
		struct result r;

		row.ttl = 77;
		set_path_row(PATH(TW_PRIMARY), 1, &row);
		set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(999999, 2, TW_PW_CW, PATH(TW_PRIMARY), 0));
		put(&want, row.dmac, 6);
		put(&want, row.smac, 6);
		put_u16(&want, 0x8847);
		for (uint32_t i = 0; i < n; i++)
			put_lse(&want, label[i], 0, 0, 77);
		put_lse(&want, 999999, 0, 1, 2);
		put_u32(&want, 0);
		put_packet(&want, &in);
		r = run(family(state), AC, &in);
		assert_sent(&r, &want);
	}
}

/* PROG_RUN gives tc no frame without payload; the live tests do. */
static uint32_t shortest(enum family f)
{
	return f == TC ? 15 : 14;
}

/* Every length a wire can bring: short ones padded to 60, their length in the control word. */
static void short_frames_are_padded_and_say_so(void **state)
{
	uint32_t least = shortest(family(state));

	for (uint32_t len = least; len <= 66; len++) {
		struct packet in = customer(len), padded = in, want;
		struct result r = run(family(state), AC, &in);

		put_zero_to(&padded, 60);
		want = on_pw(TW_PRIMARY, 0, len < 60 ? (len + 4) << 16 : 0, &padded);
		assert_sent(&r, &want);
	}
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).tx_frames, 67 - least);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).tx_octets, (least + 66) * (67 - least) / 2);
}

static void short_frames_without_control_word_are_only_padded(void **state)
{
	struct packet in = customer(shortest(family(state))), padded = in, want;
	struct result r;

	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, 0, PATH(TW_PRIMARY), 0));
	put_zero_to(&padded, 60);
	want = on_pw(TW_PRIMARY, 0, -1, &padded);
	r = run(family(state), AC, &in);
	assert_sent(&r, &want);
}

/* BPDU, LACP, LLDP, LLC, broadcast, multicast, MPLS, odd addresses: the octets are the customer's. */
static void every_kind_of_frame_is_carried(void **state)
{
	static const struct {
		uint8_t dmac[6];
		uint16_t type;
	} kind[] = {
		{ { 0x01, 0x80, 0xc2, 0, 0, 0x00 }, 0x0026 }, { { 0x01, 0x80, 0xc2, 0, 0, 0x02 }, 0x8809 },
		{ { 0x01, 0x80, 0xc2, 0, 0, 0x0e }, 0x88cc }, { { 0x01, 0x80, 0xc2, 0, 0, 0x03 }, 0x888e },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 0x0806 }, { { 0x01, 0, 0x5e, 0, 0, 1 }, 0x0800 },
		{ { 0x33, 0x33, 0, 0, 0, 1 }, 0x86dd }, { { 2, 1, 1, 1, 1, 1 }, 0x8847 },
		{ { 2, 1, 1, 1, 1, 1 }, 0xffff }, { { 2, 1, 1, 1, 1, 1 }, 0x0000 },
		{ { 0x01, 0x80, 0xc2, 0, 0, 0x01 }, 0x0800 }, /* the PAUSE address, no PAUSE */
		{ { 2, 1, 1, 1, 1, 1 }, 0x8808 },	       /* MAC control, no PAUSE: the opcode is 0x0203 */
	};

	for (size_t i = 0; i < sizeof(kind) / sizeof(*kind); i++) {
		struct packet in = {}, want;
		struct result r;

		put(&in, kind[i].dmac, 6);
		put(&in, "\x02\xce\0\0\0\x01", 6);
		put_u16(&in, kind[i].type);
		put(&in, "\x02\x03", 2);
		put_fill(&in, 64);
		want = on_pw(TW_PRIMARY, 0, 0, &in);
		r = run(family(state), AC, &in);
		assert_sent(&r, &want);
	}
	for (uint8_t nibble = 0; nibble < 16; nibble++) {
		struct packet in = customer(80), want;
		struct result r;

		in.b[0] = nibble << 4 | 2;
		want = on_pw(TW_PRIMARY, 0, 0, &in);
		r = run(family(state), AC, &in);
		assert_sent(&r, &want);
	}
}

static void fixed_traffic_class_or_pcp(void **state)
{
	struct packet in = customer_tagged(100, 1, (uint32_t[]){ 0x8100a005 }), want;
	struct tw_circuit c = get_circuit(CIRCUIT);
	struct result r = run(family(state), AC, &in);

	want = on_pw(TW_PRIMARY, 5, 0, &in);
	assert_sent(&r, &want);
	c.tc = 3;
	set_circuit(CIRCUIT, &c);
	want = on_pw(TW_PRIMARY, 3, 0, &in);
	r = run(family(state), AC, &in);
	assert_sent(&r, &want);
	in = customer(100);
	want = on_pw(TW_PRIMARY, 3, 0, &in);
	r = run(family(state), AC, &in);
	assert_sent(&r, &want);
}

static void longest_frame_and_one_more(void **state)
{
	static const uint32_t tags[] = { 0x88a80064, 0x81000001, 0x81000002 };
	uint64_t dropped = 0;

	for (uint32_t n = 0; n <= 3; n++) {
		uint32_t most = MAX_FRAME + 4 * (n < 2 ? n : 2);
		struct packet in = customer_tagged(most, n, tags);

		assert_int_equal(run(family(state), AC, &in).out, SENT);
		in = customer_tagged(most + 1, n, tags);
		assert_int_equal(run(family(state), AC, &in).out, DROP);
		assert_int_equal(drops_of(DROP_MTU), ++dropped);
	}
	assert_int_equal(seen_of(CIRCUIT).last_drop, DROP_MTU);
}

static void longest_mpls_packet_and_one_more(void **state)
{
	uint32_t label = TUNNEL(TW_PRIMARY);
	struct tw_path_row row = a_row(CORE, 1, &label);
	struct packet in = customer(1000);

	row.mtu = 1000 + 4 + 4 + 4;
	set_path_row(PATH(TW_PRIMARY), 1, &row);
	assert_int_equal(run(family(state), AC, &in).out, SENT);
	in = customer(1001);
	assert_int_equal(run(family(state), AC, &in).out, DROP);
	assert_int_equal(drops_of(DROP_MTU), 1);
	row.mtu = 60 + 4 + 4 + 4 - 1;		/* padding counts */
	set_path_row(PATH(TW_PRIMARY), 1, &row);
	in = customer(20);
	assert_int_equal(run(family(state), AC, &in).out, DROP);
}

static void pause_is_never_carried(void **state)
{
	struct packet in = {};

	put(&in, "\x01\x80\xc2\0\0\x01\x02\xce\0\0\0\x01\x88\x08\0\x01\xff\xff", 18);
	put_zero_to(&in, 60);
	assert_int_equal(run(family(state), AC, &in).out, DROP);
	in.b[15] = 0x01;
	memcpy(in.b, "\x02\0\0\0\0\x09", 6);	/* to a station, opcode PAUSE */
	assert_int_equal(run(family(state), AC, &in).out, DROP);
	in.b[14] = 1;				/* priority flow control to the reserved address */
	memcpy(in.b, "\x01\x80\xc2\0\0\x01", 6);
	assert_int_equal(run(family(state), AC, &in).out, DROP);
	assert_int_equal(drops_of(DROP_PAUSE), 3);
}

static void a_port_that_is_not_ours_is_the_kernels(void **state)
{
	struct packet in = customer(100);
	struct result r;

	set_port(AC, 0, CIRCUIT);
	r = run(family(state), AC, &in);
	assert_int_equal(r.out, PASS);
	assert_packet(&r.packet, &in);
	assert_int_equal(drops_all(), 0);
}

static void an_ifindex_beyond_the_array(void **state)
{
	struct packet in = customer(100), want = on_pw(TW_PRIMARY, 0, 0, &in);
	struct result r = run(family(state), FAR, &in);

	assert_int_equal(r.out, PASS);
	set_port(FAR, TW_PORT_AC | TW_PORT_XDP_TX, CIRCUIT);
	r = run(family(state), FAR, &in);
	assert_sent(&r, &want);
}

/* XDP may not edit what it cannot send; tc behind it can. */
static void core_port_without_xdp_is_left_to_tc(void **state)
{
	struct packet in = customer(100), want = on_pw(TW_PRIMARY, 0, 0, &in);
	struct result r;

	(void)state;
	set_port(CORE, TW_PORT_CORE | TW_PORT_TC_RX, 0);
	r = run(XDP_FRAGS, AC, &in);
	assert_int_equal(r.out, PASS);
	assert_packet(&r.packet, &in);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).tx_frames, 0);
	r = run_port(AC, &in);
	assert_sent(&r, &want);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).tx_frames, 1);
	set_port(AC, TW_PORT_AC, CIRCUIT);	/* nobody behind XDP: the host must not get it */
	r = run(XDP_FRAGS, AC, &in);
	assert_int_equal(r.out, DROP);
	assert_int_equal(drops_of(DROP_KERNEL), 1);
}

static void super_frames_are_dropped_as_their_segments(void **state)
{
	struct packet in = customer(2000);

	(void)state;
	set_steer(CIRCUIT, TW_NONE, TW_NEXT_NEVER);
	assert_int_equal(run_gso(AC, &in, 700, 3).out, DROP);
	assert_int_equal(seen_of(CIRCUIT).no_pw, 3);
	assert_int_equal(run_gso(AC, &in, 700, 0).out, DROP);
	assert_int_equal(seen_of(CIRCUIT).no_pw, 6);
}

static void super_frames_count_as_their_segments(void **state)
{
	struct packet in = {};
	struct tw_count c;
	struct result r;

	(void)state;
	put_customer(&in, 0x0800);
	put(&in, "\x45\0\0\0\0\x01\0\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02", 20);
	put(&in, "\x30\x39\x23\x82\0\0\0\0\0\0\0\0\x80\x10\0\0\0\0\0\0", 20);
	put_fill(&in, 12 + 2500);		/* TCP options, three segments of 1000, 1000, 500 */
	r = run_gso(AC, &in, 1000, 3);
	assert_int_equal(r.out, SENT);
	c = count_of(CIRCUIT, TW_PRIMARY);
	assert_int_equal(c.tx_frames, 3);
	assert_int_equal(c.tx_octets, 3 * 66 + 2500);
	r = run_gso(AC, &in, 1000, 0);		/* the number of segments is not said */
	assert_int_equal(r.out, SENT);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).tx_frames, 6);
	r = run_gso(AC, &in, MAX_FRAME - 66, 2);
	assert_int_equal(r.out, SENT);
	r = run_gso(AC, &in, MAX_FRAME - 66 + 1, 2);
	assert_int_equal(r.out, DROP);
	assert_int_equal(drops_of(DROP_MTU), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(plain_frame_gets_labels_and_control_word),
		BOTH(without_control_word),
		BOTH(up_to_four_transport_labels),
		BOTH(short_frames_are_padded_and_say_so),
		BOTH(short_frames_without_control_word_are_only_padded),
		BOTH(every_kind_of_frame_is_carried),
		BOTH(fixed_traffic_class_or_pcp),
		BOTH(longest_frame_and_one_more),
		BOTH(longest_mpls_packet_and_one_more),
		BOTH(pause_is_never_carried),
		BOTH(a_port_that_is_not_ours_is_the_kernels),
		BOTH(an_ifindex_beyond_the_array),
		ONLY_TC(core_port_without_xdp_is_left_to_tc),
		ONLY_TC(super_frames_count_as_their_segments), ONLY_TC(super_frames_are_dropped_as_their_segments),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
