/* SPDX-License-Identifier: BSD-2-Clause */
/* test_rows.c: actions as rows, the next epoch, the resting row, the slot a circuit sends on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dp/rows.h"

static void circuit_row(void **state)
{
	struct act_circuit a = {
		.index = 3,
		.used = true,
		.ifindex = 7,
		.max_frame = 1514,
		.access_port = true,
		.subif = true,
		.vid = 100,
		.tc = 5,
		.slot = { { .label = 0xfffff, .ttl = 255, .control_word = true, .path = 0xffff, .guard = 0xffff },
		     { .label = 16, .ttl = 2, .tagged = true, .group = true, .path = 9, .guard = 1 } },
	};
	struct tw_circuit c;

	(void)state;
	memset(&c, 0xff, sizeof(c));
	row_circuit(&a, &c);
	assert_int_equal(TW_SLOT_LABEL(c.slot[0]), 0xfffff);
	assert_int_equal(TW_SLOT_TTL(c.slot[0]), 255);
	assert_int_equal(TW_SLOT_FLAGS(c.slot[0]), TW_PW_CW);
	assert_int_equal(TW_SLOT_PATH(c.slot[0]), 0xffff);
	assert_int_equal(TW_SLOT_GUARD(c.slot[0]), 0xffff);
	assert_int_equal(TW_SLOT_LABEL(c.slot[1]), 16);
	assert_int_equal(TW_SLOT_TTL(c.slot[1]), 2);
	assert_int_equal(TW_SLOT_FLAGS(c.slot[1]), TW_PW_TAGGED | TW_PW_GROUP);
	assert_int_equal(TW_SLOT_PATH(c.slot[1]), 9);
	assert_int_equal(c.slot[2], 0);
	assert_int_equal(c.ifindex, 7);
	assert_int_equal(c.max_frame, 1514);
	assert_int_equal(c.flags, TW_CIRCUIT_ACCESS | TW_CIRCUIT_SUBIF);
	assert_int_equal(c.vid, 100);
	assert_int_equal(c.tc, 5);
}

/* A field is as wide as it has to be: what is more is its end, what means "from PCP" stays that. */
static void circuit_row_is_narrow(void **state)
{
	struct act_circuit a = { .max_frame = 65535, .tc = TC_FROM_PCP };
	struct tw_circuit c;

	(void)state;
	row_circuit(&a, &c);
	assert_int_equal(c.max_frame, TW_MAX_FRAME);
	assert_int_equal(c.tc, TW_TC_FROM_PCP);
	assert_int_equal(c.flags, 0);
}

static void an_empty_slot_is_zero(void **state)
{
	struct act_circuit a = { .slot = { { .ttl = 255, .control_word = true, .path = 4 } } };
	struct tw_circuit c;

	(void)state;
	row_circuit(&a, &c);
	assert_int_equal(c.slot[0], 0);
}

static void next_byte(void **state)
{
	uint8_t next[3] = { TW_SECONDARY, TW_PRIMARY, TW_NONE };
	uint8_t b = row_next(next);

	(void)state;
	assert_int_equal(TW_NEXT_OF(b, TW_PRIMARY), TW_SECONDARY);
	assert_int_equal(TW_NEXT_OF(b, TW_SECONDARY), TW_PRIMARY);
	assert_int_equal(TW_NEXT_OF(b, TW_BYPASS), TW_NONE);
	assert_int_equal(row_next((uint8_t[3]){ TW_NONE, TW_NONE, TW_NONE }), TW_NEXT_NEVER);
}

static bool same_label(const struct act_label *a, const struct act_label *b)
{
	return a->label == b->label && a->kind == b->kind && a->index == b->index && a->slot == b->slot &&
	       a->control_word == b->control_word && a->gate == b->gate && a->bypass == b->bypass && a->group == b->group &&
	       a->vlan_out == b->vlan_out && a->ifindex == b->ifindex && a->vid == b->vid && a->max_frame == b->max_frame;
}

/* What a row says is what the action said. */
static void labels_there_and_back(void **state)
{
	static const struct act_label one[] = {
		{ .label = 16, .kind = LABEL_PW, .index = 8, .slot = 2, .control_word = true, .vlan_out = VLAN_OUT_UNDUMMY,
		  .ifindex = 6, .vid = 4095, .max_frame = 65535 },
		{ .label = 17, .kind = LABEL_PW, .index = 1000000, .gate = true, .bypass = true, .vlan_out = VLAN_OUT_PUSH },
		{ .label = 18, .kind = LABEL_POP, .ifindex = 9 },
		{ .label = 19, .kind = LABEL_SWAP, .index = 16383, .ifindex = 9 },
		{ .label = 0xfffff, .kind = LABEL_SWAP, .index = 1023, .group = true },
	};
	struct act_label back;
	struct tw_label row;

	(void)state;
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		row_label(&one[i], &row);
		assert_int_equal(!!(TW_LABEL_FLAGS(row.last) & TW_LABEL_GROUP), one[i].group);
		label_of_row(one[i].label, &row, &back);
		assert_true(same_label(&back, &one[i]));
	}
}

