/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict.c: the protection state machine of a circuit, RFC 6718 4.1 and RFC 6870 5; see verdict.h. */
#include "core/verdict.h"

#include <stdarg.h>
#include <stdio.h>

/* In the tables slots are the preferred one, the other one, the bypass, none. */
#define P 0
#define O 1
#define B 2
#define N 3
#define SLOT_MASK 3
#define TIMER 4
#define W (O | TIMER)			/* stays there, the timer of the policy runs */
#define H (P | TIMER)			/* waits there, the holdoff timer runs */
enum { ON_O, ON_B };			/* rows of those who have left the preferred slot */

/* Leaving. Row: the holdoff; nothing carries, or the preferred slot does. Column: which slots are usable. */
static const unsigned char leave_table[HOLD__N][8] = {
/*	  usable:	  -  P  O  PO B  PB OB POB */
	[HOLD_NONE]	= { P, P, O, P, B, P, O, P },
	[HOLD_WAITS]	= { H, P, H, P, H, P, H, P },
	[HOLD_OVER]	= { P, P, O, P, B, P, O, P },
};

/* Going back. Row: the policy, and where the circuit sends now. Column: which slots are usable. */
static const unsigned char back_table[REVERT__N][2][8] = {
/*	  usable:	  -  P  O  PO B  PB OB POB */
[REVERT_WAITS] = {
	[ON_O]		= { P, P, O, W, B, P, O, W },
	[ON_B]		= { P, P, O, P, B, P, O, P },
},
[REVERT_OVER] = {
	[ON_O]		= { P, P, O, P, B, P, O, P },
	[ON_B]		= { P, P, O, P, B, P, O, P },
},
[REVERT_NEVER] = {
	[ON_O]		= { P, P, O, O, B, P, O, O },
	[ON_B]		= { P, P, O, P, B, P, O, P },
},
};

/* Row: which slots there are, and the slot that fails; once more with holdoff. Column: which are usable. A two-slot
 * circuit has the same next in every column, so a flag of its other slot moves without a word to it. */
static const unsigned char next_table[2][4][3][8] = {
/*	  usable:	  -  P  O  PO B  PB OB POB */
{
[0] = {			/* preferred alone */
	[P]		= { N, N, N, N, N, N, N, N },
	[O]		= { N, N, N, N, N, N, N, N },
	[B]		= { N, N, N, N, N, N, N, N },
},
[1] = {			/* preferred, other */
	[P]		= { O, O, O, O, O, O, O, O },
	[O]		= { P, P, P, P, P, P, P, P },
	[B]		= { N, N, N, N, N, N, N, N },
},
[2] = {			/* preferred, bypass */
	[P]		= { B, B, B, B, B, B, B, B },
	[O]		= { N, N, N, N, N, N, N, N },
	[B]		= { P, P, P, P, P, P, P, P },
},
[3] = {			/* all three */
	[P]		= { O, O, O, O, B, B, O, O },
	[O]		= { P, P, P, P, B, P, B, P },
	[B]		= { P, P, O, P, P, P, O, P },
},
}, {				/* holdoff */
[0] = {
	[P]		= { N, N, N, N, N, N, N, N },
	[O]		= { N, N, N, N, N, N, N, N },
	[B]		= { N, N, N, N, N, N, N, N },
},
[1] = {
	[P]		= { N, N, N, N, N, N, N, N },
	[O]		= { P, P, P, P, P, P, P, P },
	[B]		= { N, N, N, N, N, N, N, N },
},
[2] = {
	[P]		= { N, N, N, N, N, N, N, N },
	[O]		= { N, N, N, N, N, N, N, N },
	[B]		= { P, P, P, P, P, P, P, P },
},
[3] = {
	[P]		= { N, N, N, N, N, N, N, N },
	[O]		= { P, P, P, P, B, P, B, P },
	[B]		= { P, P, O, P, P, P, O, P },
},
},
};

