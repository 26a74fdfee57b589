/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * render.c: prints what is configured by the same rows that parse it.
 */
#include "cfg/render.h"

#include <stdlib.h>
#include <string.h>

#include "cfg/grammar.h"
#include "cfg/inert.h"
#include "cfg/store.h"
#include "cfg/value.h"

/* ---- one line ------------------------------------------------------------------------------------ */

struct printer {
	const void *rec;
	uint32_t index;
	char *out;
	size_t size, n;
};

/* How sure an item must be to be printed. */
enum need {
	ALWAYS,			/* outside of groups: also values that are zero */
	IF_SET,			/* in a group: what is not configured does not fit */
};

static bool print_sequence(struct printer *p, uint16_t item, enum need need);

static void put(struct printer *p, const char *s, size_t len)
{
	size_t blank = p->n ? 1 : 0;

	if (p->n + blank + len + 1 > p->size)
		return;
	if (blank)
		p->out[p->n++] = ' ';
	memcpy(p->out + p->n, s, len);
	p->n += len;
	p->out[p->n] = '\0';
}

static bool print_word(struct printer *p, const struct g_item *g, enum need need)
{
	struct value v;

	if (g->unbuilt)
		return false;
	if (g->leaf) {
		leaf_load(g->leaf, p->rec, 0, &v);
		if (g->leaf->index)
			v.num = p->index;
		if (v.num != g->value || (need == IF_SET && !v.num))
			return false;
	}
	put(p, g->word, g->len);
	return true;
}

static bool print_value(struct printer *p, const struct g_item *g, enum need need)
{
	char value[300];

	if (!g->leaf->size || (need == IF_SET && leaf_unset(g->leaf, p->rec)))
		return false;
	for (unsigned int i = 0; i < leaf_count(g->leaf, p->rec); i++) {
		leaf_print(g->leaf, p->rec, i, value, sizeof(value));
		put(p, value, strlen(value));
	}
	return true;
}

/* Prints @item's sequence, or nothing at all. */
static bool attempt(struct printer *p, uint16_t item, enum need need)
{
	size_t n = p->n;

	if (print_sequence(p, item, need))
		return true;
	p->n = n;
	p->out[n] = '\0';
	return false;
}

static bool print_choice(struct printer *p, const struct g_item *g, enum need need)
{
	bool any = false;

	for (unsigned int i = 0; i < g->n_alt && (g->any_order || !any); i++)
		any |= attempt(p, g->alt[i], IF_SET);
	for (unsigned int i = 0; i < g->n_alt && !any && !g->optional && need == ALWAYS; i++)
		any = attempt(p, g->alt[i], ALWAYS);
	return any || g->optional;
}

static bool print_sequence(struct printer *p, uint16_t item, enum need need)
{
	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);
		bool ok = g->kind == G_WORD   ? print_word(p, g, need)
			  : g->kind == G_LEAF ? print_value(p, g, need)
					      : print_choice(p, g, need);

		if (!ok)
			return false;
		if (g->kind == G_WORD && g->leaf)
			need = ALWAYS;	/* the word stands: so does what follows it, zero or not */
	}
	return true;
}

bool render_line(const struct command *cmd, const void *rec, uint32_t index, char *out, size_t size)
{
	struct printer p = { rec, index, out, size, 0 };
	bool set = cmd->target == T_OBJECT;

	for (const struct leaf *const *l = cmd->leaves; *l && !set; l++)
		set = !(*l)->index && !leaf_unset(*l, rec);
	out[0] = '\0';
	return set && print_sequence(&p, grammar_of(cmd)->item[0], ALWAYS);
}

/* ---- the lines of an object -------------------------------------------------------------------------- */

static const void *element(const struct command *cmd, const void *obj, uint32_t i)
{
	if (cmd->target != T_SLOT && cmd->target != T_LIST)
		return obj;
	return (const uint8_t *)obj + cmd->element + (size_t)i * cmd->size;
}

static uint32_t elements(const struct command *cmd, const void *obj)
{
	if (cmd->target == T_SLOT)
		return cmd->many;
	return cmd->target == T_LIST ? *((const uint8_t *)obj + cmd->counter) : 1;
}

