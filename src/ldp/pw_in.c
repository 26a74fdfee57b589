/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw_in.c: messages about pseudowires, as they come (RFC 8077 6 and 7, 6667, 5919). What a peer sends costs at most one
 * record, and PEER_PWS_MAX of them; every Withdraw is answered by a Release, every Request by a Mapping or a
 * Notification; what cannot be used is released at once.
 */
#include "ldp/pw.h"

/* ---- answers ---- */

/* A Release of what @m names: its FEC without parameters, its label if it has one. @why: LDP_STATUS_SUCCESS = none. */
static void release(struct peer *p, const struct ldp_msg *m, enum ldp_status_data why)
{
	struct ldp_msg n;

	n.type = LDP_MSG_RELEASE;
	n.has = LDP_HAS(FEC) | (m->has & LDP_HAS(LABEL));
	n.n_fec = 1;
	n.fec = m->fec;
	n.label = m->label;
	if (m->fec.type == LDP_FEC_PWID) {
		n.fec.pw.params.has = 0;
		if (m->fec.pw.group_only)		/* nothing but the group (RFC 8077, 6.5) */
			n.has &= ~LDP_HAS(LABEL);
	}
	if (m->fec.type == LDP_FEC_GENPWID && m->has & LDP_HAS(PW_GROUP)) {
		n.has |= LDP_HAS(PW_GROUP);
		n.pw_group = m->pw_group;
	}
	if (why != LDP_STATUS_SUCCESS) {
		n.has |= LDP_HAS(STATUS);
		n.status.code = ldp_status_code(why);
		n.status.msg_id = m->id;
		n.status.msg_type = m->type;
	}
	answer(p, &n);
}

static void refused_log(struct peer *p, const struct ldp_msg *m, const char *why)
{
	struct log_limit *limit = p->pw ? &pw_of(p)->log : NULL;
	uint32_t missed;

	if (limit && log_allowed(limit, loop_now(p->ldp->loop), &missed))
		log_event(LOG_P_WARNING, "ldp-pw-refused",
			  "peer=%u.%u.%u.%u type=%u vc-id=%u label=%u not-told=%u text=\"%s\"", p->lsr >> 24,
			  p->lsr >> 16 & 255, p->lsr >> 8 & 255, p->lsr & 255, m->fec.pw.pw_type, m->fec.pw.id, m->label,
			  missed, why);
}

static void refuse_mapping(struct peer *p, const struct ldp_msg *m, enum ldp_status_data status, const char *why)
{
	p->refused++;
	refused_log(p, m, why);
	release(p, m, status);
}

/* ---- Label Mapping ---- */

static uint16_t param(const struct ldp_params *p, enum ldp_param n, uint16_t value)
{
	return p->has & UINT32_C(1) << n ? value : 0;
}

/* The record a Mapping goes to; NULL: it was refused. */
static struct pw *for_mapping(struct peer *p, const struct ldp_msg *m)
{
	const struct ldp_fec *f = &m->fec;
	struct pw *w;

	if (m->label < LDP_LABEL_FIRST || !f->pw.id) {
		refuse_mapping(p, m, LDP_STATUS_MISCONFIGURED, f->pw.id ? "a reserved label" : "VC ID 0");
		return NULL;
	}
	if (!f->pw.control_word && pw_type_needs_cw(f->pw.pw_type)) {
		refuse_mapping(p, m, LDP_STATUS_ILLEGAL_C_BIT, "this type is never without control word");
		return NULL;
	}
	w = pw_find(p, f->pw.pw_type, f->pw.id);
	if ((!w || !w->mapped) && p->n_pws >= PEER_PWS_MAX) {
		refuse_mapping(p, m, LDP_STATUS_NO_LABELS, "more pseudowires than are kept of one peer");
		return NULL;
	}
	if (!w && p->ldp->pws->n < PWS_MAX)
		w = pw_make(p, f->pw.pw_type, f->pw.id);
	if (!w)
		refuse_mapping(p, m, LDP_STATUS_NO_LABELS, "no room");
	return w;
}

/* The label before this one is not used any more (RFC 5036, A.1.2). */
static void release_old(struct pw *w)
{
	struct ldp_msg n;

	pw_msg_fec(&n, LDP_MSG_RELEASE, w, w->r_c, w->r_group);
	n.has |= LDP_HAS(LABEL);
	n.label = w->r_label;
	answer(w->peer, &n);
}

enum change { SAME, SAME_LABEL, OTHER_LABEL, NEW };

static enum change store(struct pw *w, const struct ldp_msg *m)
{
	const struct ldp_params *params = &m->fec.pw.params;
	uint16_t mtu = param(params, LDP_PARAM_MTU, params->mtu), vlan = param(params, LDP_PARAM_VLAN, params->vlan);
	uint32_t status = m->has & LDP_HAS(PW_STATUS) ? m->pw_status : 0;
	bool c = m->fec.pw.control_word, no_status = !(m->has & LDP_HAS(PW_STATUS));
	enum change change = !w->mapped ? NEW : w->r_label != m->label || w->r_mtu != mtu ? OTHER_LABEL :
			     w->r_c != c || w->r_vlan != vlan || w->r_status != status || w->r_no_status != no_status ?
			     SAME_LABEL : SAME;

