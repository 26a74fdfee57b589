/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict: every cell against the rule it stands for, and the invariants over every input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/verdict.h"

#define INPUTS (1u << 8 << 2 << 2 << 2 << 1 << 2 << 1 << 2)

/* Every input that there may be. */
#define EACH(in)                                                                                   \
	for (unsigned int bits = 0; bits < INPUTS; bits++)                                         \
		for (struct verdict_in in, *once = of_bits(bits, &in) ? &in : NULL; once; once = NULL)

static unsigned int take(unsigned int *b, unsigned int n)
{
	unsigned int v = *b & ((1u << n) - 1);

	*b >>= n;
	return v;
}

static bool of_bits(unsigned int b, struct verdict_in *in)
{
	*in = (struct verdict_in){
		.has_secondary = take(&b, 1), .has_bypass = take(&b, 1), .usable = { b & 1, b & 2, b & 4 },
	};
	take(&b, 3);
	in->ac_up = take(&b, 1);
	in->dual_receiving = take(&b, 1);
	in->preferred = take(&b, 1);
	in->active = take(&b, 2);
	in->revert = take(&b, 2);
	in->hold = take(&b, 2);
	in->holds = take(&b, 1);
	in->mode = take(&b, 2);
	in->role_standby = take(&b, 1);
	in->requested = take(&b, 2);
	return (in->has_secondary || in->preferred == SLOT_PRIMARY) && in->revert < REVERT__N && in->hold < HOLD__N &&
	       in->mode <= REDUNDANCY_INDEPENDENT && in->requested != SLOT_BYPASS;
}

static bool there(const struct verdict_in *in, enum slot s)
{
	return s == SLOT_PRIMARY || (s == SLOT_SECONDARY && in->has_secondary) || (s == SLOT_BYPASS && in->has_bypass);
}

static bool usable(const struct verdict_in *in, enum slot s)
{
	return s != SLOT_NONE && there(in, s) && in->usable[s];
}

static enum slot other(const struct verdict_in *in)
{
	return in->preferred == SLOT_PRIMARY ? SLOT_SECONDARY : SLOT_PRIMARY;
}

/* It has left the preferred slot; else what holdoff says counts. */
static bool left(const struct verdict_in *in)
{
	return in->active == other(in) || in->active == SLOT_BYPASS;
}

static bool holding(const struct verdict_in *in)
{
	return !left(in) && in->hold == HOLD_WAITS && !usable(in, in->preferred);
}

/* The policy in words, not as a table. */
static enum slot slow(const struct verdict_in *in)
{
	if (holding(in))
		return in->preferred;
	if (in->revert != REVERT_OVER && in->active == other(in) && usable(in, other(in)))
		return other(in);
	for (int i = 0; i < 3; i++) {
		enum slot s = (enum slot[]){ in->preferred, other(in), SLOT_BYPASS }[i];

		if (usable(in, s))
			return s;
	}
	return in->preferred;
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

		assert_int_equal(usable(&in, v.active), any && !holding(&in));
		assert_true(there(&in, v.active));
	}
}

/* Nothing but holdoff keeps a circuit where nothing can carry. */
static void leaving_is_never_delayed(void **state)
{
	(void)state;
	EACH(in) {
		bool any = usable(&in, SLOT_PRIMARY) || usable(&in, SLOT_SECONDARY) || usable(&in, SLOT_BYPASS);

		if (in.hold != HOLD_WAITS && any && !usable(&in, in.active))
			assert_true(usable(&in, verdict(&in).active));
	}
}

static void holdoff_waits(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict v = verdict(&in);

		assert_int_equal(v.hold, holding(&in));
		assert_true(!v.hold || (v.active == in.preferred && !usable(&in, v.active)));
		if (in.holds)				/* nor does the kernel */
			assert_int_equal(v.next[in.preferred], SLOT_NONE);
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

/* The names of the two change nothing: with places swapped the answer is swapped. */
static void preferred_is_but_a_place(void **state)
{
	static const enum slot to[] = { SLOT_SECONDARY, SLOT_PRIMARY, SLOT_BYPASS, SLOT_NONE };

	(void)state;
	EACH(in) {
		struct verdict_in twin = in;

		if (!in.has_secondary)
			continue;
		twin.preferred = to[in.preferred];
		twin.active = to[in.active];
		twin.requested = to[in.requested];
		for (int s = 0; s < 3; s++)
			twin.usable[to[s]] = in.usable[s];
		struct verdict a = verdict(&in), b = verdict(&twin);

		assert_int_equal(to[a.active], b.active);
		for (int s = 0; s < 3; s++)
			assert_int_equal(to[a.next[s]], b.next[to[s]]);
		assert_true(a.wait == b.wait && a.hold == b.hold && a.gate == b.gate);
		assert_true(a.standby[0] == b.standby[1] && a.standby[1] == b.standby[0]);
	}
}

/* What each mode tells of roles. */
static void roles(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict v = verdict(&in);

		for (enum slot s = 0; s < SLOT_BYPASS; s++) {
			bool want = in.mode == REDUNDANCY_MASTER ? s != v.active :
				    in.mode == REDUNDANCY_INDEPENDENT &&
				    (in.role_standby || (in.requested != SLOT_NONE && in.requested != s));

			assert_int_equal(v.standby[s], want);
		}
		if (in.mode == REDUNDANCY_MASTER)
			assert_int_equal(v.standby[0] + v.standby[1], v.active == SLOT_BYPASS ? 2 : 1);
	}
}