/* A slot in terms of the tables, and back: the first two swap places. */
static enum slot turned(const struct verdict_in *in, unsigned int s)
{
	return in->preferred == SLOT_SECONDARY && s < B ? s ^ 1 : s;
}

static unsigned int column(const struct verdict_in *in)
{
	bool p = in->usable[SLOT_PRIMARY], s = in->has_secondary && in->usable[SLOT_SECONDARY];
	bool b = in->has_bypass && in->usable[SLOT_BYPASS];

	return in->preferred == SLOT_SECONDARY ? s | p << 1 | b << 2 : p | s << 1 | b << 2;
}

static void roles(const struct verdict_in *in, struct verdict *v)
{
	for (unsigned int s = 0; s < 2; s++) {
		if (in->mode == REDUNDANCY_MASTER)
			v->standby[s] = v->active != s;
		else if (in->mode == REDUNDANCY_INDEPENDENT)
			v->standby[s] = in->role_standby || (in->requested != SLOT_NONE && in->requested != s);
	}
}

struct verdict verdict(const struct verdict_in *in)
{
	unsigned int has = in->has_secondary | in->has_bypass << 1, usable = column(in);
	unsigned int now = turned(in, in->active);
	unsigned char cell = now == O ? back_table[in->revert][ON_O][usable] :
			     now == B ? back_table[in->revert][ON_B][usable] : leave_table[in->hold][usable];
	struct verdict v = {
		.active = turned(in, cell & SLOT_MASK),
		.wait = cell == W,
		.hold = cell == H,
		.gate = in->has_secondary && !in->dual_receiving,
	};

	for (unsigned int s = 0; s < 3; s++)
		v.next[turned(in, s)] = turned(in, next_table[in->holds][has][s][usable]);
	roles(in, &v);
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

/* ---- as text ------------------------------------------------------------------------------------ */

struct text {
	char *out;
	size_t len, n;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
	bool room = t->n < t->len;
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(room ? t->out + t->n : NULL, room ? t->len - t->n : 0, format, ap);

	va_end(ap);
	t->n += n > 0 ? (size_t)n : 0;
}

static void put_head(struct text *t, const char *a, const char *b)
{
	put(t, "%-19s%-11s-  P  O  PO B  PB OB POB\n", a, b);
}

static void put_row(struct text *t, const char *a, const char *b, const unsigned char row[8])
{
	put(t, "%-19s%-11s", a, b);
	for (int u = 0; u < 8; u++)
		put(t, "%c%s", "POB-hw"[row[u]], u < 7 ? "  " : "\n");
}

size_t verdict_print(char *out, size_t len)
{
	static const char *const hold[] = { [HOLD_NONE] = "none", [HOLD_WAITS] = "runs", [HOLD_OVER] = "over" };
	static const char *const revert[] = {
		[REVERT_WAITS] = "timer runs", [REVERT_OVER] = "timer over", [REVERT_NEVER] = "never",
	};
	static const char *const has[] = { "P", "P O", "P B", "P O B" };
	static const char *const slot[] = { "P", "O", "B" };
	struct text t = { .out = out, .len = len };
	char set[32];

	put_head(&t, "leaving: holdoff", "");
	for (int h = 0; h < HOLD__N; h++)
		put_row(&t, hold[h], "", leave_table[h]);
	put_head(&t, "going back: policy", "sends now");
	for (int r = 0; r < REVERT__N; r++)
		for (int a = 0; a < 2; a++)
			put_row(&t, revert[r], slot[a == ON_O ? O : B], back_table[r][a]);
	put_head(&t, "next: slots", "fails");
	for (int h = 0; h < 2; h++)
		for (int k = 1; k < 4; k++)
			for (int s = 0; s < 3; s++) {
				snprintf(set, sizeof(set), "%s%s", has[k], h ? ", holdoff" : "");
				if (s == P || (s == O ? k & 1 : k & 2))
					put_row(&t, set, slot[s], next_table[h][k][s]);
			}
	return t.n;
}
