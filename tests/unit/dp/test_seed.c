/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_seed.c: what an engine put into the maps is told to the next one's core as it was, and is core's from then on.
 * The core is a recorder here. Needs root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dp/inner.h"
#include "net.h"

#define CAPACITY 64u
#define KEY(i) (0x1000ull + (i))

/* ---- a core that writes down --------------------------------------------------------------------------- */

struct core {
	uint32_t circuits, slots, paths, rows, labels, groups;
	uint64_t slot_key[8];
	enum slot slot[8];
	struct act_slot word[8];
	struct act_path row[8];
	struct act_label label[8];
	struct act_group group[8];
	uint16_t member[TW_GROUP_MEMBERS];
};

void core_seed_circuit(struct core *c, uint64_t key, uint32_t index, enum slot active)
{
	(void)key, (void)index, (void)active;
	c->circuits++;
}

void core_seed_slot(struct core *c, uint64_t key, enum slot slot, const struct act_slot *word)
{
	if (c->slots < 8) {
		c->slot_key[c->slots] = key;
		c->slot[c->slots] = slot;
		c->word[c->slots] = *word;
	}
	c->slots++;
}

void core_seed_path(struct core *c, uint64_t key, uint16_t index)
{
	(void)key, (void)index;
	c->paths++;
}

void core_seed_path_row(struct core *c, const struct act_path *row)
{
	if (c->rows < 8)
		c->row[c->rows] = *row;
	c->rows++;
}

void core_seed_label(struct core *c, const struct act_label *row)
{
	if (c->labels < 8)
		c->label[c->labels] = *row;
	c->labels++;
}

void core_seed_group(struct core *c, const struct act_group *row)
{
	c->group[c->groups++] = *row;
	memcpy(c->member, row->member, row->n * sizeof(c->member[0]));
}

static struct core core;

/* ---- what a former engine did ---------------------------------------------------------------------------- */

static uint16_t members[] = { 3, 2, 3 };

static const struct act_slot word[] = {
	{ .label = 300000, .ttl = 255, .control_word = true, .group = true, .path = 4, .guard = 5 },
	{ .label = 300001, .ttl = 2, .tagged = true, .path = 2, .guard = 6 },
	{ .label = 300002, .ttl = 255, .path = 3, .guard = 8 },
};
static const struct act_label label[] = {
	{ .label = LABEL_DYNAMIC_FIRST, .kind = LABEL_PW, .index = 2, .slot = 1, .control_word = true, .gate = true,
	  .bypass = true, .vlan_out = VLAN_OUT_REWRITE, .ifindex = 77, .vid = 99, .max_frame = 1514 },
	{ .label = LABEL_DYNAMIC_FIRST + 1, .kind = LABEL_SWAP, .index = 4, .group = true },
	{ .label = TW_LABELS - 1, .kind = LABEL_SWAP, .index = 2, .ifindex = 78 },
	{ .label = LABEL_DYNAMIC_FIRST - 1, .kind = LABEL_SWAP, .index = 1 },	/* of a static LSP */
};

static struct act_path path(const struct pe *p, uint16_t index, bool signalled)
{
	return (struct act_path){ .index = index, .used = true, .key = KEY(index), .up = true, .ifindex = p->core,
				  .dmac = { 2, 0, 0, 0, 1, 1 }, .smac = { 2, 0, 0, 0, 1, 2 }, .mtu = 9000,
				  .n_labels = 2, .label = { 17, 18 }, .signalled = signalled };
}

static void put(struct dp *d, struct action a)
{
	assert_int_equal(dp_apply(d, &(struct actions){ .v = &a, .n = 1 }), 0);
}

static void fill(struct net *n)
{
	const struct pe *p = &n->pe[0];
	struct act_circuit c = { .index = 2, .used = true, .key = KEY(100), .ifindex = p->ac, .max_frame = 1514 };

	memcpy(c.slot, word, sizeof(word));
	for (uint16_t i = 1; i <= 3; i++)
		put(p->dp, (struct action){ .kind = ACT_PATH, .path = path(p, i, i > 1) });
	put(p->dp, (struct action){ .kind = ACT_PATH_LIVE, .live = { .index = 3 } });
	put(p->dp, (struct action){ .kind = ACT_GROUP, .group = { 4, true, KEY(200), 3, members } });
	put(p->dp, (struct action){ .kind = ACT_CIRCUIT, .circuit = c });
	for (uint32_t s = 0; s < 2; s++)		/* the bypass stays down */
		put(p->dp, (struct action){ .kind = ACT_PW_LIVE, .live = { TW_PW(2, s), true } });
	for (uint32_t g = 5; g <= 9; g++)
		put(p->dp, (struct action){ .kind = ACT_GUARD_LIVE, .guard = { g, true } });
	for (size_t i = 0; i < sizeof(label) / sizeof(label[0]); i++)
		put(p->dp, (struct action){ .kind = ACT_LABEL, .label = label[i] });
}

