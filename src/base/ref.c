/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ref.c: how objects of each kind are freed.
 */
#include "base/ref.h"

#include <stdlib.h>

static void nothing(void *obj)
{
	(void)obj;
}

static void (*kinds[REF_KINDS_MAX])(void *obj) = { nothing };

uint32_t ref_kind(void (*free)(void *obj))
{
	uint32_t k = 1;

	while (k < REF_KINDS_MAX && kinds[k] && kinds[k] != free)
		k++;
	if (k == REF_KINDS_MAX)
		abort();
	kinds[k] = free;
	return k;
}

void ref_last(struct ref *r)
{
	kinds[r->kind](r);
}
