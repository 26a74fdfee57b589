/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict.c: the protection state machine of a circuit, RFC 6718 4.1; see verdict.h. */
#include "core/verdict.h"

#include <stdio.h>

#define P SLOT_PRIMARY
#define S SLOT_SECONDARY
#define B SLOT_BYPASS
#define N SLOT_NONE
#define WAIT 4
#define W (SLOT_SECONDARY | WAIT)	/* stays there, the delay timer runs */

/* Row: the policy, with the state of its timer, and where the circuit sends now. Column: which slots are usable. */
static const unsigned char active_table[REVERT__N][4][8] = {
/*	  usable:	  -  P  S  PS B  PB SB PSB */
[REVERT_IMMEDIATELY] = {
	[P]		= { P, P, S, P, B, P, S, P },
	[S]		= { P, P, S, P, B, P, S, P },
	[B]		= { P, P, S, P, B, P, S, P },
	[N]		= { P, P, S, P, B, P, S, P },
},
[REVERT_DELAY] = {
	[P]		= { P, P, S, P, B, P, S, P },
	[S]		= { P, P, S, W, B, P, S, W },
	[B]		= { P, P, S, P, B, P, S, P },
	[N]		= { P, P, S, P, B, P, S, P },
},
[REVERT_WAITING] = {
	[P]		= { P, P, S, P, B, P, S, P },
	[S]		= { P, P, S, W, B, P, S, W },
	[B]		= { P, P, S, P, B, P, S, P },
	[N]		= { P, P, S, P, B, P, S, P },
},
[REVERT_EXPIRED] = {
	[P]		= { P, P, S, P, B, P, S, P },
	[S]		= { P, P, S, P, B, P, S, P },
	[B]		= { P, P, S, P, B, P, S, P },
	[N]		= { P, P, S, P, B, P, S, P },
},
[REVERT_NEVER] = {
	[P]		= { P, P, S, P, B, P, S, P },
	[S]		= { P, P, S, S, B, P, S, S },
	[B]		= { P, P, S, P, B, P, S, P },
	[N]		= { P, P, S, P, B, P, S, P },
},
};

/* Row: which slots there are, and the slot that fails. Column: which are usable. A two-slot circuit
 * has the same next in every column, so a flag of its other slot moves without a word to it. */
static const unsigned char next_table[4][3][8] = {
/*	  usable:	  -  P  S  PS B  PB SB PSB */
[0] = {			/* primary alone */
	[P]		= { N, N, N, N, N, N, N, N },
	[S]		= { N, N, N, N, N, N, N, N },
	[B]		= { N, N, N, N, N, N, N, N },
},
[1] = {			/* primary, secondary */
	[P]		= { S, S, S, S, S, S, S, S },
	[S]		= { P, P, P, P, P, P, P, P },
	[B]		= { N, N, N, N, N, N, N, N },
},
[2] = {			/* primary, bypass */
	[P]		= { B, B, B, B, B, B, B, B },
	[S]		= { N, N, N, N, N, N, N, N },
	[B]		= { P, P, P, P, P, P, P, P },
},
[3] = {			/* all three */
	[P]		= { S, S, S, S, B, B, S, S },
	[S]		= { P, P, P, P, B, P, B, P },
	[B]		= { P, P, S, P, P, P, S, P },
},
};
#undef P
#undef S
#undef B
#undef N
#undef W

struct verdict verdict(const struct verdict_in *in)
{
	unsigned int has = in->has_secondary | in->has_bypass << 1;
	unsigned int usable = in->usable[SLOT_PRIMARY] | (in->has_secondary && in->usable[SLOT_SECONDARY]) << 1 |
			      (in->has_bypass && in->usable[SLOT_BYPASS]) << 2;
	unsigned char cell = active_table[in->revert][in->active][usable];
	struct verdict v = {
		.active = cell & (WAIT - 1),
		.wait = cell & WAIT,
		.gate = in->has_secondary && !in->dual_receiving,
	};

	for (int s = 0; s < 3; s++)
		v.next[s] = next_table[has][s][usable];
	return v;
}

enum slot verdict_kernel(enum slot active, const enum slot next[3], const bool usable[3])
{
	if (active == SLOT_NONE || usable[active])
		return active;
	enum slot s = next[active];

	return s != SLOT_NONE && usable[s] ? s : SLOT_NONE;
}

const char *slot_text(enum slot s)
{
	static const char *const text[] = { "primary", "secondary", "bypass", "none" };

	return text[s <= SLOT_NONE ? s : SLOT_NONE];
}

size_t verdict_print(char *out, size_t len)
{
	static const char *const policy[] = {
		[REVERT_IMMEDIATELY] = "immediately", [REVERT_DELAY] = "delay", [REVERT_WAITING] = "waiting",
		[REVERT_EXPIRED] = "expired", [REVERT_NEVER] = "never",
	};
	size_t n = 0;
	int used = snprintf(out, len, "%-12s%-11s-  P  S  PS B  PB SB PSB\n", "policy", "sends now");

	for (int r = 0; used >= 0 && r < REVERT__N; r++) {
		for (int a = 0; a < 4; a++) {
			n += (size_t)used;
			used = snprintf(n < len ? out + n : NULL, n < len ? len - n : 0, "%-12s%-11s", policy[r],
					slot_text(a));
			for (int u = 0; u < 8; u++) {
				n += (size_t)used;
				used = snprintf(n < len ? out + n : NULL, n < len ? len - n : 0, "%c%s",
						"PSB--w"[active_table[r][a][u]], u < 7 ? "  " : "\n");
			}
		}
	}
	return n + (size_t)used;
}
