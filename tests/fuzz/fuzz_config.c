/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_config.c: start-up text. Whatever it is, it loads, its lines are accounted for, what is printed of it
 * loads to the same text, and the journal brings the same configuration back.
 */
#include <stdlib.h>
#include <string.h>

#include "cfg/cfg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A disk with one file. */
static char *disk;
static size_t disk_len;

static int disk_read(void *arg, const char *path, char **ret, size_t *ret_len)
{
	(void)arg, (void)path;
	if (!disk)
		return -2;	/* ENOENT */
	*ret = calloc(1, disk_len + 1);
	memcpy(*ret, disk, disk_len);
	*ret_len = disk_len;
	return 0;
}

static int disk_append(void *arg, const char *path, const void *data, size_t len)
{
	(void)arg, (void)path;
	disk = realloc(disk, disk_len + len + 1);
	memcpy(disk + disk_len, data, len);
	disk_len += len;
	return 0;
}

static int disk_replace(void *arg, const char *path, const void *data, size_t len)
{
	disk_len = 0;
	return disk_append(arg, path, data, len);
}

static const struct cfg_files files = { disk_read, disk_append, disk_replace, NULL };

static void count(void *arg, uint32_t line, const char *text, const char *reason)
{
	(void)line, (void)text;
	if (!*reason)
		abort();
	++*(uint32_t *)arg;
}

/* The text printed after a start with @data; @c: the engine it ran in. */
static char *start_with(struct cfg *c, const char *data, size_t size)
{
	uint32_t told = 0;
	struct cfg_load l = { .tell = count, .arg = &told };
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_result r;

	if (cfg_load_text(s, data, size, &l))
		abort();
	cfg_commit_startup(s, &l, &r);
	if (r.err || told != l.inert + l.refused)
		abort();
	cfg_session_free(s);
	return cfg_render(cfg_running(c), NULL);
}

static struct cfg *boot(void)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_result r;
	bool found;
	size_t cut;

	cfg_files(c, &files);
	if (cfg_journal_open(c, "journal", &found, &cut, &r) || cut)
		abort();
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cfg *c = boot();
	char *one = start_with(c, (const char *)data, size), *two, *three;

	cfg_free(c);
	c = boot();		/* from the journal */
	two = cfg_render(cfg_running(c), NULL);
	cfg_free(c);
	c = cfg_new(NULL);
	three = start_with(c, one, strlen(one));
	cfg_free(c);
	if (strcmp(one, two) || strcmp(one, three))
		abort();
	free(one);
	free(two);
	free(three);
	free(disk);
	disk = NULL;
	disk_len = 0;
	return 0;
}
