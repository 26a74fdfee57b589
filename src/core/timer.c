/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timer.c: the delay timers of circuits, a binary heap over circuit.revert_at. Nothing here looks at a
 * clock: a run says what time it is, core_next() when core wants to be run.
 */
#include "core/run.h"

static void place(struct core *c, struct circuit *ci, uint32_t at)
{
	c->timer[at] = ci;
	ci->heap = at;
}

static void sift_up(struct core *c, struct circuit *ci, uint32_t at)
{
	for (; at > 1 && c->timer[at / 2]->revert_at > ci->revert_at; at /= 2)
		place(c, c->timer[at / 2], at);
	place(c, ci, at);
}

static void sift_down(struct core *c, struct circuit *ci, uint32_t at)
{
	for (uint32_t kid; (kid = 2 * at) <= c->n_timer; at = kid) {
		kid += kid < c->n_timer && c->timer[kid + 1]->revert_at < c->timer[kid]->revert_at;
		if (c->timer[kid]->revert_at >= ci->revert_at)
			break;
		place(c, c->timer[kid], at);
	}
	place(c, ci, at);
}

static void sift(struct core *c, struct circuit *ci, uint32_t at)
{
	if (at > 1 && c->timer[at / 2]->revert_at > ci->revert_at)
		sift_up(c, ci, at);
	else
		sift_down(c, ci, at);
}

void timer_put(struct core *c, struct circuit *ci)
{
	sift(c, ci, ci->heap ? ci->heap : ++c->n_timer);
}

void timer_take(struct core *c, struct circuit *ci)
{
	uint32_t at = ci->heap;

	if (!at)
		return;
	struct circuit *last = c->timer[c->n_timer--];

	ci->heap = 0;
	if (last != ci)
		sift(c, last, at);
}

void timers_due(struct core *c)
{
	for (; c->work && c->n_timer && c->timer[1]->revert_at <= c->now_ns; c->work--) {
		struct circuit *ci = c->timer[1];

		timer_take(c, ci);
		circuit_dirty(c, ci);
	}
}

uint64_t core_next(const struct core *c)
{
	uint64_t timer = c->n_timer ? c->timer[1]->revert_at : 0, label = labels_next(c);

	return timer && (!label || timer < label) ? timer : label;
}
