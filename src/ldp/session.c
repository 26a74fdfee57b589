/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.c: one session per peer: TCP, the state machine of RFC 5036 2.5.4 as a table, KeepAlive, capabilities
 * (RFC 5561), graceful restart (RFC 3478). Owns connections and timers of sessions, and the listening socket.
 *
 * Nothing ends in the middle of a callback: an event whose cell leads to FSM_NONE says what is to be said, marks the
 * session .ending, and session_flush() closes at the end of the callback; it is also where the applications speak.
 *
 * Timers of a session, each on in the states named:
 *   conn.patience   TCP until OPERATIONAL: a handshake has a bounded time
 *   .retry          FSM_NONE, we are the active end: the next attempt. After a failure of TCP 1 to 15 s, after a refused
 *                   Initialization 15 to 120 s (2.5.3), at once when the peer's Hello says that it is another one now
 *   .hold           from Initialization on: moved by each PDU
 *   .keepalive      OPERATIONAL: a KeepAlive, unless something else was sent
 *   .held           SESSION_HELD: the peer is to be back by then
 *   .recovery       OPERATIONAL after that: what it has not confirmed by then goes
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "ldp/session.h"

#define CONNECT_NS	(8 * SECOND)	/* four SYNs */
#define HANDSHAKE_NS	(15 * SECOND)
#define PAUSE_NS	SECOND
#define ACCEPTS_A_TURN	16
#define PROBE_NS	SECOND
#define RESTART_NS	(15 * SECOND)	/* Hellos that are of another one each time end no back-off */
#define LIVED_NS	(10 * SECOND)	/* a session that ends earlier counts as a failed attempt */
#define RETRY_MAX	15		/* s */
#define BACKOFF_MIN	15		/* s, RFC 5036, 2.5.3 */
#define BACKOFF_MAX	120
#define CAPABILITIES	(LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD) | LDP_HAS(CAP_STATE_CONTROL) | \
			 LDP_HAS(CAP_UNRECOGNIZED))

/* RFC 5036, 2.5.4. An empty cell cannot come to pass, or changes nothing: FSM_NONE stays, all others name themselves.
 * A Shutdown is answered by a Shutdown in every state (3.5.1.1). */
const struct fsm_cell ldp_fsm[FSM__N][EV__N] = {
[FSM_NONE] = {
	[EV_CONNECTED]	= { FSM_INITIALIZED,	DO_NOTHING },
},
[FSM_INITIALIZED] = {
	[EV_CONNECTED]	= { FSM_INITIALIZED,	DO_NOTHING },
	[EV_SENT_INIT]	= { FSM_OPENSENT,	DO_SEND_INIT },
	[EV_INIT]	= { FSM_OPENREC,	DO_SEND_BOTH },
	[EV_BAD_INIT]	= { FSM_NONE,		DO_REFUSE },
	[EV_KEEPALIVE]	= { FSM_NONE,		DO_REFUSE },
	[EV_MESSAGE]	= { FSM_NONE,		DO_REFUSE },
	[EV_NOTIFIED]	= { FSM_NONE,		DO_CLOSE },
	[EV_SHUTDOWN]	= { FSM_NONE,		DO_REFUSE },
	[EV_ERROR]	= { FSM_NONE,		DO_CLOSE },
	[EV_TIMEOUT]	= { FSM_NONE,		DO_REFUSE },
	[EV_LOST]	= { FSM_NONE,		DO_CLOSE },
	[EV_CEASE]	= { FSM_NONE,		DO_REFUSE },
},
[FSM_OPENREC] = {
	[EV_CONNECTED]	= { FSM_OPENREC,	DO_NOTHING },
	[EV_SENT_INIT]	= { FSM_OPENREC,	DO_NOTHING },
	[EV_INIT]	= { FSM_NONE,		DO_REFUSE },
	[EV_BAD_INIT]	= { FSM_NONE,		DO_REFUSE },
	[EV_KEEPALIVE]	= { FSM_OPERATIONAL,	DO_UP },
	[EV_MESSAGE]	= { FSM_NONE,		DO_REFUSE },
	[EV_NOTIFIED]	= { FSM_NONE,		DO_CLOSE },
	[EV_SHUTDOWN]	= { FSM_NONE,		DO_REFUSE },
	[EV_ERROR]	= { FSM_NONE,		DO_CLOSE },
	[EV_TIMEOUT]	= { FSM_NONE,		DO_REFUSE },
	[EV_LOST]	= { FSM_NONE,		DO_CLOSE },
	[EV_CEASE]	= { FSM_NONE,		DO_REFUSE },
},
[FSM_OPENSENT] = {
	[EV_CONNECTED]	= { FSM_OPENSENT,	DO_NOTHING },
	[EV_SENT_INIT]	= { FSM_OPENSENT,	DO_NOTHING },
	[EV_INIT]	= { FSM_OPENREC,	DO_SEND_KEEPALIVE },
	[EV_BAD_INIT]	= { FSM_NONE,		DO_REFUSE },
	[EV_KEEPALIVE]	= { FSM_NONE,		DO_REFUSE },
	[EV_MESSAGE]	= { FSM_NONE,		DO_REFUSE },
	[EV_NOTIFIED]	= { FSM_NONE,		DO_CLOSE },
	[EV_SHUTDOWN]	= { FSM_NONE,		DO_REFUSE },
	[EV_ERROR]	= { FSM_NONE,		DO_CLOSE },
	[EV_TIMEOUT]	= { FSM_NONE,		DO_REFUSE },
	[EV_LOST]	= { FSM_NONE,		DO_CLOSE },
	[EV_CEASE]	= { FSM_NONE,		DO_REFUSE },
},
[FSM_OPERATIONAL] = {
	[EV_CONNECTED]	= { FSM_OPERATIONAL,	DO_NOTHING },
	[EV_SENT_INIT]	= { FSM_OPERATIONAL,	DO_NOTHING },
	[EV_INIT]	= { FSM_OPERATIONAL,	DO_NOTHING },
	[EV_BAD_INIT]	= { FSM_OPERATIONAL,	DO_NOTHING },
	[EV_KEEPALIVE]	= { FSM_OPERATIONAL,	DO_NOTHING },
	[EV_MESSAGE]	= { FSM_OPERATIONAL,	DO_NOTHING },
	[EV_NOTIFIED]	= { FSM_NONE,		DO_REFUSE },
	[EV_SHUTDOWN]	= { FSM_NONE,		DO_REFUSE },
	[EV_ERROR]	= { FSM_NONE,		DO_CLOSE },
	[EV_TIMEOUT]	= { FSM_NONE,		DO_REFUSE },
	[EV_LOST]	= { FSM_NONE,		DO_CLOSE },
	[EV_CEASE]	= { FSM_NONE,		DO_REFUSE },
},
};

