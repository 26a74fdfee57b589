/* SPDX-License-Identifier: BSD-2-Clause */
/* Transport labels: routes, next hops, control modes, sessions that come, go and are held. */
#include "lsp_world.h"

#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAPPING		LDP_MSG_MAPPING
#define WITHDRAW	LDP_MSG_WITHDRAW
#define RELEASE		LDP_MSG_RELEASE

/* Peers 0 to 2 are up and announced NEXT(i). */
static struct world *three_peers(void)
{
	struct world *w = world_new();

	for (int i = 0; i < 3; i++) {
		session_up(w, i);
		hear_addr(w, i, LDP_MSG_ADDRESS, NEXT(i));
	}
	settle_all(w);
	for (int i = 0; i < 3; i++)
		skip_msgs(w, i);
	return w;
}

static void check_hops(struct world *w, uint32_t dest, int n, ...)
{
	const struct fake_fec *f = fec_at(w, dest);
	va_list ap;

	assert_non_null(f);
	assert_true(f->told);
	assert_int_equal(f->f.n, n);
	va_start(ap, n);
	for (int i = 0; i < n; i++) {
		uint32_t nexthop = va_arg(ap, uint32_t), label = va_arg(ap, uint32_t);

		assert_int_equal(f->hop[i].nexthop, nexthop);
		assert_int_equal(f->hop[i].label, label);
		assert_int_equal(f->hop[i].ifindex, 10 + (nexthop & 0xff));
	}
	va_end(ap);
}

static void check_msg(const struct heard *h, uint16_t type, uint32_t dest, uint32_t label)
{
	assert_non_null(h);
	assert_int_equal(h->type, type);
	assert_int_equal(h->dest, dest);
	assert_int_equal(h->label, label);
}

/* ---- our own addresses ---- */

static void the_lsr_id_is_an_egress_fec(void **state)
{
	struct world *w = world_new();

	(void)state;
	settle_all(w);
	assert_true(fec_at(w, ME)->f.egress);
	session_up(w, 0);
	settle_all(w);
	check_msg(next_msg(w, 0), MAPPING, ME, LDP_LABEL_IMPLICIT_NULL);
	assert_null(next_msg(w, 0));

	/* so is every other host address, as long as a device has it; not that of a network */
	lsps_address(&w->l, 1, DEST(1), 32, true);
	lsps_address(&w->l, 2, DEST(1), 32, true);
	lsps_address(&w->l, 2, DEST(2), 24, true);
	settle_all(w);
	check_msg(next_of(w, 0, MAPPING), MAPPING, DEST(1), LDP_LABEL_IMPLICIT_NULL);
	lsps_address(&w->l, 1, DEST(1), 32, false);
	settle_all(w);
	assert_int_equal(count_of(w, 0, WITHDRAW), 0);
	lsps_address(&w->l, 2, DEST(1), 32, false);
	settle_all(w);
	check_msg(next_of(w, 0, WITHDRAW), WITHDRAW, DEST(1), LDP_LABEL_IMPLICIT_NULL);
	assert_null(fec_at(w, DEST(2)));
	world_free(w);
}

static void the_lsr_id_changes(void **state)
{
	struct world *w = three_peers();

	(void)state;
	w->l.lsr_id = DEST(9);
	lsps_config(&w->l);
	settle_all(w);
	assert_false(fec_at(w, ME)->told);
	check_msg(next_msg(w, 0), WITHDRAW, ME, 3);
	check_msg(next_msg(w, 0), MAPPING, DEST(9), 3);
	world_free(w);
}

static void addresses_are_announced_before_labels(void **state)
{
	struct world *w = world_new();
	const struct heard *h;

	(void)state;
	for (uint32_t i = 0; i < 120; i++)
		lsps_address(&w->l, 5, NEXT(1000 + i), 24, true);
	lsps_address(&w->l, 1, 0x7f000001, 8, true);
	lsps_address(&w->l, 5, NEXT(1007), 24, false);
	settle_all(w);
	session_up(w, 0);
	settle_all(w);
	for (uint32_t n = 0; n < 119; n += h->n_addr) {
		h = next_msg(w, 0);
		assert_int_equal(h->type, LDP_MSG_ADDRESS);
		assert_in_range(h->n_addr, 1, 50);
	}
	check_msg(next_msg(w, 0), MAPPING, ME, 3);
	assert_null(next_msg(w, 0));

	lsps_address(&w->l, 5, NEXT(1000), 24, true);		/* told again by the kernel */
	lsps_address(&w->l, 6, NEXT(1000), 24, true);
	lsps_address(&w->l, 5, NEXT(1000), 24, false);
	settle_all(w);
	assert_null(next_msg(w, 0));				/* another device has it still */
	lsps_address(&w->l, 6, NEXT(1000), 24, false);
	lsps_address(&w->l, 6, NEXT(2000), 24, true);
	settle_all(w);
	h = next_msg(w, 0);
	assert_int_equal(h->type, LDP_MSG_ADDRESS_WITHDRAW);
	assert_int_equal(h->n_addr, 1);
	assert_int_equal(h->addr[0], NEXT(1000));
	h = next_msg(w, 0);
	assert_int_equal(h->type, LDP_MSG_ADDRESS);
	assert_int_equal(h->addr[0], NEXT(2000));
	world_free(w);
}

