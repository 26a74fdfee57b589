/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.h: what speaker, hello, session, io and show share: adjacencies, connections, sessions. The applications
 * (pw, lsp) do not include it.
 *
 *   a Hello from somebody      -> struct adjacency, hung into the struct session of that LSR
 *   an adjacency               -> a TCP connection (struct conn), made by the end with the higher transport address
 *   an Initialization on it    -> the connection is the session's, and the state machine walks
 *
 * A connection that was accepted belongs to nobody until its first PDU names an LSR with an adjacency: who connects
 * and is silent, or sends garbage, costs a bounded number of buffers for a bounded time and stands in nobody's way.
 */
#ifndef TW_LDP_SESSION_H
#define TW_LDP_SESSION_H

#include "base/log.h"
#include "ldp/inner.h"
#include "sys/tcp.h"
#include "sys/udp.h"

#define SECOND			1000000000ull
#define MS			1000000ull
#define ADDR_TEXT		16	/* octets of text of an address */
const char *addr_text(uint32_t ip, char text[ADDR_TEXT]);

/* ---- the speaker's own (speaker.c) --------------------------------------------------------------------------- */

struct device {				/* of the host; made by the first fact or configuration that names it */
	struct hnode by_name;		/* key: hash of the operator's name */
	char name[IFNAME_LEN];
	uint32_t ifindex;		/* 0: absent */
	bool up;
	struct link *link;		/* hello.c: it speaks LDP; NULL: not configured */
};
struct address {
	struct hnode by_ifindex;
	uint32_t ip;
	uint8_t len;
};
struct conf {				/* a retained object, by the LSR ID it names */
	struct hnode by_lsr;
	const void *obj;
};

struct keyed {				/* an address whose connections are accepted with a password only */
	struct hnode by_ip;
	uint32_t lsr;			/* whose password */
};

struct speaker {
	struct table devices, addresses;
	struct table keys, l2vpn_peers;	/* struct conf */
	struct table keyed;		/* keys.c: struct keyed */
	const struct m_ldp *cfg;	/* retained, as all here; NULL: no OBJ_LDP */
	bool open;			/* LDP runs: the Hello socket is there */
	struct list wants;		/* session.in_wants */
	struct timer reopen;		/* a socket could not be opened */
	struct timer sweep;		/* peers nobody needs any more are freed */
	bool recovering;		/* ldp_recovering() was called, and LDP has not opened yet */
	struct timer back, recovered;	/* after our restart: peers are to be back, all is to be confirmed */
	/* connect.c */
	int listening;			/* -1 */
	struct timer accept_pause;
	struct list pending;		/* conn.in_pending */
	uint32_t n_pending;
	struct log_limit strangers;
};

/* At the end of every callback: ends sessions that are due to, lets applications speak, writes, tells of news. */
void ldp_leave(struct ldp *l);
void ldp_wants(struct session *s);	/* its session_flush() is due */
void ldp_open(struct ldp *l);		/* opens or closes, as configuration says */
void peer_configure(struct peer *p);	/* what configuration says of it, looked up */
uint32_t address_on(const struct ldp *l, uint32_t ifindex);	/* the first one of the device; 0: it has none */
void peer_idle(struct ldp *l);		/* some peer may not be needed any more */

/* ---- discovery (hello.c) --------------------------------------------------------------------------------------- */

#define ADJ_PER_LINK_MAX	64	/* peers on one LAN */
#define DATAGRAMS_A_TURN	64

