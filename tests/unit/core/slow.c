/* SPDX-License-Identifier: BSD-2-Clause */
/* slow.c: see slow.h. */
#include "slow.h"

#include <string.h>

#include "wire/ldp.h"

#define AC_FAULT	(LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT)

void slow_new(struct slow *s)
{
	*s = (struct slow){ .sends = SLOT_NONE, .carried = SLOT_NONE, .asked = SLOT_NONE, .requested = SLOT_NONE };
}

static bool is_ldp(const struct m_interface *m, int k)
{
	return m->pw[k].present && m->pw[k].kind == PW_LDP;
}

static enum slot other_of(enum slot s)
{
	return s == SLOT_PRIMARY ? SLOT_SECONDARY : SLOT_PRIMARY;
}

/* ---- who decides --------------------------------------------------------------------------------------- */

/* Roles can be told only by PWs that are signalled, to peers that use PW status. */
static enum m_redundancy mode_of(const struct m_interface *m, const struct slow_facts *f)
{
	for (int k = 0; k < 2; k++)
		if (m->pw[k].present && (!is_ldp(m, k) || f->no_status[k]))
			return REDUNDANCY_FRR;
	if (m->redundancy == REDUNDANCY_MASTER && !m->pw[SLOT_SECONDARY].present && !m->pw[SLOT_BYPASS].present)
		return REDUNDANCY_FRR;
	return (enum m_redundancy)m->redundancy;
}

static enum slot preferred_of(const struct slow *s, const struct m_interface *m)
{
	const struct m_pw *p = &m->pw[SLOT_PRIMARY], *o = &m->pw[SLOT_SECONDARY];

	if (!o->present)
		return SLOT_PRIMARY;
	if (m->redundancy == REDUNDANCY_MASTER)
		return m->switchover ? SLOT_SECONDARY : SLOT_PRIMARY;
	if (s->mode != REDUNDANCY_INDEPENDENT)
		return SLOT_PRIMARY;
	if (s->requested != SLOT_NONE)
		return s->requested;
	return p->peer == o->peer && o->vc_id < p->vc_id ? SLOT_SECONDARY : SLOT_PRIMARY;
}

static bool stands_by(const struct m_interface *m, const struct slow_facts *f)
{
	return m->ac_role == AC_ROLE_STANDBY || (m->ac_role == AC_ROLE_FOLLOW && !f->address);
}

/* The far end says standby; not if it asks for this one, and we agree: then it says so only until it has heard that. */
static bool far_end_idle(const struct slow *s, const struct m_interface *m, const struct slow_facts *f, int k)
{
	return f->said_standby[k] && !m->pw[k].ignore_standby && !(f->asks[k] && s->requested == (enum slot)k);
}

/* Nothing is wrong with it, and whoever has a say lets it carry. */
static bool may_carry(const struct slow *s, const struct m_interface *m, const struct slow_facts *f, int k)
{
	if (!m->pw[k].present || !f->up[k])
		return false;
	if (s->mode == REDUNDANCY_MASTER)	/* the master decides, whatever the slave thinks */
		return true;
	if (far_end_idle(s, m, f, k))
		return false;
	if (s->mode != REDUNDANCY_INDEPENDENT || k == SLOT_BYPASS)
		return true;
	return !s->standby && (s->requested == SLOT_NONE || s->requested == (enum slot)k);
}

/* ---- requests ------------------------------------------------------------------------------------------- */

static void nothing_asked(struct slow *s)
{
	s->asked = SLOT_NONE;
	s->request_at = 0;
}

void slow_hear(struct slow *s, const struct m_interface *m, const struct slow_facts *f, int k, uint32_t status)
{
	if (mode_of(m, f) != REDUNDANCY_INDEPENDENT || k == SLOT_BYPASS)
		return;
	if (!(status & LDP_PW_SWITCHOVER)) {	/* it may be the answer: "here I do carry" */
		if (s->asked == (enum slot)k && s->request_at && !(status & LDP_PW_STANDBY) && f->up[k]) {
			s->requested = s->asked;
			nothing_asked(s);
		}
		return;
	}
	if (s->asked != SLOT_NONE && s->request_at && f->first[k])
		return;				/* the far end will follow ours */
	nothing_asked(s);
	if (f->up[k] && !stands_by(m, f) && (s->sends != (enum slot)k || s->requested != SLOT_NONE))
		s->requested = (enum slot)k;
}

/* The far end stands by where both agreed to carry, and asks for nothing: it thought better of it. */
static bool taken_back(const struct slow *s, const struct m_interface *m, const struct slow_facts *f)
{
	enum slot k = s->requested;

	return k != SLOT_NONE && f->said_standby[k] && !m->pw[k].ignore_standby && !f->asks[k];
}

