/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program twinwire against an engine of fakes in a child process: what it prints and how it exits.
 * argv[1] is the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "fake.h"

static const char *program;
static char dir[] = "/tmp/twclient.XXXXXX";
static pid_t engine;

static void engine_run(int fd)
{
	struct loop *l = loop_new();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fake_start(l);
	fake_configure();
	fake.e.started_ns = loop_now(l);
	cli_server_new(&fake.e, fd);
	_exit(loop_run(l));
}

/* Runs the program with @args (a shell's words, $D is the run directory); its output, 2>&1. */
static const char *run(const char *args, int *rc)
{
	static char out[65536];
	char cmd[2048];
	FILE *p;

	snprintf(cmd, sizeof(cmd), "exec 2>&1; D=%s; %s --run-dir $D %s", dir, program, args);
	p = popen(cmd, "r");
	assert_non_null(p);
	out[fread(out, 1, sizeof(out) - 1, p)] = '\0';
	*rc = WEXITSTATUS(pclose(p));
	return out;
}

#define UNCOMMITTED "twinwire: uncommitted changes were discarded (commit keeps them).\n"
#define INERT "13: ospf 1\n    OSPF runs in FRR beside twinwire: docs/underlay.md\n"
#define ENTER "Enter system view, return user view with return command.\n"

static const struct vector {
	const char *args;
	int rc;
	const char *out;		/* exactly, or with '*' in front: somewhere */
} vectors[] = {
	{ "-c 'display configuration inert'", 0, INERT },
	{ "-c 'dis cur' -c 'dis conf inert'", 0, "*return\n13: ospf" },
	{ "-c 'dis cur | include mpls | count'", 0, "Total lines: 11.\n" },
	{ "-c 'dis cur | include ('", 1, "*Error: The expression ( cannot be used" },
	{ "-c 'show version' -c 'dis conf inert'", 1,
	 "show version\n^\nError: Unrecognized command found at '^' position.\n"
						       "Info: in VRP: display / quit / system-view\n" },
	{ "-f /", 64, "twinwire: /: Is a directory\n" },
	{ "-c 'dis cur' >/dev/full", 1, "twinwire: the output could not be written.\n" },
	{ "-c sys -c 'interface x' -c 'mtu 900'", 2, ENTER UNCOMMITTED },
	{ "-c sys -c 'ip route-static 10.1.0.0 16 10.0.0.2' -c commit", 0, ENTER },
	{ "-c sys -c 'interface x' -c 'vlan-type dot1q 5'", 1, ENTER "Error: This command is for sub-interfaces\n" UNCOMMITTED },
	{ "-c sys -c 'ip route-static 10.2.0.0 16 10.0.0.2' -c return -c y", 0, "*[Y(yes)/N(no)/C(cancel)]:y\n" },
	{ "-y -c sys -c 'ip route-static 10.3.0.0 16 10.0.0.2' -c return -c 'dis conf inert'", 0, "*[Y(yes)/N(no)/C(cancel)]:y\n13: ospf" },
	{ "-c sys -c 'ip route-static 10.4.0.0 16 10.0.0.2' -c return", 2, "*the question has no answer" },
	{ "-c save", 1, "*the question has no answer" },
	{ "-y -c save", 0, "*Info: Save the configuration successfully.\n" },
	{ "-c quit -c 'dis conf inert'", 0, "" },
	{ "-f /dev/null", 0, "" },
	{ "-f $D/nosuch", 64, "*nosuch: No such file" },
	{ "-f - <<'E'\ndis conf inert\n\n# comment\nshow x\nE", 1, "*ospf" },
	{ "<<'E'\ndis conf inert\nE", 0, INERT },
	{ "-c 'dis conf inert' -f - -c 'mtu' <<'E'\nsys\nE", 1, INERT ENTER
	  "mtu\n^\nError: Unrecognized command found at '^' position.\n" },
	{ "-c 'd\xc3\xa4 x'", 1, "d\xc3\xa4 x\n^\nError: Unrecognized command found at '^' position.\n" },
	{ "-c 'display version \xc3\xa4 y'", 1, "*                ^\nError: Too many" },
	{ "--bogus", 64, "*usage: twinwire" },
	{ "extra", 64, "*usage: twinwire" },
	{ "--help", 0, "*Exit: 0 done; 1 a command" },
	{ "--version", 0, "twinwire " TW_VERSION "\n" },
	{ "--run-dir $D/none -c 'dis ver'", 3, "*Start one with:  twinwired --run-dir /tmp/twclient" },
};

