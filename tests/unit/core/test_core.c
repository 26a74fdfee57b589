/* SPDX-License-Identifier: BSD-2-Clause */
/* Core by scenarios: one circuit, its life, its faults. */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"

static struct m_interface *protected_ac(bool never)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	pw_set(m, SLOT_SECONDARY, PE3, 101, 201);
	m->reroute = never ? REROUTE_NEVER : REROUTE_IMMEDIATELY;
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

/* Time passes, until core has nothing left to do by itself. */
static void settles(struct world *w)
{
	for (uint64_t next; (next = core_next(w->c)); assert_int_equal(run(w), 0))
		w->now = next > w->now ? next : w->now;
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
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);	/* till the primary has settled */
	settles(&w);
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

/* ---- more helpers ---------------------------------------------------------------------------------- */

static bool no_memory;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return no_memory ? NULL : __real_calloc(n, size);
}

/* A run during which @circuit never stops sending, action by action. */
static void run_gapless(struct world *w, uint32_t circuit)
{
	w->a.n = 0;
	assert_int_equal(core_run(w->c, w->now += 1000, &w->a), 0);
	for (uint32_t i = 0; i < w->a.n; i++) {
		rows_apply(w->r, &w->a.v[i]);
		assert_int_not_equal(rows_sends(w->r, circuit), SLOT_NONE);
	}
}

static void change(struct world *w, struct m_interface **m, struct m_interface *now)
{
	commit(w, OBJ_INTERFACE, *m, ref_get(now));
	*m = now;
}

static struct m_interface *same(const struct m_interface *m)
{
	return copy(m, sizeof(*m));
}

static const struct core_event *event(const struct world *w, enum core_event_kind kind, const char *name)
{
	for (uint32_t i = 0; i < w->a.n; i++)
		if (w->a.v[i].kind == ACT_EVENT && w->a.v[i].event.kind == kind && !strcmp(w->a.v[i].event.name, name))
			return &w->a.v[i].event;
	return NULL;
}

static struct show_circuit show_named(const struct world *w, const char *name)
{
	struct show_circuit s;

	assert_true(core_show_circuit(w->c, name, &s));
	return s;
}

static void done(struct world *w, struct m_interface *m)
{
	ref_put(m);
	world_down(w);
}

/* ---- slots, modes, roles ------------------------------------------------------------------------------ */

static void bypass_is_the_last_resort(void **state)
{
	struct world w;
	struct m_interface *m = if_obj(AC, "", 0);

	(void)state;
	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	pw_set(m, SLOT_BYPASS, PE3, 102, 202);
	world_up(&w, 64);
	cores(&w);
	facts(&w);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
	assert_int_equal(run(&w), 0);
	assert_false(w.r->label[200].gate);
	assert_false(w.r->label[202].gate);
	assert_true(w.r->label[200].bypass && w.r->label[202].bypass);
	watcher(w.r, 4);
	assert_int_equal(rows_sends(w.r, 1), SLOT_BYPASS);
	link_is(&w, CORE1, 4, false);
	run_gapless(&w, 1);
	assert_int_equal(w.r->active[1], SLOT_BYPASS);
	link_is(&w, CORE1, 4, true);
	run_gapless(&w, 1);
	assert_int_equal(w.r->active[1], SLOT_PRIMARY);
	done(&w, m);
}

static void vlan_treatment(void **state)
{
	static const struct { bool subif; enum m_pw_mode mode; bool tagged; enum vlan_out out; } row[] = {
		{ false, PW_MODE_DEFAULT, false, VLAN_OUT_KEEP },
		{ false, PW_MODE_RAW, false, VLAN_OUT_KEEP },
		{ false, PW_MODE_TAGGED, true, VLAN_OUT_UNDUMMY },
		{ true, PW_MODE_DEFAULT, true, VLAN_OUT_REWRITE },
		{ true, PW_MODE_RAW, false, VLAN_OUT_PUSH },
		{ true, PW_MODE_TAGGED, true, VLAN_OUT_REWRITE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct m_interface *m = row[i].subif ? if_obj(AC ".7", AC, 7) : if_obj(AC, "", 0);
		struct world w;

		pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
		m->pw[0].mode = row[i].mode;
		m->pw[0].control_word = TG_ON;
		m->mtu = 4470;
		world_up(&w, 64);
		cores(&w);
		facts(&w);
		commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
		assert_int_equal(run(&w), 0);
		const struct act_circuit *c = &w.r->circuit[1];

		assert_int_equal(c->slot[0].tagged, row[i].tagged);
		assert_true(c->slot[0].control_word && w.r->label[200].control_word);
		assert_int_equal(c->max_frame, 4484);
		assert_int_equal(c->subif, row[i].subif);
		assert_int_equal(w.r->label[200].vlan_out, row[i].out);
		assert_int_equal(w.r->label[200].vid, row[i].subif ? 7 : 0);
		assert_int_equal(w.r->label[200].max_frame, 9230);
		assert_int_equal(w.r->vlan[3][7], row[i].subif);
		assert_int_equal(w.r->port[3].subif, row[i].subif);
		assert_int_equal(w.r->port[3].ac, !row[i].subif);
		done(&w, m);
	}
}

static void lsp_rows(void **state)
{
	struct world w;
	struct m_static_lsp *many = ingress("many", IP(5, 5, 5, 9), CORE1, NH1, 700);

	(void)state;
	many->n_out = 4;
	many->out_label[1] = 701;
	many->out_label[2] = 702;
	many->out_label[3] = 0;
	world_up(&w, 64);
	cores(&w);
	facts(&w);
	commit(&w, OBJ_STATIC_LSP, NULL, many);
	commit(&w, OBJ_STATIC_LSP, NULL, ingress("php", IP(6, 6, 6, 9), CORE1, NH1, 3));
	commit(&w, OBJ_STATIC_LSP, NULL, transit("swap", 300, CORE2, NH2, 400));
	commit(&w, OBJ_STATIC_LSP, NULL, transit("pop", 301, CORE2, NH2, 3));
	commit(&w, OBJ_STATIC_LSP, NULL, transit("null", 302, CORE2, NH2, 0));
	commit(&w, OBJ_STATIC_LSP, NULL, egress("end", 303));
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->label[303].kind, LABEL_POP);
	const struct act_path *p[3];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(w.r->label[300 + i].kind, LABEL_SWAP);
		p[i] = &w.r->path[w.r->label[300 + i].index];
		assert_int_equal(p[i]->ifindex, 5);
	}
	assert_int_equal(p[0]->n_labels, 1);
	assert_int_equal(p[0]->label[0], 400);
	assert_int_equal(p[1]->n_labels, 0);
	assert_int_equal(p[2]->n_labels, 1);
	assert_int_equal(p[2]->label[0], 0);
	assert_int_equal(w.r->path[3].n_labels, 4);
	assert_int_equal(w.r->path[3].label[2], 702);
	assert_int_equal(w.r->path[4].n_labels, 0);
	world_down(&w);
}

