/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The LDP codec against vectors written by hand, against itself over random messages, and against everything a
 * message can be turned into by cutting it or changing one octet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ldp_util.h"
#include "ldp_vectors.h"

/* The octets in memory of their own, so that the sanitizers see the first octet too many. */
static uint8_t *alone(const uint8_t *p, size_t n)
{
	uint8_t *q = malloc(n ? n : 1);

	assert_non_null(q);
	if (n)
		memcpy(q, p, n);
	return q;
}

static void vectors_mean_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_GOOD; i++) {
		uint8_t buf[HEX_MAX];
		size_t n = hex(good[i].hex, buf);
		uint8_t *p = alone(buf, n);
		struct ldp_msg m;
		struct ldp_fault f;
		enum ldp_verdict v = decode_at(p, n, &m, &f);

		if (v || !same_msg(&m, &good[i].want) || m.n_skipped != good[i].n_skipped)
			fail_msg("%s: verdict %d", good[i].name, v);
		free(p);
	}
}

static void messages_are_written_as_the_rfc_draws_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_GOOD; i++) {
		uint8_t want[HEX_MAX], got[HEX_MAX];
		size_t n = hex(good[i].hex, want);

		if (good[i].one_way)
			continue;
		if (encode(&good[i].want, got, sizeof(got)) != n + LDP_HEADER)
			fail_msg("%s: length", good[i].name);
		if (memcmp(got + LDP_HEADER, want, n))
			fail_msg("%s: octets", good[i].name);
	}
}

static void errors_are_the_ones_the_rfc_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_BAD; i++) {
		uint8_t buf[HEX_MAX];
		size_t n = hex(bad[i].hex, buf);
		uint8_t *p = alone(buf, n);
		struct ldp_msg m;
		struct ldp_fault f = { 0 };
		enum ldp_verdict v = decode_at(p, n, &m, &f);

		if (v != bad[i].v || f.tlv != bad[i].tlv || f.at != bad[i].at || f.len != bad[i].len)
			fail_msg("%s: verdict %d, TLV %04x at %u, %u long", bad[i].name, v, f.tlv, f.at, f.len);
		free(p);
	}
}

/* ---- cut and changed ---- */

/* What decodes can be encoded, and means the same again. */
static void stable(const char *name, const struct ldp_msg *m)
{
	static uint8_t buf[2 * HEX_MAX];
	size_t n = encode(m, buf, sizeof(buf));
	struct ldp_msg again;
	struct ldp_fault f;
	enum ldp_verdict v;

	if (!n)
		fail_msg("%s: decoded, but cannot be encoded", name);
	v = decode_at(buf + LDP_HEADER, n - LDP_HEADER, &again, &f);
	if (v || !same_msg(m, &again))
		fail_msg("%s: means something else after encoding", name);
}

/* @p with room for exactly @n octets. Returns the verdict; what is decoded must be stable. */
static enum ldp_verdict check_one(const char *name, const uint8_t *from, size_t n)
{
	uint8_t *p = alone(from, n);
	struct ldp_msg m;
	struct ldp_fault f = { 0 };
	enum ldp_verdict v = decode_at(p, n, &m, &f);

	if (v == LDP_OK)
		stable(name, &m);
	else if (f.at + f.len > n)
		fail_msg("%s: the fault is said to be outside of the message", name);
	free(p);
	return v;
}

static void each_vector(void (*fn)(const char *name, uint8_t *p, size_t n))
{
	uint8_t buf[HEX_MAX];

	for (size_t i = 0; i < N_GOOD; i++)
		fn(good[i].name, buf, hex(good[i].hex, buf));
	for (size_t i = 0; i < N_BAD; i++)
		fn(bad[i].name, buf, hex(bad[i].hex, buf));
}

