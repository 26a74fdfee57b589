/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp.h: the LDP speaker: discovery, sessions, pseudowires (FEC 128) and transport labels.
 *
 * Standards: RFC 5036, 8077, 5561, 5918, 5919, 6667, 6720, 3478. It owns what the protocol must remember: adjacencies,
 * sessions, what was said and heard of each FEC. It decides nothing of forwarding: what peers say is reported as facts
 * (struct ldp_report), what is to be told comes as actions of core. Knows nothing of maps or of the configuration's text.
 *
 * One thread, the loop's. Input is bounded per turn of the loop, output per session; what there is to say is not queued
 * as messages but found again in the state of each FEC when there is room, so memory does not grow with a slow peer.
 * Addresses and LSR IDs in host order. Whatever is called below, answers leave at ldp_flush() or at the end of ldp's own
 * callbacks.
 */
#ifndef TW_LDP_H
#define TW_LDP_H

#include "base/loop.h"
#include "core/core.h"
#include "ldp/ldp_show.h"
#include "sys/route.h"

struct ldp;

/* News of a session for the log and the event socket; @text is a sentence. */
enum ldp_event_kind {
	LDP_EV_SESSION,			/* .state: enum ldp_state_seen as in ldp_show.h */
	LDP_EV_ADJACENCY,		/* .up */
	LDP_EV_NOTIFIED,		/* a Notification was sent or received that ends a session */
	LDP_EV_GRACEFUL,		/* a peer's restart is helped, or is over */
};
struct ldp_event {
	enum ldp_event_kind kind;
	uint32_t peer;
	bool up;
	uint32_t status;		/* Status Data of LDP_EV_NOTIFIED, else 0 */
	bool quiet;			/* no line in the log: this peer made too many already; the next line tells how many */
	uint32_t not_told;		/* ... since the last line; 0 if .quiet */
	char text[160];
};

/* To whom ldp reports; all are set, none calls back into ldp. */
struct ldp_report {
	void (*session)(void *arg, uint32_t peer, enum session_state s);	/* core_session() */
	void (*remote)(void *arg, uint32_t pw, const struct fact_remote *r);	/* core_remote() */
	void (*fec)(void *arg, uint32_t dest, uint8_t len, const struct fact_fec *f);	/* core_fec() */
	void (*recovered)(void *arg);	/* after ldp_recovering(): all that was held is confirmed or reported gone */
	void (*settle)(void *arg);	/* facts were told: core is to be run soon; at the end of a callback, once */
	void (*event)(void *arg, const struct ldp_event *e);
	void *arg;
};

/* Opens nothing yet. NULL: no memory. */
struct ldp *ldp_new(struct loop *l, const struct ldp_report *r);
/* Closes all sockets: sessions end without Shutdown where graceful restart was negotiated (so the peer holds our
 * state), with Shutdown elsewhere. Reports nothing. */
void ldp_free(struct ldp *l);

/* Configuration, as it is applied (cannot fail): OBJ_SYSTEM (LSR ID, martini, auto-create-session), OBJ_INTERFACE
 * (mpls ldp), OBJ_LDP, OBJ_LDP_KEY, OBJ_REMOTE_PEER, OBJ_L2VPN_PEER; other types are ignored. Objects are retained by
 * reference. Sockets open with the first OBJ_LDP together with an LSR ID; port 646 in use is said in the log and by
 * ldp_show_speaker(), and tried again. Timers of Hellos are in force at once; those of KeepAlive, and graceful restart,
 * are agreed when a session opens, so they are with the next one. Another password ends the session. */
void ldp_config(struct ldp *l, enum obj_type type, const void *old, const void *now);

/* Facts of the kernel. A device by the operator's name; @up: admin up and carrier. Addresses: all of the host. */
void ldp_link(struct ldp *l, const char *ifname, uint32_t ifindex /* 0: absent */, bool up);
void ldp_address(struct ldp *l, uint32_t ifindex, uint32_t ip, uint8_t len, bool there);
void ldp_route(struct ldp *l, const struct sys_route_told *r, bool gone);

/* Decisions of core: ACT_SIGNAL and ACT_BIND. */
void ldp_signal(struct ldp *l, const struct act_signal *a);
void ldp_bind(struct ldp *l, const struct act_bind *a);
/* At a switch of PW @pw the far end is to forget the MAC addresses it learned (RFC 4762, 6.2.2). */
void ldp_mac_withdraw(struct ldp *l, uint32_t pw);

/* To be called once before the first configuration, when the data plane was adopted: if `graceful-restart` is
 * configured peers are told so (FT Session TLV), and each peer that is not back within the reconnect time is reported
 * DOWN, FECs and PWs not confirmed by the end of the recovery time are reported gone. */
void ldp_recovering(struct ldp *l);

/* A fact found no memory at its receiver: sessions are reported once more at once, FECs and PWs in slices. */
void ldp_retell(struct ldp *l);

/* @more: core is in the middle of a round of decisions, and what of it is about PWs of one group (act_signal.group) may
 * wait for the rest, to be said in one message; no longer than 50 ms. */
void ldp_round(struct ldp *l, bool more);

/* Sends what is waiting: after a list of actions was handed out. */
void ldp_flush(struct ldp *l);

/* reset mpls ldp [ peer ] [ graceful ]: @peer 0 = all. Number of sessions torn down. */
unsigned int ldp_reset(struct ldp *l, uint32_t peer, bool graceful);
/* reset mpls ldp error packet, reset mpls ldp event: counters to 0. */
void ldp_reset_counters(struct ldp *l, bool tcp_errors, bool udp_errors, bool adjacency_downs, bool session_downs);

#endif
