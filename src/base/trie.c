/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trie.c: the persistent map behind every datastore.
 *
 * A radix tree over half-octets with compressed paths. A node owns one reference on its value and
 * one on each kid; it is never changed after it was published, so roots may share it freely.
 * Sixteen ways per level keep the copy of a node below 200 octets, whatever the fan-out of the keys.
 */
#include "base/trie.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ref.h"

#define KEY_MAX 1024

struct trie {
	struct ref ref;
	const void *val;		/* NULL: no entry ends here */
	uint32_t count;			/* entries here and below */
	uint16_t map;			/* bit i: a kid for half-octet i */
	uint16_t n_path;		/* half-octets between the parent's branch and this node */
	struct trie *kid[];		/* in order of their bits; the path follows, two half-octets each octet */
};

static struct trie_cost cost;

const struct trie_cost *trie_cost(void)
{
	return &cost;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* Bits of a map: without an instruction for it, which every amd64 has and none may assume, the compiler's own is a
 * call into its library. */
static inline unsigned int bits(unsigned int v)
{
	v -= v >> 1 & 0x5555;
	v = (v & 0x3333) + (v >> 2 & 0x3333);
	v = (v + (v >> 4)) & 0x0f0f;
	return (v + (v >> 8)) & 31;
}

static unsigned int n_kids(const struct trie *t)
{
	return bits(t->map);
}

/* Half-octet @i of packed half-octets. */
static unsigned int half(const uint8_t *p, size_t i)
{
	return i & 1 ? p[i / 2] & 15u : p[i / 2] >> 4;
}

static const uint8_t *path_of(const struct trie *t)
{
	return (const uint8_t *)(t->kid + n_kids(t));
}

static unsigned int path(const struct trie *t, size_t i)
{
	return half(path_of(t), i);
}

static void path_put(struct trie *t, size_t i, unsigned int v)
{
	uint8_t *o = (uint8_t *)(t->kid + n_kids(t)) + i / 2;

	*o = (uint8_t)(i & 1 ? (*o & 0xf0) | v : v << 4 | (*o & 15));
}

static struct trie *kid_at(const struct trie *t, unsigned int nib)
{
	if (!(t->map & 1u << nib))
		return NULL;
	return t->kid[bits(t->map & ((1u << nib) - 1u))];
}

static void node_free(void *obj)
{
	struct trie *t = obj;

	for (unsigned int i = 0; i < n_kids(t); i++)
		ref_put(t->kid[i]);
	ref_put(t->val);
	free(t);
}

/* Frees what hangs below @t, whose only owner we are, the last kid first; what is left of @n. */
static size_t strip(struct trie *t, size_t n)
{
	while (t->map && n) {
		struct trie *kid = t->kid[n_kids(t) - 1];

		if (kid->ref.n == 1 && kid->map) {
			n = strip(kid, n);
			if (kid->map)
				return 0;
		}
		ref_put(kid);
		t->map &= (uint16_t)~(1u << (15 - (__builtin_clz(t->map) - 16)));
		n -= n > 0;
	}
	return n;
}

bool trie_put_some(struct trie **t, size_t n)
{
	if (*t && (*t)->ref.n == 1)
		strip(*t, n);
	if (*t && (*t)->ref.n == 1 && (*t)->map)
		return true;
	ref_put(*t);
	*t = NULL;
	return false;
}

/* A node with room for the kids of @map (all NULL) and a path of @n_path; takes a reference on @val. */
static struct trie *node_new(uint16_t map, size_t n_path, const void *val)
{
	size_t kids = bits(map) * sizeof(struct trie *);
	struct trie *t = calloc(1, sizeof(*t) + kids + (n_path + 1) / 2);

	if (!t)
		return NULL;
	cost.made++;
	t->ref = (struct ref){ 1, ref_kind(node_free) };
	t->map = map;
	t->n_path = (uint16_t)n_path;
	t->val = ref_get(val);
	return t;
}

static void count_up(struct trie *t)
{
	t->count = t->val ? 1 : 0;
	for (unsigned int i = 0; i < n_kids(t); i++)
		t->count += t->kid[i]->count;
}

/* @t below another branch: its path is @head (@n_head half-octets), then its own from @skip on. */
static struct trie *node_repath(const struct trie *t, const uint8_t *head, size_t n_head, size_t skip)
{
	struct trie *c = node_new(t->map, n_head + t->n_path - skip, t->val);

	if (!c)
		return NULL;
	for (unsigned int i = 0; i < n_kids(t); i++)
		c->kid[i] = ref_get(t->kid[i]);
	for (size_t i = 0; i < n_head; i++)
		path_put(c, i, head[i]);
	for (size_t i = skip; i < t->n_path; i++)
		path_put(c, n_head + i - skip, path(t, i));
	c->count = t->count;
	return c;
}

/* ---- set --------------------------------------------------------------------------------------- */

struct key {
	const uint8_t *oct;
	size_t n;			/* half-octets */
};

static unsigned int nib(const struct key *k, size_t i)
{
	return half(k->oct, i);
}

static size_t common(const struct trie *t, const struct key *k, size_t at)
{
	const uint8_t *p = path_of(t);
	size_t m = 0;

	while (m < t->n_path && at + m < k->n && half(p, m) == nib(k, at + m))
		m++;
	return m;
}

static struct trie *leaf_new(const struct key *k, size_t at, const void *val)
{
	struct trie *t = node_new(0, k->n - at, val);

	if (!t)
		return NULL;
	for (size_t i = at; i < k->n; i++)
		path_put(t, i - at, nib(k, i));
	t->count = 1;
	return t;
}

/* A node whose path is cut after @m half-octets: what hung there hangs below, beside the new entry. */
static struct trie *split(const struct trie *t, size_t m, const struct key *k, size_t at, const void *val)
{
	unsigned int old_nib = path(t, m), new_nib = 0;
	bool here = at + m == k->n;
	struct trie *low = node_repath(t, NULL, 0, m + 1), *leaf = NULL, *top = NULL;

	if (!here) {
		new_nib = nib(k, at + m);
		leaf = leaf_new(k, at + m + 1, val);
	}
	if (low && (here || leaf))
		top = node_new((uint16_t)(1u << old_nib | (here ? 0u : 1u << new_nib)), m, here ? val : NULL);
	if (!top) {
		ref_put(low);
		ref_put(leaf);
		return NULL;
	}
	top->kid[!here && new_nib < old_nib] = low;
	if (!here)
		top->kid[new_nib > old_nib] = leaf;
	for (size_t i = 0; i < m; i++)
		path_put(top, i, path(t, i));
	count_up(top);
	return top;
}

/* A node without value and with one kid is joined with it. Takes @t, returns its replacement. */
static struct trie *normal(struct trie *t, int *err)
{
	uint8_t head[2 * KEY_MAX + 1];
	struct trie *j;

	if (!t || t->val || n_kids(t) > 1)
		return t;
	if (n_kids(t) == 0) {
		ref_put(t);
		return NULL;
	}
	for (size_t i = 0; i < t->n_path; i++)
		head[i] = (uint8_t)path(t, i);
	head[t->n_path] = (uint8_t)__builtin_ctz(t->map);
	j = node_repath(t->kid[0], head, t->n_path + 1u, 0);
	if (!j)
		*err = -ENOMEM;
	ref_put(t);
	return j;
}

static struct trie *with_val(const struct trie *t, const void *val, int *err)
{
	struct trie *c;

	if (t->val == val)
		return ref_get(t);
	c = node_repath(t, NULL, 0, 0);
	if (!c) {
		*err = -ENOMEM;
		return NULL;
	}
	ref_put(c->val);
	c->val = ref_get(val);
	count_up(c);
	return normal(c, err);
}

/* A copy of @t whose kid @b is @kid (owned, taken over; NULL: none). */
static struct trie *with_kid(const struct trie *t, unsigned int b, struct trie *kid, int *err)
{
	uint16_t map = (uint16_t)(kid ? t->map | 1u << b : t->map & ~(1u << b));
	struct trie *c = node_new(map, t->n_path, t->val);
	unsigned int to = 0;

	if (!c) {
		*err = -ENOMEM;
		ref_put(kid);
		return NULL;
	}
	for (unsigned int i = 0; i < 16; i++)
		if (map & 1u << i)
			c->kid[to++] = i == b ? kid : ref_get(kid_at(t, i));
	for (size_t i = 0; i < t->n_path; i++)
		path_put(c, i, path(t, i));
	count_up(c);
	return normal(c, err);
}

static struct trie *set(const struct trie *t, const struct key *k, size_t at, const void *val, int *err)
{
	struct trie *kid, *old, *made;
	unsigned int b;
	size_t m;

	if (!t) {
		made = val ? leaf_new(k, at, val) : NULL;
		if (val && !made)
			*err = -ENOMEM;
		return made;
	}
	m = common(t, k, at);
	if (m < t->n_path) {
		made = val ? split(t, m, k, at, val) : ref_get(t);
		if (!made)
			*err = -ENOMEM;
		return made;
	}
	if (at + m == k->n)
		return with_val(t, val, err);
	b = nib(k, at + m);
	old = kid_at(t, b);
	kid = set(old, k, at + m + 1, val, err);
	if (*err)
		return NULL;
	if (kid == old) {
		ref_put(kid);
		return ref_get(t);
	}
	return with_kid(t, b, kid, err);
}

struct trie *trie_set(const struct trie *t, const void *key, size_t len, const void *val, int *err)
{
	struct key k = { key, 2 * len };

	*err = len == 0 || len > KEY_MAX ? -EINVAL : 0;
	return *err ? NULL : set(t, &k, 0, val, err);
}

/* ---- look-up and walks ---------------------------------------------------------------------------- */

const void *trie_get(const struct trie *t, const void *key, size_t len)
{
	struct key k = { key, 2 * len };
	size_t at = 0;

	while (t) {
		size_t m = common(t, &k, at);

		if (m < t->n_path)
			return NULL;
		at += m;
		if (at == k.n)
			return t->val;
		t = kid_at(t, nib(&k, at++));
	}
	return NULL;
}

size_t trie_count(const struct trie *t)
{
	return t ? t->count : 0;
}

/* The key under the cursor of a walk. */
struct cursor {
	uint8_t key[KEY_MAX + 1];
	size_t n;			/* half-octets */
	struct key after;		/* what stands up to this key is passed over; n 0: nothing is */
	size_t lead;			/* so many of its first half-octets are those of the key */
	int (*walk)(void *arg, const uint8_t *key, size_t len, const void *val);
	int (*diff)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now);
	void *arg;
};

