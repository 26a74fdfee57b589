/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * connect.c: TCP of sessions: the attempts of the active end, the listening socket, and whose an accepted connection is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "ldp/session.h"

#define CONNECT_NS	(8 * SECOND)	/* four SYNs */
#define HANDSHAKE_NS	(15 * SECOND)
#define PAUSE_NS	SECOND
#define ACCEPTS_A_TURN	16
#define PROBE_NS	SECOND
#define EARLY_NS	SECOND

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

void connect_lost(struct session *s, int error)
{
	char why[100];

	if (error)
		snprintf(why, sizeof(why), "TCP: %s", strerror(-error));
	else
		snprintf(why, sizeof(why), "the peer closed the connection");
	session_happened(s, EV_LOST, &(struct session_end){ .keep = true, .why = why });
}

static void connect_failed(struct session *s, int error)
{
	s->tcp_error = error;
	session_drop_conn(s);
	if (s->failures < 8)
		s->failures++;
	session_retry_later(s);
}

static void established(struct session *s)
{
	struct conn *c = s->conn;

	s->tcp_error = 0;
	sys_tcp_ends(c->fd, &c->local, &c->remote);
	c->sent_ns = session_now(s);
	timer_set(c->ldp->loop, &c->patience, session_now(s) + HANDSHAKE_NS);
	session_gtsm(s);
	session_simply(s, EV_CONNECTED);
	if (s->active)
		session_simply(s, EV_SENT_INIT);
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
		session_happened(c->session, EV_TIMEOUT, &(struct session_end){ .status = LDP_STATUS_KEEPALIVE_EXPIRED,
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
	timer_set(l->loop, &s->conn->patience, session_now(s) + CONNECT_NS);
	session_gtsm(s);
	if (conn_watch(s->conn, conn_event))
		connect_failed(s, -ENOMEM);
}

void session_connect(struct session *s)
{
	struct ldp *l = s->peer->ldp;

	if (!s->active || s->conn || list_empty(&s->adjs) || !l->sp->open)
		return;
	timer_stop(l->loop, &s->retry);
	connect_now(s);
}

/*
 * The wait after a failure of TCP is over, or the SYN that found no way: the kernel would send the next one later and
 * later. Not the back-off of a refused Initialization. A route that flaps brings one attempt a second at most; the last
 * change is not forgotten, but due when the second is over.
 */
static void hurry(struct session *s)
{
	struct loop *loop = s->peer->ldp->loop;
	uint64_t now = session_now(s), at = s->early_ns ? s->early_ns + EARLY_NS : now;

	if (!s->active || s->naks || (s->conn && !s->conn->connecting))
		return;
	if (s->conn) {
		if (now + CONNECT_NS < s->conn->patience.at_ns + EARLY_NS)
			return;
		session_drop_conn(s);
	} else if (!s->retry.at_ns) {
		return;
	}
	if (at < now)
		at = now;
	if (s->retry.at_ns && s->retry.at_ns <= at)
		return;
	s->early_ns = at;
	timer_set(loop, &s->retry, at);
}

void session_reachable(struct ldp *l, uint32_t ip)
{
	for (struct hnode *n = table_find(&l->hellos->transports, ip); n; n = table_again(n)) {
		struct session *s = container_of(n, struct adjacency, by_transport)->session;

		if (s->transport == ip)
			hurry(s);
	}
}

void connect_due(void *arg, uint64_t now_ns)
{
	struct session *s = arg;

	(void)now_ns;
	session_connect(s);
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
	if (s->conn->blocked || session_now(s) - s->probed_ns < PROBE_NS)
		return;
	s->probed_ns = session_now(s);
	session_send_keepalive(s);
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
	if (conn_watch(c, conn_event))
		c->over = true;
	conn_event(c, 0);
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
		timer_set(c->ldp->loop, &s->hold, session_now(s) + s->keepalive_time * SECOND);
	return true;
}

static void pending_turn(struct conn *c)
{
	conn_flush(c);
	if (!c->broken && !c->over && !conn_watch(c, conn_event))
		return;
	if (c->broken)
		c->ldp->count.tcp_strangers++;
	c->ldp->sp->n_pending--;
	conn_free(c);
}

void conn_event(void *arg, uint32_t events)
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

int listen_open(struct ldp *l)
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

void listen_close(struct ldp *l)
{
	while (!list_empty(&l->sp->pending)) {
		l->sp->n_pending--;
		conn_free(list_entry(l->sp->pending.next, struct conn, in_pending));
	}
	timer_stop(l->loop, &l->sp->accept_pause);
	if (l->sp->listening >= 0)
		loop_fd_off(l->loop, l->sp->listening);
	sys_tcp_close(&l->sp->listening);
	keys_free(l);
}
