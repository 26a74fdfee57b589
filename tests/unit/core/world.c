/* SPDX-License-Identifier: BSD-2-Clause */
/* world.c: see world.h. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- rows ---------------------------------------------------------------------------------------- */

struct rows *rows_new(void)
{
	struct rows *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	memset(r->active, SLOT_NONE, sizeof(r->active));
	memset(r->next, SLOT_NONE, sizeof(r->next));
	return r;
}

bool rows_armed(const struct rows *r, uint32_t index, bool group)
{
	bool some = false;

	if (!group)
		return index && r->armed[index];
	for (uint16_t i = 0; i < r->group[index].n; i++)
		some |= r->armed[r->members[index][i]];
	return some;
}

bool rows_usable(const struct rows *r, uint32_t ci, int s)
{
	const struct act_slot *sl = &r->circuit[ci].slot[s];

	return r->circuit[ci].used && sl->label && r->pw_live[ci * 4 + (uint32_t)s] && rows_armed(r, sl->path, sl->group) &&
	       (!sl->guard || r->guard[sl->guard]);
}

enum slot rows_sends(const struct rows *r, uint32_t ci)
{
	enum slot next[3];
	bool usable[3];

	for (int s = 0; s < 3; s++) {
		next[s] = r->next[ci][s];
		usable[s] = rows_usable(r, ci, s);
	}
	return verdict_kernel(r->active[ci], next, usable);
}

/* A slot that frames may be led to: one of a signalled PW is empty while the peer has given no label. */
static void check_slot(const struct rows *r, uint32_t ci, uint8_t s)
{
	assert_true(r->circuit[ci].used);
	if (!r->circuit[ci].slot[s].label)
		assert_false(r->pw_live[ci * 4 + s]);
}

static void check_circuit(const struct rows *r, uint32_t ci)
{
	const struct act_circuit *c = &r->circuit[ci];

	if (r->active[ci] != SLOT_NONE)
		check_slot(r, ci, r->active[ci]);
	for (int s = 0; s < 3; s++) {
		if (r->next[ci][s] == SLOT_NONE)
			continue;
		assert_int_not_equal(r->next[ci][s], s);
		check_slot(r, ci, r->next[ci][s]);
	}
	for (uint32_t s = 0; s < 3; s++)
		if (r->pw_live[ci * 4 + s])
			assert_true(c->used && c->slot[s].label);
}

static void check_path(const struct rows *r, uint32_t i)
{
	static const uint8_t zero[6];

	if (!r->armed[i])
		return;
	assert_true(r->path[i].used);
	assert_int_not_equal(r->path[i].ifindex, 0);
	assert_int_not_equal(r->path[i].mtu, 0);
	assert_memory_not_equal(r->path[i].dmac, zero, 6);
}

static void check_label(const struct rows *r, uint32_t l)
{
	const struct act_label *row = &r->label[l];

	if (row->kind == LABEL_PW)
		assert_true(r->circuit[row->index].used);
	if (row->kind == LABEL_SWAP)
		assert_true(row->group ? r->group[row->index].used : r->path[row->index].used);
}

void rows_check(const struct rows *r)
{
	for (uint32_t i = 0; i <= r->top; i++)
		check_circuit(r, i);
	for (uint32_t i = 0; i < W_PATHS; i++)
		check_path(r, i);
	for (uint32_t i = 0; i <= r->top_label; i++)
		check_label(r, i);
	for (uint32_t i = 0; i < W_GROUPS; i++)
		for (uint16_t k = 0; k < r->group[i].n; k++)
			assert_true(r->path[r->members[i][k]].used);
	for (uint32_t i = 0; i < W_PORTS; i++) {
		if (r->port[i].ac)
			assert_true(r->circuit[r->port[i].circuit].used);
		for (uint32_t v = 0; v < 64; v++)
			assert_true(!r->vlan[i][v] || r->circuit[r->vlan[i][v]].used);
	}
}

