/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the engine lets core decide: in slices between everything else, a commit waiting for its round; and when core
 * had no memory: what is decided is carried out at once, the rest is asked for again, and lost facts are asked of
 * the kernel. Core is a script of answers here.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/asking.h"
#include "daemon/engine.h"
#include "daemon/pulse.h"

#define MS 1000000ull
#define END 99				/* of the answers; 0 from then on */

static struct {
	const int *rc;			/* of core_run(), call by call, then END */
	int forever;			/* unless this is set */
	uint32_t actions;		/* in each list */
	unsigned runs, applied, events, dumps, kept, flushed;
	int dump_rc;
	uint64_t next;			/* of core_next(), until a run at that time */
	uint64_t ran_at;
	int apply_rc, again_rc;
	unsigned retells;
	unsigned rewrites;
	int judging, applying, tidy;	/* slices that are left */
	int waits;			/* runs until nothing is pending */
	unsigned judged, changed, dp_settled, host_settled;
	unsigned signalled, flushes, forced;
	bool interactive;		/* a commit somebody waits for */
	size_t wanted;			/* problems; 0: as many as a person reads */
	bool open;			/* told to LDP, and not sent yet */
} script;

/* ---- everybody else ---------------------------------------------------------------------------------- */

int core_run_slice(struct core *c, uint64_t now_ns, struct actions *out, uint32_t work)
{
	(void)c;
	int rc = script.forever ? script.forever : *script.rc == END ? 0 : *script.rc++;

	assert_in_range(work, 1, 1000);		/* a slice is short */
	assert_false(script.applying > 0);
	script.waits -= script.waits > 0;

	assert_int_equal(out->n, 0);		/* carried out before it is used again */
	out->n = rc == -EAGAIN ? 0 : script.actions;
	script.runs++;
	script.ran_at = now_ns;
	if (now_ns >= script.next)
		script.next = 0;
	return rc == -EAGAIN ? -ENOMEM : rc;
}

int dp_apply(struct dp *d, const struct actions *a)
{
	(void)d;
	script.applied += a->n;
	return script.apply_rc;
}

int dp_again(struct dp *d)
{
	(void)d;
	script.rewrites++;
	return script.again_rc;
}

void events_send(struct events *ev, const struct core_event *e)
{
	(void)ev, (void)e;
	script.events++;
}

int facts_again(struct engine *e)
{
	(void)e;
	script.dumps++;
	return script.dump_rc;
}

