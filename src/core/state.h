/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.h: what core keeps; private to src/core.
 *
 * Three layers per object, and every file touches one boundary between them:
 *   configuration  (immutable model objects, held by reference)      prepare.c
 *   facts          (links, neighbours, subnets; sessions, Mappings)   fact.c, guard.c, signal.c
 *   mirror         (what the actions so far have put into the kernel, and told the peers) run.c
 * A call that changes configuration or facts only puts objects on a dirty list; core_run() compares
 * what is wanted with the mirror and emits the difference. So a lost call (-ENOMEM) is made up for
 * by the next, a replay is an emptied mirror, and a change costs what depends on it.
 *
 * Who points to whom:
 *   circuit -> port (of its AC), pw[3];  pw -> peer -> path -> lsp, port, neigh;  pw -> template
 *   label -> its owner (pw or lsp);  lsp -> port (of its incoming interface)
 */
#ifndef TW_CORE_STATE_H
#define TW_CORE_STATE_H

#include "core/core.h"
#include "core/core_show.h"
#include "base/table.h"
#include "core/verdict.h"

#define SECOND		1000000000ull
#define PW_TTL		255	/* of PW labels; transport labels get theirs from the data plane */
#define DEFAULT_MTU	1500
#define ETH_HDR		14
#define CORE_GUARDS_MAX	4095
#define LABEL_EXPLICIT_NULL 0
#define LABEL_IMPLICIT_NULL 3

struct port {			/* an interface of the operator or of the facts */
	struct hnode by_name, by_ifindex;
	char name[IFNAME_LEN];
	const struct m_interface *cfg;		/* a reference; NULL: not in the configuration */
	struct fact_link link;			/* .ifindex is 0 while absent */
	struct circuit *circuit;		/* port-mode AC */
	struct list subifs;			/* circuit.on_port of sub-interface ACs */
	struct list paths;			/* path.on_port that leave by it, or would */
	struct list lsps;			/* lsp.on_port whose label must come in by it */
	struct turn dirty;
	struct act_port told;			/* mirror; .ifindex 0 = nothing */
	struct hnode by_told;			/* by .told.ifindex */
};

struct neigh {			/* a neighbour somebody told of or a path needs */
	struct hnode by_key;			/* ifindex << 32 | ip */
	uint32_t ifindex, ip;
	bool resolved;
	uint8_t mac[6];
	struct list paths;			/* path.on_neigh */
	bool ask;				/* ACT_NEIGH keep is due (again) */
	bool kept;				/* mirror: we asked the kernel to keep it */
	struct turn dirty;
};

struct subnet {
	struct hnode by_prefix;			/* prefix_key() */
	struct hnode by_ip;
	uint32_t ifindex, ip;
	uint8_t len;
};

struct lsp {
	struct hnode by_name, by_dest;		/* by_dest: ingress, prefix_key() */
	const struct m_static_lsp *cfg;		/* a reference */
	uint32_t changing;			/* the commit it takes part in: core.commit, or an older one */
	struct path *path;			/* not of an egress LSP */
	struct label *label;			/* not of an ingress LSP */
	struct port *port;			/* where the label must come in; NULL: anywhere */
	struct list on_port;
};

struct path_row {		/* what the kernel needs to send on it */
	uint32_t ifindex;
	uint8_t dmac[6], smac[6];
	uint16_t mtu;
	uint8_t n_labels;
	uint32_t label[PUSH_MAX];
};

/* The way of a static LSP, or one of a FEC of LDP: by one next hop, or (a struct group) by several. */
struct path {
	struct hnode by_key;
	uint16_t index;				/* 0 until the first run, or while none is left; of a group, among groups */
	bool group;				/* it is the .way of a struct group */
	uint8_t number;				/* among the paths of .fec */
	bool out;				/* no index was left for it */
	bool quiet;				/* another took over from it: no event of its end */
	uint8_t grouped;			/* rows of groups that name it (mirror) */
	struct lsp *lsp;			/* whose it is; neither: goes away with the next run */
	struct fec *fec;
	uint32_t hop_ifindex, hop_label;	/* of .fec; label: FEC_LABEL_HELD, or NO_HOP: it has none now */
	char name[LSP_NAME_LEN];
	struct port *port;			/* out port, NULL: unknown */
	struct neigh *neigh;
	uint32_t nexthop;			/* configured or found; 0 = none */
	struct list on_port, on_neigh, floating;	/* floating: the next hop finds the port */
	struct list peers;			/* peer.on_path */
	uint32_t users;				/* PWs of all of them */
	struct turn dirty;
	struct list urgent;			/* its flag may have to fall before anything else */
	bool rising;				/* its users are accounted for by this round: its flag may rise */
	bool touch;				/* its flag was lowered out of turn: its users are due */
	bool up;				/* as resolved last and told in events */
	enum reason reason : 8;			/* of the last change of .up */
	enum detector detector : 8;
	enum detector news : 8;			/* what made it dirty */
	struct path_row row;			/* mirror */
	bool told, armed;			/* mirror: index known there; flag raised */
	bool lower;				/* ACT_PATH_LIVE down is due */
	enum detector fell_by : 8;		/* its port fell since the last run, though it may be up again */
	bool seeded;				/* the mirror is unknown: flag may be up there */
	bool fallen;				/* since adoption began: adopted circuits do not know */
};
#define NO_HOP	(FEC_LABEL_HELD - 1)

