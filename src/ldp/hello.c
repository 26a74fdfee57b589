/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hello.c: discovery (RFC 5036, 2.4): Hellos to all routers of a link and to targets, adjacencies by those that come.
 * Owns the UDP socket, links, targets and adjacencies. Knows of sessions only that an adjacency came, lives or went.
 *
 * Two timers: the .send of a link or target, and the .expiry of an adjacency, moved by each Hello. Who is heard for the
 * first time gets a Hello at once, so that the connection that follows finds an adjacency at the other end, too.
 *
 * Nothing of UDP is ever answered (RFC 5036, 3.5.1.2.1): what is not a Hello for us is counted and gone. A targeted
 * Hello makes an adjacency only where a remote-peer or a pseudowire wants one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "ldp/session.h"

#define PROMPT_NS	SECOND		/* at most one Hello out of turn in that time */
#define PAUSE_NS	SECOND
#define QUICK_HELLOS	2		/* after the first one of a link: both ends are seldom ready at the same time */
#define QUICK_NS	(2 * SECOND / 5)
#define PEERS_BY_HELLO	(PEERS_MAX / 2)	/* the rest is for those that configuration names, whatever is heard */
#define HELLO_SIZE	128		/* octets of a Hello of ours at most */

static uint64_t now_of(const struct ldp *l)
{
	return loop_now(l->loop);
}

/* ---- times ---- */

static uint16_t or_else(uint16_t v, uint16_t otherwise)
{
	return v ? v : otherwise;
}

static uint16_t third(uint16_t hold)
{
	return hold / 3 ? hold / 3 : 1;
}

uint16_t link_hold(const struct link *n)
{
	return or_else(n->cfg->ldp.hello_hold, LDP_HELLO_HOLD_LINK);
}

const struct m_remote_peer *target_config(const struct target *t)
{
	return list_empty(&t->remotes) ? NULL : list_entry(t->remotes.next, struct remote, in)->cfg;
}

uint16_t target_hold(const struct target *t)
{
	const struct m_remote_peer *r = target_config(t);

	return or_else(r ? r->ldp.hello_hold : 0, LDP_HELLO_HOLD_REMOTE);
}

/* Often enough for every adjacency (RFC 5036, 3.5.2.1): a third of the shortest hold time, or what is configured. */
static uint16_t interval(uint16_t configured, uint16_t hold, uint16_t shortest)
{
	uint16_t s = or_else(configured, third(hold));

	return s < third(shortest) ? s : third(shortest);
}

uint16_t link_interval(const struct link *n)
{
	uint16_t shortest = link_hold(n);

	list_each(struct adjacency, a, &n->adjs, in_link)
		if (a->hold < shortest)
			shortest = a->hold;
	return interval(n->cfg->ldp.hello_send, link_hold(n), shortest);
}

uint16_t target_interval(const struct target *t)
{
	const struct m_remote_peer *r = target_config(t);
	uint16_t hold = target_hold(t);

	return interval(r ? r->ldp.hello_send : 0, hold, t->adj && t->adj->hold < hold ? t->adj->hold : hold);
}

/* ---- sending ---- */

static size_t encode(const struct ldp *l, uint16_t hold, bool targeted, uint8_t *buf)
{
	struct ldp_out out;
	struct ldp_msg m;

	memset(&m, 0, sizeof(m));
	m.type = LDP_MSG_HELLO;
	m.id = 1;
	m.has = LDP_HAS(HELLO) | LDP_HAS(TRANSPORT4) | LDP_HAS(CONFIG_SEQ);
	m.hello.hold = hold;
	m.hello.targeted = m.hello.request = targeted;
	m.hello.gtsm = !targeted;
	m.transport4 = l->lsr_id;
	m.config_seq = l->hellos->config_seq;
	ldp_out_open(&out, buf, HELLO_SIZE, LDP_PDU_DEFAULT, self_id(l));
	ldp_out_add(&out, &m);
	return ldp_out_close(&out);
}

static bool link_works(const struct ldp *l, const struct link *n)
{
	return l->hellos->udp && n->joined && n->dev->up;
}

