/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop.c: owns the epoll descriptor, the signalfd, the timer heap and the queue of idle work.
 *
 * The heap is lazy: a running timer that is moved to a later time (the common case: a heartbeat, a
 * hold timer) stays where it is and is put right when its old time comes. Stopping removes at once,
 * because the memory is the user's.
 */
#include "base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>

#include "base/fd.h"

#define BATCH 64
#define SECOND 1000000000ull
#define FOREVER UINT64_MAX

struct watch {				/* index: the descriptor */
	void (*fn)(void *arg, uint32_t events);
	void *arg;
	uint32_t generation;		/* tells a stale event of a closed descriptor from its successor's */
};

struct due {
	uint64_t at_ns;			/* not later than the timer's own */
	struct timer *t;
};

struct work {
	bool (*fn)(void *arg);
	void *arg;
};

struct loop {
	int ep, sig;
	sigset_t mask;
	struct {
		void (*fn)(void *arg, int signo);
		void *arg;
	} on_signal[NSIG];
	struct watch *watch;
	uint32_t n_watch, generation;
	struct due *heap;		/* heap[0] is the root; timer.heap is index + 1 */
	uint32_t n_heap, max_heap;
	struct work *work;
	uint32_t n_work, max_work;
	uint64_t now;
	struct loop_worst worst, worst_cpu;
	struct loop_worst turn, turn_cpu;	/* the one under way */
	const char *doing;		/* of the callback under way, as it said */
	uint64_t began, began_cpu;	/* ... and when, by the real clock and by the thread's */
	bool virt, stop;
	int rc;
};

static uint64_t clock_of(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

static uint64_t clock_ns(void)
{
	return clock_of(CLOCK_MONOTONIC);
}

static uint64_t cpu_ns(void)
{
	return clock_of(CLOCK_THREAD_CPUTIME_ID);
}

static void *grow(void *p, uint32_t *max, uint32_t need, size_t size)
{
	uint32_t n = *max ? *max : 16;

	if (need <= *max)
		return p;
	while (n < need)
		n *= 2;
	p = reallocarray(p, n, size);
	if (!p)
		abort();
	*max = n;
	return p;
}

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->sig = -1;
	sigemptyset(&l->mask);
	l->ep = epoll_create1(EPOLL_CLOEXEC);
	if (l->ep < 0) {
		free(l);
		return NULL;
	}
	l->now = clock_ns();
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->n_heap; i++) {
		l->heap[i].t->heap = 0;
		l->heap[i].t->at_ns = 0;
	}
	fd_done(&l->sig);
	fd_done(&l->ep);
	free(l->watch);
	free(l->heap);
	free(l->work);
	free(l);
}

uint64_t loop_now(const struct loop *l)
{
	return l->now;
}

/* ---- how long, and who -------------------------------------------------------------------- */

struct loop_worst loop_worst(const struct loop *l)
{
	return l->worst;
}

void loop_doing(struct loop *l, const char *what)
{
	l->doing = what;
}

bool loop_slice_over(const struct loop *l)
{
	return !l->virt && clock_ns() - l->began >= LOOP_SLICE_NS;
}

static void begin(struct loop *l, const char *kind)
{
	l->doing = kind;
	l->began = clock_ns();
	l->began_cpu = cpu_ns();
}

static void took(const struct loop *l, struct loop_worst *turn, uint64_t ns)
{
	if (ns < turn->work_ns)
		return;
	turn->work_ns = ns;
	turn->work = l->doing;
}

static void end(struct loop *l)
{
	took(l, &l->turn, clock_ns() - l->began);
	took(l, &l->turn_cpu, cpu_ns() - l->began_cpu);
}

static void turn_over(const struct loop_worst *turn, struct loop_worst *worst)
{
	if (turn->turn_ns > worst->turn_ns)
		*worst = *turn;
}

struct loop_worst loop_worst_cpu(const struct loop *l)
{
	return l->worst_cpu;
}

/* ---- descriptors ------------------------------------------------------------------------- */

static int watch_room(struct loop *l, int fd)
{
	uint32_t n = l->n_watch ? l->n_watch : 64;
	struct watch *w;

	while (n <= (uint32_t)fd)
		n *= 2;
	if (n == l->n_watch)
		return 0;
	w = reallocarray(l->watch, n, sizeof(*w));
	if (!w)
		return -ENOMEM;
	memset(w + l->n_watch, 0, (n - l->n_watch) * sizeof(*w));
	l->watch = w;
	l->n_watch = n;
	return 0;
}

