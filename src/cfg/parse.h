/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.h: a line against the rows of a view.
 */
#ifndef TW_CFG_PARSE_H
#define TW_CFG_PARSE_H

#include "cfg/grammar.h"

#define BOUND_MAX 32
#define TOKENS_MAX 64		/* words of a line, a text at its end counted as one */

/* A leaf of the row and what the line says of it. */
struct bound {
	const struct leaf *leaf;
	const char *text;		/* in the line; NULL: a word, .word is its value */
	size_t len;
	uint32_t word;
};

/* A word or value of the row and how the line spells it. */
struct said {
	const struct g_item *item;
	const char *text;		/* in the line */
	size_t len;
};

struct parsed {
	const struct command *cmd;
	bool undo;
	const char *unbuilt;		/* the sentence of an option that is not built, or NULL */
	size_t n;
	struct bound bound[BOUND_MAX];
	size_t n_said;
	struct said said[TOKENS_MAX];	/* all of the line, in its order */
	size_t depth;			/* words understood before an error */
};

/* Which rows a line is read over. */
enum rows {
	ROWS_CONFIG,			/* those of the configuration in the view */
	ROWS_TYPED,			/* ... and those of all tables that may be typed there */
};

/* Where a line stands. */
struct scope {
	enum cfg_view view;
	enum rows rows;
	uint8_t on;			/* ON_PORT, ON_SUB, ON_LOOPBACK: only what is for that kind; 0: all */
};

/* CFG_OK fills @out (pointers into @line); else the error with its column, and out->depth. A line that is beyond the
 * bounds of the parser is refused as CFG_TOO_MANY. */
struct cfg_answer parse_in(const struct scope *where, const char *line, struct parsed *out);
struct cfg_answer parse_line(enum cfg_view view, enum rows rows, const char *line, struct parsed *out);

/* What may follow @line; as cfg_help(). */
void parse_help(const struct scope *where, const char *line, cfg_help_fn *fn, void *arg);

/* Words of @line, at most @max of them stored as offset and length; their number. A word that begins with '"' goes on
 * to the next '"', blanks included. */
struct token {
	size_t at, len;
};
size_t parse_tokens(const char *line, struct token *t, size_t max);

#endif