static uint64_t now_of(const struct session *s)
{
	return loop_now(s->peer->ldp->loop);
}

struct ldp_id self_id(const struct ldp *l)
{
	return (struct ldp_id){ l->lsr_id, 0 };
}

void session_log(struct session *s, enum log_prio prio, const char *event, const char *text)
{
	char ip[ADDR_TEXT];
	uint32_t missed;

	if (log_allowed(&s->log, now_of(s), &missed))
		log_event(prio, event, "peer=%s not-told=%u text=\"%s\"", addr_text(s->peer->lsr, ip), missed, text);
}

void session_count(struct session *s, uint16_t type, bool sent)
{
	static const uint16_t types[] = {
#define LDP_X(n, t, text) t,
		LDP_MSGS(LDP_X)
#undef LDP_X
	};
	_Static_assert(sizeof(types) / sizeof(types[0]) == 12, "the size of show_ldp_counts");

	for (unsigned i = 0; i < 12; i++)
		if (types[i] == type)
			(sent ? s->count.sent : s->count.received)[i]++;
}

/* ---- what we propose ---- */

uint16_t keepalive_config(const struct session *s, uint16_t *send)
{
	const struct ldp *l = s->peer->ldp;
	const struct target *t = target_of(l, s->peer->lsr);
	const struct m_remote_peer *r = t ? target_config(t) : NULL;
	const struct m_ldp_timers none = { 0 }, *cfg = r ? &r->ldp : &none;
	uint16_t hold = cfg->keepalive_hold;

	*send = cfg->keepalive_send;
	if (t && !r)
		hold = l->cfg.auto_keepalive;
	list_each(struct adjacency, a, &s->adjs, in_session) {
		if (!a->link || hold || *send)
			continue;
		hold = a->link->cfg->ldp.keepalive_hold;
		*send = a->link->cfg->ldp.keepalive_send;
	}
	return hold ? hold : LDP_KEEPALIVE_HOLD;
}

static uint32_t ms_of(uint16_t seconds, uint16_t otherwise)
{
	return (seconds ? seconds : otherwise) * 1000u;
}

/* How long we keep what the peer had from us; 0: nothing of it is left (RFC 3478, 2). */
static uint32_t recovery_ms(const struct session *s)
{
	const struct ldp *l = s->peer->ldp;

	if (s->peer->state != SESSION_HELD)
		return 0;
	if (!l->recovering)
		return ms_of(l->cfg.recovery, LDP_GR_RECOVERY);
	if (l->sp->recovered.at_ns <= now_of(s))
		return 0;
	return (uint32_t)((l->sp->recovered.at_ns - now_of(s)) / MS);
}

static void send_init(struct session *s)
{
	const struct ldp *l = s->peer->ldp;
	struct ldp_msg m;
	uint16_t send;

	memset(&m, 0, sizeof(m));
	m.type = LDP_MSG_INIT;
	m.has = LDP_HAS(SESSION) | LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD) | LDP_HAS(CAP_UNRECOGNIZED);
	if (s->peer->no_lsps) {
		m.has |= LDP_HAS(CAP_STATE_CONTROL);
		m.state_apps = m.state_off = 1 << LDP_APP_IPV4 | 1 << LDP_APP_IPV6;
	}
	m.on = m.has & CAPABILITIES;
	m.session.keepalive = keepalive_config(s, &send);
	m.session.max_pdu = LDP_PDU_DEFAULT;
	m.session.receiver = (struct ldp_id){ s->peer->lsr, 0 };
	s->ft_sent = l->cfg.graceful_restart;
	if (s->ft_sent) {
		m.has |= LDP_HAS(FT_SESSION);
		m.ft.flags = LDP_FT_LEARN;
		m.ft.reconnect_ms = ms_of(l->cfg.reconnect, LDP_GR_RECONNECT);
		m.ft.recovery_ms = recovery_ms(s);
	}
	conn_answer(s->conn, &m);
}

static void send_keepalive(struct session *s)
{
	struct ldp_msg m = { .type = LDP_MSG_KEEPALIVE };

	conn_answer(s->conn, &m);
	s->keepalives_sent++;
}

/* ---- graceful restart: what is held ---- */

/* What was held of the peer is void: as if it had gone down only now. */
static void void_held(struct peer *p, const char *why)
{
	if (p->state != SESSION_HELD)
		return;
	if (p->session) {
		timer_stop(p->ldp->loop, &p->session->held);
		timer_stop(p->ldp->loop, &p->session->recovery);
	}
	pw_calls.down(p, false);
	lsp_calls.down(p, false);
	tell_session(p, SESSION_DOWN);
	tell_event(p->ldp, p->session ? &p->session->log : NULL, LDP_EV_GRACEFUL, p->lsr, false, 0, why);
	peer_idle(p->ldp);
}

static void not_back(void *arg, uint64_t now_ns)
{
	struct session *s = arg;

	(void)now_ns;
	void_held(s->peer, "the peer did not come back in time");
	ldp_leave(s->peer->ldp);
}

static void recovery_over(void *arg, uint64_t now_ns)
{
	struct session *s = arg;

	(void)now_ns;
	pw_calls.recovered(s->peer);
	lsp_calls.recovered(s->peer);
	tell_event(s->peer->ldp, &s->log, LDP_EV_GRACEFUL, s->peer->lsr, false, 0, "the recovery time is over");
	ldp_leave(s->peer->ldp);
}

/* The peer goes, but said that it will be back. */
static void hold(struct session *s)
{
	struct ldp *l = s->peer->ldp;
	uint64_t ms = ms_of(l->cfg.liveness, LDP_GR_LIVENESS);

	if (s->reconnect_ms < ms)
		ms = s->reconnect_ms;
	timer_stop(l->loop, &s->recovery);
	timer_set(l->loop, &s->held, now_of(s) + ms * MS);
	tell_session(s->peer, SESSION_HELD);
	tell_event(l, &s->log, LDP_EV_GRACEFUL, s->peer->lsr, true, 0, "its state is held until it comes back");
}

