/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp.h: transport labels (FECs of prefixes), shared by lsp*.c; private to them.
 *
 *   lsp.c		the whole: configuration, FECs, labels heard and said, work in slices
 *   lsp_route.c	routes, next hops, our own addresses; what a FEC can be sent by: told to core
 *   lsp_peer.c		peers: sessions that come and go, the addresses they announce
 *   lsp_in.c		messages received
 *   lsp_out.c		messages sent
 *   lsp_show.c		ldp_show.h
 *
 * RFC 5036 with downstream unsolicited advertisement, liberal retention, label merging, no loop detection; labels are
 * never requested. Local labels are bound to host routes alone, as is usual where LSPs carry services; other prefixes a
 * peer maps are kept and shown, and never used.
 *
 * What a session's end or a wildcard takes back is void at once by a number (lsp_peer.valid) and cleaned up in slices:
 * so nothing a peer says costs more than what it names.
 */
#ifndef TW_LDP_LSP_H
#define TW_LDP_LSP_H

#include "base/log.h"
#include "core/action.h"
#include "ldp/inner.h"

#define NO_LABEL	LABEL_NOT_BOUND
#define LSPS_ROUTES_MAX	65536		/* host routes kept */
#define LSPS_HEARD_MAX	(1u << 20)	/* labels kept, of all peers together */

struct fec;

/* An address that routes use as next hop, and the hops that do. */
struct via {
	struct hnode by_ip;
	uint32_t ip;
	struct list users;		/* lsp_hop.of_via */
	struct list todo;		/* those whose FEC is still to be resolved again */
	struct list dirty;		/* lsps.dirty while .todo is worked on */
};

struct lsp_hop {
	struct list of_via;		/* only of a FEC's best route */
	struct via *via;
	struct lsp_route *route;
	uint32_t ifindex, nexthop;
};

/* A host route with its living next hops, ascending and each once. */
struct lsp_route {
	struct lsp_route *next;		/* of the same prefix, metric ascending */
	struct fec *fec;
	uint32_t metric;
	uint8_t type, odd;
	bool dead;			/* it has next hops that are down */
	uint8_t n;
	struct lsp_hop hop[];
};

struct fec {
	struct hnode by_prefix;
	struct hnode by_label;		/* .in_label, while it is bound */
	struct list all;
	struct list binds;		/* lsp_bind.of_fec */
	struct lsp_route *route;	/* the best first */
	uint32_t dest;
	uint8_t len;
	bool egress;			/* our own address */
	bool told, told_egress;		/* what core was told last */
	uint8_t n_told, n_labels;	/* hops told; those with a label of a neighbour */
	uint32_t in_label;		/* as core said; NO_LABEL */
	uint32_t out;			/* the label peers are to have now; NO_LABEL */
	union {
		struct fact_hop one;
		struct fact_hop *many;	/* .n_told > 1 */
	} hop;
};

/* A FEC and a peer: its label for it, and ours as told to it. */
struct lsp_bind {
	struct hnode by_name;		/* FEC and peer */
	struct hnode by_label;		/* peer and .heard, while there is one */
	struct list of_fec;
	struct list in_heard;		/* .heard of lsp_peer, or .void_heard of lsps: not swept yet */
	struct list in_said;		/* likewise: our label stands at the peer, or .rest of lsp_peer */
	struct list say;		/* peer.lsp_say, or .void_say */
	struct fec *fec;
	struct lsp_peer *peer;
	uint32_t heard;			/* NO_LABEL: none */
	uint32_t epoch;			/* of the peer when it was heard */
	/* what follows counts in session .session of the peer only: see bind_now() */
	uint32_t session;
	uint32_t said;			/* NO_LABEL: none */
	uint32_t request;		/* with .requested: its message ID */
	uint8_t waits;			/* Withdraws of ours that are not answered by a Release yet */
	bool released;			/* the peer gave our label back: it has to ask for it */
	bool requested;			/* and is not answered yet */
	bool used, fell;		/* of .heard, whatever the session: a way goes by it; one did, and none has since */
};

struct lsp_peer {
	struct peer *p;			/* NULL: it was freed, and waits for its last binding */
	struct list all;
	uint32_t lsr;
	uint32_t n_binds;
	bool heard_end;			/* its End-of-LIB came in this session */
	bool offers;			/* labels may be told to it: as far as was acted on */
	bool end_due;			/* our End-of-LIB is due after the walk */
	bool again;			/* the walk tells all, whether it was told or not */
	struct list up;			/* lsps.up: its session is operational */
	struct list walks;		/* lsps.walks: .walk is the next FEC to look at */
	struct fec *walk;
	struct list resume;		/* lsps.resume: a slice of telling was over */
	uint32_t session;		/* counts them */
	uint32_t epoch;			/* moves with each session and each wildcard */
	uint32_t fresh;			/* .epoch at the start of the session: older labels are stale */
	uint32_t valid;			/* labels of an older epoch are void */
	uint32_t voids;			/* counts peer_void() */
	uint32_t n_stale;
	struct list heard, stale;
	struct list said;		/* our label stands at it */
	struct list rest;		/* it does not, but there is something to remember */
	uint64_t own_seq;		/* our addresses were told up to it */
	struct list addrs;
};

