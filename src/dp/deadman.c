/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deadman.c: the heartbeat, and the timer of the kernel that misses it (bpf/abi.h, struct tw_lowered). Owns what is
 * known of both: how old the heartbeat of a former engine was, and which one the timer missed last.
 */
#include "dp/inner.h"

#include <errno.h>

#include "base/log.h"
#include "sys/bpf.h"

/* @beat: the last one of a former engine; @lowered: the last one that its timer found older than @hold. */
void deadman_found(struct dp *d, uint64_t beat, uint64_t hold, uint64_t lowered, uint64_t now_ns)
{
	uint64_t age = now_ns > beat ? now_ns - beat : 0;

	if (!beat)
		return;
	if (lowered == beat && age < hold)
		age = hold;		/* it fired after @now_ns was read */
	if (age < d->found_age)
		d->found_age = age;
}

static uint64_t lowered(const struct dp *d)
{
	return __atomic_load_n(&ROW(d, LOWERED, struct tw_lowered, 0)->beat, __ATOMIC_ACQUIRE);
}

/* The timer is armed anew and goes by this build's program. When this returns no look that saw what was in ctl[] before
 * is still under way. */
static int arm(struct dp *d)
{
	uint32_t ret;
	int rc = sys_prog_run(d->set.prog[PROG_DEADMAN], &ret);

	return rc ? rc : ret ? -EIO : 0;
}

int deadman_start(struct dp *d, uint64_t hold_ns, uint64_t now_ns)
{
	struct tw_ctl *c = ROW(d, CTL, struct tw_ctl, 0);
	uint64_t hold = c->hold, beat = __atomic_exchange_n(&c->heartbeat, now_ns, __ATOMIC_SEQ_CST);

	__atomic_store_n(&c->hold, hold_ns, __ATOMIC_SEQ_CST);
	int rc = arm(d);
	d->lowered = lowered(d);
	deadman_found(d, beat, hold, d->lowered, now_ns);
	return rc;
}

int dp_hold(struct dp *d, uint64_t hold_ns)
{
	struct tw_ctl *c = ROW(d, CTL, struct tw_ctl, 0);

	if (!hold_ns)
		return -EINVAL;
	if (c->hold == hold_ns)
		return 0;
	__atomic_store_n(&c->hold, hold_ns, __ATOMIC_SEQ_CST);
	return arm(d);
}

bool dp_heartbeat(struct dp *d, uint64_t now_ns)
{
	const struct tw_lowered *l = ROW(d, LOWERED, struct tw_lowered, 0);
	uint64_t missed;

	__atomic_store_n(&ROW(d, CTL, struct tw_ctl, 0)->heartbeat, now_ns, __ATOMIC_RELAXED);
	missed = lowered(d);
	if (missed == d->lowered)
		return false;
	d->lowered = missed;
	log_event(LOG_P_WARNING, "dead-man", "silent_ms=%llu guards=%u paths=%u text=\"the engine was silent for longer than "
		  "the holding time: what is signalled was taken down\"",
		  (unsigned long long)((l->when - missed) / 1000000), l->guards, l->paths);
	return true;
}

uint64_t dp_heartbeat_age(const struct dp *d)
{
	return d->found_age;
}
