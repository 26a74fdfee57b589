/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.c: walks the graphs of all rows of a view at once, word by word.
 *
 * A state is a node of a graph and the any-order alternatives used so far. For each word the set
 * of words and values that the live states accept is what help prints; a word is resolved against
 * the whole set, which is what makes "any unique prefix" mean unique in this place.
 */
#include "cfg/parse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cfg/value.h"

#define STATES_MAX 512
#define EXPECT_MAX 256
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
	struct state state[STATES_MAX];
	size_t n_state;
	int16_t at[TOKENS_MAX + 1];	/* states before each word, newest first */
	struct expect exp[EXPECT_MAX];
	size_t n_exp;
};

size_t parse_tokens(const char *line, struct token *t, size_t max)
{
	size_t n = 0, at = strspn(line, " \t");

	while (line[at]) {
		size_t len = strcspn(line + at, " \t");

		if (n < max)
			t[n] = (struct token){ at, len };
		n++;
		at += len + strspn(line + at + len, " \t");
	}
	return n;
}

static void add_state(struct chart *c, size_t pos, const struct state *s)
{
	if (c->n_state == STATES_MAX)
		return;
	c->state[c->n_state] = *s;
	c->state[c->n_state].sibling = c->at[pos];
	c->at[pos] = (int16_t)c->n_state++;
}

/* Everything that may be accepted next from @node. */
static void expect(struct chart *c, int16_t state, uint16_t node, uint32_t used)
{
	const struct g_node *g = grammar_node(node);
	uint32_t mine = (uint32_t)((1ull << g->n_alt) - 1) << g->bit;

	switch (g->kind) {
	case N_FORK:
		for (unsigned int i = 0; i < g->n_alt; i++)
			expect(c, state, g->alt[i], used);
		return;
	case N_STAR:
		for (unsigned int i = 0; i < g->n_alt; i++)
			if (!(used & 1u << (g->bit + i)))
				expect(c, state, g->alt[i], used | 1u << (g->bit + i));
		if (g->optional || used & mine)
			expect(c, state, g->next, used);
		return;
	default:
		if (c->n_exp < EXPECT_MAX)
			c->exp[c->n_exp++] = (struct expect){ node, state, used };
	}
}

static void expect_at(struct chart *c, size_t pos)
{
	int16_t order[STATES_MAX];
	size_t n = 0;

	c->n_exp = 0;
	for (int16_t i = c->at[pos]; i != NO_STATE; i = c->state[i].sibling)
		order[n++] = i;
	while (n--)		/* oldest first: the order of the table */
		expect(c, order[n], c->state[order[n]].node, c->state[order[n]].used);
}

static const struct g_item *item_of(const struct expect *e)
{
	return grammar_item(grammar_node(e->node)->item);
}

static bool same_word(const struct g_item *a, const struct g_item *b)
{
	return a->len == b->len && !strncasecmp(a->word, b->word, a->len);
}

/* The word that @t (a word of the line) means here; *ambiguous if several. */
static const struct g_item *resolve(const struct chart *c, const struct token *t, bool *ambiguous)
{
	const struct g_item *hit = NULL;

	*ambiguous = false;
	for (size_t i = 0; i < c->n_exp; i++) {
		const struct g_item *g = item_of(&c->exp[i]);

		if (grammar_node(c->exp[i].node)->kind != N_WORD || t->len > g->len ||
		    strncasecmp(g->word, c->line + t->at, t->len))
			continue;
		if (t->len == g->len) {
			*ambiguous = false;
			return g;
		}
		if (hit && !same_word(hit, g))
			*ambiguous = true;
		hit = g;
	}
	return *ambiguous ? NULL : hit;
}

static bool takes(struct chart *c, const struct g_item *g, size_t from, size_t len)
{
	struct value v;

	return leaf_read(g->leaf, c->line + c->tok[from].at, len, &v);
}

