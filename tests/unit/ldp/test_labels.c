/* SPDX-License-Identifier: BSD-2-Clause */
/* Labels of prefixes over real sessions: all of src/ldp in a fake network, core by a double that binds what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/rtnetlink.h>

#include "tests/unit/ldp/net.h"

struct app pw_app, lsp_app;		/* world.c resets them */
uint32_t n_lsps_config, n_pws_config, n_lsps_recovered;

#define N		10000
#define DEST(i)		(IP(10, 9, 0, 0) + (uint32_t)(i))

static struct world *w;
static struct sim a;

static struct told {
	uint32_t dest, hops, label;
	bool gone, egress;
} told[4 * N];				/* since the last core_go() */
static uint32_t n_told;

static void on_fec(void *arg, uint32_t dest, uint8_t len, const struct fact_fec *f)
{
	(void)arg;
	assert_int_equal(len, 32);
	assert_in_range(n_told, 0, 4 * N - 1);
	told[n_told++] = (struct told){ dest, f ? f->n : 0, f && f->n ? f->hop[0].label : 0, !f, f && f->egress };
}

static uint32_t label_of(uint32_t dest)
{
	return dest == OURS ? LDP_LABEL_IMPLICIT_NULL : LABEL_DYNAMIC_FIRST + dest - DEST(0);
}

static void core_go(void)
{
	for (uint32_t i = 0; i < n_told; i++)
		ldp_bind(w->ldp, &(struct act_bind){ told[i].dest, 32,
						     told[i].gone ? LABEL_NOT_BOUND : label_of(told[i].dest) });
	n_told = 0;
	ldp_flush(w->ldp);
	world_turns(w);
}

static int begin(void **state)
{
	(void)state;
	n_told = 0;
	w = world_new();
	w->ldp->report.fec = on_fec;
	world_start(w);
	core_go();
	sim_init(&a, w, LOW);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sim_done(&a);
	world_free(w);
	return 0;
}

static void route(uint32_t dest, bool gone)
{
	struct sys_route_told r = { .dest = dest, .len = 32, .metric = 20, .type = RTN_UNICAST, .n = 1,
				    .hop[0] = { .ifindex = ETH0, .gateway = IP(10, 1, 0, 2) } };

	ldp_route(w->ldp, &r, gone);
}

static void expect(struct ldp_msg *m, uint16_t type)
{
	assert_true(sim_receive(&a, m));
	assert_int_equal(m->type, type);
}

/* Up, and all it is told at first was read. */
static void up(void)
{
	struct ldp_msg m;

	sim_up(&a, NULL);
	while (sim_receive(&a, &m))
		;
}

static void hear_address(void)
{
	static const uint8_t ip[4] = { 10, 1, 0, 2 };
	struct ldp_msg m = { .type = LDP_MSG_ADDRESS, .has = LDP_HAS(ADDR_LIST),
			     .addr = { LDP_AF_IPV4, { ip, 4 } } };

	sim_send(&a, &m);
}

static void hear_label(uint16_t type, uint32_t dest, uint32_t label)
{
	struct ldp_msg m = { .type = type, .has = LDP_HAS(FEC) | LDP_HAS(LABEL), .n_fec = 1, .label = label,
			     .fec = { LDP_FEC_PREFIX, { { LDP_AF_IPV4, 32, false, { dest } } } } };

	sim_send(&a, &m);
}

/* Core had no memory for something: it is told all FECs once more, as they are. */
static void told_again(void **state)
{
	(void)state;
	up();
	hear_address();
	for (uint32_t i = 1; i < 100; i++) {
		route(DEST(i), false);
		hear_label(LDP_MSG_MAPPING, DEST(i), 500 + i);
	}
	route(DEST(99), true);
	core_go();
	ldp_retell(w->ldp);
	world_pass(w, 1);
	assert_int_equal(n_told, 99);			/* with our own */
	for (uint32_t i = 0; i < n_told; i++)
		assert_true(told[i].egress || told[i].label == 500 + told[i].dest - DEST(0));
	core_go();
	world_pass(w, 1);
	assert_int_equal(n_told, 0);
}

/* Addresses, labels, End-of-LIB for pseudowires and prefixes. */
static void what_a_session_begins_with(void **state)
{
	struct ldp_msg m;
	int ends = 0;

	(void)state;
	sim_up(&a, NULL);
	expect(&m, LDP_MSG_INIT);
	expect(&m, LDP_MSG_ADDRESS);
	assert_int_equal(m.addr.list.len, 8);
	expect(&m, LDP_MSG_MAPPING);
	assert_int_equal(m.fec.prefix.ip, OURS);
	assert_int_equal(m.label, LDP_LABEL_IMPLICIT_NULL);
	for (; sim_receive(&a, &m); ends += m.fec.typed.fec == LDP_FEC_PREFIX) {
		assert_int_equal(m.type, LDP_MSG_NOTIFICATION);
		assert_int_equal(m.status.code, LDP_STATUS_END_OF_LIB);
	}
	assert_int_equal(ends, 1);
}

