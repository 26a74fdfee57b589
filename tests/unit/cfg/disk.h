/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk of two files for the journal, that may be full or lose power. */
#ifndef TW_TEST_CFG_DISK_H
#define TW_TEST_CFG_DISK_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/cfg.h"

struct disk_file {
	char path[64];			/* "" = free */
	char *data;
	size_t n;
};

static struct disk {
	struct disk_file file[2];
	int fail;			/* what the next writes return */
	const char *only;		/* there is room for this file alone */
	size_t most;			/* octets that a file may have; 0: any */
	bool dead;			/* nothing reaches it any more */
	unsigned int left;		/* operations before it loses power; 0: it does not */
	bool half;			/* of the one it dies in, half is done */
	unsigned int writes, renames;
} disk;

static inline struct disk_file *disk_file(const char *path)
{
	for (size_t i = 0; i < 2; i++)
		if (!strcmp(disk.file[i].path, path))
			return &disk.file[i];
	return NULL;
}

static inline int disk_read(void *arg, const char *path, char **ret, size_t *ret_len)
{
	const struct disk_file *f = disk_file(path);

	(void)arg;
	if (!f)
		return -ENOENT;
	*ret = calloc(1, f->n + 1);
	if (f->n)
		memcpy(*ret, f->data, f->n);
	*ret_len = f->n;
	return 0;
}

static inline int disk_write(void *arg, const char *path, size_t at, const void *data, size_t len)
{
	struct disk_file *f = disk_file(path);

	(void)arg;
	if (disk.dead || disk.fail)
		return disk.dead ? 0 : disk.fail;
	if (disk.left && !--disk.left) {
		disk.dead = true;
		len = disk.half ? len / 2 : 0;
	}
	if (disk.most && at + len > disk.most)
		return -ENOSPC;
	if (disk.only && strcmp(path, disk.only))
		return -ENOSPC;
	if (at > (f ? f->n : 0) || strlen(path) >= sizeof(f->path))
		return -ESTALE;
	if (!f) {
		f = disk_file("");
		if (!f)
			abort();
		strcpy(f->path, path);
	}
	f->data = realloc(f->data, at + len + 1);
	memcpy(f->data + at, data, len);
	f->n = at + len;
	disk.writes++;
	return 0;
}

static inline int disk_rename(void *arg, const char *from, const char *to)
{
	struct disk_file *f = disk_file(from), *old = disk_file(to);

	(void)arg;
	if (disk.dead || disk.fail)
		return disk.dead ? 0 : disk.fail;
	if (disk.left && !--disk.left) {
		disk.dead = true;
		if (!disk.half)
			return 0;
	}
	if (!f || strlen(to) >= sizeof(f->path))
		return -ENOENT;
	if (old) {
		free(old->data);
		*old = (struct disk_file){ 0 };
	}
	strcpy(f->path, to);
	disk.renames++;
	return 0;
}

static inline void disk_empty(void)
{
	free(disk.file[0].data);
	free(disk.file[1].data);
	disk = (struct disk){ 0 };
}

static const struct cfg_files disk_files = { disk_read, disk_write, disk_rename, NULL };

#endif
