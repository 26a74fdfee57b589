/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * twons.h: two namespaces joined by veth pairs, and the engine's five rights and no more in force while a test
 * runs. (Only the effective set is cut, so that the test can change its namespace.)
 */
#ifndef TW_TEST_TWONS_H
#define TW_TEST_TWONS_H

#include "netns.h"

#include <linux/capability.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define HERE IP(10, 0, 0, 1)
#define THERE IP(10, 0, 0, 2)

static struct {
	int before, here, there;
	uint32_t a, b;			/* the pair's ends, HERE/24 and THERE/24 */
} two;

static inline void rights(bool all)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	assert_int_equal(syscall(SYS_capget, &h, d), 0);
	d[0].effective = d[0].permitted;
	d[1].effective = d[1].permitted;
	if (!all) {
		d[0].effective &= 1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW | 1u << CAP_NET_BIND_SERVICE;
		d[1].effective &= 1u << (CAP_BPF - 32) | 1u << (CAP_PERFMON - 32);
	}
	assert_int_equal(syscall(SYS_capset, &h, d), 0);
}

static inline void go(int ns)		/* with the five rights */
{
	rights(true);
	ns_enter(ns);
	rights(false);
}

/* The kernel activates a device some time after its carrier is there; frames sent before are lost. */
static inline bool running(const char *name)
{
	struct ifreq r = { 0 };
	auto_fd fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	/* the look at the link waits for the lock under which all of it is done */
	return !ioctl(fd, SIOCGIFFLAGS, &r) && r.ifr_flags & IFF_RUNNING && index_of(name);
}

/* Another pair NAME (here) - NAME (there), IP/24 here and IP + 1 there; returns the index here. */
static inline uint32_t another_pair(const char *name, uint32_t ip, uint32_t *there)
{
	uint32_t a, b;

	go(two.here);
	assert_int_equal(veth_new((struct veth_end){ name, 0 }, (struct veth_end){ name, 0 }, two.there), 0);
	a = index_of(name);
	assert_int_equal(sys_link_up(a, true) | sys_addr(a, ip, 24, true), 0);
	go(two.there);
	b = index_of(name);
	assert_int_equal(sys_link_up(b, true) | sys_addr(b, ip + 1, 24, true), 0);
	assert_true(wait_for(running(name), nap()));
	go(two.here);
	assert_true(wait_for(running(name), nap()));
	if (there)
		*there = b;
	return a;
}

static inline int two_setup(void **state)
{
	(void)state;
	two.before = ns_now();
	two.there = ns_new();
	two.here = ns_new();
	two.a = another_pair("v", HERE, &two.b);
	return 0;
}

static inline int two_teardown(void **state)
{
	(void)state;
	rights(true);
	ns_enter(two.before);
	close(two.before);
	close(two.here);
	close(two.there);
	return 0;
}
#define TWO(fn) cmocka_unit_test_setup_teardown(fn, two_setup, two_teardown)

/* A counter of /proc/net/netstat of the current namespace. */
static inline long netstat(const char *name)
{
	FILE *f = fopen("/proc/thread-self/net/netstat", "re");
	char names[8192], values[8192], *n_at = NULL, *v_at = NULL;
	long found = -1;

	assert_non_null(f);
	while (found < 0 && fgets(names, sizeof(names), f) && fgets(values, sizeof(values), f)) {
		char *n = strtok_r(names, " \n", &n_at), *v = strtok_r(values, " \n", &v_at);

		for (; n && v; n = strtok_r(NULL, " \n", &n_at), v = strtok_r(NULL, " \n", &v_at))
			if (!strcmp(n, name))
				found = atol(v);
	}
	fclose(f);
	assert_true(found >= 0);
	return found;
}

static inline bool readable(int fd)		/* or ended */
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 1) == 1;
}

#endif
