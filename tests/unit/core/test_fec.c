/* SPDX-License-Identifier: BSD-2-Clause */
/* Core by scenarios: FECs of LDP, their paths, groups and labels, and the pseudowires led by them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"

#define NH3	IP(10, 1, 1, 3)
#define FIRST	LABEL_DYNAMIC_FIRST

static const uint8_t mac3[6] = { 2, 0, 0, 0, 1, 3 };

static void all_facts(struct world *w)
{
	facts(w);
	core_neigh(w->c, 4, NH3, mac3);
}

static void up(struct world *w)
{
	world_up(w, 64);
	w->now = 1000 * S;
	core_ports(w);
	all_facts(w);
	assert_int_equal(run(w), 0);
}

static struct m_interface *ac_to(uint32_t peer)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_set(m, SLOT_PRIMARY, peer, 100, 200);
	return m;
}

static void pw_comes(struct world *w, uint32_t peer)
{
	commit(w, OBJ_INTERFACE, NULL, ac_to(peer));
	assert_int_equal(run(w), 0);
}

static void tell(struct world *w, uint32_t dest, uint32_t n, const struct fact_hop *hop)
{
	core_fec(w->c, dest, 32, &(struct fact_fec){ .n = n, .hop = hop });
}

static void fec_is(struct world *w, uint32_t dest, uint32_t n, const struct fact_hop *hop)
{
	tell(w, dest, n, hop);
	assert_int_equal(run(w), 0);
	rows_check(w->r);
}

static void gone(struct world *w, uint32_t dest)
{
	core_fec(w->c, dest, 32, NULL);
	assert_int_equal(run(w), 0);
	rows_check(w->r);
}

#define HOPS(...)	(sizeof((struct fact_hop[]){ __VA_ARGS__ }) / sizeof(struct fact_hop)), (struct fact_hop[]){ __VA_ARGS__ }
#define VIA1(label)	{ 4, NH1, label }
#define VIA2(label)	{ 5, NH2, label }
#define VIA3(label)	{ 4, NH3, label }

static struct show_ldp_lsp show(const struct world *w, uint32_t dest)
{
	struct show_ldp_lsp s;

	assert_true(core_show_fec(w->c, dest, 32, &s));
	return s;
}

static struct show_pw pw(const struct world *w)
{
	static struct show_circuit s;

	assert_true(core_show_circuit(w->c, AC, &s));
	return s.pw[0];
}

/* ---- one next hop -------------------------------------------------------------------------------- */

static void one_hop(void **state)
{
	const struct act_label *swap;
	const struct act_path *p;
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	assert_false(pw(&w).up);
	assert_string_equal(pw(&w).why,
			    "no LSP to 3.3.3.9: neither a static-lsp ingress nor a route that LDP has labels for");
	fec_is(&w, PE2, HOPS(VIA1(500)));
	p = &find(&w, ACT_PATH, 0)->path;
	assert_true(p->up && p->signalled && p->n_labels == 1 && p->label[0] == 500 && p->ifindex == 4);
	assert_memory_equal(p->dmac, mac1, 6);
	assert_true(p->key == core_key("fec 3.3.3.9/32 0"));
	assert_int_equal(rows_bound(w.r, PE2, 32), FIRST);
	swap = &w.r->label[W_PLACE(FIRST)];
	assert_true(swap->kind == LABEL_SWAP && swap->index == p->index && !swap->group);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	assert_true(pw(&w).up && pw(&w).path.ldp);
	assert_true(w.r->neigh[4][NB(NH1)]);
	assert_true(show(&w, PE2).path.up && show(&w, PE2).label == FIRST);
	assert_int_equal(show(&w, PE2).path.users, 2);
	gone(&w, PE2);
	assert_int_equal(rows_bound(w.r, PE2, 32), LABEL_NOT_BOUND);
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	assert_false(w.r->path[1].used);
	assert_int_equal(w.r->label[W_PLACE(FIRST)].kind, LABEL_NONE);
	assert_false(w.r->neigh[4][NB(NH1)]);
	struct show_ldp_lsp s;

	assert_false(core_show_fec(w.c, PE2, 32, &s));
	assert_false(core_pending(w.c));
	fec_is(&w, PE2, HOPS(VIA1(500)));
	assert_int_equal(rows_bound(w.r, PE2, 32), FIRST + 1);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	world_down(&w);
}

