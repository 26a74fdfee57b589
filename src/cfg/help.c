/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * help.c: what may follow a line.
 */
#include "cfg/chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/value.h"

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
		return chart_abbreviates(c, part, item_of(e));
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

		if (l && l->type == LT_TEXT && chart_takes(c, item_of(e), pos, chart_end_of(c->line) - c->tok[pos].at))
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

	chart_start(&c, where, line, len);
	full = c.n_tok;
	if (full && !c.more && c.tok[full - 1].at + c.tok[full - 1].len == len)
		part = &c.tok[--full];
	for (size_t pos = 0; pos < full && !text; pos++) {
		if (pos && c.at[pos] == NO_STATE)
			continue;
		chart_expect_at(&c, pos);
		if (pos == 0)
			chart_first_step(&c, &m);
		else if (!chart_step(&c, pos, &m) || !m.word)
			find_open(&c, pos, pos + 1 == full, &open, &text);
	}
	if (c.more && !text)
		return;
	c.n_exp = 0;
	if (text)
		chart_expect(&c, open.state, grammar_node(open.node)->next, open.used);
	else
		chart_expect_at(&c, full);
	if (open.node != NOWHERE)
		chart_add_expect(&c, open.node, open.state, open.used);
	tell_all(&c, text ? NULL : part, fn, arg);
}
