/* SPDX-License-Identifier: BSD-2-Clause */
/* core.c: birth, death, names and small indexes of core's objects; adoption seeds. See core.h. */
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

uint64_t core_key(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;	/* FNV-1a */

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3u;
	return h ? h : 1;			/* 0 means free in the pinned maps */
}

uint64_t prefix_key(uint32_t ip, uint8_t len)
{
	uint32_t mask = len ? ~0u << (32 - len) : 0;

	return (uint64_t)(ip & mask) << 8 | len;
}

/* ---- index space ----------------------------------------------------------------------------- */

static bool index_room(struct index_space *s, uint32_t index)
{
	if (index < s->cap)
		return true;
	uint32_t cap = s->cap ? s->cap : 1024;

	while (cap <= index)
		cap *= 2;
	uint64_t *w = realloc(s->taken, cap / 8);

	if (!w)
		return false;
	memset((char *)w + s->cap / 8, 0, (cap - s->cap) / 8);
	w[0] |= 1;				/* index 0 means none */
	s->taken = w;
	s->cap = cap;
	return true;
}

bool index_claim(struct index_space *s, uint32_t index)
{
	if (!index || !index_room(s, index) || s->taken[index / 64] >> index % 64 & 1)
		return false;
	s->taken[index / 64] |= 1ull << index % 64;
	return true;
}

uint32_t index_take(struct index_space *s, uint32_t max)
{
	uint32_t w = s->hint;

	while (w < s->cap / 64 && s->taken[w] == ~0ull)
		w++;
	s->hint = w;
	if (!index_room(s, w * 64))
		return 0;
	uint32_t index = w * 64 + (uint32_t)__builtin_ctzll(~s->taken[w]);

	if (index > max)
		return 0;
	s->taken[w] |= 1ull << index % 64;
	return index;
}

uint32_t index_take_from(struct index_space *s, uint32_t from, uint32_t max)
{
	for (uint32_t i = from; i <= max; i = (i | 63) + 1) {
		if (!index_room(s, i))
			return 0;
		uint64_t left = ~s->taken[i / 64] >> i % 64;

		if (!left)
			continue;
		i += (uint32_t)__builtin_ctzll(left);
		if (i > max)
			return 0;
		s->taken[i / 64] |= 1ull << i % 64;
		return i;
	}
	return 0;
}

void index_drop(struct index_space *s, uint32_t index)
{
	if (!index || index >= s->cap)
		return;
	s->taken[index / 64] &= ~(1ull << index % 64);
	if (index / 64 < s->hint)
		s->hint = index / 64;
}

static struct seed *seed_find(const struct table *t, uint64_t key)
{
	struct hnode *n = table_find(t, key);

	return n ? container_of(n, struct seed, by_key) : NULL;
}

static void seed_add(struct core *c, struct table *t, struct index_space *s, uint64_t key, uint32_t index,
		     enum slot active)
{
	struct seed *old = seed_find(t, key);

	if (!key || old || (index && !index_claim(s, index)))
		return;				/* two of a name, or an index twice: a damaged map */
	struct seed *seed = calloc(1, sizeof(*seed));

	if (!seed) {
		c->lost = true;
		index_drop(s, index);
		return;
	}
	seed->index = index;
	seed->active = active;
	table_add(t, &seed->by_key, key);
}

void core_seed_circuit(struct core *c, uint64_t key, uint32_t index, enum slot active)
{
	if (index > core_capacity(c))
		index = 0;
	seed_add(c, &c->circuit_seeds, &c->circuit_space, key, index, active > SLOT_NONE ? SLOT_NONE : active);
}

void core_seed_slot(struct core *c, uint64_t key, enum slot slot, const struct act_slot *word)
{
	struct seed *seed = seed_find(&c->circuit_seeds, key);

	if (word->guard && word->guard <= CORE_GUARDS_MAX)
		c->guard_seeds[word->guard / 64] |= 1ull << word->guard % 64;
	if (seed && slot < SLOT_NONE)
		seed->word[slot] = *word;
}

void core_seed_path(struct core *c, uint64_t key, uint16_t index)
{
	if (index && index <= CORE_PATHS_MAX)
		seed_add(c, &c->path_seeds, &c->path_space, key, index, SLOT_NONE);
}

/* Takes the seed of @key away; false: there is none. */
static bool seed_use(struct table *t, uint64_t key, struct seed *out)
{
	struct seed *s = seed_find(t, key);

	if (!s)
		return false;
	*out = *s;
	table_del(t, &s->by_key);
	free(s);
	return true;
}

