/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packet.c: building and comparing frames.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"

void put(struct packet *p, const void *bytes, uint32_t n)
{
	assert_true(p->len + n <= sizeof(p->b));
	memcpy(p->b + p->len, bytes, n);
	p->len += n;
}

void put_u16(struct packet *p, uint16_t v)
{
	put(p, (uint8_t[]){ v >> 8, v }, 2);
}

void put_u32(struct packet *p, uint32_t v)
{
	put_u16(p, v >> 16);
	put_u16(p, v);
}

void put_fill(struct packet *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		put(p, (uint8_t[]){ i + 1 }, 1);
}

void put_zero_to(struct packet *p, uint32_t len)
{
	while (p->len < len)
		put(p, "", 1);
}

void put_customer(struct packet *p, uint16_t type)
{
	put(p, "\x02\xce\x00\x00\x00\x02\x02\xce\x00\x00\x00\x01", 12);
	put_u16(p, type);
}

void put_tag(struct packet *p, uint16_t tci)
{
	put_u16(p, tci);
}

void put_lse(struct packet *p, uint32_t label, uint8_t tc, int bottom, uint8_t ttl)
{
	put_u32(p, label << 12 | (uint32_t)tc << 9 | (bottom ? 0x100u : 0) | ttl);
}

void put_packet(struct packet *p, const struct packet *inner)
{
	put(p, inner->b, inner->len);
}

static void put_udp(struct packet *p, uint32_t len)
{
	struct packet ip = {};

	put(&ip, "\x45\0\0\0\0\x01\0\0\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02", 20);
	put(&ip, "\x30\x39\x23\x82\0\0\0\0", 8);
	if (len > ip.len)
		put_fill(&ip, len - ip.len);
	put(p, ip.b, len);
}

struct packet customer(uint32_t len)
{
	return customer_tagged(len, 0, NULL);
}

struct packet customer_tagged(uint32_t len, uint32_t n, const uint32_t *tags)
{
	uint16_t type = len >= 14 + n * 4 + 28 ? 0x0800 : 0x88b5;	/* PROG_RUN refuses IP that is cut short */
	struct packet p = {};

	put_customer(&p, n ? tags[0] >> 16 : type);
	for (uint32_t i = 0; i < n; i++) {
		put_tag(&p, tags[i] & 0xffff);
		put_u16(&p, i + 1 < n ? tags[i + 1] >> 16 : type);
	}
	put_udp(&p, len - p.len);
	return p;
}

static void dump(const char *name, const struct packet *p)
{
	fprintf(stderr, "%s, %u octets:", name, p->len);
	for (uint32_t i = 0; i < p->len && i < 96; i++)
		fprintf(stderr, "%s%02x", i % 16 ? " " : "\n  ", p->b[i]);
	fputc('\n', stderr);
}

void assert_packet(const struct packet *got, const struct packet *want)
{
	if (got->len == want->len && !memcmp(got->b, want->b, got->len))
		return;
	dump("got", got);
	dump("want", want);
	fail();
}