/* What refers to a row that is being cleared must be gone before it. */
static void check_unused(const struct rows *r, uint32_t circuit)
{
	for (uint32_t i = 0; i <= r->top_label; i++)
		assert_false(r->label[i].kind == LABEL_PW && r->label[i].index == circuit);
	for (uint32_t i = 0; i < W_PORTS; i++)
		assert_false(r->port[i].ac && r->port[i].circuit == circuit);
}

static void apply_circuit(struct rows *r, const struct act_circuit *c)
{
	assert_in_range(c->index, 1, W_CIRCUITS - 1);
	r->top = c->index > r->top ? c->index : r->top;
	if (!c->used)
		check_unused(r, c->index);
	r->circuit[c->index] = *c;
	for (int s = 0; c->used && s < 3; s++)
		assert_true(!c->slot[s].path || (c->slot[s].group ? r->group[c->slot[s].path].used :
						 r->path[c->slot[s].path].used));
	check_circuit(r, c->index);
}

/* Raising a flag is never the switchback: who sends goes on where it does (design: the kernel only lowers). */
static void raise_flag(struct rows *r, bool *flag)
{
	for (uint32_t i = 1; i <= r->top; i++) {
		enum slot before = r->circuit[i].used ? rows_sends(r, i) : SLOT_NONE;

		*flag = true;
		if (before != SLOT_NONE)
			assert_int_equal(rows_sends(r, i), before);
		*flag = false;
	}
	*flag = true;
}

static void apply_guard(struct rows *r, const struct act_live *g)
{
	assert_in_range(g->index, 1, W_GUARDS - 1);
	if (g->up && !r->guard[g->index])
		raise_flag(r, &r->guard[g->index]);
	r->guard[g->index] = g->up;
}

/* What the peer is told it may use at once. */
static void apply_signal(struct rows *r, const struct act_signal *s)
{
	const struct act_label *row = &r->label[W_PLACE(s->label)];
	struct act_signal *told = &r->signal[s->pw];

	assert_in_range(s->pw, 4, W_CIRCUITS * 4 - 1);
	assert_int_not_equal(s->peer, 0);
	assert_int_not_equal(s->id, 0);
	if (told->wanted)
		assert_true(told->peer == s->peer && told->id == s->id && told->type == s->type);
	if (s->wanted) {
		assert_int_equal(row->kind, LABEL_PW);
		assert_int_equal(row->index * 4 + row->slot, s->pw);
	} else {
		assert_true(told->wanted);
	}
	*told = *s;
}

/* What refers to a row of a path or group that is being cleared must be gone before it. */
static void check_way_unused(const struct rows *r, uint32_t index, bool group)
{
	for (uint32_t i = 1; i <= r->top; i++)
		for (int s = 0; r->circuit[i].used && s < 3; s++)
			assert_false(r->circuit[i].slot[s].label && r->circuit[i].slot[s].path == index &&
				     r->circuit[i].slot[s].group == group);
	for (uint32_t i = 0; i <= r->top_label; i++)
		assert_false(r->label[i].kind == LABEL_SWAP && r->label[i].index == index && r->label[i].group == group);
	for (uint32_t i = 0; !group && i < W_GROUPS; i++)
		for (uint16_t k = 0; k < r->group[i].n; k++)
			assert_int_not_equal(r->members[i][k], index);
}

/* The row of a group may raise it, as a flag does. */
static void apply_group(struct rows *r, const struct act_group *g)
{
	enum slot before[W_CIRCUITS];
	struct act_group *to;

	assert_in_range(g->index, 1, W_GROUPS - 1);
	to = &r->group[g->index];
	if (!g->used)
		check_way_unused(r, g->index, true);
	for (uint32_t i = 1; i <= r->top; i++)
		before[i] = r->circuit[i].used ? rows_sends(r, i) : SLOT_NONE;
	*to = *g;
	to->n = g->used ? g->n : 0;
	for (uint16_t i = 0; i < to->n; i++) {
		assert_true(r->path[g->member[i]].used);
		r->members[g->index][i] = g->member[i];
	}
	to->member = r->members[g->index];
	for (uint32_t i = 1; i <= r->top; i++)
		if (before[i] != SLOT_NONE)
			assert_int_equal(rows_sends(r, i), before[i]);
}

