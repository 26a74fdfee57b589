/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_steer.c: which pseudowire carries a frame: flags in every order, what the kernel may and may not
 * fall back to in each mode, rows A and B, groups, the receive gate, the bypass (design.md 3).
 */
#include "scene.h"

/* Sends a frame: the slot it left on, TW_NONE when it was dropped for want of one. */
static enum tw_slot_id sends_on(enum family f)
{
	struct packet in = customer(100);
	uint64_t none = drops_of(DROP_NO_PW), of_circuit = seen_of(CIRCUIT).no_pw;
	struct result r = run(f, AC, &in);

	assert_int_equal(seen_of(CIRCUIT).no_pw, of_circuit + (r.out == DROP));

	if (r.out == DROP) {
		assert_int_equal(drops_of(DROP_NO_PW), none + 1);
		return TW_NONE;
	}
	assert_int_equal(r.out, SENT);
	for (int slot = TW_PRIMARY; slot <= TW_BYPASS; slot++) {
		struct packet want = on_pw(slot, 0, 0, &in);

		if (r.packet.len == want.len && r.packet.b[20] == want.b[20] && r.packet.b[19] == want.b[19]) {
			assert_packet(&r.packet, &want);
			return slot;
		}
	}
	fail_msg("left on no slot");
	return TW_NONE;
}

static bool delivers_from(enum family f, enum tw_slot_id slot)
{
	struct packet inner = customer(100), in = from_pw(slot, 0, 0, &inner);
	uint64_t inactive = drops_of(DROP_INACTIVE_PW);
	struct result r = run(f, CORE, &in);

	if (r.out == SENT) {
		assert_packet(&r.packet, &inner);
		return true;
	}
	assert_int_equal(r.out, DROP);
	assert_int_equal(drops_of(DROP_INACTIVE_PW), inactive + 1);
	return false;
}

static void bypass_slot(void)
{
	set_slot(CIRCUIT, TW_BYPASS, TW_SLOT(LABEL_OUT(TW_BYPASS), 255, TW_PW_CW, PATH(TW_BYPASS), 0));
}

/* ---- flags ---- */

/* Raise and lower of one flag, two writers, one byte each, interleaved by hand: every order. */
static void raise_and_lower_in_both_orders(void **state)
{
	enum family f = family(state);

	set_steer(CIRCUIT, TW_PRIMARY, TW_NEXT_NEVER);
	set_pw_live(CIRCUIT, TW_PRIMARY, 0, 0);		/* never armed */
	assert_int_equal(sends_on(f), TW_NONE);
	set_pw_live(CIRCUIT, TW_PRIMARY, 1, 0);		/* the engine raises: epoch 1 */
	assert_int_equal(sends_on(f), TW_PRIMARY);
	set_pw_live(CIRCUIT, TW_PRIMARY, 1, 1);		/* the kernel: epoch 1 is dead */
	assert_int_equal(sends_on(f), TW_NONE);
	set_pw_live(CIRCUIT, TW_PRIMARY, 2, 1);		/* raised again: the old death does not count */
	assert_int_equal(sends_on(f), TW_PRIMARY);
	/* the kernel saw epoch 2 fail and writes while the engine raises epoch 3: engine first, kernel second */
	set_pw_live(CIRCUIT, TW_PRIMARY, 3, 1);
	set_pw_live(CIRCUIT, TW_PRIMARY, 3, 2);
	assert_int_equal(sends_on(f), TW_PRIMARY);	/* what died was 2; 3 was raised knowing all causes cleared */
	/* kernel first, engine second */
	set_pw_live(CIRCUIT, TW_PRIMARY, 3, 3);
	assert_int_equal(sends_on(f), TW_NONE);
	set_pw_live(CIRCUIT, TW_PRIMARY, 4, 3);
	assert_int_equal(sends_on(f), TW_PRIMARY);
	/* the engine lowers while the kernel declares dead: down in both orders */
	set_pw_live(CIRCUIT, TW_PRIMARY, 0, 3);
	assert_int_equal(sends_on(f), TW_NONE);
	set_pw_live(CIRCUIT, TW_PRIMARY, 0, 4);
	assert_int_equal(sends_on(f), TW_NONE);
	set_pw_live(CIRCUIT, TW_PRIMARY, 4, 4);
	set_pw_live(CIRCUIT, TW_PRIMARY, 0, 4);
	assert_int_equal(sends_on(f), TW_NONE);
}

