/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp_world.h: transport labels (src/ldp/lsp*.c) between doubles of sessions and of core.
 *
 * What is said goes through the real codec both ways and is kept per peer; a double of core binds a label to every FEC
 * it is told when core_turn() is called.
 */
#ifndef LSP_WORLD_H
#define LSP_WORLD_H

#include "ldp/lsp.h"

#define ME		0x0a000001u		/* 10.0.0.1 */
#define DEST(i)		(0x0a010000u + (uint32_t)(i))	/* 10.1.x.x */
#define NEXT(i)		(0xc0a80000u + (uint32_t)(i))	/* 192.168.x.x: addresses of peers */
#define LSR(i)		(0x0a000064u + (uint32_t)(i))	/* 10.0.0.100... */
#define PEERS		4

struct heard {				/* a message a peer got */
	uint16_t type;
	uint64_t has;
	uint8_t fec;			/* its type */
	uint32_t dest, label, request, status, status_msg;
	uint8_t len;
	uint32_t n_addr, addr[64];
};

struct world {
	struct ldp l;
	struct loop *loop;
	struct fake_peer {
		struct peer p;
		bool wants;
		uint32_t room;		/* messages that may still be said; UINT32_MAX: any */
		uint32_t next_id;
		struct heard *got;
		uint32_t n_got, cap, at;	/* .at: looked at so far */
	} peer[PEERS];
	struct fake_fec {
		struct hnode by_dest;
		uint32_t dest;
		uint8_t len;
		bool told, asked;
		uint32_t label;		/* bound */
		struct fact_fec f;
		struct fact_hop hop[FEC_HOPS_MAX];
	} **fec;
	struct table fecs;
	uint32_t n_fec, cap_fec;
	uint32_t next_label;
	uint32_t n_tell;		/* calls of tell_fec() */
	bool no_core;			/* core_turn() binds nothing */
};

struct world *world_new(void);
void world_free(struct world *w);
void settle_all(struct world *w);	/* idle work, what is to be said, and core's answers, until nothing is left */
void core_turn(struct world *w);

void session_up(struct world *w, int peer);
void session_down(struct world *w, int peer, bool held);
/* @m as the peer sends it, through the codec. */
void hear(struct world *w, int peer, struct ldp_msg *m);
void hear_label(struct world *w, int peer, uint16_t type, uint32_t dest, uint32_t label);	/* NO_LABEL: without */
void hear_wild(struct world *w, int peer, uint16_t type, bool typed, uint32_t label);
void hear_addr(struct world *w, int peer, uint16_t type, uint32_t ip);

/* Routes with one or two next hops; @b 0: one. The device is 10 + the peer's last octet. */
void route(struct world *w, uint32_t dest, uint32_t a, uint32_t b);
void route_gone(struct world *w, uint32_t dest);
struct sys_route_told route_of(uint32_t dest, uint32_t metric, int n, ...);

struct fake_fec *fec_at(struct world *w, uint32_t dest);	/* what core knows; NULL: never told */
uint32_t label_of(struct world *w, uint32_t dest);		/* bound by core */
/* The next message to the peer that was not looked at; NULL: none. */
const struct heard *next_msg(struct world *w, int peer);
const struct heard *next_of(struct world *w, int peer, uint16_t type);	/* others are passed over */
uint32_t count_of(struct world *w, int peer, uint16_t type);	/* of those not looked at, which are then */
void skip_msgs(struct world *w, int peer);

#endif
