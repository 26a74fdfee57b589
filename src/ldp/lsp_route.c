/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp_route.c: owns the routes, who their next hops are, and our own addresses; decides what a FEC can be sent by.
 *
 * A hop names an address; the peer that announced this address is the next hop, and its label for the FEC is what
 * is told to core (RFC 5036, 2.7). Each address in use as next hop knows its users, so an Address message, a session
 * or a route that changes costs what depends on it.
 */
#include "ldp/lsp.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>

/* ---- who is a next hop ---- */

static struct via *via_find(const struct lsps *s, uint32_t ip)
{
	struct hnode *n = table_find(&s->vias, ip);

	return n ? container_of(n, struct via, by_ip) : NULL;
}

static void hop_link(struct lsps *s, struct lsp_hop *h)
{
	struct via *v = via_find(s, h->nexthop);

	if (!v) {
		v = calloc(1, sizeof(*v));
		if (!v) {
			log_event(LOG_P_ERR, "ldp-memory", "what=\"next hop\"");
			return;
		}
		v->ip = h->nexthop;
		list_init(&v->users);
		list_init(&v->todo);
		table_add(&s->vias, &v->by_ip, v->ip);
	}
	h->via = v;
	list_add(&v->users, &h->of_via);
}

static void hop_unlink(struct lsps *s, struct lsp_hop *h)
{
	struct via *v = h->via;

	if (!v)
		return;
	list_del(&h->of_via);
	h->via = NULL;
	if (!list_empty(&v->users) || !list_empty(&v->todo))
		return;
	list_del(&v->dirty);
	table_del(&s->vias, &v->by_ip);
	free(v);
}

static void route_link(struct lsps *s, struct lsp_route *r)
{
	for (uint32_t i = 0; r && i < r->n; i++)
		hop_link(s, &r->hop[i]);
}

static void route_unlink(struct lsps *s, struct lsp_route *r)
{
	for (uint32_t i = 0; r && i < r->n; i++)
		hop_unlink(s, &r->hop[i]);
}

void via_touch(struct lsps *s, uint32_t ip)
{
	struct via *v = via_find(s, ip);

	if (!v)
		return;
	list_move(&v->todo, &v->users);
	list_add(&s->dirty, &v->dirty);
	lsps_kick(s);
}

bool via_step(struct lsps *s)
{
	struct lsp_hop *h;
	struct via *v;

	if (list_empty(&s->dirty))
		return false;
	v = list_entry(s->dirty.next, struct via, dirty);
	if (list_empty(&v->todo)) {
		list_del(&v->dirty);
		return true;
	}
	h = list_entry(v->todo.next, struct lsp_hop, of_via);
	list_del(&h->of_via);
	list_add(&v->users, &h->of_via);
	fec_resolve(s, h->route->fec);
	return true;
}

/* If several peers claim an address the one that was first counts, of those with a label for @f. */
struct lsp_peer *hop_peer(const struct lsps *s, const struct fec *f, uint32_t ip, uint32_t *label)
{
	struct lsp_peer *any = NULL, *with = NULL;

	*label = NO_LABEL;
	for (struct hnode *n = table_find(&s->addrs, ip); n; n = table_again(n)) {
		const struct lsp_bind *b;

		any = container_of(n, struct lsp_addr, by_ip)->peer;
		b = bind_find(s, f, any);
		if (b && heard_usable(b)) {
			with = any;
			*label = b->heard;
		}
	}
	return with ? with : any;
}

bool fec_via(const struct lsps *s, const struct fec *f, const struct lsp_peer *lp)
{
	uint32_t label;

	for (uint32_t i = 0; f->route && i < f->route->n; i++)
		if (hop_peer(s, f, f->route->hop[i].nexthop, &label) == lp)
			return true;
	return false;
}

/* ---- what core and the peers are told ---- */

bool fec_known(const struct lsps *s, const struct fec *f)
{
	return s->running && (f->egress || (f->route && f->route->type == RTN_UNICAST));
}

/* May @lp, or whoever will announce the address if it is NULL, still map the FEC as before our restart? */
static bool hop_held(const struct lsps *s, const struct lsp_peer *lp)
{
	return s->ldp->recovering && !(lp && list_in(&lp->up) && lp->heard_end);
}

