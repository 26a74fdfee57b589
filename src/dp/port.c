/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.c: which ports are ours, their rows, and when the worker has to act on one.
 *
 * A port's row holds what core wants of it and, added here, what its attachments make of it: whether
 * XDP may send to it (it is in `out` then) and whether the tc program stands there.
 */
#include "dp/inner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "dp/mode.h"
#include "sys/bpf.h"

/* ---- the table -------------------------------------------------------------------------------------- */

static uint32_t place(const struct dp *d, uint32_t ifindex)
{
	uint32_t lo = 0, hi = d->n_port;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (d->port[mid].want.ifindex < ifindex)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct dp_port *dport_find(const struct dp *d, uint32_t ifindex)
{
	uint32_t i = place(d, ifindex);

	return i < d->n_port && d->port[i].want.ifindex == ifindex ? &d->port[i] : NULL;
}

static struct dp_port *port_make(struct dp *d, uint32_t ifindex)
{
	struct dp_port *p = dport_find(d, ifindex);
	uint32_t i = place(d, ifindex);

	if (p)
		return p;
	p = realloc(d->port, (d->n_port + 1) * sizeof(*p));
	if (!p)
		return NULL;
	d->port = p;
	memmove(&p[i + 1], &p[i], (d->n_port - i) * sizeof(*p));
	d->n_port++;
	p[i] = (struct dp_port){ .want.ifindex = ifindex, .fd_xdp = -1, .fd_tc = -1 };
	return &p[i];
}

static void port_drop(struct dp *d, struct dp_port *p)
{
	uint32_t i = (uint32_t)(p - d->port);

	memmove(p, p + 1, (d->n_port - i - 1) * sizeof(*p));
	d->n_port--;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

static void row_put(struct dp *d, uint32_t ifindex, const struct tw_port *want)
{
	int far = d->set.map[MAP_PORT_FAR].fd;
	struct tw_port now = { 0 };
	uint64_t word;

	if (ifindex < TW_PORTS) {
		struct tw_port *row = ROW(d, PORT, struct tw_port, ifindex);
		if (!memcmp(row, want, sizeof(*row)))
			return;
		memcpy(&word, want, sizeof(word));	/* flags and circuit change together */
		__atomic_store_n((uint64_t *)(void *)row, word, __ATOMIC_RELEASE);
		d->writes++;
		return;
	}
	sys_map_get(far, &ifindex, &now);
	if (!memcmp(&now, want, sizeof(now)))
		return;
	d->writes++;
	int rc = want->flags ? sys_map_set(far, &ifindex, want) : sys_map_del(far, &ifindex);
	if (rc && rc != -ENOENT)
		log_event(LOG_P_ERR, "port-row", "ifindex=%u error=%d", ifindex, -rc);
}

void port_clear_row(struct dp *d, uint32_t ifindex)
{
	static const struct tw_port none;

	row_put(d, ifindex, &none);
}

static void port_row(struct dp *d, const struct dp_port *p)
{
	struct tw_port row = { 0 };

	if (p->wanted) {
		row.flags = row_port_flags(&p->want) | (p->now.xdp ? TW_PORT_XDP_TX : 0) |
			    (p->now.tcx || p->now.clsact ? TW_PORT_TC_RX : 0);
		row.circuit = p->want.ac ? p->want.circuit : 0;
	}
	row_put(d, p->want.ifindex, &row);
}

/* ---- work --------------------------------------------------------------------------------------------- */

static bool held(const struct dp *d)
{
	return d->how != DP_FRESH && d->settle < SETTLE_MOVE;
}

/* A port that leaves XDP is no target any more before the worker takes it out of `out`. */
static void leave_xdp(struct dp *d, struct dp_port *p)
{
	if (!p->now.xdp || p->want.mode == p->last.mode || p->want.mode == PORT_MODE_XDP)
		return;
	p->now.xdp = false;
	port_row(d, p);
}

static int start(struct dp *d, struct dp_port *p)
{
	if (held(d) || d->closing)
		return 0;
	if (p->busy) {
		p->again = true;
		return 0;
	}
	struct port_job *j = calloc(1, sizeof(*j));
	if (!j) {
		log_event(LOG_P_ERR, "port-job", "ifindex=%u error=%d", p->want.ifindex, ENOMEM);
		return -ENOMEM;
	}
	leave_xdp(d, p);
	*j = (struct port_job){ .ifindex = p->want.ifindex, .want = p->want, .release = !p->wanted, .env = &d->env,
				.fd_xdp = p->fd_xdp, .fd_tc = p->fd_tc };
	p->last = p->want;
	p->busy = true;
	p->again = false;
	d->running++;
	worker_give(d->worker, j);
	return 0;
}

static const char *mode_text(const struct port_now *n)
{
	if (n->xdp)
		return n->tcx ? "xdp+tcx" : n->clsact ? "xdp+clsact" : "xdp";
	return n->tcx ? "tcx" : n->clsact ? "clsact" : "none";
}

static void tell(const struct dp_port *p, const struct port_job *j)
{
	if (j->release || !p->now.present)
		return;
	log_event(j->rc ? LOG_P_ERR : LOG_P_NOTICE, "port-mode", "port=%s ifindex=%u mode=%s why=\"%s\"", p->name,
		  p->want.ifindex, mode_text(&p->now), p->now.why);
	if (p->now.warn[0])
		log_event(LOG_P_WARNING, "port-warning", "port=%s text=\"%s\"", p->name, p->now.warn);
}

static void remember(struct dp_port *p, const struct sys_link *l)
{
	memcpy(p->kind, l->kind, sizeof(p->kind));
	memcpy(p->master_kind, l->master_kind, sizeof(p->master_kind));
	memcpy(p->name, l->name, sizeof(p->name));
	p->mtu = l->mtu;
}

void dport_done(void *arg, struct port_job *j)
{
	struct dp *d = arg;
	struct dp_port *p = dport_find(d, j->ifindex);

	d->running--;
	d->writes += j->writes;
	p->busy = false;
	p->now = j->now;
	if (p->now.present)
		remember(p, &j->link);
	p->fd_xdp = j->fd_xdp;
	p->fd_tc = j->fd_tc;
	tell(p, j);
	port_row(d, p);
	if (p->again)
		start(d, p);
	else if (!p->wanted)
		port_drop(d, p);
	free(j);
	settle_check(d);
}

static bool same_role(const struct act_port *a, const struct act_port *b)
{
	return a->ac == b->ac && a->subif == b->subif && a->core == b->core && a->mode == b->mode;
}

int dport_want(struct dp *d, const struct act_port *want)
{
	bool wanted = want->ac || want->subif || want->core;
	struct dp_port *p = dport_find(d, want->ifindex);

	if (!p && !wanted) {
		port_clear_row(d, want->ifindex);
		return 0;
	}
	if (!p && !(p = port_make(d, want->ifindex)))
		return -ENOMEM;
	p->want = *want;
	p->wanted = wanted;
	port_row(d, p);
	return same_role(want, &p->last) ? 0 : start(d, p);
}

/* ---- devices that come, go and change ------------------------------------------------------------------- */

static bool jumbo(uint32_t mtu)
{
	return mtu > MODE_MTU_PLAIN;
}

static bool changed(const struct dp_port *p, const struct sys_link *l)
{
	return strcmp(p->kind, l->kind) || strcmp(p->master_kind, l->master_kind) || strcmp(p->name, l->name) ||
	       jumbo(p->mtu) != jumbo(l->mtu);
}

void dp_link(struct dp *d, const struct sys_link *l, bool gone)
{
	struct dp_port *p = dport_find(d, l->ifindex);

	if (!p)
		return;
	if (gone) {
		p->now = (struct port_now){ 0 };	/* the kernel has detached everything */
		p->name[0] = '\0';
		port_row(d, p);
		start(d, p);
		return;
	}
	bool unseen = p->busy && !p->name[0];	/* the job that runs looks by itself */
	bool act = changed(p, l) && !unseen;
	remember(p, l);
	if (act)
		start(d, p);
}

/* ---- start and end -------------------------------------------------------------------------------------- */

int ports_adopt(struct dp *d)
{
	uint32_t key, next;
	struct prepared rec;

	for (int rc = map_next(d->env.prepared_fd, NULL, &next); !rc; rc = map_next(d->env.prepared_fd, &key, &next)) {
		key = next;
		if (sys_map_get(d->env.prepared_fd, &key, &rec) || rec.netns != d->env.netns)
			continue;
		struct dp_port *p = port_make(d, key);
		if (!p)
			return -ENOMEM;
		p->now = (struct port_now){
			.present = true,
			.xdp = rec.changed & PREP_XDP,
			.tcx = rec.changed & PREP_TCX,
			.clsact = rec.changed & PREP_CLSACT,
			.changed = rec.changed & PREP_ALL,
		};
	}
	return 0;
}

void ports_release_held(struct dp *d)
{
	for (uint32_t i = 0; i < d->n_port; i++) {
		struct dp_port *p = &d->port[i];
		if (!p->busy && (!p->wanted || !same_role(&p->want, &p->last)))
			start(d, p);
	}
}

/* Unpinned links end with us, so nothing of ours may stay on the ports. */
static void give_back_now(struct dp *d, struct dp_port *p)
{
	struct port_job j = { .ifindex = p->want.ifindex, .release = true, .env = &d->env, .fd_xdp = p->fd_xdp,
			      .fd_tc = p->fd_tc };

	port_bring(&j);
}

void ports_free(struct dp *d)
{
	for (uint32_t i = 0; i < d->n_port && !d->dir[0]; i++)
		give_back_now(d, &d->port[i]);
	free(d->port);
	d->port = NULL;
	d->n_port = 0;
}

bool dp_show_port(const struct dp *d, uint32_t ifindex, struct show_port *out)
{
	const struct dp_port *p = dport_find(d, ifindex);

	if (!p)
		return false;
	memset(out, 0, sizeof(*out));
	out->ifindex = ifindex;
	snprintf(out->mode, sizeof(out->mode), "%s", mode_text(&p->now));
	snprintf(out->why, sizeof(out->why), "%s", p->busy && !p->now.why[0] ? "being attached" : p->now.why);
	memcpy(out->warn, p->now.warn, sizeof(out->warn));
	memcpy(out->driver, p->now.driver, sizeof(out->driver));
	prep_text(p->now.changed, out->prepared, sizeof(out->prepared));
	return true;
}
