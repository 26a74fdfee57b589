/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>

#include "ldp_util.h"

static int digit(char c)
{
	return c <= '9' ? c - '0' : tolower(c) - 'a' + 10;
}

size_t hex(const char *text, uint8_t *to)
{
	size_t n = 0;

	for (; *text; text++) {
		if (!isxdigit((unsigned char)text[0]))
			continue;
		to[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
		text++;
	}
	return n;
}

void hex_print(FILE *f, const uint8_t *p, size_t n)
{
	while (n--)
		fprintf(f, "%02x", *p++);
}

/* ---- equality ---- */

static bool same_octets(const struct octets *a, const struct octets *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->p, b->p, a->len));
}

bool same_params(const struct ldp_params *a, const struct ldp_params *b)
{
	const uint16_t *x = &a->mtu, *y = &b->mtu;
	static const int at[] = { LDP_PARAM_MTU, LDP_PARAM_MAX_CELLS, LDP_PARAM_PAYLOAD, LDP_PARAM_CEP_OPTIONS,
		LDP_PARAM_VLAN, LDP_PARAM_DLCI_LEN, LDP_PARAM_FRAGMENT, LDP_PARAM_FCS, LDP_PARAM_VCCV,
		LDP_PARAM_AAL1_CELLS, LDP_PARAM_AAL1_MODE, LDP_PARAM_STACK, LDP_PARAM_FLOW_LABEL };

	if (a->has != b->has)
		return false;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (a->has >> at[i] & 1 && x[i] != y[i])
			return false;
	return !((a->has & LDP_PARAM(BIT_RATE) && a->bit_rate != b->bit_rate) ||
		 (a->has & LDP_PARAM(DESC) && !same_octets(&a->desc, &b->desc)) ||
		 (a->has & LDP_PARAM(TDM_OPTIONS) && !same_octets(&a->tdm_options, &b->tdm_options)) ||
		 (a->has & LDP_PARAM(AAL2_OPTIONS) && !same_octets(&a->aal2_options, &b->aal2_options)));
}

static bool same_ai(const struct ldp_ai *a, const struct ldp_ai *b)
{
	return a->type == b->type && same_octets(&a->value, &b->value);
}

bool same_fec(const struct ldp_fec *a, const struct ldp_fec *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case LDP_FEC_PREFIX:
		return a->prefix.family == b->prefix.family && a->prefix.len == b->prefix.len &&
		       (a->prefix.family == LDP_AF_IPV4 ? a->prefix.ip == b->prefix.ip :
			!memcmp(a->prefix.ip6, b->prefix.ip6, 16));
	case LDP_FEC_TYPED:
		return a->typed.fec == b->typed.fec && a->typed.family == b->typed.family &&
		       a->typed.pw_type == b->typed.pw_type;
	case LDP_FEC_PWID:
		return a->pw.control_word == b->pw.control_word && a->pw.pw_type == b->pw.pw_type &&
		       a->pw.group == b->pw.group && a->pw.group_only == b->pw.group_only &&
		       (a->pw.group_only || (a->pw.id == b->pw.id && same_params(&a->pw.params, &b->pw.params)));
	case LDP_FEC_GENPWID:
		return a->gen.control_word == b->gen.control_word && a->gen.pw_type == b->gen.pw_type &&
		       a->gen.group_only == b->gen.group_only &&
		       (a->gen.group_only || (same_ai(&a->gen.agi, &b->gen.agi) && same_ai(&a->gen.saii, &b->gen.saii) &&
					      same_ai(&a->gen.taii, &b->gen.taii)));
	}
	return true;
}

static bool same_fecs(const struct ldp_msg *a, const struct ldp_msg *b)
{
	struct rd x = rd_of(a->fecs.p, a->fecs.len), y = rd_of(b->fecs.p, b->fecs.len);
	struct ldp_fec f, g;

	if ((a->n_fec > 1 ? a->n_fec : 1) != (b->n_fec > 1 ? b->n_fec : 1))
		return false;
	if (a->n_fec <= 1)
		return same_fec(&a->fec, &b->fec);
	for (int i = 0; i < a->n_fec; i++)
		if (ldp_fec_next(&x, &f) || ldp_fec_next(&y, &g) || !same_fec(&f, &g))
			return false;
	return !rd_left(&x) && !rd_left(&y);
}

