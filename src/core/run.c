/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.c: settles what changed. A fixed sequence of phases over the dirty lists; each compares what
 * is wanted with the mirror, emits the difference and then moves the mirror, so a run cut short by
 * want of memory is made up for by the next one.
 *
 * The sequence is what keeps frames whole:
 *    fall      flags of paths that are down, before anything else: the fault path is one store
 *    end       circuits out of the configuration: AC, labels, steer, flags, row
 *    account   where the kernel sends now is written to `active` before any flag rises again
 *    raise     neighbours asked for, path rows, flags of paths
 *    build     circuit rows (what still carries stays in them), labels, PW flags
 *    steer     the verdict; switchback by policy is here and nowhere else
 *    bind      ports and VLANs to their circuits
 *    clear     in reverse: PW flags, labels, slots, paths, neighbours
 *    tell      events, records
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"

bool emit(struct core *c, const struct action *a)
{
	struct actions *out = c->out;

	if (c->err)
		return false;
	if (out->n == out->cap) {
		uint32_t cap = out->cap ? out->cap * 2 : 64;
		struct action *v = reallocarray(out->v, cap, sizeof(*v));

		if (!v) {
			c->err = -ENOMEM;
			return false;
		}
		out->v = v;
		out->cap = cap;
	}
	out->v[out->n++] = *a;
	return true;
}

static bool emit_live(struct core *c, enum action_kind kind, uint32_t index, bool up)
{
	return emit(c, &(struct action){ .kind = kind, .live = { .index = index, .up = up } });
}

static bool emit_steer(struct core *c, struct circuit *ci, enum slot active, const enum slot next[3])
{
	struct action a = { .kind = ACT_STEER, .steer = { .circuit = ci->index, .active = (uint8_t)active } };

	for (int s = 0; s < 3; s++)
		a.steer.next[s] = (uint8_t)next[s];
	if (!emit(c, &a))
		return false;
	ci->active = active;
	memcpy(ci->next, next, sizeof(ci->next));
	ci->steered = true;
	return true;
}

static bool emit_event(struct core *c, enum core_event_kind kind, const char *name, const struct core_event *e)
{
	struct action a = { .kind = ACT_EVENT, .event = *e };

	a.event.kind = kind;
	a.event.when_ns = e->when_ns ? e->when_ns : c->now_ns;
	snprintf(a.event.name, sizeof(a.event.name), "%s", name);
	return emit(c, &a);
}

static bool emit_row(struct core *c, struct circuit *ci, const struct act_circuit *row)
{
	if (!memcmp(&ci->row, row, sizeof(*row)))
		return true;
	if (!emit(c, &(struct action){ .kind = ACT_CIRCUIT, .circuit = *row }))
		return false;
	memcpy(&ci->row, row, sizeof(ci->row));
	return true;
}

/* ---- fall ------------------------------------------------------------------------------------------ */

static void path_cause_down(struct path *p)
{
	const struct fact_link *f = p->port ? &p->port->link : NULL;

	if (f && !(f->present && f->admin_up && f->carrier)) {
		p->reason = REASON_OUT_IF_DOWN;
		p->detector = f->detector;
	} else {
		p->reason = REASON_TUNNEL_DOWN;
		p->detector = p->news;
	}
}

static void path_fall(struct core *c, struct path *p)
{
	struct path_row row;
	bool up = path_want(p, &row);

	if (p->lsp && !up) {		/* a path that leaves carries until its users are elsewhere */
		p->lower |= p->armed || p->seeded;
		p->armed = false;
		if (p->up)
			path_cause_down(p);
	}
	if (up != p->up || p->lower || up != p->armed)
		path_touch_users(c, p);
	if (p->lower && p->index && emit_live(c, ACT_PATH_LIVE, p->index, false))
		p->lower = false;
}

static void paths_fall(struct core *c)
{
	list_each(struct path, p, &c->dirty_paths, dirty)
		if (!p->index)
			path_adopt(c, p);
	list_each(struct path, p, &c->dirty_paths, dirty)
		if (!p->index && p->lsp && !path_number(c, p))
			c->err = -ENOMEM;
	list_each(struct path, p, &c->dirty_paths, dirty)
		path_fall(c, p);
}

