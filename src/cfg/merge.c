/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merge.c: what two sessions made of one configuration, put together.
 *
 * Objects that only one of them changed are taken as they are. One that both changed is a conflict: each line
 * the other session changed is told; or, where the own edits win, its lines are edited again on top of the
 * other's object, so that what the other did to other lines stays.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/render.h"
#include "cfg/session.h"

/* ---- the lines of an object ------------------------------------------------------------------------------ */

struct lines {
	struct own_line {
		enum cfg_view view;
		const struct command *cmd;
		uint32_t index;
		char *text;
	} *v;
	size_t n, room;
	enum cfg_view view;		/* being collected */
	bool failed;
};

static int collect(void *arg, const struct rendered *r)
{
	struct lines *l = arg;

	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 16;
		struct own_line *v = realloc(l->v, room * sizeof(*v));

		l->failed |= !v;
		if (!v)
			return 1;
		l->v = v;
		l->room = room;
	}
	l->v[l->n] = (struct own_line){ l->view, r->cmd, r->index, strdup(r->line) };
	l->failed |= !l->v[l->n].text;
	return l->v[l->n++].text ? 0 : 1;
}

static void lines_of(struct lines *l, enum obj_type type, const void *obj)
{
	*l = (struct lines){ 0 };
	for (l->view = VIEW_SYSTEM; obj && l->view < VIEW__N && !l->failed; l->view++)
		if (cfg_views[l->view].object == type)
			render_lines(l->view, obj, collect, l);
}

static void lines_drop(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].text);
	free(l->v);
}

static bool among(const struct own_line *o, const struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].view == o->view && !strcmp(l->v[i].text, o->text))
			return true;
	return false;
}

/* ---- conflicts ------------------------------------------------------------------------------------------- */

#define SET_BY_OTHER "another session set this since the candidate was made"
#define GONE_BY_OTHER "another session removed this since the candidate was made"

/* A line of the same row stands in its place. */
static bool replaced(const struct own_line *o, const struct lines *by)
{
	for (size_t i = 0; i < by->n; i++)
		if (by->v[i].cmd == o->cmd && by->v[i].index == o->index)
			return true;
	return false;
}

/* Each line of @have that @other has not; @gone: nor another in its place. */
static size_t tell_lines(struct cfg *c, enum obj_type type, const void *obj, const struct lines *have,
			 const struct lines *other, bool gone)
{
	const char *text = gone ? GONE_BY_OTHER : SET_BY_OTHER;
	size_t n = 0;

	for (size_t i = 0; i < have->n; i++) {
		if (among(&have->v[i], other) || (gone && replaced(&have->v[i], other)))
			continue;
		problem_of_line(c, type, obj, have->v[i].text, text);
		n++;
	}
	return n;
}

static void tell_conflict(struct cfg *c, enum obj_type type, const void *old, const void *theirs)
{
	const struct m_inert *m = theirs ? theirs : old;
	struct lines was, is;
	size_t n = 0;

	if (type == OBJ_INERT) {
		problem_of_line(c, type, m, m->text, theirs ? SET_BY_OTHER : GONE_BY_OTHER);
		return;
	}
	lines_of(&was, type, old);
	lines_of(&is, type, theirs);
	if (was.failed || is.failed) {
		c->no_room = true;
	} else if (theirs) {
		n += tell_lines(c, type, theirs, &is, &was, false);
		n += tell_lines(c, type, old ? old : theirs, &was, &is, true);
	}
	if (!n)
		problem_of_line(c, type, theirs ? theirs : old, "", theirs ? SET_BY_OTHER : GONE_BY_OTHER);
	lines_drop(&was);
	lines_drop(&is);
}

/* ---- own lines again --------------------------------------------------------------------------------------- */

struct again {
	struct trie **root;
	enum obj_type type;
	const void *like;		/* finds the object */
	int err;
	bool refused;
};

/* Carries out @line in the object's view; false: it was not taken. */
static bool type_line(struct again *a, enum cfg_view view, const char *line)
{
	struct place at;
	struct parsed p;
	struct cfg_answer r;
	const void *touched;

	edit_place(&at, view, a->like);
	r = session_read(view, ROWS_CONFIG, line, &p);
	if (r.verdict == CFG_OK)
		r = edit_apply(a->root, NULL, &at, &p, false, &touched);
	if (r.verdict == CFG_NOMEM)
		a->err = -ENOMEM;
	return r.verdict == CFG_OK;
}

static void take_away(struct again *a, const struct own_line *o)
{
	const void *now = store_get(*a->root, a->type, a->like);
	char undo[LINE_MAX_LEN + 8];

	if (o->cmd->target != T_LIST) {
		a->err = now ? edit_remove(a->root, o->cmd, now, o->index) : 0;
		return;
	}
	snprintf(undo, sizeof(undo), "undo %s", o->text);
	type_line(a, o->view, undo);	/* which may be gone already */
}

/* The edits that made @mine of @old, on top of theirs, which is in *root. */
static void edit_again(struct again *a, const void *old, const void *mine)
{
	struct lines was, is;

	lines_of(&was, a->type, old);
	lines_of(&is, a->type, mine);
	if (was.failed || is.failed)
		a->err = -ENOMEM;
	for (size_t i = 0; i < was.n && !a->err; i++)
		if (!among(&was.v[i], &is))
			take_away(a, &was.v[i]);
	for (size_t i = 0; i < is.n && !a->err; i++)
		if (!among(&is.v[i], &was))
			a->refused |= !type_line(a, is.v[i].view, is.v[i].text);
	lines_drop(&was);
	lines_drop(&is);
}

static int put(struct trie **root, enum obj_type type, const void *was, const void *now)
{
	if (now)
		return store_put(root, type, now);
	return was ? store_drop(root, type, was) : 0;
}

