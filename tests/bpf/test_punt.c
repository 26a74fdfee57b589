/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_punt.c: what goes to the OAM process, marked and within its budget: ACH, router alert, expired
 * TTL, UDP to 127/8 (RFC 5085 5, RFC 3032 2.1, RFC 8029 4.3, RFC 5884 7).
 */
#include <string.h>

#include "scene.h"

static void budget(enum tw_punt_source source, uint64_t rate, uint64_t burst)
{
	struct tw_punt p = { .rate = rate, .burst = burst };

	set_row("punt", source, &p);
}

/* Frames of each source; the last of each is what the others vary. */
static struct packet ach(enum tw_slot_id slot)
{
	struct packet inner = customer(60);

	return from_pw(slot, 6, 0x10000007, &inner);
}

static struct packet alert(void)
{
	struct packet p = mpls();

	put_lse(&p, 1, 6, 0, 64);
	put_lse(&p, LABEL_IN(TW_PRIMARY), 6, 1, 64);
	put_fill(&p, 60);
	return p;
}

static struct packet expired(uint32_t label, int bottom, uint8_t ttl)
{
	struct packet p = mpls();

	put_lse(&p, label, 6, bottom, ttl);
	put_lse(&p, LABEL_IN(TW_PRIMARY), 6, 1, 64);
	put_fill(&p, 60);
	return p;
}

static struct packet udp(uint8_t first, uint16_t port, uint8_t header_words)
{
	struct packet p = mpls();

	put_lse(&p, OURS, 6, 1, 64);
	put(&p, (uint8_t[]){ 0x40 | header_words, 0, 0, 0, 0, 1, 0, 0, 1, 17, 0, 0, 10, 0, 0, 1, first, 0, 0, 1 }, 20);
	put_zero_to(&p, 18 + header_words * 4);
	put_u16(&p, 49152);
	put_u16(&p, port);
	put_fill(&p, 40);
	return p;
}

static void punted(const struct packet *in, enum tw_punt_source source)
{
	uint64_t counted = drops_all();
	struct tw_bucket b;
	uint64_t before;
	struct result r;

	get_row("bucket", source, &b);
	before = b.punted;
	r = run_port(CORE, in);
	assert_int_equal(r.out, PASS);
	assert_int_equal(r.mark, TW_PUNT_MARK | source);
	assert_packet(&r.packet, in);
	get_row("bucket", source, &b);
	assert_int_equal(b.punted, before + 1);
	assert_int_equal(drops_all(), counted);
}

static void every_source_untouched_and_marked(void **state)
{
	struct packet p;

	(void)state;
	for (int i = 0; i < TW_PUNT__N; i++)
		budget(i, 1000, 1000);
	p = ach(TW_PRIMARY);
	punted(&p, TW_PUNT_ACH);
	p = alert();
	punted(&p, TW_PUNT_ALERT);
	p = expired(OURS, 0, 1);
	punted(&p, TW_PUNT_TTL);
	p = expired(SWAP_IN, 0, 1);
	punted(&p, TW_PUNT_TTL);
	p = expired(SWAP_IN, 0, 0);
	punted(&p, TW_PUNT_TTL);
	p = expired(LABEL_IN(TW_PRIMARY), 1, 1);	/* VCCV type 3 */
	punted(&p, TW_PUNT_TTL);
	p = expired(0, 0, 1);
	punted(&p, TW_PUNT_TTL);
	p = udp(127, 3503, 5);
	punted(&p, TW_PUNT_UDP);
	p = udp(127, 3503, 6);			/* with the router alert option */
	punted(&p, TW_PUNT_UDP);
	p = udp(127, 3784, 5);
	punted(&p, TW_PUNT_UDP);
}

static void ach_is_accepted_on_the_slot_that_does_not_carry(void **state)
{
	struct packet p = ach(TW_SECONDARY);

	(void)state;
	budget(TW_PUNT_ACH, 1000, 1000);
	set_label_last(LABEL_IN(TW_SECONDARY), TW_LABEL_CW | TW_LABEL_GATE, TW_VOUT_KEEP);
	punted(&p, TW_PUNT_ACH);
	set_port(AC, TW_PORT_AC | TW_PORT_DOWN | TW_PORT_XDP_TX, CIRCUIT);
	punted(&p, TW_PUNT_ACH);
}

