/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw.c: records of pseudowires: theirs and ours, what core wants of them, what happens to all of a peer. Owns them, the
 * index by number, and peer.pw. See pw.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ldp/pw.h"

#define CHUNK		256		/* numbers in one piece of the index */
#define WALK_STEP	64		/* records between two looks at the time */
#define WALK_TOLD	2048u		/* reports in a slice: core acts on all of them in the same turn of the loop */

/* ---- the index by number ---- */

static struct pw *numbered(const struct pws *s, uint32_t number)
{
	uint32_t c = number / CHUNK;

	return c < s->n_chunks && s->chunk[c] ? s->chunk[c][number % CHUNK] : NULL;
}

/* Room for @number. */
static int number_room(struct pws *s, uint32_t number)
{
	uint32_t c = number / CHUNK;

	if (c >= s->n_chunks) {
		uint32_t n = c < s->n_chunks * 2 ? s->n_chunks * 2 : c + 1;
		struct pw ***more = reallocarray(s->chunk, n, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + s->n_chunks, 0, (n - s->n_chunks) * sizeof(*more));
		s->chunk = more;
		s->n_chunks = n;
	}
	if (!s->chunk[c])
		s->chunk[c] = calloc(CHUNK, sizeof(**s->chunk));
	return s->chunk[c] ? 0 : -ENOMEM;
}

static void number_set(struct pws *s, uint32_t number, struct pw *w)
{
	s->chunk[number / CHUNK][number % CHUNK] = w;
}

/* ---- records ---- */

struct pw_peer *pw_peer_get(struct peer *p)
{
	struct pw_peer *pp = p->pw;

	if (pp)
		return pp;
	pp = calloc(1, sizeof(*pp));
	if (!pp)
		return NULL;
	pp->peer = p;
	pp->life = 1;
	table_init(&pp->names);
	table_init(&pp->groups);
	list_init(&pp->due_groups);
	list_init(&pp->told);
	pp->log.burst = 5;
	pp->martini = p->martini || p->ldp->martini;
	p->pw = pp;
	return pp;
}

static uint64_t name_key(uint16_t type, uint32_t id)
{
	return (uint64_t)type << 32 | id;
}

struct pw *pw_find(struct peer *p, uint16_t type, uint32_t id)
{
	struct hnode *n = p->pw ? table_find(&pw_of(p)->names, name_key(type, id)) : NULL;

	return n ? pw_catch_up(container_of(n, struct pw, by_name)) : NULL;
}

struct pw *pw_make(struct peer *p, uint16_t type, uint32_t id)
{
	struct pw *w = pw_find(p, type, id);
	struct pw_peer *pp = pw_peer_get(p);

	if (w || !pp)
		return w;
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->peer = p;
	w->number = PW_NOT_OURS;
	w->seen = pp->seq;
	p->ldp->pws->n++;
	table_add(&pp->names, &w->by_name, name_key(type, id));
	list_add(&p->pws, &w->in_peer);
	return w;
}

static void free_record(struct pw *w)
{
	struct pw_peer *pp = pw_of(w->peer);

	if (pp->cursor == &w->in_peer)
		pp->cursor = w->in_peer.next;
	table_del(&pp->names, &w->by_name);
	list_del(&w->in_peer);
	list_del(&w->in_say);
	w->peer->ldp->pws->n--;
	free(w);
}

bool pw_tidy(struct pw *w)
{
	if (w->wanted || w->mapped || w->state != PW_NONE || w->due || w->owed)
		return false;
	free_record(w);
	return true;
}

void pw_queue(struct pw *w)
{
	if (w->parked)
		list_del(&w->in_say);
	w->parked = false;
	list_add(&w->peer->pw_say, &w->in_say);
	peer_wants(w->peer);
}

/* ---- what is agreed ---- */

bool pw_by_withdraw(const struct pw *w)
{
	return w->r_no_status || pw_of(w->peer)->martini;
}

/* Fault bits that are told by Withdraw, whether the peer maps or not: what it says must not decide what we say, or two
 * ends with a fault each would answer each other for ever. */
static uint32_t withdrawing_faults(const struct pw *w)
{
	return pw_by_withdraw(w) ? w->status & LDP_PW_FAULTS : 0;
}

