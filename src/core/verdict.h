/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.h: what a circuit decides, as a pure function over a dense constant table.
 *
 * Input is what is known of the circuit now; output is which slot sends, what the kernel may fall
 * back to, and the new state. RFC 6718 4.1: 1:1 protection, non-revertive and revertive operation.
 *
 * Invariants (tested over every input):
 * - if any PW the mode allows is usable, a usable one sends; never two;
 * - with none usable the circuit waits on its primary: the flag is down, so nothing is sent, and
 *   the one store that raises a shared flag brings back every circuit that waits on it;
 * - `never` leaves a usable secondary alone, `immediately` does not, `delay` leaves it when its timer has run
 *   out; the timer runs exactly while the secondary sends though the primary could; the bypass is no alternative
 *   but a last resort (RFC 8104's case), left as soon as another slot is usable, whatever the policy;
 * - flags that fall after the verdict: one step along next[] ends where a new verdict would end,
 *   as long as next[active] itself has not fallen in the same instant (with two slots: always);
 * - the AC's state decides nothing here: a dead AC is no reason to change the PW.
 */
#ifndef TW_VERDICT_H
#define TW_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/types.h"

/* The policy, and for `delay` the state of its timer, which the caller keeps: started when a verdict first says
 * .wait, stopped when one does not, expired when it has run out. */
enum revert { REVERT_IMMEDIATELY, REVERT_DELAY, REVERT_WAITING, REVERT_EXPIRED, REVERT_NEVER, REVERT__N };

struct verdict_in {
	bool has_secondary, has_bypass;	/* a primary is always there */
	bool usable[3];			/* PW and path and guard up, per slot; ignored where there is no slot */
	bool ac_up, dual_receiving;
	enum slot active;		/* where the circuit sends now (kernel fall-back included), or SLOT_NONE */
	enum revert revert;
};
struct verdict {
	enum slot active;		/* never SLOT_NONE; sends only if usable */
	enum slot next[3];		/* per slot; SLOT_NONE = the kernel drops and counts */
	bool wait;			/* the delay timer is to run */
	bool gate;			/* primary and secondary receive only while they send */
};
struct verdict verdict(const struct verdict_in *in);

/* The kernel's half: follows @next once from @active. The slot that sends, or SLOT_NONE. */
enum slot verdict_kernel(enum slot active, const enum slot next[3], const bool usable[3]);

/* The table as text, one line a row (w: the secondary, and the delay timer runs); returns the length it has
 * (snprintf's way). */
size_t verdict_print(char *out, size_t len);

const char *slot_text(enum slot s);	/* "primary", "secondary", "bypass", "none" */

#endif
