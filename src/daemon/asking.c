/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asking.c: neighbours asked for lately are asked for again, at once.
 *
 * A link that comes up can lose the first ARP request or its answer (the far end's queue opens a moment
 * after its carrier), and the kernel's own next try comes after a second: a second in which an LSP that
 * could carry is down. So for two thirds of a second an unanswered request is repeated; from then on
 * the kernel's pace is good enough. Resolved neighbours are left alone.
 */
#include <stdlib.h>

#include "daemon/asking.h"
#include "sys/link.h"

#define FIRST_NS	10000000ull	/* 10 ms after the last new neighbour, then 20, 40 ... 320 after that */
#define ROUNDS		6
#define ASKED_MAX	256		/* more than these wait for the kernel */

struct asking {
	struct loop *loop;
	struct timer timer;
	uint64_t wait_ns;
	unsigned round;
	size_t n;
	struct { uint32_t ifindex, ip; } v[ASKED_MAX];
};

static void again(void *arg, uint64_t now_ns)
{
	struct asking *a = arg;
	size_t kept = 0;

	loop_doing(a->loop, "asking neighbours");
	for (size_t i = 0; i < a->n; i++)
		if (sys_neigh_again(a->v[i].ifindex, a->v[i].ip) > 0)
			a->v[kept++] = a->v[i];
	a->n = ++a->round < ROUNDS ? kept : 0;
	a->wait_ns *= 2;
	if (a->n)
		timer_set(a->loop, &a->timer, now_ns + a->wait_ns);
}

struct asking *asking_new(struct loop *l)
{
	struct asking *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->loop = l;
	a->timer.fn = again;
	a->timer.arg = a;
	return a;
}

void asking_free(struct asking *a)
{
	if (a)
		timer_stop(a->loop, &a->timer);
	free(a);
}

void asking_neigh(struct asking *a, uint32_t ifindex, uint32_t ip)
{
	if (a->n == ASKED_MAX)
		return;
	a->v[a->n].ifindex = ifindex;
	a->v[a->n++].ip = ip;
	a->round = 0;
	a->wait_ns = FIRST_NS;
	timer_set(a->loop, &a->timer, loop_now(a->loop) + a->wait_ns);
}
