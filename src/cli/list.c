/* SPDX-License-Identifier: BSD-2-Clause */
/* list.c: see list.h. */
#include "cli/list.h"

#include <stdlib.h>
#include <string.h>

#define SLICE	32		/* records printed in a step */

static bool list_step(struct session *s, void *state)
{
	struct list *l = state;

	l->s = s;
	for (unsigned i = 0; i < SLICE && l->at < l->n; i++)
		l->how->one(l, list_at(l, l->at++));
	if (l->at < l->n)
		return true;
	if (l->how->tail)
		l->how->tail(l);
	return false;
}

static void list_end(void *state)
{
	struct list *l = state;

	free(l->v);
	free(l->beside);
	free(l);
}

struct list *list_new(struct session *s, const struct list_how *how)
{
	struct list *l = calloc(1, sizeof(*l));

	if (!l) {
		say_error(s, "Not enough memory for this output.");
		return NULL;
	}
	l->s = s;
	l->how = how;
	return l;
}

int list_add(struct list *l, const void *rec)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		uint8_t *v = realloc(l->v, cap * l->how->size);

		if (!v) {
			l->failed = true;
			return -1;
		}
		l->v = v;
		l->cap = cap;
	}
	memcpy(l->v + l->n++ * l->how->size, rec, l->how->size);
	return 0;
}

void *list_at(const struct list *l, size_t i)
{
	return l->v + i * l->how->size;
}

void list_print(struct list *l)
{
	if (l->failed) {
		say_error(l->s, "Not enough memory for this output.");
		list_end(l);
		return;
	}
	session_job(l->s, list_step, list_end, l);
}
