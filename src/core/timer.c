/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timer.c: the timers of circuits, a binary heap over the earliest of each circuit's, and the pace of reverts. Nothing
 * here looks at a clock: a run says what time it is, core_next() when core wants to be run.
 */
#include "core/run.h"


static void place(struct core *c, struct circuit *ci, uint32_t at)
{
	c->timer[at] = ci;
	ci->heap = at;
}

static void sift_up(struct core *c, struct circuit *ci, uint32_t at)
{
	for (; at > 1 && c->timer[at / 2]->due > ci->due; at /= 2)
		place(c, c->timer[at / 2], at);
	place(c, ci, at);
}

static void sift_down(struct core *c, struct circuit *ci, uint32_t at)
{
	for (uint32_t kid; (kid = 2 * at) <= c->n_timer; at = kid) {
		kid += kid < c->n_timer && c->timer[kid + 1]->due < c->timer[kid]->due;
		if (c->timer[kid]->due >= ci->due)
			break;
		place(c, c->timer[kid], at);
	}
	place(c, ci, at);
}

static void sift(struct core *c, struct circuit *ci, uint32_t at)
{
	if (at > 1 && c->timer[at / 2]->due > ci->due)
		sift_up(c, ci, at);
	else
		sift_down(c, ci, at);
}

/* The earlier of two ends; 0 = it does not run. */
static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a && (!b || a < b) ? a : b;
}

void timer_fit(struct core *c, struct circuit *ci)
{
	ci->due = earlier(earlier(ci->revert_at, ci->hold_at), earlier(ci->resume_at, role_due(ci)));
	if (ci->due)
		sift(c, ci, ci->heap ? ci->heap : ++c->n_timer);
	else
		timer_take(c, ci);
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
	for (; c->work && c->n_timer && c->timer[1]->due <= c->now_ns; c->work--) {
		struct circuit *ci = c->timer[1];

		timer_take(c, ci);
		circuit_dirty(c, ci);
	}
}

uint64_t core_next(const struct core *c)
{
	return earlier(c->n_timer ? c->timer[1]->due : 0, labels_next(c));
}

/* ---- pace ----------------------------------------------------------------------------------------- */

uint64_t pace_gap(const struct core *c)
{
	uint32_t rate = c->system && c->system->reroute_rate_set ? c->system->reroute_rate : REROUTE_RATE_DEFAULT;

	return rate ? SECOND / rate : 0;
}

/* Who has been given a turn keeps it. Others go at once while few do, else after the last. */
bool pace_take(struct core *c, struct circuit *ci)
{
	struct pace *p = &c->pace;
	uint64_t gap = pace_gap(c);

	if (!gap || (ci->queued && ci->revert_at <= c->now_ns))
		return true;
	if (c->now_ns >= p->since + SECOND) {
		p->since = c->now_ns;
		p->n = 0;
	}
	if (p->last <= c->now_ns && p->n < PACE_BURST) {
		p->n++;
		return true;
	}
	p->last = (p->last > c->now_ns ? p->last : c->now_ns) + gap;
	ci->revert_at = p->last;
	p->waiting += !ci->queued;
	ci->queued = true;
	return false;
}

/* Another pace: who waits for a turn by the old one gets a new one, or goes. */
void pace_changed(struct core *c)
{
	c->pace.last = 0;
	c->pace.again = c->pace.waiting ? 1 : 0;
}

void pace_again(struct core *c)
{
	struct pace *p = &c->pace;

	for (; c->work && p->again; c->work--) {
		struct circuit *ci = circuit_at(c, p->again);

		p->again = p->again < c->n_circuit_slots ? p->again + 1 : 0;
		if (!ci || !ci->queued)
			continue;
		ci->queued = false;		/* .revert_at stays: it has waited since */
		p->waiting--;
		circuit_dirty(c, ci);
	}
}

void pace_leave(struct core *c, struct circuit *ci)
{
	if (!ci->queued)
		return;
	ci->queued = false;
	if (!--c->pace.waiting)
		c->pace.last = 0;
}
