/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prepare.c: the two-step change of configuration. prepare() sets memory aside, prepared() judges
 * the set as a whole, apply() cannot fail: first everything is let go (labels, peers, paths), then
 * everything is taken, so labels may change hands within one commit. See core.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"

static bool has_circuit(const struct m_interface *m)
{
	return m && !m->loopback && (m->pw[0].present || m->pw[1].present || m->pw[2].present);
}

/* ---- prepare ------------------------------------------------------------------------------------ */

static int promise(struct core *c, enum obj_type type)
{
	const struct {
		enum obj_type type;
		struct pool *pool;
		uint32_t n;
	} need[] = {
		{ OBJ_INTERFACE, &c->circuit_pool, 1 }, { OBJ_INTERFACE, &c->pw_pool, 3 },
		{ OBJ_INTERFACE, &c->peer_pool, 3 }, { OBJ_INTERFACE, &c->label_pool, 3 },
		{ OBJ_INTERFACE, &c->port_pool, 2 },
		{ OBJ_STATIC_LSP, &c->lsp_pool, 1 }, { OBJ_STATIC_LSP, &c->path_pool, 1 },
		{ OBJ_STATIC_LSP, &c->label_pool, 1 }, { OBJ_STATIC_LSP, &c->port_pool, 1 },
	};

	for (size_t i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		if (need[i].type == type && pool_promise(need[i].pool, need[i].n))
			return -ENOMEM;
	return 0;
}

int core_prepare(struct core *c, enum obj_type type, const void *old, const void *now)
{
	if (old == now || (type != OBJ_SYSTEM && type != OBJ_INTERFACE && type != OBJ_STATIC_LSP))
		return 0;
	if (c->n_change == c->cap_change) {
		uint32_t cap = c->cap_change ? c->cap_change * 2 : 64;
		struct change *v = reallocarray(c->change, cap, sizeof(*v));

		if (!v)
			return -ENOMEM;
		c->change = v;
		struct claim *w = reallocarray(c->claim, cap, CLAIMS * sizeof(*w));

		if (!w)
			return -ENOMEM;
		c->claim = w;
		c->cap_change = cap;
	}
	if (promise(c, type))
		return -ENOMEM;
	c->change[c->n_change++] = (struct change){ type, ref_get(old), ref_get(now) };
	return 0;
}

static void forget(struct core *c)
{
	struct pool *pools[] = { &c->circuit_pool, &c->pw_pool, &c->peer_pool, &c->label_pool,
				 &c->port_pool, &c->lsp_pool, &c->path_pool };

	for (uint32_t i = 0; i < c->n_change; i++) {
		ref_put(c->change[i].old);
		ref_put(c->change[i].now);
	}
	free(c->change);
	free(c->claim);
	c->change = NULL;
	c->claim = NULL;
	c->n_change = c->cap_change = 0;
	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		pool_keep(pools[i]);
}

void core_abort(struct core *c)
{
	forget(c);
}

/* ---- prepared: is the set possible ---------------------------------------------------------------- */

struct problems {
	struct core_problem *out;
	size_t max, n;
};

static void problem(struct problems *p, const struct change *ch, const char *field, const char *text)
{
	if (p->n < p->max) {
		struct core_problem *o = &p->out[p->n];

		*o = (struct core_problem){ .type = ch->type, .obj = ch->now };
		snprintf(o->field, sizeof(o->field), "%s", field);
		snprintf(o->text, sizeof(o->text), "%s", text);
	}
	p->n++;
}

struct circuit *circuit_named(const struct core *c, const char *name)
{
	for (struct hnode *n = table_find(&c->circuits, core_key(name)); n; n = table_again(n)) {
		struct circuit *ci = container_of(n, struct circuit, by_name);

		if (!strcmp(ci->cfg->name, name))
			return ci;
	}
	return NULL;
}

static struct lsp *lsp_named(const struct core *c, const char *name)
{
	for (struct hnode *n = table_find(&c->lsps, core_key(name)); n; n = table_again(n)) {
		struct lsp *l = container_of(n, struct lsp, by_name);

		if (!strcmp(l->cfg->name, name))
			return l;
	}
	return NULL;
}

static uint64_t vlan_key(const char *parent, uint16_t vid)
{
	return 1ull << 63 | core_key(parent) << 12 | vid;
}

static bool has_vlan(const struct m_interface *m)
{
	return has_circuit(m) && m->parent[0] && m->vlan;
}

/* What the set wants to own: receive labels, in-labels, VLANs of a port. */
static uint32_t collect(struct core *c)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n_change; i++) {
		const struct change *ch = &c->change[i];
		const struct m_interface *m = ch->now;
		const struct m_static_lsp *l = ch->now;

		if (ch->now && ch->type == OBJ_INTERFACE && has_circuit(m)) {
			for (int s = 0; s < 3; s++)
				if (m->pw[s].present)
					c->claim[n++] = (struct claim){ m->pw[s].rx_label, i, s };
			if (has_vlan(m))
				c->claim[n++] = (struct claim){ vlan_key(m->parent, m->vlan), i, CLAIM_VLAN };
		} else if (ch->now && ch->type == OBJ_STATIC_LSP && l->role != LSP_INGRESS) {
			c->claim[n++] = (struct claim){ l->in_label, i, CLAIM_LSP };
		}
	}
	return n;
}

