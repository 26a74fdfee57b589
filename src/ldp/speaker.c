/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * speaker.c: struct ldp: configuration in force, devices and addresses of the host, the peers, the end of a callback,
 * reports. Owns all of these; hands on what belongs to discovery, sessions and applications.
 *
 * Peers come by Hellos, by pseudowires and by labels held of them. One that nobody needs any more is freed by a sweep
 * some time later, never inside of a callback about it.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ldp/session.h"

#define REOPEN_NS	(5 * SECOND)
#define SWEEP_NS	(30 * SECOND)
#define ROUNDS		8		/* buffers a session may fill in one turn */

static const struct m_ldp no_cfg;

const char *addr_text(uint32_t ip, char text[ADDR_TEXT])
{
	snprintf(text, ADDR_TEXT, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
	return text;
}

/* ---- reports ---- */

void tell_session(struct peer *p, enum session_state s)
{
	struct ldp *l = p->ldp;

	if (p->state == s || !l->report.session)
		return;
	p->state = s;
	l->report.session(l->report.arg, p->lsr, s);
	l->told = true;
}

void tell_remote(struct ldp *l, uint32_t pw, const struct fact_remote *r)
{
	if (!l->report.remote)
		return;
	l->report.remote(l->report.arg, pw, r);
	l->told = true;
}

void tell_fec(struct ldp *l, uint32_t dest, uint8_t len, const struct fact_fec *f)
{
	if (!l->report.fec)
		return;
	l->report.fec(l->report.arg, dest, len, f);
	l->told = true;
}

void tell_event(struct ldp *l, struct log_limit *limit, enum ldp_event_kind kind, uint32_t peer, bool up, uint32_t status,
		const char *text)
{
	struct ldp_event e = { .kind = kind, .peer = peer, .up = up, .status = status };

	if (!l->report.event)
		return;
	e.quiet = limit && !log_allowed(limit, loop_now(l->loop), &e.not_told);
	snprintf(e.text, sizeof(e.text), "%s", text);
	l->report.event(l->report.arg, &e);
}

static void settle(struct ldp *l)
{
	if (!l->told)
		return;
	l->told = false;
	if (l->report.settle)
		l->report.settle(l->report.arg);
}

/* ---- the end of a callback ---- */

void ldp_wants(struct session *s)
{
	list_add(&s->peer->ldp->sp->wants, &s->in_wants);
}

/* Each session that wants to, once. What one of them leaves undone puts it in the list again. */
static void flush_round(struct ldp *l)
{
	struct list now;

	list_init(&now);
	list_move(&now, &l->sp->wants);
	while (!list_empty(&now)) {
		struct session *s = list_entry(now.next, struct session, in_wants);

		list_del(&s->in_wants);
		session_flush(s);
	}
}

static bool flush_later(void *arg)
{
	struct ldp *l = arg;

	ldp_leave(l);
	return !list_empty(&l->sp->wants);
}

static void flush(struct ldp *l)
{
	for (int i = 0; i < ROUNDS && !list_empty(&l->sp->wants); i++)
		flush_round(l);
	if (!list_empty(&l->sp->wants))
		loop_idle(l->loop, flush_later, l);
}

void ldp_leave(struct ldp *l)
{
	flush(l);
	settle(l);
}

void ldp_flush(struct ldp *l)
{
	ldp_leave(l);
}

/* ---- peers ---- */

static const void *conf_of(const struct table *t, uint32_t lsr)
{
	struct hnode *n = table_find(t, lsr);

	return n ? container_of(n, struct conf, by_lsr)->obj : NULL;
}

const struct m_ldp_key *key_of(const struct ldp *l, uint32_t lsr)
{
	return conf_of(&l->sp->keys, lsr);
}

void peer_configure(struct peer *p)
{
	const struct m_l2vpn_peer *c = conf_of(&p->ldp->sp->l2vpn_peers, p->lsr);
	const struct target *t = target_of(p->ldp, p->lsr);
	const struct m_remote_peer *r = t ? target_config(t) : NULL;

	p->martini = p->ldp->martini || (c && c->martini);
	p->no_request = c && c->no_request;
	p->no_lsps = r && r->pwe3;
}

static void reconfigure(struct peer *p)
{
	bool martini = p->martini, no_request = p->no_request, no_lsps = p->no_lsps;

	peer_configure(p);
	if (p->martini != martini || p->no_request != no_request)
		pws_config(p->ldp);
	if (p->no_lsps != no_lsps)
		lsps_config(p->ldp);
}

static void reconfigure_lsr(struct ldp *l, uint32_t lsr)
{
	struct peer *p = lsr ? peer_get(l, lsr, false) : NULL;

	if (p)
		reconfigure(p);
}

struct peer *peer_get(struct ldp *l, uint32_t lsr, bool make)
{
	struct hnode *n = table_find(&l->peers, lsr);
	struct peer *p;

	if (n || !make || !lsr || l->peers.n >= PEERS_MAX)
		return n ? container_of(n, struct peer, by_lsr) : NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->ldp = l;
	p->lsr = lsr;
	p->state = l->recovering ? SESSION_HELD : SESSION_DOWN;		/* as core takes it until told otherwise */
	list_init(&p->pw_say);
	list_init(&p->lsp_say);
	list_init(&p->pws);
	table_add(&l->peers, &p->by_lsr, lsr);
	peer_configure(p);
	peer_idle(l);
	return p;
}

void peer_needed(struct peer *p)
{
	hello_needed(p->ldp, p->lsr, p->pw_users && p->ldp->auto_session);
	peer_idle(p->ldp);
}

void peer_wants(struct peer *p)
{
	if (p->operational && !p->session->hungry)
		ldp_wants(p->session);
}

static void peer_free(struct peer *p)
{
	if (p->session)
		session_free(p->session);
	table_del(&p->ldp->peers, &p->by_lsr);
	free(p);
}

static bool needed(const struct peer *p)
{
	const struct session *s = p->session;

	return p->pw_users || !list_empty(&p->pws) || !list_empty(&p->pw_say) || !list_empty(&p->lsp_say) ||
	       target_of(p->ldp, p->lsr) ||
	       (s && (!list_empty(&s->adjs) || s->conn || s->ending || p->state == SESSION_HELD));
}

static void sweep(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	table_each(&l->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_lsr);

		if (needed(p))
			continue;
		pw_calls.forget(p);
		lsp_calls.forget(p);
		peer_free(p);
	}
	ldp_leave(l);
}

