/* SPDX-License-Identifier: BSD-2-Clause */
/* Core by scenarios: labels for LDP: given out in turn, rested, kept over restarts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define AC	"GigabitEthernet0/1/0"
#define PE2	IP(3, 3, 3, 9)
#define FIRST	LABEL_DYNAMIC_FIRST
#define LAST	1048575u
#define SEC	1000000000ull

static bool no_memory;
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	return no_memory ? NULL : __real_calloc(n, size);
}

static struct m_interface *pw_to(uint32_t id)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_ldp(m, SLOT_PRIMARY, PE2, id);
	return m;
}

static void up(struct world *w)
{
	world_up(w, 64);
	w->now = 1000 * SEC;
	commit(w, OBJ_SYSTEM, NULL, sys_obj(true, 0));
	link_is(w, AC, 3, true);
}

/* What the peer is told: the label of the PW, 0 = nothing (any more). */
static uint32_t told(const struct world *w)
{
	const struct act_signal *s = &w->r->signal[4];

	return s->wanted ? s->label : 0;
}

static void comes(struct world *w, uint32_t id)
{
	commit(w, OBJ_INTERFACE, NULL, pw_to(id));
	assert_int_equal(run(w), 0);
}

static void goes(struct world *w, uint32_t id)
{
	commit(w, OBJ_INTERFACE, pw_to(id), NULL);
	assert_int_equal(run(w), 0);
}

static void in_turn_and_rested(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	for (uint32_t i = 0; i < 100; i++) {
		comes(&w, 7);
		assert_int_equal(told(&w), FIRST + i);
		goes(&w, 7);
		assert_int_equal(told(&w), 0);
		assert_int_equal(w.r->label[W_PLACE(FIRST + i)].kind, LABEL_NONE);
	}
	world_down(&w);
}

/* The range wraps: those that rest are passed over until they have rested, to the last. */
static void wraps(void **state)
{
	struct world w;
	uint64_t freed;

	(void)state;
	up(&w);
	core_seed_next_label(w.c, LAST - 1);
	comes(&w, 1);
	assert_int_equal(told(&w), LAST - 1);
	goes(&w, 1);
	freed = w.now;
	comes(&w, 1);
	assert_int_equal(told(&w), LAST);
	goes(&w, 1);
	comes(&w, 1);			/* those below may be with peers of the former engine; these two rest */
	assert_int_equal(told(&w), 0);
	uint64_t next = core_next(w.c);

	assert_in_range(next, freed + LABEL_REST_NS - 2 * SEC, freed + LABEL_REST_NS);
	w.now = next - 2000;
	assert_int_equal(run(&w), 0);
	assert_int_equal(told(&w), 0);
	assert_int_equal(run(&w), 0);
	assert_int_equal(told(&w), FIRST);
	assert_int_equal(core_next(w.c), 0);
	goes(&w, 1);
	world_down(&w);
}

static void a_rest_is_as_long_as_said(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	core_seed_next_label(w.c, LAST + 1);
	for (uint32_t l = FIRST; l < LAST; l++)		/* all but one are in the kernel, and stay there */
		core_seed_label(w.c, &(struct act_label){ .label = l, .kind = LABEL_SWAP, .index = l });
	core_recovering(w.c);
	assert_int_equal(run(&w), 0);
	w.now += LABEL_REST_NS;
	comes(&w, 1);
	assert_int_equal(told(&w), LAST);
	goes(&w, 1);
	uint64_t freed = w.now;

	comes(&w, 1);
	assert_int_equal(told(&w), 0);
	w.now = freed + LABEL_REST_NS - 2000;
	assert_int_equal(run(&w), 0);
	assert_int_equal(told(&w), 0);
	w.now = core_next(w.c) - 1000;
	assert_in_range(w.now + 1000, freed + LABEL_REST_NS, freed + LABEL_REST_NS + SEC);
	assert_int_equal(run(&w), 0);
	assert_int_equal(told(&w), LAST);
	world_down(&w);
}

/* The record of the mark is ahead of what peers may know, and is not written for each label. */
static void mark_is_kept(void **state)
{
	struct world w;
	uint32_t marks = 0, mark = 0;

	(void)state;
	up(&w);
	for (uint32_t i = 0; i < 5000; i++) {
		comes(&w, 1);
		for (uint32_t k = 0; k < w.a.n; k++) {
			if (w.a.v[k].kind == ACT_KEEP_LABEL) {
				mark = w.a.v[k].keep_label.next;
				marks++;
			}
			if (w.a.v[k].kind == ACT_SIGNAL)
				assert_true(w.a.v[k].signal.label < mark);
		}
		goes(&w, 1);
	}
	assert_int_equal(marks, 2);
	world_down(&w);
}

/* After a restart the PW has the label it had; what nobody has any more is cleared and rests, what lies below the
 * mark, too. */
static void adopted(void **state)
{
	const struct action *a;
	struct world w;

	(void)state;
	up(&w);
	comes(&w, 1);
	struct act_label row = w.r->label[W_PLACE(FIRST)], other = row;

	core_free(w.c);
	w.c = core_new(64);
	memset(w.r->signal, 0, sizeof(w.r->signal));
	other.label = FIRST + 1;
	other.slot = SLOT_SECONDARY;
	rows_apply(w.r, &(struct action){ .kind = ACT_LABEL, .label = other });
	core_seed_circuit(w.c, core_key(AC), 1, SLOT_NONE);
	core_seed_label(w.c, &row);
	core_seed_label(w.c, &other);
	core_seed_next_label(w.c, FIRST + 4096);
	commit(&w, OBJ_SYSTEM, NULL, sys_obj(true, 0));
	link_is(&w, AC, 3, true);
	comes(&w, 1);
	assert_int_equal(told(&w), FIRST);
	assert_int_equal(count(&w, ACT_LABEL), 1);	/* nothing is written but what is cleared */
	a = find(&w, ACT_LABEL, 0);
	assert_int_equal(a->label.label, FIRST + 1);
	assert_int_equal(a->label.kind, LABEL_NONE);
	assert_int_equal(count(&w, ACT_KEEP_LABEL), 0);
	goes(&w, 1);
	comes(&w, 1);
	assert_int_equal(told(&w), FIRST + 4096);
	world_down(&w);
}

static void no_memory_is_made_up_for(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	commit(&w, OBJ_INTERFACE, NULL, pw_to(1));
	no_memory = true;
	int rc = run(&w);

	no_memory = false;
	assert_true(rc == 0 || rc == -12);
	assert_int_equal(run(&w), 0);
	assert_int_equal(told(&w), FIRST);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_turn_and_rested),
		cmocka_unit_test(wraps),
		cmocka_unit_test(a_rest_is_as_long_as_said),
		cmocka_unit_test(mark_is_kept),
		cmocka_unit_test(adopted),
		cmocka_unit_test(no_memory_is_made_up_for),
	};

	return cmocka_run_group_tests_name("core space", tests, NULL, NULL);
}