/* A next hop, or a label, that changes moves all users by one write. */
static void hop_changes(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	fec_is(&w, PE2, HOPS(VIA2(600)));
	assert_int_equal(count(&w, ACT_PATH), 1);
	assert_int_equal(count(&w, ACT_PATH_LIVE) + count(&w, ACT_CIRCUIT) + count(&w, ACT_STEER) +
			 count(&w, ACT_LABEL) + count(&w, ACT_BIND) + count(&w, ACT_EVENT), 0);
	assert_true(w.r->path[1].ifindex == 5 && w.r->path[1].label[0] == 600 && w.r->armed[1]);
	fec_is(&w, PE2, HOPS(VIA2(3)));
	assert_int_equal(count(&w, ACT_PATH), 1);
	assert_int_equal(w.r->path[1].n_labels, 0);
	fec_is(&w, PE2, HOPS(VIA2(3)));
	assert_int_equal(w.a.n, 0);
	world_down(&w);
}

static void no_hop(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, 0, NULL);
	assert_int_equal(rows_bound(w.r, PE2, 32), FIRST);	/* independent control: the row leads to a path that is down */
	assert_false(w.r->armed[1]);
	assert_string_equal(pw(&w).why, "no label for 3.3.3.9/32 from any next hop: display mpls ldp session");
	assert_true(pw(&w).path.no_label);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	assert_true(w.r->armed[1]);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	assert_false(pw(&w).path.no_label);
	tell(&w, PE2, 0, NULL);
	run_slice(&w, 1);			/* before anything else */
	assert_false(w.r->armed[1]);
	assert_int_equal(w.a.v[0].kind, ACT_PATH_LIVE);
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_bound(w.r, PE2, 32), FIRST);
	assert_string_equal(pw(&w).why,
			    "no label for 3.3.3.9/32 from a next hop, last 10.1.1.2: display mpls ldp session");
	world_down(&w);
}

static void egress_is_bound(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	core_fec(w.c, IP(1, 1, 1, 9), 32, &(struct fact_fec){ .egress = true });
	assert_int_equal(run(&w), 0);
	assert_int_equal(w.a.n, 1);
	assert_int_equal(rows_bound(w.r, IP(1, 1, 1, 9), 32), 3);
	fec_is(&w, IP(1, 1, 1, 9), HOPS(VIA1(500)));
	assert_int_equal(rows_bound(w.r, IP(1, 1, 1, 9), 32), FIRST);
	core_fec(w.c, IP(1, 1, 1, 9), 32, &(struct fact_fec){ .egress = true });
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_bound(w.r, IP(1, 1, 1, 9), 32), 3);
	gone(&w, IP(1, 1, 1, 9));
	assert_int_equal(rows_bound(w.r, IP(1, 1, 1, 9), 32), LABEL_NOT_BOUND);
	world_down(&w);
}

static void words(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	fec_is(&w, PE2, HOPS({ 4, IP(10, 1, 1, 9), 500 }));
	assert_string_equal(show(&w, PE2).path.why, "next hop 10.1.1.9 on " CORE1 " does not answer ARP");
	fec_is(&w, PE2, HOPS({ 9, IP(10, 1, 9, 9), 500 }));
	assert_string_equal(show(&w, PE2).path.why, "the device to next hop 10.1.9.9 is absent");
	link_is(&w, "GigabitEthernet0/9/0", 9, true);
	core_neigh(w.c, 9, IP(10, 1, 9, 9), mac3);
	assert_int_equal(run(&w), 0);
	assert_true(show(&w, PE2).path.up);
	link_is(&w, "GigabitEthernet0/9/0", 9, false);
	assert_int_equal(run(&w), 0);
	assert_string_equal(show(&w, PE2).path.why, "port GigabitEthernet0/9/0 has no carrier");
	struct show_path p;

	assert_true(core_show_lsp(w.c, "3.3.3.9/32", &p));
	assert_false(core_show_lsp(w.c, "3.3.3.9/31", &p));
	world_down(&w);
}

