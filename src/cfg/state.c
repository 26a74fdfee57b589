/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.c: short texts under keys that outlive the engine: timers under way, values in force.
 *
 * They are kept in a trie as a configuration is, so what the disk does not know yet is a difference of roots.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/session.h"

#define TRIE_KEY_MAX (1 + CFG_STATE_KEY_MAX)
#define FLUSH_SLICES 4			/* of a flush that are made at once */

static bool is_text(const char *s, size_t max, unsigned char first)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < first || s[i] == 0x7f)
			return false;
	return n <= max;
}

static size_t trie_key(const char *key, uint8_t out[TRIE_KEY_MAX])
{
	size_t n = strnlen(key, CFG_STATE_KEY_MAX);

	out[0] = STATE_PREFIX;
	memcpy(out + 1, key, n);
	return n + 1;
}

static void value_free(void *obj)
{
	free(obj);
}

static struct state_value *value_new(const char *text)
{
	struct state_value *v = malloc(sizeof(*v) + strlen(text) + 1);

	if (!v)
		return NULL;
	v->ref = (struct ref){ 1, ref_kind(value_free) };
	strcpy(v->text, text);
	return v;
}

int cfg_state_set(struct cfg *c, const char *key, const char *value)
{
	struct state_value *v = NULL;
	uint8_t k[TRIE_KEY_MAX];
	const char *is;
	struct trie *t;
	int err;

	if (!*key || !is_text(key, CFG_STATE_KEY_MAX, '!') || (value && !is_text(value, CFG_STATE_VALUE_MAX, ' ')))
		return -EINVAL;
	is = cfg_state_get(c, key);
	if (is && value ? !strcmp(is, value) : !is && !value)
		return 0;
	v = value ? value_new(value) : NULL;
	if (value && !v)
		return -ENOMEM;
	t = trie_set(c->state, k, trie_key(key, k), v, &err);
	ref_put(v);
	if (err)
		return err;
	ref_put(c->state);
	c->state = t;
	return 0;
}

const char *cfg_state_get(const struct cfg *c, const char *key)
{
	uint8_t k[TRIE_KEY_MAX];
	const struct state_value *v = *key ? trie_get(c->state, k, trie_key(key, k)) : NULL;

	return v ? v->text : NULL;
}

struct each {
	int (*fn)(void *arg, const char *key, const char *value);
	void *arg;
};

static int each(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct state_value *v = val;
	const struct each *e = arg;
	char k[TRIE_KEY_MAX] = "";

	memcpy(k, key + 1, len - 1);
	return e->fn(e->arg, k, v->text);
}

int cfg_state_each(struct cfg *c, const char *prefix, int (*fn)(void *arg, const char *key, const char *value),
		   void *arg)
{
	struct trie *root = ref_get(c->state);		/* @fn may change it */
	uint8_t k[TRIE_KEY_MAX];
	int rc = trie_walk(root, k, trie_key(prefix, k), each, &(struct each){ fn, arg });

	ref_put(root);
	return rc;
}

int cfg_state_flush(struct cfg *c)
{
	int rc = 1;

	for (unsigned int i = 0; i < FLUSH_SLICES && rc == 1; i++)
		rc = journal_state(c);
	if (rc == 1)
		want_background(c);
	return rc < 0 ? rc : 0;
}
