/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_tlv.c: the TLVs, a row each: how its value is decoded into struct ldp_msg and encoded from it.
 */
#include "wire/ldp_wire.h"

/* A decoder that leaves octets, or asks for more than there are, gets LDP_E_TLV_VALUE from the caller. */

static void *member(const struct ldp_tlv_row *row, const struct ldp_msg *m)
{
	return (char *)(uintptr_t)m + row->member;
}

/* ---- shapes several TLVs share ---- */

static enum ldp_verdict u32_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	*(uint32_t *)member(row, m) = rd_u32(v);
	return LDP_OK;
}

static bool u32_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	wr_u32(w, *(const uint32_t *)member(row, m));
	return true;
}

static enum ldp_verdict octets_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	*(struct octets *)member(row, m) = rd_rest(v);
	return LDP_OK;
}

static bool octets_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	const struct octets *o = member(row, m);

	wr_bytes(w, o->p, o->len);
	return true;
}

/* A capability that is there or not (RFC 5561, 3). Data that a later document may add is skipped. */
static enum ldp_verdict flag_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	if (rd_u8(v) & 0x80 || m->type == LDP_MSG_INIT)
		m->on |= row->bit;
	rd_rest(v);
	return LDP_OK;
}

static bool flag_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	bool on = m->on & row->bit;

	wr_u8(w, on ? 0x80 : 0);
	return on || m->type != LDP_MSG_INIT;
}

/* ---- FEC and labels ---- */

static enum ldp_verdict fec_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	enum ldp_verdict e = ldp_fec_get(v, m);

	(void)row;
	/* A Notification is never answered for its FEC: that would turn an End-of-LIB into a quarrel. */
	if (m->type == LDP_MSG_NOTIFICATION && (e == LDP_E_FEC_TYPE || e == LDP_E_FAMILY))
		return LDP_SKIP;
	return e;
}

static bool fec_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	if (m->n_fec > 1) {
		wr_bytes(w, m->fecs.p, m->fecs.len);
		return m->type == LDP_MSG_MAPPING && m->fecs.len;
	}
	return ldp_fec_allowed(m->type, &m->fec) && ldp_fec_put(w, &m->fec);
}

static enum ldp_verdict label_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	(void)row;
	m->label = rd_u32(v);
	return m->label > LDP_LABEL_MAX ? LDP_E_TLV_VALUE : LDP_OK;
}

static bool label_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u32(w, m->label);
	return m->label <= LDP_LABEL_MAX;
}

static enum ldp_verdict hop_count_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	(void)row;
	m->hop_count = rd_u8(v);
	return LDP_OK;
}

static bool hop_count_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u8(w, m->hop_count);
	return true;
}

static enum ldp_verdict path_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	size_t n = rd_left(v);

	return n && n % 4 == 0 ? octets_get(row, v, m) : LDP_E_TLV_VALUE;
}

static bool path_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	return octets_put(row, w, m) && m->path_vector.len && m->path_vector.len % 4 == 0;
}

/* ---- Notification ---- */

static enum ldp_verdict status_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	(void)row;
	m->status.code = rd_u32(v);
	m->status.msg_id = rd_u32(v);
	m->status.msg_type = rd_u16(v);
	return LDP_OK;
}

static bool status_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u32(w, m->status.code);
	wr_u32(w, m->status.msg_id);
	wr_u16(w, m->status.msg_type);
	return true;
}

/* ---- discovery ---- */

static enum ldp_verdict hello_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	uint16_t flags;

	(void)row;
	m->hello.hold = rd_u16(v);
	flags = rd_u16(v);
	m->hello.targeted = flags & 0x8000;
	m->hello.request = flags & 0x4000;
	m->hello.gtsm = flags & 0x2000 && !m->hello.targeted;
	return LDP_OK;
}

static bool hello_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u16(w, m->hello.hold);
	wr_u16(w, (uint16_t)((m->hello.targeted ? 0x8000 : 0) | (m->hello.request ? 0x4000 : 0) |
			     (m->hello.gtsm ? 0x2000 : 0)));
	return !(m->hello.targeted && m->hello.gtsm);
}

