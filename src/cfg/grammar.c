/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grammar.c: reads the notation of the command rows (tables.h).
 *
 * A row that cannot be read is a broken invariant of the program, found by the first test that
 * touches the table: it aborts with the row.
 */
#include "cfg/grammar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ITEMS_MAX 4096
#define NODES_MAX 8192
#define TABLES_MAX 8

static struct g_item items[ITEMS_MAX];
static struct g_node nodes[NODES_MAX];
static size_t n_items, n_nodes;
static struct {
	const struct cmd_table *t;
	struct grammar *g;		/* of each row */
} tables[TABLES_MAX];
static size_t n_tables;
static struct g_starts starts[VIEW__N][2][ON_ANY];

struct reader {
	const struct command *cmd;
	const struct leaf_word *words;	/* of the row's table */
	const char *text, *at;
	const char *tok;		/* current token; len 0 at the end */
	size_t len;
	uint8_t bits;			/* of any-order groups given out in this row */
};

static _Noreturn void broken(const struct reader *r, const char *what)
{
	fprintf(stderr, "command row \"%s\": %s at \"%.*s\"\n", r->text, what, (int)r->len, r->tok);
	abort();
}

static void advance(struct reader *r)
{
	r->at += strspn(r->at, " ");
	r->tok = r->at;
	r->len = strcspn(r->at, " ");
	r->at += r->len;
}

static bool is(const struct reader *r, const char *tok)
{
	return r->len == strlen(tok) && !memcmp(r->tok, tok, r->len);
}

static struct g_item *new_item(struct reader *r, enum g_kind kind, uint16_t *index)
{
	if (n_items == ITEMS_MAX)
		broken(r, "too many items");
	*index = (uint16_t)n_items;
	items[n_items] = (struct g_item){ .kind = kind, .next = NOWHERE };
	return &items[n_items++];
}

/* ---- the tree ---------------------------------------------------------------------------------- */

static uint16_t read_sequence(struct reader *r);

static uint16_t read_choice(struct reader *r)
{
	bool optional = is(r, "[");
	uint16_t index;
	struct g_item *g = new_item(r, G_CHOICE, &index);

	g->optional = optional;
	do {
		if (g->n_alt == 16)
			broken(r, "too many alternatives");
		advance(r);
		g->alt[g->n_alt++] = read_sequence(r);
	} while (is(r, "|"));
	if (!is(r, optional ? "]" : "}"))
		broken(r, "bracket not closed");
	advance(r);
	if (is(r, "*")) {
		g->any_order = true;
		advance(r);
	}
	return index;
}

static void bind_leaf(struct reader *r, struct g_item *g)
{
	size_t n = r->len - 2;

	for (const struct leaf *const *l = r->cmd->leaves; l && *l && !g->leaf; l++)
		if (strlen((*l)->name) == n && !memcmp((*l)->name, r->tok + 1, n) && (*l)->type != LT_WORD)
			g->leaf = *l;
	if (!g->leaf)
		broken(r, "no such leaf in the row");
	g->help = g->leaf->help;
}

static const char *word_help(const struct leaf_word *w, const struct g_item *g)
{
	for (; w && w->word; w++)
		if (strlen(w->word) == g->len && !memcmp(w->word, g->word, g->len))
			return w->help;
	return NULL;
}

static void bind_word(const struct reader *r, struct g_item *g)
{
	g->help = word_help(r->words, g);
	if (!g->help)
		g->help = word_help(cfg_words, g);
	for (const struct leaf *const *l = r->cmd->leaves; l && *l; l++) {
		for (const struct leaf_word *w = (*l)->words; w && w->word; w++) {
			if (strlen(w->word) != g->len || memcmp(w->word, g->word, g->len))
				continue;
			g->leaf = *l;
			g->value = w->value;
			g->help = w->help ? w->help : g->help;
		}
	}
	for (const struct unbuilt_word *u = r->cmd->unbuilt; u && u->word; u++)
		if (strlen(u->word) == g->len && !memcmp(u->word, g->word, g->len))
			g->unbuilt = u->text;
}

static uint16_t read_atom(struct reader *r)
{
	bool value = r->tok[0] == '<';
	uint16_t index;
	struct g_item *g = new_item(r, value ? G_LEAF : G_WORD, &index);

	g->word = r->tok;
	g->len = (uint8_t)r->len;
	if (value)
		bind_leaf(r, g);
	else
		bind_word(r, g);
	advance(r);
	if (r->len > 5 && !memcmp(r->tok, "&<1-", 4)) {
		g->repeat = (uint8_t)strtoul(r->tok + 4, NULL, 10);
		advance(r);
	}
	return index;
}

