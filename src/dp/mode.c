/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mode.c: the table behind "mode and why" of a port. First row that matches decides.
 */
#include "dp/mode.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Drivers that do native XDP, redirect and ndo_xdp_xmit on the kernels (before 6.3) that do not say so. */
static const char *const xdp_drivers[] = {
	"atlantic", "bnxt_en", "ena", "fsl_dpaa2_eth", "fsl_enetc", "i40e", "ice", "igb", "igc", "ixgbe",
	"mlx5_core", "mvneta", "mvpp2", "qede", "sfc", "stmmac", "st_gmac", "tsnep",
};

static bool known_driver(const char *driver)
{
	for (size_t i = 0; i < sizeof(xdp_drivers) / sizeof(xdp_drivers[0]); i++)
		if (!strcmp(driver, xdp_drivers[i]))
			return true;
	return false;
}

static bool virtual_kind(const struct mode_facts *f)
{
	return f->kind[0];
}

static bool enslaved(const struct mode_facts *f)
{
	return f->master_kind[0];
}

static bool virtio(const struct mode_facts *f)
{
	return !strcmp(f->driver, "virtio_net");
}

static bool no_program(const struct mode_facts *f)
{
	return !f->has_xdp;
}

static bool driver_without(const struct mode_facts *f)
{
	return f->xdp.known && !(f->xdp.basic && f->xdp.redirect);
}

static bool driver_unknown(const struct mode_facts *f)
{
	return !f->xdp.known && !known_driver(f->driver);
}

static bool jumbo_without_frags(const struct mode_facts *f)
{
	bool frags = f->has_frags && f->kernel >= MODE_KERNEL(6, 3) && (!f->xdp.known || f->xdp.rx_sg);

	return f->mtu > MODE_MTU_PLAIN && !frags;
}

static bool any(const struct mode_facts *f)
{
	(void)f;
	return true;
}

/* What the port is, told with the one word that %s is replaced by. */
static const struct {
	bool (*is)(const struct mode_facts *f);
	bool xdp;
	const char *why;
	size_t word;			/* offset in mode_facts of the string for %s */
} rule[] = {
#define KIND	offsetof(struct mode_facts, kind)
#define MASTER	offsetof(struct mode_facts, master_kind)
#define DRIVER	offsetof(struct mode_facts, driver)
	{ virtual_kind,		false, "a %s device: its frames are skbs with checksums and tags pending", KIND },
	{ enslaved,		false, "a port of a %s device: its frames go through the stack", MASTER },
	{ virtio,		false, "%s: frames of guests on the same host come with checksums pending", DRIVER },
	{ no_program,		false, "no XDP program could be loaded (driver %s)", DRIVER },
	{ driver_without,	false, "driver %s does not do native XDP with redirect", DRIVER },
	{ driver_unknown,	false, "this kernel does not say whether driver %s does native XDP", DRIVER },
	{ jumbo_without_frags,	false, "MTU above 3500: jumbo by XDP needs kernel 6.3 and frags in driver %s", DRIVER },
	{ any,			true,  "driver %s does native XDP", DRIVER },
};

/* A wish for XDP that will lose or damage frames; checked in order, the first is told. */
static const struct {
	bool (*is)(const struct mode_facts *f);
	const char *warn;
} danger[] = {
	{ virtual_kind,	"native XDP on a virtual device breaks partial checksums (no TCP) and strips VLAN tags held in "
			"metadata; the peer of a target must run NAPI" },
	{ virtio,	"native XDP on virtio_net delivers unfinished checksums of guests on the same host" },
	{ enslaved,	"native XDP on an enslaved port takes its frames away from the master device" },
};

static const char *word(const struct mode_facts *f, size_t offset)
{
	const char *s = *(const char *const *)((const char *)f + offset);

	return s[0] ? s : "unknown";
}

static void choose_auto(const struct mode_facts *f, struct mode_choice *out)
{
	size_t i = 0;

	while (!rule[i].is(f))
		i++;
	out->xdp = rule[i].xdp;
	snprintf(out->why, sizeof(out->why), rule[i].why, word(f, rule[i].word));
}

/* What no wish changes: without frags the kernel takes no program at that MTU, or loses each long frame it redirects. */
static const char *obstacle(const struct mode_facts *f)
{
	return !f->has_xdp ? ", but no XDP program could be loaded" :
	       jumbo_without_frags(f) ? ", but MTU above 3500 needs kernel 6.3 and frags in the driver" : NULL;
}

static void choose_xdp(const struct mode_facts *f, struct mode_choice *out)
{
	const char *but = obstacle(f);

	out->xdp = !but;
	snprintf(out->why, sizeof(out->why), "configured: port-mode xdp%s", but ? but : "");
	for (size_t i = 0; !but && i < sizeof(danger) / sizeof(danger[0]); i++) {
		if (!danger[i].is(f))
			continue;
		snprintf(out->warn, sizeof(out->warn), "%s", danger[i].warn);
		return;
	}
}

void mode_choose(const struct mode_facts *f, struct mode_choice *out)
{
	memset(out, 0, sizeof(*out));
	out->tcx = f->has_tcx && f->wish != PORT_MODE_CLSACT;
	if (f->wish == PORT_MODE_XDP) {
		choose_xdp(f, out);
	} else if (f->wish == PORT_MODE_AUTO) {
		choose_auto(f, out);
	} else {
		snprintf(out->why, sizeof(out->why), "configured: port-mode %s",
			 f->wish == PORT_MODE_TCX ? "tcx" : "clsact");
		if (f->wish == PORT_MODE_TCX && !f->has_tcx)
			snprintf(out->warn, sizeof(out->warn), "tcx needs kernel 6.6: clsact is used");
	}
}
