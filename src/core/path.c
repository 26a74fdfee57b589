/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * path.c: the way to a peer. Static LSP -> next hop -> port -> neighbour -> row; and which LSP
 * serves which peer (longest match, then lowest name). One path per LSP that starts or passes here,
 * shared by all PWs to its peers. RFC 3032 2.1 for the reserved labels 0 and 3.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"

/* ---- life ------------------------------------------------------------------------------------- */

static uint64_t path_key(const struct m_static_lsp *l)
{
	char name[LSP_NAME_LEN + 16];

	if (l->role == LSP_TRANSIT)
		snprintf(name, sizeof(name), "in-label %u", l->in_label);
	else
		snprintf(name, sizeof(name), "lsp %s", l->name);
	return core_key(name);
}

struct path *path_new(struct core *c, struct lsp *l)
{
	struct path *p = pool_take(&c->path_pool);

	p->lsp = l;
	memcpy(p->name, l->cfg->name, sizeof(p->name));
	list_init(&p->peers);
	table_add(&c->paths, &p->by_key, path_key(l->cfg));
	c->n_paths++;
	path_locate(c, p);
	path_dirty(c, p, DET_CONFIG);
	return p;
}

struct path *path_of_fec(struct core *c, struct fec *f, uint8_t number)
{
	struct path *p = pool_take(&c->path_pool);

	p->fec = f;
	p->number = number;
	p->hop_label = NO_HOP;
	fec_name(f, p->name);
	list_init(&p->peers);
	table_add(&c->paths, &p->by_key, fec_key(f, number));
	path_adopt(c, p);
	path_locate(c, p);
	path_dirty(c, p, DET_LDP);
	return p;
}

void path_hop(struct core *c, struct path *p, const struct fact_hop *h)
{
	p->hop_label = h ? h->label : NO_HOP;
	if (h) {
		p->hop_ifindex = h->ifindex;
		p->nexthop = h->nexthop;
	}
	path_locate(c, p);
	path_dirty(c, p, DET_LDP);
}

void path_leave(struct core *c, struct path *p)
{
	c->n_paths -= p->lsp != NULL;
	enum detector by = p->lsp ? DET_CONFIG : DET_LDP;

	p->lsp = NULL;
	p->fec = NULL;
	path_locate(c, p);
	path_dirty(c, p, by);
}

void path_free(struct core *c, struct path *p)
{
	if (p->index) {
		c->path_by_index[p->index] = NULL;
		index_drop(&c->path_space, p->index);
		c->some_left = true;
	}
	queue_drop(&c->dirty_paths, &p->dirty);
	list_del(&p->urgent);
	table_del(&c->paths, &p->by_key);
	free(p);
}

void path_dirty(struct core *c, struct path *p, enum detector news)
{
	p->news = news;
	queue_put(&c->dirty_paths, &p->dirty);
	list_add(&c->urgent, &p->urgent);
	if (p->fec && p->fec->path && p->fec->path->group)
		group_dirty(c, p->fec->path);
}

/* Goes on where the last call stopped, unless somebody has come or gone since. */
static void touch_begin(struct core *c, struct peer *first)
{
	if (c->touch_peer && c->touch_links == c->links)
		return;
	c->touch_links = c->links;
	c->touch_peer = first;
	c->touch_pw = NULL;
}

static bool touch_pws(struct core *c)
{
	struct peer *peer = c->touch_peer;

	if (!c->touch_pw)
		c->touch_pw = list_entry(peer->pws.next, struct pw, on_peer);
	for (; &c->touch_pw->on_peer != &peer->pws; c->work--) {
		if (!c->work)
			return true;
		circuit_dirty(c, c->touch_pw->circuit);
		c->touch_pw = list_entry(c->touch_pw->on_peer.next, struct pw, on_peer);
	}
	return false;
}

bool path_touch_users(struct core *c, struct path *p)
{
	touch_begin(c, list_entry(p->peers.next, struct peer, on_path));
	for (; &c->touch_peer->on_path != &p->peers; c->touch_pw = NULL) {
		if (touch_pws(c))
			return true;
		c->touch_peer = list_entry(c->touch_peer->on_path.next, struct peer, on_path);
	}
	c->touch_peer = NULL;
	return false;
}

