/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_msg.c: PDUs and messages: which TLVs a message must and may have, framing, the walk over TLVs, and back.
 */
#include "wire/ldp_wire.h"

#define CAPABILITIES	(LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD) | LDP_HAS(CAP_STATE_CONTROL) | \
			 LDP_HAS(CAP_MRT) | LDP_HAS(CAP_UNRECOGNIZED))
#define MAX_TLVS	12

struct msg_row {
	uint16_t type;
	uint64_t must;
	uint64_t instead;	/* these may stand for .must */
	enum ldp_verdict unknown;	/* what an unknown TLV without U bit is */
	uint8_t n;
	uint8_t order[MAX_TLVS];	/* all it may have, in the order they are sent */
};

#define N_TLVS(...)	(sizeof((uint8_t[]){ __VA_ARGS__ }))
#define ORDER(...)	.n = N_TLVS(__VA_ARGS__), .order = { __VA_ARGS__ }
#define T(n)		LDP_TLV_##n

enum msg {
#define LDP_X(n, type, text) MSG_##n,
	LDP_MSGS(LDP_X)
#undef LDP_X
	MSG__N
};

static const struct msg_row msg_rows[MSG__N] = {
	[MSG_NOTIFICATION] = { LDP_MSG_NOTIFICATION, .must = LDP_HAS(STATUS), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(STATUS), T(PW_STATUS), T(FEC), T(PW_GROUP), T(REQUEST_ID), T(ADDR_LIST), T(EXT_STATUS),
		      T(RETURNED_PDU), T(RETURNED_MSG), T(RETURNED_TLVS)) },
	[MSG_HELLO] = { LDP_MSG_HELLO, .must = LDP_HAS(HELLO), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(HELLO), T(TRANSPORT4), T(TRANSPORT6), T(CONFIG_SEQ), T(DUAL_STACK)) },
	[MSG_INIT] = { LDP_MSG_INIT, .must = LDP_HAS(SESSION), .unknown = LDP_E_CAP_INIT,
		ORDER(T(SESSION), T(ATM_SESSION), T(FR_SESSION), T(FT_SESSION), T(CAP_DYNAMIC), T(CAP_TYPED_WILDCARD),
		      T(CAP_STATE_CONTROL), T(CAP_MRT), T(CAP_UNRECOGNIZED)) },
	[MSG_KEEPALIVE] = { LDP_MSG_KEEPALIVE, .unknown = LDP_E_TLV_TYPE },
	/* the other capabilities have a place in Initialization only (RFC 5561 4 and 9, 5918 5, 5919 3) */
	[MSG_CAPABILITY] = { LDP_MSG_CAPABILITY, .unknown = LDP_E_CAP, ORDER(T(CAP_STATE_CONTROL), T(CAP_MRT)) },
	[MSG_ADDRESS] = { LDP_MSG_ADDRESS, .must = LDP_HAS(ADDR_LIST), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(ADDR_LIST)) },
	[MSG_ADDRESS_WITHDRAW] = { LDP_MSG_ADDRESS_WITHDRAW, .must = LDP_HAS(ADDR_LIST),
		.instead = LDP_HAS(FEC) | LDP_HAS(MAC_LIST), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(ADDR_LIST), T(FEC), T(PW_GROUP), T(MAC_LIST)) },
	[MSG_MAPPING] = { LDP_MSG_MAPPING, .must = LDP_HAS(FEC) | LDP_HAS(LABEL), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(FEC), T(PW_PARAMS), T(LABEL), T(REQUEST_ID), T(HOP_COUNT), T(PATH_VECTOR), T(PW_STATUS),
		      T(PW_GROUP), T(ADDR_LIST), T(STATUS)) },
	[MSG_REQUEST] = { LDP_MSG_REQUEST, .must = LDP_HAS(FEC), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(FEC), T(PW_PARAMS), T(PW_GROUP), T(HOP_COUNT), T(PATH_VECTOR), T(STATUS)) },
	[MSG_WITHDRAW] = { LDP_MSG_WITHDRAW, .must = LDP_HAS(FEC), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(FEC), T(PW_PARAMS), T(LABEL), T(PW_GROUP), T(PW_STATUS), T(STATUS)) },
	[MSG_RELEASE] = { LDP_MSG_RELEASE, .must = LDP_HAS(FEC), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(FEC), T(PW_PARAMS), T(LABEL), T(PW_GROUP), T(PW_STATUS), T(STATUS)) },
	[MSG_ABORT] = { LDP_MSG_ABORT, .must = LDP_HAS(FEC) | LDP_HAS(REQUEST_ID), .unknown = LDP_E_TLV_TYPE,
		ORDER(T(FEC), T(PW_PARAMS), T(REQUEST_ID), T(PW_GROUP), T(STATUS)) },
};

/* A FEC with nothing but a Group ID is not the last TLV of a Notification, as it would be in the row above: decoders
 * (Wireshark's) look for a PW ID behind it, and call what they miss malformed. */
