/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ref.h: immutable objects with a reference count. Put a struct ref first in the object.
 * Single-threaded: only the main loop counts references.
 *
 * There are very many of them and few kinds, so an object keeps the number of its kind and not the
 * address of the function that frees it.
 */
#ifndef TW_REF_H
#define TW_REF_H

#include <stdint.h>

struct ref {
	uint32_t n;
	uint32_t kind;			/* of ref_kind(); 0: never freed */
};

#define REF_KINDS_MAX 32

/* The kind of objects that @free frees: (struct ref){ 1, ref_kind(free) }. Aborts at the 32nd function. */
uint32_t ref_kind(void (*free)(void *obj));

void ref_last(struct ref *r);		/* the last reference went */

static inline void *ref_get(const void *obj)	/* one more owner; NULL stays NULL; returns obj */
{
	struct ref *r = (struct ref *)(uintptr_t)obj;
	if (r)
		r->n++;
	return r;
}

static inline void ref_put(const void *obj)	/* one owner less; NULL is ignored */
{
	struct ref *r = (struct ref *)(uintptr_t)obj;
	if (r && --r->n == 0)
		ref_last(r);
}

#endif
