/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netns.h: a test in a network namespace of its own. Nothing has a name in the file system: the
 * namespaces end with the descriptors and the process, however it ends.
 */
#ifndef TW_TEST_NETNS_H
#define TW_TEST_NETNS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "base/fd.h"
#include "sys/link.h"
#include "sys/nl.h"

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define BOUND_MS 5000			/* of every wait; none should come near it */

static inline int ns_now(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static inline void ns_enter(int fd)
{
	assert_int_equal(setns(fd, CLONE_NEWNET), 0);
}

/* A fresh namespace, entered; lo is up. Returns its descriptor. */
static inline int ns_new(void)
{
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(sys_link_up(1, true), 0);
	return ns_now();
}

struct veth_end {
	const char *name;
	uint32_t ifindex;		/* wanted; 0: the kernel chooses */
};

/* A veth pair: @a in the current namespace, @b in @ns_b (-1: also here). 0 or -errno. */
static inline int veth_new(struct veth_end a, struct veth_end b, int ns_b)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	struct nlattr *info, *data, *peer;
	struct ifinfomsg *ifi;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(*ifi), &extra);

	ifi = extra;
	ifi->ifi_index = (int)a.ifindex;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, a.name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	ifi = mnl_nlmsg_get_payload_tail(nlh);
	memset(ifi, 0, sizeof(*ifi));
	ifi->ifi_index = (int)b.ifindex;
	nlh->nlmsg_len += MNL_ALIGN(sizeof(*ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, b.name);
	if (ns_b >= 0)
		mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)ns_b);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

static inline uint32_t index_of(const char *name)
{
	struct sys_link l;

	return sys_link_by_name(name, &l) ? 0 : l.ifindex;
}

/* A veth pair a - b in this namespace, both up, without IPv6: nothing but the test's frames crosses. */
static inline void pair_up(uint32_t *a, uint32_t *b)
{
	assert_int_equal(veth_new((struct veth_end){ "a", 0 }, (struct veth_end){ "b", 0 }, -1), 0);
	*a = index_of("a");
	*b = index_of("b");
	assert_int_equal(sys_link_ipv6("a", false), 0);
	assert_int_equal(sys_link_ipv6("b", false), 0);
	assert_int_equal(sys_link_up(*a, true), 0);
	assert_int_equal(sys_link_up(*b, true), 0);
}

static inline uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

/* Looks for @cond in short turns, at most BOUND_MS; the value of @cond at the end. */
#define wait_for(cond, turn)                                                        \
	({                                                                          \
		uint64_t wait_end = now_ms() + BOUND_MS;                            \
		while (!(cond) && now_ms() < wait_end)                              \
			turn;                                                       \
		!!(cond);                                                           \
	})
#define nap() poll(NULL, 0, 1)

/* Each case in a namespace of its own (setup), the old one entered again (teardown). */
static inline int case_setup(void **state)
{
	int *before = malloc(sizeof(*before));

	*before = ns_now();
	close(ns_new());
	*state = before;
	return 0;
}

static inline int case_teardown(void **state)
{
	int *before = *state;

	ns_enter(*before);
	close(*before);
	free(before);
	return 0;
}
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, case_setup, case_teardown)

static inline void need_root(void)
{
	if (geteuid()) {
		fprintf(stderr, "needs root\n");
		exit(1);
	}
}

#endif