/* ---- end -------------------------------------------------------------------------------------------- */

static bool unbind_vlan(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_VLAN_AC, .vlan_ac = { ci->bound_ifindex, ci->bound_vid, 0 } };

	if (ci->bound_ifindex && !emit(c, &a))
		return false;
	ci->bound_ifindex = 0;
	return true;
}

/* @w->ifindex is 0 when the port has no role, or no device. */
static void port_want(const struct core *c, const struct port *p, struct act_port *w)
{
	memset(w, 0, sizeof(*w));		/* padding too: compared as memory */
	if (!p->link.present)
		return;
	w->ac = p->circuit && p->circuit->row.used;
	w->subif = !list_empty(&p->subifs);
	w->core = p->cfg && p->cfg->mpls && c->system && c->system->mpls;
	if (!w->ac && !w->subif && !w->core)
		return;
	w->ifindex = p->link.ifindex;
	w->circuit = w->ac ? p->circuit->index : 0;
	w->down = (w->ac || w->subif) &&
		  (!p->link.admin_up || !p->link.carrier || (p->cfg && p->cfg->shutdown));
	w->mode = p->cfg ? (uint8_t)p->cfg->port_mode : 0;
}

static void port_clear(struct core *c, struct port *p, uint32_t keep_ifindex)
{
	if (p->told.ifindex && p->told.ifindex != keep_ifindex &&
	    emit(c, &(struct action){ .kind = ACT_PORT, .port = { .ifindex = p->told.ifindex } }))
		memset(&p->told, 0, sizeof(p->told));
}

static void port_show(struct core *c, struct port *p, const struct act_port *w)
{
	if (w->ifindex && memcmp(&p->told, w, sizeof(*w)) &&
	    emit(c, &(struct action){ .kind = ACT_PORT, .port = *w }))
		memcpy(&p->told, w, sizeof(p->told));
}

/* Ports that lost a port-mode circuit stop naming it before it is cleared. */
static void ports_unbind(struct core *c)
{
	list_each(struct port, p, &c->dirty_ports, dirty) {
		struct act_port w;

		port_want(c, p, &w);
		if (!p->told.ac || w.ac)
			continue;
		port_clear(c, p, w.ifindex);
		port_show(c, p, &w);
	}
}

static bool label_clear(struct core *c, struct label *l)
{
	struct action a = { .kind = ACT_LABEL, .label = { .label = l->label, .kind = LABEL_NONE } };

	if (l->row.kind == LABEL_NONE)
		return true;
	if (!emit(c, &a))
		return false;
	l->row = a.label;
	return true;
}

static void labels_end(struct core *c)
{
	list_each(struct label, l, &c->dirty_labels, dirty) {
		const struct circuit *ci = l->row.kind == LABEL_PW ? circuit_at(c, l->row.index) : NULL;

		if (ci && ci->gone)
			label_clear(c, l);
	}
}

static bool circuit_quiet(struct core *c, struct circuit *ci)
{
	static const enum slot none[3] = { SLOT_NONE, SLOT_NONE, SLOT_NONE };

	if (ci->steered && !emit_steer(c, ci, SLOT_NONE, none))
		return false;
	ci->steered = false;
	for (int s = 0; s < 3; s++) {
		if (ci->live >> s & 1 && !emit_live(c, ACT_PW_LIVE, ci->index * 4 + (uint32_t)s, false))
			return false;
		ci->live &= (uint8_t)~(1u << s);
	}
	return true;
}

static bool tell_ended(struct core *c, struct circuit *ci)
{
	for (int s = 0; s < 3; s++) {
		struct core_event e = { .slot = (uint8_t)s, .from = 1, .reason = REASON_PW_DELETED, .detector = DET_CONFIG };

		if (ci->ended >> s & 1 && !emit_event(c, CEV_PW, ci->cfg->name, &e))
			return false;
		ci->ended &= (uint8_t)~(1u << s);
	}
	return true;
}