static void cut(const char *name, uint8_t *p, size_t n)
{
	for (size_t k = 1; k < n; k++) {
		enum ldp_verdict v = check_one(name, p, k);

		if (v != LDP_E_MSG_LENGTH)
			fail_msg("%s: cut to %zu octets: verdict %d", name, k, v);
	}
	for (size_t k = 8; k < n; k++) {	/* the same, and the message length says so */
		p[2] = (uint8_t)((k - 4) >> 8);
		p[3] = (uint8_t)(k - 4);
		check_one(name, p, k);
	}
}

static void prefixes_are_refused_or_clean(void **state)
{
	(void)state;
	each_vector(cut);
}

static void change(const char *name, uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t was = p[i];

		for (int v = 0; v < 256; v++) {
			p[i] = (uint8_t)v;
			check_one(name, p, n);
		}
		p[i] = was;
	}
}

static void no_single_change_overruns(void **state)
{
	(void)state;
	each_vector(change);
}

static void random_messages_come_back(void **state)
{
	static struct pool pool = { .seed = 1 };
	static struct ldp_msg m;
	uint64_t seen = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		static uint8_t buf[16384];
		struct ldp_msg got;
		struct ldp_fault f;
		size_t n;

		random_msg(&pool, &m);
		n = encode(&m, buf, sizeof(buf));
		if (!n)
			fail_msg("message %d of type %04x: not legal", i, m.type);
		if (decode_at(buf + LDP_HEADER, n - LDP_HEADER, &got, &f) || !same_msg(&m, &got))
			fail_msg("message %d of type %04x", i, m.type);
		seen |= m.has;
	}
	assert_true(seen == (UINT64_C(1) << LDP_TLV__N) - 1);
}

/* ---- PDUs ---- */

#define PDU_OK	"0001 000e 0a000001 0000  0201 0004 00000007"

static const struct {
	const char *name, *hex;
	uint16_t max;
	enum ldp_verdict v;
} pdus[] = {
	{ "one keepalive", PDU_OK, 4096, LDP_OK },
	{ "and the start of the next", PDU_OK "0001 00", 4096, LDP_OK },
	{ "nothing", "", 4096, LDP_MORE },
	{ "one octet", "00", 4096, LDP_MORE },
	{ "version", "0001", 4096, LDP_MORE },
	{ "version 2, seen at once", "0002", 4096, LDP_E_BAD_VERSION },
	{ "HTTP", "474554202f", 4096, LDP_E_BAD_VERSION },
	{ "length", "0001 000e", 4096, LDP_MORE },
	{ "length 13, seen at once", "0001 000d", 4096, LDP_E_PDU_LENGTH },
	{ "length 0", "0001 0000", 4096, LDP_E_PDU_LENGTH },
	{ "longer than agreed by 1", "0001 1001", 4096, LDP_E_PDU_LENGTH },
	{ "as long as agreed", "0001 1000", 4096, LDP_MORE },
	{ "as long as can be", "0001 ffff", 65535, LDP_MORE },
	{ "another's identifier, seen at once", "0001 000e 0a000002 0000", 4096, LDP_E_BAD_ID },
	{ "another's label space", "0001 000e 0a000001 0001", 4096, LDP_E_BAD_ID },
	{ "one octet short", "0001 000e 0a000001 0000  0201 0004 000000", 4096, LDP_MORE },
};

static void pdus_are_framed(void **state)
{
	const struct ldp_id peer = { 0x0a000001, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(pdus) / sizeof(pdus[0]); i++) {
		uint8_t buf[HEX_MAX];
		size_t n = hex(pdus[i].hex, buf);
		uint8_t *p = alone(buf, n);
		struct ldp_pdu pdu = { .size = 77 };
		enum ldp_verdict v = ldp_pdu_decode(p, n, pdus[i].max, &peer, &pdu);

		if (v != pdus[i].v)
			fail_msg("%s: verdict %d", pdus[i].name, v);
		assert_int_equal(pdu.size, v ? 77 : 18);
		if (v == LDP_E_BAD_ID)
			assert_int_equal(ldp_pdu_decode(p, n, pdus[i].max, NULL, &pdu), LDP_MORE);
		free(p);
	}
}

