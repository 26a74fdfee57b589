/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packet.h: frames put together word by word, as the tests of tests/bpf read them.
 */
#ifndef TW_TEST_PACKET_H
#define TW_TEST_PACKET_H

#include <stdint.h>

#define PACKET_MAX	3300		/* what PROG_RUN takes and gives back in one page */

struct packet {
	uint32_t len;
	uint8_t b[4096];
};

void put(struct packet *p, const void *bytes, uint32_t n);
void put_u16(struct packet *p, uint16_t v);
void put_u32(struct packet *p, uint32_t v);
void put_fill(struct packet *p, uint32_t n);		/* n octets that count up */
void put_zero_to(struct packet *p, uint32_t len);	/* Ethernet padding up to @len */

/* Customer addresses in front of @type. */
void put_customer(struct packet *p, uint16_t type);
void put_tag(struct packet *p, uint16_t tci);		/* TCI, then the caller's EtherType follows */
void put_lse(struct packet *p, uint32_t label, uint8_t tc, int bottom, uint8_t ttl);
void put_packet(struct packet *p, const struct packet *inner);

/* A whole customer frame of @len octets, untagged: IPv4/UDP, or an experimental type when that is too short. */
struct packet customer(uint32_t len);
/* The same with @n tags, each TPID << 16 | TCI, outermost first. */
struct packet customer_tagged(uint32_t len, uint32_t n, const uint32_t *tags);

/* Fails with a dump of both where they differ. */
void assert_packet(const struct packet *got, const struct packet *want);

#endif
