/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.c: one session per peer: the state machine of RFC 5036 2.5.4 as a table, Initialization, KeepAlive, coming up
 * and ending. Its TCP is in connect.c, passwords in keys.c, graceful restart in graceful.c, what comes in session_in.c.
 *
 * Nothing ends in the middle of a callback: an event whose cell leads to FSM_NONE says what is to be said, marks the
 * session .ending, and session_flush() closes at the end of the callback; it is also where the applications speak.
 *
 * Timers of a session, each on in the states named:
 *   conn.patience   TCP until OPERATIONAL: a handshake has a bounded time
 *   .retry          FSM_NONE, we are the active end: the next attempt. After a failure of TCP 1 to 15 s, or at once when
 *                   a route to the peer comes; after a refused Initialization 15 to 120 s (2.5.3), whatever routes come,
 *                   but at once when the peer's Hello says that it is another one now
 *   .hold           from Initialization on: moved by each PDU
 *   .keepalive      OPERATIONAL: a KeepAlive, unless something else was sent
 *   .held           SESSION_HELD: the peer is to be back by then
 *   .recovery       OPERATIONAL after that: what it has not confirmed by then goes
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ldp/session.h"

#define RESTART_NS	(15 * SECOND)	/* Hellos that are of another one each time end no back-off */
#define LIVED_NS	(10 * SECOND)	/* a session that ends earlier counts as a failed attempt */
#define RETRY_MAX	15		/* s */
#define BACKOFF_MIN	15		/* s, RFC 5036, 2.5.3 */
#define BACKOFF_MAX	120

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

uint64_t session_now(const struct session *s)
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

	if (log_allowed(&s->log, session_now(s), &missed))
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
		m.ft.reconnect_ms = graceful_ms(l->cfg.reconnect, LDP_GR_RECONNECT);
		m.ft.recovery_ms = graceful_recovery_ms(s);
	}
	conn_answer(s->conn, &m);
}

void session_send_keepalive(struct session *s)
{
	struct ldp_msg m = { .type = LDP_MSG_KEEPALIVE };

	conn_answer(s->conn, &m);
	s->keepalives_sent++;
}

/* ---- up and down ---- */

static void enter(struct session *s, enum fsm_state state)
{
	if (s->state != state)
		s->since_ns = session_now(s);
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
			session_send_keepalive(s);
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
	s->up_ns = session_now(s);
	s->naks = 0;
	s->last_why[0] = '\0';
	timer_set(p->ldp->loop, &s->keepalive, session_now(s) + s->keepalive_send * SECOND);
	p->operational = true;
	p->graceful = s->ft && s->ft_sent;
	graceful_back(s);
	snprintf(text, sizeof(text), "session with %s is up", addr_text(p->lsr, ip));
	tell_event(p->ldp, &s->log, LDP_EV_SESSION, p->lsr, true, 0, text);
	tell_session(p, SESSION_UP);
	pw_calls.up(p);
	lsp_calls.up(p);
	ldp_wants(s);
}

static void retry_in(struct session *s, uint32_t seconds)
{
	if (s->active && !list_empty(&s->adjs) && s->peer->ldp->sp->open)
		timer_set(s->peer->ldp->loop, &s->retry, session_now(s) + seconds * SECOND);
}

static uint32_t doubled(uint32_t first, uint32_t n, uint32_t max)
{
	while (n-- > 1 && first < max)
		first *= 2;
	return first < max ? first : max;
}

void session_retry_later(struct session *s)
{
	if (s->naks)
		retry_in(s, doubled(BACKOFF_MIN, s->naks, BACKOFF_MAX));
	else
		retry_in(s, doubled(1, s->failures, RETRY_MAX));
}

void session_drop_conn(struct session *s)
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
	bool lived = was_up && session_now(s) - s->up_ns >= LIVED_NS;

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
		graceful_hold(s);
	else
		tell_session(p, SESSION_DOWN);
	p->graceful = false;
}

/* Carries out the end that is due. */
static void finish(struct session *s)
{
	bool was_up = s->peer->operational;

	enter(s, FSM_NONE);
	session_drop_conn(s);
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
		session_retry_later(s);
	peer_idle(s->peer->ldp);
}

/* ---- the machine ---- */

/* Refused while it opens: the back-off of RFC 5036, 2.5.3, is due, whoever said no. */
static bool is_nak(const struct session *s, enum fsm_event ev)
{
	return !s->peer->operational && (ev == EV_BAD_INIT || ev == EV_NOTIFIED || ev == EV_SHUTDOWN ||
					 ev == EV_MESSAGE || ev == EV_ERROR);
}

static void end_due(struct session *s, enum fsm_event ev, const struct session_end *r)
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

