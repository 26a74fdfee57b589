/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.c: a candidate, and where its user stands.
 */
#include "cfg/session.h"

#include <stdio.h>
#include <stdlib.h>

#include "cfg/store.h"

struct cfg *cfg_new(const struct cfg_steps *steps)
{
	struct cfg *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	if (steps)
		c->steps = *steps;
	c->commit_id = CFG_ID_FIRST - 1;
	return c;
}

void cfg_free(struct cfg *c)
{
	if (!c)
		return;
	c->steps.work = NULL;
	commit_drop(c);
	journal_close(c);
	points_drop(c, CFG_POINTS_MAX);
	ref_put(c->running);
	ref_put(c->state);
	ref_put(c->state_kept);
	graves_free(c);
	problems_forget(c);
	free(c->problems);
	free(c);
}

const struct trie *cfg_running(const struct cfg *c)
{
	return c->running;
}

struct cfg_session *cfg_session_new(struct cfg *c)
{
	struct cfg_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->cfg = c;
	s->base = ref_get(c->running);
	s->cand = ref_get(c->running);
	s->at.view = VIEW_SYSTEM;
	return s;
}

void cfg_session_free(struct cfg_session *s)
{
	if (!s)
		return;
	commit_session_gone(s);
	session_set(s, NULL, NULL);
	if (s->refresh)
		merge_end(s->refresh);
	free(s->refresh);
	free(s->result);
	lines_free(&s->lines);
	free(s);
}

struct trie *session_sees(const struct cfg_session *s)
{
	return s->cand == s->base ? s->cfg->running : s->cand;
}

const struct trie *cfg_candidate(const struct cfg_session *s)
{
	return session_sees(s);
}

const struct trie *cfg_base(const struct cfg_session *s)
{
	return s->cand == s->base ? s->cfg->running : s->base;
}

void cfg_here(const struct cfg_session *s, struct cfg_what *what)
{
	enum cfg_view outer = cfg_views[s->at.view].parent;
	bool nested = outer != VIEW_NONE && outer != VIEW_SYSTEM;	/* shown with the block it stands in */

	*what = (struct cfg_what){ .part = CFG_PART_HERE, .view = nested ? (int)outer : (int)s->at.view,
				   .name = !nested && s->at.name[0] ? s->at.name : NULL };
}

void session_set(struct cfg_session *s, struct trie *base, struct trie *cand)
{
	ref_get(base);
	ref_get(cand);
	bury(s->cfg, s->base);
	bury(s->cfg, s->cand);
	s->base = base;
	s->cand = cand;
}

void cfg_discard(struct cfg_session *s)
{
	session_set(s, s->cfg->running, s->cfg->running);
	s->at = (struct place){ .view = VIEW_SYSTEM };
}

void cfg_set_candidate(struct cfg_session *s, struct trie *root)
{
	session_set(s, s->base, root);
	s->at = (struct place){ .view = VIEW_SYSTEM };
}

static int is_change(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	(void)arg;
	(void)len;
	return key[0] < OBJ__N && !object_same((enum obj_type)key[0], old, now);
}

bool session_same(const struct trie *a, const struct trie *b)
{
	return trie_diff(a, b, is_change, NULL) == 0;
}

bool cfg_dirty(const struct cfg_session *s)
{
	return !session_same(s->base, s->cand);
}

struct place session_place(const struct cfg_session *s)
{
	if (!edit_view_object(session_sees(s), &s->at))
		return (struct place){ .view = VIEW_SYSTEM };
	return s->at;
}

void cfg_view_name(const struct cfg_session *s, char *out, size_t len)
{
	struct place at = session_place(s);

	snprintf(out, len, "%s%s", cfg_views[at.view].prompt, at.name);
}
