/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of switches: which are kept, and the frames that were lost before each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "daemon/engine.h"
#include "daemon/pulse.h"

#define CAPACITY 8

static uint64_t kernel[CAPACITY + 1];	/* frames of each circuit that no PW could take */
static struct engine e;

uint64_t dp_show_no_pw(const struct dp *d, uint32_t circuit)
{
	(void)d;
	assert_in_range(circuit, 1, CAPACITY);
	return kernel[circuit];
}

static struct {
	struct at_risk risk;
	uint32_t switched, forgotten, woken;
} pulse;

struct at_risk pulses_switch(struct engine *en, uint32_t circuit, enum slot from, enum slot to, uint64_t when_ns)
{
	assert_ptr_equal(en, &e);
	(void)from;
	(void)to;
	(void)when_ns;
	pulse.switched = circuit;
	return pulse.risk;
}

void pulses_forget(struct engine *en, uint32_t circuit)
{
	(void)en;
	pulse.forgotten = circuit;
}

void pulses_wake(struct engine *en)
{
	(void)en;
	pulse.woken++;
}

void core_seed_switch(struct core *c, const struct core_event *ev)
{
	(void)c;
	(void)ev;
	fail();
}

static int up(void **state)
{
	(void)state;
	memset(kernel, 0, sizeof(kernel));
	memset(&pulse, 0, sizeof(pulse));
	e = (struct engine){ .records = records_new(), .capacity = CAPACITY };
	assert_non_null(e.records);
	records_reset(&e);
	return 0;
}

static int down(void **state)
{
	(void)state;
	records_free(e.records);
	return 0;
}

static void steer(uint32_t circuit, enum slot to)
{
	records_action(&e, &(struct action){ .kind = ACT_STEER, .steer = { .circuit = circuit, .active = (uint8_t)to } });
}

static bool fails;			/* the PW that is left */

static void switch_to(uint32_t circuit, enum slot to)
{
	struct action a = { .kind = ACT_EVENT, .event = { .kind = CEV_SWITCH, .circuit = circuit, .from = to == SLOT_PRIMARY,
							  .to = (uint8_t)to, .when_ns = 5, .reason = REASON_IF_DOWN,
							  .detector = DET_CARRIER, .failed = fails } };

	snprintf(a.event.name, sizeof(a.event.name), "ge%u", circuit);
	records_action(&e, &a);
}

static struct seen {
	uint32_t n;
	struct cli_switch s[3];
} seen;

static int look(void *arg, const struct cli_switch *s)
{
	(void)arg;
	if (seen.n < 3)
		seen.s[seen.n] = *s;
	return ++seen.n == 2000;
}

static void read_all(const char *ifname)
{
	memset(&seen, 0, sizeof(seen));
	assert_int_equal(records_each(e.records, ifname, look, NULL), 0);
}

static void frames_lost_are_counted_from_switch_to_switch(void **state)
{
	(void)state;
	read_all(NULL);
	assert_int_equal(seen.n, 0);
	kernel[3] = 1000;			/* before the circuit ever carried */
	steer(3, SLOT_NONE);
	steer(3, SLOT_PRIMARY);
	kernel[3] += 7;
	steer(3, SLOT_NONE);
	kernel[3] += 5;
	steer(3, SLOT_SECONDARY);
	switch_to(3, SLOT_SECONDARY);
	kernel[3] += 2;
	switch_to(3, SLOT_PRIMARY);
	switch_to(4, SLOT_SECONDARY);		/* nobody looked before */
	kernel[4] = 9;
	switch_to(4, SLOT_PRIMARY);
	read_all("ge3");
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.s[0].number, 2);
	assert_int_equal(seen.s[0].to, SLOT_PRIMARY);
	assert_true(seen.s[0].counted && seen.s[1].counted);
	assert_int_equal(seen.s[0].dropped, 2);
	assert_int_equal(seen.s[1].dropped, 12);
	assert_int_equal(seen.s[1].from, SLOT_PRIMARY);
	assert_int_equal(seen.s[1].reason, REASON_IF_DOWN);
	assert_int_equal(seen.s[1].detector, DET_CARRIER);
	assert_int_equal(seen.s[1].when_ns, 5);
	read_all("ge4");
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.s[0].dropped, 9);
	assert_false(seen.s[1].counted);
}