static int first_label(void *arg, const struct show_label *l)
{
	*(struct show_label *)arg = *l;
	return 1;
}

/* incoming-interface: a row that names the port, and none while there is no such device. */
static void label_of_one_port(void **state)
{
	struct m_static_lsp *bound = transit("swap", 300, CORE2, NH2, 400), *end = egress("end", 301), *any;
	struct world w;
	struct m_interface *m = standing(&w, false);

	(void)state;
	snprintf(bound->in_if, sizeof(bound->in_if), "%s", CORE1);
	snprintf(end->in_if, sizeof(end->in_if), "Pos9/9/9");	/* in no configuration, and absent */
	commit(&w, OBJ_STATIC_LSP, NULL, ref_get(bound));
	commit(&w, OBJ_STATIC_LSP, NULL, ref_get(end));
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->label[300].kind, LABEL_SWAP);
	assert_int_equal(w.r->label[300].ifindex, 4);
	assert_int_equal(w.r->label[301].kind, LABEL_NONE);
	link_is(&w, "Pos9/9/9", 9, false);		/* carrier does not matter: nothing comes in without */
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->label[301].kind, LABEL_POP);
	assert_int_equal(w.r->label[301].ifindex, 9);

	link_is(&w, CORE1, 0, false);			/* somebody else may get ifindex 4 now */
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->label[300].kind, LABEL_NONE);
	assert_int_equal(count(&w, ACT_LABEL), 1);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	link_is(&w, CORE1, 0, false);
	link_is(&w, CORE2, 4, true);			/* at once: the row goes before the port comes */
	assert_int_equal(run(&w), 0);
	for (uint32_t i = 0, cleared = 0; i < w.a.n; i++) {
		const struct action *a = &w.a.v[i];

		cleared |= a->kind == ACT_LABEL && a->label.kind == LABEL_NONE;
		assert_true(cleared || a->kind != ACT_PORT || !a->port.core);
	}
	link_is(&w, CORE1, 14, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->label[300].ifindex, 14);
	link_is(&w, CORE1, 15, true);			/* replaced within one batch */
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->label[300].ifindex, 15);

	any = copy(bound, sizeof(*bound));
	any->in_if[0] = '\0';
	commit(&w, OBJ_STATIC_LSP, bound, any);
	commit(&w, OBJ_STATIC_LSP, end, NULL);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->label[300].kind, LABEL_SWAP);
	assert_int_equal(w.r->label[300].ifindex, 0);
	assert_int_equal(w.r->label[301].kind, LABEL_NONE);
	link_is(&w, "Pos9/9/9", 10, true);		/* nobody asks for it any more */
	assert_int_equal(run(&w), 0);
	assert_int_equal(count(&w, ACT_LABEL), 0);
	ref_put(m);
	world_down(&w);
}

/* A neighbour left by one path while its link is down, and taken by another when it is up again. */
static void neighbour_changes_hands(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, true);
	struct m_static_lsp *was = ingress("lsp3", IP(5, 5, 5, 9), CORE1, IP(10, 1, 1, 3), 700);
	struct m_static_lsp *now = ingress("lsp3", IP(5, 5, 5, 9), CORE2, NH2, 700);

	(void)state;
	commit(&w, OBJ_STATIC_LSP, NULL, ref_get(was));
	assert_int_equal(run(&w), 0);
	assert_true(w.r->neigh[4][NB(IP(10, 1, 1, 3))]);
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	assert_false(w.r->neigh[4][NB(IP(10, 1, 1, 3))]);
	commit(&w, OBJ_STATIC_LSP, was, now);
	link_is(&w, CORE1, 4, true);
	commit(&w, OBJ_STATIC_LSP, NULL, ingress("lsp4", IP(6, 6, 6, 9), CORE1, IP(10, 1, 1, 3), 701));
	assert_int_equal(run(&w), 0);
	assert_true(w.r->neigh[4][NB(IP(10, 1, 1, 3))]);
	ref_put(m);
	world_down(&w);
}

static void labels_are_shown(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false);
	struct show_label l;

	(void)state;
	commit(&w, OBJ_STATIC_LSP, NULL, egress("end", 100));
	assert_int_equal(core_show_labels(w.c, first_label, &l), 1);
	assert_int_equal(l.label, 100);
	assert_string_equal(l.user, "static-lsp end");
	assert_int_equal(l.kind, LABEL_POP);
	done(&w, m);
}

/* ---- the AC ------------------------------------------------------------------------------------------ */

