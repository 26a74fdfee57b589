/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapng.c: the three kinds of block a capture needs.
 */
#include "dp/pcapng.h"

#include <string.h>

enum { SHB = 0x0a0d0d0a, IDB = 1, EPB = 6, BYTE_ORDER_MAGIC = 0x1a2b3c4d, LINKTYPE_ETHERNET = 1 };
enum { OPT_END = 0, OPT_COMMENT = 1, SHB_USERAPPL = 4, IF_NAME = 2, IF_TSRESOL = 9, EPB_FLAGS = 2 };
#define TEXT_MAX 128u

static uint8_t *u16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
	return p + sizeof(v);
}

static uint8_t *u32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
	return p + sizeof(v);
}

static uint8_t *padded(uint8_t *p, const void *data, size_t len)
{
	memcpy(p, data, len);
	memset(p + len, 0, -len & 3);
	return p + len + (-len & 3);
}

static uint8_t *option(uint8_t *p, uint16_t code, const void *data, size_t len)
{
	p = u16(p, code);
	p = u16(p, (uint16_t)len);
	return padded(p, data, len);
}

static uint8_t *text(uint8_t *p, uint16_t code, const char *s)
{
	return option(p, code, s, strnlen(s, TEXT_MAX));
}

static uint8_t *block(uint8_t *p, uint32_t type)
{
	return u32(u32(p, type), 0);
}

/* Length goes to both ends of the block. */
static uint8_t *block_end(uint8_t *start, uint8_t *p)
{
	uint32_t len = (uint32_t)(p - start) + 4;

	u32(start + 4, len);
	return u32(p, len);
}

size_t pcapng_head(void *buf, const char *application, const char *ifname)
{
	static const uint8_t nanoseconds = 9;
	uint8_t *start = buf, *p = block(start, SHB);

	p = u32(p, BYTE_ORDER_MAGIC);
	p = u16(p, 1);			/* version 1.0 */
	p = u16(p, 0);
	p = u32(u32(p, 0xffffffff), 0xffffffff);	/* length of the section: unknown */
	p = text(p, SHB_USERAPPL, application);
	p = block_end(start, option(p, OPT_END, "", 0));
	start = p;
	p = block(start, IDB);
	p = u16(p, LINKTYPE_ETHERNET);
	p = u16(p, 0);
	p = u32(p, PCAPNG_SNAPLEN);
	p = text(p, IF_NAME, ifname);
	p = option(p, IF_TSRESOL, &nanoseconds, 1);
	p = block_end(start, option(p, OPT_END, "", 0));
	return (size_t)(p - (uint8_t *)buf);
}

size_t pcapng_frame(void *buf, const struct pcapng_frame *f)
{
	uint32_t flags = f->dir;
	uint8_t *p = block(buf, EPB);

	p = u32(p, 0);			/* interface */
	p = u32(p, (uint32_t)(f->when_ns >> 32));
	p = u32(p, (uint32_t)f->when_ns);
	p = u32(u32(p, f->caplen), f->len);
	p = padded(p, f->data, f->caplen);
	p = option(p, EPB_FLAGS, &flags, sizeof(flags));
	if (f->comment)
		p = text(p, OPT_COMMENT, f->comment);
	p = block_end(buf, option(p, OPT_END, "", 0));
	return (size_t)(p - (uint8_t *)buf);
}