/* What is gone is not remembered for ever. */
static void addresses_that_come_and_go(void **state)
{
	struct world *w = three_peers();

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		lsps_address(&w->l, 5, NEXT(1000 + i), 24, true);
		lsps_address(&w->l, 5, NEXT(1000 + i), 24, false);
		if (i % 100 == 0)
			settle_all(w);
	}
	assert_in_range(w->l.lsps->own.n, 0, 600);
	for (int i = 0; i < 3; i++)
		session_down(w, i, false);
	for (uint32_t i = 0; i < 5000; i++) {
		lsps_address(&w->l, 5, NEXT(1000 + i), 24, true);
		lsps_address(&w->l, 5, NEXT(1000 + i), 24, false);
	}
	assert_in_range(w->l.lsps->own.n, 0, 300);
	world_free(w);
}

/* ---- independent control ---- */

static void a_route_is_bound_and_told_at_once(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	check_hops(w, DEST(1), 0);
	settle_all(w);
	for (int i = 0; i < 3; i++) {		/* the next hop included */
		check_msg(next_msg(w, i), MAPPING, DEST(1), LABEL_DYNAMIC_FIRST);
		assert_null(next_msg(w, i));
	}
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	settle_all(w);
	for (int i = 0; i < 3; i++)
		assert_null(next_msg(w, i));

	route_gone(w, DEST(1));
	assert_false(fec_at(w, DEST(1))->told);
	settle_all(w);
	for (int i = 0; i < 3; i++) {
		check_msg(next_msg(w, i), WITHDRAW, DEST(1), LABEL_DYNAMIC_FIRST);
		hear_label(w, i, RELEASE, DEST(1), LABEL_DYNAMIC_FIRST);
		assert_null(next_msg(w, i));
	}
	world_free(w);
}

/* Beside the egress: its address is on the link, the route has no gateway, its label is implicit null. */
static void penultimate_hop(void **state)
{
	struct world *w = three_peers();
	struct sys_route_told r = route_of(LSR(0), 0, 0);

	(void)state;
	r.hop[0] = (struct sys_hop){ .ifindex = 7 };
	r.n = 1;
	lsps_route(&w->l, &r, false);
	hear_label(w, 0, MAPPING, LSR(0), 3);
	assert_int_equal(fec_at(w, LSR(0))->f.n, 0);
	hear_addr(w, 0, LDP_MSG_ADDRESS, LSR(0));
	settle_all(w);
	assert_int_equal(fec_at(w, LSR(0))->f.n, 1);
	assert_int_equal(fec_at(w, LSR(0))->hop[0].ifindex, 7);
	assert_int_equal(fec_at(w, LSR(0))->hop[0].nexthop, LSR(0));
	assert_int_equal(fec_at(w, LSR(0))->hop[0].label, 3);
	world_free(w);
}

static void explicit_null_is_a_label(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 0);
	check_hops(w, DEST(1), 1, NEXT(0), 0);
	world_free(w);
}

static void two_next_hops(void **state)
{
	struct world *w = three_peers();
	uint32_t before;

	(void)state;
	route(w, DEST(1), NEXT(1), NEXT(0));
	hear_label(w, 1, MAPPING, DEST(1), 1001);
	check_hops(w, DEST(1), 1, NEXT(1), 1001);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	check_hops(w, DEST(1), 2, NEXT(0), 1000, NEXT(1), 1001);
	before = w->n_tell;
	route(w, DEST(1), NEXT(0), NEXT(1));		/* the same, told in another order */
	assert_int_equal(w->n_tell, before);
	hear_label(w, 1, WITHDRAW, DEST(1), 1001);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	check_msg(next_of(w, 1, RELEASE), RELEASE, DEST(1), 1001);
	world_free(w);
}

