/* SPDX-License-Identifier: BSD-2-Clause */
/* Transport labels: what peers say, in and out of order, too much of it, and things no honest peer says. */
#include "lsp_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MAPPING		LDP_MSG_MAPPING
#define WITHDRAW	LDP_MSG_WITHDRAW
#define RELEASE		LDP_MSG_RELEASE
#define REQUEST		LDP_MSG_REQUEST
#define NOTIFICATION	LDP_MSG_NOTIFICATION

/* Peers 0 and 1 are up, 0 is the next hop of DEST(0) to DEST(n - 1) and has mapped them to 1000 and so on. */
static struct world *world_with(uint32_t n)
{
	struct world *w = world_new();

	session_up(w, 0);
	session_up(w, 1);
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	for (uint32_t i = 0; i < n; i++) {
		route(w, DEST(i), NEXT(0), 0);
		hear_label(w, 0, MAPPING, DEST(i), 1000 + i);
	}
	settle_all(w);
	skip_msgs(w, 0);
	skip_msgs(w, 1);
	return w;
}

static uint32_t with_hops(struct world *w, uint32_t n)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++)
		count += fec_at(w, DEST(i))->f.n;
	return count;
}

/* ---- several elements, families, labels ---- */

static struct octets elements(uint8_t *buf, size_t size, uint32_t n, uint16_t last_family)
{
	struct wr wr = wr_of(buf, size);

	for (uint32_t i = 0; i < n; i++) {
		bool v6 = i + 1 == n && last_family == LDP_AF_IPV6;

		wr_u8(&wr, LDP_FEC_PREFIX);
		wr_u16(&wr, v6 ? LDP_AF_IPV6 : LDP_AF_IPV4);
		wr_u8(&wr, v6 ? 0 : 32);
		if (!v6)
			wr_u32(&wr, DEST(i));
	}
	assert_false(wr.bad);
	return (struct octets){ buf, wr_len(&wr) };
}

static struct ldp_msg mapping_of(struct octets fecs, uint16_t n, uint32_t label)
{
	return (struct ldp_msg){
		.type = MAPPING, .has = LDP_HAS(FEC) | LDP_HAS(LABEL), .label = label, .n_fec = n, .fecs = fecs,
		.fec = { .type = LDP_FEC_PREFIX, .prefix = { LDP_AF_IPV4, 32, false, { DEST(0) } } },
	};
}

static void several_fecs_in_a_mapping(void **state)
{
	struct world *w = world_with(0);
	uint8_t buf[4000];
	struct ldp_msg m = mapping_of(elements(buf, sizeof(buf), 400, LDP_AF_IPV4), 400, 5000);

	(void)state;
	for (uint32_t i = 0; i < 400; i++)
		route(w, DEST(i), NEXT(0), 0);
	hear(w, 0, &m);
	assert_int_equal(w->peer[0].p.n_lsps, 400);
	assert_int_equal(with_hops(w, 400), 400);
	hear_wild(w, 0, WITHDRAW, true, 5000);
	settle_all(w);
	assert_int_equal(with_hops(w, 400), 0);
	assert_int_equal(count_of(w, 0, RELEASE), 1);
	world_free(w);
}

