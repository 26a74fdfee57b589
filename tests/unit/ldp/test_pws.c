/* SPDX-License-Identifier: BSD-2-Clause */
/* Pseudowires over real sessions: all of src/ldp in a fake network, core by a double that counts what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/ldp/net.h"

struct app pw_app, lsp_app;		/* world.c resets them */
uint32_t n_lsps_config, n_pws_config, n_lsps_recovered;

#define N	5000u

static struct world *w;
static struct sim a;
static uint32_t n_mapped, n_gone, last_status[N + 1];

static void on_remote(void *arg, uint32_t pw, const struct fact_remote *r)
{
	(void)arg;
	n_mapped += r->mapped;
	n_gone += !r->mapped;
	last_status[pw / 4] = r->status;
}

static int begin(void **state)
{
	(void)state;
	n_mapped = n_gone = 0;
	memset(last_status, 0xff, sizeof(last_status));
	w = world_new();
	w->ldp->report.remote = on_remote;
	world_start(w);
	for (uint32_t i = 1; i <= N; i++)
		ldp_signal(w->ldp, &(struct act_signal){ .pw = i * 4, .peer = LOW, .id = i, .type = LDP_PW_ETHERNET,
							 .wanted = true, .label = LABEL_DYNAMIC_FIRST + i, .mtu = 1500 });
	ldp_flush(w->ldp);
	sim_init(&a, w, LOW);
	sim_up(&a, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sim_done(&a);
	world_free(w);
	return 0;
}

static uint32_t count(uint16_t type)
{
	struct ldp_msg m;
	uint32_t n = 0;

	while (sim_receive(&a, &m))
		n += m.type == type && m.has & LDP_HAS(FEC) && m.fec.type == LDP_FEC_PWID;
	return n;
}

static struct ldp_msg about(uint16_t type, uint32_t id)
{
	struct ldp_msg m = { .type = type, .has = LDP_HAS(FEC), .n_fec = 1, .fec.type = LDP_FEC_PWID };

	m.fec.pw.pw_type = LDP_PW_ETHERNET;
	m.fec.pw.id = id;
	return m;
}

/* @n messages packed into PDUs, sent as fast as the socket takes them. */
static void flood(uint32_t n, struct ldp_msg (*make)(uint32_t i))
{
	static uint8_t buf[1 << 20];
	struct ldp_out o;
	size_t at = 0;

	ldp_out_open(&o, buf, sizeof(buf), LDP_PDU_DEFAULT, (struct ldp_id){ LOW, 0 });
	for (uint32_t i = 0; i < n; i++) {
		struct ldp_msg m = make(i);

		m.id = a.next_id++;
		if (ldp_out_add(&o, &m) == LDP_FITS)
			continue;
		at += ldp_out_close(&o);
		ldp_out_open(&o, buf + at, sizeof(buf) - at, LDP_PDU_DEFAULT, (struct ldp_id){ LOW, 0 });
		assert_int_equal(ldp_out_add(&o, &m), LDP_FITS);
	}
	at += ldp_out_close(&o);
	sim_bytes(&a, buf, at);
}

static struct ldp_msg mapping(uint32_t i)
{
	struct ldp_msg m = about(LDP_MSG_MAPPING, i + 1);

	m.has |= LDP_HAS(LABEL) | LDP_HAS(PW_STATUS);
	m.label = 1000 + i;
	m.fec.pw.group = i % 10;
	m.fec.pw.params.has = LDP_PARAM(MTU);
	m.fec.pw.params.mtu = 1500;
	return m;
}

/* Core had no memory for something: it is told all that is mapped, and the session, once more. */
static void told_again(void **state)
{
	uint32_t before;

	(void)state;
	flood(N / 2, mapping);
	world_pass(w, 1);
	assert_int_equal(n_mapped, N / 2);
	n_gone = 0;
	before = w->n_told;
	ldp_retell(w->ldp);
	assert_int_equal(w->n_told, before + 1);
	assert_int_equal(w->told[2], SESSION_UP);
	world_pass(w, 1);
	assert_int_equal(n_mapped, N);
	assert_int_equal(n_gone, 0);
	world_pass(w, 1);
	assert_int_equal(n_mapped, N);
}

static struct ldp_msg group_status(uint32_t i)
{
	struct ldp_msg m = about(LDP_MSG_NOTIFICATION, 0);

	m.has |= LDP_HAS(STATUS) | LDP_HAS(PW_STATUS);
	m.status.code = LDP_STATUS_PW_STATUS;
	m.pw_status = i + 1;
	m.fec.pw.group_only = true;
	m.fec.pw.group = i % 10;
	return m;
}

static struct ldp_msg withdraw(uint32_t i)
{
	return about(LDP_MSG_WITHDRAW, i + 1);
}

static void exchange(void **state)
{
	(void)state;
	assert_int_equal(count(LDP_MSG_MAPPING), N);
	flood(N, mapping);
	assert_int_equal(n_mapped, N);
	assert_int_equal(shown(w, LOW).n_pws, N);
	flood(N, withdraw);
	assert_int_equal(count(LDP_MSG_RELEASE), N);
	assert_int_equal(n_gone, N);
	assert_int_equal(shown(w, LOW).n_pws, 0);
}

/* More wildcards than the log holds: the peer is not read meanwhile, then all of them count. */
static void flood_of_wildcards(void **state)
{
	(void)state;
	count(LDP_MSG_MAPPING);
	flood(N, mapping);
	flood(2000, group_status);
	for (int i = 0; i < 100 && peer_of(w, LOW)->busy; i++)
		world_turns(w);
	world_turns(w);
	for (uint32_t i = 1; i <= N; i++)
		assert_int_equal(last_status[i], 1991 + (i - 1) % 10);
	assert_int_equal(shown(w, LOW).state, LDP_SEEN_OPERATIONAL);
	flood(1, withdraw);			/* and it is still read */
	assert_int_equal(count(LDP_MSG_RELEASE), 1);
}

static void session_lost_and_back(void **state)
{
	(void)state;
	count(LDP_MSG_MAPPING);
	flood(N, mapping);
	sim_close(&a);
	assert_int_equal(n_gone, 0);
	world_turns(w);
	sim_done(&a);
	sim_init(&a, w, LOW);
	world_pass(w, 20);
	sim_up(&a, NULL);
	assert_int_equal(count(LDP_MSG_MAPPING), N);
	assert_int_equal(shown(w, LOW).n_pws, 0);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = { T(exchange), T(told_again), T(flood_of_wildcards), T(session_lost_and_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