void peer_idle(struct ldp *l)
{
	if (!l->sp->sweep.at_ns)
		timer_set(l->loop, &l->sp->sweep, loop_now(l->loop) + SWEEP_NS);
}

/* ---- devices and addresses ---- */

static uint64_t name_key(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;	/* FNV-1a */

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3u;
	return h;
}

static struct device *device_of(struct ldp *l, const char *name, bool make)
{
	uint64_t key = name_key(name);
	struct hnode *n = table_find(&l->sp->devices, key);
	struct device *d;

	for (; n; n = table_again(n))
		if (!strcmp(container_of(n, struct device, by_name)->name, name))
			return container_of(n, struct device, by_name);
	if (!make)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	snprintf(d->name, sizeof(d->name), "%s", name);
	table_add(&l->sp->devices, &d->by_name, key);
	return d;
}

static void device_done(struct ldp *l, struct device *d)
{
	if (d->ifindex || d->link)
		return;
	table_del(&l->sp->devices, &d->by_name);
	free(d);
}

void ldp_link(struct ldp *l, const char *ifname, uint32_t ifindex, bool up)
{
	struct device *d = device_of(l, ifname, ifindex != 0);

	if (!d)
		return;
	d->ifindex = ifindex;
	d->up = ifindex && up;
	hello_device(l, d);
	device_done(l, d);
	settle(l);
}

static struct address *address_of(const struct ldp *l, uint32_t ifindex, uint32_t ip, uint8_t len)
{
	for (struct hnode *n = table_find(&l->sp->addresses, ifindex); n; n = table_again(n)) {
		struct address *a = container_of(n, struct address, by_ifindex);

		if (a->ip == ip && a->len == len)
			return a;
	}
	return NULL;
}

uint32_t address_on(const struct ldp *l, uint32_t ifindex)
{
	uint32_t ip = 0;

	for (struct hnode *n = table_find(&l->sp->addresses, ifindex); n; n = table_again(n))
		ip = container_of(n, struct address, by_ifindex)->ip;	/* the one told first is the primary one */
	return ip;
}