/* Several paths of a FEC. Up while one of them is: it has no flag of its own. .way is what its users see; of that .rising
 * and .touch are as of a path's, .told says that the row is there. */
struct group {
	struct path way;
	uint16_t n, n_told;
	struct path *member[GROUP_MEMBERS_MAX];	/* by number */
	struct path *told[GROUP_MEMBERS_MAX];	/* mirror */
	uint16_t index[GROUP_MEMBERS_MAX];	/* of .told; of a former engine's until it is adopted */
	bool adopt;
	bool seen;				/* as its users were accounted for: it is up */
};

/* A prefix of LDP. What is told of it waits for the next round, which gives it label and paths. */
struct fec {
	struct hnode by_prefix;			/* prefix_key() */
	struct turn dirty;
	struct label *label;			/* NULL: it has none yet, or needs none */
	struct path *path;			/* the one, or a group; NULL: none, we are its end, or it is gone */
	union {					/* told: many if there are more than one; ours */
		struct fact_hop one, *many;
	} hop;
	uint32_t bound;				/* mirror of ACT_BIND */
	uint8_t n;				/* hops told */
	bool egress, gone;			/* told */
	bool fresh;				/* what was told is still to be acted on */
	bool end;				/* acted on: we are its end */
	bool alone;				/* no group was left: the first hop counts */
	bool guessed;				/* a former engine had it, ldp has not told of it yet */
};

/*
 * An LSR that PWs go to, or that there is an LDP session with. Its guard is the flag all signalled PWs to it share: up
 * while there is a session, so its loss is one store; the guard belongs to the peer while it has such PWs.
 */
struct peer {
	struct hnode by_addr;
	uint32_t addr;
	struct path *path;			/* NULL: no LSP to it */
	struct list on_path;
	struct list pws;			/* pw.on_peer */
	uint32_t users;				/* PWs in it */
	uint32_t signalled;			/* of those PW_LDP */
	enum session_state session;
	uint32_t sessions;			/* that have ended: what was heard in one of them is void */
	uint16_t guard;				/* 0: none */
	struct turn dirty;
	struct list urgent;			/* the guard may have to fall before anything else */
	bool rising, touch, armed, lower, seeded;	/* of the guard; as in struct path */
	bool by_ldp;				/* .path, or the last one it had, is LDP's */
};

struct label {
	struct hnode by_label;
	uint32_t label;
	struct pw *pw;				/* one owner or none */
	struct lsp *lsp;
	struct fec *fec;
	struct act_label row;			/* mirror; kind LABEL_NONE = no entry */
	struct turn dirty;
};

struct template {
	struct hnode by_name;
	char name[TEMPLATE_NAME_LEN];
	const struct m_pw_template *cfg;	/* a reference; NULL: PWs name it, but there is none */
	struct template_values v;		/* in force */
	struct list pws;			/* pw.on_template */
	uint32_t users, signalled;		/* PWs in it; those of them that are PW_LDP */
	struct list dirty;
	bool kept;				/* mirror of the record: values in force that are not those of .cfg */
	struct template_values kept_v;
};

/* What keeps a PW down, the first of these. */
enum TW_OCTET cause {
	CAUSE_NONE,
	CAUSE_FAULT,				/* manual-set pw-ac-fault */
	CAUSE_SESSION,				/* no LDP session with its peer */
	CAUSE_LABEL,				/* no label, or guard, was left for it */
	CAUSE_UNMAPPED,				/* no Label Mapping of its peer stands */
	CAUSE_MTU, CAUSE_VLAN,			/* ... or not one that fits */
	CAUSE_PATH,
	CAUSE_REMOTE_AC, CAUSE_REMOTE_PSN, CAUSE_NOT_FORWARDING,	/* status of the far end */
	CAUSE__N
};