static void circuit_end(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_CIRCUIT, .circuit = { .index = ci->index, .key = core_key(ci->cfg->name) } };

	if (!unbind_vlan(c, ci) || !circuit_quiet(c, ci) || (ci->row.used && !emit(c, &a)))
		return;
	ci->row.used = false;
	if (!tell_ended(c, ci))
		return;
	if (ci->index) {
		c->circuit_by_index[ci->index] = NULL;
		index_drop(&c->circuit_space, ci->index);
	}
	list_del(&ci->dirty);
	table_del(&c->circuits, &ci->by_name);
	ref_put(ci->cfg);
	free(ci);
}

static void circuits_end(struct core *c)
{
	ports_unbind(c);
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		if (ci->gone)
			unbind_vlan(c, ci);
	labels_end(c);
	list_each_safe(struct circuit, ci, &c->dirty_circuits, dirty)
		if (ci->gone)
			circuit_end(c, ci);
}

/* ---- account: what the kernel did by itself ------------------------------------------------------------ */

/* Why the circuit left @from for @to, as far as the two slots can tell. */
static void switch_cause(const struct circuit *ci, enum slot from, enum slot to, struct core_event *e)
{
	const struct pw *left = ci->pw[from], *taken = ci->pw[to];
	const struct path *path = left ? left->peer->path : NULL;

	if (!left) {
		e->reason = REASON_PW_DELETED;
		e->detector = DET_CONFIG;
	} else if (!path) {
		e->reason = REASON_TUNNEL_DOWN;
		e->detector = DET_CONFIG;
	} else if (!path->armed) {
		e->reason = path->reason ? path->reason : REASON_TUNNEL_DOWN;
		e->detector = path->detector;
	} else if (taken && taken->peer->path) {	/* by policy: what came back */
		e->reason = taken->peer->path->reason;
		e->detector = taken->peer->path->detector;
	}
}

static bool note_sends(struct core *c, struct circuit *ci, enum slot sends)
{
	if (sends != SLOT_NONE && ci->carried != SLOT_NONE && sends != ci->carried) {
		struct core_event e = { .from = (uint8_t)ci->carried, .to = (uint8_t)sends, .when_ns = c->now_ns };

		if (ci->moved == sends && ci->moved_ns > ci->switched_ns)
			e.when_ns = ci->moved_ns;
		switch_cause(ci, ci->carried, sends, &e);
		if (!emit_event(c, CEV_SWITCH, ci->cfg->name, &e))
			return false;
		ci->switched_ns = e.when_ns;
		ci->switched_from = ci->carried;
		ci->switch_reason = e.reason;
		ci->switch_detector = e.detector;
		ci->switches++;
	}
	ci->sends = sends;
	if (sends != SLOT_NONE)
		ci->carried = sends;
	return true;
}

static enum revert policy(const struct core *c, const struct circuit *ci)
{
	if (ci->seeded && !c->ran)
		return REVERT_NEVER;		/* adoption changes nothing that is right */
	return ci->cfg->revert_never ? REVERT_NEVER : REVERT_IMMEDIATELY;
}

static bool steer_if_other(struct core *c, struct circuit *ci, const struct verdict *v)
{
	if (ci->steered && ci->active == v->active && !memcmp(ci->next, v->next, sizeof(ci->next)))
		return true;
	return emit_steer(c, ci, v->active, v->next);
}

static void account_adopted(struct core *c, struct circuit *ci)
{
	static const bool nothing[3];

	if (ci->steered)
		return;				/* said so in a run that was cut short */
	if (ci->sends != SLOT_NONE && !ci->pw[ci->sends])
		ci->sends = ci->carried = SLOT_NONE;
	struct verdict v = circuit_verdict(ci, nothing, ci->sends, REVERT_NEVER);

	if (ci->sends == SLOT_NONE)		/* flags that rise are not to wake what is written there */
		v.next[0] = v.next[1] = v.next[2] = SLOT_NONE;
	emit_steer(c, ci, ci->sends, v.next);
}

/* Slots that may start to carry in this run: by a flag of the path they have, or by another path. */
static int rising(const struct core *c, const struct circuit *ci)
{
	int n = 0;

	for (int s = 0; s < 3; s++) {
		const struct path *p = path_at(c, ci->row.slot[s].path);
		struct path_row row;

		n += pw_usable(ci->pw[s]) || (p && path_want(p, &row));
	}
	return n;
}