int loop_fd(struct loop *l, int fd, uint32_t events, void (*fn)(void *arg, uint32_t events), void *arg)
{
	struct epoll_event ev = { .events = events };
	uint32_t generation = l->generation + 1;
	int op, rc;

	if (fd < 0)
		return -EBADF;
	rc = watch_room(l, fd);
	if (rc)
		return rc;
	op = l->watch[fd].fn ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	ev.data.u64 = (uint64_t)generation << 32 | (uint32_t)fd;
	if (epoll_ctl(l->ep, op, fd, &ev))
		return -errno;
	l->generation = generation;
	l->watch[fd] = (struct watch){ fn, arg, generation };
	return 0;
}

void loop_fd_off(struct loop *l, int fd)
{
	if (fd < 0 || (uint32_t)fd >= l->n_watch || !l->watch[fd].fn)
		return;
	l->watch[fd].fn = NULL;
	epoll_ctl(l->ep, EPOLL_CTL_DEL, fd, NULL);
}

static void dispatch(struct loop *l, const struct epoll_event *ev)
{
	uint32_t fd = (uint32_t)ev->data.u64, generation = (uint32_t)(ev->data.u64 >> 32);
	struct watch *w = &l->watch[fd];

	if (!w->fn || w->generation != generation)
		return;
	begin(l, "a descriptor");
	w->fn(w->arg, ev->events);
	end(l);
}

/* ---- signals ----------------------------------------------------------------------------- */

static void read_signals(void *arg, uint32_t events)
{
	struct loop *l = arg;
	struct signalfd_siginfo si;

	(void)events;
	while (read(l->sig, &si, sizeof(si)) == (ssize_t)sizeof(si))
		if (si.ssi_signo < NSIG && l->on_signal[si.ssi_signo].fn)
			l->on_signal[si.ssi_signo].fn(l->on_signal[si.ssi_signo].arg, (int)si.ssi_signo);
}

