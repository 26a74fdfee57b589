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
	bool fell[3];			/* its path did since the last time, though it may be up again */
	bool said_standby[3], asks[3];	/* the far end, by the last it said; .asks: for this one to be used */
	bool only_notice[3];		/* it is down, for nothing but the far end's "not forwarding" */
	bool no_status[3];		/* its peer's last Mapping came without PW status */
	bool heard[3];			/* a Mapping stands that came in the life of this engine */
	uint16_t mtu[3];		/* it names */
	bool askable[3];		/* the peer knows requests */
	bool first[3];			/* our LSR ID is the higher: we have precedence when requests cross */
	bool link;			/* of the AC's port, as it is told: up */
	bool shutdown;			/* the operator's */
	bool address;			/* the address it follows is on this host */
};

/* What is expected, and remembered from settling to settling. */
struct slow {
	enum m_redundancy mode;		/* in force */
	enum slot preferred;
	enum slot verdict;		/* the slot that is called active, usable or not */
	enum slot sends;		/* SLOT_NONE: nothing does */
	enum slot carried;		/* the last one that did */
	bool usable[3], up[3];
	uint64_t usable_since[3];
	uint64_t wait_since;		/* it could go back since; 0: it could not */
	uint64_t revert_at, resume_at, holdoff_at;
	bool noticed, follows;		/* the primary is down by the far end's notice alone; was so, when it came up last */
	bool held_off;			/* holdoff has run out, and nothing has carried since */
	bool standby;			/* ac-role: this end is */
	enum slot asked;		/* the far end is, to carry there; SLOT_NONE */
	uint64_t request_at;		/* ... and has heard so; given up then */
	enum slot requested;		/* both ends agreed on it by a request; SLOT_NONE */
	uint32_t told[3];		/* status bits; of PW_LDP */
	bool ac;			/* up, for what is told */
	bool forced, fell, waited;	/* the port: held down; seen down since; the first 5 s are over */
	bool ever_up[3];
	uint64_t grace_at, first_at;
	unsigned int late;		/* the port's carrier has come later than that so often */
	uint8_t alarms;
};

void slow_new(struct slow *s);
/* Facts or configuration are other than before, or time has passed: the kernel sends on @kernel by itself now, before anybody
 * decided, and would on @then if that failed, both SLOT_NONE if they cannot carry. */
void slow_think(struct slow *s, const struct m_interface *m, const struct slow_facts *f, enum slot kernel, enum slot then,
		uint64_t now);
/* The far end says its status of slot @k once more, or another one (a Notification). Before the facts are thought over. */
void slow_hear(struct slow *s, const struct m_interface *m, const struct slow_facts *f, int k, uint32_t status);
/* Where the circuit would go at once if @lost, which carries, failed. */
enum slot slow_without(const struct slow *s, const struct m_interface *m, enum slot lost);
/* Takes over what core shows: after something the model does not follow step by step. */
void slow_believe(struct slow *s, const struct m_interface *m, const struct slow_facts *f, const struct show_circuit *show,
		  uint64_t now);
/* The delay of the policy in force, 0: none. What a record keeps of a wait is its beginning and this. */
uint64_t slow_delay(const struct slow *s, const struct m_interface *m);
bool slow_never(const struct slow *s, const struct m_interface *m);	/* it does not go back by itself */
uint64_t slow_holdoff(const struct slow *s, const struct m_interface *m);	/* in force, 0: none */

#endif
