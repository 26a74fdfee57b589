/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * abi.h: what the programs in the kernel and the engine in user space agree on.
 *
 * Keys, values, sizes, drop reasons. Included by both sides, so it uses only __uN types.
 * Any change of a size, an offset or a meaning here is a new TW_LAYOUT: the pins of another
 * layout lie in another directory and are migrated, never reinterpreted.
 *
 * Who writes what is said at each record; nothing has two writers.
 */
#ifndef TW_ABI_H
#define TW_ABI_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#ifndef TW_LAYOUT_BUMP			/* a build option that makes "another layout" for the upgrade test */
#define TW_LAYOUT_BUMP 0
#endif
#define TW_LAYOUT		(3 + TW_LAYOUT_BUMP)

/* ---- sizes ------------------------------------------------------------------------------- */
#define TW_CIRCUITS_MIN		64
#define TW_CIRCUITS_MAX		1000000
#define TW_CIRCUITS_DEFAULT	4096
#define TW_PATHS		16384	/* at most 65,535: sixteen bits in a slot */
#define TW_GROUPS		1024
#define TW_GROUP_MEMBERS	64
#define TW_GUARDS		4096
#define TW_LABELS		(1u << 20)
#define TW_PORTS		65536	/* ifindexes below are found in an array, others in a hash */
#define TW_PORTS_FAR		1024
#define TW_VLAN_ACS		65536	/* sub-interface ACs; the loader raises it to the capacity */
#define TW_PUSH_MAX		4	/* transport labels a path may push */
#define TW_STACK_MAX		8	/* labels walked on receipt before "no bottom of stack" */

/* Index 0 of circuits and paths and groups means "none"; guard 0 is always up. */

/* ---- slots ------------------------------------------------------------------------------- */
enum tw_slot_id { TW_PRIMARY, TW_SECONDARY, TW_BYPASS, TW_NONE };	/* TW_NONE: no slot */
#define TW_SLOTS		3
#define TW_PW(circuit, slot)	((circuit) * 4u + (slot))	/* a pseudowire's number */

/*
 * A pseudowire slot is one aligned 64-bit word, so that it is read and written whole.
 *   63..44 PW label   43..36 TTL   35..32 TW_PW_*   31..16 path or group   15..0 guard
 * 0 is an empty slot (label 0 is never a PW label).
 */
#define TW_PW_CW		1u	/* control word (RFC 4385) */
#define TW_PW_TAGGED		2u	/* tagged mode (RFC 4448, 4.3); else raw */
#define TW_PW_GROUP		4u	/* bits 31..16 name a path group */

#define TW_SLOT(label, ttl, flags, path, guard)                                     \
	((__u64)(label) << 44 | (__u64)(ttl) << 36 | (__u64)(flags) << 32 |          \
	 (__u64)(path) << 16 | (__u64)(guard))
#define TW_SLOT_LABEL(s)	((__u32)((s) >> 44))
#define TW_SLOT_TTL(s)		((__u32)((s) >> 36) & 0xff)
#define TW_SLOT_FLAGS(s)	((__u32)((s) >> 32) & 0xf)
#define TW_SLOT_PATH(s)		((__u32)((s) >> 16) & 0xffff)
#define TW_SLOT_GUARD(s)	((__u32)(s) & 0xffff)

/* ---- port: key ifindex; engine writes ----------------------------------------------------- */
enum {
	TW_PORT_AC	= 1 << 0,	/* a port-mode AC: every frame belongs to .circuit */
	TW_PORT_SUBIF	= 1 << 1,	/* has sub-interface ACs in vlan_ac */
	TW_PORT_CORE	= 1 << 2,	/* MPLS is enabled: labels are looked up */
	TW_PORT_DOWN	= 1 << 3,	/* as an AC it is out of service (bypass takes over) */
	TW_PORT_XDP_TX	= 1 << 4,	/* may be the target of an XDP redirect */
	TW_PORT_TC_RX	= 1 << 5,	/* the tc program is attached (it stands behind XDP too) */
};
struct tw_port {
	__u32 flags;			/* TW_PORT_* ; 0 = not ours, everything to the kernel */
	__u32 circuit;			/* with TW_PORT_AC */
};

/* ---- vlan_ac: hash {ifindex, outer VID} -> circuit; engine writes --------------------------- */
struct tw_vlan_key {
	__u32 ifindex;
	__u16 vid;
	__u16 tpid;			/* host order: 0x8100 */
};

