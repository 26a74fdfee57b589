/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commit.c: from candidate to running, all or nothing.
 *
 * A commit goes through the phases of a table, a bounded number of objects at a time. Everything walks the
 * difference of two roots; nothing walks all objects. Up to the swap it may be abandoned and nothing has
 * changed; from there on nothing can fail.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/session.h"

/* ---- slices ------------------------------------------------------------------------------------------- */

struct slice {
	struct tour *tour;
	unsigned int *budget;
	int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now);
	void *arg;
};

enum { SLICE_MORE = 1, SLICE_END = 2 };

static int visit(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct slice *s = arg;
	int rc;

	if (key[0] >= OBJ__N)		/* behind the objects come only indexes */
		return SLICE_END;
	if (!*s->budget)
		return SLICE_MORE;
	--*s->budget;
	rc = s->fn(s->arg, key, len, old, now);
	if (rc == SLICE_MORE)
		return rc;		/* more of this one */
	memcpy(s->tour->key, key, len);
	s->tour->n = len;
	return rc;
}

int tour_slice(struct tour *t, const struct trie *a, const struct trie *b, unsigned int *budget,
	       int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now), void *arg)
{
	struct slice s = { t, budget, fn, arg };
	int rc = trie_diff_after(a, b, t->key, t->n, visit, &s);

	return rc == SLICE_END ? 0 : rc;
}

/* ---- the phases ------------------------------------------------------------------------------------------- */

/* A phase does a slice: 1: more of it, 0: the next one, negative: the commit is over. */
struct phase {
	int (*slice)(struct cfg *c, unsigned int *budget);
	bool at_once;		/* in the same step as the one before, whatever the budget */
};

static bool is_change(const uint8_t *key, const void *old, const void *now)
{
	return !object_same((enum obj_type)key[0], old, now);
}

/* What the steps of others are told of. */
static bool of_interest(const uint8_t *key, const void *old, const void *now)
{
	return key[0] != OBJ_INERT && is_change(key, old, now);
}

static int through_changes(struct cfg *c, unsigned int *budget,
			   int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now))
{
	struct commit *k = &c->commit;
	unsigned int before = *budget;
	int rc = tour_slice(&k->tour, k->from, k->to, budget, fn, c);

	k->seen += before - *budget;
	return rc;
}

/* Problems told so far end the commit. */
static int verdict(const struct cfg *c)
{
	return c->no_room ? -ENOMEM : c->n_problems ? -EINVAL : 0;
}

static int rebase(struct cfg *c, unsigned int *budget)
{
	struct commit *k = &c->commit;
	int rc;

	if (k->s->base == c->running)
		return 0;
	if (!k->merge.cfg)
		merge_begin(&k->merge, c, k->s->base, k->from, k->to);
	rc = merge_slice(&k->merge, budget);
	if (rc)
		return rc;
	bury(c, k->to);
	k->to = ref_get(k->merge.root);
	k->conflict = c->n_problems > 0;
	merge_end(&k->merge);
	return verdict(c);
}

static int count_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct cfg *c = arg;

	(void)len;
	c->commit.changes += is_change(key, old, now);
	return 0;
}

static int count(struct cfg *c, unsigned int *budget)
{
	return through_changes(c, budget, count_one);
}

static int check_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct cfg *c = arg;
	struct commit *k = &c->commit;
	unsigned int before = *k->budget;
	int rc;

	(void)len;
	if (!of_interest(key, old, now))
		return 0;
	rc = check_change(c, k->from, k->to, (enum obj_type)key[0], old, now, &k->users, k->budget);
	k->seen -= before - *k->budget;		/* users are no changes: through_changes() counts them, too */
	return rc;
}

static int check(struct cfg *c, unsigned int *budget)
{
	int rc;

	c->commit.budget = budget;
	rc = through_changes(c, budget, check_one);

	if (rc || !c->n_problems)
		return rc ? rc : verdict(c);
	/* The steps tell theirs, too. But who takes lines out begins with these: the others may be of the same lines. */
	return c->commit.keep_problems || c->no_room ? verdict(c) : 0;
}

static int prepare_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct cfg *c = arg;
	int rc;

	(void)len;
	if (!of_interest(key, old, now))
		return 0;
	rc = c->steps.prepare(c->steps.arg, (enum obj_type)key[0], old, now);
	return rc > 0 ? -EPROTO : rc;
}