/* It is back: was anything kept (RFC 3478, 3.3)? After a restart of ours the peer has nothing to say about that. */
static void back(struct session *s)
{
	struct peer *p = s->peer;
	struct ldp *l = p->ldp;
	uint64_t ms = ms_of(l->cfg.recovery, LDP_GR_RECOVERY);

	timer_stop(l->loop, &s->held);
	if (p->state != SESSION_HELD)
		return;
	if (!p->graceful || (!s->recovery_ms && !l->recovering)) {
		void_held(p, "the peer is back without its state");
		return;
	}
	if (s->recovery_ms && s->recovery_ms < ms)
		ms = s->recovery_ms;
	timer_set(l->loop, &s->recovery, now_of(s) + ms * MS);
	tell_event(l, &s->log, LDP_EV_GRACEFUL, p->lsr, true, 0, "the peer is back with its state");
}

/* ---- our own restart ---- */

static void void_all(struct ldp *l, const char *why)
{
	table_each(&l->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_lsr);

		if (!p->operational && !(p->session && p->session->held.at_ns))
			void_held(p, why);
	}
}

static void peers_back(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	void_all(l, "the peer did not come back in time after our restart");
	ldp_leave(l);
}

static void all_recovered(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	l->recovering = l->sp->recovering = false;
	timer_stop(l->loop, &l->sp->back);
	void_all(l, "the peer did not come back in time after our restart");
	table_each(&l->peers, n, i) {
		pw_calls.recovered(container_of(n, struct peer, by_lsr));
		lsp_calls.recovered(container_of(n, struct peer, by_lsr));
	}
	lsps_recovered(l);
	if (l->report.recovered)
		l->report.recovered(l->report.arg);
	l->told = true;
	log_event(LOG_P_NOTICE, "ldp-graceful-restart", "text=\"our own recovery is over\"");
	ldp_leave(l);
}

void recovery_await(struct ldp *l)
{
	l->recovering = l->sp->recovering = true;
	l->sp->back = (struct timer){ .fn = peers_back, .arg = l };
	l->sp->recovered = (struct timer){ .fn = all_recovered, .arg = l };
	timer_set(l->loop, &l->sp->recovered, loop_now(l->loop) + LDP_GR_RECONNECT * SECOND);
}

void recovery_begin(struct ldp *l)
{
	uint64_t now = loop_now(l->loop), reconnect = ms_of(l->cfg.reconnect, LDP_GR_RECONNECT),
		 recovery = ms_of(l->cfg.recovery, LDP_GR_RECOVERY);

	if (!l->sp->recovering)
		return;
	l->sp->recovering = false;
	if (!l->cfg.graceful_restart) {			/* nobody was told to wait for us */
		timer_stop(l->loop, &l->sp->recovered);
		all_recovered(l, now);
		return;
	}
	timer_set(l->loop, &l->sp->back, now + reconnect * MS);
	timer_set(l->loop, &l->sp->recovered, now + (reconnect > recovery ? reconnect : recovery) * MS);
}

/* ---- up and down ---- */

static void enter(struct session *s, enum fsm_state state)
{
	if (s->state != state)
		s->since_ns = now_of(s);
	s->state = state;
}

static void keepalive_due(void *arg, uint64_t now_ns)
{
	struct session *s = arg;
	struct conn *c = s->conn;
	uint64_t every = s->keepalive_send * SECOND;

	if (c->stuck_ns && now_ns - c->stuck_ns >= s->keepalive_time * SECOND) {
		session_due_end(s, LDP_STATUS_KEEPALIVE_EXPIRED, "the peer does not read what it is sent");
	} else {
		if (!c->blocked && now_ns - c->sent_ns >= every) {
			send_keepalive(s);
			ldp_wants(s);
			timer_set(s->peer->ldp->loop, &s->keepalive, now_ns + every);
		} else {
			timer_set(s->peer->ldp->loop, &s->keepalive, (c->blocked ? now_ns : c->sent_ns) + every);
		}
	}
	ldp_leave(s->peer->ldp);
}

static void up(struct session *s)
{
	struct peer *p = s->peer;
	char text[80], ip[ADDR_TEXT];

	timer_stop(p->ldp->loop, &s->conn->patience);
	s->up_ns = now_of(s);
	s->naks = 0;
	s->last_why[0] = '\0';
	timer_set(p->ldp->loop, &s->keepalive, now_of(s) + s->keepalive_send * SECOND);
	p->operational = true;
	p->graceful = s->ft && s->ft_sent;
	back(s);
	snprintf(text, sizeof(text), "session with %s is up", addr_text(p->lsr, ip));
	tell_event(p->ldp, &s->log, LDP_EV_SESSION, p->lsr, true, 0, text);
	tell_session(p, SESSION_UP);
	pw_calls.up(p);
	lsp_calls.up(p);
	ldp_wants(s);
}

static void try_connect(struct session *s);

static void retry_in(struct session *s, uint32_t seconds)
{
	if (s->active && !list_empty(&s->adjs) && s->peer->ldp->sp->open)
		timer_set(s->peer->ldp->loop, &s->retry, now_of(s) + seconds * SECOND);
}

static uint32_t doubled(uint32_t first, uint32_t n, uint32_t max)
{
	while (n-- > 1 && first < max)
		first *= 2;
	return first < max ? first : max;
}

static void retry_later(struct session *s)
{
	if (s->naks)
		retry_in(s, doubled(BACKOFF_MIN, s->naks, BACKOFF_MAX));
	else
		retry_in(s, doubled(1, s->failures, RETRY_MAX));
}

static void drop_conn(struct session *s)
{
	conn_free(s->conn);
	s->conn = NULL;
	s->ending = s->hungry = false;
	s->md5 = s->gtsm = false;
	timer_stop(s->peer->ldp->loop, &s->hold);
	timer_stop(s->peer->ldp->loop, &s->keepalive);
}

static void count_failure(struct session *s, bool was_up)
{
	bool lived = was_up && now_of(s) - s->up_ns >= LIVED_NS;

	if (lived)
		s->failures = 0;
	if (s->end_nak && s->naks < 8)
		s->naks++;
	if (s->failures < 8)
		s->failures++;
}

static void was_operational(struct session *s)
{
	struct peer *p = s->peer;
	bool held = p->graceful && s->end_keep;
	char text[160], ip[ADDR_TEXT];

	p->operational = false;
	p->caps = 0;
	p->apps_off = 0;
	p->ldp->count.session_downs++;
	snprintf(text, sizeof(text), "session with %s is down: %s", addr_text(p->lsr, ip), s->end_why);
	tell_event(p->ldp, &s->log, LDP_EV_SESSION, p->lsr, false, s->last_status, text);
	pw_calls.down(p, held);
	lsp_calls.down(p, held);
	if (held)
		hold(s);
	else
		tell_session(p, SESSION_DOWN);
	p->graceful = false;
}

