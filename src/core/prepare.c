/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prepare.c: the two-step change of configuration. prepare() sets memory aside, prepared() (judge.c)
 * judges the set as a whole, apply() cannot fail: first everything is let go (labels, peers, paths),
 * then everything is taken, so labels may change hands within one commit. See core.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/prepare.h"
#include "core/run.h"

/* ---- what objects are --------------------------------------------------------------------------- */

bool has_circuit(const struct m_interface *m)
{
	return m && !m->loopback && (m->pw[0].present || m->pw[1].present || m->pw[2].present);
}

bool has_vlan(const struct m_interface *m)
{
	return has_circuit(m) && m->parent[0] && m->vlan;
}

bool starts_path(const struct m_static_lsp *l)
{
	return l && l->role != LSP_EGRESS;
}

uint64_t vlan_key(const char *parent, uint16_t vid)
{
	return 1ull << 63 | core_key(parent) << 12 | vid;
}

uint32_t capacity_of(const struct core *c, const struct m_system *s)
{
	return s && s->capacity ? s->capacity : c->capacity_default;
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

struct lsp *lsp_named(const struct core *c, const char *name)
{
	for (struct hnode *n = table_find(&c->lsps, core_key(name)); n; n = table_again(n)) {
		struct lsp *l = container_of(n, struct lsp, by_name);

		if (!strcmp(l->cfg->name, name))
			return l;
	}
	return NULL;
}

/* ---- prepare ------------------------------------------------------------------------------------ */

struct need {
	struct pool *pool;
	uint32_t n;
};

static int promise(const struct need *need, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pool_promise(need[i].pool, need[i].n))
			return -ENOMEM;
	return 0;
}

/* It is a port of its own; a VLAN that is but an AC is none. */
static bool is_port(const struct m_interface *m)
{
	return m && (!m->parent[0] || m->mpls || m->n_addr);
}

static const struct m_pw *pw_of(const struct m_interface *m, int s)
{
	return has_circuit(m) && m->pw[s].present ? &m->pw[s] : NULL;
}

/* As little as may be: a commit of all circuits would take the memory of as many more for a moment. */
static int promise_interface(struct core *c, const struct m_interface *old, const struct m_interface *now)
{
	bool comes = has_circuit(now) && !has_circuit(old);
	struct need need[] = {
		{ &c->circuit_pool, comes }, { &c->port_pool, comes + (is_port(now) && !is_port(old)) },
		{ &c->pw_pool, 0 }, { &c->label_pool, 0 }, { &c->template_pool, 0 }, { &c->peer_pool, 0 },
		{ &c->signal_pool, 0 }, { &c->ends_pool, has_ends(now) && !has_ends(old) },
	};

	for (int s = 0; s < 3; s++) {
		const struct m_pw *a = pw_of(old, s), *b = pw_of(now, s);

		if (!b)
			continue;
		bool other = !a || strcmp(a->template, b->template);

		need[2].n += !a;
		need[3].n += b->kind == PW_STATIC && (!a || a->rx_label != b->rx_label);
		need[4].n += other && b->template[0];
		need[5].n += other || a->peer != b->peer;
		need[6].n += b->kind == PW_LDP && (!a || a->kind != PW_LDP);
	}
	return promise(need, sizeof(need) / sizeof(need[0]));
}

static int promise_lsp(struct core *c, const struct m_static_lsp *now)
{
	const struct need need[] = {
		{ &c->lsp_pool, 1 }, { &c->path_pool, 1 }, { &c->label_pool, 1 },
		{ &c->port_pool, (now->in_if[0] != 0) + (now->out_if[0] != 0) },
	};

	return promise(need, sizeof(need) / sizeof(need[0]));
}

static int promise_template(struct core *c)
{
	const struct need need[] = { { &c->template_pool, 1 }, { &c->peer_pool, 1 } };

	return promise(need, sizeof(need) / sizeof(need[0]));
}

static int promise_change(struct core *c, enum obj_type type, const void *old, const void *now)
{
	const struct m_l2vpn_peer *peer = now;

	if (type == OBJ_L2VPN_PEER)
		return peer && peer->takes_requests ? pool_promise(&c->askable_pool, 1) : 0;
	if (type == OBJ_INTERFACE)
		return promise_interface(c, old, now);
	if (type == OBJ_STATIC_LSP)
		return now ? promise_lsp(c, now) : 0;
	return type == OBJ_PW_TEMPLATE ? promise_template(c) : 0;
}

