/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diag_protect.c: diagnosis of protection: where the circuit sends and when it goes back, whether the other pseudowire
 * would take over now, and what the two far ends said that does not fit together.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/diag.h"

static const char *fault_of(unsigned slot)
{
	return slot == SLOT_SECONDARY ? " secondary" : "";
}

static void peer_text(char out[16], const struct show_pw *pw)
{
	struct text t = { 0 };

	put_ip(&t, pw->peer);
	snprintf(out, 16, "%s", t.v ? t.v : "--");
	text_free(&t);
}

/* ---- where it sends, and the way back -------------------------------------------------------------------------- */

/* It sends where it is to: what may surprise all the same. */
static void at_home(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;

	if (c->resume_at_ns)
		NOTE(f, "the far end of the secondary is told to forward again in %" PRIu32 " s (resume)",
		     seconds_left(c->resume_at_ns, s->now_ns));
	else if (c->cfg->switchover && c->preferred == SLOT_SECONDARY)
		NOTE(f, "switchover holds it there; do, to return: undo mpls l2vpn switchover on %s", c->name);
	else if (c->preferred == SLOT_SECONDARY)
		NOTE(f, "a request for a switchover, or the lower VC ID of two pseudowires to one peer, prefers it");
}

static void way_back(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;
	const struct show_pw *home = &c->pw[c->preferred];
	const char *name = slot_name(c->preferred);
	uint32_t left = seconds_left(c->revert_at_ns, s->now_ns);
	char peer[16];

	peer_text(peer, home);
	if (left && c->revert_queued)
		NOTE(f, "revert queued, %" PRIu32 " s: very many circuits go back at the pace of mpls l2vpn reroute-rate",
		     left);
	else if (left)
		NOTE(f, "reverts to the %s in %" PRIu32 " s", name, left);
	else if (home->manual_fault)
		NOTE(f, "manual fault keeps the %s down; do, to return: undo manual-set pw-ac-fault%s on %s", name,
		     fault_of(c->preferred), c->name);
	else if (!home->up)
		IS_MORE(f, "; the %s is down", name);
	else if (home->signal.standby)
		NOTE(f, "%s says standby on the %s: goes back when it says active", peer, name);
	else if (c->reroute == REROUTE_NEVER)
		NOTE(f, "stays there though the %s is up; do, to return: mpls l2vpn reroute immediately on %s", name,
		     c->name);
}

static void protection(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;
	const struct circuit_rec r = { .c = c };
	struct text policy = { 0 };

	if ((f->skip = !c->pw[SLOT_SECONDARY].present))
		return;
	circuit_put_reroute(&policy, &r);
	IS(f, "sends on %s, reroute policy %s", slot_name(c->active), policy.v ? policy.v : "--");
	text_free(&policy);
	if (c->active == c->preferred)
		at_home(s, f);
	else if (c->active == SLOT_PRIMARY || c->active == SLOT_SECONDARY)
		way_back(s, f);
}

/* ---- the mode ------------------------------------------------------------------------------------------------- */

static const struct show_pw *without_status(const struct show_circuit *c)
{
	for (unsigned i = 0; i < 3; i++)
		if (c->pw[i].present && c->pw[i].signal.mapped && c->pw[i].signal.no_status)
			return &c->pw[i];
	return NULL;
}

static bool has_static(const struct show_circuit *c)
{
	bool any = false;

	for (unsigned i = 0; i < 3; i++)
		any |= c->pw[i].present && !is_signalled(&c->pw[i]);
	return any;
}

static void mode(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;
	const struct show_pw *mute = without_status(c);
	char peer[16];

	if ((f->skip = c->redundancy == REDUNDANCY_FRR && c->redundancy_now == REDUNDANCY_FRR))
		return;
	IS(f, "%s", mode_word(c->redundancy_now));
	if (c->redundancy == REDUNDANCY_FRR)
		IS_MORE(f, ", by mpls l2vpn ac-role");
	if (!mode_is_lost(c))
		return;
	IS_MORE(f, ", though %s is configured", mode_word(c->redundancy));
	if (has_static(c)) {
		NOTE(f, "far ends of static pseudowires are told no role; do: mpls l2vc in place of mpls static-l2vc");
	} else if (!is_protected(c)) {
		NOTE(f, "it needs a second pseudowire; do: mpls l2vc PEER VC-ID secondary on %s", c->name);
	} else if (mute) {
		peer_text(peer, mute);
		NOTE(f, "%s does not use PW status; do: enable it there (not the martini mode)", peer);
	} else {
		NOTE(f, "it comes into force when every peer uses PW status");
	}
}

/* FRR at both ends of the same two. */
static void receives(const struct subject *s, struct finding *f)
{
	char peer[16];

	if ((f->skip = !lacks_dual(s->c)))
		return;
	peer_text(peer, &s->c->pw[SLOT_PRIMARY]);
	IS(f, "by the pseudowire that sends alone");
	NOTE(f, "both lead to %s, which may choose the other one: its frames are dropped then; do: mpls l2vpn "
	     "stream-dual-receiving at both ends", peer);
}

