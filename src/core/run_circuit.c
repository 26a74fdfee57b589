/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_circuit.c: circuits and labels in a run: rows, flags, and where each circuit sends. The verdict is
 * asked twice: once about what the kernel did by itself, before any flag rises, once about what is best
 * now. Switchback by policy happens in the second and nowhere else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"
#include "wire/ldp.h"

/* ---- end ---------------------------------------------------------------------------------------- */

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

/* Its port is absent; another may be about to get that ifindex. */
static bool label_shut(const struct label *l)
{
	return l->lsp && l->lsp->port && !l->lsp->port->link.ifindex;
}

void label_end(struct core *c, struct label *l)
{
	const struct circuit *ci = l->row.kind == LABEL_PW ? circuit_at(c, l->row.index) : NULL;

	if ((ci && ci->gone) || label_shut(l))
		label_clear(c, l);
}

/* The flag of slot @s of its PW, which may be no more. */
bool pw_flag(struct core *c, struct circuit *ci, int s, bool up)
{
	uint8_t bit = (uint8_t)(1u << s);

	if (!emit_live(c, ACT_PW_LIVE, ci->index * 4 + (uint32_t)s, up))
		return false;
	ci->live = (uint8_t)(up ? ci->live | bit : ci->live & ~bit);
	ci->unsure &= (uint8_t)~bit;
	ci->rising &= (uint8_t)~bit;
	return true;
}

static bool circuit_quiet(struct core *c, struct circuit *ci)
{
	static const enum slot none[3] = { SLOT_NONE, SLOT_NONE, SLOT_NONE };

	if (ci->steered && !emit_steer(c, ci, SLOT_NONE, none))
		return false;
	ci->steered = false;
	for (int s = 0; s < 3; s++)
		if (ci->live >> s & 1 && !pw_flag(c, ci, s, false))
			return false;
	return true;
}

static bool tell_ended(struct core *c, struct circuit *ci)
{
	for (int s = 0; s < 3; s++) {
		struct core_event e = {
			.slot = (uint8_t)s, .from = 1, .reason = REASON_PW_DELETED, .detector = DET_CONFIG,
		};

		if (ci->ended >> s & 1 && !emit_event(c, CEV_PW, ci->cfg->name, &e))
			return false;
		ci->ended &= (uint8_t)~(1u << s);
	}
	return true;
}

/* How long the circuit waits before it goes back to the preferred slot: REROUTE_DELAY's; 0: till that has settled. */
static uint64_t delay_of(const struct circuit *ci)
{
	bool delay = circuit_reroute(ci) == REROUTE_DELAY && circuit_preferred(ci) == SLOT_PRIMARY;

	return delay ? circuit_delay(ci) : 0;
}

/* Timers that are but a second, or none, end with the engine. */
static bool keep_timers(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_KEEP, .keep = {
		.deadline_ns = ci->revert_at && delay_of(ci) ? ci->wait_since + delay_of(ci) : 0,
		.resume_ns = ci->resume_at && circuit_resume(ci) ? ci->resume_at : 0,
	} };

	if (ci->kept_at == a.keep.deadline_ns && ci->kept_resume == a.keep.resume_ns)
		return true;
	memcpy(a.keep.name, ci->cfg->name, sizeof(a.keep.name));
	if (!emit(c, &a))
		return false;
	ci->kept_at = a.keep.deadline_ns;
	ci->kept_resume = a.keep.resume_ns;
	return true;
}

void circuit_open(struct core *c, struct circuit *ci)
{
	if (ci->gone)
		vlan_leave(c, ci);
	else if (!ci->index)
		circuit_adopt(c, ci);
}

void circuit_end(struct core *c, struct circuit *ci)
{
	struct action a = { .kind = ACT_CIRCUIT, .circuit = { .index = ci->index, .key = ci->by_name.key } };

	if (!ci->gone)
		return;
	if (!vlan_leave(c, ci) || !forced_settle(c, ci) || !circuit_quiet(c, ci) || (ci->row.used && !emit(c, &a)))
		return;
	ci->row.used = false;
	timer_take(c, ci);
	pace_leave(c, ci);
	ci->revert_at = ci->resume_at = 0;
	if (!tell_ended(c, ci) || !keep_timers(c, ci))
		return;
	if (ci->index) {
		c->circuit_by_index[ci->index] = NULL;
		index_drop(&c->circuit_space, ci->index);
	}
	queue_drop(&c->dirty_circuits, &ci->dirty);
	table_del(&c->circuits, &ci->by_name);
	if (ci->ends)
		table_del(&c->follows, &ci->ends->by_follow);
	free(ci->ends);
	ref_put(ci->cfg);
	free(ci);
}

