/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_deadman.c: guards and groups under frames; an engine that dies, is silent, or returns; what becomes of what its
 * peers had said. Needs root.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "dp/inner.h"
#include "net.h"
#include "sys/bpf.h"

#define CAPACITY 64u
#define MS 1000000ull
#define HOUR (3600 * 1000 * MS)
#define PATIENCE_MS 60000u
#define GUARD 3
#define GROUP 2
#define SIGNALLED 2			/* path; 1 is static */

/* The loop's clock stands while a test does not turn it. */
static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

static int setup(void **state)
{
	struct net *n = test_calloc(1, sizeof(*n));

	net_make(n);
	*state = n;
	return 0;
}

static int teardown(void **state)
{
	net_drop(*state);
	test_free(*state);
	return 0;
}

static void put(struct net *n, struct action a)
{
	assert_int_equal(dp_apply(n->pe[0].dp, &(struct actions){ .v = &a, .n = 1 }), 0);
}

static void guard(struct net *n, bool up)
{
	put(n, (struct action){ .kind = ACT_GUARD_LIVE, .guard = { GUARD, up } });
}

/* The way of path 1 once more, as path @index. */
static void more_path(struct net *n, uint16_t index, bool signalled)
{
	struct actions a = { 0 };

	pe_list(n, 0, PORT_MODE_AUTO, PORT_MODE_AUTO, &a);
	for (uint32_t i = 0; i < a.n; i++)
		if (a.v[i].kind == ACT_PATH) {
			a.v[i].path.index = index;
			a.v[i].path.key = 20 + index;
			a.v[i].path.signalled = signalled;
			put(n, a.v[i]);
		}
	free(a.v);
}

/* Both slots of PE1's circuit: the primary signalled, the secondary by path 1, static; and all they need. */
static void pe1_apply(struct net *n, struct act_slot primary, bool secondary)
{
	struct actions a = { 0 };

	more_path(n, SIGNALLED, true);
	pe_list(n, 0, PORT_MODE_AUTO, PORT_MODE_AUTO, &a);
	for (uint32_t i = 0; i < a.n; i++) {
		struct action *v = &a.v[i];
		struct act_slot was = v->circuit.slot[0];

		if (v->kind == ACT_CIRCUIT) {
			v->circuit.slot[1] = secondary ? was : (struct act_slot){ 0 };
			v->circuit.slot[0] = primary;
			v->circuit.slot[0].label = was.label;
			v->circuit.slot[0].ttl = was.ttl;
			v->circuit.slot[0].control_word = was.control_word;
		} else if (v->kind == ACT_LABEL && v->label.kind == LABEL_PW) {
			v->label.gate = false;
		} else if (v->kind == ACT_STEER && secondary) {
			v->steer.next[0] = TW_SECONDARY;
		}
	}
	assert_int_equal(dp_apply(n->pe[0].dp, &a), 0);
	put(n, (struct action){ .kind = ACT_PW_LIVE, .live = { TW_PW(1, TW_SECONDARY), secondary } });
	free(a.v);
}

static void signalled_pw(struct net *n)
{
	pe1_apply(n, (struct act_slot){ .path = SIGNALLED, .guard = GUARD }, true);
	guard(n, true);
}

static void pe2(struct net *n)
{
	pe_open(n, 1, CAPACITY);
	pe_apply(n, 1, PORT_MODE_AUTO, PORT_MODE_AUTO);
	net_settle(n);
}

/* ---- guards and groups ------------------------------------------------------------------------------------ */

static void one_store_for_all_of_a_session(void **state)
{
	struct net *n = *state;

	pe2(n);
	pe_open(n, 0, CAPACITY);
	pe1_apply(n, (struct act_slot){ .path = SIGNALLED, .guard = GUARD }, false);
	net_settle(n);
	assert_false(net_cross(n, 0, 1));		/* never raised */
	for (int i = 0; i < 300; i++) {			/* more often than there are epochs */
		uint64_t writes = n->pe[0].dp->writes;
		guard(n, true);
		assert_true(dp_show_guard(n->pe[0].dp, GUARD));
		guard(n, true);				/* and again: nothing */
		assert_int_equal(n->pe[0].dp->writes, writes + 1);
		if (i % 100 == 0)
			assert_true(net_cross(n, 0, 2));
		guard(n, false);
		assert_false(dp_show_guard(n->pe[0].dp, GUARD));
	}
	assert_false(net_cross(n, 0, 3));
	guard(n, true);
	struct tw_live *l = ROW(n->pe[0].dp, GUARD_LIVE, struct tw_live, GUARD);
	l->dead = l->armed;				/* the kernel */
	assert_false(net_cross(n, 0, 4));
	guard(n, true);					/* a new epoch */
	assert_true(net_cross(n, 0, 5));
}

