/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * action.h: what core decided, as a list of plain records that daemon hands to dp, sys and log.
 *
 * Order in a list is the order of execution: rows before the flags that make them used, flags
 * lowered before rows are reused. Every action is idempotent, so a list may be replayed against
 * a data plane that already holds part of it (adoption after a restart).
 */
#ifndef TW_ACTION_H
#define TW_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/types.h"
#include "model/model.h"

enum action_kind {
	ACT_PORT,		/* what a port is for: AC, sub-interfaces, core */
	ACT_VLAN_AC,		/* bind or unbind (port, VID) */
	ACT_CIRCUIT,		/* the record of a circuit; unused = false clears it */
	ACT_STEER,		/* active slot and next byte of a circuit */
	ACT_PW_LIVE,		/* raise or lower a pseudowire's flag */
	ACT_PATH,		/* row of a path (written to the resting row, then armed if up) */
	ACT_PATH_LIVE,		/* lower a path (never up = true: raising is ACT_PATH with up) */
	ACT_LABEL,		/* row of label_in[], kind LABEL_NONE clears it */
	ACT_NEIGH,		/* keep a managed neighbour for (ifindex, ip), or give it up */
	ACT_EVENT,		/* for log, event socket, records */
	ACT_KEEP,		/* a delay timer's end, to be kept for the next engine */
	ACT_KEEP_TEMPLATE,	/* a pw-template's values in force, likewise */
	ACT_KEEP_LABEL,		/* labels below it may have been given out, likewise */
	ACT_GUARD_LIVE,		/* raise or lower a guard: the flag all PWs of an LDP session share */
	ACT_GROUP,		/* row of a path group */
	ACT_SIGNAL,		/* for ldp: a pseudowire to be signalled, as it is to be told now */
	ACT_BIND,		/* for ldp: the label of a FEC, its row is in place */
	ACT_MAC_WITHDRAW,	/* for ldp: a circuit has switched to this pseudowire */
	ACT_AC_DOWN,		/* force the port of an AC down, or release it */
};

struct act_port {			/* everything false: no longer ours */
	uint32_t ifindex;
	bool ac, subif, core, down;	/* down: as an AC out of service */
	uint32_t circuit;		/* with ac */
	uint8_t mode;			/* enum m_port_mode wished for */
};
struct act_vlan_ac {
	uint32_t ifindex;
	uint16_t vid;
	uint32_t circuit;		/* 0 = unbind */
};
struct act_slot {
	uint32_t label;			/* to send with; 0 = empty slot */
	uint8_t ttl;
	bool control_word, tagged, group;
	uint16_t path;			/* path or group index */
	uint16_t guard;
};
#define TC_FROM_PCP 0xff
struct act_circuit {
	uint32_t index;
	bool used;
	uint64_t key;			/* hash of the AC's name, for adoption */
	uint32_t ifindex;		/* of the AC's port; 0 = absent */
	uint32_t max_frame;		/* PW MTU + 14 */
	bool access_port, subif;
	uint16_t vid;
	uint8_t tc;			/* 0..7 or TC_FROM_PCP */
	struct act_slot slot[3];
};
struct act_steer {
	uint32_t circuit;
	uint8_t active;			/* enum tw_slot_id */
	uint8_t next[3];		/* per slot, TW_NONE = no fall-back */
};
struct act_live {
	uint32_t index;			/* PW: circuit * 4 + slot; path: its index */
	bool up;
};
struct act_path {
	uint16_t index;
	bool used;
	uint64_t key;
	bool up;			/* the row is complete and the port has carrier; false: only index
					 * and key count, and the flag is down already */
	uint32_t ifindex;
	uint8_t dmac[6], smac[6];
	uint16_t mtu;			/* the core port's */
	uint8_t n_labels;
	uint32_t label[4];
	bool signalled;			/* learned by LDP: falls when no engine returns in time */
};
#define GROUP_MEMBERS_MAX 64		/* = TW_GROUP_MEMBERS */
struct act_group {
	uint16_t index;
	bool used;
	uint64_t key;
	uint16_t n;
	const uint16_t *member;		/* path indexes, whose rows were written before; core's, until the next run */
};
enum label_kind { LABEL_NONE, LABEL_PW, LABEL_POP, LABEL_SWAP };
enum vlan_out { VLAN_OUT_KEEP, VLAN_OUT_PUSH, VLAN_OUT_REWRITE, VLAN_OUT_UNDUMMY };	/* = enum tw_vlan_out */
struct act_label {
	uint32_t label;
	enum label_kind kind;
	uint32_t index;			/* PW: circuit; SWAP: path or group */
	uint8_t slot;
	bool control_word, gate, bypass;
	bool group;			/* SWAP: .index is a group */
	uint8_t vlan_out;		/* enum vlan_out */
	uint32_t ifindex;		/* PW: of the AC's port; 0 = there is no AC now: as if it were down
					 * POP, SWAP: where it must come in; 0 = anywhere */
	uint16_t vid;
	uint16_t max_frame;
};
struct act_neigh {
	uint32_t ifindex;
	uint32_t ip;
	bool keep;
};