int loop_signal(struct loop *l, int signo, void (*fn)(void *arg, int signo), void *arg)
{
	sigset_t one;
	int fd, rc;

	if (signo <= 0 || signo >= NSIG)
		return -EINVAL;
	sigemptyset(&one);
	sigaddset(&one, signo);
	sigaddset(&l->mask, signo);
	rc = pthread_sigmask(SIG_BLOCK, &one, NULL);
	if (rc)
		return -rc;
	l->on_signal[signo].fn = fn;
	l->on_signal[signo].arg = arg;
	fd = signalfd(l->sig, &l->mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (l->sig >= 0)
		return 0;
	l->sig = fd;
	return loop_fd(l, fd, EPOLLIN, read_signals, l);
}

/* ---- timers ------------------------------------------------------------------------------ */

static void heap_put(struct loop *l, uint32_t i, struct due d)
{
	l->heap[i] = d;
	d.t->heap = i + 1;
}

static void heap_up(struct loop *l, uint32_t i, struct due d)
{
	while (i && l->heap[(i - 1) / 2].at_ns > d.at_ns) {
		heap_put(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(l, i, d);
}

static void heap_down(struct loop *l, uint32_t i, struct due d)
{
	for (;;) {
		uint32_t c = 2 * i + 1;

		if (c >= l->n_heap)
			break;
		if (c + 1 < l->n_heap && l->heap[c + 1].at_ns < l->heap[c].at_ns)
			c++;
		if (l->heap[c].at_ns >= d.at_ns)
			break;
		heap_put(l, i, l->heap[c]);
		i = c;
	}
	heap_put(l, i, d);
}

static void heap_place(struct loop *l, uint32_t i, struct due d)
{
	if (i && l->heap[(i - 1) / 2].at_ns > d.at_ns)
		heap_up(l, i, d);
	else
		heap_down(l, i, d);
}

static void heap_remove(struct loop *l, uint32_t i)
{
	struct due last = l->heap[--l->n_heap];

	l->heap[i].t->heap = 0;
	if (i < l->n_heap)
		heap_place(l, i, last);
}

void timer_set(struct loop *l, struct timer *t, uint64_t at_ns)
{
	t->at_ns = at_ns ? at_ns : 1;
	if (!t->heap) {
		l->heap = grow(l->heap, &l->max_heap, l->n_heap + 1, sizeof(*l->heap));
		heap_up(l, l->n_heap++, (struct due){ t->at_ns, t });
	} else if (t->at_ns < l->heap[t->heap - 1].at_ns) {
		heap_up(l, t->heap - 1, (struct due){ t->at_ns, t });
	}
}

void timer_stop(struct loop *l, struct timer *t)
{
	t->at_ns = 0;
	if (t->heap)
		heap_remove(l, t->heap - 1);
}

/* The time of the first timer, FOREVER when none; puts moved ones right on the way. */
static uint64_t first_due(struct loop *l)
{
	while (l->n_heap && l->heap[0].t->at_ns > l->heap[0].at_ns)
		heap_down(l, 0, (struct due){ l->heap[0].t->at_ns, l->heap[0].t });
	return l->n_heap ? l->heap[0].at_ns : FOREVER;
}

static void fire_first(struct loop *l)
{
	struct timer *t = l->heap[0].t;

	timer_stop(l, t);
	begin(l, "a timer");
	t->fn(t->arg, l->now);
	end(l);
}

/* A timer that sets itself to now again waits for the next turn, so descriptors are not starved:
 * no more fire than were in the heap when the turn began. */
static void fire_due(struct loop *l)
{
	for (uint32_t n = l->n_heap; n && first_due(l) <= l->now; n--)
		fire_first(l);
}

/* ---- idle work --------------------------------------------------------------------------- */

static uint32_t find_work(const struct loop *l, bool (*fn)(void *arg), const void *arg)
{
	uint32_t i = 0;

	while (i < l->n_work && (l->work[i].fn != fn || l->work[i].arg != arg))
		i++;
	return i;
}

void loop_idle(struct loop *l, bool (*fn)(void *arg), void *arg)
{
	if (find_work(l, fn, arg) < l->n_work)
		return;
	l->work = grow(l->work, &l->max_work, l->n_work + 1, sizeof(*l->work));
	l->work[l->n_work++] = (struct work){ fn, arg };
}

void loop_idle_off(struct loop *l, bool (*fn)(void *arg), void *arg)
{
	uint32_t i = find_work(l, fn, arg);

	if (i == l->n_work)
		return;
	l->n_work--;
	memmove(l->work + i, l->work + i + 1, (l->n_work - i) * sizeof(*l->work));
}

static void one_slice(struct loop *l)
{
	struct work w;

	if (!l->n_work)
		return;
	w = l->work[0];
	loop_idle_off(l, w.fn, w.arg);
	begin(l, "idle work");
	bool more = w.fn(w.arg);
	end(l);
	if (more)
		loop_idle(l, w.fn, w.arg);
}

/* ---- turns ------------------------------------------------------------------------------- */

static uint64_t how_long(struct loop *l, uint64_t max_ns)
{
	uint64_t due = first_due(l), wait;

	if (l->n_work)
		return 0;
	if (due == FOREVER)
		return max_ns;
	if (due <= l->now)
		return 0;
	if (l->virt)
		return max_ns;		/* virtual time does not pass by waiting */
	wait = due - l->now;
	return wait < max_ns ? wait : max_ns;
}

int loop_turn(struct loop *l, uint64_t max_wait_ns)
{
	struct epoll_event ev[BATCH];
	uint64_t wait, woke, cpu;
	struct timespec ts;
	int n;

	if (!l->virt)
		l->now = clock_ns();
	wait = how_long(l, max_wait_ns);
	ts.tv_sec = (time_t)(wait / SECOND);
	ts.tv_nsec = (long)(wait % SECOND);
	n = epoll_pwait2(l->ep, ev, BATCH, wait == FOREVER ? NULL : &ts, NULL);
	if (n < 0 && errno != EINTR)
		return -errno;
	woke = clock_ns();
	cpu = cpu_ns();
	l->turn = l->turn_cpu = (struct loop_worst){ .at_ns = woke };
	if (!l->virt)
		l->now = woke;
	for (int i = 0; i < n; i++)
		dispatch(l, &ev[i]);
	fire_due(l);
	one_slice(l);
	l->turn.turn_ns = clock_ns() - woke;
	l->turn_cpu.turn_ns = cpu_ns() - cpu;
	turn_over(&l->turn, &l->worst);
	turn_over(&l->turn_cpu, &l->worst_cpu);
	return 0;
}

int loop_run(struct loop *l)
{
	l->stop = false;
	while (!l->stop) {
		int rc = loop_turn(l, FOREVER);

		if (rc)
			return rc;
	}
	return l->rc;
}

void loop_stop(struct loop *l, int rc)
{
	l->rc = rc;
	l->stop = true;
}

void loop_virtual(struct loop *l, uint64_t now_ns)
{
	l->virt = true;
	l->now = now_ns;
}

void loop_advance(struct loop *l, uint64_t to_ns)
{
	while (l->n_work)
		one_slice(l);
	while (first_due(l) <= to_ns) {
		if (l->heap[0].at_ns > l->now)
			l->now = l->heap[0].at_ns;
		fire_first(l);
		while (l->n_work)
			one_slice(l);
	}
	l->now = to_ns > l->now ? to_ns : l->now;
}
