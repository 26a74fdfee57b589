/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.h: a line against the rows of a view.
 */
#ifndef TW_CFG_PARSE_H
#define TW_CFG_PARSE_H

#include "cfg/grammar.h"

#define BOUND_MAX 32

/* A leaf of the row and what the line says of it. */
struct bound {
	const struct leaf *leaf;
	const char *text;		/* in the line; NULL: a word, .word is its value */
	size_t len;
	uint32_t word;
};

struct parsed {
	const struct command *cmd;
	bool undo;
	const char *unbuilt;		/* the sentence of an option that is not built, or NULL */
	size_t n;
	struct bound bound[BOUND_MAX];
	size_t depth;			/* words understood before an error */
};

/* CFG_OK fills @out (pointers into @line); else the error with its column, and out->depth. */
struct cfg_answer parse_line(enum cfg_view view, const char *line, struct parsed *out);

/* What may follow @line in @view (a last word without a blank behind it: the words it abbreviates). */
void parse_help(enum cfg_view view, const char *line, cfg_help_fn *fn, void *arg);

/* Words of @line, at most @max of them stored as offset and length. */
struct token {
	size_t at, len;
};
#define TOKENS_MAX 64
size_t parse_tokens(const char *line, struct token *t, size_t max);

#endif
