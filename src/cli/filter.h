/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter.h: `| include RE | exclude RE | begin RE | count | no-more` on the lines of an output.
 *
 * Runs in the client: a regular expression that takes for ever costs its author, not the engine.
 * The engine has checked the words of the stages (filter_split); the client compiles them.
 */
#ifndef TW_CLI_FILTER_H
#define TW_CLI_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#define FILTER_STAGES	32

/*
 * Where the output filter of @line begins: the offset of the first '|' that stands outside double
 * quotes and has a blank or the start of the line before it; the length of the line if there is none.
 */
size_t filter_at(const char *line);

enum filter_err { FILTER_OK, FILTER_WORD, FILTER_MISSING, FILTER_MANY };
/* Checks stages "| include RE | count"; on an error *column is the offset of the word at fault. */
enum filter_err filter_check(const char *stages, size_t *column);

struct filter;
/* NULL: an expression does not compile; @why is a sentence. @print gets each line that passes, with
 * its newline if it had one. */
struct filter *filter_new(const char *stages, void (*print)(void *arg, const char *line, size_t len), void *arg,
			  char why[256]);
void filter_put(struct filter *f, const char *text, size_t len);	/* a piece of output, lines may be split */
void filter_end(struct filter *f);	/* the last line and the counts; frees */

#endif
