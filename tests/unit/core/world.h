/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.h: a small world round core for its tests: model objects by few words, facts, and a kernel
 * made of the actions ("rows"), with the invariants that must hold after every single action.
 */
#ifndef TW_TEST_WORLD_H
#define TW_TEST_WORLD_H

#include "core/core.h"
#include "core/core_show.h"
#include "core/verdict.h"

#define W_CIRCUITS	8192
#define W_PATHS		64
#define W_LABELS	16384	/* static ones; as many places of LDP's follow */
#define W_GUARDS	4096
#define W_GROUPS	32
#define W_BINDS		64	/* prefixes bound at a time */
#define W_PORTS		64
#define W_KEEPS		16	/* records told of; more are not noted */

struct rows {				/* the kernel, as the actions made it */
	uint32_t top, top_label;	/* highest circuit, and place of a label, seen */
	struct act_circuit circuit[W_CIRCUITS];
	uint8_t active[W_CIRCUITS], next[W_CIRCUITS][3];
	bool pw_live[W_CIRCUITS * 4];
	struct act_path path[W_PATHS];
	bool armed[W_PATHS];
	struct act_label label[2 * W_LABELS];	/* by W_PLACE(label) */
	struct { uint32_t label; uint64_t when; } cleared[2 * W_LABELS];	/* rows of LDP's labels that went, by .now */
	uint64_t now;
	uint32_t mark;			/* ACT_KEEP_LABEL */
	uint32_t given;			/* labels of LDP below it have had a row */
	struct act_group group[W_GROUPS];	/* .member points to .members */
	uint16_t members[W_GROUPS][GROUP_MEMBERS_MAX];
	struct act_bind bind[W_BINDS];	/* what peers are told of prefixes; .label 0 = free */
	bool guard[W_GUARDS];
	struct act_signal signal[W_CIRCUITS * 4];	/* what peers are told; .wanted */
	uint32_t forgets[W_CIRCUITS * 4];	/* MAC withdraws */
	struct act_port port[W_PORTS];	/* by ifindex */
	uint32_t vlan[W_PORTS][4096];
	bool neigh[W_PORTS][256];	/* by NB(ip) */
	struct act_keep keep[W_KEEPS];	/* records, for the next engine; name "" = free */
	struct act_keep_template keep_template[W_KEEPS];
};

struct rows *rows_new(void);		/* free() it */
void rows_apply(struct rows *r, const struct action *a);	/* and checks the invariants */
bool rows_armed(const struct rows *r, uint32_t index, bool group);	/* the path, or a member of the group */
uint32_t rows_bound(const struct rows *r, uint32_t dest, uint8_t len);	/* LABEL_NOT_BOUND: not */
void rows_check(const struct rows *r);				/* invariants over everything */
enum slot rows_sends(const struct rows *r, uint32_t circuit);
bool rows_usable(const struct rows *r, uint32_t circuit, int slot);
void watcher(struct rows *r, uint32_t ifindex);			/* the link falls: what leaves by
								 * it is lowered, managed neighbours are forgotten */

struct world {
	struct core *c;
	struct rows *r;
	uint64_t now;
	struct actions a;		/* of the last run */
};
void world_up(struct world *w, uint32_t capacity);
void world_down(struct world *w);
int run(struct world *w);		/* core_run, applied to the rows */
int run_slice(struct world *w, uint32_t work);
uint32_t count(const struct world *w, enum action_kind k);	/* in the last run */
const struct action *find(const struct world *w, enum action_kind k, uint32_t nth);	/* NULL: no such */

/* Model objects; each owned by the caller (one reference). */
struct m_system *sys_obj(bool mpls, uint32_t capacity);
struct m_interface *if_obj(const char *name, const char *parent, uint16_t vlan);
struct m_static_lsp *ingress(const char *name, uint32_t dest, const char *out_if, uint32_t nexthop, uint32_t label);
struct m_static_lsp *transit(const char *name, uint32_t in, const char *out_if, uint32_t nexthop, uint32_t label);
struct m_static_lsp *egress(const char *name, uint32_t in);
struct m_pw_template *template_obj(const char *name);
void pw_set(struct m_interface *m, enum slot s, uint32_t peer, uint32_t tx, uint32_t rx);
void pw_ldp(struct m_interface *m, enum slot s, uint32_t peer, uint32_t id);
void *copy(const void *obj, size_t size);

/* One-object commits; both references are given up. @old may be NULL, so may @now. */
void commit(struct world *w, enum obj_type t, const void *old, const void *now);
void link_is(struct world *w, const char *name, uint32_t ifindex, bool up);	/* ifindex 0: absent */

#define W_PLACE(label)	((label) < LABEL_DYNAMIC_FIRST ? (label) : W_LABELS + ((label) - LABEL_DYNAMIC_FIRST) % W_LABELS)
#define NB(ip)	(((ip) >> 8 & 0xf) << 4 | ((ip) & 0xf))
#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

#endif
