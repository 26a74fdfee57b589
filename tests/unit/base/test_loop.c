/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/loop.h"

#define SECOND 1000000000ull

/* ---- timers, virtual clock --------------------------------------------------------------- */

struct fired {
	struct loop *loop;
	uint32_t n;
	uint64_t at[16];
	int who[16];
};
struct one {
	struct timer t;
	struct fired *f;
	int who;
};

static void note(void *arg, uint64_t now)
{
	struct one *o = arg;

	assert_int_equal(now, loop_now(o->f->loop));
	assert_int_equal(o->t.at_ns, 0);
	o->f->at[o->f->n] = now;
	o->f->who[o->f->n++] = o->who;
}

static struct one *make(struct one *o, struct fired *f, int who)
{
	*o = (struct one){ .t = { .fn = note, .arg = o }, .f = f, .who = who };
	return o;
}

static void fires_in_order_at_its_time(void **state)
{
	struct fired f = { .loop = loop_new() };
	struct one o[4];

	(void)state;
	loop_virtual(f.loop, 1000);
	for (int i = 0; i < 4; i++)
		timer_set(f.loop, &make(&o[i], &f, i)->t, (uint64_t)(4 - i) * 30 * SECOND);
	timer_stop(f.loop, &o[2].t);
	loop_advance(f.loop, 30 * SECOND - 1);
	assert_int_equal(f.n, 0);
	loop_advance(f.loop, 200 * SECOND);
	assert_int_equal(f.n, 3);
	assert_int_equal(f.who[0], 3);
	assert_int_equal(f.at[0], 30 * SECOND);
	assert_int_equal(f.who[1], 1);
	assert_int_equal(f.who[2], 0);
	assert_int_equal(f.at[2], 120 * SECOND);
	assert_int_equal(loop_now(f.loop), 200 * SECOND);
	loop_advance(f.loop, SECOND);		/* time does not run back */
	assert_int_equal(loop_now(f.loop), 200 * SECOND);
	loop_free(f.loop);
}

static void moved_timers(void **state)
{
	struct fired f = { .loop = loop_new() };
	struct one later, sooner;

	(void)state;
	loop_virtual(f.loop, 0);
	timer_set(f.loop, &make(&later, &f, 1)->t, 10);
	timer_set(f.loop, &make(&sooner, &f, 2)->t, 50);
	timer_set(f.loop, &later.t, 100);	/* stays in its place in the heap until 10 */
	timer_set(f.loop, &sooner.t, 5);
	loop_advance(f.loop, 60);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.who[0], 2);
	assert_int_equal(f.at[0], 5);
	timer_stop(f.loop, &later.t);
	loop_advance(f.loop, 1000);
	assert_int_equal(f.n, 1);
	timer_set(f.loop, &later.t, 0);		/* 0 is at once, not "not running" */
	loop_advance(f.loop, 1000);
	assert_int_equal(f.n, 2);
	loop_free(f.loop);
}

static struct fired *chain_f;
static struct one chain_b;

static void chain(void *arg, uint64_t now)
{
	struct one *o = arg;

	chain_f->who[chain_f->n++] = o->who;
	if (chain_f->n < 4)
		timer_set(chain_f->loop, &o->t, now + 10);
	timer_stop(chain_f->loop, &chain_b.t);
}

static void callback_may_set_and_stop(void **state)
{
	struct fired f = { .loop = loop_new() };
	struct one a;

	(void)state;
	chain_f = &f;
	loop_virtual(f.loop, 0);
	make(&a, &f, 1)->t.fn = chain;
	timer_set(f.loop, &a.t, 10);
	timer_set(f.loop, &make(&chain_b, &f, 2)->t, 10);	/* due too: whoever comes first stops it */
	chain_b.t.fn = chain;
	loop_advance(f.loop, 1000);
	for (uint32_t i = 1; i < f.n; i++)
		assert_int_equal(f.who[i], 1);
	assert_int_equal(f.n, 4);
	loop_free(f.loop);
}

/* The heap against a slow and obvious list. */
#define MANY 200

static void heap_against_a_list(void **state)
{
	struct loop *l = loop_new();
	static struct one o[MANY];
	uint64_t now = 1;

	(void)state;
	srandom(7);
	loop_virtual(l, now);
	for (int i = 0; i < MANY; i++)
		o[i] = (struct one){ .t = { .fn = note, .arg = &o[i] }, .who = i };
	for (int round = 0; round < 3000; round++) {
		struct fired f = { .loop = l };
		uint64_t want = now + (uint64_t)random() % 3, due = 0;

		for (int k = 0; k < 4; k++) {
			struct one *x = &o[random() % MANY];

			if (random() % 3)
				timer_set(l, &x->t, now + 1 + (uint64_t)random() % 200);
			else
				timer_stop(l, &x->t);
		}
		for (int i = 0; i < MANY; i++) {
			o[i].f = &f;
			due += o[i].t.at_ns && o[i].t.at_ns <= want;
		}
		assert_true(due <= 16);
		loop_advance(l, now = want);
		assert_int_equal(f.n, due);
		for (uint32_t i = 1; i < f.n; i++)
			assert_true(f.at[i - 1] <= f.at[i]);
		for (int i = 0; i < MANY; i++)
			assert_true(!o[i].t.at_ns || o[i].t.at_ns > now);
	}
	loop_free(l);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(o[i].t.heap, 0);
}

