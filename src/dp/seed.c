/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seed.c: what the adopted maps hold, told to core in the words of the actions that put it there. Owns the choice of
 * what core then answers for: that is marked as named, so that the sweep at the end of a start leaves it alone.
 */
#include "dp/inner.h"

static void seed_slots(struct dp *d, struct core *c, uint64_t key, uint32_t circuit)
{
	const struct tw_circuit *row = ROW(d, CIRCUIT, struct tw_circuit, circuit);
	const struct tw_flag *flag = ROW(d, PW_LIVE, struct tw_flag, TW_PW(circuit, 0));
	struct act_slot word;

	for (int s = 0; s < TW_SLOTS; s++) {
		if (!row->slot[s] || !live_up(flag_live(flag[s])))
			continue;
		slot_of_row(row->slot[s], &word);
		if (word.guard < TW_GUARDS)
			bit_set(d->touched.guard, word.guard, true);
		core_seed_slot(c, key, (enum slot)s, &word);
	}
}

static void seed_circuits(struct dp *d, struct core *c)
{
	struct rows_view v = dp_view(d);

	for (uint32_t i = 1; i <= d->capacity; i++) {
		uint64_t key = *ROW(d, CIRCUIT_KEY, uint64_t, i);
		uint8_t slot = slot_now(&v, i);

		if (slot == TW_NONE)
			slot = v.active[i / TW_BLOCK].b[i % TW_BLOCK];
		if (!key)
			continue;
		core_seed_circuit(c, key, i, (enum slot)slot);
		seed_slots(d, c, key, i);
	}
}

static void seed_paths(struct dp *d, struct core *c)
{
	struct act_path a;

	for (uint32_t i = 1; i < TW_PATHS; i++) {
		uint64_t key = *ROW(d, PATH_KEY, uint64_t, i);
		struct tw_live live = live_read(ROW(d, PATH_LIVE, struct tw_live, i));
		const struct tw_path_row *row = &ROW(d, PATH, struct tw_path, i)->row[live.armed & 1];

		if (!key)
			continue;
		core_seed_path(c, key, (uint16_t)i);
		if (!live.armed || !(row->flags & TW_PATH_SIGNALLED))
			continue;
		path_of_row(row, &a);
		a.index = (uint16_t)i;
		a.used = true;
		a.key = key;
		a.up = live_up(live);
		bit_set(d->touched.path, i, true);
		core_seed_path_row(c, &a);
	}
}

static void seed_groups(struct dp *d, struct core *c)
{
	for (uint32_t i = 1; i < TW_GROUPS; i++) {
		const struct tw_group *g = ROW(d, PATH_GROUP, struct tw_group, i);
		const struct tw_group_row *row = &g->row[g->chosen & 1];
		uint64_t key = *ROW(d, GROUP_KEY, uint64_t, i);

		if (!key)
			continue;
		bit_set(d->touched.group, i, true);
		core_seed_group(c, &(struct act_group){ .index = (uint16_t)i, .used = true, .key = key,
							.n = row->n <= TW_GROUP_MEMBERS ? row->n : 0,
							.member = row->member });
	}
}

static void seed_labels(struct dp *d, struct core *c)
{
	const struct tw_label *row = d->set.map[MAP_LABEL_IN].mem;
	struct act_label a;

	for (uint32_t i = LABEL_DYNAMIC_FIRST; i < TW_LABELS; i++) {
		if (!row[i].last)
			continue;
		label_of_row(i, &row[i], &a);
		if (!label_ok(d, &a))
			continue;	/* nobody's: swept */
		bit_set(d->touched.label, i, true);
		core_seed_label(c, &a);
	}
}

void dp_seed(struct dp *d, struct core *c)
{
	old_seed(d, c);
	if (!d->touched.circuit)	/* our maps are new: nothing of theirs to tell */
		return;
	seed_circuits(d, c);
	seed_paths(d, c);
	seed_groups(d, c);
	seed_labels(d, c);
}
