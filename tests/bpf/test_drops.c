/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_drops.c: every reason of TW_DROPS has a provoker here; one without fails. Each frame goes through
 * XDP and, when that passes it, through tc, as on a port with both: counted once, under its reason, and
 * dropped or left to the kernel as the list says.
 */
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "scene.h"

static struct result into_core(const struct packet *in)
{
	return run_port(CORE, in);
}

static struct result data_frame(enum tw_slot_id slot)
{
	struct packet inner = customer(100), in = from_pw(slot, 0, 0, &inner);

	return into_core(&in);
}

static struct result ac_frame(uint32_t len)
{
	struct packet in = customer(len);

	return run_port(AC, &in);
}

static struct result no_pw(void)
{
	set_steer(CIRCUIT, TW_NONE, TW_NEXT_NEVER);
	return ac_frame(100);
}

static struct result mtu(void)
{
	return ac_frame(MAX_FRAME + 1);
}

static struct result pause_frame(void)
{
	struct packet in = {};

	put(&in, "\x01\x80\xc2\0\0\x01\x02\xce\0\0\0\x01\x88\x08\0\x01\xff\xff", 18);
	put_zero_to(&in, 60);
	return run_port(AC, &in);
}

static struct result access_tag(void)
{
	struct packet in = customer_tagged(100, 1, (uint32_t[]){ 0x81000001 });
	struct tw_circuit c = get_circuit(CIRCUIT);

	c.flags = TW_CIRCUIT_ACCESS;
	set_circuit(CIRCUIT, &c);
	return run_port(AC, &in);
}

/* XDP does not touch inner tags and so minds no number of them; tc must put each back in line. */
static struct result tags(void)
{
	static const uint32_t five[] = { 0x88a80001, 0x81000002, 0x81000003, 0x81000004, 0x81000005 };
	struct packet in = customer_tagged(100, 5, five);

	set_port(CORE, TW_PORT_CORE | TW_PORT_TC_RX, 0);
	return run_port(AC, &in);
}

static struct result runt(void)
{
	struct packet inner = customer(14), in;

	inner.len = 13;
	in = from_pw(TW_PRIMARY, 0, 0, &inner);
	return into_core(&in);
}

static struct result truncated(void)
{
	struct packet in = mpls();

	put_lse(&in, OURS, 0, 0, 9);
	put(&in, "\0\0", 2);
	return into_core(&in);
}

static struct result no_bos(void)
{
	struct packet in = mpls();

	for (int i = 0; i < TW_STACK_MAX + 1; i++)
		put_lse(&in, OURS, 0, 0, 9);
	put_fill(&in, 60);
	return into_core(&in);
}

static struct result label_unknown(void)
{
	struct packet in = mpls();

	put_lse(&in, 777777, 0, 1, 9);
	put_fill(&in, 60);
	return into_core(&in);
}

static struct result control_word(void)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0x40000000, &inner);

	return into_core(&in);
}

static struct result cw_length(void)
{
	struct packet inner = customer(30), in = from_pw(TW_PRIMARY, 0, (30 + 4 + 1) << 16, &inner);

	return into_core(&in);
}

static struct result inactive_pw(void)
{
	set_label_last(LABEL_IN(TW_SECONDARY), TW_LABEL_CW | TW_LABEL_GATE, TW_VOUT_KEEP);
	return data_frame(TW_SECONDARY);
}

static struct result ac_down(void)
{
	set_port(AC, TW_PORT_AC | TW_PORT_DOWN, CIRCUIT);
	return data_frame(TW_PRIMARY);
}

static struct result vlan_unknown(void)
{
	struct packet in = customer_tagged(100, 1, (uint32_t[]){ 0x81000fff });

	set_port(AC2, TW_PORT_SUBIF | TW_PORT_TC_RX, 0);
	return run_port(AC2, &in);
}

static struct result no_tag(void)
{
	set_label_last(LABEL_IN(TW_PRIMARY), TW_LABEL_CW, TW_VOUT_REWRITE);
	return data_frame(TW_PRIMARY);
}

static struct result ttl(void)
{
	struct packet in = mpls();

	put_lse(&in, SWAP_IN, 0, 1, 1);
	put_fill(&in, 60);
	return into_core(&in);
}

static struct result punt_budget(void)
{
	struct tw_punt p = { .rate = 1, .burst = 1 };
	struct tw_bucket b = { .when = UINT64_MAX };	/* never fills */
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0x10000007, &inner);

	set_row("punt", TW_PUNT_ACH, &p);
	set_row("bucket", TW_PUNT_ACH, &b);
	return into_core(&in);
}

static struct result lsp_down(void)
{
	struct packet in = mpls();

	set_live("path_live", PATH_SWAP, 0, 0);
	put_lse(&in, SWAP_IN, 0, 1, 9);
	put_fill(&in, 60);
	return into_core(&in);
}

