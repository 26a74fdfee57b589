/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * emit: what the codec sends and takes, for other judges.
 *
 *   emit vectors     each message of ldp_vectors.h we would send: name, "udp" or "tcp", the PDU in hex, what tshark
 *                    must say of it; tab separated
 *   emit random N    N random messages, of the kinds tshark knows, packed into as few PDUs as hold them: "random",
 *                    "tcp", hex, nothing
 *   emit decode      PDUs in hex, one or more a line of standard input: for each its messages, by name, and verdicts
 *   emit corpus DIR  every vector as a file, in a PDU
 */
#include <stdlib.h>
#include <string.h>

#include "ldp_util.h"
#include "ldp_vectors.h"

static void line(const char *name, uint16_t type, const uint8_t *p, size_t n, const char *fields)
{
	printf("%s\t%s\t", name, type == LDP_MSG_HELLO ? "udp" : "tcp");
	hex_print(stdout, p, n);
	printf("\t%s\n", fields ? fields : "");
}

static int vectors(void)
{
	for (size_t i = 0; i < N_GOOD; i++) {
		uint8_t buf[1024];
		size_t n = good[i].one_way ? 0 : encode(&good[i].want, buf, sizeof(buf));

		if (n)
			line(good[i].name, good[i].want.type, buf, n, good[i].fields);
		else if (!good[i].one_way)
			return 1;
	}
	return 0;
}

static int packed(long count)
{
	static struct pool pool = { .seed = 7 };
	static struct ldp_msg m;
	static uint8_t buf[4100];
	struct ldp_out o;
	bool open = false;

	while (count-- > 0) {
		enum ldp_fit fit;

		random_msg(&pool, &m);
		if (m.type == LDP_MSG_HELLO || (m.has & LDP_HAS(FEC) && m.fec.type == LDP_FEC_TYPED))
			continue;
		m.has &= ~(LDP_HAS(ATM_SESSION) | LDP_HAS(FR_SESSION));		/* opaque to us, not to tshark */
		do {
			if (!open)
				ldp_out_open(&o, buf, sizeof(buf), LDP_PDU_DEFAULT, (struct ldp_id){ 0x0a000001, 0 });
			open = true;
			fit = ldp_out_add(&o, &m);
			if (fit == LDP_FULL) {
				size_t n = ldp_out_close(&o);

				if (!n)
					return 1;
				line("random", 0, buf, n, NULL);
				open = false;
			}
		} while (fit == LDP_FULL);
		if (fit == LDP_ILLEGAL)
			return 1;
	}
	if (open)
		line("random", 0, buf, ldp_out_close(&o), NULL);
	return 0;
}

static void messages(struct ldp_pdu *pdu)
{
	struct ldp_raw raw;
	struct ldp_msg m;
	enum ldp_verdict v;

	while ((v = ldp_pdu_next(pdu, &raw)) == LDP_OK) {
		v = ldp_decode(&raw, &m, NULL);
		printf("%s:%d:", ldp_msg_name(raw.type), v);
		for (int t = 0; !v && t < LDP_TLV__N; t++)
			if (m.has >> t & 1)
				printf(" %d", t);
		printf(";");
	}
	printf("%d;", v);
}

static void decode(const uint8_t *p, size_t n)
{
	struct ldp_pdu pdu;
	enum ldp_verdict v;

	while (!(v = ldp_pdu_decode(p, n, LDP_PDU_DEFAULT, NULL, &pdu))) {
		messages(&pdu);
		p += pdu.size;
		n -= pdu.size;
	}
	printf("%d\n", v);
}

static int decode_lines(void)
{
	static char text[16384];
	static uint8_t buf[8192];

	while (fgets(text, sizeof(text), stdin))
		decode(buf, hex(text, buf));
	return 0;
}

static int file(const char *dir, size_t i, const char *text)
{
	uint8_t buf[LDP_HEADER + HEX_MAX] = { 0, 1, 0, 0, 10, 0, 0, 1, 0, 0 };
	size_t n = hex(text, buf + LDP_HEADER) + LDP_HEADER;
	char name[512];
	FILE *f;

	buf[2] = (uint8_t)((n - 4) >> 8);
	buf[3] = (uint8_t)(n - 4);
	snprintf(name, sizeof(name), "%s/vector-%03zu", dir, i);
	f = fopen(name, "w");
	return !f || fwrite(buf, 1, n, f) != n || fclose(f);
}

static int corpus(const char *dir)
{
	int rc = 0;

	for (size_t i = 0; i < N_GOOD; i++)
		rc |= file(dir, i, good[i].hex);
	for (size_t i = 0; i < N_BAD; i++)
		rc |= file(dir, N_GOOD + i, bad[i].hex);
	return rc;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "vectors"))
		return vectors();
	if (argc == 3 && !strcmp(argv[1], "random"))
		return packed(atol(argv[2]));
	if (argc == 2 && !strcmp(argv[1], "decode"))
		return decode_lines();
	if (argc == 3 && !strcmp(argv[1], "corpus"))
		return corpus(argv[2]);
	fprintf(stderr, "usage: emit vectors | random N | decode | corpus DIR\n");
	return 2;
}
