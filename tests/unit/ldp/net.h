/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * net.h: a world around the sessions of src/ldp: sys/tcp.h and sys/udp.h replaced at link time, the applications (pw,
 * lsp) by doubles that record what they are told, the loop's clock virtual, and a peer that speaks by the real codec.
 * We are 10.0.0.5 unless told otherwise, with eth0 (ifindex 7, 10.1.0.5/24).
 */
#ifndef TW_TESTS_LDP_NET_H
#define TW_TESTS_LDP_NET_H

#include "ldp/session.h"

#define IP(a, b, c, d)	((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define OURS		IP(10, 0, 0, 5)
#define LOW		IP(10, 0, 0, 2)		/* a peer that we connect to */
#define HIGH		IP(10, 0, 0, 9)		/* one that connects to us */
#define ETH0		7u

/* ---- the network ---- */

struct net_hello {			/* one that was sent */
	uint32_t ifindex;		/* 0: unicast */
	uint32_t dest, source;
	struct ldp_msg m;
	struct ldp_id id;
};
struct net_fd {				/* a connection, by our descriptor */
	struct sys_end local, remote;
	bool used;
	bool taken;			/* .other is the test's to close */
	int other;			/* the far end of it */
	int error;			/* sys_tcp_error() says so */
	int min_ttl;
	uint32_t timeout_ms;
	bool reset;
	char key[SYS_TCP_KEY + 1];
};
struct net {
	int listen_error, udp_error, join_error, send_error, connect_error;	/* -errno to come */
	int accept_error;		/* ... of each accept while it is set */
	int tcp_error;			/* sys_tcp_error() of new connections */
	bool listening, udp;
	uint32_t listen_ip;
	uint32_t n_hellos;		/* sent ever */
	struct net_hello last;		/* the last one of them */
	uint32_t n_connects;		/* tried ever */
	int connect_fd;			/* ours, of the last one */
	struct net_fd fd[1024];
	struct net_key {
		uint32_t ip;
		char key[SYS_TCP_KEY + 1];
	} key[64];
	uint32_t joined[16];
};
extern struct net net;

void net_reset(void);
void net_datagram(uint32_t dest, uint32_t source, uint32_t ifindex, const void *p, size_t len);
int net_connect(uint32_t from);		/* somebody connects to us; the far end's descriptor, non-blocking */
struct net_fd *net_of(int other);	/* by the far end's descriptor */
const char *net_key(uint32_t ip);	/* of the listening socket; NULL: none */

/* ---- the speaker under test, and who it reports to ---- */

struct world {
	struct loop *loop;
	struct ldp *ldp;
	struct m_system system;
	struct m_interface eth0;
	struct m_ldp cfg;
	uint64_t now;
	uint32_t n_settled, n_recovered, n_events;
	enum session_state told[256];	/* by the last octet of the LSR ID */
	uint32_t n_told;
	struct ldp_event event;		/* the last one */
};

struct app {				/* what a double was told, and what it is to say */
	uint32_t n_up, n_down, n_held, n_recovered, n_forgot, n_messages;
	uint32_t last;			/* type of the last message */
	uint64_t last_has;
	uint32_t to_say;		/* Mappings .say() has left */
	uint32_t said;
	uint32_t answers;		/* Releases to give to each message */
	enum ldp_status_data end;	/* not 0: ends the session at the next message */
	bool refuse;			/* refuses each message, NO_ROUTE */
};
extern struct app pw_app, lsp_app;
extern uint32_t n_lsps_config, n_pws_config, n_lsps_recovered;

struct world *world_new(void);			/* nothing is configured yet */
void world_free(struct world *w);
void world_start(struct world *w);		/* system, LDP and eth0 are configured, eth0 is up */
void world_ldp(struct world *w, const struct m_ldp *now);	/* NULL: undo */
void world_remote(struct world *w, const char *name, uint32_t ip, const struct m_ldp_timers *t);
void world_key(struct world *w, uint32_t peer, const char *old, const char *now);
void world_turns(struct world *w);		/* the loop, until it has nothing to do now */
void world_ms(struct world *w, uint64_t ms);		/* so many pass, and what is due is done */
void world_pass(struct world *w, uint64_t seconds);	/* time passes, with turns on the way */

/* ---- a peer ---- */

struct sim {
	struct world *w;
	uint32_t lsr;
	uint32_t transport;		/* 0: the LSR ID */
	int fd;				/* -1: not connected */
	uint32_t next_id;
	uint8_t buf[1 << 16];
	size_t len, at;
	struct ldp_pdu pdu;
	bool in_pdu;
	uint32_t pdus;			/* received */
	bool closed;			/* the speaker closed */
	uint32_t config_seq;
	uint16_t hold;			/* of its Hellos */
	bool gtsm;
};

void sim_init(struct sim *s, struct world *w, uint32_t lsr);
void sim_done(struct sim *s);
void sim_link_hello(struct sim *s);
void sim_targeted_hello(struct sim *s);
void sim_connect(struct sim *s);		/* as the active end */
void sim_accept(struct sim *s);			/* takes the connection the speaker opened last */
void sim_send(struct sim *s, struct ldp_msg *m);
void sim_bytes(struct sim *s, const void *p, size_t len);
/* The next message the speaker sent; false: there is none. KeepAlives are passed over unless asked for. */
bool sim_receive(struct sim *s, struct ldp_msg *m);
bool sim_receive_any(struct sim *s, struct ldp_msg *m);
struct ldp_msg sim_init_msg(const struct sim *s);
void sim_init_send(struct sim *s, const struct ldp_msg *m);	/* NULL: an ordinary one */
void sim_keepalive(struct sim *s);
void sim_notify(struct sim *s, uint32_t code);
void sim_up(struct sim *s, const struct ldp_msg *init);		/* Hello to OPERATIONAL, whoever connects */
void sim_close(struct sim *s);

struct peer *peer_of(struct world *w, uint32_t lsr);
struct show_session shown(struct world *w, uint32_t lsr);

#endif
