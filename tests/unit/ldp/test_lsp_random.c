/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport labels against a slow and obvious model: anything happens in any order, and now and then what core was
 * told and what each peer has of us must be what the model says.
 */
#include "lsp_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NPEERS	3
#define NDESTS	5
#define NADDRS	4

struct model {
	bool ordered;
	bool own[NDESTS];		/* it is an address of the host */
	uint8_t route[NDESTS];		/* bit i: NEXT(i) is a next hop; 0: none */
	uint8_t metric2[NDESTS];	/* likewise, of a worse route */
	struct {
		bool up, held, no_lsps;
		uint32_t label[NDESTS];	/* NO_LABEL: none */
		bool stale[NDESTS];
		uint32_t claimed[NADDRS];	/* when; 0: not */
		bool stale_addr[NADDRS];
		/* as a receiver of our messages */
		uint32_t view[NDESTS];
		bool released[NDESTS];
		bool doubt[NDESTS];	/* its Release may have been taken for an answer to a Withdraw */
	} peer[NPEERS];
	uint32_t clock;
};

static uint64_t seed;
static uint32_t met_stale, met_passed;		/* labels that were stale, and used or not */

static uint32_t rnd(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* ---- the model's answers ---- */

/* The label @p is used by, if it may be. */
static uint32_t label_by(const struct model *m, int p, uint32_t d, uint32_t a)
{
	return m->peer[p].claimed[a] ? m->peer[p].label[d] : NO_LABEL;
}

/* What next hop @a is used with, @told of it: the label of who claimed it first, of those with a label. One that is stale may
 * have fallen since it went stale, and is passed over then. */
static uint32_t expect_label(const struct model *m, uint32_t d, uint32_t a, uint32_t told)
{
	uint32_t last = 0;

	for (;;) {
		int best = -1;

		for (int p = 0; p < NPEERS; p++)
			if (label_by(m, p, d, a) != NO_LABEL && m->peer[p].claimed[a] > last &&
			    (best < 0 || m->peer[p].claimed[a] < m->peer[best].claimed[a]))
				best = p;
		if (best < 0)
			return NO_LABEL;
		bool stale = !m->peer[best].up || m->peer[best].stale[d];

		met_stale += stale && m->peer[best].label[d] == told;
		met_passed += stale && m->peer[best].label[d] != told;
		if (!stale || m->peer[best].label[d] == told)
			return m->peer[best].label[d];
		last = m->peer[best].claimed[a];
	}
}

static uint32_t told_label(const struct fake_fec *f, uint32_t a)
{
	for (uint32_t i = 0; f && f->told && i < f->f.n; i++)
		if (f->hop[i].nexthop == NEXT(a))
			return f->hop[i].label;
	return NO_LABEL;
}

static uint32_t expect_hops(struct world *w, const struct model *m, uint32_t d, struct fact_hop *hop)
{
	uint8_t set = m->route[d] ? m->route[d] : m->metric2[d];
	uint32_t n = 0;

	for (uint32_t a = 0; a < NADDRS && !m->own[d]; a++) {
		uint32_t label = set & 1 << a ? expect_label(m, d, a, told_label(fec_at(w, DEST(d)), a)) : NO_LABEL;

		if (label != NO_LABEL)
			hop[n++] = (struct fact_hop){ 10 + a, NEXT(a), label };
	}
	return n;
}

static void check_dest(struct world *w, const struct model *m, uint32_t d)
{
	struct fact_hop hop[NADDRS];
	uint32_t n = expect_hops(w, m, d, hop), out;
	bool known = m->own[d] || m->route[d] || m->metric2[d];
	const struct fake_fec *f = fec_at(w, DEST(d));

	assert_int_equal(f && f->told, known);
	if (known) {
		assert_int_equal(f->f.egress, m->own[d]);
		assert_int_equal(f->f.n, n);
		for (uint32_t i = 0; i < n; i++)
			assert_memory_equal(&f->hop[i], &hop[i], sizeof(hop[0]));
	}
	out = known && (!m->ordered || m->own[d] || n) ? f->label : NO_LABEL;
	for (int p = 0; p < NPEERS; p++) {
		uint32_t want = m->peer[p].up && !m->peer[p].no_lsps ? out : NO_LABEL;

		if (m->peer[p].released[d] && m->peer[p].view[d] == NO_LABEL)
			continue;
		assert_int_equal(m->peer[p].view[d], want);
	}
}

/* What displays say: each peer's label, and whether it is in use. */
static void check_shown(struct world *w, const struct model *m, uint32_t d)
{
	struct fact_hop hop[NADDRS];
	uint32_t n = expect_hops(w, m, d, hop), heard = 0;
	struct show_fec f = { 0 };

	ldp_show_fec(&w->l, DEST(d), 32, &f);
	for (int p = 0; p < NPEERS; p++) {
		if (m->peer[p].label[d] == NO_LABEL)
			continue;
		assert_in_range(heard, 0, f.n_binding - 1);
		assert_int_equal(f.binding[heard].peer, LSR(p));
		assert_int_equal(f.binding[heard].label, m->peer[p].label[d]);
		assert_int_equal(f.binding[heard].stale, !m->peer[p].up || m->peer[p].stale[d]);
		heard++;
	}
	assert_int_equal(f.n_binding, heard);
	for (uint32_t i = 0, k = 0; i < n; i++, k++) {
		while (k < f.n_hop && f.hop[k].label == LABEL_NOT_BOUND)
			k++;
		assert_in_range(k, 0, f.n_hop - 1);
		assert_int_equal(f.hop[k].nexthop, hop[i].nexthop);
		assert_int_equal(f.hop[k].label, hop[i].label);
	}
	if (n)
		assert_string_equal(f.why, "");
}

/* ---- a peer as receiver of our messages ---- */

static void peer_reads(struct world *w, struct model *m, int p)
{
	const struct heard *h;

	while ((h = next_msg(w, p))) {
		uint32_t d = h->dest - DEST(0), *view = m->peer[p].view + d % NDESTS;
		struct heard got = *h;

		if (h->fec != LDP_FEC_PREFIX || d >= NDESTS)
			continue;
		switch (got.type) {
		case LDP_MSG_MAPPING:
			assert_true(*view == NO_LABEL || *view == got.label);
			*view = got.label;
			m->peer[p].doubt[d] = m->peer[p].released[d] = false;
			break;
		case LDP_MSG_WITHDRAW:
			if (!m->peer[p].doubt[d])
				assert_int_equal(*view, got.label);
			*view = NO_LABEL;
			if (rnd(8))
				hear_label(w, p, LDP_MSG_RELEASE, got.dest, rnd(2) ? got.label : NO_LABEL);
			break;
		}
	}
}

static void check(struct world *w, struct model *m)
{
	uint32_t heard = 0;

	for (int p = 0; p < PEERS; p++)
		w->peer[p].room = UINT32_MAX;
	for (int i = 0; i < 3; i++) {		/* what they answer may call for more */
		for (int p = 0; p < NPEERS; p++)
			peer_wants(&w->peer[p].p);
		settle_all(w);
		for (int p = 0; p < NPEERS; p++)
			peer_reads(w, m, p);
	}
	for (uint32_t d = 0; d < NDESTS; d++) {
		check_dest(w, m, d);
		check_shown(w, m, d);
	}
	for (int p = 0; p < NPEERS; p++) {
		uint32_t n = 0, addrs = 0;

		for (uint32_t d = 0; d < NDESTS; d++)
			n += m->peer[p].label[d] != NO_LABEL;
		for (uint32_t a = 0; a < NADDRS; a++)
			addrs += m->peer[p].claimed[a] != 0;
		assert_int_equal(w->peer[p].p.n_lsps, n);
		assert_int_equal(w->peer[p].p.n_addrs, addrs);
		heard += n;
	}
	assert_int_equal(w->l.lsps->n_heard, heard);
	assert_int_equal(w->l.lsps->labels.n, heard);
}

/* ---- what happens ---- */

static void forget_labels(struct model *m, int p, bool only_stale)
{
	for (uint32_t d = 0; d < NDESTS; d++)
		if (!only_stale || m->peer[p].stale[d]) {
			m->peer[p].label[d] = NO_LABEL;
			m->peer[p].stale[d] = false;
		}
}

static void forget_addrs(struct model *m, int p, bool only_stale)
{
	for (uint32_t a = 0; a < NADDRS; a++)
		if (!only_stale || m->peer[p].stale_addr[a]) {
			m->peer[p].claimed[a] = 0;
			m->peer[p].stale_addr[a] = false;
		}
}

static void do_session(struct world *w, struct model *m, int p)
{
	if (m->peer[p].up || (m->peer[p].held && rnd(2))) {
		bool held = m->peer[p].up && rnd(2);

		peer_reads(w, m, p);
		session_down(w, p, held);
		m->peer[p].up = false;
		m->peer[p].held = held;
		for (uint32_t d = 0; d < NDESTS; d++) {
			m->peer[p].view[d] = NO_LABEL;
			m->peer[p].released[d] = m->peer[p].doubt[d] = false;
			m->peer[p].stale[d] = m->peer[p].label[d] != NO_LABEL;
		}
		for (uint32_t a = 0; a < NADDRS; a++)
			m->peer[p].stale_addr[a] = m->peer[p].claimed[a];
		if (!held) {
			forget_labels(m, p, false);
			forget_addrs(m, p, false);
			if (rnd(3) == 0)
				lsp_calls.forget(&w->peer[p].p);
		}
		return;
	}
	session_up(w, p);
	m->peer[p].up = true;
	m->peer[p].held = false;
}

static void do_recovered(struct world *w, struct model *m, int p, bool by_end)
{
	if (!m->peer[p].up)
		return;
	if (by_end) {
		hear_wild(w, p, LDP_MSG_NOTIFICATION, true, NO_LABEL);
		forget_labels(m, p, true);
		return;
	}
	lsp_calls.recovered(&w->peer[p].p);
	forget_labels(m, p, true);
	forget_addrs(m, p, true);
}

static void do_label(struct world *w, struct model *m, int p, uint32_t d)
{
	uint32_t label = 16 + rnd(4);

	if (!m->peer[p].up)
		return;
	if (rnd(3)) {
		hear_label(w, p, LDP_MSG_MAPPING, DEST(d), label);
		m->peer[p].label[d] = label;
		m->peer[p].stale[d] = false;
		return;
	}
	if (rnd(2))
		label = NO_LABEL;
	hear_label(w, p, LDP_MSG_WITHDRAW, DEST(d), label);
	if (label == NO_LABEL || label == m->peer[p].label[d])
		m->peer[p].label[d] = NO_LABEL;
}

static void do_wild(struct world *w, struct model *m, int p)
{
	uint32_t label = rnd(2) ? NO_LABEL : 16 + rnd(4);

	if (!m->peer[p].up)
		return;
	hear_wild(w, p, LDP_MSG_WITHDRAW, rnd(2), label);
	for (uint32_t d = 0; d < NDESTS; d++)
		if (label == NO_LABEL || label == m->peer[p].label[d])
			m->peer[p].label[d] = NO_LABEL;
}

static void do_addr(struct world *w, struct model *m, int p, uint32_t a)
{
	if (!m->peer[p].up)
		return;
	if (rnd(3)) {
		hear_addr(w, p, LDP_MSG_ADDRESS, NEXT(a));
		if (!m->peer[p].claimed[a])
			m->peer[p].claimed[a] = ++m->clock;
		m->peer[p].stale_addr[a] = false;
	} else {
		hear_addr(w, p, LDP_MSG_ADDRESS_WITHDRAW, NEXT(a));
		m->peer[p].claimed[a] = 0;
	}
}

static void do_route(struct world *w, struct model *m, uint32_t d)
{
	bool worse = rnd(4) == 0;
	uint8_t *set = worse ? &m->metric2[d] : &m->route[d];
	struct sys_route_told r = route_of(DEST(d), worse ? 50 : 10, 0);

	if (*set && rnd(3) == 0) {
		*set = 0;
		lsps_route(&w->l, &r, true);
		return;
	}
	*set = (uint8_t)(1 + rnd((1 << NADDRS) - 1));
	for (uint32_t a = NADDRS; a-- > 0;)
		if (*set & 1 << a)
			r.hop[r.n++] = (struct sys_hop){ .ifindex = 10 + a, .gateway = NEXT(a) };
	lsps_route(&w->l, &r, false);
}

/* The peer gives a label back, and may want it again. */
static void do_release(struct world *w, struct model *m, int p, uint32_t d)
{
	if (!m->peer[p].up)
		return;
	peer_reads(w, m, p);
	if (rnd(4) == 0) {
		hear_wild(w, p, LDP_MSG_REQUEST, true, NO_LABEL);
		memset(m->peer[p].released, 0, sizeof(m->peer[p].released));
	} else if (rnd(2)) {
		hear_label(w, p, LDP_MSG_REQUEST, DEST(d), NO_LABEL);
	} else if (m->peer[p].view[d] != NO_LABEL) {
		hear_label(w, p, LDP_MSG_RELEASE, DEST(d), m->peer[p].view[d]);
		m->peer[p].view[d] = NO_LABEL;
		m->peer[p].released[d] = m->peer[p].doubt[d] = true;
	}
	peer_reads(w, m, p);
}

static void do_config(struct world *w, struct model *m, int p)
{
	if (rnd(2)) {
		m->ordered = w->l.cfg.ordered = rnd(2);
	} else {
		m->peer[p].no_lsps = w->peer[p].p.no_lsps = rnd(2);
	}
	lsps_config(&w->l);
}

static void happen(struct world *w, struct model *m)
{
	int p = (int)rnd(NPEERS);
	uint32_t d = rnd(NDESTS), what = rnd(100);

	if (what < 30)
		do_label(w, m, p, d);
	else if (what < 50)
		do_route(w, m, d);
	else if (what < 70)
		do_addr(w, m, p, rnd(NADDRS));
	else if (what < 75)
		do_session(w, m, p);
	else if (what < 78)
		do_wild(w, m, p);
	else if (what < 81)
		do_recovered(w, m, p, what < 80);
	else if (what < 88)
		do_release(w, m, p, d);
	else if (what < 91)
		do_config(w, m, p);
	else if (what < 94)
		lsps_address(&w->l, 1, DEST(d), 32, m->own[d] = !m->own[d]);
	else if (what < 97)
		core_turn(w);
	else
		w->peer[p].room = rnd(4);
}

/* When everything is gone nothing is left. */
static void the_end(struct world *w, struct model *m)
{
	for (int p = 0; p < NPEERS; p++) {
		if (m->peer[p].up)
			session_down(w, p, false);
		lsp_calls.forget(&w->peer[p].p);
	}
	for (uint32_t d = 0; d < NDESTS; d++) {
		struct sys_route_told r = route_of(DEST(d), 10, 0);

		lsps_route(&w->l, &r, true);
		r.metric = 50;
		lsps_route(&w->l, &r, true);
		lsps_address(&w->l, 1, DEST(d), 32, false);
	}
	settle_all(w);
	assert_int_equal(w->l.lsps->fecs.n, 1);		/* the LSR ID */
	assert_int_equal(w->l.lsps->binds.n, 0);
	assert_int_equal(w->l.lsps->labels.n, 0);
	assert_int_equal(w->l.lsps->vias.n, 0);
	assert_int_equal(w->l.lsps->addrs.n, 0);
	assert_int_equal(w->l.lsps->n_routes, 0);
	assert_true(list_empty(&w->l.lsps->peers));
}

static void anything_in_any_order(void **state)
{
	(void)state;
	for (uint64_t run = 1; run <= 400; run++) {
		struct world *w = world_new();
		struct model m = { 0 };

		seed = run * 7919;
		for (int p = 0; p < NPEERS; p++)
			for (uint32_t d = 0; d < NDESTS; d++)
				m.peer[p].label[d] = m.peer[p].view[d] = NO_LABEL;
		for (int i = 0; i < 600; i++) {
			happen(w, &m);
			if (rnd(12) == 0)
				check(w, &m);
		}
		check(w, &m);
		the_end(w, &m);
		world_free(w);
	}
	assert_true(met_stale > 400 && met_passed > 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anything_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
