/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_bring.c: one port brought up and given back, over a kernel of a few variables (in place of
 * src/sys). Every call can be made to fail, and the order of changes is looked at.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dp/inner.h"
#include "sys/bpf.h"
#include "sys/ethtool.h"

/* ---- the kernel ---------------------------------------------------------------------------------------- */

static struct {
	bool there, ipv6, off[OFF__N], fixed[OFF__N];
	struct sys_link link;
	struct sys_xdp_features xdp;
	const char *driver;
	int attached[3];		/* program by enum sys_attach, 0 = none */
	struct prepared rec;
	bool has_rec, target;
	const char *fail;		/* name of the call that fails */
	char log[1024];			/* what was done, in order */
} k;

static int done(const char *what)
{
	if (k.fail && !strncmp(what, k.fail, strlen(k.fail)))
		return -EOPNOTSUPP;
	strcat(strcat(k.log, what), " ");
	return 0;
}

static int said(bool on, const char *what)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s", on ? "+" : "-", what);
	return done(text);
}

int sys_link_get(uint32_t ifindex, struct sys_link *out)
{
	*out = k.link;
	out->ifindex = ifindex;
	return k.there ? 0 : -ENODEV;
}

int sys_link_promisc(uint32_t ifindex, bool on)
{
	(void)ifindex;
	int rc = said(on, "promisc");
	k.link.promisc = rc ? k.link.promisc : on;
	return rc;
}

int sys_link_arp(uint32_t ifindex, bool on)
{
	(void)ifindex;
	int rc = said(on, "arp");
	k.link.noarp = rc ? k.link.noarp : !on;
	return rc;
}

int sys_link_ipv6(const char *name, bool on)
{
	assert_string_equal(name, k.link.name);
	int rc = said(on, "ipv6");
	k.ipv6 = rc ? k.ipv6 : on;
	return rc;
}

int sys_link_ipv6_get(const char *name, bool *on)
{
	(void)name;
	*on = k.ipv6;
	return 0;
}

int sys_ethtool_driver(const char *ifname, char out[32])
{
	(void)ifname;
	strcpy(out, k.driver);
	return 0;
}

int sys_offload_get(const char *ifname, enum sys_offload f, bool *active, bool *changeable)
{
	(void)ifname;
	*active = !k.off[f];
	*changeable = !k.fixed[f];
	return 0;
}

int sys_offload_set(const char *ifname, enum sys_offload f, bool on)
{
	static const char *const name[] = { "strip", "filter", "lro", "gro-hw", "gro" };

	(void)ifname;
	int rc = said(on, name[f]);
	k.off[f] = rc ? k.off[f] : !on;
	return rc;
}

int sys_xdp_features(uint32_t ifindex, struct sys_xdp_features *out)
{
	(void)ifindex;
	*out = k.xdp;
	return 0;
}

static const char *const family[] = { "xdp", "tcx", "clsact" };

int sys_attach(enum sys_attach how, uint32_t ifindex, int prog_fd, const char *pin, int *ret_fd)
{
	(void)ifindex;
	(void)pin;
	*ret_fd = -1;
	/* the record is there before the change */
	assert_true(k.has_rec && (k.rec.changed & (PREP_XDP << how)));
	int rc = said(true, family[how]);
	if (!rc)
		k.attached[how] = prog_fd;
	return rc;
}

int sys_detach(enum sys_attach how, uint32_t ifindex, const char *pin)
{
	(void)ifindex;
	(void)pin;
	int rc = said(false, family[how]);
	if (!rc)
		k.attached[how] = 0;
	return rc;
}

int sys_attached_tag(enum sys_attach how, uint32_t ifindex, const char *pin, uint8_t tag[8])
{
	(void)ifindex;
	(void)pin;
	memset(tag, 0, 8);
	return k.attached[how] ? 0 : -ENOENT;
}

enum { FD_PREPARED = 900, FD_OUT };

int sys_map_get(int fd, const void *key, void *val)
{
	bool there = fd == FD_OUT ? k.target : k.has_rec;

	if (there && fd == FD_OUT)
		memcpy(val, (uint32_t[2]){ *(const uint32_t *)key }, 8);
	else if (there)
		memcpy(val, &k.rec, sizeof(k.rec));
	return there ? 0 : -ENOENT;
}

int sys_map_set(int fd, const void *key, const void *val)
{
	(void)key;
	if (fd == FD_OUT)
		return k.target = true, done("+target");
	memcpy(&k.rec, val, sizeof(k.rec));
	k.has_rec = true;
	return 0;
}

int sys_map_del(int fd, const void *key)
{
	(void)key;
	if (fd == FD_OUT)
		return k.target = false, done("-target");
	k.has_rec = false;
	return 0;
}

int sys_bpf_unpin(const char *path)
{
	(void)path;
	return 0;
}

