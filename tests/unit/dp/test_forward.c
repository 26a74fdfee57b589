/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_forward.c: two data planes over veth, in every mode, through restarts and migrations. Needs root.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dp/inner.h"
#include "net.h"

#define CAPACITY 64u

static int setup(void **state)
{
	struct net *n = test_calloc(1, sizeof(*n));

	net_make(n);
	*state = n;
	return 0;
}

static int teardown(void **state)
{
	net_drop(*state);
	test_free(*state);
	return 0;
}

static void both(struct net *n, enum m_port_mode ac, enum m_port_mode core)
{
	for (int i = 0; i < 2; i++) {
		if (!n->pe[i].dp)
			pe_open(n, i, CAPACITY);
		pe_apply(n, i, ac, core);
	}
	net_settle(n);
}

static const char *mode(struct net *n, int i, uint32_t ifindex)
{
	static struct show_port p;

	assert_true(dp_show_port(n->pe[i].dp, ifindex, &p));
	return p.mode;
}

static void fresh_forwards_and_counts(void **state)
{
	struct net *n = *state;
	struct tw_count c;

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_int_equal(n->pe[0].how, DP_FRESH);
	assert_string_equal(n->pe[0].why, "");
	assert_true(net_both_ways(n));
	dp_show_count(n->pe[0].dp, 1, TW_PRIMARY, &c);
	assert_int_equal(c.tx_frames, 1);
	assert_int_equal(c.tx_octets, 64);
	assert_int_equal(c.rx_frames, 1);
	dp_reset_count(n->pe[0].dp, 1, TW_PRIMARY);
	dp_show_count(n->pe[0].dp, 1, TW_PRIMARY, &c);
	assert_int_equal(c.tx_frames + c.rx_frames + c.tx_octets + c.rx_octets, 0);
	assert_string_equal(mode(n, 0, n->pe[0].ac), n->pe[0].dp->env.has_tcx ? "tcx" : "clsact");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fresh_forwards_and_counts, setup, teardown),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