/* ---- fall --------------------------------------------------------------------------------------- */

/* What it shares with others is down and about to rise, but not over the word of another Label Mapping. */
static bool outdated(const struct core *c, const struct circuit *ci, int s)
{
	struct act_slot want;
	bool usable[3];

	if (!ci->pw[s]->signal || !(ci->live >> s & 1))
		return false;
	circuit_kernel_usable(c, ci, usable);
	memset(&want, 0, sizeof(want));
	pw_want_slot(ci->pw[s], &want);
	return !usable[s] && memcmp(&want, &ci->row.slot[s], sizeof(want));
}

/* A fault of its own lowers the PW's flag, and the kernel moves the circuit at once. */
static void circuit_fall(struct core *c, struct circuit *ci)
{
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && (ci->live | ci->unsure) >> s & 1 &&
		    (!pw_flag_wanted(ci->pw[s]) || outdated(c, ci, s)))
			pw_flag(c, ci, s, false);
}

/* ---- account, what the kernel did by itself ----------------------------------------------------- */

/* When the policy's timer is over, or would be if it were started now. A wait cannot have begun later than now, whatever
 * a record of an earlier life of this machine says. */
static uint64_t revert_end(const struct core *c, const struct circuit *ci)
{
	uint64_t since = ci->revert_at && ci->wait_since < c->now_ns ? ci->wait_since : c->now_ns;
	uint64_t up = ci->up_at[circuit_preferred(ci)];
	uint64_t end = since + delay_of(ci), settled = (up ? up : c->now_ns) + SETTLE_NS;

	return end > settled ? end : settled;
}

/* The policy in force and the state of its timer. */
static enum revert policy_of(const struct core *c, const struct circuit *ci)
{
	if (circuit_reroute(ci) == REROUTE_NEVER && circuit_preferred(ci) == SLOT_PRIMARY)
		return REVERT_NEVER;
	return c->now_ns >= (ci->queued ? ci->revert_at : revert_end(c, ci)) ? REVERT_OVER : REVERT_WAITS;
}

/* Adoption changes nothing that is right. */
static enum revert policy(const struct core *c, const struct circuit *ci)
{
	enum revert r = policy_of(c, ci);

	return ci->seeded && !c->ran && r == REVERT_OVER ? REVERT_WAITS : r;
}

static void delay_run(struct core *c, struct circuit *ci, bool wait)
{
	uint64_t end = revert_end(c, ci);

	if (!wait || end > c->now_ns)
		pace_leave(c, ci);
	if (wait && (!ci->revert_at || ci->wait_since > c->now_ns))
		ci->wait_since = c->now_ns;
	if (!ci->queued)
		ci->revert_at = wait ? end : 0;
}

/* The preferred slot that carried fails: for so long it is waited for. Not if the operator took it out. */
static enum hold hold_of(const struct core *c, const struct circuit *ci)
{
	if (!circuit_holdoff(ci) || ci->carried != SLOT_PRIMARY || pw_fault(ci->pw[SLOT_PRIMARY]))
		return HOLD_NONE;
	return ci->hold_over || (ci->hold_at && c->now_ns >= ci->hold_at) ? HOLD_OVER : HOLD_WAITS;
}

static void hold_run(const struct core *c, struct circuit *ci, enum hold hold, bool run)
{
	uint64_t end = c->now_ns + circuit_holdoff(ci);

	ci->hold_over = hold == HOLD_OVER && ci->sends == SLOT_NONE;
	if (!run)
		ci->hold_at = 0;
	else if (!ci->hold_at || ci->hold_at > end)
		ci->hold_at = end;
}

/* A notice in answer to one of that very PE, which is as we are, has the other's answer: the two would never end. */
static bool answers_notice(const struct circuit *ci)
{
	const struct pw *p = ci->pw[SLOT_PRIMARY];

	return p->peer == ci->pw[SLOT_SECONDARY]->peer && p->reason == REASON_FORWARDING;
}

/* The circuit went @back to the primary from a secondary that could carry: that one's far end is told. What is told of it
 * ends with the timer, or with the primary. */
static void resume_run(const struct core *c, struct circuit *ci, bool back)
{
	uint64_t end = c->now_ns + circuit_resume(ci);

	if (!circuit_has_resume(ci) || ci->sends != SLOT_PRIMARY)
		ci->resume_at = 0;
	else if ((back && !ci->pw[SLOT_SECONDARY]->signal->no_status && !answers_notice(ci)) || ci->resume_at > end)
		ci->resume_at = end;
}