/* Longest match over both kinds, the static LSP first. */
static void static_first(void **state)
{
	struct m_static_lsp *l = ingress("lsp1", PE2, CORE2, NH2, 700);
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	core_fec(w.c, IP(3, 3, 3, 0), 24, &(struct fact_fec){ .n = 1, .hop = &(struct fact_hop)VIA2(800) });
	commit(&w, OBJ_STATIC_LSP, NULL, ref_get(l));
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	assert_string_equal(pw(&w).path.name, "lsp1");
	commit(&w, OBJ_STATIC_LSP, l, NULL);
	assert_int_equal(run(&w), 0);
	assert_string_equal(pw(&w).path.name, "3.3.3.9/32");
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	gone(&w, PE2);
	assert_string_equal(pw(&w).path.name, "3.3.3.0/24");
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	world_down(&w);
}

/* ---- several next hops ---------------------------------------------------------------------------- */

/* The PW sends after every action from the first to the last. */
static void goes_on(struct world *w, uint32_t n, const struct fact_hop *hop)
{
	tell(w, PE2, n, hop);
	w->a.n = 0;
	w->now += 1000;
	assert_int_equal(core_run(w->c, w->now, &w->a), 0);
	for (uint32_t i = 0; i < w->a.n; i++) {
		const struct act_label *swap = &w->r->label[W_PLACE(FIRST)];

		rows_apply(w->r, &w->a.v[i]);
		assert_int_equal(rows_sends(w->r, 1), SLOT_PRIMARY);
		assert_true(rows_armed(w->r, swap->index, swap->group));
	}
	rows_check(w->r);
	assert_int_equal(rows_bound(w->r, PE2, 32), FIRST);
	assert_false(core_pending(w->c));
}

static void several_hops(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	goes_on(&w, HOPS(VIA1(500), VIA2(600)));
	assert_int_equal(w.r->group[1].n, 2);
	assert_true(w.r->circuit[1].slot[0].group && w.r->circuit[1].slot[0].path == 1);
	assert_true(w.r->label[W_PLACE(FIRST)].group);
	assert_true(w.r->group[1].key == core_key("fec 3.3.3.9/32"));
	assert_int_equal(show(&w, PE2).path.n_members, 2);
	goes_on(&w, HOPS(VIA1(500), VIA2(601)));	/* one row */
	assert_int_equal(w.a.n, 1);
	goes_on(&w, HOPS(VIA1(500), VIA2(601), VIA3(700)));
	assert_int_equal(count(&w, ACT_GROUP), 1);
	assert_int_equal(count(&w, ACT_CIRCUIT), 0);
	goes_on(&w, HOPS(VIA2(601), VIA3(700)));
	assert_int_equal(w.r->group[1].n, 2);
	goes_on(&w, HOPS(VIA3(700)));
	assert_false(w.r->group[1].used);
	assert_false(w.r->circuit[1].slot[0].group);
	goes_on(&w, HOPS(VIA1(500), VIA2(600)));
	goes_on(&w, HOPS(VIA3(700), VIA2(602)));
	gone(&w, PE2);
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	assert_false(w.r->group[1].used);
	for (int i = 0; i < W_PATHS; i++)
		assert_false(w.r->path[i].used);
	world_down(&w);
}

/* A group is down only when all its paths are, and up with the first. */
static void members_fall(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, HOPS(VIA1(500), VIA2(600)));
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	assert_int_equal(count(&w, ACT_EVENT), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	assert_true(pw(&w).up);
	watcher(w.r, 5);
	link_is(&w, CORE2, 5, false);
	assert_int_equal(run(&w), 0);
	assert_false(pw(&w).up);
	assert_string_equal(pw(&w).why, "port " CORE1 " has no carrier");
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(run(&w), 0);
	assert_true(pw(&w).up);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	tell(&w, PE2, 0, NULL);
	run_slice(&w, 1);
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	assert_int_equal(run(&w), 0);
	fec_is(&w, PE2, HOPS(VIA1(500), VIA2(600)));
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	world_down(&w);
}