struct link {				/* an interface with `mpls ldp` */
	struct ldp *ldp;
	struct list in;			/* hellos.links */
	struct device *dev;
	const struct m_interface *cfg;	/* retained */
	uint32_t joined;		/* the ifindex the multicast group was joined on; 0: not */
	int error;			/* why the last Hello was not sent; 0 */
	struct timer send;
	struct list adjs;
	uint32_t n_adjs;
	uint64_t sent, received;
	uint64_t prompt_ns;		/* when a Hello was last sent out of turn */
	uint64_t quick_ns;		/* when it last began with quick ones */
	uint8_t quick;			/* so many of them are left */
};
struct target {				/* an LSR Hellos are sent to by unicast */
	struct ldp *ldp;
	struct hnode by_ip;
	uint32_t ip;
	struct list remotes;		/* struct remote: the remote-peers that name it; may be empty */
	bool automatic;			/* a PW needs it, and auto-create-session is on */
	int error;
	struct timer send;
	struct adjacency *adj;		/* NULL: nobody answers */
	uint64_t sent, received;
	uint64_t prompt_ns;
};
struct remote {				/* `mpls ldp remote-peer` */
	struct list in;
	const struct m_remote_peer *cfg; /* retained */
};
struct adjacency {
	struct list in_link;
	struct list in_session;
	struct hnode by_transport;
	struct session *session;
	struct link *link;		/* or */
	struct target *target;
	uint32_t source, transport;
	uint32_t config_seq;
	uint16_t hold;			/* s, negotiated; LDP_HOLD_INFINITE */
	bool gtsm;			/* it set G, in a link Hello */
	struct timer expiry;
	uint64_t since_ns;
};
struct hellos {
	struct ldp *ldp;
	struct sys_udp *udp;		/* NULL: not open */
	struct list links;
	struct table targets;		/* target.by_ip */
	struct table transports;	/* adjacency.by_transport */
	struct timer pause;		/* the socket is not polled until then */
	uint32_t config_seq;
	struct log_limit log;
};

void hellos_init(struct ldp *l);
void hellos_done(struct ldp *l);		/* what configuration left behind */
int hellos_open(struct ldp *l);			/* 0 or -errno: the socket */
void hellos_start(struct ldp *l);		/* the sockets are there: Hellos to everybody */
void hellos_close(struct ldp *l);		/* all adjacencies go, sessions with them */
void hello_link_config(struct ldp *l, struct device *d, const struct m_interface *cfg);	/* NULL: not any more */
void hello_device(struct ldp *l, struct device *d);	/* its ifindex, state or addresses changed */
void hello_remote(struct ldp *l, const struct m_remote_peer *old, const struct m_remote_peer *now);
void hello_reachable(struct ldp *l, uint32_t ip);	/* a route to it came */
void hello_needed(struct ldp *l, uint32_t ip, bool needed);	/* by a PW, with auto-create-session */
struct target *target_of(const struct ldp *l, uint32_t ip);
const struct m_remote_peer *target_config(const struct target *t);	/* NULL: automatic */
/* Any adjacency whose transport address is @ip, or NULL. */
struct adjacency *adjacency_from(const struct ldp *l, uint32_t ip);
uint16_t link_hold(const struct link *n);
uint16_t target_hold(const struct target *t);
uint16_t link_interval(const struct link *n);	/* s between two Hellos */
uint16_t target_interval(const struct target *t);

/* ---- connections (io.c) ------------------------------------------------------------------------------------------ */

#define IN_SIZE			16384
#define OUT_SIZE		65536
#define OUT_RESERVE		32768	/* of OUT_SIZE: for what .message() answers to one message of LDP_PDU_DEFAULT */
#define READS_A_TURN		4

struct conn {
	struct ldp *ldp;
	struct session *session;	/* NULL: accepted, has not said who it is */
	struct list in_pending;		/* hellos of the listening side: then */
	uint32_t keyed;			/* ... and with the password of which LSR it came; 0: with none */
	int fd;
	bool connecting;		/* our connect is under way */
	bool paused;			/* not read: answers would find no room, or peer.busy */
	bool blocked;			/* EPOLLOUT awaited */
	bool broken;			/* TCP is over: see .error */
	bool over;			/* nobody's, and to be closed after what is in .out */
	int error;			/* -errno of broken; 0: the peer closed */
	uint32_t events;		/* registered with the loop */
	uint16_t max;			/* largest PDU Length */
	struct sys_end local, remote;
	struct timer patience;		/* it must have come so far by then */
	uint64_t sent_ns;		/* when something was last given to the kernel */
	uint64_t stuck_ns;		/* blocked since, without any progress; 0: not */
	uint32_t next_id;		/* message ID */
	/* in: [in_at, in_len) is not yet looked at; .pdu walks the one that starts at .in_at */
	uint32_t in_at, in_len;
	bool in_pdu;
	struct ldp_pdu pdu;
	/* out: [out_at, out_len) waits for the kernel; a PDU may be open behind */
	uint32_t out_at, out_len;
	bool open;
	struct ldp_out out_pdu;
	uint8_t in[IN_SIZE];
	uint8_t out[OUT_SIZE];
};

