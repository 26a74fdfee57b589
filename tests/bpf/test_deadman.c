/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_deadman.c: the timer that lowers what is signalled when the heartbeat is too old, and leaves the rest.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "scene.h"

#define MS 1000000ull
#define NEVER_MS 60000u
#define STATIC_PATH 300
#define SIGNALLED_PATH 301
#define RESTING_PATH 302		/* only its resting row is signalled */
#define LAST (TW_PATHS - 1)

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

static void beat(uint64_t when, uint64_t hold)
{
	struct tw_ctl c = { .heartbeat = when, .hold = hold };

	set_row("ctl", 0, &c);
}

static void start(void)
{
	uint8_t frame[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame, .data_size_in = sizeof(frame), .repeat = 1);

	assert_int_equal(bpf_prog_test_run_opts(scene_deadman(), &o), 0);
	assert_int_equal(o.retval, 0);
}

static struct tw_lowered told(void)
{
	struct tw_lowered l;

	get_row("lowered", 0, &l);
	return l;
}

/* False: not within @ms. */
static bool fired(uint64_t of, uint32_t ms)
{
	for (uint64_t end = now_ns() + ms * MS; now_ns() < end; usleep(1000))
		if (told().beat == of)
			return true;
	return told().beat == of;
}

static bool up(const char *map, uint32_t index)
{
	struct tw_live l;

	get_row(map, index, &l);
	return l.armed && l.armed != l.dead;
}

static void a_path(uint32_t index, int signalled_row)
{
	uint32_t label = 5;

	for (int i = 0; i < 2; i++) {
		struct tw_path_row r = a_row(CORE, 1, &label);

		r.flags = i == signalled_row ? TW_PATH_SIGNALLED : 0;
		set_path_row(index, i, &r);
	}
	set_live("path_live", index, 3, 2);
}

static void some_flags(void)
{
	set_live("guard_live", 0, 1, 0);
	set_live("guard_live", 1, 7, 0);
	set_live("guard_live", 2, 0, 0);		/* down */
	set_live("guard_live", 3, 9, 9);		/* down by the kernel */
	set_live("guard_live", TW_GUARDS - 1, 255, 254);
	a_path(STATIC_PATH, -1);
	a_path(SIGNALLED_PATH, 1);
	a_path(RESTING_PATH, 0);
	a_path(LAST, 1);
}

static void off(void)
{
	struct tw_path none = {};

	beat(0, 0);
	start();			/* nothing to look after: it looks once and sleeps for ever */
	set_row("path", LAST, &none);
	set_live("path_live", LAST, 0, 0);
	set_live("guard_live", TW_GUARDS - 1, 0, 0);
}

static void what_is_signalled_falls(void **state)
{
	uint64_t old = now_ns() - 500 * MS;

	(void)state;
	some_flags();
	beat(old, 400 * MS);
	start();
	assert_true(fired(old, NEVER_MS));
	assert_int_equal(told().guards, 2);
	assert_int_equal(told().paths, 2);
	assert_true(told().when >= old + 400 * MS);
	assert_true(up("guard_live", 0));
	assert_false(up("guard_live", 1));
	assert_false(up("guard_live", TW_GUARDS - 1));
	assert_true(up("path_live", STATIC_PATH));
	assert_true(up("path_live", RESTING_PATH));
	assert_false(up("path_live", SIGNALLED_PATH));
	assert_false(up("path_live", LAST));
	assert_true(up("path_live", PATH(TW_PRIMARY)));
	struct tw_live l;
	get_row("guard_live", 2, &l);
	assert_int_equal(l.armed | l.dead, 0);
	set_live("guard_live", 1, 8, 7);	/* an engine raises it: it is up, and stays so for this heartbeat */
	assert_true(up("guard_live", 1));
	assert_false(fired(1, 20));
	assert_true(up("guard_live", 1));
	off();
}

/* It falls when the time is over, not before. */
static void on_time(void **state)
{
	uint64_t now = now_ns();

	(void)state;
	some_flags();
	beat(now, 300 * MS);
	start();
	assert_true(fired(now, NEVER_MS));
	assert_true(told().when >= now + 300 * MS);
	off();
}

static void a_heartbeat_keeps_it_quiet(void **state)
{
	struct tw_lowered before;
	uint64_t last = now_ns();

	(void)state;
	some_flags();
	beat(last, 2000 * MS);
	start();
	before = told();
	for (int i = 0; i < 30; i++, usleep(100000))
		beat(last = now_ns(), 2000 * MS);
	assert_int_equal(told().beat, before.beat);
	assert_true(up("guard_live", 1) && up("path_live", SIGNALLED_PATH));
	assert_true(fired(last, NEVER_MS));		/* and it was awake all the time */
	assert_false(up("guard_live", 1) || up("path_live", SIGNALLED_PATH));
	off();
}

/* After it fired it goes on: another silence is another fall. */
static void it_fires_again(void **state)
{
	uint64_t beat_at = now_ns() - 1000 * MS;

	(void)state;
	for (int i = 0; i < 3; i++) {
		some_flags();
		beat(beat_at, 100 * MS);
		if (!i)
			start();
		assert_true(fired(beat_at, NEVER_MS));
		assert_false(up("guard_live", 1));
		beat_at = now_ns();
	}
	off();
}

/* The engine may run it as often as it likes, and change the time. */
static void started_anew_it_goes_by_the_new_time(void **state)
{
	uint64_t old = now_ns() - 5000 * MS;

	(void)state;
	some_flags();
	beat(old, 3600 * 1000 * MS);
	for (int i = 0; i < 10; i++)
		start();
	assert_false(fired(old, 50));
	beat(old, 1000 * MS);
	assert_false(fired(old, 50));			/* it sleeps */
	start();
	assert_true(fired(old, NEVER_MS));
	off();
}

/* A frame of a PW with that guard: what the circuit does then. */
static void the_circuit_falls_back(void **state)
{
	uint64_t old = now_ns() - 1000 * MS;
	struct packet in = customer(100);
	struct result r;

	(void)state;
	some_flags();
	set_slot(CIRCUIT, TW_PRIMARY, TW_SLOT(LABEL_OUT(TW_PRIMARY), 255, TW_PW_CW, PATH(TW_PRIMARY), 1));
	r = run(TC, AC, &in);
	assert_int_equal(r.out, SENT);
	assert_int_equal(r.packet.b[5], CORE);
	beat(old, 100 * MS);
	start();
	assert_true(fired(old, NEVER_MS));
	r = run(TC, AC, &in);
	assert_int_equal(r.out, SENT);
	assert_int_equal(r.packet.b[5], CORE2);		/* the static secondary */
	off();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONLY_TC(what_is_signalled_falls),
		ONLY_TC(on_time),
		ONLY_TC(a_heartbeat_keeps_it_quiet),
		ONLY_TC(it_fires_again),
		ONLY_TC(started_anew_it_goes_by_the_new_time),
		ONLY_TC(the_circuit_falls_back),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
