/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp_peer.c: owns what is kept per peer: its sessions that come, go and are held, and the addresses it announced.
 */
#include "ldp/lsp.h"

#include <stdlib.h>

/* ---- addresses ---- */

static struct lsp_addr *addr_find(const struct lsps *s, const struct lsp_peer *lp, uint32_t ip)
{
	for (struct hnode *n = table_find(&s->addrs, ip); n; n = table_again(n)) {
		struct lsp_addr *a = container_of(n, struct lsp_addr, by_ip);

		if (a->peer == lp)
			return a;
	}
	return NULL;
}

static void addr_free(struct lsps *s, struct lsp_addr *a)
{
	uint32_t ip = a->ip;

	table_del(&s->addrs, &a->by_ip);
	list_del(&a->of_peer);
	a->peer->p->n_addrs--;
	free(a);
	via_touch(s, ip);
}

void addr_hear(struct lsps *s, struct lsp_peer *lp, uint32_t ip)
{
	struct lsp_addr *a = addr_find(s, lp, ip);

	if (a) {
		a->session = lp->session;
		return;
	}
	a = lp->p->n_addrs < PEER_ADDRS_MAX ? calloc(1, sizeof(*a)) : NULL;
	if (!a) {
		lp->p->refused++;
		lsps_limit(s, "addresses of a peer", lp->lsr);
		return;
	}
	a->peer = lp;
	a->ip = ip;
	a->session = lp->session;
	table_add(&s->addrs, &a->by_ip, ip);
	list_add(&lp->addrs, &a->of_peer);
	lp->p->n_addrs++;
	via_touch(s, ip);
}

void addr_forget(struct lsps *s, struct lsp_peer *lp, uint32_t ip)
{
	struct lsp_addr *a = addr_find(s, lp, ip);

	if (a)
		addr_free(s, a);
}

void peer_touch(struct lsps *s, const struct lsp_peer *lp)
{
	list_each(struct lsp_addr, a, &lp->addrs, of_peer)
		via_touch(s, a->ip);
}

/* ---- labels ---- */

void peer_void(struct lsps *s, struct lsp_peer *lp)
{
	lp->valid = ++lp->epoch;
	lp->voids++;
	list_move(&s->void_heard, &lp->heard);
	list_move(&s->void_heard, &lp->stale);
	lp->n_stale = 0;
	lp->p->n_lsps = 0;
	lsps_kick(s);
}

void peer_void_stale(struct lsps *s, struct lsp_peer *lp)
{
	if (lp->valid < lp->fresh)
		lp->valid = lp->fresh;
	list_move(&s->void_heard, &lp->stale);
	lp->p->n_lsps -= lp->n_stale;
	lp->n_stale = 0;
	lsps_kick(s);
}

bool peer_offered(const struct lsp_peer *lp)
{
	return !lp->p->no_lsps && !(lp->p->apps_off & 1 << LDP_APP_IPV4);
}

void walk_start(struct lsps *s, struct lsp_peer *lp, bool again)
{
	list_del(&lp->walks);
	lp->again = again || (lp->walk && lp->again);
	lp->walk = list_empty(&s->all) ? NULL : list_entry(s->all.next, struct fec, all);
	if (lp->walk)
		list_add(&s->walks, &lp->walks);
}

/* ---- sessions ---- */

static struct lsp_peer *lsp_peer_get(struct peer *p)
{
	struct lsps *s = p->ldp->lsps;
	struct lsp_peer *lp = p->lsp;

	if (lp)
		return lp;
	lp = calloc(1, sizeof(*lp));
	if (!lp)
		return NULL;
	lp->p = p;
	lp->lsr = p->lsr;
	list_init(&lp->heard);
	list_init(&lp->stale);
	list_init(&lp->said);
	list_init(&lp->rest);
	list_init(&lp->addrs);
	list_add(&s->peers, &lp->all);
	p->lsp = lp;
	return lp;
}

void lsp_peer_free(struct lsps *s, struct lsp_peer *lp)
{
	list_each_safe(struct lsp_addr, a, &lp->addrs, of_peer)
		addr_free(s, a);
	list_del(&lp->all);
	list_del(&lp->up);
	list_del(&lp->walks);
	list_del(&lp->resume);
	if (lp->p)
		lp->p->lsp = NULL;
	free(lp);
}

bool lsp_peer_gc(struct lsps *s, struct lsp_peer *lp)
{
	if (lp->p || lp->n_binds)
		return false;
	lsp_peer_free(s, lp);
	return true;
}

/* Everything is told anew. What was heard before, if it was held, is stale until heard again (RFC 3478, 3.3). */
void lsp_up(struct peer *p)
{
	struct lsps *s = p->ldp->lsps;
	struct lsp_peer *lp = lsp_peer_get(p);

	if (!lp) {
		log_event(LOG_P_ERR, "ldp-memory", "what=peer");
		return;
	}
	lp->heard_end = false;
	lp->end_due = true;
	lp->offers = peer_offered(lp);
	lp->own_seq = 0;
	lp->fresh = ++lp->epoch;
	list_move(&lp->stale, &lp->heard);
	lp->n_stale = p->n_lsps;
	list_add(&s->up, &lp->up);
	walk_start(s, lp, false);
	peer_wants(p);
}

static void addrs_drop(struct lsps *s, struct lsp_peer *lp, bool all)
{
	list_each_safe(struct lsp_addr, a, &lp->addrs, of_peer)
		if (all || a->session != lp->session)
			addr_free(s, a);
}

void lsp_down(struct peer *p, bool held)
{
	struct lsps *s = p->ldp->lsps;
	struct lsp_peer *lp = p->lsp;

	if (!lp)
		return;
	if (list_in(&lp->up)) {
		lp->session++;
		list_del(&lp->up);
		list_del(&lp->walks);
		list_del(&lp->resume);
		lp->walk = NULL;
		list_move(&s->void_said, &lp->said);
		list_move(&s->void_said, &lp->rest);
		list_move(&s->void_say, &p->lsp_say);
		lsps_kick(s);
	}
	if (held)
		return;
	peer_void(s, lp);
	addrs_drop(s, lp, true);
}

void lsp_peer_recovered(struct peer *p)
{
	struct lsp_peer *lp = p->lsp;

	if (!lp || !list_in(&lp->up))	/* held: it has its own time */
		return;
	peer_void_stale(p->ldp->lsps, lp);
	addrs_drop(p->ldp->lsps, lp, false);
}

void lsp_forget(struct peer *p)
{
	struct lsp_peer *lp = p->lsp;

	if (!lp)
		return;
	lsp_down(p, false);
	p->lsp = NULL;
	lp->p = NULL;
	lsp_peer_gc(p->ldp->lsps, lp);
}
