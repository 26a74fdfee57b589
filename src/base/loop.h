/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop.h: the event loop: descriptors, timers, idle work, signals by signalfd.
 *
 * epoll_pwait2 with a lazy timer heap. The clock is CLOCK_MONOTONIC in nanoseconds, or virtual:
 * a test that calls loop_virtual() moves time itself and 30 s timers run in microseconds.
 * One thread owns a loop and everything registered with it.
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
void loop_free(struct loop *l);		/* closes nothing it was given */
uint64_t loop_now(const struct loop *l);

/* @fn is called with EPOLL* bits. At most one registration per fd. 0 or -errno. */
int loop_fd(struct loop *l, int fd, uint32_t events, void (*fn)(void *arg, uint32_t events), void *arg);
void loop_fd_off(struct loop *l, int fd);

void timer_set(struct loop *l, struct timer *t, uint64_t at_ns);	/* (re)starts; fires once */
void timer_stop(struct loop *l, struct timer *t);

/* Work done in slices between events: @fn returns true while there is more. A slice should stay
 * below 5 ms; the longest turn of the loop is kept for `display twinwire health`. */
void loop_idle(struct loop *l, bool (*fn)(void *arg), void *arg);

int loop_run(struct loop *l);		/* until loop_stop(); returns what was passed to it */
void loop_stop(struct loop *l, int rc);
uint64_t loop_worst_ns(const struct loop *l);	/* longest turn so far */

/* Tests: from now on time stands still until moved; fires what is due on the way, in order. */
void loop_virtual(struct loop *l, uint64_t now_ns);
void loop_advance(struct loop *l, uint64_t to_ns);

#endif