static void dead_and_double_hops_are_left_out(void **state)
{
	struct world *w = three_peers();
	struct sys_route_told r = route_of(DEST(1), 20, 4, NEXT(2), NEXT(0), NEXT(1), NEXT(0));

	(void)state;
	r.hop[0].dead = true;
	for (int i = 0; i < 3; i++)
		hear_label(w, i, MAPPING, DEST(1), 1000 + (uint32_t)i);
	lsps_route(&w->l, &r, false);
	check_hops(w, DEST(1), 2, NEXT(0), 1000, NEXT(1), 1001);
	r.hop[0].dead = false;
	lsps_route(&w->l, &r, false);
	check_hops(w, DEST(1), 3, NEXT(0), 1000, NEXT(1), 1001, NEXT(2), 1002);
	for (uint32_t i = 0; i < r.n; i++)
		r.hop[i].dead = true;
	lsps_route(&w->l, &r, false);
	check_hops(w, DEST(1), 0);
	world_free(w);
}

static void as_many_hops_as_the_kernel_has(void **state)
{
	struct world *w = three_peers();
	struct sys_route_told r = route_of(DEST(1), 20, 0);

	(void)state;
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	for (uint32_t i = 0; i < SYS_ROUTE_HOPS; i++) {
		hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(500 + i));
		r.hop[r.n++] = (struct sys_hop){ .ifindex = 10, .gateway = NEXT(500 + i) };
	}
	lsps_route(&w->l, &r, false);
	assert_int_equal(fec_at(w, DEST(1))->f.n, SYS_ROUTE_HOPS);
	world_free(w);
}

/* Liberal retention: what was kept is used, and nobody is asked. */
static void another_next_hop_needs_no_message(void **state)
{
	struct world *w = three_peers();

	(void)state;
	hear_label(w, 1, MAPPING, DEST(1), 1001);
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	settle_all(w);
	for (int i = 0; i < 3; i++)
		skip_msgs(w, i);
	route(w, DEST(1), NEXT(1), 0);
	check_hops(w, DEST(1), 1, NEXT(1), 1001);
	settle_all(w);
	for (int i = 0; i < 3; i++)
		assert_null(next_msg(w, i));
	world_free(w);
}

static void the_best_metric_counts(void **state)
{
	struct world *w = three_peers();
	struct sys_route_told worse = route_of(DEST(1), 30, 1, NEXT(1)), best = route_of(DEST(1), 10, 1, NEXT(0)),
			      tos = route_of(DEST(1), 1, 1, NEXT(2)), hole = route_of(DEST(1), 5, 0);

	(void)state;
	for (int i = 0; i < 3; i++)
		hear_label(w, i, MAPPING, DEST(1), 1000 + (uint32_t)i);
	lsps_route(&w->l, &worse, false);
	check_hops(w, DEST(1), 1, NEXT(1), 1001);
	lsps_route(&w->l, &best, false);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	tos.tos = 8;
	lsps_route(&w->l, &tos, false);		/* for other packets */
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	hole.type = RTN_BLACKHOLE;
	lsps_route(&w->l, &hole, false);
	assert_false(fec_at(w, DEST(1))->told);
	lsps_route(&w->l, &hole, true);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	lsps_route(&w->l, &best, true);
	check_hops(w, DEST(1), 1, NEXT(1), 1001);
	lsps_route(&w->l, &worse, true);
	assert_false(fec_at(w, DEST(1))->told);
	world_free(w);
}

static void odd_routes_have_no_hops(void **state)
{
	struct world *w = three_peers();
	struct sys_route_told r = route_of(DEST(1), 20, 1, NEXT(0));
	struct show_fec f;

	(void)state;
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	r.odd = SYS_ROUTE_ENCAP;
	lsps_route(&w->l, &r, false);
	check_hops(w, DEST(1), 0);
	assert_true(ldp_show_fec(&w->l, DEST(1), 32, &f));
	assert_non_null(strstr(f.why, "kernel adds"));
	world_free(w);
}

static void only_host_routes_are_fecs(void **state)
{
	struct world *w = three_peers();
	struct sys_route_told r = route_of(DEST(0), 20, 1, NEXT(0));

	(void)state;
	r.len = 24;
	lsps_route(&w->l, &r, false);
	assert_null(fec_at(w, DEST(0)));
	world_free(w);
}

/* ---- who is a next hop ---- */

static void addresses_decide_who_is_next_hop(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(50), 0);
	route(w, DEST(2), NEXT(50), 0);
	for (uint32_t d = 1; d < 3; d++)
		for (int i = 0; i < 3; i++)
			hear_label(w, i, MAPPING, DEST(d), 1000 * d + (uint32_t)i);
	check_hops(w, DEST(1), 0);
	hear_addr(w, 1, LDP_MSG_ADDRESS, NEXT(50));
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(50), 1001);
	check_hops(w, DEST(2), 1, NEXT(50), 2001);
	hear_addr(w, 2, LDP_MSG_ADDRESS, NEXT(50));	/* a later claim takes nothing away */
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(50), 1001);
	hear_addr(w, 1, LDP_MSG_ADDRESS_WITHDRAW, NEXT(50));
	hear_addr(w, 1, LDP_MSG_ADDRESS_WITHDRAW, NEXT(50));
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(50), 1002);
	hear_label(w, 1, MAPPING, DEST(2), 2222);	/* of no consequence */
	check_hops(w, DEST(2), 1, NEXT(50), 2002);
	world_free(w);
}

