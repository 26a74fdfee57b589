/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core.h: circuits, pseudowires, paths; one verdict per circuit.
 *
 * Core owns the state of forwarding. It does no I/O and reads no clock: configuration and facts go
 * in, core_run() turns what changed into actions. Nothing is emitted by the calls that put facts
 * in, so a batch of facts (a netlink dump, the journal after a restart) is settled in one verdict.
 *
 * A circuit:  one AC, up to three PWs (primary, secondary, bypass).
 * A path:     the way to a peer: static LSP -> next hop -> neighbour -> port; shared by all PWs to
 *             that peer and by the transit LSPs with the same next hop and labels.
 * The verdict (verdict.h) is a pure function over a dense table.
 */
#ifndef TW_CORE_H
#define TW_CORE_H

#include <stddef.h>

#include "core/action.h"
#include "model/model.h"

struct core;

#define CORE_CAPACITY_DEFAULT 4096
#define CORE_PATHS_MAX	16383	/* paths at a time: static LSPs that start or pass here */

/* @capacity: circuits that fit until OBJ_SYSTEM says otherwise, 0 = the default. NULL: out of memory.
 * Indexes handed out are 1..capacity, and 1..CORE_PATHS_MAX for paths. */
struct core *core_new(uint32_t capacity);
void core_free(struct core *c);

/* ---- configuration ------------------------------------------------------------------------- */

/*
 * Two-step change of any set of objects, as the commit does it. For each object that differs:
 * core_prepare() with (old, now), NULL = absent; first all removals and changes, in any order,
 * since labels freed by one object may be claimed by another: conflicts are judged by
 * core_prepared(). Then either core_abort(), as if nothing had been said, or core_apply(), which
 * cannot fail. Objects are retained by reference while core uses them.
 */
int core_prepare(struct core *c, enum obj_type type, const void *old, const void *now);	/* 0, -ENOMEM */

/* A problem core found in the prepared set. @obj is the model object at fault, @field names the
 * part ("primary", "in-label", ...), @text is a sentence. */
struct core_problem {
	enum obj_type type;
	const void *obj;
	char field[32];
	char text[160];
};
/* Number of problems (labels in use by whom, capacity, ...), at most @max of them stored. */
size_t core_prepared(struct core *c, struct core_problem *out, size_t max);
/* Of circuits and LSPs beyond a limit each is a problem, the last first, for who takes them out; else the last. */
void core_judge_each(struct core *c, bool each);
void core_abort(struct core *c);
void core_apply(struct core *c);

/*
 * The same in slices: no more than @work objects are looked at. True: call again (with the same @out). Between the
 * calls nothing else is prepared; facts may be told, displays asked and flags that must fall lowered (by
 * core_run_slice(), which does nothing else while core_applying()). *n: problems so far.
 */
bool core_prepared_slice(struct core *c, uint32_t work, struct core_problem *out, size_t max, size_t *n);
bool core_apply_slice(struct core *c, uint32_t work);
bool core_applying(const struct core *c);
/* Gives up what the last commit, applied or aborted, still holds: @work objects of it; true: there is more. Is no
 * hurry; core_apply() does it itself. */
bool core_tidy(struct core *c, uint32_t work);

/* ---- facts ---------------------------------------------------------------------------------- */

/* A Linux device as it is now, for the operator's name @ifname (daemon maps names). */
struct fact_link {
	bool present;
	uint32_t ifindex;
	bool admin_up, carrier;
	uint32_t mtu;
	uint8_t mac[6];
	enum detector detector;		/* who saw it */
};
void core_link(struct core *c, const char *ifname, const struct fact_link *f);

/* The neighbour @ip on @ifindex; @mac NULL: not resolved (INCOMPLETE, FAILED, deleted). */
void core_neigh(struct core *c, uint32_t ifindex, uint32_t ip, const uint8_t *mac);

/* The IPv4 subnet @ip/@len is on @ifindex (or no longer): next hops without an outgoing interface
 * are found by it. */
void core_subnet(struct core *c, uint32_t ifindex, uint32_t ip, uint8_t len, bool there);

/* After a restart: index an object had in the pinned maps, by the hash of its name. To be called
 * before the first core_run(); the objects may be applied already (the start-up configuration is
 * read before the maps are opened, since it says their size), so indexes are given in core_run(). A
 * circuit's index that does not fit any more (0, or above the capacity) is replaced; its slot counts. */
void core_seed_circuit(struct core *c, uint64_t key, uint32_t index, enum slot active);
void core_seed_path(struct core *c, uint64_t key, uint16_t index);
uint64_t core_key(const char *name);		/* the hash used for keys */

/* What an ACT_KEEP or ACT_KEEP_TEMPLATE of a former engine said, told after its configuration was applied and
 * before the first core_run(). The circuit goes on waiting until @deadline_ns, if it still has reason to wait;
 * the template's PWs go on with @v. False: there is no such circuit or template, or no memory: forget the record. */
bool core_seed_revert(struct core *c, const char *ifname, uint64_t deadline_ns);
bool core_seed_template(struct core *c, const char *name, const struct template_values *v);

/* The kernel fell back on @circuit and sends on @slot since @when_ns (read from seen[]). */
void core_kernel_moved(struct core *c, uint32_t circuit, enum slot slot, uint64_t when_ns);

/* ---- decisions -------------------------------------------------------------------------------- */

/* Settles what changed since the last call and appends the actions. @now_ns is the time of records
 * and events. 0; -ENOMEM: carry out what is in @out and call again, nothing is lost; -ENOBUFS: all is
 * settled, but a fact found no memory since the last run: tell the facts again (a netlink dump). */
int core_run(struct core *c, uint64_t now_ns, struct actions *out);

/*
 * The same in slices: looks at no more than @work objects (about 1 us each, with what it makes of them). Flags that
 * must fall are lowered first, by each slice and whatever is under way. 1: there is more of what was waiting when the
 * first slice began; else as core_run(). Facts and configuration may change between slices; so may the caller's
 * mind: core_run() ends what slices began. What came meanwhile core_pending() tells.
 */
int core_run_slice(struct core *c, uint64_t now_ns, struct actions *out, uint32_t work);

/* When core wants to be run next, though nothing may have changed by then: the earliest end of a delay timer, on
 * core_run()'s clock; 0 = not. May be past after a run in slices. Costs nothing; to be asked after each run. */
uint64_t core_next(const struct core *c);

/* The configured values of pw-template @name come into force; its PWs are torn down and built again with them by
 * the next core_run(). Values of a template that no PW uses are in force at once. Number of PWs that use it;
 * -ENOENT: no such template; -ENOMEM: nothing was done. */
int core_reset_template(struct core *c, const char *name);

/* There is something to settle. True after a first run if adoption held back a circuit: the first run
 * leaves every circuit where the former engine's kernel sends, as long as that is usable; the revert
 * policy acts with the next one. */
bool core_pending(const struct core *c);

/* Marks everything dirty: the next core_run() emits every row again, for a data plane that starts
 * empty (the tables got another size). Indexes, active slots and epochs of decisions stay. */
void core_replay(struct core *c);

/* Circuits that fit: from `capacity circuits` of OBJ_SYSTEM once applied (0 there = the default). */
uint32_t core_capacity(const struct core *c);

#endif
