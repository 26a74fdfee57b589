/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw_group.c: one Notification instead of many: when all PWs that were mapped with a Group ID have the same status, the
 * peer is told so by a wildcard (RFC 8077, 5.4.3; RFC 6870, 6.2). Owns pw_peer.groups; see pw.h.
 *
 * A group counts its PWs: all, those whose status is still to be said, and those with each status. So each change costs
 * the same whatever the size of the group, and the wildcard is due when two counts are equal. Core tells its changes in
 * slices: until its round is over, a while at most, what is to be said of the PWs of a group waits for the others. That
 * the wildcard has told them PWs learn by a number, .wave, when they are next touched, or when the slices of drain()
 * come by.
 */
#include <stdlib.h>

#include "ldp/pw.h"

#define HOLD_NS		50000000ull	/* at most, from the first change of a group on */
#define DRAIN_STEP	64		/* PWs between two looks at the time */

static uint64_t key_of(const struct pw *w)
{
	return (uint64_t)pw_type(w) << 32 | w->sent_group;
}

/* The group @w is counted in; NULL: none. */
static struct pw_group *group_of(const struct pw *w)
{
	const struct pw_peer *pp = pw_of(w->peer);
	struct hnode *n = w->life && w->life == pp->life ? table_find(&pp->groups, key_of(w)) : NULL;

	return n ? container_of(n, struct pw_group, by_id) : NULL;
}

static struct pw_group *group_make(const struct pw *w)
{
	struct pw_peer *pp = pw_of(w->peer);
	struct hnode *n = table_find(&pp->groups, key_of(w));
	struct pw_group *g = n ? container_of(n, struct pw_group, by_id) : calloc(1, sizeof(*g));

	if (n || !g)
		return g;
	list_init(&g->held);
	table_add(&pp->groups, &g->by_id, key_of(w));
	return g;
}

static void group_free(struct pw_peer *pp, struct pw_group *g)
{
	list_del(&g->in_due);
	table_del(&pp->groups, &g->by_id);
	free(g);
}

void pw_group_followed(struct pw *w)
{
	const struct pw_group *g = group_of(w);

	if (g && w->wave == g->wave)
		return;
	w->counted = false;
	w->due &= (uint8_t)~PW_DUE_STATUS;
}

static void count(struct pw *w, struct pw_group *g)
{
	struct pw_peer *pp = pw_of(w->peer);

	g->status = w->status;
	g->n_with[g->status]++;
	if (!(w->due & PW_DUE_STATUS))
		return;
	if (!g->n_due++) {
		g->due_ns = loop_now(w->peer->ldp->loop);
		g->holding = false;
		list_add(&pp->due_groups, &g->in_due);
		list_add(&w->peer->ldp->pws->due, &pp->in_due);
	}
	w->counted = true;
	w->wave = g->wave;
}

static void uncount(struct pw *w, struct pw_group *g)
{
	if (w->counted)
		pw_group_followed(w);
	g->n_with[w->status]--;
	if (w->counted && !--g->n_due)
		list_del(&g->in_due);
	w->counted = false;
}

void pw_group_status(struct pw *w, uint8_t status, uint8_t due)
{
	struct pw_group *g = group_of(w);

	if (g)
		uncount(w, g);
	w->status = status;
	w->due = due;
	if (g)
		count(w, g);
}

void pw_group_leave(struct pw *w)
{
	struct pw_group *g = group_of(w);

	if (g)
		uncount(w, g);
	if (w->parked)
		pw_queue(w);		/* a group's list has members only */
	w->life = 0;
	w->counted = false;
	if (g && !--g->n)
		group_free(pw_of(w->peer), g);
}

void pw_group_update(struct pw *w)
{
	struct pw_peer *pp = pw_of(w->peer);
	bool member = w->life && w->life == pp->life;
	bool shall = w->wanted && w->sent_group && pw_stands(w) && !pw_by_withdraw(w);
	struct pw_group *g;

	if (member == shall)
		return;
	if (member) {
		pw_group_leave(w);
		return;
	}
	g = group_make(w);
	if (!g)
		return;			/* told one by one */
	g->n++;
	w->life = pp->life;
	count(w, g);
}

bool pw_group_waits(struct pw *w)
{
	struct pw_group *g = w->counted ? group_of(w) : NULL;

	return g && g->holding;
}

void pw_group_park(struct pw *w)
{
	w->parked = true;
	list_add(&group_of(w)->held, &w->in_say);
}

/* PWs a wildcard has told, and that know nothing of it yet. */
static bool drain(void *arg)
{
	struct peer *p = arg;
	struct list *of = &pw_of(p)->told;

	loop_doing(p->ldp->loop, "pseudowires of a group");
	do
		for (int i = 0; i < DRAIN_STEP && !list_empty(of); i++) {
			struct pw *w = list_entry(of->next, struct pw, in_say);

			list_del(&w->in_say);
			w->parked = false;
			w = pw_catch_up(w);
			if (w && (w->due || pw_state_says(w->state)))
				pw_queue(w);
		}
	while (!list_empty(of) && !loop_slice_over(p->ldp->loop));
	ldp_flush(p->ldp);
	return !list_empty(of);
}

static bool say_wildcard(struct peer *p, struct pw_group *g)
{
	struct ldp_msg m;

	m.type = LDP_MSG_NOTIFICATION;
	m.has = LDP_HAS(FEC) | LDP_HAS(STATUS) | LDP_HAS(PW_STATUS);
	m.n_fec = 1;
	m.fec.type = LDP_FEC_PWID;
	m.fec.pw.control_word = false;
	m.fec.pw.group_only = true;
	m.fec.pw.pw_type = (uint16_t)(g->by_id.key >> 32);
	m.fec.pw.group = (uint32_t)g->by_id.key;
	m.fec.pw.params.has = 0;
	m.status.code = ldp_status_code(LDP_STATUS_PW_STATUS);
	m.status.msg_id = 0;
	m.status.msg_type = 0;
	m.pw_status = g->status;
	if (!peer_say(p, &m))
		return false;
	g->wave++;
	g->n_due = 0;
	list_del(&g->in_due);
	list_move(&pw_of(p)->told, &g->held);
	if (!list_empty(&pw_of(p)->told))
		loop_idle(p->ldp->loop, drain, p);
	return true;
}

bool pw_groups_say(struct peer *p)
{
	struct pw_peer *pp = pw_of(p);
	uint64_t now = loop_now(p->ldp->loop);

	list_each_safe(struct pw_group, g, &pp->due_groups, in_due) {
		if (g->n_due > 1 && g->n_with[g->status] == g->n) {
			if (!say_wildcard(p, g))
				return false;
			continue;
		}
		g->holding = p->ldp->round && now - g->due_ns < HOLD_NS;
		if (!g->holding)
			list_move(&p->pw_say, &g->held);
	}
	if (list_empty(&pp->due_groups))
		list_del(&pp->in_due);
	return true;
}

void pw_groups_reset(struct peer *p)
{
	struct pw_peer *pp = pw_of(p);

	if (!++pp->life)
		pp->life = 1;
	list_del(&pp->in_due);
	list_move(&p->pw_say, &pp->told);
	loop_idle_off(p->ldp->loop, drain, p);
	table_each(&pp->groups, n, i) {
		struct pw_group *g = container_of(n, struct pw_group, by_id);

		list_move(&p->pw_say, &g->held);
		group_free(pp, g);
	}
}

void pws_round(struct ldp *l, bool more)
{
	l->round = more;
	list_each(struct pw_peer, pp, &l->pws->due, in_due)
		peer_wants(pp->peer);
}
