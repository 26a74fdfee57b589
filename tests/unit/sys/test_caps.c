/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rights that are kept, from root, from root to a user, and from ambient capabilities. Each in a
 * child: rights do not come back.
 */
#include "netns.h"

#include <cap-ng.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "sys/file.h"

static const unsigned int five[] = { CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON, CAP_NET_RAW, CAP_NET_BIND_SERVICE };

static int in_child(int (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(fn());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

/* 0: exactly the five, and no way to more */
static int only_five(void)
{
	capng_get_caps_process();
	for (unsigned int c = 0; c <= CAP_LAST_CAP; c++) {
		int want = 0;

		for (int i = 0; i < 5; i++)
			want |= five[i] == c;
		if (!!capng_have_capability(CAPNG_EFFECTIVE, c) != want ||
		    !!capng_have_capability(CAPNG_PERMITTED, c) != want ||
		    capng_have_capability(CAPNG_INHERITABLE, c))
			return 10;
	}
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 11;
}

static int keep_as_root(void)
{
	const char *missing = NULL;

	if (sys_caps_keep(&missing) || missing)
		return 1;
	return only_five();
}

static int become_nobody(void)
{
	const struct passwd *pw = getpwnam("nobody");
	uid_t uid = pw->pw_uid;
	const char *missing = NULL;
	bool may_raise = !capng_get_caps_process() && capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_RESOURCE);
	struct rlimit r;

	if (sys_user_drop("nobody", &missing))
		return 1;
	if (getuid() != uid || geteuid() != uid || !setuid(0))
		return 2;
	getrlimit(RLIMIT_RTPRIO, &r);
	for (int c = 0; c <= CAP_LAST_CAP; c++)		/* what we execute may have CAP_NET_RAW, nothing else */
		if (prctl(PR_CAPBSET_READ, c, 0, 0, 0) != (c == CAP_NET_RAW))
			return 4;
	if (may_raise && r.rlim_cur != SYS_RT_PRIORITY)	/* a container may lack the right to */
		return 3;
	return only_five();
}

static int by_number(void)
{
	const char *missing = NULL;
	char text[16];

	snprintf(text, sizeof(text), "%u", (unsigned int)getpwnam("nobody")->pw_uid);
	if (sys_user_drop("no-such-user-here", &missing) != -ENOENT || sys_user_drop("", &missing) != -ENOENT)
		return 1;
	return sys_user_drop(text, &missing) ? 2 : only_five();
}

/* As systemd starts a service with User= and AmbientCapabilities=. */
static int ambient(unsigned int without)
{
	const char *missing = NULL;
	int rc;

	capng_clear(CAPNG_SELECT_BOTH);
	for (int i = 0; i < 5; i++)
		if (five[i] != without)
			capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE, five[i], -1);
	if (capng_change_id((int)getpwnam("nobody")->pw_uid, 65534, CAPNG_DROP_SUPP_GRP))
		return 1;
	for (int i = 0; i < 5; i++)
		if (five[i] != without && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, five[i], 0, 0))
			return 2;
	rc = sys_caps_keep(&missing);
	if (without)
		return rc == -EPERM && missing && !strcmp(missing, "CAP_BPF") ? 0 : 3;
	if (rc || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_BPF, 0, 0))
		return 4;
	return only_five();
}

static int with_ambient(void)
{
	return ambient(0);
}

static int without_bpf(void)
{
	return ambient(CAP_BPF);
}

/* What the five are good for, in a namespace whose owner is root: devices, and /proc/sys. */
static int poor_but_able(void)
{
	const char *missing = NULL;
	uint32_t a, b;
	bool on = true;

	ns_new();
	if (sys_user_drop("nobody", &missing))
		return 1;
	pair_up(&a, &b);
	if (sys_link_ipv6("a", true) || sys_link_ipv6("a", false) || sys_link_ipv6_get("a", &on) || on)
		return 2;
	if (sys_addr(a, IP(10, 1, 1, 1), 24, true) || sys_neigh_managed(a, IP(10, 1, 1, 2), true) ||
	    sys_route(IP(3, 3, 3, 3), 32, IP(10, 1, 1, 2), a, 60, true))
		return 3;
	return sys_netns_inode() ? 0 : 4;
}

#define CHILD(fn) static void fn##_works(void **state) { (void)state; assert_int_equal(in_child(fn), 0); }
CHILD(keep_as_root)
CHILD(become_nobody)
CHILD(by_number)
CHILD(with_ambient)
CHILD(without_bpf)
CHILD(poor_but_able)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keep_as_root_works),
		cmocka_unit_test(become_nobody_works),
		cmocka_unit_test(by_number_works),
		cmocka_unit_test(with_ambient_works),
		cmocka_unit_test(without_bpf_works),
		cmocka_unit_test(poor_but_able_works),
	};

	need_root();
	return cmocka_run_group_tests_name("caps", tests, NULL, NULL);
}