bool peer_touch_users(struct core *c, struct peer *p)
{
	touch_begin(c, p);
	if (touch_pws(c))
		return true;
	c->touch_peer = NULL;
	return false;
}

/* ---- where it leaves ---------------------------------------------------------------------------- */

/* Without a next hop the other end of a /31 on the port is one (RFC 3021). */
static uint32_t far_end(const struct core *c, const struct port *port)
{
	uint32_t found = 0;

	if (!port || !port->link.ifindex || !(c->subnet_lens >> 31 & 1))
		return 0;
	for (uint8_t i = 0; port->cfg && i < port->cfg->n_addr; i++) {
		const struct m_addr *a = &port->cfg->addr[i];
		const struct subnet *s = a->len == 31 ? subnet_of(c, a->ip ^ 1) : NULL;

		if (!found && s && s->ifindex == port->link.ifindex)
			found = a->ip ^ 1;
	}
	return found;
}

static void path_place(struct core *c, struct path *p, struct port *port, struct neigh *neigh)
{
	if (p->port != port) {
		struct port *old = p->port;

		list_del(&p->on_port);
		p->port = port;
		if (port)
			list_add(&port->paths, &p->on_port);
		if (old)
			port_put(c, old);
	}
	if (p->neigh != neigh) {
		struct neigh *old = p->neigh;

		list_del(&p->on_neigh);
		p->neigh = neigh;
		if (neigh) {
			neigh->ask |= !neigh->kept || list_empty(&neigh->paths);	/* its port may have fallen since */
			list_add(&neigh->paths, &p->on_neigh);
			neigh_dirty(c, neigh);
		}
		if (old)		/* given up, or freed, by the next run */
			neigh_dirty(c, old);
	}
}

/* Where a path of a static LSP, or one that goes away, leaves. */
static struct port *place_static(struct core *c, struct path *p, uint32_t *nexthop)
{
	const struct m_static_lsp *l = p->lsp ? p->lsp->cfg : NULL;
	struct port *port = NULL;

	*nexthop = l ? l->nexthop : 0;
	if (l && l->out_if[0]) {
		port = port_get(c, l->out_if);
		*nexthop = *nexthop ? *nexthop : far_end(c, port);
	} else if (l) {
		const struct subnet *s = subnet_of(c, *nexthop);

		port = s ? port_at(c, s->ifindex) : NULL;
	}
	if (l && !l->out_if[0])
		list_add(&c->floating, &p->floating);
	else
		list_del(&p->floating);
	return port;
}

static bool is_held(const struct path *p)
{
	return p->hop_label == FEC_LABEL_HELD && p->row.ifindex;
}

/* One that is held stays where it is in the kernel, though the route may have changed. */
static struct port *place_fec(struct core *c, struct path *p, uint32_t *nexthop)
{
	uint32_t ifindex = is_held(p) ? p->row.ifindex : p->hop_ifindex;
	struct port *port = ifindex ? port_at(c, ifindex) : NULL;

	*nexthop = p->nexthop;
	if (port)
		list_del(&p->floating);
	else
		list_add(&c->floating, &p->floating);	/* until a device comes */
	return port;
}

void path_locate(struct core *c, struct path *p)
{
	struct neigh *neigh = NULL;
	uint32_t nexthop;
	struct port *port = p->fec ? place_fec(c, p, &nexthop) : place_static(c, p, &nexthop);

	if (port && port->link.ifindex && nexthop && (!p->fec || port->link.ifindex == p->hop_ifindex)) {
		neigh = neigh_get(c, port->link.ifindex, nexthop);
		c->lost |= !neigh;
		c->unplaced |= !neigh;
	}
	if (port == p->port && neigh == p->neigh && nexthop == p->nexthop)
		return;
	p->nexthop = nexthop;
	path_place(c, p, port, neigh);
	path_dirty(c, p, p->news);
}

