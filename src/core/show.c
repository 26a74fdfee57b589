/* SPDX-License-Identifier: BSD-2-Clause */
/* show.c: core as displays and the diagnosis see it. Reads only. See core_show.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/prepare.h"
#include "core/state.h"

/* ---- paths ------------------------------------------------------------------------------------- */

static void show_port(const struct port *port, struct show_path *o)
{
	const struct fact_link *f = &port->link;

	snprintf(o->port, sizeof(o->port), "%s", port->name);
	o->ifindex = f->ifindex;
	o->mtu = (uint16_t)(f->mtu > UINT16_MAX ? UINT16_MAX : f->mtu);
	memcpy(o->smac, f->mac, sizeof(o->smac));
	o->port_present = f->present;
	o->port_admin = f->admin_up;
	o->port_carrier = f->carrier;
}

/* The path itself; of a group the first that is up, else the first. */
static const struct path *shown(const struct path *p)
{
	const struct group *g = p->group ? group_of(p) : NULL;
	struct path_row row;

	for (uint16_t i = 0; g && i < g->n; i++)
		if (path_want(g->member[i], &row))
			return g->member[i];
	return g && g->n ? g->member[0] : p;
}

static void show_path(const struct path *p, struct show_path *o)
{
	const struct path *one = shown(p);
	struct path_row row;

	memset(&row, 0, sizeof(row));
	*o = (struct show_path){ .index = p->index, .nexthop = one->nexthop, .ldp = p->fec, .group = p->group,
				   .no_label = p->fec && !p->group && p->hop_label == NO_HOP };
	o->up = path_want(one, &row) && !p->out;
	snprintf(o->name, sizeof(o->name), "%s", p->name);
	if (p->lsp && p->lsp->cfg->role == LSP_INGRESS)
		o->peer = p->lsp->cfg->dest;
	if (p->fec) {
		o->peer = (uint32_t)(p->fec->by_prefix.key >> 8);
		o->len = (uint8_t)p->fec->by_prefix.key;
	}
	if (p->group)
		o->n_members = (uint8_t)group_of(p)->n;
	o->nexthop_known = one->neigh && one->neigh->resolved;
	if (o->nexthop_known)
		memcpy(o->dmac, one->neigh->mac, sizeof(o->dmac));
	o->n_labels = row.n_labels;
	memcpy(o->label, row.label, sizeof(o->label));
	if (one->port)
		show_port(one->port, o);
	path_why(p, o->why, sizeof(o->why));
	o->users = p->users + (p->lsp && p->lsp->label) + (p->fec && p->fec->label);	/* a transit label is one */
}

static int by_path_name(const void *a, const void *b)
{
	return strcmp((*(struct path *const *)a)->name, (*(struct path *const *)b)->name);
}

static int by_label(const void *a, const void *b)
{
	const struct label *x = *(struct label *const *)a, *y = *(struct label *const *)b;

	return x->label < y->label ? -1 : x->label > y->label;
}

/* The nodes of @t as pointers to what holds them (@offset of the node in it), sorted; malloc'ed. */
static void **sorted(const struct table *t, size_t offset, int (*order)(const void *, const void *))
{
	void **v = malloc((t->n + 1) * sizeof(*v));
	uint32_t n = 0;

	if (!v)
		return NULL;
	table_each(t, node, i)
		v[n++] = (char *)node - offset;
	qsort(v, n, sizeof(*v), order);
	return v;
}

static const struct fec *fec_named(const struct core *c, const char *name)
{
	unsigned int a[4], len;

	if (sscanf(name, "%3u.%3u.%3u.%3u/%2u", &a[0], &a[1], &a[2], &a[3], &len) != 5 || len > 32)
		return NULL;
	return fec_at(c, a[0] << 24 | a[1] << 16 | a[2] << 8 | a[3], (uint8_t)len);
}

bool core_show_lsp(const struct core *c, const char *name, struct show_path *out)
{
	const struct lsp *l = lsp_named(c, name);
	const struct fec *f = l ? NULL : fec_named(c, name);
	const struct path *p = l ? l->path : f ? f->path : NULL;

	if (!p)
		return false;
	show_path(p, out);
	return true;
}

bool core_show_fec(const struct core *c, uint32_t dest, uint8_t len, struct show_ldp_lsp *out)
{
	const struct fec *f = len > 32 ? NULL : fec_at(c, dest, len);

	if (!f || f->gone)
		return false;
	*out = (struct show_ldp_lsp){ .len = len, .egress = f->egress, .label = f->bound, .has_path = f->path };
	out->dest = (uint32_t)(f->by_prefix.key >> 8);
	if (f->path)
		show_path(f->path, &out->path);
	return true;
}