struct signal {			/* what a PW_LDP has besides */
	struct list urgent;			/* its flag may have to fall first of all; without PW: in core.ended */
	/* the far end, as core_remote() told */
	uint32_t session;			/* peer.sessions of then */
	uint32_t label;				/* the last one told, also when void; 0 = none yet */
	uint32_t status;
	uint16_t mtu, vlan;
	enum reason reason;
	bool mapped : 1, held : 1, control_word : 1;	/* .held: a former engine's word, nobody has told yet */
	bool stood : 1;				/* nothing kept the PW down when it was looked at last */
	bool no_status : 1;			/* PW status is not in use: the last Mapping said so, also when void */
	/* what the far end was told: the mirror of ACT_SIGNAL */
	bool anew : 1;				/* it is to be told anew */
	bool told_word : 1, told_tagged : 1;
	uint8_t told_status;
	uint16_t told_mtu;
	uint32_t told_group;
	uint32_t told_pw, told_peer, told_id;	/* .told_pw 0: nothing, or that it is withdrawn */
};

struct pw {
	struct circuit *circuit;
	enum slot slot;
	bool up;
	bool fault_told;			/* manual fault, as told in events */
	bool recreated;				/* by core_reset_template() or core_reset_pw(); to be told */
	enum cause cause;			/* that kept it down last */
	enum reason reason;			/* of the last change */
	enum detector detector;
	struct template *template;		/* NULL: it names none */
	struct list on_template;
	struct peer *peer;			/* address 0: neither the line nor the template has one */
	struct list on_peer;
	struct label *label;			/* NULL: a PW_LDP that has none yet */
	struct signal *signal;			/* NULL: PW_STATIC */
	uint64_t created_ns, changed_ns, up_ns, up_total_ns;
};

/* What only those circuits have that play a role, take requests or force their port down: role.c, forced.c. */
struct ends {
	struct hnode by_follow;			/* in core.follows, by the address it follows */
	struct circuit *circuit;
	uint64_t request_at;			/* our request is given up then; 0 = not told yet, or none */
	uint64_t first_at;			/* until then a port whose PWs have never been up is not forced; 0 = does not run */
	uint64_t grace_at;			/* until then the port, released, counts as up; 0 = does not run */
	enum slot asked;			/* the far end is asked to carry there; or SLOT_NONE */
	enum slot agreed;			/* it was, or asked us; or SLOT_NONE */
	uint8_t answer;				/* slots whose far end is owed an answer, a bit each */
	uint8_t news[2];			/* enum request_news to be told, per slot, a bit each */
	bool here;				/* the address it follows is on this host */
	bool standby;				/* the role, as settled last */
	bool first_over;
	bool forced;				/* mirror of ACT_AC_DOWN */
	bool fell;				/* the link has been seen down since */
	uint8_t late;				/* how often its carrier came after .grace_at: that is twice as long each time */
};

struct askable {			/* an LSR that knows requests: mpls l2vpn request-switchover peer */
	struct hnode by_addr;
};

struct circuit {
	struct hnode by_name, by_vlan;
	const struct m_interface *cfg;		/* a reference, also while gone */
	bool gone;				/* out of the configuration; cleared away by the next run */
	uint32_t changing;			/* the commit it takes part in: core.commit, or an older one */
	uint8_t ended;				/* slots that were up when taken out, to be told */
	struct port *port;
	struct list on_port;
	struct pw *pw[3];
	struct ends *ends;			/* NULL: it has no use for them */
	struct turn dirty;

	uint32_t index;				/* 0 until the first run */
	struct act_circuit row;			/* mirror; .used */
	enum slot active, next[3];		/* mirror */
	uint8_t live;				/* mirror of PW_LIVE, a bit per slot */
	uint8_t unsure;				/* slots whose flag a former engine may have left up */
	uint8_t rising;				/* slots accounted for as about to rise; no other may in this round */
	bool steered;				/* mirror: active and next are known there */
	bool seeded;				/* the kernel held it before us: .sends is its word */
	uint32_t bound_ifindex;			/* mirror of VLAN_AC */
	uint16_t bound_vid;
	struct hnode by_bound;