static int claim_order(const void *pa, const void *pb)
{
	const struct claim *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->change != b->change)
		return a->change < b->change ? -1 : 1;
	return a->what - b->what;
}

/* Who has a thing, or wants it, in words and as far as the judgement needs. */
struct holder {
	const char *name;			/* of the object; NULL: nobody */
	int what;
	bool changing;				/* takes part in this commit: its claims are in the set */
};

static struct holder claimant(const struct core *c, const struct claim *cl)
{
	const struct m_interface *m = c->change[cl->change].now;
	const struct m_static_lsp *l = c->change[cl->change].now;

	return (struct holder){ cl->what == CLAIM_LSP ? l->name : m->name, cl->what, true };
}

static struct holder holder(const struct core *c, const struct claim *cl)
{
	const struct label *l = cl->what == CLAIM_VLAN ? NULL : label_find(c, (uint32_t)cl->key);
	struct hnode *n = cl->what == CLAIM_VLAN ? table_find(&c->vlans, cl->key) : NULL;

	if (n) {
		const struct circuit *ci = container_of(n, struct circuit, by_vlan);

		return (struct holder){ ci->cfg->name, CLAIM_VLAN, ci->changing };
	}
	if (l && l->pw)
		return (struct holder){ l->pw->circuit->cfg->name, (int)l->pw->slot, l->pw->circuit->changing };
	if (l && l->lsp)
		return (struct holder){ l->lsp->cfg->name, CLAIM_LSP, l->lsp->changing };
	return (struct holder){ 0 };
}

static bool same_holder(const struct holder *a, const struct holder *b)
{
	return a->name && b->name && a->what == b->what && !strcmp(a->name, b->name);
}

/* Marks the holders that take part in this commit. */
static void mark(struct core *c, bool on)
{
	for (uint32_t i = 0; i < c->n_change; i++) {
		const struct change *ch = &c->change[i];

		if (!ch->old)
			continue;
		if (ch->type == OBJ_INTERFACE) {
			struct circuit *ci = circuit_named(c, ((const struct m_interface *)ch->old)->name);

			if (ci)
				ci->changing = on;
		} else if (ch->type == OBJ_STATIC_LSP) {
			struct lsp *l = lsp_named(c, ((const struct m_static_lsp *)ch->old)->name);

			if (l)
				l->changing = on;
		}
	}
}

