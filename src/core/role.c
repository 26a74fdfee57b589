/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * role.c: the roles of the two ends of a circuit's PWs. What this end calls itself (ac-role, which may follow an
 * address of the host); requests to carry on another PW (RFC 6870, 6.3), ours and the far end's; what is amiss between
 * the ends (alarms). Facts come in by role_heard() and role_address(); a run settles them before the verdict.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/prepare.h"
#include "core/run.h"
#include "wire/ldp.h"

#define SLOTS	2			/* those that have a role: primary and secondary */

/* ---- life ---------------------------------------------------------------------------------------- */

bool has_ends(const struct m_interface *m)
{
	return has_circuit(m) && (m->redundancy == REDUNDANCY_INDEPENDENT || m->ac_role || m->trigger_if_down);
}

static bool address_here(const struct core *c, uint32_t ip)
{
	return ip && table_find(&c->addrs, ip);
}

void ends_join(struct core *c, struct circuit *ci)
{
	const struct m_interface *m = ci->cfg;
	struct ends *e = ci->ends;

	if (!e && !has_ends(m))
		return;
	if (!e) {
		e = ci->ends = pool_take(&c->ends_pool);
		e->circuit = ci;
		e->asked = e->agreed = SLOT_NONE;
	}
	table_del(&c->follows, &e->by_follow);
	if (m->ac_role != AC_ROLE_FOLLOW)
		return;
	table_add(&c->follows, &e->by_follow, m->follow);
	e->here = address_here(c, m->follow);
}

void role_address(struct core *c, uint32_t ip)
{
	bool here = address_here(c, ip);

	for (struct hnode *n = table_find(&c->follows, ip); n; n = table_again(n)) {
		struct ends *e = container_of(n, struct ends, by_follow);

		if (e->here != here)
			circuit_dirty(c, e->circuit);
		e->here = here;
	}
}

void role_peer(struct core *c, const struct m_l2vpn_peer *old, const struct m_l2vpn_peer *now)
{
	uint32_t addr = now ? now->peer : old->peer;
	struct hnode *n = table_find(&c->askable, addr);

	if (n && !(now && now->takes_requests)) {
		table_del(&c->askable, n);
		free(container_of(n, struct askable, by_addr));
	} else if (!n && now && now->takes_requests) {
		struct askable *a = pool_take(&c->askable_pool);

		table_add(&c->askable, &a->by_addr, addr);
	}
}

/* ---- what is told --------------------------------------------------------------------------------- */

bool role_standby(const struct circuit *ci)
{
	if (ci->cfg->ac_role == AC_ROLE_FOLLOW)
		return !ci->ends || !ci->ends->here;
	return ci->cfg->ac_role == AC_ROLE_STANDBY;
}

enum slot role_requested(const struct circuit *ci)
{
	return ci->ends ? ci->ends->agreed : SLOT_NONE;
}

bool role_idle(const struct pw *pw)
{
	enum slot agreed = role_requested(pw->circuit);

	return pw->slot < SLOTS && (role_standby(pw->circuit) || (agreed != SLOT_NONE && agreed != pw->slot));
}

/* The far end says standby until it has our answer, and takes what comes by then (6.3.1 b). */
bool role_asked_for(const struct pw *pw)
{
	return pw->signal && role_requested(pw->circuit) == pw->slot && pw->signal->status & LDP_PW_SWITCHOVER;
}

uint8_t role_request_bits(const struct pw *pw)
{
	const struct ends *e = pw->circuit->ends;

	return e && e->asked == pw->slot && e->request_at ? LDP_PW_SWITCHOVER : 0;
}

bool role_answer(const struct pw *pw)
{
	return pw->circuit->ends && pw->circuit->ends->answer >> pw->slot & 1;
}

void role_told(struct pw *pw)
{
	if (pw->circuit->ends)
		pw->circuit->ends->answer &= (uint8_t)~(1u << pw->slot);
}

/* ---- requests ------------------------------------------------------------------------------------- */

static bool independent(const struct circuit *ci)
{
	return circuit_mode(ci) == REDUNDANCY_INDEPENDENT;
}

static bool pw_up(const struct pw *pw)
{
	return pw && pw->signal && pw_cause(pw) == CAUSE_NONE;
}

/* To be said by the next run: once, however often it happened since the last. */
static void note(struct ends *e, enum slot s, enum request_news news)
{
	e->news[s] |= (uint8_t)(1u << news);
}

static void give_up(struct ends *e, enum request_news why)
{
	note(e, e->asked, why);
	e->asked = SLOT_NONE;
	e->request_at = 0;
}

/* RFC 6870, 6.3.2. Who cannot carry at all (a standby AC) answers what it said before: that is no consent. */
static void honour(struct pw *pw)
{
	const struct circuit *ci = pw->circuit;
	struct ends *e = ci->ends;

	if (!pw_up(pw)) {
		note(e, pw->slot, REQUEST_IGNORED);
		return;
	}
	e->answer |= (uint8_t)(1u << pw->slot);
	if (role_standby(ci)) {
		note(e, pw->slot, REQUEST_IGNORED);
	} else if (ci->sends != pw->slot || e->agreed != SLOT_NONE) {
		if (e->agreed != pw->slot)
			note(e, pw->slot, REQUEST_HONOURED);
		e->agreed = pw->slot;
	}
}