int core_prepare(struct core *c, enum obj_type type, const void *old, const void *now)
{
	if (old == now || (type != OBJ_SYSTEM && type != OBJ_INTERFACE && type != OBJ_STATIC_LSP &&
			   type != OBJ_PW_TEMPLATE && type != OBJ_L2VPN_PEER))
		return 0;
	c->progress.step = STEP_NONE;
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
	if (promise_change(c, type, old, now))
		return -ENOMEM;
	c->change[c->n_change++] = (struct change){ type, ref_get(old), ref_get(now) };
	return 0;
}

/* The commit is over; what it held is given up by core_tidy(). */
static void forget(struct core *c)
{
	struct pool *pools[] = CORE_POOLS(c);

	while (c->n_over)			/* of another that nobody tidied up after */
		core_tidy(c, UINT32_MAX);
	free(c->over);
	c->over = c->change;
	c->n_over = c->n_change;
	free(c->claim);
	table_free(&c->claims);
	c->change = NULL;
	c->claim = NULL;
	c->n_change = c->cap_change = 0;
	c->progress.step = STEP_NONE;
	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		pool_keep(pools[i], 0);
}

bool core_tidy(struct core *c, uint32_t work)
{
	struct pool *pools[] = CORE_POOLS(c);

	for (; work && c->n_over; work--) {
		const struct change *ch = &c->over[--c->n_over];

		ref_put(ch->old);
		ref_put(ch->now);
	}
	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		work -= pool_trim(pools[i], work);
	if (!work)
		return true;
	free(c->over);
	c->over = NULL;
	return false;
}

void core_abort(struct core *c)
{
	forget(c);
}

/* ---- apply: interfaces -------------------------------------------------------------------------- */

