/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * settle.c: the end of a start. Owns the order in which what was found becomes what is wanted.
 *
 *	OPEN	rows are filled by the first lists; the old attachments forward
 *	CARRY	counters of another layout or size are copied into the new maps
 *	MOVE	every port goes to our programs, by replacement: no frame finds it without one
 *	SWEEP	adopted rows that no list named are cleared
 *	WAIT	for the worker
 *	FINISH	what was counted on the old maps since CARRY is added; the old pins are removed
 *
 * Steps over many rows are slices of an idle job.
 */
#include "dp/inner.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sys/bpf.h"

#define SLICE		128u		/* rows between two looks at the clock, if they cost system calls */
#define SLICE_MEM	4096u		/* ... if they are memory */

/* ---- state of another layout or size ------------------------------------------------------------------- */

/* circuit_key[], active[] and the heartbeat in ctl[] keep their form over layouts; the rest is used where the layout is
 * ours. */
#define OLD(X) \
	X(KEY, circuit_key) X(ACTIVE, active) X(COUNT, count) X(DROPS, drops) X(NEXT, next) X(CIRCUIT, circuit) \
	X(PW, pw_live) X(PATH, path_live) X(GUARD, guard_live) X(GROUP, path_group) X(CTL, ctl) X(LOWERED, lowered)
enum {
#define X(sym, name) OLD_##sym,
	OLD(X)
#undef X
	OLD__N
};
static const char *const old_name[OLD__N] = {
#define X(sym, name) [OLD_##sym] = #name,
	OLD(X)
#undef X
};

struct old_state {
	struct dp_map map[OLD__N];
	bool same_layout;
	bool counts, drops;		/* of our form: carried over */
	struct by_key *by_key;
};

static bool open_mapped(struct dp_map *m)
{
	return m->fd >= 0 && !map_mmap(m);
}

/* The old programs forward until the ports have moved, so their dead-man is told that somebody is there. */
static void old_heartbeat(struct dp *d, const struct old_state *o)
{
	const struct tw_lowered *lowered = o->same_layout ? o->map[OLD_LOWERED].mem : NULL;
	struct tw_ctl *c = o->map[OLD_CTL].mem;

	if (!c || o->map[OLD_CTL].value < offsetof(struct tw_ctl, hold))
		return;
	uint64_t now = loop_now(d->loop), beat = __atomic_exchange_n(&c->heartbeat, now, __ATOMIC_SEQ_CST);
	deadman_found(d, beat, lowered ? c->hold : 0, lowered ? lowered->beat : 0, now);
}

int old_open(struct dp *d, const char *name)
{
	struct old_state *o = calloc(1, sizeof(*o));
	char dir[PIN_PATH], path[PIN_PATH], own[32], base[32];

	if (!o)
		return -ENOMEM;
	pins_version(TW_LAYOUT, TW_CIRCUITS_DEFAULT, base);
	pins_version(TW_LAYOUT, TW_CIRCUITS_DEFAULT + 1, own);
	own[strcspn(own, "-") + 1] = '\0';
	o->same_layout = !strcmp(name, base) || !strncmp(name, own, strlen(own));
	pins_path(dir, d->instance_dir, name);
	for (int i = 0; i < OLD__N; i++) {
		pins_path(path, dir, old_name[i]);
		map_open(&o->map[i], path);
		if (i >= OLD_NEXT || i == OLD_ACTIVE || i == OLD_KEY)
			o->same_layout &= open_mapped(&o->map[i]) || i == OLD_KEY;
	}
	o->counts = o->map[OLD_COUNT].fd >= 0 && o->map[OLD_COUNT].value == sizeof(struct tw_tally) &&
		    o->map[OLD_COUNT].rows == TW_TALLIES(o->map[OLD_KEY].rows, (uint32_t)d->cpus) &&
		    open_mapped(&o->map[OLD_COUNT]);
	old_heartbeat(d, o);
	o->drops = o->map[OLD_DROPS].fd >= 0 && o->map[OLD_DROPS].value == sizeof(uint64_t);
	d->old = o;
	return 0;
}

void old_free(struct dp *d)
{
	for (int i = 0; d->old && i < OLD__N; i++)
		map_close(&d->old->map[i]);
	if (d->old)
		free(d->old->by_key);
	free(d->old);
	d->old = NULL;
}

static uint64_t old_key(const struct old_state *o, uint32_t circuit)
{
	uint64_t key = 0;

	if (o->map[OLD_KEY].mem)
		key = ((const uint64_t *)o->map[OLD_KEY].mem)[circuit];
	else if (o->map[OLD_KEY].fd >= 0)
		sys_map_get(o->map[OLD_KEY].fd, &circuit, &key);
	return key;
}

