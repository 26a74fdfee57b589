/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_forward.c: two data planes over veth, in every mode, through restarts and migrations. Needs root.
 */
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/core_show.h"
#include "dp/inner.h"
#include "net.h"
#include "sys/bpf.h"
#include "sys/live.h"

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


/* ---- modes ------------------------------------------------------------------------------------------- */

static void every_mode_forwards(void **state)
{
	static const struct {
		enum m_port_mode ac, core;
		const char *ac_text, *core_text;
	} row[] = {
		{ PORT_MODE_CLSACT, PORT_MODE_CLSACT, "clsact", "clsact" },
		{ PORT_MODE_TCX, PORT_MODE_XDP, "tcx", "xdp+tcx" },
		{ PORT_MODE_XDP, PORT_MODE_XDP, "xdp+tcx", "xdp+tcx" },
		{ PORT_MODE_CLSACT, PORT_MODE_XDP, "clsact", "xdp+tcx" },
		{ PORT_MODE_AUTO, PORT_MODE_AUTO, "tcx", "tcx" },
	};
	struct net *n = *state;
	struct show_port p;

	net_sh(n, CE1, "ethtool -K eth0 gro on");	/* the peer of an XDP target must run NAPI */
	net_sh(n, CE2, "ethtool -K eth0 gro on");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		both(n, row[i].ac, row[i].core);
		assert_string_equal(mode(n, 0, n->pe[0].ac), row[i].ac_text);
		assert_string_equal(mode(n, 1, n->pe[1].core), row[i].core_text);
		assert_true(net_both_ways(n));
		assert_true(dp_show_port(n->pe[0].dp, n->pe[0].ac, &p));
		assert_int_equal(p.warn[0] != '\0', row[i].ac == PORT_MODE_XDP);
	}
}

/* Drivers and kernels that know no frames in fragments get the plain program, which shares every map with the other:
 * `out` is a DEVMAP_HASH, since the kernel lets no DEVMAP be shared by the two kinds. */
static void the_plain_program_forwards_too(void **state)
{
	struct net *n = *state;

	net_sh(n, CE1, "ethtool -K eth0 gro on && ip link set eth0 mtu 2000");
	net_sh(n, CE2, "ethtool -K eth0 gro on && ip link set eth0 mtu 2000");
	for (int i = 0; i < 2; i++)
		net_sh(n, n->pe[i].ns, "ip link set ac mtu 2000 && ip link set core mtu 2000");
	for (int i = 0; i < 2; i++) {
		pe_open(n, i, CAPACITY);
		int *prog = n->pe[i].dp->set.prog;

		assert_true(prog[PROG_XDP_FRAGS] >= 0 && prog[PROG_XDP] >= 0);
		close(prog[PROG_XDP_FRAGS]);
		prog[PROG_XDP_FRAGS] = -1;
	}
	both(n, PORT_MODE_XDP, PORT_MODE_XDP);
	assert_string_equal(mode(n, 0, n->pe[0].ac), "xdp+tcx");
	assert_string_equal(mode(n, 1, n->pe[1].core), "xdp+tcx");
	assert_true(net_both_ways(n));
}

/* Few may be lost: the kernel stops a device's transmit queues while a clsact qdisc comes or goes. */
static void a_change_of_family_leaves_one(void **state)
{
	struct net *n = *state;
	uint32_t sent, lost, twice;

	both(n, PORT_MODE_TCX, PORT_MODE_TCX);
	struct stream *s = stream_start(n);
	for (int i = 0; i < 5; i++) {
		both(n, PORT_MODE_CLSACT, PORT_MODE_CLSACT);
		both(n, PORT_MODE_TCX, PORT_MODE_TCX);
	}
	stream_stop(s, &sent, &lost, &twice);
	assert_true(sent > 100);
	assert_true(lost < sent / 4);
	assert_int_equal(twice, 0);
	assert_true(net_both_ways(n));
	assert_int_not_equal(net_try(n, PE1, "tc filter show dev ac ingress | grep -q bpf"), 0);
}

/* ---- restarts ------------------------------------------------------------------------------------------ */

static void restart(struct net *n, uint32_t capacity, enum dp_opened how)
{
	for (int i = 0; i < 2; i++) {
		pe_close(n, i);
		pe_open(n, i, capacity);
		assert_int_equal(n->pe[i].how, how);
	}
}

static void a_restart_adopts_and_writes_nothing(void **state)
{
	static const enum m_port_mode modes[] = { PORT_MODE_TCX, PORT_MODE_CLSACT };
	struct net *n = *state;
	uint32_t sent, lost, twice;

	for (size_t k = 0; k < 2; k++) {
		both(n, modes[k], modes[k]);
		struct stream *s = stream_start(n);
		uint8_t epoch = ROW(n->pe[0].dp, PATH_LIVE, struct tw_live, 1)->armed;
		restart(n, CAPACITY, DP_ADOPTED);
		both(n, modes[k], modes[k]);
		for (int i = 0; i < 2; i++)
			assert_int_equal(n->pe[i].dp->writes, 0);
		assert_int_equal(ROW(n->pe[0].dp, PATH_LIVE, struct tw_live, 1)->armed, epoch);
		stream_stop(s, &sent, &lost, &twice);
		assert_true(sent > 10);
		assert_int_equal(lost + twice, 0);
	}
}

