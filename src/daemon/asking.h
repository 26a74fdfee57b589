/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asking.h: neighbours asked for lately are asked for again, at once.
 */
#ifndef TW_DAEMON_ASKING_H
#define TW_DAEMON_ASKING_H

#include <stdint.h>

#include "base/loop.h"

struct asking;
struct asking *asking_new(struct loop *l);	/* NULL: out of memory */
void asking_free(struct asking *a);
/* The kernel was just asked to resolve @ip on @ifindex; repeats it while there is no answer. */
void asking_neigh(struct asking *a, uint32_t ifindex, uint32_t ip);

#endif
