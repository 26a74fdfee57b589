/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * deadman.bpf.c: what peers said does not outlive the engine by more than the holding time (abi.h, struct tw_lowered).
 *
 * The engine runs tw_deadman once when it opens the data plane; from then on the timer looks after the heartbeat by
 * itself: it sleeps until the last one it has seen would be too old. It keeps this program and lives as long as
 * somebody in user space, or a pin, holds the map.
 */
#include <linux/pkt_cls.h>

#include "lib/maps.h"

#define CLOCK_MONOTONIC 1
#define EBUSY 16
#define SOON 1000000ull			/* ns: a look that is due at once */

struct tw_deadman {
	struct bpf_timer timer;
};
TW_ARRAY(deadman, struct tw_deadman, 1, 0);

#define read_once(x)	(*(const volatile typeof(x) *)&(x))
#define write_once(x, v) (*(volatile typeof(x) *)&(x) = (v))

/* Nobody raises this flag meanwhile but an engine, which then sees in lowered[0] that it has to do so again. */
static __always_inline __u32 declare_dead(struct tw_live *l)
{
	__u8 armed = read_once(l->armed);

	if (!armed || armed == read_once(l->dead))
		return 0;
	write_once(l->dead, armed);
	return 1;
}

struct sum {
	__u32 n;
};

static long lower_guard(__u32 i, struct sum *s)
{
	struct tw_live *l = tw_row(guard_live, i + 1);	/* guard 0 is always up */

	if (l)
		s->n += declare_dead(l);
	return 0;
}

static long lower_path(__u32 i, struct sum *s)
{
	struct tw_live *l = tw_row(path_live, i);
	const struct tw_path *p = tw_row(path, i);

	if (l && p && p->row[read_once(l->armed) & 1].flags & TW_PATH_SIGNALLED)
		s->n += declare_dead(l);
	return 0;
}

static __always_inline void lower(__u64 beat, __u64 now)
{
	struct tw_lowered *told = tw_row(lowered, 0);
	struct sum guards = {}, paths = {};

	if (!told || read_once(told->beat) == beat)
		return;			/* once is enough: nothing has been raised since */
	bpf_loop(TW_GUARDS - 1, lower_guard, &guards, 0);
	bpf_loop(TW_PATHS, lower_path, &paths, 0);
	told->when = now;
	told->guards = guards.n;
	told->paths = paths.n;
	write_once(told->beat, beat);
}

static int look(void *map, __u32 *key, struct tw_deadman *d)
{
	const struct tw_ctl *c = tw_row(ctl, 0);
	__u64 now = bpf_ktime_get_ns(), beat, hold, age;

	(void)map, (void)key;
	if (!c)
		return 0;
	hold = read_once(c->hold);
	beat = read_once(c->heartbeat);
	age = now > beat ? now - beat : 0;
	if (!hold)
		return 0;		/* the engine starts it again when there is one */
	if (age >= hold) {
		lower(beat, now);
		age = 0;
	}
	bpf_timer_start(&d->timer, hold - age, 0);
	return 0;
}

/* Run by hand, on any frame. 0: the timer runs, and no look that began before is still under way. */
SEC("tc")
int tw_deadman(struct __sk_buff *skb)
{
	struct tw_deadman *d = tw_row(deadman, 0);
	long rc;

	(void)skb;
	if (!d)
		return 1;
	rc = bpf_timer_init(&d->timer, &deadman, CLOCK_MONOTONIC);
	if (rc && rc != -EBUSY)
		return 2;
	bpf_timer_cancel(&d->timer);	/* waits for one that runs */
	if (bpf_timer_set_callback(&d->timer, look))
		return 3;
	return bpf_timer_start(&d->timer, SOON, 0) ? 4 : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