int sys_bpf_pin(int fd, const char *path)
{
	(void)fd;
	(void)path;
	return 0;
}

/* ---- jobs ------------------------------------------------------------------------------------------------- */

static struct dp_set set;
static struct work_env env;

static int nic(void **state)		/* a NIC with native XDP, all offloads on */
{
	(void)state;
	memset(&k, 0, sizeof(k));
	k.there = k.ipv6 = true;
	k.driver = "ice";
	strcpy(k.link.name, "eth1");
	k.link.mtu = 1500;
	k.xdp =
		(struct sys_xdp_features){ .known = true, .basic = true, .redirect = true, .ndo_xmit = true, .rx_sg = true };
	for (int i = 0; i < MAP__N; i++)
		set.map[i].fd = -1;
	set.map[MAP_OUT].fd = FD_OUT;
	set.prog[PROG_XDP_FRAGS] = 11;
	set.prog[PROG_XDP] = 12;
	set.prog[PROG_TC] = 13;
	env = (struct work_env){ .set = &set,
				.has_tcx = true,
				.kernel = 6 << 8 | 18,
				.netns = 42,
				.prepared_fd = FD_PREPARED,
				.links = "/p/links"};
	return 0;
}

static int veth(void **state)
{
	nic(state);
	strcpy(k.link.kind, "veth");
	k.driver = "veth";
	return 0;
}

static const struct act_port ac = { .ifindex = 5, .ac = true, .circuit = 1 }, subif = { .ifindex = 5, .subif = true },
			     core = { .ifindex = 5, .core = true };

static struct port_job run(const struct act_port *want)
{
	struct port_job j = { .ifindex = 5, .release = !want, .env = &env, .fd_xdp = -1, .fd_tc = -1 };

	if (want)
		j.want = *want;
	k.log[0] = '\0';
	port_bring(&j);
	return j;
}

static void xdp_ac_in_order(void **state)
{
	(void)state;
	struct port_job j = run(&ac);
	assert_string_equal(k.log, "-ipv6 -arp -filter -strip -lro -gro-hw +tcx +xdp +target +promisc ");
	assert_true(j.now.xdp && j.now.tcx && !j.now.clsact && k.attached[ATTACH_XDP] == 11 &&
			k.attached[ATTACH_TCX] == 13);
	j = run(NULL);
	assert_string_equal(k.log, "-promisc -target -xdp -tcx +gro-hw +lro +strip +filter +arp +ipv6 ");
	assert_false(k.has_rec || k.attached[0] || k.attached[1] || k.attached[2]);
}

static void tc_ac_on_a_nic_has_no_gro(void **state)
{
	struct act_port want = ac;

	(void)state;
	want.mode = PORT_MODE_TCX;
	run(&want);
	assert_string_equal(k.log, "-ipv6 -arp -filter -lro -gro-hw -gro +tcx +promisc ");
	want.mode = PORT_MODE_XDP;			/* and back to XDP: GRO is given back, stripping goes */
	run(&want);
	assert_string_equal(k.log, "-strip +tcx +xdp +target +gro ");
	want.mode = PORT_MODE_CLSACT;
	run(&want);
	assert_string_equal(k.log, "-gro +clsact -tcx -target -xdp +strip ");
}

static void subif_ac_keeps_its_addresses(void **state)
{
	(void)state;
	run(&subif);
	assert_string_equal(k.log, "-filter -strip -lro -gro-hw +tcx +xdp +target +promisc ");
}

static void core_port_is_left_alone(void **state)
{
	(void)state;
	run(&core);
	assert_string_equal(k.log, "+tcx ");
	run(&core);					/* again: the program is replaced, nothing else */
	assert_string_equal(k.log, "+tcx ");
	assert_int_equal(k.rec.changed, PREP_TCX);
}

static void xdp_refused_falls_to_tc(void **state)
{
	(void)state;
	k.fail = "+xdp";
	struct port_job j = run(&core);
	assert_true(!j.now.xdp && j.now.tcx && !j.rc);
	assert_non_null(strstr(j.now.why, "refused"));
	assert_int_equal(k.rec.changed, PREP_TCX);
	assert_false(k.off[OFF_RX_VLAN_STRIP] || k.off[OFF_LRO]);	/* what only XDP needed is given back */
}

static void tcx_refused_falls_to_clsact(void **state)
{
	(void)state;
	k.fail = "+tcx";
	struct port_job j = run(&core);
	assert_true(j.now.clsact && !j.now.tcx && !j.rc);
	assert_non_null(strstr(j.now.warn, "clsact is used"));
	assert_int_equal(k.rec.changed, PREP_CLSACT);
}