/* Where the old programs send: exactly if the layout is ours, else what its engine last chose. */
static uint8_t old_slot(const struct old_state *o, uint32_t circuit)
{
	struct rows_view v = {
		.circuit = o->map[OLD_CIRCUIT].mem,
		.active = o->map[OLD_ACTIVE].mem,
		.next = o->map[OLD_NEXT].mem,
		.pw = o->map[OLD_PW].mem,
		.path = o->map[OLD_PATH].mem,
		.guard = o->map[OLD_GUARD].mem,
		.group = o->map[OLD_GROUP].mem,
	};
	uint32_t block = circuit / TW_BLOCK;
	struct tw_block b;
	uint8_t slot = TW_NONE;

	if (o->same_layout)
		slot = slot_now(&v, circuit);
	if (slot == TW_NONE && !sys_map_get(o->map[OLD_ACTIVE].fd, &block, &b))
		slot = b.b[circuit % TW_BLOCK];
	return slot <= TW_NONE ? slot : TW_NONE;
}

void old_seed(struct dp *d, struct core *c)
{
	const struct old_state *o = d->old;

	for (uint32_t i = 1; o && i < o->map[OLD_KEY].rows; i++) {
		uint64_t key = old_key(o, i);
		if (key)		/* an index that does not fit is replaced, the slot counts */
			core_seed_circuit(c, key, i, (enum slot)old_slot(o, i));
	}
}

/* ---- counters over a change of layout ------------------------------------------------------------------- */

/* Our circuits by their key: open addressing, since keys are hashes already. Made when the old rows are more than
 * ours, so that some circuits have another index now. */
struct by_key {
	uint32_t mask;
	uint32_t index[];		/* 0: free */
};

static void by_key_new(struct old_state *o, const struct dp *d)
{
	const uint64_t *keys = d->set.map[MAP_CIRCUIT_KEY].mem;
	uint32_t n = 64;

	while (n < 2 * d->capacity)
		n *= 2;
	o->by_key = calloc(1, sizeof(*o->by_key) + n * sizeof(uint32_t));
	if (!o->by_key)
		return;
	o->by_key->mask = n - 1;
	for (uint32_t i = 1; i <= d->capacity; i++) {
		uint32_t at = (uint32_t)keys[i] & (n - 1);

		while (keys[i] && o->by_key->index[at])
			at = (at + 1) & (n - 1);
		if (keys[i])
			o->by_key->index[at] = i;
	}
}

/* The index in our maps of the circuit that had @key and index @i before; 0: it is no more. */
static uint32_t index_of(const struct dp *d, uint64_t key, uint32_t i)
{
	const uint64_t *keys = d->set.map[MAP_CIRCUIT_KEY].mem;
	const struct by_key *b = d->old->by_key;

	if (i <= d->capacity)
		return keys[i] == key ? i : 0;	/* core keeps an index that fits */
	for (uint32_t at = (uint32_t)key; b && b->index[at & b->mask]; at++)
		if (keys[b->index[at & b->mask]] == key)
			return b->index[at & b->mask];
	return 0;
}

/*
 * Copied before the ports move, while no program of ours counts. What the old programs count from here
 * to their end is added by finish_pw(), in the base that a display takes off.
 */
static void carry_pw(struct dp *d, uint32_t from, uint32_t to)
{
	struct tw_count sum;

	count_sum(d, &d->old->map[OLD_COUNT], d->old->map[OLD_KEY].rows, from, &sum);
	if (!sum.tx_frames && !sum.rx_frames)
		return;
	count_store(d, to, &sum);
	struct tw_count *b = count_base(d, to, true);
	if (b)
		*b = sum;
}

static void finish_pw(struct dp *d, uint32_t from, uint32_t to)
{
	struct tw_count sum, *b = count_base(d, to, false);

	count_sum(d, &d->old->map[OLD_COUNT], d->old->map[OLD_KEY].rows, from, &sum);
	if (!b && (sum.tx_frames || sum.rx_frames))
		b = count_base(d, to, true);
	if (!b)
		return;
	b->tx_frames -= sum.tx_frames;
	b->tx_octets -= sum.tx_octets;
	b->rx_frames -= sum.rx_frames;
	b->rx_octets -= sum.rx_octets;
}

static void carry_drops(struct dp *d)
{
	for (uint32_t r = 0; r < DROP__N && r < d->old->map[OLD_DROPS].rows; r++)
		if (!sys_map_get(d->old->map[OLD_DROPS].fd, &r, d->percpu))
			sys_map_set(d->set.map[MAP_DROPS].fd, &r, d->percpu);
}