static int prepare(struct cfg *c, unsigned int *budget)
{
	c->commit.prepared = true;
	return c->steps.prepare ? through_changes(c, budget, prepare_one) : 0;
}

static int prepared(struct cfg *c, unsigned int *budget)
{
	int rc = c->steps.prepared ? c->steps.prepared(c->steps.arg, c) : 0;

	if (rc == 1)
		*budget = 0;
	return rc ? rc : verdict(c);
}

static bool is_kept(const struct cfg *c)
{
	return c->journal.path && !c->commit.again;
}

static int text(struct cfg *c, unsigned int *budget)
{
	struct commit *k = &c->commit;
	unsigned int before = *budget;
	int rc;

	if (!is_kept(c))
		return 0;
	if (!k->entry.on) {
		k->point->p.id = c->commit_id + 1;
		entry_begin(&k->entry, k->from, k->to, false);
		entry_point(&k->entry, &k->point->p);
	}
	rc = entry_slice(&k->entry, budget);
	k->seen += before - *budget;
	return rc;
}

static int write_part(struct cfg *c, unsigned int *budget)
{
	struct commit *k = &c->commit;
	int rc;

	if (!is_kept(c))
		return 0;
	rc = journal_write(c, &k->entry);
	if (rc == 1)
		*budget = 0;
	if (rc < 0)
		k->journal_err = rc;
	return rc < 0 ? -EIO : rc;
}

/* Nothing fails from here on. */
static int swap(struct cfg *c, unsigned int *budget)
{
	struct commit *k = &c->commit;

	(void)budget;
	ref_put(c->running);			/* k->from holds it */
	c->running = ref_get(k->to);
	if (!k->again) {
		k->point->p.id = ++c->commit_id;
		k->point->p.root = ref_get(k->to);
		points_add(c, k->point);
		k->point = NULL;
	}
	session_set(k->s, c->running, c->running);
	k->swapped = true;
	k->s->result->commit_id = c->commit_id;
	entry_end(&k->entry);
	want_background(c);			/* it goes on whether or not its session does */
	return 0;
}

static int apply_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct cfg *c = arg;

	(void)len;
	if (of_interest(key, old, now))
		c->steps.apply(c->steps.arg, (enum obj_type)key[0], old, now);
	return 0;
}

static int apply(struct cfg *c, unsigned int *budget)
{
	return c->steps.apply ? through_changes(c, budget, apply_one) : 0;
}

static int applied(struct cfg *c, unsigned int *budget)
{
	if (!c->steps.applied || !c->steps.applied(c->steps.arg))
		return 0;
	*budget = 0;
	return 1;
}

static const struct phase phases[] = {
	{ rebase, false },	{ count, false },	 { check, false },  { prepare, false },	 { prepared, false },
	{ text, false },	{ write_part, false },	 { swap, true },    { apply, false },	 { applied, false },
};
#define N_PHASES	(sizeof(phases) / sizeof(phases[0]))
#define WALKS		5u		/* phases that go through all changes: count, check, prepare, text, apply */

/* ---- the machine -------------------------------------------------------------------------------------------- */

int commit_start(struct cfg_session *s, const struct cfg_about *about)
{
	struct cfg *c = s->cfg;
	struct commit *k = &c->commit;
	struct point *point;

	if (k->busy)
		return -EBUSY;
	if (about && about->label && cfg_point_by_label(c, about->label))
		return -EEXIST;
	if (!s->result)
		s->result = malloc(sizeof(*s->result));
	point = point_new(about);
	if (!point || !s->result) {
		ref_put(point);
		return -ENOMEM;
	}
	memset(s->result, 0, sizeof(*s->result));
	problems_forget(c);
	*k = (struct commit){ .busy = true, .again = !about, .s = s, .point = point };
	k->from = ref_get(c->running);
	k->to = ref_get(s->cand);
	return 0;
}

int cfg_commit_begin(struct cfg_session *s, const struct cfg_about *about)
{
	static const struct cfg_about nothing;

	return commit_start(s, about ? about : &nothing);
}

/* What was under way is over. */
static void end(struct cfg *c)
{
	struct commit *k = &c->commit;

	merge_end(&k->merge);
	journal_cut(c, &k->entry);
	entry_end(&k->entry);
	ref_put(k->point);
	bury(c, k->from);
	bury(c, k->to);
	if (!k->keep_problems)
		problems_forget(c);
	*k = (struct commit){ 0 };
	if (c->state != c->state_kept)		/* it waited, or was never asked for */
		cfg_state_flush(c);
	want_background(c);
}