static void ac_down_is_one_write(void **state)
{
	struct world w;
	struct m_interface *m[3];
	char name[3][IFNAME_LEN];

	(void)state;
	world_up(&w, 64);
	cores(&w);
	facts(&w);
	for (int i = 0; i < 3; i++) {
		snprintf(name[i], sizeof(name[i]), AC ".%d", i + 1);
		m[i] = if_obj(name[i], AC, (uint16_t)(i + 1));
		pw_set(m[i], SLOT_PRIMARY, PE2, 100 + (uint32_t)i, 200 + (uint32_t)i);
		pw_set(m[i], SLOT_SECONDARY, PE3, 110 + (uint32_t)i, 210 + (uint32_t)i);
		commit(&w, OBJ_INTERFACE, NULL, ref_get(m[i]));
	}
	assert_int_equal(run(&w), 0);
	link_is(&w, AC, 3, false);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.n, 4);		/* and an event for each circuit */
	assert_int_equal(count(&w, ACT_PORT), 1);
	assert_true(w.r->port[3].down && w.r->port[3].subif);
	const struct core_event *e = event(&w, CEV_AC, name[1]);

	assert_non_null(e);
	assert_int_equal(e->reason, REASON_IF_DOWN);
	assert_string_equal(show_named(&w, name[1]).ac_why, "port " AC " has no carrier");
	assert_true(show_named(&w, name[1]).pw[0].up);
	link_is(&w, AC, 3, true);
	assert_int_equal(run(&w), 0);
	assert_false(w.r->port[3].down);
	for (int i = 0; i < 3; i++)
		ref_put(m[i]);
	world_down(&w);
}

static void shutdown_of_one_subinterface(void **state)
{
	struct world w;
	struct m_interface *a = if_obj(AC ".1", AC, 1), *b = if_obj(AC ".2", AC, 2), *now;

	(void)state;
	world_up(&w, 64);
	cores(&w);
	facts(&w);
	pw_set(a, SLOT_PRIMARY, PE2, 100, 200);
	pw_set(b, SLOT_PRIMARY, PE2, 101, 201);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(a));
	commit(&w, OBJ_INTERFACE, NULL, b);
	assert_int_equal(run(&w), 0);
	now = same(a);
	now->shutdown = true;
	change(&w, &a, now);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->vlan[3][1], 0);
	assert_int_equal(w.r->vlan[3][2], 2);
	assert_int_equal(w.r->label[200].ifindex, 0);	/* no AC to deliver to */
	assert_int_equal(w.r->label[201].ifindex, 3);
	assert_false(w.r->port[3].down);
	for (uint32_t i = 0; i < w.a.n; i++)
		assert_true(w.a.v[i].kind != ACT_CIRCUIT || w.a.v[i].circuit.index == 1);
	assert_string_equal(show_named(&w, AC ".1").ac_why, AC ".1 is shut down: undo shutdown");
	done(&w, a);
}

static void device_goes_returns_and_is_renamed(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false);

	(void)state;
	link_is(&w, AC, 0, false);
	assert_int_equal(run(&w), 0);
	assert_false(w.r->port[3].ac);
	assert_int_equal(w.r->label[200].ifindex, 0);
	assert_string_equal(show_named(&w, AC).ac_why, "device of " AC " is absent");
	link_is(&w, AC, 13, true);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->port[13].ac);
	assert_int_equal(w.r->circuit[1].ifindex, 13);
	/* the core port's device gets the AC port's name, and nobody tells that the old name is gone */
	link_is(&w, AC, 4, true);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->port[4].ac && !w.r->port[4].core);
	assert_false(w.r->port[13].ac);
	assert_false(w.r->armed[w.r->circuit[1].slot[0].path]);
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);
	done(&w, m);
}

/* ---- no frame lost at a change ----------------------------------------------------------------------------- */

static void change_costs_what_changed(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false), *now, *other = if_obj("GigabitEthernet0/1/1", "", 0);

	(void)state;
	now = same(m);			/* transmit label: one store of the slot */
	now->pw[0].tx_label = 150;
	change(&w, &m, now);
	run_gapless(&w, 1);
	assert_int_equal(w.a.n, 1);
	assert_int_equal(w.r->circuit[1].slot[0].label, 150);

	now = same(m);			/* receive label: the new row stands before the old one goes */
	now->pw[0].rx_label = 250;
	change(&w, &m, now);
	run_gapless(&w, 1);
	assert_int_equal(w.a.n, 2);
	assert_int_equal(w.a.v[0].label.label, 250);
	assert_int_equal(w.a.v[1].label.kind, LABEL_NONE);

	core_neigh(w.c, 4, NH1, mac2);	/* next hop: one row */
	run_gapless(&w, 1);
	assert_int_equal(w.a.n, 1);
	assert_int_equal(w.a.v[0].kind, ACT_PATH);

	now = same(m);			/* a description: nothing */
	now->description = "customer 7";
	change(&w, &m, now);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.n, 0);

	commit(&w, OBJ_STATIC_LSP, ingress("lsp1", PE2, CORE1, NH1, 500), ingress("lsp1", PE2, CORE1, NH1, 500));
	assert_int_equal(run(&w), 0);	/* the same LSP again: nothing */
	assert_int_equal(w.a.n, 0);

	pw_set(other, SLOT_PRIMARY, PE2, 400, 401);	/* another circuit: nothing for this one */
	link_is(&w, "GigabitEthernet0/1/1", 6, true);
	commit(&w, OBJ_INTERFACE, NULL, other);
	run_gapless(&w, 1);
	for (uint32_t i = 0; i < w.a.n; i++) {
		const struct action *a = &w.a.v[i];

		assert_true(a->kind != ACT_PATH && a->kind != ACT_PATH_LIVE);
		assert_true(a->kind != ACT_CIRCUIT || a->circuit.index == 2);
		assert_true(a->kind != ACT_STEER || a->steer.circuit == 2);
		assert_true(a->kind != ACT_PW_LIVE || a->live.index / 4 == 2);
	}
	link_is(&w, "GigabitEthernet0/1/1", 6, false);
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.n, 2);		/* its port, its event */
	done(&w, m);
}