/* Not before it was told: the notice and its end are two messages, however short it is. */
static void resume_ends(const struct core *c, struct circuit *ci)
{
	const struct signal *sig = ci->pw[SLOT_SECONDARY] ? ci->pw[SLOT_SECONDARY]->signal : NULL;

	if (!sig || (c->now_ns >= ci->resume_at && (!sig->told_pw || sig->told_status & LDP_PW_NOT_FORWARDING)))
		ci->resume_at = 0;
}

/* Why a PW went down by @cause, or up when @cause had been the last to keep it down. */
static void cause_event(const struct pw *pw, enum cause cause, bool up, struct core_event *e)
{
	static const struct { enum reason down, up; enum detector detector; } of[CAUSE__N] = {
		[CAUSE_FAULT]		= { REASON_MANUAL_SET, REASON_MANUAL_CLEAR, DET_CONFIG },
		[CAUSE_SESSION]		= { REASON_LDP_DOWN, REASON_LDP_UP, DET_LDP },
		[CAUSE_MTU]		= { REASON_MTU_UNMATCHED, REASON_MTU_MATCHED, DET_LDP },
		[CAUSE_VLAN]		= { REASON_MAPPING_MISMATCH, REASON_MAPPING_MATCH, DET_LDP },
		[CAUSE_REMOTE_AC]	= { REASON_REMOTE_AC_FAULT, REASON_REMOTE_AC_OK, DET_LDP },
		[CAUSE_REMOTE_PSN]	= { REASON_PSN_FAULT, REASON_PSN_OK, DET_LDP },
		[CAUSE_NOT_FORWARDING]	= { REASON_NOT_FORWARDING, REASON_FORWARDING, DET_LDP },
	};
	const struct path *path = pw->peer->path;

	e->reason = up ? of[cause].up : of[cause].down;
	e->detector = of[cause].detector;
	if (e->reason)
		return;
	if (pw->signal && cause != CAUSE_PATH) {	/* the far end's word, or the lack of it */
		e->reason = pw->signal->reason ? pw->signal->reason : up ? REASON_MAPPING : REASON_WITHDRAW;
		e->detector = DET_LDP;
		return;
	}
	e->reason = path && path->reason ? path->reason : up ? REASON_TUNNEL_UP : REASON_TUNNEL_DOWN;
	e->detector = path ? path->detector : pw->peer->by_ldp ? DET_LDP : DET_CONFIG;
}

/* By policy: what came back, unless it had been there before. */
static void revert_cause(const struct circuit *ci, const struct pw *taken, struct core_event *e)
{
	if (ci->revert_at && delay_of(ci)) {
		e->reason = REASON_DELAY_OVER;
		e->detector = DET_TIMER;
	} else if (taken->fault_told && !pw_fault(taken)) {
		e->reason = REASON_MANUAL_CLEAR;
		e->detector = DET_CONFIG;
	} else if (!taken->up) {
		cause_event(taken, taken->cause, true, e);
	} else if (ci->revert_at && taken->up_ns >= ci->wait_since) {	/* and has settled since */
		e->reason = taken->reason;
		e->detector = taken->detector;
	} else if (ci->cfg->switchover && taken->slot == SLOT_SECONDARY) {
		e->reason = REASON_MANUAL_SET;
		e->detector = DET_CONFIG;
	} else if (ci->revert_at && taken->signal) {			/* it was but idle */
		e->reason = taken->signal->reason;
		e->detector = DET_LDP;
	} else {
		e->reason = taken->reason;
		e->detector = DET_CONFIG;
	}
}

/* What was sent by the PW that is left may be lost: it does not carry, or the kernel found it down. */
static bool has_failed(const struct circuit *ci, const struct pw *left, enum cause cause)
{
	bool fell = ci->moved_ns > ci->switched_ns && ci->moved != left->slot;

	return cause == CAUSE_NONE ? fell : cause != CAUSE_FAULT;
}