static enum ldp_verdict transport6_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	const uint8_t *p = rd_take(v, sizeof(m->transport6));

	(void)row;
	if (p)
		memcpy(m->transport6, p, sizeof(m->transport6));
	return LDP_OK;
}

static bool transport6_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_bytes(w, m->transport6, sizeof(m->transport6));
	return true;
}

static enum ldp_verdict dual_stack_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	(void)row;
	m->dual_stack = rd_u8(v) >> 4;
	rd_take(v, 3);
	return LDP_OK;
}

static bool dual_stack_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u32(w, (uint32_t)m->dual_stack << 28);
	return m->dual_stack < 16;
}

/* ---- session ---- */

static enum ldp_verdict session_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	uint16_t version = rd_u16(v);
	uint8_t flags;

	(void)row;
	m->session.keepalive = rd_u16(v);
	flags = rd_u8(v);
	m->session.on_demand = flags & 0x80;
	m->session.loop_detection = flags & 0x40;
	m->session.path_limit = rd_u8(v);
	m->session.max_pdu = rd_u16(v);
	m->session.receiver.lsr = rd_u32(v);
	m->session.receiver.space = rd_u16(v);
	if (v->bad || rd_left(v))
		return LDP_E_TLV_VALUE;
	if (version != LDP_VERSION)
		return LDP_E_BAD_VERSION;
	return m->session.keepalive ? LDP_OK : LDP_E_KEEPALIVE;
}

static bool session_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u16(w, LDP_VERSION);
	wr_u16(w, m->session.keepalive);
	wr_u8(w, (uint8_t)((m->session.on_demand ? 0x80 : 0) | (m->session.loop_detection ? 0x40 : 0)));
	wr_u8(w, m->session.path_limit);
	wr_u16(w, m->session.max_pdu);
	wr_u32(w, m->session.receiver.lsr);
	wr_u16(w, m->session.receiver.space);
	return m->session.keepalive;
}

static enum ldp_verdict ft_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	(void)row;
	m->ft.flags = rd_u16(v);
	rd_u16(v);
	m->ft.reconnect_ms = rd_u32(v);
	m->ft.recovery_ms = rd_u32(v);
	return LDP_OK;
}

static bool ft_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u16(w, m->ft.flags);
	wr_u16(w, 0);
	wr_u32(w, m->ft.reconnect_ms);
	wr_u32(w, m->ft.recovery_ms);
	return true;
}

#define APP_D	0x80		/* state not wanted */

/* Applications of other documents are ignored; the same one twice voids the TLV (RFC 7473, 4.1). */
static enum ldp_verdict state_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	uint16_t seen = 0;

	m->state_apps = m->state_off = 0;
	rd_u8(v);		/* S is always 1 */
	while (rd_left(v)) {
		uint8_t e = rd_u8(v), app = e >> 4 & 7, bit = (uint8_t)(1 << app);

		if (seen & bit)
			return LDP_SKIP;
		seen |= bit;
		if (app < LDP_APP_IPV4 || app > LDP_APP_FEC129)
			continue;
		m->state_apps |= bit;
		if (e & APP_D)
			m->state_off |= bit;
	}
	if (!v->bad)
		m->on |= row->bit;
	return LDP_OK;
}

static bool state_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	wr_u8(w, 0x80);
	for (uint8_t app = LDP_APP_IPV4; app <= LDP_APP_FEC129; app++) {
		uint8_t bit = (uint8_t)(1 << app);

		if (m->state_apps & bit)
			wr_u8(w, (uint8_t)(app << 4 | (m->state_off & bit ? APP_D : 0)));
	}
	return true;
}

/* ---- addresses ---- */

