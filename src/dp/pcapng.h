/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapng.h: blocks of a capture file (draft-ietf-opsawg-pcapng), native byte order. Pure: octets into
 * a buffer of the caller.
 */
#ifndef TW_DP_PCAPNG_H
#define TW_DP_PCAPNG_H

#include <stddef.h>
#include <stdint.h>

#define PCAPNG_SNAPLEN	65535u
#define PCAPNG_HEAD_MAX	512u		/* enough for pcapng_head() */
#define PCAPNG_FRAME_MAX(caplen) ((size_t)(caplen) + 256u)

enum pcapng_dir { PCAPNG_IN = 1, PCAPNG_OUT = 2 };	/* epb_flags, bits 0 and 1 */

struct pcapng_frame {
	uint64_t when_ns;		/* since 1970 */
	uint32_t len, caplen;		/* on the wire; of @data */
	enum pcapng_dir dir;
	const char *comment;		/* NULL = none; at most 128 octets are kept */
	const void *data;
};

/* Section header and one Ethernet interface with nanosecond stamps. Returns the octets written. */
size_t pcapng_head(void *buf, const char *application, const char *ifname);
/* An enhanced packet block of interface 0. */
size_t pcapng_frame(void *buf, const struct pcapng_frame *f);

#endif
