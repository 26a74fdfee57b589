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
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "daemon/asking.h"
#include "daemon/engine.h"
#include "daemon/pulse.h"

#define WORK		256u		/* objects of core between two looks at the clock: about 0.3 ms */
#define SHORT_MAX	16		/* runs of core that get on but a little, for want of memory */
#define AGAIN_NS	20000000ull	/* the first wait for memory; each next is twice as long */
#define AGAIN_MAX_NS	1000000000ull

static int step_prepare(void *arg, enum obj_type type, const void *old, const void *now)
{
	struct engine *e = arg;

	return core_prepare(e->core, type, old, now);
}

static bool settle_some(struct engine *e);
static bool settle(void *arg);
static void try_again(struct engine *e, const char *what);

/* The former engine's state is adopted as it was before anything is changed. */
static bool adopting(struct engine *e)
{
	return e->ready && !e->adopted && settle_some(e);
}

static void forget_problems(struct engine *e)
{
	free(e->problem);
	e->problem = NULL;
}

static int step_prepared(void *arg, struct cfg *c)
{
	struct engine *e = arg;
	size_t n = 0, max = cfg_problems_wanted(c);
	bool more;

	loop_doing(e->loop, "judging a commit");
	if (adopting(e))
		return 1;
	if (!e->problem)
		e->problem = calloc(max, sizeof(*e->problem));
	if (!e->problem)
		return -ENOMEM;
	core_judge_each(e->core, max > CFG_PROBLEMS_MAX);
	core_judge_now(e->core, e->ready && max <= CFG_PROBLEMS_MAX);	/* else it is a file, whose circuits are new */
	do
		more = core_prepared_slice(e->core, WORK, e->problem, max, &n);
	while (more && !loop_slice_over(e->loop));
	if (more)
		return 1;
	for (size_t i = 0; i < n && i < max; i++)
		cfg_problem(c, e->problem[i].type, e->problem[i].obj, e->problem[i].field, e->problem[i].text);
	forget_problems(e);
	return 0;
}

static bool tidy(void *arg)
{
	struct engine *e = arg;
	bool more;

	loop_doing(e->loop, "tidying up after a commit");
	do
		more = core_tidy(e->core, WORK);
	while (more && !loop_slice_over(e->loop));
	return more;
}

static void step_abort(void *arg)
{
	struct engine *e = arg;

	forget_problems(e);
	core_abort(e->core);
	loop_idle(e->loop, tidy, e);
}

/* Before the maps are open nothing is done to Linux: main tells of everything then. */
static void step_apply(void *arg, enum obj_type type, const void *old, const void *now)
{
	struct engine *e = arg;

	if (!e->ready)
		return;
	speaker_config(e, type, old, now);
	if (type == OBJ_INTERFACE)
		host_interface(e, old, now);
	else if (type == OBJ_ROUTE)
		host_route(e, old, now);
	if (type == OBJ_INTERFACE && now) {
		const struct m_interface *m = now;

		facts_interface(e, m->parent[0] ? m->parent : m->name);
	}
}

static void other_capacity(struct engine *e)
{
	char why[256];
	int rc = core_capacity(e->core) == e->capacity ? 0 : engine_open_dp(e, why);

	if (rc)
		log_event(LOG_P_ERR, "capacity-not-changed", "error=%d text=\"%s\"", -rc, why);
}