static struct act_bind *bind_of(struct rows *r, uint32_t dest, uint8_t len)
{
	struct act_bind *none = NULL;

	for (uint32_t i = 0; i < W_BINDS; i++) {
		if (r->bind[i].label && r->bind[i].dest == dest && r->bind[i].len == len)
			return &r->bind[i];
		none = r->bind[i].label ? none : &r->bind[i];
	}
	assert_non_null(none);
	return none;
}

uint32_t rows_bound(const struct rows *r, uint32_t dest, uint8_t len)
{
	uint32_t label = bind_of((struct rows *)r, dest, len)->label;

	return label ? label : LABEL_NOT_BOUND;
}

/* What peers are told they may use at once. */
static void apply_bind(struct rows *r, const struct act_bind *b)
{
	struct act_bind *to = bind_of(r, b->dest, b->len);

	*to = b->label == LABEL_NOT_BOUND ? (struct act_bind){ .label = 0 } : *b;
	if (to->label > 3)
		assert_int_equal(r->label[W_PLACE(b->label)].kind, LABEL_SWAP);
}

static void apply_path(struct rows *r, const struct act_path *p)
{
	assert_in_range(p->index, 1, W_PATHS - 1);
	if (!p->used) {
		assert_false(r->armed[p->index]);
		check_way_unused(r, p->index, false);
	}
	if (!p->up)
		assert_false(r->armed[p->index]);
	r->path[p->index] = *p;
	if (p->up && !r->armed[p->index])
		raise_flag(r, &r->armed[p->index]);
	check_path(r, p->index);
}

static void apply_pw_live(struct rows *r, const struct act_live *l)
{
	enum slot before = rows_sends(r, l->index / 4);

	r->pw_live[l->index] = l->up;
	check_circuit(r, l->index / 4);
	if (l->up && before != SLOT_NONE)
		assert_int_equal(rows_sends(r, l->index / 4), before);
}

static void apply_label(struct rows *r, const struct act_label *l)
{
	uint32_t place = W_PLACE(l->label);

	assert_in_range(place, 16, 2 * W_LABELS - 1);
	assert_true(place < W_LABELS || l->label >= LABEL_DYNAMIC_FIRST);
	assert_true(!r->label[place].kind || r->label[place].label == l->label);	/* else the world is too small */
	if (l->label >= LABEL_DYNAMIC_FIRST && !l->kind) {
		for (uint32_t i = 0; i < W_BINDS; i++)		/* peers have been told before */
			assert_int_not_equal(r->bind[i].label, l->label);
		r->cleared[place].label = l->label;
		r->cleared[place].when = r->now;
	} else if (l->label >= LABEL_DYNAMIC_FIRST) {
		assert_true(r->label[place].kind || r->cleared[place].label != l->label ||
			    r->now >= r->cleared[place].when + LABEL_REST_NS);
		assert_true(!r->mark || l->label < r->mark);
		r->given = l->label >= r->given ? l->label + 1 : r->given;
	}
	r->label[place] = *l;
	r->top_label = place > r->top_label ? place : r->top_label;
	check_label(r, place);
}

/* Where the record of @name is, or may go, in a table of records that start with their name; NULL: it is full. */
static void *record(void *table, size_t size, const char *name)
{
	char *free_one = NULL;

	for (int i = 0; i < W_KEEPS; i++) {
		char *r = (char *)table + (size_t)i * size;

		if (!strcmp(r, name))
			return r;
		free_one = *r ? free_one : r;
	}
	return free_one;
}

static void apply_keep(struct rows *r, const struct act_keep *k)
{
	struct act_keep *at = record(r->keep, sizeof(*at), k->name);

	if (at)
		*at = k->deadline_ns | k->resume_ns ? *k : (struct act_keep){ 0 };
}

