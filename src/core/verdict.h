/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.h: what a circuit decides, as a pure function over dense constant tables.
 *
 * Input is what is known of the circuit now; output is which slot sends, what the kernel may fall back to, which
 * timers are to run and what role each PW is told. RFC 6718 4.1: 1:1 protection, non-revertive and revertive
 * operation; RFC 6870 5: who says standby. The tables speak of the preferred slot (the primary, or the secondary when a
 * command, a request or a tie made it that), the other of these two, and the bypass.
 *
 * Invariants (tested over every input):
 * - if any PW the mode allows is usable and no holdoff runs, a usable one sends; never two;
 * - with none usable the circuit waits on its preferred slot: the flag is down, so nothing is sent, and
 *   the one store that raises a shared flag brings back every circuit that waits on it;
 * - leaving a slot that has failed is never delayed, but by `holdoff`: the preferred slot carried, nothing carries now,
 *   and the timer has not run out; then, too, nothing is sent, and the preferred slot's return ends it;
 * - `never` leaves the other slot alone while it is usable; the other policies leave it when their timer has run out, and
 *   that runs exactly while the other slot sends though the preferred one could; the bypass is no alternative
 *   but a last resort (RFC 8104's case), left as soon as another slot is usable, whatever the policy;
 * - flags that fall after the verdict: one step along next[] ends where a new verdict would end,
 *   as long as next[active] itself has not fallen in the same instant (with two slots: always);
 * - with holdoff configured the kernel never leaves the preferred slot by itself;
 * - the AC's state decides nothing here: a dead AC is no reason to change the PW;
 * - a master calls exactly one PW active; who calls itself standby does so on both; nobody calls the bypass anything.
 */
#ifndef TW_VERDICT_H
#define TW_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/types.h"
#include "model/model.h"

/* The policy: how to go back to the preferred slot from the other one. Its timer the caller keeps: started when a
 * verdict first says .wait, stopped when one does not; `immediately` has one, too: a PW that came up must have settled. */
enum revert { REVERT_WAITS, REVERT_OVER, REVERT_NEVER, REVERT__N };
/* Holdoff of the preferred slot: does not apply, or its timer runs (or is to), or has run out. Kept likewise, by .hold. */
enum hold { HOLD_NONE, HOLD_WAITS, HOLD_OVER, HOLD__N };

struct verdict_in {
	bool has_secondary, has_bypass;	/* a primary is always there */
	bool usable[3];			/* PW and path and guard up, and not idle by the mode; ignored where there is no slot */
	bool ac_up, dual_receiving;
	enum slot active;		/* where the circuit sends now (kernel fall-back included), or SLOT_NONE */
	enum slot preferred;		/* primary, or secondary if there is one */
	enum revert revert;
	enum hold hold;			/* counts while nothing carries */
	bool holds;			/* holdoff is configured: the kernel is not to leave the preferred slot */
	enum m_redundancy mode;		/* in force */
	bool role_standby;		/* REDUNDANCY_INDEPENDENT: this end calls itself standby */
	enum slot requested;		/* likewise: agreed on by a request, or SLOT_NONE */
};
struct verdict {
	enum slot active;		/* never SLOT_NONE; sends only if usable */
	enum slot next[3];		/* per slot; SLOT_NONE = the kernel drops and counts */
	bool wait;			/* the timer of the policy is to run */
	bool hold;			/* the holdoff timer is to run */
	bool gate;			/* primary and secondary receive only while they send */
	bool standby[2];		/* primary, secondary: told to its far end as standby */
};
struct verdict verdict(const struct verdict_in *in);

/* The kernel's half: follows @next once from @active. The slot that sends, or SLOT_NONE. */
enum slot verdict_kernel(enum slot active, const enum slot next[3], const bool usable[3]);

/* The tables as text, one line a row (w: the other slot, and the timer of the policy runs; h: the preferred one, and the
 * holdoff timer runs); returns the length it has (snprintf's way). */
size_t verdict_print(char *out, size_t len);

const char *slot_text(enum slot s);	/* "primary", "secondary", "bypass", "none" */

#endif