/* What was asked for, or agreed on, lasts until its PW fails or the AC gets another role. */
static void requests_last(struct slow *s, const struct m_interface *m, const struct slow_facts *f, uint64_t now)
{
	bool standby = stands_by(m, f), same = standby == s->standby && s->mode == REDUNDANCY_INDEPENDENT;

	s->standby = standby;
	if (!same || taken_back(s, m, f) || (s->requested != SLOT_NONE && !f->up[s->requested]))
		s->requested = SLOT_NONE;
	if (!same)
		nothing_asked(s);
	if (s->asked == SLOT_NONE)
		return;
	if (f->up[s->asked]) {
		s->request_at = s->request_at ? s->request_at : now + REQUEST_NS;
		if (now >= s->request_at)
			nothing_asked(s);
		return;
	}
	enum slot other = other_of(s->asked);	/* the one asked for failed: the other, if that makes sense */

	nothing_asked(s);
	if (f->up[other] && is_ldp(m, other) && s->sends != other && f->askable[other]) {
		s->asked = other;
		s->request_at = now + REQUEST_NS;
	}
}

/* ---- when it goes back --------------------------------------------------------------------------------- */

static bool by_policy(const struct slow *s)	/* `switchover`, a request and independent ends do not wait */
{
	return s->preferred == SLOT_PRIMARY && s->mode != REDUNDANCY_INDEPENDENT;
}

uint64_t slow_delay(const struct slow *s, const struct m_interface *m)
{
	if (!by_policy(s) || m->reroute == REROUTE_IMMEDIATELY || m->reroute == REROUTE_NEVER)
		return 0;
	return (m->reroute == REROUTE_DELAY && m->reroute_delay ? m->reroute_delay : REROUTE_DELAY_DEFAULT) * SLOW_SEC;
}

bool slow_never(const struct slow *s, const struct m_interface *m)
{
	return by_policy(s) && m->reroute == REROUTE_NEVER;
}

/* It waits since .wait_since. */
static uint64_t goes_back_at(const struct slow *s, const struct m_interface *m)
{
	uint64_t by_delay = s->wait_since + slow_delay(s, m), settled = s->usable_since[s->preferred] + SLOW_SETTLE;

	return by_delay > settled ? by_delay : settled;
}

uint64_t slow_holdoff(const struct slow *s, const struct m_interface *m)
{
	return s->mode == REDUNDANCY_MASTER && s->preferred == SLOT_PRIMARY ? m->holdoff * SLOW_SEC : 0;
}

/* ---- where it carries ---------------------------------------------------------------------------------- */

/* Nothing that carries has a say: the best there is. */
static enum slot best(const struct slow *s)
{
	if (s->usable[s->preferred])
		return s->preferred;
	if (s->usable[other_of(s->preferred)])
		return other_of(s->preferred);
	return s->usable[SLOT_BYPASS] ? SLOT_BYPASS : SLOT_NONE;
}

/* The primary carried and failed: it is waited for, unless the operator took it out. */
static bool holds_off(struct slow *s, const struct m_interface *m, enum slot kernel, uint64_t now)
{
	bool fails = (kernel == SLOT_NONE || !s->usable[kernel]) && !s->usable[SLOT_PRIMARY];
	uint64_t hold = slow_holdoff(s, m);

	if (!fails || !hold || s->carried != SLOT_PRIMARY || m->pw_fault[SLOT_PRIMARY] || s->held_off) {
		s->held_off &= fails && hold && s->carried == SLOT_PRIMARY && !m->pw_fault[SLOT_PRIMARY];
		s->holdoff_at = 0;
		return false;
	}
	if (!s->holdoff_at || s->holdoff_at > now + hold)
		s->holdoff_at = now + hold;
	if (now < s->holdoff_at)
		return true;
	s->holdoff_at = 0;
	s->held_off = true;
	return false;
}

/* On the other one, though the preferred one could carry. */
static bool stays(struct slow *s, const struct m_interface *m, const struct slow_facts *f, enum slot kernel, uint64_t now)
{
	bool could = kernel == other_of(s->preferred) && s->usable[kernel] && s->usable[s->preferred];

	s->revert_at = 0;
	if (!could || slow_never(s, m)) {
		s->wait_since = 0;
		return could;
	}
	if (!s->wait_since || f->fell[s->preferred])
		s->wait_since = now;
	if (goes_back_at(s, m) > now)
		s->revert_at = goes_back_at(s, m);
	else
		s->wait_since = 0;
	return s->revert_at;
}

/* ---- what the far ends are told --------------------------------------------------------------------------- */

