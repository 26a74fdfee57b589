/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_path.c: paths and their neighbours in a run: flags that fall are lowered first, rows and raised
 * flags follow when every circuit has been accounted for, what nobody needs goes last.
 */
#include <errno.h>
#include <string.h>

#include "core/run.h"

/* ---- fall --------------------------------------------------------------------------------------- */

static void path_cause_down(struct path *p)
{
	const struct fact_link *f = p->port ? &p->port->link : NULL;

	if (f && !(f->present && f->admin_up && f->carrier)) {
		p->reason = REASON_OUT_IF_DOWN;
		p->detector = f->detector;
	} else {
		p->reason = REASON_TUNNEL_DOWN;
		p->detector = p->news;
	}
}

/* The flag is lowered if it must be. True: the path is up. */
static bool path_lower(struct core *c, struct path *p)
{
	struct path_row row;
	bool up = path_want(p, &row);

	p->rising &= up;		/* who is accounted for now does not see it rise */
	if (path_wanted(p) && !up) {		/* a path that leaves carries until its users are elsewhere */
		p->lower |= p->armed || p->seeded;
		p->armed = false;
		if (p->up)
			path_cause_down(p);
	}
	p->touch |= up != p->up || p->lower || up != p->armed;
	if (p->lower && p->index && emit_live(c, ACT_PATH_LIVE, p->index, false)) {
		p->lower = false;
		p->fallen |= !c->ran;
	}
	return up;
}

void paths_urgent(struct core *c)
{
	list_each_safe(struct path, p, &c->urgent, urgent) {
		path_lower(c, p);
		if (c->err)
			return;
		if (p->fec && p->fec->path && p->fec->path->group)
			group_note(p->fec->path);
		list_del(&p->urgent);
	}
}

void path_seat(struct core *c, struct path *p)
{
	if (!p->index)
		path_adopt(c, p);
}

void path_index(struct core *c, struct path *p)
{
	if (!p->index && path_wanted(p) && !path_number(c, p))
		c->err = -ENOMEM;
}

void path_fall(struct core *c, struct path *p)
{
	bool up = path_lower(c, p);

	if (c->err)
		return;
	list_del(&p->urgent);
	p->rising = up && !p->armed && !(p->seeded && p->fell_by) && (c->ran || !p->fallen);
	c->more = p->touch && path_touch_users(c, p);
	if (!c->more)
		p->touch = false;
}

/* ---- raise -------------------------------------------------------------------------------------- */

void neigh_ask(struct core *c, struct neigh *n)
{
	const struct port *p = port_at(c, n->ifindex);
	struct action a = { .kind = ACT_NEIGH, .neigh = { n->ifindex, n->ip, true } };

	if (!n->ask || list_empty(&n->paths) || !p || !p->link.admin_up || !p->link.carrier)
		return;				/* still to be asked for when the port rises */
	if (emit(c, &a)) {
		n->ask = false;
		n->kept = true;
	}
}

/* Up since its users were accounted for: the next round raises it. */
static bool too_early(struct core *c, struct path *p)
{
	const struct path *way = p->fec ? p->fec->path : NULL;

	if (p->armed || (p->rising && (!way || !way->group || way->rising || path_carries(way))))
		return false;
	path_dirty(c, p, p->news);
	return true;
}

void path_raise(struct core *c, struct path *p)
{
	struct path_row row;
	struct action a = { .kind = ACT_PATH };
	bool up = path_want(p, &row) && !too_early(c, p);

	if (!path_wanted(p) || !p->index || (p->told && p->armed == up && (!up || !memcmp(&p->row, &row, sizeof(row)))))
		return;
	if (p->told && !up)
		return;				/* its flag is down; the row comes with the next raise */
	a.path = (struct act_path){
		.index = p->index, .used = true, .key = p->by_key.key, .up = up,
		.ifindex = row.ifindex, .mtu = row.mtu, .n_labels = row.n_labels, .signalled = p->fec,
	};
	memcpy(a.path.dmac, row.dmac, sizeof(row.dmac));
	memcpy(a.path.smac, row.smac, sizeof(row.smac));
	memcpy(a.path.label, row.label, sizeof(row.label));
	if (!emit(c, &a))
		return;
	memcpy(&p->row, &row, sizeof(row));
	p->told = true;
	p->seeded = false;
	if (up && !p->armed) {
		p->reason = p->reason == REASON_OUT_IF_DOWN ? REASON_OUT_IF_UP : REASON_TUNNEL_UP;
		p->detector = p->news;
	}
	p->armed = up;
}

/* ---- tell --------------------------------------------------------------------------------------- */

static bool tell_path(struct core *c, struct path *p)
{
	bool member = p->quiet || (p->fec && p->fec->path != p);	/* what its group does is told */
	struct path_row row;
	bool up = path_want(p, &row);
	struct core_event down = { .from = 1, .reason = REASON_OUT_IF_DOWN, .detector = p->fell_by };

	if (!member && p->up && up && p->fell_by && !emit_event(c, CEV_PATH, p->name, &down))
		return false;
	struct core_event e = { .from = !up, .to = up, .reason = p->reason, .detector = p->detector };

	if (!path_wanted(p))
		e.reason = REASON_TUNNEL_DOWN, e.detector = p->news;
	if (!member && (up != p->up || (up && p->fell_by)) && !emit_event(c, CEV_PATH, p->name, &e))
		return false;
	p->fell_by = DET_NONE;
	p->up = up;
	return true;
}

void path_tell(struct core *c, struct path *p)
{
	tell_path(c, p);
}

/* ---- clear -------------------------------------------------------------------------------------- */

static void path_clear(struct core *c, struct path *p)
{
	struct action a = { .kind = ACT_PATH, .path = { .index = p->index, .key = p->by_key.key } };

	if (!tell_path(c, p))
		return;
	if (p->index && (p->armed || p->lower || p->seeded) && !emit_live(c, ACT_PATH_LIVE, p->index, false))
		return;
	p->armed = p->lower = false;
	if (p->index && (p->told || p->seeded) && !emit(c, &a))
		return;
	path_free(c, p);
}

void path_finish(struct core *c, struct path *p)
{
	if (!path_wanted(p) && p->grouped)	/* the row that names it goes first */
		path_dirty(c, p, p->news);
	if (!path_wanted(p) && !p->grouped)
		path_clear(c, p);
	else
		queue_end(&c->dirty_paths, &p->dirty);
}

void neigh_finish(struct core *c, struct neigh *n)
{
	struct action a = { .kind = ACT_NEIGH, .neigh = { n->ifindex, n->ip, false } };

	if (list_empty(&n->paths) && n->kept) {
		if (!emit(c, &a))
			return;
		n->kept = false;
	}
	if (queue_end(&c->dirty_neighs, &n->dirty))
		neigh_put(c, n);
}