/* Of a message with a family that is not ours nothing is taken (RFC 5036, 3.4.1.1). */
static void ipv6_is_refused(void **state)
{
	struct world *w = world_with(1);
	uint8_t buf[400], six[16] = { 0x20, 0x01 };
	struct ldp_msg m = mapping_of(elements(buf, sizeof(buf), 5, LDP_AF_IPV6), 5, 5000);
	const uint16_t types[] = { MAPPING, WITHDRAW, REQUEST };

	(void)state;
	hear(w, 0, &m);
	assert_int_equal(next_msg(w, 0)->status, LDP_STATUS_UNSUPPORTED_AF);
	assert_int_equal(w->peer[0].p.n_lsps, 1);
	for (size_t i = 0; i < 3; i++) {
		struct ldp_msg one = { .type = types[i], .has = LDP_HAS(FEC), .n_fec = 1,
				       .fec = { LDP_FEC_PREFIX, { { LDP_AF_IPV6, 64, false, { 0 } } } } };

		if (types[i] == MAPPING) {
			one.has |= LDP_HAS(LABEL);
			one.label = 5000;
		}
		hear(w, 0, &one);
		assert_int_equal(next_msg(w, 0)->status, LDP_STATUS_UNSUPPORTED_AF);
	}
	hear(w, 0, &(struct ldp_msg){ .type = LDP_MSG_ADDRESS, .has = LDP_HAS(ADDR_LIST),
				      .addr = { LDP_AF_IPV6, { six, 16 } } });
	assert_int_equal(next_msg(w, 0)->status, LDP_STATUS_UNSUPPORTED_AF);
	assert_null(next_msg(w, 0));
	assert_int_equal(with_hops(w, 1), 1);
	world_free(w);
}

static void reserved_labels_are_given_back(void **state)
{
	struct world *w = world_with(1);

	(void)state;
	for (uint32_t label = 0; label < 16; label++) {
		const struct heard *h;

		hear_label(w, 1, MAPPING, DEST(0), label);
		h = next_msg(w, 1);
		if (label == 0 || label == 3) {
			assert_int_equal(w->peer[1].p.n_lsps, 1);
			continue;
		}
		assert_int_equal(w->peer[1].p.n_lsps, 0);
		assert_int_equal(h->type, RELEASE);
		assert_int_equal(h->label, label);
	}
	hear_label(w, 0, MAPPING, DEST(0), 7);		/* what it said before is void all the same */
	assert_int_equal(with_hops(w, 1), 0);
	assert_int_equal(w->peer[1].p.refused, 14);
	assert_int_equal(count_of(w, 0, RELEASE), 1);
	world_free(w);
}

/* Loop detection is not configured: hop counts and path vectors, even with ourselves in it, change nothing (2.8). */
static void hop_counts_and_path_vectors(void **state)
{
	struct world *w = world_with(1);
	static const uint8_t path[8] = { 10, 0, 0, 100, 10, 0, 0, 1 };
	struct ldp_msg m = mapping_of((struct octets){ NULL, 0 }, 1, 5000);

	(void)state;
	m.has |= LDP_HAS(HOP_COUNT) | LDP_HAS(PATH_VECTOR);
	m.hop_count = 255;
	m.path_vector = (struct octets){ path, 8 };
	hear(w, 0, &m);
	assert_int_equal(fec_at(w, DEST(0))->hop[0].label, 5000);
	world_free(w);
}

static void other_prefixes_are_kept_and_not_used(void **state)
{
	struct world *w = world_with(1);
	struct ldp_msg m = mapping_of((struct octets){ NULL, 0 }, 1, 5000);
	struct show_fec f;

	(void)state;
	for (uint8_t len = 0; len < 32; len += 8) {
		m.fec.prefix.len = len;
		m.fec.prefix.ip = DEST(0);
		m.id = 0;
		hear(w, 0, &m);
	}
	settle_all(w);
	assert_int_equal(w->peer[0].p.n_lsps, 5);
	assert_true(ldp_show_fec(&w->l, DEST(0), 24, &f));
	assert_int_equal(f.n_binding, 1);
	assert_string_equal(f.why, "labels are bound to host routes only");
	assert_true(ldp_show_fec(&w->l, 0, 0, &f));
	assert_null(next_msg(w, 1));
	hear_wild(w, 0, WITHDRAW, false, NO_LABEL);
	settle_all(w);
	assert_false(ldp_show_fec(&w->l, DEST(0), 24, &f));
	world_free(w);
}

/* ---- Withdraw ---- */

