/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.c: a line against the rows of a place: the row it means, or which word is wrong, and how.
 */
#include "cfg/chart.h"

#include "cfg/value.h"

/* ---- errors --------------------------------------------------------------------------------------- */

static struct cfg_answer fail(enum cfg_verdict v, size_t column)
{
	struct cfg_answer a;

	a.verdict = v;
	a.column = column;
	a.text[0] = '\0';
	return a;
}

/* An interface whose number is missing, or wrong in the word behind its kind. */
static bool kind_alone(const struct chart *c, const struct g_node *n, size_t pos)
{
	const struct token *t = &c->tok[pos];

	return n->kind == N_LEAF && leaf_goes_on(grammar_item(n->item)->leaf, c->line + t->at, t->len);
}

/* The word before was taken as a device, and is a kind of interfaces as well: `g 0/1/x`. */
static bool behind_kind(const struct chart *c, size_t pos)
{
	for (int16_t i = c->at[pos]; i != NO_STATE; i = c->state[i].sibling)
		if (kind_alone(c, grammar_node(c->state[i].by), pos - 1))
			return true;
	return false;
}

/* A word that no value expected here could look like was meant as a keyword. */
static struct cfg_answer fail_at(const struct chart *c, size_t pos, const struct meaning *m)
{
	const struct token *t = &c->tok[pos];
	bool words = false, values = false, looks = false, alone = false;

	for (size_t i = 0; i < c->n_exp; i++) {
		const struct expect *e = &c->exp[i];

		words |= kind_of(e) == N_WORD;
		values |= kind_of(e) == N_LEAF;
		looks |= kind_of(e) == N_LEAF && leaf_looks(item_of(e)->leaf, c->line + t->at, t->len);
		alone |= kind_alone(c, grammar_node(e->node), pos);
	}
	if (m->ambiguous)
		return fail(CFG_AMBIGUOUS, t->at);
	if (alone)
		return pos + 1 < c->n_tok ? fail(CFG_WRONG, c->tok[pos + 1].at) : fail(CFG_INCOMPLETE, c->end);
	if (!words && !values && pos == 0)
		return fail(CFG_UNRECOGNIZED, t->at);	/* a view without commands */
	if (!words && !values)
		return fail(behind_kind(c, pos) ? CFG_WRONG : CFG_TOO_MANY, t->at);
	return fail(looks || !words ? CFG_WRONG : CFG_UNRECOGNIZED, t->at);
}

/* ---- the result -------------------------------------------------------------------------------------- */

static void bind(struct chart *c, const struct state *s, size_t to, struct parsed *out)
{
	const struct g_node *n = grammar_node(s->by);
	const struct g_item *g = grammar_item(n->item);
	size_t at = c->tok[s->from].at;
	size_t len = (to >= c->n_tok ? c->end : c->tok[to - 1].at + c->tok[to - 1].len) - at;

	if (out->n_said < TOKENS_MAX)
		out->said[out->n_said++] = (struct said){ g, c->line + at, len };
	if (g->unbuilt)
		out->unbuilt = g->unbuilt;
	if (!g->leaf)
		return;
	if (out->n == BOUND_MAX) {
		c->full = true;
		return;
	}
	if (n->kind == N_LEAF)
		out->bound[out->n++] = (struct bound){ g->leaf, c->line + at, len, 0 };
	else
		out->bound[out->n++] = (struct bound){ g->leaf, NULL, 0, g->value };
}

static void collect(struct chart *c, int16_t state, size_t to, struct parsed *out)
{
	const struct state *s;

	if (state == NO_STATE)
		return;
	s = &c->state[state];
	collect(c, s->parent, s->from, out);
	bind(c, s, to, out);
}

/* The first END among what is expected, NULL if there is none. */
static const struct expect *complete(const struct chart *c)
{
	for (size_t i = 0; i < c->n_exp; i++)
		if (kind_of(&c->exp[i]) == N_END)
			return &c->exp[i];
	return NULL;
}

static struct cfg_answer finish(struct chart *c, struct parsed *out)
{
	const struct expect *e = complete(c);

	if (!e)
		return fail(CFG_INCOMPLETE, c->end);
	out->cmd = grammar_node(e->node)->cmd;
	out->undo = grammar_node(e->node)->undo;
	collect(c, e->state, c->n_tok + c->more, out);
	return fail(CFG_OK, 0);
}

/* Word by word; what came of the last one that was not understood. */
static struct cfg_answer walk(struct chart *c, struct parsed *out)
{
	struct cfg_answer why = fail(CFG_INCOMPLETE, c->end);
	size_t last = c->n_tok + c->more;
	struct meaning m;

	if (!c->n_tok)
		return why;
	if (!chart_first_step(c, &m)) {
		chart_expect_at(c, 0);
		return fail_at(c, 0, &m);
	}
	for (size_t pos = 1; pos <= last; pos++) {
		if (c->at[pos] == NO_STATE)
			continue;
		chart_expect_at(c, pos);
		out->depth = pos;
		if (pos == last)
			return finish(c, out);
		if (pos == c->n_tok)
			why = fail(CFG_TOO_MANY, c->tok[pos - 1].at);
		else if (!chart_step(c, pos, &m))
			why = fail_at(c, pos, &m);
	}
	return why;
}

struct cfg_answer parse_in(const struct scope *where, const char *line, struct parsed *out)
{
	struct chart c;
	struct cfg_answer a;

	chart_start(&c, where, line, chart_end_of(line));
	out->cmd = NULL;
	out->unbuilt = NULL;
	out->undo = false;
	out->n = out->n_said = out->depth = 0;
	a = walk(&c, out);
	if (c.full) {
		out->cmd = NULL;
		a = fail(CFG_TOO_MANY, c.end);
	}
	return a;
}

struct cfg_answer parse_line(enum cfg_view view, enum rows rows, const char *line, struct parsed *out)
{
	return parse_in(&(struct scope){ view, rows, 0 }, line, out);
}