static bool same_session(const struct ldp_msg *a, const struct ldp_msg *b)
{
	return a->session.keepalive == b->session.keepalive && a->session.on_demand == b->session.on_demand &&
	       a->session.loop_detection == b->session.loop_detection && a->session.path_limit == b->session.path_limit &&
	       a->session.max_pdu == b->session.max_pdu && a->session.receiver.lsr == b->session.receiver.lsr &&
	       a->session.receiver.space == b->session.receiver.space;
}

static bool same_tlv(enum ldp_tlv t, const struct ldp_msg *a, const struct ldp_msg *b)
{
	switch (t) {
	case LDP_TLV_FEC:		return same_fecs(a, b);
	case LDP_TLV_ADDR_LIST:		return a->addr.family == b->addr.family && same_octets(&a->addr.list, &b->addr.list);
	case LDP_TLV_HOP_COUNT:		return a->hop_count == b->hop_count;
	case LDP_TLV_PATH_VECTOR:	return same_octets(&a->path_vector, &b->path_vector);
	case LDP_TLV_LABEL:		return a->label == b->label;
	case LDP_TLV_STATUS:		return a->status.code == b->status.code && a->status.msg_id == b->status.msg_id &&
					       a->status.msg_type == b->status.msg_type;
	case LDP_TLV_EXT_STATUS:	return a->ext_status == b->ext_status;
	case LDP_TLV_RETURNED_PDU:	return same_octets(&a->returned_pdu, &b->returned_pdu);
	case LDP_TLV_RETURNED_MSG:	return same_octets(&a->returned_msg, &b->returned_msg);
	case LDP_TLV_RETURNED_TLVS:	return same_octets(&a->returned_tlvs, &b->returned_tlvs);
	case LDP_TLV_HELLO:		return a->hello.hold == b->hello.hold && a->hello.targeted == b->hello.targeted &&
					       a->hello.request == b->hello.request && a->hello.gtsm == b->hello.gtsm;
	case LDP_TLV_TRANSPORT4:	return a->transport4 == b->transport4;
	case LDP_TLV_CONFIG_SEQ:	return a->config_seq == b->config_seq;
	case LDP_TLV_TRANSPORT6:	return !memcmp(a->transport6, b->transport6, 16);
	case LDP_TLV_MAC_LIST:		return same_octets(&a->mac_list, &b->mac_list);
	case LDP_TLV_SESSION:		return same_session(a, b);
	case LDP_TLV_ATM_SESSION:	return same_octets(&a->atm_session, &b->atm_session);
	case LDP_TLV_FR_SESSION:	return same_octets(&a->fr_session, &b->fr_session);
	case LDP_TLV_FT_SESSION:	return a->ft.flags == b->ft.flags && a->ft.reconnect_ms == b->ft.reconnect_ms &&
					       a->ft.recovery_ms == b->ft.recovery_ms;
	case LDP_TLV_CAP_STATE_CONTROL:	return a->state_apps == b->state_apps && a->state_off == b->state_off;
	case LDP_TLV_REQUEST_ID:	return a->request_id == b->request_id;
	case LDP_TLV_DUAL_STACK:	return a->dual_stack == b->dual_stack;
	case LDP_TLV_PW_STATUS:		return a->pw_status == b->pw_status;
	case LDP_TLV_PW_PARAMS:		return same_params(&a->params, &b->params);
	case LDP_TLV_PW_GROUP:		return a->pw_group == b->pw_group;
	default:			return true;	/* capabilities: .on */
	}
}

bool same_msg(const struct ldp_msg *a, const struct ldp_msg *b)
{
	if (a->type != b->type || a->id != b->id || a->has != b->has || a->on != b->on)
		return false;
	for (int t = 0; t < LDP_TLV__N; t++)
		if (a->has >> t & 1 && !same_tlv((enum ldp_tlv)t, a, b))
			return false;
	return true;
}

