/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * startup.c: the first commit of an engine. A line that a check refuses is taken out and kept as inert with
 * its reason, until the rest can be committed: a damaged file still starts an engine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cfg/inert.h"
#include "cfg/render.h"
#include "cfg/session.h"

struct taking_out {
	struct trie **root;
	struct line_map *lines;
	const struct problem *p;
	struct cfg_load *l;
	uint32_t *number;
	struct anchor anchor;
	const char *block;
	int err;
};

static void keep_inert(struct taking_out *t, const struct rendered *r, const char *block, bool starts)
{
	struct inert_new in = {
		.anchor = &t->anchor,
		.number = (*t->number)++,
		.indent = block[0] ? 1 : 0,
		.starts = starts,
		.refused = true,
		.block = block,
		.text = r->line,
		.reason = t->p->text,
		.line = lines_find(t->lines, t->anchor.place, t->anchor.n, r->cmd, r->index),
	};

	if (t->err)
		return;
	t->err = inert_add(t->root, &in);
	t->l->refused++;
	if (t->l->taken)
		t->l->taken--;
	if (t->l->tell)
		t->l->tell(t->l->arg, in.line, r->line, t->p->text);
}

static int whole_line(void *arg, const struct rendered *r)
{
	struct taking_out *t = arg;

	keep_inert(t, r, t->block, false);
	return 0;
}

struct inner_lines {
	struct taking_out *t;
	const struct command *row;
	struct trie *root;		/* being changed */
};

static int take_inner(void *arg, const uint8_t *key, size_t len, const void *obj)
{
	struct inner_lines *in = arg;
	struct taking_out *t = in->t;
	char line[LINE_MAX_LEN];

	(void)key;
	(void)len;
	if (!render_line(in->row, obj, 0, line, sizeof(line)))
		return 0;
	t->root = &in->root;
	t->err = edit_remove(&in->root, in->row, obj, 0);
	keep_inert(t, &(struct rendered){ in->row, 0, line }, t->block, false);
	if (in->row->opens)
		render_lines(in->row->opens, obj, whole_line, t);
	return t->err;
}

/* What the view of the line that goes holds of objects of their own, goes with it, last: they may open views that would
 * understand the other lines. */
static void take_out_inner(struct taking_out *t, enum cfg_view view)
{
	struct trie **root = t->root;

	for (size_t i = 0; i < cfg_n_commands && view && !t->err; i++) {
		const uint8_t type = (uint8_t)cfg_commands[i].object;
		struct inner_lines in = { t, &cfg_commands[i], ref_get(*root) };

		if (cfg_commands[i].view == view && cfg_commands[i].target == T_OBJECT)
			trie_walk(*root, &type, 1, take_inner, &in);
		ref_put(*root);
		*root = in.root;
	}
	t->root = root;
}

/* The object with all its lines: they are kept as a block of their own. */
static void take_out_whole(struct taking_out *t)
{
	const struct problem *p = t->p;
	const struct command *row = p->type == OBJ_SYSTEM ? NULL : render_row(p->type, p->obj);
	struct trie *before;
	char head[LINE_MAX_LEN];

	if (!row || !render_line(row, p->obj, 0, head, sizeof(head))) {
		t->err = -EINVAL;
		return;
	}
	t->anchor.n = place_of(t->anchor.place, row, p->obj);
	before = ref_get(*t->root);
	t->err = edit_remove(t->root, row, p->obj, 0);
	keep_inert(t, &(struct rendered){ row, 0, head }, "", true);
	t->block = head;
	if (row->opens)
		render_lines(row->opens, p->obj, whole_line, t);
	if (!t->err)
		t->err = inert_follow(t->root, before, &t->anchor, head, t->number);
	take_out_inner(t, row->opens);
	t->block = "";
	ref_put(before);
}

static void take_out_line(struct taking_out *t, const struct culprit *c)
{
	const struct problem *p = t->p;
	const struct command *row = view_opener(c->cmd->view);
	struct trie *before;
	char head[LINE_MAX_LEN] = "";

	if (row)
		render_line(row, p->obj, 0, head, sizeof(head));
	t->anchor.n = place_of(t->anchor.place, row ? row : c->cmd, p->obj);
	t->anchor.inside = row != NULL;
	t->anchor.inner = row ? (uint8_t)place_rank(c->cmd) : 0;
	before = ref_get(*t->root);
	t->err = edit_remove(t->root, c->cmd, p->obj, c->index);
	keep_inert(t, &(struct rendered){ c->cmd, c->index, c->line }, head, !row);
	if (!row && c->cmd->opens) {
		t->block = c->line;
		render_lines(c->cmd->opens, p->obj, whole_line, t);
		if (!t->err)
			t->err = inert_follow(t->root, before, &t->anchor, c->line, t->number);
		take_out_inner(t, c->cmd->opens);
		t->block = "";
	}
	ref_put(before);
}

/* Takes one problem's line out of the candidate. An object that changed since it was noted waits for the next round. */
static int take_out(struct cfg_session *s, const struct problem *p, struct cfg_load *l, uint32_t *number)
{
	struct trie **root = &s->cand;
	struct taking_out t = { .root = root, .lines = &s->lines, .p = p, .l = l, .number = number };
	const void *there = store_get(*root, p->type, p->obj);
	struct culprit c;

	if (p->type != OBJ_SYSTEM && there != p->obj)
		return 0;
	if (p->type == OBJ_SYSTEM && !object_same(OBJ_SYSTEM, cfg_system(*root), p->obj))
		return 0;
	culprit_find(p, &c);
	if (c.cmd)
		take_out_line(&t, &c);
	else
		take_out_whole(&t);
	return t.err;
}

static int take_out_all(struct cfg_session *s, struct cfg_load *l, uint32_t *number)
{
	struct trie *before = ref_get(s->cand);
	int err = 0;

	for (size_t i = 0; i < s->cfg->n_problems && !err; i++)
		err = take_out(s, &s->cfg->problems[i], l, number);
	if (!err && before == s->cand)
		err = -EINVAL;		/* nothing to take out: the problem stays */
	ref_put(before);
	return err;
}

void startup_commit(struct cfg_session *s, const struct cfg_about *about, struct cfg_load *l, struct cfg_result *r)
{
	struct cfg *c = s->cfg;
	uint32_t number = 0;

	do {
		memset(r, 0, sizeof(*r));
		r->err = commit_start(s, about);
		if (r->err)
			break;
		c->commit.keep_problems = true;
		while (cfg_commit_step(s, r))
			;
	} while (r->err == -EINVAL && take_out_all(s, l, &number) == 0);
	problems_forget(c);
	lines_free(&s->lines);
}

void cfg_commit_startup(struct cfg_session *s, const struct cfg_about *about, struct cfg_load *l, struct cfg_result *r)
{
	static const struct cfg_about nothing = { .origin = CFG_BY_STARTUP };

	startup_commit(s, about ? about : &nothing, l, r);
	while (cfg_background(s->cfg))
		;
}