static void apply_keep_template(struct rows *r, const struct act_keep_template *k)
{
	struct act_keep_template *at = record(r->keep_template, sizeof(*at), k->name);

	if (at)
		*at = k->keep ? *k : (struct act_keep_template){ 0 };
}

void rows_apply(struct rows *r, const struct action *a)
{
	switch (a->kind) {
	case ACT_PORT:
		assert_true(!a->port.ac || r->circuit[a->port.circuit].used);
		r->port[a->port.ifindex] = a->port;
		break;
	case ACT_VLAN_AC:
		assert_true(!a->vlan_ac.circuit || r->circuit[a->vlan_ac.circuit].used);
		r->vlan[a->vlan_ac.ifindex][a->vlan_ac.vid] = a->vlan_ac.circuit;
		break;
	case ACT_CIRCUIT:
		apply_circuit(r, &a->circuit);
		break;
	case ACT_STEER:
		r->active[a->steer.circuit] = a->steer.active;
		memcpy(r->next[a->steer.circuit], a->steer.next, 3);
		check_circuit(r, a->steer.circuit);
		break;
	case ACT_PW_LIVE:
		apply_pw_live(r, &a->live);
		break;
	case ACT_PATH:
		apply_path(r, &a->path);
		break;
	case ACT_PATH_LIVE:
		assert_false(a->live.up);
		r->armed[a->live.index] = false;
		break;
	case ACT_LABEL:
		apply_label(r, &a->label);
		break;
	case ACT_NEIGH:
		r->neigh[a->neigh.ifindex][NB(a->neigh.ip)] = a->neigh.keep;
		break;
	case ACT_KEEP:
		apply_keep(r, &a->keep);
		break;
	case ACT_KEEP_TEMPLATE:
		apply_keep_template(r, &a->keep_template);
		break;
	case ACT_GUARD_LIVE:
		apply_guard(r, &a->guard);
		break;
	case ACT_SIGNAL:
		apply_signal(r, &a->signal);
		break;
	case ACT_AC_DOWN:
		break;
	case ACT_MAC_WITHDRAW:
		assert_true(r->signal[a->mac_withdraw.pw].wanted);
		r->forgets[a->mac_withdraw.pw]++;
		break;
	case ACT_KEEP_LABEL:
		assert_true(a->keep_label.next >= r->mark);
		r->mark = a->keep_label.next;
		break;
	case ACT_GROUP:
		apply_group(r, &a->group);
		break;
	case ACT_BIND:
		apply_bind(r, &a->bind);
		break;
	case ACT_EVENT:
		assert_int_not_equal(a->event.name[0], 0);
		break;
	}
}

void watcher(struct rows *r, uint32_t ifindex)
{
	for (uint32_t i = 0; i < W_PATHS; i++)
		if (r->path[i].ifindex == ifindex)
			r->armed[i] = false;
	memset(r->neigh[ifindex], 0, sizeof(r->neigh[ifindex]));
}

/* ---- world ---------------------------------------------------------------------------------------- */

void world_up(struct world *w, uint32_t capacity)
{
	*w = (struct world){ .c = core_new(capacity), .r = rows_new() };
	assert_non_null(w->c);
}

void world_down(struct world *w)
{
	core_free(w->c);
	free(w->r);
	free(w->a.v);
}

static int applied(struct world *w, int rc)
{
	w->r->now = w->now;
	for (uint32_t i = 0; i < w->a.n; i++)
		rows_apply(w->r, &w->a.v[i]);
	return rc;
}

int run(struct world *w)
{
	w->a.n = 0;
	w->now += 1000;
	return applied(w, core_run(w->c, w->now, &w->a));
}

int run_slice(struct world *w, uint32_t work)
{
	w->a.n = 0;
	w->now += 1000;
	return applied(w, core_run_slice(w->c, w->now, &w->a, work));
}

uint32_t count(const struct world *w, enum action_kind k)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->a.n; i++)
		n += w->a.v[i].kind == k;
	return n;
}

