/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_config.c: start-up text, and behind a line that begins with "====" lines typed after it and committed. Whatever it
 * is, it loads, its lines are accounted for, what is printed of it loads to the same text, and the journal brings the
 * same configuration back.
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

/* Lines typed one by one, then committed if they may be. */
static void type_lines(struct cfg *c, const char *data, size_t size)
{
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_result r;
	char line[4096];

	for (size_t at = 0, n; at < size; at += n + 1) {
		const char *end = memchr(data + at, '\n', size - at);

		n = end ? (size_t)(end - data) - at : size - at;
		if (n >= sizeof(line))
			continue;
		memcpy(line, data + at, n);
		line[n] = '\0';
		cfg_line(s, line);
	}
	cfg_commit(s, NULL, &r);
	if (r.err && r.err != -22)	/* EINVAL */
		abort();
	cfg_session_free(s);
}

static char *load(const char *text)
{
	struct cfg *c = cfg_new(NULL);
	char *out = start_with(c, text, strlen(text));

	cfg_free(c);
	return out;
}

/* All of it in every other form of print. */
static void print(const struct trie *root)
{
	static const struct cfg_what what[] = {
		{ .part = CFG_PART_BLOCK, .block = "interface", .defaults = true }, { .part = CFG_PART_INACTIVE },
		{ .part = CFG_PART_ALL, .defaults = true },
	};
	struct cfg_diff *d[] = { cfg_diff_new(NULL, root), cfg_diff_new(root, NULL), cfg_diff_commands(NULL, root),
				 cfg_diff_commands(root, NULL) };
	struct text t = { 0 };

	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		struct cfg_print *p = cfg_print_new(root, &what[i]);

		while (cfg_print_step(p, &t))
			;
		cfg_print_free(p);
	}
	for (size_t i = 0; i < sizeof(d) / sizeof(*d); i++) {
		while (cfg_diff_step(d[i], &t))
			;
		cfg_diff_free(d[i]);
	}
	if (t.failed)
		abort();
	text_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *typed = size > 5 ? memmem(data, size, "\n====", 5) : NULL;
	size_t loaded = typed ? (size_t)(typed - (const char *)data) : size;
	struct cfg *c = boot();
	char *one = start_with(c, (const char *)data, loaded), *two, *three, *four;

	if (typed) {
		type_lines(c, typed + 1, size - loaded - 1);
		free(one);
		one = cfg_render(cfg_running(c), NULL);
	}
	cfg_free(c);
	c = boot();		/* from the journal */
	two = cfg_render(cfg_running(c), NULL);
	print(cfg_running(c));
	cfg_free(c);
	three = load(one);
	four = load(three);
	/* a kept line whose cause was typed away is taken by the next start, where its row stands: then once more */
	if (strcmp(one, two) || strcmp(three, four) || (!typed && strcmp(one, three)))
		abort();
	free(one);
	free(two);
	free(three);
	free(four);
	disk_empty();
	return 0;
}