static void seed_drop(struct table *t, struct index_space *space, struct seed *s)
{
	index_drop(space, s->index);
	table_del(t, &s->by_key);
	free(s->row);
	free(s->member);
	free(s);
}

struct seed *path_seed(const struct core *c, uint64_t key)
{
	struct seed *s = seed_find(&c->path_seeds, key);

	return s && s->row ? s : NULL;
}

void core_seed_path_row(struct core *c, const struct act_path *row)
{
	struct seed *s = seed_find(&c->path_seeds, row->key);

	if (!s)
		core_seed_path(c, row->key, row->index);
	s = seed_find(&c->path_seeds, row->key);
	if (!s || s->row || s->index != row->index || row->n_labels > PUSH_MAX)
		return;
	s->row = malloc(sizeof(*row));
	if (s->row)
		*s->row = *row;
	c->lost |= !s->row;
}

void core_seed_group(struct core *c, const struct act_group *row)
{
	if (!row->index || row->index > CORE_GROUPS_MAX || row->n > GROUP_MEMBERS_MAX)
		return;
	seed_add(c, &c->group_seeds, &c->group_space, row->key, row->index, SLOT_NONE);
	struct seed *s = seed_find(&c->group_seeds, row->key);

	if (!s || s->member || s->index != row->index)
		return;
	s->member = malloc((row->n + 1u) * sizeof(*s->member));
	c->lost |= !s->member;
	if (!s->member)
		return;
	s->n = row->n;
	memcpy(s->member, row->member, row->n * sizeof(*s->member));
}

/* Room in *@array for as many elements as @s has bits. */
static bool slot_room(void ***array, uint32_t *have, const struct index_space *s)
{
	if (*have >= s->cap)
		return true;
	void **v = realloc(*array, sizeof(void *) * s->cap);

	if (!v)
		return false;
	memset(v + *have, 0, sizeof(void *) * (s->cap - *have));
	*array = v;
	*have = s->cap;
	return true;
}

/* A place by index, and one among the timers. */
static bool circuit_room(struct core *c)
{
	uint32_t timers = c->n_circuit_slots;

	return slot_room((void ***)&c->timer, &timers, &c->circuit_space) &&
	       slot_room(&c->circuit_by_index, &c->n_circuit_slots, &c->circuit_space);
}

void circuit_adopt(struct core *c, struct circuit *ci)
{
	struct seed seed;

	if (!circuit_room(c) ||
	    !seed_use(&c->circuit_seeds, ci->by_name.key, &seed))
		return;
	ci->seeded = true;
	ci->unsure = 7;
	ci->sends = ci->carried = seed.active;
	ci->index = seed.index;
	if (ci->index)
		c->circuit_by_index[ci->index] = ci;
	for (int s = 0; s < 3; s++)
		if (ci->pw[s])
			signal_hold(c, ci->pw[s], &seed.word[s]);
}

bool circuit_number(struct core *c, struct circuit *ci)
{
	uint32_t index = index_take(&c->circuit_space, core_capacity(c));

	if (!index) {			/* what a former engine held and nobody claimed must give way */
		seeds_forget(c);
		index = index_take(&c->circuit_space, core_capacity(c));
	}
	if (index && !circuit_room(c)) {
		index_drop(&c->circuit_space, index);
		index = 0;
	}
	if (!index)
		return false;
	ci->index = index;
	c->circuit_by_index[index] = ci;
	return true;
}

/* What the kernel has of a signalled path is the mirror. */
static void path_holds(struct path *p, const struct seed *seed)
{
	const struct act_path *row = seed->row;

	p->told = true;
	p->seeded = false;
	p->armed = row->up && !seed->fell;
	p->lower = p->fallen = seed->fell;
	if (!row->up)
		return;
	p->row.ifindex = row->ifindex;
	memcpy(p->row.dmac, row->dmac, sizeof(p->row.dmac));
	memcpy(p->row.smac, row->smac, sizeof(p->row.smac));
	p->row.mtu = row->mtu;
	p->row.n_labels = row->n_labels;
	memcpy(p->row.label, row->label, row->n_labels * sizeof(row->label[0]));
}

void path_adopt(struct core *c, struct path *p)
{
	struct seed seed;

	if (!slot_room(&c->path_by_index, &c->n_path_slots, &c->path_space) ||
	    !seed_use(&c->path_seeds, p->by_key.key, &seed))
		return;
	p->index = (uint16_t)seed.index;
	p->seeded = true;
	if (seed.row && p->fec)
		path_holds(p, &seed);
	free(seed.row);
	if (p->fell_by != DET_NONE) {		/* since the seeds were read */
		p->lower = true;
		p->armed = false;
	}
	c->path_by_index[p->index] = p;
}

