/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ref.h: immutable objects with a reference count. Put a struct ref first in the object.
 * Single-threaded: only the main loop counts references.
 */
#ifndef TW_REF_H
#define TW_REF_H

#include <stdint.h>

struct ref {
	uint32_t n;
	void (*free)(void *obj);	/* called when the last reference goes */
};

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
		r->free(r);
}

#endif
