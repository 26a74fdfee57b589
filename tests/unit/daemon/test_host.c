/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configuration adds to Linux and takes away again: only what was added, also over a crash.
 * The kernel is a small picture kept by the fakes below.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cfg/store.h"
#include "daemon/engine.h"
#include "sys/file.h"

/* ---- the kernel ---------------------------------------------------------------------------- */

static struct sys_link eth1;
static char has[32][64];		/* "addr 2 10.0.0.1/24" ... */
static int n_has;

static bool there(const char *what)
{
	for (int i = 0; i < n_has; i++)
		if (!strcmp(has[i], what))
			return true;
	return false;
}

static int change(bool add, const char *what)
{
	for (int i = 0; i < n_has; i++) {
		if (strcmp(has[i], what))
			continue;
		if (add)
			return -EEXIST;
		memmove(has[i], has[--n_has], sizeof(has[i]));
		return 0;
	}
	if (!add)
		return -ESRCH;
	snprintf(has[n_has++], sizeof(has[0]), "%s", what);
	return 0;
}

int sys_addr(uint32_t ifindex, uint32_t ip, uint8_t len, bool add)
{
	char what[64];

	snprintf(what, sizeof(what), "addr %u %x/%u", ifindex, ip, len);
	return change(add, what);
}

int sys_route(uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric, bool add)
{
	char what[64];

	snprintf(what, sizeof(what), "route %x/%u %x %u %u", dest, len, nexthop, ifindex, metric);
	return change(add, what);
}

int sys_neigh_managed(uint32_t ifindex, uint32_t ip, bool keep)
{
	char what[64];

	snprintf(what, sizeof(what), "neigh %u %x", ifindex, ip);
	return change(keep, what) == -ESRCH ? -ESRCH : 0;
}

int sys_link_mtu(uint32_t ifindex, uint32_t mtu)
{
	assert_int_equal(ifindex, eth1.ifindex);
	eth1.mtu = mtu;
	return 0;
}

int sys_link_up(uint32_t ifindex, bool up)
{
	assert_int_equal(ifindex, eth1.ifindex);
	eth1.admin_up = up;
	return 0;
}

int sys_link_by_name(const char *name, struct sys_link *out)
{
	if (strcmp(name, eth1.name))
		return -ENODEV;
	*out = eth1;
	return 0;
}

int sys_link_get(uint32_t ifindex, struct sys_link *out)
{
	if (ifindex != eth1.ifindex)
		return -ENODEV;
	*out = eth1;
	return 0;
}

/* The mark is on everything here. */
int sys_addr_ours(void (*fn)(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len), void *arg)
{
	unsigned int ifindex, ip, len;

	for (int i = 0; i < n_has; i++)
		if (sscanf(has[i], "addr %u %x/%u", &ifindex, &ip, &len) == 3)
			fn(arg, ifindex, ip, (uint8_t)len);
	return 0;
}

int sys_neigh_ours(void (*fn)(void *arg, uint32_t ifindex, uint32_t ip), void *arg)
{
	unsigned int ifindex, ip;

	for (int i = 0; i < n_has; i++)
		if (sscanf(has[i], "neigh %u %x", &ifindex, &ip) == 2)
			fn(arg, ifindex, ip);
	return 0;
}

int sys_route_ours(void (*fn)(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex,
			      uint32_t metric), void *arg)
{
	unsigned int dest, len, nexthop, ifindex, metric;

	for (int i = 0; i < n_has; i++)
		if (sscanf(has[i], "route %x/%u %x %u %u", &dest, &len, &nexthop, &ifindex, &metric) == 5)
			fn(arg, dest, (uint8_t)len, nexthop, ifindex, metric);
	return 0;
}

int sys_vlan_add(uint32_t parent, uint16_t vid, const char *name, uint32_t *ifindex)
{
	(void)parent, (void)vid, (void)name, (void)ifindex;
	return -EOPNOTSUPP;
}

int sys_vlan_del(uint32_t ifindex)
{
	(void)ifindex;
	return -ENODEV;
}