static const struct msg_row group_notification = { LDP_MSG_NOTIFICATION, .must = LDP_HAS(STATUS),
	ORDER(T(STATUS), T(FEC), T(PW_STATUS)) };

static const struct msg_row *msg_row(uint16_t type)
{
	switch (type) {
#define LDP_X(n, t, text) case t: return &msg_rows[MSG_##n];
	LDP_MSGS(LDP_X)
#undef LDP_X
	}
	return NULL;
}

static bool may_have(const struct msg_row *row, int tlv)
{
	for (unsigned i = 0; i < row->n; i++)
		if (row->order[i] == tlv)
			return true;
	return false;
}

/* ---- framing ---- */

enum ldp_verdict ldp_pdu_decode(const void *buf, size_t len, uint16_t max, const struct ldp_id *peer,
				struct ldp_pdu *out)
{
	struct rd r = rd_of(buf, len);
	uint16_t version = rd_u16(&r), length = rd_u16(&r);
	struct ldp_id id;

	id.lsr = rd_u32(&r);
	id.space = rd_u16(&r);
	if (len >= 2 && version != LDP_VERSION)
		return LDP_E_BAD_VERSION;
	if (len >= 4 && (length < 14 || length > max))
		return LDP_E_PDU_LENGTH;
	if (len >= LDP_HEADER && peer && (id.lsr != peer->lsr || id.space != peer->space))
		return LDP_E_BAD_ID;
	if (len < 4 || len - 4 < length)
		return LDP_MORE;
	out->id = id;
	out->size = length + 4u;
	out->rd = rd_sub(&r, out->size - LDP_HEADER);
	return LDP_OK;
}

enum ldp_verdict ldp_pdu_next(struct ldp_pdu *pdu, struct ldp_raw *out)
{
	struct rd r = pdu->rd;
	uint16_t type, length;

	if (!rd_left(&r))
		return LDP_END;
	out->all = (struct octets){ r.p, rd_left(&r) };
	type = rd_u16(&r);
	length = rd_u16(&r);
	out->type = type & 0x7fff;
	out->u = type & 0x8000;
	out->id = rd_u32(&r);
	if (r.bad || length < 4 || length + 4u > out->all.len) {
		rd_rest(&pdu->rd);
		return LDP_E_MSG_LENGTH;
	}
	out->all.len = length + 4u;
	pdu->rd.p += out->all.len;
	return LDP_OK;
}

/* ---- decode ---- */

/* One TLV: @type with U and F, @v its value. */
static enum ldp_verdict take(const struct msg_row *row, uint16_t type, struct rd *v, struct ldp_msg *m)
{
	int i = ldp_tlv_index(type & 0x3fff);
	const struct ldp_tlv_row *tlv = i < 0 ? NULL : &ldp_tlv_rows[i];
	enum ldp_verdict e;

	if (!tlv && !(type & 0x8000))
		return row->unknown;
	if (!tlv || !may_have(row, i)) {
		m->n_skipped++;
		return LDP_OK;
	}
	if (m->has & tlv->bit)
		return tlv->bit & CAPABILITIES ? LDP_E_CAP_TWICE : LDP_OK;
	e = tlv->get(tlv, v, m);
	if (e == LDP_SKIP)
		return LDP_OK;
	if (e == LDP_OK && (v->bad || rd_left(v)))
		return LDP_E_TLV_VALUE;
	m->has |= tlv->bit;
	return e;
}

static enum ldp_verdict next_tlv(const struct msg_row *row, struct rd *r, struct ldp_msg *m, uint16_t *type)
{
	uint16_t len;
	struct rd v;

	*type = rd_u16(r);
	len = rd_u16(r);
	v = rd_sub(r, len);
	return r->bad ? LDP_E_TLV_LENGTH : take(row, *type, &v, m);
}

static enum ldp_verdict walk(const struct msg_row *row, const struct ldp_raw *raw, struct ldp_msg *m,
			     struct ldp_fault *f)
{
	struct rd r = rd_of(raw->all.p + 8, raw->all.len - 8);

	while (rd_left(&r)) {
		const uint8_t *at = r.p;
		uint16_t type;
		enum ldp_verdict e = next_tlv(row, &r, m, &type);

		if (e == LDP_OK)
			continue;
		if (f && e != LDP_IGNORE)
			*f = (struct ldp_fault){ type, (uint32_t)(at - raw->all.p), (uint32_t)(r.p - at) };
		return e;
	}
	if ((m->has & row->must) == row->must || (row->instead && (m->has & row->instead) == row->instead))
		return LDP_OK;
	if (f)
		*f = (struct ldp_fault){ .at = (uint32_t)raw->all.len };
	return LDP_E_MISSING;
}

enum ldp_verdict ldp_decode(const struct ldp_raw *raw, struct ldp_msg *out, struct ldp_fault *fault)
{
	const struct msg_row *row = msg_row(raw->type);
	enum ldp_verdict e;