static void act(struct session *s, enum fsm_action action, enum fsm_event ev, const struct session_end *r)
{
	uint32_t status = r->received ? LDP_STATUS_SHUTDOWN : r->status;

	switch (action) {
	case DO_SEND_INIT:
		send_init(s);
		break;
	case DO_SEND_BOTH:
		send_init(s);
		session_send_keepalive(s);
		break;
	case DO_SEND_KEEPALIVE:
		session_send_keepalive(s);
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

void session_happened(struct session *s, enum fsm_event ev, const struct session_end *r)
{
	struct fsm_cell cell = ldp_fsm[s->state][ev];

	if (s->ending)
		return;
	if (cell.next != FSM_NONE)
		enter(s, cell.next);		/* FSM_NONE: when the callback is over */
	act(s, cell.action, ev, r);
}

void session_simply(struct session *s, enum fsm_event ev)
{
	session_happened(s, ev, &(struct session_end){ .why = "" });
}

/* Our own decision to end it, whatever state it is in. */
void session_cease(struct session *s, const struct session_end *r)
{
	if (s->conn && s->state != FSM_NONE) {
		session_happened(s, EV_CEASE, r);
	} else if (s->conn) {			/* TCP is not there yet */
		session_drop_conn(s);
		peer_idle(s->peer->ldp);
	}
}

void session_due_end(struct session *s, uint32_t status, const char *why)
{
	if (status == LDP_STATUS_KEEPALIVE_EXPIRED)
		session_happened(s, EV_TIMEOUT, &(struct session_end){ .status = status, .keep = true, .why = why });
	else
		session_cease(s, &(struct session_end){ .status = status, .why = why });
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
		connect_lost(s, c->error);
	if (s->ending) {
		list_del(&s->in_wants);
		finish(s);
		return;
	}
	if (conn_watch(c, conn_event)) {
		connect_lost(s, -ENOMEM);
		return;
	}
	if (s->hungry && !c->blocked)
		ldp_wants(s);
}

/* ---- adjacencies ---- */

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
	session_cease(s, &(struct session_end){ .status = LDP_STATUS_SHUTDOWN, .why = "its transport address changed" });
	session_connect(s);
}

void session_adjacency(struct session *s, struct adjacency *a)
{
	list_add(&s->adjs, &a->in_session);
	session_moved(s);
	session_gtsm(s);
}

void session_adjacency_lost(struct session *s, const char *why, bool ours)
{
	struct session_end r = { .status = ours ? LDP_STATUS_SHUTDOWN : LDP_STATUS_HOLD_EXPIRED, .keep = !ours };
	char text[100];

	if (!list_empty(&s->adjs)) {
		session_moved(s);
		return;
	}
	locate(s);
	timer_stop(s->peer->ldp->loop, &s->retry);
	snprintf(text, sizeof(text), "no Hello adjacency is left: %s", why);
	r.why = text;
	session_cease(s, &r);
	s->failures = s->naks = 0;
}

void session_hello(struct session *s, bool restarted)
{
	if (!restarted || (s->restarted_ns && session_now(s) - s->restarted_ns < RESTART_NS))
		return;
	s->restarted_ns = session_now(s);
	s->failures = s->naks = 0;
	session_connect(s);
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
	s->retry = (struct timer){ .fn = connect_due, .arg = s };
	s->hold = (struct timer){ .fn = hold_expired, .arg = s };
	s->keepalive = (struct timer){ .fn = keepalive_due, .arg = s };
	graceful_timers(s);
	s->since_ns = loop_now(p->ldp->loop);
	p->session = s;
	return s;
}

void session_free(struct session *s)
{
	struct loop *loop = s->peer->ldp->loop;

	if (s->conn)
		session_drop_conn(s);
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
	session_cease(s, &(struct session_end){ .status = graceful ? 0 : LDP_STATUS_SHUTDOWN, .keep = graceful,
		 .why = graceful ? "it was reset gracefully" : "it was reset" });
	return true;
}

static void stop(struct session *s, bool quietly)
{
	struct loop *loop = s->peer->ldp->loop;
	bool silent = quietly && s->peer->graceful;

	session_cease(s, &(struct session_end){ .status = silent ? 0 : LDP_STATUS_SHUTDOWN, .why = "LDP was stopped" });
	session_flush(s);
	timer_stop(loop, &s->retry);
	graceful_void(s->peer, "LDP was stopped");
}

void sessions_close(struct ldp *l, bool quietly)
{
	table_each(&l->peers, n, i)
		if (container_of(n, struct peer, by_lsr)->session)
			stop(container_of(n, struct peer, by_lsr)->session, quietly);
	listen_close(l);
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
