/* SPDX-License-Identifier: BSD-2-Clause */
/* test_mode.c: what each kind of port gets, by itself and by wish. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dp/mode.h"

#define NATIVE	{ .known = true, .basic = true, .redirect = true, .ndo_xmit = true, .rx_sg = true }
#define PLAIN	{ .known = true, .basic = true, .redirect = true, .ndo_xmit = true }
#define NONE	{ .known = true }
#define OLD	MODE_KERNEL(6, 1)
#define NEW	MODE_KERNEL(6, 18)
#define AUTO	PORT_MODE_AUTO
#define XDP	PORT_MODE_XDP
#define TCX	PORT_MODE_TCX
#define CLSACT	PORT_MODE_CLSACT

static const struct row {
	const char *kind, *master, *driver;
	uint32_t mtu;
	struct sys_xdp_features xdp;
	uint32_t kernel;
	enum m_port_mode wish;
	bool want_xdp, want_tcx, want_warn;
	const char *why;		/* part of it */
} row[] = {
	/* by itself: XDP for a NIC that does it, tc for all whose frames are skbs */
	{ "", "", "mlx5_core", 1500, NATIVE, NEW, AUTO, true, true, false, "mlx5_core does native XDP" },
	{ "", "", "mlx5_core", 9216, NATIVE, NEW, AUTO, true, true, false, "native" },
	{ "", "", "e1000e", 1500, NONE, NEW, AUTO, false, true, false, "e1000e does not do" },
	{ "", "", "igc", 9216, PLAIN, NEW, AUTO, false, true, false, "MTU above 3500" },
	{ "", "", "igc", 3500, PLAIN, NEW, AUTO, true, true, false, "igc" },
	{ "", "", "virtio_net", 1500, NATIVE, NEW, AUTO, false, true, false, "virtio_net" },
	{ "", "bridge", "mlx5_core", 1500, NATIVE, NEW, AUTO, false, true, false, "port of a bridge" },
	{ "", "bond", "ixgbe", 1500, NATIVE, NEW, AUTO, false, true, false, "port of a bond" },
	{ "veth", "", "veth", 1500, NATIVE, NEW, AUTO, false, true, false, "veth device" },
	{ "tun", "", "tun", 1500, NATIVE, NEW, AUTO, false, true, false, "tun device" },
	{ "macvlan", "", "macvlan", 1500, NONE, NEW, AUTO, false, true, false, "macvlan" },
	{ "bridge", "", "bridge", 1500, NONE, NEW, AUTO, false, true, false, "bridge" },
	{ "vlan", "", "802.1Q VLAN Support", 1500, NONE, NEW, AUTO, false, true, false, "vlan" },
	/* kernels that cannot say what a driver does, and have no tcx */
	{ "", "", "ixgbe", 1500, { 0 }, OLD, AUTO, true, false, false, "ixgbe" },
	{ "", "", "ixgbe", 9216, { 0 }, OLD, AUTO, false, false, false, "6.3" },
	{ "", "", "e1000e", 1500, { 0 }, OLD, AUTO, false, false, false, "does not say" },
	{ "", "", "", 1500, { 0 }, OLD, AUTO, false, false, false, "unknown" },
	{ "veth", "", "veth", 1500, { 0 }, OLD, AUTO, false, false, false, "veth" },
	/* wishes */
	{ "", "", "mlx5_core", 1500, NATIVE, NEW, TCX, false, true, false, "configured: port-mode tcx" },
	{ "", "", "mlx5_core", 1500, NATIVE, NEW, CLSACT, false, false, false, "configured: port-mode clsact" },
	{ "", "", "mlx5_core", 1500, NATIVE, OLD, TCX, false, false, true, "configured" },
	{ "", "", "mlx5_core", 1500, NATIVE, NEW, XDP, true, true, false, "configured: port-mode xdp" },
	{ "veth", "", "veth", 1500, NATIVE, NEW, XDP, true, true, true, "configured" },
	{ "tun", "", "tun", 1500, NATIVE, NEW, XDP, true, true, true, "configured" },
	{ "", "", "virtio_net", 1500, NATIVE, NEW, XDP, true, true, true, "configured" },
	{ "", "bridge", "ixgbe", 1500, NATIVE, NEW, XDP, true, true, true, "configured" },
	{ "", "", "ixgbe", 9000, NATIVE, OLD, XDP, false, false, false, "but MTU above 3500 needs kernel 6.3" },
	{ "veth", "", "veth", 9216, { 0 }, OLD, XDP, false, false, false, "6.3" },
	{ "veth", "", "veth", 3500, { 0 }, OLD, XDP, true, false, true, "configured" },
	{ "veth", "", "veth", 9216, NATIVE, NEW, XDP, true, true, true, "configured" },
	{ "", "", "igc", 9216, PLAIN, NEW, XDP, false, true, false, "frags" },
};

static void each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct row *r = &row[i];
		struct mode_facts f = { r->kind, r->master, r->driver, r->mtu, r->xdp, r->kernel,
					r->kernel >= MODE_KERNEL(6, 6), true, true, r->wish };
		struct mode_choice c;

		mode_choose(&f, &c);
		bool same = c.xdp == r->want_xdp && c.tcx == r->want_tcx && (c.warn[0] != 0) == r->want_warn;
		if (!same || !strstr(c.why, r->why))
			fail_msg("row %zu (%s %s): xdp %d tcx %d why \"%s\" warn \"%s\"", i, r->kind, r->driver, c.xdp,
				 c.tcx, c.why, c.warn);
	}
}

static void without_an_xdp_program_tc_carries_all(void **state)
{
	struct mode_facts f = { "", "", "ixgbe", 1500, NATIVE, NEW, true, false, false, AUTO };
	struct mode_choice c;

	(void)state;
	mode_choose(&f, &c);
	assert_false(c.xdp);
	assert_non_null(strstr(c.why, "no XDP program"));
	f.wish = XDP;
	mode_choose(&f, &c);
	assert_false(c.xdp);
	assert_non_null(strstr(c.why, "no XDP program"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(without_an_xdp_program_tc_carries_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