/* Facts of the kernel are told without anybody else's help. */
static void facts_are_told_at_once(void **state)
{
	struct ldp_msg m;

	(void)state;
	up();
	ldp_address(w->ldp, 9, IP(10, 2, 0, 5), 24, true);
	expect(&m, LDP_MSG_ADDRESS);
	ldp_address(w->ldp, 9, IP(10, 2, 0, 5), 24, false);
	expect(&m, LDP_MSG_ADDRESS_WITHDRAW);
	route(DEST(1), false);
	core_go();
	expect(&m, LDP_MSG_MAPPING);
	assert_int_equal(m.label, label_of(DEST(1)));
	route(DEST(1), true);
	expect(&m, LDP_MSG_WITHDRAW);
	assert_int_equal(m.label, label_of(DEST(1)));
	hear_label(LDP_MSG_RELEASE, DEST(1), m.label);
	core_go();
	assert_false(sim_receive(&a, &m));
}

static void many_of_them(void **state)
{
	static bool seen[N];
	struct ldp_msg m;
	uint32_t n = 0;

	(void)state;
	memset(seen, 0, sizeof(seen));
	for (uint32_t i = 0; i < N; i++)
		route(DEST(i), false);
	core_go();
	sim_up(&a, NULL);
	while (sim_receive(&a, &m)) {
		uint32_t i = m.fec.prefix.ip - DEST(0);

		if (m.type != LDP_MSG_MAPPING || i >= N)
			continue;
		assert_false(seen[i]);
		assert_int_equal(m.label, label_of(DEST(i)));
		seen[i] = true;
		n++;
	}
	assert_int_equal(n, N);
	n_told = 0;
	hear_address();
	for (uint32_t i = 0; i < 20; i++)
		hear_label(LDP_MSG_MAPPING, DEST(i), 1000 + i);
	assert_int_equal(shown(w, LOW).n_addresses, 1);
	assert_int_equal(shown(w, LOW).n_lsps, 20);
	assert_int_equal(n_told, 20);
	assert_int_equal(told[19].label, 1019);
	n_told = 0;
	sim_close(&a);
	assert_int_equal(n_told, 20);
	assert_int_equal(told[0].hops, 0);
}

/* A message as full as it gets, and an answer to each element: they find room. */
static void many_answers_to_one_message(void **state)
{
	uint8_t buf[4080];
	struct ldp_msg m = { .type = LDP_MSG_MAPPING, .has = LDP_HAS(FEC) | LDP_HAS(LABEL), .label = 7,
			     .fec = { LDP_FEC_PREFIX, { { LDP_AF_IPV4, 0, false, { 0 } } } } };

	(void)state;
	up();
	for (uint8_t len = 0; len <= 32; len += 8) {
		struct wr x = wr_of(buf, sizeof(buf) - 40);
		struct ldp_msg got;
		uint32_t releases = 0;
		static const uint8_t zeros[4];

		for (m.n_fec = 0; (size_t)(x.end - x.p) >= 4 + len / 8u; m.n_fec++) {
			wr_u8(&x, LDP_FEC_PREFIX);
			wr_u16(&x, LDP_AF_IPV4);
			wr_u8(&x, len);
			wr_bytes(&x, zeros, len / 8u);
		}
		m.fecs = (struct octets){ buf, wr_len(&x) };
		m.fec.prefix.len = len;
		sim_send(&a, &m);
		while (sim_receive(&a, &got))
			releases += got.type == LDP_MSG_RELEASE;
		assert_int_equal(releases, m.n_fec);
		assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	}
}

static void ldp_off_and_on(void **state)
{
	struct m_ldp on = { .ordered = true };
	struct ldp_msg m;

	(void)state;
	route(DEST(1), false);
	core_go();
	world_ldp(w, NULL);
	assert_int_equal(n_told, 2);
	assert_true(told[0].gone && told[1].gone);
	core_go();
	world_ldp(w, &on);
	assert_int_equal(n_told, 2);
	core_go();
	sim_up(&a, NULL);
	while (sim_receive(&a, &m))
		if (m.type == LDP_MSG_MAPPING)
			assert_int_equal(m.fec.prefix.ip, OURS);
	hear_address();
	hear_label(LDP_MSG_MAPPING, DEST(1), 1000);
	expect(&m, LDP_MSG_MAPPING);
	assert_int_equal(m.fec.prefix.ip, DEST(1));
}

