/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.h: what a circuit decides, as a pure function over a dense constant table.
 *
 * Input is what is known of the circuit now; output is which slot sends, what the kernel may fall
 * back to, and the new state. RFC 6718 4.1: non-revertive and revertive operation.
 * Invariants (tested over every input): if any PW the mode allows is usable, one sends; never two.
 */
#ifndef TW_VERDICT_H
#define TW_VERDICT_H

#include <stdbool.h>

#include "core/types.h"

enum revert { REVERT_IMMEDIATELY, REVERT_NEVER, REVERT__N };

struct verdict_in {
	bool has_secondary, has_bypass;
	bool usable[3];			/* PW and path and guard up, per slot */
	bool ac_up;
	enum slot active;		/* where the circuit sends now (kernel fall-back included) */
	enum revert revert;
};
struct verdict {
	enum slot active;
	enum slot next[3];
	bool gate;			/* receive only from the slot that sends */
};
struct verdict verdict(const struct verdict_in *in);

#endif