int core_show_group(const struct core *c, uint16_t index, int (*fn)(void *arg, const struct show_path *p), void *arg)
{
	const struct path *way = way_at(c, index, true);
	int rc = way ? 0 : -ENOENT;

	for (uint16_t i = 0; way && i < group_of(way)->n && !rc; i++) {
		struct show_path s;

		show_path(group_of(way)->member[i], &s);
		rc = fn(arg, &s);
	}
	return rc;
}

int core_show_paths(const struct core *c, int (*fn)(void *arg, const struct show_path *p), void *arg)
{
	struct path **v = (struct path **)sorted(&c->paths, offsetof(struct path, by_key), by_path_name);
	int rc = v ? 0 : -ENOMEM;

	for (uint32_t i = 0; v && i < c->paths.n && !rc; i++) {
		struct show_path s;

		if (!path_wanted(v[i]))
			continue;
		show_path(v[i], &s);
		rc = fn(arg, &s);
	}
	free(v);
	return rc;
}

/* ---- circuits ------------------------------------------------------------------------------------ */

/* Why it has no peer: the line says none, so it is the template's matter. */
static void peer_why(const struct pw *pw, char *out, size_t len)
{
	const struct template *t = pw->template;

	if (!t)
		snprintf(out, len, "it has neither a destination nor a pw-template");
	else if (!t->cfg)
		snprintf(out, len, "pw-template %s does not exist", t->name);
	else if (t->cfg->peer)
		snprintf(out, len, "the peer-address of pw-template %s waits for: reset pw pw-template %s", t->name, t->name);
	else
		snprintf(out, len, "pw-template %s has no peer-address, and the PW no destination", t->name);
}

#define IP_LEN 16

static const char *ip_text(uint32_t ip, char out[IP_LEN])
{
	snprintf(out, IP_LEN, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 0xff, ip >> 8 & 0xff, ip & 0xff);
	return out;
}

static void tunnel_why(const struct pw *pw, const char *peer, char *out, size_t len)
{
	if (pw->peer->path)
		path_why(pw->peer->path, out, len);
	else
		snprintf(out, len, "no LSP to %s: neither a static-lsp ingress nor a route that LDP has labels for", peer);
}

static void mtu_why(const struct pw *pw, const char *peer, char *out, size_t len)
{
	uint16_t remote = pw->signal->mtu;

	if (remote)
		snprintf(out, len, "MTU differs: local %u, remote %u: set the same at both ends", pw_mtu(pw), remote);
	else
		snprintf(out, len, "the Label Mapping of %s names no MTU: local %u", peer, pw_mtu(pw));
}

static void label_why(const struct pw *pw, char *out, size_t len)
{
	if (pw->label)
		snprintf(out, len, "more than %u peers have signalled PWs", CORE_GUARDS_MAX);
	else
		snprintf(out, len, "no label is free for it");
}

static void standby_why(const struct pw *pw, const char *peer, char *out, size_t len)
{
	if (pw_idle(pw))
		snprintf(out, len, "remote says standby (status 0x%x): nothing is sent until %s makes it active",
			 pw->signal->status, peer);
}

/* What the far end said, or did not. */
static void remote_why(const struct pw *pw, enum cause cause, const char *peer, char *out, size_t len)
{
	bool independent = circuit_mode(pw->circuit) == REDUNDANCY_INDEPENDENT;
	const struct signal *sig = pw->signal;

	if (cause == CAUSE_SESSION && pw->peer->session == SESSION_HELD)
		snprintf(out, len, "it failed while graceful restart holds the LDP session with %s: it waits for the "
			 "session", peer);
	else if (cause == CAUSE_SESSION)
		snprintf(out, len, "LDP session with %s is down: display mpls ldp session", peer);
	else if (cause == CAUSE_UNMAPPED)
		snprintf(out, len, "no Label Mapping from %s for VC ID %u type %s: is the PW configured there?", peer,
			 pw_cfg(pw)->vc_id, pw_tagged(pw) ? "VLAN" : "Ethernet");
	else if (cause == CAUSE_VLAN)
		snprintf(out, len, "%s asks for frames of VLAN %u: configure the same VLAN at both ends", peer,
			 sig->vlan);
	else if (cause == CAUSE_REMOTE_AC)
		snprintf(out, len, "remote AC fault (status 0x%x): look at the AC of %s", sig->status, peer);
	else if (cause == CAUSE_REMOTE_PSN)
		snprintf(out, len, "remote tunnel fault (status 0x%x): look at the tunnel of %s to here", sig->status,
			 peer);
	else if (cause == CAUSE_NOT_FORWARDING)
		snprintf(out, len, "remote PW is not forwarding (status 0x%x): look at the PW of %s", sig->status,
			 peer);
	else if (!independent || !pw_idle(pw))
		standby_why(pw, peer, out, len);
	else if (role_standby(pw->circuit))
		snprintf(out, len, "this end is standby: mpls l2vpn ac-role");
	else if (role_idle(pw))
		snprintf(out, len, "the other pseudowire carries by a request for a switchover");
	else
		standby_why(pw, peer, out, len);
}

