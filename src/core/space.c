/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * space.c: the labels LDP hands out. A label that was given up rests before another may have it: a peer that has not
 * heard yet, or that holds our state over a restart, still sends with it. So labels are given out in turn over the
 * range, and rest in the order in which they were given up. After a restart what the kernel held keeps its label; the
 * others below the mark that was kept rest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

#define LAST_LABEL	1048575u		/* = LDP_LABEL_MAX */
#define INDEX(label)	((label) - LABEL_DYNAMIC_FIRST + 1)
#define LABEL(index)	((index) + LABEL_DYNAMIC_FIRST - 1)
#define LAST		INDEX(LAST_LABEL)
#define KEEP_CHUNK	4096u			/* labels a record of the mark is good for */
#define REST_UNIT_BITS	27			/* 0.13 s */

struct label_seed {
	struct hnode by_owner;
	struct act_label row;
};

static bool is_dynamic(uint32_t label)
{
	return label >= LABEL_DYNAMIC_FIRST && label <= LAST_LABEL;
}

/* ---- rest --------------------------------------------------------------------------------------- */

static bool rest_room(struct label_space *s)
{
	if (s->n_rest < s->cap)
		return true;
	uint32_t cap = s->cap ? s->cap * 2 : 64;
	struct resting *v = reallocarray(NULL, cap, sizeof(*v));

	if (!v)
		return false;
	for (uint32_t i = 0; i < s->n_rest; i++)
		v[i] = s->rest[(s->first + i) % s->cap];
	free(s->rest);
	s->rest = v;
	s->first = 0;
	s->cap = cap;
	return true;
}

void core_label_rest(struct core *c, uint64_t ns)
{
	c->space.rest_ns = ns;
}

static uint64_t rest_ns(const struct label_space *s)
{
	return s->rest_ns > LABEL_REST_NS ? s->rest_ns : LABEL_REST_NS;
}

bool label_rest(struct core *c, uint32_t label)
{
	struct label_space *s = &c->space;

	if (!is_dynamic(label))
		return true;
	if (!rest_room(s))
		return false;
	s->rest[(s->first + s->n_rest++) % s->cap] = (struct resting){
		label, (uint32_t)((c->now_ns + rest_ns(s)) >> REST_UNIT_BITS) + 1,
	};
	return true;
}

/* Those who found none ask again. */
static void wake(struct core *c)
{
	if (!c->space.out)
		return;
	c->space.out = false;
	table_each(&c->circuits, n, i) {
		struct circuit *ci = container_of(n, struct circuit, by_name);

		for (int s = 0; s < 3; s++)
			if (ci->pw[s] && ci->pw[s]->signal && !ci->pw[s]->label)
				circuit_dirty(c, ci);
	}
	table_each(&c->fecs, n, i) {
		struct fec *f = container_of(n, struct fec, by_prefix);

		if (!f->label)
			fec_dirty(c, f);
	}
}

static uint64_t rest_ends(const struct label_space *s)
{
	return s->n_rest ? (uint64_t)s->rest[s->first].until << REST_UNIT_BITS : 0;
}

void labels_due(struct core *c)
{
	struct label_space *s = &c->space;
	bool some = false;

	if (s->former && !s->former_until)
		s->former_until = c->now_ns + rest_ns(s);
	if (s->former && s->former_until <= c->now_ns) {
		s->former = 0;
		some = true;
	}
	for (; c->work && s->n_rest && rest_ends(s) <= c->now_ns; c->work--) {
		index_drop(&s->taken, INDEX(s->rest[s->first].label));
		s->first = (s->first + 1) % s->cap;
		s->n_rest--;
		some = true;
	}
	if (some)
		wake(c);
}

uint64_t labels_next(const struct core *c)
{
	const struct label_space *s = &c->space;
	uint64_t rest = rest_ends(s), former = s->former ? s->former_until : 0;

	if (!s->out)
		return 0;
	return rest && (!former || rest < former) ? rest : former;
}

/* ---- give out ----------------------------------------------------------------------------------- */

/* The next from @from on; 0: there is none, or the run is short of memory. */
static uint32_t space_from(struct core *c, uint32_t from)
{
	struct index_space *s = &c->space.taken;
	uint32_t index = from <= LAST ? index_take_from(s, from, LAST) : 0;

	if (!index && from <= LAST && s->cap <= LAST)	/* it did not see the end */
		c->err = -ENOMEM;
	return index;
}

static uint32_t space_next(struct core *c)
{
	struct label_space *s = &c->space;
	uint32_t index = space_from(c, s->next ? s->next : 1);

	if (!index && !s->former && !c->err)
		index = space_from(c, 1);
	s->out |= !index;
	if (!index)
		return 0;
	s->next = index + 1;
	return LABEL(index);
}

static void space_return(struct label_space *s, uint32_t label)		/* nobody has heard of it */
{
	index_drop(&s->taken, INDEX(label));
	s->next = INDEX(label);
}

/* The mark is ahead of what is given out, and is kept before anybody hears of the label. */
static bool keep_mark(struct core *c, uint32_t label)
{
	struct action a = { .kind = ACT_KEEP_LABEL, .keep_label = { label + KEEP_CHUNK } };

	if (label < c->space.kept)
		return true;
	if (a.keep_label.next > LAST_LABEL + 1)
		a.keep_label.next = LAST_LABEL + 1;
	if (!emit(c, &a))
		return false;
	c->space.kept = a.keep_label.next;
	return true;
}