static void members(struct net *n, uint16_t count, const uint16_t *v)
{
	put(n, (struct action){ .kind = ACT_GROUP, .group = { GROUP, true, 55, count, v } });
}

/* Members come and go, alone and with their paths, and no frame is lost: some member is always up. */
static void members_change_under_traffic(void **state)
{
	static const uint16_t set[][3] = { { 3 }, { 3, 4 }, { 4, 3 }, { 4 }, { 5, 4, 3 }, { 5 }, { 3, 5, 4 } };
	static const uint16_t size[] = { 1, 2, 2, 1, 3, 1, 3 };
	struct net *n = *state;
	uint32_t sent, lost, twice;

	pe2(n);
	pe_open(n, 0, CAPACITY);
	for (uint16_t i = 3; i <= 5; i++)
		more_path(n, i, true);
	members(n, 1, set[0]);
	pe1_apply(n, (struct act_slot){ .group = true, .path = GROUP }, false);
	net_settle(n);
	assert_true(net_both_ways(n));
	struct stream *s = stream_start(n);
	for (int i = 0; i < 3500; i++) {
		members(n, size[i % 7], set[i % 7]);
		if (i % 7 == 1) {			/* with 3 and 4 in it: 5 goes and comes as another */
			put(n, (struct action){ .kind = ACT_PATH, .path = { .index = 5 } });
			more_path(n, 5, true);
		}
		usleep(100);
	}
	stream_stop(s, &sent, &lost, &twice);
	assert_true(sent > 100);
	assert_int_equal(lost + twice, 0);
	uint16_t now[TW_GROUP_MEMBERS];
	assert_int_equal(dp_show_group(n->pe[0].dp, GROUP, now), size[3499 % 7]);
	assert_int_equal(now[0], set[3499 % 7][0]);
	for (uint16_t i = 3; i <= 5; i++)
		put(n, (struct action){ .kind = ACT_PATH_LIVE, .live = { i, false } });
	assert_false(net_cross(n, 0, 1));
	more_path(n, 4, true);
	assert_true(net_cross(n, 0, 2));
	put(n, (struct action){ .kind = ACT_GROUP, .group = { .index = GROUP } });
	assert_false(net_cross(n, 0, 3));
	assert_int_equal(*ROW(n->pe[0].dp, GROUP_KEY, uint64_t, GROUP), 0);
}

static void out_of_range_is_refused(void **state)
{
	static const uint16_t none[] = { 1, 0 }, far[] = { TW_PATHS };
	const struct action bad[] = {
		{ .kind = ACT_GUARD_LIVE, .guard = { 0, false } },
		{ .kind = ACT_GUARD_LIVE, .guard = { TW_GUARDS, true } },
		{ .kind = ACT_GROUP, .group = { 0, true, 1, 1, none } },
		{ .kind = ACT_GROUP, .group = { TW_GROUPS, true, 1, 1, none } },
		{ .kind = ACT_GROUP, .group = { 1, true, 1, 2, none } },
		{ .kind = ACT_GROUP, .group = { 1, true, 1, 1, far } },
		{ .kind = ACT_GROUP, .group = { 1, true, 1, TW_GROUP_MEMBERS + 1, none } },
		{ .kind = ACT_LABEL, .label = { .label = 16, .kind = LABEL_SWAP, .group = true } },
		{ .kind = ACT_LABEL, .label = { .label = 16, .kind = LABEL_SWAP, .group = true, .index = TW_GROUPS } },
	};
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct action v = bad[i];
		assert_int_equal(dp_apply(n->pe[0].dp, &(struct actions){ .v = &v, .n = 1 }), -ERANGE);
	}
	assert_true(dp_show_guard(n->pe[0].dp, 0));
}

/* ---- the dead-man ------------------------------------------------------------------------------------------- */

static struct tw_lowered lowered(struct net *n)
{
	struct show_dp s;

	dp_show(n->pe[0].dp, &s);
	return s.lowered;
}

static bool falls(struct net *n)
{
	for (uint32_t i = 0; i < PATIENCE_MS && !lowered(n).beat; i++)
		usleep(1000);
	return lowered(n).beat;
}