static void lsp_replaced_without_a_gap(void **state)
{
	struct world w;
	struct m_interface *m = if_obj(AC, "", 0);
	struct m_static_lsp *old = ingress("old", IP(7, 7, 7, 9), CORE1, NH1, 500);

	(void)state;
	world_up(&w, 64);
	cores(&w);
	facts(&w);
	pw_set(m, SLOT_PRIMARY, IP(7, 7, 7, 9), 100, 200);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
	commit(&w, OBJ_STATIC_LSP, NULL, ref_get(old));
	assert_int_equal(run(&w), 0);
	uint16_t before = w.r->circuit[1].slot[0].path;
	struct m_static_lsp *now = ingress("new", IP(7, 7, 7, 9), CORE2, NH2, 501);

	core_prepare(w.c, OBJ_STATIC_LSP, NULL, now);
	core_prepare(w.c, OBJ_STATIC_LSP, old, NULL);
	assert_int_equal(core_prepared(w.c, NULL, 0), 0);
	core_apply(w.c);
	run_gapless(&w, 1);
	assert_int_not_equal(w.r->circuit[1].slot[0].path, before);
	assert_false(w.r->path[before].used);
	assert_false(w.r->armed[before]);
	ref_put(old);
	ref_put(now);
	done(&w, m);
}

static void primary_led_nowhere(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false), *now = same(m);

	(void)state;
	now->pw[0].peer = IP(8, 8, 8, 9);
	change(&w, &m, now);
	run_gapless(&w, 1);
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);
	assert_string_equal(show_named(&w, AC).pw[0].why,
			    "no LSP to 8.8.8.9: neither a static-lsp ingress nor a route that LDP has labels for");
	const struct core_event *e = event(&w, CEV_SWITCH, AC);

	assert_non_null(e);
	assert_int_equal(e->detector, DET_CONFIG);
	done(&w, m);
}

static void secondary_removed_while_it_sends(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, true), *now;

	(void)state;
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);
	now = same(m);
	now->pw[1].present = false;
	change(&w, &m, now);
	run_gapless(&w, 1);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	assert_int_equal(w.r->circuit[1].slot[1].label, 0);
	assert_int_equal(w.r->label[201].kind, LABEL_NONE);
	assert_false(w.r->label[200].gate);
	const struct core_event *e = event(&w, CEV_SWITCH, AC), *gone = event(&w, CEV_PW, AC);

	assert_int_equal(e->reason, REASON_PW_DELETED);
	assert_int_equal(gone->slot, SLOT_SECONDARY);
	assert_int_equal(gone->reason, REASON_PW_DELETED);
	done(&w, m);
}

/* A commit leads the path elsewhere and the old port falls before the run: the kernel has moved, and the
 * raise of the new row must not be its switchback. */
static void led_elsewhere_and_fallen(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, true);
	struct m_static_lsp *now = ingress("lsp1", PE2, CORE2, NH2, 500);
	struct m_static_lsp *old = ingress("lsp1", PE2, CORE1, NH1, 500);

	(void)state;
	commit(&w, OBJ_STATIC_LSP, old, now);
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	run_gapless(&w, 1);
	assert_int_equal(rows_sends(w.r, 1), SLOT_SECONDARY);	/* `never` */
	done(&w, m);
}

/* ---- numbers ------------------------------------------------------------------------------------------------ */

static void one_fault_one_store(void **state)
{
	static const uint32_t sizes[] = { 1, 4096 };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		uint32_t n = sizes[k];
		struct world w;

		world_up(&w, 4096);
		cores(&w);
		facts(&w);
		for (uint32_t i = 0; i < n; i++) {
			char name[IFNAME_LEN];

			snprintf(name, sizeof(name), AC ".%u", i + 1);
			struct m_interface *m = if_obj(name, AC, (uint16_t)(i + 1 < 4095 ? i + 1 : 0));

			pw_set(m, SLOT_PRIMARY, PE2, 1000 + i, 1000 + i);
			pw_set(m, SLOT_SECONDARY, PE3, 1000 + i, 8000 + i);
			core_prepare(w.c, OBJ_INTERFACE, NULL, m);
			ref_put(m);
		}
		assert_int_equal(core_prepared(w.c, NULL, 0), 0);
		core_apply(w.c);
		assert_int_equal(run(&w), 0);
		link_is(&w, CORE1, 4, false);
		assert_int_equal(run(&w), 0);
		assert_int_equal(w.a.v[0].kind, ACT_PATH_LIVE);
		assert_int_equal(count(&w, ACT_PATH_LIVE), 1);
		assert_int_equal(count(&w, ACT_STEER), n);
		assert_int_equal(count(&w, ACT_CIRCUIT) + count(&w, ACT_LABEL) + count(&w, ACT_PW_LIVE) +
				 count(&w, ACT_PORT), 0);
		link_is(&w, CORE2, 5, false);	/* both down: nothing sends; all wait for one flag */
		assert_int_equal(run(&w), 0);
		link_is(&w, CORE1, 4, true);
		assert_int_equal(run(&w), 0);
		assert_int_equal(count(&w, ACT_STEER), 0);
		assert_int_equal(count(&w, ACT_PATH), 1);
		assert_int_equal(rows_sends(w.r, n), SLOT_PRIMARY);
		world_down(&w);
	}
}