static bool path_take(struct core *c, struct path *p)
{
	uint32_t index = index_take(&c->path_space, CORE_PATHS_MAX);

	if (!index) {
		seeds_forget(c);
		index = index_take(&c->path_space, CORE_PATHS_MAX);
	}
	c->paths_out |= !index && c->path_space.cap > CORE_PATHS_MAX;
	if (index && !slot_room(&c->path_by_index, &c->n_path_slots, &c->path_space)) {
		index_drop(&c->path_space, index);
		index = 0;
	}
	p->index = (uint16_t)index;
	p->out = !index;
	if (index)
		c->path_by_index[index] = p;
	return index;
}

bool path_number(struct core *c, struct path *p)
{
	bool out = c->paths_out;

	c->paths_out = false;
	bool ok = path_take(c, p) || c->paths_out;	/* when all are taken it waits until one is free */

	c->paths_out |= out;
	return ok;
}

bool group_number(struct core *c, struct group *g)
{
	struct seed seed = { .index = 0 };
	bool had = seed_use(&c->group_seeds, g->way.by_key.key, &seed);
	uint32_t index = had ? seed.index : index_take(&c->group_space, CORE_GROUPS_MAX);

	if (index && !slot_room(&c->group_by_index, &c->n_group_slots, &c->group_space)) {
		index_drop(&c->group_space, index);
		index = 0;
	}
	if (index && seed.member) {
		g->adopt = g->way.told = true;
		g->n_told = seed.n;
		memcpy(g->index, seed.member, seed.n * sizeof(g->index[0]));
	}
	free(seed.member);
	if (!index)
		return false;
	g->way.index = (uint16_t)index;
	c->group_by_index[index] = g;
	return true;
}

bool guard_number(struct core *c, struct peer *p, uint16_t index)
{
	if (index ? index > CORE_GUARDS_MAX || !index_claim(&c->guard_space, index) :
		    !(index = (uint16_t)index_take(&c->guard_space, CORE_GUARDS_MAX)))
		return false;
	if (!slot_room(&c->peer_by_guard, &c->n_guard_slots, &c->guard_space)) {
		index_drop(&c->guard_space, index);
		return false;
	}
	c->guard_seeds[index / 64] &= ~(1ull << index % 64);
	p->guard = index;
	p->lower = true;			/* who had it left it in whatever state */
	c->peer_by_guard[index] = p;
	return true;
}

void guard_drop(struct core *c, struct peer *p)
{
	c->peer_by_guard[p->guard] = NULL;
	index_drop(&c->guard_space, p->guard);
	p->guard = 0;
}

struct peer *guard_at(const struct core *c, uint32_t guard)
{
	return guard < c->n_guard_slots ? c->peer_by_guard[guard] : NULL;
}

struct circuit *circuit_at(const struct core *c, uint32_t index)
{
	return index < c->n_circuit_slots ? c->circuit_by_index[index] : NULL;
}

struct path *path_at(const struct core *c, uint32_t index)
{
	return index < c->n_path_slots ? c->path_by_index[index] : NULL;
}

struct path *way_at(const struct core *c, uint32_t index, bool group)
{
	struct group *g = group && index < c->n_group_slots ? c->group_by_index[index] : NULL;

	return group ? g ? &g->way : NULL : path_at(c, index);
}

void seeds_forget(struct core *c)
{
	table_each(&c->circuit_seeds, n, i)
		seed_drop(&c->circuit_seeds, &c->circuit_space, container_of(n, struct seed, by_key));
	table_each(&c->path_seeds, n, i) {
		struct seed *s = container_of(n, struct seed, by_key);

		if (!s->row)
			seed_drop(&c->path_seeds, &c->path_space, s);
	}
}

void seeds_free(struct core *c)
{
	seeds_forget(c);
	table_each(&c->path_seeds, n, i)
		seed_drop(&c->path_seeds, &c->path_space, container_of(n, struct seed, by_key));
	table_each(&c->group_seeds, n, i)
		seed_drop(&c->group_seeds, &c->group_space, container_of(n, struct seed, by_key));
}

static bool seed_row_clear(struct core *c, const struct seed *s, bool group)
{
	struct action a = group ?
		(struct action){ .kind = ACT_GROUP, .group = { .index = (uint16_t)s->index, .key = s->by_key.key } } :
		(struct action){ .kind = ACT_PATH, .path = { .index = (uint16_t)s->index, .key = s->by_key.key } };

	return (group || emit_live(c, ACT_PATH_LIVE, s->index, false)) && emit(c, &a);
}

