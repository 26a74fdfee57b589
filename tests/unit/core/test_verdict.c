/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict: every cell against the rule it stands for, and the invariants over every input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/verdict.h"

#define EACH(in)                                                                                   \
	for (unsigned int bits = 0; bits < REVERT__N << 9; bits++)                                 \
		for (struct verdict_in in = of_bits(bits), *once = &in; once; once = NULL)

static struct verdict_in of_bits(unsigned int b)
{
	return (struct verdict_in){
		.has_secondary = b & 1, .has_bypass = b & 2, .usable = { b & 4, b & 8, b & 16 }, .ac_up = b & 32,
		.active = b >> 6 & 3, .dual_receiving = b & 256, .revert = b >> 9,
	};
}

static bool there(const struct verdict_in *in, enum slot s)
{
	return s == SLOT_PRIMARY || (s == SLOT_SECONDARY && in->has_secondary) || (s == SLOT_BYPASS && in->has_bypass);
}

static bool usable(const struct verdict_in *in, enum slot s)
{
	return s != SLOT_NONE && there(in, s) && in->usable[s];
}

static bool stays(enum revert r)
{
	return r == REVERT_NEVER || r == REVERT_DELAY || r == REVERT_WAITING;
}

/* The policy in words, not as a table. */
static enum slot slow(const struct verdict_in *in)
{
	if (stays(in->revert) && in->active == SLOT_SECONDARY && usable(in, SLOT_SECONDARY))
		return SLOT_SECONDARY;
	for (enum slot s = SLOT_PRIMARY; s < SLOT_NONE; s++)
		if (usable(in, s))
			return s;
	return SLOT_PRIMARY;
}

static void cells(void **state)
{
	(void)state;
	EACH(in)
		assert_int_equal(verdict(&in).active, slow(&in));
}

static void one_sends(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict v = verdict(&in);
		bool any = usable(&in, SLOT_PRIMARY) || usable(&in, SLOT_SECONDARY) || usable(&in, SLOT_BYPASS);

		assert_int_equal(usable(&in, v.active), any);
		assert_true(there(&in, v.active));
	}
}

static void next_is_another_slot(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict v = verdict(&in);

		for (enum slot s = 0; s < SLOT_NONE; s++) {
			assert_int_not_equal(v.next[s], s);
			assert_true(v.next[s] == SLOT_NONE || there(&in, v.next[s]));
			if (!there(&in, s) || (!in.has_secondary && !in.has_bypass))
				assert_int_equal(v.next[s], SLOT_NONE);
		}
	}
}

static void gate_only_with_a_secondary(void **state)
{
	(void)state;
	EACH(in)
		assert_int_equal(verdict(&in).gate, in.has_secondary && !in.dual_receiving);
}

/* What is received decides nothing about who sends. */
static void dual_receiving_is_the_gate_alone(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict_in other = in;

		other.dual_receiving = !in.dual_receiving;
		struct verdict a = verdict(&in), b = verdict(&other);

		assert_memory_equal(a.next, b.next, sizeof(a.next));
		assert_true(a.active == b.active && a.wait == b.wait);
	}
}

/* The delay timer runs exactly while the secondary sends though the primary could, and is not over. */
static void delay_waits(void **state)
{
	(void)state;
	EACH(in) {
		bool both = usable(&in, SLOT_PRIMARY) && usable(&in, SLOT_SECONDARY) && in.active == SLOT_SECONDARY;
		bool delay = in.revert == REVERT_DELAY || in.revert == REVERT_WAITING;
		struct verdict v = verdict(&in);

		assert_int_equal(v.wait, both && delay);
		assert_true(!v.wait || v.active == SLOT_SECONDARY);
	}
}

