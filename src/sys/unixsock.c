/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unixsock.c: listening on, accepting from and connecting to UNIX stream sockets.
 */
#include "sys/unixsock.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/fd.h"

static int address(const char *path, struct sockaddr_un *sa)
{
	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	if (!path[0])
		return -EINVAL;
	if (strlen(path) >= sizeof(sa->sun_path))
		return -ENAMETOOLONG;
	strcpy(sa->sun_path, path);
	return 0;
}

static int remove_stale(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	return unlink(path) ? -errno : 0;
}

int sys_unix_listen(const char *path)
{
	struct sockaddr_un sa;
	auto_fd fd = -1;
	int rc = address(path, &sa);

	if (!rc)
		rc = remove_stale(path);
	if (rc)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* mode before bind, so that there is no moment with more rights; chmod after, for a tight umask */
	if (fd < 0 || fchmod(fd, 0660) || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || chmod(path, 0660) ||
	    listen(fd, 64))
		return -errno;
	return fd_give(&fd);
}

int sys_unix_accept(int fd, struct sys_peer *peer)
{
	auto_fd got = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (got < 0)
		return errno == ECONNABORTED ? -EAGAIN : -errno;
	if (getsockopt(got, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return -errno;
	if (peer)
		*peer = (struct sys_peer){ cred.pid, cred.uid, cred.gid };
	return fd_give(&got);
}

int sys_unix_connect(const char *path)
{
	struct sockaddr_un sa;
	auto_fd fd = -1;
	int rc = address(path, &sa);

	if (rc)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		return -errno;
	return fd_give(&fd);
}

/* ---- who is at the other end -------------------------------------------------------------------- */

bool sys_user_name(uid_t uid, char *out, size_t len)
{
	FILE *f = fopen("/etc/passwd", "re");
	struct passwd pw, *hit = NULL;
	char buf[1024];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgetpwent_r(f, &pw, buf, sizeof(buf), &hit) == 0)
		found = hit->pw_uid == uid;
	if (found)
		snprintf(out, len, "%s", hit->pw_name);
	fclose(f);
	return found;
}

#define PTS_MAJOR_FIRST	136		/* ... to 143 */
#define TTY_MAJOR	4

bool sys_terminal(pid_t pid, char *out, size_t len)
{
	char path[64], stat[512] = "";
	unsigned int dev = 0, major, minor;
	const char *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	p = fgets(stat, sizeof(stat), f) ? strrchr(stat, ')') : NULL;	/* the name may hold anything */
	fclose(f);
	if (!p || sscanf(p + 1, " %*c %*d %*d %*d %u", &dev) != 1 || !dev)
		return false;
	major = dev >> 8 & 0xfff;
	minor = (dev & 0xff) | (dev >> 12 & 0xfff00);
	if (major >= PTS_MAJOR_FIRST && major < PTS_MAJOR_FIRST + 8)
		snprintf(out, len, "pts/%u", (major - PTS_MAJOR_FIRST) * 256 + minor);
	else if (major == TTY_MAJOR)
		snprintf(out, len, minor < 64 ? "tty%u" : "ttyS%u", minor < 64 ? minor : minor - 64);
	else
		return false;
	return true;
}
