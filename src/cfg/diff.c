/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diff.c: what differs between two configurations, a slice at a time, as marked lines or as commands.
 *
 * An object that differs is compared row by row and element by element of its rendered lines; elements of a list
 * that has no fixed places (addresses) are the same when their lines are. Objects come in the order of the rows that
 * print them, so that both forms read like a configuration.
 */
#include <stdlib.h>
#include <string.h>

#include "cfg/edit.h"
#include "cfg/inert.h"
#include "cfg/render.h"
#include "cfg/store.h"

#define SLICE	48		/* objects looked at in a step */

struct cfg_diff {
	const struct trie *old, *now;
	bool commands;
	const struct command *row[256];	/* in the order in which they print: what a view holds behind what opens it */
	size_t n_rows, at;		/* at n_rows: kept lines */
	bool late;			/* now come the rows whose undo takes others along */
	uint8_t after[KEY_MAX];		/* the object looked at last by the row; n_after 0: none yet */
	size_t n_after;

	bool any;
	const struct command *flat;	/* the row whose block is open */
	const char *head;		/* of kept lines: the block printed last */

	/* the block being compared */
	const struct command *cmd;
	const char *view;		/* its first line, to be printed before its first difference; NULL: it was */
	const char *inner;		/* likewise the first line of a view inside it */
	const char *indent;		/* of the rows of the view */
	const struct command *open;	/* the row whose block was printed last */
	struct text *out;
	unsigned int left;
};

/* Both sides of a row of an object. */
struct pair {
	const struct command *cmd;
	const void *old, *now;
};

enum mark { GONE, NEW };

/* ---- printing ---------------------------------------------------------------------------------------- */

static void separator(struct cfg_diff *d)
{
	text_puts(d->out, d->commands ? "#\n" : "  #\n");
}

static void begin_block(struct cfg_diff *d)
{
	if (!d->cmd->flat || !d->flat || d->flat->object != d->cmd->object)
		separator(d);
	d->flat = d->cmd->flat ? d->cmd : NULL;
	d->open = d->cmd;
	d->any = true;
}

static void print_context(struct cfg_diff *d, const char *indent, const char **line)
{
	if (!*line)
		return;
	text_printf(d->out, "%s%s%s\n", d->commands ? "" : "  ", indent, *line);
	*line = NULL;
}

/* The head of a block that stayed, once. */
static void print_view(struct cfg_diff *d)
{
	if (d->view)
		begin_block(d);
	print_context(d, "", &d->view);
	print_context(d, " ", &d->inner);
}

static void print_line(struct cfg_diff *d, enum mark mark, const char *indent, const char *line)
{
	print_view(d);
	if (!d->commands)
		text_puts(d->out, mark == GONE ? "- " : "+ ");
	text_puts(d->out, indent);
	text_puts(d->out, line);
	text_puts(d->out, "\n");
}

static void print_undo(struct cfg_diff *d, const struct pair *p, uint32_t i, const char *indent)
{
	char line[LINE_MAX_LEN];

	if (render_undo(p->cmd, p->old, i, line, sizeof(line)))
		print_line(d, GONE, indent, line);
}

/* ---- the rows inside a block ---------------------------------------------------------------------------- */

/* The line that stands for @line of element @i in @obj: that of the same element; in a list an equal one. */
static bool other_line(const struct command *cmd, const void *obj, uint32_t i, const char *line, char *other)
{
	if (cmd->target != T_LIST)
		return render_element(cmd, obj, i, other, LINE_MAX_LEN);
	for (i = 0; obj && i < render_elements(cmd, obj); i++)
		if (render_element(cmd, obj, i, other, LINE_MAX_LEN) && !strcmp(line, other))
			return true;
	return false;
}

static uint32_t elements(const struct pair *p, const void *obj)
{
	return obj ? render_elements(p->cmd, obj) : 0;
}

static void mark_element(struct cfg_diff *d, const struct pair *p, uint32_t i)
{
	char a[LINE_MAX_LEN], b[LINE_MAX_LEN];
	bool old = render_element(p->cmd, p->old, i, a, sizeof(a));
	bool now = render_element(p->cmd, p->now, i, b, sizeof(b));

	if (old && now && !strcmp(a, b))
		return;
	if (old)
		print_line(d, GONE, d->indent, a);
	if (now)
		print_line(d, NEW, d->indent, b);
}

