/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_protect.c: records of GigabitEthernet0/1/0 in every mode and state of protection, as core fills them: primary to
 * 2.2.2.2, secondary to 3.3.3.3, both signalled.
 */
#include <stdio.h>
#include <string.h>

#include "fake.h"
#include "wire/ldp.h"

#define SECONDS(n) (UINT64_C(n) * 1000000000)
#define PE3	0x03030303

/* A PW that is up, and what both its ends say. */
static void up(struct show_circuit *c, unsigned slot, uint32_t local, uint32_t remote)
{
	struct show_pw *pw = &c->pw[slot];

	pw->up = pw->has_path = pw->forwarding = true;
	pw->active = pw->standby_usable = false;
	pw->path = c->pw[SLOT_PRIMARY].path;
	pw->up_ns = pw->changed_ns;
	pw->signal.session = SESSION_UP;
	pw->signal.mapped = pw->signal.told = true;
	pw->signal.remote_label = 263001 + slot;
	pw->signal.remote_mtu = 1500;
	pw->signal.local_status = local;
	pw->signal.remote_status = remote;
	*pw->why = '\0';
}

static void down(struct show_circuit *c, unsigned slot, const char *why)
{
	struct show_pw *pw = &c->pw[slot];

	pw->up = pw->active = pw->standby_usable = pw->forwarding = false;
	pw->up_ns = 0;
	pw->signal.local_status = LDP_PW_NOT_FORWARDING;
	snprintf(pw->why, sizeof(pw->why), "%s", why);
}

/* Both up, @slot sends, the other could. */
static void both(struct show_circuit *c, enum slot slot, uint32_t primary, uint32_t secondary)
{
	up(c, SLOT_PRIMARY, primary, 0);
	up(c, SLOT_SECONDARY, secondary, 0);
	c->pw[slot].active = true;
	c->pw[!slot].standby_usable = true;
	c->active = slot;
	c->reroute = REROUTE_DELAY;
	c->reroute_delay = 30;
}

static void frr(struct show_circuit *c, struct m_interface *cfg)
{
	(void)cfg;
	both(c, SLOT_PRIMARY, 0, 0);
	c->resume_used = true;
	c->resume = 10;
}

/* ... and both lead to one PE. */
static void one_peer(struct show_circuit *c, struct m_interface *cfg)
{
	frr(c, cfg);
	c->pw[SLOT_SECONDARY].peer = c->pw[SLOT_PRIMARY].peer;
	c->dual_receiving = false;
}

static void delay(struct show_circuit *c, struct m_interface *cfg)
{
	frr(c, cfg);
	both(c, SLOT_SECONDARY, 0, 0);
	c->revert_at_ns = FAKE_NOW + SECONDS(30);
	c->switched_from = SLOT_PRIMARY;
	c->switched_to = SLOT_SECONDARY;
	c->switch_reason = REASON_TUNNEL_DOWN;
}

static void queued(struct show_circuit *c, struct m_interface *cfg)
{
	delay(c, cfg);
	c->revert_queued = true;
	c->revert_at_ns = FAKE_NOW + SECONDS(3) - 5;
}

static void resume(struct show_circuit *c, struct m_interface *cfg)
{
	frr(c, cfg);
	c->pw[SLOT_SECONDARY].signal.local_status = LDP_PW_NOT_FORWARDING;
	c->resume_at_ns = FAKE_NOW + SECONDS(7);
}

static void never(struct show_circuit *c, struct m_interface *cfg)
{
	delay(c, cfg);
	c->revert_at_ns = 0;
	c->reroute = REROUTE_NEVER;
}

/* The operator's word keeps the primary down. */
static void fault(struct show_circuit *c, struct m_interface *cfg)
{
	delay(c, cfg);
	c->revert_at_ns = 0;
	down(c, SLOT_PRIMARY, "manual fault is set");
	c->pw[SLOT_PRIMARY].manual_fault = true;
}

