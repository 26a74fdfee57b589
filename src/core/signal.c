/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signal.c: what a pseudowire of kind PW_LDP has besides: what its far end told (facts), what the far end was told
 * (mirror of ACT_SIGNAL), what of both keeps it down, and the status bits it is to signal. RFC 8077, FEC 128.
 */
#include <stdlib.h>
#include <string.h>

#include "core/run.h"
#include "wire/ldp.h"

#define LABEL_FIRST	16		/* below it labels mean something else (RFC 3032, 2.1) */
#define LABEL_LAST	0xfffff
#define NOT_USABLE	(LDP_PW_NOT_FORWARDING | AC_FAULT | PSN_FAULT)
#define AC_FAULT	(LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT)
#define PSN_FAULT	(LDP_PW_PSN_RX_FAULT | LDP_PW_PSN_TX_FAULT)

/* ---- life --------------------------------------------------------------------------------------- */

void signal_join(struct core *c, struct pw *pw)
{
	if (pw->signal)
		return;
	pw->signal = pool_take(&c->signal_pool);
	if (pw->peer)
		peer_signals(c, pw->peer, 1);
}

void signal_leave(struct core *c, struct pw *pw)
{
	struct signal *sig = pw->signal;

	if (!sig)
		return;
	pw->signal = NULL;
	if (pw->peer)
		peer_signals(c, pw->peer, -1);
	list_del(&sig->urgent);
	if (sig->told_pw)
		list_add(&c->ended, &sig->urgent);
	else
		free(sig);
}

void signal_void(struct core *c, struct pw *pw)
{
	struct signal *sig = pw->signal;

	sig->mapped = sig->held = sig->no_status = false;
	sig->label = sig->status = sig->mtu = sig->vlan = 0;
	sig->reason = REASON_NONE;
	if (pw->label)
		label_release(c, pw->label);
	pw->label = NULL;
	sig->anew = true;		/* it may get its name back before the far end has heard of another */
}

void signal_hold(struct core *c, struct pw *pw, const struct act_slot *word)
{
	struct signal *sig = pw->signal;
	struct peer *p = pw->peer;

	if (!c->recovering || !sig || sig->mapped || !word->label || !word->guard || word->tagged != pw_tagged(pw) ||
	    p->session == SESSION_DOWN || p->sessions)
		return;
	if (!p->guard && guard_number(c, p, word->guard)) {
		p->seeded = true;		/* it is up there */
		p->lower = false;
	}
	sig->mapped = sig->held = true;
	sig->session = p->sessions;
	sig->label = word->label;
	sig->control_word = word->control_word;
}

/* ---- what the far end says ---------------------------------------------------------------------- */

uint16_t signal_type(bool tagged)
{
	return tagged ? LDP_PW_ETHERNET_TAGGED : LDP_PW_ETHERNET;
}

bool signal_mapped(const struct pw *pw)
{
	return pw->signal->mapped && pw->signal->session == pw->peer->sessions;
}

bool signal_standby(const struct pw *pw)
{
	const struct signal *sig = pw->signal;

	return sig && signal_mapped(pw) && sig->status & LDP_PW_STANDBY && !pw_cfg(pw)->ignore_standby;
}

/* A VLAN asked for is not rewritten into another: it is the one of the AC, or the PW stays down (RFC 4448, 4.3). */
static bool vlan_fits(const struct pw *pw)
{
	uint16_t vlan = pw->signal->vlan;

	return !vlan || !pw_tagged(pw) || (pw->circuit->cfg->parent[0] && vlan == pw->circuit->cfg->vlan);
}

static enum cause status_cause(uint32_t status)
{
	return status & AC_FAULT ? CAUSE_REMOTE_AC : status & PSN_FAULT ? CAUSE_REMOTE_PSN :
	       status & LDP_PW_NOT_FORWARDING ? CAUSE_NOT_FORWARDING : CAUSE_NONE;
}

enum cause signal_cause(const struct pw *pw)
{
	const struct signal *sig = pw->signal;

	if (!pw->label || !pw->peer->guard)
		return CAUSE_LABEL;
	if (!signal_mapped(pw))
		return CAUSE_UNMAPPED;
	if (sig->held)				/* it carried */
		return CAUSE_NONE;
	if (sig->mtu != pw_mtu(pw))
		return CAUSE_MTU;
	return vlan_fits(pw) ? status_cause(sig->status) : CAUSE_VLAN;
}