/* One slice over the old circuits; true while there is more. */
static bool each_old(struct dp *d, void (*fn)(struct dp *d, uint32_t from, uint32_t to))
{
	uint32_t rows = d->old && d->old->counts ? d->old->map[OLD_KEY].rows : 0;

	if (!d->cursor && rows > d->capacity + 1 && !d->old->by_key)
		by_key_new(d->old, d);
	for (uint32_t n = 0; n < SLICE && d->cursor < rows; n++, d->cursor++) {
		uint64_t key = old_key(d->old, d->cursor);
		uint32_t to = key ? index_of(d, key, d->cursor) : 0;
		for (uint32_t s = 0; to && s < TW_SLOTS; s++)
			fn(d, TW_PW(d->cursor, s), TW_PW(to, s));
	}
	return d->cursor < rows;
}

/* ---- adopted rows that nobody named ------------------------------------------------------------------------ */

int touched_new(struct dp *d)
{
	d->touched.circuit = calloc(1, d->capacity / 8 + 1);
	d->touched.path = calloc(1, TW_PATHS / 8);
	d->touched.label = calloc(1, TW_LABELS / 8);
	d->touched.group = calloc(1, TW_GROUPS / 8);
	d->touched.guard = calloc(1, TW_GUARDS / 8);
	return d->touched.circuit && d->touched.path && d->touched.label && d->touched.group && d->touched.guard ? 0 :
		-ENOMEM;
}

void touched_free(struct dp *d)
{
	free(d->touched.circuit);
	free(d->touched.path);
	free(d->touched.label);
	free(d->touched.group);
	free(d->touched.guard);
	d->touched = (struct touched){ 0 };
}

static void sweep_label(struct dp *d, uint32_t label)
{
	static const struct tw_label none;

	if (ROW(d, LABEL_IN, struct tw_label, label)->last && !bit_get(d->touched.label, label))
		label_put(d, label, &none);
}

static void sweep_circuit(struct dp *d, uint32_t circuit)
{
	if (circuit && *ROW(d, CIRCUIT_KEY, uint64_t, circuit) && !bit_get(d->touched.circuit, circuit))
		dcircuit_clear(d, circuit);
	for (int s = 0; s < TW_SLOTS; s++) {
		uint32_t guard = TW_SLOT_GUARD(ROW(d, CIRCUIT, struct tw_circuit, circuit)->slot[s]);
		if (guard < TW_GUARDS)
			bit_set(d->touched.guard, guard, true);
	}
}

static void sweep_path(struct dp *d, uint32_t path)
{
	if (*ROW(d, PATH_KEY, uint64_t, path) && !bit_get(d->touched.path, path))
		dpath_down(d, path, true);
}

static void sweep_group(struct dp *d, uint32_t group)
{
	if (*ROW(d, GROUP_KEY, uint64_t, group) && !bit_get(d->touched.group, group))
		dgroup_clear(d, group);
}

/* After the circuits: those of no slot and of no list. */
static void sweep_guard(struct dp *d, uint32_t guard)
{
	struct action down = { .kind = ACT_GUARD_LIVE, .guard = { .index = guard } };

	if (guard && !bit_get(d->touched.guard, guard))
		dp_apply(d, &(struct actions){ .v = &down, .n = 1 });
}

static void sweep_port(struct dp *d, uint32_t ifindex)
{
	if (ROW(d, PORT, struct tw_port, ifindex)->flags && !dport_find(d, ifindex))
		port_clear_row(d, ifindex);
}

static const struct {
	void (*fn)(struct dp *d, uint32_t i);
	enum map_id of;
} sweep[] = {
	{ sweep_label, MAP_LABEL_IN },
	{ sweep_circuit, MAP_CIRCUIT },
	{ sweep_path, MAP_PATH },
	{ sweep_group, MAP_PATH_GROUP },
	{ sweep_guard, MAP_GUARD_LIVE },
	{ sweep_port, MAP_PORT },
};

static bool sweep_slice(struct dp *d)
{
	uint32_t base = 0;

	for (size_t i = 0; i < sizeof(sweep) / sizeof(sweep[0]); i++) {
		uint32_t rows = d->set.map[sweep[i].of].rows;
		if (sweep[i].of == MAP_CIRCUIT)
			rows = d->capacity + 1;
		if (d->cursor < base + rows) {
			for (uint32_t n = 0; n < SLICE_MEM && d->cursor < base + rows; n++, d->cursor++)
				sweep[i].fn(d, d->cursor - base);
			return true;
		}
		base += rows;
	}
	return false;
}

static bool vlan_stale(struct dp *d, const void *key)
{
	const struct tw_vlan_key *k = key;
	uint32_t circuit = 0;

	if (sys_map_get(d->set.map[MAP_VLAN_AC].fd, key, &circuit) || circuit > d->capacity)
		return true;
	const struct tw_circuit *c = ROW(d, CIRCUIT, struct tw_circuit, circuit);
	return !(c->flags & TW_CIRCUIT_SUBIF) || c->ifindex != k->ifindex || c->vid != k->vid;
}

