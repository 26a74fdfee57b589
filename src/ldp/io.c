/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * io.c: octets of a session: PDUs in and out. Owns the buffers of a connection and says what of it the loop watches.
 *
 * In: what the kernel has is read in pieces of IN_SIZE, READS_A_TURN of them a turn; every message goes to session.c at
 * once. Out: messages are packed into PDUs at the end of one buffer that is written when a callback is over. Half of
 * the buffer is for what is said unasked; the other half is kept for answers, and nothing is read while any of it is
 * taken: so an answer always fits, and a peer that does not read our answers is not read either.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "ldp/session.h"

#define SAY_SIZE	(OUT_SIZE - OUT_RESERVE)

static uint32_t written(const struct conn *c)		/* octets of .out taken, an open PDU included */
{
	return c->out_len + (c->open ? (uint32_t)wr_len(&c->out_pdu.w) : 0);
}

/* ---- out ---- */

static void close_pdu(struct conn *c)
{
	if (!c->open)
		return;
	c->out_len += (uint32_t)ldp_out_close(&c->out_pdu);
	c->open = false;
}

static void open_pdu(struct conn *c, uint32_t end)
{
	ldp_out_open(&c->out_pdu, c->out + c->out_len, end - c->out_len, c->max, self_id(c->ldp));
	c->open = true;
}

/* @m behind what is there, not beyond @end octets. */
static enum ldp_fit put(struct conn *c, struct ldp_msg *m, uint32_t end)
{
	enum ldp_fit fit = LDP_FULL;

	m->id = c->next_id;
	if (c->open)
		fit = ldp_out_add(&c->out_pdu, m);
	if (fit == LDP_FULL) {
		close_pdu(c);
		if (c->out_len + LDP_HEADER < end) {
			open_pdu(c, end);
			fit = ldp_out_add(&c->out_pdu, m);
		}
	}
	if (c->open && wr_len(&c->out_pdu.w) <= LDP_HEADER)
		c->open = false;			/* no PDU without a message */
	if (fit == LDP_FITS) {
		c->next_id += c->next_id == UINT32_MAX ? 2 : 1;	/* 0 means "no message" in a Status TLV */
		if (c->session)
			session_count(c->session, m->type, true);
	}
	return fit;
}

/* A message that cannot be encoded, or not in an empty PDU, is a mistake of ours. */
static void our_mistake(struct conn *c, const struct ldp_msg *m)
{
	if (c->session)
		session_log(c->session, LOG_P_ERR, "ldp-message-not-sent", ldp_msg_name(m->type));
#ifndef NDEBUG
	abort();
#endif
}

bool conn_say(struct conn *c, struct ldp_msg *m)
{
	enum ldp_fit fit;

	if (written(c) >= SAY_SIZE)
		return false;
	fit = put(c, m, SAY_SIZE);
	if (fit == LDP_ILLEGAL || (fit == LDP_FULL && !written(c))) {
		our_mistake(c, m);
		return true;
	}
	return fit == LDP_FITS;
}

bool conn_room(const struct conn *c)
{
	return written(c) < SAY_SIZE - LDP_PDU_DEFAULT;
}

void conn_answer(struct conn *c, struct ldp_msg *m)
{
	enum ldp_fit fit = put(c, m, OUT_SIZE);

	if (fit == LDP_ILLEGAL)
		our_mistake(c, m);
	else if (fit == LDP_FULL && c->session)
		session_due_end(c->session, LDP_STATUS_INTERNAL_ERROR, "no room for an answer");
}

void conn_notify(struct conn *c, uint32_t code, const struct ldp_raw *raw)
{
	struct ldp_msg m;

	memset(&m, 0, sizeof(m));
	m.type = LDP_MSG_NOTIFICATION;
	m.has = LDP_HAS(STATUS);
	m.status.code = code;
	if (raw) {
		m.status.msg_id = raw->id;
		m.status.msg_type = (uint16_t)(raw->type | (raw->u ? 0x8000 : 0));
	}
	conn_answer(c, &m);
}

static void broke(struct conn *c, int error)
{
	if (c->broken)
		return;
	c->broken = true;
	c->error = error;
}