static void send_link(struct ldp *l, struct link *n)
{
	uint32_t source = address_on(l, n->dev->ifindex);
	uint8_t buf[HELLO_SIZE];
	size_t len;

	if (!link_works(l, n))
		return;
	if (!source) {
		n->error = -EADDRNOTAVAIL;
		return;
	}
	len = encode(l, link_hold(n), false, buf);
	n->error = sys_udp_send_link(l->hellos->udp, n->dev->ifindex, source, buf, len);
	n->sent += !n->error;
}

static void send_target(struct ldp *l, struct target *t)
{
	uint8_t buf[HELLO_SIZE];
	size_t len;

	if (!l->hellos->udp || t->ip == l->lsr_id)
		return;
	len = encode(l, target_hold(t), true, buf);
	t->error = sys_udp_send_to(l->hellos->udp, t->ip, l->lsr_id, buf, len);
	t->sent += !t->error;
}

static void link_join(struct ldp *l, struct link *n)	/* that it failed is tried again with each Hello */
{
	if (n->joined || !l->hellos->udp)
		return;
	n->error = sys_udp_join(l->hellos->udp, n->dev->ifindex);
	if (!n->error)
		n->joined = n->dev->ifindex;
}

static void link_due(void *arg, uint64_t now_ns)
{
	struct link *n = arg;
	struct ldp *l = n->ldp;

	link_join(l, n);
	send_link(l, n);
	timer_set(l->loop, &n->send, now_ns + (n->quick ? QUICK_NS : link_interval(n) * SECOND));
	n->quick -= n->quick > 0;
}

static void target_due(void *arg, uint64_t now_ns)
{
	struct target *t = arg;
	struct ldp *l = t->ldp;

	send_target(l, t);
	timer_set(l->loop, &t->send, now_ns + target_interval(t) * SECOND);
}

/* Out of turn, since somebody new should hear of us, or soon; a flood of new ones does not make a flood of ours. */
static void prompt(struct ldp *l, struct link *n, struct target *t)
{
	uint64_t *last = n ? &n->prompt_ns : &t->prompt_ns, now = now_of(l);
	struct timer *send = n ? &n->send : &t->send;

	if (*last && now < *last + PROMPT_NS) {
		if (send->at_ns > *last + PROMPT_NS) {
			*last += PROMPT_NS;
			timer_set(l->loop, send, *last);
		}
		return;
	}
	*last = now;
	if (n)
		link_due(n, now);
	else
		target_due(t, now);
}

/* ---- adjacencies ---- */

struct adjacency *adjacency_from(const struct ldp *l, uint32_t ip)
{
	struct hnode *n = table_find(&l->hellos->transports, ip);

	return n ? container_of(n, struct adjacency, by_transport) : NULL;
}

static void tell_adjacency(const struct adjacency *a, bool up, const char *why)
{
	struct peer *p = a->session->peer;
	struct hellos *h = p->ldp->hellos;
	char ip[ADDR_TEXT], text[160];

	addr_text(p->lsr, ip);
	if (a->link)
		snprintf(text, sizeof(text), "link Hellos of %s on %s: %s", ip, a->link->dev->name, why);
	else
		snprintf(text, sizeof(text), "targeted Hellos of %s: %s", ip, why);
	tell_event(p->ldp, &h->log, LDP_EV_ADJACENCY, p->lsr, up, 0, text);
}

static void lose(struct ldp *l, struct adjacency *a, const char *why, bool ours)
{
	struct session *s = a->session;

	tell_adjacency(a, false, why);
	l->count.adjacency_downs++;
	timer_stop(l->loop, &a->expiry);
	list_del(&a->in_session);
	table_del(&l->hellos->transports, &a->by_transport);
	if (a->link) {
		list_del(&a->in_link);
		a->link->n_adjs--;
	} else {
		a->target->adj = NULL;
	}
	free(a);
	session_adjacency_lost(s, why, ours);
	peer_idle(l);
}

static void expired(void *arg, uint64_t now_ns)
{
	struct adjacency *a = arg;
	struct ldp *l = a->session->peer->ldp;
	char why[64];

	(void)now_ns;
	snprintf(why, sizeof(why), "none came for %u s", a->hold);
	lose(l, a, why, false);
	ldp_leave(l);
}