/* Another circuit has the index now; the tables have another size. */
static void counts_of_another_are_not_ours(void **state)
{
	struct action gone = { .kind = ACT_CIRCUIT, .circuit = { .index = 3 } };

	(void)state;
	steer(3, SLOT_PRIMARY);
	kernel[3] = 50;
	records_action(&e, &gone);
	kernel[3] = 0;
	steer(3, SLOT_PRIMARY);
	kernel[3] = 60;
	switch_to(3, SLOT_SECONDARY);
	kernel[3] = 0;				/* and back to nothing */
	switch_to(3, SLOT_PRIMARY);
	read_all(NULL);
	assert_int_equal(seen.s[1].dropped, 60);
	assert_false(seen.s[0].counted);
	assert_int_equal(seen.s[0].dropped, 0);
	records_reset(&e);
	switch_to(3, SLOT_SECONDARY);
	switch_to(CAPACITY + 1, SLOT_SECONDARY);
	read_all(NULL);
	assert_false(seen.s[0].counted || seen.s[1].counted);
	assert_int_equal(seen.n, 4);
}

/* Only of a pseudowire that failed, and that was looked at, is said what was at risk. */
static void what_was_at_risk_is_kept(void **state)
{
	struct action gone = { .kind = ACT_CIRCUIT, .circuit = { .index = 3 } }, come = gone;

	(void)state;
	steer(3, SLOT_PRIMARY);
	assert_int_equal(pulse.woken, 0);
	come.circuit.used = true;		/* the far end of its other pseudowire has given a label, perhaps */
	records_action(&e, &come);
	assert_int_equal(pulse.woken, 1);
	fails = true;
	switch_to(3, SLOT_SECONDARY);
	pulse.risk = (struct at_risk){ .known = true, .heard = true, .sent = 17, .silent_ms = 250 };
	switch_to(3, SLOT_PRIMARY);
	fails = false;
	switch_to(3, SLOT_SECONDARY);
	assert_int_equal(pulse.switched, 3);
	read_all(NULL);
	assert_int_equal(seen.n, 3);
	assert_false(seen.s[0].watched || seen.s[2].watched);
	assert_true(seen.s[1].watched && seen.s[1].heard);
	assert_int_equal(seen.s[1].at_risk, 17);
	assert_int_equal(seen.s[1].silent_ms, 250);
	records_action(&e, &gone);
	assert_int_equal(pulse.forgotten, 3);
}

static void the_last_ones_are_kept(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < RECORDS_MAX + 10; i++)
		switch_to(1 + i % 2, SLOT_SECONDARY);
	read_all(NULL);
	assert_int_equal(seen.n, RECORDS_MAX);
	assert_int_equal(seen.s[0].number, RECORDS_MAX + 10);
	assert_int_equal(seen.s[1].number, RECORDS_MAX + 9);
	read_all("ge1");
	assert_int_equal(seen.n, RECORDS_MAX / 2);
}

/* When it was, by the clock on the wall. */
static void the_time_is_that_of_the_switch(void **state)
{
	struct action a = { .kind = ACT_EVENT, .event = { .kind = CEV_SWITCH, .circuit = 1 } };
	struct timespec mono, wall;
	uint64_t now;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &wall);
	now = (uint64_t)wall.tv_sec * 1000000000 + (uint64_t)wall.tv_nsec;
	a.event.when_ns = (uint64_t)mono.tv_sec * 1000000000 + (uint64_t)mono.tv_nsec - 3000000000;
	records_action(&e, &a);
	read_all(NULL);
	assert_in_range(seen.s[0].time_ns, now - 4000000000, now - 2000000000);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(frames_lost_are_counted_from_switch_to_switch), T(counts_of_another_are_not_ours),
		T(what_was_at_risk_is_kept), T(the_last_ones_are_kept), T(the_time_is_that_of_the_switch),
	};

	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
