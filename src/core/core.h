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

/* ---- what LDP says (told by daemon, which has it from ldp.h) ----------------------------------- */

/* The session with LSR @peer. DOWN: one flag falls for all PWs to it (its guard), and what core_remote() told of them
 * is void. HELD: everything stays as it is. Never told = DOWN, or HELD after core_recovering(). */
void core_session(struct core *c, uint32_t peer, enum session_state s);

/* What the far end says of PW @pw (act_signal.pw): its Label Mapping and status, as far as ldp has agreed with it.
 * MTU and status are judged by core. Ignored when there is no such PW any more. */
struct fact_remote {
	bool mapped;			/* false: no Mapping stands; of the rest only .reason counts */
	bool control_word;		/* agreed: both ends send it (RFC 8077, 7.2) */
	uint32_t label;			/* to send with */
	uint32_t status;		/* LDP_PW_* bits, as received; 0 when the peer does not use the status TLV */
	bool no_status;			/* PW status is not in use with this PW: its peer sent a Mapping without */
	bool notified;			/* told because of a Notification, which may say what was known: RFC 6870, 6.3 counts them */
	uint16_t mtu;			/* 0 = the Mapping names none */
	uint16_t vlan;			/* requested VLAN ID, 0 = none */
	enum reason reason;		/* what changed, for the record of the PW */
};
void core_remote(struct core *c, uint32_t pw, const struct fact_remote *r);

/*
 * A FEC of LDP, @dest/@len, and the next hops that may carry it now; NULL: it is no more. Core gives it a local label
 * (ACT_BIND), a path or, for several hops, a group of paths, and resolves peers by it. All users of a FEC whose one
 * next hop changes move by one row.
 */
#define FEC_HOPS_MAX		64
#define FEC_LABEL_HELD		UINT32_MAX	/* not known yet after a restart: the row found in the kernel stays */
struct fact_hop {
	uint32_t ifindex, nexthop;
	uint32_t label;			/* the neighbour's; 3 = implicit null; FEC_LABEL_HELD */
};
struct fact_fec {
	bool egress;			/* ours: bound to implicit null, nothing is forwarded by it */
	uint32_t n;			/* 0: no usable next hop now */
	const struct fact_hop *hop;	/* borrowed */
};
void core_fec(struct core *c, uint32_t dest, uint8_t len, const struct fact_fec *f);

/* Before the first core_run() after a restart with graceful restart: sessions count as HELD until told otherwise, and
 * signalled PWs go on with what the kernel holds (core_seed_slot()). */
void core_recovering(struct core *c);
/* The recovery is over: what was seeded and nobody claimed goes with the next core_run(). */
void core_recovered(struct core *c);
/* What the pinned maps hold, in the words of the actions that put it there; before the first core_run(). A slot's word
 * of circuit @key (only if its flag is up: a slot not told of is down), a path's row (index and key as by
 * core_seed_path()), a label's row, a group's row. Without core_recovering() they only say what may have to be cleared.
 * Told are: slots after core_seed_circuit() of their circuit; signalled paths that have a row (.up as the kernel has it);
 * labels from LABEL_DYNAMIC_FIRST on; groups. These, and the guards that told slots name, dp does not sweep as it does
 * what else no list named: core says them again, which writes nothing, or clears them; with the first run, or,
 * recovering, with the one after core_recovered(). */
void core_seed_slot(struct core *c, uint64_t key, enum slot slot, const struct act_slot *word);
void core_seed_path_row(struct core *c, const struct act_path *row);
void core_seed_label(struct core *c, const struct act_label *row);
void core_seed_group(struct core *c, const struct act_group *row);
/* Labels below @next may still be with peers (ACT_KEEP_LABEL of a former engine): they rest. */
void core_seed_next_label(struct core *c, uint32_t next);

#define LABEL_DYNAMIC_FIRST	262144	/* LDP's range, to LDP_LABEL_MAX */
#define LABEL_REST_NS		120000000000ull	/* a freed label rests so long: the forwarding-state holding time */
/* Labels freed from now on rest @ns, at least LABEL_REST_NS. */
void core_label_rest(struct core *c, uint64_t ns);

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
bool core_seed_revert(struct core *c, const char *ifname, uint64_t deadline_ns, uint64_t resume_ns);
bool core_seed_template(struct core *c, const char *name, const struct template_values *v);

/* The last switch of circuit @e->name under a former engine, for who asks when and why it was; before the first
 * core_run(). Ignored without such a circuit. */
void core_seed_switch(struct core *c, const struct core_event *e);

/* The port @ifname was forced down by a former engine and still is; before the first core_run(). False: it is no port of an
 * AC with `trigger if-down` any more, or no memory: release it. */
bool core_seed_ac_down(struct core *c, const char *ifname);

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

/* When core wants to be run next, though nothing may have changed by then: the earliest end of a timer, on
 * core_run()'s clock; 0 = not. May be past after a run in slices. Costs nothing; to be asked after each run. */
uint64_t core_next(const struct core *c);

/* The configured values of pw-template @name come into force; its PWs are torn down and built again with them by
 * the next core_run(). Values of a template that no PW uses are in force at once. Number of PWs that use it;
 * -ENOENT: no such template; -ENOMEM: nothing was done. */
int core_reset_template(struct core *c, const char *name);

/* `reset pw`: PW (@peer, @id) of @type (LDP_PW_*; @peer 0 = any) is torn down and signalled anew by the next
 * core_run(). Number of PWs; 0: there is none. */
int core_reset_pw(struct core *c, uint32_t peer, uint32_t id, uint16_t type);

/* Asks the far end of @slot (primary or secondary) of the circuit on @ifname to carry there (RFC 6870, 6.3.1). 0: asked by
 * the next core_run(), which starts the timer of REQUEST_NS; else -1 and @why, a sentence: not independent, the peer is
 * not declared to know the bit, the PW is down or carries already, a request is under way. */
#define REQUEST_NS	3000000000ull
int core_request_switchover(struct core *c, const char *ifname, enum slot slot, char why[160]);

/* A commit an operator waits for: `switchover` onto a PW that cannot carry is a problem. Else (a start-up file) it waits
 * until the PW can. */
void core_judge_now(struct core *c, bool interactive);

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