static void lose_link(struct ldp *l, struct link *n, const char *why, bool ours)
{
	while (!list_empty(&n->adjs))
		lose(l, list_entry(n->adjs.next, struct adjacency, in_link), why, ours);
}

static struct adjacency *adjacency_new(struct ldp *l, uint32_t lsr, struct link *n, struct target *t)
{
	struct peer *p = peer_get(l, lsr, l->peers.n < PEERS_BY_HELLO);
	struct session *s = p ? session_of(p) : NULL;
	struct adjacency *a = s ? calloc(1, sizeof(*a)) : NULL;

	if (!a)
		return NULL;
	a->session = s;
	a->link = n;
	a->target = t;
	a->expiry = (struct timer){ .fn = expired, .arg = a };
	a->since_ns = now_of(l);
	if (n) {
		list_add(&n->adjs, &a->in_link);
		n->n_adjs++;
	} else {
		t->adj = a;
	}
	return a;
}

/* ---- receiving ---- */

struct heard {
	uint32_t lsr, source, transport, ifindex;
	const struct ldp_msg *m;
};

/* The hold time is another: the Hello that is due may be too late for it. */
static void hasten(struct ldp *l, struct adjacency *a)
{
	struct timer *t = a->link ? &a->link->send : &a->target->send;
	uint64_t due = now_of(l) + (a->link ? link_interval(a->link) : target_interval(a->target)) * SECOND;

	if (t->at_ns > due)
		timer_set(l->loop, t, due);
}

static void refresh(struct ldp *l, struct adjacency *a, const struct heard *h)
{
	uint16_t mine = a->link ? link_hold(a->link) : target_hold(a->target);
	uint16_t theirs = or_else(h->m->hello.hold, a->link ? LDP_HOLD_LINK : LDP_HOLD_TARGETED);

	bool gtsm = a->link && h->m->hello.gtsm;

	a->source = h->source;
	if (gtsm != a->gtsm) {
		a->gtsm = gtsm;
		session_gtsm(a->session);
	}
	if (a->hold != (mine < theirs ? mine : theirs)) {
		a->hold = mine < theirs ? mine : theirs;
		hasten(l, a);
	}
	if (a->hold == LDP_HOLD_INFINITE)
		timer_stop(l->loop, &a->expiry);
	else
		timer_set(l->loop, &a->expiry, now_of(l) + a->hold * SECOND);
}

static void move_transport(struct ldp *l, struct adjacency *a, uint32_t ip)
{
	table_del(&l->hellos->transports, &a->by_transport);
	a->transport = ip;
	table_add(&l->hellos->transports, &a->by_transport, ip);
}

static bool first_time(struct ldp *l, const struct heard *h, struct link *n, struct target *t)
{
	struct adjacency *a = adjacency_new(l, h->lsr, n, t);

	if (!a)
		return false;
	a->config_seq = h->m->has & LDP_HAS(CONFIG_SEQ) ? h->m->config_seq : 0;
	move_transport(l, a, h->transport);
	refresh(l, a, h);
	tell_adjacency(a, true, "they come");
	prompt(l, a->link, a->target);
	session_adjacency(a->session, a);
	return true;
}

/* A Hello of a session that is up cannot move it: transport addresses are not changed by who forges one. */
static bool again(struct ldp *l, const struct heard *h, struct adjacency *a)
{
	uint32_t seq = h->m->has & LDP_HAS(CONFIG_SEQ) ? h->m->config_seq : 0;
	bool moved = a->transport != h->transport, restarted = a->config_seq != seq;

	if (moved && a->session->peer->operational)
		return false;
	a->config_seq = seq;
	refresh(l, a, h);
	if (restarted)			/* it has forgotten us: our next Hello may be long in coming */
		prompt(l, a->link, a->target);
	if (moved) {
		move_transport(l, a, h->transport);
		session_moved(a->session);
	}
	session_hello(a->session, restarted);
	return true;
}

static struct link *link_by_ifindex(const struct ldp *l, uint32_t ifindex)
{
	list_each(struct link, n, &l->hellos->links, in)
		if (n->dev->ifindex == ifindex && link_works(l, n))
			return n;
	return NULL;
}