static void messages_of_a_pdu_are_walked(void **state)
{
	uint8_t buf[HEX_MAX];
	size_t n = hex("0001 0021 0a000001 0000  0201 0004 00000007  8999 0005 00000008 ff  0201 0004 00000009  0201", buf);
	struct ldp_pdu pdu;
	struct ldp_raw raw;

	(void)state;
	assert_int_equal(ldp_pdu_decode(buf, n, 4096, NULL, &pdu), LDP_OK);
	assert_int_equal(pdu.size, n);
	assert_int_equal(pdu.id.lsr, 0x0a000001);
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_OK);
	assert_int_equal(raw.id, 7);
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_OK);
	assert_true(raw.u && raw.type == 0x0999 && raw.all.len == 9);
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_OK);
	assert_int_equal(raw.id, 9);
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_E_MSG_LENGTH);
	assert_true(raw.type == 0x0201 && !raw.id && raw.all.len == 2);
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_END);
}

static void mappings_are_packed_up_to_the_limit(void **state)
{
	static uint8_t buf[8192];
	struct ldp_msg m = { LDP_MSG_MAPPING, .has = LDP_HAS(FEC) | LDP_HAS(LABEL), .fec = PREFIX4(0x0a000002, 32) };
	struct ldp_out o;
	struct ldp_pdu pdu;
	struct ldp_raw raw;
	size_t n, count = 0;

	(void)state;
	ldp_out_open(&o, buf, sizeof(buf), 1000, (struct ldp_id){ 0x0a000001, 0 });
	while (ldp_out_add(&o, &m) == LDP_FITS)
		m.id = m.label = (uint32_t)++count;
	assert_int_equal(ldp_out_add(&o, &m), LDP_FULL);
	n = ldp_out_close(&o);
	assert_int_equal(n, LDP_HEADER + 28 * count);
	assert_true(n <= 1004 && n + 28 > 1004);
	assert_int_equal(ldp_pdu_decode(buf, n, 1000, NULL, &pdu), LDP_OK);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_OK);
		assert_int_equal(ldp_decode(&raw, &m, NULL), LDP_OK);
		assert_true(m.id == i && m.label == i);
	}
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_END);
}

static void the_last_octet_is_used(void **state)
{
	uint8_t buf[128];
	struct ldp_msg m = { LDP_MSG_KEEPALIVE };
	struct ldp_out o;

	(void)state;
	for (uint16_t max = 20; max < 24; max++) {	/* 10 + 8 + 8 octets are a length of 22 */
		ldp_out_open(&o, buf, sizeof(buf), max, (struct ldp_id){ 1, 0 });
		assert_int_equal(ldp_out_add(&o, &m), LDP_FITS);
		assert_int_equal(ldp_out_add(&o, &m), max < 22 ? LDP_FULL : LDP_FITS);
		assert_int_equal(ldp_out_close(&o), max < 22 ? 18 : 26);
	}
	ldp_out_open(&o, buf, 26, 65535, (struct ldp_id){ 1, 0 });
	assert_int_equal(ldp_out_add(&o, &m), LDP_FITS);
	assert_int_equal(ldp_out_add(&o, &m), LDP_FITS);
	assert_int_equal(ldp_out_add(&o, &m), LDP_FULL);
}

/* Whatever room there is: what does not fit leaves no trace. */
static void a_full_buffer_is_not_overrun(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_GOOD; i++) {
		uint8_t want[HEX_MAX];
		size_t n = hex(good[i].hex, want) + LDP_HEADER;

		for (size_t size = 0; !good[i].one_way && size <= n; size++) {
			uint8_t *buf = alone(want, size);
			struct ldp_out o;

			ldp_out_open(&o, buf, size, 4096, (struct ldp_id){ 1, 0 });
			assert_int_equal(ldp_out_add(&o, &good[i].want), size < n ? LDP_FULL : LDP_FITS);
			assert_int_equal(ldp_out_close(&o), size < n ? 0 : n);
			free(buf);
		}
	}
}