/* To who has no PW status any bit is a fault, so it hears of no role. */
uint32_t pw_status_said(const struct pw *w)
{
	return pw_by_withdraw(w) ? w->status & LDP_PW_FAULTS : w->status;
}

bool pw_may_map(const struct pw *w)
{
	return w->wanted && w->peer->operational && !pw_of(w->peer)->off && !withdrawing_faults(w);
}

bool pw_choose_c(const struct pw *w)
{
	return w->cw && !w->unanswered && !(w->mapped && !w->r_c);
}

bool pw_agreed(const struct pw *w)
{
	if (!w->wanted || !w->mapped || pw_of(w->peer)->off)
		return false;
	switch (w->state) {
	case PW_MAPPED:
	case PW_AGAIN:
		return w->sent_c == w->r_c;
	case PW_RELEASED:
	case PW_TO_REQUEST:
	case PW_REQUESTED:
		return false;
	case PW_TO_WITHDRAW:
	case PW_WAIT:		/* by choice our label is nowhere known: down (RFC 8077, 6.3.1) */
		if (!withdrawing_faults(w))
			return false;
	}
	return pw_choose_c(w) == w->r_c;
}

static void report(struct pw *w, enum reason why, bool always, bool notified)
{
	struct fact_remote f = { .reason = why, .notified = notified };

	if (!w->wanted)
		return;
	f.mapped = pw_agreed(w);
	if (!f.mapped && !w->told && !always)
		return;
	w->told = f.mapped;
	if (f.mapped) {
		f.control_word = w->r_c;
		f.label = w->r_label;
		f.no_status = pw_by_withdraw(w);
		f.status = f.no_status ? 0 : w->r_status;
		f.mtu = w->r_mtu;
		f.vlan = w->r_vlan;
	}
	w->peer->ldp->pws->told++;
	tell_remote(w->peer->ldp, w->number, &f);
}

void pw_report(struct pw *w, enum reason why, bool always)
{
	report(w, why, always, false);
}

void pw_check(struct pw *w, enum reason up, enum reason down)
{
	bool agreed = pw_agreed(w);

	if (agreed != w->told)
		pw_report(w, agreed ? up : down, false);
}

/* ---- our half ---- */

static void unanswered_log(const struct peer *p)
{
	uint32_t missed;

	if (log_allowed(&pw_of(p)->log, loop_now(p->ldp->loop), &missed))
		log_event(LOG_P_WARNING, "ldp-pw-request", "peer=%u.%u.%u.%u not-told=%u text=\"Label Requests were answered by no "
			  "usable Label Mapping: ours goes out without control word\"", p->lsr >> 24, p->lsr >> 16 & 255,
			  p->lsr >> 8 & 255, p->lsr & 255, missed);
}

static void overdue(void *arg, uint64_t now_ns)
{
	struct peer *p = arg;
	struct pw_peer *pp = pw_of(p);

	if (!pp->n_requested)
		return;
	unanswered_log(p);
	pw_all(p, (struct pw_op){ .kind = PW_OP_OVERDUE, .value = pp->overdue_id });
	pp->overdue_id = pp->last_request;
	timer_set(p->ldp->loop, &pp->overdue, now_ns + PW_REQUEST_NS);
	ldp_flush(p->ldp);
}

static void requested(const struct pw *w)
{
	struct pw_peer *pp = pw_of(w->peer);
	struct loop *loop = w->peer->ldp->loop;

	pp->last_request = w->msg_id;
	if (pp->overdue.at_ns)
		return;
	pp->overdue_id = w->msg_id;
	pp->overdue.fn = overdue;
	pp->overdue.arg = w->peer;
	timer_set(loop, &pp->overdue, loop_now(loop) + PW_REQUEST_NS);
}

void pw_post(struct pw *w, enum pw_event e)
{
	enum pw_state was = w->state, now = pw_fsm[was][e];

	w->state = now;
	if (was != now) {
		pw_of(w->peer)->n_requested += (now == PW_REQUESTED) - (was == PW_REQUESTED);
		if (was == PW_REQUESTED && e != PW_EV_REQUEST)
			w->msg_id = 0;
	}
	if (was != now && now == PW_REQUESTED)
		requested(w);
	pw_group_update(w);
	if (pw_state_says(now))
		pw_queue(w);
}