struct lsp_addr {			/* an address a peer announced */
	struct hnode by_ip;
	struct list of_peer;
	struct lsp_peer *peer;
	uint32_t ip, session;
};

struct own_addr {			/* an address of the host, on however many devices */
	struct hnode by_ip;
	struct list log;		/* by .seq, the last change last */
	uint64_t seq;
	uint32_t ip;
	uint32_t n, n_host;		/* devices that have it; as /32 */
};
struct own_on {				/* one of these */
	struct hnode by_name;
	uint32_t ifindex;
	uint8_t len;
};

struct lsps {
	struct ldp *ldp;
	struct table fecs, in_labels, binds, labels, vias, addrs, own, own_on;
	struct list all, peers;
	struct list up, walks, resume, dirty, void_heard, void_said, void_say;
	struct list own_log;
	uint64_t own_seq;
	uint32_t n_own_gone;
	uint32_t n_routes, n_heard;
	struct fec *redo;		/* from here on all are to be resolved again */
	bool retell;			/* ... and told, whether anything changed or not */
	struct log_limit limit;
	/* configuration as acted on */
	bool running, ordered;
	uint32_t lsr_id;
};

/* lsp.c */
struct fec *fec_find(const struct lsps *s, uint32_t dest, uint8_t len);
struct fec *fec_get(struct lsps *s, uint32_t dest, uint8_t len);	/* made if need be; NULL: no memory */
void fec_gc(struct lsps *s, struct fec *f);		/* frees it if nothing needs it */
struct lsp_bind *bind_find(const struct lsps *s, const struct fec *f, const struct lsp_peer *lp);
struct lsp_bind *bind_get(struct lsps *s, struct fec *f, struct lsp_peer *lp);
void bind_gc(struct lsps *s, struct lsp_bind *b);	/* frees it, and then its FEC, if nothing needs them */
void bind_now(struct lsp_bind *b);			/* forgets what was said in a former session */
uint64_t label_key(const struct lsp_peer *lp, uint32_t label);	/* in lsps.labels */
void bind_hear(struct lsps *s, struct lsp_bind *b, uint32_t label);	/* NO_LABEL: no more */
void bind_say_again(struct lsp_bind *b);		/* it has something to tell its peer */
void lsps_kick(struct lsps *s);				/* there is work for a slice */
void lsps_limit(struct lsps *s, const char *what, uint32_t peer);
bool lsp_peer_gc(struct lsps *s, struct lsp_peer *lp);

static inline bool heard_valid(const struct lsp_bind *b)
{
	return b->heard != NO_LABEL && b->epoch >= b->peer->valid;
}

static inline bool heard_stale(const struct lsp_bind *b)
{
	return !list_in(&b->peer->up) || b->epoch < b->peer->fresh;
}

/* A way that fell while the session is held, or just before, may lead to a peer that has lost the label. */
static inline bool heard_usable(const struct lsp_bind *b)
{
	return heard_valid(b) && !(b->fell && heard_stale(b));
}

/* lsp_route.c */
bool fec_known(const struct lsps *s, const struct fec *f);	/* routing knows it, and LDP runs */
bool fec_via(const struct lsps *s, const struct fec *f, const struct lsp_peer *lp);	/* @lp is a next hop of it */
/* Who is next hop @ip for @f: the peer with the label, else one that announced the address, else NULL. */
struct lsp_peer *hop_peer(const struct lsps *s, const struct fec *f, uint32_t ip, uint32_t *label);
void fec_resolve(struct lsps *s, struct fec *f);		/* tells core what changed, and peers */
void fec_update_out(struct lsps *s, struct fec *f);
void egress_refresh(struct lsps *s, uint32_t ip);
void via_touch(struct lsps *s, uint32_t ip);		/* who is that next hop may have changed */
bool via_step(struct lsps *s);
void route_free_all(struct lsps *s, struct fec *f);
void own_free_all(struct lsps *s);

/* lsp_peer.c */
bool peer_offered(const struct lsp_peer *lp);		/* labels of prefixes may be told to it now */
void walk_start(struct lsps *s, struct lsp_peer *lp, bool again);
void peer_void(struct lsps *s, struct lsp_peer *lp);	/* all labels heard of it */
void peer_void_stale(struct lsps *s, struct lsp_peer *lp);
void peer_touch(struct lsps *s, const struct lsp_peer *lp);	/* it may have become, or ceased to be, a next hop */
void addr_hear(struct lsps *s, struct lsp_peer *lp, uint32_t ip);
void addr_forget(struct lsps *s, struct lsp_peer *lp, uint32_t ip);
void lsp_peer_free(struct lsps *s, struct lsp_peer *lp);
void lsp_up(struct peer *p);
void lsp_down(struct peer *p, bool held);
void lsp_peer_recovered(struct peer *p);
void lsp_forget(struct peer *p);

/* lsp_in.c */
void lsp_message(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw);

/* lsp_out.c */
typedef bool lsp_send(struct peer *p, struct ldp_msg *m);
bool bind_sync(struct lsp_bind *b, lsp_send *send, bool again);	/* false: no room, go on later */
void lsp_say(struct peer *p);
struct ldp_fec prefix_of(const struct fec *f);
void say_release(struct peer *p, const struct ldp_fec *fec, bool with_label, uint32_t label);

#endif