/* ---- circuit[]: half a cache line; engine writes -------------------------------------------- */
enum {
	TW_CIRCUIT_ACCESS	= 1 << 0,	/* access-port: untagged frames only */
	TW_CIRCUIT_SUBIF	= 1 << 1,	/* the AC is a VLAN: its tag delimits the service */
};
#define TW_TC_FROM_PCP	0xf
struct tw_circuit {
	__u64 slot[TW_SLOTS];
	__u32 ifindex;			/* the AC's port */
	__u16 max_frame : 14;		/* longest untagged frame: PW MTU + 14; each tag adds 4 */
	__u16 flags : 2;		/* TW_CIRCUIT_* */
	__u16 vid : 12;			/* of a sub-interface */
	__u16 tc : 4;			/* traffic class of all labels, or TW_TC_FROM_PCP */
} __attribute__((aligned(32)));
#define TW_MAX_FRAME	16383u		/* what .max_frame holds; no PW MTU comes near it */

/*
 * active[], next[]: a byte a circuit, in mmapable blocks; engine writes, nobody else.
 * active: the slot that sends, or TW_NONE. next: two bits per slot, TW_NEXT(), the slot the
 * kernel may use when that one is not usable, or TW_NONE.
 */
#define TW_BLOCK		64u	/* circuits per map element */
struct tw_block {
	__u8 b[TW_BLOCK];
};
#define TW_NEXT(pri, sec, byp)	((pri) | (sec) << 2 | (byp) << 4)
#define TW_NEXT_OF(next, slot)	((next) >> ((slot) * 2) & 3)
#define TW_NEXT_NEVER		TW_NEXT(TW_NONE, TW_NONE, TW_NONE)

/*
 * pw_live[] (a row per circuit), path_live[], guard_live[]: mmapable. Up = armed != 0 and dead != armed.
 * The engine writes armed (0 = down, else an epoch; raising is a new epoch), the kernel writes
 * dead (the epoch it was armed with when it failed). The lowest bit of a path's epoch selects
 * its row: a new next hop is written to the other row, then armed.
 */
struct tw_live {
	__u8 armed;
	__u8 dead;
	__u8 pad[6];
};
struct tw_flag {			/* a PW's: in memory pw_live is an array of these by TW_PW() */
	__u8 armed;
	__u8 dead;
};
struct tw_pw_live {
	struct tw_flag slot[TW_SLOTS + 1];
};

/* ---- path[]: rows A and B; path_group[]: engine writes ---------------------------------------- */
enum {
	TW_PATH_SIGNALLED = 1 << 0,	/* learned from peers: falls when no engine returns in time */
};
struct tw_path_row {
	__u32 ifindex;			/* core port; 0 = row not valid */
	__u16 mtu;			/* longest MPLS packet, without the Ethernet header */
	__u8 n_labels;			/* 0 (implicit null or penultimate hop) .. TW_PUSH_MAX */
	__u8 ttl;			/* of pushed transport labels, 255 */
	__u8 dmac[6];
	__u8 smac[6];
	__u32 label[TW_PUSH_MAX];	/* host order, top first, label value only */
	__u8 flags;			/* TW_PATH_* */
	__u8 pad[27];
};
struct tw_path {
	struct tw_path_row row[2];
} __attribute__((aligned(64)));

/*
 * A group is several paths to one place; a flow takes one that is up. Two rows, as a path has: other members are
 * written to the row at rest and chosen by one store, so a frame sees the members of before or those of after. What
 * lies behind .n is 0, which is no path.
 */
struct tw_group_row {
	__u16 n;
	__u16 member[TW_GROUP_MEMBERS];	/* path indexes */
	__u16 pad[3];
};
struct tw_group {
	struct tw_group_row row[2];
	__u32 chosen;			/* 0 or 1 */
	__u32 pad;
};

/* ---- label_in[]: key the label; engine writes: last = 0, the rest, then last --------------------- */
enum tw_label_op {
	TW_OP_NONE,			/* not ours: to the kernel */
	TW_OP_PW,			/* deliver to an AC */
	TW_OP_POP,			/* our own transport label: look at the next one */
	TW_OP_SWAP,			/* pop and push what the path pushes (nothing: PHP) */
};
enum tw_vlan_out {			/* what is done to the tag on the way to the AC */
	TW_VOUT_KEEP,			/* as it came */
	TW_VOUT_PUSH,			/* raw PW to a sub-interface: push .vid */
	TW_VOUT_REWRITE,		/* tagged PW to a sub-interface: the outer tag gets .vid */
	TW_VOUT_UNDUMMY,		/* tagged PW to a port: strip the outer tag if its VID is 0 */
};
#define TW_LABEL_LAST(op, slot, flags)	((__u32)(op) | (__u32)(slot) << 4 | (__u32)(flags) << 8)
#define TW_LABEL_OP(last)	((last) & 0xf)
#define TW_LABEL_SLOT(last)	((last) >> 4 & 0x3)
#define TW_LABEL_FLAGS(last)	((last) >> 8)
#define TW_LABEL_VOUT(last)	((last) >> 28)
enum {					/* TW_LABEL_FLAGS */
	TW_LABEL_CW	= 1 << 0,
	TW_LABEL_GATE	= 1 << 1,	/* deliver only if this is the slot that sends */
	TW_LABEL_BYPASS	= 1 << 2,	/* the circuit has a bypass: look at TW_PORT_DOWN */
	TW_LABEL_GROUP	= 1 << 3,	/* SWAP: .index is a path group */
};
struct tw_label {
	__u32 index;			/* PW: circuit; SWAP: path or group */
	__u32 ifindex;			/* PW: the AC's port; 0 = no AC (device absent, VLAN shut): as if down
					 * POP, SWAP: the port it must come in by, else the row is none; 0 = any */
	__u16 vid;			/* PW: for TW_VOUT_PUSH and TW_VOUT_REWRITE */
	__u16 max_frame;		/* PW: longest untagged frame the AC port takes */
	__u32 last;			/* TW_LABEL_LAST() | vout << 28; 0 = no entry */
};