/* ---- the engine around it -------------------------------------------------------------------- */

static struct trie *running;

const struct trie *cfg_running(const struct cfg *c)
{
	(void)c;
	return running;
}

const char *names_device(const struct names *n, const char *ifname)
{
	(void)n;
	return ifname;
}

const char *names_operator(const struct names *n, const char *device)
{
	(void)n;
	return device;
}

static char dir[64];
static struct engine e;
static bool core_wants;			/* what core_seed_ac_down() answers */
static char seeded[IFNAME_LEN];

bool core_seed_ac_down(struct core *c, const char *ifname)
{
	(void)c;
	snprintf(seeded, sizeof(seeded), "%s", ifname);
	return core_wants;
}

static void protection(bool down)
{
	struct act_ac_down a = { .name = "eth1", .down = down };

	host_ac_down(&e, &a);
}

static struct m_interface with_address(uint32_t ip, uint8_t len)
{
	static struct m_addr a[4];
	static unsigned int n;
	struct m_addr *one = &a[n++ % 4];

	*one = (struct m_addr){ .ip = ip, .len = len };
	return (struct m_interface){ .name = "eth1", .n_addr = 1, .addr = one };
}

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/tw-host-XXXXXX");
	assert_non_null(mkdtemp(dir));
	n_has = 0;
	eth1 = (struct sys_link){ .ifindex = 2, .name = "eth1", .mtu = 1500, .admin_up = true };
	e.host = host_new(dir);
	return e.host ? 0 : -1;
}

static int teardown(void **state)
{
	char path[96];

	(void)state;
	host_free(e.host);
	snprintf(path, sizeof(path), "%s/host", dir);
	unlink(path);
	return rmdir(dir);
}

static void again(void)			/* the engine dies and another starts */
{
	host_free(e.host);
	e.host = host_new(dir);
	assert_non_null(e.host);
}

static void address_comes_and_goes(void **state)
{
	struct m_interface m = with_address(0x0a000001, 24);

	(void)state;
	host_interface(&e, NULL, &m);
	assert_true(there("addr 2 a000001/24"));
	assert_true(host_added(e.host, 2, 0x0a000001, 24));
	host_interface(&e, &m, NULL);
	assert_int_equal(n_has, 0);
}

static void found_address_is_not_ours(void **state)
{
	struct m_interface m = with_address(0x0a000001, 24);

	(void)state;
	sys_addr(2, 0x0a000001, 24, true);
	host_interface(&e, NULL, &m);
	assert_false(host_added(e.host, 2, 0x0a000001, 24));
	host_interface(&e, &m, NULL);
	assert_true(there("addr 2 a000001/24"));
}

static void circuit_has_no_address(void **state)
{
	struct m_interface m = with_address(0x0a000001, 24), ac = m;

	(void)state;
	host_interface(&e, NULL, &m);
	ac.pw[0].present = true;
	host_interface(&e, &m, &ac);
	assert_int_equal(n_has, 0);
	host_interface(&e, &ac, &m);
	assert_true(there("addr 2 a000001/24"));
}

static void mtu_and_admin_go_back(void **state)
{
	struct m_interface m = { .name = "eth1", .mtu = 9000, .shutdown = true };

	(void)state;
	host_interface(&e, NULL, &m);
	assert_int_equal(eth1.mtu, 9000);
	assert_false(eth1.admin_up);
	again();
	host_interface(&e, &m, NULL);
	assert_int_equal(eth1.mtu, 1500);
	assert_true(eth1.admin_up);
}

static void port_set_down_by_others_comes_up_with_its_configuration(void **state)
{
	struct m_interface m = { .name = "eth1" };

	(void)state;
	eth1.admin_up = false;
	host_interface(&e, NULL, &m);
	assert_true(eth1.admin_up);
	eth1.admin_up = false;		/* somebody's ip link set */
	host_interface(&e, &m, &m);
	assert_true(eth1.admin_up);
	host_interface(&e, &m, NULL);
	assert_false(eth1.admin_up);	/* as it was found */
}

