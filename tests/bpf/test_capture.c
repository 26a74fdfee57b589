/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_capture.c: frames as they enter and leave, with the reason when they were dropped; a tag that lies
 * in metadata is in the record; nothing when off or when another port is captured.
 */
#include <string.h>

#include <bpf/libbpf.h>

#include "scene.h"

struct record {
	struct tw_cap_head head;
	struct packet packet;
};
static struct record records[64];
static uint32_t n_records;
static struct ring_buffer *ring;

static int got(void *arg, void *data, size_t size)
{
	struct record *r = &records[n_records];

	(void)arg;
	assert_true(n_records < sizeof(records) / sizeof(*records));
	assert_true(size >= sizeof(r->head));
	memcpy(&r->head, data, sizeof(r->head));
	assert_true(size >= sizeof(r->head) + r->head.caplen);
	r->packet.len = r->head.caplen;
	memcpy(r->packet.b, (uint8_t *)data + sizeof(r->head), r->head.caplen);
	n_records++;
	return 0;
}

static int open_ring(void **state)
{
	if (scene_open(state))
		return -1;
	ring = ring_buffer__new(scene_map("capture"), got, NULL, NULL);
	return ring ? 0 : -1;
}

static int close_ring(void **state)
{
	ring_buffer__free(ring);
	return scene_close(state);
}

static void capture(uint32_t ifindex, uint32_t what)
{
	struct tw_ctl c = { .capture = what, .capture_ifindex = ifindex };

	ring_buffer__consume(ring);
	n_records = 0;
	set_row("ctl", 0, &c);
}

static void captured(uint32_t i, uint32_t ifindex, uint8_t dir, uint8_t reason, const struct packet *p)
{
	ring_buffer__consume(ring);
	assert_true(n_records > i);
	assert_int_equal(records[i].head.ifindex, ifindex);
	assert_int_equal(records[i].head.dir, dir);
	assert_int_equal(records[i].head.reason, reason);
	assert_int_equal(records[i].head.len, p->len);
	assert_packet(&records[i].packet, p);
}

static void in_on_the_ac_and_out_on_the_core(void **state)
{
	struct packet in = customer(100), out = on_pw(TW_PRIMARY, 0, 0, &in);

	capture(AC, TW_CAP_ON);
	run(family(state), AC, &in);
	captured(0, AC, 0, 0, &in);
	assert_int_equal(n_records, 1);
	capture(CORE, TW_CAP_ON);
	run(family(state), AC, &in);
	captured(0, CORE, 1, 0, &out);
	assert_int_equal(n_records, 1);
}

static void in_on_the_core_and_out_on_the_ac(void **state)
{
	struct packet inner = customer(100), in = from_pw(TW_PRIMARY, 0, 0, &inner);

	capture(CORE, TW_CAP_ON);
	run(family(state), CORE, &in);
	captured(0, CORE, 0, 0, &in);
	assert_int_equal(n_records, 1);
	capture(AC, TW_CAP_ON);
	run(family(state), CORE, &in);
	captured(0, AC, 1, 0, &inner);
	assert_int_equal(n_records, 1);
}

static void a_transit_frame(void **state)
{
	struct packet in = mpls();

	put_lse(&in, SWAP_IN, 0, 1, 9);
	put_fill(&in, 60);
	capture(CORE, TW_CAP_ON);
	run(family(state), CORE, &in);
	captured(0, CORE, 0, 0, &in);
	capture(CORE2, TW_CAP_ON);
	run(family(state), CORE, &in);
	ring_buffer__consume(ring);
	assert_int_equal(n_records, 1);
	assert_int_equal(records[0].head.dir, 1);
}

static void drops_with_their_reason(void **state)
{
	struct packet good = customer(100), bad = customer(MAX_FRAME + 1);

	capture(AC, TW_CAP_DROPS);
	run(family(state), AC, &good);
	run(family(state), AC, &bad);
	captured(0, AC, 0, DROP_MTU, &bad);
	assert_int_equal(n_records, 1);
	capture(AC, TW_CAP_ON);
	run(family(state), AC, &bad);
	captured(0, AC, 0, DROP_MTU, &bad);
	assert_int_equal(n_records, 1);
}

/* A frame that XDP leaves to tc is captured once. */
static void once_on_a_port_with_both(void **state)
{
	struct packet in = customer(100), other = customer(80);

	(void)state;
	set_port(CORE, TW_PORT_CORE | TW_PORT_TC_RX, 0);
	capture(AC, TW_CAP_ON);
	run_port(AC, &in);
	captured(0, AC, 0, 0, &in);
	assert_int_equal(n_records, 1);
	capture(CORE, TW_CAP_ON);
	run_port(CORE, &other);				/* the host's own traffic on a core port */
	captured(0, CORE, 0, 0, &other);
	assert_int_equal(n_records, 1);
}

static void a_tag_in_metadata_is_recorded(void **state)
{
	struct packet in = customer(100);

	(void)state;
	capture(AC, TW_CAP_ON);
	run_aside(AC, &in, 0x88a86064);
	captured(0, AC, 0, 0, &in);
	assert_int_equal(records[0].head.tpid, 0x88a8);
	assert_int_equal(records[0].head.tci, 0x6064);
}

static void off_and_other_ports(void **state)
{
	struct packet in = customer(100);

	capture(AC, 0);
	run(family(state), AC, &in);
	capture(AC2, TW_CAP_ON);
	run(family(state), AC, &in);
	ring_buffer__consume(ring);
	assert_int_equal(n_records, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(in_on_the_ac_and_out_on_the_core),
		BOTH(in_on_the_core_and_out_on_the_ac),
		BOTH(a_transit_frame),
		BOTH(drops_with_their_reason),
		ONLY_TC(once_on_a_port_with_both),
		ONLY_TC(a_tag_in_metadata_is_recorded),
		BOTH(off_and_other_ports),
	};

	return cmocka_run_group_tests(tests, open_ring, close_ring);
}