static void other_udp_is_the_hosts(void **state)
{
	static const struct {
		uint8_t first;
		uint16_t port;
	} plain[] = { { 127, 3785 }, { 10, 3503 }, { 10, 3784 }, { 128, 3784 } };

	(void)state;
	budget(TW_PUNT_UDP, 1000, 1000);
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		struct packet p = udp(plain[i].first, plain[i].port, 5);
		struct result r = run(TC, CORE, &p);

		assert_int_equal(r.out, PASS);
		assert_int_equal(r.mark, 0);
		assert_int_equal(r.packet.len, p.len - 4);
	}
	struct packet p = udp(127, 3784, 5);

	p.b[18 + 7] = 1;			/* a later fragment: no port there */
	assert_int_equal(run(TC, CORE, &p).mark, 0);
}

static void without_budget_nothing_is_punted(void **state)
{
	struct packet p = ach(TW_PRIMARY);

	(void)state;
	assert_int_equal(run_port(CORE, &p).out, DROP);
	p = alert();
	assert_int_equal(run_port(CORE, &p).out, DROP);
	p = udp(127, 3784, 5);
	assert_int_equal(run_port(CORE, &p).out, DROP);
	assert_int_equal(drops_of(DROP_OAM_OFF), 3);
	p = expired(SWAP_IN, 0, 1);
	assert_int_equal(run_port(CORE, &p).out, DROP);
	assert_int_equal(drops_of(DROP_TTL), 1);
}

/* One frame a thousand seconds: only the burst gets through, however long this test takes. */
static void burst_then_nothing(void **state)
{
	struct packet p = ach(TW_PRIMARY);
	uint32_t passed = 0;
	struct tw_bucket b;

	(void)state;
	budget(TW_PUNT_ACH, 1, 5);
	for (int i = 0; i < 100; i++)
		passed += run(TC, CORE, &p).out == PASS;
	get_row("bucket", TW_PUNT_ACH, &b);
	assert_in_range(passed, 5, 30);
	assert_int_equal(b.punted, passed);
	assert_int_equal(b.refused, 100 - passed);
	assert_int_equal(drops_of(DROP_PUNT_BUDGET), 100 - passed);
	assert_int_equal(seen_of(CIRCUIT).last_drop, DROP_PUNT_BUDGET);
}

static void the_bucket_fills_with_time(void **state)
{
	struct packet p = ach(TW_PRIMARY);
	struct tw_bucket b;

	(void)state;
	budget(TW_PUNT_ACH, 1, 3);
	while (run(TC, CORE, &p).out == PASS)
		;
	get_row("bucket", TW_PUNT_ACH, &b);
	b.when -= 2500000000ull;		/* two and a half seconds ago */
	b.tokens = 0;
	set_row("bucket", TW_PUNT_ACH, &b);
	assert_int_equal(run(TC, CORE, &p).out, PASS);
	assert_int_equal(run(TC, CORE, &p).out, PASS);
	assert_int_equal(run(TC, CORE, &p).out, DROP);
	get_row("bucket", TW_PUNT_ACH, &b);
	b.tokens = 2000000000;
	b.when = 1;				/* since the machine was booted: no more than the burst */
	set_row("bucket", TW_PUNT_ACH, &b);
	for (int i = 0; i < 3; i++)
		assert_int_equal(run(TC, CORE, &p).out, PASS);
	assert_int_equal(run(TC, CORE, &p).out, DROP);
}

/* A flood of one source leaves the others theirs. */
static void budgets_are_apart(void **state)
{
	struct packet p = ach(TW_PRIMARY), q = alert();

	(void)state;
	budget(TW_PUNT_ACH, 1, 1);
	budget(TW_PUNT_ALERT, 1, 1);
	for (int i = 0; i < 20; i++)
		run(TC, CORE, &p);
	punted(&q, TW_PUNT_ALERT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONLY_TC(every_source_untouched_and_marked),
		ONLY_TC(ach_is_accepted_on_the_slot_that_does_not_carry),
		ONLY_TC(other_udp_is_the_hosts),
		ONLY_TC(without_budget_nothing_is_punted),
		ONLY_TC(burst_then_nothing),
		ONLY_TC(the_bucket_fills_with_time),
		ONLY_TC(budgets_are_apart),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