void conn_flush(struct conn *c)
{
	if (c->connecting || c->broken)
		return;
	close_pdu(c);
	while (c->out_at < c->out_len) {
		ssize_t n = send(c->fd, c->out + c->out_at, c->out_len - c->out_at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM))
			break;
		if (n < 0) {
			broke(c, -errno);
			return;
		}
		c->out_at += (uint32_t)n;
		c->sent_ns = loop_now(c->ldp->loop);
		c->stuck_ns = 0;
	}
	c->blocked = c->out_at < c->out_len;
	if (!c->blocked)
		c->out_at = c->out_len = 0;
	else if (!c->stuck_ns)
		c->stuck_ns = loop_now(c->ldp->loop);
}

/* ---- in ---- */

static bool answers_fit(const struct conn *c)
{
	return written(c) <= SAY_SIZE;
}

/* One step on what is in the buffer. False: no whole message is there (or none is wanted any more). */
static bool step(struct conn *c, const struct ldp_id *from)
{
	struct ldp_raw raw;
	enum ldp_verdict v;

	if (c->over || (c->session && c->session->ending))
		return false;
	if (!c->in_pdu) {
		v = ldp_pdu_decode(c->in + c->in_at, c->in_len - c->in_at, c->max, from, &c->pdu);
		if (v == LDP_MORE)
			return false;
		if (v != LDP_OK) {
			session_bad(c, v, NULL, NULL);
			return false;
		}
		c->in_pdu = true;
		return session_pdu(c, &c->pdu.id);
	}
	v = ldp_pdu_next(&c->pdu, &raw);
	if (v == LDP_END) {
		c->in_at += (uint32_t)c->pdu.size;
		c->in_pdu = false;
		return true;
	}
	if (v != LDP_OK) {
		session_bad(c, v, &raw, NULL);
		return false;
	}
	return session_message(c, &raw);
}

/* Looks at all that is in the buffer. False: something keeps it from going on. */
static bool digest(struct conn *c)
{
	do {
		if (!answers_fit(c))
			conn_flush(c);
		if (c->broken || !answers_fit(c) || (c->session && c->session->peer->busy)) {
			c->paused = true;
			return false;
		}
	} while (step(c, c->session ? &(struct ldp_id){ c->session->peer->lsr, 0 } : NULL));
	return !c->broken && !c->over && !(c->session && c->session->ending);
}

static void compact(struct conn *c)
{
	if (c->in_pdu || !c->in_at)
		return;				/* .pdu points into the buffer; nothing is read meanwhile */
	memmove(c->in, c->in + c->in_at, c->in_len - c->in_at);
	c->in_len -= c->in_at;
	c->in_at = 0;
}

/* False: nothing came, or the end. */
static bool fill(struct conn *c)
{
	ssize_t n;

	do
		n = recv(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		c->in_len += (uint32_t)n;
		return true;
	}
	if (n == 0)
		broke(c, 0);
	else if (errno != EAGAIN)
		broke(c, -errno);
	return false;
}

void conn_read(struct conn *c)
{
	bool more = true;

	for (int i = 0; i < READS_A_TURN && more && !c->broken; i++) {
		c->paused = false;
		if (!digest(c))
			return;
		compact(c);
		more = fill(c) && c->in_len == sizeof(c->in);
		if (!digest(c))
			return;
		compact(c);
	}
}

/* ---- life ---- */

struct conn *conn_new(struct ldp *l, int fd)
{
	struct conn *c = malloc(sizeof(*c));

	if (!c) {
		sys_tcp_reset(&fd);
		return NULL;
	}
	memset(c, 0, offsetof(struct conn, in));	/* the buffers cost nothing until they are used */
	c->ldp = l;
	c->fd = fd;
	c->max = LDP_PDU_DEFAULT;
	c->next_id = 1;
	return c;
}

void conn_free(struct conn *c)
{
	if (!c)
		return;
	conn_flush(c);
	timer_stop(c->ldp->loop, &c->patience);
	loop_fd_off(c->ldp->loop, c->fd);
	list_del(&c->in_pending);
	sys_tcp_close(&c->fd);
	free(c);
}

int conn_watch(struct conn *c, void (*fn)(void *arg, uint32_t events))
{
	uint32_t events = (c->connecting || c->blocked ? EPOLLOUT : 0) | (c->connecting || c->paused ? 0 : EPOLLIN);
	int rc;

	if (events == c->events)
		return 0;
	rc = loop_fd(c->ldp->loop, c->fd, events, fn, c);
	if (!rc)
		c->events = events;
	return rc;
}
