/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * circuit.c: what a circuit wants to be in the kernel, from its configuration and the facts it
 * depends on, and what the kernel makes of the mirror. Pure: run.c emits the difference.
 */
#include <string.h>

#include "core/state.h"

void circuit_dirty(struct core *c, struct circuit *ci)
{
	queue_put(&c->dirty_circuits, &ci->dirty);
}

bool circuit_ac_bound(const struct circuit *ci)
{
	return ci->port->link.present && !(ci->cfg->parent[0] && ci->cfg->shutdown);
}

uint16_t circuit_mtu(const struct circuit *ci)
{
	uint16_t least = UINT16_MAX;

	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && pw_mtu(ci->pw[s]) < least)
			least = pw_mtu(ci->pw[s]);
	return least;
}

bool circuit_dual(const struct circuit *ci)
{
	return ci->cfg->dual_receiving && ci->pw[SLOT_SECONDARY];
}

/* A role can be told by a PW that is signalled to a peer that uses PW status, as far as is known. */
static bool takes_roles(const struct circuit *ci)
{
	for (int s = 0; s < SLOT_BYPASS; s++)
		if (ci->pw[s] && (!ci->pw[s]->signal || ci->pw[s]->signal->no_status))
			return false;
	return true;
}

enum m_redundancy circuit_mode(const struct circuit *ci)
{
	enum m_redundancy mode = ci->cfg->redundancy;

	if (ci->cfg->ac_role && !ci->pw[SLOT_SECONDARY])	/* nothing to choose from, but a word to say */
		mode = REDUNDANCY_INDEPENDENT;
	if (mode == REDUNDANCY_FRR || !takes_roles(ci))
		return REDUNDANCY_FRR;
	if (mode == REDUNDANCY_MASTER && !ci->pw[SLOT_SECONDARY] && !ci->pw[SLOT_BYPASS])
		return REDUNDANCY_FRR;
	return mode;
}

/* RFC 6870, 5.1: of two PWs to one PE that both its ends call active the lowest PW ID carries. */
static bool secondary_first(const struct circuit *ci)
{
	const struct pw *p = ci->pw[SLOT_PRIMARY], *s = ci->pw[SLOT_SECONDARY];

	return p && p->peer == s->peer && pw_cfg(s)->vc_id < pw_cfg(p)->vc_id;
}

enum slot circuit_preferred(const struct circuit *ci)
{
	bool other = false;

	if (!ci->pw[SLOT_SECONDARY])
		return SLOT_PRIMARY;
	if (ci->cfg->redundancy == REDUNDANCY_MASTER)		/* the operator's word, whatever the peers are told */
		other = ci->cfg->switchover;
	else if (circuit_mode(ci) == REDUNDANCY_INDEPENDENT)
		other = role_requested(ci) != SLOT_NONE ? role_requested(ci) == SLOT_SECONDARY : secondary_first(ci);
	return other ? SLOT_SECONDARY : SLOT_PRIMARY;
}

enum m_reroute circuit_reroute(const struct circuit *ci)
{
	if (!ci->pw[SLOT_SECONDARY])
		return REROUTE_DEFAULT;
	if (circuit_mode(ci) == REDUNDANCY_INDEPENDENT)
		return REROUTE_IMMEDIATELY;
	return ci->cfg->reroute ? ci->cfg->reroute : REROUTE_DELAY;
}

uint64_t circuit_delay(const struct circuit *ci)
{
	bool set = ci->cfg->reroute == REROUTE_DELAY && ci->cfg->reroute_delay;

	return (set ? ci->cfg->reroute_delay : REROUTE_DELAY_DEFAULT) * SECOND;
}

bool circuit_has_resume(const struct circuit *ci)
{
	const struct pw *s = ci->pw[SLOT_SECONDARY];

	return s && s->signal && ci->cfg->redundancy == REDUNDANCY_FRR;
}

uint64_t circuit_resume(const struct circuit *ci)
{
	return (ci->cfg->resume_set ? ci->cfg->resume : REROUTE_RESUME_DEFAULT) * SECOND;
}

uint64_t circuit_holdoff(const struct circuit *ci)
{
	bool applies = ci->pw[SLOT_PRIMARY] && circuit_mode(ci) == REDUNDANCY_MASTER &&
		       circuit_preferred(ci) == SLOT_PRIMARY;

	return applies ? ci->cfg->holdoff * SECOND : 0;
}

const struct m_pw *pw_cfg(const struct pw *pw)
{
	return &pw->circuit->cfg->pw[pw->slot];
}

bool pw_tagged_by(const struct pw *pw, const struct m_pw *cfg)
{
	if (cfg->mode == PW_MODE_DEFAULT)
		return pw->circuit->cfg->parent[0];	/* RFC 4448 4.4.1: a VLAN delimits the service */
	return cfg->mode == PW_MODE_TAGGED;
}

bool pw_tagged(const struct pw *pw)
{
	return pw_tagged_by(pw, pw_cfg(pw));
}

bool pw_fault(const struct pw *pw)
{
	return pw->slot < SLOT_BYPASS && pw->circuit->cfg->pw_fault[pw->slot];
}

bool pw_path_up(const struct pw *pw)
{
	struct path_row row;

	return pw->peer->path && pw->peer->path->index && path_want(pw->peer->path, &row);
}

static bool path_armed(const struct pw *pw)
{
	return pw->peer->path && path_carries(pw->peer->path);
}

/* What fell while graceful restart holds the session: the peer's word of before may be void by now, so nothing rises on
 * it until the peer is back. What a former engine left is not of that kind. */