/* A value: one word, the rest of the line, or an interface name in two words. */
static bool step_value(struct chart *c, const struct expect *e, size_t pos)
{
	const struct g_item *g = item_of(e);
	const struct token *t = &c->tok[pos];
	struct state s = { grammar_node(e->node)->next, e->node, e->used, e->state, NO_STATE, (uint8_t)pos };
	bool taken = false;

	if (g->leaf->type == LT_TEXT) {
		if (!takes(c, g, pos, c->end - t->at))
			return false;
		add_state(c, c->n_tok, &s);
		return true;
	}
	if (takes(c, g, pos, t->len)) {
		add_state(c, pos + 1, &s);
		taken = true;
	}
	if (g->leaf->type == LT_IFNAME && pos + 1 < c->n_tok &&
	    takes(c, g, pos, c->tok[pos + 1].at + c->tok[pos + 1].len - t->at)) {
		add_state(c, pos + 2, &s);
		taken = true;
	}
	return taken;
}

static bool step(struct chart *c, size_t pos, bool *ambiguous)
{
	const struct g_item *word = resolve(c, &c->tok[pos], ambiguous);
	bool taken = false;

	for (size_t i = 0; i < c->n_exp; i++) {
		const struct expect *e = &c->exp[i];
		const struct g_node *n = grammar_node(e->node);

		if (n->kind == N_LEAF) {
			taken |= step_value(c, e, pos);
		} else if (n->kind == N_WORD && word && same_word(word, item_of(e))) {
			struct state s = { n->next, e->node, e->used, e->state, NO_STATE, (uint8_t)pos };

			add_state(c, pos + 1, &s);
			taken = true;
		}
	}
	return taken;
}

/* ---- errors --------------------------------------------------------------------------------------- */

static struct cfg_answer fail(enum cfg_verdict v, size_t column)
{
	return (struct cfg_answer){ .verdict = v, .column = column };
}

static struct cfg_answer fail_at(const struct chart *c, size_t pos, bool ambiguous)
{
	bool words = false, values = false;

	for (size_t i = 0; i < c->n_exp; i++) {
		words |= grammar_node(c->exp[i].node)->kind == N_WORD;
		values |= grammar_node(c->exp[i].node)->kind == N_LEAF;
	}
	if (ambiguous)
		return fail(CFG_AMBIGUOUS, c->tok[pos].at);
	if (!words && !values)
		return fail(CFG_TOO_MANY, c->tok[pos].at);
	return fail(values ? CFG_WRONG : CFG_UNRECOGNIZED, c->tok[pos].at);
}

/* ---- the result -------------------------------------------------------------------------------------- */

static void bind(const struct chart *c, const struct state *s, size_t to, struct parsed *out)
{
	const struct g_node *n = grammar_node(s->by);
	const struct g_item *g = grammar_item(n->item);
	struct bound *b = &out->bound[out->n];

	if (g->unbuilt)
		out->unbuilt = g->unbuilt;
	if (!g->leaf || out->n == BOUND_MAX)
		return;
	*b = (struct bound){ .leaf = g->leaf, .word = g->value };
	if (n->kind == N_LEAF) {
		b->text = c->line + c->tok[s->from].at;
		b->len = (to == c->n_tok ? c->end : c->tok[to - 1].at + c->tok[to - 1].len) - c->tok[s->from].at;
	}
	out->n++;
}

static void collect(const struct chart *c, int16_t state, size_t to, struct parsed *out)
{
	const struct state *s = &c->state[state];

	if (s->parent == NO_STATE)
		return;
	collect(c, s->parent, s->from, out);
	bind(c, s, to, out);
}

/* The first END among what is expected, NULL if there is none. */
static const struct expect *complete(const struct chart *c)
{
	for (size_t i = 0; i < c->n_exp; i++)
		if (grammar_node(c->exp[i].node)->kind == N_END)
			return &c->exp[i];
	return NULL;
}

static void start(struct chart *c, enum cfg_view view, const char *line)
{
	c->line = line;
	c->end = strlen(line);
	while (c->end && strchr(" \t\r\n", line[c->end - 1]))
		c->end--;
	c->n_state = 0;
	for (size_t i = 0; i <= TOKENS_MAX; i++)
		c->at[i] = NO_STATE;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const struct grammar *g = grammar_of(&cfg_commands[i]);

		for (unsigned int undo = 0; undo < 2 && cfg_commands[i].view == view; undo++)
			if (g->node[undo] != NOWHERE)
				add_state(c, 0, &(struct state){ .node = g->node[undo], .parent = NO_STATE });
	}
}