/* ---- idle work --------------------------------------------------------------------------- */

struct slices {
	int left, done, *order, *n, who;
};

static bool slice(void *arg)
{
	struct slices *s = arg;

	s->done++;
	if (s->order)
		s->order[(*s->n)++] = s->who;
	return --s->left > 0;
}

static void idle_takes_turns(void **state)
{
	struct loop *l = loop_new();
	int order[8], n = 0;
	struct slices a = { 3, 0, order, &n, 1 }, b = { 2, 0, order, &n, 2 };
	const int want[] = { 1, 2, 1, 2, 1 };

	(void)state;
	loop_idle(l, slice, &a);
	loop_idle(l, slice, &b);
	loop_idle(l, slice, &a);		/* queued already */
	for (int i = 0; i < 8; i++)
		assert_int_equal(loop_turn(l, 0), 0);
	assert_int_equal(n, 5);
	assert_memory_equal(order, want, sizeof(want));
	a = (struct slices){ .left = 5 };
	loop_idle(l, slice, &a);
	loop_turn(l, 0);
	loop_idle_off(l, slice, &a);
	loop_turn(l, 0);
	assert_int_equal(a.done, 1);
	loop_free(l);
}

static void advance_runs_idle_work(void **state)
{
	struct loop *l = loop_new();
	struct slices a = { .left = 1000 };

	(void)state;
	loop_virtual(l, 0);
	loop_idle(l, slice, &a);
	loop_advance(l, 1);
	assert_int_equal(a.done, 1000);
	loop_free(l);
}

/* ---- descriptors ------------------------------------------------------------------------- */

struct pair {
	struct loop *loop;
	int fd[2], calls;
	uint32_t events;
};

static void close_both(void *arg, uint32_t events)
{
	struct pair *p = arg;

	p->calls++;
	p->events = events;
	for (int i = 0; i < 2; i++) {
		loop_fd_off(p->loop, p->fd[i]);
		fd_done(&p->fd[i]);
	}
	/* the number may be used again at once: an event of the old one must not reach the new one */
	p->fd[0] = eventfd(0, EFD_NONBLOCK);
	assert_int_equal(loop_fd(p->loop, p->fd[0], EPOLLIN, close_both, p), 0);
}

static void stale_event_is_dropped(void **state)
{
	struct pair p = { .loop = loop_new() };

	(void)state;
	for (int i = 0; i < 2; i++) {
		p.fd[i] = eventfd(1, EFD_NONBLOCK);
		assert_int_equal(loop_fd(p.loop, p.fd[i], EPOLLIN, close_both, &p), 0);
	}
	loop_turn(p.loop, SECOND);
	loop_turn(p.loop, 0);
	assert_int_equal(p.calls, 1);
	loop_fd_off(p.loop, p.fd[0]);
	loop_fd_off(p.loop, p.fd[0]);
	loop_fd_off(p.loop, 100000);
	fd_done(&p.fd[0]);
	loop_free(p.loop);
}

static void count_events(void *arg, uint32_t events)
{
	struct pair *p = arg;

	p->calls++;
	p->events |= events;
}

static void registration_changes(void **state)
{
	struct pair p = { .loop = loop_new(), .fd = { eventfd(1, EFD_NONBLOCK), -1 } };

	(void)state;
	assert_int_equal(loop_fd(p.loop, -1, EPOLLIN, count_events, &p), -EBADF);
	assert_int_equal(loop_fd(p.loop, 4000, EPOLLIN, count_events, &p), -EBADF);
	assert_int_equal(loop_fd(p.loop, p.fd[0], EPOLLIN, count_events, &p), 0);
	assert_int_equal(loop_fd(p.loop, p.fd[0], EPOLLOUT, count_events, &p), 0);
	loop_turn(p.loop, SECOND);
	assert_int_equal(p.events, EPOLLOUT);
	fd_done(&p.fd[0]);
	loop_free(p.loop);
}

/* ---- signals, the real clock ------------------------------------------------------------- */

static void stop_loop(void *arg, int signo)
{
	loop_stop(arg, signo);
}

static void give_up(void *arg, uint64_t now)
{
	(void)now;
	loop_stop(arg, -1);
}

static void signal_reaches_the_loop(void **state)
{
	struct loop *l = loop_new();
	struct timer t = { .fn = give_up, .arg = l };

	(void)state;
	assert_int_equal(loop_signal(l, SIGUSR1, stop_loop, l), 0);
	assert_int_equal(loop_signal(l, SIGUSR2, stop_loop, l), 0);
	assert_int_equal(loop_signal(l, 0, stop_loop, l), -EINVAL);
	timer_set(l, &t, loop_now(l) + 10 * SECOND);
	raise(SIGUSR2);
	assert_int_equal(loop_run(l), SIGUSR2);
	raise(SIGUSR1);
	assert_int_equal(loop_run(l), SIGUSR1);
	loop_free(l);
	assert_int_equal(t.at_ns, 0);
}