static void push(struct cursor *c, unsigned int v)
{
	uint8_t *o = &c->key[c->n / 2];

	*o = (uint8_t)(c->n & 1 ? (*o & 0xf0) | v : v << 4);
	if (c->lead == c->n && c->lead < c->after.n && nib(&c->after, c->lead) == v)
		c->lead++;
	c->n++;
}

static void pop_to(struct cursor *c, size_t n)
{
	c->n = n;
	if (c->lead > n)
		c->lead = n;
}

/* No key that begins with the cursor's stands behind the bound. */
static bool passed(const struct cursor *c)
{
	return c->lead < c->n && c->lead < c->after.n && half(c->key, c->lead) < nib(&c->after, c->lead);
}

static void push_path(struct cursor *c, const struct trie *t, size_t from)
{
	for (size_t i = from; i < t->n_path; i++)
		push(c, path(t, i));
}

static int found(struct cursor *c, const void *old, const void *now)
{
	if (passed(c) || (c->after.n && c->lead == c->n))
		return 0;		/* the bound itself, or the beginning of it */
	if (c->walk)
		return c->walk(c->arg, c->key, c->n / 2, now);
	return c->diff(c->arg, c->key, c->n / 2, old, now);
}

/* Every entry of @t, whose path is entered after @from half-octets; @gone: reported as old. */
static int all(struct cursor *c, const struct trie *t, size_t from, bool gone)
{
	size_t n = c->n;
	int rc = 0;

	push_path(c, t, from);
	if (passed(c)) {
		pop_to(c, n);
		return 0;
	}
	cost.visited++;
	if (t->val)
		rc = found(c, gone ? t->val : NULL, gone ? NULL : t->val);
	for (unsigned int i = 0; i < 16 && !rc; i++) {
		const struct trie *kid = kid_at(t, i);

		if (!kid)
			continue;
		push(c, i);
		rc = all(c, kid, 0, gone);
		pop_to(c, c->n - 1);
	}
	pop_to(c, n);
	return rc;
}