/* ---- calls ---- */

enum ldp_verdict decode_at(const uint8_t *p, size_t n, struct ldp_msg *m, struct ldp_fault *f)
{
	struct ldp_pdu pdu = { .rd = rd_of(p, n) };
	struct ldp_raw raw;
	enum ldp_verdict v = ldp_pdu_next(&pdu, &raw);

	return v == LDP_OK ? ldp_decode(&raw, m, f) : v;
}

size_t encode(const struct ldp_msg *m, uint8_t *buf, size_t size)
{
	struct ldp_out o;

	ldp_out_open(&o, buf, size, UINT16_MAX, (struct ldp_id){ 0x0a000001, 0 });
	return ldp_out_add(&o, m) == LDP_FITS ? ldp_out_close(&o) : 0;
}

/* ---- random legal messages ---- */

uint32_t rnd(struct pool *p, uint32_t below)
{
	p->seed = p->seed * 6364136223846793005u + 1442695040888963407u;
	return below ? (uint32_t)(p->seed >> 33) % below : (uint32_t)(p->seed >> 32);
}

static struct octets blob(struct pool *p, size_t n)
{
	struct octets o = { p->v + p->used, n };

	for (size_t i = 0; i < n; i++)
		p->v[p->used++] = (uint8_t)rnd(p, 256);
	return o;
}

static void random_params(struct pool *p, struct ldp_params *q)
{
	uint16_t *x = &q->mtu;

	for (int i = 0; i < 13; i++)
		x[i] = (uint16_t)rnd(p, 65536);
	q->bit_rate = rnd(p, 0);
	q->desc = blob(p, rnd(p, LDP_DESC_MAX + 1));
	for (uint8_t *c = p->v + p->used - q->desc.len; c < p->v + p->used; c++)
		*c = (uint8_t)(' ' + *c % 95);		/* text: tshark minds */
	q->tdm_options = blob(p, 2 + 4 * rnd(p, 3));
	q->aal2_options = blob(p, 6 + rnd(p, 8));
#define LDP_X(n, type, member, kind, min, max, strict) q->has |= rnd(p, 2) << type;
	LDP_PARAMS(LDP_X)
#undef LDP_X
}

static void random_prefix(struct pool *p, struct ldp_fec *f)
{
	bool v4 = rnd(p, 2);

	f->type = LDP_FEC_PREFIX;
	f->prefix.family = v4 ? LDP_AF_IPV4 : LDP_AF_IPV6;
	f->prefix.len = (uint8_t)rnd(p, v4 ? 33 : 129);
	if (v4) {
		f->prefix.ip = f->prefix.len ? rnd(p, 0) & ~0u << (32 - f->prefix.len) : 0;
		return;
	}
	for (int i = 0; i < f->prefix.len; i++)
		f->prefix.ip6[i / 8] |= (uint8_t)(rnd(p, 2) << (7 - i % 8));
}

static void random_pw(struct pool *p, uint16_t msg, struct ldp_fec *f)
{
	bool alone = msg != LDP_MSG_MAPPING && msg != LDP_MSG_REQUEST && msg != LDP_MSG_ABORT && !rnd(p, 4);

	if (f->type == LDP_FEC_PWID) {
		f->pw.control_word = rnd(p, 2);
		f->pw.pw_type = (uint16_t)rnd(p, 32768);
		f->pw.group = rnd(p, 0);
		f->pw.group_only = alone;
		f->pw.id = rnd(p, 0);
		random_params(p, &f->pw.params);
		return;
	}
	f->gen.control_word = rnd(p, 2);
	f->gen.pw_type = (uint16_t)rnd(p, 32768);
	f->gen.group_only = alone;
	f->gen.agi = (struct ldp_ai){ (uint8_t)rnd(p, 256), blob(p, rnd(p, 80)) };
	f->gen.saii = (struct ldp_ai){ (uint8_t)rnd(p, 256), blob(p, rnd(p, 80)) };
	f->gen.taii = (struct ldp_ai){ (uint8_t)rnd(p, 256), blob(p, rnd(p, 80)) };
}