static void each_flag_takes_the_slot_down(void **state)
{
	enum family f = family(state);
	uint64_t plain = get_circuit(CIRCUIT).slot[TW_PRIMARY];

	set_live("path_live", PATH(TW_PRIMARY), 1, 1);
	assert_int_equal(sends_on(f), TW_SECONDARY);
	set_live("path_live", PATH(TW_PRIMARY), 3, 1);
	assert_int_equal(sends_on(f), TW_PRIMARY);
	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, TW_PW_CW, PATH(TW_PRIMARY), 9));
	assert_int_equal(sends_on(f), TW_SECONDARY);	/* guard 9 was never armed */
	set_live("guard_live", 9, 5, 0);
	assert_int_equal(sends_on(f), TW_PRIMARY);
	set_live("guard_live", 9, 5, 5);
	assert_int_equal(sends_on(f), TW_SECONDARY);
	set_slot(CIRCUIT, TW_PRIMARY, 0);		/* an empty slot */
	assert_int_equal(sends_on(f), TW_SECONDARY);
	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, TW_PW_CW, 0, 0));
	assert_int_equal(sends_on(f), TW_SECONDARY);	/* path 0 is none */
	set_slot(CIRCUIT, TW_PRIMARY, plain);
	assert_int_equal(sends_on(f), TW_PRIMARY);
}

/* ---- modes ---- */

struct mode {
	const char *name;
	uint8_t next;
	bool bypass;
	/* active; slot expected when primary, secondary, both of them are down */
	uint8_t active, pri_down, sec_down, both_down;
};
enum { PRI = TW_PRIMARY, SEC = TW_SECONDARY, BYP = TW_BYPASS, NONE = TW_NONE };
#define EACH_OTHER	TW_NEXT(SEC, PRI, NONE)
#define NEVER		TW_NEXT_NEVER
static const struct mode modes[] = {
	{ "FRR on primary", EACH_OTHER, false, PRI, SEC, PRI, NONE },
	{ "FRR on secondary", EACH_OTHER, false, SEC, SEC, PRI, NONE },
	{ "master", EACH_OTHER, false, PRI, SEC, PRI, NONE },
	{ "master, holdoff", NEVER, false, PRI, NONE, PRI, NONE },
	{ "manual switchover", NEVER, false, SEC, SEC, NONE, NONE },
	{ "independent, peer agrees", TW_NEXT(SEC, NONE, NONE), false, PRI, SEC, PRI, NONE },
	{ "independent, it does not", NEVER, false, PRI, NONE, PRI, NONE },
	{ "single", NEVER, false, PRI, NONE, PRI, NONE },
	{ "single with bypass", TW_NEXT(BYP, NONE, NONE), true, PRI, BYP, PRI, BYP },
	{ "nothing sends", EACH_OTHER, false, NONE, NONE, NONE, NONE },
};

static void what_each_mode_may_fall_back_to(void **state)
{
	enum family f = family(state);

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		const struct mode *m = &modes[i];

		scene_reset(state);
		set_steer(CIRCUIT, m->active, m->next);
		if (m->bypass)
			bypass_slot();
		assert_int_equal(sends_on(f), m->active);
		set_live("path_live", PATH(TW_PRIMARY), 1, 1);
		assert_int_equal(sends_on(f), m->pri_down);
		set_live("path_live", PATH(TW_SECONDARY), 1, 1);
		assert_int_equal(sends_on(f), m->both_down);
		set_live("path_live", PATH(TW_PRIMARY), 3, 1);
		assert_int_equal(sends_on(f), m->sec_down);
	}
}

/* next is followed once: a chain of three never forms. */
static void next_is_followed_once(void **state)
{
	bypass_slot();
	set_steer(CIRCUIT, TW_PRIMARY, TW_NEXT(TW_SECONDARY, TW_BYPASS, TW_NONE));
	set_live("path_live", PATH(TW_PRIMARY), 1, 1);
	set_live("path_live", PATH(TW_SECONDARY), 1, 1);
	assert_int_equal(sends_on(family(state)), TW_NONE);
}