static void nothing_attaches(void **state)
{
	(void)state;
	set.prog[PROG_XDP] = set.prog[PROG_XDP_FRAGS] = -1;
	env.has_tcx = false;
	k.fail = "+clsact";
	struct port_job j = run(&core);
	assert_int_equal(j.rc, -EOPNOTSUPP);
	assert_true(!j.now.clsact && !j.now.tcx && !j.now.xdp && !k.has_rec);
	assert_non_null(strstr(j.now.warn, "no program could be attached"));
}

static void what_was_off_before_is_not_ours(void **state)
{
	(void)state;
	k.ipv6 = false;
	k.link.promisc = true;
	k.off[OFF_LRO] = true;
	run(&ac);
	run(NULL);
	assert_true(!k.ipv6 && k.link.promisc && k.off[OFF_LRO]);
	assert_false(k.off[OFF_GRO_HW] || k.off[OFF_RX_VLAN_FILTER] || k.link.noarp);
}

static void a_fixed_offload_stays_and_is_not_claimed(void **state)
{
	(void)state;
	k.fixed[OFF_RX_VLAN_FILTER] = true;
	struct port_job j = run(&ac);
	assert_false(j.now.changed & PREP_VLAN_FILTER);
	assert_string_equal(j.now.warn, "");		/* promiscuous mode lifts it (e1000e, virtio_net) */
	assert_false(k.off[OFF_RX_VLAN_FILTER]);
	k.link.promisc = false;
	k.fail = "+promisc";
	j = run(&ac);
	assert_non_null(strstr(j.now.warn, "rx-vlan-filter off, promiscuous"));
	k.fail = NULL;
	k.fixed[OFF_LRO] = true;
	k.off[OFF_LRO] = false;
	j = run(&ac);
	assert_string_equal(j.now.warn, "the port could not be made as an AC needs it: lro off");
}

static void what_cannot_be_given_back_stays_recorded(void **state)
{
	(void)state;
	run(&ac);
	k.fail = "+arp";
	struct port_job j = run(NULL);
	assert_int_equal(j.now.changed, PREP_ARP);
	assert_int_equal(k.rec.changed, PREP_ARP);
	k.fail = NULL;
	run(NULL);
	assert_false(k.has_rec || k.link.noarp);
}

static void a_restarted_engine_restores_what_the_former_changed(void **state)
{
	(void)state;
	run(&ac);			/* the engine dies; its record is pinned */
	struct port_job j = run(&ac);
	assert_string_equal(k.log, "+tcx ");
	assert_int_equal(j.now.changed,
			 PREP_IPV6 | PREP_ARP | PREP_VLAN_FILTER | PREP_LRO | PREP_GRO_HW | PREP_PROMISC);
	run(NULL);
	assert_true(k.ipv6 && !k.link.noarp && !k.link.promisc && !k.off[OFF_LRO]);
}

static void a_record_of_another_namespace_is_not_believed(void **state)
{
	(void)state;
	k.has_rec = true;
	k.rec = (struct prepared){ .netns = 7, .changed = PREP_ALL };
	run(NULL);
	assert_string_equal(k.log, "");
	run(&core);
	assert_int_equal(k.rec.netns, 42);
	assert_int_equal(k.rec.changed, PREP_TCX);
}

static void a_stray_filter_is_removed(void **state)
{
	(void)state;
	k.attached[ATTACH_CLSACT] = 99;
	run(&core);
	assert_string_equal(k.log, "+tcx -clsact ");
	assert_int_equal(k.attached[ATTACH_CLSACT], 0);
}

static void a_device_gone_leaves_no_record(void **state)
{
	(void)state;
	run(&ac);
	k.there = false;
	struct port_job j = run(&ac);
	assert_false(j.now.present || k.has_rec || j.now.xdp || j.now.tcx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(xdp_ac_in_order, nic),
		cmocka_unit_test_setup(tc_ac_on_a_nic_has_no_gro, nic),
		cmocka_unit_test_setup(subif_ac_keeps_its_addresses, nic),
		cmocka_unit_test_setup(core_port_is_left_alone, veth),
		cmocka_unit_test_setup(xdp_refused_falls_to_tc, nic),
		cmocka_unit_test_setup(tcx_refused_falls_to_clsact, veth),
		cmocka_unit_test_setup(nothing_attaches, veth),
		cmocka_unit_test_setup(what_was_off_before_is_not_ours, nic),
		cmocka_unit_test_setup(a_fixed_offload_stays_and_is_not_claimed, nic),
		cmocka_unit_test_setup(what_cannot_be_given_back_stays_recorded, nic),
		cmocka_unit_test_setup(a_restarted_engine_restores_what_the_former_changed, veth),
		cmocka_unit_test_setup(a_record_of_another_namespace_is_not_believed, veth),
		cmocka_unit_test_setup(a_stray_filter_is_removed, veth),
		cmocka_unit_test_setup(a_device_gone_leaves_no_record, nic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