/* Items up to a closing bracket, a bar or the end. */
static uint16_t read_sequence(struct reader *r)
{
	uint16_t first = NOWHERE, last = NOWHERE;

	while (r->len && !is(r, "|") && !is(r, "]") && !is(r, "}")) {
		uint16_t i = is(r, "[") || is(r, "{") ? read_choice(r) : read_atom(r);

		if (first == NOWHERE)
			first = i;
		else
			items[last].next = i;
		last = i;
	}
	if (first == NOWHERE)
		broken(r, "empty sequence");
	return first;
}

/* ---- the graph ------------------------------------------------------------------------------------ */

static uint16_t new_node(struct reader *r, enum n_kind kind)
{
	if (n_nodes == NODES_MAX)
		broken(r, "too many nodes");
	nodes[n_nodes] = (struct g_node){ .kind = kind, .next = NOWHERE };
	return (uint16_t)n_nodes++;
}

static uint16_t join_sequence(struct reader *r, uint16_t item, uint16_t then);

static uint16_t join_leaf(struct reader *r, uint16_t item, uint16_t then)
{
	unsigned int times = items[item].repeat ? items[item].repeat : 1;
	uint16_t follow = then;

	for (unsigned int i = 0; i < times; i++) {
		uint16_t n = new_node(r, items[item].kind == G_LEAF ? N_LEAF : N_WORD), fork;

		nodes[n].item = item;
		nodes[n].next = follow;
		if (i + 1 == times)
			return n;
		fork = new_node(r, N_FORK);
		nodes[fork].alt[0] = n;
		nodes[fork].alt[1] = then;
		nodes[fork].n_alt = 2;
		follow = fork;
	}
	return follow;
}

static uint16_t join_fork(struct reader *r, const struct g_item *g, uint16_t then, bool optional)
{
	uint16_t n = new_node(r, N_FORK);

	for (unsigned int i = 0; i < g->n_alt; i++) {
		uint16_t a = join_sequence(r, g->alt[i], then);

		nodes[n].alt[i] = a;
	}
	nodes[n].n_alt = g->n_alt;
	if (optional)
		nodes[n].alt[nodes[n].n_alt++] = then;
	return n;
}

static uint16_t join_star(struct reader *r, const struct g_item *g, uint16_t then)
{
	uint16_t n = new_node(r, N_STAR);

	nodes[n].next = then;
	nodes[n].optional = g->optional;
	nodes[n].n_alt = g->n_alt;
	nodes[n].bit = r->bits;
	r->bits = (uint8_t)(r->bits + g->n_alt);
	if (r->bits > 32)
		broken(r, "too many alternatives in any order");
	for (unsigned int i = 0; i < g->n_alt; i++) {
		const struct g_item *a = &items[g->alt[i]];
		/* an optional alternative is the same as one that must be there when it is chosen */
		bool lone = a->kind == G_CHOICE && a->optional && !a->any_order && a->next == NOWHERE;
		uint16_t j = lone ? join_fork(r, a, n, false) : join_sequence(r, g->alt[i], n);

		nodes[n].alt[i] = j;
	}
	return n;
}

static uint16_t join_sequence(struct reader *r, uint16_t item, uint16_t then)
{
	const struct g_item *g;

	if (item == NOWHERE)
		return then;
	g = &items[item];
	then = join_sequence(r, g->next, then);
	if (g->kind != G_CHOICE)
		return join_leaf(r, item, then);
	return g->any_order ? join_star(r, g, then) : join_fork(r, g, then, g->optional);
}

static void read_row(const struct command *cmd, const struct leaf_word *words, const char *text, bool undo,
		     struct grammar *out)
{
	struct reader r = { .cmd = cmd, .words = words, .text = text, .at = text };
	uint16_t end;

	advance(&r);
	out->item[undo] = read_sequence(&r);
	if (r.len)
		broken(&r, "bracket too many");
	if (items[out->item[undo]].kind != G_WORD)
		broken(&r, "no word at the beginning");
	end = new_node(&r, N_END);
	nodes[end].cmd = cmd;
	nodes[end].undo = undo;
	out->node[undo] = join_sequence(&r, out->item[undo], end);
}

static struct grammar *read_table(const struct cmd_table *t)
{
	struct grammar *g = calloc(t->n, sizeof(*g));

	if (!g)
		abort();
	for (size_t i = 0; i < t->n; i++) {
		const char *prefix = strncmp(t->row[i].grammar, "undo ", 5) ? "undo " : "";
		char *undo;

		read_row(&t->row[i], t->words, t->row[i].grammar, false, &g[i]);
		g[i].item[1] = g[i].node[1] = NOWHERE;
		if (!t->row[i].undo)
			continue;
		if (asprintf(&undo, "%s%s", prefix, t->row[i].undo) < 0)	/* kept: the items point into it */
			abort();
		read_row(&t->row[i], t->words, undo, true, &g[i]);
	}
	return g;
}