	enum slot sends;			/* SLOT_NONE: nothing usable */
	enum slot carried;			/* the last slot that sent */
	bool ac_up;
	uint8_t alarms;				/* told in events, a bit each */
	uint64_t moved_ns;			/* the kernel's word of when it fell back to .moved */
	enum slot moved;
	uint64_t switched_ns;
	enum slot switched_from, switched_to;
	enum reason switch_reason;
	enum detector switch_detector;
	uint32_t switches;

	uint64_t up_at[2];			/* primary, secondary: usable since then without a change; 0 = it is not */
	uint64_t wait_since;			/* the timer of the policy was started then */
	uint64_t revert_at;			/* ... and ends then; 0 = it does not run */
	uint64_t hold_at;			/* likewise: holdoff */
	uint64_t resume_at;			/* likewise: until then the secondary is told "not forwarding" */
	uint64_t kept_at, kept_resume;		/* mirror of the record of the ends of delay and resume */
	uint64_t due;				/* the earliest of what runs; in core.timer by it */
	uint32_t heap;				/* place in core.timer, 0 = not in it */
	bool queued;				/* the delay is over, .revert_at is its turn among very many */
	bool hold_over;				/* holdoff has run out, and nothing has carried since */
	uint8_t standby;			/* slots told to be standby, a bit each */
};

struct fec;

struct seed {
	struct hnode by_key;
	uint32_t index;
	enum slot active;
	struct act_slot word[3];		/* of slots whose flag is up */
	struct act_path *row;			/* of a signalled path; ours */
	bool fell;				/* its port did since */
	uint16_t n;				/* of a group */
	uint16_t *member;
};

/* What only one object may have, wanted by the object of a change: a label, a VLAN of a port. */
enum { CLAIM_LSP = -1, CLAIM_VLAN = -2 };	/* else the slot whose receive label it is */
#define CLAIMS	4				/* at most, of one object */
struct claim {
	struct hnode by_key;
	uint32_t change;
	int what;
};

struct change {			/* one object of a commit under way; references held */
	enum obj_type type;
	const void *old, *now;
};

/* How far a commit is, since its parts go in slices. */
enum step {
	STEP_NONE,
	STEP_COLLECT, STEP_JUDGE, STEP_JUDGED,				/* judge.c; .at counts changes, then claims */
	STEP_DETACH, STEP_TEMPLATES, STEP_ATTACH, STEP_SETTLE,		/* prepare.c; .at counts changes */
};
struct progress {
	enum step step;
	uint32_t at, n_claim;
	int64_t circuits, paths;		/* as many as there would be */
	const struct change *system;		/* that sets the capacity */
	uint32_t capacity;
	size_t problems;
};

/* The labels LDP hands out, from LABEL_DYNAMIC_FIRST on: space.c. */
struct resting { uint32_t label, until; };	/* .until: REST_UNIT_BITS below are cut off */
struct index_space {		/* small integers from 1, lowest free first */
	uint64_t *taken;			/* bitmap */
	uint32_t cap;				/* bits there is room for */
	uint32_t hint;				/* words below are full */
};

struct label_space {
	struct index_space taken;		/* in use or resting; index 1 is LABEL_DYNAMIC_FIRST */
	uint32_t next;				/* index to be tried next */
	uint32_t kept;				/* mirror of the record: labels below it may have been given out */
	uint32_t former;			/* those below it may be with peers of a former engine, until ... */
	uint64_t former_until;			/* 0: not known yet */
	uint64_t rest_ns;			/* longer than LABEL_REST_NS, or 0 */
	struct resting *rest;			/* a ring, in the order in which they are free again */
	uint32_t first, n_rest, cap;
	struct table seeds;			/* what the kernel held, by who had it */
	bool out;				/* somebody found none */
};

/* Reverts: the first of a second go at once, the others one after the other. */
#define PACE_BURST	256
struct pace {
	uint64_t since;				/* the second began then */
	uint32_t n;				/* that went in it */
	uint64_t last;				/* turn given last; 0: nobody waits for one */
	uint32_t waiting;			/* circuits with .queued */
	uint32_t again;				/* the rate has changed: those from this index on get new turns; 0: all have */
};

struct core {
	uint32_t capacity, capacity_default;
	const struct m_system *system;

