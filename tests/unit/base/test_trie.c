/* SPDX-License-Identifier: BSD-2-Clause */
/* The persistent trie against a slow, obvious map, on random input. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ref.h"
#include "base/trie.h"

struct box {
	struct ref ref;
	unsigned int n;
};
static unsigned int alive;

static void box_free(void *obj)
{
	alive--;
	free(obj);
}

static struct box *box_new(unsigned int n)
{
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->ref = (struct ref){ 1, ref_kind(box_free) };
	b->n = n;
	alive++;
	return b;
}

static uint32_t seed = 1;

static unsigned int rnd(unsigned int below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* ---- the slow map -------------------------------------------------------------------------- */

#define SLOW_MAX 4096
struct slow {
	size_t n;
	struct entry {
		uint8_t key[16];
		size_t len;
		const void *val;
	} e[SLOW_MAX];
};

static int key_cmp(const uint8_t *a, size_t al, const uint8_t *b, size_t bl)
{
	int c = memcmp(a, b, al < bl ? al : bl);

	return c ? c : (al > bl) - (al < bl);
}

static void slow_set(struct slow *s, const uint8_t *key, size_t len, const void *val)
{
	size_t i = 0;

	while (i < s->n && key_cmp(s->e[i].key, s->e[i].len, key, len) < 0)
		i++;
	if (i < s->n && !key_cmp(s->e[i].key, s->e[i].len, key, len)) {
		s->e[i].val = val;
		if (!val)
			memmove(&s->e[i], &s->e[i + 1], (--s->n - i) * sizeof(s->e[0]));
		return;
	}
	if (!val)
		return;
	assert_true(s->n < SLOW_MAX);
	memmove(&s->e[i + 1], &s->e[i], (s->n++ - i) * sizeof(s->e[0]));
	memcpy(s->e[i].key, key, len);
	s->e[i].len = len;
	s->e[i].val = val;
}

static size_t random_key(uint8_t *key)
{
	static const uint8_t few[] = { 0x00, 0x01, 0x10, 0x11, 0xff, 'a' };
	size_t len = 1 + rnd(4);

	for (size_t i = 0; i < len; i++)
		key[i] = few[rnd(sizeof(few))];
	return len;
}

/* ---- comparisons ------------------------------------------------------------------------------ */

struct expect {
	const struct slow *s;
	size_t at;
	const uint8_t *prefix;
	size_t n_prefix;
	const uint8_t *after;		/* what stands up to it is passed over */
	size_t n_after;
};

static bool has_prefix(const struct expect *x, size_t i)
{
	if (x->n_after && key_cmp(x->s->e[i].key, x->s->e[i].len, x->after, x->n_after) <= 0)
		return false;
	return x->s->e[i].len >= x->n_prefix && (!x->n_prefix || !memcmp(x->s->e[i].key, x->prefix, x->n_prefix));
}

static int see(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct expect *x = arg;

	while (x->at < x->s->n && !has_prefix(x, x->at))
		x->at++;
	assert_true(x->at < x->s->n);
	assert_int_equal(key_cmp(key, len, x->s->e[x->at].key, x->s->e[x->at].len), 0);
	assert_ptr_equal(val, x->s->e[x->at].val);
	x->at++;
	return 0;
}

static void same(const struct trie *t, const struct slow *s, const uint8_t *prefix, size_t n_prefix,
		 const uint8_t *after, size_t n_after)
{
	struct expect x = { s, 0, prefix, n_prefix, after, n_after };

	assert_int_equal(trie_walk_after(t, prefix, n_prefix, after, n_after, see, &x), 0);
	while (x.at < s->n && !has_prefix(&x, x.at))
		x.at++;
	assert_int_equal(x.at, s->n);
}

struct expect_diff {
	const struct slow *a, *b;
	size_t i, j;
	const uint8_t *after;
	size_t n_after;
};

static void next_difference(struct expect_diff *d, const void **old, const void **now, size_t *k, bool *from_a)
{
	for (;;) {
		const struct entry *e;
		int c;

		*old = *now = NULL;
		if (d->i == d->a->n && d->j == d->b->n)
			return;
		if (d->i == d->a->n)
			c = 1;
		else if (d->j == d->b->n)
			c = -1;
		else
			c = key_cmp(d->a->e[d->i].key, d->a->e[d->i].len, d->b->e[d->j].key, d->b->e[d->j].len);
		*from_a = c <= 0;
		*k = c <= 0 ? d->i : d->j;
		if (c <= 0)
			*old = d->a->e[d->i++].val;
		if (c >= 0)
			*now = d->b->e[d->j++].val;
		e = *from_a ? &d->a->e[*k] : &d->b->e[*k];
		if (*old != *now && (!d->n_after || key_cmp(e->key, e->len, d->after, d->n_after) > 0))
			return;
	}
}