static void wildcard_withdraws(void **state)
{
	struct world *w = world_with(50);

	(void)state;
	for (int typed = 0; typed < 2; typed++) {
		hear_wild(w, 0, WITHDRAW, typed, NO_LABEL);
		assert_int_equal(next_of(w, 0, RELEASE)->fec, typed ? LDP_FEC_TYPED : LDP_FEC_WILDCARD);
		for (uint32_t i = 0; i < 10; i++)		/* before the others are cleaned up */
			hear_label(w, 0, MAPPING, DEST(i), 1000 + i);
		settle_all(w);
		assert_int_equal(with_hops(w, 50), 10);
		assert_int_equal(w->peer[0].p.n_lsps, 10);
		assert_int_equal(w->l.lsps->n_heard, 10);
		assert_int_equal(w->l.lsps->labels.n, 10);
		for (uint32_t i = 0; i < 50; i++)
			hear_label(w, 0, MAPPING, DEST(i), 1000 + i);
		settle_all(w);
		assert_int_equal(with_hops(w, 50), 50);
	}
	/* with a label: what is bound to it, and no other */
	hear_label(w, 0, MAPPING, DEST(7), 1003);
	skip_msgs(w, 0);
	hear_wild(w, 0, WITHDRAW, false, 1003);
	assert_int_equal(next_msg(w, 0)->label, 1003);
	assert_int_equal(with_hops(w, 50), 48);
	hear_wild(w, 0, WITHDRAW, false, 999);
	assert_int_equal(next_msg(w, 0)->label, 999);
	assert_int_equal(with_hops(w, 50), 48);
	settle_all(w);
	assert_null(next_msg(w, 1));
	world_free(w);
}

static void wildcards_of_others_are_not_ours(void **state)
{
	struct world *w = world_with(1);
	struct ldp_msg m = { .type = WITHDRAW, .has = LDP_HAS(FEC), .n_fec = 1,
			     .fec = { LDP_FEC_TYPED, { .typed = { LDP_FEC_PWID, 0, LDP_PW_WILDCARD } } } };

	(void)state;
	hear(w, 0, &m);
	assert_null(next_msg(w, 0));
	assert_int_equal(with_hops(w, 1), 1);
	world_free(w);
}

static void storms(void **state)
{
	struct world *w = world_with(100);
	uint32_t before = w->n_tell;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		hear_wild(w, 0, WITHDRAW, round & 1, round % 3 ? NO_LABEL : 1005);
		hear_wild(w, 0, RELEASE, round & 1, round % 3 ? NO_LABEL : 1005);
		hear_label(w, 0, MAPPING, DEST(round % 100), 1000);
		hear_label(w, 0, WITHDRAW, DEST(round % 100), NO_LABEL);
		hear_label(w, 0, RELEASE, DEST(round % 100), NO_LABEL);
	}
	assert_int_equal(count_of(w, 0, RELEASE), 2000);
	assert_in_range(w->n_tell - before, 1, 2500);	/* not 1,000 times 100 */
	settle_all(w);
	assert_int_equal(w->l.lsps->n_heard, 0);
	assert_int_equal(with_hops(w, 100), 0);
	world_free(w);
}

/* ---- Release ---- */

static void a_released_label_is_not_told_again(void **state)
{
	struct world *w = world_with(3);
	uint32_t label = label_of(w, DEST(0));
	const struct heard *h;

	(void)state;
	hear_label(w, 1, RELEASE, DEST(0), label + 100);	/* not ours */
	hear_label(w, 1, RELEASE, DEST(77), label);
	hear_label(w, 1, RELEASE, DEST(0), label);
	lsps_bind(&w->l, &(struct act_bind){ DEST(0), 32, 300000 });
	settle_all(w);
	assert_null(next_msg(w, 1));
	hear_label(w, 1, REQUEST, DEST(0), NO_LABEL);		/* until it asks */
	h = next_msg(w, 1);
	assert_int_equal(h->type, MAPPING);
	assert_int_equal(h->label, 300000);
	assert_true(h->has & LDP_HAS(REQUEST_ID));
	assert_int_equal(h->request, w->peer[1].next_id - 1);	/* the Mapping took the number behind it */

	hear_wild(w, 1, RELEASE, false, NO_LABEL);
	session_down(w, 1, false);
	session_up(w, 1);
	settle_all(w);
	assert_int_equal(count_of(w, 1, MAPPING), 4);
	world_free(w);
}