static void slots_there_and_back(void **state)
{
	struct act_circuit c = {
		.slot = { { .label = 0xfffff, .ttl = 255, .control_word = true, .path = 0xffff, .guard = 0xffff },
			  { .label = 16, .ttl = 2, .tagged = true, .path = 9 },
			  { .label = 17, .ttl = 1, .group = true, .guard = 4095 } },
	};
	struct tw_circuit row;
	struct act_slot s;

	(void)state;
	row_circuit(&c, &row);
	for (int i = 0; i < 3; i++) {
		slot_of_row(row.slot[i], &s);
		assert_int_equal(s.label, c.slot[i].label);
		assert_int_equal(s.ttl, c.slot[i].ttl);
		assert_int_equal(s.control_word | s.tagged << 1 | s.group << 2,
				 c.slot[i].control_word | c.slot[i].tagged << 1 | c.slot[i].group << 2);
		assert_int_equal(s.path, c.slot[i].path);
		assert_int_equal(s.guard, c.slot[i].guard);
	}
}

static void paths_there_and_back(void **state)
{
	struct act_path p = { .ifindex = 7, .dmac = { 1, 2, 3, 4, 5, 6 }, .smac = { 7, 8, 9, 10, 11, 12 }, .mtu = 9000,
			      .n_labels = 3, .label = { 16, 17, 18 }, .signalled = true }, back;
	struct tw_path_row row;

	(void)state;
	row_path(&p, &row);
	assert_int_equal(row.flags, TW_PATH_SIGNALLED);
	path_of_row(&row, &back);
	assert_int_equal(back.ifindex, p.ifindex);
	assert_int_equal(back.mtu, p.mtu);
	assert_int_equal(back.n_labels, p.n_labels);
	assert_memory_equal(back.label, p.label, sizeof(p.label));
	assert_memory_equal(back.dmac, p.dmac, 6);
	assert_memory_equal(back.smac, p.smac, 6);
	assert_true(back.signalled);
	p.signalled = false;
	row_path(&p, &row);
	assert_int_equal(row.flags, 0);
}

static void groups_have_nothing_behind_their_end(void **state)
{
	const uint16_t member[TW_GROUP_MEMBERS + 1] = { 5, 6, 7, [TW_GROUP_MEMBERS] = 9 };
	struct act_group g = { .n = 2, .member = member };
	struct tw_group_row row;

	(void)state;
	memset(&row, 0xff, sizeof(row));
	row_group(&g, &row);
	assert_int_equal(row.n, 2);
	assert_int_equal(row.member[1], 6);
	for (int i = 2; i < TW_GROUP_MEMBERS; i++)
		assert_int_equal(row.member[i], 0);
	g.n = TW_GROUP_MEMBERS + 1;
	row_group(&g, &row);
	assert_int_equal(row.n, TW_GROUP_MEMBERS);
}

static void label_rows(void **state)
{
	struct act_label pw = { .label = 100,
			       .kind = LABEL_PW,
			       .index = 8,
			       .slot = 2,
			       .control_word = true,
			       .gate = true,
			       .bypass = true,
			       .vlan_out = TW_VOUT_REWRITE,
			       .ifindex = 6,
			       .vid = 12,
			       .max_frame = 9018 };
	struct act_label swap = { .kind = LABEL_SWAP, .index = 5, .ifindex = 6, .vid = 3, .gate = true };
	struct tw_label l;

	(void)state;
	row_label(&pw, &l);
	assert_int_equal(TW_LABEL_OP(l.last), TW_OP_PW);
	assert_int_equal(TW_LABEL_SLOT(l.last), 2);
	assert_int_equal(TW_LABEL_FLAGS(l.last) & 7, TW_LABEL_CW | TW_LABEL_GATE | TW_LABEL_BYPASS);
	assert_int_equal(TW_LABEL_VOUT(l.last), TW_VOUT_REWRITE);
	assert_int_equal(l.index, 8);
	assert_int_equal(l.ifindex, 6);
	assert_int_equal(l.vid, 12);
	assert_int_equal(l.max_frame, 9018);
	row_label(&swap, &l);
	assert_int_equal(l.last, TW_OP_SWAP);		/* nothing of a PW in it */
	assert_int_equal(l.index, 5);
	assert_int_equal(l.ifindex, 6);			/* where it must come in */
	assert_int_equal(l.vid | l.max_frame, 0);
	row_label(&(struct act_label){ .kind = LABEL_POP }, &l);
	assert_int_equal(l.last, TW_OP_POP);
	row_label(&(struct act_label){ .kind = LABEL_NONE, .index = 9, .ifindex = 1 }, &l);
	assert_memory_equal(&l, &(struct tw_label){ 0 }, sizeof(l));
}

