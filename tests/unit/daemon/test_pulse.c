/* SPDX-License-Identifier: BSD-2-Clause */
/* Signs of life: what is said of a pseudowire that failed is never less than what went by it since it was heard last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/loop.h"
#include "bpf/abi.h"
#include "daemon/engine.h"
#include "daemon/pulse.h"
#include "dp/dp_show.h"

#define MS	1000000ull
#define START	(1000 * MS)

static struct pulse at(uint64_t ms, struct pulse p, uint64_t tx, uint64_t rx)
{
	pulse_look(&p, SLOT_PRIMARY, &(struct tw_count){ .tx_frames = tx, .rx_frames = rx }, START + ms * MS);
	return p;
}

static void is(const struct pulse *p, uint64_t ms, bool heard, uint32_t sent, uint32_t silent_ms)
{
	struct at_risk r = pulse_risk(p, START + ms * MS);

	assert_true(r.known && r.heard == heard);
	assert_int_equal(r.sent, sent);
	assert_int_equal(r.silent_ms, silent_ms);
}

static void counts_from_the_look_before_a_frame_came(void **state)
{
	struct pulse p = at(0, (struct pulse){ 0 }, 500, 70);

	(void)state;
	is(&p, 0, false, 0, 0);
	p = at(100, p, 510, 70);
	is(&p, 130, false, 10, 130);
	p = at(200, p, 530, 71);
	is(&p, 200, true, 20, 100);
	p = at(300, p, 560, 75);
	is(&p, 310, true, 30, 110);
	p = at(400, p, 600, 75);
	is(&p, 450, true, 70, 250);
	p = at(5000, p, 1600, 75);
	is(&p, 5000, true, 1070, 4800);
	is(&p, 100, true, 1070, 0);		/* a frame came after the circuit had left */
	p = at(5100, p, 1601, 76);
	is(&p, 5100, true, 1, 100);
}

static void begins_anew(void **state)
{
	struct pulse p = at(0, (struct pulse){ 0 }, 500, 70), q;

	(void)state;
	p = at(100, p, 600, 71);
	is(&p, 100, true, 100, 100);
	q = at(200, p, 3, 71);			/* counters of another */
	is(&q, 200, false, 0, 0);
	q = at(200, p, 700, 0);
	is(&q, 200, false, 0, 0);
	pulse_look(&p, SLOT_SECONDARY, &(struct tw_count){ .tx_frames = 900, .rx_frames = 80 }, START + 200 * MS);
	is(&p, 200, false, 0, 0);
	assert_int_equal(p.slot, SLOT_SECONDARY);
}

static void says_no_less_when_there_is_no_room(void **state)
{
	struct pulse p = at(0, (struct pulse){ 0 }, 0, 0);

	(void)state;
	p = at(100, p, UINT32_MAX - 5, 0);
	is(&p, 100, false, UINT32_MAX - 5, 100);
	p = at(200, p, UINT32_MAX, 0);
	is(&p, 200, false, UINT32_MAX, 200);
	p = at(300, p, UINT64_MAX / 2, 0);
	is(&p, 300, false, UINT32_MAX, 300);
	is(&p, 5000000000ull, false, UINT32_MAX, UINT32_MAX);
}

/* Frames at random times, looks at random times: the bound holds, and reaches back no further than the look before. */
static void is_never_less_than_the_truth(void **state)
{
	uint64_t seed = 88172645463325252ull, tx = 0, rx = 0, after = 0, last = 0, looked = 0;
	struct pulse p = { 0 };
	uint32_t checked = 0;

	(void)state;
	for (uint64_t ms = 0; ms < 200000; ms++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		tx += seed % 3;
		after += seed % 3;
		if (seed % 997 < (ms / 20000 % 2 ? 1 : 300)) {
			rx++;
			after = 0;
			last = ms;
		}
		if (seed / 1000 % 50)
			continue;
		p = at(ms, p, tx, rx);
		struct at_risk r = pulse_risk(&p, START + ms * MS);

		if (r.heard) {
			assert_true(r.sent >= after && r.silent_ms >= ms - last);
			assert_true(last <= looked || r.sent <= 2 * (ms - looked));
			checked++;
		}
		looked = ms;
	}
	assert_in_range(checked, 3000, 5000);
}

/* ---- of all circuits --------------------------------------------------------------------------------------- */

#define CIRCUITS 40000

static struct engine e;
static struct { uint64_t tx, rx; uint8_t active; bool way_out; uint32_t looks; } kernel[CIRCUITS + 1];

void dp_show_tally(const struct dp *d, uint32_t circuit, uint8_t slot, struct tw_count *out)
{
	(void)d;
	assert_true(circuit && circuit <= CIRCUITS && slot < TW_SLOTS);
	*out = (struct tw_count){ .tx_frames = kernel[circuit].tx + slot, .rx_frames = kernel[circuit].rx };
	kernel[circuit].looks++;
}

uint8_t dp_show_active(const struct dp *d, uint32_t circuit, bool *way_out)
{
	(void)d;
	assert_true(circuit && circuit <= CIRCUITS);
	*way_out = kernel[circuit].way_out;
	return kernel[circuit].active;
}