static bool signalled_up(struct net *n)
{
	assert_true(dp_show_path(n->pe[0].dp, 1));
	assert_int_equal(dp_show_guard(n->pe[0].dp, GUARD), dp_show_path(n->pe[0].dp, SIGNALLED));
	return dp_show_guard(n->pe[0].dp, GUARD);
}

/* A pinned map of PE1, read without an engine. */
static bool pinned(struct net *n, const char *map, uint32_t row, void *value)
{
	char path[PIN_PATH];
	int fd;

	snprintf(path, sizeof(path), "%s/pe%%2e0/v%u-%u/%s", n->bpf, TW_LAYOUT, CAPACITY, map);
	assert_int_equal(sys_bpf_get(path, &fd), 0);
	bool there = !sys_map_get(fd, &row, value);
	close(fd);
	return there;
}

static void engine(struct net *n, int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	n->loop = loop_new();				/* the parent's is the parent's, as is its PE2 */
	n->pe[1].dp = NULL;
	uint64_t hold = n->pe[0].hold_ns;		/* runs from the end of all this */
	n->pe[0].hold_ns = HOUR;
	pe_open(n, 0, CAPACITY);
	signalled_pw(n);
	net_settle(n);
	dp_heartbeat(n->pe[0].dp, now_ns());
	dp_hold(n->pe[0].dp, hold);
	if (write(ready, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* An engine that has said all, and is killed. */
static void killed_engine(struct net *n)
{
	int ready[2], status;
	char c;

	assert_int_equal(pipe(ready), 0);
	fflush(NULL);
	pid_t child = fork();
	if (!child) {
		close(ready[0]);
		engine(n, ready[1]);
	}
	close(ready[1]);
	ssize_t got = read(ready[0], &c, 1);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(ready[0]);
	assert_int_equal(got, 1);
}

static void a_killed_engine_leaves_what_is_static(void **state)
{
	struct net *n = *state;
	struct tw_lowered l = { 0 };
	struct tw_live live;
	struct tw_ctl ctl;

	pe2(n);
	n->pe[0].hold_ns = 3000 * MS;
	killed_engine(n);
	assert_true(pinned(n, "ctl", 0, &ctl));
	assert_true(net_both_ways(n));			/* by the signalled one */
	if (pinned(n, "lowered", 0, &l) && l.beat)
		print_message("the machine was too slow to see it forward\n");
	for (uint32_t i = 0; i < PATIENCE_MS && !l.beat; i++) {
		usleep(1000);
		assert_true(pinned(n, "lowered", 0, &l));
	}
	assert_int_equal(l.beat, ctl.heartbeat);
	assert_true(l.when >= l.beat + 3000 * MS);
	print_message("lowered %llu us late\n", (unsigned long long)(l.when - l.beat - 3000 * MS) / 1000);
	assert_int_equal(l.guards, 1);
	assert_int_equal(l.paths, 1);
	assert_true(pinned(n, "guard_live", GUARD, &live) && live.armed == live.dead);
	assert_true(pinned(n, "path_live", SIGNALLED, &live) && live.armed == live.dead);
	assert_true(pinned(n, "path_live", 1, &live) && live.armed && live.armed != live.dead);
	assert_true(net_both_ways(n));			/* by the static one */

	n->pe[0].hold_ns = HOUR;
	pe_open(n, 0, CAPACITY);			/* the next engine knows */
	assert_int_equal(n->pe[0].how, DP_ADOPTED);
	assert_true(dp_heartbeat_age(n->pe[0].dp) >= 3000 * MS && dp_heartbeat_age(n->pe[0].dp) < HOUR);
	assert_false(signalled_up(n));
	assert_false(dp_heartbeat(n->pe[0].dp, now_ns()));
	signalled_pw(n);				/* and raises what its peers say now */
	assert_true(signalled_up(n));
	assert_true(net_both_ways(n));
}

/* One that returns in time finds all as it was, and its own heartbeat counts. */
static void one_that_returns_in_time_loses_nothing(void **state)
{
	struct net *n = *state;

	pe2(n);
	n->pe[0].hold_ns = HOUR;
	killed_engine(n);
	n->pe[0].hold_ns = HOUR + 1;
	pe_open(n, 0, CAPACITY);
	assert_true(dp_heartbeat_age(n->pe[0].dp) < HOUR);
	assert_true(signalled_up(n));
	dp_heartbeat(n->pe[0].dp, now_ns());
	dp_hold(n->pe[0].dp, 5000 * MS);
	for (int i = 0; i < 60; i++, usleep(100000))
		assert_false(dp_heartbeat(n->pe[0].dp, now_ns()));
	assert_true(signalled_up(n));
	assert_int_equal(lowered(n).beat, 0);
	assert_true(falls(n));				/* the timer was there all the time */
	assert_false(signalled_up(n));
}

/* An engine that was silent for too long is told, once, and says all again. */
static void a_silent_engine_is_told(void **state)
{
	struct net *n = *state;

	pe2(n);
	n->pe[0].hold_ns = HOUR;
	pe_open(n, 0, CAPACITY);
	for (uint64_t before = 0, i = 0; i < 3; i++) {
		signalled_pw(n);
		net_settle(n);
		assert_true(signalled_up(n));
		assert_true(net_both_ways(n));
		assert_false(dp_heartbeat(n->pe[0].dp, now_ns()));
		dp_hold(n->pe[0].dp, 200 * MS);
		for (uint32_t k = 0; k < PATIENCE_MS && lowered(n).beat == before; k++)
			usleep(1000);
		assert_int_not_equal(lowered(n).beat, before);
		before = lowered(n).beat;
		dp_hold(n->pe[0].dp, HOUR);
		assert_false(signalled_up(n));
		assert_true(dp_heartbeat(n->pe[0].dp, now_ns()));
		assert_false(dp_heartbeat(n->pe[0].dp, now_ns()));
	}
}

static uint32_t map_id(int fd)
{
	struct bpf_map_info i = { 0 };
	uint32_t len = sizeof(i);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &i, &len), 0);
	return i.id;
}

static void nothing(void *arg, const char *what)
{
	(void)arg, (void)what;
}

/* Timer, program and maps hold each other; with the pins they all go. */
static void it_goes_with_the_pins(void **state)
{
	struct net *n = *state;
	char run[96];

	pe_open(n, 0, CAPACITY);
	net_settle(n);
	uint32_t id[] = { map_id(n->pe[0].dp->set.map[MAP_DEADMAN].fd), map_id(n->pe[0].dp->set.map[MAP_GUARD_LIVE].fd) };
	pe_close(n, 0);
	for (int i = 0; i < 2; i++) {
		int fd = bpf_map_get_fd_by_id(id[i]);
		assert_true(fd >= 0);			/* it survives its engine ... */
		close(fd);
	}
	snprintf(run, sizeof(run), "%s/pe.0", n->dir);
	net_enter(n, PE1);
	assert_int_equal(dp_flush(n->bpf, run, nothing, NULL), 0);
	net_home(n);
	for (int i = 0; i < 2; i++) {
		int fd = 0;
		for (uint32_t k = 0; k < PATIENCE_MS && fd >= 0; k++, usleep(1000))
			if ((fd = bpf_map_get_fd_by_id(id[i])) >= 0)
				close(fd);
		assert_true(fd < 0);			/* ... but not the flush */
	}
}

static void how_old_the_heartbeat_was(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	assert_true(dp_heartbeat_age(n->pe[0].dp) == UINT64_MAX);
	struct show_dp s;
	dp_show(n->pe[0].dp, &s);
	assert_int_equal(s.hold_ns, TW_HOLD_DEFAULT);
	dp_heartbeat(n->pe[0].dp, now_ns() - 7000 * MS);
	net_settle(n);
	pe_close(n, 0);
	pe_open(n, 0, 2 * CAPACITY);			/* another size: it is that of the old maps */
	assert_int_equal(n->pe[0].how, DP_MIGRATING);
	uint64_t age = dp_heartbeat_age(n->pe[0].dp);
	assert_true(age >= 7000 * MS && age < HOUR);
	dp_heartbeat(n->pe[0].dp, now_ns() - 9000 * MS);
	pe_close(n, 0);					/* broken off: of both, the younger */
	pe_open(n, 0, 2 * CAPACITY);
	assert_true(dp_heartbeat_age(n->pe[0].dp) < age);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_store_for_all_of_a_session),
		T(members_change_under_traffic),
		T(out_of_range_is_refused),
		T(a_killed_engine_leaves_what_is_static),
		T(one_that_returns_in_time_loses_nothing),
		T(a_silent_engine_is_told),
		T(it_goes_with_the_pins),
		T(how_old_the_heartbeat_was),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
