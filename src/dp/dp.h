/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dp.h: actions become map rows; counters come back; pinned state is adopted after a restart.
 *
 * Owns: the pins below <bpf-dir>/<instance>/v<layout>/, the attachments, the preparation of ports,
 * the live flags (through sys/live.h). Knows nothing of LDP or of configuration text.
 */
#ifndef TW_DP_H
#define TW_DP_H

#include "base/loop.h"
#include "core/action.h"
#include "core/core.h"
#include "dp/dp_show.h"

struct dp;

struct dp_open {
	const char *bpf_dir;
	const char *run_dir;		/* its base name is the instance */
	uint32_t capacity;		/* circuits, TW_CIRCUITS_MIN to TW_CIRCUITS_MAX */
	uint32_t punt_rate[TW_PUNT__N];	/* frames a second to user space, by source; 0: nobody there consumes them, they
					 * are dropped as oam-not-enabled */
	/* the carrier of a core port fell, flags are lowered already */
	void (*fell)(void *arg, uint32_t ifindex, uint64_t when_ns);
	/* ... is back, perhaps a second before netlink says so; ask sys_link_get(). NULL: not told */
	void (*rose)(void *arg, uint32_t ifindex);
	void *arg;
	uint64_t hold_ns;		/* the dead-man: what is signalled falls when dp_heartbeat() was not called for so
					 * long, in the kernel, engine or none; 0 = TW_HOLD_DEFAULT */
};
enum dp_opened { DP_FRESH, DP_ADOPTED, DP_MIGRATING };

/*
 * Loads programs, creates or adopts maps. *how: fresh, adopted, or another layout or size was found
 * (the old state keeps forwarding until dp_settled()). If @bpf_dir is no bpffs it works unpinned and
 * warns that a restart will lose traffic. 0 or -errno; *why is a sentence for the operator.
 */
int dp_open(struct dp **ret, struct loop *l, const struct dp_open *o, enum dp_opened *how, char why[256]);
void dp_close(struct dp *d);		/* leaves forwarding in place */

/* Tells core which index each circuit and path had and where each circuit sends; and what signalling put into the maps
 * (core_seed_slot() and those after it), which the sweep of dp_settled() then leaves to core. */
void dp_seed(struct dp *d, struct core *c);

/* Carries out a list (kinds that are not dp's are skipped). Rows equal to what the map holds are not
 * written. 0 or the first -errno; the others are carried out all the same. What the kernel had no room for is kept
 * until dp_again() has it, or a later action for the same row takes its place. */
int dp_apply(struct dp *d, const struct actions *a);
/* Tries again what failed. 0: nothing is left, or the first -errno. */
int dp_again(struct dp *d);

/* The first complete list after a start has been applied: attachments are moved to our programs, what
 * nobody asked for is removed, another layout's maps and pins are deleted. */
void dp_settled(struct dp *d);
/* Ports are being worked on, or settling is not over: attachments may still be on their way. */
bool dp_busy(const struct dp *d);

/* A device changed (new ifindex for a name is a new device). Keeps attachment and preparation right. */
void dp_link(struct dp *d, const struct sys_link *l, bool gone);

/* To be called each second. True: it was not, for longer than the holding time, and the kernel has lowered the guards
 * and the paths that are signalled; core is to say all again (core_replay()). */
bool dp_heartbeat(struct dp *d, uint64_t now_ns);
/* How long before dp_open() the former engine was last heard of, ns; UINT64_MAX: there was none. From the holding time on
 * nothing signalled is up any more. */
uint64_t dp_heartbeat_age(const struct dp *d);
int dp_hold(struct dp *d, uint64_t hold_ns);	/* another holding time; 0 or -errno */
/* Reads seen[] of circuits in slices and reports kernel fall-backs; true while a pass is unfinished. */
bool dp_poll_seen(struct dp *d, void (*fn)(void *arg, uint32_t circuit, uint8_t slot, uint64_t when_ns), void *arg);

/* Removes everything an instance left in the kernel and tells each thing; needs no engine. */
int dp_flush(const char *bpf_dir, const char *run_dir, void (*tell)(void *arg, const char *what), void *arg);

/* ---- capture ---------------------------------------------------------------------------------- */
/* Frames of @ifindex to a pcapng file at @path until @count (0 = until stopped); @drops: only dropped ones. */
int dp_capture_start(struct dp *d, uint32_t ifindex, const char *ifname, uint32_t count, bool drops,
		     const char *path, void (*done)(void *arg, uint64_t frames, int err), void *arg);
void dp_capture_stop(struct dp *d);

#endif
