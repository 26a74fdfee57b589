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

/* The end of @fd is brought to @at. */
static int end_at(int fd, uint64_t at)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if ((uint64_t)st.st_size < at)
		return -ESTALE;
	return (uint64_t)st.st_size > at && ftruncate(fd, (off_t)at) ? -errno : 0;
}

int sys_file_write(const char *path, uint64_t at, const void *data, size_t len, uint32_t mode)
{
	auto_fd fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | (at ? 0 : O_CREAT), (mode_t)mode);
	int rc;

	if (fd < 0)
		return errno == ENOENT && at ? -ESTALE : -errno;
	rc = end_at(fd, at);
	if (rc)
		return rc;
	rc = sys_fault("append.write");
	if (!rc)
		rc = write_all(fd, data, len);
	if (!rc)
		rc = sys_fault("append.sync");
	if (!rc && (at ? fdatasync(fd) : fsync(fd)))
		rc = -errno;
	if (!rc && !at)
		rc = sync_dir_of(path);
	if (rc && ftruncate(fd, (off_t)at) == 0)
		fsync(fd);
	return rc;
}

int sys_file_rename(const char *from, const char *to)
{
	int rc = sys_fault("journal.rename");

	if (!rc && rename(from, to))
		rc = -errno;
	if (!rc)
		rc = sys_fault("journal.renamed");
	return rc ? rc : sync_dir_of(to);
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