static void a_label_changes(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	settle_all(w);
	skip_msgs(w, 0);
	hear_label(w, 0, MAPPING, DEST(1), 2000);
	check_hops(w, DEST(1), 1, NEXT(0), 2000);
	check_msg(next_msg(w, 0), RELEASE, DEST(1), 1000);	/* RFC 5036, LMp.10a */
	hear_label(w, 0, MAPPING, DEST(1), 2000);
	assert_null(next_msg(w, 0));
	assert_int_equal(w->peer[0].p.n_lsps, 1);
	hear_label(w, 0, WITHDRAW, DEST(1), 1000);		/* not that one: answered all the same */
	check_msg(next_msg(w, 0), RELEASE, DEST(1), 1000);
	check_hops(w, DEST(1), 1, NEXT(0), 2000);
	hear_label(w, 0, WITHDRAW, DEST(1), NO_LABEL);
	check_msg(next_msg(w, 0), RELEASE, DEST(1), NO_LABEL);
	check_hops(w, DEST(1), 0);
	hear_label(w, 0, WITHDRAW, DEST(7), 5555);		/* never said */
	check_msg(next_msg(w, 0), RELEASE, DEST(7), 5555);
	world_free(w);
}

/* ---- our label ---- */

static void our_label_changes(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	settle_all(w);
	skip_msgs(w, 1);
	lsps_bind(&w->l, &(struct act_bind){ DEST(1), 32, 300000 });
	settle_all(w);
	check_msg(next_msg(w, 1), WITHDRAW, DEST(1), LABEL_DYNAMIC_FIRST);
	check_msg(next_msg(w, 1), MAPPING, DEST(1), 300000);
	hear_label(w, 1, RELEASE, DEST(1), NO_LABEL);		/* the answer to the Withdraw */
	lsps_bind(&w->l, &(struct act_bind){ DEST(1), 32, NO_LABEL });
	settle_all(w);
	check_msg(next_msg(w, 1), WITHDRAW, DEST(1), 300000);
	lsps_bind(&w->l, &(struct act_bind){ DEST(1), 32, 300001 });
	settle_all(w);
	check_msg(next_msg(w, 1), MAPPING, DEST(1), 300001);
	assert_null(next_msg(w, 1));
	lsps_bind(&w->l, &(struct act_bind){ DEST(8), 32, 300002 });	/* none of ours */
	settle_all(w);
	assert_null(next_msg(w, 1));
	world_free(w);
}

static void what_changes_while_there_is_no_room_is_said_once(void **state)
{
	struct world *w = three_peers();

	(void)state;
	w->peer[1].room = 0;
	route(w, DEST(1), NEXT(0), 0);
	settle_all(w);
	for (uint32_t i = 0; i < 10; i++)
		lsps_bind(&w->l, &(struct act_bind){ DEST(1), 32, 300000 + i });
	route(w, DEST(2), NEXT(0), 0);
	settle_all(w);
	route_gone(w, DEST(2));
	settle_all(w);
	w->peer[1].room = UINT32_MAX;
	peer_wants(&w->peer[1].p);
	settle_all(w);
	check_msg(next_msg(w, 1), MAPPING, DEST(1), 300009);
	assert_null(next_msg(w, 1));
	world_free(w);
}

/* ---- ordered control ---- */

static void ordered_control_waits_for_the_next_hop(void **state)
{
	struct world *w = three_peers();

	(void)state;
	w->l.cfg.ordered = true;
	lsps_config(&w->l);
	settle_all(w);
	for (int i = 0; i < 3; i++)
		assert_null(next_msg(w, i));			/* egress: nothing changes */
	route(w, DEST(1), NEXT(0), NEXT(1));
	settle_all(w);
	assert_int_not_equal(label_of(w, DEST(1)), NO_LABEL);
	assert_null(next_msg(w, 2));
	hear_label(w, 2, MAPPING, DEST(1), 1002);		/* not the next hop */
	settle_all(w);
	assert_null(next_msg(w, 2));
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	settle_all(w);
	check_msg(next_msg(w, 2), MAPPING, DEST(1), label_of(w, DEST(1)));
	hear_label(w, 1, MAPPING, DEST(1), 1001);
	hear_label(w, 0, WITHDRAW, DEST(1), 1000);
	settle_all(w);
	assert_null(next_msg(w, 2));
	hear_label(w, 1, WITHDRAW, DEST(1), 1001);
	settle_all(w);
	check_msg(next_msg(w, 2), WITHDRAW, DEST(1), label_of(w, DEST(1)));
	w->l.cfg.ordered = false;
	lsps_config(&w->l);
	settle_all(w);
	check_msg(next_msg(w, 2), MAPPING, DEST(1), label_of(w, DEST(1)));
	w->l.cfg.ordered = true;
	lsps_config(&w->l);
	settle_all(w);
	check_msg(next_msg(w, 2), WITHDRAW, DEST(1), label_of(w, DEST(1)));
	assert_null(next_msg(w, 2));
	world_free(w);
}