static void mark_list(struct cfg_diff *d, const struct pair *p)
{
	char line[LINE_MAX_LEN], other[LINE_MAX_LEN];

	for (uint32_t i = 0; i < elements(p, p->old); i++)
		if (render_element(p->cmd, p->old, i, line, sizeof(line)) &&
		    !other_line(p->cmd, p->now, i, line, other))
			print_line(d, GONE, d->indent, line);
	for (uint32_t i = 0; i < elements(p, p->now); i++)
		if (render_element(p->cmd, p->now, i, line, sizeof(line)) &&
		    !other_line(p->cmd, p->old, i, line, other))
			print_line(d, NEW, d->indent, line);
}

static void mark_row(struct cfg_diff *d, const struct pair *p)
{
	uint32_t a = elements(p, p->old), b = elements(p, p->now);

	if (p->cmd->target == T_LIST)
		mark_list(d, p);
	else
		for (uint32_t i = 0; i < (a > b ? a : b); i++)
			mark_element(d, p, i);
}

/* A line cannot be typed over what is there: then all of the row goes first. */
static bool must_go(const struct pair *p)
{
	struct refusal r = { 0 };

	for (uint32_t i = 0; p->cmd->change && p->old && p->now && i < elements(p, p->old); i++)
		p->cmd->change(p->old, p->now, i, &r);
	return r.verdict != CFG_OK;
}

/* What goes, last first: a secondary before its primary. */
static void undo_row(struct cfg_diff *d, const struct pair *p)
{
	char line[LINE_MAX_LEN], other[LINE_MAX_LEN];
	bool all = must_go(p);

	for (uint32_t i = elements(p, p->old); i-- > 0;)
		if (render_element(p->cmd, p->old, i, line, sizeof(line)) &&
		    (all || !other_line(p->cmd, p->now, i, line, other)))
			print_undo(d, p, i, d->indent);
}

static void type_row(struct cfg_diff *d, const struct pair *p)
{
	char line[LINE_MAX_LEN], other[LINE_MAX_LEN];
	bool all = must_go(p);

	for (uint32_t i = 0; i < elements(p, p->now); i++)
		if (render_element(p->cmd, p->now, i, line, sizeof(line)) &&
		    (all || !other_line(p->cmd, p->old, i, line, other) || strcmp(line, other)))
			print_line(d, NEW, d->indent, line);
}

typedef void row_fn(struct cfg_diff *d, const struct pair *p);

/* @fn for the rows of the block's view (@slots: only those about slots). */
static void each_row(struct cfg_diff *d, const struct pair *block, row_fn *fn, bool backwards, bool slots)
{
	for (size_t k = 0; block->cmd->opens && k < cfg_n_commands; k++) {
		struct pair p = { &cfg_commands[backwards ? cfg_n_commands - 1 - k : k], block->old, block->now };

		if (p.cmd->view == block->cmd->opens && p.cmd->target != T_OBJECT &&
		    (!slots || p.cmd->target == T_SLOT))
			fn(d, &p);
	}
}

/* ---- a block ------------------------------------------------------------------------------------------------ */

static void marked(struct cfg_diff *d, const struct pair *p, const char *old, const char *now)
{
	const struct pair gone = { p->cmd, p->old, NULL }, come = { p->cmd, NULL, p->now };

	if (old && now && !strcmp(old, now)) {
		d->view = now;
		each_row(d, p, mark_row, false, false);
		return;
	}
	begin_block(d);
	if (old) {
		print_line(d, GONE, "", old);
		each_row(d, &gone, mark_row, false, false);
	}
	if (now) {
		print_line(d, NEW, "", now);
		each_row(d, &come, mark_row, false, false);
	}
}

/* What is bound to the object must go before it goes itself. */
static void undone(struct cfg_diff *d, const struct pair *p, uint32_t i, const char *old)
{
	const struct pair gone = { p->cmd, p->old, NULL };

	d->view = old;
	each_row(d, &gone, undo_row, true, true);
	d->view = NULL;
	begin_block(d);
	print_undo(d, p, i, "");
}

static void as_commands(struct cfg_diff *d, const struct pair *p, uint32_t i, const char *old, const char *now)
{
	const struct pair come = { p->cmd, NULL, p->now };
	bool same = old && now && !strcmp(old, now);

	d->view = now;
	if (same) {
		each_row(d, p, undo_row, true, false);
		each_row(d, p, type_row, false, false);
	} else if (now) {
		print_view(d);
		each_row(d, old ? p : &come, type_row, false, false);
	} else if (!p->now || p->cmd->target != T_OBJECT) {
		undone(d, p, i, old);
	}			/* else another row types over it */
}

