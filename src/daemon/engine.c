/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.c: configuration goes into core, core's actions come out.
 *
 * A commit: prepare (core claims labels), then either abort or apply; what Linux must have is done
 * at apply, after the journal. A decision: core_run() fills a list, dp carries out its rows, the rest
 * goes to netlink, the log and events.sock.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "daemon/asking.h"
#include "daemon/engine.h"

#define RUNS_MAX	16		/* of core in one turn */
#define AGAIN_NS	20000000ull	/* the first wait for memory; each next is twice as long */
#define AGAIN_MAX_NS	1000000000ull

static int step_prepare(void *arg, enum obj_type type, const void *old, const void *now)
{
	struct engine *e = arg;

	return core_prepare(e->core, type, old, now);
}

static int step_prepared(void *arg, struct cfg *c)
{
	struct core_problem p[CFG_PROBLEMS_MAX];
	struct engine *e = arg;
	size_t n = core_prepared(e->core, p, CFG_PROBLEMS_MAX);

	for (size_t i = 0; i < n && i < CFG_PROBLEMS_MAX; i++)
		cfg_problem(c, p[i].type, p[i].obj, p[i].field, p[i].text);
	return 0;
}

static void step_abort(void *arg)
{
	struct engine *e = arg;

	core_abort(e->core);
}

/* Before the maps are open nothing is done to Linux: main tells of everything then. */
static void step_apply(void *arg, enum obj_type type, const void *old, const void *now)
{
	struct engine *e = arg;

	if (!e->ready)
		return;
	if (type == OBJ_INTERFACE)
		host_interface(e, old, now);
	else if (type == OBJ_ROUTE)
		host_route(e, old, now);
	if (type == OBJ_INTERFACE && now) {
		const struct m_interface *m = now;

		facts_interface(e, m->parent[0] ? m->parent : m->name);
	}
}

static bool step_applied(void *arg)
{
	struct engine *e = arg;
	char why[256];
	int rc;

	core_apply(e->core);
	if (!e->ready)
		return false;
	if (core_capacity(e->core) != e->capacity) {
		rc = engine_open_dp(e, why);
		if (rc)
			log_event(LOG_P_ERR, "capacity-not-changed", "error=%d text=\"%s\"", -rc, why);
	}
	engine_settle(e);
	return false;
}

static bool background(void *arg)
{
	return cfg_background(arg);
}

static void step_work(void *arg)
{
	struct engine *e = arg;

	loop_idle(e->loop, background, e->cfg);
}

const struct cfg_steps *engine_steps(struct engine *e)
{
	static struct cfg_steps steps = {
		.prepare = step_prepare,
		.prepared = step_prepared,
		.abort = step_abort,
		.apply = step_apply,
		.applied = step_applied,
		.work = step_work,
	};

	steps.arg = e;
	return &steps;
}

/* ---- actions ------------------------------------------------------------------------------------ */

static void neighbour(struct engine *e, uint32_t ifindex, uint32_t ip, bool keep)
{
	host_neigh(e, ifindex, ip, keep);
	if (keep)
		asking_neigh(e->asking, ifindex, ip);
}

static void carry_out(struct engine *e, const struct action *a)
{
	if (a->kind == ACT_NEIGH)
		neighbour(e, a->neigh.ifindex, a->neigh.ip, a->neigh.keep);
	else if (a->kind == ACT_EVENT)
		events_send(e->events, &a->event);
	else if (a->kind == ACT_KEEP)
		keep_revert(e, &a->keep);
	else if (a->kind == ACT_KEEP_TEMPLATE)
		keep_template(e, &a->keep_template);
}

static void hand_out(struct engine *e)
{
	int rc;

	if (!e->actions.n)
		return;
	rc = dp_apply(e->dp, &e->actions);
	if (rc)
		log_event(LOG_P_ERR, "data-plane-write", "error=%d text=\"%s\"", -rc, strerror(-rc));
	for (uint32_t i = 0; i < e->actions.n; i++)
		carry_out(e, &e->actions.v[i]);
	keep_flush(e);
}

/* The one timer of all delay timers. */
static void on_next(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;

	(void)now_ns;
	loop_doing(e->loop, "delay timers that end");
	engine_settle(e);
}

static void set_next(struct engine *e)
{
	uint64_t at = core_next(e->core);

	e->next.fn = on_next;
	e->next.arg = e;
	if (at)
		timer_set(e->loop, &e->next, at);
	else
		timer_stop(e->loop, &e->next);
}

static void try_again(struct engine *e, const char *what);

static void on_again(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;

	(void)now_ns;
	if (e->retell && !facts_again(e))
		e->retell = false;
	engine_settle(e);
	if (e->retell)
		try_again(e, "facts");
}

static void try_again(struct engine *e, const char *what)
{
	if (e->again.at_ns)
		return;
	if (e->again_ns < AGAIN_MAX_NS)
		e->again_ns = e->again_ns ? 2 * e->again_ns : AGAIN_NS;
	log_event(LOG_P_ERR, "out-of-memory", "what=%s text=\"tried again in %llu ms\"", what,
		  (unsigned long long)e->again_ns / 1000000);
	e->again.fn = on_again;
	e->again.arg = e;
	timer_set(e->loop, &e->again, loop_now(e->loop) + e->again_ns);
}

/* A list that could not grow is carried out as far as it goes, which makes room for the rest. */
void engine_settle(struct engine *e)
{
	int rc = -ENOMEM;

	if (!e->ready)
		return;
	for (unsigned i = 0; i < RUNS_MAX && rc == -ENOMEM; i++) {
		e->actions.n = 0;
		rc = core_run(e->core, loop_now(e->loop), &e->actions);
		hand_out(e);
		if (!e->actions.n)
			break;
	}
	if (rc == -ENOBUFS)
		e->retell = true;
	if (rc)
		try_again(e, rc == -ENOBUFS ? "facts" : "decisions");
	else if (!e->retell)
		e->again_ns = 0;
	set_next(e);
}

/* ---- the data plane -------------------------------------------------------------------------------- */

/* The maps got another size while running: all is written into the new ones, then they take over. */
static void fill_again(struct engine *e)
{
	size_t n;
	const struct sys_link *l = facts_devices(e->facts, &n);

	cli_server_dp(e->cli, e->dp);
	for (size_t i = 0; i < n; i++)
		dp_link(e->dp, &l[i], false);
	core_replay(e->core);
	engine_settle(e);
	dp_settled(e->dp);
}

int engine_open_dp(struct engine *e, char why[256])
{
	struct dp_open o = {
		.bpf_dir = e->bpf_dir,
		.run_dir = e->run_dir,
		.capacity = core_capacity(e->core),
		.fell = facts_fell,
		.rose = facts_rose,
		.arg = e,
	};
	bool again = e->dp != NULL;
	enum dp_opened how;
	struct dp *dp;
	int rc = dp_open(&dp, e->loop, &o, &how, why);

	if (rc)
		return rc;
	if (again)
		dp_close(e->dp);
	e->dp = dp;
	e->capacity = o.capacity;
	log_event(LOG_P_NOTICE, "data-plane", "state=%s capacity=%u",
		  how == DP_FRESH ? "fresh" : how == DP_ADOPTED ? "adopted" : "migrating", e->capacity);
	if (again)
		fill_again(e);
	else
		dp_seed(dp, e->core);
	return 0;
}
