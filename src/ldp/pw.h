/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw.h: what the parts of pw*.c share; private to them.
 *
 *   pw_fsm.c    the table: what the peer has of us, and what is to be said next (pure)
 *   pw.c        records, actions of core, what happens to all PWs of a peer at once
 *   pw_in.c     messages received
 *   pw_out.c    messages said
 *   pw_group.c  one Notification for all PWs of a Group ID
 *   pw_show.c   displays
 *
 * A record is one name (peer, type, PW ID): what we want (ACT_SIGNAL) and what the peer said (Label Mapping) side by
 * side; it lives while either stands. Nothing here searches: names are hashed by peer, ours also indexed by number.
 *
 * What concerns all or many PWs of a peer (session up, down, held, recovered, wildcards) is written once into a short
 * log of the peer, and every record remembers how far it has followed it: it catches up when it is next touched, or
 * when a walk in slices comes by. So such news costs the same at 1 and at 65,536 PWs, and what is said of one PW after
 * a wildcard is never overtaken by it.
 */
#ifndef TW_LDP_PW_H
#define TW_LDP_PW_H

#include "base/log.h"
#include "ldp/inner.h"

/* ---- the table (pw_fsm.c) -------------------------------------------------------------------------------------- */

/* What the peer has of us: name, something is to be said in it, text. */
#define PW_STATES(X) \
	X(NONE,		0, "nothing is mapped") \
	X(TO_MAP,	1, "Label Mapping is to be sent") \
	X(MAPPED,	0, "Label Mapping stands") \
	X(AGAIN,	1, "Label Mapping stands and is to be repeated") \
	X(TO_WITHDRAW,	1, "Label Withdraw is to be sent") \
	X(WAIT,		0, "Label Withdraw sent, Label Release awaited") \
	X(WRONG_C,	1, "Label Withdraw for a wrong C-bit is to be sent") \
	X(RELEASED,	0, "the peer released our label") \
	X(TO_REQUEST,	1, "Label Request is to be sent") \
	X(REQUESTED,	0, "Label Request sent, Label Mapping awaited")

/* What happens: name, text. */
#define PW_EVENTS(X) \
	X(WANT,		"may be mapped") \
	X(QUIET,	"may not be mapped (any more)") \
	X(CHANGED,	"a parameter of the Mapping changed") \
	X(ANEW,		"reset by the operator") \
	X(RENEGOTIATE,	"the preferred C-bit changed (RFC 8077, 7.3)") \
	X(SAID,		"what the state has to say was accepted") \
	X(MAPPING,	"Label Mapping received") \
	X(MAPPING_C0,	"Label Mapping received with C=0, ours stands with C=1") \
	X(RELEASE,	"Label Release received") \
	X(REQUEST,	"Label Request received") \
	X(REFUSED,	"Notification about our Label Request received") \
	X(LOST,		"the session is over")

enum pw_state {
#define X(n, says, text) PW_##n,
	PW_STATES(X)
#undef X
	PW__N
};
enum pw_event {
#define X(n, text) PW_EV_##n,
	PW_EVENTS(X)
#undef X
	PW_EV__N
};

extern const uint8_t pw_fsm[PW__N][PW_EV__N];	/* enum pw_state: the next one */
bool pw_state_says(enum pw_state s);
const char *pw_state_text(enum pw_state s);
const char *pw_event_text(enum pw_event e);
/* RFC 8077, 7.1: PWs of this type are never without control word. */
bool pw_type_needs_cw(uint16_t type);

/* ---- a pseudowire ------------------------------------------------------------------------------------------------ */

#define PW_NOT_OURS	UINT32_MAX

enum {				/* to be said beside what the state asks for */
	PW_DUE_RELEASE	= 1,	/* of the peer's label */
	PW_DUE_STATUS	= 2,
	PW_DUE_MAC	= 4,
	PW_DUE_ANSWER	= 8,	/* the status in a Notification of its own (RFC 6870, 6.3.2) */
};