	if (!w->mapped)
		w->peer->n_pws++;
	w->mapped = true;
	w->stale = false;
	w->r_label = m->label;
	w->r_group = m->fec.pw.group;
	w->r_status = status;
	w->r_no_status = no_status;
	w->r_c = c;
	w->r_mtu = mtu;
	w->r_vlan = vlan;
	w->r_vccv = param(params, LDP_PARAM_VCCV, params->vccv);
	return change;
}

static enum reason mapping_reason(const struct pw *w, enum change change)
{
	if (w->r_c && !pw_agreed(w))
		return REASON_C_BIT;
	if (w->r_mtu != w->mtu)
		return REASON_MAPPING_MISMATCH;
	if (change == OTHER_LABEL)
		return REASON_MAPPING_OTHER;
	if (change != NEW)
		return REASON_MAPPING_MATCH;
	return (w->r_status | w->status) & LDP_PW_FAULTS ? REASON_MAPPING_DOWN : REASON_MAPPING;
}

static void on_mapping(struct peer *p, const struct ldp_msg *m)
{
	struct pw *w = for_mapping(p, m);
	enum change change;

	if (!w)
		return;
	if (w->mapped && !w->stale && w->r_label != m->label)
		release_old(w);
	change = store(w, m);
	if (!w->wanted)
		return;
	pw_mapping_came(w);
	if (change != SAME)
		pw_report(w, mapping_reason(w, change), true);
	else
		pw_check(w, REASON_MAPPING_MATCH, REASON_C_BIT);
}

/* ---- one PW: Withdraw, Release, Request, Abort, Notification ---- */

static void on_withdraw(struct peer *p, const struct ldp_msg *m)
{
	struct pw *w = pw_find(p, m->fec.pw.pw_type, m->fec.pw.id);

	release(p, m, LDP_STATUS_SUCCESS);
	if (!w || !w->mapped || (m->has & LDP_HAS(LABEL) && m->label != w->r_label))
		return;
	pw_unmap(w, REASON_WITHDRAW);
	pw_tidy(w);
}

/* The Release that was awaited, or owed, may have been another one that crossed our Withdraw (RFC 8077, 7.3 begun by the
 * peer): then the answer is still to come. So the first one after it does not say that a peer whose own Mapping stands
 * does not accept ours: that is said once more, and counts if it is released again. */
static void release_came(struct pw *w, bool expected)
{
	bool doubtful = w->crossed && !expected && w->mapped && pw_stands(w);

	w->crossed = expected;
	if (doubtful)
		pw_post(w, PW_EV_REQUEST);
	else
		pw_released(w);
}

static void on_release(struct peer *p, const struct ldp_msg *m)
{
	struct pw *w = pw_find(p, m->fec.pw.pw_type, m->fec.pw.id);
	bool other = w && m->has & LDP_HAS(LABEL) && m->label != w->sent_label;

	if (!w)
		return;
	if (w->owed && w->state != PW_WAIT && w->state != PW_TO_WITHDRAW) {
		w->owed--;		/* the answer to a Wrong C-bit Withdraw, which nobody waits for */
		w->crossed = true;
	} else if (!other) {
		release_came(w, w->state == PW_WAIT);
	}
	pw_tidy(w);
}

static void on_request(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	struct pw *w = pw_find(p, m->fec.pw.pw_type, m->fec.pw.id);

	if (!w || !w->wanted) {
		refuse(p, LDP_STATUS_UNKNOWN_FEC, raw);
		return;
	}
	if (!pw_may_map(w)) {
		refuse(p, LDP_STATUS_NO_ROUTE, raw);
		return;
	}
	pw_post(w, PW_EV_REQUEST);
	w->msg_id = m->id;
	pw_check(w, REASON_REQUEST, REASON_REQUEST);
}

/* Our Mapping is said anyway, unasked (downstream unsolicited): it only does not name the Request any more. */
static void on_abort(struct peer *p, const struct ldp_msg *m)
{
	struct pw *w = pw_find(p, m->fec.pw.pw_type, m->fec.pw.id);
	struct ldp_msg n;

	if (!w || w->state == PW_REQUESTED || !w->msg_id || w->msg_id != m->request_id)
		return;			/* answered already (RFC 5036, 3.5.9.1) */
	w->msg_id = 0;
	n.type = LDP_MSG_NOTIFICATION;
	n.has = LDP_HAS(STATUS) | LDP_HAS(REQUEST_ID);
	n.status.code = ldp_status_code(LDP_STATUS_REQUEST_ABORTED);
	n.status.msg_id = m->id;
	n.status.msg_type = m->type;
	n.request_id = m->request_id;
	answer(p, &n);
}