static void pw_detach(struct core *c, struct circuit *ci, int s, const struct m_pw *now)
{
	struct pw *pw = ci->pw[s];

	if (!pw)
		return;
	if (pw->label && (!now || now->rx_label != pw_cfg(pw)->rx_label)) {
		label_release(c, pw->label);
		pw->label = NULL;
	}
	if (!now || strcmp(now->template, pw_cfg(pw)->template))
		template_leave(c, pw);
	else if (pw->template)			/* goes on with what is in force */
		pw->template->signalled += (uint32_t)((now->kind == PW_LDP) - (pw_cfg(pw)->kind == PW_LDP));
	if (!now || now->kind != PW_LDP)
		signal_leave(c, pw);
	else if (pw->signal && (now->vc_id != pw_cfg(pw)->vc_id || pw_tagged_by(pw, now) != pw_tagged(pw)))
		signal_void(c, pw);
	if (now)
		return;
	peer_leave(c, pw);
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
	port_dirty(c, p);			/* freed, if nobody needs it, by the next run */
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

static void pw_attach(struct core *c, struct circuit *ci, int s, const struct m_pw *now)
{
	struct pw *pw = ci->pw[s];

	if (!pw) {
		pw = ci->pw[s] = pool_take(&c->pw_pool);
		pw->circuit = ci;
		pw->slot = (enum slot)s;
	}
	template_join(c, pw);
	if (now->kind == PW_LDP)
		signal_join(c, pw);
	pw_repeer(c, pw);
	if (now->kind == PW_STATIC && (!pw->label || pw->label->pw != pw))
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
	port_dirty(c, ci->port);
	if (has_vlan(now))
		table_add(&c->vlans, &ci->by_vlan, vlan_key(now->parent, now->vlan));
	for (int s = 0; s < 3; s++)
		if (now->pw[s].present)
			pw_attach(c, ci, s, &now->pw[s]);
	ends_join(c, ci);
	circuit_dirty(c, ci);
}

static void interface_attach(struct core *c, const struct change *ch)
{
	const struct m_interface *old = ch->old, *now = ch->now;
	const struct m_interface *m = now ? now : old;
	bool needed = is_port(now);
	struct port *p = needed ? port_get(c, m->name) : port_find(c, m->name);

	if (p) {
		ref_put(p->cfg);
		p->cfg = needed ? ref_get(now) : NULL;
		port_dirty(c, p);
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

/* ---- apply: LSPs -------------------------------------------------------------------------------- */

static bool same_path(const struct m_static_lsp *a, const struct m_static_lsp *b)
{
	return a && b && a->role == b->role && a->role != LSP_EGRESS &&
	       (a->role == LSP_INGRESS || a->in_label == b->in_label);
}

static void lsp_off_port(struct core *c, struct lsp *l)
{
	if (!l->port)
		return;
	list_del(&l->on_port);
	port_dirty(c, l->port);			/* freed, if nobody needs it, by the next run */
	l->port = NULL;
}

static void lsp_on_port(struct core *c, struct lsp *l)
{
	if (l->cfg->role == LSP_INGRESS || !l->cfg->in_if[0])
		return;
	l->port = port_get(c, l->cfg->in_if);
	list_add(&l->port->lsps, &l->on_port);
}

static void lsp_detach(struct core *c, const struct change *ch)
{
	const struct m_static_lsp *old = ch->old, *now = ch->now;
	struct lsp *l = old ? lsp_named(c, old->name) : NULL;

	if (!l)
		return;
	table_del(&c->lsp_by_dest, &l->by_dest);
	lsp_off_port(c, l);
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
	lsp_on_port(c, l);
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
		label_dirty(c, l->label);
	}
}

static void lsp_settle(struct core *c, const struct m_static_lsp *l)
{
	if (l && l->role == LSP_INGRESS)
		peers_resolve(c, l->dest, l->dest_len);
}

/* ---- apply -------------------------------------------------------------------------------------- */

static void system_apply(struct core *c, const struct m_system *now)
{
	bool mpls = c->system && c->system->mpls;
	uint64_t gap = pace_gap(c);

	ref_put(c->system);
	c->system = ref_get(now);
	c->capacity = capacity_of(c, now);
	if (gap != pace_gap(c))
		pace_changed(c);
	if (mpls == (now && now->mpls))
		return;
	table_each(&c->ports, n, i) {
		struct port *p = container_of(n, struct port, by_name);

		if (p->cfg && p->cfg->mpls)
			port_dirty(c, p);
	}
}

static void detach(struct core *c, const struct change *ch)
{
	if (ch->type == OBJ_INTERFACE)
		interface_detach(c, ch);
	else if (ch->type == OBJ_STATIC_LSP)
		lsp_detach(c, ch);
	else if (ch->type == OBJ_PW_TEMPLATE)
		template_change(c, ch->old, ch->now);
}

static void attach(struct core *c, const struct change *ch)
{
	if (ch->type == OBJ_INTERFACE)
		interface_attach(c, ch);
	else if (ch->type == OBJ_STATIC_LSP)
		lsp_attach(c, ch);
	else if (ch->type == OBJ_SYSTEM)
		system_apply(c, ch->now);
	else if (ch->type == OBJ_L2VPN_PEER)
		role_peer(c, ch->old, ch->now);
}

static void settle(struct core *c, const struct change *ch)
{
	if (ch->type != OBJ_STATIC_LSP)
		return;
	lsp_settle(c, ch->old);
	lsp_settle(c, ch->now);
}

bool core_applying(const struct core *c)
{
	return c->progress.step >= STEP_DETACH;
}

bool core_apply_slice(struct core *c, uint32_t work)
{
	static void (*const fn[])(struct core *c, const struct change *ch) = {
		[STEP_DETACH] = detach, [STEP_ATTACH] = attach, [STEP_SETTLE] = settle,
	};
	struct progress *g = &c->progress;

	if (!core_applying(c)) {
		round_cancel(c);
		*g = (struct progress){ .step = STEP_DETACH };
	}
	while (work && g->step <= STEP_SETTLE) {
		for (; work && fn[g->step] && g->at < c->n_change; g->at++, work--)
			fn[g->step](c, &c->change[g->at]);
		if (fn[g->step] && g->at < c->n_change)
			break;
		if (g->step == STEP_TEMPLATES)
			templates_settle(c);
		g->step++;
		g->at = 0;
	}
	if (g->step <= STEP_SETTLE)
		return true;
	forget(c);
	return false;
}

void core_apply(struct core *c)
{
	while (core_apply_slice(c, UINT32_MAX))
		;
	while (core_tidy(c, UINT32_MAX))
		;
}
