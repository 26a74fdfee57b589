/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_show.h: read-only view of LDP, for displays and diagnosis. Times are on the loop's clock. Walks are in ascending
 * order of address and stop when @fn returns non-zero; what is borrowed is valid inside @fn only.
 */
#ifndef TW_LDP_SHOW_H
#define TW_LDP_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/types.h"
#include "model/model.h"

struct ldp;

enum ldp_state_seen { LDP_SEEN_NONE, LDP_SEEN_INITIALIZED, LDP_SEEN_OPENREC, LDP_SEEN_OPENSENT, LDP_SEEN_OPERATIONAL };
const char *ldp_state_text(enum ldp_state_seen s);	/* "NonExistent", "Initialized", "Open Recv", ... */

struct show_ldp_counts {		/* messages, by their place in LDP_MSGS() (wire/ldp.h) */
	uint64_t sent[12], received[12];
};

struct show_speaker {			/* the whole of it */
	bool enabled, listening;
	char why[160];			/* why it does not work, in words; "" */
	uint32_t lsr_id;
	bool graceful_restart, ordered;
	uint64_t tcp_errors, udp_errors;		/* PDUs and datagrams that were discarded */
	uint64_t tcp_strangers;			/* connections refused: not a peer, no Hello */
	uint64_t session_downs, adjacency_downs;
	bool recovering;		/* we restarted and peers are coming back */
};
void ldp_show_speaker(const struct ldp *l, struct show_speaker *out);

/* A Hello adjacency, or what should become one. */
struct show_adjacency {
	bool targeted;
	char ifname[IFNAME_LEN];	/* link */
	char remote_name[REMOTE_NAME_LEN];	/* targeted: the remote-peer; "": made by auto-create-session */
	bool automatic;
	uint32_t peer;			/* LSR ID; 0 = nobody heard on this link yet */
	uint32_t source, transport;	/* as heard: who sends the Hellos, and the address they name */
	bool up;			/* Hellos of the peer are coming */
	uint16_t hold_configured, hold, send;	/* s; .hold: negotiated, 0 = not yet */
	uint64_t sent, received;
	uint64_t since_ns;
	char why[160];			/* why it is down; "" */
};
int ldp_show_adjacencies(const struct ldp *l, int (*fn)(void *arg, const struct show_adjacency *a), void *arg);

struct show_session {
	uint32_t peer;			/* LSR ID */
	uint16_t space;
	enum ldp_state_seen state;
	bool active;			/* our role */
	bool deleting;
	bool heard;			/* Hellos of it are coming */
	uint32_t local, remote;		/* TCP ends */
	uint16_t local_port, remote_port;
	bool md5, gtsm;			/* of the connection; while there is none, whether it is to be signed */
	uint64_t since_ns;		/* of .state */
	uint64_t up_ns;			/* of OPERATIONAL, 0 = not up */
	uint16_t keepalive_configured, keepalive, keepalive_send;	/* s; .keepalive: negotiated, 0 = not yet */
	uint64_t keepalives_sent, keepalives_received;
	uint16_t max_pdu;
	bool graceful;			/* both said so */
	uint32_t reconnect_ms, recovery_ms;	/* the peer's */
	bool held;			/* down, its state is held for the peer's return */
	uint64_t held_until_ns;
	uint64_t caps;			/* of the peer: LDP_HAS() bits of wire/ldp.h */
	uint32_t n_addresses, n_pws, n_lsps;	/* heard and kept */
	uint32_t refused;		/* beyond a limit, not kept */
	struct show_ldp_counts count;
	uint32_t last_status;		/* Status code that ended the last session, 0 = none */
	bool last_by_us;
	char why[160];			/* why it is not up, what to do; "" when up */
};
bool ldp_show_session(const struct ldp *l, uint32_t peer, struct show_session *out);	/* false: unknown peer */
int ldp_show_sessions(const struct ldp *l, int (*fn)(void *arg, const struct show_session *s), void *arg);
/* The addresses the peer announced, ascending. */
int ldp_show_addresses(const struct ldp *l, uint32_t peer, int (*fn)(void *arg, uint32_t ip), void *arg);

/* What the far end said of a pseudowire, matching one of ours or not. */
struct show_remote_pw {
	uint32_t peer, id;
	uint16_t type;
	bool mapped;			/* its Mapping stands; else only ours was sent */
	uint32_t label, group, status;
	bool c_bit, status_tlv;
	uint16_t mtu, vccv, vlan;	/* 0 = not given */
	bool match;			/* one of ours has its peer, type and ID */
	uint32_t pw;			/* with .match: act_signal.pw */
	bool stale;			/* from before its restart, not yet confirmed */
	/* ours */
	bool sent;			/* our Mapping stands at the peer */
	bool sent_c_bit;
	bool waits_release;		/* our Withdraw is not answered yet */
	bool by_withdraw;		/* no status TLV: faults are told by Withdraw */
	char why[160];			/* what keeps signalling from agreeing, in words; "" */
};
bool ldp_show_pw(const struct ldp *l, uint32_t peer, uint16_t type, uint32_t id, struct show_remote_pw *out);
/* In slices: from the one after (@peer, @type, @id) on, @max of them at most; all 0 at first. True: there are more, the
 * last one told is where to go on. */
bool ldp_show_pws(const struct ldp *l, uint32_t *peer, uint16_t *type, uint32_t *id, uint32_t max,
		  void (*fn)(void *arg, const struct show_remote_pw *p), void *arg);

/* A FEC of a prefix, and what is bound to it. */
struct show_binding {			/* one peer's label for it */
	uint32_t peer, label;
	bool in_use;			/* it is a next hop now */
	bool stale;
};
struct show_fec {
	uint32_t dest;
	uint8_t len;
	uint32_t in_label;		/* ours; LABEL_NOT_BOUND of core/action.h: none */
	bool egress;
	uint32_t n_binding;
	const struct show_binding *binding;	/* by peer */
	uint32_t n_hop;
	const struct show_fec_hop {
		uint32_t ifindex, nexthop, peer, label;	/* label LABEL_NOT_BOUND: the neighbour gave none */
	} *hop;
	char why[160];			/* why nothing can be sent by it; "" */
};
bool ldp_show_fec(const struct ldp *l, uint32_t dest, uint8_t len, struct show_fec *out);
int ldp_show_fecs(const struct ldp *l, int (*fn)(void *arg, const struct show_fec *f), void *arg);

#endif