static int row_lines(const struct command *cmd, const void *obj, int (*fn)(void *arg, const struct rendered *r),
		     void *arg)
{
	char line[LINE_MAX_LEN];
	int rc = 0;

	for (uint32_t i = 0; i < elements(cmd, obj) && !rc; i++)
		if (render_line(cmd, element(cmd, obj, i), i, line, sizeof(line)))
			rc = fn(arg, &(struct rendered){ cmd, i, line });
	return rc;
}

int render_lines(enum cfg_view view, const void *obj, int (*fn)(void *arg, const struct rendered *r), void *arg)
{
	int rc = 0;

	for (size_t i = 0; i < cfg_n_commands && !rc; i++)
		if (cfg_commands[i].view == view && cfg_commands[i].target != T_OBJECT)
			rc = row_lines(&cfg_commands[i], obj, fn, arg);
	return rc;
}

const struct command *render_row(enum obj_type type, const void *obj)
{
	char line[LINE_MAX_LEN];

	for (size_t i = 0; i < cfg_n_commands; i++)
		if (cfg_commands[i].target == T_OBJECT && cfg_commands[i].object == type &&
		    render_line(&cfg_commands[i], obj, 0, line, sizeof(line)))
			return &cfg_commands[i];
	return NULL;
}

/* ---- one object for the journal ------------------------------------------------------------------------- */

static int plain_line(void *arg, const struct rendered *r)
{
	text_puts(arg, " ");
	text_puts(arg, r->line);
	text_puts(arg, "\n");
	return 0;
}

struct global {
	struct text *t;
	const void *obj;
};

static int global_line(void *arg, const struct rendered *r)
{
	struct global *g = arg;

	text_puts(g->t, r->line);
	text_puts(g->t, "\n");
	if (r->cmd->opens) {
		render_lines(r->cmd->opens, g->obj, plain_line, g->t);
		text_puts(g->t, "#\n");
	}
	return 0;
}

void render_object(struct text *t, enum obj_type type, const void *obj)
{
	const struct command *cmd = render_row(type, obj);
	char line[LINE_MAX_LEN];

	if (type == OBJ_SYSTEM) {
		render_lines(VIEW_SYSTEM, obj, global_line, &(struct global){ t, obj });
		return;
	}
	if (!cmd || !render_line(cmd, obj, 0, line, sizeof(line)))
		return;
	text_puts(t, line);
	text_puts(t, "\n");
	if (cmd->opens)
		render_lines(cmd->opens, obj, plain_line, t);
}

/* ---- a whole configuration --------------------------------------------------------------------------------- */

struct document {
	struct text t;
	const struct trie *root;
	const char *only;
	const struct m_inert **inert;		/* in order of their places */
	size_t n_inert, at_inert;
	const struct command *flat;		/* the row whose block is open */

	/* the block being printed */
	uint8_t place[PLACE_MAX];
	size_t n_place;
	const struct command *row;
};

static int keep_inert(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct document *d = arg;

	(void)key;
	(void)len;
	d->inert[d->n_inert++] = val;
	return 0;
}

static void print_inert(struct document *d, const struct m_inert *m)
{
	static const char blanks[] = "               ";

	if (m->starts)
		text_puts(&d->t, "#\n");
	text_add(&d->t, blanks, m->indent < sizeof(blanks) ? m->indent : sizeof(blanks) - 1);
	text_puts(&d->t, m->text);
	text_puts(&d->t, "\n");
	d->flat = NULL;
}

/* Inert lines whose place is before @place. */
static void inert_before(struct document *d, const uint8_t *place, size_t n)
{
	while (d->at_inert < d->n_inert) {
		const struct m_inert *m = d->inert[d->at_inert];
		size_t shorter = m->n_place < n ? m->n_place : n;
		int c = memcmp(m->place, place, shorter);

		if (c > 0 || (c == 0 && m->n_place >= n))
			return;
		d->at_inert++;
		if (!d->only)
			print_inert(d, m);
	}
}