/* The commit is carried out when a whole round of core has seen it: its answer means that frames go by it. */
static bool step_applied(void *arg)
{
	struct engine *e = arg;
	bool more = true;

	if (!e->await) {
		loop_doing(e->loop, "applying a commit");
		do
			more = core_apply_slice(e->core, WORK);
		while (more && !loop_slice_over(e->loop));
		if (more)
			return true;
		loop_idle(e->loop, tidy, e);
		if (!e->ready)
			return false;
		other_capacity(e);
		e->await = e->rounds + 1;
	}
	loop_doing(e->loop, "settling circuits");
	do
		more = settle_some(e);
	while (more && e->rounds < e->await && !loop_slice_over(e->loop));
	if (more)
		loop_idle(e->loop, settle, e);
	if (more && e->rounds < e->await)
		return true;
	e->await = 0;
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
	records_action(e, a);
	if (a->kind == ACT_NEIGH)
		neighbour(e, a->neigh.ifindex, a->neigh.ip, a->neigh.keep);
	else if (a->kind == ACT_AC_DOWN)
		host_ac_down(e, &a->ac_down);
	else if (a->kind == ACT_EVENT)
		events_send(e->events, &a->event);
	else if (a->kind == ACT_KEEP)
		keep_revert(e, &a->keep);
	else if (a->kind == ACT_KEEP_TEMPLATE)
		keep_template(e, &a->keep_template);
	else if (a->kind == ACT_KEEP_LABEL)
		keep_label(e, &a->keep_label);
	else
		speaker_action(e, a);
}

static void hand_out(struct engine *e)
{
	struct timespec now;
	int rc;

	if (!e->actions.n)
		return;
	rc = dp_apply(e->dp, &e->actions);
	if (rc) {
		log_event(LOG_P_ERR, "data-plane-write", "error=%d text=\"%s\"", -rc, strerror(-rc));
		e->rewrite = true;
		try_again(e, "rows");
	}
	for (uint32_t i = 0; i < e->actions.n; i++)
		carry_out(e, &e->actions.v[i]);
	clock_gettime(CLOCK_MONOTONIC, &now);	/* later than loop_now(): the list took its time */
	e->decided_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
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

static void on_again(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;

	(void)now_ns;
	if (e->retell && !facts_again(e)) {
		speaker_again(e);
		e->retell = false;
	}
	if (e->rewrite && !dp_again(e->dp))
		e->rewrite = false;
	engine_settle(e);
	if (e->retell || e->rewrite)
		try_again(e, e->retell ? "facts" : "rows");
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

/* All rows have been written once: what nobody asked for goes. */
static void first_round(struct engine *e)
{
	e->fresh = false;
	dp_settled(e->dp);
	if (!e->adopted)
		host_settled(e);
	e->adopted = true;
}

static void round_over(struct engine *e, int rc)
{
	e->rounds++;
	keep_flush(e);
	if (e->fresh)
		first_round(e);
	if (rc == -ENOBUFS)
		e->retell = true;
	if (e->retell)
		try_again(e, "facts");
	else if (!e->rewrite)
		e->again_ns = 0;
}

/* True: there is more. A list that could not grow is carried out as far as it goes, which makes room for the rest. */
static bool settle_some(struct engine *e)
{
	bool more = true;
	int rc;

	e->actions.n = 0;
	rc = core_run_slice(e->core, loop_now(e->loop), &e->actions, WORK);
	hand_out(e);
	speaker_flush(e, rc > 0);
	if (rc == -ENOMEM && (!e->actions.n || ++e->short_runs >= SHORT_MAX)) {
		try_again(e, "decisions");
		more = false;
	}
	if (rc != -ENOMEM || !more)
		e->short_runs = 0;
	if (rc == 0 || rc == -ENOBUFS) {
		round_over(e, rc);
		more = core_pending(e->core);
	}
	set_next(e);
	return more;
}

static bool settle(void *arg)
{
	struct engine *e = arg;
	bool more;

	loop_doing(e->loop, "settling circuits");
	do
		more = settle_some(e);
	while (more && !loop_slice_over(e->loop));
	return more;
}

void engine_settle(struct engine *e)
{
	if (e->ready && settle_some(e))
		loop_idle(e->loop, settle, e);
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
		.hold_ns = speaker_hold(e),
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
	e->fresh = true;
	e->capacity = o.capacity;
	records_reset(e);
	pulses_reset(e);
	log_event(LOG_P_NOTICE, "data-plane", "state=%s capacity=%u",
		  how == DP_FRESH ? "fresh" : how == DP_ADOPTED ? "adopted" : "migrating", e->capacity);
	if (again)
		fill_again(e);
	else
		dp_seed(dp, e->core);
	e->dp_adopted = how == DP_ADOPTED;
	return 0;
}