struct conn *conn_new(struct ldp *l, int fd);		/* takes @fd, which it closes when there is no memory: NULL */
void conn_free(struct conn *c);				/* closes; what is in the buffer is tried to be written first */
/* Registers with the loop what it waits for now; @fn is called with @c. 0 or -errno. */
int conn_watch(struct conn *c, void (*fn)(void *arg, uint32_t events));
void conn_read(struct conn *c);				/* what is there, bounded; each message goes to session_message() */
void conn_flush(struct conn *c);			/* gives the buffer to the kernel */
bool conn_say(struct conn *c, struct ldp_msg *m);	/* false: no room outside of the reserve */
void conn_answer(struct conn *c, struct ldp_msg *m);
bool conn_room(const struct conn *c);			/* for another peer_say() */
/* A Notification; @raw may be NULL. */
void conn_notify(struct conn *c, uint32_t code, const struct ldp_raw *raw);

/* ---- sessions (session.c, session_in.c) ------------------------------------------------------------------------------------------ */

#define PENDING_MAX		64	/* accepted connections that have not said who they are */
#define PENDING_PER_SOURCE	4

/* RFC 5036, 2.5.4 */
enum fsm_state { FSM_NONE, FSM_INITIALIZED, FSM_OPENREC, FSM_OPENSENT, FSM_OPERATIONAL, FSM__N };
enum fsm_event {
	EV_CONNECTED,		/* TCP is there and it is known whose it is */
	EV_SENT_INIT,		/* we, the active end, sent Initialization */
	EV_INIT,		/* an acceptable Initialization came */
	EV_BAD_INIT,		/* one that is not */
	EV_KEEPALIVE,
	EV_MESSAGE,		/* any other message */
	EV_NOTIFIED,		/* a Notification that ends the session: fatal, or any before OPERATIONAL */
	EV_SHUTDOWN,		/* ... that of the status Shutdown */
	EV_ERROR,		/* octets that end the session (RFC 5036, 3.5.1.2) */
	EV_TIMEOUT,		/* nothing came for the KeepAlive time, or the handshake took too long */
	EV_LOST,		/* TCP ended */
	EV_CEASE,		/* our own decision: configuration, last adjacency lost, reset */
	EV__N
};
enum fsm_action {
	DO_NOTHING,
	DO_SEND_INIT,		/* active */
	DO_SEND_KEEPALIVE,	/* agreed */
	DO_SEND_BOTH,		/* passive: Initialization and KeepAlive */
	DO_UP,
	DO_REFUSE,		/* a Notification with the status at hand, close */
	DO_CLOSE,		/* close without a word */
};
struct fsm_cell {
	uint8_t next;		/* enum fsm_state */
	uint8_t action;		/* enum fsm_action */
};
extern const struct fsm_cell ldp_fsm[FSM__N][EV__N];

struct session {			/* of one peer, up or not */
	struct peer *peer;
	enum fsm_state state;
	uint64_t since_ns, up_ns;
	struct conn *conn;		/* NULL in FSM_NONE, but while we connect */
	struct list adjs;		/* adjacency.in_session: the first one says .transport */
	uint32_t transport;		/* 0: no adjacency */
	bool active;
	bool md5, gtsm;			/* of the connection */
	struct timer retry;		/* of the connection */
	uint8_t failures;		/* TCP: retries come later and later */
	uint8_t naks;			/* refused Initializations: back-off of RFC 5036, 2.5.3 */
	struct timer hold, keepalive;
	uint16_t keepalive_time;	/* s, negotiated */
	uint16_t keepalive_send;
	/* the end that is due: set inside of callbacks, carried out when they are over */
	bool ending;
	bool end_keep;			/* ... and what the peer said may be held */
	bool end_nak;			/* ... with a back-off */
	bool again_at_once;		/* ... without one */
	char end_why[100];
	struct list in_wants;		/* ldp's list of who wants .say() */
	bool hungry;			/* .say() found no room */
	/* graceful restart */
	bool ft, ft_sent;		/* the peer's Initialization had L, ours has */
	uint32_t reconnect_ms, recovery_ms;
	struct timer held;		/* the peer is to be back by then */
	struct timer recovery;		/* ... and to have confirmed everything by then */
	/* for displays */
	uint64_t keepalives_sent, keepalives_received;
	struct show_ldp_counts count;
	uint32_t last_status;
	bool last_by_us;
	uint64_t early_ns;		/* the last attempt a route brought forward */
	int tcp_error;			/* of the last attempt: -errno, 0 */
	char last_why[100];		/* why the last session ended; "" */
	struct log_limit log;
	uint64_t probed_ns, restarted_ns;	/* when last: the connection was probed, the peer said it is another one */
};