/* A bypass by a group that its peer leaves in the same run rises with the path that the FEC keeps. The circuit, which sends
 * nothing, does not pass over the bypass on its way to the primary. */
static void rises_as_it_leaves(void **state)
{
	struct m_interface *ac = ac_to(PE2);
	struct world w;

	(void)state;
	up(&w);
	ac->pw_fault[SLOT_PRIMARY] = true;
	pw_set(ac, SLOT_BYPASS, PE3, 101, 201);
	commit(&w, OBJ_INTERFACE, NULL, copy(ac, sizeof(*ac)));
	link_is(&w, CORE2, 5, false);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	fec_is(&w, PE3, HOPS(VIA2(600), { 5, NH3, 601 }));
	assert_true(w.r->circuit[1].slot[SLOT_BYPASS].group);
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	link_is(&w, CORE2, 5, true);
	tell(&w, PE3, HOPS(VIA2(600)));
	commit(&w, OBJ_STATIC_LSP, NULL, ingress("down", PE3, CORE1, IP(10, 1, 1, 9), 700));
	struct m_interface *now = copy(ac, sizeof(*ac));

	now->pw_fault[SLOT_PRIMARY] = false;
	commit(&w, OBJ_INTERFACE, ac, now);
	assert_int_equal(run(&w), 0);		/* no flag that rises moves it */
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	rows_check(w.r);
	world_down(&w);
}

/* ---- restart --------------------------------------------------------------------------------------- */

/* What dp reads from the maps. */
static void seeds(struct world *w)
{
	for (uint32_t i = 1; i <= w->r->top; i++) {
		if (!w->r->circuit[i].used)
			continue;
		core_seed_circuit(w->c, w->r->circuit[i].key, i, rows_sends(w->r, i));
		for (int s = 0; s < 3; s++)
			if (w->r->pw_live[i * 4 + (uint32_t)s])
				core_seed_slot(w->c, w->r->circuit[i].key, (enum slot)s, &w->r->circuit[i].slot[s]);
	}
	for (uint16_t i = 1; i < W_PATHS; i++) {
		struct act_path row = w->r->path[i];

		if (!row.used)
			continue;
		row.up = w->r->armed[i];
		core_seed_path(w->c, row.key, i);
		if (row.signalled)
			core_seed_path_row(w->c, &row);
	}
	for (uint32_t i = W_LABELS; i <= w->r->top_label; i++)
		if (w->r->label[i].kind)
			core_seed_label(w->c, &w->r->label[i]);
	for (uint32_t i = 1; i < W_GROUPS; i++)
		if (w->r->group[i].used)
			core_seed_group(w->c, &w->r->group[i]);
	if (w->r->mark)
		core_seed_next_label(w->c, w->r->mark);
}

/* The engine dies, another takes what it finds; to be run. */
static void restart(struct world *w, struct m_interface *ac, bool recovering)
{
	core_free(w->c);
	w->c = core_new(64);
	memset(w->r->bind, 0, sizeof(w->r->bind));
	memset(w->r->signal, 0, sizeof(w->r->signal));
	memset(w->r->port, 0, sizeof(w->r->port));
	core_ports(w);
	commit(w, OBJ_INTERFACE, NULL, ac);
	if (recovering)
		core_recovering(w->c);
	seeds(w);
	all_facts(w);
}

/* All that an engine does is applied one by one, and the circuit never stops sending. */
static void settle(struct world *w)
{
	w->a.n = 0;
	w->now += 1000;
	w->r->now = w->now;
	assert_int_equal(core_run(w->c, w->now, &w->a), 0);
	for (uint32_t i = 0; i < w->a.n; i++) {
		rows_apply(w->r, &w->a.v[i]);
		assert_int_equal(rows_sends(w->r, 1), SLOT_PRIMARY);
	}
	rows_check(w->r);
}

static uint32_t rows_written(const struct world *w)
{
	return count(w, ACT_PATH) + count(w, ACT_PATH_LIVE) + count(w, ACT_GROUP) + count(w, ACT_LABEL);
}