/* After the circuit went back by policy the secondary's far end hears that nothing is sent there, for a while. */
static void resume(struct slow *s, const struct m_interface *m, const struct slow_facts *f, bool back, uint64_t now)
{
	uint64_t end = now + (m->resume_set ? m->resume : REROUTE_RESUME_DEFAULT) * SLOW_SEC;

	if (s->sends != SLOT_PRIMARY || !is_ldp(m, SLOT_SECONDARY) || m->redundancy != REDUNDANCY_FRR)
		s->resume_at = 0;
	else if (back && !f->no_status[SLOT_SECONDARY] && !(s->follows && m->pw[0].peer == m->pw[1].peer))
		s->resume_at = end;		/* not for a notice of that far end: two of us would never end */
	else if (s->resume_at <= now || f->fell[SLOT_PRIMARY])
		s->resume_at = 0;
	else if (s->resume_at > end)
		s->resume_at = end;
}

/* Not where it does no harm: the bypass is there for it, and a bypass that carries takes it from the others, unless both
 * ends decide. */
static bool ac_fault_told(const struct slow *s, const struct m_interface *m, int k)
{
	if (s->ac || k == SLOT_BYPASS || m->ignore_ac[k])
		return false;
	return s->mode == REDUNDANCY_INDEPENDENT || !s->usable[SLOT_BYPASS];
}

static uint32_t faults(const struct slow *s, const struct m_interface *m, const struct slow_facts *f, int k)
{
	bool manual = (k < 2 && m->pw_fault[k]) || (k == SLOT_SECONDARY && s->resume_at);

	return (ac_fault_told(s, m, k) ? AC_FAULT : 0) | (f->path[k] ? 0 : LDP_PW_PSN_TX_FAULT) |
	       (manual ? LDP_PW_NOT_FORWARDING : 0);
}

static bool idle(const struct slow *s, int k)
{
	if (k == SLOT_BYPASS || s->mode == REDUNDANCY_FRR)
		return false;
	if (s->mode == REDUNDANCY_MASTER)
		return s->verdict != (enum slot)k;
	return s->standby || (s->requested != SLOT_NONE && s->requested != (enum slot)k);
}

static void tell(struct slow *s, const struct m_interface *m, const struct slow_facts *f)
{
	for (int k = 0; k < 3; k++)
		s->told[k] = is_ldp(m, k) ? faults(s, m, f, k) | (idle(s, k) ? LDP_PW_STANDBY : 0) |
			     (s->asked == (enum slot)k && s->request_at ? LDP_PW_SWITCHOVER : 0) : 0;
}

/* ---- the port of the AC ----------------------------------------------------------------------------------- */

/* A port that is held down, or was just released, is no AC fault. */
static bool counts_up(const struct slow *s, const struct slow_facts *f)
{
	return (f->link || s->forced || s->grace_at) && !f->shutdown;
}

static void force(struct slow *s, bool down, uint64_t now)
{
	if (down == s->forced)
		return;
	s->forced = down;
	s->fell &= !down;
	s->grace_at = down ? 0 : now + (10 * SLOW_SEC << s->late);
}

/* Held down while no PW is up (standby is up), though nothing is wrong with the AC; not in the first 5 s of one never up. */
static void port(struct slow *s, const struct m_interface *m, const struct slow_facts *f, uint64_t now)
{
	bool up = s->up[0] || s->up[1] || s->up[2], ever = false;

	for (int k = 0; k < 3; k++) {
		s->ever_up[k] = m->pw[k].present && (s->ever_up[k] || s->up[k]);
		ever |= s->ever_up[k];
	}
	if (s->grace_at && f->link && s->fell) {
		if (now <= s->grace_at - (10 * SLOW_SEC << s->late) + 10 * SLOW_SEC)
			s->late = 0;
		s->grace_at = 0;
	} else if (s->grace_at && now >= s->grace_at) {
		s->late += s->late < 3;
		s->grace_at = 0;
	}
	s->fell |= !f->link;
	if (!m->trigger_if_down) {
		s->first_at = 0;
		force(s, false, now);
	} else {
		s->first_at = s->waited || s->first_at ? s->first_at : now + 5 * SLOW_SEC;
		s->waited |= ever || now >= s->first_at;
		s->first_at = s->waited ? 0 : s->first_at;
		force(s, s->waited && !up && counts_up(s, f), now);
	}
	s->ac = counts_up(s, f);
}

/* ---- alarms -------------------------------------------------------------------------------------------------- */