/* Carries out the end that is due. */
static void finish(struct session *s)
{
	bool was_up = s->peer->operational;

	enter(s, FSM_NONE);
	drop_conn(s);
	memcpy(s->last_why, s->end_why, sizeof(s->last_why));
	if (was_up)
		was_operational(s);
	else
		session_log(s, LOG_P_NOTICE, "ldp-session-not-up", s->end_why);
	count_failure(s, was_up);
	s->up_ns = 0;
	s->keepalive_time = s->keepalive_send = 0;
	if (s->again_at_once)
		s->failures = s->naks = 0;
	s->again_at_once = false;
	if (s->active)
		retry_later(s);
	peer_idle(s->peer->ldp);
}

/* ---- the machine ---- */

struct ending {
	uint32_t status;		/* to be sent with DO_REFUSE (0: nothing), or received */
	const struct ldp_raw *raw;	/* the message it is about */
	bool keep;			/* the peer may come back and be recovered (RFC 3478) */
	bool received;			/* .status is the peer's */
	const char *why;
};

/* Refused while it opens: the back-off of RFC 5036, 2.5.3, is due, whoever said no. */
static bool is_nak(const struct session *s, enum fsm_event ev)
{
	return !s->peer->operational && (ev == EV_BAD_INIT || ev == EV_NOTIFIED || ev == EV_SHUTDOWN ||
					 ev == EV_MESSAGE || ev == EV_ERROR);
}

static void end_due(struct session *s, enum fsm_event ev, const struct ending *r)
{
	char text[160];

	s->ending = true;
	s->end_keep = r->keep;
	s->end_nak = is_nak(s, ev);
	s->last_status = r->status;
	s->last_by_us = !r->received;
	snprintf(s->end_why, sizeof(s->end_why), "%s", r->why);
	ldp_wants(s);
	if (!r->status)
		return;
	if (r->received)
		snprintf(text, sizeof(text), "the peer ended the session: %s", ldp_status_text(r->status));
	else
		snprintf(text, sizeof(text), "session ended: %s (%s)", ldp_status_text(r->status), r->why);
	tell_event(s->peer->ldp, &s->log, LDP_EV_NOTIFIED, s->peer->lsr, false, r->status & LDP_STATUS_DATA, text);
}

static void act(struct session *s, enum fsm_action action, enum fsm_event ev, const struct ending *r)
{
	uint32_t status = r->received ? LDP_STATUS_SHUTDOWN : r->status;

	switch (action) {
	case DO_SEND_INIT:
		send_init(s);
		break;
	case DO_SEND_BOTH:
		send_init(s);
		send_keepalive(s);
		break;
	case DO_SEND_KEEPALIVE:
		send_keepalive(s);
		break;
	case DO_UP:
		up(s);
		break;
	case DO_REFUSE:
		end_due(s, ev, r);		/* first: if the Notification finds no room, that is no second end */
		if (status)
			conn_notify(s->conn, ldp_status_code(status & LDP_STATUS_DATA), r->raw);
		break;
	case DO_CLOSE:
		end_due(s, ev, r);
		break;
	case DO_NOTHING:
		break;
	}
}

static void happened(struct session *s, enum fsm_event ev, const struct ending *r)
{
	struct fsm_cell cell = ldp_fsm[s->state][ev];

	if (s->ending)
		return;
	if (cell.next != FSM_NONE)
		enter(s, cell.next);		/* FSM_NONE: when the callback is over */
	act(s, cell.action, ev, r);
}

static void simply(struct session *s, enum fsm_event ev)
{
	happened(s, ev, &(struct ending){ .why = "" });
}

/* Our own decision to end it, whatever state it is in. */
static void cease(struct session *s, const struct ending *r)
{
	if (s->conn && s->state != FSM_NONE) {
		happened(s, EV_CEASE, r);
	} else if (s->conn) {			/* TCP is not there yet */
		drop_conn(s);
		peer_idle(s->peer->ldp);
	}
}

void session_due_end(struct session *s, uint32_t status, const char *why)
{
	if (status == LDP_STATUS_KEEPALIVE_EXPIRED)
		happened(s, EV_TIMEOUT, &(struct ending){ .status = status, .keep = true, .why = why });
	else
		cease(s, &(struct ending){ .status = status, .why = why });
}

static void hold_expired(void *arg, uint64_t now_ns)
{
	struct session *s = arg;
	char why[100];

	(void)now_ns;
	snprintf(why, sizeof(why), "no message came for %u s", s->keepalive_time);
	session_due_end(s, LDP_STATUS_KEEPALIVE_EXPIRED, why);
	ldp_leave(s->peer->ldp);
}

static void impatient(void *arg, uint64_t now_ns);

/* ---- messages ---- */

static void agree(struct session *s, const struct ldp_msg *m)
{
	struct peer *p = s->peer;
	uint16_t send, mine = keepalive_config(s, &send), third;

	s->keepalive_time = m->session.keepalive < mine ? m->session.keepalive : mine;
	third = s->keepalive_time >= 3 ? s->keepalive_time / 3 : 1;
	s->keepalive_send = send && send < third ? send : third;
	s->conn->max = ldp_max_pdu(LDP_PDU_DEFAULT, m->session.max_pdu);
	s->ft = m->has & LDP_HAS(FT_SESSION) && m->ft.flags & LDP_FT_LEARN;
	s->reconnect_ms = s->ft ? m->ft.reconnect_ms : 0;
	s->recovery_ms = s->ft ? m->ft.recovery_ms : 0;
	p->caps = (m->has & m->on & CAPABILITIES) | (s->ft ? LDP_HAS(FT_SESSION) : 0);
	p->apps_off = p->caps & LDP_HAS(CAP_STATE_CONTROL) ? m->state_off : 0;
	sys_tcp_user_timeout(s->conn->fd, s->keepalive_time * 1000u);
	timer_set(p->ldp->loop, &s->hold, now_of(s) + s->keepalive_time * SECOND);
}