static struct result stack_ip(void)
{
	struct packet in = mpls();

	put_lse(&in, OURS, 0, 1, 9);
	put_u32(&in, 0x00112233);
	put_fill(&in, 60);
	return into_core(&in);
}

/* The devmap does not know the port although its row says so. */
static struct result kernel(void)
{
	uint32_t core = CORE;

	assert_int_equal(bpf_map_delete_elem(scene_map("out"), &core), 0);
	return ac_frame(100);
}

static struct result bypass_loop(void)
{
	set_port(AC, TW_PORT_AC | TW_PORT_DOWN, CIRCUIT);
	set_slot(CIRCUIT, TW_BYPASS, TW_SLOT(LABEL_OUT(TW_BYPASS), 255, TW_PW_CW, PATH(TW_BYPASS), 0));
	set_label_last(LABEL_IN(TW_BYPASS), TW_LABEL_CW | TW_LABEL_BYPASS, TW_VOUT_KEEP);
	set_steer(CIRCUIT, TW_BYPASS, TW_NEXT_NEVER);
	return data_frame(TW_BYPASS);
}

static struct result oam_off(void)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0x10000007, &inner);

	return into_core(&in);
}

static struct result (*const provoke[DROP__N])(void) = {
	[DROP_NO_PW] = no_pw,
	[DROP_MTU] = mtu,
	[DROP_PAUSE] = pause_frame,
	[DROP_ACCESS_TAG] = access_tag,
	[DROP_TAGS] = tags,
	[DROP_RUNT] = runt,
	[DROP_TRUNCATED] = truncated,
	[DROP_NO_BOS] = no_bos,
	[DROP_LABEL_UNKNOWN] = label_unknown,
	[DROP_CONTROL_WORD] = control_word,
	[DROP_CW_LENGTH] = cw_length,
	[DROP_INACTIVE_PW] = inactive_pw,
	[DROP_AC_DOWN] = ac_down,
	[DROP_VLAN_UNKNOWN] = vlan_unknown,
	[DROP_NO_TAG] = no_tag,
	[DROP_TTL] = ttl,
	[DROP_PUNT_BUDGET] = punt_budget,
	[DROP_LSP_DOWN] = lsp_down,
	[DROP_STACK_IP] = stack_ip,
	[DROP_KERNEL] = kernel,
	[DROP_BYPASS_LOOP] = bypass_loop,
	[DROP_OAM_OFF] = oam_off,
};

struct reason {
	enum tw_drop number;
	const char *symbol, *name, *text;
	char verdict;
};
static const struct reason reasons[] = {
#define REASON(n, sym, name, verdict, text) { n, #sym, name, text, #verdict[0] },
	TW_DROPS(REASON)
#undef REASON
};

static void provoked(const struct reason *r)
{
	struct result got;

	print_message("           %s\n", r->name);
	if (!provoke[r->number])
		fail_msg("nothing provokes %s", r->symbol);
	got = provoke[r->number]();
	assert_int_equal(drops_of(r->number), 1);
	assert_int_equal(drops_all(), 1);
	assert_int_equal(got.out, r->verdict == 'K' ? PASS : DROP);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).tx_frames, 0);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_frames, 0);
}

static void every_reason_is_provoked_and_counted_once(void **state)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		scene_reset(state);
		provoked(&reasons[i]);
	}
	assert_int_equal(sizeof(reasons) / sizeof(*reasons), DROP__N - 1);
}

/* Whoever looks at a circuit sees why its last frame died. */
static void the_circuit_remembers_its_last_drop(void **state)
{
	static const enum tw_drop of_circuit[] = {
		DROP_NO_PW, DROP_MTU, DROP_PAUSE, DROP_ACCESS_TAG, DROP_TAGS, DROP_RUNT, DROP_CONTROL_WORD,
		DROP_CW_LENGTH, DROP_INACTIVE_PW, DROP_AC_DOWN, DROP_NO_TAG, DROP_BYPASS_LOOP, DROP_OAM_OFF,
	};

	for (size_t i = 0; i < sizeof(of_circuit) / sizeof(*of_circuit); i++) {
		scene_reset(state);
		provoke[of_circuit[i]]();
		assert_int_equal(seen_of(CIRCUIT).last_drop, of_circuit[i]);
	}
}

/* A kernel that refuses in the middle: a super-frame that is no TCP cannot be cut down by adjust_room. */
static void a_refused_edit_in_tc(void **state)
{
	struct packet inner = customer(200), in = from_pw(TW_PRIMARY, 0, 0, &inner);

	(void)state;
	assert_int_equal(run_gso(CORE, &in, 100, 2).out, DROP);
	assert_int_equal(drops_of(DROP_KERNEL), 1);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_frames, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONLY_TC(every_reason_is_provoked_and_counted_once),
		ONLY_TC(the_circuit_remembers_its_last_drop),
		ONLY_TC(a_refused_edit_in_tc),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
