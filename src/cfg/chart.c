/* SPDX-License-Identifier: BSD-2-Clause */
/* chart.c: see chart.h. */
#include "cfg/chart.h"

#include <string.h>
#include <strings.h>

#include "cfg/value.h"

/* ---- words of a line ------------------------------------------------------------------------------ */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The end of the word that begins at @at. */
static size_t word_end(const char *line, size_t at, size_t end)
{
	if (line[at] == '"') {
		const char *closing = memchr(line + at + 1, '"', end - at - 1);

		at = closing ? (size_t)(closing - line) : end;
	}
	while (at < end && !is_blank(line[at]))
		at++;
	return at;
}

static size_t split(const char *line, size_t end, struct token *t, size_t max)
{
	size_t n = 0, at = 0;

	for (;;) {
		size_t from;

		while (at < end && is_blank(line[at]))
			at++;
		if (at == end)
			return n;
		from = at;
		at = word_end(line, at, end);
		if (n < max)
			t[n] = (struct token){ from, at - from };
		n++;
	}
}

size_t chart_end_of(const char *line)
{
	size_t end = strlen(line);

	while (end && (is_blank(line[end - 1]) || line[end - 1] == '\r' || line[end - 1] == '\n'))
		end--;
	return end;
}

size_t parse_tokens(const char *line, struct token *t, size_t max)
{
	return split(line, chart_end_of(line), t, max);
}

/* ---- states ------------------------------------------------------------------------------------------- */

static void add_state(struct chart *c, size_t pos, const struct state *s)
{
	for (int16_t i = c->at[pos]; i != NO_STATE; i = c->state[i].sibling)
		if (c->state[i].node == s->node && c->state[i].used == s->used)
			return;		/* two ways to the same: the first counts */
	if (c->n_state == STATES_MAX) {
		c->full = true;
		return;
	}
	c->state[c->n_state] = *s;
	c->state[c->n_state].sibling = c->at[pos];
	c->at[pos] = (int16_t)c->n_state++;
}

void chart_add_expect(struct chart *c, uint16_t node, int16_t state, uint32_t used)
{
	if (c->n_exp == EXPECT_MAX)
		c->full = true;
	else
		c->exp[c->n_exp++] = (struct expect){ node, state, used };
}

/* Everything that may be accepted next from @node. */
void chart_expect(struct chart *c, int16_t state, uint16_t node, uint32_t used)
{
	const struct g_node *g = grammar_node(node);
	uint32_t mine = (uint32_t)((1ull << g->n_alt) - 1) << g->bit;

	switch (g->kind) {
	case N_FORK:
		for (unsigned int i = 0; i < g->n_alt; i++)
			chart_expect(c, state, g->alt[i], used);
		return;
	case N_STAR:
		for (unsigned int i = 0; i < g->n_alt; i++)
			if (!(used & 1u << (g->bit + i)))
				chart_expect(c, state, g->alt[i], used | 1u << (g->bit + i));
		if (g->optional || used & mine)
			chart_expect(c, state, g->next, used);
		return;
	default:
		chart_add_expect(c, node, state, used);
	}
}

void chart_expect_at(struct chart *c, size_t pos)
{
	int16_t order[STATES_MAX];
	size_t n = 0;

	c->n_exp = 0;
	if (pos == 0) {			/* before the first word: help and errors want to know */
		for (size_t i = 0; i < c->starts->n; i++)
			chart_add_expect(c, c->starts->node[c->starts->word[i].first], NO_STATE, 0);
		return;
	}
	for (int16_t i = c->at[pos]; i != NO_STATE; i = c->state[i].sibling)
		order[n++] = i;
	while (n--)		/* oldest first: the order of the table */
		chart_expect(c, order[n], c->state[order[n]].node, c->state[order[n]].used);
}