uint64_t core_next(const struct core *c) { (void)c; return script.next; }
void keep_revert(struct engine *e, const struct act_keep *k) { (void)e, (void)k; script.kept++; }
void keep_template(struct engine *e, const struct act_keep_template *k) { (void)e, (void)k; script.kept++; }
void keep_label(struct engine *e, const struct act_keep_label *k) { (void)e, (void)k; script.kept++; }
void speaker_config(struct engine *e, enum obj_type t, const void *o, const void *n) { (void)e, (void)t, (void)o, (void)n; }
uint64_t speaker_hold(const struct engine *e) { (void)e; return 0; }
void speaker_action(struct engine *e, const struct action *a) { (void)e; script.signalled += a->kind == ACT_SIGNAL; script.open = true; }
void speaker_again(struct engine *e) { (void)e; script.retells++; }
void speaker_flush(struct engine *e, bool more) { (void)e; (void)more; script.flushes += script.open; script.open = false; }
void keep_flush(struct engine *e)
{
	(void)e;
	script.flushed += script.kept != 0;
}
int core_prepare(struct core *c, enum obj_type t, const void *o, const void *n) { (void)c, (void)t, (void)o, (void)n; return 0; }
bool core_prepared_slice(struct core *c, uint32_t work, struct core_problem *o, size_t max, size_t *n)
{
	(void)c, (void)o, (void)max;
	assert_in_range(work, 1, 1000);
	*n = 0;
	script.judged++;
	return script.judging-- > 0;
}
size_t cfg_problems_wanted(const struct cfg *c) { (void)c; return script.wanted ? script.wanted : CFG_PROBLEMS_MAX; }
void core_judge_each(struct core *c, bool each) { (void)c, (void)each; }
void core_judge_now(struct core *c, bool interactive) { (void)c; script.interactive = interactive; }
void core_abort(struct core *c) { (void)c; }
bool core_apply_slice(struct core *c, uint32_t work)
{
	(void)c;
	assert_in_range(work, 1, 1000);
	script.changed++;
	return script.applying-- > 0;
}
bool core_tidy(struct core *c, uint32_t work) { (void)c, (void)work; return script.tidy-- > 0; }
bool core_pending(const struct core *c) { (void)c; return script.waits > 0; }
void core_replay(struct core *c) { (void)c; }
uint32_t core_capacity(const struct core *c) { (void)c; return 64; }
bool cfg_background(struct cfg *c) { (void)c; return false; }
void cfg_problem(struct cfg *c, enum obj_type t, const void *o, const char *f, const char *x)
{
	(void)c, (void)t, (void)o, (void)f, (void)x;
}
void host_interface(struct engine *e, const struct m_interface *o, const struct m_interface *n) { (void)e, (void)o, (void)n; }
void host_route(struct engine *e, const struct m_route *o, const struct m_route *n) { (void)e, (void)o, (void)n; }
void host_neigh(struct engine *e, uint32_t i, uint32_t ip, bool keep) { (void)e, (void)i, (void)ip, (void)keep; }
void records_action(struct engine *e, const struct action *a) { (void)e, (void)a; }
void pulses_reset(struct engine *en) { (void)en; }
void records_reset(struct engine *e) { (void)e; }
void host_ac_down(struct engine *e, const struct act_ac_down *a) { (void)e, (void)a; script.forced++; }
void asking_neigh(struct asking *a, uint32_t i, uint32_t ip) { (void)a, (void)i, (void)ip; }
void facts_interface(struct engine *e, const char *name) { (void)e, (void)name; }
void facts_fell(void *e, uint32_t i, uint64_t when) { (void)e, (void)i, (void)when; }
void facts_rose(void *e, uint32_t i) { (void)e, (void)i; }
const struct sys_link *facts_devices(const struct facts *f, size_t *n) { (void)f; *n = 0; return NULL; }
void cli_server_dp(struct cli_server *s, struct dp *d) { (void)s, (void)d; }
void dp_link(struct dp *d, const struct sys_link *l, bool gone) { (void)d, (void)l, (void)gone; }
void dp_settled(struct dp *d) { (void)d; script.dp_settled++; }
void host_settled(struct engine *e) { (void)e; script.host_settled++; }
void dp_seed(struct dp *d, struct core *c) { (void)d, (void)c; }
void dp_close(struct dp *d) { (void)d; }
int dp_open(struct dp **ret, struct loop *l, const struct dp_open *o, enum dp_opened *how, char why[256])
{
	(void)ret, (void)l, (void)o, (void)how, (void)why;
	return -ENOSYS;
}

/* ---- the tests ----------------------------------------------------------------------------------------- */

static struct action list[2] = { { .kind = ACT_EVENT }, { .kind = ACT_STEER } };
static struct engine e;

static int up(void **state)
{
	(void)state;
	e = (struct engine){ .loop = loop_new(), .ready = true, .adopted = true, .actions = { .v = list, .cap = 2 } };
	assert_non_null(e.loop);
	loop_virtual(e.loop, 1000 * MS);
	memset(&script, 0, sizeof(script));
	script.actions = 2;
	return 0;
}

static int down(void **state)
{
	(void)state;
	loop_free(e.loop);
	return 0;
}

static void goes_on_while_it_gets_on(void **state)
{
	(void)state;
	script.rc = (int[]){ -ENOMEM, -ENOMEM, 0, END };
	engine_settle(&e);
	assert_int_equal(script.runs, 1);
	loop_advance(e.loop, 0);		/* the rest is the loop's idle work */
	assert_int_equal(script.runs, 3);
	assert_int_equal(script.applied, 6);
	assert_int_equal(script.events, 3);
	loop_advance(e.loop, 9000 * MS);
	assert_int_equal(script.runs, 3);		/* nothing left for a timer */
}

static void waits_when_it_does_not(void **state)
{
	(void)state;
	script.rc = (int[]){ -EAGAIN, -EAGAIN, 0, END };	/* short of memory, and not one action */
	engine_settle(&e);
	assert_int_equal(script.runs, 1);
	loop_advance(e.loop, 9000 * MS);
	assert_int_equal(script.runs, 3);
	assert_int_equal(script.applied, 2);
	assert_int_equal(script.dumps, 0);
}

static void is_bounded(void **state)
{
	(void)state;
	script.forever = -ENOMEM;
	engine_settle(&e);
	loop_advance(e.loop, 0);
	unsigned a_turn = script.runs;

	assert_in_range(a_turn, 2, 100);
	loop_advance(e.loop, 10000 * MS);
	assert_in_range(script.runs, 5 * a_turn, 20 * a_turn);	/* ever slower, never never */
	script.forever = 0;
	script.rc = (int[]){ END };
	loop_advance(e.loop, 20000 * MS);
	a_turn = script.runs;
	loop_advance(e.loop, 90000 * MS);
	assert_int_equal(script.runs, a_turn);
}

