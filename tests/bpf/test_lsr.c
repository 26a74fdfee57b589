/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_lsr.c: the core port as an LSR: swap, pop, penultimate hop, explicit null, IP for the host,
 * and what is not ours (RFC 3031 3.10, 3.16; RFC 3032 2.1, 2.4; RFC 3443).
 */
#include <string.h>

#include "scene.h"

/* The outer Ethernet header that PATH_SWAP writes. */
static struct packet onward(uint16_t type)
{
	struct packet p = {};

	put(&p, (uint8_t[]){ 2, 0, 0, 0, 0xd0, CORE2, 2, 0, 0, 0, 0x50, CORE2 }, 12);
	put_u16(&p, type);
	return p;
}

static void put_ip(struct packet *p, uint32_t len)
{
	struct packet frame = customer(14 + len);

	put(p, frame.b + 14, len);
}

static void put_ipv6(struct packet *p)
{
	put_u32(p, 0x60000000);
	put_u32(p, 0x00083b40);
	put_fill(p, 32 + 8);
}

static void swap_path(uint32_t n, const uint32_t *labels, uint16_t mtu)
{
	struct tw_path_row row = a_row(CORE2, n, labels);

	row.mtu = mtu;
	set_path_row(PATH_SWAP, 1, &row);
}

static void swap_keeps_class_and_bottom_and_counts_down(void **state)
{
	for (int bottom = 0; bottom <= 1; bottom++) {
		struct packet in = mpls(), want = onward(0x8847);
		struct result r;

		put_lse(&in, SWAP_IN, 5, bottom, 64);
		put_lse(&in, 77, 3, 1, 9);
		put_fill(&in, 100);
		put_lse(&want, SWAP_OUT, 5, bottom, 63);
		put_lse(&want, 77, 3, 1, 9);
		put_fill(&want, 100);
		r = run(family(state), CORE, &in);
		assert_int_equal(r.out, SENT);
		assert_packet(&r.packet, &want);
	}
	assert_int_equal(drops_all(), 0);
}

/* A swap into a path that itself goes through tunnels: up to four labels, the lowest is the swapped one. */
static void swap_into_a_deeper_stack(void **state)
{
	static const uint32_t label[] = { 31, 32, 33, 34 };

	for (uint32_t n = 1; n <= 4; n++)
		for (uint32_t above = 0; above <= 5; above++) {
			struct packet in = mpls(), want = onward(0x8847);
			struct result r;

			swap_path(n, label, CORE_MTU);
			for (uint32_t i = 0; i < above; i++)
				put_lse(&in, OURS, 1, 0, 200);
			put_lse(&in, SWAP_IN, 5, 1, 64);
			put_fill(&in, 60);
			for (uint32_t i = 0; i < n; i++)
				put_lse(&want, label[i], 5, i + 1 == n, i + 1 == n ? 63 : 255);
			put_fill(&want, 60);
			/* only the lowest keeps the S bit it had; those above are never bottom */
			r = run(family(state), CORE, &in);
			assert_int_equal(r.out, SENT);
			assert_packet(&r.packet, &want);
		}
}

static void penultimate_hop_uncovers_the_next_label(void **state)
{
	struct packet in = mpls(), want = onward(0x8847);
	struct result r;

	swap_path(0, NULL, CORE_MTU);
	put_lse(&in, OURS, 0, 0, 9);
	put_lse(&in, SWAP_IN, 5, 0, 64);
	put_lse(&in, 77, 3, 1, 2);
	put_fill(&in, 60);
	put_lse(&want, 77, 3, 1, 2);
	put_fill(&want, 60);
	r = run(family(state), CORE, &in);
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
}

static void penultimate_hop_uncovers_ip(void **state)
{
	for (int v6 = 0; v6 <= 1; v6++) {
		struct packet in = mpls(), want = onward(v6 ? 0x86dd : 0x0800);
		struct result r;

		swap_path(0, NULL, CORE_MTU);
		put_lse(&in, SWAP_IN, 5, 1, 64);
		if (v6)
			put_ipv6(&in);
		else
			put_ip(&in, 60);
		put(&want, in.b + 18, in.len - 18);
		r = run(family(state), CORE, &in);
		assert_int_equal(r.out, SENT);
		assert_packet(&r.packet, &want);
	}
}

static void swap_lsp_down(void **state)
{
	struct packet in = mpls();

	put_lse(&in, SWAP_IN, 5, 1, 64);
	put_fill(&in, 60);
	set_live("path_live", PATH_SWAP, 1, 1);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_LSP_DOWN), 1);
}

static void swap_mtu(void **state)
{
	struct packet in = mpls();
	uint32_t label[] = { 5000, SWAP_OUT };

	put_lse(&in, SWAP_IN, 5, 1, 64);
	put_fill(&in, 500);
	swap_path(2, label, 508);
	assert_int_equal(run(family(state), CORE, &in).out, SENT);
	swap_path(2, label, 507);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_MTU), 1);
}

