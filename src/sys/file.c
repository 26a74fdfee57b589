/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.c: whole files and locks.
 */
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"

/* ---- reading ----------------------------------------------------------------------------- */

/* The size is found by reading: /proc and pipes do not tell it. */
int sys_file_read(const char *path, size_t max, char **ret, size_t *ret_len)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	auto_free char *buf = NULL;
	size_t len = 0, room = 0;

	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t n;

		if (room - len < 2) {
			size_t more = room ? room * 2 : 4096;
			char *p = realloc(buf, more);

			if (!p)
				return -ENOMEM;
			buf = p;
			room = more;
		}
		n = read(fd, buf + len, room - len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
	}
	buf[len] = 0;
	*ret = buf;
	*ret_len = len;
	buf = NULL;
	return 0;
}

/* ---- writing ----------------------------------------------------------------------------- */

static int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int fill(int fd, const void *data, size_t len, uint32_t mode)
{
	int rc = sys_fault("file.write");

	if (!rc)
		rc = write_all(fd, data, len);
	if (!rc && fchmod(fd, (mode_t)mode))
		rc = -errno;
	if (!rc)
		rc = sys_fault("file.sync");
	if (!rc && fsync(fd))
		rc = -errno;
	return rc;
}

static int sync_dir_of(const char *path)
{
	char dir[PATH_MAX];
	auto_fd fd = -1;

	snprintf(dir, sizeof(dir), "%s", path);
	fd = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? -errno : 0;
}

int sys_file_replace(const char *path, const void *data, size_t len, uint32_t mode)
{
	auto_free char *real = realpath(path, NULL);
	const char *target = real ? real : path;
	char tmp[PATH_MAX];
	auto_fd fd = -1;
	int rc;

	if (snprintf(tmp, sizeof(tmp), "%s.XXXXXX", target) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = fill(fd, data, len, mode);
	if (!rc)
		rc = sys_fault("file.rename");
	if (!rc && rename(tmp, target))
		rc = -errno;
	if (rc) {
		unlink(tmp);
		return rc;
	}
	return sync_dir_of(target);
}

int sys_file_append(int fd, const void *data, size_t len)
{
	struct stat st;
	int rc = fstat(fd, &st) ? -errno : sys_fault("append.write");

	if (!rc)
		rc = write_all(fd, data, len);
	if (!rc)
		rc = sys_fault("append.sync");
	if (!rc && fdatasync(fd))
		rc = -errno;
	if (rc && ftruncate(fd, st.st_size) == 0)
		fsync(fd);
	return rc;
}

/* ---- the lock ---------------------------------------------------------------------------- */

static int read_pid(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
}

int sys_lock_take(const char *path, int *ret_fd, int *owner)
{
	auto_fd fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	/* of the open file, not of the process: closing another descriptor does not lose it */
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[16];
	int n;

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_OFD_SETLK, &whole)) {
		if (errno != EAGAIN && errno != EACCES)
			return -errno;
		*owner = read_pid(fd);
		return -EBUSY;
	}
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n)
		return errno ? -errno : -EIO;
	*ret_fd = fd_give(&fd);
	return 0;
}

/* ---- faults ------------------------------------------------------------------------------ */

#ifdef TW_FAULTS
int sys_fault(const char *point)
{
	static unsigned int passes;
	const char *want = getenv("TW_FAULT");
	char name[64], what[16];
	unsigned int n;

	if (!want || sscanf(want, "%63[^:]:%u:%15s", name, &n, what) != 3 || strcmp(name, point) || ++passes != n)
		return 0;
	if (!strcmp(what, "die"))
		raise(SIGKILL);
	return -atoi(what);
}
#endif