void sessions_close(struct ldp *l, bool quietly);	/* all connections; @quietly: without Shutdown where graceful */
/* An event of the machine, and what is to be said or done about it. */
struct session_end {
	uint32_t status;		/* to be sent with DO_REFUSE (0: nothing), or received */
	const struct ldp_raw *raw;	/* the message it is about */
	bool keep;			/* the peer may come back and be recovered (RFC 3478) */
	bool received;			/* .status is the peer's */
	const char *why;
};
void session_happened(struct session *s, enum fsm_event ev, const struct session_end *r);
void session_simply(struct session *s, enum fsm_event ev);
void session_cease(struct session *s, const struct session_end *r);	/* our own decision, whatever state it is in */
void session_drop_conn(struct session *s);
void session_retry_later(struct session *s);
void session_send_keepalive(struct session *s);
uint64_t session_now(const struct session *s);
struct session *session_of(struct peer *p);	/* made if need be; NULL: no memory */
void session_free(struct session *s);
void session_adjacency(struct session *s, struct adjacency *a);	/* a new one */
/* One is gone; @ours: by our configuration. */
void session_adjacency_lost(struct session *s, const char *why, bool ours);
void session_moved(struct session *s);		/* the transport address of an adjacency changed */
void session_hello(struct session *s, bool restarted);	/* one came: @restarted: its configuration is another now */
bool session_reset(struct session *s, bool graceful);	/* false: it was not up */
void session_flush(struct session *s);		/* ends that are due, .say(), and the buffer to the kernel */
/* The end is due, at the next session_flush(). The first reason counts. */
void session_due_end(struct session *s, uint32_t status, const char *why);
/* From io.c: what came. False: nothing more is to be read of this connection in this turn. */
bool session_message(struct conn *c, const struct ldp_raw *raw);
bool session_pdu(struct conn *c, const struct ldp_id *id);	/* a whole PDU came */
void session_bad(struct conn *c, enum ldp_verdict v, const struct ldp_raw *raw, const struct ldp_fault *fault);
void session_count(struct session *s, uint16_t type, bool sent);
struct ldp_id self_id(const struct ldp *l);
uint16_t keepalive_config(const struct session *s, uint16_t *send);	/* s; *send: 0 = a third */
/* One line for the log about @s, rate limited. */
void session_log(struct session *s, enum log_prio prio, const char *event, const char *text);

#define CAPABILITIES	(LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD) | LDP_HAS(CAP_STATE_CONTROL) | \
			 LDP_HAS(CAP_UNRECOGNIZED))

/* ---- TCP (connect.c) ----------------------------------------------------------------------------------------------- */

int listen_open(struct ldp *l);			/* the listening socket: 0 or -errno */
void listen_close(struct ldp *l);		/* and what connected and has not said who it is */
void session_connect(struct session *s);	/* if it is for us to connect, and nothing is under way */
void session_reachable(struct ldp *l, uint32_t ip);	/* a route to the transport address @ip came */
void session_gtsm(struct session *s);		/* what the adjacencies say of it may have changed */
void connect_due(void *arg, uint64_t now_ns);	/* session.retry */
void connect_lost(struct session *s, int error); /* -errno; 0: the peer closed */
void conn_event(void *arg, uint32_t events);	/* of a struct conn */

/* ---- passwords (keys.c) -------------------------------------------------------------------------------------------- */

const struct m_ldp_key *key_of(const struct ldp *l, uint32_t lsr);
void listen_key(struct ldp *l, uint32_t lsr, uint32_t ip);	/* the password of @lsr as it is now, for connections from @ip */
uint32_t keyed_by(const struct ldp *l, uint32_t ip);	/* with whose password connections from @ip come; 0: without */
void unkey(struct ldp *l, uint32_t ip);
void session_key(struct session *s);		/* the password changed */
void keys_free(struct ldp *l);

/* ---- graceful restart (graceful.c) --------------------------------------------------------------------------------- */

uint32_t graceful_ms(uint16_t seconds, uint16_t otherwise);
uint32_t graceful_recovery_ms(const struct session *s);
void graceful_timers(struct session *s);	/* sets up its two timers */
void graceful_void(struct peer *p, const char *why);
void graceful_hold(struct session *s);
void graceful_back(struct session *s);
void recovery_await(struct ldp *l);		/* we restarted; if LDP is not even configured, that is over some time later */
void recovery_begin(struct ldp *l);		/* LDP opens for the first time after a restart */

#endif
