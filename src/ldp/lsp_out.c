/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp_out.c: what is told to peers: our addresses, then labels of FECs that changed, then all FECs of a new session,
 * then End-of-LIB. Nothing is queued but the FEC itself, so a FEC that changes twice says only the last.
 */
#include "ldp/lsp.h"

struct ldp_fec prefix_of(const struct fec *f)
{
	return (struct ldp_fec){
		.type = LDP_FEC_PREFIX,
		.prefix = { .family = LDP_AF_IPV4, .len = f->len, .ip = f->dest },
	};
}

static struct ldp_msg about(uint16_t type, const struct ldp_fec *fec)
{
	return (struct ldp_msg){ .type = type, .has = LDP_HAS(FEC), .fec = *fec, .n_fec = 1 };
}

void say_release(struct peer *p, const struct ldp_fec *fec, bool with_label, uint32_t label)
{
	struct ldp_msg m = about(LDP_MSG_RELEASE, fec);

	if (with_label) {
		m.has |= LDP_HAS(LABEL);
		m.label = label;
	}
	answer(p, &m);
}

/* ---- labels ---- */

static bool say_withdraw(struct lsp_bind *b, lsp_send *send)
{
	struct ldp_fec fec = prefix_of(b->fec);
	struct ldp_msg m = about(LDP_MSG_WITHDRAW, &fec);

	m.has |= LDP_HAS(LABEL);
	m.label = b->said;
	if (!send(b->peer->p, &m))
		return false;
	b->waits += b->waits < UINT8_MAX;
	b->said = NO_LABEL;
	list_del(&b->in_said);
	return true;
}

static bool say_mapping(struct lsp_bind *b, uint32_t label, lsp_send *send)
{
	struct ldp_fec fec = prefix_of(b->fec);
	struct ldp_msg m = about(LDP_MSG_MAPPING, &fec);

	m.has |= LDP_HAS(LABEL);
	m.label = label;
	if (b->requested) {
		m.has |= LDP_HAS(REQUEST_ID);
		m.request_id = b->request;
	}
	if (!send(b->peer->p, &m))
		return false;
	b->requested = false;
	b->said = label;
	list_del(&b->in_said);
	list_add(&b->peer->said, &b->in_said);
	return true;
}

/* The route went before a Request could be answered. */
static bool say_no_route(struct lsp_bind *b, lsp_send *send)
{
	struct ldp_msg m = {
		.type = LDP_MSG_NOTIFICATION,
		.has = LDP_HAS(STATUS),
		.status = { .code = ldp_status_code(LDP_STATUS_NO_ROUTE), .msg_id = b->request,
			    .msg_type = LDP_MSG_REQUEST },
	};

	if (!send(b->peer->p, &m))
		return false;
	b->requested = false;
	return true;
}

bool bind_sync(struct lsp_bind *b, lsp_send *send, bool again)
{
	const struct lsp_peer *lp = b->peer;
	const struct lsps *s = lp->p->ldp->lsps;
	uint32_t want;

	bind_now(b);
	want = lp->offers && !b->released ? b->fec->out : NO_LABEL;
	if (b->said != NO_LABEL && b->said != want && !say_withdraw(b, send))
		return false;
	if (b->requested && (!lp->offers || !fec_known(s, b->fec)))
		return say_no_route(b, send);
	if (want == NO_LABEL || (b->said == want && !again && !b->requested))
		return true;
	return say_mapping(b, want, send);
}

static bool say_changes(struct lsps *s, struct lsp_peer *lp)
{
	struct list *head = &lp->p->lsp_say;

	while (!list_empty(head)) {
		struct lsp_bind *b = list_entry(head->next, struct lsp_bind, say);

		if (!bind_sync(b, peer_say, false))
			return false;
		list_del(&b->say);
		bind_gc(s, b);
	}
	return true;
}

/* One FEC of the walk. */
static bool walk_one(struct lsps *s, struct lsp_peer *lp, struct fec *f)
{
	struct lsp_bind *b = bind_find(s, f, lp);

	if (!b && (f->out == NO_LABEL || !lp->offers))
		return true;
	if (!b)
		b = bind_get(s, f, lp);
	if (!b) {
		log_event(LOG_P_ERR, "ldp-memory", "what=label");
		return true;
	}
	bind_now(b);
	if (lp->again)
		b->released = false;	/* it asked */
	if (!bind_sync(b, peer_say, lp->again))
		return false;
	bind_gc(s, b);
	return true;
}

