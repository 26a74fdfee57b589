/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * records.c: what is remembered of switches for the operator: the last RECORDS_MAX of all circuits, each with the
 * frames its circuit lost here before it because no pseudowire was usable.
 *
 * The kernel counts those frames for each circuit since it has its index. What the count was when the circuit first
 * carried, and at each switch, is kept here; the differences go into the records. It is read after the decision was
 * carried out, so a frame that comes later has a pseudowire to go by.
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/engine.h"

struct records {
	struct cli_switch *ring;	/* RECORDS_MAX, made with the first switch; .number n lies at n % RECORDS_MAX */
	uint64_t n;			/* switches so far */
	uint64_t *lost;			/* by circuit: the count when it was looked at last + 1; 0: it was not */
	uint32_t circuits;		/* there is room for */
};

struct records *records_new(void)
{
	return calloc(1, sizeof(struct records));
}

void records_free(struct records *r)
{
	if (!r)
		return;
	free(r->ring);
	free(r->lost);
	free(r);
}

void records_reset(struct engine *e)
{
	struct records *r = e->records;

	free(r->lost);
	r->circuits = e->capacity + 1;
	r->lost = calloc(r->circuits, sizeof(*r->lost));
	if (!r->lost)
		r->circuits = 0;		/* records do without */
}

static uint64_t mono_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* @when_ns of the loop's clock, by the wall clock. */
static uint64_t wall_ns(uint64_t when_ns)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec - (mono_ns() - when_ns);
}

/* Frames lost since the last look; false: nobody looked before. */
static bool lost(struct engine *e, uint32_t circuit, uint64_t *n)
{
	struct records *r = e->records;
	uint64_t now, before;

	if (!circuit || circuit >= r->circuits)
		return false;
	now = dp_show_no_pw(e->dp, circuit);
	before = r->lost[circuit];
	r->lost[circuit] = now + 1;
	*n = now + 1 - before;
	return before && now + 1 >= before;
}

static void switched(struct engine *e, const struct core_event *ev)
{
	struct records *r = e->records;
	struct cli_switch s = {
		.number = ++r->n, .when_ns = ev->when_ns, .time_ns = wall_ns(ev->when_ns), .from = (enum slot)ev->from,
		.to = (enum slot)ev->to, .reason = ev->reason, .detector = ev->detector,
	};

	s.counted = lost(e, ev->circuit, &s.dropped);
	if (!s.counted)
		s.dropped = 0;
	snprintf(s.name, sizeof(s.name), "%.*s", (int)sizeof(s.name) - 1, ev->name);
	if (!r->ring)
		r->ring = calloc(RECORDS_MAX, sizeof(*r->ring));
	if (r->ring)
		r->ring[s.number % RECORDS_MAX] = s;
}

void records_action(struct engine *e, const struct action *a)
{
	struct records *r = e->records;
	uint64_t n;

	if (a->kind == ACT_EVENT && a->event.kind == CEV_SWITCH)
		switched(e, &a->event);
	else if (a->kind == ACT_CIRCUIT && !a->circuit.used && a->circuit.index < r->circuits)
		r->lost[a->circuit.index] = 0;
	else if (a->kind == ACT_STEER && a->steer.active != SLOT_NONE && a->steer.circuit < r->circuits &&
		 !r->lost[a->steer.circuit])
		lost(e, a->steer.circuit, &n);
}

int records_each(const struct records *r, const char *ifname, int (*fn)(void *arg, const struct cli_switch *s), void *arg)
{
	int rc = 0;

	for (uint64_t n = r->ring ? r->n : 0; !rc && n && n + RECORDS_MAX > r->n; n--) {
		const struct cli_switch *s = &r->ring[n % RECORDS_MAX];

		if (s->number == n && (!ifname || !strcmp(ifname, s->name)))
			rc = fn(arg, s);
	}
	return rc;
}