/* ---- what cannot be sent ---- */

#define MAP	LDP_MSG_MAPPING, .has = LDP_HAS(FEC) | LDP_HAS(LABEL)

static const uint8_t long_text[256];

static const struct {
	const char *name;
	struct ldp_msg m;
} illegal[] = {
	{ "no such message", { 0x0999 } },
	{ "mapping without label", { LDP_MSG_MAPPING, .has = LDP_HAS(FEC), .fec = PREFIX4(0, 0) } },
	{ "keepalive with a label", { LDP_MSG_KEEPALIVE, .has = LDP_HAS(LABEL) } },
	{ "label of 21 bits", { MAP, .fec = PREFIX4(0, 0), .label = LDP_LABEL_MAX + 1 } },
	{ "prefix of 33 bits", { MAP, .fec = PREFIX4(0, 33) } },
	{ "prefix of no family", { MAP, .fec = { LDP_FEC_PREFIX } } },
	{ "unknown FEC", { MAP, .fec = { 3 } } },
	{ "PW type of 16 bits", { MAP, .fec = { LDP_FEC_PWID, .pw = { .pw_type = 0x8005 } } } },
	{ "FEC 129 type of 16 bits", { MAP, .fec = { LDP_FEC_GENPWID, .gen = { .pw_type = 0x8005 } } } },
	{ "mapping of a group", { MAP, .fec = { LDP_FEC_PWID, .pw = { .group_only = true } } } },
	{ "mapping of a wildcard", { MAP, .fec = { LDP_FEC_WILDCARD } } },
	{ "typed wildcard of a wildcard", { LDP_MSG_REQUEST, .has = LDP_HAS(FEC), .fec = { LDP_FEC_TYPED, .typed = { 1 } } } },
	{ "typed wildcard of family 3", { LDP_MSG_REQUEST, .has = LDP_HAS(FEC),
		.fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PREFIX, 3 } } } },
	{ "description of 81 octets", { MAP, .fec = { LDP_FEC_PWID, .pw = { .params = { LDP_PARAM(DESC),
		.desc = { long_text, 81 } } } } } },
	{ "TDM options of 1 octet", { MAP, .fec = { LDP_FEC_PWID, .pw = { .params = { LDP_PARAM(TDM_OPTIONS),
		.tdm_options = { long_text, 1 } } } } } },
	{ "parameter nobody knows", { MAP, .fec = { LDP_FEC_PWID, .pw = { .params = { 1u << 31 } } } } },
	{ "parameters of more than 255 octets", { MAP, .fec = { LDP_FEC_PWID, .pw = { .params = {
		LDP_PARAM(AAL2_OPTIONS) | LDP_PARAM(MTU), .aal2_options = { long_text, 250 } } } } } },
	{ "AII of 256 octets", { MAP, .fec = { LDP_FEC_GENPWID, .gen = { .saii = { 1, { long_text, 256 } } } } } },
	{ "AIIs of more than 255 octets", { MAP, .fec = { LDP_FEC_GENPWID, .gen = { .saii = { 1, { long_text, 200 } },
		.taii = { 1, { long_text, 50 } } } } } },
	{ "init with keepalive 0", { LDP_MSG_INIT, .has = LDP_HAS(SESSION) } },
	{ "init that withdraws a capability", { LDP_MSG_INIT, .has = LDP_HAS(SESSION) | LDP_HAS(CAP_DYNAMIC),
		.session = { .keepalive = 1 } } },
	{ "targeted hello with G", { LDP_MSG_HELLO, .has = LDP_HAS(HELLO), .hello = { 15, true, false, true } } },
	{ "dual stack preference of 5 bits", { LDP_MSG_HELLO, .has = LDP_HAS(HELLO) | LDP_HAS(DUAL_STACK), .dual_stack = 16 } },
	{ "addresses of no family", { LDP_MSG_ADDRESS, .has = LDP_HAS(ADDR_LIST) } },
	{ "half an address", { LDP_MSG_ADDRESS, .has = LDP_HAS(ADDR_LIST), .addr = { LDP_AF_IPV4, { long_text, 2 } } } },
	{ "MAC withdraw without FEC", { LDP_MSG_ADDRESS_WITHDRAW, .has = LDP_HAS(MAC_LIST) } },
	{ "half a MAC address", { LDP_MSG_ADDRESS_WITHDRAW, .has = LDP_HAS(FEC) | LDP_HAS(MAC_LIST),
		.fec = { LDP_FEC_PWID }, .mac_list = { long_text, 3 } } },
	{ "empty path vector", { LDP_MSG_REQUEST, .has = LDP_HAS(FEC) | LDP_HAS(PATH_VECTOR), .fec = PREFIX4(0, 0) } },
	{ "several FECs that are not there", { MAP, .n_fec = 2 } },
	{ "several FECs in a request", { LDP_MSG_REQUEST, .has = LDP_HAS(FEC), .n_fec = 2, .fecs = { long_text, 2 } } },
};