const struct action *find(const struct world *w, enum action_kind k, uint32_t nth)
{
	for (uint32_t i = 0; i < w->a.n; i++)
		if (w->a.v[i].kind == k && !nth--)
			return &w->a.v[i];
	return NULL;
}

/* ---- objects ---------------------------------------------------------------------------------------- */

static void *obj_new(size_t size)
{
	struct ref *r = calloc(1, size);

	assert_non_null(r);
	*r = (struct ref){ 1, ref_kind(free) };
	return r;
}

void *copy(const void *obj, size_t size)
{
	struct ref *r = malloc(size);

	assert_non_null(r);
	memcpy(r, obj, size);
	*r = (struct ref){ 1, ref_kind(free) };
	return r;
}

struct m_system *sys_obj(bool mpls, uint32_t capacity)
{
	struct m_system *s = obj_new(sizeof(*s));

	s->lsr_id = IP(1, 1, 1, 9);
	s->mpls = s->l2vpn = mpls;
	s->capacity = capacity;
	return s;
}

struct m_interface *if_obj(const char *name, const char *parent, uint16_t vlan)
{
	struct m_interface *m = obj_new(sizeof(*m));

	snprintf(m->name, sizeof(m->name), "%s", name);
	snprintf(m->parent, sizeof(m->parent), "%s", parent);
	m->vlan = vlan;
	return m;
}

void pw_set(struct m_interface *m, enum slot s, uint32_t peer, uint32_t tx, uint32_t rx)
{
	m->pw[s] = (struct m_pw){ .present = true, .peer = peer, .tx_label = tx, .rx_label = rx };
}

void pw_ldp(struct m_interface *m, enum slot s, uint32_t peer, uint32_t id)
{
	m->pw[s] = (struct m_pw){ .present = true, .kind = PW_LDP, .peer = peer, .vc_id = id };
}

static struct m_static_lsp *lsp_obj(const char *name, enum m_lsp_role role)
{
	struct m_static_lsp *l = obj_new(sizeof(*l));

	snprintf(l->name, sizeof(l->name), "%s", name);
	l->role = role;
	return l;
}

struct m_static_lsp *ingress(const char *name, uint32_t dest, const char *out_if, uint32_t nexthop, uint32_t label)
{
	struct m_static_lsp *l = lsp_obj(name, LSP_INGRESS);

	l->dest = dest;
	l->dest_len = 32;
	snprintf(l->out_if, sizeof(l->out_if), "%s", out_if);
	l->nexthop = nexthop;
	l->n_out = 1;
	l->out_label[0] = label;
	return l;
}

struct m_static_lsp *transit(const char *name, uint32_t in, const char *out_if, uint32_t nexthop, uint32_t label)
{
	struct m_static_lsp *l = ingress(name, 0, out_if, nexthop, label);

	l->role = LSP_TRANSIT;
	l->dest_len = 0;
	l->in_label = in;
	return l;
}

struct m_static_lsp *egress(const char *name, uint32_t in)
{
	struct m_static_lsp *l = lsp_obj(name, LSP_EGRESS);

	l->in_label = in;
	return l;
}

struct m_pw_template *template_obj(const char *name)
{
	struct m_pw_template *t = obj_new(sizeof(*t));

	snprintf(t->name, sizeof(t->name), "%s", name);
	return t;
}

void commit(struct world *w, enum obj_type t, const void *old, const void *now)
{
	struct core_problem p[4];

	assert_int_equal(core_prepare(w->c, t, old, now), 0);
	size_t n = core_prepared(w->c, p, 4);

	if (n)
		fail_msg("refused: %s", p[0].text);
	core_apply(w->c);
	ref_put(old);
	ref_put(now);
}

void link_is(struct world *w, const char *name, uint32_t ifindex, bool up)
{
	struct fact_link f = {
		.present = ifindex, .ifindex = ifindex, .admin_up = true, .carrier = up, .mtu = 9216,
		.mac = { 2, 0, 0, 0, 0, (uint8_t)ifindex }, .detector = DET_CARRIER,
	};

	core_link(w->c, name, &f);
}