/* Why the circuit left @from for @to, as far as the two slots can tell. */
static void switch_cause(const struct circuit *ci, enum slot from, enum slot to, struct core_event *e)
{
	const struct pw *left = ci->pw[from], *taken = ci->pw[to];
	enum cause cause = left ? pw_cause_now(left) : CAUSE_NONE;

	e->failed = left && has_failed(ci, left, cause);
	if (!left) {
		e->reason = REASON_PW_DELETED;
		e->detector = DET_CONFIG;
	} else if (cause == CAUSE_NONE && pw_idle(left) && !signal_standby(left)) {	/* by this end's word */
		e->reason = REASON_NOT_FORWARDING;
		e->detector = role_standby(ci) ? DET_CONFIG : DET_LDP;
	} else if (cause != CAUSE_NONE || pw_idle(left)) {
		cause_event(left, cause, false, e);
	} else if (taken) {
		revert_cause(ci, taken, e);
	}
}

static bool note_sends(struct core *c, struct circuit *ci, enum slot sends)
{
	if (sends != SLOT_NONE && ci->carried != SLOT_NONE && sends != ci->carried) {
		struct action forget = { .kind = ACT_MAC_WITHDRAW, .mac_withdraw = { ci->index * 4 + sends } };
		struct core_event e = { .from = (uint8_t)ci->carried, .to = (uint8_t)sends, .when_ns = c->now_ns,
					.circuit = ci->index };

		if (ci->moved == sends && ci->moved_ns > ci->switched_ns)
			e.when_ns = ci->moved_ns;
		switch_cause(ci, ci->carried, sends, &e);
		const struct signal *sig = ci->pw[sends] ? ci->pw[sends]->signal : NULL;

		if (sig && sig->told_pw && !ci->cfg->mac_withdraw_off && !emit(c, &forget))
			return false;
		if (!emit_event(c, CEV_SWITCH, ci->cfg->name, &e))
			return false;
		ci->switched_ns = e.when_ns;
		ci->switched_from = ci->carried;
		ci->switched_to = sends;
		ci->switch_reason = e.reason;
		ci->switch_detector = e.detector;
		ci->switches++;
	}
	ci->sends = sends;
	if (sends != SLOT_NONE)
		ci->carried = sends;
	return true;
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
	struct verdict v = circuit_verdict(ci, nothing, ci->sends, REVERT_NEVER, HOLD_NONE);

	if (ci->sends == SLOT_NONE && circuit_holdoff(ci))
		ci->carried = SLOT_PRIMARY;	/* as far as is known: holdoff begins again */
	if (ci->revert_at && ci->wait_since <= c->now_ns)
		ci->up_at[circuit_preferred(ci)] = ci->wait_since;
	if (ci->sends == SLOT_NONE)		/* flags that rise are not to wake what is written there */
		v.next[0] = v.next[1] = v.next[2] = SLOT_NONE;
	emit_steer(c, ci, ci->sends, v.next);
}

/* A group rises with a path that its row names, though that one leads another FEC now, or alone. */
static bool may_rise(const struct path *way)
{
	const struct group *g = way->group ? group_of(way) : NULL;
	struct path_row row;
	bool some = path_want(way, &row);

	for (uint16_t i = 0; g && !g->adopt && i < g->n_told; i++)
		some |= path_want(g->told[i], &row);
	return some;
}

/* Slots that may start to carry in this run: by a flag of the path they have, or by another path. */
static int rising(const struct core *c, const struct circuit *ci)
{
	int n = 0;

	for (int s = 0; s < 3; s++) {
		const struct path *p = way_at(c, ci->row.slot[s].path, ci->row.slot[s].group);

		n += pw_usable(ci->pw[s]) || (ci->live >> s & 1 && p && may_rise(p));
	}
	return n;
}

/* Its slot may be empty yet when it is signalled; it is one all the same. */
static bool has(const struct circuit *ci, enum slot s)
{
	return ci->row.slot[s].label || (ci->pw[s] && ci->pw[s]->signal);
}

/* What has failed has to settle again, though it may be about to rise. */
static void account_fallen(struct core *c, struct circuit *ci, const struct verdict_in *in, bool moved)
{
	for (int s = 0; s < SLOT_BYPASS; s++)
		if (!in->usable[s] || (moved && ci->active == (enum slot)s))
			ci->up_at[s] = 0;
	if (!ci->up_at[in->preferred])
		delay_run(c, ci, false);
	if (!ci->up_at[SLOT_PRIMARY])
		ci->resume_at = 0;
}

/* In the terms of the rows the kernel has now, whatever the configuration wants next. A circuit that sends
 * nothing while two of its flags rise, one after the other, is not to pass over the one on its way to the
 * other: it waits without a fall-back. */
