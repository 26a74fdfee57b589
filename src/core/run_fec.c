/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_fec.c: FECs of LDP and groups of paths in a run. A FEC keeps its paths as long as it can: a next hop that changes
 * is another row of the same path, so all who use it move by one write. From one path to a group and back its users are
 * led in their turn; what they leave carries until then. The label is bound when its row is there, and not before.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

/* ---- which path for which hop ----------------------------------------------------------------------- */

struct places {				/* of a FEC: the hops told, and the paths they get */
	const struct fact_hop *hop;
	uint8_t n;
	struct path *path[FEC_HOPS_MAX];	/* per hop; NULL: none yet */
	struct path *old[FEC_HOPS_MAX];	/* those there are; NULL: given to a hop */
	uint8_t n_old;
	uint64_t numbers;			/* in use */
};

static bool same_hop(const struct path *p, const struct fact_hop *h)
{
	return p->hop_ifindex == h->ifindex && (p->nexthop == h->nexthop || !p->nexthop);
}

static void places_begin(const struct fec *f, struct places *s)
{
	const struct group *g = f->path && f->path->group ? group_of(f->path) : NULL;

	*s = (struct places){ .hop = fec_hops(f), .n = f->n };
	if (f->path && !g)
		s->old[s->n_old++] = f->path;
	for (uint16_t i = 0; g && i < g->n; i++)
		s->old[s->n_old++] = g->member[i];
	for (uint8_t k = 0; k < s->n_old; k++)
		s->numbers |= 1ull << s->old[k]->number;
}

/* The hops that stay keep their paths, those that are new take over the others. */
static void places_reuse(struct places *s, bool same)
{
	for (uint8_t i = 0; i < s->n; i++)
		for (uint8_t k = 0; k < s->n_old && !s->path[i]; k++) {
			if (!s->old[k] || (same && !same_hop(s->old[k], &s->hop[i])))
				continue;
			s->path[i] = s->old[k];
			s->old[k] = NULL;
		}
}

/* What a former engine had for @h. */
static bool seed_fits(const struct core *c, const struct seed *seed, const struct fact_hop *h)
{
	struct hnode *n = table_find(&c->neighs, (uint64_t)h->ifindex << 32 | h->nexthop);
	const struct neigh *to = n ? container_of(n, struct neigh, by_key) : NULL;

	return seed->row->ifindex == h->ifindex &&
	       (!to || !to->resolved || !memcmp(to->mac, seed->row->dmac, sizeof(to->mac)));
}

/* A number for a new path to @h; -1: none that the kernel holds fits (@fits), or holds any (@held). */
static int number_for(const struct core *c, const struct fec *f, const struct places *s, const struct fact_hop *h,
		      bool fits, bool held)
{
	for (int k = 0; k < FEC_HOPS_MAX; k++) {
		const struct seed *seed = held ? path_seed(c, fec_key(f, k)) : NULL;

		if (!(s->numbers >> k & 1) && (!held || (seed && (!fits || seed_fits(c, seed, h)))))
			return k;
	}
	return -1;
}

static void places_add(struct core *c, struct fec *f, struct places *s, bool fits, bool held)
{
	if (held && !c->path_seeds.n)
		return;
	for (uint8_t i = 0; i < s->n; i++) {
		int k = s->path[i] ? -1 : number_for(c, f, s, &s->hop[i], fits, held);

		if (k < 0)
			continue;
		s->path[i] = path_of_fec(c, f, (uint8_t)k);
		s->numbers |= 1ull << k;
	}
}

static bool places_fill(struct core *c, struct fec *f, struct places *s)
{
	if (s->n > s->n_old && pool_promise(&c->path_pool, s->n - s->n_old)) {
		c->err = -ENOMEM;
		return false;
	}
	places_reuse(s, true);
	places_reuse(s, false);
	places_add(c, f, s, true, true);
	places_add(c, f, s, false, true);
	places_add(c, f, s, false, false);
	return true;
}

/* ---- seat -------------------------------------------------------------------------------------------- */

