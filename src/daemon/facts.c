/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts.c: what the kernel says of links, addresses and neighbours, told to core and dp.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "daemon/engine.h"

static void tell_link(struct engine *e, const struct sys_link *l, bool gone, enum detector det)
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
	core_link(e->core, names_operator(e->names, l->name), &f);
}

static void on_link(void *arg, const struct sys_link *l, bool gone)
{
	struct engine *e = arg;

	if (e->dp)
		dp_link(e->dp, l, gone);
	tell_link(e, l, gone, DET_NETLINK);
	if (!gone)
		host_device(e, names_operator(e->names, l->name));
}

static void on_addr(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len, bool gone)
{
	struct engine *e = arg;

	core_subnet(e->core, ifindex, ip, len, !gone);
}

static void on_neigh(void *arg, uint32_t ifindex, uint32_t ip, const uint8_t *mac)
{
	struct engine *e = arg;

	core_neigh(e->core, ifindex, ip, mac);
}

static void on_readable(void *arg, uint32_t events)
{
	struct engine *e = arg;
	int rc = sys_monitor_read(e->monitor);

	(void)events;
	if (rc && rc != -EAGAIN)
		log_event(LOG_P_ERR, "netlink-read", "error=%d text=\"%s\"", -rc, strerror(-rc));
	engine_settle(e);
}

int facts_start(struct engine *e)
{
	static const struct sys_monitor_fn fn = { .link = on_link, .addr = on_addr, .neigh = on_neigh };
	int rc;

	e->monitor = sys_monitor_new(&fn, e);
	if (!e->monitor)
		return -errno;
	rc = sys_monitor_dump(e->monitor);
	if (rc)
		return rc;
	return loop_fd(e->loop, sys_monitor_fd(e->monitor), EPOLLIN, on_readable, e);
}

void facts_stop(struct engine *e)
{
	if (!e->monitor)
		return;
	loop_fd_off(e->loop, sys_monitor_fd(e->monitor));
	sys_monitor_free(e->monitor);
	e->monitor = NULL;
}

void facts_interface(struct engine *e, const char *ifname)
{
	struct sys_link l;

	if (!sys_link_by_name(names_device(e->names, ifname), &l))
		tell_link(e, &l, false, DET_CONFIG);
}

/* The watcher lowered the flags already; core learns why and records. The state is asked again: the
 * port may be back by now, and then netlink tells so after us. */
void facts_fell(void *arg, uint32_t ifindex, uint64_t when_ns)
{
	struct engine *e = arg;
	struct sys_link l;

	(void)when_ns;
	if (sys_link_get(ifindex, &l))
		return;			/* gone: netlink says so */
	l.carrier = false;
	tell_link(e, &l, false, DET_CARRIER);
	engine_settle(e);
	if (!sys_link_get(ifindex, &l) && l.carrier) {
		tell_link(e, &l, false, DET_NETLINK);
		engine_settle(e);
	}
}