/* Objects with lines of their own beside the one that names them. */
static bool has_lines(enum obj_type type)
{
	return type == OBJ_INTERFACE || type == OBJ_SYSTEM || type == OBJ_PW_TEMPLATE || type == OBJ_LDP ||
	       type == OBJ_REMOTE_PEER;
}

static int own_wins(struct merge *m, enum obj_type type, const void *old, const void *theirs, const void *mine)
{
	struct trie *root = ref_get(m->root);
	struct again a = { &root, type, mine, 0, false };
	bool lines = has_lines(type);

	a.err = put(&root, type, theirs ? theirs : mine, lines && theirs && mine ? theirs : mine);
	if (!a.err && lines && theirs && mine)
		edit_again(&a, old, mine);
	if (!a.err && a.refused)	/* it contradicts what they set: then the object as a whole */
		a.err = put(&root, type, theirs, mine);
	if (a.err) {
		ref_put(root);
		return a.err;
	}
	ref_put(m->root);
	m->root = root;
	return 0;
}

/* ---- the merge --------------------------------------------------------------------------------------------- */

static bool same(enum obj_type type, const void *a, const void *b)
{
	return a == b || object_same(type, a, b);
}

/* One difference of a side from the base; the result holds what the other side has. */
static int merge_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct merge *m = arg;
	enum obj_type type = (enum obj_type)key[0];
	const void *there = trie_get(m->root, key, len);

	if (same(type, old, now) || same(type, there, now))
		return 0;
	if (same(type, there, old))
		return put(&m->root, type, old, now);
	m->conflicts++;
	if (m->own_wins)
		return own_wins(m, type, old, m->on_theirs ? there : now, m->on_theirs ? now : there);
	tell_conflict(m->cfg, type, old, m->on_theirs ? there : now);
	return 0;
}

static int count_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	(void)arg, (void)key, (void)len, (void)old, (void)now;
	return 0;
}

void merge_begin(struct merge *m, struct cfg *c, struct trie *base, struct trie *theirs, struct trie *mine)
{
	unsigned int few = SLICE;
	struct tour look = { .n = 0 };

	*m = (struct merge){ .cfg = c, .base = ref_get(base), .theirs = ref_get(theirs), .mine = ref_get(mine) };
	m->on_theirs = tour_slice(&look, base, mine, &few, count_one, NULL) == 0;
	m->root = ref_get(m->on_theirs ? theirs : mine);
}

void merge_begin_onto(struct merge *m, struct cfg *c, struct trie *base, struct trie *mine)
{
	*m = (struct merge){ .cfg = c, .base = ref_get(base), .theirs = ref_get(base), .mine = ref_get(mine) };
	m->on_theirs = true;
	m->root = ref_get(base);
}

int merge_slice(struct merge *m, unsigned int *budget)
{
	return tour_slice(&m->tour, m->base, m->on_theirs ? m->mine : m->theirs, budget, merge_one, m);
}

void merge_end(struct merge *m)
{
	if (!m->cfg)
		return;
	bury(m->cfg, m->base);
	bury(m->cfg, m->theirs);
	bury(m->cfg, m->mine);
	bury(m->cfg, m->root);
	*m = (struct merge){ 0 };
}

/* ---- a session's own edits on top of what is running ---------------------------------------------------------- */

int cfg_refresh_step(struct cfg_session *s)
{
	struct cfg *c = s->cfg;
	unsigned int budget = SLICE;
	int rc;

	/* running moved on, or it was given up and the candidate edited: from the start */
	if (s->refresh && (s->refresh->theirs != c->running || s->refresh->mine != s->cand)) {
		merge_end(s->refresh);
		free(s->refresh);
		s->refresh = NULL;
	}
	if (!s->refresh) {
		s->refresh = calloc(1, sizeof(*s->refresh));
		if (!s->refresh)
			return -ENOMEM;
		merge_begin(s->refresh, c, s->base, c->running, s->cand);
		s->refresh->own_wins = true;
	}
	rc = merge_slice(s->refresh, &budget);
	if (rc == 1)
		return 1;
	if (!rc)
		session_set(s, c->running, s->refresh->root);
	merge_end(s->refresh);
	free(s->refresh);
	s->refresh = NULL;
	return rc;
}

int cfg_refresh(struct cfg_session *s)
{
	int rc;

	do
		rc = cfg_refresh_step(s);
	while (rc == 1);
	return rc;
}

struct clash {
	const struct cfg_session *s;
	char *line;
	size_t len;
};

static void first_line(struct clash *h, enum obj_type type, const void *old, const void *theirs)
{
	struct cfg scratch = { 0 };
	char line[2 * LINE_MAX_LEN + 8];

	tell_conflict(&scratch, type, old, theirs);
	if (scratch.n_problems) {
		problem_line(&scratch.problems[0], line, sizeof(line));
		snprintf(h->line, h->len, "%s", line);
	}
	problems_forget(&scratch);
	free(scratch.problems);
}

static int clashes(void *arg, const uint8_t *key, size_t len, const void *old, const void *theirs)
{
	struct clash *h = arg;
	const void *mine = trie_get(h->s->cand, key, len);
	enum obj_type type = (enum obj_type)key[0];

	if (key[0] >= OBJ__N || same(type, mine, old) || same(type, mine, theirs) || same(type, old, theirs))
		return 0;
	if (h->line)
		first_line(h, type, old, theirs);
	return 1;
}

bool cfg_conflict(const struct cfg_session *s, char *line, size_t len)
{
	struct clash h = { s, line, len };

	if (line)
		snprintf(line, len, "%s", "");
	return trie_diff(s->base, s->cfg->running, clashes, &h);
}
