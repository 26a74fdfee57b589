/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dp_show.h: read-only view of the data plane, for displays.
 */
#ifndef TW_DP_SHOW_H
#define TW_DP_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"
#include "sys/link.h"

struct dp;

struct show_port {
	uint32_t ifindex;
	char mode[16];			/* "xdp+tcx", "tcx", "clsact", "none" */
	char why[128];			/* why this mode */
	char warn[160];			/* a combination that may lose frames; "" = none */
	char driver[32];
	char prepared[128];		/* what was changed on the port: "promiscuous, ipv6 off" */
};
bool dp_show_port(const struct dp *d, uint32_t ifindex, struct show_port *out);

void dp_show_count(const struct dp *d, uint32_t circuit, uint8_t slot, struct tw_count *out);	/* since reset */
/* What the kernel counted since the circuit has its index, whatever was reset. */
void dp_show_tally(const struct dp *d, uint32_t circuit, uint8_t slot, struct tw_count *out);
/* The slot the circuit was told to send by, TW_NONE: by none. @way_out: it has another one. */
uint8_t dp_show_active(const struct dp *d, uint32_t circuit, bool *way_out);
uint32_t dp_show_cpus(const struct dp *d);	/* that count, at least 1 */
void dp_reset_count(struct dp *d, uint32_t circuit, uint8_t slot);
void dp_show_drops(const struct dp *d, uint64_t out[DROP__N]);
/* Frames of the circuit dropped for want of a usable PW, since it has its index; over restarts. */
uint64_t dp_show_no_pw(const struct dp *d, uint32_t circuit);
uint8_t dp_show_last_drop(const struct dp *d, uint32_t circuit);
const char *dp_drop_name(uint8_t reason);
const char *dp_drop_text(uint8_t reason);
bool dp_drop_passes(uint8_t reason);	/* left to the kernel, not dropped */

/* Is the flag of a guard up, of a path? As the kernel reads it for each frame. */
bool dp_show_guard(const struct dp *d, uint32_t guard);
bool dp_show_path(const struct dp *d, uint32_t path);
/* The members of a group, up or not; their number, at most TW_GROUP_MEMBERS. */
uint32_t dp_show_group(const struct dp *d, uint32_t group, uint16_t member[TW_GROUP_MEMBERS]);

struct show_dp {
	char pin_dir[256];		/* "" = not pinned */
	uint32_t layout, capacity;
	uint64_t map_bytes;
	bool realtime_watcher, tcx;
	uint64_t watcher_stores;	/* to lower flags of paths, since the start */
	char adopted[32];		/* "fresh", "adopted", "migrated from v1" */
	struct tw_bucket punt[TW_PUNT__N];
	uint64_t hold_ns;		/* the dead-man's */
	struct tw_lowered lowered;	/* when it fired last, .beat 0 = never */
};
void dp_show(const struct dp *d, struct show_dp *out);

#endif