/* ---- adoption ----------------------------------------------------------------------------------- */

/* Circuits have 32 bits of index, and a slot; paths and groups 16. */
static uint64_t owner_key(enum label_kind kind, uint32_t index, uint32_t sub)
{
	return (uint64_t)kind << 40 | (uint64_t)index << 2 | sub;
}

static struct label_seed *seed_of(const struct core *c, uint64_t owner)
{
	struct hnode *n = table_find(&c->space.seeds, owner);

	return n ? container_of(n, struct label_seed, by_owner) : NULL;
}

void core_seed_next_label(struct core *c, uint32_t next)
{
	struct label_space *s = &c->space;

	if (!is_dynamic(next - 1))
		return;
	s->kept = next;
	if (next <= s->former)
		return;
	s->former = next;
	s->next = INDEX(next);
}

/* Rows are compared as memory: no padding of the teller's. */
static void row_copy(struct act_label *to, const struct act_label *row)
{
	memset(to, 0, sizeof(*to));
	to->label = row->label;
	to->kind = row->kind;
	to->index = row->index;
	to->slot = row->slot;
	to->control_word = row->control_word;
	to->gate = row->gate;
	to->bypass = row->bypass;
	to->group = row->group;
	to->vlan_out = row->vlan_out;
	to->ifindex = row->ifindex;
	to->vid = row->vid;
	to->max_frame = row->max_frame;
}

void core_seed_label(struct core *c, const struct act_label *row)
{
	struct label_space *s = &c->space;

	if (!is_dynamic(row->label) || row->kind == LABEL_NONE || c->ran)
		return;
	struct label_seed *seed = calloc(1, sizeof(*seed));

	if (!seed || !index_claim(&s->taken, INDEX(row->label))) {
		c->lost |= !seed;
		free(seed);
		return;
	}
	if (row->label >= s->former) {		/* the record of the mark is lost, or there was none */
		s->former = row->label + 1;
		s->next = INDEX(s->former);
	}
	row_copy(&seed->row, row);
	table_add(&s->seeds, &seed->by_owner,
		  owner_key(row->kind, row->index, row->kind == LABEL_PW ? row->slot : row->group));
}

static struct label_seed *seed_of_way(const struct core *c, const struct path *p)
{
	return p->index ? seed_of(c, owner_key(LABEL_SWAP, p->index, p->group)) : NULL;
}

/* By the group it had, or one of its paths: their indexes are the former ones as long as a seed names them. */
static struct label_seed *seed_of_fec(const struct core *c, const struct fec *f)
{
	const struct group *g = f->path && f->path->group ? group_of(f->path) : NULL;
	struct label_seed *s = f->path && c->space.seeds.n ? seed_of_way(c, f->path) : NULL;

	for (uint16_t i = 0; g && !s && c->space.seeds.n && i < g->n; i++)
		s = seed_of_way(c, g->member[i]);
	return s;
}

static struct label_seed *seed_for(const struct core *c, const struct pw *pw, const struct fec *fec)
{
	if (fec)
		return seed_of_fec(c, fec);
	return pw->circuit->seeded ? seed_of(c, owner_key(LABEL_PW, pw->circuit->index, pw->slot)) : NULL;
}

static void seed_free(struct core *c, struct label_seed *seed)
{
	table_del(&c->space.seeds, &seed->by_owner);
	free(seed);
}

void label_seeds_clear(struct core *c)
{
	if (!c->space.seeds.n || (c->recovering && !c->recovered))
		return;
	table_each(&c->space.seeds, n, i) {
		struct label_seed *seed = container_of(n, struct label_seed, by_owner);
		struct action a = { .kind = ACT_LABEL, .label = { .label = seed->row.label } };

		c->more = !c->work;
		if (c->more)
			return;
		if (seed->row.kind != LABEL_NONE && !emit(c, &a))
			return;
		seed->row.kind = LABEL_NONE;
		if (!label_rest(c, seed->row.label)) {
			c->err = -ENOMEM;
			return;
		}
		seed_free(c, seed);
		c->work--;
	}
}

/* ---- take --------------------------------------------------------------------------------------- */

struct label *label_take_dynamic(struct core *c, struct pw *pw, struct fec *fec)
{
	struct label_seed *seed = seed_for(c, pw, fec);

	if (pool_promise(&c->label_pool, 1)) {
		c->err = -ENOMEM;
		return NULL;
	}
	uint32_t label = seed ? seed->row.label : space_next(c);

	if (!label)
		return NULL;
	if (!keep_mark(c, label)) {
		if (!seed)
			space_return(&c->space, label);
		return NULL;
	}
	struct label *l = label_claim(c, label, pw, NULL);

	l->fec = fec;
	if (seed) {
		l->row = seed->row;
		seed_free(c, seed);
	}
	return l;
}

void space_free(struct core *c)
{
	table_each(&c->space.seeds, n, i)
		free(container_of(n, struct label_seed, by_owner));
	table_free(&c->space.seeds);
	free(c->space.taken.taken);
	free(c->space.rest);
}
