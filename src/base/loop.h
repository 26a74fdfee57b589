/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop.h: the event loop: descriptors, timers, idle work, signals by signalfd.
 *
 * epoll_pwait2 with a lazy timer heap. The clock is CLOCK_MONOTONIC in nanoseconds, or virtual:
 * a test that calls loop_virtual() moves time itself and 30 s timers run in microseconds.
 * One thread owns a loop and everything registered with it. Callbacks may register, stop and remove
 * anything, themselves included.
 */
#ifndef TW_LOOP_H
#define TW_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

struct timer {				/* owned by the user; zero it before the first use */
	uint64_t at_ns;			/* 0 = not running */
	void (*fn)(void *arg, uint64_t now_ns);
	void *arg;
	uint32_t heap;			/* loop's own */
};

struct loop *loop_new(void);		/* NULL: errno says why */
void loop_free(struct loop *l);		/* closes nothing it was given; timers become stopped */
uint64_t loop_now(const struct loop *l);	/* when this turn woke up (virtual: the virtual time) */

/* @fn is called with EPOLL* bits. At most one registration per fd: a second call changes the first.
 * 0 or -errno. Call loop_fd_off() before the descriptor is closed. */
int loop_fd(struct loop *l, int fd, uint32_t events, void (*fn)(void *arg, uint32_t events), void *arg);
void loop_fd_off(struct loop *l, int fd);

/* Blocks @signo for the calling thread and calls @fn from the loop instead. 0 or -errno; a second
 * call for a signal changes the first. Threads made later inherit the blocked mask. */
int loop_signal(struct loop *l, int signo, void (*fn)(void *arg, int signo), void *arg);

/* (Re)starts @t; fires once, at @at_ns or as soon after as the loop comes round. Aborts when memory
 * runs out: a timer that silently does not run is worse. timer_stop() must precede the end of the
 * timer's memory. */
void timer_set(struct loop *l, struct timer *t, uint64_t at_ns);
void timer_stop(struct loop *l, struct timer *t);

/* Work done in slices between events: @fn returns true while there is more. A slice should stay
 * below 5 ms (loop_slice_over() says when to stop at 2); the longest turn of the loop is kept for
 * `display twinwire health`. Works take turns, one slice a turn. Registering the same (@fn, @arg) again while it is queued does nothing. */
void loop_idle(struct loop *l, bool (*fn)(void *arg), void *arg);
void loop_idle_off(struct loop *l, bool (*fn)(void *arg), void *arg);

int loop_run(struct loop *l);		/* until loop_stop(); returns what was passed to it, or -errno */
void loop_stop(struct loop *l, int rc);
/* One turn that waits at most @max_wait_ns of real time (UINT64_MAX: for ever). 0 or -errno. */
int loop_turn(struct loop *l, uint64_t max_wait_ns);

/* The longest turn so far, waiting excluded, and the callback or slice that took most of it; by the clock, and by
 * what this thread ran: the difference is time that others had on a busy machine, or waiting for the kernel. */
struct loop_worst {
	uint64_t turn_ns, work_ns;
	const char *work;		/* what it said by loop_doing(), else its kind; NULL: no turn yet */
	uint64_t at_ns;			/* when the turn began */
};
struct loop_worst loop_worst(const struct loop *l);
struct loop_worst loop_worst_cpu(const struct loop *l);
/* Says what the callback under way is about: a few words for an operator that stay valid. The last word counts. */
void loop_doing(struct loop *l, const char *what);
/* The callback under way has had what a slice may take (LOOP_SLICE_NS): to be asked every few dozen microseconds
 * by who can stop and go on later. On a virtual clock never, so that a test decides how far a slice goes. */
#define LOOP_SLICE_NS 2000000ull
bool loop_slice_over(const struct loop *l);

/* Tests: from now on time stands still until moved. loop_advance() fires what is due on the way, in
 * order, each at its own time, and runs idle work to its end after each; it looks at no descriptor. */
void loop_virtual(struct loop *l, uint64_t now_ns);
void loop_advance(struct loop *l, uint64_t to_ns);

#endif
