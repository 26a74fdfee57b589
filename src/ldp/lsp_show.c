/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp_show.c: FECs of prefixes, labels and addresses of peers for displays; see ldp_show.h.
 */
#include "ldp/lsp.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>

#define IP_FMT		"%u.%u.%u.%u"
#define IP_ARG(a)	(a) >> 24, (a) >> 16 & 255, (a) >> 8 & 255, (a) & 255

/* ---- addresses ---- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int ldp_show_addresses(const struct ldp *l, uint32_t peer, int (*fn)(void *arg, uint32_t ip), void *arg)
{
	const struct hnode *node = table_find(&l->peers, peer);
	const struct lsp_peer *lp = node ? container_of(node, struct peer, by_lsr)->lsp : NULL;
	uint32_t n = 0, *ip = lp && lp->p->n_addrs ? malloc(lp->p->n_addrs * sizeof(*ip)) : NULL;
	int rc = 0;

	if (!ip)
		return lp && lp->p->n_addrs ? -ENOMEM : 0;
	list_each(struct lsp_addr, a, &lp->addrs, of_peer)
		ip[n++] = a->ip;
	qsort(ip, n, sizeof(*ip), by_number);
	for (uint32_t i = 0; i < n && !rc; i++)
		rc = fn(arg, ip[i]);
	free(ip);
	return rc;
}

/* ---- FECs ---- */

static const char *route_fault(const struct lsp_route *r)
{
	if (!r)
		return "there is no host route to it: the labels are kept for when there is";
	if (r->type != RTN_UNICAST)
		return "its route leads nowhere (blackhole, unreachable, prohibit)";
	if (r->odd & SYS_ROUTE_BY_ID)
		return "the kernel tells its next hops as an object only (sysctl net.ipv4.nexthop_compat_mode)";
	if (r->odd & SYS_ROUTE_VIA)
		return "the gateway of its route is no IPv4 address";
	if (r->odd & SYS_ROUTE_ENCAP)
		return "the kernel adds a header or labels of its own on its route";
	if (r->odd & SYS_ROUTE_MORE)
		return "its route has more next hops than are supported";
	if (!r->n)
		return r->dead ? "all next hops of its route are down" : "its route has no next hop";
	return NULL;
}

/* Of the first next hop: what keeps it from giving a label. */
static void hop_fault(const struct lsps *s, const struct fec *f, char *why, size_t size)
{
	uint32_t label, ip = f->route->hop[0].nexthop;
	const struct lsp_peer *lp = hop_peer(s, f, ip, &label);

	if (f->n_told)
		snprintf(why, size, "after our restart: forwarded as before it until " IP_FMT " is heard again", IP_ARG(ip));
	else if (!lp)
		snprintf(why, size, "no LDP peer has announced the address of next hop " IP_FMT, IP_ARG(ip));
	else if (!list_in(&lp->up))
		snprintf(why, size, "the session with next hop " IP_FMT " is down", IP_ARG(lp->lsr));
	else
		snprintf(why, size, "next hop " IP_FMT " gave no label for it", IP_ARG(lp->lsr));
}

static void fec_fault(const struct lsps *s, const struct fec *f, char *why, size_t size)
{
	const char *text;

	why[0] = '\0';
	if (!s->running)
		text = "LDP does not run";
	else if (f->egress)
		text = NULL;
	else if (f->len != 32)
		text = "labels are bound to host routes only";
	else
		text = route_fault(f->route);
	if (text)
		snprintf(why, size, "%s", text);
	else if (!f->egress && !f->n_labels)
		hop_fault(s, f, why, size);
}

static bool uses(const struct show_fec *out, uint32_t peer)
{
	for (uint32_t i = 0; i < out->n_hop; i++)
		if (out->hop[i].peer == peer && out->hop[i].label != LABEL_NOT_BOUND)
			return true;
	return false;
}

static int by_peer(const void *a, const void *b)
{
	const struct show_binding *x = a, *y = b;

	return x->peer < y->peer ? -1 : x->peer > y->peer;
}

static uint32_t show_bindings(const struct lsps *s, const struct fec *f, const struct show_fec *out,
			      struct show_binding *binding)
{
	uint32_t n = 0;

	list_each(struct lsp_bind, b, &f->binds, of_fec)
		if (heard_valid(b))
			binding[n++] = (struct show_binding){
				.peer = b->peer->lsr, .label = b->heard, .stale = heard_stale(b),
				.in_use = fec_known(s, f) && uses(out, b->peer->lsr),
			};
	if (n)
		qsort(binding, n, sizeof(*binding), by_peer);
	return n;
}

static uint32_t show_hops(const struct lsps *s, const struct fec *f, struct show_fec_hop *hop)
{
	uint32_t n = 0;

	for (; f->route && !f->egress && n < f->route->n; n++) {
		const struct lsp_hop *h = &f->route->hop[n];
		uint32_t label;
		const struct lsp_peer *lp = hop_peer(s, f, h->nexthop, &label);

		hop[n] = (struct show_fec_hop){ h->ifindex, h->nexthop, lp ? lp->lsr : 0, label };
	}
	return n;
}

/* What is borrowed is valid until the next call. 0 or -ENOMEM. */
static int show(const struct lsps *s, const struct fec *f, struct show_fec *out)
{
	static struct show_fec_hop hop[SYS_ROUTE_HOPS];
	static struct show_binding *binding;
	uint32_t n = 0;
	void *more;

	list_each(struct lsp_bind, b, &f->binds, of_fec)
		n++;
	more = n ? realloc(binding, n * sizeof(*binding)) : binding;
	if (n && !more)
		return -ENOMEM;
	binding = more;
	*out = (struct show_fec){ .dest = f->dest, .len = f->len, .in_label = f->in_label, .egress = f->egress,
				  .binding = binding, .hop = hop };
	out->n_hop = show_hops(s, f, hop);
	out->n_binding = show_bindings(s, f, out, binding);
	fec_fault(s, f, out->why, sizeof(out->why));
	return 0;
}

bool ldp_show_fec(const struct ldp *l, uint32_t dest, uint8_t len, struct show_fec *out)
{
	const struct fec *f = fec_find(l->lsps, dest, len);

	return f && show(l->lsps, f, out) == 0;
}

static int by_prefix(const void *a, const void *b)
{
	const struct fec *x = *(struct fec *const *)a, *y = *(struct fec *const *)b;

	return x->dest != y->dest ? (x->dest < y->dest ? -1 : 1) : x->len - y->len;
}

/* Something to show: not only what is still waiting to be withdrawn or swept. */
static bool shown(const struct lsps *s, const struct show_fec *f, const struct fec *fec)
{
	return fec_known(s, fec) || f->n_binding;
}

int ldp_show_fecs(const struct ldp *l, int (*fn)(void *arg, const struct show_fec *f), void *arg)
{
	const struct lsps *s = l->lsps;
	struct fec **v = s->fecs.n ? malloc(s->fecs.n * sizeof(*v)) : NULL;
	struct show_fec out;
	uint32_t n = 0;
	int rc = 0;

	if (!v)
		return s->fecs.n ? -ENOMEM : 0;
	list_each(struct fec, f, &s->all, all)
		v[n++] = f;
	qsort(v, n, sizeof(struct fec *), by_prefix);
	for (uint32_t i = 0; i < n && !rc; i++) {
		rc = show(s, v[i], &out);
		if (!rc && shown(s, &out, v[i]))
			rc = fn(arg, &out);
	}
	free(v);
	return rc;
}