/* What tshark 4.0 would call malformed if its FEC were the last TLV. */
static void status_of_a_group(void **state)
{
	static const uint8_t want[] = {
		0, 1, 0, 48, 0, 0, 0, 1, 0, 0, 0, 1, 0, 38, 0, 0, 0, 9, 3, 0, 0, 10, 0, 0, 0, 0x28, 0, 0, 0, 0, 0, 0,
		1, 0, 0, 8, 0x80, 0, 5, 0, 0, 0, 0, 3, 0x89, 0x6a, 0, 4, 0, 0, 0, 0x20,
	};
	struct ldp_msg m = { LDP_MSG_NOTIFICATION, .id = 9, .has = LDP_HAS(STATUS) | LDP_HAS(FEC) | LDP_HAS(PW_STATUS),
			     .n_fec = 1, .fec = { LDP_FEC_PWID, .pw = { .pw_type = 5, .group = 3, .group_only = true } },
			     .status = { .code = LDP_STATUS_PW_STATUS }, .pw_status = LDP_PW_STANDBY };
	uint8_t buf[100];
	struct ldp_out o;

	(void)state;
	ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ 1, 0 });
	assert_int_equal(ldp_out_add(&o, &m), LDP_FITS);
	assert_int_equal(ldp_out_close(&o), sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
}

static void what_is_not_legal_is_not_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(illegal) / sizeof(illegal[0]); i++) {
		struct ldp_msg ok = { LDP_MSG_KEEPALIVE };
		uint8_t buf[1024];
		struct ldp_out o;

		ldp_out_open(&o, buf, sizeof(buf), 4096, (struct ldp_id){ 1, 0 });
		if (ldp_out_add(&o, &illegal[i].m) != LDP_ILLEGAL)
			fail_msg("%s", illegal[i].name);
		assert_int_equal(ldp_out_add(&o, &ok), LDP_FITS);
		assert_int_equal(ldp_out_close(&o), LDP_HEADER + 8);
	}
}

