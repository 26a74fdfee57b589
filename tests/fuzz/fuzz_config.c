/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_config.c: start-up text. Whatever it is, it loads, its lines are accounted for, what is printed of it
 * loads to the same text, and the journal brings the same configuration back.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/cfg/disk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	cfg_commit_startup(s, NULL, &l, &r);
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

	cfg_files(c, &disk_files);
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
	disk_empty();
	return 0;
}