static void real_timer_fires(void **state)
{
	struct loop *l = loop_new();
	struct timer t = { .fn = give_up, .arg = l };
	uint64_t before = loop_now(l);

	(void)state;
	timer_set(l, &t, before + 2000000);
	assert_int_equal(loop_run(l), -1);
	assert_true(loop_now(l) >= before + 2000000);
	assert_true(loop_worst(l).turn_ns > 0);
	assert_true(loop_worst(l).work_ns <= loop_worst(l).turn_ns);
	assert_string_equal(loop_worst(l).work, "a timer");
	loop_free(l);
}

/* Of the longest turn the longest work is named, by what it says it does. */
struct doing {
	struct loop *loop;
	const char *what;
	uint64_t ns;
	bool over;
};

static bool takes(void *arg)
{
	struct doing *d = arg;
	uint64_t end;

	if (d->what)
		loop_doing(d->loop, d->what);
	d->over = loop_slice_over(d->loop);
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	end = (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec + d->ns;
	while ((uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec < end)
		clock_gettime(CLOCK_MONOTONIC, &ts);
	return false;
}

/* Time that is not the thread's own. */
static bool sleeps(void *arg)
{
	struct doing *d = arg;

	loop_doing(d->loop, d->what);
	usleep(30000 + (unsigned int)(loop_worst(d->loop).turn_ns / 1000));
	return false;
}

static void worst_work_is_named(void **state)
{
	struct loop *l = loop_new();
	struct doing small = { l, "small", 0, true }, large = { l, "large", 3000000, true };

	(void)state;
	assert_null(loop_worst(l).work);
	loop_idle(l, takes, &large);
	loop_idle(l, takes, &small);
	for (int i = 0; i < 3; i++)
		loop_turn(l, 0);
	assert_string_equal(loop_worst(l).work, "large");
	assert_true(loop_worst(l).work_ns >= 3000000);
	assert_true(loop_worst(l).turn_ns >= loop_worst(l).work_ns);
	assert_string_equal(loop_worst_cpu(l).work, "large");
	assert_true(loop_worst_cpu(l).work_ns <= loop_worst(l).turn_ns);
	loop_idle(l, sleeps, &(struct doing){ l, "asleep", 0, false });
	loop_turn(l, 0);
	assert_string_equal(loop_worst(l).work, "asleep");
	assert_string_equal(loop_worst_cpu(l).work, "large");
	assert_false(large.over);
	loop_free(l);
}

static bool until_over(void *arg)
{
	struct loop *l = arg;

	while (!loop_slice_over(l))
		;
	return false;
}

static void a_slice_ends(void **state)
{
	struct loop *l = loop_new();

	(void)state;
	loop_idle(l, until_over, l);
	loop_turn(l, 0);
	assert_true(loop_worst(l).work_ns >= LOOP_SLICE_NS);
	assert_string_equal(loop_worst(l).work, "idle work");
	loop_virtual(l, 1);
	assert_false(loop_slice_over(l));
	loop_free(l);
}

/* A timer that is always due does not shut out descriptors. */
struct greedy {
	struct loop *loop;
	struct timer t;
	int fired;
};

static void again_at_once(void *arg, uint64_t now)
{
	struct greedy *g = arg;

	(void)now;
	assert_true(++g->fired < 100);
	timer_set(g->loop, &g->t, 1);
}

static void greedy_timer_starves_nobody(void **state)
{
	struct greedy g = { .loop = loop_new() };
	struct pair p = { .loop = g.loop, .fd = { eventfd(1, EFD_NONBLOCK), -1 } };

	(void)state;
	g.t = (struct timer){ .fn = again_at_once, .arg = &g };
	timer_set(g.loop, &g.t, 1);
	assert_int_equal(loop_fd(g.loop, p.fd[0], EPOLLIN, count_events, &p), 0);
	for (int i = 0; i < 3; i++)
		loop_turn(g.loop, SECOND);
	assert_int_equal(p.calls, 3);
	assert_int_equal(g.fired, 3);
	loop_fd_off(g.loop, p.fd[0]);
	fd_done(&p.fd[0]);
	loop_free(g.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_in_order_at_its_time),
		cmocka_unit_test(moved_timers),
		cmocka_unit_test(callback_may_set_and_stop),
		cmocka_unit_test(heap_against_a_list),
		cmocka_unit_test(idle_takes_turns),
		cmocka_unit_test(advance_runs_idle_work),
		cmocka_unit_test(stale_event_is_dropped),
		cmocka_unit_test(registration_changes),
		cmocka_unit_test(signal_reaches_the_loop),
		cmocka_unit_test(real_timer_fires),
		cmocka_unit_test(worst_work_is_named),
		cmocka_unit_test(a_slice_ends),
		cmocka_unit_test(greedy_timer_starves_nobody),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
