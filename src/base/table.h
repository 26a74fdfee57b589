/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.h: containers. All are intrusive, so putting a node in never fails: what a commit
 * needs is taken from pools that a prepare step filled. A node sits in one list or bucket at a time.
 */
#ifndef TW_BASE_TABLE_H
#define TW_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

/* ---- list: a ring with a head; a zeroed node is in no list ---------------------------------- */

struct list {
	struct list *prev, *next;
};

static inline void list_init(struct list *head)
{
	head->prev = head->next = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline bool list_in(const struct list *node)
{
	return node->next != NULL;
}

static inline void list_add(struct list *head, struct list *node)	/* at the end; no-op if it is in one */
{
	if (node->next)
		return;
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline void list_del(struct list *node)				/* no-op if it is in none */
{
	if (!node->next)
		return;
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->prev = node->next = NULL;
}

static inline void list_move(struct list *to, struct list *from)	/* all of @from to the end of @to */
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#define list_entry(node, type, member) container_of(node, type, member)
#define list_each(type, it, head, member)                                                       \
	for (type *it = list_entry((head)->next, type, member); &it->member != (head);          \
	     it = list_entry(it->member.next, type, member))
/* The body may take @it out of the list (and free it), nothing else. */
#define list_each_safe(type, it, head, member)                                                  \
	for (type *it = list_entry((head)->next, type, member),                                 \
		  *it##_next = list_entry(it->member.next, type, member);                       \
	     &it->member != (head);                                                             \
	     it = it##_next, it##_next = list_entry(it->member.next, type, member))

/* ---- queue: what waits for a round of run.c, and the round under way ------------------------ */

struct turn {				/* the node; zeroed: in no queue */
	struct list in;
	uint32_t again;			/* the queue's .round when it was put in though it was in */
};
struct queue {
	struct list next;		/* for the next round */
	struct list now, done;		/* of the round under way: what its stage has still to see, and what it has seen */
	uint32_t round;			/* moved when a round takes what waits */
	uint32_t n;			/* in all three */
};

static inline void queue_init(struct queue *q)
{
	list_init(&q->next);
	list_init(&q->now);
	list_init(&q->done);
	q->round = q->n = 0;
}

static inline bool queue_in(const struct turn *t)
{
	return list_in(&t->in);
}

/* What is in the round under way goes through the next one, too. */
static inline void queue_put(struct queue *q, struct turn *t)
{
	if (list_in(&t->in)) {
		t->again = q->round;
		return;
	}
	list_add(&q->next, &t->in);
	q->n++;
}

static inline void queue_drop(struct queue *q, struct turn *t)		/* no-op if it is in none */
{
	q->n -= list_in(&t->in);
	list_del(&t->in);
}

/* The round takes what waits; it must have nothing in hand. */
static inline void queue_take(struct queue *q)
{
	list_move(&q->now, &q->next);
	q->round++;
}

/* @t is in the round under way and has been put in once more since it began. */
static inline bool queue_again(const struct queue *q, const struct turn *t)
{
	return t->again == q->round;
}

/* @t has been through all stages of the round. True: it is in no queue any more. */
static inline bool queue_end(struct queue *q, struct turn *t)
{
	list_del(&t->in);
	if (queue_again(q, t)) {
		list_add(&q->next, &t->in);
		return false;
	}
	q->n--;
	return true;
}

/*
 * ---- hash: chained, keyed by 64 bits; grows when memory allows, works when it does not -------
 *
 * Any number of nodes may have the same key; taking one out costs the same whatever stands in its chain.
 */
struct hnode {
	struct hnode *next, **at;		/* .at: what points to it; NULL: it is in no table */
	uint64_t key;
};
struct table {
	struct hnode **bucket;
	uint32_t mask, n;
	struct hnode *first[16];		/* before the first growth */
};

/* Where keys lie is not for those to foresee who choose them from outside; to be called before the first table_init(). */
void table_secret(const uint64_t secret[2]);
void table_init(struct table *t);
void table_free(struct table *t);		/* the buckets, not looking at the nodes: empty again */
void table_add(struct table *t, struct hnode *node, uint64_t key);
void table_del(struct table *t, struct hnode *node);	/* no-op if it is not in */
struct hnode *table_find(const struct table *t, uint64_t key);		/* newest with this key, or NULL */
struct hnode *table_again(const struct hnode *node);			/* an older one with the same key */

/* Every node; the body may not add, and may delete only the node it is given. */
#define table_each(t, node, i)                                                                  \
	for (uint32_t i = 0; i <= (t)->mask; i++)                                               \
		for (struct hnode *node = (t)->bucket[i], *node##_next;                         \
		     node && (node##_next = node->next, true); node = node##_next)

/* ---- pool: zeroed nodes of one size, set aside before they are needed ------------------------ */

struct pool {
	size_t size;
	void *free;
	uint32_t n_free, promised;
};

void pool_init(struct pool *p, size_t size);
void pool_done(struct pool *p);			/* frees what lies in it */
int pool_promise(struct pool *p, uint32_t n);	/* @n more pool_take() cannot fail; 0, -ENOMEM */
void pool_keep(struct pool *p, uint32_t promised);	/* promises beyond @promised are over */
uint32_t pool_trim(struct pool *p, uint32_t max);	/* frees up to @max of what is left, but for some; how many */
void *pool_take(struct pool *p);		/* zeroed; NULL only beyond what was promised */

#endif
