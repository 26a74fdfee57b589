/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commit.c: from candidate to running, all or nothing.
 *
 * difference -> checks -> prepare -> journal -> swap of the root -> apply. Everything walks the difference
 * of the two roots; nothing walks all objects.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/inert.h"
#include "cfg/render.h"
#include "cfg/session.h"
#include "cfg/store.h"

/* ---- problems ------------------------------------------------------------------------------------------ */

void cfg_problem(struct cfg *c, enum obj_type type, const void *obj, const char *field, const char *text)
{
	struct problem *p;

	if (c->n_problems == c->room) {
		size_t room = c->room ? 2 * c->room : 32;

		p = realloc(c->problems, room * sizeof(*p));
		if (!p) {
			c->no_room = true;
			return;
		}
		c->problems = p;
		c->room = room;
	}
	p = &c->problems[c->n_problems++];
	p->type = type;
	p->obj = type == OBJ_SYSTEM ? object_copy(type, obj) : ref_get(obj);
	snprintf(p->field, sizeof(p->field), "%s", field ? field : "");
	snprintf(p->text, sizeof(p->text), "%s", text);
}

static void forget_problems(struct cfg *c)
{
	for (size_t i = 0; i < c->n_problems; i++)
		ref_put(c->problems[i].obj);
	c->n_problems = 0;
	c->no_room = false;
}

/* The line of a problem's object that its field names. */
struct culprit {
	const struct problem *p;
	const struct command *cmd;	/* NULL: the object as a whole */
	uint32_t index;
	char line[LINE_MAX_LEN];
};

static bool names_slot(const char *field, const struct rendered *r)
{
	static const char *const slots[] = { "primary", "secondary", "bypass" };

	return r->cmd->target == T_SLOT && r->index < 3 && !strcmp(field, slots[r->index]);
}

static int is_culprit(void *arg, const struct rendered *r)
{
	struct culprit *c = arg;
	size_t n = strlen(c->p->field);
	bool begins = n && !strncmp(r->line, c->p->field, n) && (r->line[n] == ' ' || !r->line[n]);

	/* "mpls" is the first word of many: a row that is exactly that is meant */
	if (begins && strcmp(r->line, c->p->field) && !strncmp(r->cmd->grammar, c->p->field, n) && !r->cmd->grammar[n])
		begins = false;
	if (!begins && !names_slot(c->p->field, r))
		return 0;
	if (c->cmd && strcmp(r->line, c->p->field))
		return 0;
	c->cmd = r->cmd;
	c->index = r->index;
	snprintf(c->line, sizeof(c->line), "%s", r->line);
	return 0;
}

static void find_culprit(const struct problem *p, struct culprit *c)
{
	static const enum cfg_view global[] = { VIEW_SYSTEM, VIEW_MPLS, VIEW_L2VPN };

	c->p = p;
	c->cmd = NULL;
	c->line[0] = '\0';
	if (p->type == OBJ_INTERFACE)
		render_lines(VIEW_INTERFACE, p->obj, is_culprit, c);
	if (p->type == OBJ_PW_TEMPLATE)
		render_lines(VIEW_PW_TEMPLATE, p->obj, is_culprit, c);
	for (size_t i = 0; p->type == OBJ_SYSTEM && i < 3 && !c->cmd; i++)
		render_lines(global[i], p->obj, is_culprit, c);
}

static void describe(const struct problem *p, char *out, size_t size)
{
	const struct command *row = p->type == OBJ_SYSTEM ? NULL : render_row(p->type, p->obj);
	struct culprit c;
	char head[LINE_MAX_LEN] = "";

	find_culprit(p, &c);
	if (row)
		render_line(row, p->obj, 0, head, sizeof(head));
	snprintf(out, size, "%s%s%s", head, head[0] && c.line[0] ? " / " : "", c.line);
}

static void report(const struct cfg *c, struct cfg_result *r)
{
	r->n_problems = c->n_problems;
	for (size_t i = 0; i < c->n_problems && i < CFG_PROBLEMS_MAX; i++) {
		char line[2 * LINE_MAX_LEN + 8];

		describe(&c->problems[i], line, sizeof(line));
		snprintf(r->problem[i].line, sizeof(r->problem[i].line), "%.255s", line);
		snprintf(r->problem[i].text, sizeof(r->problem[i].text), "%s", c->problems[i].text);
	}
}