uint32_t dp_show_cpus(const struct dp *d)
{
	(void)d;
	return 4;
}

static int up(void **state)
{
	(void)state;
	memset(kernel, 0, sizeof(kernel));
	for (uint32_t i = 0; i <= CIRCUITS; i++)
		kernel[i].active = TW_NONE;
	e = (struct engine){ .loop = loop_new(), .pulses = pulses_new(), .capacity = CIRCUITS };
	assert_true(e.loop && e.pulses);
	loop_virtual(e.loop, START);
	pulses_reset(&e);
	return 0;
}

static int down(void **state)
{
	(void)state;
	pulses_stop(&e);
	pulses_free(e.pulses);
	loop_free(e.loop);
	return 0;
}

static void carries(uint32_t circuit)
{
	kernel[circuit].active = TW_PRIMARY;
	kernel[circuit].way_out = true;
	pulses_wake(&e);
}

static void advance(uint64_t ms)
{
	loop_advance(e.loop, START + ms * MS);
}

static struct at_risk switched(uint32_t circuit, enum slot from, enum slot to)
{
	return pulses_switch(&e, circuit, from, to, loop_now(e.loop));
}

static void few_are_looked_at_each_time(void **state)
{
	(void)state;
	carries(2);
	kernel[1].active = TW_PRIMARY;		/* with one pseudowire alone there is nothing to leave it for */
	advance(1000);
	kernel[2].tx += 50;
	kernel[2].rx += 3;
	advance(1400);
	kernel[2].tx += 7;
	advance(2000);
	kernel[2].tx += 4;			/* after the last look */
	struct at_risk r = switched(2, SLOT_PRIMARY, SLOT_SECONDARY);

	assert_true(r.known && r.heard);
	assert_int_equal(r.sent, 61);
	assert_in_range(r.silent_ms, 600, 1100);
	assert_in_range(kernel[2].looks, 4, 25);
	assert_int_equal(kernel[1].looks, 0);
	kernel[2].tx += 9;			/* the one it has now was never heard */
	r = switched(2, SLOT_SECONDARY, SLOT_PRIMARY);
	assert_true(r.known && !r.heard);
	assert_int_equal(r.sent, 9);
	assert_false(switched(2, SLOT_SECONDARY, SLOT_PRIMARY).known);	/* that one does not send */
	pulses_forget(&e, 2);
	assert_false(switched(2, SLOT_PRIMARY, SLOT_SECONDARY).known);
	assert_false(switched(0, SLOT_PRIMARY, SLOT_SECONDARY).known);
	pulses_forget(&e, CIRCUITS + 1);
	assert_false(switched(CIRCUITS + 1, SLOT_PRIMARY, SLOT_SECONDARY).known);
}

/* It waited on the primary and first carried by the secondary: that is no switch, and nobody tells of it. */
static void what_it_is_steered_to_is_watched(void **state)
{
	(void)state;
	carries(7);
	advance(1000);
	kernel[7].active = TW_SECONDARY;
	advance(1500);
	kernel[7].tx += 5;
	struct at_risk r = switched(7, SLOT_SECONDARY, SLOT_PRIMARY);

	assert_true(r.known && !r.heard);
	assert_int_equal(r.sent, 5);
}

static void many_take_turns(void **state)
{
	uint32_t most = 0, least = UINT32_MAX, before = 0, now;

	(void)state;
	for (uint32_t i = 1; i <= CIRCUITS; i++)
		carries(i);
	for (uint32_t turn = 1; turn <= 800; turn++) {
		advance(turn * 100);
		now = 0;
		for (uint32_t i = 1; i <= CIRCUITS; i++)
			now += kernel[i].looks;
		assert_in_range(now - before, 1, 256);		/* 2,048 counters of two directions and four CPUs */
		before = now;
	}
	for (uint32_t i = 1; i <= CIRCUITS; i++) {
		most = kernel[i].looks > most ? kernel[i].looks : most;
		least = kernel[i].looks < least ? kernel[i].looks : least;
	}
	assert_true(least >= 4 && most - least <= 1);
}

static void sleeps_while_there_is_none(void **state)
{
	(void)state;
	advance(2000);
	carries(3);
	kernel[3].active = TW_NONE;		/* gone again */
	advance(5000);
	assert_int_equal(kernel[3].looks, 0);
	kernel[3].active = TW_PRIMARY;
	advance(9000);
	assert_int_equal(kernel[3].looks, 0);	/* nobody said so */
	pulses_wake(&e);
	advance(9900);
	assert_in_range(kernel[3].looks, 2, 9);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_from_the_look_before_a_frame_came),
		cmocka_unit_test(begins_anew),
		cmocka_unit_test(says_no_less_when_there_is_no_room),
		cmocka_unit_test(is_never_less_than_the_truth),
		T(few_are_looked_at_each_time),
		T(what_it_is_steered_to_is_watched),
		T(many_take_turns),
		T(sleeps_while_there_is_none),
	};

	return cmocka_run_group_tests_name("pulse", tests, NULL, NULL);
}
