/* SPDX-License-Identifier: BSD-2-Clause */
/* Large commits, loads, saves and rollbacks step by step: interrupted, waited for, left by their operator. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/proto.h"
#include "cli/session.h"
#include "fake.h"

static struct cli_shared shared;
static struct operator {
	struct session s;
	char prompt[512];
	struct text said;
} one, two;

static const char *said(struct operator *o)
{
	text_free(&o->said);
	frame_text(&o->s, &o->said, o->prompt);		/* goes on to the end of what runs */
	return o->said.v ? o->said.v : "";
}

static void begin(struct operator *o, const char *line)
{
	session_line(&o->s, line, strlen(line));
}

static const char *type(struct operator *o, const char *line)
{
	begin(o, line);
	return said(o);
}

/* So many slices of what runs; it must have more to do. */
static void steps(struct operator *o, unsigned int n)
{
	while (n--)
		assert_true(session_step(&o->s));
}

static const char *sysname(void)
{
	return cfg_system(cfg_running(fake.e.cfg))->sysname;
}

static int setup(void **state)
{
	struct loop *l = loop_new();

	loop_virtual(l, FAKE_NOW);
	fake_start(l);
	fake_session(&two.s, &shared);
	fake_session(&one.s, &shared);
	said(&one);
	said(&two);
	type(&one, "system-view");
	type(&two, "system-view");
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	session_end(&one.s);
	session_end(&two.s);
	text_free(&one.said);
	text_free(&two.said);
	text_free(&shared.rollback);
	fake_stop();
	loop_free(*state);
	return 0;
}

static void finish(void)
{
	while (cfg_background(fake.e.cfg))
		;
}

static void interrupt(struct operator *o)
{
	session_interrupt(&o->s);
}

/* Up to the swap a commit can be given up; the candidate stays. */
static void interrupted_before_the_swap(void **state)
{
	(void)state;
	type(&one, "load many.cfg");
	begin(&one, "commit");
	steps(&one, 5);
	assert_false(cfg_commit_swapped(one.s.cfg));
	interrupt(&one);
	assert_string_equal(said(&one), "Error: The commit was given up, nothing was changed.\n");
	assert_string_equal(one.prompt, "[*twinwire]");
	assert_false(cfg_commit_busy(fake.e.cfg));
	assert_int_equal(fake.commits, 0);
	assert_string_equal(type(&one, "commit"), "");
	assert_string_equal(one.prompt, "[~MANY]");
	assert_int_equal(fake.commits, 1);
}

/* Behind it an interrupt changes nothing: the answer tells what is. */
static void interrupted_behind_the_swap(void **state)
{
	(void)state;
	type(&one, "load many.cfg");
	begin(&one, "commit");
	while (!cfg_commit_swapped(one.s.cfg))
		steps(&one, 1);
	interrupt(&one);
	assert_true(cfg_commit_busy(fake.e.cfg));
	assert_string_equal(said(&one), "");
	assert_string_equal(one.prompt, "[~MANY]");
	assert_int_equal(fake.commits, 1);
}

/* The second of two that commit waits for the first, and may stop waiting. */
static void one_waits_for_the_other(void **state)
{
	(void)state;
	type(&one, "load many.cfg");
	type(&two, "interface y1");
	begin(&one, "commit");
	steps(&one, 3);
	begin(&two, "commit");
	steps(&two, 10);
	interrupt(&two);
	assert_string_equal(said(&two), "Error: The commit was given up, nothing was changed.\n");
	assert_string_equal(two.prompt, "[*twinwire-y1]");
	begin(&two, "commit");
	steps(&two, 10);
	assert_string_equal(said(&one), "");
	assert_string_equal(said(&two), "");
	assert_string_equal(two.prompt, "[~MANY-y1]");
	assert_int_equal(fake.commits, 2);
	assert_non_null(cfg_interface(cfg_running(fake.e.cfg), "y1"));
	assert_non_null(cfg_interface(cfg_running(fake.e.cfg), "x999"));
}