static void the_first_moved_frame_is_reported(void **state)
{
	enum family f = family(state);
	struct tw_seen s, none = {};

	assert_int_equal(sends_on(f), TW_PRIMARY);
	assert_int_equal(seen_of(CIRCUIT).when, 0);
	set_pw_live(CIRCUIT, TW_PRIMARY, 1, 1);
	assert_int_equal(sends_on(f), TW_SECONDARY);
	s = seen_of(CIRCUIT);
	assert_int_not_equal(s.when, 0);
	assert_int_equal(s.slot, TW_SECONDARY);
	assert_int_equal(sends_on(f), TW_SECONDARY);
	assert_int_equal(seen_of(CIRCUIT).when, s.when);	/* the first, not the last */
	set_row("seen", CIRCUIT, &none);
	set_steer(CIRCUIT, TW_SECONDARY, TW_NEXT(TW_SECONDARY, TW_PRIMARY, TW_NONE));
	assert_int_equal(sends_on(f), TW_SECONDARY);
	assert_int_equal(seen_of(CIRCUIT).when, 0);		/* the engine has followed */
}

/* ---- rows A and B ---- */

static void a_new_next_hop_goes_to_the_other_row(void **state)
{
	struct packet in = customer(100);
	uint32_t label = 4242;
	struct tw_path_row row = a_row(CORE2, 1, &label), gone = {};
	struct result r;

	set_path_row(PATH(TW_PRIMARY), 0, &row);		/* written while row 1 is in use ... */
	assert_int_equal(sends_on(family(state)), TW_PRIMARY);
	set_live("path_live", PATH(TW_PRIMARY), 2, 0);		/* ... then armed: one store */
	r = run(family(state), AC, &in);
	assert_int_equal(r.out, SENT);
	assert_int_equal(r.packet.b[5], CORE2);
	assert_int_equal(r.packet.b[14] << 12 | r.packet.b[15] << 4 | r.packet.b[16] >> 4, 4242);
	set_path_row(PATH(TW_PRIMARY), 1, &gone);
	assert_int_equal(run(family(state), AC, &in).out, SENT);
	set_live("path_live", PATH(TW_PRIMARY), 3, 0);		/* nobody arms a row that is not valid: nothing is sent */
	assert_int_equal(run(family(state), AC, &in).out, DROP);
}

/* ---- groups ---- */

#define GROUP		3
#define MEMBER(i)	(200 + (i))

static void a_group(uint16_t n)
{
	struct tw_group g = { .row[1].n = n, .chosen = 1 };

	for (uint16_t i = 0; i < n; i++) {
		uint32_t label = 700 + i;
		struct tw_path_row row = a_row(CORE, 1, &label);

		g.row[1].member[i] = MEMBER(i);
		set_path_row(MEMBER(i), 1, &row);
		set_live("path_live", MEMBER(i), 1, 0);
	}
	set_row("path_group", GROUP, &g);
	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, TW_PW_CW | TW_PW_GROUP, GROUP, 0));
}

/* The member a flow takes, -1 when the frame left on another slot or not at all. */
static int member_of(enum family f, uint16_t flow)
{
	struct packet in = customer(100);
	struct result r;

	in.b[33] = flow;			/* last octet of the destination address */
	in.b[32] = flow >> 8;
	r = run(f, AC, &in);
	if (r.out != SENT)
		return -1;
	return (r.packet.b[14] << 12 | r.packet.b[15] << 4 | r.packet.b[16] >> 4) - 700;
}

static void a_group_spreads_flows_and_keeps_each(void **state)
{
	enum family f = family(state);
	int hits[4] = {}, first[64];

	a_group(4);
	for (int i = 0; i < 64; i++) {
		first[i] = member_of(f, i);
		assert_in_range(first[i], 0, 3);
		hits[first[i]]++;
	}
	for (int i = 0; i < 4; i++)
		assert_true(hits[i] > 4);
	for (int i = 0; i < 64; i++)
		assert_int_equal(member_of(f, i), first[i]);
}

/* 4096 flows over 64 members, 64 each on average: a fair die stays within 25 and 110 but for one time in 10^5. */
static void a_full_group_is_used_evenly(void **state)
{
	enum family f = family(state);
	int hits[TW_GROUP_MEMBERS] = {};

	a_group(TW_GROUP_MEMBERS);
	for (uint16_t i = 0; i < 4096; i++) {
		int m = member_of(f, i);

		assert_in_range(m, 0, TW_GROUP_MEMBERS - 1);
		hits[m]++;
	}
	for (int i = 0; i < TW_GROUP_MEMBERS; i++)
		assert_in_range(hits[i], 25, 110);
}

