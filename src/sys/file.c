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

static int write_some(int fd, const char *p, size_t len)
{
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

/* A fault may come when half of it is written. */
static int write_all(int fd, const char *point, const void *data, size_t len)
{
	char half[64];
	int rc = sys_fault(point);

	snprintf(half, sizeof(half), "%s.half", point);
	if (!rc)
		rc = write_some(fd, data, len / 2);
	if (!rc)
		rc = sys_fault(half);
	return rc ? rc : write_some(fd, (const char *)data + len / 2, len - len / 2);
}

static int sync_dir_of(const char *path)
{
	char dir[PATH_MAX];
	auto_fd fd = -1;

	snprintf(dir, sizeof(dir), "%s", path);
	fd = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? -errno : 0;
}

struct sys_new_file {
	int fd;
	uint32_t mode;
	char *target;
	char tmp[PATH_MAX];
};

static void new_file_free(struct sys_new_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->target);
	free(f);
}

int sys_file_begin(struct sys_new_file **ret, const char *path, uint32_t mode)
{
	struct sys_new_file *f = calloc(1, sizeof(*f));
	int rc = 0;

	if (!f)
		return -ENOMEM;
	f->fd = -1;
	f->mode = mode;
	f->target = realpath(path, NULL);
	if (!f->target)
		f->target = strdup(path);
	if (!f->target)
		rc = -ENOMEM;
	else if (snprintf(f->tmp, sizeof(f->tmp), "%s.XXXXXX", f->target) >= (int)sizeof(f->tmp))
		rc = -ENAMETOOLONG;
	if (!rc) {
		f->fd = mkostemp(f->tmp, O_CLOEXEC);
		rc = f->fd < 0 ? -errno : 0;
	}
	if (rc) {
		new_file_free(f);
		return rc;
	}
	*ret = f;
	return 0;
}

int sys_file_part(struct sys_new_file *f, const void *data, size_t len)
{
	int rc = write_all(f->fd, "file.write", data, len);

	if (!rc)
		rc = sys_fault("file.sync");
	return !rc && fdatasync(f->fd) ? -errno : rc;
}

static int take_place(struct sys_new_file *f)
{
	int rc = 0;

	if (fchmod(f->fd, (mode_t)f->mode) || fsync(f->fd))
		rc = -errno;
	if (!rc)
		rc = sys_fault("file.rename");
	if (!rc && rename(f->tmp, f->target))
		rc = -errno;
	return rc;
}

int sys_file_end(struct sys_new_file *f, bool keep)
{
	int rc = keep ? take_place(f) : 0;

	if (rc || !keep)
		unlink(f->tmp);
	if (!rc && keep)
		rc = sys_fault("file.renamed");
	if (!rc && keep)
		rc = sync_dir_of(f->target);
	new_file_free(f);
	return rc;
}

int sys_file_replace(const char *path, const void *data, size_t len, uint32_t mode)
{
	struct sys_new_file *f;
	int rc = sys_file_begin(&f, path, mode);

	if (rc)
		return rc;
	rc = sys_file_part(f, data, len);
	if (!rc)
		return sys_file_end(f, true);
	sys_file_end(f, false);
	return rc;
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
	rc = write_all(fd, "append.write", data, len);
	if (!rc)
		rc = sys_fault("append.sync");
	if (!rc && (at ? fdatasync(fd) : fsync(fd)))
		rc = -errno;
	if (!rc && !at)
		rc = sync_dir_of(path);
	if (!rc)
		rc = sys_fault("append.done");
	if (rc && ftruncate(fd, (off_t)at) == 0)
		fsync(fd);
	return rc;
}

/* What is no file would block, or swallow it. */
static int check_end(int fd, uint64_t at)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return (uint64_t)st.st_size == at ? 0 : -ESTALE;
}

int sys_file_append(const char *path, uint64_t at, const void *data, size_t len, uint32_t mode)
{
	const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	auto_fd fd = open(path, at ? flags : flags | O_CREAT | O_TRUNC, (mode_t)mode);
	int rc;

	if (fd < 0)
		return errno == ENOENT && at ? -ESTALE : -errno;
	rc = check_end(fd, at);
	if (rc)
		return rc;
	rc = write_all(fd, "unsynced.write", data, len);
	if (rc && ftruncate(fd, (off_t)at))
		return -errno;
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
/* What is wanted now: of the environment, or of the file it names. */
static const char *wanted(char spec[128])
{
	const char *env = getenv("TW_FAULT");
	FILE *f;

	if (!env || *env != '@')
		return env;
	f = fopen(env + 1, "re");
	if (!f)
		return NULL;
	if (!fgets(spec, 128, f))
		spec[0] = '\0';
	fclose(f);
	return spec;
}

static void write_count(unsigned int passes)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s.count", getenv("TW_FAULT") + 1);
	f = fopen(path, "we");
	if (!f)
		return;
	fprintf(f, "%u\n", passes);
	fclose(f);
}

int sys_fault(const char *point)
{
	static unsigned int passes;
	static char armed[128];
	char spec[128], name[64], what[16];
	const char *want = wanted(spec);
	unsigned int n;

	if (!want || strcmp(want, armed)) {
		snprintf(armed, sizeof(armed), "%s", want ? want : "");
		passes = 0;
	}
	if (!want || sscanf(want, "%63[^:]:%u:%15s", name, &n, what) != 3 || (strcmp(name, "*") && strcmp(name, point)))
		return 0;
	passes++;
	if (!strcmp(what, "count"))
		write_count(passes);
	if (passes != n)
		return 0;
	if (!strcmp(what, "die"))
		raise(SIGKILL);
	return -atoi(what);
}
#endif
