/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/log.h"

#define SECOND 1000000000ull

/* Standard error is a pipe while a test looks at it. */
static int saved_stderr = -1, reader = -1;

static int to_pipe(void **state)
{
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(p[1], STDERR_FILENO);
	close(p[1]);
	reader = p[0];
	fcntl(reader, F_SETFL, O_NONBLOCK);
	return 0;
}

static int from_pipe(void **state)
{
	(void)state;
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	fd_done(&reader);
	log_threshold(LOG_P_INFO);
	return 0;
}

static const char *printed(void)
{
	static char buf[8192];
	ssize_t n = read(reader, buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = 0;
	return buf;
}

struct kept {
	uint32_t n;
	uint64_t us;
	char first[LOG_LINE], last[LOG_LINE];
	enum log_prio prio;
};

static void collect(void *arg, uint64_t us, enum log_prio prio, const char *line)
{
	struct kept *k = arg;

	if (!k->n++)
		snprintf(k->first, sizeof(k->first), "%s", line);
	snprintf(k->last, sizeof(k->last), "%s", line);
	assert_true(us >= k->us);
	k->us = us;
	k->prio = prio;
}

static void line_has_priority_and_event(void **state)
{
	struct kept k = { 0 };

	(void)state;
	log_event(LOG_P_WARNING, "port-down", "interface=%s mtu=%d", "eth1", 1500);
	assert_string_equal(printed(), "<4>event=port-down interface=eth1 mtu=1500\n");
	log_event(LOG_P_ERR, "bare", "%s", "");
	log_walk(collect, &k);
	assert_string_equal(k.first, "event=port-down interface=eth1 mtu=1500");
	assert_int_equal(k.prio, LOG_P_ERR);
}

static void peer_cannot_forge_a_line(void **state)
{
	(void)state;
	log_event(LOG_P_INFO, "hello", "name=%s", "x\n<2>event=forged\x1b[2J");
	assert_string_equal(printed(), "<6>event=hello name=x?<2>event=forged?[2J\n");
}

static void threshold_cuts(void **state)
{
	(void)state;
	log_event(LOG_P_DEBUG, "quiet", "a=%d", 1);
	assert_string_equal(printed(), "");
	log_threshold(LOG_P_DEBUG);
	log_event(LOG_P_DEBUG, "loud", "a=%d", 1);
	assert_string_equal(printed(), "<7>event=loud a=1\n");
}

static void long_line_is_cut_not_overrun(void **state)
{
	char big[4096];
	const char *got;

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	log_event(LOG_P_INFO, "big", "v=%s", big);
	got = printed();
	assert_int_equal(strlen(got), LOG_LINE - 1 + strlen("<6>\n"));
	assert_int_equal(got[strlen(got) - 1], '\n');
	log_event(LOG_P_INFO, big, "v=%d", 1);
	assert_int_equal(strlen(printed()), LOG_LINE - 1 + strlen("<6>\n"));
}

static void full_pipe_does_not_block(void **state)
{
	char junk[4096] = "";
	char *at;

	(void)state;
	for (int i = 0; i < 4000; i++)		/* 64 KiB of pipe hold some 1,400 of them */
		log_event(LOG_P_INFO, "storm", "number=%d and=some_more_text", i);
	while (read(reader, junk, sizeof(junk)) > 0)
		;
	log_event(LOG_P_INFO, "after", "x=%d", 1);
	at = strstr(printed(), "<6>event=after x=1 lines_lost=");
	assert_non_null(at);
	log_event(LOG_P_INFO, "again", "x=%d", 2);
	assert_string_equal(printed(), "<6>event=again x=2\n");
}

static void nobody_reads(void **state)
{
	(void)state;
	fd_done(&reader);
	log_event(LOG_P_INFO, "unheard", "x=%d", 1);	/* SIGPIPE would end the test */
}

static void ring_keeps_the_last(void **state)
{
	struct kept k = { 0 };

	(void)state;
	for (int i = 0; i < LOG_KEPT + 10; i++)
		log_event(LOG_P_INFO, "n", "i=%d", i);
	log_walk(collect, &k);
	assert_int_equal(k.n, LOG_KEPT);
	assert_string_equal(k.first, "event=n i=10");
	assert_string_equal(k.last, "event=n i=1033");
}

static void limiter(void **state)
{
	struct log_limit l = { .burst = 3 };
	uint64_t t = 5 * SECOND;
	uint32_t missed = 99;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(log_allowed(&l, t + (uint64_t)i, &missed));
	assert_int_equal(missed, 0);
	assert_false(log_allowed(&l, t + 3, &missed));
	assert_false(log_allowed(&l, t + SECOND - 1, &missed));
	assert_true(log_allowed(&l, t + SECOND, &missed));	/* one a second */
	assert_int_equal(missed, 2);
	assert_false(log_allowed(&l, t + SECOND + 1, &missed));
	assert_true(log_allowed(&l, t + 2 * SECOND, &missed));
	assert_int_equal(missed, 1);
	for (int i = 0; i < 3; i++)				/* rest gives the burst back, not more */
		assert_true(log_allowed(&l, t + 100 * SECOND, &missed));
	assert_false(log_allowed(&l, t + 100 * SECOND, &missed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(line_has_priority_and_event, to_pipe, from_pipe),
		cmocka_unit_test_setup_teardown(peer_cannot_forge_a_line, to_pipe, from_pipe),
		cmocka_unit_test_setup_teardown(threshold_cuts, to_pipe, from_pipe),
		cmocka_unit_test_setup_teardown(long_line_is_cut_not_overrun, to_pipe, from_pipe),
		cmocka_unit_test_setup_teardown(full_pipe_does_not_block, to_pipe, from_pipe),
		cmocka_unit_test_setup_teardown(nobody_reads, to_pipe, from_pipe),
		cmocka_unit_test_setup_teardown(ring_keeps_the_last, to_pipe, from_pipe),
		cmocka_unit_test(limiter),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
