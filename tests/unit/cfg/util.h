/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of src/cfg share: sessions, lines that must be taken, reading files. */
#ifndef TW_TEST_CFG_UTIL_H
#define TW_TEST_CFG_UTIL_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cfg/cfg.h"

/* Types each line of @text; all must be taken. */
static inline void type_all(struct cfg_session *s, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[4096];
		struct cfg_answer a;

		assert_true(n < sizeof(line));
		memcpy(line, text, n);
		line[n] = '\0';
		a = cfg_line(s, line);
		if (a.verdict != CFG_OK && a.verdict != CFG_QUIT)
			fail_msg("\"%s\": verdict %d at %zu %s", line, a.verdict, a.column, a.text);
		text += n + (text[n] == '\n');
	}
}

static inline void assert_text(char *have, const char *want)
{
	assert_non_null(have);
	if (strcmp(have, want)) {
		fprintf(stderr, "have:\n%s\nwant:\n%s\n", have, want);	/* cmocka's own messages are cut */
		fail_msg("texts differ");
	}
	free(have);
}

static inline uint32_t commit_ok(struct cfg_session *s)
{
	struct cfg_result r;

	cfg_commit(s, NULL, &r);
	if (r.err)
		fail_msg("commit: %d, %s: %s", r.err, r.problem[0].line, r.problem[0].text);
	return r.commit_id;
}

static inline char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *b = calloc(1, 1u << 20);

	if (!f || !b) {
		free(b);
		return NULL;
	}
	*len = fread(b, 1, (1u << 20) - 1, f);
	fclose(f);
	return b;
}

static inline unsigned int next_random(uint32_t *seed, unsigned int below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

#endif
