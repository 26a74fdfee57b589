/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.c: short texts under keys that outlive the engine: timers under way, labels given out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/session.h"

static bool is_text(const char *s, size_t max, unsigned char first)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < first || s[i] == 0x7f)
			return false;
	return n <= max;
}

/* The first record that is not before @key; *hit: it is @key's. */
static size_t find(const struct cfg *c, const char *key, bool *hit)
{
	size_t low = 0, high = c->n_state;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(c->state[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*hit = low < c->n_state && !strcmp(c->state[low].key, key);
	return low;
}

static int insert(struct cfg *c, size_t at, const char *key)
{
	if (c->n_state == c->state_room) {
		size_t room = c->state_room ? 2 * c->state_room : 16;
		struct state *v = realloc(c->state, room * sizeof(*v));

		if (!v)
			return -ENOMEM;
		c->state = v;
		c->state_room = room;
	}
	key = strdup(key);
	if (!key)
		return -ENOMEM;
	memmove(c->state + at + 1, c->state + at, (c->n_state - at) * sizeof(c->state[0]));
	c->state[at] = (struct state){ .key = (char *)(uintptr_t)key };
	c->n_state++;
	return 0;
}

static void remove_at(struct cfg *c, size_t at)
{
	free(c->state[at].key);
	free(c->state[at].value);
	c->n_state--;
	memmove(c->state + at, c->state + at + 1, (c->n_state - at) * sizeof(c->state[0]));
}

int cfg_state_set(struct cfg *c, const char *key, const char *value)
{
	bool hit;
	size_t at;
	char *copy;

	if (!*key || !is_text(key, CFG_STATE_KEY_MAX, '!') || (value && !is_text(value, CFG_STATE_VALUE_MAX, ' ')))
		return -EINVAL;
	at = find(c, key, &hit);
	if (!value) {
		if (hit)
			remove_at(c, at);
		return 0;
	}
	copy = strdup(value);
	if (!copy || (!hit && insert(c, at, key))) {
		free(copy);
		return -ENOMEM;
	}
	free(c->state[at].value);
	c->state[at].value = copy;
	return 0;
}

const char *cfg_state_get(const struct cfg *c, const char *key)
{
	bool hit;
	size_t at = find(c, key, &hit);

	return hit ? c->state[at].value : NULL;
}

int cfg_state_each(struct cfg *c, const char *prefix, int (*fn)(void *arg, const char *key, const char *value),
		   void *arg)
{
	size_t n = strlen(prefix);
	bool hit;
	int rc = 0;

	for (size_t i = find(c, prefix, &hit); i < c->n_state && !rc && !strncmp(c->state[i].key, prefix, n);) {
		char *key = strdup(c->state[i].key);

		if (!key)
			return -ENOMEM;
		rc = fn(arg, key, c->state[i].value);
		i = find(c, key, &hit);		/* it may be gone */
		i += hit;
		free(key);
	}
	return rc;
}

int cfg_state_flush(struct cfg *c)
{
	(void)c;
	return 0;
}

void state_free(struct cfg *c)
{
	while (c->n_state)
		remove_at(c, c->n_state - 1);
	free(c->state);
}
