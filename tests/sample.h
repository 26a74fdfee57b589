/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sample.h: lines drawn from a row of a command table, for tests and for the command reference.
 */
#ifndef TW_SAMPLE_H
#define TW_SAMPLE_H

#include "cfg/grammar.h"

#define SAMPLE_PARTS 128

struct sample {
	char text[2048];
	size_t len, n;
	struct sample_part {		/* a word or value of the row */
		size_t at, len;
		const struct g_item *item;
	} part[SAMPLE_PARTS];
};

enum sample_how {
	SAMPLE_RANDOM,			/* any choice, any order, any value of its range */
	SAMPLE_FULL,			/* the first choice each, options given once, values a person would choose */
	SAMPLE_SHORT,			/* as that, without options */
};
/* A line of @cmd, or of its undo form; options that are not built only with @unbuilt. @seed: of SAMPLE_RANDOM. */
void sample_line(const struct command *cmd, bool undo, enum sample_how how, bool unbuilt, uint32_t *seed,
		 struct sample *out);

uint32_t sample_random(uint32_t *seed, uint32_t below);

#endif