void pw_judge(struct pw *w)
{
	if (!w->peer->operational)
		return;
	if (!pw_may_map(w)) {
		pw_post(w, PW_EV_QUIET);
		return;
	}
	if (w->state != PW_NONE)
		return;
	if (w->renegotiate && !w->peer->no_request) {
		pw_post(w, PW_EV_RENEGOTIATE);
		return;
	}
	w->renegotiate = false;
	pw_post(w, PW_EV_WANT);
}

static bool negotiated(const struct pw *w)
{
	return w->state != PW_NONE && w->state != PW_TO_MAP && w->state != PW_TO_REQUEST && w->state != PW_REQUESTED;
}

/* The C-bit is to be negotiated anew (RFC 8077, 7.3): our Withdraw, our Release of the peer's label, our Request. To a
 * peer that is to get no Request the Mappings alone must do it, so its label is kept. */
static void renegotiate(struct pw *w)
{
	if (!negotiated(w))
		return;
	w->renegotiate = true;
	w->unanswered = false;
	if (!w->peer->no_request && w->mapped) {
		w->due |= PW_DUE_RELEASE;
		pw_queue(w);
	}
	pw_post(w, PW_EV_RENEGOTIATE);
	pw_judge(w);
}

void pw_mapping_came(struct pw *w)
{
	bool lower = (w->state == PW_MAPPED || w->state == PW_AGAIN || w->state == PW_WRONG_C) && w->sent_c && !w->r_c;

	w->unanswered = false;
	pw_post(w, lower ? PW_EV_MAPPING_C0 : PW_EV_MAPPING);
	if (w->state == PW_MAPPED && w->r_c && w->sent_c)
		w->followed = false;
	if (w->state == PW_MAPPED && w->r_c && !w->sent_c && w->cw && w->peer->no_request && !w->followed) {
		w->followed = true;	/* it will not ask; once, or two ends follow each other for ever */
		renegotiate(w);
	}
	pw_judge(w);
}

/* ---- the peer's half ---- */

void pw_unmap(struct pw *w, enum reason why)
{
	if (!w->mapped)
		return;
	w->mapped = w->stale = false;
	w->peer->n_pws--;
	pw_report(w, why, false);
	pw_judge(w);
}

static enum reason status_reason(uint32_t old, uint32_t now)
{
	static const struct {
		uint32_t bits;
		enum reason set, cleared;
	} rows[] = {
		{ LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT, REASON_REMOTE_AC_FAULT, REASON_REMOTE_AC_OK },
		{ LDP_PW_PSN_RX_FAULT | LDP_PW_PSN_TX_FAULT, REASON_PSN_FAULT, REASON_PSN_OK },
		{ UINT32_MAX, REASON_NOT_FORWARDING, REASON_FORWARDING },
	};
	uint32_t set = now & ~old & LDP_PW_KNOWN, cleared = old & ~now & LDP_PW_KNOWN;

