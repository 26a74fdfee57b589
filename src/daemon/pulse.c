/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pulse.c: signs of life of the pseudowires that circuits send by; see pulse.h.
 *
 * Ten times a second a few circuits are looked at, in turns, by plain loads from the maps: with few circuits each one
 * every time, with 65,536 each one every 13 s (two CPUs), and never more than a small part of a processor.
 */
#include "daemon/pulse.h"

#include <stdlib.h>

#include "base/loop.h"
#include "bpf/abi.h"
#include "daemon/engine.h"
#include "dp/dp_show.h"

/* ---- arithmetic ------------------------------------------------------------------------------------------- */

static uint32_t more(uint32_t sent, uint64_t frames)
{
	return frames < UINT32_MAX - sent ? sent + (uint32_t)frames : UINT32_MAX;
}

void pulse_look(struct pulse *p, enum slot slot, const struct tw_count *now, uint64_t now_ns)
{
	uint32_t at = (uint32_t)(now_ns / PULSE_NS) + 1;

	if (!p->look || p->slot != slot || now->tx_frames < p->tx || now->rx_frames < p->rx) {
		*p = (struct pulse){ .slot = (uint8_t)slot, .mark = at };
	} else if (now->rx_frames != p->rx) {
		p->heard = true;
		p->mark = p->look;
		p->sent = more(0, now->tx_frames - p->tx);
	} else {
		p->sent = more(p->sent, now->tx_frames - p->tx);
	}
	p->tx = now->tx_frames;
	p->rx = now->rx_frames;
	p->look = at;
}

struct at_risk pulse_risk(const struct pulse *p, uint64_t when_ns)
{
	uint64_t mark_ns = (p->mark - 1) * PULSE_NS, ms = when_ns > mark_ns ? (when_ns - mark_ns) / 1000000 : 0;

	return (struct at_risk){ .known = true, .heard = p->heard, .sent = p->sent,
				 .silent_ms = ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX };
}

/* ---- of all circuits ---------------------------------------------------------------------------------------- */

#define ROWS_A_TURN	16384u		/* circuits that are passed by when they have no way out */
#define LOADS_A_TURN	2048u		/* counters that are read; a slot has two for each CPU */

struct pulses {
	struct pulse *v;		/* by circuit */
	uint32_t n;
	uint32_t next;			/* circuit to look at next */
	uint32_t met;			/* circuits of this round that have a way out */
	uint32_t a_turn;		/* looks */
	struct timer timer;
};

struct pulses *pulses_new(void)
{
	return calloc(1, sizeof(struct pulses));
}

void pulses_free(struct pulses *p)
{
	if (p)
		free(p->v);
	free(p);
}

static void look(struct engine *e, uint32_t circuit, enum slot slot)
{
	struct tw_count now;

	dp_show_tally(e->dp, circuit, (uint8_t)slot, &now);
	pulse_look(&e->pulses->v[circuit], slot, &now, loop_now(e->loop));
}

static bool look_at(struct engine *e, uint32_t circuit)
{
	bool way_out;
	uint8_t slot = dp_show_active(e->dp, circuit, &way_out);

	if (!way_out || slot >= TW_SLOTS)
		return false;
	look(e, circuit, (enum slot)slot);
	return true;
}

/* True: it was the last of a round. */
static bool turn(struct engine *e)
{
	struct pulses *p = e->pulses;
	uint32_t looks = 0;

	for (uint32_t rows = 0; rows < ROWS_A_TURN && looks < p->a_turn && p->next < p->n; rows++)
		looks += look_at(e, p->next++);
	p->met += looks;
	return p->next >= p->n;
}

static void on_timer(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;
	struct pulses *p = e->pulses;

	loop_doing(e->loop, "looking for signs of life");
	timer_set(e->loop, &p->timer, now_ns + PULSE_NS);
	if (!turn(e))
		return;
	if (!p->met)
		timer_stop(e->loop, &p->timer);
	p->met = 0;
	p->next = 1;
}

void pulses_reset(struct engine *e)
{
	struct pulses *p = e->pulses;

	pulses_stop(e);
	free(p->v);
	p->n = e->capacity + 1;
	p->next = 1;
	p->met = 0;
	p->v = calloc(p->n, sizeof(*p->v));
	if (!p->v)
		p->n = 0;		/* records do without */
	p->a_turn = LOADS_A_TURN / (2 * dp_show_cpus(e->dp));
	p->a_turn += !p->a_turn;
	pulses_wake(e);
}

void pulses_stop(struct engine *e)
{
	if (e->pulses)
		timer_stop(e->loop, &e->pulses->timer);
}

void pulses_wake(struct engine *e)
{
	struct pulses *p = e->pulses;

	if (!p->n || p->timer.at_ns)
		return;
	p->timer.fn = on_timer;
	p->timer.arg = e;
	timer_set(e->loop, &p->timer, loop_now(e->loop) + PULSE_NS);
}

void pulses_forget(struct engine *e, uint32_t circuit)
{
	if (circuit < e->pulses->n)
		e->pulses->v[circuit] = (struct pulse){ 0 };
}

struct at_risk pulses_switch(struct engine *e, uint32_t circuit, enum slot from, enum slot to, uint64_t when_ns)
{
	struct at_risk risk = { 0 };

	if (!circuit || circuit >= e->pulses->n)
		return risk;
	struct pulse *p = &e->pulses->v[circuit];

	if (p->look && p->slot == from) {
		look(e, circuit, from);
		risk = pulse_risk(p, when_ns);
	}
	*p = (struct pulse){ 0 };
	look(e, circuit, to);
	return risk;
}
