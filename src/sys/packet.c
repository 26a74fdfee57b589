/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packet.c: owns the ring. A block belongs to the kernel until it sets TP_STATUS_USER, and to us until
 * we clear it; that word is the only thing both write.
 */
#include "sys/packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/fd.h"

#define BLOCK (64u << 10)
#define BLOCKS 8u
#define FRAME 2048u			/* only says how the ring is divided in theory; V3 packs */
#define LATE_MS 4u

struct sys_packet {
	int fd;
	uint8_t *ring;
	uint32_t at;			/* the block to be read next */
	uint64_t lost;
};

static int set_filter(int fd, uint32_t mark, uint32_t mask)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_MARK)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, mark, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) ? -errno : 0;
}

static int set_ring(struct sys_packet *p)
{
	struct tpacket_req3 req = {
		.tp_block_size = BLOCK,
		.tp_block_nr = BLOCKS,
		.tp_frame_size = FRAME,
		.tp_frame_nr = BLOCK / FRAME * BLOCKS,
		.tp_retire_blk_tov = LATE_MS,
	};
	int version = TPACKET_V3;
	void *ring;

	if (setsockopt(p->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(p->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return -errno;
	ring = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd, 0);
	if (ring == MAP_FAILED)
		return -errno;
	p->ring = ring;
	return 0;
}

int sys_packet_open(struct sys_packet **ret, uint16_t ethertype, uint32_t mark, uint32_t mask)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ethertype) };
	struct sys_packet *p = calloc(1, sizeof(*p));
	int rc = 0;

	if (!p)
		return -ENOMEM;
	/* protocol 0: nothing is received before bind, when filter and ring are in place */
	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd < 0)
		rc = -errno;
	if (!rc)
		rc = set_filter(p->fd, mark, mask);
	if (!rc)
		rc = set_ring(p);
	if (!rc && bind(p->fd, (struct sockaddr *)&all, sizeof(all)))
		rc = -errno;
	if (rc)
		sys_packet_close(p);
	else
		*ret = p;
	return rc;
}

void sys_packet_close(struct sys_packet *p)
{
	if (!p)
		return;
	if (p->ring)
		munmap(p->ring, (size_t)BLOCK * BLOCKS);
	fd_done(&p->fd);
	free(p);
}

int sys_packet_fd(const struct sys_packet *p)
{
	return p->fd;
}

static uint32_t read_block(const uint8_t *block, uint32_t n, uint32_t first,
			   void (*fn)(void *arg, const struct sys_frame *f), void *arg)
{
	uint32_t at = first, told = 0;

	for (; told < n && at + sizeof(struct tpacket3_hdr) <= BLOCK; told++) {
		const struct tpacket3_hdr *h = (const void *)(block + at);
		const struct sockaddr_ll *from = (const void *)(block + at + TPACKET_ALIGN(sizeof(*h)));
		struct sys_frame f = {
			.data = block + at + h->tp_mac,
			.len = h->tp_snaplen,
			.wire_len = h->tp_len,
			.ifindex = (uint32_t)from->sll_ifindex,
			.when_ns = (uint64_t)h->tp_sec * 1000000000u + h->tp_nsec,
		};

		if (from->sll_pkttype != PACKET_OUTGOING)
			fn(arg, &f);
		at += h->tp_next_offset;
	}
	return told;
}

uint32_t sys_packet_read(struct sys_packet *p, void (*fn)(void *arg, const struct sys_frame *f), void *arg,
			 uint32_t budget)
{
	uint32_t told = 0;

	while (told < budget) {
		struct tpacket_block_desc *b = (void *)(p->ring + (size_t)p->at * BLOCK);
		struct tpacket_hdr_v1 *h = &b->hdr.bh1;

		if (!(__atomic_load_n(&h->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			break;
		told += read_block((const uint8_t *)b, h->num_pkts, h->offset_to_first_pkt, fn, arg);
		__atomic_store_n(&h->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		p->at = (p->at + 1) % BLOCKS;
	}
	return told;
}

uint64_t sys_packet_lost(struct sys_packet *p)
{
	struct tpacket_stats_v3 s;
	socklen_t len = sizeof(s);

	if (!getsockopt(p->fd, SOL_PACKET, PACKET_STATISTICS, &s, &len))
		p->lost += s.tp_drops;
	return p->lost;
}