static void account(struct core *c, struct circuit *ci)
{
	struct verdict_in in = {
		.has_secondary = has(ci, SLOT_SECONDARY),
		.has_bypass = has(ci, SLOT_BYPASS),
		.ac_up = ci->ac_up,
		.preferred = circuit_preferred(ci),
		.revert = REVERT_NEVER,
		.holds = circuit_holdoff(ci),
		.requested = SLOT_NONE,
	};

	if (ci->seeded) {
		account_adopted(c, ci);
		return;
	}
	if (!ci->row.used || !ci->steered)
		return;
	circuit_kernel_usable(c, ci, in.usable);
	in.active = circuit_sends(c, ci);
	bool moved = ci->moved_ns > ci->switched_ns && in.usable[ci->moved];

	in.active = moved ? ci->moved : in.active;
	if (!note_sends(c, ci, in.active))
		return;
	ci->moved_ns = 0;			/* heard; by the next time it may be long past */
	account_fallen(c, ci, &in, moved);
	in.hold = hold_of(c, ci);
	struct verdict v = verdict(&in);

	if (in.active == SLOT_NONE && rising(c, ci) > 1)
		v.next[0] = v.next[1] = v.next[2] = SLOT_NONE;
	steer_if_other(c, ci, &v);
}

void circuit_account(struct core *c, struct circuit *ci)
{
	if (!ci->index && !circuit_number(c, ci))
		c->err = -ENOMEM;
	role_settle(c, ci);
	for (int s = 0; s < 3; s++)
		if (ci->pw[s])
			signal_open(c, ci->pw[s]);
	circuit_fall(c, ci);
	resume_ends(c, ci);
	if (!c->err)
		account(c, ci);
	ci->rising = 0;
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && !(ci->live >> s & 1) && pw_flag_wanted(ci->pw[s]))
			ci->rising |= (uint8_t)(1u << s);
}

/* ---- build -------------------------------------------------------------------------------------- */

/* Its word is in use, or named, and what comes is no better. A flag that is down may be about to rise: not over
 * an old word. */
static bool keeps_word(const struct circuit *ci, int s)
{
	return ci->row.slot[s].label && (!ci->pw[s] || (ci->live >> s & 1 && !pw_carries(ci->pw[s])));
}

/* New slots go in; one that will not be able to carry keeps its old word until the circuit has left it. */
static void circuit_build(struct core *c, struct circuit *ci)
{
	struct act_circuit row;

	circuit_want(ci, &row);
	for (int s = 0; ci->row.used && s < 3; s++)
		if (keeps_word(ci, s))
			row.slot[s] = ci->row.slot[s];
	emit_row(c, ci, &row);
}

void label_write(struct core *c, struct label *l)
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
		if (ci->pw[s] && ci->rising >> s & 1 && pw_flag_wanted(ci->pw[s]))
			pw_flag(c, ci, s, true);
}

/* ---- steer -------------------------------------------------------------------------------------- */

static void usable_now(const struct circuit *ci, bool usable[3])
{
	for (int s = 0; s < 3; s++)
		usable[s] = ci->live >> s & 1 && pw_carries(ci->pw[s]);
}

static void usable_since(const struct core *c, struct circuit *ci, const bool usable[3])
{
	for (int s = 0; s < SLOT_BYPASS; s++)
		ci->up_at[s] = !usable[s] ? 0 : ci->up_at[s] ? ci->up_at[s] : c->now_ns;
}

static void circuit_steer(struct core *c, struct circuit *ci)
{
	bool usable[3];

	usable_now(ci, usable);
	enum hold hold = hold_of(c, ci);
	enum slot was = ci->sends;
	struct verdict v = circuit_verdict(ci, usable, was, policy(c, ci), hold);
	bool back = was < SLOT_BYPASS && v.active != was && usable[was];	/* by policy, and for nothing else */

	if (back && !pace_take(c, ci)) {
		v = circuit_verdict(ci, usable, was, REVERT_WAITS, hold);
		back = false;
	}
	if (!steer_if_other(c, ci, &v) || !note_sends(c, ci, usable[v.active] ? v.active : SLOT_NONE))
		return;
	usable_since(c, ci, usable);
	delay_run(c, ci, v.wait);
	hold_run(c, ci, hold, v.hold);
	resume_run(c, ci, back);
	ci->standby = (uint8_t)(v.standby[SLOT_PRIMARY] | v.standby[SLOT_SECONDARY] << 1);
}

/* Labels point to rows that are there, flags are raised on slots that are there, and steered is to both. */
void circuit_make(struct core *c, struct circuit *ci)
{
	circuit_build(c, ci);
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && ci->pw[s]->label)
			label_write(c, ci->pw[s]->label);
	circuit_flags_up(c, ci);
	circuit_steer(c, ci);
	vlan_unbind(c, ci);
}