/* The C-bit of the FEC is not looked at: some never set it here. */
static void on_status(struct peer *p, const struct ldp_msg *m)
{
	struct pw *w = pw_find(p, m->fec.pw.pw_type, m->fec.pw.id);

	if (w)
		pw_notified(w, m->pw_status);
}

/* ---- many PWs ---- */

/* A wildcard of any kind as a selection. */
static struct pw_op selection(enum pw_op_kind kind, const struct ldp_msg *m)
{
	struct pw_op op = { .kind = (uint8_t)kind, .any_group = true, .type = LDP_PW_WILDCARD, .label = PW_ANY_LABEL };

	if (m->fec.type == LDP_FEC_TYPED)
		op.type = m->fec.typed.pw_type;
	if (m->fec.type == LDP_FEC_PWID) {
		op.type = m->fec.pw.pw_type;
		op.any_group = false;
		op.group = m->fec.pw.group;
	}
	if (m->has & LDP_HAS(LABEL))
		op.label = m->label;
	return op;
}

static void on_many(struct peer *p, const struct ldp_msg *m)
{
	switch (m->type) {
	case LDP_MSG_WITHDRAW:
		if (m->fec.type != LDP_FEC_WILDCARD)	/* that of all FECs is answered for prefixes, once */
			release(p, m, LDP_STATUS_SUCCESS);
		pw_all(p, selection(PW_OP_WITHDRAW, m));
		break;
	case LDP_MSG_RELEASE:
		pw_all(p, selection(PW_OP_RELEASE, m));
		break;
	case LDP_MSG_REQUEST:
		pw_all(p, selection(PW_OP_REQUEST, m));
		if (p->pw)
			pw_of(p)->end_of_lib = true;
		peer_wants(p);
		break;
	}
}

/* ---- Notifications ---- */

static void on_end_of_lib(struct peer *p, const struct ldp_msg *m)
{
	struct pw_op op = { .kind = PW_OP_RECOVERED, .type = m->fec.typed.pw_type, .value = p->ldp->recovering };

	if (m->fec.type == LDP_FEC_TYPED)
		pw_all(p, op);
}

static void on_notification(struct peer *p, const struct ldp_msg *m)
{
	uint32_t data = m->status.code & LDP_STATUS_DATA;
	bool fec = m->has & LDP_HAS(FEC);

	if (data == LDP_STATUS_PW_STATUS) {
		if (!fec || !(m->has & LDP_HAS(PW_STATUS)))
			return;
		if (m->fec.type == LDP_FEC_PWID && !m->fec.pw.group_only) {
			on_status(p, m);
		} else {
			struct pw_op op = selection(PW_OP_STATUS, m);

			op.value = m->pw_status;
			pw_all(p, op);
		}
	} else if (data == LDP_STATUS_END_OF_LIB) {
		if (fec)
			on_end_of_lib(p, m);
	} else if (data && p->pw && pw_of(p)->n_requested && m->status.msg_id) {
		pw_all(p, (struct pw_op){ .kind = PW_OP_REFUSED, .value = m->status.msg_id });
	}
}

/* ---- all ---- */

/* FEC 129 has a codec and this refusal: nobody here can be its forwarder (RFC 8077, 6.2.3). */
static void on_generalized(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	if (m->type == LDP_MSG_MAPPING)
		release(p, m, LDP_STATUS_UNKNOWN_TAI);
	else if (m->type == LDP_MSG_WITHDRAW)
		release(p, m, LDP_STATUS_SUCCESS);
	else if (m->type == LDP_MSG_REQUEST)
		refuse(p, LDP_STATUS_UNKNOWN_FEC, raw);
}

static void on_one(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	switch (m->type) {
	case LDP_MSG_MAPPING:
		on_mapping(p, m);
		break;
	case LDP_MSG_WITHDRAW:
		on_withdraw(p, m);
		break;
	case LDP_MSG_RELEASE:
		on_release(p, m);
		break;
	case LDP_MSG_REQUEST:
		on_request(p, m, raw);
		break;
	case LDP_MSG_ABORT:
		on_abort(p, m);
		break;
	}
}

void pw_message(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	const struct ldp_fec *f = &m->fec;
	bool fec = m->has & LDP_HAS(FEC);

	if (fec && (f->type == LDP_FEC_GENPWID || (f->type == LDP_FEC_TYPED && f->typed.fec == LDP_FEC_GENPWID)))
		on_generalized(p, m, raw);
	else if (m->type == LDP_MSG_NOTIFICATION)
		on_notification(p, m);
	else if (fec && f->type == LDP_FEC_PWID && !f->pw.group_only)
		on_one(p, m, raw);
	else if (fec && (f->type == LDP_FEC_PWID || f->type == LDP_FEC_WILDCARD ||
			 (f->type == LDP_FEC_TYPED && f->typed.fec == LDP_FEC_PWID)))
		on_many(p, m);
}
