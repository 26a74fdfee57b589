/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fact.c: what the kernel told: links, neighbours, subnets. Puts it where it belongs and marks
 * who depends on it; decides nothing. See core.h, "facts".
 */
#include <stdlib.h>
#include <string.h>

#include "core/state.h"

/* ---- ports ------------------------------------------------------------------------------------ */

struct port *port_find(const struct core *c, const char *name)
{
	for (struct hnode *n = table_find(&c->ports, core_key(name)); n; n = table_again(n)) {
		struct port *p = container_of(n, struct port, by_name);

		if (!strcmp(p->name, name))
			return p;
	}
	return NULL;
}

struct port *port_at(const struct core *c, uint32_t ifindex)
{
	struct hnode *n = table_find(&c->port_by_ifindex, ifindex);

	return n ? container_of(n, struct port, by_ifindex) : NULL;
}

static struct port *port_enter(struct core *c, struct port *p, const char *name)
{
	if (!p)
		return NULL;
	memcpy(p->name, name, strnlen(name, sizeof(p->name) - 1));
	list_init(&p->subifs);
	list_init(&p->paths);
	list_init(&p->lsps);
	table_add(&c->ports, &p->by_name, core_key(p->name));
	return p;
}

struct port *port_get(struct core *c, const char *name)
{
	struct port *p = port_find(c, name);

	return p ? p : port_enter(c, pool_take(&c->port_pool), name);
}

void port_dirty(struct core *c, struct port *p)
{
	queue_put(&c->dirty_ports, &p->dirty);
}

void port_put(struct core *c, struct port *p)
{
	if (p->cfg || p->link.present || p->circuit || !list_empty(&p->subifs) || !list_empty(&p->paths) ||
	    !list_empty(&p->lsps) || p->told.ifindex || queue_in(&p->dirty))
		return;
	table_del(&c->ports, &p->by_name);
	free(p);
}

static void port_users_dirty(struct core *c, struct port *p, enum detector news)
{
	port_dirty(c, p);
	if (p->circuit)
		circuit_dirty(c, p->circuit);
	list_each(struct circuit, ci, &p->subifs, on_port)
		circuit_dirty(c, ci);
	list_each(struct path, path, &p->paths, on_port)
		path_dirty(c, path, news);
}

/* Nothing leaves by @p now. The watcher has lowered the flags in the kernel already, or will find
 * them lowered; so a link that fell and rose within one batch has still moved its circuits. */
static void path_fell(struct core *c, struct path *p, uint32_t ifindex, enum detector seen_by)
{
	bool adopted = (p->seeded || !c->ran) && p->port && p->port->link.ifindex == ifindex;

	if (p->row.ifindex != ifindex && !adopted)
		return;				/* its next row is meant for here, its flag is not */
	list_add(&c->urgent, &p->urgent);
	p->lower |= p->armed || p->seeded;
	p->rising &= !p->seeded;		/* adopted circuits may be accounted for where it led */
	p->armed = false;
	p->fell_by = seen_by;
	p->reason = REASON_OUT_IF_DOWN;
	p->detector = seen_by;
}

/* ... nor by what nobody has claimed yet. */
static void seeds_fell(struct core *c, uint32_t ifindex)
{
	table_each(&c->path_seeds, n, i) {
		struct seed *s = container_of(n, struct seed, by_key);

		s->fell |= s->row && s->row->ifindex == ifindex;
	}
}

static void port_fell(struct core *c, struct port *p, enum detector seen_by)
{
	const struct queue *q = &c->dirty_paths;	/* of those some are led elsewhere since the last run */
	const struct list *lists[] = { &q->next, &q->now, &q->done };

	list_each(struct path, path, &p->paths, on_port)
		path_fell(c, path, p->link.ifindex, seen_by);
	if (c->path_seeds.n)
		seeds_fell(c, p->link.ifindex);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		list_each(struct path, path, lists[i], dirty.in)
			path_fell(c, path, p->link.ifindex, seen_by);
}

/* The kernel forgets managed neighbours at link down: ask again. */
static void port_rose(struct core *c, struct port *p)
{
	list_each(struct path, path, &p->paths, on_port) {
		if (!path->neigh)
			continue;
		path->neigh->ask = true;
		neigh_dirty(c, path->neigh);
	}
}

static bool link_up(const struct fact_link *f)
{
	return f->present && f->admin_up && f->carrier;
}

static bool link_same(const struct fact_link *a, const struct fact_link *b)
{
	return a->present == b->present && (!a->present || (a->ifindex == b->ifindex && a->admin_up == b->admin_up &&
		a->carrier == b->carrier && a->mtu == b->mtu && !memcmp(a->mac, b->mac, sizeof(a->mac))));
}

static void port_set(struct core *c, struct port *p, const struct fact_link *f)
{
	struct fact_link old = p->link;

	if (link_same(&old, f))
		return;
	bool moved = old.ifindex != f->ifindex;

	if (link_up(&old) && (!link_up(f) || moved))
		port_fell(c, p, f->detector);
	p->link = *f;
	port_dirty(c, p);	/* also keeps it while paths leave it below */
	if (moved) {
		table_del(&c->port_by_ifindex, &p->by_ifindex);
		if (f->ifindex)
			table_add(&c->port_by_ifindex, &p->by_ifindex, f->ifindex);
		list_each_safe(struct path, path, &p->paths, on_port)
			path_locate(c, path);
		list_each_safe(struct path, path, &c->floating, floating)
			path_locate(c, path);
		list_each(struct lsp, l, &p->lsps, on_port)
			label_dirty(c, l->label);
	}
	if (link_up(f) && (!link_up(&old) || moved))
		port_rose(c, p);
	port_users_dirty(c, p, f->detector);
}

