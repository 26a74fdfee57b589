/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_wire.h: what the parts of the LDP codec share; not for other rooms.
 */
#ifndef TW_WIRE_LDP_WIRE_H
#define TW_WIRE_LDP_WIRE_H

#include "wire/ldp.h"

#define LDP_SKIP	LDP_E__N	/* a TLV's decoder: treat it as if it was not there */

/*
 * One TLV. get() decodes a value of which @v has all octets into @m and must leave none; LDP_OK, LDP_SKIP,
 * LDP_IGNORE or an error. put() writes the value; false: it is not legal.
 */
struct ldp_tlv_row {
	uint16_t type;
	bool u;
	const char *text;
	enum ldp_verdict (*get)(const struct ldp_tlv_row *row, struct rd *v, struct ldp_msg *m);
	bool (*put)(const struct ldp_tlv_row *row, struct wr *w, const struct ldp_msg *m);
	uint16_t member;	/* offset in struct ldp_msg, for rows that share functions */
	uint64_t bit;		/* LDP_HAS() */
};

extern const struct ldp_tlv_row ldp_tlv_rows[LDP_TLV__N];

int ldp_tlv_index(uint16_t type);	/* enum ldp_tlv, or -1; @type without U and F */

enum ldp_verdict ldp_fec_get(struct rd *v, struct ldp_msg *m);		/* a whole FEC TLV, checked against m->type */
bool ldp_fec_put(struct wr *w, const struct ldp_fec *f);
bool ldp_fec_allowed(uint16_t msg, const struct ldp_fec *f);
enum ldp_verdict ldp_params_get(struct rd *r, struct ldp_params *p);	/* all of @r */
bool ldp_params_put(struct wr *w, const struct ldp_params *p);

#endif
