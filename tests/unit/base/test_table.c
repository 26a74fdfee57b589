/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash tables: keys that are there many times, growing, another secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/table.h"

#define MANY	500000u

struct item {
	struct hnode by_key;
	uint32_t n;
};

static struct table t;
static struct item *items;

static int begin(void **state)
{
	(void)state;
	table_init(&t);
	items = calloc(MANY, sizeof(*items));
	return !items;
}

static int end(void **state)
{
	(void)state;
	table_free(&t);
	free(items);
	return 0;
}

static void put(uint32_t n, uint64_t key)
{
	items[n].n = n;
	table_add(&t, &items[n].by_key, key);
}

static uint32_t count(uint64_t key)
{
	uint32_t n = 0;

	for (struct hnode *h = table_find(&t, key); h; h = table_again(h))
		n++;
	return n;
}

static void newest_first(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 1000; i++)	/* it grows meanwhile */
		put(i, i % 10);
	for (uint64_t k = 0; k < 10; k++) {
		uint32_t last = 1000 + (uint32_t)k;

		for (struct hnode *h = table_find(&t, k); h; h = table_again(h)) {
			uint32_t n = container_of(h, struct item, by_key)->n;

			assert_int_equal(n, last - 10);
			last = n;
		}
		assert_int_equal(last, k);
	}
	assert_null(table_find(&t, 10));
}

static void taken_out(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		put(i, i % 10);
	for (uint32_t i = 0; i < 1000; i += 2) {
		table_del(&t, &items[i].by_key);
		table_del(&t, &items[i].by_key);
	}
	assert_int_equal(t.n, 500);
	for (uint64_t k = 0; k < 10; k++)
		assert_int_equal(count(k), k % 2 ? 100 : 0);
	put(0, 3);
	assert_int_equal(count(3), 101);
	table_each(&t, h, i)
		table_del(&t, h);
	assert_int_equal(t.n, 0);
}

/* Taken out oldest first, which is the far end of the chain: if that were looked for, the test would run out of time. */
static void one_key_for_all(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		put(i, 7);
	for (uint32_t i = 0; i < MANY; i++)
		table_del(&t, &items[i].by_key);
	assert_null(table_find(&t, 7));
}

static void with_a_secret(void **state)
{
	const uint64_t secret[2] = { 0x1234567890abcdee, 99 };

	(void)state;
	table_secret(secret);
	for (uint32_t i = 0; i < 100000; i++)
		put(i, (uint64_t)i << 40);
	for (uint32_t i = 0; i < 100000; i++)
		assert_ptr_equal(table_find(&t, (uint64_t)i << 40), &items[i].by_key);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = { T(newest_first), T(taken_out), T(one_key_for_all), T(with_a_secret) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