void paths_locate(struct core *c)
{
	if (!c->unplaced)
		return;
	c->unplaced = false;
	table_each(&c->paths, n, i)
		path_locate(c, container_of(n, struct path, by_key));
}

/* ---- whether it is up ----------------------------------------------------------------------------- */

static uint8_t push(const struct m_static_lsp *l, uint32_t out[PUSH_MAX])
{
	uint8_t n = 0;

	for (uint8_t i = 0; i < l->n_out && i < PUSH_MAX; i++)
		if (l->out_label[i] != LABEL_IMPLICIT_NULL)
			out[n++] = l->out_label[i];
	return n;
}

static bool want_group(const struct group *g, struct path_row *row)
{
	for (uint16_t i = 0; i < g->n; i++)
		if (path_want(g->member[i], row))
			return true;
	return false;
}

/* Labels to be pushed, by what is told; false: there is nothing to send by. */
static bool want_labels(const struct path *p, struct path_row *row)
{
	if (p->lsp)
		row->n_labels = push(p->lsp->cfg, row->label);
	else if (p->hop_label != NO_HOP && p->hop_label != FEC_LABEL_HELD && p->hop_label != LABEL_IMPLICIT_NULL)
		row->label[row->n_labels++] = p->hop_label;
	return p->lsp || p->hop_label < NO_HOP;
}

static bool link_is_up(const struct port *port)
{
	return port && port->link.present && port->link.admin_up && port->link.carrier;
}

bool path_want(const struct path *p, struct path_row *row)
{
	if (p->group)
		return want_group(group_of(p), row);
	if (p->fec && is_held(p)) {
		memcpy(row, &p->row, sizeof(*row));
		return link_is_up(p->port);
	}
	memset(row, 0, sizeof(*row));
	if (!path_wanted(p) || !want_labels(p, row) || !p->port || !p->port->link.present || !p->neigh ||
	    !p->neigh->resolved)
		return false;
	const struct fact_link *f = &p->port->link;

	row->ifindex = f->ifindex;
	row->mtu = (uint16_t)(f->mtu > UINT16_MAX ? UINT16_MAX : f->mtu);
	memcpy(row->smac, f->mac, sizeof(row->smac));
	memcpy(row->dmac, p->neigh->mac, sizeof(row->dmac));
	return link_is_up(p->port);
}

bool path_carries(const struct path *p)
{
	const struct group *g = p->group ? group_of(p) : NULL;
	bool some = p->armed;

	for (uint16_t i = 0; g && !g->adopt && i < g->n_told; i++)
		some |= g->told[i]->armed;
	return some;
}

#define IP_FMT		"%u.%u.%u.%u"
#define IP_ARG(ip)	(ip) >> 24, (ip) >> 16 & 0xff, (ip) >> 8 & 0xff, (ip) & 0xff

void port_why(const struct port *port, char *out, size_t len)
{
	const char *name = port->name;

	out[0] = '\0';
	if (!port->link.present)
		snprintf(out, len, "device of %s is absent", name);
	else if (!port->link.admin_up && port->cfg && port->cfg->shutdown)
		snprintf(out, len, "%s is shut down: undo shutdown", name);
	else if (!port->link.admin_up)
		snprintf(out, len, "port %s is set down in the kernel", name);
	else if (!port->link.carrier)
		snprintf(out, len, "port %s has no carrier", name);
}

void path_why(const struct path *p, char *out, size_t len)
{
	out[0] = '\0';
	if (p->fec) {
		fec_why(p, out, len);
		if (out[0] || p->group)
			return;
	}
	if (p->port)
		port_why(p->port, out, len);
	if (out[0])
		return;
	if (!path_wanted(p))
		snprintf(out, len, "static-lsp %s was removed", p->name);
	else if (!p->port)
		snprintf(out, len, "no port here has a subnet with next hop " IP_FMT, IP_ARG(p->nexthop));
	else if (!p->nexthop)
		snprintf(out, len, "static-lsp %s needs a nexthop on %s", p->name, p->port->name);
	else if (!p->neigh || !p->neigh->resolved)
		snprintf(out, len, "next hop " IP_FMT " on %s does not answer ARP", IP_ARG(p->nexthop), p->port->name);
}