static void wildcard_releases(void **state)
{
	struct world *w = world_with(10);

	(void)state;
	hear_wild(w, 1, RELEASE, true, label_of(w, DEST(4)));
	hear_wild(w, 1, RELEASE, true, 77777);
	route_gone(w, DEST(4));
	route_gone(w, DEST(5));
	settle_all(w);
	assert_int_equal(next_msg(w, 1)->dest, DEST(5));	/* the other one it has no more */
	assert_null(next_msg(w, 1));
	hear_wild(w, 1, RELEASE, false, NO_LABEL);
	for (uint32_t i = 0; i < 10; i++)
		route_gone(w, DEST(i));
	settle_all(w);
	assert_null(next_msg(w, 1));
	for (uint32_t i = 0; i < 10; i++)		/* new FECs */
		route(w, DEST(i), NEXT(0), 0);
	settle_all(w);
	assert_int_equal(count_of(w, 1, MAPPING), 10);
	world_free(w);
}

/* ---- Request, Abort ---- */

static void requests(void **state)
{
	struct world *w = world_with(2);
	const struct heard *h;

	(void)state;
	hear_label(w, 1, REQUEST, DEST(1), NO_LABEL);
	h = next_msg(w, 1);
	assert_int_equal(h->type, MAPPING);
	assert_int_equal(h->label, label_of(w, DEST(1)));
	hear_label(w, 1, REQUEST, ME, NO_LABEL);
	assert_int_equal(next_msg(w, 1)->label, LDP_LABEL_IMPLICIT_NULL);
	hear_label(w, 1, REQUEST, DEST(9), NO_LABEL);
	h = next_msg(w, 1);
	assert_int_equal(h->status, LDP_STATUS_NO_ROUTE);
	assert_int_equal(h->status_msg, w->peer[1].next_id - 1);
	hear_label(w, 0, REQUEST, DEST(1), NO_LABEL);		/* it is the next hop */
	assert_int_equal(next_msg(w, 0)->status, LDP_STATUS_LOOP_DETECTED);
	w->peer[1].p.no_lsps = true;
	lsps_config(&w->l);
	settle_all(w);
	skip_msgs(w, 1);
	hear_label(w, 1, REQUEST, DEST(1), NO_LABEL);
	assert_int_equal(next_msg(w, 1)->status, LDP_STATUS_NO_ROUTE);
	assert_null(next_msg(w, 1));
	world_free(w);
}

/* With ordered control a Request waits for the next hop, is answered later, or aborted, or the route goes. */
static void requests_that_wait(void **state)
{
	struct world *w = world_with(3);
	const struct heard *h;
	struct ldp_msg abort = { .type = LDP_MSG_ABORT, .has = LDP_HAS(FEC) | LDP_HAS(REQUEST_ID), .n_fec = 1,
				 .fec = { LDP_FEC_PREFIX, { { LDP_AF_IPV4, 32, false, { DEST(1) } } } } };
	uint32_t id[3];

	(void)state;
	w->l.cfg.ordered = true;
	lsps_config(&w->l);
	hear_wild(w, 0, WITHDRAW, true, NO_LABEL);
	settle_all(w);
	assert_int_equal(count_of(w, 1, WITHDRAW), 3);
	for (uint32_t i = 0; i < 3; i++) {
		hear_label(w, 1, REQUEST, DEST(i), NO_LABEL);
		id[i] = w->peer[1].next_id;
	}
	settle_all(w);
	assert_null(next_msg(w, 1));
	hear_label(w, 0, MAPPING, DEST(0), 1000);
	settle_all(w);
	h = next_msg(w, 1);
	assert_int_equal(h->type, MAPPING);
	assert_int_equal(h->request, id[0]);

	abort.request_id = id[2];		/* another one's */
	hear(w, 1, &abort);
	assert_null(next_msg(w, 1));
	abort.request_id = id[1];
	abort.id = 0;
	hear(w, 1, &abort);
	h = next_msg(w, 1);
	assert_int_equal(h->status, LDP_STATUS_REQUEST_ABORTED);
	assert_int_equal(h->request, id[1]);
	abort.id = 0;
	hear(w, 1, &abort);			/* answered already */
	hear_label(w, 0, MAPPING, DEST(1), 1001);
	settle_all(w);
	h = next_msg(w, 1);
	assert_int_equal(h->type, MAPPING);
	assert_false(h->has & LDP_HAS(REQUEST_ID));

	route_gone(w, DEST(2));
	settle_all(w);
	h = next_msg(w, 1);
	assert_int_equal(h->status, LDP_STATUS_NO_ROUTE);
	assert_int_equal(h->status_msg, id[2]);
	assert_null(next_msg(w, 1));
	world_free(w);
}