static void exits(void **state)
{
	int rc, wrong = 0;
	(void)state;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct vector *v = &vectors[i];
		const char *out = run(v->args, &rc);
		bool same = *v->out == '*' ? strstr(out, v->out + 1) != NULL : !strcmp(out, v->out);
		if (rc != v->rc || !same) {
			print_error("twinwire %s: exit %d, printed\n%s\n", v->args, rc, out);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Reads the terminal until @want was seen. */
static void expect(int tty, struct text *seen, const char *want)
{
	char v[512];

	for (;;) {
		struct pollfd p = { tty, POLLIN, 0 };
		char *at = seen->len ? memmem(seen->v, seen->len, want, strlen(want)) : NULL;
		if (at) {
			text_cut(seen, (size_t)(at - seen->v) + strlen(want));
			return;
		}
		if (poll(&p, 1, 10000) != 1)
			fail_msg("no `%s` in `%s`", want, seen->v ? seen->v : "");
		ssize_t n = read(tty, v, sizeof(v));
		if (n <= 0)
			fail_msg("ended before `%s`", want);
		text_add(seen, v, (size_t)n);
	}
}

static void type(int tty, const char *v)
{
	assert_int_equal(write(tty, v, strlen(v)), strlen(v));
}

/* At a terminal: prompts, the caret under the word as it was typed behind the prompt, errors do not end
 * it, Ctrl-C stops a capture, Ctrl-D is quit. */
static void terminal(void **state)
{
	struct text seen = { 0 };
	int tty, status;
	pid_t pid = forkpty(&tty, NULL, NULL, NULL);
	(void)state;

	assert_true(pid >= 0);
	if (!pid) {
		setenv("HOME", dir, 1);
		execl(program, "twinwire", "--run-dir", dir, NULL);
		_exit(127);
	}
	expect(tty, &seen, "<twinwire>");
	type(tty, "display mpls foo\n");
	expect(tty, &seen, "\r\n                       ^\r\nError: Unrecognized command found");
	expect(tty, &seen, "<twinwire>");
	type(tty, "capture-packet interface GigabitEthernet0/1/0 to x\n");
	expect(tty, &seen, "Info: capturing to /etc/twinwire/x;");
	type(tty, "\x03");
	expect(tty, &seen, "5 frames captured.");
	expect(tty, &seen, "<twinwire>");
	type(tty, "system-view\n");
	expect(tty, &seen, "[~twinwire]");
	type(tty, "interface y\n");
	expect(tty, &seen, "[*twinwire-y]");
	type(tty, "\x04");
	expect(tty, &seen, "[*twinwire]");
	type(tty, "\x04");
	expect(tty, &seen, "commit them before exiting?");
	expect(tty, &seen, "]:");
	type(tty, "c\n");
	expect(tty, &seen, "[*twinwire]");
	close(tty);			/* hangs up: the candidate is lost */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	text_free(&seen);
	assert_int_equal(WEXITSTATUS(status), 2);
}

static void engine_dies(void **state)
{
	int rc, status;
	(void)state;

	kill(engine, SIGKILL);
	waitpid(engine, &status, 0);
	engine = 0;
	assert_non_null(strstr(run("-c 'display version'", &rc), "no engine answers"));
	assert_int_equal(rc, 3);
}

static int setup(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	(void)state;

	if (!mkdtemp(dir))
		return -1;
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/cli.sock", dir);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 8) < 0)
		return -1;
	engine = fork();
	if (!engine)
		engine_run(fd);
	close(fd);
	return engine < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	char path[128];
	int status;
	(void)state;

	if (engine > 0) {
		kill(engine, SIGKILL);
		waitpid(engine, &status, 0);
	}
	snprintf(path, sizeof(path), "%s/cli.sock", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/.twinwire_history", dir);
	unlink(path);
	return rmdir(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exits), cmocka_unit_test(terminal), cmocka_unit_test(engine_dies),
	};
	if (argc != 2)
		return 1;
	program = argv[1];
	return cmocka_run_group_tests(tests, setup, teardown);
}
