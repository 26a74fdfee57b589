/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * records.c: what is remembered of switches for the operator: the last RECORDS_MAX of all circuits, each with the
 * frames its circuit lost here before it because no pseudowire was usable, and those that went by a pseudowire that
 * failed after it was heard last (pulse.c).
 *
 * The kernel counts those frames for each circuit since it has its index. What the count was when the circuit first
 * carried, and at each switch, is kept here; the differences go into the records. It is read after the decision was
 * carried out, so a frame that comes later has a pseudowire to go by.
 *
 * The ring is written to the run directory in the loop's idle time and read again at a start, where the numbers go on.
 * While that fails, it is tried again from time to time, and nothing but the copy on disk is missing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "daemon/engine.h"
#include "daemon/pulse.h"
#include "daemon/records.h"

#define AGAIN_NS	10000000000ull	/* between two attempts to write, when one failed */

struct records {
	struct cli_switch *ring;	/* RECORDS_MAX, made with the first switch; .number n lies at n % RECORDS_MAX */
	uint64_t n;			/* switches so far */
	uint64_t *lost;			/* by circuit: the count when it was looked at last + 1; 0: it was not */
	uint32_t circuits;		/* there is room for */
	struct record_file file;
	bool open;			/* .file is written to */
	bool failing;			/* not now, but when .again comes round; the log has it */
	struct timer again;
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

static void keep(struct records *r, const struct cli_switch *s)
{
	if (!r->ring)
		r->ring = calloc(RECORDS_MAX, sizeof(*r->ring));
	if (r->ring)
		r->ring[s->number % RECORDS_MAX] = *s;
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

/* ---- on disk ------------------------------------------------------------------------------------------------- */

static bool write_some(void *arg);

static void on_again(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;

	(void)now_ns;
	loop_idle(e->loop, write_some, e);
}

/* One line in the log when it begins, one when it is over. */
static void failed(struct engine *e, int rc)
{
	struct records *r = e->records;

	if (!r->failing)
		log_event(LOG_P_ERR, "switches-not-written", "file=%s error=%d text=\"%s; the records of switches would not "
			  "survive a restart; tried again every %llu s\"", r->file.path, -rc, strerror(-rc),
			  AGAIN_NS / 1000000000);
	r->failing = true;
	r->again.fn = on_again;
	r->again.arg = e;
	timer_set(e->loop, &r->again, loop_now(e->loop) + AGAIN_NS);
}

/* One write a turn: what matters in a storm of switches are the circuits. */
static bool write_some(void *arg)
{
	struct engine *e = arg;
	struct records *r = e->records;
	int rc;

	if (!r->ring)
		return false;
	loop_doing(e->loop, "writing records of switches");
	rc = record_file_write(&r->file, r->ring, r->n);
	if (rc < 0)
		failed(e, rc);
	if (!rc && r->failing) {
		r->failing = false;
		log_event(LOG_P_NOTICE, "switches-written", "file=%s", r->file.path);
	}
	return rc == 1;
}

static void read_one(void *arg, const struct cli_switch *s)
{
	struct records *r = arg;

	keep(r, s);
	r->n = s->number;
}

/* The newest of each circuit is what core would have of it. That of another boot is on a clock that is gone. */
static void tell_core(struct engine *e)
{
	struct records *r = e->records;
	uint64_t now = mono_ns();

	for (uint64_t n = r->n > RECORDS_MAX ? r->n - RECORDS_MAX + 1 : 1; r->ring && n <= r->n; n++) {
		const struct cli_switch *s = &r->ring[n % RECORDS_MAX];
		struct core_event ev = { .kind = CEV_SWITCH, .when_ns = s->when_ns, .from = (uint8_t)s->from,
					 .to = (uint8_t)s->to, .reason = s->reason, .detector = s->detector };

		if (s->number != n || s->when_ns > now)
			continue;
		memcpy(ev.name, s->name, sizeof(s->name));
		core_seed_switch(e->core, &ev);
	}
}

void records_open(struct engine *e)
{
	struct records *r = e->records;
	struct record_found found;
	int rc;

	record_file_init(&r->file, e->run_dir);
	rc = record_file_read(&r->file, read_one, r, &found);
	if (rc)
		log_event(LOG_P_WARNING, "switches-not-read", "file=%s error=%d text=\"%s; the records begin anew\"",
			  r->file.path, -rc, rc == -EPROTO ? "it is not of this version" : strerror(-rc));
	else if (found.bad)
		log_event(LOG_P_WARNING, "switches-damaged", "file=%s taken=%u bad=%u text=\"lines that are no records were "
			  "skipped\"", r->file.path, found.taken, found.bad);
	r->open = true;
	tell_core(e);
}

void records_close(struct engine *e)
{
	struct records *r = e->records;

	if (!r || !r->open)
		return;
	loop_idle_off(e->loop, write_some, e);
	while (write_some(e))
		;
	timer_stop(e->loop, &r->again);
	r->open = false;
}

/* ---- as they happen -------------------------------------------------------------------------------------- */

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

static void note_risk(struct cli_switch *s, const struct at_risk *risk)
{
	s->watched = true;
	s->heard = risk->heard;
	s->at_risk = risk->sent;
	s->silent_ms = risk->silent_ms;
}

static void switched(struct engine *e, const struct core_event *ev)
{
	struct records *r = e->records;
	struct cli_switch s = {
		.number = ++r->n, .when_ns = ev->when_ns, .time_ns = wall_ns(ev->when_ns), .from = (enum slot)ev->from,
		.to = (enum slot)ev->to, .reason = ev->reason, .detector = ev->detector,
	};

	struct at_risk risk = pulses_switch(e, ev->circuit, s.from, s.to, ev->when_ns);

	if (ev->failed && risk.known)
		note_risk(&s, &risk);
	s.counted = lost(e, ev->circuit, &s.dropped);
	if (!s.counted)
		s.dropped = 0;
	snprintf(s.name, sizeof(s.name), "%.*s", (int)sizeof(s.name) - 1, ev->name);
	keep(r, &s);
	if (r->open && !r->failing)
		loop_idle(e->loop, write_some, e);
}

static void carries(struct engine *e, uint32_t circuit)
{
	struct records *r = e->records;
	uint64_t n;

	if (circuit < r->circuits && !r->lost[circuit])
		lost(e, circuit, &n);
}

static void gone(struct engine *e, uint32_t circuit)
{
	struct records *r = e->records;

	pulses_forget(e, circuit);
	if (circuit < r->circuits)
		r->lost[circuit] = 0;
}

void records_action(struct engine *e, const struct action *a)
{
	if (a->kind == ACT_EVENT && a->event.kind == CEV_SWITCH)
		switched(e, &a->event);
	else if (a->kind == ACT_CIRCUIT && !a->circuit.used)
		gone(e, a->circuit.index);
	else if (a->kind == ACT_CIRCUIT)
		pulses_wake(e);			/* it may have a second pseudowire now */
	else if (a->kind == ACT_STEER && a->steer.active != SLOT_NONE)
		carries(e, a->steer.circuit);
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