/* FRR, and the far end of the secondary calls it standby. */
static void standby(struct show_circuit *c, struct m_interface *cfg)
{
	frr(c, cfg);
	up(c, SLOT_SECONDARY, 0, LDP_PW_STANDBY);
	c->pw[SLOT_SECONDARY].signal.standby = true;
	snprintf(c->pw[SLOT_SECONDARY].why, sizeof(c->pw->why), "3.3.3.3 says standby");
}

/* Nothing is usable, so the port is held down. */
static void forced(struct show_circuit *c, struct m_interface *cfg)
{
	frr(c, cfg);
	down(c, SLOT_PRIMARY, "the peer maps no such PW");
	down(c, SLOT_SECONDARY, "no LDP session with the peer");
	c->active = SLOT_NONE;
	cfg->trigger_if_down = true;
	c->forced_down = true;
}

static void bypass(struct show_circuit *c, struct m_interface *cfg)
{
	frr(c, cfg);
	down(c, SLOT_PRIMARY, "the peer maps no such PW");
	down(c, SLOT_SECONDARY, "no LDP session with the peer");
	c->pw[SLOT_BYPASS] = c->pw[SLOT_PRIMARY];
	c->pw[SLOT_BYPASS].cfg.vc_id = 102;
	up(c, SLOT_BYPASS, 0, 0);
	c->pw[SLOT_BYPASS].active = true;
	c->active = SLOT_BYPASS;
	cfg->ignore_ac[SLOT_BYPASS] = true;
}

