/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tw-bench-wire: nanoseconds per Label Mapping of a pseudowire (FEC 128 with MTU, label, PW status) decoded and encoded,
 * in PDUs full of them. The best of several rounds, so that a busy machine does not count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wire/ldp.h"

#define ROUNDS	50
#define PDUS	200

static uint8_t buf[LDP_PDU_DEFAULT + 4];

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static size_t fill(size_t *len)
{
	struct ldp_msg m = {
		LDP_MSG_MAPPING, .has = LDP_HAS(FEC) | LDP_HAS(LABEL) | LDP_HAS(PW_STATUS), .label = 262144,
		.fec = { LDP_FEC_PWID, .pw = { true, false, LDP_PW_ETHERNET, 0, 1, { LDP_PARAM(MTU), .mtu = 1500 } } },
	};
	struct ldp_out o;
	size_t n = 0;

	ldp_out_open(&o, buf, sizeof(buf), LDP_PDU_DEFAULT, (struct ldp_id){ 0x0a000001, 0 });
	while (ldp_out_add(&o, &m) == LDP_FITS) {
		m.id++;
		m.label++;
		m.fec.pw.id++;
		n++;
	}
	*len = ldp_out_close(&o);
	return n;
}

static uint64_t drain(size_t len)
{
	struct ldp_pdu pdu;
	struct ldp_raw raw;
	struct ldp_msg m;
	uint64_t sum = 0;

	if (ldp_pdu_decode(buf, len, LDP_PDU_DEFAULT, NULL, &pdu))
		abort();
	while (ldp_pdu_next(&pdu, &raw) == LDP_OK) {
		if (ldp_decode(&raw, &m, NULL))
			abort();
		sum += m.label + m.fec.pw.id + m.fec.pw.params.mtu + m.pw_status;
	}
	return sum;
}

int main(void)
{
	double enc = 1e12, dec = 1e12;
	uint64_t sum = 0;
	size_t n = 0, len = 0;

	for (int r = 0; r < ROUNDS; r++) {
		double a = now_ns(), b, c;

		for (int i = 0; i < PDUS; i++)
			n = fill(&len);
		b = now_ns();
		for (int i = 0; i < PDUS; i++)
			sum += drain(len);
		c = now_ns();
		enc = (b - a) / PDUS < enc ? (b - a) / PDUS : enc;
		dec = (c - b) / PDUS < dec ? (c - b) / PDUS : dec;
	}
	printf("%zu mappings in a PDU of %zu octets: encode %.0f ns, decode %.0f ns each (%.1f and %.1f us a PDU)\n", n, len,
	       enc / (double)n, dec / (double)n, enc / 1e3, dec / 1e3);
	return sum ? 0 : 1;
}