static void what_nobody_asks_for_is_swept(void **state)
{
	struct net *n = *state;
	struct actions a = { 0 }, b = { 0 };

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	pe_list(n, 0, PORT_MODE_AUTO, PORT_MODE_AUTO, &a);
	a.v[1].label.label = 77;			/* a label, a path, a VLAN more */
	a.v[3].path.index = 9;
	a.v[3].path.key = 99;
	assert_int_equal(dp_apply(n->pe[0].dp, &a), 0);
	free(a.v);
	restart(n, CAPACITY, DP_ADOPTED);
	pe_list(n, 0, PORT_MODE_AUTO, PORT_MODE_AUTO, &b);
	b.n--;						/* and without the core port */
	assert_int_equal(dp_apply(n->pe[0].dp, &b), 0);
	free(b.v);
	pe_apply(n, 1, PORT_MODE_AUTO, PORT_MODE_AUTO);
	net_settle(n);
	struct dp *d = n->pe[0].dp;
	assert_int_equal(ROW(d, LABEL_IN, struct tw_label, 77)->last, 0);
	assert_int_not_equal(ROW(d, LABEL_IN, struct tw_label, 1000)->last, 0);
	assert_int_equal(ROW(d, PATH_LIVE, struct tw_live, 9)->armed, 0);
	assert_int_equal(*ROW(d, PATH_KEY, uint64_t, 9), 0);
	assert_int_equal(ROW(d, PORT, struct tw_port, n->pe[0].core)->flags, 0);
	assert_false(dp_show_port(d, n->pe[0].core, &(struct show_port){ 0 }));
	assert_int_not_equal(net_try(n, PE1, "bpftool net show dev core | grep -q tw_tc"), 0);
}

/* Another size, and another layout (made by giving the pins the name of one): the new maps are filled
 * beside the old, under traffic. */
static void migrate(struct net *n, uint32_t capacity, enum m_port_mode ac, const char *adopted)
{
	uint32_t sent, lost, twice;
	struct tw_count c;
	struct show_dp show;

	struct stream *s = stream_start(n);
	restart(n, capacity, DP_MIGRATING);
	both(n, ac, PORT_MODE_AUTO);
	stream_stop(s, &sent, &lost, &twice);
	assert_true(sent > 10);
	assert_int_equal(lost + twice, 0);
	dp_show_count(n->pe[0].dp, 1, TW_PRIMARY, &c);
	dp_show(n->pe[0].dp, &show);
	assert_string_equal(show.adopted, adopted);
	assert_true(c.tx_frames > 0);
	assert_int_equal(c.tx_octets, c.tx_frames * 64);
	assert_int_equal(net_try(n, PE1, "test $(ls %s | wc -l) = 3", n->pe[0].dp->instance_dir), 0);
	assert_true(net_both_ways(n));
}

static void another_size_is_migrated_to(void **state)
{
	struct net *n = *state;
	struct tw_count before, after;

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	for (int i = 0; i < 10; i++)
		assert_true(net_both_ways(n));
	dp_show_count(n->pe[0].dp, 1, TW_PRIMARY, &before);
	assert_int_equal(before.tx_frames, 10);
	migrate(n, 256, PORT_MODE_AUTO, "migrated from v3-64");
	dp_show_count(n->pe[0].dp, 1, TW_PRIMARY, &after);
	assert_true(after.tx_frames > before.tx_frames);
}

static void another_layout_is_migrated_to(void **state)
{
	struct net *n = *state;

	both(n, PORT_MODE_CLSACT, PORT_MODE_TCX);
	for (int i = 0; i < 2; i++) {
		const char *dir = n->pe[i].dp->instance_dir;
		net_sh(n, PE1, "mv %s/v3-64 %s/v0-64", dir, dir);
	}
	migrate(n, CAPACITY, PORT_MODE_CLSACT, "migrated from v0-64");
}