/* Half-octets the cursor's first key has in common with the bound. */
static void lead_in(struct cursor *c, size_t n)
{
	c->n = n;
	while (c->lead < n && c->lead < c->after.n && half(c->key, c->lead) == nib(&c->after, c->lead))
		c->lead++;
}

int trie_walk_after(const struct trie *t, const void *prefix, size_t len, const void *after, size_t n_after,
		    int (*fn)(void *arg, const uint8_t *key, size_t len, const void *val), void *arg)
{
	struct cursor c = { .walk = fn, .arg = arg, .after = { after, 2 * n_after } };
	struct key k = { prefix, 2 * len };
	size_t at = 0;

	if (len > KEY_MAX)
		return 0;
	while (t) {
		size_t m = common(t, &k, at);

		at += m;
		if (at == k.n) {
			if (len)
				memcpy(c.key, prefix, len);
			lead_in(&c, k.n);
			return all(&c, t, m, false);
		}
		if (m < t->n_path)
			return 0;
		t = kid_at(t, nib(&k, at++));
	}
	return 0;
}

int trie_walk(const struct trie *t, const void *prefix, size_t len,
	      int (*fn)(void *arg, const uint8_t *key, size_t len, const void *val), void *arg)
{
	return trie_walk_after(t, prefix, len, NULL, 0, fn, arg);
}

