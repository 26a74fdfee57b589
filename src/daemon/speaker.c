/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * speaker.c: LDP between its neighbours. What it reports becomes facts of core, what core decides of pseudowires and
 * labels is told to it; configuration, devices, addresses and routes are handed on.
 *
 * LDP's reports come in the middle of its work, so core is run a moment later, from the loop: core's decisions go back
 * into LDP.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "daemon/engine.h"

struct signalling {
	struct ldp *ldp;
	struct sys_routes *routes;
	struct timer soon;		/* core is to be run */
};

/* ---- reports ------------------------------------------------------------------------------------ */

static void session(void *arg, uint32_t peer, enum session_state s)
{
	core_session(((struct engine *)arg)->core, peer, s);
}

static void remote(void *arg, uint32_t pw, const struct fact_remote *r)
{
	core_remote(((struct engine *)arg)->core, pw, r);
}

static void fec(void *arg, uint32_t dest, uint8_t len, const struct fact_fec *f)
{
	core_fec(((struct engine *)arg)->core, dest, len, f);
}

static void recovered(void *arg)
{
	struct engine *e = arg;

	log_event(LOG_P_NOTICE, "recovered", "text=\"what peers did not confirm is given up\"");
	core_recovered(e->core);
}

static void on_soon(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;

	(void)now_ns;
	loop_doing(e->loop, "news of LDP");
	engine_settle(e);
}

static void soon(void *arg)
{
	struct engine *e = arg;

	timer_set(e->loop, &e->signalling->soon, loop_now(e->loop));
}

static void event(void *arg, const struct ldp_event *ev)
{
	events_ldp(((struct engine *)arg)->events, ev);
}

/* ---- life --------------------------------------------------------------------------------------- */

int speaker_open(struct engine *e)
{
	const struct ldp_report report = {
		.session = session, .remote = remote, .fec = fec, .recovered = recovered, .settle = soon,
		.event = event, .arg = e,
	};
	struct signalling *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->soon = (struct timer){ .fn = on_soon, .arg = e };
	s->ldp = ldp_new(e->loop, &report);
	if (!s->ldp) {
		free(s);
		return -ENOMEM;
	}
	e->signalling = s;
	return 0;
}

void speaker_close(struct engine *e)
{
	struct signalling *s = e->signalling;

	if (!s)
		return;
	if (s->routes) {
		loop_fd_off(e->loop, sys_routes_fd(s->routes));
		sys_routes_free(s->routes);
	}
	ldp_free(s->ldp);
	timer_stop(e->loop, &s->soon);
	free(s);
	e->signalling = NULL;
}

struct ldp *speaker_ldp(const struct engine *e)
{
	return e->signalling ? e->signalling->ldp : NULL;
}

/* ---- configuration ------------------------------------------------------------------------------ */

static uint64_t hold_ns(const struct m_ldp *m)
{
	if (!m || !m->graceful_restart)
		return LABEL_REST_NS;
	return (m->reconnect ? m->reconnect : LDP_GR_RECONNECT) * 1000000000ull;
}

static void hold(struct engine *e, const struct m_ldp *m)
{
	int rc = dp_hold(e->dp, hold_ns(m));

	if (rc)
		log_event(LOG_P_ERR, "dead-man", "error=%d text=\"the holding time cannot be changed: %s\"", -rc, strerror(-rc));
	core_label_rest(e->core, hold_ns(m));
}

void speaker_config(struct engine *e, enum obj_type type, const void *old, const void *now)
{
	if (type == OBJ_LDP)
		hold(e, now);
	ldp_config(e->signalling->ldp, type, old, now);
}

struct told {
	struct engine *e;
	enum obj_type type;
};

static int told(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct told *t = arg;

	(void)key;
	(void)len;
	speaker_config(t->e, t->type, NULL, val);
	return 0;
}

static const struct m_ldp *configured(const struct engine *e)
{
	return trie_get(cfg_running(e->cfg), &(const uint8_t){ OBJ_LDP }, 1);
}

uint64_t speaker_hold(const struct engine *e)
{
	return hold_ns(configured(e));
}

/* Peers hold our labels only as long as they were promised, and the kernel's rows are worth holding only then. */
static void recover(struct engine *e, bool adopted)
{
	const struct m_ldp *m = configured(e);

	if (!adopted || !m || !m->graceful_restart || dp_heartbeat_age(e->dp) >= hold_ns(m))
		return;
	log_event(LOG_P_NOTICE, "recovering", "text=\"pseudowires and LSPs stay as they are until peers are back\"");
	core_recovering(e->core);
	ldp_recovering(e->signalling->ldp);
}

void speaker_begin(struct engine *e, bool adopted)
{
	static const enum obj_type types[] = {
		OBJ_SYSTEM, OBJ_LDP, OBJ_LDP_KEY, OBJ_REMOTE_PEER, OBJ_L2VPN_PEER, OBJ_INTERFACE,
	};

	recover(e, adopted);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct told t = { e, types[i] };

		trie_walk(cfg_running(e->cfg), &(const uint8_t){ (uint8_t)types[i] }, 1, told, &t);
	}
}

/* ---- facts of the kernel ------------------------------------------------------------------------ */

void speaker_link(struct engine *e, const char *ifname, const struct sys_link *l, bool gone)
{
	if (e->signalling)
		ldp_link(e->signalling->ldp, ifname, gone ? 0 : l->ifindex, !gone && l->admin_up && l->carrier);
}

void speaker_address(struct engine *e, uint32_t ifindex, uint32_t ip, uint8_t len, bool gone)
{
	if (e->signalling)
		ldp_address(e->signalling->ldp, ifindex, ip, len, !gone);
}

static void on_route(void *arg, const struct sys_route_told *r, bool gone)
{
	ldp_route(((struct engine *)arg)->signalling->ldp, r, gone);
}

static void on_routes(void *arg, uint32_t events)
{
	struct engine *e = arg;
	int rc;

	(void)events;
	loop_doing(e->loop, "news of routes");
	rc = sys_routes_read(e->signalling->routes);
	if (rc && rc != -EAGAIN)
		log_event(LOG_P_ERR, "routes-read", "error=%d text=\"%s\"", -rc, strerror(-rc));
	engine_settle(e);
}

int speaker_routes(struct engine *e)
{
	struct signalling *s = e->signalling;
	int rc;

	s->routes = sys_routes_new(on_route, e);
	if (!s->routes)
		return -errno;
	rc = sys_routes_dump(s->routes);
	if (rc && rc != -EINTR)
		return rc;
	return loop_fd(e->loop, sys_routes_fd(s->routes), EPOLLIN, on_routes, e);
}

void speaker_again(struct engine *e)
{
	if (e->signalling)
		ldp_retell(e->signalling->ldp);
}

/* ---- decisions of core -------------------------------------------------------------------------- */

void speaker_action(struct engine *e, const struct action *a)
{
	struct ldp *l = e->signalling->ldp;

	if (a->kind == ACT_SIGNAL)
		ldp_signal(l, &a->signal);
	else if (a->kind == ACT_BIND)
		ldp_bind(l, &a->bind);
	else if (a->kind == ACT_MAC_WITHDRAW)
		ldp_mac_withdraw(l, a->mac_withdraw.pw);
}

void speaker_flush(struct engine *e, bool more)
{
	if (!e->signalling)
		return;
	ldp_round(e->signalling->ldp, more);
	ldp_flush(e->signalling->ldp);
}