static void ordered_control_follows_the_session(void **state)
{
	struct world *w = three_peers();

	(void)state;
	w->l.cfg.ordered = true;
	lsps_config(&w->l);
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	settle_all(w);
	check_msg(next_msg(w, 2), MAPPING, DEST(1), label_of(w, DEST(1)));
	session_down(w, 0, false);
	settle_all(w);
	check_msg(next_msg(w, 2), WITHDRAW, DEST(1), label_of(w, DEST(1)));
	world_free(w);
}

/* ---- whom labels are told ---- */

static void not_to_everyone(void **state)
{
	struct world *w = world_new();
	struct peer *p = &w->peer[0].p, *q = &w->peer[1].p;

	(void)state;
	p->no_lsps = true;
	q->apps_off = 1 << LDP_APP_IPV4;
	lsps_address(&w->l, 5, NEXT(9), 24, true);
	session_up(w, 0);
	session_up(w, 1);
	route(w, DEST(1), NEXT(0), 0);
	settle_all(w);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(next_msg(w, i)->type, LDP_MSG_ADDRESS);
		assert_null(next_msg(w, i));
	}
	p->no_lsps = false;
	lsps_config(&w->l);
	q->apps_off = 1 << LDP_APP_IPV6;
	peer_wants(q);			/* as at a Capability message */
	settle_all(w);
	for (int i = 0; i < 2; i++)
		assert_int_equal(count_of(w, i, MAPPING), 2);
	p->no_lsps = true;
	lsps_config(&w->l);
	q->apps_off = 1 << LDP_APP_IPV4;
	peer_wants(q);
	settle_all(w);
	for (int i = 0; i < 2; i++)
		assert_int_equal(count_of(w, i, WITHDRAW), 2);
	route(w, DEST(2), NEXT(0), 0);
	settle_all(w);
	for (int i = 0; i < 2; i++)
		assert_null(next_msg(w, i));
	world_free(w);
}

static void ldp_stops_and_starts(void **state)
{
	struct world *w = world_new();

	(void)state;
	w->l.enabled = false;
	lsps_config(&w->l);
	settle_all(w);
	route(w, DEST(1), NEXT(0), 0);
	settle_all(w);
	assert_null(fec_at(w, DEST(1)));
	w->l.enabled = true;
	lsps_config(&w->l);
	settle_all(w);
	assert_true(fec_at(w, DEST(1))->told);
	assert_true(fec_at(w, ME)->told);
	w->l.enabled = false;
	lsps_config(&w->l);
	settle_all(w);
	assert_false(fec_at(w, DEST(1))->told);
	assert_false(fec_at(w, ME)->told);
	world_free(w);
}

/* ---- sessions ---- */

static void a_session_ends(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), NEXT(1));
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	hear_label(w, 1, MAPPING, DEST(1), 1001);
	hear_label(w, 0, MAPPING, DEST(5), 1005);
	settle_all(w);
	session_down(w, 0, false);
	assert_int_equal(w->peer[0].p.n_lsps, 0);
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(1), 1001);
	assert_int_equal(w->l.lsps->n_heard, 1);
	assert_null(fec_find(w->l.lsps, DEST(5), 32));		/* nobody has any use for it */
	skip_msgs(w, 0);

	session_up(w, 0);					/* all is told anew */
	settle_all(w);
	assert_int_equal(count_of(w, 0, MAPPING), 2);
	check_hops(w, DEST(1), 1, NEXT(1), 1001);
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	settle_all(w);
	check_hops(w, DEST(1), 2, NEXT(0), 1000, NEXT(1), 1001);
	world_free(w);
}