static uint8_t alarms_of(const struct slow *s, const struct m_interface *m, const struct slow_facts *f)
{
	bool up[2], active[2], status = true;
	uint8_t bits = 0;

	for (int k = 0; k < 2; k++) {
		up[k] = is_ldp(m, k) && f->heard[k] && f->up[k];
		active[k] = up[k] && !far_end_idle(s, m, f, k);
		status &= !(is_ldp(m, k) && f->no_status[k]);
	}
	if (f->heard[0] && f->heard[1] && f->mtu[0] != f->mtu[1])
		bits |= 1u << ALARM_PARITY;
	if (m->redundancy == REDUNDANCY_FRR)
		return bits;
	if (!status)
		bits |= 1u << ALARM_NO_STATUS;
	if (s->mode == REDUNDANCY_FRR)
		return bits;
	if (s->mode == REDUNDANCY_MASTER)
		return bits | ((up[0] && !active[0]) || (up[1] && !active[1]) ? 1u << ALARM_TWO_MASTERS : 0);
	if (active[0] && active[1] && s->requested == SLOT_NONE && m->pw[0].peer != m->pw[1].peer)
		bits |= 1u << ALARM_BOTH_ACTIVE;
	if (s->requested != SLOT_NONE)
		active[other_of(s->requested)] = false;
	if ((up[0] || up[1]) && !active[0] && !active[1] && !s->standby)
		bits |= 1u << ALARM_NONE_ACTIVE;
	return bits;
}

/* ---- */

static void look(struct slow *s, const struct m_interface *m, const struct slow_facts *f, uint64_t now)
{
	s->mode = mode_of(m, f);
	requests_last(s, m, f, now);
	s->preferred = preferred_of(s, m);
	if (f->up[SLOT_PRIMARY] && !s->up[SLOT_PRIMARY])
		s->follows = s->noticed;
	s->noticed = f->only_notice[SLOT_PRIMARY];
	for (int k = 0; k < 3; k++) {
		bool was = s->usable[k];

		s->up[k] = m->pw[k].present && f->up[k];
		s->usable[k] = may_carry(s, m, f, k);
		if (s->usable[k] && (!was || f->fell[k]))
			s->usable_since[k] = now;
	}
}

static void sends_on(struct slow *s, enum slot to)
{
	s->sends = to;
	s->verdict = to == SLOT_NONE ? s->preferred : to;
	if (to != SLOT_NONE)
		s->carried = to;
}

void slow_think(struct slow *s, const struct m_interface *m, const struct slow_facts *f, enum slot kernel, enum slot then,
		uint64_t now)
{
	bool back = false;

	look(s, m, f, now);
	if (kernel != SLOT_NONE && !s->usable[kernel])
		kernel = then;
	if (kernel != SLOT_NONE && s->usable[kernel])
		s->carried = kernel;
	if (stays(s, m, f, kernel, now)) {
		sends_on(s, kernel);
		holds_off(s, m, kernel, now);
	} else if (holds_off(s, m, kernel, now)) {
		sends_on(s, SLOT_NONE);
	} else {
		back = kernel < SLOT_BYPASS && s->usable[kernel] && best(s) != kernel;
		sends_on(s, best(s));
	}
	resume(s, m, f, back, now);
	port(s, m, f, now);
	s->alarms = alarms_of(s, m, f);
	tell(s, m, f);
}

enum slot slow_without(const struct slow *s, const struct m_interface *m, enum slot lost)
{
	struct slow then = *s;

	if (lost == SLOT_PRIMARY && slow_holdoff(s, m))
		return SLOT_NONE;
	then.usable[lost] = false;
	return best(&then);
}

void slow_believe(struct slow *s, const struct m_interface *m, const struct slow_facts *f, const struct show_circuit *show,
		  uint64_t now)
{
	s->asked = show->requested;
	s->request_at = show->request_at_ns;
	look(s, m, f, now);
	if (s->mode == REDUNDANCY_INDEPENDENT && show->preferred != s->preferred) {
		s->requested = s->requested == SLOT_NONE ? show->preferred : SLOT_NONE;
		look(s, m, f, now);
	}
	sends_on(s, show->active);
	port(s, m, f, now);
	if (s->forced != show->forced_down || s->ac != show->ac_up) {
		s->forced = show->forced_down;
		s->grace_at = show->ac_up && !f->link && !s->forced ? now + (10 * SLOW_SEC << s->late) : 0;
		s->ac = show->ac_up;
	}
	s->alarms = alarms_of(s, m, f);
	s->revert_at = show->revert_at_ns;
	s->resume_at = show->resume_at_ns;
	s->holdoff_at = show->holdoff_at_ns;
	s->held_off = s->sends == SLOT_NONE && s->carried == SLOT_PRIMARY && slow_holdoff(s, m) && !s->holdoff_at &&
		      !s->usable[SLOT_PRIMARY] && !m->pw_fault[SLOT_PRIMARY];
	if (!s->revert_at)
		s->wait_since = 0;
	else if (slow_delay(s, m))
		s->wait_since = s->revert_at - slow_delay(s, m);
	else
		s->wait_since = s->wait_since ? s->wait_since : now;
	if (s->revert_at && !slow_delay(s, m))
		s->usable_since[s->preferred] = s->revert_at - SLOW_SETTLE;
	tell(s, m, f);
}