static void memory_per_circuit(void **state)
{
	struct world w;
	struct m_interface *m[2048];

	(void)state;
	world_up(&w, 4096);
	cores(&w);
	for (uint32_t i = 0; i < 2048; i++) {
		char name[IFNAME_LEN];

		snprintf(name, sizeof(name), AC ".%u", i + 1);
		m[i] = if_obj(name, AC, (uint16_t)(i + 1));
		pw_set(m[i], SLOT_PRIMARY, PE2, 1000 + i, 1000 + i);
		pw_set(m[i], SLOT_SECONDARY, PE3, 1000 + i, 8000 + i);
	}
	size_t before = mallinfo2().uordblks;

	for (uint32_t i = 0; i < 2048; i++)
		commit(&w, OBJ_INTERFACE, NULL, ref_get(m[i]));
	size_t per = (mallinfo2().uordblks - before) / 2048;

	print_message("heap per circuit with two PWs: %zu octets beside its configuration\n", per);
	if (before)			/* a sanitizer's heap does not say */
		assert_in_range(per, 100, 1600);
	for (uint32_t i = 0; i < 2048; i++)
		ref_put(m[i]);
	world_down(&w);
}

/* ---- refusals ------------------------------------------------------------------------------------------------ */

static void refused(struct world *w, enum obj_type t, const void *old, const void *now, const char *field,
		    const char *text)
{
	struct core_problem p[2];

	assert_int_equal(core_prepare(w->c, t, old, now), 0);
	assert_int_equal(core_prepared(w->c, p, 2), 1);
	assert_ptr_equal(p[0].obj, now);
	assert_int_equal(p[0].type, t);
	assert_string_equal(p[0].field, field);
	assert_string_equal(p[0].text, text);
	core_abort(w->c);
	assert_int_equal(run(w), 0);
	assert_int_equal(w->a.n, 0);
	ref_put(now);
}

static void conflicts(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false), *x = if_obj("eth9", "", 0), *now;

	(void)state;
	pw_set(x, SLOT_PRIMARY, PE2, 100, 201);
	refused(&w, OBJ_INTERFACE, NULL, x, "primary", "label 201 is in use by " AC " secondary");
	refused(&w, OBJ_STATIC_LSP, NULL, transit("t", 200, CORE1, NH1, 3), "in-label",
		"label 200 is in use by " AC " primary");
	commit(&w, OBJ_STATIC_LSP, NULL, egress("end", 300));
	assert_int_equal(run(&w), 0);
	now = same(m);
	pw_set(now, SLOT_BYPASS, PE2, 100, 300);
	refused(&w, OBJ_INTERFACE, m, now, "bypass", "label 300 is in use by static-lsp end");
	now = same(m);
	now->pw[1].rx_label = 200;
	refused(&w, OBJ_INTERFACE, m, now, "secondary", "label 200 is in use by " AC " primary");
	x = if_obj("eth9.1", "eth9", 5);
	pw_set(x, SLOT_PRIMARY, PE2, 100, 400);
	commit(&w, OBJ_INTERFACE, NULL, x);
	assert_int_equal(run(&w), 0);
	x = if_obj("eth9.2", "eth9", 5);
	pw_set(x, SLOT_PRIMARY, PE2, 100, 401);
	refused(&w, OBJ_INTERFACE, NULL, x, "vlan-type", "VLAN 5 of eth9 is in use by eth9.1");
	done(&w, m);
}

static void labels_change_hands(void **state)
{
	struct world w;
	struct m_interface *a = standing(&w, false), *b = if_obj("eth9", "", 0), *a2 = same(a), *b2;

	(void)state;
	pw_set(b, SLOT_PRIMARY, PE2, 300, 300);
	b2 = same(b);
	link_is(&w, "eth9", 9, true);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(b));
	assert_int_equal(run(&w), 0);
	a2->pw[0].rx_label = 300;
	b2->pw[0].rx_label = 200;
	core_prepare(w.c, OBJ_INTERFACE, a, a2);
	core_prepare(w.c, OBJ_INTERFACE, b, b2);
	assert_int_equal(core_prepared(w.c, NULL, 0), 0);
	core_apply(w.c);
	run_gapless(&w, 1);
	assert_int_equal(w.r->label[300].index, 1);
	assert_int_equal(w.r->label[200].index, 2);
	core_prepare(w.c, OBJ_INTERFACE, b2, NULL);	/* one goes, the other gets its label */
	ref_put(b);
	b = same(a2);
	b->pw[0].rx_label = 200;
	core_prepare(w.c, OBJ_INTERFACE, a2, b);
	assert_int_equal(core_prepared(w.c, NULL, 0), 0);
	core_apply(w.c);
	run_gapless(&w, 1);
	rows_check(w.r);
	assert_int_equal(w.r->label[200].index, 1);
	assert_false(w.r->circuit[2].used);
	ref_put(a);
	ref_put(a2);
	ref_put(b2);
	done(&w, b);
}

static void capacity(void **state)
{
	struct world w;
	struct m_interface *m[3];
	struct m_system *two = sys_obj(true, 2), *one = sys_obj(true, 1);

	(void)state;
	world_up(&w, 0);
	assert_int_equal(core_capacity(w.c), 4096);
	commit(&w, OBJ_SYSTEM, NULL, ref_get(two));
	assert_int_equal(core_capacity(w.c), 2);
	for (int i = 0; i < 3; i++) {
		char name[IFNAME_LEN];

		snprintf(name, sizeof(name), "eth%d", i);
		m[i] = if_obj(name, "", 0);
		pw_set(m[i], SLOT_PRIMARY, PE2, 100, 200 + (uint32_t)i);
	}
	for (int each = 0; each < 2; each++) {
		struct core_problem p[4];

		core_judge_each(w.c, each);
		core_prepare(w.c, OBJ_SYSTEM, two, one);
		for (int i = 0; i < 3; i++)
			core_prepare(w.c, OBJ_INTERFACE, NULL, m[i]);
		assert_int_equal(core_prepared(w.c, p, 4), each ? 2 : 1);
		assert_ptr_equal(p[0].obj, m[2]);
		if (each)
			assert_ptr_equal(p[1].obj, m[1]);
		core_abort(w.c);
	}
	core_judge_each(w.c, false);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m[0]));
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m[1]));
	assert_int_equal(run(&w), 0);
	refused(&w, OBJ_INTERFACE, NULL, ref_get(m[2]), "primary", "3 circuits are more than the capacity of 2: "
		"raise it with `capacity circuits` in the mpls-l2vpn view");
	refused(&w, OBJ_SYSTEM, two, one, "capacity", "2 circuits are more than the capacity of 1: "
		"raise it with `capacity circuits` in the mpls-l2vpn view");
	core_prepare(w.c, OBJ_INTERFACE, NULL, m[2]);	/* one for another, with every index taken */
	core_prepare(w.c, OBJ_INTERFACE, m[0], NULL);
	assert_int_equal(core_prepared(w.c, NULL, 0), 0);
	core_apply(w.c);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->circuit[1].used && w.r->circuit[1].key == core_key("eth2"));
	commit(&w, OBJ_INTERFACE, m[2], NULL);		/* index 2 does not fit a smaller table */
	assert_int_equal(run(&w), 0);
	one = sys_obj(true, 1);
	commit(&w, OBJ_SYSTEM, two, one);
	memset(w.r, 0, sizeof(*w.r));
	memset(w.r->active, SLOT_NONE, sizeof(w.r->active));
	memset(w.r->next, SLOT_NONE, sizeof(w.r->next));
	core_replay(w.c);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->circuit[1].key == core_key("eth1"));
	ref_put(m[0]);
	done(&w, m[1]);
}