static void swap_port_without_xdp_is_left_to_tc(void **state)
{
	struct packet in = mpls();

	(void)state;
	put_lse(&in, SWAP_IN, 5, 1, 64);
	put_fill(&in, 500);
	set_port(CORE2, TW_PORT_CORE | TW_PORT_TC_RX, 0);
	assert_int_equal(run(XDP_FRAGS, CORE, &in).out, PASS);
	assert_int_equal(run_port(CORE, &in).out, SENT);
}

/* IP below our own label, or below explicit null: the host gets the packet as if it had come bare. */
static void ip_for_the_host(void **state)
{
	static const uint32_t bottom[] = { OURS, 0, 2 };

	(void)state;
	for (uint32_t above = 0; above <= 6; above++)
		for (size_t i = 0; i < 3; i++) {
			struct packet in = mpls(), want = mpls();
			struct result r;

			for (uint32_t k = 0; k < above; k++)
				put_lse(&in, OURS, 0, 0, 9);
			put_lse(&in, bottom[i], 5, 1, 64);
			if (bottom[i] == 2)
				put_ipv6(&in);
			else
				put_ip(&in, 60);
			want.b[12] = bottom[i] == 2 ? 0x86 : 0x08;
			want.b[13] = bottom[i] == 2 ? 0xdd : 0x00;
			put(&want, in.b + 18 + 4 * above, in.len - 18 - 4 * above);
			r = run(XDP_FRAGS, CORE, &in);	/* XDP leaves it to tc, which tells the kernel */
			assert_int_equal(r.out, PASS);
			assert_packet(&r.packet, &in);
			r = run_aside(CORE, &in, 0);
			assert_int_equal(r.out, PASS);
			assert_packet(&r.packet, &want);
			assert_int_equal(r.protocol, bottom[i] == 2 ? 0x86dd : 0x0800);
			assert_int_equal(r.tag, 0);
			assert_int_equal(r.mark, 0);
		}
	assert_int_equal(drops_all(), 0);
}

static void what_is_not_ours_stays_as_it_came(void **state)
{
	static const uint32_t foreign[] = { 3, 7, 13, 14, 15, 16, 1048575 };

	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		for (int above = 0; above <= 1; above++) {
			struct packet in = mpls();
			struct result r;

			if (above)
				put_lse(&in, OURS, 0, 0, 9);
			put_lse(&in, foreign[i], 0, 1, 1);	/* TTL 1: not our business either */
			put_fill(&in, 60);
			r = run(family(state), CORE, &in);
			assert_int_equal(r.out, PASS);
			assert_packet(&r.packet, &in);
			assert_int_equal(r.mark, 0);
		}
	assert_int_equal(drops_of(DROP_LABEL_UNKNOWN), family(state) == TC ? 14 : 0);
	assert_int_equal(drops_of(DROP_LABEL_UNKNOWN), drops_all());
	assert_int_equal(seen_of(0).last_drop, DROP_NONE);	/* circuit 0 is nobody */
}

static void a_pw_label_that_is_not_the_bottom(void **state)
{
	struct packet in = mpls();

	(void)state;
	put_lse(&in, LABEL_IN(TW_PRIMARY), 0, 0, 9);
	put_lse(&in, 1234, 0, 1, 9);
	put_fill(&in, 60);
	assert_int_equal(run_port(CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_NO_BOS), 1);
}

/* A label bound to an incoming port is a foreign one on every other (RFC 3031 3.14). */
static void a_label_of_one_port(void **state)
{
	static const uint32_t label[] = { SWAP_IN, OURS };

	for (size_t i = 0; i < 2; i++) {
		struct packet in = mpls();
		struct tw_label row = get_label(label[i]);
		struct result r;

		put_lse(&in, label[i], 0, 1, 1);	/* TTL 1: not our business unless the label is ours */
		put_ip(&in, 60);
		row.ifindex = CORE;
		set_label(label[i], &row);
		r = run(family(state), CORE2, &in);
		assert_int_equal(r.out, PASS);
		assert_packet(&r.packet, &in);
		assert_int_equal(r.mark, 0);
	}
	assert_int_equal(drops_of(DROP_LABEL_UNKNOWN), family(state) == TC ? 2 : 0);
	assert_int_equal(drops_all(), drops_of(DROP_LABEL_UNKNOWN));

	struct packet in = mpls(), want = onward(0x8847);

	put_lse(&in, OURS, 0, 0, 9);		/* both bound to the port they come in by */
	put_lse(&in, SWAP_IN, 5, 1, 64);
	put_fill(&in, 60);
	put_lse(&want, SWAP_OUT, 5, 1, 63);
	put_fill(&want, 60);
	struct result r = run(family(state), CORE, &in);

	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(swap_keeps_class_and_bottom_and_counts_down),
		BOTH(swap_into_a_deeper_stack),
		BOTH(penultimate_hop_uncovers_the_next_label),
		BOTH(penultimate_hop_uncovers_ip),
		BOTH(swap_lsp_down),
		BOTH(swap_mtu),
		ONLY_TC(swap_port_without_xdp_is_left_to_tc),
		ONLY_TC(ip_for_the_host),
		BOTH(what_is_not_ours_stays_as_it_came),
		ONLY_TC(a_pw_label_that_is_not_the_bottom),
		BOTH(a_label_of_one_port),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