static void asks_for_lost_facts(void **state)
{
	(void)state;
	script.rc = (int[]){ -ENOBUFS, 0, END };
	engine_settle(&e);
	assert_int_equal(script.runs, 1);
	assert_int_equal(script.applied, 2);		/* what was decided is */
	assert_int_equal(script.dumps, 0);		/* not from within: a callback of the monitor may have called */
	loop_advance(e.loop, 9000 * MS);
	assert_int_equal(script.dumps, 1);
	assert_int_equal(script.retells, 1);		/* of what LDP heard, too */
	assert_int_equal(script.runs, 2);
}

static void asks_until_it_is_told(void **state)
{
	(void)state;
	script.rc = (int[]){ -ENOBUFS, END };
	script.dump_rc = -ENOMEM;
	engine_settle(&e);
	loop_advance(e.loop, 9000 * MS);
	assert_in_range(script.dumps, 5, 100);
	script.dump_rc = 0;
	loop_advance(e.loop, 11000 * MS);
	unsigned dumps = script.dumps;

	loop_advance(e.loop, 90000 * MS);
	assert_int_equal(script.dumps, dumps);
}

/* Core is run when its next delay timer ends, to the nanosecond, and one timer follows it about. */
static void runs_when_core_wants_to(void **state)
{
	(void)state;
	script.rc = (int[]){ END };
	script.next = 4000 * MS;
	engine_settle(&e);
	loop_advance(e.loop, 2000 * MS);
	assert_int_equal(script.runs, 1);
	script.next = 3000 * MS + 7;		/* a fact brought an earlier one */
	engine_settle(&e);
	loop_advance(e.loop, 9000 * MS);
	assert_int_equal(script.runs, 3);
	assert_int_equal(script.ran_at, 3000 * MS + 7);
	script.next = 11000 * MS;
	engine_settle(&e);
	script.next = 0;			/* and then none */
	engine_settle(&e);
	loop_advance(e.loop, 20000 * MS);
	assert_int_equal(script.runs, 5);
}

/* What is to outlive the engine is written once a decision, when the rows are. */
static void keeps_by_one_write(void **state)
{
	struct action two[2] = { { .kind = ACT_KEEP }, { .kind = ACT_KEEP_TEMPLATE } };

	(void)state;
	e.actions.v = two;
	script.rc = (int[]){ END };
	engine_settle(&e);
	assert_int_equal(script.kept, 2);
	assert_int_equal(script.flushed, 1);
}

/* Decisions about signalling go to LDP, and leave with the list they came in. */
static void signals_and_flushes(void **state)
{
	struct action two[2] = { { .kind = ACT_SIGNAL }, { .kind = ACT_BIND } };

	(void)state;
	e.actions.v = two;
	script.rc = (int[]){ 1, 0, END };
	engine_settle(&e);
	assert_int_equal(script.signalled, 1);
	assert_int_equal(script.flushes, 1);
	loop_advance(e.loop, 0);
	assert_int_equal(script.signalled, 2);
	assert_int_equal(script.flushes, 2);
}

/* Rows the kernel has no room for are written again, ever more seldom, until it has. */
static void writes_rows_again(void **state)
{
	(void)state;
	script.rc = (int[]){ END };
	script.apply_rc = script.again_rc = -E2BIG;
	engine_settle(&e);
	assert_int_equal(script.rewrites, 0);
	script.apply_rc = 0;
	script.actions = 0;
	loop_advance(e.loop, 9000 * MS);
	assert_in_range(script.rewrites, 5, 100);
	script.again_rc = 0;
	loop_advance(e.loop, 11000 * MS);
	unsigned n = script.rewrites;

	loop_advance(e.loop, 90000 * MS);
	assert_int_equal(script.rewrites, n);
	assert_false(e.rewrite);
}

/* ---- slices -------------------------------------------------------------------------------------------- */

static void goes_on_in_idle_time(void **state)
{
	(void)state;
	script.rc = (int[]){ 1, 1, 1, 0, 1, 0, END };
	script.waits = 6;			/* something came while the first round went on */
	engine_settle(&e);
	assert_int_equal(script.runs, 1);
	engine_settle(&e);
	assert_int_equal(script.runs, 2);
	loop_advance(e.loop, 0);
	assert_int_equal(script.runs, 6);
	assert_int_equal(e.rounds, 2);
	loop_advance(e.loop, 90000 * MS);
	assert_int_equal(script.runs, 6);
}