/* Inert lines inside the block, up to those anchored at rows before @inner. */
static void inert_inside(struct document *d, unsigned int inner)
{
	while (d->at_inert < d->n_inert) {
		const struct m_inert *m = d->inert[d->at_inert];

		if (!inert_is_inside(m, d->place, d->n_place) || inert_row(m) >= inner)
			return;
		d->at_inert++;
		print_inert(d, m);
	}
}

static int block_line(void *arg, const struct rendered *r)
{
	struct document *d = arg;

	inert_inside(d, place_rank(r->cmd));
	return plain_line(&d->t, r);
}

/* A line of the system view with all that stands in its view, and what follows it. */
static void print_block(struct document *d, const struct command *cmd, const void *obj, const char *line)
{
	d->n_place = place_of(d->place, cmd, obj);
	inert_before(d, d->place, d->n_place);
	if (!cmd->flat || !d->flat || d->flat->object != cmd->object)
		text_puts(&d->t, "#\n");
	d->flat = cmd->flat ? cmd : NULL;
	text_puts(&d->t, line);
	text_puts(&d->t, "\n");
	if (cmd->opens)
		render_lines(cmd->opens, obj, block_line, d);
	inert_inside(d, PLACE_LAST);
}

static int global_block(void *arg, const struct rendered *r)
{
	struct document *d = arg;

	if (r->cmd == d->row)
		print_block(d, r->cmd, cfg_system(d->root), r->line);
	return 0;
}

static int object_block(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct document *d = arg;
	char line[LINE_MAX_LEN];

	(void)key;
	(void)len;
	if (render_line(d->row, val, 0, line, sizeof(line)))
		print_block(d, d->row, val, line);
	return 0;
}

static void print_rows(struct document *d)
{
	for (size_t i = 0; i < cfg_n_commands; i++) {
		uint8_t type = (uint8_t)cfg_commands[i].object;

		d->row = &cfg_commands[i];
		if (d->row->view != VIEW_SYSTEM)
			continue;
		if (d->row->target == T_OBJECT)
			trie_walk(d->root, &type, 1, object_block, d);
		else
			render_lines(VIEW_SYSTEM, cfg_system(d->root), global_block, d);
	}
}

static void print_interface(struct document *d)
{
	const struct m_interface *m = cfg_interface(d->root, d->only);
	uint8_t key[KEY_MAX];

	d->row = m ? render_row(OBJ_INTERFACE, m) : NULL;
	if (d->row)
		object_block(d, key, 0, m);
}

static int count_inert(void *arg, const uint8_t *key, size_t len, const void *val)
{
	(void)key;
	(void)len;
	(void)val;
	++*(size_t *)arg;
	return 0;
}

static const uint8_t inert_prefix = OBJ_INERT;

char *cfg_render(const struct trie *root, const char *only_interface)
{
	struct document d = { .root = root, .only = only_interface };
	size_t n = 0;

	trie_walk(root, &inert_prefix, 1, count_inert, &n);
	d.inert = calloc(n + 1, sizeof(*d.inert));
	if (!d.inert)
		return NULL;
	trie_walk(root, &inert_prefix, 1, keep_inert, &d);
	if (only_interface)
		print_interface(&d);
	else
		print_rows(&d);
	while (!only_interface && d.at_inert < d.n_inert)
		print_inert(&d, d.inert[d.at_inert++]);
	free(d.inert);
	text_puts(&d.t, "#\nreturn\n");
	return text_take(&d.t);
}

static int inert_line(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct m_inert *m = val;
	struct text *t = arg;

	(void)key;
	(void)len;
	if (m->block[0])
		text_printf(t, "%u: %.200s / %.400s\n", m->line, m->block, m->text);
	else
		text_printf(t, "%u: %.400s\n", m->line, m->text);
	text_printf(t, "    %.400s\n", m->reason);
	return 0;
}

char *cfg_render_inert(const struct trie *root)
{
	struct text t = { 0 };

	trie_walk(root, &inert_prefix, 1, inert_line, &t);
	return text_take(&t);
}