static bool link_hello(struct ldp *l, const struct heard *h)
{
	struct link *n = link_by_ifindex(l, h->ifindex);

	if (!n || h->m->hello.targeted)
		return false;
	n->received++;
	list_each(struct adjacency, a, &n->adjs, in_link)
		if (a->session->peer->lsr == h->lsr)
			return again(l, h, a);
	return n->n_adjs < ADJ_PER_LINK_MAX && first_time(l, h, n, NULL);
}

/* Says it once in a while: an honest peer may be configured so, and then this is why nothing comes up. */
static bool not_from_there(struct ldp *l, const struct heard *h)
{
	char lsr[ADDR_TEXT], source[ADDR_TEXT], transport[ADDR_TEXT];
	uint32_t missed;

	if (log_allowed(&l->hellos->log, now_of(l), &missed))
		log_event(LOG_P_NOTICE, "ldp-hello-refused",
			  "lsr-id=%s source=%s transport=%s not-told=%u text=\"a targeted Hello is to come from the address "
			  "Hellos are sent to, which is its transport address\"",
			  addr_text(h->lsr, lsr), addr_text(h->source, source), addr_text(h->transport, transport), missed);
	return false;
}

/*
 * From the address we send ours to, and with no other transport address: where they come from, and where a connection
 * goes, is not for a datagram to say. A pseudowire names an LSR ID; whom configuration names may have another one, but
 * steps back for the LSR of that address itself.
 */
static bool targeted_hello(struct ldp *l, const struct heard *h)
{
	struct target *t = target_of(l, h->source);

	if (!h->m->hello.targeted)
		return false;
	if (!t || h->transport != t->ip || (h->lsr != t->ip && list_empty(&t->remotes)))
		return t || target_of(l, h->lsr) ? not_from_there(l, h) : false;
	t->received++;
	if (t->adj && t->adj->session->peer->lsr != h->lsr) {
		if (h->lsr != t->ip || t->adj->session->peer->operational)
			return false;
		lose(l, t->adj, "the LSR of that address says them now", false);
	}
	return t->adj ? again(l, h, t->adj) : first_time(l, h, NULL, t);
}

static bool is_unicast(uint32_t ip)
{
	return ip >> 24 && ip >> 24 != 127 && ip < 0xe0000000u;
}

/* One Hello and nothing else, whatever it is wrapped in. */
static bool decode(const void *buf, size_t len, struct ldp_id *id, struct ldp_msg *m)
{
	struct ldp_pdu pdu;
	struct ldp_raw raw, more;

	if (ldp_pdu_decode(buf, len, LDP_PDU_DEFAULT, NULL, &pdu) != LDP_OK || ldp_pdu_next(&pdu, &raw) != LDP_OK)
		return false;
	*id = pdu.id;
	return raw.type == LDP_MSG_HELLO && ldp_decode(&raw, m, NULL) == LDP_OK && ldp_pdu_next(&pdu, &more) == LDP_END;
}

static bool datagram(struct ldp *l, const struct sys_datagram *d, const void *buf)
{
	struct heard h = { .source = d->source, .transport = d->source, .ifindex = d->ifindex };
	struct ldp_msg m;
	struct ldp_id id;

	if (d->cut || !decode(buf, d->len, &id, &m))
		return false;
	h.lsr = id.lsr;
	h.m = &m;
	if (m.has & LDP_HAS(TRANSPORT4))
		h.transport = m.transport4;
	if (id.space || !is_unicast(id.lsr) || !is_unicast(h.transport) || id.lsr == l->lsr_id ||
	    h.transport == l->lsr_id)
		return false;
	return d->dest == SYS_ALL_ROUTERS ? link_hello(l, &h) : targeted_hello(l, &h);
}

static void readable(void *arg, uint32_t events);

static void go_on(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	if (l->hellos->udp)
		loop_fd(l->loop, sys_udp_fd(l->hellos->udp), EPOLLIN, readable, l);
}

