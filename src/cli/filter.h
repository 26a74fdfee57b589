/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter.h: `| [ ignore-case ] [ section ] include RE | begin RE | count ...` on the lines of an output.
 *
 * Runs in the client: a regular expression that takes for ever costs its author, not the engine.
 * The engine has checked the words of the stages (filter_check); the client compiles them. Expressions
 * are POSIX extended ones in which a '*' or '+' at the start, a '^' behind it and a '$' before the end
 * stand for themselves.
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

enum filter_err { FILTER_OK, FILTER_WORD, FILTER_MISSING, FILTER_MANY, FILTER_AMBIGUOUS };
/* Checks stages "| include RE | count"; on an error *column is the offset of the word at fault. */
enum filter_err filter_check(const char *stages, size_t *column);

/* What may follow @stages, which begins with '|': keywords, "STRING<1-...>", "|", and "<cr>" (@help then "").
 * Behind letters only the keywords they begin. */
void filter_help(const char *stages, void (*fn)(void *arg, const char *word, const char *help), void *arg);

struct filter;
/* NULL: an expression does not compile; @why is a sentence. @print gets each line that passes, with
 * its newline if it had one. */
struct filter *filter_new(const char *stages, void (*print)(void *arg, const char *line, size_t len), void *arg,
			  char why[256]);
/* One stage: @sign '+' includes, '-' excludes what matches @re, '/' begins there; as filter_new(). */
struct filter *filter_sign(char sign, const char *re, void (*print)(void *arg, const char *line, size_t len),
			   void *arg, char why[256]);
bool filter_no_more(const struct filter *f);	/* "no-more" is among the stages */
void filter_put(struct filter *f, const char *text, size_t len);	/* a piece of output, lines may be split */
void filter_end(struct filter *f);	/* the last line and the counts; frees */

#endif