/* ---- where a path goes ------------------------------------------------------------------------------------------ */

static void words_say_what_to_do(void **state)
{
	struct world w;
	struct m_interface *m = if_obj(AC, "", 0), *core1;

	(void)state;
	world_up(&w, 64);
	commit(&w, OBJ_SYSTEM, NULL, sys_obj(true, 0));
	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
	assert_string_equal(show_named(&w, AC).pw[0].why,
			    "no LSP to 3.3.3.9: neither a static-lsp ingress nor a route that LDP has labels for");
	struct m_static_lsp *l = ingress("lsp1", PE2, CORE1, NH1, 500);

	commit(&w, OBJ_STATIC_LSP, NULL, ref_get(l));
	assert_string_equal(show_named(&w, AC).pw[0].why, "device of " CORE1 " is absent");
	link_is(&w, CORE1, 4, false);
	assert_string_equal(show_named(&w, AC).pw[0].why, "port " CORE1 " has no carrier");
	struct fact_link f = { .present = true, .ifindex = 4, .mtu = 1500 };

	core_link(w.c, CORE1, &f);
	assert_string_equal(show_named(&w, AC).pw[0].why, "port " CORE1 " is set down in the kernel");
	core1 = if_obj(CORE1, "", 0);
	core1->shutdown = true;
	commit(&w, OBJ_INTERFACE, NULL, core1);
	assert_string_equal(show_named(&w, AC).pw[0].why, CORE1 " is shut down: undo shutdown");
	link_is(&w, CORE1, 4, true);
	assert_string_equal(show_named(&w, AC).pw[0].why, "next hop 10.1.1.2 on " CORE1 " does not answer ARP");
	struct m_static_lsp *direct = ingress("lsp1", PE2, CORE1, 0, 500), *loose = ingress("lsp1", PE2, "", NH1, 500);

	commit(&w, OBJ_STATIC_LSP, l, ref_get(direct));
	assert_string_equal(show_named(&w, AC).pw[0].why, "static-lsp lsp1 needs a nexthop on " CORE1);
	commit(&w, OBJ_STATIC_LSP, direct, ref_get(loose));
	assert_string_equal(show_named(&w, AC).pw[0].why, "no port here has a subnet with next hop 10.1.1.2");
	core_subnet(w.c, 4, IP(10, 1, 1, 1), 24, true);
	core_neigh(w.c, 4, NH1, mac1);
	assert_int_equal(run(&w), 0);
	assert_true(show_named(&w, AC).pw[0].up);
	assert_string_equal(show_named(&w, AC).pw[0].path.port, CORE1);
	core_subnet(w.c, 4, IP(10, 1, 1, 1), 24, false);
	assert_int_equal(run(&w), 0);
	assert_int_equal(count(&w, ACT_PATH_LIVE), 1);
	assert_int_equal(count(&w, ACT_NEIGH), 1);		/* given up */
	ref_put(loose);
	done(&w, m);
}

static void far_end_of_a_31(void **state)
{
	struct world w;
	struct m_interface *core1 = if_obj(CORE1, "", 0), *m = if_obj(AC, "", 0);

	(void)state;
	world_up(&w, 64);
	core1->n_addr = 1;
	core1->addr = &(struct m_addr){ .ip = IP(10, 1, 1, 3), .len = 31 };
	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	commit(&w, OBJ_STATIC_LSP, NULL, ingress("lsp1", PE2, CORE1, 0, 500));
	commit(&w, OBJ_INTERFACE, NULL, core1);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
	link_is(&w, CORE1, 4, true);
	core_subnet(w.c, 4, IP(10, 1, 1, 3), 31, true);
	assert_int_equal(run(&w), 0);
	const struct action *a = find(&w, ACT_NEIGH, 0);

	assert_non_null(a);
	assert_int_equal(a->neigh.ip, NH1);
	core_neigh(w.c, 4, NH1, mac1);
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	done(&w, m);
}

static void longest_match_then_lowest_name(void **state)
{
	struct world w;
	struct m_interface *m = if_obj(AC, "", 0);
	struct m_static_lsp *wide = ingress("a", IP(3, 3, 0, 0), CORE1, NH1, 500);
	static const char *const host[] = { "z", "m", "q" };

	(void)state;
	world_up(&w, 64);
	wide->dest_len = 16;
	pw_set(m, SLOT_PRIMARY, PE2, 100, 200);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
	assert_false(show_named(&w, AC).pw[0].has_path);
	commit(&w, OBJ_STATIC_LSP, NULL, wide);
	assert_string_equal(show_named(&w, AC).pw[0].path.name, "a");
	for (int i = 0; i < 3; i++) {
		commit(&w, OBJ_STATIC_LSP, NULL, ingress(host[i], PE2, CORE1, NH1, 500));
		assert_string_equal(show_named(&w, AC).pw[0].path.name, i ? "m" : "z");
	}
	done(&w, m);
}