void seed_rows_clear(struct core *c)
{
	struct { struct table *t; struct index_space *space; } of[] = {	/* groups name paths */
		{ &c->group_seeds, &c->group_space }, { &c->path_seeds, &c->path_space },
	};

	for (size_t k = 0; k < 2 && (!c->recovering || c->recovered); k++) {
		if (!of[k].t->n)
			continue;
		table_each(of[k].t, n, i) {
			struct seed *s = container_of(n, struct seed, by_key);

			c->more = !c->work;
			if (c->more || !seed_row_clear(c, s, !k))
				return;
			seed_drop(of[k].t, of[k].space, s);
			c->some_left = true;
			c->work--;
		}
	}
}

/* ---- birth and death --------------------------------------------------------------------------- */

uint32_t core_capacity(const struct core *c)
{
	return c->capacity;
}

struct core *core_new(uint32_t capacity)
{
	struct core *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->capacity = c->capacity_default = capacity ? capacity : CORE_CAPACITY_DEFAULT;
	struct table *tables[] = CORE_TABLES(c);

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		table_init(tables[i]);
	struct queue *queues[] = { &c->dirty_ports, &c->dirty_neighs, &c->dirty_paths, &c->dirty_labels,
				   &c->dirty_circuits, &c->dirty_peers, &c->dirty_groups, &c->dirty_fecs };

	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++)
		queue_init(queues[i]);
	list_init(&c->floating);
	list_init(&c->urgent);
	list_init(&c->urgent_guards);
	list_init(&c->urgent_signals);
	list_init(&c->ended);
	list_init(&c->dirty_templates);
	pool_init(&c->circuit_pool, sizeof(struct circuit));
	pool_init(&c->pw_pool, sizeof(struct pw));
	pool_init(&c->peer_pool, sizeof(struct peer));
	pool_init(&c->label_pool, sizeof(struct label));
	pool_init(&c->port_pool, sizeof(struct port));
	pool_init(&c->lsp_pool, sizeof(struct lsp));
	pool_init(&c->path_pool, sizeof(struct path));
	pool_init(&c->template_pool, sizeof(struct template));
	table_init(&c->space.seeds);
	pool_init(&c->signal_pool, sizeof(struct signal));
	pool_init(&c->ends_pool, sizeof(struct ends));
	pool_init(&c->askable_pool, sizeof(struct askable));
	return c;
}

static void pw_free(struct pw *pw)
{
	if (pw)
		free(pw->signal);
	free(pw);
}

#define FREE_ALL(table, type, member, also)                                             \
	table_each(table, n, i) {                                                        \
		type *it = container_of(n, type, member);                                \
		also;                                                                    \
		free(it);                                                                \
	}

void core_free(struct core *c)
{
	if (!c)
		return;
	core_abort(c);
	while (core_tidy(c, UINT32_MAX))
		;
	seeds_free(c);
	table_each(&c->fecs, n, i)
		fec_free(c, container_of(n, struct fec, by_prefix));
	FREE_ALL(&c->groups, struct group, way.by_key, (void)0);
	FREE_ALL(&c->circuits, struct circuit, by_name,
		 ref_put(it->cfg); free(it->ends); pw_free(it->pw[0]); pw_free(it->pw[1]); pw_free(it->pw[2]));
	list_each_safe(struct signal, sig, &c->ended, urgent)
		free(sig);
	FREE_ALL(&c->lsps, struct lsp, by_name, ref_put(it->cfg));
	FREE_ALL(&c->ports, struct port, by_name, ref_put(it->cfg));
	FREE_ALL(&c->neighs, struct neigh, by_key, (void)0);
	FREE_ALL(&c->askable, struct askable, by_addr, (void)0);
	FREE_ALL(&c->subnets, struct subnet, by_prefix, (void)0);
	FREE_ALL(&c->paths, struct path, by_key, (void)0);
	FREE_ALL(&c->peers, struct peer, by_addr, (void)0);
	FREE_ALL(&c->labels, struct label, by_label, (void)0);
	FREE_ALL(&c->templates, struct template, by_name, ref_put(it->cfg));
	ref_put(c->system);
	struct table *tables[] = CORE_TABLES(c);

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		table_free(tables[i]);
	struct pool *pools[] = CORE_POOLS(c);

	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		pool_done(pools[i]);
	space_free(c);
	free(c->circuit_space.taken);
	free(c->path_space.taken);
	free(c->guard_space.taken);
	free(c->peer_by_guard);
	free(c->group_space.taken);
	free(c->group_by_index);
	free(c->circuit_by_index);
	free(c->path_by_index);
	free(c->timer);
	free(c);
}
