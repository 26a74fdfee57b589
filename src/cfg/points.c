/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * points.c: rollback points: what was running after each of the last commits.
 *
 * A point is one root of a persistent trie, so a hundred of them cost what changed between them.
 */
#include <errno.h>
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

void point_free(struct cfg_point *p)
{
	if (!p)
		return;
	free((char *)(uintptr_t)p->label);
	free((char *)(uintptr_t)p->description);
	free((char *)(uintptr_t)p->user);
	free((char *)(uintptr_t)p->from);
	ref_put(p->root);
	free(p);
}

struct cfg_point *point_new(const struct cfg_about *about)
{
	static const struct cfg_about nothing;
	struct cfg_point *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	if (!about)
		about = &nothing;
	p->wall_ns = about->wall_ns;
	p->origin = about->origin;
	p->label = copied(about->label, CFG_LABEL_MAX);
	p->description = copied(about->description, CFG_DESCRIPTION_MAX);
	p->user = copied(about->user, CFG_USER_MAX);
	p->from = copied(about->from, CFG_USER_MAX);
	if (p->label && p->description && p->user && p->from)
		return p;
	point_free(p);
	return NULL;
}

static void drop_oldest(struct points *ps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		point_free(ps->at[i]);
	ps->n -= n;
	memmove(ps->at, ps->at + n, ps->n * sizeof(ps->at[0]));
}

void points_add(struct points *ps, struct cfg_point *p)
{
	if (ps->n == CFG_POINTS_MAX)
		drop_oldest(ps, 1);
	ps->at[ps->n++] = p;
}

void points_free(struct points *ps)
{
	drop_oldest(ps, ps->n);
}

size_t cfg_points(const struct cfg *c)
{
	return c->points.n;
}

const struct cfg_point *cfg_point(const struct cfg *c, size_t i)
{
	return i < c->points.n ? c->points.at[c->points.n - 1 - i] : NULL;
}

const struct cfg_point *cfg_point_by_id(const struct cfg *c, uint32_t id)
{
	for (size_t i = 0; i < c->points.n; i++)
		if (c->points.at[i]->id == id)
			return c->points.at[i];
	return NULL;
}

const struct cfg_point *cfg_point_by_label(const struct cfg *c, const char *label)
{
	for (size_t i = 0; i < c->points.n && *label; i++)
		if (!strcmp(c->points.at[i]->label, label))
			return c->points.at[i];
	return NULL;
}

int cfg_points_clear(struct cfg *c, size_t n)
{
	if (!c->points.n)
		return 0;
	drop_oldest(&c->points, n < c->points.n ? n : c->points.n - 1);
	return 0;
}

int cfg_label_clear(struct cfg *c, const char *label)
{
	struct cfg_point *p = (struct cfg_point *)(uintptr_t)cfg_point_by_label(c, label);

	if (!p)
		return -ENOENT;
	*(char *)(uintptr_t)p->label = '\0';
	return 0;
}