static struct cfg_answer finish(struct chart *c, struct parsed *out)
{
	const struct expect *e = complete(c);

	if (!e)
		return fail(CFG_INCOMPLETE, c->end);
	out->cmd = grammar_node(e->node)->cmd;
	out->undo = grammar_node(e->node)->undo;
	collect(c, e->state, c->n_tok, out);
	return fail(CFG_OK, 0);
}

struct cfg_answer parse_line(enum cfg_view view, const char *line, struct parsed *out)
{
	struct chart c;
	struct cfg_answer why = fail(CFG_INCOMPLETE, 0);

	start(&c, view, line);
	c.n_tok = parse_tokens(line, c.tok, TOKENS_MAX);
	out->cmd = NULL;
	out->unbuilt = NULL;
	out->n = out->depth = 0;
	if (c.n_tok > TOKENS_MAX)
		return fail(CFG_TOO_MANY, c.tok[TOKENS_MAX - 1].at);
	for (size_t pos = 0; pos <= c.n_tok; pos++) {
		bool ambiguous;

		if (c.at[pos] == NO_STATE)
			continue;
		expect_at(&c, pos);
		out->depth = pos;
		if (pos == c.n_tok)
			return finish(&c, out);
		if (!step(&c, pos, &ambiguous))
			why = fail_at(&c, pos, ambiguous);
	}
	return why;
}

/* ---- help ----------------------------------------------------------------------------------------------- */

static void tell(const struct expect *e, cfg_help_fn *fn, void *arg)
{
	const struct g_node *n = grammar_node(e->node);
	char word[64];

	if (n->kind == N_END) {
		fn(arg, "<cr>", "", CFG_HELP_END);
		return;
	}
	if (n->kind == N_WORD)
		snprintf(word, sizeof(word), "%.*s", (int)item_of(e)->len, item_of(e)->word);
	else
		leaf_type_name(item_of(e)->leaf, word, sizeof(word));
	fn(arg, word, item_of(e)->help ? item_of(e)->help : "", n->kind == N_WORD ? CFG_HELP_WORD : CFG_HELP_VALUE);
}

/* Both say the same to a person. */
static bool same_expectation(const struct expect *a, const struct expect *b)
{
	enum n_kind kind = grammar_node(a->node)->kind;

	if (kind != grammar_node(b->node)->kind)
		return false;
	if (kind == N_WORD)
		return same_word(item_of(a), item_of(b));
	return kind == N_END || item_of(a)->leaf == item_of(b)->leaf;
}

static bool told_before(const struct chart *c, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (same_expectation(&c->exp[i], &c->exp[j]))
			return true;
	return false;
}

static bool fits(const struct chart *c, const struct expect *e, const struct token *part)
{
	const struct g_item *g = item_of(e);

	if (!part)
		return true;
	return grammar_node(e->node)->kind == N_WORD && part->len <= g->len &&
	       !strncasecmp(g->word, c->line + part->at, part->len);
}

void parse_help(enum cfg_view view, const char *line, cfg_help_fn *fn, void *arg)
{
	size_t len = strlen(line), full;
	const struct token *part = NULL;
	struct chart c;
	bool ambiguous;

	start(&c, view, line);
	full = c.n_tok = parse_tokens(line, c.tok, TOKENS_MAX);
	if (full > TOKENS_MAX)
		return;
	if (full && !strchr(" \t", line[len - 1]))
		part = &c.tok[--full];
	for (size_t pos = 0; pos < full; pos++) {
		expect_at(&c, pos);
		if (c.at[pos] != NO_STATE)
			step(&c, pos, &ambiguous);
	}
	expect_at(&c, full);
	for (size_t i = 0; i < c.n_exp; i++)
		if (fits(&c, &c.exp[i], part) && !told_before(&c, i))
			tell(&c.exp[i], fn, arg);
}
