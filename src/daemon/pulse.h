/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pulse.h: when the pseudowire that a circuit sends by was heard last, and how many frames it has sent since. Its
 * counters are looked at from time to time: a frame that has come by it since the look before came after that look, so
 * what was sent after that look is no less than what was sent after the frame: an upper bound.
 */
#ifndef TW_PULSE_H
#define TW_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/types.h"

struct tw_count;
struct engine;

/* ---- arithmetic, pure ------------------------------------------------------------------------------------ */

#define PULSE_NS	100000000ull	/* unit of time here, and from one turn of looks to the next */

struct pulse {
	uint64_t tx, rx;		/* frames by the slot, as the kernel had counted them at the last look */
	uint32_t sent;			/* of .tx those since .mark; UINT32_MAX: so many or more */
	uint32_t mark;			/* the look before a frame came by it; until one does, the first look */
	uint32_t look;			/* the last one, in PULSE_NS + 1; 0: there was none */
	uint8_t slot;
	bool heard;			/* a frame has come */
};

/* What is said of a slot that failed. */
struct at_risk {
	bool known;			/* the slot was looked at while it sent */
	bool heard;			/* a frame came by it at all; else .silent_ms counts from the first look */
	uint32_t sent;			/* frames sent by it since it was heard last, at most; UINT32_MAX: or more */
	uint32_t silent_ms;		/* how long before the switch that was, at most */
};

void pulse_look(struct pulse *p, enum slot slot, const struct tw_count *now, uint64_t now_ns);
/* After a last look at .slot; the circuit left it at @when_ns. */
struct at_risk pulse_risk(const struct pulse *p, uint64_t when_ns);

/* ---- of all circuits that have a way out ------------------------------------------------------------------- */

struct pulses *pulses_new(void);	/* NULL: no memory */
void pulses_free(struct pulses *p);
void pulses_reset(struct engine *e);	/* the data plane was opened: .dp and .capacity are new */
void pulses_stop(struct engine *e);	/* before the loop or the data plane goes */
void pulses_wake(struct engine *e);	/* a circuit may have come */
void pulses_forget(struct engine *e, uint32_t circuit);
/* @circuit has left @from for @to at @when_ns: what was at risk. From now on @to is looked at. */
struct at_risk pulses_switch(struct engine *e, uint32_t circuit, enum slot from, enum slot to, uint64_t when_ns);

#endif