/* ---- difference -------------------------------------------------------------------------------------- */

static int diff(struct cursor *c, const struct trie *a, size_t ao, const struct trie *b, size_t bo);

/* The kids of one side beside one subtree of the other side (@only, entered at @oo, under @b) or of two nodes. */
static int diff_kids(struct cursor *c, const struct trie *a, const struct trie *b)
{
	int rc = 0;

	for (unsigned int i = 0; i < 16 && !rc; i++) {
		push(c, i);
		rc = diff(c, kid_at(a, i), 0, kid_at(b, i), 0);
		pop_to(c, c->n - 1);
	}
	return rc;
}

/* @a ends here, @b goes on by its path from @bo; @swap: the other way round. */
static int diff_uneven(struct cursor *c, const struct trie *a, const struct trie *b, size_t bo, bool swap)
{
	unsigned int way = path(b, bo);
	int rc = 0;

	if (a->val)
		rc = found(c, swap ? NULL : a->val, swap ? a->val : NULL);
	for (unsigned int i = 0; i < 16 && !rc; i++) {
		const struct trie *x = kid_at(a, i), *y = i == way ? b : NULL;

		push(c, i);
		rc = swap ? diff(c, y, bo + 1, x, 0) : diff(c, x, 0, y, bo + 1);
		pop_to(c, c->n - 1);
	}
	return rc;
}

static int diff(struct cursor *c, const struct trie *a, size_t ao, const struct trie *b, size_t bo)
{
	size_t n = c->n;
	int rc = 0;

	if ((a == b && (!a || ao == bo)) || passed(c))
		return 0;
	cost.visited++;
	if (!a)
		return all(c, b, bo, false);
	if (!b)
		return all(c, a, ao, true);
	while (ao < a->n_path && bo < b->n_path && path(a, ao) == path(b, bo)) {
		push(c, path(a, ao++));
		bo++;
	}
	if (ao < a->n_path && bo < b->n_path) {
		bool a_first = path(a, ao) < path(b, bo);

		rc = a_first ? all(c, a, ao, true) : all(c, b, bo, false);
		if (!rc)
			rc = a_first ? all(c, b, bo, false) : all(c, a, ao, true);
	} else if (ao < a->n_path) {
		rc = diff_uneven(c, b, a, ao, true);
	} else if (bo < b->n_path) {
		rc = diff_uneven(c, a, b, bo, false);
	} else {
		if (a->val != b->val)
			rc = found(c, a->val, b->val);
		if (!rc)
			rc = diff_kids(c, a, b);
	}
	pop_to(c, n);
	return rc;
}

int trie_diff_after(const struct trie *a, const struct trie *b, const void *after, size_t n_after,
		    int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now), void *arg)
{
	struct cursor c = { .diff = fn, .arg = arg, .after = { after, 2 * n_after } };

	return diff(&c, a, 0, b, 0);
}

int trie_diff(const struct trie *a, const struct trie *b,
	      int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now), void *arg)
{
	return trie_diff_after(a, b, NULL, 0, fn, arg);
}