static void compare(struct cfg_diff *d, const struct pair *p, uint32_t i)
{
	char a[LINE_MAX_LEN], b[LINE_MAX_LEN];
	const char *old = render_element(p->cmd, p->old, i, a, sizeof(a)) ? a : NULL;
	const char *now = render_element(p->cmd, p->now, i, b, sizeof(b)) ? b : NULL;

	d->cmd = p->cmd;
	if (!old && !now)
		return;
	if (d->commands)
		as_commands(d, p, i, old, now);
	else
		marked(d, p, old, now);
	d->view = NULL;
}

/* ---- objects inside the block of another --------------------------------------------------------------------- */

static void marked_inside(struct cfg_diff *d, const struct pair *p, const char *old, const char *now)
{
	const struct pair gone = { p->cmd, p->old, NULL }, come = { p->cmd, NULL, p->now };
	bool same = old && now && !strcmp(old, now);

	d->inner = same ? now : NULL;
	if (old && !same)
		print_line(d, GONE, " ", old);
	if (old && !same)
		each_row(d, &gone, mark_row, false, false);
	if (now && !same)
		print_line(d, NEW, " ", now);
	each_row(d, same ? p : &come, mark_row, false, false);
}

static void commands_inside(struct cfg_diff *d, const struct pair *p, const char *old, const char *now)
{
	const struct pair come = { p->cmd, NULL, p->now };

	d->inner = now;
	if (!now) {
		print_undo(d, p, 0, " ");
		return;
	}
	if (old && p->cmd->opens)
		each_row(d, p, undo_row, true, false);
	if (!old || strcmp(old, now))
		print_view(d);
	each_row(d, old ? p : &come, type_row, false, false);
}

/* A row of a view: its line stands in the block of what opens the view, and may open a view itself. */
static void compare_inside(struct cfg_diff *d, const struct pair *p)
{
	char a[LINE_MAX_LEN], b[LINE_MAX_LEN], head[LINE_MAX_LEN];
	const struct command *outer = view_opener(p->cmd->view);
	const char *old = p->old && render_line(p->cmd, p->old, 0, a, sizeof(a)) ? a : NULL;
	const char *now = p->now && render_line(p->cmd, p->now, 0, b, sizeof(b)) ? b : NULL;
	bool stays = outer->target != T_OBJECT ? render_line(outer, cfg_system(d->now), 0, head, sizeof(head)) :
						 store_get(d->now, outer->object, NULL) != NULL;

	if ((!old && !now) || (d->commands && !stays))
		return;		/* `undo` of what opens the view takes it along */
	d->cmd = outer;
	d->view = d->open == outer ? NULL : outer->grammar;
	d->indent = "  ";
	if (d->commands)
		commands_inside(d, p, old, now);
	else
		marked_inside(d, p, old, now);
	d->indent = " ";
	d->view = d->inner = NULL;
	if (d->commands && p->cmd->opens)
		d->open = NULL;		/* what follows begins from outside again */
}

/* ---- kept lines ------------------------------------------------------------------------------------------- */

static void kept(struct cfg_diff *d, enum mark mark, const struct m_inert *m)
{
	char indent[16] = "";

	memset(indent, ' ', m->indent < sizeof(indent) ? m->indent : sizeof(indent) - 1);
	if (m->starts || !d->head || (m->block[0] && strcmp(d->head, m->block))) {
		separator(d);
		if (m->block[0] && (!d->head || strcmp(d->head, m->block)))
			text_printf(d->out, "%s%s\n", d->commands ? "" : "  ", m->block);
	}
	d->head = m->block[0] ? m->block : m->text;
	d->any = true;
	if (d->commands && mark == GONE) {
		text_puts(d->out, indent);
		text_printf(d->out, "undo %s\n", m->text);
		return;
	}
	print_line(d, mark, indent, m->text);
}