/* ---- would it take over now? ---------------------------------------------------------------------------------- */

/* Why the pseudowire in @slot, which is there, could not carry. */
static void cannot(const struct subject *s, unsigned slot, struct finding *f)
{
	const struct show_circuit *c = s->c;
	const struct show_pw *pw = &c->pw[slot];
	const char *name = slot_name(slot);
	char peer[16];

	peer_text(peer, pw);
	if (pw->manual_fault) {
		IS(f, "no: manual fault is set on the %s", name);
		WRONG(f, "not set", "undo manual-set pw-ac-fault%s on %s", fault_of(slot), c->name);
	} else if (!pw->up) {
		IS(f, "no: the %s is down: %.150s", name, *pw->why ? pw->why : "no reason is known");
		WRONG(f, "up", "its first line above that is wrong");
	} else if (pw->signal.standby && c->redundancy_now == REDUNDANCY_INDEPENDENT) {
		IS(f, "when %s says active: the far ends decide, now it says standby", peer);
	} else if (pw->signal.standby) {
		IS(f, "no: %s says standby on the %s", peer, name);
		WRONG(f, "0x0", "the cause of standby at %s, or ignore-standby-state in the line of the %s", peer,
		      name);
	} else {
		IS(f, "no: the %s is up, but cannot send%s%.150s", name, *pw->why ? ": " : "", pw->why);
		WRONG(f, "usable", "display logbuffer; display mpls l2vc interface %s", c->name);
	}
}

/* Nothing sends. */
static void nobody(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;
	bool up = c->pw[SLOT_PRIMARY].up || c->pw[SLOT_SECONDARY].up;

	if (up && c->role_standby && !role_is_lost(c)) {
		IS(f, "no: this end is standby, the other PE of the customer carries");
		return;
	}
	IS(f, "no: no pseudowire is usable%s", up ? ", though one is up" : "");
	if (up)
		WRONG(f, "one whose far end is active", "the lines of remote status: the far ends say standby");
	else
		WRONG(f, "one that is", "the first line above that is wrong");
}

/* A PE whose pseudowire the far end keeps in reserve sends by the bypass to the one that carries. */
static void on_bypass(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;
	char peer[16];

	for (unsigned i = 0; i < SLOT_BYPASS; i++) {
		if (!c->pw[i].up || !c->pw[i].signal.standby)
			continue;
		peer_text(peer, &c->pw[i]);
		IS(f, "when %s says active; until then frames go by the bypass", peer);
		return;
	}
	IS(f, "no: it is on the bypass, the last resort");
	WRONG(f, "another that is usable", "the first line above that is wrong");
}

static void would(const struct subject *s, unsigned slot, struct finding *f)
{
	const struct show_circuit *c = s->c;

	IS(f, "yes, to the %s", slot_name(slot));
	if (c->holdoff && c->active == SLOT_PRIMARY && c->preferred == SLOT_PRIMARY) {
		IS_MORE(f, " when the primary has been down for %u s (holdoff)", c->holdoff);
		NOTE(f, "frames are lost meanwhile");
	}
}

/* It could carry, but the other one does by a request: which is over when that fails. */
static bool set_aside(const struct show_circuit *c, unsigned slot)
{
	const struct show_pw *pw = &c->pw[slot];

	return c->redundancy_now == REDUNDANCY_INDEPENDENT && pw->present && pw->up && !pw->signal.standby && !c->role_standby;
}

static void takeover(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;
	unsigned to = c->active == SLOT_PRIMARY ? SLOT_SECONDARY : SLOT_PRIMARY;

	if ((f->skip = !is_protected(c)))
		return;
	if (c->holdoff_at_ns && !c->pw[SLOT_SECONDARY].up && !c->pw[SLOT_BYPASS].up) {
		cannot(s, SLOT_SECONDARY, f);	/* what the timer waits for brings nothing */
	} else if (c->holdoff_at_ns) {
		IS(f, "in %" PRIu32 " s: the %s has failed, holdoff runs", seconds_left(c->holdoff_at_ns, s->now_ns),
		   slot_name(c->preferred));
		NOTE(f, "do, not to wait: undo mpls l2vpn holdoff on %s", c->name);
	} else if (c->active == SLOT_NONE) {
		nobody(s, f);
	} else if (c->active == SLOT_BYPASS) {
		on_bypass(s, f);
	} else if (c->pw[to].present && c->pw[to].standby_usable) {
		would(s, to, f);
	} else if (set_aside(c, to)) {
		IS(f, "yes, to the %s, which a request for a switchover has set aside", slot_name(to));
	} else if (c->pw[SLOT_BYPASS].standby_usable) {
		would(s, SLOT_BYPASS, f);
	} else {
		cannot(s, c->pw[to].present ? to : SLOT_BYPASS, f);
	}
}

