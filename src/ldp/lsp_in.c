/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp_in.c: what peers say of prefixes: RFC 5036 3.5.5 to 3.5.11 and appendix A.1, RFC 5918, End-of-LIB (RFC 5919).
 */
#include "ldp/lsp.h"

/* ---- Address, Address Withdraw ---- */

static void on_addresses(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	struct rd r = rd_of(m->addr.list.p, m->addr.list.len);

	if (!(m->has & LDP_HAS(ADDR_LIST)))
		return;			/* of MAC addresses */
	if (m->addr.family != LDP_AF_IPV4) {
		refuse(lp->p, LDP_STATUS_UNSUPPORTED_AF, raw);
		return;
	}
	while (rd_left(&r) >= 4) {
		uint32_t ip = rd_u32(&r);

		if (m->type == LDP_MSG_ADDRESS)
			addr_hear(s, lp, ip);
		else
			addr_forget(s, lp, ip);
	}
}

/* ---- Mapping ---- */

static bool label_fits(uint32_t label)
{
	return label >= LDP_LABEL_FIRST || label == LDP_LABEL_IPV4_NULL || label == LDP_LABEL_IMPLICIT_NULL;
}

/* Keeps @label for @fec. False: it cannot be, or is none that may be given out for a prefix. At most one Release an
 * element leaves, here or at the caller's, so that a message full of them finds room. */
static bool keep(struct lsps *s, struct lsp_peer *lp, const struct ldp_fec *fec, uint32_t label)
{
	struct fec *f = fec_get(s, fec->prefix.ip, fec->prefix.len);
	struct lsp_bind *b = f ? bind_get(s, f, lp) : NULL;
	bool had = b && heard_valid(b), full;

	full = !b || (!had && (lp->p->n_lsps >= PEER_LSPS_MAX || s->n_heard >= LSPS_HEARD_MAX));
	if (full || !label_fits(label)) {
		lp->p->refused++;
		lsps_limit(s, full ? "labels of a peer" : "reserved label", lp->lsr);
		label = NO_LABEL;
	}
	if (had && label != NO_LABEL && b->heard != label)	/* one label a FEC and peer: LMp.10a */
		say_release(lp->p, fec, true, b->heard);
	if (b && (had || label != NO_LABEL)) {
		bind_hear(s, b, label);
		fec_resolve(s, f);
	}
	if (b)
		bind_gc(s, b);
	else if (f)
		fec_gc(s, f);
	return label != NO_LABEL;
}

static bool all_ipv4(const struct ldp_msg *m)
{
	struct rd r = rd_of(m->fecs.p, m->fecs.len);
	struct ldp_fec fec;

	if (m->n_fec == 1)
		return m->fec.prefix.family == LDP_AF_IPV4;
	for (uint16_t i = 0; i < m->n_fec; i++)
		if (ldp_fec_next(&r, &fec) != LDP_OK || fec.prefix.family != LDP_AF_IPV4)
			return false;
	return true;
}

static void on_mapping(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	struct rd r = rd_of(m->fecs.p, m->fecs.len);
	struct ldp_fec fec = m->fec;

	if (m->fec.type != LDP_FEC_PREFIX)
		return;
	if (!all_ipv4(m)) {		/* the message as a whole: RFC 5036, 3.4.1.1 */
		refuse(lp->p, LDP_STATUS_UNSUPPORTED_AF, raw);
		return;
	}
	for (uint16_t i = 0; i < m->n_fec; i++)
		if ((m->n_fec == 1 || ldp_fec_next(&r, &fec) == LDP_OK) && !keep(s, lp, &fec, m->label))
			say_release(lp->p, &fec, true, m->label);
}

/* ---- Withdraw ---- */

static void withdrawn(struct lsps *s, struct lsp_bind *b)
{
	bind_hear(s, b, NO_LABEL);
	fec_resolve(s, b->fec);
	bind_gc(s, b);
}

