/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_util.h: what tests and fuzzers of the LDP codec share.
 */
#ifndef TW_TEST_LDP_UTIL_H
#define TW_TEST_LDP_UTIL_H

#include <stdio.h>

#include "wire/ldp.h"

#define HEX_MAX		512

size_t hex(const char *text, uint8_t *to);		/* two digits an octet; anything else separates */
void hex_print(FILE *f, const uint8_t *p, size_t n);
bool same_msg(const struct ldp_msg *a, const struct ldp_msg *b);	/* what .has names; .n_skipped is not looked at */
bool same_fec(const struct ldp_fec *a, const struct ldp_fec *b);
bool same_params(const struct ldp_params *a, const struct ldp_params *b);

/* The message in @p, @n octets, without a PDU around it. */
enum ldp_verdict decode_at(const uint8_t *p, size_t n, struct ldp_msg *m, struct ldp_fault *f);

/* @m alone in a PDU of 10.0.0.1:0, into @buf; 0: does not fit or is not legal. */
size_t encode(const struct ldp_msg *m, uint8_t *buf, size_t size);

/* A random legal message; what it borrows lies in @pool. */
struct pool { uint64_t seed; size_t used; uint8_t v[8192]; };
uint32_t rnd(struct pool *p, uint32_t below);
void random_msg(struct pool *p, struct ldp_msg *m);

#endif
