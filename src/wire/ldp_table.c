/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_table.c: the lists of ldp.h as tables: verdicts with their status codes, and names.
 */
#include "wire/ldp_wire.h"

/* A status code as it goes on the wire, from its row in LDP_STATUSES. */
enum {
#define LDP_X(n, data, e, text) CODE_##n = (int)((data) | ((e) ? LDP_STATUS_FATAL : 0)),
	LDP_STATUSES(LDP_X)
#undef LDP_X
};

static const struct ldp_verdict_row verdicts[LDP_E__N] = {
#define LDP_X(n, st, kind, tlv, t) [LDP_E_##n] = { (uint32_t)CODE_##st, (kind) == LDP_CLOSE, tlv, t },
	LDP_VERDICTS(LDP_X)
#undef LDP_X
};

const struct ldp_verdict_row *ldp_verdict_row(enum ldp_verdict v)
{
	return v > LDP_IGNORE && v < LDP_E__N ? &verdicts[v] : NULL;
}

uint32_t ldp_status_code(enum ldp_status_data data)
{
	switch (data) {
#define LDP_X(n, d, e, text) case LDP_STATUS_##n: return (uint32_t)CODE_##n;
	LDP_STATUSES(LDP_X)
#undef LDP_X
	}
	return (uint32_t)data;
}

const char *ldp_status_text(uint32_t code)
{
	switch (code & LDP_STATUS_DATA) {
#define LDP_X(n, data, e, text) case data: return text;
	LDP_STATUSES(LDP_X)
#undef LDP_X
	}
	return "unknown";
}

const char *ldp_msg_name(uint16_t type)
{
	switch (type & 0x7fff) {
#define LDP_X(n, t, text) case t: return text;
	LDP_MSGS(LDP_X)
#undef LDP_X
	}
	return "unknown";
}

int ldp_tlv_index(uint16_t type)
{
	switch (type) {
#define LDP_X(n, t, u, text) case t: return LDP_TLV_##n;
	LDP_TLVS(LDP_X)
#undef LDP_X
	}
	return -1;
}

const char *ldp_tlv_name(uint16_t type)
{
	int i = ldp_tlv_index(type & 0x3fff);

	return i < 0 ? "unknown" : ldp_tlv_rows[i].text;
}