static void withdraw_one(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m)
{
	struct fec *f = fec_find(s, m->fec.prefix.ip, m->fec.prefix.len);
	struct lsp_bind *b = f ? bind_find(s, f, lp) : NULL;

	if (b && heard_valid(b) && (!(m->has & LDP_HAS(LABEL)) || m->label == b->heard))
		withdrawn(s, b);
}

/* All FECs bound to @label. Each was a Mapping of its own, and is gone then: that bounds the work. */
static void withdraw_label(struct lsps *s, struct lsp_peer *lp, uint32_t label)
{
	struct hnode *n = table_find(&s->labels, label_key(lp, label)), *next;

	for (; n; n = next) {
		struct lsp_bind *b = container_of(n, struct lsp_bind, by_label);

		next = table_again(n);
		if (b->peer == lp && heard_valid(b))
			withdrawn(s, b);
	}
}

/* A wildcard for prefixes of IPv4, with others or alone? */
static bool wildcard(const struct ldp_fec *f)
{
	return f->type == LDP_FEC_WILDCARD ||
	       (f->type == LDP_FEC_TYPED && f->typed.fec == LDP_FEC_PREFIX && f->typed.family != LDP_AF_IPV6);
}

static bool of_ipv6(const struct ldp_fec *f)
{
	return f->type == LDP_FEC_PREFIX ? f->prefix.family == LDP_AF_IPV6 :
	       f->type == LDP_FEC_TYPED && f->typed.family == LDP_AF_IPV6;
}

static void on_withdraw(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	bool with_label = m->has & LDP_HAS(LABEL);

	if (of_ipv6(&m->fec)) {
		refuse(lp->p, LDP_STATUS_UNSUPPORTED_AF, raw);
		return;
	}
	if (m->fec.type == LDP_FEC_PREFIX)
		withdraw_one(s, lp, m);
	else if (!wildcard(&m->fec))
		return;
	else if (with_label)
		withdraw_label(s, lp, m->label);
	else
		peer_void(s, lp);
	say_release(lp->p, &m->fec, with_label, m->label);
}

/* ---- Release ---- */

/* The peer has given our label back: it has to ask if it wants one again (A.1.4, note 1). */
static void released(struct lsps *s, struct lsp_bind *b)
{
	b->said = NO_LABEL;
	list_del(&b->in_said);
	b->released = true;
	bind_gc(s, b);
}

/* As long as it has Withdraws to answer a Release is taken for such an answer, whatever label it names: to hold that
 * it has our label still is the harmless mistake of the two. */
static void release_one(struct lsps *s, struct lsp_bind *b, bool with_label, uint32_t label)
{
	bind_now(b);
	if (b->waits) {
		b->waits--;
		bind_gc(s, b);
	} else if (b->said != NO_LABEL && (!with_label || label == b->said)) {
		released(s, b);
	}
}

static void release_label(struct lsps *s, struct lsp_peer *lp, uint32_t label)
{
	struct hnode *n = table_find(&s->in_labels, label), *next;

	for (; n; n = next) {
		struct lsp_bind *b = bind_find(s, container_of(n, struct fec, by_label), lp);

		next = table_again(n);
		if (!b)
			continue;
		bind_now(b);
		if (b->said == label)
			released(s, b);
	}
}

/* Each was a Mapping of ours, and comes again only when asked for: that bounds the work. */
static void release_all(struct lsps *s, struct lsp_peer *lp)
{
	list_each_safe(struct lsp_bind, b, &lp->said, in_said)
		released(s, b);
}

static void on_release(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m)
{
	bool with_label = m->has & LDP_HAS(LABEL);

	if (m->fec.type == LDP_FEC_PREFIX && m->fec.prefix.family == LDP_AF_IPV4) {
		struct fec *f = fec_find(s, m->fec.prefix.ip, m->fec.prefix.len);
		struct lsp_bind *b = f ? bind_find(s, f, lp) : NULL;

		if (b)
			release_one(s, b, with_label, m->label);
	} else if (wildcard(&m->fec)) {
		if (with_label)
			release_label(s, lp, m->label);
		else
			release_all(s, lp);
	}
}

