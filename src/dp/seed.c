/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seed.c: what the adopted maps hold, told to core in the words of the actions that put it there.
 */
#include "dp/inner.h"

static void seed_circuits(struct dp *d, struct core *c)
{
	struct rows_view v = dp_view(d);

	for (uint32_t i = 1; i <= d->capacity; i++) {
		uint64_t key = *ROW(d, CIRCUIT_KEY, uint64_t, i);
		uint8_t slot = slot_now(&v, i);

		if (slot == TW_NONE)
			slot = v.active[i / TW_BLOCK].b[i % TW_BLOCK];
		if (key)
			core_seed_circuit(c, key, i, (enum slot)slot);
	}
}

static void seed_paths(struct dp *d, struct core *c)
{
	for (uint32_t i = 1; i < TW_PATHS; i++) {
		uint64_t key = *ROW(d, PATH_KEY, uint64_t, i);

		if (key)
			core_seed_path(c, key, (uint16_t)i);
	}
}

void dp_seed(struct dp *d, struct core *c)
{
	old_seed(d, c);
	if (!d->touched.circuit)	/* our maps are new: nothing of theirs to tell */
		return;
	seed_circuits(d, c);
	seed_paths(d, c);
}