static void restart_removes_what_nobody_wants(void **state)
{
	struct m_interface a = with_address(0x0a000001, 24), b = with_address(0x0a000002, 24);

	(void)state;
	host_interface(&e, NULL, &a);
	host_neigh(&e, 2, 0x0a000009, true);
	again();
	host_interface(&e, NULL, &b);
	host_settled(&e);
	assert_true(there("addr 2 a000002/24"));
	assert_int_equal(n_has, 1);
}

static void told(void *arg, const char *what)
{
	strcat(arg, what);
	strcat(arg, ";");
}

static void flush_takes_all_back(void **state)
{
	struct m_interface m = with_address(0x0a000001, 24);
	struct m_route r = { .dest = 0x0b000000, .len = 8, .nexthop = 0x0a000002 };
	char text[512] = "";

	(void)state;
	m.mtu = 2000;
	host_interface(&e, NULL, &m);
	host_route(&e, NULL, &r);
	host_neigh(&e, 2, 0x0a000002, true);
	assert_int_equal(n_has, 3);
	host_free(e.host);
	host_flush(dir, told, text);
	assert_int_equal(n_has, 0);
	assert_int_equal(eth1.mtu, 1500);
	assert_non_null(strstr(text, "address 10.0.0.1/24 on eth1;"));
	assert_non_null(strstr(text, "route 11.0.0.0/8"));
	assert_non_null(strstr(text, "neighbour 10.0.0.2/32 on eth1;"));
	assert_non_null(strstr(text, "mtu of eth1 back to 1500;"));
	e.host = host_new(dir);
}

/* What a lost record leaves behind is told, and not touched: it may be another engine's. */
static void what_is_left_is_told(void **state)
{
	char text[512] = "";

	(void)state;
	host_left(told, text);
	assert_string_equal(text, "");
	sys_addr(2, 0x0a000001, 24, true);
	sys_route(0x0b000000, 8, 0x0a000002, 0, 60, true);
	host_flush(dir, told, text);
	host_left(told, text);
	assert_string_equal(text, "address 10.0.0.1/24 on eth1;route 11.0.0.0/8 on -;");
	assert_int_equal(n_has, 2);
}

/* A device that comes gets what is configured on it; others are not looked at, however many there are. */
static void device_gets_what_is_its_own(void **state)
{
	uint64_t visited;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		struct m_interface *m = object_new(OBJ_INTERFACE);

		assert_non_null(m);
		snprintf(m->name, sizeof(m->name), i ? "eth2.%u" : "eth1", i);
		snprintf(m->parent, sizeof(m->parent), i ? "eth2" : "");
		m->mtu = 2000;
		assert_int_equal(store_put(&running, OBJ_INTERFACE, m), 0);
		ref_put(m);
	}
	visited = trie_cost()->visited;
	host_device(&e, &eth1, true);
	assert_int_equal(eth1.mtu, 2000);
	eth1.mtu = 1500;
	host_device(&e, &eth1, false);
	assert_int_equal(eth1.mtu, 1500);
	assert_in_range(trie_cost()->visited - visited, 0, 20);
	ref_put(running);
	running = NULL;
}

/* ---- ports that protection holds down ---- */

enum { ABSENT, UP, SHUTDOWN };

/* In the file, as the next engine reads it. */
static int records(void)
{
	char path[96], line[96];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/host", dir);
	f = fopen(path, "re");
	while (fgets(line, sizeof(line), f))
		n += line[0] == '+' ? 1 : -1;
	fclose(f);
	return n;
}

/* eth1 is configured so now. */
static void configure(int how)
{
	static int was = ABSENT;
	struct m_interface *m = object_new(OBJ_INTERFACE), old = { .name = "eth1", .shutdown = was == SHUTDOWN };

	snprintf(m->name, sizeof(m->name), "eth1");
	m->shutdown = how == SHUTDOWN;
	ref_put(running);
	running = NULL;
	if (how != ABSENT)
		assert_int_equal(store_put(&running, OBJ_INTERFACE, m), 0);
	host_interface(&e, was == ABSENT ? NULL : &old, how == ABSENT ? NULL : m);
	was = how;
	ref_put(m);
}