void pw_why(const struct pw *pw, char *out, size_t len)
{
	enum cause cause = pw_cause(pw);
	char peer[IP_LEN];

	ip_text(pw->peer->addr, peer);
	out[0] = '\0';
	if (cause == CAUSE_FAULT)
		snprintf(out, len, "manual fault is set: undo manual-set pw-ac-fault%s",
			 pw->slot == SLOT_SECONDARY ? " secondary" : "");
	else if (!pw->peer->addr)
		peer_why(pw, out, len);
	else if (cause == CAUSE_PATH)
		tunnel_why(pw, peer, out, len);
	else if (cause == CAUSE_MTU)
		mtu_why(pw, peer, out, len);
	else if (cause == CAUSE_LABEL)
		label_why(pw, out, len);
	else
		remote_why(pw, cause, peer, out, len);
}

static void show_signal(const struct pw *pw, struct show_signal *o)
{
	const struct signal *sig = pw->signal;

	*o = (struct show_signal){
		.session = pw->peer->session, .told = sig->told_pw, .local_status = signal_status(pw),
		.mapped = signal_mapped(pw),
		.standby = pw_idle(pw) && signal_standby(pw), .group = sig->told_group, .no_status = sig->no_status,
	};
	if (!o->mapped)
		return;
	o->held = sig->held;
	o->remote_label = sig->label;
	o->remote_status = sig->status;
	o->remote_mtu = sig->mtu;
	o->remote_vlan = sig->vlan;
}

static void show_pw(const struct circuit *ci, const struct pw *pw, struct show_pw *o)
{
	o->present = true;
	if (pw->signal)
		show_signal(pw, &o->signal);
	o->cfg = *pw_cfg(pw);
	o->peer = pw_peer(pw);
	o->template_waits = pw->template && template_waits(pw->template);
	o->manual_fault = pw_fault(pw);
	o->up = pw_cause(pw) == CAUSE_NONE;
	o->active = pw_usable(pw) && ci->sends == pw->slot;
	o->standby_usable = pw_usable(pw) && !o->active;
	o->forwarding = ci->row.slot[pw->slot].label && ci->live >> pw->slot & 1;
	o->local_label = pw->label ? pw->label->label : 0;
	o->mtu = pw_mtu(pw);
	o->control_word = pw_control_word(pw);
	o->control_word_used = pw->signal ? o->signal.mapped && pw->signal->control_word : o->control_word;
	o->tagged = pw_tagged(pw);
	o->created_ns = pw->created_ns;
	o->changed_ns = pw->changed_ns;
	o->up_ns = pw->up_ns;
	o->up_total_ns = pw->up_total_ns;
	o->reason = pw->reason;
	o->detector = pw->detector;
	o->has_path = pw->peer->path;
	if (o->has_path)
		show_path(pw->peer->path, &o->path);
	pw_why(pw, o->why, sizeof(o->why));
}

static void ac_why(const struct circuit *ci, char *out, size_t len)
{
	const struct m_interface *port = ci->port->cfg;
	const struct m_interface *shut = ci->cfg->shutdown ? ci->cfg : port && port->shutdown ? port : NULL;

	port_why(ci->port, out, len);
	if (out[0])
		return;
	if (shut)
		snprintf(out, len, "%s is shut down: undo shutdown", shut->name);
	else if (ci->cfg->parent[0] && !ci->cfg->vlan)
		snprintf(out, len, "%s has no VLAN: vlan-type dot1q VID", ci->cfg->name);
}

static void show_timers(const struct circuit *ci, struct show_circuit *o)
{
	o->revert_at_ns = ci->revert_at;
	o->revert_queued = ci->queued;
	o->resume_used = circuit_has_resume(ci);
	o->resume = o->resume_used ? (uint16_t)(circuit_resume(ci) / SECOND) : 0;
	o->resume_at_ns = ci->resume_at;
	o->holdoff = (uint16_t)(circuit_holdoff(ci) / SECOND);
	o->holdoff_at_ns = ci->hold_at;
}

static void show_role(const struct circuit *ci, struct show_circuit *o)
{
	const struct ends *e = ci->ends;

	o->role_standby = role_standby(ci);
	o->alarms = role_alarms(ci);
	o->requested = e ? e->asked : SLOT_NONE;
	o->request_at_ns = e ? e->request_at : 0;
	o->forced_down = e && e->forced;
}