static void held_as_it_was(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE3, HOPS(VIA1(800), VIA2(801)));
	fec_is(&w, PE2, HOPS(VIA2(500)));
	restart(&w, ac_to(PE2), true);
	tell(&w, PE2, HOPS(VIA2(FEC_LABEL_HELD)));
	tell(&w, PE3, HOPS(VIA1(FEC_LABEL_HELD), VIA2(FEC_LABEL_HELD)));
	settle(&w);
	assert_int_equal(rows_written(&w), 1);			/* the static PW's label: dp sweeps those */
	assert_int_equal(count(&w, ACT_LABEL), 1);
	assert_int_equal(rows_bound(w.r, PE3, 32), FIRST);
	assert_int_equal(rows_bound(w.r, PE2, 32), FIRST + 1);
	while (core_pending(w.c))
		settle(&w);
	tell(&w, PE2, HOPS(VIA2(500)));				/* confirmed */
	tell(&w, PE3, HOPS(VIA1(800), VIA2(802)));		/* one is, the other has another label */
	settle(&w);
	assert_int_equal(rows_written(&w), 1);
	assert_int_equal(find(&w, ACT_PATH, 0)->path.label[0], 802);
	core_recovered(w.c);
	settle(&w);
	assert_int_equal(w.a.n, 0);
	assert_false(core_pending(w.c));
	world_down(&w);
}

/* A held path falls with its port, and rises with it. */
static void held_and_its_port(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	restart(&w, ac_to(PE2), true);
	tell(&w, PE2, HOPS(VIA1(FEC_LABEL_HELD)));
	settle(&w);
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	assert_int_equal(w.r->path[1].label[0], 500);
	tell(&w, PE2, 0, NULL);					/* the label is not told again */
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	world_down(&w);
}

/* A port that fell and rose before the FEC was told: its flag was lowered in the kernel. */
static void fell_before_it_was_told(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	restart(&w, ac_to(PE2), true);
	assert_int_equal(run(&w), 0);
	watcher(w.r, 4);
	link_is(&w, CORE1, 4, false);
	link_is(&w, CORE1, 4, true);
	assert_int_equal(run(&w), 0);
	tell(&w, PE2, HOPS(VIA1(500)));
	assert_int_equal(run(&w), 0);
	assert_int_equal(run(&w), 0);
	assert_true(w.r->armed[1]);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	world_down(&w);
}

/* What nobody tells again is cleared: at the end of the recovery, or at once if there is none. */
static void nobody_claims(void **state)
{
	(void)state;
	for (int recovering = 0; recovering < 2; recovering++) {
		struct world w;

		up(&w);
		pw_comes(&w, PE2);
		fec_is(&w, PE2, HOPS(VIA1(500)));
		fec_is(&w, PE3, HOPS(VIA1(800), VIA2(801)));
		restart(&w, ac_to(PE2), recovering);
		assert_int_equal(run(&w), 0);
		for (int i = 1; i < 4; i++)
			assert_int_equal(w.r->path[i].used, recovering);
		assert_int_equal(w.r->group[1].used, recovering);
		assert_int_equal(w.r->label[W_PLACE(FIRST)].kind, recovering ? LABEL_SWAP : LABEL_NONE);
		core_recovered(w.c);
		assert_int_equal(core_pending(w.c), recovering);
		assert_int_equal(run(&w), 0);
		for (int i = 1; i < W_PATHS; i++)
			assert_false(w.r->path[i].used);
		assert_false(w.r->group[1].used);
		assert_int_equal(w.r->label[W_PLACE(FIRST)].kind, LABEL_NONE);
		assert_false(core_pending(w.c));
		fec_is(&w, PE2, HOPS(VIA1(500)));	/* the old labels rest */
		assert_int_equal(rows_bound(w.r, PE2, 32), w.r->mark - 4096);
		world_down(&w);
	}
}

static struct m_interface *ldp_to(uint32_t peer)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_ldp(m, SLOT_PRIMARY, peer, 7);
	return m;
}

