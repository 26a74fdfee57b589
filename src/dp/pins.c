/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pins.c: names and directories of pins. Owns their form, not what is pinned.
 */
#include "dp/pins.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/abi.h"
#include "sys/bpf.h"

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static int escape(const char *s, size_t len, char out[PIN_INSTANCE])
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (n + 4 > PIN_INSTANCE)
			return -ENAMETOOLONG;
		if (plain(s[i]))
			out[n++] = s[i];
		else
			n += (size_t)snprintf(out + n, 4, "%%%02x", (unsigned char)s[i]);
	}
	out[n] = '\0';
	return 0;
}

static size_t base_name(const char *path, const char **ret)
{
	size_t end = strlen(path), start;

	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	*ret = path + start;
	return end - start;
}

static bool is_dots(const char *s, size_t len)
{
	return (len == 1 && s[0] == '.') || (len == 2 && s[0] == '.' && s[1] == '.');
}

int pins_instance(const char *run_dir, char out[PIN_INSTANCE])
{
	const char *base;
	size_t len = base_name(run_dir, &base);

	if (len && !is_dots(base, len))
		return escape(base, len, out);

	char *real = realpath(run_dir, NULL);		/* ".", "x/..": only the file system knows the name */
	if (!real)
		return -EINVAL;
	len = base_name(real, &base);
	int rc = len ? escape(base, len, out) : -EINVAL;
	free(real);
	return rc;
}

void pins_version(uint32_t layout, uint32_t capacity, char out[32])
{
	if (capacity == TW_CIRCUITS_DEFAULT)
		snprintf(out, 32, "v%u", layout);
	else
		snprintf(out, 32, "v%u-%u", layout, capacity);
}

void pins_path(char out[PIN_PATH], const char *dir, const char *name)
{
	snprintf(out, PIN_PATH, "%s/%s", dir, name);
}

int pins_walk(const char *dir, void (*fn)(void *arg, const char *name), void *arg)
{
	DIR *d = opendir(dir);

	if (!d)
		return -errno;
	for (struct dirent *e; (e = readdir(d));)
		if (!is_dots(e->d_name, strlen(e->d_name)))
			fn(arg, e->d_name);
	closedir(d);
	return 0;
}

int pins_mkdir(const char *path)
{
	struct stat st;

	if (!mkdir(path, 0700))
		return 0;
	if (errno != EEXIST || lstat(path, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return geteuid() == 0 || st.st_uid == geteuid() || st.st_uid == 0 ? 0 : -EACCES;
}

struct removal {
	const char *dir;
	void (*tell)(void *arg, const char *path);
	void *arg;
	int rc;
};

static void remove_one(void *arg, const char *name)
{
	struct removal *r = arg;
	char path[PIN_PATH];

	pins_path(path, r->dir, name);
	int rc = sys_bpf_unpin(path);
	if (rc && !r->rc)
		r->rc = rc;
	if (!rc && r->tell)
		r->tell(r->arg, path);
}

int pins_remove(const char *dir, void (*tell)(void *arg, const char *path), void *arg)
{
	struct removal r = { .dir = dir, .tell = tell, .arg = arg };
	int rc = pins_walk(dir, remove_one, &r);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	if (rmdir(dir))
		return r.rc ? r.rc : -errno;
	if (tell)
		tell(arg, dir);
	return 0;
}
