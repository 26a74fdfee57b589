/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_core.c: out of a pseudowire to a port-mode AC: stack, control word, length, MTU, gate by port
 * state, counters (RFC 3032, RFC 4385 3, RFC 4448 4.4).
 */
#include <string.h>

#include "scene.h"

static void assert_delivered(const struct result *r, const struct packet *want)
{
	assert_int_equal(r->out, SENT);
	assert_packet(&r->packet, want);
}

static void plain_frame_reaches_the_ac(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);
	struct result r = run(family(state), CORE, &in);
	struct tw_count c;

	assert_delivered(&r, &inner);
	c = count_of(CIRCUIT, TW_PRIMARY);
	assert_int_equal(c.rx_frames, 1);
	assert_int_equal(c.rx_octets, 100);
	assert_int_equal(c.tx_frames, 0);
	assert_int_equal(drops_all(), 0);
}

/* Without a control word the first nibble is the customer's address and means nothing. */
static void without_control_word_no_nibble_is_looked_at(void **state)
{
	set_label_last(LABEL_IN(TW_PRIMARY), 0, TW_VOUT_KEEP);
	for (uint8_t nibble = 0; nibble < 16; nibble++) {
		struct packet inner = customer(100), in;
		struct result r;

		inner.b[0] = nibble << 4 | 2;
		in = from_pw(TW_PRIMARY, 0, -1, &inner);
		r = run(family(state), CORE, &in);
		assert_delivered(&r, &inner);
	}
}

static void with_control_word_every_address_is_delivered(void **state)
{
	for (uint8_t nibble = 0; nibble < 16; nibble++) {
		struct packet inner = customer(100), in;
		struct result r;

		inner.b[0] = nibble << 4 | 2;
		in = from_pw(TW_PRIMARY, 0, 0x1234, &inner);	/* a sequence number is not looked at */
		r = run(family(state), CORE, &in);
		assert_delivered(&r, &inner);
	}
}

static void zero_to_many_labels_above_the_pseudowire(void **state)
{
	for (uint32_t n = 0; n < TW_STACK_MAX; n++) {
		struct packet inner = customer(100), in = mpls();
		struct result r;

		for (uint32_t i = 0; i < n; i++)
			put_lse(&in, i % 2 ? OURS : 0, 0, 0, 200);	/* explicit null among them */
		put_lse(&in, LABEL_IN(TW_PRIMARY), 0, 1, 2);
		put_u32(&in, 0);
		put_packet(&in, &inner);
		r = run(family(state), CORE, &in);
		assert_delivered(&r, &inner);
	}
}

static void padding_is_cut_to_the_control_words_length(void **state)
{
	for (uint32_t len = 14; len < 60; len++) {
		struct packet inner = customer(len), padded = inner, in;
		struct result r;

		put_zero_to(&padded, 60);
		in = from_pw(TW_PRIMARY, 0, (len + 4) << 16, &padded);
		r = run(family(state), CORE, &in);
		assert_delivered(&r, &inner);
	}
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_octets, (14 + 59) * 46 / 2);
}

/* A peer that does not pad, on a link that does not either: frames of any length come out whole. */
static void short_frames_without_padding(void **state)
{
	for (uint32_t len = 14; len < 64; len++) {
		struct packet inner = customer(len), in = from_pw(TW_PRIMARY, 0, len < 60 ? (len + 4) << 16 : 0, &inner);
		struct result r = run(family(state), CORE, &in);

		assert_delivered(&r, &inner);
		in = from_pw(TW_PRIMARY, 0, 0, &inner);
		r = run(family(state), CORE, &in);
		assert_delivered(&r, &inner);
	}
}

static void control_word_flags_do_not_matter_fragments_do(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0x0f000000, &inner);
	struct result r = run(family(state), CORE, &in);

	assert_delivered(&r, &inner);
	for (uint32_t frg = 1; frg <= 3; frg++) {
		in = from_pw(TW_PRIMARY, 0, frg << 22, &inner);
		assert_int_not_equal(run(family(state), CORE, &in).out, SENT);
		assert_int_equal(run_port(CORE, &in).out, DROP);
	}
}

static void longest_frame_and_one_more(void **state)
{
	static const uint32_t tags[] = { 0x88a80064, 0x81000001, 0x81000002 };
	uint64_t dropped = 0;

	for (uint32_t n = 0; n <= 3; n++) {
		uint32_t most = MAX_FRAME + 4 * (n < 2 ? n : 2);
		struct packet inner = customer_tagged(most, n, tags), in = from_pw(TW_PRIMARY, 0, 0, &inner);
		struct result r = run(family(state), CORE, &in);

		assert_delivered(&r, &inner);
		inner = customer_tagged(most + 1, n, tags);
		in = from_pw(TW_PRIMARY, 0, 0, &inner);
		assert_int_equal(run(family(state), CORE, &in).out, DROP);
		assert_int_equal(drops_of(DROP_MTU), ++dropped);
	}
}

