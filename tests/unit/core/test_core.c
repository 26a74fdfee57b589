/* SPDX-License-Identifier: BSD-2-Clause */
/* Core by scenarios: one circuit, its life, its faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define AC	"GigabitEthernet0/1/0"
#define CORE1	"GigabitEthernet0/2/0"
#define CORE2	"GigabitEthernet0/3/0"
#define NH1	IP(10, 1, 1, 2)
#define NH2	IP(10, 1, 2, 2)
#define PE2	IP(3, 3, 3, 9)
#define PE3	IP(4, 4, 4, 9)

static const uint8_t mac1[6] = { 2, 0, 0, 0, 1, 1 }, mac2[6] = { 2, 0, 0, 0, 1, 2 };

static void cores(struct world *w)
{
	struct m_interface *a = if_obj(CORE1, "", 0), *b = if_obj(CORE2, "", 0);

	a->mpls = b->mpls = true;
	commit(w, OBJ_SYSTEM, NULL, sys_obj(true, 0));
	commit(w, OBJ_INTERFACE, NULL, a);
	commit(w, OBJ_INTERFACE, NULL, b);
	commit(w, OBJ_STATIC_LSP, NULL, ingress("lsp1", PE2, CORE1, NH1, 500));
	commit(w, OBJ_STATIC_LSP, NULL, ingress("lsp2", PE3, CORE2, NH2, 600));
}

static void facts(struct world *w)
{
	link_is(w, AC, 3, true);
	link_is(w, CORE1, 4, true);
	link_is(w, CORE2, 5, true);
	core_neigh(w->c, 4, NH1, mac1);
	core_neigh(w->c, 5, NH2, mac2);
}

static struct m_interface *protected_ac(bool never)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	pw_set(m, SLOT_SECONDARY, PE3, 101, 201);
	m->revert_never = never;
	return m;
}

/* Everything up, a protected circuit (index 1) on its primary. Returns its object, referenced. */
static struct m_interface *standing(struct world *w, bool never)
{
	struct m_interface *m = protected_ac(never);

	world_up(w, 64);
	cores(w);
	commit(w, OBJ_INTERFACE, NULL, ref_get(m));
	facts(w);
	assert_int_equal(run(w), 0);
	assert_int_equal(rows_sends(w->r, 1), SLOT_PRIMARY);
	return m;
}

static void comes_up(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false);
	struct show_circuit s;

	(void)state;
	const struct act_circuit *c = &w.r->circuit[1];

	assert_int_equal(c->ifindex, 3);
	assert_int_equal(c->max_frame, 1514);
	assert_int_equal(c->slot[0].label, 100);
	assert_int_equal(c->slot[1].label, 101);
	assert_false(c->slot[0].tagged);
	assert_int_equal(c->slot[2].label, 0);
	const struct act_path *p = &w.r->path[c->slot[0].path];

	assert_int_equal(p->ifindex, 4);
	assert_int_equal(p->mtu, 9216);
	assert_int_equal(p->n_labels, 1);
	assert_int_equal(p->label[0], 500);
	assert_memory_equal(p->dmac, mac1, 6);
	assert_true(w.r->label[200].gate);
	assert_int_equal(w.r->label[200].index, 1);
	assert_int_equal(w.r->label[201].slot, SLOT_SECONDARY);
	assert_true(w.r->port[3].ac && !w.r->port[3].down);
	assert_true(w.r->port[4].core && !w.r->port[4].ac);
	assert_true(w.r->neigh[4][NB(NH1)]);
	assert_true(core_show_circuit(w.c, AC, &s));
	assert_true(s.pw[0].up && s.pw[0].active && s.pw[1].standby_usable);
	assert_string_equal(s.pw[0].why, "");
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.n, 0);
	ref_put(m);
	world_down(&w);
}

static void falls_back_and_returns(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false);
	struct show_circuit s;

	(void)state;
	watcher(w.r, 4);
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.v[0].kind, ACT_PATH_LIVE);
	assert_int_equal(count(&w, ACT_PATH_LIVE), 1);
	assert_int_equal(count(&w, ACT_STEER), 1);
	assert_int_equal(w.r->active[1], SLOT_SECONDARY);
	assert_true(core_show_circuit(w.c, AC, &s));
	assert_int_equal(s.active, SLOT_SECONDARY);
	assert_int_equal(s.switches, 1);
	assert_int_equal(s.switch_reason, REASON_OUT_IF_DOWN);
	assert_int_equal(s.switch_detector, DET_CARRIER);
	assert_string_equal(s.pw[0].why, "port " CORE1 " has no carrier");

	core_neigh(w.c, 4, NH1, NULL);		/* the kernel forgot it with the link */
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(count(&w, ACT_NEIGH), 1);	/* asked for again */
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);
	core_neigh(w.c, 4, NH1, mac1);
	assert_int_equal(run(&w), 0);
	assert_int_equal(count(&w, ACT_PATH), 1);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	assert_true(core_show_circuit(w.c, AC, &s));
	assert_int_equal(s.switches, 2);
	ref_put(m);
	world_down(&w);
}

static void never_stays(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, true);

	(void)state;
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->active[1], SLOT_SECONDARY);
	assert_true(w.r->armed[w.r->circuit[1].slot[0].path]);
	watcher(w.r, 5);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	link_is(&w, CORE2, 5, false);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->active[1], SLOT_PRIMARY);
	ref_put(m);
	world_down(&w);
}

/* The link fell and rose before anybody looked: the kernel has moved, so `never` stays moved, and the
 * flag is not raised before `active` says so. */
static void flap_within_a_batch(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, true);

	(void)state;
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.v[0].kind, ACT_PATH_LIVE);
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);
	bool steered = false;

	for (uint32_t i = 0; i < w.a.n; i++) {
		steered |= w.a.v[i].kind == ACT_STEER && w.a.v[i].steer.active == SLOT_SECONDARY;
		assert_true(w.a.v[i].kind != ACT_PATH || steered);
	}
	ref_put(m);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_up),
		cmocka_unit_test(falls_back_and_returns),
		cmocka_unit_test(never_stays),
		cmocka_unit_test(flap_within_a_batch),
	};

	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