/* In the terms of the rows the kernel has now, whatever the configuration wants next. A circuit that sends
 * nothing while two of its flags rise, one after the other, is not to pass over the one on its way to the
 * other: it waits without a fall-back. */
static void account(struct core *c, struct circuit *ci)
{
	struct verdict_in in = {
		.has_secondary = ci->row.slot[SLOT_SECONDARY].label,
		.has_bypass = ci->row.slot[SLOT_BYPASS].label,
		.ac_up = ci->ac_up,
		.revert = policy(c, ci),
	};

	if (ci->seeded) {
		account_adopted(c, ci);
		return;
	}
	if (!ci->row.used || !ci->steered)
		return;
	circuit_kernel_usable(c, ci, in.usable);
	in.active = circuit_sends(c, ci);
	if (ci->moved_ns > ci->switched_ns && in.revert == REVERT_NEVER && ci->moved != SLOT_NONE && in.usable[ci->moved])
		in.active = ci->moved;
	if (!note_sends(c, ci, in.active))
		return;
	struct verdict v = verdict(&in);

	if (in.active == SLOT_NONE && rising(c, ci) > 1)
		v.next[0] = v.next[1] = v.next[2] = SLOT_NONE;
	steer_if_other(c, ci, &v);
}

static void circuits_account(struct core *c)
{
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		account(c, ci);
}

/* ---- raise --------------------------------------------------------------------------------------------- */

static void neighs_ask(struct core *c)
{
	list_each(struct neigh, n, &c->dirty_neighs, dirty) {
		const struct port *p = port_at(c, n->ifindex);
		struct action a = { .kind = ACT_NEIGH, .neigh = { n->ifindex, n->ip, true } };

		if (!n->ask || list_empty(&n->paths) || !p || !p->link.admin_up || !p->link.carrier)
			continue;		/* still to be asked for when the port rises */
		if (emit(c, &a)) {
			n->ask = false;
			n->kept = true;
		}
	}
}

static void path_raise(struct core *c, struct path *p)
{
	struct path_row row;
	struct action a = { .kind = ACT_PATH };
	bool up = path_want(p, &row);

	if (!p->lsp || !p->index || (p->told && p->armed == up && (!up || !memcmp(&p->row, &row, sizeof(row)))))
		return;
	if (p->told && !up)
		return;				/* its flag is down; the row comes with the next raise */
	a.path = (struct act_path){
		.index = p->index, .used = true, .key = p->by_key.key, .up = up,
		.ifindex = row.ifindex, .mtu = row.mtu, .n_labels = row.n_labels,
	};
	memcpy(a.path.dmac, row.dmac, sizeof(row.dmac));
	memcpy(a.path.smac, row.smac, sizeof(row.smac));
	memcpy(a.path.label, row.label, sizeof(row.label));
	if (!emit(c, &a))
		return;
	memcpy(&p->row, &row, sizeof(row));
	p->told = true;
	p->seeded = false;
	if (up && !p->armed) {
		p->reason = p->reason == REASON_OUT_IF_DOWN ? REASON_OUT_IF_UP : REASON_TUNNEL_UP;
		p->detector = p->news;
	}
	p->armed = up;
}

static void paths_raise(struct core *c)
{
	neighs_ask(c);
	list_each(struct path, p, &c->dirty_paths, dirty)
		path_raise(c, p);
}

/* ---- build ---------------------------------------------------------------------------------------------- */

static void circuits_number(struct core *c)
{
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		if (!ci->index)
			circuit_adopt(c, ci);
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		if (!ci->index && !ci->gone && !circuit_number(c, ci))
			c->err = -ENOMEM;
}

/* New slots go in; one that will not be able to carry keeps its old word until the circuit has left it. */
static void circuit_build(struct core *c, struct circuit *ci)
{
	struct act_circuit row;

	circuit_want(ci, &row);
	for (int s = 0; ci->row.used && s < 3; s++)
		if (ci->row.slot[s].label && !pw_usable(ci->pw[s]))
			row.slot[s] = ci->row.slot[s];
	emit_row(c, ci, &row);
}

static void label_write(struct core *c, struct label *l)
{
	struct act_label row;

	label_want(l, &row);
	if (row.kind != LABEL_NONE && memcmp(&row, &l->row, sizeof(row)) &&
	    emit(c, &(struct action){ .kind = ACT_LABEL, .label = row }))
		memcpy(&l->row, &row, sizeof(row));
}

