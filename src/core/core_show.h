/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core_show.h: read-only view of core, for displays and diagnosis.
 */
#ifndef TW_CORE_SHOW_H
#define TW_CORE_SHOW_H

#include <stddef.h>

#include "core/core.h"

struct show_path {
	uint16_t index;
	char name[64];			/* of the LSP, or "" */
	bool ldp;			/* of a FEC of LDP; .name and .peer are its prefix, else a static LSP */
	bool group;			/* of several next hops: .index is of a group; what follows is of the first that is up */
	bool no_label;			/* .ldp: no next hop gave one; nothing else is known of a next hop then */
	uint8_t len;			/* .ldp: of the prefix */
	uint8_t n_members;		/* .group */
	uint32_t peer;			/* 0 for a transit path */
	bool up;
	char port[IFNAME_LEN];
	uint32_t ifindex;
	uint32_t nexthop;
	bool nexthop_known;		/* neighbour resolved */
	uint8_t dmac[6], smac[6];
	uint16_t mtu;
	bool port_present, port_admin, port_carrier;
	uint8_t n_labels;
	uint32_t label[4];
	char why[160];			/* why it is down, in words; "" when up */
	uint32_t users;
};

/* What is signalled of a PW_LDP. Bits of a status are LDP_PW_* (wire/ldp.h). */
struct show_signal {
	enum session_state session;	/* with the peer */
	bool told;			/* it is signalled: ldp knows it */
	uint32_t local_status;		/* as it is to be told now */
	uint32_t group;			/* Group ID told; 0 = none */
	bool no_status;			/* its peer does not use PW status */
	bool mapped;			/* a Mapping of the peer stands; the rest is 0 else */
	bool held;			/* ... or is believed to: what a former engine left, not confirmed yet */
	uint32_t remote_label, remote_status;
	uint16_t remote_mtu;		/* 0 = not named, or not known (.held) */
	uint16_t remote_vlan;		/* requested VLAN ID, 0 = none */
	bool standby;			/* the peer says standby and that counts: up, but nothing is sent */
};

struct show_pw {
	bool present;
	struct m_pw cfg;			/* as configured; what is in force is in .peer, .mtu, .control_word */
	uint32_t peer;				/* the line's, else its template's; 0 = neither has one */
	bool template_waits;			/* its pw-template has new values that wait for `reset pw pw-template` */
	bool manual_fault;			/* manual-set pw-ac-fault: down by the operator's word */
	bool up;			/* an idle one of a PW_LDP, too: .signal.standby */
	bool active;			/* sends now */
	bool standby_usable;		/* could send */
	bool forwarding;		/* there is a forwarding entry, and its flag is up */
	char why[160];			/* why it is down, or cannot send, in words; "" else */
	uint32_t local_label;		/* to receive with; 0 = none yet */
	struct show_signal signal;	/* PW_LDP */
	bool has_path;
	struct show_path path;
	uint16_t mtu;				/* PW MTU: the interface's, else the template's, else 1500 */
	bool control_word;		/* configured, by the line or its template */
	bool control_word_used;		/* in force: PW_LDP as agreed with the peer, false while nothing is */
	bool tagged;
	enum reason reason;		/* of the last change */
	enum detector detector;
	uint64_t created_ns, changed_ns, up_ns, up_total_ns;	/* up_total: finished periods only */
};

struct show_circuit {
	uint32_t index;
	char name[IFNAME_LEN];
	const struct m_interface *cfg;	/* borrowed until the next apply */
	bool ac_present, ac_admin, ac_up;
	char ac_why[128];		/* why the AC is down, in words; "" when up */
	uint32_t ifindex;		/* of the port */
	uint32_t port_mtu;
	uint16_t vid;
	enum slot active;
	struct show_pw pw[3];
	enum m_reroute reroute;		/* in force: DELAY, IMMEDIATELY or NEVER; DEFAULT: none, there is no secondary */
	uint16_t reroute_delay;		/* seconds; REROUTE_DELAY only */
	uint64_t revert_at_ns;		/* the delay timer runs and ends then (core_run()'s clock); 0 = it does not run */
	bool revert_queued;		/* it is over, many others are due: the circuit's turn is at .revert_at_ns */
	uint16_t resume;		/* in force, seconds (FRR with LDP PWs) */
	bool resume_used;		/* ... there is one */
	uint64_t resume_at_ns, holdoff_at_ns, request_at_ns;	/* as .revert_at_ns */
	uint16_t holdoff;		/* in force, seconds; 0 = none */
	enum m_redundancy redundancy, redundancy_now;	/* configured, in force */
	enum slot preferred;		/* primary, or what `switchover`, a tie or a request made it */
	enum slot requested;		/* .request_at_ns: the far end is asked to use it; SLOT_NONE */
	bool role_standby;		/* ac-role: this end is standby now */
	bool forced_down;		/* trigger if-down holds the port down */
	uint8_t alarms;			/* 1 << enum alarm */
	bool dual_receiving;		/* in force: there is a secondary, too */
	uint64_t switched_ns;		/* last switch, 0 = never */
	enum slot switched_from, switched_to;
	enum reason switch_reason;
	enum detector switch_detector;
	uint32_t switches;
};

/* By AC name; false: no such circuit. */
bool core_show_circuit(const struct core *c, const char *ifname, struct show_circuit *out);
/* The path of the static LSP @name, else of the FEC of LDP written so ("3.3.3.9/32"); false: there is none (an egress LSP
 * has none). */
bool core_show_lsp(const struct core *c, const char *name, struct show_path *out);
/* What core has of FEC @dest/@len of LDP; false: ldp has told of none. */
struct show_ldp_lsp {
	uint32_t dest;
	uint8_t len;
	bool egress;			/* we are its end */
	uint32_t label;			/* ours; 3 = implicit null; LABEL_NOT_BOUND: none (yet) */
	bool has_path;
	struct show_path path;
};
bool core_show_fec(const struct core *c, uint32_t dest, uint8_t len, struct show_ldp_lsp *out);
/* The paths of a group, by .index of a struct show_path with .group; @fn non-zero ends. -ENOENT: no such. */
int core_show_group(const struct core *c, uint16_t index, int (*fn)(void *arg, const struct show_path *p), void *arg);
/* In name order, of static LSPs and of LDP, not of groups; @fn non-zero ends. */
int core_show_paths(const struct core *c, int (*fn)(void *arg, const struct show_path *p), void *arg);

/* Circuits that wait to be settled, or are being settled. */
uint32_t core_show_waiting(const struct core *c);

struct show_label {
	uint32_t label;
	enum label_kind kind;		/* LABEL_NONE: no row while its incoming interface is absent */
	char user[96];			/* "GigabitEthernet0/1/0 primary", "static-lsp lsp1" */
};
/* Likewise, by number. */
int core_show_labels(const struct core *c, int (*fn)(void *arg, const struct show_label *l), void *arg);

/* A pw-template and what of it is in force. */
struct show_template {
	const struct m_pw_template *cfg;	/* borrowed until the next apply */
	struct template_values v;	/* in force */
	bool waits;			/* .cfg has new values; PWs get them by core_reset_template() */
	uint32_t users, signalled;	/* PWs; those of them that are PW_LDP */
};
/* By name; false: no such template is configured. */
bool core_show_template(const struct core *c, const char *name, struct show_template *out);

/* The tables of the verdict (verdict.h) as text; the length it has (snprintf's way). */
size_t core_show_verdict(char *out, size_t len);

/* A sentence. */
const char *core_alarm_text(enum alarm a);
const char *core_reason_text(enum reason r);
const char *core_detector_text(enum detector d);

#endif