static void path_row_of_any_length(void **state)
{
	struct act_path a = { .ifindex = 3,
			     .mtu = 9216,
			     .dmac = { 1, 2, 3, 4, 5, 6 },
			     .smac = { 6, 5, 4, 3, 2, 1 },
			     .n_labels = 2,
			     .label = { 11, 12, 13, 14 } };
	struct tw_path_row r;

	(void)state;
	row_path(&a, &r);
	assert_int_equal(r.n_labels, 2);
	assert_int_equal(r.ttl, 255);
	assert_int_equal(r.label[1], 12);
	assert_int_equal(r.label[2], 0); /* what is not pushed is not in the row: equal paths are equal rows */
	assert_memory_equal(r.dmac, a.dmac, 6);
	assert_memory_equal(r.smac, a.smac, 6);
	a.n_labels = 200;
	row_path(&a, &r);
	assert_int_equal(r.n_labels, TW_PUSH_MAX);
}

static void port_flags(void **state)
{
	(void)state;
	assert_int_equal(row_port_flags(&(struct act_port){ .ac = true, .down = true }), TW_PORT_AC | TW_PORT_DOWN);
	assert_int_equal(row_port_flags(&(struct act_port){ .subif = true, .core = true }), TW_PORT_SUBIF | TW_PORT_CORE);
}

/* Whatever was last, armed and dead: never 0, never one of these, of the parity asked for. */
static void epochs_are_always_new(void **state)
{
	(void)state;
	for (int last = 0; last < 256; last++)
		for (int armed = 0; armed < 256; armed += 5)
			for (int parity = -1; parity < 2; parity++) {
				struct tw_live l = { .armed = (uint8_t)armed, .dead = (uint8_t)(armed ^ 1) };
				uint8_t e = epoch_next((uint8_t)last, l, parity);
				assert_true(e != 0 && e != l.armed && e != l.dead && e != last);
				assert_true(parity < 0 || (e & 1) == parity);
			}
}

static const struct tw_path_row a = { .ifindex = 1, .mtu = 1500, .ttl = 255 },
				b = { .ifindex = 2, .mtu = 1500, .ttl = 255 },
				c = { .ifindex = 3, .mtu = 9216, .ttl = 255 };

static void the_resting_row_takes_what_is_new(void **state)
{
	struct tw_path p = { { a, b } };
	struct tw_live up2 = { .armed = 2 }, up3 = { .armed = 3 };

	(void)state;
	struct path_step s = path_step(&p, up2, 2, &c);		/* row 0 is in use */
	assert_true(s.write && s.raise && s.row == 1);
	assert_int_equal(s.epoch, 3);
	s = path_step(&p, up3, 3, &c);				/* row 1 is in use */
	assert_true(s.write && s.raise && s.row == 0);
	assert_int_equal(s.epoch, 4);
}

static void what_is_equal_is_not_written(void **state)
{
	struct tw_path p = { { a, b } };

	(void)state;
	struct path_step s = path_step(&p, (struct tw_live){ .armed = 2 }, 0, &a); /* adopted: no epoch of ours yet */
	assert_true(!s.write && !s.raise);
	s = path_step(&p, (struct tw_live){ .armed = 2 }, 2, &b);			/* back to the row that rests */
	assert_true(!s.write && s.raise && s.row == 1 && (s.epoch & 1) == 1);
	s = path_step(&p, (struct tw_live){ .armed = 0, .dead = 9 }, 6, &a);		/* the link came back */
	assert_true(!s.write && s.raise && s.row == 0);
	assert_int_equal(s.epoch, 8);
	s = path_step(&p, (struct tw_live){ .armed = 6, .dead = 6 }, 6, &a); /* the kernel declared it dead */
	assert_true(!s.write && s.raise && s.row == 0);
	assert_int_equal(s.epoch, 8);
}