static void devices_changed(struct ldp *l, uint32_t ifindex)
{
	table_each(&l->sp->devices, n, i) {
		struct device *d = container_of(n, struct device, by_name);

		if (d->ifindex == ifindex)
			hello_device(l, d);
	}
}

void ldp_address(struct ldp *l, uint32_t ifindex, uint32_t ip, uint8_t len, bool there)
{
	struct address *a = address_of(l, ifindex, ip, len);

	if (there && !a) {
		a = calloc(1, sizeof(*a));
		if (!a)
			return;
		a->ip = ip;
		a->len = len;
		table_add(&l->sp->addresses, &a->by_ifindex, ifindex);
	} else if (!there && a) {
		table_del(&l->sp->addresses, &a->by_ifindex);
		free(a);
	}
	devices_changed(l, ifindex);
	lsps_address(l, ifindex, ip, len, there);
	if (there && ip == l->lsr_id)
		ldp_open(l);
	settle(l);
}

/* ---- the rest that is handed on ---- */

/* The way to one host, by which frames leave. A prefix that covers many would make many hurry at once. */
static bool leads_to_host(const struct sys_route_told *r)
{
	if (r->len != 32 || r->type != RTN_UNICAST)
		return false;
	for (uint32_t i = 0; i < r->n && i < SYS_ROUTE_HOPS; i++)
		if (!r->hop[i].dead)
			return true;
	return r->n == 0 && r->odd;
}

void ldp_route(struct ldp *l, const struct sys_route_told *r, bool gone)
{
	lsps_route(l, r, gone);
	if (!gone && leads_to_host(r)) {
		session_reachable(l, r->dest);
		hello_reachable(l, r->dest);
	}
	settle(l);
}

void ldp_signal(struct ldp *l, const struct act_signal *a)
{
	pws_signal(l, a);
}

void ldp_mac_withdraw(struct ldp *l, uint32_t pw)
{
	pws_mac_withdraw(l, pw);
}

void ldp_round(struct ldp *l, bool more)
{
	pws_round(l, more);
}

void ldp_bind(struct ldp *l, const struct act_bind *a)
{
	lsps_bind(l, a);
}

/* ---- opening and closing ---- */

static void reopen(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	ldp_open(l);
	ldp_leave(l);
}

static void cannot_open(struct ldp *l, int rc)
{
	struct show_speaker *c = &l->count;
	char ip[ADDR_TEXT], before[sizeof(c->why)];

	memcpy(before, c->why, sizeof(before));
	addr_text(l->lsr_id, ip);
	if (rc == -EADDRINUSE)
		snprintf(c->why, sizeof(c->why), "port 646 is in use: does another LDP speaker run on this host?");
	else if (rc == -EADDRNOTAVAIL)
		snprintf(c->why, sizeof(c->why), "the LSR ID %s is no address of this host: give it to a loopback interface",
			 ip);
	else
		snprintf(c->why, sizeof(c->why), "port 646 cannot be opened: %s", strerror(-rc));
	if (strcmp(before, c->why))
		log_event(LOG_P_WARNING, "ldp-not-open", "error=%d text=\"%s\"", -rc, c->why);
	timer_set(l->loop, &l->sp->reopen, loop_now(l->loop) + REOPEN_NS);
}

static void close_all(struct ldp *l, bool quietly)
{
	l->sp->open = false;
	sessions_close(l, quietly);
	hellos_close(l);
}

void ldp_open(struct ldp *l)
{
	bool wanted = l->enabled && l->lsr_id;
	int rc = 0;

	timer_stop(l->loop, &l->sp->reopen);
	if (!wanted && l->sp->open)
		close_all(l, false);
	if (!wanted)
		l->count.why[0] = '\0';
	if (!wanted || l->sp->open)
		return;
	recovery_begin(l);
	rc = listen_open(l);
	if (!rc)
		rc = hellos_open(l);
	if (rc) {
		close_all(l, false);
		cannot_open(l, rc);
		return;
	}
	l->count.why[0] = '\0';
	l->sp->open = true;
	log_event(LOG_P_NOTICE, "ldp-open", "lsr-id=%s", addr_text(l->lsr_id, (char[ADDR_TEXT]){ 0 }));
	hellos_start(l);
}

/* ---- configuration ---- */

static void reconfigure_all(struct ldp *l)
{
	table_each(&l->peers, n, i)
		peer_configure(container_of(n, struct peer, by_lsr));
}