	for (unsigned i = 0; set && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (set & rows[i].bits)
			return rows[i].set;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (cleared & rows[i].bits)
			return rows[i].cleared;
	return REASON_NONE;		/* nothing that means something here */
}

/* Reported also if it says what was known: requests are answered so (RFC 6870, 6.3). */
void pw_notified(struct pw *w, uint32_t status)
{
	uint32_t old = w->r_status;

	if (!w->mapped || pw_by_withdraw(w))
		return;
	w->r_status = status;
	report(w, status_reason(old, status), false, true);
}

/* ---- what happens to many ---- */

static void lost(struct pw *w)
{
	w->life = w->due = 0;
	w->counted = false;
	pw_post(w, PW_EV_LOST);
	w->owed = 0;
	w->renegotiate = w->crossed = w->followed = w->unanswered = false;
	w->msg_id = 0;
}

static void session_over(struct pw *w, bool held)
{
	lost(w);
	if (held) {
		w->stale = w->mapped;
		return;
	}
	w->mapped = w->stale = w->told = w->r_no_status = false;	/* core knows by the session, .n_pws too */
}

static void recovered(struct pw *w, bool all)
{
	if (w->stale)
		pw_unmap(w, REASON_GR_ENDED);
	else if (all && !w->mapped)
		pw_report(w, REASON_GR_ENDED, true);
}

static bool selects(const struct pw_op *op, const struct pw *w, uint32_t group, uint32_t label)
{
	return (op->type == LDP_PW_WILDCARD || op->type == pw_type(w)) && (op->any_group || op->group == group) &&
	       (op->label == PW_ANY_LABEL || op->label == label);
}

void pw_released(struct pw *w)
{
	pw_post(w, PW_EV_RELEASE);
	pw_judge(w);
	pw_check(w, REASON_PW_RECREATED, REASON_RELEASE);
}

static void from_peer(struct pw *w, const struct pw_op *op)
{
	bool theirs = w->mapped && selects(op, w, w->r_group, w->r_label);
	bool ours = selects(op, w, w->sent_group, w->sent_label);

	if (op->kind == PW_OP_STATUS && theirs)
		pw_notified(w, op->value);
	else if (op->kind == PW_OP_WITHDRAW && theirs)
		pw_unmap(w, REASON_WITHDRAW);
	else if (op->kind == PW_OP_RELEASE && ours)
		pw_released(w);
	else if (op->kind == PW_OP_REQUEST && ours && pw_may_map(w))
		pw_post(w, PW_EV_REQUEST);
}

static void follow(struct pw *w, const struct pw_op *op)
{
	switch (op->kind) {
	case PW_OP_LOST:
	case PW_OP_HELD:
		session_over(w, op->kind == PW_OP_HELD);
		break;
	case PW_OP_JUDGE:
		pw_judge(w);
		pw_check(w, REASON_MAPPING, REASON_WITHDRAW);
		break;
	case PW_OP_RECOVERED:
		if (op->type == LDP_PW_WILDCARD || op->type == pw_type(w))
			recovered(w, op->value);
		break;
	case PW_OP_ANEW:
		pw_post(w, PW_EV_ANEW);
		pw_judge(w);
		pw_check(w, REASON_PW_RECREATED, REASON_PW_RECREATED);
		break;
	case PW_OP_REFUSED:
		if (w->state == PW_REQUESTED && w->msg_id == op->value)
			pw_post(w, PW_EV_REFUSED);
		break;
	case PW_OP_OVERDUE:
		if (w->state != PW_REQUESTED || (int32_t)(op->value - w->msg_id) < 0)
			break;
		w->unanswered = true;
		pw_post(w, PW_EV_REFUSED);
		break;
	case PW_OP_TELL:
		pw_report(w, REASON_MAPPING, false);
		break;
	default:
		from_peer(w, op);
	}
}

struct pw *pw_catch_up(struct pw *w)
{
	const struct pw_peer *pp = pw_of(w->peer);