static bool far_stale(struct dp *d, const void *key)
{
	return !dport_find(d, *(const uint32_t *)key);
}

static const struct {
	enum map_id map;
	bool (*stale)(struct dp *d, const void *key);
} hashes[] = {
	{ MAP_VLAN_AC, vlan_stale },
	{ MAP_PORT_FAR, far_stale },
};

/* One slice over the keys of the hashes; the next key is asked for before the present one may go. One that others
 * take away meanwhile lets the kernel begin anew, which costs time and nothing else. */
static bool sweep_hashes(struct dp *d)
{
	uint32_t n = sizeof(hashes) / sizeof(hashes[0]);

	for (uint32_t i = 0; i < SLICE && d->hash < n; i++) {
		int fd = d->set.map[hashes[d->hash].map].fd;
		uint64_t key = d->hash_key;	/* of 4 or of 8 octets */
		bool none = d->hash_any ? false : map_next(fd, NULL, &key);

		d->hash_any = !none && !map_next(fd, &key, &d->hash_key);
		if (!none && hashes[d->hash].stale(d, &key)) {
			sys_map_del(fd, &key);
			d->writes++;
		}
		d->hash += !d->hash_any;
	}
	return d->hash < n;
}

/* ---- the steps ------------------------------------------------------------------------------------------------ */

struct others {
	struct dp *d;
	char name[16][PIN_NAME];		/* removed after the walk: bpffs does not like both at once */
	uint32_t n;
};

static void other_dir(void *arg, const char *name)
{
	struct others *o = arg;
	const char *own = strrchr(o->d->dir, '/') + 1;

	if (!strcmp(name, own) || !strcmp(name, "links") || !strcmp(name, "prepared"))
		return;
	if (o->n < sizeof(o->name) / sizeof(o->name[0]) && strlen(name) < sizeof(o->name[0]))
		strcpy(o->name[o->n++], name);
}

static void remove_old_pins(struct dp *d)
{
	struct others o = { .d = d };
	char path[PIN_PATH];

	if (!d->dir[0])
		return;
	pins_walk(d->instance_dir, other_dir, &o);
	for (uint32_t i = 0; i < o.n; i++) {
		pins_path(path, d->instance_dir, o.name[i]);
		int rc = pins_remove(path, NULL, NULL);
		log_event(rc ? LOG_P_WARNING : LOG_P_NOTICE, "pins-removed", "dir=%s error=%d", path, -rc);
	}
}

static void next_step(struct dp *d)
{
	d->settle++;
	d->cursor = 0;
}

static bool step_carry(struct dp *d)
{
	if (each_old(d, carry_pw))
		return true;
	if (d->old && d->old->drops)
		carry_drops(d);
	next_step(d);
	return true;
}

static bool step_move(struct dp *d)
{
	ports_release_held(d);
	next_step(d);
	return true;
}

static bool step_sweep(struct dp *d)
{
	if (d->touched.label && (sweep_slice(d) || sweep_hashes(d)))
		return true;
	touched_free(d);
	next_step(d);
	return true;
}

static bool step_wait(struct dp *d)
{
	if (d->running)
		return false;		/* settle_check() wakes us */
	next_step(d);
	return true;
}

static bool step_finish(struct dp *d)
{
	if (each_old(d, finish_pw))
		return true;
	old_free(d);
	remove_old_pins(d);
	next_step(d);
	log_event(LOG_P_NOTICE, "data-plane-settled", "writes=%llu", (unsigned long long)d->writes);
	return false;
}

bool settle_slice(void *arg)
{
	static bool (*const step[])(struct dp *d) = {
		[SETTLE_CARRY] = step_carry,
		[SETTLE_MOVE] = step_move,
		[SETTLE_SWEEP] = step_sweep,
		[SETTLE_WAIT] = step_wait,
		[SETTLE_FINISH] = step_finish,
	};
	struct dp *d = arg;
	bool more = !d->closing && d->settle != SETTLE_OPEN && d->settle < SETTLE_DONE;

	loop_doing(d->loop, "settling the data plane");
	while (more && (more = step[d->settle](d)) && !loop_slice_over(d->loop))
		;
	return more;
}

void settle_check(struct dp *d)
{
	if (d->settle == SETTLE_WAIT && !d->running && !d->closing)
		loop_idle(d->loop, settle_slice, d);
}

void dp_settled(struct dp *d)
{
	if (d->settle != SETTLE_OPEN)
		return;
	next_step(d);
	loop_idle(d->loop, settle_slice, d);
}

bool dp_busy(const struct dp *d)
{
	return d->running || d->settle != SETTLE_DONE;
}