/* ---- what the two far ends said --------------------------------------------------------------------------------- */

static bool far_of(const struct subject *s, unsigned slot, struct show_remote_pw *far)
{
	const struct show_pw *pw = &s->c->pw[slot];

	return s->e->ldp && pw->present && is_signalled(pw) && pw->peer &&
	       ldp_show_pw(s->e->ldp, pw->peer, pw_type(pw), pw->cfg.vc_id, far) && far->mapped;
}

static void parity(const struct subject *s, struct finding *f)
{
	static const char *const wish[] = { "not wanted", "wanted" };
	struct show_remote_pw p, q;

	if ((f->skip = !far_of(s, SLOT_PRIMARY, &p) || !far_of(s, SLOT_SECONDARY, &q)))
		return;
	IS(f, "far ends of primary and secondary: MTU %u and %u, control word %s and %s, VCCV 0x%x and 0x%x",
	   p.mtu, q.mtu, wish[p.c_bit], wish[q.c_bit], p.vccv, q.vccv);
	if (p.mtu != q.mtu)
		WRONG(f, "the same MTU", "the same mtu at both far ends, and on %s", s->c->name);
	else if (p.c_bit != q.c_bit)
		WRONG(f, "the same control word", "the same option at both far ends, or frames are lost when it is "
		      "switched");
	else if (p.vccv != q.vccv)
		NOTE(f, "ping vc and BFD may do on one what they cannot on the other");
}

/* ---- this end --------------------------------------------------------------------------------------------------- */

static void role(const struct subject *s, struct finding *f)
{
	const struct circuit_rec r = { .c = s->c };
	struct text t = { 0 };

	if ((f->skip = !circuit_has_role(&r)))
		return;
	circuit_put_role(&t, &r);
	IS(f, "%s", t.v ? t.v : "--");
	text_free(&t);
	if (role_is_lost(s->c))
		NOTE(f, "nobody is told, and frames are sent all the same: a peer does not use PW status; do: enable it "
		     "there (not the martini mode)");
	else if (s->c->role_standby && s->c->cfg->ac_role == AC_ROLE_FOLLOW)
		NOTE(f, "far ends are told standby (0x20); active when what moves the address (keepalived, vrrpd) "
		     "brings it here");
	else if (s->c->role_standby)
		NOTE(f, "far ends are told standby (0x20); do, to carry here: mpls l2vpn ac-role active on %s",
		     s->c->name);
}

static void forced(const struct subject *s, struct finding *f)
{
	if ((f->skip = !s->c->cfg->trigger_if_down && !s->c->forced_down))
		return;
	IS(f, "%s", s->c->forced_down ? "the port is held down: no pseudowire is up" : "does not hold the port down");
	if (s->c->forced_down)
		WRONG(f, "a pseudowire that is up", "the first line of one that is wrong; the port comes back by "
		      "itself");
}

static void request(const struct subject *s, struct finding *f)
{
	const struct show_circuit *c = s->c;
	char peer[16];

	if ((f->skip = !c->request_at_ns || c->requested == SLOT_NONE))
		return;
	peer_text(peer, &c->pw[c->requested]);
	IS(f, "%s is asked to carry on the %s", peer, slot_name(c->requested));
	NOTE(f, "it has %" PRIu32 " s to agree", seconds_left(c->request_at_ns, s->now_ns));
}

const struct condition protect_conditions[] = {
	{ "protection",		protection },
	{ "mode",		mode },
	{ "receives",		receives },
	{ "take over now",	takeover },
	{ "parity",		parity },
	{ "AC role",		role },
	{ "forced port",		forced },
	{ "request",		request },
};
const size_t n_protect_conditions = N_OF(protect_conditions);

/* ---- alarms ----------------------------------------------------------------------------------------------------- */

static const struct { const char *need, *todo; } alarms[ALARM__N] = {
	[ALARM_TWO_MASTERS] = { "one master", "undo mpls l2vpn redundancy master at one of the two ends" },
	[ALARM_BOTH_ACTIVE] = { "one that is active", "look at the far ends: do they see each other (VRRP, E-Trunk)? "
				"else mpls l2vpn ac-role standby at one of them" },
	[ALARM_NONE_ACTIVE] = { "one that is active", "look at the far ends' roles, and at the AC role here: one "
				"pseudowire must be active at both its ends" },
	[ALARM_NO_STATUS] = { "PW status", "enable PW status at the peer (not the martini mode), or undo mpls "
			     "l2vpn redundancy MODE" },
	[ALARM_PARITY] = { "the same at both", "the same mtu and control word at both far ends: the line of parity" },
};

static void alarm(const struct subject *s, struct finding *f)
{
	if ((f->skip = !(s->c->alarms >> s->alarm & 1)))
		return;
	IS(f, "%.300s", core_alarm_text(s->alarm));
	WRONG(f, alarms[s->alarm].need, "%s", alarms[s->alarm].todo);
}

const struct condition alarm_condition = { "alarm", alarm };
