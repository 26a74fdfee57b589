/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slow.h: one circuit as the operator would explain it: which pseudowire carries, when it goes back, what the far ends are
 * told. Sentences in C, one after the other, from configuration, facts and what was before; knows nothing of core's
 * tables. What core does is compared with it after every settling.
 */
#ifndef TW_TEST_SLOW_H
#define TW_TEST_SLOW_H

#include "core/core.h"
#include "core/core_show.h"

#define SLOW_SEC	1000000000ull
#define SLOW_SETTLE	SLOW_SEC	/* a PW that came up counts as recovered so long after its last change */

struct slow_facts {			/* of one circuit, as they are now; per slot */
	bool path[3], up[3];		/* .up: nothing keeps it down */
	bool said_standby[3];		/* the far end, by the last it said */
	bool mapped[3], no_status[3];	/* a Mapping stands; its peer does not use PW status */
	uint32_t status[3];
	bool ac;			/* up */
	bool address;			/* the address it follows is on this host */
	bool lower[3];			/* our LSR ID is lower than the peer's: gives way when requests cross */
};

/* What is expected, and remembered from settling to settling. */
struct slow {
	enum m_redundancy mode;		/* in force */
	enum slot preferred;
	enum slot verdict;		/* enum slot that is called active, usable or not */
	enum slot sends;		/* SLOT_NONE: nothing does */
	bool usable[3], up[3];
	uint64_t up_since[3];		/* 0: was up when the engine came */
	uint64_t wait_since;		/* it could go back since; 0: it could not */
	uint64_t revert_at, resume_at, holdoff_at, request_at;
	enum slot requested;		/* by us of the far end; SLOT_NONE */
	uint32_t told[3];		/* status bits; of PW_LDP */
	bool role_standby;
};

void slow_new(struct slow *s);
/* Facts or configuration are other than before, or time has passed: @kernel sends by itself now, before anybody decided. */
void slow_think(struct slow *s, const struct m_interface *m, const struct slow_facts *f, enum slot kernel, uint64_t now);
/* Where the circuit would go at once if @s, which carries, failed. */
enum slot slow_without(const struct slow *s, const struct m_interface *m, const struct slow_facts *f, enum slot lost);
/* Takes over what core shows: after something the model does not follow step by step. */
void slow_believe(struct slow *s, const struct m_interface *m, const struct slow_facts *f, const struct show_circuit *show);

#endif