static void random_fec(struct pool *p, uint16_t msg, struct ldp_fec *f)
{
	static const uint8_t type[] = { LDP_FEC_PREFIX, LDP_FEC_PWID, LDP_FEC_GENPWID, LDP_FEC_TYPED, LDP_FEC_WILDCARD };
	static const uint8_t wild[] = { LDP_FEC_PREFIX, LDP_FEC_PWID, LDP_FEC_GENPWID };
	uint32_t n = msg == LDP_MSG_MAPPING ? 3 : msg == LDP_MSG_WITHDRAW || msg == LDP_MSG_RELEASE ? 5 : 4;

	f->type = type[rnd(p, n)];
	if (f->type == LDP_FEC_PREFIX)
		random_prefix(p, f);
	if (f->type == LDP_FEC_PWID || f->type == LDP_FEC_GENPWID)
		random_pw(p, msg, f);
	if (f->type == LDP_FEC_TYPED) {
		f->typed.fec = wild[rnd(p, 3)];
		if (f->typed.fec == LDP_FEC_PREFIX)
			f->typed.family = (uint16_t)rnd(p, 3);
		else
			f->typed.pw_type = (uint16_t)rnd(p, 32768);
	}
}

/* More prefixes behind the first. */
static void random_more(struct pool *p, struct ldp_msg *m)
{
	static uint8_t buf[16384];
	struct wr w = wr_of(p->v + p->used, sizeof(p->v) - p->used);

	for (m->n_fec = 0; m->n_fec < 2 || (m->n_fec < 6 && rnd(p, 2)); m->n_fec++) {
		struct ldp_msg one = { LDP_MSG_REQUEST, .has = LDP_HAS(FEC) };
		size_t n;

		random_prefix(p, &one.fec);
		n = encode(&one, buf, sizeof(buf));
		wr_bytes(&w, buf + LDP_HEADER + 12, n - LDP_HEADER - 12);
		if (!m->n_fec)
			m->fec = one.fec;
	}
	m->fecs = (struct octets){ p->v + p->used, wr_len(&w) };
	p->used += wr_len(&w);
}

static void random_values(struct pool *p, struct ldp_msg *m)
{
	m->label = rnd(p, LDP_LABEL_MAX + 1);
	m->request_id = rnd(p, 0);
	m->hop_count = (uint8_t)rnd(p, 256);
	m->path_vector = blob(p, 4 + 4 * rnd(p, 8));
	m->status.code = rnd(p, 0);
	m->status.msg_id = rnd(p, 0);
	m->status.msg_type = (uint16_t)rnd(p, 65536);
	m->ext_status = rnd(p, 0);
	m->returned_pdu = blob(p, 10 + rnd(p, 64));
	m->returned_msg = blob(p, 8 + rnd(p, 64));
	m->returned_tlvs = blob(p, rnd(p, 64));
	m->hello.hold = (uint16_t)rnd(p, 65536);
	m->hello.targeted = rnd(p, 2);
	m->hello.request = rnd(p, 2);
	m->hello.gtsm = !m->hello.targeted && rnd(p, 2);
	m->transport4 = rnd(p, 0);
	memcpy(m->transport6, blob(p, 16).p, 16);
	m->config_seq = rnd(p, 0);
	m->dual_stack = (uint8_t)rnd(p, 16);
	m->session.keepalive = (uint16_t)(1 + rnd(p, 65535));
	m->session.on_demand = rnd(p, 2);
	m->session.loop_detection = rnd(p, 2);
	m->session.path_limit = (uint8_t)rnd(p, 256);
	m->session.max_pdu = (uint16_t)rnd(p, 65536);
	m->session.receiver = (struct ldp_id){ rnd(p, 0), (uint16_t)rnd(p, 65536) };
	m->atm_session = blob(p, rnd(p, 20));
	m->fr_session = blob(p, rnd(p, 20));
	m->ft.flags = (uint16_t)rnd(p, 65536);
	m->ft.reconnect_ms = rnd(p, 0);
	m->ft.recovery_ms = rnd(p, 0);
	m->state_apps = (uint8_t)(rnd(p, 16) << 1);
	m->state_off = m->state_apps & (uint8_t)rnd(p, 256);
	m->addr.family = rnd(p, 2) ? LDP_AF_IPV4 : LDP_AF_IPV6;
	m->addr.list = blob(p, (m->addr.family == LDP_AF_IPV4 ? 4 : 16) * rnd(p, 10));
	m->mac_list = blob(p, 6 * rnd(p, 10));
	m->pw_status = rnd(p, 0);
	random_params(p, &m->params);
	m->pw_group = rnd(p, 0);
}