/* ... and what is told moves nothing. */
static void roles_move_nothing(void **state)
{
	(void)state;
	EACH(in) {
		struct verdict_in plain = in;

		plain.mode = REDUNDANCY_FRR;
		struct verdict a = verdict(&in), b = verdict(&plain);

		assert_memory_equal(a.next, b.next, sizeof(a.next));
		assert_true(a.active == b.active && a.wait == b.wait && a.hold == b.hold);
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

/* The policy's timer runs exactly while the other slot sends though the preferred could, and is not over. */
static void delay_waits(void **state)
{
	(void)state;
	EACH(in) {
		bool both = usable(&in, SLOT_PRIMARY) && usable(&in, SLOT_SECONDARY) && in.active == other(&in);
		struct verdict v = verdict(&in);

		assert_int_equal(v.wait, both && in.revert == REVERT_WAITS);
		assert_true(!v.wait || v.active == other(&in));
	}
}

/* A life of the timers: from the fault on, step by step. */
#define P SLOT_PRIMARY
#define O SLOT_SECONDARY
#define N SLOT_NONE
static void states_of_the_timers(void **state)
{
	static const struct {
		enum revert revert;
		enum hold hold;
		enum slot active;
		bool p, o;
		enum slot to;
		bool wait, holds;
	} step[] = {
		{ REVERT_WAITS, HOLD_NONE, P, true, true, P, false, false },	/* at peace */
		{ REVERT_WAITS, HOLD_NONE, N, false, true, O, false, false },	/* the primary fails */
		{ REVERT_WAITS, HOLD_NONE, O, true, true, O, true, false },	/* it recovers: started, goes on */
		{ REVERT_WAITS, HOLD_NONE, O, false, true, O, false, false },	/* it fails again: stopped */
		{ REVERT_WAITS, HOLD_NONE, N, true, false, P, false, false },	/* the secondary fails: at once */
		{ REVERT_WAITS, HOLD_NONE, N, false, false, P, false, false },	/* nothing is left: idle there */
		{ REVERT_OVER, HOLD_NONE, O, true, true, P, false, false },	/* over */
		{ REVERT_OVER, HOLD_NONE, O, false, true, O, false, false },	/* fails in that instant */
		{ REVERT_WAITS, HOLD_NONE, N, true, true, P, false, false },	/* from nothing: the better one */
		{ REVERT_NEVER, HOLD_NONE, O, true, true, O, false, false },
		{ REVERT_WAITS, HOLD_WAITS, P, true, true, P, false, false },	/* at peace */
		{ REVERT_WAITS, HOLD_WAITS, N, false, true, P, false, true },	/* the primary fails: held */
		{ REVERT_WAITS, HOLD_WAITS, N, false, false, P, false, true },	/* the secondary, too: still */
		{ REVERT_WAITS, HOLD_WAITS, N, true, true, P, false, false },	/* it recovers: stopped */
		{ REVERT_WAITS, HOLD_OVER, N, false, true, O, false, false },	/* over: left */
		{ REVERT_WAITS, HOLD_OVER, N, false, false, P, false, false },	/* ... for nothing */
		{ REVERT_WAITS, HOLD_WAITS, O, true, true, O, true, false },	/* of no concern elsewhere */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
		struct verdict_in in = {
			.has_secondary = true, .usable = { step[i].p, step[i].o }, .active = step[i].active,
			.revert = step[i].revert, .hold = step[i].hold, .requested = SLOT_NONE,
		};
		struct verdict v = verdict(&in);

		assert_int_equal(v.active, step[i].to);
		assert_int_equal(v.wait, step[i].wait);
		assert_int_equal(v.hold, step[i].holds);
	}
}
#undef P
#undef O
#undef N

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
			then.hold = in.holds ? HOLD_WAITS : HOLD_NONE;	/* it has just failed */
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
	char text[4096];
	size_t n = verdict_print(text, sizeof(text));

	(void)state;
	assert_in_range(n, 200, sizeof(text) - 1);
	assert_int_equal(strlen(text), n);
	assert_non_null(strstr(text, "never              O          P  P  O  O  B  P  O  O\n"));
	assert_non_null(strstr(text, "timer runs         O          P  P  O  w  B  P  O  w\n"));
	assert_non_null(strstr(text, "runs                          h  P  h  P  h  P  h  P\n"));
	assert_non_null(strstr(text, "P O, holdoff       P          -  -  -  -  -  -  -  -\n"));
	assert_int_equal(verdict_print(NULL, 0), n);
	assert_int_equal(verdict_print(text, 10), n);
	assert_int_equal(strlen(text), 9);
}

/* The design page shows the table as it is. */
static void is_documented(void **state)
{
	static char text[4096], page[1 << 17];
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
		cmocka_unit_test(leaving_is_never_delayed),
		cmocka_unit_test(holdoff_waits),
		cmocka_unit_test(next_is_another_slot),
		cmocka_unit_test(preferred_is_but_a_place),
		cmocka_unit_test(roles),
		cmocka_unit_test(roles_move_nothing),
		cmocka_unit_test(gate_only_with_a_secondary),
		cmocka_unit_test(dual_receiving_is_the_gate_alone),
		cmocka_unit_test(delay_waits),
		cmocka_unit_test(states_of_the_timers),
		cmocka_unit_test(ac_state_decides_nothing),
		cmocka_unit_test(kernel_ends_where_the_verdict_would),
		cmocka_unit_test(next_is_constant_with_two_slots),
		cmocka_unit_test(prints),
		cmocka_unit_test(is_documented),
	};

	return cmocka_run_group_tests_name("core verdict", tests, NULL, NULL);
}
