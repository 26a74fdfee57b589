/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session_in.c: messages that came in a session: what concerns the session itself is an event of its state machine, the
 * rest goes on to the applications.
 */
#include <stdio.h>

#include "ldp/session.h"

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
	timer_set(p->ldp->loop, &s->hold, session_now(s) + s->keepalive_time * SECOND);
}

static void take_init(struct session *s, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	const struct ldp_id *to = &m->session.receiver;

	if (s->state == FSM_OPERATIONAL) {
		session_simply(s, EV_INIT);
		return;
	}
	if (to->lsr != s->peer->ldp->lsr_id || to->space) {
		session_happened(s, EV_BAD_INIT, &(struct session_end){ .status = LDP_STATUS_NO_HELLO, .raw = raw,
			 .why = "its Initialization is meant for another LSR" });
		return;
	}
	if (s->state == FSM_INITIALIZED || s->state == FSM_OPENSENT)
		agree(s, m);		/* downstream on demand proposed: unsolicited wins (RFC 5036, 3.5.3) */
	session_happened(s, EV_INIT, &(struct session_end){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
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
	session_happened(s, status == LDP_STATUS_SHUTDOWN ? EV_SHUTDOWN : EV_NOTIFIED,
		 &(struct session_end){ .status = status, .received = true, .keep = may_return(m->status.code), .why = why });
}

static void take_other(struct session *s, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	if (s->state != FSM_OPERATIONAL)
		session_happened(s, EV_MESSAGE, &(struct session_end){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
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
		session_happened(s, EV_KEEPALIVE, &(struct session_end){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
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
		session_happened(s, EV_ERROR, &(struct session_end){ .status = row->status & LDP_STATUS_DATA, .why = why });
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
		session_happened(c->session, EV_MESSAGE, &(struct session_end){ .status = LDP_STATUS_SHUTDOWN, .raw = raw,
			 .why = "it sent something else than the handshake" });
	return true;
}