static void take_init(struct session *s, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	const struct ldp_id *to = &m->session.receiver;

	if (s->state == FSM_OPERATIONAL) {
		simply(s, EV_INIT);
		return;
	}
	if (to->lsr != s->peer->ldp->lsr_id || to->space) {
		happened(s, EV_BAD_INIT, &(struct ending){ .status = LDP_STATUS_NO_HELLO, .raw = raw,
			 .why = "its Initialization is meant for another LSR" });
		return;
	}
	if (s->state == FSM_INITIALIZED || s->state == FSM_OPENSENT)
		agree(s, m);		/* downstream on demand proposed: unsolicited wins (RFC 5036, 3.5.3) */
	happened(s, EV_INIT, &(struct ending){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
		 .why = "a second Initialization came while the session opens" });
}

/* It said what it may say at run time (RFC 5561, 6; 7473). */
static void take_capability(struct session *s, const struct ldp_msg *m)
{
	struct peer *p = s->peer;
	uint8_t off = p->apps_off;

	if (!(m->has & LDP_HAS(CAP_STATE_CONTROL)))
		return;
	if (m->on & LDP_HAS(CAP_STATE_CONTROL))
		p->apps_off = (uint8_t)((p->apps_off & ~m->state_apps) | (m->state_off & m->state_apps));
	else
		p->apps_off = 0;
	if (p->apps_off == off)
		return;
	pws_config(p->ldp);
	lsps_config(p->ldp);
}

static bool may_return(uint32_t status)
{
	uint32_t data = status & LDP_STATUS_DATA;

	return data == LDP_STATUS_KEEPALIVE_EXPIRED || data == LDP_STATUS_HOLD_EXPIRED;
}

enum { TO_PW = 1, TO_LSP = 2 };

static unsigned by_fec(const struct ldp_fec *f)
{
	uint8_t type = f->type == LDP_FEC_TYPED ? f->typed.fec : f->type;

	if (type == LDP_FEC_PREFIX)
		return TO_LSP;
	return type == LDP_FEC_PWID || type == LDP_FEC_GENPWID ? TO_PW : TO_PW | TO_LSP;
}

static unsigned whose(const struct ldp_msg *m)
{
	if (m->has & LDP_HAS(FEC))
		return by_fec(&m->fec);
	if (m->type == LDP_MSG_ADDRESS || m->type == LDP_MSG_ADDRESS_WITHDRAW)
		return m->has & LDP_HAS(MAC_LIST) ? TO_PW : TO_LSP;
	return TO_PW | TO_LSP;
}

static void hand_on(struct session *s, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	unsigned to = whose(m);

	if (to & TO_PW)
		pw_calls.message(s->peer, m, raw);
	if (to & TO_LSP && !s->ending)
		lsp_calls.message(s->peer, m, raw);
}

static void take_notification(struct session *s, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	uint32_t status = m->status.code & LDP_STATUS_DATA;
	char why[100];

	if (!(m->status.code & LDP_STATUS_FATAL) && s->state == FSM_OPERATIONAL) {
		hand_on(s, m, raw);
		return;
	}
	snprintf(why, sizeof(why), "the peer says: %s", ldp_status_text(m->status.code));
	happened(s, status == LDP_STATUS_SHUTDOWN ? EV_SHUTDOWN : EV_NOTIFIED,
		 &(struct ending){ .status = status, .received = true, .keep = may_return(m->status.code), .why = why });
}

static void take_other(struct session *s, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	if (s->state != FSM_OPERATIONAL)
		happened(s, EV_MESSAGE, &(struct ending){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
			 .why = "it sent something else than the handshake" });
	else if (m->type == LDP_MSG_CAPABILITY)
		take_capability(s, m);
	else if (m->type == LDP_MSG_HELLO)
		conn_notify(s->conn, LDP_STATUS_UNKNOWN_MSG, raw);	/* has no place in a session */
	else
		hand_on(s, m, raw);
}

static void take(struct session *s, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	session_count(s, m->type, false);
	switch (m->type) {
	case LDP_MSG_INIT:
		take_init(s, m, raw);
		break;
	case LDP_MSG_KEEPALIVE:
		s->keepalives_received++;
		happened(s, EV_KEEPALIVE, &(struct ending){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
			 .why = "a KeepAlive came instead of Initialization" });
		break;
	case LDP_MSG_NOTIFICATION:
		take_notification(s, m, raw);
		break;
	default:
		take_other(s, m, raw);
	}
}

void session_bad(struct conn *c, enum ldp_verdict v, const struct ldp_raw *raw, const struct ldp_fault *fault)
{
	const struct ldp_verdict_row *row = ldp_verdict_row(v);
	struct session *s = c->session;
	struct ldp_msg n;
	char why[100];

	c->ldp->count.tcp_errors++;
	ldp_answer(&n, v, raw, fault);
	conn_answer(c, &n);
	if (!s) {
		c->over = true;
		return;
	}
	snprintf(why, sizeof(why), "%s%s%s", raw ? ldp_msg_name(raw->type) : "PDU", ": ", row->text);
	session_log(s, LOG_P_WARNING, "ldp-bad-message", why);
	if (row->closes)
		happened(s, EV_ERROR, &(struct ending){ .status = row->status & LDP_STATUS_DATA, .why = why });
}

bool session_message(struct conn *c, const struct ldp_raw *raw)
{
	struct ldp_fault fault;
	struct ldp_msg m;
	enum ldp_verdict v;

	if (!c->session)
		return false;
	v = ldp_decode(raw, &m, &fault);
	if (v == LDP_OK)
		take(c->session, &m, raw);
	else if (v != LDP_IGNORE)
		session_bad(c, v, raw, &fault);
	if (v != LDP_OK && c->session->state != FSM_OPERATIONAL)	/* U does not count there: RFC 5036, 2.5.3 */
		happened(c->session, EV_MESSAGE, &(struct ending){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
			 .why = "it sent something else than the handshake" });
	return true;
}

/* ---- TCP ---- */

/*
 * RFC 6720, 3. Where a targeted Hello carries the session, too, ends may differ: FRR sends with TTL 255 or 64 by
 * whichever Hello it heard last. A session that does not come up protects nobody.
 */
static bool wants_gtsm(const struct session *s)
{
	bool gtsm = false;

	list_each(struct adjacency, a, &s->adjs, in_session) {
		if (!a->link)
			return false;
		gtsm |= a->gtsm;
	}
	return gtsm;
}

void session_gtsm(struct session *s)
{
	bool want = wants_gtsm(s);

	if (!s->conn || s->gtsm == want)
		return;
	if (!sys_tcp_min_ttl(s->conn->fd, want ? SYS_TCP_TTL : 0))
		s->gtsm = want;
}

static void on_conn(void *arg, uint32_t events);