/* ---- the kernel's word, time, records --------------------------------------------------------------------------- */

static void records(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false);
	uint64_t up = w.now;

	(void)state;
	assert_int_equal(show_named(&w, AC).pw[0].created_ns, up);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	const struct core_event *sw = event(&w, CEV_SWITCH, AC), *pw = event(&w, CEV_PW, AC);
	const struct core_event *path = event(&w, CEV_PATH, "lsp1");

	assert_int_equal(sw->from, SLOT_PRIMARY);
	assert_int_equal(sw->to, SLOT_SECONDARY);
	assert_int_equal(sw->when_ns, w.now);
	assert_true(sw->failed);
	assert_int_equal(pw->to, 0);
	assert_int_equal(pw->reason, REASON_OUT_IF_DOWN);
	assert_int_equal(path->to, 0);
	struct show_circuit s = show_named(&w, AC);

	assert_int_equal(s.switched_ns, w.now);
	assert_int_equal(s.pw[0].up_total_ns, w.now - up);
	assert_int_equal(s.pw[0].reason, REASON_OUT_IF_DOWN);
	core_kernel_moved(w.c, 1, SLOT_SECONDARY, w.now - 300);	/* read from seen[] afterwards */
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.n, 0);
	assert_int_equal(show_named(&w, AC).switched_ns, w.now - 1000 - 300);
	core_neigh(w.c, 5, NH2, NULL);
	assert_int_equal(run(&w), 0);
	assert_int_equal(event(&w, CEV_PW, AC)->reason, REASON_TUNNEL_DOWN);
	assert_int_equal(event(&w, CEV_PW, AC)->detector, DET_NEIGHBOUR);
	assert_null(event(&w, CEV_SWITCH, AC));			/* nowhere to switch to */
	assert_int_equal(show_named(&w, AC).active, SLOT_NONE);
	assert_string_equal(core_reason_text(REASON_TUNNEL_DOWN), "Tunnel was Down");
	assert_string_equal(core_detector_text(DET_CARRIER), "carrier watcher");
	commit(&w, OBJ_INTERFACE, m, NULL);
	assert_int_equal(run(&w), 0);
	assert_null(event(&w, CEV_PW, AC));			/* they were down already */
	world_down(&w);
}

/* PWs that use a path are counted as they come, go and follow their peer to another LSP. */
static uint32_t users_of(const struct world *w, const char *ac, int s)
{
	struct show_circuit show;

	assert_true(core_show_circuit(w->c, ac, &show));
	return show.pw[s].path.users;
}

static void path_users_are_counted(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, false), *other = if_obj(CORE1 ".7", CORE1, 7), *more;
	struct m_static_lsp *better = ingress("lsp0", PE2, CORE2, NH2, 700);

	(void)state;
	pw_set(other, SLOT_PRIMARY, PE2, 102, 202);
	assert_int_equal(users_of(&w, AC, 0), 1);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(other));
	assert_int_equal(users_of(&w, AC, 0), 2);
	assert_int_equal(users_of(&w, AC, 1), 1);
	more = copy(other, sizeof(*other));
	pw_set(more, SLOT_PRIMARY, PE3, 102, 202);
	commit(&w, OBJ_INTERFACE, ref_get(other), ref_get(more));
	assert_int_equal(users_of(&w, AC, 0), 1);
	assert_int_equal(users_of(&w, AC, 1), 2);
	commit(&w, OBJ_STATIC_LSP, NULL, ref_get(better));	/* the first by name */
	assert_int_equal(users_of(&w, AC, 0), 1);
	commit(&w, OBJ_INTERFACE, ref_get(more), NULL);
	assert_int_equal(users_of(&w, AC, 1), 1);
	commit(&w, OBJ_STATIC_LSP, ref_get(better), NULL);
	assert_int_equal(users_of(&w, AC, 0), 1);
	ref_put(other);
	ref_put(more);
	ref_put(better);
	ref_put(m);
	world_down(&w);
}

static void kernel_moved_first(void **state)
{
	struct world w;
	struct m_interface *m = standing(&w, true);

	(void)state;
	uint64_t when = w.now + 5;

	core_kernel_moved(w.c, 1, SLOT_SECONDARY, when);	/* before anybody told of the fall */
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.r->active[1], SLOT_SECONDARY);
	assert_int_equal(event(&w, CEV_SWITCH, AC)->when_ns, when);
	assert_true(event(&w, CEV_SWITCH, AC)->failed);			/* though nothing here is down */
	core_kernel_moved(w.c, 99, SLOT_SECONDARY, 77);
	core_kernel_moved(w.c, 1, SLOT_BYPASS, 77);
	core_kernel_moved(w.c, 1, SLOT_NONE, 77);
	assert_false(core_pending(w.c));
	done(&w, m);
}

static void a_fact_without_memory(void **state)
{
	struct world w;

	(void)state;
	world_up(&w, 64);
	no_memory = true;
	link_is(&w, AC, 3, true);
	core_neigh(w.c, 3, NH1, mac1);
	core_subnet(w.c, 3, NH1, 24, true);
	no_memory = false;
	assert_int_equal(run(&w), -ENOBUFS);
	assert_int_equal(run(&w), 0);
	world_down(&w);
}

/* The link is told again, and is the same: the path must find its neighbour all the same. */
static void a_path_without_memory(void **state)
{
	struct world w;

	(void)state;
	world_up(&w, 64);
	cores(&w);
	no_memory = true;
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), -ENOBUFS);	/* still none */
	no_memory = false;
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->neigh[4][NB(NH1)]);
	core_neigh(w.c, 4, NH1, mac1);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->armed[1]);
	world_down(&w);
}