static void a_request_for_all(void **state)
{
	struct world *w = world_with(20);

	(void)state;
	w->peer[1].p.caps = LDP_HAS(CAP_UNRECOGNIZED) | LDP_HAS(CAP_TYPED_WILDCARD);
	hear_wild(w, 1, RELEASE, true, label_of(w, DEST(3)));
	w->peer[1].room = 0;
	for (int i = 0; i < 1000; i++)
		hear_wild(w, 1, REQUEST, true, NO_LABEL);
	w->peer[1].room = UINT32_MAX;
	settle_all(w);
	for (int i = 0; i < 21; i++)
		assert_int_equal(next_msg(w, 1)->type, MAPPING);
	assert_int_equal(next_msg(w, 1)->status, LDP_STATUS_END_OF_LIB);
	assert_null(next_msg(w, 1));
	world_free(w);
}

/* ---- limits ---- */

static void more_labels_than_are_kept(void **state)
{
	struct world *w = world_with(0);

	(void)state;
	for (uint32_t i = 0; i < PEER_LSPS_MAX + 10; i++)
		hear_label(w, 0, MAPPING, DEST(i), 1000 + i);
	assert_int_equal(w->peer[0].p.n_lsps, PEER_LSPS_MAX);
	assert_int_equal(w->peer[0].p.refused, 10);
	assert_int_equal(count_of(w, 0, RELEASE), 10);
	hear_label(w, 0, MAPPING, DEST(1), 5);			/* what is there may change */
	hear_label(w, 0, MAPPING, DEST(2), 77777);
	hear_label(w, 1, MAPPING, DEST(1), 77777);		/* and another peer has its own */
	assert_int_equal(w->peer[0].p.n_lsps, PEER_LSPS_MAX - 1);
	assert_int_equal(w->peer[1].p.n_lsps, 1);
	assert_int_equal(w->l.lsps->fecs.n, PEER_LSPS_MAX + 1);
	session_down(w, 0, false);
	settle_all(w);
	assert_int_equal(w->l.lsps->fecs.n, 2);
	world_free(w);
}

/* RFC 5036, 3.5.5.1 and 3.5.6.1: no further action. */
static void addresses_told_twice(void **state)
{
	struct world *w = world_with(1);
	uint32_t n = w->l.lsps->addrs.n, told = w->n_tell;

	(void)state;
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	hear_addr(w, 0, LDP_MSG_ADDRESS_WITHDRAW, NEXT(77));
	settle_all(w);
	assert_int_equal(w->l.lsps->addrs.n, n);
	assert_int_equal(w->n_tell, told);
	assert_null(next_msg(w, 0));
	assert_int_equal(with_hops(w, 1), 1);
	hear_addr(w, 0, LDP_MSG_ADDRESS_WITHDRAW, NEXT(0));	/* once is enough */
	settle_all(w);
	assert_int_equal(with_hops(w, 1), 0);
	world_free(w);
}