/* ---- tables ----------------------------------------------------------------------------------------- */

static void forget_starts(void)
{
	struct g_starts *s = &starts[0][0][0];

	for (size_t i = 0; i < sizeof(starts) / sizeof(*s); i++) {
		free(s[i].word);
		free(s[i].node);
		s[i] = (struct g_starts){ 0 };
	}
}

static void add(const struct cmd_table *t)
{
	for (size_t i = 0; i < n_tables; i++)
		if (tables[i].t == t)
			return;
	if (n_tables == TABLES_MAX)
		abort();
	tables[n_tables].g = read_table(t);
	tables[n_tables++].t = t;
	forget_starts();
}

/* The rows of the configuration are always there. */
static void ready(void)
{
	static struct cmd_table own = { .row = cfg_commands, .unbuilt = cfg_unbuilt };

	if (n_tables)
		return;
	own.n = cfg_n_commands;
	own.n_unbuilt = cfg_n_unbuilt;
	add(&own);
}

void grammar_add(const struct cmd_table *t)
{
	ready();
	add(t);
}

size_t grammar_tables(void)
{
	ready();
	return n_tables;
}

const struct cmd_table *grammar_table(size_t i)
{
	return tables[i].t;
}

const struct grammar *grammar_of(const struct command *cmd)
{
	ready();
	for (size_t i = 0; i < n_tables; i++)
		if (cmd >= tables[i].t->row && cmd < tables[i].t->row + tables[i].t->n)
			return &tables[i].g[cmd - tables[i].t->row];
	abort();
}

/* ---- beginnings of rows --------------------------------------------------------------------------------- */

/* A place in which rows may be typed. */
struct where {
	enum cfg_view view;
	bool typed;
	uint8_t on;
};

static bool stands_in(const struct command *cmd, const struct where *w)
{
	if (cmd->in)
		return w->typed && cmd->in & (w->view == VIEW_USER ? IN_USER : IN_CONFIG);
	return cmd->view == w->view && (!w->on || !cmd->on || cmd->on & w->on);
}

static bool same_word(const struct g_item *a, const struct g_item *b)
{
	return a->len == b->len && !strncasecmp(a->word, b->word, a->len);
}

static struct g_start *start_of(struct g_starts *s, const struct g_item *word)
{
	for (size_t i = 0; i < s->n; i++)
		if (same_word(s->word[i].word, word))
			return &s->word[i];
	s->word[s->n] = (struct g_start){ .word = word };
	return &s->word[s->n++];
}

/* Calls @fn with each node at which a row of the place begins. */
static void each_start(const struct where *w, struct g_starts *s, void (*fn)(struct g_starts *s, uint16_t node))
{
	for (size_t t = 0; t < n_tables; t++)
		for (size_t i = 0; i < tables[t].t->n; i++)
			for (size_t undo = 0; undo < 2; undo++)
				if (tables[t].g[i].node[undo] != NOWHERE && stands_in(&tables[t].t->row[i], w))
					fn(s, tables[t].g[i].node[undo]);
}

static void count_start(struct g_starts *s, uint16_t node)
{
	start_of(s, &items[nodes[node].item])->first++;
}

static void put_start(struct g_starts *s, uint16_t node)
{
	struct g_start *w = start_of(s, &items[nodes[node].item]);

	s->node[w->first + w->n++] = node;
}

static void build_starts(const struct where *w, struct g_starts *s)
{
	size_t rows = 0;
	uint16_t at = 0;

	for (size_t t = 0; t < n_tables; t++)
		rows += 2 * tables[t].t->n;
	s->word = calloc(rows, sizeof(*s->word));
	s->node = calloc(rows, sizeof(*s->node));
	if (!s->word || !s->node)
		abort();
	each_start(w, s, count_start);
	for (size_t i = 0; i < s->n; i++) {
		uint16_t n = s->word[i].first;

		s->word[i].first = at;
		at = (uint16_t)(at + n);
	}
	each_start(w, s, put_start);
}

const struct g_starts *grammar_starts(enum cfg_view view, bool typed, uint8_t on)
{
	struct g_starts *s = &starts[view][typed][on];

	ready();
	if (!s->word)
		build_starts(&(struct where){ view, typed, on }, s);
	return s;
}

const struct g_item *grammar_item(uint16_t i)
{
	return &items[i];
}

uint16_t grammar_items(void)
{
	return (uint16_t)n_items;
}

const struct g_node *grammar_node(uint16_t i)
{
	return &nodes[i];
}