/* Other members are written to the row at rest: until it is chosen nobody sees them. */
static void other_members_come_with_one_store(void **state)
{
	enum family f = family(state);
	struct tw_group g;

	a_group(4);
	get_row("path_group", GROUP, &g);
	g.row[0] = (struct tw_group_row){ .n = 1, .member = { MEMBER(3) } };
	set_row("path_group", GROUP, &g);
	bool others = false;
	for (int i = 0; i < 32; i++)
		others |= member_of(f, i) != 3;
	assert_true(others);
	g.chosen = 0;
	set_row("path_group", GROUP, &g);
	for (int i = 0; i < 32; i++)
		assert_int_equal(member_of(f, i), 3);
}

/* A fragment has no ports: all of a packet's must go one way. */
static void fragments_stay_together(void **state)
{
	enum family f = family(state);
	struct packet in = customer(100);
	struct result first, r;

	a_group(4);
	in.b[20] = 0x20;			/* more fragments */
	first = run(f, AC, &in);
	for (int i = 0; i < 32; i++) {
		in.b[34] = i * 8;		/* where a port would be */
		r = run(f, AC, &in);
		assert_int_equal(r.out, SENT);
		assert_memory_equal(r.packet.b + 14, first.packet.b + 14, 4);
	}
}

static void only_flows_of_a_dead_member_move(void **state)
{
	enum family f = family(state);
	int before[32];

	a_group(4);
	for (int i = 0; i < 32; i++)
		before[i] = member_of(f, i);
	set_live("path_live", MEMBER(2), 1, 1);
	for (int i = 0; i < 32; i++)
		assert_int_equal(member_of(f, i), before[i] == 2 ? 3 : before[i]);
	set_live("path_live", MEMBER(3), 1, 1);
	set_live("path_live", MEMBER(0), 1, 1);
	for (int i = 0; i < 32; i++)
		assert_int_equal(member_of(f, i), 1);
	set_live("path_live", MEMBER(1), 1, 1);		/* all down: the group is */
	assert_int_equal(sends_on(f), TW_SECONDARY);
	set_live("path_live", MEMBER(0), 3, 1);
	assert_int_equal(member_of(f, 0), 0);
}

static void groups_of_every_size(void **state)
{
	for (uint16_t n = 1; n <= TW_GROUP_MEMBERS; n++) {
		a_group(n);
		for (uint16_t i = 0; i + 1 < n; i++)
			set_live("path_live", MEMBER(i), 1, 1);
		for (int flow = 0; flow < 5; flow++)
			assert_int_equal(member_of(family(state), flow), n - 1);
	}
	a_group(0);
	assert_int_equal(sends_on(family(state)), TW_SECONDARY);
}

/* ---- receive gate ---- */

static void the_gate_follows_where_we_send(void **state)
{
	enum family f = family(state);

	set_label_last(LABEL_IN(TW_PRIMARY), TW_LABEL_CW | TW_LABEL_GATE, TW_VOUT_KEEP);
	set_label_last(LABEL_IN(TW_SECONDARY), TW_LABEL_CW | TW_LABEL_GATE, TW_VOUT_KEEP);
	assert_true(delivers_from(f, TW_PRIMARY));
	assert_false(delivers_from(f, TW_SECONDARY));
	set_live("path_live", PATH(TW_PRIMARY), 1, 1);	/* the kernel's fall-back opens reception at once */
	assert_false(delivers_from(f, TW_PRIMARY));
	assert_true(delivers_from(f, TW_SECONDARY));
	assert_int_equal(seen_of(CIRCUIT).when, 0);	/* receiving is no report */
	set_live("path_live", PATH(TW_SECONDARY), 1, 1);
	assert_false(delivers_from(f, TW_PRIMARY));	/* we send on none, so none is heard */
	assert_false(delivers_from(f, TW_SECONDARY));
	set_steer(CIRCUIT, TW_NONE, TW_NEXT_NEVER);
	assert_false(delivers_from(f, TW_PRIMARY));
	assert_false(delivers_from(f, TW_SECONDARY));
	assert_int_equal(seen_of(CIRCUIT).last_drop, DROP_INACTIVE_PW);
}

static void without_a_gate_all_are_delivered(void **state)
{
	enum family f = family(state);

	set_steer(CIRCUIT, TW_NONE, TW_NEXT_NEVER);
	assert_true(delivers_from(f, TW_PRIMARY));
	assert_true(delivers_from(f, TW_SECONDARY));
	assert_int_equal(count_of(CIRCUIT, TW_SECONDARY).rx_frames, 1);
}

/* ---- bypass ---- */