static void circuit_flags_up(struct core *c, struct circuit *ci)
{
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && !(ci->live >> s & 1) && emit_live(c, ACT_PW_LIVE, ci->index * 4 + (uint32_t)s, true)) {
			ci->live |= (uint8_t)(1u << s);
			ci->unsure &= (uint8_t)~(1u << s);
		}
}

static void circuits_build(struct core *c)
{
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		if (!ci->gone)
			circuit_build(c, ci);
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		for (int s = 0; s < 3; s++)
			if (ci->pw[s])
				label_write(c, ci->pw[s]->label);
	list_each(struct label, l, &c->dirty_labels, dirty)
		label_write(c, l);
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		circuit_flags_up(c, ci);
}

/* ---- steer ------------------------------------------------------------------------------------------------ */

static void usable_now(const struct circuit *ci, bool usable[3])
{
	for (int s = 0; s < 3; s++)
		usable[s] = ci->live >> s & 1 && pw_usable(ci->pw[s]) && ci->pw[s]->peer->path->armed;
}

static void circuits_steer(struct core *c)
{
	list_each(struct circuit, ci, &c->dirty_circuits, dirty) {
		bool usable[3];

		if (ci->gone)
			continue;
		usable_now(ci, usable);
		struct verdict v = circuit_verdict(ci, usable, ci->sends, policy(c, ci));

		if (steer_if_other(c, ci, &v))
			note_sends(c, ci, usable[v.active] ? v.active : SLOT_NONE);
	}
}

/* ---- bind ------------------------------------------------------------------------------------------------- */

static bool vlan_want(const struct circuit *ci, uint32_t *ifindex)
{
	*ifindex = !ci->gone && ci->cfg->parent[0] && ci->cfg->vlan && circuit_ac_bound(ci) ? ci->port->link.ifindex : 0;
	return *ifindex;
}

static void bind_vlan(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_VLAN_AC };
	uint32_t ifindex;

	if (!vlan_want(ci, &ifindex) || ci->bound_ifindex)
		return;
	a.vlan_ac = (struct act_vlan_ac){ ifindex, ci->cfg->vlan, ci->index };
	if (emit(c, &a)) {
		ci->bound_ifindex = ifindex;
		ci->bound_vid = ci->cfg->vlan;
	}
}

static void acs_bind(struct core *c)
{
	list_each(struct circuit, ci, &c->dirty_circuits, dirty) {
		uint32_t ifindex;

		vlan_want(ci, &ifindex);
		if (ci->bound_ifindex != ifindex || (ifindex && ci->bound_vid != ci->cfg->vlan))
			unbind_vlan(c, ci);
	}
	list_each(struct port, p, &c->dirty_ports, dirty) {
		struct act_port w;

		port_want(c, p, &w);
		port_clear(c, p, w.ifindex);
	}
	list_each(struct port, p, &c->dirty_ports, dirty) {
		struct act_port w;

		port_want(c, p, &w);
		port_show(c, p, &w);
	}
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		bind_vlan(c, ci);
}

/* ---- clear ------------------------------------------------------------------------------------------------ */

static void circuit_flags_down(struct core *c, struct circuit *ci)
{
	for (int s = 0; s < 3; s++) {
		if (ci->pw[s] || !((ci->live | ci->unsure) >> s & 1))
			continue;
		if (emit_live(c, ACT_PW_LIVE, ci->index * 4 + (uint32_t)s, false)) {
			ci->live &= (uint8_t)~(1u << s);
			ci->unsure &= (uint8_t)~(1u << s);
		}
	}
}

static void labels_clear(struct core *c)
{
	list_each_safe(struct label, l, &c->dirty_labels, dirty) {
		if (l->pw || l->lsp || !label_clear(c, l))
			continue;
		list_del(&l->dirty);
		table_del(&c->labels, &l->by_label);
		free(l);
	}
}

static bool tell_path(struct core *c, struct path *p);