static void a_dead_path_gets_its_new_row_beside(void **state)
{
	struct tw_path p = { { a, b } };

	(void)state;
	struct path_step s = path_step(&p, (struct tw_live){ .armed = 6, .dead = 6 }, 6, &c);
	assert_true(s.write && s.raise && s.row == 1);		/* frames in flight still read row 0 */
	s = path_step(&p, (struct tw_live){ 0 }, 255, &c);
	assert_true(s.write && s.raise && s.row == 0);		/* 255 had row 1 */
	assert_int_equal(s.epoch, 2);
	s = path_step(&(struct tw_path){ 0 }, (struct tw_live){ 0 }, 0, &c);
	assert_true(s.write && s.raise && (s.epoch & 1) == s.row);
}

/* ---- the slot a circuit sends on ------------------------------------------------------------------------ */

struct maps {
	struct tw_circuit circuit[2];
	struct tw_block active[1], next[1];
	struct tw_flag pw[8];
	struct tw_live path[TW_PATHS], guard[TW_GUARDS];
	struct tw_group group[TW_GROUPS];
};
static struct maps m;

static uint8_t now(void)
{
	struct rows_view v = { m.circuit, m.active, m.next, m.pw, m.path, m.guard, m.group };

	return slot_now(&v, 1);
}

static void build(void)
{
	memset(&m, 0, sizeof(m));
	m.circuit[1].slot[0] = TW_SLOT(100, 255, TW_PW_CW, 1, 0);
	m.circuit[1].slot[1] = TW_SLOT(200, 255, TW_PW_GROUP, 2, 5);
	m.active[0].b[1] = TW_PRIMARY;
	m.next[0].b[1] = TW_NEXT(TW_SECONDARY, TW_NONE, TW_NONE);
	m.pw[TW_PW(1, 0)].armed = m.pw[TW_PW(1, 1)].armed = 1;
	m.path[1].armed = m.path[7].armed = 4;
	m.group[2] = (struct tw_group){ .row[1] = { .n = 2, .member = { 6, 7 } }, .chosen = 1 };
	m.guard[5].armed = 1;
}

static void slot_follows_what_is_usable(void **state)
{
	(void)state;
	build();
	assert_int_equal(now(), TW_PRIMARY);
	m.path[1].dead = 4;
	assert_int_equal(now(), TW_SECONDARY);
	m.guard[5].armed = 0;
	assert_int_equal(now(), TW_NONE);
	build();
	m.pw[TW_PW(1, 0)].armed = 0;
	m.path[7].armed = 0;			/* the last member of the group */
	assert_int_equal(now(), TW_NONE);
	m.path[6].armed = 9;
	assert_int_equal(now(), TW_SECONDARY);
	m.next[0].b[1] = TW_NEXT_NEVER;
	assert_int_equal(now(), TW_NONE);
	m.active[0].b[1] = TW_NONE;
	assert_int_equal(now(), TW_NONE);
	m.active[0].b[1] = 77;			/* a damaged map */
	assert_int_equal(now(), TW_NONE);
}

static void damaged_indexes_are_not_followed(void **state)
{
	(void)state;
	build();
	m.circuit[1].slot[0] = TW_SLOT(100, 255, TW_PW_GROUP, 0xffff, 0);
	m.circuit[1].slot[1] = TW_SLOT(100, 255, 0, 0xffff, 0xffff);
	assert_int_equal(now(), TW_NONE);
	m.circuit[1].slot[0] = TW_SLOT(100, 255, TW_PW_GROUP, 3, 0);
	m.group[3] = (struct tw_group){ .row[0] = { .n = 0xffff, .member = { 0xffff } }, .chosen = 0xfffe };
	assert_int_equal(now(), TW_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(circuit_row), cmocka_unit_test(circuit_row_is_narrow), cmocka_unit_test(an_empty_slot_is_zero), cmocka_unit_test(next_byte),
		cmocka_unit_test(labels_there_and_back), cmocka_unit_test(slots_there_and_back),
		cmocka_unit_test(paths_there_and_back), cmocka_unit_test(groups_have_nothing_behind_their_end),
		cmocka_unit_test(label_rows), cmocka_unit_test(path_row_of_any_length), cmocka_unit_test(port_flags),
		cmocka_unit_test(epochs_are_always_new), cmocka_unit_test(the_resting_row_takes_what_is_new),
		cmocka_unit_test(what_is_equal_is_not_written), cmocka_unit_test(a_dead_path_gets_its_new_row_beside),
		cmocka_unit_test(slot_follows_what_is_usable), cmocka_unit_test(damaged_indexes_are_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