static bool waits_for_peer(const struct pw *pw)
{
	return pw->signal && pw->peer->session == SESSION_HELD && !pw->signal->held && !(pw->signal->stood && pw_path_up(pw));
}

/* What only signalled PWs need: a session, something to tell in it, and an answer that fits. */
static enum cause cause_of(const struct pw *pw, bool session, bool path)
{
	if (pw_fault(pw))
		return CAUSE_FAULT;
	if (pw->signal && !session)
		return CAUSE_SESSION;
	enum cause far = pw->signal ? signal_cause(pw) : CAUSE_NONE;

	if (!path && (far == CAUSE_NONE || far > CAUSE_PATH))
		return CAUSE_PATH;
	return far == CAUSE_NONE && waits_for_peer(pw) ? CAUSE_SESSION : far;
}

enum cause pw_cause(const struct pw *pw)
{
	return cause_of(pw, pw->peer->session != SESSION_DOWN, pw_path_up(pw));
}

bool pw_well(const struct pw *pw)
{
	if (!pw->signal)
		return pw_path_up(pw);
	return pw_path_up(pw) && pw->peer->session != SESSION_DOWN && signal_cause(pw) == CAUSE_NONE &&
	       !waits_for_peer(pw);
}

enum cause pw_cause_now(const struct pw *pw)
{
	return cause_of(pw, pw->peer->session != SESSION_DOWN && pw->peer->armed, pw_path_up(pw) && path_armed(pw));
}

/* A master does not listen to what the far end says of roles (RFC 6870, 5.2). */
bool pw_idle(const struct pw *pw)
{
	enum m_redundancy mode = circuit_mode(pw->circuit);

	if (mode == REDUNDANCY_INDEPENDENT && role_idle(pw))
		return true;
	return mode != REDUNDANCY_MASTER && signal_standby(pw) && !role_asked_for(pw);
}

bool pw_flag_wanted(const struct pw *pw)
{
	return cause_of(pw, pw->peer->session != SESSION_DOWN, true) == CAUSE_NONE && !pw_idle(pw);
}

bool pw_usable(const struct pw *pw)
{
	return pw && pw_cause(pw) == CAUSE_NONE && !pw_idle(pw);
}

bool pw_carries(const struct pw *pw)
{
	return pw && pw_cause_now(pw) == CAUSE_NONE && !pw_idle(pw);
}

/* A signalled PW whose peer has given no label yet has an empty slot; one it has taken back stays in its place. */
void pw_want_slot(const struct pw *pw, struct act_slot *s)
{
	const struct signal *sig = pw->signal;
	const struct path *path = pw->peer->path;

	if (sig && !sig->label)
		return;
	s->label = sig ? sig->label : pw_cfg(pw)->tx_label;
	s->ttl = PW_TTL;
	s->control_word = sig ? sig->control_word : pw_control_word(pw);
	s->tagged = pw_tagged(pw);
	s->path = path ? path->index : 0;
	s->group = path && path->group;
	s->guard = sig ? pw->peer->guard : 0;
}

void circuit_want(const struct circuit *ci, struct act_circuit *row)
{
	memset(row, 0, sizeof(*row));		/* padding too: rows are compared as memory */
	row->index = ci->index;
	row->used = true;
	row->key = ci->by_name.key;
	row->ifindex = circuit_ac_bound(ci) ? ci->port->link.ifindex : 0;
	row->max_frame = circuit_mtu(ci) + ETH_HDR;
	row->access_port = ci->pw[SLOT_PRIMARY] && ci->pw[SLOT_PRIMARY]->circuit->cfg->pw[SLOT_PRIMARY].access_port;
	row->subif = ci->cfg->parent[0];
	row->vid = ci->cfg->vlan;
	row->tc = TC_FROM_PCP;
	for (int s = 0; s < 3; s++)
		if (ci->pw[s])
			pw_want_slot(ci->pw[s], &row->slot[s]);
}

/* ---- what the kernel does now ------------------------------------------------------------------ */

void circuit_kernel_usable(const struct core *c, const struct circuit *ci, bool usable[3])
{
	for (int s = 0; s < 3; s++) {
		const struct act_slot *w = &ci->row.slot[s];
		const struct path *p = way_at(c, w->path, w->group);
		const struct peer *guard = guard_at(c, w->guard);

		usable[s] = ci->row.used && w->label && ci->live >> s & 1 && p && path_carries(p) &&
			    (!w->guard || (guard && guard->armed));
	}
}

enum slot circuit_sends(const struct core *c, const struct circuit *ci)
{
	bool usable[3];

	circuit_kernel_usable(c, ci, usable);
	return verdict_kernel(ci->active, ci->next, usable);
}

struct verdict circuit_verdict(const struct circuit *ci, const bool usable[3], enum slot sends, enum revert revert,
			       enum hold hold)
{
	struct verdict_in in = {
		.has_secondary = ci->pw[SLOT_SECONDARY],
		.has_bypass = ci->pw[SLOT_BYPASS],
		.ac_up = ci->ac_up,
		.dual_receiving = circuit_dual(ci),
		.active = sends,
		.preferred = circuit_preferred(ci),
		.revert = revert,
		.hold = hold,
		.holds = circuit_holdoff(ci),
		.mode = circuit_mode(ci),
		.role_standby = role_standby(ci),
		.requested = role_requested(ci),
	};

	memcpy(in.usable, usable, sizeof(in.usable));
	return verdict(&in);
}
