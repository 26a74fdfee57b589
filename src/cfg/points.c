/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * points.c: rollback points: what was running after each of the last commits.
 *
 * A point is one root of a persistent trie, so a hundred of them cost what changed between them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/session.h"

/* A copy of @s of at most @max octets, on one line. */
static char *copied(const char *s, size_t max)
{
	char *c = s ? strndup(s, max) : strdup("");

	for (char *p = c; p && *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	return c;
}

static void point_free(void *obj)
{
	struct point *pt = obj;

	free((char *)(uintptr_t)pt->p.label);
	free((char *)(uintptr_t)pt->p.description);
	free((char *)(uintptr_t)pt->p.user);
	free((char *)(uintptr_t)pt->p.from);
	ref_put(pt->p.root);
	free(pt);
}

struct point *point_new(const struct cfg_about *about)
{
	static const struct cfg_about nothing;
	struct point *pt = calloc(1, sizeof(*pt));

	if (!pt)
		return NULL;
	if (!about)
		about = &nothing;
	pt->ref = (struct ref){ 1, ref_kind(point_free) };
	pt->p.wall_ns = about->wall_ns;
	pt->p.origin = about->origin < CFG_ORIGIN__N ? about->origin : CFG_BY_CLI;
	pt->p.label = copied(about->label, CFG_LABEL_MAX);
	pt->p.description = copied(about->description, CFG_DESCRIPTION_MAX);
	pt->p.user = copied(about->user, CFG_USER_MAX);
	pt->p.from = copied(about->from, CFG_USER_MAX);
	if (pt->p.label && pt->p.description && pt->p.user && pt->p.from)
		return pt;
	ref_put(pt);
	return NULL;
}

void points_drop(struct cfg *c, size_t n)
{
	struct points *ps = &c->points;

	n = n < ps->n ? n : ps->n;
	for (size_t i = 0; i < n; i++) {
		struct trie *root = ref_get(ps->at[i]->p.root);

		ref_put(ps->at[i]);
		bury(c, root);
	}
	ps->n -= n;
	memmove(ps->at, ps->at + n, ps->n * sizeof(ps->at[0]));
}

void points_add(struct cfg *c, struct point *pt)
{
	if (c->points.n == CFG_POINTS_MAX)
		points_drop(c, 1);
	c->points.at[c->points.n++] = pt;
}

bool points_unlabel(struct cfg *c, const char *label)
{
	for (size_t i = 0; i < c->points.n && *label; i++) {
		if (strcmp(c->points.at[i]->p.label, label))
			continue;
		*(char *)(uintptr_t)c->points.at[i]->p.label = '\0';
		return true;
	}
	return false;
}

/* ---- for others ------------------------------------------------------------------------------------------ */

size_t cfg_points(const struct cfg *c)
{
	return c->points.n;
}

const struct cfg_point *cfg_point(const struct cfg *c, size_t i)
{
	return i < c->points.n ? &c->points.at[c->points.n - 1 - i]->p : NULL;
}

const struct cfg_point *cfg_point_by_id(const struct cfg *c, uint32_t id)
{
	for (size_t i = 0; i < c->points.n; i++)
		if (c->points.at[i]->p.id == id)
			return &c->points.at[i]->p;
	return NULL;
}

const struct cfg_point *cfg_point_by_label(const struct cfg *c, const char *label)
{
	for (size_t i = 0; i < c->points.n && *label; i++)
		if (!strcmp(c->points.at[i]->p.label, label))
			return &c->points.at[i]->p;
	return NULL;
}

int cfg_points_clear(struct cfg *c, size_t n)
{
	char line[32];
	int err;

	if (n >= c->points.n)
		n = c->points.n ? c->points.n - 1 : 0;
	if (!n)
		return 0;
	snprintf(line, sizeof(line), "forget %zu", n);
	err = journal_line(c, line);
	if (!err)
		points_drop(c, n);
	return err;
}

int cfg_label_clear(struct cfg *c, const char *label)
{
	char line[CFG_LABEL_MAX + 16];
	int err;

	if (!cfg_point_by_label(c, label))
		return -ENOENT;
	snprintf(line, sizeof(line), "unlabel %s", label);
	err = journal_line(c, line);
	if (!err)
		points_unlabel(c, label);
	return err;
}