/* An engine that dies between filling and moving leaves two states; the next one ends it. */
static void a_broken_off_migration_is_ended(void **state)
{
	struct net *n = *state;

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	restart(n, 128, DP_MIGRATING);
	for (int i = 0; i < 2; i++)
		pe_apply(n, i, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_true(net_both_ways(n));
	migrate(n, 128, PORT_MODE_AUTO, "migrated from v3-64");
}

static void *object(size_t size)
{
	struct ref *r = test_calloc(1, size);

	*r = (struct ref){ .n = 1000 };		/* never given back */
	return r;
}

/* Fewer circuits fit than did: those whose index is beyond get another, and keep slot and counters. */
static void a_smaller_size_keeps_slots_and_counts(void **state)
{
	struct net *n = *state;
	struct core *c = core_new(CAPACITY);
	struct m_interface *m = object(sizeof(*m));
	struct m_system *s = object(sizeof(*s));
	struct actions a = { 0 }, first = { 0 };
	struct tw_count count = { 7, 700, 9, 900 };

	strcpy(m->name, "ac7");
	m->pw[0] = (struct m_pw){ .present = true, .peer = 1, .tx_label = 100, .rx_label = 200 };
	m->pw[1] = (struct m_pw){ .present = true, .peer = 2, .tx_label = 101, .rx_label = 201 };
	pe_open(n, 0, 256);
	struct action was[] = {
		{ .kind = ACT_CIRCUIT, .circuit = { .index = 200, .used = true, .key = core_key("ac7"),
						    .slot = { { .label = 100 }, { .label = 101 } } } },
		{ .kind = ACT_STEER, .steer = { .circuit = 200, .active = TW_SECONDARY, .next = { 1, 0, TW_NONE } } },
	};
	first = (struct actions){ .v = was, .n = 2 };
	assert_int_equal(dp_apply(n->pe[0].dp, &first), 0);
	count_store(n->pe[0].dp, TW_PW(200, TW_SECONDARY), &count);
	dp_settled(n->pe[0].dp);
	pe_close(n, 0);
	pe_open(n, 0, CAPACITY);
	assert_int_equal(n->pe[0].how, DP_MIGRATING);
	core_prepare(c, OBJ_SYSTEM, NULL, s);
	core_prepare(c, OBJ_INTERFACE, NULL, m);
	core_apply(c);
	dp_seed(n->pe[0].dp, c);
	assert_int_equal(core_run(c, 1000, &a), 0);
	uint32_t i = 0;

	while (i < a.n && a.v[i].kind != ACT_STEER)	/* the first takes over where the kernel sends */
		i++;
	assert_true(i < a.n);
	assert_int_equal(a.v[i].steer.active, TW_SECONDARY);
	assert_int_equal(dp_apply(n->pe[0].dp, &a), 0);
	dp_settled(n->pe[0].dp);
	while (dp_busy(n->pe[0].dp))
		loop_turn(n->loop, 10000000);
	struct show_circuit show;

	assert_true(core_show_circuit(c, "ac7", &show));
	assert_in_range(show.index, 1, CAPACITY);
	dp_show_count(n->pe[0].dp, show.index, TW_SECONDARY, &count);
	assert_int_equal(count.tx_frames, 7);
	assert_int_equal(count.rx_octets, 900);
	core_free(c);
	free(a.v);
	test_free(m);
	test_free(s);
}

/* `capacity circuits` is changed under traffic: the new data plane is opened before the old one closes. */
static void another_size_while_running(void **state)
{
	struct net *n = *state;
	uint32_t sent, lost, twice;

	both(n, PORT_MODE_AUTO, PORT_MODE_CLSACT);
	struct stream *s = stream_start(n);
	for (int i = 0; i < 2; i++) {
		struct dp *old = n->pe[i].dp;
		pe_open(n, i, 512);
		assert_int_equal(n->pe[i].how, DP_MIGRATING);
		dp_close(old);
		pe_apply(n, i, PORT_MODE_AUTO, PORT_MODE_CLSACT);
	}
	net_settle(n);
	stream_stop(s, &sent, &lost, &twice);
	assert_true(sent > 10);
	assert_int_equal(lost + twice, 0);
	assert_true(net_both_ways(n));
}

/* Pins of our name but another form, as a development build leaves them. */
static void another_form_is_migrated_to(void **state)
{
	struct net *n = *state;

	for (int i = 0; i < 2; i++) {
		pe_open(n, i, 256);
		pe_apply(n, i, PORT_MODE_AUTO, PORT_MODE_AUTO);
	}
	net_settle(n);
	for (int i = 0; i < 2; i++) {
		const char *dir = n->pe[i].dp->instance_dir;
		net_sh(n, PE1, "mv %s/v3-256 %s/v3-64", dir, dir);
	}
	migrate(n, CAPACITY, PORT_MODE_AUTO, "migrated from other-form");
}

static void sub_interfaces_are_swept_too(void **state)
{
	struct net *n = *state;
	struct action v[] = {
		{ .kind = ACT_CIRCUIT,
	     .circuit = { .index = 2, .used = true, .key = 5, .ifindex = n->pe[0].ac, .subif = true, .vid = 100 } },
		{ .kind = ACT_VLAN_AC, .vlan_ac = { .ifindex = n->pe[0].ac, .vid = 100, .circuit = 2 } },
		{ .kind = ACT_VLAN_AC, .vlan_ac = { .ifindex = n->pe[0].ac, .vid = 200, .circuit = 2 } },
		{ .kind = ACT_PORT, .port = { .ifindex = 2000000, .core = true } },
	};
	struct tw_vlan_key key = { .ifindex = n->pe[0].ac, .vid = 100, .tpid = 0x8100 };
	uint32_t far = 2000000, circuit;
	struct tw_port row;

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_int_equal(dp_apply(n->pe[0].dp, &(struct actions){ .v = v, .n = 4 }), 0);
	net_settle(n);
	restart(n, CAPACITY, DP_ADOPTED);
	for (int i = 0; i < 2; i++)
		pe_apply(n, i, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_int_equal(dp_apply(n->pe[0].dp, &(struct actions){ .v = v, .n = 2 }), 0);
	net_settle(n);
	assert_int_equal(sys_map_get(n->pe[0].dp->set.map[MAP_VLAN_AC].fd, &key, &circuit), 0);
	assert_int_equal(circuit, 2);
	key.vid = 200;
	assert_int_equal(sys_map_get(n->pe[0].dp->set.map[MAP_VLAN_AC].fd, &key, &circuit), -ENOENT);
	assert_int_equal(sys_map_get(n->pe[0].dp->set.map[MAP_PORT_FAR].fd, &far, &row), -ENOENT);
	assert_true(net_both_ways(n));
}

/* ---- ports ----------------------------------------------------------------------------------------------- */

static bool flag(struct net *n, enum ns ns, const char *dev, const char *what)
{
	return net_try(n, ns, "ip link show dev %s | grep -q '[<,]%s[,>]'", dev, what) == 0;
}

static bool ipv6_off(struct net *n, enum ns ns, const char *dev)
{
	return net_try(n, ns, "grep -q 1 /proc/sys/net/ipv6/conf/%s/disable_ipv6", dev) == 0;
}

static void unwant(struct net *n, int i, uint32_t ifindex)
{
	struct action v = { .kind = ACT_PORT, .port = { .ifindex = ifindex } };

	assert_int_equal(dp_apply(n->pe[i].dp, &(struct actions){ .v = &v, .n = 1 }), 0);
}

static void an_ac_is_prepared_and_given_back(void **state)
{
	struct net *n = *state;
	struct show_port p;

	assert_false(ipv6_off(n, PE1, "ac"));
	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_true(flag(n, PE1, "ac", "PROMISC") && flag(n, PE1, "ac", "NOARP") && ipv6_off(n, PE1, "ac"));
	assert_false(flag(n, PE1, "core", "PROMISC") || flag(n, PE1, "core", "NOARP") || ipv6_off(n, PE1, "core"));
	assert_true(dp_show_port(n->pe[0].dp, n->pe[0].ac, &p));
	assert_string_equal(p.prepared, "ipv6 off, arp off, promiscuous");
	unwant(n, 0, n->pe[0].ac);
	net_settle(n);
	assert_false(flag(n, PE1, "ac", "PROMISC") || flag(n, PE1, "ac", "NOARP") || ipv6_off(n, PE1, "ac"));
	assert_false(dp_show_port(n->pe[0].dp, n->pe[0].ac, &p));
}

static void what_was_so_before_stays(void **state)
{
	struct net *n = *state;

	net_sh(n, PE1, "ip link set ac promisc on arp off");
	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	unwant(n, 0, n->pe[0].ac);
	net_settle(n);
	assert_true(flag(n, PE1, "ac", "PROMISC") && flag(n, PE1, "ac", "NOARP"));
	assert_false(ipv6_off(n, PE1, "ac"));
}

static void tell_link(struct net *n, int i, const char *name, uint32_t ifindex, bool gone)
{
	struct sys_link l = { .ifindex = ifindex };

	net_enter(n, n->pe[i].ns);
	if (!gone)
		assert_int_equal(sys_link_by_name(name, &l), 0);
	net_home(n);
	dp_link(n->pe[i].dp, &l, gone);
}

static void a_device_that_returns_is_taken_up(void **state)
{
	struct net *n = *state;
	struct show_port p;

	both(n, PORT_MODE_AUTO, PORT_MODE_XDP);
	/* away and back with its ifindex: attachments are lost, the row is as it was */
	net_sh(n, PE1, "ip link set core netns /proc/%d/fd/%d", getpid(), n->ns[CE1]);
	tell_link(n, 0, NULL, n->pe[0].core, true);
	net_settle(n);
	assert_string_equal(mode(n, 0, n->pe[0].core), "none");
	net_sh(n, CE1, "ip link set core netns /proc/%d/fd/%d", getpid(), n->ns[PE1]);
	net_sh(n, PE1, "ip link set core mtu 9216 up");
	tell_link(n, 0, "core", n->pe[0].core, false);
	net_settle(n);
	assert_string_equal(mode(n, 0, n->pe[0].core), "xdp+tcx");
	uint32_t out[2] = { 0 };
	assert_int_equal(sys_map_get(n->pe[0].dp->set.map[MAP_OUT].fd, &n->pe[0].core, out), 0);
	assert_int_equal(out[0], n->pe[0].core);
	/* a new name is the same device */
	net_sh(n, PE1, "ip link set ac name cust");
	tell_link(n, 0, "cust", n->pe[0].ac, false);
	net_settle(n);
	unwant(n, 0, n->pe[0].ac);
	net_settle(n);
	assert_false(flag(n, PE1, "cust", "PROMISC") || ipv6_off(n, PE1, "cust"));
	assert_false(dp_show_port(n->pe[0].dp, n->pe[0].ac, &p));
}

static void an_absent_device_is_no_error(void **state)
{
	struct net *n = *state;
	struct action v = { .kind = ACT_PORT, .port = { .ifindex = 2000000, .core = true } };
	struct tw_port row;

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_int_equal(dp_apply(n->pe[0].dp, &(struct actions){ .v = &v, .n = 1 }), 0);
	net_settle(n);
	assert_string_equal(mode(n, 0, 2000000), "none");
	assert_int_equal(sys_map_get(n->pe[0].dp->set.map[MAP_PORT_FAR].fd, &v.port.ifindex, &row), 0);
	assert_int_equal(row.flags, TW_PORT_CORE);
	unwant(n, 0, 2000000);
	net_settle(n);
	assert_int_equal(sys_map_get(n->pe[0].dp->set.map[MAP_PORT_FAR].fd, &v.port.ifindex, &row), -ENOENT);
}

/* ---- flush --------------------------------------------------------------------------------------------------- */

struct told {
	char text[4096];
};

static void hear(void *arg, const char *what)
{
	struct told *t = arg;

	strncat(t->text, what, sizeof(t->text) - strlen(t->text) - 2);
	strcat(t->text, "\n");
}

static int flush(struct net *n, int i, const char *bpf, struct told *t)
{
	char run[96];

	snprintf(run, sizeof(run), "%s/pe.%d/", n->dir, i);
	net_enter(n, n->pe[i].ns);
	int rc = dp_flush(bpf, run, hear, t);
	net_home(n);
	return rc;
}

static void flush_removes_everything(void **state)
{
	struct net *n = *state;
	struct told t = { 0 }, again = { 0 };

	both(n, PORT_MODE_CLSACT, PORT_MODE_XDP);
	pe_close(n, 0);
	assert_int_equal(flush(n, 0, n->bpf, &t), 0);
	assert_non_null(strstr(t.text, "ac: clsact filter removed"));
	assert_non_null(strstr(t.text, "core: XDP program detached"));
	assert_non_null(strstr(t.text, "ac: given back (was: ipv6 off, arp off, promiscuous)"));
	assert_non_null(strstr(t.text, "/v3-64 removed"));
	assert_false(flag(n, PE1, "ac", "PROMISC") || flag(n, PE1, "ac", "NOARP") || ipv6_off(n, PE1, "ac"));
	assert_int_not_equal(net_try(n, PE1, "bpftool net show | grep -q 'tw_'"), 0);
	assert_int_not_equal(net_try(n, PE1, "tc qdisc show dev ac | grep -q clsact"), 0);
	assert_int_equal(net_try(n, PE1, "test ! -e %s/pe%%2e0 -a -e %s/pe%%2e1", n->bpf, n->bpf), 0);
	assert_int_equal(flush(n, 0, n->bpf, &again), 0);
	assert_string_equal(again.text, "");
	assert_false(net_both_ways(n));
}

struct cap {
	bool over;
	uint64_t frames;
	int err;
};

static void cap_done(void *arg, uint64_t frames, int err)
{
	*(struct cap *)arg = (struct cap){ true, frames, err };
}

static bool cap_over(void *arg)
{
	return ((struct cap *)arg)->over;
}

/* ---- where it cannot work, or not well ------------------------------------------------------------------------- */

static void without_bpffs_it_forwards_and_warns(void **state)
{
	struct net *n = *state;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(pe_try_open(n, i, CAPACITY, n->dir), 0);
		assert_non_null(strstr(n->pe[i].why, "no bpffs"));
		pe_apply(n, i, PORT_MODE_AUTO, PORT_MODE_AUTO);
	}
	net_settle(n);
	assert_true(net_both_ways(n));
	pe_close(n, 0);
	assert_false(flag(n, PE1, "ac", "PROMISC") || flag(n, PE1, "ac", "NOARP") || ipv6_off(n, PE1, "ac"));
	assert_int_not_equal(net_try(n, PE1, "bpftool net show | grep -q 'tw_'"), 0);
}

static void pins_of_another_namespace_stay(void **state)
{
	struct net *n = *state;
	enum ns was = n->pe[0].ns;

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	pe_close(n, 0);
	n->pe[0].ns = CE1;
	assert_int_equal(pe_try_open(n, 0, CAPACITY, n->bpf), -EBUSY);
	assert_non_null(strstr(n->pe[0].why, "another network namespace"));
	n->pe[0].dp = NULL;
	n->pe[0].ns = was;
	assert_true(net_both_ways(n));
	/* its devices gone, the namespace is as good as gone: litter, removed */
	net_sh(n, PE1, "ip link del ac; ip link del core");
	n->pe[0].ns = CE2;
	pe_open(n, 0, CAPACITY);
	assert_int_equal(n->pe[0].how, DP_FRESH);
}

/* As an ordinary user with the five capabilities the engine keeps (docs/design.md, section 6). */
static int as_nobody(struct net *n)
{
	struct dp_open o = { .bpf_dir = n->bpf, .run_dir = "/x/nobody", .capacity = CAPACITY };

	net_enter(n, PE1);
	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON,
		      CAP_NET_RAW, CAP_NET_BIND_SERVICE, -1);
	if (capng_change_id(65534, 65534, (capng_flags_t)(CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING)))
		return 2;
	n->loop = loop_new();
	int rc = dp_open(&n->pe[0].dp, n->loop, &o, &n->pe[0].how, n->pe[0].why);
	if (rc || n->pe[0].why[0]) {
		fprintf(stderr, "%d %s\n", rc, n->pe[0].why);
		return 3;
	}
	pe_apply(n, 0, PORT_MODE_CLSACT, PORT_MODE_XDP);
	net_settle(n);
	if (!net_both_ways(n))
		return 4;
	struct show_port p;
	if (!dp_show_port(n->pe[0].dp, n->pe[0].ac, &p) || strcmp(p.prepared, "ipv6 off, arp off, promiscuous"))
		return 5;
	struct cap c = { 0 };
	char path[96];
	snprintf(path, sizeof(path), "/tmp/%s.pcapng", strrchr(n->dir, '/') + 1);
	if (dp_capture_start(n->pe[0].dp, n->pe[0].core, "core", 2, false, path, cap_done, &c))
		return 6;
	bool both_ways = net_both_ways(n);
	net_run(n, cap_over, &c);
	unlink(path);
	if (!both_ways || c.frames != 2)
		return 7;
	dp_close(n->pe[0].dp);
	rc = dp_open(&n->pe[0].dp, n->loop, &o, &n->pe[0].how, n->pe[0].why);
	return rc || n->pe[0].how != DP_ADOPTED ? 8 : 0;
}

