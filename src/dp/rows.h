/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.h: actions as map rows, and the step from one path row to the next. Pure functions.
 */
#ifndef TW_DP_ROWS_H
#define TW_DP_ROWS_H

#include "bpf/abi.h"
#include "core/action.h"

/* Each fills @out whole (padding zeroed), so that equal actions give equal octets. */
void row_circuit(const struct act_circuit *a, struct tw_circuit *out);
void row_path(const struct act_path *a, struct tw_path_row *out);
void row_label(const struct act_label *a, struct tw_label *out);
void row_group(const struct act_group *a, struct tw_group_row *out);	/* at most TW_GROUP_MEMBERS */
/* ... and back, as core_seed_*() want them. */
void slot_of_row(uint64_t word, struct act_slot *out);
void path_of_row(const struct tw_path_row *row, struct act_path *out);	/* all but index, used, key and up */
void label_of_row(uint32_t label, const struct tw_label *row, struct act_label *out);
uint8_t row_next(const uint8_t next[TW_SLOTS]);
uint32_t row_port_flags(const struct act_port *a);	/* without XDP_TX and TC_RX, which attachment decides */

static inline struct tw_live flag_live(struct tw_flag f)
{
	return (struct tw_live){ .armed = f.armed, .dead = f.dead };
}

/* A flag that other threads and the kernel write. */
static inline struct tw_live live_read(const struct tw_live *l)
{
	return (struct tw_live){
		.armed = __atomic_load_n(&l->armed, __ATOMIC_ACQUIRE),
		.dead = __atomic_load_n(&l->dead, __ATOMIC_ACQUIRE),
	};
}

static inline bool live_up(struct tw_live l)
{
	return l.armed && l.armed != l.dead;
}

/*
 * The epoch to raise a flag with: the first after @last whose lowest bit is @parity (0 or 1; -1: any)
 * and that is neither 0 (down), nor what is armed, nor what the kernel last declared dead.
 */
uint8_t epoch_next(uint8_t last, struct tw_live live, int parity);

/*
 * How a path comes to send by @want. Frames in flight may still read the row that the armed epoch
 * selects, so a row that differs goes to the other one, the resting row, and the new epoch selects it.
 */
struct path_step {
	bool write;			/* row[.row] = want */
	bool raise;			/* arm with .epoch */
	uint8_t row, epoch;
};
/* @last: the epoch the path was last raised with by this engine, 0 = never. */
struct path_step path_step(const struct tw_path *path, struct tw_live live, uint8_t last,
			   const struct tw_path_row *want);

/* The slot a circuit sends on now, as the kernel computes it; TW_NONE: it drops. */
struct rows_view {			/* the maps, as plain memory */
	const struct tw_circuit *circuit;
	const struct tw_block *active, *next;
	const struct tw_flag *pw;	/* by TW_PW() */
	const struct tw_live *path, *guard;
	const struct tw_group *group;
};
uint8_t slot_now(const struct rows_view *v, uint32_t circuit);

#endif