/* ---- prepare and apply ------------------------------------------------------------------------------------ */

struct stepping {
	struct cfg *c;
	int err;
};

static bool of_interest(const uint8_t *key, const void *old, const void *now)
{
	return key[0] < OBJ__N && key[0] != OBJ_INERT && !object_same((enum obj_type)key[0], old, now);
}

static int prepare_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct stepping *s = arg;

	(void)len;
	if (of_interest(key, old, now))
		s->err = s->c->steps.prepare(s->c->steps.arg, (enum obj_type)key[0], old, now);
	return s->err;
}

static int apply_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct cfg *c = arg;

	(void)len;
	if (of_interest(key, old, now))
		c->steps.apply(c->steps.arg, (enum obj_type)key[0], old, now);
	return 0;
}

static int prepare(struct cfg *c, const struct trie *now)
{
	struct stepping s = { c, 0 };

	if (c->steps.prepare)
		trie_diff(c->running, now, prepare_one, &s);
	while (!s.err && c->steps.prepared) {
		s.err = c->steps.prepared(c->steps.arg, c);
		if (s.err != 1)
			break;
		s.err = 0;
	}
	return s.err;
}

static void apply(struct cfg *c, const struct trie *old)
{
	if (c->steps.apply)
		trie_diff(old, c->running, apply_one, c);
	while (c->steps.applied && c->steps.applied(c->steps.arg))
		;
}

static void give_up(struct cfg *c)
{
	if (c->steps.abort)
		c->steps.abort(c->steps.arg);
}

/* Running becomes @now, or nothing changes and @r says why. Problems stay noted for the caller. */
static void swap(struct cfg *c, struct trie *now, struct cfg_point *p, struct cfg_result *r)
{
	struct trie *old = c->running;

	forget_problems(c);
	check_changes(c, old, now);
	if (c->n_problems || c->no_room) {
		r->err = c->no_room ? -ENOMEM : -EINVAL;
		return;
	}
	r->err = prepare(c, now);
	if (!r->err && (c->n_problems || c->no_room))
		r->err = c->no_room ? -ENOMEM : -EINVAL;
	if (p)
		p->id = c->commit_id + 1;
	if (!r->err && p && c->journal.path) {
		r->journal_err = journal_append(c, old, now, p);
		r->err = r->journal_err ? -EIO : 0;
	}
	if (r->err) {
		give_up(c);
		return;
	}
	c->running = ref_get(now);
	r->commit_id = ++c->commit_id;
	if (p) {
		p->root = ref_get(now);
		points_add(&c->points, p);
		c->commit.about = NULL;
	}
	apply(c, old);
	ref_put(old);
}

/* ---- two sessions ------------------------------------------------------------------------------------------- */

struct rebasing {
	struct cfg_session *s;
	struct trie *root;
	int err;
};

/* One change of the session onto what others committed meanwhile. */
static int rebase_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct rebasing *b = arg;
	const void *theirs = trie_get(b->s->cfg->running, key, len);
	enum obj_type type = (enum obj_type)key[0];

	if (key[0] >= OBJ__N || theirs == now)
		return 0;
	if (theirs != old)
		cfg_problem(b->s->cfg, type, now ? now : old, NULL,
			    "another session changed this since the candidate was made");
	else
		b->err = now ? store_put(&b->root, type, now) : store_drop(&b->root, type, old);
	return b->err;
}

static int rebase(struct cfg_session *s)
{
	struct rebasing b = { s, ref_get(s->cfg->running), 0 };

	if (s->base == s->cfg->running) {
		ref_put(b.root);
		return 0;
	}
	forget_problems(s->cfg);
	trie_diff(s->base, s->cand, rebase_one, &b);
	if (b.err || s->cfg->n_problems) {
		ref_put(b.root);
		return b.err ? b.err : -EINVAL;
	}
	session_move(s, s->cfg->running);
	ref_put(s->cand);
	s->cand = b.root;
	return 0;
}

static void commit_all(struct cfg_session *s, struct cfg_result *r)
{
	struct cfg *c = s->cfg;

	memset(r, 0, sizeof(*r));
	r->err = rebase(s);
	r->conflict = r->err == -EINVAL;
	if (!r->err && session_same(s->base, s->cand))
		return;
	if (!r->err)
		swap(c, s->cand, c->commit.about, r);
	if (r->err == -EINVAL)
		report(c, r);
	else if (!r->err)
		session_move(s, c->running);
	forget_problems(c);
}