static void compare_kept(struct cfg_diff *d, const struct m_inert *old, const struct m_inert *now)
{
	if (old && now && !strcmp(old->text, now->text) && !strcmp(old->block, now->block))
		return;
	if (old)
		kept(d, GONE, old);
	if (now)
		kept(d, NEW, now);
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static void add_rows(struct cfg_diff *d, const struct command *cmd)
{
	d->row[d->n_rows++] = cmd;
	for (size_t i = 0; cmd->opens && i < cfg_n_commands; i++)
		if (cfg_commands[i].view == cmd->opens && cfg_commands[i].target == T_OBJECT)
			d->row[d->n_rows++] = &cfg_commands[i];
}

static struct cfg_diff *diff_new(const struct trie *old, const struct trie *now, bool commands)
{
	struct cfg_diff *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->old = ref_get(old);
	d->now = ref_get(now);
	d->commands = commands;
	d->indent = " ";
	for (size_t i = 0; i < cfg_n_commands; i++)
		if (cfg_commands[i].view == VIEW_SYSTEM)
			add_rows(d, &cfg_commands[i]);
	return d;
}

struct cfg_diff *cfg_diff_new(const struct trie *old, const struct trie *now)
{
	return diff_new(old, now, false);
}

struct cfg_diff *cfg_diff_commands(const struct trie *old, const struct trie *now)
{
	return diff_new(old, now, true);
}

enum { SLICE_OVER = 1, ROW_OVER };

/* As commands, what goes and takes others along comes last: they go by lines of their own. */
static bool is_late(const struct cfg_diff *d, const struct pair *p, uint32_t i)
{
	char line[LINE_MAX_LEN];

	return d->commands && p->cmd->undone && render_element(p->cmd, p->old, i, line, sizeof(line)) &&
	       !render_element(p->cmd, p->now, i, line, sizeof(line));
}

static void compare_object(struct cfg_diff *d, const struct pair *p)
{
	if (p->cmd->view != VIEW_SYSTEM)
		compare_inside(d, p);
	else if (is_late(d, p, 0) == d->late)
		compare(d, p, 0);
}

static int object(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct cfg_diff *d = arg;
	const struct command *cmd = d->at < d->n_rows ? d->row[d->at] : NULL;
	enum obj_type type = cmd ? cmd->object : OBJ_INERT;

	if (key[0] != type)
		return ROW_OVER;
	memcpy(d->after, key, len);
	d->n_after = len;
	if (object_same(type, old, now))
		;
	else if (!cmd)
		compare_kept(d, old, now);
	else
		compare_object(d, &(struct pair){ cmd, old, now });
	return --d->left ? 0 : SLICE_OVER;
}

/* The objects of a row; false: the slice ends before the last. */
static bool objects(struct cfg_diff *d, enum obj_type type)
{
	const uint8_t key = (uint8_t)type;
	const void *old, *now;

	if (!d->n_after) {		/* one of a kind has this key, behind which the others come */
		d->after[0] = key;
		d->n_after = 1;
		old = trie_get(d->old, &key, 1);
		now = trie_get(d->now, &key, 1);
		if (old != now && object(d, &key, 1, old, now))
			return false;
	}
	return trie_diff_after(d->old, d->now, d->after, d->n_after, object, d) != SLICE_OVER;
}

static void globals(struct cfg_diff *d, const struct command *cmd)
{
	const struct pair p = { cmd, cfg_system(d->old), cfg_system(d->now) };
	uint32_t a = elements(&p, p.old), b = elements(&p, p.now);

	for (uint32_t i = 0; p.old != p.now && i < (a > b ? a : b); i++)
		if (is_late(d, &p, i) == d->late)
			compare(d, &p, i);
}

/* Objects whose going takes others along are one of a kind: their key is their type. */
static void late_row(struct cfg_diff *d, const struct command *cmd)
{
	if (cmd->view == VIEW_SYSTEM && cmd->target != T_OBJECT)
		globals(d, cmd);
	else if (cmd->view == VIEW_SYSTEM && cmd->undone && store_get(d->old, cmd->object, NULL) &&
		 !store_get(d->now, cmd->object, NULL))
		compare_object(d, &(struct pair){ cmd, store_get(d->old, cmd->object, NULL), NULL });
}

static void late(struct cfg_diff *d)
{
	d->late = true;
	for (size_t i = cfg_n_commands; i-- > 0 && d->commands;)
		late_row(d, &cfg_commands[i]);
}

bool cfg_diff_step(struct cfg_diff *d, struct text *out)
{
	d->out = out;
	d->left = SLICE;
	for (; d->at < d->n_rows; d->at++, d->n_after = 0) {
		if (d->row[d->at]->target != T_OBJECT)
			globals(d, d->row[d->at]);
		else if (!objects(d, d->row[d->at]->object))
			return true;
	}
	d->flat = NULL;
	if (!d->late)
		late(d);
	if (!objects(d, OBJ_INERT))
		return true;
	if (d->any)
		separator(d);
	return false;
}

bool cfg_diff_any(const struct cfg_diff *d)
{
	return d->any;
}

void cfg_diff_free(struct cfg_diff *d)
{
	if (!d)
		return;
	ref_put(d->old);
	ref_put(d->now);
	free(d);
}
