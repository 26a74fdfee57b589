/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.h: the stages of a round and what they share; private to src/core. The order, and why: run.c.
 *
 * Every function that emits returns false, or has set c->err, when the list of actions cannot grow. It
 * has then moved nothing in the mirror; the stage is called again for the same object. c->more: likewise.
 */
#ifndef TW_CORE_RUN_H
#define TW_CORE_RUN_H

#include "core/state.h"

bool emit(struct core *c, const struct action *a);
bool emit_live(struct core *c, enum action_kind kind, uint32_t index, bool up);
bool emit_steer(struct core *c, struct circuit *ci, enum slot active, const enum slot next[3]);
bool emit_event(struct core *c, enum core_event_kind kind, const char *name, const struct core_event *e);
bool emit_row(struct core *c, struct circuit *ci, const struct act_circuit *row);	/* if it differs */

/* Stages: each is called for every object of its kind in the round. It may free the object. */
void path_seat(struct core *c, struct path *p);
void path_index(struct core *c, struct path *p);
void path_fall(struct core *c, struct path *p);
void path_raise(struct core *c, struct path *p);
void path_tell(struct core *c, struct path *p);
void path_finish(struct core *c, struct path *p);
void fec_seat(struct core *c, struct fec *f);
void fec_bind(struct core *c, struct fec *f);
void fec_finish(struct core *c, struct fec *f);
void group_fall(struct core *c, struct path *way);
void group_note(struct path *way);		/* a path of it is not as it was */
void group_raise(struct core *c, struct path *way);
void group_tell(struct core *c, struct path *way);
void group_finish(struct core *c, struct path *way);
void neigh_ask(struct core *c, struct neigh *n);
void neigh_finish(struct core *c, struct neigh *n);

void guard_fall(struct core *c, struct peer *p);
void guard_seat(struct core *c, struct peer *p);
void guard_raise(struct core *c, struct peer *p);
void guards_forget(struct core *c);
void guard_finish(struct core *c, struct peer *p);

void port_unbind(struct core *c, struct port *p);
void port_clear(struct core *c, struct port *p);
void port_finish(struct core *c, struct port *p);

void label_end(struct core *c, struct label *l);
void label_write(struct core *c, struct label *l);
void label_finish(struct core *c, struct label *l);

void circuit_open(struct core *c, struct circuit *ci);
void circuit_end(struct core *c, struct circuit *ci);
void circuit_account(struct core *c, struct circuit *ci);
void circuit_make(struct core *c, struct circuit *ci);
void circuit_bind(struct core *c, struct circuit *ci);
void circuit_finish(struct core *c, struct circuit *ci);

bool role_tell(struct core *c, struct circuit *ci);	/* news of requests */
bool alarms_tell(struct core *c, struct circuit *ci);
bool forced_settle(struct core *c, struct circuit *ci);	/* its port is forced down, or released */

void templates_tell(struct core *c);
void signals_end(struct core *c);		/* PWs that are no more; core.more: not all of them yet */

void paths_urgent(struct core *c);		/* flags that must fall fall, whatever else waits */
void guards_urgent(struct core *c);
void signals_urgent(struct core *c);
bool pw_flag(struct core *c, struct circuit *ci, int s, bool up);	/* of slot @s, whose PW may be no more */
void signal_open(struct core *c, struct pw *pw);	/* it gets a label; what was told by another name ends */
bool signal_tell(struct core *c, struct pw *pw);	/* what the far end does not know yet */
void vlan_unbind(struct core *c, struct circuit *ci);		/* what it is bound to, if that is not wanted any more */
void vlan_bind(struct core *c, struct circuit *ci);
bool vlan_leave(struct core *c, struct circuit *ci);
void round_cancel(struct core *c);		/* all that is in the round under way waits for the next one */

#endif