static int setup(void **state)
{
	struct net *n = test_calloc(1, sizeof(*n));

	net_make(n);
	*state = n;
	core = (struct core){ 0 };
	return 0;
}

static int teardown(void **state)
{
	net_drop(*state);
	test_free(*state);
	return 0;
}

static void restart(struct net *n, uint32_t capacity, enum dp_opened how)
{
	pe_close(n, 0);
	pe_open(n, 0, capacity);
	assert_int_equal(n->pe[0].how, how);
	dp_seed(n->pe[0].dp, &core);
}

static void slot_is(int i, const struct act_slot *want)
{
	const struct act_slot *w = &core.word[i];

	assert_int_equal(w->label, want->label);
	assert_int_equal(w->ttl, want->ttl);
	assert_int_equal(w->control_word, want->control_word);
	assert_int_equal(w->tagged, want->tagged);
	assert_int_equal(w->group, want->group);
	assert_int_equal(w->path, want->path);
	assert_int_equal(w->guard, want->guard);
}

static void label_is(int i, const struct act_label *want)
{
	const struct act_label *l = &core.label[i];

	assert_int_equal(l->label, want->label);
	assert_int_equal(l->kind, want->kind);
	assert_int_equal(l->index, want->index);
	assert_int_equal(l->slot, want->slot);
	assert_int_equal(l->control_word | l->gate << 1 | l->bypass << 2 | l->group << 3,
			 want->control_word | want->gate << 1 | want->bypass << 2 | want->group << 3);
	assert_int_equal(l->vlan_out, want->vlan_out);
	assert_int_equal(l->ifindex, want->ifindex);
	assert_int_equal(l->vid, want->vid);
	assert_int_equal(l->max_frame, want->max_frame);
}

static void all_comes_back_as_it_was_said(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	fill(n);
	restart(n, CAPACITY, DP_ADOPTED);
	assert_int_equal(core.circuits, 1);
	assert_int_equal(core.slots, 2);
	for (int s = 0; s < 2; s++) {
		assert_int_equal(core.slot_key[s], KEY(100));
		assert_int_equal(core.slot[s], s);
		slot_is(s, &word[s]);
	}
	assert_int_equal(core.paths, 3);
	assert_int_equal(core.rows, 1);			/* the others are static, or down */
	struct act_path want = path(&n->pe[0], 2, true), *row = &core.row[0];
	assert_int_equal(row->index, 2);
	assert_int_equal(row->key, KEY(2));
	assert_true(row->used && row->up && row->signalled);
	assert_int_equal(row->ifindex, want.ifindex);
	assert_int_equal(row->mtu, want.mtu);
	assert_int_equal(row->n_labels, want.n_labels);
	assert_memory_equal(row->label, want.label, sizeof(want.label));
	assert_memory_equal(row->dmac, want.dmac, 6);
	assert_memory_equal(row->smac, want.smac, 6);
	assert_int_equal(core.labels, 3);
	for (int i = 0; i < 3; i++)
		label_is(i, &label[i]);
	assert_int_equal(core.groups, 1);
	assert_int_equal(core.group[0].index, 4);
	assert_int_equal(core.group[0].key, KEY(200));
	assert_int_equal(core.group[0].n, 3);
	assert_memory_equal(core.member, members, sizeof(members));
	/* said again it changes nothing */
	uint64_t writes = n->pe[0].dp->writes;
	put(n->pe[0].dp, (struct action){ .kind = ACT_PATH, .path = *row });
	for (int i = 0; i < 3; i++)
		put(n->pe[0].dp, (struct action){ .kind = ACT_LABEL, .label = core.label[i] });
	core.group[0].member = core.member;
	put(n->pe[0].dp, (struct action){ .kind = ACT_GROUP, .group = core.group[0] });
	put(n->pe[0].dp, (struct action){ .kind = ACT_GUARD_LIVE, .guard = { 5, true } });
	assert_int_equal(n->pe[0].dp->writes, writes);
}

/* A path the dead-man has lowered is told as down. */
static void a_dead_path_is_told(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	fill(n);
	struct tw_live *l = ROW(n->pe[0].dp, PATH_LIVE, struct tw_live, 2);
	l->dead = l->armed;
	restart(n, CAPACITY, DP_ADOPTED);
	assert_int_equal(core.rows, 1);
	assert_false(core.row[0].up);
	assert_int_equal(core.row[0].label[1], 18);
}