static int see_diff(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct expect_diff *d = arg;
	const void *o, *n;
	bool from_a;
	size_t k;

	next_difference(d, &o, &n, &k, &from_a);
	assert_true(o || n);
	assert_ptr_equal(o, old);
	assert_ptr_equal(n, now);
	if (from_a)
		assert_int_equal(key_cmp(key, len, d->a->e[k].key, d->a->e[k].len), 0);
	else
		assert_int_equal(key_cmp(key, len, d->b->e[k].key, d->b->e[k].len), 0);
	return 0;
}

static void same_diff(const struct trie *ta, const struct slow *a, const struct trie *tb, const struct slow *b,
		      const uint8_t *after, size_t n_after)
{
	struct expect_diff d = { a, b, 0, 0, after, n_after };
	const void *o, *n;
	bool from_a;
	size_t k;

	assert_int_equal(trie_diff_after(ta, tb, after, n_after, see_diff, &d), 0);
	next_difference(&d, &o, &n, &k, &from_a);
	assert_true(!o && !n);
}

/* ---- tests --------------------------------------------------------------------------------------- */

static void against_the_slow_map(void **state)
{
	static struct slow slow, kept;
	struct trie *t = NULL, *old = NULL;

	(void)state;
	slow.n = kept.n = 0;
	for (unsigned int i = 0; i < 30000; i++) {
		uint8_t key[16], p[16];
		size_t len = random_key(key), pl = random_key(p);
		struct box *b = rnd(3) ? box_new(i) : NULL;
		struct trie *next;
		int err;

		next = trie_set(t, key, len, b, &err);
		assert_int_equal(err, 0);
		ref_put(b);
		ref_put(t);
		t = next;
		slow_set(&slow, key, len, b);
		assert_int_equal(trie_count(t), slow.n);
		assert_ptr_equal(trie_get(t, key, len), b);
		if (i % 50 == 0) {
			same(t, &slow, p, pl, NULL, 0);
			same(t, &slow, NULL, 0, NULL, 0);
			same(t, &slow, p, pl, key, len);
			same(t, &slow, NULL, 0, p, pl);
			same_diff(old, &kept, t, &slow, NULL, 0);
			same_diff(t, &slow, old, &kept, NULL, 0);
			same_diff(t, &slow, old, &kept, p, pl);
			same_diff(old, &kept, t, &slow, key, len);
		}
		if (i % 400 == 0) {
			ref_put(old);
			old = ref_get(t);
			kept = slow;
		}
	}
	ref_put(t);
	same(old, &kept, NULL, 0, NULL, 0);	/* the old version was not touched */
	ref_put(old);
	assert_int_equal(alive, 0);
}

static struct trie *filled(unsigned int n)
{
	struct trie *t = NULL;

	for (unsigned int i = 0; i < n; i++) {
		struct box *b = box_new(i);
		struct trie *next;
		char key[32];
		int err;

		snprintf(key, sizeof(key), "GigabitEthernet0/%u/%u.%u", i >> 14, i >> 12 & 3, i & 4095);
		next = trie_set(t, key, strlen(key), b, &err);
		ref_put(b);
		ref_put(t);
		t = next;
	}
	return t;
}

static int count_one(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	(void)key;
	(void)len;
	assert_true(old && now);
	(*(unsigned int *)arg)++;
	return 0;
}

/* One change among 65,536 makes as many nodes as the path is long, and its difference visits no more. */
static void cost_of_one_change(void **state)
{
	static const unsigned int sizes[] = { 1, 4096, 65536 };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct trie *t = filled(sizes[i]), *u;
		struct box *b = box_new(0);
		const char *key = "GigabitEthernet0/0/0.0";
		uint64_t made = trie_cost()->made, visited;
		unsigned int n = 0;
		int err;

		u = trie_set(t, key, strlen(key), b, &err);
		assert_non_null(u);
		made = trie_cost()->made - made;
		assert_in_range(made, 1, 2 * strlen(key));
		visited = trie_cost()->visited;
		assert_int_equal(trie_diff(t, u, count_one, &n), 0);
		assert_int_equal(n, 1);
		assert_in_range(trie_cost()->visited - visited, 1, 2 * strlen(key));
		ref_put(b);
		ref_put(t);
		ref_put(u);
	}
	assert_int_equal(alive, 0);
}

