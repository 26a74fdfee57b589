/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/octets.h"

static const uint8_t some[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static void reads_in_network_order(void **state)
{
	struct rd r = rd_of(some, sizeof(some));
	struct octets rest;

	(void)state;
	assert_int_equal(rd_u8(&r), 1);
	assert_int_equal(rd_u16(&r), 0x0203);
	assert_int_equal(rd_u32(&r), 0x04050607);
	rest = rd_rest(&r);
	assert_true(rest.p == some + 7 && rest.len == 1 && !rd_left(&r) && !r.bad);
}

static void the_first_error_sticks(void **state)
{
	struct rd r = rd_of(some, 3);

	(void)state;
	assert_int_equal(rd_u32(&r), 0);
	assert_true(r.bad && !rd_left(&r));
	assert_int_equal(rd_u8(&r), 0);
	assert_null(rd_take(&r, 1));
}

static void a_child_stays_in_its_octets(void **state)
{
	struct rd r = rd_of(some, sizeof(some)), c = rd_sub(&r, 3);

	(void)state;
	assert_int_equal(rd_u16(&c), 0x0102);
	assert_int_equal(rd_u16(&c), 0);
	assert_true(c.bad && !r.bad);
	assert_int_equal(rd_u8(&r), 4);
	c = rd_sub(&r, 5);
	assert_true(r.bad && !c.bad && !rd_left(&c) && !rd_left(&r));
}

static void nothing_can_be_read_and_written(void **state)
{
	struct rd r = rd_of(NULL, 0), c;
	struct wr w = wr_of(NULL, 0);

	(void)state;
	c = rd_sub(&r, 0);
	assert_true(!r.bad && !rd_left(&c));
	wr_bytes(&w, NULL, 0);
	assert_false(w.bad);
	wr_u8(&w, 1);
	assert_true(w.bad);
}

static void lengths_are_filled_in(void **state)
{
	static const uint8_t want[] = { 0, 7, 1, 4, 9, 9, 2, 0, 0, 1 };
	uint8_t buf[sizeof(want)];
	struct wr w = wr_of(buf, sizeof(buf));
	size_t outer = wr_open(&w), inner;

	(void)state;
	wr_u8(&w, 1);
	inner = wr_open8(&w);
	wr_u16(&w, 0x0909);
	wr_close8(&w, inner, 2);
	wr_u8(&w, 2);
	wr_u16(&w, 0);
	wr_close(&w, outer);
	wr_u8(&w, 1);
	assert_int_equal(wr_len(&w), sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
}

static void what_does_not_fit_is_not_written(void **state)
{
	uint8_t buf[4] = { 9, 9, 9, 9 };
	struct wr w = wr_of(buf, 3);
	size_t mark;

	(void)state;
	wr_u8(&w, 1);
	mark = wr_len(&w);
	wr_u32(&w, 0);
	wr_u8(&w, 7);
	assert_true(w.bad && buf[1] == 9 && wr_len(&w) == 1);
	wr_back(&w, mark);
	wr_u16(&w, 0x0203);
	assert_true(!w.bad && buf[1] == 2 && buf[2] == 3 && buf[3] == 9);
}

static void a_length_that_cannot_be_said_is_an_error(void **state)
{
	static uint8_t buf[70000];
	struct wr w = wr_of(buf, sizeof(buf));
	size_t mark = wr_open8(&w);

	(void)state;
	wr_bytes(&w, buf + 1000, 254);
	wr_close8(&w, mark, 1);
	assert_true(!w.bad && buf[0] == 255);
	wr_close8(&w, mark, 2);
	assert_true(w.bad);
	wr_back(&w, 0);
	mark = wr_open(&w);
	wr_room(&w, 65536);
	wr_close(&w, mark);
	assert_true(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_network_order),
		cmocka_unit_test(the_first_error_sticks),
		cmocka_unit_test(a_child_stays_in_its_octets),
		cmocka_unit_test(nothing_can_be_read_and_written),
		cmocka_unit_test(lengths_are_filled_in),
		cmocka_unit_test(what_does_not_fit_is_not_written),
		cmocka_unit_test(a_length_that_cannot_be_said_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