static void lost(struct session *s, int error)
{
	char why[100];

	if (error)
		snprintf(why, sizeof(why), "TCP: %s", strerror(-error));
	else
		snprintf(why, sizeof(why), "the peer closed the connection");
	happened(s, EV_LOST, &(struct ending){ .keep = true, .why = why });
}

static void connect_failed(struct session *s, int error)
{
	s->tcp_error = error;
	drop_conn(s);
	if (s->failures < 8)
		s->failures++;
	retry_later(s);
}

static void established(struct session *s)
{
	struct conn *c = s->conn;

	s->tcp_error = 0;
	sys_tcp_ends(c->fd, &c->local, &c->remote);
	c->sent_ns = now_of(s);
	timer_set(c->ldp->loop, &c->patience, now_of(s) + HANDSHAKE_NS);
	session_gtsm(s);
	simply(s, EV_CONNECTED);
	if (s->active)
		simply(s, EV_SENT_INIT);
	ldp_wants(s);
}

static void connect_went(struct conn *c)
{
	struct session *s = c->session;
	int rc = sys_tcp_error(c->fd);

	if (rc == -EINPROGRESS)
		return;
	if (rc) {
		connect_failed(s, rc);
		return;
	}
	c->connecting = false;
	established(s);
}

static void impatient(void *arg, uint64_t now_ns)
{
	struct conn *c = arg;
	struct ldp *l = c->ldp;

	(void)now_ns;
	if (!c->session) {
		l->sp->n_pending--;
		l->count.tcp_strangers++;
		conn_free(c);
	} else if (c->connecting) {
		connect_failed(c->session, -ETIMEDOUT);
	} else {
		happened(c->session, EV_TIMEOUT, &(struct ending){ .status = LDP_STATUS_KEEPALIVE_EXPIRED,
			 .why = "the handshake took too long" });
	}
	ldp_leave(l);
}

static void connect_now(struct session *s)
{
	struct ldp *l = s->peer->ldp;
	const struct m_ldp_key *key = key_of(l, s->peer->lsr);
	int fd = sys_tcp_connect((struct sys_end){ l->lsr_id, 0 }, (struct sys_end){ s->transport, LDP_PORT },
				 key ? key->password : NULL, key ? strlen(key->password) : 0);

	s->conn = fd >= 0 ? conn_new(l, fd) : NULL;
	if (!s->conn) {
		connect_failed(s, fd < 0 ? fd : -ENOMEM);
		return;
	}
	s->md5 = key;
	s->conn->session = s;
	s->conn->connecting = true;
	s->conn->patience = (struct timer){ .fn = impatient, .arg = s->conn };
	timer_set(l->loop, &s->conn->patience, now_of(s) + CONNECT_NS);
	session_gtsm(s);
	if (conn_watch(s->conn, on_conn))
		connect_failed(s, -ENOMEM);
}

static void try_connect(struct session *s)
{
	struct ldp *l = s->peer->ldp;

	if (!s->active || s->conn || list_empty(&s->adjs) || !l->sp->open)
		return;
	timer_stop(l->loop, &s->retry);
	connect_now(s);
}

static void retry_due(void *arg, uint64_t now_ns)
{
	struct session *s = arg;

	(void)now_ns;
	try_connect(s);
	ldp_leave(s->peer->ldp);
}

/* ---- who connects to us ---- */

static void stranger(struct ldp *l, uint32_t ip, const char *why)
{
	char text[ADDR_TEXT];
	uint32_t missed;

	l->count.tcp_strangers++;
	if (log_allowed(&l->sp->strangers, loop_now(l->loop), &missed))
		log_event(LOG_P_NOTICE, "ldp-connection-refused", "from=%s not-told=%u text=\"%s\"", addr_text(ip, text),
			  missed, why);
}

/* A second connection while a session is up: the first may be of a peer that is no more. If it is, what we send will
 * be answered with a reset. */
static void probe(struct session *s)
{
	if (s->conn->blocked || now_of(s) - s->probed_ns < PROBE_NS)
		return;
	s->probed_ns = now_of(s);
	send_keepalive(s);
	ldp_wants(s);
}

static uint32_t pending_from(const struct ldp *l, uint32_t ip)
{
	uint32_t n = 0;

	list_each(struct conn, c, &l->sp->pending, in_pending)
		n += c->remote.ip == ip;
	return n;
}

/* Why a connection from @ip is not wanted; NULL: it is. */
static const char *unwanted(struct ldp *l, uint32_t ip)
{
	struct adjacency *a = adjacency_from(l, ip);

	if (!a)
		return "no Hello came from there";
	if (a->session->peer->operational) {
		probe(a->session);
		return "its session is up";
	}
	if (l->lsr_id > ip)
		return "we are the end that connects";
	if (l->sp->n_pending >= PENDING_MAX || pending_from(l, ip) >= PENDING_PER_SOURCE)
		return "too many connections have not said who they are";
	return NULL;
}

static struct keyed *keyed_find(const struct ldp *l, uint32_t ip)
{
	struct hnode *n = table_find(&l->sp->keyed, ip);

	return n ? container_of(n, struct keyed, by_ip) : NULL;
}

static uint32_t keyed_by(const struct ldp *l, uint32_t ip)
{
	const struct keyed *k = keyed_find(l, ip);

	return k ? k->lsr : 0;
}

static void accepted(struct ldp *l, int fd, const struct sys_end *from)
{
	const char *why = unwanted(l, from->ip);
	struct conn *c;

	if (why) {
		stranger(l, from->ip, why);
		sys_tcp_reset(&fd);
		return;
	}
	c = conn_new(l, fd);
	if (!c)
		return;
	c->remote = *from;
	c->keyed = keyed_by(l, from->ip);
	list_add(&l->sp->pending, &c->in_pending);
	l->sp->n_pending++;
	if (wants_gtsm(adjacency_from(l, from->ip)->session))
		sys_tcp_min_ttl(fd, SYS_TCP_TTL);
	c->patience = (struct timer){ .fn = impatient, .arg = c };
	timer_set(l->loop, &c->patience, loop_now(l->loop) + HANDSHAKE_NS);
	if (conn_watch(c, on_conn))
		c->over = true;
	on_conn(c, 0);
}

static bool can_attach(struct session *s, const struct conn *c)
{
	list_each(struct adjacency, a, &s->adjs, in_session)
		if (a->transport == c->remote.ip)
			return true;
	return false;
}