static struct group *group_new(struct core *c, struct fec *f)
{
	struct group *g = calloc(1, sizeof(*g));

	if (!g) {
		c->err = -ENOMEM;
		return NULL;
	}
	g->way.group = true;
	g->way.by_key.key = fec_key(f, -1);
	if (!group_number(c, g)) {
		c->groups_out = f->alone = true;
		free(g);
		return NULL;
	}
	g->way.fec = f;
	g->way.news = DET_LDP;
	fec_name(f, g->way.name);
	list_init(&g->way.peers);
	table_add(&c->groups, &g->way.by_key, g->way.by_key.key);
	return g;
}

static void way_leave(struct core *c, struct path *way, bool quiet)
{
	way->quiet = quiet;
	if (!way->group) {
		path_leave(c, way);
		return;
	}
	way->fec = NULL;
	way->news = DET_LDP;
	group_of(way)->n = 0;
	group_dirty(c, way);
}

/* From now on its users are led by @way; NULL: by another FEC, or LSP, or not at all. */
static void fec_lead(struct core *c, struct fec *f, struct path *way)
{
	struct path *old = f->path;

	if (way == old)
		return;
	if (way && old) {			/* as told in events */
		way->up = old->up;
		way->reason = old->reason;
		way->detector = old->detector;
	}
	f->path = way;
	if (f->label)
		label_dirty(c, f->label);
	peers_resolve(c, (uint32_t)(f->by_prefix.key >> 8), (uint8_t)f->by_prefix.key);
	if (old && old->group)
		way_leave(c, old, way);
}

static int by_number(const void *a, const void *b)
{
	return (*(struct path *const *)a)->number - (*(struct path *const *)b)->number;
}

static void group_fill(struct core *c, struct group *g, const struct places *s)
{
	g->n = s->n;
	memcpy(g->member, s->path, s->n * sizeof(g->member[0]));
	qsort(g->member, g->n, sizeof(g->member[0]), by_number);
	group_dirty(c, &g->way);
}

static bool seat_hops(struct core *c, struct fec *f)
{
	struct group *g = f->path && f->path->group ? group_of(f->path) : NULL;
	struct places s;

	f->alone = false;
	if (f->n > 1 && !g)
		g = group_new(c, f);
	if (c->err)
		return false;
	places_begin(f, &s);
	s.n = f->alone ? 1 : s.n;
	if (!places_fill(c, f, &s)) {
		if (g && &g->way != f->path)
			way_leave(c, &g->way, true);
		return false;
	}
	struct path *one = s.path[0];

	for (uint8_t i = 0; i < s.n; i++)
		path_hop(c, s.path[i], &s.hop[i]);
	if (s.n > 1)
		group_fill(c, g, &s);
	fec_lead(c, f, s.n > 1 ? &g->way : one);
	for (uint8_t k = 0; k < s.n_old; k++)
		if (s.old[k])
			way_leave(c, s.old[k], true);
	return true;
}

/* Without a hop it keeps what it has, down; it has a path from the beginning. */
static bool seat_nothing(struct core *c, struct fec *f)
{
	struct places s = { .n = 1, .hop = &(struct fact_hop){ .label = NO_HOP } };

	if (f->path)
		return true;
	if (!places_fill(c, f, &s))
		return false;
	fec_lead(c, f, s.path[0]);
	return true;
}

static void unseat(struct core *c, struct fec *f)
{
	struct path *way = f->path;
	struct group *g = way && way->group ? group_of(way) : NULL;

	if (f->label)
		label_release(c, f->label);
	f->label = NULL;
	for (uint16_t i = 0; g && i < g->n; i++)
		way_leave(c, g->member[i], true);
	fec_lead(c, f, NULL);
	if (way && !g)
		way_leave(c, way, false);
}

void fec_seat(struct core *c, struct fec *f)
{
	bool end = f->gone || f->egress;

	if (f->fresh) {
		if (end)
			unseat(c, f);
		else if (!(f->n ? seat_hops(c, f) : seat_nothing(c, f)))
			return;
		f->end = f->egress;
		f->fresh = false;
	}
	if (f->path && !f->label)
		f->label = label_take_dynamic(c, NULL, f);
}