/* RFC 7473: what it does not want at run time is taken back, and comes again when it does. */
static void not_wanted_any_more(void **state)
{
	struct ldp_msg m, cap = { .type = LDP_MSG_CAPABILITY, .has = LDP_HAS(CAP_STATE_CONTROL),
				  .on = LDP_HAS(CAP_STATE_CONTROL), .state_apps = 1 << LDP_APP_IPV4,
				  .state_off = 1 << LDP_APP_IPV4 };

	(void)state;
	up();
	sim_send(&a, &cap);
	expect(&m, LDP_MSG_WITHDRAW);
	hear_label(LDP_MSG_RELEASE, OURS, 3);
	cap.state_off = 0;
	sim_send(&a, &cap);
	expect(&m, LDP_MSG_MAPPING);
}

static struct ldp_msg graceful_init(void)
{
	struct ldp_msg m = sim_init_msg(&a);

	m.has |= LDP_HAS(FT_SESSION);
	m.ft.flags = LDP_FT_LEARN;
	m.ft.reconnect_ms = m.ft.recovery_ms = 60000;
	return m;
}

/* The peer restarts gracefully: its labels stay in use until it has said them again, or its time is over. */
static void a_peer_restarts(void **state)
{
	struct m_ldp cfg = { .graceful_restart = true };
	struct ldp_msg init = graceful_init();

	(void)state;
	world_ldp(w, &cfg);
	core_go();
	for (uint32_t i = 1; i < 3; i++)
		route(DEST(i), false);
	core_go();
	sim_up(&a, &init);
	hear_address();
	hear_label(LDP_MSG_MAPPING, DEST(1), 1001);
	hear_label(LDP_MSG_MAPPING, DEST(2), 1002);
	core_go();
	sim_close(&a);
	assert_int_equal(w->told[LOW & 255], SESSION_HELD);
	world_pass(w, 5);
	sim_up(&a, &init);
	assert_int_equal(w->told[LOW & 255], SESSION_UP);
	hear_address();
	hear_label(LDP_MSG_MAPPING, DEST(1), 1001);
	assert_int_equal(n_told, 0);
	for (int i = 0; i < 12; i++) {
		world_pass(w, 5);
		sim_link_hello(&a);
		sim_keepalive(&a);
	}
	assert_int_equal(n_told, 1);		/* what it did not say again */
	assert_int_equal(told[0].dest, DEST(2));
	assert_int_equal(told[0].hops, 0);
}

/* We restart: routes are told with what the kernel holds, End-of-LIB waits until all is recovered. */
static void we_restart(void **state)
{
	struct m_ldp cfg = { .graceful_restart = true, .reconnect = 30, .recovery = 30 };
	struct ldp_msg init = graceful_init(), m;
	uint32_t ends = 0;

	end(state);
	w = world_new();
	w->ldp->report.fec = on_fec;
	n_told = 0;
	w->cfg.graceful_restart = true;
	w->cfg.reconnect = cfg.reconnect;
	w->cfg.recovery = cfg.recovery;
	ldp_recovering(w->ldp);
	world_start(w);
	sim_init(&a, w, LOW);
	core_go();
	route(DEST(1), false);
	assert_int_equal(told[0].hops, 1);
	assert_int_equal(told[0].label, FEC_LABEL_HELD);
	core_go();
	sim_up(&a, &init);
	hear_address();
	while (sim_receive(&a, &m))
		ends += m.type == LDP_MSG_NOTIFICATION && m.fec.typed.fec == LDP_FEC_PREFIX;
	assert_int_equal(ends, 0);
	assert_int_equal(n_told, 0);
	for (int i = 0; i < 8; i++) {
		world_pass(w, 5);
		sim_link_hello(&a);
		sim_keepalive(&a);
	}
	assert_int_equal(n_told, 1);
	assert_int_equal(told[0].hops, 0);
	while (sim_receive(&a, &m))
		ends += m.type == LDP_MSG_NOTIFICATION && m.fec.typed.fec == LDP_FEC_PREFIX;
	assert_int_equal(ends, 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(what_a_session_begins_with), T(told_again), T(facts_are_told_at_once), T(many_of_them),
		T(many_answers_to_one_message), T(ldp_off_and_on), T(not_wanted_any_more),
		T(a_peer_restarts), T(we_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