static const struct {
	const char *name;
	struct ldp_msg m;
} largest[] = {
	{ "PW type", { MAP, .fec = { LDP_FEC_PWID, .pw = { .pw_type = 0x7fff } } } },
	{ "FEC 129 type", { MAP, .fec = { LDP_FEC_GENPWID, .gen = { .pw_type = 0x7fff } } } },
	{ "description", { MAP, .fec = { LDP_FEC_PWID, .pw = { .params = { LDP_PARAM(DESC), .desc = { long_text, 80 } } } } } },
	{ "parameters", { MAP, .fec = { LDP_FEC_PWID, .pw = { .params = { LDP_PARAM(AAL2_OPTIONS),
		.aal2_options = { long_text, 249 } } } } } },
	{ "AII", { MAP, .fec = { LDP_FEC_GENPWID, .gen = { .saii = { 1, { long_text, 249 } } } } } },
	{ "dual stack", { LDP_MSG_HELLO, .has = LDP_HAS(HELLO) | LDP_HAS(DUAL_STACK), .dual_stack = 15 } },
};

static void the_largest_values_are_legal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(largest) / sizeof(largest[0]); i++)
		stable(largest[i].name, &largest[i].m);
}

/* ---- answers, and details the comparison does not see ---- */

static void an_error_is_answered_with_what_it_is_about(void **state)
{
	uint8_t buf[HEX_MAX];
	size_t n = hex("0401 0016 00000009  0100 0008 02 0001 20 0a000002  0999 0002 abcd", buf);
	struct ldp_pdu pdu = { .rd = rd_of(buf, n) };
	struct ldp_raw raw;
	struct ldp_msg m, a;
	struct ldp_fault f;

	(void)state;
	assert_int_equal(ldp_pdu_next(&pdu, &raw), LDP_OK);
	assert_int_equal(ldp_decode(&raw, &m, &f), LDP_E_TLV_TYPE);
	ldp_answer(&a, LDP_E_TLV_TYPE, &raw, &f);
	assert_true(a.type == LDP_MSG_NOTIFICATION && a.has == (LDP_HAS(STATUS) | LDP_HAS(RETURNED_TLVS)));
	assert_true(a.status.code == LDP_STATUS_UNKNOWN_TLV && a.status.msg_id == 9 && a.status.msg_type == 0x0401);
	assert_true(a.returned_tlvs.len == 6 && !memcmp(a.returned_tlvs.p, "\x09\x99\x00\x02\xab\xcd", 6));
	ldp_answer(&a, LDP_E_PDU_LENGTH, NULL, NULL);
	assert_true(a.has == LDP_HAS(STATUS) && a.status.code == 0x80000003 && !a.status.msg_id);
	stable("answer", &a);
	f.len = LDP_RETURN_MAX;		/* said to be so long; nothing is read */
	ldp_answer(&a, LDP_E_CAP_TWICE, &raw, &f);
	assert_true(a.has & LDP_HAS(RETURNED_TLVS));
	f.len++;
	ldp_answer(&a, LDP_E_CAP_TWICE, &raw, &f);
	assert_false(a.has & LDP_HAS(RETURNED_TLVS));
	f.len = 4;
	ldp_answer(&a, LDP_E_TLV_LENGTH, &raw, &f);
	assert_false(a.has & LDP_HAS(RETURNED_TLVS));
	raw.u = true;
	ldp_answer(&a, LDP_E_TLV_TYPE, &raw, NULL);
	assert_true(a.status.msg_type == 0x8401 && !(a.has & LDP_HAS(RETURNED_TLVS)));
}

static void odd_things_are_noted(void **state)
{
	uint8_t buf[HEX_MAX];
	struct ldp_fault f;
	struct ldp_msg m;

	(void)state;
	assert_int_equal(decode_at(buf, hex("0400 0016 00000003 0100 0006 02 0001 0d 0a0f 0200 0004 00000010", buf), &m, &f), LDP_OK);
	assert_true(m.fec.prefix.untidy && m.fec.prefix.ip == 0x0a080000);
	assert_int_equal(decode_at(buf, hex("0400 0016 00000003 0100 0006 02 0001 0d 0a08 0200 0004 00000010", buf), &m, &f), LDP_OK);
	assert_false(m.fec.prefix.untidy);
	assert_int_equal(decode_at(buf, hex("0402 001c 0000000a 0100 0014 80 0005 0c 00000000 00000064 02 03 00 7f 02 20 03 01",
		buf), &m, &f), LDP_OK);
	assert_true(m.fec.pw.params.odd == LDP_PARAM(MAX_CELLS) && m.fec.pw.params.unknown == 2 && !m.fec.pw.params.has);
}

