/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scene.h: the PE that most tests of core are about: a circuit on AC, which gets index 1, two core ports, and behind each
 * of them a PE with a static LSP to it.
 */
#ifndef TW_TEST_SCENE_H
#define TW_TEST_SCENE_H

#include "world.h"

#define AC	"GigabitEthernet0/1/0"	/* ifindex 3 */
#define CORE1	"GigabitEthernet0/2/0"	/* 4 */
#define CORE2	"GigabitEthernet0/3/0"	/* 5 */
#define NH1	IP(10, 1, 1, 2)
#define NH2	IP(10, 1, 2, 2)
#define US	IP(4, 0, 0, 0)		/* our LSR ID, between theirs */
#define PE2	IP(3, 3, 3, 9)
#define PE3	IP(4, 4, 4, 9)
#define P	4u			/* act_signal.pw of the circuit's primary */
#define Q	5u			/* secondary */
#define B	6u			/* bypass */
#define S	1000000000ull		/* ns */

extern const uint8_t mac1[6], mac2[6];		/* of NH1, NH2 */

void core_ports(struct world *w);		/* MPLS on, the two core ports */
void cores(struct world *w);			/* ... and an LSP to each PE */
void facts(struct world *w);			/* the three ports are up, the next hops known */

struct circ {
	struct world w;
	struct m_interface *m;			/* the circuit, as configured */
};

/* AC with a PW_LDP to each PE, VC 100 and 200. */
struct m_interface *single(void);		/* ... to PE2 alone */
struct m_interface *two(enum m_redundancy mode);
void configured(struct circ *t, struct m_interface *m);		/* all facts but of sessions; takes the reference */
void down(struct circ *t);
struct m_interface *edit(const struct circ *t);	/* a copy, to be changed and committed */
void commits(struct circ *t, struct m_interface *now);
void becomes(struct circ *t, struct m_interface *now);		/* ... and run */
struct show_circuit show_of(const struct circ *t);
/* What core does by itself until @ns from now: it is run when it asks to be, and never asks for the past. */
void time_passes(struct circ *t, uint64_t ns);

#endif