struct slice {
	uint8_t key[32];
	size_t len;
	unsigned int n, left;
};

static int take_slice(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct slice *s = arg;

	(void)val;
	memcpy(s->key, key, len);
	s->len = len;
	s->n++;
	return --s->left == 0;
}

/* A walk cut into slices of 16 visits little more than one walk. */
static void cost_of_slices(void **state)
{
	struct trie *t = filled(65536);
	uint64_t visited = trie_cost()->visited;
	struct slice s = { .left = 0 };

	(void)state;
	do
		s.left = 16;
	while (trie_walk_after(t, NULL, 0, s.key, s.len, take_slice, &s));
	assert_int_equal(s.n, 65536);
	assert_in_range(trie_cost()->visited - visited, 65536, 4 * 65536);
	ref_put(t);
	assert_int_equal(alive, 0);
}

static int stop_at_two(void *arg, const uint8_t *key, size_t len, const void *val)
{
	(void)key;
	(void)len;
	(void)val;
	return ++*(int *)arg == 2 ? 7 : 0;
}

static struct trie *numbered(struct trie *t, unsigned int from, unsigned int n)
{
	for (unsigned int i = from; i < from + n; i++) {
		uint8_t key[4] = { (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i, 7 };
		struct box *b = box_new(i);
		int err;
		struct trie *next = trie_set(t, key, sizeof(key), b, &err);

		assert_int_equal(err, 0);
		ref_put(b);
		ref_put(t);
		t = next;
	}
	return t;
}

/* A root is given back in slices: bounded each, nothing lost, nothing of another root touched. */
static void given_back_in_slices(void **state)
{
	struct trie *one = numbered(NULL, 0, 2000), *two = numbered(ref_get(one), 1000, 3000);
	unsigned int slices = 0, before;
	const uint8_t key[4] = { 0, 3, 0xe7, 7 };	/* 999 */

	(void)state;
	before = alive;
	while (trie_put_some(&two, 50)) {
		assert_in_range(before - alive, 1, 60);
		before = alive;
		slices++;
	}
	assert_null(two);
	assert_in_range(slices, 60, 120);
	assert_int_equal(alive, 2000);
	assert_int_equal(trie_count(one), 2000);
	assert_int_equal(((const struct box *)trie_get(one, key, 4))->n, 999);
	two = ref_get(one);
	assert_false(trie_put_some(&two, 50));		/* somebody else has it */
	assert_int_equal(alive, 2000);
	while (trie_put_some(&one, 1))
		;
	assert_int_equal(alive, 0);
	assert_false(trie_put_some(&one, 1));
}

static void edges(void **state)
{
	struct box *b = box_new(1);
	uint8_t big[1025] = { 0 };
	struct trie *t, *u;
	int err, n = 0;

	(void)state;
	assert_null(trie_set(NULL, big, 0, b, &err));
	assert_int_equal(err, -EINVAL);
	assert_null(trie_set(NULL, big, sizeof(big), b, &err));
	assert_int_equal(err, -EINVAL);
	t = trie_set(NULL, big, 1024, b, &err);
	assert_int_equal(err, 0);
	u = trie_set(t, "k", 1, NULL, &err);		/* removing what is not there changes nothing */
	assert_ptr_equal(t, u);
	ref_put(u);
	u = trie_set(t, big, 1024, b, &err);		/* nor does binding the same object */
	assert_ptr_equal(t, u);
	ref_put(u);
	u = trie_set(t, big, 1024, NULL, &err);
	assert_null(u);
	assert_int_equal(err, 0);
	ref_put(t);
	ref_put(b);
	t = filled(10);
	assert_int_equal(trie_walk(t, "G", 1, stop_at_two, &n), 7);
	assert_int_equal(trie_walk(t, "H", 1, stop_at_two, &n), 0);
	ref_put(t);
	assert_int_equal(alive, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_the_slow_map),
		cmocka_unit_test(cost_of_one_change),
		cmocka_unit_test(cost_of_slices),
		cmocka_unit_test(given_back_in_slices),
		cmocka_unit_test(edges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
