/* SPDX-License-Identifier: BSD-2-Clause */
/* slow.c: see slow.h. */
#include "slow.h"

#include <string.h>

#include "wire/ldp.h"

#define AC_FAULT	(LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT)

void slow_new(struct slow *s)
{
	*s = (struct slow){ .sends = SLOT_NONE, .requested = SLOT_NONE };
}

static bool is_ldp(const struct m_interface *m, int s)
{
	return m->pw[s].present && m->pw[s].kind == PW_LDP;
}

/* ---- who decides --------------------------------------------------------------------------------------- */

static enum m_redundancy mode_of(const struct m_interface *m, const struct slow_facts *f)
{
	(void)f;
	return m->pw[SLOT_SECONDARY].present ? REDUNDANCY_FRR : REDUNDANCY_FRR;
}

/* The far end says that it does not carry, and is listened to. */
static bool obeys_standby(const struct slow *s, const struct m_interface *m, const struct slow_facts *f, int k)
{
	if (s->mode == REDUNDANCY_MASTER)	/* the master decides, whatever the slave thinks */
		return false;
	return f->said_standby[k] && !m->pw[k].ignore_standby;
}

static bool may_carry(const struct slow *s, const struct m_interface *m, const struct slow_facts *f, int k)
{
	return m->pw[k].present && f->up[k] && !obeys_standby(s, m, f, k);
}

/* ---- when it goes back --------------------------------------------------------------------------------- */

static uint64_t delay_of(const struct m_interface *m)
{
	return (m->reroute == REROUTE_DELAY && m->reroute_delay ? m->reroute_delay : REROUTE_DELAY_DEFAULT) * SLOW_SEC;
}

/* It carries on the other one though it could go back; @since: since then. 0: at once; UINT64_MAX: never. */
static uint64_t goes_back_at(const struct m_interface *m, uint64_t since)
{
	if (m->reroute == REROUTE_NEVER)
		return UINT64_MAX;
	if (m->reroute == REROUTE_IMMEDIATELY)
		return 0;
	return since + delay_of(m);
}

/* ---- where it carries ---------------------------------------------------------------------------------- */

static enum slot other_of(enum slot s)
{
	return s == SLOT_PRIMARY ? SLOT_SECONDARY : SLOT_PRIMARY;
}

/* Nothing that carries has a say: the best there is. */
static enum slot best(const struct slow *s)
{
	if (s->usable[s->preferred])
		return s->preferred;
	if (s->usable[other_of(s->preferred)])
		return other_of(s->preferred);
	return s->usable[SLOT_BYPASS] ? SLOT_BYPASS : SLOT_NONE;
}

static enum slot choose(struct slow *s, const struct m_interface *m, enum slot kernel, uint64_t now)
{
	enum slot other = other_of(s->preferred);
	uint64_t at;

	s->revert_at = 0;
	if (kernel != other || !s->usable[other] || !s->usable[s->preferred]) {
		s->wait_since = 0;
		return best(s);
	}
	if (!s->wait_since)
		s->wait_since = now;
	at = goes_back_at(m, s->wait_since);
	if (at <= now) {
		s->wait_since = 0;
		return s->preferred;
	}
	if (at == UINT64_MAX)
		s->wait_since = 0;
	else
		s->revert_at = at;
	return other;
}

/* ---- what the far ends are told --------------------------------------------------------------------------- */

static uint32_t faults(const struct m_interface *m, const struct slow_facts *f, int k)
{
	return (f->ac || k == SLOT_BYPASS ? 0 : AC_FAULT) | (f->path[k] ? 0 : LDP_PW_PSN_TX_FAULT) |
	       (k < 2 && m->pw_fault[k] ? LDP_PW_NOT_FORWARDING : 0);
}

static void tell(struct slow *s, const struct m_interface *m, const struct slow_facts *f)
{
	for (int k = 0; k < 3; k++)
		s->told[k] = is_ldp(m, k) ? faults(m, f, k) : 0;
}

/* ---- */

static void look(struct slow *s, const struct m_interface *m, const struct slow_facts *f, uint64_t now)
{
	s->mode = mode_of(m, f);
	for (int k = 0; k < 3; k++) {
		bool up = m->pw[k].present && f->up[k];

		if (up && !s->up[k])
			s->up_since[k] = now;
		s->up[k] = up;
		s->usable[k] = may_carry(s, m, f, k);
	}
}

void slow_think(struct slow *s, const struct m_interface *m, const struct slow_facts *f, enum slot kernel, uint64_t now)
{
	look(s, m, f, now);
	s->sends = choose(s, m, kernel, now);
	s->verdict = s->sends == SLOT_NONE ? s->preferred : s->sends;
	tell(s, m, f);
}

enum slot slow_without(const struct slow *s, const struct m_interface *m, const struct slow_facts *f, enum slot lost)
{
	struct slow then = *s;

	(void)m, (void)f;
	then.usable[lost] = false;
	return best(&then);
}

void slow_believe(struct slow *s, const struct m_interface *m, const struct slow_facts *f, const struct show_circuit *show)
{
	look(s, m, f, 0);
	s->sends = show->active;
	s->verdict = s->sends == SLOT_NONE ? s->preferred : s->sends;
	s->revert_at = show->revert_at_ns;
	s->wait_since = s->revert_at ? s->revert_at - delay_of(m) : 0;
	tell(s, m, f);
}
