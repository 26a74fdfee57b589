/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show.c: the speaker, adjacencies and sessions for displays (ldp_show.h), and in words why they are not up and what to
 * do about it. Reads only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ldp/session.h"

#define WAITED_NS (10 * SECOND)		/* a peer that has not connected by then has a reason */

const char *ldp_state_text(enum ldp_state_seen s)
{
	static const char *const text[] = {
		[LDP_SEEN_NONE] = "NonExistent", [LDP_SEEN_INITIALIZED] = "Initialized", [LDP_SEEN_OPENREC] = "Open Recv",
		[LDP_SEEN_OPENSENT] = "Open Sent", [LDP_SEEN_OPERATIONAL] = "Operational",
	};

	return text[s];
}

void ldp_show_speaker(const struct ldp *l, struct show_speaker *out)
{
	*out = l->count;
	out->enabled = l->enabled;
	out->listening = l->sp->open;
	out->lsr_id = l->lsr_id;
	out->graceful_restart = l->cfg.graceful_restart;
	out->ordered = l->cfg.ordered;
	out->recovering = l->recovering;
	if (!l->enabled)
		snprintf(out->why, sizeof(out->why), "mpls ldp is not configured");
	else if (!l->lsr_id)
		snprintf(out->why, sizeof(out->why), "there is no LSR ID: mpls lsr-id and mpls are needed");
}

/* ---- adjacencies ---- */

static void why_link(const struct ldp *l, const struct link *n, char *why, size_t size)
{
	if (!l->sp->open)
		snprintf(why, size, "LDP is not active: display mpls ldp says why");
	else if (!n->dev->ifindex)
		snprintf(why, size, "there is no such device");
	else if (!n->dev->up)
		snprintf(why, size, "the interface is down");
	else if (!address_on(l, n->dev->ifindex))
		snprintf(why, size, "the interface has no IPv4 address to send Hellos from");
	else if (n->error)
		snprintf(why, size, "Hellos cannot be sent: %s", strerror(-n->error));
	else
		snprintf(why, size, "nobody on this link sends Hellos: is mpls ldp on at the other end?");
}

static void why_target(const struct ldp *l, const struct target *t, char *why, size_t size)
{
	char ip[ADDR_TEXT];

	addr_text(t->ip, ip);
	if (!l->sp->open)
		snprintf(why, size, "LDP is not active: display mpls ldp says why");
	else if (t->ip == l->lsr_id)
		snprintf(why, size, "%s is this router itself", ip);
	else if (t->error == -ENETUNREACH || t->error == -EHOSTUNREACH)
		snprintf(why, size, "Hellos cannot be sent: there is no route to %s", ip);
	else if (t->error)
		snprintf(why, size, "Hellos cannot be sent to %s: %s", ip, strerror(-t->error));
	else
		snprintf(why, size, "no Hello from %s: is it reachable (route to it), and is this router its remote peer?",
			 ip);
}

static void fill_heard(const struct adjacency *a, struct show_adjacency *out)
{
	out->peer = a->session->peer->lsr;
	out->source = a->source;
	out->transport = a->transport;
	out->up = true;
	out->hold = a->hold;
	out->since_ns = a->since_ns;
}

static struct show_adjacency of_link(const struct ldp *l, const struct link *n, const struct adjacency *a)
{
	struct show_adjacency out = { .hold_configured = link_hold(n), .send = link_interval(n), .sent = n->sent,
				      .received = n->received };

	memcpy(out.ifname, n->dev->name, sizeof(out.ifname));
	if (a)
		fill_heard(a, &out);
	else
		why_link(l, n, out.why, sizeof(out.why));
	return out;
}

static struct show_adjacency of_target(const struct ldp *l, const struct target *t)
{
	const struct m_remote_peer *r = target_config(t);
	struct show_adjacency out = { .targeted = true, .automatic = !r, .peer = t->ip, .hold_configured = target_hold(t),
				      .send = target_interval(t), .sent = t->sent, .received = t->received };

	if (r)
		memcpy(out.remote_name, r->name, sizeof(out.remote_name));
	if (t->adj)
		fill_heard(t->adj, &out);
	else
		why_target(l, t, out.why, sizeof(out.why));
	return out;
}