/* The hops of @f that can be used, in @out, whose they are in @by; how many have a label of a neighbour in @n_labels. */
static uint8_t usable(const struct lsps *s, const struct fec *f, struct fact_hop *out, const struct lsp_peer **by,
		      uint8_t *n_labels)
{
	const struct lsp_route *r = f->route;
	uint8_t n = 0;

	*n_labels = 0;
	for (uint32_t i = 0; r && !f->egress && i < r->n; i++) {
		uint32_t label;
		const struct lsp_peer *lp = hop_peer(s, f, r->hop[i].nexthop, &label);

		if (label != NO_LABEL)
			++*n_labels;
		else if (hop_held(s, lp))
			label = FEC_LABEL_HELD;
		else
			continue;
		by[n] = lp;
		out[n++] = (struct fact_hop){ r->hop[i].ifindex, r->hop[i].nexthop, label };
	}
	return n;
}

static const struct fact_hop *told_hops(const struct fec *f)
{
	return f->n_told > 1 ? f->hop.many : &f->hop.one;
}

static bool same_hops(const struct fact_hop *a, const struct fact_hop *b, uint8_t n)
{
	for (uint8_t i = 0; i < n; i++)
		if (a[i].ifindex != b[i].ifindex || a[i].nexthop != b[i].nexthop || a[i].label != b[i].label)
			return false;
	return true;
}

/* Those of @by carry it now; who did and does no more fell. */
static void mark_used(struct fec *f, const struct lsp_peer *const *by, uint8_t n)
{
	list_each(struct lsp_bind, b, &f->binds, of_fec) {
		bool used = false;

		for (uint8_t i = 0; i < n; i++)
			used |= by[i] == b->peer;
		b->fell = !used && (b->used || b->fell);
		b->used = used;
	}
}

/* The same hops may be other peers': labels are of each its own. */
static bool all_used(const struct lsps *s, const struct fec *f, const struct lsp_peer *const *by, uint8_t n)
{
	for (uint8_t i = 0; i < n; i++) {
		const struct lsp_bind *b = by[i] ? bind_find(s, f, by[i]) : NULL;

		if (b && !b->used)
			return false;
	}
	return true;
}

/* Without memory nothing is remembered, and what is the same is told again. */
static void remember(struct fec *f, const struct fact_hop *hop, uint8_t n)
{
	if (f->n_told > 1)
		free(f->hop.many);
	f->n_told = n;
	if (n == 1)
		f->hop.one = hop[0];
	if (n < 2)
		return;
	f->hop.many = malloc(n * sizeof(*hop));
	if (f->hop.many)
		memcpy(f->hop.many, hop, n * sizeof(*hop));
	else
		f->n_told = 0;
}

static void tell_gone(struct lsps *s, struct fec *f)
{
	if (!f->told)
		return;
	mark_used(f, NULL, 0);
	remember(f, NULL, 0);
	f->told = false;
	f->n_labels = 0;
	tell_fec(s->ldp, f->dest, f->len, NULL);
	list_each(struct lsp_bind, b, &f->binds, of_fec) {
		bind_now(b);
		if (b->requested || b->released || b->waits)
			bind_say_again(b);	/* No Route, or nothing more to remember */
	}
}

void fec_resolve(struct lsps *s, struct fec *f)
{
	struct fact_hop hop[FEC_HOPS_MAX];
	const struct lsp_peer *by[FEC_HOPS_MAX];
	uint8_t n;

	if (!fec_known(s, f)) {
		tell_gone(s, f);
		fec_update_out(s, f);
		return;
	}
	n = usable(s, f, hop, by, &f->n_labels);
	if (n != f->n_told || !all_used(s, f, by, n))
		mark_used(f, by, n);
	if (!f->told || f->told_egress != f->egress || n != f->n_told || !same_hops(told_hops(f), hop, n)) {
		struct fact_fec fact = { .egress = f->egress, .n = n, .hop = hop };

		remember(f, hop, n);
		f->told = true;
		f->told_egress = f->egress;
		tell_fec(s->ldp, f->dest, f->len, &fact);
	}
	fec_update_out(s, f);
}