/* Both ask at once: the lower address gives way (6.3.1 d). */
static bool ours_first(const struct core *c, const struct pw *pw)
{
	return c->system && c->system->lsr_id > pw->peer->addr;
}

void role_heard(struct core *c, struct pw *pw, const struct fact_remote *r)
{
	struct ends *e = pw->circuit->ends;
	bool waits = e && e->asked != SLOT_NONE && e->request_at;

	if (!e || pw->slot >= SLOT_BYPASS || !independent(pw->circuit) || !r->mapped)
		return;
	if (r->status & LDP_PW_SWITCHOVER) {
		if (waits && ours_first(c, pw)) {
			note(e, pw->slot, REQUEST_IGNORED);
		} else {
			if (e->asked != SLOT_NONE)
				give_up(e, REQUEST_ABORTED);
			honour(pw);
		}
		circuit_dirty(c, pw->circuit);
	} else if (waits && e->asked == pw->slot && !(r->status & LDP_PW_STANDBY) && pw_up(pw)) {
		e->agreed = pw->slot;
		give_up(e, REQUEST_TAKEN);
		circuit_dirty(c, pw->circuit);
	}
}

/* By the last Mapping, as the mode in force is. */
static bool mute(const struct circuit *ci)
{
	for (int s = 0; s < SLOTS; s++)
		if (ci->pw[s] && ci->pw[s]->signal && ci->pw[s]->signal->no_status)
			return true;
	return false;
}

static bool askable(const struct core *c, const struct pw *pw)
{
	return table_find(&c->askable, pw->peer->addr);
}

static const char *refusal(const struct core *c, const struct circuit *ci, enum slot slot)
{
	const struct pw *pw = slot < SLOTS ? ci->pw[slot] : NULL;

	if (!ci->ends || (!independent(ci) && !mute(ci)))
		return "the circuit is not independent: mpls l2vpn redundancy independent";
	if (mute(ci))
		return "a peer does not use PW status, so the circuit works as FRR";
	if (!pw || !pw->signal)
		return "there is no such signalled pseudowire on this interface";
	if (!askable(c, pw))
		return "its peer is not said to know requests: mpls l2vpn request-switchover peer, in the mpls-l2vpn "
		       "view";
	if (role_standby(ci))
		return "this end is standby: mpls l2vpn ac-role";
	if (!pw_up(pw))
		return "the pseudowire is down";
	if (ci->sends == slot)
		return "the pseudowire carries already";
	return ci->ends->asked != SLOT_NONE ? "a request is under way" : NULL;
}

int core_request_switchover(struct core *c, const char *ifname, enum slot slot, char why[160])
{
	struct circuit *ci = circuit_named(c, ifname);
	const char *text = ci && !ci->gone ? refusal(c, ci, slot) : "there is no circuit on this interface";

	snprintf(why, 160, "%s", text ? text : "");
	if (text)
		return -1;
	ci->ends->asked = slot;
	ci->ends->request_at = 0;
	circuit_dirty(c, ci);
	return 0;
}

/* The PW asked for fails: another that is up but does not carry is asked for in its place (6.3.1 f), or nothing (g). */
static void ask_other(const struct core *c, struct circuit *ci)
{
	struct ends *e = ci->ends;
	enum slot other = e->asked == SLOT_PRIMARY ? SLOT_SECONDARY : SLOT_PRIMARY;

	give_up(e, REQUEST_ABORTED);
	if (!pw_up(ci->pw[other]) || ci->sends == other || !askable(c, ci->pw[other]))
		return;
	e->asked = other;
	e->request_at = c->now_ns + REQUEST_NS;
	note(e, other, REQUEST_SENT);
}

static void request_run(const struct core *c, struct circuit *ci)
{
	struct ends *e = ci->ends;

	if (!pw_up(ci->pw[e->asked])) {
		ask_other(c, ci);
	} else if (!e->request_at) {
		e->request_at = c->now_ns + REQUEST_NS;
		note(e, e->asked, REQUEST_SENT);
	} else if (c->now_ns >= e->request_at) {
		give_up(e, REQUEST_EXPIRED);
	}
}

/* The far end stands by where both had agreed to carry, and asks for nothing: it has given up, or agreed on another since. */
static bool taken_back(const struct pw *pw)
{
	return signal_standby(pw) && !(pw->signal->status & LDP_PW_SWITCHOVER);
}

