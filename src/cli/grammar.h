/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grammar.h: matches a line against rows in the manual's notation.
 *
 * Keywords are lower case and may be abbreviated to a prefix that is unique at their place over all
 * rows; { a | b } chooses one, [ a | b ] one or none; <if>, <file> ... are parameters (grammar.c has
 * their types). A keyword wins over a parameter.
 */
#ifndef TW_CLI_GRAMMAR_H
#define TW_CLI_GRAMMAR_H

#include <stddef.h>
#include <stdint.h>

#include "cfg/cfg.h"

#define ARGS_MAX	20
#define ARG_LEN		512

struct args {
	int n;
	struct arg {
		const char *name;		/* keyword or <parameter>, as the row spells it */
		char text[ARG_LEN];		/* as typed, without quotes; interfaces in canonical form */
	} v[ARGS_MAX];
};
const char *arg_text(const struct args *a, const char *name);	/* NULL: not on the line */
uint32_t arg_number(const struct args *a, const char *name);	/* 0: not on the line */

struct grammar;
/* Compiles rows; a row that does not parse is a broken invariant: aborts. The strings stay the caller's. */
struct grammar *grammar_new(const char *const *rows, size_t n);
void grammar_free(struct grammar *g);

struct matched {
	enum cfg_verdict verdict;	/* CFG_OK or what is wrong at .column */
	size_t column;
	size_t row;			/* with CFG_OK */
	int depth;			/* words that were understood */
	struct args args;
};
/* @use: bit i says whether row i may match (a view mask made by the caller). */
void grammar_match(const struct grammar *g, const char *line, const uint8_t *use, struct matched *m);

#endif