static bool say_walk(struct lsps *s, struct lsp_peer *lp)
{
	for (uint32_t n = 1; lp->walk; n++) {
		struct fec *f = lp->walk;

		if (n % 64 == 0 && loop_slice_over(s->ldp->loop)) {
			list_add(&s->resume, &lp->resume);
			lsps_kick(s);
			return false;
		}
		if (!walk_one(s, lp, f))
			return false;
		if (lp->walk == f)	/* else it was the last to need it */
			lp->walk = f->all.next == &s->all ? NULL : list_entry(f->all.next, struct fec, all);
	}
	list_del(&lp->walks);
	lp->again = false;
	return true;
}

/* While we come back from a restart the labels of before, which the peer still holds, must not end (RFC 5919, 5.2). */
static bool say_end_of_lib(const struct lsps *s, struct lsp_peer *lp)
{
	const uint64_t able = LDP_HAS(CAP_UNRECOGNIZED) | LDP_HAS(CAP_TYPED_WILDCARD);
	struct ldp_msg m = {
		.type = LDP_MSG_NOTIFICATION,
		.has = LDP_HAS(STATUS) | LDP_HAS(FEC),
		.status.code = ldp_status_code(LDP_STATUS_END_OF_LIB),
		.fec = { .type = LDP_FEC_TYPED, .typed = { .fec = LDP_FEC_PREFIX, .family = LDP_AF_IPV4 } },
		.n_fec = 1,
	};

	if (!lp->end_due || s->ldp->recovering)
		return true;
	if ((lp->p->caps & able) == able && lp->offers && !peer_say(lp->p, &m))
		return false;
	lp->end_due = false;
	return true;
}

/* ---- our addresses (3.5.5.1: before labels) ---- */

#define ADDRS_A_MESSAGE	50		/* fits the smallest PDU a peer may ask for */

struct addr_run {
	uint8_t octets[4 * ADDRS_A_MESSAGE];
	struct wr w;
	uint16_t type;			/* of the message; 0: empty */
	uint64_t seq;			/* of the last one in it */
};

static bool run_send(struct lsp_peer *lp, struct addr_run *run)
{
	struct ldp_msg m = {
		.type = run->type,
		.has = LDP_HAS(ADDR_LIST),
		.addr = { .family = LDP_AF_IPV4, .list = { run->octets, wr_len(&run->w) } },
	};

	if (!run->type)
		return true;
	if (!peer_say(lp->p, &m))
		return false;
	lp->own_seq = run->seq;
	run->type = 0;
	return true;
}

static bool say_addresses(const struct lsps *s, struct lsp_peer *lp)
{
	bool first = lp->own_seq == 0;
	struct addr_run run = { .type = 0 };

	if (lp->own_seq == s->own_seq)
		return true;
	list_each(struct own_addr, o, &s->own_log, log) {
		uint16_t type = o->n ? LDP_MSG_ADDRESS : LDP_MSG_ADDRESS_WITHDRAW;

		if (o->seq <= lp->own_seq || (first && !o->n))
			continue;
		if ((run.type != type || wr_len(&run.w) == sizeof(run.octets)) && !run_send(lp, &run))
			return false;
		if (!run.type)
			run.w = wr_of(run.octets, sizeof(run.octets));
		run.type = type;
		run.seq = o->seq;
		wr_u32(&run.w, o->ip);
	}
	if (!run_send(lp, &run))
		return false;
	lp->own_seq = s->own_seq;
	return true;
}

void lsp_say(struct peer *p)
{
	struct lsps *s = p->ldp->lsps;
	struct lsp_peer *lp = p->lsp;

	if (!lp || !list_in(&lp->up))
		return;
	if (lp->offers != peer_offered(lp)) {
		lp->offers = !lp->offers;
		walk_start(s, lp, false);
	}
	if (say_addresses(s, lp) && say_changes(s, lp) && say_walk(s, lp))
		say_end_of_lib(s, lp);
}
