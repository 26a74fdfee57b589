/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inner.h: who does what inside src/ldp, and what they say to each other; private to the folder.
 *
 *   speaker.c   struct ldp: configuration, devices and addresses in, who is handed what; ldp.h's functions
 *   hello.c     discovery: adjacencies of links and of targeted peers, UDP
 *   session.c   one session per peer: its state machine (a table), Initialization, KeepAlive, coming up and ending
 *   session_in.c  what comes in it: its own messages, capabilities, the rest for the applications
 *   connect.c   its TCP: attempts, the listening socket;  keys.c  passwords;  graceful.c  graceful restart
 *   io.c        octets of a session: PDUs in and out, room, Notifications
 *   pw*.c       pseudowires: FEC 128 and its wildcards (RFC 8077, 6667)
 *   lsp*.c      transport labels: FECs of prefixes, address lists, routes (RFC 5036)
 *   show*.c     ldp_show.h
 *
 * Sessions know nothing of FECs; pw and lsp ("the applications") know nothing of sockets. Between them:
 *
 *   session -> application   struct ldp_app_calls: up, down, message, say
 *   application -> session   peer_wants(), peer_say(), answer(), refuse()
 *
 * Nothing is queued as a message. An application that has something to tell a peer keeps a list of the FECs that have
 * (owned by it, hung into struct peer), and calls peer_wants(). When there is room the session calls .say(), which
 * takes FECs off the list as long as peer_say() accepts the message their state asks for. A FEC whose state changes twice
 * before there is room says only the last. What must be answered at once and has no FEC to remember it (a Release for
 * a label we never had, a Notification) goes by answer(): a part of the room is kept for that, and while it is used up
 * nothing more is read from the peer.
 */
#ifndef TW_LDP_INNER_H
#define TW_LDP_INNER_H

#include "base/log.h"
#include "base/table.h"
#include "ldp/ldp.h"
#include "wire/ldp.h"

struct pws;		/* pw.c: all of it */
struct lsps;		/* lsp.c */
struct session;		/* session.c */
struct hellos;		/* hello.c */
struct speaker;		/* speaker.c: what the applications need not see */

/* A peer: an LSR known by configuration, by Hellos, or because a pseudowire or a held label names it. */
struct peer {
	struct hnode by_lsr;
	struct ldp *ldp;
	uint32_t lsr;
	struct session *session;	/* NULL: nothing opened yet */
	enum session_state state;	/* as reported */
	bool operational;
	/* of the session while .operational (session.c writes) */
	uint64_t caps;			/* LDP_HAS() bits the peer announced and has switched on */
	uint8_t apps_off;		/* 1 << enum ldp_app: state it does not want (RFC 7473) */
	bool martini;			/* no PW status towards it (configured) */
	bool no_request;		/* no Label Requests for PWs to it (configured) */
	bool no_lsps;			/* remote-peer ... pwe3: no labels of prefixes to it (configured) */
	bool graceful;			/* both ends restart gracefully */
	/* of the applications */
	struct list pw_say, lsp_say;	/* what has something to tell this peer */
	struct list pws;		/* pw.c: all PWs with it */
	uint32_t n_pws, n_lsps, n_addrs; /* kept of what it said: bounded by PEER_*_MAX */
	uint32_t pw_users;		/* PWs of ours that name it: auto-create-session */
	void *pw, *lsp;			/* further state of pw.c and lsp.c about this peer; NULL until they make it */
	uint32_t refused;		/* beyond a limit */
	bool busy;			/* pw.c has not followed all it heard: nothing more is read until it has */
};

#define PEERS_MAX	4096		/* known at a time: more Hellos are not answered */
#define PEER_PWS_MAX	131072		/* Mappings of PWs kept of one peer, matching or not */
#define PWS_MAX		(1u << 19)	/* records of PWs from which on no peer can make one more; ours always find room */
#define PEER_LSPS_MAX	32768		/* ... of prefixes */
#define PEER_ADDRS_MAX	4096