static void fail(struct cfg *c, int err)
{
	struct commit *k = &c->commit;

	if (k->prepared && c->steps.abort)
		c->steps.abort(c->steps.arg);
	if (k->s) {
		k->s->result->err = err;
		k->s->result->journal_err = k->journal_err;
		k->s->result->conflict = k->conflict;
		if (err == -EINVAL)
			problems_report(c, k->s->result);
	}
	end(c);
}

static bool is_own(const struct cfg_session *s)
{
	return s->cfg->commit.s == s;
}

void cfg_commit_abandon(struct cfg_session *s)
{
	if (is_own(s) && !s->cfg->commit.swapped)
		fail(s->cfg, -ECANCELED);
}

void commit_drop(struct cfg *c)
{
	c->commit.prepared &= !c->commit.swapped;
	if (c->commit.busy)
		fail(c, -ECANCELED);
}

void commit_session_gone(struct cfg_session *s)
{
	cfg_commit_abandon(s);
	if (is_own(s))
		s->cfg->commit.s = NULL;
}

/* One slice; false: it is over. */
static bool step(struct cfg *c)
{
	struct commit *k = &c->commit;
	unsigned int budget = SLICE;

	while (k->phase < N_PHASES && (budget || phases[k->phase].at_once)) {
		int rc = phases[k->phase].slice(c, &budget);

		if (rc < 0) {
			fail(c, rc);
			return false;
		}
		if (rc)
			continue;
		if (phases[k->phase].slice == count && !k->changes) {
			session_set(k->s, c->running, c->running);
			end(c);
			return false;
		}
		k->phase++;
		k->tour.n = 0;
	}
	if (k->phase < N_PHASES)
		return true;
	end(c);
	return false;
}

bool cfg_commit_step(struct cfg_session *s, struct cfg_result *r)
{
	bool more = is_own(s) && step(s->cfg);		/* or it went on in the background and is over */

	if (!more)
		*r = *s->result;
	return more;
}

static bool go_on(struct cfg *c)
{
	return c->commit.swapped && step(c);
}

bool cfg_commit_busy(const struct cfg *c)
{
	return c->commit.busy;
}

bool cfg_commit_swapped(const struct cfg_session *s)
{
	return !is_own(s) || s->cfg->commit.swapped;
}

void cfg_commit_progress(const struct cfg *c, size_t *done, size_t *total)
{
	const struct commit *k = &c->commit;

	*done = k->seen;
	*total = k->phase > 1 ? WALKS * k->changes : 0;
}

void cfg_commit(struct cfg_session *s, const struct cfg_about *about, struct cfg_result *r)
{
	memset(r, 0, sizeof(*r));
	r->err = cfg_commit_begin(s, about);
	while (!r->err && cfg_commit_step(s, r))
		;
	while (cfg_background(s->cfg))
		;
}

/* ---- what can wait ----------------------------------------------------------------------------------------------- */

void want_background(struct cfg *c)
{
	if (c->steps.work)
		c->steps.work(c->steps.arg);
}

void bury(struct cfg *c, struct trie *root)
{
	struct graves *g = &c->graves;

	if (!root || ((struct ref *)root)->n > 1) {
		ref_put(root);
		return;
	}
	if (g->n == g->room) {
		size_t room = g->room ? 2 * g->room : 8;
		struct trie **v = realloc(g->v, room * sizeof(struct trie *));

		if (!v) {
			ref_put(root);
			return;
		}
		g->v = v;
		g->room = room;
	}
	g->v[g->n++] = root;
	want_background(c);
}

static bool dig(struct cfg *c)
{
	struct graves *g = &c->graves;

	if (g->n && !trie_put_some(&g->v[g->n - 1], GRAVE_SLICE))
		g->n--;
	return g->n > 0;
}

void graves_free(struct cfg *c)
{
	while (c->graves.n)
		ref_put(c->graves.v[--c->graves.n]);
	free(c->graves.v);
	c->graves = (struct graves){ 0 };
}

bool cfg_background(struct cfg *c)
{
	return go_on(c) || journal_background(c) || dig(c);
}
