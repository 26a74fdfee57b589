/* SPDX-License-Identifier: BSD-2-Clause */
/* table.c: hash tables and pools; see table.h. */
#include "base/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD	16		/* buckets a growth looks ahead */

static uint64_t factor = 1, term;

void table_secret(const uint64_t secret[2])
{
	factor = secret[0] | 1;
	term = secret[1];
}

static uint64_t scatter(uint64_t k)	/* splitmix64's finalizer: neighbours in, strangers out */
{
	k = k * factor + term;
	k ^= k >> 30;
	k *= 0xbf58476d1ce4e5b9u;
	k ^= k >> 27;
	k *= 0x94d049bb133111ebu;
	return k ^ k >> 31;
}

/* Sixteen neighbours stay neighbours: labels, PW IDs and VLANs come in sequence, and a cache line holds eight buckets. */
static uint64_t mix(uint64_t k)
{
	return scatter(k >> 4) + (k & 15);
}

void table_init(struct table *t)
{
	memset(t, 0, sizeof(*t));
	t->bucket = t->first;
	t->mask = sizeof(t->first) / sizeof(t->first[0]) - 1;
}

void table_free(struct table *t)
{
	if (t->bucket != t->first)
		free(t->bucket);
	table_init(t);
}

static void push(struct hnode **b, struct hnode *node)
{
	node->next = *b;
	node->at = b;
	if (node->next)
		node->next->at = &node->next;
	*b = node;
}

static void grow(struct table *t)
{
	uint32_t mask = t->mask * 2 + 1;
	struct hnode **bucket = calloc((size_t)mask + 1, sizeof(struct hnode *));

	if (!bucket)
		return;			/* longer chains, nothing worse */
	for (uint32_t i = 0; i <= t->mask; i++) {
		struct hnode *old = NULL, *node = t->bucket[i];

		if (i + AHEAD <= t->mask)	/* else it waits for memory at each node: milliseconds */
			__builtin_prefetch(t->bucket[i + AHEAD], 1);
		while (node) {		/* turned round, so that the newest is pushed last */
			struct hnode *next = node->next;

			node->next = old;
			old = node;
			node = next;
		}
		for (node = old; node; node = old) {
			old = node->next;
			push(&bucket[mix(node->key) & mask], node);
		}
	}
	if (t->bucket != t->first)
		free(t->bucket);
	t->bucket = bucket;
	t->mask = mask;
}

void table_add(struct table *t, struct hnode *node, uint64_t key)
{
	if (t->n > t->mask && t->mask < UINT32_MAX / 2)
		grow(t);
	node->key = key;
	push(&t->bucket[mix(key) & t->mask], node);
	t->n++;
}

void table_del(struct table *t, struct hnode *node)
{
	if (!node->at)
		return;
	*node->at = node->next;
	if (node->next)
		node->next->at = node->at;
	node->at = NULL;
	t->n--;
}

struct hnode *table_find(const struct table *t, uint64_t key)
{
	struct hnode *node = t->bucket[mix(key) & t->mask];

	while (node && node->key != key)
		node = node->next;
	return node;
}

struct hnode *table_again(const struct hnode *node)
{
	struct hnode *it = node->next;

	while (it && it->key != node->key)
		it = it->next;
	return it;
}

void pool_init(struct pool *p, size_t size)
{
	*p = (struct pool){ .size = size < sizeof(void *) ? sizeof(void *) : size };
}

void pool_done(struct pool *p)
{
	while (p->free) {
		void *node = p->free;

		memcpy(&p->free, node, sizeof(void *));
		free(node);
	}
	p->n_free = p->promised = 0;
}

int pool_promise(struct pool *p, uint32_t n)
{
	while (p->n_free < p->promised + n) {
		void *node = malloc(p->size);

		if (!node)
			return -ENOMEM;
		memcpy(node, &p->free, sizeof(void *));
		p->free = node;
		p->n_free++;
	}
	p->promised += n;
	return 0;
}

void pool_keep(struct pool *p, uint32_t promised)
{
	p->promised = promised;
}

uint32_t pool_trim(struct pool *p, uint32_t max)
{
	const uint32_t spare = 64;	/* a large commit's surplus goes back to the system */
	uint32_t n = 0;

	for (; n < max && p->n_free > p->promised + spare; n++) {
		void *node = p->free;

		memcpy(&p->free, node, sizeof(void *));
		free(node);
		p->n_free--;
	}
	return n;
}

void *pool_take(struct pool *p)
{
	void *node = p->free;

	if (!node)
		return calloc(1, p->size);
	memcpy(&p->free, node, sizeof(void *));
	p->n_free--;
	if (p->promised)
		p->promised--;
	return memset(node, 0, p->size);
}