/* What an application is told. Peers' messages come decoded; @m and what it points to live during the call only. */
struct ldp_app_calls {
	void (*up)(struct peer *p);		/* OPERATIONAL: everything is to be told anew */
	/* The session is over. @held: by graceful restart what was heard stays, marked stale, until .recovered(). */
	void (*down)(struct peer *p, bool held);
	void (*recovered)(struct peer *p);	/* the recovery time is over: what is still stale goes */
	void (*forget)(struct peer *p);		/* the peer is about to be freed */
	void (*say)(struct peer *p);		/* there is room */
	/* One message for this application (io.c chooses by type and FEC). */
	void (*message)(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw);
};
extern const struct ldp_app_calls pw_calls, lsp_calls;

/* The peer with @lsr; made if there is none and @make. NULL: none, or no memory, or PEERS_MAX. */
struct peer *peer_get(struct ldp *l, uint32_t lsr, bool make);
/* Ask for .say() at the next flush; cheap, any number of times, also while the session is down. */
void peer_wants(struct peer *p);
/* Sends @m, whose .id is filled in. False: no room (or no session): nothing was sent, .say() comes again when there is. */
bool peer_say(struct peer *p, struct ldp_msg *m);
/* Likewise, from the part of the room kept for answers, inside .message() only: always fits. */
void answer(struct peer *p, struct ldp_msg *m);
/* A Notification of @status (without E) about @raw, advisory: RFC 5036 3.5.1. */
void refuse(struct peer *p, enum ldp_status_data status, const struct ldp_raw *raw);
/* The session is to end with a fatal @status; inside .message() it ends after the call. @why: a sentence for the log. */
void peer_end(struct peer *p, enum ldp_status_data status, const char *why);
/* .pw_users of @p changed between 0 and not 0: a session may be needed, or not any more. */
void peer_needed(struct peer *p);

struct ldp {
	struct loop *loop;
	struct ldp_report report;
	struct table peers;		/* peer.by_lsr */
	bool told;			/* facts were reported: settle() is due at the end of the callback */

	/* configuration in force, and what follows from it */
	uint32_t lsr_id;		/* 0: LDP does not run */
	bool enabled;			/* OBJ_LDP is there */
	struct m_ldp cfg;		/* zero: defaults */
	bool martini, auto_session;
	bool recovering;		/* ldp_recovering() was called; until the recovery time is over */

	bool round;			/* core is in the middle of a round of decisions */

	struct speaker *sp;
	struct hellos *hellos;
	struct pws *pws;
	struct lsps *lsps;
	struct show_speaker count;	/* its counters */
};

/* Done once at ldp_new() and ldp_free(). */
int pws_open(struct ldp *l);			/* 0 or -ENOMEM */
void pws_close(struct ldp *l);
int lsps_open(struct ldp *l);
void lsps_close(struct ldp *l);
/* ldp.h's calls, handed on by speaker.c */
void pws_signal(struct ldp *l, const struct act_signal *a);
void pws_mac_withdraw(struct ldp *l, uint32_t pw);
void pws_config(struct ldp *l);			/* martini or no-request of some peer changed: peer.martini is new */
void lsps_bind(struct ldp *l, const struct act_bind *a);
void lsps_route(struct ldp *l, const struct sys_route_told *r, bool gone);
void lsps_address(struct ldp *l, uint32_t ifindex, uint32_t ip, uint8_t len, bool there);
void lsps_config(struct ldp *l);		/* .enabled, LSR ID, control mode, or what a peer wants changed */
void pws_retell(struct ldp *l);
void pws_round(struct ldp *l, bool more);
void lsps_retell(struct ldp *l);
void lsps_recovered(struct ldp *l);		/* our own recovery is over: hops still FEC_LABEL_HELD have none */

/* Reports; they set ldp.told. */
void tell_session(struct peer *p, enum session_state s);
void tell_remote(struct ldp *l, uint32_t pw, const struct fact_remote *r);
void tell_fec(struct ldp *l, uint32_t dest, uint8_t len, const struct fact_fec *f);
/* The daemon logs it, as far as @limit allows (NULL: always). */
void tell_event(struct ldp *l, struct log_limit *limit, enum ldp_event_kind kind, uint32_t peer, bool up, uint32_t status,
		const char *text);

#endif