	struct table vlans;			/* circuits of sub-interfaces by (port, VID) */
	struct table ports, port_by_ifindex, neighs, subnets, lsps, lsp_by_dest, paths, peers, labels, circuits, templates;
	uint64_t dest_lens, subnet_lens;	/* prefix lengths seen, a bit each (0..32) */
	struct table addrs;			/* subnets by their address, whatever its length */
	struct table follows;			/* ends by the address they follow */
	struct table askable;
	struct list floating;			/* paths whose port the next hop finds */
	struct queue dirty_ports, dirty_neighs, dirty_paths, dirty_labels, dirty_circuits, dirty_peers, dirty_groups, dirty_fecs;
	struct table fecs, groups;
	uint64_t fec_lens;			/* as dest_lens */
	bool paths_out, groups_out;		/* somebody found none */
	bool some_left;				/* ... and there may be one now */
	struct list dirty_templates;
	struct list urgent;			/* path.urgent */
	struct list urgent_guards;		/* peer.urgent */
	struct list urgent_signals;		/* signal.urgent */
	struct list ended;			/* signal.urgent of PWs that are no more, to be withdrawn */
	struct table bound, told;		/* circuits by (ifindex, VID) and ports by ifindex, as the kernel has them */
	uint32_t n_circuits, n_paths;		/* configured ones, without those going away */

	struct index_space circuit_space, path_space, guard_space, group_space;
	void **circuit_by_index, **path_by_index, **peer_by_guard, **group_by_index;
	uint32_t n_circuit_slots, n_path_slots, n_guard_slots, n_group_slots;	/* elements those have */
	struct circuit **timer;			/* heap of circuits with a running timer, the earliest at [1]; as many elements */
	uint32_t n_timer;			/*  as circuit_by_index has, so that putting one in never fails */
	struct pace pace;
	struct table circuit_seeds, path_seeds, group_seeds;

	struct pool circuit_pool, pw_pool, peer_pool, label_pool, port_pool, lsp_pool, path_pool, template_pool;
	struct pool signal_pool, ends_pool, askable_pool;
	struct change *change;
	struct claim *claim;			/* CLAIMS per change */
	struct table claims;			/* by key */
	uint32_t n_change, cap_change;
	uint32_t commit;			/* number of the one under way, or of the last */
	struct progress progress;
	bool judge_each;			/* see core_judge_each() */
	bool judge_now;				/* see core_judge_now() */
	struct change *over;			/* of a commit that is over: references to be given up */
	uint32_t n_over;

	uint32_t stage;				/* run.c: of the round under way; 0: none is */
	bool more;				/* the object at hand is not done with yet */
	uint32_t work;				/* units left of the slice under way */
	struct peer *touch_peer;		/* how far the users of a path have been put in the queue */
	struct pw *touch_pw;
	uint32_t links, touch_links;		/* moved by every change of who uses what; as it was at .touch_pw */
	bool ran;				/* a first run has settled what was adopted */
	bool recovered;				/* core_recovered() */
	bool recovering;			/* until then sessions count as held: core_recovering() */
	struct label_space space;
	bool guards_out;			/* a peer found none */
	uint64_t guard_seeds[(CORE_GUARDS_MAX + 1) / 64];	/* a bit each: it may be up there, and is nobody's */
	bool lost;				/* a fact found no memory */
	bool unplaced;				/* a path found none for its neighbour */
	uint64_t now_ns;			/* of the run under way */
	struct actions *out;
	int err;				/* of the run under way; once set nothing more is emitted */
};

#define CORE_TABLES(c)													\
	{ &(c)->vlans, &(c)->ports, &(c)->port_by_ifindex, &(c)->neighs, &(c)->subnets, &(c)->lsps, &(c)->lsp_by_dest,	\
	  &(c)->bound, &(c)->told, &(c)->claims, &(c)->paths, &(c)->peers, &(c)->labels, &(c)->circuits,		\
	  &(c)->templates, &(c)->circuit_seeds, &(c)->path_seeds, &(c)->group_seeds, &(c)->fecs, &(c)->groups,	\
	  &(c)->addrs, &(c)->follows, &(c)->askable }

#define CORE_POOLS(c)                                                                                       \
	{ &(c)->circuit_pool, &(c)->pw_pool, &(c)->peer_pool, &(c)->label_pool, &(c)->port_pool, &(c)->lsp_pool, \
	  &(c)->path_pool, &(c)->template_pool, &(c)->signal_pool, \
	  &(c)->ends_pool, &(c)->askable_pool }

/* ---- core.c: names, indexes ------------------------------------------------------------------- */

