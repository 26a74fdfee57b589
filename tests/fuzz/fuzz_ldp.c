/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_ldp.c: octets as a TCP stream of LDP PDUs. What decodes encodes, and means the same when decoded again; what
 * does not has an answer that fits into a PDU; a fault lies within its message.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/wire/ldp_util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void again(const struct ldp_msg *m)
{
	static uint8_t buf[LDP_HEADER + 65536];
	struct ldp_msg n;
	struct ldp_fault f;
	size_t len = encode(m, buf, sizeof(buf));

	must(len);
	must(decode_at(buf + LDP_HEADER, len - LDP_HEADER, &n, &f) == LDP_OK);
	must(same_msg(m, &n));
}

static void elements(const struct ldp_msg *m)
{
	struct rd r = rd_of(m->fecs.p, m->fecs.len);
	struct ldp_fec f;
	unsigned n = 0;

	if (!(m->has & LDP_HAS(FEC)))
		return;
	while (rd_left(&r)) {
		must(ldp_fec_next(&r, &f) == LDP_OK);
		must(n++ || same_fec(&f, &m->fec));
	}
	must(n == m->n_fec);
}

static void answered(enum ldp_verdict v, const struct ldp_raw *raw, const struct ldp_fault *f)
{
	static uint8_t buf[LDP_PDU_DEFAULT];
	struct ldp_msg n;

	must(ldp_verdict_row(v) != NULL);
	must(f->at + f->len <= raw->all.len);
	ldp_answer(&n, v, raw, f);
	must(encode(&n, buf, sizeof(buf)));
	again(&n);
}

static void message(const struct ldp_raw *raw)
{
	struct ldp_msg m;
	struct ldp_fault f = { 0 };
	enum ldp_verdict v = ldp_decode(raw, &m, &f);

	if (v == LDP_OK) {
		elements(&m);
		again(&m);
	} else if (v != LDP_IGNORE) {
		answered(v, raw, &f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct ldp_pdu pdu;
	size_t at = 0;

	if (size)
		memcpy(copy, data, size);
	while (ldp_pdu_decode(copy + at, size - at, LDP_PDU_DEFAULT, NULL, &pdu) == LDP_OK) {
		struct ldp_raw raw;

		while (ldp_pdu_next(&pdu, &raw) == LDP_OK)
			message(&raw);
		at += pdu.size;
		must(at <= size);
	}
	free(copy);
	return 0;
}