static uint32_t gather(const struct ldp *l, struct show_adjacency *v)
{
	uint32_t n = 0;

	list_each(struct link, k, &l->hellos->links, in) {
		list_each(struct adjacency, a, &k->adjs, in_link)
			v[n++] = of_link(l, k, a);
		if (!k->n_adjs)
			v[n++] = of_link(l, k, NULL);
	}
	table_each(&l->hellos->targets, node, i)
		v[n++] = of_target(l, container_of(node, struct target, by_ip));
	return n;
}

static int adjacency_order(const void *a, const void *b)
{
	const struct show_adjacency *x = a, *y = b;

	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	if (x->targeted != y->targeted)
		return x->targeted ? 1 : -1;
	return strcmp(x->ifname, y->ifname);
}

int ldp_show_adjacencies(const struct ldp *l, int (*fn)(void *arg, const struct show_adjacency *a), void *arg)
{
	struct show_adjacency *v;
	size_t n = l->hellos->targets.n;
	int rc = 0;

	list_each(struct link, k, &l->hellos->links, in)
		n += k->n_adjs ? k->n_adjs : 1;
	v = calloc(n ? n : 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	n = gather(l, v);
	qsort(v, n, sizeof(*v), adjacency_order);
	for (size_t i = 0; i < n && !rc; i++)
		rc = fn(arg, &v[i]);
	free(v);
	return rc;
}

/* ---- sessions ---- */

static void why_no_hello(const struct peer *p, char *why, size_t size)
{
	const struct target *t = target_of(p->ldp, p->lsr);
	char ip[ADDR_TEXT];

	if (t)
		why_target(p->ldp, t, why, size);
	else if (p->pw_users)
		snprintf(why, size, "there is no remote-peer %s, and mpls l2vpn auto-create-session is off",
			 addr_text(p->lsr, ip));
	else
		snprintf(why, size, "no Hello from %s any more", addr_text(p->lsr, ip));
}

static void why_tcp(const struct session *s, const char *ip, char *why, size_t size)
{
	bool key = key_of(s->peer->ldp, s->peer->lsr);

	switch (-s->tcp_error) {
	case ECONNREFUSED:
		snprintf(why, size, "TCP connection refused by %s: does LDP run there?", ip);
		break;
	case ETIMEDOUT:
		snprintf(why, size, "%s sends Hellos, but its TCP port 646 does not answer: %s", ip,
			 key ? "is the md5-password the same there?" : "is it filtered, or has it a password for us?");
		break;
	case ENETUNREACH:
	case EHOSTUNREACH:
		snprintf(why, size, "there is no route to %s", ip);
		break;
	default:
		snprintf(why, size, "TCP connection to %s: %s", ip, strerror(-s->tcp_error));
	}
}

static void why_waiting(const struct session *s, const char *ip, char *why, size_t size)
{
	const struct ldp *l = s->peer->ldp;
	const char *hint = "";

	if (loop_now(l->loop) - list_entry(s->adjs.next, struct adjacency, in_session)->since_ns >= WAITED_NS)
		hint = key_of(l, s->peer->lsr) ? ": is the md5-password the same there, and does it hear our Hellos?" :
						 ": does it hear our Hellos, and has it no password for us?";
	snprintf(why, size, "%s is to open the TCP connection%s", ip, hint);
}

static void why_before(const struct session *s, char *why, size_t size)
{
	uint64_t now = loop_now(s->peer->ldp->loop);
	unsigned int in = s->retry.at_ns > now ? (unsigned int)((s->retry.at_ns - now + SECOND - 1) / SECOND) : 0;

	if (in)
		snprintf(why, size, "the last attempt: %.100s; the next in %u s", s->last_why, in);
	else
		snprintf(why, size, "the last attempt: %.120s", s->last_why);
}

static void why_not_up(const struct peer *p, char *why, size_t size)
{
	const struct session *s = p->session;
	char ip[ADDR_TEXT];

	if (!p->ldp->sp->open)
		snprintf(why, size, "LDP is not active: display mpls ldp says why");
	else if (!s || list_empty(&s->adjs))
		why_no_hello(p, why, size);
	else if (s->state != FSM_NONE)
		snprintf(why, size, "the session is being opened");
	else if (s->tcp_error)
		why_tcp(s, addr_text(s->transport, ip), why, size);
	else if (s->last_why[0])
		why_before(s, why, size);
	else if (s->conn)
		snprintf(why, size, "the TCP connection to %s is being opened", addr_text(s->transport, ip));
	else
		why_waiting(s, addr_text(s->transport, ip), why, size);
}

static enum ldp_state_seen seen(enum fsm_state s)
{
	static const enum ldp_state_seen as[FSM__N] = {
		[FSM_NONE] = LDP_SEEN_NONE, [FSM_INITIALIZED] = LDP_SEEN_INITIALIZED, [FSM_OPENREC] = LDP_SEEN_OPENREC,
		[FSM_OPENSENT] = LDP_SEEN_OPENSENT, [FSM_OPERATIONAL] = LDP_SEEN_OPERATIONAL,
	};

	return as[s];
}

static void fill_conn(const struct conn *c, struct show_session *out)
{
	out->local = c->local.ip;
	out->remote = c->remote.ip;
	out->local_port = c->local.port;
	out->remote_port = c->remote.port;
	out->max_pdu = c->max;
}

static void fill_session(const struct session *s, struct show_session *out)
{
	uint16_t send;

	out->state = seen(s->state);
	out->active = s->active;
	out->deleting = s->ending;
	out->heard = !list_empty(&s->adjs);
	out->remote = s->transport;
	if (s->conn && !s->conn->connecting)
		out->md5 = s->md5;
	out->gtsm = s->gtsm;
	out->since_ns = s->since_ns;
	out->up_ns = s->peer->operational ? s->up_ns : 0;
	out->keepalive_configured = keepalive_config(s, &send);
	out->keepalive = s->keepalive_time;
	out->keepalive_send = s->keepalive_send;
	out->keepalives_sent = s->keepalives_sent;
	out->keepalives_received = s->keepalives_received;
	out->reconnect_ms = s->reconnect_ms;
	out->recovery_ms = s->recovery_ms;
	out->held_until_ns = s->held.at_ns;
	out->count = s->count;
	out->last_status = s->last_status;
	out->last_by_us = s->last_by_us;
	if (s->conn && !s->conn->connecting)
		fill_conn(s->conn, out);
}

static struct show_session of_peer(const struct peer *p)
{
	struct show_session out = { .peer = p->lsr, .caps = p->caps, .graceful = p->graceful, .n_pws = p->n_pws,
				    .n_lsps = p->n_lsps, .n_addresses = p->n_addrs, .refused = p->refused };

	out.held = p->state == SESSION_HELD;
	out.local = p->ldp->lsr_id;
	out.md5 = key_of(p->ldp, p->lsr);
	if (p->session)
		fill_session(p->session, &out);
	if (!p->operational)
		why_not_up(p, out.why, sizeof(out.why));
	return out;
}

/* A peer that is only remembered, or the next hop of somebody's label, has no session to show. */
static bool has_session(const struct peer *p)
{
	return p->session || p->pw_users || target_of(p->ldp, p->lsr);
}

bool ldp_show_session(const struct ldp *l, uint32_t peer, struct show_session *out)
{
	struct hnode *n = table_find(&l->peers, peer);

	if (!n)
		return false;
	*out = of_peer(container_of(n, struct peer, by_lsr));
	return true;
}

static int lsr_order(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int ldp_show_sessions(const struct ldp *l, int (*fn)(void *arg, const struct show_session *s), void *arg)
{
	uint32_t *v = calloc(l->peers.n + 1, sizeof(*v)), n = 0;
	struct show_session s;
	int rc = 0;

	if (!v)
		return -ENOMEM;
	table_each(&l->peers, node, i)
		if (has_session(container_of(node, struct peer, by_lsr)))
			v[n++] = (uint32_t)node->key;
	qsort(v, n, sizeof(*v), lsr_order);
	for (uint32_t i = 0; i < n && !rc; i++)
		if (ldp_show_session(l, v[i], &s))
			rc = fn(arg, &s);
	free(v);
	return rc;
}