static void readable(void *arg, uint32_t events)
{
	struct ldp *l = arg;
	struct hellos *h = l->hellos;
	uint8_t buf[LDP_PDU_DEFAULT + 4];
	struct sys_datagram d;
	int rc = 0;

	(void)events;
	loop_doing(l->loop, "LDP Hellos");
	for (int i = 0; i < DATAGRAMS_A_TURN && !rc; i++) {
		rc = sys_udp_recv(h->udp, buf, sizeof(buf), &d);
		if (!rc && !datagram(l, &d, buf))
			l->count.udp_errors++;
	}
	if (rc && rc != -EAGAIN && rc != -EINTR) {	/* not seen on Linux; it must not make the loop spin */
		loop_fd_off(l->loop, sys_udp_fd(h->udp));
		timer_set(l->loop, &h->pause, now_of(l) + PAUSE_NS);
	}
	ldp_leave(l);
}

/* ---- links ---- */

static void link_stop(struct ldp *l, struct link *n, const char *why, bool ours)
{
	timer_stop(l->loop, &n->send);
	n->quick = 0;
	lose_link(l, n, why, ours);
	if (n->joined && l->hellos->udp)
		sys_udp_leave(l->hellos->udp, n->joined);
	n->joined = 0;
}

/* It can send from now on. A link that flaps does so no more often than it would send out of turn. */
static void link_quick(struct ldp *l, struct link *n)
{
	if (n->quick_ns && now_of(l) < n->quick_ns + PROMPT_NS)
		return;
	n->quick_ns = now_of(l);
	n->quick = QUICK_HELLOS;
}

void hello_device(struct ldp *l, struct device *d)
{
	struct link *n = d->link;

	if (!n || !l->hellos->udp)
		return;
	if (!d->up || !d->ifindex || (n->joined && n->joined != d->ifindex))
		link_stop(l, n, "the interface went down", false);
	if (!d->up || !d->ifindex || (n->joined && n->n_adjs))
		return;
	if (address_on(l, d->ifindex) && (!n->joined || n->error == -EADDRNOTAVAIL))
		link_quick(l, n);
	link_due(n, now_of(l));
}

static struct link *link_new(struct ldp *l, struct device *d)
{
	struct link *n = calloc(1, sizeof(*n));

	if (!n)
		abort();			/* configuration that is applied cannot fail */
	n->ldp = l;
	n->dev = d;
	n->send = (struct timer){ .fn = link_due, .arg = n };
	list_init(&n->adjs);
	list_add(&l->hellos->links, &n->in);
	d->link = n;
	return n;
}

static void link_free(struct ldp *l, struct link *n, const char *why)
{
	link_stop(l, n, why, true);
	list_del(&n->in);
	n->dev->link = NULL;
	ref_put(n->cfg);
	free(n);
}

void hello_link_config(struct ldp *l, struct device *d, const struct m_interface *cfg)
{
	struct link *n = d->link;
	const struct m_interface *old = n ? n->cfg : NULL;

	if (!cfg) {
		if (n)
			link_free(l, n, "mpls ldp was removed from the interface");
		return;
	}
	if (!n)
		n = link_new(l, d);
	n->cfg = ref_get(cfg);
	ref_put(old);
	if (!old)
		hello_device(l, d);
	else if (n->send.at_ns)			/* other timers: told at once, a new interval counts from now */
		link_due(n, now_of(l));
}

/* ---- targets ---- */

struct target *target_of(const struct ldp *l, uint32_t ip)
{
	struct hnode *n = table_find(&l->hellos->targets, ip);

	return n ? container_of(n, struct target, by_ip) : NULL;
}

/* So many of them begin together that the second Hello of each comes a little earlier than due, by its address. */
static void target_start(struct ldp *l, struct target *t)
{
	uint64_t ns = target_interval(t) * SECOND;

	send_target(l, t);
	timer_set(l->loop, &t->send, now_of(l) + ns - ns * (t->ip * 2654435761u >> 24) / 512);
}

static struct target *target_get(struct ldp *l, uint32_t ip)
{
	struct target *t = target_of(l, ip);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		abort();
	t->ldp = l;
	t->ip = ip;
	t->send = (struct timer){ .fn = target_due, .arg = t };
	list_init(&t->remotes);
	table_add(&l->hellos->targets, &t->by_ip, ip);
	if (l->hellos->udp)
		target_start(l, t);
	peer_get(l, ip, true);			/* so that it is shown, and why it is not up */
	return t;
}

