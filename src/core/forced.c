/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forced.c: what an AC and its PWs say of each other. `trigger if-down`: the port of an AC is forced down while no PW
 * of the circuit is up; and when the AC is down, which far ends are told.
 *
 * A port that is forced down, or has just been released, is not an AC fault: else two ends that do so would keep each
 * other down for ever. So what a far end is told depends on real faults alone, and who is forced depends on what far
 * ends tell.
 */
#include <string.h>

#include "core/prepare.h"
#include "core/run.h"

#define GRACE_NS	(10 * 1000000000ull)	/* a released port gets its carrier back within */
#define LATE_MAX	3			/* ... or at most eight times that, where experience says so */
#define FIRST_NS	(5 * 1000000000ull)	/* a PW that has never been up gets so long before its port is forced */

/* The link, as it is or would be if it were not forced down. */
static bool link_fine(const struct circuit *ci)
{
	const struct fact_link *l = &ci->port->link;
	const struct ends *e = ci->ends;

	return l->present && ((l->admin_up && l->carrier) || (e && (e->forced || e->grace_at)));
}

bool circuit_ac_up(const struct circuit *ci)
{
	const struct port *p = ci->port;

	return link_fine(ci) && !(p->cfg && p->cfg->shutdown) && !ci->cfg->shutdown &&
	       (!ci->cfg->parent[0] || ci->cfg->vlan);
}

/* A usable bypass carries what comes for the AC to the PE that has the other one, unless that is for the ends to agree
 * on; and the far end of the bypass itself is not concerned (RFC 8104). */
bool ac_fault_told(const struct pw *pw)
{
	const struct circuit *ci = pw->circuit;

	if (pw->slot == SLOT_BYPASS || circuit_ac_up(ci) || ci->cfg->ignore_ac[pw->slot])
		return false;
	return circuit_mode(ci) == REDUNDANCY_INDEPENDENT || !pw_carries(ci->pw[SLOT_BYPASS]);
}

/* Standby is up. What is about to come up is no reason to force a port down, nor yet one to release it. */
static bool any_up(const struct circuit *ci)
{
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && (ci->ends->forced ? pw_cause_now(ci->pw[s]) : pw_cause(ci->pw[s])) == CAUSE_NONE)
			return true;
	return false;
}

static bool ever_up(const struct circuit *ci)
{
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && ci->pw[s]->up_ns)
			return true;
	return false;
}

static bool triggers(const struct circuit *ci)
{
	return ci->cfg->trigger_if_down && !ci->cfg->parent[0];
}

/* A start is no failure: it takes sessions a while to come up. */
static bool first_over(const struct core *c, struct circuit *ci, bool up)
{
	struct ends *e = ci->ends;

	if (e->first_over)
		return true;
	if (!e->first_at)
		e->first_at = c->now_ns + FIRST_NS;
	e->first_over = up || ever_up(ci) || c->now_ns >= e->first_at;
	if (e->first_over)
		e->first_at = 0;
	return e->first_over;
}

static bool to_be_forced(const struct core *c, struct circuit *ci)
{
	bool up;

	if (ci->gone || !triggers(ci)) {
		ci->ends->first_at = 0;
		return false;
	}
	up = any_up(ci);
	return first_over(c, ci, up) && !up && circuit_ac_up(ci);
}

static uint64_t grace(const struct ends *e)
{
	return GRACE_NS << e->late;
}

/* What the link did since it was forced or released: it fell by that, and has risen again. If it takes longer than it
 * is given that is told as a fault, for which the far end forces its port down, and if that takes as long the two would
 * go on for ever: so it is given more the next time, until it has been quick. */
static void grace_run(const struct core *c, struct circuit *ci)
{
	const struct fact_link *l = &ci->port->link;
	struct ends *e = ci->ends;
	bool up = l->present && l->admin_up && l->carrier;

	if (e->grace_at && up && e->fell) {
		e->late = c->now_ns + grace(e) > e->grace_at + GRACE_NS ? e->late : 0;
		e->grace_at = 0;
	} else if (e->grace_at && c->now_ns >= e->grace_at) {
		e->late += e->late < LATE_MAX;
		e->grace_at = 0;
	} else if (!l->present) {
		e->grace_at = 0;
	}
	e->fell |= !up;
}

static bool force(struct core *c, struct circuit *ci, bool down)
{
	const struct pw *pw = ci->pw[SLOT_PRIMARY];
	struct action a = { .kind = ACT_AC_DOWN, .ac_down.down = down };
	struct core_event e = {
		.from = !down, .to = down, .reason = down ? REASON_IF_DOWN : REASON_IF_UP,
		.detector = pw && triggers(ci) && !ci->gone ? pw->detector : DET_CONFIG,
	};

	memcpy(a.ac_down.name, ci->cfg->name, sizeof(a.ac_down.name));
	if (!emit(c, &a) || !emit_event(c, CEV_FORCED, ci->cfg->name, &e))
		return false;
	ci->ends->forced = down;
	if (down)
		ci->ends->fell = false;
	ci->ends->grace_at = down ? 0 : c->now_ns + grace(ci->ends);
	return true;
}

bool forced_settle(struct core *c, struct circuit *ci)
{
	struct ends *e = ci->ends;

	if (!e)
		return true;
	if (!ci->gone)
		grace_run(c, ci);
	bool down = to_be_forced(c, ci);

	return down == e->forced || force(c, ci, down);
}

bool core_seed_ac_down(struct core *c, const char *ifname)
{
	struct circuit *ci = circuit_named(c, ifname);

	if (c->ran || !ci || ci->gone || !ci->ends || !triggers(ci))
		return false;
	ci->ends->forced = ci->ends->first_over = true;
	return true;
}
