/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_fec.c: FEC elements and the interface parameters of pseudowires (RFC 5036 3.4.1, 5918, 6667, 8077 6).
 */
#include "wire/ldp_wire.h"

/* ---- interface parameters ---- */

enum param_kind { PARAM_NONE, PARAM_U16, PARAM_U32, PARAM_OCTETS };

struct param_row {
	uint8_t kind, min, max;		/* enum param_kind; lengths on the wire */
	bool strict;
	uint16_t member;		/* offset in struct ldp_params */
};

#define PARAM_TYPES	32		/* one bit each in .has */

static const struct param_row param_rows[PARAM_TYPES] = {
#define LDP_X(n, type, m, kind, min, max, strict) \
	[type] = { PARAM_##kind, min, max, strict, offsetof(struct ldp_params, m) },
	LDP_PARAMS(LDP_X)
#undef LDP_X
};

static void param_store(const struct param_row *row, struct rd *v, struct ldp_params *p)
{
	void *member = (char *)p + row->member;

	switch (row->kind) {
	case PARAM_U16:
		*(uint16_t *)member = rd_u16(v);
		break;
	case PARAM_U32:
		*(uint32_t *)member = rd_u32(v);
		break;
	default:
		*(struct octets *)member = rd_rest(v);
	}
}

/* One parameter of @len octets on the wire, @v its value. Of several of a type the first counts. */
static enum ldp_verdict param_get(uint8_t type, uint8_t len, struct rd *v, struct ldp_params *p)
{
	const struct param_row *row = type < PARAM_TYPES ? &param_rows[type] : &param_rows[0];
	uint32_t bit = UINT32_C(1) << (type % PARAM_TYPES);

	if (row->kind == PARAM_NONE) {
		p->unknown++;
		return LDP_OK;
	}
	if (p->has & bit)
		return LDP_OK;
	if (len < row->min || len > row->max) {
		if (row->strict)
			return LDP_E_TLV_VALUE;
		p->odd |= bit;
		return LDP_OK;
	}
	param_store(row, v, p);
	p->has |= bit;
	return LDP_OK;
}

enum ldp_verdict ldp_params_get(struct rd *r, struct ldp_params *p)
{
	p->has = p->odd = p->unknown = 0;
	while (rd_left(r)) {
		uint8_t type = rd_u8(r), len = rd_u8(r);
		struct rd v;

		if (len < 2)		/* would never advance */
			return LDP_E_TLV_VALUE;
		v = rd_sub(r, len - 2u);
		if (r->bad)
			return LDP_E_TLV_VALUE;
		if (param_get(type, len, &v, p))
			return LDP_E_TLV_VALUE;
	}
	if (p->has & LDP_PARAM(DESC) && p->desc.len > LDP_DESC_MAX)
		p->desc.len = LDP_DESC_MAX;
	return r->bad ? LDP_E_TLV_VALUE : LDP_OK;
}

static bool param_put(const struct param_row *row, uint8_t type, struct wr *w, const struct ldp_params *p)
{
	const void *member = (const char *)p + row->member;
	const struct octets *o = member;
	size_t len = row->kind == PARAM_OCTETS ? o->len + 2 : row->min;

	if (row->kind == PARAM_NONE || len < row->min || len > row->max ||
	    (type == LDP_PARAM_DESC && o->len > LDP_DESC_MAX))
		return false;
	wr_u8(w, type);
	wr_u8(w, (uint8_t)len);
	if (row->kind == PARAM_U16)
		wr_u16(w, *(const uint16_t *)member);
	else if (row->kind == PARAM_U32)
		wr_u32(w, *(const uint32_t *)member);
	else
		wr_bytes(w, o->p, o->len);
	return true;
}

bool ldp_params_put(struct wr *w, const struct ldp_params *p)
{
	uint8_t type = 0;

	for (uint32_t left = p->has; left; left &= left - 1) {
		type = (uint8_t)__builtin_ctz(left);
		if (!param_put(&param_rows[type], type, w, p))
			return false;
	}
	return true;
}

/* ---- elements: decode. Each is placed behind the element's type octet ---- */

static enum ldp_verdict prefix_get(struct rd *r, struct ldp_fec *f)
{
	uint16_t family = rd_u16(r);
	uint8_t len = rd_u8(r), addr[16] = { 0 };
	size_t n = (len + 7u) / 8;
	const uint8_t *p;

	if (r->bad)
		return LDP_E_TLV_VALUE;
	if (family != LDP_AF_IPV4 && family != LDP_AF_IPV6)
		return LDP_E_FAMILY;
	if (len > (family == LDP_AF_IPV4 ? 32 : 128))
		return LDP_E_TLV_VALUE;
	p = rd_take(r, n);
	if (r->bad)
		return LDP_E_TLV_VALUE;
	if (n)
		memcpy(addr, p, n);
	f->prefix.family = family;
	f->prefix.len = len;
	f->prefix.untidy = len % 8 && addr[n - 1] & 0xff >> len % 8;
	if (len % 8)
		addr[n - 1] &= (uint8_t)~(0xff >> len % 8);
	if (family == LDP_AF_IPV4)
		f->prefix.ip = (uint32_t)addr[0] << 24 | (uint32_t)addr[1] << 16 | (uint32_t)addr[2] << 8 | addr[3];
	else
		memcpy(f->prefix.ip6, addr, sizeof(addr));
	return LDP_OK;
}

static enum ldp_verdict typed_get(struct rd *r, struct ldp_fec *f)
{
	uint8_t fec = rd_u8(r), len = rd_u8(r);
	struct rd info = rd_sub(r, len);
	bool prefix = fec == LDP_FEC_PREFIX;
	uint16_t v = 0;

	if (r->bad)
		return LDP_E_TLV_VALUE;
	if (!prefix && fec != LDP_FEC_PWID && fec != LDP_FEC_GENPWID)
		return LDP_E_FEC_TYPE;
	if (len) {		/* without: all of the type (RFC 5918, 3) */
		if (len != 2)
			return LDP_E_TLV_VALUE;
		v = rd_u16(&info);
		if (prefix && v != LDP_AF_IPV4 && v != LDP_AF_IPV6)
			return LDP_E_FAMILY;
	}
	f->typed.fec = fec;
	f->typed.family = prefix ? v : 0;
	f->typed.pw_type = prefix ? 0 : len ? v & 0x7fff : LDP_PW_WILDCARD;
	return LDP_OK;
}

static enum ldp_verdict pw_get(struct rd *r, struct ldp_fec *f)
{
	uint16_t type = rd_u16(r);
	uint8_t len = rd_u8(r);
	uint32_t group = rd_u32(r);
	struct rd info = rd_sub(r, len);

	if (r->bad)
		return LDP_E_TLV_VALUE;
	f->pw.control_word = type & 0x8000;
	f->pw.pw_type = type & 0x7fff;
	f->pw.group = group;
	f->pw.group_only = !len;
	if (!len)
		return LDP_OK;
	f->pw.id = rd_u32(&info);
	return ldp_params_get(&info, &f->pw.params);	/* .bad of a missing PW ID is still in @info */
}

static struct ldp_ai ai_get(struct rd *r)
{
	struct ldp_ai ai = { .type = rd_u8(r) };
	struct rd v = rd_sub(r, rd_u8(r));

	ai.value = rd_rest(&v);
	return ai;
}

static enum ldp_verdict gen_get(struct rd *r, struct ldp_fec *f)
{
	uint16_t type = rd_u16(r);
	struct rd info = rd_sub(r, rd_u8(r));

	if (r->bad)
		return LDP_E_TLV_VALUE;
	f->gen.control_word = type & 0x8000;
	f->gen.pw_type = type & 0x7fff;
	f->gen.group_only = !rd_left(&info);
	if (f->gen.group_only)
		return LDP_OK;
	f->gen.agi = ai_get(&info);
	f->gen.saii = ai_get(&info);
	f->gen.taii = ai_get(&info);
	return info.bad || rd_left(&info) ? LDP_E_TLV_VALUE : LDP_OK;
}

static enum ldp_verdict element_get(struct rd *r, struct ldp_fec *f)
{
	f->type = rd_u8(r);
	if (r->bad)
		return LDP_E_TLV_VALUE;
	switch (f->type) {
	case LDP_FEC_WILDCARD:
		return LDP_OK;
	case LDP_FEC_PREFIX:
		return prefix_get(r, f);
	case LDP_FEC_TYPED:
		return typed_get(r, f);
	case LDP_FEC_PWID:
		return pw_get(r, f);
	case LDP_FEC_GENPWID:
		return gen_get(r, f);
	}
	return LDP_E_FEC_TYPE;
}

enum ldp_verdict ldp_fec_next(struct rd *r, struct ldp_fec *out)
{
	struct ldp_fec f;
	enum ldp_verdict v = element_get(r, &f);

	if (v == LDP_OK)
		*out = f;
	return v;
}

/* ---- the TLV ---- */

/* Which element may stand in which message (RFC 5036 3.4.1, 5918 4, 8077 6). */
bool ldp_fec_allowed(uint16_t msg, const struct ldp_fec *f)
{
	switch (f->type) {
	case LDP_FEC_WILDCARD:
		return msg == LDP_MSG_WITHDRAW || msg == LDP_MSG_RELEASE;
	case LDP_FEC_TYPED:
		return msg != LDP_MSG_MAPPING;
	case LDP_FEC_PWID:
	case LDP_FEC_GENPWID:
		return !(f->type == LDP_FEC_PWID ? f->pw.group_only : f->gen.group_only) ||
		       (msg != LDP_MSG_MAPPING && msg != LDP_MSG_REQUEST && msg != LDP_MSG_ABORT);
	}
	return true;
}

static enum ldp_verdict more_elements(struct rd *v, struct ldp_msg *m)
{
	while (rd_left(v)) {
		struct ldp_fec f;
		enum ldp_verdict e = element_get(v, &f);

		if (e != LDP_OK)
			return e;
		if (m->type != LDP_MSG_MAPPING || m->fec.type != LDP_FEC_PREFIX || f.type != LDP_FEC_PREFIX)
			return LDP_E_TLV_VALUE;
		m->n_fec++;
	}
	return LDP_OK;
}

enum ldp_verdict ldp_fec_get(struct rd *v, struct ldp_msg *m)
{
	enum ldp_verdict e;

	m->fecs = (struct octets){ v->p, rd_left(v) };
	e = element_get(v, &m->fec);
	if (e != LDP_OK)
		return e;
	if (!ldp_fec_allowed(m->type, &m->fec))
		return LDP_E_FEC_TYPE;
	m->n_fec = 1;
	if (m->fec.type == LDP_FEC_TYPED) {	/* what stands beside it is ignored (RFC 5918, 4) */
		m->fecs.len -= rd_left(v);
		rd_rest(v);
	}
	return more_elements(v, m);
}

/* ---- elements: encode. false: not legal ---- */

static bool prefix_put(struct wr *w, const struct ldp_fec *f)
{
	uint8_t addr[16] = { 0 }, len = f->prefix.len;
	size_t n = (len + 7u) / 8;

	if (f->prefix.family == LDP_AF_IPV4 && len <= 32) {
		for (int i = 0; i < 4; i++)
			addr[i] = (uint8_t)(f->prefix.ip >> (24 - 8 * i));
	} else if (f->prefix.family == LDP_AF_IPV6 && len <= 128) {
		memcpy(addr, f->prefix.ip6, sizeof(addr));
	} else {
		return false;
	}
	if (len % 8)
		addr[n - 1] &= (uint8_t)~(0xff >> len % 8);
	wr_u16(w, f->prefix.family);
	wr_u8(w, len);
	wr_bytes(w, addr, n);
	return true;
}

static bool typed_put(struct wr *w, const struct ldp_fec *f)
{
	wr_u8(w, f->typed.fec);
	if (f->typed.fec == LDP_FEC_PREFIX) {
		if (f->typed.family > LDP_AF_IPV6)
			return false;
		wr_u8(w, f->typed.family ? 2 : 0);
		if (f->typed.family)
			wr_u16(w, f->typed.family);
		return true;
	}
	wr_u8(w, 2);
	wr_u16(w, f->typed.pw_type);
	return (f->typed.fec == LDP_FEC_PWID || f->typed.fec == LDP_FEC_GENPWID) && f->typed.pw_type <= 0x7fff;
}

static bool pw_put(struct wr *w, const struct ldp_fec *f)
{
	size_t info;
	bool legal = f->pw.pw_type <= 0x7fff;

	wr_u16(w, (uint16_t)(f->pw.pw_type | (f->pw.control_word ? 0x8000 : 0)));
	info = wr_open8(w);
	wr_u32(w, f->pw.group);
	if (!f->pw.group_only) {
		wr_u32(w, f->pw.id);
		legal = ldp_params_put(w, &f->pw.params) && legal;
	}
	if (!w->bad && wr_len(w) - info - 5 > UINT8_MAX)
		return false;
	if (!w->bad)
		w->start[info] = (uint8_t)(wr_len(w) - info - 5);	/* the group ID does not count */
	return legal;
}

static void ai_put(struct wr *w, const struct ldp_ai *ai)
{
	wr_u8(w, ai->type);
	wr_u8(w, (uint8_t)ai->value.len);
	wr_bytes(w, ai->value.p, ai->value.len);
}

static bool gen_put(struct wr *w, const struct ldp_fec *f)
{
	size_t all = f->gen.agi.value.len + f->gen.saii.value.len + f->gen.taii.value.len + 6, info;

	if (f->gen.pw_type > 0x7fff || (!f->gen.group_only && all > UINT8_MAX))
		return false;
	wr_u16(w, (uint16_t)(f->gen.pw_type | (f->gen.control_word ? 0x8000 : 0)));
	info = wr_open8(w);
	if (!f->gen.group_only) {
		ai_put(w, &f->gen.agi);
		ai_put(w, &f->gen.saii);
		ai_put(w, &f->gen.taii);
	}
	wr_close8(w, info, 0);
	return true;
}

bool ldp_fec_put(struct wr *w, const struct ldp_fec *f)
{
	wr_u8(w, f->type);
	switch (f->type) {
	case LDP_FEC_WILDCARD:
		return true;
	case LDP_FEC_PREFIX:
		return prefix_put(w, f);
	case LDP_FEC_TYPED:
		return typed_put(w, f);
	case LDP_FEC_PWID:
		return pw_put(w, f);
	case LDP_FEC_GENPWID:
		return gen_put(w, f);
	}
	return false;
}