/* The first PDU of a connection says whose it is (RFC 5036, 2.5.3). */
static bool attach(struct conn *c, const struct ldp_id *id)
{
	struct peer *p = id->space ? NULL : peer_get(c->ldp, id->lsr, false);
	struct session *s = p ? p->session : NULL;

	if (!s || !can_attach(s, c)) {
		stranger(c->ldp, c->remote.ip, "no Hello of the LSR it says it is");
		conn_notify(c, ldp_status_code(LDP_STATUS_NO_HELLO), NULL);
		return false;
	}
	if (key_of(c->ldp, p->lsr) && c->keyed != p->lsr) {
		stranger(c->ldp, c->remote.ip, "it came without the password of the LSR it says it is");
		return false;
	}
	if (s->conn || s->active) {
		stranger(c->ldp, c->remote.ip, "the LSR has a connection already");
		return false;
	}
	list_del(&c->in_pending);
	c->ldp->sp->n_pending--;
	c->session = s;
	s->conn = c;
	s->md5 = key_of(c->ldp, p->lsr);
	s->gtsm = false;
	timer_stop(c->ldp->loop, &s->retry);
	established(s);
	return true;
}

bool session_pdu(struct conn *c, const struct ldp_id *id)
{
	struct session *s = c->session;

	if (!s && !attach(c, id)) {
		c->over = true;
		return false;
	}
	if (s && s->hold.at_ns)
		timer_set(c->ldp->loop, &s->hold, now_of(s) + s->keepalive_time * SECOND);
	return true;
}

static void pending_turn(struct conn *c)
{
	conn_flush(c);
	if (!c->broken && !c->over && !conn_watch(c, on_conn))
		return;
	if (c->broken)
		c->ldp->count.tcp_strangers++;
	c->ldp->sp->n_pending--;
	conn_free(c);
}

static void on_conn(void *arg, uint32_t events)
{
	struct conn *c = arg;
	struct ldp *l = c->ldp;

	(void)events;
	loop_doing(l->loop, "an LDP session");
	if (c->connecting) {
		connect_went(c);
	} else {
		conn_flush(c);
		if (!c->broken)
			conn_read(c);
		if (c->session)
			ldp_wants(c->session);
		else
			pending_turn(c);
	}
	ldp_leave(l);
}

static void accept_some(void *arg, uint32_t events);

static void accept_again(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	if (l->sp->listening >= 0)
		loop_fd(l->loop, l->sp->listening, EPOLLIN, accept_some, l);
}

static void accept_some(void *arg, uint32_t events)
{
	struct ldp *l = arg;
	struct sys_end from;

	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = sys_tcp_accept(l->sp->listening, &from);

		if (fd == -EAGAIN)
			break;
		if (fd < 0) {				/* no descriptor left: it stays readable, and must not spin */
			loop_fd_off(l->loop, l->sp->listening);
			timer_set(l->loop, &l->sp->accept_pause, loop_now(l->loop) + PAUSE_NS);
			log_event(LOG_P_WARNING, "ldp-accept", "error=%d text=\"%s\"", -fd, strerror(-fd));
			break;
		}
		accepted(l, fd, &from);
	}
	ldp_leave(l);
}

/* ---- the end of a callback ---- */

static void speak(struct session *s)
{
	s->hungry = false;
	lsp_calls.say(s->peer);
	if (!s->hungry && !s->ending)
		pw_calls.say(s->peer);
}

void session_flush(struct session *s)
{
	struct conn *c = s->conn;

	if (!c || c->connecting)
		return;
	if (s->peer->operational && !s->ending && !c->blocked && !c->broken)
		speak(s);
	conn_flush(c);
	if (c->paused && !c->blocked && !s->ending && !s->peer->busy) {	/* what was answered is written: on with what came */
		conn_read(c);
		ldp_wants(s);
	}
	if (c->broken && !s->ending)
		lost(s, c->error);
	if (s->ending) {
		list_del(&s->in_wants);
		finish(s);
		return;
	}
	if (conn_watch(c, on_conn)) {
		lost(s, -ENOMEM);
		return;
	}
	if (s->hungry && !c->blocked)
		ldp_wants(s);
}

/* ---- adjacencies ---- */

static void unkey(struct ldp *l, uint32_t ip);

static void locate(struct session *s)
{
	struct ldp *l = s->peer->ldp;
	uint32_t before = s->transport, lsr = s->peer->lsr;

	s->transport = list_empty(&s->adjs) ? 0 : list_entry(s->adjs.next, struct adjacency, in_session)->transport;
	s->active = s->transport && l->lsr_id > s->transport;
	if (s->transport == before)
		return;
	if (before && before != lsr && keyed_by(l, before) == lsr)
		unkey(l, before);
	if (s->transport && s->transport != lsr)
		listen_key(l, lsr, s->transport);
}

void session_moved(struct session *s)
{
	uint32_t before = s->transport;

	locate(s);
	session_gtsm(s);
	if (s->transport == before || s->peer->operational)
		return;
	s->failures = s->naks = 0;
	cease(s, &(struct ending){ .status = LDP_STATUS_SHUTDOWN, .why = "its transport address changed" });
	try_connect(s);
}

void session_adjacency(struct session *s, struct adjacency *a)
{
	list_add(&s->adjs, &a->in_session);
	session_moved(s);
	session_gtsm(s);
}

void session_adjacency_lost(struct session *s, const char *why, bool ours)
{
	struct ending r = { .status = ours ? LDP_STATUS_SHUTDOWN : LDP_STATUS_HOLD_EXPIRED, .keep = !ours };
	char text[100];

	if (!list_empty(&s->adjs)) {
		session_moved(s);
		return;
	}
	locate(s);
	timer_stop(s->peer->ldp->loop, &s->retry);
	snprintf(text, sizeof(text), "no Hello adjacency is left: %s", why);
	r.why = text;
	cease(s, &r);
	s->failures = s->naks = 0;
}

void session_hello(struct session *s, bool restarted)
{
	if (!restarted || (s->restarted_ns && now_of(s) - s->restarted_ns < RESTART_NS))
		return;
	s->restarted_ns = now_of(s);
	s->failures = s->naks = 0;
	try_connect(s);
}

/* ---- passwords ---- */

/* An address is that of one LSR: whose Hello names another's takes no password away from it, and sets none on it. */
static bool anothers(const struct ldp *l, uint32_t lsr, uint32_t ip)
{
	struct hnode *n = table_find(&l->peers, ip);
	const struct peer *p = n ? container_of(n, struct peer, by_lsr) : NULL;
	uint32_t by = keyed_by(l, ip);

	return lsr != ip && ((by && by != lsr) || key_of(l, ip) || (p && p->session && !list_empty(&p->session->adjs)));
}