/* An adopted circuit that its policy would move: with the next round, when adoption is over. */
static bool held_back(const struct core *c, const struct circuit *ci)
{
	bool usable[3];

	if (c->ran || !ci->seeded)
		return false;
	usable_now(ci, usable);
	struct verdict v = circuit_verdict(ci, usable, ci->sends, policy_of(c, ci), hold_of(c, ci));

	return v.active != ci->active;
}

/* ---- clear -------------------------------------------------------------------------------------- */

static void circuit_flags_down(struct core *c, struct circuit *ci)
{
	for (int s = 0; s < 3; s++)
		if (!ci->pw[s] && (ci->live | ci->unsure) >> s & 1)
			pw_flag(c, ci, s, false);
}

void circuit_bind(struct core *c, struct circuit *ci)
{
	vlan_bind(c, ci);
	circuit_flags_down(c, ci);
}

void label_finish(struct core *c, struct label *l)
{
	if (l->pw || l->lsp || l->fec) {
		queue_end(&c->dirty_labels, &l->dirty);
	} else if (label_clear(c, l)) {
		if (!label_rest(c, l->label)) {
			c->err = -ENOMEM;
			return;
		}
		queue_drop(&c->dirty_labels, &l->dirty);
		table_del(&c->labels, &l->by_label);
		free(l);
	}
}

/* ---- tell --------------------------------------------------------------------------------------- */

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
	enum cause cause = pw_cause_now(pw);
	bool up = cause == CAUSE_NONE;
	struct core_event e = { .slot = (uint8_t)pw->slot, .from = pw->up, .to = up };

	if (!pw->created_ns) {
		pw->created_ns = pw->changed_ns = c->now_ns;
		pw->reason = REASON_PW_CREATED;
		pw->detector = DET_CONFIG;
	}
	if (up == pw->up && !pw->recreated) {
		pw->cause = cause;
		return true;
	}
	cause_event(pw, up ? pw->fault_told ? CAUSE_FAULT : pw->cause : cause, up, &e);
	if (pw->recreated) {
		e.reason = REASON_PW_RECREATED;
		e.detector = DET_CONFIG;
	}
	if (!emit_event(c, CEV_PW, pw->circuit->cfg->name, &e))
		return false;
	pw->cause = cause;
	pw->created_ns = pw->recreated ? c->now_ns : pw->created_ns;
	pw->recreated = false;
	pw->reason = e.reason;
	pw->detector = e.detector;
	pw_time(c, pw, up);
	return true;
}

static bool tell_fault(struct core *c, struct pw *pw)
{
	bool set = pw_fault(pw);
	struct core_event e = {
		.slot = (uint8_t)pw->slot, .from = !set, .to = set, .detector = DET_CONFIG,
		.reason = set ? REASON_MANUAL_SET : REASON_MANUAL_CLEAR,
	};

	if (set != pw->fault_told && !emit_event(c, CEV_MANUAL, pw->circuit->cfg->name, &e))
		return false;
	pw->fault_told = set;
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

static void circuit_tell(struct core *c, struct circuit *ci)
{
	forced_settle(c, ci);
	tell_ac(c, ci);
	tell_ended(c, ci);
	role_tell(c, ci);
	alarms_tell(c, ci);
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && ci->pw[s]->signal)
			ci->pw[s]->signal->stood = pw_cause(ci->pw[s]) == CAUSE_NONE;
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && tell_pw(c, ci->pw[s]) && tell_fault(c, ci->pw[s]))
			signal_tell(c, ci->pw[s]);
	keep_timers(c, ci);
}

/* A path may have fallen since its flags were looked at, in a session that is held: what waits now has a flag yet. */
static bool fell_late(const struct circuit *ci)
{
	for (int s = 0; s < 3; s++)
		if (ci->pw[s] && ci->live >> s & 1 && !pw_flag_wanted(ci->pw[s]))
			return true;
	return false;
}

void circuit_finish(struct core *c, struct circuit *ci)
{
	struct act_circuit row;

	circuit_want(ci, &row);
	emit_row(c, ci, &row);
	circuit_tell(c, ci);
	if (c->err)
		return;
	if (held_back(c, ci) || fell_late(ci))
		circuit_dirty(c, ci);
	ci->seeded = false;
	timer_fit(c, ci);
	queue_end(&c->dirty_circuits, &ci->dirty);
}