/* The session is back before the former one is cleaned up. */
static void back_at_once(void **state)
{
	struct world *w = three_peers();

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		route(w, DEST(i), NEXT(0), 0);
		hear_label(w, 0, MAPPING, DEST(i), 1000 + i);
	}
	settle_all(w);
	session_down(w, 0, false);
	skip_msgs(w, 0);
	session_up(w, 0);
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	for (uint32_t i = 0; i < 10; i++)
		hear_label(w, 0, MAPPING, DEST(i), 2000 + i);
	settle_all(w);
	for (uint32_t i = 0; i < 10; i++)
		check_hops(w, DEST(i), 1, NEXT(0), 2000 + i);
	for (uint32_t i = 10; i < 20; i++)
		check_hops(w, DEST(i), 0);
	assert_int_equal(w->peer[0].p.n_lsps, 10);
	assert_int_equal(count_of(w, 0, MAPPING), 21);
	world_free(w);
}

static void held_and_recovered(void **state)
{
	struct world *w = three_peers();
	uint32_t before;
	struct show_fec f;

	(void)state;
	for (uint32_t i = 1; i < 4; i++) {
		route(w, DEST(i), NEXT(0), 0);
		hear_label(w, 0, MAPPING, DEST(i), 1000 + i);
	}
	settle_all(w);
	skip_msgs(w, 0);
	before = w->n_tell;
	session_down(w, 0, true);
	settle_all(w);
	assert_int_equal(w->n_tell, before);
	assert_true(ldp_show_fec(&w->l, DEST(1), 32, &f));
	assert_true(f.binding[0].stale && f.binding[0].in_use);
	session_up(w, 0);
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	hear_label(w, 0, MAPPING, DEST(1), 1001);
	hear_label(w, 0, MAPPING, DEST(2), 2002);
	settle_all(w);
	assert_int_equal(count_of(w, 0, MAPPING), 4);
	check_hops(w, DEST(1), 1, NEXT(0), 1001);
	check_hops(w, DEST(2), 1, NEXT(0), 2002);
	check_hops(w, DEST(3), 1, NEXT(0), 1003);
	assert_true(ldp_show_fec(&w->l, DEST(1), 32, &f));
	assert_false(f.binding[0].stale);
	assert_true(ldp_show_fec(&w->l, DEST(3), 32, &f));
	assert_true(f.binding[0].stale);
	assert_int_equal(w->peer[0].p.n_lsps, 3);
	lsp_calls.recovered(&w->peer[0].p);
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1001);
	check_hops(w, DEST(3), 0);
	assert_int_equal(w->peer[0].p.n_lsps, 2);
	assert_int_equal(w->l.lsps->n_heard, 2);
	world_free(w);
}