/* Which TLVs a message takes is asked of the encoder: a bit it refuses is taken away again. */
void random_msg(struct pool *p, struct ldp_msg *m)
{
	static const uint16_t type[] = {
#define LDP_X(n, t, text) t,
		LDP_MSGS(LDP_X)
#undef LDP_X
	};
	const uint64_t caps = LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD) | LDP_HAS(CAP_STATE_CONTROL) |
			      LDP_HAS(CAP_MRT) | LDP_HAS(CAP_UNRECOGNIZED);
	static uint8_t buf[16384];
	uint64_t may = 0;

	memset(m, 0, sizeof(*m));
	p->used = 0;
	m->type = type[rnd(p, sizeof(type) / sizeof(type[0]))];
	m->id = rnd(p, 0);
	random_values(p, m);
	m->n_fec = 1;
	m->on = caps;
	m->has = (UINT64_C(1) << LDP_TLV__N) - 1;
	do {
		random_fec(p, m->type, &m->fec);
	} while (m->fec.type == LDP_FEC_WILDCARD && rnd(p, 2));
	if (m->type == LDP_MSG_MAPPING && m->fec.type == LDP_FEC_PREFIX && rnd(p, 2))
		random_more(p, m);
	for (int t = 0; t < LDP_TLV__N; t++) {		/* one TLV of all that would make it illegal */
		struct ldp_msg probe = *m;

		probe.has = UINT64_C(1) << t;
		probe.has |= LDP_HAS(STATUS) & -(uint64_t)(m->type == LDP_MSG_NOTIFICATION);
		probe.has |= LDP_HAS(HELLO) & -(uint64_t)(m->type == LDP_MSG_HELLO);
		probe.has |= LDP_HAS(SESSION) & -(uint64_t)(m->type == LDP_MSG_INIT);
		probe.has |= LDP_HAS(ADDR_LIST) & -(uint64_t)((m->type | 1) == LDP_MSG_ADDRESS_WITHDRAW);
		probe.has |= LDP_HAS(FEC) & -(uint64_t)(m->type >= LDP_MSG_MAPPING);
		probe.has |= LDP_HAS(LABEL) & -(uint64_t)(m->type == LDP_MSG_MAPPING);
		probe.has |= LDP_HAS(REQUEST_ID) & -(uint64_t)(m->type == LDP_MSG_ABORT);
		if (encode(&probe, buf, sizeof(buf)))
			may |= UINT64_C(1) << t;
	}
	m->has = may;
	for (int t = 0; t < LDP_TLV__N; t++) {		/* leave out some of what may be left out */
		struct ldp_msg probe = *m;

		probe.has &= ~(UINT64_C(1) << t);
		if (rnd(p, 2) && encode(&probe, buf, sizeof(buf)))
			m->has = probe.has;
	}
	if (m->has & LDP_HAS(FEC) && m->fec.type == LDP_FEC_TYPED)
		m->has &= ~LDP_HAS(PW_GROUP);
	for (int t = 0; t < LDP_TLV__N; t++)
		if (m->type == LDP_MSG_CAPABILITY && t != LDP_TLV_CAP_STATE_CONTROL && rnd(p, 2))
			m->on &= ~(UINT64_C(1) << t);
	m->on &= m->has;
}