static void bypass_scene(uint32_t ac_flags)
{
	bypass_slot();
	for (int slot = TW_PRIMARY; slot <= TW_BYPASS; slot++)
		set_label_last(LABEL_IN(slot), TW_LABEL_CW | TW_LABEL_BYPASS, TW_VOUT_KEEP);
	set_port(AC, TW_PORT_AC | TW_PORT_XDP_TX | TW_PORT_TC_RX | ac_flags, CIRCUIT);
}

static void reencapsulated(enum family f, enum tw_slot_id from, enum tw_slot_id to, uint32_t len)
{
	struct packet inner = customer(len), padded = inner, in, want;
	struct result r;

	put_zero_to(&padded, 60);
	in = from_pw(from, 6, len < 60 ? (len + 4) << 16 : 0, &padded);
	want = on_pw(to, 6, len < 60 ? (len + 4) << 16 : 0, &padded);
	r = run(f, CORE, &in);
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
}

static void ac_up_bypass_and_pw_both_deliver(void **state)
{
	bypass_scene(0);
	assert_true(delivers_from(family(state), TW_PRIMARY));
	assert_true(delivers_from(family(state), TW_BYPASS));
}

static void ac_down_frames_go_on_by_the_bypass(void **state)
{
	static const uint32_t len[] = { 15, 40, 60, 61, 100, 1514 };

	bypass_scene(TW_PORT_DOWN);
	for (size_t i = 0; i < sizeof(len) / sizeof(*len); i++)
		reencapsulated(family(state), TW_PRIMARY, TW_BYPASS, len[i]);
	assert_int_equal(count_of(CIRCUIT, TW_PRIMARY).rx_frames, 6);
	assert_int_equal(count_of(CIRCUIT, TW_BYPASS).tx_frames, 6);
	assert_int_equal(drops_all(), 0);
}

static void ac_down_frames_of_the_bypass_go_to_the_pw(void **state)
{
	enum family f = family(state);

	bypass_scene(TW_PORT_DOWN);
	reencapsulated(f, TW_BYPASS, TW_PRIMARY, 100);
	set_live("path_live", PATH(TW_PRIMARY), 1, 1);
	reencapsulated(f, TW_BYPASS, TW_SECONDARY, 100);
}

static void never_back_onto_the_bypass(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_BYPASS, 0, 0, &inner);

	bypass_scene(TW_PORT_DOWN);
	set_steer(CIRCUIT, TW_PRIMARY, TW_NEXT(TW_BYPASS, TW_NONE, TW_NONE));
	set_live("path_live", PATH(TW_PRIMARY), 1, 1);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_BYPASS_LOOP), 1);
}

static void ac_and_bypass_down(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);

	bypass_scene(TW_PORT_DOWN);
	set_live("path_live", PATH(TW_BYPASS), 1, 1);
	assert_int_equal(run(family(state), CORE, &in).out, DROP);
	assert_int_equal(drops_of(DROP_AC_DOWN), 1);
}

static void bypass_path_without_xdp_is_left_to_tc(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner), want = on_pw(TW_BYPASS, 0, 0, &inner);
	struct result r;

	(void)state;
	bypass_scene(TW_PORT_DOWN);
	set_port(CORE2, TW_PORT_CORE | TW_PORT_TC_RX, 0);
	assert_int_equal(run(XDP_FRAGS, CORE, &in).out, PASS);
	r = run_port(CORE, &in);
	assert_int_equal(r.out, SENT);
	assert_packet(&r.packet, &want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(raise_and_lower_in_both_orders),
		BOTH(each_flag_takes_the_slot_down),
		BOTH(what_each_mode_may_fall_back_to),
		BOTH(next_is_followed_once),
		BOTH(the_first_moved_frame_is_reported),
		BOTH(a_new_next_hop_goes_to_the_other_row),
		BOTH(a_group_spreads_flows_and_keeps_each),
		BOTH(a_full_group_is_used_evenly),
		BOTH(other_members_come_with_one_store),
		BOTH(fragments_stay_together),
		BOTH(only_flows_of_a_dead_member_move),
		BOTH(groups_of_every_size),
		BOTH(the_gate_follows_where_we_send),
		BOTH(without_a_gate_all_are_delivered),
		BOTH(ac_up_bypass_and_pw_both_deliver),
		BOTH(ac_down_frames_go_on_by_the_bypass),
		BOTH(ac_down_frames_of_the_bypass_go_to_the_pw),
		BOTH(never_back_onto_the_bypass),
		BOTH(ac_and_bypass_down),
		ONLY_TC(bypass_path_without_xdp_is_left_to_tc),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