static void refuse(struct core *c, struct problems *p, const struct claim *cl, const struct holder *by)
{
	const struct m_interface *m = c->change[cl->change].now;
	const char *slot = by->what >= 0 ? slot_text((enum slot)by->what) : "";
	char text[sizeof(p->out->text)];

	if (cl->what == CLAIM_VLAN)
		snprintf(text, sizeof(text), "VLAN %u of %.63s is in use by %.63s", m->vlan, m->parent, by->name);
	else
		snprintf(text, sizeof(text), "label %u is in use by %s%.63s%s%s", (uint32_t)cl->key,
			 by->what == CLAIM_LSP ? "static-lsp " : "", by->name, slot[0] ? " " : "", slot);
	problem(p, &c->change[cl->change], cl->what == CLAIM_VLAN ? "vlan-type" : cl->what == CLAIM_LSP ? "in-label" :
		slot_text((enum slot)cl->what), text);
}

/* @v[0..n): all claims of one thing. It goes to whoever has it; else to the first that claims it. */
static void judge_one(struct core *c, struct problems *p, const struct claim *v, uint32_t n)
{
	struct holder has = holder(c, v), winner = claimant(c, v);

	for (uint32_t i = 0; i < n; i++) {
		struct holder by = claimant(c, &v[i]);

		if (same_holder(&by, &has))
			winner = by;
	}
	if (has.name && !has.changing)
		winner = has;
	for (uint32_t i = 0; i < n; i++) {
		struct holder by = claimant(c, &v[i]);

		if (!same_holder(&by, &winner))
			refuse(c, p, &v[i], &winner);
	}
}

static void judge_claims(struct core *c, struct problems *p)
{
	uint32_t n = collect(c);

	if (n)
		qsort(c->claim, n, sizeof(*c->claim), claim_order);
	mark(c, true);
	for (uint32_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && c->claim[end].key == c->claim[i].key; end++)
			;
		judge_one(c, p, &c->claim[i], end - i);
	}
	mark(c, false);
}

static uint32_t capacity_of(const struct core *c, const struct m_system *s)
{
	return s && s->capacity ? s->capacity : c->capacity_default;
}

static bool starts_path(const struct m_static_lsp *l)
{
	return l && l->role != LSP_EGRESS;
}

/* The last object that adds beyond the limit is named; a lowered capacity names itself. */
static void judge_capacity(struct core *c, struct problems *p)
{
	int64_t circuits = c->n_circuits, paths = c->n_paths;
	const struct change *circuit = NULL, *path = NULL, *system = NULL;
	uint32_t capacity = c->capacity;
	char text[160];

	for (uint32_t i = 0; i < c->n_change; i++) {
		const struct change *ch = &c->change[i];

		if (ch->type == OBJ_INTERFACE) {
			int d = has_circuit(ch->now) - has_circuit(ch->old);

			circuits += d;
			circuit = d > 0 ? ch : circuit;
		} else if (ch->type == OBJ_STATIC_LSP) {
			int d = starts_path(ch->now) - starts_path(ch->old);

			paths += d;
			path = d > 0 ? ch : path;
		} else {
			system = ch->now ? ch : NULL;
			capacity = capacity_of(c, ch->now);
		}
	}
	if (circuits > capacity && (circuit || system)) {
		snprintf(text, sizeof(text), "%lld circuits are more than the capacity of %u: raise it with "
			 "`capacity circuits` in the mpls-l2vpn view", (long long)circuits, capacity);
		problem(p, circuit ? circuit : system, circuit ? "primary" : "capacity", text);
	}
	if (paths > CORE_PATHS_MAX && path) {
		snprintf(text, sizeof(text), "more than %u ingress and transit LSPs", CORE_PATHS_MAX);
		problem(p, path, "name", text);
	}
}

size_t core_prepared(struct core *c, struct core_problem *out, size_t max)
{
	struct problems p = { .out = out, .max = max };

	judge_claims(c, &p);
	judge_capacity(c, &p);
	return p.n;
}

/* ---- apply: interfaces ------------------------------------------------------------------------------ */

static void pw_unpeer(struct core *c, struct pw *pw)
{
	struct peer *peer = pw->peer;

	if (!peer)
		return;
	list_del(&pw->on_peer);
	pw->peer = NULL;
	peer_put(c, peer);
}

