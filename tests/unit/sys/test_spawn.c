/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs of the system beside the loop: their output, their end, their rights. Needs root for the last. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "netns.h"
#include "sys/file.h"
#include "sys/spawn.h"

struct seen {
	struct text out;
	bool ended;
	int status;
};

static void on_out(void *arg, const char *text, size_t len)
{
	text_add(&((struct seen *)arg)->out, text, len);
}

static void on_end(void *arg, int status)
{
	struct seen *s = arg;

	assert_false(s->ended);
	s->ended = true;
	s->status = status;
}

static bool until(struct loop *l, const bool *what)
{
	for (int i = 0; i < 1000 && !*what; i++)
		loop_turn(l, 20000000);
	return *what;
}

/* Runs to its end; its output, NULL: it did not. */
static char *output(const char *const *argv, int *status)
{
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct spawn *sp;
	char *text = NULL;

	if (!sys_spawn(l, argv, on_out, on_end, &s, &sp) && until(l, &s.ended))
		text = text_take(&s.out);
	*status = s.status;
	text_free(&s.out);
	loop_free(l);
	return text;
}
#define RUN(status, ...) output((const char *const[]){ __VA_ARGS__, NULL }, status)

static void runs(void **state)
{
	int status;
	char *out = RUN(&status, "echo", "a  b", "$HOME;*");
	(void)state;

	assert_string_equal(out, "a  b $HOME;*\n");	/* no shell came near */
	assert_int_equal(status, 0);
	free(out);
	out = RUN(&status, "/bin/sh", "-c", "echo out; echo err >&2; exit 3");
	assert_string_equal(out, "out\nerr\n");
	assert_int_equal(WEXITSTATUS(status), 3);
	free(out);
	out = RUN(&status, "env");
	assert_string_equal(out, "PATH=/usr/bin:/bin:/usr/sbin:/sbin\nLC_ALL=C.UTF-8\n");
	free(out);
	out = RUN(&status, "sh", "-c", "cat; pwd; ls /proc/self/fd | wc -l; ps -o pgid= -p $$ | grep -c \"^ *$$\\$\"");
	assert_string_equal(out, "/\n4\n1\n");		/* nothing to read; 0, 1, 2 and that of ls itself; its own group */
	free(out);
	out = RUN(&status, "sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x");
	assert_int_equal(strlen(out), 1000000);
	free(out);
}

static void cannot(void **state)
{
	struct loop *l = loop_new();
	struct spawn *sp;
	(void)state;

	assert_int_equal(sys_spawn(l, (const char *const[]){ "no-such-program", NULL }, on_out, on_end, NULL, &sp), -ENOENT);
	assert_int_equal(sys_spawn(l, (const char *const[]){ "/etc", NULL }, on_out, on_end, NULL, &sp), -EACCES);
	loop_turn(l, 0);
	loop_free(l);
}

/* SIGINT first, so that a ping prints its statistics; who does not listen is killed. */
static void stops(void **state)
{
	static const char *const obeys[] = { "sh", "-c", "trap 'echo stopped; exit 4' INT; echo on; sleep 60 & wait", NULL };
	static const char *const stubborn[] = { "sh", "-c", "trap '' INT; echo on; sleep 60", NULL };
	(void)state;

	for (int i = 0; i < 3; i++) {
		struct loop *l = loop_new();
		struct seen s = { 0 };
		struct spawn *sp;
		bool on = false;
		assert_int_equal(sys_spawn(l, i ? stubborn : obeys, on_out, on_end, &s, &sp), 0);
		for (int t = 0; t < 500 && !on; t++) {
			loop_turn(l, 20000000);
			on = s.out.len > 0;
		}
		assert_true(on);
		spawn_stop(sp);
		if (i == 1)
			spawn_stop(sp);			/* else the timer does it */
		assert_true(until(l, &s.ended));
		if (i)
			assert_int_equal(WTERMSIG(s.status), SIGKILL);
		else
			assert_string_equal(s.out.v, "on\nstopped\n");
		text_free(&s.out);
		loop_free(l);
	}
}

/* Held, it waits with a full pipe; forgotten, it dies and nothing is told. */
static void holds(void **state)
{
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct spawn *sp;
	size_t len;
	siginfo_t info;
	(void)state;

	assert_int_equal(sys_spawn(l, (const char *const[]){ "yes", NULL }, on_out, on_end, &s, &sp), 0);
	for (int t = 0; t < 500 && !s.out.len; t++)
		loop_turn(l, 20000000);
	spawn_hold(sp, true);
	len = s.out.len;
	for (int t = 0; t < 20; t++)
		loop_turn(l, 5000000);
	assert_int_equal(s.out.len, len);
	spawn_hold(sp, false);
	for (int t = 0; t < 500 && s.out.len == len; t++)
		loop_turn(l, 20000000);
	assert_true(s.out.len > len);
	spawn_free(sp);
	len = s.out.len;
	for (int t = 0; t < 500 && !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT); t++)
		loop_turn(l, 20000000);
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), -1);	/* it is gone, and taken */
	assert_int_equal(errno, ECHILD);
	assert_int_equal(s.out.len, len);
	assert_false(s.ended);
	text_free(&s.out);
	loop_free(l);
}

/* As nobody with our five capabilities and no new privileges: the system's ping and traceroute work, whether
 * the file has a capability or not; nothing but CAP_NET_RAW is left to them. The copy's name ends in no digit:
 * a ping whose name ends in 6 speaks IPv6. */
static int with_rights(void)
{
	const char *missing;
	int status;
	char *out;

	ns_new();
	if (system("ip link set lo up; cp /usr/bin/ping /tmp/tw-$PPID.ping; setcap -r /tmp/tw-$PPID.ping 2>/dev/null;"
		   "chmod 755 /tmp/tw-$PPID.ping"))
		return 1;
	if (sys_user_drop("nobody", &missing))
		return 2;
	out = RUN(&status, "grep", "-E", "CapPrm|CapAmb|CapBnd", "/proc/self/status");
	if (!out || strcmp(out, "CapPrm:\t0000000000002000\nCapBnd:\t0000000000002000\nCapAmb:\t0000000000002000\n"))
		return 3;
	free(out);
	for (int i = 0; i < 2; i++) {
		char bare[64];
		snprintf(bare, sizeof(bare), "/tmp/tw-%d.ping", (int)getpid());
		out = RUN(&status, i ? bare : "ping", "-c", "1", "-n", "127.0.0.1");
		if (!out || status || !strstr(out, " 0% packet loss")) {
			print_error("status %x, said: %s\n", status, out ? out : "nothing");
			return 4 + i;
		}
		free(out);
	}
	out = RUN(&status, "traceroute", "-n", "127.0.0.1");
	if (!out || status || !strstr(out, " 1  127.0.0.1"))
		return 6;
	free(out);
	return 0;
}

static void rights(void **state)
{
	int status;
	char bare[64];
	pid_t pid = fork();
	(void)state;

	if (!pid)
		_exit(with_rights());
	waitpid(pid, &status, 0);
	snprintf(bare, sizeof(bare), "/tmp/tw-%d.ping", (int)pid);
	unlink(bare);
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs), cmocka_unit_test(cannot), cmocka_unit_test(stops), cmocka_unit_test(holds),
		cmocka_unit_test(rights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
