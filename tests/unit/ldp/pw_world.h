/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw_world.h: pseudowires of src/ldp with a session that is not there: what is said goes through the real codec both
 * ways and comes out as a line of text, what is heard is such a line. One peer, 10.0.0.2, on a virtual clock.
 *
 *   map|withdraw|release|request|abort|notify|macs  FEC  [key=value]...
 *   FEC    pw:TYPE:ID  group:TYPE:GROUP  typed:TYPE  typed129:TYPE  all  gen:TYPE  -
 *   keys   c group label mtu vlan vccv status code req about (in this order)
 */
#ifndef TW_TESTS_PW_WORLD_H
#define TW_TESTS_PW_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ldp/pw.h"

#define PEER	0x0a000002u
#define ALL_CAPS (LDP_HAS(CAP_UNRECOGNIZED) | LDP_HAS(CAP_TYPED_WILDCARD))

struct world {
	struct ldp l;
	struct peer *p;
	int room;			/* messages say() accepts; -1: all */
	bool quiet;			/* nothing is turned into text */
	uint32_t n_said, n_facts, n_answers, n_asked;	/* .n_asked: calls of .say() */
	uint32_t next_id;
	char said[8192], facts[8192];
	bool wants, ended;
	struct fact_remote fact;	/* the last one */
	struct wire {			/* what is under way to another world, if .n_line */
		size_t len;
		uint8_t octets[80];
	} *line;
	uint32_t n_line, line_at, on_line;
	int needed;			/* calls of peer_needed() */
};

int world_up(void **state);		/* an operational session with no capabilities */
int world_down(void **state);

void session_up(struct world *w);
void session_down(struct world *w, bool held);
void turn(struct world *w);		/* what waits is said, idle work is done */
void hear(struct world *w, const char *line);	/* and a turn */
void hear_only(struct world *w, const char *line);
struct act_signal wish(uint32_t pw, uint32_t id);	/* PW type 5, label 1000 + pw, MTU 1500, no control word */
void want(struct world *w, struct act_signal a);	/* and a turn */
void unwant(struct world *w, uint32_t pw, uint32_t id);

/* What was said (told) since the last look, lines joined by newlines. */
#define assert_said(w, lines)	do { assert_string_equal((w)->said, lines); (w)->said[0] = 0; } while (0)
#define assert_told(w, lines)	do { assert_string_equal((w)->facts, lines); (w)->facts[0] = 0; } while (0)
#define forget_all(w)		((w)->said[0] = (w)->facts[0] = 0)

/* The next octets that are under way; false: there are none. */
bool deliver(struct world *from, struct world *to);

struct show_remote_pw shown(struct world *w, uint32_t id);
struct pw *record_of(struct world *w, uint32_t id);	/* without catching up */

#endif