/* Ordered control waits for the next hop's Mapping (RFC 5036, 2.6.1.2). */
void fec_update_out(struct lsps *s, struct fec *f)
{
	bool may = fec_known(s, f) && (!s->ordered || f->egress || f->n_labels);
	uint32_t out = may ? f->in_label : NO_LABEL;

	if (out == f->out)
		return;
	f->out = out;
	list_each(struct lsp_peer, lp, &s->up, up) {
		struct lsp_bind *b = out == NO_LABEL || !lp->offers ? bind_find(s, f, lp) : bind_get(s, f, lp);

		if (b)
			bind_say_again(b);
	}
}

/* ---- routes ---- */

static int by_hop(const void *a, const void *b)
{
	const struct lsp_hop *x = a, *y = b;

	if (x->nexthop != y->nexthop)
		return x->nexthop < y->nexthop ? -1 : 1;
	return x->ifindex < y->ifindex ? -1 : x->ifindex > y->ifindex;
}

/* The living hops of @r, ascending, each once. A device that leads to the host itself has no gateway. */
static void take_hops(struct lsp_route *rt, const struct sys_route_told *r)
{
	uint8_t n = 0;

	for (uint32_t i = 0; i < r->n && i < SYS_ROUTE_HOPS; i++) {
		uint32_t ip = r->hop[i].gateway ? r->hop[i].gateway : r->dest;

		rt->dead |= r->hop[i].dead;
		if (!r->hop[i].dead)
			rt->hop[rt->n++] = (struct lsp_hop){ .route = rt, .ifindex = r->hop[i].ifindex, .nexthop = ip };
	}
	if (!rt->n)
		return;
	qsort(rt->hop, rt->n, sizeof(rt->hop[0]), by_hop);
	for (uint8_t i = 1; i < rt->n; i++)
		if (by_hop(&rt->hop[i], &rt->hop[n]))
			rt->hop[++n] = rt->hop[i];
	rt->n = (uint8_t)(n + 1);
}

static struct lsp_route *route_make(struct fec *f, const struct sys_route_told *r)
{
	uint32_t n = r->odd || r->type != RTN_UNICAST ? 0 : r->n;
	struct lsp_route *rt = calloc(1, sizeof(*rt) + n * sizeof(rt->hop[0]));

	if (!rt)
		return NULL;
	rt->fec = f;
	rt->metric = r->metric;
	rt->type = r->type;
	rt->odd = r->odd;
	if (n)
		take_hops(rt, r);
	return rt;
}

static struct lsp_route **route_at(struct fec *f, uint32_t metric)
{
	struct lsp_route **at = &f->route;

	while (*at && (*at)->metric < metric)
		at = &(*at)->next;
	return at;
}

static void route_drop(struct lsps *s, struct fec *f, uint32_t metric)
{
	struct lsp_route **at = route_at(f, metric), *old = *at;

	if (!old || old->metric != metric)
		return;
	*at = old->next;
	free(old);
	s->n_routes--;
}

static void route_put(struct lsps *s, struct fec *f, const struct sys_route_told *r)
{
	struct lsp_route *rt, **at;

	route_drop(s, f, r->metric);
	if (s->n_routes >= LSPS_ROUTES_MAX) {
		lsps_limit(s, "host routes", 0);
		return;
	}
	rt = route_make(f, r);
	if (!rt) {
		log_event(LOG_P_ERR, "ldp-memory", "what=route");
		return;
	}
	at = route_at(f, r->metric);
	rt->next = *at;
	*at = rt;
	s->n_routes++;
}

/* Addresses that can be those of a router. */
static bool plausible(uint32_t ip)
{
	return ip >> 24 && ip >> 24 != 127 && ip >> 24 < 224;
}

void lsps_route(struct ldp *l, const struct sys_route_told *r, bool gone)
{
	struct lsps *s = l->lsps;
	struct fec *f;

	if (r->len != 32 || r->tos || !plausible(r->dest))
		return;
	f = gone ? fec_find(s, r->dest, 32) : fec_get(s, r->dest, 32);
	if (!f) {
		if (!gone)
			log_event(LOG_P_ERR, "ldp-memory", "what=route");
		return;
	}
	route_unlink(s, f->route);
	if (gone)
		route_drop(s, f, r->metric);
	else
		route_put(s, f, r);
	route_link(s, f->route);
	fec_resolve(s, f);
	fec_gc(s, f);
}

void route_free_all(struct lsps *s, struct fec *f)
{
	route_unlink(s, f->route);
	while (f->route)
		route_drop(s, f, f->route->metric);
}

/* ---- our own addresses ---- */