static enum ldp_verdict addr_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	(void)row;
	m->addr.family = rd_u16(v);
	if (v->bad)
		return LDP_E_TLV_VALUE;
	if (m->addr.family != LDP_AF_IPV4 && m->addr.family != LDP_AF_IPV6)
		return LDP_E_FAMILY;
	m->addr.list = rd_rest(v);
	return m->addr.list.len % (m->addr.family == LDP_AF_IPV4 ? 4 : 16) ? LDP_E_TLV_VALUE : LDP_OK;
}

static bool addr_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	size_t one = m->addr.family == LDP_AF_IPV4 ? 4 : 16;

	(void)row;
	wr_u16(w, m->addr.family);
	wr_bytes(w, m->addr.list.p, m->addr.list.len);
	return (m->addr.family == LDP_AF_IPV4 || m->addr.family == LDP_AF_IPV6) && m->addr.list.len % one == 0;
}

static enum ldp_verdict mac_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	return rd_left(v) % 6 ? LDP_IGNORE : octets_get(row, v, m);
}

static bool mac_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	return octets_put(row, w, m) && m->mac_list.len % 6 == 0;
}

/* ---- interface parameters of FEC 129 ---- */

static enum ldp_verdict params_get(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m)
{
	(void)row;
	return ldp_params_get(v, &m->params);
}

static bool params_put(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m)
{
	(void)row;
	return ldp_params_put(w, &m->params);
}

/* ---- the rows ---- */

#define AT(m)	offsetof(struct ldp_msg, m)
#define SHAPE_FEC		fec_get, fec_put, 0
#define SHAPE_ADDR_LIST		addr_get, addr_put, 0
#define SHAPE_HOP_COUNT		hop_count_get, hop_count_put, 0
#define SHAPE_PATH_VECTOR	path_get, path_put, AT(path_vector)
#define SHAPE_LABEL		label_get, label_put, 0
#define SHAPE_STATUS		status_get, status_put, 0
#define SHAPE_EXT_STATUS	u32_get, u32_put, AT(ext_status)
#define SHAPE_RETURNED_PDU	octets_get, octets_put, AT(returned_pdu)
#define SHAPE_RETURNED_MSG	octets_get, octets_put, AT(returned_msg)
#define SHAPE_RETURNED_TLVS	octets_get, octets_put, AT(returned_tlvs)
#define SHAPE_HELLO		hello_get, hello_put, 0
#define SHAPE_TRANSPORT4	u32_get, u32_put, AT(transport4)
#define SHAPE_CONFIG_SEQ	u32_get, u32_put, AT(config_seq)
#define SHAPE_TRANSPORT6	transport6_get, transport6_put, 0
#define SHAPE_MAC_LIST		mac_get, mac_put, AT(mac_list)
#define SHAPE_SESSION		session_get, session_put, 0
#define SHAPE_ATM_SESSION	octets_get, octets_put, AT(atm_session)
#define SHAPE_FR_SESSION	octets_get, octets_put, AT(fr_session)
#define SHAPE_FT_SESSION	ft_get, ft_put, 0
#define SHAPE_CAP_DYNAMIC	flag_get, flag_put, 0
#define SHAPE_CAP_TYPED_WILDCARD flag_get, flag_put, 0
#define SHAPE_CAP_STATE_CONTROL	state_get, state_put, 0
#define SHAPE_CAP_MRT		flag_get, flag_put, 0
#define SHAPE_REQUEST_ID	u32_get, u32_put, AT(request_id)
#define SHAPE_CAP_UNRECOGNIZED	flag_get, flag_put, 0
#define SHAPE_DUAL_STACK	dual_stack_get, dual_stack_put, 0
#define SHAPE_PW_STATUS		u32_get, u32_put, AT(pw_status)
#define SHAPE_PW_PARAMS		params_get, params_put, 0
#define SHAPE_PW_GROUP		u32_get, u32_put, AT(pw_group)

const struct ldp_tlv_row ldp_tlv_rows[LDP_TLV__N] = {
#define LDP_X(n, type, u, text) [LDP_TLV_##n] = { type, u, text, SHAPE_##n, LDP_HAS(n) },
	LDP_TLVS(LDP_X)
#undef LDP_X
};