static void a_description_is_cut_to_80(void **state)
{
	uint8_t buf[HEX_MAX] = { 0 };
	struct ldp_fault f;
	struct ldp_msg m;
	size_t n = hex("0402 0079 0000000a 0100 0071 80 0005 69 00000000 00000064 03 65", buf);

	(void)state;
	assert_int_equal(decode_at(buf, n + 99, &m, &f), LDP_OK);
	assert_int_equal(m.fec.pw.params.desc.len, LDP_DESC_MAX);
	stable("long description", &m);
}

/* ---- tables ---- */

/* The E column of RFC 5036 3.9, 8077 8.2, 5561, 5919, 6073, 6575 and 7552: those that have it, typed again. */
static void statuses_have_their_e_bit(void **state)
{
	static const uint8_t fatal[] = { 1, 2, 3, 5, 7, 8, 9, 10, 16, 17, 18, 19, 20, 24, 25, 0x32, 0x33 };
	uint32_t all = 0, want = sizeof(fatal);

	(void)state;
	for (size_t i = 0; i < sizeof(fatal); i++)
		assert_int_equal(ldp_status_code(fatal[i]), 0x80000000u | fatal[i]);
#define LDP_X(n, data, e, text) all += ldp_status_code(data) >> 31; assert_string_equal(ldp_status_text(data | 0xc0000000u), text);
	LDP_STATUSES(LDP_X)
#undef LDP_X
	assert_int_equal(all, want);
	assert_string_equal(ldp_status_text(0x3fffffff), "unknown");
}

static void verdicts_have_their_status(void **state)
{
	(void)state;
	for (int v = LDP_OK; v <= LDP_IGNORE; v++)
		assert_null(ldp_verdict_row((enum ldp_verdict)v));
	assert_null(ldp_verdict_row(LDP_E__N));
	for (int v = LDP_IGNORE + 1; v < LDP_E__N; v++) {
		const struct ldp_verdict_row *row = ldp_verdict_row((enum ldp_verdict)v);

		/* RFC 5561, 6: the one advisory status after which the session ends */
		assert_int_equal(row->closes, row->status >> 31 || v == LDP_E_CAP_INIT);
		assert_string_not_equal(ldp_status_text(row->status), "unknown");
	}
	assert_int_equal(ldp_verdict_row(LDP_E_TLV_LENGTH)->status, 0x80000007);
	assert_int_equal(ldp_verdict_row(LDP_E_TLV_VALUE)->status, 0x80000008);
	assert_int_equal(ldp_verdict_row(LDP_E_FAMILY)->status, 0x17);
	assert_int_equal(ldp_verdict_row(LDP_E_MSG_LENGTH)->status, 0x80000005);
}

static void names_are_found(void **state)
{
	(void)state;
	assert_string_equal(ldp_msg_name(0x8400), "Label Mapping");
	assert_string_equal(ldp_msg_name(0x0405), "unknown");
	assert_string_equal(ldp_tlv_name(0x896a), "PW Status");
	assert_string_equal(ldp_msg_name(0x4400), "unknown");
	assert_string_equal(ldp_tlv_name(0x0100), "FEC");
	assert_string_equal(ldp_tlv_name(0x3fff), "unknown");
}

static void the_smaller_pdu_wins(void **state)
{
	(void)state;
	assert_int_equal(ldp_max_pdu(4096, 0), 4096);
	assert_int_equal(ldp_max_pdu(255, 255), 4096);
	assert_int_equal(ldp_max_pdu(256, 0), 256);
	assert_int_equal(ldp_max_pdu(9000, 1500), 1500);
	assert_int_equal(ldp_max_pdu(65535, 65535), 65535);
}