static void more_addresses_than_are_kept(void **state)
{
	struct world *w = world_with(0);

	(void)state;
	for (uint32_t i = 0; i < PEER_ADDRS_MAX + 10; i++)
		hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(i));
	assert_int_equal(w->l.lsps->addrs.n, PEER_ADDRS_MAX);
	assert_int_equal(w->peer[0].p.refused, 10);
	session_down(w, 0, false);
	assert_int_equal(w->l.lsps->addrs.n, 0);
	world_free(w);
}

static void more_routes_than_are_kept(void **state)
{
	struct world *w = world_new();

	(void)state;
	for (uint32_t i = 0; i < LSPS_ROUTES_MAX + 10; i++)
		route(w, DEST(i), NEXT(0), 0);
	assert_int_equal(w->l.lsps->n_routes, LSPS_ROUTES_MAX);
	assert_int_equal(w->l.lsps->fecs.n, LSPS_ROUTES_MAX + 1);
	route_gone(w, DEST(LSPS_ROUTES_MAX + 1));
	route(w, DEST(7), NEXT(1), 0);			/* what is there may change */
	route_gone(w, DEST(0));
	route(w, DEST(LSPS_ROUTES_MAX + 1), NEXT(0), 0);
	assert_true(fec_at(w, DEST(LSPS_ROUTES_MAX + 1))->told);
	world_free(w);
}

/* ---- many ---- */

static void ten_thousand_fecs(void **state)
{
	const uint32_t n = 10000;
	struct world *w = world_with(n);
	uint32_t before = w->n_tell;

	(void)state;
	/* one after the other costs one each */
	hear_label(w, 0, WITHDRAW, DEST(77), NO_LABEL);
	hear_label(w, 0, MAPPING, DEST(77), 1077);
	route(w, DEST(78), NEXT(1), 0);
	route(w, DEST(78), NEXT(0), 0);
	assert_int_equal(w->n_tell - before, 4);

	/* the next hop's address goes and comes: each FEC once */
	before = w->n_tell;
	hear_addr(w, 0, LDP_MSG_ADDRESS_WITHDRAW, NEXT(0));
	assert_int_equal(w->n_tell, before);		/* not inside the message */
	settle_all(w);
	assert_int_equal(w->n_tell - before, n);
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	settle_all(w);
	assert_int_equal(w->n_tell - before, 2 * n);

	/* a flap between two slices is none */
	before = w->n_tell;
	hear_addr(w, 0, LDP_MSG_ADDRESS_WITHDRAW, NEXT(0));
	hear_addr(w, 0, LDP_MSG_ADDRESS, NEXT(0));
	settle_all(w);
	assert_int_equal(w->n_tell, before);

	/* the session */
	session_down(w, 0, false);
	assert_int_equal(w->n_tell, before);
	settle_all(w);
	assert_int_equal(w->n_tell - before, n);
	assert_int_equal(w->l.lsps->n_heard, 0);
	skip_msgs(w, 0);
	session_up(w, 0);
	settle_all(w);
	assert_int_equal(count_of(w, 0, MAPPING), n + 1);
	assert_int_equal(count_of(w, 1, MAPPING), 0);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_fecs_in_a_mapping),
		cmocka_unit_test(ipv6_is_refused),
		cmocka_unit_test(reserved_labels_are_given_back),
		cmocka_unit_test(hop_counts_and_path_vectors),
		cmocka_unit_test(other_prefixes_are_kept_and_not_used),
		cmocka_unit_test(wildcard_withdraws),
		cmocka_unit_test(wildcards_of_others_are_not_ours),
		cmocka_unit_test(storms),
		cmocka_unit_test(a_released_label_is_not_told_again),
		cmocka_unit_test(wildcard_releases),
		cmocka_unit_test(requests),
		cmocka_unit_test(requests_that_wait),
		cmocka_unit_test(a_request_for_all),
		cmocka_unit_test(more_labels_than_are_kept),
		cmocka_unit_test(addresses_told_twice),
		cmocka_unit_test(more_addresses_than_are_kept),
		cmocka_unit_test(more_routes_than_are_kept),
		cmocka_unit_test(ten_thousand_fecs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
