/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A neighbour without an answer is asked for again a few times, one with an answer never.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/asking.h"
#include "sys/link.h"

#define MS 1000000ull

static unsigned calls[3], unresolved_for[3];	/* by ip */

int sys_neigh_again(uint32_t ifindex, uint32_t ip)
{
	assert_int_equal(ifindex, 7);
	return calls[ip]++ < unresolved_for[ip];
}

static void repeats(void **state)
{
	struct loop *l = loop_new();
	struct asking *a = asking_new(l);

	(void)state;
	assert_non_null(a);
	loop_virtual(l, 1000 * MS);
	unresolved_for[0] = 0;
	unresolved_for[1] = 2;
	unresolved_for[2] = 1000;
	for (uint32_t ip = 0; ip < 3; ip++)
		asking_neigh(a, 7, ip);
	loop_advance(l, 1005 * MS);
	assert_true(!calls[0] && !calls[1] && !calls[2]);	/* the kernel gets a chance */
	loop_advance(l, 1015 * MS);
	assert_true(calls[0] == 1 && calls[1] == 1 && calls[2] == 1);
	loop_advance(l, 9000 * MS);
	assert_int_equal(calls[0], 1);				/* resolved: left alone */
	assert_int_equal(calls[1], 3);
	assert_int_equal(calls[2], 6);				/* and in the end the kernel goes on alone */
	asking_free(a);
	loop_free(l);
}

static void starts_anew(void **state)
{
	struct loop *l = loop_new();
	struct asking *a = asking_new(l);

	(void)state;
	loop_virtual(l, 1000 * MS);
	calls[0] = 0;
	unresolved_for[0] = 1000;
	for (uint64_t t = 2000; t < 5000; t += 1000) {
		asking_neigh(a, 7, 0);
		loop_advance(l, t * MS);
	}
	assert_int_equal(calls[0], 18);
	for (int i = 0; i < 1000; i++)				/* bounded */
		asking_neigh(a, 7, 0);
	asking_free(a);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(repeats), cmocka_unit_test(starts_anew) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