static void path_clear(struct core *c, struct path *p)
{
	struct action a = { .kind = ACT_PATH, .path = { .index = p->index, .key = p->by_key.key } };

	if (!tell_path(c, p))
		return;
	if (p->index && (p->armed || p->lower || p->seeded) && !emit_live(c, ACT_PATH_LIVE, p->index, false))
		return;
	p->armed = p->lower = false;
	if (p->index && (p->told || p->seeded) && !emit(c, &a))
		return;
	path_free(c, p);
}

static void neighs_clear(struct core *c)
{
	list_each_safe(struct neigh, n, &c->dirty_neighs, dirty) {
		struct action a = { .kind = ACT_NEIGH, .neigh = { n->ifindex, n->ip, false } };

		if (list_empty(&n->paths) && n->kept) {
			if (!emit(c, &a))
				return;
			n->kept = false;
		}
		list_del(&n->dirty);
		neigh_put(c, n);
	}
}

static void all_clear(struct core *c)
{
	list_each(struct circuit, ci, &c->dirty_circuits, dirty)
		circuit_flags_down(c, ci);
	labels_clear(c);
	list_each(struct circuit, ci, &c->dirty_circuits, dirty) {
		struct act_circuit row;

		circuit_want(ci, &row);
		emit_row(c, ci, &row);
	}
	list_each_safe(struct path, p, &c->dirty_paths, dirty)
		if (!p->lsp)
			path_clear(c, p);
	neighs_clear(c);
}

/* ---- tell ------------------------------------------------------------------------------------------------- */

static bool tell_path(struct core *c, struct path *p)
{
	struct path_row row;
	bool up = path_want(p, &row);
	struct core_event down = { .from = 1, .reason = REASON_OUT_IF_DOWN, .detector = p->fell_by };

	if (p->up && up && p->fell_by && !emit_event(c, CEV_PATH, p->name, &down))
		return false;
	struct core_event e = { .from = !up, .to = up, .reason = p->reason, .detector = p->detector };

	if (!p->lsp)
		e.reason = REASON_TUNNEL_DOWN, e.detector = DET_CONFIG;
	if ((up != p->up || (up && p->fell_by)) && !emit_event(c, CEV_PATH, p->name, &e))
		return false;
	p->fell_by = DET_NONE;
	p->up = up;
	return true;
}

static void pw_time(struct core *c, struct pw *pw, bool up)
{
	if (pw->up)
		pw->up_total_ns += c->now_ns - pw->up_ns;
	if (up)
		pw->up_ns = c->now_ns;
	pw->changed_ns = c->now_ns;
	pw->up = up;
}

static bool tell_pw(struct core *c, struct pw *pw)
{
	const struct path *path = pw->peer->path;
	bool up = pw_usable(pw);
	struct core_event e = { .slot = (uint8_t)pw->slot, .from = !up, .to = up };

	if (!pw->created_ns) {
		pw->created_ns = pw->changed_ns = c->now_ns;
		pw->reason = REASON_PW_CREATED;
	}
	if (up == pw->up)
		return true;
	e.reason = path && path->reason ? path->reason : up ? REASON_TUNNEL_UP : REASON_TUNNEL_DOWN;
	e.detector = path ? path->detector : DET_CONFIG;
	if (!emit_event(c, CEV_PW, pw->circuit->cfg->name, &e))
		return false;
	pw->reason = e.reason;
	pw_time(c, pw, up);
	return true;
}

static bool tell_ac(struct core *c, struct circuit *ci)
{
	const struct port *p = ci->port;
	bool up = circuit_ac_up(ci), config = ci->cfg->shutdown || (p->cfg && p->cfg->shutdown);
	struct core_event e = {
		.from = !up, .to = up, .reason = up ? REASON_IF_UP : REASON_IF_DOWN,
		.detector = config ? DET_CONFIG : p->link.detector,
	};

	if (up != ci->ac_up && !emit_event(c, CEV_AC, ci->cfg->name, &e))
		return false;
	ci->ac_up = up;
	return true;
}

static void all_tell(struct core *c)
{
	list_each(struct path, p, &c->dirty_paths, dirty)
		tell_path(c, p);
	list_each(struct circuit, ci, &c->dirty_circuits, dirty) {
		tell_ac(c, ci);
		tell_ended(c, ci);
		for (int s = 0; s < 3; s++)
			if (ci->pw[s])
				tell_pw(c, ci->pw[s]);
	}
}