void fecs_wake(struct core *c)
{
	bool some = c->some_left && (c->paths_out || c->groups_out);

	c->some_left = false;
	if (!some)
		return;
	c->paths_out = c->groups_out = false;
	table_each(&c->paths, n, i) {
		struct path *p = container_of(n, struct path, by_key);

		if (p->index)
			continue;
		path_dirty(c, p, p->news);
		if (p->fec)
			fec_dirty(c, p->fec);	/* its label waits for it */
		if (p->lsp && p->lsp->label)
			label_dirty(c, p->lsp->label);
	}
	table_each(&c->fecs, n, i) {
		struct fec *f = container_of(n, struct fec, by_prefix);

		f->fresh |= f->alone;
		if (f->alone)
			fec_dirty(c, f);
	}
}

/* ---- bind -------------------------------------------------------------------------------------------- */

static uint32_t bound_to(const struct fec *f)
{
	if (f->end)
		return LABEL_IMPLICIT_NULL;
	return f->label && f->label->row.kind == LABEL_SWAP ? f->label->label : LABEL_NOT_BOUND;
}

void fec_bind(struct core *c, struct fec *f)
{
	struct action a = { .kind = ACT_BIND, .bind = {
		.dest = (uint32_t)(f->by_prefix.key >> 8), .len = (uint8_t)f->by_prefix.key,
	} };

	if (f->label)
		label_write(c, f->label);
	if (c->err)
		return;
	a.bind.label = bound_to(f);
	if (a.bind.label != f->bound && emit(c, &a))
		f->bound = a.bind.label;
}

void fec_finish(struct core *c, struct fec *f)
{
	if (queue_end(&c->dirty_fecs, &f->dirty) && f->gone && !f->fresh)
		fec_free(c, f);
}

/* ---- groups ------------------------------------------------------------------------------------------- */

static void group_told(struct group *g, struct path *const *v, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		v[i]->grouped++;
	for (uint16_t i = 0; i < g->n_told; i++)
		g->told[i]->grouped--;
	for (uint16_t i = 0; i < n; i++) {
		g->told[i] = v[i];
		g->index[i] = v[i]->index;
	}
	g->n_told = n;
	g->way.told = true;
}

/* The row of a former engine, as far as its paths are known; else it is written anew. */
static void group_adopt(struct group *g, const struct core *c)
{
	struct path *v[GROUP_MEMBERS_MAX];
	uint16_t n = 0, had = g->n_told;

	if (!g->adopt)
		return;
	for (uint16_t i = 0; i < had; i++) {
		struct path *p = path_at(c, g->index[i]);

		if (p)
			v[n++] = p;
	}
	g->adopt = false;
	g->n_told = 0;
	group_told(g, v, n);
	g->way.told = n == had;
}

/* Adopted circuits do not know that it fell: not before adoption is over. */
static bool some_rises(const struct core *c, const struct group *g)
{
	bool some = false;

	for (uint16_t i = 0; i < g->n_told; i++)
		if (!c->ran && g->told[i]->fallen)
			return false;

	for (uint16_t i = 0; i < g->n; i++)
		some |= g->member[i]->rising || g->member[i]->armed;
	return some;
}

static void group_cause(struct path *way, bool up)
{
	const struct group *g = group_of(way);

	if (up) {
		way->reason = way->reason == REASON_OUT_IF_DOWN ? REASON_OUT_IF_UP : REASON_TUNNEL_UP;
		way->detector = DET_LDP;
		return;
	}
	for (uint16_t i = 0; i < g->n; i++) {
		way->reason = g->member[i]->reason;
		way->detector = g->member[i]->detector;
	}
}

/* None of its paths is to carry any more: those that leave it do not either, from now on. */
static void group_lower(struct core *c, const struct group *g)
{
	for (uint16_t i = 0; i < g->n_told; i++) {
		struct path *p = g->told[i];

		if (path_wanted(p) || !p->armed || !emit_live(c, ACT_PATH_LIVE, p->index, false))
			continue;
		p->armed = p->lower = false;
	}
}

