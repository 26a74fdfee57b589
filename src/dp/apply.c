/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * apply.c: carries out a list of actions on the maps. Owns the order of stores within one row.
 *
 * A row that already holds what is asked for is not written, so that a list may be replayed over
 * adopted state without the kernel noticing.
 */
#include "dp/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sys/bpf.h"

/* Programs read these words one at a time: each is stored whole, never octet by octet. */
static void store_words(void *dst, const void *src, size_t bytes)
{
	uint64_t *to = dst, w;

	for (size_t i = 0; i < bytes / 8; i++) {
		memcpy(&w, (const uint8_t *)src + i * 8, 8);
		__atomic_store_n(&to[i], w, __ATOMIC_RELAXED);
	}
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static void put(struct dp *d, void *row, const void *want, size_t bytes)
{
	if (!memcmp(row, want, bytes))
		return;
	store_words(row, want, bytes);
	d->writes++;
}

static void put_key(struct dp *d, uint64_t *key, uint64_t want)
{
	if (*key == want)
		return;
	__atomic_store_n(key, want, __ATOMIC_RELEASE);
	d->writes++;
}

static void put_byte(struct dp *d, uint8_t *b, uint8_t want)
{
	if (*b == want)
		return;
	__atomic_store_n(b, want, __ATOMIC_RELEASE);
	d->writes++;
}

struct rows_view dp_view(const struct dp *d)
{
	return (struct rows_view){
		.circuit = d->set.map[MAP_CIRCUIT].mem,
		.active = d->set.map[MAP_ACTIVE].mem,
		.next = d->set.map[MAP_NEXT].mem,
		.pw = d->set.map[MAP_PW_LIVE].mem,
		.path = d->set.map[MAP_PATH_LIVE].mem,
		.guard = d->set.map[MAP_GUARD_LIVE].mem,
		.group = d->set.map[MAP_PATH_GROUP].mem,
	};
}

/* ---- circuits -------------------------------------------------------------------------------------- */

static void pw_lower(struct dp *d, uint32_t pw)
{
	put_byte(d, &ROW(d, PW_LIVE, struct tw_flag, pw)->armed, 0);
}

static void steer(struct dp *d, uint32_t circuit, uint8_t active, uint8_t next)
{
	struct tw_block *a = ROW(d, ACTIVE, struct tw_block, circuit / TW_BLOCK);
	struct tw_block *n = ROW(d, NEXT, struct tw_block, circuit / TW_BLOCK);
	struct tw_seen *seen = ROW(d, SEEN, struct tw_seen, circuit);

	/* active first: while the old slot is down its next[] must go on holding the frames up */
	put_byte(d, &a->b[circuit % TW_BLOCK], active);
	put_byte(d, &n->b[circuit % TW_BLOCK], next);
	if (!bit_get(d->told, circuit))
		return;
	bit_set(d->told, circuit, false);
	__atomic_store_n(&seen->when, 0, __ATOMIC_RELEASE);
}

void dcircuit_clear(struct dp *d, uint32_t index)
{
	static const struct tw_circuit none;

	steer(d, index, TW_NONE, TW_NEXT_NEVER);
	for (int s = 0; s < TW_SLOTS; s++)
		pw_lower(d, TW_PW(index, (uint32_t)s));
	put(d, ROW(d, CIRCUIT, struct tw_circuit, index), &none, sizeof(none));
	put_key(d, ROW(d, CIRCUIT_KEY, uint64_t, index), 0);
}

static bool circuit_ok(const struct dp *d, uint32_t index)
{
	return index && index <= d->capacity;
}

static int apply_circuit(struct dp *d, const struct action *a)
{
	const struct act_circuit *c = &a->circuit;
	struct tw_circuit want;

	if (!circuit_ok(d, c->index))
		return -ERANGE;
	if (!c->used) {
		dcircuit_clear(d, c->index);
		return 0;
	}
	if (d->touched.circuit)
		bit_set(d->touched.circuit, c->index, true);
	if (*ROW(d, CIRCUIT_KEY, uint64_t, c->index) != c->key)
		counts_clear(d, c->index);	/* the index had another owner */
	row_circuit(c, &want);
	put(d, ROW(d, CIRCUIT, struct tw_circuit, c->index), &want, sizeof(want));
	put_key(d, ROW(d, CIRCUIT_KEY, uint64_t, c->index), c->key);
	return 0;
}

static int apply_steer(struct dp *d, const struct action *a)
{
	if (!circuit_ok(d, a->steer.circuit) || a->steer.active > TW_NONE)
		return -ERANGE;
	steer(d, a->steer.circuit, a->steer.active, row_next(a->steer.next));
	return 0;
}

static int apply_pw_live(struct dp *d, const struct action *a)
{
	if (!circuit_ok(d, a->live.index / 4) || a->live.index % 4 >= TW_SLOTS)
		return -ERANGE;
	struct tw_flag *l = ROW(d, PW_LIVE, struct tw_flag, a->live.index);

	if (!a->live.up)
		pw_lower(d, a->live.index);
	else if (!live_up(flag_live(*l)))
		put_byte(d, &l->armed, epoch_next(l->armed ? l->armed : l->dead, flag_live(*l), -1));
	return 0;
}

/* ---- paths ----------------------------------------------------------------------------------------- */

/*
 * The generation of a port's carrier that the engine has heard of. A raise names it, so one that was
 * decided before a fall the engine has not heard of yet fails (sys/live.h).
 */
static struct acked *acked(struct dp *d, uint32_t ifindex)
{
	for (uint32_t i = 0; i < d->n_acked; i++)
		if (d->acked[i].ifindex == ifindex)
			return &d->acked[i];
	struct acked *v = realloc(d->acked, (d->n_acked + 1) * sizeof(*v));
	if (!v)
		return NULL;
	d->acked = v;
	v[d->n_acked] = (struct acked){ ifindex, watcher_generation(d->watcher, ifindex) };
	return &v[d->n_acked++];
}

uint32_t dport_generation(struct dp *d, uint32_t ifindex)
{
	struct acked *a = acked(d, ifindex);

	return a ? a->generation : watcher_generation(d->watcher, ifindex);
}

void dport_fell(struct dp *d, uint32_t ifindex)
{
	struct acked *a = acked(d, ifindex);

	if (a)
		a->generation = watcher_generation(d->watcher, ifindex);
}

static void path_watch(struct dp *d, uint32_t index, uint32_t ifindex)
{
	if (d->path_port[index] == ifindex)
		return;
	d->path_port[index] = ifindex;
	watcher_path(d->watcher, (uint16_t)index, ifindex);
}

void dpath_down(struct dp *d, uint32_t index, bool forget)
{
	static const struct tw_path none;

	if (live_read(ROW(d, PATH_LIVE, struct tw_live, index)).armed) {
		watcher_lower(d->watcher, (uint16_t)index);
		d->writes++;
	}
	if (!forget)
		return;
	path_watch(d, index, 0);
	put(d, ROW(d, PATH, struct tw_path, index), &none, sizeof(none));
	put_key(d, ROW(d, PATH_KEY, uint64_t, index), 0);
}

static void path_up(struct dp *d, const struct act_path *p)
{
	struct tw_path *path = ROW(d, PATH, struct tw_path, p->index);
	struct tw_live *live = ROW(d, PATH_LIVE, struct tw_live, p->index);
	struct tw_path_row want;

	row_path(p, &want);
	path_watch(d, p->index, p->ifindex);
	uint32_t generation = dport_generation(d, p->ifindex);
	struct path_step s = path_step(path, live_read(live), d->epoch[p->index], &want);
	if (s.write) {
		store_words(&path->row[s.row], &want, sizeof(want));
		d->writes++;
	}
	if (!s.raise)
		return;
	d->epoch[p->index] = s.epoch;
	if (watcher_raise(d->watcher, p->index, s.epoch, generation))
		d->writes++;
	else
		log_event(LOG_P_INFO, "path-raise-overtaken", "path=%u ifindex=%u", p->index, p->ifindex);
}

static int apply_path(struct dp *d, const struct action *a)
{
	const struct act_path *p = &a->path;

	if (!p->index || p->index >= TW_PATHS)
		return -ERANGE;
	if (!p->used) {
		dpath_down(d, p->index, true);
		return 0;
	}
	if (d->touched.path)
		bit_set(d->touched.path, p->index, true);
	put_key(d, ROW(d, PATH_KEY, uint64_t, p->index), p->key);
	if (p->up)
		path_up(d, p);
	else
		dpath_down(d, p->index, false);
	return 0;
}

static int apply_path_live(struct dp *d, const struct action *a)
{
	if (!a->live.index || a->live.index >= TW_PATHS)
		return -ERANGE;
	if (a->live.up)
		return -EINVAL;		/* raising needs the row: ACT_PATH */
	dpath_down(d, a->live.index, false);
	return 0;
}

/* ---- guards and groups ------------------------------------------------------------------------------ */

static int apply_guard_live(struct dp *d, const struct action *a)
{
	if (!a->guard.index || a->guard.index >= TW_GUARDS)
		return -ERANGE;
	struct tw_live *l = ROW(d, GUARD_LIVE, struct tw_live, a->guard.index), now = live_read(l);

	if (d->touched.guard)
		bit_set(d->touched.guard, a->guard.index, true);
	if (!a->guard.up)
		put_byte(d, &l->armed, 0);
	else if (!live_up(now))
		put_byte(d, &l->armed, epoch_next(now.armed ? now.armed : now.dead, now, -1));
	return 0;
}

/* Other members go to the row at rest, whose rows of path[] were written before: one store chooses it. */
static void group_put(struct dp *d, uint32_t index, const struct tw_group_row *want)
{
	struct tw_group *g = ROW(d, PATH_GROUP, struct tw_group, index);
	uint32_t other = !(g->chosen & 1);

	if (!memcmp(&g->row[!other], want, sizeof(*want)))
		return;
	store_words(&g->row[other], want, sizeof(*want));
	__atomic_store_n(&g->chosen, other, __ATOMIC_RELEASE);
	d->writes++;
}

void dgroup_clear(struct dp *d, uint32_t index)
{
	static const struct tw_group_row none;

	group_put(d, index, &none);
	put(d, &ROW(d, PATH_GROUP, struct tw_group, index)->row[0], &none, sizeof(none));
	put(d, &ROW(d, PATH_GROUP, struct tw_group, index)->row[1], &none, sizeof(none));
	put_key(d, ROW(d, GROUP_KEY, uint64_t, index), 0);
}

static bool members_ok(const struct act_group *g)
{
	for (uint16_t i = 0; i < g->n; i++)
		if (!g->member[i] || g->member[i] >= TW_PATHS)
			return false;
	return true;
}

static int apply_group(struct dp *d, const struct action *a)
{
	const struct act_group *g = &a->group;
	struct tw_group_row want;

	if (!g->index || g->index >= TW_GROUPS || (g->used && (g->n > TW_GROUP_MEMBERS || !members_ok(g))))
		return -ERANGE;
	if (!g->used) {
		dgroup_clear(d, g->index);
		return 0;
	}
	if (d->touched.group)
		bit_set(d->touched.group, g->index, true);
	row_group(g, &want);
	group_put(d, g->index, &want);
	put_key(d, ROW(d, GROUP_KEY, uint64_t, g->index), g->key);
	return 0;
}

/* ---- labels ---------------------------------------------------------------------------------------- */

static bool label_body_is(const struct tw_label *a, const struct tw_label *b)
{
	return !memcmp(a, b, offsetof(struct tw_label, last));
}

/* `last` makes the row valid: it goes away first and comes back last. */
void label_put(struct dp *d, uint32_t label, const struct tw_label *want)
{
	struct tw_label *row = ROW(d, LABEL_IN, struct tw_label, label);

	if (!memcmp(row, want, sizeof(*want)))
		return;
	d->writes++;
	if (!label_body_is(row, want)) {
		__atomic_store_n(&row->last, 0, __ATOMIC_SEQ_CST);
		__atomic_store_n(&row->index, want->index, __ATOMIC_RELAXED);
		__atomic_store_n(&row->ifindex, want->ifindex, __ATOMIC_RELAXED);
		__atomic_store_n(&row->vid, want->vid, __ATOMIC_RELAXED);
		__atomic_store_n(&row->max_frame, want->max_frame, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&row->last, want->last, __ATOMIC_SEQ_CST);
}

bool label_ok(const struct dp *d, const struct act_label *l)
{
	switch (l->kind) {
	case LABEL_PW:
		return l->label < TW_LABELS && circuit_ok(d, l->index);
	case LABEL_SWAP:
		return l->label < TW_LABELS && l->index && l->index < (l->group ? TW_GROUPS : TW_PATHS);
	default:
		return l->label < TW_LABELS;
	}
}

static int apply_label(struct dp *d, const struct action *a)
{
	const struct act_label *l = &a->label;
	struct tw_label want;

	if (!label_ok(d, l))
		return -ERANGE;
	if (d->touched.label)
		bit_set(d->touched.label, l->label, l->kind != LABEL_NONE);
	row_label(l, &want);
	label_put(d, l->label, &want);
	return 0;
}

/* ---- ports ----------------------------------------------------------------------------------------- */

static int apply_port(struct dp *d, const struct action *a)
{
	if (!a->port.ifindex || (a->port.ac && !circuit_ok(d, a->port.circuit)))
		return -ERANGE;
	return dport_want(d, &a->port);
}

static int apply_vlan_ac(struct dp *d, const struct action *a)
{
	const struct act_vlan_ac *v = &a->vlan_ac;
	struct tw_vlan_key key = { .ifindex = v->ifindex, .vid = v->vid, .tpid = 0x8100 };
	int fd = d->set.map[MAP_VLAN_AC].fd;
	uint32_t now = 0;

	if (v->circuit && !circuit_ok(d, v->circuit))
		return -ERANGE;
	if (sys_map_get(fd, &key, &now))
		now = 0;
	if (now == v->circuit)
		return 0;
	d->writes++;
	return v->circuit ? sys_map_set(fd, &key, &v->circuit) : sys_map_del(fd, &key);
}

static int apply_one(struct dp *d, const struct action *a)
{
	static int (*const apply[])(struct dp *d, const struct action *a) = {
		[ACT_PORT] = apply_port,
		[ACT_VLAN_AC] = apply_vlan_ac,
		[ACT_CIRCUIT] = apply_circuit,
		[ACT_STEER] = apply_steer,
		[ACT_PW_LIVE] = apply_pw_live,
		[ACT_PATH] = apply_path,
		[ACT_PATH_LIVE] = apply_path_live,
		[ACT_LABEL] = apply_label,
		[ACT_GUARD_LIVE] = apply_guard_live,
		[ACT_GROUP] = apply_group,
	};
	enum action_kind kind = a->kind;

	return kind < sizeof(apply) / sizeof(apply[0]) && apply[kind] ? apply[kind](d, a) : 0;
}

/* ---- what failed ------------------------------------------------------------------------------------- */

/* Only these two are more than stores into memory. */
static bool same_row(const struct action *a, const struct action *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == ACT_PORT)
		return a->port.ifindex == b->port.ifindex;
	return a->kind == ACT_VLAN_AC && a->vlan_ac.ifindex == b->vlan_ac.ifindex && a->vlan_ac.vid == b->vlan_ac.vid;
}

static void failed_forget(struct dp *d, const struct action *a)
{
	for (uint32_t i = 0; i < d->n_failed; i++)
		if (same_row(&d->failed[i], a))
			d->failed[i--] = d->failed[--d->n_failed];
}

static bool is_room(int rc)
{
	return rc == -E2BIG || rc == -ENOMEM || rc == -ENOSPC || rc == -EBUSY || rc == -EAGAIN;
}

/* False: it will not be tried again. */
static bool failed_keep(struct dp *d, const struct action *a, int rc)
{
	if (!is_room(rc))
		return false;
	if (d->n_failed == d->cap_failed) {
		uint32_t cap = d->cap_failed ? 2 * d->cap_failed : 16;
		struct action *v = reallocarray(d->failed, cap, sizeof(*v));

		if (!v)
			return false;
		d->failed = v;
		d->cap_failed = cap;
	}
	d->failed[d->n_failed++] = *a;
	return true;
}

int dp_apply(struct dp *d, const struct actions *a)
{
	int first = 0;

	for (uint32_t i = 0; i < a->n; i++) {
		if (d->n_failed)
			failed_forget(d, &a->v[i]);
		int rc = apply_one(d, &a->v[i]);
		if (!rc)
			continue;
		if (!failed_keep(d, &a->v[i], rc))
			log_event(LOG_P_ERR, "map-row", "kind=%d error=%d text=\"not tried again\"", a->v[i].kind, -rc);
		if (!first)
			first = rc;
	}
	return first;
}

int dp_again(struct dp *d)
{
	uint32_t kept = 0;
	int first = 0;

	for (uint32_t i = 0; i < d->n_failed; i++) {
		int rc = apply_one(d, &d->failed[i]);

		if (rc && is_room(rc))
			d->failed[kept++] = d->failed[i];
		if (rc && !first)
			first = rc;
	}
	d->n_failed = kept;
	return first;
}
