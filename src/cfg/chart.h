/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chart.h: a line on its way through the graphs of all rows of a place, for parse.c and help.c.
 *
 * A state is a node of a graph and the any-order alternatives used so far. For each word the set
 * of words and values that the live states accept is what help prints; a word is resolved against
 * the whole set, which is what makes "any unique prefix" mean unique in this place. What a keyword
 * says, in full or abbreviated, is never read as a value as well.
 */
#ifndef TW_CFG_CHART_H
#define TW_CFG_CHART_H

#include "cfg/parse.h"

#define STATES_MAX 1024
#define EXPECT_MAX 1024
#define NO_STATE (-1)

struct state {
	uint16_t node;			/* entered, not yet accepted */
	uint16_t by;			/* the node that accepted the words before it */
	uint32_t used;
	int16_t parent, sibling;	/* sibling: another state at the same word */
	uint8_t from;			/* first word it accepted */
};

/* A node that accepts something at the current word, reached from .state. */
struct expect {
	uint16_t node;
	int16_t state;
	uint32_t used;
};

struct chart {
	const char *line;
	size_t end;			/* of the line without trailing blanks */
	struct token tok[TOKENS_MAX];
	size_t n_tok;
	bool more;			/* words that are not in .tok: only a text may take them */
	bool full;			/* a bound was hit: nothing that comes of it is to be believed */
	struct state state[STATES_MAX];
	size_t n_state;
	int16_t at[TOKENS_MAX + 2];	/* states before each word, newest first; behind the last: the end of the line */
	struct expect exp[EXPECT_MAX];
	size_t n_exp;
	const struct g_starts *starts;
};

/* What a word of the line is as a keyword. */
struct meaning {
	const struct g_item *word;	/* NULL: no keyword */
	bool exact, ambiguous;
};

size_t chart_end_of(const char *line);		/* without trailing blanks */
void chart_start(struct chart *c, const struct scope *where, const char *line, size_t end);

/* What may come at word @pos, from the states there, into .exp. */
void chart_expect_at(struct chart *c, size_t pos);
void chart_expect(struct chart *c, int16_t state, uint16_t node, uint32_t used);
void chart_add_expect(struct chart *c, uint16_t node, int16_t state, uint32_t used);

/* Word @pos among what is expected there (the first word: among the beginnings of rows); false: nothing takes it. */
bool chart_first_step(struct chart *c, struct meaning *m);
bool chart_step(struct chart *c, size_t pos, struct meaning *m);

/* The value @g takes @len octets from word @from on. */
bool chart_takes(const struct chart *c, const struct g_item *g, size_t from, size_t len);
bool chart_abbreviates(const struct chart *c, const struct token *t, const struct g_item *g);

static inline const struct g_item *item_of(const struct expect *e)
{
	return grammar_item(grammar_node(e->node)->item);
}

static inline enum n_kind kind_of(const struct expect *e)
{
	return grammar_node(e->node)->kind;
}

#endif