void group_fall(struct core *c, struct path *way)
{
	struct path_row row;
	bool up = path_want(way, &row), carries;

	group_adopt(group_of(way), c);
	carries = path_carries(way);
	way->touch |= carries && !up;
	if (way->fec && !up)
		group_lower(c, group_of(way));
	if (c->err)
		return;
	way->rising = up && !carries && some_rises(c, group_of(way));
	way->touch |= up != way->up || up != carries;
	if (way->fec && up != way->up)
		group_cause(way, up);
	c->more = way->touch && path_touch_users(c, way);
	if (c->more)
		return;
	way->touch = false;
	group_of(way)->seen = up;
}

/* One of its paths is not as it was. Users may have seen it so before the next round; they are to see it then. */
void group_note(struct path *way)
{
	struct path_row row;

	way->touch |= path_want(way, &row) != group_of(way)->seen;
}

/* The paths of it that have rows, in @v; whether one of them would carry in *@armed. */
static uint16_t group_want(const struct group *g, struct path **v, bool *armed)
{
	uint16_t n = 0;

	*armed = false;
	for (uint16_t i = 0; i < g->n; i++) {
		if (!g->member[i]->index || !g->member[i]->told)
			continue;
		*armed |= g->member[i]->armed;
		v[n++] = g->member[i];
	}
	return n;
}

void group_raise(struct core *c, struct path *way)
{
	struct group *g = group_of(way);
	struct path *v[GROUP_MEMBERS_MAX];
	uint16_t index[GROUP_MEMBERS_MAX];
	bool armed;

	if (!way->fec)
		return;
	uint16_t n = group_want(g, v, &armed);

	if (way->told && n == g->n_told && !memcmp(v, g->told, n * sizeof(v[0])))
		return;
	/* Its users are to be accounted for before it rises, and before it falls since those that come do not carry yet. */
	if (armed != path_carries(way) && (!armed || !way->rising)) {
		group_dirty(c, way);
		return;
	}
	for (uint16_t i = 0; i < n; i++)
		index[i] = v[i]->index;
	if (!emit(c, &(struct action){ .kind = ACT_GROUP, .group = {
			.index = way->index, .used = true, .key = way->by_key.key, .n = n, .member = g->index } }))
		return;
	memcpy(g->index, index, n * sizeof(index[0]));
	group_told(g, v, n);
}

static void group_clear(struct core *c, struct path *way)
{
	struct group *g = group_of(way);

	if (way->told && !emit(c, &(struct action){ .kind = ACT_GROUP, .group = {
			.index = way->index, .key = way->by_key.key } }))
		return;
	group_told(g, NULL, 0);
	c->group_by_index[way->index] = NULL;
	index_drop(&c->group_space, way->index);
	c->some_left = true;
	queue_drop(&c->dirty_groups, &way->dirty);
	table_del(&c->groups, &way->by_key);
	free(g);
}

/* Before the circuits are finished: what comes after that touches them again. */
void group_tell(struct core *c, struct path *way)
{
	struct path_row row;
	bool up = way->fec && path_want(way, &row);
	struct core_event e = { .from = !up, .to = up, .reason = way->reason, .detector = way->detector };

	if (!way->fec)
		e.reason = REASON_TUNNEL_DOWN, e.detector = DET_LDP;
	if (up != way->up && !way->quiet && !emit_event(c, CEV_PATH, way->name, &e))
		return;
	way->up = up;
}

void group_finish(struct core *c, struct path *way)
{
	if (!way->fec) {
		group_clear(c, way);
		return;
	}
	way->rising = false;
	queue_end(&c->dirty_groups, &way->dirty);
}

void groups_forget(struct core *c)
{
	table_each(&c->groups, n, i) {
		struct group *g = container_of(n, struct group, way.by_key);

		g->adopt = false;
		group_told(g, NULL, 0);
		g->way.told = false;
		group_dirty(c, &g->way);
	}
}
