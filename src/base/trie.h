/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trie.h: a persistent map from byte strings to reference-counted objects.
 *
 * A struct trie is an immutable value: trie_set() returns a new root that shares all but the path
 * that changed, so a datastore, a candidate and every rollback point is one pointer. The cost of
 * a change does not grow with the number of entries; trie_diff() costs what differs.
 */
#ifndef TW_TRIE_H
#define TW_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trie;			/* NULL is the empty trie; starts with a struct ref */

/* The trie @t with @key bound to @val (NULL: @key removed). Takes a reference on @val, returns a
 * new owned root; @t is untouched and still owned by the caller. Keys: 1..1024 octets.
 * NULL with *err = -ENOMEM when memory ran out, -EINVAL for a key of another length (err may not be NULL;
 * NULL with *err = 0 is the empty trie). */
struct trie *trie_set(const struct trie *t, const void *key, size_t len, const void *val, int *err);

/* The object bound to @key, borrowed from @t, or NULL. */
const void *trie_get(const struct trie *t, const void *key, size_t len);

/* Calls @fn for every entry whose key starts with @prefix, in key order; a non-zero return ends
 * the walk and is returned. */
int trie_walk(const struct trie *t, const void *prefix, size_t len,
	      int (*fn)(void *arg, const uint8_t *key, size_t len, const void *val), void *arg);

/* Calls @fn for every key whose objects differ (by pointer), in key order; NULL = not there.
 * Shared subtrees are skipped. */
int trie_diff(const struct trie *a, const struct trie *b,
	      int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now),
	      void *arg);

/* The same, but only what stands behind the key @after in order (@n_after 0: all): so a long walk is cut into slices,
 * each of which begins behind the last key of the one before, over the same roots or newer ones. Getting there costs
 * what a look-up costs. */
int trie_walk_after(const struct trie *t, const void *prefix, size_t len, const void *after, size_t n_after,
		    int (*fn)(void *arg, const uint8_t *key, size_t len, const void *val), void *arg);
int trie_diff_after(const struct trie *a, const struct trie *b, const void *after, size_t n_after,
		    int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now),
		    void *arg);

/* Gives back the reference *t, freeing at most about @n nodes and entries now; *t is what is left. True: call again. */
bool trie_put_some(struct trie **t, size_t n);

size_t trie_count(const struct trie *t);

/* Work done so far by all tries of the process, for tests that say what an operation costs. */
struct trie_cost {
	uint64_t made;			/* nodes allocated */
	uint64_t visited;		/* nodes entered by walks and differences */
};
const struct trie_cost *trie_cost(void);

#endif