/* What was agreed on lasts until its PW fails, its far end takes it back, or the AC gets another role. */
void role_settle(struct core *c, struct circuit *ci)
{
	struct ends *e = ci->ends;

	if (!e)
		return;
	if (role_standby(ci) != e->standby || !independent(ci)) {
		e->standby = role_standby(ci);
		e->agreed = SLOT_NONE;
		if (e->asked != SLOT_NONE)
			give_up(e, REQUEST_ABORTED);
	}
	if (e->agreed != SLOT_NONE && (!pw_up(ci->pw[e->agreed]) || taken_back(ci->pw[e->agreed])))
		e->agreed = SLOT_NONE;
	if (e->asked != SLOT_NONE)
		request_run(c, ci);
}

/* In the order in which they may have happened. */
static const struct { enum request_news news; enum detector detector; } in_order[] = {
	{ REQUEST_ABORTED, DET_LDP }, { REQUEST_EXPIRED, DET_REQUEST }, { REQUEST_SENT, DET_CONFIG },
	{ REQUEST_TAKEN, DET_LDP }, { REQUEST_IGNORED, DET_LDP }, { REQUEST_HONOURED, DET_LDP },
};

bool role_tell(struct core *c, struct circuit *ci)
{
	struct ends *e = ci->ends;

	if (!e)
		return true;
	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++) {
		for (unsigned int s = 0; s < SLOTS; s++) {
			struct core_event ev = {
				.slot = (uint8_t)s, .to = in_order[i].news, .detector = in_order[i].detector,
			};

			if (!(e->news[s] >> ev.to & 1))
				continue;
			if (!emit_event(c, CEV_REQUEST, ci->cfg->name, &ev))
				return false;
			e->news[s] &= (uint8_t)~(1u << ev.to);
		}
	}
	return true;
}

uint64_t role_due(const struct circuit *ci)
{
	const struct ends *e = ci->ends;
	uint64_t due = 0;

	if (!e)
		return 0;
	const uint64_t ends[] = { e->request_at, e->grace_at, e->first_at };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i] && (!due || ends[i] < due))
			due = ends[i];
	return due;
}

/* ---- alarms --------------------------------------------------------------------------------------- */

/* What both far ends said, by the facts. */
struct said {
	bool up, mapped, active;
	const struct signal *sig;		/* .mapped */
};

static struct said said(const struct pw *pw, bool roles)
{
	struct said s = { .mapped = pw && pw->signal && signal_mapped(pw) && !pw->signal->held };

	s.sig = s.mapped ? pw->signal : NULL;
	s.up = roles && s.mapped && pw_cause(pw) == CAUSE_NONE;
	s.active = s.up && (!signal_standby(pw) || role_asked_for(pw));
	return s;
}

static uint8_t of_master(const struct said far[SLOTS])
{
	return (far[0].up && !far[0].active) || (far[1].up && !far[1].active) ? 1u << ALARM_TWO_MASTERS : 0;
}

static uint8_t of_independent(const struct circuit *ci, const struct said far[SLOTS])
{
	enum slot agreed = role_requested(ci);
	bool any = false;
	uint8_t bits = 0;

	for (unsigned int s = 0; s < SLOTS; s++)
		any |= far[s].active && (agreed == SLOT_NONE || agreed == s);
	if (far[0].active && far[1].active && agreed == SLOT_NONE && ci->pw[0]->peer != ci->pw[1]->peer)
		bits |= 1u << ALARM_BOTH_ACTIVE;
	if ((far[0].up || far[1].up) && !any && !role_standby(ci))
		bits |= 1u << ALARM_NONE_ACTIVE;
	return bits;
}

static bool parity(const struct said far[SLOTS])
{
	const struct signal *a = far[0].sig, *b = far[1].sig;

	return !a || !b || ((a->mtu == b->mtu || !a->mtu || !b->mtu) && a->control_word == b->control_word);
}

uint8_t role_alarms(const struct circuit *ci)
{
	enum m_redundancy mode = circuit_mode(ci);
	bool roles = mode != REDUNDANCY_FRR;
	const struct said far[SLOTS] = { said(ci->pw[SLOT_PRIMARY], roles), said(ci->pw[SLOT_SECONDARY], roles) };
	uint8_t bits = parity(far) ? 0 : 1u << ALARM_PARITY;

	if (mute(ci) && (ci->cfg->redundancy || ci->cfg->ac_role))
		bits |= 1u << ALARM_NO_STATUS;
	if (mode == REDUNDANCY_MASTER)
		bits |= of_master(far);
	else if (mode == REDUNDANCY_INDEPENDENT)
		bits |= of_independent(ci, far);
	return bits;
}

bool alarms_tell(struct core *c, struct circuit *ci)
{
	uint8_t now = role_alarms(ci);

	for (unsigned int a = 0; a < ALARM__N && now != ci->alarms; a++) {
		bool up = now >> a & 1;
		struct core_event e = { .slot = (uint8_t)a, .from = !up, .to = up, .detector = DET_LDP };

		if ((ci->alarms >> a & 1) == up)
			continue;
		if (!emit_event(c, CEV_ALARM, ci->cfg->name, &e))
			return false;
		ci->alarms ^= (uint8_t)(1u << a);
	}
	return true;
}
