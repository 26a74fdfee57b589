/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prep.h: what a port must be like to carry a customer, and giving it back as it was.
 *
 * What was changed is kept per port in a small map of its own, pinned beside the layouts (its format
 * never changes), so that --flush and a later engine restore exactly that. A change is recorded
 * before it is made: after a crash in between, restoring it is harmless.
 */
#ifndef TW_DP_PREP_H
#define TW_DP_PREP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/action.h"
#include "sys/link.h"

enum {					/* struct prepared .changed */
	PREP_IPV6	= 1 << 0,	/* we turned IPv6 off */
	PREP_ARP	= 1 << 1,	/* we turned ARP off */
	PREP_VLAN_FILTER = 1 << 2,	/* we turned rx-vlan-filter off */
	PREP_VLAN_STRIP	= 1 << 3,	/* ... rx-vlan-hw-parse */
	PREP_LRO	= 1 << 4,
	PREP_GRO_HW	= 1 << 5,
	PREP_GRO	= 1 << 6,
	PREP_PROMISC	= 1 << 7,	/* we turned promiscuous mode on */
	PREP_ALL	= 0xff,
	PREP_XDP	= 1 << 16,	/* our XDP program is attached */
	PREP_TCX	= 1 << 17,
	PREP_CLSACT	= 1 << 18,
};
/* Order matters: what silences the port and what XDP demands comes before the programs, promiscuous
 * mode, which lets frames in, after them. */
#define PREP_BEFORE	(PREP_ALL & ~PREP_PROMISC)

struct prepared {			/* pinned: the format is for ever */
	uint64_t netns;			/* the namespace the ifindex (the key) belongs to */
	uint32_t changed;
	uint32_t reserved;
};

/* The changes a port in this role wants. @nic: not a virtual device. @xdp: XDP is in front. */
uint32_t prep_wanted(const struct act_port *role, bool xdp, bool nic);

/*
 * Makes those changes of @want that the port does not show already, and takes back those of
 * @rec->changed that are not in @keep. Calls @save after each change of *rec, before the port is
 * touched. Returns the PREP_ bits that were asked for and refused.
 */
uint32_t prep_do(const struct sys_link *l, uint32_t want, struct prepared *rec, void (*save)(void *arg), void *arg);
uint32_t prep_undo(const struct sys_link *l, uint32_t keep, struct prepared *rec, void (*save)(void *arg), void *arg);

/* "promiscuous, ipv6 off": the names of the changes in @changed. */
void prep_text(uint32_t changed, char *out, size_t size);

#endif