static void a_bpffs_of_others_is_named(void **state)
{
	struct net *n = *state;
	int status;

	fflush(NULL);
	pid_t child = fork();
	if (!child) {
		struct dp_open o = { .bpf_dir = n->bpf, .run_dir = "/x/cap", .capacity = CAPACITY };
		assert_int_equal(chmod(n->dir, 0755) | chmod(n->bpf, 0755), 0);
		capng_clear(CAPNG_SELECT_BOTH);
		int bad = capng_change_id(65534, 65534, CAPNG_DROP_SUPP_GRP);
		_exit(bad || dp_open(&n->pe[0].dp, n->loop, &o, &n->pe[0].how, n->pe[0].why) != -EACCES ||
		      !strstr(n->pe[0].why, "cannot be written"));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void an_unprivileged_engine_does_it_all(void **state)
{
	struct net *n = *state;
	int status;

	pe_open(n, 1, CAPACITY);
	pe_apply(n, 1, PORT_MODE_CLSACT, PORT_MODE_XDP);
	net_settle(n);
	assert_int_equal(chown(n->bpf, 65534, 65534), 0);
	assert_int_equal(chmod(n->dir, 0755), 0);
	fflush(NULL);
	pid_t child = fork();
	if (!child)
		_exit(as_nobody(n));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(chown(n->bpf, 0, 0), 0);
	assert_true(net_both_ways(n));			/* its engine is gone, its forwarding is not */
}

static void a_missing_capability_is_named(void **state)
{
	struct net *n = *state;

	fflush(NULL);
	pid_t child = fork();
	if (!child) {
		/* CAP_NET_ADMIN and CAP_PERFMON, but not CAP_BPF */
		capng_clear(CAPNG_SELECT_BOTH);
		capng_updatev(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_NET_ADMIN, CAP_PERFMON,
			      -1);
		struct dp_open o = { .bpf_dir = n->bpf, .run_dir = "/x/cap", .capacity = CAPACITY };
		enum dp_opened how;
		struct dp *d;
		char why[256];
		int bad = capng_apply(CAPNG_SELECT_CAPS) || dp_open(&d, n->loop, &o, &how, why) == 0 ||
			  !strstr(why, "CAP_BPF");
		_exit(bad);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_size_out_of_range_is_refused(void **state)
{
	struct net *n = *state;

	assert_int_equal(pe_try_open(n, 0, 63, n->bpf), -ERANGE);
	assert_int_equal(pe_try_open(n, 0, 1000001, n->bpf), -ERANGE);
	assert_non_null(strstr(n->pe[0].why, "64 to 1000000"));
	n->pe[0].dp = NULL;
}

/* ---- capture ---------------------------------------------------------------------------------------------------- */

static void capture_writes_what_passes(void **state)
{
	struct net *n = *state;
	struct cap c = { 0 };
	char path[96];

	snprintf(path, sizeof(path), "%s/c.pcapng", n->dir);
	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_int_equal(dp_capture_start(n->pe[0].dp, n->pe[0].core, "core", 4, false, path, cap_done, &c), 0);
	assert_int_equal(dp_capture_start(n->pe[0].dp, n->pe[0].core, "core", 4, false, path, cap_done, &c), -EBUSY);
	assert_true(net_both_ways(n) && net_both_ways(n));
	net_run(n, cap_over, &c);
	assert_int_equal(c.err, 0);
	assert_int_equal(c.frames, 4);
	net_sh(n, PE1,
	       "test $(tshark -r %s -d mpls.label==1001,pwethcw -d mpls.label==1000,pwethcw -Y 'mpls && pwethcw && "
	       "eth.type==0x88b5 && "
	       "frame.time_epoch > 1700000000' 2>/dev/null | wc -l) = 4",
	       path);
	net_sh(n, PE1, "test $(tshark -r %s -Y 'frame.packet_flags_direction==1' 2>/dev/null | wc -l) = 2", path);
	assert_int_equal(dp_capture_start(n->pe[0].dp, 1, "lo", 1, false, "/dev/null", cap_done, &c), -EINVAL);
}

static void capture_of_drops_says_why(void **state)
{
	struct net *n = *state;
	struct cap c = { 0 };
	char path[96];
	struct action down = { .kind = ACT_PW_LIVE, .live = { .index = TW_PW(1, 0), .up = false } };
	uint64_t drops[DROP__N];

	snprintf(path, sizeof(path), "%s/d.pcapng", n->dir);
	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_int_equal(dp_capture_start(n->pe[0].dp, n->pe[0].ac, "ac", 0, true, path, cap_done, &c), 0);
	assert_true(net_cross(n, 0, 1));
	assert_int_equal(dp_apply(n->pe[0].dp, &(struct actions){ .v = &down, .n = 1 }), 0);
	assert_false(net_cross(n, 0, 2));
	dp_capture_stop(n->pe[0].dp);
	assert_true(c.over);
	assert_int_equal(c.frames, 1);
	net_sh(n, PE1, "tshark -r %s -T fields -e frame.comment 2>/dev/null | grep -qx 'dropped: no-usable-pw'", path);
	dp_show_drops(n->pe[0].dp, drops);
	assert_int_equal(drops[DROP_NO_PW], 1);
	assert_int_equal(dp_show_last_drop(n->pe[0].dp, 1), DROP_NO_PW);
}

/* ---- flags -------------------------------------------------------------------------------------- */

static void cut_lowers_with_one_store(void **state)
{
	struct net *n = *state;
	uint8_t before;

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	struct dp *d = n->pe[0].dp;
	before = live_read(ROW(d, PATH_LIVE, struct tw_live, 1)).armed;
	uint64_t stores = watcher_stores(d->watcher);
	net_sh(n, PE2, "ip link set core down");
	for (int i = 0; i < 5000 && live_read(ROW(d, PATH_LIVE, struct tw_live, 1)).armed; i++)
		usleep(1000);
	assert_int_equal(live_read(ROW(d, PATH_LIVE, struct tw_live, 1)).armed, 0);
	assert_int_equal(watcher_stores(d->watcher) - stores, 1);
	/* decided on what was known before the fall: fails */
	pe_apply(n, 0, PORT_MODE_AUTO, PORT_MODE_AUTO);
	assert_int_equal(live_read(ROW(d, PATH_LIVE, struct tw_live, 1)).armed, 0);
	net_sh(n, PE2, "ip link set core up");
	net_settle(n);
	for (int i = 0; i < 5000 && !live_read(ROW(d, PATH_LIVE, struct tw_live, 1)).armed; i++) {
		net_settle(n);		/* lets the fall be told */
		pe_apply(n, 0, PORT_MODE_AUTO, PORT_MODE_AUTO);
		pe_apply(n, 1, PORT_MODE_AUTO, PORT_MODE_AUTO);
		usleep(1000);
	}
	assert_int_not_equal(live_read(ROW(d, PATH_LIVE, struct tw_live, 1)).armed, 0);
	assert_int_not_equal(live_read(ROW(d, PATH_LIVE, struct tw_live, 1)).armed, before);
	assert_true(net_both_ways(n));
}

struct moved {
	uint32_t n, circuit;
	uint8_t slot;
};

static void on_moved(void *arg, uint32_t circuit, uint8_t slot, uint64_t when)
{
	struct moved *m = arg;

	*m = (struct moved){ m->n + 1, circuit, slot };
	assert_true(when > 0);
}

static void a_fall_back_is_told_once(void **state)
{
	struct net *n = *state;
	struct actions a = { 0 };
	struct moved m = { 0 };

	both(n, PORT_MODE_AUTO, PORT_MODE_AUTO);
	pe_list(n, 0, PORT_MODE_AUTO, PORT_MODE_AUTO, &a);
	struct dp *d = n->pe[0].dp;
	a.v[0].circuit.slot[1] = a.v[0].circuit.slot[0];	/* a secondary by the same way */
	a.v[4].live.index = TW_PW(1, 1);
	a.v[5].steer.next[0] = TW_SECONDARY;
	assert_int_equal(dp_apply(d, &a), 0);
	struct action down = { .kind = ACT_PW_LIVE, .live = { .index = TW_PW(1, 0), .up = false } };
	assert_int_equal(dp_apply(d, &(struct actions){ .v = &down, .n = 1 }), 0);
	assert_true(net_cross(n, 0, 1) && net_cross(n, 0, 2));
	assert_false(dp_poll_seen(d, on_moved, &m));
	assert_false(dp_poll_seen(d, on_moved, &m));
	assert_int_equal(m.n, 1);
	assert_int_equal(m.circuit, 1);
	assert_int_equal(m.slot, TW_SECONDARY);
	a.v[5].steer.active = TW_SECONDARY;			/* the engine follows */
	assert_int_equal(dp_apply(d, &(struct actions){ .v = &a.v[5], .n = 1 }), 0);
	assert_true(net_cross(n, 0, 3));
	assert_false(dp_poll_seen(d, on_moved, &m));
	assert_int_equal(m.n, 1);
	assert_int_equal(ROW(d, SEEN, struct tw_seen, 1)->when, 0);
	free(a.v);
}

static uint32_t vlan_of(struct dp *d, uint16_t vid)
{
	struct tw_vlan_key key = { .ifindex = 77, .vid = vid, .tpid = 0x8100 };
	uint32_t circuit = 0;

	return sys_map_get(d->set.map[MAP_VLAN_AC].fd, &key, &circuit) ? 0 : circuit;
}

static int bind_vlan(struct dp *d, uint16_t vid, uint32_t circuit)
{
	struct action a = { .kind = ACT_VLAN_AC, .vlan_ac = { 77, vid, circuit } };

	return dp_apply(d, &(struct actions){ .v = &a, .n = 1 });
}

/* A row the kernel has no room for is written when it has, unless it is not wanted any more. */
static void a_failed_row_is_written_later(void **state)
{
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	struct dp *d = n->pe[0].dp;
	struct tw_vlan_key key = { .ifindex = 1000, .tpid = 0x8100 };
	const uint16_t one = 1001, two = 1002;
	const uint32_t circuit = 1;

	assert_int_equal(bind_vlan(d, 1, 1), 0);
	while (!sys_map_set(d->set.map[MAP_VLAN_AC].fd, &key, &circuit)) {	/* until it is full */
		key.vid++;
		key.ifindex += !key.vid;
	}
	assert_int_equal(bind_vlan(d, one, 1), -E2BIG);
	assert_int_equal(bind_vlan(d, two, 2), -E2BIG);
	assert_int_equal(dp_again(d), -E2BIG);
	assert_int_equal(d->n_failed, 2);
	assert_int_equal(bind_vlan(d, one, 0), 0);	/* taken back */
	assert_int_equal(d->n_failed, 1);
	assert_int_equal(bind_vlan(d, 1, 0), 0);
	assert_int_equal(dp_again(d), 0);
	assert_int_equal(vlan_of(d, one), 0);
	assert_int_equal(vlan_of(d, two), 2);
	assert_int_equal(d->n_failed, 0);
}

static void rows_out_of_range_are_refused(void **state)
{
	static const struct action bad[] = {
		{ .kind = ACT_CIRCUIT, .circuit = { .index = 0, .used = true } },
		{ .kind = ACT_CIRCUIT, .circuit = { .index = CAPACITY + 1, .used = true } },
		{ .kind = ACT_STEER, .steer = { .circuit = CAPACITY + 1 } },
		{ .kind = ACT_PW_LIVE, .live = { .index = (CAPACITY + 1) * 4 } },
		{ .kind = ACT_PATH, .path = { .index = 0, .used = true } },
		{ .kind = ACT_PATH, .path = { .index = TW_PATHS, .used = true } },
		{ .kind = ACT_PATH_LIVE, .live = { .index = TW_PATHS } },
		{ .kind = ACT_LABEL, .label = { .label = TW_LABELS, .kind = LABEL_POP } },
		{ .kind = ACT_LABEL, .label = { .label = 16, .kind = LABEL_PW, .index = CAPACITY + 1 } },
		{ .kind = ACT_LABEL, .label = { .label = 16, .kind = LABEL_SWAP, .index = TW_PATHS } },
		{ .kind = ACT_VLAN_AC, .vlan_ac = { .ifindex = 1, .vid = 1, .circuit = CAPACITY + 1 } },
		{ .kind = ACT_PORT, .port = { .ifindex = 0, .core = true } },
		{ .kind = ACT_PORT, .port = { .ifindex = 1, .ac = true, .circuit = CAPACITY + 1 } },
	};
	struct net *n = *state;

	pe_open(n, 0, CAPACITY);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct action v = bad[i];
		assert_int_equal(dp_apply(n->pe[0].dp, &(struct actions){ .v = &v, .n = 1 }), -ERANGE);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(fresh_forwards_and_counts),
		T(every_mode_forwards),
		T(the_plain_program_forwards_too),
		T(a_change_of_family_leaves_one),
		T(a_restart_adopts_and_writes_nothing),
		T(what_nobody_asks_for_is_swept),
		T(another_size_is_migrated_to),
		T(another_layout_is_migrated_to),
		T(an_ac_is_prepared_and_given_back),
		T(what_was_so_before_stays),
		T(a_device_that_returns_is_taken_up),
		T(an_absent_device_is_no_error),
		T(flush_removes_everything),
		T(without_bpffs_it_forwards_and_warns),
		T(pins_of_another_namespace_stay),
		T(a_missing_capability_is_named),
		T(another_form_is_migrated_to),
		T(sub_interfaces_are_swept_too),
		T(a_bpffs_of_others_is_named),
		T(an_unprivileged_engine_does_it_all),
		T(a_broken_off_migration_is_ended),
		T(another_size_while_running),
		T(a_smaller_size_keeps_slots_and_counts),
		T(a_size_out_of_range_is_refused),
		T(capture_writes_what_passes),
		T(capture_of_drops_says_why),
		T(cut_lowers_with_one_store),
		T(a_fall_back_is_told_once),
		T(rows_out_of_range_are_refused),
		T(a_failed_row_is_written_later),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