	if (w->counted)
		pw_group_followed(w);
	if (w->seen == pp->seq)
		return w;
	while (w->seen != pp->seq)
		follow(w, &pp->op[++w->seen % PW_OPS]);
	return pw_tidy(w) ? NULL : w;
}

static uint16_t pending(const struct pw_peer *pp)
{
	return (uint16_t)(pp->seq - pp->done);
}

bool pw_walk(struct peer *p, uint32_t max)
{
	struct pw_peer *pp = pw_of(p);

	if (!pp->cursor)
		return false;
	for (; max && pp->cursor != &p->pws; max--) {
		struct pw *w = list_entry(pp->cursor, struct pw, in_peer);

		pp->cursor = w->in_peer.next;
		pw_catch_up(w);
	}
	if (pp->cursor != &p->pws)
		return true;
	pp->done = pp->walk_to;
	pp->walk_to = pp->seq;
	pp->cursor = pp->done == pp->seq ? NULL : p->pws.next;
	if (p->busy && pending(pp) < PW_OPS_BUSY) {
		p->busy = false;
		peer_wants(p);
	}
	return pp->cursor;
}

static bool walk_slice(void *arg)
{
	struct peer *p = arg;
	uint32_t told = p->ldp->pws->told;
	bool more;

	loop_doing(p->ldp->loop, "pseudowires of an LDP peer");
	do
		more = pw_walk(p, WALK_STEP);
	while (more && !loop_slice_over(p->ldp->loop) && p->ldp->pws->told - told < WALK_TOLD);
	if (!more && pw_of(p)->end_of_lib)
		peer_wants(p);
	ldp_flush(p->ldp);		/* it may be read again: what comes then starts the next walk */
	return pw_of(p)->cursor;
}

void pw_all(struct peer *p, struct pw_op op)
{
	struct pw_peer *pp = pw_of(p);

	if (!pp)
		return;
	if (op.kind == PW_OP_LOST)	/* what went before does not matter any more */
		for (uint16_t i = pp->done; i != pp->seq; i++)
			pp->op[(uint16_t)(i + 1) % PW_OPS].kind = PW_OP_NOTHING;
	while (pending(pp) >= PW_OPS)
		pw_walk(p, UINT32_MAX);
	pp->op[++pp->seq % PW_OPS] = op;
	p->busy = p->operational && pending(pp) >= PW_OPS_BUSY;
	if (pp->cursor)
		return;
	pp->cursor = p->pws.next;
	pp->walk_to = pp->seq;
	loop_idle(p->ldp->loop, walk_slice, p);
}

/* ---- what core wants ---- */

/* @w is nobody's any more. */
static void unwant(struct pw *w)
{
	struct peer *p = w->peer;

	if (numbered(p->ldp->pws, w->number) == w)
		number_set(p->ldp->pws, w->number, NULL);
	pw_group_leave(w);
	w->number = PW_NOT_OURS;
	w->wanted = w->told = w->renegotiate = w->unanswered = false;
	w->due &= PW_DUE_RELEASE;
	if (!--p->pw_users)
		peer_needed(p);
	pw_judge(w);
	pw_tidy(w);
}

static void not_wanted(struct ldp *l, const struct act_signal *a)
{
	struct peer *p = peer_get(l, a->peer, false);
	struct pw *w = p ? pw_find(p, a->type, a->id) : NULL;

	if (w && w->number == a->pw)	/* else its name has passed to another PW of ours */
		unwant(w);
}

static void no_memory(struct ldp *l, const struct act_signal *a)
{
	uint32_t missed;

	if (log_allowed(&l->pws->log, loop_now(l->loop), &missed))
		log_event(LOG_P_ERR, "ldp-pw-not-signalled",
			  "peer=%u.%u.%u.%u vc-id=%u not-told=%u text=\"no memory, or too many LDP peers\"",
			  a->peer >> 24, a->peer >> 16 & 255, a->peer >> 8 & 255, a->peer & 255, a->id, missed);
}

/* The record of @a, under its number. NULL: no memory. */
static struct pw *claim(struct ldp *l, const struct act_signal *a)
{
	struct peer *p = peer_get(l, a->peer, true);
	struct pw *w, *other = numbered(l->pws, a->pw);

