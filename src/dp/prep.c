/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prep.c: the table of changes to a port, each with how to see, make and take back.
 */
#include "dp/prep.h"

#include <errno.h>
#include <stdio.h>

#include "sys/ethtool.h"

/* Both work in terms of the *change*: *done = the port is as the change wants it. */
struct change {
	uint32_t bit;
	const char *text;
	int (*see)(const struct sys_link *l, int what, bool *done, bool *possible);
	int (*make)(const struct sys_link *l, int what, bool change);
	int what;
};

static int see_ipv6(const struct sys_link *l, int what, bool *done, bool *possible)
{
	bool on = false;
	int rc = sys_link_ipv6_get(l->name, &on);

	(void)what;
	*done = rc || !on;			/* a kernel without IPv6 has nothing to turn off */
	*possible = !rc;
	return 0;
}

static int make_ipv6(const struct sys_link *l, int what, bool change)
{
	(void)what;
	return sys_link_ipv6(l->name, !change);
}

static int see_arp(const struct sys_link *l, int what, bool *done, bool *possible)
{
	(void)what;
	*done = l->noarp;
	*possible = true;
	return 0;
}

static int make_arp(const struct sys_link *l, int what, bool change)
{
	(void)what;
	return sys_link_arp(l->ifindex, !change);
}

static int see_promisc(const struct sys_link *l, int what, bool *done, bool *possible)
{
	(void)what;
	*done = l->promisc;
	*possible = true;
	return 0;
}

static int make_promisc(const struct sys_link *l, int what, bool change)
{
	(void)what;
	return sys_link_promisc(l->ifindex, change);
}

static int see_offload(const struct sys_link *l, int what, bool *done, bool *possible)
{
	bool active = false;
	int rc = sys_offload_get(l->name, (enum sys_offload)what, &active, possible);

	*done = !active;
	return rc;
}

static int make_offload(const struct sys_link *l, int what, bool change)
{
	return sys_offload_set(l->name, (enum sys_offload)what, !change);
}

static const struct change changes[] = {
	{ PREP_IPV6,		"ipv6 off",		see_ipv6,	make_ipv6,	0 },
	{ PREP_ARP,		"arp off",		see_arp,	make_arp,	0 },
	{ PREP_VLAN_FILTER,	"rx-vlan-filter off",	see_offload,	make_offload,	OFF_RX_VLAN_FILTER },
	{ PREP_VLAN_STRIP,	"rx-vlan-strip off",	see_offload,	make_offload,	OFF_RX_VLAN_STRIP },
	{ PREP_LRO,		"lro off",		see_offload,	make_offload,	OFF_LRO },
	{ PREP_GRO_HW,		"gro-hw off",		see_offload,	make_offload,	OFF_GRO_HW },
	{ PREP_GRO,		"gro off",		see_offload,	make_offload,	OFF_GRO },
	{ PREP_PROMISC,		"promiscuous",		see_promisc,	make_promisc,	0 },
};
#define N_CHANGES (sizeof(changes) / sizeof(changes[0]))

uint32_t prep_wanted(const struct act_port *role, bool xdp, bool nic)
{
	uint32_t want = 0;

	if (role->ac || role->subif)
		want |= PREP_PROMISC | PREP_VLAN_FILTER | PREP_LRO | PREP_GRO_HW | (nic && !xdp ? PREP_GRO : 0);
	if (role->ac)
		want |= PREP_IPV6 | PREP_ARP;
	if (xdp && (role->ac || role->subif || role->core))
		want |= PREP_VLAN_STRIP | PREP_LRO | PREP_GRO_HW;
	return want;
}

uint32_t prep_do(const struct sys_link *l, uint32_t want, struct prepared *rec, void (*save)(void *arg), void *arg)
{
	uint32_t refused = 0;

	for (size_t i = 0; i < N_CHANGES; i++) {
		const struct change *c = &changes[i];
		bool done = false, possible = false;

		if (!(want & c->bit) || (!c->see(l, c->what, &done, &possible) && done))
			continue;
		if (!possible) {
			refused |= c->bit;
			continue;
		}
		rec->changed |= c->bit;
		save(arg);
		if (!c->make(l, c->what, true))
			continue;
		rec->changed &= ~c->bit;
		save(arg);
		refused |= c->bit;
	}
	return refused;
}

uint32_t prep_undo(const struct sys_link *l, uint32_t keep, struct prepared *rec, void (*save)(void *arg), void *arg)
{
	uint32_t refused = 0;

	for (size_t i = N_CHANGES; i-- > 0;) {
		const struct change *c = &changes[i];

		if (!(rec->changed & ~keep & c->bit))
			continue;
		if (c->make(l, c->what, false)) {
			refused |= c->bit;
			continue;
		}
		rec->changed &= ~c->bit;
		save(arg);
	}
	return refused;
}

void prep_text(uint32_t changed, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < N_CHANGES && n < size; i++)
		if (changed & changes[i].bit)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", changes[i].text);
}