static bool same_name(const struct pw *pw)
{
	const struct signal *sig = pw->signal;

	return sig->told_peer == pw->peer->addr && sig->told_id == pw_cfg(pw)->vc_id &&
	       sig->told_tagged == pw_tagged(pw) && sig->told_pw == pw->circuit->index * 4 + pw->slot;
}

static struct pw *pw_at(const struct core *c, uint32_t n)
{
	struct circuit *ci = circuit_at(c, n / 4);

	return ci && !ci->gone && n % 4 < 3 ? ci->pw[n % 4] : NULL;
}

static void fall_soon(struct core *c, const struct pw *pw)
{
	if ((pw->circuit->live | pw->circuit->unsure) >> pw->slot & 1 && !pw_flag_wanted(pw))
		list_add(&c->urgent_signals, &pw->signal->urgent);
}

static bool known(const struct pw *pw, const struct fact_remote *r)
{
	const struct signal *sig = pw->signal;

	return signal_mapped(pw) && !sig->held && sig->label == r->label && sig->status == r->status &&
	       sig->no_status == r->no_status && sig->mtu == r->mtu && sig->vlan == r->vlan &&
	       sig->control_word == r->control_word;
}

static void take_in(struct core *c, struct pw *pw, const struct fact_remote *r, bool mapped)
{
	struct signal *sig = pw->signal;

	if (r->reason || !mapped || !signal_mapped(pw))	/* bits without a meaning are none of their own */
		sig->reason = r->reason;
	sig->mapped = mapped;
	sig->held = false;
	if (mapped) {
		sig->session = pw->peer->sessions;
		sig->label = r->label;
		sig->control_word = r->control_word;
		sig->status = r->status;
		sig->no_status = r->no_status;
		sig->mtu = r->mtu;
		sig->vlan = r->vlan;
	}
	fall_soon(c, pw);
	circuit_dirty(c, pw->circuit);
}

void core_remote(struct core *c, uint32_t n, const struct fact_remote *r)
{
	struct pw *pw = pw_at(c, n);
	bool mapped = r->mapped && r->label >= LABEL_FIRST && r->label <= LABEL_LAST;

	if (!pw || !pw->signal || !same_name(pw) || (!mapped && !signal_mapped(pw)))
		return;
	if (!mapped || !known(pw, r))
		take_in(c, pw, r, mapped);
	if (mapped && r->notified)
		role_heard(c, pw, r);
}

void signals_urgent(struct core *c)
{
	list_each_safe(struct signal, sig, &c->urgent_signals, urgent) {
		struct pw *pw = pw_at(c, sig->told_pw);

		if (pw && pw->signal == sig && !pw_flag_wanted(pw) &&
		    (pw->circuit->live | pw->circuit->unsure) >> pw->slot & 1)
			pw_flag(c, pw->circuit, (int)pw->slot, false);
		if (c->err)
			return;
		list_del(&sig->urgent);
	}
}

/* ---- what the far end is told --------------------------------------------------------------------- */

enum { LOCAL_AC = 1, LOCAL_TUNNEL = 2, LOCAL_MANUAL = 4 };	/* faults here, a bit each */

/*
 * RFC 4446 3.5, by RFC 6310 6.1.1: an AC that is down neither receives nor sends. A tunnel that is down is a fault of
 * what this end sends into the network and says nothing of what arrives. What no bit names is "not forwarding". Faults
 * of the far end are not sent back to it.
 */
static const uint8_t status_of[8] = {
	[LOCAL_AC]				= AC_FAULT,
	[LOCAL_TUNNEL]				= LDP_PW_PSN_TX_FAULT,
	[LOCAL_AC | LOCAL_TUNNEL]		= AC_FAULT | LDP_PW_PSN_TX_FAULT,
	[LOCAL_MANUAL]				= LDP_PW_NOT_FORWARDING,
	[LOCAL_MANUAL | LOCAL_AC]		= LDP_PW_NOT_FORWARDING | AC_FAULT,
	[LOCAL_MANUAL | LOCAL_TUNNEL]		= LDP_PW_NOT_FORWARDING | LDP_PW_PSN_TX_FAULT,
	[LOCAL_MANUAL | LOCAL_AC | LOCAL_TUNNEL] = LDP_PW_NOT_FORWARDING | AC_FAULT | LDP_PW_PSN_TX_FAULT,
};

/*
 * A bypass goes on with the AC down: that is what it is for. A secondary that the circuit has just left by policy is told
 * as not forwarding for a while, so that who is behind its far end moves, too. The role goes with the faults; a peer
 * that does not use PW status is never told of it (ldp).
 */
