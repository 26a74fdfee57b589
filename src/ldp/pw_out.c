/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw_out.c: what is said of pseudowires. Nothing is kept as a message: each PW in peer.pw_say says what its state and
 * .due ask for at the moment there is room (RFC 8077, 6 and 7).
 */
#include "ldp/pw.h"

#define WALK_STEP	64

void pw_msg_fec(struct ldp_msg *m, uint16_t msg_type, const struct pw *w, bool c_bit, uint32_t group)
{
	m->type = msg_type;
	m->has = LDP_HAS(FEC);
	m->n_fec = 1;
	m->fec.type = LDP_FEC_PWID;
	m->fec.pw.control_word = c_bit;
	m->fec.pw.group_only = false;
	m->fec.pw.pw_type = pw_type(w);
	m->fec.pw.group = group;
	m->fec.pw.id = pw_id(w);
	m->fec.pw.params.has = 0;
}

static void add_label(struct ldp_msg *m, uint32_t label)
{
	m->has |= LDP_HAS(LABEL);
	m->label = label;
}

static void add_status(struct ldp_msg *m, enum ldp_status_data data)
{
	m->has |= LDP_HAS(STATUS);
	m->status.code = ldp_status_code(data);
	m->status.msg_id = 0;
	m->status.msg_type = 0;
}

static void add_param(struct ldp_params *p, enum ldp_param n, uint16_t *member, uint16_t value)
{
	if (!value)
		return;
	p->has |= UINT32_C(1) << n;
	*member = value;
}

static bool say_mapping(struct pw *w)
{
	/* repeated to a peer that has agreed the C-bit cannot change */
	bool c = w->state == PW_AGAIN && w->mapped ? w->sent_c : pw_choose_c(w);
	struct ldp_params *params;
	struct ldp_msg m;

	pw_msg_fec(&m, LDP_MSG_MAPPING, w, c, w->group);
	params = &m.fec.pw.params;
	add_param(params, LDP_PARAM_MTU, &params->mtu, w->mtu);
	add_param(params, LDP_PARAM_VLAN, &params->vlan, w->vlan);
	add_param(params, LDP_PARAM_VCCV, &params->vccv, w->vccv);
	add_label(&m, w->label);
	if (!pw_of(w->peer)->martini) {
		m.has |= LDP_HAS(PW_STATUS);
		m.pw_status = pw_status_said(w);
	}
	if (w->msg_id) {
		m.has |= LDP_HAS(REQUEST_ID);
		m.request_id = w->msg_id;
	}
	if (!peer_say(w->peer, &m))
		return false;
	w->sent_c = c;
	pw_group_leave(w);		/* the state that follows brings it back */
	w->sent_label = w->label;
	w->sent_group = w->group;
	w->msg_id = 0;
	w->due &= (uint8_t)~PW_DUE_STATUS;
	return true;
}

static bool say_withdraw(struct pw *w)
{
	struct ldp_msg m;

	pw_msg_fec(&m, LDP_MSG_WITHDRAW, w, w->sent_c, w->sent_group);
	add_label(&m, w->sent_label);
	return peer_say(w->peer, &m);
}

static bool say_wrong_c(struct pw *w)
{
	struct ldp_msg m;

	pw_msg_fec(&m, LDP_MSG_WITHDRAW, w, w->sent_c, w->sent_group);
	add_label(&m, w->sent_label);
	add_status(&m, LDP_STATUS_WRONG_C_BIT);
	if (!peer_say(w->peer, &m))
		return false;
	if (w->owed < 3)
		w->owed++;
	return true;
}

static bool say_request(struct pw *w)
{
	struct ldp_msg m;

	pw_msg_fec(&m, LDP_MSG_REQUEST, w, w->cw, w->group);
	if (!peer_say(w->peer, &m))
		return false;
	w->renegotiate = false;
	w->msg_id = m.id;
	return true;
}

static bool say_release(struct pw *w)
{
	struct ldp_msg m;

	if (!w->mapped)
		return true;
	pw_msg_fec(&m, LDP_MSG_RELEASE, w, w->r_c, w->r_group);
	add_label(&m, w->r_label);
	if (!peer_say(w->peer, &m))
		return false;
	pw_unmap(w, REASON_PW_RECREATED);
	return true;
}

