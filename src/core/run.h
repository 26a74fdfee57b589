/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.h: the phases of a run and what they share; private to src/core. The order, and why: run.c.
 *
 * Every function that emits returns false, or has set c->err, when the list of actions cannot grow. It
 * has then moved nothing in the mirror, so that the next run does it.
 */
#ifndef TW_CORE_RUN_H
#define TW_CORE_RUN_H

#include "core/state.h"

bool emit(struct core *c, const struct action *a);
bool emit_live(struct core *c, enum action_kind kind, uint32_t index, bool up);
bool emit_steer(struct core *c, struct circuit *ci, enum slot active, const enum slot next[3]);
bool emit_event(struct core *c, enum core_event_kind kind, const char *name, const struct core_event *e);
bool emit_row(struct core *c, struct circuit *ci, const struct act_circuit *row);	/* if it differs */

void paths_fall(struct core *c);
void paths_raise(struct core *c);
void paths_clear(struct core *c);
void neighs_clear(struct core *c);
void paths_tell(struct core *c);

bool unbind_vlan(struct core *c, struct circuit *ci);
void ports_unbind(struct core *c);
void acs_bind(struct core *c);

void circuits_end(struct core *c);
void circuits_number(struct core *c);
void circuits_fall(struct core *c);
void circuits_account(struct core *c);
void circuits_build(struct core *c);
void circuits_steer(struct core *c);
void circuits_clear(struct core *c);
void circuits_tell(struct core *c);
void templates_tell(struct core *c);
/* An adopted circuit that its policy would move: with the next run, when adoption is over. */
bool circuit_held_back(const struct core *c, const struct circuit *ci);

#endif