/* A held pseudowire goes on though ldp has not seen the route yet. */
static void held_before_the_route(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	fec_is(&w, PE2, HOPS(VIA1(500), VIA2(501)));
	commit(&w, OBJ_INTERFACE, NULL, ldp_to(PE2));
	core_session(w.c, PE2, SESSION_UP);
	assert_int_equal(run(&w), 0);
	core_remote(w.c, 4, &(struct fact_remote){ .mapped = true, .label = 900, .mtu = 1500 });
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_PRIMARY);
	restart(&w, ldp_to(PE2), true);
	settle(&w);
	assert_int_equal(rows_written(&w), 0);
	while (core_pending(w.c))
		settle(&w);
	tell(&w, PE2, HOPS(VIA1(FEC_LABEL_HELD), VIA2(FEC_LABEL_HELD)));
	settle(&w);
	assert_int_equal(rows_written(&w), 0);
	tell(&w, PE2, HOPS(VIA1(500), VIA2(501)));
	settle(&w);
	assert_int_equal(rows_written(&w), 0);
	core_recovered(w.c);
	settle(&w);
	assert_int_equal(rows_written(&w), 0);
	world_down(&w);
}

static void guess_is_given_up(void **state)
{
	struct world w;

	(void)state;
	up(&w);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	commit(&w, OBJ_INTERFACE, NULL, ldp_to(PE2));
	core_session(w.c, PE2, SESSION_UP);
	assert_int_equal(run(&w), 0);
	core_remote(w.c, 4, &(struct fact_remote){ .mapped = true, .label = 900, .mtu = 1500 });
	assert_int_equal(run(&w), 0);
	restart(&w, ldp_to(PE2), true);
	settle(&w);
	core_recovered(w.c);
	assert_int_equal(run(&w), 0);
	assert_int_equal(rows_sends(w.r, 1), SLOT_NONE);
	assert_false(w.r->path[1].used);
	assert_int_equal(w.r->label[W_PLACE(FIRST)].kind, LABEL_NONE);
	world_down(&w);
}

/* ---- limits and cost --------------------------------------------------------------------------------- */

static void groups_run_out(void **state)
{
	struct rows *none;
	struct world w;

	(void)state;
	up(&w);
	none = w.r;				/* too many for the world: only counted */
	for (uint32_t i = 0; i < 1030; i++)
		tell(&w, IP(20, 0, 0, 0) + i, HOPS(VIA1(500 + i), VIA2(500 + i)));
	w.a.n = 0;
	assert_int_equal(core_run(w.c, w.now, &w.a), 0);
	assert_int_equal(count(&w, ACT_GROUP), 1023);
	assert_int_equal(count(&w, ACT_BIND), 1030);
	uint32_t alone = 0, one = 0;

	for (uint32_t i = 0; i < 1030; i++) {
		struct show_ldp_lsp s = show(&w, IP(20, 0, 0, 0) + i);

		alone += !s.path.group;
		one = s.path.group ? IP(20, 0, 0, 0) + i : one;
		assert_true(s.path.up);
	}
	assert_int_equal(alone, 7);
	core_fec(w.c, one, 32, NULL);		/* its group is for one of them */
	w.a.n = 0;
	assert_int_equal(core_run(w.c, w.now, &w.a), 0);
	assert_int_equal(count(&w, ACT_GROUP), 1);
	w.a.n = 0;
	core_fec(w.c, one, 32, NULL);
	assert_int_equal(core_run(w.c, w.now, &w.a), 0);
	assert_int_equal(count(&w, ACT_GROUP), 1);
	assert_ptr_equal(none, w.r);
	world_down(&w);
}

/* Its FEC is gone, and with it the path: it is LDP that has taken the tunnel away. */
static void gone_by_the_word_of_ldp(void **state)
{
	const struct core_event *e = NULL;
	struct world w;

	(void)state;
	up(&w);
	pw_comes(&w, PE2);
	fec_is(&w, PE2, HOPS(VIA1(500)));
	assert_true(pw(&w).up);
	gone(&w, PE2);
	for (size_t i = 0; i < w.a.n; i++)
		if (w.a.v[i].kind == ACT_EVENT && w.a.v[i].event.kind == CEV_PW)
			e = &w.a.v[i].event;
	assert_non_null(e);
	assert_false(e->to);
	assert_int_equal(e->reason, REASON_TUNNEL_DOWN);
	assert_int_equal(e->detector, DET_LDP);
	world_down(&w);
}