struct pw {
	struct hnode by_name;		/* pw_peer.names; key: type << 32 | PW ID */
	struct list in_peer;		/* peer.pws */
	struct list in_say;		/* peer.pw_say */
	struct peer *peer;
	/* ours, as ACT_SIGNAL says, while .wanted */
	uint32_t number;		/* act_signal.pw, or PW_NOT_OURS */
	uint32_t label, group;
	uint32_t sent_label, sent_group; /* of the last Mapping said */
	uint32_t msg_id;		/* REQUESTED: of our Request; else of the peer's that is not answered yet, or 0 */
	/* the peer's, while .mapped; .r_no_status: of its last Mapping */
	uint32_t r_label, r_group, r_status;
	uint16_t r_mtu, r_vlan, r_vccv;	/* 0: not given */
	uint16_t mtu, vlan, vccv;
	uint16_t seen;			/* pw_peer.seq it has followed */
	uint8_t state:4;		/* enum pw_state */
	uint8_t due:4;			/* PW_DUE_* */
	uint8_t status;			/* ours, LDP_PW_* */
	uint8_t life;			/* counted in the group .sent_group if it is pw_peer.life; 0: not */
	uint8_t wave;			/* .counted: of the group then; if it is another now, the group's status was said */
	bool wanted:1, cw:1;		/* .cw: preferred */
	bool sent_c:1;			/* C-bit of the last Mapping said */
	bool renegotiate:1;		/* RFC 8077, 7.3 is under way, the Request is still to come */
	bool mapped:1, r_c:1, r_no_status:1;
	bool stale:1;			/* from before the peer's restart, not confirmed */
	bool told:1;			/* core was told .mapped */
	bool followed:1;		/* we gave up C=0 since the peer did, and have not agreed on it since */
	bool crossed:1;			/* the Release that was awaited came: one more may be on its way */
	bool unanswered:1;		/* our Request was, for too long: C=0 until it maps */
	uint8_t owed:2;			/* Releases still to come for Withdraws that nobody waits for */
	bool counted:1;			/* PW_DUE_STATUS is in pw_group.n_due */
	bool parked:1;			/* .in_say is in pw_group.held or pw_peer.told, or was */
};
/* 120 octets, which malloc makes 128. The index by number adds 8 for each of the up to 4 slots of a circuit. */
_Static_assert(PW__N <= 16 && LDP_PW_KNOWN <= UINT8_MAX, "members of struct pw");
_Static_assert(sizeof(struct pw) <= 120, "a pseudowire costs more than a block of 128 octets");

static inline uint16_t pw_type(const struct pw *w)
{
	return (uint16_t)(w->by_name.key >> 32);
}

static inline uint32_t pw_id(const struct pw *w)
{
	return (uint32_t)w->by_name.key;
}

/*
 * RFC 8077, 7.3, has us wait for a Mapping after our Request. A peer that does not know how to answer one would leave us
 * waiting for ever (FRR answers with a Mapping that names no PW, and takes it for said); so after once to twice this time
 * our own Mapping goes out, with C=0, which by 7.2 every peer can follow, with a Mapping of its own if it prefers C=1.
 */
#define PW_REQUEST_NS	10000000000ull

/* ---- a peer -------------------------------------------------------------------------------------------------------- */

enum pw_op_kind {		/* what happened to many */
	PW_OP_NOTHING,
	PW_OP_LOST, PW_OP_HELD,	/* the session */
	PW_OP_JUDGE,		/* it is up, or the peer wants to hear of PWs, or not any more */
	PW_OP_RECOVERED,	/* what is stale goes; .value: what was never heard is reported so, too */
	PW_OP_ANEW,		/* the Mapping looks different from now on */
	PW_OP_STATUS,		/* .value: PW status received */
	PW_OP_WITHDRAW, PW_OP_RELEASE, PW_OP_REQUEST,
	PW_OP_REFUSED,		/* .value: the message ID of a Request of ours */
	PW_OP_OVERDUE,		/* .value: Requests of ours up to this message ID are not waited for any longer */
	PW_OP_TELL,		/* core is told once more */
};
#define PW_ANY_LABEL	UINT32_MAX
struct pw_op {
	uint8_t kind;		/* enum pw_op_kind */
	bool any_group;
	uint16_t type;		/* LDP_PW_WILDCARD: all */
	uint32_t group, label, value;
};
#define PW_OPS		32	/* not yet followed by all; one more, and a walk is made at once */
#define PW_OPS_BUSY	24	/* so many, and nothing more is read from the peer until a walk is over */

/* The PWs of a peer that are mapped with one type and one Group ID, not 0, and may be told a status. */
struct pw_group {
	struct hnode by_id;	/* pw_peer.groups; key: type << 32 | Group ID */
	struct list in_due;	/* pw_peer.due_groups, while .n_due */
	struct list held;	/* pw.in_say: those of .n_due that have nothing else to say, while they wait for others */
	uint64_t due_ns;	/* when the first of .n_due came */
	uint32_t n;
	uint32_t n_due;		/* status is still to be said */
	uint32_t n_with[LDP_PW_KNOWN + 1];	/* by status */
	uint8_t status;		/* of the PW that was counted last */
	uint8_t wave;		/* moved by each wildcard said */
	bool holding;
};