/* What must outlive the engine and is no configuration; comes back by core_seed_revert() and
 * core_seed_template(). Later than every row and flag of its run. */
struct act_keep {
	char name[IFNAME_LEN];		/* of the AC */
	uint64_t deadline_ns;		/* of the delay timer, on core_run()'s clock; 0: it does not run */
	uint64_t resume_ns;		/* of the resume timer, likewise; both 0: forget the record */
};
struct act_keep_template {
	char name[TEMPLATE_NAME_LEN];
	bool keep;			/* false: forget it */
	struct template_values v;
};

/*
 * What ldp is to tell the peer of a pseudowire (RFC 8077, FEC 128). Comes again whenever a member differs; later than
 * the row of its label, so that what the peer sends finds it. Its name on the wire is (.peer, .type, .id).
 */
struct act_signal {
	uint32_t pw;			/* ours for it: circuit * 4 + slot */
	uint32_t peer, id;
	uint16_t type;			/* LDP_PW_ETHERNET or LDP_PW_ETHERNET_TAGGED (wire/ldp.h) */
	bool wanted;			/* false: to be withdrawn and forgotten; then only the name and .pw count */
	bool anew;			/* torn down first and signalled again (reset pw) */
	bool answer;			/* the status is said in a Notification of its own even if it is what was said before */
	bool control_word;		/* preferred (RFC 8077, 7.2) */
	uint32_t label;			/* ours, never 0 */
	uint32_t group;			/* Group ID of the Mapping; PWs of a group change alike, so one wildcard Notification may
					 * tell them all (RFC 6870, 6.2); 0 = none */
	uint32_t status;		/* LDP_PW_* bits; a peer without PW status is told of faults only, by withdrawing */
	uint16_t mtu;
	uint16_t vlan;			/* requested VLAN ID, 0 = none */
	uint16_t vccv;			/* CC types << 8 | CV types, 0 = the parameter is not sent */
};
struct act_bind {
	uint32_t dest;
	uint8_t len;
	uint32_t label;			/* ours; 3 = implicit null, we are its end; LABEL_NOT_BOUND: none any more, told also
					 * of a FEC that is no more (core_fec() with NULL) */
};
#define LABEL_NOT_BOUND UINT32_MAX
struct act_mac_withdraw {
	uint32_t pw;			/* circuit * 4 + slot, as in act_signal */
};
struct act_ac_down {
	char name[IFNAME_LEN];		/* of the port */
	bool down;
};
struct act_keep_label {
	uint32_t next;
};

struct action {
	enum action_kind kind;
	union {
		struct act_port port;
		struct act_vlan_ac vlan_ac;
		struct act_circuit circuit;
		struct act_steer steer;
		struct act_live live;
		struct act_path path;
		struct act_label label;
		struct act_neigh neigh;
		struct core_event event;
		struct act_keep keep;
		struct act_keep_template keep_template;
		struct act_keep_label keep_label;
		struct act_live guard;
		struct act_group group;
		struct act_signal signal;
		struct act_bind bind;
		struct act_mac_withdraw mac_withdraw;
		struct act_ac_down ac_down;
	};
};

struct actions {			/* grows; the caller owns it and frees .v */
	struct action *v;
	uint32_t n, cap;
};

#endif