uint64_t prefix_key(uint32_t ip, uint8_t len);
uint32_t index_take(struct index_space *s, uint32_t max);	/* 0: none left or no memory */
uint32_t index_take_from(struct index_space *s, uint32_t from, uint32_t max);	/* the first of them; likewise */
bool index_claim(struct index_space *s, uint32_t index);	/* false: taken, or no memory */
void index_drop(struct index_space *s, uint32_t index);
void circuit_adopt(struct core *c, struct circuit *ci);	/* gives it what its seed says, if there is one */
bool circuit_number(struct core *c, struct circuit *ci);	/* gives it a free index; false: no memory */
void path_adopt(struct core *c, struct path *p);
bool path_number(struct core *c, struct path *p);
bool guard_number(struct core *c, struct peer *p, uint16_t index);	/* that guard, 0: any; false: taken, no memory */
void guard_drop(struct core *c, struct peer *p);
struct circuit *circuit_at(const struct core *c, uint32_t index);	/* NULL: none */
struct peer *guard_at(const struct core *c, uint32_t guard);
struct path *path_at(const struct core *c, uint32_t index);
struct path *way_at(const struct core *c, uint32_t index, bool group);
bool group_number(struct core *c, struct group *g);	/* the index its seed says, or a free one; false: none, or no memory */
void seeds_forget(struct core *c);			/* those nobody claimed; their indexes are free. Not those with rows. */
struct seed *path_seed(const struct core *c, uint64_t key);	/* with a row; NULL: none */
void seed_rows_clear(struct core *c);			/* those nobody claimed; core.more: not all yet */
void seeds_free(struct core *c);

/* ---- fact.c ------------------------------------------------------------------------------------ */

struct port *port_find(const struct core *c, const char *name);
struct port *port_at(const struct core *c, uint32_t ifindex);
struct port *port_get(struct core *c, const char *name);	/* in apply: from the pool */
void port_put(struct core *c, struct port *p);		/* frees it if nobody needs it */
void port_dirty(struct core *c, struct port *p);
struct neigh *neigh_get(struct core *c, uint32_t ifindex, uint32_t ip);	/* NULL: no memory */
void neigh_put(struct core *c, struct neigh *n);
void neigh_dirty(struct core *c, struct neigh *n);
const struct subnet *subnet_of(const struct core *c, uint32_t ip);	/* longest match */

/* ---- path.c ------------------------------------------------------------------------------------ */

struct path *path_new(struct core *c, struct lsp *l);	/* from the pool; dirty */
void path_leave(struct core *c, struct path *p);	/* its LSP is no more; dirty */
struct path *path_of_fec(struct core *c, struct fec *f, uint8_t number);	/* from the pool; dirty */
void path_hop(struct core *c, struct path *p, const struct fact_hop *h);	/* of a FEC; NULL: none now */
void path_free(struct core *c, struct path *p);
static inline bool path_wanted(const struct path *p)
{
	return p->lsp || p->fec;
}
bool path_carries(const struct path *p);		/* by the mirror: its flag is raised, or one of its group's */
void path_dirty(struct core *c, struct path *p, enum detector news);
void path_locate(struct core *c, struct path *p);	/* (again) finds port and neighbour */
void paths_locate(struct core *c);			/* those for which there was no memory */
bool path_want(const struct path *p, struct path_row *row);	/* true: up, with this row */
void path_why(const struct path *p, char *out, size_t len);	/* "": nothing is wrong */
void port_why(const struct port *p, char *out, size_t len);
bool path_touch_users(struct core *c, struct path *p);	/* a part of them; true: there are more */
bool peer_touch_users(struct core *c, struct peer *p);	/* likewise */

struct peer *peer_of(struct core *c, uint32_t addr);	/* from the pool */
struct peer *peer_enter(struct core *c, struct peer *p, uint32_t addr);	/* a new one; @p NULL: NULL */
void peer_join(struct core *c, struct peer *p, struct pw *pw);
void peer_leave(struct core *c, struct pw *pw);		/* frees the peer if nobody needs it */
void peer_put(struct core *c, struct peer *p);		/* likewise */
void peer_signals(struct core *c, struct peer *p, uint32_t more);	/* so many more PWs to it are signalled */
void peer_dirty(struct core *c, struct peer *p);
void peer_resolve(struct core *c, struct peer *p);	/* (again) chooses its LSP */
void peers_resolve(struct core *c, uint32_t dest, uint8_t len);	/* those an LSP may serve */

/* ---- fec.c -------------------------------------------------------------------------------------- */

#define CORE_GROUPS_MAX	1023
#define FEC_KEY_LEN	40