/* What was connected before the password was set is turned away; who has it comes again. */
#define QUEUE_MAX	4096		/* more than listen() queues */

static void turn_away(struct ldp *l)
{
	struct sys_end from;

	for (int i = 0; i < QUEUE_MAX; i++) {
		int fd = sys_tcp_accept(l->sp->listening, &from);

		if (fd < 0)
			break;
		sys_tcp_reset(&fd);
	}
}

/* @lsr 0: with no password any more. */
static void keyed_set(struct ldp *l, uint32_t ip, uint32_t lsr)
{
	struct keyed *k = keyed_find(l, ip);

	list_each(struct conn, c, &l->sp->pending, in_pending)
		if (c->remote.ip == ip)
			c->keyed = 0;
	if (k) {
		table_del(&l->sp->keyed, &k->by_ip);
		free(k);
	}
	if (!lsr)
		return;
	turn_away(l);
	k = calloc(1, sizeof(*k));
	if (!k)
		return;			/* its connections will count as without */
	k->lsr = lsr;
	table_add(&l->sp->keyed, &k->by_ip, ip);
}

static void unkey(struct ldp *l, uint32_t ip)
{
	if (l->sp->listening >= 0)
		sys_tcp_key(l->sp->listening, ip, NULL, 0);
	keyed_set(l, ip, 0);
}

void listen_key(struct ldp *l, uint32_t lsr, uint32_t ip)
{
	const struct m_ldp_key *key = key_of(l, lsr);
	char text[ADDR_TEXT];
	int rc;

	if (l->sp->listening < 0 || anothers(l, lsr, ip) || (!key && !keyed_find(l, ip)))
		return;
	rc = sys_tcp_key(l->sp->listening, ip, key ? key->password : NULL, key ? strlen(key->password) : 0);
	keyed_set(l, ip, key && !rc ? lsr : 0);
	if (rc && (key || rc != -ENOENT))
		log_event(LOG_P_ERR, "ldp-md5", "peer=%s error=%d text=\"the password could not be set: %s\"",
			  addr_text(lsr, text), -rc, strerror(-rc));
}

void session_key(struct session *s)
{
	if (s->transport && s->transport != s->peer->lsr)
		listen_key(s->peer->ldp, s->peer->lsr, s->transport);
	s->again_at_once = s->conn && s->state != FSM_NONE;
	s->failures = s->naks = 0;
	cease(s, &(struct ending){ .status = LDP_STATUS_SHUTDOWN, .why = "its password was changed" });
	try_connect(s);
}

/* ---- life ---- */

struct session *session_of(struct peer *p)
{
	struct session *s = p->session;

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->peer = p;
	s->log.burst = 10;
	list_init(&s->adjs);
	s->retry = (struct timer){ .fn = retry_due, .arg = s };
	s->hold = (struct timer){ .fn = hold_expired, .arg = s };
	s->keepalive = (struct timer){ .fn = keepalive_due, .arg = s };
	s->held = (struct timer){ .fn = not_back, .arg = s };
	s->recovery = (struct timer){ .fn = recovery_over, .arg = s };
	s->since_ns = loop_now(p->ldp->loop);
	p->session = s;
	return s;
}

void session_free(struct session *s)
{
	struct loop *loop = s->peer->ldp->loop;

	if (s->conn)
		drop_conn(s);
	timer_stop(loop, &s->retry);
	timer_stop(loop, &s->held);
	timer_stop(loop, &s->recovery);
	list_del(&s->in_wants);
	s->peer->session = NULL;
	free(s);
}

bool session_reset(struct session *s, bool graceful)
{
	if (!s->peer->operational)
		return false;
	s->again_at_once = true;
	cease(s, &(struct ending){ .status = graceful ? 0 : LDP_STATUS_SHUTDOWN, .keep = graceful,
		 .why = graceful ? "it was reset gracefully" : "it was reset" });
	return true;
}

int sessions_open(struct ldp *l)
{
	int fd = sys_tcp_listen((struct sys_end){ l->lsr_id, LDP_PORT });

	if (fd < 0)
		return fd;
	l->sp->listening = fd;
	l->sp->accept_pause = (struct timer){ .fn = accept_again, .arg = l };
	table_each(&l->sp->keys, n, i)
		listen_key(l, (uint32_t)n->key, (uint32_t)n->key);
	return loop_fd(l->loop, fd, EPOLLIN, accept_some, l);
}

static void stop(struct session *s, bool quietly)
{
	struct loop *loop = s->peer->ldp->loop;
	bool silent = quietly && s->peer->graceful;

	cease(s, &(struct ending){ .status = silent ? 0 : LDP_STATUS_SHUTDOWN, .why = "LDP was stopped" });
	session_flush(s);
	timer_stop(loop, &s->retry);
	void_held(s->peer, "LDP was stopped");
}

void sessions_close(struct ldp *l, bool quietly)
{
	while (!list_empty(&l->sp->pending)) {
		l->sp->n_pending--;
		conn_free(list_entry(l->sp->pending.next, struct conn, in_pending));
	}
	table_each(&l->peers, n, i)
		if (container_of(n, struct peer, by_lsr)->session)
			stop(container_of(n, struct peer, by_lsr)->session, quietly);
	timer_stop(l->loop, &l->sp->accept_pause);
	if (l->sp->listening >= 0)
		loop_fd_off(l->loop, l->sp->listening);
	sys_tcp_close(&l->sp->listening);
	table_each(&l->sp->keyed, n, i) {
		struct keyed *k = container_of(n, struct keyed, by_ip);

		table_del(&l->sp->keyed, n);
		free(k);
	}
}

/* ---- what the applications call ---- */

bool peer_say(struct peer *p, struct ldp_msg *m)
{
	struct session *s = p->session;

	if (!p->operational || s->ending)
		return false;
	if (conn_say(s->conn, m))
		return true;
	s->hungry = true;
	return false;
}

void answer(struct peer *p, struct ldp_msg *m)
{
	if (p->operational && !p->session->ending)
		conn_answer(p->session->conn, m);
}

void refuse(struct peer *p, enum ldp_status_data status, const struct ldp_raw *raw)
{
	if (p->operational && !p->session->ending)
		conn_notify(p->session->conn, status, raw);
}

void peer_end(struct peer *p, enum ldp_status_data status, const char *why)
{
	if (p->operational)
		session_due_end(p->session, status, why);
}