/* ---- who serves a peer ------------------------------------------------------------------------------ */

static struct path *best_path(const struct core *c, uint32_t addr)
{
	for (int len = 32; len >= 0; len--) {
		const struct lsp *best = NULL;

		if (!((c->dest_lens | c->fec_lens) >> len & 1))
			continue;
		uint64_t key = prefix_key(addr, (uint8_t)len);
		const struct fec *fec = fec_at(c, addr, (uint8_t)len);

		for (struct hnode *n = table_find(&c->lsp_by_dest, key); n; n = table_again(n)) {
			const struct lsp *l = container_of(n, struct lsp, by_dest);

			if (!best || strcmp(l->cfg->name, best->cfg->name) < 0)
				best = l;
		}
		if (best)
			return best->path;
		if (fec && fec->path)
			return fec->path;
	}
	return NULL;
}

void peer_resolve(struct core *c, struct peer *p)
{
	struct path *path = p->addr ? best_path(c, p->addr) : NULL;	/* 0: a PW without a peer */

	if (path == p->path)
		return;
	list_del(&p->on_path);
	c->links++;
	if (p->path)
		p->path->users -= p->users;
	p->path = path;
	if (path) {
		p->by_ldp = path->fec;
		list_add(&path->peers, &p->on_path);
		path->users += p->users;
	}
	if (path && path->fec) {		/* within a run: in slices */
		path->touch |= !list_empty(&p->pws);
		if (path->group)
			group_dirty(c, path);
		else
			path_dirty(c, path, path->news);
		return;
	}
	list_each(struct pw, pw, &p->pws, on_peer)
		circuit_dirty(c, pw->circuit);
}

void peers_resolve(struct core *c, uint32_t dest, uint8_t len)
{
	if (len == 32) {
		struct hnode *n = table_find(&c->peers, dest);

		if (n)
			peer_resolve(c, container_of(n, struct peer, by_addr));
		return;
	}
	table_each(&c->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_addr);

		if (prefix_key(p->addr, len) == prefix_key(dest, len))
			peer_resolve(c, p);
	}
}

struct peer *peer_enter(struct core *c, struct peer *p, uint32_t addr)
{
	if (!p)
		return NULL;
	p->addr = addr;
	p->session = addr && c->recovering && !c->ran ? SESSION_HELD : SESSION_DOWN;
	list_init(&p->pws);
	table_add(&c->peers, &p->by_addr, addr);
	peer_resolve(c, p);
	return p;
}

struct peer *peer_of(struct core *c, uint32_t addr)
{
	struct hnode *n = table_find(&c->peers, addr);

	return n ? container_of(n, struct peer, by_addr) : peer_enter(c, pool_take(&c->peer_pool), addr);
}

void peer_signals(struct core *c, struct peer *p, uint32_t more)
{
	p->signalled += more;
	peer_dirty(c, p);
}

static void peer_count(struct core *c, struct peer *p, const struct pw *pw, uint32_t more)
{
	p->users += more;
	if (p->path)
		p->path->users += more;
	if (pw->signal)
		peer_signals(c, p, more);
}

/* Of a peer without PWs the session is known, so that one that comes finds it. */
void peer_put(struct core *c, struct peer *p)
{
	if (!list_empty(&p->pws) || p->session != SESSION_DOWN || p->guard || queue_in(&p->dirty))
		return;
	c->links++;
	list_del(&p->urgent);
	list_del(&p->on_path);
	table_del(&c->peers, &p->by_addr);
	free(p);
}

void peer_join(struct core *c, struct peer *p, struct pw *pw)
{
	c->links++;
	pw->peer = p;
	list_add(&p->pws, &pw->on_peer);
	peer_count(c, p, pw, 1);
}

void peer_leave(struct core *c, struct pw *pw)
{
	struct peer *p = pw->peer;

	if (!p)
		return;
	c->links++;
	list_del(&pw->on_peer);
	pw->peer = NULL;
	peer_count(c, p, pw, -1u);
	peer_put(c, p);
}