uint8_t signal_status(const struct pw *pw)
{
	const struct circuit *ci = pw->circuit;
	unsigned int faults = 0;

	if (ac_fault_told(pw))
		faults |= LOCAL_AC;
	if (!pw_path_up(pw))
		faults |= LOCAL_TUNNEL;
	if (pw_fault(pw) || (pw->slot == SLOT_SECONDARY && ci->resume_at))
		faults |= LOCAL_MANUAL;
	return status_of[faults] | (ci->standby >> pw->slot & 1 ? LDP_PW_STANDBY : 0) | role_request_bits(pw);
}

/* Of a master's PWs those of one peer change alike whose others are to one peer, too: one number for them, the guard of that
 * peer, and one for each role. */
uint32_t signal_group(const struct pw *pw)
{
	const struct pw *other = pw->slot < SLOT_BYPASS ? pw->circuit->pw[!pw->slot] : NULL;

	if (!other || circuit_mode(pw->circuit) != REDUNDANCY_MASTER || !other->peer->guard)
		return 0;
	return other->peer->guard * 2u + (pw->slot == SLOT_SECONDARY);
}

static bool emit_end(struct core *c, struct signal *sig)
{
	struct action a = { .kind = ACT_SIGNAL, .signal = {
		.pw = sig->told_pw, .peer = sig->told_peer, .id = sig->told_id, .type = signal_type(sig->told_tagged),
	} };

	if (!emit(c, &a))
		return false;
	sig->told_pw = 0;
	return true;
}

void signals_end(struct core *c)
{
	list_each_safe(struct signal, sig, &c->ended, urgent) {
		c->more = !c->work;
		if (c->more || !emit_end(c, sig))
			return;
		list_del(&sig->urgent);
		free(sig);
		c->work--;
	}
}

void signal_open(struct core *c, struct pw *pw)
{
	if (!pw->signal)
		return;
	if (pw->signal->told_pw && !same_name(pw) && !emit_end(c, pw->signal))
		return;
	if (!pw->label && pw->peer->addr)
		pw->label = label_take_dynamic(c, pw, NULL);
}

/* Its row is in place. */
bool signal_tell(struct core *c, struct pw *pw)
{
	struct signal *sig = pw->signal;
	uint8_t status = sig ? signal_status(pw) : 0;
	uint32_t group = sig ? signal_group(pw) : 0;

	if (!sig || !pw->label || !pw->peer->addr)
		return true;
	if (sig->told_pw && !sig->anew && sig->told_mtu == pw_mtu(pw) && sig->told_word == pw_control_word(pw) &&
	    sig->told_status == status && sig->told_group == group && !role_answer(pw))
		return true;
	struct action a = { .kind = ACT_SIGNAL, .signal = {
		.pw = pw->circuit->index * 4 + pw->slot, .peer = pw->peer->addr, .id = pw_cfg(pw)->vc_id,
		.type = signal_type(pw_tagged(pw)), .wanted = true, .anew = sig->told_pw && sig->anew,
		.control_word = pw_control_word(pw), .label = pw->label->label, .status = status, .mtu = pw_mtu(pw),
		.group = group, .answer = role_answer(pw),
	} };

	if (!emit(c, &a))
		return false;
	sig->anew = false;
	sig->told_pw = a.signal.pw;
	sig->told_peer = a.signal.peer;
	sig->told_id = a.signal.id;
	sig->told_tagged = pw_tagged(pw);
	sig->told_word = a.signal.control_word;
	sig->told_mtu = a.signal.mtu;
	sig->told_status = status;
	sig->told_group = group;
	role_told(pw);
	return true;
}

/* ---- reset pw ------------------------------------------------------------------------------------- */

static int reset_peer(struct core *c, struct peer *p, uint32_t id, uint16_t type)
{
	int n = 0;

	list_each(struct pw, pw, &p->pws, on_peer) {
		if (!pw->signal || pw_cfg(pw)->vc_id != id || signal_type(pw_tagged(pw)) != type)
			continue;
		pw->signal->anew = pw->recreated = true;
		circuit_dirty(c, pw->circuit);
		n++;
	}
	return n;
}

int core_reset_pw(struct core *c, uint32_t peer, uint32_t id, uint16_t type)
{
	struct hnode *n = peer ? table_find(&c->peers, peer) : NULL;
	int resets = 0;

	if (peer)
		return n ? reset_peer(c, container_of(n, struct peer, by_addr), id, type) : 0;
	table_each(&c->peers, node, i)
		resets += reset_peer(c, container_of(node, struct peer, by_addr), id, type);
	return resets;
}