struct fec *fec_at(const struct core *c, uint32_t dest, uint8_t len);
void fec_dirty(struct core *c, struct fec *f);
uint64_t fec_key(const struct fec *f, int number);	/* of that path, -1: of its group */
void fec_name(const struct fec *f, char out[LSP_NAME_LEN]);
const struct fact_hop *fec_hops(const struct fec *f);
void fec_free(struct core *c, struct fec *f);
void fecs_wake(struct core *c);				/* those that found no path or group try again, if there may be one */
void groups_forget(struct core *c);			/* their rows are gone */
void fecs_guess(struct core *c);			/* those that held pseudowires go by */
void group_dirty(struct core *c, struct path *way);
struct group *group_of(const struct path *way);
void fec_why(const struct path *p, char *out, size_t len);	/* of one that is down, or "" */

/* ---- label.c ----------------------------------------------------------------------------------- */

struct label *label_find(const struct core *c, uint32_t label);
struct label *label_claim(struct core *c, uint32_t label, struct pw *pw, struct lsp *lsp);	/* from the pool */
void label_release(struct core *c, struct label *l);
void label_user(const struct label *l, char *out, size_t len);
void label_dirty(struct core *c, struct label *l);
void label_want(const struct label *l, struct act_label *row);

/* ---- space.c: labels for LDP -------------------------------------------------------------------- */

/* Within a run. For one of the two; the one its row in the kernel had, else the next that is free. NULL: there is none,
 * and who asked is dirty again when there may be one; or the run is short of memory. */
struct label *label_take_dynamic(struct core *c, struct pw *pw, struct fec *fec);
bool label_rest(struct core *c, uint32_t label);	/* its row is no more; false: no memory. No-op for a static one */
void labels_due(struct core *c);			/* those that have rested may be given out again */
uint64_t labels_next(const struct core *c);		/* when somebody who waits for one may get it; 0 = nobody waits */
void label_seeds_clear(struct core *c);			/* rows that nobody claimed; core.more: not all yet */
void space_free(struct core *c);

/* ---- circuit.c --------------------------------------------------------------------------------- */

struct circuit *circuit_named(const struct core *c, const char *name);
bool circuit_ac_bound(const struct circuit *ci);	/* may frames of the AC be taken at all */
uint16_t circuit_mtu(const struct circuit *ci);		/* the smallest of its PWs */
bool circuit_dual(const struct circuit *ci);		/* it has a secondary and receives from both */
enum m_redundancy circuit_mode(const struct circuit *ci);	/* in force */
enum slot circuit_preferred(const struct circuit *ci);
enum m_reroute circuit_reroute(const struct circuit *ci);	/* in force; REROUTE_DEFAULT: there is no secondary */
uint64_t circuit_delay(const struct circuit *ci);	/* of REROUTE_DELAY, ns */
bool circuit_has_resume(const struct circuit *ci);		/* FRR with a signalled secondary: there is a resume timer */
uint64_t circuit_resume(const struct circuit *ci);	/* ... of so many ns */
uint64_t circuit_holdoff(const struct circuit *ci);	/* in force, ns; 0: none */
const struct m_pw *pw_cfg(const struct pw *pw);
uint16_t pw_mtu(const struct pw *pw);
bool pw_tagged(const struct pw *pw);
bool pw_tagged_by(const struct pw *pw, const struct m_pw *cfg);	/* if it were so configured */
bool pw_control_word(const struct pw *pw);
bool pw_fault(const struct pw *pw);			/* manual-set pw-ac-fault */
bool pw_idle(const struct pw *pw);			/* one of its ends says standby, and in this mode that counts */
bool pw_flag_wanted(const struct pw *pw);		/* nothing of its own keeps it from carrying */
bool pw_path_up(const struct pw *pw);			/* it is there and up, by the facts */
void pw_why(const struct pw *pw, char *out, size_t len);	/* why it cannot carry; "": nothing is wrong */
bool pw_well(const struct pw *pw);			/* but for a manual fault nothing keeps it down, by the facts */
bool pw_usable(const struct pw *pw);			/* could carry, by the facts; NULL: false */
bool pw_carries(const struct pw *pw);			/* and the flags it shares are raised; NULL: false */
enum cause pw_cause(const struct pw *pw);		/* by the facts */
enum cause pw_cause_now(const struct pw *pw);		/* of what it shares with others by the mirror */
void pw_want_slot(const struct pw *pw, struct act_slot *s);
void circuit_dirty(struct core *c, struct circuit *ci);
void circuit_want(const struct circuit *ci, struct act_circuit *row);
void circuit_kernel_usable(const struct core *c, const struct circuit *ci, bool usable[3]);	/* by the mirror */
enum slot circuit_sends(const struct core *c, const struct circuit *ci);	/* by the mirror: the kernel's answer */
struct verdict circuit_verdict(const struct circuit *ci, const bool usable[3], enum slot sends, enum revert revert,
			       enum hold hold);