	if (!p || number_room(l->pws, a->pw))
		return NULL;
	w = pw_make(p, a->type, a->id);
	if (!w)
		return NULL;
	if (other && other != w)		/* the number has another name now */
		unwant(other);
	if (w->number == a->pw)
		return w;
	if (w->wanted && numbered(l->pws, w->number) == w)
		number_set(l->pws, w->number, NULL);
	w->number = a->pw;
	w->told = false;
	number_set(l->pws, a->pw, w);
	if (!w->wanted && !p->pw_users++)
		peer_needed(p);
	return w;
}

static void take(struct pw *w, const struct act_signal *a)
{
	w->wanted = true;
	w->cw = a->control_word;
	w->label = a->label;
	w->group = a->group;		/* with the next Mapping */
	w->mtu = a->mtu;
	w->vlan = a->vlan;
	w->vccv = a->vccv;
}

static bool mapping_differs(const struct pw *w, const struct act_signal *a)
{
	return w->label != a->label || w->mtu != a->mtu || w->vlan != a->vlan || w->vccv != a->vccv;
}

void pws_signal(struct ldp *l, const struct act_signal *a)
{
	struct pw *w;
	uint8_t status = a->status & LDP_PW_KNOWN;
	bool fresh, other_label, other_cw, news;
	bool again;			/* the peer's C=0 may be but its answer to what ours once was */

	if (!a->wanted) {
		not_wanted(l, a);
		return;
	}
	w = claim(l, a);
	if (!w) {
		no_memory(l, a);
		return;
	}
	fresh = !w->wanted;
	other_label = mapping_differs(w, a);
	other_cw = !fresh && w->cw != a->control_word;
	news = w->status != status || a->answer;
	take(w, a);
	pw_group_status(w, status, w->due);
	again = a->anew && a->control_word && w->mapped && !w->r_c && negotiated(w);
	if (!again && (a->anew || other_label))
		pw_post(w, a->anew ? PW_EV_ANEW : PW_EV_CHANGED);
	if (other_cw || again)
		renegotiate(w);
	if (news && !pw_by_withdraw(w) && (pw_stands(w) || w->state == PW_TO_MAP)) {
		pw_group_status(w, status, w->due | (a->answer ? PW_DUE_ANSWER : PW_DUE_STATUS));
		pw_queue(w);
	}
	pw_judge(w);
	pw_check(w, fresh ? REASON_MAPPING : REASON_PW_RECREATED, REASON_PW_RECREATED);
}

void pws_mac_withdraw(struct ldp *l, uint32_t pw)
{
	struct pw *w = numbered(l->pws, pw);

	w = w ? pw_catch_up(w) : NULL;
	if (!w || !pw_may_map(w))
		return;
	w->due |= PW_DUE_MAC;
	pw_queue(w);
}

void pws_retell(struct ldp *l)
{
	table_each(&l->peers, n, i)
		pw_all(container_of(n, struct peer, by_lsr), (struct pw_op){ .kind = PW_OP_TELL });
}

void pws_config(struct ldp *l)
{
	table_each(&l->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_lsr);
		struct pw_peer *pp = pw_of(p);
		bool martini = p->martini || l->martini, off = p->apps_off & 1 << LDP_APP_FEC128;

		if (!pp || (pp->martini == martini && pp->off == off))
			continue;
		pw_all(p, (struct pw_op){ .kind = pp->martini == martini ? PW_OP_JUDGE : PW_OP_ANEW });
		pp->martini = martini;
		pp->off = off;
		peer_wants(p);
	}
}

/* ---- the session ---- */

static void up(struct peer *p)
{
	struct pw_peer *pp = pw_peer_get(p);

	if (!pp) {
		peer_end(p, LDP_STATUS_INTERNAL_ERROR, "no memory");
		return;
	}
	pp->end_of_lib = true;
	pp->off = p->apps_off & 1 << LDP_APP_FEC128;
	pw_all(p, (struct pw_op){ .kind = PW_OP_JUDGE });
	peer_wants(p);
}

static void down(struct peer *p, bool held)
{
	if (!p->pw)
		return;
	pw_of(p)->end_of_lib = false;
	pw_groups_reset(p);
	timer_stop(p->ldp->loop, &pw_of(p)->overdue);
	if (!held)
		p->n_pws = 0;
	pw_all(p, (struct pw_op){ .kind = held ? PW_OP_HELD : PW_OP_LOST });
}

static void recovery_over(struct peer *p)
{
	pw_all(p, (struct pw_op){ .kind = PW_OP_RECOVERED, .type = LDP_PW_WILDCARD, .value = true });
	peer_wants(p);		/* End-of-LIB may have waited for it */
}

static void forget(struct peer *p)
{
	struct pw_peer *pp = pw_of(p);

	if (!pp)
		return;
	loop_idle_off(p->ldp->loop, walk_slice, p);
	pw_groups_reset(p);
	timer_stop(p->ldp->loop, &pp->overdue);
	list_each_safe(struct pw, w, &p->pws, in_peer)
		free_record(w);
	table_free(&pp->names);
	table_free(&pp->groups);
	free(pp->sorted);
	free(pp);
	p->pw = NULL;
}

const struct ldp_app_calls pw_calls = {
	.up = up,
	.down = down,
	.recovered = recovery_over,
	.forget = forget,
	.say = pw_say,
	.message = pw_message,
};

int pws_open(struct ldp *l)
{
	l->pws = calloc(1, sizeof(*l->pws));
	if (!l->pws)
		return -ENOMEM;
	l->pws->log.burst = 5;
	list_init(&l->pws->due);
	return 0;
}

void pws_close(struct ldp *l)
{
	for (uint32_t i = 0; i < l->pws->n_chunks; i++)
		free(l->pws->chunk[i]);
	free(l->pws->chunk);
	free(l->pws);
	l->pws = NULL;
}
