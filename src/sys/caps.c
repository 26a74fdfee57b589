/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * caps.c: the few rights that are kept, and the way to an unprivileged user.
 */
#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "sys/file.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

static const struct {
	unsigned int cap;
	const char *name;
} kept[] = {
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
	{ CAP_BPF, "CAP_BPF" },
	{ CAP_PERFMON, "CAP_PERFMON" },
	{ CAP_NET_RAW, "CAP_NET_RAW" },
	{ CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE" },
};
#define N_KEPT (sizeof(kept) / sizeof(kept[0]))

static int have_all(const char **missing)
{
	if (capng_get_caps_process())
		return -EIO;
	for (unsigned int i = 0; i < N_KEPT; i++) {
		if (!capng_have_capability(CAPNG_PERMITTED, kept[i].cap)) {
			*missing = kept[i].name;
			return -EPERM;
		}
	}
	return 0;
}

static void choose(void)
{
	capng_clear(CAPNG_SELECT_ALL);
	for (unsigned int i = 0; i < N_KEPT; i++)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i].cap);
}

/* Programs of the system that we execute (spawn.h) may have CAP_NET_RAW, nothing else. */
static int bound(void)
{
	capng_update(CAPNG_ADD, CAPNG_BOUNDING_SET, CAP_NET_RAW);
	return capng_apply(CAPNG_SELECT_BOUNDS);
}

static void allow_real_time(void)
{
	struct rlimit r = { SYS_RT_PRIORITY, SYS_RT_PRIORITY };

	setrlimit(RLIMIT_RTPRIO, &r);
}

int sys_caps_keep(const char **missing)
{
	int rc = have_all(missing);

	if (rc)
		return rc;
	allow_real_time();
	choose();
	/* the bounding set needs CAP_SETPCAP, which only root has; without new privileges nobody gets more than we keep */
	if (capng_apply(CAPNG_SELECT_CAPS) || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -EPERM;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

static int find_user(const char *user, uid_t *uid, gid_t *gid)
{
	const struct passwd *pw = getpwnam(user);
	char *end;
	unsigned long n = strtoul(user, &end, 10);

	if (!pw && *user && !*end)
		pw = getpwuid((uid_t)n);
	if (!pw)
		return -ENOENT;
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return 0;
}

int sys_user_drop(const char *user, const char **missing)
{
	uid_t uid;
	gid_t gid;
	int rc = find_user(user, &uid, &gid);

	if (!rc)
		rc = have_all(missing);
	if (rc)
		return rc;
	allow_real_time();
	choose();
	if (bound() || capng_change_id((int)uid, (int)gid, CAPNG_INIT_SUPP_GRP))
		return -EPERM;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}