/* An address it had before its restart and did not announce again. */
static void stale_addresses_go_too(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	session_down(w, 0, true);
	session_up(w, 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	lsp_calls.recovered(&w->peer[0].p);
	settle_all(w);
	check_hops(w, DEST(1), 0);
	world_free(w);
}

static void held_and_never_back(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	session_down(w, 0, true);
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	session_down(w, 0, false);
	settle_all(w);
	check_hops(w, DEST(1), 0);
	lsp_calls.forget(&w->peer[0].p);
	world_free(w);
}

/* What goes out of use while the peer is held, or just before, is used again when it has been heard again; what is needed
 * for the first time is used. In a session that lasts nothing waits. */
static void held_and_fallen(void **state)
{
	(void)state;
	for (int before = 0; before < 2; before++) {
		struct world *w = three_peers();

		route(w, DEST(1), NEXT(0), 0);
		route(w, DEST(2), NEXT(1), 0);
		for (uint32_t i = 1; i < 3; i++)
			hear_label(w, 0, MAPPING, DEST(i), 1000 + i);
		hear_label(w, 1, MAPPING, DEST(2), 2002);
		settle_all(w);
		route_gone(w, DEST(1));
		route(w, DEST(1), NEXT(0), 0);
		check_hops(w, DEST(1), 1, NEXT(0), 1001);
		if (before)
			route_gone(w, DEST(1));
		session_down(w, 0, true);
		if (!before)
			route_gone(w, DEST(1));
		route(w, DEST(1), NEXT(0), 0);
		settle_all(w);
		check_hops(w, DEST(1), 0);
		route(w, DEST(2), NEXT(0), 0);
		settle_all(w);
		check_hops(w, DEST(2), 1, NEXT(0), 1002);
		session_up(w, 0);
		hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
		settle_all(w);
		check_hops(w, DEST(1), 0);
		hear_label(w, 0, MAPPING, DEST(1), 1001);
		check_hops(w, DEST(1), 1, NEXT(0), 1001);
		world_free(w);
	}
}

/* Our own recovery ends while another peer is held: that is no matter of its. */
static void recovered_while_held(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	session_down(w, 0, true);
	lsp_calls.recovered(&w->peer[0].p);
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	world_free(w);
}

static void its_end_of_lib_ends_what_is_stale(void **state)
{
	struct world *w = three_peers();

	(void)state;
	route(w, DEST(1), NEXT(0), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	session_down(w, 0, true);
	session_up(w, 0);
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	hear_wild(w, 0, LDP_MSG_NOTIFICATION, true, NO_LABEL);
	settle_all(w);
	check_hops(w, DEST(1), 0);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	hear_wild(w, 0, LDP_MSG_NOTIFICATION, true, NO_LABEL);
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1000);
	world_free(w);
}

/* ---- End-of-LIB of ours ---- */

static void end_of_lib_after_the_last_mapping(void **state)
{
	struct world *w = world_new();
	const struct heard *h;

	(void)state;
	for (uint32_t i = 0; i < 30; i++)
		route(w, DEST(i), NEXT(0), 0);
	settle_all(w);
	w->peer[0].p.caps = LDP_HAS(CAP_UNRECOGNIZED) | LDP_HAS(CAP_TYPED_WILDCARD);
	w->peer[1].p.caps = LDP_HAS(CAP_TYPED_WILDCARD);
	w->peer[0].room = 7;
	session_up(w, 0);
	session_up(w, 1);
	settle_all(w);
	w->peer[0].room = UINT32_MAX;
	peer_wants(&w->peer[0].p);
	settle_all(w);
	for (int i = 0; i < 31; i++)
		assert_int_equal(next_msg(w, 0)->type, MAPPING);
	h = next_msg(w, 0);
	assert_int_equal(h->type, LDP_MSG_NOTIFICATION);
	assert_int_equal(h->status, LDP_STATUS_END_OF_LIB);
	assert_int_equal(h->fec, LDP_FEC_TYPED);
	assert_null(next_msg(w, 0));
	assert_int_equal(count_of(w, 1, MAPPING), 31);
	route(w, DEST(50), NEXT(0), 0);
	settle_all(w);
	assert_int_equal(count_of(w, 0, LDP_MSG_NOTIFICATION), 0);
	world_free(w);
}

/* ---- our own restart ---- */

static void we_come_back(void **state)
{
	struct world *w = world_new();
	struct show_fec f;

	(void)state;
	w->l.recovering = true;
	w->peer[0].p.caps = LDP_HAS(CAP_UNRECOGNIZED) | LDP_HAS(CAP_TYPED_WILDCARD);
	for (uint32_t i = 1; i < 5; i++)
		route(w, DEST(i), NEXT(0), i == 4 ? NEXT(1) : 0);
	check_hops(w, DEST(1), 1, NEXT(0), FEC_LABEL_HELD);
	check_hops(w, DEST(4), 2, NEXT(0), FEC_LABEL_HELD, NEXT(1), FEC_LABEL_HELD);
	assert_true(ldp_show_fec(&w->l, DEST(1), 32, &f));
	assert_non_null(strstr(f.why, "after our restart"));
	assert_int_equal(f.hop[0].label, LABEL_NOT_BOUND);
	settle_all(w);
	session_up(w, 0);
	settle_all(w);
	assert_int_equal(count_of(w, 0, LDP_MSG_NOTIFICATION), 0);	/* what it holds of us must not end yet */
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	hear_label(w, 0, MAPPING, DEST(1), 1001);
	hear_label(w, 0, MAPPING, DEST(4), 1004);
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1001);
	check_hops(w, DEST(2), 1, NEXT(0), FEC_LABEL_HELD);
	check_hops(w, DEST(4), 2, NEXT(0), 1004, NEXT(1), FEC_LABEL_HELD);
	hear_wild(w, 0, LDP_MSG_NOTIFICATION, true, NO_LABEL);		/* it has no more to say */
	settle_all(w);
	check_hops(w, DEST(1), 1, NEXT(0), 1001);
	check_hops(w, DEST(2), 0);
	check_hops(w, DEST(4), 2, NEXT(0), 1004, NEXT(1), FEC_LABEL_HELD);
	w->l.recovering = false;
	lsps_recovered(&w->l);
	settle_all(w);
	check_hops(w, DEST(4), 1, NEXT(0), 1004);
	assert_int_equal(count_of(w, 0, LDP_MSG_NOTIFICATION), 1);
	world_free(w);
}

/* ---- displays ---- */

static int count_fec(void *arg, const struct show_fec *f)
{
	uint32_t *last = arg;

	assert_true(f->dest > last[0]);
	last[0] = f->dest;
	last[1]++;
	return 0;
}

static int count_addr(void *arg, uint32_t ip)
{
	uint32_t *last = arg;

	assert_true(ip > last[0]);
	last[0] = ip;
	last[1]++;
	return 0;
}

