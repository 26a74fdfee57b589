/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.c: walks the graphs of all rows of a place at once, word by word.
 *
 * A state is a node of a graph and the any-order alternatives used so far. For each word the set
 * of words and values that the live states accept is what help prints; a word is resolved against
 * the whole set, which is what makes "any unique prefix" mean unique in this place. What a keyword
 * says, in full or abbreviated, is never read as a value as well.
 */
#include "cfg/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/value.h"

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

static size_t end_of(const char *line)
{
	size_t end = strlen(line);

	while (end && (is_blank(line[end - 1]) || line[end - 1] == '\r' || line[end - 1] == '\n'))
		end--;
	return end;
}

size_t parse_tokens(const char *line, struct token *t, size_t max)
{
	return split(line, end_of(line), t, max);
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

static void add_expect(struct chart *c, uint16_t node, int16_t state, uint32_t used)
{
	if (c->n_exp == EXPECT_MAX)
		c->full = true;
	else
		c->exp[c->n_exp++] = (struct expect){ node, state, used };
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
		add_expect(c, node, state, used);
	}
}

static void expect_at(struct chart *c, size_t pos)
{
	int16_t order[STATES_MAX];
	size_t n = 0;

	c->n_exp = 0;
	if (pos == 0) {			/* before the first word: help and errors want to know */
		for (size_t i = 0; i < c->starts->n; i++)
			add_expect(c, c->starts->node[c->starts->word[i].first], NO_STATE, 0);
		return;
	}
	for (int16_t i = c->at[pos]; i != NO_STATE; i = c->state[i].sibling)
		order[n++] = i;
	while (n--)		/* oldest first: the order of the table */
		expect(c, order[n], c->state[order[n]].node, c->state[order[n]].used);
}

static const struct g_item *item_of(const struct expect *e)
{
	return grammar_item(grammar_node(e->node)->item);
}

