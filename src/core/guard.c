/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guard.c: sessions with peers, and the flag that all signalled PWs to a peer share: its guard. A session that ends
 * lowers it at once, whatever the number of PWs; what the peer said in it is void from then on without being looked at
 * (peer.sessions). The guard rises again only when all its users have been accounted for, which lowers the flags of
 * those that have nothing to send with.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/run.h"

void peer_dirty(struct core *c, struct peer *p)
{
	queue_put(&c->dirty_peers, &p->dirty);
}

/* ---- facts -------------------------------------------------------------------------------------- */

static void session_ends(struct core *c, struct peer *p)
{
	p->sessions++;
	p->lower |= p->armed || p->seeded;
	p->armed = p->rising = p->seeded = false;
	p->touch = true;
	list_add(&c->urgent_guards, &p->urgent);
}

void core_session(struct core *c, uint32_t peer, enum session_state s)
{
	struct hnode *n = table_find(&c->peers, peer);
	struct peer *p = n ? container_of(n, struct peer, by_addr) : NULL;
	bool held = c->recovering && !c->ran;		/* what a peer begins with */

	if (!peer || (!p && s == SESSION_DOWN && !held))
		return;
	p = p ? p : peer_enter(c, calloc(1, sizeof(*p)), peer);
	if (!p) {
		c->lost = true;
		return;
	}
	enum session_state was = p->session;

	if (was == s)
		return;
	p->session = s;
	if (s == SESSION_DOWN)
		session_ends(c, p);
	p->touch |= p->guard && s != SESSION_HELD && (!p->armed || was == SESSION_HELD);	/* what fell meanwhile waits */
	peer_dirty(c, p);
}

void core_recovering(struct core *c)
{
	c->recovering = true;
	table_each(&c->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_addr);

		if (p->addr && p->session == SESSION_DOWN)
			p->session = SESSION_HELD;
	}
}

/* ---- rounds ------------------------------------------------------------------------------------- */

/* The guard is lowered if it must be. True: there is a session. */
static bool guard_lower(struct core *c, struct peer *p)
{
	bool up = p->session != SESSION_DOWN;

	p->rising &= up;
	if (p->lower && p->guard && !emit_live(c, ACT_GUARD_LIVE, p->guard, false))
		return up;
	p->lower = false;
	return up;
}

void guards_urgent(struct core *c)
{
	list_each_safe(struct peer, p, &c->urgent_guards, urgent) {
		guard_lower(c, p);
		if (c->err)
			return;
		list_del(&p->urgent);
	}
}

void guard_fall(struct core *c, struct peer *p)
{
	bool up = guard_lower(c, p);

	if (c->err)
		return;
	p->rising = up && !p->armed;
	c->more = (p->touch || p->rising) && peer_touch_users(c, p);
	if (!c->more)
		p->touch = false;
}

void guard_seat(struct core *c, struct peer *p)
{
	if (!p->signalled || !p->addr)
		return;
	if (!p->guard && !guard_number(c, p, 0)) {
		c->guards_out = true;
		return;
	}
	guard_lower(c, p);
}

/* What a former engine left up and no PW took over. */
void guards_forget(struct core *c)
{
	for (uint32_t w = 0; w < sizeof(c->guard_seeds) / sizeof(c->guard_seeds[0]); w++) {
		for (; c->guard_seeds[w]; c->guard_seeds[w] &= c->guard_seeds[w] - 1) {
			uint32_t guard = w * 64 + (uint32_t)__builtin_ctzll(c->guard_seeds[w]);

			if (!emit_live(c, ACT_GUARD_LIVE, guard, false))
				return;
		}
	}
}

/* There is a session since its users were accounted for: the next round raises it. */
static bool too_early(struct core *c, struct peer *p)
{
	if (p->rising)
		return false;
	peer_dirty(c, p);
	return true;
}

void guard_raise(struct core *c, struct peer *p)
{
	if (!p->guard || !p->signalled || p->armed || p->session == SESSION_DOWN || too_early(c, p) ||
	    !emit_live(c, ACT_GUARD_LIVE, p->guard, true))
		return;
	p->armed = true;
	p->seeded = false;
}

static bool guard_clear(struct core *c, struct peer *p)
{
	p->lower |= p->armed || p->seeded;
	p->armed = p->seeded = false;
	guard_lower(c, p);
	if (c->err)
		return false;
	guard_drop(c, p);
	if (!c->guards_out)
		return true;
	c->guards_out = false;
	table_each(&c->peers, n, i) {
		struct peer *other = container_of(n, struct peer, by_addr);

		if (other->guard || !other->signalled || !other->addr)
			continue;
		other->touch = true;
		peer_dirty(c, other);
	}
	return true;
}

void guard_finish(struct core *c, struct peer *p)
{
	if (p->guard && !p->signalled && !guard_clear(c, p))
		return;
	if (queue_end(&c->dirty_peers, &p->dirty))
		peer_put(c, p);
}