static void shown(void **state)
{
	struct world *w = three_peers();
	struct show_fec f;
	uint32_t seen[2] = { 0 }, addrs[2] = { 0 };

	(void)state;
	route(w, DEST(1), NEXT(1), NEXT(0));
	hear_label(w, 2, MAPPING, DEST(1), 1002);
	hear_label(w, 0, MAPPING, DEST(1), 1000);
	hear_label(w, 0, MAPPING, DEST(2), 2000);
	settle_all(w);
	assert_true(ldp_show_fec(&w->l, DEST(1), 32, &f));
	assert_int_equal(f.in_label, label_of(w, DEST(1)));
	assert_int_equal(f.n_binding, 2);
	assert_int_equal(f.binding[0].peer, LSR(0));
	assert_true(f.binding[0].in_use);
	assert_int_equal(f.binding[1].label, 1002);
	assert_false(f.binding[1].in_use);
	assert_int_equal(f.n_hop, 2);
	assert_int_equal(f.hop[0].label, 1000);
	assert_int_equal(f.hop[1].peer, LSR(1));
	assert_int_equal(f.hop[1].label, LABEL_NOT_BOUND);
	assert_string_equal(f.why, "");

	hear_label(w, 0, WITHDRAW, DEST(1), 1000);
	assert_true(ldp_show_fec(&w->l, DEST(1), 32, &f));
	assert_string_equal(f.why, "next hop 10.0.0.100 gave no label for it");
	session_down(w, 0, false);
	settle_all(w);
	assert_true(ldp_show_fec(&w->l, DEST(1), 32, &f));
	assert_string_equal(f.why, "no LDP peer has announced the address of next hop 192.168.0.0");
	session_up(w, 0);
	hear_label(w, 0, MAPPING, DEST(2), 2000);
	assert_true(ldp_show_fec(&w->l, DEST(2), 32, &f));
	assert_non_null(strstr(f.why, "no host route"));
	assert_int_equal(f.in_label, LABEL_NOT_BOUND);
	assert_false(ldp_show_fec(&w->l, DEST(3), 32, &f));
	assert_true(ldp_show_fec(&w->l, ME, 32, &f));
	assert_true(f.egress);
	assert_string_equal(f.why, "");
	assert_int_equal(ldp_show_fecs(&w->l, count_fec, seen), 0);
	assert_int_equal(seen[1], 3);
	for (uint32_t i = 20; i > 10; i--)
		hear_addr(w, 1, LDP_MSG_ADDRESS, NEXT(i));
	assert_int_equal(ldp_show_addresses(&w->l, LSR(1), count_addr, addrs), 0);
	assert_int_equal(addrs[1], 11);
	assert_int_equal(ldp_show_addresses(&w->l, LSR(3), count_addr, addrs), 0);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lsr_id_is_an_egress_fec),
		cmocka_unit_test(the_lsr_id_changes),
		cmocka_unit_test(addresses_are_announced_before_labels),
		cmocka_unit_test(addresses_that_come_and_go),
		cmocka_unit_test(a_route_is_bound_and_told_at_once),
		cmocka_unit_test(penultimate_hop),
		cmocka_unit_test(explicit_null_is_a_label),
		cmocka_unit_test(two_next_hops),
		cmocka_unit_test(dead_and_double_hops_are_left_out),
		cmocka_unit_test(as_many_hops_as_the_kernel_has),
		cmocka_unit_test(another_next_hop_needs_no_message),
		cmocka_unit_test(the_best_metric_counts),
		cmocka_unit_test(odd_routes_have_no_hops),
		cmocka_unit_test(only_host_routes_are_fecs),
		cmocka_unit_test(addresses_decide_who_is_next_hop),
		cmocka_unit_test(a_label_changes),
		cmocka_unit_test(our_label_changes),
		cmocka_unit_test(what_changes_while_there_is_no_room_is_said_once),
		cmocka_unit_test(ordered_control_waits_for_the_next_hop),
		cmocka_unit_test(ordered_control_follows_the_session),
		cmocka_unit_test(not_to_everyone),
		cmocka_unit_test(ldp_stops_and_starts),
		cmocka_unit_test(a_session_ends),
		cmocka_unit_test(back_at_once),
		cmocka_unit_test(held_and_recovered),
		cmocka_unit_test(stale_addresses_go_too),
		cmocka_unit_test(held_and_never_back),
		cmocka_unit_test(held_and_fallen),
		cmocka_unit_test(recovered_while_held),
		cmocka_unit_test(its_end_of_lib_ends_what_is_stale),
		cmocka_unit_test(end_of_lib_after_the_last_mapping),
		cmocka_unit_test(we_come_back),
		cmocka_unit_test(shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