/* ---- signal.c ---------------------------------------------------------------------------------- */

void signal_join(struct core *c, struct pw *pw);	/* it is a PW_LDP: from the pool, unless it has one */
void signal_leave(struct core *c, struct pw *pw);	/* it is none any more: what was told is to be withdrawn */
void signal_void(struct core *c, struct pw *pw);	/* it gets another name: label and remote are of the old */
bool signal_mapped(const struct pw *pw);		/* the far end's Mapping stands */
bool signal_standby(const struct pw *pw);		/* it says standby, and that counts */
enum cause signal_cause(const struct pw *pw);		/* what the far end said that keeps it down */
uint8_t signal_status(const struct pw *pw);		/* LDP_PW_* bits to be told now */
uint32_t signal_group(const struct pw *pw);		/* Group ID to be told now; 0: none */
uint16_t signal_type(bool tagged);			/* LDP_PW_* */
void signal_hold(struct core *c, struct pw *pw, const struct act_slot *word);	/* adopted */

/* ---- role.c, forced.c -------------------------------------------------------------------------- */

void ends_join(struct core *c, struct circuit *ci);	/* it may have got use for them: from the pool */
void role_address(struct core *c, uint32_t ip);		/* it is, or is no longer, on this host */
void role_peer(struct core *c, const struct m_l2vpn_peer *old, const struct m_l2vpn_peer *now);	/* from the pool */
bool role_standby(const struct circuit *ci);		/* ac-role: this end is standby */
bool role_idle(const struct pw *pw);			/* independent: this end does not call it active */
bool role_asked_for(const struct pw *pw);		/* ... agreed on, though the far end has yet to hear of it */
enum slot role_requested(const struct circuit *ci);	/* the slot agreed on by a request; SLOT_NONE */
uint8_t role_request_bits(const struct pw *pw);		/* LDP_PW_SWITCHOVER to be told now, or 0 */
bool role_answer(const struct pw *pw);			/* its status is to be told even if it is what was told before */
void role_told(struct pw *pw);				/* it was */
/* Every report of core_remote() with .notified, once it is taken in; also one that changes nothing. */
void role_heard(struct core *c, struct pw *pw, const struct fact_remote *r);
void role_settle(struct core *c, struct circuit *ci);	/* before the verdict: timers and ends of requests */
uint64_t role_due(const struct circuit *ci);		/* when it is to be settled again, 0 = not; may be past */
uint8_t role_alarms(const struct circuit *ci);		/* 1 << enum alarm, by the facts */
bool circuit_ac_up(const struct circuit *ci);		/* a port we forced down ourselves counts as up */
bool ac_fault_told(const struct pw *pw);		/* the AC is down, and the far end of this PW is to know */

/* ---- template.c -------------------------------------------------------------------------------- */

struct template *template_find(const struct core *c, const char *name);
void template_change(struct core *c, const struct m_pw_template *old, const struct m_pw_template *now);
void template_join(struct core *c, struct pw *pw);	/* the one pw.cfg names, from the pool if need be */
void template_leave(struct core *c, struct pw *pw);
void templates_settle(struct core *c);			/* those nobody uses: configured values come into force */
bool template_waits(const struct template *t);		/* configured values differ from those in force */
uint32_t pw_peer(const struct pw *pw);			/* address in force, 0 = none */
void pw_repeer(struct core *c, struct pw *pw);		/* its peer is now the one in force; from the pool */

/* ---- timer.c: the timers of circuits, and the pace of reverts ----------------------------------- */

#define SETTLE_NS	1000000000ull	/* a PW counts as recovered when it has been usable so long without a change */

void timer_fit(struct core *c, struct circuit *ci);	/* by the timers it has that run */
uint64_t pace_gap(const struct core *c);		/* ns from one to the next; 0: none */
bool pace_take(struct core *c, struct circuit *ci);	/* it may revert now; false: .revert_at is its turn */
void pace_leave(struct core *c, struct circuit *ci);	/* it has no turn any more; no-op if it had none */
void pace_changed(struct core *c);			/* reroute-rate did; pace_again() does it, in slices */
void pace_again(struct core *c);
void timer_take(struct core *c, struct circuit *ci);	/* no-op if it is not in */
void timers_due(struct core *c);			/* circuits whose timer has run out are dirty; as many as core.work */

#endif