static void target_done(struct ldp *l, struct target *t)
{
	if (t->automatic || !list_empty(&t->remotes))
		return;
	if (t->adj)
		lose(l, t->adj, "nothing needs them any more", true);
	timer_stop(l->loop, &t->send);
	table_del(&l->hellos->targets, &t->by_ip);
	free(t);
}

static void drop_remote(struct ldp *l, const struct m_remote_peer *old)
{
	struct target *t = target_of(l, old->ip);

	if (!t)
		return;
	list_each(struct remote, r, &t->remotes, in)
		if (!strcmp(r->cfg->name, old->name)) {
			list_del(&r->in);
			ref_put(r->cfg);
			free(r);
			break;
		}
	target_done(l, t);
}

static void add_remote(struct ldp *l, const struct m_remote_peer *now)
{
	struct target *t = target_get(l, now->ip);
	struct remote *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->cfg = ref_get(now);
	list_add(&t->remotes, &r->in);
}

void hello_remote(struct ldp *l, const struct m_remote_peer *old, const struct m_remote_peer *now)
{
	struct target *t;

	if (now && now->ip)			/* first: what both need does not go in between */
		add_remote(l, now);
	if (old && old->ip)
		drop_remote(l, old);
	t = now && now->ip ? target_of(l, now->ip) : NULL;
	if (t && old && old->ip == now->ip && t->send.at_ns)
		target_due(t, now_of(l));
}

void hello_reachable(struct ldp *l, uint32_t ip)
{
	struct target *t = l->hellos->udp ? target_of(l, ip) : NULL;

	if (t && !t->adj)
		prompt(l, NULL, t);
}

void hello_needed(struct ldp *l, uint32_t ip, bool needed)
{
	struct target *t = needed ? target_get(l, ip) : target_of(l, ip);

	if (!t)
		return;
	t->automatic = needed;
	target_done(l, t);
}

/* ---- life ---- */

void hellos_init(struct ldp *l)
{
	struct hellos *h = l->hellos;

	list_init(&h->links);
	table_init(&h->targets);
	table_init(&h->transports);
	h->pause = (struct timer){ .fn = go_on, .arg = l };
	h->log.burst = 20;
	h->config_seq = (uint32_t)(loop_now(l->loop) / SECOND) | 1;	/* another one after a restart */
}

int hellos_open(struct ldp *l)
{
	struct hellos *h = l->hellos;
	int rc = sys_udp_open(&h->udp, LDP_PORT);

	if (!rc)
		rc = loop_fd(l->loop, sys_udp_fd(h->udp), EPOLLIN, readable, l);
	return rc;
}

void hellos_start(struct ldp *l)
{
	list_each(struct link, n, &l->hellos->links, in)
		hello_device(l, n->dev);
	table_each(&l->hellos->targets, n, i)
		target_start(l, container_of(n, struct target, by_ip));
}

void hellos_close(struct ldp *l)
{
	struct hellos *h = l->hellos;

	list_each(struct link, n, &h->links, in)
		link_stop(l, n, "LDP was stopped", true);
	table_each(&h->targets, n, i) {
		struct target *t = container_of(n, struct target, by_ip);

		timer_stop(l->loop, &t->send);
		if (t->adj)
			lose(l, t->adj, "LDP was stopped", true);
	}
	timer_stop(l->loop, &h->pause);
	if (!h->udp)
		return;
	loop_fd_off(l->loop, sys_udp_fd(h->udp));
	sys_udp_close(h->udp);
	h->udp = NULL;
}

void hellos_done(struct ldp *l)
{
	struct hellos *h = l->hellos;

	while (!list_empty(&h->links))
		link_free(l, list_entry(h->links.next, struct link, in), "");
	table_each(&h->targets, n, i) {
		struct target *t = container_of(n, struct target, by_ip);

		t->automatic = false;
		while (!list_empty(&t->remotes)) {
			struct remote *r = list_entry(t->remotes.next, struct remote, in);

			list_del(&r->in);
			ref_put(r->cfg);
			free(r);
		}
		target_done(l, t);
	}
	table_free(&h->targets);
	table_free(&h->transports);
}