static void pause_does_not_come_out_either(void **state)
{
	struct packet inner = {}, in;

	put(&inner, "\x01\x80\xc2\0\0\x01\x02\xce\0\0\0\x01\x88\x08\0\x01\xff\xff", 18);
	put_zero_to(&inner, 60);
	in = from_pw(TW_PRIMARY, 0, 0, &inner);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_PAUSE), 1);
}

static void ac_down_without_bypass(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);

	set_port(AC, TW_PORT_AC | TW_PORT_DOWN | TW_PORT_XDP_TX, CIRCUIT);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_AC_DOWN), 1);
	assert_int_equal(seen_of(CIRCUIT).last_drop, DROP_AC_DOWN);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_frames, 0);
}

static void no_ac_is_an_ac_that_is_down(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);
	struct tw_label none = { .index = CIRCUIT, .max_frame = MAX_FRAME,
				 .last = TW_LABEL_LAST(TW_OP_PW, TW_PRIMARY, TW_LABEL_CW) };

	set_label(LABEL_IN(TW_PRIMARY), &none);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_AC_DOWN), 1);
}

static void only_mpls_of_core_ports_is_looked_at(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);
	struct result r;

	set_port(CORE, TW_PORT_XDP_TX | TW_PORT_TC_RX, 0);
	r = run(family(state), CORE, &in);
	assert_int_equal(r.out, PASS);
	assert_packet(&r.packet, &in);
	set_port(CORE, TW_PORT_CORE | TW_PORT_XDP_TX | TW_PORT_TC_RX, 0);
	in = customer(100);
	r = run(family(state), CORE, &in);
	assert_int_equal(r.out, PASS);
	assert_packet(&r.packet, &in);
	in = from_pw(TW_PRIMARY, 0, 0, &inner);
	in.b[13] = 0x48;			/* multicast MPLS */
	r = run(family(state), CORE, &in);
	assert_int_equal(r.out, PASS);
	assert_packet(&r.packet, &in);
	assert_int_equal(drops_all(), 0);
}

/* A NIC towards the core, a tap towards the customer. */
static void ac_port_without_xdp_is_left_to_tc(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);
	struct result r;

	(void)state;
	set_port(AC, TW_PORT_AC | TW_PORT_TC_RX, CIRCUIT);
	r = run(XDP_FRAGS, CORE, &in);
	assert_int_equal(r.out, PASS);
	assert_packet(&r.packet, &in);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_frames, 0);
	r = run_port(CORE, &in);
	assert_delivered(&r, &inner);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_frames, 1);
}

/* Any cut of a good frame, at every octet: never sent broken, always counted once or left alone. */
static void a_frame_cut_anywhere(void **state)
{
	struct packet inner = customer(64), whole = from_pw(TW_PRIMARY, 0, 0, &inner);

	for (uint32_t len = 14; len < whole.len; len++) {
		struct packet in = whole;
		uint64_t before = drops_all();
		struct result r;

		in.len = len;
		r = family(state) == TC ? run(TC, CORE, &in) : run_port(CORE, &in);
		if (r.out == SENT)
			assert_memory_equal(r.packet.b, inner.b, r.packet.len);
		else
			assert_int_equal(drops_all(), before + 1);
		assert_int_equal(r.out == SENT, len >= 14 + 8 + 4 + 14);
	}
	assert_int_equal(drops_of(DROP_TRUNCATED), 12);
	assert_int_equal(drops_of(DROP_RUNT), 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(plain_frame_reaches_the_ac),
		BOTH(without_control_word_no_nibble_is_looked_at),
		BOTH(with_control_word_every_address_is_delivered),
		BOTH(zero_to_many_labels_above_the_pseudowire),
		BOTH(padding_is_cut_to_the_control_words_length),
		BOTH(short_frames_without_padding),
		BOTH(control_word_flags_do_not_matter_fragments_do),
		BOTH(longest_frame_and_one_more),
		BOTH(pause_does_not_come_out_either),
		BOTH(ac_down_without_bypass),
		BOTH(no_ac_is_an_ac_that_is_down),
		BOTH(only_mpls_of_core_ports_is_looked_at),
		BOTH(ac_port_without_xdp_is_left_to_tc),
		BOTH(a_frame_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