/* What core was told of stays although no list names it; the rest goes. */
static void what_was_told_is_not_swept(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	fill(n);
	restart(n, CAPACITY, DP_ADOPTED);
	struct act_circuit c = { .index = 2, .used = true, .key = KEY(100), .ifindex = n->pe[0].ac, .max_frame = 1514 };
	put(n->pe[0].dp, (struct action){ .kind = ACT_CIRCUIT, .circuit = c });
	net_settle(n);
	struct dp *d = n->pe[0].dp;
	assert_true(dp_show_path(d, 2));
	assert_false(dp_show_path(d, 1));
	assert_int_equal(*ROW(d, PATH_KEY, uint64_t, 1), 0);
	assert_int_equal(*ROW(d, GROUP_KEY, uint64_t, 4), KEY(200));
	assert_int_equal(dp_show_group(d, 4, core.member), 3);
	for (int i = 0; i < 4; i++)
		assert_int_equal(ROW(d, LABEL_IN, struct tw_label, label[i].label)->last != 0, i < 3);
	assert_true(dp_show_guard(d, 5) && dp_show_guard(d, 6));
	assert_false(dp_show_guard(d, 7) || dp_show_guard(d, 8) || dp_show_guard(d, 9));
}

/* Without a word to core all goes that no list names. */
static void what_nobody_was_told_is_swept(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	fill(n);
	pe_close(n, 0);
	pe_open(n, 0, CAPACITY);
	put(n->pe[0].dp, (struct action){ .kind = ACT_GUARD_LIVE, .guard = { 7, true } });
	net_settle(n);
	struct dp *d = n->pe[0].dp;
	for (uint32_t i = 1; i < TW_GUARDS; i++)
		assert_int_equal(dp_show_guard(d, i), i == 7);
	assert_true(dp_show_guard(d, 0));
	for (int i = 0; i < 4; i++)
		assert_int_equal(ROW(d, LABEL_IN, struct tw_label, label[i].label)->last, 0);
	assert_int_equal(*ROW(d, GROUP_KEY, uint64_t, 4), 0);
	assert_int_equal(dp_show_group(d, 4, core.member), 0);
	assert_false(dp_show_path(d, 2));
}

/* New maps hold nothing yet: only what a circuit had is told. */
static void another_size_has_nothing_to_tell(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	fill(n);
	restart(n, 2 * CAPACITY, DP_MIGRATING);
	assert_int_equal(core.circuits, 1);
	assert_int_equal(core.slots + core.paths + core.rows + core.labels + core.groups, 0);
}

/* All 786,432 labels that signalling has: a start waits for it. */
static void every_label_is_told(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	for (uint32_t i = LABEL_DYNAMIC_FIRST; i < TW_LABELS; i++) {
		struct action a = { .kind = ACT_LABEL, .label = { .label = i, .kind = LABEL_POP } };
		if (dp_apply(n->pe[0].dp, &(struct actions){ .v = &a, .n = 1 }))
			fail();
	}
	pe_close(n, 0);
	pe_open(n, 0, CAPACITY);
	uint64_t start = loop_now(n->loop);
	loop_turn(n->loop, 0);
	start = loop_now(n->loop);
	dp_seed(n->pe[0].dp, &core);
	loop_turn(n->loop, 0);
	print_message("%u labels told in %llu us\n", core.labels, (unsigned long long)(loop_now(n->loop) - start) / 1000);
	assert_int_equal(core.labels, TW_LABELS - LABEL_DYNAMIC_FIRST);
}

/* A row that no engine wrote is nobody's. */
static void damaged_rows_are_not_told(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	*ROW(n->pe[0].dp, LABEL_IN, struct tw_label, 300000) =
		(struct tw_label){ .index = CAPACITY + 1, .last = TW_LABEL_LAST(TW_OP_PW, 0, 0) };
	*ROW(n->pe[0].dp, LABEL_IN, struct tw_label, 300001) =
		(struct tw_label){ .index = TW_GROUPS, .last = TW_LABEL_LAST(TW_OP_SWAP, 0, TW_LABEL_GROUP) };
	ROW(n->pe[0].dp, PATH_GROUP, struct tw_group, 1)->row[0].n = 65;
	*ROW(n->pe[0].dp, GROUP_KEY, uint64_t, 1) = 1;
	restart(n, CAPACITY, DP_ADOPTED);
	assert_int_equal(core.labels, 0);
	assert_int_equal(core.groups, 1);
	assert_int_equal(core.group[0].n, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_comes_back_as_it_was_said),
		T(a_dead_path_is_told),
		T(what_was_told_is_not_swept),
		T(what_nobody_was_told_is_swept),
		T(another_size_has_nothing_to_tell),
		T(every_label_is_told),
		T(damaged_rows_are_not_told),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
