/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scene.h: the programs loaded on one set of maps, four ports, and the rows that make a PE of it.
 *
 * A test makes a frame, runs it, and looks at what came out and what was counted. Most tests run for
 * both families (BOTH): the family is the test's state.
 */
#ifndef TW_TEST_SCENE_H
#define TW_TEST_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "bpf/abi.h"
#include "packet.h"

/* ---- ports (ifindexes of real devices in a namespace of our own) ---- */
#define AC		101
#define AC2		103
#define CORE		105
#define CORE2		107
#define FAR		200001		/* beyond the array */

/* ---- what the standing scene holds; see scene_reset() ---- */
#define CIRCUIT		7
#define PATH(slot)	((slot) + 1)	/* path of each slot: primary by CORE, the others by CORE2 */
#define LABEL_OUT(slot)	(1000u * ((slot) + 1))
#define LABEL_IN(slot)	(1000u * ((slot) + 1) + 1)
#define TUNNEL(slot)	(100u + (slot))	/* transport label of PATH(slot) */
#define OURS		500u		/* a transport label that is ours: pop */
#define SWAP_IN		600u		/* swapped into PATH_SWAP by CORE2 */
#define PATH_SWAP	4
#define SWAP_OUT	601u
#define SCENE_PATHS	320		/* wiped before each test */
#define MAX_FRAME	1514
#define CORE_MTU	1600

enum family { XDP_FRAGS, XDP_PLAIN, TC };

enum out { PASS, DROP, SENT };		/* verdict; SENT: see .packet */
struct result {
	enum out out;
	struct packet packet;
	uint32_t mark;			/* tc */
	uint32_t tag;			/* tc by run_aside(): in metadata, TPID << 16 | TCI */
	uint16_t protocol;		/* tc by run_aside() */
};

int scene_open(void **state);		/* cmocka group set-up and tear-down */
int scene_close(void **state);
int scene_reset(void **state);		/* before each test: standing scene, counters zero */

struct result run(enum family f, uint32_t ifindex, const struct packet *in);
struct result run_gso(uint32_t ifindex, const struct packet *in, uint32_t size, uint32_t segs);	/* tc */
struct result run_aside(uint32_t ifindex, const struct packet *in, uint32_t tag);		/* tc */
struct result run_aside_gso(uint32_t ifindex, const struct packet *in, uint32_t tag, uint32_t size);
/* XDP, and tc behind it when XDP passes: what a port with both does. */
struct result run_port(uint32_t ifindex, const struct packet *in);

int scene_prog(enum family f);		/* fd */
int scene_deadman(void);		/* fd of the program that starts the dead-man */
int scene_map(const char *name);	/* fd */

/* ---- rows ---- */
void set_port(uint32_t ifindex, uint32_t flags, uint32_t circuit);
void set_vlan(uint32_t ifindex, uint16_t vid, uint32_t circuit);
struct tw_circuit get_circuit(uint32_t index);
void set_circuit(uint32_t index, const struct tw_circuit *c);
void set_slot(uint32_t index, enum tw_slot_id slot, uint64_t word);
void set_steer(uint32_t index, uint8_t active, uint8_t next);
void set_live(const char *map, uint32_t index, uint8_t armed, uint8_t dead);
void set_pw_live(uint32_t index, enum tw_slot_id slot, uint8_t armed, uint8_t dead);
void set_path_row(uint32_t index, int row, const struct tw_path_row *r);
struct tw_path_row a_row(uint32_t ifindex, uint32_t n, const uint32_t *labels);
void set_label(uint32_t value, const struct tw_label *l);
struct tw_label get_label(uint32_t value);
void set_label_last(uint32_t value, uint32_t flags, uint32_t vout);	/* keeps op and slot */
void set_row(const char *map, uint32_t index, const void *row);
void get_row(const char *map, uint32_t index, void *row);

uint64_t drops_of(enum tw_drop reason);
uint64_t drops_all(void);
struct tw_count count_of(uint32_t circuit, enum tw_slot_id slot);
struct tw_seen seen_of(uint32_t circuit);

/* ---- frames of the scene ---- */
/* What CIRCUIT sends for @inner on @slot: outer Ethernet of PATH(slot), its labels, PW label, control
 * word if @cw >= 0 (its value). */
struct packet on_pw(enum tw_slot_id slot, uint8_t tc, int64_t cw, const struct packet *inner);
/* What arrives from the core on @slot: our transport label, PW label, control word. */
struct packet from_pw(enum tw_slot_id slot, uint8_t tc, int64_t cw, const struct packet *inner);
struct packet mpls(void);		/* outer Ethernet header of a frame for us */

static inline enum family family(void **state)
{
	return *(enum family *)*state;
}

extern enum family families[];
#define ONE(test, n) \
	{ #test " " #n, test, scene_reset, NULL, &families[n] }
#define BOTH(test)	ONE(test, XDP_FRAGS), ONE(test, XDP_PLAIN), ONE(test, TC)
#define ONLY_TC(test)	ONE(test, TC)
#define ONLY_XDP(test)	ONE(test, XDP_FRAGS), ONE(test, XDP_PLAIN)

#endif
