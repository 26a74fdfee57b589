/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * render.c: prints what is configured by the same rows that parse it.
 */
#include "cfg/render.h"

#include <stdlib.h>
#include <string.h>

#include "cfg/edit.h"
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
	AS_DEFAULT,		/* what holds when nothing is configured */
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
	if (g->unbuilt)
		return false;
	if (g->leaf) {
		uint32_t n = g->leaf->index ? p->index : leaf_number(g->leaf, p->rec);

		if (need == AS_DEFAULT)
			n = g->leaf->dflt;
		if (n != g->value || (need == IF_SET && !n))
			return false;
	}
	put(p, g->word, g->len);
	return true;
}

static bool print_value(struct printer *p, const struct g_item *g, enum need need)
{
	char value[300];

	if (!g->leaf->size || (need == IF_SET && leaf_unset(g->leaf, p->rec)) ||
	    (need == AS_DEFAULT && !g->leaf->dflt))
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

	for (unsigned int i = 0; i < g->n_alt && (g->any_order || !any) && need != AS_DEFAULT; i++)
		any |= attempt(p, g->alt[i], IF_SET);
	for (unsigned int i = 0; i < g->n_alt && !any && !g->optional && need != IF_SET; i++)
		any = attempt(p, g->alt[i], need);
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

uint32_t render_elements(const struct command *cmd, const void *obj)
{
	if (cmd->target == T_SLOT)
		return cmd->many;
	return cmd->target == T_LIST ? *((const uint8_t *)obj + cmd->counter) : 1;
}

bool render_element(const struct command *cmd, const void *obj, uint32_t i, char *out, size_t size)
{
	out[0] = '\0';
	return obj && i < render_elements(cmd, obj) && render_line(cmd, row_record(cmd, obj, i), i, out, size);
}

bool render_undo(const struct command *cmd, const void *obj, uint32_t i, char *out, size_t size)
{
	struct printer p = { row_record(cmd, obj, i), i, out, size, 0 };

	out[0] = '\0';
	return cmd->undo && print_sequence(&p, grammar_of(cmd)->item[1], ALWAYS);
}

/* The words an undo form begins with: all that is needed when nothing is configured. */
static bool print_undone(struct printer *p, const struct command *cmd)
{
	for (uint16_t i = grammar_of(cmd)->item[1]; i != NOWHERE; i = grammar_item(i)->next) {
		const struct g_item *g = grammar_item(i);

		if (g->kind != G_WORD)
			return g->kind == G_CHOICE && g->optional;
		put(p, g->word, g->len);
	}
	return true;
}

/* All that the row sets is on or off. */
static bool is_switch(const struct command *cmd)
{
	bool any = false;

	for (const struct leaf *const *l = cmd->leaves; *l; l++) {
		if ((*l)->index)
			continue;
		if ((*l)->type != LT_WORD)
			return false;
		any = true;
	}
	return any;
}

bool render_default(const struct command *cmd, char *out, size_t size)
{
	static const union {
		struct m_system system;
		struct m_interface interface;
		struct m_pw_template template;
		struct m_ldp ldp;
		struct m_remote_peer remote;
	} nothing;
	struct printer p = { &nothing, 0, out, size, 0 };

	out[0] = '\0';
	if (cmd->target != T_FIELDS)
		return false;
	if (print_sequence(&p, grammar_of(cmd)->item[0], AS_DEFAULT))
		return true;
	p.n = 0;
	out[0] = '\0';
	return cmd->undo && is_switch(cmd) && print_undone(&p, cmd);
}

static int row_lines(const struct command *cmd, const void *obj, int (*fn)(void *arg, const struct rendered *r),
		     void *arg)
{
	char line[LINE_MAX_LEN];
	int rc = 0;

	for (uint32_t i = 0; i < render_elements(cmd, obj) && !rc; i++)
		if (render_element(cmd, obj, i, line, sizeof(line)))
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

/* A row of a view inside another: behind the line that opens that one, which is there, too. */
static void object_row(struct text *t, const struct command *cmd, const void *obj)
{
	const struct command *outer = view_opener(cmd->view);
	char line[LINE_MAX_LEN];

	if (!render_line(cmd, obj, 0, line, sizeof(line)))
		return;
	if (outer)
		text_printf(t, "%s\n ", outer->grammar);
	text_puts(t, line);
	text_puts(t, "\n");
	if (cmd->opens)
		render_lines(cmd->opens, obj, plain_line, t);
}

void render_object(struct text *t, enum obj_type type, const void *obj)
{
	if (type == OBJ_SYSTEM) {
		render_lines(VIEW_SYSTEM, obj, global_line, &(struct global){ t, obj });
		return;
	}
	for (size_t i = 0; i < cfg_n_commands; i++)
		if (cfg_commands[i].target == T_OBJECT && cfg_commands[i].object == type)
			object_row(t, &cfg_commands[i], obj);
}
