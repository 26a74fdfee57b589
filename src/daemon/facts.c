/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts.c: what the kernel says of links, addresses and neighbours, told to core and dp, and a
 * picture of it for displays.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "daemon/engine.h"

struct facts {
	struct sys_monitor *monitor;
	struct sys_link *link;
	size_t n_link;
	struct fact_addr *addr;
	size_t n_addr;
};

/* ---- the picture -------------------------------------------------------------------------------- */

static struct sys_link *link_at(const struct facts *f, uint32_t ifindex)
{
	for (size_t i = 0; i < f->n_link; i++)
		if (f->link[i].ifindex == ifindex)
			return &f->link[i];
	return NULL;
}

static void draw_link(struct facts *f, const struct sys_link *l, bool gone)
{
	struct sys_link *at = link_at(f, l->ifindex);

	if (gone) {
		if (at)
			*at = f->link[--f->n_link];
		return;
	}
	if (!at) {
		struct sys_link *v = realloc(f->link, (f->n_link + 1) * sizeof(*v));

		if (!v)
			return;
		f->link = v;
		at = &v[f->n_link++];
	}
	*at = *l;
}

static void draw_addr(struct facts *f, const struct fact_addr *a, bool gone)
{
	struct fact_addr *v;

	for (size_t i = 0; i < f->n_addr; i++) {
		if (memcmp(&f->addr[i], a, sizeof(*a)))
			continue;
		if (gone)
			f->addr[i] = f->addr[--f->n_addr];
		return;
	}
	v = gone ? NULL : realloc(f->addr, (f->n_addr + 1) * sizeof(*v));
	if (!v)
		return;
	f->addr = v;
	v[f->n_addr++] = *a;
}

const struct sys_link *facts_device(const struct facts *f, const char *name)
{
	for (size_t i = 0; f && i < f->n_link; i++)
		if (!strcmp(f->link[i].name, name))
			return &f->link[i];
	return NULL;
}

const struct sys_link *facts_devices(const struct facts *f, size_t *n)
{
	*n = f ? f->n_link : 0;
	return f ? f->link : NULL;
}

const struct fact_addr *facts_addresses(const struct facts *f, size_t *n)
{
	*n = f ? f->n_addr : 0;
	return f ? f->addr : NULL;
}

/* ---- telling ------------------------------------------------------------------------------------- */

static void tell_link(struct engine *e, const char *device, const struct sys_link *l, bool gone, enum detector det)
{
	struct fact_link f = {
		.present = !gone,
		.ifindex = l->ifindex,
		.admin_up = l->admin_up,
		.carrier = l->carrier,
		.mtu = l->mtu,
		.detector = det,
	};

	memcpy(f.mac, l->mac, sizeof(f.mac));
	core_link(e->core, names_operator(e->names, device), &f);
	speaker_link(e, names_operator(e->names, device), l, gone);
}

static void on_link(void *arg, const struct sys_link *l, bool gone)
{
	struct engine *e = arg;
	struct sys_link *before = link_at(e->facts, l->ifindex);

	bool renamed = before && strcmp(before->name, l->name), fresh = !before || renamed;

	if (renamed)			/* its old name is absent now */
		tell_link(e, before->name, before, true, DET_NETLINK);
	draw_link(e->facts, l, gone);
	dp_link(e->dp, l, gone);
	tell_link(e, l->name, l, gone, DET_NETLINK);
	if (!gone)
		host_device(e, l, fresh);
}

static void on_addr(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len, bool gone)
{
	struct engine *e = arg;
	struct fact_addr a;

	memset(&a, 0, sizeof(a));	/* compared octet by octet */
	a.ifindex = ifindex;
	a.ip = ip;
	a.len = len;
	draw_addr(e->facts, &a, gone);
	core_subnet(e->core, ifindex, ip, len, !gone);
	speaker_address(e, ifindex, ip, len, gone);
}

static void on_neigh(void *arg, uint32_t ifindex, uint32_t ip, const uint8_t *mac)
{
	struct engine *e = arg;

	core_neigh(e->core, ifindex, ip, mac);
}

static void on_readable(void *arg, uint32_t events)
{
	struct engine *e = arg;
	int rc;

	(void)events;
	loop_doing(e->loop, "news of the kernel");
	rc = sys_monitor_read(e->facts->monitor);
	if (rc && rc != -EAGAIN)
		log_event(LOG_P_ERR, "netlink-read", "error=%d text=\"%s\"", -rc, strerror(-rc));
	engine_settle(e);
}

int facts_start(struct engine *e)
{
	static const struct sys_monitor_fn fn = { .link = on_link, .addr = on_addr, .neigh = on_neigh };
	int rc;

	e->facts = calloc(1, sizeof(*e->facts));
	if (!e->facts)
		return -ENOMEM;
	e->facts->monitor = sys_monitor_new(&fn, e);
	if (!e->facts->monitor)
		return -errno;
	rc = sys_monitor_dump(e->facts->monitor);
	if (rc)
		return rc;
	return loop_fd(e->loop, sys_monitor_fd(e->facts->monitor), EPOLLIN, on_readable, e);
}

int facts_again(struct engine *e)
{
	return sys_monitor_dump(e->facts->monitor);
}

void facts_stop(struct engine *e)
{
	if (!e->facts)
		return;
	if (e->facts->monitor) {
		loop_fd_off(e->loop, sys_monitor_fd(e->facts->monitor));
		sys_monitor_free(e->facts->monitor);
	}
	free(e->facts->link);
	free(e->facts->addr);
	free(e->facts);
	e->facts = NULL;
}

void facts_interface(struct engine *e, const char *ifname)
{
	const char *device = names_device(e->names, ifname);
	const struct sys_link *l = facts_device(e->facts, device);

	if (l)
		tell_link(e, device, l, false, DET_CONFIG);
}

/* The watcher lowered the flags already; core learns why and records. Then the state is asked again: the
 * port may be back by now, and its netlink notice may have come before us. */
void facts_fell(void *arg, uint32_t ifindex, uint64_t when_ns)
{
	struct engine *e = arg;
	struct sys_link l;

	(void)when_ns;
	if (sys_link_get(ifindex, &l))
		return;			/* gone: netlink says so */
	if (l.carrier && l.admin_up) {
		struct sys_link was_down = l;

		was_down.carrier = false;
		tell_link(e, l.name, &was_down, false, DET_CARRIER);
		engine_settle(e);
	}
	tell_link(e, l.name, &l, false, DET_CARRIER);
	engine_settle(e);
}

/* Where the kernel batches carrier notices, netlink says so up to a second later. What it has said already
 * is older than what is asked now, and must not be heard after it. */
void facts_rose(void *arg, uint32_t ifindex)
{
	struct engine *e = arg;
	struct sys_link l;

	sys_monitor_read(e->facts->monitor);
	if (!sys_link_get(ifindex, &l))
		tell_link(e, l.name, &l, false, DET_CARRIER);
	engine_settle(e);
}