/* The first round of core over a data plane just opened ends with what nobody asked for going; of Linux once. */
static void first_round_settles(void **state)
{
	(void)state;
	e.fresh = true;
	e.adopted = false;
	script.rc = (int[]){ 1, 1, 0, 0, END };
	engine_settle(&e);
	assert_int_equal(script.dp_settled, 0);
	loop_advance(e.loop, 0);
	assert_int_equal(script.dp_settled, 1);
	assert_int_equal(script.host_settled, 1);
	e.fresh = true;				/* another capacity */
	engine_settle(&e);
	assert_int_equal(script.dp_settled, 2);
	assert_int_equal(script.host_settled, 1);
}

/* A commit is judged, applied and answered in slices; the answer waits for the round that has seen it. */
static void commit_waits_for_its_round(void **state)
{
	const struct cfg_steps *s = engine_steps(&e);
	unsigned n;

	(void)state;
	e.capacity = 64;
	script.rc = (int[]){ 1, 1, 1, 1, 0, END };
	script.waits = 7;
	engine_settle(&e);			/* a round is under way, and cut by the commit */
	script.judging = script.applying = script.tidy = 3;
	for (n = 0; s->prepared(s->arg, NULL) == 1; n++)
		;
	assert_int_equal(script.judged, 4);
	for (n = 0; s->applied(s->arg) && n < 100; n++)
		;
	assert_in_range(n, 0, 99);
	assert_int_equal(script.changed, 4);
	assert_int_equal(script.runs, 5);
	assert_int_equal(e.rounds, 1);
	loop_advance(e.loop, 0);		/* what else came is settled, what it held is given up */
	assert_int_equal(script.runs, 7);
	assert_true(script.tidy < 0);
	assert_int_equal(e.await, 0);
}

static void a_file_is_no_commit_of_a_person(void **state)
{
	const struct cfg_steps *s = engine_steps(&e);

	(void)state;
	script.rc = (int[]){ END };
	assert_int_equal(s->prepared(s->arg, NULL), 0);
	assert_true(script.interactive);
	script.wanted = CFG_PROBLEMS_MAX + 1;
	assert_int_equal(s->prepared(s->arg, NULL), 0);
	assert_false(script.interactive);
	script.wanted = 0;
	e.ready = false;			/* the journal, at a start */
	assert_int_equal(s->prepared(s->arg, NULL), 0);
	assert_false(script.interactive);
}

static void commit_is_answered_without_memory(void **state)
{
	const struct cfg_steps *s = engine_steps(&e);
	unsigned n = 0;

	(void)state;
	e.capacity = 64;
	script.forever = -ENOMEM;
	while (s->applied(s->arg) && n < 100)
		n++;
	assert_in_range(n, 0, 99);
	script.forever = 0;
	script.rc = (int[]){ END };
	n = script.runs;
	loop_advance(e.loop, 9000 * MS);
	assert_true(script.runs > n);
}

/* Nothing is changed before what a former engine left is taken over. */
static void commit_waits_for_adoption(void **state)
{
	const struct cfg_steps *s = engine_steps(&e);

	(void)state;
	e.adopted = false;
	e.fresh = true;
	script.rc = (int[]){ 1, 1, 0, END };
	assert_int_equal(s->prepared(s->arg, NULL), 1);
	assert_int_equal(script.judged, 0);
	while (s->prepared(s->arg, NULL))
		;
	assert_int_equal(script.runs, 3);
	assert_int_equal(script.judged, 1);
	assert_int_equal(script.dp_settled, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_on_while_it_gets_on, up, down),
		cmocka_unit_test_setup_teardown(waits_when_it_does_not, up, down),
		cmocka_unit_test_setup_teardown(is_bounded, up, down),
		cmocka_unit_test_setup_teardown(asks_for_lost_facts, up, down),
		cmocka_unit_test_setup_teardown(asks_until_it_is_told, up, down),
		cmocka_unit_test_setup_teardown(runs_when_core_wants_to, up, down),
		cmocka_unit_test_setup_teardown(keeps_by_one_write, up, down),
		cmocka_unit_test_setup_teardown(signals_and_flushes, up, down),
		cmocka_unit_test_setup_teardown(writes_rows_again, up, down),
		cmocka_unit_test_setup_teardown(goes_on_in_idle_time, up, down),
		cmocka_unit_test_setup_teardown(first_round_settles, up, down),
		cmocka_unit_test_setup_teardown(commit_waits_for_its_round, up, down),
		cmocka_unit_test_setup_teardown(a_file_is_no_commit_of_a_person, up, down),
		cmocka_unit_test_setup_teardown(commit_is_answered_without_memory, up, down),
		cmocka_unit_test_setup_teardown(commit_waits_for_adoption, up, down),
	};

	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
