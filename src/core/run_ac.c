/* SPDX-License-Identifier: BSD-2-Clause */
/* run_ac.c: roles of ports and VLANs of sub-interfaces in a round: first what goes, then what comes. */
#include <string.h>

#include "core/run.h"

/* ---- VLANs -------------------------------------------------------------------------------------- */

static uint64_t bound_key(uint32_t ifindex, uint16_t vid)
{
	return (uint64_t)ifindex << 12 | vid;
}

bool vlan_leave(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_VLAN_AC, .vlan_ac = { ci->bound_ifindex, ci->bound_vid, 0 } };

	if (ci->bound_ifindex && !emit(c, &a))
		return false;
	ci->bound_ifindex = 0;
	table_del(&c->bound, &ci->by_bound);
	return true;
}

static uint32_t vlan_want(const struct circuit *ci)
{
	bool want = !ci->gone && ci->cfg->parent[0] && ci->cfg->vlan && circuit_ac_bound(ci);

	return want ? ci->port->link.ifindex : 0;
}

void vlan_unbind(struct core *c, struct circuit *ci)
{
	uint32_t ifindex = vlan_want(ci);

	if (ci->bound_ifindex != ifindex || (ifindex && ci->bound_vid != ci->cfg->vlan))
		vlan_leave(c, ci);
}

/* Who had it and is not asked any more (its port has another device since) has lost it. */
static void vlan_take(struct core *c, struct circuit *ci, uint64_t key)
{
	struct hnode *n = table_find(&c->bound, key);

	if (n) {
		container_of(n, struct circuit, by_bound)->bound_ifindex = 0;
		table_del(&c->bound, n);
	}
	table_add(&c->bound, &ci->by_bound, key);
}

void vlan_bind(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_VLAN_AC };
	uint32_t ifindex = vlan_want(ci);

	if (!ifindex || ci->bound_ifindex)
		return;
	a.vlan_ac = (struct act_vlan_ac){ ifindex, ci->cfg->vlan, ci->index };
	if (!emit(c, &a))
		return;
	ci->bound_ifindex = ifindex;
	ci->bound_vid = ci->cfg->vlan;
	vlan_take(c, ci, bound_key(ifindex, ci->cfg->vlan));
}

/* ---- ports -------------------------------------------------------------------------------------- */

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

static void port_forget(struct core *c, struct port *p)
{
	memset(&p->told, 0, sizeof(p->told));
	table_del(&c->told, &p->by_told);
}

static void port_leave(struct core *c, struct port *p, uint32_t keep_ifindex)
{
	if (p->told.ifindex && p->told.ifindex != keep_ifindex &&
	    emit(c, &(struct action){ .kind = ACT_PORT, .port = { .ifindex = p->told.ifindex } }))
		port_forget(c, p);
}

/* Whoever else the row was of: it is overwritten, nothing is left of it to clear. */
static void port_show(struct core *c, struct port *p, const struct act_port *w)
{
	if (!w->ifindex || !memcmp(&p->told, w, sizeof(*w)) ||
	    !emit(c, &(struct action){ .kind = ACT_PORT, .port = *w }))
		return;
	struct hnode *had = table_find(&c->told, w->ifindex);

	if (had)
		port_forget(c, container_of(had, struct port, by_told));
	table_del(&c->told, &p->by_told);
	memcpy(&p->told, w, sizeof(p->told));
	table_add(&c->told, &p->by_told, w->ifindex);
}

/* It changed within the round: what depends on the device it had is put right by the next one first. */
static bool changed_meanwhile(const struct core *c, const struct port *p)
{
	return queue_again(&c->dirty_ports, &p->dirty);
}

/* A port that lost its port-mode circuit stops naming it before that is cleared. */
void port_unbind(struct core *c, struct port *p)
{
	struct act_port w;

	port_want(c, p, &w);
	if (!p->told.ac || w.ac)
		return;
	port_leave(c, p, changed_meanwhile(c, p) ? 0 : w.ifindex);
	if (!changed_meanwhile(c, p))
		port_show(c, p, &w);
}

void port_clear(struct core *c, struct port *p)
{
	struct act_port w;

	port_want(c, p, &w);
	if (!changed_meanwhile(c, p))
		port_leave(c, p, w.ifindex);
}

void port_finish(struct core *c, struct port *p)
{
	struct act_port w;

	port_want(c, p, &w);
	if (!changed_meanwhile(c, p))
		port_show(c, p, &w);
	if (!c->err && queue_end(&c->dirty_ports, &p->dirty))
		port_put(c, p);
}