void core_link(struct core *c, const char *ifname, const struct fact_link *f)
{
	struct fact_link now = *f;
	struct port *p = port_find(c, ifname);

	if (!now.present || !now.ifindex)
		now = (struct fact_link){ .detector = f->detector };
	if (!p && !now.present)
		return;
	if (!p)
		p = port_enter(c, calloc(1, sizeof(*p)), ifname);
	if (!p) {
		c->lost = true;
		return;
	}
	struct port *other = now.present ? port_at(c, now.ifindex) : NULL;

	if (other && other != p)		/* renamed: the old name's end may be told later, or not at all */
		port_set(c, other, &(struct fact_link){ .detector = f->detector });
	port_set(c, p, &now);
	port_put(c, p);
}

/* ---- neighbours -------------------------------------------------------------------------------- */

static uint64_t neigh_key(uint32_t ifindex, uint32_t ip)
{
	return (uint64_t)ifindex << 32 | ip;
}

struct neigh *neigh_get(struct core *c, uint32_t ifindex, uint32_t ip)
{
	struct hnode *node = table_find(&c->neighs, neigh_key(ifindex, ip));

	if (node)
		return container_of(node, struct neigh, by_key);
	struct neigh *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->ifindex = ifindex;
	n->ip = ip;
	list_init(&n->paths);
	table_add(&c->neighs, &n->by_key, neigh_key(ifindex, ip));
	return n;
}

void neigh_dirty(struct core *c, struct neigh *n)
{
	queue_put(&c->dirty_neighs, &n->dirty);
}

void neigh_put(struct core *c, struct neigh *n)
{
	if (n->resolved || !list_empty(&n->paths) || n->kept || queue_in(&n->dirty))
		return;
	table_del(&c->neighs, &n->by_key);
	free(n);
}

void core_neigh(struct core *c, uint32_t ifindex, uint32_t ip, const uint8_t *mac)
{
	if (!mac && !table_find(&c->neighs, neigh_key(ifindex, ip)))
		return;
	struct neigh *n = neigh_get(c, ifindex, ip);

	if (!n) {
		c->lost = true;
		return;
	}
	if (n->resolved == !!mac && (!mac || !memcmp(n->mac, mac, sizeof(n->mac))))
		return;
	n->resolved = mac;
	if (mac)
		memcpy(n->mac, mac, sizeof(n->mac));
	list_each(struct path, path, &n->paths, on_neigh)
		path_dirty(c, path, DET_NEIGHBOUR);
	neigh_put(c, n);
}

/* ---- subnets ------------------------------------------------------------------------------------ */

static struct subnet *subnet_find(const struct core *c, uint32_t ifindex, uint32_t ip, uint8_t len)
{
	for (struct hnode *n = table_find(&c->subnets, prefix_key(ip, len)); n; n = table_again(n)) {
		struct subnet *s = container_of(n, struct subnet, by_prefix);

		if (s->ifindex == ifindex && s->ip == ip)
			return s;
	}
	return NULL;
}

const struct subnet *subnet_of(const struct core *c, uint32_t ip)
{
	for (int len = 32; len >= 0; len--) {
		const struct subnet *best = NULL;

		if (!(c->subnet_lens >> len & 1))
			continue;
		for (struct hnode *n = table_find(&c->subnets, prefix_key(ip, (uint8_t)len)); n; n = table_again(n)) {
			const struct subnet *s = container_of(n, struct subnet, by_prefix);

			if (s->ip != ip && (!best || s->ifindex < best->ifindex))
				best = s;
		}
		if (best)
			return best;
	}
	return NULL;
}

/* Paths whose port or next hop an address decides: those without an outgoing interface, and those
 * without a next hop that leave by a /31. */
static void subnet_users(struct core *c, const struct subnet *s)
{
	uint64_t key = prefix_key(s->ip, s->len);
	struct port *p = port_at(c, s->ifindex);

	list_each_safe(struct path, path, &c->floating, floating) {
		if (prefix_key(path->nexthop, s->len) != key)
			continue;
		path_locate(c, path);
		path_dirty(c, path, DET_NETLINK);
	}
	if (!p || s->len != 31)
		return;
	list_each_safe(struct path, path, &p->paths, on_port) {
		path_locate(c, path);
		path_dirty(c, path, DET_NETLINK);
	}
}

void core_subnet(struct core *c, uint32_t ifindex, uint32_t ip, uint8_t len, bool there)
{
	if (len > 32)
		return;
	struct subnet *s = subnet_find(c, ifindex, ip, len);

	if (!!s == there)
		return;
	if (there) {
		s = calloc(1, sizeof(*s));
		if (!s) {
			c->lost = true;
			return;
		}
		*s = (struct subnet){ .ifindex = ifindex, .ip = ip, .len = len };
		table_add(&c->subnets, &s->by_prefix, prefix_key(ip, len));
		table_add(&c->addrs, &s->by_ip, ip);
		c->subnet_lens |= 1ull << len;
		subnet_users(c, s);
		role_address(c, ip);
		return;
	}
	table_del(&c->subnets, &s->by_prefix);
	table_del(&c->addrs, &s->by_ip);
	subnet_users(c, s);
	role_address(c, ip);
	free(s);
}