/* A life of a timer: from the fault on, step by step. */
static void states_of_the_delay(void **state)
{
	static const struct {
		enum revert revert;
		enum slot active;
		bool p, s;
		enum slot to;
		bool wait;
	} step[] = {
		{ REVERT_DELAY, SLOT_PRIMARY, true, true, SLOT_PRIMARY, false },	/* at peace */
		{ REVERT_DELAY, SLOT_PRIMARY, false, true, SLOT_SECONDARY, false },	/* the primary fails */
		{ REVERT_DELAY, SLOT_SECONDARY, true, true, SLOT_SECONDARY, true },	/* it recovers: started */
		{ REVERT_WAITING, SLOT_SECONDARY, true, true, SLOT_SECONDARY, true },	/* goes on */
		{ REVERT_WAITING, SLOT_SECONDARY, false, true, SLOT_SECONDARY, false },	/* it fails again: stopped */
		{ REVERT_WAITING, SLOT_SECONDARY, true, false, SLOT_PRIMARY, false },	/* the secondary fails: at once */
		{ REVERT_WAITING, SLOT_SECONDARY, false, false, SLOT_PRIMARY, false },	/* nothing is left: idle there */
		{ REVERT_EXPIRED, SLOT_SECONDARY, true, true, SLOT_PRIMARY, false },	/* over */
		{ REVERT_EXPIRED, SLOT_SECONDARY, false, true, SLOT_SECONDARY, false },	/* fails in that instant */
		{ REVERT_DELAY, SLOT_NONE, true, true, SLOT_PRIMARY, false },		/* from nothing: the better one */
		{ REVERT_DELAY, SLOT_NONE, false, true, SLOT_SECONDARY, false },
		{ REVERT_NEVER, SLOT_SECONDARY, true, true, SLOT_SECONDARY, false },
		{ REVERT_IMMEDIATELY, SLOT_SECONDARY, true, true, SLOT_PRIMARY, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
		struct verdict_in in = {
			.has_secondary = true, .usable = { step[i].p, step[i].s }, .active = step[i].active,
			.revert = step[i].revert,
		};
		struct verdict v = verdict(&in);

		assert_int_equal(v.active, step[i].to);
		assert_int_equal(v.wait, step[i].wait);
	}
}

static void revert_policy(void **state)
{
	(void)state;
	EACH(in) {
		if (in.active != SLOT_SECONDARY || !usable(&in, SLOT_PRIMARY) || !usable(&in, SLOT_SECONDARY))
			continue;
		assert_int_equal(verdict(&in).active, stays(in.revert) ? SLOT_SECONDARY : SLOT_PRIMARY);
	}
}

static void ac_state_decides_nothing(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict_in other = in;

		other.ac_up = !in.ac_up;
		struct verdict a = verdict(&in), b = verdict(&other);

		assert_memory_equal(&a.next, &b.next, sizeof(a.next));
		assert_int_equal(a.active, b.active);
	}
}

/* Flags only fall without the engine. Wherever they fall, the kernel's one step ends where a new verdict
 * would; with three slots, unless the slot it was told to take fell in the same instant. */
static void kernel_ends_where_the_verdict_would(void **state)
{
	unsigned int excused = 0;

	(void)state;
	EACH(in) {
		struct verdict v = verdict(&in);

		for (unsigned int fall = 0; fall < 8; fall++) {
			struct verdict_in then = in;
			bool flags[3];

			for (int s = 0; s < 3; s++) {
				then.usable[s] = in.usable[s] && !(fall >> s & 1);
				flags[s] = usable(&then, s);
			}
			then.active = usable(&in, v.active) ? v.active : SLOT_NONE;
			enum slot kernel = verdict_kernel(v.active, v.next, flags);
			struct verdict w = verdict(&then);
			enum slot engine = flags[w.active] ? w.active : SLOT_NONE;

			if (kernel == engine)
				continue;
			assert_true(in.has_secondary && in.has_bypass);
			assert_false(flags[v.active]);
			assert_false(flags[v.next[v.active]]);
			assert_int_equal(kernel, SLOT_NONE);	/* it drops: never a wrong slot */
			excused++;
		}
	}
	assert_int_not_equal(excused, 0);
}

/* With two slots a flag of the other one moves nothing in active and next: no action per circuit. */
static void next_is_constant_with_two_slots(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict_in other = in;

		if (in.has_secondary && in.has_bypass)
			continue;
		for (int s = 0; s < 3; s++)
			other.usable[s] = !in.usable[s];
		struct verdict a = verdict(&in), b = verdict(&other);

		assert_memory_equal(a.next, b.next, sizeof(a.next));
	}
}

static void prints(void **state)
{
	char text[2048];
	size_t n = verdict_print(text, sizeof(text));

	(void)state;
	assert_in_range(n, 200, sizeof(text) - 1);
	assert_int_equal(strlen(text), n);
	assert_non_null(strstr(text, "never       secondary  P  P  S  S  B  P  S  S\n"));
	assert_non_null(strstr(text, "waiting     secondary  P  P  S  w  B  P  S  w\n"));
	assert_int_equal(verdict_print(NULL, 0), n);
	assert_int_equal(verdict_print(text, 10), n);
	assert_int_equal(strlen(text), 9);
}

/* The design page shows the table as it is. */
static void is_documented(void **state)
{
	static char text[2048], page[1 << 17];
	FILE *f = fopen(DESIGN, "r");

	(void)state;
	assert_non_null(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	verdict_print(text, sizeof(text));
	assert_non_null(strstr(page, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells),
		cmocka_unit_test(one_sends),
		cmocka_unit_test(next_is_another_slot),
		cmocka_unit_test(gate_only_with_a_secondary),
		cmocka_unit_test(dual_receiving_is_the_gate_alone),
		cmocka_unit_test(delay_waits),
		cmocka_unit_test(states_of_the_delay),
		cmocka_unit_test(revert_policy),
		cmocka_unit_test(ac_state_decides_nothing),
		cmocka_unit_test(kernel_ends_where_the_verdict_would),
		cmocka_unit_test(next_is_constant_with_two_slots),
		cmocka_unit_test(prints),
		cmocka_unit_test(is_documented),
	};

	return cmocka_run_group_tests_name("core verdict", tests, NULL, NULL);
}