static enum n_kind kind_of(const struct expect *e)
{
	return grammar_node(e->node)->kind;
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
static bool abbreviates(const struct chart *c, const struct token *t, const struct g_item *g)
{
	const char *s = c->line + t->at;

	return t->len && t->len <= g->len && lower(*s) == lower(*g->word) && !strncasecmp(g->word, s, t->len);
}

/* ---- one word --------------------------------------------------------------------------------------------- */

struct meaning {
	const struct g_item *word;	/* NULL: no keyword */
	bool exact, ambiguous;
};

static void mean(const struct chart *c, const struct token *t, const struct g_item *g, struct meaning *m)
{
	if (m->exact || !abbreviates(c, t, g))
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
		add_state(c, c->n_tok + c->more, &s);
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

static bool step(struct chart *c, size_t pos, struct meaning *m)
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
static bool first_step(struct chart *c, struct meaning *m)
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

static void start(struct chart *c, const struct scope *where, const char *line, size_t end)
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

/* Word by word; what came of the last one that was not understood. */
static struct cfg_answer walk(struct chart *c, struct parsed *out)
{
	struct cfg_answer why = fail(CFG_INCOMPLETE, c->end);
	size_t last = c->n_tok + c->more;
	struct meaning m;

	if (!c->n_tok)
		return why;
	if (!first_step(c, &m)) {
		expect_at(c, 0);
		return fail_at(c, 0, &m);
	}
	for (size_t pos = 1; pos <= last; pos++) {
		if (c->at[pos] == NO_STATE)
			continue;
		expect_at(c, pos);
		out->depth = pos;
		if (pos == last)
			return finish(c, out);
		if (pos == c->n_tok)
			why = fail(CFG_TOO_MANY, c->tok[pos - 1].at);
		else if (!step(c, pos, &m))
			why = fail_at(c, pos, &m);
	}
	return why;
}

struct cfg_answer parse_in(const struct scope *where, const char *line, struct parsed *out)
{
	struct chart c;
	struct cfg_answer a;

	start(&c, where, line, end_of(line));
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

/* ---- help ----------------------------------------------------------------------------------------------- */

/* One thing that may come next. */
struct hint {
	enum cfg_help kind;
	char word[80];
	const char *help;
};

static void hint_of(const struct expect *e, struct hint *h)
{
	const struct g_item *g;

	h->help = "";
	if (kind_of(e) == N_END) {
		h->kind = CFG_HELP_END;
		snprintf(h->word, sizeof(h->word), "<cr>");
		return;
	}
	g = item_of(e);
	h->kind = kind_of(e) == N_WORD ? CFG_HELP_WORD : CFG_HELP_VALUE;
	h->help = g->help ? g->help : "";
	if (h->kind == CFG_HELP_WORD)
		snprintf(h->word, sizeof(h->word), "%.*s", (int)g->len, g->word);
	else
		leaf_type_name(g->leaf, h->word, sizeof(h->word));
}

static bool fits(const struct chart *c, const struct expect *e, const struct token *part)
{
	if (!part)
		return true;
	if (kind_of(e) == N_WORD)
		return abbreviates(c, part, item_of(e));
	return kind_of(e) == N_LEAF && leaf_begins(item_of(e)->leaf, c->line + part->at, part->len);
}

/* Values, words in the order of the alphabet, the end. */
static int in_order(const void *a, const void *b)
{
	static const int rank[] = { [CFG_HELP_VALUE] = 0, [CFG_HELP_WORD] = 1, [CFG_HELP_END] = 2 };
	const struct hint *x = a, *y = b;

	if (x->kind != y->kind)
		return rank[x->kind] - rank[y->kind];
	return strcasecmp(x->word, y->word);
}

/* Both say the same to a person. */
static bool same_hint(const struct hint *a, const struct hint *b)
{
	return a->kind == b->kind && !strcasecmp(a->word, b->word) &&
	       (a->kind != CFG_HELP_VALUE || !strcmp(a->help, b->help));
}

static void tell_all(const struct chart *c, const struct token *part, cfg_help_fn *fn, void *arg)
{
	struct hint *h = calloc(c->n_exp + 1, sizeof(*h));
	size_t n = 0;

	for (size_t i = 0; h && i < c->n_exp; i++) {
		bool before = false;

		if (!fits(c, &c->exp[i], part))
			continue;
		hint_of(&c->exp[i], &h[n]);
		for (size_t j = 0; j < n && !before; j++)
			before = same_hint(&h[j], &h[n]);
		n += !before;
	}
	if (h)
		qsort(h, n, sizeof(*h), in_order);
	for (size_t i = 0; i < n; i++)
		fn(arg, h[i].word, h[i].help, h[i].kind);
	free(h);
}

/* A value that word @pos has begun and not ended: a text, or an interface whose number comes behind a blank. Kept
 * for the words that follow. */
static void find_open(struct chart *c, size_t pos, bool last, struct expect *open, bool *text)
{
	for (size_t i = 0; i < c->n_exp; i++) {
		const struct expect *e = &c->exp[i];
		const struct leaf *l = kind_of(e) == N_LEAF ? item_of(e)->leaf : NULL;

		if (l && l->type == LT_TEXT && takes(c, item_of(e), pos, c->end - c->tok[pos].at))
			*text = true;
		else if (!l || !last || !leaf_goes_on(l, c->line + c->tok[pos].at, c->tok[pos].len))
			continue;
		*open = *e;
	}
}

void parse_help(const struct scope *where, const char *line, cfg_help_fn *fn, void *arg)
{
	size_t len = strlen(line), full;
	const struct token *part = NULL;
	struct expect open = { NOWHERE, NO_STATE, 0 };
	bool text = false;
	struct chart c;
	struct meaning m;

	start(&c, where, line, len);
	full = c.n_tok;
	if (full && !c.more && c.tok[full - 1].at + c.tok[full - 1].len == len)
		part = &c.tok[--full];
	for (size_t pos = 0; pos < full && !text; pos++) {
		if (pos && c.at[pos] == NO_STATE)
			continue;
		expect_at(&c, pos);
		if (pos == 0)
			first_step(&c, &m);
		else if (!step(&c, pos, &m) || !m.word)
			find_open(&c, pos, pos + 1 == full, &open, &text);
	}
	if (c.more && !text)
		return;
	c.n_exp = 0;
	if (text)
		expect(&c, open.state, grammar_node(open.node)->next, open.used);
	else
		expect_at(&c, full);
	if (open.node != NOWHERE)
		add_expect(&c, open.node, open.state, open.used);
	tell_all(&c, text ? NULL : part, fn, arg);
}