static bool say_status(struct pw *w)
{
	struct ldp_msg m;

	if (!pw_stands(w) || pw_by_withdraw(w))
		return true;		/* told by the Mapping, or by its withdrawal */
	pw_msg_fec(&m, LDP_MSG_NOTIFICATION, w, w->sent_c, w->sent_group);
	add_status(&m, LDP_STATUS_PW_STATUS);
	m.has |= LDP_HAS(PW_STATUS);
	m.pw_status = w->status;
	return peer_say(w->peer, &m);
}

/* It may wait for other PWs of its group. */
static bool say_due_status(struct pw *w)
{
	const uint8_t due = PW_DUE_STATUS | PW_DUE_ANSWER;

	if (!(w->due & due) || (!(w->due & PW_DUE_ANSWER) && pw_group_waits(w)))
		return true;
	if (!say_status(w))
		return false;
	pw_group_status(w, w->status, w->due & (uint8_t)~due);
	return true;
}

/* An empty list: all addresses (RFC 4762, 6.2.2). */
static bool say_mac_withdraw(struct pw *w)
{
	struct ldp_msg m;

	if (!pw_stands(w))
		return true;
	pw_msg_fec(&m, LDP_MSG_ADDRESS_WITHDRAW, w, w->sent_c, w->sent_group);
	m.has |= LDP_HAS(MAC_LIST);
	m.mac_list = (struct octets){ 0 };
	return peer_say(w->peer, &m);
}

static bool (*const by_state[PW__N])(struct pw *w) = {
	[PW_TO_MAP] = say_mapping,
	[PW_AGAIN] = say_mapping,
	[PW_TO_WITHDRAW] = say_withdraw,
	[PW_WRONG_C] = say_wrong_c,
	[PW_TO_REQUEST] = say_request,
};

/* Before the state's own word, or after it. */
static bool say_due(struct pw *w, uint8_t due, bool (*fn)(struct pw *w))
{
	if (!(w->due & due))
		return true;
	if (!fn(w))
		return false;
	w->due &= (uint8_t)~due;
	return true;
}

/* All @w has to say. False: no room. */
static bool say_all(struct pw *w)
{
	if (!pw_catch_up(w))
		return true;
	if (!w->peer->operational)
		return false;
	/* Withdraw, Release, Request, so that the peer's half is gone before ours comes back (RFC 8077, 7.3) */
	while (by_state[w->state]) {
		if (w->state != PW_TO_WITHDRAW && !say_due(w, PW_DUE_RELEASE, say_release))
			return false;
		if (!by_state[w->state](w))
			return false;
		pw_post(w, PW_EV_SAID);
	}
	if (!say_due(w, PW_DUE_RELEASE, say_release) || !say_due_status(w) || !say_due(w, PW_DUE_MAC, say_mac_withdraw))
		return false;
	list_del(&w->in_say);
	w->parked = false;
	if (w->due)
		pw_group_park(w);
	else
		pw_tidy(w);
	return true;
}

/* All our Mappings were said (RFC 5919, 4). */
static void say_end_of_lib(struct peer *p)
{
	const uint64_t able = LDP_HAS(CAP_UNRECOGNIZED) | LDP_HAS(CAP_TYPED_WILDCARD);
	struct ldp_msg m;

	if ((p->caps & able) == able) {
		m.type = LDP_MSG_NOTIFICATION;
		m.has = LDP_HAS(FEC);
		m.n_fec = 1;
		m.fec.type = LDP_FEC_TYPED;
		m.fec.typed.fec = LDP_FEC_PWID;
		m.fec.typed.family = 0;
		m.fec.typed.pw_type = LDP_PW_WILDCARD;
		add_status(&m, LDP_STATUS_END_OF_LIB);
		if (!peer_say(p, &m))
			return;
	}
	pw_of(p)->end_of_lib = false;
}

void pw_say(struct peer *p)
{
	if (!p->pw || (p->operational && !pw_groups_say(p)))
		return;
	do {
		while (!list_empty(&p->pw_say))
			if (!say_all(list_entry(p->pw_say.next, struct pw, in_say)))
				return;
		if (loop_slice_over(p->ldp->loop))
			break;			/* the walk goes on between other work, and asks for more room then */
	} while (pw_walk(p, WALK_STEP) || !list_empty(&p->pw_say));
	/* after our own restart core may still be telling what there is: a peer would drop what it holds for the rest */
	if (pw_of(p)->end_of_lib && !pw_of(p)->cursor && p->operational && !p->ldp->recovering)
		say_end_of_lib(p);
}