/* ---- nothing without a vector ---- */

static bool sent_type(uint16_t type)
{
	for (size_t i = 0; i < N_GOOD; i++)
		if (!good[i].one_way && good[i].want.type == type)
			return true;
	return false;
}

static bool sent_fec(uint8_t type)
{
	for (size_t i = 0; i < N_GOOD; i++)
		if (!good[i].one_way && good[i].want.has & LDP_HAS(FEC) && good[i].want.fec.type == type)
			return true;
	return false;
}

static bool refused(enum ldp_verdict v)
{
	for (size_t i = 0; i < N_BAD; i++)
		if (bad[i].v == v)
			return true;
	for (size_t i = 0; i < sizeof(pdus) / sizeof(pdus[0]); i++)
		if (pdus[i].v == v)
			return true;
	return false;
}

static void everything_has_a_vector(void **state)
{
	static const uint8_t fecs[] = { LDP_FEC_WILDCARD, LDP_FEC_PREFIX, LDP_FEC_TYPED, LDP_FEC_PWID, LDP_FEC_GENPWID };
	uint64_t tlvs = 0;
	uint32_t params = 0;

	(void)state;
#define LDP_X(n, type, text) if (!sent_type(type)) fail_msg("no vector: %s", text);
	LDP_MSGS(LDP_X)
#undef LDP_X
	for (size_t i = 0; i < N_GOOD; i++) {
		const struct ldp_msg *m = &good[i].want;

		if (good[i].one_way)
			continue;
		if (!good[i].fields)
			fail_msg("tshark is not asked about: %s", good[i].name);
		tlvs |= m->has;
		if (m->has & LDP_HAS(FEC) && m->fec.type == LDP_FEC_PWID)
			params |= m->fec.pw.params.has;
	}
#define LDP_X(n, type, u, text) if (!(tlvs & LDP_HAS(n))) fail_msg("no vector: %s", text);
	LDP_TLVS(LDP_X)
#undef LDP_X
#define LDP_X(n, type, member, kind, min, max, strict) if (!(params & LDP_PARAM(n))) fail_msg("no vector: parameter " #n);
	LDP_PARAMS(LDP_X)
#undef LDP_X
	for (size_t i = 0; i < sizeof(fecs); i++)
		if (!sent_fec(fecs[i]))
			fail_msg("no vector: FEC element %d", fecs[i]);
#define LDP_X(n, status, kind, tlv, text) if (!refused(LDP_E_##n)) fail_msg("no vector: " text);
	LDP_VERDICTS(LDP_X)
#undef LDP_X
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_mean_what_they_say),
		cmocka_unit_test(messages_are_written_as_the_rfc_draws_them),
		cmocka_unit_test(errors_are_the_ones_the_rfc_names),
		cmocka_unit_test(prefixes_are_refused_or_clean),
		cmocka_unit_test(no_single_change_overruns),
		cmocka_unit_test(random_messages_come_back),
		cmocka_unit_test(pdus_are_framed),
		cmocka_unit_test(messages_of_a_pdu_are_walked),
		cmocka_unit_test(mappings_are_packed_up_to_the_limit),
		cmocka_unit_test(the_last_octet_is_used),
		cmocka_unit_test(a_full_buffer_is_not_overrun),
		cmocka_unit_test(what_is_not_legal_is_not_written),
		cmocka_unit_test(status_of_a_group),
		cmocka_unit_test(the_largest_values_are_legal),
		cmocka_unit_test(an_error_is_answered_with_what_it_is_about),
		cmocka_unit_test(odd_things_are_noted),
		cmocka_unit_test(a_description_is_cut_to_80),
		cmocka_unit_test(statuses_have_their_e_bit),
		cmocka_unit_test(verdicts_have_their_status),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(the_smaller_pdu_wins),
		cmocka_unit_test(everything_has_a_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
