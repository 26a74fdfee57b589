/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packet.h: frames the programs in the kernel left for user space, by AF_PACKET with a TPACKET_V3
 * ring. AF_XDP could stand behind the same functions.
 */
#ifndef TW_SYS_PACKET_H
#define TW_SYS_PACKET_H

#include <stdint.h>

struct sys_packet;

struct sys_frame {
	const uint8_t *data;		/* from the Ethernet header; valid during the call */
	uint32_t len;			/* octets at @data */
	uint32_t wire_len;		/* octets the frame had; more than @len: cut */
	uint32_t ifindex;		/* it came in here */
	uint64_t when_ns;		/* CLOCK_REALTIME, when the kernel saw it */
};

/*
 * Receives frames of @ethertype (host order) on all ports whose skb mark, & @mask, is @mark: a filter
 * in the kernel, in place before the first frame. The ring does not carry the mark: open one per
 * mark if it matters. Frames arrive at most 4 ms late. CAP_NET_RAW. 0 or -errno.
 */
int sys_packet_open(struct sys_packet **ret, uint16_t ethertype, uint32_t mark, uint32_t mask);
void sys_packet_close(struct sys_packet *p);
int sys_packet_fd(const struct sys_packet *p);		/* readable: call _read */
/* Tells what is there, stopping after the ring block in which @budget was reached; frames told. */
uint32_t sys_packet_read(struct sys_packet *p, void (*fn)(void *arg, const struct sys_frame *f), void *arg,
			 uint32_t budget);
uint64_t sys_packet_lost(struct sys_packet *p);		/* no room in the ring, since the start */

#endif