int cfg_commit_begin(struct cfg_session *s, const struct cfg_about *about)
{
	struct cfg *c = s->cfg;
	struct cfg_point *p;

	if (c->commit.busy)
		return -EBUSY;
	if (about && about->label && cfg_point_by_label(c, about->label))
		return -EEXIST;
	p = point_new(about);
	if (!p)
		return -ENOMEM;
	c->commit = (struct commit){ .s = s, .about = p, .busy = true };
	return 0;
}

void cfg_commit_abandon(struct cfg *c)
{
	point_free(c->commit.about);
	c->commit = (struct commit){ 0 };
}

bool cfg_commit_step(struct cfg *c, struct cfg_result *r)
{
	commit_all(c->commit.s, r);
	cfg_commit_abandon(c);
	return false;
}

bool cfg_commit_busy(const struct cfg *c)
{
	return c->commit.busy;
}

bool cfg_commit_swapped(const struct cfg *c)
{
	return c->commit.swapped;
}

void cfg_commit_progress(const struct cfg *c, size_t *done, size_t *total)
{
	(void)c;
	*done = *total = 0;
}

void cfg_commit(struct cfg_session *s, const struct cfg_about *about, struct cfg_result *r)
{
	memset(r, 0, sizeof(*r));
	r->err = cfg_commit_begin(s, about);
	while (!r->err && cfg_commit_step(s->cfg, r))
		;
	while (cfg_background(s->cfg))
		;
}

bool cfg_background(struct cfg *c)
{
	(void)c;
	return false;
}

/* ---- refresh --------------------------------------------------------------------------------------------------- */

struct refreshing {
	struct trie *root;
	int err;
};

static int refresh_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct refreshing *f = arg;
	enum obj_type type = (enum obj_type)key[0];

	(void)len;
	if (key[0] < OBJ__N)
		f->err = now ? store_put(&f->root, type, now) : store_drop(&f->root, type, old);
	return f->err;
}

int cfg_refresh_step(struct cfg_session *s)
{
	struct refreshing f = { ref_get(s->cfg->running), 0 };

	trie_diff(s->base, s->cand, refresh_one, &f);
	if (!f.err) {
		session_move(s, s->cfg->running);
		ref_put(s->cand);
		s->cand = ref_get(f.root);
	}
	ref_put(f.root);
	return f.err;
}

int cfg_refresh(struct cfg_session *s)
{
	int rc;

	do
		rc = cfg_refresh_step(s);
	while (rc == 1);
	return rc;
}

static int theirs_too(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	const struct cfg_session *s = arg;
	const void *mine = trie_get(s->cand, key, len);

	return key[0] < OBJ__N && mine != old && mine != now;
}

bool cfg_conflict(const struct cfg_session *s, char *line, size_t len)
{
	if (line)
		snprintf(line, len, "%s", "");
	return trie_diff(s->base, s->cfg->running, theirs_too, (void *)(uintptr_t)s);
}

/* ---- start-up ------------------------------------------------------------------------------------------------- */

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
	t->block = "";
	if (!t->err)
		t->err = inert_follow(t->root, before, &t->anchor, head, t->number);
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
		t->block = "";
	}
	if (!t->err && !row && c->cmd->opens)
		t->err = inert_follow(t->root, before, &t->anchor, c->line, t->number);
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
	find_culprit(p, &c);
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

	c->commit.about = about ? point_new(about) : NULL;
	do {
		memset(r, 0, sizeof(*r));
		swap(c, s->cand, c->commit.about, r);
		if (r->err == -EINVAL)
			report(c, r);
	} while (r->err == -EINVAL && take_out_all(s, l, &number) == 0);
	forget_problems(c);
	lines_free(&s->lines);
	if (!r->err)
		session_move(s, c->running);
}

void cfg_commit_startup(struct cfg_session *s, const struct cfg_about *about, struct cfg_load *l, struct cfg_result *r)
{
	static const struct cfg_about nothing = { .origin = CFG_BY_STARTUP };

	startup_commit(s, about ? about : &nothing, l, r);
	cfg_commit_abandon(s->cfg);
}