/* ---- Request, Abort ---- */

static bool answered(struct peer *p, struct ldp_msg *m)
{
	answer(p, m);
	return true;
}

static void request_one(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	struct fec *f = fec_find(s, m->fec.prefix.ip, m->fec.prefix.len);
	struct lsp_bind *b;

	if (!f || !fec_known(s, f) || !lp->offers) {
		refuse(lp->p, LDP_STATUS_NO_ROUTE, raw);
		return;
	}
	if (!f->egress && fec_via(s, f, lp)) {		/* LRq.3 */
		refuse(lp->p, LDP_STATUS_LOOP_DETECTED, raw);
		return;
	}
	b = bind_get(s, f, lp);
	if (!b) {
		refuse(lp->p, LDP_STATUS_NO_LABELS, raw);
		return;
	}
	b->released = false;
	b->requested = true;
	b->request = m->id;
	if (f->out != NO_LABEL)
		bind_sync(b, answered, false);
	bind_gc(s, b);
}

static void on_request(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	if (of_ipv6(&m->fec)) {
		refuse(lp->p, LDP_STATUS_UNSUPPORTED_AF, raw);
	} else if (m->fec.type == LDP_FEC_PREFIX) {
		request_one(s, lp, m, raw);
	} else if (wildcard(&m->fec) && !(lp->walk && lp->again)) {
		walk_start(s, lp, true);
		lp->end_due = true;
		peer_wants(lp->p);
	}
}

/* A Request that was answered is not aborted any more (3.5.9.1). */
static void on_abort(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m)
{
	struct fec *f = m->fec.type == LDP_FEC_PREFIX ? fec_find(s, m->fec.prefix.ip, m->fec.prefix.len) : NULL;
	struct lsp_bind *b = f ? bind_find(s, f, lp) : NULL;
	struct ldp_msg n = {
		.type = LDP_MSG_NOTIFICATION,
		.has = LDP_HAS(STATUS) | LDP_HAS(REQUEST_ID),
		.status = { .code = ldp_status_code(LDP_STATUS_REQUEST_ABORTED), .msg_id = m->id,
			    .msg_type = LDP_MSG_ABORT },
		.request_id = m->request_id,
	};

	if (!b)
		return;
	bind_now(b);
	if (!b->requested || b->request != m->request_id)
		return;
	b->requested = false;
	answer(lp->p, &n);
	bind_gc(s, b);
}

/* ---- End-of-LIB ---- */

/* All it has to say was said: what it had said before its restart and not again is void (RFC 5919, 5.2). */
static void on_notification(struct lsps *s, struct lsp_peer *lp, const struct ldp_msg *m)
{
	if ((m->status.code & LDP_STATUS_DATA) != LDP_STATUS_END_OF_LIB || !(m->has & LDP_HAS(FEC)) ||
	    !wildcard(&m->fec) || lp->heard_end)
		return;
	lp->heard_end = true;
	peer_void_stale(s, lp);
	if (s->ldp->recovering)
		peer_touch(s, lp);
}

void lsp_message(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	struct lsps *s = p->ldp->lsps;
	struct lsp_peer *lp = p->lsp;

	if (!lp || !list_in(&lp->up))
		return;
	switch (m->type) {
	case LDP_MSG_ADDRESS:
	case LDP_MSG_ADDRESS_WITHDRAW:
		on_addresses(s, lp, m, raw);
		break;
	case LDP_MSG_MAPPING:
		on_mapping(s, lp, m, raw);
		break;
	case LDP_MSG_WITHDRAW:
		on_withdraw(s, lp, m, raw);
		break;
	case LDP_MSG_RELEASE:
		on_release(s, lp, m);
		break;
	case LDP_MSG_REQUEST:
		on_request(s, lp, m, raw);
		break;
	case LDP_MSG_ABORT:
		on_abort(s, lp, m);
		break;
	case LDP_MSG_NOTIFICATION:
		on_notification(s, lp, m);
		break;
	}
}