static void show_circuit(const struct circuit *ci, struct show_circuit *o)
{
	const struct port *p = ci->port;

	memset(o, 0, sizeof(*o));
	o->index = ci->index;
	snprintf(o->name, sizeof(o->name), "%s", ci->cfg->name);
	o->cfg = ci->cfg;
	o->ac_present = p->link.present;
	o->ac_admin = p->link.admin_up && !ci->cfg->shutdown && !(p->cfg && p->cfg->shutdown);
	o->ac_up = circuit_ac_up(ci);
	ac_why(ci, o->ac_why, sizeof(o->ac_why));
	o->ifindex = p->link.ifindex;
	o->port_mtu = p->link.mtu;
	o->vid = ci->cfg->vlan;
	o->active = ci->sends;
	o->redundancy = ci->cfg->redundancy;
	o->redundancy_now = circuit_mode(ci);
	o->preferred = circuit_preferred(ci);
	o->reroute = circuit_reroute(ci);
	o->reroute_delay = o->reroute == REROUTE_DELAY ? (uint16_t)(circuit_delay(ci) / 1000000000) : 0;
	show_timers(ci, o);
	show_role(ci, o);
	o->dual_receiving = circuit_dual(ci);
	for (int s = 0; s < 3; s++)
		if (ci->pw[s])
			show_pw(ci, ci->pw[s], &o->pw[s]);
	o->switched_ns = ci->switched_ns;
	o->switched_from = ci->switched_from;
	o->switched_to = ci->switched_to;
	o->switch_reason = ci->switch_reason;
	o->switch_detector = ci->switch_detector;
	o->switches = ci->switches;
}

bool core_show_circuit(const struct core *c, const char *ifname, struct show_circuit *out)
{
	const struct circuit *ci = circuit_named(c, ifname);

	if (!ci || ci->gone)
		return false;
	show_circuit(ci, out);
	return true;
}

/* ---- pw-templates ----------------------------------------------------------------------------------- */

bool core_show_template(const struct core *c, const char *name, struct show_template *out)
{
	const struct template *t = template_find(c, name);

	if (!t || !t->cfg)
		return false;
	*out = (struct show_template){ .cfg = t->cfg, .v = t->v, .waits = template_waits(t), .users = t->users,
				      .signalled = t->signalled };
	return true;
}

/* ---- labels --------------------------------------------------------------------------------------- */

int core_show_labels(const struct core *c, int (*fn)(void *arg, const struct show_label *l), void *arg)
{
	struct label **v = (struct label **)sorted(&c->labels, offsetof(struct label, by_label), by_label);
	int rc = v ? 0 : -ENOMEM;

	for (uint32_t i = 0; v && i < c->labels.n && !rc; i++) {
		struct act_label row;
		struct show_label s = { .label = v[i]->label };

		if (!v[i]->pw && !v[i]->lsp && !v[i]->fec)
			continue;
		label_want(v[i], &row);
		s.kind = row.kind;
		label_user(v[i], s.user, sizeof(s.user));
		rc = fn(arg, &s);
	}
	free(v);
	return rc;
}

size_t core_show_verdict(char *out, size_t len)
{
	return verdict_print(out, len);
}

/* ---- words ------------------------------------------------------------------------------------------ */

const char *core_alarm_text(enum alarm a)
{
	static const char *const text[ALARM__N] = {
		[ALARM_TWO_MASTERS] = "the far end says standby, too, though this end is the master: leave `redundancy master` to one",
		[ALARM_BOTH_ACTIVE] = "both far ends call themselves active: give one of them the role standby",
		[ALARM_NONE_ACTIVE] = "no pseudowire is called active by both its ends",
		[ALARM_NO_STATUS] = "a peer does not use PW status: the circuit works as FRR",
		[ALARM_PARITY] = "the two far ends differ in MTU or control word",
	};

	return a < ALARM__N ? text[a] : "-";
}

const char *core_reason_text(enum reason r)
{
	switch (r) {
#define X(n, sym, text) case REASON_##sym: return text;
	REASONS(X)
#undef X
	case REASON_NONE: break;
	}
	return "-";
}

const char *core_detector_text(enum detector d)
{
	static const char *const text[] = {
		[DET_NONE] = "-", [DET_CONFIG] = "configuration", [DET_CARRIER] = "carrier watcher",
		[DET_NETLINK] = "netlink", [DET_NEIGHBOUR] = "neighbour", [DET_KERNEL] = "kernel",
		[DET_TIMER] = "delay timer", [DET_LDP] = "LDP",
		[DET_REQUEST] = "request timer",
	};

	return d < sizeof(text) / sizeof(text[0]) ? text[d] : "-";
}