static void config_system(struct ldp *l, const struct m_system *now)
{
	uint32_t lsr_id = now && now->mpls ? now->lsr_id : 0;
	bool martini = now && now->martini, auto_session = now && now->auto_session;

	if (martini != l->martini) {
		l->martini = martini;
		reconfigure_all(l);
		pws_config(l);
	}
	if (auto_session != l->auto_session) {
		l->auto_session = auto_session;
		table_each(&l->peers, n, i)
			peer_needed(container_of(n, struct peer, by_lsr));
	}
	if (lsr_id == l->lsr_id)
		return;
	if (l->sp->open)
		close_all(l, false);
	l->lsr_id = lsr_id;
	lsps_config(l);
	ldp_open(l);
}

static void config_ldp(struct ldp *l, const struct m_ldp *now)
{
	bool ordered = l->cfg.ordered;
	const struct m_ldp *old = l->sp->cfg;

	l->sp->cfg = ref_get(now);
	ref_put(old);
	l->enabled = now;
	l->cfg = now ? *now : no_cfg;
	if (l->cfg.ordered != ordered || !old != !now)
		lsps_config(l);
	ldp_open(l);
}

/* Puts @now in the place of what @t has for @lsr. */
static void conf_put(struct table *t, uint32_t lsr, const void *now)
{
	struct hnode *n = table_find(t, lsr);
	struct conf *c = n ? container_of(n, struct conf, by_lsr) : NULL;

	if (!c && now) {
		c = calloc(1, sizeof(*c));
		if (!c)
			abort();		/* configuration that is applied cannot fail */
		table_add(t, &c->by_lsr, lsr);
	}
	if (!c)
		return;
	ref_put(c->obj);
	c->obj = ref_get(now);
	if (now)
		return;
	table_del(t, &c->by_lsr);
	free(c);
}

static void config_key(struct ldp *l, const struct m_ldp_key *old, const struct m_ldp_key *now)
{
	uint32_t lsr = now ? now->peer : old->peer;
	struct peer *p = peer_get(l, lsr, false);

	if (old && now && !strcmp(old->password, now->password)) {
		conf_put(&l->sp->keys, lsr, now);
		return;
	}
	conf_put(&l->sp->keys, lsr, now);
	listen_key(l, lsr, lsr);
	if (p && p->session)
		session_key(p->session);
}

static void config_l2vpn_peer(struct ldp *l, const struct m_l2vpn_peer *old, const struct m_l2vpn_peer *now)
{
	uint32_t lsr = now ? now->peer : old->peer;

	conf_put(&l->sp->l2vpn_peers, lsr, now);
	reconfigure_lsr(l, lsr);
}

static void config_interface(struct ldp *l, const struct m_interface *old, const struct m_interface *now)
{
	bool speaks = now && now->mpls && now->mpls_ldp;
	struct device *d = device_of(l, now ? now->name : old->name, speaks);

	if (!d && speaks)
		abort();
	if (!d)
		return;
	hello_link_config(l, d, speaks ? now : NULL);
	device_done(l, d);
}

static void config_remote(struct ldp *l, const struct m_remote_peer *old, const struct m_remote_peer *now)
{
	hello_remote(l, old, now);
	if (old && (!now || now->ip != old->ip))
		reconfigure_lsr(l, old->ip);
	if (now)
		reconfigure_lsr(l, now->ip);
	peer_idle(l);
}

void ldp_config(struct ldp *l, enum obj_type type, const void *old, const void *now)
{
	if (!old && !now)
		return;
	if (type == OBJ_SYSTEM)
		config_system(l, now);
	else if (type == OBJ_INTERFACE)
		config_interface(l, old, now);
	else if (type == OBJ_LDP)
		config_ldp(l, now);
	else if (type == OBJ_LDP_KEY)
		config_key(l, old, now);
	else if (type == OBJ_REMOTE_PEER)
		config_remote(l, old, now);
	else if (type == OBJ_L2VPN_PEER)
		config_l2vpn_peer(l, old, now);
	ldp_leave(l);
}

void ldp_retell(struct ldp *l)
{
	table_each(&l->peers, n, i) {
		const struct peer *p = container_of(n, struct peer, by_lsr);

		if (l->report.session)
			l->report.session(l->report.arg, p->lsr, p->state);
	}
	l->told = true;
	pws_retell(l);
	lsps_retell(l);
	ldp_leave(l);
}