static void pw_detach(struct core *c, struct circuit *ci, int s, const struct m_static_pw *now)
{
	struct pw *pw = ci->pw[s];

	if (!pw)
		return;
	if (pw->label && (!now || now->rx_label != pw->cfg.rx_label)) {
		label_release(c, pw->label);
		pw->label = NULL;
	}
	if (!now || now->peer != pw->cfg.peer)
		pw_unpeer(c, pw);
	if (now)
		return;
	ci->ended |= (uint8_t)(pw->up << s);
	ci->pw[s] = NULL;
	free(pw);
}

static void circuit_off_port(struct core *c, struct circuit *ci)
{
	struct port *p = ci->port;

	if (!p)
		return;
	if (p->circuit == ci)
		p->circuit = NULL;
	list_del(&ci->on_port);
	ci->port = NULL;
	list_add(&c->dirty_ports, &p->dirty);	/* freed, if nobody needs it, by the next run */
}

static void interface_detach(struct core *c, const struct change *ch)
{
	const struct m_interface *old = ch->old, *now = ch->now;
	struct circuit *ci = old ? circuit_named(c, old->name) : NULL;
	bool stays = has_circuit(now);

	if (!ci || ci->gone)
		return;
	for (int s = 0; s < 3; s++)
		pw_detach(c, ci, s, stays && now->pw[s].present ? &now->pw[s] : NULL);
	table_del(&c->vlans, &ci->by_vlan);
	circuit_dirty(c, ci);
	if (stays)
		return;
	ci->gone = true;
	c->n_circuits--;
	circuit_off_port(c, ci);
}

static void pw_attach(struct core *c, struct circuit *ci, int s, const struct m_static_pw *now)
{
	struct pw *pw = ci->pw[s];

	if (!pw) {
		pw = ci->pw[s] = pool_take(&c->pw_pool);
		pw->circuit = ci;
		pw->slot = (enum slot)s;
	}
	pw->cfg = *now;
	if (!pw->peer) {
		pw->peer = peer_get(c, now->peer);
		list_add(&pw->peer->pws, &pw->on_peer);
	}
	if (!pw->label || pw->label->pw != pw)
		pw->label = label_claim(c, now->rx_label, pw, NULL);
}

static void circuit_on_port(struct core *c, struct circuit *ci)
{
	const struct m_interface *m = ci->cfg;
	struct port *p = port_get(c, m->parent[0] ? m->parent : m->name);

	if (ci->port == p)
		return;
	ci->port = p;
	if (m->parent[0])
		list_add(&p->subifs, &ci->on_port);
	else
		p->circuit = ci;
}

static void circuit_attach(struct core *c, const struct m_interface *now)
{
	struct circuit *ci = circuit_named(c, now->name);

	if (!ci) {
		ci = pool_take(&c->circuit_pool);
		ci->gone = true;
		ci->sends = ci->carried = ci->active = SLOT_NONE;
		table_add(&c->circuits, &ci->by_name, core_key(now->name));
	}
	c->n_circuits += ci->gone;
	ci->gone = false;
	ref_put(ci->cfg);
	ci->cfg = ref_get(now);
	circuit_on_port(c, ci);
	list_add(&c->dirty_ports, &ci->port->dirty);
	if (has_vlan(now))
		table_add(&c->vlans, &ci->by_vlan, vlan_key(now->parent, now->vlan));
	for (int s = 0; s < 3; s++)
		if (now->pw[s].present)
			pw_attach(c, ci, s, &now->pw[s]);
	circuit_dirty(c, ci);
}

static void interface_attach(struct core *c, const struct change *ch)
{
	const struct m_interface *old = ch->old, *now = ch->now;
	const struct m_interface *m = now ? now : old;
	bool needed = now && (!now->parent[0] || now->mpls || now->n_addr);	/* a VLAN that is but an AC is none */
	struct port *p = needed ? port_get(c, m->name) : port_find(c, m->name);

	if (p) {
		ref_put(p->cfg);
		p->cfg = needed ? ref_get(now) : NULL;
		list_add(&c->dirty_ports, &p->dirty);
	}
	if (p && (old && old->shutdown) != (now && now->shutdown)) {
		list_each(struct circuit, ci, &p->subifs, on_port)
			circuit_dirty(c, ci);
	}
	if (p && (old ? old->n_addr : 0) + (now ? now->n_addr : 0)) {	/* a /31 may show the next hop */
		list_each_safe(struct path, path, &p->paths, on_port)
			path_locate(c, path);
	}
	if (has_circuit(now))
		circuit_attach(c, now);
}