/* The connection is lost: before the swap nothing happened, behind it the commit is carried out. */
static void operator_gone(void **state)
{
	(void)state;
	type(&one, "load many.cfg");
	begin(&one, "commit");
	steps(&one, 5);
	session_end(&one.s);
	assert_false(cfg_commit_busy(fake.e.cfg));
	assert_string_equal(sysname(), "");

	type(&two, "load many.cfg");
	begin(&two, "commit");
	while (!cfg_commit_swapped(two.s.cfg))
		steps(&two, 1);
	session_end(&two.s);
	assert_true(cfg_commit_busy(fake.e.cfg));
	finish();
	assert_false(cfg_commit_busy(fake.e.cfg));
	assert_string_equal(sysname(), "MANY");
	assert_int_equal(fake.commits, 1);
	fake_session(&one.s, &shared);
	fake_session(&two.s, &shared);
}

/* Leaving with Y: the view is left when the commit is over, and not when it was refused. */
static void committed_on_the_way_out(void **state)
{
	(void)state;
	type(&one, "load many.cfg");
	type(&one, "return");
	session_answer(&one.s, "y", 1);
	steps(&one, 3);
	assert_string_equal(said(&one), "");
	assert_string_equal(one.prompt, "<MANY>");
	type(&two, "mpls");
	type(&two, "return");
	session_answer(&two.s, "y", 1);
	assert_non_null(strstr(said(&two), "Error: mpls: mpls lsr-id is not configured"));
	assert_string_equal(two.prompt, "[*MANY-mpls]");
}

static void loads_interrupted(void **state)
{
	(void)state;
	type(&one, "sysname MINE");
	begin(&one, "load many.cfg");
	steps(&one, 5);
	interrupt(&one);
	assert_string_equal(said(&one), "Error: The load was given up, the candidate is as it was.\n");
	assert_string_equal(type(&one, "display configuration candidate"), "#\nsysname MINE\n#\n");
	begin(&one, "load many.cfg");
	steps(&one, 5);
	session_end(&one.s);			/* or left */
	fake_session(&one.s, &shared);
}

static void saves_interrupted(void **state)
{
	(void)state;
	type(&one, "load many.cfg");
	type(&one, "commit");
	type(&one, "save");
	session_answer(&one.s, "y", 1);
	steps(&one, 3);
	interrupt(&one);
	assert_string_equal(said(&one), "Error: Nothing was saved; an old file is unchanged.\n");
	assert_int_equal(fake.kept, 0);
	type(&one, "save");
	session_answer(&one.s, "y", 1);
	steps(&one, 3);
	session_end(&one.s);
	assert_int_equal(fake.kept, 0);
	fake_session(&one.s, &shared);
	type(&two, "save");
	session_answer(&two.s, "y", 1);
	assert_string_equal(said(&two), "Info: Save the configuration successfully.\n");
	assert_int_equal(fake.kept, 1);
}

static void rollbacks_interrupted(void **state)
{
	(void)state;
	type(&one, "sysname FIRST");
	type(&one, "commit");
	type(&one, "load many.cfg");
	type(&one, "commit");
	type(&one, "return");
	for (unsigned int at = 1; at < 20; at += 6) {
		type(&one, "rollback configuration last 1");
		session_answer(&one.s, "y", 1);
		steps(&one, at);
		interrupt(&one);
		assert_string_equal(said(&one), "Error: The commit was given up, nothing was changed.\n");
		assert_string_equal(sysname(), "MANY");
	}
	type(&one, "rollback configuration last 1");
	session_answer(&one.s, "y", 1);
	assert_non_null(strstr(said(&one), "Info: Rolled back to commit 1000000001 by commit 1000000003; lines removed: 2001, "
					   "lines added: 1."));
	type(&one, "rollback configuration last 1");
	session_answer(&one.s, "y", 1);
	while (cfg_points(fake.e.cfg) < 4)		/* swapped */
		steps(&one, 1);
	session_end(&one.s);
	finish();
	assert_string_equal(sysname(), "MANY");
	text_free(&shared.rollback);
	fake_session(&one.s, &shared);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(interrupted_before_the_swap), CASE(interrupted_behind_the_swap), CASE(one_waits_for_the_other),
		CASE(operator_gone),		   CASE(committed_on_the_way_out),    CASE(loads_interrupted),
		CASE(saves_interrupted),	   CASE(rollbacks_interrupted),
	};

	return cmocka_run_group_tests_name("commit", tests, NULL, NULL);
}
