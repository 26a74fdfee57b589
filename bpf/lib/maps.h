/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * maps.h: every map of the data plane, the same in both objects; the loader shares them by pins.
 *
 * Records and who writes them: abi.h. Maps whose size follows the capacity carry their smallest size
 * here; the loader sets the real one (bpf_map__set_max_entries) before it loads:
 *
 *	circuit, pw_live, seen, circuit_key	capacity; and .rodata tw_circuits, which is the same number
 *	active, next				capacity / TW_BLOCK, rounded up
 *	count					TW_TALLIES(tw_circuits, possible CPUs)
 *	vlan_ac					capacity, when that is more than TW_VLAN_ACS
 *
 * circuit, path and count are mmapable although nobody has to map them: the values of an mmapable array
 * start on a page, so that a record of 32 or 64 octets lies in one cache line and not in two.
 */
#ifndef TW_BPF_MAPS_H
#define TW_BPF_MAPS_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "../abi.h"

#define TW_MAP(name, map_type, key_type, value_type, entries, flags)	\
	struct {							\
		__uint(type, map_type);					\
		__uint(max_entries, entries);				\
		__uint(map_flags, flags);				\
		__type(key, key_type);					\
		__type(value, value_type);				\
	} name SEC(".maps")
#define TW_ARRAY(name, value_type, entries, flags) \
	TW_MAP(name, BPF_MAP_TYPE_ARRAY, __u32, value_type, entries, flags)

/* ports */
TW_ARRAY(port, struct tw_port, TW_PORTS, 0);
TW_MAP(port_far, BPF_MAP_TYPE_HASH, __u32, struct tw_port, TW_PORTS_FAR, BPF_F_NO_PREALLOC);
TW_MAP(vlan_ac, BPF_MAP_TYPE_HASH, struct tw_vlan_key, __u32, TW_VLAN_ACS, BPF_F_NO_PREALLOC);
TW_MAP(out, BPF_MAP_TYPE_DEVMAP_HASH, __u32, struct bpf_devmap_val, TW_PORTS, 0);

/* circuits: the size is the loader's */
TW_ARRAY(circuit, struct tw_circuit, TW_CIRCUITS_MIN, BPF_F_MMAPABLE);
TW_ARRAY(active, struct tw_block, TW_CIRCUITS_MIN / TW_BLOCK, BPF_F_MMAPABLE);
TW_ARRAY(next, struct tw_block, TW_CIRCUITS_MIN / TW_BLOCK, BPF_F_MMAPABLE);
TW_ARRAY(pw_live, struct tw_pw_live, TW_CIRCUITS_MIN, BPF_F_MMAPABLE);
TW_ARRAY(seen, struct tw_seen, TW_CIRCUITS_MIN, 0);
TW_ARRAY(count, struct tw_tally, TW_TALLIES(TW_CIRCUITS_MIN, 1), BPF_F_MMAPABLE);
const volatile __u32 tw_circuits = TW_CIRCUITS_MIN;

/* paths and labels */
TW_ARRAY(path_live, struct tw_live, TW_PATHS, BPF_F_MMAPABLE);
TW_ARRAY(guard_live, struct tw_live, TW_GUARDS, BPF_F_MMAPABLE);
TW_ARRAY(path, struct tw_path, TW_PATHS, BPF_F_MMAPABLE);
TW_ARRAY(path_group, struct tw_group, TW_GROUPS, 0);
TW_ARRAY(label_in, struct tw_label, TW_LABELS, 0);

/* drops, punt, control, capture */
TW_MAP(drops, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, __u64, DROP__N, 0);
TW_ARRAY(punt, struct tw_punt, TW_PUNT__N, 0);
TW_ARRAY(bucket, struct tw_bucket, TW_PUNT__N, 0);
TW_ARRAY(ctl, struct tw_ctl, 1, 0);
TW_ARRAY(lowered, struct tw_lowered, 1, 0);
struct {				/* a ring, not a perf buffer: Debian keeps those for CAP_SYS_ADMIN */
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, TW_CAPTURE_RING);
} capture SEC(".maps");
TW_MAP(capture_room, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct tw_cap_room, 1, 0);

/* the engine's own memory: never read by a program */
TW_ARRAY(meta, struct tw_meta, 1, 0);
TW_ARRAY(circuit_key, __u64, TW_CIRCUITS_MIN, 0);
TW_ARRAY(path_key, __u64, TW_PATHS, 0);
TW_ARRAY(group_key, __u64, TW_GROUPS, 0);

/* The row, or NULL past the end of the map. */
#define tw_row(map, index)                            \
	({                                            \
		__u32 tw_i = (index);                 \
		bpf_map_lookup_elem(&(map), &tw_i);   \
	})

#endif