/* ---- counters: kernel writes -------------------------------------------------------------------- */
/*
 * count[]: index TW_TALLY(), @rows being the rows of circuit[]. A plain array with a part per CPU and not a
 * per-CPU map, and slots apart, because at 65,536 PWs each cold line and page is what a frame costs.
 */
struct tw_tally {
	__u64 frames;			/* a super-frame counts as its segments */
	__u64 octets;			/* as on the AC wire without FCS */
};
enum tw_dir { TW_TX, TW_RX };		/* AC -> PW, PW -> AC */
#define TW_TALLIES(rows, cpus)	((cpus) * 2u * TW_SLOTS * (rows))
#define TW_TALLY(rows, cpu, dir, circuit, slot) \
	((((cpu) * 2u + (dir)) * TW_SLOTS + (slot)) * (rows) + (circuit))

struct tw_count {			/* the sum over the CPUs, both directions */
	__u64 tx_frames;
	__u64 tx_octets;
	__u64 rx_frames;
	__u64 rx_octets;
};

/* Per circuit: the first frame sent on another slot than active, and frames that could not be sent. Off the good path. */
struct tw_seen {
	__u64 when;			/* bpf_ktime_get_ns(), 0 = not since the engine last cleared it */
	__u8 slot;
	__u8 last_drop;			/* DROP_* of the last frame of this circuit that was dropped */
	__u8 pad[6];
	__u64 no_pw;			/* frames dropped by DROP_NO_PW; a super-frame counts as its segments */
};

/*
 * Drop reasons. Numbers are never reused. "verdict" D: the frame dies; K: it is left to the kernel;
 * the text says what the operator can do.
 */
#define TW_DROPS(X)                                                                                        \
	X(1,  NO_PW,		"no-usable-pw",		D, "no pseudowire of the circuit is usable: display mpls l2vpn diagnose") \
	X(2,  MTU,		"mtu",			D, "longer than the PW, the path or the port takes: raise the core MTU")  \
	X(3,  PAUSE,		"pause",		D, "PAUSE frames are never carried (RFC 4448, 4.4.5)")             \
	X(4,  ACCESS_TAG,	"tagged-on-access-port", D, "access-port forwards untagged frames only")                   \
	X(5,  TAGS,		"too-many-tags",	D, "more VLAN tags than can be carried")                          \
	X(6,  RUNT,		"runt",			D, "shorter than an Ethernet header")                             \
	X(7,  TRUNCATED,	"truncated",		D, "a label or control word runs past the end of the frame")      \
	X(8,  NO_BOS,		"no-bottom-of-stack",	D, "label stack without an end: the sender is faulty")            \
	X(9,  LABEL_UNKNOWN,	"label-unknown",	K, "nothing here owns this label; left to the kernel")            \
	X(10, CONTROL_WORD,	"control-word",		D, "first nibble neither data nor ACH: control word at one end only?") \
	X(11, CW_LENGTH,	"control-word-length",	D, "length field larger than the frame")                          \
	X(12, INACTIVE_PW,	"inactive-pw",		D, "arrived on the PW that does not carry the circuit now")        \
	X(13, AC_DOWN,		"ac-down",		D, "the attachment circuit is down")                              \
	X(14, VLAN_UNKNOWN,	"vlan-unknown",		K, "no sub-interface for this VLAN; left to the kernel")          \
	X(15, NO_TAG,		"tag-missing",		D, "a tagged-mode frame without a service tag")                   \
	X(16, TTL,		"ttl-expired",		D, "TTL ran out and the frame was not punted")                    \
	X(17, PUNT_BUDGET,	"punt-budget",		D, "more OAM frames than the budget of this source allows")       \
	X(18, LSP_DOWN,		"lsp-down",		D, "the LSP to swap into is down")                                \
	X(19, STACK_IP,		"popped-not-ip",	D, "below the last popped label is no IP packet")                  \
	X(20, KERNEL,		"kernel-refused",	D, "a kernel helper could not edit the frame")                    \
	X(21, BYPASS_LOOP,	"bypass-loop",		D, "came in by the bypass and would go out by it again")           \
	X(22, OAM_OFF,		"oam-not-enabled",	D, "an OAM frame where no OAM is enabled")