/* ---- adoption ------------------------------------------------------------------------------------------ */

static void adopts(bool never)
{
	struct world w;
	struct m_interface *m = protected_ac(never), *x = if_obj("eth9", "", 0);

	world_up(&w, 64);
	cores(&w);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
	pw_set(x, SLOT_PRIMARY, PE2, 300, 300);
	commit(&w, OBJ_INTERFACE, NULL, x);
	core_seed_circuit(w.c, core_key(AC), 2, SLOT_SECONDARY);
	core_seed_circuit(w.c, core_key("nobody"), 1, SLOT_PRIMARY);	/* not configured any more */
	core_seed_path(w.c, core_key("lsp lsp1"), 7);
	facts(&w);
	/* what the former engine left */
	w.r->circuit[2] = (struct act_circuit){
		.index = 2, .used = true, .slot = { { .label = 100, .path = 7 }, { .label = 101, .path = 8 } },
	};
	w.r->active[2] = SLOT_PRIMARY;		/* the kernel fell back from it */
	w.r->next[2][0] = SLOT_SECONDARY;
	w.r->pw_live[8] = w.r->pw_live[9] = true;
	w.r->path[7].used = w.r->path[8].used = true;
	w.r->top = 2;
	assert_int_equal(run(&w), 0);
	uint32_t steered = UINT32_MAX;

	for (uint32_t i = 0; i < w.a.n; i++) {
		const struct action *a = &w.a.v[i];

		if (a->kind == ACT_STEER && a->steer.circuit == 2 && steered == UINT32_MAX) {
			steered = i;
			assert_int_equal(a->steer.active, SLOT_SECONDARY);
		}
		if (a->kind == ACT_PATH)
			assert_true(steered < i);
	}
	assert_int_equal(w.r->circuit[2].slot[0].path, 7);
	assert_int_equal(w.r->active[2], SLOT_SECONDARY);
	assert_true(w.r->circuit[3].key == core_key("eth9"));	/* 1 may still hold something */
	assert_null(event(&w, CEV_SWITCH, AC));
	assert_false(core_pending(w.c));
	assert_int_equal(core_next(w.c) != 0, !never);
	settles(&w);
	assert_int_equal(w.r->active[2], never ? SLOT_SECONDARY : SLOT_PRIMARY);
	assert_false(core_pending(w.c));
	done(&w, m);
}

static void adoption_keeps_what_is_right(void **state)
{
	(void)state;
	adopts(true);
	adopts(false);
}

static void adopted_path_that_is_down_is_lowered(void **state)
{
	struct world w;

	(void)state;
	world_up(&w, 64);
	cores(&w);
	core_seed_path(w.c, core_key("lsp lsp1"), 7);
	w.r->path[7].used = w.r->armed[7] = true;
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.v[0].kind, ACT_PATH_LIVE);
	assert_int_equal(w.a.v[0].live.index, 7);
	world_down(&w);
}

static void damaged_seeds(void **state)
{
	struct world w;
	struct m_interface *m = protected_ac(false);

	(void)state;
	world_up(&w, 64);
	cores(&w);
	commit(&w, OBJ_INTERFACE, NULL, ref_get(m));
	core_seed_circuit(w.c, 0, 1, SLOT_PRIMARY);
	core_seed_circuit(w.c, core_key(AC), 1000000, (enum slot)9);	/* no index, no slot: a new one */
	core_seed_circuit(w.c, core_key(AC), 5, SLOT_PRIMARY);	/* twice */
	core_seed_circuit(w.c, core_key("other"), 5, SLOT_PRIMARY);
	core_seed_circuit(w.c, core_key("another"), 5, SLOT_PRIMARY);
	core_seed_path(w.c, core_key("lsp lsp1"), 0);
	core_seed_path(w.c, core_key("lsp lsp1"), 65535);
	facts(&w);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->circuit[1].used);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	done(&w, m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_up),
		cmocka_unit_test(falls_back_and_returns),
		cmocka_unit_test(never_stays),
		cmocka_unit_test(flap_within_a_batch),
		cmocka_unit_test(bypass_is_the_last_resort),
		cmocka_unit_test(vlan_treatment),
		cmocka_unit_test(lsp_rows),
		cmocka_unit_test(label_of_one_port),
		cmocka_unit_test(neighbour_changes_hands),
		cmocka_unit_test(labels_are_shown),
		cmocka_unit_test(ac_down_is_one_write),
		cmocka_unit_test(shutdown_of_one_subinterface),
		cmocka_unit_test(device_goes_returns_and_is_renamed),
		cmocka_unit_test(change_costs_what_changed),
		cmocka_unit_test(lsp_replaced_without_a_gap),
		cmocka_unit_test(primary_led_nowhere),
		cmocka_unit_test(secondary_removed_while_it_sends),
		cmocka_unit_test(led_elsewhere_and_fallen),
		cmocka_unit_test(one_fault_one_store),
		cmocka_unit_test(memory_per_circuit),
		cmocka_unit_test(conflicts),
		cmocka_unit_test(labels_change_hands),
		cmocka_unit_test(capacity),
		cmocka_unit_test(words_say_what_to_do),
		cmocka_unit_test(far_end_of_a_31),
		cmocka_unit_test(longest_match_then_lowest_name),
		cmocka_unit_test(records),
		cmocka_unit_test(path_users_are_counted),
		cmocka_unit_test(kernel_moved_first),
		cmocka_unit_test(a_fact_without_memory),
		cmocka_unit_test(a_path_without_memory),
		cmocka_unit_test(adoption_keeps_what_is_right),
		cmocka_unit_test(adopted_path_that_is_down_is_lowered),
		cmocka_unit_test(damaged_seeds),
	};

	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