/* ---- resets ---- */

unsigned int ldp_reset(struct ldp *l, uint32_t peer, bool graceful)
{
	unsigned int n = 0;

	table_each(&l->peers, node, i) {
		struct peer *p = container_of(node, struct peer, by_lsr);

		if (p->session && (!peer || p->lsr == peer))
			n += session_reset(p->session, graceful);
	}
	ldp_leave(l);
	return n;
}

void ldp_reset_counters(struct ldp *l, bool tcp_errors, bool udp_errors, bool adjacency_downs, bool session_downs)
{
	if (tcp_errors)
		l->count.tcp_errors = l->count.tcp_strangers = 0;
	if (udp_errors)
		l->count.udp_errors = 0;
	if (adjacency_downs)
		l->count.adjacency_downs = 0;
	if (session_downs)
		l->count.session_downs = 0;
}

/* ---- life ---- */

void ldp_recovering(struct ldp *l)
{
	recovery_await(l);
}

static struct ldp *allocate(void)
{
	struct ldp *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->sp = calloc(1, sizeof(*l->sp));
	l->hellos = calloc(1, sizeof(*l->hellos));
	if (l->sp && l->hellos)
		return l;
	free(l->sp);
	free(l->hellos);
	free(l);
	return NULL;
}

static void set_up(struct ldp *l, struct loop *loop)
{
	struct speaker *sp = l->sp;

	l->loop = loop;
	table_init(&l->peers);
	table_init(&sp->devices);
	table_init(&sp->addresses);
	table_init(&sp->keys);
	table_init(&sp->keyed);
	table_init(&sp->l2vpn_peers);
	list_init(&sp->wants);
	list_init(&sp->pending);
	sp->listening = -1;
	sp->strangers.burst = 10;
	sp->reopen = (struct timer){ .fn = reopen, .arg = l };
	sp->sweep = (struct timer){ .fn = sweep, .arg = l };
	hellos_init(l);
}

static void tear_down(struct ldp *l)
{
	struct speaker *sp = l->sp;

	table_free(&l->peers);
	table_free(&sp->devices);
	table_free(&sp->addresses);
	table_free(&sp->keys);
	table_free(&sp->keyed);
	table_free(&sp->l2vpn_peers);
	free(l->hellos);
	free(sp);
	free(l);
}

struct ldp *ldp_new(struct loop *loop, const struct ldp_report *r)
{
	struct ldp *l = allocate();

	if (!l)
		return NULL;
	set_up(l, loop);
	l->report = *r;
	if (pws_open(l)) {
		tear_down(l);
		return NULL;
	}
	if (lsps_open(l)) {
		pws_close(l);
		tear_down(l);
		return NULL;
	}
	return l;
}

static void free_confs(struct table *t)
{
	table_each(t, n, i) {
		struct conf *c = container_of(n, struct conf, by_lsr);

		ref_put(c->obj);
		table_del(t, n);
		free(c);
	}
}

static void free_peers(struct ldp *l)
{
	table_each(&l->peers, n, i) {
		pw_calls.forget(container_of(n, struct peer, by_lsr));
		lsp_calls.forget(container_of(n, struct peer, by_lsr));
	}
	lsps_close(l);
	pws_close(l);
	table_each(&l->peers, p, i)
		peer_free(container_of(p, struct peer, by_lsr));
}

void ldp_free(struct ldp *l)
{
	if (!l)
		return;
	l->report = (struct ldp_report){ 0 };
	close_all(l, true);
	hellos_done(l);
	timer_stop(l->loop, &l->sp->reopen);
	timer_stop(l->loop, &l->sp->sweep);
	timer_stop(l->loop, &l->sp->back);
	timer_stop(l->loop, &l->sp->recovered);
	loop_idle_off(l->loop, flush_later, l);
	free_peers(l);
	table_each(&l->sp->devices, n, i) {
		table_del(&l->sp->devices, n);
		free(container_of(n, struct device, by_name));
	}
	table_each(&l->sp->addresses, a, i) {
		table_del(&l->sp->addresses, a);
		free(container_of(a, struct address, by_ifindex));
	}
	free_confs(&l->sp->keys);
	free_confs(&l->sp->l2vpn_peers);
	ref_put(l->sp->cfg);
	tear_down(l);
}