/* ---- the run ----------------------------------------------------------------------------------------------- */

/* An adopted circuit that its policy would move: with the next run, when adoption is over. */
static bool held_back(const struct core *c, const struct circuit *ci)
{
	bool usable[3];

	if (c->ran || !ci->seeded)
		return false;
	usable_now(ci, usable);
	struct verdict v = circuit_verdict(ci, usable, ci->sends,
					   ci->cfg->revert_never ? REVERT_NEVER : REVERT_IMMEDIATELY);

	return v.active != ci->active;
}

static void all_clean(struct core *c)
{
	list_each_safe(struct circuit, ci, &c->dirty_circuits, dirty) {
		bool again = held_back(c, ci);

		ci->seeded = false;
		if (!again)
			list_del(&ci->dirty);
	}
	list_each_safe(struct path, path, &c->dirty_paths, dirty)
		list_del(&path->dirty);
	list_each_safe(struct label, l, &c->dirty_labels, dirty)
		list_del(&l->dirty);
	list_each_safe(struct port, p, &c->dirty_ports, dirty) {
		list_del(&p->dirty);
		port_put(c, p);
	}
	if (!c->ran)
		seeds_forget(c);
	c->ran = true;
}

int core_run(struct core *c, uint64_t now_ns, struct actions *out)
{
	static void (*const phase[])(struct core *) = {
		paths_fall, circuits_end, circuits_number, circuits_account, paths_raise, circuits_build,
		circuits_steer, acs_bind, all_clear, all_tell, all_clean,
	};

	c->now_ns = now_ns;
	c->out = out;
	c->err = 0;
	for (size_t i = 0; i < sizeof(phase) / sizeof(phase[0]) && !c->err; i++)
		phase[i](c);
	c->out = NULL;
	if (!c->err && c->lost) {
		c->lost = false;
		return -ENOBUFS;
	}
	return c->err;
}

bool core_pending(const struct core *c)
{
	return !list_empty(&c->dirty_circuits) || !list_empty(&c->dirty_paths) || !list_empty(&c->dirty_ports) ||
	       !list_empty(&c->dirty_labels) || !list_empty(&c->dirty_neighs);
}

void core_kernel_moved(struct core *c, uint32_t circuit, enum slot slot, uint64_t when_ns)
{
	struct circuit *ci = circuit_at(c, circuit);

	if (!ci || ci->gone || slot >= SLOT_NONE || !ci->pw[slot])
		return;
	if (slot == ci->sends) {		/* settled already; the kernel knows better when */
		if (ci->switched_ns && when_ns < ci->switched_ns)
			ci->switched_ns = when_ns;
		return;
	}
	ci->moved = slot;
	ci->moved_ns = when_ns;
	circuit_dirty(c, ci);
}

/* ---- replay: an empty mirror --------------------------------------------------------------------------------- */

static void circuit_forget(struct core *c, struct circuit *ci)
{
	memset(&ci->row, 0, sizeof(ci->row));
	ci->live = ci->unsure = 0;
	ci->steered = ci->seeded = false;
	ci->bound_ifindex = 0;
	if (ci->index > core_capacity(c)) {	/* the new tables are smaller */
		c->circuit_by_index[ci->index] = NULL;
		index_drop(&c->circuit_space, ci->index);
		ci->index = 0;
	}
	circuit_dirty(c, ci);
}

void core_replay(struct core *c)
{
	table_each(&c->circuits, n, i)
		circuit_forget(c, container_of(n, struct circuit, by_name));
	table_each(&c->paths, n, i) {
		struct path *p = container_of(n, struct path, by_key);

		p->told = p->armed = p->lower = p->seeded = false;
		path_dirty(c, p, p->news);
	}
	table_each(&c->labels, n, i) {
		struct label *l = container_of(n, struct label, by_label);

		memset(&l->row, 0, sizeof(l->row));
		list_add(&c->dirty_labels, &l->dirty);
	}
	table_each(&c->ports, n, i) {
		struct port *p = container_of(n, struct port, by_name);

		memset(&p->told, 0, sizeof(p->told));
		list_add(&c->dirty_ports, &p->dirty);
	}
}