static void forced_down_and_released(void **state)
{
	(void)state;
	configure(UP);
	protection(true);
	assert_false(eth1.admin_up);
	protection(true);
	configure(UP);			/* any other line of it changes */
	assert_false(eth1.admin_up);
	protection(false);
	assert_true(eth1.admin_up);
	protection(false);
	configure(ABSENT);
	assert_true(eth1.admin_up);
	assert_int_equal(records(), 0);
}

/* `shutdown` of the operator takes over, and what comes of it is his. */
static void shutdown_takes_over(void **state)
{
	(void)state;
	configure(UP);
	protection(true);
	configure(SHUTDOWN);
	assert_false(eth1.admin_up);
	protection(false);
	assert_false(eth1.admin_up);
	configure(UP);
	assert_true(eth1.admin_up);
	protection(true);
	configure(ABSENT);		/* what it was before there was a configuration */
	assert_true(eth1.admin_up);
	assert_int_equal(records(), 0);
	eth1.admin_up = false;
	configure(UP);
	protection(true);
	configure(ABSENT);
	assert_false(eth1.admin_up);
	assert_int_equal(records(), 0);
}

static void forced_over_a_restart(void **state)
{
	(void)state;
	configure(UP);
	protection(true);
	again();
	core_wants = true;
	host_seed(&e);
	assert_string_equal(seeded, "eth1");
	configure(UP);
	host_settled(&e);
	assert_false(eth1.admin_up);
	protection(false);
	assert_true(eth1.admin_up);
	protection(true);
	again();
	core_wants = false;		/* the command is gone */
	host_seed(&e);
	assert_true(eth1.admin_up);
	protection(true);
	again();
	configure(SHUTDOWN);
	host_seed(&e);
	assert_false(eth1.admin_up);
	configure(UP);
	assert_true(eth1.admin_up);
	configure(ABSENT);
	assert_int_equal(records(), 0);
}

static void forced_once_more_on_another_device(void **state)
{
	(void)state;
	eth1.name[0] = 'x';
	configure(UP);
	protection(true);
	assert_true(eth1.admin_up);
	eth1.name[0] = 'e';
	host_device(&e, &eth1, true);	/* it comes */
	assert_false(eth1.admin_up);
	eth1.ifindex = 7;		/* is made anew */
	eth1.admin_up = true;
	host_device(&e, &eth1, true);
	assert_false(eth1.admin_up);
	assert_int_equal(records(), 1);
	eth1.admin_up = true;		/* somebody's ip link set */
	host_device(&e, &eth1, false);
	assert_false(eth1.admin_up);
	assert_int_equal(records(), 1);
	again();			/* and is not there any more at the next start */
	eth1.ifindex = 8;
	host_seed(&e);
	assert_int_equal(records(), 0);
	configure(ABSENT);
}

static void flush_releases(void **state)
{
	char text[512] = "";

	(void)state;
	configure(UP);
	protection(true);
	host_free(e.host);
	host_flush(dir, told, text);
	assert_string_equal(text, "eth1 set up again, which protection held down;");
	assert_true(eth1.admin_up);
	eth1.admin_up = false;		/* it was down once, which comes back */
	e.host = host_new(dir);
	configure(ABSENT);
	configure(UP);
	protection(true);
	host_free(e.host);
	host_flush(dir, told, text);
	assert_false(eth1.admin_up);
	e.host = host_new(dir);
	configure(ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(address_comes_and_goes), T(found_address_is_not_ours), T(circuit_has_no_address),
		T(mtu_and_admin_go_back), T(port_set_down_by_others_comes_up_with_its_configuration),
		T(restart_removes_what_nobody_wants), T(flush_takes_all_back), T(device_gets_what_is_its_own),
		T(what_is_left_is_told), T(forced_down_and_released), T(shutdown_takes_over), T(forced_over_a_restart),
		T(forced_once_more_on_another_device), T(flush_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