static bool same_word(const struct g_item *a, const struct g_item *b)
{
	return a == b || (a->len == b->len && !strncasecmp(a->word, b->word, a->len));
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* @g may be spelled by the first letters in @t. */
bool chart_abbreviates(const struct chart *c, const struct token *t, const struct g_item *g)
{
	const char *s = c->line + t->at;

	return t->len && t->len <= g->len && lower(*s) == lower(*g->word) && !strncasecmp(g->word, s, t->len);
}

/* ---- one word --------------------------------------------------------------------------------------------- */

static void mean(const struct chart *c, const struct token *t, const struct g_item *g, struct meaning *m)
{
	if (m->exact || !chart_abbreviates(c, t, g))
		return;
	m->exact = t->len == g->len;
	m->ambiguous = !m->exact && m->word && (m->ambiguous || !same_word(m->word, g));
	m->word = g;
}

/* The keyword that @t (a word of the line) means here. */
static struct meaning resolve(const struct chart *c, const struct token *t)
{
	struct meaning m = { NULL, false, false };

	for (size_t i = 0; i < c->n_exp; i++)
		if (kind_of(&c->exp[i]) == N_WORD)
			mean(c, t, item_of(&c->exp[i]), &m);
	return m;
}

bool chart_takes(const struct chart *c, const struct g_item *g, size_t from, size_t len)
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
		if (!chart_takes(c, g, pos, c->end - t->at))
			return false;
		add_state(c, c->n_tok + c->more, &s);
		return true;
	}
	if (chart_takes(c, g, pos, t->len)) {
		add_state(c, pos + 1, &s);
		taken = true;
	}
	if (g->leaf->type == LT_IFNAME && pos + 1 < c->n_tok &&
	    chart_takes(c, g, pos, c->tok[pos + 1].at + c->tok[pos + 1].len - t->at)) {
		add_state(c, pos + 2, &s);
		taken = true;
	}
	return taken;
}

static bool step_word(struct chart *c, const struct g_item *word, size_t pos)
{
	for (size_t i = 0; i < c->n_exp; i++) {
		const struct expect *e = &c->exp[i];

		if (kind_of(e) == N_WORD && same_word(word, item_of(e)))
			add_state(c, pos + 1, &(struct state){ grammar_node(e->node)->next, e->node, e->used, e->state,
							       NO_STATE, (uint8_t)pos });
	}
	return true;
}

bool chart_step(struct chart *c, size_t pos, struct meaning *m)
{
	bool taken = false;

	*m = resolve(c, &c->tok[pos]);
	if (m->ambiguous)
		return false;
	if (m->word)
		return step_word(c, m->word, pos);
	for (size_t i = 0; i < c->n_exp; i++)
		if (kind_of(&c->exp[i]) == N_LEAF)
			taken |= step_value(c, &c->exp[i], pos);
	return taken;
}

/* The first word: the rows that begin with it. */
bool chart_first_step(struct chart *c, struct meaning *m)
{
	const struct g_starts *s = c->starts;
	const struct g_start *w = NULL;

	*m = (struct meaning){ NULL, false, false };
	for (size_t i = 0; i < s->n && !m->exact; i++) {
		const struct g_item *before = m->word;

		mean(c, &c->tok[0], s->word[i].word, m);
		if (m->word != before)
			w = &s->word[i];
	}
	if (!w || m->ambiguous)
		return false;
	for (size_t i = w->first; i < w->first + (size_t)w->n; i++)
		add_state(c, 1, &(struct state){ .node = grammar_node(s->node[i])->next, .by = s->node[i],
						 .parent = NO_STATE, .sibling = NO_STATE });
	return true;
}

void chart_start(struct chart *c, const struct scope *where, const char *line, size_t end)
{
	size_t n;

	c->line = line;
	c->end = end;
	c->starts = grammar_starts(where->view, where->rows == ROWS_TYPED, where->on);
	c->full = false;
	c->n_state = c->n_exp = 0;
	n = split(line, end, c->tok, TOKENS_MAX);
	c->more = n > TOKENS_MAX;
	c->n_tok = c->more ? TOKENS_MAX : n;
	for (size_t i = 0; i <= c->n_tok + c->more; i++)
		c->at[i] = NO_STATE;
}
