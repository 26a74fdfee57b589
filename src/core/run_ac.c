/* SPDX-License-Identifier: BSD-2-Clause */
/* run_ac.c: roles of ports and VLANs of sub-interfaces in a run: first what goes, then what comes. */
#include <string.h>

#include "core/run.h"

/* ---- VLANs -------------------------------------------------------------------------------------- */

bool unbind_vlan(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_VLAN_AC, .vlan_ac = { ci->bound_ifindex, ci->bound_vid, 0 } };

	if (ci->bound_ifindex && !emit(c, &a))
		return false;
	ci->bound_ifindex = 0;
	return true;
}

static bool vlan_want(const struct circuit *ci, uint32_t *ifindex)
{
	bool want = !ci->gone && ci->cfg->parent[0] && ci->cfg->vlan && circuit_ac_bound(ci);

	*ifindex = want ? ci->port->link.ifindex : 0;
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
void ports_unbind(struct core *c)
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

void acs_bind(struct core *c)
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