	if (!row) {
		if (raw->u)
			return LDP_IGNORE;
		if (fault)
			*fault = (struct ldp_fault){ 0 };
		return LDP_E_MSG_TYPE;
	}
	out->type = raw->type;
	out->id = raw->id;
	out->has = out->on = 0;
	out->n_skipped = out->n_fec = 0;
	e = walk(row, raw, out, fault);
	if (e == LDP_OK && out->has & LDP_HAS(FEC) && out->fec.type == LDP_FEC_TYPED)
		out->has &= ~LDP_HAS(PW_GROUP);		/* RFC 6667, 2 */
	return e;
}

void ldp_answer(struct ldp_msg *n, enum ldp_verdict v, const struct ldp_raw *raw, const struct ldp_fault *fault)
{
	const struct ldp_verdict_row *row = ldp_verdict_row(v);

	memset(n, 0, sizeof(*n));
	n->type = LDP_MSG_NOTIFICATION;
	n->has = LDP_HAS(STATUS);
	n->status.code = row->status;
	if (!raw)
		return;
	n->status.msg_id = raw->id;
	n->status.msg_type = (uint16_t)(raw->type | (raw->u ? 0x8000 : 0));
	if (row->returns_tlv && fault && fault->len <= LDP_RETURN_MAX) {
		n->has |= LDP_HAS(RETURNED_TLVS);
		n->returned_tlvs = (struct octets){ raw->all.p + fault->at, fault->len };
	}
}

/* ---- encode ---- */

void ldp_out_open(struct ldp_out *o, void *buf, size_t size, uint16_t max, struct ldp_id self)
{
	o->w = wr_of(buf, size < max + 4u ? size : max + 4u);
	wr_u16(&o->w, LDP_VERSION);
	o->length_at = wr_open(&o->w);
	wr_u32(&o->w, self.lsr);
	wr_u16(&o->w, self.space);
}

/* U and F of a TLV we send (RFC 5036, 3.4.6 for Status). */
static uint16_t tlv_bits(const struct ldp_tlv_row *tlv, const struct ldp_msg *m)
{
	uint16_t bits = tlv->u ? 0x8000 : 0;

	if (tlv->bit == LDP_HAS(STATUS)) {
		bits = m->type == LDP_MSG_NOTIFICATION ? 0 : 0x8000;
		if (m->status.code & LDP_STATUS_FORWARD)
			bits |= 0x4000;
	}
	return bits;
}

static bool put_tlvs(const struct msg_row *row, struct wr *w, const struct ldp_msg *m)
{
	uint64_t left = m->has;

	for (unsigned i = 0; i < row->n && left; i++) {
		const struct ldp_tlv_row *tlv = &ldp_tlv_rows[row->order[i]];
		size_t mark;

		if (!(left & tlv->bit))
			continue;
		left &= ~tlv->bit;
		wr_u16(w, (uint16_t)(tlv->type | tlv_bits(tlv, m)));
		mark = wr_open(w);
		if (!tlv->put(tlv, w, m))
			return false;
		wr_close(w, mark);
	}
	return !left;		/* what is left has no place in this message */
}

static bool of_group(const struct ldp_msg *m)
{
	return m->type == LDP_MSG_NOTIFICATION && m->has == (LDP_HAS(STATUS) | LDP_HAS(FEC) | LDP_HAS(PW_STATUS)) &&
	       m->n_fec == 1 && m->fec.type == LDP_FEC_PWID && m->fec.pw.group_only;
}

static bool put_msg(struct wr *w, const struct ldp_msg *m)
{
	const struct msg_row *row = msg_row(m->type);
	size_t mark;

	if (!row || ((m->has & row->must) != row->must && (!row->instead || (m->has & row->instead) != row->instead)))
		return false;
	wr_u16(w, m->type);
	mark = wr_open(w);
	wr_u32(w, m->id);
	if (!put_tlvs(of_group(m) ? &group_notification : row, w, m))
		return false;
	wr_close(w, mark);
	return true;
}

enum ldp_fit ldp_out_add(struct ldp_out *o, const struct ldp_msg *m)
{
	size_t mark = wr_len(&o->w);
	bool full = o->w.bad;		/* not even the header found room */

	if (!full && !put_msg(&o->w, m)) {
		wr_back(&o->w, mark);
		return LDP_ILLEGAL;
	}
	if (o->w.bad) {
		if (!full)
			wr_back(&o->w, mark);
		return LDP_FULL;
	}
	return LDP_FITS;
}

size_t ldp_out_close(struct ldp_out *o)
{
	if (o->w.bad || wr_len(&o->w) <= LDP_HEADER)
		return 0;
	wr_close(&o->w, o->length_at);
	return wr_len(&o->w);
}

uint16_t ldp_max_pdu(uint16_t mine, uint16_t theirs)
{
	uint16_t a = mine <= 255 ? LDP_PDU_DEFAULT : mine, b = theirs <= 255 ? LDP_PDU_DEFAULT : theirs;

	return a < b ? a : b;
}