/* The PE that a master keeps in reserve. */
static void reserve(struct show_circuit *c, struct m_interface *cfg)
{
	bypass(c, cfg);
	c->pw[SLOT_SECONDARY].present = false;
	up(c, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
	c->pw[SLOT_PRIMARY].signal.standby = true;
	c->reroute = REROUTE_DEFAULT;
	c->resume_used = false;
}

/* The AC is down, which the bypass keeps from the far end. */
static void isolated(struct show_circuit *c, struct m_interface *cfg)
{
	reserve(c, cfg);
	up(c, SLOT_PRIMARY, 0, 0);
	c->pw[SLOT_PRIMARY].signal.standby = false;
	c->pw[SLOT_PRIMARY].active = true;
	c->pw[SLOT_BYPASS].active = false;
	c->pw[SLOT_BYPASS].standby_usable = true;
	c->active = SLOT_PRIMARY;
	c->ac_up = false;
	snprintf(c->ac_why, sizeof(c->ac_why), "the port has no carrier");
}

/* As that, but the bypass is down, too: the far end is told. */
static void exposed(struct show_circuit *c, struct m_interface *cfg)
{
	isolated(c, cfg);
	c->pw[SLOT_PRIMARY].signal.local_status = LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT;
	down(c, SLOT_BYPASS, "no LDP session with the peer");
}

static void master(struct show_circuit *c, struct m_interface *cfg)
{
	both(c, SLOT_PRIMARY, 0, LDP_PW_STANDBY);
	c->redundancy = c->redundancy_now = REDUNDANCY_MASTER;
	cfg->holdoff = c->holdoff = 10;
	for (unsigned i = 0; i < 2; i++)
		c->pw[i].signal.group = 7 + i;
}

static void holdoff(struct show_circuit *c, struct m_interface *cfg)
{
	master(c, cfg);
	down(c, SLOT_PRIMARY, "no LSP to the peer");
	c->active = SLOT_NONE;
	c->holdoff_at_ns = FAKE_NOW + SECONDS(4);
}

/* When holdoff is over there is nowhere to go. */
static void hopeless(struct show_circuit *c, struct m_interface *cfg)
{
	holdoff(c, cfg);
	down(c, SLOT_SECONDARY, "no LDP session with the peer");
}

static void switchover(struct show_circuit *c, struct m_interface *cfg)
{
	master(c, cfg);
	both(c, SLOT_SECONDARY, LDP_PW_STANDBY, 0);
	cfg->switchover = true;
	c->preferred = SLOT_SECONDARY;
}

/* Master is configured, and a peer does not use PW status. */
static void as_frr(struct show_circuit *c, struct m_interface *cfg)
{
	master(c, cfg);
	c->redundancy_now = REDUNDANCY_FRR;
	c->holdoff = 0;
	c->pw[SLOT_SECONDARY].signal.no_status = true;
	c->pw[SLOT_SECONDARY].signal.local_status = 0;
	c->alarms = 1 << ALARM_NO_STATUS;
}

static void independent(struct show_circuit *c, struct m_interface *cfg)
{
	(void)cfg;
	both(c, SLOT_PRIMARY, 0, 0);
	up(c, SLOT_SECONDARY, 0, LDP_PW_STANDBY);
	c->pw[SLOT_SECONDARY].signal.standby = true;
	c->redundancy = c->redundancy_now = REDUNDANCY_INDEPENDENT;
	c->reroute = REROUTE_IMMEDIATELY;
	c->reroute_delay = 0;
}

static void request(struct show_circuit *c, struct m_interface *cfg)
{
	independent(c, cfg);
	c->requested = SLOT_SECONDARY;
	c->request_at_ns = FAKE_NOW + SECONDS(2);
	c->pw[SLOT_SECONDARY].signal.local_status = LDP_PW_SWITCHOVER;
}

static void requested(struct show_circuit *c, struct m_interface *cfg)
{
	independent(c, cfg);
	both(c, SLOT_SECONDARY, LDP_PW_STANDBY, 0);
	c->pw[SLOT_PRIMARY].standby_usable = c->pw[SLOT_SECONDARY].signal.standby = false;
	snprintf(c->pw[SLOT_PRIMARY].why, sizeof(c->pw->why),
		 "the other pseudowire carries by a request for a switchover");
	c->reroute = REROUTE_IMMEDIATELY;
	c->preferred = SLOT_SECONDARY;
}

/* The other PE of the customer carries. */
static void role(struct show_circuit *c, struct m_interface *cfg)
{
	independent(c, cfg);
	for (unsigned i = 0; i < 2; i++) {
		up(c, i, LDP_PW_STANDBY, 0);
		c->pw[i].signal.standby = false;
	}
	c->active = SLOT_NONE;
	cfg->ac_role = AC_ROLE_FOLLOW;
	cfg->follow = 0x0a0a0a01;
	c->role_standby = true;
}

/* One pseudowire, and a role. */
static void alone(struct show_circuit *c, struct m_interface *cfg)
{
	role(c, cfg);
	c->pw[SLOT_SECONDARY].present = false;
	c->redundancy = REDUNDANCY_FRR;
	c->reroute = REROUTE_DEFAULT;
}

/* ... and a peer that cannot be told of it: it carries. */
static void unheard(struct show_circuit *c, struct m_interface *cfg)
{
	alone(c, cfg);
	up(c, SLOT_PRIMARY, 0, 0);
	c->pw[SLOT_PRIMARY].active = c->pw[SLOT_PRIMARY].signal.no_status = true;
	c->active = SLOT_PRIMARY;
	c->redundancy_now = REDUNDANCY_FRR;
	c->alarms = 1 << ALARM_NO_STATUS;
}

static void alarms(struct show_circuit *c, struct m_interface *cfg)
{
	(void)cfg;
	c->alarms = (1 << ALARM__N) - 1;
}

const struct fake_state fake_states[] = {
	{ "frr", frr },
	{ "frr-one-peer", one_peer },
	{ "frr-delay", delay },
	{ "frr-queued", queued },
	{ "frr-resume", resume },
	{ "frr-never", never },
	{ "frr-fault", fault },
	{ "frr-standby", standby },
	{ "frr-forced", forced },
	{ "frr-bypass", bypass },
	{ "bypass-reserve", reserve },
	{ "bypass-isolates", isolated },
	{ "bypass-exposed", exposed },
	{ "master", master },
	{ "master-holdoff", holdoff },
	{ "master-holdoff-in-vain", hopeless },
	{ "master-switchover", switchover },
	{ "master-as-frr", as_frr },
	{ "independent", independent },
	{ "independent-request", request },
	{ "independent-requested", requested },
	{ "independent-role", role },
	{ "role-alone", alone },
	{ "role-unheard", unheard },
	{ "alarms", alarms },
	{ NULL, NULL },
};