static struct own_addr *own_find(const struct lsps *s, uint32_t ip)
{
	struct hnode *n = table_find(&s->own, ip);

	return n ? container_of(n, struct own_addr, by_ip) : NULL;
}

/* Egress for a host's address of our own, and for the LSR ID: the FEC ends here (RFC 5036, 2.6.1.2). */
void egress_refresh(struct lsps *s, uint32_t ip)
{
	const struct own_addr *o = own_find(s, ip);
	bool egress = plausible(ip) && ((o && o->n_host) || ip == s->lsr_id);
	struct fec *f = egress ? fec_get(s, ip, 32) : fec_find(s, ip, 32);

	if (egress && !f)
		log_event(LOG_P_ERR, "ldp-memory", "what=address");
	if (!f || f->egress == egress)
		return;
	f->egress = egress;
	fec_resolve(s, f);
	fec_gc(s, f);
}

static void own_free(struct lsps *s, struct own_addr *o)
{
	table_del(&s->own, &o->by_ip);
	list_del(&o->log);
	s->n_own_gone -= !o->n;
	free(o);
}

/* Those that are gone are kept until all peers were told. */
#define OWN_GONE_KEPT	256

static void own_purge(struct lsps *s)
{
	uint64_t told = s->own_seq;

	if (s->n_own_gone < OWN_GONE_KEPT)
		return;
	list_each(struct lsp_peer, lp, &s->up, up)
		if (lp->own_seq < told)
			told = lp->own_seq;
	list_each_safe(struct own_addr, o, &s->own_log, log)
		if (!o->n && (o->seq <= told || list_empty(&s->up)))
			own_free(s, o);
}

static void own_changed(struct lsps *s, struct own_addr *o)
{
	o->seq = ++s->own_seq;
	list_del(&o->log);
	list_add(&s->own_log, &o->log);
	list_each(struct lsp_peer, lp, &s->up, up)
		peer_wants(lp->p);
	lsps_kick(s);
	own_purge(s);
}

static struct own_on *on_find(const struct lsps *s, uint64_t key, uint8_t len)
{
	for (struct hnode *n = table_find(&s->own_on, key); n; n = table_again(n)) {
		struct own_on *on = container_of(n, struct own_on, by_name);

		if (on->len == len)
			return on;
	}
	return NULL;
}

static struct own_addr *own_get(struct lsps *s, uint32_t ip)
{
	struct own_addr *o = own_find(s, ip);

	if (o)
		return o;
	o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->ip = ip;
	s->n_own_gone++;		/* as long as no device has it */
	table_add(&s->own, &o->by_ip, ip);
	list_add(&s->own_log, &o->log);
	return o;
}

static void own_add(struct lsps *s, uint64_t key, uint32_t ip, uint8_t len)
{
	struct own_addr *o = own_get(s, ip);
	struct own_on *on = o ? calloc(1, sizeof(*on)) : NULL;

	if (!on) {
		log_event(LOG_P_ERR, "ldp-memory", "what=address");
		return;
	}
	on->len = len;
	table_add(&s->own_on, &on->by_name, key);
	o->n_host += len == 32;
	if (o->n++ == 0) {
		s->n_own_gone--;
		own_changed(s, o);
	}
}

static void own_del(struct lsps *s, struct own_on *on, uint32_t ip)
{
	struct own_addr *o = own_find(s, ip);

	o->n_host -= on->len == 32;
	table_del(&s->own_on, &on->by_name);
	free(on);
	if (--o->n == 0) {
		s->n_own_gone++;
		own_changed(s, o);
	}
}

void lsps_address(struct ldp *l, uint32_t ifindex, uint32_t ip, uint8_t len, bool there)
{
	struct lsps *s = l->lsps;
	uint64_t key = (uint64_t)ip << 32 | ifindex;
	struct own_on *on = on_find(s, key, len);

	if (!plausible(ip) || !on == !there)
		return;
	if (there)
		own_add(s, key, ip, len);
	else
		own_del(s, on, ip);
	egress_refresh(s, ip);
}

void own_free_all(struct lsps *s)
{
	table_each(&s->own_on, n, i) {
		struct own_on *on = container_of(n, struct own_on, by_name);

		table_del(&s->own_on, n);
		free(on);
	}
	list_each_safe(struct own_addr, o, &s->own_log, log)
		own_free(s, o);
}