enum tw_drop {
	DROP_NONE,
#define TW_X(n, sym, name, verdict, text) DROP_##sym = n,
	TW_DROPS(TW_X)
#undef TW_X
	DROP__N
};

/* ---- punt: kernel writes the bucket, engine the budget --------------------------------------------- */
enum tw_punt_source { TW_PUNT_ACH, TW_PUNT_ALERT, TW_PUNT_TTL, TW_PUNT_UDP, TW_PUNT__N };
#define TW_PUNT_MARK		0x74770000u	/* skb mark of a punted frame, | tw_punt_source */
struct tw_punt {
	__u64 rate;			/* frames a second; 0 = drop all */
	__u64 burst;
};
struct tw_bucket {			/* per source */
	__u64 tokens;			/* in 1/1e9 frames */
	__u64 when;
	__u64 punted;
	__u64 refused;
};

/* ---- ctl: one record the engine writes ---------------------------------------------------------------- */
struct tw_ctl {
	__u32 capture;			/* 0 = off, else TW_CAP_* */
	__u32 capture_ifindex;
	__u64 heartbeat;		/* CLOCK_MONOTONIC ns, refreshed by the engine each second; its place is the same
					 * in every layout */
	__u64 hold;			/* ns a heartbeat may be old, 0 = for ever; see struct tw_lowered */
};
enum { TW_CAP_ON = 1, TW_CAP_DROPS = 2 /* only frames that are dropped */ };

#define TW_CAPTURE_RING		(1u << 20)	/* octets, a power of two */
#define TW_CAPTURE_MAX		16383u		/* octets of a frame that are captured, a mask */

/* What precedes the bytes of a captured frame in the ring. */
struct tw_cap_head {
	__u64 when;			/* bpf_ktime_get_ns() */
	__u32 ifindex;
	__u32 len;			/* of the frame on the wire */
	__u32 caplen;
	__u8 dir;			/* 0 in, 1 out */
	__u8 reason;			/* DROP_*, 0 = forwarded */
	__u8 pad[2];
	__u16 tpid;			/* of a tag that is not among the bytes: it stands at offset 12; 0 = none */
	__u16 tci;
	__u32 lost;			/* records that found the ring full before this one, on this CPU */
};
struct tw_cap_room {			/* per CPU: where a record is put together */
	struct tw_cap_head head;
	__u8 data[TW_CAPTURE_MAX + 1];
};

/*
 * The dead-man: an engine that does not return must not have the kernel forward for ever by what its peers once said.
 * When the heartbeat is older than .hold, a timer of the kernel declares dead every guard and every path whose row is
 * TW_PATH_SIGNALLED. lowered[0] tells of the last time it did; the timer, the only one who writes here, lies in
 * deadman[0], which user space never writes: that would be the end of the timer.
 */
#define TW_HOLD_DEFAULT		120000000000ull	/* ns: the forwarding state holding time (RFC 3478) */
struct tw_lowered {
	__u64 beat;			/* the heartbeat that was too old; 0 = it never fired */
	__u64 when;			/* bpf_ktime_get_ns() */
	__u32 guards, paths;		/* how many were up */
};

/* ---- meta, and the names behind the indexes (only the engine reads and writes) -------------------------- */
struct tw_meta {
	__u32 layout;
	__u32 capacity;
	__u64 netns;			/* inode of the namespace the ports live in */
};
/* circuit_key[], path_key[], group_key[]: a 64-bit hash of the object's name, so that a restarted engine finds
 * the index an object had. 0 = free. */

#define TW_SIZE(type, n) _Static_assert(sizeof(type) == (n), #type " changed: bump TW_LAYOUT")
TW_SIZE(struct tw_port, 8);
TW_SIZE(struct tw_vlan_key, 8);
TW_SIZE(struct tw_circuit, 32);
TW_SIZE(struct tw_block, 64);
TW_SIZE(struct tw_live, 8);
TW_SIZE(struct tw_path_row, 64);
TW_SIZE(struct tw_path, 128);
TW_SIZE(struct tw_group_row, 136);
TW_SIZE(struct tw_group, 280);
TW_SIZE(struct tw_ctl, 24);
TW_SIZE(struct tw_lowered, 24);
TW_SIZE(struct tw_label, 16);
TW_SIZE(struct tw_flag, 2);
TW_SIZE(struct tw_pw_live, 8);
TW_SIZE(struct tw_tally, 16);
TW_SIZE(struct tw_count, 32);
TW_SIZE(struct tw_seen, 24);
TW_SIZE(struct tw_cap_head, 32);

#endif