/* Of so many FECs as there are paths each has one; one more waits until there is. */
static void paths_run_out(void **state)
{
	struct show_path p;
	struct world w;

	(void)state;
	up(&w);
	for (uint32_t i = 0; i < CORE_PATHS_MAX - 1; i++)
		tell(&w, IP(20, 0, 0, 0) + i, HOPS(VIA1(16 + i)));
	tell(&w, PE2, HOPS(VIA1(500), VIA2(501)));
	w.a.n = 0;
	assert_int_equal(core_run(w.c, w.now, &w.a), 0);
	assert_int_equal(count(&w, ACT_PATH), CORE_PATHS_MAX);
	assert_int_equal(count(&w, ACT_BIND), CORE_PATHS_MAX);
	core_fec(w.c, IP(20, 0, 0, 7), 32, NULL);
	w.a.n = 0;
	assert_int_equal(core_run(w.c, w.now, &w.a), 0);
	w.a.n = 0;
	assert_int_equal(core_run(w.c, w.now, &w.a), 0);
	assert_int_equal(count(&w, ACT_PATH), 1);
	assert_int_equal(count(&w, ACT_GROUP), 1);
	assert_true(core_show_lsp(w.c, "3.3.3.9/32", &p));
	assert_true(p.up && p.n_members == 2);
	assert_false(core_pending(w.c));

	struct m_static_lsp *l = ingress("lsp1", PE3, CORE2, NH2, 700);
	struct core_problem problem[1];

	core_prepare(w.c, OBJ_STATIC_LSP, NULL, l);
	assert_int_equal(core_prepared(w.c, problem, 1), 1);
	assert_string_equal(problem[0].text, "more than 0 ingress and transit LSPs beside 16383 paths of LDP");
	core_abort(w.c);
	ref_put(l);
	world_down(&w);
}

/* A change among ten thousand costs what it costs alone, and the ten thousand go in slices. */
static void many(void **state)
{
	struct world w;
	uint32_t slices = 0, most = 0;
	int rc;

	(void)state;
	up(&w);
	for (uint32_t i = 0; i < 10000; i++)
		tell(&w, IP(20, 0, 0, 0) + i, HOPS(VIA1(16 + i)));
	do {
		w.a.n = 0;
		rc = core_run_slice(w.c, w.now, &w.a, 100);
		most = w.a.n > most ? w.a.n : most;
		slices++;
	} while (rc == 1);
	assert_int_equal(rc, 0);
	assert_true(slices > 1000 && most <= 300);
	w.a.n = 0;
	tell(&w, IP(20, 0, 0, 77), HOPS(VIA2(16)));
	rc = core_run_slice(w.c, w.now, &w.a, 100);
	assert_int_equal(rc, 0);
	assert_true(w.a.n == 2 && count(&w, ACT_PATH) == 1 && count(&w, ACT_NEIGH) == 1);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_hop),
		cmocka_unit_test(hop_changes),
		cmocka_unit_test(no_hop),
		cmocka_unit_test(egress_is_bound),
		cmocka_unit_test(words),
		cmocka_unit_test(static_first),
		cmocka_unit_test(several_hops),
		cmocka_unit_test(members_fall),
		cmocka_unit_test(rises_as_it_leaves),
		cmocka_unit_test(held_as_it_was),
		cmocka_unit_test(held_and_its_port),
		cmocka_unit_test(fell_before_it_was_told),
		cmocka_unit_test(nobody_claims),
		cmocka_unit_test(held_before_the_route),
		cmocka_unit_test(guess_is_given_up),
		cmocka_unit_test(groups_run_out),
		cmocka_unit_test(gone_by_the_word_of_ldp),
		cmocka_unit_test(paths_run_out),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("core fec", tests, NULL, NULL);
}