/* ---- apply: LSPs -------------------------------------------------------------------------------------- */

static bool same_path(const struct m_static_lsp *a, const struct m_static_lsp *b)
{
	return a && b && a->role == b->role && a->role != LSP_EGRESS &&
	       (a->role == LSP_INGRESS || a->in_label == b->in_label);
}

static void lsp_detach(struct core *c, const struct change *ch)
{
	const struct m_static_lsp *old = ch->old, *now = ch->now;
	struct lsp *l = old ? lsp_named(c, old->name) : NULL;

	if (!l)
		return;
	table_del(&c->lsp_by_dest, &l->by_dest);
	if (l->label && (!now || now->role == LSP_INGRESS || now->in_label != l->cfg->in_label)) {
		label_release(c, l->label);
		l->label = NULL;
	}
	if (l->path && !same_path(l->cfg, now)) {
		path_leave(c, l->path);
		l->path = NULL;
	}
	if (now)
		return;
	table_del(&c->lsps, &l->by_name);
	ref_put(l->cfg);
	free(l);
}

static void lsp_attach(struct core *c, const struct change *ch)
{
	const struct m_static_lsp *now = ch->now;
	struct lsp *l = now ? lsp_named(c, now->name) : NULL;

	if (!now)
		return;
	if (!l) {
		l = pool_take(&c->lsp_pool);
		table_add(&c->lsps, &l->by_name, core_key(now->name));
	}
	ref_put(l->cfg);
	l->cfg = ref_get(now);
	if (l->path) {
		path_locate(c, l->path);
		path_dirty(c, l->path, DET_CONFIG);
	} else if (starts_path(now)) {
		l->path = path_new(c, l);
	}
	if (now->role == LSP_INGRESS) {
		table_add(&c->lsp_by_dest, &l->by_dest, prefix_key(now->dest, now->dest_len));
		c->dest_lens |= 1ull << now->dest_len;
	} else if (!l->label || l->label->lsp != l) {
		l->label = label_claim(c, now->in_label, NULL, l);
	} else {
		list_add(&c->dirty_labels, &l->label->dirty);
	}
}

static void lsp_settle(struct core *c, const struct m_static_lsp *l)
{
	if (l && l->role == LSP_INGRESS)
		peers_resolve(c, l->dest, l->dest_len);
}

/* ---- apply ---------------------------------------------------------------------------------------------- */

static void system_apply(struct core *c, const struct m_system *now)
{
	bool mpls = c->system && c->system->mpls;

	ref_put(c->system);
	c->system = ref_get(now);
	c->capacity = capacity_of(c, now);
	if (mpls == (now && now->mpls))
		return;
	table_each(&c->ports, n, i) {
		struct port *p = container_of(n, struct port, by_name);

		if (p->cfg && p->cfg->mpls)
			list_add(&c->dirty_ports, &p->dirty);
	}
}

void core_apply(struct core *c)
{
	const struct change *end = c->change + c->n_change;

	for (const struct change *ch = c->change; ch < end; ch++) {
		if (ch->type == OBJ_INTERFACE)
			interface_detach(c, ch);
		else if (ch->type == OBJ_STATIC_LSP)
			lsp_detach(c, ch);
	}
	for (const struct change *ch = c->change; ch < end; ch++) {
		if (ch->type == OBJ_INTERFACE)
			interface_attach(c, ch);
		else if (ch->type == OBJ_STATIC_LSP)
			lsp_attach(c, ch);
		else
			system_apply(c, ch->now);
	}
	for (const struct change *ch = c->change; ch < end; ch++) {
		if (ch->type == OBJ_STATIC_LSP) {
			lsp_settle(c, ch->old);
			lsp_settle(c, ch->now);
		}
	}
	forget(c);
}