struct pw_peer {		/* peer.pw */
	struct peer *peer;
	struct table groups;	/* pw_group.by_id */
	struct list due_groups, told;	/* .told: pw.in_say, those a wildcard spoke of */
	struct list in_due;	/* pws.due, while .due_groups */
	uint8_t life;		/* another one with each session, never 0 */
	struct table names;	/* pw.by_name */
	struct list *cursor;	/* where the walk is; NULL: none under way */
	uint16_t seq;		/* of the newest entry of .op */
	uint16_t done;		/* all records have followed up to here */
	uint16_t walk_to;	/* ... when the walk under way is over */
	bool martini;		/* as in the Mappings that were said */
	bool off;		/* the peer does not want to hear of PWs (RFC 7473) */
	bool end_of_lib;	/* is to be said when all Mappings are */
	uint32_t n_requested;	/* PWs in PW_REQUESTED */
	struct timer overdue;	/* each PW_REQUEST_NS while there are any: those before .overdue_id wait no longer */
	uint32_t last_request, overdue_id;	/* message IDs */
	struct pw_op op[PW_OPS];	/* by .seq % PW_OPS */
	struct log_limit log;
	uint64_t *sorted;	/* names for a display under way, or NULL */
	uint32_t n_sorted;
};

static inline struct pw_peer *pw_of(const struct peer *p)
{
	return p->pw;
}

struct pws {			/* ldp.pws */
	struct pw **(*chunk);		/* by number; pieces are made when a number is first used */
	uint32_t n_chunks;
	uint32_t n;			/* records */
	struct list due;		/* pw_peer.in_due */
	uint32_t told;			/* reports so far */
	struct log_limit log;
};

/* pw.c */
struct pw_peer *pw_peer_get(struct peer *p);		/* made if there is none; NULL: no memory */
struct pw *pw_find(struct peer *p, uint16_t type, uint32_t id);	/* has caught up */
struct pw *pw_make(struct peer *p, uint16_t type, uint32_t id);	/* NULL: no memory */
struct pw *pw_catch_up(struct pw *w);			/* NULL: that was its end */
void pw_all(struct peer *p, struct pw_op op);		/* happens to all of @p that @op selects */
bool pw_walk(struct peer *p, uint32_t max);		/* up to @max records catch up; true: there are more */
void pw_post(struct pw *w, enum pw_event e);
void pw_queue(struct pw *w);				/* it has something to say */
void pw_judge(struct pw *w);				/* may it be mapped? Posts the answer */
bool pw_tidy(struct pw *w);				/* frees it if nothing stands any more: true */
void pw_unmap(struct pw *w, enum reason why);		/* the peer's Mapping is void; pw_tidy() is left to the caller */
/* Tells core how it stands, unless core knows nothing of it anyway; @always: then, too. */
void pw_report(struct pw *w, enum reason why, bool always);
/* Likewise, only if the PW can be used now and core does not know it, or the other way round. */
void pw_check(struct pw *w, enum reason up, enum reason down);
void pw_released(struct pw *w);				/* the peer released our label */
void pw_notified(struct pw *w, uint32_t status);		/* a Notification of the peer's status came */
void pw_mapping_came(struct pw *w);			/* pw.r_*, .mapped are new: what does our half do? */
bool pw_by_withdraw(const struct pw *w);		/* no status TLV between us: faults are told by Withdraw */
bool pw_may_map(const struct pw *w);
bool pw_agreed(const struct pw *w);			/* the peer's Mapping can be used */
bool pw_choose_c(const struct pw *w);			/* C-bit of a Mapping said now (RFC 8077, 7.2) */
uint32_t pw_status_said(const struct pw *w);		/* the status as the peer is to hear it */

static inline bool pw_stands(const struct pw *w)	/* our Mapping is with the peer, and we want it so */
{
	return w->state == PW_MAPPED || w->state == PW_AGAIN || w->state == PW_WRONG_C;
}

/* pw_group.c */
void pw_group_update(struct pw *w);			/* after anything that makes it a member of its group, or not */
void pw_group_leave(struct pw *w);			/* before .sent_group changes */
void pw_group_status(struct pw *w, uint8_t status, uint8_t due);	/* ours: sets .status and .due */
void pw_group_followed(struct pw *w);			/* .counted: a wildcard may have told it meanwhile */
bool pw_group_waits(struct pw *w);			/* its status is not said now */
void pw_group_park(struct pw *w);			/* it waits, and is in no list */
bool pw_groups_say(struct peer *p);			/* false: no room */
void pw_groups_reset(struct peer *p);			/* the session is over, or @p is */

/* pw_in.c, pw_out.c */
void pw_message(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw);
void pw_say(struct peer *p);
/* A message about one PW. Only what is named is set: encoders look at nothing else. */
void pw_msg_fec(struct ldp_msg *m, uint16_t msg_type, const struct pw *w, bool c_bit, uint32_t group);

#endif
