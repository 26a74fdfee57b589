/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.h: a display of things that are walked at once: a record of each is kept, then printed a slice a step. For what
 * there are some thousands of at most; circuits have the walk of display.h.
 */
#ifndef TW_CLI_LIST_H
#define TW_CLI_LIST_H

#include "cli/session.h"

struct list {
	struct session *s;
	const struct list_how *how;
	size_t n, cap, at;
	uint8_t *v;			/* .n records of how->size octets */
	void *beside;			/* malloc'ed, of whoever fills the list; freed with it */
	size_t n_beside;
	uint32_t shown, others;		/* counted by .one */
	bool verbose;
	bool failed;			/* memory ran out */
};
struct list_how {
	size_t size;
	void (*one)(struct list *l, const void *rec);
	void (*tail)(struct list *l);	/* NULL: none */
};

/* NULL: said that memory ran out. */
struct list *list_new(struct session *s, const struct list_how *how);
int list_add(struct list *l, const void *rec);	/* 0, or non-zero: no memory, the display will say so */
void *list_at(const struct list *l, size_t i);
/* What was said so far is its head; the session's job prints the rest and frees @l. */
void list_print(struct list *l);

#endif
